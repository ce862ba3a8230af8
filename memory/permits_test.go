package memory_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whystopped/memory"
)

// TestNoMoreThanTenHoldAPermit has forty processes take, hold and return permits as they like; some die with theirs,
// some come back late. Never do more than ten look up at once, and nobody waits for longer than a second.
func TestNoMoreThanTenHoldAPermit(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			table := memory.NewLocal(time.Now)
			var mu sync.Mutex
			asking, most, given, refused := 0, 0, 0, 0
			var all sync.WaitGroup
			for range 40 {
				p := memory.NewPermits(table, time.Now)
				holds := make([]time.Duration, 10)
				for i := range holds {
					holds[i] = time.Duration(random.IntN(8000)) * time.Millisecond
				}
				dies := random.IntN(3) == 0
				all.Go(func() {
					for i, d := range holds {
						begin := time.Now()
						permit, _, err := p.Take(t.Context())
						if waited := time.Since(begin); err != nil || waited > 1200*time.Millisecond {
							t.Errorf("%v after %s", err, waited)
						}
						mu.Lock()
						if permit == "" {
							refused++
							mu.Unlock()
							time.Sleep(d)
							continue
						}
						given++
						asking++
						most = max(most, asking)
						mu.Unlock()
						time.Sleep(d) // a look-up ends after 8 s
						mu.Lock()
						asking--
						mu.Unlock()
						if dies && i == len(holds)/2 {
							return
						}
						p.Return(t.Context(), permit, nil)
					}
				})
			}
			all.Wait()
			if most != 10 || given < 100 || refused == 0 {
				t.Errorf("seed %d: %d at once, %d given, %d refused", seed, most, given, refused)
			}
		})
	}
}

func TestThePermitOfADeadHolderIsGivenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := memory.NewPermits(memory.NewLocal(time.Now), time.Now)
		var first string
		for range 10 {
			permit, _, err := p.Take(t.Context())
			if permit == "" || err != nil {
				t.Fatal(permit, err)
			}
			first = permit
		}
		if permit, _, err := p.Take(t.Context()); permit != "" || err != nil {
			t.Fatalf("an eleventh is given: %q, %v", permit, err)
		}
		time.Sleep(15 * time.Second)
		seen := map[string]bool{}
		for range 10 {
			permit, _, err := p.Take(t.Context())
			if permit == "" || seen[permit] || err != nil {
				t.Fatalf("after 15 s: %q, %v", permit, err)
			}
			seen[permit] = true
		}
		if err := p.Return(t.Context(), first, nil); err != nil {
			t.Fatal(err)
		}
		if permit, _, _ := p.Take(t.Context()); permit != "" {
			t.Error("a permit that came back too late frees that of another")
		}
	})
}

// TestWhatWasCalledGoesWithThePermit takes those first with which nothing was called, and hands on what was.
func TestWhatWasCalledGoesWithThePermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := memory.NewPermits(memory.NewLocal(time.Now), time.Now)
		at := time.Now().Add(20 * time.Second).Truncate(time.Millisecond)
		for i := range 10 {
			permit, recovered, err := p.Take(t.Context())
			if err != nil || len(recovered) > 0 {
				t.Fatalf("permit %d was called with: %v, %v", i, recovered, err)
			}
			p.Return(t.Context(), permit,
				map[string]time.Time{"ec2:DescribeVpcs": at.Add(time.Duration(-i) * time.Second)})
		}
		_, recovered, _ := p.Take(t.Context())
		if got := recovered["ec2:DescribeVpcs"]; !got.Equal(at.Add(-9 * time.Second)) {
			t.Errorf("recovered at %s, which is not the least called with", got)
		}
	})
}

// away is a table that does not answer, or answers with an error.
type away struct{ err error }

func (a away) Query(ctx context.Context, _ string) ([]memory.Item, error) { return nil, a.wait(ctx) }

func (a away) Write(ctx context.Context, _ memory.Write) (memory.Item, bool, error) {
	return memory.Item{}, false, a.wait(ctx)
}

func (a away) wait(ctx context.Context) error {
	if a.err == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return a.err
}

func TestATableThatIsAwayIsNotWaitedFor(t *testing.T) {
	for _, table := range []away{{}, {errors.New("AccessDeniedException")}} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			permits := memory.NewPermits(table, time.Now)
			for range 10 {
				if _, _, err := permits.Take(t.Context()); err == nil {
					t.Error("a permit is given")
				}
			}
			if took := time.Since(begin); took > 300*time.Millisecond {
				t.Errorf("took %s", took)
			}
		})
	}
}
