package setup

import (
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
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
				change: func(c *evidence.Case) { c.Facts.Setup.Interfaces = evidence.Is(5000) },
				want:   "confirmed",
				tells:  "L-DF5E4CA3",
			},
			{
				when:   "near",
				change: func(c *evidence.Case) { c.Facts.Setup.Interfaces = evidence.Is(4600) },
				want:   "partial",
			},
			{
				when: "an instance's own limit",
				change: func(c *evidence.Case) {
					c.Stop.LaunchType = "EC2"
					c.Facts.Setup.Interfaces = evidence.Is(5000)
				},
				want: "not_read",
			},
			{
				when: "the tier does not read quotas",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Quotas = map[string]evidence.Answer[float64]{
						evidence.QuotaInterfaces: {
							Reason: classifier.ReasonTier,
							Action: "servicequotas:GetServiceQuota",
						},
					}
				},
				want: "tier",
			},
			{
				when: "the quota is not told",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Quotas = map[string]evidence.Answer[float64]{
						evidence.QuotaInterfaces: evidence.None[float64](),
					}
				},
				want: "not_read",
			},
		},
	},
	{
		cause: "eni-provisioning-slow",
		stage: classifier.Network,
		fault: classifier.Timeout,
		trials: []setupTrial{
			{
				when:   "a later task got one in the same subnet",
				change: startedIn("subnet-app"),
				want:   "confirmed",
				tells:  "77aa",
			},
			{
				when:   "a later task got one in another subnet",
				change: startedIn("subnet-pub"),
				want:   "unsaid",
				tells:  "after this one had failed",
			},
			{
				when: "a job, whose tasks differ",
				change: func(c *evidence.Case) {
					startedIn("subnet-app")(c)
					c.Stop.Service = ""
				},
				want: "unsaid",
			},
			{
				when:   "nobody is told of",
				change: func(c *evidence.Case) { c.Facts.Running.Siblings = evidence.Is([]evidence.Sibling{}) },
				want:   "unsaid",
			},
			{when: "nobody asked", want: "not_read"},
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
				change: func(c *evidence.Case) { c.Facts.Setup.Quotas[evidence.QuotaFargate] = evidence.Is(0.5) },
				want:   "confirmed",
				tells:  "L-3032A538",
			},
			{
				when:   "smaller than the service",
				change: func(c *evidence.Case) { c.Facts.Task.Service.Value.DesiredCount = 101 },
				want:   "confirmed",
				tells:  "L-3032A538",
			},
			{
				when: "smaller than the service, of which a part may be for Spot",
				change: func(c *evidence.Case) {
					c.Stop.CapacityProvider, c.Facts.Task.Service.Value.DesiredCount = "FARGATE", 101
				},
				want:  "partial",
				tells: "other capacity providers than FARGATE",
			},
			{
				when: "Spot has its own",
				change: func(c *evidence.Case) {
					c.Stop.CapacityProvider = "FARGATE_SPOT"
					c.Facts.Setup.Quotas = map[string]evidence.Answer[float64]{
						evidence.QuotaFargate:     evidence.Is(0.5),
						evidence.QuotaFargateSpot: evidence.Is(100.0),
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
				change: func(c *evidence.Case) {
					c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{
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
				change: func(c *evidence.Case) { c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{}) },
				want:   "not_causal",
			},
			{
				when: "what the task asks for is not known",
				change: func(c *evidence.Case) {
					task(c).Memory = 0
					c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{{ID: "i-1", Connected: true}})
				},
				want: "not_read",
			},
			{
				when: "another resource",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{{ID: "i-1", Connected: true}})
					c.Stop.StoppedReason = "RESOURCE:GPU"
				},
				want:  "not_read",
				tells: "another resource",
			},
			{
				when: "the memory that the message names",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{{
						ID:        "i-1",
						Connected: true,
						CPU:       4096,
						Memory:    64,
					}})
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
				change: func(c *evidence.Case) { c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{}) },
				want:   "confirmed",
				tells:  "cluster prod",
			},
			{
				when: "denied to us",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Machines = evidence.Unanswered[[]evidence.Machine](classifier.ReasonNoPermission,
						"ecs:ListContainerInstances")
				},
				want: "no_permission",
			},
		},
	},
}

// startedIn is a task of the same deployment that was created after the stop and started in a subnet.
func startedIn(subnet string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Facts.Running.Siblings = evidence.Is([]evidence.Sibling{{ID: "77aa", Zone: "eu-west-1a", Subnet: subnet,
			CreatedAt: after, StartedAt: after.Add(time.Minute)}})
	}
}
