package lookup

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"whystopped/evidence"
	"whystopped/evidence/setup"
)

// readLogs looks for the log groups in question where their options say, and what is not there, in the task's Region.
func readLogs(ctx context.Context, r *reading) {
	var there, here []named
	for _, ref := range setup.LogRefs(r.known()).Value {
		there = append(there, named{ref.Region, ref.Group})
	}
	read := func(n named) evidence.Answer[evidence.LogGroup] { return logGroup(ctx, r, n) }
	found := readAll(there, named.key, read)
	for _, n := range there {
		if n.region != r.stop.Region && found[n.key()].State == evidence.Absent {
			here = append(here, named{r.stop.Region, n.name})
		}
	}
	for k, answer := range readAll(here, named.key, read) {
		found[k] = answer
	}
	r.facts.Setup.LogGroups = found
}

// logGroup looks for a log group among those that begin with its name.
func logGroup(ctx context.Context, r *reading, n named) evidence.Answer[evidence.LogGroup] {
	return askIn(ctx, r, n.region,
		question[evidence.LogGroup]{action: "logs:DescribeLogGroups", about: n.key(), keep: keepThing,
			call: func(ctx context.Context) (evidence.LogGroup, error) {
				p := cloudwatchlogs.NewDescribeLogGroupsPaginator(clientIn(r, n.region, cloudwatchlogs.NewFromConfig),
					&cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &n.name, Limit: aws.Int32(50)})
				group, err := search(ctx, p,
					func(o *cloudwatchlogs.DescribeLogGroupsOutput) []types.LogGroup { return o.LogGroups },
					func(g types.LogGroup) bool { return aws.ToString(g.LogGroupName) == n.name })
				if err != nil || group.CreationTime == nil {
					return evidence.LogGroup{}, err
				}
				return evidence.LogGroup{CreatedAt: time.UnixMilli(*group.CreationTime).UTC()}, nil
			}})
}
