package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/classifier/lastwords"
)

// lastWordsPage prints what a program's last log lines may say.
func lastWordsPage(string) (string, error) {
	var page strings.Builder
	page.WriteString("# What the last log lines say\n\nPrinted from the tables of package `classifier/lastwords` by " +
		"`go generate ./docs/print`.\n\nWhere the last lines of the container that failed are known, the one that " +
		"explains leads: `web failed:\npanic: DATABASE_URL is not set (exit code 1)`. They are known with " +
		"`--verify`, " +
		"by the option `logTail` of a deployment, or when\nthey are pasted below the event. A program's word is " +
		"believed about the program alone: class, verdict, owner and\nconfidence stay as the event says.\n\n" +
		"Of what a program ends with the last line counts, of a chain of errors the one that they all come from. " +
		"Without such a\nline it is the last that says what went wrong, and else the last that the program calls an " +
		"error. Timestamps, levels,\ncolours, the prefixes of loggers, and the fields of JSON and logfmt are " +
		"read.\n\n" +
		"## What went wrong\n\n| sign | what the line says | cause | who mends it |\n|---|---|---|---|\n")
	for _, s := range lastwords.Signs {
		fmt.Fprintf(&page, "| [%s](#%[1]s) | %s | %s | %s |\n", s.ID, cell(classifier.Plain(s.Says)),
			causeLinks([]string{s.Cause}), s.Owner)
	}
	for _, s := range lastwords.Signs {
		fmt.Fprintf(&page, "\n### %s\n\n%s. For example:\n\n```\n%s\n```\n\n", s.ID,
			sentence(classifier.Plain(s.Says)), s.Example)
		var names []string
		for _, name := range slices.Sorted(maps.Keys(s.Names)) {
			names = append(names, fmt.Sprintf("%s `%s`", name, s.Names[name]))
		}
		if names != nil {
			fmt.Fprintf(&page, "It names: %s.\n\n", strings.Join(names, ", "))
		}
		fmt.Fprintf(&page, "Next: %s.\n", classifier.Plain(s.Next))
	}
	page.WriteString("\n## How programs tell that they end\n\n| form | of | example | read as |\n|---|---|---|---|\n")
	for _, f := range lastwords.Forms {
		if f.Weak {
			continue
		}
		first, more, _ := strings.Cut(f.Example, "\n")
		if more != "" {
			first += " …"
		}
		fmt.Fprintf(&page, "| %s | %s | `` %s `` | `` %s `` |\n", f.ID, f.Of, cell(first), cell(f.Tells))
	}
	page.WriteString(
		"\nLines such as `npm error code ELIFECYCLE` say that something else ended, and count only where " +
			"nothing else explains.\n")
	return page.String(), nil
}
