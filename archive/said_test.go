package archive

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
)

// TestARecordKeepsWhatTheEventSaysBesideTheStop: fields that no rule reads.
func TestARecordKeepsWhatTheEventSaysBesideTheStop(t *testing.T) {
	const task = `"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c","lastStatus":"STOPPED",` +
		`"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited",`
	const service = `{"detail-type":"ECS Service Action","source":"aws.ecs","id":"e1","account":"111122223333",` +
		`"region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"],` +
		`"detail":{"eventType":"WARN","eventName":"SERVICE_DISCOVERY_INSTANCE_UNHEALTHY",`
	const one, two = `"arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c"`, `"arn:aws:ecs:eu-west-1:111122223333:task/prod/5a2d"`
	const group = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/6d0e"
	for _, test := range []struct {
		name, event string
		want        Record
	}{
		{"a task", `{` + task + `"platformFamily":"Linux","tags":[{"key":"team","value":"payments"},` +
			`{"key":"db_password","value":"hunter2hunter2"},17],"attachments":[{"type":"eni","details":[` +
			`{"name":"privateIPv4Address","value":"10.0.1.17"}]}],"containers":[{"name":"web","exitCode":1,` +
			`"managedAgents":[{"name":"ExecuteCommandAgent","lastStatus":"STOPPED","reason":"Failed to start"},` +
			`{"name":"Other","lastStatus":"RUNNING"}]}]}`,
			Record{TaskID: "4f1c", PlatformFamily: "Linux", PrivateIP: "10.0.1.17",
				Tags: "db_password=***; team=payments", ManagedAgents: "web ExecuteCommandAgent: Failed to start"}},
		{"nothing of it", `{` + task + `"tags":[],"containers":[{"name":"web","exitCode":1,"managedAgents":"?"}]}`,
			Record{TaskID: "4f1c"}},
		{"a service's event about one task", service + `"taskArns":[` + one + `],"targetGroupArns":["` + group +
			`"],"ec2InstanceIds":["i-0a1b2c3d4e5f60718"]}}`,
			Record{TaskID: "4f1c", Facts: classifier.Facts{TargetGroup: group, InstanceID: "i-0a1b2c3d4e5f60718"}}},
		{"a service's event about two tasks", service + `"taskArns":[` + one + `,` + two + `]}}`,
			Record{TaskIDs: "4f1c, 5a2d"}},
	} {
		stops, err := events.Parse([]byte(test.event))
		if err != nil {
			t.Fatal(err)
		}
		r := NewRecord(RedactStop(stops[0]), classifier.Classify(stops[0]), SourceEvent, time.Now())
		got := Record{TaskID: r.TaskID, TaskIDs: r.TaskIDs, PlatformFamily: r.PlatformFamily, PrivateIP: r.PrivateIP,
			Tags: r.Tags, ManagedAgents: r.ManagedAgents,
			Facts: classifier.Facts{TargetGroup: r.TargetGroup, InstanceID: r.InstanceID}}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
