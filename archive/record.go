// Package archive holds what is kept of a stop: the flat record and the directory store.
//
// A record is one JSON object without nesting, so that Logs Insights discovers every field; a field that is not known
// is absent, never 0, -1 or "". Nothing leaves this package that was marked secret in the input.
package archive

import (
	"iter"
	"reflect"
	"slices"
	"sync"
	"time"

	"whystopped/classifier"
)

// SchemaVersion is the version of Record's form. Adding a field does not change it.
const SchemaVersion = "1"

// Source is the way that an event came.
type Source string

const (
	SourceEvent      Source = "event"      // the rules
	SourceSweep      Source = "sweep"      // the schedule, which asks ECS
	SourceFile       Source = "file"       // whystopped archive
	SourceBackfill   Source = "backfill"   // whystopped backfill
	SourceRedrive    Source = "redrive"    // whystopped redrive
	SourceReclassify Source = "reclassify" // whystopped reclassify
	SourceWatcher    Source = "watcher"    // whystopped-watch, through the watcher's rule
)

// How far a record's source can be relied on. A weaker record never hides a stronger one of the same stop.
const (
	rankSomebody = 1 // said by whoever has a file, or may put events
	rankECS      = 2 // said by ECS or CloudTrail, in an event or in an answer
)

// Rank returns whose word the record is, also of one that was written before it had the field.
func (r Record) Rank() int {
	switch {
	case r.SourceRank > 0:
		return r.SourceRank
	case r.Source == SourceWatcher, r.Source == SourceFile:
		return rankSomebody
	}
	return rankECS
}

// Time is a moment written as RFC 3339 in UTC with milliseconds.
type Time struct{ time.Time }

const timeFormat = "2006-01-02T15:04:05.000Z"

// IsZero reports whether the moment is not known, or of a year that RFC 3339 cannot hold, so that a record leaves it
// out.
func (t Time) IsZero() bool {
	year := t.UTC().Year()
	return t.Time.IsZero() || year < 1 || year > 9999
}

// MarshalJSON writes the moment as a JSON string.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		t = Time{}
	}
	return []byte(`"` + t.UTC().Format(timeFormat) + `"`), nil
}

// Record is one stop as it is archived. The doc tags are printed into docs/record.md.
type Record struct {
	SchemaVersion     string `json:"schemaVersion" group:"envelope" doc:"Version of this form, \"1\"."`
	ClassifierVersion int    `json:"classifierVersion" group:"envelope" doc:"Version of the rule tables that explained the stop; the highest one is shown."`
	RecordedAt        Time   `json:"recordedAt,omitzero" group:"envelope" doc:"When this record was written."`
	Kind              string `json:"kind" group:"envelope" doc:"What it is about: task (it stopped), container (it ended and its task goes on), service (what the service's scheduler said), deployment (it changed its state), request (a RunTask or StartTask call that did not start a task), hook (a lifecycle hook of a deployment), instance (the health of a container instance), or unreadable for a document that could not be read."`
	Source            Source `json:"source" group:"envelope" doc:"Which way the event came: event (the rules on what ECS and CloudTrail say), sweep (the schedule: what ECS remembers and the rules did not bring, and services below their desired count), watcher (whystopped-watch), file, backfill, redrive, or reclassify for a record that newer tables wrote in place of an older one."`
	SourceRank        int    `json:"sourceRank,omitempty" group:"envelope" doc:"Whose word it is: 2 for that of ECS and CloudTrail, 1 for somebody's (a file, or whoever may send events as the watcher does); readers show the highest. Records from before this field rank 1 where source is watcher or file, else 2."`
	EventID           string `json:"eventId,omitempty" group:"envelope" doc:"id of the EventBridge event, or of a service's event message."`
	EventName         string `json:"eventName,omitempty" group:"envelope" doc:"What a service or deployment reports, such as SERVICE_TASK_PLACEMENT_FAILURE, BELOW_DESIRED for a service that the sweep found below its desired count, or the call of a request, RunTask or StartTask."`
	DedupKey          string `json:"dedupKey" group:"envelope" doc:"The same stop has the same key, however often it is written; readers keep one record per key."`
	TaskVersion       *int64 `json:"taskVersion,omitempty" group:"envelope" doc:"ECS's counter of the task's changes."`
	Account           string `json:"account,omitempty" group:"envelope" doc:"AWS account id."`
	Region            string `json:"region,omitempty" group:"envelope" doc:"AWS Region."`

	Cluster           string `json:"cluster,omitempty" group:"who" doc:"Name of the cluster."`
	Service           string `json:"service,omitempty" group:"who" doc:"Name of the service, for tasks of a service; in its own events also of a daemon."`
	Group             string `json:"group,omitempty" group:"who" doc:"Task group as ECS says it: service:NAME, family:NAME or free text."`
	Launcher          string `json:"launcher,omitempty" group:"who" doc:"Who started the task: service, schedule, batch, stepfunctions, runtask."`
	TaskID            string `json:"taskId,omitempty" group:"who" doc:"Id of the task."`
	TaskARN           string `json:"taskArn,omitempty" group:"who" doc:"ARN of the task."`
	TaskIDs           string `json:"taskIds,omitempty" group:"who" doc:"Ids of the tasks that a service's event names, where these are several."`
	TaskDefinition    string `json:"taskDefinition,omitempty" group:"who" doc:"family:revision."`
	Family            string `json:"family,omitempty" group:"who" doc:"Task definition family."`
	Revision          *int64 `json:"revision,omitempty" group:"who" doc:"Task definition revision."`
	DeploymentID      string `json:"deploymentId,omitempty" group:"who" doc:"Service deployment that started the task, or that the event is about, ecs-svc/…."`
	CalledBy          string `json:"calledBy,omitempty" group:"who" doc:"Who made the call, of a request or of a StopTask, as CloudTrail names him."`
	JobID             string `json:"jobId,omitempty" group:"who" doc:"Id of the job of AWS Batch that the task ran."`
	LaunchType        string `json:"launchType,omitempty" group:"who" doc:"FARGATE, EC2, EXTERNAL or MANAGED_INSTANCES."`
	CapacityProvider  string `json:"capacityProvider,omitempty" group:"who" doc:"Capacity provider of the task."`
	PlatformVersion   string `json:"platformVersion,omitempty" group:"who" doc:"Fargate platform version."`
	PlatformFamily    string `json:"platformFamily,omitempty" group:"who" doc:"Operating system of the task as ECS calls it, such as Linux or Windows_Server_2022_Core."`
	PrivateIP         string `json:"privateIp,omitempty" group:"who" doc:"Address of the task's own network interface; several with a comma between."`
	Tags              string `json:"tags,omitempty" group:"who" doc:"Tags of the task, where the event has them, redacted: team=payments; env=prod."`
	AvailabilityZone  string `json:"availabilityZone,omitempty" group:"who" doc:"Availability Zone of the task."`
	ContainerInstance string `json:"containerInstance,omitempty" group:"who" doc:"Id of the container instance, for EC2."`
	CPU               *int64 `json:"cpu,omitempty" group:"who" doc:"CPU units of the task."`
	Memory            *int64 `json:"memory,omitempty" group:"who" doc:"Memory of the task in MiB."`

	StillStopping string `json:"stillStopping,omitempty" group:"as ECS says" doc:"yes, for a task that had not reached STOPPED when it was read: what it says may yet change. It never hides the record of its end."`
	StopCode      string `json:"stopCode,omitempty" group:"as ECS says" doc:"ECS's stop code."`
	StoppedReason string `json:"stoppedReason,omitempty" group:"as ECS says" doc:"ECS's reason, redacted: of a task, of a service's event, of a failure, or the error of a refused call."`

	DesiredCount *int64 `json:"desiredCount,omitempty" group:"as ECS says" doc:"Of BELOW_DESIRED: how many tasks the service is to run."`
	RunningCount *int64 `json:"runningCount,omitempty" group:"as ECS says" doc:"Of BELOW_DESIRED: how many of them run."`
	HookID       string `json:"hookId,omitempty" group:"as ECS says" doc:"Of a deployment's lifecycle hook: which one."`
	HookType     string `json:"hookType,omitempty" group:"as ECS says" doc:"Of a hook: PAUSE, which waits for an answer, or that of a function."`
	HookStage    string `json:"hookStage,omitempty" group:"as ECS says" doc:"Of a hook: the stage of the deployment that it stands in, such as POST_TEST_TRAFFIC_SHIFT."`
	ExpiresAt    Time   `json:"expiresAt,omitzero" group:"as ECS says" doc:"Of a hook: until when it is waited for."`
	HealthCheck  string `json:"healthCheck,omitempty" group:"as ECS says" doc:"Of a container instance: which of its checks is impaired, such as AGENT_CONNECTIVITY."`
	BelowSince   Time   `json:"belowSince,omitzero" group:"as ECS says" doc:"Of BELOW_DESIRED: since when fewer run than are desired, as far as the service's messages and deployments tell; it may be longer."`

	Stage      string `json:"stage" group:"why" doc:"Where in the task's life the first failure happened."`
	Fault      string `json:"fault" group:"why" doc:"What went wrong there."`
	Class      string `json:"class" group:"why" doc:"stage.fault."`
	Domain     string `json:"domain" group:"why" doc:"Who owns the fix."`
	Verdict    string `json:"verdict" group:"why" doc:"failure, expected or review."`
	Confidence string `json:"confidence" group:"why" doc:"certain, likely or possible."`
	StageRule  string `json:"stageRule,omitempty" group:"why" doc:"Id of the rule that named the stage."`
	FaultRule  string `json:"faultRule,omitempty" group:"why" doc:"Id of the rule that named the fault."`
	Summary    string `json:"summary" group:"why" doc:"The cause in one sentence."`
	Proof      string `json:"proof,omitempty" group:"why" doc:"The words or codes of the event that the summary rests on."`
	NextStep   string `json:"nextStep,omitempty" group:"why" doc:"What to do now."`

	Culprit            string `json:"culprit,omitempty" group:"culprit" doc:"Name of the container that explains the stop."`
	CulpritExitCode    *int64 `json:"culpritExitCode,omitempty" group:"culprit" doc:"Its exit code; absent when it never ran or its end was not seen."`
	CulpritSignal      string `json:"culpritSignal,omitempty" group:"culprit" doc:"Signal that ended it, such as SIGKILL."`
	CulpritReason      string `json:"culpritReason,omitempty" group:"culprit" doc:"Its reason text, redacted."`
	CulpritImage       string `json:"culpritImage,omitempty" group:"culprit" doc:"Its image."`
	CulpritImageDigest string `json:"culpritImageDigest,omitempty" group:"culprit" doc:"Digest of its image; present when the manifest was resolved."`
	RestartCount       *int64 `json:"restartCount,omitempty" group:"culprit" doc:"How often its restart policy had restarted it, where whystopped-watch saw it end."`
	MeantToEnd         string `json:"meantToEnd,omitempty" group:"culprit" doc:"yes, for a container that the option endingContainers names."`
	ManagedAgents      string `json:"managedAgents,omitempty" group:"culprit" doc:"Why agents that ECS runs in the containers, such as that of ECS Exec, did not run."`
	Containers         string `json:"containers,omitempty" group:"culprit" doc:"All containers in one readable string: app=137 OutOfMemoryError; log_router=0."`

	classifier.Facts `group:"facts"`

	Cause          string `json:"cause,omitempty" group:"causes" doc:"Id of the leading cause."`
	CauseVerdict   string `json:"causeVerdict,omitempty" group:"causes" doc:"confirmed, ruled_out, inconclusive or not_checked."`
	CauseReason    string `json:"causeReason,omitempty" group:"causes" doc:"Why the leading cause is inconclusive or not checked, or fixed_since beside confirmed: one of the words of docs/evidence.md."`
	MissingActions string `json:"missingActions,omitempty" group:"causes" doc:"IAM actions that would have let the checks answer, sorted, with a space between."`
	CauseIDs       string `json:"causeIds,omitempty" group:"causes" doc:"All causes in one readable string: route-missing=confirmed; nat-unusable=ruled_out."`
	Causes         string `json:"causes,omitempty" group:"causes" doc:"A JSON string: at most 8 of {id, verdict, reason, missingAction, evidence, because}, the confirmed first; because says why a signal of the event moved a cause up or down."`
	CheckedAt      Time   `json:"checkedAt,omitzero" group:"causes" doc:"When the causes were checked; absent when they were not."`
	ProvenAt       Time   `json:"provenAt,omitzero" group:"causes" doc:"When the causes were checked for another task that failed alike within ten minutes, where that is what the proofs are of; absent otherwise."`
	ProvenBy       string `json:"provenBy,omitempty" group:"causes" doc:"Id of that task: what is told of its network interface and the like is its own."`

	CreatedAt          Time     `json:"createdAt,omitzero" group:"clock" doc:"When the task was created."`
	StartedAt          Time     `json:"startedAt,omitzero" group:"clock" doc:"When the task reached RUNNING; absent when it never did."`
	StoppingAt         Time     `json:"stoppingAt,omitzero" group:"clock" doc:"When the stop began."`
	ExecutionStoppedAt Time     `json:"executionStoppedAt,omitzero" group:"clock" doc:"When the first essential container ended."`
	StoppedAt          Time     `json:"stoppedAt,omitzero" group:"clock" doc:"When it happened: when a task reached STOPPED, a container ended or was seen to have, a service or CloudTrail reported."`
	PullSeconds        *float64 `json:"pullSeconds,omitempty" group:"clock" doc:"From the start of the first image pull to the end of the last, whether it succeeded or not."`
	StartSeconds       *float64 `json:"startSeconds,omitempty" group:"clock" doc:"From creation to RUNNING."`
	RunSeconds         *float64 `json:"runSeconds,omitempty" group:"clock" doc:"From RUNNING to the end of the first essential container or the beginning of the stop, whichever came first."`
	StopSeconds        *float64 `json:"stopSeconds,omitempty" group:"clock" doc:"From the beginning of the stop to the end of the first essential container."`

	Signature string `json:"signature" group:"again?" doc:"The same failure has the same signature: 16 hex digits. A job's command is part of it."`

	AlertState string `json:"alertState,omitempty" group:"again?" doc:"What the record is to its alert, where the deployment remembers: new, again (it had closed), ongoing, still (told once more), or closed for a service that is steady again. docs/alerts.md has them."`
	FirstSeen  Time   `json:"firstSeen,omitzero" group:"again?" doc:"When that failure was first seen; of closed, when what it closes began."`
	SeenCount  *int64 `json:"seenCount,omitempty" group:"again?" doc:"How many stops had that signature, with this one; of closed, how many there were until it closed."`

	LogGroup   string `json:"logGroup,omitempty" group:"where to look" doc:"Log group of the culprit."`
	LogStream  string `json:"logStream,omitempty" group:"where to look" doc:"Log stream of the culprit."`
	ConsoleURL string `json:"consoleUrl,omitempty" group:"where to look" doc:"The task in the ECS console."`
	LogsURL    string `json:"logsUrl,omitempty" group:"where to look" doc:"The culprit's log stream in the CloudWatch console."`
	LogTail    string `json:"logTail,omitempty" group:"where to look" doc:"Last log lines of the culprit, redacted; only where opted in."`

	Truncated string `json:"truncated,omitempty" group:"raw" doc:"Fields that were cut to keep the record within what CloudWatch Logs takes."`
	RawEvent  string `json:"rawEvent,omitempty" group:"raw" doc:"The event as a JSON string, redacted. Always the last field."`
}

// recordFields are the fields of Record in the order of its JSON, each fact among them.
var recordFields = sync.OnceValue(func() []reflect.StructField {
	all := reflect.VisibleFields(reflect.TypeFor[Record]())
	return slices.DeleteFunc(all, func(f reflect.StructField) bool { return f.Anonymous })
})

// fields returns the fields of r with what they hold.
func (r *Record) fields() iter.Seq2[reflect.StructField, reflect.Value] {
	return func(yield func(reflect.StructField, reflect.Value) bool) {
		record := reflect.ValueOf(r).Elem()
		for _, field := range recordFields() {
			if !yield(field, record.FieldByIndex(field.Index)) {
				return
			}
		}
	}
}
