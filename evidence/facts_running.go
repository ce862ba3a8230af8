package evidence

import "time"

// Running is what was read about a task that had started: health checks, its log, its deployment, its host, and who
// asked.
type Running struct {
	TargetGroup   Answer[TargetGroup]       // the one whose health checks the task failed
	LoadBalancers Answer[[]LoadBalancer]    // those that send to it
	Targets       Answer[[]TargetHealth]    // its targets now
	Health        Answer[map[string]string] // healthStatus by container; for an hour after the stop
	Log           Answer[[]LogLine]         // the last lines of the culprit, redacted
	Deployment    Answer[ServiceDeployment] // the service deployment that started the task
	FirstFailed   Answer[StoppedTask]       // the first task of the same deployment that stopped
	Activities    Answer[[]ScalingActivity] // of the Auto Scaling group of the task's instance
	Impairments   Answer[[]Impairment]      // status checks of EC2 that the instance fails
	Disk          Answer[Disk]              // the root volume of the instance
	Burst         Answer[[]Point]           // percent of its burst credits in the minutes before the stop
	StopCalls     Answer[[]TrailEvent]      // StopTask calls about the task
	Denials       Answer[[]TrailEvent]      // calls that the task's execution role was denied
	Steady        Answer[Steady]            // what last ran well
	// other tasks of the stop's deployment, or of its family where no service started it: those that run, where some
	// do, else those that stopped within an hour
	Siblings Answer[[]Sibling]
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

// Sibling is another task of the stop's deployment or family.
type Sibling struct {
	ID        string
	Zone      string
	Subnet    string
	CreatedAt time.Time
	StartedAt time.Time
	StoppedAt time.Time
	Reason    string
}

// ScalingActivity is an activity of an Auto Scaling group.
type ScalingActivity struct {
	At          time.Time
	Description string // "Terminating EC2 instance: i-…"
	Cause       string
	Failed      bool
	Message     string // why it failed
}

// Impairment is a status check of EC2 that an instance fails.
type Impairment struct {
	Check string    // system, instance, attached EBS
	Since time.Time // zero when not told
}

// Disk is an EBS volume.
type Disk struct {
	ID   string
	Type string // gp2, gp3, …
	GiB  int64
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
	Endpoint  string   // id of the VPC endpoint that the call came through
	Named     []string // what its parameters name, where CloudTrail was asked by the call
}

// Steady is the last state in which a service ran well.
type Steady struct {
	Source         string    // how that is known: "last steady, service deployment …", "task … ran 5 d, by the archive"
	StartedAt      time.Time // when it started, or its deployment was created
	TaskDefinition TaskDefinition
	Digests        map[string]string // image digests by container, as far as the service revision tells
}

// Who names the caller of an event.
func (e TrailEvent) Who() string {
	said := e.Identity
	if e.ARN != "" {
		said = e.ARN
	}
	for _, part := range []struct{ before, what string }{{"on behalf of ", e.InvokedBy}, {"from ", e.SourceIP},
		{"with ", e.Agent}} {
		if part.what != "" {
			said += " " + part.before + part.what
		}
	}
	return said
}
