package running

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// schedulerChecks decide why the service scheduler stopped the task.
var schedulerChecks = []evidence.Check{
	{
		Cause: "circuit-breaker",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedDeployment, evidence.NeedSteady},
		Confirms: "the circuit breaker of the deployment that started the task is TRIGGERED, or the deployment is " +
			"FAILED and its reason names the circuit breaker",
		RulesOut: "the deployment goes on, or alarms rolled it back, and the message does not name the circuit breaker",
		Open:     "ECS no longer tells of the deployment, or tells otherwise than the message",
		Instead:  "deployment-alarm",
		Prove:    proveBreaker,
	},
	{
		Cause: "deployment-alarm", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedDeployment},
		Confirms: "ECS names the alarms that went off",
		RulesOut: "the circuit breaker ended the deployment, and no alarm went off",
		Open:     "ECS no longer tells of the deployment, or names no alarm",
		Prove:    proveAlarm,
	},
	{
		Cause: "deployment-bounds", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "with the desired count, minimumHealthyPercent lets no task stop and maximumPercent lets none start",
		RulesOut: "never: ECS says that they left no step, and what was desired and allowed then is not told",
		Open:     "one of the two leaves room for a task now; the service does not tell its bounds, or wants no task",
		Prove:    proveBounds,
	},
	{
		Cause: "desired-count-lowered", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "never: what was wanted before is not told",
		RulesOut: "another deployment had taken the place of the task's",
		Open:     "otherwise; the counts are named",
		Prove: func(c *evidence.Case) classifier.Proof {
			service := c.Facts.Task.Service
			if service.State != evidence.Known {
				return service.Gap()
			}
			if newer, found := replacedBy(c); found {
				return evidence.RuledOut("deployment %s (%s) had taken the place of %s", newer.ID,
					awsname.LastPart(newer.TaskDefinition), deploymentID(c))
			}
			return evidence.Unsaid("%s wants %s and runs %d", c.Stop.Service,
				plural(service.Value.DesiredCount, "task"), service.Value.RunningCount)
		},
	},
	{
		Cause: "deployment-replaced", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "another deployment, begun after the task was created and before it stopped, is the PRIMARY one of " +
			"the service",
		RulesOut: "the task's deployment is the PRIMARY one, and no other began while the task ran",
		Open:     "the service's deployments do not tell",
		Prove: func(c *evidence.Case) classifier.Proof {
			service := c.Facts.Task.Service
			own, listed := ownDeployment(c)
			newer, found := replacedBy(c)
			switch {
			case service.State != evidence.Known:
				return service.Gap()
			case found:
				return evidence.Confirmed(fmt.Sprintf("nothing; see that the tasks of %s stay up",
					awsname.LastPart(newer.TaskDefinition)),
					"deployment %s (%s), begun at %s, took the place of %s", newer.ID,
					awsname.LastPart(newer.TaskDefinition), evidence.Moment(newer.CreatedAt), deploymentID(c))
			case listed && own.Status == "PRIMARY" && !rivals(c):
				return evidence.RuledOut("deployment %s is the PRIMARY one of %s", own.ID, c.Stop.Service)
			}
			return evidence.Unsaid("which deployment of %s was the PRIMARY one when the task stopped is no longer told",
				c.Stop.Service)
		},
	},
	{
		Cause: "az-rebalancing", Needs: []evidence.Need{evidence.NeedInputs},
		Confirms: "ECS says so, and the service has Availability Zone rebalancing on",
		RulesOut: "never: what is off now may have been on",
		Open:     "rebalancing is off now, or not told",
		Prove: func(c *evidence.Case) classifier.Proof {
			service := c.Facts.Task.Service
			switch {
			case service.State != evidence.Known:
				return service.Gap()
			case service.Value.ZoneRebalancing == "ENABLED" &&
				strings.Contains(strings.ToLower(c.Stop.StoppedReason), "rebalancing"):
				return evidence.Confirmed("nothing, or turn availabilityZoneRebalancing of service "+c.Stop.Service+
					" off", "ECS names rebalancing, and availabilityZoneRebalancing of %s is ENABLED", c.Stop.Service)
			}
			return evidence.Unsaid("availabilityZoneRebalancing of %s is %s now", c.Stop.Service,
				cmp.Or(service.Value.ZoneRebalancing, "not told"))
		},
	},
}

// replacedBy returns the PRIMARY deployment that took the place of the task's while the task ran.
func replacedBy(c *evidence.Case) (evidence.Deployment, bool) {
	own := deploymentID(c)
	i := slices.IndexFunc(c.Facts.Task.Service.Value.Deployments, func(d evidence.Deployment) bool {
		return d.Status == "PRIMARY" && own != "" && d.ID != own && d.CreatedAt.After(c.Stop.CreatedAt) &&
			!d.CreatedAt.After(StopBegan(c))
	})
	if i < 0 {
		return evidence.Deployment{}, false
	}
	return c.Facts.Task.Service.Value.Deployments[i], true
}

// rivals reports whether another deployment began while the task ran: it may have been the PRIMARY one until it was
// rolled back.
func rivals(c *evidence.Case) bool {
	return slices.ContainsFunc(c.Facts.Task.Service.Value.Deployments, func(d evidence.Deployment) bool {
		return d.ID != deploymentID(c) && d.CreatedAt.After(c.Stop.CreatedAt) && !d.CreatedAt.After(c.Stop.StoppedAt)
	})
}

func proveBreaker(c *evidence.Case) classifier.Proof {
	service, deployment := c.Facts.Task.Service, c.Facts.Running.Deployment
	own, listed := ownDeployment(c)
	next, first := firstFailed(c)
	d := deployment.Value
	switch {
	case deployment.State == evidence.Known && d.BreakerStatus == "TRIGGERED":
		return evidence.Confirmed(next,
			"the circuit breaker of service deployment %s was triggered after %s (threshold %d), status %s%s%s",
			d.ID, plural(d.Failures, "failed task"), d.Threshold, d.Status, first, changed(c))
	case listed && own.RolloutState == "FAILED" &&
		strings.Contains(strings.ToLower(own.RolloutReason), "circuit breaker"):
		return evidence.Confirmed(next, "deployment %s is FAILED: %s%s%s", own.ID,
			cmp.Or(own.RolloutReason, "not told"), first, changed(c))
	// of another deployment with the same task definition, perhaps
	case deployment.State == evidence.Known && c.Stop.Texts().Say("circuit breaker"):
		return evidence.Unsaid("ECS names the circuit breaker; service deployment %s is %s, %s of %d counted%s", d.ID,
			cmp.Or(d.Status, "not told"), plural(d.Failures, "failed task"), d.Threshold, first)
	case deployment.State == evidence.Known && strings.HasPrefix(d.Status, "ROLLBACK") && len(d.Alarms) > 0:
		return evidence.RuledOut("CloudWatch alarms rolled service deployment %s back: %s", d.ID,
			strings.Join(d.Alarms, ", "))
	case deployment.State == evidence.Known && d.Status == "IN_PROGRESS" && d.BreakerStatus == "MONITORING":
		return evidence.RuledOut("service deployment %s is in progress, %s of %d counted", d.ID,
			plural(d.Failures, "failed task"), d.Threshold)
	case service.State != evidence.Known:
		return service.Gap()
	case listed && own.RolloutState == "FAILED":
		return evidence.Unsaid("deployment %s is FAILED: %s%s%s", own.ID, cmp.Or(own.RolloutReason, "not told"), first,
			changed(c))
	case deployment.State != evidence.Known && deployment.State != evidence.Absent:
		return deployment.Gap()
	case deployment.State == evidence.Known:
		return evidence.Unsaid("service deployment %s is %s, and its circuit breaker %s%s", d.ID, d.Status,
			cmp.Or(d.BreakerStatus, "not told"), first)
	}
	return evidence.Unsaid("ECS no longer tells of deployment %s%s", deploymentID(c), first)
}

// firstFailed names the first task of the stop's deployment that stopped: as what to do next, and as the rest of a
// sentence.
func firstFailed(c *evidence.Case) (next, said string) {
	first := c.Facts.Running.FirstFailed
	if first.State != evidence.Known {
		return "explain the first task of deployment " + deploymentID(c) + " that stopped: its cause is the cause", ""
	}
	if first.Value.ID == c.Stop.TaskID {
		return "see the other causes of this task: it is the first of deployment " + deploymentID(c) + " that stopped",
			"; this is its first stopped task"
	}
	next = fmt.Sprintf("explain task %s, the first of deployment %s that stopped: %s", first.Value.ID, deploymentID(c),
		c.Archived(first.Value.ID))
	return next, fmt.Sprintf("; its first stopped task is %s (%s at %s)", first.Value.ID,
		cmp.Or(first.Value.StopCode, "not told"), evidence.Moment(first.Value.StoppedAt))
}

func proveAlarm(c *evidence.Case) classifier.Proof {
	deployment, service := c.Facts.Running.Deployment, c.Facts.Task.Service
	d := deployment.Value
	switch {
	case deployment.State == evidence.Known && len(d.Alarms) > 0:
		return evidence.Confirmed("find out since when the alarm is in ALARM and what it measures: "+
			strings.Join(d.Alarms, ", "),
			"service deployment %s is %s, and its alarm %s went off", d.ID, d.Status, strings.Join(d.Alarms, ", "))
	case deployment.State == evidence.Known && d.BreakerStatus == "TRIGGERED":
		return evidence.RuledOut("the circuit breaker of service deployment %s was triggered after %s, and no alarm",
			d.ID, plural(d.Failures, "failed task"))
	case deployment.State != evidence.Known && deployment.State != evidence.Absent:
		return deployment.Gap()
	case service.State == evidence.Known && len(service.Value.Alarms) > 0:
		return evidence.Unsaid("the deployments of %s watch %s; which of them went off is no longer told",
			c.Stop.Service, strings.Join(service.Value.Alarms, ", "))
	}
	return evidence.Unsaid("ECS no longer tells of an alarm of the deployment")
}

// proveBounds reckons as ECS does: of the fewest tasks that must run it takes the next whole number, of the most that
// may run the one before (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html).
func proveBounds(c *evidence.Case) classifier.Proof {
	service := c.Facts.Task.Service
	s := service.Value
	switch {
	case service.State != evidence.Known:
		return service.Gap()
	case s.MinimumHealthy == nil || s.Maximum == nil || s.DesiredCount == 0:
		return evidence.Unsaid("the service wants %s and tells no bounds to reckon with",
			plural(s.DesiredCount, "task"))
	}
	fewest, most := (s.DesiredCount**s.MinimumHealthy+99)/100, s.DesiredCount**s.Maximum/100
	said := fmt.Sprintf(
		"of %s desired at least %d must run (minimumHealthyPercent %d) and at most %d may (maximumPercent %d)",
		plural(s.DesiredCount, "task"), fewest, *s.MinimumHealthy, most, *s.Maximum)
	if fewest >= s.DesiredCount && most <= s.DesiredCount {
		return evidence.Confirmed(
			fmt.Sprintf("raise maximumPercent of service %s, or lower its minimumHealthyPercent, until one task more "+
				"or less is allowed", c.Stop.Service), "%s", said)
	}
	return evidence.Inconclusive(classifier.ReasonStale, "%s now", said)
}
