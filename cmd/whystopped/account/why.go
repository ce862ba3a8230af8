package account

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/redact"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
	"whystopped/ingest/sweep"
)

// exitNotSteady is the exit code for a service that is not as it should be.
const exitNotSteady = 1

func whyCommand() *cobra.Command {
	var w why
	var verify bool
	var most time.Duration
	c := &cobra.Command{
		Use:   "why --cluster NAME [--service NAME [--since-deployment|--since TIME]]",
		Short: "Tell why a service, or which of a cluster, is not steady, for pipelines and after a failed deployment",
		Long: `Ask ECS how a service is, which of its tasks stopped and what its scheduler says, and an archive where there is one, and print the
state of the service, the cause of what is wrong with it, and its last stops. It works without a deployment of whystopped: then from
what ECS remembers, the stopped tasks of about an hour and the last 100 event messages. An archive that is not there or may not be
read is told on stderr and left out.

A service is steady when it has one deployment, whose rollout is COMPLETED or has no state, when as many of its tasks run as are
desired, and when it has said "has reached a steady state" after the last failed task of the time looked at: the last 3 hours, or
what --since says. A deployment that failed in that time and was rolled back keeps it from being steady, however well the tasks of
the earlier one run.

With --wait it asks every 10 seconds until the deployment has ended, something of it failed or --timeout is over. A deployment that
waits for a hook, a bake time or another controller goes on; one that ECS undid has failed, also where the rollback succeeded. --wait
looks at the newest deployment, as --since-deployment does, unless --since is given.

With --since-deployment only the newest deployment that somebody asked for counts: its tasks, and what the service has said since it
began. When ECS has gone back to an earlier deployment, that is the one that failed and not the one that runs.

The cause is that of the newest deployment's failed tasks; where they have several, the one that most of them share, as the latest of
these tells it. Where none of its tasks failed it is what kept the service from making any, such as placement. An expected stop never
is the cause.

Without --service it looks at all services of the cluster, and tells those that have run fewer tasks than are desired for more than
10 minutes, or for more than the grace period of their health checks: since when, and why, the worst first. A deployment in progress
counts from its start, and a service that is scaled to zero is well.

` + VerifyHelp + `
Of the stops only the one that is shown as the cause is checked. Where ECS does not know when the service was last steady, the newest
earlier task of the archive that ran for an hour or more tells what ran well before, and what is different.

` + Needs("why") + `

Exit codes, of a cluster as of its worst service: 0 the service is steady, 1 it is not and something failed, or the deployment that was asked for did: the cause is printed,
2 it cannot be told: a deployment or scaling goes on and nothing has failed so far (inProgress in --json; ask again), there is no such
service, no credentials, no permission, or the usage is bad; then stderr says why.`,
		Example: `  whystopped why --cluster prod --service web
  whystopped why --cluster prod --service web --wait --timeout 20m
  whystopped why --cluster prod --from logs:
  whystopped why --cluster prod --service web --since-deployment --from logs:
  whystopped why --cluster prod --service web --since 30m --json --profile ops --region eu-west-1`,
		Args: screen.TakesFlags,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			out := bufio.NewWriter(c.OutOrStdout())
			defer func() { err = cmp.Or(err, screen.Written(out.Flush())) }()
			w.now = time.Now()
			w.fromGiven = c.Flags().Changed("from")
			w.verify = screen.Again(c, "--verify")
			w.out, w.look, w.stderr = out, screen.LookOf(c.OutOrStdout()), c.ErrOrStderr()
			if err := w.waitFlags(c.Flags().Changed, most); err != nil {
				return err
			}
			if w.service == "" {
				return w.runCluster(c.Context(), c.Flags().Changed)
			}
			if verify {
				if w.verifier, err = w.account.Verifier(c.Context(), w.from); err != nil {
					return err
				}
			}
			a, err := w.awaited(c.Context(), most)
			if c.Context().Err() != nil {
				return errors.New("interrupted: the service is not judged")
			}
			if err != nil {
				return err
			}
			if err := w.print(a); err != nil {
				return err
			}
			return exitOf(a.State)
		},
	}
	c.Flags().StringVar(&w.cluster, "cluster", "", "name or ARN of the cluster")
	c.Flags().StringVar(&w.service, "service", "", "name or ARN of the service; without it all of the cluster")
	c.Flags().BoolVar(&w.sinceDeployment, "since-deployment", false,
		"only what belongs to the newest deployment that somebody asked for")
	c.Flags().StringVar(&w.chosen.Since, "since", "3h",
		"only what happened from this `TIME` on: back from now (30m, 2h, 1d), RFC 3339, a date in UTC, or all")
	c.Flags().StringVar(&w.from, "from", archive.Directory, screen.PlaceUsage)
	c.Flags().BoolVar(&w.asJSON, "json", false, "one JSON object: the state of the service, the cause as \"explain "+
		"--json\" prints it, and the stops as \"history --json\" does")
	c.Flags().BoolVar(&w.all, "all", false, screen.AllUsage)
	c.Flags().BoolVar(&verify, "verify", false, VerifyUsage)
	c.Flags().BoolVar(&w.wait, "wait", false, "wait until the newest deployment has ended or something of it failed; "+
		"what becomes of it is said on stderr")
	c.Flags().DurationVar(&most, "timeout", 20*time.Minute, "with --wait: how long at most")
	c.Flags().BoolVar(&w.markdown, "markdown", false, "a page of Markdown, for the summary of a job or a pull request")
	c.Flags().BoolVar(&w.github, "github", false, "an annotation of GitHub Actions besides: on stdout, on stderr with "+
		"--json or --markdown")
	w.account.Flags(c)
	c.MarkFlagsMutuallyExclusive("json", "markdown")
	c.MarkFlagsMutuallyExclusive("since-deployment", "since")
	screen.Inherit(c, "cluster", "from")
	return c
}

// why judges one service.
type why struct {
	cluster         string // name or ARN, as is service
	service         string
	sinceDeployment bool
	from            string
	fromGiven       bool
	account         Account
	asJSON          bool
	wait            bool
	markdown        bool
	github          bool
	all             bool
	verify          string           // the command line that checks the causes
	chosen          screen.Selection // cluster and service by name, and the time looked at

	now      time.Time
	out      io.Writer
	look     screen.Look
	stderr   io.Writer
	verifier ingest.Gatherer // nil shows what is known without asking

	tasks *ecsReader
	state serviceState
	asked rollout
}

// What a service is, in answer.State.
const (
	stateSteady     = "steady"
	stateFailed     = "failed"
	stateInProgress = "inProgress" // nothing can be told yet
)

// answer is what --json prints.
type answer struct {
	State string `json:"state"`
	Why   string `json:"why"`
	serviceState
	Leading *screen.Explained `json:"leading,omitempty"` // absent where nothing is wrong, or nothing is known of it
	Count   int               `json:"count,omitempty"`   // stops and messages with the signature of the leading one
	Stops   []screen.Kind     `json:"stops"`             // the latest first

	leading archive.Record
}

// ask finds out all that the answer says.
func (w *why) ask(ctx context.Context) (answer, error) {
	if w.cluster == "" {
		return answer{}, errors.New("which cluster: give --cluster, or set WHYSTOPPED_CLUSTER")
	}
	if err := errors.Join(w.chosen.Cluster.Set(w.cluster), w.chosen.Service.Set(w.service)); err != nil ||
		w.chosen.Cluster.Only() == "" || w.chosen.Service.Only() == "" {
		return answer{}, errors.New("--cluster and --service take one name or ARN each")
	}
	if err := w.chosen.Between(w.now); err != nil {
		return answer{}, err
	}
	cfg, err := w.account.load(ctx)
	if err != nil {
		return answer{}, err
	}
	w.tasks = readerIn(cfg)
	b := backfill{cluster: w.cluster, service: w.service, stderr: w.stderr, tasks: w.tasks}

	stops, err := w.describe(ctx)
	if err != nil {
		return answer{}, err
	}
	tasks, err := b.remembered(ctx)
	if err != nil {
		return answer{}, err
	}
	for _, problem := range b.problems {
		screen.Complain(w.stderr, problem)
	}
	var records archive.Stops
	for _, s := range append(stops, tasks...) {
		records.Add(ingest.Explain(s, archive.SourceBackfill, w.now))
	}
	w.readArchive(ctx, &records)

	inScope := slices.DeleteFunc(records.Shown(), func(r archive.Record) bool { return !w.counts(r) })
	a := w.judge(inScope)
	if a.leading.DedupKey != "" {
		if w.verifier != nil {
			if a.leading, err = ingest.VerifyArchived(ctx, w.verifier, a.leading, w.now); err != nil {
				screen.Complain(w.stderr, err)
			}
		}
		a.Leading = new(screen.ExplainedOf(a.leading))
	}
	a.Stops = lastStops(inScope)
	return a, nil
}

// describe reads the state of the service and which deployment was asked for last, and returns what the event messages
// say.
func (w *why) describe(ctx context.Context) ([]events.Stop, error) {
	name, where := w.chosen.Service.Only(),
		fmt.Sprintf("the service %q of the cluster %q in %s", w.chosen.Service.Only(), w.chosen.Cluster.Only(),
			w.tasks.region)
	screen.Say(ctx, "asking ECS about the service "+name)
	out, err := w.tasks.DescribeServices(ctx,
		&ecs.DescribeServicesInput{Cluster: &w.cluster, Services: []string{w.service}})
	if _, missing := errors.AsType[*types.ClusterNotFoundException](err); missing {
		return nil, w.tasks.explain("ecs:DescribeServices", w.cluster, "", err)
	}
	if err != nil {
		return nil, explainRefusal("ecs:DescribeServices", where, err)
	}
	if len(out.Services) != 1 {
		return nil, noService(nil, name, w.chosen.Cluster.Only(), w.tasks.region)
	}
	service := out.Services[0]
	if w.state, err = stateOf(w.chosen.Cluster.Only(), service); err != nil {
		return nil, err
	}
	newest, err := w.newestDeployment(ctx, service)
	if err != nil {
		screen.Complain(w.stderr,
			fmt.Errorf("only the service's event messages tell whether its deployment was undone: %w",
				explainRefusal("ecs:ListServiceDeployments", where, err)))
	}
	w.asked = w.state.asked(newest)
	if w.sinceDeployment {
		w.chosen.Start = w.asked.since
	}
	if len(service.Events) == 0 {
		return nil, nil
	}
	stops, err := events.Parse(sweep.Body(out.ResultMetadata))
	if err != nil {
		screen.Complain(w.stderr, err)
	}
	return slices.DeleteFunc(stops, func(s events.Stop) bool {
		// the failure that it follows from is told too
		return s.Kind != events.KindService || undoneMessage.MatchString(s.StoppedReason)
	}), nil
}

// newestDeployment is the deployment of the service that was asked for last, nil where that does not matter or ECS
// keeps no list.
func (w *why) newestDeployment(ctx context.Context, service types.Service) (*types.ServiceDeploymentBrief, error) {
	if !w.sinceDeployment || len(service.Deployments) == 0 {
		return nil, nil
	}
	var newest *types.ServiceDeploymentBrief
	input := &ecs.ListServiceDeploymentsInput{Cluster: &w.cluster, Service: &w.service, MaxResults: aws.Int32(100)}
	for {
		page, err := w.tasks.ListServiceDeployments(ctx, input)
		if err != nil {
			return nil, err
		}
		for _, d := range page.ServiceDeployments {
			if newest == nil || aws.ToTime(d.CreatedAt).After(aws.ToTime(newest.CreatedAt)) {
				newest = &d
			}
		}
		if aws.ToString(page.NextToken) == "" {
			return newest, nil
		}
		input.NextToken = page.NextToken
	}
}

// readArchive adds what an archive holds of the service in the time looked at. Of what the service said it adds what is
// older than the messages that ECS has.
func (w *why) readArchive(ctx context.Context, records *archive.Stops) {
	oldest := w.now
	if n := len(w.state.events); n > 0 {
		oldest = aws.ToTime(w.state.events[n-1].CreatedAt)
	}
	for r, err := range screen.Records(ctx, w.stderr, w.account.ReadArchive(ctx, w.from, w.chosen.Query())) {
		switch {
		case ctx.Err() != nil, errors.Is(err, fs.ErrNotExist) && !w.fromGiven: // nobody said that there is one
			return
		case err != nil:
			screen.Complain(w.stderr, fmt.Errorf("the archive is left out: %w", err))
			return
		// an event has not quite the time of its message
		case w.chosen.About(r) && (screen.OfTask(r) || r.Moment().Before(oldest.Add(-time.Minute))):
			records.Add(r)
		}
	}
}

// counts reports whether a record is one of the time or deployment looked at.
func (w *why) counts(r archive.Record) bool {
	if !w.sinceDeployment || !screen.OfTask(r) {
		return !r.Moment().Before(w.chosen.Start)
	}
	if w.asked.id != "" && r.DeploymentID != "" {
		return r.DeploymentID == w.asked.id
	}
	return !cmp.Or(r.CreatedAt, r.Moment()).Before(w.chosen.Start)
}

// began is when what a record tells began to happen: the stop of a task goes on while another takes its place.
func began(r archive.Record) time.Time {
	at := r.Moment().Time
	for _, t := range []archive.Time{r.ExecutionStoppedAt, r.StoppingAt} {
		if !t.IsZero() && t.Before(at) {
			at = t.Time
		}
	}
	return at
}

// judge says what the service is and, where it is not steady, what led to it. The records are those that count.
func (w *why) judge(records []archive.Record) answer {
	s := &w.state
	a := answer{State: stateFailed, serviceState: *s}
	steadyAt := s.steadyAt(time.Time{})
	open := slices.DeleteFunc(slices.Clone(records), func(r archive.Record) bool { return !began(r).After(steadyAt) })
	failures := failedTasks(open)
	a.leading, a.Count = leading(open, w.asked.id)
	switch {
	case w.asked.failed != "" && !w.asked.failedAt.Before(w.chosen.Start):
		a.Why = w.asked.failed
		a.leading, a.Count = leading(records, w.asked.id)
	case s.RolloutState == string(types.DeploymentRolloutStateFailed):
		a.Why = strings.TrimRight(s.DeploymentID+" failed: "+s.RolloutStateReason, ":. ")
		a.leading, a.Count = leading(records, w.asked.id)
	case s.settled() && failures > 0:
		a.Why = fmt.Sprintf("%s, but %s failed and the service has not reached a steady state since", s.running(),
			screen.Plural(failures, "task"))
	case s.settled():
		a = answer{State: stateSteady, Why: s.running(), serviceState: *s}
		if n := failedTasks(records); n > 0 {
			a.Why += fmt.Sprintf("; %s failed before the service reached a steady state at %s",
				screen.Plural(n, "task"), steadyAt.UTC().Format(screen.Instant))
		}
		if w.asked.open {
			a.State, a.Why = stateInProgress, a.Why+"; ECS has not ended the deployment yet: ask again"
		}
	case failures > 0:
		a.Why = fmt.Sprintf("%s, and %s failed", s.running(), screen.Plural(failures, "task"))
	case a.Count > 0:
		a.Why = s.running()
	case s.FailedTasks > 0:
		a.Why = fmt.Sprintf("%s; ECS counts %s of %s and remembers none of them, so the cause is not known",
			s.running(), screen.Plural(int(s.FailedTasks), "failed task"), s.DeploymentID)
	default:
		a.State, a.Why = stateInProgress, s.running()+", and nothing has failed so far: ask again"
	}
	a.Why = redact.Text(a.Why)
	return a
}

// failedTasks counts the tasks that failed as a whole.
func failedTasks(records []archive.Record) (n int) {
	for _, r := range records {
		if screen.OfTask(r) && r.Kind != string(events.KindContainer) && r.Verdict == string(classifier.Failure) {
			n++
		}
	}
	return n
}

// leading chooses what explains best why a service is not steady, and how many records have its signature; none where
// nothing does. Of several kinds of the same rank it is the most frequent one, and of these the latest.
func leading(records []archive.Record, deployment string) (best archive.Record, count int) {
	counts := map[string]int{}
	for _, r := range records {
		counts[r.Signature]++
	}
	highest := 0
	for _, r := range records { // the latest first
		rank := rank(r, deployment)
		if rank > highest || rank > 0 && rank == highest && counts[r.Signature] > count {
			best, count, highest = r, counts[r.Signature], rank
		}
	}
	return best, count
}

// rank says how well a record explains why a service with that deployment is not steady; 0 not at all.
func rank(r archive.Record, deployment string) int {
	switch {
	case r.Verdict == string(classifier.Expected):
		return 0
	case r.Verdict != string(classifier.Failure):
		return 1 // it may have been meant
	case screen.OfTask(r) && r.Kind != string(events.KindContainer) &&
		(deployment == "" || r.DeploymentID == deployment):
		return 5
	case screen.OfTask(r):
		return 3
	case r.Fault == string(classifier.RolledBack), r.Stage == string(classifier.UnknownStage):
		return 2 // it only says that tasks failed
	}
	return 4 // what kept tasks from being made
}

// lastStops are the kinds of what stopped and what failed, the latest first.
func lastStops(records []archive.Record) []screen.Kind {
	kinds := screen.KindsOf(slices.DeleteFunc(slices.Clone(records), func(r archive.Record) bool {
		return !screen.OfTask(r) && r.Verdict == string(classifier.Expected)
	}))
	slices.SortStableFunc(kinds, func(a, b screen.Kind) int { return b.LastSeen.Compare(a.LastSeen.Time) })
	return kinds
}

func (w *why) print(a answer) error {
	if a.Stops == nil {
		a.Stops = []screen.Kind{}
	}
	switch {
	case w.github && (w.asJSON || w.markdown):
		fmt.Fprint(w.stderr, a.annotation())
	case w.github: // nothing below it is a command, whatever it begins with
		token := rand.Text()
		fmt.Fprint(w.out, a.annotation(), "::stop-commands::", token, "\n")
		defer fmt.Fprintf(w.out, "::%s::\n", token)
	}
	switch {
	case w.asJSON:
		return screen.EncodeJSON(w.out, a)
	case w.markdown:
		_, err := io.WriteString(w.out, a.markdown())
		return err
	}
	s := screen.Screen{W: w.out, Look: w.look, All: w.all, Verify: w.verify, Many: true}
	s.Wrapped(painted(w.look, a.State)+"  ", a.headline())
	fmt.Fprintln(w.out)
	s.Line("state", a.Why)
	if a.Leading != nil {
		if err := s.Block(a.leading); err != nil {
			return err
		}
	}
	if len(a.Stops) == 0 {
		return nil
	}
	fmt.Fprintln(w.out)
	t := screen.Table{W: w.out, Look: w.look, Columns: []screen.Column{
		{Title: "LAST STOP", Goes: 3},
		{Title: "COUNT", Right: true, Goes: 1},
		{Title: "VERDICT", Paint: w.look.Verdict},
		{Title: "CONTAINER", Goes: 2, Name: true},
		{Title: "TASK", Goes: 4},
		{Title: "CAUSE", Wraps: true},
	}}
	for _, k := range a.Stops {
		t.Add(k.LastSeen.UTC().Format(screen.Instant), k.Count, k.Verdict, screen.Culprit(k.Last),
			screen.Beginning(cmp.Or(k.LastTaskID, k.Last.EventName, k.Last.Kind)),
			fmt.Sprintf("%s (%s)", k.Summary, k.Class))
	}
	t.Render()
	return nil
}

// painted is the word for what a service is.
func painted(l screen.Look, state string) string {
	colour := map[string]text.Color{stateSteady: text.FgGreen, stateFailed: text.FgRed, stateInProgress: text.FgYellow}
	return l.Paint(text.Colors{text.Bold, colour[state]}, stateWords[state])
}
