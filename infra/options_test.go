package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive/stack"
	"whystopped/events"
)

func defaults() stack.Options {
	return stack.Options{
		Capture: events.CaptureFailures, CaptureContainers: events.CaptureFailures, CaptureServices: "on",
		CaptureRequests: "off", CaptureWatcher: "on",
		LogGroup: "/whystopped/stops", RetentionDays: 30, Architecture: "arm64", Memory: 256,
		Evidence: "policies", LogTail: "off", Added: stack.Added{Remember: "on", ServiceMetrics: "off", Sweep: "15",
			CaptureHooks: "on", CaptureInstances: "on", CaptureJobs: "on"},
	}
}

func TestOptionsAreDefault(t *testing.T) {
	// The CDK's own context does not disturb.
	for _, context := range []map[string]any{nil,
		{"aws:cdk:version": "2", "@aws-cdk/core:x": true, "acknowledged-issue-numbers": []any{1.0}}} {
		o, err := parseOptions(context)
		if diff := cmp.Diff(defaults(), o); diff != "" || err != nil {
			t.Errorf("%v: %v, -want +got\n%s", context, err, diff)
		}
	}
}

// TestEveryOption gives each option what it takes, in each form that CDK context has, and what it does not take.
func TestEveryOption(t *testing.T) {
	const topic = "arn:aws-us-gov:sns:us-gov-west-1:111122223333:on-call"
	tests := map[string]struct {
		takes   any
		want    func(*stack.Options)
		refuses map[any]string // by value, what the error says
	}{
		"capture": {
			"all", func(o *stack.Options) { o.Capture = events.CaptureAll },
			map[any]string{"some": `capture "some" must be "failures" or "all"`},
		},
		"clusters": {
			[]any{"shop", "bank"}, func(o *stack.Options) { o.Clusters = []string{"shop", "bank"} },
			map[any]string{"shop,,bank": `clusters: "" must be a name`,
				"arn:aws:ecs:eu-west-3:111122223333:cluster/shop": "not an ARN"},
		},
		"services": {
			"web, api,web", func(o *stack.Options) { o.Services = []string{"web", "api"} },
			map[any]string{"service:web": `services: "service:web" must be a name`, strings.Repeat("a", 255) + "," +
				strings.Repeat("b", 255): "at most 2048"},
		},
		"families": {
			"nightly", func(o *stack.Options) { o.Families = []string{"nightly"} },
			map[any]string{"nightly:7": `families: "nightly:7" must be a name`},
		},
		"taskDefinitions": {
			[]any{"web:42"}, func(o *stack.Options) { o.TaskDefinitions = []string{"web:42"} },
			map[any]string{"web": `must be "family:revision"`},
		},
		"excludeClusters": {
			"dev", func(o *stack.Options) { o.ExcludeClusters = []string{"dev"} },
			map[any]string{"dev*": `excluded clusters: "dev*" must be a name`},
		},
		"excludeFamilies": {
			"noise,chaos", func(o *stack.Options) { o.ExcludeFamilies = []string{"noise", "chaos"} },
			map[any]string{"a b": `excluded families: "a b" must be a name`},
		},
		"captureContainers": {
			"all", func(o *stack.Options) { o.CaptureContainers = events.CaptureAll },
			map[any]string{"on": `"on" is not known, give failures, all or off`},
		},
		"endingContainers": {
			"migrate, init", func(o *stack.Options) { o.EndingContainers = []string{"migrate", "init"} },
			map[any]string{"a b": "cannot be the name of a container", strings.Repeat("a", 255) + "," +
				strings.Repeat("b", 255) + "," + strings.Repeat("c", 255): "too many"},
		},
		"captureServices": {
			"off", func(o *stack.Options) { o.CaptureServices = "off" },
			map[any]string{"failures": `"failures" is not known, give on or off`},
		},
		"captureRequests": {
			"on", func(o *stack.Options) { o.CaptureRequests = "on" },
			map[any]string{"yes": `"yes" is not known, give on or off`},
		},
		"captureHooks": {
			"off", func(o *stack.Options) { o.CaptureHooks = "off" },
			map[any]string{"no": `"no" is not known, give on or off`},
		},
		"captureInstances": {
			"off", func(o *stack.Options) { o.CaptureInstances = "off" },
			map[any]string{"no": `"no" is not known, give on or off`},
		},
		"captureJobs": {
			"off", func(o *stack.Options) { o.CaptureJobs = "off" },
			map[any]string{"no": `"no" is not known, give on or off`},
		},
		"captureWatcher": {
			"off", func(o *stack.Options) { o.CaptureWatcher = "off" },
			map[any]string{"no": `"no" is not known, give on or off`},
		},
		"belowDesired": {
			[]any{"shop/web", "shop/api"}, func(o *stack.Options) { o.BelowDesired = []string{"shop/web", "shop/api"} },
			map[any]string{"web": `"web" is not valid: must be cluster/service, such as prod/web`,
				names(26, 4, "belowDesired"): "at most 25"},
		},
		"logGroup": {
			"/team/stops", func(o *stack.Options) { o.LogGroup = "/team/stops" },
			map[any]string{
				"stops:all": "cannot be the name of a log group", strings.Repeat("x", 513): "1 to 512",
				"aws/stops":            "not beginning with aws/",
				"/whystopped/function": "the function's own log",
			},
		},
		"retentionDays": {
			90.0, func(o *stack.Options) { o.RetentionDays = 90 },
			map[any]string{
				"45": `CloudWatch Logs does not keep events for "45" days, give one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, ` +
					`1096, 1827, 2192, 2557, 2922, 3288, 3653`,
				0.0: "give one of", -1.0: "give one of", 30.5: "give one of", "never": "give one of",
			},
		},
		"existingLogGroup": {
			"/kept/by/another", func(o *stack.Options) {
				o.ExistingLogGroup, o.LogGroup, o.RetentionDays = "/kept/by/another", "", 0
			},
			map[any]string{"arn:aws:logs:eu-west-3:111122223333:log-group:x": "cannot be the name",
				"/whystopped/function": "the function's own log"},
		},
		"architecture": {
			"x86_64", func(o *stack.Options) { o.Architecture = "x86_64" },
			map[any]string{"amd64": `"amd64" is no architecture of Lambda, give arm64 or x86_64`},
		},
		"memory": {
			"512", func(o *stack.Options) { o.Memory = 512 },
			map[any]string{"127": "from 128 to 10240", 10241.0: "from 128 to 10240", "1 GB": "no whole number"},
		},
		"reservedConcurrency": {
			5.0, func(o *stack.Options) { o.ReservedConcurrency = 5 },
			map[any]string{"0": "from 1 to 1000", "ten": "no whole number"},
		},
		"evidence": {
			"policies", func(o *stack.Options) { o.Evidence = "policies" },
			map[any]string{"all": "give one of `off`, `describe`, `policies`, `deep`",
				"verify": `"verify" is no tier of evidence`, 1.0: "no tier"},
		},
		"logTail": {
			"on", func(o *stack.Options) { o.LogTail = "on" },
			map[any]string{"yes": `"yes" is not known, give on or off`},
		},
		"logTailGroups": {
			[]any{"/ecs/*", "/team/web"}, func(o *stack.Options) { o.LogTailGroups = []string{"/ecs/*", "/team/web"} },
			map[any]string{"/ecs/*,": `"" cannot be the name`,
				"arn:aws:logs:eu-west-3:111122223333:log-group:x": "cannot be the name"},
		},
		"remember": {
			"off", func(o *stack.Options) { o.Remember = "off" }, map[any]string{"yes": "give on or off"},
		},
		"sweep": {
			5.0, func(o *stack.Options) { o.Sweep = "5" },
			map[any]string{"10": `"10" is not known, give 5, 15, 60 or off`, "on": "give 5, 15, 60 or off"},
		},
		"namePrefix": {
			"blue-", func(o *stack.Options) { o.NamePrefix, o.LogGroup = "blue-", "/blue-whystopped/stops" },
			map[any]string{"Blue": "cannot stand before names", "-x": "cannot stand before names",
				"a/b": "small letters", strings.Repeat("x", 21): "at most 19 small letters"},
		},
		"kmsKeyArn": {
			ownKey, func(o *stack.Options) { o.KMSKeyARN = ownKey },
			map[any]string{"alias/ours": "no ARN of a KMS key",
				"arn:aws:kms:eu-west-3:111122223333:alias/ours": "an alias is none"},
		},
		"webhook": {
			webhook, func(o *stack.Options) { o.WebhookARN = webhook },
			map[any]string{"https://hooks.example.com/x": "no whole ARN",
				"arn:aws:secretsmanager:eu-west-3:111122223333:secret:on-call": "no whole ARN",
				"arn:aws:sns:eu-west-3:111122223333:on-call":                   "no whole ARN"},
		},
		"serviceMetrics": {
			"on", func(o *stack.Options) { o.ServiceMetrics = "on" }, map[any]string{"some": "give on or off"},
		},
		"notifyEmail": {
			"on-call@example.com", func(o *stack.Options) { o.NotifyEmail = "on-call@example.com" },
			map[any]string{"on-call": "no e-mail address", "a@example.com,b@example.com": "no e-mail address"},
		},
		"notifyTopicArn": {
			topic, func(o *stack.Options) { o.NotifyTopicARN = topic },
			map[any]string{"on-call": "no ARN of a standard SNS topic", topic +
				".fifo": "no ARN of a standard SNS topic"},
		},
		"alarmTopicArn": {
			topic, func(o *stack.Options) { o.AlarmTopicARN = topic },
			map[any]string{"arn:aws:sqs:eu-west-3:111122223333:on-call": "no ARN of a standard SNS topic"},
		},
		"alarmFailures": {
			"1", func(o *stack.Options) { o.AlarmFailures = 1 },
			map[any]string{"0": "from 1 to", "many": "no whole number"},
		},
	}
	for _, opt := range options {
		tt, ok := tests[opt.Name]
		if !ok || tt.takes == nil || len(tt.refuses) == 0 {
			t.Errorf("option %s is not tried with what it takes and what it does not", opt.Name)
			continue
		}
		delete(tests, opt.Name)
		want := defaults()
		tt.want(&want)
		got, err := parseOptions(map[string]any{opt.Name: tt.takes})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s=%v: %v, -want +got\n%s", opt.Name, tt.takes, err, diff)
		}
		tt.refuses[""] = "it is empty, leave it out or give a value"
		tt.refuses[true] = "true is neither a text, a number nor a list of them"
		tt.refuses[nil] = "neither a text"
		for value, says := range tt.refuses {
			_, err := parseOptions(map[string]any{opt.Name: value})
			if err == nil || !strings.Contains(err.Error(), says) || strings.Count(err.Error(), "\n") > 0 {
				t.Errorf("%s=%v: the error is %v, want one line with %q", opt.Name, value, err, says)
			}
		}
	}
	for name := range tests {
		t.Errorf("%s is tried and no option", name)
	}
}

func TestOptionsThatDoNotGoTogether(t *testing.T) {
	for _, tt := range []struct {
		context map[string]any
		want    string
	}{
		{map[string]any{"clusters": "a", "excludeClusters": "b"}, "clusters are both included and excluded"},
		{map[string]any{"families": "a", "excludeFamilies": "b"}, "families are both included"},
		{map[string]any{"taskDefinitions": "a:1", "excludeFamilies": "b"}, "families are both included"},
		{map[string]any{"existingLogGroup": "/a", "logGroup": "/b"},
			"option existingLogGroup: name and retention of an existing group are its owner's"},
		{map[string]any{"existingLogGroup": "/a", "retentionDays": "30"}, "leave out logGroup and retentionDays"},
		{map[string]any{"notifyEmail": "a@example.com", "notifyTopicArn": "arn:aws:sns:eu-west-3:111122223333:x"},
			"subscribe the address to that one"},
		{map[string]any{"namePrefix": "b-", "logGroup": "/b-whystopped/function"}, "is the function's own log"},
		{map[string]any{"logGroup": strings.Repeat("l", 512), "belowDesired": strings.Repeat("c", 100) + "/" +
			strings.Repeat("s", 100)}, "option belowDesired: the alarm of ccc"},
		{map[string]any{"evidence": "off", "logTail": "on"},
			"option logTail: with evidence=off nobody asks for log lines"},
		{map[string]any{"clusters": names(20, 12, ""), "services": names(10, 12, "")}, "give fewer names"},
		{map[string]any{"logTail": "on", "logTailGroups": names(99, 40, "")},
			"bytes of the function's environment, and Lambda takes 4096: give fewer names"},
		{map[string]any{"cluster": "shop"}, "option cluster is not known, docs/options.md lists all"},
		{map[string]any{"RetentionDays": "7"}, "option RetentionDays is not known"},
		{map[string]any{"memory": "1", "retentionDays": "2"},
			`option memory: "1" is no whole number from 128 to 10240` + "\n" +
				`option retentionDays: CloudWatch Logs does not keep events for "2" days`},
	} {
		if _, err := parseOptions(tt.context); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: the error is %v, want %q in it", tt.context, err, tt.want)
		}
	}
}

// TestWhatIsNamedIsInTheRegion: CloudFormation would refuse it in the middle of a deployment.
func TestWhatIsNamedIsInTheRegion(t *testing.T) {
	for option, arn := range map[string]string{"notifyTopicArn": "arn:aws:sns:eu-west-3:111122223333:on-call",
		"alarmTopicArn": "arn:aws:sns:eu-west-3:111122223333:on-call", "kmsKeyArn": ownKey, "webhook": webhook} {
		o, err := parseOptions(map[string]any{option: arn})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(inRegion(o, "eu-west-3"), inRegion(o, "")); err != nil {
			t.Error(err)
		}
		if err := inRegion(o, "eu-west-1"); err == nil ||
			!strings.Contains(err.Error(), "option "+option+": it is in eu-west-3 and the stack goes to eu-west-1") {
			t.Errorf("%s: the error is %v", option, err)
		}
	}
}

// TestServicesAreSteadyWhereTheirEventsCome: else an alert would stay open for ever.
func TestServicesAreSteadyWhereTheirEventsCome(t *testing.T) {
	for _, tt := range []struct {
		context map[string]any
		want    string
	}{
		{nil, "on"}, {map[string]any{"captureServices": "off"}, "off"}, {map[string]any{"families": "web"}, "off"},
		{map[string]any{"taskDefinitions": "web:1"}, "off"}, {map[string]any{"services": "web"}, "on"},
		{map[string]any{"services": "web", "families": "job"}, "off"}, {map[string]any{"clusters": "shop"}, "on"},
	} {
		o, err := parseOptions(tt.context)
		if got := environmentOf(o)[stack.EnvSteady]; got != tt.want || err != nil {
			t.Errorf("%v: %s is %q (%v)", tt.context, stack.EnvSteady, got, err)
		}
	}
}

// TestAFailureIsRememberedAsLongAsItsRecords: what nobody finds in the archive any more is new. How long an archive
// that was there before is kept is its owner's, and not known.
func TestAFailureIsRememberedAsLongAsItsRecords(t *testing.T) {
	for _, tt := range []struct {
		context map[string]any
		want    string
	}{
		{nil, "30"}, {map[string]any{"retentionDays": "7"}, "7"}, {map[string]any{"retentionDays": 400.0}, "400"},
		{map[string]any{"existingLogGroup": "/kept/by/another"}, ""}, {map[string]any{"remember": "off"}, ""},
	} {
		o, err := parseOptions(tt.context)
		if got := environmentOf(o)[stack.EnvRetention]; got != tt.want || err != nil {
			t.Errorf("%v: %s is %q (%v)", tt.context, stack.EnvRetention, got, err)
		}
	}
}

// TestWhateverIsTakenCanBeDeployed tries each option with each other at their longest: what is not refused has alarms,
// queries and an environment that AWS takes.
func TestWhateverIsTakenCanBeDeployed(t *testing.T) {
	longest := map[string]string{"namePrefix": "a" + strings.Repeat("b", 19), "logGroup": strings.Repeat("l", 512),
		"existingLogGroup": strings.Repeat("e", 512), "notifyEmail": "on-call@example.com", "kmsKeyArn": ownKey,
		"webhook":        "arn:aws:ssm:eu-west-3:111122223333:parameter/" + strings.Repeat("p", 1000),
		"notifyTopicArn": "arn:aws:sns:eu-west-3:111122223333:" + strings.Repeat("t", 256),
		"belowDesired":   strings.Repeat("c", 100) + "/" + strings.Repeat("s", 100), "alarmFailures": "1",
		"captureRequests": "on", "capture": "all", "logTail": "on", "evidence": "off", "remember": "off"}
	names := slices.Sorted(maps.Keys(longest))
	taken, refused := 0, 0
	for i, a := range names {
		for _, b := range names[i+1:] {
			context := map[string]any{a: longest[a], b: longest[b]}
			if _, err := parseOptions(context); err != nil {
				refused++
				continue
			}
			taken++
			if !slices.Contains([]string{"logGroup", "existingLogGroup", "namePrefix"}, a) && a != "belowDesired" {
				continue // nothing gets longer
			}
			for id, r := range synthesize(t, a, longest[a], b, longest[b]).all("AWS::CloudWatch::Alarm") {
				text, isText := r.Properties["AlarmDescription"].(string)
				if !isText {
					text = joined(t, r.Properties["AlarmDescription"])
				}
				if len(text) > descriptionLimit || len(r.Properties["AlarmName"].(string)) > 255 {
					t.Errorf("%v: %s says %d characters: %s", context, id, len(text), text)
				}
				if metrics, _ := r.Properties["Metrics"].([]any); len(metrics) > 11 { // an expression of ten
					t.Errorf("%v: %s looks at %d metrics", context, id, len(metrics)-1)
				}
			}
		}
	}
	if taken == 0 || refused == 0 {
		t.Errorf("%d are taken and %d refused: this test tries nothing", taken, refused)
	}
}

// TestWrongOptionsStopTheApp runs the app as the CDK command line does, which hands the context over in the
// environment.
func TestWrongOptionsStopTheApp(t *testing.T) {
	outdir, said, err := runApp(t, `{"retentionDays":45,"capture":"failures"}`)
	const want = `infra: option retentionDays: CloudWatch Logs does not keep events for "45" days, give one of 1, 3, `
	if err == nil || !strings.Contains(said, want) {
		t.Errorf("the app ends with %v and says %s\nwant %q", err, said, want)
	}
	if files, err := os.ReadDir(outdir); len(files) > 0 || err != nil {
		t.Errorf("it writes %v (%v), want nothing", files, err)
	}
}

// runApp runs the app on a module with the least function that compiles, and returns where it writes and what it says.
func runApp(t *testing.T, context string) (outdir, said string, err error) {
	t.Helper()
	outdir = t.TempDir()
	app := exec.Command(os.Args[0])
	app.Dir = module(t, "package main\n\nfunc main() {}\n")
	app.Env = append(os.Environ(), asApp+"=1", "CDK_OUTDIR="+outdir, "CDK_CONTEXT_JSON="+context)
	out, err := app.CombinedOutput()
	return outdir, string(out), err
}

// TestOptionsReachTheTemplate sees what each option that is not about the rule changes.
func TestOptionsReachTheTemplate(t *testing.T) {
	property := func(kind, name string) func(*testing.T, template) any {
		return func(t *testing.T, tpl template) any { _, r := tpl.only(t, kind, ""); return r.Properties[name] }
	}
	group := func(name string) func(*testing.T, template) any {
		return func(t *testing.T, tpl template) any {
			for _, r := range tpl.all("AWS::Logs::LogGroup") {
				if r.Properties["LogGroupName"] != stack.FunctionLogGroup {
					return r.Properties[name]
				}
			}
			return "no group"
		}
	}
	for _, tt := range []struct {
		name  string
		value any
		what  func(*testing.T, template) any
		want  any
	}{
		{"architecture", "x86_64", property("AWS::Lambda::Function", "Architectures"), []any{"x86_64"}},
		{"memory", 1024.0, property("AWS::Lambda::Function", "MemorySize"), 1024.0},
		{"reservedConcurrency", "7", property("AWS::Lambda::Function", "ReservedConcurrentExecutions"), 7.0},
		{"alarmFailures", "1", func(t *testing.T, tpl template) any {
			return tpl.Resources["AlarmfailuresDC6AE8D7"].Properties["Threshold"]
		}, 1.0},
		{"evidence", "deep", func(t *testing.T, tpl template) any { return tpl.environment(t)[stack.EnvEvidence] },
			"deep"},
		{"logTail", "on", func(t *testing.T, tpl template) any { return tpl.environment(t)[stack.EnvLogTail] }, "on"},
		{"serviceMetrics", "on", func(t *testing.T, tpl template) any { return tpl.environment(t)[stack.EnvMetrics] },
			"on"},
		{"remember", "off", func(_ *testing.T, tpl template) any { return len(tpl.all("AWS::DynamoDB::Table")) }, 0},
		{"remember", "off", func(t *testing.T, tpl template) any { return tpl.environment(t)[stack.EnvMemory] }, nil},
		{"logGroup", "/team/stops", group("LogGroupName"), "/team/stops"},
		{"retentionDays", "400", group("RetentionInDays"), 400.0},
		{"existingLogGroup", "/kept/by/another", group("LogGroupName"), "no group"},
		{"existingLogGroup", "/kept/by/another",
			func(t *testing.T, tpl template) any { return tpl.environment(t)[stack.EnvLogGroup] }, "/kept/by/another"},
		{"existingLogGroup", "/kept/by/another",
			func(t *testing.T, tpl template) any { return tpl.Outputs["LogGroupName"].Value }, "/kept/by/another"},
	} {
		if diff := cmp.Diff(tt.want, tt.what(t, synthesize(t, tt.name, tt.value))); diff != "" {
			t.Errorf("%s=%v: -want +got\n%s", tt.name, tt.value, diff)
		}
	}
}

// TestExistingLogGroupIsTheOnlyOneWrittenTo sees that nothing is left that names the default group.
func TestExistingLogGroupIsTheOnlyOneWrittenTo(t *testing.T) {
	tpl := synthesize(t, "existingLogGroup", "/kept/by/another")
	if strings.Contains(string(tpl.text), stack.LogGroup) {
		t.Errorf("the template names %s", stack.LogGroup)
	}
	for id, q := range tpl.all("AWS::Logs::QueryDefinition") {
		if diff := cmp.Diff([]any{"/kept/by/another"}, q.Properties["LogGroupNames"]); diff != "" {
			t.Errorf("%s reads -want +got\n%s", id, diff)
		}
	}
	own, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.FunctionLogGroup)
	statement := tpl.policy(t, "write")[0].(object)
	want := []any{arn(own),
		object{"Fn::Join": []any{"",
			[]any{"arn:", ref("AWS::Partition"), ":logs:", ref("AWS::Region"), ":", ref("AWS::AccountId"),
				":log-group:/kept/by/another:*"}}}}
	if diff := cmp.Diff(want, statement["Resource"]); diff != "" {
		t.Errorf("the function may write to -want +got\n%s", diff)
	}
}

// TestTheFunctionKnowsItsOptions reads them back as the command line does.
func TestTheFunctionKnowsItsOptions(t *testing.T) {
	tpl := synthesize(t, "capture", "all", "clusters", "shop,bank", "services", "web", "evidence", "policies",
		"logTail", "on", "logTailGroups", "/ecs/*")
	o, err := stack.ParseOptions(tpl.environment(t)[stack.EnvOptions].(string),
		tpl.environment(t)[stack.EnvAdded].(string))
	if err != nil {
		t.Fatal(err)
	}
	if o.Evidence != "policies" || o.LogTail != "on" || len(o.LogTailGroups) != 1 {
		t.Errorf("evidence %q, log tail %q of %q", o.Evidence, o.LogTail, o.LogTailGroups)
	}
	pattern, err := o.CapturePattern()
	if err != nil {
		t.Fatal(err)
	}
	if ascending, _ := tpl.pattern(t); !cmp.Equal(sorted(t, pattern), ascending) {
		t.Errorf("the options in the environment make the pattern %s, the rule has %s", pattern, ascending)
	}
}

// TestTheLongestPatternFitsTheEnvironment holds that the options of no pattern that EventBridge takes are too long for
// the 4 KB that Lambda gives all variables together. Source:
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
func TestTheLongestPatternFitsTheEnvironment(t *testing.T) {
	longest := 0
	for _, field := range []string{"clusters", "services", "families", "taskDefinitions", "excludeClusters",
		"excludeFamilies"} {
		for _, length := range []int{1, 4, 12, 60, 255} {
			o, _ := parseOptions(map[string]any{"capture": "all",
				field: names(mostNames("all", field, length), length, field), "logGroup": strings.Repeat("l", 512)})
			longest = max(longest, len(encoded(o)))
		}
	}
	if longest < 2000 || longest > 3000 {
		t.Errorf("the longest options have %d bytes, want about those of a pattern and at most 3000", longest)
	}
}

// TestDeployPageNamesWhatThereIs holds what docs/deploy.md tells people to type, and where it says that things are, to
// the table of options and the template.
func TestDeployPageNamesWhatThereIs(t *testing.T) {
	page, err := os.ReadFile("../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	given := regexp.MustCompile("-c ([A-Za-z]+)=([^\\s`]+)").FindAllStringSubmatch(string(page), -1)
	if len(given) < 5 {
		t.Errorf("the page gives the options %q: this test looks for the wrong thing", given)
	}
	for _, m := range given {
		if _, err := parseOptions(map[string]any{m[1]: m[2]}); err != nil && m[1] != "name" {
			t.Errorf("the page says -c %s=%s: %v", m[1], m[2], err)
		}
	}
	tpl := synthesize(t)
	for _, m := range regexp.MustCompile("(?:queue|log group) `([^`]+)`").FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(string(tpl.text), strconv.Quote(m[1])) {
			t.Errorf("the page names %s, which the template does not", m[1])
		}
	}
	if n := len(tpl.all("AWS::CloudWatch::Alarm")); !strings.Contains(string(page),
		fmt.Sprintf("has %d alarms and 1 dashboard", n)) {
		t.Errorf("the page does not say that there are %d alarms", n)
	}
}
