package archive

// Query is a saved Logs Insights query over the records of the archive.
type Query struct {
	Name       string // within QueryFolder
	Question   string // what it answers, one sentence
	Parameters []Parameter
	Commands   string // Logs Insights QL; {{name}} stands for the value of a parameter
}

// Parameter is a value that a person gives when running a saved query; CloudWatch Logs puts it in place of {{Name}}. Source:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_QueryParameter.html
// That page does not say that the value comes with quotes, so the query has them.
type Parameter struct {
	Name string
	Doc  string
}

// String returns the query as it is deployed: the question as a comment line, then the commands.
func (q Query) String() string { return "# " + q.Question + "\n" + q.Commands }

// Queries are all saved queries. Each shows one record per dedupKey, the newest, because the same stop may be written again;
// after dedup, Logs Insights takes only limit. Source:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Dedup.html
var Queries = []Query{
	{
		Name:     "tasks-of-a-service",
		Question: "Which tasks of this cluster and service stopped, and why? Newest first.",
		Parameters: []Parameter{
			{Name: "cluster", Doc: "Name of the cluster, not its ARN."},
			{Name: "service", Doc: "Name of the service, not its ARN."},
		},
		Commands: `filter cluster = "{{cluster}}" and service = "{{service}}"
| fields stoppedAt, taskId, verdict, class, summary, culprit, culpritExitCode, taskDefinition, runSeconds
| sort stoppedAt desc, recordedAt desc
| dedup dedupKey
| limit 100`,
	},
	{
		Name:     "reason-of-a-task",
		Question: "Why did this task stop?",
		Parameters: []Parameter{
			{Name: "task", Doc: "Id or ARN of the task."},
		},
		Commands: `filter taskId = "{{task}}" or taskArn = "{{task}}"
| fields stoppedAt, cluster, service, taskDefinition, verdict, class, summary, proof, nextStep, stopCode, stoppedReason, containers, logGroup, logStream
| sort stoppedAt desc, recordedAt desc
| dedup dedupKey
| limit 20`,
	},
}
