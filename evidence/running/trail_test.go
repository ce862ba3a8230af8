package running

import (
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/access"
	"whystopped/evidence/evidencetest"
)

func calledBy(e evidence.TrailEvent) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Finding = classifier.Finding{Stage: classifier.User, Fault: classifier.Requested, Culprit: -1}
		e.At, e.Action = afterAt(69), "ecs:StopTask"
		c.Facts.Running.StopCalls = evidence.Is([]evidence.TrailEvent{e})
	}
}

func calledByNobody(age time.Duration) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Facts.Running.StopCalls = evidence.Is[[]evidence.TrailEvent](nil)
		c.CheckedAt = c.Stop.StoppedAt.Add(age)
	}
}

var trailTrials = map[string][]trial{
	"stopped-by-person": {
		{
			when: "a console session",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				Console:  true,
				SourceIP: "198.51.100.7",
				Agent:    "console.amazonaws.com",
			}),
			result: proven,
			says: "StopTask at 10:01:09Z by arn:aws:sts::111122223333:assumed-role/ops/li from 198.51.100.7 with " +
				"console.amazonaws.com",
			next: "ask arn:aws:sts::111122223333:assumed-role/ops/li",
		},
		{
			when: "IAM Identity Center",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/li",
				Agent:    "aws-cli/2.22",
			}),
			result: proven,
			says:   "AWSReservedSSO_Admin",
		},
		{
			when: "the command line in Cloud9",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				SourceIP: "198.51.100.7",
				Agent:    "aws-cli/2.22 exec-env/AWS_Cloud9 command/ecs.stop-task",
			}),
			result: proven,
			says:   "Cloud9",
		},
		{
			when: "the command line in CloudShell",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				SourceIP: "198.51.100.7",
				Agent:    "aws-cli/2.22 exec-env/CloudShell command/ecs.stop-task",
			}),
			result: proven,
			says:   "CloudShell",
		},
		{
			when: "a program that found the task stopping",
			change: changes(calledBy(evidence.TrailEvent{Identity: "Root"}), func(c *evidence.Case) {
				late := evidence.TrailEvent{
					At:        afterAt(75),
					Action:    "ecs:StopTask",
					Identity:  "AWSService",
					InvokedBy: "batch.amazonaws.com",
				}
				c.Facts.Running.StopCalls.Value = append([]evidence.TrailEvent{late},
					c.Facts.Running.StopCalls.Value...)
			}),
			result: proven,
			says:   "StopTask at 10:01:09Z by Root",
		},
		{
			when:   "the root user",
			change: calledBy(evidence.TrailEvent{Identity: "Root", ARN: "arn:aws:iam::111122223333:root"}),
			result: proven,
			says:   "111122223333:root",
		},
		{
			when: "a browser",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				Agent:    "Mozilla/5.0 (X11; Linux x86_64)",
			}),
			result: proven,
			says:   "Mozilla/5.0",
		},
		{
			when: "the console, named as the service that made the call",
			change: calledBy(evidence.TrailEvent{
				Identity:  "IAMUser",
				ARN:       "arn:aws:iam::111122223333:user/li",
				InvokedBy: "signin.amazonaws.com",
				Agent:     "signin.amazonaws.com",
			}),
			result: proven,
			says:   "on behalf of signin.amazonaws.com",
		},
		{
			when: "the shell of the console",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				Agent:    "aws-cli/2.22 exec-env/CloudShell",
			}),
			result: proven,
		},
		{
			when: "an address of the console, and nothing else",
			change: calledBy(evidence.TrailEvent{
				Identity: "IAMUser",
				ARN:      "arn:aws:iam::111122223333:user/li",
				SourceIP: "console.amazonaws.com",
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "a person or a program",
		},
		{
			when: "a person, after a program",
			change: func(c *evidence.Case) {
				c.Facts.Running.StopCalls = evidence.Is([]evidence.TrailEvent{
					{At: afterAt(90), Identity: "Root"},
					{At: afterAt(69), Identity: "AWSService", InvokedBy: "batch.amazonaws.com"},
				})
			},
			result: excluded,
			says:   "StopTask at 10:01:09Z by AWSService on behalf of batch.amazonaws.com",
		},
		{
			when: "a service",
			change: calledBy(evidence.TrailEvent{
				Identity:  "AssumedRole",
				ARN:       "arn:aws:sts::111122223333:assumed-role/batch/x",
				InvokedBy: "batch.amazonaws.com",
			}),
			result: excluded,
			says:   "on behalf of batch.amazonaws.com",
		},
		{
			when: "either",
			change: calledBy(evidence.TrailEvent{
				Identity: "IAMUser",
				ARN:      "arn:aws:iam::111122223333:user/deploy",
				SourceIP: "198.51.100.7",
				Agent:    "aws-cli/2.22",
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "user/deploy from 198.51.100.7 with aws-cli/2.22: a person or a program",
		},
		{
			when:   "the call was denied",
			change: calledBy(evidence.TrailEvent{Identity: "Root", Error: "AccessDenied"}),
			result: unclear,
			reason: classifier.ReasonDeferred,
			says:   "no StopTask call for this task yet",
		},
		{
			when:   "nothing after 5 minutes",
			change: calledByNobody(5 * time.Minute),
			result: unclear,
			reason: classifier.ReasonDeferred,
			says:   "yet, 5 min after the stop",
		},
		{
			when:   "nothing after 19 minutes",
			change: calledByNobody(19 * time.Minute),
			result: unclear,
			reason: classifier.ReasonDeferred,
			says:   "yet",
		},
		{
			when:   "nothing after 20 minutes",
			change: calledByNobody(20 * time.Minute),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no StopTask call for this task within 3 min",
		},
		{
			when:   "nothing after an hour",
			change: calledByNobody(time.Hour),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no StopTask call for this task within 3 min",
		},
		{
			when: "a service, asked for a day after",
			change: changes(
				calledBy(evidence.TrailEvent{Identity: "AWSService", InvokedBy: "batch.amazonaws.com"}),
				readAt(86400),
			),
			result: excluded,
			says:   "batch",
		},
		{
			when:   "in the function",
			change: func(c *evidence.Case) { c.Facts.Running.StopCalls.Reason = classifier.ReasonDeferred },
			result: unasked,
			reason: classifier.ReasonDeferred,
			next:   "whystopped history " + afterTask + " --verify",
		},
		{
			when: "in the function, of a task whose id is not told",
			change: func(c *evidence.Case) {
				c.Facts.Running.StopCalls.Reason, c.Stop.TaskID = classifier.ReasonDeferred, ""
			},
			result: unasked,
			reason: classifier.ReasonDeferred,
		},
	},
	"stopped-by-automation": {
		{
			when: "a service",
			change: calledBy(evidence.TrailEvent{
				Identity:  "AssumedRole",
				ARN:       "arn:aws:sts::111122223333:assumed-role/batch/x",
				InvokedBy: "batch.amazonaws.com",
			}),
			result: proven,
			says:   "batch.amazonaws.com",
			next:   "ask arn:aws:sts::111122223333:assumed-role/batch/x",
		},
		{
			when: "a function",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/reaper/reaper",
				SourceIP: "198.51.100.7",
				Agent:    "Boto3/1.35 exec-env/AWS_Lambda_python3.13",
			}),
			result: proven,
			says:   "AWS_Lambda",
		},
		{
			when:   "AWS itself",
			change: calledBy(evidence.TrailEvent{Identity: "AWSService"}),
			result: proven,
			says:   "by AWSService",
		},
		{
			when: "the address of a service",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/flow/x",
				SourceIP: "states.amazonaws.com",
			}),
			result: proven,
			says:   "from states.amazonaws.com",
		},
		{
			when: "a person",
			change: calledBy(evidence.TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li@example.com",
			}),
			result: excluded,
			says:   "li@example.com",
		},
		{
			when: "may not be read",
			change: func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.StopCalls, classifier.ReasonNoPermission,
					"cloudtrail:LookupEvents")
			},
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
}

// TestWhenCloudTrailIsAsked: around the moment when the stop began, and while the task was set up.
func TestWhenCloudTrailIsAsked(t *testing.T) {
	c := failedHealthCheck()
	if from, to := StopCallsBetween(c); !from.Equal(afterAt(70-180)) || !to.Equal(afterAt(70+180)) {
		t.Errorf("from %s to %s", from, to)
	}
	if from, to := access.DenialsBetween(c); !from.Equal(afterAt(-30-60)) || !to.Equal(afterAt(90+60)) {
		t.Errorf("denials from %s to %s", from, to)
	}
	c.Stop.StoppingAt = time.Time{}
	if from, to := StopCallsBetween(c); !from.Equal(afterAt(90-180)) || !to.Equal(afterAt(90+180)) {
		t.Errorf("where the stop began is not told: from %s to %s", from, to)
	}
}
