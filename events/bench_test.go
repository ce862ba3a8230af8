package events_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// BenchmarkExplain reports what reading and explaining an event costs as a multiple of its floor, a plain
// json.Unmarshal of the same event into the same structs, measured in the same run. Both are medians, which a busy
// machine moves least, and both read by package encoding/json: with GOEXPERIMENT=jsonv2 the figures are those of the
// next one. The floor's allocations are not among those of an explained event.
func BenchmarkExplain(b *testing.B) {
	for _, sample := range []string{
		"image-unreachable-fargate-ecr-no-route",
		"registry-auth-denied",
		"oom-with-sidecar",
		"crashed-exit-1",
		"scaled-in",
		"unknown-text-and-stop-code",
	} {
		raw, err := os.ReadFile("samples/" + sample + ".json")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(sample, func(b *testing.B) {
			var floor, work []time.Duration
			for b.Loop() {
				start := time.Now()
				var d events.Document
				if err := json.Unmarshal(raw, &d); err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				stops, err := events.Parse(raw)
				if err != nil {
					b.Fatal(err)
				}
				classifier.Classify(stops[0])
				floor = append(floor, middle.Sub(start))
				work = append(work, time.Since(middle))
			}
			b.ReportMetric(float64(median(work))/float64(median(floor)), "x-floor")
			b.ReportMetric(testing.AllocsPerRun(100, func() {
				stops, _ := events.Parse(raw) // which it read above
				classifier.Classify(stops[0])
			}), "allocs/explained")
		})
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
