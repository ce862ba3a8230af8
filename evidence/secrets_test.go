package evidence

import (
	"strings"
	"testing"

	"whystopped/classifier"
)

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
				change: (*Case).noSecret,
				want:   "confirmed",
				tells:  "orders/db",
			},
			{
				when: "the characters at the end differ",
				change: func(c *Case) {
					c.noSecret()
					c.Facts.Things.Secrets[In("eu-west-1",
						"orders/db")] = Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx", CreatedAt: before})
				},
				want:  "confirmed",
				tells: ourSecrets + "orders/db-XyZzYx",
			},
			{
				when: "the one of that name waits for its deletion",
				change: func(c *Case) {
					c.noSecret()
					c.Facts.Things.Secrets[In("eu-west-1",
						"orders/db")] = Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx", DeletedAt: after})
				},
				want:  "confirmed",
				tells: "create secret orders/db",
			},
			{
				when:   "created after the failure",
				change: func(c *Case) { c.secret(func(s *Secret) { s.CreatedAt = after }) },
				want:   "later",
			},
			{
				when: "another account's, not found",
				change: func(c *Case) {
					foreign := strings.Replace(ourSecrets, ours, theirs, 1) + "orders/db-AbCdEf"
					c.app().Secrets = map[string]string{"PASSWORD": foreign}
					c.Facts.Things.Secrets = map[string]Answer[Secret]{In("eu-west-1", foreign): None[Secret]()}
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "another account's, denied to us",
				change: func(c *Case) {
					foreign := strings.Replace(ourSecrets, ours, theirs, 1) + "orders/db-AbCdEf"
					c.app().Secrets = map[string]string{"PASSWORD": foreign}
					c.Facts.Things.Secrets = map[string]Answer[Secret]{
						In("eu-west-1",
							foreign): Open[Secret](classifier.ReasonNoPermission, "secretsmanager:DescribeSecret"),
					}
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "denied to us",
				change: func(c *Case) {
					c.Facts.Things.Secrets = map[string]Answer[Secret]{
						In("eu-west-1",
							ourSecrets+
								"orders/db-AbCdEf"): Open[Secret](classifier.ReasonNoPermission,
							"secretsmanager:DescribeSecret"),
					}
				},
				want: "no_permission",
			},
			{
				when: "the task definition is gone",
				change: func(c *Case) {
					c.Facts.Inputs.TaskDefinition = Open[TaskDefinition](classifier.ReasonFailed,
						"ecs:DescribeTaskDefinition")
				},
				want:  "failed",
				tells: "orders:7",
			},
			{
				when:   "the text names another one",
				change: func(c *Case) { c.noSecret(); c.Finding.Facts.Secret = ourSecrets + "unheard-of" },
				want:   "not_read",
			},
			{
				when:   "the text is cut off in the ARN",
				change: func(c *Case) { c.Finding.Facts.Secret = ourSecrets + "ord" },
				want:   "ruled_out",
				tells:  "orders/db-AbCdEf",
			},
			{
				when: "no culprit: the other container's counts too",
				change: func(c *Case) {
					c.Finding.Culprit = -1
					c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"other-MnOpQr")] = None[Secret]()
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
				change: func(c *Case) {
					c.Facts.Things.Secrets[In("eu-west-1", ourSecrets+"hub-GhIjKl")] = None[Secret]()
				},
				want:  "confirmed",
				tells: "hub",
			},
			{
				when: "the login to the registry, by its name",
				change: func(c *Case) {
					c.app().Credentials = "hub"
					c.Facts.Things.Secrets[In("eu-west-1", "hub")] = None[Secret]()
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
				change: func(c *Case) { c.secret(func(s *Secret) { s.DeletedAt = after }) },
				want:   "confirmed",
				tells:  "orders/db-AbCdEf",
			},
			{
				when:   "scheduled after the stop",
				change: func(c *Case) { c.secret(func(s *Secret) { s.DeletedAt, s.ChangedAt = after, after }) },
				want:   "later",
			},
			{
				when:   "restored after the failure",
				change: func(c *Case) { c.secret(func(s *Secret) { s.ChangedAt = after }) },
				want:   "later",
			},
			{
				when:   "there is none",
				change: (*Case).noSecret,
				want:   "not_read",
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
				change: func(c *Case) { c.secret(func(s *Secret) { s.Versions = nil }) },
				want:   "confirmed",
				tells:  "orders/db-AbCdEf",
			},
			{
				when:   "a stage that no version has",
				change: func(c *Case) { c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSPENDING:" },
				want:   "confirmed",
				tells:  "orders/db-AbCdEf",
			},
			{
				when:   "a version that is there",
				change: func(c *Case) { c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf:::v1" },
				want:   "ruled_out",
				tells:  "v1",
			},
			{
				when:   "a version with another stage",
				change: func(c *Case) { c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSCURRENT:v1" },
				want:   "confirmed",
				tells:  "orders/db-AbCdEf",
			},
			{
				when:   "rotated after the failure",
				change: func(c *Case) { c.secret(func(s *Secret) { s.ChangedAt = after }) },
				want:   "later",
			},
			{
				when:   "emptied after the stop",
				change: func(c *Case) { c.secret(func(s *Secret) { s.Versions, s.ChangedAt = nil, after }) },
				want:   "later",
			},
			{
				when:   "there is no secret",
				change: (*Case).noSecret,
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
				change: func(c *Case) {
					c.app().Secrets["STAGE"] = ourSecrets + "orders/db-AbCdEf:key:AWSCURRENT:v2"
					c.app().Secrets["ARN"] = "arn:aws-cn:ssm:cn-north-1:" + ours + ":parameter/a/b"
					c.app().Secrets["KEY"] = ourSecrets + "orders/db-AbCdEf:pass word::"
					c.app().Secrets["EUSC"] = "arn:aws-eusc:secretsmanager:eusc-de-east-1:" + ours +
						":secret:orders/db-AbCdEf"
				},
				want:  "ruled_out",
				tells: "orders:7",
			},
			{
				when:   "a colon too few",
				change: func(c *Case) { c.app().Secrets["X"] = ourSecrets + "orders/db-AbCdEf:password:" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "quotes",
				change: func(c *Case) { c.app().Secrets["X"] = `"/orders/token"` },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "a space behind the ARN",
				change: func(c *Case) { c.app().Secrets["X"] = ourSecrets + "orders/db-AbCdEf " },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "an unfilled variable",
				change: func(c *Case) { c.app().Secrets["X"] = "${SECRET_ARN}" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "another service",
				change: func(c *Case) { c.app().Secrets["X"] = "arn:aws:dynamodb:eu-west-1:" + ours + ":table/x" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "an account that is none",
				change: func(c *Case) { c.app().Secrets["X"] = "arn:aws:secretsmanager:eu-west-1::secret:x" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "empty",
				change: func(c *Case) { c.app().Secrets["X"] = "" },
				want:   "confirmed",
				tells:  "valueFrom of X",
			},
			{
				when:   "no secret at all",
				change: func(c *Case) { c.app().Secrets = nil },
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
				change: func(c *Case) { delete(c.app().Secrets, "TOKEN") },
				want:   "ruled_out",
				tells:  "eu-west-1",
			},
			{
				when: "it lies in the task's Region",
				change: func(c *Case) {
					there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders/db-AbCdEf"
					c.app().Secrets = map[string]string{"PASSWORD": there}
					c.Facts.Things.Secrets = map[string]Answer[Secret]{
						In("us-east-1", there):       None[Secret](),
						In("us-east-1", "orders/db"): None[Secret](),
						In("eu-west-1", "orders/db"): Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx"}),
					}
				},
				want:  "confirmed",
				tells: ourSecrets + "orders/db-XyZzYx",
			},
			{
				when: "a name that ends as ARNs do, and a secret of the shorter name",
				change: func(c *Case) {
					there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders-master"
					c.app().Secrets = map[string]string{"PASSWORD": there}
					c.Facts.Things.Secrets = map[string]Answer[Secret]{
						In("us-east-1", there):           None[Secret](),
						In("eu-west-1", "orders"):        Is(Secret{ARN: ourSecrets + "orders-XyZzYx"}),
						In("eu-west-1", "orders-master"): None[Secret](),
					}
				},
				want:  "not_read",
				tells: "orders-master",
			},
			{
				when: "it lies in neither",
				change: func(c *Case) {
					there := strings.Replace(ourSecrets, "eu-west-1", "us-east-1", 1) + "orders/db-AbCdEf"
					c.app().Secrets = map[string]string{"PASSWORD": there}
					c.Facts.Things.Secrets = map[string]Answer[Secret]{In("us-east-1", there): None[Secret]()}
				},
				want:  "not_read",
				tells: "not asked",
			},
			{
				when: "it lies where it is looked up, under another ARN",
				change: func(c *Case) {
					c.app().Secrets = map[string]string{"PASSWORD": ourSecrets + "orders/db-AbCdEf"}
					c.noSecret()
					c.Facts.Things.Secrets[In("eu-west-1",
						"orders/db")] = Is(Secret{ARN: ourSecrets + "orders/db-XyZzYx"})
				},
				want: "not_read",
			},
			{
				when: "a parameter that is not there",
				change: func(c *Case) {
					c.app().Secrets = map[string]string{"TOKEN": "/orders/token"}
					c.Facts.Things.Parameters[In("eu-west-1", "/orders/token")] = None[Parameter]()
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
				change: func(c *Case) {
					c.Facts.Things.Parameters[In("eu-west-1", "/orders/token")] = None[Parameter]()
				},
				want:  "confirmed",
				tells: "/orders/token",
			},
			{
				when: "made after the failure",
				change: func(c *Case) {
					c.Facts.Things.Parameters[In("eu-west-1",
						"/orders/token")] = Is(Parameter{Name: "/orders/token", ModifiedAt: after})
				},
				want: "later",
			},
			{
				when: "another account's",
				change: func(c *Case) {
					c.app().Secrets = map[string]string{
						"TOKEN": "arn:aws:ssm:eu-west-1:" + theirs + ":parameter/orders/token",
					}
					c.Facts.Things.Parameters[In("eu-west-1", "/orders/token")] = None[Parameter]()
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "another account's, and one of ours has its name",
				change: func(c *Case) {
					c.app().Secrets = map[string]string{
						"TOKEN": "arn:aws:ssm:eu-west-1:" + theirs + ":parameter/orders/token",
					}
				},
				want:  "not_visible",
				tells: theirs,
			},
			{
				when: "a secret by way of Parameter Store",
				change: func(c *Case) {
					c.app().Secrets = map[string]string{"TOKEN": "/aws/reference/secretsmanager/orders"}
					c.Facts.Things.Parameters = map[string]Answer[Parameter]{
						In("eu-west-1", "/aws/reference/secretsmanager/orders"): None[Parameter](),
					}
				},
				want: "not_read",
			},
			{
				when: "the text says its name without the slash",
				change: func(c *Case) {
					c.Finding.Facts.Secret = "orders/token"
					c.app().Secrets["OTHER"] = "/orders/other"
				},
				want:  "ruled_out",
				tells: "/orders/token",
			},
			{
				when:   "a version behind the name",
				change: func(c *Case) { c.app().Secrets["TOKEN"] = "/orders/token:3" },
				want:   "not_read",
				tells:  "version or label 3",
			},
			{
				when: "a label behind the ARN",
				change: func(c *Case) {
					c.app().Secrets["TOKEN"] = "arn:aws:ssm:eu-west-1:" + ours + ":parameter/orders/token:blue"
				},
				want:  "not_read",
				tells: "version or label blue",
			},
			{
				when: "one that AWS publishes",
				change: func(c *Case) {
					c.app().Secrets = map[string]string{
						"AMI": "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended",
					}
					c.Facts.Things.Parameters = map[string]Answer[Parameter]{
						In("eu-west-1",
							"/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"): None[Parameter](),
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
	if proofs := thingChecks.Prove(c); len(proofs) != 2 {
		t.Errorf("the version is there: %+v", proofs)
	}
	c.app().Secrets["PASSWORD"] = ourSecrets + "orders/db-AbCdEf::AWSPENDING:"
	proofs := thingChecks.Prove(c)
	if len(proofs) != 3 || proofs[0].Result != classifier.RuledOut || proofs[1].Cause != "secret-version-missing" ||
		proofs[1].Result != classifier.Confirmed {
		t.Errorf("no version has the stage: %+v", proofs)
	}
}

func TestAParameterMayHaveTwoNames(t *testing.T) {
	c := ordersCase(classifier.Secret, classifier.NotFound)
	c.app().Secrets = map[string]string{
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
