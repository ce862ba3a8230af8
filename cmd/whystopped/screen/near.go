package screen

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// DidYouMean asks, behind an error, whether one of the known words was meant that are close to what was typed; it is
// empty where none is.
func DidYouMean(typed string, known []string) string {
	const most = 3 // words that are named
	typed = strings.ToLower(strings.TrimSpace(typed))
	type candidate struct {
		word     string
		distance int
	}
	var near []candidate
	for _, word := range known {
		d := distance(typed, strings.ToLower(word))
		if len(typed) >= 3 && strings.HasPrefix(strings.ToLower(word), typed) {
			d = min(d, 1)
		}
		if d <= (len(typed)+2)/4 {
			near = append(near, candidate{word, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var words []string
	for _, c := range near[:min(len(near), most)] {
		if c.distance == near[0].distance {
			words = append(words, c.word)
		}
	}
	if words == nil {
		return ""
	}
	return "; did you mean " + strings.Join(words, " or ") + "?"
}

// Unknown is the error of a word that is not known: with the words that may have been meant, or else with the command
// that lists them all.
func Unknown(says, typed string, known []string, lists, look string) error {
	if meant := DidYouMean(typed, known); meant != "" {
		return errors.New(says + meant)
	}
	return Advise(errors.New(says), lists, look)
}

// distance is how many letters were left out, put in, changed or swapped with their neighbour between two words.
func distance(a, b string) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}

// badFlag says which flag may have been meant, and how the flags of the command are shown, or what is wrong with the
// value of one.
func badFlag(c *cobra.Command, err error) error {
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s %q: %w", value.GetFlag().Name, value.GetValue(), value.Unwrap())
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	typed := "--" + unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		typed = "-" + short
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return Unknown("no flag "+typed, "--"+strings.TrimLeft(typed, "-"), names, c.CommandPath()+" --help",
		"lists the flags")
}

// unknownCommand says which of the commands below one may have been meant.
func unknownCommand(above *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range above.Commands() {
		names = append(names, c.Name())
	}
	return Unknown(fmt.Sprintf("no command %q", args[0]), args[0], names, above.CommandPath()+" --help",
		"lists the commands")
}

// needs says what a command lacks.
func needs(c *cobra.Command, what string) error {
	return Advise(fmt.Errorf("%s needs %s", c.CommandPath(), what), c.CommandPath()+" --help", "has examples")
}

// exclusive is under what cobra keeps at a flag with which others it is not given, names between spaces.
const exclusive = "cobra_annotation_mutually_exclusive"

// wrongTogether says which flags exclude each other, or which one is missing.
func wrongTogether(c *cobra.Command) (err error) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if _, required := f.Annotations[cobra.BashCompOneRequiredFlag]; required && !f.Changed {
			err = needs(c, "--"+f.Name)
		}
		for _, group := range f.Annotations[exclusive] {
			for other := range strings.FieldsSeq(group) {
				if f.Changed && other > f.Name && c.Flags().Changed(other) {
					err = fmt.Errorf("--%s and --%s exclude each other: give one of them", f.Name, other)
				}
			}
		}
	})
	return err
}

// Takes holds the arguments of a command to so many, which are named in a refusal: "FILE".
func Takes(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return needs(c, "a "+what)
		case len(args) > most && most > 0:
			return fmt.Errorf("%s takes one %s, and not %q besides", c.CommandPath(), what, args[most])
		case len(args) > most:
			var flags []string
			c.Flags().VisitAll(func(f *pflag.Flag) { flags = append(flags, f.Name) })
			return fmt.Errorf("%s takes flags alone, and not %q%s", c.CommandPath(), args[0],
				strings.ReplaceAll(DidYouMean(args[0], flags), "mean ", "mean --"))
		}
		return nil
	}
}

// TakesFlags refuses every argument.
var TakesFlags = Takes(0, 0, "")

// completeNames lets the commands that cobra adds answer a mistyped name as all others do.
func completeNames(root *cobra.Command) {
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Tell what a command does",
		RunE: func(_ *cobra.Command, names []string) error {
			c, left, err := root.Find(names)
			if err == nil {
				err = unknownCommand(c, left)
			}
			if err != nil {
				return err
			}
			return c.Help()
		},
	})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("completion")
	for _, c := range root.Commands() {
		if c.HasSubCommands() {
			c.Args, c.RunE = unknownCommand, func(c *cobra.Command, _ []string) error { return c.Help() }
			for _, below := range c.Commands() {
				below.Args = TakesFlags
			}
		}
	}
}
