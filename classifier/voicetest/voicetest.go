// Package voicetest holds what texts that a person reads do not say; the style page of CONTRIBUTING.md has the reasons.
package voicetest

import (
	"fmt"
	"regexp"
)

// rules are what a text does not say, with what it says instead.
var rules = []struct {
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

// Problems are what a text says otherwise than the style page wants.
func Problems(text string) (problems []string) {
	for _, rule := range rules {
		if found := rule.never.FindString(text); found != "" {
			problems = append(problems, fmt.Sprintf("%q: say %s", found, rule.say))
		}
	}
	return problems
}
