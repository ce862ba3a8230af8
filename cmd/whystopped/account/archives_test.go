package account

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs"
)

// TestLogQueryReadsNoMoreThanIsNeeded: the streams of the cluster and service, and a pattern for what stands in all its
// records.
func TestLogQueryReadsNoMoreThanIsNeeded(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		ask  archive.Filter
		want cwlogs.Query
	}{
		{"everything", archive.Filter{}, cwlogs.Query{}},
		{"time", archive.Filter{Start: start}, cwlogs.Query{Start: start}},
		{"cluster", archive.Filter{Cluster: "prod"}, cwlogs.Query{Prefix: "prod/", Filter: `{ ($.cluster = "prod") }`}},
		{"service", archive.Filter{Cluster: "prod", Service: "web"},
			cwlogs.Query{Prefix: "prod/web/", Filter: `{ ($.cluster = "prod") && ($.service = "web") }`}},
		{"service of any cluster", archive.Filter{Service: "web"}, cwlogs.Query{Filter: `{ ($.service = "web") }`}},
		{"family, which may stand in the stream of a service", archive.Filter{Cluster: "prod", Family: "web"},
			cwlogs.Query{Prefix: "prod/", Filter: `{ ($.cluster = "prod") && ($.family = "web") }`}},
		{"task and deployment", archive.Filter{Task: "4f1c", Deployment: "ecs-svc/1"},
			cwlogs.Query{Filter: `{ ($.taskId = "4f1c") && ($.deploymentId = "ecs-svc/1") }`}},
		{"kind", archive.Filter{Kind: "task"}, cwlogs.Query{Filter: `{ ($.kind = "task") }`}},
		{
			"key",
			archive.Filter{Cluster: "prod", Key: "4f1c22ab"},
			cwlogs.Query{Prefix: "prod/", Filter: `{ $.dedupKey = "4f1c22ab*" }`},
		},
		{"key that no pattern can state", archive.Filter{Cluster: "prod", Key: `4f"*`},
			cwlogs.Query{Prefix: "prod/", Filter: `{ ($.cluster = "prod") }`}},
	} {
		if diff := cmp.Diff(test.want, logQuery(test.ask)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}
