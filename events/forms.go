package events

import "strings"

// Form is a form in which people have stops.
type Form struct {
	Name string // with its article, as it stands in a sentence
	Note string // what else is to be said of it; empty when the name says enough
}

// Forms are the documents that hold stops. A refusal names the first three, which people have most often.
var Forms = []Form{
	{`an "ECS Task State Change" event`, "from EventBridge, as all events here"},
	{"a task", "by itself or in part, also while it is stopping, from the ECS API or Step Functions"},
	{"the output of aws ecs describe-tasks", "or of stop-task or run-task: its tasks and its failures"},
	{"the output of aws ecs describe-services", "or of update-service, or a part of it: each message of each " +
		"service, or its deployments in trouble"},
	{"the output of aws ecs describe-service-deployments", "or of list-service-deployments"},
	{`an "ECS Service Action" or "ECS Deployment State Change" event`, "also those of daemons"},
	{`an "ECS Hook State Change" event`, "of a deployment that waits for an answer, or whose hook failed"},
	{`an "ECS Container Instance Health Change" event`, "each check that is impaired"},
	{"a container that stopped", "by itself, from the ECS API, the task metadata endpoint or docker inspect"},
	{`a "Batch Job State Change" event`, "of a job that ended, or \"Batch Job Queue Blocked\""},
	{"the output of aws batch describe-jobs", "or of list-jobs, or one job of it: that ended, or cannot run"},
	{"the output of aws stepfunctions get-execution-history", "or of describe-execution, or the event of an " +
		"execution that ended: its tasks and jobs, and calls for such that were refused"},
	{`an "AWS API Call via CloudTrail" event`, "of a call for tasks that was refused or brought failures, or of " +
		"StopTask"},
	{"a record of CloudTrail", "of such a call: by itself, in a log file, or in the output of aws cloudtrail " +
		"lookup-events"},
	{`an "ECS Container Stopped" event`, "which whystopped-watch sends"},
}

// Wrappings are what any of the Forms may stand in, also one in another.
var Wrappings = []Form{
	{Name: "an array or JSON Lines"},
	{Name: "an SNS notification or an SQS message"},
	{Name: "an event or a failure record of a Lambda function"},
	{Name: "the output or the error of a Step Functions state"},
}

// ListForms returns what can be read as lists of Markdown.
func ListForms() string {
	return List(Forms) + "\nor any of these in\n\n" + List(Wrappings)
}

// List returns forms as a list of Markdown.
func List(forms []Form) string {
	var b strings.Builder
	for _, f := range forms {
		b.WriteString("- " + f.Name)
		if f.Note != "" {
			b.WriteString(", " + f.Note)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// expected names the forms that people have most often.
func expected() string {
	return "expected " + Forms[0].Name + ", " + Forms[1].Name + ", or " + Forms[2].Name
}
