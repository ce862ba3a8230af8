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
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"whystopped/archive"
	"whystopped/archive/cwlogs"
	"whystopped/ingest"
)

func main() {
	// What aws-lambda-go logs goes the same way, so that every line is JSON whatever the function's log format.
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{ReplaceAttr: lambdacontext.ReplaceAttr})))
	h, err := newHandler(context.Background())
	if err != nil {
		slog.Error("the function cannot start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(h)
}

// newHandler reads the configuration from the environment.
func newHandler(ctx context.Context) (*handler, error) {
	group := os.Getenv(archive.EnvLogGroup)
	if group == "" {
		return nil, fmt.Errorf("%s is not set: set it to the name of the log group that the records are written to", archive.EnvLogGroup)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the AWS configuration: %w", err)
	}
	store := cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group)
	return &handler{&ingest.Pipeline{Store: store, Source: archive.SourceEvent, Now: time.Now}}, nil
}
