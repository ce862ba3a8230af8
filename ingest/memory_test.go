package ingest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"whystopped/archive"
	"whystopped/notify/alerts"
)

// trace is store, memory and notifier, and notes what is asked of it in order.
type trace struct {
	said   []string
	closes bool
	fails  string // what fails
}

func (s *trace) note(what, key string) error {
	s.said = append(s.said, what+" "+key)
	if s.fails == what {
		return errors.New("away")
	}
	return nil
}

func (s *trace) Put(_ context.Context, r archive.Record) error {
	return s.note("put "+r.AlertState, r.DedupKey)
}

func (s *trace) Decide(_ context.Context, r archive.Record) (archive.Record, []alerts.Change, error) {
	if err := s.note("decide", r.DedupKey); err != nil {
		return r, []alerts.Change{{Record: r}}, err
	}
	if !alerts.Opens(r) && !s.closes {
		return r, nil, nil
	}
	r.AlertState = "new"
	return r, []alerts.Change{{Kind: alerts.New, Record: r}}, nil
}

func (s *trace) Told(_ context.Context, c alerts.Change) error {
	return s.note("told", c.Record.DedupKey)
}

func (s *trace) Notify(_ context.Context, c alerts.Change) error {
	return s.note(strings.TrimSpace("notify "+string(c.Kind)), c.Record.DedupKey)
}

func TestTheMemoryIsAskedBeforeTheWriteAndToldAfterTheMessage(t *testing.T) {
	event := "[" + another("a") + "," + another("b") + "]"
	for _, test := range []struct {
		fails, want string
	}{
		{"", "decide a, put new a, decide b, put new b, notify new a, told a, notify new b, told b"},
		{"decide", "decide a, put  a, decide b, put  b, notify a, told a, notify b, told b"},
		{"put new", "decide a, put new a, decide b, put new b"},
		{"notify new", "decide a, put new a, decide b, put new b, notify new a, notify new b"},
		{"told", "decide a, put new a, decide b, put new b, notify new a, told a, notify new b, told b"},
	} {
		s := &trace{fails: test.fails}
		p, _ := pipeline(never)
		p.Store, p.Memory, p.Notifier = s, s, s
		_, err := p.Ingest(t.Context(), []byte(event))
		if got := strings.Join(s.said, ", "); got != test.want || (err != nil) != (test.fails == "put new") {
			t.Errorf("where %q fails: %s, %v", test.fails, got, err)
		}
	}
	s := &trace{}
	p, _ := pipeline(never)
	p.Store, p.Memory = s, s
	if _, err := p.Ingest(t.Context(), []byte(another("a"))); err != nil ||
		fmt.Sprint(s.said) != "[decide a put new a told a]" {
		t.Errorf("with nobody to tell: %q, %v", s.said, err)
	}
}

// TestAServiceThatIsWellIsWrittenOnlyWhereItClosesSomething, or where there is no memory that could know.
func TestAServiceThatIsWellIsWrittenOnlyWhereItClosesSomething(t *testing.T) {
	event, err := os.ReadFile("../events/samples/service-steady-state.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		memory *trace
		want   int
	}{{&trace{}, 0}, {&trace{closes: true}, 1}, {&trace{fails: "decide"}, 0}, {nil, 1}} {
		p, stored := pipeline(never)
		if test.memory != nil {
			p.Memory = test.memory
		}
		if _, err := p.Ingest(t.Context(), event); err != nil || len(*stored) != test.want {
			t.Errorf("memory %+v: %d records, %v", test.memory, len(*stored), err)
		}
	}
}
