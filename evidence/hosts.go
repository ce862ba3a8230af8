package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"whystopped/classifier"
	"whystopped/events/awsname"
)

// hostChecks decide what became of the machine under the task.
var hostChecks = []Check{
	{
		Cause: "instance-draining", Needs: []Need{NeedInputs},
		Confirms: "the container instance is DRAINING",
		RulesOut: "it is ACTIVE",
		Open:     "it is no longer listed",
		Prove: func(c *Case) classifier.Proof {
			i, gap := c.instance()
			switch {
			case gap.Exists():
				return gap
			case i.Status == "DRAINING":
				return confirmed(fmt.Sprintf("nothing for a service; see who drains %s, and protect long jobs from it", i.InstanceID), "container instance %s is DRAINING", i.InstanceID)
			case i.Status == "ACTIVE":
				return ruledOut("container instance %s is ACTIVE", i.InstanceID)
			}
			return unsaid("container instance %s is %s", i.InstanceID, i.Status)
		},
	},
	{
		Cause: "host-impaired", Needs: []Need{NeedInputs},
		Confirms: "EC2 says that it stopped the instance for a fault of its own, or ECS says so by stop code InfrastructureHealth",
		RulesOut: "EC2 took the instance back for Spot",
		Open:     "the instance is no longer listed or is running, or was ended by somebody or its Auto Scaling group, maybe because it was impaired",
		Prove:    proveHostImpaired,
	},
	{
		Cause: "instance-terminated", Needs: []Need{NeedInputs, NeedHost},
		Confirms: "EC2 says that the instance is stopped or terminated, and why",
		RulesOut: "it is running",
		Open:     "it is no longer listed, or Spot or its Auto Scaling group ended it",
		Prove:    proveTerminated,
	},
	{
		Cause: "instance-scaled-in", Needs: []Need{NeedInputs, NeedHost},
		Confirms: "an activity of its Auto Scaling group that began before the stop ends the instance, and not because it had ended already",
		RulesOut: "none of its group's activities names it, or the instance runs and is not DRAINING, or is stopped and of no group",
		Open:     "the instance is no longer listed, or is terminated and may have lost the tag that names its group, or the activities were not read",
		Prove:    proveScaledIn,
	},
	{
		Cause: "spot-reclaimed", Needs: []Need{NeedInputs},
		Confirms: "EC2 ended the instance for Spot, or ECS says so by stop code SpotInterruption",
		RulesOut: "the instance is not of Spot, or runs and is not DRAINING, or something else ended it",
		Open:     "it is no longer listed, says nothing, or is DRAINING",
		Prove:    proveSpot,
	},
	{
		Cause: "instance-deregistered", Needs: []Need{NeedInputs},
		Confirms: "the container instance is INACTIVE",
		RulesOut: "it is ACTIVE or DRAINING",
		Open:     "it is no longer listed, or its machine has ended, or may have, and the message does not speak of deregistering",
		Prove: func(c *Case) classifier.Proof {
			i, gap := c.instance()
			switch {
			case gap.Exists():
				return gap
			case i.Status == "INACTIVE" && i.EC2.State == Known && i.EC2.Value.ended() && !c.Stop.Texts().Say("deregister"):
				return inconclusive(classifier.ReasonNotCausal, "container instance %s is INACTIVE, as one is whose machine is %s", i.InstanceID, i.EC2.Value.State)
			case i.Status == "INACTIVE" && i.machineUnread() && !c.Stop.Texts().Say("deregister"):
				return withEvidence(i.EC2.gap(), fmt.Sprintf("container instance %s is INACTIVE; whether its machine has ended is not known", i.InstanceID))
			case i.Status == "INACTIVE":
				return confirmed(fmt.Sprintf("register %s again, or drain an instance before it is deregistered", i.InstanceID), "container instance %s is INACTIVE: it was deregistered", i.InstanceID)
			case i.Status == "ACTIVE" || i.Status == "DRAINING":
				return ruledOut("container instance %s is registered and %s", i.InstanceID, i.Status)
			}
			return unsaid("container instance %s is %s", i.InstanceID, i.Status)
		},
	},
	{
		Cause: "agent-disconnected", Needs: []Need{NeedInputs},
		Confirms: "ECS says that the agent was not connected when the task stopped, and it is not connected now",
		RulesOut: "never: an agent may connect again within seconds",
		Open:     "it is connected now, or the instance has ended, or may have, or is no longer listed",
		Prove: func(c *Case) classifier.Proof {
			i, gap := c.instance()
			switch {
			case gap.Exists():
				return gap
			case i.EC2.State == Known && i.EC2.Value.ended():
				return inconclusive(classifier.ReasonNotCausal, "%s is %s, and its agent with it", i.InstanceID, i.EC2.Value.State)
			case !i.AgentConnected && i.machineUnread():
				return withEvidence(i.EC2.gap(), fmt.Sprintf("the agent of %s is not connected; whether its machine has ended is not known", i.InstanceID))
			case i.AgentConnected:
				return inconclusive(classifier.ReasonIntermittent, "the agent of %s is connected now; short gaps are normal", i.InstanceID)
			case c.CheckedAt.Sub(c.Stop.StoppedAt) < reconnect:
				return inconclusive(classifier.ReasonIntermittent, "the agent of %s is not connected; it may be within minutes, short gaps are normal", i.InstanceID)
			}
			return confirmed(fmt.Sprintf("restart the agent on %s (sudo systemctl restart ecs), and see that the instance reaches ECS", i.InstanceID),
				"the agent of %s was not connected, and is not now", i.InstanceID)
		},
	},
}

// machineUnread tells that it is not known whether the machine still runs. Of a machine outside of AWS, whose id begins with mi-,
// EC2 knows nothing.
func (i ContainerInstance) machineUnread() bool {
	return i.EC2.State != Known && !strings.HasPrefix(i.InstanceID, "mi-")
}

// reconnect is how long an agent may be away without anything being wrong.
const reconnect = 5 * time.Minute

// instance returns the container instance of the task, or why it is not known.
func (c *Case) instance() (ContainerInstance, classifier.Proof) {
	a := c.Facts.Inputs.Instance
	switch {
	case c.Stop.ContainerInstanceARN == "":
		return ContainerInstance{}, unsaid("the event names no container instance")
	case a.State == Absent:
		return ContainerInstance{}, inconclusive(classifier.ReasonNotVisible, "container instance %s is no longer listed", awsname.LastPart(c.Stop.ContainerInstanceARN))
	case a.State != Known:
		return ContainerInstance{}, a.gap()
	}
	return a.Value, classifier.Proof{}
}

// machine returns the EC2 instance under the task, or why it is not known.
func (c *Case) machine() (Instance, classifier.Proof) {
	i, gap := c.instance()
	switch {
	case gap.Exists():
		return Instance{}, gap
	case i.EC2.State == Absent:
		return Instance{}, inconclusive(classifier.ReasonNotVisible, "instance %s is no longer listed: EC2 forgets it within an hour", i.InstanceID)
	case i.EC2.State != Known:
		return Instance{}, i.EC2.gap()
	}
	return i.EC2.Value, classifier.Proof{}
}

// ended tells that an instance is stopped, terminated or on the way there.
func (i Instance) ended() bool {
	return slices.Contains([]string{"shutting-down", "terminated", "stopping", "stopped"}, i.State)
}

// bySpot tells that Spot ended an instance
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html).
func (i Instance) bySpot() bool { return strings.HasPrefix(i.StateReason, "Server.Spot") }

// byFault tells that EC2 ended an instance for a fault of its own.
func (i Instance) byFault() bool {
	return i.StateReason == "Server.InternalError" || i.StateReason == "Server.ScheduledStop"
}

func proveHostImpaired(c *Case) classifier.Proof {
	if !c.Stop.OnInstance() && c.Stop.StopCode == "InfrastructureHealth" {
		return confirmed("nothing for a service that has several tasks; start a job again", "ECS stopped the task with stop code InfrastructureHealth")
	}
	i, gap := c.machine()
	switch {
	case gap.Exists():
		return gap
	case i.ended() && i.byFault():
		return confirmed(fmt.Sprintf("replace %s, and spread the service over zones", i.ID), "EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	case i.ended() && i.bySpot():
		return ruledOut("EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	case i.ended() && i.StateReason != "":
		return unsaid("EC2 says of %s: %s, %s; whether it was impaired before is not read", i.ID, i.State, i.StateReason)
	}
	return unsaid("%s is %s; its status checks are not read", i.ID, i.State)
}

func proveTerminated(c *Case) classifier.Proof {
	i, gap := c.machine()
	activity, found := c.scaledIn(i.ID)
	switch {
	case gap.Exists():
		return gap
	case i.State == "running" && c.Stop.Texts().Say(") terminated", ") stopped"):
		return unsaid("%s is running now; ECS said that it had ended", i.ID)
	case i.State == "running":
		return ruledOut("%s is running", i.ID)
	case !i.ended():
		return unsaid("%s is %s", i.ID, i.State)
	case i.bySpot():
		return inconclusive(classifier.ReasonNotCausal, "%s is %s because of Spot (%s)", i.ID, i.State, i.StateReason)
	case found:
		return inconclusive(classifier.ReasonNotCausal, "%s is %s because of its Auto Scaling group %s: %s", i.ID, i.State, i.AutoScalingGroup, activity.Cause)
	case i.StateReason == "":
		return unsaid("%s is %s, and EC2 does not say why", i.ID, i.State)
	}
	said := ""
	if i.AutoScalingGroup != "" && c.Facts.Aftermath.Activities.State != Known {
		said = fmt.Sprintf("; it was of Auto Scaling group %s, whose activities were not read", i.AutoScalingGroup)
	}
	next := fmt.Sprintf("see in CloudTrail who ended %s (TerminateInstances, StopInstances), and drain instances before they end", i.ID)
	switch {
	case i.byFault():
		next = fmt.Sprintf("replace %s, and see in AWS Health what EC2 says of it", i.ID)
	case i.StateReason == "Client.InstanceInitiatedShutdown":
		next = fmt.Sprintf("see in the system log of %s what shut it down from within (shutdown, poweroff), and drain instances before they end", i.ID)
	}
	return confirmed(next,
		"EC2 says of %s: %s, %s%s", i.ID, i.State, i.StateReason, said)
}

// late is how long after the stop an activity may begin that brought it about.
const late = 5 * time.Minute

// scaledIn returns the activity of the instance's group that ended the instance. With draining it begins long before the stop. One
// that only clears away an instance which had ended before is none
// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-healthchecks.html).
func (c *Case) scaledIn(id string) (ScalingActivity, bool) {
	for _, a := range c.Facts.Aftermath.Activities.Value {
		if id != "" && a.names(id) && strings.Contains(strings.ToLower(a.Description), "terminat") && !strings.Contains(a.Cause, "has been terminated or stopped") &&
			!a.At.After(c.Stop.StoppedAt.Add(late)) {
			return a, true
		}
	}
	return ScalingActivity{}, false
}

// names tells that the activity is about an instance, and not about one whose id only begins like that.
func (a ScalingActivity) names(id string) bool {
	return slices.Contains(strings.FieldsFunc(a.Description, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }), id)
}

// unhealthy tells that the group took the instance for sick.
func (a ScalingActivity) unhealthy() bool {
	return strings.Contains(a.Cause, "health check") || strings.Contains(a.Cause, "status check")
}

func proveScaledIn(c *Case) classifier.Proof {
	i, gap := c.machine()
	activities := c.Facts.Aftermath.Activities
	activity, found := c.scaledIn(i.ID)
	switch {
	case gap.Exists():
		return gap
	case found:
		next := fmt.Sprintf("turn on managed draining and managed termination protection of the capacity provider of %s", i.AutoScalingGroup)
		if activity.unhealthy() {
			next = fmt.Sprintf("see why %s was unhealthy: the cause of the activity says which check it failed", i.ID)
		}
		return confirmed(next, "Auto Scaling group %s at %s: %s (%s)", i.AutoScalingGroup, moment(activity.At), activity.Description, activity.Cause)
	case i.AutoScalingGroup != "" && activities.State == Known:
		return ruledOut("no activity of Auto Scaling group %s until the stop ended %s", i.AutoScalingGroup, i.ID)
	case i.State == "running" && !c.draining():
		return ruledOut("%s is running", i.ID)
	case i.AutoScalingGroup == "" && (i.State == "terminated" || i.State == "shutting-down"):
		return inconclusive(classifier.ReasonNotVisible, "%s is %s and has no tag of an Auto Scaling group, but terminated instances may have lost their tags", i.ID, i.State)
	case i.AutoScalingGroup == "":
		return ruledOut("%s is of no Auto Scaling group", i.ID)
	}
	return withEvidence(activities.gap(), fmt.Sprintf("%s was of Auto Scaling group %s", i.ID, i.AutoScalingGroup))
}

// draining tells that the container instance gives its tasks up, as it does while its end is near and it still runs.
func (c *Case) draining() bool { return c.Facts.Inputs.Instance.Value.Status == "DRAINING" }

func proveSpot(c *Case) classifier.Proof {
	next := "keep a base of On-Demand capacity for " + cmp.Or(c.Stop.Service, "what must not be interrupted") + ", and handle SIGTERM within two minutes"
	if c.Stop.StopCode == "SpotInterruption" {
		return confirmed(next, "ECS stopped the task with stop code SpotInterruption")
	}
	if !c.Stop.OnInstance() {
		if c.Stop.CapacityProvider == "FARGATE" {
			return ruledOut("the capacity provider FARGATE has no Spot")
		}
		return unsaid("the stop code is %s, not SpotInterruption", cmp.Or(c.Stop.StopCode, "none"))
	}
	i, gap := c.machine()
	switch {
	case gap.Exists():
		return gap
	case i.ended() && i.bySpot():
		return confirmed(next, "EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	case i.Lifecycle != "spot":
		return ruledOut("%s is not a Spot instance", i.ID)
	case i.State == "running" && c.draining():
		return unsaid("Spot instance %s is running and DRAINING, as it is between the notice of an interruption and its end", i.ID)
	case i.State == "running":
		return ruledOut("%s is running", i.ID)
	case i.ended() && i.StateReason != "":
		return ruledOut("EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	}
	return unsaid("%s is %s, and EC2 does not say why", i.ID, i.State)
}
