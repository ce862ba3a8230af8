package watcher

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// kept is a Reporter that keeps all it is told.
type kept struct{ ends []Event }

func (k *kept) Report(_ context.Context, ends []Event) error {
	k.ends = append(k.ends, ends...)
	return nil
}

// take returns "name exit code #restarts" of the ends since the last take.
func (k *kept) take() []string {
	var all []string
	for _, e := range k.ends {
		c := e.Detail.Containers[0]
		text := c.Name
		if c.ExitCode != nil {
			text += fmt.Sprintf(" %d", *c.ExitCode)
		}
		if c.RestartCount > 0 {
			text += fmt.Sprintf(" #%d", c.RestartCount)
		}
		all = append(all, text)
	}
	k.ends = nil
	return all
}

// watching returns a watcher of e, whom it tells, and what it says of itself.
func watching(e *endpoint, o Options) (*Watcher, *kept, *bytes.Buffer) {
	k, said := &kept{}, &bytes.Buffer{}
	o.Endpoint, o.Reporter, o.Log = e.uri(), k, log.New(said, "", 0)
	return New(o), k, said
}

type fields = map[string]any

func TestEachEndIsReportedOnce(t *testing.T) {
	running := fields{"KnownStatus": "RUNNING"}
	tests := []struct {
		name    string
		doc     string
		options Options
		steps   []func(*endpoint) // before one reading each; each reading is made three times
		want    []string          // of each step, joined by commas
	}{
		{"nothing ends", "ec2", Options{}, []func(*endpoint){
			func(*endpoint) {},
		}, []string{""}},
		{"one dies, then another", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("metrics", 1) },
			func(e *endpoint) { e.dies("app", 0) },
		}, []string{"metrics 1", "app 0"}},
		{"all die at once", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("app", 137); e.dies("log_router", 2) },
		}, []string{"app 137,log_router 2"}},
		{"without an exit code", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.container("app", fields{"KnownStatus": "STOPPED"}) },
		}, []string{"app"}},
		{"the exit code comes later", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.container("app", fields{"KnownStatus": "STOPPED"}) },
			func(e *endpoint) { e.dies("app", 3) },
		}, []string{"app", ""}},
		{"already dead at the first reading", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("metrics", 139) },
			func(*endpoint) {},
		}, []string{"metrics 139", ""}},
		{"with its task", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.task(fields{"DesiredStatus": "STOPPED"}); e.dies("app", 143) },
		}, []string{""}},
		{"before its task", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("log_router", 1) },
			func(e *endpoint) { e.task(fields{"DesiredStatus": "STOPPED"}) },
			func(e *endpoint) { e.dies("app", 143) },
		}, []string{"log_router 1", "", ""}},
		{"the task is of no known status", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.task(fields{"KnownStatus": "NONE"}); e.dies("log_router", 1) },
		}, []string{"log_router 1"}},
		{"injected ones", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("ecs-service-connect-x4Tq8", 1); e.dies("aws-guardduty-agent-pQ7", 1) },
		}, []string{""}},
		{"the pause container", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("~internal~ecs~pause", 137) },
		}, []string{""}},
		{"an internal one of a type to come", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.container("metrics", fields{"Type": "MANAGED_DAEMON"}); e.dies("metrics", 1) },
		}, []string{""}},
		{"ignored by name", "ec2", Options{Ignore: []string{"metrics"}}, []func(*endpoint){
			func(e *endpoint) { e.dies("metrics", 1); e.dies("app", 1) },
		}, []string{"app 1"}},
		{"critical beats injected and ignored", "fargate",
			Options{Critical: []string{"app", "aws-guardduty-agent-pQ7"}, Ignore: []string{"app"}}, []func(*endpoint){
				func(e *endpoint) { e.dies("app", 1); e.dies("aws-guardduty-agent-pQ7", 1) },
			}, []string{"app 1,aws-guardduty-agent-pQ7 1"}},
		{"restarted between two readings", "ec2", Options{}, []func(*endpoint){
			func(*endpoint) {},
			func(e *endpoint) {
				e.container("metrics",
					fields{"RestartCount": 1, "StartedAt": "2026-03-02T07:20:00Z", "FinishedAt": "2026-03-02T07:19:59Z",
						"ExitCode": 2})
			},
			func(e *endpoint) {
				e.container("metrics", fields{"RestartCount": 2, "StartedAt": "2026-03-02T07:22:00Z"})
			},
			func(e *endpoint) { e.dies("metrics", 4) },
		}, []string{"", "metrics 2", "metrics 2 #1", "metrics 4 #2"}},
		{"several restarts between two readings", "ec2", Options{}, []func(*endpoint){
			func(*endpoint) {},
			func(e *endpoint) {
				e.container("metrics", fields{"RestartCount": 3, "StartedAt": "2026-03-02T07:25:00Z", "ExitCode": 9})
			},
		}, []string{"", "metrics,metrics #1,metrics 9 #2"}},
		{"seen stopped, then restarted", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("metrics", 1) },
			func(e *endpoint) { e.container("metrics", running); e.container("metrics", fields{"RestartCount": 1}) },
			func(e *endpoint) { e.dies("metrics", 1) },
		}, []string{"metrics 1", "", "metrics 1 #1"}},
		{"restarted and stopped between two readings", "ec2", Options{}, []func(*endpoint){
			func(*endpoint) {},
			func(e *endpoint) {
				e.container("metrics", fields{"RestartCount": 1, "StartedAt": "2026-03-02T07:20:00Z"})
				e.dies("metrics", 5)
			},
		}, []string{"", "metrics,metrics 5 #1"}},
		{"a restart that failed", "ec2", Options{}, []func(*endpoint){
			func(*endpoint) {},
			func(e *endpoint) { e.container("metrics", fields{"RestartCount": 1}); e.dies("metrics", 5) },
		}, []string{"", "metrics 5 #1"}},
		{"restarts before the first reading", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.container("metrics", fields{"RestartCount": 6}) },
		}, []string{""}},
		{"another container by the same name", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("metrics", 1) },
			func(e *endpoint) {
				e.container("metrics", running)
				e.container("metrics", fields{"DockerId": "0a0a0a0a"})
			},
			func(e *endpoint) { e.dies("metrics", 1) },
			func(e *endpoint) { e.container("metrics", fields{"DockerId": "0b0b0b0b"}) },
		}, []string{"metrics 1", "", "metrics 1", "metrics 1"}},
		{"gone from one document", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) { e.dies("metrics", 1) },
			func(e *endpoint) { e.breaks(answer(200, `{"TaskARN":"arn:aws:ecs:eu-central-1:1:task/a/b"}`)) },
			func(e *endpoint) { e.breaks(nil) },
		}, []string{"metrics 1", "", ""}},
		{"times that are none", "ec2", Options{}, []func(*endpoint){
			func(e *endpoint) {
				e.dies("metrics", 1)
				e.container("metrics", fields{"FinishedAt": "soon", "StartedAt": 17})
			},
		}, []string{"metrics 1"}},
		{"while nothing can be read", "fargate", Options{}, []func(*endpoint){
			func(e *endpoint) { e.breaks(answer(500, "agent is busy")); e.dies("app", 1) },
			func(e *endpoint) { e.breaks(nil) },
		}, []string{"", "app 1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEndpoint(t, test.doc)
			w, k, _ := watching(e, test.options)
			var got []string
			for _, step := range test.steps {
				step(e)
				for range 3 {
					w.poll(t.Context())
				}
				got = append(got, strings.Join(k.take(), ","))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("reported (-want +got):\n%s", diff)
			}
		})
	}
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		w.Write([]byte(body))
	}
}

// What the endpoint gets wrong is said once and changes nothing.
func TestTroubleIsTheWatchersOwn(t *testing.T) {
	tests := []struct {
		name    string
		trouble http.HandlerFunc
		want    string
	}{
		{"malformed", answer(200, `{"TaskARN": "arn:`), "read the task metadata: unexpected end of JSON input"},
		{"no JSON", answer(200, "<html>do-not-leak-page"), "invalid character '<'"},
		{"another shape", answer(200, `{"TaskARN":"a","Containers":{"app":"do-not-leak-text"}}`),
			"cannot unmarshal object"},
		{"null", answer(200, "null"), "the answer names no task"},
		{"no task", answer(200, "{}"), "the answer names no task"},
		{"server error", answer(503, `{"error":"do-not-leak-error"}`), "the endpoint answered 503"},
		{"too many requests", answer(429, "slow down"), "the endpoint answered 429"},
		{"too large", answer(200, `{"TaskARN":"`+strings.Repeat("a", sizeLimit)+`"}`), "unexpected end of JSON input"},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("{"))
		}, "unexpected EOF"},
		{"no answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEndpoint(t, "fargate")
			w, k, said := watching(e, Options{Critical: []string{"app"}})
			w.poll(t.Context())
			e.breaks(test.trouble)
			for range 3 {
				w.poll(t.Context())
			}
			if got := k.take(); got != nil {
				t.Errorf("reported %q", got)
			}
			if text := said.String(); !strings.Contains(text, test.want) || strings.Count(text, "\n") != 1 ||
				strings.Contains(text, "do-not-leak") {
				t.Errorf("said %q, want one line with %q", text, test.want)
			}
			if got := ask(w); got.status != 200 ||
				!strings.Contains(got.body, `"trouble":"the task metadata cannot be read"`) {
				t.Errorf("healthy task is told as %+v", got)
			}
			said.Reset()
			e.breaks(nil)
			e.dies("app", 1)
			w.poll(t.Context())
			if got := k.take(); !cmp.Equal(got, []string{"app 1"}) ||
				said.String() != "the task metadata can be read again\n" {
				t.Errorf("afterwards reported %q and said %q", got, said)
			}
		})
	}
}

func TestAnEndpointThatHangsIsLeft(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, "fargate")
	w, _, said := watching(e, Options{})
	e.breaks(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	start := time.Now()
	w.poll(t.Context())
	if took := time.Since(start); took > 2*readTimeout {
		t.Errorf("one reading took %s", took)
	}
	if text := said.String(); !strings.Contains(text, "deadline exceeded") {
		t.Errorf("said %q", text)
	}
	if got := ask(w); got.status != 200 {
		t.Errorf("healthy task is told as %+v", got)
	}
}

func TestOutsideECSThereIsNothingToSee(t *testing.T) {
	for endpoint, want := range map[string]string{
		"":                        "ECS_CONTAINER_METADATA_URI_V4 is not set",
		"http://127.0.0.1:1/v4/x": "connection refused",
		":":                       "missing protocol scheme",
	} {
		var said bytes.Buffer
		w := New(Options{Endpoint: endpoint, Log: log.New(&said, "", 0)})
		w.poll(t.Context())
		if got := ask(w); got.status != 200 || !strings.Contains(said.String(), want) {
			t.Errorf("endpoint %q: %+v, said %q", endpoint, got, said.String())
		}
	}
}

func TestACriticalContainerThatIsMisspeltIsSaid(t *testing.T) {
	e := newEndpoint(t, "ec2")
	w, _, said := watching(e, Options{Critical: []string{"app", "metric"}})
	w.poll(t.Context())
	w.poll(t.Context())
	want := "no container metric in the task " +
		"arn:aws:ecs:eu-central-1:210987654321:task/orders/7d0c3b5e9a144f8c8d21b6f0a3e57c19: nothing watches what " +
		"you meant\n"
	if said.String() != want {
		t.Errorf("said %q", said)
	}
}

var update = flag.Bool("update", false, "write the golden files")

//go:generate go test . -run TestEvent$ -update

// The event in full, for both shapes of the document: what goes out, and nothing else.
func TestEvent(t *testing.T) {
	for _, test := range []struct{ doc, dies string }{{"ec2", "metrics"}, {"fargate", "log_router"}} {
		t.Run(test.doc, func(t *testing.T) {
			e := newEndpoint(t, test.doc)
			w, k, _ := watching(e, Options{})
			e.dies(test.dies, 137)
			e.container(test.dies, fields{"RestartCount": 2})
			w.poll(t.Context())
			if len(k.ends) != 1 {
				t.Fatalf("%d ends", len(k.ends))
			}
			if since := time.Since(k.ends[0].Time); since < 0 || since > time.Minute {
				t.Errorf("noticed %s ago", since)
			}
			k.ends[0].Time = time.Date(2026, 5, 19, 22, 1, 20, 0, time.UTC)
			got, err := json.MarshalIndent(k.ends[0], "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/" + test.doc + ".event.json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("the event changed (go generate ./watcher keeps it), -want +got:\n%s", diff)
			}
		})
	}
}

func TestGroupIsThatOfTheMetadata(t *testing.T) {
	for _, test := range []struct {
		task fields
		want string
	}{
		{fields{"Group": "family:nightly"}, "family:nightly"},
		{fields{"Group": "service:shop", "ServiceName": "shop"}, "service:shop"},
		{fields{"ServiceName": "shop"}, "service:shop"},
		{fields{}, ""}, // a service on Fargate may not be named: that is no proof of a job
	} {
		e := newEndpoint(t, "fargate")
		w, k, _ := watching(e, Options{})
		e.task(test.task)
		e.dies("app", 1)
		w.poll(t.Context())
		if got := k.ends[0].Detail.Group; got != test.want {
			t.Errorf("%v: group %q, want %q", test.task, got, test.want)
		}
	}
}

func TestLinesAreEvents(t *testing.T) {
	e := newEndpoint(t, "ec2")
	var out bytes.Buffer
	w := New(Options{Endpoint: e.uri(), Reporter: Lines{&out}, Log: log.New(&out, "", 0)})
	e.dies("metrics", 1)
	e.dies("app", 0)
	w.poll(t.Context())
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("wrote %q", lines)
	}
	for i, name := range []string{"app", "metrics"} {
		var got Event
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil || got.Source != Source ||
			got.DetailType != DetailType || got.Detail.Containers[0].Name != name {
			t.Errorf("line %s: %v", lines[i], err)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("no space left on device") }

func TestALineThatCannotBeWrittenIsSaid(t *testing.T) {
	e := newEndpoint(t, "ec2")
	w, _, said := watching(e, Options{})
	w.options.Reporter = Lines{failing{}}
	e.dies("metrics", 1)
	w.poll(t.Context())
	if said.String() != "write the end of container metrics: no space left on device\n" {
		t.Errorf("said %q", said)
	}
}

func TestRunReadsOnceMoreAtItsEnd(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, "fargate")
	w, k, _ := watching(e, Options{Interval: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.Run(ctx); close(done) }()
	for e.times() == 0 {
		time.Sleep(time.Millisecond)
	}
	e.dies("log_router", 1)
	cancel()
	<-done
	if got := k.take(); !cmp.Equal(got, []string{"log_router 1"}) || e.times() != 2 {
		t.Errorf("reported %q in %d readings", got, e.times())
	}
}

// A reading that hangs when the end comes does not hold the process.
func TestRunEndsThoughTheEndpointHangs(t *testing.T) {
	t.Parallel()
	e := newEndpoint(t, "fargate")
	w, _, said := watching(e, Options{})
	e.breaks(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	w.Run(ctx)
	if took := time.Since(start); took > 2*lastTimeout {
		t.Errorf("ended after %s", took)
	}
	if strings.Contains(said.String(), "canceled") {
		t.Errorf("said %q", said)
	}
}

func TestIntervalIsJittered(t *testing.T) {
	w := New(Options{})
	seen := map[time.Duration]bool{}
	for range 100 {
		p := w.pause()
		if p < DefaultInterval*9/10 || p > DefaultInterval*11/10 {
			t.Fatalf("pause of %s", p)
		}
		seen[p] = true
	}
	if len(seen) < 50 {
		t.Errorf("%d pauses of 100 differ", len(seen))
	}
}

// Ten thousand readings, through deaths, restarts, changed ids and broken answers, leave neither goroutines nor memory
// behind.
func TestNothingGrows(t *testing.T) {
	if testing.Short() {
		t.Skip("ten thousand readings")
	}
	e := newEndpoint(t, "ec2")
	w, k, said := watching(e, Options{})
	polls := func(from, to int) {
		for i := from; i < to; i++ {
			switch i % 10 {
			case 0:
				e.container("metrics",
					fields{"KnownStatus": "RUNNING", "RestartCount": i / 10, "DockerId": fmt.Sprint("id-", i/100)})
			case 4:
				e.dies("metrics", 1)
			case 6:
				e.breaks(answer(200, "{"))
			case 7:
				e.breaks(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			case 8:
				e.breaks(nil)
			}
			w.poll(t.Context())
		}
	}
	measure := func(most int) (goroutines int, heap uint64) {
		w.client.CloseIdleConnections()
		e.CloseClientConnections()
		time.Sleep(100 * time.Millisecond)
		for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > most && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond) // those of connections are about to end
		}
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return runtime.NumGoroutine(), m.HeapAlloc
	}
	polls(0, 1000)
	if n := len(k.take()); n != 100 {
		t.Errorf("%d ends in the first thousand, want 100", n)
	}
	said.Reset()
	goroutines, heap := measure(math.MaxInt)
	polls(1000, 10_000)
	if n := len(k.take()); n != 900 {
		t.Errorf("%d ends in the other nine thousand, want 900", n)
	}
	said.Reset()
	goroutinesAfter, heapAfter := measure(goroutines)
	if goroutinesAfter > goroutines {
		t.Errorf("%d goroutines became %d", goroutines, goroutinesAfter)
	}
	if heapAfter > heap+512<<10 {
		t.Errorf("%d bytes became %d", heap, heapAfter)
	}
}
