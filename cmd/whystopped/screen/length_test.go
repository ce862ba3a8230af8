package screen

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whystopped/classifier"
)

var (
	label      = regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)?)  `)
	numbered   = regexp.MustCompile(`(?m)^    \d+  `)
	howMany    = regexp.MustCompile(`why: (\d+|one) causes? (?:is|are) open`)
	wouldCheck = regexp.MustCompile(`--verify would check (\d+ of them|them|it)\b`)
)

// TestTheFirstLinesAreEnough holds what a block shows when nobody asks for all: the order of its lines, one line of
// what is not proven, two causes in full and how many more there are, and --verify where it would decide something.
func TestTheFirstLinesAreEnough(t *testing.T) {
	order := []string{"cause", "proof", "next", "so far", "unproven", "checked", "not asked", "task", "about",
		"request", "containers", "times", "console", "logs"}
	offered, shortened := 0, 0
	for _, s := range everyShown(t) {
		var b bytes.Buffer
		if err := (&Screen{W: &b, Verify: verifyStop}).Block(s.record); err != nil {
			t.Fatal(err)
		}
		block := b.String()
		at := -1
		for _, found := range label.FindAllStringSubmatch(block, -1) {
			i := slices.Index(order, found[1])
			if i <= at {
				t.Errorf("%s: the line %q is not known, twice or not in its place:\n%s", s.where, found[1], block)
			}
			at = i
		}
		open, checkable := 0, 0
		causes := allCausesOf(s.record)
		if s.record.Verdict == string(classifier.Expected) {
			causes = nil
		}
		for _, c := range causes {
			if c.Verdict == string(classifier.NotChecked) {
				open++
				if known, _ := classifier.FindCause(c.ID); known.Unproven == "" {
					checkable++
				}
			}
		}
		confirmed := slices.ContainsFunc(causes,
			func(c ExplainedCause) bool { return c.Verdict == string(classifier.Confirmed) })
		if confirmed || len(causes) == 0 {
			open, checkable = 0, 0
		}
		if n := len(howMany.FindAllString(block, -1)); n != min(open, 1) {
			t.Errorf("%s: %d lines of what is not proven, with %d open causes:\n%s", s.where, n, open, block)
		}
		offers := wouldCheck.MatchString(block) && strings.Contains(block, "\n"+below+verifyStop+"\n")
		if offers != (checkable > 0) {
			t.Errorf("%s: --verify is offered: %v, and would check %d causes:\n%s", s.where, offers, checkable, block)
		} else if offers {
			offered++
		}
		if n := len(numbered.FindAllString(block, -1)); n != min(len(causes), 2) {
			t.Errorf("%s: %d causes of %d in full:\n%s", s.where, n, len(causes), block)
		}
		more := fmt.Sprintf("\n    %s: --all\n", Plural(len(causes)-2, "more cause"))
		left := len(causes) > 2
		if left != strings.Contains(block, more) || left != strings.Contains(block, ": --all") {
			t.Errorf("%s: how many causes are left out is not told, or wrongly: %q:\n%s", s.where, more, block)
		} else if left {
			shortened++
		}
		if long, short := strings.Count(s.block, "\n"), strings.Count(block, "\n"); long < short-2 {
			t.Errorf("%s: --all shows %d lines, and the block %d", s.where, long, short)
		}
	}
	if offered < 100 || shortened < 100 {
		t.Errorf("--verify is offered %d times, causes are left out %d times: is anything looked at?", offered,
			shortened)
	}
}
