package access

import (
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

// The roles and things of the tests' task.
const (
	execRole      = "arn:aws:iam::123450006789:role/svc/orders-exec"
	appRole       = "arn:aws:iam::123450006789:role/orders-task"
	repositoryWeb = "arn:aws:ecr:eu-north-1:123450006789:repository/orders/web"
	secretARN     = "arn:aws:secretsmanager:eu-north-1:123450006789:secret:orders/db-Ab3dE9"
	foreignARN    = "arn:aws:secretsmanager:eu-north-1:998800007766:secret:shared/db-Zz9xY8"
	keyARN        = "arn:aws:kms:eu-north-1:123450006789:key/5f1c0000-aaaa-bbbb-cccc-000000000001"
	theirKey      = "arn:aws:kms:eu-north-1:998800007766:key/5f1c0000-aaaa-bbbb-cccc-000000000002"
	fsARN         = "arn:aws:elasticfilesystem:eu-north-1:123450006789:file-system/fs-0abc0abc"
	tasksTrust    = `{"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},` +
		`"Action":"sts:AssumeRole"}]}`
)

var created = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// accessCase is a Fargate task of which everything was read and is fine; f is what its text told.
func accessCase(f classifier.Finding) *evidence.Case {
	revision := int64(7)
	c := evidence.Case{
		Stop: events.Stop{
			Account:    "123450006789",
			Region:     "eu-north-1",
			LaunchType: "FARGATE",
			TaskARN:    "arn:aws:ecs:eu-north-1:123450006789:task/shop/0af1",
			TaskID:     "0af1",
			Family:     "orders",
			Revision:   &revision,
			CreatedAt:  created,
			StoppedAt:  created.Add(40 * time.Second),
			Containers: []events.Container{{
				Name:      "web",
				Image:     "123450006789.dkr.ecr.eu-north-1.amazonaws.com/orders/web:7",
				RuntimeID: "0af1-11",
			}},
		},
		Finding:   f,
		CheckedAt: created.Add(45 * time.Second),
	}
	c.Finding.Culprit = -1
	c.Facts.Task.TaskDefinition = evidence.Is(evidence.TaskDefinition{
		ExecutionRoleARN: execRole,
		TaskRoleARN:      appRole,
		Containers:       []evidence.ContainerDefinition{{Name: "web", Image: c.Stop.Containers[0].Image}},
	})
	c.Facts.Access = evidence.Access{
		Roles: map[string]evidence.Answer[evidence.Role]{
			"orders-exec": evidence.Is(evidence.Role{
				ARN:       execRole,
				CreatedAt: created.Add(-time.Hour),
				Trust:     tasksTrust,
			}),
			"orders-task": evidence.Is(evidence.Role{
				ARN:       appRole,
				CreatedAt: created.Add(-time.Hour),
				Trust:     tasksTrust,
			}),
		},
		Simulations: map[evidence.Call]evidence.Answer[evidence.Simulation]{},
		Policies:    map[string]evidence.Answer[evidence.Policy]{},
		Keys:        map[string]evidence.Answer[evidence.Key]{},
		Grants:      map[string]evidence.Answer[[]evidence.KeyGrant]{},
	}
	c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{}
	return &c
}

func definition(c *evidence.Case, change func(*evidence.TaskDefinition)) {
	d := c.Facts.Task.TaskDefinition.Value
	d.Containers = slices.Clone(d.Containers)
	change(&d)
	c.Facts.Task.TaskDefinition = evidence.Is(d)
}

// encryptedWith gives a secret a key.
func encryptedWith(c *evidence.Case, arn, key string) {
	c.Facts.Setup.Secrets[evidence.In(parts(arn).Region, arn)] = evidence.Is(evidence.Secret{ARN: arn, Key: key})
}

func simulate(c *evidence.Case, role, action, resource string, s evidence.Simulation) {
	c.Facts.Access.Simulations[evidence.Call{Role: role, Action: action, Resource: resource}] = evidence.Is(s)
}

func withPolicy(c *evidence.Case, arn, statements string) {
	document := ""
	if statements != "" {
		document = `{"Statement":[` + statements + `]}`
	}
	c.Facts.Access.Policies[arn] = evidence.Is(evidence.Policy{Document: document})
}

// verdict is what a test of a check expects.
type verdict struct {
	name   string
	change func(c *evidence.Case)
	want   classifier.Result
	reason string
	words  string // in the evidence
}

func testVerdicts(t *testing.T, cause string, f classifier.Finding, verdicts []verdict) {
	t.Helper()
	f.Causes = []classifier.Proof{{Cause: cause, Result: classifier.NotChecked}}
	seen := map[classifier.Result]bool{}
	for _, v := range verdicts {
		c := accessCase(f)
		v.change(c)
		p := Checks.Prove(*c)[0]
		seen[p.Result] = true
		if p.Cause != cause || p.Result != v.want || p.Reason != v.reason || !strings.Contains(p.Evidence, v.words) {
			t.Errorf("%s, %s:\n got %s(%s) %q\nwant %s(%s) %q", cause, v.name, p.Result, p.Reason, p.Evidence, v.want,
				v.reason, v.words)
		}
		if (p.Result == classifier.Confirmed || p.Reason == classifier.ReasonFixedSince) != (p.Next != "") {
			t.Errorf("%s, %s: %s with next step %q", cause, v.name, p.Result, p.Next)
		}
		ours := []string{classifier.ReasonNoPermission, classifier.ReasonThrottled, classifier.ReasonTimeout}
		if p.Result != classifier.NotChecked && !slices.Contains(ours, p.Reason) && p.Evidence == "" {
			t.Errorf("%s, %s: %s(%s) without evidence", cause, v.name, p.Result, p.Reason)
		}
	}
	check, _ := Checks.Find(cause)
	if !seen[classifier.Confirmed] && !strings.HasPrefix(check.Confirms, "never") ||
		!seen[classifier.RuledOut] && !strings.HasPrefix(check.RulesOut, "never") ||
		!seen[classifier.Inconclusive] {
		t.Errorf("%s: tests reach only %v", cause, seen)
	}
}

const (
	confirm  = classifier.Confirmed
	rulesOut = classifier.RuledOut
	leaves   = classifier.Inconclusive
	skips    = classifier.NotChecked
)

func denialOf(stage classifier.Stage, facts classifier.Facts) classifier.Finding {
	return classifier.Finding{Stage: stage, Fault: classifier.Denied, Facts: facts}
}

func yesNo(b bool) *bool { return &b }

// TestNoValueIsAskedFor holds P12: no permission of this page, and of any other, could read a secret or use a key.
func TestNoValueIsAskedFor(t *testing.T) {
	for _, a := range evidence.Actions {
		_, operation, _ := strings.Cut(a.IAM, ":")
		for _, prefix := range []string{
			"GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetObject", "Decrypt", "GenerateDataKey",
			"GetAuthorizationToken", "Put", "Create", "Delete", "Update", "Attach", "PassRole",
		} {
			if strings.HasPrefix(operation, prefix) {
				t.Errorf("%s is among the actions", a.IAM)
			}
		}
	}
}

// TestCalls holds what is simulated: nothing before the role is known, and each form of each thing.
func TestCalls(t *testing.T) {
	c := accessCase(denialOf(classifier.Secret, classifier.Facts{}))
	partial := strings.TrimSuffix(secretARN, "-Ab3dE9")
	definition(c, func(d *evidence.TaskDefinition) {
		d.Containers[0].Secrets = map[string]string{
			"A": partial,
			"B": "arn:aws:ssm:eu-north-1:123450006789:parameter/b",
		}
	})
	c.Facts.Access.Policies[partial] = evidence.Is(evidence.Policy{ARN: secretARN})
	want := []evidence.Call{
		{Role: execRole, Action: "secretsmanager:GetSecretValue", Resource: partial},
		{Role: execRole, Action: "secretsmanager:GetSecretValue", Resource: secretARN},
		{Role: execRole, Action: "ssm:GetParameters", Resource: "arn:aws:ssm:eu-north-1:123450006789:parameter/b"},
	}
	if got := Calls(c); !slices.Equal(got, want) {
		t.Errorf("simulates %v", got)
	}
	if got := PolicyARNs(c); !slices.Equal(got, []string{partial}) {
		t.Errorf("reads the policies of %v", got)
	}
	c.Facts.Task.TaskDefinition = evidence.Unanswered[evidence.TaskDefinition](classifier.ReasonTimeout,
		"ecs:DescribeTaskDefinition")
	if got := Calls(c); got != nil {
		t.Errorf("simulates %v without a role", got)
	}
}

// TestOddARNs holds that what a text or a task definition says becomes no call when it has not the form of an ARN.
func TestOddARNs(t *testing.T) {
	for _, odd := range []string{
		"arn:aws:secretsmanager", "arn:aws:secretsmanager:eu.example.com/:1:secret:x", "s3://bucket/web.env",
		"arn:aws:s3", "x",
	} {
		c := accessCase(denialOf(classifier.EnvFile, classifier.Facts{}))
		definition(c, func(d *evidence.TaskDefinition) { d.Containers[0].EnvironmentFiles = []string{odd} })
		if calls, arns := Calls(c), PolicyARNs(c); calls != nil || arns != nil {
			t.Errorf("environment file %s: asks %v and %v", odd, calls, arns)
		}
		c = accessCase(denialOf(classifier.Secret, classifier.Facts{
			AWSAction:   "secretsmanager:GetSecretValue",
			AWSResource: odd,
		}))
		c.Finding.Causes = []classifier.Proof{{Cause: "kms-denied", Result: classifier.NotChecked}}
		if calls, arns := Calls(c), PolicyARNs(c); calls != nil || arns != nil {
			t.Errorf("resource %s: asks %v and %v", odd, calls, arns)
		}
	}
	c := accessCase(denialOf(classifier.Secret, classifier.Facts{
		AWSAction:   "kms:Decrypt",
		AWSResource: "arn:aws:kms:eu-north-1:123450006789:alias/aws/ssm",
	}))
	c.Finding.Causes = []classifier.Proof{{Cause: "kms-denied", Result: classifier.NotChecked}}
	if calls, arns, keys := Calls(c), PolicyARNs(c), KeyARNs(c); calls != nil || arns != nil || keys != nil {
		t.Errorf("the alias of a key: asks %v, %v and %v", calls, arns, keys)
	}
}
