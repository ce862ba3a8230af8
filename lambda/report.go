package main

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/archive/redact"
	"whystopped/archive/stack"
	"whystopped/ingest"
	"whystopped/notify/alerts"
)

// loggedStore is a store that writes a line into the function's log for each record that is put: one line per
// invocation, and more only for an event that holds several stops, because a line has one value for each dimension. The
// line never holds the event.
type loggedStore struct {
	store ingest.Store
	log   *slog.Logger
	since time.Time // when the work on the next record began
	lines int

	counts bool // the stops of each service, beside those of all
}

func (s *loggedStore) Put(ctx context.Context, r archive.Record) error {
	start := time.Now()
	err := s.store.Put(ctx, r)
	s.report(r, err, time.Since(start))
	return err
}

// report writes the line about r, which was written, or not when there is an error. explainMs is the time for reading,
// explaining and checking it, writeMs that of its write with all retries.
func (s *loggedStore) report(r archive.Record, err error, write time.Duration) {
	now := time.Now()
	took := []slog.Attr{milliseconds("explainMs", now.Sub(s.since)-write), milliseconds("writeMs", write)}
	s.since = now
	s.lines++
	level, message, attrs := line(r, err, now, s.counts)
	s.log.LogAttrs(context.Background(), level, message, append(attrs, took...)...)
}

// loggedNotifier is a notifier that writes a line into the function's log, and counts, when a failure could not be
// published.
type loggedNotifier struct {
	notifier ingest.Notifier
	log      *slog.Logger
}

func (t *loggedNotifier) Notify(ctx context.Context, c alerts.Change) error {
	err := t.notifier.Notify(ctx, c)
	if err != nil {
		t.log.Error("nobody was told", "dedupKey", c.Record.DedupKey, "error", redact.Text(err.Error()),
			stack.MetricNotifyFailures, 1, "_aws", counted(stack.MetricNotifyFailures, [][]string{{}}, time.Now()))
	}
	return err
}

// loggedMemory is a memory that writes a line into the function's log, and counts, when it was not there.
type loggedMemory struct {
	memory ingest.Memory
	log    *slog.Logger
}

func (m *loggedMemory) Decide(ctx context.Context, r archive.Record) (archive.Record, []alerts.Change, error) {
	r, changes, err := m.memory.Decide(ctx, r)
	m.report(r, err)
	return r, changes, err
}

func (m *loggedMemory) Told(ctx context.Context, c alerts.Change) error {
	err := m.memory.Told(ctx, c)
	m.report(c.Record, err)
	return err
}

func (m *loggedMemory) report(r archive.Record, err error) {
	forgot(m.log.With("dedupKey", r.DedupKey), err)
}

// loggedProofs are proofs that write a line into the function's log, and count, when they were not there.
type loggedProofs struct {
	proofs ingest.Proofs
	log    *slog.Logger
}

func (p *loggedProofs) Find(ctx context.Context, failure string) (archive.Record, string, error) {
	found, claim, err := p.proofs.Find(ctx, failure)
	forgot(p.log, err)
	return found, claim, err
}

func (p *loggedProofs) Keep(ctx context.Context, claim string, r archive.Record) error {
	err := p.proofs.Keep(ctx, claim, r)
	forgot(p.log.With("dedupKey", r.DedupKey), err)
	return err
}

// forgot writes a line about a memory that was not there, and counts it.
func forgot(log *slog.Logger, err error) {
	if err != nil {
		log.Error("not remembered", "error", redact.Text(err.Error()),
			stack.MetricMemoryFailures, 1, "_aws", counted(stack.MetricMemoryFailures, [][]string{{}}, time.Now()))
	}
}

func milliseconds(key string, d time.Duration) slog.Attr {
	return slog.Float64(key, float64(d.Microseconds())/1000)
}

// embeddedMetrics is the member _aws of a log line, from which CloudWatch makes metrics. Source:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
type embeddedMetrics struct {
	Timestamp         int64 // milliseconds since 1970
	CloudWatchMetrics []metricDirective
}

type metricDirective struct {
	Namespace  string
	Dimensions [][]string // names of members of the line that are texts
	Metrics    []metricDefinition
}

type metricDefinition struct {
	Name string // of a member of the line that is a number
	Unit string
}

// line returns what the log says about r at now: it counts a stop that is archived or, with err, a write that failed,
// and with services for the service as well.
// Neither is counted as 0 on the other's line: an alarm on failures takes missing data for none, and every metric that
// has data is paid for.
func line(r archive.Record, err error, now time.Time, services bool) (slog.Level, string, []slog.Attr) {
	level, message, metric := slog.LevelInfo, "archived", stack.MetricStops
	var attrs []slog.Attr
	if err != nil {
		level, message, metric = slog.LevelError, "not archived", stack.MetricIngestFailures
		attrs = append(attrs, slog.String("error", redact.Text(err.Error())))
	}
	dimensions := [][]string{{}}
	if r.Verdict != "" {
		attrs = append(attrs, slog.String("dedupKey", r.DedupKey), slog.String("class", r.Class),
			slog.String("verdict", r.Verdict))
		dimensions = append(dimensions, []string{"verdict"})
		// a watcher's names are anybody's
		if services && r.Source != archive.SourceWatcher && isName(r.Cluster) && isName(r.Service) {
			attrs = append(attrs, slog.String("cluster", r.Cluster), slog.String("service", r.Service))
			dimensions = append(dimensions, []string{"cluster", "service", "verdict"})
		}
	}
	if !r.CheckedAt.IsZero() {
		causes := map[string]int{} // by verdict
		for cause := range strings.SplitSeq(r.CauseIDs, "; ") {
			_, verdict, _ := strings.Cut(cause, "=")
			causes[verdict]++
		}
		for _, verdict := range slices.Sorted(maps.Keys(causes)) {
			attrs = append(attrs, slog.Int(verdict, causes[verdict]))
		}
	}
	return level, message, append(attrs,
		slog.Int(metric, 1),
		slog.Any("_aws", counted(metric, dimensions, now)))
}

// counted declares the member metric of the line as a count.
func counted(metric string, dimensions [][]string, now time.Time) embeddedMetrics {
	return embeddedMetrics{
		Timestamp: now.UnixMilli(),
		CloudWatchMetrics: []metricDirective{{
			Namespace:  cmp.Or(os.Getenv(stack.EnvNamespace), stack.MetricsNamespace),
			Dimensions: dimensions,
			Metrics:    []metricDefinition{{Name: metric, Unit: "Count"}},
		}},
	}
}

// isName reports whether s is a name that ECS gives to a cluster or a service
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html). Nothing else becomes a dimension.
func isName(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 255
}
