// Package classifier explains why a task stopped: where in its life, what went wrong there, who owns the fix, whether
// anybody must act, and how sure that is.
//
// Classify is pure and total: the same Stop gives the same Finding, it never fails and never panics, and it asks
// nobody. What no rule can defend is "unknown". Rules and causes are values in tables; the pages of docs/ are printed
// from them.
package classifier

// Stage is where in the task's life the first failure happened.
type Stage string

const (
	Placement    Stage = "placement"
	Network      Stage = "network"
	Volume       Stage = "volume"
	Role         Stage = "role"
	RegistryAuth Stage = "registry_auth"
	Secret       Stage = "secret"
	EnvFile      Stage = "env_file"
	Image        Stage = "image"
	Logging      Stage = "logging"
	Create       Stage = "create"
	Start        Stage = "start"
	Dependency   Stage = "dependency"
	Runtime      Stage = "runtime"
	HealthCheck  Stage = "health_check"
	Host         Stage = "host"
	Scheduler    Stage = "scheduler"
	User         Stage = "user"
	Agent        Stage = "agent"
	UnknownStage Stage = "unknown"
)

// Fault is what went wrong at that stage.
type Fault string

const (
	Unreachable  Fault = "unreachable"
	DNS          Fault = "dns"
	TLS          Fault = "tls"
	Denied       Fault = "denied"
	NotFound     Fault = "not_found"
	Invalid      Fault = "invalid"
	Mismatch     Fault = "mismatch"
	Conflict     Fault = "conflict"
	RateLimited  Fault = "rate_limited"
	Exhausted    Fault = "exhausted"
	Corrupt      Fault = "corrupt"
	OOM          Fault = "oom"
	Killed       Fault = "killed"
	Crashed      Fault = "crashed"
	Exited       Fault = "exited"
	Unhealthy    Fault = "unhealthy"
	Timeout      Fault = "timeout"
	Interrupted  Fault = "interrupted"
	Retired      Fault = "retired"
	Lost         Fault = "lost"
	Replaced     Fault = "replaced"
	ScaledIn     Fault = "scaled_in"
	RolledBack   Fault = "rolled_back"
	Requested    Fault = "requested"
	Internal     Fault = "internal"
	Waiting      Fault = "waiting"
	UnknownFault Fault = "unknown"
)

// Domain is who owns the fix.
type Domain string

const (
	DomainNetwork       Domain = "network"
	DomainPermissions   Domain = "permissions"
	DomainResources     Domain = "resources"
	DomainImage         Domain = "image"
	DomainConfiguration Domain = "configuration"
	DomainApplication   Domain = "application"
	DomainPlatform      Domain = "platform"
	DomainScheduler     Domain = "scheduler"
	DomainOperator      Domain = "operator"
	DomainUnknown       Domain = "unknown"
)

// Verdict reports whether anybody must act.
type Verdict string

const (
	Failure  Verdict = "failure"  // yes
	Expected Verdict = "expected" // no: ECS or a person meant it
	Review   Verdict = "review"   // cannot be told
)

// Confidence is what the class rests on.
type Confidence string

const (
	Certain  Confidence = "certain"  // a text or code in the event says so
	Likely   Confidence = "likely"   // a regularity
	Possible Confidence = "possible" // the best guess
)

// Log is where the output of the container that explains a stop went, as far as it is known.
type Log struct {
	Group  string
	Stream string
	Region string
	Lines  []string // the last ones, where they were read
}

// Gathered is what was found out about a stop beside its event.
type Gathered struct {
	Proofs []Proof
	Log    Log
}

// Finding is the explanation of one stop.
type Finding struct {
	Stage      Stage
	Fault      Fault
	Domain     Domain
	Verdict    Verdict
	Confidence Confidence
	StageRule  string // id of the rule that named the stage
	FaultRule  string // id of the rule that named the fault

	Summary  string // one sentence a person can act on
	Proof    string // the words or codes of the event that the summary rests on
	NextStep string

	Culprit   int    // index into Stop.Containers of the container that explains the stop, -1 when there is none
	Signal    string // name of the signal that ended the culprit, "SIGKILL"
	Facts     Facts
	Causes    []Proof // probable causes in the order to look at them, the proven one first
	Log       Log     // where its output went
	Signature string  // the same failure has the same signature: 16 hex digits
}

// Class is stage and fault in one word, "image.unreachable".
func (f Finding) Class() string { return string(f.Stage) + "." + string(f.Fault) }

// Facts are the names and numbers that the texts state; each is empty when no text states it. A record has them as its
// own fields: the doc tags are printed into docs/record.md.
type Facts struct {
	Endpoint     string `json:"endpoint,omitempty" doc:"Host that was called."`
	RemoteIP     string `json:"remoteIp,omitempty" doc:"Address that was dialled."`
	AWSAction    string `json:"awsAction,omitempty" doc:"AWS action that failed, such as ecr:GetAuthorizationToken."`
	AWSActions   string `json:"awsActions,omitempty" doc:"All of them, where the text names several that were denied."`
	AWSResource  string `json:"awsResource,omitempty" doc:"ARN or name of what was asked for."`
	AWSResources string `json:"awsResources,omitempty" doc:"All of them, where several were denied."`
	DeniedBy     string `json:"deniedBy,omitempty" doc:"Policy type that refused, when the text names it."`
	Role         string `json:"role,omitempty" doc:"Role whose credentials were used."`
	Registry     string `json:"registry,omitempty" doc:"Host of the image's registry."`
	Image        string `json:"image,omitempty" doc:"Image reference that the text names."`
	Platform     string `json:"platform,omitempty" doc:"Platform that was asked for, such as linux/arm64."`
	Secret       string `json:"secret,omitempty" doc:"Name or ARN of the secret or parameter; never a value."`
	Secrets      string `json:"secrets,omitempty" doc:"All of them, where the text names several."`
	JSONKey      string `json:"jsonKey,omitempty" doc:"JSON key that a secret lacks."`
	FileSystem   string `json:"fileSystem,omitempty" doc:"Id of the file system."`
	Volume       string `json:"volume,omitempty" doc:"Name of the volume."`
	LogDriver    string `json:"logDriver,omitempty" doc:"Log driver that the text names."`
	Path         string `json:"path,omitempty" doc:"File, executable or mount path."`
	TargetGroup  string `json:"targetGroup,omitempty" doc:"ARN of the target group, or name of the load balancer."`
	TargetGroups string `json:"targetGroups,omitempty" doc:"All of them, where the text names several."`
	Deployment   string `json:"deployment,omitempty" doc:"Deployment that the text names."`
	InstanceID   string `json:"instanceId,omitempty" doc:"EC2 instance that the text names."`
	Subnet       string `json:"subnet,omitempty" doc:"Subnet that the text or the network interface names."`
	Port         string `json:"port,omitempty" doc:"Port that was already taken."`
}
