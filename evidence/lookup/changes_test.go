package lookup

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence/lookup/awstest"
)

// change is a call that CloudTrail knows of a resource.
func change(call, resource string, at time.Time) object {
	return object{
		"EventName":    call,
		"ResourceName": resource,
		"EventTime":    at,
		"CloudTrailEvent": object{
			"eventSource":  "ec2.amazonaws.com",
			"eventName":    call,
			"userIdentity": object{"type": "AssumedRole", "arn": "arn:aws:sts::" + account + ":assumed-role/ops/li"},
		},
	}
}

// TestWhatWasChangedSinceDecidesNothing: a route that was deleted after the failure is not its cause.
func TestWhatWasChangedSinceDecidesNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		call  string
		on    string
		after time.Duration // the failure
		want  string
		tells string
	}{
		{"nothing was", "", "", 0, "confirmed", "no route"},
		{"deleted after the failure", "DeleteRoute", "rtb-1", 2 * time.Minute, "inconclusive later",
			"ec2:DeleteRoute at"},
		{"deleted before the failure", "DeleteRoute", "rtb-1", -2 * time.Minute, "confirmed",
			"last change of rtb-1: ec2:DeleteRoute at"},
		{"only tagged after the failure", "CreateTags", "rtb-1", 2 * time.Minute, "confirmed", "no route"},
		{"another table's route", "DeleteRoute", "rtb-2", 2 * time.Minute, "confirmed", "no route"},
		{"an endpoint was deleted after the failure", "DeleteVpcEndpoints", "", 2 * time.Minute, "inconclusive later",
			"last change of DeleteVpcEndpoints"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			closedVPC(s, 1, true)
			g, clock := newGatherer(s)
			clock.now = clock.now.Add(5 * time.Minute)
			stop, finding := unreached(0, clock.now.Add(-4*time.Minute))
			if test.call != "" {
				s.Put("cloudtrail:LookupEvents", change(test.call, test.on, stop.StoppedAt.Add(test.after)))
			}
			found := map[string]classifier.Proof{}
			for _, p := range g.Gather(t.Context(), stop, finding).Proofs {
				found[p.Cause] = p
			}
			p := found["route-missing"]
			if got := strings.TrimSpace(string(p.Result) + " " + p.Reason); got != test.want ||
				!strings.Contains(p.Evidence, test.tells) {
				t.Errorf("%s: %q, want %s: %q", got, p.Evidence, test.want, test.tells)
			}
			if n := s.Count("cloudtrail"); n == 0 || n > mostChanges {
				t.Errorf("CloudTrail was asked %d times", n)
			}
		})
	}
}

// TestWhatIsGoneMayHaveGoneSince: what the account does not have, and was deleted after the failure, is not its cause.
func TestWhatIsGoneMayHaveGoneSince(t *testing.T) {
	for _, test := range []struct {
		name, cause string
		stage       classifier.Stage
		call        string
		parameters  object
		want        string
	}{
		{"nothing was", "log-group-missing", classifier.Logging, "", nil, "confirmed"},
		{"the log group", "log-group-missing", classifier.Logging, "DeleteLogGroup",
			object{"logGroupName": "/ecs/none"}, "inconclusive later"},
		{"another log group", "log-group-missing", classifier.Logging, "DeleteLogGroup",
			object{"logGroupName": "/ecs/none-of-these"}, "confirmed"},
		{"the image", "image-tag-missing", classifier.Image, "BatchDeleteImage",
			object{"repositoryName": "team/job", "imageIds": []object{{"imageTag": "7"}}}, "inconclusive later"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			job(s)
			s.Put("ecs:DescribeTaskDefinition", object{
				"taskDefinitionArn": arn + "task-definition/job:8",
				"containerDefinitions": []object{{"name": "app", "image": registry + "team/job:7",
					"logConfiguration": object{"logDriver": "awslogs", "options": object{
						"awslogs-group": "/ecs/none"}}}},
			})
			stop := jobStop()
			stop.TaskDefinitionARN = arn + "task-definition/job:8"
			if test.call != "" {
				s.Put("cloudtrail:LookupEvents", object{"EventName": test.call,
					"EventTime": stop.StoppedAt.Add(10 * time.Second), "CloudTrailEvent": object{"eventName": test.call,
						"eventSource": "x.amazonaws.com", "requestParameters": test.parameters}})
			}
			g, clock := newGatherer(s)
			clock.now = stop.StoppedAt.Add(time.Minute)
			for _, p := range g.Gather(t.Context(), stop, about7(test.stage, classifier.NotFound, test.cause)).Proofs {
				got := strings.TrimSpace(string(p.Result) + " " + p.Reason)
				if p.Cause == test.cause && got != test.want {
					t.Errorf("%s: %s, want %s: %s", p.Cause, got, test.want, p.Evidence)
				}
			}
		})
	}
}

// TestANewMountTargetIsFound by the call that created it, before the failure and not only after.
func TestANewMountTargetIsFound(t *testing.T) {
	for before, want := range map[time.Duration]classifier.Result{time.Minute: classifier.Confirmed,
		5 * time.Minute: classifier.Inconclusive, 3 * time.Hour: classifier.RuledOut} {
		s := newServer(t)
		job(s)
		stop := jobStop()
		s.Put("cloudtrail:LookupEvents", object{"EventName": "CreateMountTarget",
			"EventTime": stop.StoppedAt.Add(-before), "CloudTrailEvent": object{"eventName": "CreateMountTarget",
				"eventSource":       "elasticfilesystem.amazonaws.com",
				"requestParameters": object{"fileSystemId": "fs-0a1", "subnetId": "subnet-job"}}})
		g, clock := newGatherer(s)
		clock.now = stop.StoppedAt.Add(time.Minute)
		for _, p := range g.Gather(t.Context(), stop, about7(classifier.Volume, classifier.DNS,
			"efs-mount-target-missing", "mount-target-new")).Proofs {
			if p.Cause == "mount-target-new" && p.Result != want {
				t.Errorf("%s before: %+v", before, p)
			}
		}
	}
}

// TestARunOfALifecyclePolicyIsFound in the form in which ECR writes it.
func TestARunOfALifecyclePolicyIsFound(t *testing.T) {
	for tag, want := range map[string]classifier.Result{"7": classifier.Confirmed, "8": classifier.Inconclusive} {
		s := newServer(t)
		job(s)
		stop := jobStop()
		s.Put("cloudtrail:LookupEvents", object{"EventName": "PolicyExecutionEvent", "EventTime": pushed,
			"CloudTrailEvent": object{"eventName": "PolicyExecutionEvent", "eventSource": "ecr.amazonaws.com",
				"requestParameters": nil, "serviceEventDetails": object{"repositoryName": "team/job",
					"lifecycleEventImageActions": []object{{"lifecycleEventImage": object{
						"tagList": []string{tag}}}}}}})
		g, _ := newGatherer(s)
		for _, p := range g.Gather(t.Context(), stop,
			about7(classifier.Image, classifier.NotFound, "image-expired-by-lifecycle")).Proofs {
			if p.Result != want {
				t.Errorf("%s was removed: %+v", tag, p)
			}
		}
	}
}

// TestChangesNeedNoPermission: who may not ask CloudTrail gets the proofs all the same.
func TestChangesNeedNoPermission(t *testing.T) {
	s := newServer(t)
	closedVPC(s, 1, true)
	s.Inject(awstest.Fault{Operation: "cloudtrail:LookupEvents", Denied: true})
	g, clock := newGatherer(s)
	stop, finding := unreached(0, clock.now)
	for _, p := range g.Gather(t.Context(), stop, finding).Proofs {
		if p.Cause == "route-missing" && p.Result != classifier.Confirmed {
			t.Errorf("%+v", p)
		}
	}
	if n := s.Count("cloudtrail"); n > 1 {
		t.Errorf("asked %d times what was refused once", n)
	}
}

// TestChangesAreLookedForBackToWhatRanWell: where tasks of the service have run for longer than a day.
func TestChangesAreLookedForBackToWhatRanWell(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		name    string
		started time.Duration // before the stop; 0 when the service does not tell
		changed time.Duration
		noise   int // uses of the table that change nothing, since
		want    string
	}{
		{name: "a day", changed: 20 * time.Hour, want: "last change of rtb-1: ec2:DeleteRoute at"},
		{name: "longer ago than a day, and nothing is known", changed: 3 * day},
		{name: "since what ran well", started: 9 * day, changed: 3 * day,
			want: "after a task that ran well had started"},
		{name: "before what ran well", started: 9 * day, changed: 10 * day},
		{name: "behind what changes nothing", started: 9 * day, changed: 3 * day, noise: 90,
			want: "after a task that ran well had started"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			closedVPC(s, 1, true)
			g, clock := newGatherer(s)
			stop, finding := unreached(0, clock.now.Add(-time.Minute))
			if test.started > 0 {
				service := object{"serviceArn": arn + "service/prod/service-0", "events": []object{
					{"createdAt": stop.StoppedAt.Add(-time.Hour).Unix(),
						"message": "(service service-0) has reached a steady state."},
					{"createdAt": stop.StoppedAt.Add(-test.started).Unix(),
						"message": "(service service-0) has started 1 tasks: (task 5f0e)."}}}
				s.Clear("ecs:DescribeServices")
				s.Put("ecs:DescribeServices", service)
			}
			s.Put("cloudtrail:LookupEvents", change("DeleteRoute", "rtb-1", stop.StoppedAt.Add(-test.changed)))
			for i := range test.noise {
				s.Put("cloudtrail:LookupEvents",
					change("CreateTags", "rtb-1", stop.StoppedAt.Add(-time.Duration(i)*time.Minute)))
			}
			for _, p := range g.Gather(t.Context(), stop, finding).Proofs {
				if p.Cause != "route-missing" {
					continue
				}
				if p.Result != classifier.Confirmed || test.want == "" && strings.Contains(p.Evidence, "last change") ||
					!strings.Contains(p.Evidence, test.want) {
					t.Errorf("%s %s, want %q", p.Result, p.Evidence, test.want)
				}
			}
			if n := s.Count("cloudtrail"); n > mostChanges+2*pagesBack {
				t.Errorf("CloudTrail was asked %d times", n)
			}
		})
	}
}
