//go:build !local

package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"whystopped/classifier/commandtest"
)

// TestPrintedCommandsRun holds that each line of a screen that begins as a command does is one, whole, and that it is
// printed for every sample as it can be pasted.
func TestPrintedCommandsRun(t *testing.T) {
	samples, err := filepath.Glob("../../events/samples/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	ours, theirs := 0, 0
	begins := regexp.MustCompile(`^\s+((?:(?:` + strings.Join(commandtest.Programs(), "|") + `)(?: .+)?|[A-Z_]+=.+))$`)
	within := regexp.MustCompile(`\b(aws [a-z0-9-]+ (?:describe|list|get|lookup)-|whystopped (?:history|why|explain) |` +
		`(?:sudo|docker|systemctl|journalctl|openssl|curl|nslookup) (?:[a-z]+ )?(?:--?[a-z]|/))`)
	for _, sample := range samples {
		var printed bytes.Buffer
		run([]string{"explain", "--all", sample}, nil, &printed, &printed)
		for line := range strings.Lines(printed.String()) {
			line = strings.TrimRight(line, "\n")
			found := begins.FindStringSubmatch(line)
			switch {
			case found == nil && within.MatchString(line):
				t.Errorf("%s: a command stands in a sentence: %s", filepath.Base(sample), line)
			case found == nil:
			case strings.HasPrefix(found[1], "whystopped "):
				ours++
				if problem := ownProblem(found[1]); problem != "" {
					t.Errorf("%s: %s: %s", filepath.Base(sample), problem, line)
				}
			default:
				theirs++
				for _, problem := range commandtest.Problems(found[1], false) {
					t.Errorf("%s: %s", filepath.Base(sample), problem)
				}
			}
		}
	}
	if ours < 50 || theirs < 500 {
		t.Errorf("only %d commands of our own and %d others: is anything looked at?", ours, theirs)
	}
}

// ownProblem is what keeps a command of our own from running: no such command, no such flag, a flag without its value.
func ownProblem(line string) string {
	read, err := commandtest.Read(line)
	if err != nil {
		return err.Error()
	}
	var words []string
	for _, w := range read[0].Words {
		words = append(words, w.Text)
	}
	commands := append(accountCommands(), explainCommand(), archiveCommand(), historyCommand(), reclassifyCommand(),
		classesCommand(), versionCommand())
	at := slices.IndexFunc(commands, func(c *cobra.Command) bool { return c.Name() == words[1] })
	if at < 0 {
		return "there is no command " + words[1]
	}
	c := commands[at]
	if err := c.ParseFlags(words[2:]); err != nil {
		return err.Error()
	}
	if err := c.ValidateRequiredFlags(); err != nil {
		return err.Error()
	}
	if c.Args != nil {
		if err := c.Args(c, c.Flags().Args()); err != nil {
			return err.Error()
		}
	}
	return ""
}
