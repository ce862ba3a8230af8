package classifier

import (
	"crypto/sha256"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whystopped/classifier/lastwords"
	"whystopped/events"
)

func TestEveryStageRuleWinsOnItsExample(t *testing.T) {
	for _, rule := range StageRules {
		r := readExample(&rule)
		switch {
		case r.stage == nil:
			t.Errorf("%s: no rule holds on its own example", rule.ID)
		case r.stage.ID != rule.ID:
			t.Errorf("%s: its example is taken by %s, which stands before it", rule.ID, r.stage.ID)
		}
	}
}

func TestEveryFaultRuleWinsOnItsExample(t *testing.T) {
	for _, rule := range FaultRules {
		r := readExample(&rule)
		switch {
		case r.fault == nil:
			t.Errorf("%s: no rule holds on its own example", rule.ID)
		case r.fault.ID != rule.ID:
			t.Errorf("%s: its example is taken by %s, which stands before it", rule.ID, r.fault.ID)
		}
	}
}

// TestRulesThatSaySomethingAreTold holds that a rule's own words are what is told of its example, not those of its
// class or of another rule.
func TestRulesThatSaySomethingAreTold(t *testing.T) {
	for _, r := range slices.Concat(StageRules, FaultRules) {
		if (r.Says == "") != (r.Do == "") {
			t.Errorf("%s: must have both Says and Do, or neither", r.ID)
		}
		if r.Says == "" {
			continue
		}
		s := events.Stop{Kind: kindOf(r), LaunchType: "EC2", StoppedReason: r.Example}
		f := Classify(s)
		if f.Summary != Fill(r.Says, &s, &f) || f.NextStep != Fill(r.Do, &s, &f) {
			t.Errorf("%s: its example is told as\n%s\n%s", r.ID, f.Summary, f.NextStep)
		}
	}
	for _, c := range Codes {
		if c.Says == "" {
			continue
		}
		s := codeExamples[c.ID]
		f := Classify(s)
		if f.StageRule != c.ID || f.Summary != Fill(c.Says, &s, &f) || f.NextStep != Fill(c.Do, &s, &f) {
			t.Errorf("%s: its example is told by %s as\n%s\n%s", c.ID, f.StageRule, f.Summary, f.NextStep)
		}
	}
}

// codeExamples are stops of which the codes that say something tell.
var codeExamples = map[string]events.Stop{
	"code/infrastructure-health": {StopCode: "InfrastructureHealth"},
	"code/never-started": {StopCode: "TaskFailedToStart", StoppedReason: "Task failed to start",
		Containers: []events.Container{{Name: "web"}, withCode("cache", 137)}},
	"code/waited-in-vain": {StopCode: "TaskFailedToStart", StoppedReason: "Task failed to start",
		Containers: []events.Container{{Name: "web"}, withCode("cache", 137), withCode("migrate", 0)}},
}

// readExample is what the rules make of a rule's own example.
func readExample(r *Rule) reading {
	return newView(&events.Stop{Kind: kindOf(*r), StoppedReason: r.Example}, &Finding{Culprit: -1}).readings()[0]
}

// kindOf is a kind whose texts the rule reads.
func kindOf(r Rule) events.Kind {
	if len(r.Kinds) > 0 {
		return r.Kinds[0]
	}
	return events.KindTask
}

func TestRulesAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	check := func(r Rule, prefix string) {
		if !regexp.MustCompile(`^` + prefix + `/[a-z]+(-[a-z]+)*$`).MatchString(r.ID) {
			t.Errorf("%q is not an id of the form %s/kebab", r.ID, prefix)
		}
		if seen[r.ID] {
			t.Errorf("%s stands twice", r.ID)
		}
		seen[r.ID] = true
		if r.Source == "" || r.Example == "" {
			t.Errorf("%s: every rule says where its words come from and shows one text", r.ID)
		}
		for _, list := range [][]string{r.Match.Is, r.Match.All, r.Match.Any, r.Match.None} {
			for _, s := range list {
				if s == "" || strings.ToLower(s) != s || strings.Contains(s, "  ") || strings.ContainsAny(s, "’“”\n") {
					t.Errorf("%s: %q can never stand in a folded text", r.ID, s)
				}
			}
		}
	}
	for _, r := range StageRules {
		check(r, "stage")
		if r.Stage == "" || r.Fault != "" || r.Confidence != "" {
			t.Errorf("%s: a stage rule names a stage and nothing else", r.ID)
		}
	}
	for _, r := range FaultRules {
		check(r, "fault")
		if r.Fault == "" || r.Stage != "" || r.Weak || r.Asked {
			t.Errorf("%s: a fault rule names a fault and nothing else", r.ID)
		}
	}
	for _, c := range Codes {
		if !regexp.MustCompile(`^code/[a-z]+(-[a-z]+)*$`).MatchString(c.ID) || seen[c.ID] || c.When == "" {
			t.Errorf("%q: every code has an id of the form code/kebab and a condition in words", c.ID)
		}
		seen[c.ID] = true
	}
}

func TestNoneKeepsSomethingOut(t *testing.T) {
	for _, r := range append(append([]Rule{}, StageRules...), FaultRules...) {
		for _, none := range r.Match.None {
			with := r
			with.Match.None = nil
			if text := newText(events.Fold(r.Example + " " + none)); !with.Match.holds(text.folded) ||
				r.Match.holds(text.folded) {
				t.Errorf("%s: %q in None changes nothing", r.ID, none)
			}
		}
	}
}

func TestNoWordIsDismissedFromATextThatHasIt(t *testing.T) {
	for _, r := range append(append([]Rule{}, StageRules...), FaultRules...) {
		for _, word := range append(append(append([]string{}, r.Match.All...), r.Match.Any...), r.Match.None...) {
			for _, text := range []string{word, "a " + word, word + ": b", "é" + word + "é" + word, word[1:]} {
				if got, want := haystackOf(text).index(word), strings.Index(text, word); got != want {
					t.Errorf("%s: %q stands at %d of %q, found at %d", r.ID, word, want, text, got)
				}
			}
		}
	}
}

func TestVocabularyIsWhole(t *testing.T) {
	if len(Stages) != 19 || len(Faults) != 27 {
		t.Errorf("%d stages and %d faults, want 19 and 27", len(Stages), len(Faults))
	}
	for _, s := range Stages {
		if s.Meaning == "" || s.Could == "" {
			t.Errorf("%s: no words", s.Stage)
		}
	}
	for _, f := range Faults {
		if f.Meaning == "" || f.Said == "" || f.Next == "" {
			t.Errorf("%s: no words", f.Fault)
		}
		if domainOf[f.Fault] == "" {
			t.Errorf("%s: nobody owns the fix", f.Fault)
		}
	}
}

// TestVersionRisesWithTheTables holds Version to the tables: when they change, raise Version and add its line to
// testdata/versions.
func TestVersionRisesWithTheTables(t *testing.T) {
	var tables strings.Builder
	for _, r := range append(append([]Rule{}, StageRules...), FaultRules...) {
		fmt.Fprintln(&tables, r.ID, r.Stage, r.Fault, r.At, r.Match, r.If != nil, r.Confidence, r.Domain, r.Weak,
			r.Asked, r.Kinds, r.Routine, r.Says, r.Do)
	}
	for _, c := range Codes {
		fmt.Fprintln(&tables, c.ID, c.Stage, c.Fault, c.Confidence, c.When, c.Says, c.Do)
	}
	for _, e := range ExitCodes {
		fmt.Fprintln(&tables, e)
	}
	for _, e := range Explanations {
		fmt.Fprintln(&tables, e.Stage, e.Fault, e.Summary, e.Next, e.If != nil)
	}
	for _, c := range Catalogue {
		fmt.Fprintln(&tables, c.ID, c.Title, c.Fix)
		for _, t := range c.Text {
			fmt.Fprintln(&tables, t.Result, t.Match, t.If != nil, t.Evidence, t.Next)
		}
	}
	for _, p := range Priors {
		fmt.Fprintln(&tables, p.At, p.Faults, p.Order)
	}
	for _, s := range Signals {
		fmt.Fprintln(&tables, s.ID, s.At, s.When, s.Lifts, s.Sinks, s.Because)
	}
	for _, s := range lastwords.Signs {
		fmt.Fprintln(&tables, s.ID, s.Says, s.Has, s.Match, s.Cause, s.Otherwise, s.Final, s.Next)
	}
	for _, f := range lastwords.Forms {
		fmt.Fprintln(&tables, f.ID, f.Match, f.Joins, f.Weak, f.Inside)
	}
	fmt.Fprintln(&tables, Stages, Faults, domainOf, domainAt)
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(tables.String())))
	kept, err := os.ReadFile("testdata/versions")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(kept)), "\n")
	switch last := lines[len(lines)-1]; {
	case !strings.HasSuffix(last, " "+sum):
		t.Errorf("the tables changed since version %d: Version must be %d, and testdata/versions must end with\n%d %s",
			len(lines), len(lines)+1, len(lines)+1, sum)
	case Version != len(lines):
		t.Errorf("Version is %d and must be %d, the last of testdata/versions", Version, len(lines))
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, fmt.Sprintf("%d ", i+1)) {
			t.Errorf("testdata/versions:%d: versions count up from 1", i+1)
		}
	}
}

// TestIndexesHoldEveryRow holds that what is looked up by stage or class finds every row of the tables, and that no
// rule is dismissed on its own example.
func TestIndexesHoldEveryRow(t *testing.T) {
	if len(stageRules) != len(StageRules) {
		t.Errorf("%d stage rules are looked at, want %d", len(stageRules), len(StageRules))
	}
	all := slices.Clone(stageRules)
	for _, s := range Stages {
		n := 0
		for _, r := range FaultRules {
			if len(r.At) > 0 && !slices.Contains(r.At, s.Stage) {
				continue
			}
			if n >= len(faultRulesAt[s.Stage]) || faultRulesAt[s.Stage][n].ID != r.ID {
				t.Fatalf("%s: %s is not looked at in its turn", s.Stage, r.ID)
			}
			n++
		}
		all = append(all, faultRulesAt[s.Stage]...)
	}
	for _, r := range all {
		text := newText(events.Fold(r.Example))
		if r.Match.holds(text.folded) && !r.mayHold(text.folded) {
			t.Errorf("%s is dismissed on its example", r.ID)
		}
	}
	for _, u := range Usuals {
		for _, fault := range u.Of {
			found := usualOf[class{u.At, fault}]
			for i, uf := range u.Faults {
				if found[i].fault != uf.Fault || len(found[i].causes) != len(uf.Causes) {
					t.Errorf("%s.%s: not all causes of %s are found", u.At, fault, uf.Fault)
				}
			}
		}
	}
}
