// Package memory is what the function remembers between events, and between its processes where they share a table:
// ids, counts, times and redacted proofs, never an event.
//
// It promises that a write happens as a whole or not at all, whoever else writes, and that what has expired is not
// there. It keeps no history: whatever is lost with it costs a message or a look-up too many, and no record.
package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Key names an item: all items with one Part can be read together.
type Key struct{ Part, Sort string }

// Fields are what an item holds; each is an int64, a string or a []string.
type Fields map[string]any

// Number returns a field that is an int64, 0 where there is none.
func (f Fields) Number(name string) int64 { n, _ := f[name].(int64); return n }

// Text returns a field that is a string, "" where there is none.
func (f Fields) Text(name string) string { s, _ := f[name].(string); return s }

// List returns a field that is a []string, nil where there is none.
func (f Fields) List(name string) []string { l, _ := f[name].([]string); return l }

// Item is what is remembered under a key until it expires, in whole seconds. An item without fields is none.
type Item struct {
	Key     Key
	Fields  Fields
	Expires time.Time
}

// Write is one change of an item, made as a whole if its condition holds.
type Write struct {
	Key     Key
	Where   Where
	Set     Fields              // these have new values
	Add     map[string]int64    // these numbers grow; none is among Set
	Append  map[string][]string // these lists get longer; none is among Set
	Expires time.Time
}

// Where is the condition of a write. Where it is zero the item is replaced, whatever is there; where it is Absent the
// item is made, unless there is one. Else the item must be there, and fields that the write does not name stay.
type Where struct {
	Absent  bool
	Equal   Fields            // numbers and texts have these values
	Lacks   map[string]string // these lists do not have that element
	Shorter map[string]int    // these lists are there, with fewer elements than that
}

// Replaces reports whether nothing of an old item stays.
func (w Where) Replaces() bool {
	return w.Absent || len(w.Equal)+len(w.Lacks)+len(w.Shorter) == 0
}

// Table holds items. What writes return is the item after the write or, where its condition did not hold, the item that
// is there.
type Table interface {
	Query(ctx context.Context, part string) ([]Item, error) // by Sort
	Write(ctx context.Context, w Write) (Item, bool, error)
}

// Local is a table within this process. It may be used by several goroutines at once.
type Local struct {
	now func() time.Time

	mu    sync.Mutex
	items map[Key]Item
}

// maxItems is how many items a Local keeps; then those that expire first are forgotten.
const maxItems = 4096

// NewLocal returns an empty table.
func NewLocal(now func() time.Time) *Local { return &Local{now: now, items: map[Key]Item{}} }

// Query returns the items of a part, by Sort.
func (l *Local) Query(_ context.Context, part string) ([]Item, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Item
	for key := range l.items {
		if item, there := l.item(key); there && key.Part == part {
			found = append(found, item)
		}
	}
	slices.SortFunc(found, func(a, b Item) int { return cmp.Compare(a.Key.Sort, b.Key.Sort) })
	return found, nil
}

// Write makes w, or returns what is there instead.
func (l *Local) Write(_ context.Context, w Write) (Item, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old, there := l.item(w.Key)
	if !w.Where.holds(old, there) {
		return old, false, nil
	}
	item := w.Made(old)
	if _, kept := l.items[w.Key]; !kept {
		l.makeRoom()
	}
	l.items[w.Key] = item
	return item.clone(), true, nil
}

// Made returns the item that the write makes of an old one.
func (w Write) Made(old Item) Item {
	item := Item{Key: w.Key, Fields: Fields{}, Expires: w.Expires}
	if !w.Where.Replaces() {
		maps.Copy(item.Fields, old.Fields)
	}
	maps.Copy(item.Fields, w.Set)
	for name, n := range w.Add {
		item.Fields[name] = item.Fields.Number(name) + n
	}
	for name, more := range w.Append {
		item.Fields[name] = slices.Concat(item.Fields.List(name), more)
	}
	return item
}

// item returns what is there and has not expired.
func (l *Local) item(key Key) (Item, bool) {
	item, there := l.items[key]
	if !there || !item.Live(l.now()) {
		return Item{}, false
	}
	return item.clone(), true
}

func (l *Local) makeRoom() {
	if len(l.items) < maxItems {
		return
	}
	var first Key
	for key, item := range l.items {
		if old, found := l.items[first]; !found || item.Expires.Before(old.Expires) {
			first = key
		}
	}
	delete(l.items, first)
}

// Live reports whether the item has not expired.
func (i Item) Live(now time.Time) bool { return i.Expires.Unix() > now.Unix() }

func (i Item) clone() Item {
	i.Fields = maps.Clone(i.Fields)
	return i
}

func (w Where) holds(old Item, there bool) bool {
	if w.Replaces() {
		return !w.Absent || !there
	}
	if !there {
		return false
	}
	for name, value := range w.Equal {
		if old.Fields[name] != value {
			return false
		}
	}
	for name, element := range w.Lacks {
		if slices.Contains(old.Fields.List(name), element) {
			return false
		}
	}
	for name, most := range w.Shorter {
		if list, there := old.Fields[name].([]string); !there || len(list) >= most {
			return false
		}
	}
	return true
}
