package account

import (
	"cmp"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/cobra"

	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
)

// Account is which AWS account and Region a command speaks to. What the flags leave open is taken from the environment
// and the shared configuration as every AWS tool does: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …
type Account struct {
	region  string
	profile string
	near    string // the Region of what was asked for, where nothing else names one
}

// Flags adds the flags that choose the account to a command.
func (a *Account) Flags(c *cobra.Command) {
	c.Flags().StringVar(&a.region, "region", "", "AWS Region")
	c.Flags().StringVar(&a.profile, "profile", "", "profile of the shared AWS configuration")
	screen.Inherit(c, "region", "profile")
}

// command is a command line with the flags that this one has of the account.
func (a *Account) command(words ...string) string {
	if a.region != "" {
		words = append(words, "--region", a.region)
	}
	if a.profile != "" {
		words = append(words, "--profile", a.profile)
	}
	return classifier.CommandLine(words...)
}

// Near says in which Region what is asked for is: there the account is asked where nothing else names a Region. The
// first one counts.
func (a *Account) Near(region string) { a.near = cmp.Or(a.near, region) }

// load returns the AWS configuration of the account, with credentials and a Region.
func (a *Account) load(ctx context.Context) (aws.Config, error) { return a.loadIn(ctx, "") }

// loadIn is load for what is in a Region; the empty one is that of the account.
func (a *Account) loadIn(ctx context.Context, region string) (aws.Config, error) {
	cfg, err := a.configuration(ctx, cmp.Or(region, a.near))
	if err != nil {
		return aws.Config{}, err
	}
	if cfg.Region = cmp.Or(region, cfg.Region, a.near); cfg.Region == "" {
		return aws.Config{}, errNoRegion
	}
	return cfg, a.credentials(ctx, cfg)
}

// loadAnywhere is load for what knows its Regions itself; where nothing else names one, Region is empty.
func (a *Account) loadAnywhere(ctx context.Context) (aws.Config, error) {
	cfg, err := a.configuration(ctx, "")
	if err != nil {
		return aws.Config{}, err
	}
	if cfg.Region == "" {
		if cfg, err = a.configuration(ctx, anyRegion); err != nil {
			return aws.Config{}, err
		}
		cfg.Region = ""
	}
	return cfg, a.credentials(ctx, cfg)
}

// anyRegion is where a role is assumed when no Region is known: STS answers in every Region.
const anyRegion = "us-east-1"

var errNoRegion = errors.New("no AWS Region: give --region, or set AWS_REGION")

// configuration is that of the flags, the environment and the shared configuration; its Region is the given one where
// none of these names another.
func (a *Account) configuration(ctx context.Context, region string) (aws.Config, error) {
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{}), // stderr has our own words only
		config.WithDefaultRegion(region)}
	if a.region != "" {
		options = append(options, config.WithRegion(a.region))
	}
	if a.profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if unknown, ok := errors.AsType[config.SharedConfigProfileNotExistError](err); ok {
		return aws.Config{}, screen.Advise(refuse(err, "no profile %q in the shared AWS configuration",
			unknown.Profile),
			"aws configure list-profiles", "names those that there are")
	}
	if err != nil {
		return aws.Config{}, refuse(err, "load the AWS configuration: %s", said(err))
	}
	return cfg, nil
}

// credentials is the error of an account without any.
func (a *Account) credentials(ctx context.Context, cfg aws.Config) error {
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return explainCredentials(a.profile, err)
	}
	return nil
}
