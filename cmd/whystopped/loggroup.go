package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
)

// asked has Logs Insights count the kinds of stops in a log group. It is not ok where that cannot be asked; then it has
// said why, and the records are to be read.
func (h *history) asked(ctx context.Context) (t tally, kinds []screen.Kind, ok bool, err error) {
	condition, writable := h.chosen.Condition()
	if _, isGroup := screen.LogGroup(h.from); !isGroup || h.each || h.chosen.Deployment.List != nil || !writable {
		return tally{}, nil, false, nil
	}
	commands := stack.Kinds.Commands
	if condition != "" {
		commands = strings.Replace(commands, "\n| stats", "\n| filter "+condition+"\n| stats", 1)
	}
	screen.Say(ctx, "asking Logs Insights")
	// what was written two hours ahead of its time is of now
	answer, err := h.account.Ask(ctx, h.from, commands, h.chosen.Start, h.now.Add(2*time.Hour))
	switch {
	case ctx.Err() != nil:
		return tally{}, nil, false, errors.New("interrupted: the query is cancelled")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errors.ErrUnsupported): // no such group, or the small build
		return tally{}, nil, false, err
	case err != nil:
		screen.Complain(h.stderr, fmt.Errorf("the records are read one after the other, since Logs Insights did not "+
			"count them: %w", err))
		return tally{}, nil, false, nil
	}
	if h.verbose {
		fmt.Fprintf(h.stderr, "whystopped: Logs Insights scanned %s, about $%.4f at $%.3f a GB\n",
			megabytes(answer.Scanned), float64(answer.Scanned)/1e9*stack.ScanPrice, stack.ScanPrice)
	}
	if answer.Cut {
		screen.Complain(h.stderr, fmt.Errorf("these are the latest %d kinds, as many as Logs Insights gives: "+
			"--since, --cluster or --service show the others", len(answer.Rows)))
	}
	for _, row := range answer.Rows {
		kinds = append(kinds, kindOf(row))
	}
	kinds = merged(kinds)
	for _, k := range kinds {
		t.add(k.Verdict, screen.Place(k.Last), k.Count, k.FirstSeen, k.LastSeen)
		t.addKind(k.Verdict)
	}
	return t, kinds, true, nil
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// kindOf is a row of stack.Kinds.
func kindOf(row map[string]string) screen.Kind {
	instant := func(name string) archive.Time {
		at, _ := time.Parse(time.RFC3339, row[name])
		return archive.Time{Time: at}
	}
	r := archive.Record{Signature: row["signature"], Verdict: row["verdict"], Cluster: row["cluster"],
		Service: row["service"], Family: row["family"], StoppedAt: instant("lastSeen"), Class: row["lastClass"],
		Summary: row["lastSummary"], NextStep: row["lastNextStep"], Cause: row["lastCause"],
		Culprit: row["lastCulprit"], TaskID: row["lastTaskId"], DedupKey: row["lastKey"],
		CreatedAt: instant("lastCreatedAt"), StartedAt: instant("lastStartedAt")}
	if code, err := strconv.ParseFloat(row["lastExitCode"], 64); err == nil {
		r.CulpritExitCode = new(int64)
		*r.CulpritExitCode = int64(code)
	}
	if ran, err := strconv.ParseFloat(row["lastRunSeconds"], 64); err == nil {
		r.RunSeconds = &ran
	}
	k := screen.KindOf(r)
	count, _ := strconv.ParseFloat(row["stops"], 64)
	k.Count, k.FirstSeen = int(count), instant("firstSeen")
	return k
}

// merged makes one kind of those with the same signature, as screen.KindsOf does, in its order.
func merged(kinds []screen.Kind) []screen.Kind {
	slices.SortStableFunc(kinds, func(a, b screen.Kind) int {
		return cmp.Or(b.LastSeen.Compare(a.LastSeen.Time), strings.Compare(a.Last.DedupKey, b.Last.DedupKey))
	})
	known := map[string]int{}
	var all []screen.Kind
	for _, k := range kinds {
		i, found := known[k.Signature]
		if !found || k.Signature == "" {
			known[k.Signature], all = len(all), append(all, k)
			continue
		}
		all[i].Count += k.Count
		if k.FirstSeen.Before(all[i].FirstSeen.Time) {
			all[i].FirstSeen = k.FirstSeen
		}
	}
	slices.SortStableFunc(all, func(a, b screen.Kind) int {
		return cmp.Compare(screen.Urgency(a.Verdict), screen.Urgency(b.Verdict))
	})
	return all
}

// How far back the latest stops of a log group are looked for at first, how much farther each time, and from where on
// the rest is read at once.
const (
	firstReach = time.Hour
	reachGrows = 6
	lastReach  = 90 * 24 * time.Hour
)

// latestOf reads a log group the newest first, until as many stops are known as are shown: CloudWatch Logs gives the
// events of a time the oldest first, so it is asked for ever longer times before what was read. A record has the time
// of its stop in the log group, or a later one. What was not read is left out of the selection.
func (h *history) latestOf(ctx context.Context) iter.Seq2[archive.Record, error] {
	q := h.chosen.Query()
	if !h.each || h.most == math.MaxInt || h.chosen.Deployment.List != nil {
		return h.account.ReadArchive(ctx, h.from, q)
	}
	return func(out func(archive.Record, error) bool) {
		var stops archive.Roll
		for reach := firstReach; ; reach *= reachGrows {
			q.Start = h.now.Add(-reach)
			if reach > lastReach || !q.Start.After(h.chosen.Start) {
				q.Start = h.chosen.Start
			}
			n := 0
			for r, err := range h.account.ReadArchive(ctx, h.from, q) {
				if !out(r, err) {
					return
				}
				if n++; err == nil && h.chosen.About(r) && h.chosen.Explained(r) && !r.Moment().Before(q.Start) {
					stops.Add(r, 0, 0)
				}
			}
			if h.verbose {
				fmt.Fprintf(h.stderr, "whystopped: %s read since %s; CloudWatch Logs takes no money for it\n",
					screen.Plural(n, "record"), q.Start.Format(screen.Instant))
			}
			if q.Start.Equal(h.chosen.Start) {
				return
			}
			if stops.Len() >= h.most {
				h.leftOut = q.Start
				h.chosen.Start = q.Start
				return
			}
			q.Before = q.Start.Add(-time.Millisecond)
		}
	}
}

// tally is how many stops there are, and when.
type tally struct {
	failures, review, expected, failing int // the last of kinds
	places                              map[string]bool
	first, last, lastFailure            archive.Time
}

func (t *tally) add(verdict, place string, count int, first, last archive.Time) {
	if t.places == nil {
		t.places, t.first = map[string]bool{}, first
	}
	t.places[place] = true
	switch screen.Urgency(verdict) {
	case 0:
		t.failures += count
		if last.After(t.lastFailure.Time) {
			t.lastFailure = last
		}
	case 2:
		t.expected += count
	default:
		t.review += count
	}
	if first.Before(t.first.Time) {
		t.first = first
	}
	if last.After(t.last.Time) {
		t.last = last
	}
}

// addKind counts a kind by the verdict of its last stop.
func (t *tally) addKind(verdict string) {
	if screen.Urgency(verdict) == 0 {
		t.failing++
	}
}
