package ingest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/memory"
)

const otherTask = "7d7d22aa0b7d4b51a9c1b6a1f3e2d9d2"

// process is a pipeline of a process of its own whose look-ups take almost two seconds, and find what they are told.
func process(proofs Proofs, looks *atomic.Int64, reason string) *Pipeline {
	p, _ := pipeline(never)
	p.Now, p.Proofs = time.Now, proofs
	p.Gatherer = gatheredFunc(func(s events.Stop, f classifier.Finding) classifier.Gathered {
		looks.Add(1)
		time.Sleep(1800 * time.Millisecond)
		proof := classifier.Proof{Cause: f.Causes[1].Cause, Result: classifier.Confirmed,
			Evidence: "rtb-1 has no 0.0.0.0/0", Next: "add a route to rtb-1"}
		if reason != "" {
			proof = classifier.Proof{Cause: f.Causes[1].Cause, Result: classifier.Inconclusive, Reason: reason}
		}
		return classifier.Gathered{Proofs: []classifier.Proof{proof},
			Log: classifier.Log{Group: "/ecs/web", Stream: "web/web/" + s.TaskID, Region: "eu-west-1"}}
	})
	return p
}

type gatheredFunc func(events.Stop, classifier.Finding) classifier.Gathered

func (f gatheredFunc) Gather(_ context.Context, s events.Stop, finding classifier.Finding) classifier.Gathered {
	return f(s, finding)
}

// TestTheSameFailureIsProvenOnce hands one event to one process, and a second to another that shares its memory.
func TestTheSameFailureIsProvenOnce(t *testing.T) {
	for _, test := range []struct {
		name   string
		change []string // of the second event: old and new texts
		after  time.Duration
		reason string // why the first look-up had no answer
		shared bool
	}{
		{name: "another task of the deployment", shared: true},
		{name: "nine minutes later", after: 9 * time.Minute, shared: true},
		{name: "ten minutes later", after: 10 * time.Minute},
		{name: "another public address", change: []string{"3.112.64.212", "52.94.178.9"}, shared: true},
		{name: "a private address", change: []string{"3.112.64.212", "10.0.9.9"}},
		{name: "half a minute before", change: []string{"10:05:00.25Z", "10:04:30.25Z"}, shared: true},
		{name: "two minutes before", change: []string{"10:05:00.25Z", "10:03:00.25Z"}},
		{name: "another subnet", change: []string{"subnet-0bbe65b1", "subnet-0bbe65b2"}},
		{name: "another deployment, whose groups may differ",
			change: []string{"ecs-svc/4374651048025955904", "ecs-svc/1"}},
		{name: "no deployment", change: []string{"ecs-svc/4374651048025955904", "ana"}},
		{name: "another image", change: []string{"web:42", "web:43"}},
		{name: "another account", change: []string{"111122223333", "444455556666"}},
		{name: "another Region", change: []string{"eu-west-1", "eu-west-2"}},
		{name: "another failure", change: []string{"i/o timeout", "connect: connection refused"}},
		{name: "a look-up that was held back", reason: classifier.ReasonThrottled},
		{name: "a look-up that ran out of time", reason: classifier.ReasonBudget},
		{name: "a look-up that may not ask", reason: classifier.ReasonNoPermission, shared: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var looks atomic.Int64
				table := memory.NewLocal(time.Now)
				one, two := process(memory.NewProofs(table, time.Now), &looks, test.reason),
					process(memory.NewProofs(table, time.Now), &looks, test.reason)
				first, err := one.Ingest(t.Context(), []byte(typical))
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(test.after)
				second, err := two.Ingest(t.Context(),
					[]byte(strings.NewReplacer(append(test.change, typicalTask, otherTask)...).Replace(typical)))
				if err != nil || len(second) != 1 {
					t.Fatal(second, err)
				}
				a, b := first[0], second[0]
				back := slices.Clone(test.change) // from what the second has of its own to what the first has
				slices.Reverse(back)
				if got := looks.Load() == 1; got != test.shared {
					t.Fatalf("%d look-ups", looks.Load())
				}
				if a.ProvenBy != "" || !test.shared && b.ProvenBy != "" {
					t.Errorf("proven by %q and %q", a.ProvenBy, b.ProvenBy)
				}
				if test.shared && (b.ProvenBy != typicalTask || !b.ProvenAt.Equal(a.CheckedAt.Time) ||
					!b.CheckedAt.Equal(a.CheckedAt.Time) || b.CauseIDs != a.CauseIDs ||
					strings.NewReplacer(back...).Replace(b.Causes) != a.Causes ||
					b.NextStep != a.NextStep || b.LogStream != "web/web/"+otherTask ||
					strings.Contains(b.LogsURL, typicalTask) || b.LogGroup != a.LogGroup) {
					t.Errorf("not told alike:\n%+v\n%+v", a, b)
				}
			})
		})
	}
}

// TestAnEventThatComesAgainIsToldByItsOwnProofs has an event whose record could not be written.
func TestAnEventThatComesAgainIsToldByItsOwnProofs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		p := process(memory.NewProofs(memory.NewLocal(time.Now), time.Now), &looks, "")
		first, _ := p.Ingest(t.Context(), []byte(typical))
		time.Sleep(time.Minute)
		again, _ := p.Ingest(t.Context(), []byte(typical))
		if again[0].ProvenBy != "" || again[0].Causes != first[0].Causes || looks.Load() != 1 {
			t.Errorf("%d look-ups:\n%+v\n%+v", looks.Load(), first[0], again[0])
		}
	})
}

// TestManyThatFailAtOnceAreProvenOnce has fifty processes with a task each of one deployment, all at the same moment.
func TestManyThatFailAtOnceAreProvenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks, proven atomic.Int64
		table := memory.NewLocal(time.Now)
		var all sync.WaitGroup
		for i := range 50 {
			p := process(memory.NewProofs(table, time.Now), &looks, "")
			task := strings.Repeat(string(rune('a'+i%6)), 31) + string(rune('0'+i/6))
			all.Go(func() {
				records, err := p.Ingest(t.Context(), []byte(another(task)))
				if err != nil {
					t.Error(err)
				}
				if records[0].CauseVerdict == "confirmed" {
					proven.Add(1)
				}
			})
		}
		all.Wait()
		if looks.Load() != 1 || proven.Load() != 50 {
			t.Errorf("%d look-ups, %d proven", looks.Load(), proven.Load())
		}
	})
}

// TestOneThatDiedHoldsNobodyUp claims a failure and never says what became of it.
func TestOneThatDiedHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		table := memory.NewLocal(time.Now)
		dead := process(deaf{memory.NewProofs(table, time.Now)}, &looks, "")
		dead.Ingest(t.Context(), []byte(typical))
		p := process(memory.NewProofs(table, time.Now), &looks, "")
		begin := time.Now()
		records, _ := p.Ingest(t.Context(), []byte(another(otherTask)))
		if took := time.Since(begin); took > 2200*time.Millisecond || looks.Load() != 1 ||
			!strings.Contains(records[0].Causes, `"reason":"throttled"`) || !records[0].CheckedAt.IsZero() {
			t.Errorf("after %s and %d look-ups: %+v", took, looks.Load(), records[0])
		}
		time.Sleep(15 * time.Second)
		if p.Ingest(t.Context(), []byte(another(otherTask))); looks.Load() != 2 {
			t.Errorf("%d look-ups after a claim of one that died", looks.Load())
		}
	})
}

// deaf keeps nothing.
type deaf struct{ Proofs }

func (deaf) Keep(context.Context, string, archive.Record) error { return nil }

// TestAMemoryThatIsAwayCostsNoProof has a memory that answers with an error, and one whose words cannot be read.
func TestAMemoryThatIsAwayCostsNoProof(t *testing.T) {
	for _, proofs := range []Proofs{broken{err: errors.New("ThrottlingException")}, broken{claim: "x/1"}} {
		synctest.Test(t, func(t *testing.T) {
			var looks atomic.Int64
			records, err := process(proofs, &looks, "").Ingest(t.Context(), []byte(typical))
			if err != nil || records[0].CauseVerdict != "confirmed" || looks.Load() != 1 {
				t.Errorf("%d look-ups, %v: %+v", looks.Load(), err, records)
			}
		})
	}
}

type broken struct {
	claim string
	err   error
}

func (b broken) Find(context.Context, string) (archive.Record, string, error) {
	return archive.Record{}, b.claim, b.err
}

func (broken) Keep(context.Context, string, archive.Record) error { return errors.New("away") }

// TestWhatTheWatcherSawSharesNoProof: its names are anybody's.
func TestWhatTheWatcherSawSharesNoProof(t *testing.T) {
	f := classifier.Finding{Signature: "0123456789abcdef"}
	s := events.Stop{Kind: events.KindTask, TaskID: typicalTask, DeploymentID: "ecs-svc/1", StoppedAt: now}
	if sameFailure(s, f) == "" {
		t.Error("a task shares none")
	}
	s.Watched = true
	if sameFailure(s, f) != "" {
		t.Error("what the watcher saw shares proofs")
	}
}
