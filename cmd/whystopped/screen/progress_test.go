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
		p    *Progress
		work func(*Progress)
		want string
	}{
		{"short", &Progress{on: true, after: Patience}, func(p *Progress) {
			p.Count("reading", 1, 2)
			time.Sleep(Patience / 2)
			p.Count("reading", 2, 2)
		}, ""},
		{"long", &Progress{on: true, after: Patience}, func(p *Progress) {
			p.Count("reading", 1, 3)
			time.Sleep(Patience + time.Second)
			p.Count("reading", 2, 3)
			p.Count("reading", 3, 3) // too soon to be seen
		}, "\r\x1b[Kreading: 1 of 3 …\r\x1b[Kreading: 2 of 3 …\r\x1b[K"},
		{"of what nobody counted", &Progress{on: true, after: Patience}, func(p *Progress) {
			p.Count("reading", 7, 0)
			time.Sleep(2 * Patience)
		}, "\r\x1b[Kreading: 7 …\r\x1b[K"},
		{"a pipe", &Progress{after: Patience}, func(p *Progress) {
			p.Say("reading")
			time.Sleep(2 * Patience)
			p.Say("reading")
		}, ""},
		{"at once, narrow, an escape", &Progress{on: true, width: 20}, func(p *Progress) {
			p.Say("reading the route tables of the VPC\x1b[2J")
		}, "\r\x1b[Kreading the route t\r\x1b[K"},
		{"a complaint takes it away", &Progress{on: true}, func(p *Progress) {
			p.Say("reading")
			p.Over(p.w).Write([]byte("whystopped: no\n"))
			time.Sleep(Patience)
		}, "\r\x1b[Kreading …\r\x1b[Kwhystopped: no\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			test.p.w = &out
			test.work(test.p)
			test.p.Done()
			time.Sleep(2 * Patience)
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Errorf("%s: -want +got:\n%s", test.name, diff)
			}
		})
	}
}
