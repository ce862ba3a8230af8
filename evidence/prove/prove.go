// Package prove proves or rules out the probable causes of a stop: it is the one room that knows the checks of every
// cause group.
package prove

import (
	"slices"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/access"
	"whystopped/evidence/network"
	"whystopped/evidence/running"
	"whystopped/evidence/setup"
)

// Checks are the checks of all causes.
var Checks = evidence.Checks(slices.Concat(network.Checks, network.PortChecks, access.Checks, setup.Checks,
	running.Checks))

// Find returns the check of a cause.
func Find(cause string) (evidence.Check, bool) { return Checks.Find(cause) }

// Needed returns what the causes that are still open need, each once, in the order in which it is read.
func Needed(causes []classifier.Proof) []evidence.Need { return Checks.Needed(causes) }

// Prove judges the causes of a stop that the text alone did not decide and that have a check.
func Prove(c evidence.Case) []classifier.Proof { return Checks.Prove(c) }
