package policy

import (
	"strings"
	"testing"
)

// TestConditions holds what an allowing statement says under one condition.
func TestConditions(t *testing.T) {
	role := Request{
		Role:     "arn:aws:iam::123450006789:role/svc/orders-exec",
		Account:  own,
		Action:   "ecr:BatchGetImage",
		Resource: repoARN,
		Keys:     Keys{"kms:viaservice": {Text: "secretsmanager.eu-north-1.amazonaws.com"}},
	}
	role.Keys.Tag(map[string]string{"team": "orders"}, "aws:principaltag")
	task := Request{
		Service: "ecs-tasks.amazonaws.com",
		Action:  "ecr:BatchGetImage",
		Keys: Keys{"aws:sourceaccount": {Text: own},
			"aws:sourcearn": {Text: "arn:aws:ecs:eu-north-1:123450006789:", Open: true}},
	}
	for _, tt := range []struct {
		name      string
		q         Request
		condition string
		want      decision
	}{
		{"the role", role, `"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::123450006789:role/svc/orders-exec"}`, Allowed},
		{"another role", role, `"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::123450006789:role/orders-exec"}`, Implicit},
		{"roles below a path", role, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/svc/*"}`, Allowed},
		{"a star does not reach over colons", role, `"ArnLike":{"aws:PrincipalArn":"arn:aws:*:role/svc/*"}`, Implicit},
		{"but one in a string does", role, `"StringLike":{"aws:PrincipalArn":"arn:aws:*:role/svc/*"}`, Allowed},
		{"no wildcard in what is to be equal", role, `"StringEquals":{"aws:PrincipalArn":"arn:*"}`, Implicit},
		{"keys in any case", role, `"StringEquals":{"AWS:principalaccount":"123450006789"}`, Allowed},
		{"values in their case", role, `"StringEquals":{"aws:PrincipalType":"assumedrole"}`, Implicit},
		{"values in any case", role, `"StringEqualsIgnoreCase":{"aws:PrincipalType":"assumedrole"}`, Allowed},
		{"not in any case", role, `"StringNotEqualsIgnoreCase":{"aws:PrincipalType":"assumedrole"}`, Implicit},
		{"one of several values", role, `"StringEquals":{"aws:PrincipalAccount":["1","123450006789"]}`, Allowed},
		{"none of several values", role, `"StringNotEquals":{"aws:PrincipalAccount":["1","123450006789"]}`, Implicit},
		{"another value than that", role, `"StringNotEquals":{"aws:PrincipalAccount":["1","2"]}`, Allowed},
		{"not like", role, `"StringNotLike":{"aws:PrincipalArn":"*:role/svc/*"}`, Implicit},
		{"no ARN like that", role, `"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app/*"}`, Allowed},
		{"no ARN equal to that", role, `"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/svc/*"}`, Implicit},
		{"the account of the resource", role, `"StringEquals":{"aws:ResourceAccount":"123450006789"}`, Allowed},
		{"the Region of the resource", role, `"StringEquals":{"aws:RequestedRegion":"eu-west-1"}`, Implicit},
		{"through a service", role,
			`"StringEquals":{"kms:ViaService":["ssm.eu-north-1.amazonaws.com",` +
				`"secretsmanager.eu-north-1.amazonaws.com"]}`, Allowed},
		{"two keys of which one fits", role,
			`"StringEquals":{"aws:PrincipalAccount":"123450006789","aws:ResourceAccount":"1"}`, Implicit},
		{"two operators of which one is not known", role,
			`"StringEquals":{"aws:PrincipalAccount":"123450006789"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`, Unknown},
		{"one that does not fit decides, whatever the other", role,
			`"StringEquals":{"aws:PrincipalAccount":"1"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`, Implicit},
		{"an operator that is not compared", role, `"NumericEquals":{"aws:PrincipalAccount":"123450006789"}`, Unknown},
		{"a key that is not known", role, `"StringEquals":{"aws:PrincipalOrgID":"o-1"}`, Unknown},
		{"a variable", role, `"StringEquals":{"aws:PrincipalAccount":"${aws:ResourceAccount}"}`, Unknown},
		{"a value beside a variable", role, `"StringEquals":{"aws:PrincipalAccount":["${x}","123450006789"]}`, Allowed},
		{"a number", role, `"StringEquals":{"aws:PrincipalAccount":123450006789}`, Allowed},

		{"absent", role, `"StringEquals":{"aws:SourceAccount":"123450006789"}`, Implicit},
		{"absent, and must not be equal", role, `"StringNotEquals":{"aws:SourceAccount":"123450006789"}`, Allowed},
		{"absent, if it exists", role, `"StringEqualsIfExists":{"aws:SourceAccount":"1"}`, Allowed},
		{"present, if it exists", role, `"StringEqualsIfExists":{"aws:PrincipalAccount":"1"}`, Implicit},
		{"absent, and must be", role, `"Null":{"aws:SourceArn":"true"}`, Allowed},
		{"absent, and must not be", role, `"Null":{"aws:SourceArn":false}`, Implicit},
		{"present, and must not be", role, `"Null":{"aws:PrincipalArn":"true"}`, Implicit},
		{"absent, all of none", role, `"ForAllValues:StringEquals":{"aws:SourceAccount":"1"}`, Allowed},
		{"absent, any of none", role, `"ForAnyValue:StringNotEquals":{"aws:SourceAccount":"1"}`, Implicit},
		{"present, any", role, `"ForAnyValue:StringEquals":{"aws:PrincipalAccount":"123450006789"}`, Allowed},
		{"present, all", role, `"ForAllValues:StringEquals":{"aws:PrincipalAccount":"1"}`, Implicit},
		{"no such set", role, `"ForSomeValues:StringEquals":{"aws:PrincipalAccount":"123450006789"}`, Unknown},

		{"a tag of the role", role, `"StringEquals":{"aws:PrincipalTag/Team":"orders"}`, Allowed},
		{"another value of a tag", role, `"StringEquals":{"aws:PrincipalTag/team":"shop"}`, Implicit},
		{"a tag that the role does not have", role, `"StringEquals":{"aws:PrincipalTag/stage":"prod"}`, Implicit},
		{"a tag that the role must not have", role, `"StringNotEquals":{"aws:PrincipalTag/stage":"prod"}`, Allowed},
		{"no such tag", role, `"Null":{"aws:PrincipalTag/stage":"true"}`, Allowed},
		{"a tag of what is asked for, which was not read", role, `"StringEquals":{"aws:ResourceTag/stage":"prod"}`,
			Unknown},

		{"a service is one", task, `"Bool":{"aws:PrincipalIsAWSService":"true"}`, Allowed},
		{"a role is none", role, `"Bool":{"aws:PrincipalIsAWSService":true}`, Implicit},
		{"a service's name", task, `"StringEquals":{"aws:PrincipalServiceName":"ecs-tasks.amazonaws.com"}`, Allowed},
		{"for the account", task, `"StringEquals":{"aws:SourceAccount":"123450006789"}`, Allowed},
		{"for all of the account and Region", task,
			`"ArnLike":{"aws:SourceArn":"arn:aws:ecs:eu-north-1:123450006789:*"}`, Allowed},
		{"for all of the account", task, `"ArnLike":{"aws:SourceArn":"arn:aws:ecs:*:123450006789:*"}`, Allowed},
		{"for all of another account", task, `"ArnLike":{"aws:SourceArn":"arn:aws:ecs:*:998800007766:*"}`, Implicit},
		{"for something of the account", task,
			`"ArnLike":{"aws:SourceArn":"arn:aws:ecs:eu-north-1:123450006789:cluster/*"}`, Unknown},
		{"not for something of the account", task,
			`"ArnNotLike":{"aws:SourceArn":"arn:aws:ecs:eu-north-1:123450006789:cluster/*"}`, Unknown},
		{"not for another account", task, `"ArnNotLike":{"aws:SourceArn":"arn:aws:ecs:*:998800007766:*"}`, Allowed},
		{"equal to something of the account", task,
			`"StringEquals":{"aws:SourceArn":"arn:aws:ecs:eu-north-1:123450006789:x"}`, Unknown},
		{"equal to something else", task,
			`"StringEquals":{"aws:SourceArn":"arn:aws:ecs:eu-west-1:123450006789:x"}`, Implicit},
		{"like everything", task, `"StringLike":{"aws:SourceArn":"*"}`, Allowed},
		{"like something shorter", task, `"StringLike":{"aws:SourceArn":"arn:aws:ecs:?u-north-1:*6789:x"}`, Unknown},
		{"like something else", task, `"StringLike":{"aws:SourceArn":"arn:aws:ec2:*"}`, Implicit},
		{"no ARN", task, `"ArnLike":{"aws:SourceArn":"arn:aws:ecs:*"}`, Implicit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			document := `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*","Service":"ecs-tasks.amazonaws.com"},` +
				`"Action":"*","Resource":"*","Condition":{` + tt.condition + `}}]}`
			got := Evaluate(document, tt.q)
			if got.Decision != tt.want {
				t.Errorf("%s is %s (%s), want %s", tt.condition, got.Decision, got.Doubt, tt.want)
			}
			if (got.Decision == Unknown) != strings.HasPrefix(got.Doubt, "has conditions on ") {
				t.Errorf("doubt %q of %s", got.Doubt, got.Decision)
			}
		})
	}
}

// TestDoubtNamesWhatIsNotKnown: a key that was compared is not in doubt.
func TestDoubtNamesWhatIsNotKnown(t *testing.T) {
	got := Evaluate(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":`+
		`{"aws:PrincipalAccount":"123450006789","aws:SourceVpce":"vpce-1","aws:PrincipalOrgID":"o-1"}}}}`,
		Request{Role: "arn:aws:iam::123450006789:role/x", Account: own, Action: "s3:GetObject"})
	if got.Doubt != "has conditions on aws:PrincipalOrgID, aws:SourceVpce" {
		t.Errorf("doubt %q", got.Doubt)
	}
}
