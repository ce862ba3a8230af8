package running

import (
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var siblingTrials = map[string][]trial{
	"platform-fault": {
		{
			when:   "a later task started",
			change: changes(failedToStart, siblingAfter(time.Minute)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "started in eu-west-1b",
		},
		{
			when: "no other task is told of",
			change: changes(failedToStart,
				func(c *evidence.Case) { c.Facts.Running.Siblings = evidence.Is([]evidence.Sibling{}) }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "tells of none",
		},
		{
			when: "they may not be read",
			change: changes(failedToStart, func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.Siblings, classifier.ReasonNoPermission, "ecs:ListTasks")
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
}

// failedToStart makes the task one that never ran.
func failedToStart(c *evidence.Case) {
	c.Stop.StartedAt, c.Stop.StopCode = time.Time{}, "TaskFailedToStart"
	c.Stop.StoppedReason = "InternalError: failed to create container task: containerd shim exited unexpectedly"
}

// siblingAfter is another task of the deployment that was created so long after the stop, and started.
func siblingAfter(after time.Duration) func(*evidence.Case) {
	return func(c *evidence.Case) {
		at := c.Stop.StoppedAt.Add(after)
		c.Facts.Running.Siblings = evidence.Is([]evidence.Sibling{{ID: "77aa", Zone: "eu-west-1b", Subnet: "subnet-0b1",
			CreatedAt: at, StartedAt: at.Add(30 * time.Second)}})
	}
}
