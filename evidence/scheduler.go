package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
)

// schedulerChecks decide why the service scheduler stopped the task.
var schedulerChecks = []Check{
	{
		Cause: "circuit-breaker", Needs: []Need{NeedInputs, NeedDeployment, NeedSteady},
		Confirms: "the circuit breaker of the deployment that started the task is TRIGGERED, or the deployment is FAILED and its reason names the circuit breaker",
		RulesOut: "the deployment goes on, or alarms rolled it back, and the message does not name the circuit breaker",
		Open:     "ECS no longer tells of the deployment, or tells otherwise than the message",
		Instead:  "deployment-alarm",
		Prove:    proveBreaker,
	},
	{
		Cause: "deployment-alarm", Needs: []Need{NeedInputs, NeedDeployment},
		Confirms: "ECS names the alarms that went off",
		RulesOut: "the circuit breaker ended the deployment, and no alarm went off",
		Open:     "ECS no longer tells of the deployment, or names no alarm",
		Prove:    proveAlarm,
	},
	{
		Cause: "deployment-bounds", Needs: []Need{NeedInputs},
		Confirms: "with the desired count, minimumHealthyPercent lets no task stop and maximumPercent lets none start",
		RulesOut: "never: ECS says that they left no step, and what was desired and allowed then is not told",
		Open:     "one of the two leaves room for a task now; the service does not tell its bounds, or wants no task",
		Prove:    proveBounds,
	},
	{
		Cause: "desired-count-lowered", Needs: []Need{NeedInputs},
		Confirms: "never: what was wanted before is not told",
		RulesOut: "another deployment had taken the place of the task's",
		Open:     "otherwise; the counts are named",
		Prove: func(c *Case) classifier.Proof {
			service := c.Facts.Inputs.Service
			if service.State != Known {
				return service.gap()
			}
			if newer, found := c.replacedBy(); found {
				return ruledOut("deployment %s (%s) had taken the place of %s", newer.ID, awsname.LastPart(newer.TaskDefinition), c.deploymentID())
			}
			return unsaid("%s wants %s and runs %d", c.Stop.Service, plural(service.Value.DesiredCount, "task"), service.Value.RunningCount)
		},
	},
	{
		Cause: "deployment-replaced", Needs: []Need{NeedInputs},
		Confirms: "another deployment, begun after the task was created and before it stopped, is the PRIMARY one of the service",
		RulesOut: "the task's deployment is the PRIMARY one, and no other began while the task ran",
		Open:     "the service's deployments do not tell",
		Prove: func(c *Case) classifier.Proof {
			service := c.Facts.Inputs.Service
			own, listed := c.ownDeployment()
			newer, found := c.replacedBy()
			switch {
			case service.State != Known:
				return service.gap()
			case found:
				return confirmed(fmt.Sprintf("nothing; see that the tasks of %s stay up", awsname.LastPart(newer.TaskDefinition)),
					"deployment %s (%s), begun at %s, took the place of %s", newer.ID, awsname.LastPart(newer.TaskDefinition), moment(newer.CreatedAt), c.deploymentID())
			case listed && own.Status == "PRIMARY" && !c.rivals():
				return ruledOut("deployment %s is the PRIMARY one of %s", own.ID, c.Stop.Service)
			}
			return unsaid("which deployment of %s was the PRIMARY one when the task stopped is no longer told", c.Stop.Service)
		},
	},
	{
		Cause: "az-rebalancing", Needs: []Need{NeedInputs},
		Confirms: "ECS says so, and the service has Availability Zone rebalancing on",
		RulesOut: "never: what is off now may have been on",
		Open:     "rebalancing is off now, or not told",
		Prove: func(c *Case) classifier.Proof {
			service := c.Facts.Inputs.Service
			switch {
			case service.State != Known:
				return service.gap()
			case service.Value.ZoneRebalancing == "ENABLED" && strings.Contains(strings.ToLower(c.Stop.StoppedReason), "rebalancing"):
				return confirmed("nothing, or turn availabilityZoneRebalancing of service "+c.Stop.Service+" off", "ECS names rebalancing, and availabilityZoneRebalancing of %s is ENABLED", c.Stop.Service)
			}
			return unsaid("availabilityZoneRebalancing of %s is %s now", c.Stop.Service, cmp.Or(service.Value.ZoneRebalancing, "not told"))
		},
	},
}

// replacedBy returns the PRIMARY deployment that took the place of the task's while the task ran.
func (c *Case) replacedBy() (Deployment, bool) {
	own := c.deploymentID()
	i := slices.IndexFunc(c.Facts.Inputs.Service.Value.Deployments, func(d Deployment) bool {
		return d.Status == "PRIMARY" && own != "" && d.ID != own && d.CreatedAt.After(c.Stop.CreatedAt) && !d.CreatedAt.After(c.stopBegan())
	})
	if i < 0 {
		return Deployment{}, false
	}
	return c.Facts.Inputs.Service.Value.Deployments[i], true
}

// rivals tells that another deployment began while the task ran: it may have been the PRIMARY one until it was rolled back.
func (c *Case) rivals() bool {
	return slices.ContainsFunc(c.Facts.Inputs.Service.Value.Deployments, func(d Deployment) bool {
		return d.ID != c.deploymentID() && d.CreatedAt.After(c.Stop.CreatedAt) && !d.CreatedAt.After(c.Stop.StoppedAt)
	})
}

func proveBreaker(c *Case) classifier.Proof {
	service, deployment := c.Facts.Inputs.Service, c.Facts.Aftermath.Deployment
	own, listed := c.ownDeployment()
	next, first := c.firstFailed()
	d := deployment.Value
	switch {
	case deployment.State == Known && d.BreakerStatus == "TRIGGERED":
		return confirmed(next, "the circuit breaker of service deployment %s was triggered after %s (threshold %d), status %s%s%s",
			d.ID, plural(d.Failures, "failed task"), d.Threshold, d.Status, first, changed(c))
	case listed && own.RolloutState == "FAILED" && strings.Contains(strings.ToLower(own.RolloutReason), "circuit breaker"):
		return confirmed(next, "deployment %s is FAILED: %s%s%s", own.ID, cmp.Or(own.RolloutReason, "not told"), first, changed(c))
	case deployment.State == Known && c.Stop.Texts().Say("circuit breaker"): // of another deployment with the same task definition, perhaps
		return unsaid("ECS names the circuit breaker; service deployment %s is %s, %s of %d counted%s", d.ID, cmp.Or(d.Status, "not told"), plural(d.Failures, "failed task"), d.Threshold, first)
	case deployment.State == Known && strings.HasPrefix(d.Status, "ROLLBACK") && len(d.Alarms) > 0:
		return ruledOut("CloudWatch alarms rolled service deployment %s back: %s", d.ID, strings.Join(d.Alarms, ", "))
	case deployment.State == Known && d.Status == "IN_PROGRESS" && d.BreakerStatus == "MONITORING":
		return ruledOut("service deployment %s is in progress, %s of %d counted", d.ID, plural(d.Failures, "failed task"), d.Threshold)
	case service.State != Known:
		return service.gap()
	case listed && own.RolloutState == "FAILED":
		return unsaid("deployment %s is FAILED: %s%s%s", own.ID, cmp.Or(own.RolloutReason, "not told"), first, changed(c))
	case deployment.State != Known && deployment.State != Absent:
		return deployment.gap()
	case deployment.State == Known:
		return unsaid("service deployment %s is %s, and its circuit breaker %s%s", d.ID, d.Status, cmp.Or(d.BreakerStatus, "not told"), first)
	}
	return unsaid("ECS no longer tells of deployment %s%s", c.deploymentID(), first)
}

// firstFailed names the first task of the stop's deployment that stopped: as what to do next, and as the rest of a sentence.
func (c *Case) firstFailed() (next, said string) {
	first := c.Facts.Aftermath.FirstFailed
	if first.State != Known {
		return "explain the first task of deployment " + c.deploymentID() + " that stopped: its cause is the cause", ""
	}
	if first.Value.ID == c.Stop.TaskID {
		return "see the other causes of this task: it is the first of deployment " + c.deploymentID() + " that stopped", "; this is its first stopped task"
	}
	next = fmt.Sprintf("explain task %s, the first of deployment %s that stopped: `whystopped history %[1]s`", first.Value.ID, c.deploymentID())
	return next, fmt.Sprintf("; its first stopped task is %s (%s at %s)", first.Value.ID, cmp.Or(first.Value.StopCode, "not told"), moment(first.Value.StoppedAt))
}

func proveAlarm(c *Case) classifier.Proof {
	deployment, service := c.Facts.Aftermath.Deployment, c.Facts.Inputs.Service
	d := deployment.Value
	switch {
	case deployment.State == Known && len(d.Alarms) > 0:
		return confirmed("find out since when the alarm is in ALARM and what it measures: "+strings.Join(d.Alarms, ", "),
			"service deployment %s is %s, and its alarm %s went off", d.ID, d.Status, strings.Join(d.Alarms, ", "))
	case deployment.State == Known && d.BreakerStatus == "TRIGGERED":
		return ruledOut("the circuit breaker of service deployment %s was triggered after %s, and no alarm", d.ID, plural(d.Failures, "failed task"))
	case deployment.State != Known && deployment.State != Absent:
		return deployment.gap()
	case service.State == Known && len(service.Value.Alarms) > 0:
		return unsaid("the deployments of %s watch %s; which of them went off is no longer told", c.Stop.Service, strings.Join(service.Value.Alarms, ", "))
	}
	return unsaid("ECS no longer tells of an alarm of the deployment")
}

// proveBounds reckons as ECS does: of the fewest tasks that must run it takes the next whole number, of the most that may run the one
// before (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html).
func proveBounds(c *Case) classifier.Proof {
	service := c.Facts.Inputs.Service
	s := service.Value
	switch {
	case service.State != Known:
		return service.gap()
	case s.MinimumHealthy == nil || s.Maximum == nil || s.DesiredCount == 0:
		return unsaid("the service wants %s and tells no bounds to reckon with", plural(s.DesiredCount, "task"))
	}
	fewest, most := (s.DesiredCount**s.MinimumHealthy+99)/100, s.DesiredCount**s.Maximum/100
	said := fmt.Sprintf("of %s desired at least %d must run (minimumHealthyPercent %d) and at most %d may (maximumPercent %d)",
		plural(s.DesiredCount, "task"), fewest, *s.MinimumHealthy, most, *s.Maximum)
	if fewest >= s.DesiredCount && most <= s.DesiredCount {
		return confirmed(fmt.Sprintf("raise maximumPercent of service %s, or lower its minimumHealthyPercent, until one task more or less is allowed", c.Stop.Service), "%s", said)
	}
	return inconclusive(classifier.ReasonStale, "%s now", said)
}
