package events_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/events"
)

// inForm holds samples of each of the Forms.
var inForm = map[string][]string{
	`an "ECS Task State Change" event`: {"scaled-in", "container-unhealthy"},
	"a task":                           {"bare-task-pascal-case-start-invalid"},
	"the output of aws ecs describe-tasks": {
		"describe-tasks-two-stopped", "stop-task-output-already-stopped", "run-task-output-failure",
		"describe-tasks-deprovisioning",
	},
	"the output of aws ecs describe-services": {
		"describe-services-messages", "describe-services-deployment-failed",
	},
	"the output of aws ecs describe-service-deployments": {"describe-service-deployments-rolled-back"},
	`an "ECS Hook State Change" event`:                   {"hook-awaiting-action", "hook-timed-out"},
	`an "ECS Container Instance Health Change" event`:    {"instance-gpu-and-daemon-impaired", "instance-well-again"},
	"a container that stopped": {
		"container-alone-crashed", "task-metadata-sidecar-crashed", "docker-inspect-oom-killed",
	},
	`an "ECS Service Action" or "ECS Deployment State Change" event`: {
		"service-placement-memory", "deployment-failed-circuit-breaker",
		"daemon-creation-failed",
	},
	`a "Batch Job State Change" event`:      {"batch-job-oom"},
	"the output of aws batch describe-jobs": {"batch-list-jobs-image-not-found", "batch-describe-jobs-runnable"},
	"the output of aws stepfunctions get-execution-history": {
		"step-functions-history-crashed", "execution-call-refused",
	},
	`an "AWS API Call via CloudTrail" event`: {"request-run-task-denied", "request-start-task-two-failures"},
	"a record of CloudTrail":                 {"cloudtrail-file-stop-task"},
	`an "ECS Container Stopped" event`:       {"container-watched-restarted"},
}

// wrapped puts a document into each of the Wrappings, in every way.
var wrapped = map[string][]func(document string) string{
	"an array or JSON Lines": {
		func(d string) string { return "[" + d + "]" },
		func(d string) string { return strings.ReplaceAll(d, "\n", " ") + "\n" },
	},
	"an SNS notification or an SQS message": {
		func(d string) string { return `{"Type":"Notification","MessageId":"m","Message":` + quote(d) + `}` },
		func(d string) string { return `{"Type":"Notification","Message":` + d + `}` },
		func(d string) string { return `{"Messages":[{"Body":` + quote(`{"Message":`+quote(d)+`}`) + `}]}` },
	},
	"an event or a failure record of a Lambda function": {
		func(d string) string {
			return `{"Records":[{"EventSource":"aws:sns","Sns":{"Message":` + quote(d) + `}}]}`
		},
		func(d string) string { return `{"Records":[{"messageId":"m","body":` + quote(d) + `}]}` },
		func(d string) string {
			return `{"version":"1.0","requestContext":{"condition":"RetriesExhausted"},"requestPayload":` + d +
				`,"responsePayload":{"errorMessage":"x"}}`
		},
	},
	"the output or the error of a Step Functions state": {
		func(d string) string { return `{"input":{"a":1},"Result":` + d + `}` },
		func(d string) string { return `{"Error":"States.TaskFailed","Cause":` + quote(d) + `}` },
	},
}

func TestParseReadsEveryFormInEveryWrapping(t *testing.T) {
	if len(inForm) != len(events.Forms) || len(wrapped) != len(events.Wrappings) {
		t.Errorf("there are %d forms and %d wrappings, and documents in %d and %d", len(events.Forms),
			len(events.Wrappings), len(inForm), len(wrapped))
	}
	for _, form := range events.Forms {
		if len(inForm[form.Name]) == 0 {
			t.Errorf("no sample is %s", form.Name)
		}
		for _, name := range inForm[form.Name] {
			raw, err := os.ReadFile("samples/" + name + ".json")
			if err != nil {
				t.Fatal(err)
			}
			want := sample(t, name)
			for _, wrapping := range events.Wrappings {
				if len(wrapped[wrapping.Name]) == 0 {
					t.Errorf("no document is %s", wrapping.Name)
				}
				for i, wrap := range wrapped[wrapping.Name] {
					for _, document := range []string{wrap(string(raw)), "[" + wrap(string(raw)) + "]"} {
						stops, err := events.Parse([]byte(document))
						if diff := cmp.Diff(want, stops, cmpopts.IgnoreUnexported(events.Stop{}),
							cmpopts.IgnoreFields(events.Stop{}, "Raw")); err != nil || diff != "" {
							t.Errorf("%s in %s, %d: %v, -want +got:\n%s", name, wrapping.Name, i, err, diff)
						}
					}
				}
			}
		}
	}
}
