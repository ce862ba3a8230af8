package evidence

import (
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// The roles and things of the tests' task.
const (
	execRole   = "arn:aws:iam::123450006789:role/svc/orders-exec"
	appRole    = "arn:aws:iam::123450006789:role/orders-task"
	secretARN  = "arn:aws:secretsmanager:eu-north-1:123450006789:secret:orders/db-Ab3dE9"
	foreignARN = "arn:aws:secretsmanager:eu-north-1:998800007766:secret:shared/db-Zz9xY8"
	keyARN     = "arn:aws:kms:eu-north-1:123450006789:key/5f1c0000-aaaa-bbbb-cccc-000000000001"
	theirKey   = "arn:aws:kms:eu-north-1:998800007766:key/5f1c0000-aaaa-bbbb-cccc-000000000002"
	fsARN      = "arn:aws:elasticfilesystem:eu-north-1:123450006789:file-system/fs-0abc0abc"
	tasksTrust = `{"Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

var created = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// accessCase is a Fargate task of which everything was read and is fine; f is what its text told.
func accessCase(f classifier.Finding) *Case {
	revision := int64(7)
	c := Case{
		Stop: events.Stop{
			Account: own, Region: "eu-north-1", LaunchType: "FARGATE", TaskARN: "arn:aws:ecs:eu-north-1:123450006789:task/shop/0af1", TaskID: "0af1",
			Family: "orders", Revision: &revision, CreatedAt: created, StoppedAt: created.Add(40 * time.Second),
			Containers: []events.Container{{Name: "web", Image: "123450006789.dkr.ecr.eu-north-1.amazonaws.com/orders/web:7", RuntimeID: "0af1-11"}},
		},
		Finding:   f,
		CheckedAt: created.Add(45 * time.Second),
	}
	c.Finding.Culprit = -1
	c.Facts.Inputs.TaskDefinition = Is(TaskDefinition{
		ExecutionRoleARN: execRole, TaskRoleARN: appRole,
		Containers: []ContainerDefinition{{Name: "web", Image: c.Stop.Containers[0].Image}},
	})
	c.Facts.Access = Access{
		Roles: map[string]Answer[Role]{
			"orders-exec": Is(Role{ARN: execRole, CreatedAt: created.Add(-time.Hour), Trust: tasksTrust}),
			"orders-task": Is(Role{ARN: appRole, CreatedAt: created.Add(-time.Hour), Trust: tasksTrust}),
		},
		Simulations: map[Call]Answer[Simulation]{},
		Policies:    map[string]Answer[Policy]{},
		Keys:        map[string]Answer[Key]{},
		Grants:      map[string]Answer[[]KeyGrant]{},
	}
	c.Facts.Things.Secrets = map[string]Answer[Secret]{}
	return &c
}

func (c *Case) definition(change func(*TaskDefinition)) {
	d := c.Facts.Inputs.TaskDefinition.Value
	d.Containers = slices.Clone(d.Containers)
	change(&d)
	c.Facts.Inputs.TaskDefinition = Is(d)
}

// encrypted gives a secret a key.
func (c *Case) encrypted(arn, key string) {
	c.Facts.Things.Secrets[In(field(arn, 3), arn)] = Is(Secret{ARN: arn, Key: key})
}

func (c *Case) simulate(role, action, resource string, s Simulation) {
	c.Facts.Access.Simulations[Call{role, action, resource}] = Is(s)
}

func (c *Case) policy(arn, statements string) {
	document := ""
	if statements != "" {
		document = `{"Statement":[` + statements + `]}`
	}
	c.Facts.Access.Policies[arn] = Is(Policy{Document: document})
}

// verdict is what a test of a check expects.
type verdict struct {
	name   string
	change func(c *Case)
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
		p := Prove(*c)[0]
		seen[p.Result] = true
		if p.Cause != cause || p.Result != v.want || p.Reason != v.reason || !strings.Contains(p.Evidence, v.words) {
			t.Errorf("%s, %s:\n got %s(%s) %q\nwant %s(%s) %q", cause, v.name, p.Result, p.Reason, p.Evidence, v.want, v.reason, v.words)
		}
		if (p.Result == classifier.Confirmed) != (p.Next != "") {
			t.Errorf("%s, %s: %s with next step %q", cause, v.name, p.Result, p.Next)
		}
		ours := []string{classifier.ReasonNoPermission, classifier.ReasonThrottled, classifier.ReasonTimeout}
		if p.Result != classifier.NotChecked && !slices.Contains(ours, p.Reason) && p.Evidence == "" {
			t.Errorf("%s, %s: %s(%s) without evidence", cause, v.name, p.Result, p.Reason)
		}
	}
	check, _ := Find(cause)
	if !seen[classifier.Confirmed] || !seen[classifier.RuledOut] && !strings.HasPrefix(check.RulesOut, "never") || !seen[classifier.Inconclusive] {
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

func TestRoleMissing(t *testing.T) {
	withoutRole := func(c *Case) { c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN, d.TaskRoleARN = "", "" }) }
	testVerdicts(t, "role-missing", classifier.Finding{Stage: classifier.Role, Fault: classifier.NotFound}, []verdict{
		{"both exist", func(c *Case) {}, rulesOut, "", "roles orders-exec and orders-task exist"},
		{"execution role deleted", func(c *Case) { c.Facts.Access.Roles["orders-exec"] = None[Role]() }, confirm, "", "no role orders-exec"},
		{"task role deleted", func(c *Case) { c.Facts.Access.Roles["orders-task"] = None[Role]() }, confirm, "", "no role orders-task"},
		{"deleted and made again", func(c *Case) {
			c.Facts.Access.Roles["orders-exec"] = Is(Role{ARN: execRole, CreatedAt: created.Add(time.Minute)})
		}, leaves, classifier.ReasonLater, "created at 2026-03-02T10:01:00Z, after the task"},
		{"made just before", func(c *Case) {
			c.Facts.Access.Roles["orders-exec"] = Is(Role{ARN: execRole, CreatedAt: created.Add(-9 * time.Second)})
		}, leaves, classifier.ReasonLater, "9.0 s before the task"},
		{"same name under another path", func(c *Case) {
			c.Facts.Access.Roles["orders-exec"] = Is(Role{ARN: "arn:aws:iam::123450006789:role/orders-exec", CreatedAt: created.Add(-time.Hour)})
		}, confirm, "", "no role orders-exec"},
		{"a name alone leaves out the path", func(c *Case) {
			c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN = "orders-exec" })
		}, rulesOut, "", "roles orders-exec and orders-task exist"},
		{"P14 own denial is not an absence", func(c *Case) {
			c.Facts.Access.Roles["orders-exec"] = Open[Role](classifier.ReasonNoPermission, "iam:GetRole")
		}, leaves, classifier.ReasonNoPermission, ""},
		{"role of another account", func(c *Case) {
			c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN = "arn:aws:iam::998800007766:role/orders-exec" })
		}, leaves, classifier.ReasonNotVisible, ""},
		{"ROLE-1 no execution role, Fargate and ECR", withoutRole, confirm, "", "orders:7 names no executionRoleArn, and container web has a private ECR image on Fargate"},
		{"ROLE-1 no execution role, secrets on EC2", func(c *Case) {
			withoutRole(c)
			c.Stop.LaunchType = "EC2"
			c.definition(func(d *TaskDefinition) { d.Containers[0].Secrets = map[string]string{"DB": secretARN} })
		}, confirm, "", "container web has secrets"},
		{"ROLE-1 no execution role, ECR on EC2: the instance's serves", func(c *Case) { withoutRole(c); c.Stop.LaunchType = "EC2" }, leaves, classifier.ReasonNotRead, "orders:7 names no role"},
		{"ROLE-1 no execution role in the definition, one in RunTask", func(c *Case) {
			withoutRole(c)
			c.Stop.Raw = []byte(`{"detail":{"overrides":{"executionRoleArn":"` + execRole + `"}}}`)
		}, rulesOut, "", "role orders-exec exists"},
		{"P11 task definition gone", func(c *Case) { c.Facts.Inputs.TaskDefinition = None[TaskDefinition]() }, leaves, classifier.ReasonNotVisible, ""},
		{"nothing read", func(c *Case) { c.Facts = Facts{} }, skips, classifier.ReasonNotRead, ""},
		{"P7 read much later", func(c *Case) { c.CheckedAt = created.Add(time.Hour) }, leaves, classifier.ReasonStale, "exist"},
		{"name without ARN in the task definition", func(c *Case) {
			c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN, d.TaskRoleARN = "orders-task", "" })
		}, rulesOut, "", "role orders-task exists"},
	})
}

func TestRoleNotAssumable(t *testing.T) {
	trusts := func(statements string) func(c *Case) {
		return func(c *Case) {
			c.Facts.Access.Roles["orders-exec"] = Is(Role{ARN: execRole, CreatedAt: created.Add(-time.Hour), Trust: `{"Statement":[` + statements + `]}`})
		}
	}
	named := func(trusted string) func(c *Case) {
		return func(c *Case) {
			c.Finding.Facts.Role = "other"
			c.Facts.Access.Roles["other"] = Is(Role{ARN: "arn:aws:iam::123450006789:role/other",
				Trust: `{"Statement":[{"Effect":"Allow","Principal":{"Service":"` + trusted + `"},"Action":"sts:AssumeRole"}]}`})
		}
	}
	testVerdicts(t, "role-not-assumable", denialOf(classifier.Role, classifier.Facts{}), []verdict{
		{"trusts ECS tasks", func(c *Case) {}, rulesOut, "", "lets ecs-tasks.amazonaws.com assume it"},
		{"trusts EC2 only", trusts(`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`), confirm, "", "trust policy of role orders-exec does not name ecs-tasks.amazonaws.com"},
		{"denies it", trusts(`{"Sid":"Frozen","Effect":"Deny","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"*"}`), confirm, "", `statement "Frozen"`},
		{"trusts under a condition", trusts(`{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}`), leaves, classifier.ReasonCondition, "statement 1"},
		{"is not there", func(c *Case) { c.Facts.Access.Roles["orders-exec"] = None[Role]() }, leaves, classifier.ReasonNotVisible, "not there"},
		{"P14 own denial", func(c *Case) {
			c.Facts.Access.Roles["orders-exec"] = Open[Role](classifier.ReasonNoPermission, "iam:GetRole")
		}, leaves, classifier.ReasonNoPermission, ""},
		{"text names a role that trusts nobody here", named("lambda.amazonaws.com"), confirm, "", "neither ecs-tasks.amazonaws.com nor ecs.amazonaws.com"},
		{"text names an infrastructure role or not", named("ecs.amazonaws.com"), leaves, classifier.ReasonNotRead, "trusts ecs.amazonaws.com"},
		{"text names the instance's role as the caller", func(c *Case) {
			named("ec2.amazonaws.com")(c)
			c.Finding.Facts.AWSAction, c.Finding.Facts.AWSResource = "sts:AssumeRole", execRole
		}, rulesOut, "", "role orders-exec"},
		{"infrastructure role of a volume", func(c *Case) {
			named("ecs-tasks.amazonaws.com")(c)
			c.Stop.Attachments = []events.Attachment{{Details: map[string]string{"roleArn": "arn:aws:iam::123450006789:role/other"}}}
		}, confirm, "", "does not name ecs.amazonaws.com"},
	})
}

func TestInstanceRoleMissing(t *testing.T) {
	instance := func(i Answer[Instance]) func(c *Case) {
		return func(c *Case) {
			c.Stop.LaunchType = "EC2"
			c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN = "" })
			c.Facts.Inputs.Instance = Is(ContainerInstance{InstanceID: "i-0a0b", EC2: i})
		}
	}
	testVerdicts(t, "instance-role-missing", denialOf(classifier.RegistryAuth, classifier.Facts{}), []verdict{
		{"no profile", instance(Is(Instance{ID: "i-0a0b"})), confirm, "", "i-0a0b has no instance profile"},
		{"a profile", instance(Is(Instance{ID: "i-0a0b", Profile: "arn:aws:iam::123450006789:instance-profile/nodes"})), leaves, classifier.ReasonNotRead, "instance profile nodes"},
		{"an execution role", func(c *Case) { c.Stop.LaunchType = "EC2" }, rulesOut, "", "execution role orders-exec"},
		{"terminated, with nothing left of it", instance(Is(Instance{ID: "i-0a0b", State: "terminated"})), leaves, classifier.ReasonNotVisible, "is terminated"},
		{"P8 terminated and forgotten", instance(None[Instance]()), leaves, classifier.ReasonNotVisible, "no longer listed"},
		{"P14 own denial", instance(Open[Instance](classifier.ReasonNoPermission, "ec2:DescribeInstances")), leaves, classifier.ReasonNoPermission, ""},
		{"the metadata service was asked, whatever the execution role", func(c *Case) {
			instance(Is(Instance{ID: "i-0a0b"}))(c)
			c.Finding.Stage = classifier.Role
			c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN = execRole })
		}, confirm, "", "no instance profile"},
	})
}

func TestServiceRoleMissing(t *testing.T) {
	testVerdicts(t, "service-role-missing", denialOf(classifier.Network, classifier.Facts{}), []verdict{
		{"absent", func(c *Case) { c.Facts.Access.Roles[serviceLinkedRole] = None[Role]() }, confirm, "", "no role AWSServiceRoleForECS"},
		{"present", func(c *Case) { c.Facts.Access.Roles[serviceLinkedRole] = Is(Role{CreatedAt: created}) }, leaves, classifier.ReasonNotRead, "exists since"},
		{"P14 throttled", func(c *Case) {
			c.Facts.Access.Roles[serviceLinkedRole] = Open[Role](classifier.ReasonThrottled, "iam:GetRole")
		}, leaves, classifier.ReasonThrottled, ""},
		{"not asked", func(c *Case) {}, skips, classifier.ReasonNotRead, ""},
	})
}

func TestEBSRole(t *testing.T) {
	const infra = "arn:aws:iam::123450006789:role/orders-infra"
	volume := "arn:aws:ec2:eu-north-1:123450006789:volume/*"
	attached := func(change func(c *Case)) func(c *Case) {
		return func(c *Case) {
			c.Stop.Attachments = []events.Attachment{{Type: "AmazonElasticBlockStorage", Details: map[string]string{"roleArn": infra}}}
			c.Facts.Access.Roles["orders-infra"] = Is(Role{ARN: infra, CreatedAt: created.Add(-time.Hour),
				Trust: `{"Statement":{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}}`})
			change(c)
		}
	}
	testVerdicts(t, "ebs-role", denialOf(classifier.Volume, classifier.Facts{}), []verdict{
		{"not there", attached(func(c *Case) { c.Facts.Access.Roles["orders-infra"] = None[Role]() }), confirm, "", "no role orders-infra"},
		{"trusts the tasks instead", attached(func(c *Case) {
			c.Facts.Access.Roles["orders-infra"] = Is(Role{ARN: infra, CreatedAt: created.Add(-time.Hour), Trust: tasksTrust})
		}), confirm, "", "does not name ecs.amazonaws.com"},
		{"may not create", attached(func(c *Case) { c.simulate(infra, "ec2:CreateVolume", volume, Simulation{Decision: "implicitDeny"}) }), confirm, "", "no policy of role orders-infra allows ec2:CreateVolume"},
		{"may create under conditions on tags", attached(func(c *Case) {
			c.simulate(infra, "ec2:CreateVolume", volume, Simulation{Decision: "implicitDeny", Missing: []string{"aws:RequestTag/AmazonECSCreated"}})
		}), leaves, classifier.ReasonCondition, "aws:RequestTag/AmazonECSCreated"},
		{"may create", attached(func(c *Case) { c.simulate(infra, "ec2:CreateVolume", volume, Simulation{Decision: "allowed"}) }), leaves, classifier.ReasonNotRead, "not simulated"},
		{"no attachment names it", func(c *Case) {}, leaves, classifier.ReasonNotRead, "no attachment"},
	})
}

func TestRolePermissionMissing(t *testing.T) {
	const token = "ecr:GetAuthorizationToken"
	registry := denialOf(classifier.RegistryAuth, classifier.Facts{AWSAction: token, Role: "orders-exec"})
	says := func(s Simulation) func(c *Case) {
		return func(c *Case) { c.simulate(execRole, token, "*", s) }
	}
	testVerdicts(t, "role-permission-missing", registry, []verdict{
		{"ROLE-3 not allowed, and no resource policy can", says(Simulation{Decision: "implicitDeny"}), confirm, "", "no policy of role orders-exec allows ecr:GetAuthorizationToken on *"},
		{"ROLE-3 not allowed inside an organization that allows it", says(Simulation{Decision: "implicitDeny", Organizations: yesNo(true)}), confirm, "", "no policy"},
		{"ROLE-3 denied by name", says(Simulation{Decision: "explicitDeny", Statements: []string{"freeze"}}), confirm, "", "policy freeze denies"},
		{"allowed: another policy refused", says(Simulation{Decision: "allowed"}), rulesOut, "", "of the VPC endpoint, the resource, its KMS key or the organization"},
		{"P9 missing context values, denied", says(Simulation{Decision: "implicitDeny", Missing: []string{"aws:SourceVpc"}}), leaves, classifier.ReasonCondition, "does not know aws:SourceVpc"},
		{"P9 missing context values, allowed", says(Simulation{Decision: "allowed", Missing: []string{"aws:SourceVpc"}}), leaves, classifier.ReasonCondition, "aws:SourceVpc"},
		{"P9 a service control policy in the simulation", says(Simulation{Decision: "implicitDeny", Organizations: yesNo(false)}), leaves, classifier.ReasonCondition, "service control policy"},
		{"P9 a permissions boundary", says(Simulation{Decision: "implicitDeny", Boundary: yesNo(false)}), leaves, classifier.ReasonNotRead, "permissions boundary"},
		{"P14 own denial", func(c *Case) {
			c.Facts.Access.Simulations[Call{execRole, token, "*"}] = Open[Simulation](classifier.ReasonNoPermission, "iam:SimulatePrincipalPolicy")
		}, leaves, classifier.ReasonNoPermission, ""},
		{"not asked", func(c *Case) {}, skips, classifier.ReasonNotRead, ""},
		{"a role that IAM does not have", func(c *Case) {
			c.Finding.Facts.Role = "elsewhere"
			c.Facts.Access.Roles["elsewhere"] = None[Role]()
		}, leaves, classifier.ReasonNotVisible, "no role elsewhere"},
		{"P8 on EC2 without an execution role", func(c *Case) {
			c.Finding.Facts.Role = ""
			c.Stop.LaunchType = "EC2"
			c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN = "" })
		}, leaves, classifier.ReasonNotRead, "role of the instance"},
		{"a call that is no permission of a task's set-up", func(c *Case) { c.Finding.Facts.AWSAction = "ecr:DescribeMagic" }, leaves, classifier.ReasonNotRead, "not known"},
		{"nor when the text names its resource", func(c *Case) {
			c.Stop.StoppedReason = "ecr:DescribeMagic on resource: " + repoARN + " because"
			c.Finding.Facts.AWSAction, c.Finding.Facts.AWSResource = "ecr:DescribeMagic", repoARN
			c.simulate(execRole, "ecr:DescribeMagic", repoARN, Simulation{Decision: "implicitDeny"})
			c.policy(repoARN, "")
		}, leaves, classifier.ReasonNotRead, "not known"},
		{"the task definition has the role's name in place of its ARN", func(c *Case) {
			c.Finding.Facts.Role = ""
			c.definition(func(d *TaskDefinition) { d.ExecutionRoleARN = "orders-task" })
			c.simulate(appRole, token, "*", Simulation{Decision: "implicitDeny"})
		}, confirm, "", "no policy of role orders-task"},
		{"role named only by its name, with a path", func(c *Case) {
			c.Facts.Inputs.TaskDefinition = Answer[TaskDefinition]{}
			says(Simulation{Decision: "implicitDeny"})(c)
		}, confirm, "", "no policy"},
	})

	hub := func(text string) func(c *Case) {
		return func(c *Case) {
			c.Stop.StoppedReason, c.Finding.Facts = text, classifier.Facts{}
			c.definition(func(d *TaskDefinition) { d.Containers[0].Credentials = secretARN })
			c.simulate(execRole, token, "*", Simulation{Decision: "implicitDeny"})
			c.simulate(execRole, "secretsmanager:GetSecretValue", secretARN, Simulation{Decision: "allowed"})
		}
	}
	testVerdicts(t, "role-permission-missing", registry, []verdict{
		{"IMG-14 the login of a private registry is a secret", hub("unable to get registry auth from asm: AccessDeniedException"), rulesOut, "", secretARN},
		{"ROLE-3 the text says ECR", hub("unable to retrieve ecr registry auth: AccessDeniedException"), confirm, "", token},
		{"either, and the text does not say which", hub("unable to pull secrets or registry auth: AccessDeniedException"), leaves, classifier.ReasonNotRead, "not known"},
		{"neither, so it was ECR", func(c *Case) {
			c.Finding.Facts = classifier.Facts{}
			c.simulate(execRole, token, "*", Simulation{Decision: "implicitDeny"})
		}, confirm, "", token},
	})

	const get = "secretsmanager:GetSecretValue"
	secret := func(arn string, s Simulation, statements string) func(c *Case) {
		return func(c *Case) {
			c.definition(func(d *TaskDefinition) { d.Containers[0].Secrets = map[string]string{"DB": arn + ":password::"} })
			c.simulate(execRole, get, arn, s)
			if statements != "unread" {
				c.policy(arn, statements)
			}
		}
	}
	forRole := `{"Sid":"Team","Effect":"Allow","Principal":{"AWS":"` + execRole + `"},"Action":"secretsmanager:*","Resource":"*"}`
	delegates := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"secretsmanager:*","Resource":"*"}`
	maybe := `{"Effect":"Allow","Principal":"*","Action":"secretsmanager:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-ex"}}}`
	testVerdicts(t, "role-permission-missing", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{"SEC-6 not allowed, and no resource policy", secret(secretARN, Simulation{Decision: "implicitDeny"}, ""), confirm, "", "nor does the policy of the resource"},
		{"SEC-6 not allowed, and the resource policy was not read", secret(secretARN, Simulation{Decision: "implicitDeny"}, "unread"), skips, classifier.ReasonNotRead, "only the policy of the resource could"},
		{"SEC-6 not allowed, but the resource policy does", secret(secretARN, Simulation{Decision: "implicitDeny"}, forRole), rulesOut, "", `statement "Team"`},
		{"SEC-6 not allowed, and the resource policy leaves it to the account", secret(secretARN, Simulation{Decision: "implicitDeny"}, delegates), confirm, "", "no policy of role orders-exec"},
		{"SEC-6 not allowed, and the resource policy may", secret(secretARN, Simulation{Decision: "implicitDeny"}, maybe), leaves, classifier.ReasonCondition, "statement 1 of the resource's policy may"},
		{"SEC-6 denied by name, whatever the resource says", secret(secretARN, Simulation{Decision: "explicitDeny"}, forRole), confirm, "", "denies"},
		{"P3 another account's secret needs both", secret(foreignARN, Simulation{Decision: "implicitDeny"}, forRole), confirm, "", "another account's resource"},
		{"SEC-6 allowed", secret(secretARN, Simulation{Decision: "allowed"}, ""), rulesOut, "", "allow secretsmanager:GetSecretValue"},
		{"P8 an instance's session does not bear the task's id", func(c *Case) {
			const nodes = "arn:aws:iam::123450006789:role/nodes"
			c.Stop.LaunchType, c.Finding.Facts = "EC2", classifier.Facts{Role: "nodes", Secret: secretARN}
			c.Facts.Access.Roles["nodes"] = Is(Role{ARN: nodes})
			c.simulate(nodes, get, secretARN, Simulation{Decision: "implicitDeny"})
			c.policy(secretARN, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/nodes/i-0a0b"},"Action":"*","Resource":"*"}`)
		}, leaves, classifier.ReasonCondition, "statement 1"},
		{"ARN without its suffix: the policy knows the whole", func(c *Case) {
			partial := strings.TrimSuffix(secretARN, "-Ab3dE9")
			secret(partial, Simulation{Decision: "implicitDeny"}, "")(c)
			c.Facts.Access.Policies[partial] = Is(Policy{ARN: secretARN})
			c.simulate(execRole, get, secretARN, Simulation{Decision: "allowed"})
		}, leaves, classifier.ReasonPartial, "is implicitDeny"},
		{"a parameter has no policy of its own", func(c *Case) {
			c.definition(func(d *TaskDefinition) { d.Containers[0].Secrets = map[string]string{"DB": "/orders/db"} })
			c.simulate(execRole, "ssm:GetParameters", "arn:aws:ssm:eu-north-1:123450006789:parameter/orders/db", Simulation{Decision: "implicitDeny"})
		}, confirm, "", "ssm:GetParameters on arn:aws:ssm:eu-north-1:123450006789:parameter/orders/db"},
		{"policies know no version of a parameter", func(c *Case) {
			c.definition(func(d *TaskDefinition) {
				d.Containers[0].Secrets = map[string]string{"DB": "/orders/db:3", "KEY": "arn:aws:ssm:eu-north-1:123450006789:parameter/orders/key:blue"}
			})
			c.simulate(execRole, "ssm:GetParameters", "arn:aws:ssm:eu-north-1:123450006789:parameter/orders/db", Simulation{Decision: "allowed"})
			c.simulate(execRole, "ssm:GetParameters", "arn:aws:ssm:eu-north-1:123450006789:parameter/orders/key", Simulation{Decision: "allowed"})
		}, rulesOut, "", "parameter/orders/db"},
		{"one of two secrets", func(c *Case) {
			secret(secretARN, Simulation{Decision: "allowed"}, "")(c)
			c.definition(func(d *TaskDefinition) { d.Containers[0].LogSecrets = map[string]string{"TOKEN": foreignARN} })
			c.simulate(execRole, get, foreignARN, Simulation{Decision: "implicitDeny"})
		}, confirm, "", foreignARN},
		{"P14 one of two secrets was not simulated", func(c *Case) {
			secret(secretARN, Simulation{Decision: "allowed"}, "")(c)
			c.definition(func(d *TaskDefinition) { d.Containers[0].LogSecrets = map[string]string{"TOKEN": foreignARN} })
			c.Facts.Access.Simulations[Call{execRole, get, foreignARN}] = Open[Simulation](classifier.ReasonTimeout, "iam:SimulatePrincipalPolicy")
		}, leaves, classifier.ReasonTimeout, ""},
		{"exactly what the text names", func(c *Case) {
			c.Stop.StoppedReason = "is not authorized to perform: " + get + " on resource: " + secretARN + " status code: 400"
			c.Finding.Facts = classifier.Facts{AWSAction: get, AWSResource: secretARN, Role: "orders-exec"}
			c.simulate(execRole, get, secretARN, Simulation{Decision: "implicitDeny"})
			c.policy(secretARN, "")
		}, confirm, "", secretARN},
		{"a text cut off within the ARN is not simulated", func(c *Case) {
			secret(secretARN, Simulation{Decision: "allowed"}, "")(c)
			cut := secretARN[:60]
			c.Stop.StoppedReason = "is not authorized to perform: " + get + " on resource: " + cut
			c.Finding.Facts = classifier.Facts{AWSAction: get, AWSResource: cut, Role: "orders-exec"}
			c.simulate(execRole, get, cut, Simulation{Decision: "implicitDeny"})
			c.policy(cut, "")
		}, rulesOut, "", secretARN},
	})

	pull := func(batch, layers Simulation) func(c *Case) {
		return func(c *Case) {
			c.simulate(execRole, "ecr:BatchGetImage", repoARN, batch)
			c.simulate(execRole, "ecr:GetDownloadUrlForLayer", repoARN, layers)
			c.policy(repoARN, "")
			c.Finding.Culprit = 0
		}
	}
	yes, no := Simulation{Decision: "allowed"}, Simulation{Decision: "implicitDeny"}
	testVerdicts(t, "role-permission-missing", denialOf(classifier.Image, classifier.Facts{}), []verdict{
		{"ROLE-4 manifest", pull(no, yes), confirm, "", "ecr:BatchGetImage on " + repoARN},
		{"ROLE-4 layers", pull(yes, no), confirm, "", "ecr:GetDownloadUrlForLayer"},
		{"ROLE-4 both allowed", pull(yes, yes), rulesOut, "", "allow ecr:BatchGetImage"},
		{"ROLE-4 allowed by the repository's policy", func(c *Case) {
			pull(no, no)(c)
			c.policy(repoARN, `{"Effect":"Allow","Principal":{"AWS":"`+execRole+`"},"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}`)
		}, rulesOut, "", "within one account"},
		{"P14 repository policy refused to us", func(c *Case) {
			pull(no, no)(c)
			c.Facts.Access.Policies[repoARN] = Open[Policy](classifier.ReasonNoPermission, "ecr:GetRepositoryPolicy")
		}, leaves, classifier.ReasonNoPermission, "only the policy of the resource could"},
	})

	stream := "arn:aws:logs:eu-north-1:123450006789:log-group:/ecs/orders:log-stream:ecs/web/0af1"
	logs := func(s Simulation) func(c *Case) {
		return func(c *Case) {
			c.definition(func(d *TaskDefinition) {
				d.Containers[0].LogDriver, d.Containers[0].LogOptions = "awslogs", map[string]string{"awslogs-group": "/ecs/orders", "awslogs-stream-prefix": "ecs"}
			})
			c.simulate(execRole, "logs:CreateLogStream", stream, s)
		}
	}
	testVerdicts(t, "role-permission-missing", denialOf(classifier.Logging, classifier.Facts{}), []verdict{
		{"LOG-3 stream", logs(no), confirm, "", "logs:CreateLogStream on " + stream},
		{"LOG-3 allowed", logs(yes), rulesOut, "", stream},
		{"P8 LOG-3 on EC2 the agent's options choose the role", func(c *Case) { logs(no)(c); c.Stop.LaunchType = "EC2" }, leaves, classifier.ReasonNotRead, "which one that is was not read"},
		{"P8 LOG-3 on EC2 the text names the role", func(c *Case) {
			logs(no)(c)
			c.Stop.LaunchType, c.Finding.Facts.Role = "EC2", "orders-exec"
		}, confirm, "", "logs:CreateLogStream on " + stream},
		{"LOG-3 not awslogs", func(c *Case) {}, leaves, classifier.ReasonNotRead, "not known"},
	})
}

// TestBoundaryInstead holds that a permissions boundary which the text does not name is found all the same, and is not taken for
// the role's own policies.
func TestBoundaryInstead(t *testing.T) {
	f := denialOf(classifier.RegistryAuth, classifier.Facts{AWSAction: "ecr:GetAuthorizationToken", Role: "orders-exec"})
	f.Causes = []classifier.Proof{{Cause: "role-permission-missing", Result: classifier.NotChecked}}
	c := accessCase(f)
	c.simulate(execRole, "ecr:GetAuthorizationToken", "*", Simulation{Decision: "implicitDeny", Boundary: yesNo(false)})
	proofs := Prove(*c)
	if len(proofs) != 2 || proofs[0].Result == confirm || proofs[1].Cause != "permissions-boundary-denies" || proofs[1].Result != confirm {
		t.Errorf("%+v", proofs)
	}
	c.simulate(execRole, "ecr:GetAuthorizationToken", "*", Simulation{Decision: "implicitDeny"})
	if proofs := Prove(*c); len(proofs) != 1 || proofs[0].Result != confirm {
		t.Errorf("without a boundary: %+v", proofs)
	}
}

func TestPermissionsBoundary(t *testing.T) {
	says := func(s Simulation) func(c *Case) {
		return func(c *Case) {
			c.simulate(execRole, "secretsmanager:GetSecretValue", secretARN, s)
			c.policy(secretARN, "")
		}
	}
	testVerdicts(t, "permissions-boundary-denies", denialOf(classifier.Secret, classifier.Facts{Secret: secretARN}), []verdict{
		{"does not allow", says(Simulation{Decision: "implicitDeny", Boundary: yesNo(false)}), confirm, "", "permissions boundary of role orders-exec does not allow"},
		{"allows", says(Simulation{Decision: "implicitDeny", Boundary: yesNo(true)}), rulesOut, "", "allows"},
		{"none", says(Simulation{Decision: "implicitDeny"}), rulesOut, "", "has no permissions boundary"},
		{"one of which the simulation does not tell", func(c *Case) {
			says(Simulation{Decision: "explicitDeny"})(c)
			c.Facts.Access.Roles["orders-exec"] = Is(Role{ARN: execRole, Boundary: "arn:aws:iam::123450006789:policy/limits"})
		}, leaves, classifier.ReasonNotRead, "policy/limits"},
		{"P9 conditions", says(Simulation{Decision: "implicitDeny", Boundary: yesNo(false), Missing: []string{"aws:CalledVia"}}), leaves, classifier.ReasonCondition, "aws:CalledVia"},
		{"P9 a service control policy ends the simulation", says(Simulation{Decision: "implicitDeny", Organizations: yesNo(false), Boundary: yesNo(false)}), leaves, classifier.ReasonCondition, "service control policy"},
		{"the resource's policy names the session", func(c *Case) {
			says(Simulation{Decision: "implicitDeny", Boundary: yesNo(false)})(c)
			c.policy(secretARN, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/0af1"},"Action":"*","Resource":"*"}`)
		}, leaves, classifier.ReasonCondition, "of the resource's policy may"},
	})
}

func TestSCP(t *testing.T) {
	says := func(named string, allows *bool) func(c *Case) {
		return func(c *Case) {
			c.Finding.Facts.DeniedBy = named
			c.simulate(execRole, "ecr:GetAuthorizationToken", "*", Simulation{Decision: "implicitDeny", Organizations: allows})
		}
	}
	testVerdicts(t, "scp-denies", denialOf(classifier.RegistryAuth, classifier.Facts{}), []verdict{
		{"named and simulated", says("service control policy", yesNo(false)), confirm, "", "does not allow"},
		{"P9 simulated, not named", says("", yesNo(false)), leaves, classifier.ReasonCondition, "cannot know the call's conditions"},
		{"named, simulated otherwise", says("service control policy", yesNo(true)), leaves, classifier.ReasonCondition, "allow"},
		{"not told", says("service control policy", nil), leaves, classifier.ReasonNotVisible, "no service control policy"},
	})
}

func groupRead(change func(*Case), group Answer[LogGroup]) func(*Case) {
	return func(c *Case) {
		change(c)
		c.Facts.Things.LogGroups = map[string]Answer[LogGroup]{In("eu-north-1", "/ecs/orders"): group}
	}
}

func TestLogGroupCreateDenied(t *testing.T) {
	group := "arn:aws:logs:eu-north-1:123450006789:log-group:/ecs/orders"
	options := func(create string, named bool, s Simulation) func(c *Case) {
		return func(c *Case) {
			c.definition(func(d *TaskDefinition) {
				d.Containers[0].LogDriver, d.Containers[0].LogOptions = "awslogs", map[string]string{"awslogs-group": "/ecs/orders", "awslogs-create-group": create}
			})
			if named {
				c.Finding.Facts.AWSAction = "logs:CreateLogGroup"
			}
			c.simulate(execRole, "logs:CreateLogGroup", group, s)
			c.simulate(execRole, "logs:CreateLogGroup", group+":log-stream:", s)
		}
	}
	yes, no := Simulation{Decision: "allowed"}, Simulation{Decision: "implicitDeny"}
	testVerdicts(t, "log-group-create-denied", denialOf(classifier.Logging, classifier.Facts{}), []verdict{
		{"LOG-2 named and denied", options("true", true, no), confirm, "", "logs:CreateLogGroup"},
		{"LOG-2 named and allowed", options("true", true, yes), rulesOut, "", "allow"},
		{"LOG-2 denied, the group may be there", options("true", false, no), leaves, classifier.ReasonNotRead, "whether log group /ecs/orders was there"},
		{"LOG-2 denied, the group is missing", groupRead(options("true", false, no), None[LogGroup]()), confirm, "", "there is no log group /ecs/orders"},
		{"LOG-2 denied, the group is there", groupRead(options("true", false, no), Is(LogGroup{})), rulesOut, "", "/ecs/orders is there"},
		{"LOG-2 to be created by another word for true", options("1", true, no), confirm, "", "logs:CreateLogGroup"},
		{"LOG-2 not to be created", options("false", false, no), rulesOut, "", "no container has awslogs-create-group"},
		{"LOG-2 exactly the resource of the text", func(c *Case) {
			c.Stop.StoppedReason = "logs:CreateLogGroup on resource: " + group + ":log-stream: because"
			c.Finding.Facts.AWSAction, c.Finding.Facts.AWSResource = "logs:CreateLogGroup", group+":log-stream:"
			c.simulate(execRole, "logs:CreateLogGroup", group+":log-stream:", no)
		}, confirm, "", group + ":log-stream:"},
		{"LOG-2 forms differ", func(c *Case) {
			options("true", true, no)(c)
			c.simulate(execRole, "logs:CreateLogGroup", group, yes)
		}, leaves, classifier.ReasonPartial, "is allowed"},
	})
}

func TestEnvFileDenied(t *testing.T) {
	const file = "arn:aws:s3:::orders-config/prod/web.env"
	const bucket = "arn:aws:s3:::orders-config"
	yes, no := Simulation{Decision: "allowed"}, Simulation{Decision: "implicitDeny"}
	reads := func(s Simulation, bucketPolicy string) func(c *Case) {
		return func(c *Case) {
			c.definition(func(d *TaskDefinition) { d.Containers[0].EnvironmentFiles = []string{file} })
			c.simulate(execRole, "s3:GetObject", file, s)
			if bucketPolicy != "unread" {
				c.policy(bucket, bucketPolicy)
			}
		}
	}
	testVerdicts(t, "env-file-denied", denialOf(classifier.EnvFile, classifier.Facts{}), []verdict{
		{"ENV-3 nobody allows", reads(no, ""), confirm, "", "no policy of role orders-exec allows s3:GetObject on " + file},
		{"ENV-3 nobody allows, and the bucket wants TLS, which ECS speaks", reads(no, `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), confirm, "", "no policy of role orders-exec allows"},
		{"ENV-3 the bucket's policy was not asked", func(c *Case) {
			reads(no, "unread")(c)
			c.Facts.Access.Policies[bucket] = Open[Policy](classifier.ReasonTier, "s3:GetBucketPolicy")
		}, skips, classifier.ReasonTier, "only the policy of the resource could"},
		{"ENV-3 allowed, the bucket denies", reads(yes, `{"Sid":"Vpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`), confirm, "", `statement "Vpce"`},
		{"ENV-3 allowed, the bucket may deny", reads(yes, `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a"}}}`), leaves, classifier.ReasonCondition, "may deny"},
		{"ENV-3 allowed by both, the key is not read", reads(yes, ""), leaves, classifier.ReasonNotRead, "key that encrypts the file"},
		{"P3 the bucket allows, whose it is is not known", reads(no, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`), leaves, classifier.ReasonNotVisible, "only within one account"},
		{"the operation HeadObject needs the permission GetObject", func(c *Case) {
			reads(no, "")(c)
			c.Finding.Facts.AWSAction = "s3:HeadObject"
		}, confirm, "", "s3:GetObject"},
	})
}

func TestRepositoryPolicyDenies(t *testing.T) {
	const theirRepo = "arn:aws:ecr:eu-north-1:998800007766:repository/base/web"
	f := denialOf(classifier.Image, classifier.Facts{Image: "998800007766.dkr.ecr.eu-north-1.amazonaws.com/base/web:1"})
	has := func(statements string) func(c *Case) { return func(c *Case) { c.policy(theirRepo, statements) } }
	testVerdicts(t, "repository-policy-denies", f, []verdict{
		{"ROLE-5 names us", has(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}`), rulesOut, "", "to account 123450006789"},
		{"ROLE-5 names somebody else", has(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111100002222:root"},"Action":"ecr:*"}`), confirm, "", "no statement of the policy of " + theirRepo},
		{"ROLE-5 half of the pull", has(`{"Effect":"Allow","Principal":{"AWS":"123450006789"},"Action":"ecr:BatchGetImage"}`), confirm, "", "ecr:GetDownloadUrlForLayer"},
		{"ROLE-5 no policy", has(""), confirm, "", "has no policy, so that no other account may use it"},
		{"ROLE-5 denies", has(`{"Sid":"Out","Effect":"Deny","Principal":"*","Action":"ecr:*"}`), confirm, "", `statement "Out"`},
		{"P3 normally we may not read it", func(c *Case) {
			c.Facts.Access.Policies[theirRepo] = Open[Policy](classifier.ReasonNoPermission, "ecr:GetRepositoryPolicy")
		}, leaves, classifier.ReasonNotVisible, "must allow ecr:BatchGetImage for account 123450006789"},
		{"P3 or not even see it", func(c *Case) { c.Facts.Access.Policies[theirRepo] = None[Policy]() }, leaves, classifier.ReasonNotVisible, "must allow"},
		{"organization only", has(`{"Effect":"Allow","Principal":"*","Action":"ecr:*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-ex"}}}`), leaves, classifier.ReasonCondition, "statement 1"},
	})
}

func TestResourcePolicyDenies(t *testing.T) {
	secret := func(arn, statements string) func(c *Case) {
		return func(c *Case) { c.Finding.Facts.Secret = arn; c.policy(arn, statements) }
	}
	deny := `{"Sid":"OnlyProd","Effect":"Deny","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}`
	allow := `{"Effect":"Allow","Principal":{"AWS":"` + execRole + `"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}`
	testVerdicts(t, "resource-policy-denies", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{"denies", secret(secretARN, deny), confirm, "", `statement "OnlyProd"`},
		{"no policy", secret(secretARN, ""), rulesOut, "", "has no policy"},
		{"does not deny", secret(secretARN, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/x"},"Action":"*","Resource":"*"}`), rulesOut, "", "does not deny"},
		{"another account's, allows", secret(foreignARN, allow), rulesOut, "", "allows"},
		{"another account's, does not allow", secret(foreignARN, `{"Effect":"Allow","Principal":{"AWS":"998800007766"},"Action":"*","Resource":"*"}`), confirm, "", "no statement"},
		{"P3 another account's, not readable", func(c *Case) {
			secret(foreignARN, "")(c)
			c.Facts.Access.Policies[foreignARN] = Open[Policy](classifier.ReasonNoPermission, "secretsmanager:GetResourcePolicy")
		}, leaves, classifier.ReasonNotVisible, "must allow secretsmanager:GetSecretValue"},
		{"P14 own, not readable", func(c *Case) {
			secret(secretARN, "")(c)
			c.Facts.Access.Policies[secretARN] = Open[Policy](classifier.ReasonNoPermission, "secretsmanager:GetResourcePolicy")
		}, leaves, classifier.ReasonNoPermission, ""},
		{"denies unless through an endpoint", secret(secretARN, strings.Replace(deny, `}`, `,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a"}}}`, 1)), leaves, classifier.ReasonCondition, `"OnlyProd" of the policy of ` + secretARN + " has conditions on aws:SourceVpce"},
		{"a parameter", func(c *Case) { c.Finding.Facts.Secret = "/orders/db" }, rulesOut, "", "no policy of its own"},
		{"P3 another account's parameter", func(c *Case) { c.Finding.Facts.Secret = "arn:aws:ssm:eu-north-1:998800007766:parameter/db" }, leaves, classifier.ReasonNotVisible, "998800007766"},
		{"a policy that does not parse", secret(secretARN, "{"), leaves, classifier.ReasonCondition, "the text of the policy"},
	})
}

func TestKMSDenied(t *testing.T) {
	encrypted := func(key string, change func(c *Case)) func(c *Case) {
		return func(c *Case) {
			c.Finding.Facts.Secret = secretARN
			c.encrypted(secretARN, key)
			c.Facts.Access.Keys[keyARN] = Is(Key{ARN: keyARN, State: "Enabled", Manager: "CUSTOMER"})
			c.Facts.Access.Grants[keyARN] = Is([]KeyGrant{})
			change(c)
		}
	}
	keys := func(statements, decision string) func(c *Case) {
		return encrypted(keyARN, func(c *Case) {
			c.policy(keyARN, statements)
			c.simulate(execRole, "kms:Decrypt", keyARN, Simulation{Decision: decision})
		})
	}
	delegates := `{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"kms:*","Resource":"*"}`
	forRole := `{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"` + execRole + `"},"Action":["kms:Decrypt"],"Resource":"*"}`
	admin := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/admin"},"Action":"kms:*","Resource":"*"}`
	viaService := `{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.eu-north-1.amazonaws.com"}}}`
	granted := func(g KeyGrant) func(c *Case) {
		return func(c *Case) {
			keys(admin, "allowed")(c)
			c.Facts.Access.Grants[keyARN] = Is([]KeyGrant{{Grantee: "arn:aws:iam::123450006789:role/other", Operations: []string{"Decrypt"}}, g})
		}
	}
	testVerdicts(t, "kms-denied", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{"SEC-8 default key", encrypted("", func(c *Case) {}), rulesOut, "", "service's default key"},
		{"SEC-8 default key by its alias", encrypted("alias/aws/secretsmanager", func(c *Case) {}), rulesOut, "", "service's default key"},
		{"P3 default key of another account", func(c *Case) {
			c.Finding.Facts.Secret = foreignARN
			c.encrypted(foreignARN, "")
		}, confirm, "", "default key of account 998800007766"},
		{"P3 another account's parameter, and one of ours has its name", func(c *Case) {
			c.definition(func(d *TaskDefinition) {
				d.Containers[0].Secrets = map[string]string{"DB": "arn:aws:ssm:eu-north-1:998800007766:parameter/orders/db"}
			})
			c.Facts.Things.Parameters = map[string]Answer[Parameter]{In("eu-north-1", "/orders/db"): Is(Parameter{Name: "/orders/db"})}
		}, leaves, classifier.ReasonNotVisible, ""},
		{"P3 AWS managed key of another account by ARN", func(c *Case) {
			c.Finding.Facts.Secret = foreignARN
			c.encrypted(foreignARN, theirKey)
			c.Facts.Access.Keys[theirKey] = Is(Key{ARN: theirKey, Manager: "AWS"})
		}, confirm, "", "default key"},
		{"SEC-8 key policy leaves it to the account, role allows", keys(delegates, "allowed"), rulesOut, "", "leaves kms:Decrypt to account"},
		{"SEC-8 key policy leaves it to the account, role does not", keys(delegates, "implicitDeny"), confirm, "", "the key's policy leaves that to them"},
		{"SEC-8 key policy names the role", keys(forRole, "implicitDeny"), rulesOut, "", `statement "Use"`},
		{"SEC-8 key policy names the role, which denies it to itself", keys(forRole, "explicitDeny"), confirm, "", "denies kms:Decrypt"},
		{"SEC-8 key policy names others: what the role allows is in vain", keys(admin, "allowed"), confirm, "", "neither the policy of key"},
		{"SEC-8 key policy denies", keys(forRole+`,{"Sid":"No","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*"}`, "allowed"), confirm, "", `statement "No"`},
		{"P9 kms:ViaService is not compared", keys(viaService+","+delegates, "implicitDeny"), leaves, classifier.ReasonCondition, "statement 1"},
		{"a conditional allow beside delegation, role allows", keys(viaService+","+delegates, "allowed"), rulesOut, "", "leaves kms:Decrypt"},
		{"P9 a conditional deny beside delegation, role allows", keys(strings.Replace(viaService, "Allow", "Deny", 1)+","+delegates, "allowed"), leaves, classifier.ReasonCondition, "kms:ViaService"},
		{"SEC-8 a grant", granted(KeyGrant{Grantee: execRole, Operations: []string{"Encrypt", "Decrypt"}}), rulesOut, "", "a grant of key"},
		{"SEC-8 a grant for something else", granted(KeyGrant{Grantee: execRole, Operations: []string{"Encrypt"}}), confirm, "", "nor a grant"},
		{"P9 a grant for a service, which may stand for a role", granted(KeyGrant{Grantee: "secretsmanager.eu-north-1.amazonaws.com", Operations: []string{"Decrypt"}}), leaves, classifier.ReasonCondition, "may stand for role"},
		{"P9 a grant within an encryption context", granted(KeyGrant{Grantee: execRole, Operations: []string{"Decrypt"}, Constrained: true}), leaves, classifier.ReasonCondition, "encryption context"},
		{"P14 grants refused to us", func(c *Case) {
			keys(admin, "allowed")(c)
			c.Facts.Access.Grants[keyARN] = Open[[]KeyGrant](classifier.ReasonNoPermission, "kms:ListGrants")
		}, leaves, classifier.ReasonNoPermission, ""},
		{"P14 key policy refused to us", func(c *Case) {
			keys(admin, "allowed")(c)
			c.Facts.Access.Policies[keyARN] = Open[Policy](classifier.ReasonNoPermission, "kms:GetKeyPolicy")
		}, leaves, classifier.ReasonNoPermission, ""},
		{"P3 key of another account", encrypted(theirKey, func(c *Case) {
			c.Facts.Access.Policies[theirKey] = Open[Policy](classifier.ReasonNoPermission, "kms:GetKeyPolicy")
		}), leaves, classifier.ReasonNotVisible, "998800007766"},
		{"P3 key of another account, readable, for our account, role does not allow", encrypted(theirKey, func(c *Case) {
			c.policy(theirKey, delegates)
			c.simulate(execRole, "kms:Decrypt", theirKey, Simulation{Decision: "implicitDeny"})
			c.Facts.Access.Grants[theirKey] = Is([]KeyGrant{})
		}), confirm, "", "leaves that to them"},
		{"P3 key of another account names the role, which does not allow", encrypted(theirKey, func(c *Case) {
			c.policy(theirKey, forRole)
			c.simulate(execRole, "kms:Decrypt", theirKey, Simulation{Decision: "implicitDeny"})
			c.Facts.Access.Grants[theirKey] = Is([]KeyGrant{})
		}), confirm, "", "no policy of role"},
		{"an alias is not looked up", encrypted("alias/orders", func(c *Case) {}), leaves, classifier.ReasonNotRead, "alias/orders"},
		{"key id without ARN", encrypted(strings.TrimPrefix(keyARN, "arn:aws:kms:eu-north-1:123450006789:key/"), func(c *Case) {
			c.policy(keyARN, forRole)
			c.simulate(execRole, "kms:Decrypt", keyARN, Simulation{Decision: "implicitDeny"})
		}), rulesOut, "", `statement "Use"`},
		{"key of the text", func(c *Case) {
			keys(delegates, "implicitDeny")(c)
			c.Stop.StoppedReason = "kms:Decrypt on resource: " + keyARN + " because"
			c.Finding.Facts = classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: keyARN}
		}, confirm, "", keyARN},
		{"P14 secret not described", func(c *Case) {
			c.Finding.Facts.Secret = secretARN
			c.Facts.Things.Secrets[In("eu-north-1", secretARN)] = Open[Secret](classifier.ReasonNoPermission, "secretsmanager:DescribeSecret")
		}, leaves, classifier.ReasonNoPermission, ""},
		{"no secret at all", func(c *Case) { c.Finding.Stage = classifier.Volume }, leaves, classifier.ReasonNotRead, "which key"},
	})
}

func TestKeyDisabled(t *testing.T) {
	state := func(k Answer[Key]) func(c *Case) {
		return func(c *Case) {
			c.Finding.Facts.Secret = secretARN
			c.encrypted(secretARN, keyARN)
			c.Facts.Access.Keys[keyARN] = k
		}
	}
	testVerdicts(t, "kms-key-disabled", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{"SEC-7 enabled", state(Is(Key{State: "Enabled"})), rulesOut, "", "is Enabled"},
		{"SEC-7 disabled", state(Is(Key{State: "Disabled"})), confirm, "", "is Disabled"},
		{"SEC-7 pending deletion", state(Is(Key{State: "PendingDeletion", DeletedAt: created.AddDate(0, 0, 7)})), confirm, "", "PendingDeletion until 2026-03-09T10:00:00Z"},
		{"SEC-7 key material gone", state(Is(Key{State: "PendingImport"})), confirm, "", "PendingImport"},
		{"SEC-7 updating", state(Is(Key{State: "Updating"})), leaves, classifier.ReasonPartial, "Updating"},
		{"SEC-7 gone", state(None[Key]()), confirm, "", "KMS has no key"},
		{"P3 another account's key is not gone", func(c *Case) {
			state(None[Key]())(c)
			c.encrypted(secretARN, theirKey)
			c.Facts.Access.Keys[theirKey] = None[Key]()
		}, leaves, classifier.ReasonNotVisible, "belongs to account"},
		{"P14 own denial", state(Open[Key](classifier.ReasonNoPermission, "kms:DescribeKey")), leaves, classifier.ReasonNoPermission, ""},
		{"default key", func(c *Case) {
			state(None[Key]())(c)
			c.encrypted(secretARN, "alias/aws/secretsmanager")
		}, rulesOut, "", "AWS keeps enabled"},
		{"an alias", func(c *Case) {
			state(None[Key]())(c)
			c.encrypted(secretARN, "arn:aws:kms:eu-north-1:123450006789:alias/orders")
		}, leaves, classifier.ReasonNotRead, "not looked up"},
	})
}

// TestKeysThatKMSIsAskedAbout holds P12's neighbour: asking KMS about alias/aws/… can create the key, so no alias is ever asked.
func TestKeysThatKMSIsAskedAbout(t *testing.T) {
	c := accessCase(denialOf(classifier.Secret, classifier.Facts{}))
	secrets := map[string]string{}
	for name, key := range map[string]string{
		"a": "", "b": "alias/aws/secretsmanager", "c": "arn:aws:kms:eu-north-1:123450006789:alias/aws/ssm", "d": "alias/orders",
		"e": "arn:aws:kms:eu-north-1:123450006789:alias/orders", "f": keyARN, "g": "5f1c0000-aaaa-bbbb-cccc-000000000001",
	} {
		arn := "arn:aws:secretsmanager:eu-north-1:123450006789:secret:" + name + "-AAAAAA"
		secrets[name] = arn
		c.encrypted(arn, key)
	}
	c.definition(func(d *TaskDefinition) { d.Containers[0].Secrets = secrets })
	c.Finding.Causes = []classifier.Proof{{Cause: "kms-denied", Result: classifier.NotChecked}}
	if got := KeyARNs(c); !slices.Equal(got, []string{keyARN}) {
		t.Errorf("asks about %v", got)
	}
}

func TestEFSDenied(t *testing.T) {
	const mount = "elasticfilesystem:ClientMount"
	yes, no := Simulation{Decision: "allowed"}, Simulation{Decision: "implicitDeny"}
	volume := func(iam, encrypted bool, s Simulation, statements string) func(c *Case) {
		return func(c *Case) {
			c.definition(func(d *TaskDefinition) {
				d.Volumes = []Volume{{Name: "data", FileSystem: "fs-0abc0abc", IAM: iam, Encrypted: encrypted}, {Name: "scratch"}}
			})
			c.simulate(appRole, mount, fsARN, s)
			c.policy(fsARN, statements)
		}
	}
	allows := func(who string) string {
		return `{"Sid":"Mount","Effect":"Allow","Principal":` + who + `,"Action":["elasticfilesystem:ClientMount"],"Condition":{"Bool":{"elasticfilesystem:AccessedViaMountTarget":"true"}}}`
	}
	role := func(arn string) string { return allows(`{"AWS":"` + arn + `"}`) }
	tls := `{"Sid":"TLS","Effect":"Deny","Principal":{"AWS":"*"},"Action":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	nobody := `{"Effect":"Deny","Principal":"*","Action":"*"}`
	refused := denialOf(classifier.Volume, classifier.Facts{FileSystem: "fs-0abc0abc"})
	testVerdicts(t, "efs-iam-denied", refused, []verdict{
		{"EFS-6 no policy is open", volume(true, true, no, ""), rulesOut, "", "has no policy"},
		{"EFS-6 no policy, iam off", volume(false, false, no, ""), rulesOut, "", "refuses nobody"},
		{"EFS-6 the role denies it to itself", volume(true, true, Simulation{Decision: "explicitDeny"}, ""), confirm, "", "denies elasticfilesystem:ClientMount to task role orders-task"},
		{"EFS-6 neither allows", volume(true, true, no, role("arn:aws:iam::123450006789:role/else")), confirm, "", "neither the policy of fs-0abc0abc nor those of task role orders-task"},
		{"EFS-6 policy names the execution role", volume(true, true, no, role(execRole)), confirm, "", "it names the execution role orders-exec, which does not mount"},
		{"EFS-6 policy names the task role", volume(true, true, no, role(appRole)), rulesOut, "", `statement "Mount"`},
		{"EFS-6 the role's own policies allow", volume(true, true, yes, role("arn:aws:iam::123450006789:role/else")), rulesOut, "", "policies of task role orders-task allow"},
		{"EFS-6 policy wants encryption, the volume has none", volume(true, false, yes, role(appRole)+","+tls), confirm, "", "transitEncryption of volume data is not ENABLED"},
		{"EFS-6 policy wants encryption, the volume has it", volume(true, true, yes, role(appRole)+","+tls), rulesOut, "", `statement "Mount"`},
		{"EFS-6 iam off, policy names roles", volume(false, true, yes, role(appRole)), confirm, "", "does not let anonymous clients mount"},
		{"EFS-6 iam off, policy lets everybody", volume(false, true, yes, allows(`{"AWS":"*"}`)), rulesOut, "", "lets everybody"},
		{"EFS-6 iam off, encryption wanted", volume(false, false, yes, allows(`"*"`)+","+tls), confirm, "", `statement "TLS"`},
		{"EFS-6 other conditions", volume(true, true, no, `{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"StringEquals":{"elasticfilesystem:AccessPointArn":"x"}}}`), leaves, classifier.ReasonCondition, "statement 1"},
		{"EFS-6 iam on, no task role", func(c *Case) {
			volume(true, true, yes, "")(c)
			c.definition(func(d *TaskDefinition) { d.TaskRoleARN = "" })
		}, leaves, classifier.ReasonNotRead, "names no task role"},
		{"P9 the role's conditions", volume(true, true, Simulation{Decision: "implicitDeny", Missing: []string{"elasticfilesystem:AccessPointArn"}}, ""), leaves, classifier.ReasonCondition, "elasticfilesystem:AccessPointArn"},
		{"P14 own denial", func(c *Case) {
			volume(true, true, no, "")(c)
			c.Facts.Access.Policies[fsARN] = Open[Policy](classifier.ReasonNoPermission, "elasticfilesystem:DescribeFileSystemPolicy")
		}, leaves, classifier.ReasonNoPermission, ""},
	})

	undeny := "take the denial out of the policy of fs-0abc0abc"
	for _, test := range []struct {
		name   string
		change func(c *Case)
		next   string
	}{
		{"the policy denies", volume(true, true, yes, role(appRole)+","+nobody), undeny},
		{"the policy denies, iam off", volume(false, true, yes, nobody), undeny},
		{"the policy denies, no encryption", volume(true, false, yes, role(appRole)+","+tls), "set transitEncryption of volume data to ENABLED, or " + undeny},
		{"neither allows", volume(true, true, no, role("arn:aws:iam::123450006789:role/else")), "allow elasticfilesystem:ClientMount for orders-task in the policy of fs-0abc0abc"},
	} {
		c := accessCase(refused)
		c.Finding.Causes = []classifier.Proof{{Cause: "efs-iam-denied", Result: classifier.NotChecked}}
		test.change(c)
		if p := Prove(*c)[0]; p.Result != confirm || p.Next != test.next {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}

func TestRegistryCredentialsMissing(t *testing.T) {
	says := func(text string) func(c *Case) {
		return func(c *Case) { c.Finding.Culprit = 0; c.Stop.Containers[0].Reason = text }
	}
	testVerdicts(t, "registry-credentials-missing", denialOf(classifier.Image, classifier.Facts{Registry: "quay.example"}), []verdict{
		{"asked for a login", says("unauthorized: authentication required"), confirm, "", "container web of orders:7 has no repositoryCredentials"},
		{"a registry that serves everybody asks for a login too where it has no such image", func(c *Case) {
			says("unauthorized: authentication required")(c)
			c.Finding.Facts.Registry = "docker.io"
		}, leaves, classifier.ReasonPartial, "a name that does not exist"},
		{"a denial may hide a wrong name", says("pull access denied, repository does not exist or may require authorization"), leaves, classifier.ReasonPartial, "a name that does not exist"},
		{"has credentials", func(c *Case) {
			says("unauthorized: authentication required")(c)
			c.definition(func(d *TaskDefinition) { d.Containers[0].Credentials = secretARN })
		}, rulesOut, "", "has repositoryCredentials"},
		{"P7 has credentials, and always will have", func(c *Case) {
			says("")(c)
			c.definition(func(d *TaskDefinition) { d.Containers[0].Credentials = secretARN })
			c.CheckedAt = created.AddDate(0, 0, 3)
		}, rulesOut, "", "has repositoryCredentials"},
		{"P8 the agent may have a login", func(c *Case) { says("unauthorized: authentication required")(c); c.Stop.LaunchType = "EC2" }, leaves, classifier.ReasonNotRead, "instance's agent"},
		{"IMG-16 a sidecar that the task definition does not have", func(c *Case) { says("")(c); c.Stop.Containers[0].Name = "guardduty" }, leaves, classifier.ReasonNotRead, "no container guardduty"},
		{"no culprit", func(c *Case) {}, leaves, classifier.ReasonNotRead, "which container"},
	})
}

// TestNoValueIsAskedFor holds P12: no permission of this page, and of any other, could read a secret or use a key.
func TestNoValueIsAskedFor(t *testing.T) {
	for _, a := range Actions {
		_, operation, _ := strings.Cut(a.IAM, ":")
		for _, prefix := range []string{"GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetObject", "Decrypt", "GenerateDataKey", "GetAuthorizationToken", "Put", "Create", "Delete", "Update", "Attach", "PassRole"} {
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
	c.definition(func(d *TaskDefinition) {
		d.Containers[0].Secrets = map[string]string{"A": partial, "B": "arn:aws:ssm:eu-north-1:123450006789:parameter/b"}
	})
	c.Facts.Access.Policies[partial] = Is(Policy{ARN: secretARN})
	want := []Call{{execRole, "secretsmanager:GetSecretValue", partial}, {execRole, "secretsmanager:GetSecretValue", secretARN}, {execRole, "ssm:GetParameters", "arn:aws:ssm:eu-north-1:123450006789:parameter/b"}}
	if got := Calls(c); !slices.Equal(got, want) {
		t.Errorf("simulates %v", got)
	}
	if got := PolicyARNs(c); !slices.Equal(got, []string{partial}) {
		t.Errorf("reads the policies of %v", got)
	}
	c.Facts.Inputs.TaskDefinition = Open[TaskDefinition](classifier.ReasonTimeout, "ecs:DescribeTaskDefinition")
	if got := Calls(c); got != nil {
		t.Errorf("simulates %v without a role", got)
	}
}

// TestOddARNs holds that what a text or a task definition says becomes no call when it has not the form of an ARN.
func TestOddARNs(t *testing.T) {
	for _, odd := range []string{"arn:aws:secretsmanager", "arn:aws:secretsmanager:eu.example.com/:1:secret:x", "s3://bucket/web.env", "arn:aws:s3", "x"} {
		c := accessCase(denialOf(classifier.EnvFile, classifier.Facts{}))
		c.definition(func(d *TaskDefinition) { d.Containers[0].EnvironmentFiles = []string{odd} })
		if calls, arns := Calls(c), PolicyARNs(c); calls != nil || arns != nil {
			t.Errorf("environment file %s: asks %v and %v", odd, calls, arns)
		}
		c = accessCase(denialOf(classifier.Secret, classifier.Facts{AWSAction: "secretsmanager:GetSecretValue", AWSResource: odd}))
		c.Finding.Causes = []classifier.Proof{{Cause: "kms-denied", Result: classifier.NotChecked}}
		if calls, arns := Calls(c), PolicyARNs(c); calls != nil || arns != nil {
			t.Errorf("resource %s: asks %v and %v", odd, calls, arns)
		}
	}
	c := accessCase(denialOf(classifier.Secret, classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: "arn:aws:kms:eu-north-1:123450006789:alias/aws/ssm"}))
	c.Finding.Causes = []classifier.Proof{{Cause: "kms-denied", Result: classifier.NotChecked}}
	if calls, arns, keys := Calls(c), PolicyARNs(c), KeyARNs(c); calls != nil || arns != nil || keys != nil {
		t.Errorf("the alias of a key: asks %v, %v and %v", calls, arns, keys)
	}
}

func TestRepositoryARN(t *testing.T) {
	for image, want := range map[string]string{
		"123450006789.dkr.ecr.eu-north-1.amazonaws.com/orders/web:7":         repoARN,
		"123450006789.dkr.ecr.eu-north-1.amazonaws.com/orders/web@sha256:00": repoARN,
		"123450006789.dkr.ecr-fips.eu-north-1.amazonaws.com/orders/web":      repoARN,
		"123450006789.dkr-ecr.eu-north-1.on.aws/orders/web:7@sha256:00":      repoARN,
		"public.ecr.aws/docker/library/nginx:1":                              "",
		"nginx":                                                              "",
		"quay.example:5000/a/b:1":                                            "",
		"602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/pause:3.5":         "arn:aws:ecr:us-west-2:602401143452:repository/eks/pause",
	} {
		c := accessCase(denialOf(classifier.Image, classifier.Facts{Image: image}))
		if got := repositoryARN(c); got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
}
