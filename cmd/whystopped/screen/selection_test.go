package screen

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
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
		got, err := Moment(test.text, now)
		if refused := test.want.IsZero(); refused != (err != nil) {
			t.Errorf("%q: %v, %v", test.text, got, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: -want +got:\n%s", test.text, diff)
		}
	}
}

// TestQueryAsksForNoMoreThanIsNeeded: what a newer classifier may answer otherwise is never asked of an archive,
// because it would find the older record and miss the newer one.
func TestQueryAsksForNoMoreThanIsNeeded(t *testing.T) {
	only := func(value string) values { return values{List: []string{value}} }
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		chosen Selection
		want   archive.Filter
	}{
		{"everything", Selection{}, archive.Filter{}},
		{"time", Selection{Start: start, end: start.Add(time.Hour)},
			archive.Filter{Start: start, End: start.Add(time.Hour)}},
		{
			"cluster and service",
			Selection{Cluster: only("prod"), Service: only("web")},
			archive.Filter{Cluster: "prod", Service: "web"},
		},
		{
			"services",
			Selection{Cluster: only("prod"), Service: values{List: []string{"web", "api"}}},
			archive.Filter{Cluster: "prod"},
		},
		{"family", Selection{family: only("web")}, archive.Filter{Family: "web"}},
		{"task and deployment", Selection{task: only("4f1c"), Deployment: only("ecs-svc/1")},
			archive.Filter{Task: "4f1c", Deployment: "ecs-svc/1"}},
		{
			"explanation",
			Selection{stage: only("image"), fault: only("dns"), domain: only("network"), verdict: only("failure")},
			archive.Filter{},
		},
	} {
		if diff := cmp.Diff(test.want, test.chosen.Query()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}
