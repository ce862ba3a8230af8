package policy

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
	q := Request{
		Role:     "arn:aws:iam::123450006789:role/svc/orders-exec",
		Account:  own,
		Session:  "0af1",
		Action:   "ecr:BatchGetImage",
		Resource: repoARN,
	}
	task := q
	task.Role = ""
	task.Account = ""
	task.Session = ""
	task.Service = "ecs-tasks.amazonaws.com"
	task.Action = "sts:AssumeRole"
	task.Resource = ""
	anybody := q
	anybody.Role, anybody.Account, anybody.Session = "", "", ""
	encrypted, plain := anybody, anybody
	encrypted.Keys = Keys{"aws:securetransport": Flag(true)}
	plain.Keys = Keys{"aws:securetransport": Flag(false)}
	hidden, anyObject := anybody, q
	hidden.Hidden = true
	anyObject.Action, anyObject.Resource = "s3:GetObject", "arn:aws:s3:::layers/*"
	noSession := q
	noSession.Session = ""

	for _, c := range []struct {
		name       string
		statements string
		q          Request
		want       decision
	}{
		{name: "no statement", statements: ``, q: q, want: Implicit},
		{
			name:       "everybody",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`,
			q:          q,
			want:       Allowed,
		},
		{
			name:       "everybody, spelt as AWS",
			statements: `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"ecr:*","Resource":"*"}`,
			q:          q,
			want:       Allowed,
		},
		{
			name: "the role",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},` +
				`"Action":["ecr:BatchGetImage"]}`,
			q:    q,
			want: Allowed,
		},
		{
			name: "the role without its path is another",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/orders-exec"},` +
				`"Action":["ecr:BatchGetImage"]}`,
			q:    q,
			want: Implicit,
		},
		{
			name: "another role",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/orders-task"},` +
				`"Action":["ecr:BatchGetImage"]}`,
			q:    q,
			want: Implicit,
		},
		{
			name:       "a deleted role's id",
			statements: `{"Effect":"Allow","Principal":{"AWS":"AROAEXAMPLE0000000000"},"Action":["ecr:BatchGetImage"]}`,
			q:          q,
			want:       Implicit,
		},
		{
			name: "the task's session",
			statements: `{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/0af1"},` +
				`"Action":"ecr:*"}`,
			q:    q,
			want: Allowed,
		},
		{
			name: "another task's session",
			statements: `{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/77"},` +
				`"Action":"ecr:*"}`,
			q:    q,
			want: Implicit,
		},
		{
			name: "a session that is not known",
			statements: `{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/77"},` +
				`"Action":"ecr:*"}`,
			q:    noSession,
			want: Unknown,
		},
		{
			name:       "the account's root alone delegates",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"ecr:*"}`,
			q:          q,
			want:       Unknown,
		},
		{
			name:       "the account's number alone delegates",
			statements: `{"Effect":"Allow","Principal":{"AWS":["123450006789"]},"Action":"ecr:*"}`,
			q:          q,
			want:       Unknown,
		},
		{
			name: "another account",
			statements: `{"Effect":"Allow","Principal":{"AWS":["998800007766","arn:aws:iam::998800007766:root"]},` +
				`"Action":"ecr:*"}`,
			q:    q,
			want: Implicit,
		},
		{
			name:       "a service",
			statements: `{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"ecr:*"}`,
			q:          q,
			want:       Implicit,
		},
		{
			name:       "an action in other case",
			statements: `{"Effect":"Allow","Principal":"*","Action":"ECR:batchgetIMAGE"}`,
			q:          q,
			want:       Allowed,
		},
		{
			name:       "an action by pattern",
			statements: `{"Effect":"Allow","Principal":"*","Action":"ecr:Batch?etImage"}`,
			q:          q,
			want:       Allowed,
		},
		{
			name:       "another action",
			statements: `{"Effect":"Allow","Principal":"*","Action":["ecr:GetDownloadUrlForLayer","ecr:Describe*"]}`,
			q:          q,
			want:       Implicit,
		},
		{
			name: "a resource in other case",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":"arn:aws:ecr:eu-north-1:123450006789:repository/Orders/web"}`,
			q:    q,
			want: Implicit,
		},
		{
			name: "a resource by pattern",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":["arn:aws:ecr:*:*:repository/orders/*"]}`,
			q:    q,
			want: Allowed,
		},
		{
			name: "a resource with a variable",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":"arn:aws:ecr:*:${aws:PrincipalAccount}:repository/*"}`,
			q:    q,
			want: Unknown,
		},
		{
			name:       "NotAction without the action",
			statements: `{"Effect":"Allow","Principal":"*","NotAction":"s3:*","Resource":"*"}`,
			q:          q,
			want:       Unknown,
		},
		{
			name: "NotAction with the action",
			statements: `{"Effect":"Deny","Principal":"*","NotAction":"ecr:*","Resource":"*"},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: Allowed,
		},
		{
			name:       "NotResource without the resource",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*","NotResource":"arn:aws:s3:::*"}`,
			q:          q,
			want:       Unknown,
		},
		{
			name:       "NotResource with the resource",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*","NotResource":"arn:aws:ecr:*"}`,
			q:          q,
			want:       Implicit,
		},
		{
			name: "NotPrincipal",
			statements: `{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::123450006789:role/admin"},` +
				`"Action":"*"},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: Unknown,
		},
		{
			name: "an allow with a condition",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example0000"}}}`,
			q:    q,
			want: Unknown,
		},
		{
			name: "a deny with a condition",
			statements: `{"Effect":"Deny","Principal":"*","Action":"*",` +
				`"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a0a"}}},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: Unknown,
		},
		{
			name: "an allow beside one with a condition",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example0000"}}},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: Allowed,
		},
		{
			name: "a condition on another action",
			statements: `{"Effect":"Deny","Principal":"*","Action":"s3:*",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: Allowed,
		},
		{
			name: "a deny before an allow",
			statements: `{"Effect":"Deny","Principal":"*","Action":"ecr:*"},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: Denied,
		},
		{
			name: "a deny after an allow",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*"},` +
				`{"Effect":"Deny","Principal":"*","Action":"ecr:*"}`,
			q:    q,
			want: Denied,
		},
		{
			name: "a deny of the whole account",
			statements: `{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"*"},` +
				`{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    q,
			want: Unknown,
		},

		{
			name: "ECS is trusted",
			statements: `{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com"]},` +
				`"Action":"sts:AssumeRole"}`,
			q:    task,
			want: Allowed,
		},
		{
			name:       "EC2 is trusted",
			statements: `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`,
			q:          task,
			want:       Implicit,
		},
		{
			name:       "ECS is trusted, not the tasks",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}`,
			q:          task,
			want:       Implicit,
		},
		{
			name: "ECS is trusted under conditions",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},` +
				`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"123450006789"}}}`,
			q:    task,
			want: Unknown,
		},
		{
			name: "ECS is trusted with another call",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},` +
				`"Action":"sts:TagSession"}`,
			q:    task,
			want: Implicit,
		},
		{
			name: "another domain",
			statements: `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com.cn"},` +
				`"Action":"sts:AssumeRole"}`,
			q:    task,
			want: Unknown,
		},
		{
			name:       "everybody may not mean services",
			statements: `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`,
			q:          task,
			want:       Unknown,
		},
		{
			name: "a federated user",
			statements: `{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},` +
				`"Action":"sts:AssumeRole"}`,
			q:    task,
			want: Implicit,
		},

		{
			name:       "anybody, and everybody may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}`,
			q:          anybody,
			want:       Allowed,
		},
		{
			name: "anybody, and a role may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},` +
				`"Action":"*"}`,
			q:    anybody,
			want: Implicit,
		},
		{
			name:       "somebody, and everybody may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"*"}`,
			q:          hidden,
			want:       Allowed,
		},
		{
			name: "somebody, and a role may",
			statements: `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/svc/orders-exec"},` +
				`"Action":"*"}`,
			q:    hidden,
			want: Unknown,
		},
		{
			name:       "any object of a bucket",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::layers/*"}`,
			q:          anyObject,
			want:       Allowed,
		},
		{
			name:       "any object, and some are named",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::layers/v2/*"}`,
			q:          anyObject,
			want:       Unknown,
		},
		{
			name:       "any object, and those of one name are",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::lay*/v2"}`,
			q:          anyObject,
			want:       Unknown,
		},
		{
			name: "any object, and another bucket's are",
			statements: `{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::layers",` +
				`"arn:aws:s3:::logs/*"]}`,
			q:    anyObject,
			want: Implicit,
		},
		{
			name: "in the clear",
			statements: `{"Effect":"Deny","Principal":"*","Action":"*",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"false"}}},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    plain,
			want: Denied,
		},
		{
			name: "encrypted",
			statements: `{"Effect":"Deny","Principal":"*","Action":"*",` +
				`"Condition":{"Bool":{"AWS:SecureTransport":false}}},{"Effect":"Allow","Principal":"*","Action":"*"}`,
			q:    encrypted,
			want: Allowed,
		},
		{
			name: "a known condition beside an unknown one",
			statements: `{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Condition":{"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}`,
			q:    encrypted,
			want: Unknown,
		},
	} {
		document := `{"Version":"2012-10-17","Statement":[` + c.statements + `]}`
		if got := judge(document, c.q); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// judge says what a policy says to a request. Where a policy trusts the role's account and not the role, what follows
// depends on the kind of policy, and the decision is unknown.
func judge(document string, q Request) decision {
	r := Evaluate(document, q)
	if r.Decision == Implicit && r.Delegated {
		return Unknown
	}
	return r.Decision
}

func TestJudgeOddDocuments(t *testing.T) {
	q := Request{Role: "arn:aws:iam::123450006789:role/r", Account: own, Action: "ecr:BatchGetImage", Resource: repoARN}
	for document, want := range map[string]decision{
		`{"Statement":{"Sid":"Alone","Effect":"Allow","Principal":"*","Action":"*"}}`: Allowed,
		`{"Version":"2008-10-17"}`: Implicit,
		`not JSON`:                 Unknown,
		``:                         Unknown,
		`{"Statement":"none"}`:     Unknown,
		`{"Statement":[{"Effect":"Allow","Action":"*"}]}`: Unknown,
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
		if got := Evaluate(document, Request{
			Role:    "arn:aws:iam::1:role/r",
			Account: "1",
			Action:  action,
		}).Statement; got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
	delegated := Evaluate(
		strings.ReplaceAll(document, `"*","Action":"*"`, `{"AWS":"1"},"Action":"*"`),
		Request{Role: "arn:aws:iam::1:role/r", Account: "1", Action: "ecr:BatchGetImage"},
	)
	if delegated.Decision != Implicit || !delegated.Delegated {
		t.Errorf("trust in the account: %+v", delegated)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"ecr:*", "ecr:getauthorizationtoken", true},
		{"ecr:get?", "ecr:get", false}, {"a*b*c", "aXbYbZc", true},
		{"a*b*c", "aXbYbZ", false}, {"a**", "a", true}, {"*a*a*a*a*a*a*a*a*b", strings.Repeat("a", 200), false},
	} {
		if wildcard(c.pattern, c.s) != c.want {
			t.Errorf("%q matches %q: want %v", c.pattern, c.s, c.want)
		}
	}
}
