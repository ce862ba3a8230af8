package main

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambdadestinations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
	"whystopped/events"
)

// StackProps are what a deployment can be given.
type StackProps struct {
	Code    awslambda.Code      // the function: an asset with an executable named bootstrap, for Options.Architecture
	Options stack.Options       // as parseOptions returns them
	Env     *awscdk.Environment // nil for the account and Region of whoever deploys
}

// NewStack returns a deployment for one account and Region. Every name in it comes from package stack or from the
// options.
func NewStack(parent constructs.Construct, id string, props StackProps) awscdk.Stack {
	o := props.Options
	scope := awscdk.NewStack(parent, jsii.String(id), &awscdk.StackProps{
		Description: jsii.String("Tells why ECS tasks stopped and keeps the answers"), // the CDK takes 512 bytes of it
		Env:         props.Env,
	})
	awscdk.Tags_Of(scope).Add(jsii.String("app"), jsii.String("whystopped"), &awscdk.TagProps{
		ExcludeResourceTypes: jsii.Strings("AWS::CloudWatch::Dashboard"), // not every Region takes tags of dashboards
	})

	stops := newArchive(scope, o)
	undelivered := newQueue(scope, o, "Undelivered", o.Named(stack.UndeliveredQueue))
	failed := newQueue(scope, o, "Failed", o.Named(stack.FailedQueue))
	notifications := newNotifications(scope, o)
	memory := newMemory(scope, o)
	function := newFunction(scope, props.Code, o, stops, failed, notifications, memory)
	rules := newRules(scope, o, function, undelivered)
	if schedule := newSchedule(scope, o, function, undelivered); schedule != nil {
		rules = append(rules, schedule)
	}
	parameters := takesQueryParameters(scope)
	for _, query := range stack.Queries {
		if !query.NeedsAll || o.Capture == events.CaptureAll {
			newSavedQuery(scope, o, query, stops, parameters)
		}
	}
	signs := signsOf(o, function, rules, undelivered, failed)
	actions := alarmActions(o, notifications)
	newDashboard(scope, o, stops, signs, newAlarms(scope, o, signs, actions), newServiceAlarms(scope, o, actions))

	output(scope, "LogGroupName", "Log group of the archive", stops.LogGroupName())
	output(scope, "FunctionName", "Function that explains a stop", function.FunctionName())
	output(scope, "UndeliveredQueueUrl", "Events that EventBridge could not hand to the function",
		undelivered.QueueUrl())
	output(scope, "FailedQueueUrl", "Events that the function could not archive", failed.QueueUrl())
	return scope
}

// newArchive returns the log group of the records: the stack's own, which is kept when the stack is deleted but not
// when its first creation fails, or the one that the options name.
func newArchive(scope awscdk.Stack, o stack.Options) awslogs.ILogGroup {
	if o.ExistingLogGroup != "" {
		return awslogs.LogGroup_FromLogGroupName(scope, jsii.String("Archive"), jsii.String(o.ExistingLogGroup))
	}
	return newLogGroup(scope, o, "Archive", o.RetentionDays, awslogs.LogGroupProps{
		LogGroupName:  jsii.String(o.LogGroup),
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		FieldIndexPolicies: &[]awslogs.FieldIndexPolicy{
			awslogs.NewFieldIndexPolicy(&awslogs.FieldIndexPolicyProps{Fields: jsii.Strings(stack.IndexedFields...)}),
		},
	})
}

func newLogGroup(scope awscdk.Stack, o stack.Options, id string, days int,
	props awslogs.LogGroupProps) awslogs.LogGroup {
	props.LogGroupClass = awslogs.LogGroupClass_STANDARD // the only one whose JSON fields Logs Insights discovers
	group := awslogs.NewLogGroup(scope, jsii.String(id), &props)
	// LogGroupProps takes the days only by the names of an enumeration.
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(jsii.Number(days))
	encrypt(o, group.Node().DefaultChild())
	return group
}

func newQueue(scope awscdk.Stack, o stack.Options, id, name string) awssqs.Queue {
	queue := awssqs.NewQueue(scope, jsii.String(id), &awssqs.QueueProps{
		QueueName:       jsii.String(name),
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)), // the longest that SQS keeps a message
	})
	encrypt(o, queue.Node().DefaultChild())
	return queue
}

func newFunction(scope awscdk.Stack, code awslambda.Code, o stack.Options, stops awslogs.ILogGroup, failed awssqs.Queue,
	notifications awssns.ITopic, memory awsdynamodb.CfnTable) awslambda.Function {
	own := newLogGroup(scope, o, "FunctionLog", stack.RetentionDays, awslogs.LogGroupProps{
		LogGroupName:  jsii.String(o.Named(stack.FunctionLogGroup)),
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	environment := map[string]*string{}
	for name, value := range environmentOf(o) {
		environment[name] = jsii.String(value)
	}
	environment[stack.EnvLogGroup] = stops.LogGroupName()
	statements := []awsiam.PolicyStatement{
		allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, stops.LogGroupArn(), own.LogGroupArn()),
		allow([]string{"sqs:SendMessage"}, failed.QueueArn()),
	}
	if memory != nil {
		environment[stack.EnvMemory] = memory.Ref()
		statements = append(statements,
			allow([]string{"dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"}, memory.AttrArn()))
	}
	statements = append(statements, mayUseKey(o)...)
	if notifications != nil {
		environment[stack.EnvTopic] = notifications.TopicArn()
		statements = append(statements, allow([]string{"sns:Publish"}, notifications.TopicArn()))
	}
	if o.WebhookARN != "" {
		statements = append(statements, mayReadWebhook(o.WebhookARN)...)
	}
	policies := map[string]awsiam.PolicyDocument{
		"write": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
	}
	if ask := mayAsk(scope, o); ask != nil {
		policies["ask"] = awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &ask})
	}
	if o.Sweep != stack.Off {
		policies["sweep"] = awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &[]awsiam.PolicyStatement{
			allow(sweepActions, jsii.String("*")),
			allow([]string{"logs:FilterLogEvents"}, stops.LogGroupArn()),
		}})
	}
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		Description:    jsii.String("What the function " + o.Named(stack.Function) + " may do"),
		AssumedBy:      awsiam.NewServicePrincipal(jsii.String(lambdaService), nil),
		InlinePolicies: &policies,
	})
	var reserved *float64
	if o.ReservedConcurrency > 0 {
		reserved = jsii.Number(o.ReservedConcurrency)
	}
	function := awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName: jsii.String(o.Named(stack.Function)),
		Description:  jsii.String("Explains why an ECS task stopped and archives the answer"),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_Custom(jsii.String(o.Architecture), nil),
		Handler:      jsii.String("bootstrap"),
		Code:         code,
		// The role says all the function may do; constructs that use the function add nothing to it.
		Role:        role.WithoutPolicyUpdates(nil),
		Environment: &environment,
		LogGroup:    own,
		// The function writes JSON lines itself; with this format Lambda's own lines are JSON too.
		LoggingFormat: awslambda.LoggingFormat_JSON,
		MemorySize:    jsii.Number(o.Memory),

		ReservedConcurrentExecutions: reserved,
		// A sweep of a thousand services takes a minute, since it takes no more than its share of what ECS lets an
		// account call. An event has 40 s: explaining takes milliseconds, asking the account about one stop at most
		// 8 s; the rest is for two calls of CloudWatch Logs with the SDK's retries.
		Timeout: awscdk.Duration_Seconds(jsii.Number(120)),
		// Both are the most that Lambda takes: an event is worth more than a fresh answer.
		RetryAttempts: jsii.Number(2),
		MaxEventAge:   awscdk.Duration_Hours(jsii.Number(6)),
		OnFailure:     awslambdadestinations.NewSqsDestination(failed),
	})
	// The CDK names the role here once more, for policies that stand apart from their role; here they are part of it.
	function.Node().DefaultChild().(awslambda.CfnFunction).AddDeletionOverride(jsii.String("DependsOn"))
	return function
}

// newRules returns the rules that the options ask for. Lambda takes events over asynchronously, so that their
// dead-letter queue holds only what never reached Lambda; what the function fails on goes to the function's own failure
// destination. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
func newRules(scope awscdk.Stack, o stack.Options, function awslambda.Function,
	undelivered awssqs.Queue) []awsevents.Rule {
	wanted, err := o.Rules(*scope.Account(), *scope.Region()) // of checked options
	if err != nil {
		panic(err)
	}
	var rules []awsevents.Rule
	for _, r := range wanted {
		var pattern map[string]any
		if err := json.Unmarshal(r.Pattern, &pattern); err != nil {
			panic(err)
		}
		id := ruleID(strings.TrimPrefix(r.Name, o.NamePrefix))
		rule := awsevents.NewRule(scope, jsii.String(id), &awsevents.RuleProps{
			RuleName:     jsii.String(r.Name),
			Description:  jsii.String(strings.ToUpper(r.Catches[:1]) + r.Catches[1:]),
			EventPattern: &awsevents.EventPattern{Source: jsii.Strings("aws.ecs")}, // a rule must have one; see below
		})
		// EventPattern has no form for all that a pattern may hold, such as a suffix of resources.
		rule.Node().DefaultChild().(awsevents.CfnRule).SetEventPattern(pattern)
		aim(rule, function, undelivered, nil)
		rules = append(rules, rule)
	}
	return rules
}

// sweepActions are what a sweep asks ECS.
var sweepActions = []string{"ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListClusters", "ecs:ListServices",
	"ecs:ListTasks"}

// newSchedule returns the rule that has the function sweep, or nil.
func newSchedule(scope awscdk.Stack, o stack.Options, function awslambda.Function,
	undelivered awssqs.Queue) awsevents.Rule {
	input, err := o.SweepInput() // of checked options
	if err != nil {
		panic(err)
	}
	if input == "" {
		return nil
	}
	rule := awsevents.NewRule(scope, jsii.String(ruleID(stack.SweepRule)), &awsevents.RuleProps{
		RuleName:    jsii.String(o.Named(stack.SweepRule)),
		Description: jsii.String("Services below their desired count, and stops that the archive lacks"),
		Schedule:    awsevents.Schedule_Expression(jsii.String("rate(" + o.Sweep + " minutes)")),
	})
	aim(rule, function, undelivered, &input)
	return rule
}

// aim makes the function the target of a rule, with an input where the event is not it. It does what package
// awseventstargets does, with its ids; that one would have to be compiled with every service that can be a target,
// which is more than all that the stack uses of the CDK.
func aim(rule awsevents.Rule, function awslambda.Function, undelivered awssqs.Queue, input *string) {
	rule.Node().DefaultChild().(awsevents.CfnRule).SetTargets(&[]any{&awsevents.CfnRule_TargetProperty{
		Id:               jsii.String("Target0"),
		Arn:              function.FunctionArn(),
		Input:            input,
		DeadLetterConfig: &awsevents.CfnRule_DeadLetterConfigProperty{Arn: undelivered.QueueArn()},
		RetryPolicy: &awsevents.CfnRule_RetryPolicyProperty{ // the most that EventBridge takes
			MaximumEventAgeInSeconds: jsii.Number(24 * 60 * 60),
			MaximumRetryAttempts:     jsii.Number(185),
		},
	}})
	eventBridge := awsiam.NewServicePrincipal(jsii.String(eventsService), nil)
	const id = "AllowEventRule"
	function.AddPermission(jsii.String(id+*awscdk.Names_NodeUniqueId(function.Node())), &awslambda.Permission{
		Scope:     rule,
		Principal: eventBridge,
		SourceArn: rule.RuleArn(),
	})
	undelivered.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String(id + *awscdk.Names_NodeUniqueId(rule.Node())),
		Principals: &[]awsiam.IPrincipal{eventBridge},
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{undelivered.QueueArn()},
		Conditions: &map[string]any{"ArnEquals": map[string]*string{"aws:SourceArn": rule.RuleArn()}},
	}))
}

// ruleID is the id of a rule within the stack, of its default name: that without what all names begin with.
func ruleID(name string) string {
	id := strings.TrimPrefix(name, stack.AlarmPrefix)
	return strings.ToUpper(id[:1]) + id[1:]
}

func newSavedQuery(scope awscdk.Stack, o stack.Options, query stack.Query, stops awslogs.ILogGroup,
	takesParameters awscdk.CfnCondition) {
	props := &awslogs.CfnQueryDefinitionProps{
		Name:          jsii.String(o.Named(stack.QueryFolder) + query.Name),
		LogGroupNames: &[]any{stops.LogGroupName()},
		QueryString:   jsii.String(query.String()),
	}
	if query.Parameters != nil {
		var parameters []map[string]string // not the CDK's form, which it does not translate within a condition
		for _, p := range query.Parameters {
			parameters = append(parameters, map[string]string{"Name": p.Name, "Description": p.Doc})
		}
		props.Parameters = awscdk.Fn_ConditionIf(takesParameters.LogicalId(), parameters, awscdk.Aws_NO_VALUE())
		props.QueryString = awscdk.Fn_ConditionIf(takesParameters.LogicalId(), query.String(),
			query.Edited()).ToString()
	}
	awslogs.NewCfnQueryDefinition(scope, jsii.String("Query-"+query.Name), props)
}

func encoded(o interface{ Encode() (string, error) }) string {
	text, err := o.Encode()
	if err != nil {
		panic(err)
	}
	return text
}

func allow(actions []string, resources ...*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings(actions...),
		Resources: &resources,
	})
}

func output(scope awscdk.Stack, id, description string, value *string) {
	awscdk.NewCfnOutput(scope, jsii.String(id), &awscdk.CfnOutputProps{
		Description: jsii.String(description),
		Value:       value,
	})
}
