package setup

import (
	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var attachmentTrials = []setupTrials{
	{
		cause: "subnet-full",
		stage: classifier.Network,
		fault: classifier.Exhausted,
		trials: []setupTrial{
			{
				when:  "plenty",
				want:  "ruled_out",
				tells: "subnet-app has 240",
			},
			{
				when:   "none",
				change: func(c *evidence.Case) { c.Facts.Setup.Subnets.Value[0].FreeAddresses = 0 },
				want:   "confirmed",
				tells:  "subnet-app",
			},
			{
				when:   "a few",
				change: func(c *evidence.Case) { c.Facts.Setup.Subnets.Value[0].FreeAddresses = 3 },
				want:   "partial",
			},
			{
				when:   "fewer than the service wants",
				change: func(c *evidence.Case) { c.Facts.Task.Service.Value.DesiredCount = 200 },
				want:   "partial",
			},
			{
				when:   "not the one that was tried",
				change: func(c *evidence.Case) { c.Facts.Setup.Subnets.Value[1].FreeAddresses = 0 },
				want:   "ruled_out",
			},
			{
				when: "one of two, and which was tried is not told",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Subnets.Value[1].FreeAddresses = 0
					c.Stop.Attachments = nil
				},
				want: "partial",
			},
			{
				when: "both, and which was tried is not told",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Subnets.Value[0].FreeAddresses = 0
					c.Facts.Setup.Subnets.Value[1].FreeAddresses = 0
					c.Stop.Attachments = nil
				},
				want:  "confirmed",
				tells: "subnet-other",
			},
			{
				when: "only IPv6",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Subnets.Value[0].FreeAddresses, c.Facts.Setup.Subnets.Value[0].IPv6Native = 0, true
				},
				want:  "partial",
				tells: "IPv6",
			},
			{
				when:   "it is gone",
				change: func(c *evidence.Case) { c.Facts.Setup.Subnets = evidence.Is([]evidence.Subnet{}) },
				want:   "not_causal",
			},
			{
				when: "no subnet is known",
				change: func(c *evidence.Case) {
					c.Stop.Attachments = nil
					c.Facts.Task.Service = evidence.Unanswered[evidence.Service](classifier.ReasonNoPermission,
						"ecs:DescribeServices")
				},
				want: "no_permission",
			},
		},
	},
	{
		cause: "network-configuration-invalid",
		stage: classifier.Network,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "all of it exists",
				want:  "ruled_out",
				tells: "sg-task",
			},
			{
				when:   "a subnet is gone",
				change: func(c *evidence.Case) { c.Facts.Setup.Subnets.Value = c.Facts.Setup.Subnets.Value[:1] },
				want:   "confirmed",
				tells:  "subnet-other",
			},
			{
				when:   "a group is gone",
				change: func(c *evidence.Case) { c.Facts.Setup.Groups = evidence.Is([]evidence.SecurityGroup{}) },
				want:   "confirmed",
				tells:  "sg-task",
			},
			{
				when: "a group is not visible, in a shared subnet",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Groups = evidence.Is([]evidence.SecurityGroup{})
					c.Facts.Setup.Subnets.Value[0].Account = theirs
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when:   "the default group",
				change: func(c *evidence.Case) { evidencetest.Settings(c).Groups = nil },
				want:   "ruled_out",
				tells:  "default",
			},
			{
				when:   "the configuration is not known",
				change: func(c *evidence.Case) { c.Facts.Task.Service = evidence.None[evidence.Service]() },
				want:   "not_read",
			},
		},
	},
	{
		cause: "network-configuration-invalid",
		stage: classifier.Network,
		fault: classifier.Invalid,
		trials: []setupTrial{
			{
				when:   "subnets of two VPCs",
				change: func(c *evidence.Case) { c.Facts.Setup.Subnets.Value[1].VPC = "vpc-2" },
				want:   "confirmed",
				tells:  "one VPC",
			},
			{
				when: "a group of another VPC",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Groups.Value[0].VPC = "vpc-2"
					c.Facts.Setup.Associations = evidence.Is([]evidence.GroupAssociation{{
						Group: "sg-task",
						VPC:   "vpc-3",
						State: "associated",
					}})
				},
				want:  "confirmed",
				tells: "sg-task",
			},
			{
				when: "a group of another VPC that is associated",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Groups.Value[0].VPC = "vpc-2"
					c.Facts.Setup.Associations = evidence.Is([]evidence.GroupAssociation{{
						Group: "sg-task",
						VPC:   "vpc-1",
						State: "associated",
					}})
				},
				want: "ruled_out",
			},
			{
				when: "a group of another VPC, whose associations we may not see",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Groups.Value[0].VPC = "vpc-2"
					c.Facts.Setup.Associations =
						evidence.Unanswered[[]evidence.GroupAssociation](classifier.ReasonNoPermission,
							"ec2:DescribeSecurityGroupVpcAssociations")
				},
				want: "no_permission",
			},
		},
	},
}
