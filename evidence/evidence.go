// Package evidence is the contract between the facts that are read of an AWS account and the checks that prove or rule
// out the probable causes of a stop from them. The checks stand in rooms below it, by cause group; package prove knows
// them all.
//
// It is pure: facts come in as plain structs, proofs go out, and package lookup makes the calls between. It says
// confirmed only for a defect that was read and that alone is enough for this failure, and ruled_out only when every
// link of the cause was read and is fine. What could not be read, whatever the reason, is inconclusive or not_checked
// and never ruled_out.
package evidence

import (
	"fmt"
	"regexp"
	"sync"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// Case is one stop, its explanation and what was read about it.
type Case struct {
	Stop      events.Stop
	Finding   classifier.Finding
	Facts     Facts
	CheckedAt time.Time // when the facts were read
}

// Facts is what was read for one stop. The zero value is what is known before anybody asked.
type Facts struct {
	Caller  Answer[Caller]
	Task    Task
	Network Network
	Access  Access
	Setup   Setup
	Running Running
	Changes map[string]Answer[[]TrailEvent] // calls that changed what the proofs rest on, by Changeable.Key
}

// Caller is whose credentials read the facts.
type Caller struct {
	Account string
	Region  string
}

// Answer is what one question to the account brought.
type Answer[T any] struct {
	Value  T // when State is Known
	State  State
	Reason string // why the state is Unknown, or why nobody asked: one of the Reason constants
	Action string // the IAM action that the answer needs, when State is Unknown
}

// State says how far an Answer can be relied on.
type State int

const (
	NotAsked State = iota // nobody asked
	Known                 // Value is what AWS answered
	Absent                // AWS answered that there is no such thing
	Unknown               // asked, without an answer to rely on
)

// Is returns a known answer.
func Is[T any](value T) Answer[T] { return Answer[T]{Value: value, State: Known} }

// None returns the answer that there is no such thing.
func None[T any]() Answer[T] { return Answer[T]{State: Absent} }

// Unanswered returns an answer that is not known for a reason; action is the IAM action that was tried.
func Unanswered[T any](reason, action string) Answer[T] {
	return Answer[T]{State: Unknown, Reason: reason, Action: action}
}

// Gap returns the proof that an answer which is not Known leads to, where what is Absent decides nothing by itself: a
// service that was deleted, for example.
func (a Answer[T]) Gap() classifier.Proof {
	switch {
	case a.State == Absent:
		return Inconclusive(classifier.ReasonNotVisible, "what would tell is no longer there")
	case a.State == NotAsked && a.Reason == "":
		return classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead}
	case a.State == NotAsked, a.Reason == classifier.ReasonTier, a.Reason == classifier.ReasonOption,
		a.Reason == classifier.ReasonOtherAccount, a.Reason == classifier.ReasonDeferred,
		a.Reason == classifier.ReasonBudget:
		return classifier.Proof{Result: classifier.NotChecked, Reason: a.Reason, MissingAction: a.missing()}
	}
	return classifier.Proof{Result: classifier.Inconclusive, Reason: a.Reason, MissingAction: a.missing()}
}

// missing is the action that somebody could grant for the answer.
func (a Answer[T]) missing() string {
	if a.Reason == classifier.ReasonNoPermission || a.Reason == classifier.ReasonTier ||
		a.Reason == classifier.ReasonOption {
		return a.Action
	}
	return ""
}

// The proofs that checks return; Judge adds the cause.

func Confirmed(next, said string, args ...any) classifier.Proof {
	return classifier.Proof{Result: classifier.Confirmed, Next: next, Evidence: fmt.Sprintf(said, args...)}
}

func RuledOut(said string, args ...any) classifier.Proof {
	return classifier.Proof{Result: classifier.RuledOut, Evidence: fmt.Sprintf(said, args...)}
}

func Inconclusive(reason, said string, args ...any) classifier.Proof {
	return classifier.Proof{Result: classifier.Inconclusive, Reason: reason, Evidence: fmt.Sprintf(said, args...)}
}

// Compiled is a regular expression that is compiled when it is first needed: the function starts without any.
func Compiled(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
