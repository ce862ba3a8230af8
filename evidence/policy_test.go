package evidence

import (
	"strings"
	"testing"
)

func TestWildcard(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true},
		{"*", "ecr:BatchGetImage", true},
		{"ecr:*Image", "ecr:BatchGetImage", true},
		{"ecr:*Image", "ecr:BatchGetImages", false},
		{"ecr:Get*", "ecr:BatchGetImage", false},
		{"a*b*c", "aXbYbZc", true},
		{"a*b*c", "aXbYbZ", false},
		{"key/????", "key/12ab", true},
		{"key/????", "key/12abc", false},
		{"key/?", "key/", false},
		{"", "x", false},
		{"x**", "x", true},
	} {
		if got := wildcard(c.pattern, c.s); got != c.want {
			t.Errorf("wildcard(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
}

const (
	own     = "123450006789" // the task's account
	repoARN = "arn:aws:ecr:eu-north-1:123450006789:repository/orders/web"
)

// TestJudge holds the logic of one policy. Every document is one that people write.
func TestJudge(t *testing.T) {
	q := request{role: "arn:aws:iam::123450006789:role/svc/orders-exec", account: own, session: "0af1", action: "ecr:BatchGetImage", resource: repoARN}
	task := q
	task.role, task.account, task.session, task.service, task.action, task.resource = "", "", "", "ecs-tasks.amazonaws.com", "sts:AssumeRole", ""
	anybody := q
	anybody.role, anybody.account, anybody.session = "", "", ""
	encrypted, plain := anybody, anybody
	encrypted.flags, plain.flags = map[string]bool{"aws:securetransport": true}, map[string]bool{"aws:securetransport": false}
	hidden, anyObject := anybody, q
	hidden.hidden = true
	anyObject.action, anyObject.resource = "s3:GetObject", "arn:aws:s3:::layers/*"
	noSession := q
	noSession.session = ""

	for _, c := range []struct {
		name       string
		statements string
		q          request
		want       decision
	}{
		{"no statement", ``, q, implicit},
		{"everybody", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, q, allowed},
		{"everybody, spelt as AWS", `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"ecr:*","Resource":"*"}`, q, allowed},
		{"the role", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},"Action":["ecr:BatchGetImage"]}`, q, allowed},
		{"the role without its path is another", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/orders-exec"},"Action":["ecr:BatchGetImage"]}`, q, implicit},
		{"another role", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/orders-task"},"Action":["ecr:BatchGetImage"]}`, q, implicit},
		{"a deleted role's id", `{"Effect":"Allow","Principal":{"AWS":"AROAEXAMPLE0000000000"},"Action":["ecr:BatchGetImage"]}`, q, implicit},
		{"the task's session", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/0af1"},"Action":"ecr:*"}`, q, allowed},
		{"another task's session", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/77"},"Action":"ecr:*"}`, q, implicit},
		{"a session that is not known", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/77"},"Action":"ecr:*"}`, noSession, unknown},
		{"the account's root alone delegates", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"ecr:*"}`, q, unknown},
		{"the account's number alone delegates", `{"Effect":"Allow","Principal":{"AWS":["123450006789"]},"Action":"ecr:*"}`, q, unknown},
		{"another account", `{"Effect":"Allow","Principal":{"AWS":["998800007766","arn:aws:iam::998800007766:root"]},"Action":"ecr:*"}`, q, implicit},
		{"a service", `{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"ecr:*"}`, q, implicit},
		{"an action in other case", `{"Effect":"Allow","Principal":"*","Action":"ECR:batchgetIMAGE"}`, q, allowed},
		{"an action by pattern", `{"Effect":"Allow","Principal":"*","Action":"ecr:Batch?etImage"}`, q, allowed},
		{"another action", `{"Effect":"Allow","Principal":"*","Action":["ecr:GetDownloadUrlForLayer","ecr:Describe*"]}`, q, implicit},
		{"a resource in other case", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:ecr:eu-north-1:123450006789:repository/Orders/web"}`, q, implicit},
		{"a resource by pattern", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":["arn:aws:ecr:*:*:repository/orders/*"]}`, q, allowed},
		{"a resource with a variable", `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"arn:aws:ecr:*:${aws:PrincipalAccount}:repository/*"}`, q, unknown},
		{"NotAction without the action", `{"Effect":"Allow","Principal":"*","NotAction":"s3:*","Resource":"*"}`, q, unknown},
		{"NotAction with the action", `{"Effect":"Deny","Principal":"*","NotAction":"ecr:*","Resource":"*"},{"Effect":"Allow","Principal":"*","Action":"*"}`, q, allowed},
		{"NotResource without the resource", `{"Effect":"Allow","Principal":"*","Action":"*","NotResource":"arn:aws:s3:::*"}`, q, unknown},
		{"NotResource with the resource", `{"Effect":"Allow","Principal":"*","Action":"*","NotResource":"arn:aws:ecr:*"}`, q, implicit},
		{"NotPrincipal", `{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::123450006789:role/admin"},"Action":"*"},{"Effect":"Allow","Principal":"*","Action":"*"}`, q, unknown},
		{"an allow with a condition", `{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example0000"}}}`, q, unknown},
		{"a deny with a condition", `{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a0a"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`, q, unknown},
		{"an allow beside one with a condition", `{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example0000"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`, q, allowed},
		{"a condition on another action", `{"Effect":"Deny","Principal":"*","Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`, q, allowed},
		{"a deny before an allow", `{"Effect":"Deny","Principal":"*","Action":"ecr:*"},{"Effect":"Allow","Principal":"*","Action":"*"}`, q, denied},
		{"a deny after an allow", `{"Effect":"Allow","Principal":"*","Action":"*"},{"Effect":"Deny","Principal":"*","Action":"ecr:*"}`, q, denied},
		{"a deny of the whole account", `{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"*"},{"Effect":"Allow","Principal":"*","Action":"*"}`, q, unknown},

		{"ECS is trusted", `{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com"]},"Action":"sts:AssumeRole"}`, task, allowed},
		{"EC2 is trusted", `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`, task, implicit},
		{"ECS is trusted, not the tasks", `{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}`, task, implicit},
		{"ECS is trusted under conditions", `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123450006789"}}}`, task, unknown},
		{"ECS is trusted with another call", `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:TagSession"}`, task, implicit},
		{"another domain", `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com.cn"},"Action":"sts:AssumeRole"}`, task, unknown},
		{"everybody may not mean services", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`, task, unknown},
		{"a federated user", `{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRole"}`, task, implicit},

		{"anybody, and everybody may", `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}`, anybody, allowed},
		{"anybody, and a role may", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},"Action":"*"}`, anybody, implicit},
		{"somebody, and everybody may", `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}`, hidden, allowed},
		{"somebody, and a role may", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},"Action":"*"}`, hidden, unknown},
		{"any object of a bucket", `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::layers/*"}`, anyObject, allowed},
		{"any object, and some are named", `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::layers/v2/*"}`, anyObject, unknown},
		{"any object, and those of one name are", `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::lay*/v2"}`, anyObject, unknown},
		{"any object, and another bucket's are", `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::layers","arn:aws:s3:::logs/*"]}`, anyObject, implicit},
		{"in the clear", `{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`, plain, denied},
		{"encrypted", `{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"Bool":{"AWS:SecureTransport":false}}},{"Effect":"Allow","Principal":"*","Action":"*"}`, encrypted, allowed},
		{"a known condition beside an unknown one", `{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`, encrypted, unknown},
	} {
		document := `{"Version":"2012-10-17","Statement":[` + c.statements + `]}`
		if got := judge(document, c.q); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// judge tells what a policy says to a request. Where a policy trusts the role's account and not the role, what follows depends
// on the kind of policy, and the decision is unknown.
func judge(document string, q request) decision {
	r := evaluate(document, q)
	if r.decision == implicit && r.delegated {
		return unknown
	}
	return r.decision
}

func TestJudgeOddDocuments(t *testing.T) {
	q := request{role: "arn:aws:iam::123450006789:role/r", account: own, action: "ecr:BatchGetImage", resource: repoARN}
	for document, want := range map[string]decision{
		`{"Statement":{"Sid":"Alone","Effect":"Allow","Principal":"*","Action":"*"}}`: allowed,
		`{"Version":"2008-10-17"}`: implicit,
		`not JSON`:                 unknown,
		``:                         unknown,
		`{"Statement":"none"}`:     unknown,
		`{"Statement":[{"Effect":"Allow","Action":"*"}]}`: unknown,
	} {
		if got := judge(document, q); got != want {
			t.Errorf("%s: %s, want %s", document, got, want)
		}
	}
}

// TestRuleNamesItsStatement holds that evidence can say which statement decided.
func TestRuleNamesItsStatement(t *testing.T) {
	document := `{"Statement":[{"Sid":"Team","Effect":"Allow","Principal":"*","Action":"*"},{"Effect":"Deny","Principal":"*","Action":"kms:*"}]}`
	for action, want := range map[string]string{"ecr:BatchGetImage": `statement "Team"`, "kms:Decrypt": "statement 2"} {
		if got := evaluate(document, request{role: "arn:aws:iam::1:role/r", account: "1", action: action}).statement; got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
	delegated := evaluate(strings.ReplaceAll(document, `"*","Action":"*"`, `{"AWS":"1"},"Action":"*"`), request{role: "arn:aws:iam::1:role/r", account: "1", action: "ecr:BatchGetImage"})
	if delegated.decision != implicit || !delegated.delegated {
		t.Errorf("trust in the account: %+v", delegated)
	}
}
