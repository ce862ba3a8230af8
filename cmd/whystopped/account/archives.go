package account

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/smithy-go"

	"whystopped/archive"
	"whystopped/archive/cwlogs"
	"whystopped/archive/directory"
	"whystopped/cmd/whystopped/screen"
)

// OpenArchive opens the archive at a place for writing.
func (a *Account) OpenArchive(ctx context.Context, place string) (screen.Writer, error) {
	group, ok := screen.LogGroup(place)
	if !ok {
		return directory.Open(ctx, place)
	}
	cfg, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	return groupWriter{cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group), nameOf(group, cfg)}, nil
}

// groupWriter is a log group, where a record that was put lasts at once.
type groupWriter struct {
	*cwlogs.Store
	name string
}

func (w groupWriter) Put(ctx context.Context, r archive.Record) error {
	return explainGroup(w.name, w.Store.Put(ctx, r))
}

func (w groupWriter) PutAll(ctx context.Context, records []archive.Record) error {
	return explainGroup(w.name, w.Store.PutAll(ctx, records))
}

func (groupWriter) Close() error { return nil }

// nameOf names a log group in a sentence.
func nameOf(group string, cfg aws.Config) string {
	return fmt.Sprintf("the log group %q in %s", group, cfg.Region)
}

// explainGroup says what a failed call to a log group means. What only the store knows, which streams are meant and
// what a group that is missing means, stands in its own error.
func explainGroup(name string, err error) error {
	call, ok := errors.AsType[*smithy.OperationError](err)
	code := codeOf(err)
	if !ok || slices.Contains(denials, code) || strings.HasPrefix(code, "ResourceNotFound") {
		return plain(err)
	}
	return explainRefusal("logs:"+call.OperationName, name, err)
}

// ReadArchive yields the records at a place, in no particular order. It may yield more than f asks for. An error that
// wraps archive.ErrSkipped is a part that is no record; any other ends the reading.
func (a *Account) ReadArchive(ctx context.Context, place string, f archive.Filter) iter.Seq2[archive.Record, error] {
	read, err := a.reading(ctx, place)
	if err != nil {
		return func(out func(archive.Record, error) bool) { out(archive.Record{}, err) }
	}
	return read(ctx, f)
}

// reading returns what reads the archive at a place as ReadArchive does, again and again.
func (a *Account) reading(ctx context.Context, place string) (
	func(context.Context, archive.Filter) iter.Seq2[archive.Record, error], error) {
	group, ok := screen.LogGroup(place)
	if !ok {
		return func(_ context.Context, f archive.Filter) iter.Seq2[archive.Record, error] {
			return directory.Read(place).Records(f)
		}, nil
	}
	cfg, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	store, name := cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group), nameOf(group, cfg)
	return func(ctx context.Context, f archive.Filter) iter.Seq2[archive.Record, error] {
		return func(out func(archive.Record, error) bool) {
			for r, err := range store.Read(ctx, logQuery(f)) {
				if !out(r, explainGroup(name, err)) {
					return
				}
			}
		}
	}, nil
}

// Ask has Logs Insights answer a query over the records that were written from start on, of a log group.
func (a *Account) Ask(ctx context.Context, place, commands string, start, end time.Time) (screen.Asked, error) {
	group, _ := screen.LogGroup(place)
	cfg, err := a.load(ctx)
	if err != nil {
		return screen.Asked{}, err
	}
	answer, err := cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group).Ask(ctx, commands, start, end)
	if strings.HasPrefix(codeOf(err), "ResourceNotFound") {
		return screen.Asked{}, noGroup{explainGroup(nameOf(group, cfg), err)}
	}
	return screen.Asked{Rows: answer.Rows, Scanned: answer.Scanned, Cut: len(answer.Rows) == cwlogs.MostRows},
		explainGroup(nameOf(group, cfg), err)
}

// noGroup is the error of a log group that does not exist.
type noGroup struct{ error }

func (noGroup) Is(err error) bool { return err == fs.ErrNotExist }

// logQuery is what is asked of a log group: of the streams of the cluster and service, and by a filter.
func logQuery(f archive.Filter) cwlogs.Query {
	q := cwlogs.Query{Start: f.Start, End: f.Before, Prefix: cwlogs.StreamPrefix(f.Cluster, f.Service)}
	if f.Key != "" && strings.Trim(f.Key, "0123456789abcdef-:") == "" {
		q.Filter = fmt.Sprintf(`{ $.dedupKey = "%s*" }`, f.Key)
		return q
	}
	q.Filter = cwlogs.FilterPattern(
		cwlogs.Field{Name: "cluster", Value: f.Cluster},
		cwlogs.Field{Name: "service", Value: f.Service},
		cwlogs.Field{Name: "family", Value: f.Family},
		cwlogs.Field{Name: "taskId", Value: f.Task},
		cwlogs.Field{Name: "deploymentId", Value: f.Deployment},
		cwlogs.Field{Name: "kind", Value: f.Kind})
	return q
}
