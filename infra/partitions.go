package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
)

// Service principals, the same in every partition.
const (
	cloudWatchService = "cloudwatch.amazonaws.com"
	eventsService     = "events.amazonaws.com"
	lambdaService     = "lambda.amazonaws.com"
)

// logsService is the principal of CloudWatch Logs, with the Region to be filled in; in China it ends in ".cn".
const logsService = "logs.REGION.amazonaws.com"

// exampleARN begins the ARNs in the events that the page of coverage tries the rules with.
const exampleARN = "arn:aws:ecs:eu-west-3:111122223333:"

// longestRegion is as long as the name of a Region can be.
const longestRegion = "ap-southeast-1"

// longestTopicARN is as long as the ARN of the stack's own topic can be anywhere.
const longestTopicARN = "arn:aws-us-gov:sns:" + longestRegion + ":111122223333:" + stack.Topic

// withoutQueryParameters are the Regions whose CloudFormation refuses Parameters of AWS::Logs::QueryDefinition, after
// the resource schemas that cfn-lint 1.51.0 has of them. There a saved query has a name in capital letters for each, to
// be written over.
var withoutQueryParameters = []string{
	"cn-north-1", "cn-northwest-1", "me-central-1", "me-south-1", "us-gov-east-1", "us-gov-west-1",
}

// takesQueryParameters is the condition that the stack is deployed to another Region than these.
func takesQueryParameters(scope awscdk.Stack) awscdk.CfnCondition {
	var others []awscdk.ICfnConditionExpression
	for _, region := range withoutQueryParameters {
		others = append(others, awscdk.Fn_ConditionEquals(awscdk.Aws_REGION(), jsii.String(region)))
	}
	return awscdk.NewCfnCondition(scope, jsii.String("TakesQueryParameters"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionNot(awscdk.Fn_ConditionOr(others...)),
	})
}
