package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"whystopped/archive"
	"whystopped/ingest"
)

// handler is a lambda.Handler, which gets the payload as it came, so that broken JSON reaches it.
type handler struct {
	pipeline *ingest.Pipeline
}

// logged is what the function's log tells about a record.
type logged struct {
	DedupKey string `json:"dedupKey"`
	Class    string `json:"class"`
	Verdict  string `json:"verdict"`
}

// Invoke archives one event and answers with the number of records written. Its error makes Lambda try the event again.
func (h *handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	start := time.Now()
	written, err := h.pipeline.Ingest(ctx, payload)

	records := make([]logged, len(written))
	for i, r := range written {
		records[i] = logged{r.DedupKey, r.Class, r.Verdict}
	}
	log := slog.With("records", records, "durationMs", time.Since(start).Milliseconds())
	if invocation, ok := lambdacontext.FromContext(ctx); ok {
		log = log.With("requestId", invocation.AwsRequestID)
	}
	if err != nil {
		err = errors.New(archive.RedactText(err.Error()))
		log.Error("not archived", "error", err.Error())
		return nil, err
	}
	log.Info("archived")
	return fmt.Appendf(nil, `{"records":%d}`, len(written)), nil
}
