package account

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/testscript"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/events"
	"whystopped/ingest"
)

// ecsService is a stand-in of the part of ECS that tells of tasks.
type ecsService struct {
	awsServer
	clusters map[string][]task // by name
	services []service         // of the cluster prod
	rollouts []map[string]any  // what ListServiceDeployments tells of them
	forgets  int               // how many of the tasks that it lists it cannot describe any more
	pageSize int
}

// task is what DescribeTasks says of a task.
type task map[string]any

func (t task) arn() string { return t["taskArn"].(string) }

// MarshalJSON leaves all but its status out of a task that says so, and no reader of events can make a stop of that.
func (t task) MarshalJSON() ([]byte, error) {
	if t["withoutArn"] == true {
		return json.Marshal(map[string]any{"lastStatus": t["lastStatus"], "newField": t["newField"]})
	}
	return json.Marshal(map[string]any(t))
}

func newECS() *ecsService {
	s := &ecsService{clusters: map[string][]task{}, pageSize: 100}
	s.target, s.contentType = "AmazonEC2ContainerServiceV20141113.", "application/x-amz-json-1.1"
	s.operations = map[string]func([]byte) (any, *awsRefusal){
		"ListClusters":           operation(s.listClusters),
		"ListTasks":              operation(s.listTasks),
		"DescribeTasks":          operation(s.describeTasks),
		"DescribeServices":       operation(s.describeServices),
		"ListServices":           operation(s.listServices),
		"ListServiceDeployments": operation(s.listServiceDeployments),
	}
	return s
}

// stop makes a cluster of stopped tasks.
func (s *ecsService) stop(cluster string, tasks []task) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clusters[cluster] = tasks
}

const clusterPrefix = "arn:aws:ecs:eu-west-1:111122223333:cluster/"

// page cuts a list as ECS does: a token is where the next page begins.
func (s *ecsService) page(list []string, token string) (page []string, next *string, refused *awsRefusal) {
	start := 0
	if token != "" {
		var err error
		if start, err = strconv.Atoi(token); err != nil {
			return nil, nil, refuseWith("InvalidParameterException", "Invalid token.")
		}
	}
	end := min(start+s.pageSize, len(list))
	if end < len(list) {
		next = new(strconv.Itoa(end))
	}
	return list[start:end], next, nil
}

func (s *ecsService) listClusters(input struct{ NextToken string }) (any, *awsRefusal) {
	var arns []string
	for _, name := range slices.Sorted(maps.Keys(s.clusters)) {
		arns = append(arns, clusterPrefix+name)
	}
	page, next, refused := s.page(arns, input.NextToken)
	return map[string]any{"clusterArns": page, "nextToken": next}, refused
}

func (s *ecsService) listTasks(input struct {
	Cluster, ServiceName, DesiredStatus, NextToken string
}) (any, *awsRefusal) {
	tasks, found := s.clusters[strings.TrimPrefix(input.Cluster, clusterPrefix)]
	if !found {
		return nil, refuseWith("ClusterNotFoundException", "Cluster not found.")
	}
	arns := []string{}
	for _, t := range tasks {
		if t["desiredStatus"] == input.DesiredStatus &&
			(input.ServiceName == "" || t["group"] == "service:"+lastPart(input.ServiceName)) {
			arns = append(arns, t.arn())
		}
	}
	page, next, refused := s.page(arns, input.NextToken)
	return map[string]any{"taskArns": page, "nextToken": next}, refused
}

func (s *ecsService) describeTasks(input struct {
	Cluster string
	Tasks   []string
}) (any, *awsRefusal) {
	if n := len(input.Tasks); n == 0 || n > 100 {
		return nil, refuseWith("InvalidParameterException", "Tasks cannot be empty and their number cannot exceed 100.")
	}
	tasks, failures := []task{}, []map[string]string{}
	for _, arn := range input.Tasks {
		i := slices.IndexFunc(
			s.clusters[strings.TrimPrefix(input.Cluster, clusterPrefix)],
			func(t task) bool { return t.arn() == arn },
		)
		if i < 0 || s.forgets > 0 {
			s.forgets--
			failures = append(failures, map[string]string{"arn": arn, "reason": "MISSING"})
			continue
		}
		tasks = append(tasks, s.clusters[strings.TrimPrefix(input.Cluster, clusterPrefix)][i])
	}
	return map[string]any{"tasks": tasks, "failures": failures}, nil
}

// crashedTasks are tasks of a service whose container ended with exit code 1, one a second, the last of them now.
func crashedTasks(cluster string, n int) []task {
	var tasks []task
	for i := range n {
		stopped := float64(time.Now().Add(-time.Duration(n-i)*time.Second).UnixMilli()) / 1000
		id := fmt.Sprintf("%032x", len(cluster)<<20+i)
		tasks = append(tasks, task{
			"taskArn":           "arn:aws:ecs:eu-west-1:111122223333:task/" + cluster + "/" + id,
			"clusterArn":        clusterPrefix + cluster,
			"taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:42",
			"group":             "service:web",
			"launchType":        "FARGATE",
			"desiredStatus":     "STOPPED",
			"lastStatus":        "STOPPED",
			"stopCode":          "EssentialContainerExited",
			"stoppedReason":     "Essential container in task exited",
			"createdAt":         stopped - 60,
			"startedAt":         stopped - 30,
			"stoppedAt":         stopped,
			"version":           5,
			"containers": []any{map[string]any{
				"name":       "app",
				"exitCode":   1,
				"lastStatus": "STOPPED",
				"image":      "web:42",
			}},
			"overrides": map[string]any{"containerOverrides": []any{map[string]any{
				"name":        "app",
				"environment": []any{map[string]any{"name": "DB_PASSWORD", "value": "do-not-leak"}},
			}}},
			"newField": map[string]any{"nobody": "knows it yet"},
		})
	}
	return tasks
}

// various makes of each ten tasks two routine ones, and of the first three ones that have not stopped yet.
func various(tasks []task) []task {
	for i, t := range tasks {
		switch {
		case i < 3:
			t["lastStatus"] = "DEPROVISIONING"
			delete(t, "stoppedAt")
		case i%5 == 4:
			t["stopCode"], t["stoppedReason"] = "ServiceSchedulerInitiated", "Scaling activity initiated by "+
				"(deployment ecs-svc/1)"
		}
	}
	return tasks
}

var places = []string{"stops", "logs:"}

func TestBackfillArchivesWhatECSRemembers(t *testing.T) {
	for _, to := range places {
		t.Run(to, func(t *testing.T) {
			a := newAccount(t)
			t.Chdir(t.TempDir())
			a.ecs.stop("prod", various(crashedTasks("prod", 250)))
			a.ecs.stop("prod-v2", crashedTasks("prod-v2", 1))

			stdout, stderr := whystopped(t, screen.ExitOK, "backfill", "--cluster", "prod", "--to", to)
			want := map[string]int{"written": 197, "already there": 0, "routine": 50, "not stopped yet": 3, "failed": 0}
			if diff := cmp.Diff(want, screentest.Rows(stdout)); diff != "" || stderr != "" {
				t.Errorf("-want +got:\n%s%s", diff, stderr)
			}
			if lists, describes := a.ecs.count("ListTasks"), a.ecs.count("DescribeTasks"); lists < 3 || lists > 5 ||
				describes < 3 || describes > 5 {
				t.Errorf("%d calls of ListTasks and %d of DescribeTasks, want 3 of each and no more than a few retries",
					lists, describes)
			}
			got := map[string]archive.Record{}
			for _, r := range recordsAt(t, to) {
				got[r.TaskARN] = r
			}
			if len(got) != 197 {
				t.Fatalf("%d stops in the archive, want 197", len(got))
			}
			for _, asked := range a.ecs.clusters["prod"][3:10] {
				raw, _ := json.Marshal(asked)
				stops, err := events.Parse(raw)
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(stops[0].StoppedReason, "Scaling activity") {
					if _, kept := got[asked.arn()]; kept {
						t.Errorf("the routine stop of %s is kept", asked.arn())
					}
					continue
				}
				line, _ := ingest.Explain(stops[0], archive.SourceBackfill, time.Now()).Encode()
				wanted, _ := archive.Decode(line)
				if diff := cmp.Diff(wanted, got[asked.arn()],
					cmpopts.IgnoreFields(archive.Record{}, "RecordedAt")); diff != "" {
					t.Errorf("-what explain says of the task +archived:\n%s", diff)
				}
				if !strings.Contains(got[asked.arn()].RawEvent, `"newField":{"nobody":"knows it yet"}`) {
					t.Errorf("rawEvent lost a field: %s", got[asked.arn()].RawEvent)
				}
			}

			stdout, _ = whystopped(t, screen.ExitOK, "backfill", "--cluster", "prod", "--to", to)
			want = map[string]int{"written": 0, "already there": 197, "routine": 50, "not stopped yet": 3, "failed": 0}
			if diff := cmp.Diff(want, screentest.Rows(stdout)); diff != "" {
				t.Errorf("the second run: -want +got:\n%s", diff)
			}
			stdout, _ = whystopped(t, screen.ExitOK, "backfill", "--cluster", clusterPrefix+"prod", "--all", "--to", to)
			want = map[string]int{"written": 50, "already there": 197, "routine": 0, "not stopped yet": 3, "failed": 0}
			if diff := cmp.Diff(want, screentest.Rows(stdout)); diff != "" {
				t.Errorf("with --all: -want +got:\n%s", diff)
			}
			if n := len(recordsAt(t, to)); n != 247 {
				t.Errorf("%d records, want 247", n)
			}
		})
	}
}

// What the function has archived is left alone, whatever the archive holds beside it.
func TestBackfillLeavesWhatTheFunctionArchived(t *testing.T) {
	for _, to := range places {
		t.Run(to, func(t *testing.T) {
			a := newAccount(t)
			t.Chdir(t.TempDir())
			tasks := crashedTasks("prod", 3)
			tasks[0]["stoppedAt"] = float64(time.Now().Add(-5 * time.Hour).Unix()) // ECS remembers longer than it says
			a.ecs.stop("prod", tasks)
			for _, task := range tasks[:2] {
				raw, _ := json.Marshal(map[string]any{
					"detail-type": "ECS Task State Change",
					"source":      "aws.ecs",
					"id":          "e",
					"detail":      task,
				})
				stops, err := events.Parse(raw)
				if err != nil {
					t.Fatal(err)
				}
				putRecord(t, to, ingest.Explain(stops[0], archive.SourceEvent, time.Now()))
			}
			stdout, _ := whystopped(t, screen.ExitOK, "backfill", "--cluster", "prod", "--to", to)
			if got := screentest.Rows(stdout); got["written"] != 1 || got["already there"] != 2 {
				t.Errorf("%v", got)
			}
		})
	}
}

// A task that cannot be read is a finding, as in the function, and told once.
// TestBackfillJudgesAsTheDeployment: what doctor misses, the command that it prints archives, and nothing else.
func TestBackfillJudgesAsTheDeployment(t *testing.T) {
	for name, o := range map[string]stack.Options{
		"clusters":        {Clusters: []string{"prod"}},
		"services":        {Services: []string{"web"}},
		"families":        {Families: []string{"web"}},
		"taskDefinitions": {TaskDefinitions: []string{"web:42"}},
		"excludeClusters": {ExcludeClusters: []string{"dev"}},
		"excludeFamilies": {ExcludeFamilies: []string{"other"}},
		"all":             {Capture: events.CaptureAll, Clusters: []string{"prod"}},
	} {
		t.Run(name, func(t *testing.T) {
			o.LogGroup = stack.LogGroup
			d := deploy(t, newAccount(t), o)
			caught, others := crashedTasks("prod", 3), crashedTasks("dev", 2)
			for _, told := range caught {
				told["stoppedAt"] = float64(time.Now().Add(-10 * time.Minute).Unix())
			}
			for _, told := range others {
				told["group"] = "service:other"
				told["taskDefinitionArn"] = "arn:aws:ecs:eu-west-1:111122223333:task-definition/other:1"
			}
			caught[2]["withoutArn"] = true // what cannot be read may be anything
			routine := crashedTasks("prod", 10)[4:5]
			various(append(crashedTasks("prod", 4), routine...))
			d.ecs.stop("prod", append(caught, routine...))
			d.ecs.stop("dev", others)

			want := map[string]int{"written": 3, "already there": 0, "routine": 3, "not stopped yet": 0, "failed": 0}
			if o.Capture == events.CaptureAll {
				want["written"], want["routine"] = 4, 2
			}
			remedy := diagnosed(t, exitRed)["gaps"].Run
			command, isBackfill := strings.CutPrefix(remedy, "whystopped backfill ")
			if !isBackfill {
				t.Fatalf("the remedy is %q", remedy)
			}
			stdout, _ := whystopped(t, screen.ExitOK, append([]string{"backfill"}, strings.Fields(command)...)...)
			if diff := cmp.Diff(want, screentest.Rows(stdout)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", command, diff)
			}
			if !strings.Contains(stdout, "as the capture rule of whystopped does") {
				t.Errorf("it does not say whose rule decided:\n%s", stdout)
			}
			for _, r := range recordsAt(t, "logs:") {
				if r.Cluster == "dev" {
					t.Errorf("a stop that the deployment does not keep is in the archive: %s", r.TaskARN)
				}
			}
			if g := diagnosed(t, screen.ExitOK)["gaps"]; g.Light != lightOK {
				t.Errorf("after the backfill: %+v", g)
			}
		})
	}
}

// TestBackfillWithoutADeployment: a directory, a group without a deployment and --all ask for no options.
func TestBackfillWithoutADeployment(t *testing.T) {
	for _, test := range []struct {
		name     string
		args     []string
		narrowed bool // a deployment that leaves all out
	}{
		{"no function", []string{"--to", "logs:"}, false},
		{"directory", []string{"--to", "stops"}, true},
		{"everything", []string{"--to", "logs:", "--all"}, true},
		{"another function", []string{"--to", "logs:", "--function", "another"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAccount(t)
			t.Chdir(t.TempDir())
			if test.narrowed {
				deploy(t, a, stack.Options{LogGroup: stack.LogGroup, Clusters: []string{"of-none"}})
			}
			a.ecs.stop("prod", crashedTasks("prod", 2))
			stdout, stderr := whystopped(t, screen.ExitOK,
				append([]string{"backfill", "--cluster", "prod"}, test.args...)...)
			if screentest.Rows(stdout)["written"] != 2 || stderr != "" ||
				!strings.Contains(stdout, "as the capture rule of a deployment without options does") {
				t.Errorf("%s%s", stdout, stderr)
			}
		})
	}
}

// TestBackfillThatCannotTellTheRule writes nothing rather than too much.
func TestBackfillThatCannotTellTheRule(t *testing.T) {
	for name, change := range map[string]func(d *deployed){
		"lacks WHYSTOPPED_OPTIONS":       func(d *deployed) { delete(d.environment(), stack.EnvOptions) },
		"which this version cannot read": func(d *deployed) { d.environment()[stack.EnvOptions] = `{"memory":"much"}` },
	} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, newAccount(t), defaults)
			d.ecs.stop("prod", crashedTasks("prod", 2))
			change(d)
			_, stderr := whystopped(t, screen.ExitBad, "backfill", "--cluster", "prod", "--to", "logs:")
			if !strings.Contains(stderr, name) || !strings.Contains(stderr, "--all") {
				t.Errorf("%s", stderr)
			}
			if got := recordsAt(t, "logs:"); len(got) > 0 {
				t.Errorf("%d records are written", len(got))
			}
		})
	}
}

func TestBackfillArchivesWhatItCannotRead(t *testing.T) {
	for _, to := range places {
		t.Run(to, func(t *testing.T) {
			a := newAccount(t)
			t.Chdir(t.TempDir())
			a.ecs.stop("prod", crashedTasks("prod", 2))
			a.ecs.clusters["prod"][1]["withoutArn"] = true
			for _, written := range []int{2, 0} {
				stdout, _ := whystopped(t, screen.ExitOK, "backfill", "--cluster", "prod", "--to", to)
				if got := screentest.Rows(stdout)["written"]; got != written {
					t.Errorf("%d written, want %d", got, written)
				}
			}
			records := recordsAt(t, to)
			unreadable := slices.IndexFunc(records, func(r archive.Record) bool {
				return r.Kind == string(events.KindUnreadable)
			})
			if len(records) != 2 || unreadable < 0 || !strings.Contains(records[unreadable].RawEvent, "nobody") {
				t.Errorf("%d records, the unreadable one is %d", len(records), unreadable)
			}
		})
	}
}

func TestBackfillOfAllClusters(t *testing.T) {
	a := newAccount(t)
	a.ecs.pageSize = 2
	for i := range 5 {
		name := fmt.Sprint("cluster-", i)
		a.ecs.stop(name, crashedTasks(name, i))
	}
	stdout, _ := whystopped(t, screen.ExitOK, "backfill", "--all-clusters", "--to", "logs:")
	if got := screentest.Rows(stdout)["written"]; got != 10 {
		t.Errorf("%d written, want 10", got)
	}
	if streams := a.logs.Streams(stack.LogGroup); len(streams) != 4 {
		t.Errorf("streams %q", streams)
	}

	// A cluster that cannot be read does not keep the others from being archived.
	a = newAccount(t)
	a.ecs.stop("prod", crashedTasks("prod", 1))
	a.ecs.stop("dev", crashedTasks("dev", 1))
	a.ecs.inject(awsFault{operation: "ListTasks", times: 1, refusal: denied("ecs:ListTasks")})
	stdout, stderr := whystopped(t, screen.ExitBad, "backfill", "--all-clusters", "--to", "logs:")
	if screentest.Rows(stdout)["written"] != 1 ||
		!strings.Contains(stderr,
			`not allowed to call ecs:ListTasks: allow it on the cluster "dev" in eu-west-1`) {
		t.Errorf("%s%s", stdout, stderr)
	}
}

func TestBackfillSurvivesThrottling(t *testing.T) {
	a := newAccount(t)
	a.ecs.stop("prod", crashedTasks("prod", 120))
	throttled := awsRefusal{Status: http.StatusBadRequest, Code: "ThrottlingException", Message: "Rate exceeded"}
	a.ecs.inject(awsFault{operation: "ListTasks", times: 1, refusal: throttled})
	a.ecs.inject(awsFault{operation: "DescribeTasks", times: 1, refusal: throttled})
	a.logs.Inject(cwlogstest.Throttled(1))
	stdout, stderr := whystopped(t, screen.ExitOK, "backfill", "--cluster", "prod", "--to", "logs:")
	if screentest.Rows(stdout)["written"] != 120 || stderr != "" || len(a.records(t)) != 120 {
		t.Errorf("%s%s", stdout, stderr)
	}
}

func TestBackfillTellsWhatFails(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(a *awsAccount)
		args    []string
		stderr  string
		rows    map[string]int // nil when nothing was begun
	}{
		{
			name:    "no such cluster",
			prepare: func(*awsAccount) {},
			args:    []string{"--cluster", "qa"},
			stderr: "no cluster \"qa\" in eu-west-1\n    aws ecs list-clusters --region eu-west-1\n    → names " +
				"those that there are",
		},
		{
			name:    "no cluster named",
			prepare: func(*awsAccount) {},
			stderr:  "which cluster: give --cluster or --all-clusters, or set WHYSTOPPED_CLUSTER",
		},
		{
			name:    "both",
			prepare: func(*awsAccount) {},
			args:    []string{"--cluster", "prod", "--all-clusters"},
			stderr:  "exclude each other",
		},
		{
			name:    "no such log group",
			prepare: func(*awsAccount) {},
			args:    []string{"--cluster", "prod", "--to", "logs:/none"},
			stderr:  `no log group "/none" in eu-west-1: deploy whystopped there`,
		},
		{
			name:    "forgotten meanwhile",
			prepare: func(a *awsAccount) { a.ecs.forgets = 1 },
			args:    []string{"--cluster", "prod"},
			stderr:  "ECS has forgotten it meanwhile (MISSING)",
			rows:    map[string]int{"written": 11, "already there": 0, "routine": 0, "not stopped yet": 0, "failed": 1},
		},
		{
			name: "one write fails",
			prepare: func(a *awsAccount) {
				a.logs.Inject(cwlogstest.Fault{
					Operation: "PutLogEvents",
					Every:     6,
					Times:     1,
					Status:    400,
					Code:      "InvalidParameterException",
				})
			},
			args:   []string{"--cluster", "prod"},
			stderr: "InvalidParameterException",
			rows:   map[string]int{"written": 11, "already there": 0, "routine": 0, "not stopped yet": 0, "failed": 1},
		},
		{
			name:    "every write fails",
			prepare: func(a *awsAccount) { a.logs.Inject(cwlogstest.Denied("PutLogEvents")) },
			args:    []string{"--cluster", "prod"},
			stderr:  "gave up after 10 failures in a row",
			rows:    map[string]int{"written": 0, "already there": 0, "routine": 0, "not stopped yet": 0, "failed": 12},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAccount(t)
			a.ecs.stop("prod", crashedTasks("prod", 12))
			test.prepare(a)
			stdout, stderr := whystopped(t, screen.ExitBad,
				append([]string{"backfill", "--to", "logs:"}, test.args...)...)
			if !strings.Contains(stderr, test.stderr) {
				t.Errorf("stderr does not say %q:\n%s", test.stderr, stderr)
			}
			if test.rows == nil {
				test.rows = map[string]int{}
			}
			if diff := cmp.Diff(test.rows, screentest.Rows(stdout)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestBackfillGoesOnAfterAnInterruption(t *testing.T) {
	a := newAccount(t)
	a.ecs.stop("prod", crashedTasks("prod", 60))
	a.logs.Inject(cwlogstest.Fault{Operation: "PutLogEvents", Every: 31, Delay: time.Hour})
	out, complaints, code := interrupted(
		t,
		func() bool { return a.logs.Calls("PutLogEvents") == 31 },
		"backfill",
		"--cluster",
		"prod",
		"--to",
		"logs:",
	)
	want := "whystopped: interrupted after 29 of 60 stops: run the same command again for the rest\n"
	if code != screen.ExitBad || complaints != want {
		t.Errorf("exit code %d, stderr %q, want %q", code, complaints, want)
	}
	if got := screentest.Rows(out); got["written"] != 29 || got["failed"] != 31 {
		t.Errorf("%v", got)
	}

	a.logs.Heal()
	before := len(a.records(t)) // the put that was interrupted is stored or not
	stdout, _ := whystopped(t, screen.ExitOK, "backfill", "--cluster", "prod", "--to", "logs:")
	if got := screentest.Rows(stdout); got["written"] != 60-before || got["already there"] != before {
		t.Errorf("%v of %d", got, before)
	}
	keys := map[string]bool{}
	for _, r := range a.records(t) {
		keys[r.DedupKey] = true
	}
	if len(keys) != 60 || len(a.records(t)) != 60 {
		t.Errorf("%d stops in %d records", len(keys), len(a.records(t)))
	}
}

// interrupted runs a process and presses Ctrl-C when it has come to a point.
func interrupted(t *testing.T, there func() bool, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	command := exec.Command("whystopped", args...)
	var out, complaints strings.Builder
	command.Stdout, command.Stderr = &out, &complaints
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); !there(); time.Sleep(time.Millisecond) {
		if time.Since(start) > time.Minute {
			command.Process.Kill()
			t.Fatal("the process does not come to that point")
		}
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	command.Wait() // its exit code tells
	return out.String(), complaints.String(), command.ProcessState.ExitCode()
}

// The progress bar is for terminals.
func TestBackfillShowsProgressOnATerminal(t *testing.T) {
	a := newAccount(t)
	a.ecs.stop("prod", crashedTasks("prod", 40))
	a.logs.Inject(cwlogstest.Fault{Operation: "PutLogEvents", Delay: 70 * time.Millisecond})
	script := filepath.Join(t.TempDir(), "terminal.txtar")
	if err := os.WriteFile(script, []byte(`ttyin keys
exec sh -c 'whystopped backfill --cluster prod --to logs: 2>/dev/tty'
ttyout 'writing stops: [0-9]+ of 40'
stdout '^written +40 '
exec whystopped backfill --cluster prod --to logs:
! stderr .
stdout '^already there +40 '
-- keys --
x
`), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: []string{script},
		Setup: func(env *testscript.Env) error {
			for _, variable := range os.Environ() {
				if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
					env.Setenv(name, value)
				}
			}
			return nil
		},
	})
}
