// Package stack holds what is deployed: the names of a deployment's resources, the options that it was made with, the
// environment variables of its function and the saved queries over its archive. Infra deploys it; the function and the
// command line find it.
package stack

// Deploy is the command that deploys, in the directory of the repository; options stand behind it.
const Deploy = "npx aws-cdk@2.1148.1 deploy"

// Default names of a deployment.
const (
	LogGroup         = "/whystopped/stops" // log group of the archive
	RetentionDays    = 30                  // days the archive is kept
	Name             = "Whystopped"
	Function         = "whystopped"
	FunctionLogGroup = "/whystopped/function"   // the function's own log
	CaptureRule      = "whystopped-capture"     // stops of tasks
	ContainersRule   = "whystopped-containers"  // containers that end while their task goes on
	ServicesRule     = "whystopped-services"    // services and deployments
	RequestsRule     = "whystopped-requests"    // RunTask and StartTask calls without a task
	HooksRule        = "whystopped-hooks"       // lifecycle hooks of deployments
	InstancesRule    = "whystopped-instances"   // health of container instances
	JobsRule         = "whystopped-jobs"        // jobs that block their queue
	WatcherRule      = "whystopped-watcher"     // what whystopped-watch sends
	SweepRule        = "whystopped-sweep"       // the schedule of the sweep
	UndeliveredQueue = "whystopped-undelivered" // events that EventBridge could not hand to the function
	FailedQueue      = "whystopped-failed"      // events that the function could not archive
	QueryFolder      = "whystopped/"
	Dashboard        = "whystopped"
	MemoryTable      = "whystopped-memory" // what the function's processes remember together
	MemoryPart       = "pk"                // its partition key and its sort key, texts, and when an item expires
	MemorySort       = "sk"
	MemoryExpires    = "expires"
	Topic            = "whystopped"  // of notifications, where the stack makes it
	AlarmPrefix      = "whystopped-" // of the names of all alarms

	MetricsNamespace     = "Whystopped"
	MetricStops          = "Stops"          // records written
	MetricIngestFailures = "IngestFailures" // attempts to write a record that failed
	MetricNotifyFailures = "NotifyFailures" // failures that could not be published
	MetricMemoryFailures = "MemoryFailures" // times that the memory could not be read or written
	MetricMissed         = "Missed"         // stops that the rules did not bring and a sweep did
	MetricSweepFailures  = "SweepFailures"  // sweeps that saw nothing
)
