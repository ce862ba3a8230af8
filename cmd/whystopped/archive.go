package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
)

func archiveCommand() *cobra.Command {
	var to string
	var all bool
	var a awsAccount
	c := &cobra.Command{
		Use:   "archive FILE… [--to DIR|logs:GROUP]",
		Short: "Keep the stops that the capture rule keeps",
		Long: `Read stops, leave out the routine ones as the default rules do, explain the others and add them to an archive: a directory,
or a CloudWatch Logs group. The same file may be archived again, also after an interruption: history shows each stop once.

A log group is written to with the credentials, Region, profile and endpoints that other AWS tools use. A stop that is older than
14 days or the group's retention has the present time there; its record says when it was.

  whystopped archive stops.jsonl --to logs: --profile ops --region eu-west-1
  whystopped archive stops.jsonl --to logs:/team/stops

` + needs("archive") + `

Exit codes: 0 everything was read and written, 2 something was not; then it says how many stops were written for certain.`,
		Example: `  whystopped archive stops.jsonl
  whystopped archive incident/*.json --to incident-archive
  whystopped archive stops.jsonl --all`,
		Args: screen.Takes(1, math.MaxInt, "FILE"),
		RunE: func(c *cobra.Command, files []string) error {
			pattern, err := capturePattern()
			if err != nil {
				return err
			}
			k := keeper{all: all, pattern: pattern}
			if k.store, err = a.OpenArchive(c.Context(), to); err != nil {
				return err
			}
			in := input{stderr: c.ErrOrStderr(), progress: screen.NewReading("archiving stops", files)}
			err = k.keepAll(c.Context(), stops(files, untilDone{c.Context(), c.InOrStdin()}, in.progress), &in)
			closed := k.store.Close()
			switch {
			case closed != nil:
				return errors.Join(err, closed)
			case err != nil && c.Context().Err() != nil:
				return fmt.Errorf("interrupted: %s written to %s; archive the same files again for the rest",
					screen.Plural(k.kept, "stop"), screen.PlaceName(to))
			case err != nil:
				return fmt.Errorf("%s written to %s, then: %w", screen.Plural(k.kept, "stop"), screen.PlaceName(to),
					err)
			}
			note := "left out, as the capture rule does"
			if all {
				note = "among them, which the capture rule leaves out"
			}
			counts := screen.NewCounts(c.OutOrStdout())
			counts.Add("kept", k.kept, "explained and written to "+screen.PlaceName(to))
			counts.Add("routine", k.routine, note)
			counts.Add("refused", in.refused, "not stops; see above")
			counts.Render()
			return in.outcome()
		},
	}
	c.Flags().StringVar(&to, "to", archive.Directory, screen.PlaceUsage)
	c.Flags().BoolVar(&all, "all", false, "keep the routine stops too")
	a.Flags(c)
	return c
}

// keeper writes stops to an archive.
type keeper struct {
	store   screen.Writer
	all     bool // routine stops too
	pattern *events.Pattern

	pending      []archive.Record
	pendingBytes int // of their raw events, which are most of their memory
	kept         int // written for certain
	routine      int
}

// How much waits to be written at once.
const (
	maxPending      = 1000
	maxPendingBytes = 4 << 20
)

// batches is an archive that takes many records in few calls.
type batches interface {
	PutAll(ctx context.Context, records []archive.Record) error
}

// keepAll writes the stops that are to be kept. It ends at the first one that cannot be written, and when ctx is done.
func (k *keeper) keepAll(ctx context.Context, stops iter.Seq2[events.Stop, error], in *input) error {
	collectSeldom()
	for ready, err := range inOrder(runtime.GOMAXPROCS(0), stops, k.prepare) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			in.refuse(err)
			continue
		}
		in.read++
		in.progress.Say(ctx, in.read)
		if ready.routine {
			k.routine++
		}
		if ready.err == nil && ready.line != nil {
			ready.err = k.keep(ctx, ready)
		}
		if ready.err != nil {
			return ready.err
		}
	}
	return k.flush(ctx)
}

// prepared is a record, and the line that it is.
type prepared struct {
	archive.Record
	line    []byte // nil for a stop that is not kept
	routine bool
	err     error
}

// prepare makes the record of a stop that is to be kept.
func (k *keeper) prepare(s events.Stop) (p prepared) {
	captured, err := k.captured(s)
	if p.routine = !captured; err != nil || p.routine && !k.all {
		p.err = err
		return p
	}
	p.Record = ingest.Explain(s, archive.SourceFile, time.Now())
	p.line, p.err = p.Record.Encode()
	return p
}

// captured reports whether a stop is one to keep: of tasks what the capture rule catches, of other kinds, which also
// come without the event that a rule judges by, whatever is not as it should be. What AWS put into a task beside its
// containers makes a job that is done no stop to keep.
func (k *keeper) captured(s events.Stop) (bool, error) {
	if s.Kind != events.KindTask {
		return classifier.Classify(s).Verdict != classifier.Expected, nil
	}
	s.DropInjected()
	captured, err := k.pattern.Match(s.Event())
	if err != nil {
		return false, fmt.Errorf("match the capture pattern: %w", err)
	}
	return captured, nil
}

func (k *keeper) keep(ctx context.Context, r prepared) error {
	if store, ok := k.store.(*directory.Store); ok {
		if err := store.PutEncoded(ctx, r.Record, r.line); err != nil {
			return err
		}
		k.kept++
		return nil
	}
	k.pending = append(k.pending, r.Record)
	k.pendingBytes += len(r.RawEvent)
	if len(k.pending) < maxPending && k.pendingBytes < maxPendingBytes {
		return nil
	}
	return k.flush(ctx)
}

func (k *keeper) flush(ctx context.Context) error {
	if len(k.pending) == 0 {
		return nil
	}
	if err := k.store.(batches).PutAll(ctx, k.pending); err != nil {
		return err
	}
	k.kept += len(k.pending)
	k.pending, k.pendingBytes = k.pending[:0], 0
	return nil
}

// untilDone reads from r until ctx is done, also while r has nothing to read.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(b []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	own, done := make([]byte, len(b)), make(chan result, 1) // own: a read that is given up may still come back
	go func() {
		n, err := u.r.Read(own)
		done <- result{n, err}
	}()
	select {
	case <-u.ctx.Done():
		return 0, u.ctx.Err()
	case read := <-done:
		return copy(b, own[:read.n]), read.err
	}
}

// capturePattern is the pattern of a deployment with default options.
func capturePattern() (*events.Pattern, error) {
	text, err := events.CapturePattern(events.Options{})
	if err != nil {
		return nil, fmt.Errorf("capture pattern: %w", err)
	}
	return events.CompilePattern(text)
}
