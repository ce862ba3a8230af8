package memory_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"whystopped/archive"
	"whystopped/memory"
	"whystopped/notify/alerts"
)

// failure is a record of a task of prod/SERVICE that stopped now.
func failure(service, key string, now time.Time) archive.Record {
	r := archive.Record{Kind: "task", SourceRank: 2, Account: "111122223333", Region: "eu-west-1", Cluster: "prod",
		Service: service, Verdict: "failure", Class: "registry_auth.unreachable", Fault: "unreachable",
		Summary: "could not reach ECR", Signature: "signature-" + service, DedupKey: key,
		StoppedAt: archive.Time{Time: now}}
	return r
}

// steady is the record of the event that says that prod/SERVICE is steady.
func steady(service, key string, now time.Time) archive.Record {
	r := failure(service, key, now)
	r.Kind, r.EventName, r.Verdict, r.Signature = "service", "SERVICE_STEADY_STATE", "expected", "signature-steady"
	return r
}

var service = alerts.Settings{Steady: true}

// told is what is told of a record, as kind and, of a wave, the number of its services.
func told(changes []alerts.Change) string {
	var all []string
	for _, c := range changes {
		text := string(c.Kind)
		if c.Kind == alerts.Wave {
			text = fmt.Sprint(text, len(c.Services))
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

// work has a record decided, told and noted, and returns its state, its count and what was told.
func work(t *testing.T, a *memory.Alerts, r archive.Record) string {
	t.Helper()
	r, changes, err := a.Decide(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if err := a.Told(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if r.AlertState == "" {
		return told(changes)
	}
	return strings.TrimSuffix(fmt.Sprintf("%s %d: %s", r.AlertState, *r.SeenCount, told(changes)), ": ")
}

// TestProcessesShareAlerts has two processes that see records of one alert in turn.
func TestProcessesShareAlerts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := memory.NewLocal(time.Now)
		one, two := memory.NewAlerts(table, service, time.Now), memory.NewAlerts(table, service, time.Now)
		for i, step := range []struct {
			process *memory.Alerts
			record  archive.Record
			want    string
		}{
			{one, failure("web", "1", time.Now()), "new 1: new"},
			{two, failure("web", "2", time.Now()), "ongoing 2"},
			{one, failure("web", "3", time.Now()), "ongoing 3"},
			{two, failure("api", "4", time.Now()), "new 1: new"},
			{two, failure("web", "3", time.Now()), "ongoing 3"},
			{one, steady("web", "s1", time.Now().Add(time.Minute)), "closed 3: closed"},
			{two, steady("web", "s1", time.Now().Add(time.Minute)), "closed 3"},
			{two, steady("db", "s2", time.Now().Add(time.Minute)), ""},
			{two, failure("web", "5", time.Now().Add(2*time.Minute)), "again 4: again"},
			{one, failure("web", "6", time.Now().Add(2*time.Minute)), "ongoing 5"},
		} {
			if got := work(t, step.process, step.record); got != step.want {
				t.Errorf("step %d: %q, want %q", i+1, got, step.want)
			}
		}
	})
}

// TestFiftyProcessesTellOnce: 1,000 stops of 4 failures at once.
func TestFiftyProcessesTellOnce(t *testing.T) {
	table := memory.NewLocal(time.Now)
	var mu sync.Mutex
	messages, counts := map[string]int{}, map[string]map[int64]bool{}
	var group sync.WaitGroup
	for p := range 50 {
		a := memory.NewAlerts(table, service, time.Now)
		group.Go(func() {
			for i := range 20 {
				r := failure(fmt.Sprint("service", (p+i)%4), fmt.Sprint(p, "-", i), time.Now())
				r, changes, err := a.Decide(t.Context(), r)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if counts[r.Service] == nil {
					counts[r.Service] = map[int64]bool{}
				}
				counts[r.Service][*r.SeenCount] = true
				for _, c := range changes {
					messages[c.Record.Service+" "+string(c.Kind)]++
				}
				mu.Unlock()
				for _, c := range changes {
					if err := a.Told(t.Context(), c); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	for i := range 4 {
		name := fmt.Sprint("service", i)
		if messages[name+" new"] != 1 || len(counts[name]) != 250 {
			t.Errorf("%s: counted %d times", name, len(counts[name]))
		}
	}
	if len(messages) != 4 {
		t.Errorf("messages %v", messages)
	}
}

// flaky is a table that fails in every way that a table does: before a write, and after it.
type flaky struct {
	memory.Table
	random *rand.Rand
	fails  int // in a hundred
}

func (f *flaky) Write(ctx context.Context, w memory.Write) (memory.Item, bool, error) {
	if f.random.IntN(100) < f.fails {
		if f.random.IntN(2) == 0 {
			f.Table.Write(ctx, w) // the answer is lost
		}
		return memory.Item{}, false, errors.New("the table is away")
	}
	return f.Table.Write(ctx, w)
}

func (f *flaky) Query(ctx context.Context, part string) ([]memory.Item, error) {
	if f.random.IntN(100) < f.fails {
		return nil, errors.New("the table is away")
	}
	return f.Table.Query(ctx, part)
}

// TestNothingNewIsLost hands events in any order to processes that are killed between any two steps, with a table that
// may fail, and tries each again until it was worked on to its end, or gives it up. Then somebody was told of every
// failure, every stop is counted once, and a stop that was written twice has one answer.
func TestNothingNewIsLost(t *testing.T) {
	for seed := range uint64(300) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			table := &flaky{memory.NewLocal(time.Now), random, int(seed%4) * 5}
			const services = 3
			type event struct {
				record archive.Record
				tries  int
			}
			var waiting []*event
			asked, answered := map[string]map[string]bool{}, map[string]map[string]bool{} // keys by service
			for i := range services {
				name := fmt.Sprint("service", i)
				asked[name], answered[name] = map[string]bool{}, map[string]bool{}
			}
			for i := range 30 {
				name := fmt.Sprint("service", random.IntN(services))
				at := time.Now().Add(time.Duration(random.IntN(600)) * time.Second)
				r := failure(name, fmt.Sprint("stop", i), at)
				if random.IntN(8) == 0 {
					r = steady(name, fmt.Sprint("steady", i), at)
				}
				waiting = append(waiting, &event{record: r})
			}
			processes := make([]*memory.Alerts, 3)
			answers := map[string]string{}
			said := map[string][]alerts.Kind{} // by service
			for len(waiting) > 0 {
				time.Sleep(time.Duration(random.IntN(20)) * time.Second)
				i := random.IntN(len(waiting))
				e := waiting[i]
				p := random.IntN(len(processes))
				if processes[p] == nil {
					processes[p] = memory.NewAlerts(table, service, time.Now)
				}
				a, died := processes[p], func() bool { return random.IntN(4) == 0 }
				finished := func() bool {
					if alerts.Opens(e.record) {
						asked[e.record.Service][e.record.DedupKey] = true
					}
					r, changes, err := a.Decide(t.Context(), e.record)
					if died() {
						return false
					}
					if err != nil {
						return random.IntN(2) == 0 // it is written without its state, and the notifier holds back
					}
					if alerts.Opens(r) {
						answered[r.Service][r.DedupKey] = true
						answer := fmt.Sprint(r.AlertState, " ", *r.SeenCount, " ", r.FirstSeen)
						if was, twice := answers[r.DedupKey]; twice && was != answer {
							t.Errorf("seed %d: %s is %s, and was %s", seed, r.DedupKey, answer, was)
						}
						answers[r.DedupKey] = answer
					}
					for _, c := range changes {
						if died() {
							return false
						}
						said[c.Record.Service] = append(said[c.Record.Service], c.Kind)
						if died() {
							return false
						}
						a.Told(t.Context(), c)
					}
					return true
				}()
				if !finished {
					processes[p] = nil
				}
				if e.tries++; finished || e.tries == 3 && random.IntN(3) == 0 {
					waiting = slices.Delete(waiting, i, i+1)
				}
			}
			table.fails = 0
			time.Sleep(time.Hour)
			last := memory.NewAlerts(table, service, time.Now)
			for _, name := range slices.Sorted(maps.Keys(asked)) {
				r, changes, err := last.Decide(t.Context(), failure(name, "the last", time.Now()))
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range changes {
					said[name] = append(said[name], c.Kind)
				}
				if !slices.Contains(said[name], alerts.New) {
					t.Errorf("seed %d: nobody was told that the failure of %s is new: %v", seed, name, said[name])
				}
				least, most := len(answered[name]), len(asked[name])
				if seed%4 == 0 { // the table never failed
					least = most
				}
				if n := int(*r.SeenCount) - 1; n < least || n > most {
					t.Errorf("seed %d: %d stops of %s are counted, want %d to %d", seed, n, name, least, most)
				}
			}
		})
	}
}

// TestWhatOthersSayIsApart: a record of somebody's neither opens, holds nor closes what ECS says, and there is an end
// to the alerts that somebody can have.
func TestWhatOthersSayIsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := memory.NewLocal(time.Now)
		a := memory.NewAlerts(table, service, time.Now)
		somebody := func(r archive.Record) archive.Record {
			r.SourceRank = 1
			return r
		}
		for i, step := range []struct {
			record archive.Record
			want   string
		}{
			{somebody(failure("web", "1", time.Now())), "new 1: new"},
			{failure("web", "2", time.Now()), "new 1: new"},
			{somebody(steady("web", "s1", time.Now().Add(time.Minute))), "closed 1: closed"},
			{failure("web", "3", time.Now().Add(time.Minute)), "ongoing 2"},
			{somebody(failure("web", "4", time.Now())), "ongoing 2"},
			{steady("web", "s2", time.Now().Add(2*time.Minute)), "closed 2: closed"},
		} {
			if got := work(t, a, step.record); got != step.want {
				t.Errorf("step %d: %q, want %q", i+1, got, step.want)
			}
		}
		messages := 0
		for i := range 500 {
			other := memory.NewAlerts(table, service, time.Now) // any process
			r := somebody(failure(fmt.Sprint("invented", i), fmt.Sprint("stop", i), time.Now()))
			if strings.HasSuffix(work(t, other, r), ": new") {
				messages++
			}
		}
		if messages != 100 { // 99 beside web, and one for all others
			t.Errorf("500 invented services make %d messages", messages)
		}
		if got := work(t, a, somebody(failure("web", "5", time.Now().Add(time.Hour)))); got != "again 3: again" {
			t.Errorf("who was there before: %q", got)
		}
		time.Sleep(25 * time.Hour)
		if got := work(t, a, somebody(failure("invented499", "6", time.Now()))); got != "new 1: new" {
			t.Errorf("the day after: %q", got)
		}
		if got := work(t, a, failure("invented499", "7", time.Now())); got != "new 1: new" {
			t.Errorf("of ECS: %q", got)
		}
	})
}

// outage is a failure of a service that does not reach an endpoint.
func outage(service, key string) archive.Record {
	r := failure(service, key, time.Now())
	r.Endpoint = "api.ecr.eu-west-1.amazonaws.com"
	return r
}

// TestServicesThatFailTogetherAreAWave has several processes, of which one is killed at each step of the wave.
func TestServicesThatFailTogetherAreAWave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := memory.NewLocal(time.Now)
		processes := make([]*memory.Alerts, 3)
		for i := range processes {
			processes[i] = memory.NewAlerts(table, service, time.Now)
		}
		var said []string
		for i := range 41 {
			r := outage(fmt.Sprintf("service%02d", i), fmt.Sprint("stop", i))
			if i == 5 || i == 6 { // it is killed before it tells, and tried again by another
				if _, _, err := processes[i%3].Decide(t.Context(), r); err != nil {
					t.Fatal(err)
				}
				processes[i%3] = memory.NewAlerts(table, service, time.Now)
			}
			_, told, _ := strings.Cut(work(t, processes[(i+1)%3], r), ": ")
			if told != "" {
				said = append(said, told)
			}
			time.Sleep(time.Second)
		}
		if got, want := strings.Join(said, ", "), "new, new, new, new, new, wave6"; got != want {
			t.Errorf("told %s, want %s", got, want)
		}
		if got := work(t, processes[0], steady("other", "s", time.Now())); got != "" {
			t.Errorf("within two minutes: %q", got)
		}
		time.Sleep(2 * time.Minute)
		over := steady("other", "s2", time.Now())
		_, changes, err := processes[0].Decide(t.Context(), over) // and is killed
		if got := told(changes); got != "wave41" || err != nil || !changes[0].Over {
			t.Errorf("when it is over: %q, %v", got, err)
		}
		if got := work(t, memory.NewAlerts(table, service, time.Now), steady("third", "s3", time.Now())); got != "" {
			t.Errorf("while another tells it: %q", got)
		}
		time.Sleep(time.Minute)
		if got := work(t, processes[1], outage("service40", "more")); got != "ongoing 2: wave41" {
			t.Errorf("what was not told within a minute: %q", got)
		}
		time.Sleep(time.Minute)
		if got := work(t, processes[2], outage("service41", "next")); got != "new 1: new" {
			t.Errorf("after the wave: %q", got)
		}
		for name, want := range map[string]string{"service04": "closed 1: closed", "service05": "closed 1: closed",
			"service06": "closed 1", "service40": "closed 2"} {
			if got := work(t, processes[2], steady(name, "steady "+name, time.Now())); got != want {
				t.Errorf("%s is steady: %q, want %q", name, got, want)
			}
		}
		time.Sleep(5 * time.Minute)
		if got := work(t, processes[2], outage("service40", "again")); got != "again 3: again" {
			t.Errorf("a service of a wave fails again: %q", got)
		}
	})
}

// TestATableThatIsSlowCostsLittle: a process asks it no more than once in a second, and never waits longer than it may.
func TestATableThatIsSlowCostsLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := memory.NewAlerts(hanging{}, service, time.Now)
		begin := time.Now()
		for i := range 100 {
			r, changes, err := a.Decide(t.Context(), failure("web", fmt.Sprint(i), time.Now()))
			if err == nil || r.AlertState != "" || len(changes) != 1 || changes[0].Kind != "" {
				t.Fatalf("%v, %+v", err, changes)
			}
			if r, changes, err := a.Decide(t.Context(), steady("web", "s", time.Now())); err == nil ||
				len(changes) > 0 || r.AlertState != "" {
				t.Fatalf("%v, %+v", err, changes)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(begin) - time.Second; took > 600*time.Millisecond {
			t.Errorf("100 records took %s longer", took)
		}
	})
}

// hanging is a table that does not answer.
type hanging struct{}

func (hanging) Query(ctx context.Context, _ string) ([]memory.Item, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (hanging) Write(ctx context.Context, _ memory.Write) (memory.Item, bool, error) {
	<-ctx.Done()
	return memory.Item{}, false, ctx.Err()
}

// TestAnAlertIsForgottenWithItsRecords: what is older than the archive is new.
func TestAnAlertIsForgottenWithItsRecords(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		name string
		kept time.Duration
		gap  time.Duration
		want string
	}{
		{"a week, within", 7 * day, 7*day - time.Hour, "still 2: still"},
		{"a week, after", 7 * day, 7*day + time.Hour, "new 1: new"},
		{"by default, within", 0, 30*day - time.Hour, "still 2: still"},
		{"by default, after", 0, 30*day + time.Hour, "new 1: new"},
		{"a year, within", 365 * day, 364 * day, "still 2: still"},
		{"a year, after", 365 * day, 366 * day, "new 1: new"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				set := alerts.Settings{Steady: true, Retention: test.kept}
				a := memory.NewAlerts(memory.NewLocal(time.Now), set, time.Now)
				if got := work(t, a, failure("web", "1", time.Now())); got != "new 1: new" {
					t.Fatalf("the first is %q", got)
				}
				time.Sleep(test.gap)
				if got := work(t, a, failure("web", "2", time.Now())); got != test.want {
					t.Errorf("after %s: %q, want %q", test.gap, got, test.want)
				}
			})
		})
	}
}

// TestAnAlertIsTwoKilobytes: a write is paid for by the size of its item, and docs/cost.md reckons with two units.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func TestAnAlertIsTwoKilobytes(t *testing.T) {
	table := memory.NewLocal(time.Now)
	a := memory.NewAlerts(table, service, time.Now)
	var r archive.Record
	most := 0
	for i := range 3 * alerts.MaxKeys {
		r = failure(strings.Repeat("s", 255), fmt.Sprintf("%032x", i), time.Now())
		r.Cluster, r.Summary = strings.Repeat("c", 255), strings.Repeat("why ", 500)
		work(t, a, r)
		part, _ := alerts.Key(r)
		items, err := table.Query(t.Context(), part)
		if err != nil || len(items) != 1 {
			t.Fatalf("%d items are kept (%v)", len(items), err)
		}
		most = max(most, sizeOf(items[0]))
	}
	if most > 2048 || most < 512 {
		t.Errorf("an alert has %d bytes, want at most 2048", most)
	}
}

// sizeOf is the size of an item as DynamoDB reckons it, a number as long as any.
func sizeOf(item memory.Item) int {
	const number = 21
	size := len("pk") + len(item.Key.Part) + len("sk") + len(item.Key.Sort) + len("expires") + number
	for name, value := range item.Fields {
		size += len(name)
		switch value := value.(type) {
		case string:
			size += len(value)
		case []string:
			size += 3
			for _, element := range value {
				size += 1 + len(element)
			}
		default:
			size += number
		}
	}
	return size
}
