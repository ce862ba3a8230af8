package lookup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"whystopped/evidence"
)

// Metric is a statistic of one metric of CloudWatch over a time.
type Metric struct {
	Namespace, Name, Statistic string // "AWS/NATGateway", "ErrorPortAllocation", "Sum"
	Dimensions                 map[string]string
	Period                     time.Duration
	From, To                   time.Time // To is not included
}

// metric asks CloudWatch for a metric, the oldest point first. Times without a value have no point.
func metric(ctx context.Context, r *reading, m Metric) evidence.Answer[[]evidence.Point] {
	return ask(ctx, r, question[[]evidence.Point]{action: metricLookup, about: fmt.Sprint(m), keep: keepThing,
		call: func(ctx context.Context) ([]evidence.Point, error) {
			points, err := r.Metrics(ctx, r.cfg, m)
			slices.SortFunc(points, func(a, b evidence.Point) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
			return points, err
		}})
}
