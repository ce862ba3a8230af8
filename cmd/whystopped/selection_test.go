package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive/cwlogs"
)

func TestMoment(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		text string
		want time.Time // zero: refused
	}{
		{"7d", now.AddDate(0, 0, -7)},
		{"36h", now.Add(-36 * time.Hour)},
		{"90m", now.Add(-90 * time.Minute)},
		{"1d12h", now.Add(-36 * time.Hour)},
		{"0d", now},
		{"1h30m", now.Add(-90 * time.Minute)},
		{"2026-03-01", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
		{"2026-03-01T10:00:00Z", time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)},
		{"2026-03-01T10:00:00.5+02:00", time.Date(2026, 3, 1, 8, 0, 0, 500_000_000, time.UTC)},
		{"", time.Time{}},
		{"d", time.Time{}},
		{"7", time.Time{}},
		{"7days", time.Time{}},
		{"1.5d", time.Time{}},
		{"-1h", time.Time{}},
		{"-1d", time.Time{}},
		{"1d-1h", time.Time{}},
		{"yesterday", time.Time{}},
		{"2026-02-30", time.Time{}},
		{"999999999d", time.Time{}},
	} {
		got, err := moment(test.text, now)
		if refused := test.want.IsZero(); refused != (err != nil) {
			t.Errorf("%q: %v, %v", test.text, got, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: -want +got:\n%s", test.text, diff)
		}
	}
}

// TestQueryReadsNoMoreThanIsNeeded: what a newer classifier may answer otherwise is never asked of the log group, because it
// would find the older record and miss the newer one.
func TestQueryReadsNoMoreThanIsNeeded(t *testing.T) {
	only := func(value string) values { return values{list: []string{value}} }
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		chosen selection
		want   cwlogs.Query
	}{
		{"everything", selection{}, cwlogs.Query{}},
		{"time", selection{start: start, end: start.Add(time.Hour)}, cwlogs.Query{Start: start}},
		{"cluster", selection{cluster: only("prod")}, cwlogs.Query{Prefix: "prod/", Filter: `{ ($.cluster = "prod") }`}},
		{"service", selection{cluster: only("prod"), service: only("web")},
			cwlogs.Query{Prefix: "prod/web/", Filter: `{ ($.cluster = "prod") && ($.service = "web") }`}},
		{"service of any cluster", selection{service: only("web")}, cwlogs.Query{Filter: `{ ($.service = "web") }`}},
		{"services", selection{cluster: only("prod"), service: values{list: []string{"web", "api"}}},
			cwlogs.Query{Prefix: "prod/", Filter: `{ ($.cluster = "prod") }`}},
		{"family, which may stand in the stream of a service", selection{cluster: only("prod"), family: only("web")},
			cwlogs.Query{Prefix: "prod/", Filter: `{ ($.cluster = "prod") && ($.family = "web") }`}},
		{"task and deployment", selection{task: only("4f1c"), deployment: only("ecs-svc/1")},
			cwlogs.Query{Filter: `{ ($.taskId = "4f1c") && ($.deploymentId = "ecs-svc/1") }`}},
		{"explanation", selection{stage: only("image"), fault: only("dns"), domain: only("network"), verdict: only("failure")}, cwlogs.Query{}},
	} {
		if diff := cmp.Diff(test.want, test.chosen.query()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}
