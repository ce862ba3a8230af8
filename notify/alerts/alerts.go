// Package alerts says what a record changes: whether its failure is new, came again or goes on, and what people are
// told of it.
//
// It is pure: a state, a record and the present time make the next state and the changes that are to be told. It
// promises that no order of records, repeats and losses leaves a failure untold that was new, and that a stop is
// counted once. A change is claimed by the stop that made it and told only after it was published; what was claimed and
// not told within a minute is taken over by the next record.
package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/events"
)

// Kind says what a record or a message is to its alert.
type Kind string

const (
	New     Kind = "new"     // never seen within the Retention
	Again   Kind = "again"   // closed before
	Ongoing Kind = "ongoing" // held and counted, not told
	Still   Kind = "still"   // told once more, with the count
	Closed  Kind = "closed"  // the service is steady again
	Wave    Kind = "wave"    // told of many services at once
)

const (
	Retention = 30 * 24 * time.Hour // since the last stop, after which an alert is forgotten if nothing else is set
	StillTime = 4 * time.Hour       // between two messages of a failure that goes on
	QuietTime = time.Hour           // without a stop, which closes an alert where no event does
	ClaimTime = time.Minute         // for telling what was claimed
	FlapTime  = time.Hour           // in which so many openings are told at once, MaxOpened
	HoldTime  = 10 * time.Minute    // that a further one must stay open to be told
	MaxOpened = 3
	MaxKeys   = 64 // stops that are remembered; when they are as many, half of them are kept
)

// State is what is remembered of one alert. The zero State is that of an alert that was never seen. Turn grows with
// every change but a count, so that who counts need not know of others who do.
type State struct {
	Turn      int64
	FirstSeen time.Time // the first stop ever
	Opened    time.Time // the first stop since it opened
	Last      time.Time // the latest stop
	Seen      int64     // stops ever
	Before    int64     // stops before it opened
	Reported  int64     // Seen at the last change that was told
	Keys      []string  // marks of the latest stops, the last of them that of the stop that is Seen
	Opening   Claim     // the last of new, again and still
	Closing   Claim     // zero while the alert is open
	Closed    time.Time // when the service was well
	Summary   string    // what it is about
	Flapping  time.Time // the first of the openings within FlapTime
	Openings  int64     // of these, with the last
}

// Claim is a change that somebody is about to tell.
type Claim struct {
	Kind Kind
	Key  string // DedupKey of the record that tells it
	At   time.Time
	Told bool
	Wave bool // a wave tells it, and nobody else
	Held bool // one of too many: nobody tells it unless it lasts
}

// stale reports whether what was claimed, or held, is the next record's to tell.
func (c Claim) stale(now time.Time) bool {
	wait := ClaimTime
	if c.Held {
		wait = HoldTime
	}
	return !c.Told && c.Kind != "" && now.Sub(c.At) >= wait
}

// by returns the claim as that of the record which takes it over.
func (c Claim) by(r archive.Record, now time.Time) Claim {
	c.Key, c.At, c.Held = r.DedupKey, now, false
	return c
}

// Settings say what closes alerts.
type Settings struct {
	Steady bool // events of services do; where it is false, and for jobs, a quiet hour does

	Retention time.Duration // since the last stop, after which an alert is forgotten; 0 is Retention
}

// Decision is what a record is to its alert, and what is to be told. Kind is empty where there is no alert.
type Decision struct {
	Kind      Kind
	FirstSeen time.Time
	Seen      int64
	Changes   []Change
}

// At returns the decision with where the alert is kept that it is about.
func (d Decision) At(part, sort string) Decision {
	for i := range d.Changes {
		d.Changes[i].Part, d.Changes[i].Sort = part, sort
	}
	return d
}

// Change is one message.
type Change struct {
	Kind     Kind           // empty where it is not known whether the failure is new
	Record   archive.Record // that made the change, or took it over
	Part     string         // with Sort where the alert is kept: the same for all changes of one alert
	Sort     string
	Seen     int64     // stops ever
	Stops    int64     // since the alert opened
	Unsaid   int64     // stops since the last message, with this one
	Openings int64     // of the alert within FlapTime, with the last
	Since    time.Time // when the alert opened, or the wave began
	Until    time.Time // when it closed
	Summary  string    // what the alert is about
	Services []string  // of a wave, as cluster/service, in the order that they failed
	More     int64     // further ones, which are not named
	Over     bool      // the wave is over
}

// Alert is the same text for all changes of one alert.
func (c Change) Alert() string { return c.Part + "#" + c.Sort }

// Opens reports whether a record holds an alert open.
func Opens(r archive.Record) bool { return r.Verdict == "failure" }

// Closes reports whether a record says that its service is well.
func Closes(r archive.Record) bool { return r.Kind == "service" && r.EventName == events.SteadyState }

// goesOn reports whether a record says that something is still as it was, and not that it happened once more. It is
// written again, under the same key, when it changes and every few hours.
func goesOn(r archive.Record) bool { return r.Kind == "service" && r.EventName == events.BelowDesired }

// Who is what fails: cluster and service, or family.
func Who(r archive.Record) string {
	return strings.TrimPrefix(r.Cluster+"/"+cmp.Or(r.Service, r.Family), "/")
}

// Key is where the alert of a record is kept: all alerts of whom it is about have one part. What somebody says is apart
// from what ECS says.
func Key(r archive.Record) (part, sort string) {
	return Part("alert", r, Who(r)), short(r.Signature)
}

// Limited reports whether a record's names are anybody's, so that the alerts they can have must have an end.
func Limited(r archive.Record) bool { return r.Rank() < ecs }

const ecs = 2 // the rank of what ECS and CloudTrail say

// Part is where what concerns records like r is kept, by whose word it is.
func Part(kind string, r archive.Record, of string) string {
	return short(strings.Join([]string{kind, strconv.Itoa(r.Rank()), r.Account, r.Region, of}, "/"))
}

// short is a text that may be a key of DynamoDB, whatever its length.
func short(text string) string {
	const most = 300
	if len(text) <= most {
		return cmp.Or(text, "-")
	}
	return text[:most] + "#" + mark(text)
}

// mark is what is remembered of a stop's key.
func mark(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:7]
}

// suffix is what a mark has behind it for a stop that was more than one of many.
var suffix = map[Kind]string{New: "+n", Again: "+a", Still: "+s"}

// known returns what was decided of a stop.
func (s State) known(key string) (Kind, int64, bool) {
	wanted := mark(key)
	for i, kept := range s.Keys {
		plain, _, _ := strings.Cut(kept, "+")
		if plain != wanted {
			continue
		}
		kind := Ongoing
		for k, after := range suffix {
			if kept == plain+after {
				kind = k
			}
		}
		return kind, s.Seen - int64(len(s.Keys)-1-i), true
	}
	return "", 0, false
}

// Decide returns the state after a failure, and what the failure is. A stop that is known changes nothing and has the
// answer that it had, and tells what it claimed and did not tell.
func Decide(s State, r archive.Record, now time.Time, set Settings) (State, Decision) {
	if kind, seen, known := s.known(r.DedupKey); known && !(goesOn(r) && (s.Opening.Told || s.Opening.Held)) {
		d := Decision{Kind: kind, FirstSeen: s.FirstSeen, Seen: seen}
		if s.Opening.Key == r.DedupKey && !s.Opening.Told && !s.Opening.Held {
			d.Changes = s.opening(r)
		}
		return s, d
	}
	next := s
	next.Seen++
	next.Keys = slices.Clone(s.Keys)
	if goesOn(r) && s.Turn > 0 && !s.closed(r, r.Moment().Time, set) { // no stop of its own
		return s.lasts(r, now)
	}
	if len(next.Keys) >= MaxKeys {
		next.Keys = next.Keys[len(next.Keys)-MaxKeys/2:]
	}
	at := r.Moment().Time
	if at.After(s.Last) {
		next.Last = at
	}
	kind, tell := Ongoing, true
	switch {
	case s.Turn == 0:
		kind = New
		next.FirstSeen = at
	case s.closed(r, at, set):
		kind = Again
	case s.Opening.stale(now):
		next.Opening = s.Opening.by(r, now)
	case s.Opening.Told && now.Sub(s.Opening.At) >= StillTime && s.Closing.Kind == "":
		kind = Still
	default:
		tell = false
	}
	if kind == New || kind == Again {
		next.Opened, next.Before, next.Summary = at, s.Seen, cut(r.Summary)
		next.Closing, next.Closed = Claim{}, time.Time{}
		if next.Openings++; kind == New || at.Sub(s.Flapping) > FlapTime {
			next.Flapping, next.Openings = at, 1
		}
	}
	if kind != Ongoing {
		next.Opening = Claim{Kind: kind, Key: r.DedupKey, At: now}
		if kind == Again && s.Opening.Kind == New && !s.Opening.Told {
			next.Opening.Kind = New // nobody was told of the first time
		}
		if kind == Again && next.Openings > MaxOpened && (s.Opening.Told || s.Opening.Held) {
			next.Opening.Held, tell = true, false
		}
	}
	next.Keys = append(next.Keys, mark(r.DedupKey)+suffix[kind])
	d := Decision{Kind: kind, FirstSeen: next.FirstSeen, Seen: next.Seen}
	if tell || kind != Ongoing {
		next.Turn = s.Turn + 1
	}
	if tell {
		d.Changes = next.opening(r)
	}
	return next, d
}

// lasts returns the state after a record which says that an open alert goes on: it is counted as no stop, and tells
// what a stop would tell.
func (s State) lasts(r archive.Record, now time.Time) (State, Decision) {
	next := s
	next.Turn++
	if at := r.Moment().Time; at.After(s.Last) {
		next.Last = at
	}
	kind, tell := Ongoing, s.Opening.stale(now)
	switch {
	case tell:
		next.Opening = s.Opening.by(r, now)
	case s.Opening.Told && now.Sub(s.Opening.At) >= StillTime:
		kind, tell = Still, true
		next.Opening = Claim{Kind: Still, Key: r.DedupKey, At: now}
	}
	d := Decision{Kind: kind, FirstSeen: s.FirstSeen, Seen: s.Seen}
	if tell {
		d.Changes = next.opening(r)
	}
	return next, d
}

// closed reports whether the alert was closed when the stop at that moment came. A stop from before the service was
// steady does not open it.
func (s State) closed(r archive.Record, at time.Time, set Settings) bool {
	if s.Closing.Kind != "" {
		return at.After(s.Closed)
	}
	if goesOn(r) && !r.BelowSince.After(s.Last) {
		return false // it was not well since
	}
	return (r.Service == "" || !set.Steady) && at.Sub(s.Last) > QuietTime
}

// Close returns the state after an event that says that the service is well, and what it closes; nothing where the
// alert is closed, or a stop is newer than the event. Where nobody was told yet that the alert is open, the event tells
// that too.
func Close(s State, r archive.Record, now time.Time) (State, Decision) {
	next, mine := s, s.Closing.Key == r.DedupKey
	d := Decision{Kind: Closed, FirstSeen: s.Opened, Seen: s.Seen - s.Before}
	switch {
	case s.Turn == 0, s.Closing.Kind == "" && r.Moment().Before(s.Last):
		return s, Decision{}
	case s.Closing.Kind == "":
		next.Closing, next.Closed = Claim{Kind: Closed, Key: r.DedupKey, At: now}, r.Moment().Time
	case mine && s.Closing.Told:
		return s, d
	case mine:
	case s.Closing.stale(now):
		next.Closing.Key, next.Closing.At = r.DedupKey, now
	default:
		return s, Decision{}
	}
	if !mine {
		next.Turn++
		if s.Opening.stale(now) {
			next.Opening = s.Opening.by(r, now)
		}
	}
	switch {
	case next.Opening.Wave, next.Opening.Held: // nobody was told of this service alone, or of this time
		next.Closing.Told = true
	case !next.Opening.Told && next.Opening.Key == r.DedupKey:
		d.Changes = next.opening(r)
	default:
		d.Changes = []Change{next.change(Closed, r)}
	}
	return next, d
}

// Told returns the state after a change was told, and whether that makes a difference: not when it was somebody else's
// meanwhile.
func Told(s State, c Change) (State, bool) {
	claim := &s.Opening
	if c.Kind == Closed {
		claim = &s.Closing
	}
	if claim.Kind == "" || claim.Told || claim.Key != c.Record.DedupKey {
		return s, false
	}
	claim.Told = true
	s.Reported = c.Seen
	s.Turn++
	return s, true
}

// opening is what the claim of the opening tells, and the closing where the alert closed meanwhile.
func (s State) opening(r archive.Record) []Change {
	changes := []Change{s.change(s.Opening.Kind, r)}
	if s.Closing.Kind != "" {
		changes = append(changes, s.change(Closed, r))
	}
	return changes
}

func (s State) change(kind Kind, r archive.Record) Change {
	return Change{Kind: kind, Record: r, Seen: s.Seen, Stops: s.Seen - s.Before,
		Unsaid: s.Seen - s.Reported, Openings: s.Openings, Since: s.Opened, Until: s.Closed, Summary: s.Summary}
}

// cut keeps a state small: DynamoDB counts by KiB.
func cut(summary string) string {
	const most = 160
	if len(summary) <= most {
		return summary
	}
	return strings.ToValidUTF8(summary[:most], "") + "…"
}
