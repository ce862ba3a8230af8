// Package evidencetest holds what the tests of several rooms of checks do alike.
package evidencetest

import (
	"reflect"
	"strings"
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
)

// Answers are the facts of the network and of the task, by the names of their fields.
func Answers(c *evidence.Case) map[string]reflect.Value {
	all := map[string]reflect.Value{"Caller": reflect.ValueOf(&c.Facts.Caller).Elem()}
	for _, facts := range []reflect.Value{reflect.ValueOf(&c.Facts.Network).Elem(),
		reflect.ValueOf(&c.Facts.Task).Elem()} {
		for i := range facts.NumField() {
			all[facts.Type().Field(i).Name] = facts.Field(i)
		}
	}
	return all
}

// Forget makes an answer one that was refused.
func Forget(answer reflect.Value) {
	answer.Set(reflect.Zero(answer.Type()))
	answer.FieldByName("State").Set(reflect.ValueOf(evidence.Unknown))
	answer.FieldByName("Reason").SetString(classifier.ReasonNoPermission)
	answer.FieldByName("Action").SetString("ec2:DescribeSomething")
}

// Pitfall is a way in which a look-up is deceived. What is deceived must end open, never as a wrong answer; and what is
// not must still be decided.
type Pitfall struct {
	Name, Cause string
	With        *evidence.Case
	Want        string // result and reason
	Without     *evidence.Case
	Decided     classifier.Result
}

// Try judges the case with the pitfall and the one without it.
func (p Pitfall) Try(t *testing.T, checks evidence.Checks) {
	t.Run(p.Name, func(t *testing.T) {
		check, _ := checks.Find(p.Cause)
		with := check.Judge(p.With)
		if got := strings.TrimSpace(string(with.Result) + " " + with.Reason); got != p.Want {
			t.Errorf("%s is %s, want %s: %s", p.Cause, got, p.Want, with.Evidence)
		}
		if without := check.Judge(p.Without); without.Result != p.Decided {
			t.Errorf("without it %s is %s(%s), want %s: %s", p.Cause, without.Result, without.Reason, p.Decided,
				without.Evidence)
		}
	})
}

// WhatIsGone holds that where the service, the task definition or the instances are not there, each open proof says why
// it is open.
func WhatIsGone(t *testing.T, checks evidence.Checks, begin func() *evidence.Case) {
	for _, check := range checks {
		c := begin()
		in := &c.Facts.Task
		in.Service = evidence.None[evidence.Service]()
		in.TaskDefinition = evidence.None[evidence.TaskDefinition]()
		in.Instance = evidence.None[evidence.ContainerInstance]()
		c.Facts.Setup.Machines = evidence.None[[]evidence.Machine]()
		c.Facts.Setup.Subnets = evidence.None[[]evidence.Subnet]()
		if p := check.Judge(c); p.Reason == "" && p.Result != "" && !p.Result.Decided() {
			t.Errorf("%s: %+v", check.Cause, p)
		}
	}
}

func NoDefinition(c *evidence.Case) {
	Refuse(&c.Facts.Task.TaskDefinition, classifier.ReasonNoPermission, "ecs:DescribeTaskDefinition")
}

func Refuse[T any](a *evidence.Answer[T], reason, action string) {
	*a = evidence.Unanswered[T](reason, action)
}
