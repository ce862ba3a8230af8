package evidence

import (
	"testing"
	"time"

	"whystopped/classifier"
)

func TestRunningPitfalls(t *testing.T) {
	ran := func(change func(*Case)) *Case {
		c := failedHealthCheck()
		change(c)
		return c
	}
	for _, p := range []pitfall{
		{
			name:  "P10 CloudTrail has nothing yet",
			cause: "stopped-by-person",
			with:  ran(changes(calledBy(TrailEvent{}), calledByNobody(2*time.Minute))),
			want:  "inconclusive deferred",
			without: ran(calledBy(TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				Console:  true,
				SourceIP: "198.51.100.7",
			})),
			decided: classifier.Confirmed,
		},
		{
			name:  "P11 the revision is INACTIVE and no longer described",
			cause: "memory-limit",
			with: ran(changes(outOfMemory, func(c *Case) {
				c.Stop.Containers[0].Memory = nil
				c.Facts.Inputs.TaskDefinition = Open[TaskDefinition](classifier.ReasonFailed,
					"ecs:DescribeTaskDefinition")
			})),
			want:    "inconclusive failed",
			without: ran(outOfMemory),
			decided: classifier.Confirmed,
		},
	} {
		p.try(t, aftermathChecks)
	}
}
