package alerts

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"whystopped/archive"
)

// failing is a failure of service i that others have for the same cause.
func failing(i int) archive.Record {
	r := archive.Record{Cluster: "prod", Service: fmt.Sprintf("service-%02d", i), Class: "registry_auth.unreachable",
		Fault: "unreachable", Signature: fmt.Sprint("signature", i), DedupKey: fmt.Sprint("stop", i)}
	r.Endpoint = "api.ecr.eu-west-1.amazonaws.com"
	return r
}

func TestAWave(t *testing.T) {
	var w WaveState
	var told []Place
	for i := range 41 {
		joined, in := Join(w, failing(i), start.Add(time.Duration(i)*time.Second))
		if !in {
			t.Fatalf("service %d is not in the wave", i)
		}
		w = joined
		if w.Place(failing(i)) == Leads {
			w.Lead = failing(i).Signature
		}
		told = append(told, w.Place(failing(i)))
	}
	want := append([]Place{Alone, Alone, Alone, Alone, Alone, Leads}, slices.Repeat([]Place{Held}, 35)...)
	if !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
	if again, in := Join(w, failing(5), start.Add(time.Minute)); !in || again.Place(failing(5)) != Leads ||
		len(again.Names) != 41 {
		t.Errorf("the service that leads is tried again: %v of %+v", again.Place(failing(5)), again)
	}
	other := failing(5)
	other.Signature = "another failure of the same service"
	if w.Place(other) != Held {
		t.Errorf("two failures lead")
	}

	if _, _, ends := w.Ended(failing(0), start.Add(2*time.Minute)); ends {
		t.Error("it ends within its time")
	}
	after := start.Add(2*time.Minute + time.Second)
	if _, in := Join(w, failing(50), after); in {
		t.Error("a service joins a wave that is over and not told")
	}
	claimed, c, ends := w.Ended(failing(7), after)
	if !ends || len(c.Services) != 41 || !c.Over || c.Summary != "that cannot reach api.ecr.eu-west-1.amazonaws.com" {
		t.Errorf("told %v: %+v", ends, c)
	}
	for _, test := range []struct {
		of    int
		after time.Duration
		told  bool
	}{{8, time.Second, false}, {7, time.Second, true}, {8, time.Minute, true}} {
		if _, _, ends := claimed.Ended(failing(test.of), after.Add(test.after)); ends != test.told {
			t.Errorf("record %d %s after the claim tells it: %v", test.of, test.after, ends)
		}
	}
	done, _ := EndTold(claimed, c)
	if _, _, ends := done.Ended(failing(9), after.Add(time.Hour)); ends {
		t.Error("it is told twice")
	}
	if next, in := Join(done, failing(50), after); !in || len(next.Names) != 1 || next.Turn <= done.Turn {
		t.Errorf("the next wave is %+v", next)
	}
}

// TestFewServicesAreNoWave: there is nothing to tell of six when it is over, the sixth has named them all.
func TestFewServicesAreNoWave(t *testing.T) {
	for n, want := range map[int]bool{1: false, 5: false, 6: false, 7: true} {
		var w WaveState
		for i := range n {
			w, _ = Join(w, failing(i), start)
		}
		if _, _, ends := w.Ended(failing(0), start.Add(time.Hour)); ends != want {
			t.Errorf("of %d services an end is told: %v", n, ends)
		}
	}
	var w WaveState
	for i := range 500 {
		w, _ = Join(w, failing(i), start)
	}
	if len(w.Names) != MaxNames || w.More != 500-MaxNames || w.Place(failing(499)) != Held {
		t.Errorf("%d names and %d more", len(w.Names), w.More)
	}
}

func TestWhatMakesAWave(t *testing.T) {
	key := func(change func(*archive.Record)) string {
		r := failing(0)
		change(&r)
		_, sort, ok := WaveKey(r)
		if !ok {
			return ""
		}
		return sort
	}
	same := key(func(r *archive.Record) { r.Service = "other" })
	for name, test := range map[string]struct {
		change func(*archive.Record)
		want   string
	}{
		"another service":   {func(r *archive.Record) { r.Service = "x" }, same},
		"another cause":     {func(r *archive.Record) { r.Cause = "route-missing" }, same},
		"nothing in common": {func(r *archive.Record) { r.Endpoint = "" }, ""},
		"nobody":            {func(r *archive.Record) { r.Service, r.Cluster = "", "" }, ""},
		"by its cause": {func(r *archive.Record) { r.Endpoint, r.Cause = "", "route-missing" },
			"registry_auth.unreachable#route-missing"},
		"of another endpoint": {func(r *archive.Record) { r.Endpoint = "sts" }, "registry_auth.unreachable#sts"},
	} {
		if got := key(test.change); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestNamesAreShort(t *testing.T) {
	for _, test := range []struct{ names, want []string }{
		{[]string{"prod/web", "prod/api"}, []string{"web", "api"}},
		{[]string{"prod/web", "dev/web"}, []string{"prod/web", "dev/web"}},
		{[]string{"nightly", "prod/web"}, []string{"nightly", "prod/web"}},
		{nil, nil},
	} {
		if got := Plain(test.names); !slices.Equal(got, test.want) {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
