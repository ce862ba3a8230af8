package main

import (
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/google/go-cmp/cmp"
)

// TestTheEnvironmentConfiguresTheClientsAsTheSDKWould compares what a client is told with what the SDK's own loader
// makes of the same variables.
func TestTheEnvironmentConfiguresTheClientsAsTheSDKWould(t *testing.T) {
	for _, test := range []struct {
		name      string
		variables map[string]string
	}{
		{"what Lambda sets", nil},
		{"attempts", map[string]string{"AWS_MAX_ATTEMPTS": "7"}},
		{"a mode of retries", map[string]string{"AWS_RETRY_MODE": "adaptive"}},
		{"an endpoint of all services", map[string]string{"AWS_ENDPOINT_URL": "http://localhost:4566"}},
		{"an endpoint of one service", map[string]string{"AWS_ENDPOINT_URL": "http://localhost:4566",
			"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": "http://localhost:9999"}},
		{"an endpoint of another service", map[string]string{"AWS_ENDPOINT_URL_SNS": "http://localhost:9999"}},
		{"FIPS", map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}},
		{"dual stack", map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "True", "AWS_USE_FIPS_ENDPOINT": "false"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			onlyAWS(t, map[string]string{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
				"AWS_SECRET_ACCESS_KEY": "made-up", "AWS_SESSION_TOKEN": "made-up too"}, test.variables)
			cfg, err := awsConfig()
			if err != nil {
				t.Fatal(err)
			}
			loaded, err := config.LoadDefaultConfig(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(toldTo(t, loaded), toldTo(t, cfg)); diff != "" {
				t.Errorf("the SDK's loader (-) and the function (+) differ:\n%s", diff)
			}
		})
	}
}

func TestASettingThatCannotBeReadIsRefused(t *testing.T) {
	for name, value := range map[string]string{"AWS_MAX_ATTEMPTS": "many", "AWS_RETRY_MODE": "eager",
		"AWS_USE_FIPS_ENDPOINT": "perhaps", "AWS_USE_DUALSTACK_ENDPOINT": "1"} {
		onlyAWS(t, map[string]string{name: value})
		_, err := awsConfig()
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), value) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
}

func TestTheFunctionIsOfTheAccountThatItsARNNames(t *testing.T) {
	const arn = "arn:aws-cn:lambda:cn-north-1:111122223333:function:whystopped"
	for invoked, account := range map[string]string{arn: "111122223333", arn + ":live": "111122223333", "": "",
		"whystopped": ""} {
		ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{InvokedFunctionArn: invoked})
		who, err := caller(ctx, aws.Config{Region: "cn-north-1"})
		if who.Account != account || (err == nil) != (account != "") ||
			err == nil && who.Region != "cn-north-1" {
			t.Errorf("invoked by %q: %+v, %v", invoked, who, err)
		}
	}
	if who, err := caller(t.Context(), aws.Config{}); err == nil {
		t.Errorf("invoked by nobody: %+v", who)
	}
}

// onlyAWS sets the variables of AWS to those given, for one test.
func onlyAWS(t *testing.T, variables ...map[string]string) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	for _, some := range variables {
		for name, value := range some {
			t.Setenv(name, value)
		}
	}
}

// told is what decides whom a client calls, as whom, and how often.
type told struct {
	Region, Endpoint, Key, Secret, Token string
	Mode                                 aws.RetryMode
	Attempts                             int
	FIPS                                 aws.FIPSEndpointState
	DualStack                            aws.DualStackEndpointState
}

func toldTo(t *testing.T, cfg aws.Config) told {
	t.Helper()
	o := cloudwatchlogs.NewFromConfig(cfg).Options()
	c, err := o.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return told{o.Region, aws.ToString(o.BaseEndpoint), c.AccessKeyID, c.SecretAccessKey, c.SessionToken, o.RetryMode,
		o.Retryer.MaxAttempts(), o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint}
}
