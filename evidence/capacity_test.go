package evidence

import (
	"whystopped/classifier"
)

var capacityTrials = []setupTrials{
	{
		cause: "eni-limit",
		stage: classifier.Network,
		fault: classifier.Exhausted,
		trials: []setupTrial{
			{
				when:  "far from it",
				want:  "ruled_out",
				tells: "400",
			},
			{
				when:   "reached",
				change: func(c *Case) { c.Facts.Things.Interfaces = Is(5000) },
				want:   "confirmed",
				tells:  "L-DF5E4CA3",
			},
			{
				when:   "near",
				change: func(c *Case) { c.Facts.Things.Interfaces = Is(4600) },
				want:   "partial",
			},
			{
				when:   "an instance's own limit",
				change: func(c *Case) { c.Stop.LaunchType = "EC2"; c.Facts.Things.Interfaces = Is(5000) },
				want:   "not_read",
			},
			{
				when: "the tier does not read quotas",
				change: func(c *Case) {
					c.Facts.Things.Quotas = map[string]Answer[float64]{
						QuotaInterfaces: {Reason: classifier.ReasonTier, Action: "servicequotas:GetServiceQuota"},
					}
				},
				want: "tier",
			},
			{
				when: "the quota is not told",
				change: func(c *Case) {
					c.Facts.Things.Quotas = map[string]Answer[float64]{QuotaInterfaces: None[float64]()}
				},
				want: "not_read",
			},
		},
	},
	{
		cause: "fargate-quota",
		stage: classifier.Placement,
		fault: classifier.Exhausted,
		trials: []setupTrial{
			{
				when:  "larger than the service",
				want:  "not_read",
				tells: "100",
			},
			{
				when:   "smaller than the task",
				change: func(c *Case) { c.Facts.Things.Quotas[QuotaFargate] = Is(0.5) },
				want:   "confirmed",
				tells:  "L-3032A538",
			},
			{
				when:   "smaller than the service",
				change: func(c *Case) { c.Facts.Inputs.Service.Value.DesiredCount = 101 },
				want:   "confirmed",
				tells:  "L-3032A538",
			},
			{
				when: "smaller than the service, of which a part may be for Spot",
				change: func(c *Case) {
					c.Stop.CapacityProvider, c.Facts.Inputs.Service.Value.DesiredCount = "FARGATE", 101
				},
				want:  "partial",
				tells: "other capacity providers than FARGATE",
			},
			{
				when: "Spot has its own",
				change: func(c *Case) {
					c.Stop.CapacityProvider = "FARGATE_SPOT"
					c.Facts.Things.Quotas = map[string]Answer[float64]{
						QuotaFargate:     Is(0.5),
						QuotaFargateSpot: Is(100.0),
					}
				},
				want: "not_read",
			},
		},
	},
	{
		cause: "cluster-resources",
		stage: classifier.Placement,
		fault: classifier.Exhausted,
		trials: []setupTrial{
			{
				when:  "one has room now",
				want:  "partial",
				tells: "i-1",
			},
			{
				when: "none has",
				change: func(c *Case) {
					c.Facts.Things.Machines = Is([]Machine{
						{ID: "i-1", Connected: true, CPU: 4096, Memory: 1024},
						{ID: "i-2", Connected: true, CPU: 512, Memory: 8192},
						{ID: "i-3", CPU: 4096, Memory: 8192},
						{ID: "i-4", Connected: true},
					})
				},
				want:  "confirmed",
				tells: "2048 MiB",
			},
			{
				when:   "the cluster is empty",
				change: func(c *Case) { c.Facts.Things.Machines = Is([]Machine{}) },
				want:   "not_causal",
			},
			{
				when: "what the task asks for is not known",
				change: func(c *Case) {
					c.task().Memory, c.Facts.Things.Machines = 0, Is([]Machine{{ID: "i-1", Connected: true}})
				},
				want: "not_read",
			},
			{
				when: "another resource",
				change: func(c *Case) {
					c.Facts.Things.Machines = Is([]Machine{{ID: "i-1", Connected: true}})
					c.Stop.StoppedReason = "RESOURCE:GPU"
				},
				want:  "not_read",
				tells: "another resource",
			},
			{
				when: "the memory that the message names",
				change: func(c *Case) {
					c.Facts.Things.Machines = Is([]Machine{{ID: "i-1", Connected: true, CPU: 4096, Memory: 64}})
					c.Stop.StoppedReason = "RESOURCE:MEMORY"
				},
				want:  "confirmed",
				tells: "64 MiB",
			},
		},
	},
	{
		cause: "capacity-provider-empty",
		stage: classifier.Placement,
		fault: classifier.Exhausted,
		trials: []setupTrial{
			{
				when: "some instances",
				want: "partial",
			},
			{
				when:   "none",
				change: func(c *Case) { c.Facts.Things.Machines = Is([]Machine{}) },
				want:   "confirmed",
				tells:  "cluster prod",
			},
			{
				when: "denied to us",
				change: func(c *Case) {
					c.Facts.Things.Machines = Open[[]Machine](classifier.ReasonNoPermission,
						"ecs:ListContainerInstances")
				},
				want: "no_permission",
			},
		},
	},
}
