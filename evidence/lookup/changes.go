package lookup

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/prove"
)

const (
	mostChanges  = 6              // things that CloudTrail is asked about for one stop, at two calls a second
	changesSince = 24 * time.Hour // before the failure
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

// changesOf asks for the newest calls about one thing, and keeps those that change it. What is asked for by a call
// matters since the failure.
func changesOf(ctx context.Context, r *reading, t evidence.Changeable) evidence.Answer[[]evidence.TrailEvent] {
	from, to := r.known().Failed().Add(-changesSince), r.Now()
	key, value, region := trailtypes.LookupAttributeKeyResourceName, t.Name, r.cfg.Region
	named, _ := awsname.ParseARN(t.Name)
	switch {
	case t.Call != "":
		key, value, from = trailtypes.LookupAttributeKeyEventName, t.Call, r.known().Failed()
		if awsname.IsRegion(named.Region) {
			region = named.Region
		}
	case t.Kind == "role":
		region = awsname.IAMRegion(region)
	}
	in := &cloudtrail.LookupEventsInput{StartTime: &from, EndTime: &to, MaxResults: aws.Int32(50),
		LookupAttributes: []trailtypes.LookupAttribute{{AttributeKey: key, AttributeValue: &value}}}
	found := ask(ctx, r, question[[]trailEvent]{action: trailLookup, keep: keepService, region: region,
		about: strings.Join([]string{"changes", region, string(key), value, from.String()}, " "),
		call: func(ctx context.Context) ([]trailEvent, error) {
			cfg := r.cfg.Copy()
			cfg.Region = region
			if r.trail.Wait(ctx) != nil {
				return nil, refused(classifier.ReasonBudget)
			}
			page, err := r.Trail(cfg).LookupEvents(ctx, in)
			if err != nil {
				return nil, err
			}
			return trailEventsOf(page), nil
		}})
	changes := told(found)
	for i, e := range found.Value {
		changes.Value[i].Named = e.names()
	}
	changes.Value = slices.DeleteFunc(changes.Value, func(e evidence.TrailEvent) bool { return !t.Changes(e) })
	return changes
}

// trailEventsOf are the events of a page of CloudTrail that can be read.
func trailEventsOf(o *cloudtrail.LookupEventsOutput) (all []trailEvent) {
	for _, e := range o.Events {
		var event trailEvent
		if json.Unmarshal([]byte(aws.ToString(e.CloudTrailEvent)), &event) == nil {
			event.at = aws.ToTime(e.EventTime)
			all = append(all, event)
		}
	}
	return all
}
