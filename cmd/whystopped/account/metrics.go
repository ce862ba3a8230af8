package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"whystopped/evidence"
	"whystopped/evidence/lookup"
)

// metrics asks CloudWatch. The function does not: its binary is smaller without the client.
func metrics(ctx context.Context, cfg aws.Config, m lookup.Metric) ([]evidence.Point, error) {
	statistic := types.Statistic(m.Statistic)
	in := &cloudwatch.GetMetricStatisticsInput{Namespace: &m.Namespace, MetricName: &m.Name, StartTime: &m.From,
		EndTime: &m.To, Period: aws.Int32(int32(m.Period.Seconds())), Statistics: []types.Statistic{statistic}}
	for name, value := range m.Dimensions {
		in.Dimensions = append(in.Dimensions, types.Dimension{Name: &name, Value: &value})
	}
	answer, err := cloudwatch.NewFromConfig(cfg).GetMetricStatistics(ctx, in)
	if err != nil {
		return nil, err
	}
	var points []evidence.Point
	for _, p := range answer.Datapoints {
		value := map[types.Statistic]*float64{types.StatisticSum: p.Sum, types.StatisticMinimum: p.Minimum,
			types.StatisticMaximum: p.Maximum, types.StatisticAverage: p.Average,
			types.StatisticSampleCount: p.SampleCount}[statistic]
		if value != nil {
			points = append(points, evidence.Point{At: aws.ToTime(p.Timestamp), Value: *value})
		}
	}
	return points, nil
}
