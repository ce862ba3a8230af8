package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/events"
)

var update = flag.Bool("update", false, "rewrite testdata/template.golden.json")

type object = map[string]any

type template struct {
	text      []byte
	Resources map[string]resource
	Outputs   map[string]struct{ Value any }
}

type resource struct {
	Type                string
	Properties          object
	DeletionPolicy      string
	UpdateReplacePolicy string
}

func TestTemplateIsTheGoldenOne(t *testing.T) {
	const golden = "testdata/template.golden.json"
	got := regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAll(synthesize(t).text, []byte("ASSET-HASH"))
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the template is not %s (rewrite it with go test ./infra -update): -want +got\n%s", golden, diff)
	}
}

func TestCaptureRule(t *testing.T) {
	tpl := synthesize(t)
	_, rule := tpl.only(t, "AWS::Events::Rule", "")
	function, _ := tpl.only(t, "AWS::Lambda::Function", "")
	undelivered, _ := tpl.only(t, "AWS::SQS::Queue", archive.UndeliveredQueue)

	text, err := events.CapturePattern(events.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var pattern object
	if err := json.Unmarshal(text, &pattern); err != nil {
		t.Fatal(err)
	}
	delete(rule.Properties, "Description")
	want := object{ // without EventBusName: the default bus, on which AWS services send
		"Name":         archive.CaptureRule,
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
		t.Errorf("rule -want +got\n%s", diff)
	}
}

func TestCaptureRuleMayReachItsTargetAndItsDeadLetterQueue(t *testing.T) {
	tpl := synthesize(t)
	rule, _ := tpl.only(t, "AWS::Events::Rule", "")
	function, _ := tpl.only(t, "AWS::Lambda::Function", "")
	undelivered, _ := tpl.only(t, "AWS::SQS::Queue", archive.UndeliveredQueue)

	_, permission := tpl.only(t, "AWS::Lambda::Permission", "")
	want := object{
		"Action":       "lambda:InvokeFunction",
		"FunctionName": arn(function),
		"Principal":    "events.amazonaws.com",
		"SourceArn":    arn(rule),
	}
	if diff := cmp.Diff(want, permission.Properties); diff != "" {
		t.Errorf("permission -want +got\n%s", diff)
	}

	wantSend := object{
		"Effect":    "Allow",
		"Action":    "sqs:SendMessage",
		"Principal": object{"Service": "events.amazonaws.com"},
		"Resource":  arn(undelivered),
		"Condition": object{"ArnEquals": object{"aws:SourceArn": arn(rule)}},
	}
	var sends []any
	for _, s := range tpl.queuePolicy(t, undelivered) {
		if s := s.(object); s["Effect"] == "Allow" {
			delete(s, "Sid")
			sends = append(sends, s)
		}
	}
	if diff := cmp.Diff([]any{wantSend}, sends); diff != "" {
		t.Errorf("what the dead-letter queue allows: -want +got\n%s", diff)
	}
}

// TestCaptureRuleAnswersTheShapes judges the pattern as it stands in the template.
func TestCaptureRuleAnswersTheShapes(t *testing.T) {
	_, rule := synthesize(t).only(t, "AWS::Events::Rule", "")
	text, err := json.Marshal(rule.Properties["EventPattern"])
	if err != nil {
		t.Fatal(err)
	}
	pattern, err := events.CompilePattern(text)
	if err != nil {
		t.Fatal(err)
	}

	file, err := os.Open("../events/testdata/shapes.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	answers := map[bool]int{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var shape struct {
			ID       string
			Failures bool // whether it is to be captured
			Event    json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &shape); err != nil {
			t.Fatal(err)
		}
		got, err := pattern.Match(shape.Event)
		if got != shape.Failures || err != nil {
			t.Errorf("%s: captured %v (%v), want %v", shape.ID, got, err, shape.Failures)
		}
		answers[shape.Failures]++
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if answers[true] == 0 || answers[false] == 0 {
		t.Errorf("the shapes hold %d to capture and %d to leave, want some of each", answers[true], answers[false])
	}
}

func TestQueuesKeepWhatFailed(t *testing.T) {
	tpl := synthesize(t)
	names := []string{archive.UndeliveredQueue, archive.FailedQueue}
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
	stops, _ := tpl.only(t, "AWS::Logs::LogGroup", archive.LogGroup)
	own, _ := tpl.only(t, "AWS::Logs::LogGroup", archive.FunctionLogGroup)
	failed, _ := tpl.only(t, "AWS::SQS::Queue", archive.FailedQueue)

	delete(function.Properties, "Code")
	delete(function.Properties, "Description")
	want := object{
		"FunctionName":  archive.Function,
		"Runtime":       "provided.al2023",
		"Architectures": []any{"arm64"},
		"Handler":       "bootstrap",
		"Role":          arn(role),
		"MemorySize":    256.0,
		"Timeout":       30.0,
		"Environment":   object{"Variables": object{archive.EnvLogGroup: ref(stops)}},
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
	_, function := synthesize(t).only(t, "AWS::Lambda::Function", "")
	given := function.Properties["Environment"].(object)["Variables"].(object)
	for _, v := range archive.Variables {
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
	tests := []struct {
		name                  string
		deletion, replacement string
	}{
		{archive.LogGroup, "RetainExceptOnCreate", "Retain"},
		{archive.FunctionLogGroup, "Delete", "Delete"},
	}
	for _, tt := range tests {
		_, group := tpl.only(t, "AWS::Logs::LogGroup", tt.name)
		want := resource{
			Type:                "AWS::Logs::LogGroup",
			Properties:          object{"LogGroupName": tt.name, "RetentionInDays": float64(archive.RetentionDays), "LogGroupClass": "STANDARD"},
			DeletionPolicy:      tt.deletion,
			UpdateReplacePolicy: tt.replacement,
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
	stops, _ := tpl.only(t, "AWS::Logs::LogGroup", archive.LogGroup)
	own, _ := tpl.only(t, "AWS::Logs::LogGroup", archive.FunctionLogGroup)
	failed, _ := tpl.only(t, "AWS::SQS::Queue", archive.FailedQueue)
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
		"Policies": []any{object{
			"PolicyName": "write",
			"PolicyDocument": object{
				"Version": "2012-10-17",
				"Statement": []any{
					object{
						"Effect":   "Allow",
						"Action":   []any{"logs:CreateLogStream", "logs:PutLogEvents"},
						"Resource": []any{arn(stops), arn(own)},
					},
					object{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn(failed)},
				},
			},
		}},
	}
	if diff := cmp.Diff(want, role.Properties); diff != "" {
		t.Errorf("role -want +got\n%s", diff)
	}
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"} {
		if found := tpl.all(kind); len(found) > 0 {
			t.Errorf("the stack has %s beside the role's own policies: %v", kind, found)
		}
	}
}

func TestSavedQueries(t *testing.T) {
	tpl := synthesize(t)
	stops, _ := tpl.only(t, "AWS::Logs::LogGroup", archive.LogGroup)
	got, want := map[string]object{}, map[string]object{}
	for _, r := range tpl.all("AWS::Logs::QueryDefinition") {
		got[r.Properties["Name"].(string)] = r.Properties
	}
	for _, q := range archive.Queries {
		var parameters []any
		for _, p := range q.Parameters {
			parameters = append(parameters, object{"Name": p.Name, "Description": p.Doc})
		}
		name := archive.QueryFolder + q.Name
		want[name] = object{"Name": name, "LogGroupNames": []any{ref(stops)}, "QueryString": q.String(), "Parameters": parameters}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("saved queries -want +got\n%s", diff)
	}
}

func TestOutputsSayWhereToLook(t *testing.T) {
	tpl := synthesize(t)
	stops, _ := tpl.only(t, "AWS::Logs::LogGroup", archive.LogGroup)
	function, _ := tpl.only(t, "AWS::Lambda::Function", "")
	undelivered, _ := tpl.only(t, "AWS::SQS::Queue", archive.UndeliveredQueue)
	failed, _ := tpl.only(t, "AWS::SQS::Queue", archive.FailedQueue)
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
	if found := regexp.MustCompile(`arn:aws[^"]*`).FindAll(synthesize(t).text, -1); found != nil {
		t.Errorf("the template holds %q, want ARNs that CloudFormation makes for the partition it runs in", found)
	}
}

// synthesize returns the template of a deployment whose function is not compiled.
func synthesize(t *testing.T) template {
	t.Helper()
	code := t.TempDir()
	if err := os.WriteFile(filepath.Join(code, "bootstrap"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	outdir := t.TempDir()
	app := newApp(outdir)
	NewStack(app, archive.Stack, StackProps{Code: awslambda.Code_FromAsset(jsii.String(code), nil)})
	app.Synth(nil)
	text, err := os.ReadFile(filepath.Join(outdir, archive.Stack+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	tpl := template{text: text}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&tpl); err != nil {
		t.Fatal(err)
	}
	return tpl
}

func (tpl template) all(kind string) map[string]resource {
	found := map[string]resource{}
	for id, r := range tpl.Resources {
		if r.Type == kind {
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
		if name != "" && r.Properties["LogGroupName"] != name && r.Properties["QueueName"] != name {
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

func ref(id string) object { return object{"Ref": id} }

func arn(id string) object { return object{"Fn::GetAtt": []any{id, "Arn"}} }
