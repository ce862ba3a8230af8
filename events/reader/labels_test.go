package reader

import "testing"

// TestLabelsStandAnywhere holds that a label is found in each way that it is written, and none in letters that are only
// like those of one.
func TestLabelsStandAnywhere(t *testing.T) {
	for _, label := range []string{"stopped reason", "stopReason", "stopping_reason", "stop code", "Stopped-Code",
		"exitCode", "exit status", "STATUS REASON", "container reason", "last status", "stoppedAt", "task arn",
		"launchType", "arn"} {
		for _, before := range []string{"", "task", "Task ", "TASK_", "task-"} {
			want := label != "arn" || before != ""
			if line := "it says: " + before + label + ": x"; (len(labelsIn(line)) == 1) != want {
				t.Errorf("%q has the labels %v", line, labelsIn(line))
			}
		}
	}
	for _, line := range []string{"tas\u212a arn: x 1234", "task\u212ax arn", "task \u212aarn: x", "task 4a00 it is"} {
		if found := labelsIn(line); found != nil {
			t.Errorf("%q has the labels %v", line, found)
		}
	}
}
