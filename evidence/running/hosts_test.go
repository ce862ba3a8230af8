package running

import (
	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var hostTrials = map[string][]trial{
	"instance-draining": {
		{
			when:   "it is",
			change: changes(onInstance, statusIs("DRAINING")),
			result: proven,
			says:   "i-0a1 is DRAINING",
			next:   "i-0a1",
		},
		{
			when:   "it is not",
			change: onInstance,
			result: excluded,
			says:   "i-0a1 is ACTIVE",
		},
		{
			when:   "it is gone",
			change: changes(onInstance, goneInstance),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "no longer listed",
		},
		{
			when:   "it was deregistered",
			change: changes(onInstance, statusIs("INACTIVE")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "i-0a1 is INACTIVE",
		},
		{
			when:   "it may not be read",
			change: changes(onInstance, noInstance),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "the event names none",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "names no container instance",
		},
	},
	"host-impaired": {
		{
			when:   "EC2 says so",
			change: endedBy("Server.InternalError"),
			result: proven,
			says:   "i-0a1: terminated, Server.InternalError",
			next:   "replace i-0a1",
		},
		{
			when:   "EC2 retired its host",
			change: instanceIs("stopped", "Server.ScheduledStop"),
			result: proven,
			says:   "i-0a1: stopped, Server.ScheduledStop",
			next:   "replace i-0a1",
		},
		{
			when:   "Spot ended it",
			change: endedBy("Server.SpotInstanceTermination"),
			result: excluded,
			says:   "Server.SpotInstanceTermination",
		},
		{
			when:   "somebody or its group ended it, maybe for that",
			change: endedBy("Client.UserInitiatedShutdown"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "Client.UserInitiatedShutdown; whether it was impaired",
		},
		{
			when:   "a fault of the client's ended it",
			change: endedBy("Client.InternalError"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "Client.InternalError",
		},
		{
			when:   "EC2 does not say why it ended",
			change: endedBy(""),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "i-0a1 is terminated",
		},
		{
			when:   "it runs again",
			change: instanceIs("running", "Server.ScheduledStop"),
			result: unasked,
			reason: classifier.ReasonNotRead,
			says:   "i-0a1 is running",
		},
		{
			when:   "it runs again, after Spot had ended it",
			change: instanceIs("running", "Server.SpotInstanceShutdown"),
			result: unasked,
			reason: classifier.ReasonNotRead,
			says:   "i-0a1 is running",
		},
		{
			when:   "it is gone",
			change: changes(onInstance, goneInstance),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "no longer listed",
		},
		{
			when:   "it runs and passes its checks",
			change: changes(onInstance, impaired()),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "fails no status check now",
		},
		{
			when:   "it has failed a check since before the stop",
			change: changes(onInstance, impaired(evidence.Impairment{Check: "system", Since: afterAt(10)})),
			result: proven,
			says:   "i-0a1 has failed its system status check since",
			next:   "replace i-0a1",
		},
		{
			when:   "it has failed the check of its operating system since before the stop",
			change: changes(onInstance, impaired(evidence.Impairment{Check: "instance", Since: afterAt(10)})),
			result: proven,
			says:   "failed its instance status check",
			next:   "system log of i-0a1",
		},
		{
			when:   "it fails a check since the stop",
			change: changes(onInstance, impaired(evidence.Impairment{Check: "system", Since: afterAt(100)})),
			result: unclear,
			reason: classifier.ReasonLater,
			says:   "after the failure",
		},
		{
			when:   "it fails a check, since when is not told",
			change: changes(onInstance, impaired(evidence.Impairment{Check: "system"})),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "since when is not told",
		},
		{
			when: "its checks may not be read",
			change: changes(onInstance, func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.Impairments, classifier.ReasonNoPermission,
					"ec2:DescribeInstanceStatus")
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "were not read",
		},
		{
			when:   "ECS says so of Fargate",
			change: func(c *evidence.Case) { c.Stop.StopCode = "InfrastructureHealth" },
			result: proven,
			says:   "stop code InfrastructureHealth",
			next:   "nothing for a service",
		},
	},
	"instance-terminated": {
		{
			when:   "it shut itself down",
			change: endedBy("Client.InstanceInitiatedShutdown"),
			result: proven,
			says:   "Client.InstanceInitiatedShutdown",
			next:   "system log of i-0a1",
		},
		{
			when:   "EC2 ended it for a fault of its own",
			change: endedBy("Server.ScheduledStop"),
			result: proven,
			says:   "Server.ScheduledStop",
			next:   "replace i-0a1",
		},
		{
			when:   "somebody ended it",
			change: endedBy("Client.UserInitiatedShutdown"),
			result: proven,
			says:   "i-0a1: terminated, Client.UserInitiatedShutdown$",
			next:   "who ended i-0a1",
		},
		{
			when: "somebody ended it, and it is of no group",
			change: changes(machineWith(func(i *evidence.Instance) {
				i.State, i.StateReason, i.AutoScalingGroup = "stopped", "Client.UserInitiatedShutdown", ""
			}), func(c *evidence.Case) {
				c.Facts.Running.Activities = evidence.Answer[[]evidence.ScalingActivity]{}
			}),
			result: proven,
			says:   "i-0a1: stopped, Client.UserInitiatedShutdown$",
		},
		{
			when:   "somebody stopped it",
			change: instanceIs("stopped", "Client.UserInitiatedShutdown"),
			result: proven,
			says:   "i-0a1: stopped",
		},
		{
			when:   "it is being stopped",
			change: instanceIs("stopping", "Client.InstanceInitiatedShutdown"),
			result: proven,
			says:   "i-0a1: stopping",
		},
		{
			when:   "it is being terminated",
			change: instanceIs("shutting-down", "Client.UserInitiatedShutdown"),
			result: proven,
			says:   "i-0a1: shutting-down",
		},
		{
			when:   "whether its group ended it may not be read",
			change: changes(endedBy("Client.UserInitiatedShutdown"), noActivities),
			result: proven,
			says:   "Client.UserInitiatedShutdown; it was of Auto Scaling group hosts, whose activities were not read",
		},
		{
			when:   "EC2 does not say why",
			change: endedBy(""),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "does not say why",
		},
		{
			when:   "it is on its way up",
			change: instanceIs("pending", "Client.UserInitiatedShutdown"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "i-0a1 is pending$",
		},
		{
			when:   "its container instance is gone",
			change: changes(onInstance, goneInstance),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "no longer listed",
		},
		{
			when:   "it runs",
			change: onInstance,
			result: excluded,
			says:   "i-0a1 is running",
		},
		{
			when: "it runs again",
			change: changes(onInstance, func(c *evidence.Case) {
				c.Stop.StoppedReason = "Host EC2 (instance i-0a1) stopped."
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "running now",
		},
		{
			when:   "Spot did",
			change: endedBy("Server.SpotInstanceTermination"),
			result: unclear,
			reason: classifier.ReasonNotCausal,
			says:   "because of Spot",
		},
		{
			when:   "its group did",
			change: changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(60)),
			result: unclear,
			reason: classifier.ReasonNotCausal,
			says:   "Auto Scaling group hosts",
		},
		{
			when: "EC2 has forgotten it",
			change: changes(onInstance, func(c *evidence.Case) {
				c.Facts.Task.Instance.Value.EC2 = evidence.None[evidence.Instance]()
			}),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "forgets it within an hour",
		},
		{
			when:   "somebody ended it, and its group cleared it away",
			change: changes(endedBy("Client.UserInitiatedShutdown"), clearedAway),
			result: proven,
			says:   "Client.UserInitiatedShutdown",
			next:   "who ended i-0a1",
		},
	},
	"instance-scaled-in": {
		{
			when:   "an activity names it",
			change: changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(60)),
			result: proven,
			says:   "Terminating EC2 instance: i-0a1 (a scale-in)",
			next:   "capacity provider of hosts",
		},
		{
			when:   "an activity long after the stop names it",
			change: changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(7200)),
			result: excluded,
			says:   "no activity",
		},
		{
			when:   "draining took an hour",
			change: changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(-3600)),
			result: proven,
			says:   "i-0a1",
		},
		{
			when:   "it still runs, and its end has begun",
			change: changes(onInstance, scaledInAt(-60), statusIs("DRAINING")),
			result: proven,
			says:   "Terminating EC2 instance: i-0a1",
			next:   "capacity provider of hosts",
		},
		{
			when: "it runs and is not draining",
			change: changes(onInstance, func(c *evidence.Case) {
				c.Facts.Running.Activities = evidence.Answer[[]evidence.ScalingActivity]{}
			}),
			result: excluded,
			says:   "i-0a1 is running",
		},
		{
			when: "it drains, and activities may not be read",
			change: changes(onInstance, func(c *evidence.Case) {
				c.Facts.Task.Instance.Value.Status = "DRAINING"
				evidencetest.Refuse(&c.Facts.Running.Activities, classifier.ReasonNoPermission,
					"autoscaling:DescribeScalingActivities")
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "Auto Scaling group hosts",
		},
		{
			when: "an activity for one whose id begins so",
			change: changes(endedBy("Client.UserInitiatedShutdown"), func(c *evidence.Case) {
				c.Facts.Running.Activities = evidence.Is([]evidence.ScalingActivity{{
					At:          afterAt(60),
					Description: "Terminating EC2 instance: i-0a1b2c3d4e5f60718 - Waiting for ELB connection draining.",
					Cause:       "a scale-in",
				}})
			}),
			result: excluded,
		},
		{
			when:   "the group only clears away what had ended",
			change: changes(endedBy("Client.UserInitiatedShutdown"), clearedAway),
			result: excluded,
		},
		{
			when: "the group took it for sick",
			change: changes(endedBy("Client.UserInitiatedShutdown"), func(c *evidence.Case) {
				c.Facts.Running.Activities = evidence.Is([]evidence.ScalingActivity{{
					At:          afterAt(60),
					Description: "Terminating EC2 instance: i-0a1",
					Cause: "At 2026-03-04T10:01:00Z an instance was taken out of service in response to an EC2 " +
						"instance status checks failure.",
				}})
			}),
			result: proven,
			says:   "status checks failure",
			next:   "see why i-0a1 was unhealthy",
		},
		{
			when:   "no activity names it",
			change: endedBy("Client.UserInitiatedShutdown"),
			result: excluded,
			says:   "no activity of Auto Scaling group hosts",
		},
		{
			when: "only the activity that launched it names it",
			change: changes(endedBy("Client.UserInitiatedShutdown"), func(c *evidence.Case) {
				c.Facts.Running.Activities.Value[0].Description = "Launching a new EC2 instance: i-0a1"
			}),
			result: excluded,
		},
		{
			when:   "the activity began five minutes after the stop",
			change: changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(390)),
			result: proven,
		},
		{
			when:   "the activity began later",
			change: changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(391)),
			result: excluded,
		},
		{
			when:   "it runs",
			change: onInstance,
			result: excluded,
			says:   "no activity of Auto Scaling group hosts until the stop ended i-0a1",
		},
		{
			when:   "it is being terminated and tells no group",
			change: machineWith(func(i *evidence.Instance) { i.State, i.AutoScalingGroup = "shutting-down", "" }),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "may have lost their tags",
		},
		{
			when:   "it is of no group",
			change: machineWith(func(i *evidence.Instance) { i.State, i.AutoScalingGroup = "stopped", "" }),
			result: excluded,
			says:   "no Auto Scaling group",
		},
		{
			when:   "it is terminated and tells no group",
			change: machineWith(func(i *evidence.Instance) { i.State, i.AutoScalingGroup = "terminated", "" }),
			result: unclear,
			reason: classifier.ReasonNotVisible,
		},
		{
			when: "activities are not asked for",
			change: changes(endedBy("Client.UserInitiatedShutdown"), func(c *evidence.Case) {
				c.Facts.Running.Activities = evidence.Answer[[]evidence.ScalingActivity]{
					Reason: classifier.ReasonTier,
					Action: "autoscaling:DescribeScalingActivities",
				}
			}),
			result: unasked,
			reason: classifier.ReasonTier,
			says:   "Auto Scaling group hosts",
		},
	},
	"spot-reclaimed": {
		{
			when:   "it drains before it ends",
			change: changes(onInstance, statusIs("DRAINING")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "running and DRAINING",
		},
		{
			when:   "it runs",
			change: onInstance,
			result: excluded,
			says:   "i-0a1 is running",
		},
		{
			when:   "EC2 says so",
			change: endedBy("Server.SpotInstanceTermination"),
			result: proven,
			says:   "Server.SpotInstanceTermination",
			next:   "On-Demand capacity for web",
		},
		{
			when:   "somebody ended it",
			change: endedBy("Client.UserInitiatedShutdown"),
			result: excluded,
			says:   "Client.UserInitiatedShutdown",
		},
		{
			when:   "it is not of Spot",
			change: machineWith(func(i *evidence.Instance) { i.State, i.Lifecycle = "terminated", "" }),
			result: excluded,
			says:   "not a Spot instance",
		},
		{
			when:   "it is of Spot, and EC2 does not say why it ended",
			change: endedBy(""),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "does not say why",
		},
		{
			when:   "it runs again",
			change: instanceIs("running", "Server.SpotInstanceShutdown"),
			result: excluded,
		},
		{
			when:   "it is on its way up",
			change: instanceIs("pending", "Client.UserInitiatedShutdown"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "i-0a1 is pending",
		},
		{
			when:   "the task is of no service",
			change: changes(endedBy("Server.SpotInstanceShutdown"), func(c *evidence.Case) { c.Stop.Service = "" }),
			result: proven,
			says:   "Server.SpotInstanceShutdown",
			next:   "capacity for what must not be interrupted",
		},
		{
			when:   "on Fargate Spot ECS would say so",
			change: func(c *evidence.Case) { c.Stop.CapacityProvider, c.Stop.StopCode = "FARGATE_SPOT", "" },
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the stop code is none, not SpotInterruption",
		},
		{
			when:   "ECS says so",
			change: func(c *evidence.Case) { c.Stop.StopCode = "SpotInterruption" },
			result: proven,
			says:   "stop code SpotInterruption",
			next:   "handle SIGTERM within two minutes",
		},
		{
			when:   "Fargate without Spot",
			result: excluded,
			says:   "FARGATE has no Spot",
		},
		{
			when:   "the instance may not be read",
			change: changes(onInstance, noMachine),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
	"instance-deregistered": {
		{
			when:   "its machine has ended",
			change: changes(endedBy("Client.UserInitiatedShutdown"), statusIs("INACTIVE")),
			result: unclear,
			reason: classifier.ReasonNotCausal,
			says:   "whose machine is terminated",
		},
		{
			when: "its machine could not be read",
			change: changes(onInstance, func(c *evidence.Case) {
				c.Facts.Task.Instance.Value.Status = "INACTIVE"
				evidencetest.Refuse(&c.Facts.Task.Instance.Value.EC2, classifier.ReasonNoPermission,
					"ec2:DescribeInstances")
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "container instance i-0a1 is INACTIVE; whether its machine has ended is not known",
		},
		{
			when:   "it is",
			change: changes(onInstance, statusIs("INACTIVE")),
			result: proven,
			says:   "INACTIVE",
			next:   "register i-0a1 again",
		},
		{
			when:   "it is not",
			change: onInstance,
			result: excluded,
			says:   "registered and ACTIVE",
		},
		{
			when:   "it is draining",
			change: changes(onInstance, statusIs("DRAINING")),
			result: excluded,
			says:   "registered and DRAINING",
		},
		{
			when:   "it is on its way out",
			change: changes(onInstance, statusIs("DEREGISTERING")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "i-0a1 is DEREGISTERING",
		},
		{
			when:   "it is gone",
			change: changes(onInstance, goneInstance),
			result: unclear,
			reason: classifier.ReasonNotVisible,
		},
	},
	"agent-disconnected": {
		{
			when: "its machine could not be read",
			change: changes(onInstance, agentAway, func(c *evidence.Case) {
				c.CheckedAt = afterAt(500)
				evidencetest.Refuse(&c.Facts.Task.Instance.Value.EC2, classifier.ReasonNoPermission,
					"ec2:DescribeInstances")
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "the agent of i-0a1 is not connected; whether its machine has ended is not known",
		},
		{
			when: "its machine is not of AWS",
			change: changes(onInstance, agentAway, func(c *evidence.Case) {
				c.CheckedAt = afterAt(500)
				c.Facts.Task.Instance.Value.InstanceID = "mi-0a1"
				c.Facts.Task.Instance.Value.EC2 = evidence.Answer[evidence.Instance]{}
			}),
			result: proven,
			says:   "the agent of mi-0a1 was not connected",
			next:   "restart the agent on mi-0a1",
		},
		{
			when:   "its machine has ended",
			change: changes(endedBy("Client.UserInitiatedShutdown"), agentAway, readAt(500)),
			result: unclear,
			reason: classifier.ReasonNotCausal,
			says:   "is terminated",
		},
		{
			when:   "still not connected",
			change: changes(onInstance, agentAway, readAt(390)),
			result: proven,
			says:   "is not now",
			next:   "on i-0a1",
		},
		{
			when:   "not connected within minutes",
			change: changes(onInstance, agentAway, readAt(389)),
			result: unclear,
			reason: classifier.ReasonIntermittent,
			says:   "short gaps are normal",
		},
		{
			when:   "connected now",
			change: onInstance,
			result: unclear,
			reason: classifier.ReasonIntermittent,
			says:   "connected now",
		},
		{
			when:   "the instance is gone",
			change: changes(onInstance, goneInstance, readAt(390)),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "no longer listed",
		},
	},
}

func endedBy(reason string) func(*evidence.Case) {
	return machineWith(func(i *evidence.Instance) { i.State, i.StateReason = "terminated", reason })
}

func scaledInAt(seconds int) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Facts.Running.Activities.Value = append(c.Facts.Running.Activities.Value, evidence.ScalingActivity{
			At:          afterAt(seconds),
			Description: "Terminating EC2 instance: i-0a1",
			Cause:       "a scale-in",
		})
	}
}

// clearedAway lets the group of the instance find that it had ended.
func clearedAway(c *evidence.Case) {
	c.Facts.Running.Activities = evidence.Is([]evidence.ScalingActivity{{
		At:          afterAt(60),
		Description: "Terminating EC2 instance: i-0a1",
		Cause: "At 2026-03-04T10:01:00Z an instance was taken out of service in response to an EC2 health " +
			"check indicating it has been terminated or stopped.",
	}})
}

func statusIs(status string) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Task.Instance.Value.Status = status }
}

func goneInstance(c *evidence.Case) {
	c.Facts.Task.Instance = evidence.None[evidence.ContainerInstance]()
}

func noInstance(c *evidence.Case) {
	evidencetest.Refuse(&c.Facts.Task.Instance, classifier.ReasonNoPermission, "ecs:DescribeContainerInstances")
}

// instanceIs puts the task on an instance in another state.
func instanceIs(state, reason string) func(*evidence.Case) {
	return machineWith(func(i *evidence.Instance) { i.State, i.StateReason = state, reason })
}

func agentAway(c *evidence.Case) { c.Facts.Task.Instance.Value.AgentConnected = false }

func noMachine(c *evidence.Case) {
	evidencetest.Refuse(&c.Facts.Task.Instance.Value.EC2, classifier.ReasonNoPermission, "ec2:DescribeInstances")
}

func noActivities(c *evidence.Case) {
	evidencetest.Refuse(&c.Facts.Running.Activities, classifier.ReasonNoPermission,
		"autoscaling:DescribeScalingActivities")
}

// impaired makes the instance one that fails status checks, or none.
func impaired(checks ...evidence.Impairment) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Running.Impairments = evidence.Is(checks) }
}

var unwellTrials = map[string][]trial{
	"docker-unresponsive": {
		{
			when:   "the burst credits were used up",
			change: changes(onInstance, versions, burst(40, 0, 0)),
			result: proven,
			says:   "root volume vol-0a1 is of type gp2 with 30 GiB; the burst credits of its root volume were at 0 %",
			next:   "gp3",
		},
		{
			when:   "they were nearly used up",
			change: changes(onInstance, versions, burst(40, 9, 2)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "were not used up",
		},
		{
			when: "they were used up only after the stop",
			change: changes(onInstance, versions, func(c *evidence.Case) {
				c.Facts.Running.Burst = evidence.Is([]evidence.Point{{At: afterAt(200), Value: 0}})
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
		{
			when:   "the volume has none",
			change: changes(onInstance, versions, burst()),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "i-0a1 runs agent 1.99.0 and Docker 25.0.6",
		},
		{
			when: "a deployment does not ask for metrics",
			change: changes(onInstance, versions, func(c *evidence.Case) {
				c.Facts.Running.Burst = evidence.Answer[[]evidence.Point]{Reason: classifier.ReasonDeferred,
					Action: "cloudwatch:GetMetricStatistics"}
			}),
			result: unasked,
			reason: classifier.ReasonDeferred,
			says:   "were not read",
		},
		{
			when:   "the instance is gone",
			change: changes(onInstance, goneInstance),
			result: unclear,
			reason: classifier.ReasonNotVisible,
		},
		{
			when:   "on Fargate",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "only to AWS",
		},
	},
	"agent-fault": {
		{
			when: "the agent is not connected, and a check fails",
			change: changes(onInstance, versions, impaired(evidence.Impairment{Check: "instance", Since: afterAt(10)}),
				func(c *evidence.Case) { c.Facts.Task.Instance.Value.AgentConnected = false }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which is not connected now; it fails its instance status check since",
		},
		{when: "on Fargate", result: unclear, reason: classifier.ReasonUnsaid},
	},
	"agent-old": {
		{
			when:   "its version is told",
			change: changes(onInstance, versions),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "i-0a1 runs agent 1.99.0",
		},
	},
	"host-disk-full": {
		{
			when:   "its root volume is told",
			change: changes(onInstance, versions),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "gp2 with 30 GiB; how full the disk was is visible only on the instance",
		},
		{
			when:   "it may not be read",
			change: changes(onInstance, noInstance),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
}

// versions tells the versions of agent and Docker, and the root volume.
func versions(c *evidence.Case) {
	i := &c.Facts.Task.Instance.Value
	i.AgentConnected, i.AgentVersion, i.DockerVersion = true, "1.99.0", "25.0.6"
	c.Facts.Running.Disk = evidence.Is(evidence.Disk{ID: "vol-0a1", Type: "gp2", GiB: 30})
}

// burst is the burst balance of the root volume in the minutes before the stop.
func burst(percent ...float64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		points := []evidence.Point{}
		for i, value := range percent {
			points = append(points, evidence.Point{At: afterAt(10 * i), Value: value})
		}
		c.Facts.Running.Burst = evidence.Is(points)
	}
}
