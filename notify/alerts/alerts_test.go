package alerts

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/events"
)

var start = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// TestStates walks alerts through time. A step is a stop, or an event that says that the service is well, and what it
// is told; what is told is noted, unless the step is killed before.
func TestStates(t *testing.T) {
	type step struct {
		after  time.Duration // when it is worked on, since the first
		at     time.Duration // when it happened, where that is another time
		key    string
		steady bool
		killed bool
		want   string // kind and count of the record, then what is told
	}
	const min, hour = time.Minute, time.Hour
	service, job := Settings{Steady: true}, Settings{}
	for _, test := range []struct {
		name  string
		set   Settings
		steps []step
	}{
		{"new, ongoing, still", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{min, 0, "2", false, false, "ongoing 2"},
			{4*hour - time.Second, 0, "3", false, false, "ongoing 3"},
			{4 * hour, 0, "4", false, false, "still 4: still"},
			{5 * hour, 0, "5", false, false, "ongoing 5"},
			{8 * hour, 0, "6", false, false, "still 6: still"},
		}},
		{"steady closes, and what comes then came again", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{min, 0, "2", false, false, "ongoing 2"},
			{14 * min, 0, "s1", true, false, "closed 2: closed"},
			{15 * min, 0, "s2", true, false, ""},
			{20 * min, 0, "3", false, false, "again 3: again"},
			{21 * min, 0, "s3", true, false, "closed 1: closed"},
		}},
		{"a stop of before the service was steady opens nothing", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{10 * min, 0, "s1", true, false, "closed 1: closed"},
			{11 * min, 9 * min, "2", false, false, "ongoing 2"},
			{12 * min, 0, "3", false, false, "again 3: again"},
		}},
		{"an event of before the last stop closes nothing", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{10 * min, 0, "2", false, false, "ongoing 2"},
			{11 * min, 9 * min, "s1", true, false, ""},
			{12 * min, 0, "3", false, false, "ongoing 3"},
		}},
		{"a service that is steady before it ever failed", service, []step{
			{0, 0, "s1", true, false, ""},
			{0, 0, "1", false, false, "new 1: new"},
		}},
		{"without events of services a quiet hour closes", job, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{hour, 0, "2", false, false, "ongoing 2"},
			{2*hour + time.Second, 0, "3", false, false, "again 3: again"},
			{3 * hour, 2*hour + 2*time.Second, "4", false, false, "ongoing 4"},
		}},
		{"with events of services it does not", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{3 * hour, 0, "2", false, false, "ongoing 2"},
		}},
		{"the same stop again changes nothing", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{time.Second, 0, "1", false, false, "new 1"},
			{min, 0, "2", false, false, "ongoing 2"},
			{2 * min, 0, "3", false, false, "ongoing 3"},
			{3 * min, 0, "2", false, false, "ongoing 2"},
			{5 * hour, 0, "1", false, false, "new 1"},
			{5 * hour, 0, "4", false, false, "still 4: still"},
			{5 * hour, 0, "4", false, false, "still 4"},
			{6 * hour, 0, "s1", true, false, "closed 4: closed"},
			{6 * hour, 0, "s1", true, false, "closed 4"},
			{7 * hour, 0, "5", false, false, "again 5: again"},
			{7 * hour, 0, "3", false, false, "ongoing 3"},
			{7 * hour, 0, "5", false, false, "again 5"},
		}},
		{"what was claimed and not told is told when Lambda tries again", service, []step{
			{0, 0, "1", false, true, "new 1: new"},
			{time.Second, 0, "2", false, false, "ongoing 2"},
			{59 * time.Second, 0, "1", false, false, "new 1: new"},
			{2 * min, 0, "3", false, false, "ongoing 3"},
		}},
		{"what was claimed and not told within a minute is the next stop's", service, []step{
			{0, 0, "1", false, true, "new 1: new"},
			{59 * time.Second, 0, "2", false, false, "ongoing 2"},
			{60 * time.Second, 0, "3", false, true, "ongoing 3: new"},
			{61 * time.Second, 0, "4", false, false, "ongoing 4"},
			{90 * time.Second, 0, "1", false, false, "new 1"},
			{2 * min, 0, "3", false, false, "ongoing 3: new"},
			{9 * min, 0, "5", false, false, "ongoing 5"},
		}},
		{"steady tells what nobody told", service, []step{
			{0, 0, "1", false, true, "new 1: new"},
			{2 * min, 0, "s1", true, false, "closed 1: new closed"},
			{3 * min, 0, "1", false, false, "new 1"},
			{4 * min, 0, "2", false, false, "again 2: again"},
		}},
		{"steady before the stop is tried again", service, []step{
			{0, 0, "1", false, true, "new 1: new"},
			{30 * time.Second, 0, "s1", true, false, "closed 1: closed"},
			{60 * time.Second, 0, "1", false, false, "new 1: new closed"},
		}},
		{"nobody was told of the first time", service, []step{
			{0, 0, "1", false, true, "new 1: new"},
			{30 * time.Second, 0, "s1", true, true, "closed 1: closed"},
			{3 * min, 0, "2", false, false, "again 2: new"},
		}},
		{"what flaps is told three times an hour", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{3 * min, 0, "s1", true, false, "closed 1: closed"},
			{6 * min, 0, "2", false, false, "again 2: again"},
			{9 * min, 0, "s2", true, false, "closed 1: closed"},
			{12 * min, 0, "3", false, false, "again 3: again"},
			{15 * min, 0, "s3", true, false, "closed 1: closed"},
			{18 * min, 0, "4", false, false, "again 4"},
			{18 * min, 0, "4", false, false, "again 4"},
			{19 * min, 0, "5", false, false, "ongoing 5"},
			{21 * min, 0, "s4", true, false, "closed 2"},
			{22 * min, 0, "s4", true, false, "closed 2"},
			{58 * min, 0, "6", false, false, "again 6"},
			{59 * min, 0, "s5", true, false, "closed 1"},
			{61 * min, 0, "7", false, false, "again 7: again"},
			{62 * min, 0, "s6", true, false, "closed 1: closed"},
		}},
		{"what flapped and stays down is told", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{1 * min, 0, "s1", true, false, "closed 1: closed"},
			{2 * min, 0, "2", false, false, "again 2: again"},
			{3 * min, 0, "s2", true, false, "closed 1: closed"},
			{4 * min, 0, "3", false, false, "again 3: again"},
			{5 * min, 0, "s3", true, false, "closed 1: closed"},
			{6 * min, 0, "4", false, false, "again 4"},
			{15 * min, 0, "5", false, false, "ongoing 5"},
			{16 * min, 0, "6", false, true, "ongoing 6: again"},
			{16 * min, 0, "6", false, false, "ongoing 6: again"},
			{17 * min, 0, "7", false, false, "ongoing 7"},
			{18 * min, 0, "s4", true, false, "closed 4: closed"},
			{20 * min, 0, "8", false, false, "again 8"},
			{30 * min, 0, "s5", true, false, "closed 1: again closed"},
		}},
		{"what nobody was told of is not held", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{1 * min, 0, "s1", true, false, "closed 1: closed"},
			{2 * min, 0, "2", false, false, "again 2: again"},
			{3 * min, 0, "s2", true, false, "closed 1: closed"},
			{4 * min, 0, "3", false, true, "again 3: again"},
			{4*min + 30*time.Second, 0, "s3", true, true, "closed 1: closed"},
			{6 * min, 0, "4", false, false, "again 4: again"},
		}},
		{"a closing that was not told is the next event's", service, []step{
			{0, 0, "1", false, false, "new 1: new"},
			{10 * min, 0, "s1", true, true, "closed 1: closed"},
			{10*min + time.Second, 0, "s2", true, false, ""},
			{11 * min, 0, "s3", true, true, "closed 1: closed"},
			{11*min + time.Second, 0, "s3", true, false, "closed 1: closed"},
			{20 * min, 0, "s4", true, false, ""},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s State
			for _, step := range test.steps {
				now, at := start.Add(step.after), start.Add(step.after)
				if step.at != 0 {
					at = start.Add(step.at)
				}
				r := archive.Record{Cluster: "prod", Service: "web", Verdict: "failure", DedupKey: step.key,
					Signature: "5f0e1d2c3b4a5968", Summary: "app failed", StoppedAt: archive.Time{Time: at}}
				var d Decision
				if step.steady {
					r.Verdict = "expected"
					s, d = Close(s, r, now)
				} else {
					s, d = Decide(s, r, now, test.set)
				}
				got := ""
				if d.Kind != "" {
					got = fmt.Sprintf("%s %d", d.Kind, d.Seen)
				}
				var told []string
				for _, c := range d.Changes {
					told = append(told, string(c.Kind))
					if !step.killed {
						s, _ = Told(s, c)
					}
				}
				if len(told) > 0 {
					got += ": " + strings.Join(told, " ")
				}
				if got != step.want {
					t.Errorf("%s after %s: %q, want %q", step.key, step.after, got, step.want)
				}
			}
		})
	}
}

// TestWhatIsToldCounts holds the numbers of a message.
func TestWhatIsToldCounts(t *testing.T) {
	var s State
	var d Decision
	fail := func(key string, after time.Duration) Change {
		r := archive.Record{Verdict: "failure", DedupKey: key, Summary: "app failed",
			StoppedAt: archive.Time{Time: start.Add(after)}}
		s, d = Decide(s, r, start.Add(after), Settings{})
		for _, c := range d.Changes {
			s, _ = Told(s, c)
			return c
		}
		return Change{}
	}
	fail("1", 0)
	for i := range 30 {
		fail(fmt.Sprint("held", i), time.Duration(i)*8*time.Minute)
	}
	still := fail("2", 4*time.Hour+time.Minute)
	if still.Kind != Still || still.Stops != 32 || still.Unsaid != 31 || !still.Since.Equal(start) ||
		still.Summary != "app failed" {
		t.Errorf("told %+v", still)
	}
	again := fail("3", 6*time.Hour)
	if again.Kind != Again || again.Stops != 1 || !again.Since.Equal(start.Add(6*time.Hour)) || d.Seen != 33 ||
		!d.FirstSeen.Equal(start) {
		t.Errorf("told %+v, decided %+v", again, d)
	}
}

// TestAStateIsBounded: however many stops there are, the last ones are known and counted once.
func TestAStateIsBounded(t *testing.T) {
	var s State
	for i := range 1000 {
		r := archive.Record{Verdict: "failure", DedupKey: fmt.Sprint(i), StoppedAt: archive.Time{Time: start}}
		for range 2 {
			var d Decision
			if s, d = Decide(s, r, start, Settings{}); d.Seen != int64(i+1) {
				t.Fatalf("stop %d is counted as %d", i, d.Seen)
			}
		}
		early := archive.Record{Verdict: "failure", DedupKey: fmt.Sprint(max(0, i-MaxKeys/2+1))}
		if _, d := Decide(s, early, start, Settings{}); d.Seen != int64(max(0, i-MaxKeys/2+1)+1) {
			t.Fatalf("after stop %d the one of %s is counted as %d", i, early.DedupKey, d.Seen)
		}
	}
	if s.Seen != 1000 || len(s.Keys) > MaxKeys {
		t.Errorf("%d stops are counted, %d are kept", s.Seen, len(s.Keys))
	}
}

func TestAlertsAreKeptApart(t *testing.T) {
	of := func(change func(*archive.Record)) string {
		r := archive.Record{Account: "111122223333", Region: "eu-west-1", Cluster: "prod", Service: "web",
			Signature: "a", SourceRank: 2}
		change(&r)
		part, sort := Key(r)
		if len(part) > 1024 || len(sort) > 1024 || part == "" || sort == "" {
			t.Errorf("a key of %d and %d bytes", len(part), len(sort))
		}
		return part + sort
	}
	seen := map[string]int{of(func(*archive.Record) {}): 0}
	for i, change := range []func(*archive.Record){
		func(r *archive.Record) { r.SourceRank = 1 },
		func(r *archive.Record) { r.Account = "444455556666" },
		func(r *archive.Record) { r.Region = "eu-north-1" },
		func(r *archive.Record) { r.Cluster = "dev" },
		func(r *archive.Record) { r.Service = "api" },
		func(r *archive.Record) { r.Signature = "b" },
		func(r *archive.Record) { r.Service, r.Family = "", "nightly" },
		func(r *archive.Record) { r.Service = strings.Repeat("x", 5000) },
		func(r *archive.Record) { r.Service = strings.Repeat("x", 5001) },
		func(r *archive.Record) { *r = archive.Record{} },
	} {
		key := of(change)
		if other, taken := seen[key]; taken {
			t.Errorf("records %d and %d have the alert %s", i+1, other, key)
		}
		seen[key] = i + 1
	}
}

// TestWhatGoesOn: a service that stays below its count keeps its alert open, is told again after four hours, and is
// counted as no stop; what comes when it was well in between is told as new or again.
func TestWhatGoesOn(t *testing.T) {
	const min, hour = time.Minute, time.Hour
	below := func(after, since time.Duration) archive.Record {
		return archive.Record{Kind: "service", EventName: events.BelowDesired, DedupKey: fmt.Sprint("web#", since),
			Verdict: "failure", Cluster: "prod", Service: "web", Signature: "f",
			StoppedAt: archive.Time{Time: start.Add(after)}, BelowSince: archive.Time{Time: start.Add(since)}}
	}
	for _, set := range []Settings{{Steady: true}, {}} {
		var s State
		for _, step := range []struct {
			after, since time.Duration
			want         string
		}{
			{0, -hour, "new 1: new"},
			{15 * min, -hour, "ongoing 1"},
			{4 * hour, -hour, "still 1: still"},
			{4*hour + 15*min, -hour, "ongoing 1"},
			{8 * hour, -hour, "still 1: still"},
		} {
			var d Decision
			s, d = Decide(s, below(step.after, step.since), start.Add(step.after), set)
			got := fmt.Sprintf("%s %d", d.Kind, d.Seen)
			for _, c := range d.Changes {
				got += ": " + string(c.Kind)
				s, _ = Told(s, c)
			}
			if got != step.want {
				t.Errorf("%+v after %s: %s, want %s", set, step.after, got, step.want)
			}
		}
		well := archive.Record{Kind: "service", EventName: events.SteadyState, DedupKey: "s", Service: "web",
			StoppedAt: archive.Time{Time: start.Add(9 * hour)}}
		s, _ = Close(s, well, start.Add(9*hour))
		if _, d := Decide(s, below(10*hour, 9*hour+10*min), start.Add(10*hour), set); d.Kind != Again {
			t.Errorf("%+v: %s after it was steady", set, d.Kind)
		}
	}
	stop := archive.Record{Kind: "task", DedupKey: "1", Verdict: "failure", Service: "web",
		StoppedAt: archive.Time{Time: start}}
	s, _ := Decide(State{}, stop, start, Settings{})
	if _, d := Decide(s, below(2*hour, 110*min), start.Add(2*hour), Settings{}); d.Kind != Again {
		t.Errorf("%s, and it was well for more than an hour", d.Kind)
	}
}

// TestWhatFlappedAndStaysBelowItsCountIsTold: the record that opens such an alert is written again under its own key.
func TestWhatFlappedAndStaysBelowItsCountIsTold(t *testing.T) {
	var s State
	told := ""
	work := func(minute int, decide func(r archive.Record, now time.Time) (State, Decision)) {
		now := start.Add(time.Duration(minute) * time.Minute)
		var d Decision
		s, d = decide(archive.Record{Kind: "service", Verdict: "failure", Cluster: "prod", Service: "web",
			Signature: "f", StoppedAt: archive.Time{Time: now}, DedupKey: fmt.Sprint(minute)}, now)
		for _, c := range d.Changes {
			told += fmt.Sprintf("%d %s; ", minute, c.Kind)
			s, _ = Told(s, c)
		}
	}
	below := func(since int) func(archive.Record, time.Time) (State, Decision) {
		return func(r archive.Record, now time.Time) (State, Decision) {
			r.EventName, r.DedupKey = events.BelowDesired, fmt.Sprint("web#", since)
			r.BelowSince.Time = start.Add(time.Duration(since) * time.Minute)
			return Decide(s, r, now, Settings{Steady: true})
		}
	}
	for minute := 0; minute < 12; minute += 4 {
		work(minute, below(minute))
		work(minute+2, func(r archive.Record, now time.Time) (State, Decision) { return Close(s, r, now) })
	}
	for minute := 12; minute < 32; minute += 5 {
		work(minute, below(12))
	}
	const want = "0 new; 2 closed; 4 again; 6 closed; 8 again; 10 closed; 22 again; "
	if told != want {
		t.Errorf("told %q, want %q", told, want)
	}
}
