//go:build !local

package main

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

var logGroups = []thing{
	{
		name: "log group: nobody made it",
		make: func(w *workload) string { return w.noStream("us-east-1") },
		want: verdicts{"log-group-missing": "confirmed", "log-region-wrong": "inconclusive not_read"},
	},
	{
		name: "log group: the driver is to make it",
		make: func(w *workload) string {
			said := w.noStream("us-east-1")
			w.container().LogConfiguration.Options["awslogs-create-group"] = "true"
			return said
		},
		want: verdicts{"log-group-missing": "inconclusive not_causal"},
	},
	{
		name: "log group: another begins with its name",
		make: func(w *workload) string {
			w.makeLogGroup("/ecs/" + w.name + "-old")
			return w.noStream("us-east-1")
		},
		want: verdicts{"log-group-missing": "confirmed"},
	},
	{
		name: "log group: it is there",
		make: func(w *workload) string {
			w.makeLogGroup("/ecs/" + w.name)
			return w.noStream("us-east-1")
		},
		want: verdicts{"log-group-missing": "ruled_out", "log-region-wrong": "ruled_out"},
	},
	{
		name: "log group: it came too late",
		make: func(w *workload) string {
			w.began(lifetime / 2)
			w.makeLogGroup("/ecs/" + w.name)
			return w.noStream("us-east-1")
		},
		want: verdicts{"log-group-missing": "inconclusive later", "log-region-wrong": "inconclusive later"},
	},
	{
		name: "log group: in the task's Region and not in the driver's",
		make: func(w *workload) string {
			w.makeLogGroup("/ecs/" + w.name)
			return w.noStream("eu-west-1")
		},
		want: verdicts{"log-group-missing": "confirmed", "log-region-wrong": "confirmed"},
	},
}

func (w *workload) makeLogGroup(name string) {
	made(cloudwatchlogs.NewFromConfig(w.Config).CreateLogGroup(
		w.ctx,
		&cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name},
	))(w.t)
}

// logs has the task log into the group of its name.
func (w *workload) logs(region string) {
	w.container().LogConfiguration = &types.LogConfiguration{
		LogDriver: types.LogDriverAwslogs,
		Options: map[string]string{
			"awslogs-group":         "/ecs/" + w.name,
			"awslogs-region":        region,
			"awslogs-stream-prefix": "web",
		},
	}
}

func (w *workload) noStream(region string) string {
	w.logs(region)
	return "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: " +
		"failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log gr..."
}
