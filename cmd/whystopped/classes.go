package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
)

func classesCommand() *cobra.Command {
	var markdown bool
	c := &cobra.Command{
		Use:   "classes [CLASS|CAUSE|RULE]",
		Short: "Print the catalogue: stages, faults, classes, rules and causes",
		Example: `  whystopped classes
  whystopped classes image.unreachable
  whystopped classes route-missing
  whystopped classes fault/dns-lookup`,
		Args: screen.Takes(0, 1, "CLASS, CAUSE or RULE"),
		RunE: func(c *cobra.Command, args []string) error {
			out := c.OutOrStdout()
			switch {
			case markdown:
				writeCatalogue(out)
				return nil
			case len(args) == 0:
				listClasses(out)
				return nil
			}
			for _, show := range []func(io.Writer, string) bool{showClass, showCause, showRule} {
				if show(out, args[0]) {
					return nil
				}
			}
			return screen.Unknown(fmt.Sprintf("no class, cause or rule is called %q", args[0]), args[0], catalogueIDs(),
				"whystopped classes", "lists the classes")
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return catalogueIDs(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().BoolVar(&markdown, "markdown", false,
		"print stages, faults, classes and rules as the page docs/classes.md")
	return c
}

func catalogueIDs() []string {
	var ids []string
	for _, f := range classes() {
		ids = append(ids, f.Class())
	}
	for _, c := range classifier.Catalogue {
		ids = append(ids, c.ID)
	}
	for _, r := range rules() {
		ids = append(ids, r.ID)
	}
	return ids
}

// classes are the classes that have words of their own, in the order of the stages.
func classes() []classifier.Finding {
	var all []classifier.Finding
	for _, s := range classifier.Stages {
		for _, f := range classifier.Faults {
			if finding, example := classifier.Describe(s.Stage, f.Fault); example != "" {
				all = append(all, finding)
			}
		}
	}
	return all
}

func rules() []classifier.Rule {
	return append(append([]classifier.Rule{}, classifier.StageRules...), classifier.FaultRules...)
}

func listClasses(w io.Writer) {
	look := screen.LookOf(w)
	list := screen.Table{W: w, Look: look, Columns: []screen.Column{{Title: "CLASS"}, {Title: "DOMAIN"},
		{Title: "CAUSE", Wraps: true}}}
	for _, f := range classes() {
		list.Add(f.Class(), f.Domain, f.Summary)
	}
	list.Render()
	fmt.Fprintf(w, "\nAny stage may meet any fault:\n\n")
	words := screen.Table{W: w, Look: look, Plain: true, Columns: []screen.Column{{}, {}, {Wraps: true}}}
	for _, s := range classifier.Stages {
		words.Add("stage", s.Stage, s.Meaning)
	}
	for _, f := range classifier.Faults {
		words.Add("fault", f.Fault, f.Meaning)
	}
	words.Render()
}

func showClass(w io.Writer, id string) bool {
	for _, s := range classifier.Stages {
		for _, f := range classifier.Faults {
			if id != string(s.Stage)+"."+string(f.Fault) {
				continue
			}
			finding, _ := classifier.Describe(s.Stage, f.Fault)
			fmt.Fprintf(w, "%s\n  stage   %s\n  fault   %s\n  domain  %s\n  cause   %s\n", id, s.Meaning, f.Meaning,
				finding.Domain, finding.Summary)
			(&screen.Screen{W: w, Look: screen.LookOf(w)}).Wrapped("  next    ", finding.NextStep)
			for _, c := range causesFor(finding) {
				fmt.Fprintf(w, "  look    %s: %s\n", c.ID, classifier.Plain(c.Title))
			}
			return true
		}
	}
	return false
}

// causesFor are the causes that a class brings when the event shows nothing else, on Fargate.
func causesFor(f classifier.Finding) []classifier.Cause {
	return classifier.Applying(events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", Group: "service:",
		Service: "service"}, f)
}

func showCause(w io.Writer, id string) bool {
	c, found := classifier.FindCause(id)
	if !found {
		return false
	}
	s := &screen.Screen{W: w, Look: screen.LookOf(w)}
	s.Wrapped("", c.ID)
	s.Wrapped("  what   ", classifier.Plain(c.Title))
	s.Wrapped("  why    ", classifier.Plain(c.Why))
	for _, check := range c.Check() {
		switch check = check.Plain(); {
		case check.Run == "":
			s.Wrapped("  check  ", check.Look)
		default:
			s.Wrapped("  check  ", cmp.Or(check.On, "here")+":")
			s.Advice("         ", check.Run, check.Look)
		}
	}
	for _, p := range c.Text {
		s.Wrapped("  text   ", p.Words())
	}
	s.Wrapped("  fix    ", classifier.Plain(c.Fix))
	s.Wrapped("  docs   ", c.Docs)
	return true
}

func showRule(w io.Writer, id string) bool {
	for _, r := range rules() {
		if r.ID == id {
			fmt.Fprintf(w, "%s\n  names    %s%s\n  when     %s\n  source   %s\n  example  %s\n", r.ID, r.Stage, r.Fault,
				r.When(), r.Source, r.Example)
			return true
		}
	}
	for _, c := range classifier.Codes {
		if c.ID == id {
			fmt.Fprintf(w, "%s\n  names    %s.%s\n  when     %s\n", c.ID, c.Stage, c.Fault, c.When)
			return true
		}
	}
	return false
}

//go:generate sh -c "go run -tags local . classes --markdown >page.md && mv page.md ../../docs/classes.md"

// writeCatalogue prints docs/classes.md.
func writeCatalogue(w io.Writer) {
	fmt.Fprintf(w, "# Classes and rules\n\nPrinted from the tables of the classifier, version %d, by `whystopped "+
		"classes --markdown`. A class is `stage.fault`;\nwhat a person would find and fix stands with the "+
		"[causes](causes/network.md).\n", classifier.Version)
	section := func(title, note string, columns ...string) {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\n| %s |\n|%s\n", title, note, strings.Join(columns, " | "),
			strings.Repeat("---|", len(columns)))
	}
	row := func(cells ...string) {
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(strings.ReplaceAll(c, "|", "\\|"), "\n", " ")
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
	section("Stages", "Where in the task's life the first failure happened, in the order of that life.", "stage",
		"the step")
	for _, s := range classifier.Stages {
		row("`"+string(s.Stage)+"`", s.Meaning)
	}
	section("Faults", "What went wrong there.", "fault", "meaning", "what to do where no class says more")
	for _, f := range classifier.Faults {
		row("`"+string(f.Fault)+"`", f.Meaning, classifier.Plain(f.Next))
	}
	section("Classes", "The classes that have words of their own; the others join those of stage and fault.", "class",
		"who owns the fix", "cause", "next step", "for example")
	for _, f := range classes() {
		_, example := classifier.Describe(f.Stage, f.Fault)
		row(fmt.Sprintf("<a id=%q></a>`%[1]s`", f.Class()), string(f.Domain), f.Summary, f.NextStep, "`"+example+"`")
	}
	section("Codes", "What is decided where no text decides, first match first.", "rule", "class", "when")
	for _, c := range classifier.Codes {
		row("`"+c.ID+"`", "`"+string(c.Stage)+"."+string(c.Fault)+"`", c.When)
	}
	section("Exit codes", "What exit codes mean by convention.", "code", "signal", "meaning")
	for _, e := range classifier.ExitCodes {
		row(fmt.Sprint(e.Code), e.Signal, e.Meaning)
	}
	section("Stage rules", "The first rule that holds names the stage.", "rule", "stage", "when", "for example",
		"source")
	for _, r := range classifier.StageRules {
		row("`"+r.ID+"`", "`"+string(r.Stage)+"`", r.When(), code(r.Example), r.Source)
	}
	section("Fault rules", "The first rule that holds names the fault.", "rule", "fault", "when", "for example",
		"source")
	for _, r := range classifier.FaultRules {
		row("`"+r.ID+"`", "`"+string(r.Fault)+"`", r.When(), code(r.Example), r.Source)
	}
}

// code is text as it may stand as code in a page.
func code(text string) string {
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}
