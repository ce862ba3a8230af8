package archive

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRecordsOfAnOlderSchemaAreRead holds readers to a file that was kept from before schemaVersion 1: it has fewer
// fields than today, and some that are gone.
func TestRecordsOfAnOlderSchemaAreRead(t *testing.T) {
	kept, err := os.ReadFile("testdata/schema-0.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var stops Stops
	for line := range bytes.Lines(kept) {
		r, err := Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		stops.Add(r)
	}
	one := int64(1)
	at := func(day, hour, minute, second int) Time {
		return Time{time.Date(2025, 11, day, hour, minute, second, 0, time.UTC)}
	}
	want := []Record{
		{
			SchemaVersion:   "0",
			RecordedAt:      at(3, 8, 0, 3),
			DedupKey:        "17aa0c9b3d2e4f5061728394a5b6c7d8",
			Cluster:         "prod",
			Service:         "web",
			TaskID:          "17aa0c9b3d2e4f5061728394a5b6c7d8",
			Class:           "runtime.crashed",
			Verdict:         "failure",
			Summary:         "app failed with exit code 1",
			Culprit:         "app",
			CulpritExitCode: &one,
		},
		{
			SchemaVersion: "0",
			RecordedAt:    at(2, 8, 0, 3),
			StoppedAt:     at(2, 8, 0, 1),
			DedupKey:      "8c2f40d17e5b4a6f9d3e1c0b5a7f6e21",
			Account:       "210987654321",
			Region:        "eu-north-1",
			Cluster:       "prod",
			Service:       "web",
			TaskID:        "8c2f40d17e5b4a6f9d3e1c0b5a7f6e21",
			StopCode:      "TaskFailedToStart",
			StoppedReason: "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to " +
				"resolve ref",
			Class:   "image.not_found",
			Verdict: "failure",
			Summary: "the image is not there",
		},
	}
	if diff := cmp.Diff(want, stops.Shown()); diff != "" {
		t.Errorf("-want +read:\n%s", diff)
	}

	anew := want[1]
	anew.SchemaVersion = SchemaVersion
	anew.ClassifierVersion = 1
	anew.RecordedAt = at(1, 0, 0, 0)
	anew.Summary = "explained anew"
	stops.Add(anew)
	if got := stops.Shown()[1].Summary; got != "explained anew" {
		t.Errorf("a record without a classifierVersion gives way to any that has one; shown is %q", got)
	}
}

// TestAStoppingTaskNeverHidesItsEnd: whoever said it, with whatever tables, and however late.
func TestAStoppingTaskNeverHidesItsEnd(t *testing.T) {
	at := func(minute int) Time { return Time{time.Date(2026, 11, 20, 12, minute, 0, 0, time.UTC)} }
	end := Record{DedupKey: "a", SourceRank: rankSomebody, ClassifierVersion: 1, RecordedAt: at(1), Summary: "ended"}
	stopping := Record{DedupKey: "a", SourceRank: rankECS, ClassifierVersion: 2, RecordedAt: at(9), CheckedAt: at(9),
		StillStopping: "yes", Summary: "stopping"}
	for _, records := range [][]Record{{end, stopping}, {stopping, end}} {
		if shown := Shown(records); len(shown) != 1 || shown[0].Summary != "ended" {
			t.Errorf("shown is %+v", shown)
		}
	}
}

func TestStopsAreTheSameInAnyOrder(t *testing.T) {
	at := func(minute int) Time { return Time{time.Date(2026, 11, 20, 12, minute, 0, 0, time.UTC)} }
	records := []Record{
		{
			DedupKey:          "a",
			ClassifierVersion: 1,
			CheckedAt:         at(1),
			RecordedAt:        at(9),
			StoppedAt:         at(0),
			Summary:           "checked by an older classifier",
		},
		{
			DedupKey:          "a",
			ClassifierVersion: 2,
			CheckedAt:         at(3),
			RecordedAt:        at(3),
			StoppedAt:         at(0),
			Summary:           "checked",
		},
		{
			DedupKey:          "a",
			ClassifierVersion: 2,
			CheckedAt:         at(7),
			RecordedAt:        at(8),
			StoppedAt:         at(0),
			Summary:           "checked later",
		},
		{DedupKey: "a", ClassifierVersion: 2, RecordedAt: at(9), StoppedAt: at(0), Summary: "not checked"},
		{DedupKey: "sha256:b", ClassifierVersion: 2, RecordedAt: at(5), Summary: "time not known"},
	}
	for first := range records {
		var stops Stops
		for i := range records {
			stops.Add(records[(first+i)%len(records)])
		}
		var got []string
		for _, r := range stops.Shown() {
			got = append(got, r.Summary)
		}
		if diff := cmp.Diff([]string{"time not known", "checked"}, got); diff != "" {
			t.Errorf("beginning with %d: -want +shown:\n%s", first, diff)
		}
	}
	if none := (&Stops{}).Shown(); len(none) != 0 {
		t.Errorf("nothing added, %d shown", len(none))
	}
}
