package archive

import (
	"cmp"
	"slices"
	"strings"
)

// Stops keeps of several records of one stop the one to show to a person: that of the task's end before one of a task
// that was still stopping, then that of the highest rank, then of the highest
// classifierVersion, then one whose causes were checked, the earliest check first, then the newest. ECS goes on to
// report a container that ended, each time as if it had just happened; of these the first is shown, and of what a
// watcher says the first that was recorded, because the time in it is anybody's. Its zero value is empty.
type Stops struct {
	shown map[string]Record // by dedupKey
}

// Add takes a record in any order.
func (s *Stops) Add(r Record) {
	if s.shown == nil {
		s.shown = map[string]Record{}
	}
	if old, known := s.shown[r.DedupKey]; !known || better(r, old) {
		s.shown[r.DedupKey] = r
	}
}

// Shown returns one record per stop, the latest stop first.
func (s *Stops) Shown() []Record {
	shown := make([]Record, 0, len(s.shown))
	for _, r := range s.shown {
		shown = append(shown, r)
	}
	slices.SortFunc(shown, func(a, b Record) int {
		return cmp.Or(b.Moment().Compare(a.Moment().Time), strings.Compare(a.DedupKey, b.DedupKey))
	})
	return shown
}

// Shown returns the records of one slice as Stops does.
func Shown(records []Record) []Record {
	var s Stops
	for _, r := range records {
		s.Add(r)
	}
	return s.Shown()
}

// better reports whether a is shown rather than b.
func better(a, b Record) bool {
	seen, known := a.seen(), b.seen()
	return seen.better(&known)
}

// Moment is when the stop happened, or was recorded where that is not known.
func (r Record) Moment() Time {
	if r.StoppedAt.IsZero() {
		return r.RecordedAt
	}
	return r.StoppedAt
}
