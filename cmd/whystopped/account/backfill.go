package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
	"whystopped/ingest/sweep"
)

func backfillCommand() *cobra.Command {
	var b backfill
	c := &cobra.Command{
		Use:   "backfill --cluster NAME|--all-clusters [--to DIR|logs:GROUP]",
		Short: "Archive the stopped tasks that ECS still remembers",
		Long: `Ask ECS for the tasks that it has stopped and not yet forgotten, which takes about an hour, and archive those that the capture
rule would have kept and that the archive does not have. Run it after the first deployment, or after an outage of the
deployment.

For a log group, the rule is that of the deployment in the same account and Region, with the options that it was deployed with,
and otherwise that of a deployment without options. --all keeps every stop.

It can be repeated at any time: what the archive has is not written again. When it is interrupted, what it wrote stays, and
the next run goes on from there.

  whystopped backfill --all-clusters --to logs:
  whystopped backfill --cluster prod --to incident-archive --region eu-west-1

` + Needs("backfill") + `

Exit codes: 0 everything that ECS remembers is archived, 2 something is not.`,
		Args: screen.TakesFlags,
		RunE: func(c *cobra.Command, _ []string) error {
			if b.cluster == "" && !b.allClusters {
				return errors.New("which cluster: give --cluster or --all-clusters, or set WHYSTOPPED_CLUSTER")
			}
			b.stderr = c.ErrOrStderr()
			err := b.run(c.Context())
			for _, problem := range b.problems {
				screen.Complain(b.stderr, problem)
			}
			if err != nil {
				return err
			}
			counts := screen.NewCounts(c.OutOrStdout())
			counts.Add("written", b.written, "explained and written to "+screen.PlaceName(b.to))
			counts.Add("already there", b.already, "not written again")
			counts.Add("routine", b.routine, "left out, as the capture rule "+b.rule+" does; --all keeps them")
			counts.Add("not stopped yet", b.stopping, "left for a later run")
			counts.Add("failed", b.failed, "not archived; see above")
			counts.Render()
			if len(b.problems) > 0 {
				return &screen.Failure{Code: screen.ExitBad}
			}
			return nil
		},
	}
	c.Flags().StringVar(&b.cluster, "cluster", "", "name or ARN of a cluster")
	c.Flags().BoolVar(&b.allClusters, "all-clusters", false, "every cluster of the account in the Region")
	c.Flags().StringVar(&b.to, "to", archive.Directory, screen.PlaceUsage)
	c.Flags().BoolVar(&b.all, "all", false, "keep every stop, whatever the capture rule leaves out")
	c.Flags().StringVar(&b.function, "function", stack.Function,
		"name of the deployment's function, with --to logs:GROUP")
	b.account.Flags(c)
	c.MarkFlagsMutuallyExclusive("cluster", "all-clusters")
	screen.Inherit(c, "cluster")
	return c
}

// giveUp is after how many failures in a row, each of which the AWS SDK has retried, nothing more is tried.
const giveUp = 10

// backfill is one run of the command.
type backfill struct {
	cluster     string
	allClusters bool
	service     string // only its tasks; empty for all
	to          string
	all         bool
	function    string
	account     Account

	stderr   io.Writer
	tasks    *ecsReader
	rule     string  // whose capture rule decides, after those words
	problems []error // told at the end

	written, already, routine, stopping, failed int
}

// run archives what ECS remembers. Its error is one that nothing was written before; all others are problems.
func (b *backfill) run(ctx context.Context) (err error) {
	cfg, err := b.account.load(ctx)
	if err != nil {
		return err
	}
	pattern, err := b.capturePattern(ctx, cfg)
	if err != nil {
		return err
	}
	store, err := b.account.OpenArchive(ctx, b.to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	b.tasks = readerIn(cfg)

	stops, err := b.remembered(ctx)
	if err != nil {
		return err
	}
	records, err := b.missing(ctx, stops, pattern)
	if err != nil {
		return err
	}
	b.write(ctx, store, records)
	return nil
}

// capturePattern is that of the deployment whose archive is a log group, where there is one and it decides anything.
func (b *backfill) capturePattern(ctx context.Context, cfg aws.Config) (*events.Pattern, error) {
	var o stack.Options
	b.rule = "of a deployment without options"
	if _, isGroup := screen.LogGroup(b.to); isGroup && !b.all {
		out, err := lambda.NewFromConfig(cfg).GetFunctionConfiguration(ctx,
			&lambda.GetFunctionConfigurationInput{FunctionName: &b.function})
		_, missing := errors.AsType[*lambdatypes.ResourceNotFoundException](err)
		switch {
		case missing:
		case err != nil:
			return nil, explainRefusal("lambda:GetFunctionConfiguration",
				fmt.Sprintf("the function %s in %s", b.function, cfg.Region), err)
		default:
			if o, err = optionsOf(out); err != nil {
				return nil, fmt.Errorf("%w: deploy again, or keep every stop with --all", err)
			}
			b.rule = "of " + b.function
		}
	}
	text, err := o.CapturePattern()
	if err != nil {
		return nil, err
	}
	return events.CompilePattern(text)
}

// optionsOf reads the options of a deployment out of its function's configuration.
func optionsOf(function *lambda.GetFunctionConfigurationOutput) (stack.Options, error) {
	if function.Environment != nil {
		if encoded, found := function.Environment.Variables[stack.EnvOptions]; found {
			return stack.ParseOptions(encoded, function.Environment.Variables[stack.EnvAdded])
		}
	}
	return stack.Options{}, fmt.Errorf("the environment of %s lacks %s, so it cannot be told what should be there",
		aws.ToString(function.FunctionName), stack.EnvOptions)
}

// remembered asks ECS for the stops of all clusters that were asked for.
func (b *backfill) remembered(ctx context.Context) ([]events.Stop, error) {
	clusters, err := b.clusters(ctx)
	if err != nil {
		return nil, err
	}
	var batches []batch
	listed := 0
	for i, cluster := range clusters {
		screen.Count(ctx, "listing the stopped tasks, clusters", i+1, len(clusters))
		arns, err := b.list(ctx, cluster)
		switch {
		case err == nil:
		case !b.allClusters || ctx.Err() != nil:
			return nil, err
		default:
			b.problems = append(b.problems, err)
		}
		listed += len(arns)
		for len(arns) > 0 {
			n := min(len(arns), sweep.TasksAtOnce)
			batches = append(batches, batch{cluster, arns[:n]})
			arns = arns[n:]
		}
	}

	asked := 0
	var stops []events.Stop
	for _, batch := range batches {
		described, err := b.describe(ctx, batch)
		switch {
		case err == nil:
		case !b.allClusters || ctx.Err() != nil:
			return nil, err
		default:
			b.problems = append(b.problems, err)
			b.failed += len(batch.tasks)
		}
		stops = append(stops, described...)
		asked += len(batch.tasks)
		screen.Count(ctx, "reading tasks", asked, listed)
	}
	return stops, nil
}

func (b *backfill) clusters(ctx context.Context) ([]string, error) {
	if !b.allClusters {
		return []string{b.cluster}, nil
	}
	return b.tasks.clusters(ctx)
}

// list returns the ARNs of a cluster's tasks that ECS has stopped or is stopping.
func (b *backfill) list(ctx context.Context, cluster string) ([]string, error) {
	input := ecs.ListTasksInput{Cluster: &cluster}
	if b.service != "" {
		input.ServiceName = &b.service
	}
	return b.tasks.stopped(ctx, input)
}

// batch is what is asked of DescribeTasks at once.
type batch struct {
	cluster string
	tasks   []string
}

// describe reads tasks as ECS tells them.
func (b *backfill) describe(ctx context.Context, batch batch) ([]events.Stop, error) {
	tasks, failures, err := b.tasks.describe(ctx, batch.cluster, batch.tasks)
	if err != nil {
		return nil, err
	}
	var stops []events.Stop
	for _, raw := range tasks {
		var task struct {
			LastStatus string `json:"lastStatus"`
		}
		if json.Unmarshal(raw, &task) == nil && task.LastStatus != "STOPPED" {
			b.stopping++
			continue
		}
		read, err := events.Parse(raw)
		if len(read) != 1 {
			read = []events.Stop{events.Unreadable(&events.Refusal{Reason: err.Error(), Raw: raw})}
		}
		stops = append(stops, read[0])
	}
	for _, f := range failures {
		b.failed++
		b.problems = append(b.problems,
			fmt.Errorf("task %s: ECS has forgotten it meanwhile (%s)", aws.ToString(f.Arn), aws.ToString(f.Reason)))
	}
	return stops, nil
}

// missing explains the stops that the archive has not and that belong there.
func (b *backfill) missing(ctx context.Context, stops []events.Stop, pattern *events.Pattern) ([]archive.Record,
	error) {
	have, err := b.archived(ctx, stops)
	if err != nil {
		return nil, err
	}
	var records []archive.Record
	for _, s := range stops {
		r := ingest.Explain(s, archive.SourceBackfill, time.Now())
		if have[r.DedupKey] {
			b.already++
			continue
		}
		captured, err := pattern.Match(s.Event())
		if err != nil {
			return nil, fmt.Errorf("match the capture pattern: %w", err)
		}
		if !captured && !b.all && s.Kind != events.KindUnreadable {
			b.routine++
			continue
		}
		records = append(records, r)
	}
	return records, nil
}

// archived returns the dedupKeys of the records that may be of one of the stops. What could not be read has no time of
// its own; three hours reach back behind all that ECS remembers.
func (b *backfill) archived(ctx context.Context, stops []events.Stop) (map[string]bool, error) {
	since := time.Now().Add(-3 * time.Hour)
	for _, s := range stops {
		if !s.StoppedAt.IsZero() && s.StoppedAt.Before(since) {
			since = s.StoppedAt.Add(-time.Minute)
		}
	}
	have := map[string]bool{}
	read := b.account.ReadArchive(ctx, b.to, archive.Filter{Start: since})
	for r, err := range screen.Records(ctx, b.stderr, read) {
		if err != nil {
			return nil, err
		}
		have[r.DedupKey] = true
	}
	return have, nil
}

func (b *backfill) write(ctx context.Context, store screen.Writer, records []archive.Record) {
	inARow := 0
	for _, r := range records {
		err := store.Put(ctx, r)
		if err == nil {
			b.written++
			inARow = 0
			screen.Count(ctx, "writing stops", b.written, len(records))
			continue
		}
		if ctx.Err() != nil {
			b.problems = append(b.problems,
				fmt.Errorf("interrupted after %d of %d stops: run the same command again for the rest", b.written,
					len(records)))
			break
		}
		b.problems = append(b.problems, err)
		if inARow++; inARow == giveUp {
			b.problems = append(b.problems,
				fmt.Errorf("gave up after %d failures in a row: run the same command again when the cause is removed",
					giveUp))
			break
		}
	}
	b.failed += len(records) - b.written
}
