package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/ingest"
)

const group = "/whystopped/test"

// canary is a text that must never be written anywhere.
func canary(place string) string { return "do-not-leak-" + place }

// service is a stand-in of CloudWatch Logs with the group.
func service(t *testing.T) *cwlogstest.Server {
	server := cwlogstest.NewServer()
	t.Cleanup(server.Close)
	server.CreateGroup(group, 30)
	return server
}

// an hour ago, in the precision of ECS.
var stoppedAt = time.Now().UTC().Add(-time.Hour).Truncate(time.Millisecond)

type object = map[string]any

// stopped is the event of a task of prod/web whose process ended with 1, with some fields of its detail changed.
func stopped(t testing.TB, task string, changes object) []byte {
	t.Helper()
	const arn = "arn:aws:ecs:eu-west-1:111122223333:"
	at := func(ago time.Duration) string { return stoppedAt.Add(-ago).Format("2006-01-02T15:04:05.000Z") }
	detail := object{
		"clusterArn": arn + "cluster/prod",
		"containers": []object{{
			"containerArn": arn + "container/prod/" + task + "/01", "name": "app", "lastStatus": "STOPPED",
			"exitCode": 1,
			"image":    "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:42", "runtimeId": task + "-01",
		}},
		"cpu": "512", "memory": "1024", "launchType": "FARGATE", "platformVersion": "1.4.0",
		"createdAt": at(time.Minute), "startedAt": at(40 * time.Second), "stoppingAt": at(10 * time.Second),
		"executionStoppedAt": at(11 * time.Second), "stoppedAt": at(0),
		"desiredStatus": "STOPPED", "lastStatus": "STOPPED",
		"group": "service:web", "startedBy": "ecs-svc/4374651048025955904",
		"stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
		"taskArn": arn + "task/prod/" + task, "taskDefinitionArn": arn + "task-definition/web:42", "version": 6,
	}
	maps.Copy(detail, changes)
	event, err := json.Marshal(object{
		"version": "0", "id": "event-" + task, "detail-type": "ECS Task State Change", "source": "aws.ecs",
		"account": "111122223333", "region": "eu-west-1", "time": at(-time.Second),
		"resources": []string{arn + "task/prod/" + task},
		"detail":    detail,
	})
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// records decodes what is stored, by the time of the log events.
func records(t *testing.T, server *cwlogstest.Server) []archive.Record {
	t.Helper()
	var all []archive.Record
	for _, event := range server.Events(group, "") {
		r, err := archive.Decode([]byte(event.Message))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// logLine is a line of the function's log.
type logLine struct {
	Timestamp             time.Time
	Level                 string
	Message               string
	RequestID             string
	Error                 string
	DedupKey              string
	Class                 string
	Verdict               string
	Cluster               string
	Service               string
	ExplainMs             *float64
	WriteMs               *float64
	Stops, IngestFailures int
}

// logLines reads the function's log and wants each line to be JSON.
func logLines(t *testing.T, log string) []logLine {
	t.Helper()
	var lines []logLine
	for text := range strings.Lines(log) {
		var line logLine
		if err := json.Unmarshal([]byte(text), &line); err != nil || line.Timestamp.IsZero() || line.Level == "" ||
			line.Message == "" {
			t.Errorf("log line %q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

// invocationLine returns the one line about an invocation.
func invocationLine(t *testing.T, log, requestID string) logLine {
	t.Helper()
	var found []logLine
	for _, line := range logLines(t, log) {
		if line.RequestID == requestID {
			found = append(found, line)
		}
	}
	if len(found) != 1 || found[0].ExplainMs == nil || found[0].WriteMs == nil {
		t.Fatalf("invocation %s has not one line with durations: %+v in\n%s", requestID, found, log)
	}
	return found[0]
}

func TestAnEventInGivesOneRecordOut(t *testing.T) {
	t.Parallel()
	server := service(t)
	f := start(t, server.URL, stack.EnvLogGroup+"="+group, stack.EnvMetrics+"="+stack.On)
	a, requestID := f.invoke(stopped(t, "task-one", nil), 10*time.Second)
	if a.failed || a.body != `{"records":1}` {
		t.Errorf("answered %+v", a)
	}

	stored := server.Events(group, "")
	if len(stored) != 1 {
		t.Fatalf("%d log events: %v", len(stored), stored)
	}
	if stored[0].Stream != "prod/web/" || !stored[0].Timestamp.Equal(stoppedAt) {
		t.Errorf("in stream %q at %s; want prod/web/ at %s", stored[0].Stream, stored[0].Timestamp, stoppedAt)
	}
	r := records(t, server)[0]
	if recorded := time.Since(r.RecordedAt.Time); recorded < 0 || recorded > time.Minute {
		t.Errorf("recorded at %s", r.RecordedAt)
	}
	got := []any{r.Kind, r.Source, r.DedupKey, r.EventID, r.Class, r.Verdict, r.StoppedAt.Time}
	want := []any{"task", archive.SourceEvent, "task-one", "event-task-one", "runtime.crashed", "failure", stoppedAt}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}

	log := f.stop()
	line := invocationLine(t, log, requestID)
	logged := []any{line.Level, line.DedupKey, line.Class, line.Verdict, line.Cluster, line.Service, line.Stops,
		line.IngestFailures}
	if diff := cmp.Diff([]any{"INFO", "task-one", "runtime.crashed", "failure", "prod", "web", 1, 0},
		logged); diff != "" {
		t.Errorf("logged (-want +got):\n%s", diff)
	}
	for _, text := range []string{"111122223333.dkr.ecr", "Essential container", "ecs-svc/"} {
		if strings.Contains(log, text) {
			t.Errorf("the log holds %q of the event:\n%s", text, log)
		}
	}
}

func TestTheSameEventTwiceHasOneKey(t *testing.T) {
	t.Parallel()
	server := service(t)
	f := start(t, server.URL, stack.EnvLogGroup+"="+group)
	event := stopped(t, "task-one", nil)
	f.succeeds(event)
	f.succeeds(event)
	stored := records(t, server)
	if len(stored) != 2 || stored[0].DedupKey != "task-one" || stored[1].DedupKey != "task-one" {
		t.Errorf("stored %+v", stored)
	}
}

func TestNothingIsKeptBetweenEvents(t *testing.T) {
	t.Parallel()
	server := service(t)
	f := start(t, server.URL, stack.EnvLogGroup+"="+group)
	oom := stopped(t, "task-oom", object{
		"group": "family:job", "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/batch", "startedBy": "nightly",
		"containers": []object{
			{"name": "job", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage",
				"lastStatus": "STOPPED"},
			{"name": "log_router", "exitCode": 0, "lastStatus": "STOPPED"},
		},
	})
	pull := stopped(t, "task-pull", object{
		"stopCode": "TaskFailedToStart", "startedAt": nil, "executionStoppedAt": nil,
		"containers":    []object{{"name": "app", "image": "public.ecr.aws/web:1", "lastStatus": "STOPPED"}},
		"stoppedReason": `CannotPullContainerError: failed to resolve ref public.ecr.aws/web:1: failed to do request: Head "https://public.ecr.aws/v2/web/manifests/1": dial tcp 99.83.145.10:443: i/o timeout`,
	})
	sent := [][]byte{oom, pull, []byte("not an event"), oom, pull}
	for _, event := range sent {
		f.succeeds(event)
	}

	want := map[string]archive.Record{}
	times := map[string]int{}
	for _, event := range sent[:3] {
		stops, err := events.Parse(event)
		if err != nil {
			stops = []events.Stop{{Kind: events.KindUnreadable, Raw: event, Refusal: err.Error()}}
		}
		line, err := ingest.Explain(stops[0], archive.SourceEvent, time.Time{}).Encode()
		if err != nil {
			t.Fatal(err)
		}
		r, err := archive.Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		want[r.DedupKey] = r
	}
	for _, r := range records(t, server) {
		times[r.DedupKey]++
		r.RecordedAt = archive.Time{}
		if diff := cmp.Diff(want[r.DedupKey], r); diff != "" {
			t.Errorf("record of a process that saw nothing before (-), and of this one (+):\n%s", diff)
		}
	}
	if diff := cmp.Diff(map[string]int{"task-oom": 2, "task-pull": 2, digest([]byte("not an event")): 1},
		times); diff != "" {
		t.Errorf("records by key (-want +got):\n%s", diff)
	}
}

func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:16])
}

func TestWhatCannotBeReadIsArchived(t *testing.T) {
	t.Parallel()
	server := service(t)
	f := start(t, server.URL, stack.EnvLogGroup+"="+group)
	for i, test := range []struct {
		name    string
		payload []byte
	}{
		{"empty", nil},
		{"null", []byte("null")},
		{"array of numbers", []byte("[1, 2, 3]")},
		{"wrong types", []byte(`{"detail-type":"ECS Task State Change","source":"aws.ecs","detail":"none"}`)},
		{"no detail", []byte(`{"detail-type":"ECS Task State Change","source":"aws.ecs"}`)},
		{"1.1 MB", stopped(t, "task", object{"stoppedReason": strings.Repeat("reason ", 1_100_000/7)})},
		{"1.1 MB of broken JSON", []byte(`{"detail-type":"` + strings.Repeat("x", 1_100_000))},
		{"broken UTF-8", bytes.Replace(stopped(t, "task", nil), []byte("Essential"), []byte("Ess\xffential"), 1)},
		{"broken JSON", stopped(t, "task", nil)[:400]},
		{"another detail-type",
			bytes.Replace(stopped(t, "task", nil), []byte("ECS Task State Change"),
				[]byte("EC2 Instance State-change Notification"), 1)},
		{"running task", stopped(t, "task", object{"lastStatus": "RUNNING", "desiredStatus": "RUNNING",
			"stopCode": nil, "stoppedReason": nil, "stoppingAt": nil, "executionStoppedAt": nil, "stoppedAt": nil,
			"containers": []object{{"name": "app", "lastStatus": "RUNNING"}}})},
	} {
		a, requestID := f.invoke(test.payload, 10*time.Second)
		if a.failed || a.body != `{"records":1}` {
			t.Errorf("%s: invocation %s answered %+v", test.name, requestID, a)
			continue
		}
		all := records(t, server)
		if len(all) != i+1 {
			t.Fatalf("%s: %d records, want %d", test.name, len(all), i+1)
		}
		found := false
		for _, r := range all {
			found = found || r.DedupKey == digest(test.payload)
		}
		if !found {
			t.Errorf("%s: no record has the key %s of its bytes", test.name, digest(test.payload))
		}
	}
	for _, r := range records(t, server) {
		if r.Kind != "unreadable" || r.Class != "unknown.unknown" || r.Verdict != "review" || r.Summary == "" ||
			r.Source != archive.SourceEvent {
			t.Errorf("record %s %s %s %q %s", r.Kind, r.Class, r.Verdict, r.Summary, r.Source)
		}
	}
	if streams := server.Streams(group); len(streams) != 1 || streams[0] != "unreadable/" {
		t.Errorf("streams %q", streams)
	}
	for _, line := range logLines(t, f.stop()) {
		if line.Level != "INFO" || line.Class != "unknown.unknown" || line.Stops != 1 {
			t.Errorf("logged %+v", line)
		}
	}
}

func TestNoSecretIsWritten(t *testing.T) {
	t.Parallel()
	server := service(t)
	f := start(t, server.URL, stack.EnvLogGroup+"="+group)
	event := stopped(t, "task-secret", object{
		"stopCode": "TaskFailedToStart",
		"stoppedReason": `CannotPullContainerError: failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-layers.s3.eu-west-1.amazonaws.com/layer?X-Amz-Credential=` +
			canary("credential") + `&X-Amz-Security-Token=` + canary("token") + `&X-Amz-Signature=` +
			canary("signature") + `": dial tcp 52.219.133.90:443: i/o timeout`,
		"containers": []object{{"name": "app", "lastStatus": "STOPPED", "reason": "exec https://user:" +
			canary("userinfo") + "@git.example.com/web failed"}},
		"overrides": object{"containerOverrides": []object{{
			"name": "app",
			"command": []string{"migrate", "--user", "admin", "--password", canary("argument"), "--password=" +
				canary("assignment")},
			"environment": []object{{"name": "DB_PASSWORD", "value": canary("environment")},
				{"name": "PLAIN", "value": canary("plain")}},
		}}},
	})
	const secret = "do-not-leak"
	payloads := [][]byte{
		event,
		bytes.ReplaceAll(event, []byte(`\u0026`), []byte("&")),
		bytes.Replace(event, []byte(`"group":"service:web"`), []byte(`"group":17`), 1),
		event[:bytes.LastIndex(event, []byte(canary("signature")))+len(secret)],
		event[:bytes.LastIndex(event, []byte(canary("plain")))+len(secret)],
		event[:bytes.LastIndex(event, []byte(canary("argument")))+len(secret)],
	}
	for i, payload := range payloads {
		if !bytes.Contains(payload, []byte(secret)) {
			t.Fatalf("payload %d has no secret to hide", i)
		}
		f.succeeds(payload)
	}
	stored := server.Events(group, "")
	if len(stored) != len(payloads) {
		t.Fatalf("%d log events", len(stored))
	}
	server.Inject(cwlogstest.Denied("PutLogEvents"))
	a, _ := f.invoke(event, 10*time.Second)
	if !a.failed {
		t.Fatalf("answered %+v", a)
	}

	written := map[string]string{"log": f.stop(), "error": a.body}
	for i, event := range stored {
		written[fmt.Sprintf("record %d", i+1)] = event.Message
		if !strings.Contains(event.Message, "migrate") {
			t.Errorf("a record lost more than its secrets: %s", event.Message)
		}
	}
	for where, text := range written {
		if at := strings.Index(text, secret); at >= 0 {
			t.Errorf("a secret is in the %s: …%s…", where, text[max(0, at-120):min(len(text), at+40)])
		}
	}
}

func TestAFailingLogServiceIsAnErrorToLambda(t *testing.T) {
	t.Parallel()
	heal := (*cwlogstest.Server).Heal
	tests := []struct {
		name    string
		prepare func(*cwlogstest.Server)
		repair  func(*cwlogstest.Server)
		timeout time.Duration
		says    string // in the error
	}{
		{"5xx beyond the deadline", faulty(cwlogstest.Failing(0, 503)), heal, 2 * time.Second, group},
		{"throttled beyond the deadline", faulty(cwlogstest.Throttled(0)), heal, 2 * time.Second, group},
		{"slower than the deadline",
			faulty(cwlogstest.Fault{Delay: 5 * time.Second, Code: "InternalFailure", Status: 500}), heal,
			2 * time.Second, "no answer within"},
		{"connection cut", faulty(cwlogstest.Fault{Cut: true}), heal, 2 * time.Second, group},
		{"not allowed", faulty(cwlogstest.Denied("PutLogEvents")), heal, 5 * time.Second, "logs:PutLogEvents"},
		{"not allowed to create the stream", faulty(cwlogstest.Denied("CreateLogStream")), heal, 5 * time.Second,
			"logs:CreateLogStream"},
		{"no group", func(*cwlogstest.Server) {}, func(s *cwlogstest.Server) { s.CreateGroup(group, 30) },
			5 * time.Second, group},
		{"every time is rejected", func(s *cwlogstest.Server) {
			s.Now = func() time.Time { return time.Now().AddDate(0, 0, 20) }
			s.CreateGroup(group, 30)
		}, nil, 5 * time.Second, "rejected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := cwlogstest.NewServer()
			t.Cleanup(server.Close)
			test.prepare(server)
			f := start(t, server.URL, stack.EnvLogGroup+"="+group)
			event := stopped(t, "task-one", nil)
			f.started()
			began := time.Now()
			a, requestID := f.invoke(event, test.timeout)
			took := time.Since(began)
			if !a.failed || !strings.Contains(a.body, test.says) || !strings.Contains(a.body, "task-one") {
				t.Errorf("answered %+v; want an error that says %q", a, test.says)
			}
			if took > test.timeout {
				t.Errorf("answered after %s; Lambda ends the process after %s", took, test.timeout)
			}
			if stored := server.Events(group, ""); len(stored) != 0 {
				t.Errorf("stored %v", stored)
			}
			if test.repair != nil {
				test.repair(server)
				f.succeeds(event)
				if stored := records(t, server); len(stored) != 1 {
					t.Errorf("%d records after the repair", len(stored))
				}
			}
			line := invocationLine(t, f.stop(), requestID)
			if line.Level != "ERROR" || !strings.Contains(line.Error, test.says) || line.Verdict != "failure" ||
				line.Stops != 0 || line.IngestFailures != 1 {
				t.Errorf("logged %+v", line)
			}
		})
	}
}

// faulty prepares a service with the group that fails.
func faulty(fault cwlogstest.Fault) func(*cwlogstest.Server) {
	return func(s *cwlogstest.Server) {
		s.CreateGroup(group, 30)
		s.Inject(fault)
	}
}

func TestAPassingFaultIsNoError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		fault cwlogstest.Fault
	}{
		{"throttled twice", cwlogstest.Throttled(2)},
		{"failing twice", cwlogstest.Failing(2, 500)},
		{"cut twice", cwlogstest.Fault{Times: 2, Cut: true}},
		{"slow", cwlogstest.Fault{Times: 1, Delay: 300 * time.Millisecond}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := service(t)
			server.Inject(test.fault)
			f := start(t, server.URL, stack.EnvLogGroup+"="+group)
			f.succeeds(stopped(t, "task-one", nil))
			if stored := records(t, server); len(stored) != 1 || stored[0].DedupKey != "task-one" {
				t.Errorf("stored %+v", stored)
			}
		})
	}
}

// TestEveryKindIsArchived hands the process one event of each rule.
func TestEveryKindIsArchived(t *testing.T) {
	t.Parallel()
	for sample, want := range map[string]string{
		"container-killed-docker-stop": "ledger/postings/ container event runtime.killed failure",
		"container-init-0-sidecar-crashed": "ledger/postings/ container event runtime.exited expected, " +
			"ledger/postings/ container event runtime.crashed failure",
		"container-watched-restarted":       "ledger/postings/ container watcher runtime.crashed failure",
		"service-placement-memory":          "ledger/postings/ service event placement.exhausted failure",
		"deployment-failed-circuit-breaker": "ledger/postings/ deployment event scheduler.rolled_back failure",
		"request-run-task-denied":           "ledger/close-books/ request event role.denied failure",
	} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			event, err := os.ReadFile("../events/samples/" + sample + ".json")
			if err != nil {
				t.Fatal(err)
			}
			server := service(t)
			f := start(t, server.URL, stack.EnvLogGroup+"="+group, stack.EnvEnding+"=cron,migrate")
			if a, _ := f.invoke(event, 10*time.Second); a.failed {
				t.Errorf("answered %+v", a)
			}
			var got []string
			messages := ""
			for _, stored := range server.Events(group, "") {
				messages += stored.Message
				r, err := archive.Decode([]byte(stored.Message))
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprintf("%s %s %s %s %s", stored.Stream, r.Kind, r.Source, r.Class, r.Verdict))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("stored %q, want %q", got, want)
			}
			if log := f.stop(); strings.Contains(log+messages, "do-not-leak") {
				t.Error("a secret is in the archive or the log")
			}
		})
	}
}

func TestAnOldStopIsArchived(t *testing.T) {
	t.Parallel()
	server := service(t)
	f := start(t, server.URL, stack.EnvLogGroup+"="+group)
	f.succeeds(stopped(t, "task-old", object{"stoppedAt": "2024-02-29T23:59:59.5Z"}))
	stored := records(t, server)
	if len(stored) != 1 || !stored[0].StoppedAt.Equal(time.Date(2024, 2, 29, 23, 59, 59, 500e6, time.UTC)) {
		t.Errorf("stored %+v", stored)
	}
}

func TestWithABadVariableTheFunctionDoesNotStart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		variables []string
		says      []string
	}{
		{nil, []string{stack.EnvLogGroup}},
		{[]string{stack.EnvLogGroup + "=" + group, stack.EnvEvidence + "=everything"},
			[]string{stack.EnvEvidence, "everything", "off", "describe", "policies", "deep"}},
		// only the command line's
		{[]string{stack.EnvLogGroup + "=" + group, stack.EnvEvidence + "=verify"},
			[]string{stack.EnvEvidence, "verify", "deep"}},
		{[]string{stack.EnvLogGroup + "=" + group, stack.EnvLogTail + "=true"},
			[]string{stack.EnvLogTail, "true", "on or off"}},
		{[]string{stack.EnvLogGroup + "=" + group, stack.EnvRetention + "=0"},
			[]string{stack.EnvRetention, "number of days"}},
	} {
		f := start(t, "http://127.0.0.1:1", test.variables...)
		select {
		case <-f.alive.Done():
		case <-time.After(patience):
			t.Fatalf("the function runs with %q", test.variables)
		}
		lines := logLines(t, f.log.String())
		for _, says := range test.says {
			if len(lines) != 1 || lines[0].Level != "ERROR" || !strings.Contains(lines[0].Error, says) {
				t.Errorf("%q: said %s, want one error with %q", test.variables, f.log.String(), says)
			}
		}
		if code, polls := f.cmd.ProcessState.ExitCode(), f.api.polls.Load(); code != 1 || polls != 0 {
			t.Errorf("%q: exit code %d after %d polls for an event, want 1 after none", test.variables, code, polls)
		}
	}
}

// unreachable is the event of a task that did not reach ECR.
func unreachable(t *testing.T, task string) []byte {
	return stopped(t, task, object{
		"stopCode": "TaskFailedToStart", "startedAt": nil, "executionStoppedAt": nil,
		"containers": []object{{"name": "app", "lastStatus": "STOPPED"}},
		"stoppedReason": "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
			"retrieval failed: unable to retrieve ecr registry auth: " +
			`service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 52.94.178.9:443: i/o timeout`,
	})
}

// TestOnlyWithEvidenceTheAccountIsAsked counts the calls of everything but CloudWatch Logs.
func TestOnlyWithEvidenceTheAccountIsAsked(t *testing.T) {
	t.Parallel()
	for tier, asked := range map[string]bool{"off": false, "describe": true, "": true} {
		var calls atomic.Int64
		account := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			w.WriteHeader(http.StatusForbidden)
		}))
		t.Cleanup(account.Close)
		logs := service(t)
		f := start(t, logs.URL, stack.EnvLogGroup+"="+group, stack.EnvEvidence+"="+tier, "AWS_ENDPOINT_URL="+
			account.URL)
		a, _ := f.invoke(unreachable(t, "task-one"), 20*time.Second)
		if stored := records(t, logs); a.failed || len(stored) != 1 || stored[0].Class != "registry_auth.unreachable" {
			t.Errorf("evidence %q: answered %+v, stored %+v", tier, a, stored)
		}
		if n := calls.Load(); n > 0 != asked {
			t.Errorf("evidence %q: %d calls", tier, n)
		}
		f.stop()
	}
}
