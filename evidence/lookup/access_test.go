package lookup

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
	ecsTrust      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// accessScenarios are refusals. Together they make readAccess ask all that it can ask.
var accessScenarios = []scenario{
	{"a role is refused", denied, fargateStop, said(classifier.Role, classifier.Facts{}, "role-missing", "role-not-assumable")},
	{"an image is refused", denied, fargateStop, said(classifier.Image, classifier.Facts{Image: account + ".dkr.ecr." + region + ".amazonaws.com/web:42"}, "role-permission-missing")},
	{"secrets are refused", denied, fargateStop, said(classifier.Secret, classifier.Facts{}, "role-permission-missing", "resource-policy-denies")},
	{"a key is refused", denied, keyStop, said(classifier.Secret, classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: customerKey}, "kms-denied", "kms-key-disabled")},
	{"a mount is refused", denied, fargateStop, said(classifier.Volume, classifier.Facts{}, "efs-iam-denied")},
	{"an environment file is refused", denied, fargateStop, said(classifier.EnvFile, classifier.Facts{}, "env-file-denied")},
	{"a log group is refused", denied, fargateStop, said(classifier.Logging, classifier.Facts{}, "role-permission-missing", "log-group-create-denied")},
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
	s.Put("ecs:DescribeTaskDefinition", object{"taskDefinitionArn": arn + "task-definition/web:42", "networkMode": "awsvpc", "executionRoleArn": executionRole, "taskRoleArn": taskRole,
		"containerDefinitions": []object{{"name": "app", "image": account + ".dkr.ecr." + region + ".amazonaws.com/web:42",
			"secrets":          []object{{"name": "DB", "valueFrom": dbSecret + ":password::"}, {"name": "TOKEN", "valueFrom": "/orders/token"}},
			"environmentFiles": []object{{"type": "s3", "value": envFile}},
			"logConfiguration": object{"logDriver": "awslogs", "options": object{"awslogs-group": "/ecs/web", "awslogs-region": region, "awslogs-stream-prefix": "ecs", "awslogs-create-group": "true"}},
		}},
		"volumes": []object{{"name": "data", "efsVolumeConfiguration": object{"fileSystemId": "fs-0a1b2c3d", "transitEncryption": "ENABLED", "authorizationConfig": object{"iam": "ENABLED"}}}}})
	old := created.Add(-48 * time.Hour).Format(time.RFC3339)
	s.Put("iam:GetRole",
		object{"RoleName": "execution", "RoleId": "AROAEXAMPLE1", "Path": "/", "Arn": executionRole, "CreateDate": old, "AssumeRolePolicyDocument": ecsTrust},
		object{"RoleName": "orders", "RoleId": "AROAEXAMPLE2", "Path": "/app/", "Arn": taskRole, "CreateDate": old, "AssumeRolePolicyDocument": ecsTrust})
	s.Put("ecr:GetRepositoryPolicy", object{"registryId": account, "repositoryName": "web"})
	s.Put("secretsmanager:GetResourcePolicy", object{"ARN": dbSecret, "Name": "orders/db"})
	s.Put("kms:DescribeKey", object{"Arn": customerKey, "KeyId": customerKey[len(customerKey)-36:], "KeyState": "Enabled", "KeyManager": "CUSTOMER"})
	s.Put("kms:GetKeyPolicy", object{"Arn": customerKey, "Policy": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"kms:*","Resource":"*"}]}`})
	s.Put("elasticfilesystem:DescribeFileSystemPolicy", object{"FileSystemId": "fs-0a1b2c3d",
		"Policy": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + executionRole + `"},"Action":"elasticfilesystem:ClientMount"}]}`})
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
			s.Put("iam:SimulatePrincipalPolicy", object{"Role": role, "Action": action, "Resource": resource, "Decision": "allowed", "Policy": "orders"})
		}
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
		{"roles exist", "role-missing", classifier.Role, classifier.Facts{}, nil, "ruled_out", "execution and orders"},
		{"role deleted", "role-missing", classifier.Role, classifier.Facts{}, replace("iam:GetRole"), "confirmed", "no role execution"},
		{"role may not be looked at", "role-missing", classifier.Role, classifier.Facts{}, faulty(awstest.Fault{Operation: "iam:GetRole", Denied: true}), "inconclusive no_permission iam:GetRole", ""},
		{"role throttled", "role-missing", classifier.Role, classifier.Facts{}, faulty(awstest.Fault{Operation: "iam", Throttled: true}), "inconclusive throttled", ""},
		{"role trusted", "role-not-assumable", classifier.Role, classifier.Facts{}, nil, "ruled_out", "ecs-tasks"},
		{"role not trusted", "role-not-assumable", classifier.Role, classifier.Facts{Role: "orders"}, replace("iam:GetRole", object{"RoleName": "orders", "Arn": taskRole, "CreateDate": "2026-01-01T00:00:00Z",
			"AssumeRolePolicyDocument": `{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"a b":"100% + x"}}}]}`}), "confirmed", "does not name ecs-tasks"},
		{"service role missing", "service-role-missing", classifier.Network, classifier.Facts{}, nil, "confirmed", "AWSServiceRoleForECS"},

		{"login not allowed", "role-permission-missing", classifier.RegistryAuth, login, nil, "confirmed", "ecr:GetAuthorizationToken on *"},
		{"login allowed", "role-permission-missing", classifier.RegistryAuth, login, allow(executionRole, "ecr:GetAuthorizationToken", "*"), "ruled_out", "VPC endpoint"},
		{"login denied by name", "role-permission-missing", classifier.RegistryAuth, login, simulated(object{"Decision": "explicitDeny", "Policy": "freeze"}), "confirmed", "policy freeze"},
		{"P9 missing context values at the top, for *", "role-permission-missing", classifier.RegistryAuth, login, simulated(object{"Decision": "implicitDeny", "Missing": []string{"aws:SourceVpce"}}), "inconclusive condition", "aws:SourceVpce"},
		{"P9 not allowed by the organization", "role-permission-missing", classifier.RegistryAuth, login, simulated(object{"Decision": "implicitDeny", "Organizations": false}), "inconclusive condition", "service control policy"},
		{"P9 allowed by the organization", "role-permission-missing", classifier.RegistryAuth, login, simulated(object{"Decision": "implicitDeny", "Organizations": true}), "confirmed", "no policy"},
		{"P9 not allowed by the boundary", "permissions-boundary-denies", classifier.RegistryAuth, login, simulated(object{"Decision": "implicitDeny", "Boundary": false}), "confirmed", "permissions boundary"},
		{"P14 simulation refused", "role-permission-missing", classifier.RegistryAuth, login, faulty(awstest.Fault{Operation: "iam:SimulatePrincipalPolicy", Denied: true}), "inconclusive no_permission iam:SimulatePrincipalPolicy", ""},
		{"simulation does not know the role", "role-permission-missing", classifier.RegistryAuth, login, replace("iam:GetRole"), "inconclusive not_visible", "no role"},
		{"simulation fails", "role-permission-missing", classifier.RegistryAuth, login, faulty(awstest.Fault{Operation: "iam:SimulatePrincipalPolicy", Refusal: &awstest.Refusal{Code: "InvalidInput", Message: "Invalid Input"}}), "inconclusive failed", ""},

		{"pull not allowed", "role-permission-missing", classifier.Image, image, nil, "confirmed", webRepository},
		{"pull allowed but for layers", "role-permission-missing", classifier.Image, image, allow(executionRole, "ecr:BatchGetImage", webRepository), "confirmed", "ecr:GetDownloadUrlForLayer"},
		{"pull allowed by the repository", "role-permission-missing", classifier.Image, image, replace("ecr:GetRepositoryPolicy", object{"registryId": account, "repositoryName": "web",
			"policyText": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + executionRole + `"},"Action":"ecr:*"}]}`}), "ruled_out", "within one account"},
		{"P14 repository's policy refused", "role-permission-missing", classifier.Image, image, faulty(awstest.Fault{Operation: "ecr", Denied: true}), "inconclusive no_permission ecr:GetRepositoryPolicy", "only the policy of the resource"},
		{"repository gone", "role-permission-missing", classifier.Image, image, replace("ecr:GetRepositoryPolicy"), "inconclusive not_visible", "only the policy"},
		{"P3 foreign repository refused", "repository-policy-denies", classifier.Image, foreign, faulty(awstest.Fault{Operation: "ecr", Denied: true}), "inconclusive not_visible", "must allow"},
		{"foreign repository without a policy", "repository-policy-denies", classifier.Image, foreign, replace("ecr:GetRepositoryPolicy", object{"registryId": "444455556666", "repositoryName": "base"}), "confirmed", "has no policy"},
		{"foreign repository for us", "repository-policy-denies", classifier.Image, foreign, replace("ecr:GetRepositoryPolicy", object{"registryId": "444455556666", "repositoryName": "base",
			"policyText": `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":["ecr:Batch*","ecr:Get*"]}]}`}), "ruled_out", "to account"},

		{"secret not allowed", "role-permission-missing", classifier.Secret, oneSecret, nil, "confirmed", dbSecret},
		{"secret allowed, parameter not", "role-permission-missing", classifier.Secret, classifier.Facts{}, allow(executionRole, get, dbSecret), "confirmed", token},
		{"secret and parameter allowed", "role-permission-missing", classifier.Secret, classifier.Facts{}, func(s *awstest.Server) {
			allow(executionRole, get, dbSecret)(s)
			allow(executionRole, "ssm:GetParameters", token)(s)
		}, "ruled_out", "allow"},
		{"secret by a part of its ARN, its policies by the whole", "role-permission-missing", classifier.Secret, classifier.Facts{Secret: strings.TrimSuffix(dbSecret, "-Q1w2E3")}, allow(executionRole, get, dbSecret), "inconclusive partial", "implicitDeny"},
		{"P9 secret not allowed by the boundary", "permissions-boundary-denies", classifier.Secret, oneSecret, func(s *awstest.Server) {
			s.Put("iam:SimulatePrincipalPolicy", object{"Role": executionRole, "Action": get, "Resource": dbSecret, "Decision": "implicitDeny", "Boundary": false})
		}, "confirmed", "permissions boundary"},
		{"secret denies", "resource-policy-denies", classifier.Secret, oneSecret, replace("secretsmanager:GetResourcePolicy", object{"ARN": dbSecret, "Name": "orders/db",
			"ResourcePolicy": `{"Statement":[{"Sid":"Lock","Effect":"Deny","Principal":"*","Action":"secretsmanager:*","Resource":"*"}]}`}), "confirmed", "Lock"},
		{"secret has no policy", "resource-policy-denies", classifier.Secret, oneSecret, nil, "ruled_out", "has no policy"},
		{"P14 secret's policy refused", "resource-policy-denies", classifier.Secret, oneSecret, faulty(awstest.Fault{Operation: "secretsmanager", Denied: true}), "inconclusive no_permission secretsmanager:GetResourcePolicy", ""},

		{"key left to the account, role not allowed", "kms-denied", classifier.Secret, key, nil, "confirmed", "leaves that to them"},
		{"key left to the account, role allowed", "kms-denied", classifier.Secret, key, allow(executionRole, "kms:Decrypt", customerKey), "ruled_out", "leaves kms:Decrypt"},
		{"key granted", "kms-denied", classifier.Secret, key, func(s *awstest.Server) {
			s.PageSize = 2
			for i := range 5 {
				s.Put("kms:ListGrants", object{"KeyId": customerKey, "GrantId": fmt.Sprint(i), "GranteePrincipal": fmt.Sprintf("arn:aws:iam::%s:role/r%d", account, i), "Operations": []string{"Decrypt"}})
			}
			s.Put("kms:ListGrants", object{"KeyId": customerKey, "GrantId": "6", "GranteePrincipal": executionRole, "Operations": []string{"Decrypt", "DescribeKey"}})
		}, "ruled_out", "a grant"},
		{"key granted in a context", "kms-denied", classifier.Secret, key, replace("kms:ListGrants", object{"KeyId": customerKey, "GrantId": "1", "GranteePrincipal": executionRole, "Operations": []string{"Decrypt"},
			"Constraints": object{"EncryptionContextSubset": object{"Department": "Finance"}}}), "inconclusive condition", "encryption context"},
		{"P14 grants refused", "kms-denied", classifier.Secret, key, faulty(awstest.Fault{Operation: "kms:ListGrants", Denied: true}), "inconclusive no_permission kms:ListGrants", ""},
		{"key enabled", "kms-key-disabled", classifier.Secret, key, nil, "ruled_out", "is Enabled"},
		{"key on its way out", "kms-key-disabled", classifier.Secret, key, replace("kms:DescribeKey", object{"Arn": customerKey, "KeyState": "PendingDeletion", "DeletionDate": seconds(created.AddDate(0, 0, 7)), "KeyManager": "CUSTOMER"}), "confirmed", "until 2026-03-11"},
		{"key gone", "kms-key-disabled", classifier.Secret, key, replace("kms:DescribeKey"), "confirmed", "no key"},
		{"P14 key refused", "kms-key-disabled", classifier.Secret, key, faulty(awstest.Fault{Operation: "kms:DescribeKey", Denied: true}), "inconclusive no_permission kms:DescribeKey", ""},

		{"mount: the execution role is named", "efs-iam-denied", classifier.Volume, classifier.Facts{}, nil, "confirmed", "names the execution role execution"},
		{"mount: the task role is allowed", "efs-iam-denied", classifier.Volume, classifier.Facts{}, allow(taskRole, "elasticfilesystem:ClientMount", mounted), "ruled_out", "task role orders"},
		{"mount: no policy", "efs-iam-denied", classifier.Volume, classifier.Facts{}, replace("elasticfilesystem:DescribeFileSystemPolicy", object{"FileSystemId": "fs-0a1b2c3d"}), "ruled_out", "has no policy"},
		{"mount: file system gone", "efs-iam-denied", classifier.Volume, classifier.Facts{}, replace("elasticfilesystem:DescribeFileSystemPolicy"), "inconclusive not_visible", "fs-0a1b2c3d"},
		{"P14 mount: policy refused", "efs-iam-denied", classifier.Volume, classifier.Facts{}, faulty(awstest.Fault{Operation: "elasticfilesystem", Denied: true}), "inconclusive no_permission elasticfilesystem:DescribeFileSystemPolicy", ""},

		{"environment file: nobody allows", "env-file-denied", classifier.EnvFile, classifier.Facts{}, nil, "confirmed", envFile},
		{"environment file: the bucket denies", "env-file-denied", classifier.EnvFile, classifier.Facts{}, func(s *awstest.Server) {
			allow(executionRole, "s3:GetObject", envFile)(s)
			replace("s3:GetBucketPolicy", object{"Bucket": "orders-config", "Policy": `{"Statement":{"Sid":"Out","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::orders-config","arn:aws:s3:::orders-config/*"]}}`})(s)
		}, "confirmed", "Out"},
		{"environment file: bucket gone", "env-file-denied", classifier.EnvFile, classifier.Facts{}, replace("s3:GetBucketPolicy"), "inconclusive not_visible", ""},
		{"log group not to be created by the role", "log-group-create-denied", classifier.Logging, classifier.Facts{AWSAction: "logs:CreateLogGroup"}, nil, "confirmed", "logs:CreateLogGroup"},
		{"log group, not said", "log-group-create-denied", classifier.Logging, classifier.Facts{}, nil, "confirmed", "there is no log group /ecs/web"},
		{"log stream", "role-permission-missing", classifier.Logging, classifier.Facts{}, nil, "confirmed", "log-stream:ecs/app/"},
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
	p := g.Gather(t.Context(), stop, said(classifier.Secret, classifier.Facts{AWSAction: "kms:Decrypt", AWSResource: foreign}, "kms-denied")).Proofs[0]
	if p.Result != classifier.Inconclusive || p.Reason != classifier.ReasonNotVisible || s.Count("kms:GetKeyPolicy") > 0 {
		t.Errorf("%+v after %q", p, s.Requests())
	}
}

// TestWhereNoRegionIsNobodyIsAsked: the Region of an ARN, which somebody wrote into a task definition, becomes a part of the host.
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
		{evidence.TierDescribe, classifier.Image, "role-permission-missing", "not_checked tier iam:SimulatePrincipalPolicy", []string{"ecr:GetRepositoryPolicy"}},
		{evidence.TierDescribe, classifier.Role, "role-missing", "not_checked tier iam:GetRole", nil},
		{evidence.TierPolicies, classifier.EnvFile, "env-file-denied", "not_checked deferred", []string{"iam:SimulatePrincipalPolicy"}},
		{evidence.TierDeep, classifier.EnvFile, "env-file-denied", "not_checked deferred", []string{"iam:SimulatePrincipalPolicy"}},
	} {
		s := newServer(t)
		denied(s)
		stop := fargateStop()
		g := New(config(s), Options{Tier: c.tier, Now: func() time.Time { return created.Add(70 * time.Second) }})
		p := g.Gather(t.Context(), stop, said(c.stage, classifier.Facts{Image: account + ".dkr.ecr." + region + ".amazonaws.com/web:42"}, c.cause)).Proofs[0]
		if got := strings.TrimSpace(strings.Join([]string{string(p.Result), p.Reason, p.MissingAction}, " ")); got != c.want {
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
		calls = append(calls, evidence.Call{Role: executionRole, Action: "secretsmanager:GetSecretValue", Resource: fmt.Sprintf("%s%02d", dbSecret[:len(dbSecret)-2], i)})
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
		return object{"IsTruncated": false, "EvaluationResults": []object{{"EvalActionName": "ecr:BatchGetImage", "EvalResourceName": webRepository, "EvalDecision": "allowed"}}}, nil
	})
	g, _ := newGatherer(s)
	call := evidence.Call{Role: executionRole, Action: "ecr:BatchGetImage", Resource: webRepository}
	if a := simulations(t.Context(), &reading{Gatherer: g, stop: fargateStop()}, []evidence.Call{call})[call]; a.Value.Decision != "allowed" {
		t.Errorf("%+v", a)
	}
	other := call
	other.Resource += "-2"
	both := simulations(t.Context(), &reading{Gatherer: g, stop: fargateStop()}, []evidence.Call{call, other})
	if a := both[other]; a.State != evidence.Unknown || a.Reason != classifier.ReasonFailed {
		t.Errorf("a resource that the answer does not tell of: %+v", a)
	}
}
