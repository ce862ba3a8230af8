package evidence

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// TestTimesDecide holds what was seen against a task that was created at 10:00 and failed at 10:05.
func TestTimesDecide(t *testing.T) {
	at := func(clock string) time.Time {
		if clock == "" {
			return time.Time{}
		}
		moment, err := time.Parse(time.DateTime, "2026-03-02 "+clock)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	fine, broken := RuledOut("it is there"), Confirmed("make it", "it is gone")
	for _, test := range []struct {
		name     string
		proof    classifier.Proof
		began    string // when what was seen began, empty where that is not told
		partly   bool   // other things besides have no time
		read     string
		timeless bool
		want     string // result and reason
		tells    string
	}{
		{name: "fine, without a time", proof: fine, read: "10:06:00", want: "ruled_out"},
		{name: "fine, without a time, at the last moment", proof: fine, read: "10:15:00", want: "ruled_out"},
		{name: "fine, without a time, too late", proof: fine, read: "10:15:01", want: "inconclusive stale"},
		{name: "fine since before the task", proof: fine, began: "09:00:00", read: "10:06:00", want: "ruled_out"},
		{name: "fine since before the task, read late", proof: fine, began: "09:00:00", read: "23:00:00",
			want: "ruled_out", tells: "before the task was created"},
		{name: "a part of it has no time, read late", proof: fine, began: "09:00:00", partly: true, read: "23:00:00",
			want: "inconclusive stale"},
		{name: "fine since the task was created", proof: fine, began: "10:00:00", read: "10:06:00",
			want: "inconclusive later", tells: "may have come too late"},
		{name: "fine since the failure", proof: fine, began: "10:05:00", read: "10:06:00", want: "inconclusive later"},
		{name: "fine since just after the failure", proof: fine, began: "10:05:01", read: "10:06:00",
			want: "inconclusive fixed_since", tells: "only since 10:05:01Z, 1.0 s after the failure at 10:05:00Z"},
		{name: "a part of it is younger than the failure", proof: fine, began: "10:07:00", partly: true,
			read: "10:08:00", want: "inconclusive fixed_since"},
		{name: "fine since after the failure, read late", proof: fine, began: "10:07:00", read: "23:00:00",
			want: "inconclusive fixed_since"},
		{name: "broken, without a time", proof: broken, read: "10:06:00", want: "confirmed"},
		{name: "broken, without a time, read late", proof: broken, read: "12:05:00", want: "confirmed",
			tells: "2 h 0 min after the stop: it is gone"},
		{name: "broken since before the task, read late", proof: broken, began: "09:00:00", read: "12:05:00",
			want: "confirmed", tells: "it is gone"},
		{name: "broken while the task started", proof: broken, began: "10:04:00", read: "10:06:00", want: "confirmed"},
		{name: "broken since just after the failure", proof: broken, began: "10:05:01", read: "10:06:00",
			want: "inconclusive later", tells: "which it cannot have caused"},
		{name: "a part of the defect is younger", proof: broken, began: "10:07:00", partly: true, read: "10:08:00",
			want: "inconclusive later"},
		{name: "what cannot change", proof: fine, timeless: true, read: "23:00:00", want: "ruled_out"},
		{name: "what is open stays so", proof: Inconclusive(classifier.ReasonPartial, "some"), began: "10:07:00",
			read: "10:08:00", want: "inconclusive partial"},
	} {
		c := Case{Stop: events.Stop{CreatedAt: at("10:00:00"), StoppingAt: at("10:05:00"), StoppedAt: at("10:05:00")},
			CheckedAt: at(test.read)}
		p := At(test.proof, at(test.began))
		p.Dated = p.Dated && !test.partly
		check := Check{Cause: "secret-missing", Timeless: test.timeless,
			Prove: func(*Case) classifier.Proof { return p }}
		got := check.Judge(&c)
		if said := strings.TrimSpace(string(got.Result) + " " + got.Reason); said != test.want ||
			!strings.Contains(got.Evidence, test.tells) {
			t.Errorf("%s: %s %q, want %s %q", test.name, said, got.Evidence, test.want, test.tells)
		}
		if got.Result == classifier.Inconclusive && got.Next != "" && got.Next != StartAgain {
			t.Errorf("%s: what is not confirmed says to %s", test.name, got.Next)
		}
	}
}

// TestAFailureWithoutATime: what is fine now, and has no time, says nothing of a failure that may be days old. Of a
// task that is still stopping ECS tells only when that began.
func TestAFailureWithoutATime(t *testing.T) {
	now := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)
	fine, broken := RuledOut("the group lets the call out"), Confirmed("open it", "the group is closed")
	for _, test := range []struct {
		name  string
		stop  events.Stop
		proof classifier.Proof
		want  string
		tells string
	}{
		{"no time, fine", events.Stop{}, fine, "inconclusive stale",
			"the group lets the call out; when the failure was is not told"},
		{"no time, broken", events.Stop{}, broken, "confirmed", "the group is closed"},
		{"only its creation, fine since before it", events.Stop{CreatedAt: now.Add(-time.Hour)},
			At(fine, now.Add(-2*time.Hour)), "ruled_out", "the group lets the call out, before the task was created"},
		{"only its creation, fine without a time", events.Stop{CreatedAt: now.Add(-time.Hour)}, fine,
			"inconclusive stale", "the group lets the call out; when the failure was is not told"},
		{"stopping since a moment, fine", events.Stop{StoppingAt: now.Add(-time.Minute)}, fine, "ruled_out",
			"the group lets the call out"},
		{"stopping since hours, fine", events.Stop{StoppingAt: now.Add(-8 * time.Hour)}, fine, "inconclusive stale",
			"the group lets the call out"},
		{"stopping since hours, broken", events.Stop{StoppingAt: now.Add(-8 * time.Hour)}, broken, "confirmed",
			"8 h 0 min after the stop: the group is closed"},
	} {
		check := Check{Cause: "task-sg-egress-closed", Prove: func(*Case) classifier.Proof { return test.proof }}
		p := check.Judge(&Case{Stop: test.stop, CheckedAt: now})
		if is := strings.TrimSpace(string(p.Result) + " " + p.Reason); is != test.want || p.Evidence != test.tells {
			t.Errorf("%s: %s %q, want %s %q", test.name, is, p.Evidence, test.want, test.tells)
		}
	}
}

func TestSeveralThingsAreAsYoungAsTheYoungest(t *testing.T) {
	old, young := time.Unix(1000, 0), time.Unix(2000, 0)
	fine := RuledOut("fine")
	for _, test := range []struct {
		name   string
		proofs []classifier.Proof
		since  time.Time
		dated  bool
	}{
		{"all have a time", []classifier.Proof{At(fine, old), At(fine, young)}, young, true},
		{"one has none", []classifier.Proof{At(fine, old), fine}, old, false},
		{"none has one", []classifier.Proof{fine, fine}, time.Time{}, false},
		{"of defects the oldest decides", []classifier.Proof{At(Confirmed("a", "b"), young), fine,
			At(Confirmed("a", "b"), old)}, old, true},
	} {
		if p := Worst(test.proofs); !p.Since.Equal(test.since) || p.Dated != test.dated {
			t.Errorf("%s: since %s, %t", test.name, p.Since, p.Dated)
		}
	}
}

// TestWhatTheTextProvedIsRevisited: the text said that something did not exist.
func TestWhatTheTextProvedIsRevisited(t *testing.T) {
	created := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	failed := created.Add(5 * time.Minute)
	said := classifier.Proof{Cause: "secret-missing", Result: classifier.Confirmed, Evidence: "the text says so"}
	open := classifier.Proof{Cause: "secret-in-other-region", Result: classifier.NotChecked}
	for _, test := range []struct {
		name     string
		now      classifier.Proof
		want     string // result and reason, "" where the text stands alone
		next     string
		evidence string
		sibling  string
	}{
		{"it is there since the failure", At(RuledOut("it exists"), failed.Add(time.Minute)), "confirmed fixed_since",
			StartAgain, "the text says so; it is there by now: it exists, 60 s after the failure at 10:05:00Z",
			"inconclusive fixed_since"},
		{"it is there, since when is not told", RuledOut("it exists"), "confirmed fixed_since", StartAgain,
			"it is there by now: it exists", "inconclusive fixed_since"},
		{"it was there before", At(RuledOut("it exists"), created.Add(-time.Hour)), "confirmed fixed_since", StartAgain,
			"it is there by now: it exists", "inconclusive fixed_since"},
		{"it is still not there", Confirmed("make orders/db", "Secrets Manager has none"), "confirmed",
			"make orders/db", "the text says so; Secrets Manager has none", "ruled_out"},
		{"it is not there, and was deleted since, which the text knows better",
			At(Confirmed("make orders/db", "Secrets Manager has none"), failed.Add(time.Minute)), "confirmed",
			"make orders/db", "the text says so; Secrets Manager has none", "ruled_out"},
		{"it was not read", Inconclusive(classifier.ReasonNoPermission, ""), "", "", "", "ruled_out"},
	} {
		checks := Checks{
			{Cause: "secret-missing", Revisit: true, Needs: []Need{NeedInputs, NeedSecrets},
				Prove: func(*Case) classifier.Proof { return test.now }},
			{Cause: "secret-in-other-region", Needs: []Need{NeedInputs, NeedSecrets},
				Prove: func(*Case) classifier.Proof { return RuledOut("it is where it is looked up") }},
		}
		c := Case{Stop: events.Stop{CreatedAt: created, StoppedAt: failed}, CheckedAt: failed.Add(2 * time.Minute)}
		c.Finding.Causes = []classifier.Proof{said, open}
		got := map[string]classifier.Proof{}
		for _, p := range checks.Prove(c) {
			got[p.Cause] = p
		}
		p, told := got["secret-missing"]
		if is := strings.TrimSpace(string(p.Result) + " " + p.Reason); is != test.want || told != (test.want != "") ||
			strings.Contains(p.Evidence, "cannot have caused") ||
			!strings.HasPrefix(p.Next, test.next) || !strings.Contains(p.Evidence, test.evidence) {
			t.Errorf("%s: %+v", test.name, p)
		}
		sibling := got["secret-in-other-region"]
		if is := strings.TrimSpace(string(sibling.Result) + " " + sibling.Reason); is != test.sibling {
			t.Errorf("%s: the other cause is %s, want %s", test.name, is, test.sibling)
		}
	}
}

// TestWhatNothingExplainsMayHaveBeenMended: a failure has a cause. Where all is fine that was read, and none of it has
// a time, something was mended in between.
func TestWhatNothingExplainsMayHaveBeenMended(t *testing.T) {
	created := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	failed := created.Add(5 * time.Minute)
	fine := RuledOut("the group lets the call out")
	const mended = "; that was read 3 min after the failure, which nothing explains: it may have been mended since"
	for _, test := range []struct {
		name     string
		fine     classifier.Proof
		timeless bool
		other    classifier.Proof // of another cause
		said     classifier.Result
		read     time.Duration // after the failure
		want     string
		evidence string
	}{
		{"read at once", fine, false, Inconclusive("", ""), "", 20 * time.Second, "ruled_out", ""},
		{"read minutes later", fine, false, Inconclusive("", ""), "", 3 * time.Minute, "inconclusive stale", mended},
		{"all else is fine too", fine, false, fine, "", 3 * time.Minute, "inconclusive stale", mended},
		{"another defect explains it", fine, false, Confirmed("open it", "the ACL is closed"), "", 3 * time.Minute,
			"ruled_out", ""},
		{"the text explains it", fine, false, Inconclusive("", ""), classifier.Confirmed, 3 * time.Minute, "ruled_out",
			""},
		{"it has been fine since before the task", At(fine, created.Add(-time.Hour)), false, Inconclusive("", ""), "",
			3 * time.Minute, "ruled_out", ""},
		{"it cannot change", fine, true, Inconclusive("", ""), "", 3 * time.Minute, "ruled_out", ""},
	} {
		checks := Checks{
			{Cause: "task-sg-egress-closed", Timeless: test.timeless,
				Prove: func(*Case) classifier.Proof { return test.fine }},
			{Cause: "nacl-blocks", Prove: func(*Case) classifier.Proof { return test.other }},
		}
		c := Case{Stop: events.Stop{CreatedAt: created, StoppedAt: failed}, CheckedAt: failed.Add(test.read)}
		c.Finding.Causes = []classifier.Proof{{Cause: "task-sg-egress-closed", Result: classifier.NotChecked},
			{Cause: "nacl-blocks", Result: classifier.NotChecked}, {Cause: "proxy-or-firewall", Result: test.said}}
		p := checks.Prove(c)[0]
		if is := strings.TrimSpace(string(p.Result) + " " + p.Reason); is != test.want ||
			!strings.HasSuffix(p.Evidence, test.evidence) {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}
