// Package events reads what Amazon ECS says about a task that stopped, in every form people have it, and holds the
// patterns that decide which stops are caught.
//
// It promises that nothing readable is refused because of an unknown field, an unknown enum value or a missing one, that a
// missing exit code stays missing, and that what is refused is refused with its place and its reason. It has no network, no
// clock and no environment.
package events

import (
	"strconv"
	"time"
)

// Kind tells what a Stop describes.
type Kind string

const (
	KindTask       Kind = "task"       // a task reached STOPPED
	KindUnreadable Kind = "unreadable" // a document that could not be read as any of the others
)

// Launcher tells who started a task, as far as the event shows.
type Launcher string

const (
	LauncherService       Launcher = "service"       // an ECS service
	LauncherSchedule      Launcher = "schedule"      // EventBridge Scheduler or an EventBridge rule
	LauncherBatch         Launcher = "batch"         // AWS Batch
	LauncherStepFunctions Launcher = "stepfunctions" // AWS Step Functions
	LauncherRunTask       Launcher = "runtask"       // anything else that called RunTask or StartTask
)

// Stop is one stop in the words of ECS. Strings are empty, numbers nil and times zero when the event does not state them;
// field names follow the ECS API.
type Stop struct {
	Kind    Kind
	EventID string    // id of the EventBridge event, empty for API output
	Time    time.Time // when the event was sent
	Version *int64    // ECS's counter of the task's changes

	Account string
	Region  string

	ClusterARN        string
	Cluster           string // name
	Group             string // "service:web", "family:job" or free text
	Service           string // name, from Group
	StartedBy         string
	Launcher          Launcher
	DeploymentID      string // "ecs-svc/…" of the deployment that started the task
	TaskARN           string
	TaskID            string
	TaskDefinitionARN string
	Family            string
	Revision          *int64

	LaunchType           string // FARGATE, EC2, EXTERNAL, MANAGED_INSTANCES
	CapacityProvider     string
	PlatformVersion      string
	AvailabilityZone     string
	ContainerInstanceARN string
	CPU                  *int64 // CPU units
	Memory               *int64 // MiB

	LastStatus    string
	DesiredStatus string
	StopCode      string
	StoppedReason string

	CreatedAt          time.Time
	ConnectivityAt     time.Time
	PullStartedAt      time.Time
	PullStoppedAt      time.Time
	StartedAt          time.Time
	StoppingAt         time.Time
	ExecutionStoppedAt time.Time
	StoppedAt          time.Time

	Containers  []Container
	Attachments []Attachment
	Attributes  map[string]string // such as "ecs.cpu-architecture"

	Raw     []byte // the document as it came; never nil
	event   bool   // Raw is the EventBridge event itself
	Refusal string // why a KindUnreadable document was refused
}

// TaskDefinition returns "family:revision", or the family alone where the revision is not known.
func (s *Stop) TaskDefinition() string {
	if s.Revision == nil {
		return s.Family
	}
	return s.Family + ":" + strconv.FormatInt(*s.Revision, 10)
}

// Ran returns how long the task was RUNNING before its first essential container ended or its stop began, whichever came first,
// and whether the event tells.
func (s *Stop) Ran() (d time.Duration, known bool) {
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

// Container is one container of a stopped task.
type Container struct {
	Name              string
	ARN               string
	RuntimeID         string
	Image             string
	ImageDigest       string
	LastStatus        string
	HealthStatus      string // API output only; events do not carry it
	ExitCode          *int64 // nil when the container never ran or its end was not seen
	Reason            string
	CPU               *int64 // CPU units
	Memory            *int64 // hard limit, MiB
	MemoryReservation *int64 // soft limit, MiB
}

// Attachment is a network interface, volume or load balancer attached to a task.
type Attachment struct {
	ID      string
	Type    string // "eni", "elb", "AmazonElasticBlockStorage", "Service Connect", …
	Status  string
	Details map[string]string // "subnetId", "networkInterfaceId", "privateIPv4Address", "statusReason", …
}
