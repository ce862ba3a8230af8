package account

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/events"
	"whystopped/ingest"
)

// tailing is a tail that goes on.
type tailing struct {
	t      *testing.T
	end    context.CancelFunc
	ended  chan error
	mu     sync.Mutex
	stdout bytes.Buffer
	stderr bytes.Buffer
}

// locked is a stream of a tail that the test reads meanwhile.
type locked struct {
	*tailing
	to *bytes.Buffer
}

func (l locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}

// startTail runs the command, which asks fifty times a second.
func startTail(t *testing.T, args ...string) *tailing {
	t.Helper()
	was := tailEvery
	t.Cleanup(func() { tailEvery = was })
	tailEvery = 20 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	g := &tailing{t: t, end: cancel, ended: make(chan error, 1)}
	c := tailCommand()
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(append([]string{}, args...)) // never nil, which is for the arguments of the test
	c.SetOut(locked{g, &g.stdout})
	c.SetErr(locked{g, &g.stderr})
	go func() { g.ended <- c.ExecuteContext(ctx) }()
	t.Cleanup(func() { cancel(); g.wait() })
	return g
}

// wait is the error that it ends with.
func (g *tailing) wait() error {
	g.t.Helper()
	select {
	case err := <-g.ended:
		g.ended <- err
		return err
	case <-time.After(20 * time.Second):
		g.t.Fatal("it goes on")
		return nil
	}
}

// said are stdout and stderr so far.
func (g *tailing) said() (stdout, stderr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stdout.String(), g.stderr.String()
}

// until waits for what is said or done meanwhile.
func (g *tailing) until(what string, is func() bool) {
	g.t.Helper()
	for end := time.Now().Add(15 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		select {
		case err := <-g.ended:
			g.ended <- err
			if is() {
				return
			}
			g.t.Fatalf("ended before it %s: %v", what, err)
		default:
		}
		if time.Now().After(end) {
			stdout, stderr := g.said()
			g.t.Fatalf("never %s:\n%s%s", what, stdout, stderr)
		}
	}
}

func (g *tailing) untilSays(words string) {
	g.t.Helper()
	g.until("says "+words, func() bool {
		stdout, stderr := g.said()
		return strings.Contains(stdout+stderr, words)
	})
}

// crashed is the record of a stop of prod/web now.
func crashed(t *testing.T, n int) archive.Record {
	t.Helper()
	tasks := crashedTasks("prod", n+1)
	raw, err := json.Marshal(tasks[n])
	if err != nil {
		t.Fatal(err)
	}
	stops, err := events.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return ingest.Explain(stops[0], archive.SourceEvent, time.Now())
}

func TestTailTellsWhatIsArchivedFromNowOn(t *testing.T) {
	for _, from := range []string{"logs:", "stops"} {
		t.Run(from, func(t *testing.T) {
			a := newAccount(t)
			a.logs.PageSize = 1
			t.Chdir(t.TempDir())
			put := func(records ...archive.Record) { putRecord(t, from, records...) }
			old, first, second, other := crashed(t, 1), crashed(t, 2), crashed(t, 3), crashed(t, 4)
			other.Cluster = "dev"
			put(old)
			g := startTail(t, "--cluster", "prod", "--service", "web", "--from", from)
			polls := a.logs.Calls("FilterLogEvents")
			g.until("asks", func() bool { return from == "stops" || a.logs.Calls("FilterLogEvents") > polls+3 })
			if from == "stops" {
				time.Sleep(200 * time.Millisecond)
			}
			put(first, other)
			g.untilSays(first.TaskID)
			again := first
			again.ClassifierVersion++
			put(again, second)
			g.untilSays(second.TaskID)
			g.end()
			if err := g.wait(); err != nil {
				t.Errorf("ends with %v", err)
			}
			stdout, stderr := g.said()
			line := regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  FAILURE  prod/web  app=1  .*` +
				`exit code 1.* \(runtime.crashed\)  [0-9a-f]{32}$`)
			lines := strings.Split(strings.TrimSpace(stdout), "\n")
			if len(lines) != 2 || !line.MatchString(lines[0]) || stderr != "" ||
				!strings.HasSuffix(lines[0], first.TaskID) || !strings.HasSuffix(lines[1], second.TaskID) {
				t.Errorf("told\n%s%s", stdout, stderr)
			}
		})
	}
}

// TestTailTellsWhatIsArchivedLate: a record stands in the group at the time of its stop, minutes back.
func TestTailTellsWhatIsArchivedLate(t *testing.T) {
	a := newAccount(t)
	g := startTail(t, "--from", "logs:", "--json")
	g.until("asks", func() bool { return a.logs.Calls("FilterLogEvents") > 1 })
	soon := crashed(t, 1)
	soon.StoppedAt = archive.Time{Time: time.Now().Add(-90 * time.Second)}
	putRecord(t, "logs:", soon)
	g.untilSays(`"taskId":"` + soon.TaskID + `"`)
}

// TestTailTellsWhatECSShows: where no stack is deployed, or none may be read, tasks that stopped after it began, also
// those that were stopping then.
func TestTailTellsWhatECSShows(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		set  func(a *awsAccount)
	}{
		{"no stack", []string{"--cluster", "prod"}, func(a *awsAccount) {
			a.logs.Inject(cwlogstest.Fault{Operation: "FilterLogEvents", Status: http.StatusBadRequest,
				Code: "ResourceNotFoundException", Message: "The specified log group does not exist."})
		}},
		{"not allowed", []string{"--cluster", "prod", "--service", "web"}, func(a *awsAccount) {
			a.logs.Inject(cwlogstest.Denied("FilterLogEvents"))
		}},
		{"all clusters", []string{"--service", "web"}, func(a *awsAccount) {
			a.logs.Inject(cwlogstest.Denied("FilterLogEvents"))
			a.ecs.stop("dev", nil)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAccount(t)
			a.ecs.pageSize = 2
			test.set(a)
			tasks := crashedTasks("prod", 5)
			stopping := tasks[3]
			stopping["lastStatus"] = "DEPROVISIONING"
			a.ecs.stop("prod", tasks[:4])
			g := startTail(t, append(test.args, "--full")...)
			g.untilSays("what ECS shows is told instead")
			g.until("asks", func() bool { return a.ecs.count("ListTasks") > 8 })
			stopped := task{}
			for name, value := range stopping {
				stopped[name] = value
			}
			stopped["lastStatus"] = "STOPPED"
			a.ecs.stop("prod", []task{tasks[0], tasks[1], tasks[2], stopped, tasks[4]})
			ids := []string{lastPart(stopped.arn()), lastPart(tasks[4].arn())}
			g.untilSays("task " + ids[0])
			g.untilSays("task " + ids[1])
			described := a.ecs.count("DescribeTasks")
			lists := a.ecs.count("ListTasks")
			g.until("asks on", func() bool { return a.ecs.count("ListTasks") > lists+8 })
			if after := a.ecs.count("DescribeTasks"); after > described+1 {
				t.Errorf("%d calls for tasks that are known", after-described)
			}
			g.end()
			if err := g.wait(); err != nil {
				t.Errorf("ends with %v", err)
			}
			stdout, stderr := g.said()
			if n := strings.Count(stdout, "FAILURE  "); n != 2 || strings.Count(stderr, "\n") != 1 {
				t.Errorf("told %d stops\n%s%s", n, stdout, stderr)
			}
			for _, id := range ids {
				if strings.Count(stdout, "task "+id+"  stopped") != 1 {
					t.Errorf("%s is not told once:\n%s", id, stdout)
				}
			}
			if strings.Contains(stdout+stderr, "do-not-leak") {
				t.Errorf("a secret is printed:\n%s%s", stdout, stderr)
			}
			if !strings.Contains(stdout, "\n  cause ") {
				t.Errorf("--full shows no screen:\n%s", stdout)
			}
		})
	}
}

// TestTailWaitsForWhatPasses says a trouble once, and that it is over, and tells what came meanwhile.
func TestTailWaitsForWhatPasses(t *testing.T) {
	const trouble = "nothing new can be seen for now, and AWS is asked on: "
	for _, test := range []struct {
		name string
		set  func(a *awsAccount) // before it begins
		bad  func(a *awsAccount)
		good func(t *testing.T, a *awsAccount)
		want []string // on stderr
	}{
		{"a log group throttles", func(*awsAccount) {},
			func(a *awsAccount) { a.logs.Inject(cwlogstest.Throttled(0)) },
			func(t *testing.T, a *awsAccount) {
				a.logs.Heal()
				putRecord(t, "logs:", crashed(t, 1))
			}, []string{trouble + "ThrottlingException: Rate exceeded", "AWS answers again"}},
		{"ECS fails", func(a *awsAccount) { a.logs.Inject(cwlogstest.Denied("FilterLogEvents")) },
			func(a *awsAccount) {
				a.ecs.inject(awsFault{operation: "ListTasks", times: 3, refusal: awsRefusal{
					Status: http.StatusInternalServerError, Code: "ServerException", Message: "Service Unavailable."}})
			},
			func(_ *testing.T, a *awsAccount) { a.ecs.stop("prod", crashedTasks("prod", 2)[1:]) },
			[]string{"what ECS shows is told instead", trouble + "ServerException: Service", "AWS answers again"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAccount(t)
			a.ecs.stop("prod", nil)
			test.set(a)
			g := startTail(t, "--cluster", "prod")
			g.until("asks", func() bool { return a.logs.Calls("FilterLogEvents") > 1 || a.ecs.count("ListTasks") > 1 })
			test.bad(a)
			g.untilSays(trouble)
			id := crashed(t, 1).TaskID
			test.good(t, a)
			g.untilSays(id)
			g.end()
			if err := g.wait(); err != nil {
				t.Errorf("ends with %v", err)
			}
			_, stderr := g.said()
			lines := screentest.Sentences(stderr)
			if len(lines) != len(test.want) {
				t.Fatalf("says\n%s", stderr)
			}
			for i, want := range test.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("says %q, want %q", lines[i], want)
				}
			}
		})
	}
}

func TestTailEndsWhereNothingCanBeSeen(t *testing.T) {
	missing := cwlogstest.Fault{Operation: "FilterLogEvents", Status: http.StatusBadRequest,
		Code: "ResourceNotFoundException", Message: "The specified log group does not exist."}
	expired := *refuseWith("ExpiredTokenException", "The security token included in the request is expired")
	for _, test := range []struct {
		name string
		set  func(t *testing.T, a *awsAccount)
		args []string
		want string
	}{
		{"no Region", func(t *testing.T, _ *awsAccount) { t.Setenv("AWS_REGION", "") }, nil, "no AWS Region: give"},
		{"a group that was named", func(_ *testing.T, a *awsAccount) { a.logs.Inject(missing) },
			[]string{"--from", "logs:"}, `no log group "/whystopped/stops" in eu-west-1: deploy whystopped there`},
		{"a directory that is none", nil, []string{"--from", "nowhere"}, "no archive in nowhere"},
		{"no cluster", func(_ *testing.T, a *awsAccount) { a.logs.Inject(missing) }, []string{"--cluster", "qa"},
			`no cluster "qa" in eu-west-1`},
		{"no permission", func(_ *testing.T, a *awsAccount) {
			a.logs.Inject(missing)
			a.ecs.inject(awsFault{operation: "ListTasks", refusal: denied("ecs:ListTasks")})
		}, []string{"--cluster", "prod"}, "not allowed to call ecs:ListTasks: allow it on the cluster"},
		{"expired", func(_ *testing.T, a *awsAccount) {
			a.logs.Inject(missing)
			a.ecs.inject(awsFault{operation: "ListTasks", refusal: expired})
		}, []string{"--cluster", "prod"}, "the AWS credentials have expired: log in again"},
		{"out of reach", func(t *testing.T, _ *awsAccount) {
			t.Setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://127.0.0.1:1")
		}, nil, "no answer to logs:FilterLogEvents on the log group"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAccount(t)
			t.Chdir(t.TempDir())
			a.ecs.stop("prod", nil)
			if test.set != nil {
				test.set(t, a)
			}
			_, stderr := whystopped(t, screen.ExitBad, slices.Concat([]string{"tail"}, test.args)...)
			lines := screentest.Sentences(stderr)
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "whystopped: "+test.want) ||
				strings.Contains(stderr, "operation error") {
				t.Errorf("lacks %q:\n%s", test.want, stderr)
			}
		})
	}
}

// TestTailEndsWhenCredentialsExpire: nothing can be seen any more, and asking on would hide that.
func TestTailEndsWhenCredentialsExpire(t *testing.T) {
	a := newAccount(t)
	g := startTail(t)
	g.until("asks", func() bool { return a.logs.Calls("FilterLogEvents") > 1 })
	a.logs.Inject(cwlogstest.Fault{Operation: "FilterLogEvents", Status: http.StatusBadRequest,
		Code: "ExpiredTokenException", Message: "The security token included in the request is expired"})
	if err := g.wait(); err == nil || !strings.HasPrefix(err.Error(), "the AWS credentials have expired: log in") {
		t.Errorf("ends with %v", err)
	}
}

// TestNothingInAStopSteersTheTerminalOfTail: a line is a line, whatever a text holds.
func TestNothingInAStopSteersTheTerminalOfTail(t *testing.T) {
	a := newAccount(t)
	g := startTail(t)
	g.until("asks", func() bool { return a.logs.Calls("FilterLogEvents") > 1 })
	r := crashed(t, 1)
	r.Summary, r.Culprit = "red \x1b[31m\r\nand \u202e more", "app\x07"
	putRecord(t, "logs:", r)
	g.untilSays(r.TaskID)
	if stdout, _ := g.said(); strings.Count(stdout, "\n") != 1 || strings.ContainsAny(stdout, "\x1b\r\x07\u202e") {
		t.Errorf("prints %q", stdout)
	}
}

// TestTailMakesNoCallsBesideItsTable: those of the archive, and those of ECS where there is none.
func TestTailMakesNoCallsBesideItsTable(t *testing.T) {
	a := newAccount(t)
	a.ecs.stop("prod", crashedTasks("prod", 1))
	a.logs.Inject(cwlogstest.Denied("FilterLogEvents"))
	g := startTail(t)
	g.until("asks", func() bool { return a.ecs.count("DescribeTasks") > 0 })
	g.end()
	g.wait()
	compareCalls(t, a, "tail")
}
