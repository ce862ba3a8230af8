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
	Revisit  bool   // looked at even where the text proves the cause: what is there by now decides what to do
	Instead  string // cause that the same facts may prove though nothing in the event hints at it
	Prove    func(c *Case) classifier.Proof
}

// StaleAfter is how long after the stop what is fine now, and has no time of its own, still speaks for what was then.
const StaleAfter = 10 * time.Minute

// MendedAfter is how long after the failure somebody may have mended what nothing else explains.
const MendedAfter = time.Minute

// StartAgain is what to do where something was mended after the failure.
const StartAgain = "start the task again"

// Judge proves the check's cause and holds the times of what was seen against the failure: the one place that does.
func (check Check) Judge(c *Case) classifier.Proof { return check.judged(c, check.Prove(c)) }

func (check Check) judged(c *Case, p classifier.Proof) classifier.Proof {
	p.Cause = check.Cause
	if check.Timeless || !p.Result.Decided() {
		return p
	}
	return check.doubted(c, aged(c, changed(c, p)))
}

// aged is a proof with the age of what it rests on. What began after the failure rules nothing out and confirms
// nothing. What is fine since the task was created was so all the time, where all of it has a time; else it speaks for
// then if it was read within StaleAfter of a failure whose time is told. What is broken, and has no time, says how long
// after the stop it was read.
func aged(c *Case, p classifier.Proof) classifier.Proof {
	failed, late := c.Failed(), c.CheckedAt.Sub(c.Failed())
	since := p.Since.Truncate(time.Second) // as many events tell the time of the stop
	stale := !p.Dated && !failed.IsZero() && late > StaleAfter
	fine := p.Result == classifier.RuledOut
	open := func(reason, said string) classifier.Proof {
		p.Result, p.Reason, p.Next, p.Evidence = classifier.Inconclusive, reason, "", p.Evidence+said
		if reason == classifier.ReasonFixedSince {
			p.Next = StartAgain
		}
		return p
	}
	switch {
	case !failed.IsZero() && since.After(failed) && fine:
		return open(classifier.ReasonFixedSince, fmt.Sprintf("; but only since %s, %s after the failure at %s",
			when(p.Since, failed), classifier.Span(p.Since.Sub(failed)), Moment(failed)))
	case !failed.IsZero() && since.After(failed):
		return open(classifier.ReasonLater, fmt.Sprintf("; but since %s, %s after the failure at %s, which it cannot "+
			"have caused", when(p.Since, failed), classifier.Span(p.Since.Sub(failed)), Moment(failed)))
	case fine && p.Dated && c.Stop.CreatedAt.IsZero():
		return open(classifier.ReasonLater, "; whether it was there in time is not told")
	case fine && !c.Stop.CreatedAt.IsZero() && !p.Since.IsZero() && !p.Since.Before(c.Stop.CreatedAt):
		return open(classifier.ReasonLater, fmt.Sprintf("; that is %s after the task was created, so it may have come "+
			"too late", classifier.Span(p.Since.Sub(c.Stop.CreatedAt))))
	case fine && stale:
		return open(classifier.ReasonStale, "")
	case fine && !p.Dated && failed.IsZero():
		return open(classifier.ReasonStale, "; when the failure was is not told")
	case fine && p.Dated:
		p.Evidence += ", before the task was created"
	case stale:
		p.Evidence = fmt.Sprintf("%s after the stop: %s", classifier.Span(late), p.Evidence)
	}
	return p
}

// when says a moment beside another: the clock alone on the same day.
func when(t, beside time.Time) string {
	if t.UTC().Truncate(24 * time.Hour).Equal(beside.UTC().Truncate(24 * time.Hour)) {
		return Moment(t)
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// At is a proof that rests on what began at a time, and on nothing else.
func At(p classifier.Proof, since time.Time) classifier.Proof {
	p.Since, p.Dated = since, !since.IsZero()
	return p
}

// NotBefore is a proof that rests, among others, on what began at a time.
func NotBefore(p classifier.Proof, since time.Time) classifier.Proof {
	if since.After(p.Since) {
		p.Since = since
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
		if check, found := checks.Find(cause.Cause); found && check.open(cause) {
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

// open reports whether a check has something to say about a cause as the text left it.
func (check Check) open(cause classifier.Proof) bool {
	return cause.Result == classifier.NotChecked || cause.Result == classifier.Confirmed && check.Revisit
}

// Prove judges the causes of the finding that have a check, in the finding's order. Causes that the text alone decided
// are left out, but for those whose check revisits them. Where a check names another cause that its facts may prove,
// that one follows if it is confirmed.
func (checks Checks) Prove(c Case) []classifier.Proof {
	listed := func(cause string) bool {
		return slices.ContainsFunc(c.Finding.Causes, func(p classifier.Proof) bool { return p.Cause == cause })
	}
	var proofs []classifier.Proof
	for _, cause := range c.Finding.Causes {
		check, found := checks.Find(cause.Cause)
		if !found || !check.open(cause) {
			continue
		}
		if cause.Result == classifier.Confirmed {
			if p := check.revisit(&c, cause); p.Exists() {
				proofs = append(proofs, p)
			}
			continue
		}
		proofs = append(proofs, check.Judge(&c))
		if other, found := checks.Find(check.Instead); found && !listed(check.Instead) {
			if p := other.Judge(&c); p.Result == classifier.Confirmed {
				proofs = append(proofs, p)
			}
		}
	}
	return checks.explained(&c, checks.agreed(proofs))
}

// revisit is the proof of a cause that the text proved, with what is there by now: the same defect, with names, or none
// any more. It does not exist where nothing of that was read.
func (check Check) revisit(c *Case, said classifier.Proof) classifier.Proof {
	seen := check.Prove(c)
	p := check.judged(c, seen)
	switch {
	case seen.Result == classifier.Confirmed: // how long it has been so does not matter to what the text proves
		p.Result, p.Reason, p.Next, p.Evidence = classifier.Confirmed, "", seen.Next, seen.Evidence
		p.Since, p.Dated = time.Time{}, false
	case p.Result == classifier.RuledOut, p.Reason == classifier.ReasonFixedSince, p.Reason == classifier.ReasonLater,
		p.Reason == classifier.ReasonStale:
		p.Result, p.Reason = classifier.Confirmed, classifier.ReasonFixedSince
		p.Next = StartAgain + ": what it did not find is there now"
		p.Evidence = "it is there by now: " + seen.Evidence
		if failed := c.Failed(); !failed.IsZero() && p.Since.After(failed) {
			p.Evidence += fmt.Sprintf(", %s after the failure at %s", classifier.Span(p.Since.Sub(failed)),
				Moment(failed))
		}
	default:
		return classifier.Proof{}
	}
	p.Evidence = said.Evidence + "; " + p.Evidence
	return p
}

// agreed leaves open what was ruled out by facts that are no longer those of the failure: another proof shows that they
// changed since.
func (checks Checks) agreed(proofs []classifier.Proof) []classifier.Proof {
	var changed []Need
	for _, p := range proofs {
		if p.Result == classifier.Confirmed && p.Reason == classifier.ReasonFixedSince {
			check, _ := checks.Find(p.Cause)
			changed = append(changed, check.Needs...)
		}
	}
	for i, p := range proofs {
		check, _ := checks.Find(p.Cause)
		shared := func(n Need) bool { return n != NeedInputs && slices.Contains(changed, n) }
		if p.Result == classifier.RuledOut && !check.Timeless && slices.ContainsFunc(check.Needs, shared) {
			proofs[i].Result, proofs[i].Reason = classifier.Inconclusive, classifier.ReasonFixedSince
			proofs[i].Next = StartAgain
		}
	}
	return proofs
}

// explained leaves open what only facts without a time rule out, where nothing that was read or said explains the
// failure: something was wrong, and in MendedAfter it may have been mended.
func (checks Checks) explained(c *Case, proofs []classifier.Proof) []classifier.Proof {
	confirmed := func(p classifier.Proof) bool { return p.Result == classifier.Confirmed }
	late := c.CheckedAt.Sub(c.Failed())
	if c.Failed().IsZero() || late <= MendedAfter || slices.ContainsFunc(proofs, confirmed) ||
		slices.ContainsFunc(c.Finding.Causes, confirmed) {
		return proofs
	}
	for i, p := range proofs {
		if check, _ := checks.Find(p.Cause); p.Result == classifier.RuledOut && !p.Dated && !check.Timeless {
			proofs[i].Result, proofs[i].Reason = classifier.Inconclusive, classifier.ReasonStale
			proofs[i].Evidence += fmt.Sprintf("; that was read %s after the failure, which nothing explains: it may "+
				"have been mended since", classifier.Span(late))
		}
	}
	return proofs
}

// WithEvidence returns a gap with what is known all the same.
func WithEvidence(gap classifier.Proof, said string) classifier.Proof {
	gap.Evidence = said
	return gap
}

// Worst is the proof that decides of several: a defect, the oldest first, else what is open, else that all is well.
func Worst(proofs []classifier.Proof) classifier.Proof {
	var defect classifier.Proof
	for _, p := range proofs {
		if p.Result == classifier.Confirmed && (!defect.Exists() || p.Since.Before(defect.Since)) {
			defect = p
		}
	}
	if defect.Exists() {
		return defect
	}
	if i := slices.IndexFunc(proofs, func(p classifier.Proof) bool { return p.Result != classifier.RuledOut }); i >= 0 {
		return proofs[i]
	}
	var said []string
	for _, p := range proofs {
		said = append(said, p.Evidence)
	}
	return Resting(RuledOut("%s", strings.Join(slices.Compact(said), "; ")), proofs)
}

// Resting is a proof that rests on several others: it began with the last of them, and has a time where all have.
func Resting(p classifier.Proof, on []classifier.Proof) classifier.Proof {
	p.Dated = len(on) > 0
	for _, part := range on {
		p = NotBefore(p, part.Since)
		p.Dated = p.Dated && part.Dated
	}
	return p
}

// Silent is the proof that an answer which is neither Known nor Absent leads to, about something of an account.
func Silent[T any](c *Case, a Answer[T], account, said string, args ...any) classifier.Proof {
	p := Inconclusive(a.Reason, said, args...)
	gap := a.Gap()
	p.Result, p.Reason, p.MissingAction = gap.Result, gap.Reason, gap.MissingAction
	if OthersAccount(c, account) && p.Reason == classifier.ReasonNoPermission {
		p.Reason = classifier.ReasonNotVisible
		p.Evidence += ": account " + account + " does not answer these credentials"
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
