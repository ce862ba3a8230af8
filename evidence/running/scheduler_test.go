package running

import (
	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var schedulerTrials = map[string][]trial{
	"deployment-alarm": {
		{
			when: "an alarm went off",
			change: deploymentIs(evidence.ServiceDeployment{
				ID:     "7",
				Status: "ROLLBACK_SUCCESSFUL",
				Alarms: []string{"web-5xx"},
			}),
			result: proven,
			says:   "service deployment 7 is ROLLBACK_SUCCESSFUL, and its alarm web-5xx went off",
			next:   "find out since when the alarm is in ALARM and what it measures: web-5xx$",
		},
		{
			when: "two alarms did",
			change: deploymentIs(evidence.ServiceDeployment{
				ID:     "7",
				Status: "ROLLBACK_SUCCESSFUL",
				Alarms: []string{"web-5xx", "web-slow"},
			}),
			result: proven,
			says:   "its alarm web-5xx, web-slow went off",
			next:   "measures: web-5xx, web-slow$",
		},
		{
			when: "the circuit breaker was it",
			change: deploymentIs(evidence.ServiceDeployment{
				ID:            "7",
				Status:        "ROLLBACK_SUCCESSFUL",
				BreakerStatus: "TRIGGERED",
				Failures:      3,
			}),
			result: excluded,
			says:   "triggered after 3 failed tasks",
		},
		{
			when:   "ECS names none",
			change: deploymentIs(evidence.ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL"}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no longer tells",
		},
		{
			when: "the alarms that are watched are named",
			change: changes(
				deploymentIs(evidence.ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL"}),
				func(c *evidence.Case) { c.Facts.Task.Service.Value.Alarms = []string{"web-5xx", "web-slow"} },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "watch web-5xx, web-slow",
		},
		{
			when: "deployments may not be read",
			change: func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.Deployment, classifier.ReasonNoPermission,
					"ecs:ListServiceDeployments")
			},
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
	"deployment-bounds": {
		{
			when:   "one task that must stay and may not be two",
			change: bounds(1, 100, 100),
			result: proven,
			says: "of 1 task desired at least 1 must run (minimumHealthyPercent 100) and at most 1 may " +
				"(maximumPercent 100)",
			next: "raise maximumPercent of service web",
		},
		{
			when:   "rounding leaves no room",
			change: bounds(3, 90, 120),
			result: proven,
			says: "of 3 tasks desired at least 3 must run (minimumHealthyPercent 90) and at most 3 may " +
				"(maximumPercent 120)",
		},
		{
			when:   "one may start",
			change: bounds(2, 100, 150),
			result: unclear,
			reason: classifier.ReasonStale,
			says:   "at most 3 may",
		},
		{
			when:   "one may stop",
			change: bounds(2, 50, 100),
			result: unclear,
			reason: classifier.ReasonStale,
			says:   "at least 1 must run",
		},
		{
			when:   "a single task may stop",
			change: bounds(1, 0, 100),
			result: unclear,
			reason: classifier.ReasonStale,
			says:   "at least 0 must run",
		},
		{
			when:   "no task is desired",
			change: bounds(0, 100, 100),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "wants 0 tasks",
		},
		{
			when:   "only one of the bounds is told",
			change: changes(bounds(1, 100, 100), func(c *evidence.Case) { c.Facts.Task.Service.Value.Maximum = nil }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "tells no bounds",
		},
		{
			when:   "no bounds are told",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "tells no bounds",
		},
		{
			when: "the service may not be read",
			change: func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Task.Service, classifier.ReasonNoPermission, "ecs:DescribeServices")
			},
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
	"circuit-breaker": {
		{
			when: "the deployment is FAILED",
			change: func(c *evidence.Case) {
				d := &c.Facts.Task.Service.Value.Deployments[0]
				d.RolloutState, d.RolloutReason = "FAILED", "ECS deployment circuit breaker: tasks failed to start."
			},
			result: proven,
			says:   "ecs-svc/2 is FAILED: ECS deployment circuit breaker",
			next:   "first task of deployment ecs-svc/2",
		},
		{
			when: "the deployment is FAILED, and its alarms are why",
			change: func(c *evidence.Case) {
				d := &c.Facts.Task.Service.Value.Deployments[0]
				d.RolloutState, d.RolloutReason = "FAILED", "ECS deployment ecs-svc/2 alarm detected."
				deploymentIs(evidence.ServiceDeployment{
					ID:            "7",
					Status:        "ROLLBACK_SUCCESSFUL",
					BreakerStatus: "MONITORING",
					Alarms:        []string{"errors"},
				})(c)
			},
			result: excluded,
			says:   "alarms rolled service deployment 7 back: errors",
		},
		{
			when: "it was triggered",
			change: changes(
				deploymentIs(evidence.ServiceDeployment{
					ID:            "7",
					Status:        "ROLLBACK_SUCCESSFUL",
					BreakerStatus: "TRIGGERED",
					Failures:      3,
					Threshold:     3,
				}),
				firstIs("00000000000000000000000000000001"),
				steadyBefore,
			),
			result: proven,
			says: "triggered after 3 failed tasks (threshold 3), status ROLLBACK_SUCCESSFUL; its first stopped " +
				"task is 00000000000000000000000000000001 (TaskFailedToStart at 09:59:50Z); since web:41",
			next: "whystopped history 00000000000000000000000000000001",
		},
		{
			when: "it was triggered, and the stop code of the first task is not told",
			change: changes(
				deploymentIs(evidence.ServiceDeployment{ID: "7", BreakerStatus: "TRIGGERED"}),
				func(c *evidence.Case) {
					c.Facts.Running.FirstFailed = evidence.Is(evidence.StoppedTask{
						ID:        "00000000000000000000000000000001",
						StoppedAt: afterAt(-10),
					})
				},
			),
			result: proven,
			says:   "(not told at 09:59:50Z)",
		},
		{
			when: "this is the first failed task",
			change: changes(
				deploymentIs(evidence.ServiceDeployment{ID: "7", BreakerStatus: "TRIGGERED", Failures: 1}),
				firstIs(afterTask),
			),
			result: proven,
			says:   "this is its first stopped task",
			next:   "see the other causes of this task: it is the first of deployment ecs-svc/2 that stopped",
		},
		{
			when:   "the deployment is FAILED because of it",
			change: changes(rolloutFailed("ECS deployment circuit breaker: tasks failed to start."), steadyBefore),
			result: proven,
			says:   "ecs-svc/2 is FAILED: ECS deployment circuit breaker: tasks failed to start.; since web:41",
			next:   "explain the first task of deployment ecs-svc/2 that stopped: its cause is the cause",
		},
		{
			when: "the deployment is FAILED because of alarms",
			change: changes(
				rolloutFailed("ECS deployment failed: alarm detected."),
				deploymentIs(evidence.ServiceDeployment{
					ID:            "7",
					Status:        "ROLLBACK_SUCCESSFUL",
					BreakerStatus: "MONITORING_COMPLETE",
					Alarms:        []string{"errors", "latency"},
				}),
			),
			result: excluded,
			says:   "alarms rolled service deployment 7 back: errors, latency",
		},
		{
			when:   "the deployment is FAILED, and why is not told",
			change: changes(rolloutFailed(""), deploymentForgotten),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "ecs-svc/2 is FAILED: not told",
		},
		{
			when: "somebody rolled it back",
			change: deploymentIs(evidence.ServiceDeployment{
				ID:            "7",
				Status:        "ROLLBACK_SUCCESSFUL",
				BreakerStatus: "MONITORING",
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "service deployment 7 is ROLLBACK_SUCCESSFUL, and its circuit breaker MONITORING",
		},
		{
			when: "alarms went off, and nothing was rolled back",
			change: deploymentIs(evidence.ServiceDeployment{
				ID:            "7",
				Status:        "STOPPED",
				BreakerStatus: "MONITORING",
				Alarms:        []string{"errors"},
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "service deployment 7 is STOPPED",
		},
		{
			when:   "the deployment goes on without one",
			change: deploymentIs(evidence.ServiceDeployment{ID: "7", Status: "IN_PROGRESS", BreakerStatus: "DISABLED"}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "and its circuit breaker DISABLED",
		},
		{
			when:   "the deployment has not begun",
			change: deploymentIs(evidence.ServiceDeployment{ID: "7", Status: "PENDING"}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "service deployment 7 is PENDING, and its circuit breaker not told$",
		},
		{
			when: "it was another deployment's, whose place this one took again",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service.Value.Deployments[0].RolloutReason = "ECS deployment circuit breaker: rolling " +
					"back to deploymentId ecs-svc/2."
				c.Facts.Running.Deployment = evidence.None[evidence.ServiceDeployment]()
			},
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no longer tells of deployment ecs-svc/2",
		},
		{
			when:   "the service may not be read",
			change: changes(noService, deploymentForgotten),
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
		{
			when: "alarms rolled it back",
			change: deploymentIs(evidence.ServiceDeployment{
				ID:            "7",
				Status:        "ROLLBACK_IN_PROGRESS",
				BreakerStatus: "MONITORING",
				Alarms:        []string{"errors"},
			}),
			result: excluded,
		},
		{
			when: "the deployment goes on",
			change: deploymentIs(evidence.ServiceDeployment{
				ID:            "7",
				Status:        "IN_PROGRESS",
				BreakerStatus: "MONITORING",
				Failures:      1,
				Threshold:     3,
			}),
			result: excluded,
			says:   "1 failed task of 3",
		},
		{
			when: "the deployment goes on, and ECS says otherwise",
			change: changes(
				deploymentIs(evidence.ServiceDeployment{
					ID:            "8",
					Status:        "IN_PROGRESS",
					BreakerStatus: "MONITORING",
					Failures:      1,
					Threshold:     3,
				}),
				func(c *evidence.Case) {
					c.Stop.StoppedReason = "ECS deployment circuit breaker: tasks failed to start."
				},
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "ECS names the circuit breaker; service deployment 8 is IN_PROGRESS",
		},
		{
			when: "deployments may not be read",
			change: func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.Deployment, classifier.ReasonNoPermission,
					"ecs:DescribeServiceDeployments")
			},
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "ECS has forgotten it",
			change: deploymentForgotten,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no longer tells",
		},
	},
	"deployment-replaced": {
		{
			when:   "a newer one is PRIMARY",
			change: newerDeployment(40),
			result: proven,
			says:   "ecs-svc/3 (web:43), begun at 10:00:40Z, took the place of ecs-svc/2",
			next:   "web:43",
		},
		{
			when:   "a newer one began before the task had started",
			change: newerDeployment(-10),
			result: proven,
			says:   "begun at 09:59:50Z",
		},
		{
			when:   "a newer one began as the stop did",
			change: newerDeployment(70),
			result: proven,
			says:   "begun at 10:01:10Z",
		},
		{
			when:   "a newer one began while the task was being stopped",
			change: newerDeployment(71),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no longer told",
		},
		{
			when:   "the PRIMARY one is older than the task",
			change: newerDeployment(-120),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
		{
			when: "a newer one was given up again",
			change: changes(newerDeployment(40), func(c *evidence.Case) {
				d := c.Facts.Task.Service.Value.Deployments
				d[0].Status, d[1].Status = "ACTIVE", "PRIMARY"
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
		{
			when: "which deployment started the task is not told",
			change: changes(
				newerDeployment(40),
				func(c *evidence.Case) { c.Stop.StartedBy, c.Stop.DeploymentID = "", "" },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
		{
			when:   "only startedBy tells it",
			change: func(c *evidence.Case) { c.Stop.DeploymentID = "" },
			result: excluded,
			says:   "ecs-svc/2 is the PRIMARY one",
		},
		{
			when:   "startedBy does not tell it",
			change: func(c *evidence.Case) { c.Stop.StartedBy = "" },
			result: excluded,
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
		{
			when:   "the service is gone",
			change: serviceGone,
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "no longer there",
		},
		{
			when:   "its own is PRIMARY",
			result: excluded,
		},
		{
			when: "its own is PRIMARY, and another is older than the task",
			change: func(c *evidence.Case) {
				d := &c.Facts.Task.Service.Value.Deployments
				*d = append(*d, evidence.Deployment{ID: "ecs-svc/1", Status: "INACTIVE", CreatedAt: afterAt(-600)})
			},
			result: excluded,
		},
		{
			when: "its own is PRIMARY again",
			change: func(c *evidence.Case) {
				d := &c.Facts.Task.Service.Value.Deployments
				*d = append(*d, evidence.Deployment{ID: "ecs-svc/3", Status: "INACTIVE", CreatedAt: afterAt(40)})
			},
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
		{
			when:   "its own is PRIMARY, read long after",
			change: readAt(7200),
			result: unclear,
			reason: classifier.ReasonStale,
		},
	},
	"desired-count-lowered": {
		{
			when:   "a newer deployment took its place",
			change: newerDeployment(40),
			result: excluded,
			says:   "ecs-svc/3",
		},
		{
			when:   "never proven",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web wants 2 tasks and runs 1",
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
	},
	"az-rebalancing": {
		{
			when: "ECS says so",
			change: func(c *evidence.Case) {
				c.Stop.StoppedReason = "Availability-zone rebalancing initiated by (deployment ecs-svc/2)"
			},
			result: proven,
			says:   "ENABLED",
			next:   "availabilityZoneRebalancing of service web off",
		},
		{
			when:   "ECS says something else",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "ENABLED now",
		},
		{
			when:   "whether it is on is not told",
			change: func(c *evidence.Case) { c.Facts.Task.Service.Value.ZoneRebalancing = "" },
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told now",
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
		{
			when: "it is off now",
			change: func(c *evidence.Case) {
				c.Stop.StoppedReason = "Availability-zone rebalancing initiated by (deployment ecs-svc/2)"
				c.Facts.Task.Service.Value.ZoneRebalancing = "DISABLED"
			},
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "DISABLED now",
		},
	},
}

// bounds makes the service keep so many percent of its tasks.
func bounds(desired, minimum, maximum int64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		s := &c.Facts.Task.Service.Value
		s.DesiredCount, s.MinimumHealthy, s.Maximum = desired, &minimum, &maximum
	}
}

func deploymentIs(d evidence.ServiceDeployment) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Running.Deployment = evidence.Is(d) }
}

func newerDeployment(at int) func(*evidence.Case) {
	return func(c *evidence.Case) {
		d := &c.Facts.Task.Service.Value.Deployments
		(*d)[0].Status = "ACTIVE"
		*d = append([]evidence.Deployment{{
			ID:             "ecs-svc/3",
			Status:         "PRIMARY",
			TaskDefinition: afterArn + "task-definition/web:43",
			CreatedAt:      afterAt(at),
		}}, *d...)
	}
}

func rolloutFailed(reason string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		d := &c.Facts.Task.Service.Value.Deployments[0]
		d.RolloutState, d.RolloutReason = "FAILED", reason
	}
}

func firstIs(task string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Facts.Running.FirstFailed = evidence.Is(evidence.StoppedTask{
			ID:        task,
			StopCode:  "TaskFailedToStart",
			StoppedAt: afterAt(-10),
		})
	}
}

func deploymentForgotten(c *evidence.Case) {
	c.Facts.Running.Deployment = evidence.None[evidence.ServiceDeployment]()
}
