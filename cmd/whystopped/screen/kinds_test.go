package screen

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive"
)

var historyNow = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// seen is a stop so long before historyNow.
func seen(signature, verdict string, ago time.Duration) archive.Record {
	return archive.Record{
		SchemaVersion: "1",
		Kind:          "task",
		DedupKey:      signature + ago.String(),
		TaskID:        signature + "-task",
		Signature:     signature,
		Cluster:       "prod",
		Service:       "web",
		Verdict:       verdict,
		Class:         "runtime.crashed",
		Summary:       "app failed",
		StoppedAt:     archive.Time{Time: historyNow.Add(-ago)},
	}
}

func TestKinds(t *testing.T) {
	stops := archive.Shown([]archive.Record{
		seen("routine", "expected", time.Second),
		seen("often", "failure", 2*time.Minute), seen("often", "failure", time.Hour),
		seen("often", "failure", 3*time.Hour),
		seen("unclear", "review", time.Minute),
		seen("once", "failure", 50*time.Hour),
		seen("", "failure", 60*time.Hour), seen("", "failure", 61*time.Hour), // of an older schema, without signature
	})
	type line struct {
		signature   string
		count       int
		first, last time.Duration
	}
	var got []line
	kinds := KindsOf(stops)
	for _, k := range kinds {
		got = append(got, line{
			signature: k.Signature,
			count:     k.Count,
			first:     historyNow.Sub(k.FirstSeen.Time),
			last:      historyNow.Sub(k.LastSeen.Time),
		})
	}
	want := []line{
		{signature: "often", count: 3, first: 3 * time.Hour, last: 2 * time.Minute},
		{signature: "once", count: 1, first: 50 * time.Hour, last: 50 * time.Hour},
		{count: 1, first: 60 * time.Hour, last: 60 * time.Hour},
		{count: 1, first: 61 * time.Hour, last: 61 * time.Hour},
		{signature: "unclear", count: 1, first: time.Minute, last: time.Minute},
		{signature: "routine", count: 1, first: time.Second, last: time.Second},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestKindsFollowTheTerminal: nothing is lost on a terminal, and it is not overrun while it is wide enough for the
// columns.
func TestKindsFollowTheTerminal(t *testing.T) {
	r := seen("0123456789abcdef", "failure", time.Minute)
	r.Summary = strings.TrimSpace(strings.Repeat("could not reach the registry ", 6))
	r.Culprit = "evil\x1b[31m"
	show := func(l Look) string {
		var b bytes.Buffer
		table := NewKindTable(&b, l, historyNow)
		for _, k := range KindsOf([]archive.Record{r}) {
			table.Add(k)
		}
		table.Render()
		return b.String()
	}
	for _, width := range []int{100, 120, 160, 200, 240} {
		r.Cluster = "prod"
		if width > 120 {
			r.Cluster = "AWSBatch-etl-spot-1f4d6a90-7be3-3c05-a2d8-6e0b91c7f358"
		}
		shown := show(Look{Width: width, Colour: true})
		for line := range strings.Lines(shown) {
			if n := utf8.RuneCountInString(text.StripEscape(strings.TrimRight(line, "\n"))); n > width {
				t.Errorf("%d columns on a terminal of %d: %q", n, width, line)
			}
		}
		if n := strings.Count(strings.Join(strings.Fields(text.StripEscape(shown)), " "), "registry"); n != 6 {
			t.Errorf("%d of 6 parts of the cause on a terminal of %d:\n%s", n, width, shown)
		}
		if !strings.Contains(shown, "\x1b[") || strings.Contains(shown, "evil\x1b") {
			t.Errorf("the colour is not ours, or not only:\n%q", shown)
		}
	}
	piped := show(Look{})
	if strings.Contains(piped, "\x1b") || !strings.Contains(piped, r.Summary+" (runtime.crashed)\n") ||
		!strings.Contains(piped, r.Cluster+"/web ") {
		t.Errorf("a pipe gets whole lines without colour:\n%s", piped)
	}
}

func TestStarted(t *testing.T) {
	at, ran := archive.Time{Time: historyNow}, 0.25
	for _, test := range []struct {
		r    archive.Record
		want string
	}{
		{archive.Record{CreatedAt: at, StoppedAt: at}, "no"},
		{archive.Record{CreatedAt: at, StartedAt: at, RunSeconds: &ran}, "ran 0.2 s"},
		{archive.Record{StartedAt: at}, "yes"},
		{archive.Record{StoppedAt: at}, ""},
	} {
		if got := started(test.r); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestAgo(t *testing.T) {
	for _, test := range []struct {
		ago  time.Duration
		want string
	}{
		{4 * time.Minute, "4 min ago"}, {30 * time.Second, "30 s ago"}, {3*time.Hour + time.Minute, "3 h 1 min ago"},
		{80 * time.Hour, "3 days ago"},
		{-time.Minute, "0.0 s ago"}, // a clock that is ahead
	} {
		if got := Ago(historyNow, archive.Time{Time: historyNow.Add(-test.ago)}); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	if got := Ago(historyNow, archive.Time{}); got != "at an unknown time" {
		t.Errorf("got %q", got)
	}
}
