package running

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// hostChecks decide what became of the machine under the task.
var hostChecks = []evidence.Check{
	{
		Cause: "instance-draining", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "the container instance is DRAINING",
		RulesOut: "it is ACTIVE",
		Open:     "it is no longer listed",
		Prove: func(c *evidence.Case) classifier.Proof {
			i, gap := instance(c)
			switch {
			case gap.Exists():
				return gap
			case i.Status == "DRAINING":
				return evidence.Confirmed(
					fmt.Sprintf("nothing for a service; see who drains %s, and protect long jobs from it",
						i.InstanceID), "container instance %s is DRAINING", i.InstanceID)
			case i.Status == "ACTIVE":
				return evidence.RuledOut("container instance %s is ACTIVE", i.InstanceID)
			}
			return evidence.Unsaid("container instance %s is %s", i.InstanceID, i.Status)
		},
	},
	{
		Cause: "host-impaired", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHost},
		Confirms: "EC2 says that it stopped the instance for a fault of its own, or that the instance has failed a " +
			"status check since before the stop; or ECS says so by stop code InfrastructureHealth",
		RulesOut: "EC2 took the instance back for Spot",
		Open: "the instance is no longer listed, or runs and passes its checks now, or was ended by somebody or its " +
			"Auto Scaling group, which may be because it was impaired",
		Prove: proveHostImpaired,
	},
	{
		Cause: "instance-terminated", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHost},
		Confirms: "EC2 says that the instance is stopped or terminated, and why",
		RulesOut: "it is running",
		Open:     "it is no longer listed, or Spot or its Auto Scaling group ended it",
		Prove:    proveTerminated,
	},
	{
		Cause: "instance-scaled-in", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHost},
		Confirms: "an activity of its Auto Scaling group that began before the stop ends the instance, and not " +
			"because it had ended already",
		RulesOut: "none of its group's activities names it, or the instance runs and is not DRAINING, or is stopped " +
			"and of no group",
		Open: "the instance is no longer listed, or is terminated and may have lost the tag that names its " +
			"group, or the activities were not read",
		Prove: proveScaledIn,
	},
	{
		Cause: "spot-reclaimed", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "EC2 ended the instance for Spot, or ECS says so by stop code SpotInterruption",
		RulesOut: "the instance is not of Spot, or runs and is not DRAINING, or something else ended it",
		Open:     "it is no longer listed, says nothing, or is DRAINING",
		Prove:    proveSpot,
	},
	{
		Cause: "instance-deregistered", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "the container instance is INACTIVE",
		RulesOut: "it is ACTIVE or DRAINING",
		Open: "it is no longer listed, or its machine has ended, or may have, and the message does not speak of " +
			"deregistering",
		Prove: func(c *evidence.Case) classifier.Proof {
			i, gap := instance(c)
			switch {
			case gap.Exists():
				return gap
			case i.Status == "INACTIVE" && i.EC2.State == evidence.Known && i.EC2.Value.Ended() &&
				!c.Stop.Texts().Say("deregister"):
				return evidence.Inconclusive(classifier.ReasonNotCausal,
					"container instance %s is INACTIVE, as one is whose machine is %s", i.InstanceID, i.EC2.Value.State)
			case i.Status == "INACTIVE" && machineUnread(i) && !c.Stop.Texts().Say("deregister"):
				return evidence.WithEvidence(i.EC2.Gap(),
					fmt.Sprintf("container instance %s is INACTIVE; whether its machine has ended is not known",
						i.InstanceID))
			case i.Status == "INACTIVE":
				return evidence.Confirmed(
					fmt.Sprintf("register %s again, or drain an instance before it is deregistered", i.InstanceID),
					"container instance %s is INACTIVE: it was deregistered", i.InstanceID)
			case i.Status == "ACTIVE" || i.Status == "DRAINING":
				return evidence.RuledOut("container instance %s is registered and %s", i.InstanceID, i.Status)
			}
			return evidence.Unsaid("container instance %s is %s", i.InstanceID, i.Status)
		},
	},
	{
		Cause: "agent-disconnected", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "ECS says that the agent was not connected when the task stopped, and it is not connected now",
		RulesOut: "never: an agent may connect again within seconds",
		Open:     "it is connected now, or the instance has ended, or may have, or is no longer listed",
		Prove: func(c *evidence.Case) classifier.Proof {
			i, gap := instance(c)
			switch {
			case gap.Exists():
				return gap
			case i.EC2.State == evidence.Known && i.EC2.Value.Ended():
				return evidence.Inconclusive(classifier.ReasonNotCausal, "%s is %s, and its agent with it",
					i.InstanceID, i.EC2.Value.State)
			case !i.AgentConnected && machineUnread(i):
				return evidence.WithEvidence(i.EC2.Gap(),
					fmt.Sprintf("the agent of %s is not connected; whether its machine has ended is not known",
						i.InstanceID))
			case i.AgentConnected:
				return evidence.Inconclusive(classifier.ReasonIntermittent,
					"the agent of %s is connected now; short gaps are normal", i.InstanceID)
			case c.CheckedAt.Sub(c.Stop.StoppedAt) < reconnect:
				return evidence.Inconclusive(classifier.ReasonIntermittent,
					"the agent of %s is not connected; it may be within minutes, short gaps are normal", i.InstanceID)
			}
			return evidence.Confirmed(
				fmt.Sprintf("restart the agent on %s, and see that it reaches ECS: `sudo systemctl restart ecs`",
					i.InstanceID),
				"the agent of %s was not connected, and is not now", i.InstanceID)
		},
	},
}

// unwellChecks look at an instance on which Docker or the agent failed: what can be seen of it from outside.
var unwellChecks = []evidence.Check{
	{
		Cause: "docker-unresponsive", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHost},
		Confirms: "the burst credits of the instance's root volume were used up in the minutes before the stop",
		RulesOut: "never: whether Docker answered at that minute is visible only on the instance",
		Open: "they were not, or the volume has none, or nobody asked; status checks, root volume and versions are " +
			"told",
		Prove: proveUnresponsive,
	},
	unwell("agent-fault", "what the agent did is kept in its log on the instance"),
	unwell("agent-old", "which version is too old for a feature is a matter of release notes, not of an API"),
	unwell("host-disk-full", "how full the disk was is visible only on the instance, on Fargate only to AWS"),
}

// unwell is a check that decides nothing, because what would is visible only on the instance, and tells what is seen.
func unwell(cause, why string) evidence.Check {
	return evidence.Check{Cause: cause, Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHost}, Timeless: true,
		Confirms: "never: " + why, RulesOut: "never, for the same reason",
		Open: "always; the agent's connection and versions, failed status checks and the root volume of the instance " +
			"are told, as far as they are read",
		Prove: func(c *evidence.Case) classifier.Proof {
			if !c.Stop.OnInstance() {
				return evidence.Unsaid("%s", why)
			}
			i, gap := instance(c)
			if gap.Exists() {
				return gap
			}
			return evidence.Unsaid("%s; %s", seen(c, i), why)
		}}
}

// seen is what is seen of a container instance from outside.
func seen(c *evidence.Case, i evidence.ContainerInstance) string {
	said := i.InstanceID + " runs agent " + cmp.Or(i.AgentVersion, "of a version that is not told")
	if i.DockerVersion != "" {
		said += " and Docker " + i.DockerVersion
	}
	if !i.AgentConnected {
		said += ", which is not connected now"
	}
	for _, failed := range c.Facts.Running.Impairments.Value {
		said += fmt.Sprintf("; it fails its %s status check", failed.Check)
		if !failed.Since.IsZero() {
			said += " since " + evidence.Moment(failed.Since)
		}
	}
	if disk := c.Facts.Running.Disk; disk.State == evidence.Known {
		said += fmt.Sprintf("; its root volume %s is of type %s with %d GiB", disk.Value.ID, disk.Value.Type,
			disk.Value.GiB)
	}
	return said
}

// usedUp is how little of the burst credits of a volume counts as none, in percent.
const usedUp = 1

func proveUnresponsive(c *evidence.Case) classifier.Proof {
	if !c.Stop.OnInstance() {
		return evidence.Unsaid("what the machine below Fargate did is visible only to AWS")
	}
	i, gap := instance(c)
	burst := c.Facts.Running.Burst
	switch {
	case gap.Exists():
		return gap
	case burst.State == evidence.Unknown || burst.State == evidence.NotAsked && burst.Reason != "":
		return evidence.Silent(c, burst, "", "%s; the burst credits of its volume were not read", seen(c, i))
	}
	for _, p := range burst.Value {
		if p.Value <= usedUp && !p.At.After(c.Failed()) {
			return evidence.At(evidence.Confirmed(
				fmt.Sprintf("make the root volume of %s one of type gp3, which needs no burst credits", i.InstanceID),
				"%s; the burst credits of its root volume were at %.0f %% at %s", seen(c, i), p.Value,
				evidence.Moment(p.At)), p.At)
		}
	}
	if len(burst.Value) > 0 {
		return evidence.Unsaid("%s; its burst credits were not used up", seen(c, i))
	}
	return evidence.Unsaid("%s", seen(c, i))
}

// machineUnread reports whether it is not known whether the machine still runs. Of a machine outside of AWS, whose id
// begins with mi-, EC2 knows nothing.
func machineUnread(i evidence.ContainerInstance) bool {
	return i.EC2.State != evidence.Known && !strings.HasPrefix(i.InstanceID, "mi-")
}

// reconnect is how long an agent may be away without anything being wrong.
const reconnect = 5 * time.Minute

// instance returns the container instance of the task, or why it is not known.
func instance(c *evidence.Case) (evidence.ContainerInstance, classifier.Proof) {
	a := c.Facts.Task.Instance
	switch {
	case c.Stop.ContainerInstanceARN == "":
		return evidence.ContainerInstance{}, evidence.Unsaid("the event names no container instance")
	case a.State == evidence.Absent:
		return evidence.ContainerInstance{},
			evidence.Inconclusive(classifier.ReasonNotVisible, "container instance %s is no longer listed",
				awsname.LastPart(c.Stop.ContainerInstanceARN))
	case a.State != evidence.Known:
		return evidence.ContainerInstance{}, a.Gap()
	}
	return a.Value, classifier.Proof{}
}

// machine returns the EC2 instance under the task, or why it is not known.
func machine(c *evidence.Case) (evidence.Instance, classifier.Proof) {
	i, gap := instance(c)
	switch {
	case gap.Exists():
		return evidence.Instance{}, gap
	case i.EC2.State == evidence.Absent:
		return evidence.Instance{},
			evidence.Inconclusive(classifier.ReasonNotVisible,
				"instance %s is no longer listed: EC2 forgets it within an hour", i.InstanceID)
	case i.EC2.State != evidence.Known:
		return evidence.Instance{}, i.EC2.Gap()
	}
	return i.EC2.Value, classifier.Proof{}
}

// bySpot reports whether Spot ended an instance
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html).
func bySpot(i evidence.Instance) bool { return strings.HasPrefix(i.StateReason, "Server.Spot") }

// byFault reports whether EC2 ended an instance for a fault of its own.
func byFault(i evidence.Instance) bool {
	return i.StateReason == "Server.InternalError" || i.StateReason == "Server.ScheduledStop"
}

func proveHostImpaired(c *evidence.Case) classifier.Proof {
	if !c.Stop.OnInstance() && c.Stop.StopCode == "InfrastructureHealth" {
		return evidence.Confirmed("nothing for a service that has several tasks; start a job again",
			"ECS stopped the task with stop code InfrastructureHealth")
	}
	i, gap := machine(c)
	switch {
	case gap.Exists():
		return gap
	case i.Ended() && byFault(i):
		return evidence.Confirmed(fmt.Sprintf("replace %s, and spread the service over zones", i.ID),
			"EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	case i.Ended() && bySpot(i):
		return evidence.RuledOut("EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	case i.Ended() && i.StateReason != "":
		return evidence.Unsaid("EC2 says of %s: %s, %s; whether it was impaired before is not read", i.ID, i.State,
			i.StateReason)
	}
	return proveFailedCheck(c, i)
}

// proveFailedCheck judges an instance that has not ended by the status checks of EC2.
func proveFailedCheck(c *evidence.Case, i evidence.Instance) classifier.Proof {
	failed := c.Facts.Running.Impairments
	switch {
	case i.State != "running" || failed.State == evidence.Absent:
		return evidence.Unsaid("%s is %s, and EC2 tells no status checks of it", i.ID, i.State)
	case failed.State != evidence.Known:
		return evidence.Silent(c, failed, "", "%s is %s; its status checks were not read", i.ID, i.State)
	case len(failed.Value) == 0:
		return evidence.Unsaid("%s is running and fails no status check now", i.ID)
	}
	first := failed.Value[0]
	if first.Since.IsZero() {
		return evidence.Unsaid("%s fails its %s status check; since when is not told", i.ID, first.Check)
	}
	next := fmt.Sprintf("replace %s: what is wrong with its hardware is AWS's to repair", i.ID)
	if first.Check == "instance" {
		next = fmt.Sprintf("see in the system log of %s what is wrong with its operating system, and replace it", i.ID)
	}
	return evidence.At(evidence.Confirmed(next, "%s has failed its %s status check since %s", i.ID, first.Check,
		evidence.Moment(first.Since)), first.Since)
}

func proveTerminated(c *evidence.Case) classifier.Proof {
	i, gap := machine(c)
	activity, found := scaledIn(c, i.ID)
	switch {
	case gap.Exists():
		return gap
	case i.State == "running" && c.Stop.Texts().Say(") terminated", ") stopped"):
		return evidence.Unsaid("%s is running now; ECS said that it had ended", i.ID)
	case i.State == "running":
		return evidence.RuledOut("%s is running", i.ID)
	case !i.Ended():
		return evidence.Unsaid("%s is %s", i.ID, i.State)
	case bySpot(i):
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s is %s because of Spot (%s)", i.ID, i.State,
			i.StateReason)
	case found:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s is %s because of its Auto Scaling group %s: %s",
			i.ID, i.State, i.AutoScalingGroup, activity.Cause)
	case i.StateReason == "":
		return evidence.Unsaid("%s is %s, and EC2 does not say why", i.ID, i.State)
	}
	said := ""
	if i.AutoScalingGroup != "" && c.Facts.Running.Activities.State != evidence.Known {
		said = fmt.Sprintf("; it was of Auto Scaling group %s, whose activities were not read", i.AutoScalingGroup)
	}
	next := fmt.Sprintf(
		"see in CloudTrail who ended %s (TerminateInstances, StopInstances), and drain instances before they end", i.ID)
	switch {
	case byFault(i):
		next = fmt.Sprintf("replace %s, and see in AWS Health what EC2 says of it", i.ID)
	case i.StateReason == "Client.InstanceInitiatedShutdown":
		next = fmt.Sprintf("see in the system log of %s what shut it down from within (shutdown, poweroff), and "+
			"drain instances before they end", i.ID)
	}
	return evidence.Confirmed(next,
		"EC2 says of %s: %s, %s%s", i.ID, i.State, i.StateReason, said)
}

// late is how long after the stop an activity may begin that brought it about.
const late = 5 * time.Minute

// scaledIn returns the activity of the instance's group that ended the instance. With draining it begins long before
// the stop. One that only clears away an instance which had ended before is none
// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-healthchecks.html).
func scaledIn(c *evidence.Case, id string) (evidence.ScalingActivity, bool) {
	for _, a := range c.Facts.Running.Activities.Value {
		if id != "" && names(a, id) && strings.Contains(strings.ToLower(a.Description), "terminat") &&
			!strings.Contains(a.Cause, "has been terminated or stopped") &&
			!a.At.After(c.Stop.StoppedAt.Add(late)) {
			return a, true
		}
	}
	return evidence.ScalingActivity{}, false
}

// names reports whether the activity is about an instance, and not about one whose id only begins like that.
func names(a evidence.ScalingActivity, id string) bool {
	return slices.Contains(strings.FieldsFunc(a.Description,
		func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }), id)
}

// unhealthy reports whether the group took the instance for sick.
func unhealthy(a evidence.ScalingActivity) bool {
	return strings.Contains(a.Cause, "health check") || strings.Contains(a.Cause, "status check")
}

func proveScaledIn(c *evidence.Case) classifier.Proof {
	i, gap := machine(c)
	activities := c.Facts.Running.Activities
	activity, found := scaledIn(c, i.ID)
	switch {
	case gap.Exists():
		return gap
	case found:
		next := fmt.Sprintf(
			"turn on managed draining and managed termination protection of the capacity provider of %s",
			i.AutoScalingGroup)
		if unhealthy(activity) {
			next = fmt.Sprintf("see why %s was unhealthy: the cause of the activity says which check it failed", i.ID)
		}
		return evidence.Confirmed(next, "Auto Scaling group %s at %s: %s (%s)", i.AutoScalingGroup,
			evidence.Moment(activity.At), activity.Description, activity.Cause)
	case i.AutoScalingGroup != "" && activities.State == evidence.Known:
		return evidence.RuledOut("no activity of Auto Scaling group %s until the stop ended %s", i.AutoScalingGroup,
			i.ID)
	case i.State == "running" && !draining(c):
		return evidence.RuledOut("%s is running", i.ID)
	case i.AutoScalingGroup == "" && (i.State == "terminated" || i.State == "shutting-down"):
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s is %s and has no tag of an Auto Scaling group, but terminated instances may have lost their tags", i.ID,
			i.State)
	case i.AutoScalingGroup == "":
		return evidence.RuledOut("%s is of no Auto Scaling group", i.ID)
	}
	return evidence.WithEvidence(activities.Gap(),
		fmt.Sprintf("%s was of Auto Scaling group %s", i.ID, i.AutoScalingGroup))
}

// draining reports whether the container instance gives its tasks up, as it does while its end is near and it still
// runs.
func draining(c *evidence.Case) bool { return c.Facts.Task.Instance.Value.Status == "DRAINING" }

func proveSpot(c *evidence.Case) classifier.Proof {
	next := "keep a base of On-Demand capacity for " + cmp.Or(c.Stop.Service, "what must not be interrupted") +
		", and handle SIGTERM within two minutes"
	if c.Stop.StopCode == "SpotInterruption" {
		return evidence.Confirmed(next, "ECS stopped the task with stop code SpotInterruption")
	}
	if !c.Stop.OnInstance() {
		if c.Stop.CapacityProvider == "FARGATE" {
			return evidence.RuledOut("the capacity provider FARGATE has no Spot")
		}
		return evidence.Unsaid("the stop code is %s, not SpotInterruption", cmp.Or(c.Stop.StopCode, "none"))
	}
	i, gap := machine(c)
	switch {
	case gap.Exists():
		return gap
	case i.Ended() && bySpot(i):
		return evidence.Confirmed(next, "EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	case i.Lifecycle != "spot":
		return evidence.RuledOut("%s is not a Spot instance", i.ID)
	case i.State == "running" && draining(c):
		return evidence.Unsaid(
			"Spot instance %s is running and DRAINING, as it is between the notice of an interruption and its end",
			i.ID)
	case i.State == "running":
		return evidence.RuledOut("%s is running", i.ID)
	case i.Ended() && i.StateReason != "":
		return evidence.RuledOut("EC2 says of %s: %s, %s", i.ID, i.State, i.StateReason)
	}
	return evidence.Unsaid("%s is %s, and EC2 does not say why", i.ID, i.State)
}
