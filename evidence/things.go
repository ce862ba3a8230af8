package evidence

import (
	"cmp"
	"slices"
	"time"

	"whystopped/classifier"
)

// thingChecks decide what is not there, or of the wrong kind.
var thingChecks = Checks(slices.Concat(imageChecks, secretChecks, logChecks, fileChecks, efsChecks, volumeChecks, attachmentChecks, capacityChecks))

// suspects are the container definitions that a stop may be about: the culprit's where it is known, else all of the task's.
func suspects(c *Case) Answer[[]ContainerDefinition] {
	td := c.Facts.Inputs.TaskDefinition
	if td.State != Known {
		return Answer[[]ContainerDefinition]{State: td.State, Reason: td.Reason, Action: td.Action}
	}
	if name := c.culprit().Name; name != "" {
		for _, d := range td.Value.Containers {
			if d.Name == name {
				return Is([]ContainerDefinition{d})
			}
		}
	}
	return Is(td.Value.Containers)
}

// definition names the task definition in a sentence.
func definition(c *Case) string { return cmp.Or(c.Stop.TaskDefinition(), "the task definition") }

// othersAccount tells that a thing belongs to another account than the task: whoever owns it decides what we may see of it.
func othersAccount(c *Case, account string) bool { return account != "" && account != c.Stop.Account }

// silent is the proof that an answer which is neither Known nor Absent leads to, about something of an account.
func silent[T any](c *Case, a Answer[T], account, evidence string, args ...any) classifier.Proof {
	p := inconclusive(a.Reason, evidence, args...)
	gap := a.gap()
	p.Result, p.Reason, p.MissingAction = gap.Result, gap.Reason, gap.MissingAction
	if othersAccount(c, account) && p.Reason == classifier.ReasonNoPermission {
		p.Reason, p.Evidence = classifier.ReasonNotVisible, p.Evidence+": account "+account+" does not let us ask"
	}
	return p
}

// inTime judges a thing that is there now: all is well when it was there before the task was created. What was made or changed
// later may not have been there in time.
func inTime(c *Case, at time.Time, evidence string, args ...any) classifier.Proof {
	p := ruledOut(evidence, args...)
	switch {
	case at.IsZero() || c.Stop.CreatedAt.IsZero():
		p.Result, p.Reason = classifier.Inconclusive, classifier.ReasonLater
		p.Evidence += "; whether it was there in time is not told"
	case !at.Before(c.Stop.CreatedAt):
		p.Result, p.Reason = classifier.Inconclusive, classifier.ReasonLater
		p.Evidence += "; that is " + classifier.Span(at.Sub(c.Stop.CreatedAt)) + " after the task was created, so it may have come too late"
	default:
		p.Evidence += ", before the task was created"
	}
	return p
}

// stamp writes a time in evidence.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "at a time that is not told"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// ofAll judges several things of which one broken is enough. none is the proof when there are none.
func ofAll[T any](things []T, none classifier.Proof, judge func(T) classifier.Proof) classifier.Proof {
	if len(things) == 0 {
		return none
	}
	var proofs []classifier.Proof
	for _, thing := range things {
		proofs = append(proofs, judge(thing))
	}
	return worst(proofs)
}
