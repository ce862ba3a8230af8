package lookup

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
	"whystopped/evidence/prove"
	"whystopped/evidence/setup"
)

const (
	digest    = "sha256:2bd4ee1ba1fc0ea7b5c2b6a5f0cd3cd8e2b7a86b3c4b8e52a1f4c3f0e9d8c7b6"
	registry  = account + ".dkr.ecr." + region + ".amazonaws.com/"
	secretARN = "arn:aws:secretsmanager:" + region + ":" + account + ":secret:"
)

var pushed = created.Add(-time.Hour)

// jobStop is a task of the definition job:7 in the service web, whose one container is called app.
func jobStop() events.Stop {
	s := fargateStop()
	s.TaskDefinitionARN = arn + "task-definition/job:7"
	s.Containers = []events.Container{{Name: "app", Image: registry + "team/job:7"}}
	return s
}

// job puts that definition and everything that it names into the account.
func job(s *awstest.Server) {
	fargate(s)
	s.Put("ecs:DescribeTaskDefinition", object{
		"taskDefinitionArn": arn + "task-definition/job:7",
		"networkMode":       "awsvpc",
		"cpu":               "1024",
		"memory":            "2048",
		"containerDefinitions": []object{{
			"name":  "app",
			"image": registry + "team/job:7",
			"secrets": []object{
				{"name": "PASSWORD", "valueFrom": secretARN + "db-AbCdEf:password::"},
				{"name": "USER", "valueFrom": secretARN + "db-AbCdEf:user::"},
				{"name": "OLD", "valueFrom": secretARN + "old-UvWxYz"},
				{"name": "TOKEN", "valueFrom": "token"},
				{"name": "PATH", "valueFrom": "arn:aws:ssm:eu-central-1:" + account + ":parameter/a/b"},
			},
			"environmentFiles": []object{
				{"type": "s3", "value": "arn:aws:s3:::config-bucket/job/prod.env"},
				{"type": "s3", "value": "arn:aws:s3:::other-bucket/job/extra.env"},
			},
			"logConfiguration": object{
				"logDriver": "awslogs",
				"options":   object{"awslogs-group": "/ecs/job", "awslogs-region": "eu-central-1"},
			},
		}},
		"volumes": []object{{
			"name": "data",
			"efsVolumeConfiguration": object{
				"fileSystemId":        "fs-0a1",
				"transitEncryption":   "ENABLED",
				"authorizationConfig": object{"accessPointId": "fsap-0a1"},
			},
		}},
	})
	s.Put(
		"ecr:DescribeImages",
		object{
			"registryId":       account,
			"region":           region,
			"repositoryName":   "team/job",
			"imageDigest":      digest,
			"imageTags":        []string{"6"},
			"imagePushedAt":    seconds(pushed),
			"imageSizeInBytes": 1 << 30,
			"imageStatus":      "ACTIVE",
			"manifest":         index("linux/amd64", "linux/arm64", "unknown/unknown"),
		},
		object{
			"registryId":     account,
			"region":         region,
			"repositoryName": "team/job",
			"imageDigest":    "sha256:0",
			"imageTags":      []string{"archived"},
			"imageStatus":    "ARCHIVED",
			"imagePushedAt":  seconds(pushed),
			"lastArchivedAt": seconds(pushed.Add(time.Minute)),
		},
		object{
			"registryId":     account,
			"region":         "eu-central-1",
			"repositoryName": "elsewhere",
			"imageDigest":    "sha256:1",
			"imageTags":      []string{"1"},
			"imagePushedAt":  seconds(pushed),
			"manifest": `{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",` +
				`"digest":"sha256:2"},"layers":[]}`,
		},
	)
	s.Put("ecr:GetDownloadUrlForLayer", object{
		"layerDigest": "sha256:2",
		"layer":       `{"architecture":"arm64","os":"linux","config":{"Env":["PASSWORD=do-not-keep"]}}`,
	})
	s.Put("ecr:GetLifecyclePolicy", object{
		"repositoryName": "team/job",
		"lifecyclePolicyText": `{"rules":[` +
			`{"rulePriority":2,"selection":{"tagStatus":"tagged","tagPrefixList":["7"],"countType":"imageCountMoreThan"}},` +
			`{"rulePriority":1,"selection":{"tagStatus":"tagged","tagPatternList":["pr-*"]}}]}`,
	})
	s.Put("ecr:DescribePullThroughCacheRules", object{
		"registryId":          account,
		"region":              region,
		"ecrRepositoryPrefix": "hub",
		"upstreamRegistryUrl": "registry-1.docker.io",
	})
	s.Put(
		"secretsmanager:DescribeSecret",
		object{
			"ARN":                secretARN + "db-AbCdEf",
			"Name":               "db",
			"CreatedDate":        seconds(pushed),
			"LastChangedDate":    seconds(pushed),
			"VersionIdsToStages": object{"11111111-1111-1111-1111-111111111111": []string{"AWSCURRENT"}},
		},
		object{
			"ARN":             secretARN + "old-GhIjKl",
			"Name":            "old",
			"CreatedDate":     seconds(pushed),
			"LastChangedDate": seconds(created),
			"DeletedDate":     seconds(created),
		},
	)
	s.Put(
		"ssm:DescribeParameters",
		object{
			"Name":             "/a/b",
			"ARN":              "arn:aws:ssm:eu-central-1:" + account + ":parameter/a/b",
			"LastModifiedDate": seconds(pushed),
			"Type":             "SecureString",
		},
		object{
			"Name":             "token",
			"ARN":              "arn:aws:ssm:us-east-1:" + account + ":parameter/token",
			"LastModifiedDate": seconds(pushed),
			"Type":             "String",
		},
	)
	s.Put(
		"logs:DescribeLogGroups",
		object{
			"logGroupName": "/ecs/job-old",
			"arn":          "arn:aws:logs:eu-central-1:" + account + ":log-group:/ecs/job-old",
			"creationTime": pushed.UnixMilli(),
		},
		object{
			"logGroupName": "/ecs/job",
			"arn":          "arn:aws:logs:" + region + ":" + account + ":log-group:/ecs/job",
			"creationTime": pushed.UnixMilli(),
		},
	)
	s.Put(
		"s3:ListObjectsV2",
		object{
			"bucket":       "config-bucket",
			"region":       "us-east-1",
			"key":          "job/prod.env",
			"lastModified": "2026-03-04T08:59:00.000Z",
		},
		object{
			"bucket":       "config-bucket",
			"region":       "us-east-1",
			"key":          "job/prod.env.bak",
			"lastModified": "2026-03-04T08:59:00.000Z",
		},
		object{
			"bucket":       "other-bucket",
			"region":       region,
			"key":          "job/extra.env.bak",
			"lastModified": "2026-03-04T08:59:00.000Z",
		},
	)
	s.Put("elasticfilesystem:DescribeFileSystems", object{
		"FileSystemId":   "fs-0a1",
		"LifeCycleState": "available",
		"OwnerId":        account,
	})
	s.Put(
		"elasticfilesystem:DescribeMountTargets",
		object{
			"FileSystemId":         "fs-0a1",
			"MountTargetId":        "fsmt-0b1",
			"LifeCycleState":       "available",
			"VpcId":                "vpc-0a1",
			"SubnetId":             "subnet-0b1",
			"AvailabilityZoneId":   "euw1-az2",
			"AvailabilityZoneName": region + "b",
			"IpAddress":            "10.0.9.9",
			"Ipv6Address":          "2001:db8:1::9",
			"NetworkInterfaceId":   "eni-0b1",
		},
		object{
			"FileSystemId":         "fs-0a1",
			"MountTargetId":        "fsmt-0a1",
			"LifeCycleState":       "available",
			"VpcId":                "vpc-0a1",
			"SubnetId":             "subnet-0a1",
			"AvailabilityZoneId":   "euw1-az1",
			"AvailabilityZoneName": region + "a",
			"IpAddress":            "10.0.1.9",
			"NetworkInterfaceId":   "eni-efs",
		},
	)
	s.Put("ec2:DescribeNetworkInterfaces", object{
		"networkInterfaceId": "eni-efs",
		"subnetId":           "subnet-0a1",
		"vpcId":              "vpc-0a1",
		"groupSet":           []object{{"groupId": "sg-efs"}},
		"privateIpAddress":   "10.0.1.9",
	})
	s.Put("elasticfilesystem:DescribeAccessPoints", object{
		"AccessPointId":  "fsap-0a1",
		"FileSystemId":   "fs-0a1",
		"LifeCycleState": "available",
		"PosixUser":      object{"Uid": 1001, "Gid": 1001, "SecondaryGids": []int{7}},
		"RootDirectory": object{
			"Path":         "/orders",
			"CreationInfo": object{"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "0750"},
		},
	})
	s.Put(
		"servicequotas:GetServiceQuota",
		object{"ServiceCode": "fargate", "QuotaCode": "L-3032A538", "Value": 6.0},
		object{"ServiceCode": "vpc", "QuotaCode": "L-DF5E4CA3", "Value": 5000.0},
	)
	s.Put(
		"ecs:DescribeContainerInstances",
		object{
			"containerInstanceArn": arn + "container-instance/prod/7",
			"ec2InstanceId":        "i-07",
			"status":               "ACTIVE",
			"agentConnected":       true,
			"remainingResources": []object{
				{"name": "CPU", "type": "INTEGER", "integerValue": 512},
				{"name": "MEMORY", "type": "INTEGER", "integerValue": 300},
			},
		},
		object{
			"containerInstanceArn": arn + "container-instance/prod/8",
			"ec2InstanceId":        "i-08",
			"status":               "DRAINING",
			"agentConnected":       true,
		},
	)
}

// index is an image index for some platforms.
func index(platforms ...string) string {
	var manifests []string
	for _, p := range platforms {
		os, architecture, _ := strings.Cut(p, "/")
		manifests = append(manifests,
			`{"digest":"sha256:0","platform":{"os":"`+os+`","architecture":"`+architecture+`"}}`)
	}
	return `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[` +
		strings.Join(manifests, ",") + `]}`
}

// movedGroup has the task's security group in another VPC.
func movedGroup(s *awstest.Server) {
	job(s)
	s.Clear("ec2:DescribeSecurityGroups")
	s.Put("ec2:DescribeSecurityGroups", object{"groupId": "sg-task", "groupName": "task", "vpcId": "vpc-0b1"})
	s.Put(
		"ec2:DescribeSecurityGroupVpcAssociations",
		object{"groupId": "sg-task", "vpcId": "vpc-0a1", "state": "associated"},
		object{"groupId": "sg-other", "vpcId": "vpc-0a1", "state": "associated"},
	)
}

func about7(stage classifier.Stage, fault classifier.Fault, causes ...string) classifier.Finding {
	f := open(causes...)
	f.Stage, f.Fault, f.Culprit = stage, fault, 0
	return f
}

// setupScenarios make every reader of things ask all that it can ask.
var setupScenarios = []scenario{
	{
		name: "image",
		put:  job,
		stop: jobStop,
		finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing", "image-platform-mismatch",
			"image-expired-by-lifecycle"),
	},
	{
		name: "image for one platform",
		put:  job,
		stop: func() events.Stop {
			s := jobStop()
			s.Containers[0].Image = account + ".dkr.ecr.eu-central-1.amazonaws.com/elsewhere:1"
			return s
		},
		finding: about7(classifier.Image, classifier.Mismatch, "image-platform-mismatch"),
	},
	{
		name:    "secrets",
		put:     job,
		stop:    jobStop,
		finding: about7(classifier.Secret, classifier.NotFound, "secret-missing", "parameter-missing"),
	},
	{
		name:    "logs",
		put:     job,
		stop:    jobStop,
		finding: about7(classifier.Logging, classifier.NotFound, "log-group-missing"),
	},
	{
		name:    "files",
		put:     job,
		stop:    jobStop,
		finding: about7(classifier.EnvFile, classifier.NotFound, "env-file-missing"),
	},
	{
		name:    "volume",
		put:     job,
		stop:    jobStop,
		finding: about7(classifier.Volume, classifier.Unreachable, "efs-sg-closed"),
	},
	{
		name:    "interface",
		put:     movedGroup,
		stop:    jobStop,
		finding: about7(classifier.Network, classifier.Exhausted, "eni-limit", "network-configuration-invalid"),
	},
	{
		name: "interfaces of container instances",
		put: func(s *awstest.Server) {
			job(s)
			s.Put("ec2:DescribeInstances", object{"instanceId": "i-07", "instanceType": "t3.small"})
			s.Put("ec2:DescribeInstanceTypes", object{"instanceType": "t3.small",
				"networkInfo": object{"maximumNetworkInterfaces": 3}})
		},
		stop: func() events.Stop {
			s := jobStop()
			s.LaunchType = "EC2"
			return s
		},
		finding: about7(classifier.Network, classifier.Exhausted, "eni-limit"),
	},
	{
		name:    "placement",
		put:     job,
		stop:    jobStop,
		finding: about7(classifier.Placement, classifier.Exhausted, "fargate-quota", "cluster-resources"),
	},
	{
		name: "a cluster that nobody adds instances to",
		put:  func(s *awstest.Server) { job(s); nodes(s) },
		stop: func() events.Stop {
			s := jobStop()
			s.CapacityProvider = "nodes"
			return s
		},
		finding: about7(classifier.Placement, classifier.Exhausted, "capacity-provider-empty"),
	},
}

// things are what the readers find in a scenario, read as Gather does.
func things(t *testing.T, g *Gatherer, stop events.Stop, f classifier.Finding) evidence.Setup {
	t.Helper()
	r := &reading{Gatherer: g, stop: stop, finding: f}
	for _, group := range evidence.Groups {
		if slices.Contains(prove.Needed(f.Causes), group.Need) {
			readers[group.Need](t.Context(), r)
		}
	}
	return r.facts.Setup
}

func TestReadersFindThings(t *testing.T) {
	for _, test := range []struct {
		name    string
		put     func(*awstest.Server)
		stop    func(*events.Stop)
		finding classifier.Finding
		want    evidence.Setup
	}{
		{
			name:    "an image that is not there",
			put:     job,
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					registry + "team/job:7": evidence.Is(evidence.Image{Missing: true}),
				},
				CacheRules: map[string]evidence.Answer[[]evidence.CacheRule]{
					region + " " + account: evidence.Is([]evidence.CacheRule{{
						Prefix:   "hub",
						Upstream: "registry-1.docker.io",
					}}),
				}},
		},
		{
			name:    "an image that is there",
			put:     job,
			stop:    func(s *events.Stop) { s.Containers[0].Image = registry + "team/job:6" },
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing", "image-platform-mismatch"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					registry + "team/job:6": evidence.Is(evidence.Image{
						PushedAt: pushed,
						Status:   "ACTIVE",
						Bytes:    1 << 30,
					}),
				},
				Platforms: map[string]evidence.Answer[[]string]{
					registry + "team/job:6": evidence.Is([]string{"linux/amd64", "linux/arm64"}),
				}},
		},
		{
			name: "an image of another Region that is in the task's",
			put:  job,
			stop: func(s *events.Stop) {
				s.Containers[0].Image = account + ".dkr.ecr.us-east-1.amazonaws.com/team/job:6"
			},
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					account + ".dkr.ecr.us-east-1.amazonaws.com/team/job:6": evidence.None[evidence.Image](),
					"ecr " + region + " " + account + " team/job:6": evidence.Is(evidence.Image{
						PushedAt: pushed,
						Status:   "ACTIVE",
						Bytes:    1 << 30,
					}),
				},
				CacheRules: map[string]evidence.Answer[[]evidence.CacheRule]{
					"us-east-1 " + account: evidence.Is[[]evidence.CacheRule](nil),
				}},
		},
		{
			name:    "an image by its digest",
			put:     job,
			stop:    func(s *events.Stop) { s.Containers[0].Image = registry + "team/job@" + digest },
			finding: about7(classifier.Image, classifier.NotFound, "image-digest-missing"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					registry + "team/job@" + digest: evidence.Is(evidence.Image{
						PushedAt: pushed,
						Status:   "ACTIVE",
						Bytes:    1 << 30,
					}),
				}},
		},
		{
			name:    "an archived image",
			put:     job,
			stop:    func(s *events.Stop) { s.Containers[0].Image = registry + "team/job:archived" },
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					registry + "team/job:archived": evidence.Is(evidence.Image{
						PushedAt:   pushed,
						Status:     "ARCHIVED",
						ArchivedAt: pushed.Add(time.Minute),
					}),
				}},
		},
		{
			name: "an image in another Region",
			put:  job,
			stop: func(s *events.Stop) {
				s.Containers[0].Image = account + ".dkr.ecr.eu-central-1.amazonaws.com/elsewhere:1"
			},
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing", "image-platform-mismatch"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					account + ".dkr.ecr.eu-central-1.amazonaws.com/elsewhere:1": evidence.Is(evidence.Image{
						PushedAt: pushed,
					}),
				},
				Platforms: map[string]evidence.Answer[[]string]{
					account + ".dkr.ecr.eu-central-1.amazonaws.com/elsewhere:1": evidence.Is([]string{"linux/arm64"}),
				}},
		},
		{
			name:    "the same repository in the task's Region",
			put:     job,
			stop:    func(s *events.Stop) { s.Containers[0].Image = registry + "elsewhere:1" },
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing", "image-platform-mismatch"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					registry + "elsewhere:1": evidence.None[evidence.Image](),
				},
				Platforms: map[string]evidence.Answer[[]string]{registry + "elsewhere:1": evidence.None[[]string]()},
				CacheRules: map[string]evidence.Answer[[]evidence.CacheRule]{
					region + " " + account: evidence.Is([]evidence.CacheRule{{
						Prefix:   "hub",
						Upstream: "registry-1.docker.io",
					}}),
				}},
		},
		{
			name: "an image in another account",
			put:  job,
			stop: func(s *events.Stop) {
				s.Containers[0].Image = "444455556666.dkr.ecr." + region + ".amazonaws.com/team/job:7"
			},
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing"),
			want: evidence.Setup{
				Images: map[string]evidence.Answer[evidence.Image]{
					"444455556666.dkr.ecr." + region + ".amazonaws.com/team/job:7": evidence.Unanswered[evidence.Image](
						classifier.ReasonNoPermission,
						"ecr:DescribeImages",
					)}},
		},
		{
			name:    "an image of Docker Hub",
			put:     job,
			stop:    func(s *events.Stop) { s.Containers[0].Image = "team/job:7" },
			finding: about7(classifier.Image, classifier.NotFound, "image-tag-missing"),
			want:    evidence.Setup{},
		},
		{
			name:    "secrets and parameters",
			put:     job,
			finding: about7(classifier.Secret, classifier.NotFound, "secret-missing", "parameter-missing"),
			want: evidence.Setup{
				Secrets: map[string]evidence.Answer[evidence.Secret]{
					region + " " + secretARN + "db-AbCdEf": evidence.Is(evidence.Secret{
						ARN:       secretARN + "db-AbCdEf",
						CreatedAt: pushed,
						ChangedAt: pushed,
						Versions:  map[string][]string{"11111111-1111-1111-1111-111111111111": {"AWSCURRENT"}},
					}),
					region + " " + secretARN + "old-UvWxYz": evidence.None[evidence.Secret](),
					region + " old": evidence.Is(evidence.Secret{
						ARN:       secretARN + "old-GhIjKl",
						CreatedAt: pushed,
						ChangedAt: created,
						DeletedAt: created,
					})},
				Parameters: map[string]evidence.Answer[evidence.Parameter]{
					region + " token":   evidence.None[evidence.Parameter](),
					"eu-central-1 /a/b": evidence.Is(evidence.Parameter{Name: "/a/b", ModifiedAt: pushed}),
				}},
		},
		{
			name:    "log groups",
			put:     job,
			finding: about7(classifier.Logging, classifier.NotFound, "log-group-missing"),
			want: evidence.Setup{
				LogGroups: map[string]evidence.Answer[evidence.LogGroup]{
					"eu-central-1 /ecs/job": evidence.None[evidence.LogGroup](),
					region + " /ecs/job":    evidence.Is(evidence.LogGroup{CreatedAt: pushed}),
				}},
		},
		{
			name:    "environment files",
			put:     job,
			finding: about7(classifier.EnvFile, classifier.NotFound, "env-file-missing"),
			want: evidence.Setup{
				Files: map[string]evidence.Answer[evidence.File]{
					"arn:aws:s3:::config-bucket/job/prod.env": evidence.Is(evidence.File{
						ModifiedAt: pushed, Region: "us-east-1"}),
					"arn:aws:s3:::other-bucket/job/extra.env": evidence.Is(evidence.File{Missing: true}),
				}},
		},
		{
			name: "no bucket, and one that may not be listed",
			put: func(s *awstest.Server) {
				job(s)
				s.Clear("s3:ListObjectsV2")
				s.Put("s3:ListObjectsV2", object{"bucket": "other-bucket", "region": region, "denied": true})
			},
			finding: about7(classifier.EnvFile, classifier.NotFound, "env-file-missing"),
			want: evidence.Setup{
				Files: map[string]evidence.Answer[evidence.File]{
					"arn:aws:s3:::config-bucket/job/prod.env": evidence.None[evidence.File](),
					"arn:aws:s3:::other-bucket/job/extra.env": evidence.Unanswered[evidence.File](
						classifier.ReasonNoPermission,
						"s3:ListBucket",
					)}},
		},
		{
			name:    "a file system",
			put:     job,
			finding: about7(classifier.Volume, classifier.Unreachable, "efs-sg-closed"),
			want: evidence.Setup{
				FileSystems: map[string]evidence.Answer[evidence.FileSystem]{
					"fs-0a1": evidence.Is(evidence.FileSystem{State: "available"}),
				},
				MountTargets: map[string]evidence.Answer[[]evidence.MountTarget]{
					"fs-0a1": evidence.Is([]evidence.MountTarget{
						{
							ID:      "fsmt-0b1",
							State:   "available",
							VPC:     "vpc-0a1",
							Subnet:  "subnet-0b1",
							Zone:    region + "b",
							ZoneID:  "euw1-az2",
							IP:      netip.MustParseAddr("10.0.9.9"),
							IPv6:    netip.MustParseAddr("2001:db8:1::9"),
							Adapter: "eni-0b1",
						},
						{
							ID:      "fsmt-0a1",
							State:   "available",
							VPC:     "vpc-0a1",
							Subnet:  "subnet-0a1",
							Zone:    region + "a",
							ZoneID:  "euw1-az1",
							IP:      netip.MustParseAddr("10.0.1.9"),
							Adapter: "eni-efs",
						}}),
				},
				Adapters: map[string]evidence.Answer[evidence.Interface]{
					"eni-efs": evidence.Is(evidence.Interface{
						ID:         "eni-efs",
						Subnet:     "subnet-0a1",
						VPC:        "vpc-0a1",
						Groups:     []string{"sg-efs"},
						PrivateIPs: []netip.Addr{netip.MustParseAddr("10.0.1.9")},
					}),
				},
				AccessPoints: map[string]evidence.Answer[evidence.AccessPoint]{
					"fsap-0a1": evidence.Is(evidence.AccessPoint{
						FileSystem: "fs-0a1",
						State:      "available",
						Path:       "/orders",
						User:       &evidence.POSIXUser{UID: 1001, GID: 1001, Groups: []int64{7}},
						Makes:      &evidence.Directory{UID: 1000, GID: 1000, Mode: 0o750},
					}),
				}},
		},
		{
			name: "a file system that is gone",
			put: func(s *awstest.Server) {
				job(s)
				s.Clear("elasticfilesystem:DescribeFileSystems")
				s.Clear("elasticfilesystem:DescribeAccessPoints")
			},
			finding: about7(classifier.Volume, classifier.DNS, "efs-access-point"),
			want: evidence.Setup{
				FileSystems: map[string]evidence.Answer[evidence.FileSystem]{
					"fs-0a1": evidence.None[evidence.FileSystem](),
				},
				MountTargets: map[string]evidence.Answer[[]evidence.MountTarget]{
					"fs-0a1": evidence.None[[]evidence.MountTarget](),
				},
				AccessPoints: map[string]evidence.Answer[evidence.AccessPoint]{
					"fsap-0a1": evidence.None[evidence.AccessPoint](),
				}},
		},
		{
			name: "quotas",
			put: func(s *awstest.Server) {
				job(s)
				s.Put("cloudwatch:GetMetricStatistics", object{"Namespace": "AWS/Usage", "MetricName": "ResourceCount",
					"Service": "Fargate", "Type": "Resource", "Resource": "vCPU", "Class": "Standard/OnDemand",
					"Timestamp": created, "Maximum": 5.5})
			},
			finding: about7(classifier.Placement, classifier.Exhausted, "fargate-quota"),
			want: evidence.Setup{
				Quotas: map[string]evidence.Answer[float64]{evidence.QuotaFargate: evidence.Is(6.0)},
				VCPUs:  evidence.Is([]evidence.Point{{At: created, Value: 5.5}})},
		},
		{
			name:    "a quota that is not told",
			put:     job,
			stop:    func(s *events.Stop) { s.CapacityProvider = "FARGATE_SPOT" },
			finding: about7(classifier.Placement, classifier.Exhausted, "fargate-quota"),
			want: evidence.Setup{
				Quotas: map[string]evidence.Answer[float64]{evidence.QuotaFargateSpot: evidence.None[float64]()}},
		},
		{
			name:    "interfaces",
			put:     job,
			finding: about7(classifier.Network, classifier.Exhausted, "eni-limit"),
			want: evidence.Setup{
				Quotas:     map[string]evidence.Answer[float64]{evidence.QuotaInterfaces: evidence.Is(5000.0)},
				Interfaces: evidence.Is(3),
			},
		},
		{
			name: "interfaces of container instances",
			put: func(s *awstest.Server) {
				job(s)
				s.Put("ec2:DescribeInstances", object{"instanceId": "i-07", "instanceType": "t3.small",
					"networkInterfaceSet": []object{{"networkInterfaceId": "eni-1"}, {"networkInterfaceId": "eni-2"}}})
				s.Put("ec2:DescribeInstanceTypes", object{"instanceType": "t3.small",
					"networkInfo": object{"maximumNetworkInterfaces": 3}})
			},
			stop:    func(s *events.Stop) { s.LaunchType = "EC2" },
			finding: about7(classifier.Network, classifier.Exhausted, "eni-limit"),
			want: evidence.Setup{
				Machines: evidence.Is([]evidence.Machine{{ID: "i-07", Connected: true, CPU: 512, Memory: 300}}),
				Slots:    evidence.Is([]evidence.Slots{{Machine: "i-07", Type: "t3.small", Used: 2, Most: 3}}),
			},
		},
		{
			name:    "container instances",
			put:     job,
			finding: about7(classifier.Placement, classifier.Exhausted, "cluster-resources"),
			want: evidence.Setup{
				Machines: evidence.Is([]evidence.Machine{{ID: "i-07", Connected: true, CPU: 512, Memory: 300}})},
		},
		{
			name: "what adds container instances",
			put: func(s *awstest.Server) {
				job(s)
				s.Clear("ecs:DescribeContainerInstances")
				nodes(s)
			},
			stop:    func(s *events.Stop) { s.CapacityProvider = "nodes" },
			finding: about7(classifier.Placement, classifier.Exhausted, "capacity-provider-empty"),
			want: evidence.Setup{
				Machines: evidence.Is([]evidence.Machine{}),
				Scaling: evidence.Is(evidence.ScalingGroup{Name: "nodes-asg", Max: 2, Desired: 2,
					InService: []string{"i-0b1"}, Suspended: []string{"AZRebalance"},
					Launches: evidence.Is([]evidence.ScalingActivity{{At: created, Failed: true,
						Description: "Launching a new EC2 instance", Cause: "growth", Message: "no capacity"}})}),
			},
		},
		{
			name:    "no container instance",
			put:     fargate,
			finding: about7(classifier.Placement, classifier.Exhausted, "cluster-resources"),
			want:    evidence.Setup{Machines: evidence.Is([]evidence.Machine{})},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			test.put(s)
			g, _ := newGatherer(s)
			stop := jobStop()
			if test.stop != nil {
				test.stop(&stop)
			}
			got := things(t, g, stop, test.finding)
			if diff := cmp.Diff(test.want, got,
				cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
				t.Errorf("things (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheAttachmentIsAskedForByFilters(t *testing.T) {
	s := newServer(t)
	movedGroup(s)
	s.Clear("ec2:DescribeSubnets")
	s.Put("ec2:DescribeSubnets", object{
		"subnetId":                "subnet-0a1",
		"vpcId":                   "vpc-0a1",
		"ownerId":                 account,
		"cidrBlock":               "10.0.1.0/24",
		"availableIpAddressCount": 0,
	})
	g, _ := newGatherer(s)
	stop := jobStop()
	stop.Attachments[0].Details["subnetId"] = "subnet-gone"
	got := things(t, g, stop, about7(classifier.Network, classifier.NotFound, "network-configuration-invalid"))
	if len(got.Subnets.Value) != 1 || got.Subnets.Value[0].ID != "subnet-0a1" || got.Groups.Value[0].VPC != "vpc-0b1" ||
		!slices.Equal(got.Associations.Value, []evidence.GroupAssociation{{
			Group: "sg-task",
			VPC:   "vpc-0a1",
			State: "associated",
		}}) {
		t.Errorf("%+v", got)
	}
	s = newServer(t)
	job(s)
	g, _ = newGatherer(s)
	if things(t, g, jobStop(),
		about7(classifier.Network, classifier.NotFound,
			"network-configuration-invalid")); s.Count("ec2:DescribeSecurityGroupVpcAssociations") > 0 {
		t.Error("associations are asked for where no group needs one")
	}
}

func TestARegionIsOneBeforeItIsAsked(t *testing.T) {
	for _, region := range []string{"eu-west-1", "us-gov-east-1", "ap-southeast-4"} {
		if !awsname.IsRegion(region) {
			t.Errorf("%s is one", region)
		}
	}
	s := newServer(t)
	s.Put("ecs:DescribeTaskDefinition", object{
		"taskDefinitionArn": arn + "task-definition/job:7",
		"containerDefinitions": []object{{
			"name": "app",
			"logConfiguration": object{
				"logDriver": "awslogs",
				"options":   object{"awslogs-group": "/ecs/job", "awslogs-region": "eu-x.example.com/-1"},
			},
		}},
	})
	g, _ := newGatherer(s)
	stop := jobStop()
	stop.Service = ""
	got := things(t, g, stop, about7(classifier.Logging, classifier.NotFound, "log-group-missing"))
	if answer := got.LogGroups["eu-x.example.com/-1 /ecs/job"]; answer.State != evidence.NotAsked ||
		s.Count("logs") != 0 {
		t.Errorf("%+v after %q", answer, s.Requests())
	}
}

// TestADenialInOneRegionSaysNothingOfAnother is about organizations that deny whole Regions.
func TestADenialInOneRegionSaysNothingOfAnother(t *testing.T) {
	s := newServer(t)
	job(s)
	g, _ := newGatherer(s)
	s.Inject(awstest.Fault{Operation: "logs", Denied: true, Times: 1})
	r := newReading(g)
	there, here := logGroup(
		t.Context(),
		r,
		named{"us-east-1", "/ecs/job"},
	), logGroup(t.Context(), r, named{region, "/ecs/job"})
	again := logGroup(t.Context(), r, named{"us-east-1", "/ecs/other"})
	if there.Reason != classifier.ReasonNoPermission || here.State != evidence.Known ||
		again.Reason != classifier.ReasonNoPermission || s.Count("logs") != 2 {
		t.Errorf("%+v, %+v, %+v after %q", there, here, again, s.Requests())
	}
}

func TestCacheRulesOfOthersAreNotAskedFor(t *testing.T) {
	s := newServer(t)
	g, _ := newGatherer(s)
	ref, _ := setup.ECRImage("444455556666.dkr.ecr." + region + ".amazonaws.com/team/job:7")
	if got := cacheRules(t.Context(), newReading(g), ref); got.Reason != classifier.ReasonNotVisible ||
		s.Count("") != 0 {
		t.Errorf("%+v after %q", got, s.Requests())
	}
}

func TestTheTierKeepsFromAsking(t *testing.T) {
	for _, test := range []struct {
		tier   evidence.Tier
		cause  string
		stage  classifier.Stage
		action string
		asked  string
	}{
		{
			tier:   evidence.TierDescribe,
			cause:  "secret-missing",
			stage:  classifier.Secret,
			action: "secretsmanager:DescribeSecret",
			asked:  "secretsmanager",
		},
		{
			tier:   evidence.TierDescribe,
			cause:  "efs-access-point",
			stage:  classifier.Volume,
			action: "elasticfilesystem:DescribeAccessPoints",
			asked:  "elasticfilesystem",
		},
		{
			tier:   evidence.TierPolicies,
			cause:  "env-file-missing",
			stage:  classifier.EnvFile,
			action: "s3:ListBucket",
			asked:  "s3",
		},
		{
			tier:   evidence.TierPolicies,
			cause:  "image-platform-mismatch",
			stage:  classifier.Image,
			action: "ecr:BatchGetImage",
			asked:  "ecr:BatchGetImage",
		},
		{
			tier:   evidence.TierPolicies,
			cause:  "fargate-quota",
			stage:  classifier.Placement,
			action: "servicequotas:GetServiceQuota",
			asked:  "servicequotas",
		},
	} {
		t.Run(test.cause, func(t *testing.T) {
			s := newServer(t)
			job(s)
			g, _ := newGatherer(s)
			g.Tier = test.tier
			proofs := g.Gather(t.Context(), jobStop(), about7(test.stage, classifier.NotFound, test.cause)).Proofs
			if len(proofs) != 1 || proofs[0].Result != classifier.NotChecked ||
				proofs[0].Reason != classifier.ReasonTier || proofs[0].MissingAction != test.action ||
				s.Count(test.asked) != 0 {
				t.Errorf("%+v after %q", proofs, s.Requests())
			}
		})
	}
}

// TestOurOwnDenialProvesNothing has every call refused that is about a thing.
func TestOurOwnDenialProvesNothing(t *testing.T) {
	for _, test := range []struct {
		service string
		finding classifier.Finding
	}{
		{
			"ecr",
			about7(classifier.Image, classifier.NotFound, "image-tag-missing", "image-repository-missing",
				"image-archived", "image-expired-by-lifecycle", "pull-through-cache", "image-platform-mismatch"),
		},
		{
			"secretsmanager",
			about7(classifier.Secret, classifier.NotFound, "secret-missing", "secret-deleted",
				"secret-version-missing"),
		},
		{"ssm", about7(classifier.Secret, classifier.NotFound, "parameter-missing")},
		{"logs", about7(classifier.Logging, classifier.NotFound, "log-group-missing", "log-region-wrong")},
		{"s3", about7(classifier.EnvFile, classifier.NotFound, "env-file-missing")},
		{
			"elasticfilesystem",
			about7(classifier.Volume, classifier.DNS, "efs-mount-target-missing", "efs-sg-closed", "efs-access-point"),
		},
		{"ec2", about7(classifier.Network, classifier.Exhausted, "subnet-full", "network-configuration-invalid")},
		{"servicequotas", about7(classifier.Placement, classifier.Exhausted, "fargate-quota")},
		{
			"ecs:ListContainerInstances",
			about7(classifier.Placement, classifier.Exhausted, "cluster-resources", "capacity-provider-empty"),
		},
	} {
		for name, fault := range map[string]awstest.Fault{
			"denied":    {Denied: true},
			"throttled": {Throttled: true},
			"failing":   {Refusal: awstest.Refuse("InternalError", "for a test")},
		} {
			t.Run(test.service+" "+name, func(t *testing.T) {
				s := newServer(t)
				job(s)
				fault.Operation = test.service
				s.Inject(fault)
				g, _ := newGatherer(s)
				proofs := g.Gather(t.Context(), jobStop(), test.finding).Proofs
				if len(proofs) != len(test.finding.Causes) {
					t.Errorf("%d proofs of %d causes: %+v", len(proofs), len(test.finding.Causes), proofs)
				}
				for _, p := range proofs {
					if p.Result != classifier.Inconclusive || p.Evidence == "" ||
						(p.MissingAction != "") != (name == "denied") {
						t.Errorf("%+v", p)
					}
				}
			})
		}
	}
}

// TestNoValueIsAskedFor holds the actions that read things against those that would read what is in them.
func TestNoValueIsAskedFor(t *testing.T) {
	for _, a := range evidence.Actions {
		for _, never := range []string{
			"GetSecretValue", "GetParameter", "GetObject", "HeadObject", "Decrypt", "GetAuthorizationToken",
		} {
			if strings.HasPrefix(a.Operation(), never) || strings.HasSuffix(a.IAM, ":"+never) {
				t.Errorf("%s is in the actions", a.IAM)
			}
		}
		if a.IAM == "ecr:GetDownloadUrlForLayer" && a.Tier != evidence.TierVerify {
			t.Errorf("%s would let a deployment read what is in images", a.IAM)
		}
	}
}

// TestOfAConfigurationThePlatformAloneIsRead: and what tells none is no answer.
func TestOfAConfigurationThePlatformAloneIsRead(t *testing.T) {
	for _, test := range []struct {
		name, layer string
		denied      bool
		want        evidence.Answer[[]string]
	}{
		{name: "a platform", layer: `{"os":"windows","architecture":"amd64"}`,
			want: evidence.Is([]string{"windows/amd64"})},
		{name: "none", layer: `{"os":"linux"}`,
			want: evidence.Unanswered[[]string](classifier.ReasonFailed, "ecr:GetDownloadUrlForLayer")},
		{name: "no configuration", layer: `<html>`,
			want: evidence.Unanswered[[]string](classifier.ReasonFailed, "ecr:GetDownloadUrlForLayer")},
		{name: "not allowed", denied: true,
			want: evidence.Unanswered[[]string](classifier.ReasonNoPermission, "ecr:GetDownloadUrlForLayer")},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			job(s)
			s.Clear("ecr:GetDownloadUrlForLayer")
			s.Put("ecr:GetDownloadUrlForLayer", object{"layerDigest": "sha256:2", "layer": test.layer})
			s.Inject(awstest.Fault{Operation: "ecr:GetDownloadUrlForLayer", Denied: test.denied})
			g, _ := newGatherer(s)
			ref, _ := setup.ECRImage(account + ".dkr.ecr.eu-central-1.amazonaws.com/elsewhere:1")
			if diff := cmp.Diff(test.want, platforms(t.Context(), newReading(g), ref)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLifecycleRulesStandInTheirOrder(t *testing.T) {
	s := newServer(t)
	job(s)
	g, _ := newGatherer(s)
	ref, _ := setup.ECRImage(registry + "team/job:7")
	want := evidence.Is([]evidence.LifecycleRule{{Tags: "tagged", Patterns: []string{"pr-*"}},
		{Tags: "tagged", Prefixes: []string{"7"}}})
	if diff := cmp.Diff(want, lifecycle(t.Context(), newReading(g), ref)); diff != "" {
		t.Error(diff)
	}
	s.Clear("ecr:GetLifecyclePolicy")
	g, _ = newGatherer(s)
	if got := lifecycle(t.Context(), newReading(g), ref); got.State != evidence.Absent {
		t.Errorf("without a policy: %+v", got)
	}
}

// TestWhatThingsCost counts the calls about things, beside those about inputs and network.
func TestWhatThingsCost(t *testing.T) {
	for _, sc := range setupScenarios {
		s := newServer(t)
		sc.put(s)
		g, _ := newGatherer(s)
		g.Gather(t.Context(), sc.stop(), sc.finding)
		if n := s.Count(""); n > callLimit {
			t.Errorf("%s costs %d calls: %q", sc.name, n, s.Requests())
		}
		t.Logf("%s: %d calls", sc.name, s.Count(""))
	}
}

// nodes is a capacity provider whose Auto Scaling group is at its maximum and could not launch.
func nodes(s *awstest.Server) {
	s.Put("ecs:DescribeCapacityProviders", object{"name": "nodes",
		"capacityProviderArn": arn + "capacity-provider/nodes",
		"autoScalingGroupProvider": object{"autoScalingGroupArn": "arn:aws:autoscaling:eu-west-1:" +
			account + ":autoScalingGroup:5f0e:autoScalingGroupName/nodes-asg"}})
	s.Put("autoscaling:DescribeAutoScalingGroups", object{"AutoScalingGroupName": "nodes-asg",
		"MinSize": 0, "MaxSize": 2, "DesiredCapacity": 2,
		"Instances": []object{{"InstanceId": "i-0b1", "LifecycleState": "InService"},
			{"InstanceId": "i-0b2", "LifecycleState": "Pending"}},
		"SuspendedProcesses": []object{{"ProcessName": "AZRebalance"}}})
	s.Put("autoscaling:DescribeScalingActivities", object{"AutoScalingGroupName": "nodes-asg",
		"ActivityId": "1", "Description": "Launching a new EC2 instance", "Cause": "growth",
		"StartTime": created.Format(time.RFC3339), "StatusCode": "Failed", "StatusMessage": "no capacity"})
}
