package evidence

import (
	"fmt"
	"slices"
	"time"

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

// StaleAfter is how long after the stop what is fine now still speaks for what was then.
const StaleAfter = 10 * time.Minute

// Judge proves the check's cause and says how old the facts are. A ruled_out that is older than StaleAfter becomes inconclusive,
// unless what it rests on cannot change.
func (check Check) Judge(c *Case) classifier.Proof {
	p := check.Prove(c)
	p.Cause = check.Cause
	late := !c.Stop.StoppedAt.IsZero() && c.CheckedAt.Sub(c.Stop.StoppedAt) > StaleAfter
	switch {
	case late && !check.Timeless && p.Result == classifier.RuledOut:
		p.Result, p.Reason = classifier.Inconclusive, classifier.ReasonStale
	case late && !check.Timeless && p.Result == classifier.Confirmed:
		p.Evidence = fmt.Sprintf("%s after the stop: %s", classifier.Span(c.CheckedAt.Sub(c.Stop.StoppedAt)), p.Evidence)
	}
	return p
}

// Checks are checks of several causes, at most one of each.
type Checks []Check

// Find returns the check of a cause.
func (checks Checks) Find(cause string) (Check, bool) {
	i := slices.IndexFunc(checks, func(c Check) bool { return c.Cause == cause })
	if i < 0 {
		return Check{}, false
	}
	return checks[i], true
}

// Needed returns the needs of the causes that are still open, each once, in the order in which they are read.
func (checks Checks) Needed(causes []classifier.Proof) []Need {
	var asked []Need
	for _, cause := range causes {
		if check, found := checks.Find(cause.Cause); found && cause.Result == classifier.NotChecked {
			asked = append(asked, check.Needs...)
		}
	}
	var needs []Need
	for _, group := range Groups {
		if slices.Contains(asked, group.Need) {
			needs = append(needs, group.Need)
		}
	}
	return needs
}

// Prove judges the causes of the finding that have a check, in the finding's order. Causes that the text alone decided are left
// out. Where a check names another cause that its facts may prove, that one follows if it is confirmed.
func (checks Checks) Prove(c Case) []classifier.Proof {
	listed := func(cause string) bool {
		return slices.ContainsFunc(c.Finding.Causes, func(p classifier.Proof) bool { return p.Cause == cause })
	}
	var proofs []classifier.Proof
	for _, cause := range c.Finding.Causes {
		if cause.Result != classifier.NotChecked {
			continue
		}
		check, found := checks.Find(cause.Cause)
		if !found {
			continue
		}
		proofs = append(proofs, check.Judge(&c))
		if other, found := checks.Find(check.Instead); found && !listed(check.Instead) {
			if p := other.Judge(&c); p.Result == classifier.Confirmed {
				proofs = append(proofs, p)
			}
		}
	}
	return proofs
}
