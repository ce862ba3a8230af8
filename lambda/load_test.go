package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
)

// TestLoad hands 20,000 events to four processes while one call of CloudWatch Logs in ten goes wrong, and tries an
// event again twice, as Lambda does. Every second event has time for retries within its invocation, the others have
// none.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("the load test takes up to 90 s: run it without -short")
	}
	const sent, processes, attempts, early = 20_000, 4, 3, 1000
	server := service(t)
	for _, fault := range []cwlogstest.Fault{ // the first that concerns a call happens: together every tenth call
		{Operation: "PutLogEvents", Every: 40, Status: 400, Code: "ThrottlingException", Message: "Rate exceeded"},
		{Operation: "PutLogEvents", Every: 20, Status: 503, Code: "ServiceUnavailableException"},
		{Operation: "PutLogEvents", Every: 30, Cut: true, Stored: true},
		{Operation: "PutLogEvents", Every: 10, Cut: true},
	} {
		server.Inject(fault)
	}
	api := newRuntimeAPI(t)
	var functions []*function
	for range processes {
		functions = append(functions, startProgram(t, bootstrap, api, server.URL, stack.EnvLogGroup+"="+group))
	}

	name := func(i int) string { return fmt.Sprintf("task-%05d", i) }
	var done [sent]bool
	var next, finished, invocations, failed, undelivered, lost atomic.Int64
	var earlyMemory int
	begin := time.Now()
	var workers sync.WaitGroup
	for range processes {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < sent; i = int(next.Add(1)) - 1 {
				timeout := 10 * time.Second
				if i%2 == 0 {
					timeout = margin + 100*time.Millisecond
				}
				event := stopped(t, name(i), object{
					"clusterArn": fmt.Sprintf("arn:aws:ecs:eu-west-1:111122223333:cluster/cluster-%d", i%3),
					"group":      fmt.Sprintf("service:service-%02d", i%20),
				})
				for attempt := 0; attempt < attempts && !done[i]; attempt++ {
					_, answered := api.submit(t.Context(), event, timeout)
					select {
					case a := <-answered:
						invocations.Add(1)
						done[i] = !a.failed
						if a.failed {
							failed.Add(1)
						}
					case <-time.After(patience):
						lost.Add(1)
						return
					}
				}
				if !done[i] {
					undelivered.Add(1)
				}
				if finished.Add(1) == early {
					earlyMemory = residentMemory(t, functions)
				}
			}
		})
	}
	workers.Wait()
	took := time.Since(begin)
	lateMemory := residentMemory(t, functions)
	if lost.Load() > 0 {
		t.Fatalf("%d events have no answer after %s", lost.Load(), patience)
	}

	written := map[string]int{} // by dedupKey
	keys := map[string]string{} // dedupKey by event
	for _, r := range records(t, server) {
		written[r.DedupKey]++
		if key, known := keys[r.EventID]; known && key != r.DedupKey {
			t.Errorf("event %s is written as %s and as %s", r.EventID, key, r.DedupKey)
		}
		keys[r.EventID] = r.DedupKey
	}
	again := 0
	for i := range sent {
		n := written[name(i)]
		delete(written, name(i))
		if done[i] && n == 0 {
			t.Errorf("%s was reported as archived and is not", name(i))
		}
		again += max(0, n-1)
	}
	if len(written) > 0 {
		t.Errorf("written under keys that no event has: %v", written)
	}

	counted := map[string]int{}
	var used time.Duration
	for _, f := range functions {
		for line := range bytes.Lines([]byte(f.stop())) {
			if !bytes.Contains(line, []byte(`"_aws"`)) {
				continue
			}
			values, err := metricsOf(line)
			if err != nil || len(values) != 3 {
				t.Fatalf("CloudWatch takes %v out of %s: %v", values, line, err)
			}
			counted[values[0].Metric]++
		}
		used += f.cmd.ProcessState.UserTime() + f.cmd.ProcessState.SystemTime()
	}
	if stops, failures := counted["Whystopped Stops"],
		counted["Whystopped IngestFailures"]; stops != sent-int(undelivered.Load()) || failures != int(failed.Load()) {
		t.Errorf("the metrics count %d stops and %d failures; %d events were reported as archived and %d invocations "+
			"failed",
			stops, failures, sent-undelivered.Load(), failed.Load())
	}
	if failed.Load() == 0 || undelivered.Load() > sent/100 {
		t.Errorf("%d invocations failed and %d events failed every time: the faults are not those that were meant",
			failed.Load(), undelivered.Load())
	}
	if float64(lateMemory) > 1.3*float64(earlyMemory) {
		t.Errorf("resident memory grew from %d to %d KiB", earlyMemory, lateMemory)
	}

	calls := server.Calls("PutLogEvents")
	t.Logf("%d events in %.1f s by %d processes: %.0f events/s, %.2f ms of processor time per event",
		sent, took.Seconds(), processes, sent/took.Seconds(), used.Seconds()*1000/sent)
	t.Logf("%d invocations, of which %d failed and were tried again; %d events failed %d times and go to the failure "+
		"queue",
		invocations.Load(), failed.Load(), undelivered.Load(), attempts)
	t.Logf("%d calls of PutLogEvents, %d of them retries within an invocation; %d records were written more than "+
		"once, under the same key",
		calls, int64(calls)-invocations.Load(), again)
	t.Logf("resident memory of a process: %d KiB after %d events in all, %d KiB at the end", earlyMemory/processes,
		early, lateMemory/processes)
}

// residentMemory is what all processes hold, in KiB.
func residentMemory(t *testing.T, functions []*function) int {
	sum := 0
	for _, f := range functions {
		out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(f.cmd.Process.Pid)).Output()
		size, notNumber := strconv.Atoi(strings.TrimSpace(string(out)))
		if err != nil || notNumber != nil {
			t.Errorf("ps said %q: %v", out, err)
		}
		sum += size
	}
	return sum
}
