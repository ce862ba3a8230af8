package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
)

// TestAnEventWhoseProcessWasKilledIsArchived kills the process of half of all invocations somewhere in their work,
// with SIGKILL, which is what Lambda does at the deadline, or with SIGTERM, and hands the event to a new one: twice,
// as Lambda does, and then once more, as redrive does. Every event is archived, as it was sent, and nothing else is.
func TestAnEventWhoseProcessWasKilledIsArchived(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some 150 processes: run it without -short")
	}
	const sent, workers, attempts = 150, 2, 3
	server := service(t)
	// between the write and its answer there is time to be killed as well
	server.Inject(cwlogstest.Fault{Operation: "PutLogEvents", Delay: 5 * time.Millisecond})
	event := func(i int) []byte {
		return stopped(t, taskName(i), object{"group": fmt.Sprintf("service:service-%d", i%5)})
	}
	var next atomic.Int64
	killed := [2]atomic.Int64{}
	signals := [2]os.Signal{syscall.SIGKILL, syscall.SIGTERM}
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			var f *function
			usual := 15 * time.Millisecond // from the hand-over to the answer
			for i := int(next.Add(1)) - 1; i < sent; i = int(next.Add(1)) - 1 {
				for attempt, done := 0, false; !done; attempt++ {
					if f == nil {
						f = startProgram(t, bootstrap, newRuntimeAPI(t), server.URL, stack.EnvLogGroup+"="+group)
					}
					_, answered := f.api.submit(t.Context(), event(i), 10*time.Second)
					begin := time.Now()
					var moment <-chan time.Time
					if attempt < attempts && rand.N(2) == 0 {
						moment = time.After(rand.N(usual))
					}
					select {
					case a := <-answered:
						if done = !a.failed; !done {
							t.Errorf("%s: answered %+v", taskName(i), a)
							return
						}
						usual = time.Since(begin)
					case <-moment:
						by := rand.N(len(signals))
						killed[by].Add(1)
						f.cmd.Process.Signal(signals[by])
						select {
						case <-f.alive.Done():
						case <-time.After(patience):
							t.Errorf("%s does not end the process", signals[by])
							return
						}
						f = nil
					case <-time.After(patience):
						t.Errorf("%s has no answer after %s", taskName(i), patience)
						return
					}
				}
			}
		})
	}
	running.Wait()
	again := compareWithSent(t, server, sent, event)
	all := killed[0].Load() + killed[1].Load()
	if again == 0 || int64(again) == all || killed[0].Load() == 0 || killed[1].Load() == 0 {
		t.Errorf("of %d kills %d came after the write: these are not the moments that were meant", all, again)
	}
	t.Logf("%d processes were killed with SIGKILL and %d with SIGTERM, %d of these between the write and its answer",
		killed[0].Load(), killed[1].Load(), again)
}
