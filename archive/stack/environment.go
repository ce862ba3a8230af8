package stack

import "strconv"

// Variable is an environment variable that the function reads.
type Variable struct {
	Name    string
	Default string // empty when the variable is required
	Doc     string
}

// EnvLogGroup names the log group that the function writes to.
const EnvLogGroup = "WHYSTOPPED_LOG_GROUP"

// EnvOptions holds the Options of the deployment as ParseOptions reads them. It is there for the command line; the
// function does not read it.
const EnvOptions = "WHYSTOPPED_OPTIONS"

// EnvAdded holds the Added options as ParseOptions reads them. It is there for the command line, as EnvOptions is.
const EnvAdded = "WHYSTOPPED_OPTIONS_ADDED"

// EnvTopic holds the ARN of the SNS topic that failures are published to.
const EnvTopic = "WHYSTOPPED_TOPIC_ARN"

// EnvWebhook holds the ARN of the secret or the parameter that has the address of the webhook.
const EnvWebhook = "WHYSTOPPED_WEBHOOK_ARN"

// EnvEvidence holds the tier of evidence that the function looks up, EnvLogTail whether it reads log lines: On or Off,
// the default.
const (
	EnvEvidence = "WHYSTOPPED_EVIDENCE"
	EnvLogTail  = "WHYSTOPPED_LOG_TAIL"

	EvidenceDefault = "policies"
)

// EnvEnding names containers that are meant to end while their task goes on, separated by commas.
const EnvEnding = "WHYSTOPPED_ENDING_CONTAINERS"

// EnvMetrics holds whether stops are counted for each service too: On or Off, the default.
const EnvMetrics = "WHYSTOPPED_SERVICE_METRICS"

// EnvNamespace holds the namespace of the metrics that the function writes: MetricsNamespace, the default, or another.
const EnvNamespace = "WHYSTOPPED_METRICS_NAMESPACE"

// EnvMemory holds the name of the table that the function's processes remember in, EnvSteady whether the events of
// services reach the function: On or Off, the default, and EnvRetention how many days a failure is remembered.
const (
	EnvMemory    = "WHYSTOPPED_MEMORY_TABLE"
	EnvSteady    = "WHYSTOPPED_STEADY"
	EnvRetention = "WHYSTOPPED_RETENTION_DAYS"
)

// Variables are all environment variables that the function reads for itself; credentials, Region and endpoints are
// read by the AWS SDK under its own names.
var Variables = []Variable{
	{Name: EnvLogGroup, Doc: "Log group that the records are written to. Without it the function does not start."},
	{Name: EnvEnding, Default: "none", Doc: "Names of containers that are meant to end while their task goes on, " +
		"separated by commas: exit code 0 of these is expected and not for review."},
	{Name: EnvTopic, Default: "none",
		Doc: "ARN of the SNS topic that failures are published to; without it nobody is told."},
	{Name: EnvWebhook, Default: "none",
		Doc: "ARN of the Secrets Manager secret or the SSM parameter that has the address of a webhook which is told " +
			"of failures, as [chat.md](chat.md#webhook) says."},
	{Name: EnvEvidence, Default: EvidenceDefault, Doc: "How much the account is asked about the causes of a stop: " +
		"`off`, `describe`, `policies` or `deep`, as [evidence.md](evidence.md) tells. With any other value the " +
		"function does not start."},
	{Name: EnvMemory, Default: "none", Doc: "DynamoDB table in which the function's processes remember together " +
		"which failures are new, as [alerts.md](alerts.md) tells; without it each holds back repeats for itself."},
	{Name: EnvSteady, Default: Off, Doc: "`on` where the events of services that are steady again reach the " +
		"function, so that these close alerts; else an hour without a stop does. With any other value than `on` and " +
		"`off` the function does not start."},
	{Name: EnvRetention, Default: strconv.Itoa(RetentionDays), Doc: "Days after its last stop until a failure is " +
		"forgotten, so that the next one is new: those that the archive is kept. With anything else than a number " +
		"above 0 the function does not start."},
	{Name: EnvMetrics, Default: Off, Doc: "`on` counts the stops of each service in CloudWatch metrics of its own, " +
		"beside those of all. With any other value than `on` and `off` the function does not start."},
	{Name: EnvNamespace, Default: MetricsNamespace, Doc: "Namespace of the CloudWatch metrics that the function " +
		"counts in; with `namePrefix` that of the deployment."},
	{Name: EnvLogTail, Default: Off, Doc: "`on` reads the last log lines of the container that failed, unless no " +
		"evidence is looked for. With any other value than `on` and `off` the function does not start."},
}
