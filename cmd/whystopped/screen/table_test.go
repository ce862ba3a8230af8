package screen

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive"
)

// stopsInTables are a short row and one whose every name is long.
var stopsInTables = []archive.Record{
	{Verdict: "failure", Class: "runtime.crashed", Cluster: "prod", Service: "web", Culprit: "app",
		CulpritExitCode: new(int64(1)), Summary: "app failed with exit code 1",
		TaskID: "4f1c22ab90de4c6f8a3b5d7e9f012345", StoppedAt: archive.Time{Time: historyNow},
		Signature: "aaaabbbbcccc"},
	{Verdict: "failure", Class: "placement.not_found", Cluster: "prod", Summary: "no cluster", EventName: "StartTask",
		StoppedAt: archive.Time{Time: historyNow}, Signature: "eeee", DedupKey: "1"},
	{Verdict: "failure", Class: "registry_auth.unreachable",
		Cluster: "AWSBatch-etl-spot-1f4d6a90-7be3-3c05-a2d8-6e0b91c7f358", Service: "nightly-settlement-of-all-ledgers",
		Culprit: "a-sidecar-with-a-name-of-more-than-forty-characters",
		Summary: strings.TrimSpace(strings.Repeat("could not reach the registry ", 4)),
		TaskID:  "5625a7570521bbe0f29b84debc844078", StoppedAt: archive.Time{Time: historyNow},
		Signature: "ddddeeeeffff"},
}

func stopTable(l Look) string {
	var b bytes.Buffer
	t := NewStopTable(&b, l)
	for _, r := range stopsInTables {
		t.Add(r)
	}
	t.Render()
	return b.String()
}

func kindTable(l Look) string {
	var b bytes.Buffer
	t := NewKindTable(&b, l, historyNow.Add(time.Hour))
	for _, k := range KindsOf(stopsInTables) {
		t.Add(k)
	}
	t.Render()
	return b.String()
}

// TestTablesFollowTheTerminal: no line is wider than the terminal, cause and class are there whole, and one long name
// does not push the others out.
func TestTablesFollowTheTerminal(t *testing.T) {
	for name, show := range map[string]func(Look) string{"stops": stopTable, "kinds": kindTable} {
		for _, width := range []int{60, 80, 100, 120, 160, 200} {
			shown := show(Look{Width: width})
			for line := range strings.Lines(shown) {
				if n := text.StringWidth(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%s: %d columns on a terminal of %d: %q", name, n, width, line)
				}
			}
			words := strings.Join(strings.Fields(shown), " ")
			if name == "stops" && width > 60 && !strings.Contains(shown, " StartTask\n") {
				t.Errorf("the name of an event is cut on a terminal of %d:\n%s", width, shown)
			}
			for _, want := range []string{"runtime.crashed", "registry_auth.unreachable", "prod/web ", "FAILURE",
				"app failed with exit code 1", "AWSBatch", "ledgers"} {
				if !strings.Contains(words, want) {
					t.Errorf("%s: lacks %q on a terminal of %d:\n%s", name, want, width, shown)
				}
			}
			if n := strings.Count(shown, "registry") - strings.Count(shown, "registry_"); n != 4 {
				t.Errorf("%s: %d of 4 parts of the cause on a terminal of %d:\n%s", name, n, width, shown)
			}
		}
		if shown := show(Look{Width: 60, Colour: true}); strings.Contains(text.StripEscape(shown), "[") {
			t.Errorf("%s: an escape is printed as text:\n%q", name, shown)
		}
		if piped := show(Look{}); strings.Contains(piped, "…") || strings.Contains(piped, "not shown") ||
			!strings.Contains(piped, Place(stopsInTables[1])+" ") {
			t.Errorf("%s: a pipe gets everything whole:\n%s", name, piped)
		}
	}
}

// TestALongTableIsPrintedSoon: the time goes by the rows, not by how much they are shortened.
func TestALongTableIsPrintedSoon(t *testing.T) {
	began := time.Now()
	table := NewStopTable(io.Discard, Look{Width: 60})
	for range 5000 {
		table.Add(stopsInTables[2])
	}
	if table.Render(); time.Since(began) > 10*time.Second {
		t.Errorf("5000 rows take %s", time.Since(began))
	}
}

// TestColumnsGoInTheirOrder: what is left out is said.
func TestColumnsGoInTheirOrder(t *testing.T) {
	for _, test := range []struct {
		width int
		left  string
	}{
		{160, ""},
		{90, "CONTAINER"},
		{70, "STOPPED, CONTAINER"},
		{50, "STOPPED, CONTAINER, TASK"},
	} {
		_, left, _ := strings.Cut(strings.TrimSpace(stopTable(Look{Width: test.width})),
			"not shown on so narrow a terminal: ")
		if diff := cmp.Diff(test.left, strings.Join(strings.Fields(left), " ")); diff != "" {
			t.Errorf("on a terminal of %d: -want +got:\n%s\n%s", test.width, diff, stopTable(Look{Width: test.width}))
		}
	}
}

func TestBrokenKeepsWords(t *testing.T) {
	const url = "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/prod/tasks/4f1c22ab90de4c6f8a3b5d7e9f012345"
	for _, test := range []struct {
		name, text string
		room       int
		want       []string
	}{
		{"nothing", "", 10, []string{""}},
		{"fits", "a b  c", 10, []string{"a b  c"}},
		{"between words", "aaa bbb ccc", 7, []string{"aaa bbb", "ccc"}},
		{"gaps go at the end of a line", "aaa  bbb", 5, []string{"aaa", "bbb"}},
		{"indented", "    at Main.run(Main.java:3)", 40, []string{"    at Main.run(Main.java:3)"}},
		{"an address stays whole", "see " + url + " now", 30, []string{"see", url, "now"}},
		{"an address alone", url, 30, []string{url}},
		{"no room", "a b", 0, []string{"a", "b"}},
		{"wide characters", "日本 日本", 6, []string{"日本", "日本"}},
	} {
		if diff := cmp.Diff(test.want, broken(test.text, test.room)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

func TestLinksAreForTerminalsThatKnowThem(t *testing.T) {
	for _, test := range []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"unknown", map[string]string{"TERM": "xterm-256color"}, false},
		{"iTerm", map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, true},
		{"Apple's own", map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, false},
		{"GNOME", map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "7600"}, true},
		{"an old GNOME", map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "4602"}, false},
		{"kitty", map[string]string{"TERM": "xterm-kitty"}, true},
		{"Windows", map[string]string{"WT_SESSION": "1"}, true},
		{"in tmux", map[string]string{"TERM": "tmux-256color", "TMUX": "/tmp/1", "VTE_VERSION": "7600"}, false},
		{"in screen", map[string]string{"TERM": "screen", "TERM_PROGRAM": "WezTerm"}, false},
		{"asked for in tmux", map[string]string{"TERM": "screen", "TMUX": "/tmp/1", "FORCE_HYPERLINK": "1"}, true},
		{"not wanted", map[string]string{"TERM": "xterm-kitty", "FORCE_HYPERLINK": "0"}, false},
		{"no colour", map[string]string{"TERM": "xterm-kitty", "NO_COLOR": "1"}, false},
		{"dumb", map[string]string{"TERM": "dumb", "FORCE_HYPERLINK": "1"}, false},
	} {
		if got := linksIn(func(name string) string { return test.env[name] }); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestThePageNamesTheTerminals(t *testing.T) {
	page, err := os.ReadFile("../../../docs/terminal.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Concat(linkPrograms, linkTerms) {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/terminal.md lacks %s", name)
		}
	}
}

// TestWhatFitsIsNotBroken: a long name or command goes to the left where the terminal holds it whole only there.
func TestWhatFitsIsNotBroken(t *testing.T) {
	word := strings.Repeat("x", 75)
	for _, test := range []struct {
		name  string
		print func(*Screen)
		want  string
	}{
		{"a word", func(s *Screen) { s.Line("console", word) }, "  console\n    " + word + "\n"},
		{"among others", func(s *Screen) { s.Line("next", "ask "+word+" now") },
			"  next        ask\n    " + word + "\n              now\n"},
		{"a command", func(s *Screen) { s.Command(strings.Repeat(" ", 11), word) }, "    " + word + "\n"},
		{"longer than the terminal", func(s *Screen) { s.Line("console", word+word) },
			"  console     " + word + word + "\n"},
	} {
		var b bytes.Buffer
		test.print(&Screen{W: &b, Look: Look{Width: 80}})
		if diff := cmp.Diff(test.want, b.String()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

// TestALinkIsItsText: what is seen and copied is the address, and nothing of a text can steer the terminal.
func TestALinkIsItsText(t *testing.T) {
	const said = "follow https://docs.aws.amazon.com/a.html, or (https://b.example/x?y=1)" +
		"\x1b]8;;https://evil.example\x07."
	var linked, plain bytes.Buffer
	(&Screen{W: &linked, Look: Look{Links: true, Width: 80}}).Line("next", said)
	(&Screen{W: &plain, Look: Look{Width: 80}}).Line("next", said)
	for _, want := range []string{
		"\x1b]8;;https://docs.aws.amazon.com/a.html\x1b\\https://docs.aws.amazon.com/a.html\x1b]8;;\x1b\\, or",
		"(\x1b]8;;https://b.example/x?y=1\x1b\\https://b.example/x?y=1\x1b]8;;\x1b\\)",
	} {
		if !strings.Contains(linked.String(), want) {
			t.Errorf("lacks %q: %q", want, linked.String())
		}
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Errorf("no links are wanted: %q", plain.String())
	}
}
