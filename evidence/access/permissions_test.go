package access

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

func TestRolePermissionMissing(t *testing.T) {
	const token = "ecr:GetAuthorizationToken"
	registry := denialOf(classifier.RegistryAuth, classifier.Facts{AWSAction: token, Role: "orders-exec"})
	says := func(s evidence.Simulation) func(c *evidence.Case) {
		return func(c *evidence.Case) { simulate(c, execRole, token, "*", s) }
	}
	testVerdicts(t, "role-permission-missing", registry, []verdict{
		{
			name:   "ROLE-3 not allowed, and no resource policy can",
			change: says(evidence.Simulation{Decision: "implicitDeny"}),
			want:   confirm,
			words:  "no policy of role orders-exec allows ecr:GetAuthorizationToken on *",
		},
		{
			name:   "ROLE-3 not allowed inside an organization that allows it",
			change: says(evidence.Simulation{Decision: "implicitDeny", Organizations: yesNo(true)}),
			want:   confirm,
			words:  "no policy",
		},
		{
			name:   "ROLE-3 denied by name",
			change: says(evidence.Simulation{Decision: "explicitDeny", Statements: []string{"freeze"}}),
			want:   confirm,
			words:  "policy freeze denies",
		},
		{
			name:   "allowed: another policy refused",
			change: says(evidence.Simulation{Decision: "allowed"}),
			want:   rulesOut,
			words:  "of the VPC endpoint, the resource, its KMS key or the organization",
		},
		{
			name:   "P9 missing context values, denied",
			change: says(evidence.Simulation{Decision: "implicitDeny", Missing: []string{"aws:SourceVpc"}}),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "does not know aws:SourceVpc",
		},
		{
			name:   "P9 missing context values, allowed",
			change: says(evidence.Simulation{Decision: "allowed", Missing: []string{"aws:SourceVpc"}}),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "aws:SourceVpc",
		},
		{
			name:   "P9 a service control policy in the simulation",
			change: says(evidence.Simulation{Decision: "implicitDeny", Organizations: yesNo(false)}),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "service control policy",
		},
		{
			name:   "P9 a permissions boundary",
			change: says(evidence.Simulation{Decision: "implicitDeny", Boundary: yesNo(false)}),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "permissions boundary",
		},
		{
			name: "P14 own denial",
			change: func(c *evidence.Case) {
				refused := evidence.Unanswered[evidence.Simulation](classifier.ReasonNoPermission,
					"iam:SimulatePrincipalPolicy")
				c.Facts.Access.Simulations[evidence.Call{Role: execRole, Action: token, Resource: "*"}] = refused
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{name: "not asked", change: func(c *evidence.Case) {}, want: skips, reason: classifier.ReasonNotRead},
		{
			name: "a role that IAM does not have",
			change: func(c *evidence.Case) {
				c.Finding.Facts.Role = "elsewhere"
				c.Facts.Access.Roles["elsewhere"] = evidence.None[evidence.Role]()
			},
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "no role elsewhere",
		},
		{
			name: "P8 on EC2 without an execution role",
			change: func(c *evidence.Case) {
				c.Finding.Facts.Role = ""
				c.Stop.LaunchType = "EC2"
				definition(c, func(d *evidence.TaskDefinition) { d.ExecutionRoleARN = "" })
			},
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "role of the instance",
		},
		{
			name:   "a call that is no permission of a task's set-up",
			change: func(c *evidence.Case) { c.Finding.Facts.AWSAction = "ecr:DescribeMagic" },
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "not known",
		},
		{
			name: "nor when the text names its resource",
			change: func(c *evidence.Case) {
				c.Stop.StoppedReason = "ecr:DescribeMagic on resource: " + repositoryWeb + " because"
				c.Finding.Facts.AWSAction, c.Finding.Facts.AWSResource = "ecr:DescribeMagic", repositoryWeb
				simulate(c, execRole, "ecr:DescribeMagic", repositoryWeb, evidence.Simulation{Decision: "implicitDeny"})
				withPolicy(c, repositoryWeb, "")
			},
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "not known",
		},
		{
			name: "the task definition has the role's name in place of its ARN",
			change: func(c *evidence.Case) {
				c.Finding.Facts.Role = ""
				definition(c, func(d *evidence.TaskDefinition) { d.ExecutionRoleARN = "orders-task" })
				simulate(c, appRole, token, "*", evidence.Simulation{Decision: "implicitDeny"})
			},
			want:  confirm,
			words: "no policy of role orders-task",
		},
		{
			name: "role named only by its name, with a path",
			change: func(c *evidence.Case) {
				c.Facts.Task.TaskDefinition = evidence.Answer[evidence.TaskDefinition]{}
				says(evidence.Simulation{Decision: "implicitDeny"})(c)
			},
			want:  confirm,
			words: "no policy",
		},
	})

	hub := func(text string) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Stop.StoppedReason, c.Finding.Facts = text, classifier.Facts{}
			definition(c, func(d *evidence.TaskDefinition) { d.Containers[0].Credentials = secretARN })
			simulate(c, execRole, token, "*", evidence.Simulation{Decision: "implicitDeny"})
			simulate(c, execRole, "secretsmanager:GetSecretValue", secretARN, evidence.Simulation{Decision: "allowed"})
		}
	}
	testVerdicts(t, "role-permission-missing", registry, []verdict{
		{
			name:   "IMG-14 the login of a private registry is a secret",
			change: hub("unable to get registry auth from asm: AccessDeniedException"),
			want:   rulesOut,
			words:  secretARN,
		},
		{
			name:   "ROLE-3 the text says ECR",
			change: hub("unable to retrieve ecr registry auth: AccessDeniedException"),
			want:   confirm,
			words:  token,
		},
		{
			name:   "either, and the text does not say which",
			change: hub("unable to pull secrets or registry auth: AccessDeniedException"),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "not known",
		},
		{
			name: "neither, so it was ECR",
			change: func(c *evidence.Case) {
				c.Finding.Facts = classifier.Facts{}
				simulate(c, execRole, token, "*", evidence.Simulation{Decision: "implicitDeny"})
			},
			want:  confirm,
			words: token,
		},
	})

	const get = "secretsmanager:GetSecretValue"
	secret := func(arn string, s evidence.Simulation, statements string) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			definition(c, func(d *evidence.TaskDefinition) {
				d.Containers[0].Secrets = map[string]string{"DB": arn + ":password::"}
			})
			simulate(c, execRole, get, arn, s)
			if statements != "unread" {
				withPolicy(c, arn, statements)
			}
		}
	}
	forRole := `{"Sid":"Team","Effect":"Allow","Principal":{"AWS":"` + execRole +
		`"},"Action":"secretsmanager:*","Resource":"*"}`
	delegates := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"secretsmanager:*",` +
		`"Resource":"*"}`
	maybe := `{"Effect":"Allow","Principal":"*","Action":"secretsmanager:*","Resource":"*",` +
		`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-ex"}}}`
	testVerdicts(t, "role-permission-missing", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{
			name:   "SEC-6 not allowed, and no resource policy",
			change: secret(secretARN, evidence.Simulation{Decision: "implicitDeny"}, ""),
			want:   confirm,
			words:  "nor does the policy of the resource",
		},
		{
			name:   "SEC-6 not allowed, and the resource policy was not read",
			change: secret(secretARN, evidence.Simulation{Decision: "implicitDeny"}, "unread"),
			want:   skips,
			reason: classifier.ReasonNotRead,
			words:  "only the policy of the resource could",
		},
		{
			name:   "SEC-6 not allowed, but the resource policy does",
			change: secret(secretARN, evidence.Simulation{Decision: "implicitDeny"}, forRole),
			want:   rulesOut,
			words:  `statement "Team"`,
		},
		{
			name:   "SEC-6 not allowed, and the resource policy leaves it to the account",
			change: secret(secretARN, evidence.Simulation{Decision: "implicitDeny"}, delegates),
			want:   confirm,
			words:  "no policy of role orders-exec",
		},
		{
			name:   "SEC-6 not allowed, and the resource policy may",
			change: secret(secretARN, evidence.Simulation{Decision: "implicitDeny"}, maybe),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "statement 1 of the resource's policy may",
		},
		{
			name:   "SEC-6 denied by name, whatever the resource says",
			change: secret(secretARN, evidence.Simulation{Decision: "explicitDeny"}, forRole),
			want:   confirm,
			words:  "denies",
		},
		{
			name:   "P3 another account's secret needs both",
			change: secret(foreignARN, evidence.Simulation{Decision: "implicitDeny"}, forRole),
			want:   confirm,
			words:  "another account's resource",
		},
		{
			name:   "SEC-6 allowed",
			change: secret(secretARN, evidence.Simulation{Decision: "allowed"}, ""),
			want:   rulesOut,
			words:  "allow secretsmanager:GetSecretValue",
		},
		{
			name: "P8 an instance's session does not bear the task's id",
			change: func(c *evidence.Case) {
				const nodes = "arn:aws:iam::123450006789:role/nodes"
				c.Stop.LaunchType, c.Finding.Facts = "EC2", classifier.Facts{Role: "nodes", Secret: secretARN}
				c.Facts.Access.Roles["nodes"] = evidence.Is(evidence.Role{ARN: nodes})
				simulate(c, nodes, get, secretARN, evidence.Simulation{Decision: "implicitDeny"})
				withPolicy(c, secretARN,
					`{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/nodes/i-0a0b"},`+
						`"Action":"*","Resource":"*"}`)
			},
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "statement 1",
		},
		{
			name: "ARN without its suffix: the policy knows the whole",
			change: func(c *evidence.Case) {
				partial := strings.TrimSuffix(secretARN, "-Ab3dE9")
				secret(partial, evidence.Simulation{Decision: "implicitDeny"}, "")(c)
				c.Facts.Access.Policies[partial] = evidence.Is(evidence.Policy{ARN: secretARN})
				simulate(c, execRole, get, secretARN, evidence.Simulation{Decision: "allowed"})
			},
			want:   leaves,
			reason: classifier.ReasonPartial,
			words:  "is implicitDeny",
		},
		{
			name: "a parameter has no policy of its own",
			change: func(c *evidence.Case) {
				definition(c, func(d *evidence.TaskDefinition) {
					d.Containers[0].Secrets = map[string]string{"DB": "/orders/db"}
				})
				simulate(c,
					execRole,
					"ssm:GetParameters",
					"arn:aws:ssm:eu-north-1:123450006789:parameter/orders/db",
					evidence.Simulation{Decision: "implicitDeny"},
				)
			},
			want:  confirm,
			words: "ssm:GetParameters on arn:aws:ssm:eu-north-1:123450006789:parameter/orders/db",
		},
		{
			name: "policies know no version of a parameter",
			change: func(c *evidence.Case) {
				definition(c, func(d *evidence.TaskDefinition) {
					d.Containers[0].Secrets = map[string]string{
						"DB":  "/orders/db:3",
						"KEY": "arn:aws:ssm:eu-north-1:123450006789:parameter/orders/key:blue",
					}
				})
				simulate(c,
					execRole,
					"ssm:GetParameters",
					"arn:aws:ssm:eu-north-1:123450006789:parameter/orders/db",
					evidence.Simulation{Decision: "allowed"},
				)
				simulate(c,
					execRole,
					"ssm:GetParameters",
					"arn:aws:ssm:eu-north-1:123450006789:parameter/orders/key",
					evidence.Simulation{Decision: "allowed"},
				)
			},
			want:  rulesOut,
			words: "parameter/orders/db",
		},
		{
			name: "one of two secrets",
			change: func(c *evidence.Case) {
				secret(secretARN, evidence.Simulation{Decision: "allowed"}, "")(c)
				definition(c, func(d *evidence.TaskDefinition) {
					d.Containers[0].LogSecrets = map[string]string{"TOKEN": foreignARN}
				})
				simulate(c, execRole, get, foreignARN, evidence.Simulation{Decision: "implicitDeny"})
			},
			want:  confirm,
			words: foreignARN,
		},
		{
			name: "P14 one of two secrets was not simulated",
			change: func(c *evidence.Case) {
				secret(secretARN, evidence.Simulation{Decision: "allowed"}, "")(c)
				definition(c, func(d *evidence.TaskDefinition) {
					d.Containers[0].LogSecrets = map[string]string{"TOKEN": foreignARN}
				})
				late := evidence.Unanswered[evidence.Simulation](classifier.ReasonTimeout,
					"iam:SimulatePrincipalPolicy")
				c.Facts.Access.Simulations[evidence.Call{Role: execRole, Action: get, Resource: foreignARN}] = late
			},
			want:   leaves,
			reason: classifier.ReasonTimeout,
		},
		{
			name: "exactly what the text names",
			change: func(c *evidence.Case) {
				c.Stop.StoppedReason = "is not authorized to perform: " + get + " on resource: " + secretARN +
					" status code: 400"
				c.Finding.Facts = classifier.Facts{AWSAction: get, AWSResource: secretARN, Role: "orders-exec"}
				simulate(c, execRole, get, secretARN, evidence.Simulation{Decision: "implicitDeny"})
				withPolicy(c, secretARN, "")
			},
			want:  confirm,
			words: secretARN,
		},
		{
			name: "a text cut off within the ARN is not simulated",
			change: func(c *evidence.Case) {
				secret(secretARN, evidence.Simulation{Decision: "allowed"}, "")(c)
				cut := secretARN[:60]
				c.Stop.StoppedReason = "is not authorized to perform: " + get + " on resource: " + cut
				c.Finding.Facts = classifier.Facts{AWSAction: get, AWSResource: cut, Role: "orders-exec"}
				simulate(c, execRole, get, cut, evidence.Simulation{Decision: "implicitDeny"})
				withPolicy(c, cut, "")
			},
			want:  rulesOut,
			words: secretARN,
		},
	})

	pull := func(batch, layers evidence.Simulation) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			simulate(c, execRole, "ecr:BatchGetImage", repositoryWeb, batch)
			simulate(c, execRole, "ecr:GetDownloadUrlForLayer", repositoryWeb, layers)
			withPolicy(c, repositoryWeb, "")
			c.Finding.Culprit = 0
		}
	}
	yes, no := evidence.Simulation{Decision: "allowed"}, evidence.Simulation{Decision: "implicitDeny"}
	testVerdicts(t, "role-permission-missing", denialOf(classifier.Image, classifier.Facts{}), []verdict{
		{name: "ROLE-4 manifest", change: pull(no, yes), want: confirm, words: "ecr:BatchGetImage on " + repositoryWeb},
		{name: "ROLE-4 layers", change: pull(yes, no), want: confirm, words: "ecr:GetDownloadUrlForLayer"},
		{name: "ROLE-4 both allowed", change: pull(yes, yes), want: rulesOut, words: "allow ecr:BatchGetImage"},
		{
			name: "ROLE-4 allowed by the repository's policy",
			change: func(c *evidence.Case) {
				pull(no, no)(c)
				withPolicy(c, repositoryWeb,
					`{"Effect":"Allow","Principal":{"AWS":"`+execRole+
						`"},"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}`)
			},
			want:  rulesOut,
			words: "within one account",
		},
		{
			name: "P14 repository policy refused to us",
			change: func(c *evidence.Case) {
				pull(no, no)(c)
				c.Facts.Access.Policies[repositoryWeb] =
					evidence.Unanswered[evidence.Policy](classifier.ReasonNoPermission, "ecr:GetRepositoryPolicy")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
			words:  "only the policy of the resource could",
		},
	})

	stream := "arn:aws:logs:eu-north-1:123450006789:log-group:/ecs/orders:log-stream:ecs/web/0af1"
	logs := func(s evidence.Simulation) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			definition(c, func(d *evidence.TaskDefinition) {
				d.Containers[0].LogDriver = "awslogs"
				d.Containers[0].LogOptions = map[string]string{
					"awslogs-group":         "/ecs/orders",
					"awslogs-stream-prefix": "ecs",
				}
			})
			simulate(c, execRole, "logs:CreateLogStream", stream, s)
		}
	}
	testVerdicts(t, "role-permission-missing", denialOf(classifier.Logging, classifier.Facts{}), []verdict{
		{name: "LOG-3 stream", change: logs(no), want: confirm, words: "logs:CreateLogStream on " + stream},
		{name: "LOG-3 allowed", change: logs(yes), want: rulesOut, words: stream},
		{
			name:   "P8 LOG-3 on EC2 the agent's options choose the role",
			change: func(c *evidence.Case) { logs(no)(c); c.Stop.LaunchType = "EC2" },
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "which one that is was not read",
		},
		{
			name: "P8 LOG-3 on EC2 the text names the role",
			change: func(c *evidence.Case) {
				logs(no)(c)
				c.Stop.LaunchType, c.Finding.Facts.Role = "EC2", "orders-exec"
			},
			want:  confirm,
			words: "logs:CreateLogStream on " + stream,
		},
		{
			name:   "LOG-3 not awslogs",
			change: func(c *evidence.Case) {},
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "not known",
		},
	})
}

// TestBoundaryInstead holds that a permissions boundary which the text does not name is found all the same, and is not
// taken for the role's own policies.
func TestBoundaryInstead(t *testing.T) {
	f := denialOf(classifier.RegistryAuth, classifier.Facts{
		AWSAction: "ecr:GetAuthorizationToken",
		Role:      "orders-exec",
	})
	f.Causes = []classifier.Proof{{Cause: "role-permission-missing", Result: classifier.NotChecked}}
	c := accessCase(f)
	simulate(
		c,
		execRole,
		"ecr:GetAuthorizationToken",
		"*",
		evidence.Simulation{Decision: "implicitDeny", Boundary: yesNo(false)},
	)
	proofs := Checks.Prove(*c)
	if len(proofs) != 2 || proofs[0].Result == confirm || proofs[1].Cause != "permissions-boundary-denies" ||
		proofs[1].Result != confirm {
		t.Errorf("%+v", proofs)
	}
	simulate(c, execRole, "ecr:GetAuthorizationToken", "*", evidence.Simulation{Decision: "implicitDeny"})
	if proofs := Checks.Prove(*c); len(proofs) != 1 || proofs[0].Result != confirm {
		t.Errorf("without a boundary: %+v", proofs)
	}
}

func TestPermissionsBoundary(t *testing.T) {
	says := func(s evidence.Simulation) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			simulate(c, execRole, "secretsmanager:GetSecretValue", secretARN, s)
			withPolicy(c, secretARN, "")
		}
	}
	testVerdicts(
		t,
		"permissions-boundary-denies",
		denialOf(classifier.Secret, classifier.Facts{Secret: secretARN}),
		[]verdict{
			{
				name:   "does not allow",
				change: says(evidence.Simulation{Decision: "implicitDeny", Boundary: yesNo(false)}),
				want:   confirm,
				words:  "permissions boundary of role orders-exec does not allow",
			},
			{
				name:   "allows",
				change: says(evidence.Simulation{Decision: "implicitDeny", Boundary: yesNo(true)}),
				want:   rulesOut,
				words:  "allows",
			},
			{
				name:   "none",
				change: says(evidence.Simulation{Decision: "implicitDeny"}),
				want:   rulesOut,
				words:  "has no permissions boundary",
			},
			{
				name: "one of which the simulation does not tell",
				change: func(c *evidence.Case) {
					says(evidence.Simulation{Decision: "explicitDeny"})(c)
					c.Facts.Access.Roles["orders-exec"] = evidence.Is(evidence.Role{
						ARN:      execRole,
						Boundary: "arn:aws:iam::123450006789:policy/limits",
					})
				},
				want:   leaves,
				reason: classifier.ReasonNotRead,
				words:  "policy/limits",
			},
			{
				name: "P9 conditions",
				change: says(evidence.Simulation{
					Decision: "implicitDeny",
					Boundary: yesNo(false),
					Missing:  []string{"aws:CalledVia"},
				}),
				want:   leaves,
				reason: classifier.ReasonCondition,
				words:  "aws:CalledVia",
			},
			{
				name: "P9 a service control policy ends the simulation",
				change: says(evidence.Simulation{
					Decision:      "implicitDeny",
					Organizations: yesNo(false),
					Boundary:      yesNo(false),
				}),
				want:   leaves,
				reason: classifier.ReasonCondition,
				words:  "service control policy",
			},
			{
				name: "the resource's policy names the session",
				change: func(c *evidence.Case) {
					says(evidence.Simulation{Decision: "implicitDeny", Boundary: yesNo(false)})(c)
					withPolicy(c, secretARN,
						`{"Effect":"Allow",`+
							`"Principal":{"AWS":"arn:aws:sts::123450006789:assumed-role/orders-exec/0af1"},`+
							`"Action":"*","Resource":"*"}`)
				},
				want:   leaves,
				reason: classifier.ReasonCondition,
				words:  "of the resource's policy may",
			},
		},
	)
}

func TestSCP(t *testing.T) {
	says := func(named string, allows *bool) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Finding.Facts.DeniedBy = named
			simulate(c,
				execRole,
				"ecr:GetAuthorizationToken",
				"*",
				evidence.Simulation{Decision: "implicitDeny", Organizations: allows},
			)
		}
	}
	testVerdicts(t, "scp-denies", denialOf(classifier.RegistryAuth, classifier.Facts{}), []verdict{
		{
			name:   "named and simulated",
			change: says("service control policy", yesNo(false)),
			want:   confirm,
			words:  "does not allow",
		},
		{
			name:   "P9 simulated, not named",
			change: says("", yesNo(false)),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "cannot know the call's conditions",
		},
		{
			name:   "named, simulated otherwise",
			change: says("service control policy", yesNo(true)),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "allow",
		},
		{
			name:   "not told",
			change: says("service control policy", nil),
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "no service control policy",
		},
	})
}

func groupRead(change func(*evidence.Case), group evidence.Answer[evidence.LogGroup]) func(*evidence.Case) {
	return func(c *evidence.Case) {
		change(c)
		c.Facts.Setup.LogGroups = map[string]evidence.Answer[evidence.LogGroup]{
			evidence.In("eu-north-1", "/ecs/orders"): group,
		}
	}
}

func TestLogGroupCreateDenied(t *testing.T) {
	group := "arn:aws:logs:eu-north-1:123450006789:log-group:/ecs/orders"
	options := func(create string, named bool, s evidence.Simulation) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			definition(c, func(d *evidence.TaskDefinition) {
				d.Containers[0].LogDriver = "awslogs"
				d.Containers[0].LogOptions = map[string]string{
					"awslogs-group":        "/ecs/orders",
					"awslogs-create-group": create,
				}
			})
			if named {
				c.Finding.Facts.AWSAction = "logs:CreateLogGroup"
			}
			simulate(c, execRole, "logs:CreateLogGroup", group, s)
			simulate(c, execRole, "logs:CreateLogGroup", group+":log-stream:", s)
		}
	}
	yes, no := evidence.Simulation{Decision: "allowed"}, evidence.Simulation{Decision: "implicitDeny"}
	testVerdicts(t, "log-group-create-denied", denialOf(classifier.Logging, classifier.Facts{}), []verdict{
		{
			name:   "LOG-2 named and denied",
			change: options("true", true, no),
			want:   confirm,
			words:  "logs:CreateLogGroup",
		},
		{name: "LOG-2 named and allowed", change: options("true", true, yes), want: rulesOut, words: "allow"},
		{
			name:   "LOG-2 denied, the group may be there",
			change: options("true", false, no),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "whether log group /ecs/orders was there",
		},
		{
			name:   "LOG-2 denied, the group is missing",
			change: groupRead(options("true", false, no), evidence.None[evidence.LogGroup]()),
			want:   confirm,
			words:  "there is no log group /ecs/orders",
		},
		{
			name: "LOG-2 denied, the group was made since",
			change: groupRead(options("true", false, no),
				evidence.Is(evidence.LogGroup{CreatedAt: created.Add(3 * time.Minute)})),
			want:   leaves,
			reason: classifier.ReasonFixedSince,
			words:  "but only since",
		},
		{
			name:   "LOG-2 denied, the group is there",
			change: groupRead(options("true", false, no), evidence.Is(evidence.LogGroup{})),
			want:   rulesOut,
			words:  "/ecs/orders is there",
		},
		{
			name:   "LOG-2 to be created by another word for true",
			change: options("1", true, no),
			want:   confirm,
			words:  "logs:CreateLogGroup",
		},
		{
			name:   "LOG-2 not to be created",
			change: options("false", false, no),
			want:   rulesOut,
			words:  "no container has awslogs-create-group",
		},
		{
			name: "LOG-2 exactly the resource of the text",
			change: func(c *evidence.Case) {
				c.Stop.StoppedReason = "logs:CreateLogGroup on resource: " + group + ":log-stream: because"
				c.Finding.Facts.AWSAction, c.Finding.Facts.AWSResource = "logs:CreateLogGroup", group+":log-stream:"
				simulate(c, execRole, "logs:CreateLogGroup", group+":log-stream:", no)
			},
			want:  confirm,
			words: group + ":log-stream:",
		},
		{
			name: "LOG-2 forms differ",
			change: func(c *evidence.Case) {
				options("true", true, no)(c)
				simulate(c, execRole, "logs:CreateLogGroup", group, yes)
			},
			want:   leaves,
			reason: classifier.ReasonPartial,
			words:  "is allowed",
		},
	})
}

func TestEnvFileDenied(t *testing.T) {
	const file = "arn:aws:s3:::orders-config/prod/web.env"
	const bucket = "arn:aws:s3:::orders-config"
	yes, no := evidence.Simulation{Decision: "allowed"}, evidence.Simulation{Decision: "implicitDeny"}
	reads := func(s evidence.Simulation, bucketPolicy string) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			definition(c, func(d *evidence.TaskDefinition) { d.Containers[0].EnvironmentFiles = []string{file} })
			simulate(c, execRole, "s3:GetObject", file, s)
			if bucketPolicy != "unread" {
				withPolicy(c, bucket, bucketPolicy)
			}
		}
	}
	testVerdicts(t, "env-file-denied", denialOf(classifier.EnvFile, classifier.Facts{}), []verdict{
		{
			name:   "ENV-3 nobody allows",
			change: reads(no, ""),
			want:   confirm,
			words:  "no policy of role orders-exec allows s3:GetObject on " + file,
		},
		{
			name: "ENV-3 nobody allows, and the bucket wants TLS, which ECS speaks",
			change: reads(no,
				`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",`+
					`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`),
			want:  confirm,
			words: "no policy of role orders-exec allows",
		},
		{
			name: "ENV-3 the bucket's policy was not asked",
			change: func(c *evidence.Case) {
				reads(no, "unread")(c)
				c.Facts.Access.Policies[bucket] = evidence.Unanswered[evidence.Policy](classifier.ReasonTier,
					"s3:GetBucketPolicy")
			},
			want:   skips,
			reason: classifier.ReasonTier,
			words:  "only the policy of the resource could",
		},
		{
			name:   "ENV-3 allowed, the bucket denies",
			change: reads(yes, `{"Sid":"Vpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`),
			want:   confirm,
			words:  `statement "Vpce"`,
		},
		{
			name: "ENV-3 allowed, the bucket may deny",
			change: reads(yes,
				`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",`+
					`"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a"}}}`),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "may deny",
		},
		{
			name:   "ENV-3 allowed by both, the key is not read",
			change: reads(yes, ""),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "key that encrypts the file",
		},
		{
			name:   "P3 the bucket allows, whose it is is not known",
			change: reads(no, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`),
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "only within one account",
		},
		{
			name: "the operation HeadObject needs the permission GetObject",
			change: func(c *evidence.Case) {
				reads(no, "")(c)
				c.Finding.Facts.AWSAction = "s3:HeadObject"
			},
			want:  confirm,
			words: "s3:GetObject",
		},
	})
}

// TestSeveralDenials: a text that names several calls is proven for each of them.
func TestSeveralDenials(t *testing.T) {
	const pull, layer, repo = "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
		"arn:aws:ecr:eu-north-1:123450006789:repository/orders/web"
	says := func(actions string, first, second string) func(*evidence.Case) {
		return func(c *evidence.Case) {
			c.Finding.Facts.AWSActions = actions
			c.Facts.Access.Policies[repo] = evidence.Is(evidence.Policy{})
			simulate(c, execRole, pull, repo, evidence.Simulation{Decision: first})
			simulate(c, execRole, layer, repo, evidence.Simulation{Decision: second})
		}
	}
	denied := denialOf(classifier.Image, classifier.Facts{AWSAction: pull, AWSResource: repo, Role: "orders-exec"})
	testVerdicts(t, "role-permission-missing", denied, []verdict{
		{name: "the first alone is not allowed", change: says(pull+", "+layer, "implicitDeny", "allowed"),
			want: confirm, words: "allows " + pull},
		{name: "the second alone is not allowed", change: says(pull+", "+layer, "allowed", "implicitDeny"),
			want: confirm, words: "allows " + layer},
		{name: "neither is", change: says(pull+", "+layer, "implicitDeny", "implicitDeny"), want: confirm,
			words: "; no policy of role orders-exec allows " + layer},
		{name: "both are", change: says(pull+", "+layer, "allowed", "allowed"), want: rulesOut},
		{name: "one is not simulated", change: says(pull+", ecr:SomethingElse", "allowed", "allowed"), want: leaves,
			reason: classifier.ReasonNotRead, words: "ecr:SomethingElse is not simulated"},
	})
}

// TestAPolicyYoungerThanTheFailure: what it says now, it did not say then.
func TestAPolicyYoungerThanTheFailure(t *testing.T) {
	const token = "ecr:GetAuthorizationToken"
	says := func(decision string, changed map[string]time.Duration) func(*evidence.Case) {
		return func(c *evidence.Case) {
			s := evidence.Simulation{Decision: decision}
			c.Facts.Access.Versions = map[string]evidence.Answer[time.Time]{}
			for name, after := range changed {
				s.Statements = append(s.Statements, name)
				if after != 0 {
					c.Facts.Access.Versions["arn:aws:iam::123450006789:policy/"+name] =
						evidence.Is(c.Stop.StoppedAt.Add(after))
				}
			}
			simulate(c, execRole, token, "*", s)
		}
	}
	denied := denialOf(classifier.RegistryAuth, classifier.Facts{AWSAction: token, Role: "orders-exec"})
	testVerdicts(t, "role-permission-missing", denied, []verdict{
		{name: "allows since", change: says("allowed", map[string]time.Duration{"pull": time.Minute}), want: leaves,
			reason: classifier.ReasonFixedSince},
		{name: "allowed before", change: says("allowed", map[string]time.Duration{"pull": -time.Hour}), want: rulesOut},
		{name: "one allowed before", change: says("allowed", map[string]time.Duration{"pull": time.Minute,
			"base": -time.Hour}), want: rulesOut},
		{name: "one has no time", change: says("allowed", map[string]time.Duration{"pull": time.Minute,
			"inline": 0}), want: rulesOut},
		{name: "denies since", change: says("explicitDeny", map[string]time.Duration{"freeze": time.Minute}),
			want: leaves, reason: classifier.ReasonLater},
		{name: "denied before", change: says("explicitDeny", map[string]time.Duration{"freeze": -time.Hour}),
			want: confirm},
	})
}
