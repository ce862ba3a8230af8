package access

import (
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

func TestRoleMissing(t *testing.T) {
	withoutRole := func(c *evidence.Case) {
		definition(c, func(d *evidence.TaskDefinition) { d.ExecutionRoleARN, d.TaskRoleARN = "", "" })
	}
	testVerdicts(t, "role-missing", classifier.Finding{Stage: classifier.Role, Fault: classifier.NotFound}, []verdict{
		{
			name:   "both exist",
			change: func(c *evidence.Case) {},
			want:   rulesOut,
			words:  "roles orders-exec and orders-task exist",
		},
		{
			name:   "execution role deleted",
			change: func(c *evidence.Case) { c.Facts.Access.Roles["orders-exec"] = evidence.None[evidence.Role]() },
			want:   confirm,
			words:  "no role orders-exec",
		},
		{
			name:   "task role deleted",
			change: func(c *evidence.Case) { c.Facts.Access.Roles["orders-task"] = evidence.None[evidence.Role]() },
			want:   confirm,
			words:  "no role orders-task",
		},
		{
			name: "deleted and made again",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-exec"] = evidence.Is(evidence.Role{
					ARN:       execRole,
					CreatedAt: created.Add(time.Minute),
				})
			},
			want:   leaves,
			reason: classifier.ReasonFixedSince,
			words:  "created at 2026-03-02T10:01:00Z, after the task",
		},
		{
			name: "made just before",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-exec"] = evidence.Is(evidence.Role{
					ARN:       execRole,
					CreatedAt: created.Add(-9 * time.Second),
				})
			},
			want:   leaves,
			reason: classifier.ReasonLater,
			words:  "9.0 s before the task",
		},
		{
			name: "same name under another path",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-exec"] = evidence.Is(evidence.Role{
					ARN:       "arn:aws:iam::123450006789:role/orders-exec",
					CreatedAt: created.Add(-time.Hour),
				})
			},
			want:  confirm,
			words: "no role orders-exec",
		},
		{
			name: "a name alone leaves out the path",
			change: func(c *evidence.Case) {
				definition(c, func(d *evidence.TaskDefinition) { d.ExecutionRoleARN = "orders-exec" })
			},
			want:  rulesOut,
			words: "roles orders-exec and orders-task exist",
		},
		{
			name: "P14 own denial is not an absence",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-exec"] = evidence.Unanswered[evidence.Role](classifier.ReasonNoPermission,
					"iam:GetRole")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name: "role of another account",
			change: func(c *evidence.Case) {
				definition(c, func(d *evidence.TaskDefinition) {
					d.ExecutionRoleARN = "arn:aws:iam::998800007766:role/orders-exec"
				})
			},
			want:   leaves,
			reason: classifier.ReasonNotVisible,
		},
		{
			name:   "ROLE-1 no execution role, Fargate and ECR",
			change: withoutRole,
			want:   confirm,
			words:  "orders:7 names no executionRoleArn, and container web has a private ECR image on Fargate",
		},
		{
			name: "ROLE-1 no execution role, secrets on EC2",
			change: func(c *evidence.Case) {
				withoutRole(c)
				c.Stop.LaunchType = "EC2"
				definition(c, func(d *evidence.TaskDefinition) {
					d.Containers[0].Secrets = map[string]string{"DB": secretARN}
				})
			},
			want:  confirm,
			words: "container web has secrets",
		},
		{
			name:   "ROLE-1 no execution role, ECR on EC2: the instance's serves",
			change: func(c *evidence.Case) { withoutRole(c); c.Stop.LaunchType = "EC2" },
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "orders:7 names no role",
		},
		{
			name: "ROLE-1 no execution role in the definition, one in RunTask",
			change: func(c *evidence.Case) {
				withoutRole(c)
				c.Stop.Overrides.ExecutionRoleARN = execRole
			},
			want:  rulesOut,
			words: "role orders-exec exists",
		},
		{
			name:   "P11 task definition gone",
			change: func(c *evidence.Case) { c.Facts.Task.TaskDefinition = evidence.None[evidence.TaskDefinition]() },
			want:   leaves,
			reason: classifier.ReasonNotVisible,
		},
		{
			name:   "nothing read",
			change: func(c *evidence.Case) { c.Facts = evidence.Facts{} },
			want:   skips,
			reason: classifier.ReasonNotRead,
		},
		{
			name:   "P7 read much later, and both are older than the task",
			change: func(c *evidence.Case) { c.CheckedAt = created.Add(time.Hour) },
			want:   rulesOut,
			words:  "exist since 2026-03-02T09:00:00Z",
		},
		{
			name: "name without ARN in the task definition",
			change: func(c *evidence.Case) {
				definition(c, func(d *evidence.TaskDefinition) {
					d.ExecutionRoleARN, d.TaskRoleARN = "orders-task", ""
				})
			},
			want:  rulesOut,
			words: "role orders-task exists",
		},
	})
}

// trustIf is a statement that lets tasks assume a role under conditions.
func trustIf(conditions string) string {
	return `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole",` +
		`"Condition":{` + conditions + `}}`
}

func TestRoleNew(t *testing.T) {
	made := func(before time.Duration) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Facts.Access.Roles["orders-exec"] = evidence.Is(evidence.Role{ARN: execRole,
				CreatedAt: created.Add(-before), Trust: tasksTrust})
		}
	}
	testVerdicts(t, "role-new", classifier.Finding{Stage: classifier.Role, Fault: classifier.Denied}, []verdict{
		{name: "old", change: func(*evidence.Case) {}, want: leaves, reason: classifier.ReasonUnsaid},
		{name: "younger than a minute", change: made(59 * time.Second), want: leaves, reason: classifier.ReasonLater,
			words: "may not have been known"},
		{name: "a minute old", change: made(time.Minute), want: leaves, reason: classifier.ReasonUnsaid},
		{name: "made while the task began", change: made(-10 * time.Second), want: leaves,
			reason: classifier.ReasonLater, words: "may not have been known"},
		{name: "made after the failure", change: made(-time.Minute), want: leaves, reason: classifier.ReasonLater},
		{
			name: "young, and does not trust ECS",
			change: func(c *evidence.Case) {
				made(time.Second)(c)
				role := c.Facts.Access.Roles["orders-exec"].Value
				role.Trust = `{"Statement":[]}`
				c.Facts.Access.Roles["orders-exec"] = evidence.Is(role)
			},
			want:   leaves,
			reason: classifier.ReasonNotCausal,
		},
		{
			name:   "gone",
			change: func(c *evidence.Case) { c.Facts.Access.Roles["orders-exec"] = evidence.None[evidence.Role]() },
			want:   leaves,
			reason: classifier.ReasonNotCausal,
		},
		{
			name: "not to be read",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-exec"] = evidence.Unanswered[evidence.Role](
					classifier.ReasonNoPermission, "iam:GetRole")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name:   "the task's beginning is not told",
			change: func(c *evidence.Case) { made(time.Second)(c); c.Stop.CreatedAt = time.Time{} },
			want:   leaves,
			reason: classifier.ReasonNotRead,
		},
	})
}

func TestRoleNotAssumable(t *testing.T) {
	trusts := func(statements string) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Facts.Access.Roles["orders-exec"] = evidence.Is(evidence.Role{
				ARN:       execRole,
				CreatedAt: created.Add(-time.Hour),
				Trust:     `{"Statement":[` + statements + `]}`,
			})
		}
	}
	named := func(trusted string) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Finding.Facts.Role = "other"
			c.Facts.Access.Roles["other"] = evidence.Is(evidence.Role{
				ARN: "arn:aws:iam::123450006789:role/other",
				Trust: `{"Statement":[{"Effect":"Allow","Principal":{"Service":"` + trusted +
					`"},"Action":"sts:AssumeRole"}]}`,
			})
		}
	}
	testVerdicts(t, "role-not-assumable", denialOf(classifier.Role, classifier.Facts{}), []verdict{
		{
			name:   "trusts ECS tasks",
			change: func(c *evidence.Case) {},
			want:   rulesOut,
			words:  "lets ecs-tasks.amazonaws.com assume it",
		},
		{
			name:   "trusts EC2 only",
			change: trusts(`{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`),
			want:   confirm,
			words:  "trust policy of role orders-exec does not name ecs-tasks.amazonaws.com",
		},
		{
			name: "denies it",
			change: trusts(`{"Sid":"Frozen","Effect":"Deny","Principal":{"Service":"ecs-tasks.amazonaws.com"},` +
				`"Action":"*"}`),
			want:  confirm,
			words: `statement "Frozen"`,
		},
		{
			name:   "trusts under a condition on what is not known",
			change: trusts(trustIf(`"StringEquals":{"aws:SourceOrgID":"o-1"}`)),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "statement 1",
		},
		{
			name: "trusts tasks of this account and Region",
			change: trusts(trustIf(`"StringEquals":{"aws:SourceAccount":"123450006789"},` +
				`"ArnLike":{"aws:SourceArn":"arn:aws:ecs:eu-north-1:123450006789:*"}`)),
			want: rulesOut,
		},
		{
			name:   "trusts tasks of another account",
			change: trusts(trustIf(`"StringEquals":{"aws:SourceAccount":"998800007766"}`)),
			want:   confirm,
			words:  "a task of account 123450006789 in eu-north-1 does not meet",
		},
		{
			name:   "trusts tasks of another Region",
			change: trusts(trustIf(`"ArnLike":{"aws:SourceArn":"arn:aws:ecs:eu-west-1:123450006789:*"}`)),
			want:   confirm,
			words:  "does not meet",
		},
		{
			name:   "trusts some resource of the account",
			change: trusts(trustIf(`"ArnLike":{"aws:SourceArn":"arn:aws:ecs:*:123450006789:cluster/shop"}`)),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "aws:SourceArn",
		},
		{
			name:   "is not there",
			change: func(c *evidence.Case) { c.Facts.Access.Roles["orders-exec"] = evidence.None[evidence.Role]() },
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "not there",
		},
		{
			name: "P14 own denial",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-exec"] = evidence.Unanswered[evidence.Role](classifier.ReasonNoPermission,
					"iam:GetRole")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name:   "text names a role that trusts nobody here",
			change: named("lambda.amazonaws.com"),
			want:   confirm,
			words:  "neither ecs-tasks.amazonaws.com nor ecs.amazonaws.com",
		},
		{
			name:   "text names an infrastructure role or not",
			change: named("ecs.amazonaws.com"),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "trusts ecs.amazonaws.com",
		},
		{
			name: "text names the instance's role as the caller",
			change: func(c *evidence.Case) {
				named("ec2.amazonaws.com")(c)
				c.Finding.Facts.AWSAction, c.Finding.Facts.AWSResource = "sts:AssumeRole", execRole
			},
			want:  rulesOut,
			words: "role orders-exec",
		},
		{
			name: "infrastructure role of a volume",
			change: func(c *evidence.Case) {
				named("ecs-tasks.amazonaws.com")(c)
				c.Stop.Attachments = []events.Attachment{{
					Details: map[string]string{"roleArn": "arn:aws:iam::123450006789:role/other"},
				}}
			},
			want:  confirm,
			words: "does not name ecs.amazonaws.com",
		},
	})
}

func TestInstanceRoleMissing(t *testing.T) {
	instance := func(i evidence.Answer[evidence.Instance]) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Stop.LaunchType = "EC2"
			definition(c, func(d *evidence.TaskDefinition) { d.ExecutionRoleARN = "" })
			c.Facts.Task.Instance = evidence.Is(evidence.ContainerInstance{InstanceID: "i-0a0b", EC2: i})
		}
	}
	testVerdicts(t, "instance-role-missing", denialOf(classifier.RegistryAuth, classifier.Facts{}), []verdict{
		{
			name:   "no profile",
			change: instance(evidence.Is(evidence.Instance{ID: "i-0a0b"})),
			want:   confirm,
			words:  "i-0a0b has no instance profile",
		},
		{
			name: "a profile",
			change: instance(evidence.Is(evidence.Instance{
				ID:      "i-0a0b",
				Profile: "arn:aws:iam::123450006789:instance-profile/nodes",
			})),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "instance profile nodes",
		},
		{
			name:   "an execution role",
			change: func(c *evidence.Case) { c.Stop.LaunchType = "EC2" },
			want:   rulesOut,
			words:  "execution role orders-exec",
		},
		{
			name:   "terminated, with nothing left of it",
			change: instance(evidence.Is(evidence.Instance{ID: "i-0a0b", State: "terminated"})),
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "is terminated",
		},
		{
			name:   "P8 terminated and forgotten",
			change: instance(evidence.None[evidence.Instance]()),
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "no longer listed",
		},
		{
			name: "P14 own denial",
			change: instance(evidence.Unanswered[evidence.Instance](classifier.ReasonNoPermission,
				"ec2:DescribeInstances")),
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name: "the metadata service was asked, whatever the execution role",
			change: func(c *evidence.Case) {
				instance(evidence.Is(evidence.Instance{ID: "i-0a0b"}))(c)
				c.Finding.Stage = classifier.Role
				definition(c, func(d *evidence.TaskDefinition) { d.ExecutionRoleARN = execRole })
			},
			want:  confirm,
			words: "no instance profile",
		},
	})
}

func TestServiceRoleMissing(t *testing.T) {
	testVerdicts(t, "service-role-missing", denialOf(classifier.Network, classifier.Facts{}), []verdict{
		{
			name:   "absent",
			change: func(c *evidence.Case) { c.Facts.Access.Roles[serviceLinkedRole] = evidence.None[evidence.Role]() },
			want:   confirm,
			words:  "no role AWSServiceRoleForECS",
		},
		{
			name: "present",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles[serviceLinkedRole] = evidence.Is(evidence.Role{CreatedAt: created})
			},
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "exists since",
		},
		{
			name: "P14 throttled",
			change: func(c *evidence.Case) {
				c.Facts.Access.Roles[serviceLinkedRole] = evidence.Unanswered[evidence.Role](classifier.ReasonThrottled,
					"iam:GetRole")
			},
			want:   leaves,
			reason: classifier.ReasonThrottled,
		},
		{name: "not asked", change: func(c *evidence.Case) {}, want: skips, reason: classifier.ReasonNotRead},
	})
}

func TestEBSRole(t *testing.T) {
	const infra = "arn:aws:iam::123450006789:role/orders-infra"
	volume := "arn:aws:ec2:eu-north-1:123450006789:volume/*"
	attached := func(change func(c *evidence.Case)) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Stop.Attachments = []events.Attachment{{
				Type:    "AmazonElasticBlockStorage",
				Details: map[string]string{"roleArn": infra},
			}}
			c.Facts.Access.Roles["orders-infra"] = evidence.Is(evidence.Role{
				ARN:       infra,
				CreatedAt: created.Add(-time.Hour),
				Trust: `{"Statement":{"Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"},` +
					`"Action":"sts:AssumeRole"}}`,
			})
			change(c)
		}
	}
	testVerdicts(t, "ebs-role", denialOf(classifier.Volume, classifier.Facts{}), []verdict{
		{
			name: "not there",
			change: attached(func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-infra"] = evidence.None[evidence.Role]()
			}),
			want:  confirm,
			words: "no role orders-infra",
		},
		{
			name: "trusts the tasks instead",
			change: attached(func(c *evidence.Case) {
				c.Facts.Access.Roles["orders-infra"] = evidence.Is(evidence.Role{
					ARN:       infra,
					CreatedAt: created.Add(-time.Hour),
					Trust:     tasksTrust,
				})
			}),
			want:  confirm,
			words: "does not name ecs.amazonaws.com",
		},
		{
			name: "may not create",
			change: attached(func(c *evidence.Case) {
				simulate(c, infra, "ec2:CreateVolume", volume, evidence.Simulation{Decision: "implicitDeny"})
			}),
			want:  confirm,
			words: "no policy of role orders-infra allows ec2:CreateVolume",
		},
		{
			name: "may create under conditions on tags",
			change: attached(func(c *evidence.Case) {
				simulate(c, infra, "ec2:CreateVolume", volume, evidence.Simulation{
					Decision: "implicitDeny",
					Missing:  []string{"aws:RequestTag/AmazonECSCreated"},
				})
			}),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "aws:RequestTag/AmazonECSCreated",
		},
		{
			name: "may create",
			change: attached(func(c *evidence.Case) {
				simulate(c, infra, "ec2:CreateVolume", volume, evidence.Simulation{Decision: "allowed"})
			}),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "not simulated",
		},
		{
			name:   "no attachment names it",
			change: func(c *evidence.Case) {},
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "no attachment",
		},
	})
}
