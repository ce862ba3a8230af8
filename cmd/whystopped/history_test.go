package main

import (
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/directory"
)

func TestSummary(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	seen := func(signature, verdict string, ago time.Duration) archive.Record {
		return archive.Record{
			SchemaVersion: "1",
			DedupKey:      signature + ago.String(),
			Signature:     signature,
			Cluster:       "prod",
			Service:       "web",
			Verdict:       verdict,
			StoppedAt:     archive.Time{Time: now.Add(-ago)},
		}
	}
	counted := func(h *history, records ...archive.Record) *tally {
		opened, err := directory.Spool(func(out func(archive.Record, error) bool) {
			for _, r := range records {
				out(r, nil)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		c := census{archive: opened, chosen: &h.chosen}
		if err := c.take(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		groups, err := c.groups()
		if err != nil {
			t.Fatal(err)
		}
		count := c.tally(groups)
		return &count
	}
	h := history{now: now}
	got := h.summary(counted(&h,
		seen("routine", "expected", time.Second),
		seen("often", "failure", 2*time.Minute), seen("often", "failure", time.Hour),
		seen("often", "failure", 3*time.Hour),
		seen("unclear", "review", time.Minute),
		seen("once", "failure", 50*time.Hour),
		seen("", "failure", 60*time.Hour), seen("", "failure", 61*time.Hour), // of an older schema, without signature
	))
	if want := "6 failures of 4 kinds, 1 stop to review, 1 expected stop in prod/web since " +
		"2026-03-07 23:00:00Z, the last failure 2 min ago"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	h.chosen.Start = now.AddDate(0, 0, -7)
	want := "2 expected stops in prod/web since 2026-03-03 12:00:00Z, the last 90 s ago"
	got = h.summary(counted(&h, seen("routine", "expected", 90*time.Second), seen("routine", "expected", time.Hour)))
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
