package account

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/events"
	"whystopped/ingest"
)

// service is what DescribeServices says of a service.
type service map[string]any

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// listServices lists the services, which are those of the cluster prod.
func (s *ecsService) listServices(input struct{ Cluster, NextToken string }) (any, *awsRefusal) {
	if _, found := s.clusters[lastPart(input.Cluster)]; !found {
		return nil, refuseWith("ClusterNotFoundException", "Cluster not found.")
	}
	arns := []string{}
	for _, v := range s.services {
		if lastPart(input.Cluster) == "prod" {
			arns = append(arns, "arn:aws:ecs:eu-west-1:111122223333:service/prod/"+v["serviceName"].(string))
		}
	}
	page, next, refused := s.page(arns, input.NextToken)
	return map[string]any{"serviceArns": page, "nextToken": next}, refused
}

func (s *ecsService) describeServices(input struct {
	Cluster  string
	Services []string
}) (any, *awsRefusal) {
	if s.clusters[lastPart(input.Cluster)] == nil {
		return nil, refuseWith("ClusterNotFoundException", "Cluster not found.")
	}
	found, failures := []service{}, []map[string]string{}
	for _, asked := range input.Services {
		i := slices.IndexFunc(s.services, func(v service) bool { return v["serviceName"] == lastPart(asked) })
		if i < 0 {
			failures = append(failures, map[string]string{
				"arn":    "arn:aws:ecs:eu-west-1:111122223333:service/prod/" + lastPart(asked),
				"reason": "MISSING",
			})
			continue
		}
		found = append(found, s.services[i])
	}
	return map[string]any{"services": found, "failures": failures}, nil
}

func (s *ecsService) listServiceDeployments(input struct{ Cluster, Service, NextToken string }) (any, *awsRefusal) {
	if !slices.ContainsFunc(s.services, func(v service) bool { return v["serviceName"] == lastPart(input.Service) }) {
		return nil, refuseWith("ServiceNotFoundException", "Service not found.")
	}
	var all []string
	for i := range s.rollouts {
		all = append(all, strconv.Itoa(i))
	}
	page, next, refused := s.page(all, input.NextToken)
	told := []map[string]any{}
	for _, text := range page {
		i, _ := strconv.Atoi(text)
		told = append(told, s.rollouts[i])
	}
	return map[string]any{"serviceDeployments": told, "nextToken": next}, refused
}

// epoch is how the ECS API writes a time.
func epoch(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// webService is the service web of four tasks, whose deployment ecs-svc/9 of web:48 began a quarter of an hour before
// now.
func webService(now time.Time, running int, rolloutState string) service {
	return service{
		"serviceArn":   "arn:aws:ecs:eu-west-1:111122223333:service/prod/web",
		"serviceName":  "web",
		"clusterArn":   clusterPrefix + "prod",
		"status":       "ACTIVE",
		"desiredCount": 4,
		"runningCount": running,
		"pendingCount": 0,
		"launchType":   "FARGATE",
		"deployments":  []any{deploymentOf("PRIMARY", "9", 48, now.Add(-15*time.Minute), running, rolloutState)},
		"events":       []any{},
	}
}

func deploymentOf(status, id string, revision int, created time.Time, running int, rolloutState string) map[string]any {
	return map[string]any{
		"id":                 "ecs-svc/" + id,
		"status":             status,
		"createdAt":          epoch(created),
		"updatedAt":          epoch(created),
		"desiredCount":       4,
		"runningCount":       running,
		"pendingCount":       0,
		"failedTasks":        0,
		"rolloutState":       rolloutState,
		"rolloutStateReason": "ECS deployment ecs-svc/" + id + " " + strings.ToLower(rolloutState) + ".",
		"taskDefinition":     fmt.Sprint("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:", revision),
	}
}

// says adds an event message of the service, the latest first as ECS has them.
func (s service) says(at time.Time, message string) service {
	id := fmt.Sprintf("00000000-0000-0000-0000-%012d", len(s["events"].([]any)))
	s["events"] = append([]any{map[string]any{"id": id, "createdAt": epoch(at), "message": "(service web) " + message}},
		s["events"].([]any)...)
	return s
}

func (s service) with(key string, value any) service {
	s[key] = value
	return s
}

// stopOf is a task of the service web that stopped.
func stopOf(number int, deployment string, stopped time.Time, changes map[string]any) task {
	t := crashedTasks("prod", 1)[0]
	t["taskArn"] = fmt.Sprintf("arn:aws:ecs:eu-west-1:111122223333:task/prod/%08x%024x", number, number)
	t["startedBy"] = "ecs-svc/" + deployment
	if deployment == "9" {
		t["taskDefinitionArn"] = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:48"
	}
	t["createdAt"] = epoch(stopped.Add(-time.Minute))
	t["startedAt"] = epoch(stopped.Add(-30 * time.Second))
	t["stoppedAt"] = epoch(stopped)
	maps.Copy(t, changes)
	return t
}

var (
	scaledIn = map[string]any{
		"stopCode":      "ServiceSchedulerInitiated",
		"stoppedReason": "Scaling activity initiated by (deployment ecs-svc/9)",
	}
	secretDenied = map[string]any{
		"stopCode":  "TaskFailedToStart",
		"startedAt": nil,
		"stoppedReason": "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
			"retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed " +
			"to fetch secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-0aB1cD from secrets manager: " +
			"AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web-exec/8a is not authorized to " +
			"perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-0aB1cD because no identity-based policy allows " +
			"the secretsmanager:GetSecretValue action. status code: 400, request id: 0a1b",
		"containers": []any{map[string]any{"name": "app", "lastStatus": "STOPPED", "image": "web:48"}},
	}
	secretUnreachable = map[string]any{
		"stopCode":  "TaskFailedToStart",
		"startedAt": nil,
		"stoppedReason": "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
			"retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed " +
			"to fetch secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-0aB1cD from secrets manager: " +
			"RequestCanceled: request context canceled caused by: context deadline exceeded",
		"containers": []any{map[string]any{"name": "app", "lastStatus": "STOPPED", "image": "web:48"}},
	}
	noRoom = "was unable to place a task because no container instance met all of its requirements. The closest " +
		"matching (container-instance 0a4c8e2f6b1d49f7a3e5c7091b2d3f45) has insufficient memory available. For more " +
		"information, see the Troubleshooting section of the Amazon ECS Developer Guide."
)

// of makes an account with the service and its stopped tasks.
func of(t *testing.T, v service, tasks ...task) *awsAccount {
	t.Helper()
	a := newAccount(t)
	t.Chdir(t.TempDir()) // without an archive
	a.ecs.services = []service{v}
	a.ecs.stop("prod", append([]task{}, tasks...))
	return a
}

func askWhy(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	return whystopped(t, code, append([]string{"why", "--cluster", "prod", "--service", "web"}, args...)...)
}

// The tests that are held by a golden are of this moment.
var tuesday = time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return tuesday.Add(time.Duration(minutes) * time.Minute) }

// rolledBack is what is left of the deployment ecs-svc/9 after its circuit breaker.
func rolledBack() service {
	v := webService(tuesday, 4, "COMPLETED").says(at(-200), "has reached a steady state.").
		says(at(-5), "(deployment ecs-svc/9) deployment failed: tasks failed to start.").says(at(-5),
		"rolling back to deployment ecs-svc/8.").
		says(at(-2), "(deployment ecs-svc/8) deployment completed.").says(at(-1), "has reached a steady state.")
	return v.with("deployments", []any{deploymentOf("PRIMARY", "8", 47, at(-1000), 4, "COMPLETED")})
}

func crashing() []task {
	return []task{
		stopOf(1, "9", at(-12), nil), stopOf(2, "9", at(-9), secretDenied), stopOf(3, "9", at(-6), nil),
		stopOf(
			4,
			"8",
			at(-3),
			map[string]any{
				"containers": []any{map[string]any{
					"name":     "app",
					"exitCode": 137,
					"reason":   "OutOfMemoryError: Container killed due to memory usage",
				}},
			},
		),
		stopOf(5, "8", at(-4), scaledIn),
	}
}

var whyTests = []struct {
	name     string
	service  service
	tasks    []task
	rollouts []map[string]any
	args     []string
	code     int
}{
	{
		name:    "steady",
		service: webService(tuesday, 4, "COMPLETED").says(at(-10), "has reached a steady state."),
		tasks:   []task{stopOf(5, "8", at(-11), scaledIn)},
		code:    screen.ExitOK,
	},
	{
		name:    "recovered",
		service: webService(tuesday, 4, "COMPLETED").says(at(-1), "has reached a steady state."),
		tasks:   crashing(),
		args:    []string{"--since-deployment"},
		code:    screen.ExitOK,
	},
	{
		name:    "crashes-again",
		service: webService(tuesday, 4, "COMPLETED").says(at(-8), "has reached a steady state."),
		tasks:   crashing(),
		code:    exitNotSteady,
	},
	{
		name: "failing-deployment",
		service: webService(tuesday, 1, "IN_PROGRESS").with("deployments", []any{
			deploymentOf("PRIMARY", "9", 48, at(-15), 0, "IN_PROGRESS"),
			deploymentOf("ACTIVE", "8", 47, at(-1000), 1, "COMPLETED")}),
		tasks: crashing(),
		args:  []string{"--since-deployment"},
		code:  exitNotSteady,
	},
	{
		name: "failed-deployment",
		service: webService(tuesday, 0, "FAILED").says(at(-5),
			"(deployment ecs-svc/9) deployment failed: tasks failed to start."),
		tasks: crashing(),
		code:  exitNotSteady,
	},
	{
		name:    "rolled-back",
		service: rolledBack(),
		tasks:   crashing(),
		rollouts: []map[string]any{
			{
				"serviceDeploymentArn": "arn:aws:ecs:eu-west-1:111122223333:service-deployment/prod/web/a",
				"createdAt":            epoch(at(-1000)),
				"status":               "SUCCESSFUL",
			},
			{
				"serviceDeploymentArn": "arn:aws:ecs:eu-west-1:111122223333:service-deployment/prod/web/b",
				"createdAt":            epoch(at(-15)),
				"finishedAt":           epoch(at(-1)),
				"status":               "ROLLBACK_SUCCESSFUL",
				"statusReason": "Service deployment rolled back because the circuit breaker threshold was " +
					"exceeded.",
			},
		},
		args: []string{"--since-deployment"},
		code: exitNotSteady,
	},
	{
		name: "placement",
		service: webService(tuesday, 3, "COMPLETED").with("launchType", "EC2").
			says(at(-60), "has reached a steady state.").says(at(-20), noRoom).says(at(-10), noRoom).
			says(at(-5), "is unable to consistently start tasks successfully."),
		code: exitNotSteady,
	},
	{
		name:    "in-progress",
		service: webService(tuesday, 2, "IN_PROGRESS").with("pendingCount", 2),
		args:    []string{"--since-deployment"},
		code:    screen.ExitBad,
	},
}

// TestWhyShows holds what a person sees; -update writes it.
func TestWhyShows(t *testing.T) {
	goldens, err := filepath.Abs("testdata/why")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range whyTests {
		t.Run(test.name, func(t *testing.T) {
			a := of(t, test.service, test.tasks...)
			a.ecs.rollouts, a.ecs.pageSize = test.rollouts, 1
			args := test.args
			if args == nil {
				args = []string{"--since", tuesday.Format(time.DateOnly)}
			}
			stdout, stderr := askWhy(t, test.code, args...)
			if stderr != "" {
				t.Errorf("stderr: %s", stderr)
			}
			golden := filepath.Join(goldens, test.name+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(stdout), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(stdout, "\n")); diff != "" {
				t.Errorf("-golden +printed:\n%s", diff)
			}

			stdout, _ = askWhy(t, test.code, append(args, "--json")...)
			var told struct {
				State, Why, TaskDefinition string
				RunningCount               *int
				Leading                    *struct {
					Class, Summary, TaskID, RawEvent string
					Causes                           []screen.ExplainedCause
				}
				Stops []screen.Kind
			}
			if err := json.Unmarshal([]byte(stdout), &told); err != nil {
				t.Fatalf("%v\n%s", err, stdout)
			}
			if state := map[int]string{
				screen.ExitOK:  "steady",
				exitNotSteady:  "failed",
				screen.ExitBad: "inProgress",
			}[test.code]; told.State != state {
				t.Errorf("state %q, want %q", told.State, state)
			}
			if (told.Leading != nil) != (test.code == exitNotSteady) || told.RunningCount == nil || told.Stops == nil ||
				!strings.Contains(string(want), told.Why) {
				t.Errorf("%s", stdout)
			}
			if l := told.Leading; l != nil &&
				(!strings.Contains(string(want), l.Summary) || len(l.Causes) == 0 || l.RawEvent != "") {
				t.Errorf("leading: %s", stdout)
			}
		})
	}
}

// TestWhyJudges: what is steady, and which cause leads. These are of now, as --since is by default.
func TestWhyJudges(t *testing.T) {
	now := time.Now()
	ago := func(minutes int) time.Time { return now.Add(-time.Duration(minutes) * time.Minute) }
	undone := func() service {
		return webService(now, 4, "COMPLETED").says(ago(30), "has reached a steady state.").
			says(ago(5), "(deployment ecs-svc/9) deployment failed: tasks failed to start.").says(ago(5),
			"rolling back to deployment ecs-svc/8.").
			says(ago(1), "has reached a steady state.").with(
			"deployments",
			[]any{deploymentOf("PRIMARY", "8", 47, ago(1000), 4, "COMPLETED")},
		)
	}
	because := func(reason string, deployment map[string]any) map[string]any {
		deployment["rolloutStateReason"] = reason
		return deployment
	}
	deployed := func(v service, id string, minutesAgo int) service {
		return v.with("deployments", []any{deploymentOf("PRIMARY", id, 48, ago(minutesAgo), 4, "COMPLETED")})
	}
	rollout := func(status string, minutesAgo int) []map[string]any {
		return []map[string]any{{"createdAt": epoch(ago(minutesAgo)), "status": status}}
	}
	deploymentOnly := []string{"--since-deployment"}
	for _, test := range []struct {
		name     string
		service  service
		tasks    []task
		rollouts []map[string]any
		args     []string
		code     int
		says     []string
	}{
		{
			name:    "no task is desired",
			service: webService(now, 0, "COMPLETED").with("desiredCount", 0),
			code:    screen.ExitOK,
			says:    []string{"STEADY  prod/web  running 0 of 0", "no task is desired"},
		},
		{name: "no rollout state", service: webService(now, 4, ""), code: screen.ExitOK, says: []string{"STEADY"}},
		{
			name: "two deployments",
			service: webService(now, 4, "COMPLETED").with(
				"deployments",
				[]any{
					deploymentOf("PRIMARY", "9", 48, ago(1), 4, "COMPLETED"),
					deploymentOf("ACTIVE", "8", 47, ago(99), 1, "COMPLETED"),
				},
			),
			code: screen.ExitBad,
			says: []string{"IN PROGRESS", "2 deployments, the newest ecs-svc/9 COMPLETED"},
		},
		{
			name:    "scales out",
			service: webService(now, 2, "COMPLETED"),
			code:    screen.ExitBad,
			says:    []string{"IN PROGRESS", "2 of 4 tasks run, and nothing has failed so far"},
		},
		{
			name:    "a failure long ago",
			service: webService(now, 4, "COMPLETED"),
			tasks:   []task{stopOf(1, "9", ago(200), nil)},
			code:    screen.ExitOK,
			says:    []string{"STEADY"},
		},
		{
			name:    "a failure of another time",
			service: webService(now, 4, "COMPLETED"),
			tasks:   []task{stopOf(1, "9", ago(40), nil)},
			args:    []string{"--since", "30m"},
			code:    screen.ExitOK,
			says:    []string{"STEADY"},
		},
		{
			name:    "a failure of this time",
			service: webService(now, 4, "COMPLETED"),
			tasks:   []task{stopOf(1, "9", ago(20), nil)},
			args:    []string{"--since", "30m"},
			code:    exitNotSteady,
			says:    []string{"all tasks run, but 1 task failed", "app=1"},
		},
		{
			name:    "its replacement is steady while it drains",
			service: webService(now, 4, "COMPLETED").says(ago(5), "has reached a steady state."),
			tasks: []task{stopOf(
				1,
				"9",
				ago(2),
				map[string]any{
					"stoppingAt": epoch(ago(8)),
					"stopCode":   "ServiceSchedulerInitiated",
					"stoppedReason": "Task failed ELB health checks in (target-group " +
						"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/1)",
				},
			)},
			code: screen.ExitOK,
			says: []string{"1 task failed before the service reached a steady state at "},
		},
		{
			name:    "a clock that is behind",
			service: webService(now, 4, "COMPLETED").says(ago(-2), "has reached a steady state."),
			tasks: []task{stopOf(
				1,
				"9",
				ago(-1),
				map[string]any{"executionStoppedAt": epoch(ago(-1).Add(-2 * time.Minute))},
			)},
			code: screen.ExitOK,
			says: []string{"STEADY"},
		},
		{
			name:    "a failure of another deployment",
			service: webService(now, 4, "COMPLETED"),
			tasks:   []task{stopOf(1, "8", ago(10), nil)},
			args:    deploymentOnly,
			code:    screen.ExitOK,
			says:    []string{"STEADY"},
		},
		{
			name:    "an expected stop never leads",
			service: webService(now, 3, "COMPLETED"),
			tasks:   []task{stopOf(1, "9", ago(1), scaledIn)},
			code:    screen.ExitBad,
			says:    []string{"IN PROGRESS", "EXPECTED"},
		},
		{
			name: "failures that ECS has forgotten",
			service: webService(now, 0, "IN_PROGRESS").with("deployments", []any{
				func() map[string]any {
					d := deploymentOf("PRIMARY", "9", 48, ago(90), 0, "IN_PROGRESS")
					d["failedTasks"] = 7
					return d
				}()}),
			code: exitNotSteady,
			says: []string{"0 of 4 tasks run; ECS counts 7 failed tasks of ecs-svc/9 and remembers none of them"},
		},

		{
			name:    "rolled back, by the messages",
			service: undone(),
			tasks:   []task{stopOf(1, "9", ago(8), nil), stopOf(2, "9", ago(7), nil)},
			code:    exitNotSteady,
			says: []string{
				"ecs-svc/9 failed and ECS went back to ecs-svc/8: tasks failed to start",
				"FAILURE  prod/web  task 00000002",
				"     2  FAILURE ",
			},
		},
		{
			name:    "rolled back, only what was asked for",
			service: undone(),
			tasks:   []task{stopOf(1, "9", ago(8), nil), stopOf(2, "8", ago(1), secretDenied)},
			args:    deploymentOnly,
			code:    exitNotSteady,
			says:    []string{"task 00000001", "exit code 1"},
		},
		{
			name:    "rolled back before the time",
			service: undone(),
			args:    []string{"--since", "2m"},
			code:    screen.ExitOK,
			says:    []string{"STEADY"},
		},
		{
			name: "is rolled back by a deployment of its own",
			service: undone().with("deployments", []any{because("ECS deployment circuit breaker: rolling back to "+
				"deploymentId ecs-svc/8.", deploymentOf("PRIMARY", "10", 47, ago(4), 1, "IN_PROGRESS"))}),
			args: deploymentOnly,
			code: exitNotSteady,
			says: []string{"FAILED", "ecs-svc/9 failed and ECS went back to ecs-svc/10"},
		},
		{
			name:    "rolled back to a deployment that begins anew",
			service: deployed(undone(), "8", 4),
			args:    deploymentOnly,
			code:    exitNotSteady,
			says:    []string{"ecs-svc/9 failed and ECS went back to ecs-svc/8"},
		},
		{
			name:    "deployed again after the rollback",
			service: deployed(undone(), "10", 3),
			args:    deploymentOnly,
			code:    screen.ExitOK,
			says:    []string{"STEADY"},
		},
		{
			name:    "without a trace of its tasks",
			service: undone(),
			args:    deploymentOnly,
			code:    exitNotSteady,
			says:    []string{"a deployment of web failed"},
		},
		{
			name:     "the list knows better than the messages",
			service:  undone(),
			rollouts: rollout("SUCCESSFUL", 4),
			args:     deploymentOnly,
			code:     screen.ExitOK,
			says:     []string{"STEADY"},
		},
		{
			name:     "stopped by somebody",
			service:  webService(now, 4, "COMPLETED"),
			tasks:    []task{stopOf(1, "11", ago(8), nil)},
			rollouts: rollout("STOPPED", 10),
			args:     deploymentOnly,
			code:     exitNotSteady,
			says:     []string{"Z did not succeed (STOPPED)", "task 00000001"},
		},
		{
			name:     "stopped by somebody after another failed",
			service:  undone(),
			tasks:    []task{stopOf(1, "9", ago(8), nil), stopOf(2, "11", ago(1), secretDenied)},
			rollouts: rollout("STOPPED", 3),
			args:     deploymentOnly,
			code:     exitNotSteady,
			says:     []string{"FAILURE  prod/web  task 00000002", "Z did not succeed (STOPPED)"},
		},
		{
			name:    "a secret in the words of somebody",
			service: webService(now, 4, "COMPLETED"),
			rollouts: []map[string]any{{
				"createdAt":    epoch(ago(10)),
				"status":       "STOPPED",
				"statusReason": "stopped: --password do-not-leak",
			}},
			args: deploymentOnly,
			code: exitNotSteady,
			says: []string{"did not succeed (STOPPED): stopped: --password "},
		},
		{
			name: "a secret in the words of ECS",
			service: webService(now, 1,
				"FAILED").with(
				"deployments",
				[]any{because("failed: --password do-not-leak",
					deploymentOf("PRIMARY", "9", 48, ago(90), 0, "FAILED"))},
			),
			args: []string{"--json"},
			code: exitNotSteady,
			says: []string{`"rolloutStateReason":"failed: --password `},
		},
		{
			name:     "not ended",
			service:  webService(now, 4, "COMPLETED"),
			rollouts: rollout("IN_PROGRESS", 10),
			args:     deploymentOnly,
			code:     screen.ExitBad,
			says:     []string{"IN PROGRESS", "ECS has not ended the deployment yet"},
		},
		{
			name:     "is being rolled back",
			service:  webService(now, 4, "IN_PROGRESS"),
			rollouts: rollout("ROLLBACK_IN_PROGRESS", 10),
			args:     deploymentOnly,
			code:     exitNotSteady,
			says:     []string{"ROLLBACK_IN_PROGRESS"},
		},

		{
			name:    "the deployment's failures come first",
			service: webService(now, 1, "IN_PROGRESS"),
			tasks: []task{
				stopOf(1, "8", ago(3), nil),
				stopOf(2, "8", ago(2), nil),
				stopOf(3, "9", ago(4), secretDenied),
			},
			code: exitNotSteady,
			says: []string{"FAILURE  prod/web  task 00000003", "1 of 4 tasks run, and 3 tasks failed"},
		},
		{
			name:    "the most frequent of them",
			service: webService(now, 1, "IN_PROGRESS"),
			tasks: []task{
				stopOf(1, "9", ago(5), secretDenied),
				stopOf(2, "9", ago(4), secretDenied),
				stopOf(3, "9", ago(1), nil),
			},
			code: exitNotSteady,
			says: []string{"FAILURE  prod/web  task 00000002"},
		},
		{
			name:    "placement before the failures of others",
			service: webService(now, 1, "IN_PROGRESS").says(ago(1), noRoom),
			tasks:   []task{stopOf(1, "8", ago(3), nil)},
			code:    exitNotSteady,
			says:    []string{"(placement.exhausted, "},
		},
		{
			name:    "tasks before placement",
			service: webService(now, 1, "IN_PROGRESS").says(ago(1), noRoom),
			tasks:   []task{stopOf(1, "9", ago(3), nil)},
			code:    exitNotSteady,
			says:    []string{"FAILURE  prod/web  task 00000001"},
		},
		{
			name:    "what may have been meant",
			service: webService(now, 3, "COMPLETED"),
			tasks: []task{stopOf(
				1,
				"9",
				ago(3),
				map[string]any{
					"stopCode":      "TerminationNotice",
					"stoppedReason": "Host EC2 (instance i-0c1d2e3f405162738) terminated.",
					"containers":    []any{map[string]any{"name": "app"}},
				},
			)},
			code: exitNotSteady,
			says: []string{"3 of 4 tasks run", "REVIEW"},
		},

		{
			name: "task sets",
			service: webService(now, 4, "").with("deployments", []any{}).with(
				"taskSets",
				[]any{map[string]any{
					"id":              "ecs-svc/77",
					"status":          "PRIMARY",
					"createdAt":       epoch(ago(9)),
					"stabilityStatus": "STEADY_STATE",
					"taskDefinition":  "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:50",
				}},
			),
			args: deploymentOnly,
			code: screen.ExitOK,
			says: []string{"deployment ecs-svc/77 · web:50"},
		},
		{
			name: "a task set that stabilizes",
			service: webService(now, 4, "").with("deployments", []any{}).with(
				"taskSets",
				[]any{map[string]any{
					"id":              "ecs-svc/77",
					"status":          "PRIMARY",
					"createdAt":       epoch(ago(9)),
					"stabilityStatus": "STABILIZING",
					"taskDefinition":  "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:50",
				}},
			),
			args: deploymentOnly,
			code: screen.ExitBad,
			says: []string{"IN PROGRESS"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := of(t, test.service, test.tasks...)
			a.ecs.rollouts = test.rollouts
			stdout, stderr := askWhy(t, test.code, test.args...)
			for _, want := range test.says {
				if !strings.Contains(stdout, want) {
					t.Errorf("does not say %q", want)
				}
			}
			if t.Failed() || stderr != "" {
				t.Errorf("%s%s", stdout, stderr)
			}
		})
	}
}

func TestWhyThatCannotTell(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T, a *awsAccount)
		args    []string
		stderr  string
	}{
		{
			"no such service",
			nil,
			[]string{"--cluster", "prod", "--service", "wbe"},
			"no service \"wbe\" in the cluster \"prod\" in eu-west-1\n    aws ecs list-services --cluster prod " +
				"--region eu-west-1\n    → names those that there are",
		},
		{
			"no such cluster",
			nil,
			[]string{"--cluster", "prd", "--service", "web"},
			"no cluster \"prd\" in eu-west-1\n    aws ecs list-clusters --region eu-west-1\n    → names those that " +
				"there are",
		},
		{"no cluster", nil, []string{"--service", "web"}, "which cluster: give --cluster, or set WHYSTOPPED_CLUSTER"},
		{
			"two services",
			nil,
			[]string{"--cluster", "prod", "--service", "web,api"},
			"--cluster and --service take one name or ARN each",
		},
		{
			"no time",
			nil,
			[]string{"--cluster", "prod", "--service", "web", "--since", "soon"},
			`--since "soon": give a time back from now`,
		},
		{
			"both times",
			nil,
			[]string{"--cluster", "prod", "--service", "web", "--since", "1h", "--since-deployment"},
			"--since and --since-deployment exclude each other",
		},
		{
			"deleted",
			func(_ *testing.T, a *awsAccount) { a.ecs.services[0]["status"] = "INACTIVE" },
			nil,
			`the service "web" is INACTIVE: it was deleted`,
		},
		{
			"without a deployment",
			func(_ *testing.T, a *awsAccount) { a.ecs.services[0]["deployments"] = []any{} },
			nil,
			`ECS names no primary deployment of the service "web"`,
		},
		{
			"no credentials",
			func(t *testing.T, _ *awsAccount) { t.Setenv("AWS_ACCESS_KEY_ID", "") },
			nil,
			"no AWS credentials: log in",
		},
		{
			"no Region",
			func(t *testing.T, _ *awsAccount) { t.Setenv("AWS_REGION", "") },
			nil,
			"no AWS Region: give --region",
		},
		{
			"DescribeServices is denied",
			func(_ *testing.T, a *awsAccount) {
				a.ecs.inject(awsFault{operation: "DescribeServices", refusal: denied("ecs:DescribeServices")})
			},
			nil,
			`not allowed to call ecs:DescribeServices: allow it on the service "web" of the cluster "prod" in ` +
				`eu-west-1`,
		},
		{
			"ListTasks is denied",
			func(_ *testing.T, a *awsAccount) {
				a.ecs.inject(awsFault{operation: "ListTasks", refusal: denied("ecs:ListTasks")})
			},
			nil,
			`not allowed to call ecs:ListTasks: allow it on the cluster "prod" in eu-west-1`,
		},
		{
			"DescribeTasks is denied",
			func(_ *testing.T, a *awsAccount) {
				a.ecs.inject(awsFault{operation: "DescribeTasks", refusal: denied("ecs:DescribeTasks")})
			},
			nil,
			`not allowed to call ecs:DescribeTasks: allow it on the cluster "prod" in eu-west-1`,
		},
		{
			"ECS is down",
			func(_ *testing.T, a *awsAccount) {
				a.ecs.inject(awsFault{
					operation: "DescribeServices",
					refusal: awsRefusal{
						Status:  http.StatusInternalServerError,
						Code:    "ServerException",
						Message: "Service unavailable",
					},
				})
			},
			nil,
			"ecs:DescribeServices on the service",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := of(t, webService(time.Now(), 4, "COMPLETED"), stopOf(1, "9", time.Now(), nil))
			if test.prepare != nil {
				test.prepare(t, a)
			}
			args := test.args
			if args == nil {
				args = []string{"--cluster", "prod", "--service", "web"}
			}
			stdout, stderr := whystopped(t, screen.ExitBad, append([]string{"why"}, args...)...)
			if !strings.Contains(stderr, test.stderr) || stdout != "" {
				t.Errorf("stderr does not say %q, or there is an answer:\n%s%s", test.stderr, stdout, stderr)
			}
		})
	}
}

// TestWhyGoesOnWithout what only adds to the answer, and says so in one line.
func TestWhyGoesOnWithout(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(a *awsAccount)
		from    []string
		stderr  string
	}{
		{"an archive that nobody named", func(*awsAccount) {}, nil, ""},
		{
			"the directory",
			func(*awsAccount) {},
			[]string{"--from", "elsewhere"},
			"the archive is left out: no archive in elsewhere",
		},
		{
			"the log group",
			func(*awsAccount) {},
			[]string{"--from", "logs:/none"},
			`the archive is left out: no log group "/none" in eu-west-1: deploy whystopped there`,
		},
		{
			"reading the log group",
			func(a *awsAccount) { a.logs.Inject(cwlogstest.Denied("FilterLogEvents")) },
			[]string{"--from", "logs:"},
			"the archive is left out: not allowed to call logs:FilterLogEvents",
		},
		{
			"the list of deployments",
			func(a *awsAccount) {
				a.ecs.inject(awsFault{
					operation: "ListServiceDeployments",
					refusal:   denied("ecs:ListServiceDeployments"),
				})
			},
			nil,
			"only the service's event messages tell whether its deployment was undone: not allowed to call " +
				"ecs:ListServiceDeployments",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := of(t, rolledBack(), crashing()...)
			a.ecs.rollouts = []map[string]any{{"createdAt": epoch(at(-15)), "status": "ROLLBACK_SUCCESSFUL"}}
			test.prepare(a)
			stdout, stderr := askWhy(t, exitNotSteady, append([]string{"--since-deployment"}, test.from...)...)
			lines := 0
			if test.stderr != "" {
				lines = 1
			}
			if !strings.Contains(stderr, test.stderr) || len(screentest.Sentences(stderr)) != lines {
				t.Errorf("stderr does not say %q in %d lines:\n%s", test.stderr, lines, stderr)
			}
			if !strings.Contains(stdout, "FAILURE  prod/web  task 00000003") {
				t.Errorf("the cause is lost:\n%s", stdout)
			}
		})
	}
}

// putStops puts what stopOf tells into an archive.
func putStops(t *testing.T, place string, source archive.Source, tasks ...task) []archive.Record {
	t.Helper()
	var records []archive.Record
	for _, told := range tasks {
		raw, _ := json.Marshal(told)
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, ingest.Explain(stops[0], source, time.Now()))
	}
	putRecord(t, place, records...)
	return records
}

// TestWhyReadsTheArchive: what ECS has forgotten counts, what both know counts once, and what is of others does not.
func TestWhyReadsTheArchive(t *testing.T) {
	for _, from := range places {
		t.Run(from, func(t *testing.T) {
			now := time.Now()
			both := stopOf(3, "9", now.Add(-5*time.Minute), nil)
			of(t,
				webService(now, 1, "IN_PROGRESS").with(
					"deployments",
					[]any{deploymentOf("PRIMARY", "9", 48, now.Add(-150*time.Minute), 1, "IN_PROGRESS")},
				), both)
			putStops(t, from, archive.SourceEvent, both, stopOf(1, "9", now.Add(-120*time.Minute), secretDenied),
				stopOf(2, "9", now.Add(-100*time.Minute), secretDenied),
				stopOf(4, "9", now.Add(-200*time.Minute), nil), stopOf(5, "8", now.Add(-9*time.Minute), nil),
				stopOf(6, "9", now, map[string]any{"group": "service:web-v2"}))
			stdout, stderr := askWhy(t, exitNotSteady, "--since-deployment", "--from", from)
			for _, want := range []string{
				"FAILURE  prod/web  task 00000002",
				"1 of 4 tasks run, and 3 tasks failed",
				"    2  FAILURE  app        00000002",
				"    1  FAILURE  app=1      00000003",
			} {
				if !strings.Contains(stdout, want) || stderr != "" {
					t.Errorf("does not say %q:\n%s%s", want, stdout, stderr)
				}
			}
		})
	}
}

// TestWhyBesideADeadContainer: a container that failed in a task which goes on is shown, and a service is judged by its
// tasks.
func TestWhyBesideADeadContainer(t *testing.T) {
	now := time.Now()
	a := of(t, webService(now, 4, "COMPLETED"))
	putStops(t, "logs:", archive.SourceEvent,
		stopOf(1, "9", now, map[string]any{
			"lastStatus":    "RUNNING",
			"desiredStatus": "RUNNING",
			"stopCode":      nil,
			"stoppedReason": nil,
			"stoppedAt":     nil,
			"containers": []any{
				map[string]any{"name": "app", "lastStatus": "RUNNING"},
				map[string]any{"name": "statsd", "lastStatus": "STOPPED", "exitCode": 1}},
		}))
	stdout, stderr := askWhy(t, screen.ExitOK, "--from", "logs:")
	if !strings.Contains(stdout, "STEADY") || !strings.Contains(stdout, "FAILURE  statsd=1 ") || stderr != "" {
		t.Errorf("%s%s", stdout, stderr)
	}
	a.ecs.services[0] = webService(now, 3, "COMPLETED").says(now.Add(-time.Minute), noRoom)
	if stdout, _ := askWhy(t, exitNotSteady, "--from", "logs:"); !strings.Contains(stdout, "(placement.exhausted, ") {
		t.Errorf("the dead container leads:\n%s", stdout)
	}
}

// TestWhyHearsAMessageOnce: what ECS says itself is not taken from the archive too, but for what is older.
func TestWhyHearsAMessageOnce(t *testing.T) {
	now := time.Now()
	of(t, webService(now, 3, "COMPLETED").says(now.Add(-20*time.Minute), noRoom))
	for _, minutes := range []int{20, 19, 90} {
		raw, _ := json.Marshal(map[string]any{
			"source":      "aws.ecs",
			"detail-type": "ECS Service Action",
			"id":          fmt.Sprint("e", minutes),
			"account":     "111122223333",
			"region":      "eu-west-1",
			"time":        now.Add(-time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339),
			"resources":   []string{"arn:aws:ecs:eu-west-1:111122223333:service/prod/web"},
			"detail": map[string]any{
				"eventType":  "ERROR",
				"eventName":  "SERVICE_TASK_PLACEMENT_FAILURE",
				"clusterArn": clusterPrefix + "prod",
				"reason":     "RESOURCE:MEMORY",
			},
		})
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		putRecord(t, "logs:", ingest.Explain(stops[0], archive.SourceEvent, now))
	}
	stdout, _ := askWhy(t, exitNotSteady, "--from", "logs:", "--json")
	var told struct{ Stops []screen.Kind }
	if err := json.Unmarshal([]byte(stdout), &told); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, k := range told.Stops {
		n += k.Count
	}
	if n != 2 {
		t.Errorf("%d, want the message and what was archived 90 minutes ago:\n%s", n, stdout)
	}
}

func TestWhyReadsAllPagesAndSurvivesThrottling(t *testing.T) {
	now := time.Now()
	var tasks []task
	for i := range 230 {
		tasks = append(tasks, stopOf(i, "9", now.Add(-time.Duration(300-i)*time.Second), nil))
	}
	a := of(t, webService(now, 0, "IN_PROGRESS"), tasks...)
	throttled := awsRefusal{Status: http.StatusBadRequest, Code: "ThrottlingException", Message: "Rate exceeded"}
	for _, operation := range []string{"DescribeServices", "ListServiceDeployments", "ListTasks", "DescribeTasks"} {
		a.ecs.inject(awsFault{operation: operation, times: 1, refusal: throttled})
	}
	a.logs.Inject(cwlogstest.Throttled(1))
	stdout, stderr := askWhy(t, exitNotSteady, "--since-deployment", "--from", "logs:", "--cluster",
		clusterPrefix+"prod", "--service", "arn:aws:ecs:eu-west-1:111122223333:service/prod/web")
	if !strings.Contains(stdout, "0 of 4 tasks run, and 230 tasks failed\n") ||
		!strings.Contains(stdout, "    230  FAILURE ") || stderr != "" {
		t.Errorf("%s%s", stdout, stderr)
	}
}

// TestWhyVerify checks the cause alone.
func TestWhyVerify(t *testing.T) {
	a := answering(t, &accounttest.Asking{
		All: &classifier.Proof{Result: classifier.RuledOut, Evidence: "it was looked at"},
	})
	now := time.Now()
	account := of(t, webService(now, 0, "IN_PROGRESS"), stopOf(1, "9", now, secretUnreachable),
		stopOf(2, "8", now, nil))
	stdout, _ := askWhy(t, exitNotSteady, "--verify")
	if len(a.Asked) != 1 || a.Past == nil || !strings.HasPrefix(a.Asked[0], "00000001") ||
		!strings.Contains(stdout, "ruled out: it was looked at") {
		t.Errorf("asked %q:\n%s", a.Asked, stdout)
	}
	account.ecs.services[0] = webService(now, 0, "IN_PROGRESS").says(now, "was unable to place a task because no "+
		"container instance met all of its requirements. Reason: No Container Instances were found in your cluster.")
	account.ecs.stop("prod", []task{})
	stdout, stderr := askWhy(t, exitNotSteady, "--verify")
	if len(a.Asked) != 2 || !strings.Contains(stdout, "ruled out: it was looked at") || stderr != "" {
		t.Errorf("of a message: asked %q:\n%s%s", a.Asked, stdout, stderr)
	}
}

// TestWhyOfACluster: without a service it tells of all that are below their count, the worst first.
func TestWhyOfACluster(t *testing.T) {
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	a := newAccount(t)
	now := time.Now()
	named := func(v service, name string) service {
		return v.with("serviceName", name).with("serviceArn", "arn:aws:ecs:eu-west-1:111122223333:service/prod/"+name)
	}
	whole := named(webService(now, 4, "COMPLETED"), "whole")
	off := named(webService(now, 0, "COMPLETED"), "off").with("desiredCount", 0)
	web := webService(now, 1, "IN_PROGRESS")
	api := named(webService(now, 0, "IN_PROGRESS"), "api")
	starting := named(webService(now, 3, "IN_PROGRESS"), "starting").with("deployments",
		[]any{deploymentOf("PRIMARY", "9", 48, now.Add(-2*time.Minute), 3, "IN_PROGRESS")})
	a.ecs.clusters["prod"] = crashedTasks("prod", 1)
	for _, tt := range []struct {
		name     string
		services []service
		code     int
		state    string
		why      string
		below    []string
	}{
		{"no service", nil, screen.ExitOK, "steady", "there is no service", nil},
		{"all well", []service{whole, off}, screen.ExitOK, "steady",
			"none of 2 services is below the desired count", nil},
		{"one is being deployed", []service{whole, starting}, screen.ExitBad, "inProgress",
			"of 2 services 1 run fewer tasks than are desired, for less than their grace: ask again", nil},
		{"two are below", []service{whole, web, api, starting}, exitNotSteady, "failed",
			"2 services below the desired count, of 4 looked at",
			[]string{"api 0/4 unknown", "web 1/4 runtime.crashed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a.ecs.services = tt.services
			stdout, stderr := whystopped(t, tt.code, "why", "--cluster", "prod", "--json", "--region", "eu-west-1")
			var got clusterAnswer
			if err := json.Unmarshal([]byte(stdout), &got); err != nil || stderr != "" {
				t.Fatalf("%v: %s%s", err, stdout, stderr)
			}
			var below []string
			for _, v := range got.Below {
				class := "unknown"
				if v.Leading != nil {
					class = v.Leading.Class
				}
				below = append(below, fmt.Sprintf("%s %d/%d %s", v.Service, v.RunningCount, v.DesiredCount, class))
				if !v.BelowSince.Round(time.Minute).Equal(now.Add(-15 * time.Minute).Round(time.Minute)) {
					t.Errorf("%s since %s", v.Service, v.BelowSince)
				}
			}
			if got.State != tt.state || got.Why != tt.why || !slices.Equal(below, tt.below) {
				t.Errorf("%s: %s, below %q", got.State, got.Why, below)
			}
		})
	}
	a.ecs.services = []service{
		named(webService(tuesday, 4, "COMPLETED"), "whole"), webService(tuesday, 1, "IN_PROGRESS"),
		named(webService(tuesday, 0, "IN_PROGRESS"), "api").says(tuesday, "has begun draining connections on 4 tasks."),
	}
	stdout, _ := whystopped(t, exitNotSteady, "why", "--cluster", "prod", "--region", "eu-west-1")
	golden := filepath.Join("testdata", "why", "cluster.golden")
	if *update {
		if err := os.WriteFile(filepath.Join(here, golden), []byte(stdout), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.Join(here, golden))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(stdout, "\n")); diff != "" {
		t.Errorf("-golden +printed:\n%s", diff)
	}
	for _, wrong := range [][]string{{"--verify"}, {"--since", "1h"}, {"--since-deployment"}, {"--all"}} {
		if _, stderr := whystopped(t, screen.ExitBad, append([]string{"why", "--cluster", "prod"},
			wrong...)...); !strings.Contains(stderr, wrong[0]+" cannot be given without --service") {
			t.Errorf("%q: %s", wrong, stderr)
		}
	}
	if _, stderr := whystopped(t, screen.ExitBad, "why", "--cluster", "nowhere", "--region",
		"eu-west-1"); !strings.Contains(stderr, `no cluster "nowhere" in eu-west-1`) {
		t.Errorf("%s", stderr)
	}
}
