package lookup

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// The things of the stop whose calls are refused.
const (
	executionRole = "arn:aws:iam::" + account + ":role/execution"
	taskRole      = "arn:aws:iam::" + account + ":role/app/orders"
	dbSecret      = "arn:aws:secretsmanager:" + region + ":" + account + ":secret:orders/db-Q1w2E3"
	webRepository = "arn:aws:ecr:" + region + ":" + account + ":repository/web"
	customerKey   = "arn:aws:kms:" + region + ":" + account + ":key/00000000-1111-2222-3333-444444444444"
	envFile       = "arn:aws:s3:::orders-config/web.env"
	mounted       = "arn:aws:elasticfilesystem:" + region + ":" + account + ":file-system/fs-0a1b2c3d"
	ecsTrust      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// accessScenarios are refusals. Together they make readAccess ask all that it can ask.
var accessScenarios = []scenario{
	{
		name:    "a role is refused",
		put:     denied,
		stop:    fargateStop,
		finding: said(classifier.Role, classifier.Facts{}, "role-missing", "role-not-assumable"),
	},
	{
		name: "an image is refused",
		put:  denied,
		stop: fargateStop,
		finding: said(
			classifier.Image,
			classifier.Facts{Image: account + ".dkr.ecr." + region + ".amazonaws.com/web:42"},
			"role-permission-missing",
		),
	},
	{
		name: "secrets are refused",
		put: func(s *awstest.Server) {
			denied(s)
			replace("secretsmanager:GetResourcePolicy", organizationOnly)(s)
			s.Put("organizations:DescribeOrganization", object{"Id": "o-ex1"})
		},
		stop:    fargateStop,
		finding: said(classifier.Secret, classifier.Facts{}, "role-permission-missing", "resource-policy-denies"),
	},
	{
		name: "a login is refused that a policy allows",
		put:  func(s *awstest.Server) { denied(s); changedPolicy(created.Add(-time.Hour))(s) },
		stop: fargateStop,
		finding: said(classifier.RegistryAuth, classifier.Facts{AWSAction: "ecr:GetAuthorizationToken"},
			"role-permission-missing"),
	},
	{
		name: "a key is refused",
		put:  denied,
		stop: keyStop,
		finding: said(
			classifier.Secret,
			classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: customerKey},
			"kms-denied",
			"kms-key-disabled",
		),
	},
	{
		name:    "a mount is refused",
		put:     denied,
		stop:    fargateStop,
		finding: said(classifier.Volume, classifier.Facts{}, "efs-iam-denied"),
	},
	{
		name:    "an environment file is refused",
		put:     denied,
		stop:    fargateStop,
		finding: said(classifier.EnvFile, classifier.Facts{}, "env-file-denied"),
	},
	{
		name:    "a log group is refused",
		put:     denied,
		stop:    fargateStop,
		finding: said(classifier.Logging, classifier.Facts{}, "role-permission-missing", "log-group-create-denied"),
	},
}

// TestReadersFillAccess holds what is read about each refusal.
func TestReadersFillAccess(t *testing.T) {
	read := map[string]evidence.Access{}
	for _, sc := range accessScenarios {
		s := newServer(t)
		sc.put(s)
		g, _ := newGatherer(s)
		r := &reading{Gatherer: g, stop: sc.stop(), finding: sc.finding}
		r.stop.TaskID = "0af1"
		readInputs(t.Context(), r)
		readAccess(t.Context(), r)
		read[sc.name] = r.facts.Access
	}
	golden(t, "access", read)
}

// said is a finding of a denial with open causes.
func said(stage classifier.Stage, facts classifier.Facts, causes ...string) classifier.Finding {
	f := open(causes...)
	f.Stage, f.Fault, f.Facts, f.Culprit = stage, classifier.Denied, facts, -1
	return f
}

// denied puts a task whose execution role may do nothing, and no policy that helps.
func denied(s *awstest.Server) {
	fargate(s)
	s.Clear("ecs:DescribeTaskDefinition")
	s.Put("ecs:DescribeTaskDefinition", object{
		"taskDefinitionArn": arn + "task-definition/web:42",
		"networkMode":       "awsvpc",
		"executionRoleArn":  executionRole,
		"taskRoleArn":       taskRole,
		"containerDefinitions": []object{{
			"name":  "app",
			"image": account + ".dkr.ecr." + region + ".amazonaws.com/web:42",
			"secrets": []object{
				{"name": "DB", "valueFrom": dbSecret + ":password::"},
				{"name": "TOKEN", "valueFrom": "/orders/token"},
			},
			"environmentFiles": []object{{"type": "s3", "value": envFile}},
			"logConfiguration": object{
				"logDriver": "awslogs",
				"options": object{
					"awslogs-group":         "/ecs/web",
					"awslogs-region":        region,
					"awslogs-stream-prefix": "ecs",
					"awslogs-create-group":  "true",
				},
			},
		}},
		"volumes": []object{{
			"name": "data",
			"efsVolumeConfiguration": object{
				"fileSystemId":        "fs-0a1b2c3d",
				"transitEncryption":   "ENABLED",
				"authorizationConfig": object{"iam": "ENABLED"},
			},
		}},
	})
	old := created.Add(-48 * time.Hour).Format(time.RFC3339)
	s.Put(
		"iam:GetRole",
		object{
			"RoleName":                 "execution",
			"RoleId":                   "AROAEXAMPLE1",
			"Path":                     "/",
			"Arn":                      executionRole,
			"Tags":                     []object{{"Key": "stage", "Value": "prod"}},
			"CreateDate":               old,
			"AssumeRolePolicyDocument": ecsTrust,
		},
		object{
			"RoleName":                 "orders",
			"RoleId":                   "AROAEXAMPLE2",
			"Path":                     "/app/",
			"Arn":                      taskRole,
			"CreateDate":               old,
			"AssumeRolePolicyDocument": ecsTrust,
		},
	)
	s.Put("ecr:GetRepositoryPolicy", object{"registryId": account, "repositoryName": "web"})
	s.Put("secretsmanager:GetResourcePolicy", object{"ARN": dbSecret, "Name": "orders/db"})
	s.Put("kms:DescribeKey", object{
		"Arn":        customerKey,
		"KeyId":      customerKey[len(customerKey)-36:],
		"KeyState":   "Enabled",
		"KeyManager": "CUSTOMER",
	})
	s.Put("kms:GetKeyPolicy", object{
		"Arn": customerKey,
		"Policy": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account +
			`:root"},"Action":"kms:*","Resource":"*"}]}`,
	})
	s.Put("elasticfilesystem:DescribeFileSystemPolicy", object{
		"FileSystemId": "fs-0a1b2c3d",
		"Policy": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + executionRole +
			`"},"Action":"elasticfilesystem:ClientMount"}]}`,
	})
	s.Put("s3:GetBucketPolicy", object{"Bucket": "orders-config"})
}

// keyStop is a stop whose text names the key.
func keyStop() events.Stop {
	s := fargateStop()
	s.StoppedReason = "not authorized to perform: kms:Decrypt on resource: " + customerKey + " status code: 400"
	return s
}

func allow(role, action string, resources ...string) func(*awstest.Server) {
	return func(s *awstest.Server) {
		for _, resource := range resources {
			s.Put("iam:SimulatePrincipalPolicy", object{
				"Role":     role,
				"Action":   action,
				"Resource": resource,
				"Decision": "allowed",
				"Policy":   "orders",
			})
		}
	}
}

// organizationOnly is a secret whose policy denies whom its organization does not have.
var organizationOnly = object{"ARN": dbSecret, "Name": "orders/db", "ResourcePolicy": `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":` +
	`{"StringNotEquals":{"aws:PrincipalOrgID":"o-ex1"}}}]}`}

// changedPolicy lets a managed policy, changed at a time, allow the login to ECR.
func changedPolicy(at time.Time) func(*awstest.Server) {
	return func(s *awstest.Server) {
		allow(executionRole, "ecr:GetAuthorizationToken", "*")(s)
		s.Put("iam:GetPolicy", object{"Arn": "arn:aws:iam::" + account + ":policy/orders", "PolicyName": "orders",
			"UpdateDate": at.Format(time.RFC3339)})
	}
}

// organizationOf asks the stand-in as the client of Organizations does, which is not linked here.
func organizationOf(s *awstest.Server) func(context.Context, aws.Config) (string, error) {
	return func(ctx context.Context, _ aws.Config) (string, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, strings.NewReader("{}"))
		if err != nil {
			return "", err
		}
		request.Header.Set("X-Amz-Target", "AWSOrganizationsV20161128.DescribeOrganization")
		request.Header.Set("Authorization",
			"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260304/us-east-1/organizations/aws4_request")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		var out struct {
			Organization struct{ ID string }
			Type         string `json:"__type"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&out); err != nil || out.Organization.ID == "" {
			return "", &smithy.GenericAPIError{Code: "AWSOrganizationsNotInUseException", Message: out.Type}
		}
		return out.Organization.ID, nil
	}
}

// replace puts things in the place of those of an operation.
func replace(operation string, things ...object) func(*awstest.Server) {
	return func(s *awstest.Server) { s.Clear(operation); s.Put(operation, things...) }
}

func faulty(f awstest.Fault) func(*awstest.Server) { return func(s *awstest.Server) { s.Inject(f) } }

// TestAccess asks a whole account, through the SDK, about one stop and one cause.
func TestAccess(t *testing.T) {
	get, token := "secretsmanager:GetSecretValue", "arn:aws:ssm:"+region+":"+account+":parameter/orders/token"
	image := classifier.Facts{Image: account + ".dkr.ecr." + region + ".amazonaws.com/web:42"}
	foreign := classifier.Facts{Image: "444455556666.dkr.ecr." + region + ".amazonaws.com/base:1"}
	oneSecret := classifier.Facts{Secret: dbSecret}
	login := classifier.Facts{AWSAction: "ecr:GetAuthorizationToken", Role: "execution"}
	key := classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: customerKey}
	simulated := func(o object) func(*awstest.Server) {
		return func(s *awstest.Server) {
			o["Role"], o["Action"], o["Resource"] = executionRole, "ecr:GetAuthorizationToken", "*"
			s.Put("iam:SimulatePrincipalPolicy", o)
		}
	}
	for _, c := range []struct {
		name   string
		cause  string
		stage  classifier.Stage
		facts  classifier.Facts
		change func(*awstest.Server)
		want   string // result, reason and missing action
		words  string
	}{
		{
			name:  "roles exist",
			cause: "role-missing",
			stage: classifier.Role,
			facts: classifier.Facts{},
			want:  "ruled_out",
			words: "execution and orders",
		},
		{
			name:   "role deleted",
			cause:  "role-missing",
			stage:  classifier.Role,
			facts:  classifier.Facts{},
			change: replace("iam:GetRole"),
			want:   "confirmed",
			words:  "no role execution",
		},
		{
			name:   "role may not be looked at",
			cause:  "role-missing",
			stage:  classifier.Role,
			facts:  classifier.Facts{},
			change: faulty(awstest.Fault{Operation: "iam:GetRole", Denied: true}),
			want:   "inconclusive no_permission iam:GetRole",
		},
		{
			name:   "role throttled",
			cause:  "role-missing",
			stage:  classifier.Role,
			facts:  classifier.Facts{},
			change: faulty(awstest.Fault{Operation: "iam", Throttled: true}),
			want:   "inconclusive throttled",
		},
		{
			name:  "role trusted",
			cause: "role-not-assumable",
			stage: classifier.Role,
			facts: classifier.Facts{},
			want:  "ruled_out",
			words: "ecs-tasks",
		},
		{
			name:  "role not trusted",
			cause: "role-not-assumable",
			stage: classifier.Role,
			facts: classifier.Facts{Role: "orders"},
			change: replace("iam:GetRole", object{
				"RoleName":   "orders",
				"Arn":        taskRole,
				"CreateDate": "2026-01-01T00:00:00Z",
				"AssumeRolePolicyDocument": `{"Statement":[{"Effect":"Allow",` +
					`"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole",` +
					`"Condition":{"StringEquals":{"a b":"100% + x"}}}]}`,
			}),
			want:  "confirmed",
			words: "does not name ecs-tasks",
		},
		{
			name:  "service role missing",
			cause: "service-role-missing",
			stage: classifier.Network,
			facts: classifier.Facts{},
			want:  "confirmed",
			words: "AWSServiceRoleForECS",
		},

		{
			name:  "login not allowed",
			cause: "role-permission-missing",
			stage: classifier.RegistryAuth,
			facts: login,
			want:  "confirmed",
			words: "ecr:GetAuthorizationToken on *",
		},
		{
			name:  "the secret's policy is for the organization, which is the account's",
			cause: "resource-policy-denies",
			stage: classifier.Secret,
			facts: oneSecret,
			change: func(s *awstest.Server) {
				replace("secretsmanager:GetResourcePolicy", organizationOnly)(s)
				s.Put("organizations:DescribeOrganization", object{"Id": "o-ex1"})
			},
			want: "ruled_out",
		},
		{
			name:  "the secret's policy is for another organization",
			cause: "resource-policy-denies",
			stage: classifier.Secret,
			facts: oneSecret,
			change: func(s *awstest.Server) {
				replace("secretsmanager:GetResourcePolicy", organizationOnly)(s)
				s.Put("organizations:DescribeOrganization", object{"Id": "o-ex2"})
			},
			want:  "confirmed",
			words: "denies secretsmanager:GetSecretValue",
		},
		{
			name:   "the secret's policy is for an organization, and the account is in none",
			cause:  "resource-policy-denies",
			stage:  classifier.Secret,
			facts:  oneSecret,
			change: replace("secretsmanager:GetResourcePolicy", organizationOnly),
			want:   "confirmed",
			words:  "denies secretsmanager:GetSecretValue",
		},
		{
			name:   "a policy allows since after the failure",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: changedPolicy(created.Add(time.Minute + 30*time.Second)),
			want:   "inconclusive fixed_since",
			words:  "but only since",
		},
		{
			name:   "login allowed",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: allow(executionRole, "ecr:GetAuthorizationToken", "*"),
			want:   "ruled_out",
			words:  "VPC endpoint",
		},
		{
			name:   "login denied by name",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: simulated(object{"Decision": "explicitDeny", "Policy": "freeze"}),
			want:   "confirmed",
			words:  "policy freeze",
		},
		{
			name:   "P9 missing context values at the top, for *",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: simulated(object{"Decision": "implicitDeny", "Missing": []string{"aws:SourceVpce"}}),
			want:   "inconclusive condition",
			words:  "aws:SourceVpce",
		},
		{
			name:  "condition keys that are known are told",
			cause: "role-permission-missing",
			stage: classifier.RegistryAuth,
			facts: login,
			change: simulated(object{"Decision": "implicitDeny", "Told": "allowed",
				"Missing": []string{"aws:SecureTransport", "aws:PrincipalArn", "aws:PrincipalAccount"}}),
			want:  "ruled_out",
			words: "allow ecr:GetAuthorizationToken",
		},
		{
			name:   "a key that the call does not have either is not missing",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: simulated(object{"Decision": "implicitDeny", "Missing": []string{"aws:SourceAccount"}}),
			want:   "confirmed",
			words:  "no policy of role execution allows ecr:GetAuthorizationToken",
		},
		{
			name:  "how the key is used is told",
			cause: "kms-denied",
			stage: classifier.Secret,
			facts: key,
			change: func(s *awstest.Server) {
				s.Put("iam:SimulatePrincipalPolicy", object{"Role": executionRole, "Action": "kms:Decrypt",
					"Resource": customerKey, "Decision": "implicitDeny", "Told": "allowed",
					"Missing": []string{"kms:CallerAccount", "aws:RequestedRegion"}})
			},
			want:  "ruled_out",
			words: "leaves kms:Decrypt to account",
		},
		{
			name:  "through which of two services the key is used is not told",
			cause: "kms-denied",
			stage: classifier.Secret,
			facts: key,
			change: func(s *awstest.Server) {
				s.Put("iam:SimulatePrincipalPolicy", object{"Role": executionRole, "Action": "kms:Decrypt",
					"Resource": customerKey, "Decision": "implicitDeny", "Told": "allowed",
					"Missing": []string{"kms:ViaService"}})
			},
			want:  "inconclusive condition",
			words: "kms:ViaService",
		},
		{
			name:   "P9 not allowed by the organization",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: simulated(object{"Decision": "implicitDeny", "Organizations": false}),
			want:   "inconclusive condition",
			words:  "service control policy",
		},
		{
			name:   "P9 allowed by the organization",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: simulated(object{"Decision": "implicitDeny", "Organizations": true}),
			want:   "confirmed",
			words:  "no policy",
		},
		{
			name:   "P9 not allowed by the boundary",
			cause:  "permissions-boundary-denies",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: simulated(object{"Decision": "implicitDeny", "Boundary": false}),
			want:   "confirmed",
			words:  "permissions boundary",
		},
		{
			name:   "P14 simulation refused",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: faulty(awstest.Fault{Operation: "iam:SimulatePrincipalPolicy", Denied: true}),
			want:   "inconclusive no_permission iam:SimulatePrincipalPolicy",
		},
		{
			name:   "simulation does not know the role",
			cause:  "role-permission-missing",
			stage:  classifier.RegistryAuth,
			facts:  login,
			change: replace("iam:GetRole"),
			want:   "inconclusive not_visible",
			words:  "no role",
		},
		{
			name:  "simulation fails",
			cause: "role-permission-missing",
			stage: classifier.RegistryAuth,
			facts: login,
			change: faulty(awstest.Fault{
				Operation: "iam:SimulatePrincipalPolicy",
				Refusal:   &awstest.Refusal{Code: "InvalidInput", Message: "Invalid Input"},
			}),
			want: "inconclusive failed",
		},

		{
			name:  "pull not allowed",
			cause: "role-permission-missing",
			stage: classifier.Image,
			facts: image,
			want:  "confirmed",
			words: webRepository,
		},
		{
			name:   "pull allowed but for layers",
			cause:  "role-permission-missing",
			stage:  classifier.Image,
			facts:  image,
			change: allow(executionRole, "ecr:BatchGetImage", webRepository),
			want:   "confirmed",
			words:  "ecr:GetDownloadUrlForLayer",
		},
		{
			name:  "pull allowed by the repository",
			cause: "role-permission-missing",
			stage: classifier.Image,
			facts: image,
			change: replace("ecr:GetRepositoryPolicy", object{
				"registryId":     account,
				"repositoryName": "web",
				"policyText": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + executionRole +
					`"},"Action":"ecr:*"}]}`,
			}),
			want:  "ruled_out",
			words: "within one account",
		},
		{
			name:   "P14 repository's policy refused",
			cause:  "role-permission-missing",
			stage:  classifier.Image,
			facts:  image,
			change: faulty(awstest.Fault{Operation: "ecr", Denied: true}),
			want:   "inconclusive no_permission ecr:GetRepositoryPolicy",
			words:  "only the policy of the resource",
		},
		{
			name:   "repository gone",
			cause:  "role-permission-missing",
			stage:  classifier.Image,
			facts:  image,
			change: replace("ecr:GetRepositoryPolicy"),
			want:   "inconclusive not_visible",
			words:  "only the policy",
		},
		{
			name:   "P3 foreign repository refused",
			cause:  "repository-policy-denies",
			stage:  classifier.Image,
			facts:  foreign,
			change: faulty(awstest.Fault{Operation: "ecr", Denied: true}),
			want:   "inconclusive not_visible",
			words:  "must allow",
		},
		{
			name:   "foreign repository without a policy",
			cause:  "repository-policy-denies",
			stage:  classifier.Image,
			facts:  foreign,
			change: replace("ecr:GetRepositoryPolicy", object{"registryId": "444455556666", "repositoryName": "base"}),
			want:   "confirmed",
			words:  "has no policy",
		},
		{
			name:  "foreign repository for us",
			cause: "repository-policy-denies",
			stage: classifier.Image,
			facts: foreign,
			change: replace("ecr:GetRepositoryPolicy", object{
				"registryId":     "444455556666",
				"repositoryName": "base",
				"policyText": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + account +
					`"},"Action":["ecr:Batch*","ecr:Get*"]}]}`,
			}),
			want:  "ruled_out",
			words: "to account",
		},

		{
			name:  "secret not allowed",
			cause: "role-permission-missing",
			stage: classifier.Secret,
			facts: oneSecret,
			want:  "confirmed",
			words: dbSecret,
		},
		{
			name:   "secret allowed, parameter not",
			cause:  "role-permission-missing",
			stage:  classifier.Secret,
			facts:  classifier.Facts{},
			change: allow(executionRole, get, dbSecret),
			want:   "confirmed",
			words:  token,
		},
		{
			name:  "secret and parameter allowed",
			cause: "role-permission-missing",
			stage: classifier.Secret,
			facts: classifier.Facts{},
			change: func(s *awstest.Server) {
				allow(executionRole, get, dbSecret)(s)
				allow(executionRole, "ssm:GetParameters", token)(s)
			},
			want:  "ruled_out",
			words: "allow",
		},
		{
			name:   "secret by a part of its ARN, its policies by the whole",
			cause:  "role-permission-missing",
			stage:  classifier.Secret,
			facts:  classifier.Facts{Secret: strings.TrimSuffix(dbSecret, "-Q1w2E3")},
			change: allow(executionRole, get, dbSecret),
			want:   "inconclusive partial",
			words:  "implicitDeny",
		},
		{
			name:  "P9 secret not allowed by the boundary",
			cause: "permissions-boundary-denies",
			stage: classifier.Secret,
			facts: oneSecret,
			change: func(s *awstest.Server) {
				s.Put("iam:SimulatePrincipalPolicy", object{
					"Role":     executionRole,
					"Action":   get,
					"Resource": dbSecret,
					"Decision": "implicitDeny",
					"Boundary": false,
				})
			},
			want:  "confirmed",
			words: "permissions boundary",
		},
		{
			name:  "secret denies",
			cause: "resource-policy-denies",
			stage: classifier.Secret,
			facts: oneSecret,
			change: replace("secretsmanager:GetResourcePolicy", object{
				"ARN":  dbSecret,
				"Name": "orders/db",
				"ResourcePolicy": `{"Statement":[{"Sid":"Lock","Effect":"Deny","Principal":"*",` +
					`"Action":"secretsmanager:*","Resource":"*"}]}`,
			}),
			want:  "confirmed",
			words: "Lock",
		},
		{
			name:  "secret has no policy",
			cause: "resource-policy-denies",
			stage: classifier.Secret,
			facts: oneSecret,
			want:  "ruled_out",
			words: "has no policy",
		},
		{
			name:   "P14 secret's policy refused",
			cause:  "resource-policy-denies",
			stage:  classifier.Secret,
			facts:  oneSecret,
			change: faulty(awstest.Fault{Operation: "secretsmanager", Denied: true}),
			want:   "inconclusive no_permission secretsmanager:GetResourcePolicy",
		},

		{
			name:  "key left to the account, role not allowed",
			cause: "kms-denied",
			stage: classifier.Secret,
			facts: key,
			want:  "confirmed",
			words: "leaves that to them",
		},
		{
			name:   "key left to the account, role allowed",
			cause:  "kms-denied",
			stage:  classifier.Secret,
			facts:  key,
			change: allow(executionRole, "kms:Decrypt", customerKey),
			want:   "ruled_out",
			words:  "leaves kms:Decrypt",
		},
		{
			name:  "key granted",
			cause: "kms-denied",
			stage: classifier.Secret,
			facts: key,
			change: func(s *awstest.Server) {
				s.PageSize = 2
				for i := range 5 {
					s.Put("kms:ListGrants", object{
						"KeyId":            customerKey,
						"GrantId":          fmt.Sprint(i),
						"GranteePrincipal": fmt.Sprintf("arn:aws:iam::%s:role/r%d", account, i),
						"Operations":       []string{"Decrypt"},
					})
				}
				s.Put("kms:ListGrants", object{
					"KeyId":            customerKey,
					"GrantId":          "6",
					"GranteePrincipal": executionRole,
					"Operations":       []string{"Decrypt", "DescribeKey"},
				})
			},
			want:  "ruled_out",
			words: "a grant",
		},
		{
			name:  "key granted in a context",
			cause: "kms-denied",
			stage: classifier.Secret,
			facts: key,
			change: replace("kms:ListGrants", object{
				"KeyId":            customerKey,
				"GrantId":          "1",
				"GranteePrincipal": executionRole,
				"Operations":       []string{"Decrypt"},
				"Constraints":      object{"EncryptionContextSubset": object{"Department": "Finance"}},
			}),
			want:  "inconclusive condition",
			words: "encryption context",
		},
		{
			name:   "P14 grants refused",
			cause:  "kms-denied",
			stage:  classifier.Secret,
			facts:  key,
			change: faulty(awstest.Fault{Operation: "kms:ListGrants", Denied: true}),
			want:   "inconclusive no_permission kms:ListGrants",
		},
		{
			name:  "key enabled",
			cause: "kms-key-disabled",
			stage: classifier.Secret,
			facts: key,
			want:  "ruled_out",
			words: "is Enabled",
		},
		{
			name:  "key on its way out",
			cause: "kms-key-disabled",
			stage: classifier.Secret,
			facts: key,
			change: replace("kms:DescribeKey", object{
				"Arn":          customerKey,
				"KeyState":     "PendingDeletion",
				"DeletionDate": seconds(created.AddDate(0, 0, 7)),
				"KeyManager":   "CUSTOMER",
			}),
			want:  "confirmed",
			words: "until 2026-03-11",
		},
		{
			name:   "key gone",
			cause:  "kms-key-disabled",
			stage:  classifier.Secret,
			facts:  key,
			change: replace("kms:DescribeKey"),
			want:   "confirmed",
			words:  "no key",
		},
		{
			name:   "P14 key refused",
			cause:  "kms-key-disabled",
			stage:  classifier.Secret,
			facts:  key,
			change: faulty(awstest.Fault{Operation: "kms:DescribeKey", Denied: true}),
			want:   "inconclusive no_permission kms:DescribeKey",
		},

		{
			name:  "mount: the execution role is named",
			cause: "efs-iam-denied",
			stage: classifier.Volume,
			facts: classifier.Facts{},
			want:  "confirmed",
			words: "names the execution role execution",
		},
		{
			name:   "mount: the task role is allowed",
			cause:  "efs-iam-denied",
			stage:  classifier.Volume,
			facts:  classifier.Facts{},
			change: allow(taskRole, "elasticfilesystem:ClientMount", mounted),
			want:   "ruled_out",
			words:  "task role orders",
		},
		{
			name:   "mount: no policy",
			cause:  "efs-iam-denied",
			stage:  classifier.Volume,
			facts:  classifier.Facts{},
			change: replace("elasticfilesystem:DescribeFileSystemPolicy", object{"FileSystemId": "fs-0a1b2c3d"}),
			want:   "ruled_out",
			words:  "has no policy",
		},
		{
			name:   "mount: file system gone",
			cause:  "efs-iam-denied",
			stage:  classifier.Volume,
			facts:  classifier.Facts{},
			change: replace("elasticfilesystem:DescribeFileSystemPolicy"),
			want:   "inconclusive not_visible",
			words:  "fs-0a1b2c3d",
		},
		{
			name:   "P14 mount: policy refused",
			cause:  "efs-iam-denied",
			stage:  classifier.Volume,
			facts:  classifier.Facts{},
			change: faulty(awstest.Fault{Operation: "elasticfilesystem", Denied: true}),
			want:   "inconclusive no_permission elasticfilesystem:DescribeFileSystemPolicy",
		},

		{
			name:  "environment file: nobody allows",
			cause: "env-file-denied",
			stage: classifier.EnvFile,
			facts: classifier.Facts{},
			want:  "confirmed",
			words: envFile,
		},
		{
			name:  "environment file: the bucket denies",
			cause: "env-file-denied",
			stage: classifier.EnvFile,
			facts: classifier.Facts{},
			change: func(s *awstest.Server) {
				allow(executionRole, "s3:GetObject", envFile)(s)
				replace("s3:GetBucketPolicy", object{
					"Bucket": "orders-config",
					"Policy": `{"Statement":{"Sid":"Out","Effect":"Deny","Principal":"*","Action":"s3:*",` +
						`"Resource":["arn:aws:s3:::orders-config","arn:aws:s3:::orders-config/*"]}}`,
				})(s)
			},
			want:  "confirmed",
			words: "Out",
		},
		{
			name:   "environment file: bucket gone",
			cause:  "env-file-denied",
			stage:  classifier.EnvFile,
			facts:  classifier.Facts{},
			change: replace("s3:GetBucketPolicy"),
			want:   "inconclusive not_visible",
		},
		{
			name:  "log group not to be created by the role",
			cause: "log-group-create-denied",
			stage: classifier.Logging,
			facts: classifier.Facts{AWSAction: "logs:CreateLogGroup"},
			want:  "confirmed",
			words: "logs:CreateLogGroup",
		},
		{
			name:  "log group, not said",
			cause: "log-group-create-denied",
			stage: classifier.Logging,
			facts: classifier.Facts{},
			want:  "confirmed",
			words: "there is no log group /ecs/web",
		},
		{
			name:  "log stream",
			cause: "role-permission-missing",
			stage: classifier.Logging,
			facts: classifier.Facts{},
			want:  "confirmed",
			words: "log-stream:ecs/app/",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			denied(s)
			if c.change != nil {
				c.change(s)
			}
			g, clock := newGatherer(s)
			clock.now = created.Add(70 * time.Second)
			stop := keyStop()
			stop.TaskID = "0af1"
			proofs := g.Gather(t.Context(), stop, said(c.stage, c.facts, c.cause)).Proofs
			p := proofs[0]
			got := strings.TrimSpace(strings.Join([]string{string(p.Result), p.Reason, p.MissingAction}, " "))
			if p.Cause != c.cause || got != c.want || !strings.Contains(p.Evidence, c.words) {
				t.Errorf("%s: %s %q\nwant %s %q", p.Cause, got, p.Evidence, c.want, c.words)
			}
		})
	}
}

// TestAnotherAccountsKeyPolicyIsNotAsked: KMS tells a key's policy only within the key's account.
func TestAnotherAccountsKeyPolicyIsNotAsked(t *testing.T) {
	s := newServer(t)
	denied(s)
	foreign := strings.Replace(customerKey, account, "444455556666", 1)
	g, _ := newGatherer(s)
	stop := keyStop()
	stop.StoppedReason = strings.Replace(stop.StoppedReason, customerKey, foreign, 1)
	p := g.Gather(t.Context(), stop,
		said(
			classifier.Secret,
			classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: foreign},
			"kms-denied",
		)).Proofs[0]
	if p.Result != classifier.Inconclusive || p.Reason != classifier.ReasonNotVisible ||
		s.Count("kms:GetKeyPolicy") > 0 {
		t.Errorf("%+v after %q", p, s.Requests())
	}
}

// TestWhereNoRegionIsNobodyIsAsked: the Region of an ARN, which somebody wrote into a task definition, becomes a part
// of the host.
func TestWhereNoRegionIsNobodyIsAsked(t *testing.T) {
	g, _ := newGatherer(newServer(t))
	r := &reading{Gatherer: g, stop: fargateStop()}
	for _, service := range []string{"secretsmanager", "ecr", "kms"} {
		policy(t.Context(), r, "arn:aws:"+service+":example.org/#:"+account+":thing")
	}
	odd := strings.Replace(customerKey, region, "example.org/#", 1)
	key(t.Context(), r, odd)
	grants(t.Context(), r, odd)
	if n := r.calls.Load(); n > 0 {
		t.Errorf("%d calls", n)
	}
}

// TestAccessTiers holds what a deployment of a lesser tier says: which tier or permission would have told.
func TestAccessTiers(t *testing.T) {
	for _, c := range []struct {
		tier  evidence.Tier
		stage classifier.Stage
		cause string
		want  string
		calls []string
	}{
		{
			tier:  evidence.TierDescribe,
			stage: classifier.Image,
			cause: "role-permission-missing",
			want:  "not_checked tier iam:SimulatePrincipalPolicy",
			calls: []string{"ecr:GetRepositoryPolicy"},
		},
		{
			tier:  evidence.TierDescribe,
			stage: classifier.Role,
			cause: "role-missing",
			want:  "not_checked tier iam:GetRole",
		},
		{
			tier:  evidence.TierPolicies,
			stage: classifier.EnvFile,
			cause: "env-file-denied",
			want:  "not_checked deferred",
			calls: []string{"iam:SimulatePrincipalPolicy"},
		},
		{
			tier:  evidence.TierDeep,
			stage: classifier.EnvFile,
			cause: "env-file-denied",
			want:  "not_checked deferred",
			calls: []string{"iam:SimulatePrincipalPolicy"},
		},
	} {
		s := newServer(t)
		denied(s)
		stop := fargateStop()
		g := New(config(s), Options{Tier: c.tier, Caller: callerOf,
			Now: func() time.Time { return created.Add(70 * time.Second) }})
		p := g.Gather(t.Context(), stop,
			said(
				c.stage,
				classifier.Facts{Image: account + ".dkr.ecr." + region + ".amazonaws.com/web:42"},
				c.cause,
			)).Proofs[0]
		if got := strings.TrimSpace(strings.Join(
			[]string{string(p.Result), p.Reason, p.MissingAction},
			" ",
		)); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.tier, c.cause, got, c.want)
		}
		asked := slices.DeleteFunc(s.Requests(), func(r string) bool {
			return strings.HasPrefix(r, "sts:") || strings.HasPrefix(r, "ec") && r != "ecr:GetRepositoryPolicy"
		})
		if !slices.Equal(asked, c.calls) {
			t.Errorf("%s, %s: asked %q, want %q", c.tier, c.cause, asked, c.calls)
		}
	}
}

// TestSimulationsAreFew holds that forty secrets cost two simulations, which are used again for the next task.
func TestSimulationsAreFew(t *testing.T) {
	s := newServer(t)
	denied(s)
	var calls []evidence.Call
	for i := range 40 {
		calls = append(calls, evidence.Call{
			Role:     executionRole,
			Action:   "secretsmanager:GetSecretValue",
			Resource: fmt.Sprintf("%s%02d", dbSecret[:len(dbSecret)-2], i),
		})
	}
	allow(executionRole, "secretsmanager:GetSecretValue", calls[7].Resource, calls[39].Resource)(s)
	g, c := newGatherer(s)
	for range 2 {
		r := &reading{Gatherer: g, stop: fargateStop()}
		answers := simulations(t.Context(), r, calls)
		for i, call := range calls {
			want := "implicitDeny"
			if i == 7 || i == 39 {
				want = "allowed"
			}
			if a := answers[call]; a.State != evidence.Known || a.Value.Decision != want {
				t.Errorf("%d: %+v, want %s", i, a, want)
			}
		}
		c.move(4 * time.Minute)
	}
	if n := s.Count("iam:SimulatePrincipalPolicy"); n != 2 {
		t.Errorf("%d simulations", n)
	}
	c.move(2 * time.Minute)
	simulations(t.Context(), &reading{Gatherer: g, stop: fargateStop()}, calls)
	if n := s.Count("iam:SimulatePrincipalPolicy"); n != 4 {
		t.Errorf("%d simulations after six minutes", n)
	}
}

// TestSimulationInItsOldForm has a result for each resource, as IAM answered before it put them together.
func TestSimulationInItsOldForm(t *testing.T) {
	s := newServer(t)
	s.Handle("iam:SimulatePrincipalPolicy", func(in awstest.Object) (awstest.Object, *awstest.Refusal) {
		return object{
			"IsTruncated": false,
			"EvaluationResults": []object{{
				"EvalActionName":   "ecr:BatchGetImage",
				"EvalResourceName": webRepository,
				"EvalDecision":     "allowed",
			}},
		}, nil
	})
	g, _ := newGatherer(s)
	call := evidence.Call{Role: executionRole, Action: "ecr:BatchGetImage", Resource: webRepository}
	if a := simulations(
		t.Context(),
		&reading{Gatherer: g, stop: fargateStop()},
		[]evidence.Call{call},
	)[call]; a.Value.Decision != "allowed" {
		t.Errorf("%+v", a)
	}
	other := call
	other.Resource += "-2"
	both := simulations(t.Context(), &reading{Gatherer: g, stop: fargateStop()}, []evidence.Call{call, other})
	if a := both[other]; a.State != evidence.Unknown || a.Reason != classifier.ReasonFailed {
		t.Errorf("a resource that the answer does not tell of: %+v", a)
	}
}
