package main

import (
	"cmp"
	"context"
	"iter"
	"runtime/debug"
	"slices"
	"strings"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
)

// census knows the stops that are asked for by a few bytes each; their records stay in the archive until they are
// shown.
type census struct {
	archive *directory.Archive
	chosen  *screen.Selection
	roll    archive.Roll
	sorts   []sort
	numbers map[sort]uint32
}

// sort is what the stops of one sort have in common, as far as it counts here.
type sort struct {
	kind           string // the signature, or the dedupKey of a stop without one
	verdict, place string
	asked          bool // for what explains them
	failedTask     bool
	ofService      bool
}

// counted are the fields by which stops are chosen and counted.
var counted = archive.FieldsNamed("dedupKey", "kind", "signature", "verdict", "stillStopping", "source", "sourceRank",
	"classifierVersion", "stoppedAt", "recordedAt", "checkedAt", "cluster", "service", "family", "taskId",
	"deploymentId", "class", "cause", "stage", "fault", "domain")

var (
	keyOnly  = archive.FieldsNamed("dedupKey")
	allShown = archive.FieldsBut("rawEvent")
)

// take counts the stops of an archive that are asked for.
func (c *census) take(ctx context.Context, h *history) error {
	debug.SetGCPercent(25) // what is held is many small numbers, what is read is garbage at once
	c.numbers = map[sort]uint32{}
	walk := c.archive.Walk(c.chosen.Query(), counted.Decode)
	for r, err := range screen.Records(ctx, h.stderr, walk) {
		if err != nil {
			return err
		}
		if c.chosen.About(r.Record) {
			c.roll.Add(r.Record, c.number(r.Record), r.At)
		}
	}
	return nil
}

// number returns the number of the sort that r is of.
func (c *census) number(r archive.Record) uint32 {
	s := sort{kind: cmp.Or(r.Signature, r.DedupKey), verdict: r.Verdict, place: screen.Place(r),
		asked: c.chosen.Explained(r),
		failedTask: screen.OfTask(r) && r.Kind != string(events.KindContainer) &&
			r.Verdict == string(classifier.Failure),
		ofService: r.Cluster != "" && r.Service != ""}
	n, known := c.numbers[s]
	if !known {
		n = uint32(len(c.sorts))
		c.numbers[s], c.sorts = n, append(c.sorts, s)
	}
	return n
}

// asked yields the stops that are asked for.
func (c *census) asked(yield func(*archive.Seen, *sort) bool) {
	for s := range c.roll.All() {
		if of := &c.sorts[s.Sort]; of.asked && !yield(s, of) {
			return
		}
	}
}

// latestFirst yields the stops that are wanted, the latest first, those of one moment by their keys.
func (c *census) latestFirst(wanted func(*archive.Seen) bool) iter.Seq2[*archive.Seen, error] {
	return func(yield func(*archive.Seen, error) bool) {
		for run := range c.roll.LatestFirst(wanted) {
			if err := c.byKey(run); err != nil {
				yield(nil, err)
				return
			}
			for _, s := range run {
				if !yield(s, nil) {
					return
				}
			}
		}
	}
}

// byKey sorts stops of one moment.
func (c *census) byKey(run []*archive.Seen) error {
	if len(run) < 2 {
		return nil
	}
	keys := map[*archive.Seen]string{}
	for _, s := range run {
		r, err := c.archive.At(s.At, keyOnly.Decode)
		if err != nil {
			return err
		}
		keys[s] = r.DedupKey
	}
	slices.SortFunc(run, func(a, b *archive.Seen) int { return strings.Compare(keys[a], keys[b]) })
	return nil
}

// record returns what is shown of a stop.
func (c *census) record(s *archive.Seen) (archive.Record, error) {
	return c.archive.At(s.At, allShown.Decode)
}

// group is the stops of one kind.
type group struct {
	count int
	first *archive.Seen
	last  []*archive.Seen // those of the latest moment; once sorted, the first of them is the last
}

// groups returns the kinds of stops in the order in which they are shown, as screen.KindsOf has it.
func (c *census) groups() ([]*group, error) {
	byKind := map[string]*group{}
	for s, of := range c.asked {
		g := byKind[of.kind]
		if g == nil {
			g = &group{first: s}
			byKind[of.kind] = g
		}
		g.count++
		if s.Latest(g.first) > 0 {
			g.first = s
		}
		if len(g.last) > 0 && s.Latest(g.last[0]) < 0 {
			g.last = g.last[:0]
		}
		if len(g.last) == 0 || s.Latest(g.last[0]) == 0 {
			g.last = append(g.last, s)
		}
	}
	for _, g := range byKind {
		if err := c.byKey(g.last); err != nil {
			return nil, err
		}
	}
	of := func(s *archive.Seen) *group { return byKind[c.sorts[s.Sort].kind] }
	var groups []*group
	lasts := func(s *archive.Seen) bool { return c.sorts[s.Sort].asked && of(s).last[0] == s }
	for s, err := range c.latestFirst(lasts) {
		if err != nil {
			return nil, err
		}
		groups = append(groups, of(s))
	}
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Compare(screen.Urgency(c.verdict(a)), screen.Urgency(c.verdict(b)))
	})
	return groups, nil
}

// verdict is that of the last stop of a kind.
func (c *census) verdict(g *group) string { return c.sorts[g.last[0].Sort].verdict }

// tally counts the stops.
func (c *census) tally(groups []*group) (t tally) {
	for s, of := range c.asked {
		t.add(of.verdict, of.place, 1, s.Moment(), s.Moment())
	}
	for _, g := range groups {
		t.addKind(c.verdict(g))
	}
	return t
}

// kind is a kind of stops as it is shown.
func (c *census) kind(g *group) (screen.Kind, error) {
	r, err := c.record(g.last[0])
	if err != nil {
		return screen.Kind{}, err
	}
	k := screen.KindOf(r)
	k.Count, k.FirstSeen = g.count, g.first.Moment()
	return k, nil
}

// earliest returns the earliest stop of the sorts that are wanted, of several at one moment that with the last key.
func (c *census) earliest(wanted func(*sort) bool) (archive.Record, bool, error) {
	at, err := c.at(wanted, func(a, b *archive.Seen) int { return b.Latest(a) })
	if err != nil || at == nil {
		return archive.Record{}, false, err
	}
	r, err := c.record(at[len(at)-1])
	return r, true, err
}

// latest returns the latest stop of the sorts that are wanted, of several at one moment that with the first key.
func (c *census) latest(wanted func(*sort) bool) (archive.Record, bool, error) {
	at, err := c.at(wanted, (*archive.Seen).Latest)
	if err != nil || at == nil {
		return archive.Record{}, false, err
	}
	r, err := c.record(at[0])
	return r, true, err
}

// at returns the stops of the sorts that are wanted at the moment that comes first in an order.
func (c *census) at(wanted func(*sort) bool, order func(a, b *archive.Seen) int) (at []*archive.Seen, err error) {
	for s, of := range c.asked {
		if !wanted(of) {
			continue
		}
		if len(at) > 0 && order(s, at[0]) < 0 {
			at = at[:0]
		}
		if len(at) == 0 || order(s, at[0]) == 0 {
			at = append(at, s)
		}
	}
	return at, c.byKey(at)
}
