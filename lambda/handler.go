package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"whystopped/archive"
	"whystopped/archive/redact"
	"whystopped/archive/stack"
	"whystopped/ingest"
)

// margin is kept of an invocation's time for saying that a write failed: Lambda ends the process at its deadline.
const margin = 500 * time.Millisecond

// handler is a lambda.Handler, which gets the payload as it came, so that broken JSON reaches it.
type handler struct {
	store    ingest.Store
	gatherer ingest.Gatherer // nil checks nothing
	proofs   ingest.Proofs   // nil knows nothing of other stops
	memory   ingest.Memory   // nil remembers nothing
	notifier ingest.Notifier // nil notifies nobody
	log      *slog.Logger
	ending   []string // names of containers that are meant to end
	counts   bool     // the stops of each service, beside those of all
	sweeper  *sweeper
}

// Invoke archives one event and answers with the number of records written. Its error makes Lambda try the event again.
func (h *handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	input, isSweep := stack.ParseSweep(payload)
	if !isSweep {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, eventTime)
		defer cancel()
	}
	log := h.log
	if invocation, ok := lambdacontext.FromContext(ctx); ok {
		log = h.log.With("requestId", invocation.AwsRequestID)
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-margin))
		defer cancel()
	}
	if isSweep {
		h.sweeper.sweep(ctx, input, swept(func() *ingest.Pipeline {
			pipeline, _ := h.pipeline(archive.SourceSweep, log)
			return pipeline
		}), log)
		return []byte("{}"), nil
	}
	pipeline, store := h.pipeline(archive.SourceEvent, log)
	written, err := pipeline.Ingest(ctx, payload)
	if err != nil {
		err = errors.New(redact.Text(err.Error()))
		if store.lines == 0 {
			store.report(archive.Record{}, err, 0)
		}
		return nil, err
	}
	return fmt.Appendf(nil, `{"records":%d}`, len(written)), nil
}

// pipeline makes the pipeline of one event, with its store, which counts what is written.
func (h *handler) pipeline(source archive.Source, log *slog.Logger) (*ingest.Pipeline, *loggedStore) {
	store := &loggedStore{store: h.store, log: log, since: time.Now(), counts: h.counts}
	pipeline := &ingest.Pipeline{
		Store: store, Gatherer: h.gatherer, Source: source, Ending: h.ending, Now: time.Now,
	}
	if h.proofs != nil {
		pipeline.Proofs = &loggedProofs{h.proofs, log}
	}
	if h.memory != nil {
		pipeline.Memory = &loggedMemory{h.memory, log}
	}
	if h.notifier != nil {
		pipeline.Notifier = &loggedNotifier{h.notifier, log}
	}
	return pipeline, store
}
