package classifier

import (
	"cmp"
	"slices"
	"strings"
)

// Conclude puts what was found out about the causes into a finding: confirmed causes come first, those that the text
// proved before those that were looked up, and those that are ruled out last. What the text decided stands; where the
// account was asked about it too, what it shows by now is said besides and decides what to do. A looked-up
// cause that leads completes the summary and is the next step; as long as none leads, the next step also says how to
// decide one that was left for later. Class, verdict, confidence and the event's own proof stay. A proof of a cause
// that the finding does not have is kept behind the others and leads nowhere.
func Conclude(f Finding, proofs []Proof) Finding {
	type ranked struct {
		Proof
		rank      int
		revisited bool // the text proved it, and the account was asked about it too
	}
	causes := make([]ranked, 0, len(f.Causes)+len(proofs))
	for _, c := range f.Causes {
		i := slices.IndexFunc(proofs, func(p Proof) bool { return p.Cause == c.Cause })
		switch {
		case c.Result == Confirmed && i >= 0 && proofs[i].Result == Confirmed:
			causes = append(causes, ranked{proofs[i], provenByText, true})
		case c.Result == Confirmed:
			causes = append(causes, ranked{c, provenByText, false})
		case c.Result == RuledOut || i < 0:
			causes = append(causes, ranked{c, rankOf(c), false})
		default:
			proven := proofs[i]
			if !proven.Result.Decided() {
				proven.Because = c.Because
			}
			causes = append(causes, ranked{proven, rankOf(proven), false})
		}
	}
	for _, p := range proofs {
		if !slices.ContainsFunc(causes, func(c ranked) bool { return c.Cause == p.Cause }) {
			causes = append(causes, ranked{p, max(rankOf(p), undecided), false})
		}
	}
	slices.SortStableFunc(causes, func(a, b ranked) int { return a.rank - b.rank })
	f.Causes = slices.Grow[[]Proof](nil, len(causes))
	for _, c := range causes {
		f.Causes = append(f.Causes, c.Proof)
	}
	if len(causes) > 0 && causes[0].rank <= lookedUp {
		leading := causes[0]
		switch {
		case leading.rank == lookedUp && leading.Evidence != "":
			f.Summary += ": " + leading.Evidence
		case leading.rank == provenByText && leading.Reason == ReasonFixedSince:
			_, now, _ := strings.Cut(leading.Evidence, "; ")
			f.Summary += "; " + now
		}
		if leading.rank == lookedUp || leading.revisited {
			f.NextStep = cmp.Or(leading.Next, f.NextStep)
		}
		return f
	}
	if i := slices.IndexFunc(f.Causes,
		func(p Proof) bool { return (p.Result == NotChecked || p.Result == Inconclusive) && p.Next != "" }); i >= 0 {
		if next := f.Causes[i]; next.Reason == ReasonFixedSince { // never advise to make what is there
			f.NextStep = next.Next + "; if that fails alike: " + f.NextStep
		} else {
			f.NextStep += "; " + next.Next
		}
	}
	return f
}

// The order of causes after they were checked.
const (
	provenByText = iota // the summary says it already
	lookedUp
	undecided
	ruledOut
)

func rankOf(p Proof) int {
	switch p.Result {
	case Confirmed:
		return lookedUp
	case RuledOut:
		return ruledOut
	}
	return undecided
}
