package account

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/classifier/commandtest"
	"whystopped/cmd/whystopped/account/permissions"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
)

// eventBridge is a stand-in of the part of EventBridge that tells of the rules of the default event bus.
type eventBridge struct {
	awsServer
	rules    map[string]map[string]any   // by name, as DescribeRule tells them
	targets  map[string][]map[string]any // by rule
	contrary bool                        // TestEventPattern answers the opposite
}

func newEventBridge() *eventBridge {
	s := &eventBridge{rules: map[string]map[string]any{}, targets: map[string][]map[string]any{}}
	s.target, s.contentType = "AWSEvents.", "application/x-amz-json-1.1"
	s.operations = map[string]func([]byte) (any, *awsRefusal){
		"DescribeRule":      operation(s.describeRule),
		"ListRules":         operation(s.listRules),
		"ListTargetsByRule": operation(s.listTargetsByRule),
		"TestEventPattern":  operation(s.testEventPattern),
	}
	return s
}

func (s *eventBridge) describeRule(input struct{ Name string }) (any, *awsRefusal) {
	rule, found := s.rules[input.Name]
	if !found {
		return nil, refuseWith("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", input.Name)
	}
	return rule, nil
}

// listRules gives one rule at a time.
func (s *eventBridge) listRules(input struct{ NextToken string }) (any, *awsRefusal) {
	names := slices.Sorted(maps.Keys(s.rules))
	at, _ := slices.BinarySearch(names, input.NextToken)
	answer := map[string]any{"Rules": []any{}}
	if at < len(names) {
		answer["Rules"] = []any{s.rules[names[at]]}
	}
	if at+1 < len(names) {
		answer["NextToken"] = names[at+1]
	}
	return answer, nil
}

func (s *eventBridge) listTargetsByRule(input struct{ Rule string }) (any, *awsRefusal) {
	if _, found := s.rules[input.Rule]; !found {
		return nil, refuseWith("ResourceNotFoundException", "Rule %s does not exist on EventBus default.", input.Rule)
	}
	return map[string]any{"Targets": s.targets[input.Rule]}, nil
}

// testEventPattern wants the fields that the API's documentation calls mandatory.
func (s *eventBridge) testEventPattern(input struct{ Event, EventPattern string }) (any, *awsRefusal) {
	var event map[string]any
	if err := json.Unmarshal([]byte(input.Event), &event); err != nil {
		return nil, refuseWith("InvalidEventPatternException", "%v", err)
	}
	for _, field := range []string{"id", "account", "source", "time", "region", "resources", "detail-type"} {
		if event[field] == nil {
			return nil, refuseWith("ValidationException", "Parameter Event is not valid: it lacks %s.", field)
		}
	}
	pattern, err := events.CompilePattern([]byte(input.EventPattern))
	if err != nil {
		return nil, refuseWith("InvalidEventPatternException", "Event pattern is not valid. Reason: %v", err)
	}
	matches, err := pattern.Match([]byte(input.Event))
	if err != nil {
		return nil, refuseWith("InvalidEventPatternException", "%v", err)
	}
	return map[string]bool{"Result": matches != s.contrary}, nil
}

// lambdaService is a stand-in of the part of Lambda that tells of functions.
type lambdaService struct {
	answers map[string]any // by operation; nil is ResourceNotFoundException
	refused map[string]bool
	called  func(call string)
}

var lambdaPaths = map[string]string{
	"/2015-03-31/functions/whystopped/configuration":       "GetFunctionConfiguration",
	"/2019-09-25/functions/whystopped/event-invoke-config": "GetFunctionEventInvokeConfig",
	"/2015-03-31/functions/whystopped/policy":              "GetPolicy",
}

func (s *lambdaService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := lambdaPaths[strings.Replace(r.URL.Path, "/blue-whystopped/", "/whystopped/", 1)]
	if r.Method != http.MethodGet {
		operation = r.Method + operation // none that is answered
	}
	s.called("lambda:" + operation)
	refuse := func(status int, code, message string) {
		w.Header().Set("X-Amzn-Errortype", code)
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"Type": "User", "Message": message})
	}
	w.Header().Set("Content-Type", "application/json")
	switch answer := s.answers[operation]; {
	case s.refused[operation]:
		refuse(http.StatusForbidden, "AccessDeniedException",
			"User: arn:aws:sts::111122223333:assumed-role/oncall/me is not authorized to perform: lambda:"+operation)
	case answer == nil:
		refuse(http.StatusNotFound, "ResourceNotFoundException",
			"Function not found: arn:aws:lambda:eu-west-1:111122223333:function:whystopped")
	default:
		json.NewEncoder(w).Encode(answer)
	}
}

// deployed is an account with a deployment in which nothing is wrong.
type deployed struct {
	*awsAccount
	rules *eventBridge
}

func (d *deployed) function() map[string]any {
	return d.functions.answers["GetFunctionConfiguration"].(map[string]any)
}

func (d *deployed) environment() map[string]string {
	return d.function()["Environment"].(map[string]map[string]string)["Variables"]
}

// defaults are the options of a deployment for which nothing was given.
var defaults = stack.Options{
	Capture:       events.CaptureFailures,
	LogGroup:      stack.LogGroup,
	RetentionDays: stack.RetentionDays,
	Architecture:  "arm64",
	Memory:        256,
	Evidence:      stack.EvidenceDefault,
	LogTail:       stack.Off,
	AlarmFailures: 3,
}

const accountARN = ":eu-west-1:111122223333:"

// deploy puts a deployment with these options into an account.
func deploy(t *testing.T, a *awsAccount, o stack.Options) *deployed {
	t.Helper()
	encoded, err := o.Encode()
	if err != nil {
		t.Fatal(err)
	}
	added, err := o.Added.Encode()
	if err != nil {
		t.Fatal(err)
	}
	deployedRules, err := o.Rules("111122223333", "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	d := &deployed{awsAccount: a, rules: newEventBridge()}
	function := "arn:aws:lambda" + accountARN + "function:" + o.Named(stack.Function)
	rule := "arn:aws:events" + accountARN + "rule/" + o.Named(stack.CaptureRule)
	for _, r := range deployedRules {
		d.rules.rules[r.Name] = map[string]any{
			"Name":         r.Name,
			"Arn":          "arn:aws:events" + accountARN + "rule/" + r.Name,
			"EventBusName": "default",
			"State":        "ENABLED",
			"EventPattern": string(r.Pattern),
		}
		d.rules.targets[r.Name] = []map[string]any{{
			"Id":               "Target0",
			"Arn":              function,
			"DeadLetterConfig": map[string]string{"Arn": "arn:aws:sqs" + accountARN + o.Named(stack.UndeliveredQueue)},
		}}
	}
	if input, err := o.SweepInput(); err != nil || input != "" {
		if err != nil {
			t.Fatal(err)
		}
		d.rules.rules[stack.SweepRule] = map[string]any{"Name": stack.SweepRule, "State": "ENABLED",
			"ScheduleExpression": "rate(15 minutes)"}
		d.rules.targets[stack.SweepRule] = []map[string]any{{"Id": "Target0", "Arn": function, "Input": input}}
	}
	policy, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Id":      "default",
		"Statement": []any{map[string]any{
			"Sid":       "capture",
			"Effect":    "Allow",
			"Principal": map[string]string{"Service": "events.amazonaws.com"},
			"Action":    "lambda:InvokeFunction",
			"Resource":  function,
			"Condition": map[string]any{"ArnLike": map[string]string{"AWS:SourceArn": rule}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.functions.answers = map[string]any{
		"GetFunctionConfiguration": map[string]any{
			"FunctionName":     o.Named(stack.Function),
			"FunctionArn":      function,
			"Runtime":          "provided.al2023",
			"State":            "Active",
			"LastUpdateStatus": "Successful",
			"Environment": map[string]map[string]string{
				"Variables": {stack.EnvLogGroup: o.ArchiveGroup(), stack.EnvOptions: encoded,
					stack.EnvAdded: added},
			},
		},
		"GetFunctionEventInvokeConfig": map[string]any{
			"FunctionArn": function,
			"DestinationConfig": map[string]any{"OnFailure": map[string]string{
				"Destination": "arn:aws:sqs" + accountARN + o.Named(stack.FailedQueue)}},
		},
		"GetPolicy": map[string]string{"Policy": string(policy)},
	}
	for _, queue := range []string{stack.UndeliveredQueue, stack.FailedQueue} {
		if url := queueURL(o.Named(queue)); a.sqs.queues[url] == nil {
			a.sqs.queues[url] = a.sqs.queues[queueURL(queue)]
		}
	}
	server := httptest.NewServer(a.recording("events:", d.rules))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", server.URL)
	return d
}

// archiveTask puts a task that ECS remembers into the archive.
func archiveTask(t *testing.T, told task, recorded time.Duration) {
	t.Helper()
	raw, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	stops, err := events.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	putRecord(t, "logs:", ingest.Explain(stops[0], archive.SourceEvent, time.Now().Add(-recorded)))
}

// newDeployment is a deployment with default options that has archived the two stops that ECS remembers.
func newDeployment(t *testing.T) *deployed {
	t.Helper()
	d := deploy(t, newAccount(t), defaults)
	d.ecs.clusters["prod"] = crashedTasks("prod", 2)
	for _, told := range d.ecs.clusters["prod"] {
		archiveTask(t, told, 4*time.Minute)
	}
	d.calls = map[string]bool{}
	return d
}

// diagnosed runs the command with --json and reads what it prints.
func diagnosed(t *testing.T, wantCode int, args ...string) map[string]diagnosis {
	t.Helper()
	stdout, stderr := whystopped(t, wantCode, append([]string{"doctor", "--json"}, args...)...)
	if stderr != "" {
		t.Errorf("stderr: %s", stderr)
	}
	found := map[string]diagnosis{}
	for line := range strings.Lines(stdout) {
		var g diagnosis
		if err := json.Unmarshal([]byte(line), &g); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if (g.Light == lightOK) != (g.Remedy == "") {
			t.Errorf("%s is %s with the remedy %q", g.Check, g.Light, g.Remedy)
		}
		found[g.Check] = g
	}
	return found
}

const healthyScreen = `ok    function             whystopped is active on provided.al2023 and writes to /whystopped/stops
ok    failure-destination  what whystopped fails on goes to the queue whystopped-failed
ok    function-policy      events.amazonaws.com may invoke whystopped for the rule whystopped-capture
ok    rule                 the rule whystopped-capture is enabled
ok    pattern              the pattern is that of the deployed options, and EventBridge answers 42 of 42 sample stops as it should
ok    target               the rule invokes whystopped, and what it cannot hand over goes to the queue whystopped-undelivered
ok    other-rules          the options ask for no rule beside whystopped-capture
ok    sweep                the options ask for no sweep
ok    undelivered-queue    the queue whystopped-undelivered is empty
ok    failed-queue         the queue whystopped-failed is empty
ok    archive-group        the log group /whystopped/stops is of class STANDARD and keeps records for 30 days
ok    last-record          the last record is of 4 min ago: prod/web runtime.crashed
ok    gaps                 the archive has all 2 stops that ECS remembers and that belong there
ok    counts               none of 0 services has run fewer tasks than are desired for long
ok    lost-events          EventBridge lost no event in the last 24 hours
ok    messages             the options name nobody to tell
ok    memory-table         the options ask for no table: each process of the function remembers for itself
ok    concurrency          of the account's 1000 concurrent executions at most 0 were in use or reserved at once in the last 24 hours
ok    stored-once          no other rule writes stopped tasks to a log group

19 ok, 0 warn, 0 red in eu-west-1
`

func TestDoctorOfAHealthyDeployment(t *testing.T) {
	d := newDeployment(t)
	stdout, stderr := whystopped(t, screen.ExitOK, "doctor")
	if n := d.rules.count("TestEventPattern"); n != 42 {
		t.Errorf("%d calls of TestEventPattern, want one for each sample stop", n)
	}
	if diff := cmp.Diff(strings.Split(healthyScreen, "\n"), strings.Split(stdout, "\n")); diff != "" || stderr != "" {
		t.Errorf("-want +got:\n%s%s", diff, stderr)
	}
}

// TestDoctorChecksAgainstTheOptions: what is right depends on what the deployment was made with.
func TestDoctorChecksAgainstTheOptions(t *testing.T) {
	for name, change := range map[string]func(o *stack.Options){
		"all":             func(o *stack.Options) { o.Capture = events.CaptureAll },
		"clusters":        func(o *stack.Options) { o.Clusters = []string{"prod", "stage"} },
		"services":        func(o *stack.Options) { o.Services = []string{"web"} },
		"families":        func(o *stack.Options) { o.Families = []string{"web"} },
		"taskDefinitions": func(o *stack.Options) { o.TaskDefinitions = []string{"web:42"} },
		"excludeClusters": func(o *stack.Options) { o.ExcludeClusters = []string{"dev"} },
	} {
		t.Run(name, func(t *testing.T) {
			o := defaults
			change(&o)
			d := deploy(t, newAccount(t), o)
			d.ecs.clusters["prod"] = crashedTasks("prod", 1)
			d.ecs.clusters["dev"] = crashedTasks("dev", 1)
			for _, told := range d.ecs.clusters["dev"] {
				told["group"] = "service:other"
				told["taskDefinitionArn"] = "arn:aws:ecs:eu-west-1:111122223333:task-definition/other:1"
			}
			if name == "all" {
				d.ecs.clusters["dev"] = nil
			}
			archiveTask(t, d.ecs.clusters["prod"][0], 0)
			for check, g := range diagnosed(t, screen.ExitOK) {
				if g.Light != lightOK {
					t.Errorf("%s: %+v", check, g)
				}
			}
		})
	}
}

// choices are deployments that catch different stops.
var choices = map[string]stack.Options{
	"failures":        {},
	"all":             {Capture: events.CaptureAll},
	"clusters":        {Clusters: []string{"prod", "stage"}},
	"services":        {Services: []string{"web", "api"}},
	"services of all": {Capture: events.CaptureAll, Services: []string{"web"}},
	"families":        {Families: []string{"web", "nightly"}},
	"families of all": {Capture: events.CaptureAll, Families: []string{"web", "api"}},
	"taskDefinitions": {TaskDefinitions: []string{"web:42", "nightly:7"}},
	"excludeClusters": {ExcludeClusters: []string{"dev", "sandbox"}},
	"excludeFamilies": {ExcludeFamilies: []string{"batch", "chaos"}},
	"together": {
		Clusters:        []string{"prod"},
		Services:        []string{"web"},
		Families:        []string{"nightly"},
		TaskDefinitions: []string{"api:3"},
	},
	"without": {Services: []string{"web"}, ExcludeClusters: []string{"dev"}, ExcludeFamilies: []string{"batch"}},
}

// TestSamplesCoverThePattern takes each branch and field of a pattern away in its turn, and where nothing is narrowed
// each matcher: the answer to a sample changes, so that an EventBridge that gets one of them wrong is found. What is
// the same in all stops, such as the source, is left alone.
func TestSamplesCoverThePattern(t *testing.T) {
	for name, o := range choices {
		t.Run(name, func(t *testing.T) {
			text, err := o.CapturePattern()
			if err != nil {
				t.Fatal(err)
			}
			told, err := samplesOf(o)
			if err != nil {
				t.Fatal(err)
			}
			if len(told) >= 100 {
				t.Errorf("%d samples, want fewer than a hundred", len(told))
			}
			right := answers(t, text, told)
			if !slices.Contains(right, true) || o.Capture != events.CaptureAll && !slices.Contains(right, false) {
				t.Errorf("the samples are caught: %v", right)
			}
			if len(o.Services) > 0 {
				return // its branches overlap: most failures of a service bear two signs
			}
			wrong := patternsWithout(t, text, name == "failures")
			if least := map[bool]int{false: 4}[o.Capture == events.CaptureAll]; len(wrong) < least {
				t.Errorf("only %d parts can be taken away from %s", len(wrong), text)
			}
			for _, pattern := range wrong {
				if slices.Equal(answers(t, pattern, told), right) {
					t.Errorf("no sample tells this pattern from the right one: %s", pattern)
				}
			}
		})
	}
}

// answers says which samples a pattern catches.
func answers(t *testing.T, text []byte, told []sampleEvent) []bool {
	t.Helper()
	pattern, err := events.CompilePattern(text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	var caught []bool
	for _, sample := range told {
		matches, err := pattern.Match(sample.event)
		if err != nil {
			t.Fatalf("%s: %v", sample.what, err)
		}
		caught = append(caught, matches)
	}
	return caught
}

// patternsWithout are a pattern without each of its branches, its fields below detail and, where it is asked for, its
// matchers.
func patternsWithout(t *testing.T, text []byte, matchers bool) [][]byte {
	t.Helper()
	var pattern any
	if err := json.Unmarshal(text, &pattern); err != nil {
		t.Fatal(err)
	}
	var without [][]byte
	keep := func() {
		changed, err := json.Marshal(pattern)
		if err != nil {
			t.Fatal(err)
		}
		without = append(without, changed)
	}
	var visit func(value any, set func(any))
	visit = func(value any, set func(any)) {
		switch value := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(value)) {
				part := value[key]
				switch key {
				case "source", "detail-type", "desiredStatus", "lastStatus":
					continue
				}
				if isField := key != "detail" && !strings.Contains(key, "-"); isField && len(value) > 1 {
					delete(value, key)
					keep()
					value[key] = part
				}
				visit(part, func(part any) { value[key] = part })
			}
		case []any:
			_, isObject := value[0].(map[string]any)
			isBranch := isObject && len(value) > 2 // no field has more than two matchers but of names
			for i, part := range value {
				if len(value) > 1 && (isBranch || matchers) {
					set(slices.Delete(slices.Clone(value), i, i+1))
					keep()
					set(value)
				}
				visit(part, func(part any) { value[i] = part })
			}
		}
	}
	visit(pattern, nil)
	return without
}

// usualPattern is the one that is found everywhere. It loses every task that failed to start.
const usualPattern = `{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],
	"detail":{"desiredStatus":["STOPPED"],"lastStatus":["STOPPED"],
	"containers":{"exitCode":[{"anything-but":0}]},
	"stoppedReason":[{"anything-but":{"prefix":"Scaling activity initiated by"}}]}}`

func TestDoctorNamesEachDefect(t *testing.T) {
	capture := func(d *deployed) map[string]any { return d.rules.rules[stack.CaptureRule] }
	for _, test := range []struct {
		name    string
		change  func(t *testing.T, d *deployed)
		check   string
		says    string
		remedy  string
		details []string
	}{
		{
			name:   "no function",
			change: func(t *testing.T, d *deployed) { d.functions.answers = nil },
			check:  "function",
			says:   "there is no function whystopped in eu-west-1",
			remedy: "deploy whystopped there",
		},
		{
			name: "function cannot run",
			change: func(t *testing.T, d *deployed) {
				d.function()["State"], d.function()["StateReason"] = "Failed", "The image cannot be loaded"
			},
			check:  "function",
			says:   "whystopped is Failed: The image cannot be loaded",
			remedy: deployCommand,
		},
		{
			name: "update failed",
			change: func(t *testing.T, d *deployed) {
				d.function()["LastUpdateStatus"], d.function()["LastUpdateStatusReason"] = "Failed", "no role"
			},
			check:  "function",
			says:   "the last update of whystopped failed: no role",
			remedy: deployCommand,
		},
		{
			name:   "another runtime",
			change: func(t *testing.T, d *deployed) { d.function()["Runtime"] = "nodejs22.x" },
			check:  "function",
			says:   "runtime nodejs22.x, not provided.al2023",
			remedy: deployCommand,
		},
		{
			name:   "no log group variable",
			change: func(t *testing.T, d *deployed) { delete(d.environment(), stack.EnvLogGroup) },
			check:  "function",
			says:   "its environment lacks WHYSTOPPED_LOG_GROUP",
			remedy: deployCommand,
		},
		{
			name:   "no options variable",
			change: func(t *testing.T, d *deployed) { delete(d.environment(), stack.EnvOptions) },
			check:  "function",
			says:   "lacks WHYSTOPPED_OPTIONS",
			remedy: deployCommand,
		},
		{
			name:   "options that are none",
			change: func(t *testing.T, d *deployed) { d.environment()[stack.EnvOptions] = `{"memory":"much"}` },
			check:  "function",
			says:   "which this version cannot read",
			remedy: deployCommand,
		},
		{
			name:   "no failure destination",
			change: func(t *testing.T, d *deployed) { delete(d.functions.answers, "GetFunctionEventInvokeConfig") },
			check:  "failure-destination",
			says:   "does not go to the queue whystopped-failed but is lost",
			remedy: deployCommand,
		},
		{
			name: "another failure destination",
			change: func(t *testing.T, d *deployed) {
				d.functions.answers["GetFunctionEventInvokeConfig"] = map[string]any{
					"DestinationConfig": map[string]any{
						"OnFailure": map[string]string{"Destination": "arn:aws:sqs" + accountARN + "other"},
					},
				}
			},
			check:  "failure-destination",
			says:   "but arn:aws:sqs" + accountARN + "other",
			remedy: deployCommand,
		},
		{
			name:   "no rule",
			change: func(t *testing.T, d *deployed) { delete(d.rules.rules, stack.CaptureRule) },
			check:  "rule",
			says:   "there is no rule whystopped-capture in eu-west-1",
			remedy: deployCommand,
		},
		{
			name:   "rule disabled",
			change: func(t *testing.T, d *deployed) { capture(d)["State"] = "DISABLED" },
			check:  "rule",
			says:   "is disabled",
			remedy: "aws events enable-rule --name whystopped-capture --region eu-west-1",
		},
		{
			name:   "the usual pattern",
			change: func(t *testing.T, d *deployed) { capture(d)["EventPattern"] = usualPattern },
			check:  "pattern",
			says: "is not that of the deployed options: detail.$or is missing, detail.containers is too much, " +
				"detail.stoppedReason",
			remedy: deployCommand,
			details: []string{
				"not caught: agent-cgroup-internal", "not caught: agent-docker-timeout",
				"not caught: agent-inspect-timeout-exit-0",
				"not caught: agent-internal-error-fargate", "not caught: batch-job-host-lost-second-attempt",
				"not caught: batch-list-jobs-image-not-found", "not caught: cloudtrail-file-stop-task",
				"not caught: elb-unhealthy",
				"not caught: host-infrastructure-health", "not caught: host-lost-ec2", "and 12 more",
			},
		},
		{
			name:   "EventBridge answers otherwise",
			change: func(t *testing.T, d *deployed) { d.rules.contrary = true },
			check:  "pattern",
			says:   "EventBridge answers 42 of 42 sample stops otherwise",
			remedy: "capture=all catches every stop",
			details: []string{
				"not caught: agent-cgroup-internal", "not caught: agent-docker-timeout",
				"not caught: agent-inspect-timeout-exit-0",
				"not caught: agent-internal-error-fargate", "caught: array-of-two-events (1)",
				"not caught: array-of-two-events (2)",
				"not caught: batch-job-host-lost-second-attempt", "not caught: batch-job-oom",
				"not caught: batch-list-jobs-image-not-found",
				"not caught: cloudtrail-file-stop-task", "and 32 more",
			},
		},
		{
			name:   "no target",
			change: func(t *testing.T, d *deployed) { d.rules.targets = nil },
			check:  "target",
			says:   "does not invoke whystopped",
			remedy: deployCommand,
		},
		{
			name: "no dead-letter queue",
			change: func(t *testing.T, d *deployed) {
				delete(d.rules.targets[stack.CaptureRule][0], "DeadLetterConfig")
			},
			check:  "target",
			says:   "does not go to the queue whystopped-undelivered but is lost",
			remedy: deployCommand,
		},
		{
			name:   "no queue",
			change: func(t *testing.T, d *deployed) { delete(d.sqs.queues, queueURL(stack.FailedQueue)) },
			check:  "failed-queue",
			says:   "there is no queue whystopped-failed",
			remedy: deployCommand,
		},
		{
			name: "undelivered events",
			change: func(t *testing.T, d *deployed) {
				d.sqs.send(stack.UndeliveredQueue, "{}")
				d.sqs.send(stack.UndeliveredQueue, "{}")
			},
			check:  "undelivered-queue",
			says:   "2 messages in the queue whystopped-undelivered",
			remedy: "whystopped redrive --queue whystopped-undelivered --to logs:/whystopped/stops --region eu-west-1",
		},
		{
			name: "failed events that somebody is taking",
			change: func(t *testing.T, d *deployed) {
				d.sqs.send(stack.FailedQueue, "{}")
				d.sqs.queues[queueURL(stack.FailedQueue)][0].visibleAt = time.Now().Add(time.Hour)
			},
			check:  "failed-queue",
			says:   "1 message in the queue whystopped-failed",
			remedy: "whystopped redrive --queue whystopped-failed --to logs:/whystopped/stops",
		},
		{
			name:   "no log group",
			change: func(t *testing.T, d *deployed) { d.environment()[stack.EnvLogGroup] = "/whystopped/stop" },
			check:  "archive-group",
			says:   "there is no log group /whystopped/stop in eu-west-1",
			remedy: deployCommand,
		},
		{
			name:   "log group of another class",
			change: func(t *testing.T, d *deployed) { d.class(t, "INFREQUENT_ACCESS") },
			check:  "archive-group",
			says:   "is of class INFREQUENT_ACCESS",
			remedy: "by the option logGroup",
		},
		{
			name: "gap",
			change: func(t *testing.T, d *deployed) {
				tasks := crashedTasks("stage", 1)
				tasks[0]["stoppedAt"] = float64(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Unix())
				delete(tasks[0], "startedAt")
				delete(tasks[0], "createdAt")
				d.ecs.clusters["stage"] = tasks
			},
			check:   "gaps",
			says:    "1 of the 3 stops",
			remedy:  "whystopped backfill --cluster stage --to logs:/whystopped/stops --region eu-west-1",
			details: []string{fmt.Sprintf("stage/web  task %032x  stopped 2026-01-02 03:04:05Z", len("stage")<<20)},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDeployment(t)
			test.change(t, d)
			for check, g := range diagnosed(t, exitRed, "--region", "eu-west-1") {
				switch {
				case check == test.check:
					if g.Light != lightRed || !strings.Contains(g.Says, test.says) ||
						!strings.Contains(g.Remedy+"\n"+g.Run, test.remedy) {
						t.Errorf("%+v does not say %q with the remedy %q", g, test.says, test.remedy)
					}
					if g.Run != "" && g.Run != deployCommand {
						for _, problem := range commandtest.Problems(g.Run, false) {
							t.Error(problem)
						}
					}
					if diff := cmp.Diff(test.details, g.Details); diff != "" {
						t.Errorf("details: -want +got:\n%s", diff)
					}
				case g.Light == lightRed || g.Light == lightWarn && !strings.HasPrefix(g.Says, "not checked: "):
					t.Errorf("%s has nothing to do with it: %+v", check, g)
				}
			}
		})
	}
}

// TestDoctorWarnsOfOptionsOfALaterVersion: it judges by those that it knows.
func TestDoctorWarnsOfOptionsOfALaterVersion(t *testing.T) {
	d := newDeployment(t)
	d.environment()[stack.EnvAdded] = `{"remember":"on","tides":"15"}`
	for check, g := range diagnosed(t, screen.ExitOK, "--region", "eu-west-1") {
		want := lightOK
		if check == "function" {
			want = lightWarn
			if !strings.Contains(g.Says, "does not know its options tides") {
				t.Errorf("%+v", g)
			}
		}
		if g.Light != want {
			t.Errorf("%+v", g)
		}
	}
}

// TestDoctorTellsOfServicesBelowTheirCount: and of the schedule by which the function looks for them.
func TestDoctorTellsOfServicesBelowTheirCount(t *testing.T) {
	o := defaults
	o.Sweep = "60"
	d := deploy(t, newAccount(t), o)
	v := webService(time.Now(), 1, "IN_PROGRESS")
	d.ecs.clusters["prod"], d.ecs.services = crashedTasks("prod", 1), []service{v}
	archiveTask(t, d.ecs.clusters["prod"][0], time.Minute)
	found := diagnosed(t, screen.ExitOK, "--region", "eu-west-1")
	if g := found["counts"]; g.Light != lightWarn || g.Says != "1 service below the desired count, of 1 looked at" ||
		g.Run != "whystopped why --cluster prod --from logs:/whystopped/stops --region eu-west-1" ||
		!strings.HasPrefix(g.Details[0], "prod/web  1 of 4 tasks run since ") ||
		!strings.Contains(g.Details[0], "exit code 1") {
		t.Errorf("%+v", g)
	}
	if g := found["sweep"]; g.Light != lightOK || g.Says != "whystopped sweeps every 60 minutes; ECS forgets stops "+
		"sooner, so that those it compares are a sample" {
		t.Errorf("%+v", g)
	}
	d.rules.rules[stack.SweepRule]["State"] = "DISABLED"
	if g := diagnosed(t, exitRed)["sweep"]; !strings.Contains(g.Says, "is disabled") {
		t.Errorf("%+v", g)
	}
	d.rules.rules[stack.SweepRule]["State"] = "ENABLED"
	d.rules.targets[stack.SweepRule][0]["Input"] = "{}"
	if g := diagnosed(t, exitRed)["sweep"]; !strings.Contains(g.Says, "what the deployed options name") {
		t.Errorf("%+v", g)
	}
	delete(d.rules.rules, stack.SweepRule)
	if g := diagnosed(t, exitRed)["sweep"]; g.Light != lightRed || !strings.HasPrefix(g.Says, "there is no rule") {
		t.Errorf("%+v", g)
	}
}

// TestDoctorChecksTheOtherRules: each rule that the options ask for must be there, be enabled, have its pattern and its
// target.
func TestDoctorChecksTheOtherRules(t *testing.T) {
	every := defaults
	every.CaptureContainers = events.CaptureAll
	every.CaptureServices = stack.On
	every.CaptureRequests = stack.On
	every.CaptureWatcher = stack.On
	for _, test := range []struct {
		name   string
		change func(d *deployed)
		want   string // a detail, "" when all is well
	}{
		{"all there", func(*deployed) {}, ""},
		{
			"gone",
			func(d *deployed) { delete(d.rules.rules, stack.ServicesRule) },
			"there is no rule whystopped-services: not caught are errors and warnings of ECS services, daemons and " +
				"their deployments",
		},
		{
			"disabled",
			func(d *deployed) { d.rules.rules[stack.WatcherRule]["State"] = "DISABLED" },
			"the rule whystopped-watcher is disabled: not caught are containers that whystopped-watch saw end",
		},
		{
			"another pattern",
			func(d *deployed) { d.rules.rules[stack.ContainersRule]["EventPattern"] = usualPattern },
			"the pattern of the rule whystopped-containers is not that of the deployed options: ",
		},
		{
			"no target",
			func(d *deployed) { d.rules.targets[stack.RequestsRule] = nil },
			"the rule whystopped-requests does not invoke whystopped",
		},
		{
			"no dead-letter queue",
			func(d *deployed) { delete(d.rules.targets[stack.ContainersRule][0], "DeadLetterConfig") },
			"has no dead-letter queue whystopped-undelivered",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := deploy(t, newAccount(t), every)
			test.change(d)
			code := screen.ExitOK
			if test.want != "" {
				code = exitRed
			}
			g := diagnosed(t, code)["other-rules"]
			if test.want == "" {
				if g.Light != lightOK || !strings.Contains(g.Says, "4 rules beside whystopped-capture") {
					t.Errorf("%+v", g)
				}
				return
			}
			if g.Light != lightRed || len(g.Details) != 1 || !strings.Contains(g.Details[0], test.want) ||
				!strings.Contains(g.Remedy, "deploy again") {
				t.Errorf("%+v does not say %q", g, test.want)
			}
		})
	}
}

// class makes the log groups be of a class.
func (d *deployed) class(t *testing.T, class string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		d.logs.ServeHTTP(answer, r)
		w.WriteHeader(answer.Code)
		io.WriteString(w, strings.ReplaceAll(answer.Body.String(), `"STANDARD"`, `"`+class+`"`))
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", server.URL)
}

func TestDoctorWarns(t *testing.T) {
	rule := func(d *deployed, name, state, pattern, target string) {
		d.rules.rules[name] = map[string]any{"Name": name, "State": state, "EventPattern": pattern}
		d.rules.targets[name] = []map[string]any{{"Id": "1", "Arn": target}}
	}
	const eventCapture = "arn:aws:logs" + accountARN + "log-group:/aws/events/ecs/containerinsights/prod/performance"
	for _, test := range []struct {
		name   string
		change func(t *testing.T, d *deployed)
		check  string // empty: nothing
		says   string
	}{
		{
			"being deployed",
			func(t *testing.T, d *deployed) { d.function()["LastUpdateStatus"] = "InProgress" },
			"function",
			"whystopped is being deployed",
		},
		{
			"no policy",
			func(t *testing.T, d *deployed) { delete(d.functions.answers, "GetPolicy") },
			"function-policy",
			"has no resource policy",
		},
		{
			"policy for another rule",
			func(t *testing.T, d *deployed) {
				policy := d.functions.answers["GetPolicy"].(map[string]string)
				policy["Policy"] = strings.ReplaceAll(policy["Policy"], "rule/", "rule/another-")
			},
			"function-policy",
			"does not let events.amazonaws.com invoke it for the rule whystopped-capture",
		},
		{
			"policy with lists",
			func(t *testing.T, d *deployed) {
				policy := d.functions.answers["GetPolicy"].(map[string]string)
				policy["Policy"] = strings.Replace(policy["Policy"], `"lambda:InvokeFunction"`,
					`["lambda:GetFunction","lambda:InvokeFunction"]`, 1)
			},
			"",
			"",
		},
		{
			"policy that denies",
			func(t *testing.T, d *deployed) {
				policy := d.functions.answers["GetPolicy"].(map[string]string)
				policy["Policy"] = strings.Replace(policy["Policy"], "Allow", "Deny", 1)
			},
			"function-policy",
			"does not let",
		},
		{
			"never expires",
			func(t *testing.T, d *deployed) {
				kept := d.logs.Events(stack.LogGroup, "")
				d.logs.CreateGroup(stack.LogGroup, 0)
				for _, told := range d.ecs.clusters["prod"][:len(kept)] {
					archiveTask(t, told, 0)
				}
			},
			"archive-group",
			"keeps records for ever",
		},
		{
			"class not told",
			func(t *testing.T, d *deployed) { d.class(t, "") },
			"archive-group",
			"does not tell the class",
		},
		{
			"nothing archived",
			func(t *testing.T, d *deployed) {
				d.ecs.clusters = nil
				d.logs.CreateGroup(stack.LogGroup, 30)
			},
			"last-record",
			"no record of the last 24 hours",
		},
		{
			"archived in the night",
			func(t *testing.T, d *deployed) {
				d.logs.CreateGroup(stack.LogGroup, 30)
				told := crashedTasks("prod", 1)
				told[0]["stoppedAt"] = float64(time.Now().Add(-9 * time.Hour).Unix())
				archiveTask(t, told[0], 9*time.Hour)
				d.ecs.clusters["prod"] = nil
			},
			"",
			"",
		},
		{
			"on its way",
			func(t *testing.T, d *deployed) { d.ecs.clusters["stage"] = crashedTasks("stage", 1) },
			"gaps",
			"1 of the 3 stops",
		},
		{
			"EventBridge slows us down",
			func(t *testing.T, d *deployed) {
				d.rules.inject(awsFault{
					operation: "TestEventPattern",
					times:     1,
					refusal:   *refuseWith("ThrottlingException", "Rate exceeded"),
				})
			},
			"",
			"",
		},
		{
			"tasks that cannot be read",
			func(t *testing.T, d *deployed) {
				d.ecs.clusters["stage"] = crashedTasks("stage", 1)
				d.ecs.operations["DescribeTasks"] = func([]byte) (any, *awsRefusal) {
					return map[string]any{"tasks": "none"}, nil
				}
			},
			"gaps",
			"could not ask about all clusters and their tasks: ",
		},
		{"tasks forgotten meanwhile", func(t *testing.T, d *deployed) { d.ecs.forgets = 1 }, "", ""},
		{
			"routine stop",
			func(t *testing.T, d *deployed) {
				d.ecs.clusters["stage"] = various(crashedTasks("stage", 5))[4:]
			},
			"",
			"",
		},
		{
			"event capture of the console",
			func(t *testing.T, d *deployed) {
				rule(d, "EventsToLogs-prod-3wfJqg", "ENABLED",
					`{"source":["aws.ecs"],"detail":{"clusterArn":["`+clusterPrefix+`prod"]}}`, eventCapture)
			},
			"stored-once",
			"stored and paid for twice",
		},
		{
			"another rule with a log group",
			func(t *testing.T, d *deployed) {
				rule(d, "zz-ours", "ENABLED", usualPattern, "arn:aws:logs"+accountARN+"log-group:/ecs/stopped:*")
			},
			"stored-once",
			"stored and paid for twice",
		},
		{
			"event capture disabled",
			func(t *testing.T, d *deployed) { rule(d, "off", "DISABLED", `{"source":["aws.ecs"]}`, eventCapture) },
			"",
			"",
		},
		{
			"rule for somebody else",
			func(t *testing.T, d *deployed) {
				rule(d, "function", "ENABLED", usualPattern, "arn:aws:lambda"+accountARN+"function:chat")
				rule(d, "deployments", "ENABLED",
					`{"source":["aws.ecs"],"detail-type":["ECS Deployment State Change"]}`,
					eventCapture)
				rule(d, "ec2", "ENABLED", `{"source":["aws.ec2"]}`, eventCapture)
				rule(d, "schedule", "ENABLED", "", eventCapture)
			},
			"",
			"",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDeployment(t)
			test.change(t, d)
			for check, g := range diagnosed(t, screen.ExitOK) {
				switch {
				case check == test.check:
					if g.Light != lightWarn || !strings.Contains(g.Says, test.says) {
						t.Errorf("%+v does not say %q", g, test.says)
					}
				case g.Light != lightOK:
					t.Errorf("%s has nothing to do with it: %+v", check, g)
				}
			}
		})
	}
}

// TestDoctorNamesTheOtherRule: whoever is to delete a rule has to know which.
func TestDoctorNamesTheOtherRule(t *testing.T) {
	d := newDeployment(t)
	d.rules.rules["EventsToLogs-prod-3wfJqg"] = map[string]any{
		"Name":         "EventsToLogs-prod-3wfJqg",
		"State":        "ENABLED",
		"EventPattern": `{"source":["aws.ecs"]}`,
	}
	d.rules.targets["EventsToLogs-prod-3wfJqg"] = []map[string]any{{
		"Id":  "1",
		"Arn": "arn:aws:logs" + accountARN + "log-group:/aws/events/ecs/containerinsights/prod/performance:*",
	}}
	want := []string{"the rule EventsToLogs-prod-3wfJqg writes to /aws/events/ecs/containerinsights/prod/performance"}
	if diff := cmp.Diff(want, diagnosed(t, screen.ExitOK)["stored-once"].Details); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestDoctorListsGaps: the oldest first, no more than ten, and one command for all of them.
func TestDoctorListsGaps(t *testing.T) {
	o := defaults
	o.Capture = events.CaptureAll
	d := deploy(t, newAccount(t), o)
	for _, cluster := range []string{"prod", "stage"} {
		d.ecs.clusters[cluster] = crashedTasks(cluster, 7)
		for i, told := range d.ecs.clusters[cluster] {
			told["stoppedAt"] = float64(time.Now().Add(-time.Duration(10+i) * time.Minute).Unix())
		}
	}
	d.ecs.clusters["stage"][0]["stoppedAt"] = float64(time.Now().Add(-time.Second).Unix())
	g := diagnosed(t, exitRed, "--region", "eu-west-1")["gaps"]
	if g.Run != "whystopped backfill --all-clusters --to logs:/whystopped/stops --region eu-west-1" ||
		!strings.HasPrefix(g.Says, "14 of the 14 stops") {
		t.Errorf("%+v", g)
	}
	if len(g.Details) != 11 || g.Details[10] != "and 4 more" ||
		!strings.Contains(g.Details[0], d.ecs.clusters["prod"][6].arn()[len(d.ecs.clusters["prod"][6].arn())-32:]) {
		t.Errorf("%q", g.Details)
	}
}

// unaskedWithout are the checks that cannot be made without an action.
var unaskedWithout = map[string][]string{
	"lambda:GetFunctionConfiguration":     {"function"},
	"lambda:GetFunctionEventInvokeConfig": {"failure-destination"},
	"lambda:GetPolicy":                    {"function-policy"},
	"events:DescribeRule":                 {"rule"},
	"events:ListTargetsByRule":            {"target", "stored-once"},
	"events:TestEventPattern":             {"pattern"},
	"events:ListRules":                    {"stored-once"},
	"sqs:GetQueueUrl":                     {"undelivered-queue", "failed-queue"},
	"sqs:GetQueueAttributes":              {"undelivered-queue", "failed-queue"},
	"logs:DescribeLogGroups":              {"archive-group"},
	"logs:FilterLogEvents":                {"last-record", "gaps"},
	"ecs:ListClusters":                    {"gaps", "counts"},
	"ecs:ListServices":                    {"counts"},
	"ecs:DescribeServices":                {"counts"},
	"servicequotas:GetServiceQuota":       {"concurrency"},
	"cloudwatch:GetMetricStatistics":      {"lost-events", "concurrency"},
	"ecs:ListTasks":                       {"gaps"},
	"ecs:DescribeTasks":                   {"gaps"},
}

// TestDoctorWithoutAPermission takes each action of the table away in its turn: what could not be asked is never ok.
func TestDoctorWithoutAPermission(t *testing.T) {
	for _, p := range permissions.All {
		if p.Command != "doctor" {
			continue
		}
		t.Run(p.Action, func(t *testing.T) {
			d := newDeployment(t)
			d.metrics.denied = p.Action == "cloudwatch:GetMetricStatistics"
			d.rules.rules["other"] = map[string]any{
				"Name":         "other",
				"State":        "ENABLED",
				"EventPattern": `{"source":["aws.ecs"]}`,
			}
			d.ecs.services = []service{webService(time.Now(), 4, "COMPLETED")}
			if p.Call == "DescribeTasks" {
				d.ecs.clusters["stage"] = crashedTasks("stage", 1)
			}
			fault := awsFault{operation: p.Call, refusal: denied(p.Action)}
			switch service, _, _ := strings.Cut(p.Action, ":"); service {
			case "lambda":
				d.functions.refused[p.Call] = true
			case "events":
				d.rules.inject(fault)
			case "sqs":
				d.sqs.inject(fault)
			case "ecs":
				d.ecs.inject(fault)
			case "servicequotas":
				d.quotas.inject(fault)
			case "logs":
				d.logs.Inject(cwlogstest.Denied(p.Call))
			}
			var named []string
			for check, g := range diagnosed(t, screen.ExitOK) {
				switch {
				case g.Light == lightWarn && strings.Contains(g.Says, "could not ask: needs "+p.Action+" on "):
					named = append(named, check)
				case g.Light != lightOK && !strings.HasPrefix(g.Says, "not checked: "):
					t.Errorf("%+v", g)
				}
			}
			slices.Sort(named)
			want := slices.Sorted(slices.Values(unaskedWithout[p.Action]))
			if diff := cmp.Diff(want, named); diff != "" {
				t.Errorf("checks that name it: -want +got:\n%s", diff)
			}
		})
	}
}

func TestDoctorThatCannotAsk(t *testing.T) {
	t.Run("no Region", func(t *testing.T) {
		newDeployment(t)
		t.Setenv("AWS_REGION", "")
		if _, stderr := whystopped(t, screen.ExitBad,
			"doctor"); !strings.Contains(stderr, "no AWS Region: give --region") {
			t.Errorf("%s", stderr)
		}
	})
	t.Run("no credentials", func(t *testing.T) {
		newDeployment(t)
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		if stdout, stderr := whystopped(t, screen.ExitBad, "doctor"); !strings.Contains(stderr, "no AWS credentials") ||
			stdout != "" {
			t.Errorf("%s%s", stdout, stderr)
		}
	})
	t.Run("expired credentials", func(t *testing.T) {
		newDeployment(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Amzn-Errortype", "ExpiredTokenException")
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w,
				`{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}`)
		}))
		t.Cleanup(server.Close)
		for _, service := range []string{"ECS", "SQS", "CLOUDWATCH_LOGS", "EVENTBRIDGE", "LAMBDA", "CLOUDWATCH",
			"SERVICE_QUOTAS"} {
			t.Setenv("AWS_ENDPOINT_URL_"+service, server.URL)
		}
		stdout, stderr := whystopped(t, screen.ExitBad, "doctor")
		if !strings.Contains(stderr, "nothing could be asked") ||
			!strings.Contains(stdout, "ExpiredTokenException: The security token") ||
			!strings.Contains(stdout, "0 ok, 19 warn, 0 red") {
			t.Errorf("%s%s", stdout, stderr)
		}
	})
}

// TestDoctorSaysOnceThatNothingIsDeployed: not of each part that it is not there.
func TestDoctorSaysOnceThatNothingIsDeployed(t *testing.T) {
	d := newDeployment(t)
	d.functions.answers = nil
	clear(d.rules.rules)
	clear(d.sqs.queues)
	stdout, stderr := whystopped(t, exitRed, "doctor")
	const want = `red   deployment  nothing of whystopped is deployed in eu-west-1: there is no function whystopped, no rule and no queue of it
                  do  deploy it, as docs/deploy.md says; or say where it is, with --region, --profile and --function; the log group /whystopped/stops is there, and this reads what an earlier deployment kept in it
                      whystopped history --from logs:/whystopped/stops --region eu-west-1

0 ok, 0 warn, 1 red in eu-west-1
`
	if diff := cmp.Diff(want, stdout); diff != "" || stderr != "" {
		t.Errorf("-want +got:\n%s%s", diff, stderr)
	}
}

// TestDoctorJSON: one object per check, always the same ones in the same order.
func TestDoctorJSON(t *testing.T) {
	d := newDeployment(t)
	d.rules.rules[stack.CaptureRule]["State"] = "DISABLED"
	stdout, _ := whystopped(t, exitRed, "doctor", "--json")
	var checks []string
	for line := range strings.Lines(stdout) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		checks = append(checks, fields["check"].(string))
		if fields["check"] == "rule" {
			want := map[string]any{
				"check":  "rule",
				"light":  "red",
				"says":   "the rule whystopped-capture is disabled: no stop is caught",
				"remedy": "enable it",
				"run":    "aws events enable-rule --name whystopped-capture --region eu-west-1",
			}
			if diff := cmp.Diff(want, fields); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		}
	}
	var shown []string
	for line := range strings.Lines(healthyScreen) {
		if name, found := strings.CutPrefix(line, "ok    "); found {
			shown = append(shown, strings.Fields(name)[0])
		}
	}
	if diff := cmp.Diff(shown, checks); diff != "" {
		t.Errorf("-screen +json:\n%s", diff)
	}
}

// TestDoctorOnlyReads: the calls are those of the table (TestPermissionsAreThoseOfTheCalls), and the table has none
// that writes.
func TestDoctorOnlyReads(t *testing.T) {
	reads := regexp.MustCompile(`^[a-z]+:(Get|List|Describe|Filter|Test)[A-Z]`)
	rows := 0
	for _, p := range permissions.All {
		if p.Command == "doctor" {
			rows++
			if !reads.MatchString(p.Action) {
				t.Errorf("%s may write", p.Action)
			}
		}
	}
	if rows != len(unaskedWithout) {
		t.Errorf("%d rows in the table, %d in the test", rows, len(unaskedWithout))
	}
}

// TestDoctorDeploysAsTheReadmeDoes: the version of the CDK's command line is the one that was tried.
func TestDoctorDeploysAsTheReadmeDoes(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile(`npx aws-cdk@\S+ deploy`).FindString(deployCommand)
	if command == "" || !strings.Contains(string(readme), command) {
		t.Errorf("the README does not say %q", command)
	}
}

// TestTroubleshootingNamesEveryCheck: the page says of each line of the doctor what to do, and of nothing else.
func TestTroubleshootingNamesEveryCheck(t *testing.T) {
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "\n| line |")
	table, _, _ = strings.Cut(table, "\n\n")
	var told []string
	for _, row := range strings.Split(table, "\n")[2:] {
		cell, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " |")
		for name := range strings.SplitSeq(cell, ", ") {
			told = append(told, strings.Trim(name, "`"))
		}
	}
	var made []string
	for _, row := range regexp.MustCompile(`(?m)^(?:ok|warn|red) +(\S+)`).FindAllStringSubmatch(healthyScreen, -1) {
		made = append(made, row[1])
	}
	if diff := cmp.Diff(made, told); diff != "" {
		t.Errorf("-doctor +docs/troubleshooting.md:\n%s", diff)
	}
}
