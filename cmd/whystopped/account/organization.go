package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// organization asks Organizations, which has one endpoint for all Regions of a partition. The function does not: its
// binary is smaller without the client.
func organization(ctx context.Context, cfg aws.Config) (string, error) {
	answer, err := organizations.NewFromConfig(cfg).DescribeOrganization(ctx,
		&organizations.DescribeOrganizationInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(answer.Organization.Id), nil
}
