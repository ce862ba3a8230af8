package main

import (
	"strings"
	"testing"

	"whystopped/events"
)

// raises reports whether the alarm of a service, as it stands in the template, is in ALARM after the counts.
func (tpl template) raises(t *testing.T, desired int, counts []int) bool {
	t.Helper()
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		if !strings.Contains(alarm.Properties["AlarmName"].(string), "below-desired") {
			continue
		}
		expression := alarm.Properties["Metrics"].([]any)[0].(object)["Expression"]
		if expression != "desired - FILL(running, 0)" {
			t.Fatalf("the alarm reckons with %v, and this test does not", expression)
		}
		periods := int(alarm.Properties["EvaluationPeriods"].(float64))
		for _, count := range counts[len(counts)-periods:] {
			breaching := alarm.Properties["TreatMissingData"] == "breaching"
			if desired >= 0 {
				breaching = float64(desired-max(count, 0)) >= alarm.Properties["Threshold"].(float64)
			}
			if !breaching {
				return false
			}
		}
		return true
	}
	t.Fatal("there is no alarm for a service")
	return false
}

// TestServiceAlarmCounts says what the alarm of a service is to do; the first of each is the count that is desired, -1
// for no data.
func TestServiceAlarmCounts(t *testing.T) {
	tpl := synthesize(t, everything...)
	for _, tt := range []struct {
		name    string
		desired int
		running []int
		want    bool
	}{
		{"all run", 3, []int{3, 3, 3, 3, 3}, false},
		{"more run, during a deployment", 3, []int{6, 6, 5, 4, 4}, false},
		{"one is missing", 3, []int{2, 2, 2, 2, 2}, true},
		{"one was missing for a while", 3, []int{2, 2, 2, 2, 3}, false},
		{"none runs", 3, []int{0, 0, 0, 0, 0}, true},
		{"none runs, so that there is no count", 3, []int{-1, -1, -1, -1, -1}, true},
		{"none is wanted", 0, []int{-1, -1, -1, -1, -1}, false},
		{"nothing is known", -1, []int{-1, -1, -1, -1, -1}, true},
	} {
		if got := tpl.raises(t, tt.desired, tt.running); got != tt.want {
			t.Errorf("%s: the alarm is raised: %v", tt.name, got)
		}
	}
}

func answersOf(t *testing.T, h happening) [ways]string {
	t.Helper()
	cells, err := h.answers()
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// TestMatrixKnowsTheAlarm holds the matrix, which is printed without a template, to the alarm of the template; its
// other columns ask the rules, which TestRules holds the template to.
func TestMatrixKnowsTheAlarm(t *testing.T) {
	tpl := synthesize(t, everything...)
	for _, h := range happenings {
		if got := h.counts != nil && tpl.raises(t, 1, h.counts); got != h.raises() {
			t.Errorf("%s, %s: the alarm is raised: %v, the matrix says %v", h.structure, h.what, got, h.raises())
		}
	}
}

// TestEveryHappeningIsNoticed: whatever happens is caught in one way at least, and read as what it is.
func TestEveryHappeningIsNoticed(t *testing.T) {
	kinds := [ways]events.Kind{byStop: events.KindTask, byRunning: events.KindContainer,
		byWatcher: events.KindContainer, byService: events.KindService, byCall: events.KindRequest}
	used := [ways]int{}
	for _, h := range happenings {
		noticed := false
		for way, cell := range answersOf(t, h) {
			if cell != "–" {
				used[way]++
				noticed = true
			}
			if h.seen[way] == "" {
				continue
			}
			stops, err := events.Parse([]byte(h.seen[way]))
			if err != nil || len(stops) == 0 {
				t.Fatalf("%s, %s: %s: %v", h.structure, h.what, wayNames[way], err)
			}
			if k := stops[0].Kind; k != kinds[way] && k != events.KindDeployment {
				t.Errorf("%s, %s: the %s is read as a %s", h.structure, h.what, wayNames[way], k)
			}
		}
		if !noticed {
			t.Errorf("%s, %s: nobody notices", h.structure, h.what)
		}
	}
	for way, n := range used {
		if n == 0 {
			t.Errorf("the %s notices nothing: its column is empty", wayNames[way])
		}
	}
}

// TestBothWaysTellOfTheSameEnd: what ECS and the watcher say of one end becomes one stop to whoever reads the archive.
func TestBothWaysTellOfTheSameEnd(t *testing.T) {
	a, b, err := walkThrough("..")
	if err != nil {
		t.Fatal(err)
	}
	if a.DedupKey != b.DedupKey || a.Class != b.Class || a.Signature != b.Signature || a.Source == b.Source {
		t.Errorf("%s %s %s from %s, and %s %s %s from %s", a.DedupKey, a.Class, a.Signature, a.Source, b.DedupKey,
			b.Class, b.Signature, b.Source)
	}
}
