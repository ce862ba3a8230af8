package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/cmd/whystopped/screen"
)

// drawn are records of few stops and moments, so that all that decides between them comes to be equal and different.
func drawn(random *rand.Rand, n int) []archive.Record {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	moment := func() archive.Time {
		if random.IntN(8) == 0 {
			return archive.Time{}
		}
		return archive.Time{Time: time.Date(2026, 3, 1+random.IntN(4), 0, 0, random.IntN(3), 0, time.UTC)}
	}
	var records []archive.Record
	for i := range n {
		r := archive.Record{SchemaVersion: "1", DedupKey: fmt.Sprint("stop-", random.IntN(1+n/3)), RawEvent: `"}`,
			Signature: pick("", "a", "b", "c"), Verdict: pick("failure", "review", "expected"),
			Kind: pick("task", "service"), Cluster: pick("", "prod"), Service: pick("", "web", "api"),
			Source: archive.Source(pick("event", "file", "watcher")), SourceRank: random.IntN(3),
			ClassifierVersion: 1 + random.IntN(2), StillStopping: pick("", "", "yes"), Class: pick("runtime.oom",
				"image.denied"), StoppedAt: moment(), CheckedAt: moment(), Summary: fmt.Sprint("\"written\" ", i),
			RecordedAt: archive.Time{Time: time.Date(2026, 3, 9, 0, 0, 0, i*int(time.Millisecond), time.UTC)}}
		if r.DedupKey == "stop-0" {
			r.Kind = "container"
			if r.StoppedAt.IsZero() {
				r.StoppedAt = r.RecordedAt
			}
		}
		records = append(records, r)
	}
	return records
}

// TestTheCensusCountsAsTheRecordsDo holds what is counted by few bytes a stop to what all records say: kinds, their
// order and their last stops, and the order of all stops, in an archive of days and in one from before there were any.
func TestTheCensusCountsAsTheRecordsDo(t *testing.T) {
	random := rand.New(rand.NewPCG(22, 1))
	for range 60 {
		records := drawn(random, 1+random.IntN(80))
		dir := t.TempDir()
		store, err := directory.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if err := store.Put(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		if random.IntN(2) == 0 {
			defer store.Close() // the days are not compressed
		} else if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		spool, err := directory.Spool(func(out func(archive.Record, error) bool) {
			for _, r := range records {
				out(r, nil)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, from := range map[string]*directory.Archive{"days": directory.Read(dir), "spool": spool} {
			var chosen screen.Selection
			if random.IntN(3) == 0 {
				chosen.Start = time.Date(2026, 3, 2, 0, 0, 1, 0, time.UTC)
			}
			var asked []archive.Record
			for _, r := range records {
				if r.RawEvent = ""; chosen.About(r) {
					asked = append(asked, r)
				}
			}
			stops := archive.Shown(asked)
			c := census{archive: from, chosen: &chosen}
			if err := c.take(t.Context(), &history{stderr: io.Discard}); err != nil {
				t.Fatal(err)
			}
			groups, err := c.groups()
			if err != nil {
				t.Fatal(err)
			}
			var kinds []screen.Kind
			for _, g := range groups {
				k, err := c.kind(g)
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, k)
			}
			if diff := cmp.Diff(screen.KindsOf(stops), kinds); diff != "" {
				t.Fatalf("%s: kinds (-want +got):\n%s", name, diff)
			}
			var all []archive.Record
			every := func(*archive.Seen) bool { return true }
			for s, err := range c.latestFirst(every) {
				if err != nil {
					t.Fatal(err)
				}
				r, err := c.record(s)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, r)
			}
			if diff := cmp.Diff(stops, all, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s: stops (-want +got):\n%s", name, diff)
			}
		}
	}
}
