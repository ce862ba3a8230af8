package main

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
)

// encrypt lets a resource of the stack be encrypted with the key that the options name, if any. Without one each
// service takes a key of its own.
func encrypt(o stack.Options, resource any) {
	if o.KMSKeyARN == "" {
		return
	}
	key := jsii.String(o.KMSKeyARN)
	switch r := resource.(type) {
	case awslogs.CfnLogGroup:
		r.SetKmsKeyId(key)
	case awssqs.CfnQueue:
		r.SetSqsManagedSseEnabled(jsii.Bool(false))
		r.SetKmsMasterKeyId(key)
	case awssns.CfnTopic:
		r.SetKmsMasterKeyId(key)
	case awsdynamodb.CfnTable:
		r.SetSseSpecification(&awsdynamodb.CfnTable_SSESpecificationProperty{
			SseEnabled: jsii.Bool(true), SseType: jsii.String("KMS"), KmsMasterKeyId: key,
		})
	default:
		panic("nothing is known of the encryption of this resource")
	}
}

// mayUseKey is what the function's role needs of the key: to send to a queue and a topic, and for the table, which
// DynamoDB opens in the name of the caller. Sources:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
func mayUseKey(o stack.Options) []awsiam.PolicyStatement {
	if o.KMSKeyARN == "" {
		return nil
	}
	actions := []string{"kms:Decrypt", "kms:GenerateDataKey"}
	if o.Remember == stack.On {
		actions = append(actions, "kms:DescribeKey", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo")
	}
	return []awsiam.PolicyStatement{allow(actions, jsii.String(o.KMSKeyARN))}
}

// keyPolicy are the statements that the policy of such a key needs, beside the one that every key has at first and that
// lets the policies of roles count. Sources: as above, and
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func keyPolicy() (string, error) {
	type statement struct {
		Sid       string
		Effect    string
		Principal map[string]any
		Action    []string
		Resource  string
		Condition map[string]any `json:",omitempty"`
	}
	text, err := json.MarshalIndent([]statement{
		{
			Sid: "LogGroups", Effect: "Allow", Principal: map[string]any{"Service": logsService},
			Action: []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*",
				"kms:ReEncrypt*"},
			Resource: "*",
			Condition: map[string]any{"ArnLike": map[string]string{
				"kms:EncryptionContext:aws:logs:arn": "arn:PARTITION:logs:REGION:ACCOUNT:log-group:*"}},
		},
		{
			Sid: "RulesAndAlarms", Effect: "Allow",
			Principal: map[string]any{"Service": []string{eventsService, cloudWatchService}},
			Action:    []string{"kms:Decrypt", "kms:GenerateDataKey*"},
			Resource:  "*",
		},
	}, "", "  ")
	return string(text), err
}
