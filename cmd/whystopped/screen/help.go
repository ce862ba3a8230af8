package screen

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The columns of a help text: those of the terminal, within what is read well.
const (
	helpColumns = 80 // also where there is no terminal
	mostColumns = 100
)

// help prints what a command does, how it is called, examples and flags.
func help(c *cobra.Command, _ []string) {
	w := c.OutOrStdout()
	width := helpColumns
	if on := LookOf(w).Width; on > 0 {
		width = min(on, mostColumns)
	}
	s := &Screen{W: w, Look: Look{Width: width}}
	long := c.Long
	if long == "" {
		long = c.Short
	}
	s.flow(long)
	fmt.Fprintf(w, "\nUsage:\n  %s\n", c.UseLine())
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", strings.TrimRight(c.Example, "\n"))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				s.Wrapped(fmt.Sprintf("  %-*s  ", sub.NamePadding(), sub.Name()), sub.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(w, "\nFlags:\n")
		s.flags(c.LocalFlags())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\nMore of a command:\n  %s COMMAND --help\n", c.CommandPath())
	}
}

// flags prints what there is to choose, with what it is where nothing is chosen.
func (s *Screen) flags(all *pflag.FlagSet) {
	type line struct{ name, usage string }
	var lines []line
	width := 0
	all.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		name := "    "
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", "
		}
		name += "--" + f.Name
		switch {
		case f.Value.Type() == "bool":
		case value == "string":
			name += " NAME"
		default:
			name += " " + value
		}
		switch f.DefValue {
		case "", "false", "[]":
		default:
			usage += " (default " + f.DefValue + ")"
		}
		lines = append(lines, line{name, usage})
		width = max(width, text.StringWidth(name))
	})
	for _, l := range lines {
		s.Wrapped(fmt.Sprintf("  %-*s  ", width, l.name), l.usage)
	}
}

// flow prints paragraphs: lines that are indented stay as they are, items of a list and all else are wrapped.
func (s *Screen) flow(said string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(said), "\n\n") {
		if i > 0 {
			fmt.Fprintln(s.W)
		}
		var open []string // lines that go on
		flush := func() {
			if open != nil {
				s.Wrapped("", strings.Join(open, " "))
			}
			open = nil
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			switch item, isItem := strings.CutPrefix(line, "- "); {
			case isItem:
				flush()
				s.Wrapped("- ", item)
			case strings.HasPrefix(line, "  "):
				flush()
				io.WriteString(s.W, line+"\n")
			default:
				open = append(open, line)
			}
		}
		flush()
	}
}
