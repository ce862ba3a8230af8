// Package sweep looks at what makes no event: services that run fewer tasks than are desired, and stops that ECS
// remembers and the archive lacks.
//
// It promises that what it did not look at, for want of time, of permission or because there is too much, is said, and
// is not counted as well; and that it writes no stop that the archive has, and nothing of a service that it has said
// before, until that changes or four hours have gone by. It keeps no list of services, and needs no Container Insights.
package sweep

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"whystopped/archive"
	"whystopped/events"
	"whystopped/events/awsname"
)

const (
	stopGrace  = 5 * time.Minute // in which a stop may still be on its way
	remembered = 3 * time.Hour   // reaches back behind all that ECS remembers
	again      = 4 * time.Hour   // after which what goes on is written once more
	mostStops  = 2000            // that are described in one sweep
)

// Limiter lets a call wait until it may be made.
type Limiter interface{ Wait(context.Context) error }

type unlimited struct{}

func (unlimited) Wait(ctx context.Context) error { return ctx.Err() }

// Sweep is one look at a Region, or at one of its clusters.
type Sweep struct {
	ECS             *ecs.Client // of NewClient
	Services, Tasks Limiter     // for the calls on services, and those on clusters and tasks; nil does not wait
	// Archived yields records of the archive; it may yield more than is asked for. Nil is an empty archive.
	Archived func(context.Context, archive.Filter) iter.Seq2[archive.Record, error]
	Explain  func(events.Stop) archive.Record
	Now      func() time.Time

	Cluster string          // by name or ARN; empty for all
	Start   string          // ARN of the cluster to begin with, if it is there
	Until   time.Time       // no cluster is begun later; zero is no limit
	Stops   *events.Pattern // what the archive is to have; nil compares nothing
	Told    *events.Pattern // which services are looked at, by an error of theirs; nil for all

	NoServices bool // looks at no service
}

// Seen is what a sweep saw.
type Seen struct {
	Clusters, Services int        // that were looked at
	Below              []*Service // for longer than their grace, the worst first
	Starting           int        // services that are below their count for less
	Stopped            int        // tasks that ECS remembers
	Archived           int        // of these in the archive
	Routine            int        // that do not belong there
	Missing            []*events.Stop
	Fresh              []*events.Stop // not there either, and perhaps still on their way
	Left               []error        // what of both was not looked at
	LeftServices       []error        // and of services alone
	LeftStops          []error        // and of stops alone
	Next               string         // ARN of the cluster at which time ran out

	unread   map[string]bool           // keys of documents in the archive that could not be read
	services map[string]*Service       // by place
	said     map[string]archive.Record // by place, what the newest record of an earlier sweep says
}

// Whole reports whether all was looked at.
func (s *Seen) Whole() bool { return len(s.AllLeft()) == 0 }

// StopsWhole reports whether all stops were compared.
func (s *Seen) StopsWhole() bool { return len(s.Left)+len(s.LeftStops) == 0 }

// AllLeft is what was not looked at.
func (s *Seen) AllLeft() []error { return slices.Concat(s.Left, s.LeftServices, s.LeftStops) }

// Look asks ECS and the archive. Its error is that the clusters cannot be told, so that nothing was looked at.
func (s *Sweep) Look(ctx context.Context) (Seen, error) {
	c := &calls{s.ECS, s.Services, s.Tasks}
	if c.services == nil {
		c.services = unlimited{}
	}
	if c.tasks == nil {
		c.tasks = unlimited{}
	}
	seen := Seen{unread: map[string]bool{}, services: map[string]*Service{}, said: map[string]archive.Record{}}
	clusters := []string{s.Cluster}
	if s.Cluster == "" {
		var err error
		if clusters, err = c.clusters(ctx); err != nil {
			return seen, err
		}
		slices.Sort(clusters)
		if i := slices.Index(clusters, s.Start); i > 0 {
			clusters = slices.Concat(clusters[i:], clusters[:i])
		}
	}
	stopped := map[string][]string{} // ARNs of tasks, by cluster
	for i, cluster := range clusters {
		if !s.Until.IsZero() && s.Now().After(s.Until) {
			seen.Next = cluster
			seen.Left = append(seen.Left, fmt.Errorf("time ran out: %d of %d clusters are left, from %s on",
				len(clusters)-i, len(clusters), awsname.LastPart(cluster)))
			break
		}
		if err := s.lookAtServices(ctx, c, cluster, &seen); err != nil {
			seen.LeftServices = append(seen.LeftServices, inCluster(cluster, err))
		}
		tasks, err := c.stopped(ctx, cluster)
		if err != nil {
			seen.LeftStops = append(seen.LeftStops, inCluster(cluster, err))
		}
		stopped[cluster] = tasks
		seen.Clusters++
		seen.Stopped += len(tasks)
	}
	s.compare(ctx, c, clusters, stopped, &seen)
	now := s.Now()
	for place, service := range seen.services {
		service.carryOn(seen.said[place])
		if !service.late(now) {
			if service.below() {
				seen.Starting++
			}
			continue
		}
		if service.Cause.DedupKey == "" {
			service.explain(s.Explain, now)
		}
		seen.Below = append(seen.Below, service)
	}
	slices.SortFunc(seen.Below, worstFirst)
	return seen, nil
}

func inCluster(cluster string, err error) error {
	return fmt.Errorf("cluster %s: %w", awsname.LastPart(cluster), err)
}

// lookAtServices reads the services of a cluster.
func (s *Sweep) lookAtServices(ctx context.Context, c *calls, cluster string, seen *Seen) error {
	if s.NoServices {
		return nil
	}
	arns, err := c.servicesOf(ctx, cluster)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(arns, servicesAtOnce) {
		described, sent, err := c.describeServices(ctx, cluster, batch)
		if err != nil {
			return err
		}
		for i, d := range described {
			v := serviceOf(d)
			if s.Told != nil {
				if told, err := s.Told.Match(v.event()); err != nil || !told {
					continue
				}
			}
			seen.Services++
			if v.below() && i < len(sent) {
				v.reported, _ = events.Parse(sent[i]) // what cannot be read says nothing
			}
			seen.services[v.Place()] = v
		}
	}
	return nil
}

// carryOn takes over since when the service is below its count from what was said of it before, unless it was well or
// deployed meanwhile: its messages reach back less and less.
func (s *Service) carryOn(said archive.Record) {
	if said.EventName == events.BelowDesired && !s.steady.After(said.RecordedAt.Time) &&
		!said.BelowSince.Before(s.began) {
		s.Since, s.before = said.BelowSince.Time, said
	}
}

// compare finds what the archive lacks of the stopped tasks, and why services are below their count.
func (s *Sweep) compare(ctx context.Context, c *calls, clusters []string, stopped map[string][]string, seen *Seen) {
	tasks := map[string]bool{} // by id, whether the archive has it
	for _, arns := range stopped {
		for _, arn := range arns {
			tasks[awsname.LastPart(arn)] = false
		}
	}
	below := false
	for _, v := range seen.services {
		below = below || v.below()
	}
	if err := s.readArchive(ctx, tasks, below, seen); err != nil {
		seen.LeftStops = append(seen.LeftStops, fmt.Errorf("archive: %w", err))
		s.Stops = nil // what it lacks is not known
	}
	described, tooMany := 0, 0
	for _, cluster := range clusters {
		var lacking []string
		for _, arn := range stopped[cluster] {
			if tasks[awsname.LastPart(arn)] {
				seen.Archived++
			} else {
				lacking = append(lacking, arn)
			}
		}
		if over := described + len(lacking) - mostStops; over > 0 {
			lacking, tooMany = lacking[:len(lacking)-over], tooMany+over
			seen.Next = cmp.Or(seen.Next, cluster)
		}
		described += len(lacking)
		for batch := range slices.Chunk(lacking, TasksAtOnce) {
			sent, err := c.describeTasks(ctx, cluster, batch)
			if err != nil {
				seen.LeftStops = append(seen.LeftStops, inCluster(cluster,
					fmt.Errorf("%d stopped tasks: %w", len(batch), err)))
				seen.Next = cmp.Or(seen.Next, cluster)
				continue
			}
			for _, raw := range sent {
				s.sort(raw, seen)
			}
		}
	}
	if tooMany > 0 {
		seen.LeftStops = append(seen.LeftStops,
			fmt.Errorf("%d stopped tasks: a sweep compares at most %d", tooMany, mostStops))
	}
	byTime := func(a, b *events.Stop) int { return a.StoppedAt.Compare(b.StoppedAt) }
	slices.SortFunc(seen.Missing, byTime)
	slices.SortFunc(seen.Fresh, byTime)
}

// readArchive marks the tasks that the archive has, and takes over what it says of services.
func (s *Sweep) readArchive(ctx context.Context, tasks map[string]bool, below bool, seen *Seen) error {
	if s.Archived == nil {
		return nil
	}
	now := s.Now()
	for r, err := range s.Archived(ctx, archive.Filter{Start: now.Add(-again - time.Hour), Kind: "service"}) {
		switch {
		case errors.Is(err, archive.ErrSkipped):
		case err != nil:
			return err
		case r.Source == archive.SourceSweep &&
			(r.EventName == events.BelowDesired || r.EventName == events.SteadyState):
			place := r.Cluster + "/" + r.Service
			if old := seen.said[place]; old.RecordedAt.Before(r.RecordedAt.Time) {
				seen.said[place] = r
			}
		}
	}
	if len(tasks) == 0 && !below {
		return nil // nobody asks what else is there
	}
	for r, err := range s.Archived(ctx, archive.Filter{Start: now.Add(-remembered)}) {
		switch {
		case errors.Is(err, archive.ErrSkipped):
		case err != nil:
			return err
		default:
			if _, asked := tasks[r.DedupKey]; asked && r.StillStopping == "" {
				tasks[r.DedupKey] = true
			}
			if r.Kind == string(events.KindUnreadable) {
				seen.unread[r.DedupKey] = true
			}
			seen.mayExplain(r)
		}
	}
	return nil
}

// mayExplain takes a failed task as the cause of its service, where none is newer.
func (s *Seen) mayExplain(r archive.Record) {
	v, known := s.services[r.Cluster+"/"+r.Service]
	if !known || !v.below() || r.Kind != string(events.KindTask) || r.Verdict != "failure" ||
		!r.Moment().After(v.steady) || !r.Moment().After(v.Cause.Moment().Time) {
		return
	}
	r.RawEvent = ""
	v.Cause = r
}

// sort says what a stopped task is that the archive has not.
func (s *Sweep) sort(raw json.RawMessage, seen *Seen) {
	var task struct {
		LastStatus string `json:"lastStatus"`
	}
	if json.Unmarshal(raw, &task) == nil && task.LastStatus != "STOPPED" {
		return // not yet
	}
	read, err := events.Parse(raw)
	if len(read) != 1 {
		read = []events.Stop{events.Unreadable(&events.Refusal{Reason: fmt.Sprint(err), Raw: raw})}
	}
	stop := &read[0]
	r := s.Explain(*stop)
	seen.mayExplain(r)
	switch {
	case s.Stops == nil:
		return
	case seen.unread[r.DedupKey]:
		seen.Archived++
		return
	}
	captured, err := s.Stops.Match(stop.Event())
	switch {
	case stop.Kind != events.KindUnreadable && (err != nil || !captured):
		seen.Routine++
	case s.Now().Sub(stop.StoppedAt) < stopGrace:
		seen.Fresh = append(seen.Fresh, stop)
	default:
		seen.Missing = append(seen.Missing, stop)
	}
}

// Ingest explains and archives a document, and archives records that are explained.
type Ingest interface {
	Ingest(ctx context.Context, raw []byte) ([]archive.Record, error)
	Keep(ctx context.Context, records []archive.Record) ([]archive.Record, error)
}

// Kept is what a sweep wrote.
type Kept struct {
	Missed int // stops that the rules did not bring
	Below  int // services below their count, which are new or changed, or were said four hours ago
	Closed int // services that are well again
}

// Keep writes what a sweep saw and the archive lacks. The error joins what could not be written, which the next sweep
// finds again.
func (s *Sweep) Keep(ctx context.Context, in Ingest, seen Seen) (Kept, error) {
	written, err := in.Keep(ctx, s.toSay(seen))
	var kept Kept
	for _, r := range written {
		if r.EventName == events.BelowDesired {
			kept.Below++
		} else {
			kept.Closed++
		}
	}
	failed := []error{err}
	var mu sync.Mutex
	var workers sync.WaitGroup
	stops := make(chan *events.Stop)
	for range 4 {
		workers.Go(func() {
			for stop := range stops {
				written, err := in.Ingest(ctx, stop.Raw)
				mu.Lock()
				kept.Missed += len(written)
				failed = append(failed, err)
				mu.Unlock()
			}
		})
	}
	left := 0
	for i, stop := range seen.Missing {
		if ctx.Err() != nil {
			left = len(seen.Missing) - i
			break
		}
		stops <- stop
	}
	close(stops)
	workers.Wait()
	if left > 0 {
		failed = append(failed, fmt.Errorf("%d stops that the archive lacks are left: %w", left, ctx.Err()))
	}
	return kept, errors.Join(failed...)
}

// toSay are the records of services that are new or changed, or were said four hours ago, and of those that are well
// again.
func (s *Sweep) toSay(seen Seen) (records []archive.Record) {
	now := s.Now()
	for _, v := range seen.Below {
		said := seen.said[v.Place()]
		r := v.record(now)
		if said.DedupKey != r.DedupKey || said.Signature != r.Signature || !same(said.DesiredCount, r.DesiredCount) ||
			!same(said.RunningCount, r.RunningCount) || now.Sub(said.RecordedAt.Time) >= again {
			records = append(records, r)
		}
	}
	for place, said := range seen.said {
		if v, known := seen.services[place]; known && said.EventName == events.BelowDesired && v.recovered(said) {
			records = append(records, v.steadyAgain(said, s.Explain, now))
		}
	}
	return records
}

func same(a, b *int64) bool { return a != nil && b != nil && *a == *b }
