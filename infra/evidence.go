package main

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
	"whystopped/evidence"
)

// mayAsk are the statements that let the function look for evidence: exactly the actions of the chosen tier, by the
// table of package evidence, one statement for each resource; and with logTail the reading of log lines, which no tier
// includes.
func mayAsk(scope awscdk.Stack, o stack.Options) []awsiam.PolicyStatement {
	actions := map[string][]string{} // by resource
	var resources []string
	for _, action := range evidence.Actions {
		if !evidence.Tier(o.Evidence).Allows(action.Tier) {
			continue
		}
		if actions[action.Resource] == nil {
			resources = append(resources, action.Resource)
		}
		actions[action.Resource] = append(actions[action.Resource], action.IAM)
	}
	var statements []awsiam.PolicyStatement
	for _, resource := range resources {
		slices.Sort(actions[resource])
		statements = append(statements, allow(actions[resource], arnOf(scope, resource)))
	}
	if o.LogTail == stack.On {
		groups := o.LogTailGroups
		if groups == nil {
			groups = []string{"*"}
		}
		var streams []*string
		for _, group := range groups {
			streams = append(streams, arnOf(scope, "logs:REGION:ACCOUNT:log-group:"+group+":log-stream:*"))
		}
		statements = append(statements, allow([]string{"logs:GetLogEvents"}, streams...))
	}
	return statements
}

// arnOf makes an ARN of this deployment's partition, Region and account of what follows its partition; "*" stays.
func arnOf(scope awscdk.Stack, resource string) *string {
	if resource == "*" {
		return jsii.String(resource)
	}
	filled := strings.NewReplacer("REGION", *scope.Region(), "ACCOUNT", *scope.Account()).Replace(resource)
	return jsii.String("arn:" + *scope.Partition() + ":" + filled)
}
