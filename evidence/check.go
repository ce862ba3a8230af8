package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
)

// Unsaid is the proof of a cause about which nothing that was read speaks.
func Unsaid(said string, args ...any) classifier.Proof {
	return Inconclusive(classifier.ReasonUnsaid, said, args...)
}

// Check decides one cause. Confirms, RulesOut and Open say in words how each verdict is reached; docs/causes prints
// them.
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

// Judge proves the check's cause and says how old the facts are. A ruled_out that is older than StaleAfter becomes
// inconclusive, unless what it rests on cannot change.
func (check Check) Judge(c *Case) classifier.Proof {
	p := check.Prove(c)
	p.Cause = check.Cause
	late := !c.Stop.StoppedAt.IsZero() && c.CheckedAt.Sub(c.Stop.StoppedAt) > StaleAfter
	switch {
	case late && !check.Timeless && p.Result == classifier.RuledOut:
		p.Result, p.Reason = classifier.Inconclusive, classifier.ReasonStale
	case late && !check.Timeless && p.Result == classifier.Confirmed:
		p.Evidence = fmt.Sprintf("%s after the stop: %s", classifier.Span(c.CheckedAt.Sub(c.Stop.StoppedAt)),
			p.Evidence)
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

// Prove judges the causes of the finding that have a check, in the finding's order. Causes that the text alone decided
// are left out. Where a check names another cause that its facts may prove, that one follows if it is confirmed.
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

// WithEvidence returns a gap with what is known all the same.
func WithEvidence(gap classifier.Proof, said string) classifier.Proof {
	gap.Evidence = said
	return gap
}

// Worst is the proof that decides of several: a defect, else what is open, else that all is well.
func Worst(proofs []classifier.Proof) classifier.Proof {
	for _, wanted := range []func(classifier.Result) bool{
		func(r classifier.Result) bool { return r == classifier.Confirmed },
		func(r classifier.Result) bool { return r != classifier.RuledOut },
	} {
		if i := slices.IndexFunc(proofs, func(p classifier.Proof) bool { return wanted(p.Result) }); i >= 0 {
			return proofs[i]
		}
	}
	var said []string
	for _, p := range proofs {
		said = append(said, p.Evidence)
	}
	return RuledOut("%s", strings.Join(slices.Compact(said), "; "))
}

// Silent is the proof that an answer which is neither Known nor Absent leads to, about something of an account.
func Silent[T any](c *Case, a Answer[T], account, said string, args ...any) classifier.Proof {
	p := Inconclusive(a.Reason, said, args...)
	gap := a.Gap()
	p.Result, p.Reason, p.MissingAction = gap.Result, gap.Reason, gap.MissingAction
	if OthersAccount(c, account) && p.Reason == classifier.ReasonNoPermission {
		p.Reason, p.Evidence = classifier.ReasonNotVisible, p.Evidence+": account "+account+" does not let us ask"
	}
	return p
}

// OfAll judges several things of which one broken is enough. none is the proof when there are none.
func OfAll[T any](things []T, none classifier.Proof, judge func(T) classifier.Proof) classifier.Proof {
	if len(things) == 0 {
		return none
	}
	var proofs []classifier.Proof
	for _, thing := range things {
		proofs = append(proofs, judge(thing))
	}
	return Worst(proofs)
}
