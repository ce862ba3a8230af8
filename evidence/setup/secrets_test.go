package setup

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

// secretChanged sets when the secret was changed last, from the creation of the task on.
func secretChanged(later time.Duration) func(*evidence.Case) {
	return func(c *evidence.Case) {
		changeSecret(c, func(s *evidence.Secret) { s.ChangedAt = launched.Add(later) })
	}
}

// parameterInTaskRegion names a parameter in another Region, which only the task's Region has.
func parameterInTaskRegion(changed time.Time) func(*evidence.Case) {
	return func(c *evidence.Case) {
		app(c).Secrets = map[string]string{"TOKEN": "arn:aws:ssm:us-east-1:" + ours + ":parameter/orders/token"}
		c.Facts.Setup.Parameters = map[string]evidence.Answer[evidence.Parameter]{
			evidence.In("us-east-1", "/orders/token"): evidence.None[evidence.Parameter](),
			evidence.In("eu-west-1", "/orders/token"): evidence.Is(evidence.Parameter{Name: "/orders/token",
				ModifiedAt: changed}),
		}
	}
}

var secretTrials = []setupTrials{
	{
		cause: "secret-missing",
		stage: classifier.Secret,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "it is there",
				want:  "ruled_out",
				tells: "orders/db-AbCdEf",
			},
			{
				when:   "it is not",
				change: withoutSecret,
				want:   "confirmed",
				tells:  "orders/db",
			},
			{
				when: "the characters at the end differ",
				change: func(c *evidence.Case) {
					withoutSecret(c)
					c.Facts.Setup.Secrets[evidence.In("eu-west-1",
						"orders/db")] = evidence.Is(evidence.Secret{
						ARN:       ourSecrets + "orders/db-XyZzYx",
						CreatedAt: before,
					})
				},
				want:  "confirmed",
				tells: ourSecrets + "orders/db-XyZzYx",
			},
			{
				when: "the one of that name waits for its deletion",
				change: func(c *evidence.Case) {
					withoutSecret(c)
					c.Facts.Setup.Secrets[evidence.In("eu-west-1",
						"orders/db")] = evidence.Is(evidence.Secret{
						ARN:       ourSecrets + "orders/db-XyZzYx",
						DeletedAt: after,
					})
				},
				want:  "confirmed",
				tells: "create secret orders/db",
			},
			{
				when:   "created after the failure",
				change: func(c *evidence.Case) { changeSecret(c, func(s *evidence.Secret) { s.CreatedAt = after }) },
				want:   "fixed_since",
			},
			{
				when: "another account's, not found",
				change: func(c *evidence.Case) {
					foreign := strings.Replace(ourSecrets, ours, theirs, 1) + "orders/db-AbCdEf"
					app(c).Secrets = map[string]string{"PASSWORD": foreign}
					c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
						evidence.In("eu-west-1", foreign): evidence.None[evidence.Secret](),
					}
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "another account's, denied to us",
				change: func(c *evidence.Case) {
					foreign := strings.Replace(ourSecrets, ours, theirs, 1) + "orders/db-AbCdEf"
					app(c).Secrets = map[string]string{"PASSWORD": foreign}
					c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
						evidence.In("eu-west-1",
							foreign): evidence.Unanswered[evidence.Secret](classifier.ReasonNoPermission,
							"secretsmanager:DescribeSecret"),
					}
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "denied to us",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
						evidence.In("eu-west-1",
							ourSecrets+
								"orders/db-AbCdEf"): evidence.Unanswered[evidence.Secret](classifier.ReasonNoPermission,
							"secretsmanager:DescribeSecret"),
					}
				},
				want: "no_permission",
			},
			{
				when: "the task definition is gone",
				change: func(c *evidence.Case) {
					c.Facts.Task.TaskDefinition = evidence.Unanswered[evidence.TaskDefinition](classifier.ReasonFailed,
						"ecs:DescribeTaskDefinition")
				},
				want:  "failed",
				tells: "orders:7",
			},
			{
				when:   "the text names another one",
				change: func(c *evidence.Case) { withoutSecret(c); c.Finding.Facts.Secret = ourSecrets + "unheard-of" },
				want:   "not_read",
			},
			{
				when:   "the text is cut off in the ARN",
				change: func(c *evidence.Case) { c.Finding.Facts.Secret = ourSecrets + "ord" },
				want:   "ruled_out",
				tells:  "orders/db-AbCdEf",
			},
			{
				when: "no culprit: the other container's counts too",
				change: func(c *evidence.Case) {
					c.Finding.Culprit = -1
					c.Facts.Setup.Secrets[evidence.In("eu-west-1", ourSecrets+"other-MnOpQr")] =
						evidence.None[evidence.Secret]()
				},
				want:  "confirmed",
				tells: "sidecar",
			},
		},
	},
	{
		cause: "secret-missing",
		stage: classifier.RegistryAuth,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "the login to the registry",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Secrets[evidence.In("eu-west-1", ourSecrets+"hub-GhIjKl")] =
						evidence.None[evidence.Secret]()
				},
				want:  "confirmed",
				tells: "hub",
			},
			{
				when: "the login to the registry, by its name",
				change: func(c *evidence.Case) {
					app(c).Credentials = "hub"
					c.Facts.Setup.Secrets[evidence.In("eu-west-1", "hub")] = evidence.None[evidence.Secret]()
				},
				want:  "confirmed",
				tells: "create secret hub",
			},
		},
	},
	{
		cause: "secret-deleted",
		stage: classifier.Secret,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "it is not",
				want: "ruled_out",
			},
			{
				when:   "its deletion is scheduled",
				change: func(c *evidence.Case) { changeSecret(c, func(s *evidence.Secret) { s.DeletedAt = after }) },
				want:   "confirmed",
				tells:  "orders/db-AbCdEf",
			},
			{
				when: "scheduled after the stop",
				change: func(c *evidence.Case) {
					changeSecret(c, func(s *evidence.Secret) { s.DeletedAt, s.ChangedAt = after, after })
				},
				want: "later",
			},
			{
				when:   "restored after the failure",
				change: func(c *evidence.Case) { changeSecret(c, func(s *evidence.Secret) { s.ChangedAt = after }) },
				want:   "fixed_since",
			},
			{
				when:   "there is none",
				change: withoutSecret,
				want:   "not_read",
			},
		},
	},
	{
		cause: "secret-new",
		stage: classifier.Secret,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when: "it was not changed since the day before",
				want: "ruled_out",
			},
			{
				when:   "its value came just before the task",
				change: secretChanged(-59 * time.Second),
				want:   "later",
				tells:  "59 s before the task was created",
			},
			{
				when:   "its value came a little less than an hour before the task",
				change: secretChanged(time.Second - time.Hour),
				want:   "later",
			},
			{
				when:   "its value came an hour before the task",
				change: secretChanged(-time.Hour),
				want:   "ruled_out",
			},
			{
				when:   "its value came while the task started",
				change: secretChanged(30 * time.Second),
				want:   "later",
				tells:  "30 s after the task was created",
			},
			{
				when:   "its value came after the failure",
				change: secretChanged(2 * time.Minute),
				want:   "later",
			},
			{
				when: "it was made while the task started, and nothing tells of a change",
				change: func(c *evidence.Case) {
					changeSecret(c, func(s *evidence.Secret) {
						s.CreatedAt, s.ChangedAt = launched.Add(time.Second), time.Time{}
					})
				},
				want: "later",
			},
			{
				when:   "it is not there",
				change: withoutSecret,
				want:   "not_causal",
			},
			{
				when: "it has no value",
				change: func(c *evidence.Case) {
					changeSecret(c, func(s *evidence.Secret) { s.Versions, s.ChangedAt = nil, launched })
				},
				want: "not_causal",
			},
			{
				when: "it is being deleted",
				change: func(c *evidence.Case) {
					changeSecret(c, func(s *evidence.Secret) { s.DeletedAt, s.ChangedAt = after, launched })
				},
				want: "not_causal",
			},
			{
				when: "when the task was created is not told",
				change: func(c *evidence.Case) {
					secretChanged(0)(c)
					c.Stop.CreatedAt = time.Time{}
				},
				want: "not_read",
			},
			{
				when: "it could not be read",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Secrets[evidence.In("eu-west-1", ourSecrets+"orders/db-AbCdEf")] =
						evidence.Unanswered[evidence.Secret](classifier.ReasonNoPermission,
							"secretsmanager:DescribeSecret")
				},
				want: "no_permission",
			},
		},
	},
	{
		cause: "secret-version-missing",
		stage: classifier.Secret,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "AWSCURRENT is there",
				want:  "ruled_out",
				tells: "AWSCURRENT",
			},
			{
				when:   "it has no value yet",
				change: func(c *evidence.Case) { changeSecret(c, func(s *evidence.Secret) { s.Versions = nil }) },
				want:   "confirmed",
				tells:  "orders/db-AbCdEf",
			},
			{
				when: "a stage that no version has",
				change: func(c *evidence.Case) {
					app(c).Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSPENDING:"
				},
				want:  "confirmed",
				tells: "orders/db-AbCdEf",
			},
			{
				when:   "a version that is there",
				change: func(c *evidence.Case) { app(c).Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf:::v1" },
				want:   "ruled_out",
				tells:  "v1",
			},
			{
				when: "a version with another stage",
				change: func(c *evidence.Case) {
					app(c).Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSCURRENT:v1"
				},
				want:  "confirmed",
				tells: "orders/db-AbCdEf",
			},
			{
				when:   "rotated after the failure",
				change: func(c *evidence.Case) { changeSecret(c, func(s *evidence.Secret) { s.ChangedAt = after }) },
				want:   "fixed_since",
			},
			{
				when: "emptied after the stop",
				change: func(c *evidence.Case) {
					changeSecret(c, func(s *evidence.Secret) { s.Versions, s.ChangedAt = nil, after })
				},
				want: "later",
			},
			{
				when:   "there is no secret",
				change: withoutSecret,
				want:   "not_causal",
			},
		},
	},
	{
		cause: "secret-arn-invalid",
		stage: classifier.Secret,
		fault: classifier.Invalid,
		trials: []setupTrial{
			{
				when: "all forms are good",
				change: func(c *evidence.Case) {
					app(c).Secrets["STAGE"] = ourSecrets + "orders/db-AbCdEf:key:AWSCURRENT:v2"
					app(c).Secrets["ARN"] = "arn:aws-cn:ssm:cn-north-1:" + ours + ":parameter/a/b"
					app(c).Secrets["KEY"] = ourSecrets + "orders/db-AbCdEf:pass word::"
					app(c).Secrets["EUSC"] = "arn:aws-eusc:secretsmanager:eusc-de-east-1:" + ours +
						":secret:orders/db-AbCdEf"
				},
				want:  "ruled_out",
				tells: "orders:7",
			},
			{
				when:   "a colon too few",
				change: func(c *evidence.Case) { app(c).Secrets["X"] = ourSecrets + "orders/db-AbCdEf:password:" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "quotes",
				change: func(c *evidence.Case) { app(c).Secrets["X"] = `"/orders/token"` },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "a space behind the ARN",
				change: func(c *evidence.Case) { app(c).Secrets["X"] = ourSecrets + "orders/db-AbCdEf " },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "an unfilled variable",
				change: func(c *evidence.Case) { app(c).Secrets["X"] = "${SECRET_ARN}" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when: "another service",
				change: func(c *evidence.Case) {
					app(c).Secrets["X"] = "arn:aws:dynamodb:eu-west-1:" + ours + ":table/x"
				},
				want:  "confirmed",
				tells: "valueFrom of X",
			},
			{
				when:   "an account that is none",
				change: func(c *evidence.Case) { app(c).Secrets["X"] = "arn:aws:secretsmanager:eu-west-1::secret:x" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "empty",
				change: func(c *evidence.Case) { app(c).Secrets["X"] = "" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "no secret at all",
				change: func(c *evidence.Case) { app(c).Secrets = nil },
				want:   "not_read",
			},
		},
	},
	{
		cause: "secret-in-other-region",
		stage: classifier.Secret,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:   "it is where it is looked up",
				change: func(c *evidence.Case) { delete(app(c).Secrets, "TOKEN") },
				want:   "ruled_out",
				tells:  "eu-west-1",
			},
			{
				when: "it is where it is looked up, since after the failure",
				change: func(c *evidence.Case) {
					delete(app(c).Secrets, "TOKEN")
					changeSecret(c, func(s *evidence.Secret) { s.CreatedAt = after })
				},
				want: "fixed_since",
			},
			{
				when: "it lies in the task's Region",
				change: func(c *evidence.Case) {
					there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders/db-AbCdEf"
					app(c).Secrets = map[string]string{"PASSWORD": there}
					c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
						evidence.In("us-east-1", there):       evidence.None[evidence.Secret](),
						evidence.In("us-east-1", "orders/db"): evidence.None[evidence.Secret](),
						evidence.In("eu-west-1", "orders/db"): evidence.Is(evidence.Secret{
							ARN: ourSecrets + "orders/db-XyZzYx",
						}),
					}
				},
				want:  "confirmed",
				tells: ourSecrets + "orders/db-XyZzYx",
			},
			{
				when: "it lies in the task's Region, since after the failure",
				change: func(c *evidence.Case) {
					there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders/db-AbCdEf"
					app(c).Secrets = map[string]string{"PASSWORD": there}
					c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
						evidence.In("us-east-1", there):       evidence.None[evidence.Secret](),
						evidence.In("us-east-1", "orders/db"): evidence.None[evidence.Secret](),
						evidence.In("eu-west-1", "orders/db"): evidence.Is(evidence.Secret{
							ARN: ourSecrets + "orders/db-XyZzYx", CreatedAt: after}),
					}
				},
				want: "later",
			},
			{
				when:   "a parameter lies in the task's Region",
				change: parameterInTaskRegion(before),
				want:   "confirmed",
				tells:  "write arn:aws:ssm:eu-west-1:" + ours + ":parameter/orders/token in valueFrom of container app",
			},
			{
				when:   "a parameter lies in the task's Region, changed after the failure",
				change: parameterInTaskRegion(after),
				want:   "later",
			},
			{
				when: "a name that ends as ARNs do, and a secret of the shorter name",
				change: func(c *evidence.Case) {
					there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders-master"
					app(c).Secrets = map[string]string{"PASSWORD": there}
					c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
						evidence.In("us-east-1", there): evidence.None[evidence.Secret](),
						evidence.In("eu-west-1", "orders"): evidence.Is(evidence.Secret{
							ARN: ourSecrets + "orders-XyZzYx",
						}),
						evidence.In("eu-west-1", "orders-master"): evidence.None[evidence.Secret](),
					}
				},
				want:  "not_read",
				tells: "orders-master",
			},
			{
				when: "it lies in neither",
				change: func(c *evidence.Case) {
					there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders/db-AbCdEf"
					app(c).Secrets = map[string]string{"PASSWORD": there}
					c.Facts.Setup.Secrets = map[string]evidence.Answer[evidence.Secret]{
						evidence.In("us-east-1", there): evidence.None[evidence.Secret](),
					}
				},
				want:  "not_read",
				tells: "not asked",
			},
			{
				when: "it lies where it is looked up, under another ARN",
				change: func(c *evidence.Case) {
					app(c).Secrets = map[string]string{"PASSWORD": ourSecrets + "orders/db-AbCdEf"}
					withoutSecret(c)
					c.Facts.Setup.Secrets[evidence.In("eu-west-1",
						"orders/db")] = evidence.Is(evidence.Secret{ARN: ourSecrets + "orders/db-XyZzYx"})
				},
				want: "not_read",
			},
			{
				when: "a parameter that is not there",
				change: func(c *evidence.Case) {
					app(c).Secrets = map[string]string{"TOKEN": "/orders/token"}
					c.Facts.Setup.Parameters[evidence.In("eu-west-1", "/orders/token")] =
						evidence.None[evidence.Parameter]()
				},
				want:  "not_read",
				tells: "not asked",
			},
		},
	},
	{
		cause: "parameter-missing",
		stage: classifier.Secret,
		fault: classifier.NotFound,
		trials: []setupTrial{
			{
				when:  "it is there",
				want:  "ruled_out",
				tells: "/orders/token",
			},
			{
				when: "it is not",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Parameters[evidence.In("eu-west-1", "/orders/token")] =
						evidence.None[evidence.Parameter]()
				},
				want:  "confirmed",
				tells: "/orders/token",
			},
			{
				when:   "it lies in the task's Region, and need not be created",
				change: parameterInTaskRegion(after),
				want:   "confirmed",
				tells:  "write arn:aws:ssm:eu-west-1:" + ours + ":parameter/orders/token in valueFrom",
			},
			{
				when: "made after the failure",
				change: func(c *evidence.Case) {
					c.Facts.Setup.Parameters[evidence.In("eu-west-1",
						"/orders/token")] = evidence.Is(evidence.Parameter{Name: "/orders/token", ModifiedAt: after})
				},
				want: "fixed_since",
			},
			{
				when: "another account's",
				change: func(c *evidence.Case) {
					app(c).Secrets = map[string]string{
						"TOKEN": "arn:aws:ssm:eu-west-1:" + theirs + ":parameter/orders/token",
					}
					c.Facts.Setup.Parameters[evidence.In("eu-west-1", "/orders/token")] =
						evidence.None[evidence.Parameter]()
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "another account's, and one of ours has its name",
				change: func(c *evidence.Case) {
					app(c).Secrets = map[string]string{
						"TOKEN": "arn:aws:ssm:eu-west-1:" + theirs + ":parameter/orders/token",
					}
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "a secret by way of Parameter Store",
				change: func(c *evidence.Case) {
					app(c).Secrets = map[string]string{"TOKEN": "/aws/reference/secretsmanager/orders"}
					c.Facts.Setup.Parameters = map[string]evidence.Answer[evidence.Parameter]{
						evidence.In("eu-west-1",
							"/aws/reference/secretsmanager/orders"): evidence.None[evidence.Parameter](),
					}
				},
				want: "not_read",
			},
			{
				when: "the text says its name without the slash",
				change: func(c *evidence.Case) {
					c.Finding.Facts.Secret = "orders/token"
					app(c).Secrets["OTHER"] = "/orders/other"
				},
				want:  "ruled_out",
				tells: "/orders/token",
			},
			{
				when:   "a version behind the name",
				change: func(c *evidence.Case) { app(c).Secrets["TOKEN"] = "/orders/token:3" },
				want:   "not_read",
				tells:  "version or label 3",
			},
			{
				when: "a label behind the ARN",
				change: func(c *evidence.Case) {
					app(c).Secrets["TOKEN"] = "arn:aws:ssm:eu-west-1:" + ours + ":parameter/orders/token:blue"
				},
				want:  "not_read",
				tells: "version or label blue",
			},
			{
				when: "one that AWS publishes",
				change: func(c *evidence.Case) {
					app(c).Secrets = map[string]string{
						"AMI": "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended",
					}
					c.Facts.Setup.Parameters = map[string]evidence.Answer[evidence.Parameter]{
						evidence.In("eu-west-1",
							"/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended",
						): evidence.None[evidence.Parameter](),
					}
				},
				want:  "not_read",
				tells: "publishes",
			},
		},
	},
}

// TestVersionInstead holds that a version which is not there is found though the text, which may be cut off, speaks of
// none.
func TestVersionInstead(t *testing.T) {
	c := ordersCase(classifier.Secret, classifier.NotFound)
	c.Finding.Causes = []classifier.Proof{
		{Cause: "secret-missing", Result: classifier.NotChecked},
		{Cause: "secret-deleted", Result: classifier.NotChecked},
	}
	if proofs := Checks.Prove(c); len(proofs) != 2 {
		t.Errorf("the version is there: %+v", proofs)
	}
	app(&c).Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSPENDING:"
	proofs := Checks.Prove(c)
	if len(proofs) != 3 || proofs[0].Result != classifier.RuledOut || proofs[1].Cause != "secret-version-missing" ||
		proofs[1].Result != classifier.Confirmed {
		t.Errorf("no version has the stage: %+v", proofs)
	}
}

func TestAParameterMayHaveTwoNames(t *testing.T) {
	c := ordersCase(classifier.Secret, classifier.NotFound)
	app(&c).Secrets = map[string]string{
		"A": "arn:aws:ssm:eu-west-1:" + ours + ":parameter/token",
		"B": "arn:aws:ssm:eu-west-1:" + ours + ":parameter/a/token:3",
		"C": "token",
	}
	var got []string
	for _, r := range SecretRefs(&c).Value {
		got = append(got, strings.Join(r.Names, "|"))
	}
	if want := "/token|token /a/token token"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
