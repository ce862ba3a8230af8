package ingest

import (
	"encoding/json"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/events"
)

// BenchmarkHandler measures what the function does for one event, without the network, against its floor: the event read by
// encoding/json into a map, by turns in the same run. x-floor is their ratio.
func BenchmarkHandler(b *testing.B) {
	raw := []byte(typical)
	stops, err := events.Parse(raw)
	if err != nil {
		b.Fatal(err)
	}
	encoding, encoded := pipeline(func(r archive.Record) error {
		_, err := r.Encode()
		return err
	})
	discarding, discarded := pipeline(never)

	for _, work := range []struct {
		name string
		do   func() error
	}{
		{"explain and encode", func() error {
			r := Explain(stops[0], archive.SourceEvent, now)
			_, err := r.Encode()
			return err
		}},
		{"ingest", func() error {
			*discarded = (*discarded)[:0]
			_, err := discarding.Ingest(b.Context(), raw)
			return err
		}},
		{"ingest and encode", func() error {
			*encoded = (*encoded)[:0]
			_, err := encoding.Ingest(b.Context(), raw)
			return err
		}},
	} {
		b.Run(work.name, func(b *testing.B) {
			var floor, worked time.Duration
			for b.Loop() {
				start := time.Now()
				var event map[string]any
				if err := json.Unmarshal(raw, &event); err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				if err := work.do(); err != nil {
					b.Fatal(err)
				}
				floor += middle.Sub(start)
				worked += time.Since(middle)
			}
			b.ReportMetric(float64(worked)/float64(floor), "x-floor")
			b.ReportMetric(float64(floor.Nanoseconds())/float64(b.N), "floor-ns/op")
			b.ReportMetric(float64(worked.Nanoseconds())/float64(b.N), "work-ns/op")
		})
	}
}
