// Package ingest is the only place that knows the order of the steps from a raw event to a written record.
//
// Nothing is dropped: what cannot be read is archived as unreadable, what cannot be explained as unknown. Only what is
// not written is an error.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/notify/alerts"
)

// Store takes a record; after a nil error the record is written.
type Store interface {
	Put(ctx context.Context, r archive.Record) error
}

// The steps that the tests make fail.
var (
	parse     = events.Parse
	newRecord = archive.NewRecord
)

// Memory knows of the failures before. Decide says on the record what it is to its alert, and what is to be told once
// it is written; with an error that is not known. Told notes that a change was told.
type Memory interface {
	Decide(ctx context.Context, r archive.Record) (archive.Record, []alerts.Change, error)
	Told(ctx context.Context, c alerts.Change) error
}

// Notifier notifies people of a change whose record was written. Its error does not matter to the pipeline: the record
// is kept.
type Notifier interface {
	Notify(ctx context.Context, c alerts.Change) error
}

// Gatherer proves or rules out the probable causes of a stop. It gets the stop redacted, and has until ctx ends.
type Gatherer interface {
	Gather(ctx context.Context, s events.Stop, f classifier.Finding) classifier.Gathered
}

// Pipeline carries events into a store.
type Pipeline struct {
	Store    Store
	Gatherer Gatherer // nil checks nothing
	Proofs   Proofs   // nil knows nothing of other stops
	Memory   Memory   // nil remembers nothing
	Notifier Notifier // nil notifies nobody
	Source   archive.Source
	Ending   []string // names of containers that are meant to end while their task goes on
	Now      func() time.Time
}

// Ingest reads, explains and writes what raw holds; what cannot be read beside readable stops becomes a record of its
// own, and a document without a readable stop one record of the whole. It returns the records that were written; the
// error joins the writes that failed. Nothing is written before all is explained, and nobody is notified before all is
// written.
func (p *Pipeline) Ingest(ctx context.Context, raw []byte) ([]archive.Record, error) {
	records, err := p.records(ctx, raw)
	if err != nil {
		return nil, err
	}
	return p.Keep(ctx, records)
}

// Keep writes records that are explained, and tells what they change, as Ingest does.
func (p *Pipeline) Keep(ctx context.Context, records []archive.Record) ([]archive.Record, error) {
	var written []archive.Record
	var told []alerts.Change
	var failed []error
	for _, r := range records {
		r, changes := p.decide(ctx, r)
		if alerts.Closes(r) && p.Memory != nil && r.AlertState == "" {
			continue // it says that all is well where nothing was wrong
		}
		if err := p.Store.Put(ctx, r); err != nil {
			failed = append(failed, fmt.Errorf("record %s not written: %w", r.DedupKey, err))
			continue
		}
		written, told = append(written, r), append(told, changes...)
	}
	for _, c := range told { // only now, so that a slow topic takes no time from a write
		p.tell(ctx, c)
	}
	return written, errors.Join(failed...)
}

// decide asks the memory about a record. Without one every failure is to be told.
func (p *Pipeline) decide(ctx context.Context, r archive.Record) (archive.Record, []alerts.Change) {
	if p.Memory != nil {
		r, changes, _ := p.Memory.Decide(ctx, r)
		return r, changes
	}
	if !alerts.Opens(r) {
		return r, nil
	}
	return r, []alerts.Change{{Record: r}}
}

// tell tells a change, and has it noted where that succeeded or there is nobody to tell.
func (p *Pipeline) tell(ctx context.Context, c alerts.Change) {
	if p.Notifier != nil && p.Notifier.Notify(ctx, c) != nil || p.Memory == nil {
		return
	}
	_ = p.Memory.Told(ctx, c)
}

// records makes what is written of raw. A panic on the way costs the explanation and not the document, which then
// becomes one unreadable record. Only a document on which that panics too is refused: its text cannot be redacted, so
// it must not be kept.
func (p *Pipeline) records(ctx context.Context, raw []byte) ([]archive.Record, error) {
	records, failure := p.explained(ctx, func() []events.Stop { return stops(raw) })
	if failure == nil {
		return records, nil
	}
	records, again := p.explained(ctx, func() []events.Stop {
		return []events.Stop{events.Unreadable(&events.Refusal{Reason: failure.Error(), Raw: raw})}
	})
	if again != nil {
		return nil, fmt.Errorf("%w, and when it was to be archived as unreadable: %w", failure, again)
	}
	return records, nil
}

// explained makes a record of each stop; its error is a panic.
func (p *Pipeline) explained(ctx context.Context, stops func() []events.Stop) (records []archive.Record,
	failure error) {
	defer func() {
		if v := recover(); v != nil {
			records, failure = nil, fmt.Errorf("whystopped failed on this document: %v", v)
		}
	}()
	for _, s := range stops() {
		s.MeantToEnd = s.Kind == events.KindContainer && slices.Contains(p.Ending, s.Container().Name)
		gatherer := p.Gatherer
		if s.Watched {
			gatherer = nil // its names are anybody's, and no call is made for them
		}
		records = append(records, verify(ctx, gatherer, p.Proofs, s, p.Source, p.Now()))
	}
	return records, nil
}

// stops reads raw; each part that is not a stop is an unreadable one.
func stops(raw []byte) []events.Stop {
	all, err := parse(raw)
	refused := refusals(err)
	if len(all) == 0 {
		whole := *refused[0]
		whole.Raw = raw
		refused = []*events.Refusal{&whole}
	}
	read := len(all) > 0
	for _, r := range refused {
		if read && r.Beside {
			continue // it is no fault beside a stop
		}
		all = append(all, events.Unreadable(r))
	}
	return all
}

// Explain turns a stop into its record without checking its causes. A panic in the tables costs the explanation, not
// the record.
func Explain(s events.Stop, source archive.Source, now time.Time) archive.Record {
	return Verify(context.Background(), nil, s, source, now)
}

// Verify is Explain with the causes checked by g, where it is not nil and the text alone does not decide them all;
// whether a stop that was expected is worth a call, g decides. The time for that is bounded, and whatever comes of it
// the record is made.
func Verify(ctx context.Context, g Gatherer, s events.Stop, source archive.Source, now time.Time) archive.Record {
	return verify(ctx, g, nil, s, source, now)
}

// verify is Verify, where what is known of other stops that failed alike stands for asking again.
func verify(ctx context.Context, g Gatherer, known Proofs, s events.Stop, source archive.Source,
	now time.Time) archive.Record {
	s = archive.RedactStop(s) // before anything is quoted from it
	f := classify(s)
	if g == nil || len(unchecked(f)) == 0 {
		return newRecord(s, classifier.Conclude(f, nil), source, now)
	}
	look, share := true, &sharing{Gatherer: g, proofs: known, failure: sameFailure(s, f), since: s.StoppedAt}
	if known != nil && share.failure != "" && f.Verdict != classifier.Expected {
		look = share.find(ctx)
	}
	found, answered := unanswered(f, classifier.ReasonThrottled, "another task that failed alike is being looked into"),
		false
	if look {
		found, answered = ask(ctx, share.Gatherer, s, f)
	}
	f = classifier.Conclude(classifier.Hear(&s, f, found.Log.Lines), found.Proofs)
	if len(found.Log.Lines) == 0 {
		found.Log.Lines = f.Log.Lines
	}
	f.Log = found.Log
	r := newRecord(s, f, source, now)
	if answered {
		r.CheckedAt = archive.Time{Time: now}
		share.told(&r)
	}
	share.keep(ctx, r, found.Proofs)
	return r
}

// How long the causes of one stop may be checked.
const (
	gatherTime = 8 * time.Second
	writeTime  = 5 * time.Second        // what is left of the caller's time for the write
	grace      = 500 * time.Millisecond // for a gatherer whose time is up to say what it has
)

// ask returns what g finds about the causes of f, and reports whether it answered: not when there is no time to ask it,
// when it panics, does not come back, or knows nothing.
func ask(ctx context.Context, g Gatherer, s events.Stop, f classifier.Finding) (found classifier.Gathered,
	answered bool) {
	until := time.Now().Add(gatherTime)
	if deadline, limited := ctx.Deadline(); limited && deadline.Add(-writeTime-grace).Before(until) {
		until = deadline.Add(-writeTime - grace)
	}
	if !time.Now().Before(until) {
		return unanswered(f, classifier.ReasonBudget, "no time was left to check"), false
	}
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	answers, panics := make(chan classifier.Gathered, 1), make(chan any, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				panics <- v
			}
		}()
		answers <- g.Gather(ctx, s, f)
	}()
	select {
	case found = <-answers:
		return found,
			slices.ContainsFunc(found.Proofs,
				func(p classifier.Proof) bool { return p.Reason != classifier.ReasonDeferred })
	case v := <-panics:
		return unanswered(f, classifier.ReasonFailed, fmt.Sprintf("the checks failed: %v", v)), false
	case <-time.After(time.Until(until) + grace):
		return unanswered(f, classifier.ReasonTimeout, "the checks did not end in time"), false
	}
}

// unanswered returns the unchecked causes with the reason why they were not checked.
func unanswered(f classifier.Finding, reason, why string) classifier.Gathered {
	proofs := unchecked(f)
	for i := range proofs {
		proofs[i].Reason, proofs[i].Evidence = reason, why
	}
	return classifier.Gathered{Proofs: proofs}
}

// unchecked returns the causes that the text alone did not decide.
func unchecked(f classifier.Finding) []classifier.Proof {
	return slices.DeleteFunc(slices.Clone(f.Causes),
		func(p classifier.Proof) bool { return p.Result != classifier.NotChecked })
}

func classify(s events.Stop) (f classifier.Finding) {
	defer func() {
		if p := recover(); p != nil {
			s.Kind, s.Refusal = events.KindUnreadable, fmt.Sprintf("the classifier failed: %v", p)
			f = classifier.Classify(s)
		}
	}()
	return classifier.Classify(s)
}

// refusals takes the joined error of events.Parse apart.
func refusals(err error) []*events.Refusal {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var all []*events.Refusal
	for _, e := range joined.Unwrap() {
		var r *events.Refusal
		if errors.As(e, &r) {
			all = append(all, r)
		}
	}
	return all
}
