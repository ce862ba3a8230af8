package running

import (
	"reflect"
	"strings"
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

const (
	proven   = classifier.Confirmed
	excluded = classifier.RuledOut
	unclear  = classifier.Inconclusive
	unasked  = classifier.NotChecked
)

// trial is a change of the task that failed its health checks, and what a check says of it then.
type trial struct {
	when   string
	change func(*evidence.Case) // none where nil
	result classifier.Result
	reason string
	says   string // words of the evidence, which ends with $; empty where an earlier trial of the same end has them
	next   string // words of what to do, which ends so too
}

// trialsOf are the trials by cause, in the file of the test that is named like the file of the check.
var trialsOf = []map[string][]trial{
	memoryTrials, essentialTrials, programTrials, healthTrials, healthGroupTrials, dependencyTrials, hostTrials,
	schedulerTrials, trailTrials, siblingTrials, unwellTrials,
}

// trials goes through all trials, each with its cause.
func trials(yield func(cause string, v trial) bool) {
	for _, causes := range trialsOf {
		for cause, all := range causes {
			for _, v := range all {
				if !yield(cause, v) {
					return
				}
			}
		}
	}
}

// task is the changed task, of which the cause alone is open.
func (v trial) task(cause string) *evidence.Case {
	c := failedHealthCheck()
	if v.change != nil {
		v.change(c)
	}
	c.Finding.Causes = []classifier.Proof{{Cause: cause, Result: classifier.NotChecked}}
	return c
}

func TestWhatHappenedAfterTheStart(t *testing.T) {
	for cause, v := range trials {
		t.Run(cause+"/"+v.when, func(t *testing.T) { v.try(t, cause) })
	}
}

func (v trial) try(t *testing.T, cause string) {
	p := Checks.Prove(*v.task(cause))[0]
	if p.Result != v.result || p.Reason != v.reason {
		t.Errorf("%s %s, want %s %s", p.Result, p.Reason, v.result, v.reason)
	}
	if !strings.Contains(p.Evidence+"$", v.says) {
		t.Errorf("evidence %q, want %q", p.Evidence, v.says)
	}
	if !strings.Contains(p.Next+"$", v.next) {
		t.Errorf("next %q, want %q", p.Next, v.next)
	}
	if p.Result != classifier.Confirmed && (p.Next == "") != (v.next == "") {
		t.Errorf("next %q, want %q", p.Next, v.next)
	}
	if p.Result == classifier.Confirmed && (p.Next == "" || p.Evidence == "") {
		t.Errorf("confirmed without evidence or a next step: %+v", p)
	}
	if p.Reason == classifier.ReasonNoPermission && p.MissingAction == "" {
		t.Error("the missing permission is not named")
	}
}

// TestEveryCauseIsTriedBothWays: each check is seen to confirm and to rule out, unless it says that it never
// does.
func TestEveryCauseIsTriedBothWays(t *testing.T) {
	tried := map[string]map[classifier.Result]bool{}
	for cause, v := range trials {
		if tried[cause] == nil {
			tried[cause] = map[classifier.Result]bool{}
		}
		tried[cause][v.result] = true
	}
	for _, check := range Checks {
		ways := map[classifier.Result]string{classifier.Confirmed: check.Confirms, classifier.RuledOut: check.RulesOut}
		for result, says := range ways {
			if never := strings.HasPrefix(says, "never"); tried[check.Cause][result] == never {
				t.Errorf("%s says %q, tried %t", check.Cause, says, never)
			}
		}
	}
}

// TestNothingReadProvesNothing: with no facts at all no cause is confirmed or ruled out, and without any one fact none
// is that was not before. What is open then says why.
func TestNothingReadProvesNothing(t *testing.T) {
	// Facts that can only take a proof back, and those whose absence is the proof.
	raisesDoubt := map[string]bool{
		"instance-terminated Activities":  true,
		"health-path Log":                 true,
		"health-app-down Log":             true,
		"health-app-down TargetGroup":     true,
		"health-grace-period Log":         true,
		"health-grace-period TargetGroup": true,
		"target-missing TargetGroup":      true,
	}

	for cause, v := range trials {
		for name := range factsOf(v.task(cause)) {
			if raisesDoubt[cause+" "+name] {
				continue
			}
			for _, lose := range []func(reflect.Value){evidencetest.Forget, gone} {
				c := v.task(cause)
				lose(factsOf(c)[name])
				p := Checks.Prove(*c)[0]
				decided := p.Result == classifier.Confirmed || p.Result == classifier.RuledOut
				if decided && p.Result != v.result || !decided && p.Reason == "" {
					t.Errorf("%s, %s, without %s: %+v", cause, v.when, name, p)
				}
			}
		}
	}
	for _, check := range Checks {
		c := failedHealthCheck()
		c.Facts = evidence.Facts{}
		c.Finding.Causes = []classifier.Proof{{Cause: check.Cause, Result: classifier.NotChecked}}
		c.Stop.CapacityProvider = ""
		if p := Checks.Prove(*c)[0]; p.Result == classifier.Confirmed || p.Result == classifier.RuledOut {
			t.Errorf("%s: %+v", check.Cause, p)
		}
	}
}

// TestWhatIsGoneIsAReason: see evidencetest.
func TestWhatIsGoneIsAReason(t *testing.T) { evidencetest.WhatIsGone(t, Checks, failedHealthCheck) }

// factsOf are the answers that a case rests on, by their names.
func factsOf(c *evidence.Case) map[string]reflect.Value {
	all := evidencetest.Answers(c)
	after := reflect.ValueOf(&c.Facts.Running).Elem()
	for i := range after.NumField() {
		all[after.Type().Field(i).Name] = after.Field(i)
	}
	all["EC2"] = reflect.ValueOf(&c.Facts.Task.Instance.Value.EC2).Elem()
	return all
}

// gone makes an answer say that there is no such thing.
func gone(answer reflect.Value) {
	answer.Set(reflect.Zero(answer.Type()))
	answer.FieldByName("State").Set(reflect.ValueOf(evidence.Absent))
}
