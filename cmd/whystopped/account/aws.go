package account

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/cobra"
)

// Account is which AWS account and Region a command speaks to. What the flags leave open is taken from the environment
// and the shared configuration as every AWS tool does: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …
type Account struct {
	region  string
	profile string
}

// Flags adds the flags that choose the account to a command.
func (a *Account) Flags(c *cobra.Command) {
	c.Flags().StringVar(&a.region, "region", "", "AWS Region")
	c.Flags().StringVar(&a.profile, "profile", "", "profile of the shared AWS configuration")
}

// load returns the AWS configuration of the account, with credentials and a Region.
func (a *Account) load(ctx context.Context) (aws.Config, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return aws.Config{}, err
	}
	if cfg.Region == "" {
		return aws.Config{}, errNoRegion
	}
	return cfg, credentials(ctx, cfg)
}

// loadAnywhere is load for what knows its Regions itself; where nothing else names one, Region is empty.
func (a *Account) loadAnywhere(ctx context.Context) (aws.Config, error) {
	cfg, err := a.configuration(ctx)
	if err != nil {
		return aws.Config{}, err
	}
	return cfg, credentials(ctx, cfg)
}

var errNoRegion = errors.New("no AWS Region: give --region, or set AWS_REGION")

func (a *Account) configuration(ctx context.Context) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})} // stderr has our own words only
	if a.region != "" {
		options = append(options, config.WithRegion(a.region))
	}
	if a.profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if unknown, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return aws.Config{}, refuse(err, `no profile %q in the shared AWS configuration: "aws configure list-profiles" `+
			"names those that there are", unknown.Profile)
	}
	if err != nil {
		return aws.Config{}, refuse(err, "load the AWS configuration: %s", said(err))
	}
	return cfg, nil
}

// credentials is the error of an account without any.
func credentials(ctx context.Context, cfg aws.Config) error {
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return explainCredentials(err)
	}
	return nil
}
