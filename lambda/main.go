// Package main is the Lambda function: it takes each event as the bytes that EventBridge sent, explains it and writes the
// record to CloudWatch Logs.
//
// It promises that it reports success only for what is written, that an event it cannot read is archived as such and not
// refused, and that its own log never holds an event or a secret. Nothing but clients is kept from one event to the next; the
// time for one event is what Lambda gives.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"whystopped/archive"
	"whystopped/archive/cwlogs"
	"whystopped/ingest"
	"whystopped/notify"
)

func main() {
	log := newLog(os.Stderr)
	// What aws-lambda-go says, it says about failures; it goes the same way, so that every line is JSON whatever the function's
	// log format.
	slog.SetDefault(log)
	slog.SetLogLoggerLevel(slog.LevelError)
	store, notifier, err := configured(context.Background())
	if err != nil {
		log.Error("the function cannot start", "error", err.Error())
		os.Exit(1)
	}
	ending := strings.FieldsFunc(os.Getenv(archive.EnvEnding), func(r rune) bool { return r == ',' })
	lambda.Start(&handler{store, notifier, log, ending})
}

// newLog names time and message as Lambda does
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
func newLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: lambdacontext.ReplaceAttr}))
}

// configured reads the configuration from the environment. The notifier is nil where nobody is to be told.
func configured(ctx context.Context) (ingest.Store, ingest.Notifier, error) {
	group := os.Getenv(archive.EnvLogGroup)
	if group == "" {
		return nil, nil, fmt.Errorf("%s is not set: set it to the name of the log group that the records are written to", archive.EnvLogGroup)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	store := cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group)
	if topic := os.Getenv(archive.EnvTopic); topic != "" {
		return store, notify.New(sns.NewFromConfig(cfg), topic), nil
	}
	return store, nil, nil
}
