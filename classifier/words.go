package classifier

import (
	"strings"

	"whystopped/events"
)

// When says in words when the rule holds.
func (r Rule) When() string {
	var parts []string
	add := func(what string, list []string) {
		if len(list) > 0 {
			parts = append(parts, what+" “"+strings.Join(list, "”, “")+"”")
		}
	}
	add("the text is", r.Match.Is)
	add("it has all of", r.Match.All)
	add("it has one of", r.Match.Any)
	add("it has none of", r.Match.None)
	if len(r.At) > 0 {
		var at []string
		for _, s := range r.At {
			at = append(at, string(s))
		}
		parts = append(parts, "at stage "+strings.Join(at, ", "))
	}
	return strings.Join(parts, "; ")
}

// Words says what the event alone proves about a cause, and by which words.
func (p TextProof) Words() string {
	does := "confirms it"
	if p.Result == RuledOut {
		does = "rules it out"
	}
	if when := (Rule{Match: p.Match}).When(); when != "" {
		return "the text alone " + does + ", when " + when + ": " + Plain(p.Evidence)
	}
	return "the event alone " + does + ": " + Plain(p.Evidence)
}

// Plain fills a template of the catalogue with what is told of a stop of which nothing is known.
func Plain(template string) string {
	if strings.Contains(template, "`") {
		return nowhere().fill(template)
	}
	return Expand(template, func(name string) string {
		switch name {
		case "from", "assignPublicIp", "onFargate", "onInstance", "alsoOnInstance", "tasksFailed":
			return value(name, &events.Stop{}, &Finding{Culprit: -1})
		}
		return ""
	})
}
