package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"whystopped/events/awsname"
	"whystopped/evidence"
)

// awsConfig reads the variables that Lambda sets, and the SDK's own for retries and endpoints
// (https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html). The SDK's own loader also looks for
// profiles, sign-ins and instances, which no function has: 1.4 MB of the program, and a tenth of its start.
func awsConfig() (aws.Config, error) {
	cfg := aws.Config{
		Region: os.Getenv("AWS_REGION"),
		// They last as long as the process: its runtime has no SnapStart, which is where they come by HTTP
		// (https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html).
		Credentials: credentials.NewStaticCredentialsProvider(os.Getenv("AWS_ACCESS_KEY_ID"),
			os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
	}
	if url := os.Getenv("AWS_ENDPOINT_URL"); url != "" {
		cfg.BaseEndpoint = &url
	}
	var err error
	if mode := os.Getenv("AWS_RETRY_MODE"); mode != "" {
		if cfg.RetryMode, err = aws.ParseRetryMode(mode); err != nil {
			return aws.Config{}, fmt.Errorf("AWS_RETRY_MODE must be standard or adaptive, not %q", mode)
		}
	}
	if attempts := os.Getenv("AWS_MAX_ATTEMPTS"); attempts != "" {
		if cfg.RetryMaxAttempts, err = strconv.Atoi(attempts); err != nil {
			return aws.Config{}, fmt.Errorf("AWS_MAX_ATTEMPTS must be a number, not %q", attempts)
		}
	}
	var of endpoints
	switch fips := os.Getenv("AWS_USE_FIPS_ENDPOINT"); strings.ToLower(fips) {
	case "true":
		of.fips = aws.FIPSEndpointStateEnabled
	case "false":
		of.fips = aws.FIPSEndpointStateDisabled
	case "":
	default:
		return aws.Config{}, fmt.Errorf("AWS_USE_FIPS_ENDPOINT must be true or false, not %q", fips)
	}
	switch dualStack := os.Getenv("AWS_USE_DUALSTACK_ENDPOINT"); strings.ToLower(dualStack) {
	case "true":
		of.dualStack = aws.DualStackEndpointStateEnabled
	case "false":
		of.dualStack = aws.DualStackEndpointStateDisabled
	case "":
	default:
		return aws.Config{}, fmt.Errorf("AWS_USE_DUALSTACK_ENDPOINT must be true or false, not %q", dualStack)
	}
	cfg.ConfigSources = []any{of}
	return cfg, nil
}

// endpoints answers what the clients ask about the endpoint that they call, by the methods that they look for.
type endpoints struct {
	fips      aws.FIPSEndpointState
	dualStack aws.DualStackEndpointState
}

func (e endpoints) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	return e.fips, e.fips != aws.FIPSEndpointStateUnset, nil
}

func (e endpoints) GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error) {
	return e.dualStack, e.dualStack != aws.DualStackEndpointStateUnset, nil
}

func (endpoints) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url := os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
	return url, url != "", nil
}

// caller is the account of the function, as the ARN says by which Lambda invokes it: nobody needs to be asked.
func caller(ctx context.Context, cfg aws.Config) (evidence.Caller, error) {
	invocation, _ := lambdacontext.FromContext(ctx)
	if invocation == nil {
		return evidence.Caller{}, errors.New("the context is not that of an invocation")
	}
	function, _ := awsname.ParseARN(invocation.InvokedFunctionArn)
	if function.Account == "" {
		return evidence.Caller{}, fmt.Errorf("%q names no account", invocation.InvokedFunctionArn)
	}
	return evidence.Caller{Account: function.Account, Region: cfg.Region}, nil
}
