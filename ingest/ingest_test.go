package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// typical is the event of a service's task whose image could not be pulled.
const typical = `{
  "version": "0",
  "id": "b6d1b0c4-3d0f-4f0e-9c55-0a8f4b7f1e01",
  "detail-type": "ECS Task State Change",
  "source": "aws.ecs",
  "account": "111122223333",
  "time": "2026-03-01T10:05:02Z",
  "region": "eu-west-1",
  "resources": ["arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2"],
  "detail": {
    "attachments": [{"id": "c0a7", "type": "eni", "status": "DELETED", "details": [
      {"name": "subnetId", "value": "subnet-0bbe65b1"}, {"name": "privateIPv4Address", "value": "10.0.1.17"}]}],
    "attributes": [{"name": "ecs.cpu-architecture", "value": "arm64"}],
    "availabilityZone": "eu-west-1c",
    "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
    "connectivity": "CONNECTED",
    "connectivityAt": "2026-03-01T10:04:46.1Z",
    "containers": [
      {"containerArn": "arn:aws:ecs:eu-west-1:111122223333:container/prod/4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2/01", "cpu": "0",
       "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:42", "lastStatus": "STOPPED", "name": "web",
       "networkInterfaces": [{"attachmentId": "c0a7", "privateIpv4Address": "10.0.1.17"}],
       "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2"},
      {"containerArn": "arn:aws:ecs:eu-west-1:111122223333:container/prod/4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2/02", "cpu": "0",
       "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", "lastStatus": "STOPPED", "name": "log_router",
       "networkInterfaces": [{"attachmentId": "c0a7", "privateIpv4Address": "10.0.1.17"}],
       "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2"}
    ],
    "cpu": "512",
    "createdAt": "2026-03-01T10:04:42.012Z",
    "desiredStatus": "STOPPED",
    "enableExecuteCommand": false,
    "ephemeralStorage": {"sizeInGiB": 20},
    "group": "service:web",
    "lastStatus": "STOPPED",
    "launchType": "FARGATE",
    "memory": "1024",
    "overrides": {"containerOverrides": [
      {"name": "web", "environment": [{"name": "LOG_LEVEL", "value": "debug"}, {"name": "DB_PASSWORD", "value": "hunter-2-canary"}]},
      {"name": "log_router"}]},
    "platformVersion": "1.4.0",
    "startedBy": "ecs-svc/4374651048025955904",
    "stopCode": "TaskFailedToStart",
    "stoppedAt": "2026-03-01T10:05:00.25Z",
    "stoppedReason": "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:42: failed to do request: Head \"https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/web/manifests/42\": dial tcp 3.112.64.212:443: i/o timeout",
    "stoppingAt": "2026-03-01T10:04:55.5Z",
    "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2",
    "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:42",
    "updatedAt": "2026-03-01T10:05:00.25Z",
    "version": 5
  }
}`

const typicalTask = "4f1c22aa0b7d4b51a9c1b6a1f3e2d9d2"

// another is the typical event of another task.
func another(task string) string { return strings.ReplaceAll(typical, typicalTask, task) }

var now = time.Date(2026, 3, 1, 10, 5, 3, 0, time.UTC)

// putFunc is a store of one method.
type putFunc func(context.Context, archive.Record) error

func (f putFunc) Put(ctx context.Context, r archive.Record) error { return f(ctx, r) }

// pipeline puts into the returned slice what fails does not refuse.
func pipeline(fails func(archive.Record) error) (*Pipeline, *[]archive.Record) {
	var stored []archive.Record
	put := putFunc(func(_ context.Context, r archive.Record) error {
		if err := fails(r); err != nil {
			return err
		}
		stored = append(stored, r)
		return nil
	})
	return &Pipeline{Store: put, Source: archive.SourceEvent, Now: func() time.Time { return now }}, &stored
}

func never(archive.Record) error { return nil }

func keys(records []archive.Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, r.DedupKey)
	}
	return all
}

func digest(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return "sha256:" + hex.EncodeToString(sum[:])[:32]
}

func TestAnEventBecomesOneExplainedRecord(t *testing.T) {
	p, stored := pipeline(never)
	written, err := p.Ingest(t.Context(), []byte(typical))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, *stored); diff != "" || len(written) != 1 {
		t.Fatalf("%d records; written and stored differ:\n%s", len(written), diff)
	}
	r := written[0]
	got := []any{r.Kind, r.Source, r.DedupKey, r.Cluster, r.Service, r.Class, r.Verdict, r.Endpoint, r.RemoteIP,
		r.RecordedAt.Time, r.StoppedAt.Time}
	want := []any{"task", archive.SourceEvent, typicalTask, "prod", "web", "image.unreachable", "failure",
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com", "3.112.64.212", now,
		time.Date(2026, 3, 1, 10, 5, 0, 250e6, time.UTC)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if r.Summary == "" || r.NextStep == "" || r.Cause == "" || !strings.Contains(r.RawEvent, typicalTask) {
		t.Errorf("not explained: summary %q, next step %q, cause %q, raw event %q", r.Summary, r.NextStep, r.Cause,
			r.RawEvent)
	}
	if line, err := r.Encode(); err != nil || bytes.Contains(line, []byte("hunter-2-canary")) {
		t.Errorf("a secret is in the record: %s, %v", line, err)
	}

	again, err := p.Ingest(t.Context(), []byte(typical))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, again); diff != "" {
		t.Errorf("the same event again (-first +second):\n%s", diff)
	}
}

// TestWhatIsReadableInAnArrayIsExplained: a task that runs is no fault beside them, a number is.
func TestWhatIsReadableInAnArrayIsExplained(t *testing.T) {
	running := strings.ReplaceAll(another("running"), `"STOPPED"`, `"RUNNING"`)
	p, stored := pipeline(never)
	written, err := p.Ingest(t.Context(), []byte("["+another("first")+`, 17, `+another("second")+`, `+running+`]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"first", "second", digest("17")}
	if !slices.Equal(keys(written), want) || !slices.Equal(keys(*stored), want) {
		t.Errorf("wrote %q and stored %q, want %q", keys(written), keys(*stored), want)
	}
	var kinds []string
	for _, r := range written {
		kinds = append(kinds, r.Kind+" "+r.Class+" "+r.Verdict)
	}
	unreadable := "unreadable unknown.unknown review"
	if want := []string{"task image.unreachable failure", "task image.unreachable failure",
		unreadable}; !slices.Equal(kinds, want) {
		t.Errorf("records %q, want %q", kinds, want)
	}
}

func TestWhatCannotBeReadIsKeptWhole(t *testing.T) {
	for _, raw := range []string{
		"",
		" \n",
		"null",
		"17",
		"[]",
		"[1, 2, 3]",
		"{}",
		`{"detail-type":`,
		"{\"detail-type\":\n{broken\n{again",
		"not JSON at all",
		"\xff\xfe{\x00}\x00",
		`{"detail-type":"ECS Task State Change","detail":"none"}`,
		`{"detail-type":"ECS Task State Change","detail":{"containers":"none"}}`,
		`{"tasks":[],"failures":[{"arn":"a","reason":"MISSING"},{"arn":"b","reason":"MISSING"}]}`,
	} {
		t.Run(raw, func(t *testing.T) {
			p, _ := pipeline(never)
			written, err := p.Ingest(t.Context(), []byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			if len(written) != 1 {
				t.Fatalf("%d records: %+v", len(written), written)
			}
			r := written[0]
			got := []string{r.Kind, r.Class, r.Verdict, r.DedupKey}
			if want := []string{"unreadable", "unknown.unknown", "review", digest(raw)}; !slices.Equal(got, want) {
				t.Errorf("record %q, want %q", got, want)
			}
			if r.Summary == "" || !r.StoppedAt.IsZero() || (r.RawEvent == "") != (raw == "") {
				t.Errorf("summary %q, stoppedAt %s, raw event %q", r.Summary, r.StoppedAt, r.RawEvent)
			}
		})
	}
}

func TestAFailedWriteIsNamedAndTheOthersAreDone(t *testing.T) {
	full := errors.New("no space left")
	p, stored := pipeline(func(r archive.Record) error {
		if r.DedupKey == "first" || r.DedupKey == "third" {
			return fmt.Errorf("append: %w", full)
		}
		return nil
	})
	written, err := p.Ingest(t.Context(), []byte("["+another("first")+another("second")+another("third")+"]"))
	if want := []string{"second"}; !slices.Equal(keys(written), want) || !slices.Equal(keys(*stored), want) {
		t.Errorf("wrote %q and stored %q, want %q", keys(written), keys(*stored), want)
	}
	if !errors.Is(err, full) {
		t.Fatalf("error %v does not wrap the store's", err)
	}
	for text, want := range map[string]bool{"record first": true, "record second": false, "record third": true} {
		if strings.Contains(err.Error(), text) != want {
			t.Errorf("error %q names %q: %v, want %v", err, text, !want, want)
		}
	}
}

func TestTheStoreIsGivenTheCallersDeadline(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "the caller's")
	p := &Pipeline{Source: archive.SourceEvent, Now: time.Now,
		Store: putFunc(func(ctx context.Context, _ archive.Record) error {
			if ctx.Value(key{}) != "the caller's" {
				t.Error("put with another context")
			}
			return nil
		})}
	if written, err := p.Ingest(ctx, []byte(typical)); err != nil || len(written) != 1 {
		t.Errorf("%d records, %v", len(written), err)
	}
}

func TestAPanicInTheTablesCostsTheExplanationNotTheRecord(t *testing.T) {
	broken := &classifier.Catalogue[slices.IndexFunc(classifier.Catalogue, func(c classifier.Cause) bool {
		return c.ID == "route-missing"
	})]
	whole := *broken
	t.Cleanup(func() { *broken = whole })
	broken.Applies = nil

	p, _ := pipeline(never)
	written, err := p.Ingest(t.Context(), []byte(typical))
	if err != nil || len(written) != 1 {
		t.Fatalf("%d records, %v", len(written), err)
	}
	r := written[0]
	got := []string{r.Class, r.Verdict, r.DedupKey, r.Cluster, r.Service}
	if want := []string{"unknown.unknown", "review", typicalTask, "prod", "web"}; !slices.Equal(got, want) {
		t.Errorf("record %q, want %q", got, want)
	}
	if said := r.Summary + r.Proof + r.NextStep; !strings.Contains(said, "nil pointer") ||
		!strings.Contains(r.RawEvent, typicalTask) {
		t.Errorf("does not say what failed: %q; raw event %q", said, r.RawEvent)
	}
}

func TestAPanicInAStepCostsTheExplanationNotTheDocument(t *testing.T) {
	const token = "ghp_doNotLeak0123456789abcdef"
	whole := strings.Replace(typical, "debug", token, 1)
	failing := func(times int) func() {
		return func() {
			if times > 0 {
				times--
				panic("index out of range near " + token)
			}
		}
	}
	for _, test := range []struct {
		name string
		fail func()
		in   string
		raw  string
	}{
		{"parse", failing(1), "parse", whole},
		{"record", failing(1), "record", whole},
		{"record of an array", failing(1), "record", "[" + whole + "," + another("second") + "]"},
		{"parse of broken JSON", failing(1), "parse", whole[:len(whole)-9]},
		{"record of broken JSON", failing(1), "record", whole[:len(whole)-9]},
		{"record, twice", failing(2), "record", whole},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Cleanup(func() { parse, newRecord = events.Parse, archive.NewRecord })
			if test.in == "parse" {
				parse = func(raw []byte) ([]events.Stop, error) { test.fail(); return events.Parse(raw) }
			} else {
				newRecord = func(s events.Stop, f classifier.Finding, source archive.Source,
					now time.Time) archive.Record {
					test.fail()
					return archive.NewRecord(s, f, source, now)
				}
			}
			p, stored := pipeline(never)
			written, err := p.Ingest(t.Context(), []byte(test.raw))
			if test.name == "record, twice" {
				if err == nil || !strings.Contains(err.Error(), "index out of range") || len(written) != 0 ||
					len(*stored) != 0 {
					t.Fatalf("wrote %+v with the error %v; want nothing and an error that Lambda tries again", written,
						err)
				}
				return
			}
			if err != nil || len(written) != 1 || len(*stored) != 1 {
				t.Fatalf("%d records written, %d stored, %v", len(written), len(*stored), err)
			}
			r := written[0]
			got := []string{r.Kind, r.Class, r.Verdict, r.DedupKey}
			if want := []string{"unreadable", "unknown.unknown", "review", digest(test.raw)}; !slices.Equal(got, want) {
				t.Errorf("record %q, want %q", got, want)
			}
			line, err := r.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if text := string(line); !strings.Contains(text, "index out of range") ||
				!strings.Contains(r.RawEvent, typicalTask) || strings.Contains(text, token) {
				t.Errorf("does not say what failed, lost the document or kept its secret: %s", text)
			}
		})
	}
}

func TestAPanicWritesNothingOfTheDocumentTwice(t *testing.T) {
	t.Cleanup(func() { newRecord = archive.NewRecord })
	newRecord = func(s events.Stop, f classifier.Finding, source archive.Source, now time.Time) archive.Record {
		if s.TaskID == "second" {
			panic("the second of two")
		}
		return archive.NewRecord(s, f, source, now)
	}
	p, stored := pipeline(never)
	raw := "[" + another("first") + "," + another("second") + "]"
	if _, err := p.Ingest(t.Context(), []byte(raw)); err != nil {
		t.Fatal(err)
	}
	if want := []string{digest(raw)}; !slices.Equal(keys(*stored), want) {
		t.Errorf("stored %q, want the whole document once: %q", keys(*stored), want)
	}
}

// TestContainersThatAreMeantToEnd: what the deployment says of a container changes the verdict on exit code 0, and
// nothing else.
func TestContainersThatAreMeantToEnd(t *testing.T) {
	raw, err := os.ReadFile("../events/samples/container-init-0-sidecar-crashed.json")
	if err != nil {
		t.Fatal(err)
	}
	for ending, want := range map[string]string{"": "migrate review , statsd failure ",
		"migrate": "migrate expected yes, statsd failure ", "statsd": "migrate review , statsd failure yes"} {
		p := Pipeline{Store: putFunc(func(context.Context, archive.Record) error { return nil }),
			Ending: []string{ending}, Source: archive.SourceEvent, Now: time.Now}
		records, err := p.Ingest(t.Context(), raw)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range records {
			got = append(got, r.Culprit+" "+r.Verdict+" "+r.MeantToEnd)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("with %q meant to end: %q, want %q", ending, got, want)
		}
	}
}
