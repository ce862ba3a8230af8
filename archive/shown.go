package archive

import (
	"slices"
	"strings"
)

// Shown returns the records to show to a person: of several records of one stop the one of the highest classifierVersion, then
// one whose causes were checked, the earliest check first, then the newest. The latest stop comes first.
func Shown(records []Record) []Record {
	best := make(map[string]Record, len(records))
	for _, r := range records {
		if old, known := best[r.DedupKey]; !known || better(r, old) {
			best[r.DedupKey] = r
		}
	}
	shown := make([]Record, 0, len(best))
	for _, r := range best {
		shown = append(shown, r)
	}
	slices.SortFunc(shown, func(a, b Record) int {
		if c := b.stopped().Compare(a.stopped().Time); c != 0 {
			return c
		}
		return strings.Compare(a.DedupKey, b.DedupKey)
	})
	return shown
}

func better(a, b Record) bool {
	switch {
	case a.ClassifierVersion != b.ClassifierVersion:
		return a.ClassifierVersion > b.ClassifierVersion
	case a.CheckedAt.IsZero() != b.CheckedAt.IsZero():
		return !a.CheckedAt.IsZero()
	case !a.CheckedAt.Equal(b.CheckedAt.Time):
		return a.CheckedAt.Before(b.CheckedAt.Time)
	}
	return a.RecordedAt.After(b.RecordedAt.Time)
}

// stopped is when the stop happened, or was recorded where that is not known.
func (r Record) stopped() Time {
	if r.StoppedAt.IsZero() {
		return r.RecordedAt
	}
	return r.StoppedAt
}
