// Package permissions is the table of the IAM actions that the commands need; docs/permissions.md is printed from it.
package permissions

import "whystopped/archive/stack"

// Permission is an IAM action that a command needs. The words REGION, ACCOUNT and CLUSTER in it are to be filled in.
type Permission struct {
	Command   string
	Action    string
	Resource  []string // ARNs, or "*" for an action that takes none
	Condition string   // what the key ecs:cluster must be like; empty for no condition
	Call      string   // the API call that needs it
	Why       string
}

const (
	groupARN   = "arn:aws:logs:REGION:ACCOUNT:log-group:" + stack.LogGroup + ":*"
	clusterARN = "arn:aws:ecs:REGION:ACCOUNT:cluster/CLUSTER"
	taskARN    = "arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/*"
	serviceARN = "arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/*"

	functionARN = "arn:aws:lambda:REGION:ACCOUNT:function:" + stack.Function
	ruleARN     = "arn:aws:events:REGION:ACCOUNT:rule/" + stack.AlarmPrefix + "*" // all rules of the deployment
	anyRuleARN  = "arn:aws:events:REGION:ACCOUNT:rule/*"
	anyGroupARN = "arn:aws:logs:REGION:ACCOUNT:log-group:*"
)

var (
	archiveGroup  = []string{groupARN}
	failureQueues = []string{
		"arn:aws:sqs:REGION:ACCOUNT:" + stack.UndeliveredQueue,
		"arn:aws:sqs:REGION:ACCOUNT:" + stack.FailedQueue,
	}
)

// All are what the commands need with the log group and the queues of a deployment with default names. Resource types
// and condition keys are those of
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html,
// …/list_amazoncloudwatchlogs.html, …/list_amazonsqs.html, …/list_amazoneventbridge.html and …/list_awslambda.html.
var All = []Permission{
	{Command: "archive", Action: "logs:PutLogEvents", Resource: archiveGroup, Call: "PutLogEvents",
		Why: "with --to logs:GROUP, writes the records"},
	{Command: "archive", Action: "logs:CreateLogStream", Resource: archiveGroup, Call: "CreateLogStream",
		Why: "with --to logs:GROUP, makes the stream of a service on its first record"},

	{Command: "explain", Action: "ecs:DescribeTasks", Resource: []string{taskARN}, Call: "DescribeTasks",
		Why: "with a TASK or --cluster, reads why it stopped"},
	{Command: "explain", Action: "ecs:ListClusters", Resource: []string{"*"}, Call: "ListClusters",
		Why: "with the id of a TASK and without --cluster, finds its cluster"},
	{Command: "explain", Action: "ecs:ListTasks", Resource: []string{"*"}, Condition: clusterARN, Call: "ListTasks",
		Why: "with --cluster and without a TASK, finds the stopped tasks that ECS remembers"},
	{Command: "explain", Action: "ecs:DescribeServices", Resource: []string{serviceARN}, Call: "DescribeServices",
		Why: "with --service, finds its deployments, under which the tasks of task sets stand"},
	{Command: "explain", Action: "logs:FilterLogEvents", Resource: archiveGroup, Call: "FilterLogEvents",
		Why: "with --from logs:GROUP, reads what ECS has forgotten"},

	{Command: "why", Action: "ecs:DescribeServices", Resource: []string{serviceARN}, Call: "DescribeServices",
		Why: "the state of the service and its event messages"},
	{Command: "why", Action: "ecs:ListServices", Resource: []string{"*"}, Condition: clusterARN, Call: "ListServices",
		Why: "without --service, all services of the cluster"},
	{Command: "why", Action: "ecs:ListServiceDeployments", Resource: []string{serviceARN},
		Call: "ListServiceDeployments", Why: "with --since-deployment, which deployment was asked for last and how " +
			"it ended; without it the event messages tell"},
	{Command: "why", Action: "ecs:ListTasks", Resource: []string{"*"}, Condition: clusterARN, Call: "ListTasks",
		Why: "finds the stopped tasks that ECS remembers"},
	{Command: "why", Action: "ecs:DescribeTasks", Resource: []string{taskARN}, Call: "DescribeTasks",
		Why: "reads why they stopped"},
	{Command: "why", Action: "logs:FilterLogEvents", Resource: archiveGroup, Call: "FilterLogEvents",
		Why: "with --from logs:GROUP, reads what is archived of the service; without it ECS alone tells"},

	{Command: "tail", Action: "logs:FilterLogEvents", Resource: archiveGroup, Call: "FilterLogEvents",
		Why: "reads what is archived; without it, or without a deployment, ECS tells"},
	{Command: "tail", Action: "ecs:ListClusters", Resource: []string{"*"}, Call: "ListClusters",
		Why: "without --cluster, where ECS tells, finds the clusters"},
	{Command: "tail", Action: "ecs:ListTasks", Resource: []string{"*"}, Condition: clusterARN, Call: "ListTasks",
		Why: "where ECS tells, finds the tasks that stopped"},
	{Command: "tail", Action: "ecs:DescribeTasks", Resource: []string{taskARN}, Call: "DescribeTasks",
		Why: "where ECS tells, reads why they stopped"},

	{Command: "history", Action: "logs:FilterLogEvents", Resource: archiveGroup, Call: "FilterLogEvents",
		Why: "with --from logs:GROUP, reads the records"},
	{Command: "history", Action: "logs:StartQuery", Resource: archiveGroup, Call: "StartQuery",
		Why: "with --from logs:GROUP, has Logs Insights count the kinds of stops; without it all records are read"},
	{Command: "history", Action: "logs:GetQueryResults", Resource: []string{"*"}, Call: "GetQueryResults",
		Why: "reads what Logs Insights counted"},
	{Command: "history", Action: "logs:StopQuery", Resource: []string{"*"}, Call: "StopQuery",
		Why: "cancels the query when history is interrupted"},

	{Command: "backfill", Action: "ecs:ListClusters", Resource: []string{"*"}, Call: "ListClusters",
		Why: "with --all-clusters only"},
	{Command: "backfill", Action: "ecs:ListTasks", Resource: []string{"*"}, Condition: clusterARN, Call: "ListTasks",
		Why: "finds the stopped tasks that ECS remembers"},
	{Command: "backfill", Action: "ecs:DescribeTasks", Resource: []string{taskARN}, Call: "DescribeTasks",
		Why: "reads why they stopped"},
	{Command: "backfill", Action: "lambda:GetFunctionConfiguration", Resource: []string{functionARN},
		Call: "GetFunctionConfiguration",
		Why:  "with --to logs:GROUP and without --all, the options that decide what is left out"},
	{Command: "backfill", Action: "logs:FilterLogEvents", Resource: archiveGroup, Call: "FilterLogEvents",
		Why: "with --to logs:GROUP, sees what the archive has already"},
	{Command: "backfill", Action: "logs:PutLogEvents", Resource: archiveGroup, Call: "PutLogEvents",
		Why: "with --to logs:GROUP, writes the records"},
	{Command: "backfill", Action: "logs:CreateLogStream", Resource: archiveGroup, Call: "CreateLogStream",
		Why: "with --to logs:GROUP, makes the stream of a service on its first record"},

	{Command: "redrive", Action: "sqs:GetQueueUrl", Resource: failureQueues, Call: "GetQueueUrl",
		Why: "finds a queue by its name; not for a URL"},
	{Command: "redrive", Action: "sqs:GetQueueAttributes", Resource: failureQueues, Call: "GetQueueAttributes",
		Why: "sees whether somebody else holds messages"},
	{Command: "redrive", Action: "sqs:ReceiveMessage", Resource: failureQueues, Call: "ReceiveMessage",
		Why: "takes the messages"},
	{Command: "redrive", Action: "sqs:DeleteMessage", Resource: failureQueues, Call: "DeleteMessage",
		Why: "deletes a message whose record is written"},
	{Command: "redrive", Action: "sqs:ChangeMessageVisibility", Resource: failureQueues,
		Call: "ChangeMessageVisibilityBatch", Why: "gives back at once what could not be archived"},
	{Command: "redrive", Action: "logs:PutLogEvents", Resource: archiveGroup, Call: "PutLogEvents",
		Why: "with --to logs:GROUP, writes the records"},
	{Command: "redrive", Action: "logs:CreateLogStream", Resource: archiveGroup, Call: "CreateLogStream",
		Why: "with --to logs:GROUP, makes the stream of a service on its first record"},

	{Command: "reclassify", Action: "logs:FilterLogEvents", Resource: archiveGroup, Call: "FilterLogEvents",
		Why: "with --from logs:GROUP, reads the records"},
	{Command: "reclassify", Action: "logs:PutLogEvents", Resource: archiveGroup, Call: "PutLogEvents",
		Why: "with --to logs:GROUP, writes what changed"},
	{Command: "reclassify", Action: "logs:CreateLogStream", Resource: archiveGroup, Call: "CreateLogStream",
		Why: "with --to another group, makes its streams"},

	{Command: "doctor", Action: "lambda:GetFunctionConfiguration", Resource: []string{functionARN},
		Call: "GetFunctionConfiguration", Why: "state, runtime and environment of the function"},
	{Command: "doctor", Action: "lambda:GetFunctionEventInvokeConfig", Resource: []string{functionARN},
		Call: "GetFunctionEventInvokeConfig", Why: "where what it fails on goes"},
	{Command: "doctor", Action: "lambda:GetPolicy", Resource: []string{functionARN}, Call: "GetPolicy",
		Why: "whether EventBridge may invoke it"},
	{Command: "doctor", Action: "events:DescribeRule", Resource: []string{ruleARN}, Call: "DescribeRule",
		Why: "state and pattern of the rules"},
	{Command: "doctor", Action: "events:ListTargetsByRule", Resource: []string{anyRuleARN}, Call: "ListTargetsByRule",
		Why: "targets of the rules, and of others that take events of ECS"},
	{Command: "doctor", Action: "events:TestEventPattern", Resource: []string{"*"}, Call: "TestEventPattern",
		Why: "what EventBridge catches with the pattern"},
	{Command: "doctor", Action: "events:ListRules", Resource: []string{"*"}, Call: "ListRules",
		Why: "finds rules that store the same events"},
	{Command: "doctor", Action: "sqs:GetQueueUrl", Resource: failureQueues, Call: "GetQueueUrl",
		Why: "finds the queues"},
	{Command: "doctor", Action: "sqs:GetQueueAttributes", Resource: failureQueues, Call: "GetQueueAttributes",
		Why: "counts their messages"},
	{Command: "doctor", Action: "logs:DescribeLogGroups", Resource: []string{anyGroupARN}, Call: "DescribeLogGroups",
		Why: "class and retention of the archive"},
	{Command: "doctor", Action: "logs:FilterLogEvents", Resource: archiveGroup, Call: "FilterLogEvents",
		Why: "the last record, and what the archive has of what ECS remembers"},
	{Command: "doctor", Action: "servicequotas:GetServiceQuota", Resource: []string{"*"}, Call: "GetServiceQuota",
		Why: "how many concurrent executions the account's functions may have"},
	{Command: "doctor", Action: "cloudwatch:GetMetricStatistics", Resource: []string{"*"},
		Call: "GetMetricStatistics", Why: "events that were lost, messages that were not sent, failures of the " +
			"table, and concurrent executions, of the last day"},
	{Command: "doctor", Action: "ecs:ListClusters", Resource: []string{"*"}, Call: "ListClusters",
		Why: "all clusters of the account in the Region"},
	{Command: "doctor", Action: "ecs:ListServices", Resource: []string{"*"}, Condition: clusterARN,
		Call: "ListServices", Why: "all their services"},
	{Command: "doctor", Action: "ecs:DescribeServices", Resource: []string{serviceARN}, Call: "DescribeServices",
		Why: "how many tasks run, and how many are desired"},
	{Command: "doctor", Action: "ecs:ListTasks", Resource: []string{"*"}, Condition: clusterARN, Call: "ListTasks",
		Why: "finds the stopped tasks that ECS remembers"},
	{Command: "doctor", Action: "ecs:DescribeTasks", Resource: []string{taskARN}, Call: "DescribeTasks",
		Why: "reads why they stopped"},
}
