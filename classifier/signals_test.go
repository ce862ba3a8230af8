package classifier

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"whystopped/events"
)

// order is what is told of an example: its causes in order, with why each stands there.
func order(t *testing.T, example string, earlier events.Earlier) string {
	t.Helper()
	s := exampleStop(t, example)
	s.Earlier = earlier
	var lines []string
	for _, p := range Classify(s).Causes {
		lines = append(lines, strings.TrimRight(p.Cause+" "+string(p.Result)+" "+p.Because, " "))
	}
	return strings.Join(lines, "\n")
}

// causeIDs are the ids of an order, without why.
func causeIDs(order string) (ids []string) {
	for line := range strings.Lines(order) {
		id, _, _ := strings.Cut(line, " ")
		ids = append(ids, id)
	}
	return ids
}

// TestEverySignalMovesItsExample takes each signal away in turn: without it the causes of its example stand in another
// order.
func TestEverySignalMovesItsExample(t *testing.T) {
	defer func() { signalsAt = signalsByStage(Signals) }()
	for i, s := range Signals {
		with := order(t, s.Example, s.Earlier)
		signalsAt = signalsByStage(slices.Delete(slices.Clone(Signals), i, i+1))
		without := order(t, s.Example, s.Earlier)
		signalsAt = signalsByStage(Signals)
		if slices.Equal(causeIDs(with), causeIDs(without)) {
			t.Errorf("%s: its example has the same order without it:\n%s", s.ID, with)
		}
		if open := strings.Contains(with, string(NotChecked)); open && !strings.Contains(with, " here: ") {
			t.Errorf("%s: nothing says why its example is in this order:\n%s", s.ID, with)
		}
	}
}

func TestEveryPriorOrdersItsExample(t *testing.T) {
	defer func() { priorOf = priorsByClass(Priors) }()
	for i, p := range Priors {
		with := causeIDs(order(t, p.Example, ""))
		priorOf = priorsByClass(slices.Delete(slices.Clone(Priors), i, i+1))
		without := causeIDs(order(t, p.Example, ""))
		priorOf = priorsByClass(Priors)
		if with[0] != p.Order[0] || slices.Equal(with, without) {
			t.Errorf("%v.%v: with it %v, without it %v", p.At, p.Faults, with, without)
		}
	}
}

func TestSignalsAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Signals {
		if seen[s.ID] || !regexp.MustCompile(`^signal/[a-z]+(-[a-z]+)*$`).MatchString(s.ID) {
			t.Errorf("%q: each signal has an id of its own, of the form signal/kebab", s.ID)
		}
		seen[s.ID] = true
		if s.When == "" || s.Because == "" || !strings.HasPrefix(s.Source, "https://") {
			t.Errorf("%s: must say when it holds, why it moves causes, and where that is known from", s.ID)
		}
		if strings.HasSuffix(s.Because, ".") || len(s.Because) > 160 {
			t.Errorf("%s: %q is no short clause", s.ID, s.Because)
		}
		checkOrder(t, s.ID, s.At, slices.Concat(s.Lifts, s.Sinks))
	}
	for _, p := range Priors {
		checkOrder(t, p.Order[0], p.At, p.Order)
	}
}

// checkOrder holds that the causes are known, stand there once, and can apply at one of the stages.
func checkOrder(t *testing.T, where string, at []Stage, ids []string) {
	t.Helper()
	for i, id := range ids {
		c, known := FindCause(id)
		if !known || slices.Contains(ids[:i], id) ||
			len(at) > 0 && !slices.ContainsFunc(at, func(s Stage) bool { return c.at(s) }) {
			t.Errorf("%s: cause %s is not known, stands there twice or never applies there", where, id)
		}
	}
}

// TestWhatIsProvenNeedsNoSignal holds that a cause which the text decides says nothing of likelihood, and that the
// order of signals never comes before proof.
func TestWhatIsProvenNeedsNoSignal(t *testing.T) {
	for _, s := range Signals {
		causes := Classify(exampleStop(t, s.Example)).Causes
		if !slices.IsSortedFunc(causes, func(a, b Proof) int { return a.Result.order() - b.Result.order() }) {
			t.Errorf("%s: what is ruled out stands before what is open: %v", s.ID, causes)
		}
		for _, p := range causes {
			if p.Result.Decided() && p.Because != "" {
				t.Errorf("%s: %s is %s, and yet %s", s.ID, p.Cause, p.Result, p.Because)
			}
		}
	}
}

// TestSignalsKeepStill holds what looks like a signal and is none.
func TestSignalsKeepStill(t *testing.T) {
	for _, c := range []struct{ name, example, cause string }{
		{
			name: "the VPC's own resolver",
			example: "CannotPullContainerError: failed to resolve ref registry.corp.example/web:1: failed to do " +
				"request: dial tcp: lookup registry.corp.example on 10.20.0.2:53: no such host",
			cause: "dns-server-unreachable",
		},
		{
			name: "the link-local resolver",
			example: "CannotPullContainerError: failed to resolve ref registry.corp.example/web:1: failed to do " +
				"request: dial tcp: lookup registry.corp.example on 169.254.169.253:53: no such host",
			cause: "dns-server-unreachable",
		},
		{
			name: "a name of AWS in another Region",
			example: "CannotPullContainerError: failed to resolve ref 210987654321.dkr.ecr.eu-nort-1.amazonaws.com/" +
				"web:1: failed to do request: dial tcp: lookup 210987654321.dkr.ecr.eu-nort-1.amazonaws.com: " +
				"no such host",
			cause: "name-misspelt",
		},
		{
			name: "a status code",
			example: aService + `(service orders) (port 8443) is unhealthy in (target-group ` +
				`arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928) due to ` +
				`(reason Health checks failed with these codes: [404])."}]}]}`,
			cause: "health-path",
		},
		{
			name: "a person with the console's words",
			example: aTask + `"launchType":"FARGATE","group":"family:render","stopCode":"UserInitiated",` +
				`"stoppedReason":"Task stopped by user"}`,
			cause: "stopped-by-automation",
		},
	} {
		for _, p := range Classify(exampleStop(t, c.example)).Causes {
			if p.Cause == c.cause && p.Because != "" {
				t.Errorf("%s: %s %s", c.name, p.Cause, p.Because)
			}
		}
		if !strings.Contains(order(t, c.example, ""), c.cause) {
			t.Errorf("%s: no %s\n%s", c.name, c.cause, order(t, c.example, ""))
		}
	}
}
