package running

import (
	"slices"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var dependencyTrials = map[string][]trial{
	"dependency-timeout": {
		{
			when: "the longest that Fargate takes was over",
			change: changes(
				waitingFor("HEALTHY", 120, nil),
				func(c *evidence.Case) { c.Stop.StoppingAt = afterAt(130) },
			),
			result: proven,
			next:   "be HEALTHY within 2 min: Fargate",
		},
		{
			when: "it may have been, for a container that was made before the last image was there",
			change: changes(
				waitingFor("HEALTHY", 120, nil),
				func(c *evidence.Case) { c.Stop.PullStartedAt = afterAt(-100) },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "whose startTimeout is 2 min",
		},
		{
			when:   "the startTimeout was over",
			change: waitingFor("HEALTHY", 60, nil),
			result: proven,
			says: "app waits for router to be HEALTHY, the startTimeout of router is 60 s, and the stop began 75 s " +
				"after",
			next: "raise startTimeout of router above 60 s in web:42",
		},
		{
			when:   "it was over at that moment",
			change: waitingFor("HEALTHY", 75, nil),
			result: proven,
			says:   "75 s after",
		},
		{
			when:   "it was not",
			change: waitingFor("HEALTHY", 76, nil),
			result: excluded,
			says:   "before any startTimeout was over",
		},
		{
			when:   "when the stop began is not told",
			change: changes(waitingFor("HEALTHY", 60, nil), func(c *evidence.Case) { c.Stop.StoppingAt = time.Time{} }),
			result: proven,
			says:   "95 s after",
		},
		{
			when: "when the images were there is not told",
			change: changes(
				waitingFor("HEALTHY", 60, nil),
				func(c *evidence.Case) { c.Stop.PullStoppedAt = time.Time{} },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "when the containers were started",
		},
		{
			when: "the stop began while images were pulled",
			change: changes(
				waitingFor("HEALTHY", 60, nil),
				func(c *evidence.Case) { c.Stop.PullStoppedAt = afterAt(80) },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "when the containers were started",
		},
		{
			when:   "one of two that it waits for has none",
			change: changes(waitingFor("HEALTHY", 120, nil), alsoWaitingFor(0)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "cache to be START, which has no startTimeout",
		},
		{
			when:   "of two that it waits for the first was shorter",
			change: changes(waitingFor("HEALTHY", 60, nil), alsoWaitingFor(30)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the startTimeout of cache is 30 s",
		},
		{
			when:   "of two that it waits for the other was shorter",
			change: changes(waitingFor("HEALTHY", 30, nil), alsoWaitingFor(60)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the startTimeout of router is 30 s",
		},
		{
			when: "the text speaks of another wait",
			change: changes(
				waitingFor("HEALTHY", 60, nil),
				func(c *evidence.Case) { c.Finding.Stage = classifier.Start },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the startTimeout of router is 60 s",
		},
		{
			when:   "the task definition may not be read",
			change: changes(waitingFor("HEALTHY", 60, nil), evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "none is set",
			change: waitingFor("HEALTHY", 0, nil),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no startTimeout of its own",
		},
		{
			when: "the text does not say that a wait was over",
			change: changes(
				waitingFor("HEALTHY", 60, nil),
				func(c *evidence.Case) { c.Finding.Fault = classifier.UnknownFault },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the startTimeout of router is 60 s",
		},
		{
			when:   "nothing depends on anything",
			result: excluded,
			says:   "no container of web:42 depends on another",
		},
	},
	"dependency-unhealthy": {
		{
			when:   "it has no check",
			change: waitingFor("HEALTHY", 60, nil),
			result: proven,
			says:   "has no healthCheck and never can",
			next:   "give router a healthCheck in web:42",
		},
		{
			when: "ECS calls it unhealthy",
			change: changes(
				waitingFor("HEALTHY", 60, &evidence.ContainerHealthCheck{}),
				func(c *evidence.Case) { c.Facts.Running.Health.Value["router"] = "UNHEALTHY" },
			),
			result: proven,
			says:   "ECS calls it UNHEALTHY; its log says",
			next:   "healthCheck of router",
		},
		{
			when: "its health may not be read",
			change: changes(waitingFor("HEALTHY", 60, &evidence.ContainerHealthCheck{}), func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.Health, classifier.ReasonNoPermission, "ecs:DescribeTasks")
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "app waits for router to be HEALTHY; its log says",
		},
		{
			when: "its health was not asked",
			change: changes(waitingFor("HEALTHY", 60, &evidence.ContainerHealthCheck{}), func(c *evidence.Case) {
				c.Facts.Running.Health = evidence.Answer[map[string]string]{Reason: classifier.ReasonBudget}
			}),
			result: unasked,
			reason: classifier.ReasonBudget,
			says:   "app waits for router",
		},
		{
			when:   "the task definition may not be read",
			change: changes(waitingFor("HEALTHY", 60, nil), evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when: "its health is not told",
			change: changes(
				waitingFor("HEALTHY", 60, &evidence.ContainerHealthCheck{}),
				func(c *evidence.Case) { c.Facts.Running.Health = evidence.None[map[string]string]() },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "does not tell of its health",
		},
		{
			when:   "nothing waits for health",
			change: waitingFor("START", 60, nil),
			result: excluded,
			says:   "no container of web:42 waits",
		},
	},
	"dependency-failed": {
		{
			when:   "what must succeed ended with an error",
			change: changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 1)),
			result: proven,
			says: `app waits for router to end with SUCCESS, and it ended with 1; its log says at 10:01:09Z "GET ` +
				`/health 404"$`,
			next: "repair what router does in web:42: app starts only when it ends with 0$",
		},
		{
			when: "it stands first in the event",
			change: changes(
				waitingFor("SUCCESS", 60, nil),
				endedAs("router", 1),
				func(c *evidence.Case) { slices.Reverse(c.Stop.Containers) },
			),
			result: proven,
			says:   "it ended with 1",
		},
		{
			when:   "it succeeded",
			change: changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 0)),
			result: excluded,
			says:   "ended with 0",
		},
		{
			when: "how it ended is not told",
			change: changes(
				waitingFor("SUCCESS", 60, nil),
				func(c *evidence.Case) { c.Stop.Containers[1].ExitCode = nil },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app waits for router to be SUCCESS",
		},
		{
			when:   "any end is enough",
			change: changes(waitingFor("COMPLETE", 60, nil), endedAs("router", 1)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `app waits for router to be COMPLETE; its log says at 10:01:09Z "GET /health 404"$`,
		},
		{
			when:   "it still ran when ECS stopped the task",
			change: changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 143)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app waits for router to be SUCCESS",
		},
		{
			when:   "nothing waits for another",
			change: exiting(1),
			result: excluded,
			says:   "no container of web:42 depends on another",
		},
		{
			when:   "the task definition may not be read",
			change: evidencetest.NoDefinition,
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
}

// waitingFor is a task that was given up because app waits for db.
func waitingFor(condition string, timeout int64, check *evidence.ContainerHealthCheck) func(*evidence.Case) {
	return changes(withRouter(0), func(c *evidence.Case) {
		c.Finding = classifier.Finding{Stage: classifier.Dependency, Fault: classifier.Timeout, Culprit: -1}
		c.Stop.StartedAt = time.Time{}
		td := &c.Facts.Task.TaskDefinition.Value
		td.Containers = slices.Clone(td.Containers)
		td.Containers[0].DependsOn, td.Containers[0].HealthCheck = map[string]string{"router": condition}, nil
		td.Containers[1].StartTimeout, td.Containers[1].HealthCheck = timeout, check
	})
}

// alsoWaitingFor makes app wait for a third container too.
func alsoWaitingFor(timeout int64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		td := &c.Facts.Task.TaskDefinition.Value
		td.Containers = append(
			slices.Clone(td.Containers),
			evidence.ContainerDefinition{Name: "cache", StartTimeout: timeout},
		)
		td.Containers[0].DependsOn["cache"] = "START"
	}
}
