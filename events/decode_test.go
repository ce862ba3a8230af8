package events_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"whystopped/events"
)

func taskDocument(id string) string {
	return `{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/stage/` + id + `","lastStatus":"STOPPED"}`
}

// read writes each stop as its task id and each refusal as its message.
func read(r io.Reader) []string {
	var got []string
	for s, err := range events.Decode("in.json", r) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, s.TaskID)
	}
	return got
}

func TestDecodeGoesOnBehindWhatItRefuses(t *testing.T) {
	for _, c := range []struct {
		name, input string
		want        []string
	}{
		{"JSON Lines", taskDocument("a") + "\n" + taskDocument("b") + "\n", []string{"a", "b"}},
		{"concatenated", taskDocument("a") + taskDocument("b"), []string{"a", "b"}},
		{"CRLF and blank lines", "\r\n" + taskDocument("a") + "\r\n\r\n" + taskDocument("b"), []string{"a", "b"}},
		{"byte-order marks", "\uFEFF" + taskDocument("a") + "\n\uFEFF" + taskDocument("b"), []string{"a", "b"}},
		{"array", "[" + taskDocument("a") + ",\n" + taskDocument("b") + "]", []string{"a", "b"}},
		{"array, then a document", "[" + taskDocument("a") + "]\n" + taskDocument("b"), []string{"a", "b"}},
		{
			"running in line 2",
			taskDocument("a") + "\n" + strings.Replace(taskDocument("r"), "STOPPED", "RUNNING", 1) +
				"\n" + taskDocument("b"),
			[]string{"a", "in.json:2: task r is RUNNING, not stopped", "b"},
		},
		{"element 1 of an array", "[" + taskDocument("a") + ",\n{},\n" + taskDocument("b") + "]",
			[]string{
				"a",
				`in.json:2: [1]: holds no ECS task: expected an "ECS Task State Change" event, a task, or the output ` +
					`of aws ecs describe-tasks`,
				"b",
			}},
		{"broken line", taskDocument("a") + "\n{\"taskArn\": oops}\n" + taskDocument("b"),
			[]string{"a", "in.json:2: not JSON: invalid character 'o' looking for beginning of value", "b"}},
		{"unclosed line", taskDocument("a") + "\n{\"taskArn\": \"x\n" + taskDocument("b"),
			[]string{"a", "in.json:2: not JSON: a string is not closed on its line", "b"}},
		{"unclosed brace", taskDocument("a") + "\n{\"taskArn\": {\n" + taskDocument("b") + "\n" + taskDocument("c"),
			[]string{"a", "in.json:2: not JSON: invalid character '{' looking for beginning of object key string", "b",
				"c"}},
		{"pretty-printed and broken", "{\n  \"tasks\": [\n    {\"taskArn\": nope}\n  ]\n}\n" + taskDocument("b"),
			[]string{"in.json:3: not JSON: invalid character 'o' in literal null (expecting 'u')", "b"}},
		{"words between", taskDocument("a") + "\nhello world\n" + taskDocument("b"),
			[]string{"a", "in.json:2: not JSON: invalid character 'h' looking for beginning of value", "b"}},
		{"cut off at the end", taskDocument("a") + "\n" + taskDocument("b")[:40],
			[]string{"a", "in.json:2: the document is cut off"}},
		{"array cut off", "[" + taskDocument("a") + ",",
			[]string{"a", "in.json:1: the array is cut off: no closing ]"}},
		{"stray bracket", taskDocument("a") + "}\n" + taskDocument("b"),
			[]string{"a", "in.json:1: not JSON: invalid character '}' looking for beginning of value", "b"}},
		{"binary", "\x7fELF\x02\x01\x00\x00 {}\n{}\n{}", []string{"in.json:1: binary data, not JSON text in UTF-8"}},
		{"nothing", "", []string{"in.json:1: empty: no document"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"at once":      strings.NewReader(c.input),
				"byte by byte": iotest.OneByteReader(strings.NewReader(c.input)),
			} {
				if got := read(r); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
					t.Errorf("%s:\n got %q\nwant %q", how, got, c.want)
				}
			}
		})
	}
}

func TestDecodeReportsTheReadersError(t *testing.T) {
	broken := errors.New("disk on fire")
	got := read(io.MultiReader(strings.NewReader(taskDocument("a")+"\n"), iotest.ErrReader(broken)))
	if len(got) != 2 || got[0] != "a" || got[1] != "in.json: disk on fire" {
		t.Errorf("got %q", got)
	}
}

// endless repeats a document n times without holding more than one.
type endless struct {
	document string
	n        int
	rest     string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.rest == "" {
		if e.n == 0 {
			return 0, io.EOF
		}
		e.n--
		e.rest = e.document
	}
	n := copy(b, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestDecodeStreams(t *testing.T) {
	for _, wrap := range []struct{ before, after string }{{"", "\n"}, {"[", "]"}} {
		n := 0
		document := taskDocument("a") + "\n"
		if wrap.before != "" {
			document = taskDocument("a") + ","
		}
		r := io.MultiReader(strings.NewReader(wrap.before), &endless{document: document, n: 200_000},
			strings.NewReader(taskDocument("z")+wrap.after))
		for _, err := range events.Decode("", r) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != 200_001 {
			t.Errorf("read %d stops, want 200001", n)
		}
	}
}

// TestDecodeOfBrokenLinesIsLinear would take minutes if each broken line were read to the end of the input.
func TestDecodeOfBrokenLinesIsLinear(t *testing.T) {
	const lines = 100_000
	if got := read(strings.NewReader(strings.Repeat("{\"detail\": {\n", lines))); len(got) != lines {
		t.Errorf("%d refusals of %d broken lines", len(got), lines)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "[", "]", "[]", "{}", "{}{}", "[{},{}", "{\"a\":\"\n{}", "\uFEFF{}", "nul", ",",
		"\"", "[[{}]]",
		taskDocument("a") + "\n{\n" + taskDocument("b"), "{\"a\":\n{\"b\":\n{}\n", "{\"a\":x\n{\"b\":\n{}",
		"{\"a\":x\n{}}\n{\"b\":1\n{\"c\":2}\n", "{}\n\x00{}\n{}", "\xFF\xFE{\x00}\x00"} {
		f.Add([]byte(s), uint8(0))
	}
	f.Fuzz(func(t *testing.T, input []byte, chunk uint8) {
		whole := answers(bytes.NewReader(input))
		if len(whole) == 0 {
			t.Error("neither a stop nor an error")
		}
		if pieces := answers(&chunks{input, int(chunk) + 1}); !slices.Equal(pieces, whole) {
			t.Errorf("read at once:\n%q\n%d bytes at a time:\n%q", whole, int(chunk)+1, pieces)
		}
	})
}

// answers are what Decode says of r, with the part of it that is meant.
func answers(r io.Reader) []string {
	var got []string
	for s, err := range events.Decode("in.json", r) {
		var refusal *events.Refusal
		if errors.As(err, &refusal) {
			got = append(got, fmt.Sprintf("%v: %q", err, refusal.Raw))
			continue
		}
		got = append(got, fmt.Sprintf("%s %v: %q", s.TaskID, err, s.Raw))
	}
	return got
}

// chunks is a reader that gives so many bytes at a time.
type chunks struct {
	rest []byte
	size int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.size)], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}
