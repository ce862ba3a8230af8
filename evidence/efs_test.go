package evidence

import (
	"net/netip"

	"whystopped/classifier"
)

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
				change: func(c *Case) { c.targets() },
				want:   "confirmed",
				tells:  "fs-0a1",
			},
			{
				when:   "none in the task's zone",
				change: func(c *Case) { c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0]) },
				want:   "confirmed",
				tells:  "eu-west-1a",
			},
			{
				when:   "the one in the zone is still being created",
				change: func(c *Case) { c.Facts.Things.MountTargets["fs-0a1"].Value[1].State = "creating" },
				want:   "confirmed",
				tells:  "eu-west-1a",
			},
			{
				when: "only in another VPC",
				change: func(c *Case) {
					c.targets(MountTarget{
						ID:     "fsmt-x",
						State:  "available",
						VPC:    "vpc-2",
						Zone:   "eu-west-1a",
						ZoneID: "euw1-az1",
					})
				},
				want:  "partial",
				tells: "other VPCs",
			},
			{
				when: "a One Zone file system of another zone",
				change: func(c *Case) {
					c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0])
					c.Facts.Things.FileSystems["fs-0a1"] = Is(FileSystem{State: "available", Zone: "eu-west-1b"})
				},
				want:  "partial",
				tells: "One Zone",
			},
			{
				when:   "zones told by name alone",
				change: func(c *Case) { c.Facts.Things.MountTargets["fs-0a1"].Value[1].ZoneID = "" },
				want:   "ruled_out",
				tells:  "fsmt-a",
			},
			{
				when:   "no file system",
				change: func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = None[FileSystem]() },
				want:   "confirmed",
				tells:  "data",
			},
			{
				when:   "it is being deleted",
				change: func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = Is(FileSystem{State: "deleting"}) },
				want:   "confirmed",
				tells:  "data",
			},
			{
				when: "the subnet is not known",
				change: func(c *Case) {
					c.Facts.Network = Network{VPC: Open[VPC](classifier.ReasonNoPermission, "ec2:DescribeVpcs")}
				},
				want: "no_permission",
			},
			{
				when: "denied to us",
				change: func(c *Case) {
					c.Facts.Things.MountTargets["fs-0a1"] = Open[[]MountTarget](classifier.ReasonNoPermission,
						"elasticfilesystem:DescribeMountTargets")
				},
				want: "no_permission",
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
				change: func(c *Case) { c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0]) },
				want:   "partial",
			},
			{
				when:   "no file system of ours, yet the name resolved",
				change: func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = None[FileSystem]() },
				want:   "not_visible",
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
				change: func(c *Case) { c.targets(c.Facts.Things.MountTargets["fs-0a1"].Value[0]) },
				want:   "partial",
			},
			{
				when:   "no file system, and the text says so",
				change: func(c *Case) { c.Facts.Things.FileSystems["fs-0a1"] = None[FileSystem]() },
				want:   "confirmed",
				tells:  "data",
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
				when:   "it is closed",
				change: func(c *Case) { c.group("sg-ep").Ingress = says443("sg-task") },
				want:   "confirmed",
				tells:  "2049",
			},
			{
				when: "the mount was refused",
				change: func(c *Case) {
					c.group("sg-ep").Ingress = nil
					c.Stop.StoppedReason = "mount.nfs4: Connection refused"
				},
				want: "ruled_out",
			},
			{
				when: "its groups could not be read",
				change: func(c *Case) {
					c.Facts.Things.Adapters = map[string]Answer[Interface]{
						"eni-a": Open[Interface](classifier.ReasonThrottled, "ec2:DescribeNetworkInterfaces"),
					}
				},
				want:  "throttled",
				tells: "fsmt-a",
			},
			{
				when: "a group of another account",
				change: func(c *Case) {
					c.Facts.Things.Adapters["eni-a"] = Is(Interface{
						ID:         "eni-a",
						Subnet:     "subnet-ep",
						Groups:     []string{"sg-hidden"},
						PrivateIPs: []netip.Addr{ip("10.0.2.9")},
					})
				},
				want: "not_visible",
			},
			{
				when:   "another address was called",
				change: func(c *Case) { c.Finding.Facts.RemoteIP = "10.0.9.9" },
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
				when:   "the root directory / beside it",
				change: func(c *Case) { c.task().Volumes[0].RootDirectory = "/" },
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
				when:   "it is gone",
				change: func(c *Case) { c.Facts.Things.AccessPoints["fsap-0a1"] = None[AccessPoint]() },
				want:   "confirmed",
				tells:  "fs-0a1",
			},
			{
				when: "it is gone, and so is the file system: both may be another account's",
				change: func(c *Case) {
					c.Facts.Things.AccessPoints["fsap-0a1"] = None[AccessPoint]()
					c.Facts.Things.FileSystems["fs-0a1"] = None[FileSystem]()
				},
				want:  "not_visible",
				tells: "another account",
			},
			{
				when: "of another file system",
				change: func(c *Case) {
					c.Facts.Things.AccessPoints["fsap-0a1"] = Is(AccessPoint{"fs-0b2", "available"})
				},
				want:  "confirmed",
				tells: "fs-0a1",
			},
			{
				when: "being deleted",
				change: func(c *Case) {
					c.Facts.Things.AccessPoints["fsap-0a1"] = Is(AccessPoint{"fs-0a1", "deleting"})
				},
				want:  "confirmed",
				tells: "fsap-0a1",
			},
			{
				when:   "a root directory beside it",
				change: func(c *Case) { c.task().Volumes[0].RootDirectory = "/data" },
				want:   "confirmed",
				tells:  "volume data",
			},
			{
				when:   "without transit encryption",
				change: func(c *Case) { c.task().Volumes[0].Encrypted = false },
				want:   "confirmed",
				tells:  "transitEncryption",
			},
			{
				when:   "none is named",
				change: func(c *Case) { c.task().Volumes[0].AccessPoint = "" },
				want:   "ruled_out",
			},
			{
				when:   "no EFS volume",
				change: func(c *Case) { c.task().Volumes = nil },
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
				when:   "the root",
				change: func(c *Case) { c.Facts.Inputs.TaskDefinition.Value.Volumes[0].AccessPoint = "" },
				want:   "ruled_out",
				tells:  "fs-0a1",
			},
			{
				when: "a directory",
				change: func(c *Case) {
					c.Facts.Inputs.TaskDefinition.Value.Volumes[0].AccessPoint = ""
					c.Facts.Inputs.TaskDefinition.Value.Volumes[0].RootDirectory = "/orders"
				},
				want:  "not_read",
				tells: "/orders",
			},
		},
	},
}
