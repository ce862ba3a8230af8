package main

import (
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// BenchmarkWarmRun holds `go run ./infra`, the compiler's caches being warm, to three times what an empty CDK app takes
// in the same run. Both run in turn, and of each the median counts.
func BenchmarkWarmRun(b *testing.B) {
	run := func(app string) time.Duration {
		start := time.Now()
		command := exec.Command("go", "run", app)
		command.Env = append(os.Environ(), "CDK_OUTDIR="+b.TempDir())
		if output, err := command.CombinedOutput(); err != nil {
			b.Fatalf("go run %s: %v\n%s", app, err, output)
		}
		return time.Since(start)
	}
	const ours, empty = ".", "./testdata/empty"
	run(ours)
	run(empty)
	var took, least []time.Duration
	for b.Loop() {
		took = append(took, run(ours))
		least = append(least, run(empty))
	}
	slices.Sort(took)
	slices.Sort(least)
	ratio := float64(took[len(took)/2]) / float64(least[len(least)/2])
	b.ReportMetric(took[len(took)/2].Seconds(), "s/run")
	b.ReportMetric(least[len(least)/2].Seconds(), "s/empty")
	b.ReportMetric(ratio, "times-empty")
}
