package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// Aftermath is what was read about a task that had started: health checks, its log, its deployment, its host, and who asked.
type Aftermath struct {
	TargetGroup   Answer[TargetGroup]       // the one whose health checks the task failed
	LoadBalancers Answer[[]LoadBalancer]    // those that send to it
	Targets       Answer[[]TargetHealth]    // its targets now
	Health        Answer[map[string]string] // healthStatus by container; for an hour after the stop
	Log           Answer[[]LogLine]         // the last lines of the culprit, redacted
	Deployment    Answer[ServiceDeployment] // the service deployment that started the task
	FirstFailed   Answer[StoppedTask]       // the first task of the same deployment that stopped
	Activities    Answer[[]ScalingActivity] // of the Auto Scaling group of the task's instance
	StopCalls     Answer[[]TrailEvent]      // StopTask calls about the task
	Denials       Answer[[]TrailEvent]      // calls that the task's execution role was denied
	Steady        Answer[Steady]            // what last ran well
}

// TargetGroup is a target group with its health check; times in seconds.
type TargetGroup struct {
	ARN             string
	Name            string
	Protocol        string // HTTP, HTTPS, TCP, …
	ProtocolVersion string // HTTP1, HTTP2, GRPC; empty when not told
	TargetType      string // ip, instance
	IPv6            bool   // its targets are asked by IPv6 addresses
	CheckProtocol   string
	CheckPath       string
	CheckPort       string // "traffic-port" or a number
	Interval        int64
	Timeout         int64
	Unhealthy       int64  // UnhealthyThresholdCount
	Matcher         string // HTTP or gRPC codes that count as healthy: "200", "200-299,301"
	LoadBalancers   []string
}

// LoadBalancer is a load balancer.
type LoadBalancer struct {
	Name    string
	Type    string // application, network, gateway
	Groups  []string
	Subnets []string
	Zones   []string // names of the Availability Zones that it is enabled in
}

// TargetHealth is a target of a target group with its health now.
type TargetHealth struct {
	ID     string // address or instance
	Port   int64
	State  string // healthy, unhealthy, unused, draining, …
	Reason string // "Target.ResponseCodeMismatch"
}

// TailLines is how many lines of a log are read at most.
const TailLines = 50

// LogLine is one line of a container's log.
type LogLine struct {
	At   time.Time
	Text string
}

// ServiceDeployment is what ECS keeps of one deployment of a service.
type ServiceDeployment struct {
	ID            string // last part of its ARN
	Status        string // IN_PROGRESS, SUCCESSFUL, ROLLBACK_SUCCESSFUL, …
	StatusReason  string
	BreakerStatus string // TRIGGERED, MONITORING, MONITORING_COMPLETE, DISABLED
	Failures      int64
	Threshold     int64
	Alarms        []string // names of the CloudWatch alarms that went off
}

// StoppedTask is a stopped task, as far as ECS tells for an hour.
type StoppedTask struct {
	ID        string
	StopCode  string
	StoppedAt time.Time
}

// ScalingActivity is an activity of an Auto Scaling group.
type ScalingActivity struct {
	At          time.Time
	Description string // "Terminating EC2 instance: i-…"
	Cause       string
}

// TrailEvent is a call as CloudTrail tells of it.
type TrailEvent struct {
	At        time.Time
	Action    string // "ecs:StopTask"
	Error     string // code of the error, empty for a call that was made
	Message   string
	Identity  string // type of the identity: AssumedRole, IAMUser, Root, AWSService, …
	ARN       string
	InvokedBy string // service that made the call for somebody
	Console   bool   // with credentials of a console session
	SourceIP  string
	Agent     string
	Endpoint  string // id of the VPC endpoint that the call came through
}

// Steady is the last state in which a service ran well.
type Steady struct {
	Source         string // how that is known: "last steady, service deployment …", "task … ran 5 d, by the archive"
	TaskDefinition TaskDefinition
	Digests        map[string]string // image digests by container, as far as the service revision tells
}

// aftermathChecks decide what happened after the start.
var aftermathChecks = slices.Concat(memoryChecks, essentialChecks, programChecks, healthChecks, dependencyChecks, hostChecks, schedulerChecks, trailChecks)

// about returns a container of the task by its place in the event and as the task definition describes it; nil where either is
// not known.
func (c *Case) about(i int) (*events.Container, *ContainerDefinition) {
	if i < 0 || i >= len(c.Stop.Containers) {
		return nil, nil
	}
	return &c.Stop.Containers[i], c.containerDefinition(c.Stop.Containers[i].Name)
}

// container returns what the event says of a container, nil when it says nothing.
func (c *Case) container(name string) *events.Container {
	i := slices.IndexFunc(c.Stop.Containers, func(e events.Container) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Stop.Containers[i]
}

// containerDefinition returns what the task definition says of a container, nil when that is not known.
func (c *Case) containerDefinition(name string) *ContainerDefinition {
	td := &c.Facts.Inputs.TaskDefinition
	if td.State != Known {
		return nil
	}
	i := slices.IndexFunc(td.Value.Containers, func(d ContainerDefinition) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return &td.Value.Containers[i]
}

// culpritContainer returns the container that explains the stop.
func (c *Case) culpritContainer() (*events.Container, *ContainerDefinition) {
	return c.about(c.Finding.Culprit)
}

// culprit is that container as the event describes it, empty where none explains the stop.
func (c *Case) culprit() events.Container {
	if container, _ := c.culpritContainer(); container != nil {
		return *container
	}
	return events.Container{}
}

// culpritName names that container in a sentence.
func (c *Case) culpritName() string { return cmp.Or(c.culprit().Name, "the container") }

// deploymentID is the deployment or task set that started the task.
func (c *Case) deploymentID() string {
	if c.Stop.DeploymentID != "" {
		return c.Stop.DeploymentID
	}
	return c.Stop.StartedBy
}

// ownDeployment returns the deployment that started the task, where its service still lists it.
func (c *Case) ownDeployment() (Deployment, bool) {
	for _, d := range c.Facts.Inputs.Service.Value.Deployments {
		if d.ID != "" && d.ID == c.deploymentID() {
			return d, true
		}
	}
	return Deployment{}, false
}

// stopBegan is when ECS began to stop the task, as far as the event tells.
func (c *Case) stopBegan() time.Time {
	if c.Stop.StoppingAt.IsZero() {
		return c.Stop.StoppedAt
	}
	return c.Stop.StoppingAt
}

// unsaid is the proof of a cause about which nothing that was read speaks.
func unsaid(evidence string, args ...any) classifier.Proof {
	return inconclusive(classifier.ReasonUnsaid, evidence, args...)
}

// seconds says a number of seconds.
func seconds(n int64) string { return classifier.Span(time.Duration(n) * time.Second) }

// revisionName is family:revision of a task definition's ARN.
func revisionName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// moment says a moment as the records do.
func moment(t time.Time) string { return t.UTC().Format("15:04:05Z") }

// plural is n with a word that gets an s for any other number than 1.
func plural[N int | int64](n N, word string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}
