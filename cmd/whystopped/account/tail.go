package account

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/smithy-go"
	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
	"whystopped/ingest/sweep"
)

func tailCommand() *cobra.Command {
	var t tail
	c := &cobra.Command{
		Use:   "tail [--cluster NAME] [--service NAME] [--from DIR|logs:GROUP]",
		Short: "Tell new stops as they come, a line each",
		Long: `Tell each stop that is new from now on, once, as the deployed function archives it; where there is no deployment, or its log group
may not be read, as ECS shows it. It goes on until Ctrl-C or SIGTERM ends it.

An archive tells what the capture rule keeps, checked causes among it, some seconds after the stop. ECS tells of every task that
stopped, also of those that were meant to; without --cluster all clusters of the Region are asked. AWS is asked every 5 seconds, less
often for more than ten clusters. Throttles and answers that do not come are said once and waited out.

  whystopped tail --cluster prod
  whystopped tail --cluster prod --service web --full
  whystopped tail --from logs:/team/stops --json --profile ops --region eu-west-1

` + Needs("tail") + `

Exit codes: 0 it was ended, 2 bad usage, or nothing can be seen: no credentials, no permission, no such cluster.`,
		Args: screen.TakesFlags,
		RunE: func(c *cobra.Command, _ []string) error {
			t.wanted.Resolve()
			t.fromGiven = c.Flags().Changed("from")
			out := bufio.NewWriter(c.OutOrStdout())
			t.out, t.stderr = out, screen.Flushed(out, c.ErrOrStderr())
			s := &screen.Screen{W: out, Look: screen.LookOf(c.OutOrStdout()), All: t.all}
			switch {
			case t.asJSON:
				t.show = func(r archive.Record) error { return screen.WriteJSON(out, r, false) }
			case t.full:
				t.show = s.Block
			default:
				t.show = s.OneLine
			}
			return t.run(c.Context())
		},
	}
	c.Flags().StringVar(&t.wanted.Cluster, "cluster", "", "only of this cluster, by name, ARN or console page")
	c.Flags().StringVar(&t.wanted.Service, "service", "", "only of this service, by name or ARN")
	c.Flags().StringVar(&t.from, "from", "logs:", screen.PlaceUsage+"; without it ECS where there is no such group")
	c.Flags().BoolVar(&t.full, "full", false, "each stop as \"whystopped explain\" shows it")
	c.Flags().BoolVar(&t.all, "all", false, "with --full: "+screen.AllUsage)
	c.Flags().BoolVar(&t.asJSON, "json", false, "one JSON object per stop, as \"explain --json\" prints it")
	t.account.Flags(c)
	c.MarkFlagsMutuallyExclusive("full", "json")
	screen.Inherit(c, "from")
	return c
}

// How often and how far back is asked. A record stands in a log group at the time of its stop, and is there later: by
// seconds as a rule, by minutes where the function had to try again.
var tailEvery = 5 * time.Second

const (
	clusterEvery = 500 * time.Millisecond // for each cluster: ECS lets an account call 20 times a second
	nearBack     = 2 * time.Minute
	farBack      = 15 * time.Minute
	farEvery     = time.Minute
	longestPause = time.Minute // between attempts while AWS does not answer
	toldKept     = time.Hour   // that something was told, after it was seen last
)

// tail tells new stops.
type tail struct {
	wanted       screen.Wanted
	from         string
	fromGiven    bool
	full, asJSON bool
	all          bool
	account      Account

	out    *bufio.Writer
	show   func(archive.Record) error
	stderr io.Writer

	told  map[string]time.Time // what was told or was there before, by when it was last seen
	every time.Duration
}

// source returns the stops that it sees now, in any order, also such as it gave before.
type source func(context.Context) ([]archive.Record, error)

// run asks again and again until it is ended. What there is at first is not new.
func (t *tail) run(ctx context.Context) error {
	t.told, t.every = map[string]time.Time{}, tailEvery
	t.account.Near(t.wanted.Region)
	see, err := t.archive(ctx)
	if err != nil {
		return t.end(ctx, err)
	}
	began, failures, elsewhere := false, 0, !t.fromGiven
	for {
		records, err := see(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			if failures > 0 {
				screen.Complain(t.stderr, errors.New("AWS answers again"))
			}
			failures = 0
			if err := t.tell(records, began); err != nil {
				return screen.Written(err)
			}
			began = true
		case elsewhere && !began && absent(err):
			elsewhere = false
			screen.Complain(t.stderr, fmt.Errorf("%w; what ECS shows is told instead", err))
			if see, err = t.ecs(ctx); err != nil {
				return t.end(ctx, err)
			}
			continue
		case !passes(err), !began && codeOf(err) == "": // a Region that does not exist does not answer either
			return err
		default:
			if failures++; failures == 1 {
				screen.Complain(t.stderr,
					fmt.Errorf("nothing new can be seen for now, and AWS is asked on: %s", said(err)))
			}
		}
		pause := t.every
		for range failures {
			pause = min(2*pause, max(longestPause, t.every))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// end is the error of what ended, none where somebody ended it.
func (t *tail) end(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// absent reports whether there is no log group, or none that may be read.
func absent(err error) bool {
	code := codeOf(err)
	return strings.HasPrefix(code, "ResourceNotFound") || slices.Contains(denials, code)
}

// passes reports whether the error of a call passes by itself: a throttle, a fault of AWS, an answer that did not come.
func passes(err error) bool {
	api, answered := errors.AsType[smithy.APIError](err)
	_, called := errors.AsType[*smithy.OperationError](err)
	return throttled(err) || answered && api.ErrorFault() == smithy.FaultServer ||
		called && !answered && !refreshes(err)
}

// tell shows the stops that are new, the earliest first; before it began none is.
func (t *tail) tell(records []archive.Record, began bool) error {
	now := time.Now()
	stops := archive.Shown(slices.DeleteFunc(records, func(r archive.Record) bool { return !t.fits(r) }))
	for _, r := range slices.Backward(stops) {
		_, told := t.told[r.DedupKey]
		t.told[r.DedupKey] = now
		if told || !began {
			continue
		}
		if err := t.show(r); err != nil {
			return err
		}
	}
	for key, seen := range t.told {
		if now.Sub(seen) > toldKept {
			delete(t.told, key)
		}
	}
	return t.out.Flush()
}

func (t *tail) fits(r archive.Record) bool {
	return (t.wanted.Cluster == "" || t.wanted.Cluster == r.Cluster) &&
		(t.wanted.Service == "" || t.wanted.Service == r.Service)
}

// archive sees what stands in the archive. A log group is asked for the last minutes, and further back now and then and
// after a time without answers.
func (t *tail) archive(ctx context.Context) (source, error) {
	read, err := t.account.reading(ctx, t.from)
	if err != nil {
		return nil, err
	}
	var far, last time.Time
	return func(ctx context.Context) (records []archive.Record, err error) {
		now := time.Now()
		q := archive.Filter{Start: now.Add(-nearBack), Cluster: t.wanted.Cluster, Service: t.wanted.Service}
		wide := now.Sub(far) >= farEvery
		if wide {
			q.Start = now.Add(-farBack)
			if missed := last.Add(-farBack); !last.IsZero() && missed.Before(q.Start) {
				q.Start = missed
			}
		}
		for r, err := range read(ctx, q) {
			switch {
			case errors.Is(err, archive.ErrSkipped): // it is no stop, and "whystopped history" says so
			case err != nil:
				return nil, err
			default:
				records = append(records, r)
			}
		}
		if last = now; wide {
			far = now
		}
		return records, nil
	}, nil
}

// ecs sees what ECS shows of tasks that stopped. Of those that it has seen stopped it asks no more.
func (t *tail) ecs(ctx context.Context) (source, error) {
	cfg, err := t.account.loadIn(ctx, t.wanted.Region)
	if err != nil {
		return nil, err
	}
	reader := readerIn(cfg)
	clusters, listed := []string{t.wanted.Cluster}, time.Time{}
	seen := map[string]archive.Record{} // by ARN
	return func(ctx context.Context) ([]archive.Record, error) {
		if t.wanted.Cluster == "" && time.Since(listed) >= farEvery {
			if clusters, err = reader.clusters(ctx); err != nil {
				return nil, err
			}
			listed, t.every = time.Now(), max(tailEvery, time.Duration(len(clusters))*clusterEvery)
		}
		now := map[string]archive.Record{}
		for _, cluster := range clusters {
			in := ecs.ListTasksInput{Cluster: &cluster}
			if t.wanted.Service != "" && t.wanted.Cluster != "" {
				in.ServiceName = &t.wanted.Service
			}
			arns, err := reader.stopped(ctx, in)
			if _, gone := errors.AsType[*types.ClusterNotFoundException](err); gone && t.wanted.Cluster == "" {
				continue // it was deleted since they were listed
			}
			if err != nil {
				return nil, err
			}
			var unseen []string
			for _, arn := range arns {
				if r, ok := seen[arn]; ok {
					now[arn] = r
				} else {
					unseen = append(unseen, arn)
				}
			}
			for batch := range slices.Chunk(unseen, sweep.TasksAtOnce) {
				tasks, _, err := reader.describe(ctx, cluster, batch)
				if err != nil {
					return nil, err
				}
				for _, raw := range tasks {
					if arn, r, ok := recordOf(raw); ok {
						now[arn] = r
					}
				}
			}
		}
		seen = now
		var records []archive.Record
		for _, r := range seen {
			records = append(records, r)
		}
		return records, nil
	}, nil
}

// recordOf is the record of a task that has stopped.
func recordOf(raw json.RawMessage) (arn string, r archive.Record, ok bool) {
	var task struct{ TaskARN, LastStatus string }
	if json.Unmarshal(raw, &task) != nil || task.LastStatus != "STOPPED" {
		return "", archive.Record{}, false
	}
	stops, err := events.Parse(raw)
	if len(stops) != 1 {
		stops = []events.Stop{events.Unreadable(&events.Refusal{Reason: cmp.Or(err, errors.New("no stop")).Error(),
			Raw: raw})}
	}
	return task.TaskARN, ingest.Explain(stops[0], archive.SourceBackfill, time.Now()), true
}
