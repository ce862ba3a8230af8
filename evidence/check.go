package evidence

import (
	"slices"

	"whystopped/classifier"
)

// Check decides one cause. Confirms, RulesOut and Open say in words how each verdict is reached; docs/causes prints them.
type Check struct {
	Cause    string // id in the catalogue
	Needs    []Need // facts that Prove looks at
	Confirms string
	RulesOut string
	Open     string // what leaves it inconclusive
	Timeless bool   // rests on what cannot change after the stop
	Instead  string // cause that the same facts may prove though nothing in the event hints at it
	Prove    func(c *Case) classifier.Proof
}

// Checks are all checks, in the order of the catalogue's groups.
var Checks = slices.Concat(networkChecks, accessChecks, thingChecks, aftermathChecks)

// Find returns the check of a cause.
func Find(cause string) (Check, bool) {
	i := slices.IndexFunc(Checks, func(c Check) bool { return c.Cause == cause })
	if i < 0 {
		return Check{}, false
	}
	return Checks[i], true
}

// Needed returns the needs of the causes that are still open, each once, in the order in which they are read.
func Needed(causes []classifier.Proof) []Need {
	var wanted []Need
	for _, cause := range causes {
		if check, found := Find(cause.Cause); found && cause.Result == classifier.NotChecked {
			wanted = append(wanted, check.Needs...)
		}
	}
	var needs []Need
	for _, group := range Groups {
		if slices.Contains(wanted, group.Need) {
			needs = append(needs, group.Need)
		}
	}
	return needs
}
