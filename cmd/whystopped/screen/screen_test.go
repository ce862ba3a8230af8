package screen

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"whystopped/archive"
	"whystopped/archive/stack"
)

func TestCommandsStandAlone(t *testing.T) {
	for text, want := range map[string]string{
		"read it: `aws ecs describe-tasks --tasks 4a --region eu-west-1`": "> read it:\n" +
			"  aws ecs describe-tasks --tasks 4a --region eu-west-1\n",
		"read it: `aws ecs list-clusters --region eu-west-1`; then `systemctl status ecs`, again": "> read it:\n" +
			"  aws ecs list-clusters --region eu-west-1\n  then\n  systemctl status ecs\n  again\n",
		"the log says `npm start` failed": "> the log says `npm\n  start` failed\n",
	} {
		var b bytes.Buffer
		(&Screen{W: &b, Look: Look{Width: 22}}).Wrapped("> ", text)
		if b.String() != want {
			t.Errorf("%s\n got %q\nwant %q", text, b.String(), want)
		}
	}
}

// TestCommandsAreSaidOnce holds that a command under two causes is printed under the first, and what else to look for
// in its answer under the second.
func TestCommandsAreSaidOnce(t *testing.T) {
	const tasks, disk = "aws ecs describe-tasks --tasks 4a --region REGION", "sudo docker system df"
	const host = "on the instance"
	var b bytes.Buffer
	(&Screen{W: &b}).causes([]ExplainedCause{
		{ID: "one", Checks: []Check{{Run: tasks, Look: "stoppedReason; fill in REGION"},
			{Run: disk, On: host, Look: "SIZE"}}},
		{ID: "two", Checks: []Check{{Run: tasks, Look: "exitCode; fill in REGION"},
			{Run: disk, On: host, Look: "RECLAIMABLE"}, {Run: "df -h", On: host, Look: "Avail"}}},
	}, false)
	for _, want := range []string{
		"- From describe-tasks above (one): exitCode\n",
		"- From the answer above (one): RECLAIMABLE\n         - on the instance:\n           df -h\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	for _, command := range []string{tasks, disk} {
		if strings.Count(b.String(), command) != 1 {
			t.Errorf("%s is not printed once:\n%s", command, b.String())
		}
	}
}

func TestBlockFollowsTheTerminal(t *testing.T) {
	r := archive.Record{
		Verdict:    "failure",
		Class:      "image.unreachable",
		Confidence: "certain",
		Kind:       "task",
		TaskID:     "9f0e1d2c",
		Summary:    strings.Repeat("could not reach the registry ", 9),
		Proof:      `"dial tcp 13.48.9.21:443: i/o timeout"`,
		NextStep:   strings.Repeat("give it a way out ", 12),
		Causes:     `[{"id":"route-missing","verdict":"not_checked"}]`,
	}
	show := func(l Look) string {
		var b bytes.Buffer
		if err := (&Screen{W: &b, Look: l}).Block(r); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	narrow := show(Look{Width: 80})
	if !strings.Contains(narrow, "Name=vpc-id,Values=VPC Name=association.main,Values=true --region REGION\n") {
		t.Errorf("a command is wrapped:\n%s", narrow)
	}
	for _, line := range strings.Split(narrow, "\n") {
		command := strings.HasPrefix(strings.TrimSpace(line), "aws ")
		if utf8.RuneCountInString(line) > 80 && !command && strings.Count(strings.TrimSpace(line), " ") > 2 {
			t.Errorf("wider than the terminal: %q", line)
		}
	}
	if !strings.Contains(narrow, "\n"+strings.Repeat(" ", 14)+"could not") &&
		!strings.Contains(narrow, "\n"+strings.Repeat(" ", 14)+"registry") &&
		!strings.Contains(narrow, "\n"+strings.Repeat(" ", 14)+"reach") {
		t.Errorf("further lines do not stand below the first:\n%s", narrow)
	}
	if piped := show(Look{}); strings.Contains(piped, "\x1b") || !strings.Contains(piped, r.Summary) {
		t.Errorf("a pipe gets whole lines without colour:\n%s", piped)
	}
	if coloured := show(Look{Colour: true}); !strings.Contains(coloured, "\x1b[") ||
		!strings.Contains(coloured, "FAILURE") {
		t.Errorf("a terminal gets colour:\n%q", coloured)
	}
}

// TestWhatIsSureIsWhatHappened: how sure it is stands behind what happened, and what is open behind that.
func TestWhatIsSureIsWhatHappened(t *testing.T) {
	const open = "; the event does not say why"
	for summary, want := range map[string]string{
		"app failed with exit code 1" + open: "app failed with exit code 1 (runtime.crashed, certain)" + open,
		"app failed with exit code 1" + open + "; its task goes on without it": "app failed with exit code 1 " +
			"(runtime.crashed, certain)" + open + "; its task goes on without it",
		"app failed with exit code 2": "app failed with exit code 2 (runtime.crashed, certain)",
	} {
		got := cause(archive.Record{Summary: summary, Class: "runtime.crashed", Confidence: "certain"})
		if got != want {
			t.Errorf("got %q\nwant %q", got, want)
		}
	}
	for verdicts, want := range map[string]string{
		"not_checked":                        "why: one cause is open; no call",
		"not_checked not_checked":            "why: 2 causes are open; no call",
		"not_checked ruled_out inconclusive": "why: 2 causes are open, 1 ruled out",
		"confirmed not_checked":              "",
	} {
		var causes []ExplainedCause
		for _, v := range strings.Fields(verdicts) {
			causes = append(causes, ExplainedCause{Verdict: v, ID: "text-missing"})
		}
		var b bytes.Buffer
		(&Screen{W: &b}).unproven(causes, strings.Contains(verdicts, "ruled_out"))
		if !strings.Contains(b.String(), want) || (b.Len() == 0) != (want == "") {
			t.Errorf("%s: got %q, want %q", verdicts, b.String(), want)
		}
	}
}

// TestWhoseProofsTheseAre: a record may have those of another task.
func TestWhoseProofsTheseAre(t *testing.T) {
	at := archive.Time{Time: time.Date(2026, 3, 1, 10, 5, 3, 0, time.UTC)}
	r := archive.Record{Kind: "task", Verdict: "failure", Summary: "could not reach ECR", TaskID: "7d7d",
		Cause: "route-missing", CauseVerdict: "confirmed", CheckedAt: at, CauseIDs: "route-missing=confirmed",
		Causes: `[{"id":"route-missing","verdict":"confirmed","evidence":"eni-1 of subnet-1 has no way out"}]`}
	const said = "at 2026-03-01 10:05:03Z for task 4f1c, which failed alike"
	for _, by := range []string{"", "4f1c"} {
		r.ProvenBy, r.ProvenAt = by, at
		var b bytes.Buffer
		if err := (&Screen{W: &b}).Block(r); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(strings.Fields(b.String()), " "), said); got != (by != "") {
			t.Errorf("proven by %q:\n%s", by, b.String())
		}
	}
}

func TestAPipeIsNoTerminal(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	if l := LookOf(write); l.Colour || l.Width != 0 {
		t.Errorf("a pipe has no colour and no width: %+v", l)
	}
	if l := LookOf(&bytes.Buffer{}); l.Colour || l.Width != 0 {
		t.Errorf("a buffer has no colour and no width: %+v", l)
	}
}

// TestJSONSaysWhatARecordSays: what is escaped for the terminal is the same text to a program.
func TestJSONSaysWhatARecordSays(t *testing.T) {
	var text strings.Builder
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) && (r < 0x3000 || unseen(r)) {
			text.WriteRune(r)
		}
	}
	r := archive.Record{SchemaVersion: archive.SchemaVersion, StoppedReason: text.String(), RawEvent: text.String()}
	var out bytes.Buffer
	if err := WriteJSON(&out, r, true); err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSuffix(out.String(), "\n")
	if i := strings.IndexFunc(line, unseen); i >= 0 {
		t.Errorf("prints %.4q", line[i:])
	}
	var got archive.Record
	if err := json.Unmarshal([]byte(line), &got); err != nil || got != r {
		t.Errorf("says something else, error %v", err)
	}
}

// TestWhereTheLogOfACrashIs: the stream of the container where that is known, else the task's page of logs; and how a
// deployment keeps the last lines of the next one.
func TestWhereTheLogOfACrashIs(t *testing.T) {
	const console = "https://eu-west-1.console.aws.amazon.com"
	crash := archive.Record{Kind: "task", Verdict: "failure", Stage: "runtime", Fault: "crashed",
		Class: "runtime.crashed", Culprit: "app", Region: "eu-west-1", Cluster: "prod", TaskID: "4f1c22ab",
		ConsoleURL: console + "/ecs/v2/clusters/prod/tasks/4f1c22ab/configuration"}
	read := crash
	read.LogTail = "panic: no database"
	read.LogsURL = console + "/cloudwatch/home#logsV2:log-groups/log-group/$252Fecs$252Fapp/log-events/" +
		"app$252Fapp$252F4f1c22ab"
	known := crash
	known.LogsURL = read.LogsURL
	const turnOn = stack.Deploy + " -c logTail=on"
	for _, test := range []struct {
		name  string
		of    archive.Record
		page  string
		tells bool
	}{
		{"nothing is known", crash, console + "/ecs/v2/clusters/prod/tasks/4f1c22ab/logs", true},
		{"the stream is known", known, known.LogsURL, true},
		{"it was read", read, read.LogsURL, false},
		{"it was stopped", archive.Record{Kind: "task", Verdict: "expected", Stage: "user"}, "", false},
	} {
		for _, width := range append(widths, 0) {
			var b bytes.Buffer
			if err := (&Screen{W: &b, Look: Look{Width: width}}).Block(test.of); err != nil {
				t.Fatal(err)
			}
			page := ""
			if _, rest, found := strings.Cut(b.String(), "\n  logs "); found {
				page = strings.Fields(rest)[0]
			}
			if told := strings.Contains(b.String(), "\n"+below+turnOn+"\n"); page != test.page || told != test.tells {
				t.Errorf("%s, %d columns: the page %q, how to turn it on %v:\n%s", test.name, width, page, told, &b)
			}
		}
	}
	for page, has := range map[string]string{
		"options": "| `logTail` | `off` | `on` lets",
		"deploy":  "\n" + stack.Deploy + "\n",
	} {
		text, err := os.ReadFile("../../../docs/" + page + ".md")
		if err != nil || !strings.Contains(string(text), has) {
			t.Errorf("docs/%s.md lacks %q, %v", page, has, err)
		}
	}
}
