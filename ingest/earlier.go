package ingest

import (
	"cmp"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// ranWell is how long a task must have run to have run well: longer than health checks, grace periods and circuit
// breakers take to end one that does not. A job that ended by itself with code 0 did so too.
const ranWell = time.Hour

// Earlier tells of stops how earlier tasks of their service or family fared, by the records that were added to it.
type Earlier struct {
	first map[definition]map[int64]time.Time // when the first task was created that ran well, by revision
}

// definition is what tasks have in common that differ by revision.
type definition struct{ account, region, cluster, of string }

// Add takes what a record tells.
func (e *Earlier) Add(r archive.Record) {
	ended := r.Class == string(classifier.Runtime)+"."+string(classifier.Exited) && r.Service == ""
	lasted := r.RunSeconds != nil && *r.RunSeconds >= ranWell.Seconds()
	if r.Kind != string(events.KindTask) || r.Revision == nil || r.CreatedAt.IsZero() || !ended && !lasted {
		return
	}
	d := definition{r.Account, r.Region, r.Cluster, cmp.Or(r.Service, r.Family)}
	if e.first == nil {
		e.first = map[definition]map[int64]time.Time{}
	}
	if e.first[d] == nil {
		e.first[d] = map[int64]time.Time{}
	}
	if at, known := e.first[d][*r.Revision]; !known || r.CreatedAt.Before(at) {
		e.first[d][*r.Revision] = r.CreatedAt.Time
	}
}

// Of returns how tasks fared that were created before the stop's.
func (e *Earlier) Of(s events.Stop) events.Earlier {
	if s.Kind != events.KindTask || s.Revision == nil || s.CreatedAt.IsZero() {
		return ""
	}
	var known events.Earlier
	for revision, at := range e.first[definition{s.Account, s.Region, s.Cluster, cmp.Or(s.Service, s.Family)}] {
		switch {
		case !at.Before(s.CreatedAt):
		case revision == *s.Revision:
			return events.RevisionRan
		default:
			known = events.RevisionNew
		}
	}
	return known
}
