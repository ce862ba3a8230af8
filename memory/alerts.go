package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"whystopped/archive"
	"whystopped/notify/alerts"
)

const (
	patience    = 300 * time.Millisecond // for all that is asked about one record, and again for what was told
	pause       = time.Second            // without the table after it was too slow
	attempts    = 20                     // of a write that others come before
	lookAtWaves = 10 * time.Second       // how often a process looks for waves that are over
	shortTime   = 24 * time.Hour         // in which waves and the names of others are remembered
	maxNames    = 100                    // alerts that somebody who is not ECS can have in that time
)

// Alerts remembers alerts in a table. What it saw last of an alert it takes to be there still, and the conditions of
// its writes say when it is not: most stops cost one write.
type Alerts struct {
	table Table
	set   alerts.Settings
	now   func() time.Time
	seen  *Local // what this process saw last

	mu     sync.Mutex
	slow   time.Time // when the table was too slow
	looked time.Time // when waves were looked for
}

// NewAlerts returns the alerts in a table.
func NewAlerts(table Table, set alerts.Settings, now func() time.Time) *Alerts {
	set.Retention = cmp.Or(set.Retention, alerts.Retention)
	return &Alerts{table: table, set: set, now: now, seen: NewLocal(now)}
}

// errSlow says that the table is not asked for a moment.
var errSlow = errors.New("the table did not answer in time a moment ago")

// Decide says what a record is to its alert, and what is to be told once it is written. With an error that is not
// known, and a failure is told as such. It takes at most 300 ms.
func (a *Alerts) Decide(ctx context.Context, r archive.Record) (archive.Record, []alerts.Change, error) {
	ctx, cancel, err := a.begin(ctx)
	defer cancel()
	var d alerts.Decision
	if err == nil {
		d, err = a.decide(ctx, r)
	}
	if err != nil {
		a.failed(err)
		if alerts.Opens(r) {
			return r, []alerts.Change{{Record: r}}, fmt.Errorf("whether this failure is new is not known: %w", err)
		}
		return r, nil, fmt.Errorf("what this closes is not known: %w", err)
	}
	if d.Kind != "" {
		r.AlertState, r.FirstSeen, r.SeenCount = string(d.Kind), archive.Time{Time: d.FirstSeen}, &d.Seen
	}
	changes, err := a.waves(ctx, r, d.Changes)
	a.failed(err)
	for i := range changes {
		changes[i].Record = r
	}
	return r, changes, err
}

// Told notes that a change was told; what is not noted is told again by a later record. It takes at most 300 ms.
func (a *Alerts) Told(ctx context.Context, c alerts.Change) error {
	if c.Kind == "" {
		return nil // there is nothing that knows of it
	}
	ctx, cancel, err := a.begin(ctx)
	defer cancel()
	if err == nil && c.Over {
		err = a.endTold(ctx, c)
	} else if err == nil {
		err = a.claimed(ctx, Key{c.Part, c.Sort},
			func(s alerts.State) (alerts.State, bool) { return alerts.Told(s, c) })
	}
	a.failed(err)
	return err
}

func (a *Alerts) begin(ctx context.Context) (context.Context, context.CancelFunc, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	if a.now().Sub(a.slow) < pause {
		return ctx, cancel, errSlow
	}
	return ctx, cancel, nil
}

func (a *Alerts) failed(err error) {
	if errors.Is(err, context.DeadlineExceeded) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.slow = a.now()
	}
}

func (a *Alerts) decide(ctx context.Context, r archive.Record) (alerts.Decision, error) {
	now := a.now()
	if alerts.Opens(r) {
		key, err := a.key(ctx, r)
		if err != nil {
			return alerts.Decision{}, err
		}
		return a.change(ctx, key, a.last(key), func(s alerts.State) (alerts.State, alerts.Decision) {
			return alerts.Decide(s, r, now, a.set)
		})
	}
	if !alerts.Closes(r) {
		return alerts.Decision{}, nil
	}
	part, _ := alerts.Key(r)
	open, err := a.table.Query(ctx, part)
	if err != nil {
		return alerts.Decision{}, err
	}
	var all alerts.Decision
	for _, item := range open {
		d, err := a.change(ctx, item.Key, item, func(s alerts.State) (alerts.State, alerts.Decision) {
			return alerts.Close(s, r, now)
		})
		if err != nil {
			return alerts.Decision{}, err
		}
		if d.Kind == "" {
			continue
		}
		if all.Kind == "" || d.FirstSeen.Before(all.FirstSeen) {
			all.FirstSeen = d.FirstSeen
		}
		all.Kind = d.Kind
		all.Seen += d.Seen
		all.Changes = append(all.Changes, d.Changes...)
	}
	return all, nil
}

// key returns where the alert of a failure is kept. What is said by others than ECS has no more than so many alerts in
// a day, and one for all that is beyond.
func (a *Alerts) key(ctx context.Context, r archive.Record) (Key, error) {
	var key Key
	key.Part, key.Sort = alerts.Key(r)
	if !alerts.Limited(r) {
		return key, nil
	}
	names := Key{alerts.Part("names", r, ""), "names"}
	name := key.Part + "#" + key.Sort
	for hint := a.last(names); ; {
		known := hint.Fields.List("names")
		w := Write{Key: names, Where: Where{Absent: true}, Set: Fields{"names": []string{name}},
			Expires: a.now().Add(shortTime)}
		switch {
		case slices.Contains(known, name):
			return key, nil
		case len(known) >= maxNames:
			return Key{alerts.Part("alert", r, "others"), "others"}, nil
		case len(known) > 0:
			w = Write{Key: names, Where: Where{Lacks: map[string]string{"names": name},
				Shorter: map[string]int{"names": maxNames}}, Append: map[string][]string{"names": {name}},
				Expires: hint.Expires}
		}
		var err error
		if hint, _, err = a.write(ctx, w); err != nil {
			return Key{}, err
		}
	}
}

// change makes what a step makes of an alert, beginning with what may be there, and returns what it decided.
func (a *Alerts) change(ctx context.Context, key Key, item Item,
	step func(alerts.State) (alerts.State, alerts.Decision)) (alerts.Decision, error) {
	for range attempts {
		old := stateOf(item)
		next, d := step(old)
		w := Write{Key: key, Expires: a.now().Add(a.set.Retention)}
		switch {
		case next.Turn == old.Turn && next.Seen == old.Seen:
			return d.At(key.Part, key.Sort), nil
		case next.Turn == old.Turn && len(next.Keys) <= len(old.Keys): // the first of them are forgotten
			w.Where = Where{Equal: Fields{"turn": old.Turn, "seen": old.Seen}}
			w.Set = Fields{"last": milliseconds(next.Last), "seen": next.Seen, "keys": next.Keys}
		case next.Turn == old.Turn: // others may count at the same time
			mark := next.Keys[len(next.Keys)-1]
			w.Where = Where{Equal: Fields{"turn": old.Turn}, Lacks: map[string]string{"keys": mark},
				Shorter: map[string]int{"keys": alerts.MaxKeys}}
			w.Set = Fields{"last": milliseconds(next.Last)}
			w.Add, w.Append = map[string]int64{"seen": 1}, map[string][]string{"keys": {mark}}
		case old.Turn == 0:
			w.Where, w.Set = Where{Absent: true}, fieldsOf(next)
		default:
			w.Where, w.Set = Where{Equal: Fields{"turn": old.Turn, "seen": old.Seen}}, fieldsOf(next)
		}
		after, happened, err := a.write(ctx, w)
		if err != nil {
			return alerts.Decision{}, err
		}
		if happened && next.Turn != old.Turn {
			return d.At(key.Part, key.Sort), nil
		}
		item = after // where it was counted, it is known now
	}
	return alerts.Decision{}, errContended
}

var errContended = fmt.Errorf("others came before in %d attempts", attempts)

// claimed makes a change of an alert's claims, which leaves alone what others count.
func (a *Alerts) claimed(ctx context.Context, key Key, step func(alerts.State) (alerts.State, bool)) error {
	item := a.last(key)
	for range attempts {
		old := stateOf(item)
		next, changes := step(old)
		if !changes {
			return nil
		}
		set := fieldsOf(next)
		delete(set, "seen")
		delete(set, "keys")
		delete(set, "last")
		after, happened, err := a.write(ctx, Write{Key: key, Where: Where{Equal: Fields{"turn": old.Turn}}, Set: set,
			Expires: a.now().Add(a.set.Retention)})
		if err != nil || happened {
			return err
		}
		item = after
	}
	return errContended
}

// last is what this process saw last under a key.
func (a *Alerts) last(key Key) Item {
	a.seen.mu.Lock()
	defer a.seen.mu.Unlock()
	item, _ := a.seen.item(key)
	return item
}

// write makes a write, and keeps what is there after it.
func (a *Alerts) write(ctx context.Context, w Write) (Item, bool, error) {
	item, happened, err := a.table.Write(ctx, w)
	if err != nil {
		return Item{}, false, err
	}
	a.seen.Write(ctx, Write{Key: w.Key, Set: item.Fields, Expires: item.Expires})
	return item, happened, nil
}

func stateOf(item Item) alerts.State {
	f := item.Fields
	return alerts.State{
		Turn: f.Number("turn"), Seen: f.Number("seen"), Before: f.Number("before"), Reported: f.Number("reported"),
		FirstSeen: moment(f.Number("first")), Opened: moment(f.Number("opened")), Last: moment(f.Number("last")),
		Closed: moment(f.Number("closed")), Keys: f.List("keys"), Summary: f.Text("summary"),
		Flapping: moment(f.Number("flapping")), Openings: f.Number("openings"),
		Opening: claimOf(f, "opening"), Closing: claimOf(f, "closing"),
	}
}

func fieldsOf(s alerts.State) Fields {
	f := Fields{"turn": s.Turn, "seen": s.Seen, "before": s.Before, "reported": s.Reported,
		"first": milliseconds(s.FirstSeen), "opened": milliseconds(s.Opened), "last": milliseconds(s.Last),
		"closed": milliseconds(s.Closed), "keys": s.Keys, "summary": s.Summary,
		"flapping": milliseconds(s.Flapping), "openings": s.Openings}
	setClaim(f, "opening", s.Opening)
	setClaim(f, "closing", s.Closing)
	return f
}

func claimOf(f Fields, name string) alerts.Claim {
	return alerts.Claim{Kind: alerts.Kind(f.Text(name)), Key: f.Text(name + "Key"), At: moment(f.Number(name + "At")),
		Told: f.Number(name+"Told") > 0, Wave: f.Number(name+"Wave") > 0,
		Held: f.Number(name+"Held") > 0}
}

func setClaim(f Fields, name string, c alerts.Claim) {
	number := map[bool]int64{true: 1}
	f[name], f[name+"Key"], f[name+"At"] = string(c.Kind), c.Key, milliseconds(c.At)
	f[name+"Told"], f[name+"Wave"], f[name+"Held"] = number[c.Told], number[c.Wave], number[c.Held]
}

func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
