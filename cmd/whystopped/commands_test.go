//go:build !local

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"whystopped/classifier/commandtest"
	"whystopped/cmd/whystopped/screen/screentest"
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

// TestCommandsOfRefusalsRun: what helps with an input that cannot be explained runs as it stands.
func TestCommandsOfRefusalsRun(t *testing.T) {
	ours, theirs := 0, 0
	for _, input := range []string{
		`{"taskArns":["arn:aws:ecs:eu-north-1:210987654321:task/stage/4a01"]}`, `{"taskArns":[]}`,
		`{"clusterArns":["arn:aws:ecs:eu-north-1:210987654321:cluster/stage"]}`,
		`{"serviceRevisions":[{"serviceRevisionArn":"x"}]}`, `{"jobDefinitions":[{}]}`, `{"executions":[{}]}`,
		"9f0e1d2c3b4a59687766554433221100", "arn:aws:ecs:eu-north-1:210987654321:task/stage/4a01",
		"aws ecs wait services-stable --cluster stage --services orders", "CONTAINER ID   IMAGE   STATUS",
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/stage/tasks/4a/configuration?region=eu-north-1",
		"the service is slow", "Process completed with exit code 1.",
	} {
		var stdout, stderr bytes.Buffer
		run([]string{"explain"}, strings.NewReader(input), &stdout, &stderr)
		commands := screentest.Commands(stderr.String())
		if len(commands) != 1 {
			t.Errorf("%s has %d commands:\n%s", input, len(commands), &stderr)
		}
		for _, command := range commands {
			if strings.HasPrefix(command, "whystopped ") {
				ours++
				if problem := ownProblem(command); problem != "" {
					t.Errorf("%s: %s", problem, command)
				}
				continue
			}
			theirs++
			for _, problem := range commandtest.Problems(command, false) {
				t.Error(problem)
			}
		}
	}
	if ours < 5 || theirs < 5 {
		t.Errorf("only %d commands of our own and %d others", ours, theirs)
	}
}

// asInstalled is how a page runs the program from its source.
var asInstalled = regexp.MustCompile(`\bgo run (?:-tags \w+ )?\./cmd/whystopped `)

// shellBlock is what a page shows of a shell.
var shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```")

// inPage is what a page shows between backquotes; in a table a pipe has a backslash before it.
var inPage = regexp.MustCompile("`([^`\\n]+)`")

// withFlags is a command that is there to be run; a bare "aws ecs describe-tasks" may be part of a sentence.
var withFlags = regexp.MustCompile(`^(aws|whystopped) [a-z].* --[a-z]`)

// commandsOfPage are the commands in a page's shell blocks, sentences and tables.
func commandsOfPage(text string) (commands []string) {
	for _, block := range shellBlock.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			command, _, _ := strings.Cut(strings.TrimSpace(line), " #")
			command, _, _ = strings.Cut(asInstalled.ReplaceAllString(command, "whystopped "), " || ")
			command = strings.TrimRight(command, " ")
			if strings.HasPrefix(command, "whystopped ") || strings.HasPrefix(command, "aws ") {
				commands = append(commands, command)
			}
		}
	}
	for _, found := range inPage.FindAllStringSubmatch(shellBlock.ReplaceAllString(text, ""), -1) {
		if command := strings.ReplaceAll(found[1], `\|`, "|"); withFlags.MatchString(command) {
			commands = append(commands, command)
		}
	}
	return commands
}

// TestCommandsOfThePagesRun: the pages show commands as they run; a Region may be the reader's own.
func TestCommandsOfThePagesRun(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 10 {
		t.Fatal(pages, err)
	}
	ours, theirs := 0, 0
	for _, page := range append(pages, "../../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range commandsOfPage(string(text)) {
			if strings.HasPrefix(command, "whystopped ") {
				ours++
				if problem := ownProblem(strings.ReplaceAll(command, "*", "all")); problem != "" {
					t.Errorf("%s: %s: %s", filepath.Base(page), problem, command)
				}
				continue
			}
			theirs++
			for _, problem := range commandtest.Problems(command, false) {
				if !strings.Contains(problem, "lacks --region: ") {
					t.Errorf("%s: %s", filepath.Base(page), problem)
				}
			}
		}
	}
	if ours < 8 || theirs < 40 {
		t.Errorf("only %d commands of our own and %d of the AWS command line are shown", ours, theirs)
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
		classesCommand(), queriesCommand(), versionCommand())
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
