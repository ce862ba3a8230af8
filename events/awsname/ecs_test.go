package awsname_test

import (
	"testing"

	"whystopped/events/awsname"
)

const (
	taskID  = "4f1c22ab90de4c6f8a3b5d7e9f012345"
	oldTask = "4f1c22ab-90de-4c6f-8a3b-5d7e9f012345"
)

func TestParseECS(t *testing.T) {
	for name, want := range map[string]awsname.ECS{
		taskID:  {Task: taskID},
		oldTask: {Task: oldTask},

		"arn:aws:ecs:eu-north-1:210987654321:task/shop/" + taskID: {
			Region: "eu-north-1", Account: "210987654321", Cluster: "shop", Task: taskID,
		},
		"arn:aws-us-gov:ecs:us-gov-west-1:210987654321:task/" + oldTask: {
			Region: "us-gov-west-1", Account: "210987654321", Task: oldTask,
		},
		"arn:aws:ecs:eu-north-1:210987654321:container/shop/" + taskID + "/0c0b7a6e-3f5d-4a86-9a53-5a1f5b0c7d11": {
			Region: "eu-north-1", Account: "210987654321", Cluster: "shop", Task: taskID,
		},
		"arn:aws:ecs:eu-north-1:210987654321:service/shop/web": {
			Region: "eu-north-1", Account: "210987654321", Cluster: "shop", Service: "web",
		},
		"arn:aws:ecs:eu-north-1:210987654321:service/web": {
			Region: "eu-north-1", Account: "210987654321", Service: "web",
		},
		"arn:aws-cn:ecs:cn-north-1:210987654321:cluster/shop": {
			Region: "cn-north-1", Account: "210987654321", Cluster: "shop",
		},

		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/tasks/" + taskID + "/configuration": {
			Region: "eu-north-1", Cluster: "shop", Task: taskID,
		},
		"eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/tasks/" + taskID: {
			Region: "eu-north-1", Cluster: "shop", Task: taskID,
		},
		"https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/shop/tasks/" + taskID +
			"/logs?region=eu-north-1&selectedContainer=app": {
			Region: "eu-north-1", Cluster: "shop", Task: taskID,
		},
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/services/web/tasks/" + taskID +
			"/configuration?region=eu-north-1": {
			Region: "eu-north-1", Cluster: "shop", Service: "web", Task: taskID,
		},
		"https://210987654321-abcd1234.eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/tasks/" + taskID: {
			Region: "eu-north-1", Account: "210987654321", Cluster: "shop", Task: taskID,
		},
		"https://eu-north-1.console.aws.amazon.com/ecs/home?region=eu-north-1#/clusters/shop/tasks/" + oldTask +
			"/details": {
			Region: "eu-north-1", Cluster: "shop", Task: oldTask,
		},
		"https://console.aws.amazon.com/ecs/home?region=us-east-2#/clusters/shop/services/web/events": {
			Region: "us-east-2", Cluster: "shop", Service: "web",
		},
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/services/web/health?region=eu-north-1": {
			Region: "eu-north-1", Cluster: "shop", Service: "web",
		},
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/services/web/tasks": {
			Region: "eu-north-1", Cluster: "shop", Service: "web",
		},
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/tasks": {
			Region: "eu-north-1", Cluster: "shop",
		},
		"https://cn-northwest-1.console.amazonaws.cn/ecs/v2/clusters/shop/tasks/" + taskID: {
			Region: "cn-northwest-1", Cluster: "shop", Task: taskID,
		},
		"https://us-gov-east-1.console.amazonaws-us-gov.com/ecs/v2/clusters/shop/tasks/" + taskID: {
			Region: "us-gov-east-1", Cluster: "shop", Task: taskID,
		},
		"https://console.amazonaws-us-gov.com/ecs/home?region=us-gov-west-1#/clusters/shop/tasks/" + taskID: {
			Region: "us-gov-west-1", Cluster: "shop", Task: taskID,
		},
		"https://eusc-de-east-1.console.amazonaws-eusc.eu/ecs/v2/clusters/shop/tasks/" + taskID: {
			Region: "eusc-de-east-1", Cluster: "shop", Task: taskID,
		},
		"https://us-iso-east-1.console.c2s.ic.gov/ecs/v2/clusters/shop/tasks/" + taskID: {
			Region: "us-iso-east-1", Cluster: "shop", Task: taskID,
		},
		"https://corp.awsapps.com/start/#/console?account_id=210987654321&role_name=oncall&destination=https%3A%2F%2F" +
			"eu-north-1.console.aws.amazon.com%2Fecs%2Fv2%2Fclusters%2Fshop%2Ftasks%2F" + taskID: {
			Region: "eu-north-1", Account: "210987654321", Cluster: "shop", Task: taskID,
		},
	} {
		if got, ok := awsname.ParseECS(name); !ok || got != want {
			t.Errorf("ParseECS(%q) = %+v, %t", name, got, ok)
		}
	}
	for _, name := range []string{
		"", "stop.json", "4f1c22ab", "4F1C22AB90DE4C6F8A3B5D7E9F012345", taskID + "0", "web",
		"arn:aws:ecs:eu-north-1:210987654321:task-definition/web:7",
		"arn:aws:ecs:eu-north-1:210987654321:task/shop/4f1c",
		"arn:aws:ecs:evil.example:210987654321:task/shop/" + taskID,
		"arn:aws:ecs:eu-north-1:210987654321:task/a b/" + taskID,
		"arn:aws:iam::210987654321:role/web",
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters",
		"https://eu-north-1.console.aws.amazon.com/ecs/",
		"https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#/clusters/shop/tasks/" + taskID,
		"https://eu-north-1.example.com/ecs/v2/clusters/shop/tasks/" + taskID,
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/task-definitions/web/7",
		"console/ecs", "%zz", "://", "/",
	} {
		if got, ok := awsname.ParseECS(name); ok {
			t.Errorf("ParseECS(%q) = %+v", name, got)
		}
	}
}

func FuzzParseECS(f *testing.F) {
	for _, seed := range []string{taskID, "arn:aws:ecs:eu-north-1:210987654321:task/shop/" + taskID,
		"https://eu-north-1.console.aws.amazon.com/ecs/v2/clusters/shop/tasks/" + taskID + "?region=%2565"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		e, ok := awsname.ParseECS(name)
		if ok && e.Region != "" && !awsname.IsRegion(e.Region) {
			t.Errorf("%q is of the Region %q, which becomes a part of a host's name", name, e.Region)
		}
		if ok && e.Cluster == "" && e.Service == "" && e.Task == "" {
			t.Errorf("%q names nothing", name)
		}
	})
}
