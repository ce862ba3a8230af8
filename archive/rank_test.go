package archive

import (
	"encoding/json"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// Whoever has a file or may put events can write a record with any key, verdict and time. It never hides what ECS said,
// in whichever order both come and whatever else speaks for it.
func TestAWeakerRecordNeverHidesAStronger(t *testing.T) {
	at := func(minute int) Time { return Time{time.Date(2026, 11, 20, 12, minute, 0, 0, time.UTC)} }
	sources := map[Source]int{
		SourceEvent:      rankECS,
		SourceBackfill:   rankECS,
		SourceRedrive:    rankECS,
		SourceReclassify: rankECS,
		SourceFile:       rankSomebody,
		SourceWatcher:    rankSomebody,
	}
	for weak, weakRank := range sources {
		for strong, strongRank := range sources {
			if weakRank >= strongRank {
				continue
			}
			for _, withRank := range []bool{true, false} {
				for _, kind := range []string{"task", "container"} {
					truth := Record{
						Kind:              kind,
						DedupKey:          "a",
						Source:            strong,
						ClassifierVersion: 1,
						RecordedAt:        at(5),
						StoppedAt:         at(5),
						Verdict:           "failure",
					}
					forged := Record{
						Kind:              kind,
						DedupKey:          "a",
						Source:            weak,
						ClassifierVersion: classifier.Version,
						RecordedAt:        at(9),
						StoppedAt:         at(1),
						CheckedAt:         at(1),
						Verdict:           "expected",
					}
					if withRank {
						truth.SourceRank, forged.SourceRank = strongRank, weakRank
					}
					for _, order := range [][]Record{{truth, forged}, {forged, truth}} {
						if got := Shown(order); len(got) != 1 || got[0].Verdict != "failure" {
							t.Errorf("%s of source %s hides %s, rank written %t", kind, weak, strong, withRank)
						}
					}
				}
			}
		}
	}
}

// Of two watched ends of one container the first that was recorded is shown: the time in them is anybody's.
func TestAnEarlierFinishWinsNothingAmongWatchedEnds(t *testing.T) {
	at := func(minute int) Time { return Time{time.Date(2026, 11, 20, 12, minute, 0, 0, time.UTC)} }
	seen := Record{
		Kind:       "container",
		DedupKey:   "a#b",
		Source:     SourceWatcher,
		RecordedAt: at(5),
		StoppedAt:  at(5),
		Verdict:    "failure",
	}
	forged := Record{
		Kind:       "container",
		DedupKey:   "a#b",
		Source:     SourceWatcher,
		RecordedAt: at(6),
		StoppedAt:  at(1),
		Verdict:    "expected",
	}
	for _, order := range [][]Record{{seen, forged}, {forged, seen}} {
		if got := Shown(order); got[0].Verdict != "failure" {
			t.Errorf("shown: %+v", got)
		}
	}
}

func TestTheRankOfASource(t *testing.T) {
	watched := events.Stop{Kind: events.KindContainer, Watched: true, Containers: []events.Container{{Name: "app"}}}
	tests := []struct {
		name   string
		stop   events.Stop
		source Source
		want   int
	}{
		{"event", events.Stop{Kind: events.KindTask}, SourceEvent, rankECS},
		{"backfill", events.Stop{Kind: events.KindTask}, SourceBackfill, rankECS},
		{"redrive", events.Stop{Kind: events.KindTask}, SourceRedrive, rankECS},
		{"file", events.Stop{Kind: events.KindTask}, SourceFile, rankSomebody},
		{"watcher", watched, SourceEvent, rankSomebody},
		{"watcher from a failure queue", watched, SourceRedrive, rankSomebody},
	}
	for _, test := range tests {
		r := NewRecord(test.stop, classifier.Classify(test.stop), test.source, time.Now())
		line, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var written struct{ SourceRank int }
		if err := json.Unmarshal(line, &written); err != nil || written.SourceRank != test.want ||
			r.Rank() != test.want {
			t.Errorf("%s: %d is written, want %d (error %v)", test.name, written.SourceRank, test.want, err)
		}
	}
}
