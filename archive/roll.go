package archive

import (
	"cmp"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"time"
)

// Place is where an archive has a record.
type Place uint64

// Seen is what a Roll keeps of a stop: which of its records is shown, and what decides that.
type Seen struct {
	key      uint64 // of the dedupKey
	moment   int64  // these in microseconds
	recorded int64
	checked  int64 // never where it was not

	At   Place  // of the record
	Sort uint32 // which sort of stop the record makes it

	version uint16
	rank    int8
	marks   uint8
}

// Marks of a record: it is of a task that had not stopped; of a container whose first end, or first record, is shown.
const (
	stillStopping = 1 << iota
	firstEnd
	firstRecord
)

const never = math.MinInt64

func micros(t Time) int64 {
	if t.IsZero() {
		return never
	}
	return t.UnixMicro()
}

// seen is what decides whether r is shown.
func (r Record) seen() Seen {
	s := Seen{moment: micros(r.Moment()), recorded: micros(r.RecordedAt), checked: micros(r.CheckedAt),
		version: uint16(max(0, min(r.ClassifierVersion, math.MaxUint16))), rank: int8(min(r.Rank(), math.MaxInt8))}
	if r.StillStopping != "" {
		s.marks |= stillStopping
	}
	switch {
	case r.Kind == "container" && r.Rank() == rankSomebody:
		s.marks |= firstRecord
	case r.Kind == "container":
		s.marks |= firstEnd
	}
	return s
}

// better reports whether a is shown rather than b.
func (a *Seen) better(b *Seen) bool {
	switch {
	case (a.marks^b.marks)&stillStopping != 0:
		return a.marks&stillStopping == 0
	case a.rank != b.rank:
		return a.rank > b.rank
	case a.version != b.version:
		return a.version > b.version
	case (a.checked == never) != (b.checked == never):
		return a.checked != never
	case a.checked != b.checked:
		return a.checked < b.checked
	case a.marks&firstRecord != 0:
		return a.recorded < b.recorded
	case a.marks&firstEnd != 0 && a.moment != b.moment:
		return a.moment < b.moment
	}
	return a.recorded > b.recorded
}

// Moment is when the stop happened, as that of its record.
func (a *Seen) Moment() Time {
	if a.moment == never {
		return Time{}
	}
	return Time{time.UnixMicro(a.moment).UTC()}
}

// Latest orders stops, the latest first.
func (a *Seen) Latest(b *Seen) int { return cmp.Compare(b.moment, a.moment) }

// Roll knows of each stop which of its records is shown, as Stops does, and holds none of them: a stop takes it less
// than 64 bytes. Two stops whose keys have the same 64 bits of a hash that nobody can foresee are taken for one; among
// a million that happens once in thirty million archives. Its zero value is empty.
type Roll struct {
	seed  maphash.Seed
	slots []uint32 // 1 + the number of a stop; 0 for none
	parts [][]Seen
	count int
}

const rollPart = 1 << 14

// Len is how many stops there are.
func (l *Roll) Len() int { return l.count }

// Stop returns a stop by its number; numbers are given as stops come.
func (l *Roll) Stop(n uint32) *Seen { return &l.parts[n/rollPart][n%rollPart] }

// Add takes a record, the sort that it makes its stop, and where it is.
func (l *Roll) Add(r Record, sort uint32, at Place) {
	if l.count*5 >= len(l.slots)*4 {
		l.grow()
	}
	s := r.seen()
	s.key, s.Sort, s.At = maphash.String(l.seed, r.DedupKey), sort, at
	slot := l.slot(s.key)
	if n := l.slots[slot]; n > 0 {
		if known := l.Stop(n - 1); s.better(known) {
			*known = s
		}
		return
	}
	if l.count%rollPart == 0 {
		l.parts = append(l.parts, make([]Seen, 0, rollPart))
	}
	last := &l.parts[len(l.parts)-1]
	*last = append(*last, s)
	l.count++
	l.slots[slot] = uint32(l.count)
}

// slot returns where the number of the stop with this key stands or belongs.
func (l *Roll) slot(key uint64) int {
	mask := len(l.slots) - 1
	slot := int(key) & mask
	for l.slots[slot] > 0 && l.Stop(l.slots[slot]-1).key != key {
		slot = (slot + 1) & mask
	}
	return slot
}

func (l *Roll) grow() {
	if l.slots == nil {
		l.seed = maphash.MakeSeed()
	}
	l.slots = make([]uint32, max(1024, 2*len(l.slots)))
	for n := range uint32(l.count) {
		l.slots[l.slot(l.Stop(n).key)] = n + 1
	}
}

// All yields the stops as they came.
func (l *Roll) All() iter.Seq[*Seen] {
	return func(yield func(*Seen) bool) {
		for n := range uint32(l.count) {
			if !yield(l.Stop(n)) {
				return
			}
		}
	}
}

// LatestFirst yields in runs the stops that are wanted, the latest first; those of one run are of the same moment.
func (l *Roll) LatestFirst(wanted func(*Seen) bool) iter.Seq[[]*Seen] {
	return func(yield func([]*Seen) bool) {
		var order []uint32
		for n := range uint32(l.count) {
			if wanted(l.Stop(n)) {
				order = append(order, n)
			}
		}
		slices.SortFunc(order, func(a, b uint32) int { return l.Stop(a).Latest(l.Stop(b)) })
		var run []*Seen
		for _, n := range order {
			s := l.Stop(n)
			if len(run) > 0 && run[0].moment != s.moment {
				if !yield(run) {
					return
				}
				run = run[:0]
			}
			run = append(run, s)
		}
		if len(run) > 0 {
			yield(run)
		}
	}
}
