package classifier

import (
	"strings"
	"testing"

	"whystopped/classifier/voicetest"
)

// told are the texts of the tables that a person reads, by where they stand.
func toldTexts() map[string]string {
	all := map[string]string{}
	add := func(where, text string) {
		if text != "" {
			all[where] = text
		}
	}
	for _, rules := range [][]Rule{StageRules, FaultRules} {
		for _, r := range rules {
			add(r.ID+" says", r.Says)
			add(r.ID+" do", r.Do)
		}
	}
	for _, c := range Codes {
		add(c.ID+" says", c.Says)
		add(c.ID+" do", c.Do)
	}
	for _, t := range Stages {
		add("stage "+string(t.Stage), t.Could)
	}
	for _, t := range Faults {
		add("fault "+string(t.Fault), t.Said)
		add("fault "+string(t.Fault)+" next", t.Next)
	}
	for _, e := range Explanations {
		where := string(e.Stage) + "." + string(e.Fault) + " of " + e.Example
		add(where+" summary", e.Summary)
		add(where+" next", e.Next)
	}
	for _, c := range Catalogue {
		add(c.ID+" title", c.Title)
		add(c.ID+" why", c.Why)
		add(c.ID+" fix", c.Fix)
		add(c.ID+" unproven", c.Unproven)
		for _, t := range c.Text {
			add(c.ID+" evidence "+t.Evidence, t.Evidence)
			add(c.ID+" next "+t.Next, t.Next)
		}
		for _, check := range c.Check() {
			add(c.ID+" look "+check.Look, check.Look)
		}
	}
	for _, p := range Priors {
		add("order "+strings.Join(p.Order, " ")+" because", p.Because)
	}
	for _, s := range Signals {
		add("signal "+s.When+" because", s.Because)
	}
	for _, r := range Reasons {
		add(r.Reason+" said", r.Said)
		add(r.Reason+" do", r.Do)
	}
	return all
}

// TestTextsKeepToTheVoice holds the texts of the tables to the style page of CONTRIBUTING.md.
func TestTextsKeepToTheVoice(t *testing.T) {
	texts := toldTexts()
	if len(texts) < 1000 {
		t.Fatalf("only %d texts: is anything looked at?", len(texts))
	}
	for where, text := range texts {
		for _, problem := range voicetest.Problems(text) {
			t.Errorf("%s: %s\n\t%s", where, problem, text)
		}
	}
}
