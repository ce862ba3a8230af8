package access

import (
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

func TestRepositoryPolicyDenies(t *testing.T) {
	const theirRepo = "arn:aws:ecr:eu-north-1:998800007766:repository/base/web"
	f := denialOf(classifier.Image, classifier.Facts{Image: "998800007766.dkr.ecr.eu-north-1.amazonaws.com/base/web:1"})
	has := func(statements string) func(c *evidence.Case) {
		return func(c *evidence.Case) { withPolicy(c, theirRepo, statements) }
	}
	testVerdicts(t, "repository-policy-denies", f, []verdict{
		{
			name: "ROLE-5 names us",
			change: has(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},` +
				`"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}`),
			want:  rulesOut,
			words: "to account 123450006789",
		},
		{
			name:   "ROLE-5 names somebody else",
			change: has(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111100002222:root"},"Action":"ecr:*"}`),
			want:   confirm,
			words:  "no statement of the policy of " + theirRepo,
		},
		{
			name:   "ROLE-5 half of the pull",
			change: has(`{"Effect":"Allow","Principal":{"AWS":"123450006789"},"Action":"ecr:BatchGetImage"}`),
			want:   confirm,
			words:  "ecr:GetDownloadUrlForLayer",
		},
		{
			name:   "ROLE-5 no policy",
			change: has(""),
			want:   confirm,
			words:  "has no policy, so that no other account may use it",
		},
		{
			name:   "ROLE-5 denies",
			change: has(`{"Sid":"Out","Effect":"Deny","Principal":"*","Action":"ecr:*"}`),
			want:   confirm,
			words:  `statement "Out"`,
		},
		{
			name: "P3 normally we may not read it",
			change: func(c *evidence.Case) {
				c.Facts.Access.Policies[theirRepo] = evidence.Unanswered[evidence.Policy](classifier.ReasonNoPermission,
					"ecr:GetRepositoryPolicy")
			},
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "must allow ecr:BatchGetImage for account 123450006789",
		},
		{
			name:   "P3 or not even see it",
			change: func(c *evidence.Case) { c.Facts.Access.Policies[theirRepo] = evidence.None[evidence.Policy]() },
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "must allow",
		},
		{
			name: "organization only",
			change: has(`{"Effect":"Allow","Principal":"*","Action":"ecr:*",` +
				`"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-ex"}}}`),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "statement 1",
		},
	})
}

func TestResourcePolicyDenies(t *testing.T) {
	secret := func(arn, statements string) func(c *evidence.Case) {
		return func(c *evidence.Case) { c.Finding.Facts.Secret = arn; withPolicy(c, arn, statements) }
	}
	deny := `{"Sid":"OnlyProd","Effect":"Deny","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*"}`
	allow := `{"Effect":"Allow","Principal":{"AWS":"` + execRole +
		`"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}`
	testVerdicts(t, "resource-policy-denies", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{name: "denies", change: secret(secretARN, deny), want: confirm, words: `statement "OnlyProd"`},
		{name: "no policy", change: secret(secretARN, ""), want: rulesOut, words: "has no policy"},
		{
			name: "does not deny",
			change: secret(secretARN,
				`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/x"},`+
					`"Action":"*","Resource":"*"}`),
			want:  rulesOut,
			words: "does not deny",
		},
		{name: "another account's, allows", change: secret(foreignARN, allow), want: rulesOut, words: "allows"},
		{
			name: "another account's, does not allow",
			change: secret(foreignARN,
				`{"Effect":"Allow","Principal":{"AWS":"998800007766"},"Action":"*","Resource":"*"}`),
			want:  confirm,
			words: "no statement",
		},
		{
			name: "P3 another account's, not readable",
			change: func(c *evidence.Case) {
				secret(foreignARN, "")(c)
				c.Facts.Access.Policies[foreignARN] =
					evidence.Unanswered[evidence.Policy](classifier.ReasonNoPermission,
						"secretsmanager:GetResourcePolicy")
			},
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "must allow secretsmanager:GetSecretValue",
		},
		{
			name: "P14 own, not readable",
			change: func(c *evidence.Case) {
				secret(secretARN, "")(c)
				c.Facts.Access.Policies[secretARN] = evidence.Unanswered[evidence.Policy](classifier.ReasonNoPermission,
					"secretsmanager:GetResourcePolicy")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name: "denies unless through an endpoint",
			change: secret(secretARN, strings.Replace(deny, `}`,
				`,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a"}}}`, 1)),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  `"OnlyProd" of the policy of ` + secretARN + " has conditions on aws:SourceVpce",
		},
		{
			name: "denies unless through an endpoint, and CloudTrail has that one",
			change: func(c *evidence.Case) {
				secret(secretARN, strings.Replace(deny, `}`,
					`,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a"}}}`, 1))(c)
				deniedThrough(c, "vpce-0a")
			},
			want:  rulesOut,
			words: "does not deny",
		},
		{
			name: "denies unless through an endpoint, and CloudTrail has another one",
			change: func(c *evidence.Case) {
				secret(secretARN, strings.Replace(deny, `}`,
					`,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-0a"}}}`, 1))(c)
				deniedThrough(c, "vpce-0b")
			},
			want:  confirm,
			words: `"OnlyProd"`,
		},
		{
			name: "denies roles without a tag, which the role has not",
			change: func(c *evidence.Case) {
				secret(secretARN, strings.Replace(deny, `}`,
					`,"Condition":{"StringNotEquals":{"aws:PrincipalTag/stage":"prod"}}}`, 1))(c)
			},
			want:  confirm,
			words: `"OnlyProd"`,
		},
		{
			name: "denies roles without a tag, which the role has",
			change: func(c *evidence.Case) {
				secret(secretARN, strings.Replace(deny, `}`,
					`,"Condition":{"StringNotEquals":{"aws:PrincipalTag/stage":"prod"}}}`, 1))(c)
				role := c.Facts.Access.Roles["orders-exec"].Value
				role.Tags = map[string]string{"stage": "prod"}
				c.Facts.Access.Roles["orders-exec"] = evidence.Is(role)
			},
			want:  rulesOut,
			words: "does not deny",
		},
		{
			name: "denies roles without a tag, and those of the role were not read",
			change: func(c *evidence.Case) {
				secret(secretARN, strings.Replace(deny, `}`,
					`,"Condition":{"StringNotEquals":{"aws:PrincipalTag/stage":"prod"}}}`, 1))(c)
				delete(c.Facts.Access.Roles, "orders-exec")
			},
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "aws:PrincipalTag/stage",
		},
		{
			name: "denies what has a tag, which the secret has",
			change: func(c *evidence.Case) {
				secret(secretARN, strings.Replace(deny, `}`,
					`,"Condition":{"StringEquals":{"secretsmanager:ResourceTag/locked":"yes"}}}`, 1))(c)
				c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
					evidence.In("eu-north-1", secretARN): evidence.Is(evidence.Secret{
						Tags: map[string]string{"locked": "yes"}})}
			},
			want:  confirm,
			words: `"OnlyProd"`,
		},
		{
			name:   "a parameter",
			change: func(c *evidence.Case) { c.Finding.Facts.Secret = "/orders/db" },
			want:   rulesOut,
			words:  "no policy of its own",
		},
		{
			name: "P3 another account's parameter",
			change: func(c *evidence.Case) {
				c.Finding.Facts.Secret = "arn:aws:ssm:eu-north-1:998800007766:parameter/db"
			},
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "998800007766",
		},
		{
			name:   "a policy that does not parse",
			change: secret(secretARN, "{"),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "the text of the policy",
		},
	})
}

func TestKMSDenied(t *testing.T) {
	encrypted := func(key string, change func(c *evidence.Case)) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Finding.Facts.Secret = secretARN
			encryptedWith(c, secretARN, key)
			c.Facts.Access.Keys[keyARN] = evidence.Is(evidence.Key{ARN: keyARN, State: "Enabled", Manager: "CUSTOMER"})
			c.Facts.Access.Grants[keyARN] = evidence.Is([]evidence.KeyGrant{})
			change(c)
		}
	}
	keys := func(statements, decision string) func(c *evidence.Case) {
		return encrypted(keyARN, func(c *evidence.Case) {
			withPolicy(c, keyARN, statements)
			simulate(c, execRole, "kms:Decrypt", keyARN, evidence.Simulation{Decision: decision})
		})
	}
	delegates := `{"Sid":"Enable IAM User ` +
		`Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:root"},"Action":"kms:*",` +
		`"Resource":"*"}`
	forRole := `{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"` + execRole +
		`"},"Action":["kms:Decrypt"],"Resource":"*"}`
	admin := `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123450006789:role/admin"},"Action":"kms:*",` +
		`"Resource":"*"}`
	viaService := `{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*",` +
		`"Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.eu-north-1.amazonaws.com"}}}`
	conditional := func(effect, conditions string) string {
		return `{"Effect":"` + effect + `","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{` +
			conditions + `}}`
	}
	granted := func(g evidence.KeyGrant) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			keys(admin, "allowed")(c)
			c.Facts.Access.Grants[keyARN] = evidence.Is([]evidence.KeyGrant{
				{Grantee: "arn:aws:iam::123450006789:role/other", Operations: []string{"Decrypt"}},
				g,
			})
		}
	}
	testVerdicts(t, "kms-denied", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{
			name:   "SEC-8 default key",
			change: encrypted("", func(c *evidence.Case) {}),
			want:   rulesOut,
			words:  "service's default key",
		},
		{
			name:   "SEC-8 default key by its alias",
			change: encrypted("alias/aws/secretsmanager", func(c *evidence.Case) {}),
			want:   rulesOut,
			words:  "service's default key",
		},
		{
			name: "P3 default key of another account",
			change: func(c *evidence.Case) {
				c.Finding.Facts.Secret = foreignARN
				encryptedWith(c, foreignARN, "")
			},
			want:  confirm,
			words: "default key of account 998800007766",
		},
		{
			name: "P3 another account's parameter, and one of ours has its name",
			change: func(c *evidence.Case) {
				definition(c, func(d *evidence.TaskDefinition) {
					d.Containers[0].Secrets = map[string]string{
						"DB": "arn:aws:ssm:eu-north-1:998800007766:parameter/orders/db",
					}
				})
				c.Facts.Setup.Parameters = map[string]evidence.Answer[evidence.Parameter]{
					evidence.In("eu-north-1", "/orders/db"): evidence.Is(evidence.Parameter{Name: "/orders/db"}),
				}
			},
			want:   leaves,
			reason: classifier.ReasonNotVisible,
		},
		{
			name: "P3 AWS managed key of another account by ARN",
			change: func(c *evidence.Case) {
				c.Finding.Facts.Secret = foreignARN
				encryptedWith(c, foreignARN, theirKey)
				c.Facts.Access.Keys[theirKey] = evidence.Is(evidence.Key{ARN: theirKey, Manager: "AWS"})
			},
			want:  confirm,
			words: "default key",
		},
		{
			name:   "SEC-8 key policy leaves it to the account, role allows",
			change: keys(delegates, "allowed"),
			want:   rulesOut,
			words:  "leaves kms:Decrypt to account",
		},
		{
			name:   "SEC-8 key policy leaves it to the account, role does not",
			change: keys(delegates, "implicitDeny"),
			want:   confirm,
			words:  "the key's policy leaves that to them",
		},
		{
			name:   "SEC-8 key policy names the role",
			change: keys(forRole, "implicitDeny"),
			want:   rulesOut,
			words:  `statement "Use"`,
		},
		{
			name:   "SEC-8 key policy names the role, which denies it to itself",
			change: keys(forRole, "explicitDeny"),
			want:   confirm,
			words:  "denies kms:Decrypt",
		},
		{
			name:   "SEC-8 key policy names others: what the role allows is in vain",
			change: keys(admin, "allowed"),
			want:   confirm,
			words:  "neither the policy of key",
		},
		{
			name: "SEC-8 key policy denies",
			change: keys(forRole+`,{"Sid":"No","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*"}`,
				"allowed"),
			want:  confirm,
			words: `statement "No"`,
		},
		{
			name:   "allowed through the service that decrypts",
			change: keys(viaService+","+admin, "implicitDeny"),
			want:   rulesOut,
			words:  "statement 1",
		},
		{
			name: "allowed through another service",
			change: keys(strings.Replace(viaService, "secretsmanager", "ssm", 1)+","+admin,
				"implicitDeny"),
			want:  confirm,
			words: "neither the policy of key",
		},
		{
			name: "allowed to callers of the account, and for this secret",
			change: keys(conditional("Allow", `"StringEquals":{"kms:CallerAccount":"123450006789",`+
				`"kms:EncryptionContext:SecretARN":"`+secretARN+`"}`)+","+admin, "implicitDeny"),
			want:  rulesOut,
			words: "statement 1",
		},
		{
			name: "allowed for another secret",
			change: keys(conditional("Allow", `"StringEquals":{"kms:EncryptionContext:SecretARN":"`+foreignARN+`"}`)+
				","+admin, "implicitDeny"),
			want:  confirm,
			words: "neither the policy of key",
		},
		{
			name: "P9 a condition on what is not known",
			change: keys(conditional("Allow", `"StringEquals":{"aws:PrincipalOrgID":"o-1"}`)+","+admin,
				"implicitDeny"),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "has conditions on aws:PrincipalOrgID",
		},
		{
			name:   "a conditional deny beside delegation, role allows",
			change: keys(strings.Replace(viaService, "Allow", "Deny", 1)+","+delegates, "allowed"),
			want:   confirm,
			words:  "statement 1",
		},
		{
			name: "P9 a deny on what is not known beside delegation, role allows",
			change: keys(conditional("Deny", `"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`)+","+delegates,
				"allowed"),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "aws:PrincipalOrgID",
		},
		{
			name:   "SEC-8 a grant",
			change: granted(evidence.KeyGrant{Grantee: execRole, Operations: []string{"Encrypt", "Decrypt"}}),
			want:   rulesOut,
			words:  "a grant of key",
		},
		{
			name:   "SEC-8 a grant for something else",
			change: granted(evidence.KeyGrant{Grantee: execRole, Operations: []string{"Encrypt"}}),
			want:   confirm,
			words:  "nor a grant",
		},
		{
			name: "P9 a grant for a service, which may stand for a role",
			change: granted(evidence.KeyGrant{
				Grantee:    "secretsmanager.eu-north-1.amazonaws.com",
				Operations: []string{"Decrypt"},
			}),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "may stand for role",
		},
		{
			name:   "P9 a grant within an encryption context",
			change: granted(evidence.KeyGrant{Grantee: execRole, Operations: []string{"Decrypt"}, Constrained: true}),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "encryption context",
		},
		{
			name: "P14 grants refused to us",
			change: func(c *evidence.Case) {
				keys(admin, "allowed")(c)
				c.Facts.Access.Grants[keyARN] = evidence.Unanswered[[]evidence.KeyGrant](classifier.ReasonNoPermission,
					"kms:ListGrants")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name: "P14 key policy refused to us",
			change: func(c *evidence.Case) {
				keys(admin, "allowed")(c)
				c.Facts.Access.Policies[keyARN] = evidence.Unanswered[evidence.Policy](classifier.ReasonNoPermission,
					"kms:GetKeyPolicy")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name: "P3 key of another account",
			change: encrypted(theirKey, func(c *evidence.Case) {
				c.Facts.Access.Policies[theirKey] = evidence.Unanswered[evidence.Policy](classifier.ReasonNoPermission,
					"kms:GetKeyPolicy")
			}),
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "998800007766",
		},
		{
			name: "P3 key of another account, readable, for our account, role does not allow",
			change: encrypted(theirKey, func(c *evidence.Case) {
				withPolicy(c, theirKey, delegates)
				simulate(c, execRole, "kms:Decrypt", theirKey, evidence.Simulation{Decision: "implicitDeny"})
				c.Facts.Access.Grants[theirKey] = evidence.Is([]evidence.KeyGrant{})
			}),
			want:  confirm,
			words: "leaves that to them",
		},
		{
			name: "P3 key of another account names the role, which does not allow",
			change: encrypted(theirKey, func(c *evidence.Case) {
				withPolicy(c, theirKey, forRole)
				simulate(c, execRole, "kms:Decrypt", theirKey, evidence.Simulation{Decision: "implicitDeny"})
				c.Facts.Access.Grants[theirKey] = evidence.Is([]evidence.KeyGrant{})
			}),
			want:  confirm,
			words: "no policy of role",
		},
		{
			name:   "an alias is not looked up",
			change: encrypted("alias/orders", func(c *evidence.Case) {}),
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "alias/orders",
		},
		{
			name: "key id without ARN",
			change: encrypted(
				strings.TrimPrefix(keyARN, "arn:aws:kms:eu-north-1:123450006789:key/"),
				func(c *evidence.Case) {
					withPolicy(c, keyARN, forRole)
					simulate(c, execRole, "kms:Decrypt", keyARN, evidence.Simulation{Decision: "implicitDeny"})
				},
			),
			want:  rulesOut,
			words: `statement "Use"`,
		},
		{
			name: "key of the text",
			change: func(c *evidence.Case) {
				keys(delegates, "implicitDeny")(c)
				c.Stop.StoppedReason = "kms:Decrypt on resource: " + keyARN + " because"
				c.Finding.Facts = classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: keyARN}
			},
			want:  confirm,
			words: keyARN,
		},
		{
			name: "P14 secret not described",
			change: func(c *evidence.Case) {
				c.Finding.Facts.Secret = secretARN
				c.Facts.Setup.Secrets[evidence.In("eu-north-1", secretARN)] =
					evidence.Unanswered[evidence.Secret](classifier.ReasonNoPermission, "secretsmanager:DescribeSecret")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name:   "no secret at all",
			change: func(c *evidence.Case) { c.Finding.Stage = classifier.Volume },
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "which key",
		},
	})
}

func TestKeyDisabled(t *testing.T) {
	state := func(k evidence.Answer[evidence.Key]) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			c.Finding.Facts.Secret = secretARN
			encryptedWith(c, secretARN, keyARN)
			c.Facts.Access.Keys[keyARN] = k
		}
	}
	testVerdicts(t, "kms-key-disabled", denialOf(classifier.Secret, classifier.Facts{}), []verdict{
		{
			name:   "SEC-7 enabled",
			change: state(evidence.Is(evidence.Key{State: "Enabled"})),
			want:   rulesOut,
			words:  "is Enabled",
		},
		{
			name:   "SEC-7 disabled",
			change: state(evidence.Is(evidence.Key{State: "Disabled"})),
			want:   confirm,
			words:  "is Disabled",
		},
		{
			name:   "SEC-7 pending deletion",
			change: state(evidence.Is(evidence.Key{State: "PendingDeletion", DeletedAt: created.AddDate(0, 0, 7)})),
			want:   confirm,
			words:  "PendingDeletion until 2026-03-09T10:00:00Z",
		},
		{
			name:   "SEC-7 key material gone",
			change: state(evidence.Is(evidence.Key{State: "PendingImport"})),
			want:   confirm,
			words:  "PendingImport",
		},
		{
			name:   "SEC-7 updating",
			change: state(evidence.Is(evidence.Key{State: "Updating"})),
			want:   leaves,
			reason: classifier.ReasonPartial,
			words:  "Updating",
		},
		{
			name: "made after the failure",
			change: state(evidence.Is(evidence.Key{State: "Enabled",
				CreatedAt: created.Add(3 * time.Minute)})),
			want:   leaves,
			reason: classifier.ReasonFixedSince,
		},
		{
			name: "a replica in the task's Region",
			change: func(c *evidence.Case) {
				state(evidence.None[evidence.Key]())(c)
				const there = "arn:aws:kms:us-east-1:123450006789:key/mrk-5f0e"
				encryptedWith(c, secretARN, there)
				c.Facts.Access.Keys[there] = evidence.None[evidence.Key]()
				c.Facts.Access.Keys["arn:aws:kms:eu-north-1:123450006789:key/mrk-5f0e"] =
					evidence.Is(evidence.Key{State: "Enabled"})
			},
			want:  confirm,
			words: "and eu-north-1 has its replica",
		},
		{name: "SEC-7 gone", change: state(evidence.None[evidence.Key]()), want: confirm, words: "KMS has no key"},
		{
			name: "P3 another account's key is not gone",
			change: func(c *evidence.Case) {
				state(evidence.None[evidence.Key]())(c)
				encryptedWith(c, secretARN, theirKey)
				c.Facts.Access.Keys[theirKey] = evidence.None[evidence.Key]()
			},
			want:   leaves,
			reason: classifier.ReasonNotVisible,
			words:  "belongs to account",
		},
		{
			name:   "P14 own denial",
			change: state(evidence.Unanswered[evidence.Key](classifier.ReasonNoPermission, "kms:DescribeKey")),
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
		{
			name: "default key",
			change: func(c *evidence.Case) {
				state(evidence.None[evidence.Key]())(c)
				encryptedWith(c, secretARN, "alias/aws/secretsmanager")
			},
			want:  rulesOut,
			words: "AWS keeps enabled",
		},
		{
			name: "an alias",
			change: func(c *evidence.Case) {
				state(evidence.None[evidence.Key]())(c)
				encryptedWith(c, secretARN, "arn:aws:kms:eu-north-1:123450006789:alias/orders")
			},
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "not looked up",
		},
	})
}

// TestKeysThatKMSIsAskedAbout holds P12's neighbour: asking KMS about alias/aws/… can create the key, so no alias is
// ever asked.
func TestKeysThatKMSIsAskedAbout(t *testing.T) {
	c := accessCase(denialOf(classifier.Secret, classifier.Facts{}))
	secrets := map[string]string{}
	for name, key := range map[string]string{
		"a": "",
		"b": "alias/aws/secretsmanager",
		"c": "arn:aws:kms:eu-north-1:123450006789:alias/aws/ssm",
		"d": "alias/orders",
		"e": "arn:aws:kms:eu-north-1:123450006789:alias/orders",
		"f": keyARN,
		"g": "5f1c0000-aaaa-bbbb-cccc-000000000001",
	} {
		arn := "arn:aws:secretsmanager:eu-north-1:123450006789:secret:" + name + "-AAAAAA"
		secrets[name] = arn
		encryptedWith(c, arn, key)
	}
	definition(c, func(d *evidence.TaskDefinition) { d.Containers[0].Secrets = secrets })
	c.Finding.Causes = []classifier.Proof{{Cause: "kms-denied", Result: classifier.NotChecked}}
	if got := KeyARNs(c); !slices.Equal(got, []string{keyARN}) {
		t.Errorf("asks about %v", got)
	}
}

func TestEFSDenied(t *testing.T) {
	throughAccessPoint := `{"Effect":"Allow","Principal":"*","Action":"*","Condition":{"ArnEquals":` +
		`{"elasticfilesystem:AccessPointArn":"arn:aws:elasticfilesystem:eu-north-1:123450006789:access-point/fsap-0a"}}}`
	const mount = "elasticfilesystem:ClientMount"
	yes, no := evidence.Simulation{Decision: "allowed"}, evidence.Simulation{Decision: "implicitDeny"}
	volume := func(iam, encrypted bool, s evidence.Simulation, statements string) func(c *evidence.Case) {
		return func(c *evidence.Case) {
			definition(c, func(d *evidence.TaskDefinition) {
				d.Volumes = []evidence.Volume{
					{Name: "data", FileSystem: "fs-0abc0abc", IAM: iam, Encrypted: encrypted},
					{Name: "scratch"},
				}
			})
			simulate(c, appRole, mount, fsARN, s)
			withPolicy(c, fsARN, statements)
		}
	}
	allows := func(who string) string {
		return `{"Sid":"Mount","Effect":"Allow","Principal":` + who +
			`,"Action":["elasticfilesystem:ClientMount"],` +
			`"Condition":{"Bool":{"elasticfilesystem:AccessedViaMountTarget":"true"}}}`
	}
	role := func(arn string) string { return allows(`{"AWS":"` + arn + `"}`) }
	tls := `{"Sid":"TLS","Effect":"Deny","Principal":{"AWS":"*"},"Action":"*",` +
		`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	nobody := `{"Effect":"Deny","Principal":"*","Action":"*"}`
	refused := denialOf(classifier.Volume, classifier.Facts{FileSystem: "fs-0abc0abc"})
	testVerdicts(t, "efs-iam-denied", refused, []verdict{
		{name: "EFS-6 no policy is open", change: volume(true, true, no, ""), want: rulesOut, words: "has no policy"},
		{
			name: "a volume of S3 Files, and no task role to mount it with",
			change: func(c *evidence.Case) {
				definition(c, func(d *evidence.TaskDefinition) {
					d.TaskRoleARN = ""
					d.Volumes = []evidence.Volume{{Name: "bucket", Service: evidence.S3Files}}
				})
			},
			want:  confirm,
			words: "has no task role, with which volumes of S3 Files are mounted, such as bucket",
		},
		{
			name:   "EFS-6 no policy, iam off",
			change: volume(false, false, no, ""),
			want:   rulesOut,
			words:  "refuses nobody",
		},
		{
			name:   "EFS-6 the role denies it to itself",
			change: volume(true, true, evidence.Simulation{Decision: "explicitDeny"}, ""),
			want:   confirm,
			words:  "denies elasticfilesystem:ClientMount to task role orders-task",
		},
		{
			name:   "EFS-6 neither allows",
			change: volume(true, true, no, role("arn:aws:iam::123450006789:role/else")),
			want:   confirm,
			words:  "neither the policy of fs-0abc0abc nor those of task role orders-task",
		},
		{
			name:   "EFS-6 policy names the execution role",
			change: volume(true, true, no, role(execRole)),
			want:   confirm,
			words:  "it names the execution role orders-exec, which does not mount",
		},
		{
			name:   "EFS-6 policy names the task role",
			change: volume(true, true, no, role(appRole)),
			want:   rulesOut,
			words:  `statement "Mount"`,
		},
		{
			name:   "EFS-6 the role's own policies allow",
			change: volume(true, true, yes, role("arn:aws:iam::123450006789:role/else")),
			want:   rulesOut,
			words:  "policies of task role orders-task allow",
		},
		{
			name:   "EFS-6 policy wants encryption, the volume has none",
			change: volume(true, false, yes, role(appRole)+","+tls),
			want:   confirm,
			words:  "transitEncryption of volume data is not ENABLED",
		},
		{
			name:   "EFS-6 policy wants encryption, the volume has it",
			change: volume(true, true, yes, role(appRole)+","+tls),
			want:   rulesOut,
			words:  `statement "Mount"`,
		},
		{
			name:   "EFS-6 iam off, policy names roles",
			change: volume(false, true, yes, role(appRole)),
			want:   confirm,
			words:  "does not let anonymous clients mount",
		},
		{
			name:   "EFS-6 iam off, policy lets everybody",
			change: volume(false, true, yes, allows(`{"AWS":"*"}`)),
			want:   rulesOut,
			words:  "lets everybody",
		},
		{
			name:   "EFS-6 iam off, encryption wanted",
			change: volume(false, false, yes, allows(`"*"`)+","+tls),
			want:   confirm,
			words:  `statement "TLS"`,
		},
		{
			name: "EFS-6 other conditions",
			change: volume(true, true, no,
				`{"Effect":"Allow","Principal":"*","Action":"*",`+
					`"Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}}`),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "statement 1",
		},
		{
			name:   "EFS-6 through an access point, and the volume has none",
			change: volume(true, true, no, throughAccessPoint),
			want:   confirm,
			words:  "neither the policy of fs-0abc0abc",
		},
		{
			name: "EFS-6 through the access point of the volume",
			change: func(c *evidence.Case) {
				volume(true, true, no, throughAccessPoint)(c)
				definition(c, func(d *evidence.TaskDefinition) { d.Volumes[0].AccessPoint = "fsap-0a" })
			},
			want:  rulesOut,
			words: "statement 1",
		},
		{
			name: "EFS-6 iam on, no task role",
			change: func(c *evidence.Case) {
				volume(true, true, yes, "")(c)
				definition(c, func(d *evidence.TaskDefinition) { d.TaskRoleARN = "" })
			},
			want:   leaves,
			reason: classifier.ReasonNotRead,
			words:  "names no task role",
		},
		{
			name: "P9 the role's conditions",
			change: volume(
				true,
				true,
				evidence.Simulation{Decision: "implicitDeny", Missing: []string{"elasticfilesystem:AccessPointArn"}},
				"",
			),
			want:   leaves,
			reason: classifier.ReasonCondition,
			words:  "elasticfilesystem:AccessPointArn",
		},
		{
			name: "P14 own denial",
			change: func(c *evidence.Case) {
				volume(true, true, no, "")(c)
				c.Facts.Access.Policies[fsARN] = evidence.Unanswered[evidence.Policy](classifier.ReasonNoPermission,
					"elasticfilesystem:DescribeFileSystemPolicy")
			},
			want:   leaves,
			reason: classifier.ReasonNoPermission,
		},
	})

	removeDenial := "take the denial out of the policy of fs-0abc0abc"
	for _, test := range []struct {
		name   string
		change func(c *evidence.Case)
		next   string
	}{
		{"the policy denies", volume(true, true, yes, role(appRole)+","+nobody), removeDenial},
		{"the policy denies, iam off", volume(false, true, yes, nobody), removeDenial},
		{
			"the policy denies, no encryption",
			volume(true, false, yes, role(appRole)+","+tls),
			"set transitEncryption of volume data to ENABLED, or " + removeDenial,
		},
		{
			"neither allows",
			volume(true, true, no, role("arn:aws:iam::123450006789:role/else")),
			"allow elasticfilesystem:ClientMount for orders-task in the policy of fs-0abc0abc",
		},
	} {
		c := accessCase(refused)
		c.Finding.Causes = []classifier.Proof{{Cause: "efs-iam-denied", Result: classifier.NotChecked}}
		test.change(c)
		if p := Checks.Prove(*c)[0]; p.Result != confirm || p.Next != test.next {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}

func TestRegistryCredentialsMissing(t *testing.T) {
	says := func(text string) func(c *evidence.Case) {
		return func(c *evidence.Case) { c.Finding.Culprit = 0; c.Stop.Containers[0].Reason = text }
	}
	testVerdicts(
		t,
		"registry-credentials-missing",
		denialOf(classifier.Image, classifier.Facts{Registry: "quay.example"}),
		[]verdict{
			{
				name:   "asked for a login",
				change: says("unauthorized: authentication required"),
				want:   confirm,
				words:  "container web of orders:7 has no repositoryCredentials",
			},
			{
				name: "a registry that serves everybody asks for a login too where it has no such image",
				change: func(c *evidence.Case) {
					says("unauthorized: authentication required")(c)
					c.Finding.Facts.Registry = "docker.io"
				},
				want:   leaves,
				reason: classifier.ReasonPartial,
				words:  "a name that does not exist",
			},
			{
				name:   "a denial may hide a wrong name",
				change: says("pull access denied, repository does not exist or may require authorization"),
				want:   leaves,
				reason: classifier.ReasonPartial,
				words:  "a name that does not exist",
			},
			{
				name: "has credentials",
				change: func(c *evidence.Case) {
					says("unauthorized: authentication required")(c)
					definition(c, func(d *evidence.TaskDefinition) { d.Containers[0].Credentials = secretARN })
				},
				want:  rulesOut,
				words: "has repositoryCredentials",
			},
			{
				name: "P7 has credentials, and always will have",
				change: func(c *evidence.Case) {
					says("")(c)
					definition(c, func(d *evidence.TaskDefinition) { d.Containers[0].Credentials = secretARN })
					c.CheckedAt = created.AddDate(0, 0, 3)
				},
				want:  rulesOut,
				words: "has repositoryCredentials",
			},
			{
				name: "P8 the agent may have a login",
				change: func(c *evidence.Case) {
					says("unauthorized: authentication required")(c)
					c.Stop.LaunchType = "EC2"
				},
				want:   leaves,
				reason: classifier.ReasonNotRead,
				words:  "instance's agent",
			},
			{
				name:   "IMG-16 a sidecar that the task definition does not have",
				change: func(c *evidence.Case) { says("")(c); c.Stop.Containers[0].Name = "guardduty" },
				want:   leaves,
				reason: classifier.ReasonNotRead,
				words:  "no container guardduty",
			},
			{
				name:   "no culprit",
				change: func(c *evidence.Case) {},
				want:   leaves,
				reason: classifier.ReasonNotRead,
				words:  "which container",
			},
		},
	)
}

func TestRepositoryARN(t *testing.T) {
	for image, want := range map[string]string{
		"123450006789.dkr.ecr.eu-north-1.amazonaws.com/orders/web:7":         repositoryWeb,
		"123450006789.dkr.ecr.eu-north-1.amazonaws.com/orders/web@sha256:00": repositoryWeb,
		"123450006789.dkr.ecr-fips.eu-north-1.amazonaws.com/orders/web":      repositoryWeb,
		"123450006789.dkr-ecr.eu-north-1.on.aws/orders/web:7@sha256:00":      repositoryWeb,
		"public.ecr.aws/docker/library/nginx:1":                              "",
		"nginx":                                                              "",
		"quay.example:5000/a/b:1":                                            "",
		"602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/pause:3.5": "arn:aws:ecr:us-west-2:602401143452:" +
			"repository/eks/pause",
	} {
		c := accessCase(denialOf(classifier.Image, classifier.Facts{Image: image}))
		if got := repositoryARN(c); got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
}

// deniedThrough lets CloudTrail have the denied call for the secret, which came through a VPC endpoint.
func deniedThrough(c *evidence.Case, endpoint string) {
	c.Facts.Running.Denials = evidence.Is([]evidence.TrailEvent{{Action: "secretsmanager:GetSecretValue",
		Error: "AccessDeniedException", Endpoint: endpoint}})
}
