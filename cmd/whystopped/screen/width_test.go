package screen

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive"
)

// widths are those of the terminals on which every screen is looked at.
var widths = []int{80, 100, 120, 200}

// before is what may stand before a text: a label, a number, a mark.
var before = regexp.MustCompile(`^ *([a-z0-9]+( [a-z]+)?  +|[-→│✗✓?] +)?`)

const verifyStop = "whystopped explain --verify stop.json"

// commandsOf are the commands that the screen of a record may show.
func commandsOf(r archive.Record) map[string]bool {
	all := map[string]bool{verifyStop: true}
	read, _ := r.LogCheck()
	all[read.Run] = true
	for _, c := range allCausesOf(r) {
		for _, check := range c.Checks {
			all[check.Run] = true
		}
	}
	for _, told := range inText.FindAllStringSubmatch(r.Summary+r.NextStep, -1) {
		all[told[1]] = true
	}
	delete(all, "")
	return all
}

// overflowing is a line that a terminal breaks and need not, "" where there is none: it goes beyond the edge, and is
// neither a command nor one word, or has room at the left.
func overflowing(shown string, width int, commands map[string]bool) string {
	for line := range strings.Lines(shown) {
		line = strings.TrimRight(line, "\n")
		what := strings.TrimPrefix(line, before.FindString(line))
		alone := commands[strings.TrimSpace(line)] || !strings.Contains(what, " ")
		if len(line) > width && text.StringWidth(line) > width && (!alone || text.StringWidth(what) <= width) {
			return line
		}
	}
	return ""
}

// shownOf are those commands that a screen shows alone on a line, in their order.
func shownOf(commands map[string]bool, shown string) (there []string) {
	for line := range strings.Lines(shown) {
		if line = strings.TrimSpace(line); commands[line] {
			there = append(there, line)
		}
	}
	return there
}

// TestNothingBreaksInAWord shows all blocks on terminals: the words are those of a pipe, in their order, so that none
// was cut, each command is whole, and no line is wider than the terminal that could be narrower.
func TestNothingBreaksInAWord(t *testing.T) {
	commands := 0
	for _, s := range everyShown(t) {
		known := commandsOf(s.record)
		views := []bool{true} // all causes, with what --all adds
		if !strings.ContainsAny(s.where, " /") {
			views = []bool{true, false} // a sample
		}
		for _, all := range views {
			show := func(l Look) string {
				var b bytes.Buffer
				block := Screen{W: &b, Look: l, All: all, Verify: verifyStop}
				if err := block.Block(s.record); err != nil {
					t.Fatal(err)
				}
				return b.String()
			}
			whole := show(Look{})
			for _, width := range widths {
				shown := show(Look{Width: width})
				if !slices.Equal(strings.Fields(whole), strings.Fields(shown)) {
					t.Errorf("%s: other words on %d columns: -pipe +terminal:\n%s", s.where, width,
						cmp.Diff(strings.Fields(whole), strings.Fields(shown)))
				}
				if !slices.Equal(shownOf(known, whole), shownOf(known, shown)) {
					t.Errorf("%s: a command is broken on %d columns:\n%s", s.where, width, shown)
				}
				if line := overflowing(shown, width, known); line != "" {
					t.Errorf("%s: too wide for %d columns: %q", s.where, width, line)
				}
			}
			commands += len(shownOf(known, whole))
		}
	}
	if commands < 1000 {
		t.Errorf("only %d commands: is anything looked at?", commands)
	}
}

// TestNoTableIsTooWide shows all stops in tables: class and cause are there whole, whatever else gives way.
func TestNoTableIsTooWide(t *testing.T) {
	for _, s := range everyShown(t) {
		for _, width := range widths {
			for name, show := range map[string]func(*bytes.Buffer){
				"stops": func(b *bytes.Buffer) {
					table := NewStopTable(b, Look{Width: width})
					table.Add(s.record)
					table.Render()
				},
				"kinds": func(b *bytes.Buffer) {
					table := NewKindTable(b, Look{Width: width}, historyNow)
					table.Add(Kind{LastSeen: s.record.Moment(), FirstSeen: s.record.Moment(), Verdict: s.record.Verdict,
						Class: s.record.Class, Summary: s.record.Summary, Signature: s.record.Signature,
						LastTaskID: s.record.TaskID, Last: s.record})
					table.Render()
				},
			} {
				var b bytes.Buffer
				show(&b)
				if line := overflowing(b.String(), width, nil); line != "" {
					t.Errorf("%s of %s: too wide for %d columns: %q", name, s.where, width, line)
				}
				bare := strings.NewReplacer("(", " ", ")", " ") // the class stands between these
				words := strings.Fields(bare.Replace(b.String()))
				for word := range strings.FieldsSeq(bare.Replace(Printable(s.record.Summary + " " + s.record.Class))) {
					if !slices.Contains(words, word) {
						t.Errorf("%s of %s on %d columns: lacks %q:\n%s", name, s.where, width, word, &b)
					}
				}
			}
		}
	}
}
