package account

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"time"

	"github.com/aws/smithy-go"

	"whystopped/archive"
	"whystopped/archive/redact"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
	"whystopped/ingest/sweep"
)

// clusterAnswer is what --json prints of a whole cluster.
type clusterAnswer struct {
	State    string         `json:"state"`
	Why      string         `json:"why"`
	Cluster  string         `json:"cluster"`
	Services int            `json:"services"` // that were looked at
	Below    []belowService `json:"below"`    // the worst first
	Starting int            `json:"starting,omitempty"`
	Left     []string       `json:"left,omitempty"` // what was not looked at
}

// belowService is a service that has run fewer tasks than are desired for longer than its grace.
type belowService struct {
	Service        string            `json:"service"`
	RunningCount   int               `json:"runningCount"`
	DesiredCount   int               `json:"desiredCount"`
	PendingCount   int               `json:"pendingCount"`
	BelowSince     archive.Time      `json:"belowSince"`
	DeploymentID   string            `json:"deploymentId"`
	TaskDefinition string            `json:"taskDefinition"`
	Why            string            `json:"why"`
	Leading        *screen.Explained `json:"leading,omitempty"` // absent where no task was even tried
}

// runCluster tells of all services of a cluster.
func (w *why) runCluster(ctx context.Context, changed func(string) bool) error {
	if err := refuseForCluster(changed); err != nil {
		return err
	}
	a, err := w.askCluster(ctx)
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted: the cluster is not judged")
	case err != nil:
		return err
	}
	if err := w.printCluster(a); err != nil {
		return err
	}
	return exitOf(a.State)
}

// exitOf is how the program ends with a state of what was asked about.
func exitOf(state string) error {
	switch state {
	case stateSteady:
		return nil
	case stateFailed:
		return &screen.Failure{Code: exitNotSteady}
	}
	return &screen.Failure{Code: screen.ExitBad}
}

// askCluster finds out which services of a cluster are below their count.
func (w *why) askCluster(ctx context.Context) (clusterAnswer, error) {
	if err := w.chosen.Cluster.Set(w.cluster); err != nil || w.chosen.Cluster.Only() == "" {
		return clusterAnswer{}, errors.New("which cluster: give --cluster, or set WHYSTOPPED_CLUSTER")
	}
	name := w.chosen.Cluster.Only()
	cfg, err := w.account.load(ctx)
	if err != nil {
		return clusterAnswer{}, err
	}
	screen.Say(ctx, "asking ECS about the services of "+name)
	look := &sweep.Sweep{ECS: sweep.NewClient(cfg), Cluster: w.cluster, Now: func() time.Time { return w.now },
		Explain: func(s events.Stop) archive.Record { return ingest.Explain(s, archive.SourceBackfill, w.now) },
		Archived: func(ctx context.Context, f archive.Filter) iter.Seq2[archive.Record, error] {
			f.Cluster = name
			return w.archived(ctx, f)
		}}
	seen, err := look.Look(ctx)
	if err != nil {
		return clusterAnswer{}, err
	}
	if seen.Services == 0 && len(seen.LeftServices) > 0 {
		return clusterAnswer{}, readerIn(cfg).explain(calledFor(seen.LeftServices[0]), w.cluster, "",
			errors.Unwrap(seen.LeftServices[0]))
	}
	a := clusterAnswer{State: stateSteady, Cluster: name, Services: seen.Services, Below: []belowService{},
		Starting: seen.Starting}
	for _, err := range seen.AllLeft() {
		a.Left = append(a.Left, redact.Text(err.Error()))
	}
	for _, s := range seen.Below {
		v := belowService{Service: s.Name, RunningCount: s.Running, DesiredCount: s.Desired, PendingCount: s.Pending,
			BelowSince: archive.Time{Time: s.Since}, DeploymentID: s.Deployment, TaskDefinition: s.TaskDefinition,
			Why: redact.Text(s.Cause.Summary)}
		if s.Tried() {
			v.Leading = new(screen.ExplainedOf(s.Cause))
		}
		a.Below = append(a.Below, v)
	}
	a.judge()
	return a, nil
}

// calledFor is the IAM action of a call that failed.
func calledFor(err error) string {
	if call, isCall := errors.AsType[*smithy.OperationError](err); isCall {
		return "ecs:" + call.OperationName
	}
	return "ecs:ListServices"
}

// archived yields what the archive has; one that nobody named and that is not there is empty.
func (w *why) archived(ctx context.Context, f archive.Filter) iter.Seq2[archive.Record, error] {
	return func(yield func(archive.Record, error) bool) {
		for r, err := range screen.Records(ctx, w.stderr, w.account.ReadArchive(ctx, w.from, f)) {
			if errors.Is(err, fs.ErrNotExist) && !w.fromGiven || !yield(r, err) {
				return
			}
		}
	}
}

func (a *clusterAnswer) judge() {
	all := screen.Plural(a.Services, "service")
	switch {
	case len(a.Below) > 0:
		a.State = stateFailed
		a.Why = fmt.Sprintf("%s below the desired count, of %d looked at", screen.Plural(len(a.Below), "service"),
			a.Services)
	case a.Starting > 0:
		a.State = stateInProgress
		a.Why = fmt.Sprintf("of %s %d run fewer tasks than are desired, for less than their grace: ask again", all,
			a.Starting)
	case len(a.Left) > 0:
		a.State, a.Why = stateInProgress, fmt.Sprintf("none of %s is below the desired count, and not all was looked "+
			"at", all)
	case a.Services == 0:
		a.Why = "there is no service"
	default:
		a.Why = "none of " + all + " is below the desired count"
	}
}

func (w *why) printCluster(a clusterAnswer) error {
	if w.asJSON {
		return screen.EncodeJSON(w.out, a)
	}
	s := screen.Screen{W: w.out, Look: w.look}
	s.Wrapped(painted(w.look, a.State)+"  ", a.Cluster+"  "+a.Why)
	for _, left := range a.Left {
		s.Wrapped("  ", "not looked at: "+left)
	}
	if len(a.Below) == 0 {
		return nil
	}
	fmt.Fprintln(w.out)
	t := screen.Table{W: w.out, Look: w.look, Columns: []screen.Column{
		{Title: "SERVICE", Name: true},
		{Title: "RUN", Right: true},
		{Title: "SINCE"},
		{Title: "TASK", Goes: 1},
		{Title: "WHY", Wraps: true},
	}}
	for _, v := range a.Below {
		task := ""
		cause := v.Why
		if v.Leading != nil {
			task = screen.Beginning(v.Leading.TaskID)
			cause += " (" + v.Leading.Class + ")"
		}
		t.Add(v.Service, fmt.Sprintf("%d/%d", v.RunningCount, v.DesiredCount),
			v.BelowSince.UTC().Format(screen.Instant), task, cause)
	}
	t.Render()
	fmt.Fprintln(w.out)
	words := []string{"whystopped", "why", "--cluster", w.cluster, "--service", a.Below[0].Service}
	if w.fromGiven {
		words = append(words, "--from", w.from)
	}
	s.Advice("", w.account.command(words...), "has what to do about the worst")
	return nil
}

// onlyOfAService are the flags that say nothing of a whole cluster.
var onlyOfAService = []string{"since-deployment", "since", "verify", "all", "wait", "markdown", "github"}

// refuseForCluster says which of them was given.
func refuseForCluster(changed func(string) bool) error {
	var given []string
	for _, name := range onlyOfAService {
		if changed(name) {
			given = append(given, "--"+name)
		}
	}
	if given == nil {
		return nil
	}
	return fmt.Errorf("%s cannot be given without --service: name the service too", strings.Join(given, ", "))
}
