package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
)

// newMemory returns the table that the processes of the function remember in, or nil. It is deleted with the stack,
// since it holds no history.
func newMemory(scope awscdk.Stack, o stack.Options) awsdynamodb.CfnTable {
	if o.Remember != stack.On {
		return nil
	}
	key := func(name, kind string) *awsdynamodb.CfnTable_KeySchemaProperty {
		return &awsdynamodb.CfnTable_KeySchemaProperty{AttributeName: jsii.String(name), KeyType: jsii.String(kind)}
	}
	text := func(name string) *awsdynamodb.CfnTable_AttributeDefinitionProperty {
		return &awsdynamodb.CfnTable_AttributeDefinitionProperty{
			AttributeName: jsii.String(name), AttributeType: jsii.String("S"),
		}
	}
	table := awsdynamodb.NewCfnTable(scope, jsii.String("Memory"), &awsdynamodb.CfnTableProps{
		TableName:            jsii.String(o.Named(stack.MemoryTable)),
		BillingMode:          jsii.String("PAY_PER_REQUEST"),
		KeySchema:            []any{key(stack.MemoryPart, "HASH"), key(stack.MemorySort, "RANGE")},
		AttributeDefinitions: []any{text(stack.MemoryPart), text(stack.MemorySort)},
		TimeToLiveSpecification: &awsdynamodb.CfnTable_TimeToLiveSpecificationProperty{
			AttributeName: jsii.String(stack.MemoryExpires), Enabled: jsii.Bool(true),
		},
	})
	encrypt(o, table)
	table.ApplyRemovalPolicy(awscdk.RemovalPolicy_DESTROY, nil)
	return table
}
