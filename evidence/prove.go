// Package prove holds all checks: it is the one room that knows those of every cause group.
package evidence

import (
	"slices"

	"whystopped/classifier"
)

// AllChecks are the checks of all causes, in the order in which docs/evidence.md tells of them.
var AllChecks = Checks(slices.Concat(networkChecks, accessChecks, thingChecks, aftermathChecks))

// Find returns the check of a cause.
func Find(cause string) (Check, bool) { return AllChecks.Find(cause) }

// Needed returns what the causes that are still open need, each once, in the order in which it is read.
func Needed(causes []classifier.Proof) []Need { return AllChecks.Needed(causes) }

// Prove judges the causes of a stop that the text alone did not decide and that have a check.
func Prove(c Case) []classifier.Proof { return AllChecks.Prove(c) }
