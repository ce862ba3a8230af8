package cwlogs

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// MostRows is how many rows Logs Insights gives of a query
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html).
const MostRows = 10_000

// Answer is what Logs Insights says to a query.
type Answer struct {
	Rows    []map[string]string // by field
	Scanned int64               // bytes, which is what a query is paid by
}

// How often Logs Insights is asked whether it is done.
const (
	firstPoll = 100 * time.Millisecond
	lastPoll  = 2 * time.Second
	stopTime  = 2 * time.Second // for the end of a query that nobody waits for any more
)

// Ask runs a query of Logs Insights over the records that were written from start to end; a zero start is the first
// one. When ctx is done the query is cancelled.
func (s *Store) Ask(ctx context.Context, commands string, start, end time.Time) (Answer, error) {
	input := &cloudwatchlogs.StartQueryInput{LogGroupName: &s.group, QueryString: &commands,
		StartTime: aws.Int64(max(0, start.Unix())), EndTime: aws.Int64(end.Unix()), Limit: aws.Int32(MostRows)}
	started, err := s.client.StartQuery(ctx, input, retrying(ctx))
	if err != nil {
		return Answer{}, s.explain("logs:StartQuery", "all streams", err)
	}
	for pause := firstPoll; ; pause = min(2*pause, lastPoll) {
		select {
		case <-ctx.Done():
			s.cancel(ctx, started.QueryId)
			return Answer{}, ctx.Err()
		case <-time.After(pause):
		}
		out, err := s.client.GetQueryResults(ctx, &cloudwatchlogs.GetQueryResultsInput{QueryId: started.QueryId},
			retrying(ctx))
		switch {
		case ctx.Err() != nil:
			s.cancel(ctx, started.QueryId)
			return Answer{}, ctx.Err()
		case err != nil:
			s.cancel(ctx, started.QueryId)
			return Answer{}, s.explain("logs:GetQueryResults", "all streams", err)
		}
		switch out.Status {
		case types.QueryStatusComplete:
			return answerOf(out), nil
		case types.QueryStatusScheduled, types.QueryStatusRunning, types.QueryStatusUnknown:
		default:
			return Answer{}, fmt.Errorf("log group %q: the query of Logs Insights ended as %s", s.group, out.Status)
		}
	}
}

func answerOf(out *cloudwatchlogs.GetQueryResultsOutput) (a Answer) {
	for _, row := range out.Results {
		fields := map[string]string{}
		for _, f := range row {
			fields[aws.ToString(f.Field)] = aws.ToString(f.Value)
		}
		a.Rows = append(a.Rows, fields)
	}
	if out.Statistics != nil {
		a.Scanned = int64(out.Statistics.BytesScanned)
	}
	return a
}

// cancel ends a query. Where it cannot, the query ends by itself.
func (s *Store) cancel(ctx context.Context, query *string) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer done()
	_, _ = s.client.StopQuery(ctx, &cloudwatchlogs.StopQueryInput{QueryId: query})
}
