package reader_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/events"
	"whystopped/events/reader"
)

// told is what is read of an input: of each stop its kind, task or service, stop code, reason and containers, and each
// refusal.
func told(input string) []string {
	var all []string
	for s, err := range reader.Decode("in", strings.NewReader(input)) {
		r, refused := err.(*events.Refusal)
		switch {
		case refused && r.Ask.Run != "":
			all = append(all, r.Error()+" $ "+r.Ask.Run+" → "+r.Ask.Look)
		case err != nil:
			all = append(all, err.Error())
		default:
			all = append(all, inShort(s))
		}
	}
	return all
}

func inShort(s events.Stop) string {
	parts := []string{string(s.Kind)}
	for _, p := range []string{s.TaskID, s.Service, s.StopCode, s.StoppedReason} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	for _, c := range s.Containers {
		part := c.Name + "="
		if c.ExitCode != nil {
			part += fmt.Sprint(*c.ExitCode)
		}
		parts = append(parts, strings.TrimSpace(part+" "+c.Reason))
	}
	return strings.Join(parts, " | ")
}

// reads are inputs with what is to be read of them.
type reads []struct {
	name, input string
	want        []string
}

func (all reads) run(t *testing.T) {
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, told(c.input)); diff != "" {
				t.Errorf("-want +told:\n%s", diff)
			}
		})
	}
}

const (
	oom   = "OutOfMemoryError: Container killed due to memory usage"
	ended = "Essential container in task exited"
	task  = `{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/stage/4a00000000000001","lastStatus":"STOPPED",` +
		`"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited",` +
		`"containers":[{"name":"orders","exitCode":3}]}`
	toldTask = "task | 4a00000000000001 | EssentialContainerExited | Essential container in task exited | orders=3"
	other    = `{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/stage/4a00000000000002","lastStatus":"STOPPED"}`
)

var indented = strings.NewReplacer(`,"`, ",\n  \"", `{"t`, "{\n  \"t", `]}`, "]\n}").Replace(task)

func TestDocumentsInText(t *testing.T) {
	reads{
		{"JSON", task, []string{toldTask}},
		{"JSON Lines", task + "\n" + other + "\n", []string{toldTask, "task | 4a00000000000002"}},
		{"concatenated", task + other, []string{toldTask, "task | 4a00000000000002"}},
		{"byte-order mark and CRLF", "\uFEFF" + strings.ReplaceAll(indented, "\n", "\r\n"), []string{toldTask}},
		{"a prompt before it", "$ aws ecs describe-tasks --tasks 4a00000000000001\n" + `{"tasks":[` + task + `]}`,
			[]string{toldTask}},
		{"a fence around it", "It died again:\n\n```json\n" + indented + "\n```\n\nAny idea?\n", []string{toldTask}},
		{"indented", "    " + strings.ReplaceAll(indented, "\n", "\n    "), []string{toldTask}},
		{"a footer below it", task +
			"\n\n--\nIf you wish to stop receiving notifications from this topic, please click\n" +
			"https://sns.eu-north-1.amazonaws.com/unsubscribe.html?SubscriptionArn=arn:aws:sns:eu-north-1:1:x\n",
			[]string{toldTask}},
		{"words between two", indented + "\n\nand the other one:\n\n" + other,
			[]string{toldTask, "task | 4a00000000000002"}},
		{"a prefix on its line", "START RequestId: 4f5e Version: $LATEST\n" +
			"[INFO]\t2026-04-01T10:00:00.1Z\t4f5e\tReceived event: " + task + "\nEND RequestId: 4f5e\n",
			[]string{toldTask}},
		{"the same in words before it", "Task stopped: Essential container in task exited\n" + task,
			[]string{toldTask}},
		{"foreign JSON beside it", `{"level":"info","msg":"starting"}` + "\n" + task + "\n[1, 2]\n",
			[]string{toldTask}},
		{"a quoted document", fmt.Sprintf("%q\n", task), []string{toldTask}},
		{"in a quoted field", `level=info msg="stopped" event=` + fmt.Sprintf("%q", task) + "\n", []string{toldTask}},
		{"broken in the middle", task + "\n" + `{"taskArn": oops}` + "\n" + other,
			[]string{
				toldTask, "in:2: the JSON breaks off here; copy it whole, from where it was printed",
				"task | 4a00000000000002",
			}},
		{"cut off", indented[:len(indented)-20],
			[]string{"in:6: the JSON that begins in line 1 is cut off here; copy it whole"}},
		{"typographic quotes", strings.ReplaceAll(indented, `"STOPPED"`, `“STOPPED”`),
			[]string{toldTask}},
		{"a comment", strings.ReplaceAll(indented, `"STOPPED",`, `"STOPPED", // at last`),
			[]string{toldTask}},
		{"an ellipsis", strings.ReplaceAll(indented, `"exitCode"`, `...`),
			[]string{"in:7: an ellipsis stands for what was left out; copy the JSON whole"}},
		{"many that are broken", strings.Repeat(`{"taskArn": oops}`+"\n", 50),
			[]string{
				"in:1: the JSON breaks off here; copy it whole, from where it was printed",
				"in:2: the JSON breaks off here; copy it whole, from where it was printed",
				"in:3: the JSON breaks off here; copy it whole, from where it was printed; and 47 more parts could " +
					"not be read",
			}},
		{"an array", "[" + task + ",\n{},\n" + other + "]", []string{toldTask, "task | 4a00000000000002"}},
		{"nothing", "", []string{"in:1: empty: no document"}},
		{"white space", " \n\n", []string{"in:1: empty: no document"}},
	}.run(t)
}

func TestTheReadersErrorIsNoRefusal(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, err := range reader.Decode("in", failing{broken}) {
		var refusal *events.Refusal
		if !errors.Is(err, broken) || errors.As(err, &refusal) {
			t.Errorf("got %v", err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// pausing is a stream that has text and then, for as long as anybody waits, nothing.
type pausing struct {
	t    *testing.T
	text io.Reader
}

func (p pausing) Read(b []byte) (int, error) {
	n, err := p.text.Read(b)
	if err != nil {
		p.t.Error("more is awaited")
	}
	return n, err
}

func TestAStopIsToldBeforeTheNextOneEnds(t *testing.T) {
	const stop = `{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/shop/0f1e","lastStatus":"STOPPED",` +
		`"stopCode":"UserInitiated"}`
	for _, before := range []string{"", "\n", "\uFEFF"} {
		read := pausing{t, strings.NewReader(before + stop + ",\n" + strings.TrimSuffix(stop, "}"))}
		for s, err := range reader.Decode("in", read) {
			if err != nil || s.TaskID != "0f1e" {
				t.Errorf("behind %q: %+v, %v", before, s, err)
			}
			break
		}
	}
}
