package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
)

// compile builds a package as the function is deployed, for this machine unless the environment says otherwise.
func compile(program, out string, environment ...string) error {
	build := exec.Command("go", "build",
		"-trimpath", "-buildvcs=false", "-gcflags=github.com/aws/aws-sdk-go-v2/service/...=-l", "-tags", "lambda.norpc",
		"-ldflags", "-s -w -buildid=", "-o", out, program)
	build.Env = slices.Concat(os.Environ(), []string{"CGO_ENABLED=0"}, environment)
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", build, err, said)
	}
	return nil
}

// BenchmarkFirstEvent measures the time from the start of the process to the answer to its first event, by turns with a
// program that only loads the AWS configuration and puts one log event. Both run against the stand-ins on this machine;
// x-floor is the ratio of their medians, which is to stay below 1.6.
func BenchmarkFirstEvent(b *testing.B) {
	server := cwlogstest.NewServer()
	b.Cleanup(server.Close)
	server.CreateGroup(group, 30)
	event := stopped(b, "task-one", nil)
	dir := b.TempDir()
	function, floor := filepath.Join(dir, "function"), filepath.Join(dir, "floor")
	for program, out := range map[string]string{".": function, "./testdata/floor": floor} {
		if err := compile(program, out); err != nil {
			b.Fatal(err)
		}
	}

	first := func(program string) time.Duration {
		api := newRuntimeAPI(b)
		start := time.Now()
		f := startProgram(b, program, api, server.URL, stack.EnvLogGroup+"="+group, "LOG_GROUP="+group,
			"LOG_STREAM=prod/web/")
		a, _ := f.invoke(event, patience)
		took := time.Since(start)
		if a.failed || a.body != `{"records":1}` {
			b.Fatalf("%s answered %+v", program, a)
		}
		f.stop()
		return took
	}
	first(function) // makes the stream
	first(floor)
	var functions, floors []time.Duration
	for b.Loop() {
		floors = append(floors, first(floor))
		functions = append(functions, first(function))
	}
	least, work := median(floors), median(functions)
	ratio := float64(work) / float64(least)
	b.ReportMetric(ratio, "x-floor")
	b.ReportMetric(float64(least)/float64(time.Millisecond), "floor-ms")
	b.ReportMetric(float64(work)/float64(time.Millisecond), "function-ms")
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}
