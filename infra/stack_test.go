package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/archive/stack/insightstest"
	"whystopped/classifier/commandtest"
	"whystopped/evidence"
)

var update = flag.Bool("update", false, "rewrite the golden files of the template")

type object = map[string]any

type template struct {
	text       []byte
	Resources  map[string]resource
	Conditions object
	Outputs    map[string]struct{ Value any }
}

type resource struct {
	Type                string
	Properties          object
	DeletionPolicy      string
	UpdateReplacePolicy string
}

//go:generate go test . -run TestTemplateIsTheGoldenOne -update

// goldenOf says in which file of testdata/template the resources of a kind are held.
var goldenOf = map[string]string{
	"AWS::CloudWatch::Alarm":         "alarms",
	"AWS::CloudWatch::Dashboard":     "dashboard",
	"AWS::DynamoDB::Table":           "table",
	"AWS::Events::Rule":              "rules",
	"AWS::IAM::Role":                 "function",
	"AWS::Lambda::EventInvokeConfig": "function",
	"AWS::Lambda::Function":          "function",
	"AWS::Lambda::Permission":        "function",
	"AWS::Logs::LogGroup":            "groups",
	"AWS::Logs::QueryDefinition":     "queries",
	"AWS::SQS::Queue":                "queues",
	"AWS::SQS::QueuePolicy":          "queues",
}

// TestTemplateIsTheGoldenOne holds the resources to the files of goldenOf, and all else of the template to stack.json.
func TestTemplateIsTheGoldenOne(t *testing.T) {
	tpl := synthesize(t)
	text := regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAll(tpl.text, []byte("ASSET-HASH"))
	var rest, resources map[string]json.RawMessage
	if err := json.Unmarshal(text, &rest); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(rest["Resources"], &resources); err != nil {
		t.Fatal(err)
	}
	delete(rest, "Resources")
	parts := map[string]map[string]json.RawMessage{"stack": rest}
	for id, r := range resources {
		file := goldenOf[tpl.Resources[id].Type]
		if file == "" {
			t.Errorf("goldenOf names no file for %s, of kind %s", id, tpl.Resources[id].Type)
			continue
		}
		if parts[file] == nil {
			parts[file] = map[string]json.RawMessage{}
		}
		parts[file][id] = r
	}
	for file, part := range parts {
		var want bytes.Buffer
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", " ")
		if err := encoder.Encode(part); err != nil {
			t.Fatal(err)
		}
		hold(t, "testdata/template/"+file+".json", want.String())
	}
	if kept, err := filepath.Glob("testdata/template/*"); err != nil || len(kept) != len(parts) {
		t.Errorf("kept are %q (%v), and the template has %d parts", kept, err, len(parts))
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

// TestRules holds each rule to the pattern that the options make and to the one way to the function.
func TestRules(t *testing.T) {
	byDefault := []string{stack.CaptureRule, stack.ContainersRule, stack.ServicesRule, stack.HooksRule,
		stack.InstancesRule, stack.JobsRule, stack.WatcherRule}
	without := func(rule string) []string {
		return slices.DeleteFunc(slices.Clone(byDefault), func(r string) bool { return r == rule })
	}
	for _, tt := range []struct {
		options []any
		want    []string
	}{
		{nil, byDefault},
		{everything, slices.Insert(slices.Clone(byDefault), 3, stack.RequestsRule)},
		{[]any{"captureContainers", "off"}, without(stack.ContainersRule)},
		{[]any{"captureServices", "off"}, without(stack.ServicesRule)},
		{[]any{"captureHooks", "off"}, without(stack.HooksRule)},
		{[]any{"captureInstances", "off"}, without(stack.InstancesRule)},
		{[]any{"captureJobs", "off"}, without(stack.JobsRule)},
		{[]any{"captureWatcher", "off"}, without(stack.WatcherRule)},
		{[]any{"captureRequests", "on", "families", "job"},
			[]string{stack.CaptureRule, stack.ContainersRule, stack.RequestsRule, stack.InstancesRule,
				stack.WatcherRule}},
		{[]any{"captureContainers", "all", "captureRequests", "on", "clusters", "shop,bank", "services", "web,api"},
			without(stack.JobsRule)},
	} {
		tpl := synthesize(t, tt.options...)
		function, _ := tpl.only(t, "AWS::Lambda::Function", "")
		undelivered, _ := tpl.only(t, "AWS::SQS::Queue", stack.UndeliveredQueue)
		context := map[string]any{}
		for i := 0; i < len(tt.options); i += 2 {
			context[tt.options[i].(string)] = tt.options[i+1]
		}
		o, err := parseOptions(context)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := o.Rules("AWS::AccountId", "AWS::Region")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range rules {
			names = append(names, r.Name)
			_, rule := tpl.only(t, "AWS::Events::Rule", r.Name)
			var pattern object
			if err := json.Unmarshal(r.Pattern, &pattern); err != nil {
				t.Fatal(err)
			}
			delete(rule.Properties, "Description")
			rule.Properties["EventPattern"] = readable(rule.Properties["EventPattern"])
			want := object{ // without EventBusName: the default bus, on which AWS services send
				"Name":         r.Name,
				"State":        "ENABLED",
				"EventPattern": pattern,
				"Targets": []any{object{
					"Id":               "Target0",
					"Arn":              arn(function),
					"RetryPolicy":      object{"MaximumEventAgeInSeconds": 86400.0, "MaximumRetryAttempts": 185.0},
					"DeadLetterConfig": object{"Arn": arn(undelivered)},
				}},
			}
			if diff := cmp.Diff(want, rule.Properties); diff != "" {
				t.Errorf("%v: rule %s -want +got\n%s", tt.options, r.Name, diff)
			}
		}
		if diff := cmp.Diff(tt.want, names); diff != "" || len(tpl.all("AWS::Events::Rule")) != len(names)+1 {
			t.Errorf("%v: %d rules in the template, -want +got\n%s", tt.options, len(tpl.all("AWS::Events::Rule")),
				diff)
		}
	}
}

const webhook = "arn:aws:secretsmanager:eu-west-3:111122223333:secret:on-call-Ab1Cd2"

// TestWebhookIsTheOnlyValueThatIsRead: one secret or parameter, by its whole ARN, and a key for nothing else.
func TestWebhookIsTheOnlyValueThatIsRead(t *testing.T) {
	const parameter = "arn:aws:ssm:eu-west-3:111122223333:parameter/ops/hook"
	for arn, want := range map[string][2]string{webhook: {"secretsmanager:GetSecretValue", "SecretARN"},
		parameter: {"ssm:GetParameter", "PARAMETER_ARN"}, "": {}} {
		given := []any{}
		if arn != "" {
			given = append(given, "webhook", arn)
		}
		var reads []any
		for _, s := range synthesize(t, given...).policy(t, "write") {
			if text := fmt.Sprint(s); strings.Contains(text, "GetSecretValue") ||
				strings.Contains(text, "GetParameter") ||
				strings.Contains(text, "kms:") {
				reads = append(reads, s)
			}
		}
		var may []any
		if arn != "" {
			may = []any{object{"Effect": "Allow", "Action": want[0], "Resource": arn},
				object{"Effect": "Allow", "Action": "kms:Decrypt",
					"Resource":  "arn:aws:kms:eu-west-3:111122223333:key/*",
					"Condition": object{"StringEquals": object{"kms:EncryptionContext:" + want[1]: arn}}}}
		}
		if diff := cmp.Diff(may, reads); diff != "" {
			t.Errorf("%q may -want +got\n%s", arn, diff)
		}
	}
}

// TestSchedule: the function sweeps as often as the option says, and may ask what that takes and no more.
func TestSchedule(t *testing.T) {
	for every, want := range map[string]string{"": "rate(15 minutes)", "5": "rate(5 minutes)", "60": "rate(60 minutes)",
		"off": ""} {
		given := []any{"excludeClusters", "dev"}
		if every != "" {
			given = append(given, "sweep", every)
		}
		tpl := synthesize(t, given...)
		_, role := tpl.only(t, "AWS::IAM::Role", "")
		named := func() (names []string) {
			for _, p := range role.Properties["Policies"].([]any) {
				names = append(names, p.(object)["PolicyName"].(string))
			}
			return names
		}()
		if want == "" {
			if len(tpl.all("AWS::Events::Rule")) != 7 || slices.Contains(named, "sweep") {
				t.Errorf("off: %d rules, policies %q", len(tpl.all("AWS::Events::Rule")), named)
			}
			continue
		}
		stops, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.LogGroup)
		function, _ := tpl.only(t, "AWS::Lambda::Function", "")
		undelivered, _ := tpl.only(t, "AWS::SQS::Queue", stack.UndeliveredQueue)
		_, rule := tpl.only(t, "AWS::Events::Rule", stack.SweepRule)
		target := rule.Properties["Targets"].([]any)[0].(object)
		in, ok := stack.ParseSweep([]byte(target["Input"].(string)))
		if rule.Properties["ScheduleExpression"] != want || !ok ||
			fmt.Sprintf("rate(%d minutes)", in.Minutes) != want || !strings.Contains(string(in.Stops), "dev") ||
			!strings.Contains(string(in.Services), "dev") {
			t.Errorf("%v: %+v", rule.Properties["ScheduleExpression"], in)
		}
		if diff := cmp.Diff([]any{arn(function), object{"Arn": arn(undelivered)}},
			[]any{target["Arn"], target["DeadLetterConfig"]}); diff != "" {
			t.Errorf("target -want +got\n%s", diff)
		}
		may := []any{
			object{"Effect": "Allow", "Resource": "*", "Action": []any{"ecs:DescribeServices", "ecs:DescribeTasks",
				"ecs:ListClusters", "ecs:ListServices", "ecs:ListTasks"}},
			object{"Effect": "Allow", "Resource": arn(stops), "Action": "logs:FilterLogEvents"},
		}
		if diff := cmp.Diff(may, tpl.policy(t, "sweep")); diff != "" {
			t.Errorf("may -want +got\n%s", diff)
		}
	}
}

// readable is a value of the template with the names of what it refers to in place of the references.
func readable(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = readable(value[i])
		}
	case object:
		if name, refers := value["Ref"]; refers {
			return name
		}
		if joined, joins := value["Fn::Join"]; joins {
			var text strings.Builder
			for _, part := range joined.([]any)[1].([]any) {
				text.WriteString(readable(part).(string))
			}
			return text.String()
		}
		for key := range value {
			value[key] = readable(value[key])
		}
	}
	return value
}

func TestRulesMayReachTheirTargetAndTheirDeadLetterQueue(t *testing.T) {
	tpl := synthesize(t, everything...)
	function, _ := tpl.only(t, "AWS::Lambda::Function", "")
	undelivered, _ := tpl.only(t, "AWS::SQS::Queue", stack.UndeliveredQueue)
	var wantPermissions, permissions, wantSends, sends []any
	for rule := range tpl.all("AWS::Events::Rule") {
		wantPermissions = append(wantPermissions, object{
			"Action":       "lambda:InvokeFunction",
			"FunctionName": arn(function),
			"Principal":    "events.amazonaws.com",
			"SourceArn":    arn(rule),
		})
		wantSends = append(wantSends, object{
			"Effect":    "Allow",
			"Action":    "sqs:SendMessage",
			"Principal": object{"Service": "events.amazonaws.com"},
			"Resource":  arn(undelivered),
			"Condition": object{"ArnEquals": object{"aws:SourceArn": arn(rule)}},
		})
	}
	for _, permission := range tpl.all("AWS::Lambda::Permission") {
		permissions = append(permissions, permission.Properties)
	}
	for _, s := range tpl.queuePolicy(t, undelivered) {
		if s := s.(object); s["Effect"] == "Allow" {
			delete(s, "Sid")
			sends = append(sends, s)
		}
	}
	anyOrder := cmpopts.SortSlices(func(a, b any) bool { return fmt.Sprint(a) < fmt.Sprint(b) })
	if diff := cmp.Diff(wantPermissions, permissions, anyOrder); diff != "" {
		t.Errorf("permissions -want +got\n%s", diff)
	}
	if diff := cmp.Diff(wantSends, sends, anyOrder); diff != "" {
		t.Errorf("what the dead-letter queue allows: -want +got\n%s", diff)
	}
}

func TestQueuesKeepWhatFailed(t *testing.T) {
	tpl := synthesize(t)
	names := []string{stack.UndeliveredQueue, stack.FailedQueue}
	for _, name := range names {
		id, queue := tpl.only(t, "AWS::SQS::Queue", name)
		want := object{"QueueName": name, "MessageRetentionPeriod": 14 * 24 * 3600.0, "SqsManagedSseEnabled": true}
		if diff := cmp.Diff(want, queue.Properties); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		wantDeny := object{
			"Effect":    "Deny",
			"Action":    "sqs:*",
			"Principal": object{"AWS": "*"},
			"Resource":  arn(id),
			"Condition": object{"Bool": object{"aws:SecureTransport": "false"}},
		}
		if diff := cmp.Diff(wantDeny, tpl.queuePolicy(t, id)[0]); diff != "" {
			t.Errorf("%s takes messages without TLS: -want +got\n%s", name, diff)
		}
	}
	if n := len(tpl.all("AWS::SQS::Queue")); n != len(names) {
		t.Errorf("the stack has %d queues, want %d", n, len(names))
	}
}

func TestFunction(t *testing.T) {
	tpl := synthesize(t)
	id, function := tpl.only(t, "AWS::Lambda::Function", "")
	role, _ := tpl.only(t, "AWS::IAM::Role", "")
	stops, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.LogGroup)
	own, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.FunctionLogGroup)
	failed, _ := tpl.only(t, "AWS::SQS::Queue", stack.FailedQueue)
	memory, _ := tpl.only(t, "AWS::DynamoDB::Table", "")

	delete(function.Properties, "Code")
	delete(function.Properties, "Description")
	want := object{
		"FunctionName":  stack.Function,
		"Runtime":       "provided.al2023",
		"Architectures": []any{"arm64"},
		"Handler":       "bootstrap",
		"Role":          arn(role),
		"MemorySize":    256.0,
		"Timeout":       120.0,
		"Environment": object{"Variables": object{
			stack.EnvLogGroup: ref(stops),
			stack.EnvOptions: `{"capture":"failures","captureContainers":"failures","captureServices":"on","captureRequests":"off",` +
				`"captureWatcher":"on","logGroup":"/whystopped/stops","retentionDays":30,"architecture":"arm64",` +
				`"memory":256,"evidence":"policies","logTail":"off","alarmFailures":0}`,
			stack.EnvAdded: `{"remember":"on","serviceMetrics":"off","sweep":"15","captureHooks":"on",` +
				`"captureInstances":"on","captureJobs":"on"}`,
			stack.EnvEvidence:  "policies",
			stack.EnvLogTail:   "off",
			stack.EnvMetrics:   "off",
			stack.EnvMemory:    ref(memory),
			stack.EnvSteady:    "on",
			stack.EnvRetention: "30",
		}},
		"LoggingConfig": object{"LogFormat": "JSON", "LogGroup": ref(own)},
	}
	if diff := cmp.Diff(want, function.Properties); diff != "" {
		t.Errorf("function -want +got\n%s", diff)
	}

	_, config := tpl.only(t, "AWS::Lambda::EventInvokeConfig", "")
	wantConfig := object{
		"FunctionName":             ref(id),
		"Qualifier":                "$LATEST",
		"MaximumRetryAttempts":     2.0,
		"MaximumEventAgeInSeconds": 6 * 3600.0,
		"DestinationConfig":        object{"OnFailure": object{"Destination": arn(failed)}},
	}
	if diff := cmp.Diff(wantConfig, config.Properties); diff != "" {
		t.Errorf("asynchronous invocation -want +got\n%s", diff)
	}
}

func TestFunctionIsGivenOnlyVariablesItReads(t *testing.T) {
	given := synthesize(t).environment(t)
	delete(given, stack.EnvOptions) // for the command line
	delete(given, stack.EnvAdded)
	for _, v := range stack.Variables {
		if _, ok := given[v.Name]; !ok && v.Default == "" {
			t.Errorf("the function lacks %s, which is required", v.Name)
		}
		delete(given, v.Name)
	}
	for name := range given {
		t.Errorf("the function is given %s, which it does not read", name)
	}
}

func TestLogGroups(t *testing.T) {
	tpl := synthesize(t)
	var indexed []any
	for _, f := range stack.IndexedFields {
		indexed = append(indexed, f)
	}
	tests := []struct {
		name                  string
		indexes               []any
		deletion, replacement string
	}{
		{stack.LogGroup, []any{object{"Fields": indexed}}, "RetainExceptOnCreate", "Retain"},
		{stack.FunctionLogGroup, nil, "Delete", "Delete"},
	}
	for _, tt := range tests {
		_, group := tpl.only(t, "AWS::Logs::LogGroup", tt.name)
		want := resource{
			Type:                "AWS::Logs::LogGroup",
			Properties:          object{"LogGroupName": tt.name, "RetentionInDays": 30.0, "LogGroupClass": "STANDARD"},
			DeletionPolicy:      tt.deletion,
			UpdateReplacePolicy: tt.replacement,
		}
		if tt.indexes != nil {
			want.Properties["FieldIndexPolicies"] = tt.indexes
		}
		if diff := cmp.Diff(want, group); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
	if n := len(tpl.all("AWS::Logs::LogGroup")); n != len(tests) {
		t.Errorf("the stack has %d log groups, want %d", n, len(tests))
	}
}

func TestRoleAllowsOnlyWhatIsListed(t *testing.T) {
	tpl := synthesize(t)
	stops, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.LogGroup)
	own, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.FunctionLogGroup)
	failed, _ := tpl.only(t, "AWS::SQS::Queue", stack.FailedQueue)
	memory, _ := tpl.only(t, "AWS::DynamoDB::Table", "")
	_, role := tpl.only(t, "AWS::IAM::Role", "")

	delete(role.Properties, "Description")
	want := object{ // without ManagedPolicyArns
		"AssumeRolePolicyDocument": object{
			"Version": "2012-10-17",
			"Statement": []any{object{
				"Effect":    "Allow",
				"Action":    "sts:AssumeRole",
				"Principal": object{"Service": "lambda.amazonaws.com"},
			}},
		},
	}
	wantWrite := []any{
		object{
			"Effect":   "Allow",
			"Action":   []any{"logs:CreateLogStream", "logs:PutLogEvents"},
			"Resource": []any{arn(stops), arn(own)},
		},
		object{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn(failed)},
		object{
			"Effect":   "Allow",
			"Action":   []any{"dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"},
			"Resource": arn(memory),
		},
	}
	if diff := cmp.Diff(wantWrite, tpl.policy(t, "write")); diff != "" {
		t.Errorf("may write -want +got\n%s", diff)
	}
	delete(role.Properties, "Policies")
	if diff := cmp.Diff(want, role.Properties); diff != "" {
		t.Errorf("role -want +got\n%s", diff)
	}
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"} {
		if found := tpl.all(kind); len(found) > 0 {
			t.Errorf("the stack has %s beside the role's own policies: %v", kind, found)
		}
	}
}

// TestEachTierMayAskExactlyWhatItsChecksNeed compares the policy of each tier with the table of package evidence.
func TestEachTierMayAskExactlyWhatItsChecksNeed(t *testing.T) {
	filled := func(resource string) any {
		var parts []any // as CloudFormation joins them
		text := ""
		for part := range strings.SplitSeq("arn:PARTITION:"+resource, ":") {
			if value, isReference := map[string]any{"PARTITION": ref("AWS::Partition"), "REGION": ref("AWS::Region"),
				"ACCOUNT": ref("AWS::AccountId")}[part]; isReference {
				parts, text = append(parts, text+":", value), ""
				continue
			}
			text += ":" + part
		}
		parts = append(parts, text)
		parts[0] = "arn:"
		return object{"Fn::Join": []any{"", parts}}
	}
	for _, tier := range evidence.Tiers {
		want := map[string]any{} // resource by action
		for _, a := range evidence.Actions {
			if a.Tier == evidence.TierVerify || !tier.Allows(a.Tier) {
				continue
			}
			want[a.IAM] = "*"
			if a.Resource != "*" {
				want[a.IAM] = filled(a.Resource)
			}
		}
		got := map[string]any{}
		for _, s := range synthesize(t, "evidence", string(tier)).policy(t, "ask") {
			statement := s.(object)
			if statement["Effect"] != "Allow" || statement["Condition"] != nil || statement["NotAction"] != nil {
				t.Errorf("%s: %v", tier, statement)
			}
			actions, isList := statement["Action"].([]any)
			if !isList {
				actions = []any{statement["Action"]}
			}
			for _, a := range actions {
				got[a.(string)] = statement["Resource"]
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s may ask -table +template\n%s", tier, diff)
		}
		if (len(want) == 0) != (tier == evidence.TierOff) {
			t.Errorf("%s has %d actions", tier, len(want))
		}
	}
}

func TestLogLinesAreReadOnlyWhereOptedIn(t *testing.T) {
	for _, tier := range evidence.Tiers {
		if text := string(synthesize(t, "evidence", string(tier)).text); strings.Contains(text, "GetLogEvents") {
			t.Errorf("%s may read log lines", tier)
		}
	}
	streams := func(group string) any {
		return object{"Fn::Join": []any{"",
			[]any{"arn:", ref("AWS::Partition"), ":logs:", ref("AWS::Region"), ":", ref("AWS::AccountId"),
				":log-group:" + group + ":log-stream:*"}}}
	}
	for groups, want := range map[string]any{"": streams("*"),
		"/ecs/*,/team/web": []any{streams("/ecs/*"), streams("/team/web")}} {
		options := []any{"logTail", "on"}
		if groups != "" {
			options = append(options, "logTailGroups", groups)
		}
		statements := synthesize(t, options...).policy(t, "ask")
		last := statements[len(statements)-1].(object)
		if diff := cmp.Diff(object{"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": want},
			last); diff != "" {
			t.Errorf("logTailGroups=%s: -want +got\n%s", groups, diff)
		}
	}
}

func TestSavedQueries(t *testing.T) {
	for _, tt := range []struct {
		capture string
		all     bool
	}{{"failures", false}, {"all", true}} {
		tpl := synthesize(t, "capture", tt.capture)
		stops, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.LogGroup)
		got, want := map[string]object{}, map[string]object{}
		for _, r := range tpl.all("AWS::Logs::QueryDefinition") {
			got[r.Properties["Name"].(string)] = r.Properties
		}
		for _, q := range stack.Queries {
			if q.NeedsAll && !tt.all {
				continue
			}
			name := stack.QueryFolder + q.Name
			want[name] = object{"Name": name, "LogGroupNames": []any{ref(stops)}, "QueryString": q.String()}
			var parameters []any
			for _, p := range q.Parameters {
				parameters = append(parameters, object{"Name": p.Name, "Description": p.Doc})
			}
			if parameters != nil {
				want[name]["QueryString"] = object{"Fn::If": []any{"TakesQueryParameters", q.String(), q.Edited()}}
				want[name]["Parameters"] = object{"Fn::If": []any{"TakesQueryParameters", parameters,
					ref("AWS::NoValue")}}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("saved queries with capture=%s -want +got\n%s", tt.capture, diff)
		}
	}
}

func TestQueryParametersAreGivenWhereTheyAreTaken(t *testing.T) {
	var without []any
	for _, region := range []string{"cn-north-1", "cn-northwest-1", "me-central-1", "me-south-1", "us-gov-east-1",
		"us-gov-west-1"} {
		without = append(without, object{"Fn::Equals": []any{ref("AWS::Region"), region}})
	}
	want := object{"Fn::Not": []any{object{"Fn::Or": without}}}
	for _, region := range []string{"cn-north-1", "us-gov-west-1", "eu-west-3", ""} {
		if diff := cmp.Diff(want,
			synthesizeIn(t, region, everything...).Conditions["TakesQueryParameters"]); diff != "" {
			t.Errorf("in %q: -want +got\n%s", region, diff)
		}
	}
}

func TestAlarms(t *testing.T) {
	tpl := synthesize(t, "alarmFailures", "3", "notifyEmail", "on-call@example.com")
	function, _ := tpl.only(t, "AWS::Lambda::Function", "")
	rule := func(name string) object { id, _ := tpl.only(t, "AWS::Events::Rule", name); return ref(id) }
	undelivered, _ := tpl.only(t, "AWS::SQS::Queue", stack.UndeliveredQueue)
	failed, _ := tpl.only(t, "AWS::SQS::Queue", stack.FailedQueue)
	tests := []struct {
		name, namespace, metric, statistic string
		dimension                          string // no metric has more than one, so that none is unbounded
		value                              any
		period, threshold                  float64
	}{
		{"whystopped-undelivered", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", "QueueName",
			queueName(undelivered), 300, 1},
		{"whystopped-failed", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", "QueueName",
			queueName(failed), 300, 1},
		{"whystopped-function-errors", "AWS/Lambda", "Errors", "Sum", "FunctionName", ref(function), 300, 1},
		{"whystopped-function-throttles", "AWS/Lambda", "Throttles", "Sum", "FunctionName", ref(function), 300, 1},
		{"whystopped-failed-invocations", "AWS/Events", "FailedInvocations", "Sum", "RuleName", rule(stack.CaptureRule),
			300, 1},
		{"whystopped-failed-invocations-containers", "AWS/Events", "FailedInvocations", "Sum", "RuleName",
			rule(stack.ContainersRule), 300, 1},
		{"whystopped-failed-invocations-services", "AWS/Events", "FailedInvocations", "Sum", "RuleName",
			rule(stack.ServicesRule), 300, 1},
		{"whystopped-failed-invocations-hooks", "AWS/Events", "FailedInvocations", "Sum", "RuleName",
			rule(stack.HooksRule), 300, 1},
		{"whystopped-failed-invocations-instances", "AWS/Events", "FailedInvocations", "Sum", "RuleName",
			rule(stack.InstancesRule), 300, 1},
		{"whystopped-failed-invocations-jobs", "AWS/Events", "FailedInvocations", "Sum", "RuleName",
			rule(stack.JobsRule), 300, 1},
		{"whystopped-failed-invocations-watcher", "AWS/Events", "FailedInvocations", "Sum", "RuleName",
			rule(stack.WatcherRule), 300, 1},
		{"whystopped-destination-failures", "AWS/Lambda", "DestinationDeliveryFailures", "Sum", "FunctionName",
			ref(function), 300, 1},
		{"whystopped-ingest-failures", stack.MetricsNamespace, stack.MetricIngestFailures, "Sum", "", nil, 300, 1},
		{"whystopped-notify-failures", stack.MetricsNamespace, stack.MetricNotifyFailures, "Sum", "", nil, 300, 1},
		{"whystopped-memory-failures", stack.MetricsNamespace, stack.MetricMemoryFailures, "Sum", "", nil, 300, 1},
		{"whystopped-failed-invocations-sweep", "AWS/Events", "FailedInvocations", "Sum", "RuleName",
			rule(stack.SweepRule), 300, 1},
		{"whystopped-missed", stack.MetricsNamespace, stack.MetricMissed, "Sum", "", nil, 300, 1},
		{"whystopped-sweep-failures", stack.MetricsNamespace, stack.MetricSweepFailures, "Sum", "", nil, 300, 1},
		{"whystopped-failures", stack.MetricsNamespace, stack.MetricStops, "Sum", "verdict", "failure", 900, 3},
	}
	got, want := map[string]object{}, map[string]object{}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		meansSomething(t, alarm.Properties)
		delete(alarm.Properties, "AlarmDescription")
		delete(alarm.Properties, "AlarmActions") // see TestAlarmsAct
		got[alarm.Properties["AlarmName"].(string)] = alarm.Properties
	}
	for _, tt := range tests {
		want[tt.name] = object{
			"AlarmName": tt.name, "Namespace": tt.namespace, "MetricName": tt.metric, "Statistic": tt.statistic,
			"Period":            tt.period,
			"EvaluationPeriods": 1.0, "Threshold": tt.threshold, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
			"TreatMissingData": "notBreaching",
		}
		if tt.dimension != "" {
			want[tt.name]["Dimensions"] = []any{object{"Name": tt.dimension, "Value": tt.value}}
		}
	}
	var rules []any // of each rule, what is lost for good
	for i, name := range []string{stack.CaptureRule, stack.ContainersRule, stack.ServicesRule, stack.HooksRule,
		stack.InstancesRule, stack.JobsRule, stack.WatcherRule, stack.SweepRule} {
		rules = append(rules, object{"Id": fmt.Sprint("m", i), "ReturnData": false, "MetricStat": object{
			"Metric": object{"Namespace": "AWS/Events", "MetricName": "InvocationsFailedToBeSentToDlq",
				"Dimensions": []any{object{"Name": "RuleName", "Value": rule(name)}}},
			"Period": 300.0, "Stat": "Sum",
		}})
	}
	want["whystopped-lost"] = object{
		"AlarmName": "whystopped-lost", "EvaluationPeriods": 1.0, "Threshold": 1.0,
		"ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching",
		"Metrics": append([]any{object{
			"Expression": "FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0) + FILL(m3, 0) + FILL(m4, 0) + FILL(m5, 0) + " +
				"FILL(m6, 0) + FILL(m7, 0)", "Id": "expr_1",
			"Label": "events that are lost", "ReturnData": true,
		}}, rules...),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms -want +got\n%s", diff)
	}
}

// TestAlarmsAreOfWhatIsThere: none stands on a metric that nothing of the deployment writes.
func TestAlarmsAreOfWhatIsThere(t *testing.T) {
	for _, alarm := range synthesize(t, "remember", "off", "sweep", "off").all("AWS::CloudWatch::Alarm") {
		switch name := alarm.Properties["AlarmName"]; name {
		case "whystopped-notify-failures", "whystopped-memory-failures", "whystopped-failures", "whystopped-missed",
			"whystopped-sweep-failures", "whystopped-failed-invocations-sweep":
			t.Errorf("%s is there without topic, table and option", name)
		}
	}
}

// TestMemory holds the table to what package memory/dynamo asks of it.
func TestMemory(t *testing.T) {
	_, table := synthesize(t).only(t, "AWS::DynamoDB::Table", "")
	delete(table.Properties, "Tags")
	attribute := func(name, kind string) object { return object{"AttributeName": name, "KeyType": kind} }
	text := func(name string) object { return object{"AttributeName": name, "AttributeType": "S"} }
	want := resource{
		Type: "AWS::DynamoDB::Table",
		Properties: object{
			"TableName": "whystopped-memory", "BillingMode": "PAY_PER_REQUEST",
			"KeySchema":               []any{attribute("pk", "HASH"), attribute("sk", "RANGE")},
			"AttributeDefinitions":    []any{text("pk"), text("sk")},
			"TimeToLiveSpecification": object{"AttributeName": "expires", "Enabled": true},
		},
		DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete",
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestServiceAlarms: a service below its desired count alarms, also with no running task and with nothing known of it.
func TestServiceAlarms(t *testing.T) {
	tpl := synthesize(t, "belowDesired", "shop/web,shop-a/b,shop/a-b", "alarmTopicArn",
		"arn:aws:sns:eu-west-3:111122223333:alarms")
	metric := func(id, name, cluster, service string) object {
		return object{"Id": id, "ReturnData": false, "MetricStat": object{
			"Metric": object{"Namespace": "ECS/ContainerInsights", "MetricName": name, "Dimensions": []any{
				object{"Name": "ClusterName", "Value": cluster}, object{"Name": "ServiceName", "Value": service}}},
			"Period": 60.0, "Stat": "Average",
		}}
	}
	want, got := map[string]object{}, map[string]object{}
	for _, name := range []string{"shop/web", "shop-a/b", "shop/a-b"} {
		cluster, service, _ := strings.Cut(name, "/")
		want["whystopped-below-desired-"+name] = object{
			"AlarmName":          "whystopped-below-desired-" + name,
			"AlarmActions":       []any{"arn:aws:sns:eu-west-3:111122223333:alarms"},
			"ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1.0, "EvaluationPeriods": 5.0,
			"TreatMissingData": "breaching",
			"Metrics": []any{
				object{"Id": "expr_1", "Expression": "desired - FILL(running, 0)", "Label": "tasks that are missing",
					"ReturnData": true},
				metric("desired", "DesiredTaskCount", cluster, service),
				metric("running", "RunningTaskCount", cluster, service),
			},
		}
	}
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		if name := alarm.Properties["AlarmName"].(string); strings.Contains(name, "below-desired") {
			meansSomething(t, alarm.Properties)
			delete(alarm.Properties, "AlarmDescription")
			got[name] = alarm.Properties
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	_, dashboard := tpl.only(t, "AWS::CloudWatch::Dashboard", "")
	if body := joined(t, dashboard.Properties["DashboardBody"]); !strings.Contains(body,
		"Services below their desired count") {
		t.Error("the dashboard does not show them")
	}
	if strings.Contains(string(synthesize(t).text), "ContainerInsights") {
		t.Error("a default deployment has an alarm on metrics that cost money")
	}
}

func TestAlarmsAct(t *testing.T) {
	const failures, alarms = "arn:aws:sns:eu-west-3:111122223333:failures", "arn:aws:sns:eu-west-3:111122223333:alarms"
	ownTopic := func(tpl template) any { id, _ := tpl.only(t, "AWS::SNS::Topic", ""); return ref(id) }
	tests := []struct {
		name    string
		options []any
		want    func(template) any
	}{
		{"nowhere", nil, nil},
		{"at the address", []any{"notifyEmail", "on-call@example.com"}, ownTopic},
		{"where failures go", []any{"notifyTopicArn", failures}, func(template) any { return failures }},
		{"at a topic of their own", []any{"notifyTopicArn", failures, "alarmTopicArn", alarms},
			func(template) any { return alarms }},
		{"without notifications", []any{"alarmTopicArn", alarms}, func(template) any { return alarms }},
		{"apart from the address", []any{"notifyEmail", "on-call@example.com", "alarmTopicArn", alarms},
			func(template) any { return alarms }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tpl := synthesize(t, tt.options...)
			var want any
			if tt.want != nil {
				want = []any{tt.want(tpl)}
			}
			for id, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
				if diff := cmp.Diff(want, alarm.Properties["AlarmActions"]); diff != "" {
					t.Errorf("%s acts on: -want +got\n%s", id, diff)
				}
				if alarm.Properties["OKActions"] != nil || alarm.Properties["InsufficientDataActions"] != nil {
					t.Errorf("%s tells of a state that is no alarm, as all do right after a deployment", id)
				}
			}
		})
	}
}

func TestNotificationsByEmail(t *testing.T) {
	tpl := synthesize(t, "notifyEmail", "on-call@example.com")
	id, topic := tpl.only(t, "AWS::SNS::Topic", "")
	if diff := cmp.Diff(object{"TopicName": stack.Topic, "DisplayName": "whystopped"}, topic.Properties); diff != "" {
		t.Errorf("topic -want +got\n%s", diff)
	}
	_, subscription := tpl.only(t, "AWS::SNS::Subscription", "")
	want := object{"TopicArn": ref(id), "Protocol": "email", "Endpoint": "on-call@example.com"}
	if diff := cmp.Diff(want, subscription.Properties); diff != "" {
		t.Errorf("subscription -want +got\n%s", diff)
	}
	_, policy := tpl.only(t, "AWS::SNS::TopicPolicy", "")
	statements := policy.Properties["PolicyDocument"].(object)["Statement"].([]any)
	for _, s := range statements {
		delete(s.(object), "Sid")
	}
	wantStatements := []any{
		object{
			"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": ref(id),
			"Condition": object{"Bool": object{"aws:SecureTransport": "false"}},
		},
		object{
			"Effect": "Allow", "Principal": object{"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish",
			"Resource":  ref(id),
			"Condition": object{"StringEquals": object{"aws:SourceAccount": ref("AWS::AccountId")}},
		},
	}
	if diff := cmp.Diff(wantStatements, statements); diff != "" {
		t.Errorf("the topic's policy -want +got\n%s", diff)
	}
	if diff := cmp.Diff(ref(id), tpl.environment(t)[stack.EnvTopic]); diff != "" {
		t.Errorf("%s -want +got\n%s", stack.EnvTopic, diff)
	}
	tpl.mayPublish(t, ref(id))
}

func TestNotificationsToATopicThatIsThere(t *testing.T) {
	const arn = "arn:aws:sns:eu-west-3:111122223333:failures"
	tpl := synthesize(t, "notifyTopicArn", arn)
	if n := len(tpl.all("AWS::SNS::Topic")) + len(tpl.all("AWS::SNS::TopicPolicy")) +
		len(tpl.all("AWS::SNS::Subscription")); n > 0 {
		t.Errorf("the stack has %d resources of SNS, want none: the topic is somebody else's", n)
	}
	if got := tpl.environment(t)[stack.EnvTopic]; got != arn {
		t.Errorf("%s is %v, want %s", stack.EnvTopic, got, arn)
	}
	tpl.mayPublish(t, arn)
}

// mayPublish checks that the function may publish to this topic and no other.
func (tpl template) mayPublish(t *testing.T, topic any) {
	t.Helper()
	statements := tpl.policy(t, "write")
	want := object{"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
	if diff := cmp.Diff(want, statements[len(statements)-1]); diff != "" {
		t.Errorf("the policy's last statement -want +got\n%s", diff)
	}
}

// TestDashboard reads the widgets from top to bottom, as somebody on call does.
func TestDashboard(t *testing.T) {
	tpl := synthesize(t)
	_, dashboard := tpl.only(t, "AWS::CloudWatch::Dashboard", "")
	if name := dashboard.Properties["DashboardName"]; name != stack.Dashboard {
		t.Errorf("the dashboard's name is %v, want %s", name, stack.Dashboard)
	}
	var body struct {
		Widgets []struct {
			Type       string
			X, Y       int
			Properties struct {
				View, Query string
				Alarms      []string
				Metrics     [][]any
			}
		}
	}
	if err := json.Unmarshal([]byte(joined(t, dashboard.Properties["DashboardBody"])), &body); err != nil {
		t.Fatal(err)
	}
	archiveID, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.LogGroup)
	var got []string
	y := 0
	for _, w := range body.Widgets {
		if w.Y < y {
			t.Errorf("a widget at %d,%d comes after one at height %d", w.X, w.Y, y)
		}
		y = w.Y
		switch w.Type {
		case "log":
			text, ok := strings.CutPrefix(w.Properties.Query, "SOURCE '${"+archiveID+"}' | ")
			if err := insightstest.Check(w.Properties.Query, insightstest.FieldsOf[archive.Record]()); err != nil {
				t.Errorf("a widget asks %q: %v", w.Properties.Query, err)
			}
			i := slices.IndexFunc(stack.Queries, func(q stack.Query) bool { return q.Commands == text })
			if !ok || i < 0 {
				t.Errorf("a widget asks %q, want a saved query of the archive", w.Properties.Query)
				continue
			}
			got = append(got, w.Properties.View+" "+stack.Queries[i].Name)
		case "metric":
			for _, m := range w.Properties.Metrics {
				if of, isExpression := m[0].(object); isExpression {
					got = append(got, of["label"].(string))
					continue
				}
				if last, isObject := m[len(m)-1].(object); isObject && last["visible"] == false {
					continue // what an expression is made of
				}
				name := m[0].(string) + " " + m[1].(string)
				if m[0] == stack.MetricsNamespace && len(m) > 3 {
					name += " " + m[3].(string)
				}
				got = append(got, name)
			}
		case "alarm":
			got = append(got, "alarms")
			if n, all := len(w.Properties.Alarms), len(tpl.all("AWS::CloudWatch::Alarm")); n != all {
				t.Errorf("the dashboard shows %d alarms of %d", n, all)
			}
		}
	}
	want := []string{
		"bar failures-by-domain", "Whystopped Stops failure", "Whystopped Stops review", "Whystopped Stops expected",
		"table what-failed",
		"table signatures",
		"table latest-failures",
		"alarms", "AWS/SQS ApproximateNumberOfMessagesVisible", "AWS/SQS ApproximateNumberOfMessagesVisible",
		"AWS/Lambda Errors",
		"AWS/Lambda Throttles", "AWS/Lambda DestinationDeliveryFailures", "Whystopped IngestFailures",
		"events that are lost", "Whystopped MemoryFailures", "Whystopped Missed", "Whystopped SweepFailures",
		"AWS/Events FailedInvocations", "AWS/Events FailedInvocations", "AWS/Events FailedInvocations",
		"AWS/Events FailedInvocations",
		"AWS/Events FailedInvocations",
		"AWS/Events FailedInvocations", "AWS/Events FailedInvocations", "AWS/Events FailedInvocations",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dashboard -want +got\n%s", diff)
	}
}

// meansSomething holds that an alarm says what it means and what to do, with a command that runs on a line of its own.
func meansSomething(t *testing.T, alarm object) {
	t.Helper()
	description, whole := alarm["AlarmDescription"].(string)
	if !whole {
		description = strings.ReplaceAll(joined(t, alarm["AlarmDescription"]), "${AWS::Region}", "eu-north-1")
	}
	if len(description) < 40 || len(description) > 1000 {
		t.Errorf("%v says %q, want what it means and what to do", alarm["AlarmName"], description)
	}
	for line := range strings.Lines(description) {
		command, isCommand := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		if strings.Contains(line, "whystopped re") && !isCommand {
			t.Errorf("%v says %q", alarm["AlarmName"], line)
		}
		if isCommand {
			if problems := commandtest.Problems(command, false); problems != nil {
				t.Errorf("%v: %v", alarm["AlarmName"], problems)
			}
		}
	}
}

// joined returns the text of an Fn::Join with nothing between, references written as ${name}.
func joined(t *testing.T, value any) string {
	t.Helper()
	var text strings.Builder
	for _, part := range value.(object)["Fn::Join"].([]any)[1].([]any) {
		switch part := part.(type) {
		case string:
			text.WriteString(part)
		case object:
			name, ok := part["Ref"].(string)
			if !ok {
				name = part["Fn::GetAtt"].([]any)[0].(string)
			}
			text.WriteString("${" + name + "}")
		}
	}
	return text.String()
}

// untagged are the resources that bear no tag, and why; docs/deploy.md names them too.
var untagged = map[string]string{
	"AWS::CloudWatch::Dashboard":     "CloudFormation takes its tags in some Regions only",
	"AWS::Lambda::EventInvokeConfig": "CloudFormation takes none",
	"AWS::Lambda::Permission":        "CloudFormation takes none",
	"AWS::Logs::QueryDefinition":     "CloudFormation takes none",
	"AWS::SNS::Subscription":         "CloudFormation takes none",
	"AWS::SNS::TopicPolicy":          "CloudFormation takes none",
	"AWS::SQS::QueuePolicy":          "CloudFormation takes none",
}

func TestEverythingIsTagged(t *testing.T) {
	page, err := os.ReadFile("../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for id, r := range synthesize(t, everything...).Resources {
		seen[r.Type] = true
		want := any([]any{object{"Key": "app", "Value": "whystopped"}})
		if untagged[r.Type] != "" {
			want = nil
		}
		if diff := cmp.Diff(want, r.Properties["Tags"]); diff != "" {
			t.Errorf("tags of %s, %s: -want +got\n%s", id, r.Type, diff)
		}
	}
	for kind := range untagged {
		if !seen[kind] {
			t.Errorf("the stack has no %s", kind)
		}
		if !strings.Contains(string(page), "`"+kind+"`") {
			t.Errorf("docs/deploy.md does not say that %s bears no tag", kind)
		}
	}
}

// TestOnlyWhatTakesNoTagsIsUntagged asks the AWS CDK, which knows the resource types, about each construct of a stack.
func TestOnlyWhatTakesNoTagsIsUntagged(t *testing.T) {
	o, err := parseOptions(map[string]any{"capture": "all", "notifyEmail": "on-call@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	code := awslambda.Code_FromAsset(jsii.String(t.TempDir()), nil)
	scope := NewStack(newApp(t.TempDir()), stack.Name, StackProps{Code: code, Options: o})
	asked := map[string]bool{}
	for _, construct := range *scope.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		r, isResource := construct.(awscdk.CfnResource)
		if !isResource || asked[*r.CfnResourceType()] {
			continue
		}
		kind := *r.CfnResourceType()
		asked[kind] = true
		takes := *awscdk.TagManager_IsTaggable(r) || *awscdk.TagManager_IsTaggableV2(r)
		if takes == (untagged[kind] == "CloudFormation takes none") {
			t.Errorf("%s takes tags: %v; it is untagged because %q", kind, takes, untagged[kind])
		}
	}
	if len(asked) < len(untagged) {
		t.Errorf("asked about %v only", asked)
	}
}

// everything is a deployment with each resource that a stack can have.
var everything = []any{"capture", "all", "notifyEmail", "on-call@example.com", "reservedConcurrency", "5", "evidence",
	"deep", "logTail", "on",
	"captureContainers", "all", "captureRequests", "on", "endingContainers", "migrate,init", "belowDesired",
	"shop/web,shop/api", "alarmFailures", "3"}

// TestLeastPrivilege looks through every policy of the stack: what it allows is in this list and names what it is for.
func TestLeastPrivilege(t *testing.T) {
	allowed := []string{
		"lambda:InvokeFunction",                     // the rule
		"logs:CreateLogStream", "logs:PutLogEvents", // the function, into the archive and its own log
		"dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem", // the function, in its table
		"ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListClusters", "ecs:ListServices",
		"ecs:ListTasks",        // a sweep
		"logs:FilterLogEvents", // and so of the archive
		"sns:Publish",          // the function and alarms
		"sqs:SendMessage",      // the rule and the function, each into its queue
		"sts:AssumeRole",       // Lambda
	}
	asks := []string{"logs:GetLogEvents"}              // about causes; the last lines of a container only with logTail
	anywhere := map[string]bool{"ecs:ListTasks": true} // actions that take no resource, or come with one that does
	for _, a := range evidence.Actions {
		if a.Tier != evidence.TierVerify {
			asks = append(asks, a.IAM)
			anywhere[a.IAM] = anywhere[a.IAM] || a.Resource == "*"
		}
	}
	var used []string
	var visit func(where string, value any)
	visit = func(where string, value any) {
		switch value := value.(type) {
		case []any:
			for _, v := range value {
				visit(where, v)
			}
		case object:
			if action, ok := value["Action"]; ok && value["Effect"] != "Deny" {
				actions, isList := action.([]any)
				if !isList {
					actions = []any{action}
				}
				for _, a := range actions {
					used = append(used, a.(string))
					if !slices.Contains(allowed, a.(string)) && !slices.Contains(asks, a.(string)) {
						t.Errorf("%s allows %s, which is not listed", where, a)
					}
				}
				text, err := json.Marshal(value["Resource"])
				if err != nil {
					t.Fatal(err)
				}
				if text := string(text); strings.Contains(text, `"*"`) && !anywhere[used[len(used)-1]] ||
					text == "null" && value["FunctionName"] == nil && value["Action"] != "sts:AssumeRole" {
					t.Errorf("%s allows %v on %s, want a resource by name", where, action, text)
				}
			}
			for _, v := range value {
				visit(where, v)
			}
		}
	}
	for _, options := range [][]any{nil, everything,
		{"existingLogGroup", "/kept/by/another", "notifyTopicArn", "arn:aws:sns:eu-west-3:111122223333:failures"},
		{"evidence", "off"}} {
		used = nil
		for id, r := range synthesize(t, options...).Resources {
			visit(id, r.Properties)
			if r.Properties["ManagedPolicyArns"] != nil || strings.HasPrefix(r.Type, "AWS::IAM::") &&
				r.Type != "AWS::IAM::Role" {
				t.Errorf("%s is or has a policy beside that of the function's own role", id)
			}
		}
		for _, a := range allowed {
			if !slices.Contains(used, a) && a != "sns:Publish" {
				t.Errorf("%s is listed and allowed nowhere", a)
			}
		}
	}
}

func TestTemplateIsSmall(t *testing.T) {
	tpl := synthesize(t, everything...)
	if n := len(tpl.text); n > 400_000 {
		t.Errorf("the template has %d bytes, want at most 400,000", n)
	}
	if n := len(tpl.Resources); n > 120 {
		t.Errorf("the stack has %d resources, want at most 120", n)
	}
	t.Logf("%d resources in %d bytes", len(tpl.Resources), len(tpl.text))
}

func TestOutputsSayWhereToLook(t *testing.T) {
	tpl := synthesize(t)
	stops, _ := tpl.only(t, "AWS::Logs::LogGroup", stack.LogGroup)
	function, _ := tpl.only(t, "AWS::Lambda::Function", "")
	undelivered, _ := tpl.only(t, "AWS::SQS::Queue", stack.UndeliveredQueue)
	failed, _ := tpl.only(t, "AWS::SQS::Queue", stack.FailedQueue)
	got := map[string]any{}
	for id, output := range tpl.Outputs {
		got[id] = output.Value
	}
	want := map[string]any{
		"LogGroupName":        ref(stops),
		"FunctionName":        ref(function),
		"UndeliveredQueueUrl": ref(undelivered),
		"FailedQueueUrl":      ref(failed),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outputs -want +got\n%s", diff)
	}
}

func TestTemplateNamesNoPartition(t *testing.T) {
	services := []string{"cloudwatch.amazonaws.com", "events.amazonaws.com", "lambda.amazonaws.com"}
	for _, region := range []string{"cn-north-1", "us-gov-west-1", "eu-west-3", ""} {
		tpl := synthesizeIn(t, region, everything...)
		if found := regexp.MustCompile(`arn:aws[^"]*`).FindAll(tpl.text, -1); found != nil {
			t.Errorf("in %q the template holds %q, want ARNs that CloudFormation makes for the partition it runs in",
				region, found)
		}
		var found []string
		for _, host := range regexp.MustCompile(`[a-z0-9.-]*\.amazon(aws)?\.[a-z.]+`).FindAll(tpl.text, -1) {
			found = append(found, string(host))
		}
		slices.Sort(found)
		if diff := cmp.Diff(services, slices.Compact(found)); diff != "" {
			t.Errorf("in %q the template names services -want +got\n%s", region, diff)
		}
	}
}

func TestSourcesNamePartitionsInOneTable(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"[^"]*(arn:aws|amazonaws\.com)[^"]*"`)
	inTable := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := literal.FindAll(source, -1)
		if file == "partitions.go" {
			inTable = len(found)
		} else if found != nil {
			t.Errorf("%s holds %q, which belongs into partitions.go", file, found)
		}
	}
	if inTable == 0 {
		t.Error("partitions.go holds no service: this test looks for the wrong thing")
	}
}

// synthesize returns the template of a deployment whose function is not compiled, with options by name and value.
func synthesize(t *testing.T, options ...any) template {
	t.Helper()
	return synthesizeIn(t, "", options...)
}

// synthesized keeps the texts of templates by Region and options.
var synthesized = map[string][]byte{}

// synthesizeIn synthesizes for a Region, or for any with "".
func synthesizeIn(t *testing.T, region string, options ...any) template {
	t.Helper()
	context := map[string]any{}
	for i := 0; i < len(options); i += 2 {
		context[options[i].(string)] = options[i+1]
	}
	o, err := parseOptions(context)
	if err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprint(region, o)
	if synthesized[key] == nil {
		code := t.TempDir()
		if err := os.WriteFile(filepath.Join(code, "bootstrap"), nil, 0o755); err != nil {
			t.Fatal(err)
		}
		props := StackProps{Code: awslambda.Code_FromAsset(jsii.String(code), nil), Options: o}
		if region != "" {
			props.Env = &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String(region)}
		}
		outdir := t.TempDir()
		app := newApp(outdir)
		NewStack(app, o.Named(stack.Name), props)
		app.Synth(nil)
		if synthesized[key], err = os.ReadFile(filepath.Join(outdir,
			o.Named(stack.Name)+".template.json")); err != nil {
			t.Fatal(err)
		}
	}
	tpl := template{text: synthesized[key]}
	if err := json.NewDecoder(bytes.NewReader(tpl.text)).Decode(&tpl); err != nil {
		t.Fatal(err)
	}
	return tpl
}

// all returns the resources of a kind, without their tags, which TestEverythingIsTagged looks at.
func (tpl template) all(kind string) map[string]resource {
	found := map[string]resource{}
	for id, r := range tpl.Resources {
		if r.Type == kind {
			delete(r.Properties, "Tags")
			found[id] = r
		}
	}
	return found
}

// only returns the one resource of a kind that has name, or the only one of its kind when name is "".
func (tpl template) only(t *testing.T, kind, name string) (string, resource) {
	t.Helper()
	found := tpl.all(kind)
	for id, r := range found {
		if name != "" && r.Properties["LogGroupName"] != name && r.Properties["QueueName"] != name &&
			r.Properties["Name"] != name {
			delete(found, id)
		}
	}
	for id, r := range found {
		if len(found) == 1 {
			return id, r
		}
	}
	t.Fatalf("the stack has %d of %s %s, want one", len(found), kind, name)
	return "", resource{}
}

// environment returns the variables that the function is given.
func (tpl template) environment(t *testing.T) object {
	t.Helper()
	_, function := tpl.only(t, "AWS::Lambda::Function", "")
	return function.Properties["Environment"].(object)["Variables"].(object)
}

// queuePolicy returns the statements of a queue's policy.
func (tpl template) queuePolicy(t *testing.T, queue string) []any {
	t.Helper()
	for _, r := range tpl.all("AWS::SQS::QueuePolicy") {
		if cmp.Equal(r.Properties["Queues"], []any{ref(queue)}) {
			return r.Properties["PolicyDocument"].(object)["Statement"].([]any)
		}
	}
	t.Fatalf("queue %s has no policy", queue)
	return nil
}

// policy returns the statements of a policy of the function's role, none when there is no such policy.
func (tpl template) policy(t *testing.T, name string) []any {
	t.Helper()
	_, role := tpl.only(t, "AWS::IAM::Role", "")
	for _, p := range role.Properties["Policies"].([]any) {
		if p := p.(object); p["PolicyName"] == name {
			return p["PolicyDocument"].(object)["Statement"].([]any)
		}
	}
	return nil
}

func ref(id string) object { return object{"Ref": id} }

func arn(id string) object { return object{"Fn::GetAtt": []any{id, "Arn"}} }

func queueName(id string) object { return object{"Fn::GetAtt": []any{id, "QueueName"}} }
