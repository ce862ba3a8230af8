package archive

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
)

var update = flag.Bool("update", false, "write the generated pages and golden files")

//go:generate go test . -run TestRecords -update

// TestFieldsAreExplained: docs/record.md is printed from the tags; the facts are in one group.
func TestFieldsAreExplained(t *testing.T) {
	for _, f := range recordFields() {
		if f.Tag.Get("doc") == "" || len(f.Index) == 1 && f.Tag.Get("group") == "" {
			t.Errorf("%s has no doc or no group", f.Name)
		}
	}
}

// hold compares a kept file with what it should be, or writes it.
func hold(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(want, "\n")); diff != "" {
		t.Errorf("%s is stale, go generate ./... writes it; -kept +now:\n%s", file, diff)
	}
}

// TestRecords holds the whole record of a few samples.
func TestRecords(t *testing.T) {
	for _, sample := range []string{
		"image-unreachable-fargate-ecr-no-route", "oom-with-sidecar", "batch-job-host-lost-second-attempt",
	} {
		r := recordOf(t, sample)
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		hold(t, "testdata/"+sample+".record.json", string(text)+"\n")
	}
}

func recordOf(t *testing.T, sample string) Record {
	t.Helper()
	raw, err := os.ReadFile("../events/samples/" + sample + ".json")
	if err != nil {
		t.Fatal(err)
	}
	stops, err := events.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return NewRecord(stops[0], classifier.Classify(stops[0]), SourceEvent,
		time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
}

func TestRecordIsFlatAndHonest(t *testing.T) {
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		r := recordOf(t, strings.TrimSuffix(filepath.Base(file), ".json"))
		line, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatal(err)
		}
		for name, value := range fields {
			switch v := value.(type) {
			case string:
				if v == "" {
					t.Errorf("%s: %s is empty, it should be absent", file, name)
				}
			case float64:
			default:
				t.Errorf("%s: %s is not flat: %T", file, name, value)
			}
		}
		if !strings.HasSuffix(string(line), `"}`) ||
			strings.LastIndex(string(line), `"rawEvent":`) < strings.LastIndex(string(line), `"signature":`) {
			t.Errorf("%s: rawEvent is not the last field", file)
		}
		if strings.Contains(string(line), "do-not-leak") {
			t.Errorf("%s: a secret is in the record:\n%s", file, line)
		}
		back, err := Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := back.Encode()
		if diff := cmp.Diff(string(line), string(again)); diff != "" {
			t.Errorf("%s: read and written again it differs:\n%s", file, diff)
		}
	}
}

func TestUnknownValuesStayAbsent(t *testing.T) {
	r := NewRecord(
		events.Stop{
			Kind:       events.KindTask,
			TaskID:     "t",
			Containers: []events.Container{{Name: "app"}},
			Raw:        []byte("{}"),
		},
		classifier.Classify(events.Stop{Kind: events.KindTask}),
		SourceEvent,
		time.Unix(1_800_000_000, 0),
	)
	line, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"culpritExitCode", "revision", "cpu", "memory", "runSeconds", "startedAt", "stoppedAt", "checkedAt",
		"taskVersion", "endpoint", "consoleUrl",
	} {
		if strings.Contains(string(line), `"`+name+`"`) {
			t.Errorf("%s is not known and yet written: %s", name, line)
		}
	}
	if !strings.Contains(string(line), `"containers":"app=-"`) {
		t.Errorf("a missing exit code must read as missing: %s", line)
	}
}

func TestZeroIsKept(t *testing.T) {
	zero := int64(0)
	s := events.Stop{
		Kind:       events.KindTask,
		StopCode:   "EssentialContainerExited",
		Containers: []events.Container{{Name: "app", ExitCode: &zero}},
		Raw:        []byte("{}"),
	}
	r := NewRecord(s, classifier.Classify(s), SourceEvent, time.Unix(1_800_000_000, 0))
	line, _ := r.Encode()
	if !strings.Contains(string(line), `"culpritExitCode":0`) {
		t.Errorf("exit code 0 is a fact: %s", line)
	}
}

func TestDedupKey(t *testing.T) {
	unreadable := events.Unreadable(&events.Refusal{Reason: "not JSON", Raw: []byte("{oops")})
	for _, c := range []struct {
		stop events.Stop
		want string
	}{
		{events.Stop{Kind: events.KindTask, TaskID: "t1", EventID: "e1"}, "t1"},
		{events.Stop{Kind: events.KindTask, EventID: "e1"}, "e1"},
		{
			events.Stop{
				Kind:       events.KindContainer,
				TaskID:     "t1",
				EventID:    "e1",
				Ended:      1,
				Containers: []events.Container{{Name: "app", RuntimeID: "r0"}, {Name: "log", RuntimeID: "r1"}},
			},
			"t1#r1",
		},
		{
			events.Stop{Kind: events.KindContainer, TaskID: "t1", Containers: []events.Container{{Name: "app"}}},
			"t1#app",
		},
		{
			events.Stop{
				Kind:       events.KindContainer,
				TaskID:     "t1",
				Containers: []events.Container{{Name: "app", RuntimeID: "r0", RestartCount: new(int64)}},
			},
			"t1#r0",
		},
		{
			events.Stop{
				Kind:       events.KindContainer,
				TaskID:     "t1",
				Containers: []events.Container{{Name: "app", RuntimeID: "r0", RestartCount: number(2)}},
			},
			"t1#r0#2",
		},
		{events.Stop{Kind: events.KindService, EventID: "e1", Service: "web"}, "e1"},
		{
			events.Stop{
				Kind:         events.KindDeployment,
				EventID:      "e1",
				DeploymentID: "ecs-svc/1",
				EventName:    "SERVICE_DEPLOYMENT_FAILED",
			},
			"ecs-svc/1#SERVICE_DEPLOYMENT_FAILED",
		},
		{events.Stop{Kind: events.KindDeployment, EventID: "e1"}, "e1"},
		{
			events.Stop{Kind: events.KindHook, EventID: "e1", DeploymentID: "d1", Hook: events.Hook{ID: "h1"},
				EventName: "HOOK_FAILED"},
			"d1#h1#HOOK_FAILED",
		},
		{events.Stop{Kind: events.KindHook, EventID: "e1", EventName: "HOOK_FAILED"}, "e1"},
		{
			events.Stop{Kind: events.KindInstance, EventID: "e1", HealthCheck: "DAEMON",
				ContainerInstanceARN: "arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/0a4c",
				StoppedAt:            time.Date(2026, 9, 20, 2, 35, 51, 0, time.UTC)},
			"0a4c#DAEMON#2026-09-20T02:35:51Z",
		},
		{events.Stop{Kind: events.KindInstance, EventID: "e1"}, "e1"},
		{events.Stop{Kind: events.KindRequest, EventID: "e1", Index: 2}, "e1#2"},
		{
			events.Stop{Kind: events.KindRequest, Raw: []byte("{}"), Index: 1},
			"sha256:44136fa355b3678a1146ad16f7e8649e#1",
		},
		{unreadable, "sha256:c9b3e2d2e2d9d0ec6e2c8f5d6f0ae8ac"},
	} {
		got := dedupKey(c.stop)
		if c.stop.Kind == events.KindUnreadable {
			if len(got) != len("sha256:")+32 || got != dedupKey(unreadable) ||
				got == dedupKey(events.Stop{Kind: events.KindUnreadable, Raw: []byte("other")}) {
				t.Errorf("an unreadable document is known by its bytes, got %s", got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func number(n int64) *int64 { return &n }

// TestRecordsOfTheOtherKinds holds what tells the kinds apart.
func TestRecordsOfTheOtherKinds(t *testing.T) {
	for _, c := range []struct{ sample, want string }{
		{
			"container-killed-docker-stop",
			"container event runtime.killed failure statsd=137 postings=-; statsd=137 " +
				"5d0c7be2914f4a6b8c03e1f2a7d94b60#e90d8c7b6a51 " +
				"https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/ledger/tasks/" +
				"5d0c7be2914f4a6b8c03e1f2a7d94b60/configuration",
		},
		{
			"container-watched-restarted",
			"container watcher runtime.crashed failure proxy=139 postings=-; proxy=139 " +
				"17c93ad05b2e4f8896e7d1340fa2c6b8#1f22c2d3e4f5#3 " +
				"https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/ledger/tasks/" +
				"17c93ad05b2e4f8896e7d1340fa2c6b8/configuration",
		},
		{
			"service-placement-memory",
			"service event placement.exhausted failure SERVICE_TASK_PLACEMENT_FAILURE " +
				"7c1d0a04-3b5e-4f60-9a71-0d2e4c6b8f04 " +
				"https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/ledger/services/postings/health",
		},
		{
			"daemon-creation-failed",
			"service event placement.exhausted failure DAEMON_TASK_START_IMPAIRED 7c1d0a10-3b5e-4f60-9a71-0d2e4c6b8f10",
		},
		{
			"deployment-failed-circuit-breaker",
			"deployment event scheduler.rolled_back failure SERVICE_DEPLOYMENT_FAILED " +
				"ecs-svc/8830145567712094413#SERVICE_DEPLOYMENT_FAILED " +
				"https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/ledger/services/postings/health",
		},
		{
			"request-start-task-two-failures",
			"request event placement.lost failure StartTask 7c1d0a14-3b5e-4f60-9a71-0d2e4c6b8f14#0",
		},
	} {
		r := recordOf(t, c.sample)
		parts := []string{r.Kind, string(r.Source), r.Class, r.Verdict}
		if r.CulpritExitCode != nil {
			parts = append(parts, fmt.Sprintf("%s=%d", r.Culprit, *r.CulpritExitCode))
		}
		for _, p := range []string{r.EventName, r.Containers, r.DedupKey, r.ConsoleURL} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		if got := strings.Join(parts, " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.sample, got, c.want)
		}
		if r.Cluster != "ledger" || r.StoppedAt.IsZero() || r.RawEvent == "" {
			t.Errorf("%s: in %q at %s", c.sample, r.Cluster, r.StoppedAt)
		}
	}
	if r := recordOf(t, "container-watched-restarted"); *r.RestartCount != 3 || r.RunSeconds != nil {
		t.Errorf("restarted %d times, ran %v s", *r.RestartCount, r.RunSeconds)
	}
}

func TestConsoleURLFollowsThePartition(t *testing.T) {
	for region, host := range map[string]string{
		"eu-north-1":    "eu-north-1.console.aws.amazon.com",
		"cn-north-1":    "cn-north-1.console.amazonaws.cn",
		"us-gov-west-1": "us-gov-west-1.console.amazonaws-us-gov.com",
	} {
		want := "https://" + host + "/ecs/v2/clusters/prod/tasks/t1/configuration"
		if got := consoleURL(events.Stop{Cluster: "prod", TaskID: "t1", Region: region}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestShown(t *testing.T) {
	at := func(minute int) Time { return Time{time.Date(2026, 11, 20, 12, minute, 0, 0, time.UTC)} }
	old := Record{DedupKey: "a", ClassifierVersion: 1, RecordedAt: at(9), StoppedAt: at(0), Summary: "old tables"}
	checked := Record{
		DedupKey:          "a",
		ClassifierVersion: 2,
		RecordedAt:        at(2),
		StoppedAt:         at(0),
		CheckedAt:         at(1),
		Summary:           "checked",
	}
	later := Record{
		DedupKey:          "a",
		ClassifierVersion: 2,
		RecordedAt:        at(8),
		StoppedAt:         at(0),
		CheckedAt:         at(7),
		Summary:           "checked later",
	}
	newest := Record{DedupKey: "a", ClassifierVersion: 2, RecordedAt: at(5), StoppedAt: at(0), Summary: "newest"}
	again := Record{DedupKey: "b", ClassifierVersion: 2, RecordedAt: at(4), StoppedAt: at(3), Summary: "first"}
	anew := Record{DedupKey: "b", ClassifierVersion: 2, RecordedAt: at(6), StoppedAt: at(3), Summary: "second"}
	first := Record{
		DedupKey:          "c#1",
		Kind:              "container",
		ClassifierVersion: 2,
		RecordedAt:        at(1),
		StoppedAt:         at(1),
		Summary:           "ended",
	}
	repeated := Record{
		DedupKey:          "c#1",
		Kind:              "container",
		ClassifierVersion: 2,
		RecordedAt:        at(9),
		StoppedAt:         at(9),
		Summary:           "still ended",
	}
	if got := Shown([]Record{first, repeated}); len(got) != 1 || got[0].Summary != "ended" {
		t.Errorf("a container that goes on being reported ended when it was first reported: %+v", got)
	}
	var got []string
	for _, r := range Shown([]Record{old, later, newest, checked, anew, again}) {
		got = append(got, r.Summary)
	}
	if diff := cmp.Diff([]string{"second", "checked"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCausesAreRecorded(t *testing.T) {
	var f classifier.Finding
	f.Culprit = -1
	f.Causes = []classifier.Proof{
		{
			Cause:         "route-missing",
			Result:        classifier.Inconclusive,
			Reason:        "no_permission",
			MissingAction: "ec2:DescribeSubnets",
			Evidence:      "password=do-not-leak",
		},
		{
			Cause:         "nat-unusable",
			Result:        classifier.NotChecked,
			Reason:        "tier",
			MissingAction: "ec2:DescribeNatGateways",
		},
		{
			Cause:         "nacl-blocks",
			Result:        classifier.Inconclusive,
			Reason:        "no_permission",
			MissingAction: "ec2:DescribeSubnets",
		},
	}
	for i := range 9 {
		f.Causes = append(f.Causes, classifier.Proof{Cause: fmt.Sprintf("cause-%d", i), Result: classifier.RuledOut})
	}
	r := NewRecord(events.Stop{Kind: events.KindTask, TaskID: "t", Raw: []byte("{}")}, f, SourceEvent, time.Now())
	if r.Cause != "route-missing" || r.CauseVerdict != "inconclusive" || r.CauseReason != "no_permission" {
		t.Errorf("the leading cause is %s=%s (%s)", r.Cause, r.CauseVerdict, r.CauseReason)
	}
	if want := "ec2:DescribeNatGateways ec2:DescribeSubnets"; r.MissingActions != want {
		t.Errorf("missing actions %q, want %q", r.MissingActions, want)
	}
	if n := strings.Count(r.CauseIDs, "="); n != 12 ||
		!strings.HasPrefix(r.CauseIDs, "route-missing=inconclusive; nat-unusable=not_checked; ") {
		t.Errorf("%d cause ids: %s", n, r.CauseIDs)
	}
	var causes []RecordedCause
	if err := json.Unmarshal([]byte(r.Causes), &causes); err != nil {
		t.Fatal(err)
	}
	if len(causes) != 8 || causes[0].MissingAction != "ec2:DescribeSubnets" || causes[1].Reason != "tier" {
		t.Errorf("causes %s", r.Causes)
	}
	if strings.Contains(r.Causes, "do-not-leak") || !strings.Contains(r.Causes, "password") {
		t.Errorf("the evidence is not redacted: %s", r.Causes)
	}
}
