//go:build !local

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/directory"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
)

// logsStandIn starts a stand-in of CloudWatch Logs in eu-north-1.
func logsStandIn(t *testing.T) *cwlogstest.Server {
	t.Helper()
	s := accounttest.Logs(t)
	t.Setenv("AWS_REGION", "eu-north-1")
	return s
}

type outcome struct {
	code           int
	stdout, stderr string
}

func invoke(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(args, strings.NewReader(""), &stdout, &stderr)
	return outcome{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

// crash is the event of a task of a service of the cluster prod that ended with exit code 1 so long ago.
func crash(service string, task int, ago time.Duration) string {
	at := time.Now().Add(-ago).UTC()
	id := accounttest.TaskID(task)
	event, err := json.Marshal(map[string]any{
		"version":     "0",
		"id":          id,
		"source":      "aws.ecs",
		"detail-type": "ECS Task State Change",
		"account":     "210987654321",
		"region":      "eu-north-1",
		"time":        at.Format(time.RFC3339),
		"detail": map[string]any{
			"taskArn":           "arn:aws:ecs:eu-north-1:210987654321:task/prod/" + id,
			"clusterArn":        "arn:aws:ecs:eu-north-1:210987654321:cluster/prod",
			"taskDefinitionArn": "arn:aws:ecs:eu-north-1:210987654321:task-definition/" + service + ":1",
			"group":             "service:" + service,
			"desiredStatus":     "STOPPED",
			"lastStatus":        "STOPPED",
			"stopCode":          "EssentialContainerExited",
			"stoppedReason":     "Essential container in task exited",
			"createdAt":         at.Add(-time.Minute).Format(time.RFC3339),
			"startedAt":         at.Add(-30 * time.Second).Format(time.RFC3339),
			"stoppingAt":        at.Format(time.RFC3339),
			"stoppedAt":         at.Format(time.RFC3339),
			"containers":        []map[string]any{{"name": "app", "lastStatus": "STOPPED", "exitCode": 1}},
		},
	})
	if err != nil {
		panic(err)
	}
	return string(event) + "\n"
}

func file(t *testing.T, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "stops.jsonl")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// archived puts events into the default log group.
func archived(t *testing.T, lines ...string) {
	t.Helper()
	if got := invoke(t, "archive", file(t, lines...), "--to", "logs:"); got.code != screen.ExitOK {
		t.Fatalf("archive ended with %d: %s", got.code, got.stderr)
	}
}

func TestHistoryOfALogGroup(t *testing.T) {
	s := logsStandIn(t)
	s.PageSize = 3
	archived(t, crash("web", 1, 3*time.Minute), crash("web", 2, time.Hour), crash("web-v2", 3, time.Minute),
		crash("web", 4, 10*24*time.Hour))
	if got := s.Streams(stack.LogGroup); !slices.Equal(got, []string{"prod/web-v2/", "prod/web/"}) {
		t.Errorf("streams %q", got)
	}

	web := invoke(t, "history", "--from", "logs:", "--cluster", "prod", "--service", "web")
	for _, want := range []string{
		"2 failures of 1 kind in prod/web since ",
		", the last failure 3 min ago\n",
		"3 min ago      2  60 min ago  FAILURE  prod/web  ran 30 s  app=1",
	} {
		if !strings.Contains(web.stdout, want) {
			t.Errorf("history of web lacks %q:\n%s%s", want, web.stdout, web.stderr)
		}
	}
	if strings.Contains(web.stdout, "web-v2") {
		t.Errorf("history of web shows web-v2:\n%s", web.stdout)
	}
	for _, test := range []struct {
		args  string
		tasks int
	}{
		{"", 3},
		{"--service web,web-v2", 3},
		{"--service web-v2", 1},
		{"--cluster prod,stage --service web", 2},
		{"--family web --since 30d", 3},
		{"--since all", 4},
		{"--since 30m", 2},
		{"--since 30d --until 2d", 1},
		{"--verdict expected", 0},
		{"--stage runtime --fault crashed --domain application --verdict failure", 3},
		{"--task " + accounttest.TaskID(2), 1},
		{"--cluster stage", 0},
	} {
		got := invoke(t,
			append([]string{"history", "--from", "logs:", "--each", "--json"}, strings.Fields(test.args)...)...)
		if n := strings.Count(got.stdout, "\n"); got.code != screen.ExitOK || n != test.tasks {
			t.Errorf("%q: exit code %d, %d tasks, want %d: %s%s", test.args, got.code, n, test.tasks, got.stdout,
				got.stderr)
		}
	}
	for _, id := range []string{
		accounttest.TaskID(4),
		accounttest.TaskID(4)[:8],
		"arn:aws:ecs:eu-north-1:210987654321:task/prod/" + accounttest.TaskID(4),
	} {
		if got := invoke(t, "history", "--from", "logs:",
			id); !strings.HasPrefix(got.stdout, "FAILURE  prod/web  task "+accounttest.TaskID(4)) {
			t.Errorf("history %s: %s%s", id, got.stdout, got.stderr)
		}
	}
	if got := invoke(t, "history", "--from", "logs:", accounttest.TaskID(5)); got.code != screen.ExitBad ||
		!strings.Contains(got.stderr, "no task \""+accounttest.TaskID(5)+"\" in log group /whystopped/stops\n") ||
		!strings.Contains(got.stderr, "\n    whystopped backfill --all-clusters --to logs:\n") {
		t.Errorf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
}

// TestHistoryGoesByTheTimeOfTheStop: CloudWatch Logs takes nothing of 20 days ago, so the log event has the present
// time.
func TestHistoryGoesByTheTimeOfTheStop(t *testing.T) {
	s := logsStandIn(t)
	archived(t, crash("web", 1, 20*24*time.Hour))
	if events := s.Events(stack.LogGroup, ""); len(events) != 1 || time.Since(events[0].Timestamp) > time.Hour {
		t.Fatalf("the log event does not have the present time: %v", events)
	}
	if got := invoke(t, "history", "--from", "logs:"); got.code != screen.ExitOK ||
		!strings.HasPrefix(got.stdout, "no stops in log group /whystopped/stops since ") {
		t.Errorf("the last 7 days show it: %s%s", got.stdout, got.stderr)
	}
	if got := invoke(t, "history", "--from", "logs:", "--since",
		"21d"); !strings.Contains(got.stdout, "20 days ago      1") {
		t.Errorf("the last 21 days do not show it: %s%s", got.stdout, got.stderr)
	}
}

func TestHistoryShowsAStopOnce(t *testing.T) {
	s := logsStandIn(t)
	event := crash("web", 1, time.Minute)
	archived(t, event)
	archived(t, event, event)
	if n := len(s.Events(stack.LogGroup, "")); n != 3 {
		t.Fatalf("%d log events", n)
	}
	if got := invoke(t, "history", "--from",
		"logs:"); !strings.HasPrefix(got.stdout, "1 failure of 1 kind in prod/web") {
		t.Errorf("%s%s", got.stdout, got.stderr)
	}
}

func TestLogGroupFaults(t *testing.T) {
	event := crash("web", 1, time.Minute)
	for _, test := range []struct {
		name   string
		faults []cwlogstest.Fault
		args   []string
		code   int
		says   []string
	}{
		{
			name:   "reading is denied",
			faults: []cwlogstest.Fault{cwlogstest.Denied("FilterLogEvents")},
			args:   []string{"history", "--from", "logs:", "--each"},
			code:   screen.ExitBad,
			says:   []string{"not allowed to call logs:FilterLogEvents", `log group "/whystopped/stops" in eu-north-1`},
		},
		{
			name:   "writing is denied",
			faults: []cwlogstest.Fault{cwlogstest.Denied("PutLogEvents")},
			args:   []string{"archive", file(t, event), "--to", "logs:"},
			code:   screen.ExitBad,
			says: []string{
				"0 stops written to log group /whystopped/stops, then: ",
				"not allowed to call logs:PutLogEvents",
				`log group "/whystopped/stops" in eu-north-1, stream prod/web/`,
			},
		},
		{
			name: "no such group to read",
			args: []string{"history", "--from", "logs:/team/stops", "--region", "eu-west-1"},
			code: screen.ExitBad,
			says: []string{
				`no log group "/team/stops" in eu-west-1: deploy whystopped there, or name the group and the Region`,
			},
		},
		{
			name: "no such group to write to",
			args: []string{"archive", file(t, event), "--to", "logs:/team/stops"},
			code: screen.ExitBad,
			says: []string{`no log group "/team/stops" in eu-north-1`},
		},
		{
			name:   "throttled reading",
			faults: []cwlogstest.Fault{cwlogstest.Throttled(2)},
			args:   []string{"history", "--from", "logs:"},
			code:   screen.ExitOK,
		},
		{
			name:   "throttled writing",
			faults: []cwlogstest.Fault{cwlogstest.Throttled(2), cwlogstest.Failing(1, 503)},
			args:   []string{"archive", file(t, event), "--to", "logs:"},
			code:   screen.ExitOK,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := logsStandIn(t)
			for _, f := range test.faults {
				s.Inject(f)
			}
			got := invoke(t, test.args...)
			if got.code != test.code || (got.stdout == "") != (test.code == screen.ExitBad) {
				t.Errorf("exit code %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
			}
			for _, want := range test.says {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("stderr lacks %q: %s", want, got.stderr)
				}
			}
			if strings.Count(got.stderr, "\n") != min(len(test.says), 1) {
				t.Errorf("stderr is not one line for an error and none without: %q", got.stderr)
			}
		})
	}
}

// TestArchiveToALogGroupReportsNoMoreThanIsStored: 2,500 stops in few calls, one of which is refused for good.
func TestArchiveToALogGroupReportsNoMoreThanIsStored(t *testing.T) {
	var lines []string
	for i := range 2500 {
		lines = append(lines, crash("web", i, time.Duration(i)*time.Second))
	}
	input := file(t, lines...)

	s := logsStandIn(t)
	if got := invoke(t, "archive", input, "--to", "logs:"); !strings.HasPrefix(got.stdout, "kept     2500  ") ||
		len(s.Events(stack.LogGroup, "")) != 2500 {
		t.Errorf("%d log events: %s%s", len(s.Events(stack.LogGroup, "")), got.stdout, got.stderr)
	}
	calls := s.Calls("PutLogEvents")
	if calls > 40 {
		t.Errorf("%d calls for 2,500 records", calls)
	}

	s = logsStandIn(t)
	denied := cwlogstest.Denied("PutLogEvents")
	denied.Every = calls
	s.Inject(denied)
	got := invoke(t, "archive", input, "--to", "logs:")
	reported := regexp.MustCompile(`^whystopped: (\d+) stops written to log group /whystopped/stops, then: .*not ` +
		`allowed to call logs:PutLogEvents`).FindStringSubmatch(got.stderr)
	if got.code != screen.ExitBad || got.stdout != "" || reported == nil {
		t.Fatalf("exit code %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
	}
	stored := len(s.Events(stack.LogGroup, ""))
	if n, _ := strconv.Atoi(reported[1]); n > stored || n < 1000 || stored >= 2500 {
		t.Errorf("%d reported, %d stored", n, stored)
	}
}

func TestHistorySkipsWhatIsNoRecordInALogGroup(t *testing.T) {
	s := logsStandIn(t)
	archived(t, crash("web", 1, time.Minute))
	body := fmt.Sprintf(`{"logGroupName":%q,"logStreamName":"prod/web/","logEvents":[{"timestamp":%d,`+
		`"message":"hello"}]}`, stack.LogGroup, time.Now().UnixMilli())
	request, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "Logs_20140328.PutLogEvents")
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 …")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	counted := invoke(t, "history", "--from", "logs:")
	if counted.code != screen.ExitOK || !strings.HasPrefix(counted.stdout, "1 failure of 1 kind") {
		t.Errorf("exit code %d: %s", counted.code, counted.stdout)
	}
	got := invoke(t, "history", "--from", "logs:", "--each")
	if got.code != screen.ExitOK || !strings.HasPrefix(got.stdout, "1 failure of 1 kind") {
		t.Errorf("exit code %d: %s", got.code, got.stdout)
	}
	if want := `whystopped: log group "/whystopped/stops", stream "prod/web/", event `; !strings.HasPrefix(got.stderr,
		want) || !strings.HasSuffix(got.stderr, "skipped\n") {
		t.Errorf("stderr %q", got.stderr)
	}
}

// TestAWSConfiguration: profile, Region and endpoint come from where every AWS tool takes them.
func TestAWSConfiguration(t *testing.T) {
	s := logsStandIn(t)
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config,
		[]byte("[profile ops]\nregion = eu-west-3\naws_access_key_id = AKIDOPS\naws_secret_access_key = "+
			"example\nendpoint_url = "+s.URL+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	reset := func(t *testing.T) {
		for _, name := range []string{
			"AWS_ENDPOINT_URL",
			"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
			"AWS_REGION",
			"AWS_ACCESS_KEY_ID",
			"AWS_SECRET_ACCESS_KEY",
		} {
			t.Setenv(name, "")
		}
		t.Setenv("AWS_CONFIG_FILE", config)
	}
	for _, test := range []struct {
		name string
		env  map[string]string
		args []string
		says string
	}{
		{"flag", nil, []string{"--profile", "ops"}, `no log group "/none" in eu-west-3`},
		{
			"flag for the Region",
			nil,
			[]string{"--profile", "ops", "--region", "us-east-1"},
			`no log group "/none" in us-east-1`,
		},
		{"environment", map[string]string{"AWS_PROFILE": "ops"}, nil, `no log group "/none" in eu-west-3`},
		{
			"environment's Region",
			map[string]string{"AWS_PROFILE": "ops", "AWS_REGION": "us-east-2"},
			nil,
			`no log group "/none" in us-east-2`,
		},
		{
			"keys and endpoint of the environment",
			map[string]string{
				"AWS_ACCESS_KEY_ID":     "AKIDEXAMPLE",
				"AWS_SECRET_ACCESS_KEY": "example",
				"AWS_REGION":            "sa-east-1",
				"AWS_ENDPOINT_URL":      s.URL,
			},
			nil,
			`no log group "/none" in sa-east-1`,
		},
		{
			"no Region",
			map[string]string{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"},
			nil,
			"no AWS Region: give --region, or set AWS_REGION",
		},
		{
			"no credentials",
			map[string]string{"AWS_REGION": "sa-east-1"},
			nil,
			"no AWS credentials: log in, or name a profile that has them with --profile or AWS_PROFILE",
		},
		{
			"no such profile",
			nil,
			[]string{"--profile", "nobody"},
			"no profile \"nobody\" in the shared AWS configuration\n    aws configure list-profiles\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			reset(t)
			for name, value := range test.env {
				t.Setenv(name, value)
			}
			got := invoke(t, append([]string{"history", "--from", "logs:/none"}, test.args...)...)
			if got.code != screen.ExitBad || !strings.Contains(got.stderr, test.says) {
				t.Errorf("exit code %d, stderr lacks %q: %s", got.code, test.says, got.stderr)
			}
		})
	}
}

// TestArchiveInterrupted: with a stream that has nothing to read at the moment, SIGINT ends the process, and what was
// written stays.
func TestArchiveInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	c := exec.Command("whystopped", "archive", "-", "--to", dir)
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	// Two events, because the end of one is known for certain when the next begins.
	if _, err := io.WriteString(stdin, crash("web", 1, time.Minute)+crash("web", 2, time.Minute)); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if days, _ := filepath.Glob(filepath.Join(dir, "*.jsonl")); days != nil {
			if info, err := os.Stat(days[0]); err == nil && info.Size() > 0 {
				break
			}
		}
		if time.Now().After(until) {
			c.Process.Kill()
			t.Fatalf("nothing was written: %s", stderr.String())
		}
	}
	if err := c.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Minute, func() { c.Process.Kill() })
	defer timer.Stop()
	c.Wait()
	written := regexp.MustCompile(`^whystopped: interrupted: ([12]) stops? written to .*/kept; archive the same ` +
		`files again for the rest\n$`).FindStringSubmatch(stderr.String())
	if c.ProcessState.ExitCode() != screen.ExitBad || stdout.Len() > 0 || written == nil {
		t.Fatalf("%v, stdout %q, stderr %q", c.ProcessState, stdout.String(), stderr.String())
	}
	records := 0
	for _, err := range directory.Read(dir).Records(archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		records++
	}
	if fmt.Sprint(records) != written[1] {
		t.Errorf("%s reported, %d written", written[1], records)
	}
}
