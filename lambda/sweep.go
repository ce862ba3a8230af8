package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/time/rate"

	"whystopped/archive"
	"whystopped/archive/cwlogs"
	"whystopped/archive/redact"
	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/ingest"
	"whystopped/ingest/sweep"
	"whystopped/memory"
)

const (
	// eventTime is the time of one event; the function's time limit is that of a sweep.
	eventTime = 40 * time.Second

	// What a sweep keeps of its time once no further cluster is begun: for the archive, the stopped tasks and the
	// writes.
	afterClusters = 45 * time.Second
	forWrites     = 20 * time.Second

	// half of a quarter of what ECS lets an account call of each kind; the look-ups have the rest
	// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html)
	sweepRefill rate.Limit = 20 / 4 / 2.0
	sweepBurst             = 100 / 4 / 2
)

// sweeper is what sweeps share: clients, and what was called.
type sweeper struct {
	cfg             aws.Config
	records         *cwlogs.Store
	place           *memory.Place // nil without a table
	services, tasks *rate.Limiter
}

func newSweeper(cfg aws.Config, records *cwlogs.Store, place *memory.Place) *sweeper {
	limiter := func() *rate.Limiter { return rate.NewLimiter(sweepRefill, sweepBurst) }
	return &sweeper{cfg: cfg, records: records, place: place, services: limiter(), tasks: limiter()}
}

// swept makes a pipeline for each stop that a sweep archives, since it archives several at once.
type swept func() *ingest.Pipeline

func (s swept) Ingest(ctx context.Context, raw []byte) ([]archive.Record, error) {
	return s().Ingest(ctx, raw)
}

func (s swept) Keep(ctx context.Context, records []archive.Record) ([]archive.Record, error) {
	return s().Keep(ctx, records)
}

// archived reads the archive for a sweep.
func (s *sweeper) archived(ctx context.Context, f archive.Filter) iter.Seq2[archive.Record, error] {
	q := cwlogs.Query{Start: f.Start}
	if f.Kind != "" {
		q.Filter = cwlogs.FilterPattern(cwlogs.Field{Name: "kind", Value: f.Kind},
			cwlogs.Field{Name: "source", Value: string(archive.SourceSweep)})
	}
	return s.records.Read(ctx, q)
}

// sweep looks at services and stops, and archives what the rules did not bring. It has no error: the next sweep finds
// what this one did not do, and the event of a failed one would be no stop.
func (s *sweeper) sweep(ctx context.Context, in stack.Sweep, pipeline swept, log *slog.Logger) {
	look := &sweep.Sweep{ECS: sweep.NewClient(s.cfg), Services: s.services, Tasks: s.tasks, Archived: s.archived,
		Explain: func(stop events.Stop) archive.Record {
			return ingest.Explain(stop, archive.SourceSweep, time.Now())
		}, Now: time.Now}
	var err error
	if look.Stops, err = events.CompilePattern(in.Stops); err != nil {
		reportSweep(log, in, sweep.Seen{}, sweep.Kept{}, true, fmt.Errorf("pattern of stops: %w", err))
		return
	}
	if look.NoServices = in.Services == nil; !look.NoServices {
		if look.Told, err = events.CompilePattern(in.Services); err != nil {
			reportSweep(log, in, sweep.Seen{}, sweep.Kept{}, true, fmt.Errorf("pattern of services: %w", err))
			return
		}
	}
	looking, cancel := ctx, context.CancelFunc(func() {})
	if deadline, limited := ctx.Deadline(); limited {
		look.Until = deadline.Add(-afterClusters)
		looking, cancel = context.WithDeadline(ctx, deadline.Add(-forWrites))
	}
	defer cancel()
	counts := true
	var lost error
	if s.place != nil {
		var swept bool
		look.Start, swept, lost = s.place.Last(ctx)
		counts = swept || lost != nil // what stopped before the first sweep, no rule may have been there for
	}
	seen, err := look.Look(looking)
	if err != nil {
		reportSweep(log, in, seen, sweep.Kept{}, counts, err)
		return
	}
	kept, err := look.Keep(ctx, pipeline, seen)
	switch {
	case s.place != nil:
		lost = errors.Join(lost, s.place.Keep(ctx, seen.Next))
	case seen.Next != "":
		seen.Left = append(seen.Left,
			errors.New("without the table of remember=on the next sweep begins at the first cluster again"))
	}
	forgot(log, lost)
	if err != nil {
		seen.Left = append(seen.Left, err)
	}
	reportSweep(log, in, seen, kept, counts, nil)
}

// reportSweep writes the line about a sweep, which counts what the rules did not bring; err is why nothing was seen.
// A sweep that found all counts 0: without a figure nobody knows that it was made. One that was cut off counts only
// what it brought.
func reportSweep(log *slog.Logger, in stack.Sweep, seen sweep.Seen, kept sweep.Kept, counts bool, err error) {
	metric, n, level, message := stack.MetricMissed, kept.Missed, slog.LevelInfo, "swept"
	left := []string{}
	for _, problem := range seen.AllLeft() {
		left = append(left, redact.Text(problem.Error()))
	}
	if len(left) > 0 {
		level = slog.LevelWarn
	}
	if err != nil {
		metric, n, level, message = stack.MetricSweepFailures, 1, slog.LevelError, "not swept"
		left = append(left, redact.Text(err.Error()))
	}
	figures := []any{"clusters", seen.Clusters, "services", seen.Services, "below", len(seen.Below), "told", kept.Below,
		"wellAgain", kept.Closed, "stopped", seen.Stopped, "archived", seen.Archived, "routine", seen.Routine,
		"onTheirWay", len(seen.Fresh), "brought", kept.Missed, "whole", len(left) == 0, "sample", in.Sample(),
		"left", left}
	if counts && (n > 0 || seen.StopsWhole()) || err != nil {
		figures = append(figures, metric, n, "_aws", counted(metric, [][]string{{}}, time.Now()))
	}
	log.Log(context.Background(), level, message, figures...)
}
