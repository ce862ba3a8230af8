package main

import (
	"fmt"
	"regexp"
	"strings"

	"whystopped/classifier"
)

// signalsPage prints what puts the causes of a stop into their order.
func signalsPage(string) (string, error) {
	var page strings.Builder
	page.WriteString("# Why a cause stands where it stands\n\nPrinted from the tables of package `classifier` by " +
		"`go generate ./docs/print`.\n\nCauses that a text proves come first, those that it rules out last. The " +
		"others stand in the order in which the\ntables of [causes](causes/network.md) have them, unless a class " +
		"has a usual order of its own, and unless a signal of the\nevent puts one before or behind all others. The " +
		"screen, and `because` in JSON and records, then say why. A signal\nproves nothing: class, verdict and " +
		"confidence stay, and what a [check](evidence.md) finds out counts for more.\n\n## Usual orders\n")
	for _, p := range classifier.Priors {
		var classes []string
		for _, stage := range p.At {
			for _, fault := range p.Faults {
				classes = append(classes, fmt.Sprintf("`%s.%s`", stage, fault))
			}
		}
		fmt.Fprintf(&page, "\n%s: %s.\n\n%s. [Where that is known from](%s)\n", strings.Join(classes, ", "),
			causeLinks(p.Order), sentence(p.Because), p.Source)
	}
	page.WriteString("\n## Where the fault is not known\n\nA text that names the step and was cut off before the " +
		"fault brings what is usually true of the step,\nas far as it can be true of the stop.\n\n")
	for _, u := range classifier.Usuals {
		var ids []string
		for _, f := range u.Faults {
			ids = append(ids, f.Causes...)
		}
		fmt.Fprintf(&page, "- `%s`: %s\n", u.At, causeLinks(ids))
	}
	page.WriteString("\n## Signals\n\nThe first that holds and names a cause decides its place.\n")
	for _, s := range classifier.Signals {
		fmt.Fprintf(&page, "\n### %s\n\nWhere %s.\n\n", s.ID, s.When)
		if s.Lifts != nil {
			fmt.Fprintf(&page, "- Likelier: %s\n", causeLinks(s.Lifts))
		}
		if s.Sinks != nil {
			fmt.Fprintf(&page, "- Less likely: %s\n", causeLinks(s.Sinks))
		}
		fmt.Fprintf(&page, "- Because %s. [Where that is known from](%s)\n\nFor example:\n\n%s",
			classifier.Plain(inTemplate.ReplaceAllString(s.Because, "the $1")), s.Source, example(s.Example))
	}
	return page.String(), nil
}

// causeLinks are links to causes in their order.
func causeLinks(ids []string) string {
	var links []string
	for _, id := range ids {
		for _, g := range classifier.CauseGroups {
			for _, c := range g.Causes {
				if c.ID == id {
					links = append(links, fmt.Sprintf("[%s](causes/%s.md#%[1]s)", id, g.Name))
				}
			}
		}
	}
	return strings.Join(links, ", ")
}

// inTemplate is what a text takes from the stop that it is said of; a page says what that is.
var inTemplate = regexp.MustCompile(`\{(\w+)\}`)
