package classifier

import (
	"testing"
)

// TestTheLogIsReadByACommand holds the command that reads the last lines of a container that failed: it names the
// stream where that is known, and else asks the task definition for what its name is made of.
func TestTheLogIsReadByACommand(t *testing.T) {
	asked := func(option string) string {
		return "$(aws ecs describe-task-definition --task-definition orders:7 --region eu-north-1 --output text " +
			"--query " +
			"'taskDefinition." +
			"containerDefinitions[?name==`\"web\"`].logConfiguration.options.\"" + option + "\" | [0]')"
	}
	revision := int64(7)
	for _, test := range []struct {
		name   string
		task   string
		family string
		log    Log
		want   string
	}{
		{
			name: "the stream is known",
			log:  Log{Group: "/ecs/orders", Stream: "app/web/5f0e1d2c", Region: "eu-west-1"},
			want: "aws logs get-log-events --log-group-name /ecs/orders --log-stream-name app/web/5f0e1d2c --limit " +
				"50 --region eu-west-1 --output text --query 'events[].[message]'",
		},
		{
			name:   "task and definition are",
			task:   "5f0e1d2c",
			family: "orders",
			want: "aws logs get-log-events --log-group-name " + asked("awslogs-group") + " --log-stream-name " +
				asked("awslogs-stream-prefix") + "/web/5f0e1d2c --limit 50 --region eu-north-1 --output text --query " +
				"'events[].[message]'",
		},
		{name: "no definition is", task: "5f0e1d2c"},
		{name: "no task is", family: "orders"},
	} {
		s := webEnded(1)
		s.TaskID, s.Family = test.task, test.family
		if test.family != "" {
			s.Revision = &revision
		}
		f := Classify(s)
		f.Log = test.log
		if check, known := LogCheck(&s, &f); check.Run != test.want || known != (test.want != "") {
			t.Errorf("%s: %t %s\nwant %s", test.name, known, check.Run, test.want)
		}
	}
	s := webEnded(1)
	s.Containers = nil
	f := Classify(s)
	if check, known := LogCheck(&s, &f); known {
		t.Errorf("no container is known, and its log is read: %s", check.Run)
	}
}
