package lookup

import (
	"context"
	"slices"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/prove"
)

const (
	mostChanges = 6              // things that CloudTrail is asked about for one stop, at two calls a second
	unknownGood = 24 * time.Hour // before the failure changes begin where nothing is known to have run well before
	// how long CloudTrail keeps events
	// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html)
	trailKept = 90 * 24 * time.Hour
)

// readChanges asks CloudTrail what changed of that on which the proofs rest, defects first.
func readChanges(ctx context.Context, r *reading) {
	if a, _ := evidence.FindAction(trailLookup); !r.allows(a) || r.known().Failed().IsZero() {
		return
	}
	proofs := prove.Prove(*r.known())
	slices.SortStableFunc(proofs, func(a, b classifier.Proof) int { return rank(a) - rank(b) })
	var things []evidence.Changeable
	for _, p := range proofs {
		for _, thing := range evidence.RestsOn(p) {
			if p.Result.Decided() && !slices.Contains(things, thing) {
				things = append(things, thing)
			}
		}
	}
	if len(things) == 0 {
		return
	}
	if good, _ := evidence.LastGood(r.known()); good.IsZero() && r.facts.Running.Steady.State == evidence.NotAsked {
		readSteady(ctx, r)
	}
	r.tell("what was changed since")
	r.facts.Changes = map[string]evidence.Answer[[]evidence.TrailEvent]{}
	for _, t := range things[:min(len(things), mostChanges)] { // one after another, as CloudTrail allows
		answer := changesOf(ctx, r, t)
		if r.facts.Changes[t.Key()] = answer; answer.State == evidence.Unknown {
			return
		}
	}
}

func rank(p classifier.Proof) int {
	if p.Result == classifier.Confirmed {
		return 0
	}
	return 1
}

// changesOf asks for the last change of one thing since a task of the service last started well. What is asked for by a
// call matters since the failure.
func changesOf(ctx context.Context, r *reading, t evidence.Changeable) evidence.Answer[[]evidence.TrailEvent] {
	q, region := TrailQuery{trailResource, t.Name, changesSince(r.known()), r.Now()}, r.cfg.Region
	named, _ := awsname.ParseARN(t.Name)
	switch {
	case t.Call != "":
		q.Key, q.Value = trailName, t.Call
		if t.Since() {
			q.From = r.known().Failed()
		}
		if awsname.IsRegion(named.Region) {
			region = named.Region
		}
	case t.Kind == "role":
		region = awsname.IAMRegion(region)
	}
	told := func(e trailEvent) evidence.TrailEvent {
		event := e.told()
		event.Named = e.names()
		return event
	}
	enough := func(e trailEvent) bool { return t.Changes(told(e)) }
	if t.Call != "" {
		enough = someOf
	}
	found := trailEvents(ctx, r, region, q, enough)
	changes := same[[]evidence.TrailEvent](found)
	for _, e := range found.Value {
		if event := told(e); t.Changes(event) {
			changes.Value = append(changes.Value, event)
		}
	}
	return changes
}

// changesSince is when what a stop rests on was right, as far as that is known.
func changesSince(c *evidence.Case) time.Time {
	since, _ := evidence.LastGood(c)
	if since.IsZero() {
		since = c.Failed().Add(-unknownGood)
	}
	if oldest := c.CheckedAt.Add(-trailKept); since.Before(oldest) {
		return oldest
	}
	return since
}
