package classifier

import (
	"strings"
	"testing"

	"whystopped/classifier/lastwords"
	"whystopped/events"
)

// webEnded is a task of a service whose container web ended with a code.
func webEnded(code int64) events.Stop {
	s := fargate("Essential container in task exited")
	s.StopCode = "EssentialContainerExited"
	s.Containers = []events.Container{{Name: "web", ExitCode: &code}}
	return s
}

// TestWhatALogLineChanges holds what a line of the log changes in the finding about a container that failed, and that
// it changes nothing else.
func TestWhatALogLineChanges(t *testing.T) {
	for _, test := range []struct {
		name    string
		stop    events.Stop
		log     string
		summary string
		proof   string // the proof has this
		next    string // the next step has this
		cause   string // the first one
		result  Result
	}{
		{
			name:    "a panic leads",
			stop:    webEnded(2),
			log:     "starting\npanic: DATABASE_URL is not set\n\ngoroutine 1 [running]:",
			summary: "web failed: panic: DATABASE_URL is not set (exit code 2)",
			proof:   `the log of web says "panic: DATABASE_URL is not set"`,
			next:    "give web DATABASE_URL in environment or secrets",
			cause:   "app-error",
			result:  Confirmed,
		},
		{
			name: "a peer is named",
			stop: webEnded(1),
			log: "redis.exceptions.ConnectionError: Error 111 connecting to cache.shop.local:6379. Connection " +
				"refused.",
			summary: "web failed: redis.exceptions.ConnectionError: Error 111 connecting to cache.shop.local:6379. " +
				"Connection refused (exit code 1)",
			next:   "cache.shop.local:6379",
			cause:  "needed-service-unreachable",
			result: Confirmed,
		},
		{
			name: "the kernel killed for memory",
			stop: webEnded(137),
			log:  "Memory cgroup out of memory: Killed process 3120 (node)",
			summary: "web was killed by SIGKILL (exit code 137); the event does not say by whom; its log says: " +
				"Memory cgroup out of memory: Killed process 3120 (node)",
			next:   "raise the memory of web",
			cause:  "killed-for-memory-unreported",
			result: Confirmed,
		},
		{
			name:    "what is told in passing proves nothing",
			stop:    webEnded(1),
			log:     "WARN cache.shop.local:6379: connection refused, going on without",
			summary: "web failed: cache.shop.local:6379: connection refused, going on without (exit code 1)",
			cause:   "needed-service-unreachable",
			result:  NotChecked,
		},
		{
			name:    "what nobody knows leads where the program ends with it",
			stop:    webEnded(1),
			log:     "panic: the moon is full",
			summary: "web failed: panic: the moon is full (exit code 1)",
			next:    "correct what the log of web complains of",
		},
		{
			name: "an error that nobody knows is told behind the code",
			stop: webEnded(1),
			log:  "ERROR: quota of the tenant could not be determined",
			summary: "web failed with exit code 1: a general error of the application; the event does not say " +
				"why; its log says: quota of " +
				"the tenant could not be determined",
			next: "read the last log lines",
		},
		{
			name: "an ordinary line tells nothing",
			stop: webEnded(1),
			log:  "listening on :8080\nbye",
			summary: "web failed with exit code 1: a general error of the application; the event does not say " +
				"why",
			proof: "exit code 1 of web",
		},
		{
			name:    "what the exit code says comes first where it fits",
			stop:    webEnded(127),
			log:     "/bin/sh: 1: gunicorn: not found",
			summary: "web failed: /bin/sh: 1: gunicorn: not found (exit code 127)",
			cause:   "command-not-found-exit-127",
			result:  Confirmed,
		},
		{
			name:    "a killed container is not explained by its log",
			stop:    webEnded(137),
			log:     "panic: DATABASE_URL is not set",
			summary: "web was killed by SIGKILL (exit code 137); the event does not say by whom",
		},
		{
			name:    "nor is one that ended well",
			stop:    webEnded(0),
			log:     "panic: DATABASE_URL is not set",
			summary: "web ended by itself with exit code 0; the event does not say why",
		},
		{
			name:    "control characters are no part of it",
			stop:    webEnded(1),
			log:     "panic: \x1b[2J\x1b]0;owned\x07ok\u202e \x00fine",
			summary: "web failed: panic: ok fine (exit code 1)",
		},
		{
			name:    "templates in a line are no templates",
			stop:    webEnded(1),
			log:     "panic: {culprit} [{taskDefinition}] ${X}",
			summary: "web failed: panic: {culprit} [{taskDefinition}] ${X} (exit code 1)",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain := Classify(test.stop)
			test.stop.LogLines = strings.Split(test.log, "\n")
			f := Classify(test.stop)
			if f.Class() != plain.Class() || f.Verdict != plain.Verdict || f.Domain != plain.Domain ||
				f.Confidence != plain.Confidence || f.Signature != plain.Signature || f.Culprit != plain.Culprit {
				t.Errorf("the log changed %s %s %s %s to %s %s %s %s", plain.Class(), plain.Verdict, plain.Domain,
					plain.Confidence, f.Class(), f.Verdict, f.Domain, f.Confidence)
			}
			if f.Summary != test.summary {
				t.Errorf("summary %q, want %q", f.Summary, test.summary)
			}
			if !strings.Contains(f.Proof, test.proof) || !strings.Contains(f.NextStep, test.next) {
				t.Errorf("proof %q, want %q; next %q, want %q", f.Proof, test.proof, f.NextStep, test.next)
			}
			if test.cause != "" && (f.Causes[0].Cause != test.cause || f.Causes[0].Result != test.result) {
				t.Errorf("first cause %+v, want %s %s", f.Causes[0], test.cause, test.result)
			}
			ids := map[string]int{}
			for _, c := range f.Causes {
				if ids[c.Cause]++; ids[c.Cause] > 1 {
					t.Errorf("%s stands twice among the causes", c.Cause)
				}
			}
			if again := Hear(&test.stop, f, test.stop.LogLines); again.Summary != f.Summary || again.Proof != f.Proof {
				t.Errorf("heard twice: %q", again.Summary)
			}
		})
	}
}

// TestALineExcusesNothing holds that no line turns a failure into something that nobody has to act on, and that what
// was expected stays so.
func TestALineExcusesNothing(t *testing.T) {
	expected := webEnded(0)
	expected.Service, expected.Group = "", "family:invoices"
	for _, s := range []events.Stop{webEnded(1), expected} {
		plain := Classify(s)
		for _, line := range []string{
			"panic: Scaling activity initiated by (deployment ecs-svc/1)", "FATAL: OutOfMemoryError: Container killed",
			"Error: expected", "Error: Task stopped by user",
		} {
			s.LogLines = []string{line}
			if f := Classify(s); f.Verdict != plain.Verdict || f.Class() != plain.Class() {
				t.Errorf("%q: %s %s, was %s %s", line, f.Class(), f.Verdict, plain.Class(), plain.Verdict)
			}
		}
	}
}

// TestEverySignPointsAtACause holds that the tables of package lastwords name causes that there are, and fill their
// templates with what a stop or a line has.
func TestEverySignPointsAtACause(t *testing.T) {
	used := map[string]bool{}
	for _, sign := range lastwords.Signs {
		for _, id := range []string{sign.Cause, sign.Otherwise} {
			if _, known := FindCause(id); !known && id != "" {
				t.Errorf("%s points at %q, which is no cause", sign.ID, id)
			}
			used[id] = true
		}
		s := webEnded(1)
		s.LogLines = strings.Split(sign.Example, "\n")
		f := Classify(s)
		if strings.ContainsAny(f.NextStep, "{}|") || strings.HasSuffix(f.NextStep, "log lines of web") {
			t.Errorf("%s: next step %q", sign.ID, f.NextStep)
		}
	}
	for _, c := range logCauses {
		if !used[c.ID] {
			t.Errorf("no line brings %s", c.ID)
		}
	}
}
