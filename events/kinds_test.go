package events_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"whystopped/events"
)

// sample reads the stops of a sample.
func sample(t *testing.T, name string) []events.Stop {
	t.Helper()
	raw, err := os.ReadFile("samples/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	stops, err := events.Parse(raw)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return stops
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		sample string
		want   []string // kind, where, what, which
	}{
		{"container-killed-docker-stop", []string{"container ledger/postings statsd=137 2026-08-03T09:40:06Z"}},
		{
			"container-init-0-sidecar-crashed",
			[]string{
				"container ledger/postings migrate=0 2026-08-03T10:02:31Z",
				"container ledger/postings statsd=1 2026-08-03T10:02:31Z",
			},
		},
		{"container-watched-restarted", []string{"container ledger/postings proxy=139#3 2026-08-03T11:20:44Z watched"}},
		{
			"service-placement-memory",
			[]string{
				"service ledger/postings ERROR SERVICE_TASK_PLACEMENT_FAILURE RESOURCE:MEMORY 2026-08-04T07:30:09Z",
			},
		},
		{
			"service-placement-fargate-spot",
			[]string{
				"service ledger/postings ERROR SERVICE_TASK_PLACEMENT_FAILURE RESOURCE:FARGATE 2026-08-04T07:30:09Z " +
					"FARGATE_SPOT",
			},
		},
		{"service-steady-state", []string{"service ledger/postings INFO SERVICE_STEADY_STATE  2026-08-04T07:30:09Z"}},
		{
			"daemon-creation-failed",
			[]string{
				"service ledger/node-agent WARNING DAEMON_TASK_START_IMPAIRED RESOURCE:CPU - Unable to place daemon " +
					"task on container instance: insufficient CPU 2026-08-04T07:30:09Z managed",
			},
		},
		{
			"deployment-failed-circuit-breaker",
			[]string{
				"deployment ledger/postings ERROR SERVICE_DEPLOYMENT_FAILED ECS deployment circuit breaker: task " +
					"failed to start. 2026-08-04T08:02:17Z ecs-svc/8830145567712094413",
			},
		},
		{
			"request-start-task-two-failures",
			[]string{
				"request ledger/close-books:9 StartTask 0 AGENT 2026-08-05T01:00:03Z",
				"request ledger/close-books:9 StartTask 1 MISSING 2026-08-05T01:00:03Z",
			},
		},
		{
			"request-run-task-cluster-missing",
			[]string{
				"request ledgr/close-books RunTask 0 RunTask: ClusterNotFoundException: Cluster not found. " +
					"2026-08-05T01:00:03Z",
			},
		},
		{"run-task-output-failure", []string{"request ledger/  0 RESOURCE:GPU 0001-01-01T00:00:00Z"}},
	} {
		t.Run(c.sample, func(t *testing.T) {
			var got []string
			for _, s := range sample(t, c.sample) {
				what := ""
				at := s.StoppedAt.Format(time.RFC3339)
				switch s.Kind {
				case events.KindContainer:
					what = fmt.Sprintf("%s/%s %s=%d", s.Cluster, s.Service, s.Container().Name, *s.Container().ExitCode)
					if n := s.Container().Restarts(); n > 0 {
						what += fmt.Sprintf("#%d", n)
					}
					what += " " + at
					if s.Watched {
						what += " watched"
					}
				case events.KindRequest:
					what = fmt.Sprintf("%s/%s %s %d %s %s", s.Cluster, s.TaskDefinition(), s.EventName, s.Index,
						s.StoppedReason, at)
				default:
					what = fmt.Sprintf("%s/%s %s %s %s %s %s%s", s.Cluster, s.Service, s.EventType, s.EventName,
						s.StoppedReason, at, s.CapacityProvider, s.DeploymentID)
				}
				got = append(got, strings.TrimRight(string(s.Kind)+" "+what, " "))
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestMessagesOfServicesAreReadAgain: what is archived of a message is enough to explain it anew.
func TestMessagesOfServicesAreReadAgain(t *testing.T) {
	for _, name := range []string{"describe-services-messages", "run-task-output-failure"} {
		for _, s := range sample(t, name) {
			again, err := events.Parse(s.Raw)
			if err != nil || len(again) != 1 {
				t.Fatalf("%s: %d stops, %v", s.Raw, len(again), err)
			}
			if a := again[0]; a.Kind != s.Kind || a.EventID != s.EventID || a.StoppedReason != s.StoppedReason ||
				a.Service != s.Service || a.Cluster != s.Cluster || !a.StoppedAt.Equal(s.StoppedAt) {
				t.Errorf("read again it is %+v", a)
			}
			if len(s.Raw) > 700 {
				t.Errorf("%d bytes are kept of one message: %s", len(s.Raw), s.Raw)
			}
		}
	}
}

func TestWhatIsNotAnEndIsRefused(t *testing.T) {
	running := strings.NewReplacer(`"lastStatus":"STOPPED","desiredStatus":"STOPPED"`,
		`"lastStatus":"RUNNING","desiredStatus":"RUNNING"`).Replace(task)
	ended := strings.Replace(running, `{"name":"log"}`, `{"name":"log","lastStatus":"STOPPED"}`, 1)
	call := func(detail string) string {
		return `{"detail-type":"AWS API Call via CloudTrail","detail":` + detail + `}`
	}
	for _, c := range []struct{ name, document, want string }{
		{"all containers run", event(running), "is RUNNING, not stopped"},
		{
			"the task comes up",
			event(strings.Replace(ended, `"lastStatus":"RUNNING"`, `"lastStatus":"PENDING"`, 1)),
			"is PENDING, not stopped",
		},
		{"another call", call(`{"eventName":"DescribeTasks"}`), "the call DescribeTasks starts no tasks"},
		{
			"a call that worked",
			call(`{"eventName":"RunTask","responseElements":{"tasks":[],"failures":[]}}`),
			"the call RunTask has no failures",
		},
		{
			"a service without messages",
			`{"services":[{"serviceArn":"arn:aws:ecs:eu-north-1:1:service/stage/orders","serviceName":"orders",` +
				`"events":[]}]}`,
			"services[0]: service orders has no event messages",
		},
		{
			"a message without words",
			`{"services":[{"serviceArn":"arn:aws:ecs:eu-north-1:1:service/stage/orders","events":[{"id":"x"}]}]}`,
			"services[0].events[0]: not an event message",
		},
		{
			"no such service",
			`{"services":[],"failures":[{"arn":"arn:aws:ecs:eu-north-1:1:service/stage/ordres","reason":"MISSING"}]}`,
			"failures[0]: service ordres: MISSING; check its name, its cluster and the Region",
		},
		{"services of another kind", `{"services":[{"name":"web"}]}`, "holds no ECS task"},
		{
			"wrong type",
			`{"detail-type":"ECS Service Action","detail":{"reason":7}}`,
			"detail.reason cannot be the JSON number",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			stops, err := events.Parse([]byte(c.document))
			if len(stops) > 0 || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %d stops, %v, want %s", len(stops), err, c.want)
			}
		})
	}
	if stops, err := events.Parse([]byte(`{"tasks":[` + ended +
		`]}`)); err != nil || len(stops) != 1 || stops[0].Kind != events.KindContainer || !stops[0].StoppedAt.IsZero() {
		t.Errorf("describe-tasks of a task that goes on: %+v, %v", stops, err)
	}
}
