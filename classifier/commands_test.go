package classifier

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whystopped/classifier/commandtest"
	"whystopped/events"
)

// kindsOf are the forms in which a stop may come besides its own: with another launch type or launcher, on Windows, in
// another partition, with nothing but its text.
func kindsOf(s events.Stop) []events.Stop {
	with := func(change func(s *events.Stop)) events.Stop {
		other := s
		change(&other)
		return other
	}
	return []events.Stop{
		s,
		with(func(s *events.Stop) { s.LaunchType, s.ContainerInstanceARN = "FARGATE", "" }),
		with(func(s *events.Stop) {
			s.LaunchType, s.Cluster = "EC2", "it's odd; $(reboot)"
			s.ContainerInstanceARN = "arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/77aa00bb"
		}),
		with(func(s *events.Stop) { s.LaunchType, s.StoppedReason = "EC2", s.StoppedReason+" hcs::System" }),
		with(func(s *events.Stop) {
			s.Launcher, s.Service, s.ServiceARN, s.Group = events.LauncherBatch, "", "", ""
		}),
		with(func(s *events.Stop) {
			s.Launcher, s.Service, s.ServiceARN, s.Group = events.LauncherRunTask, "", "", "family:nightly"
		}),
		with(func(s *events.Stop) { s.Region = "cn-north-1" }),
		with(func(s *events.Stop) {
			*s = events.Stop{Kind: s.Kind, StopCode: s.StopCode, StoppedReason: s.StoppedReason,
				Containers: s.Containers}
		}),
	}
}

// TestCommandsRun holds that each command to look with is one that runs as it stands: an operation of AWS or a program
// that there is, with flags that it has, nothing of prose, and nothing to be filled in that is not said below it.
func TestCommandsRun(t *testing.T) {
	looked, told := 0, map[string]bool{}
	for _, own := range everyText(t) {
		for _, s := range kindsOf(own) {
			f := Classify(s)
			for _, p := range f.Causes {
				c, _ := FindCause(p.Cause)
				for _, check := range c.Checks(&s, &f) {
					looked++
					for _, problem := range problemsOf(check, fmt.Sprint(s.Texts())) {
						if !told[c.ID+problem] {
							t.Errorf("%s: %s", c.ID, problem)
						}
						told[c.ID+problem] = true
					}
				}
			}
		}
	}
	for _, c := range Catalogue {
		for _, check := range c.Check() {
			for _, problem := range problemsOf(check.Plain(), "") {
				t.Errorf("%s: %s", c.ID, problem)
			}
		}
	}
	if looked < 5000 {
		t.Errorf("only %d checks: is anything looked at?", looked)
	}
}

// problemsOf are what keeps a check from being followed; said is what the stop says, which is not to be filled in.
func problemsOf(c Check, said string) (problems []string) {
	if bare := bareCommand.FindString(c.Look); bare != "" && !strings.Contains(c.Look, "fill in") {
		problems = append(problems, "a command in prose: "+c.Look)
	}
	if c.Run == "" {
		return problems
	}
	problems = append(problems, commandtest.Problems(c.Run, strings.Contains(c.On, "PowerShell"))...)
	_, filled, _ := strings.Cut(c.Look, "fill in ")
	for _, blank := range commandtest.Blanks(c.Run) {
		if !strings.Contains(filled, blank) && !strings.Contains(said, blank) {
			problems = append(problems, blank+" is to be filled in, and nothing says so: "+c.Run)
		}
	}
	return problems
}

// filledIn is what a text says is to be filled in.
func filledIn(text string) string {
	_, said, _ := strings.Cut(text, "(fill in ")
	return "fill in " + said
}

// bareCommand is a command within a sentence that no quotes set apart.
var bareCommand = regexp.MustCompile(`\b(aws [a-z0-9]+ [a-z]+-[a-z-]+|sudo [a-z]+|systemctl [a-z]+|journalctl -|` +
	`whystopped (explain|history|why|tail|archive|doctor|redrive|backfill) |docker (system|image|run|manifest|pull|rm|buildx)\b)`)

// TestValuesAreQuoted holds that a value never becomes part of a command.
func TestValuesAreQuoted(t *testing.T) {
	for _, value := range []string{"plain", "it's", `a"b`, "$(reboot)", "`reboot`", "a b;c|d&e>f", `back\slash`, "*", "~", "#x",
		"!!", "{a,b}"} {
		s := events.Stop{Cluster: value, Region: "eu-north-1"}
		v := newView(&s, &Finding{Culprit: -1})
		for _, template := range []string{`aws {cluster}`, `aws "x {cluster} y"`, `aws 'x {cluster} y'`, `aws a={cluster}`} {
			line, _ := v.fillCommand(template, posix)
			commands, err := commandtest.Read(line)
			want := strings.ReplaceAll(strings.NewReplacer("'", "", `"`, "").Replace(template), "{cluster}", value)
			if err != nil || len(commands) != 1 || len(commands[0].Words) != 2 ||
				"aws "+commands[0].Words[1].Text != want {
				t.Errorf("%s with %q becomes %s: %+v, %v", template, value, line, commands, err)
			}
		}
		if line, _ := v.fillCommand(`Get-Item {cluster}`, powerShell); strings.Contains(value, "'") &&
			!strings.Contains(line, "''") {
			t.Errorf("PowerShell gets %s", line)
		}
	}
	s := events.Stop{Cluster: "two\nlines"}
	line, open := newView(&s, &Finding{Culprit: -1}).fillCommand("aws {cluster}", posix)
	if line != "aws CLUSTER" || !slices.ContainsFunc(open, func(b *blank) bool { return b.name == "cluster" }) {
		t.Errorf("a value with a line break becomes %q", line)
	}
}

// TestCommandsInTexts holds that a command in a next step or another text stands whole between backquotes, and runs.
func TestCommandsInTexts(t *testing.T) {
	looked, told := 0, map[string]bool{}
	look := func(where, text, said string) {
		words, commands := commandtest.InText(text)
		if bare := bareCommand.FindString(words); bare != "" && !told[where+bare] {
			t.Errorf("%s: %q stands in the sentence: %s", where, bare, text)
			told[where+bare] = true
		}
		for _, line := range commands {
			looked++
			for _, problem := range problemsOf(Check{Run: line, Look: filledIn(text)}, said) {
				if !told[where+problem] {
					t.Errorf("%s: %s", where, problem)
				}
				told[where+problem] = true
			}
		}
	}
	for _, own := range everyText(t) {
		for _, s := range kindsOf(own) {
			f := Classify(s)
			said := fmt.Sprint(s.Texts())
			look(f.Class(), f.NextStep, said)
			for _, p := range f.Causes {
				c, _ := FindCause(p.Cause)
				for _, text := range []string{Fill(c.Fix, &s, &f), Fill(c.Why, &s, &f), p.Next} {
					look(c.ID, text, said)
				}
			}
		}
	}
	if looked < 1000 {
		t.Errorf("only %d commands: is anything looked at?", looked)
	}
}
