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
	q := request{
		role:     "arn:aws:iam::123450006789:role/svc/orders-exec",
		account:  own,
		session:  "0af1",
		action:   "ecr:BatchGetImage",
		resource: repoARN,
	}
	task := q
	task.role = ""
	task.account = ""
	task.session = ""
	task.service = "ecs-tasks.amazonaws.com"
	task.action = "sts:AssumeRole"
	task.resource = ""
	anybody := q
	anybody.role, anybody.account, anybody.session = "", "", ""
	encrypted, plain := anybody, anybody
	encrypted.flags = map[string]bool{"aws:securetransport": true}
	plain.flags = map[string]bool{"aws:securetransport": false}
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
		{name: "no statement", statements: ``, q: q, want: implicit},
		{
			name:       "everybody",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`,
			q:          q,
			want:       allowed,
		},
		{
			name:       "everybody, spelt as AWS",
			statements: `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"ecr:*","Resource":"*"}`,
			q:          q,
			want:       allowed,
		},
		{
			name: "the role",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},` +
				`"Action":["ecr:BatchGetImage"]}`,
			q:    q,
			want: allowed,
		},
		{
			name: "the role without its path is another",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/orders-exec"},` +
				`"Action":["ecr:BatchGetImage"]}`,
			q:    q,
			want: implicit,
		},
		{
			name: "another role",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/orders-task"},` +
				`"Action":["ecr:BatchGetImage"]}`,
			q:    q,
			want: implicit,
		},
		{
			name:       "a deleted role's id",
			statements: `{"Effect":"Allow","Principal":{"AWS":"AROAEXAMPLE0000000000"},"Action":["ecr:BatchGetImage"]}`,
			q:          q,
			want:       implicit,
		},
		{
			name: "the task's session",
			statements: `{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/0af1"},` +
				`"Action":"ecr:*"}`,
			q:    q,
			want: allowed,
		},
		{
			name: "another task's session",
			statements: `{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/77"},` +
				`"Action":"ecr:*"}`,
			q:    q,
			want: implicit,
		},
		{
			name: "a session that is not known",
			statements: `{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/77"},` +
				`"Action":"ecr:*"}`,
			q:    noSession,
			want: unknown,
		},
		{
			name:       "the account's root alone delegates",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"ecr:*"}`,
			q:          q,
			want:       unknown,
		},
		{
			name:       "the account's number alone delegates",
			statements: `{"Effect":"Allow","Principal":{"AWS":["123450006789"]},"Action":"ecr:*"}`,
			q:          q,
			want:       unknown,
		},
		{
			name: "another account",
			statements: `{"Effect":"Allow","Principal":{"AWS":["998800007766","arn:aws:iam::998800007766:root"]},` +
				`"Action":"ecr:*"}`,
			q:    q,
			want: implicit,
		},
		{
			name:       "a service",
			statements: `{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"ecr:*"}`,
			q:          q,
			want:       implicit,
		},
		{
			name:       "an action in other case",
			statements: `{"Effect":"Allow","Principal":"*","Action":"ECR:batchgetIMAGE"}`,
			q:          q,
			want:       allowed,
		},
		{
			name:       "an action by pattern",
			statements: `{"Effect":"Allow","Principal":"*","Action":"ecr:Batch?etImage"}`,
			q:          q,
			want:       allowed,
		},
		{
			name:       "another action",
			statements: `{"Effect":"Allow","Principal":"*","Action":["ecr:GetDownloadUrlForLayer","ecr:Describe*"]}`,
			q:          q,
			want:       implicit,
		},
		{
			name: "a resource in other case",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":"arn:aws:ecr:eu-north-1:123450006789:repository/Orders/web"}`,
			q:    q,
			want: implicit,
		},
		{
			name: "a resource by pattern",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":["arn:aws:ecr:*:*:repository/orders/*"]}`,
			q:    q,
			want: allowed,
		},
		{
			name: "a resource with a variable",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":"arn:aws:ecr:*:${aws:PrincipalAccount}:repository/*"}`,
			q:    q,
			want: unknown,
		},
		{
			name:       "NotAction without the action",
			statements: `{"Effect":"Allow","Principal":"*","NotAction":"s3:*","Resource":"*"}`,
			q:          q,
			want:       unknown,
		},
		{
			name: "NotAction with the action",
			statements: `{"Effect":"Deny","Principal":"*","NotAction":"ecr:*","Resource":"*"},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: allowed,
		},
		{
			name:       "NotResource without the resource",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*","NotResource":"arn:aws:s3:::*"}`,
			q:          q,
			want:       unknown,
		},
		{
			name:       "NotResource with the resource",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*","NotResource":"arn:aws:ecr:*"}`,
			q:          q,
			want:       implicit,
		},
		{
			name: "NotPrincipal",
			statements: `{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::123450006789:role/admin"},` +
				`"Action":"*"},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: unknown,
		},
		{
			name: "an allow with a condition",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example0000"}}}`,
			q:    q,
			want: unknown,
		},
		{
			name: "a deny with a condition",
			statements: `{"Effect":"Deny","Principal":"*","Action":"*",` +
				`"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a0a"}}},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: unknown,
		},
		{
			name: "an allow beside one with a condition",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example0000"}}},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: allowed,
		},
		{
			name: "a condition on another action",
			statements: `{"Effect":"Deny","Principal":"*","Action":"s3:*",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: allowed,
		},
		{
			name: "a deny before an allow",
			statements: `{"Effect":"Deny","Principal":"*","Action":"ecr:*"},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: denied,
		},
		{
			name: "a deny after an allow",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*"},` +
				`{"Effect":"Deny","Principal":"*","Action":"ecr:*"}`,
			q:    q,
			want: denied,
		},
		{
			name: "a deny of the whole account",
			statements: `{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"*"},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: unknown,
		},

		{
			name: "ECS is trusted",
			statements: `{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com"]},` +
				`"Action":"sts:AssumeRole"}`,
			q:    task,
			want: allowed,
		},
		{
			name:       "EC2 is trusted",
			statements: `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`,
			q:          task,
			want:       implicit,
		},
		{
			name:       "ECS is trusted, not the tasks",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}`,
			q:          task,
			want:       implicit,
		},
		{
			name: "ECS is trusted under conditions",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},` +
				`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123450006789"}}}`,
			q:    task,
			want: unknown,
		},
		{
			name: "ECS is trusted with another call",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},` +
				`"Action":"sts:TagSession"}`,
			q:    task,
			want: implicit,
		},
		{
			name: "another domain",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com.cn"},` +
				`"Action":"sts:AssumeRole"}`,
			q:    task,
			want: unknown,
		},
		{
			name:       "everybody may not mean services",
			statements: `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`,
			q:          task,
			want:       unknown,
		},
		{
			name: "a federated user",
			statements: `{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},` +
				`"Action":"sts:AssumeRole"}`,
			q:    task,
			want: implicit,
		},

		{
			name:       "anybody, and everybody may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}`,
			q:          anybody,
			want:       allowed,
		},
		{
			name: "anybody, and a role may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},` +
				`"Action":"*"}`,
			q:    anybody,
			want: implicit,
		},
		{
			name:       "somebody, and everybody may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}`,
			q:          hidden,
			want:       allowed,
		},
		{
			name: "somebody, and a role may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},` +
				`"Action":"*"}`,
			q:    hidden,
			want: unknown,
		},
		{
			name:       "any object of a bucket",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::layers/*"}`,
			q:          anyObject,
			want:       allowed,
		},
		{
			name:       "any object, and some are named",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::layers/v2/*"}`,
			q:          anyObject,
			want:       unknown,
		},
		{
			name:       "any object, and those of one name are",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::lay*/v2"}`,
			q:          anyObject,
			want:       unknown,
		},
		{
			name: "any object, and another bucket's are",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::layers",` +
				`"arn:aws:s3:::logs/*"]}`,
			q:    anyObject,
			want: implicit,
		},
		{
			name: "in the clear",
			statements: `{"Effect":"Deny","Principal":"*","Action":"*",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    plain,
			want: denied,
		},
		{
			name: "encrypted",
			statements: `{"Effect":"Deny","Principal":"*","Action":"*",` +
				`"Condition":{"Bool":{"AWS:SecureTransport":false}}},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    encrypted,
			want: allowed,
		},
		{
			name: "a known condition beside an unknown one",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`,
			q:    encrypted,
			want: unknown,
		},
	} {
		document := `{"Version":"2012-10-17","Statement":[` + c.statements + `]}`
		if got := judge(document, c.q); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// judge tells what a policy says to a request. Where a policy trusts the role's account and not the role, what follows
// depends on the kind of policy, and the decision is unknown.
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
	document := `{"Statement":[{"Sid":"Team","Effect":"Allow","Principal":"*","Action":"*"},` +
		`{"Effect":"Deny","Principal":"*","Action":"kms:*"}]}`
	for action, want := range map[string]string{"ecr:BatchGetImage": `statement "Team"`, "kms:Decrypt": "statement 2"} {
		if got := evaluate(document, request{
			role:    "arn:aws:iam::1:role/r",
			account: "1",
			action:  action,
		}).statement; got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
	delegated := evaluate(
		strings.ReplaceAll(document, `"*","Action":"*"`, `{"AWS":"1"},"Action":"*"`),
		request{role: "arn:aws:iam::1:role/r", account: "1", action: "ecr:BatchGetImage"},
	)
	if delegated.decision != implicit || !delegated.delegated {
		t.Errorf("trust in the account: %+v", delegated)
	}
}
