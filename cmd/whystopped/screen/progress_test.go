package screen

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestProgress: nothing before it was long, nothing in a pipe, no line that breaks, and nothing is left of it.
func TestProgress(t *testing.T) {
	for _, test := range []struct {
		name string
		p    *progress
		work func(*progress)
		want string
	}{
		{"short", &progress{on: true}, func(p *progress) {
			p.count("reading", 1, 2)
			time.Sleep(Patience / 2)
			p.count("reading", 2, 2)
		}, ""},
		{"long", &progress{on: true}, func(p *progress) {
			p.count("reading", 1, 3)
			time.Sleep(Patience + time.Second)
			p.count("reading", 2, 3)
			p.count("reading", 3, 3) // too soon to be seen
		}, "\r\x1b[Kreading: 1 of 3 …\r\x1b[Kreading: 2 of 3 …\r\x1b[K"},
		{"of what nobody counted", &progress{on: true}, func(p *progress) {
			p.count("reading", 7, 0)
			time.Sleep(2 * Patience)
		}, "\r\x1b[Kreading: 7 …\r\x1b[K"},
		{"a pipe", &progress{}, func(p *progress) {
			p.say("reading", false)
			time.Sleep(2 * Patience)
			p.say("reading", false)
		}, ""},
		{"at once, narrow, an escape", &progress{on: true, width: 20}, func(p *progress) {
			p.say("reading the route tables of the VPC\x1b[2J", true)
		}, "\r\x1b[Kreading the route t\r\x1b[K"},
		{"a complaint takes it away", &progress{on: true}, func(p *progress) {
			p.say("reading", true)
			p.over(p.w).Write([]byte("whystopped: no\n"))
			time.Sleep(Patience)
		}, "\r\x1b[Kreading …\r\x1b[Kwhystopped: no\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			test.p.w = &out
			test.work(test.p)
			test.p.done()
			time.Sleep(2 * Patience)
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("%s: -want +got:\n%s", test.name, diff)
			}
		})
	}
}

func TestReadingSaysHowMuchIsLeft(t *testing.T) {
	for _, test := range []struct {
		name     string
		of, read int64
		took     time.Duration
		want     string
	}{
		{"nothing read", 10e6, 0, time.Second, "archiving stops: 7"},
		{"a quarter", 40e6, 10e6, 5 * time.Second,
			"archiving stops: 7 [#####---------------] 10.0 of 40.0 MB, 2.0 MB/s, 15 s left"},
		{"all", 40e6, 40e6, 20 * time.Second,
			"archiving stops: 7 [####################] 40.0 of 40.0 MB, 2.0 MB/s, 0.0 s left"},
		{"a file that grew", 40e6, 50e6, 25 * time.Second,
			"archiving stops: 7 [####################] 50.0 of 40.0 MB, 2.0 MB/s, 0.0 s left"},
		{"a pipe", 0, 10e6, 5 * time.Second, "archiving stops: 7, 10.0 MB, 2.0 MB/s"},
	} {
		r := Reading{what: "archiving stops", of: test.of}
		r.read.Store(test.read)
		if got := r.line(7, test.took); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
