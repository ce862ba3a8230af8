package reader_test

import (
	"strings"
	"testing"

	"whystopped/events/reader"
)

// crash is a task whose container ended with 1.
const crash = `{"taskArn":"` + arn + `","lastStatus":"STOPPED","stopCode":"EssentialContainerExited",` +
	`"stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}]}`

// TestLogLinesBesideAStop holds which lines are taken for the log of the container that ended: those behind the only
// stop, unless somebody else wrote them. What they say of tasks is no stop.
func TestLogLinesBesideAStop(t *testing.T) {
	const traceback = "Traceback (most recent call last):\n  File \"/app/main.py\", line 3\nKeyError: 'API_KEY'"
	for _, test := range []struct {
		name, text, want string
		stops            int
	}{
		{"an event and its log", crash + "\n" + traceback, traceback, 1},
		{"a blank line between", crash + "\n\npanic: no database\n\ngoroutine 1 [running]:\n",
			"panic: no database\n\ngoroutine 1 [running]:", 1},
		{"a log in JSON", crash + "\n" + `{"level":"info","msg":"x"}` + "\n" + `{"level":"fatal","msg":"no database"}`,
			`{"level":"info","msg":"x"}` + "\n" + `{"level":"fatal","msg":"no database"}`, 1},
		{"braces within", crash + "\nError: connect ECONNREFUSED 10.0.3.7:5432 {\n  errno: -111\n}",
			"Error: connect ECONNREFUSED 10.0.3.7:5432 {\n  errno: -111\n}", 1},
		{"nothing follows", crash + "\n\n", "", 1},
		{"words and a log", ended + ", exit code 1\n\n" + traceback, traceback, 1},
		{"labels, a heading and a log", "Stopped reason\n" + ended + "\nExit code\n1\n\nLogs:\nlistening\npanic: x",
			"listening\npanic: x", 1},
		{"a log with words of ECS in it", ended + ", exit code 1\npanic: stop code: UserInitiated",
			"panic: stop code: UserInitiated", 1},
		{"two stops", crash + "\npanic: x\n" + strings.ReplaceAll(crash, "0001", "0002") + "\npanic: y", "", 2},
		{"what started the task complains", crash + "\nairflow.exceptions.AirflowException: task failed", "", 1},
		{"what waits for it does", ended + "\nError: Waiter ServicesStable failed: Max attempts exceeded", "", 1},
		{"a task that never ran", strings.Replace(crash, `"exitCode":1`, `"reason":"CannotPullContainerError: x"`, 1) +
			"\nnot a log", "not a log", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := 0
			for s, err := range reader.Decode("paste", strings.NewReader(test.text)) {
				if err != nil {
					t.Fatal(err)
				}
				n++
				if got := strings.Join(s.LogLines, "\n"); got != test.want {
					t.Errorf("log %q, want %q", got, test.want)
				}
				if s.StopCode == "UserInitiated" {
					t.Error("a line of the log was read as the stop's own")
				}
			}
			if n != test.stops {
				t.Errorf("%d stops, want %d", n, test.stops)
			}
		})
	}
}

// TestALongLogIsCut holds that no more than the end of what follows a stop is kept.
func TestALongLogIsCut(t *testing.T) {
	text := crash + "\n" + strings.Repeat("a line of the log\n", 100_000) + "panic: x\n"
	for s, err := range reader.Decode("paste", strings.NewReader(text)) {
		size := 0
		for _, line := range s.LogLines {
			size += len(line)
		}
		if err != nil || size > 64<<10 || len(s.LogLines) == 0 || s.LogLines[len(s.LogLines)-1] != "panic: x" {
			t.Errorf("%d bytes in %d lines are kept, %v", size, len(s.LogLines), err)
		}
	}
}
