package evidence

import (
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// Task is where the task's traffic came from and what it was made of.
type Task struct {
	TaskDefinition Answer[TaskDefinition]
	Interface      Answer[Interface] // the task's own interface, while it exists
	Service        Answer[Service]   // for tasks of a service
	// service revision of the task's deployment, where the service no longer lists that deployment
	Revision Answer[Revision]
	Run      Answer[NetworkSettings]   // of the call that started a task of no service
	Job      Answer[NetworkSettings]   // of what ran it as a job of AWS Batch, where Run tells none
	Provider Answer[NetworkSettings]   // network configuration of a managed-instances capacity provider
	Instance Answer[ContainerInstance] // for tasks on EC2
}

// TaskDefinition is the part of a task definition that checks look at. It is immutable.
type TaskDefinition struct {
	ARN              string
	NetworkMode      string
	ExecutionRoleARN string
	TaskRoleARN      string
	CPU, Memory      int64  // CPU units and MiB of the task, 0 when not set
	Architecture     string // X86_64, ARM64; empty when not set
	OperatingSystem  string // LINUX, WINDOWS_SERVER_…; empty when not set
	EphemeralGiB     int64
	Requires         []Attribute // of the instance that it runs on
	RunsOn           []string    // launch types that ECS finds it fit for: EC2, FARGATE, …; empty when not told
	Containers       []ContainerDefinition
	Volumes          []Volume
}

// Attribute is what an instance must have for a task: a capability of its agent, or one that somebody gave it.
type Attribute struct {
	Name  string
	Value string // empty for any
}

// ContainerDefinition is one container of a task definition.
type ContainerDefinition struct {
	Name              string
	Image             string
	Essential         bool
	Memory            int64 // MiB, 0 when not set
	MemoryReservation int64
	User              string // "1000:1000"; empty when not set
	Command           []string
	EntryPoint        []string
	StopTimeout       int64 // seconds, 0 when not set
	StartTimeout      int64
	Credentials       string            // secret of repositoryCredentials
	Secrets           map[string]string // name of the variable → valueFrom; never a value
	EnvironmentFiles  []string          // ARNs of S3 objects
	LogDriver         string
	LogOptions        map[string]string
	LogSecrets        map[string]string // secretOptions
	Ports             []int64           // container ports
	HostPorts         []HostPort        // of port mappings that fix one
	Variables         []string          // names of environment variables; never a value
	DependsOn         map[string]string // container → condition
	HealthCheck       *ContainerHealthCheck
	Mounts            []Mount
	MountsFrom        []string // containers whose mounts it has too
	GPUs              int64
	Heaps             []Heap // what arguments and variables of language runtimes set, the one that counts last
}

// Mount is where a container finds a volume.
type Mount struct {
	Volume   string
	Path     string
	ReadOnly bool
}

// Heap is how large a language runtime may let its heap grow.
type Heap struct {
	Setting string // "-Xmx in JAVA_TOOL_OPTIONS"
	MiB     int64
}

// CreatesGroup reports whether the awslogs driver is to make its log group. Docker takes every form of true that Go
// does.
func (d ContainerDefinition) CreatesGroup() bool {
	creates, err := strconv.ParseBool(d.LogOptions["awslogs-create-group"])
	return err == nil && creates
}

// HostPort is a port of the instance: one number is two ports, for TCP and for UDP.
type HostPort struct {
	Number int64
	UDP    bool
}

// ContainerHealthCheck is a container's own health check; times in seconds.
type ContainerHealthCheck struct {
	Command                                 []string
	Interval, Timeout, Retries, StartPeriod int64
}

// Volume is a volume of a task definition.
type Volume struct {
	Name          string
	FileSystem    string // "fs-…" for EFS
	RootDirectory string
	AccessPoint   string
	IAM           bool // authorizationConfig iam ENABLED
	Encrypted     bool // transitEncryption ENABLED
	HostPath      string
	Unprovisioned bool   // Docker volume of scope shared that Docker does not make, because autoprovision is off
	Service       string // which service other than EFS keeps it: "EBS", "FSx", S3Files
}

// S3Files is the service of volumes that are buckets, mounted as EFS is.
const S3Files = "S3 Files"

// Interface is an elastic network interface.
type Interface struct {
	ID            string
	Subnet        string
	VPC           string
	Groups        []string
	PrivateIPs    []netip.Addr // IPv4 and IPv6
	PublicIP      netip.Addr   // invalid when there is none
	Description   string
	InterfaceType string
	Status        string // "in-use", or "available", "detaching" … when it is on its way out; empty when not told
}

// NetworkSettings is an awsvpcConfiguration. Nil Groups with a service mean the VPC's default group.
type NetworkSettings struct {
	Subnets        []string
	Groups         []string
	AssignPublicIP string // ENABLED, DISABLED, or empty where nothing was said
}

// Service is what DescribeServices tells.
type Service struct {
	ARN             string
	DesiredCount    int64
	RunningCount    int64
	Deployments     []Deployment // deployments, and task sets of external controllers
	Events          []ServiceEvent
	GracePeriod     *int64 // healthCheckGracePeriodSeconds
	LoadBalancers   []ServiceLoadBalancer
	ZoneRebalancing string   // ENABLED, DISABLED; empty when not told
	MinimumHealthy  *int64   // minimumHealthyPercent
	Maximum         *int64   // maximumPercent
	Alarms          []string // names of the CloudWatch alarms that deployments watch
	Providers       []string // capacity providers of its strategy
}

// Deployment is a deployment or task set of a service. Its id is the startedBy of its tasks.
type Deployment struct {
	ID             string
	Status         string // PRIMARY, ACTIVE, INACTIVE
	RolloutState   string
	RolloutReason  string
	TaskDefinition string
	Network        NetworkSettings
	HasNetwork     bool
	Desired        int64
	Running        int64
	Failed         int64
	CreatedAt      time.Time
}

// ServiceEvent is one message of a service.
type ServiceEvent struct {
	At      time.Time
	Message string
}

// ServiceLoadBalancer ties a container to a target group.
type ServiceLoadBalancer struct {
	TargetGroupARN string
	Container      string
	Port           int64
}

// Revision is a service revision.
type Revision struct {
	ARN            string
	TaskDefinition string
	Network        NetworkSettings
	LaunchType     string
	Images         map[string]string // container → image digest
}

// ContainerInstance is an EC2 machine of a cluster.
type ContainerInstance struct {
	ARN            string
	InstanceID     string
	Status         string // ACTIVE, DRAINING, …
	AgentConnected bool
	AgentVersion   string
	DockerVersion  string
	EC2            Answer[Instance]
}

// Instance is an EC2 instance.
type Instance struct {
	ID                string
	Type              string
	State             string // running, stopped, terminated, …
	StateReason       string // code, such as Server.SpotInstanceTermination
	Subnet            string
	VPC               string
	Groups            []string
	PrivateIP         netip.Addr
	PublicIP          netip.Addr // invalid when there is none
	Profile           string     // ARN of the instance profile
	SourceDestCheck   bool
	NetworkInterfaces int
	AutoScalingGroup  string // from its tag aws:autoscaling:groupName
	Lifecycle         string // spot, scheduled, capacity-block; empty for On-Demand
	RootVolume        string // EBS volume; empty where it is none, or the instance has ended
}

// Ended reports whether an instance is stopped, terminated or on the way there.
func (i Instance) Ended() bool {
	return slices.Contains([]string{"shutting-down", "terminated", "stopping", "stopped"}, i.State)
}
