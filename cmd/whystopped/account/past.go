package account

import (
	"context"
	"fmt"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence/lookup"
	"whystopped/ingest"
)

// RanBefore finds a task of a stop's service that ran well before the task of the stop was created.
type RanBefore func(context.Context, events.Stop) (lookup.Past, bool)

// How far an archive is asked back for a task that ran well, and how long such a task must have run: longer than health
// checks, grace periods and circuit breakers take to end one that does not.
const (
	pastKept = 30 * 24 * time.Hour
	pastRan  = time.Hour
)

// pastIn returns what finds the newest task that ran well in the archive at a place. An archive, or a part of it, that
// cannot be read tells of none.
func (a *Account) pastIn(place string) RanBefore {
	return func(ctx context.Context, s events.Stop) (lookup.Past, bool) {
		if s.Cluster == "" || s.Service == "" || s.CreatedAt.IsZero() {
			return lookup.Past{}, false
		}
		q := archive.Filter{Cluster: s.Cluster, Service: s.Service, Kind: string(events.KindTask),
			Start: s.CreatedAt.Add(-pastKept)}
		var best archive.Record
		for r, err := range a.ReadArchive(ctx, place, q) {
			if err == nil && ranWell(r, s) && r.CreatedAt.After(best.CreatedAt.Time) {
				best = r
			}
		}
		if best.TaskID == "" || ctx.Err() != nil {
			return lookup.Past{}, false
		}
		ran := time.Duration(*best.RunSeconds * float64(time.Second))
		past := lookup.Past{TaskDefinition: best.TaskDefinition, StartedAt: best.StartedAt.Time,
			Digests: map[string]string{best.Culprit: best.CulpritImageDigest},
			Source:  fmt.Sprintf("its task %s ran %s, by the archive", best.TaskID, classifier.Span(ran))}
		stops, _ := ingest.StopsOf(best)
		for _, stop := range stops {
			for _, c := range stop.Containers {
				past.Digests[c.Name] = c.ImageDigest
			}
		}
		return past, true
	}
}

// ranWell reports whether a record is of a task of the stop's service that was created before the task of the stop and
// ran for long.
func ranWell(r archive.Record, s events.Stop) bool {
	return r.Kind == string(events.KindTask) && r.Account == s.Account && r.Region == s.Region &&
		r.Cluster == s.Cluster && r.Service == s.Service &&
		r.TaskID != s.TaskID && r.TaskDefinition != "" && !r.CreatedAt.IsZero() && r.CreatedAt.Before(s.CreatedAt) &&
		r.RunSeconds != nil && *r.RunSeconds >= pastRan.Seconds()
}
