package events_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"whystopped/events"
)

type patternOf = func(events.Options) ([]byte, error)

// watcherPattern is the pattern on the bus of the account and Region of the sample.
func watcherPattern(o events.Options) ([]byte, error) {
	return events.WatcherPattern(o, "334455667788", "eu-central-1")
}

// caught reports whether the pattern of some options, its keys in either order, catches an event.
func caught(t *testing.T, make patternOf, o events.Options, event string) bool {
	t.Helper()
	text, err := make(o)
	if err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return false
	}
	forward, backward := match(t, compile(t, string(text)),
		event), match(t, compile(t, reversed(t, string(text))), event)
	if forward != backward {
		t.Errorf("the order of keys decides in %s about %s", text, event)
	}
	return forward
}

func TestRulesText(t *testing.T) {
	narrow := events.Options{Clusters: []string{"shop"}, Services: []string{"web"}, Families: []string{"job"}}
	for _, c := range []struct {
		name    string
		make    patternOf
		options events.Options
		want    string
	}{
		{"containers", events.ContainersPattern, events.Options{},
			`{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],"detail":{"desiredStatus":["RUNNING"],` +
				`"lastStatus":["RUNNING"],` +
				`"containers":{"lastStatus":["STOPPED"],"exitCode":[{"anything-but":0},{"exists":false}]}}}`},
		{"all containers", events.ContainersPattern, events.Options{Capture: events.CaptureAll},
			`{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],"detail":{"desiredStatus":["RUNNING"],` +
				`"lastStatus":["RUNNING"],"containers":{"lastStatus":["STOPPED"]}}}`},
		{
			"watcher",
			watcherPattern,
			events.Options{},
			`{"source":["whystopped.watcher"],"detail-type":["ECS Container Stopped"],` +
				`"account":["334455667788"],"region":["eu-central-1"],"detail":{"desiredStatus":["RUNNING"],` +
				`"lastStatus":["RUNNING"],"taskArn":[{"wildcard":"arn:*:ecs:eu-central-1:334455667788:task/*"}],` +
				`"containers":{"lastStatus":["STOPPED"]}}}`,
		},
		{"narrow watcher", watcherPattern, narrow,
			`{"source":["whystopped.watcher"],"detail-type":["ECS Container Stopped"],` +
				`"account":["334455667788"],"region":["eu-central-1"],"detail":{"desiredStatus":["RUNNING"],` +
				`"lastStatus":["RUNNING"],"taskArn":[{"wildcard":"arn:*:ecs:eu-central-1:334455667788:task/*"}],"$or":[{"group":["service:web"],` +
				`"clusterArn":[{"suffix":":cluster/shop"}]},` +
				`{"clusterArn":[{"suffix":":cluster/shop"}],` +
				`"taskDefinitionArn":[{"wildcard":"*:task-definition/job:*"}]}],` +
				`"containers":{"lastStatus":["STOPPED"]}}}`},
		{"services", events.ServicesPattern, events.Options{},
			`{"source":["aws.ecs"],"detail-type":["ECS Service Action","ECS Deployment State Change",` +
				`"ECS Daemon Service Action","ECS Daemon Deployment State Change"],` +
				`"detail":{"$or":[{"eventType":["ERROR","WARN","WARNING"]},{"eventName":["SERVICE_STEADY_STATE"]}]}}`},
		{"requests", events.RequestsPattern, events.Options{},
			`{"source":["aws.ecs"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventName":["RunTask",` +
				`"StartTask"],` +
				`"$or":[{"errorCode":[{"exists":true}]},` +
				`{"responseElements":{"failures":{"reason":[{"exists":true}]}}}]}}`},
	} {
		got, err := c.make(c.options)
		if string(got) != c.want || err != nil {
			t.Errorf("%s: %v\n got %s\nwant %s", c.name, err, got, c.want)
		}
	}
}

// TestRulesTakeEachTheirOwn runs every sample past every rule.
func TestRulesTakeEachTheirOwn(t *testing.T) {
	rules := map[string]patternOf{
		"stops":      events.CapturePattern,
		"containers": events.ContainersPattern,
		"watcher":    watcherPattern,
		"services":   events.ServicesPattern,
		"requests":   events.RequestsPattern,
	}
	for name, want := range map[string]string{
		"crashed-exit-1":                    "stops",
		"container-killed-docker-stop":      "containers",
		"container-init-0-sidecar-crashed":  "containers",
		"container-watched-restarted":       "watcher",
		"service-placement-memory":          "services",
		"service-placement-fargate-spot":    "services",
		"service-configuration-role":        "services",
		"service-start-impaired":            "services",
		"service-discovery-throttled":       "services",
		"service-steady-state":              "services",
		"daemon-creation-failed":            "services",
		"deployment-failed-circuit-breaker": "services",
		"deployment-failed-alarm":           "services",
		"deployment-completed":              "",
		"request-start-task-two-failures":   "requests",
		"request-run-task-denied":           "requests",
		"request-run-task-cluster-missing":  "requests",
	} {
		raw, err := os.ReadFile("samples/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		for rule, make := range rules {
			if got := caught(t, make, events.Options{}, string(raw)); got != (rule == want) {
				t.Errorf("%s: the rule of %s answers %v", name, rule, got)
			}
		}
	}
	for _, name := range []string{"describe-services-messages", "run-task-output-failure"} {
		for _, s := range sample(t, name) {
			for rule, make := range rules {
				if caught(t, make, events.Options{}, string(s.Event())) {
					t.Errorf("%s: %q did not come as an event, and yet the rule of %s takes it", name, s.StoppedReason,
						rule)
				}
			}
		}
	}
}

func TestTheWatchersRuleTakesOnlyItsOwnAccountsTasks(t *testing.T) {
	raw, err := os.ReadFile("samples/container-watched-restarted.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, replaced string }{
		{"sent from another account", `"account": "334455667788"`, `"account": "111122223333"`},
		{"sent from another Region", `"region": "eu-central-1"`, `"region": "eu-west-1"`},
		{"a task of another account", "334455667788:task/ledger/", "111122223333:task/ledger/"},
		{"a task of another Region", "ecs:eu-central-1:334455667788:task/", "ecs:eu-west-1:334455667788:task/"},
		{"no task's ARN", "334455667788:task/ledger/", "334455667788:service/ledger/"},
	} {
		forged := strings.ReplaceAll(string(raw), c.old, c.replaced)
		if forged == string(raw) || caught(t, watcherPattern, events.Options{}, forged) {
			t.Errorf("%s: taken", c.name)
		}
	}
}

func TestContainersPattern(t *testing.T) {
	of := func(last, desired, containers string) string {
		return fmt.Sprintf(`{"source":"aws.ecs","detail-type":"ECS Task State Change",
			"detail":{"lastStatus":%q,"desiredStatus":%q,"containers":[%s],
			"clusterArn":"arn:aws:ecs:eu-west-3:1:cluster/shop","group":"service:web",
			"taskDefinitionArn":"arn:aws:ecs:eu-west-3:1:task-definition/web:7"}}`,
			last, desired, containers)
	}
	const app, log = `{"name":"app","lastStatus":"RUNNING"}`, `{"name":"log","lastStatus":"STOPPED","exitCode":%s}`
	exit := func(code string) string { return strings.Replace(log, "%s", code, 1) }
	for _, c := range []struct {
		name          string
		event         string
		failures, all bool
	}{
		{"failed", of("RUNNING", "RUNNING", app+","+exit("1")), true, true},
		{"killed", of("RUNNING", "RUNNING", app+","+exit("137")), true, true},
		{"Windows code", of("RUNNING", "RUNNING", app+","+exit("3221225477")), true, true},
		{"ended with 0", of("RUNNING", "RUNNING", app+","+exit("0")), false, true},
		{"no code", of("RUNNING", "RUNNING", app+`,{"name":"log","lastStatus":"STOPPED"}`), true, true},
		{
			"one with 0, one failed",
			of("RUNNING", "RUNNING", `{"name":"init","lastStatus":"STOPPED","exitCode":0},`+app+","+exit("2")),
			true,
			true,
		},
		{
			"a code of one that runs again",
			of("RUNNING", "RUNNING",
				`{"name":"log","lastStatus":"RUNNING","exitCode":1},`+
					`{"name":"init","lastStatus":"STOPPED","exitCode":0}`),
			false,
			true,
		},
		{"all run", of("RUNNING", "RUNNING", app), false, false},
		{"no containers", of("RUNNING", "RUNNING", ""), false, false},
		{"going down", of("RUNNING", "STOPPED", app+","+exit("1")), false, false},
		{"down", of("STOPPED", "STOPPED", exit("1")), false, false},
		{"coming up", of("PENDING", "RUNNING", app+","+exit("1")), false, false},
	} {
		for capture, want := range map[events.Capture]bool{
			events.CaptureFailures: c.failures,
			events.CaptureAll:      c.all,
		} {
			for _, o := range []events.Options{
				{},
				{Clusters: []string{"shop"}},
				{Services: []string{"web"}, Families: []string{"job"}},
				{Families: []string{"web"}, ExcludeClusters: []string{"dev"}},
			} {
				o.Capture = capture
				if got := caught(t, events.ContainersPattern, o, c.event); got != want {
					t.Errorf("%s, %+v: caught %v", c.name, o, got)
				}
			}
			for _, o := range []events.Options{
				{Clusters: []string{"bank"}},
				{Services: []string{"api"}},
				{ExcludeFamilies: []string{"web"}},
				{ExcludeClusters: []string{"shop"}},
			} {
				o.Capture = capture
				if caught(t, events.ContainersPattern, o, c.event) {
					t.Errorf("%s, %+v: caught", c.name, o)
				}
			}
		}
	}
}

func TestServicesPatternNarrows(t *testing.T) {
	list := func(s ...string) []string { return s }
	service := func(resource, clusterARN string) string {
		detail := map[string]any{"eventType": "ERROR", "eventName": "X"}
		if clusterARN != "" {
			detail["clusterArn"] = "arn:aws-cn:ecs:cn-north-1:1:cluster/" + clusterARN
		}
		resources := []string{}
		if resource != "" {
			resources = append(resources, "arn:aws-cn:ecs:cn-north-1:1:"+resource)
		}
		text, _ := json.Marshal(map[string]any{
			"source":      "aws.ecs",
			"detail-type": "ECS Service Action",
			"resources":   resources,
			"detail":      detail,
		})
		return string(text)
	}
	named := func(kind, name string) string {
		return strings.NewReplacer("ERROR", kind, `"X"`, `"`+name+`"`).Replace(service("service/shop/web", "shop"))
	}
	steady := named("INFO", "SERVICE_STEADY_STATE")
	web := service("service/shop/web", "shop")
	deployment := service("service/shop/web", "")
	daemon := service("daemon/shop/agent", "shop")
	homeless := service("", "shop")
	for _, c := range []struct {
		name    string
		options events.Options
		event   string
		want    bool
	}{
		{"cluster", events.Options{Clusters: list("bank", "shop")}, web, true},
		{"cluster of a deployment", events.Options{Clusters: list("shop")}, deployment, true},
		{"cluster of a daemon", events.Options{Clusters: list("shop")}, daemon, true},
		{"another cluster", events.Options{Clusters: list("sho")}, web, false},
		{"a service with the cluster's name", events.Options{Clusters: list("web")}, web, false},
		{"service", events.Options{Services: list("api", "web")}, web, true},
		{"service of a deployment", events.Options{Services: list("web")}, deployment, true},
		{"a service whose name only ends alike", events.Options{Services: list("eb")}, web, false},
		{"cluster and service", events.Options{Clusters: list("shop"), Services: list("web")}, web, true},
		{"service in another cluster", events.Options{Clusters: list("bank"), Services: list("web")}, web, false},
		{"excluded cluster", events.Options{ExcludeClusters: list("dev", "shop")}, web, false},
		{"excluded cluster of a deployment", events.Options{ExcludeClusters: list("shop")}, deployment, false},
		{
			"excluded cluster of a daemon without resources",
			events.Options{ExcludeClusters: list("shop")},
			homeless,
			false,
		},
		{"cluster that is not excluded", events.Options{ExcludeClusters: list("dev")}, web, true},
		{"nothing of the cluster said", events.Options{ExcludeClusters: list("dev")}, homeless, true},
		{
			"service in an excluded cluster",
			events.Options{Services: list("web"), ExcludeClusters: list("shop")},
			web,
			false,
		},
		{"families leave out services", events.Options{Families: list("web")}, web, false},
		{"families beside services do not", events.Options{Families: list("job"), Services: list("web")}, web, true},
		{"excluded families mean nothing here", events.Options{ExcludeFamilies: list("web")}, web, true},
		{"a service that is steady", events.Options{Services: list("web")}, steady, true},
		{"a steady service in another cluster", events.Options{Clusters: list("bank")}, steady, false},
		{"a steady service in an excluded cluster", events.Options{ExcludeClusters: list("shop")}, steady, false},
		{"what else is only for information", events.Options{}, named("INFO", "TASKSET_STEADY_STATE"), false},
		{"an old service ARN", events.Options{Services: list("web")}, service("service/web", "shop"), true},
	} {
		if got := caught(t, events.ServicesPattern, c.options, c.event); got != c.want {
			t.Errorf("%s: caught %v", c.name, got)
		}
	}
}

func TestRequestsPatternNarrows(t *testing.T) {
	list := func(s ...string) []string { return s }
	call := func(cluster, definition, rest string) string {
		parameters, _ := json.Marshal(map[string]string{"cluster": cluster, "taskDefinition": definition})
		if cluster == "" {
			parameters = fmt.Appendf(nil, `{"taskDefinition":%q}`, definition)
		}
		return fmt.Sprintf(`{"source":"aws.ecs","detail-type":"AWS API Call via CloudTrail",`+
			`"detail":{"eventName":"RunTask","requestParameters":%s,%s}}`, parameters, rest)
	}
	const (
		refused = `"errorCode":"AccessDenied","responseElements":null`
		failed  = `"responseElements":{"tasks":[],"failures":[{"arn":"a","reason":"AGENT"}]}`
		worked  = `"responseElements":{"tasks":[{"taskArn":"t"}],"failures":[]}`
	)
	const clusterARN, definitionARN = "arn:aws:ecs:eu-west-3:1:cluster/", "arn:aws:ecs:eu-west-3:1:task-definition/"
	for _, c := range []struct {
		name                string
		options             events.Options
		cluster, definition string
		want                bool
	}{
		{
			name:       "cluster by name",
			options:    events.Options{Clusters: list("shop")},
			cluster:    "shop",
			definition: "job",
			want:       true,
		},
		{
			name:       "cluster by ARN",
			options:    events.Options{Clusters: list("shop")},
			cluster:    clusterARN + "shop",
			definition: "job",
			want:       true,
		},
		{
			name:       "another cluster",
			options:    events.Options{Clusters: list("sho", "op")},
			cluster:    "shop",
			definition: "job",
		},
		{
			name:       "the default cluster, not named",
			options:    events.Options{Clusters: list("default")},
			definition: "job",
			want:       true,
		},
		{name: "the default cluster is another", options: events.Options{Clusters: list("shop")}, definition: "job"},
		{
			name:       "excluded by name",
			options:    events.Options{ExcludeClusters: list("shop")},
			cluster:    "shop",
			definition: "job",
		},
		{
			name:       "excluded by ARN",
			options:    events.Options{ExcludeClusters: list("dev", "shop")},
			cluster:    clusterARN + "shop",
			definition: "job",
		},
		{
			name:       "not excluded",
			options:    events.Options{ExcludeClusters: list("dev")},
			cluster:    "shop",
			definition: "job",
			want:       true,
		},
		{
			name:       "default is not excluded",
			options:    events.Options{ExcludeClusters: list("dev")},
			definition: "job",
			want:       true,
		},
		{name: "default is excluded", options: events.Options{ExcludeClusters: list("default")}, definition: "job"},
		{
			name:       "family",
			options:    events.Options{Families: list("job")},
			cluster:    "shop",
			definition: "job",
			want:       true,
		},
		{
			name:       "family with revision",
			options:    events.Options{Families: list("job")},
			cluster:    "shop",
			definition: "job:7",
			want:       true,
		},
		{
			name:       "family by ARN",
			options:    events.Options{Families: list("job")},
			cluster:    "shop",
			definition: definitionARN + "job:7",
			want:       true,
		},
		{
			name:       "another family",
			options:    events.Options{Families: list("jo", "ob")},
			cluster:    "shop",
			definition: definitionARN + "job:7",
		},
		{
			name:       "revision",
			options:    events.Options{TaskDefinitions: list("job:7")},
			cluster:    "shop",
			definition: definitionARN + "job:7",
			want:       true,
		},
		{
			name:       "another revision",
			options:    events.Options{TaskDefinitions: list("job:7")},
			cluster:    "shop",
			definition: "job:77",
		},
		{
			name:       "excluded family",
			options:    events.Options{ExcludeFamilies: list("job")},
			cluster:    "shop",
			definition: "job",
		},
		{
			name:       "excluded family by ARN",
			options:    events.Options{ExcludeFamilies: list("job")},
			cluster:    "shop",
			definition: definitionARN + "job:7",
		},
		{
			name:       "family that is not excluded",
			options:    events.Options{ExcludeFamilies: list("jo")},
			cluster:    "shop",
			definition: definitionARN + "job:7",
			want:       true,
		},
		{
			name:       "services leave out requests",
			options:    events.Options{Services: list("web")},
			cluster:    "shop",
			definition: "job",
		},
		{
			name:       "services beside families do not",
			options:    events.Options{Services: list("web"), Families: list("job")},
			cluster:    "shop",
			definition: "job",
			want:       true,
		},
		{
			name:       "cluster and family",
			options:    events.Options{Clusters: list("shop"), Families: list("job")},
			cluster:    "bank",
			definition: "job",
		},
	} {
		for _, rest := range []string{refused, failed} {
			if got := caught(t, events.RequestsPattern, c.options, call(c.cluster, c.definition, rest)); got != c.want {
				t.Errorf("%s: caught %v with %s", c.name, got, rest)
			}
		}
		if caught(t, events.RequestsPattern, c.options, call(c.cluster, c.definition, worked)) {
			t.Errorf("%s: a call that worked is caught", c.name)
		}
	}
	if caught(
		t,
		events.RequestsPattern,
		events.Options{},
		strings.Replace(call("shop", "job", refused), "RunTask", "StopTask", 1),
	) {
		t.Error("a refused StopTask is caught")
	}
}

func TestRulesRefuse(t *testing.T) {
	long := make([]string, 80)
	for i := range long {
		long[i] = fmt.Sprintf("%s-%02d", strings.Repeat("x", 60), i)
	}
	for name, make := range map[string]patternOf{
		"containers": events.ContainersPattern,
		"watcher":    watcherPattern,
		"services":   events.ServicesPattern,
		"requests":   events.RequestsPattern,
	} {
		for what, o := range map[string]events.Options{
			"fewer names":                {Clusters: long},
			`clusters: "a b" must be`:    {Clusters: []string{"a b"}},
			`families: "a:1" must be`:    {Families: []string{"a:1"}},
			`services: "service:a" must`: {Services: []string{"service:a"}},
		} {
			if _, err := make(o); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%s: %v, want %s", name, err, what)
			}
		}
	}
}
