package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
)

// newNotifications returns the topic that failures are published to: the one that the options name, one of the stack's
// own with the options' address, or nil.
func newNotifications(scope awscdk.Stack, o stack.Options) awssns.ITopic {
	switch {
	case o.NotifyTopicARN != "":
		return awssns.Topic_FromTopicArn(scope, jsii.String("Notifications"), jsii.String(o.NotifyTopicARN))
	case o.NotifyEmail == "":
		return nil
	}
	// Without a key of the owner's it is not encrypted, because CloudWatch may not use AWS's key for SNS; messages are
	// redacted before they are sent.
	topic := awssns.NewTopic(scope, jsii.String("Notifications"), &awssns.TopicProps{
		TopicName:   jsii.String(o.Named(stack.Topic)),
		DisplayName: jsii.String("whystopped"),
		EnforceSSL:  jsii.Bool(true),
	})
	encrypt(o, topic.Node().DefaultChild())
	// With a policy of its own, the topic no longer has the default one that lets alarms in.
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(cloudWatchService), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]*string{"aws:SourceAccount": scope.Account()}},
	}))
	awssns.NewSubscription(scope, jsii.String("Address"), &awssns.SubscriptionProps{
		Topic:    topic,
		Protocol: awssns.SubscriptionProtocol_EMAIL,
		Endpoint: jsii.String(o.NotifyEmail),
	})
	return topic
}

// mayReadWebhook lets the function read the one value that it may read, and use a key of the owner's for that alone
// (https://docs.aws.amazon.com/kms/latest/developerguide/services-secrets-manager.html,
// https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html).
func mayReadWebhook(arn string) []awsiam.PolicyStatement {
	parts := strings.SplitN(arn, ":", 6)
	action, context := "secretsmanager:GetSecretValue", "SecretARN"
	if parts[2] == "ssm" {
		action, context = "ssm:GetParameter", "PARAMETER_ARN"
	}
	decrypt := allow([]string{"kms:Decrypt"}, jsii.String(strings.Join(
		[]string{parts[0], parts[1], "kms", parts[3], parts[4], "key/*"}, ":")))
	decrypt.AddConditions(&map[string]any{"StringEquals": map[string]any{"kms:EncryptionContext:" + context: arn}})
	return []awsiam.PolicyStatement{allow([]string{action}, jsii.String(arn)), decrypt}
}
