package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"whystopped/evidence"
	"whystopped/evidence/lookup"
)

// caller asks STS, which answers whoever has credentials.
func caller(ctx context.Context, cfg aws.Config) (evidence.Caller, error) {
	answer, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return evidence.Caller{}, err
	}
	return evidence.Caller{Account: aws.ToString(answer.Account), Region: cfg.Region}, nil
}

// trail asks CloudTrail. The function does not: its binary is smaller without the client.
func trail(cfg aws.Config, q lookup.TrailQuery) lookup.TrailPages {
	return trailPages{cloudtrail.NewLookupEventsPaginator(cloudtrail.NewFromConfig(cfg),
		&cloudtrail.LookupEventsInput{StartTime: &q.From, EndTime: &q.To, MaxResults: aws.Int32(50),
			LookupAttributes: []types.LookupAttribute{
				{AttributeKey: types.LookupAttributeKey(q.Key), AttributeValue: &q.Value}}})}
}

type trailPages struct {
	*cloudtrail.LookupEventsPaginator
}

func (p trailPages) NextPage(ctx context.Context) (entries []lookup.TrailEntry, err error) {
	page, err := p.LookupEventsPaginator.NextPage(ctx)
	if err != nil {
		return nil, err
	}
	for _, e := range page.Events {
		entries = append(entries, lookup.TrailEntry{At: aws.ToTime(e.EventTime), JSON: aws.ToString(e.CloudTrailEvent)})
	}
	return entries, nil
}
