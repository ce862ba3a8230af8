package classifier

import (
	"regexp"
	"testing"
)

// voice is what the texts of the tables do not say, with what they say instead; CONTRIBUTING.md has the reasons.
var voice = []struct {
	never *regexp.Regexp
	say   string
}{
	{regexp.MustCompile(`[^$]\?( |$)`), "a statement: what to look for, not a question"},
	{regexp.MustCompile(`(?i)\b(maybe|perhaps|please|simply|hopefully|unfortunately|obviously)\b`), "nothing in its place"},
	{regexp.MustCompile(`\b(we|us|our|I)\b`), `"whystopped" or AWS's name for who acts`},
	{regexp.MustCompile(`\bone's own\b`), `"of your own"`},
	{regexp.MustCompile(`\b(anew|shall|wherein|thereof|whilst)\b`), `"again", "must", "in which", "of it", "while"`},
	{regexp.MustCompile(`\b(is|are) (told|kept|seen|known) by no\b`), `"no API keeps …"`},
	{regexp.MustCompile(`\bstop reason\b`), `"stopped reason", the field's name`},
	{regexp.MustCompile(`\bNAT route\b`), `"NAT gateway"`},
	{regexp.MustCompile(`\b(lie|lies|lay) (in|on|below|behind)\b|\b(stand|stands) in\b`), `"is in"`},
	{regexp.MustCompile(`\b(fargate|ec2|cloudwatch|cloudtrail|docker hub|secrets manager|parameter store)( |$)`),
		"the name as AWS writes it"},
	{regexp.MustCompile(`\b(Cloudwatch|Cloudtrail|Eventbridge|Loadbalancer|AutoScaling|autoscaling group)\b`),
		"the name as AWS writes it"},
	{regexp.MustCompile(`\b(log-?group|loggroup|task-def|taskdef)s?\b`), `"log group", "task definition"`},
	{regexp.MustCompile(`\bhas not enough\b|\bhas not the\b`), `"does not have"`},
	{regexp.MustCompile(`  |\.\.|;;|, ,`), "one space, one mark"},
	{regexp.MustCompile(`0\.0\.0\.0/0[^.;]*inbound|inbound[^.;]*0\.0\.0\.0/0`), "the sources that are needed, never all addresses"},
}

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
		for _, check := range c.Check {
			add(c.ID+" look "+check.Look, check.Look)
		}
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
		for _, rule := range voice {
			if found := rule.never.FindString(text); found != "" {
				t.Errorf("%s: %q: say %s\n\t%s", where, found, rule.say, text)
			}
		}
	}
}
