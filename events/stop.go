// Package events reads what Amazon ECS says about a task that stopped, a container that ended while its task goes on,
// and a service, deployment or request that failed, in every form people have it, and holds the patterns that decide
// which of these are caught.
//
// It promises that nothing readable is refused because of an unknown field, an unknown enum value, a missing one or one
// of another type, that a missing exit code stays missing, and that what is refused is refused with its place and its
// reason. It has no network, no clock and no environment.
package events

import (
	"strconv"
	"time"
)

// Kind is what a Stop describes.
type Kind string

const (
	KindTask       Kind = "task"       // a task reached STOPPED
	KindContainer  Kind = "container"  // a container ended and its task goes on
	KindService    Kind = "service"    // a service's scheduler said something
	KindDeployment Kind = "deployment" // a deployment of a service changed its state
	KindRequest    Kind = "request"    // a RunTask or StartTask call did not start a task
	KindHook       Kind = "hook"       // a lifecycle hook of a service's deployment changed its state
	KindInstance   Kind = "instance"   // the health of a container instance changed
	KindUnreadable Kind = "unreadable" // a document that could not be read as any of the others
)

// StopCodes are the stop codes of tasks.
var StopCodes = []string{"TaskFailedToStart", "EssentialContainerExited", "UserInitiated", "ServiceSchedulerInitiated",
	"SpotInterruption", "TerminationNotice", "InfrastructureHealth"}

// Launcher is who started a task, as far as the event shows.
type Launcher string

const (
	LauncherService       Launcher = "service"       // an ECS service
	LauncherSchedule      Launcher = "schedule"      // EventBridge Scheduler or an EventBridge rule
	LauncherBatch         Launcher = "batch"         // AWS Batch
	LauncherStepFunctions Launcher = "stepfunctions" // AWS Step Functions
	LauncherRunTask       Launcher = "runtask"       // anything else that called RunTask or StartTask
)

// Earlier is how earlier tasks of a stop's service or family fared.
type Earlier string

const (
	RevisionRan Earlier = "ran" // one of the same revision of the task definition ran well
	RevisionNew Earlier = "new" // one of another revision ran well, and none of the same is known to have
)

// Stop is one stop in the words of ECS. Strings are empty, numbers nil and times zero when the event does not state
// them; field names follow the ECS API.
type Stop struct {
	Kind       Kind
	EventID    string    // id of the EventBridge event, or of a service's event message; empty for other API output
	Time       time.Time // when the event was sent
	Version    *int64    // ECS's counter of the task's changes
	EventType  string    // INFO, WARN, WARNING or ERROR, of a service's or deployment's event
	EventName  string    // "SERVICE_TASK_PLACEMENT_FAILURE", or the call of a request, "RunTask"
	Index      int       // of a request: which of the call's failures
	Ended      int       // of a container: its index in Containers
	Watched    bool      // of a container: whystopped-watch saw it
	MeantToEnd bool      // of a container: it is named as one that ends; Parse cannot know
	Earlier    Earlier   // empty where nobody looked, or nothing is known; Parse cannot know
	Alone      bool      // of a container: it was read by itself, and what became of its task is not known
	CalledBy   string    // who made the call, of a request or of a task that a call stopped

	LogLines []string // last log lines of what failed, where somebody gave them with the event; Parse reads none

	Hook        Hook   // of a hook
	HealthCheck string // of an instance: its check that is not well, "AGENT_CONNECTIVITY"; empty where none is told

	StillStopping bool // of a task: it has not reached STOPPED, and what it says may yet change

	Account string
	Region  string

	ClusterARN        string
	Cluster           string // name
	Group             string // "service:web", "family:job" or free text
	ServiceARN        string // of a service or daemon, in its own events
	Service           string // name, from Group or ServiceARN
	StartedBy         string
	Launcher          Launcher
	JobID             string // of AWS Batch
	DeploymentID      string // "ecs-svc/…" of the deployment that started the task, or that the event is about
	TaskARN           string
	TaskARNs          []string // that a service's event names
	TargetGroupARNs   []string // and so these two
	InstanceIDs       []string // of EC2
	TaskID            string
	TaskDefinitionARN string
	Family            string
	Revision          *int64

	LaunchType           string // FARGATE, EC2, EXTERNAL, MANAGED_INSTANCES
	CapacityProvider     string
	PlatformVersion      string
	PlatformFamily       string // "Linux", "Windows_Server_2022_Core"
	AvailabilityZone     string
	ContainerInstanceARN string
	CPU                  *int64 // CPU units
	Memory               *int64 // MiB

	LastStatus    string
	DesiredStatus string
	StopCode      string
	// what ECS says, whatever the kind: a service's message, a failure's reason, a refused call's error
	StoppedReason string

	CreatedAt          time.Time
	ConnectivityAt     time.Time
	PullStartedAt      time.Time
	PullStoppedAt      time.Time
	StartedAt          time.Time
	StoppingAt         time.Time
	ExecutionStoppedAt time.Time
	StoppedAt          time.Time // when it happened, whatever the kind

	Containers  []Container
	Overrides   Overrides
	Attachments []Attachment
	Attributes  map[string]string // such as "ecs.cpu-architecture"
	Tags        map[string]string

	Raw     []byte // the document as it came; never nil
	event   bool   // Raw is the EventBridge event itself
	trimmed bool   // somebody took the source out of it
	Refusal string // why a KindUnreadable document was refused
}

// TaskDefinition returns "family:revision", or the family alone where the revision is not known.
func (s *Stop) TaskDefinition() string {
	if s.Revision == nil {
		return s.Family
	}
	return s.Family + ":" + strconv.FormatInt(*s.Revision, 10)
}

// Ran returns how long the task was RUNNING before its first essential container ended or its stop began, whichever
// came first, and whether the event tells; of a container, how long its task was RUNNING before it ended, which is not
// told when it had been restarted.
func (s *Stop) Ran() (d time.Duration, known bool) {
	if s.Kind == KindContainer && s.Container().Restarts() > 0 {
		return 0, false
	}
	var end time.Time
	for _, t := range []time.Time{s.ExecutionStoppedAt, s.StoppingAt, s.StoppedAt} {
		if !t.IsZero() && (end.IsZero() || t.Before(end)) {
			end = t
		}
	}
	if s.StartedAt.IsZero() || end.Before(s.StartedAt) {
		return 0, false
	}
	return end.Sub(s.StartedAt), true
}

// Container returns the container that ended, of a Stop of that kind.
func (s *Stop) Container() *Container { return &s.Containers[s.Ended] }

// Container is one container of a task.
type Container struct {
	Name              string
	ARN               string
	RuntimeID         string
	Image             string
	ImageDigest       string
	LastStatus        string
	HealthStatus      string    // API output only; events do not carry it
	ExitCode          *int64    // nil when the container never ran or its end was not seen
	RestartCount      *int64    // whystopped-watch only; nil where the task has no restart policy
	FinishedAt        time.Time // whystopped-watch only
	Reason            string
	ManagedAgents     string // what the agents in it say of themselves: "ExecuteCommandAgent: …"
	Command           string // what it was started with instead of its definition's command, or by a Batch job
	CPU               *int64 // CPU units
	Memory            *int64 // hard limit, MiB
	MemoryReservation *int64 // soft limit, MiB
}

// Restarts is how often ECS restarted the container within its task, 0 where that is not known.
func (c *Container) Restarts() int64 {
	if c.RestartCount == nil {
		return 0
	}
	return *c.RestartCount
}

// Overrides are what whoever started a task put in place of its task definition's own.
type Overrides struct {
	Told             bool // the event tells what they are, if there are any
	ExecutionRoleARN string
	TaskRoleARN      string
	Containers       []string // names of those with another command or environment
}

// Attachment is a network interface, volume or load balancer attached to a task.
type Attachment struct {
	ID      string
	Type    string // "eni", "elb", "AmazonElasticBlockStorage", "Service Connect", …
	Status  string
	Details map[string]string // "subnetId", "networkInterfaceId", "privateIPv4Address", "statusReason", …
}
