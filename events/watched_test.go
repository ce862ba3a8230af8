package events

import (
	"strings"
	"testing"
)

// watchedEvent is what whystopped-watch sends for a task of account 111122223333 in eu-west-1, with a text replaced.
func watchedEvent(old, replaced string) []byte {
	const event = `{"version":"0","id":"e1","detail-type":"ECS Container Stopped","source":"whystopped.watcher",
		"account":"111122223333",
		"time":"2026-06-01T10:00:01Z","region":"eu-west-1",
		"detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
		"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22ab","desiredStatus":"RUNNING",
		"lastStatus":"RUNNING","group":"service:web",
		"containers":[{"name":"app","lastStatus":"STOPPED","exitCode":1,"runtimeId":"r1"}]}}`
	return []byte(strings.Replace(event, old, replaced, 1))
}

// Whoever may put events can write one in the watcher's name. Whatever it says, it is never more than a container's
// end.
func TestAWatchedEventIsNeverMoreThanAContainersEnd(t *testing.T) {
	tests := []struct{ name, old, replaced string }{
		{"as the watcher sends it", "", ""},
		{"the task stopped", `"lastStatus":"RUNNING"`, `"lastStatus":"STOPPED"`},
		{"the task was to stop", `"desiredStatus":"RUNNING","lastStatus":"RUNNING"`,
			`"desiredStatus":"STOPPED","lastStatus":"STOPPED"`},
		{"for scaling in", `"desiredStatus":"RUNNING"`,
			`"stopCode":"ServiceSchedulerInitiated","stoppedReason":"Scaling activity initiated by (deployment ` +
				`ecs-svc/1)","stoppedAt":"2026-06-01T10:00:00Z"`},
		{"by a user", `"desiredStatus":"RUNNING"`,
			`"stopCode":"UserInitiated","stoppedReason":"deploy","stoppingAt":"2026-06-01T10:00:00Z"`},
		{"under the name of another kind", `"ECS Container Stopped","source":"whystopped.watcher"`,
			`"ECS Container Stopped","source":"aws.ecs"`},
		{"under the watcher's name alone", `"ECS Container Stopped"`, `"ECS Task State Change"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stops, err := Parse(watchedEvent(test.old, test.replaced))
			if err != nil || len(stops) != 1 {
				t.Fatalf("%d stops, error %v", len(stops), err)
			}
			s := stops[0]
			if s.Kind != KindContainer || !s.Watched || s.Container().Name != "app" || s.Container().RuntimeID != "r1" {
				t.Errorf("read as %s, watched %t", s.Kind, s.Watched)
			}
			if s.StopCode != "" || s.StoppedReason != "" || !s.StoppingAt.IsZero() {
				t.Errorf("says of its task: %s %q", s.StopCode, s.StoppedReason)
			}
		})
	}
}

func TestAWatchedEventThatContradictsItsSenderIsRefused(t *testing.T) {
	tests := []struct{ name, old, replaced, says string }{
		{"task of another account", "1:111122223333:task/", "1:999988887777:task/",
			"was sent from account 111122223333 in eu-west-1"},
		{"task of another Region", "eu-west-1:111122223333:task/", "us-east-1:111122223333:task/",
			"was sent from account 111122223333 in eu-west-1"},
		{"cluster of another account", "111122223333:cluster/", "999988887777:cluster/",
			"was sent from account 111122223333"},
		{"another cluster than the task's", "cluster/prod", "cluster/billing", "its task is of prod"},
		{"task definition of another account", `"group":`,
			`"taskDefinitionArn":"arn:aws:ecs:eu-west-1:999988887777:task-definition/web:1","group":`, "was sent from"},
		{"no account in the envelope", `"account":"111122223333",`, "", "was sent from account"},
		{"no task", "arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22ab", "", "not the ARN of a task"},
		{"no container that ended", `"lastStatus":"STOPPED","exitCode":1`, `"lastStatus":"RUNNING"`,
			"no container that ended"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stops, err := Parse(watchedEvent(test.old, test.replaced))
			if len(stops) != 0 || err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%d stops, error %v, want one that says %q", len(stops), err, test.says)
			}
		})
	}
}
