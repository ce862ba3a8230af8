package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/ingest"
)

// loadEvents is the variable that says how many events TestLoad hands over:
//
//	WHYSTOPPED_LOAD_EVENTS=100000 go test -tags slow -count=1 -timeout 30m -v -run '^TestLoad$' ./lambda
const loadEvents = "WHYSTOPPED_LOAD_EVENTS"

// TestLoad hands 5,000 events to four processes, which have the least memory that Lambda gives, while one call of
// CloudWatch Logs in ten goes wrong, and tries an event again twice, as Lambda does. Every second event has time for
// retries within its invocation, the others have none. What failed every time is handed over once more, as redrive
// does. Then every event is archived, as it was sent, and nothing else is.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("the load test takes up to 90 s: run it without -short")
	}
	const processes, attempts, early = 4, 3, 1000
	sent, err := strconv.Atoi(cmp.Or(os.Getenv(loadEvents), "5000"))
	if err != nil {
		t.Fatal(loadEvents, err)
	}
	server := service(t)
	nothing := ""
	for _, fault := range []cwlogstest.Fault{ // the first that concerns a call happens: together every tenth call
		{Every: 400, Delay: time.Hour, Status: 503, Code: "ServiceUnavailableException"}, // hangs
		{Every: 200, Delay: time.Hour}, // hangs when all is done
		{Every: 70, Half: true},
		{Every: 60, Status: 200, Body: &nothing},
		{Every: 50, Status: 500, Code: "InternalFailure"},
		{Every: 40, Status: 400, Code: "ThrottlingException", Message: "Rate exceeded"},
		{Every: 30, Cut: true, Stored: true},
		{Every: 20, Status: 503, Code: "ServiceUnavailableException"},
		{Every: 10, Cut: true},
	} {
		server.Inject(fault)
	}
	api := newRuntimeAPI(t)
	var functions []*function
	for range processes {
		functions = append(functions,
			startProgram(t, within(t, bootstrap, leastMemory), api, server.URL, stack.EnvLogGroup+"="+group))
	}

	event := func(i int) []byte {
		return stopped(t, taskName(i), object{
			"clusterArn": fmt.Sprintf("arn:aws:ecs:eu-west-1:111122223333:cluster/cluster-%d", i%3),
			"group":      fmt.Sprintf("service:service-%02d", i%20),
		})
	}
	done := make([]bool, sent)
	var next, finished, invocations, failed, redriven atomic.Int64
	var earlyMemory int
	begin := time.Now()
	var workers sync.WaitGroup
	for range processes {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < sent; i = int(next.Add(1)) - 1 {
				timeout := 3 * time.Second
				if i%2 == 0 {
					timeout = margin + 100*time.Millisecond
				}
				for attempt := 0; attempt < 2*attempts && !done[i]; attempt++ {
					if attempt == attempts {
						timeout = 10 * time.Second
						redriven.Add(1)
					}
					_, answered := api.submit(t.Context(), event(i), timeout)
					select {
					case a := <-answered:
						invocations.Add(1)
						done[i] = !a.failed
						if a.failed {
							failed.Add(1)
						}
					case <-time.After(patience):
						t.Errorf("%s has no answer after %s", taskName(i), patience)
						return
					}
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
	calls, streams := server.Calls("PutLogEvents"), server.Calls("CreateLogStream")
	again := compareWithSent(t, server, sent, event)
	if t.Failed() {
		t.FailNow() // there is nothing to count where an answer is missing
	}
	if i := slices.Index(done, false); i >= 0 {
		t.Errorf("%s was never reported as archived", taskName(i))
	}

	counted := map[string]int{}
	var used time.Duration
	peak := 0
	for _, f := range functions {
		peak = max(peak, peakMemory(t, f))
		for line := range bytes.Lines([]byte(f.stop())) {
			if !bytes.Contains(line, []byte(`"_aws"`)) {
				continue
			}
			values, err := metricsOf(line)
			if err != nil || len(values) != 2 {
				t.Fatalf("CloudWatch takes %v out of %s: %v", values, line, err)
			}
			counted[values[0].Metric]++
		}
		used += f.cmd.ProcessState.UserTime() + f.cmd.ProcessState.SystemTime()
	}
	if stops, failures := counted["Whystopped Stops"],
		counted["Whystopped IngestFailures"]; stops != sent || failures != int(failed.Load()) {
		t.Errorf("the metrics count %d stops and %d failures; %d events were reported as archived and %d invocations "+
			"failed", stops, failures, sent, failed.Load())
	}
	if failed.Load() == 0 || redriven.Load() > int64(sent/100) {
		t.Errorf("%d invocations failed and %d events failed %d times: the faults are not those that were meant",
			failed.Load(), redriven.Load(), attempts)
	}
	if float64(lateMemory) > 1.3*float64(earlyMemory) {
		t.Errorf("resident memory grew from %d to %d KiB", earlyMemory, lateMemory)
	}
	if peak > leastMemory {
		t.Errorf("a process took %d bytes, and Lambda gives %d", peak, leastMemory)
	}

	t.Logf("%d events in %.1f s by %d processes: %.0f events/s, %.2f ms of processor time per event",
		sent, took.Seconds(), processes, float64(sent)/took.Seconds(), used.Seconds()*1000/float64(sent))
	t.Logf("%d invocations, of which %d failed and were tried again; %d events failed %d times and were redriven",
		invocations.Load(), failed.Load(), redriven.Load(), attempts)
	t.Logf("%d calls of PutLogEvents and %d of CreateLogStream, %d of them faults; %d records were written more than "+
		"once, under the same key", calls, streams, calls/10+streams/10, again)
	t.Logf("resident memory of a process: %d KiB after %d events in all, %d KiB at the end, %d KiB at most",
		earlyMemory/processes, early, lateMemory/processes, peak/1024)
}

func taskName(i int) string { return fmt.Sprintf("task-%06d", i) }

// compareWithSent wants what is stored to be the records of the events of the tasks 0 to sent-1: none lost, none
// invented, none changed. It returns how many were written once more.
func compareWithSent(t *testing.T, server *cwlogstest.Server, sent int, event func(int) []byte) (again int) {
	t.Helper()
	stored := map[string][]archive.Record{} // by dedupKey
	for _, r := range records(t, server) {
		stored[r.DedupKey] = append(stored[r.DedupKey], r)
	}
	lost, changed := 0, 0
	for i := range sent {
		var want archive.Record
		pipeline := ingest.Pipeline{Source: archive.SourceEvent, Now: time.Now,
			Store: putFunc(func(_ context.Context, r archive.Record) error { want = r; return nil })}
		if _, err := pipeline.Ingest(t.Context(), event(i)); err != nil {
			t.Fatal(err)
		}
		got := stored[taskName(i)]
		delete(stored, taskName(i))
		if len(got) == 0 {
			lost++
		}
		again += max(0, len(got)-1)
		for _, r := range got {
			r.RecordedAt = want.RecordedAt
			if is, should := encoded(t, r), encoded(t, want); is != should {
				if changed++; changed == 1 {
					t.Errorf("%s is stored as\n%s\nand should be\n%s", taskName(i), is, should)
				}
			}
		}
	}
	if lost+len(stored)+changed > 0 {
		t.Errorf("of %d events %d are lost and %d changed, %d records are of nothing that was sent: %q",
			sent, lost, changed, len(stored), slices.Collect(maps.Keys(stored)))
	}
	return again
}

func encoded(t *testing.T, r archive.Record) string {
	line, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
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
