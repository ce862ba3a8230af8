package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
)

// sign is a metric that says by any value of least or more that something is wrong.
type sign struct {
	name    string // of the alarm, after stack.AlarmPrefix
	metric  awscloudwatch.IMetric
	least   int
	meaning string // what it means and what to do
}

// watched is the sign of the tasks that a deployment watches; the others are of itself.
const watched = "failures"

// signsOf are what can be wrong with a deployment, and last of all, where an option asks for it, with the tasks that it
// watches.
func signsOf(o stack.Options, function awslambda.Function, rules []awsevents.Rule, undelivered,
	failed awssqs.Queue) []sign {
	ofFunction := map[string]*string{"FunctionName": function.FunctionName()}
	command := "redrive --to"
	if o.NamePrefix != "" { // which it would not look for by itself
		command = "redrive --queue " + o.Named(stack.UndeliveredQueue) + " --queue " + o.Named(stack.FailedQueue) +
			" --to"
	}
	redrive := onArchive(function, o, command)
	signs := []sign{
		{
			"undelivered", inQueue(undelivered), 1,
			"EventBridge could not hand events to the function: the attributes ERROR_CODE and ERROR_MESSAGE of the " +
				"messages in the queue " + o.Named(stack.UndeliveredQueue) +
				" say why. SQS keeps them for 14 days; this archives them:" + redrive,
		},
		{
			"failed", inQueue(failed), 1,
			"The function could not archive events: the messages in the queue " + o.Named(stack.FailedQueue) +
				" hold them and the error. SQS keeps them for 14 days; this archives them:" + redrive,
		},
		{
			"function-errors", sum("AWS/Lambda", "Errors", ofFunction, 5), 1,
			"The function failed on an event, which Lambda tries twice again. Its log group " +
				o.Named(stack.FunctionLogGroup) +
				" says why.",
		},
		{
			"function-throttles", sum("AWS/Lambda", "Throttles", ofFunction, 5), 1,
			"Lambda holds events back, for up to six hours: the account's or the function's concurrency is used up.",
		},
		{
			"destination-failures", sum("AWS/Lambda", "DestinationDeliveryFailures", ofFunction, 5), 1,
			"Events that the function could not archive are lost: Lambda could not put them into the queue " +
				o.Named(stack.FailedQueue) + ". See that the role may send to it and that none is above 1 MB.",
		},
		{
			"ingest-failures", sum(o.Named(stack.MetricsNamespace), stack.MetricIngestFailures, nil, 5), 1,
			"Records could not be written to the archive. The log group " + o.Named(stack.FunctionLogGroup) +
				" says why.",
		},
		{
			"lost", lost(rules), 1,
			"Events are lost: EventBridge could hand them neither to the function nor to the queue " +
				o.Named(stack.UndeliveredQueue) + ". See that the policy of the queue lets the rules send to it.",
		},
	}
	if o.NotifyEmail != "" || o.NotifyTopicARN != "" || o.WebhookARN != "" {
		signs = append(signs, sign{
			"notify-failures", sum(o.Named(stack.MetricsNamespace), stack.MetricNotifyFailures, nil, 5), 1,
			"Failures could not be published to the topic, or the webhook did not take them; the archive has them. " +
				"The log group " + o.Named(stack.FunctionLogGroup) + " says why.",
		})
	}
	if o.Remember == stack.On {
		signs = append(signs, sign{
			"memory-failures", sum(o.Named(stack.MetricsNamespace), stack.MetricMemoryFailures, nil, 5), 1,
			"The table " + o.Named(stack.MemoryTable) + " could not be read or written, so that failures are told as " +
				"without it, more than once. The log group " + o.Named(stack.FunctionLogGroup) + " says why.",
		})
	}
	if o.Sweep != stack.Off {
		doctor := "doctor"
		if o.NamePrefix != "" {
			doctor += " --function " + o.Named(stack.Function)
		}
		signs = append(signs, sign{
			"missed", sum(o.Named(stack.MetricsNamespace), stack.MetricMissed, nil, 5), 1,
			"Stops came by no rule, and a sweep archived them: see that the rules are as they were deployed, with" +
				onAccount(function, doctor),
		}, sign{
			"sweep-failures", sum(o.Named(stack.MetricsNamespace), stack.MetricSweepFailures, nil, 5), 1,
			"A sweep saw nothing, so that nobody knows whether services are below their desired count. The log group " +
				o.Named(stack.FunctionLogGroup) + " says why.",
		})
	}
	for i, rule := range rules {
		name := "failed-invocations"
		if i > 0 { // the first is that on stops
			name += strings.ToLower("-" + *rule.Node().Id())
		}
		signs = append(signs, sign{
			name, sum("AWS/Events", "FailedInvocations", map[string]*string{"RuleName": rule.RuleName()}, 5), 1,
			"The rule gave up on events for the function; they are in the queue " +
				o.Named(stack.UndeliveredQueue) + ".",
		})
	}
	if o.AlarmFailures == 0 {
		return signs
	}
	return append(signs, sign{
		watched, stopsOf(o, "failure"), o.AlarmFailures,
		"ECS tasks, containers, services or deployments fail. The dashboard " + o.Named(stack.Dashboard) +
			" and the saved query " + o.Named(stack.QueryFolder) + stack.WhatFailed.Name +
			" say which, why and what to do.",
	})
}

// lost counts the events that a rule of the deployment could not even put into its dead-letter queue. Source:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
func lost(rules []awsevents.Rule) awscloudwatch.IMetric {
	metrics := map[string]awscloudwatch.IMetric{}
	var terms []string
	for i, rule := range rules {
		name := "m" + strconv.Itoa(i)
		metrics[name] = sum("AWS/Events", "InvocationsFailedToBeSentToDlq",
			map[string]*string{"RuleName": rule.RuleName()}, 5)
		terms = append(terms, "FILL("+name+", 0)")
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   jsii.String(strings.Join(terms, " + ")),
		Label:        jsii.String("events that are lost"),
		UsingMetrics: &metrics,
		Period:       awscdk.Duration_Minutes(jsii.Number(5)),
	})
}

// failurePeriod is the time in which stops are counted for the alarm on failures, in minutes.
const failurePeriod = 15

// stopsOf counts the stops of a verdict; the function writes this metric with no more dimensions than that.
func stopsOf(o stack.Options, verdict string) awscloudwatch.IMetric {
	return sum(o.Named(stack.MetricsNamespace), stack.MetricStops, map[string]*string{"verdict": jsii.String(verdict)},
		failurePeriod)
}

func sum(namespace, name string, dimensions map[string]*string, minutes int) awscloudwatch.IMetric {
	props := &awscloudwatch.MetricProps{
		Namespace:  jsii.String(namespace),
		MetricName: jsii.String(name),
		Statistic:  awscloudwatch.Stats_SUM(),
		Period:     awscdk.Duration_Minutes(jsii.Number(minutes)),
	}
	if dimensions != nil {
		props.DimensionsMap = &dimensions
	}
	return awscloudwatch.NewMetric(props)
}

func inQueue(queue awssqs.Queue) awscloudwatch.IMetric {
	return queue.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
		Statistic: awscloudwatch.Stats_MAXIMUM(),
		Period:    awscdk.Duration_Minutes(jsii.Number(5)),
	})
}

// onArchive is a command on the archive of the deployment, on a line of its own behind a text: as it is pasted from the
// console or a message.
func onArchive(scope constructs.Construct, o stack.Options, command string) string {
	return onArchiveIn(*awscdk.Stack_Of(scope).Region(), o, command)
}

func onArchiveIn(region string, o stack.Options, command string) string {
	return "\n\n    whystopped " + command + " logs:" + o.ArchiveGroup() + " --region " + region + "\n"
}

// onAccount is a command on the deployment, as onArchive is on its archive.
func onAccount(scope constructs.Construct, command string) string {
	return "\n\n    whystopped " + command + " --region " + *awscdk.Stack_Of(scope).Region() + "\n"
}

// newAlarms raises an alarm on each sign. None of these metrics has data while nothing happens: EventBridge, Lambda and
// the function write them only when there is something to count, and SQS stops writing for a queue that stays empty. So
// missing data is good news, where "missing" would leave every alarm without a state.
func newAlarms(scope awscdk.Stack, o stack.Options, signs []sign,
	actions []*string) []interfacesawscloudwatch.IAlarmRef {
	var alarms []interfacesawscloudwatch.IAlarmRef
	for _, s := range signs {
		alarm := awscloudwatch.NewAlarm(scope, jsii.String("Alarm-"+s.name), &awscloudwatch.AlarmProps{
			AlarmName:          jsii.String(o.Named(stack.AlarmPrefix) + s.name),
			AlarmDescription:   jsii.String(s.meaning),
			Metric:             s.metric,
			Threshold:          jsii.Number(s.least),
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
			EvaluationPeriods:  jsii.Number(1),
			TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
		})
		alarms = append(alarms, acting(alarm, actions))
	}
	return alarms
}

// alarmActions are what an alarm does: it tells the topic of alarms, or where there is none that of failures, or
// nobody.
func alarmActions(o stack.Options, notifications awssns.ITopic) []*string {
	switch {
	case o.AlarmTopicARN != "":
		return []*string{jsii.String(o.AlarmTopicARN)}
	case notifications != nil:
		return []*string{notifications.TopicArn()}
	}
	return nil
}

func acting(alarm awscloudwatch.Alarm, actions []*string) awscloudwatch.Alarm {
	if actions != nil {
		alarm.Node().DefaultChild().(awscloudwatch.CfnAlarm).SetAlarmActions(&actions)
	}
	return alarm
}

// belowMinutes is for how many minutes a service has to be below its desired count to raise its alarm: longer than ECS
// takes to replace a task that stopped.
const belowMinutes = 5

// descriptionLimit is how long the description of an alarm can be, in characters. Source:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
const descriptionLimit = 1024

// belowText is the description of the alarm of a service.
func belowText(region string, o stack.Options, name string) string {
	cluster, service, _ := strings.Cut(name, "/")
	return "Fewer tasks of " + name + " run than are desired, for " + strconv.Itoa(belowMinutes) +
		" minutes, or nothing is known of it because Container Insights is off or there is no such service. What " +
		"stops or keeps its tasks:" +
		onArchiveIn(region, o, "history --cluster "+cluster+" --service "+service+" --from")
}

// descriptionsFit returns an error for options that the description of an alarm has no room for.
func descriptionsFit(o stack.Options) error {
	for _, name := range o.BelowDesired {
		if n := len(belowText(longestRegion, o, name)); n > descriptionLimit {
			return fmt.Errorf("option belowDesired: the alarm of %s needs %d characters to say what to do, and "+
				"CloudWatch takes %d: give the log group a shorter name", name, n, descriptionLimit)
		}
	}
	return nil
}

// newServiceAlarms raises an alarm on each service that the options name when fewer of its tasks run than are desired.
// A service without a running task may have no RunningTaskCount, which then counts as 0. Without DesiredTaskCount
// nothing is known of the service: Container Insights is off, or there is no such service; that raises the alarm too,
// because a light that watches nothing must not be green. Source of the metrics:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
func newServiceAlarms(scope awscdk.Stack, o stack.Options, actions []*string) []interfacesawscloudwatch.IAlarmRef {
	var alarms []interfacesawscloudwatch.IAlarmRef
	for _, name := range o.BelowDesired {
		cluster, service, _ := strings.Cut(name, "/")
		count := func(metric string) awscloudwatch.IMetric {
			return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
				Namespace:  jsii.String("ECS/ContainerInsights"),
				MetricName: jsii.String(metric),
				DimensionsMap: &map[string]*string{"ClusterName": jsii.String(cluster),
					"ServiceName": jsii.String(service)},
				Statistic: awscloudwatch.Stats_AVERAGE(),
				Period:    awscdk.Duration_Minutes(jsii.Number(1)),
			})
		}
		alarm := awscloudwatch.NewAlarm(scope, jsii.String("Below-"+cluster+"."+service), &awscloudwatch.AlarmProps{
			AlarmName:        jsii.String(o.Named(stack.AlarmPrefix) + "below-desired-" + name),
			AlarmDescription: jsii.String(belowText(*scope.Region(), o, name)),
			Metric: awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
				Expression: jsii.String("desired - FILL(running, 0)"),
				Label:      jsii.String("tasks that are missing"),
				UsingMetrics: &map[string]awscloudwatch.IMetric{"desired": count("DesiredTaskCount"),
					"running": count("RunningTaskCount")},
				Period: awscdk.Duration_Minutes(jsii.Number(1)),
			}),
			Threshold:          jsii.Number(1),
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
			EvaluationPeriods:  jsii.Number(belowMinutes),
			TreatMissingData:   awscloudwatch.TreatMissingData_BREACHING,
		})
		alarms = append(alarms, acting(alarm, actions))
	}
	return alarms
}
