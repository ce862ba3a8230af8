package evidence

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

const (
	ours       = "210987654321"
	theirs     = "998877665544"
	ecrOrders  = ours + ".dkr.ecr.eu-west-1.amazonaws.com/shop/orders:7"
	ourSecrets = "arn:aws:secretsmanager:eu-west-1:" + ours + ":secret:"
	ordersHash = "sha256:4f1c22aa9d2e0b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c"
	envARN     = "arn:aws:s3:::orders-config/prod/orders.env"
)

var (
	launched = time.Date(2026, 3, 4, 6, 59, 0, 0, time.UTC)
	before   = launched.Add(-24 * time.Hour)
	after    = launched.Add(2 * time.Minute) // and after the stop
)

// ordersCase is a failed start of a task of the service orders whose every thing is there, as it was before.
func ordersCase(stage classifier.Stage, fault classifier.Fault) Case {
	c := saying("")
	c.Stop.CreatedAt = launched
	c.Stop.Family, c.Stop.Cluster = "orders", "prod"
	revision := int64(7)
	c.Stop.Revision = &revision
	c.Stop.Containers = []events.Container{{Name: "app", Image: ecrOrders}}
	c.Finding = classifier.Finding{Stage: stage, Fault: fault, Culprit: 0}
	c.Facts.Inputs.TaskDefinition = Is(TaskDefinition{OperatingSystem: "LINUX", Architecture: "ARM64", CPU: 1024, Memory: 2048, EphemeralGiB: 30,
		Containers: []ContainerDefinition{
			{Name: "app", Image: ecrOrders, Secrets: map[string]string{"PASSWORD": ourSecrets + "orders/db-AbCdEf:password::", "TOKEN": "/orders/token"},
				Credentials: ourSecrets + "hub-GhIjKl", EnvironmentFiles: []string{envARN}, LogDriver: "awslogs",
				LogOptions: map[string]string{"awslogs-group": "/ecs/orders", "awslogs-region": "eu-west-1"}},
			{Name: "sidecar", Image: "public.ecr.aws/x/y:1", Secrets: map[string]string{"OTHER": ourSecrets + "other-MnOpQr"}, LogDriver: "awslogs",
				LogOptions: map[string]string{"awslogs-group": "/ecs/sidecar"}}},
		Volumes: []Volume{{Name: "data", FileSystem: "fs-0a1", AccessPoint: "fsap-0a1", Encrypted: true}, {Name: "scratch"}}})
	subnets := c.Facts.Network.Subnets.Value
	subnets[1].ZoneID = "euw1-az1"
	c.Facts.Network.Groups.Value[3].Ingress = []SGRule{{Protocol: "tcp", From: 2049, To: 2049, Groups: []string{"sg-task"}}}
	c.Facts.Things = Things{
		Images:     map[string]Answer[Image]{ecrOrders: Is(Image{PushedAt: before, Status: "ACTIVE", Bytes: 3 << 30})},
		Platforms:  map[string]Answer[[]string]{ecrOrders: Is([]string{"linux/amd64", "linux/arm64"})},
		CacheRules: map[string]Answer[[]CacheRule]{In("eu-west-1", ours): Is([]CacheRule{{"hub", "registry-1.docker.io"}})},
		Secrets: map[string]Answer[Secret]{In("eu-west-1", ourSecrets+"orders/db-AbCdEf"): Is(Secret{ARN: ourSecrets + "orders/db-AbCdEf", CreatedAt: before, ChangedAt: before,
			Versions: map[string][]string{"v1": {"AWSPREVIOUS"}, "v2": {"AWSCURRENT"}}}),
			In("eu-west-1", ourSecrets+"hub-GhIjKl"): Is(Secret{ARN: ourSecrets + "hub-GhIjKl", CreatedAt: before, ChangedAt: before})},
		Parameters:   map[string]Answer[Parameter]{In("eu-west-1", "/orders/token"): Is(Parameter{Name: "/orders/token", ModifiedAt: before})},
		LogGroups:    map[string]Answer[LogGroup]{In("eu-west-1", "/ecs/orders"): Is(LogGroup{before})},
		Files:        map[string]Answer[File]{envARN: Is(File{ModifiedAt: before})},
		FileSystems:  map[string]Answer[FileSystem]{"fs-0a1": Is(FileSystem{State: "available"})},
		MountTargets: map[string]Answer[[]MountTarget]{"fs-0a1": Is([]MountTarget{{"fsmt-b", "available", "vpc-1", "subnet-ep2", "eu-west-1b", "euw1-az2", ip("10.0.3.9"), "eni-b"}, {"fsmt-a", "available", "vpc-1", "subnet-ep", "eu-west-1a", "euw1-az1", ip("10.0.2.9"), "eni-a"}})},
		Adapters:     map[string]Answer[Interface]{"eni-a": Is(Interface{ID: "eni-a", Subnet: "subnet-ep", VPC: "vpc-1", Groups: []string{"sg-ep"}, PrivateIPs: []netip.Addr{ip("10.0.2.9")}})},
		AccessPoints: map[string]Answer[AccessPoint]{"fsap-0a1": Is(AccessPoint{"fs-0a1", "available"})},
		Subnets:      Is([]Subnet{{ID: "subnet-app", VPC: "vpc-1", Account: ours, FreeAddresses: 240}, {ID: "subnet-other", VPC: "vpc-1", Account: ours, FreeAddresses: 230}}),
		Groups:       Is([]SecurityGroup{{ID: "sg-task", VPC: "vpc-1"}}),
		Quotas:       map[string]Answer[float64]{QuotaFargate: Is(100.0), QuotaInterfaces: Is(5000.0)},
		Interfaces:   Is(400),
		Machines:     Is([]Machine{{"i-1", true, 4096, 8192}}),
	}
	return c
}

func (c *Case) task() *TaskDefinition     { return &c.Facts.Inputs.TaskDefinition.Value }
func (c *Case) app() *ContainerDefinition { return &c.task().Containers[0] }
func (c *Case) setImage(i Image)          { c.Facts.Things.Images[ecrOrders] = Is(i) }
func (c *Case) noRepository()             { c.Facts.Things.Images[ecrOrders] = None[Image]() }
func (c *Case) noImage()                  { c.setImage(Image{Missing: true}) }
func (c *Case) rules(rules ...CacheRule) {
	c.Facts.Things.CacheRules[In("eu-west-1", ours)] = Is(rules)
}
func (c *Case) noRules() {
	c.Facts.Things.CacheRules[In("eu-west-1", ours)] = Open[[]CacheRule](classifier.ReasonNoPermission, "ecr:DescribePullThroughCacheRules")
}
func (c *Case) secret(change func(*Secret)) {
	s := c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"orders/db-AbCdEf")].Value
	change(&s)
	c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"orders/db-AbCdEf")] = Is(s)
}
func (c *Case) noSecret() {
	c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"orders/db-AbCdEf")] = None[Secret]()
}
func (c *Case) culpritIs(image, imageDigest string) {
	c.Stop.Containers[0].Image, c.Stop.Containers[0].ImageDigest = image, imageDigest
}
func (c *Case) targets(targets ...MountTarget) { c.Facts.Things.MountTargets["fs-0a1"] = Is(targets) }

// elsewhere puts an image of another account into the case.
func (c *Case) elsewhere(a Answer[Image]) {
	foreign := strings.Replace(ecrOrders, ours, theirs, 1)
	c.culpritIs(foreign, "")
	c.Facts.Things.Images[foreign] = a
}

// verdictsOfThings are cases with one thing changed, and what its check then says. No change is a case in which all is well. want is
// confirmed, ruled_out, or the reason of what is open; tells stands in the evidence, and in the next step of what is confirmed.
var verdictsOfThings = []struct {
	cause  string
	name   string
	stage  classifier.Stage
	fault  classifier.Fault
	change func(*Case)
	want   string
	tells  string
}{
	{"image-tag-missing", "the tag is there", classifier.Image, classifier.NotFound, nil, "ruled_out", "shop/orders:7"},
	{"image-tag-missing", "the tag is missing", classifier.Image, classifier.NotFound, (*Case).noImage, "confirmed", "shop/orders"},
	{"image-tag-missing", "pushed after the failure", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: after}) }, "later", "after the task was created"},
	{"image-tag-missing", "pushed at the moment of creation", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: launched}) }, "later", ""},
	{"image-tag-missing", "when it was pushed is not told", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{}) }, "later", "not told"},
	{"image-tag-missing", "when the task was created is not told", classifier.Image, classifier.NotFound, func(c *Case) { c.Stop.CreatedAt = time.Time{} }, "later", ""},
	{"image-tag-missing", "no repository", classifier.Image, classifier.NotFound, (*Case).noRepository, "not_causal", "no repository shop/orders"},
	{"image-tag-missing", "a cache should have fetched it", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.rules(CacheRule{"shop", "public.ecr.aws"}) }, "not_causal", "public.ecr.aws"},
	{"image-tag-missing", "a cache for everything", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.rules(CacheRule{"ROOT", "quay.io"}) }, "not_causal", "quay.io"},
	{"image-tag-missing", "a cache for another prefix", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.rules(CacheRule{"sho", "quay.io"}) }, "confirmed", "shop/orders"},
	{"image-tag-missing", "the cache's rules are not visible", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.noRules() }, "no_permission", "pull-through"},
	{"image-tag-missing", "the rules are not visible, and the name is none of a cache's", classifier.Image, classifier.NotFound, func(c *Case) {
		flat := ours + ".dkr.ecr.eu-west-1.amazonaws.com/orders:7"
		c.culpritIs(flat, "")
		c.Facts.Things.Images[flat] = Is(Image{Missing: true})
		c.noRules()
	}, "confirmed", "could not be read"},
	{"image-tag-missing", "another account's, and the name is none of a cache's", classifier.Image, classifier.NotFound, func(c *Case) {
		flat := theirs + ".dkr.ecr.eu-west-1.amazonaws.com/orders:7"
		c.culpritIs(flat, "")
		c.Facts.Things.Images[flat] = Is(Image{Missing: true})
		c.Facts.Things.CacheRules[In("eu-west-1", theirs)] = Open[[]CacheRule](classifier.ReasonNotVisible, "")
	}, "not_visible", ""},
	{"image-tag-missing", "archived", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED"}) }, "not_causal", "ARCHIVED"},
	{"image-tag-missing", "Docker Hub", classifier.Image, classifier.NotFound, func(c *Case) { c.culpritIs("shop/orders:7", "") }, "not_visible", "no other registry"},
	{"image-tag-missing", "public ECR", classifier.Image, classifier.NotFound, func(c *Case) { c.culpritIs("public.ecr.aws/shop/orders:7", "") }, "not_visible", ""},
	{"image-tag-missing", "another account's, denied to us", classifier.Image, classifier.NotFound, func(c *Case) { c.elsewhere(Open[Image](classifier.ReasonNoPermission, "ecr:DescribeImages")) }, "not_visible", theirs},
	{"image-tag-missing", "another account's, whose cache is not visible", classifier.Image, classifier.NotFound, func(c *Case) { c.elsewhere(Is(Image{Missing: true})) }, "not_read", ""},
	{"image-tag-missing", "another account's, which lets us see it", classifier.Image, classifier.NotFound, func(c *Case) { c.elsewhere(Is(Image{PushedAt: before})) }, "ruled_out", theirs},
	{"image-tag-missing", "throttled", classifier.Image, classifier.NotFound, func(c *Case) {
		c.Facts.Things.Images[ecrOrders] = Open[Image](classifier.ReasonThrottled, "ecr:DescribeImages")
	}, "throttled", ""},
	{"image-tag-missing", "no culprit, the text names the image", classifier.Image, classifier.NotFound, func(c *Case) { c.Finding.Culprit, c.Finding.Facts.Image = -1, ecrOrders; c.noImage() }, "confirmed", ""},
	{"image-tag-missing", "the text names the repository alone", classifier.Image, classifier.NotFound, func(c *Case) {
		c.Finding.Facts.Image = strings.TrimSuffix(ecrOrders, ":7")
		c.noImage()
	}, "confirmed", "tag 7"},

	{"image-digest-missing", "the digest is there", classifier.Image, classifier.NotFound, func(c *Case) { c.Stop.StoppedReason = "… /v2/shop/orders/manifests/" + ordersHash + ": 404" }, "ruled_out", ordersHash},
	{"image-digest-missing", "the digest is missing", classifier.Image, classifier.NotFound, func(c *Case) {
		c.noImage()
		c.Stop.Containers[0].Reason = "failed to resolve ref " + strings.TrimSuffix(ecrOrders, ":7") + "@" + ordersHash + ": not found"
	}, "confirmed", ordersHash},
	{"image-digest-missing", "a layer's digest is none of an image", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.Stop.StoppedReason = "… /blobs/" + ordersHash }, "confirmed", "tag 7"},
	{"image-digest-missing", "a cache should have fetched it", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.rules(CacheRule{"shop/", "quay.io"}) }, "not_causal", ""},

	{"image-repository-missing", "it exists, though the tag does not", classifier.Image, classifier.NotFound, (*Case).noImage, "ruled_out", "shop/orders"},
	{"image-repository-missing", "it does not", classifier.Image, classifier.NotFound, (*Case).noRepository, "confirmed", "shop/orders"},
	{"image-repository-missing", "a cache should have made it", classifier.Image, classifier.NotFound, func(c *Case) { c.noRepository(); c.rules(CacheRule{"shop", "quay.io"}) }, "not_causal", "quay.io"},
	{"image-repository-missing", "another account's", classifier.Image, classifier.NotFound, func(c *Case) { c.elsewhere(Open[Image](classifier.ReasonNoPermission, "ecr:DescribeImages")) }, "not_visible", ""},

	{"image-expired-by-lifecycle", "it is there", classifier.Image, classifier.NotFound, nil, "ruled_out", ""},
	{"image-expired-by-lifecycle", "it is not", classifier.Image, classifier.NotFound, (*Case).noImage, "not_read", "who removed it"},
	{"image-expired-by-lifecycle", "it is archived", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED"}) }, "not_read", "who archived it"},
	{"image-expired-by-lifecycle", "no repository", classifier.Image, classifier.NotFound, (*Case).noRepository, "not_causal", ""},

	{"image-archived", "it is active", classifier.Image, classifier.NotFound, nil, "ruled_out", ""},
	{"image-archived", "it is archived", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED", ArchivedAt: before}) }, "confirmed", "shop/orders"},
	{"image-archived", "it is being restored", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ACTIVATING"}) }, "confirmed", "shop/orders:7"},
	{"image-archived", "archived after the stop", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ARCHIVED", ArchivedAt: after}) }, "later", ""},
	{"image-archived", "restored after the failure", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ACTIVE", ActivatedAt: after}) }, "later", ""},
	{"image-archived", "restored long before", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: before, Status: "ACTIVE", ActivatedAt: before}) }, "ruled_out", ""},
	{"image-archived", "it is not there at all", classifier.Image, classifier.NotFound, (*Case).noImage, "ruled_out", ""},

	{"pull-through-cache", "no rule", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.rules() }, "ruled_out", ""},
	{"pull-through-cache", "a rule for the repository, and no image", classifier.Image, classifier.NotFound, func(c *Case) { c.noImage(); c.rules(CacheRule{"ROOT", "quay.io"}, CacheRule{"shop", "ghcr.io"}) }, "confirmed", "ghcr.io"},
	{"pull-through-cache", "a rule, and not even a repository", classifier.Image, classifier.NotFound, func(c *Case) { c.noRepository(); c.rules(CacheRule{"shop", "ghcr.io"}) }, "confirmed", "ghcr.io"},
	{"pull-through-cache", "a rule, and a denial", classifier.Image, classifier.Denied, func(c *Case) { c.noImage(); c.rules(CacheRule{"shop", "ghcr.io"}) }, "partial", ""},
	{"pull-through-cache", "the cache has it", classifier.Image, classifier.NotFound, func(c *Case) { c.rules(CacheRule{"shop", "ghcr.io"}) }, "ruled_out", ""},
	{"pull-through-cache", "the cache has it now", classifier.Image, classifier.NotFound, func(c *Case) { c.setImage(Image{PushedAt: after}); c.rules(CacheRule{"shop", "ghcr.io"}) }, "later", ""},
	{"pull-through-cache", "the rules are not visible", classifier.Image, classifier.NotFound, (*Case).noRules, "no_permission", ""},

	{"image-platform-mismatch", "the index has it", classifier.Image, classifier.Mismatch, nil, "ruled_out", "linux/arm64"},
	{"image-platform-mismatch", "the index lacks it", classifier.Image, classifier.Mismatch, func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/amd64"}) }, "confirmed", "linux/arm64"},
	{"image-platform-mismatch", "the text names the platform", classifier.Image, classifier.Mismatch, func(c *Case) { c.Finding.Facts.Platform = "linux/s390x" }, "confirmed", "linux/s390x"},
	{"image-platform-mismatch", "the event names the architecture", classifier.Image, classifier.Mismatch, func(c *Case) {
		c.Stop.Attributes = map[string]string{"ecs.cpu-architecture": "x86_64"}
		c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/arm64"})
	}, "confirmed", "linux/amd64"},
	{"image-platform-mismatch", "Fargate's own architecture", classifier.Image, classifier.Mismatch, func(c *Case) {
		c.task().Architecture = ""
		c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/arm64"})
	}, "confirmed", "linux/amd64"},
	{"image-platform-mismatch", "on EC2 the architecture is the instance's", classifier.Image, classifier.Mismatch, func(c *Case) { c.task().Architecture = ""; c.Stop.LaunchType = "EC2" }, "not_read", "not known"},
	{"image-platform-mismatch", "a tag that was pushed again", classifier.Image, classifier.Mismatch, func(c *Case) {
		c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/amd64"})
		c.setImage(Image{PushedAt: after})
	}, "later", ""},
	{"image-platform-mismatch", "a digest is never pushed again", classifier.Image, classifier.Mismatch, func(c *Case) {
		reference := strings.TrimSuffix(ecrOrders, ":7") + "@" + ordersHash
		c.culpritIs(reference, "")
		c.Facts.Things.Images[reference] = Is(Image{PushedAt: after})
		c.Facts.Things.Platforms[reference] = Is([]string{"linux/amd64"})
	}, "confirmed", "linux/arm64"},
	{"image-platform-mismatch", "a single manifest", classifier.Image, classifier.Mismatch, func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = Is([]string(nil)) }, "not_read", "one platform"},
	{"image-platform-mismatch", "an older program that arm64 may run", classifier.Image, classifier.Mismatch, func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/arm"}) }, "partial", ""},
	{"image-platform-mismatch", "Windows versions are not compared", classifier.Image, classifier.Mismatch, func(c *Case) {
		c.task().OperatingSystem, c.task().Architecture = "WINDOWS_SERVER_2022_CORE", "X86_64"
		c.Facts.Things.Platforms[ecrOrders] = Is([]string{"windows/amd64"})
	}, "partial", ""},
	{"image-platform-mismatch", "the tier does not read manifests", classifier.Image, classifier.Mismatch, func(c *Case) {
		c.Facts.Things.Platforms[ecrOrders] = Answer[[]string]{Reason: classifier.ReasonTier, Action: "ecr:BatchGetImage"}
	}, "tier", ""},
	{"image-platform-mismatch", "the image is not there", classifier.Image, classifier.Mismatch, func(c *Case) { c.Facts.Things.Platforms[ecrOrders] = None[[]string]() }, "not_causal", ""},

	{"binary-architecture", "the image fits, its program does not", classifier.Start, classifier.Mismatch, nil, "not_read", "its program"},
	{"binary-architecture", "the image does not fit", classifier.Start, classifier.Mismatch, func(c *Case) {
		c.culpritIs(ecrOrders, ordersHash)
		c.setImage(Image{PushedAt: after})
		c.Facts.Things.Platforms[ecrOrders] = Is([]string{"linux/amd64"})
	}, "confirmed", "linux/arm64"},

	{"image-too-large", "the sizes are told", classifier.Image, classifier.Exhausted, nil, "not_read", "3.0 GiB compressed, and needs more unpacked; the task has 30 GiB"},
	{"image-too-large", "the image is not there", classifier.Image, classifier.Exhausted, (*Case).noImage, "not_causal", ""},

	{"secret-missing", "it is there", classifier.Secret, classifier.NotFound, nil, "ruled_out", "orders/db-AbCdEf"},
	{"secret-missing", "it is not", classifier.Secret, classifier.NotFound, (*Case).noSecret, "confirmed", "orders/db"},
	{"secret-missing", "the characters at the end differ", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.noSecret()
		c.Facts.Things.Secrets[In("eu-west-1", "orders/db")] = Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx", CreatedAt: before})
	}, "confirmed", ourSecrets + "orders/db-XyZzYx"},
	{"secret-missing", "the one of that name waits for its deletion", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.noSecret()
		c.Facts.Things.Secrets[In("eu-west-1", "orders/db")] = Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx", DeletedAt: after})
	}, "confirmed", "create secret orders/db"},
	{"secret-missing", "created after the failure", classifier.Secret, classifier.NotFound, func(c *Case) { c.secret(func(s *Secret) { s.CreatedAt = after }) }, "later", ""},
	{"secret-missing", "another account's, not found", classifier.Secret, classifier.NotFound, func(c *Case) {
		foreign := strings.Replace(ourSecrets, ours, theirs, 1) + "orders/db-AbCdEf"
		c.app().Secrets = map[string]string{"PASSWORD": foreign}
		c.Facts.Things.Secrets = map[string]Answer[Secret]{In("eu-west-1", foreign): None[Secret]()}
	}, "not_visible", theirs},
	{"secret-missing", "another account's, denied to us", classifier.Secret, classifier.NotFound, func(c *Case) {
		foreign := strings.Replace(ourSecrets, ours, theirs, 1) + "orders/db-AbCdEf"
		c.app().Secrets = map[string]string{"PASSWORD": foreign}
		c.Facts.Things.Secrets = map[string]Answer[Secret]{In("eu-west-1", foreign): Open[Secret](classifier.ReasonNoPermission, "secretsmanager:DescribeSecret")}
	}, "not_visible", theirs},
	{"secret-missing", "denied to us", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.Facts.Things.Secrets = map[string]Answer[Secret]{In("eu-west-1", ourSecrets+"orders/db-AbCdEf"): Open[Secret](classifier.ReasonNoPermission, "secretsmanager:DescribeSecret")}
	}, "no_permission", ""},
	{"secret-missing", "the task definition is gone", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.Facts.Inputs.TaskDefinition = Open[TaskDefinition](classifier.ReasonFailed, "ecs:DescribeTaskDefinition")
	}, "failed", "orders:7"},
	{"secret-missing", "the text names another one", classifier.Secret, classifier.NotFound, func(c *Case) { c.noSecret(); c.Finding.Facts.Secret = ourSecrets + "unheard-of" }, "not_read", ""},
	{"secret-missing", "the text is cut off in the ARN", classifier.Secret, classifier.NotFound, func(c *Case) { c.Finding.Facts.Secret = ourSecrets + "ord" }, "ruled_out", "orders/db-AbCdEf"},
	{"secret-missing", "the login to the registry", classifier.RegistryAuth, classifier.NotFound, func(c *Case) {
		c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"hub-GhIjKl")] = None[Secret]()
	}, "confirmed", "hub"},
	{"secret-missing", "the login to the registry, by its name", classifier.RegistryAuth, classifier.NotFound, func(c *Case) {
		c.app().Credentials = "hub"
		c.Facts.Things.Secrets[In("eu-west-1", "hub")] = None[Secret]()
	}, "confirmed", "create secret hub"},
	{"secret-missing", "no culprit: the other container's counts too", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.Finding.Culprit = -1
		c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"other-MnOpQr")] = None[Secret]()
	}, "confirmed", "sidecar"},

	{"secret-deleted", "it is not", classifier.Secret, classifier.NotFound, nil, "ruled_out", ""},
	{"secret-deleted", "its deletion is scheduled", classifier.Secret, classifier.NotFound, func(c *Case) { c.secret(func(s *Secret) { s.DeletedAt = after }) }, "confirmed", "orders/db-AbCdEf"},
	{"secret-deleted", "scheduled after the stop", classifier.Secret, classifier.NotFound, func(c *Case) { c.secret(func(s *Secret) { s.DeletedAt, s.ChangedAt = after, after }) }, "later", ""},
	{"secret-deleted", "restored after the failure", classifier.Secret, classifier.NotFound, func(c *Case) { c.secret(func(s *Secret) { s.ChangedAt = after }) }, "later", ""},
	{"secret-deleted", "there is none", classifier.Secret, classifier.NotFound, (*Case).noSecret, "not_read", ""},

	{"secret-version-missing", "AWSCURRENT is there", classifier.Secret, classifier.NotFound, nil, "ruled_out", "AWSCURRENT"},
	{"secret-version-missing", "it has no value yet", classifier.Secret, classifier.NotFound, func(c *Case) { c.secret(func(s *Secret) { s.Versions = nil }) }, "confirmed", "orders/db-AbCdEf"},
	{"secret-version-missing", "a stage that no version has", classifier.Secret, classifier.NotFound, func(c *Case) { c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSPENDING:" }, "confirmed", "orders/db-AbCdEf"},
	{"secret-version-missing", "a version that is there", classifier.Secret, classifier.NotFound, func(c *Case) { c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf:::v1" }, "ruled_out", "v1"},
	{"secret-version-missing", "a version with another stage", classifier.Secret, classifier.NotFound, func(c *Case) { c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSCURRENT:v1" }, "confirmed", "orders/db-AbCdEf"},
	{"secret-version-missing", "rotated after the failure", classifier.Secret, classifier.NotFound, func(c *Case) { c.secret(func(s *Secret) { s.ChangedAt = after }) }, "later", ""},
	{"secret-version-missing", "emptied after the stop", classifier.Secret, classifier.NotFound, func(c *Case) { c.secret(func(s *Secret) { s.Versions, s.ChangedAt = nil, after }) }, "later", ""},
	{"secret-version-missing", "there is no secret", classifier.Secret, classifier.NotFound, (*Case).noSecret, "not_causal", ""},

	{"secret-in-other-region", "it is where it is looked up", classifier.Secret, classifier.NotFound, func(c *Case) { delete(c.app().Secrets, "TOKEN") }, "ruled_out", "eu-west-1"},
	{"secret-in-other-region", "it lies in the task's Region", classifier.Secret, classifier.NotFound, func(c *Case) {
		there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders/db-AbCdEf"
		c.app().Secrets = map[string]string{"PASSWORD": there}
		c.Facts.Things.Secrets = map[string]Answer[Secret]{In("us-east-1", there): None[Secret](), In("us-east-1", "orders/db"): None[Secret](), In("eu-west-1", "orders/db"): Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx"})}
	}, "confirmed", ourSecrets + "orders/db-XyZzYx"},
	{"secret-in-other-region", "a name that ends as ARNs do, and a secret of the shorter name", classifier.Secret, classifier.NotFound, func(c *Case) {
		there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders-master"
		c.app().Secrets = map[string]string{"PASSWORD": there}
		c.Facts.Things.Secrets = map[string]Answer[Secret]{In("us-east-1", there): None[Secret](), In("eu-west-1", "orders"): Is(Secret{ARN: ourSecrets + "orders-XyZzYx"}), In("eu-west-1", "orders-master"): None[Secret]()}
	}, "not_read", "orders-master"},
	{"secret-in-other-region", "it lies in neither", classifier.Secret, classifier.NotFound, func(c *Case) {
		there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders/db-AbCdEf"
		c.app().Secrets = map[string]string{"PASSWORD": there}
		c.Facts.Things.Secrets = map[string]Answer[Secret]{In("us-east-1", there): None[Secret]()}
	}, "not_read", "not asked"},
	{"secret-in-other-region", "it lies where it is looked up, under another ARN", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.app().Secrets = map[string]string{"PASSWORD": ourSecrets + "orders/db-AbCdEf"}
		c.noSecret()
		c.Facts.Things.Secrets[In("eu-west-1", "orders/db")] = Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx"})
	}, "not_read", ""},
	{"secret-in-other-region", "a parameter that is not there", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.app().Secrets = map[string]string{"TOKEN": "/orders/token"}
		c.Facts.Things.Parameters[In("eu-west-1", "/orders/token")] = None[Parameter]()
	}, "not_read", "not asked"},

	{"secret-arn-invalid", "all forms are good", classifier.Secret, classifier.Invalid, func(c *Case) {
		c.app().Secrets["STAGE"] = ourSecrets + "orders/db-AbCdEf:key:AWSCURRENT:v2"
		c.app().Secrets["ARN"] = "arn:aws-cn:ssm:cn-north-1:" + ours + ":parameter/a/b"
		c.app().Secrets["KEY"] = ourSecrets + "orders/db-AbCdEf:pass word::"
		c.app().Secrets["EUSC"] = "arn:aws-eusc:secretsmanager:eusc-de-east-1:" + ours + ":secret:orders/db-AbCdEf"
	}, "ruled_out", "orders:7"},
	{"secret-arn-invalid", "a colon too few", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets["X"] = ourSecrets + "orders/db-AbCdEf:password:" }, "confirmed", "valueFrom of X"},
	{"secret-arn-invalid", "quotes", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets["X"] = `"/orders/token"` }, "confirmed", "valueFrom of X"},
	{"secret-arn-invalid", "a space behind the ARN", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets["X"] = ourSecrets + "orders/db-AbCdEf " }, "confirmed", "valueFrom of X"},
	{"secret-arn-invalid", "an unfilled variable", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets["X"] = "${SECRET_ARN}" }, "confirmed", "valueFrom of X"},
	{"secret-arn-invalid", "another service", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets["X"] = "arn:aws:dynamodb:eu-west-1:" + ours + ":table/x" }, "confirmed", "valueFrom of X"},
	{"secret-arn-invalid", "an account that is none", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets["X"] = "arn:aws:secretsmanager:eu-west-1::secret:x" }, "confirmed", "valueFrom of X"},
	{"secret-arn-invalid", "empty", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets["X"] = "" }, "confirmed", "valueFrom of X"},
	{"secret-arn-invalid", "no secret at all", classifier.Secret, classifier.Invalid, func(c *Case) { c.app().Secrets = nil }, "not_read", ""},

	{"parameter-missing", "it is there", classifier.Secret, classifier.NotFound, nil, "ruled_out", "/orders/token"},
	{"parameter-missing", "it is not", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.Facts.Things.Parameters[In("eu-west-1", "/orders/token")] = None[Parameter]()
	}, "confirmed", "/orders/token"},
	{"parameter-missing", "made after the failure", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.Facts.Things.Parameters[In("eu-west-1", "/orders/token")] = Is(Parameter{Name: "/orders/token", ModifiedAt: after})
	}, "later", ""},
	{"parameter-missing", "another account's", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.app().Secrets = map[string]string{"TOKEN": "arn:aws:ssm:eu-west-1:" + theirs + ":parameter/orders/token"}
		c.Facts.Things.Parameters[In("eu-west-1", "/orders/token")] = None[Parameter]()
	}, "not_visible", theirs},
	{"parameter-missing", "another account's, and one of ours has its name", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.app().Secrets = map[string]string{"TOKEN": "arn:aws:ssm:eu-west-1:" + theirs + ":parameter/orders/token"}
	}, "not_visible", theirs},
	{"parameter-missing", "a secret by way of Parameter Store", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.app().Secrets = map[string]string{"TOKEN": "/aws/reference/secretsmanager/orders"}
		c.Facts.Things.Parameters = map[string]Answer[Parameter]{In("eu-west-1", "/aws/reference/secretsmanager/orders"): None[Parameter]()}
	}, "not_read", ""},
	{"parameter-missing", "the text says its name without the slash", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.Finding.Facts.Secret = "orders/token"
		c.app().Secrets["OTHER"] = "/orders/other"
	}, "ruled_out", "/orders/token"},
	{"parameter-missing", "a version behind the name", classifier.Secret, classifier.NotFound, func(c *Case) { c.app().Secrets["TOKEN"] = "/orders/token:3" }, "not_read", "version or label 3"},
	{"parameter-missing", "a label behind the ARN", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.app().Secrets["TOKEN"] = "arn:aws:ssm:eu-west-1:" + ours + ":parameter/orders/token:blue"
	}, "not_read", "version or label blue"},
	{"parameter-missing", "one that AWS publishes", classifier.Secret, classifier.NotFound, func(c *Case) {
		c.app().Secrets = map[string]string{"AMI": "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"}
		c.Facts.Things.Parameters = map[string]Answer[Parameter]{In("eu-west-1", "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"): None[Parameter]()}
	}, "not_read", "publishes"},

	{"log-group-missing", "it is there", classifier.Logging, classifier.NotFound, nil, "ruled_out", "/ecs/orders"},
	{"log-group-missing", "it is not", classifier.Logging, classifier.NotFound, func(c *Case) { c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = None[LogGroup]() }, "confirmed", "create log group /ecs/orders in eu-west-1, or set awslogs-create-group of container app in orders:7"},
	{"log-group-missing", "it is not, and nothing sets its Region", classifier.Logging, classifier.NotFound, func(c *Case) {
		delete(c.app().LogOptions, "awslogs-region")
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = None[LogGroup]()
	}, "confirmed", "does not set awslogs-create-group"},
	{"log-group-missing", "it is there, and the driver would create it", classifier.Logging, classifier.NotFound, func(c *Case) { c.app().LogOptions["awslogs-create-group"] = "true" }, "ruled_out", "/ecs/orders"},
	{"log-group-missing", "the driver creates it", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = None[LogGroup]()
		c.app().LogOptions["awslogs-create-group"] = "true"
	}, "not_causal", "to create it"},
	{"log-group-missing", "it is in the task's Region", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.app().LogOptions["awslogs-region"] = "us-east-1"
		c.Facts.Things.LogGroups[In("us-east-1", "/ecs/orders")] = None[LogGroup]()
	}, "confirmed", "set awslogs-region of container app in orders:7 to eu-west-1"},
	{"log-group-missing", "created after the failure", classifier.Logging, classifier.NotFound, func(c *Case) { c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = Is(LogGroup{after}) }, "later", ""},
	{"log-group-missing", "another driver", classifier.Logging, classifier.NotFound, func(c *Case) { c.app().LogDriver = "splunk" }, "not_read", ""},
	{"log-group-missing", "no culprit, the text names the group", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.Finding.Culprit, c.Finding.Facts.AWSResource = -1, "/ecs/sidecar"
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/sidecar")] = None[LogGroup]()
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = None[LogGroup]()
	}, "confirmed", "/ecs/sidecar"},
	{"log-group-missing", "no culprit, the text names the group by its ARN", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.Finding.Culprit, c.Finding.Facts.AWSResource = -1, "arn:aws:logs:eu-west-1:"+ours+":log-group:/ecs/orders-api"
		c.task().Containers[1].LogOptions["awslogs-group"] = "/ecs/orders-api"
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = None[LogGroup]()
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders-api")] = Is(LogGroup{before})
	}, "ruled_out", "/ecs/orders-api"},
	{"log-group-missing", "no culprit, the text names no group", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.Finding.Culprit = -1
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/sidecar")] = None[LogGroup]()
	}, "confirmed", "/ecs/sidecar"},
	{"log-group-missing", "no culprit, the text names another group", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.Finding.Culprit, c.Finding.Facts.AWSResource = -1, "/ecs/other"
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/sidecar")] = None[LogGroup]()
	}, "confirmed", "/ecs/sidecar"},
	{"log-group-missing", "no group is set", classifier.Logging, classifier.NotFound, func(c *Case) { delete(c.app().LogOptions, "awslogs-group") }, "not_read", "no container in question"},
	{"log-group-missing", "the task definition may not be read", classifier.Logging, classifier.NotFound, noDefinition, "no_permission", "orders:7 could not be read"},
	{"log-group-missing", "denied to us", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = Open[LogGroup](classifier.ReasonNoPermission, "logs:DescribeLogGroups")
	}, "no_permission", ""},

	{"log-region-wrong", "it is right", classifier.Logging, classifier.NotFound, nil, "ruled_out", ""},
	{"log-region-wrong", "the group was created there after the failure", classifier.Logging, classifier.NotFound, func(c *Case) { c.Facts.Things.LogGroups[In("eu-west-1", "/ecs/orders")] = Is(LogGroup{after}) }, "later", ""},
	{"log-region-wrong", "the group is in the task's Region", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.app().LogOptions["awslogs-region"] = "us-east-1"
		c.Facts.Things.LogGroups[In("us-east-1", "/ecs/orders")] = None[LogGroup]()
	}, "confirmed", "set awslogs-region of container app in orders:7 to eu-west-1"},
	{"log-region-wrong", "it is no Region", classifier.Logging, classifier.DNS, func(c *Case) { c.app().LogOptions["awslogs-region"] = "eu-west1" }, "confirmed", "set awslogs-region of container app in orders:7 to eu-west-1"},
	{"log-region-wrong", "it is one of the sovereign cloud", classifier.Logging, classifier.NotFound, func(c *Case) { c.app().LogOptions["awslogs-region"] = "eusc-de-east-1" }, "not_read", "eusc-de-east-1"},
	{"log-region-wrong", "the driver creates the group there", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.app().LogOptions["awslogs-region"], c.app().LogOptions["awslogs-create-group"] = "us-east-1", "true"
		c.Facts.Things.LogGroups[In("us-east-1", "/ecs/orders")] = None[LogGroup]()
	}, "not_causal", "to create it"},
	{"log-region-wrong", "denied to us", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.app().LogOptions["awslogs-region"] = "us-east-1"
		c.Facts.Things.LogGroups[In("us-east-1", "/ecs/orders")] = Open[LogGroup](classifier.ReasonNoPermission, "logs:DescribeLogGroups")
	}, "no_permission", "in us-east-1 could not be looked up"},
	{"log-region-wrong", "the group is in neither", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.app().LogOptions["awslogs-region"] = "us-east-1"
		c.Facts.Things.LogGroups = map[string]Answer[LogGroup]{In("us-east-1", "/ecs/orders"): None[LogGroup](), In("eu-west-1", "/ecs/orders"): None[LogGroup]()}
	}, "not_read", ""},
	{"log-region-wrong", "the task's Region did not answer", classifier.Logging, classifier.NotFound, func(c *Case) {
		c.app().LogOptions["awslogs-region"] = "us-east-1"
		c.Facts.Things.LogGroups = map[string]Answer[LogGroup]{In("us-east-1", "/ecs/orders"): None[LogGroup](), In("eu-west-1", "/ecs/orders"): Open[LogGroup](classifier.ReasonTimeout, "logs:DescribeLogGroups")}
	}, "timeout", ""},

	{"log-options-invalid", "the option that the text names", classifier.Logging, classifier.Invalid, func(c *Case) {
		c.app().LogOptions["awslogs-colour"] = "do-not-tell"
		c.Stop.StoppedReason = "failed to validate logger args: unknown log opt 'awslogs-colour' for awslogs log driver"
	}, "confirmed", "correct awslogs-colour in logConfiguration of container app in orders:7"},
	{"log-options-invalid", "the option of another driver", classifier.Logging, classifier.Invalid, func(c *Case) {
		c.app().LogDriver, c.app().LogOptions = "splunk", map[string]string{"splunk-tokn": "do-not-tell"}
		c.Stop.StoppedReason = "failed to validate logger args: unknown log opt 'splunk-tokn' for splunk log driver"
	}, "confirmed", "container app sets splunk-tokn, and log driver splunk refuses it"},
	{"log-options-invalid", "the task definition may not be read", classifier.Logging, classifier.Invalid, noDefinition, "no_permission", "orders:7 could not be read"},
	{"log-options-invalid", "an option that nobody sets", classifier.Logging, classifier.Invalid, func(c *Case) {
		c.Stop.StoppedReason = "must specify a value for log opt 'awslogs-tags'"
	}, "partial", "speaks of option awslogs-tags, which"},
	{"log-options-invalid", "no option is named", classifier.Logging, classifier.Invalid, nil, "not_read", ""},

	{"env-file-missing", "it is there", classifier.EnvFile, classifier.NotFound, nil, "ruled_out", "prod/orders.env"},
	{"env-file-missing", "it is not", classifier.EnvFile, classifier.NotFound, func(c *Case) { c.Facts.Things.Files[envARN] = Is(File{Missing: true}) }, "confirmed", "prod/orders.env"},
	{"env-file-missing", "no bucket", classifier.EnvFile, classifier.NotFound, func(c *Case) { c.Facts.Things.Files[envARN] = None[File]() }, "confirmed", "bucket"},
	{"env-file-missing", "uploaded after the failure", classifier.EnvFile, classifier.NotFound, func(c *Case) { c.Facts.Things.Files[envARN] = Is(File{ModifiedAt: after}) }, "later", ""},
	{"env-file-missing", "we may not list", classifier.EnvFile, classifier.Denied, func(c *Case) {
		c.Facts.Things.Files[envARN] = Open[File](classifier.ReasonNoPermission, "s3:ListBucket")
	}, "no_permission", "orders-config"},
	{"env-file-missing", "of two the one that the text names", classifier.EnvFile, classifier.NotFound, func(c *Case) {
		c.app().EnvironmentFiles = append(c.app().EnvironmentFiles, "arn:aws:s3:::orders-config/prod/extra.env")
		c.Facts.Things.Files["arn:aws:s3:::orders-config/prod/extra.env"] = Is(File{Missing: true})
		c.Finding.Facts.Path = "prod/orders.env"
	}, "ruled_out", "prod/orders.env"},
	{"env-file-missing", "an ARN that is none", classifier.EnvFile, classifier.NotFound, func(c *Case) { c.app().EnvironmentFiles = []string{"s3://orders-config/prod/orders.env"} }, "not_causal", ""},
	{"volume-missing", "one that nobody makes is named", classifier.Volume, classifier.NotFound, unprovisioned("initialize volume: volume 'scans' does not exist and autoprovision is set to false"), "confirmed", "scans is a shared Docker volume with autoprovision off"},
	{"volume-missing", "a container's reason names it", classifier.Volume, classifier.NotFound, func(c *Case) {
		unprovisioned("Task failed to start")(c)
		c.Stop.Containers[0].Reason = "Volume scans does not exist"
	}, "confirmed", "make the volume scans on every instance of the cluster (docker volume create), or set autoprovision to true in orders:7"},
	{"volume-missing", "several must be there", classifier.Volume, classifier.NotFound, func(c *Case) {
		c.task().Volumes = []Volume{{Name: "scans", HostPath: "/mnt/scans"}, {Name: "index", Service: "EBS"}}
	}, "unsaid", "scans is the host path /mnt/scans, index is a volume of EBS"},
	{"volume-missing", "it is named as the end of another name", classifier.Volume, classifier.NotFound, unprovisioned("volume 'old-scans' does not exist"), "unsaid", "scans is a shared Docker volume"},
	{"volume-missing", "it is named as a part of another name", classifier.Volume, classifier.NotFound, unprovisioned("initialize volume: volume 'scans-old' does not exist"), "unsaid", "scans is a shared Docker volume"},
	{"volume-missing", "a path has its name in it", classifier.Volume, classifier.NotFound, unprovisioned("failed to mount local volume: no such file or directory: /mnt/scans/today"), "unsaid", "scans is a shared Docker volume"},
	{"volume-missing", "it is not as declared", classifier.Volume, classifier.Conflict, unprovisioned("volume 'scans' exists with another driver"), "unsaid", "scans is a shared Docker volume"},
	{"volume-missing", "a host path", classifier.Volume, classifier.NotFound, func(c *Case) {
		c.Stop.StoppedReason = "no such volume: scans"
		c.task().Volumes = []Volume{{Name: "scans", HostPath: "/mnt/scans"}}
	}, "unsaid", "scans is the host path /mnt/scans"},
	{"volume-missing", "a volume of another service", classifier.Volume, classifier.NotFound, func(c *Case) { c.task().Volumes = []Volume{{Name: "scans", Service: "EBS"}} }, "unsaid", "scans is a volume of EBS"},
	{"volume-missing", "none has to be there", classifier.Volume, classifier.NotFound, nil, "ruled_out", "no volume of orders:7"},
	{"volume-missing", "none has to be there, and something is wrong with one", classifier.Volume, classifier.Invalid, nil, "unsaid", "no volume of orders:7"},
	{"volume-missing", "the task definition may not be read", classifier.Volume, classifier.NotFound, func(c *Case) {
		refuse(&c.Facts.Inputs.TaskDefinition, classifier.ReasonNoPermission, "ecs:DescribeTaskDefinition")
	}, "no_permission", ""},
	{"env-file-invalid", "its form is good", classifier.EnvFile, classifier.Invalid, nil, "not_read", ""},
	{"env-file-invalid", "not .env", classifier.EnvFile, classifier.Invalid, func(c *Case) { c.app().EnvironmentFiles = []string{"arn:aws:s3:::orders-config/prod/orders.txt"} }, "confirmed", "arn:aws:s3:::BUCKET/NAME.env"},
	{"env-file-invalid", "an access point", classifier.EnvFile, classifier.Invalid, func(c *Case) {
		c.app().EnvironmentFiles = []string{"arn:aws:s3:eu-west-1:" + ours + ":accesspoint/orders/object/prod/orders.env"}
	}, "confirmed", "not the ARN of an S3 object"},
	{"env-file-invalid", "no ARN", classifier.EnvFile, classifier.Invalid, func(c *Case) { c.app().EnvironmentFiles = []string{"s3://orders-config/prod/orders.env"} }, "confirmed", "environmentFiles"},

	{"efs-mount-target-missing", "there is one", classifier.Volume, classifier.DNS, nil, "ruled_out", "fsmt-a"},
	{"efs-mount-target-missing", "none at all", classifier.Volume, classifier.DNS, func(c *Case) { c.targets() }, "confirmed", "fs-0a1"},
	{"efs-mount-target-missing", "none in the task's zone", classifier.Volume, classifier.DNS, func(c *Case) { c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0]) }, "confirmed", "eu-west-1a"},
	{"efs-mount-target-missing", "none in the task's zone, yet the name resolved", classifier.Volume, classifier.Unreachable, func(c *Case) { c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0]) }, "partial", ""},
	{"efs-mount-target-missing", "none in the task's zone, and a directory was not found", classifier.Volume, classifier.NotFound, func(c *Case) { c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0]) }, "partial", ""},
	{"efs-mount-target-missing", "no file system, and the text says so", classifier.Volume, classifier.NotFound, func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = None[FileSystem]() }, "confirmed", "data"},
	{"efs-mount-target-missing", "the one in the zone is still being created", classifier.Volume, classifier.DNS, func(c *Case) { c.Facts.Things.MountTargets["fs-0a1"].Value[1].State = "creating" }, "confirmed", "eu-west-1a"},
	{"efs-mount-target-missing", "only in another VPC", classifier.Volume, classifier.DNS, func(c *Case) {
		c.targets(MountTarget{ID: "fsmt-x", State: "available", VPC: "vpc-2", Zone: "eu-west-1a", ZoneID: "euw1-az1"})
	}, "partial", "other VPCs"},
	{"efs-mount-target-missing", "a One Zone file system of another zone", classifier.Volume, classifier.DNS, func(c *Case) {
		c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0])
		c.Facts.Things.FileSystems["fs-0a1"] = Is(FileSystem{State: "available", Zone: "eu-west-1b"})
	}, "partial", "One Zone"},
	{"efs-mount-target-missing", "zones told by name alone", classifier.Volume, classifier.DNS, func(c *Case) { c.Facts.Things.MountTargets["fs-0a1"].Value[1].ZoneID = "" }, "ruled_out", "fsmt-a"},
	{"efs-mount-target-missing", "no file system", classifier.Volume, classifier.DNS, func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = None[FileSystem]() }, "confirmed", "data"},
	{"efs-mount-target-missing", "no file system of ours, yet the name resolved", classifier.Volume, classifier.Unreachable, func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = None[FileSystem]() }, "not_visible", ""},
	{"efs-mount-target-missing", "it is being deleted", classifier.Volume, classifier.DNS, func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = Is(FileSystem{State: "deleting"}) }, "confirmed", "data"},
	{"efs-mount-target-missing", "the subnet is not known", classifier.Volume, classifier.DNS, func(c *Case) {
		c.Facts.Network = Network{VPC: Open[VPC](classifier.ReasonNoPermission, "ec2:DescribeVpcs")}
	}, "no_permission", ""},
	{"efs-mount-target-missing", "denied to us", classifier.Volume, classifier.DNS, func(c *Case) {
		c.Facts.Things.MountTargets["fs-0a1"] = Open[[]MountTarget](classifier.ReasonNoPermission, "elasticfilesystem:DescribeMountTargets")
	}, "no_permission", ""},

	{"efs-sg-closed", "it is open", classifier.Volume, classifier.Unreachable, nil, "ruled_out", "fsmt-a"},
	{"efs-sg-closed", "it is closed", classifier.Volume, classifier.Unreachable, func(c *Case) { c.group("sg-ep").Ingress = says443("sg-task") }, "confirmed", "2049"},
	{"efs-sg-closed", "the mount was refused", classifier.Volume, classifier.Unreachable, func(c *Case) {
		c.group("sg-ep").Ingress = nil
		c.Stop.StoppedReason = "mount.nfs4: Connection refused"
	}, "ruled_out", ""},
	{"efs-sg-closed", "its groups could not be read", classifier.Volume, classifier.Unreachable, func(c *Case) {
		c.Facts.Things.Adapters = map[string]Answer[Interface]{"eni-a": Open[Interface](classifier.ReasonThrottled, "ec2:DescribeNetworkInterfaces")}
	}, "throttled", "fsmt-a"},
	{"efs-sg-closed", "a group of another account", classifier.Volume, classifier.Unreachable, func(c *Case) {
		c.Facts.Things.Adapters["eni-a"] = Is(Interface{ID: "eni-a", Subnet: "subnet-ep", Groups: []string{"sg-hidden"}, PrivateIPs: []netip.Addr{ip("10.0.2.9")}})
	}, "not_visible", ""},
	{"efs-sg-closed", "another address was called", classifier.Volume, classifier.Unreachable, func(c *Case) { c.Finding.Facts.RemoteIP = "10.0.9.9" }, "not_causal", ""},

	{"efs-access-point", "it fits", classifier.Volume, classifier.NotFound, nil, "ruled_out", "fsap-0a1"},
	{"efs-access-point", "it fits, and the mount was denied", classifier.Volume, classifier.Denied, nil, "not_read", "its user"},
	{"efs-access-point", "it is gone", classifier.Volume, classifier.Denied, func(c *Case) { c.Facts.Things.AccessPoints["fsap-0a1"] = None[AccessPoint]() }, "confirmed", "fs-0a1"},
	{"efs-access-point", "it is gone, and so is the file system: both may be another account's", classifier.Volume, classifier.Denied, func(c *Case) {
		c.Facts.Things.AccessPoints["fsap-0a1"], c.Facts.Things.FileSystems["fs-0a1"] = None[AccessPoint](), None[FileSystem]()
	}, "not_visible", "another account"},
	{"efs-access-point", "of another file system", classifier.Volume, classifier.Denied, func(c *Case) { c.Facts.Things.AccessPoints["fsap-0a1"] = Is(AccessPoint{"fs-0b2", "available"}) }, "confirmed", "fs-0a1"},
	{"efs-access-point", "being deleted", classifier.Volume, classifier.Denied, func(c *Case) { c.Facts.Things.AccessPoints["fsap-0a1"] = Is(AccessPoint{"fs-0a1", "deleting"}) }, "confirmed", "fsap-0a1"},
	{"efs-access-point", "a root directory beside it", classifier.Volume, classifier.Denied, func(c *Case) { c.task().Volumes[0].RootDirectory = "/data" }, "confirmed", "volume data"},
	{"efs-access-point", "the root directory / beside it", classifier.Volume, classifier.NotFound, func(c *Case) { c.task().Volumes[0].RootDirectory = "/" }, "ruled_out", ""},
	{"efs-access-point", "without transit encryption", classifier.Volume, classifier.Denied, func(c *Case) { c.task().Volumes[0].Encrypted = false }, "confirmed", "transitEncryption"},
	{"efs-access-point", "none is named", classifier.Volume, classifier.Denied, func(c *Case) { c.task().Volumes[0].AccessPoint = "" }, "ruled_out", ""},
	{"efs-access-point", "no EFS volume", classifier.Volume, classifier.Denied, func(c *Case) { c.task().Volumes = nil }, "not_read", ""},

	{"efs-path-missing", "an access point's", classifier.Volume, classifier.NotFound, nil, "not_read", "fsap-0a1"},
	{"efs-path-missing", "the root", classifier.Volume, classifier.NotFound, func(c *Case) { c.Facts.Inputs.TaskDefinition.Value.Volumes[0].AccessPoint = "" }, "ruled_out", "fs-0a1"},
	{"efs-path-missing", "a directory", classifier.Volume, classifier.NotFound, func(c *Case) {
		c.Facts.Inputs.TaskDefinition.Value.Volumes[0].AccessPoint, c.Facts.Inputs.TaskDefinition.Value.Volumes[0].RootDirectory = "", "/orders"
	}, "not_read", "/orders"},

	{"subnet-full", "plenty", classifier.Network, classifier.Exhausted, nil, "ruled_out", "subnet-app has 240"},
	{"subnet-full", "none", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Things.Subnets.Value[0].FreeAddresses = 0 }, "confirmed", "subnet-app"},
	{"subnet-full", "a few", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Things.Subnets.Value[0].FreeAddresses = 3 }, "partial", ""},
	{"subnet-full", "fewer than the service wants", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Inputs.Service.Value.DesiredCount = 200 }, "partial", ""},
	{"subnet-full", "not the one that was tried", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Things.Subnets.Value[1].FreeAddresses = 0 }, "ruled_out", ""},
	{"subnet-full", "one of two, and which was tried is not told", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Things.Subnets.Value[1].FreeAddresses = 0; c.Stop.Attachments = nil }, "partial", ""},
	{"subnet-full", "both, and which was tried is not told", classifier.Network, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Subnets.Value[0].FreeAddresses, c.Facts.Things.Subnets.Value[1].FreeAddresses, c.Stop.Attachments = 0, 0, nil
	}, "confirmed", "subnet-other"},
	{"subnet-full", "only IPv6", classifier.Network, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Subnets.Value[0].FreeAddresses, c.Facts.Things.Subnets.Value[0].IPv6Native = 0, true
	}, "partial", "IPv6"},
	{"subnet-full", "it is gone", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Things.Subnets = Is([]Subnet{}) }, "not_causal", ""},
	{"subnet-full", "no subnet is known", classifier.Network, classifier.Exhausted, func(c *Case) {
		c.Stop.Attachments, c.Facts.Inputs.Service = nil, Open[Service](classifier.ReasonNoPermission, "ecs:DescribeServices")
	}, "no_permission", ""},

	{"network-configuration-invalid", "all of it exists", classifier.Network, classifier.NotFound, nil, "ruled_out", "sg-task"},
	{"network-configuration-invalid", "a subnet is gone", classifier.Network, classifier.NotFound, func(c *Case) { c.Facts.Things.Subnets.Value = c.Facts.Things.Subnets.Value[:1] }, "confirmed", "subnet-other"},
	{"network-configuration-invalid", "subnets of two VPCs", classifier.Network, classifier.Invalid, func(c *Case) { c.Facts.Things.Subnets.Value[1].VPC = "vpc-2" }, "confirmed", "one VPC"},
	{"network-configuration-invalid", "a group is gone", classifier.Network, classifier.NotFound, func(c *Case) { c.Facts.Things.Groups = Is([]SecurityGroup{}) }, "confirmed", "sg-task"},
	{"network-configuration-invalid", "a group is not visible, in a shared subnet", classifier.Network, classifier.NotFound, func(c *Case) {
		c.Facts.Things.Groups, c.Facts.Things.Subnets.Value[0].Account = Is([]SecurityGroup{}), theirs
	}, "not_visible", theirs},
	{"network-configuration-invalid", "a group of another VPC", classifier.Network, classifier.Invalid, func(c *Case) {
		c.Facts.Things.Groups.Value[0].VPC, c.Facts.Things.Associations = "vpc-2", Is([]GroupAssociation{{"sg-task", "vpc-3", "associated"}})
	}, "confirmed", "sg-task"},
	{"network-configuration-invalid", "a group of another VPC that is associated", classifier.Network, classifier.Invalid, func(c *Case) {
		c.Facts.Things.Groups.Value[0].VPC, c.Facts.Things.Associations = "vpc-2", Is([]GroupAssociation{{"sg-task", "vpc-1", "associated"}})
	}, "ruled_out", ""},
	{"network-configuration-invalid", "a group of another VPC, whose associations we may not see", classifier.Network, classifier.Invalid, func(c *Case) {
		c.Facts.Things.Groups.Value[0].VPC, c.Facts.Things.Associations = "vpc-2", Open[[]GroupAssociation](classifier.ReasonNoPermission, "ec2:DescribeSecurityGroupVpcAssociations")
	}, "no_permission", ""},
	{"network-configuration-invalid", "the default group", classifier.Network, classifier.NotFound, func(c *Case) { c.settings().Groups = nil }, "ruled_out", "default"},
	{"network-configuration-invalid", "the configuration is not known", classifier.Network, classifier.NotFound, func(c *Case) { c.Facts.Inputs.Service = None[Service]() }, "not_read", ""},

	{"eni-limit", "far from it", classifier.Network, classifier.Exhausted, nil, "ruled_out", "400"},
	{"eni-limit", "reached", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Things.Interfaces = Is(5000) }, "confirmed", "L-DF5E4CA3"},
	{"eni-limit", "near", classifier.Network, classifier.Exhausted, func(c *Case) { c.Facts.Things.Interfaces = Is(4600) }, "partial", ""},
	{"eni-limit", "an instance's own limit", classifier.Network, classifier.Exhausted, func(c *Case) { c.Stop.LaunchType = "EC2"; c.Facts.Things.Interfaces = Is(5000) }, "not_read", ""},
	{"eni-limit", "the tier does not read quotas", classifier.Network, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Quotas = map[string]Answer[float64]{QuotaInterfaces: {Reason: classifier.ReasonTier, Action: "servicequotas:GetServiceQuota"}}
	}, "tier", ""},
	{"eni-limit", "the quota is not told", classifier.Network, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Quotas = map[string]Answer[float64]{QuotaInterfaces: None[float64]()}
	}, "not_read", ""},

	{"fargate-quota", "larger than the service", classifier.Placement, classifier.Exhausted, nil, "not_read", "100"},
	{"fargate-quota", "smaller than the task", classifier.Placement, classifier.Exhausted, func(c *Case) { c.Facts.Things.Quotas[QuotaFargate] = Is(0.5) }, "confirmed", "L-3032A538"},
	{"fargate-quota", "smaller than the service", classifier.Placement, classifier.Exhausted, func(c *Case) { c.Facts.Inputs.Service.Value.DesiredCount = 101 }, "confirmed", "L-3032A538"},
	{"fargate-quota", "smaller than the service, of which a part may be for Spot", classifier.Placement, classifier.Exhausted, func(c *Case) {
		c.Stop.CapacityProvider, c.Facts.Inputs.Service.Value.DesiredCount = "FARGATE", 101
	}, "partial", "other capacity providers than FARGATE"},
	{"fargate-quota", "Spot has its own", classifier.Placement, classifier.Exhausted, func(c *Case) {
		c.Stop.CapacityProvider = "FARGATE_SPOT"
		c.Facts.Things.Quotas = map[string]Answer[float64]{QuotaFargate: Is(0.5), QuotaFargateSpot: Is(100.0)}
	}, "not_read", ""},

	{"cluster-resources", "one has room now", classifier.Placement, classifier.Exhausted, nil, "partial", "i-1"},
	{"cluster-resources", "none has", classifier.Placement, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Machines = Is([]Machine{{"i-1", true, 4096, 1024}, {"i-2", true, 512, 8192}, {"i-3", false, 4096, 8192}, {"i-4", true, 0, 0}})
	}, "confirmed", "2048 MiB"},
	{"cluster-resources", "the cluster is empty", classifier.Placement, classifier.Exhausted, func(c *Case) { c.Facts.Things.Machines = Is([]Machine{}) }, "not_causal", ""},
	{"cluster-resources", "what the task asks for is not known", classifier.Placement, classifier.Exhausted, func(c *Case) {
		c.task().Memory, c.Facts.Things.Machines = 0, Is([]Machine{{"i-1", true, 0, 0}})
	}, "not_read", ""},
	{"cluster-resources", "another resource", classifier.Placement, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Machines, c.Stop.StoppedReason = Is([]Machine{{"i-1", true, 0, 0}}), "RESOURCE:GPU"
	}, "not_read", "another resource"},
	{"cluster-resources", "the memory that the message names", classifier.Placement, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Machines, c.Stop.StoppedReason = Is([]Machine{{"i-1", true, 4096, 64}}), "RESOURCE:MEMORY"
	}, "confirmed", "64 MiB"},
	{"capacity-provider-empty", "some instances", classifier.Placement, classifier.Exhausted, nil, "partial", ""},
	{"capacity-provider-empty", "none", classifier.Placement, classifier.Exhausted, func(c *Case) { c.Facts.Things.Machines = Is([]Machine{}) }, "confirmed", "cluster prod"},
	{"capacity-provider-empty", "denied to us", classifier.Placement, classifier.Exhausted, func(c *Case) {
		c.Facts.Things.Machines = Open[[]Machine](classifier.ReasonNoPermission, "ecs:ListContainerInstances")
	}, "no_permission", ""},
}

func TestVerdictsOfThings(t *testing.T) {
	reached := map[string]map[classifier.Result]bool{}
	for _, v := range verdictsOfThings {
		t.Run(v.cause+" "+v.name, func(t *testing.T) {
			c := ordersCase(v.stage, v.fault)
			if v.change != nil {
				v.change(&c)
			}
			c.Finding.Causes = []classifier.Proof{{Cause: v.cause, Result: classifier.NotChecked}}
			p := Prove(c)[0]
			if reached[v.cause] == nil {
				reached[v.cause] = map[classifier.Result]bool{}
			}
			reached[v.cause][p.Result] = true
			got := string(p.Result)
			if p.Reason != "" {
				got = p.Reason
			}
			if got != v.want {
				t.Errorf("want %s: %+v", v.want, p)
			}
			told := p.Evidence
			if p.Result == classifier.Confirmed {
				told = p.Next + "\n" + p.Evidence
			}
			if !strings.Contains(told, v.tells) || p.Evidence == "" {
				t.Errorf("does not tell %q: %+v", v.tells, p)
			}
			if (p.Next != "") != (p.Result == classifier.Confirmed) || (p.Reason == "") != (p.Result.Decided()) {
				t.Errorf("%+v", p)
			}
			if strings.Contains(p.Evidence+p.Next, "do-not-tell") || strings.Contains(p.Evidence+p.Next, "%!") {
				t.Errorf("%+v", p)
			}
		})
	}
	for _, check := range thingChecks {
		for result, words := range map[classifier.Result]string{classifier.Confirmed: check.Confirms, classifier.RuledOut: check.RulesOut} {
			if never := strings.HasPrefix(words, "never"); reached[check.Cause][result] == never {
				t.Errorf("%s: %s is reached: %t, and its words are %q", check.Cause, result, !never, words)
			}
		}
		if !reached[check.Cause][classifier.Inconclusive] && !reached[check.Cause][classifier.NotChecked] {
			t.Errorf("%s is never left open", check.Cause)
		}
	}
}

// unprovisioned gives the task a volume that Docker does not make, and the stop a text.
func unprovisioned(text string) func(*Case) {
	return func(c *Case) {
		c.Stop.StoppedReason = text
		c.task().Volumes = []Volume{{Name: "scans", Unprovisioned: true}}
	}
}

// TestVersionInstead holds that a version which is not there is found though the text, which may be cut off, speaks of none.
func TestVersionInstead(t *testing.T) {
	c := ordersCase(classifier.Secret, classifier.NotFound)
	c.Finding.Causes = []classifier.Proof{{Cause: "secret-missing", Result: classifier.NotChecked}, {Cause: "secret-deleted", Result: classifier.NotChecked}}
	if proofs := Prove(c); len(proofs) != 2 {
		t.Errorf("the version is there: %+v", proofs)
	}
	c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSPENDING:"
	proofs := Prove(c)
	if len(proofs) != 3 || proofs[0].Result != classifier.RuledOut || proofs[1].Cause != "secret-version-missing" || proofs[1].Result != classifier.Confirmed {
		t.Errorf("no version has the stage: %+v", proofs)
	}
}

// TestThingsThatWereNotReadProveNothing takes away what was read, all at once.
func TestThingsThatWereNotReadProveNothing(t *testing.T) {
	for _, check := range thingChecks {
		if check.Timeless {
			continue // judged from the task definition
		}
		for _, fault := range []classifier.Fault{classifier.NotFound, classifier.Unreachable, classifier.Denied} {
			stage := classifier.Image
			for _, v := range verdictsOfThings {
				if v.cause == check.Cause {
					stage = v.stage
				}
			}
			c := ordersCase(stage, fault)
			c.Facts.Things = Things{}
			if p := check.Prove(&c); p.Result.Decided() {
				t.Errorf("%s: %+v", check.Cause, p)
			}
			c.Facts = Facts{}
			if p := check.Prove(&c); p.Result.Decided() {
				t.Errorf("%s: %+v", check.Cause, p)
			}
		}
	}
}

func TestImageReferences(t *testing.T) {
	for reference, want := range map[string]ImageRef{
		ours + ".dkr.ecr.eu-west-1.amazonaws.com/a/b:1":                {Account: ours, Region: "eu-west-1", Repository: "a/b", Tag: "1"},
		ours + ".dkr.ecr.cn-north-1.amazonaws.com.cn/a":                {Account: ours, Region: "cn-north-1", Repository: "a", Tag: "latest"},
		ours + ".dkr.ecr-fips.us-gov-west-1.amazonaws.com/a:1":         {Account: ours, Region: "us-gov-west-1", Repository: "a", Tag: "1"},
		ours + ".dkr-ecr.eu-west-1.on.aws/a:1@" + ordersHash:           {Account: ours, Region: "eu-west-1", Repository: "a", Tag: "1", Digest: ordersHash},
		ours + ".dkr.ecr.eu-west-1.amazonaws.com/a@" + ordersHash:      {Account: ours, Region: "eu-west-1", Repository: "a", Digest: ordersHash},
		ours + ".dkr.ecr.eu-west-1.amazonaws.com":                      {},
		"1234.dkr.ecr.eu-west-1.amazonaws.com/a:1":                     {},
		"public.ecr.aws/a/b:1":                                         {},
		"nginx:1":                                                      {},
		ours + ".dkr.ecr.eu-west-1.example.com/a:1":                    {},
		"localhost:5000/a:1":                                           {},
		"":                                                             {},
		ours + ".dkr.ecr.eu-west-1.amazonaws.com.attacker.example/a:1": {},
	} {
		if want != (ImageRef{}) {
			want.Text = reference
		}
		if got, ok := ECRImage(reference); got != want || ok != (want != ImageRef{}) {
			t.Errorf("%s: %+v, %t", reference, got, ok)
		}
	}
}

func TestAParameterMayHaveTwoNames(t *testing.T) {
	c := ordersCase(classifier.Secret, classifier.NotFound)
	c.app().Secrets = map[string]string{"A": "arn:aws:ssm:eu-west-1:" + ours + ":parameter/token", "B": "arn:aws:ssm:eu-west-1:" + ours + ":parameter/a/token:3", "C": "token"}
	var got []string
	for _, r := range SecretRefs(&c).Value {
		got = append(got, strings.Join(r.Names, "|"))
	}
	if want := "/token|token /a/token token"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
