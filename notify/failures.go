package notify

import (
	"sync"
	"time"

	"whystopped/archive"
	"whystopped/notify/alerts"
)

const (
	interval      = 15 * time.Minute // between two messages with one signature, where the memory does not know more
	maxSignatures = 1000             // remembered at once
)

// failures is the cache of what this process sent lately, by signature. When it is full, the signature whose last
// message is the oldest is forgotten with its count, and may be sent again at once.
type failures struct {
	mu    sync.Mutex
	known map[string]*failure
}

type failure struct {
	sent time.Time // when its last message began to be published; zero when there was none
	stop string    // dedupKey of the last stop
	held held
	told change // the last that was published of what the memory knew
}

// change is what a takeover of a message has in common with the message.
type change struct {
	kind  alerts.Kind
	alert string
	since time.Time
	over  bool
}

func changeOf(c alerts.Change) change { return change{c.Kind, c.Alert(), c.Since, c.Over} }

// held are the stops that no message told of since the last one.
type held struct {
	count int
	since time.Time // when the first of them stopped
}

// turn is the right to send one message.
type turn struct {
	held held
	last time.Time // when the message before it was sent
}

// sentAlready reports whether this process published a change just now: what it told and could not note, or what it
// told while the memory was away and the memory takes to be new.
func (f *failures) sentAlready(c alerts.Change, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.known[keyOf(c)]
	return ok && now.Round(0).Sub(known.sent) < interval && (c.Kind == alerts.New || known.told == changeOf(c))
}

// noteSent remembers that a change was published.
func (f *failures) noteSent(c alerts.Change, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.known[keyOf(c)]
	if !ok {
		known = f.add(keyOf(c))
	}
	known.sent, known.held, known.told = now.Round(0), held{}, changeOf(c)
}

// keyOf is what a message is remembered by: a failure by its signature, all else by its alert.
func keyOf(c alerts.Change) string {
	if c.Kind == alerts.Wave || c.Kind == alerts.Closed {
		return string(c.Kind) + c.Alert()
	}
	return c.Record.Signature
}

// take returns the turn to send r at now, or counts r as held back.
func (f *failures) take(r archive.Record, now time.Time) (turn, bool) {
	now = now.Round(0) // the monotonic clock may stand still while Lambda freezes the process
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.known[r.Signature]
	if !ok {
		known = f.add(r.Signature)
	}
	if known.stop == r.DedupKey {
		return turn{}, false
	}
	known.stop = r.DedupKey
	if !known.sent.IsZero() && now.Sub(known.sent) < interval {
		if known.held.count == 0 {
			known.held.since = r.Moment().Time
		}
		known.held.count++
		return turn{}, false
	}
	taken := turn{held: known.held, last: known.sent}
	known.sent, known.held = now, held{}
	return taken, true
}

// giveBack undoes take for a message that was not published. What was held back meanwhile stays counted.
func (f *failures) giveBack(r archive.Record, t turn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.known[r.Signature]
	if !ok {
		return
	}
	known.sent = t.last
	if known.stop == r.DedupKey {
		known.stop = ""
	}
	if t.held.count > 0 {
		known.held = held{count: known.held.count + t.held.count, since: t.held.since}
	}
}

// add makes room for a signature.
func (f *failures) add(signature string) *failure {
	if f.known == nil {
		f.known = map[string]*failure{}
	}
	if len(f.known) == maxSignatures {
		oldest := ""
		for s, known := range f.known {
			if oldest == "" || known.sent.Before(f.known[oldest].sent) {
				oldest = s
			}
		}
		delete(f.known, oldest)
	}
	f.known[signature] = &failure{}
	return f.known[signature]
}
