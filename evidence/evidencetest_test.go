// Package evidencetest holds what the tests of several rooms of checks do alike.
package evidence

import (
	"reflect"
	"strings"
	"testing"

	"whystopped/classifier"
)

// answers are the facts of the network and of the task, by the names of their fields.
func answers(c *Case) map[string]reflect.Value {
	all := map[string]reflect.Value{"Caller": reflect.ValueOf(&c.Facts.Caller).Elem()}
	for _, facts := range []reflect.Value{reflect.ValueOf(&c.Facts.Network).Elem(), reflect.ValueOf(&c.Facts.Inputs).Elem()} {
		for i := range facts.NumField() {
			all[facts.Type().Field(i).Name] = facts.Field(i)
		}
	}
	return all
}

// forget makes an answer one that was refused.
func forget(answer reflect.Value) {
	answer.Set(reflect.Zero(answer.Type()))
	answer.FieldByName("State").Set(reflect.ValueOf(Unknown))
	answer.FieldByName("Reason").SetString(classifier.ReasonNoPermission)
	answer.FieldByName("Action").SetString("ec2:DescribeSomething")
}

// pitfall is a way in which a look-up is deceived. What is deceived must end open, never as a wrong answer; and what is not must
// still be decided.
type pitfall struct {
	name, cause string
	with        *Case
	want        string // result and reason
	without     *Case
	decided     classifier.Result
}

// try judges the case with the pitfall and the one without it.
func (p pitfall) try(t *testing.T, checks Checks) {
	t.Run(p.name, func(t *testing.T) {
		check, _ := checks.Find(p.cause)
		with := check.Judge(p.with)
		if got := strings.TrimSpace(string(with.Result) + " " + with.Reason); got != p.want {
			t.Errorf("%s is %s, want %s: %s", p.cause, got, p.want, with.Evidence)
		}
		if without := check.Judge(p.without); without.Result != p.decided {
			t.Errorf("without it %s is %s(%s), want %s: %s", p.cause, without.Result, without.Reason, p.decided, without.Evidence)
		}
	})
}

// whatIsGone holds that where the service, the task definition or the instances are not there, each open proof says why it is
// open.
func whatIsGone(t *testing.T, checks Checks, begin func() *Case) {
	for _, check := range checks {
		c := begin()
		in := &c.Facts.Inputs
		in.Service = None[Service]()
		in.TaskDefinition = None[TaskDefinition]()
		in.Instance = None[ContainerInstance]()
		c.Facts.Things.Machines = None[[]Machine]()
		c.Facts.Things.Subnets = None[[]Subnet]()
		if p := check.Judge(c); p.Reason == "" && p.Result != "" && !p.Result.Decided() {
			t.Errorf("%s: %+v", check.Cause, p)
		}
	}
}
