// Package ingest is the only place that knows the order of the steps from a raw event to a written record.
//
// Nothing is dropped: what cannot be read is archived as unreadable, what cannot be explained as unknown. Only a failed write
// is an error.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// Store takes a record; after a nil error the record is written.
type Store interface {
	Put(ctx context.Context, r archive.Record) error
}

// Pipeline carries events into a store.
type Pipeline struct {
	Store  Store
	Source archive.Source
	Now    func() time.Time
}

// Ingest reads, explains and writes what raw holds; what cannot be read beside readable stops becomes a record of its own, and
// a document without a readable stop one record of the whole. It returns the records that were written; the error joins the
// writes that failed.
func (p *Pipeline) Ingest(ctx context.Context, raw []byte) ([]archive.Record, error) {
	stops, err := events.Parse(raw)
	refused := refusals(err)
	if len(stops) == 0 {
		whole := *refused[0]
		whole.Raw = raw
		refused = []*events.Refusal{&whole}
	}
	for _, r := range refused {
		stops = append(stops, events.Unreadable(r))
	}
	var written []archive.Record
	var failed []error
	for _, s := range stops {
		r := Explain(s, p.Source, p.Now())
		if err := p.Store.Put(ctx, r); err != nil {
			failed = append(failed, fmt.Errorf("record %s not written: %w", r.DedupKey, err))
			continue
		}
		written = append(written, r)
	}
	return written, errors.Join(failed...)
}

// Explain turns a stop into its record. A panic in the tables costs the explanation, not the record.
func Explain(s events.Stop, source archive.Source, now time.Time) archive.Record {
	return archive.NewRecord(s, classifier.Conclude(classify(s), nil), source, now)
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
