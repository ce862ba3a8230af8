package events_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"whystopped/events"
)

// shape is a line of testdata/shapes.jsonl: an event and whether each kind of capture has to catch it.
type shape struct {
	ID       string          `json:"id"`
	Failures bool            `json:"failures"`
	All      bool            `json:"all"`
	Event    json.RawMessage `json:"event"`
}

func capturePattern(t *testing.T, o events.Options) string {
	t.Helper()
	text, err := events.CapturePattern(o)
	if err != nil {
		t.Fatalf("CapturePattern(%+v): %v", o, err)
	}
	return string(text)
}

// reversed writes a JSON document with the keys of every object in the opposite order.
func reversed(t *testing.T, text string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value func() string
	value = func() string {
		token, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		delim, ok := token.(json.Delim)
		if !ok {
			b, err := json.Marshal(token)
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
		var parts []string
		for d.More() {
			if delim == '{' {
				key := value()
				parts = append(parts, key+":"+value())
			} else {
				parts = append(parts, value())
			}
		}
		end, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if delim == '{' {
			slices.Reverse(parts)
		}
		return delim.String() + strings.Join(parts, ",") + end.(json.Delim).String()
	}
	return value()
}

const defaultPattern = `{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],` +
	`"detail":{"desiredStatus":["STOPPED"],"lastStatus":["STOPPED"],` +
	`"stoppedReason":[{"anything-but":{"prefix":"Scaling activity initiated by"}},{"exists":false}],` +
	`"$or":[{"containers":{"exitCode":[{"anything-but":0},{"exists":false}]}},` +
	`{"containers":{"reason":[{"exists":true}]}},` +
	`{"stopCode":[{"anything-but":["EssentialContainerExited","UserInitiated"]},{"exists":false}]},` +
	`{"group":[{"prefix":"service:"}],"stopCode":["EssentialContainerExited"]}]}}`

func TestCapturePatternText(t *testing.T) {
	for _, test := range []struct {
		name    string
		options events.Options
		want    string
	}{
		{"default", events.Options{}, defaultPattern},
		{"failures", events.Options{Capture: events.CaptureFailures}, defaultPattern},
		{"all", events.Options{Capture: events.CaptureAll},
			`{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],"detail":{"desiredStatus":["STOPPED"],` +
				`"lastStatus":["STOPPED"]}}`},
		{
			"all of some",
			events.Options{
				Capture:  events.CaptureAll,
				Clusters: []string{"shop", "bank", "shop"},
				Services: []string{"web"},
			},
			`{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],"detail":{"desiredStatus":["STOPPED"],` +
				`"lastStatus":["STOPPED"],` +
				`"group":["service:web"],"clusterArn":[{"suffix":":cluster/bank"},{"suffix":":cluster/shop"}]}}`,
		},
	} {
		if got := capturePattern(t, test.options); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestCapturePatternCatchesTheShapesOfStops(t *testing.T) {
	for _, test := range []struct {
		options events.Options
		want    func(shape) bool
	}{
		{events.Options{}, func(s shape) bool { return s.Failures }},
		{events.Options{Capture: events.CaptureAll}, func(s shape) bool { return s.All }},
		// Options that leave out none of the shapes must not lose any.
		{
			events.Options{ExcludeClusters: []string{"other"}, ExcludeFamilies: []string{"other"}},
			func(s shape) bool { return s.Failures },
		},
		{
			events.Options{Clusters: []string{"shop"}, Families: []string{"checkout", "nightly"}},
			func(s shape) bool { return s.Failures },
		},
		{
			events.Options{Services: []string{"checkout"}, Families: []string{"nightly"}},
			func(s shape) bool { return s.Failures },
		},
		{
			events.Options{
				Capture:         events.CaptureAll,
				Services:        []string{"checkout"},
				TaskDefinitions: []string{"nightly:31"},
			},
			func(s shape) bool { return s.All },
		},
	} {
		text := capturePattern(t, test.options)
		forward, backward := compile(t, text), compile(t, reversed(t, text))
		for _, s := range readLines[shape](t, "shapes.jsonl") {
			want := test.want(s)
			if got := match(t, forward, string(s.Event)); got != want {
				t.Errorf("%+v: %s: caught %v, want %v", test.options, s.ID, got, want)
			}
			if got := match(t, backward, string(s.Event)); got != want {
				t.Errorf("%+v, keys reversed: %s: caught %v, want %v", test.options, s.ID, got, want)
			}
		}
	}
}

// stopped writes the event of a task that stopped with an exit code; an empty part is left out.
func stopped(cluster, group, taskDefinition string, exitCode int) string {
	detail := map[string]any{
		"lastStatus":    "STOPPED",
		"desiredStatus": "STOPPED",
		"stopCode":      "EssentialContainerExited",
		"stoppedReason": "Essential container in task exited",
		"containers":    []any{map[string]any{"name": "app", "exitCode": exitCode}},
	}
	if cluster != "" {
		detail["clusterArn"] = "arn:aws-us-gov:ecs:us-gov-west-1:999900001111:cluster/" + cluster
	}
	if group != "" {
		detail["group"] = group
	}
	if taskDefinition != "" {
		detail["taskDefinitionArn"] = "arn:aws-us-gov:ecs:us-gov-west-1:999900001111:task-definition/" + taskDefinition
	}
	text, err := json.Marshal(map[string]any{
		"source":      "aws.ecs",
		"detail-type": "ECS Task State Change",
		"detail":      detail,
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestCapturePatternNarrows(t *testing.T) {
	list := func(s ...string) []string { return s }
	web := stopped("shop", "service:web", "web:7", 1)
	webEnded := stopped("shop", "service:web", "web:7", 0)
	job := stopped("shop", "family:job", "job:3", 1)
	jobDone := stopped("shop", "family:job", "job:3", 0)
	bare := stopped("", "", "", 1)
	for _, test := range []struct {
		name    string
		options events.Options
		event   string
		want    bool
	}{
		{"cluster", events.Options{Clusters: list("shop")}, web, true},
		{"cluster, service that ended", events.Options{Clusters: list("shop")}, webEnded, true},
		{"cluster, job done", events.Options{Clusters: list("shop")}, jobDone, false},
		{"one of the clusters", events.Options{Clusters: list("bank", "shop")}, job, true},
		{"another cluster", events.Options{Clusters: list("bank")}, web, false},
		{"a cluster whose name only ends alike", events.Options{Clusters: list("op")}, web, false},
		{"a cluster whose name only begins alike", events.Options{Clusters: list("sho")}, web, false},
		{"cluster in another case", events.Options{Clusters: list("Shop")}, web, false},
		{"cluster not stated", events.Options{Clusters: list("shop")}, bare, false},

		{"service", events.Options{Services: list("web")}, web, true},
		{"service that ended", events.Options{Services: list("web")}, webEnded, true},
		{"one of the services", events.Options{Services: list("api", "web")}, webEnded, true},
		{"another service", events.Options{Services: list("api")}, web, false},
		{"another service that ended", events.Options{Services: list("api")}, webEnded, false},
		{"a service whose name only begins alike", events.Options{Services: list("we")}, web, false},
		{"a job is no service", events.Options{Services: list("job")}, job, false},
		{"group not stated", events.Options{Services: list("web")}, bare, false},

		{"family of a service", events.Options{Families: list("web")}, web, true},
		{"family of a service that ended", events.Options{Families: list("web")}, webEnded, true},
		{"family of a job", events.Options{Families: list("api", "job")}, job, true},
		{"family of a job that is done", events.Options{Families: list("job")}, jobDone, false},
		{
			"family in a group of its own",
			events.Options{Families: list("job")},
			stopped("shop", "release", "job:3", 1),
			true,
		},
		{"another family", events.Options{Families: list("api")}, web, false},
		{"a family whose name only begins alike", events.Options{Families: list("we")}, web, false},
		{"a family whose name only ends alike", events.Options{Families: list("eb")}, web, false},
		{"family not stated", events.Options{Families: list("web")}, bare, false},

		{"revision", events.Options{TaskDefinitions: list("web:7")}, web, true},
		{"another revision", events.Options{TaskDefinitions: list("web:70", "web:6")}, web, false},
		{
			"a revision that only begins alike",
			events.Options{TaskDefinitions: list("web:7")},
			stopped("shop", "service:web", "web:77", 1),
			false,
		},
		{"revision or family", events.Options{TaskDefinitions: list("web:6"), Families: list("job")}, job, true},
		{
			"neither revision nor family",
			events.Options{TaskDefinitions: list("web:6"), Families: list("job")},
			web,
			false,
		},

		{
			"service or family: the service",
			events.Options{Services: list("web"), Families: list("job")},
			webEnded,
			true,
		},
		{"service or family: the family", events.Options{Services: list("web"), Families: list("job")}, job, true},
		{
			"service or family: the family, done",
			events.Options{Services: list("web"), Families: list("job")},
			jobDone,
			false,
		},
		{
			"service or family: a service of the family",
			events.Options{Services: list("api"), Families: list("web")},
			webEnded,
			true,
		},
		{"service or family: neither", events.Options{Services: list("api"), Families: list("job")}, web, false},
		{
			"service or family in a cluster",
			events.Options{Clusters: list("shop"), Services: list("web"), Families: list("job")},
			job,
			true,
		},
		{
			"service or family in another cluster",
			events.Options{Clusters: list("bank"), Services: list("web"), Families: list("job")},
			job,
			false,
		},

		{"cluster and service", events.Options{Clusters: list("shop"), Services: list("web")}, web, true},
		{"service in another cluster", events.Options{Clusters: list("bank"), Services: list("web")}, web, false},
		{"another service in the cluster", events.Options{Clusters: list("shop"), Services: list("api")}, web, false},

		{"excluded cluster", events.Options{ExcludeClusters: list("dev", "shop")}, web, false},
		{"excluded cluster, service that ended", events.Options{ExcludeClusters: list("shop")}, webEnded, false},
		{"cluster that is not excluded", events.Options{ExcludeClusters: list("dev", "test")}, web, true},
		{"cluster not stated, so not excluded", events.Options{ExcludeClusters: list("shop")}, bare, true},
		{"excluded family", events.Options{ExcludeFamilies: list("job", "web")}, web, false},
		{"excluded family, service that ended", events.Options{ExcludeFamilies: list("web")}, webEnded, false},
		{"family that is not excluded", events.Options{ExcludeFamilies: list("job", "we", "eb")}, web, true},
		{"family not stated, so not excluded", events.Options{ExcludeFamilies: list("web")}, bare, true},
		{"cluster without a family", events.Options{Clusters: list("shop"), ExcludeFamilies: list("job")}, web, true},
		{
			"cluster without this family",
			events.Options{Clusters: list("shop"), ExcludeFamilies: list("web")},
			web,
			false,
		},
		{
			"service without this family",
			events.Options{Services: list("web"), ExcludeFamilies: list("web")},
			web,
			false,
		},
		{
			"family without this cluster",
			events.Options{Families: list("web"), ExcludeClusters: list("shop")},
			web,
			false,
		},
		{
			"both exclusions, neither applies",
			events.Options{ExcludeClusters: list("dev"), ExcludeFamilies: list("job")},
			web,
			true,
		},
		{
			"both exclusions, one applies",
			events.Options{ExcludeClusters: list("dev"), ExcludeFamilies: list("web")},
			web,
			false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := capturePattern(t, test.options)
			for _, text := range []string{text, reversed(t, text)} {
				if got := match(t, compile(t, text), test.event); got != test.want {
					t.Errorf("caught %v, want %v by %s", got, test.want, text)
				}
			}
			// Everything that narrows failures narrows all stops alike.
			all := test.options
			all.Capture = events.CaptureAll
			want := test.want || test.event == jobDone
			text = capturePattern(t, all)
			for _, text := range []string{text, reversed(t, text)} {
				if got := match(t, compile(t, text), test.event); got != want {
					t.Errorf("all: caught %v, want %v by %s", got, want, text)
				}
			}
		})
	}
}

func TestCapturePatternWritesNarrowingIntoEveryBranch(t *testing.T) {
	text := capturePattern(t, events.Options{
		Clusters:        []string{"shop"},
		Services:        []string{"web"},
		ExcludeFamilies: []string{"job"},
	})
	var pattern struct {
		Detail map[string]json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		t.Fatal(err)
	}
	var branches []map[string]json.RawMessage
	if err := json.Unmarshal(pattern.Detail["$or"], &branches); err != nil {
		t.Fatal(err)
	}
	if len(branches) != 4 {
		t.Fatalf("%d branches, want 4", len(branches))
	}
	for field, want := range map[string]string{
		"clusterArn":        `[{"suffix":":cluster/shop"}]`,
		"group":             `["service:web"]`,
		"taskDefinitionArn": `[{"anything-but":{"wildcard":["*:task-definition/job:*"]}},{"exists":false}]`,
	} {
		if pattern.Detail[field] != nil {
			t.Errorf("%s stands outside $or", field)
		}
		for i, b := range branches {
			if string(b[field]) != want {
				t.Errorf("branch %d: %s is %s, want %s", i, field, b[field], want)
			}
		}
	}
}

func TestCapturePatternIsTheSameForTheSameNames(t *testing.T) {
	options := events.Options{
		Services:        []string{"b", "a", "b"},
		TaskDefinitions: []string{"y:2", "x:1", "y:2"},
		ExcludeClusters: []string{"q", "p"},
	}
	kept := events.Options{
		Services:        slices.Clone(options.Services),
		TaskDefinitions: slices.Clone(options.TaskDefinitions),
		ExcludeClusters: slices.Clone(options.ExcludeClusters),
	}
	a := capturePattern(t, options)
	b := capturePattern(t, events.Options{
		Services:        []string{"a", "b"},
		TaskDefinitions: []string{"x:1", "y:2"},
		ExcludeClusters: []string{"p", "q"},
	})
	if a != b {
		t.Errorf("the order of names changes the pattern:\n%s\n%s", a, b)
	}
	if fmt.Sprint(options) != fmt.Sprint(kept) {
		t.Errorf("the options were changed: %+v", options)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(a)); err != nil || compact.String() != a {
		t.Errorf("not compact (%v): %s", err, a)
	}
}

func TestCapturePatternRefuses(t *testing.T) {
	long := strings.Repeat("x", 255)
	many := make([]string, 40)
	for i := range many {
		many[i] = fmt.Sprintf("service-%02d", i)
	}
	for _, test := range []struct {
		name    string
		options events.Options
		want    string
	}{
		{
			"unknown capture",
			events.Options{Capture: "some"},
			`capture options: capture "some" must be "failures" or "all"`,
		},
		{
			"empty cluster",
			events.Options{Clusters: []string{"shop", ""}},
			`capture options: clusters: "" must be a name`,
		},
		{
			"cluster ARN",
			events.Options{Clusters: []string{"arn:aws:ecs:eu-west-3:123412341234:cluster/shop"}},
			"not an ARN",
		},
		{
			"service with its group",
			events.Options{Services: []string{"service:web"}},
			`services: "service:web" must be a name`,
		},
		{"service with a wildcard", events.Options{Services: []string{"web*"}}, `services: "web*"`},
		{"service with a line end", events.Options{Services: []string{"web\n"}}, `services: "web\n"`},
		{"family with a revision", events.Options{Families: []string{"web:7"}}, `families: "web:7"`},
		{"family with a quote", events.Options{Families: []string{`we"b`}}, "families:"},
		{"family not ASCII", events.Options{Families: []string{"wéb"}}, "families:"},
		{"family too long", events.Options{Families: []string{long + "x"}}, "1 to 255"},
		{
			"task definition without revision",
			events.Options{TaskDefinitions: []string{"web"}},
			`task definitions: "web" must be "family:revision"`,
		},
		{
			"task definition of revision 0",
			events.Options{TaskDefinitions: []string{"web:0"}},
			`task definitions: "web:0"`,
		},
		{
			"task definition of a wildcard",
			events.Options{TaskDefinitions: []string{"web:*"}},
			`task definitions: "web:*"`,
		},
		{"task definition without family", events.Options{TaskDefinitions: []string{":7"}}, `task definitions: ":7"`},
		{"empty excluded cluster", events.Options{ExcludeClusters: []string{""}}, `excluded clusters: ""`},
		{"excluded family with a slash", events.Options{ExcludeFamilies: []string{"a/b"}}, `excluded families: "a/b"`},
		{
			"cluster both ways",
			events.Options{Clusters: []string{"a"}, ExcludeClusters: []string{"b"}},
			"clusters are both included and excluded: keep one",
		},
		{
			"family both ways",
			events.Options{Families: []string{"a"}, ExcludeFamilies: []string{"b"}},
			"families are both included",
		},
		{
			"revision and excluded family",
			events.Options{TaskDefinitions: []string{"a:1"}, ExcludeFamilies: []string{"b"}},
			"keep one of the two",
		},
		{
			"too long",
			events.Options{Services: many},
			"give fewer names: event pattern has 3875 characters, EventBridge takes at most 2048",
		},
		{
			"too long by one name",
			events.Options{Services: []string{long, strings.Repeat("y", 255)}},
			"EventBridge takes at most 2048",
		},
	} {
		text, err := events.CapturePattern(test.options)
		if err == nil || text != nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %s, %v, want an error with %q", test.name, text, err, test.want)
		}
	}
	capturePattern(t, events.Options{Services: []string{long}})
	capturePattern(t, events.Options{TaskDefinitions: []string{"web_1-A:2147483647"}})
}
