package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/events/reader"
)

// message is a text that people see, read by itself.
type message struct {
	text string
	stop events.Stop
	classifier.Finding
}

// messagesPage prints the index from what people see to what it means: the texts of all examples in the tables, each
// read as if somebody had pasted it alone, and the codes.
func messagesPage(string) (string, error) {
	var page strings.Builder
	page.WriteString(`# I see this message, what now?

Printed from the tables of package ` + "`classifier` by `go generate ./docs/print`" + `. Search this page for some words
of your message, without its names and ids: what a row shows are examples, with made-up names. Or let whystopped read the
message as it is, names and all, or a part of it:

` + "```sh" + `
whystopped explain                     # paste, then Ctrl-D
whystopped explain TASK                # the whole stop, with exit codes and times: an id with --cluster, or an ARN
` + "```" + `

The message is a line of a program's own log? [log-lines.md](log-lines.md) has what such lines say.

A message alone says less than the whole stop. "More" leads to the class, and to the likeliest causes: what each looks like,
how to see it by hand, what proves it, and the fix.

`)
	sections := messageSections()
	for _, s := range sections {
		fmt.Fprintf(&page, "- [%s](#%s)\n", s.title, anchor(s.title))
	}
	page.WriteString("- [Stop codes](#stop-codes)\n- [Exit codes](#exit-codes)\n" +
		"- [Words in a message](#words-in-a-message)\n")
	for _, s := range sections {
		fmt.Fprintf(&page, "\n## %s\n\n| message | what it means | first step | more |\n|---|---|---|---|\n", s.title)
		for _, m := range s.messages {
			writeRow(&page, codeCell(m.text), m.Finding)
		}
	}
	page.WriteString("\n## Stop codes\n\nThe stop code by itself, where the stopped reason and the exit codes say no " +
		"more.\n\n| stop code | what it means | first step | more |\n|---|---|---|---|\n")
	for _, code := range events.StopCodes {
		f := classifier.Classify(events.Stop{Kind: events.KindTask, StopCode: code})
		writeRow(&page, codeCell(code), f)
	}
	page.WriteString("\n## Exit codes\n\nWhat exit codes mean by convention, and what follows where nothing else is " +
		"known. The meaning of 1 and 2 is the\nprogram's own: read the last lines of its log.\n\n" +
		"| exit code | signal | what it means | first step | more |\n|---|---|---|---|---|\n")
	for _, e := range classifier.ExitCodes {
		f := classifier.Classify(events.Stop{Kind: events.KindTask, StopCode: "EssentialContainerExited",
			Containers: []events.Container{{ExitCode: &e.Code}}})
		fmt.Fprintf(&page, "| %d | %s | %s | %s | %s |\n", e.Code, e.Signal, cell(e.Meaning),
			cell(f.NextStep), more(f))
	}
	words(&page)
	return page.String(), nil
}

// words prints which words of a message tell the step and the fault, and what is told of a message that has them.
func words(page *strings.Builder) {
	page.WriteString(`
## Words in a message

For a message that is none of the above: each row has words that stand in messages, in lower case, what they tell, and
what that means in one message that has them. The first row that fits counts; [classes.md](classes.md#fault-rules) has
what else must hold.
`)
	table := func(title string, rules []classifier.Rule, tells func(classifier.Rule) string) {
		fmt.Fprintf(page, "\n### %s\n\n| words | tell | such as | first step there |\n|---|---|---|---|\n", title)
		for _, r := range rules {
			f := classifier.Classify(alone(events.Stop{Kind: kindOf(r)}, r.Example))
			fmt.Fprintf(page, "| %s | %s | %s | %s |\n", quoted(r.Match), cell(tells(r)), cell(f.Summary),
				cell(f.NextStep))
		}
	}
	table("What went wrong", classifier.FaultRules, func(r classifier.Rule) string {
		i := slices.IndexFunc(classifier.Faults, func(f classifier.FaultText) bool { return f.Fault == r.Fault })
		return classifier.Faults[i].Meaning
	})
	table("At which step", classifier.StageRules, func(r classifier.Rule) string {
		i := slices.IndexFunc(classifier.Stages, func(s classifier.StageText) bool { return s.Stage == r.Stage })
		return classifier.Stages[i].Meaning
	})
}

// kindOf is a kind of stop whose texts a rule reads.
func kindOf(r classifier.Rule) events.Kind {
	if len(r.Kinds) > 0 {
		return r.Kinds[0]
	}
	return events.KindTask
}

// quoted are the words of a match, those that all must be there joined by +, and those that may not.
func quoted(m classifier.Match) string {
	code := func(words []string, sep string) string {
		var all []string
		for _, w := range words {
			all = append(all, codeCell(strings.TrimSpace(w)))
		}
		return strings.Join(all, sep)
	}
	parts := slices.DeleteFunc([]string{code(m.Is, ", "), code(m.All, " + "), code(m.Any, ", ")},
		func(s string) bool { return s == "" })
	all := strings.Join(parts, ", ")
	if len(m.All) > 0 && len(m.Any) > 0 {
		all = strings.Join(parts, " + one of ")
	}
	if len(m.None) > 0 {
		all += " without " + code(m.None, ", ")
	}
	return all
}

// ofService is how messages of a service begin, also those that are read as a task's reason.
var ofService = regexp.MustCompile(`^\(?service[ (]`)

// writeRow prints the row of what is told of a message.
func writeRow(page *strings.Builder, what string, f classifier.Finding) {
	fmt.Fprintf(page, "| %s | %s | %s | %s |\n", what, cell(f.Summary), cell(f.NextStep), more(f))
}

type messageSection struct {
	title    string
	messages []message
}

// errorName is what many messages begin with; it is their section.
var errorName = regexp.MustCompile(`^([A-Z][A-Za-z]+(?:Error|Exception)): `)

// messageSections are all messages: those that begin with the name of an error by that name, then the others.
func messageSections() []messageSection {
	const (
		others  = "Other errors"
		stopped = "Stopped reasons that name no error"
		service = "Messages of a service or a deployment"
		request = "Answers to RunTask and StartTask, and jobs of AWS Batch that wait"
	)
	by := map[string][]message{}
	for _, m := range messages() {
		title := stopped
		switch name := errorName.FindStringSubmatch(m.text); {
		case m.stop.Kind == events.KindService, m.stop.Kind == events.KindDeployment, ofService.MatchString(m.text):
			title = service
		case m.stop.Kind == events.KindRequest:
			title = request
		case name != nil:
			title = name[1]
		}
		by[title] = append(by[title], m)
	}
	const few = 3
	for title, messages := range by {
		if len(messages) < few && title != others {
			by[others] = append(by[others], messages...)
			delete(by, title)
		}
	}
	var sections []messageSection
	for title, messages := range by {
		slices.SortFunc(messages, func(a, b message) int {
			return cmp.Or(cmp.Compare(sortedBy(a.text), sortedBy(b.text)), cmp.Compare(a.text, b.text))
		})
		sections = append(sections, messageSection{title, messages})
	}
	last := []string{others, stopped, service, request}
	slices.SortFunc(sections, func(a, b messageSection) int {
		return cmp.Or(cmp.Compare(slices.Index(last, a.title), slices.Index(last, b.title)),
			cmp.Compare(a.title, b.title))
	})
	return sections
}

// inFront is what stands in front of the words of a message and says nothing about it.
var inFront = regexp.MustCompile(`^(?:\(?service \(?[a-z-]+\)? ?(?:\(port \d+\) )?|[A-Z][A-Za-z]+: |` +
	`Error response from daemon: )+`)

func sortedBy(text string) string { return strings.ToLower(inFront.ReplaceAllString(text, "")) }

// messages are the texts of all examples in the tables, each once.
func messages() []message {
	var all []message
	seen := map[string]bool{}
	add := func(of events.Stop, text string) {
		if folded := strings.TrimRight(events.Fold(text).Folded, "."); !seen[folded] {
			seen[folded] = true
			s := alone(of, text)
			all = append(all, message{text: text, stop: s, Finding: classifier.Classify(s)})
		}
	}
	addExample := func(kind events.Kind, example string) {
		if !strings.HasPrefix(example, "{") {
			add(events.Stop{Kind: kind}, example)
			return
		}
		stops, _ := events.Parse([]byte(example))
		for _, s := range stops {
			for _, t := range s.Texts() {
				add(s, t.Plain)
			}
		}
	}
	for _, r := range slices.Concat(classifier.StageRules, classifier.FaultRules) {
		addExample(kindOf(r), r.Example)
	}
	for _, c := range classifier.Catalogue {
		addExample(events.KindTask, c.Example)
	}
	for _, e := range classifier.Explanations {
		addExample(events.KindTask, e.Example)
	}
	return all
}

// alone is what a text by itself tells of a stop, as the command line reads it or, where that would ask for more, as of
// the same kind. What answers a call is told with the call.
func alone(of events.Stop, text string) events.Stop {
	if of.Kind == events.KindRequest {
		of.StoppedReason = text
		return of
	}
	for s, err := range reader.Decode("", strings.NewReader(text)) {
		if err == nil {
			return s
		}
	}
	return events.Stop{Kind: of.Kind, StoppedReason: text}
}

// more are links to the class and to the likeliest causes.
func more(f classifier.Finding) string {
	const most = 3
	page := "classes.md#" + f.Class()
	if _, example := classifier.Describe(f.Stage, f.Fault); example == "" {
		page = "classes.md#faults"
	}
	links := fmt.Sprintf("[%s](%s)", f.Class(), page)
	var causes []string
	for _, c := range f.Causes[:min(most, len(f.Causes))] {
		causes = append(causes, c.Cause)
	}
	if causes != nil {
		links += ", " + causeLinks(causes)
	}
	return links
}

// codeCell is text as code in a cell of a table.
func codeCell(text string) string {
	text = cell(text)
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

// anchor is what GitHub makes of a heading.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		if r == ',' {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToLower(heading), " ", "-"))
}
