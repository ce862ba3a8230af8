package watcher

import (
	"os"
	"path/filepath"
	"testing"

	"whystopped/events"
)

// TestEventsAreCaughtAndRead holds the watcher to what the rest of the house understands: its rule catches each event,
// and the event is one container's end.
func TestEventsAreCaughtAndRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.event.json")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		event, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(event)
		if err != nil || len(stops) != 1 {
			t.Fatalf("%s: %d stops, %v", file, len(stops), err)
		}
		s := stops[0]
		text, err := events.WatcherPattern(events.Options{Clusters: []string{"orders", "web"}}, s.Account, s.Region)
		if err != nil {
			t.Fatal(err)
		}
		pattern, err := events.CompilePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		if caught, err := pattern.Match(event); err != nil || !caught {
			t.Errorf("%s: caught %t, %v", file, caught, err)
		}
		if s.Kind != events.KindContainer || !s.Watched || s.TaskID == "" || s.Cluster == "" ||
			s.Container().Name == "" || s.Container().RuntimeID == "" {
			t.Errorf("%s is read as %+v", file, s)
		}
	}
}
