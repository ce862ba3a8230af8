// Package ingest is the only place that knows the order of the steps from a raw event to a written record.
//
// Nothing is dropped: what cannot be read is archived as unreadable, what cannot be explained as unknown. Only what is not
// written is an error.
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

// Notifier tells people about a record that was written. What becomes of its error is its own affair: the record is kept.
type Notifier interface {
	Notify(ctx context.Context, r archive.Record) error
}

// Pipeline carries events into a store.
type Pipeline struct {
	Store    Store
	Notifier Notifier // nil tells nobody
	Source   archive.Source
	Ending   []string // names of containers that are meant to end while their task goes on
	Now      func() time.Time
}

// Ingest reads, explains and writes what raw holds; what cannot be read beside readable stops becomes a record of its own, and
// a document without a readable stop one record of the whole. It returns the records that were written; the error joins the
// writes that failed. Nothing is written before all is explained, and nobody is told before all is written.
func (p *Pipeline) Ingest(ctx context.Context, raw []byte) ([]archive.Record, error) {
	records, err := p.records(raw)
	if err != nil {
		return nil, err
	}
	var written []archive.Record
	var failed []error
	for _, r := range records {
		if err := p.Store.Put(ctx, r); err != nil {
			failed = append(failed, fmt.Errorf("record %s not written: %w", r.DedupKey, err))
			continue
		}
		written = append(written, r)
	}
	if p.Notifier != nil { // only now, so that a slow topic takes no time from a write
		for _, r := range written {
			_ = p.Notifier.Notify(ctx, r)
		}
	}
	return written, errors.Join(failed...)
}

// records makes what is written of raw. A panic on the way costs the explanation and not the document, which then becomes one
// unreadable record. Only a document on which that panics too is refused: its text cannot be redacted, so it must not be kept.
func (p *Pipeline) records(raw []byte) ([]archive.Record, error) {
	records, failure := p.explained(func() []events.Stop { return stops(raw) })
	if failure == nil {
		return records, nil
	}
	records, again := p.explained(func() []events.Stop {
		return []events.Stop{events.Unreadable(&events.Refusal{Reason: failure.Error(), Raw: raw})}
	})
	if again != nil {
		return nil, fmt.Errorf("%w, and when it was to be archived as unreadable: %w", failure, again)
	}
	return records, nil
}

// explained makes a record of each stop; its error is a panic.
func (p *Pipeline) explained(stops func() []events.Stop) (records []archive.Record, failure error) {
	defer func() {
		if v := recover(); v != nil {
			records, failure = nil, fmt.Errorf("whystopped failed on this document: %v", v)
		}
	}()
	for _, s := range stops() {
		s.MeantToEnd = s.Kind == events.KindContainer && slices.Contains(p.Ending, s.Container().Name)
		records = append(records, Explain(s, p.Source, p.Now()))
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
	for _, r := range refused {
		all = append(all, events.Unreadable(r))
	}
	return all
}

// Explain turns a stop into its record. A panic in the tables costs the explanation, not the record.
func Explain(s events.Stop, source archive.Source, now time.Time) archive.Record {
	s = archive.RedactStop(s) // before anything is quoted from it
	return newRecord(s, classifier.Conclude(classify(s), nil), source, now)
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
