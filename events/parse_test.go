package events_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/events"
)

const task = `{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e1d2c3b4a59687766554433221100",
	"clusterArn":"arn:aws:ecs:eu-north-1:210987654321:cluster/stage","group":"service:orders","startedBy":"ecs-svc/77",
	"taskDefinitionArn":"arn:aws:ecs:eu-north-1:210987654321:task-definition/orders:12",
	"lastStatus":"STOPPED","desiredStatus":"STOPPED",
	"version":6,"cpu":"512","memory":"1024","launchType":"FARGATE","stopCode":"EssentialContainerExited",
	"stoppedReason":"Essential container in task exited","createdAt":"2026-05-04T03:02:01.5Z",
	"stoppedAt":"2026-05-04T03:05:00Z",
	"containers":[{"name":"api","exitCode":3,"image":"orders:12"},{"name":"log"}]}`

func event(detail string) string {
	return `{"version":"0","id":"e-1","detail-type":"ECS Task State Change","source":"aws.ecs","account":"210987654321",
		"time":"2026-05-04T03:05:01Z","region":"eu-north-1","resources":[],"detail":` + detail + `}`
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func pascal(s string) string {
	for _, key := range []string{
		"taskArn", "clusterArn", "group", "startedBy", "taskDefinitionArn", "lastStatus", "desiredStatus", "version",
		"cpu",
		"memory", "launchType", "stopCode", "stoppedReason", "createdAt", "stoppedAt", "containers", "name", "exitCode",
		"image",
	} {
		s = strings.ReplaceAll(s, `"`+key+`"`, `"`+strings.ToUpper(key[:1])+key[1:]+`"`)
	}
	return s
}

func pointer(n int64) *int64 { return &n }

func TestParseReadsTheSameStopFromEveryForm(t *testing.T) {
	want := events.Stop{
		Kind:              events.KindTask,
		Version:           pointer(6),
		Account:           "210987654321",
		Region:            "eu-north-1",
		ClusterARN:        "arn:aws:ecs:eu-north-1:210987654321:cluster/stage",
		Cluster:           "stage",
		Group:             "service:orders",
		Service:           "orders",
		StartedBy:         "ecs-svc/77",
		Launcher:          events.LauncherService,
		DeploymentID:      "ecs-svc/77",
		TaskARN:           "arn:aws:ecs:eu-north-1:210987654321:task/stage/9f0e1d2c3b4a59687766554433221100",
		TaskID:            "9f0e1d2c3b4a59687766554433221100",
		TaskDefinitionARN: "arn:aws:ecs:eu-north-1:210987654321:task-definition/orders:12",
		Family:            "orders",
		Revision:          pointer(12),
		LaunchType:        "FARGATE",
		CPU:               pointer(512),
		Memory:            pointer(1024),
		LastStatus:        "STOPPED",
		DesiredStatus:     "STOPPED",
		StopCode:          "EssentialContainerExited",
		StoppedReason:     "Essential container in task exited",
		CreatedAt:         time.Date(2026, 5, 4, 3, 2, 1, 5e8, time.UTC),
		StoppedAt:         time.Date(2026, 5, 4, 3, 5, 0, 0, time.UTC),
		Containers:        []events.Container{{Name: "api", ExitCode: pointer(3), Image: "orders:12"}, {Name: "log"}},
	}
	one := event(task)
	epoch := strings.NewReplacer(`"2026-05-04T03:02:01.5Z"`, "1777863721.5", `"2026-05-04T03:05:00Z"`,
		"1777863900").Replace(task)
	millis := strings.NewReplacer(`"2026-05-04T03:02:01.5Z"`, "1777863721500", `"2026-05-04T03:05:00Z"`,
		`"1777863900000"`).Replace(task)
	for name, document := range map[string]string{
		"event":                      one,
		"event with byte-order mark": "\uFEFF" + one,
		"describe-tasks":             `{"tasks":[` + task + `],"failures":[]}`,
		"stop-task":                  `{"task":` + task + `}`,
		"bare task":                  task,
		"PascalCase":                 pascal(task),
		"epoch seconds":              epoch,
		"epoch milliseconds":         millis,
		"numbers as strings": strings.NewReplacer(`"version":6`, `"version":"6"`, `"exitCode":3`,
			`"exitCode":"3"`).Replace(task),
		"numbers as numbers": strings.NewReplacer(`"cpu":"512"`, `"cpu":512`, `"memory":"1024"`,
			`"memory":1024.0`).Replace(task),
		"sizes with units": strings.NewReplacer(`"cpu":"512"`, `"cpu":"0.5 vCPU"`, `"memory":"1024"`,
			`"memory":"1 GB"`).Replace(task),
		"explicit nulls": strings.Replace(task, `{"name":"log"}`,
			`{"name":"log","exitCode":null,"reason":null,"image":null}`, 1),
		"unknown fields": strings.Replace(task, `"version":6`, `"version":6,"newField":{"a":[1,{"b":2}]},"tags":null`,
			1),
		"no clusterArn": strings.Replace(task, `"clusterArn":"arn:aws:ecs:eu-north-1:210987654321:cluster/stage",`, "",
			1),
	} {
		t.Run(name, func(t *testing.T) {
			stops, err := events.Parse([]byte(document))
			if err != nil || len(stops) != 1 {
				t.Fatalf("got %d stops, error %v", len(stops), err)
			}
			ignore := []string{"Raw", "EventID", "Time"}
			if name == "no clusterArn" {
				ignore = append(ignore, "ClusterARN")
			}
			if diff := cmp.Diff(want, stops[0], cmpopts.IgnoreUnexported(events.Stop{}),
				cmpopts.IgnoreFields(events.Stop{}, ignore...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if !json.Valid(stops[0].Raw) {
				t.Errorf("raw is not the JSON that was read: %.80q", stops[0].Raw)
			}
		})
	}
}

func TestParseKeepsWhatItCannotKnow(t *testing.T) {
	stops, err := events.Parse([]byte(event(`{
		"taskArn":"arn:aws-cn:ecs:cn-north-1:210987654321:task/1da52002-9795-47f2-8151-b8438b6009c9",
		"lastStatus":"STOPPED","stopCode":"SomethingNew","group":"nightly batch","createdAt":"the day before",
		"cpu":"lots",
		"containers":[{"name":"w","exitCode":3221225477},{"name":"x","lastStatus":"RUNNING"}]}`)))
	if err != nil || len(stops) != 1 {
		t.Fatal(stops, err)
	}
	s := stops[0]
	if s.TaskID != "1da52002-9795-47f2-8151-b8438b6009c9" || s.Cluster != "" || s.StopCode != "SomethingNew" ||
		s.Group != "nightly batch" || s.Service != "" {
		t.Errorf("old ARN, new stop code or free group misread: %+v", s)
	}
	if *s.Containers[0].ExitCode != 3221225477 || s.Containers[1].ExitCode != nil {
		t.Errorf("exit codes: %v %v", s.Containers[0].ExitCode, s.Containers[1].ExitCode)
	}
	if !s.CreatedAt.IsZero() || s.CPU != nil {
		t.Errorf("a time or size that cannot be read must stay unknown: %v %v", s.CreatedAt, s.CPU)
	}
}

func TestLauncher(t *testing.T) {
	for _, c := range []struct {
		startedBy, group, cluster string
		want                      events.Launcher
	}{
		{"ecs-svc/1234567890123456789", "service:web", "prod", events.LauncherService},
		{"", "service:web", "prod", events.LauncherService},
		{"events-rule/nightly", "family:report", "prod", events.LauncherSchedule},
		{"chronos-schedule/gold-coast-data-la", "family:report", "prod", events.LauncherSchedule},
		{"AWS Step Functions", "family:report", "prod", events.LauncherStepFunctions},
		{"", "family:report", "AWSBatch-etl-1f4d6a90", events.LauncherBatch},
		{"", "family:report", "etl_Batch_1f4d6a90", events.LauncherBatch},
		{"alice", "family:report", "prod", events.LauncherRunTask},
		{"", "", "prod", events.LauncherRunTask},
	} {
		document := fmt.Sprintf(`{"taskArn":"arn:aws:ecs:eu-north-1:1:task/%s/1",`+
			`"clusterArn":"arn:aws:ecs:eu-north-1:1:cluster/%s","lastStatus":"STOPPED","group":%q,"startedBy":%q}`,
			c.cluster, c.cluster, c.group, c.startedBy)
		stops, err := events.Parse([]byte(document))
		if err != nil || len(stops) != 1 || stops[0].Launcher != c.want {
			t.Errorf("startedBy %q, group %q, cluster %q: got %v (%v), want %s", c.startedBy, c.group, c.cluster, stops,
				err, c.want)
		}
	}
}

func TestParseBatchJobIsItsLastAttempt(t *testing.T) {
	stops, err := events.Parse([]byte(`{"detail-type":"Batch Job State Change","source":"aws.batch","id":"b",
		"account":"210987654321","region":"eu-north-1",
		"time":"2026-05-04T03:05:01Z","detail":{"jobName":"n","jobId":"j","status":"FAILED",
		"statusReason":"Essential container in task exited",
		"jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/sweep:4","createdAt":1777863721500,
		"container":{"image":"sweep:4","exitCode":1},
		"attempts":[{"container":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/c/aaa","exitCode":1},
		"startedAt":1777863722000,"stoppedAt":1777863723000,"statusReason":"first"},
		{"container":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/c/bbb","exitCode":137,
		"reason":"OutOfMemoryError: Container killed due to memory usage"},
		"startedAt":1777863800000,"stoppedAt":1777863900000,"statusReason":"Essential container in task exited"}]}}`))
	if err != nil || len(stops) != 1 {
		t.Fatal(stops, err)
	}
	s := stops[0]
	c := s.Containers[0]
	if s.TaskID != "bbb" || s.Cluster != "c" || s.Family != "sweep" || *s.Revision != 4 ||
		s.Launcher != events.LauncherBatch || len(s.Containers) != 1 ||
		c.Name != "default" || *c.ExitCode != 137 || c.Image != "sweep:4" ||
		!strings.HasPrefix(c.Reason, "OutOfMemoryError") {
		t.Errorf("%+v", s)
	}
	if got := s.StoppedAt.Sub(s.StartedAt); got != 100*time.Second {
		t.Errorf("the last attempt ran %v, want 1m40s", got)
	}
}

func TestParseRefusesWithPlaceAndReason(t *testing.T) {
	running := strings.Replace(task, `"lastStatus":"STOPPED","desiredStatus":"STOPPED"`,
		`"lastStatus":"RUNNING","desiredStatus":"RUNNING"`, 1)
	for _, c := range []struct{ name, document, want string }{
		{"empty", "", "empty: no document"},
		{"space", " \n\t", "empty: no document"},
		{"null", "null", `not an ECS task: expected a JSON object, found a null`},
		{"number", "17", `not an ECS task: expected a JSON object, found a number`},
		{
			"array of numbers",
			"[1, 2]",
			`[0]: not an ECS task: expected a JSON object, found a number` + "\n" +
				`[1]: not an ECS task: expected a JSON object, found a number`,
		},
		{"empty array", "[]", "empty array: no document"},
		{
			"empty object",
			"{}",
			`holds no ECS task: expected an "ECS Task State Change" event, a task, or the output of aws ecs ` +
				`describe-tasks`,
		},
		{
			"other event",
			strings.Replace(event(task), "ECS Task State Change", "EC2 Instance State-change Notification", 1),
			`"EC2 Instance State-change Notification" is not a stop`,
		},
		{"event without detail", `{"detail-type":"ECS Task State Change"}`, "the event has no detail"},
		{"running", event(running), "task 9f0e1d2c3b4a59687766554433221100 is RUNNING, not stopped"},
		{
			"second of two",
			`{"tasks":[` + task + `,` + running + `]}`,
			"tasks[1]: task 9f0e1d2c3b4a59687766554433221100 is RUNNING, not stopped",
		},
		{
			"forgotten",
			`{"tasks":[],"failures":[{"arn":"arn:aws:ecs:eu-north-1:1:task/stage/77","reason":"MISSING"}]}`,
			"failures[0]: 77: MISSING; ECS remembers a stopped task for about an hour",
		},
		{"no tasks", `{"tasks":[]}`, "no tasks; ECS remembers a stopped task for about an hour"},
		{"wrong type of what makes it a stop",
			event(`{"taskArn":"arn:aws:ecs:eu-north-1:1:task/stage/77","lastStatus":{}}`),
			"detail.lastStatus cannot be the JSON object"},
		{"wrong type in any letter case", `{"TaskArn":7,"LastStatus":"STOPPED"}`, "taskArn cannot be the JSON number"},
		{"wrong type of a detail", event(`"x"`), "detail cannot be the JSON string"},
		{"wrong type of a task", `{"tasks":[7]}`, "tasks[0]: the task cannot be the JSON number"},
		{"wrong type of a job's status",
			`{"detail-type":"Batch Job State Change","detail":{"jobId":"j-1","status":[1]}}`,
			"detail.status cannot be the JSON array"},
		{"wrong type of a service's event", `{"detail-type":"ECS Service Action","detail":{"eventName":{}}}`,
			"detail.eventName cannot be the JSON object"},
		{"wrong type of a call", `{"detail-type":"AWS API Call via CloudTrail","detail":{"eventName":true}}`,
			"detail.eventName cannot be the JSON bool"},
		{
			"wrong type of a call's failures",
			`{"detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"RunTask",
				"responseElements":{"failures":"AGENT"}}}`,
			"detail.responseElements.failures cannot be the JSON string",
		},
		{
			"wrong type of a failure",
			`{"detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"RunTask",
				"responseElements":{"failures":[{"reason":7}]}}}`,
			"detail.responseElements.failures.reason cannot be the JSON number",
		},
		{"failure that says nothing", `{"tasks":[],"failures":[{}]}`, "failures[0]: a failure that says nothing"},
		{"wrong type of a service's messages",
			`{"services":[{"serviceArn":"arn:aws:ecs:eu-north-1:1:service/stage/orders","events":{}}]}`,
			"services[0]: events cannot be the JSON object"},
		{
			"broken UTF-8",
			event(strings.Replace(task, "Essential container", "Essential \xff\xfe container", 1)),
			"is not UTF-8; save the document as UTF-8",
		},
		{"UTF-16", "\xff\xfe{\x00}\x00", "the text is UTF-16; save it as UTF-8"},
		{"cut off", event(task)[:200], "the document is cut off"},
		{"syntax", `{"tasks": [}`, "not JSON: "},
		{
			"1 MB",
			event(strings.Replace(task, "Essential container", strings.Repeat("x", 1<<20), 1)),
			"bytes; no ECS event reaches 1 MB",
		},
		{
			"batch job not ended",
			`{"detail-type":"Batch Job State Change","detail":{"jobId":"j-1","status":"RUNNABLE"}}`,
			"job j-1 is RUNNABLE, not ended",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := events.Parse([]byte(c.document))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestParseReadsWhatStandsBesideBrokenUTF8(t *testing.T) {
	stops, err := events.Parse([]byte(event(task) + "\n" + event(strings.Replace(task, "Essential", "\xff\xfe", 1))))
	if len(stops) != 1 || err == nil || !strings.Contains(err.Error(), "is not UTF-8") {
		t.Errorf("got %d stops, %v", len(stops), err)
	}
}

func TestParseTakesTextThatWasCut(t *testing.T) {
	for _, end := range []string{"\xe3\x81", "\xc3", "\xf0\x9f\x98", "\xe3\x81...", "..."} {
		document := event(strings.Replace(task, "Essential container in task exited",
			"CannotStartContainerError: caf"+end, 1))
		stops, err := events.Parse([]byte(document))
		if err != nil || len(stops) != 1 ||
			!strings.HasPrefix(stops[0].StoppedReason, "CannotStartContainerError: caf") {
			t.Errorf("%q: got %v, %v", end, stops, err)
		}
	}
}

func TestSamplesParse(t *testing.T) {
	files, _ := filepath.Glob("samples/*.json")
	if len(files) < 40 {
		t.Fatalf("only %d samples", len(files))
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(raw)
		if err != nil || len(stops) == 0 {
			t.Errorf("%s: %d stops, %v", file, len(stops), err)
		}
		for _, s := range stops {
			ofTask := s.Kind == events.KindTask || s.Kind == events.KindContainer
			timeless := s.Kind == events.KindRequest && s.EventID == "" || // an answer of the API has no time
				s.StillStopping || s.Alone
			jobless := s.Launcher == events.LauncherBatch // no task was made
			if ofTask && s.TaskID == "" && !jobless || s.Region == "" || s.Account == "" ||
				s.StoppedAt.IsZero() && !timeless {
				t.Errorf("%s: incomplete: kind %s, task %q, Region %q, account %q, at %s", file, s.Kind, s.TaskID,
					s.Region, s.Account, s.StoppedAt)
			}
		}
	}
}

func TestEventOfABareTaskMatchesLikeTheEventItself(t *testing.T) {
	pattern, err := events.CapturePattern(events.Options{})
	if err != nil {
		t.Fatal(err)
	}
	capture, err := events.CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	pattern, err = events.ContainersPattern(events.Options{})
	if err != nil {
		t.Fatal(err)
	}
	containers, err := events.CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("samples/*.json")
	for _, file := range files {
		raw, _ := os.ReadFile(file)
		var envelope struct {
			DetailType string          `json:"detail-type"`
			Detail     json.RawMessage `json:"detail"`
		}
		if json.Unmarshal(raw, &envelope) != nil || envelope.DetailType != "ECS Task State Change" {
			continue
		}
		original, err := capture.Match(raw)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(envelope.Detail)
		if err != nil || len(stops) == 0 {
			t.Fatalf("%s: the detail alone: %v", file, err)
		}
		rebuilt, err := capture.Match(stops[0].Event())
		if err != nil || rebuilt != original {
			t.Errorf("%s: the event matches %v, the bare task %v (%v)", file, original, rebuilt, err)
		}
		for _, s := range stops {
			if rebuilt, err := containers.Match(s.Event()); err != nil || rebuilt != (s.Kind == events.KindContainer) {
				t.Errorf("%s: a bare task with kind %s matches the containers' rule %v (%v)", file, s.Kind, rebuilt,
					err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("samples/*.json")
	for _, file := range files {
		raw, _ := os.ReadFile(file)
		f.Add(raw)
	}
	for _, s := range []string{
		"", "[]", "[{}]", "{\"tasks\":[{}]}", "\xff\xfe", "{\"detail\":{}}", "nul", "\"{\\\"taskArn\\\":1}\"",
		"[[[[[[[[[[[[",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		stops, err := events.Parse(raw)
		if len(stops) == 0 && err == nil {
			t.Error("neither a stop nor an error")
		}
		for _, s := range stops {
			if !json.Valid(s.Event()) {
				t.Errorf("the rebuilt event is not JSON: %s", s.Event())
			}
		}
	})
}

// TestCommandsAreRead holds where the command of a job stands, and what is none.
func TestCommandsAreRead(t *testing.T) {
	const task = `{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c3b4a5968","lastStatus":"STOPPED",` +
		`"containers":[{"name":"log","exitCode":0},{"name":"app","exitCode":1}],"overrides":`
	const job = `{"detail-type":"Batch Job State Change","detail":{"jobArn":"arn:aws:batch:eu-north-1:210987654321:job/5f",` +
		`"jobId":"5f","jobQueue":"q","status":"FAILED","container":{"image":"web","command":["report","--full"]},"attempts":`
	for _, c := range []struct{ name, document, want string }{
		{name: "an override", document: task + `{"containerOverrides":[{"name":"app","command":["report","--full"]}]}}`,
			want: "|report --full"},
		{name: "an override without a command", document: task + `{"containerOverrides":[{"name":"app"}]}}`, want: "|"},
		{name: "of a container that is not there",
			document: task + `{"containerOverrides":[{"name":"web","command":["report"]}]}}`, want: "|"},
		{name: "of another type", document: task + `{"containerOverrides":[{"name":"app","command":{"a":1}}]}}`, want: "|"},
		{name: "no overrides", document: task + `[]}`, want: "|"},
		{name: "a Batch job", document: job + `[{"container":{"exitCode":1}}]}}`, want: "report --full"},
		{name: "a Batch job that never ran", document: job + `[]}}`, want: "report --full"},
	} {
		stops, err := events.Parse([]byte(c.document))
		if err != nil || len(stops) != 1 {
			t.Errorf("%s: %d stops, %v", c.name, len(stops), err)
			continue
		}
		var commands []string
		for _, container := range stops[0].Containers {
			commands = append(commands, container.Command)
		}
		if got := strings.Join(commands, "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
