package running

import (
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

func TestRunningPitfalls(t *testing.T) {
	ran := func(change func(*evidence.Case)) *evidence.Case {
		c := failedHealthCheck()
		change(c)
		return c
	}
	for _, p := range []evidencetest.Pitfall{
		{
			Name:  "P10 CloudTrail has nothing yet",
			Cause: "stopped-by-person",
			With:  ran(changes(calledBy(evidence.TrailEvent{}), calledByNobody(2*time.Minute))),
			Want:  "inconclusive deferred",
			Without: ran(calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				Console:  true,
				SourceIP: "198.51.100.7",
			})),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "P11 the revision is INACTIVE and no longer described",
			Cause: "memory-limit",
			With: ran(changes(outOfMemory, func(c *evidence.Case) {
				c.Stop.Containers[0].Memory = nil
				c.Facts.Task.TaskDefinition = evidence.Unanswered[evidence.TaskDefinition](classifier.ReasonFailed,
					"ecs:DescribeTaskDefinition")
			})),
			Want:    "inconclusive failed",
			Without: ran(outOfMemory),
			Decided: classifier.Confirmed,
		},
	} {
		p.Try(t, Checks)
	}
}
