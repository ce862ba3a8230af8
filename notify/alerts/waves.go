package alerts

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"whystopped/archive"
)

const (
	WaveTime = 2 * time.Minute // in which the services of a wave fail
	alone    = 5               // services that are told one by one
	MaxNames = 200             // services that a wave remembers by name
)

// WaveState is what is remembered of services that fail for one cause at a time. Turn grows when a wave begins, and
// with every change of End.
type WaveState struct {
	Turn  int64
	Began time.Time
	About string   // what they have in common, as "that cannot reach …"
	Names []string // cluster/service, in the order that they failed
	More  int64    // further failures
	Lead  string   // signature of the failure that is told for all
	End   Claim    // of telling how many there were
}

// Place is how a failure of a service in a wave is told.
type Place int

const (
	Alone Place = iota // by itself
	Leads              // for all up to it
	Held               // not, until the wave is over
)

// WaveKey is where the wave that a record may belong to is kept; the part has all waves. Only a failure whose endpoint
// or cause is known belongs to one.
func WaveKey(r archive.Record) (part, sort string, ok bool) {
	of := cmp.Or(r.Endpoint, r.Cause)
	return Part("wave", r, ""), short(r.Class + "#" + of), of != "" && Who(r) != ""
}

// about is what the services of a wave have in common.
func about(r archive.Record) string {
	switch {
	case r.Fault == "unreachable" && r.Endpoint != "":
		return "that cannot reach " + r.Endpoint
	case r.Endpoint != "":
		return "with " + r.Class + " at " + r.Endpoint
	}
	return "with " + r.Class + ", which may be " + r.Cause
}

// Join returns what a failure of a service makes of the wave that is remembered, and reports whether it is in it: a
// wave that is over and of which that is still to be told is left as it is, and the failure is told by itself.
func Join(w WaveState, r archive.Record, now time.Time) (WaveState, bool) {
	name := Who(r)
	switch {
	case now.Sub(w.Began) <= WaveTime && w.Turn > 0:
		if slices.Contains(w.Names, name) {
			return w, true
		}
		if len(w.Names) < MaxNames {
			w.Names = append(slices.Clone(w.Names), name)
		} else {
			w.More++
		}
		return w, true
	case w.untold():
		return w, false
	}
	return WaveState{Turn: w.Turn + 1, Began: now, About: about(r), Names: []string{name}}, true
}

// Place returns how the failure of a service is told that has joined the wave. Where it is the first that may lead,
// Lead is empty.
func (w WaveState) Place(r archive.Record) Place {
	switch i := slices.Index(w.Names, Who(r)); {
	case 0 <= i && i < alone:
		return Alone
	case i == alone && (w.Lead == "" || w.Lead == r.Signature):
		return Leads
	}
	return Held
}

// untold reports whether there are services in the wave that no message has named.
func (w WaveState) untold() bool { return int64(len(w.Names))+w.More > alone+1 && !w.End.Told }

// Leading is the message of the service that leads a wave, for all up to it.
func (w WaveState) Leading(c Change) Change {
	c.Kind, c.Services, c.Since, c.Summary = Wave, w.Names[:alone+1], w.Began, w.About
	return c
}

// Ended returns the state of a wave after it was over at now, and the message that names all, told with the record
// whose turn it is; ok is false where there is nothing to tell, or somebody else tells it.
func (w WaveState) Ended(r archive.Record, now time.Time) (WaveState, Change, bool) {
	mine := w.End.Key == r.DedupKey
	if w.Turn == 0 || now.Sub(w.Began) <= WaveTime || !w.untold() || w.End.Kind != "" && !mine && !w.End.stale(now) {
		return w, Change{}, false
	}
	if !mine {
		w.Turn++
		w.End = Claim{Kind: Wave, Key: r.DedupKey, At: now}
	}
	return w, Change{Kind: Wave, Record: r, Since: w.Began, Until: w.Began.Add(WaveTime), Summary: w.About,
		Services: w.Names, More: w.More, Over: true}, true
}

// EndTold returns the state of a wave after its end was told, and whether that makes a difference.
func EndTold(w WaveState, c Change) (WaveState, bool) {
	if w.End.Told || w.End.Key != c.Record.DedupKey {
		return w, false
	}
	w.Turn++
	w.End.Told = true
	return w, true
}

// Plain returns the names without their cluster, where it is the same of all.
func Plain(names []string) []string {
	plain := slices.Clone(names)
	for i, name := range names {
		cluster, service, found := strings.Cut(name, "/")
		first, _, _ := strings.Cut(names[0], "/")
		if !found || cluster != first {
			return slices.Clone(names)
		}
		plain[i] = service
	}
	return plain
}
