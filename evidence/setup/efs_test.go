package setup

import (
	"net/netip"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// targetMade has CloudTrail tell when a mount target was made, by how long after the failure.
func targetMade(after time.Duration) func(*evidence.Case) {
	return func(c *evidence.Case) {
		of := evidence.MountTargetCreated("fs-0a1")
		c.Facts.Changes = map[string]evidence.Answer[[]evidence.TrailEvent]{of.Key(): evidence.Is([]evidence.TrailEvent{
			{At: c.Failed().Add(after), Action: "elasticfilesystem:CreateMountTarget", Named: []string{"fs-0a1"}}})}
	}
}

var fileSystemTrials = []setupTrials{
	{
		cause: "efs-mount-target-missing",
		stage: classifier.Volume,
		fault: classifier.DNS,
		trials: []setupTrial{
			{
				when:  "there is one",
				want:  "ruled_out",
				tells: "fsmt-a",
			},
			{
				when:   "none at all",
				change: func(c *evidence.Case) { targets(c) },
				want:   "confirmed",
				tells:  "fs-0a1",
			},
			{
				when:   "none in the task's zone",
				change: func(c *evidence.Case) { targets(c, c.Facts.Setup.MountTargets["fs-0a1"].Value[0]) },
				want:   "confirmed",
				tells:  "eu-west-1a",
			},
			{
				when:   "the one in the zone is still being created",
				change: func(c *evidence.Case) { c.Facts.Setup.MountTargets["fs-0a1"].Value[1].State = "creating" },
				want:   "confirmed",
				tells:  "eu-west-1a",
			},
			{
				when:   "only in another VPC, and what leads names is not read",
				change: mountedElsewhere,
				want:   "custom_dns",
				tells:  "other VPCs",
			},
			{
				when: "only in another VPC, and nothing leads the name there",
				change: func(c *evidence.Case) {
					mountedElsewhere(c)
					namedBy(c, evidence.Zone{ID: "Z1", Name: "corp.example", Account: "111122223333"})
				},
				want:  "confirmed",
				tells: "nothing in vpc-1 leads fs-0a1.efs.eu-west-1.amazonaws.com there",
			},
			{
				when: "only in another VPC, and a private zone may lead there",
				change: func(c *evidence.Case) {
					mountedElsewhere(c)
					namedBy(c, evidence.Zone{ID: "Z1", Name: "efs.eu-west-1.amazonaws.com", Account: "111122223333"})
				},
				want:  "custom_dns",
				tells: "Z1",
			},
			{
				when: "only in another VPC, and other servers resolve",
				change: func(c *evidence.Case) {
					mountedElsewhere(c)
					namedBy(c)
					c.Facts.Network.DHCP.Value.Servers = []string{"10.9.0.2"}
				},
				want:  "custom_dns",
				tells: "10.9.0.2",
			},
			{
				when: "only in another VPC, and the name did resolve",
				change: func(c *evidence.Case) {
					mountedElsewhere(c)
					namedBy(c)
					c.Finding.Fault = classifier.Unreachable
				},
				want:  "partial",
				tells: "not followed",
			},
			{
				when: "a One Zone file system of another zone",
				change: func(c *evidence.Case) {
					targets(c, c.Facts.Setup.MountTargets["fs-0a1"].Value[0])
					c.Facts.Setup.FileSystems["fs-0a1"] = evidence.Is(evidence.FileSystem{
						State: "available",
						Zone:  "eu-west-1b",
					})
				},
				want:  "partial",
				tells: "One Zone",
			},
			{
				when:   "zones told by name alone",
				change: func(c *evidence.Case) { c.Facts.Setup.MountTargets["fs-0a1"].Value[1].ZoneID = "" },
				want:   "ruled_out",
				tells:  "fsmt-a",
			},
			{
				when: "no file system",
				change: func(c *evidence.Case) {
					c.Facts.Setup.FileSystems["fs-0a1"] = evidence.None[evidence.FileSystem]()
				},
				want:  "confirmed",
				tells: "data",
			},
			{
				when: "it is being deleted",
				change: func(c *evidence.Case) {
					c.Facts.Setup.FileSystems["fs-0a1"] = evidence.Is(evidence.FileSystem{State: "deleting"})
				},
				want:  "confirmed",
				tells: "data",
			},
			{
				when: "the subnet is not known",
				change: func(c *evidence.Case) {
					c.Facts.Network = evidence.Network{
						VPC: evidence.Unanswered[evidence.VPC](classifier.ReasonNoPermission, "ec2:DescribeVpcs"),
					}
				},
				want: "no_permission",
			},
			{
				when: "denied to us",
				change: func(c *evidence.Case) {
					c.Facts.Setup.MountTargets["fs-0a1"] =
						evidence.Unanswered[[]evidence.MountTarget](classifier.ReasonNoPermission,
							"elasticfilesystem:DescribeMountTargets")
				},
				want: "no_permission",
			},
		},
	},
	{
		cause: "mount-target-new",
		stage: classifier.Volume,
		fault: classifier.DNS,
		trials: []setupTrial{
			{
				when:   "made a minute before the failure",
				change: targetMade(-time.Minute),
				want:   "confirmed",
				tells:  "60 s before the failure",
			},
			{
				when:   "made minutes before",
				change: targetMade(-4 * time.Minute),
				want:   "unsaid",
			},
			{
				when:   "made hours before",
				change: targetMade(-3 * time.Hour),
				want:   "ruled_out",
			},
			{
				when:   "made after the failure, which cannot have been too new then",
				change: targetMade(time.Minute),
				want:   "ruled_out",
			},
			{
				when: "nobody asks CloudTrail",
				want: "not_read",
			},
			{
				when: "there is none to be new",
				change: func(c *evidence.Case) {
					targetMade(-time.Minute)(c)
					targets(c)
				},
				want: "unsaid",
			},
		},
	},
	{
		cause: "efs-mount-target-missing",
		stage: classifier.Volume,
		fault: classifier.Unreachable,
		trials: []setupTrial{
			{
				when:   "none in the task's zone, yet the name resolved",
				change: func(c *evidence.Case) { targets(c, c.Facts.Setup.MountTargets["fs-0a1"].Value[0]) },
				want:   "partial",
			},
			{
				when: "no file system of ours, yet the name resolved",
				change: func(c *evidence.Case) {
					c.Facts.Setup.FileSystems["fs-0a1"] = evidence.None[evidence.FileSystem]()
				},
				want: "not_visible",
			},
		},
	},
	{
		cause: "efs-mount-target-missing",
		stage: classifier.Volume,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:   "none in the task's zone, and a directory was not found",
				change: func(c *evidence.Case) { targets(c, c.Facts.Setup.MountTargets["fs-0a1"].Value[0]) },
				want:   "partial",
			},
			{
				when: "no file system, and the text says so",
				change: func(c *evidence.Case) {
					c.Facts.Setup.FileSystems["fs-0a1"] = evidence.None[evidence.FileSystem]()
				},
				want:  "confirmed",
				tells: "data",
			},
		},
	},
	{
		cause: "efs-sg-closed",
		stage: classifier.Volume,
		fault: classifier.Unreachable,
		trials: []setupTrial{
			{
				when:  "it is open",
				want:  "ruled_out",
				tells: "fsmt-a",
			},
			{
				when: "it is closed",
				change: func(c *evidence.Case) {
					evidencetest.Group(c, "sg-ep").Ingress = evidencetest.From443("sg-task")
				},
				want:  "confirmed",
				tells: "2049",
			},
			{
				when: "the mount was refused",
				change: func(c *evidence.Case) {
					evidencetest.Group(c, "sg-ep").Ingress = nil
					c.Stop.StoppedReason = "mount.nfs4: Connection refused"
				},
				want: "ruled_out",
			},
			{
				when: "its groups could not be read",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Adapters = map[string]evidence.Answer[evidence.Interface]{
						"eni-a": evidence.Unanswered[evidence.Interface](classifier.ReasonThrottled,
							"ec2:DescribeNetworkInterfaces"),
					}
				},
				want:  "throttled",
				tells: "fsmt-a",
			},
			{
				when: "a group of another account",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Adapters["eni-a"] = evidence.Is(evidence.Interface{
						ID:         "eni-a",
						Subnet:     "subnet-ep",
						Groups:     []string{"sg-hidden"},
						PrivateIPs: []netip.Addr{evidencetest.IP("10.0.2.9")},
					})
				},
				want: "not_visible",
			},
			{
				when:   "another address was called",
				change: func(c *evidence.Case) { c.Finding.Facts.RemoteIP = "10.0.9.9" },
				want:   "not_causal",
			},
		},
	},
	{
		cause: "efs-access-point",
		stage: classifier.Volume,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "it fits",
				want:  "ruled_out",
				tells: "fsap-0a1",
			},
			{
				when: "of S3 Files, with a root directory beside it",
				change: func(c *evidence.Case) {
					task(c).Volumes = append(task(c).Volumes, evidence.Volume{Name: "bucket", Service: evidence.S3Files,
						AccessPoint: "fsap-0b2", RootDirectory: "/in"})
				},
				want:  "confirmed",
				tells: "volume bucket of orders:7, one of S3 Files, sets root directory /in",
			},
			{
				when: "of S3 Files, with the root beside it",
				change: func(c *evidence.Case) {
					c.Finding.Facts.FileSystem = ""
					task(c).Volumes = append(task(c).Volumes, evidence.Volume{Name: "bucket", Service: evidence.S3Files,
						AccessPoint: "fsap-0b2", RootDirectory: "/"})
				},
				want: "not_read",
			},
			{
				when:   "the root directory / beside it",
				change: func(c *evidence.Case) { task(c).Volumes[0].RootDirectory = "/" },
				want:   "ruled_out",
			},
		},
	},
	{
		cause: "efs-access-point",
		stage: classifier.Volume,
		fault: classifier.Denied,
		trials: []setupTrial{
			{
				when:  "it fits, and the mount was denied",
				want:  "not_read",
				tells: "its user",
			},
			{
				when: "it is gone",
				change: func(c *evidence.Case) {
					c.Facts.Setup.AccessPoints["fsap-0a1"] = evidence.None[evidence.AccessPoint]()
				},
				want:  "confirmed",
				tells: "fs-0a1",
			},
			{
				when: "its user may not enter the directory as EFS makes it",
				change: through(evidence.AccessPoint{Path: "/orders", User: &evidence.POSIXUser{UID: 1001, GID: 1001},
					Makes: &evidence.Directory{UID: 1000, GID: 1000, Mode: 0o750}}),
				want:  "partial",
				tells: "EFS makes /orders for 1000:1000 with permissions 0750, where its user 1001:1001 may not enter",
			},
			{
				when: "its user may enter by a further group, and not write",
				change: through(evidence.AccessPoint{Path: "/orders",
					User:  &evidence.POSIXUser{UID: 1001, GID: 1001, Groups: []int64{1000}},
					Makes: &evidence.Directory{UID: 1000, GID: 1000, Mode: 0o750}}),
				want:  "partial",
				tells: "where its user 1001:1001 may not write",
			},
			{
				when: "its user owns the directory as EFS makes it",
				change: through(evidence.AccessPoint{Path: "/orders", User: &evidence.POSIXUser{UID: 1000, GID: 1},
					Makes: &evidence.Directory{UID: 1000, GID: 1000, Mode: 0o700}}),
				want:  "not_read",
				tells: "was changed since is not told",
			},
			{
				when: "the container's user may not enter the directory as EFS makes it",
				change: func(c *evidence.Case) {
					through(evidence.AccessPoint{Path: "/orders",
						Makes: &evidence.Directory{UID: 1000, GID: 1000, Mode: 0o700}})(c)
					app(c).User, app(c).Mounts = "101:101", []evidence.Mount{{Volume: "data", Path: "/data"}}
				},
				want:  "partial",
				tells: "where container app, which runs as 101:101, may not enter",
			},
			{
				when: "it is gone, and so is the file system: both may be another account's",
				change: func(c *evidence.Case) {
					c.Facts.Setup.AccessPoints["fsap-0a1"] = evidence.None[evidence.AccessPoint]()
					c.Facts.Setup.FileSystems["fs-0a1"] = evidence.None[evidence.FileSystem]()
				},
				want:  "not_visible",
				tells: "another account",
			},
			{
				when: "of another file system",
				change: func(c *evidence.Case) {
					c.Facts.Setup.AccessPoints["fsap-0a1"] = evidence.Is(evidence.AccessPoint{
						FileSystem: "fs-0b2",
						State:      "available",
					})
				},
				want:  "confirmed",
				tells: "fs-0a1",
			},
			{
				when: "being deleted",
				change: func(c *evidence.Case) {
					c.Facts.Setup.AccessPoints["fsap-0a1"] = evidence.Is(evidence.AccessPoint{
						FileSystem: "fs-0a1",
						State:      "deleting",
					})
				},
				want:  "confirmed",
				tells: "fsap-0a1",
			},
			{
				when:   "a root directory beside it",
				change: func(c *evidence.Case) { task(c).Volumes[0].RootDirectory = "/data" },
				want:   "confirmed",
				tells:  "volume data",
			},
			{
				when:   "without transit encryption",
				change: func(c *evidence.Case) { task(c).Volumes[0].Encrypted = false },
				want:   "confirmed",
				tells:  "transitEncryption",
			},
			{
				when:   "none is named",
				change: func(c *evidence.Case) { task(c).Volumes[0].AccessPoint = "" },
				want:   "ruled_out",
			},
			{
				when:   "no EFS volume",
				change: func(c *evidence.Case) { task(c).Volumes = nil },
				want:   "not_read",
			},
		},
	},
	{
		cause: "efs-path-missing",
		stage: classifier.Volume,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "an access point's",
				want:  "not_read",
				tells: "fsap-0a1",
			},
			{
				when:   "an access point's, which is the root",
				change: through(evidence.AccessPoint{Path: "/"}),
				want:   "ruled_out",
			},
			{
				when:   "an access point's, which EFS makes",
				change: through(evidence.AccessPoint{Path: "/orders", Makes: &evidence.Directory{Mode: 0o755}}),
				want:   "ruled_out",
				tells:  "EFS makes /orders",
			},
			{
				when:   "an access point's, which EFS does not make",
				change: through(evidence.AccessPoint{Path: "/orders"}),
				want:   "not_read",
				tells:  "says nothing that EFS could make it by",
			},
			{
				when: "it may be S3 Files that was not mounted",
				change: func(c *evidence.Case) {
					through(evidence.AccessPoint{Path: "/"})(c)
					c.Facts.Task.TaskDefinition.Value.Volumes = append(c.Facts.Task.TaskDefinition.Value.Volumes,
						evidence.Volume{Name: "bucket", Service: evidence.S3Files})
				},
				want:  "not_read",
				tells: "volume bucket of orders:7 is one of S3 Files",
			},
			{
				when: "beside S3 Files, and the text names EFS",
				change: func(c *evidence.Case) {
					through(evidence.AccessPoint{Path: "/"})(c)
					c.Finding.Facts.FileSystem = "fs-0a1"
					c.Facts.Task.TaskDefinition.Value.Volumes = append(c.Facts.Task.TaskDefinition.Value.Volumes,
						evidence.Volume{Name: "bucket", Service: evidence.S3Files})
				},
				want: "ruled_out",
			},
			{
				when:   "the root",
				change: func(c *evidence.Case) { c.Facts.Task.TaskDefinition.Value.Volumes[0].AccessPoint = "" },
				want:   "ruled_out",
				tells:  "fs-0a1",
			},
			{
				when: "a directory",
				change: func(c *evidence.Case) {
					c.Facts.Task.TaskDefinition.Value.Volumes[0].AccessPoint = ""
					c.Facts.Task.TaskDefinition.Value.Volumes[0].RootDirectory = "/orders"
				},
				want:  "not_read",
				tells: "/orders",
			},
		},
	},
}

// mountedElsewhere lets the file system have a mount target in another VPC only.
func mountedElsewhere(c *evidence.Case) {
	targets(c, evidence.MountTarget{ID: "fsmt-x", State: "available", VPC: "vpc-2", Zone: "eu-west-1a",
		ZoneID: "euw1-az1"})
}

// namedBy lets the VPC have only these private hosted zones, and no resolver rules and profiles.
func namedBy(c *evidence.Case, zones ...evidence.Zone) {
	c.Facts.Network.DHCP = evidence.Is(evidence.DHCPOptions{ID: "dopt-1", Servers: []string{"AmazonProvidedDNS"}})
	c.Facts.Network.Zones = evidence.Is(zones)
	c.Facts.Network.Rules, c.Facts.Network.Profiles = evidence.Is([]evidence.ResolverRule{}), evidence.Is([]string{})
}

// through lets the volume's access point be such a one.
func through(p evidence.AccessPoint) func(*evidence.Case) {
	return func(c *evidence.Case) {
		p.FileSystem, p.State = "fs-0a1", "available"
		c.Facts.Setup.AccessPoints["fsap-0a1"] = evidence.Is(p)
	}
}
