package ingest_test

import (
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/events"
	"whystopped/ingest"
)

// TestEarlier holds what an archive tells of how earlier tasks of a stop's service or family fared.
func TestEarlier(t *testing.T) {
	now := time.Date(2026, 5, 4, 3, 0, 0, 0, time.UTC)
	stop := events.Stop{Kind: events.KindTask, Account: "210987654321", Region: "eu-north-1", Cluster: "shop",
		Service: "orders", Family: "orders", Revision: new(int64(7)), CreatedAt: now}
	record := func(revision int64, before, ran time.Duration, change func(*archive.Record)) archive.Record {
		r := archive.Record{Kind: "task", Account: stop.Account, Region: stop.Region, Cluster: "shop",
			Service: "orders", Family: "orders", Revision: &revision, CreatedAt: archive.Time{Time: now.Add(-before)},
			RunSeconds: new(ran.Seconds()), Class: "scheduler.scaled_in"}
		if change != nil {
			change(&r)
		}
		return r
	}
	asJob := func(r *archive.Record) { r.Service, r.Class = "", "runtime.exited" }
	job := stop
	job.Service = ""
	for _, c := range []struct {
		name    string
		stop    events.Stop
		records []archive.Record
		want    events.Earlier
	}{
		{name: "nothing is archived", stop: stop},
		{
			name: "the same revision ran for hours",
			stop: stop,
			records: []archive.Record{record(6, 50*time.Hour, 9*time.Hour, nil),
				record(7, 9*time.Hour, time.Hour, nil)},
			want: events.RevisionRan,
		},
		{
			name: "another revision ran for hours, this one for minutes",
			stop: stop,
			records: []archive.Record{record(6, 50*time.Hour, 9*time.Hour, nil),
				record(7, time.Hour, 59*time.Minute, nil)},
			want: events.RevisionNew,
		},
		{
			name:    "only after this one",
			stop:    stop,
			records: []archive.Record{record(7, -time.Hour, 9*time.Hour, nil)},
		},
		{
			name: "another service of the same family",
			stop: stop,
			records: []archive.Record{record(7, 50*time.Hour, 9*time.Hour,
				func(r *archive.Record) { r.Service = "orders-canary" })},
		},
		{
			name: "the same name in another cluster",
			stop: stop,
			records: []archive.Record{record(7, 50*time.Hour, 9*time.Hour,
				func(r *archive.Record) { r.Cluster = "test" })},
		},
		{
			name: "a container of a task that went on",
			stop: stop,
			records: []archive.Record{record(7, 50*time.Hour, 9*time.Hour,
				func(r *archive.Record) { r.Kind = "container" })},
		},
		{
			name:    "a job that ended well within seconds",
			stop:    job,
			records: []archive.Record{record(7, 50*time.Hour, 9*time.Second, asJob)},
			want:    events.RevisionRan,
		},
		{
			name: "a job that failed within seconds",
			stop: job,
			records: []archive.Record{record(7, 50*time.Hour, 9*time.Second,
				func(r *archive.Record) { r.Service, r.Class = "", "runtime.crashed" })},
		},
		{
			name: "a service whose program ended within seconds",
			stop: stop,
			records: []archive.Record{record(7, 50*time.Hour, 9*time.Second,
				func(r *archive.Record) { r.Class = "runtime.exited" })},
		},
	} {
		var e ingest.Earlier
		for _, r := range c.records {
			e.Add(r)
		}
		if got := e.Of(c.stop); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	var e ingest.Earlier
	e.Add(record(7, 50*time.Hour, 9*time.Hour, nil))
	unknown := stop
	unknown.Revision = nil
	if got := e.Of(unknown); got != "" {
		t.Errorf("a task of no revision: %q", got)
	}
}
