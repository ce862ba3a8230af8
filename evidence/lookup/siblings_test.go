package lookup

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// listedTask is another task of service 0 of closedVPC, as ECS describes it.
func listedTask(id, status, deployment string, createdAt time.Time) object {
	t := object{"taskArn": arn + "task/prod/" + id, "desiredStatus": status, "group": "service:service-0",
		"startedBy": deployment, "taskDefinitionArn": arn + "task-definition/service-0:1",
		"availabilityZone": "eu-west-1a", "createdAt": createdAt.Unix(),
		"attachments": []object{{"type": "ElasticNetworkInterface",
			"details": []object{{"name": "subnetId", "value": "subnet-0"}}}}}
	if status == "RUNNING" {
		t["startedAt"] = createdAt.Add(20 * time.Second).Unix()
	} else {
		t["stoppedAt"], t["stoppedReason"] = createdAt.Add(20*time.Second).Unix(), "CannotPullContainerError: x"
	}
	return t
}

// TestSiblingsAreReadInTwoCalls: those that run where some do, else those that stopped; of other deployments none.
func TestSiblingsAreReadInTwoCalls(t *testing.T) {
	for _, test := range []struct {
		name    string
		running int
		want    []string
	}{
		{"some run", 1, []string{"b1"}},
		{"none runs", 0, []string{"c1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			closedVPC(s, 1, true)
			g, clock := newGatherer(s)
			stop, finding := unreached(0, clock.now)
			stop.TaskID = "0"
			s.Clear("ecs:DescribeServices")
			s.Put("ecs:DescribeServices", object{"serviceArn": arn + "service/prod/service-0",
				"deployments": []object{{"id": "ecs-svc/0", "status": "PRIMARY", "runningCount": test.running}}})
			s.Put("ecs:DescribeTasks", listedTask("0", "STOPPED", "ecs-svc/0", stop.CreatedAt),
				listedTask("b1", "RUNNING", "ecs-svc/0", stop.CreatedAt),
				listedTask("b2", "RUNNING", "ecs-svc/9", stop.CreatedAt),
				listedTask("c1", "STOPPED", "ecs-svc/0", stop.CreatedAt))
			r := &reading{Gatherer: g, stop: stop, finding: finding}
			readInputs(t.Context(), r)
			s.Forget()
			readSiblings(t.Context(), r)
			var ids []string
			for _, sibling := range r.facts.Running.Siblings.Value {
				if ids = append(ids, sibling.ID); sibling.Subnet != "subnet-0" || sibling.Zone == "" ||
					sibling.CreatedAt.IsZero() || sibling.StartedAt.IsZero() == sibling.StoppedAt.IsZero() {
					t.Errorf("%+v", sibling)
				}
			}
			if diff := cmp.Diff(test.want, ids); diff != "" || len(s.Requests()) != 2 {
				t.Errorf("%s\n%q", diff, s.Requests())
			}
		})
	}
}

// TestADefectIsHeldAgainstOtherTasks: a route that is missing does not keep a task from starting that started later in
// the same subnet. They are asked about only where such a defect is confirmed and the tier allows it.
func TestADefectIsHeldAgainstOtherTasks(t *testing.T) {
	for _, test := range []struct {
		name   string
		tier   evidence.Tier
		denied bool
		after  time.Duration // the stop; 0 for none
		want   string
		asked  int
	}{
		{name: "a later one runs", tier: evidence.TierVerify, after: 10 * time.Second, want: "not_causal", asked: 1},
		{name: "an earlier one runs", tier: evidence.TierVerify, after: -time.Hour, asked: 1},
		{name: "none runs", tier: evidence.TierVerify, asked: 1},
		{name: "they may not be listed", tier: evidence.TierVerify, denied: true, after: 10 * time.Second, asked: 1},
		{name: "the tier does not ask", tier: evidence.TierPolicies, after: 10 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			closedVPC(s, 1, true)
			g, clock := newGatherer(s)
			g.Tier = test.tier
			clock.now = clock.now.Add(2 * time.Minute)
			stop, finding := unreached(0, clock.now.Add(-2*time.Minute))
			stop.TaskID = "0"
			awsvpc := object{"subnets": []string{"subnet-0"}, "securityGroups": []string{"sg-1"},
				"assignPublicIp": "DISABLED"}
			service := object{"serviceArn": arn + "service/prod/service-0", "deployments": []object{{"id": "ecs-svc/0",
				"status": "PRIMARY", "runningCount": 1,
				"networkConfiguration": object{"awsvpcConfiguration": awsvpc}}}}
			s.Clear("ecs:DescribeServices")
			s.Put("ecs:DescribeServices", service)
			if test.after != 0 {
				s.Put("ecs:DescribeTasks", listedTask("b1", "RUNNING", "ecs-svc/0", stop.StoppedAt.Add(test.after)))
			}
			if test.denied {
				s.Inject(awstest.Fault{Operation: "ecs:ListTasks", Denied: true})
			}
			proofs := g.Gather(t.Context(), stop, finding).Proofs
			i := slices.IndexFunc(proofs, func(p classifier.Proof) bool { return p.Cause == "route-missing" })
			if p := proofs[i]; p.Reason != test.want || (p.Result == classifier.Confirmed) != (test.want == "") {
				t.Errorf("%+v, want %s", p, test.want)
			}
			if n := s.Count("ecs:ListTasks"); n != test.asked {
				t.Error(fmt.Sprint("ListTasks is asked ", n, " times, want ", test.asked))
			}
		})
	}
}
