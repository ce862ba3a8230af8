package archive

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// TestRecordsFillTemplatesAsFindingsDo holds that what is printed from a record reads as it does from the stop itself.
// Only a container's memory limit is not recorded.
func TestRecordsFillTemplatesAsFindingsDo(t *testing.T) {
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range stops {
			s = RedactStop(s)
			f := classifier.Classify(s)
			r := NewRecord(s, f, SourceFile, time.Now())
			for _, p := range f.Causes {
				c, _ := classifier.FindCause(p.Cause)
				if want, got := c.Checks(&s, &f), r.Checks(c); !slices.Equal(got, want) &&
					!strings.Contains(strings.Join(c.Check, ""), "{memory") {
					t.Errorf("%s, %s\n got %q\nwant %q", filepath.Base(file), c.ID, got, want)
				}
				for _, template := range append([]string{c.Title, c.Why, c.Fix}, c.Check...) {
					want, got := classifier.Fill(template, &s, &f), r.Expand(template)
					if got != want && !strings.Contains(template, "{memory") {
						t.Errorf("%s, %s\n got %s\nwant %s", filepath.Base(file), c.ID, got, want)
					}
				}
			}
		}
	}
}
