package classifier

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/events"
)

// applying returns the ids of the causes of the tables that apply, in order.
func applying(s events.Stop, f Finding, tables ...[]Cause) []string {
	var ids []string
	for _, c := range slices.Concat(tables...) {
		if c.at(f.Stage) && c.Applies(newView(&s, &f)) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

func TestCausesInOrder(t *testing.T) {
	onFargate := events.Stop{
		LaunchType: "FARGATE",
		Account:    "210987654321",
		Region:     "eu-north-1",
		Attachments: []events.Attachment{{
			Type:    "eni",
			Details: map[string]string{"subnetId": "subnet-0aa11bb22cc33dd44"},
		}},
	}
	inAwsvpcOnEC2 := onFargate
	inAwsvpcOnEC2.LaunchType = "EC2"
	onBridge := inAwsvpcOnEC2
	onBridge.Attachments = nil
	outside := onBridge
	outside.LaunchType = "EXTERNAL"
	saying := func(reason string) events.Stop {
		s := onFargate
		s.StoppedReason = reason
		return s
	}
	const (
		api      = "api.ecr.eu-north-1.amazonaws.com"
		registry = "210987654321.dkr.ecr.eu-north-1.amazonaws.com"
		layers   = "prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com"
	)
	pull := Facts{Endpoint: registry, Registry: registry, Image: registry + "/orders:7"}

	for _, c := range []struct {
		name string
		stop events.Stop
		f    Finding
		want string
	}{
		{
			name: "Fargate, ECR token, public address",
			stop: onFargate,
			f:    Finding{Stage: RegistryAuth, Fault: Unreachable, Facts: Facts{Endpoint: api, RemoteIP: "13.48.4.5"}},
			want: "public-ip-missing nat-unusable internet-gateway-missing public-access-blocked route-missing " +
				"task-sg-egress-closed nacl-blocks endpoint-missing endpoint-private-dns-off " +
				"endpoint-sg-closed s3-gateway-missing s3-endpoint-policy-denies nat-ports-exhausted " +
				"proxy-or-firewall role-permission-missing",
		},
		{
			name: "Fargate, ECR pull, unknown address",
			stop: onFargate,
			f:    Finding{Stage: Image, Fault: Unreachable, Facts: pull},
			want: "public-ip-missing nat-unusable internet-gateway-missing public-access-blocked route-missing " +
				"task-sg-egress-closed nacl-blocks endpoint-missing endpoint-private-dns-off " +
				"endpoint-sg-closed s3-gateway-missing s3-endpoint-policy-denies nat-ports-exhausted " +
				"proxy-or-firewall role-permission-missing",
		},
		{
			name: "Fargate, ECR layers: S3 has no interface endpoint to look at",
			stop: onFargate,
			f: Finding{
				Stage: Image,
				Fault: Unreachable,
				Facts: Facts{Endpoint: layers, RemoteIP: "52.218.1.2", Registry: registry},
			},
			want: "public-ip-missing nat-unusable internet-gateway-missing public-access-blocked route-missing " +
				"task-sg-egress-closed nacl-blocks s3-gateway-missing s3-endpoint-policy-denies " +
				"nat-ports-exhausted proxy-or-firewall role-permission-missing",
		},
		{
			name: "private address: a VPC endpoint answered",
			stop: onFargate,
			f:    Finding{Stage: RegistryAuth, Fault: Unreachable, Facts: Facts{Endpoint: api, RemoteIP: "10.0.4.17"}},
			want: "task-sg-egress-closed nacl-blocks endpoint-sg-closed",
		},
		{
			name: "private address of a registry of one's own",
			stop: onFargate,
			f: Finding{
				Stage: Image,
				Fault: Unreachable,
				Facts: Facts{
					Endpoint: "registry.corp.example",
					RemoteIP: "10.9.0.3",
					Registry: "registry.corp.example",
				},
			},
			want: "task-sg-egress-closed nacl-blocks proxy-or-firewall",
		},
		{
			name: "Docker Hub",
			stop: onFargate,
			f: Finding{
				Stage: Image,
				Fault: Unreachable,
				Facts: Facts{Endpoint: "registry-1.docker.io", RemoteIP: "44.205.64.79", Registry: "docker.io"},
			},
			want: "public-ip-missing nat-unusable internet-gateway-missing public-access-blocked route-missing " +
				"task-sg-egress-closed nacl-blocks nat-ports-exhausted proxy-or-firewall",
		},
		{
			name: "EC2, awsvpc",
			stop: inAwsvpcOnEC2,
			f:    Finding{Stage: Logging, Fault: Unreachable, Facts: Facts{Endpoint: "logs.eu-north-1.amazonaws.com"}},
			want: "public-ip-missing public-ip-on-ec2-awsvpc nat-unusable internet-gateway-missing " +
				"public-access-blocked route-missing task-sg-egress-closed nacl-blocks endpoint-missing " +
				"endpoint-private-dns-off endpoint-sg-closed nat-ports-exhausted proxy-or-firewall",
		},
		{
			name: "EC2, bridge",
			stop: onBridge,
			f: Finding{
				Stage: Secret,
				Fault: Unreachable,
				Facts: Facts{Endpoint: "secretsmanager.eu-north-1.amazonaws.com"},
			},
			want: "public-ip-missing nat-unusable internet-gateway-missing public-access-blocked route-missing " +
				"task-sg-egress-closed nacl-blocks endpoint-missing endpoint-private-dns-off " +
				"endpoint-sg-closed nat-ports-exhausted proxy-or-firewall",
		},
		{
			name: "outside of AWS",
			stop: outside,
			f:    Finding{Stage: RegistryAuth, Fault: Unreachable, Facts: Facts{Endpoint: api}},
			want: "proxy-or-firewall",
		},
		{
			name: "environment file",
			stop: onFargate,
			f:    Finding{Stage: EnvFile, Fault: Unreachable},
			want: "public-ip-missing nat-unusable internet-gateway-missing public-access-blocked route-missing " +
				"task-sg-egress-closed nacl-blocks s3-gateway-missing s3-endpoint-policy-denies " +
				"nat-ports-exhausted proxy-or-firewall",
		},

		{
			name: "registry refuses",
			stop: onFargate,
			f: Finding{
				Stage:     Image,
				Fault:     Unreachable,
				FaultRule: "fault/refused",
				Facts:     Facts{Endpoint: registry, RemoteIP: "13.48.4.5", Registry: registry},
			},
			want: "route-missing task-sg-egress-closed nacl-blocks proxy-or-firewall",
		},
		{
			name: "log router refuses",
			stop: onFargate,
			f: Finding{
				Stage:     Logging,
				Fault:     Unreachable,
				FaultRule: "fault/refused",
				Facts:     Facts{RemoteIP: "127.0.0.1"},
			},
			want: "log-router-down",
		},
		{
			name: "log collector does not answer",
			stop: onFargate,
			f: Finding{
				Stage: Logging,
				Fault: Unreachable,
				Facts: Facts{Endpoint: "splunk.corp.example", RemoteIP: "10.9.0.8"},
			},
			want: "task-sg-egress-closed nacl-blocks proxy-or-firewall log-router-down",
		},
		{
			name: "logs of another Region",
			stop: onFargate,
			f:    Finding{Stage: Logging, Fault: NotFound, Facts: Facts{Endpoint: "logs.eu-west-1.amazonaws.com"}},
			want: "log-group-missing log-region-wrong",
		},

		{
			name: "no such host",
			stop: saying("dial tcp: lookup quay.oi: no such host"),
			f:    Finding{Stage: Image, Fault: DNS, Facts: Facts{Endpoint: "quay.oi", Registry: "quay.oi"}},
			want: "name-misspelt dns-disabled dns-server-unreachable",
		},
		{
			name: "DNS server silent",
			stop: saying("lookup " + api + " on 10.0.0.2:53: read udp: i/o timeout"),
			f:    Finding{Stage: RegistryAuth, Fault: DNS, Facts: Facts{Endpoint: api}},
			want: "dns-disabled dns-server-unreachable endpoint-private-dns-off endpoint-new",
		},
		{
			name: "file system has no name",
			stop: onFargate,
			f:    Finding{Stage: Volume, Fault: DNS, Facts: Facts{FileSystem: "fs-0011223344556677a"}},
			want: "efs-mount-target-missing mount-target-new dns-disabled dns-server-unreachable",
		},
		{
			name: "file system does not answer",
			stop: onFargate,
			f:    Finding{Stage: Volume, Fault: Unreachable, Facts: Facts{FileSystem: "fs-0011223344556677a"}},
			want: "efs-sg-closed efs-mount-target-missing task-sg-egress-closed nacl-blocks",
		},
		{
			name: "certificate",
			stop: onFargate,
			f: Finding{
				Stage: Image,
				Fault: TLS,
				Facts: Facts{Endpoint: "registry.corp.example", Registry: "registry.corp.example"},
			},
			want: "tls-intercepted",
		},
	} {
		got := strings.Join(applying(c.stop, c.f, networkCauses, accessCauses, setupCauses), " ")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

func TestOnePolicyRefuses(t *testing.T) {
	for policy, want := range map[string]string{
		"identity-based policy":   "role-permission-missing",
		"resource-based policy":   "resource-policy-denies",
		"VPC endpoint policy":     "endpoint-policy-denies",
		"service control policy":  "scp-denies",
		"resource control policy": "rcp-denies",
		"permissions boundary":    "permissions-boundary-denies",
		"session policy":          "session-policy-denies",
	} {
		for _, stage := range []Stage{Network, Volume, Role, RegistryAuth, Secret, EnvFile, Image, Logging} {
			for _, launchType := range []string{"FARGATE", "EC2"} {
				s := events.Stop{
					LaunchType:    launchType,
					Account:       "210987654321",
					StoppedReason: "ResourceInitializationError: kms: EFS utils: ECR: log group",
				}
				f := Finding{
					Stage: stage,
					Fault: Denied,
					Facts: Facts{
						DeniedBy:  policy,
						Registry:  "998877665544.dkr.ecr.eu-north-1.amazonaws.com",
						AWSAction: "kms:Decrypt",
					},
				}
				all := []string{want}
				if stage == Network {
					all = append(all, "service-role-missing") // who called EC2, whatever refused
				}
				if diff := cmp.Diff(all, applying(s, f, networkCauses, accessCauses, setupCauses)); diff != "" {
					t.Errorf("%s at %s on %s: -want +got\n%s", policy, stage, launchType, diff)
				}
			}
		}
	}
}

// TestEachCauseOfAThingHasItsText holds that real reasons lead, through the rules, to the cause that they speak of.
func TestEachCauseOfAThingHasItsText(t *testing.T) {
	const ecr = "998877665544.dkr.ecr.eu-north-1.amazonaws.com"
	const initialization = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
		"retrieval failed: "
	for _, c := range []struct{ reason, want string }{
		{"CannotPullContainerError: failed to resolve ref " + ecr + "/orders:7: " + ecr + "/orders:7: not found",
			"image-tag-missing image-repository-missing image-expired-by-lifecycle image-archived"},
		{
			"CannotPullContainerError: failed to resolve ref " + ecr + "/hub/library/nginx:1: " + ecr +
				"/hub/library/nginx:1: not found",
			"image-tag-missing image-repository-missing image-expired-by-lifecycle image-archived pull-through-cache",
		},
		{"CannotPullContainerError: failed to resolve ref " + ecr + "/orders@sha256:77bb: not found",
			"image-digest-missing image-repository-missing image-expired-by-lifecycle image-archived"},
		{
			"CannotPullContainerError: RepositoryNotFoundException: The repository with name 'orders' does not exist " +
				"in the registry with id '998877665544'",
			"image-repository-missing",
		},
		{
			"CannotPullContainerError: Error response from daemon: pull access denied for acme/shop, repository does " +
				"not exist or may require 'docker login'",
			"registry-credentials-missing registry-credentials-wrong image-registry-host-missing " +
				"image-repository-missing",
		},
		{
			"CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
			"image-platform-mismatch",
		},
		{"CannotPullContainerError: no processor for media-type: unknown", "image-manifest-old"},
		{"CannotPullContainerError: failed to extract layer sha256:77bb: unexpected EOF", "image-corrupt"},
		{
			"CannotPullContainerError: failed to register layer: write /usr/lib/libmodel.so: no space left on device",
			"image-too-large",
		},
		{"CannotPullContainerError: invalid reference format", "image-reference-invalid"},
		{
			"CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: 429 Too Many Requests - " +
				"toomanyrequests: You have reached your pull rate limit",
			"docker-hub-limit",
		},
		{
			"CannotPullContainerError: failed to resolve ref " + ecr + "/orders:7: toomanyrequests: Rate exceeded",
			"registry-throttled",
		},

		{
			initialization +
				"unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
				"specified secret.",
			"secret-missing secret-new secret-deleted secret-in-other-region",
		},
		{
			initialization +
				"unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
				"specified secret value for staging label: AWSCURRENT",
			"secret-version-missing secret-new",
		},
		{
			initialization +
				"unable to retrieve secret from asm: InvalidRequestException: You can't perform this operation on " +
				"the secret because it was marked for deletion.",
			"secret-deleted",
		},
		{
			initialization + "retrieved secret from Secrets Manager did not contain json key password",
			"secret-json-key-missing",
		},
		{
			initialization +
				"unable to retrieve secret from asm: ValidationException: Invalid name. Must be a valid name",
			"secret-arn-invalid",
		},
		{
			initialization + "unable to retrieve secrets from ssm: invalid ssm parameters: /orders/db/password",
			"parameter-missing secret-in-other-region",
		},
		{
			initialization + "unable to retrieve secret from asm: AccessDeniedException: Access to KMS is not allowed",
			"kms-denied kms-key-disabled",
		},

		{
			"CannotStartContainerError: failed to initialize logging driver: failed to create Cloudwatch log stream: " +
				"ResourceNotFoundException: The specified log group does not exist.",
			"log-group-missing log-region-wrong",
		},
		{
			"ResourceInitializationError: failed to validate logger args: unknown log opt 'awslogs-retention' for " +
				"awslogs log driver",
			"log-options-invalid",
		},
		{
			"CannotStartContainerError: failed to initialize logging driver: dial unix /var/run/fluent.sock: " +
				"connect: no such file or directory",
			"log-router-down",
		},
		{
			"ResourceInitializationError: failed to download env files: file download command: NoSuchKey: The " +
				"specified key does not exist.",
			"env-file-missing",
		},
		{
			"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: mounting " +
				"fs-0011223344556677a:/data failed: No such file or directory",
			"efs-path-missing",
		},
		{
			"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
				"b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'",
			"efs-access-point efs-iam-denied",
		},
	} {
		s := events.Stop{
			LaunchType:    "FARGATE",
			Account:       "998877665544",
			Region:        "eu-north-1",
			StopCode:      "TaskFailedToStart",
			StoppedReason: c.reason,
		}
		got := strings.Join(applying(s, Classify(s), networkCauses, accessCauses, setupCauses), " ")
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.reason, got, c.want)
		}
	}
}

// TestDeniedWithoutPolicy holds the order of what to look at when the message does not say which policy refused.
func TestDeniedWithoutPolicy(t *testing.T) {
	const (
		mine   = "210987654321.dkr.ecr.eu-north-1.amazonaws.com"
		theirs = "998877665544.dkr.ecr.eu-north-1.amazonaws.com"
	)
	for _, c := range []struct {
		name       string
		launchType string
		f          Finding
		want       string
	}{
		{
			name:       "ECR token",
			launchType: "FARGATE",
			f: Finding{
				Stage: RegistryAuth,
				Facts: Facts{AWSAction: "ecr:GetAuthorizationToken", Role: "orders-exec"},
			},
			want: "role-permission-missing endpoint-policy-denies",
		},
		{
			name:       "ECR token with the instance's role",
			launchType: "EC2",
			f:          Finding{Stage: RegistryAuth},
			want:       "instance-role-missing role-permission-missing endpoint-policy-denies registry-login-stale",
		},
		{
			name:       "own repository",
			launchType: "FARGATE",
			f:          Finding{Stage: Image, Facts: Facts{Registry: mine, Image: mine + "/orders:7"}},
			want:       "role-permission-missing endpoint-policy-denies",
		},
		{
			name:       "repository of another account",
			launchType: "FARGATE",
			f:          Finding{Stage: Image, Facts: Facts{Registry: theirs, Image: theirs + "/orders:7"}},
			want:       "role-permission-missing repository-policy-denies endpoint-policy-denies",
		},
		{
			name:       "layers",
			launchType: "FARGATE",
			f: Finding{
				Stage: Image,
				Facts: Facts{
					Registry: mine,
					Endpoint: "prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com",
				},
			},
			want: "s3-endpoint-policy-denies role-permission-missing",
		},
		{
			name:       "secret",
			launchType: "FARGATE",
			f:          Finding{Stage: Secret, Facts: Facts{AWSAction: "secretsmanager:GetSecretValue"}},
			want:       "role-permission-missing resource-policy-denies endpoint-policy-denies",
		},
		{
			name:       "key of a secret",
			launchType: "FARGATE",
			f:          Finding{Stage: Secret, Facts: Facts{AWSAction: "kms:Decrypt"}},
			want:       "kms-denied kms-key-disabled",
		},
		{
			name:       "log group",
			launchType: "FARGATE",
			f:          Finding{Stage: Logging, Facts: Facts{AWSAction: "logs:CreateLogGroup", Role: "orders-exec"}},
			want:       "role-permission-missing endpoint-policy-denies log-group-create-denied",
		},
		{
			name:       "environment file",
			launchType: "FARGATE",
			f:          Finding{Stage: EnvFile},
			want:       "s3-endpoint-policy-denies env-file-missing env-file-denied",
		},
		{
			name:       "role",
			launchType: "FARGATE",
			f:          Finding{Stage: Role, Facts: Facts{Role: "orders-exec"}},
			want:       "role-not-assumable role-missing role-new",
		},
		{name: "file mode", launchType: "FARGATE", f: Finding{Stage: Start}, want: "entrypoint-not-executable"},
	} {
		c.f.Fault = Denied
		s := events.Stop{LaunchType: c.launchType, Account: "210987654321", Region: "eu-north-1"}
		if got := strings.Join(applying(s, c.f, networkCauses, accessCauses, setupCauses), " "); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestNoCauseForTheUnknown(t *testing.T) {
	got := applying(
		events.Stop{},
		Finding{Stage: UnknownStage, Fault: UnknownFault, Culprit: -1},
		networkCauses,
		accessCauses,
		setupCauses,
	)
	if len(got) > 0 {
		t.Errorf("causes %v", got)
	}
}
