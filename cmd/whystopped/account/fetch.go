package account

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest/sweep"
)

// FetchHelp is the paragraph of a command's help about stops that ECS is asked for.
const FetchHelp = `A TASK is its id, its ARN or the address of its page in the console, and ECS is asked for it; of an id --cluster names the cluster,
or every cluster of the Region is asked. --cluster alone explains the stopped tasks that ECS remembers, of the last hour or so, the
latest first. What ECS has forgotten is looked for in the archive that --from names. The Region is that of the ARN or the page.`

// Fetch asks ECS for what is wanted; of several stops the latest comes first. An error that wraps screen.Missing is for
// what ECS does not tell, one that wraps screen.Note is none.
func (a *Account) Fetch(ctx context.Context, w screen.Wanted) iter.Seq2[events.Stop, error] {
	return func(out func(events.Stop, error) bool) {
		stops, problems := a.fetch(ctx, w)
		for _, s := range stops {
			if !out(s, nil) {
				return
			}
		}
		for _, problem := range problems {
			if !out(events.Stop{}, problem) {
				return
			}
		}
	}
}

func (a *Account) fetch(ctx context.Context, w screen.Wanted) ([]events.Stop, []error) {
	cfg, err := a.loadIn(ctx, w.Region)
	if err == nil {
		err = otherAccount(ctx, cfg, w)
	}
	if err != nil {
		return nil, []error{&screen.Missing{Err: err}}
	}
	f := fetch{Wanted: w, ecs: readerIn(cfg), whose: func() string { return whose(ctx, cfg) }}
	if w.Task != "" {
		return f.task(ctx)
	}
	return f.last(ctx)
}

// otherAccount is the error for what is of another account than the credentials are: that one's clusters may have the
// same names.
func otherAccount(ctx context.Context, cfg aws.Config, w screen.Wanted) error {
	if w.Account == "" {
		return nil
	}
	if caller := whose(ctx, cfg); caller != "" && caller != w.Account {
		return fmt.Errorf("the %s is of account %s, and these credentials are of account %s: name a profile of %[2]s "+
			"with --profile", w, w.Account, caller)
	}
	return nil
}

// whose is the account of the credentials, empty where STS does not tell.
func whose(ctx context.Context, cfg aws.Config) string {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	caller, err := sts.NewFromConfig(cfg, func(o *sts.Options) { o.RetryMaxAttempts = 1 }).
		GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return ""
	}
	return aws.ToString(caller.Account)
}

// fetch asks ECS of one Region.
type fetch struct {
	screen.Wanted
	ecs   *ecsReader
	whose func() string
}

// task asks for one task, in every cluster where its own is not known.
func (f *fetch) task(ctx context.Context) ([]events.Stop, []error) {
	clusters := []string{f.Cluster}
	if f.Cluster == "" {
		var err error
		if clusters, err = f.ecs.clusters(ctx); err != nil {
			return nil, []error{&screen.Missing{Err: refuse(err, "%s; or name the cluster with --cluster", err)}}
		}
	}
	var failed error
	for i, cluster := range clusters {
		screen.Count(ctx, "asking ECS for the task, clusters", i+1, len(clusters))
		tasks, _, err := f.ecs.describe(ctx, cluster, []string{f.Task})
		if len(tasks) > 0 {
			return read(tasks)
		}
		if failed == nil {
			failed = err
		}
	}
	if failed != nil {
		return nil, []error{&screen.Missing{Err: failed}}
	}
	where := f.ecs.region
	if account := f.whose(); account != "" {
		where += " of account " + account
	}
	if f.Region == "" {
		where += ", and --region asks elsewhere"
	}
	return nil, []error{&screen.Missing{Forgotten: true,
		Err: fmt.Errorf("no %s in %s: ECS remembers a stopped task for about an hour", f.Wanted, where)}}
}

// last asks for the stopped tasks of a cluster, a service or a family.
func (f *fetch) last(ctx context.Context) ([]events.Stop, []error) {
	arns, problems := f.list(ctx)
	if arns == nil && problems != nil {
		return nil, problems
	}
	var tasks []json.RawMessage
	forgotten := 0
	for batch := range slices.Chunk(arns, sweep.TasksAtOnce) {
		screen.Count(ctx, "reading tasks", len(tasks), len(arns))
		described, failures, err := f.ecs.describe(ctx, f.Cluster, batch)
		if err != nil {
			return nil, append(problems, &screen.Missing{Err: err})
		}
		tasks, forgotten = append(tasks, described...), forgotten+len(failures)
	}
	stops, refused := read(tasks)
	slices.SortStableFunc(stops, func(a, b events.Stop) int { return ended(b).Compare(ended(a)) })
	problems = append(problems, refused...)
	if forgotten > 0 {
		problems = append(problems, screen.Note(fmt.Sprintf("ECS has forgotten %s meanwhile",
			screen.Plural(forgotten, "task"))))
	}
	if f.Last > 0 && len(stops) > f.Last {
		problems = append(problems, screen.Note(fmt.Sprintf("left out: %s; --last 0 explains all",
			screen.Plural(len(stops)-f.Last, "earlier stop"))))
		stops = stops[:f.Last]
	}
	return stops, problems
}

// ended is when a task stopped; one that is still stopping is the latest.
func ended(s events.Stop) time.Time {
	if s.StoppedAt.IsZero() {
		return cmp.Or(s.StoppingAt, time.Now())
	}
	return s.StoppedAt
}

// list returns the ARNs of the stopped tasks that are wanted, those of a service also by its deployments: the tasks of
// a task set stand under these. Without the permission to ask for the deployments, the service alone tells.
func (f *fetch) list(ctx context.Context) ([]string, []error) {
	in := ecs.ListTasksInput{Cluster: &f.Cluster}
	if f.Service != "" {
		in.ServiceName = &f.Service
	}
	if f.Family != "" {
		in.Family = &f.Family
	}
	arns, err := f.ecs.stopped(ctx, in)
	if err != nil {
		return nil, []error{&screen.Missing{Err: err}}
	}
	if f.Service == "" {
		return arns, nil
	}
	deployments, err := f.deployments(ctx)
	if err != nil {
		return arns, []error{screen.Note("the deployments of the service are not asked: " + err.Error())}
	}
	for _, deployment := range deployments {
		more, err := f.ecs.stopped(ctx, ecs.ListTasksInput{Cluster: &f.Cluster, StartedBy: &deployment})
		if err != nil {
			return arns, []error{&screen.Missing{Err: err}}
		}
		arns = append(arns, more...)
	}
	slices.Sort(arns)
	return slices.Compact(arns), nil
}

// deployments returns the ids of the deployments and task sets of the service.
func (f *fetch) deployments(ctx context.Context) ([]string, error) {
	out, err := f.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: &f.Cluster,
		Services: []string{f.Service}})
	if err != nil {
		return nil, f.ecs.explain("ecs:DescribeServices", f.Cluster, f.Service, err)
	}
	var ids []string
	for _, s := range out.Services {
		for _, d := range s.Deployments {
			ids = append(ids, aws.ToString(d.Id))
		}
		for _, t := range s.TaskSets {
			ids = append(ids, aws.ToString(t.Id))
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" }), nil
}

// read reads tasks as ECS tells them.
func read(tasks []json.RawMessage) (stops []events.Stop, refused []error) {
	for _, raw := range tasks {
		read, err := events.Parse(raw)
		if stops = append(stops, read...); err != nil {
			refused = append(refused, err)
		}
	}
	return stops, refused
}
