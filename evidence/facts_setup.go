package evidence

import (
	"net/netip"
	"time"
)

// GroupAssociation is the use of a security group in another VPC than its own.
type GroupAssociation struct {
	Group string
	VPC   string
	State string // associated, associating, …
}

// The quotas that are looked up (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html,
// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).
const (
	QuotaFargate     = "fargate L-3032A538" // vCPUs of On-Demand tasks
	QuotaFargateSpot = "fargate L-36FBB829" // vCPUs of Spot tasks
	QuotaInterfaces  = "vpc L-DF5E4CA3"     // network interfaces of a Region
)

// Machine is what a container instance of a cluster has left.
type Machine struct {
	ID         string
	Connected  bool  // its agent
	CPU        int64 // CPU units
	Memory     int64 // MiB
	GPUs       int
	Attributes map[string]string // values by name, empty for one that has none
}

// Slots are the network interfaces of a container instance.
type Slots struct {
	Machine string // "i-…"
	Type    string // of the instance
	Used    int
	Most    int  // by its type; one of them is the instance's own
	Trunk   bool // further ones hang on a trunk interface, as awsvpcTrunking makes it
}

// ScalingGroup is the Auto Scaling group of a capacity provider.
type ScalingGroup struct {
	Name      string
	Max       int64
	Desired   int64
	InService []string // instances
	Suspended []string // processes: "Launch", …
	Launches  Answer[[]ScalingActivity]
}

// FileSystem is an EFS file system.
type FileSystem struct {
	State     string // available, creating, deleting, …
	Zone      string // of a One Zone file system; empty for a Regional one
	CreatedAt time.Time
}

// MountTarget is a mount target of a file system.
type MountTarget struct {
	ID      string
	State   string // available, creating, …
	VPC     string
	Subnet  string
	Zone    string // name of the Availability Zone
	ZoneID  string
	IP      netip.Addr // of IPv4
	IPv6    netip.Addr
	Adapter string // network interface
}

// AccessPoint is an EFS access point. Nothing about it can be changed once it is made.
type AccessPoint struct {
	FileSystem string
	State      string
	Path       string     // of its root directory
	User       *POSIXUser // who acts in place of its clients; nil where they act as themselves
	Makes      *Directory // how EFS makes the root directory where it is not there; nil where it does not
}

// POSIXUser is who acts in a file system.
type POSIXUser struct {
	UID, GID int64
	Groups   []int64 // further ones
}

// Directory is what a directory says of who may use it.
type Directory struct {
	UID, GID int64
	Mode     int64
}

// File is what listing a bucket tells about an environment file.
type File struct {
	Missing    bool // the bucket has no such object
	ModifiedAt time.Time
	Region     string // of the bucket, where it is another one than the task's
}

// Image is what ECR tells about an image of a repository that exists.
type Image struct {
	Missing     bool // the repository has no such image
	PushedAt    time.Time
	Status      string // ACTIVE, ARCHIVED, ACTIVATING; empty when not told
	ArchivedAt  time.Time
	ActivatedAt time.Time // when it was last taken out of the archive
	Bytes       int64     // compressed; of an index the largest of its images
}

// CacheRule is a pull-through cache rule of a registry.
type CacheRule struct {
	Prefix    string // of repositories; ROOT for all
	Upstream  string // host of the registry that images come from
	CreatedAt time.Time
}

// LifecycleRule is what a lifecycle policy of a repository selects images by.
type LifecycleRule struct {
	Tags     string   // tagged, untagged, any
	Prefixes []string // of tags
	Patterns []string // of tags, with *
}

// LogGroup is a log group.
type LogGroup struct{ CreatedAt time.Time }

// Secret is what Secrets Manager tells about a secret, without its value.
type Secret struct {
	ARN       string
	CreatedAt time.Time
	ChangedAt time.Time           // when anything about it was changed last
	DeletedAt time.Time           // zero unless its deletion is scheduled
	Versions  map[string][]string // id → staging labels
	Key       string              // its KMS key; empty for the service's default one
	Tags      map[string]string
}

// Parameter is what Parameter Store tells about a parameter, without its value.
type Parameter struct {
	Name       string
	ModifiedAt time.Time
	Key        string // its KMS key; empty for the default one, and where it is not encrypted
}

// Setup is what was read about the things that a task needs. What is not in a map was not asked.
type Setup struct {
	Images map[string]Answer[Image] // by ImageRef.Text; Absent when there is no such repository
	// by ImageRef.Text: what an index lists, as "linux/arm64", or what an image that is no index says in its
	// configuration; none where that is not told
	Platforms  map[string]Answer[[]string]
	CacheRules map[string]Answer[[]CacheRule] // by ImageRef.Registry
	// by ImageRef.Text: of the image's repository; Absent when it has no lifecycle policy
	Lifecycles map[string]Answer[[]LifecycleRule]
	// by ImageRef.Text: the runs of that policy that removed the image, as CloudTrail tells of them
	Expirations  map[string]Answer[[]TrailEvent]
	Secrets      map[string]Answer[Secret]     // by In of its Region and its ARN or name
	Parameters   map[string]Answer[Parameter]  // by In of its Region and its name
	LogGroups    map[string]Answer[LogGroup]   // by In of its Region and its name
	Files        map[string]Answer[File]       // environment files by their ARN; Absent when there is no such bucket
	FileSystems  map[string]Answer[FileSystem] // by id
	MountTargets map[string]Answer[[]MountTarget]
	Adapters     map[string]Answer[Interface] // interfaces of mount targets by their id
	AccessPoints map[string]Answer[AccessPoint]
	Subnets      Answer[[]Subnet]           // those of Attachment that exist
	Groups       Answer[[]SecurityGroup]    // those of Attachment that exist, without their rules
	Associations Answer[[]GroupAssociation] // of groups that belong to another VPC than the subnets
	Quotas       map[string]Answer[float64] // by code
	VCPUs        Answer[[]Point]            // of Fargate that the account used in the minutes before the stop
	Interfaces   Answer[int]                // how many network interfaces the account has in the Region
	Machines     Answer[[]Machine]          // active container instances of the cluster
	Scaling      Answer[ScalingGroup]       // of the task's capacity provider
	Slots        Answer[[]Slots]            // of the container instances whose agent is connected
}

// In names a thing of a Region.
func In(region, name string) string { return region + " " + name }
