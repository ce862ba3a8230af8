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

// unknownFlag says which flag may have been meant, and how the flags of the command are shown.
func unknownFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	typed := "--" + unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); short != "" {
		typed = "-" + short
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	meant := DidYouMean("--"+strings.TrimLeft(typed, "-"), names)
	return fmt.Errorf("no flag %s%s", typed,
		cmp.Or(meant, fmt.Sprintf("; \"%s --help\" lists the flags", c.CommandPath())))
}

// unknownCommand says which command may have been meant.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return fmt.Errorf("no command %q%s", args[0],
		cmp.Or(DidYouMean(args[0], names), fmt.Sprintf("; \"%s --help\" lists the commands", root.Name())))
}
