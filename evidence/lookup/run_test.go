package lookup

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// runCall is a RunTask call that started a task.
func runCall(task string, after time.Duration, asked object) object {
	return object{
		"EventName": "RunTask",
		"EventTime": created.Add(after),
		"CloudTrailEvent": object{
			"eventSource":       "ecs.amazonaws.com",
			"eventName":         "RunTask",
			"requestParameters": asked,
			"responseElements":  object{"tasks": []object{{"taskArn": arn + "task/prod/" + task}}},
			"userIdentity":      object{"type": "AWSService", "invokedBy": "scheduler.amazonaws.com"},
		},
	}
}

// TestTheCallThatStartedATaskTellsItsNetwork: where nothing else does, and where a cause is about it.
func TestTheCallThatStartedATaskTellsItsNetwork(t *testing.T) {
	const task = "0af1"
	awsvpc := func(groups ...string) object {
		return object{"networkConfiguration": object{"awsvpcConfiguration": object{
			"subnets": []string{"subnet-0a1", "subnet-0b1"}, "securityGroups": groups, "assignPublicIp": "ENABLED"}}}
	}
	told := evidence.Is(evidence.NetworkSettings{Subnets: []string{"subnet-0a1", "subnet-0b1"},
		Groups: []string{"sg-job"}, AssignPublicIP: "ENABLED"})
	none := evidence.None[evidence.NetworkSettings]()
	for _, test := range []struct {
		name   string
		change func(*awstest.Server, *events.Stop, *Gatherer)
		needs  []evidence.Need
		want   evidence.Answer[evidence.NetworkSettings]
		asked  int
	}{
		{name: "by a schedule", needs: []evidence.Need{evidence.NeedInputs, evidence.NeedNetwork}, want: told,
			asked: 1},
		{name: "for an interface that could not be made", needs: []evidence.Need{evidence.NeedAttachment}, want: told,
			asked: 1},
		{name: "nothing about the network is open", needs: []evidence.Need{evidence.NeedInputs}},
		{
			name:   "a task of a service",
			change: func(_ *awstest.Server, stop *events.Stop, _ *Gatherer) { stop.Service = "web" },
			needs:  []evidence.Need{evidence.NeedNetwork},
		},
		{
			name: "the interface is still there",
			change: func(s *awstest.Server, _ *events.Stop, _ *Gatherer) {
				s.Put("ec2:DescribeNetworkInterfaces", object{"networkInterfaceId": "eni-0a1", "subnetId": "subnet-0a1",
					"vpcId": "vpc-0a1", "privateIpAddress": "10.0.1.20"})
			},
			needs: []evidence.Need{evidence.NeedNetwork},
		},
		{
			name: "another task's call, one without a network, and one that is too early",
			change: func(s *awstest.Server, _ *events.Stop, _ *Gatherer) {
				s.Clear("cloudtrail:LookupEvents")
				s.Put("cloudtrail:LookupEvents", runCall("0af2", 0, awsvpc("sg-other")), runCall(task, 0, object{}),
					runCall(task, -time.Hour, awsvpc("sg-job")))
			},
			needs: []evidence.Need{evidence.NeedNetwork},
			want:  none,
			asked: 1,
		},
		{
			name:   "a deployment, which asks no CloudTrail",
			change: func(_ *awstest.Server, _ *events.Stop, g *Gatherer) { g.Trail = nil },
			needs:  []evidence.Need{evidence.NeedNetwork},
			want: evidence.Answer[evidence.NetworkSettings]{Reason: classifier.ReasonDeferred,
				Action: "cloudtrail:LookupEvents"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			s.Put("cloudtrail:LookupEvents", runCall("0af2", time.Second, awsvpc("sg-other")),
				runCall(task, -2*time.Second, awsvpc("sg-job")))
			g, _ := newGatherer(s)
			stop := fargateStop()
			stop.Service, stop.Group, stop.DeploymentID, stop.TaskID = "", "family:job", "", task
			stop.StartedBy = "chronos-schedule/job"
			if test.change != nil {
				test.change(s, &stop, g)
			}
			r := &reading{Gatherer: g, stop: stop, needs: test.needs}
			readInputs(t.Context(), r)
			if diff := cmp.Diff(test.want, r.facts.Task.Run); diff != "" {
				t.Error(diff)
			}
			if n := s.Count("cloudtrail:LookupEvents"); n != test.asked {
				t.Errorf("CloudTrail is asked %d times, want %d", n, test.asked)
			}
		})
	}
}
