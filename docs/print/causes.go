package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/prove"
)

// causesPage prints the causes of one group, each with all that is known about it.
func causesPage(group classifier.CauseGroup) (string, error) {
	var page strings.Builder
	fmt.Fprintf(&page, "# Causes: %s\n\n%s. Printed from the tables of packages `classifier` and `evidence` by\n"+
		"`go generate ./docs/print`.\n\n", group.Name, sentence(group.Says))
	page.WriteString("Other groups:")
	for i, other := range otherGroups(group.Name) {
		if i > 0 {
			page.WriteString(",")
		}
		fmt.Fprintf(&page, " [%s](%[1]s.md)", other)
	}
	page.WriteString(". What the verdicts mean, and what is asked for them, says\n[evidence.md](../evidence.md); " +
		"which stages and faults there are, [classes.md](../classes.md).\n\n| cause | what is wrong |\n|---|---|\n")
	for _, c := range group.Causes {
		fmt.Fprintf(&page, "| [%s](#%[1]s) | %s |\n", c.ID, cell(classifier.Plain(c.Title)))
	}
	for _, c := range group.Causes {
		fmt.Fprintf(&page, "\n## %s\n\n%s. %s\n\nFor example:\n\n%s\nBy hand:\n\n",
			c.ID, sentence(classifier.Plain(c.Title)), classifier.Plain(c.Why), example(c.Example))
		for _, check := range c.Check() {
			page.WriteString("- " + inMarkdown(check.Plain()) + "\n")
		}
		check, checked := prove.Find(c.ID)
		if checked || c.Text != nil {
			page.WriteString("\n| verdict | when |\n|---|---|\n")
		}
		for _, p := range c.Text {
			fmt.Fprintf(&page, "| %s | %s |\n", verdict(p.Result), cell(p.Words()))
		}
		if checked {
			fmt.Fprintf(&page, "| confirmed | %s |\n| ruled out | %s |\n| left open | %s |\n",
				cell(check.Confirms), cell(check.RulesOut), cell(check.Open))
			fmt.Fprintf(&page, "\nAsked for it: %s.", needs(check))
			if check.Timeless {
				page.WriteString(" It rests on what cannot change after the stop.")
			}
			page.WriteString("\n")
		} else {
			fmt.Fprintf(&page, "\nNothing is asked for it: %s\n", c.Unproven)
		}
		fmt.Fprintf(&page, "\nFix: %s [AWS's page](%s)\n", classifier.Plain(c.Fix), c.Docs)
	}
	return page.String(), nil
}

// example is a text or a document of a stop as it stands in a page.
func example(stop string) string {
	stop, log, _ := strings.Cut(stop, "\n")
	if log != "" {
		return example(stop) + "\nwith the log line\n\n```\n" + log + "\n```\n"
	}
	var document bytes.Buffer
	if json.Indent(&document, []byte(stop), "", "  ") != nil {
		return "```\n" + stop + "\n```\n"
	}
	return "```json\n" + document.String() + "\n```\n"
}

// inMarkdown is a check with its command as code.
func inMarkdown(c classifier.Check) string {
	if c.Run != "" {
		c.Run = "`" + c.Run + "`"
	}
	return c.String()
}

func otherGroups(name string) (others []string) {
	for _, g := range classifier.CauseGroups {
		if g.Name != name {
			others = append(others, g.Name)
		}
	}
	return others
}

func verdict(r classifier.Result) string { return strings.ReplaceAll(string(r), "_", " ") }

// needs are links to what a check asks.
func needs(check evidence.Check) string {
	if len(check.Needs) == 0 {
		return "nothing but the event"
	}
	var asked []string
	for _, need := range check.Needs {
		asked = append(asked, fmt.Sprintf("[%s](../evidence.md#%[1]s)", need))
	}
	return strings.Join(asked, ", ")
}
