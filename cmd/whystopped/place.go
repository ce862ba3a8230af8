package main

import (
	"context"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"whystopped/archive"
	"whystopped/archive/cwlogs"
)

// placeUsage says what --from and --to take.
const placeUsage = "`DIR` of the archive, or logs:GROUP for a CloudWatch Logs group (logs: alone is " + archive.LogGroup + ")"

// logGroup returns the log group that a place names; a place that names none is a directory.
func logGroup(place string) (group string, ok bool) {
	group, ok = strings.CutPrefix(place, "logs:")
	if ok && group == "" {
		group = archive.LogGroup
	}
	return group, ok
}

// placeName names a place in a sentence.
func placeName(place string) string {
	if group, ok := logGroup(place); ok {
		return "log group " + group
	}
	return place
}

// writer is an archive that is being written to; Close makes what was put lasting.
type writer interface {
	Put(ctx context.Context, r archive.Record) error
	Close() error
}

// openArchive opens the archive at a place for writing.
func openArchive(ctx context.Context, place string, a *account) (writer, error) {
	group, ok := logGroup(place)
	if !ok {
		return archive.OpenDirectory(place)
	}
	cfg, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	return groupWriter{cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group)}, nil
}

// groupWriter is a log group, where a record that was put lasts at once.
type groupWriter struct{ *cwlogs.Store }

func (groupWriter) Close() error { return nil }

// readArchive yields the records at a place, in no particular order. It may yield more than q asks for. An error that wraps
// archive.ErrSkipped is a part that is no record; any other ends the reading.
func readArchive(ctx context.Context, place string, a *account, q cwlogs.Query) iter.Seq2[archive.Record, error] {
	group, ok := logGroup(place)
	if !ok {
		return archive.ReadDirectory(place)
	}
	cfg, err := a.load(ctx)
	if err != nil {
		return func(out func(archive.Record, error) bool) { out(archive.Record{}, err) }
	}
	return cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group).Read(ctx, q)
}
