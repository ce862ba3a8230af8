package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

// Service principals, the same in every partition.
const (
	cloudWatchService = "cloudwatch.amazonaws.com"
	eventsService     = "events.amazonaws.com"
	lambdaService     = "lambda.amazonaws.com"
)

// exampleARN begins the ARNs in the events that the page of coverage tries the rules with.
const exampleARN = "arn:aws:ecs:eu-west-3:111122223333:"

// withoutQueryParameters are the partitions whose CloudFormation refuses Parameters of AWS::Logs::QueryDefinition,
// after the resource schemas that cfn-lint 1.51.0 has of their Regions. There a saved query shows its {{placeholders}},
// to be written over.
var withoutQueryParameters = []string{"aws-cn", "aws-us-gov"}

// takesQueryParameters is the condition that the stack is deployed to another partition than these.
func takesQueryParameters(scope awscdk.Stack) awscdk.CfnCondition {
	var others []awscdk.ICfnConditionExpression
	for _, partition := range withoutQueryParameters {
		others = append(others, awscdk.Fn_ConditionEquals(awscdk.Aws_PARTITION(), jsii.String(partition)))
	}
	return awscdk.NewCfnCondition(scope, jsii.String("TakesQueryParameters"), &awscdk.CfnConditionProps{
		Expression: awscdk.Fn_ConditionNot(awscdk.Fn_ConditionOr(others...)),
	})
}
