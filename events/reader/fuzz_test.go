package reader_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whystopped/events/reader"
)

// FuzzDecode: whatever is pasted, something is told, in at most three refusals, and none in a parser's words.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"\"{\\0000000\\", "", "[", "{", "\"", "{}{}", task, indented, "[" + task + ",\n" + task + "]",
		wrapped(task, 40), ended, oom,
		"Stopped reason\n" + ended, "TASKS\t1\t2\nCONTAINERS\tx\n", "| a | b |\n|---|---|\n| stopCode | x |\n",
		"||| a |||\n| stopCode | b |\n", "stopCode: a\ncontainers:\n- exitCode: 1\n", "stopCode,stoppedReason\n\"a\"\"",
		"{'taskArn': [(",
		"#<struct A task_arn=\"a\", b=[#<struct C exit_code=1>]>", "Task(taskArn=a, b=[C(exitCode=1)])",
		"Array\n(\n [taskArn] => a\n)\n", `"{\"taskArn\":1}"`, `"{""taskArn"":1}"`, "> {\n> }\n> \"taskArn\"\n",
		"\xff\xfe{\x00}\x00",
		"\x1f\x8b\x08\x00", "H4sIADhpDWsC", "\x1b[\x1b[0m0m{", "&quot;taskArn&quot;", "a=\nb=\n",
		"An error occurred (X) when calling " +
			"the RunTask operation: ", "taskArn: &a [*a]\n", "{\"detail.containers.99.exitCode\":1}",
		"{\"stopCode\":[[[]]]}",
	} {
		f.Add([]byte(s))
	}
	samples, _ := filepath.Glob("../samples/*.json")
	for _, name := range samples[:min(len(samples), 20)] {
		if raw, err := os.ReadFile(name); err == nil {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		stops, refusals := 0, 0
		for s, err := range reader.Decode("in", strings.NewReader(string(input))) {
			if err == nil {
				stops++
				if s.Raw == nil {
					t.Error("nothing is kept of a stop")
				}
				continue
			}
			refusals++
			if said := err.Error(); strings.Contains(said, "invalid character") || strings.Contains(said, "\n") {
				t.Errorf("a parser's words: %s", said)
			}
		}
		if stops+refusals == 0 || refusals > 3 {
			t.Errorf("%d stops and %d refusals", stops, refusals)
		}
	})
}
