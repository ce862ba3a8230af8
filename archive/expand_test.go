package archive

import (
	"fmt"
	"os"
	"path/filepath"
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
				if want, got := fmt.Sprint(c.Checks(&s, &f)), fmt.Sprint(r.Checks(c)); got != want &&
					!strings.Contains(fmt.Sprint(c.Check()), "{memory") {
					t.Errorf("%s, %s\n got %s\nwant %s", filepath.Base(file), c.ID, got, want)
				}
				for _, template := range []string{c.Title, c.Why, c.Fix} {
					want, got := classifier.Fill(template, &s, &f), r.Expand(template)
					if got != want && !strings.Contains(template, "{memory") {
						t.Errorf("%s, %s\n got %s\nwant %s", filepath.Base(file), c.ID, got, want)
					}
				}
			}
		}
	}
}
