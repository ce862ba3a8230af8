package setup

import (
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

// slots are the network interfaces of the container instances that a task was for, in an account that has room.
func slots(all ...evidence.Slots) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Stop.LaunchType = "EC2"
		c.Facts.Setup.Slots = evidence.Is(all)
	}
}

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
				when:   "every instance is full, whatever the account has",
				change: slots(evidence.Slots{Machine: "i-1", Type: "t3.small", Used: 3, Most: 3}),
				want:   "confirmed",
				tells:  "i-1 (t3.small) has 3 of 3",
			},
			{
				when: "one of the instances has one left",
				change: slots(evidence.Slots{Machine: "i-1", Type: "t3.small", Used: 3, Most: 3},
					evidence.Slots{Machine: "i-2", Type: "t3.small", Used: 2, Most: 3}),
				want:  "unsaid",
				tells: "i-2 (t3.small) has 2 of 3",
			},
			{
				when:   "more hang on a trunk",
				change: slots(evidence.Slots{Machine: "i-1", Type: "m5.large", Used: 3, Most: 3, Trunk: true}),
				want:   "unsaid",
				tells:  "i-1 (m5.large) has a trunk interface",
			},
			{
				when:   "nobody is there",
				change: slots(),
				want:   "unsaid",
			},
			{
				when: "a deployment does not ask about types",
				change: func(c *evidence.Case) {
					c.Stop.LaunchType = "EC2"
					c.Facts.Setup.Interfaces = evidence.Is(5000)
					c.Facts.Setup.Slots = evidence.Answer[[]evidence.Slots]{Reason: classifier.ReasonDeferred,
						Action: "ec2:DescribeInstanceTypes"}
				},
				want: "deferred",
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
		cause: "placement-constraint",
		stage: classifier.Placement,
		fault: classifier.Mismatch,
		trials: []setupTrial{
			{
				when:   "an instance has all of them",
				change: machinesWith(capability, "gpu=yes"),
				want:   "partial",
				tells:  "i-1",
			},
			{
				when:   "the agent of the only one lacks a capability",
				change: machinesWith("gpu=yes"),
				want:   "confirmed",
				tells:  "i-1 lacks " + capability,
			},
			{
				when:   "the attribute has another value",
				change: machinesWith(capability, "gpu=no"),
				want:   "confirmed",
				tells:  "that have gpu=yes",
			},
			{
				when: "each lacks another one",
				change: func(c *evidence.Case) {
					machinesWith(capability)(c)
					c.Facts.Setup.Machines.Value = append(c.Facts.Setup.Machines.Value,
						evidence.Machine{ID: "i-2", Connected: true, Attributes: map[string]string{"gpu": "yes"}})
				},
				want:  "confirmed",
				tells: "on instances that have all",
			},
			{
				when: "the one that has all of them is not connected",
				change: func(c *evidence.Case) {
					machinesWith(capability, "gpu=yes")(c)
					c.Facts.Setup.Machines.Value[0].Connected = false
				},
				want: "not_causal",
			},
			{
				when: "the cluster is empty",
				change: func(c *evidence.Case) {
					machinesWith()(c)
					c.Facts.Setup.Machines.Value = nil
				},
				want: "not_causal",
			},
			{
				when: "a task for Fargate",
				change: func(c *evidence.Case) {
					machinesWith()(c)
					c.Stop.LaunchType = "FARGATE"
				},
				want: "unsaid",
			},
			{
				when: "they may not be read",
				change: func(c *evidence.Case) {
					machinesWith()(c)
					c.Facts.Setup.Machines = evidence.Unanswered[[]evidence.Machine](classifier.ReasonNoPermission,
						"ecs:ListContainerInstances")
				},
				want: "no_permission",
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
				when: "used up by other tasks",
				change: used(evidence.Point{At: launched, Value: 42},
					evidence.Point{At: launched.Add(30 * time.Second), Value: 99.25}),
				want:  "confirmed",
				tells: "the account used 99.25 at 06:59:30Z, and the task asks for 1",
			},
			{
				when:   "used up but for what the task asks for",
				change: used(evidence.Point{At: launched, Value: 99}),
				want:   "partial",
				tells:  "99 at",
			},
			{
				when: "used up before, and free again",
				change: used(evidence.Point{At: launched.Add(-5 * time.Minute), Value: 100},
					evidence.Point{At: launched, Value: 3}),
				want: "partial",
			},
			{
				when:   "used up after the stop",
				change: used(evidence.Point{At: after, Value: 100}),
				want:   "not_read",
			},
			{
				when: "a deployment, which asks for no metrics",
				change: func(c *evidence.Case) {
					c.Facts.Setup.VCPUs = evidence.Answer[[]evidence.Point]{Reason: classifier.ReasonDeferred,
						Action: "cloudwatch:GetMetricStatistics"}
				},
				want:  "deferred",
				tells: "was not read",
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
				when: "one has CPU and memory, and no GPU left",
				change: func(c *evidence.Case) {
					c.Facts.Task.TaskDefinition.Value.Containers[0].GPUs = 1
					c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{
						{ID: "i-1", Connected: true, CPU: 4096, Memory: 8192}})
				},
				want:  "confirmed",
				tells: "i-1 has 4096 CPU units, 8192 MiB and 0 of GPU",
			},
			{
				when: "one has a GPU left too",
				change: func(c *evidence.Case) {
					c.Facts.Task.TaskDefinition.Value.Containers[0].GPUs = 1
					c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{
						{ID: "i-1", Connected: true, CPU: 4096, Memory: 8192, GPUs: 1}})
				},
				want:  "partial",
				tells: "8192 MiB and 1 of GPU left",
			},
			{
				when:   "the cluster is empty",
				change: func(c *evidence.Case) { c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{}) },
				want:   "not_causal",
			},
			{
				when: "none has, and no more may be added",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{{ID: "i-1", Connected: true}})
					c.Facts.Setup.Scaling = evidence.Is(evidence.ScalingGroup{Name: "nodes-asg", Max: 1, Desired: 1,
						InService: []string{"i-1"}})
				},
				want:  "confirmed",
				tells: "raise the maximum of Auto Scaling group nodes-asg above 1",
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
				when:   "its group is at its maximum",
				change: emptyWith(evidence.ScalingGroup{Name: "nodes-asg", Max: 3, Desired: 3}),
				want:   "confirmed",
				tells:  "raise the maximum of Auto Scaling group nodes-asg above 3",
			},
			{
				when:   "its group has room",
				change: emptyWith(evidence.ScalingGroup{Name: "nodes-asg", Max: 3, Desired: 1}),
				want:   "confirmed",
				tells:  "nodes-asg wants 1 of at most 3 instances",
			},
			{
				when: "its last launch failed",
				change: emptyWith(evidence.ScalingGroup{Name: "nodes-asg", Max: 3, Desired: 1,
					Launches: evidence.Is([]evidence.ScalingActivity{
						{At: launched, Description: "Terminating EC2 instance: i-9"},
						{At: launched, Description: "Launching a new EC2 instance", Failed: true,
							Message: "You have requested more vCPU capacity than your current limit"},
						{At: before, Description: "Launching a new EC2 instance: i-9"}})}),
				want:  "confirmed",
				tells: "its last launch failed at 06:59:00Z: You have requested more vCPU",
			},
			{
				when: "a launch failed, and a later one did not",
				change: emptyWith(evidence.ScalingGroup{Name: "nodes-asg", Max: 3, Desired: 3,
					Launches: evidence.Is([]evidence.ScalingActivity{
						{At: launched, Description: "Launching a new EC2 instance: i-9"},
						{At: before, Description: "Launching a new EC2 instance", Failed: true,
							Message: "no capacity"}})}),
				want:  "confirmed",
				tells: "raise the maximum",
			},
			{
				when: "it may launch nothing",
				change: emptyWith(evidence.ScalingGroup{Name: "nodes-asg", Max: 3, Desired: 3,
					Suspended: []string{"Launch"}}),
				want:  "confirmed",
				tells: "resume process Launch of Auto Scaling group nodes-asg",
			},
			{
				when: "its instances do not join",
				change: emptyWith(evidence.ScalingGroup{Name: "nodes-asg", Max: 3, Desired: 1,
					InService: []string{"i-9"}}),
				want:  "confirmed",
				tells: "see why i-9 does not join cluster prod",
			},
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

// emptyWith is a cluster without instances, and the Auto Scaling group that should add some.
func emptyWith(group evidence.ScalingGroup) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{})
		c.Facts.Setup.Scaling = evidence.Is(group)
	}
}

const capability = "ecs.capability.secrets.ssm.environment-variables"

// machinesWith is a task on EC2 that requires a capability and an attribute, and an instance with attributes, each
// "name" or "name=value".
func machinesWith(attributes ...string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Stop.LaunchType = "EC2"
		task(c).Requires = []evidence.Attribute{{Name: capability}, {Name: "gpu", Value: "yes"}}
		m := evidence.Machine{ID: "i-1", Connected: true, Attributes: map[string]string{}}
		for _, a := range attributes {
			name, value, _ := strings.Cut(a, "=")
			m.Attributes[name] = value
		}
		c.Facts.Setup.Machines = evidence.Is([]evidence.Machine{m})
	}
}

// used is how many vCPUs of Fargate the account used.
func used(points ...evidence.Point) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Setup.VCPUs = evidence.Is(points) }
}
