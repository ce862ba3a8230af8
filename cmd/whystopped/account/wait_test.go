package account

import (
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/cmd/whystopped/screen"
)

// pipelineStep is the command of the page that a pipeline runs.
func pipelineStep(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## In a pipeline\n")
	_, step, found := strings.Cut(section, "```sh\n")
	step, _, _ = strings.Cut(step, "#")
	if words := strings.Fields(step); found && len(words) > 0 && words[0] == "whystopped" {
		return words[1:]
	}
	t.Fatal("docs/deploy.md shows no step")
	return nil
}

// then makes a service another one after it was described so often.
func (s *ecsService) then(after int, other service) {
	s.mu.Lock()
	defer s.mu.Unlock()
	describe := s.operations["DescribeServices"]
	s.operations["DescribeServices"] = func(body []byte) (any, *awsRefusal) {
		if s.calls["DescribeServices"] > after {
			s.services[0] = other
		}
		return describe(body)
	}
}

func waitForNothing(t *testing.T) {
	t.Helper()
	before := pause
	pause = 0
	t.Cleanup(func() { pause = before })
}

func TestPipelineStepWorks(t *testing.T) {
	waitForNothing(t)
	step := pipelineStep(t)
	began := time.Now()
	goesOn := func() service { return webService(began, 2, "IN_PROGRESS") }
	for _, test := range []struct {
		name     string
		begins   service
		ends     service
		rollouts []map[string]any
		tasks    []task
		code     int
		says     string
	}{
		{name: "steady in the end", begins: goesOn(), ends: webService(began, 4, "COMPLETED"), says: "STEADY"},
		{name: "its rollout fails", begins: goesOn(), ends: webService(began, 0, "FAILED"), code: exitNotSteady,
			says: "ecs-svc/9 failed"},
		{name: "its first task fails", begins: goesOn(), ends: goesOn(),
			tasks: []task{stopOf(1, "9", began.Add(-time.Minute), nil)}, code: exitNotSteady, says: "1 task failed"},
		{name: "undone, and the rollback succeeded", begins: goesOn(), ends: webService(began, 4, "COMPLETED"),
			rollouts: []map[string]any{{"status": "ROLLBACK_SUCCESSFUL", "createdAt": epoch(began.Add(-time.Minute)),
				"statusReason": "the circuit breaker"}},
			code: exitNotSteady, says: "did not succeed (ROLLBACK_SUCCESSFUL): the circuit breaker"},
		{name: "all tasks run and a hook waits", begins: goesOn(), ends: webService(began, 4, "COMPLETED"),
			rollouts: []map[string]any{{"status": "IN_PROGRESS", "createdAt": epoch(began.Add(-time.Minute))}},
			code:     screen.ExitBad, says: "ECS has not ended the deployment yet"},
		{name: "it goes on", begins: goesOn(), ends: goesOn(), code: screen.ExitBad,
			says: "nothing has failed so far: ask again; --timeout 300ms is over"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := of(t, test.begins, test.tasks...)
			a.ecs.rollouts = test.rollouts
			a.ecs.then(1, test.ends)
			args := step[:len(step):len(step)]
			if test.code == screen.ExitBad {
				args = append(args, "--timeout", "300ms")
			}
			stdout, stderr := whystopped(t, test.code, args...)
			if !strings.Contains(stdout, test.says) {
				t.Errorf("it says\n%s\nwant %q", stdout, test.says)
			}
			if test.rollouts == nil && test.tasks == nil && strings.Count(stderr, "running 2 of 4") != 1 {
				t.Errorf("progress is not said once:\n%s", stderr)
			}
		})
	}
}

// TestWaitSurvivesARefusal: a look that fails is not the end, three in a row are, and the first is.
func TestWaitSurvivesARefusal(t *testing.T) {
	waitForNothing(t)
	for _, test := range []struct {
		name        string
		first, last int // looks that are refused
		code        int
	}{
		{"the first", 1, 1, screen.ExitBad},
		{"two", 2, 3, screen.ExitOK},
		{"all but the first", 2, 1000, screen.ExitBad},
	} {
		a := of(t, webService(time.Now(), 2, "IN_PROGRESS"))
		a.ecs.mu.Lock()
		describe := a.ecs.operations["DescribeServices"]
		a.ecs.operations["DescribeServices"] = func(body []byte) (any, *awsRefusal) {
			switch n := a.ecs.calls["DescribeServices"]; {
			case n >= test.first && n <= test.last:
				return nil, refuseWith("AccessDeniedException", "not now")
			case n > test.last:
				a.ecs.services[0] = webService(time.Now(), 4, "COMPLETED")
			}
			return describe(body)
		}
		a.ecs.mu.Unlock()
		if _, stderr := askWhy(t, test.code, "--wait"); !strings.Contains(stderr, "DescribeServices") {
			t.Errorf("%s: the refusal is not told: %s", test.name, stderr)
		}
	}
}

func TestWaitFlags(t *testing.T) {
	of(t, webService(time.Now(), 4, "COMPLETED"))
	for _, test := range []struct{ args, says string }{
		{"--timeout 1m", "--timeout goes with --wait"},
		{"--wait --timeout 0s", "--timeout must be more than 0"},
		{"--json --markdown", "--json and --markdown exclude each other"},
	} {
		if _, stderr := askWhy(t, screen.ExitBad, strings.Fields(test.args)...); !strings.Contains(stderr, test.says) {
			t.Errorf("%s: %s, want %s", test.args, stderr, test.says)
		}
	}
	_, stderr := whystopped(t, screen.ExitBad, "why", "--cluster", "prod", "--wait")
	if !strings.Contains(stderr, "--wait cannot be given without --service") {
		t.Error(stderr)
	}
}

// hostile is what a text of an event may hold to be more than text.
const hostile = "50% of\r\n::error::forged ##[warning]forged " +
	"<img src=x> | @somebody `code` **bold** [a](http://b) \x1b[31m"

func hostileAnswer() answer {
	a := answer{State: stateFailed, Why: hostile, serviceState: serviceState{Cluster: hostile, Service: "web"}}
	a.leading = archive.Record{Summary: hostile, Class: "runtime.crashed", Proof: hostile, NextStep: hostile}
	a.Leading = &screen.Explained{Record: a.leading,
		Causes: []screen.ExplainedCause{{ID: "app-error", Title: hostile, Verdict: "not_checked",
			MissingAction: hostile}}}
	a.Stops = []screen.Kind{{Summary: hostile, Verdict: "failure"}}
	return a
}

// TestAnnotationIsOneCommand holds that GitHub reads one command, and its text as it is but for what steers a terminal.
func TestAnnotationIsOneCommand(t *testing.T) {
	a := hostileAnswer()
	line := a.annotation()
	command := regexp.MustCompile(`^::error title=([^:,\r\n]*)::([^\r\n]*)\n$`).FindStringSubmatch(line)
	if command == nil {
		t.Fatalf("not one command: %q", line)
	}
	title := strings.NewReplacer("%3A", ":", "%2C", ",", "%0D", "\r", "%0A", "\n", "%25", "%").Replace(command[1])
	if want := screen.Printable(hostile) + "/web: FAILED"; title != want {
		t.Errorf("title %q, want %q", title, want)
	}
	text := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(command[2])
	if lines := strings.Split(text, "\n"); len(lines) != 4 || lines[0] != screen.Printable(hostile) {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
}

// TestMarkdownIsTextAlone holds that a hostile text is shown as it is: taken out of every cell, nothing of Markdown or
// HTML is left of it.
func TestMarkdownIsTextAlone(t *testing.T) {
	a := hostileAnswer()
	page := a.markdown()
	shown := html.UnescapeString(regexp.MustCompile(`\\([[:punct:]])`).ReplaceAllString(
		strings.ReplaceAll(page, "<!-- -->", ""), "$1"))
	if got, want := strings.Count(shown, screen.Printable(hostile)), 9; got != want {
		t.Errorf("it is shown %d times, want %d:\n%s", got, want, page)
	}
	for _, forged := range []string{"<img", "@somebody", " **bold", "[a](", " `code", "##[", "\x1b"} {
		if strings.Contains(page, forged) {
			t.Errorf("%q is more than text:\n%s", forged, page)
		}
	}
	cells := regexp.MustCompile(`(^|[^\\])\|`)
	for line := range strings.Lines(page) {
		n := len(cells.FindAllString(strings.TrimSpace(line), -1))
		if strings.HasPrefix(line, "|") && n != 3 && n != 7 {
			t.Errorf("a row has %d bars: %s", n, line)
		}
	}
}

// TestGithubStopsCommands: what is printed below an annotation cannot be a command.
func TestGithubStopsCommands(t *testing.T) {
	of(t, rolledBack(), crashing()...)
	stdout, _ := askWhy(t, exitNotSteady, "--since", tuesday.Format(time.DateOnly), "--github")
	token := regexp.MustCompile(`(?s)^::error title=[^\n]*\n::stop-commands::([A-Z2-7]{26})\n.*FAILED.*` +
		`\n::([A-Z2-7]{26})::\n$`)
	if found := token.FindStringSubmatch(stdout); found == nil || found[1] != found[2] {
		t.Errorf("%s", stdout)
	}
	stdout, stderr := askWhy(t, exitNotSteady, "--since", tuesday.Format(time.DateOnly), "--github",
		"--markdown")
	if !strings.HasPrefix(stdout, "### prod/web\\: FAILED\n") || !strings.HasPrefix(stderr, "::error title=") {
		t.Errorf("%s\n%s", stdout, stderr)
	}
}
