package classifier

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"whystopped/events"
)

const (
	myRegistry = "210987654321.dkr.ecr.eu-north-1.amazonaws.com"
	tokenCall  = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
		"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): " +
		"RequestError: send request failed caused by: Post \"https://api.ecr.eu-north-1.amazonaws.com/\": "
	secretCall = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
		"retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): "
	theSecret  = "arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123"
	secretRead = secretCall +
		"AccessDeniedException: User: " +
		"arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c3b4a59687766554433221100 is not authorized to " +
		"perform: secretsmanager:GetSecretValue on resource: " + theSecret + " "
	layerRead = "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: " +
		"failed open: AccessDenied: User: arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c is not " +
		"authorized to perform: s3:GetObject on resource: arn:aws:s3:::prod-eu-north-1-starport-layer-bucket/77aa "
	pullOf = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref " +
		myRegistry + "/orders:7: "
	daemon = "CannotPullContainerError: Error response from daemon: "
	runc   = "CannotStartContainerError: Error response from daemon: OCI runtime create failed: runc create " +
		"failed: unable to start container process: "
	efs         = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
	interfaceOf = "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
		"'subnet-0a1b2c3d4e5f60718': "
)

// said is a stop of one container that did not start, with a reason.
func said(launchType, reason string) events.Stop {
	return events.Stop{
		Kind:          events.KindTask,
		LaunchType:    launchType,
		StopCode:      "TaskFailedToStart",
		StoppedReason: reason,
		Account:       "210987654321",
		Region:        "eu-north-1",
		Group:         "service:orders",
		Service:       "orders",
		Containers:    []events.Container{{Name: "app"}},
	}
}

func fargate(reason string) events.Stop { return said("FARGATE", reason) }

func onInstance(reason string) events.Stop { return said("EC2", reason) }

// deploymentFailed is what a deployment reports that failed.
func deploymentFailed(reason string) events.Stop {
	return events.Stop{
		Kind:          events.KindDeployment,
		EventName:     "SERVICE_DEPLOYMENT_FAILED",
		EventType:     "ERROR",
		Service:       "web",
		Cluster:       "prod",
		DeploymentID:  "ecs-svc/8830145567712094413",
		StoppedReason: reason,
	}
}

// outOfMemory is a stop whose first container was killed for memory.
func outOfMemory(launchType string, memory *int64, containers ...events.Container) events.Stop {
	containers[0].Reason = "OutOfMemoryError: Container killed due to memory usage"
	return events.Stop{
		Kind:          events.KindTask,
		LaunchType:    launchType,
		StopCode:      "EssentialContainerExited",
		StoppedReason: "Essential container in task exited",
		Group:         "service:orders",
		Service:       "orders",
		Memory:        memory,
		Containers:    containers,
	}
}

// textProofs are stops with a cause that applies to them, and what their text proves about it. Beside a text that
// proves stands the nearest one that does not.
var textProofs = []struct {
	name   string
	stop   events.Stop
	cause  string
	result Result
}{
	{
		name: "refused from outside",
		stop: fargate("CannotPullContainerError: Error response from daemon: Get \"https://" + myRegistry +
			"/v2/\": dial tcp 13.48.4.5:443: connect: connection refused"),
		cause:  "route-missing",
		result: RuledOut,
	},
	{
		name: "refused: no security group",
		stop: fargate("CannotPullContainerError: Error response from daemon: Get \"https://" + myRegistry +
			"/v2/\": dial tcp 13.48.4.5:443: connect: connection refused"),
		cause:  "task-sg-egress-closed",
		result: RuledOut,
	},
	{
		name: "refused: no network ACL",
		stop: fargate("CannotPullContainerError: Error response from daemon: Get \"https://" + myRegistry +
			"/v2/\": dial tcp 13.48.4.5:443: connect: connection refused"),
		cause:  "nacl-blocks",
		result: RuledOut,
	},
	{
		name:   "timed out: a route may be missing",
		stop:   fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"),
		cause:  "route-missing",
		result: NotChecked,
	},
	{
		name:   "timed out: a security group may drop",
		stop:   fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"),
		cause:  "task-sg-egress-closed",
		result: NotChecked,
	},
	{
		name:   "timed out: a network ACL may drop",
		stop:   fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"),
		cause:  "nacl-blocks",
		result: NotChecked,
	},

	{
		name:   "public address",
		stop:   fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"),
		cause:  "endpoint-sg-closed",
		result: RuledOut,
	},
	{
		name:   "private address",
		stop:   fargate(tokenCall + "dial tcp 10.0.4.17:443: i/o timeout"),
		cause:  "endpoint-sg-closed",
		result: NotChecked,
	},
	{
		name:   "address of RFC 6598",
		stop:   fargate(tokenCall + "dial tcp 100.64.4.17:443: i/o timeout"),
		cause:  "endpoint-sg-closed",
		result: NotChecked,
	},
	{
		name:   "IPv6 address, which a VPC may have too",
		stop:   fargate(tokenCall + "dial tcp [2a05:d016::1]:443: i/o timeout"),
		cause:  "endpoint-sg-closed",
		result: NotChecked,
	},
	{
		name: "public address, and a VPC that uses such",
		stop: changed(fargate(tokenCall+"dial tcp 13.48.9.21:443: i/o timeout"), func(s *events.Stop) {
			s.Attachments = []events.Attachment{{
				Type:    "eni",
				Details: map[string]string{"privateIPv4Address": "13.48.9.77"},
			}}
		}),
		cause:  "endpoint-sg-closed",
		result: NotChecked,
	},
	{
		name: "no address said",
		stop: fargate(tokenCall +
			"net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"),
		cause:  "endpoint-sg-closed",
		result: NotChecked,
	},
	{
		name:   "not S3 was called",
		stop:   fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"),
		cause:  "s3-gateway-missing",
		result: RuledOut,
	},
	{
		name: "S3 was called",
		stop: fargate("CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: " +
			"httpReadSeeker: failed open: failed to do request: Get " +
			"\"https://prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com/\": dial tcp " +
			"52.218.1.2:443: i/o timeout"),
		cause:  "s3-gateway-missing",
		result: NotChecked,
	},
	{
		name: "nobody says what was called",
		stop: fargate("ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull " +
			"registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR."),
		cause:  "s3-gateway-missing",
		result: NotChecked,
	},
	{
		name:   "no connection, no policy",
		stop:   fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"),
		cause:  "s3-endpoint-policy-denies",
		result: RuledOut,
	},
	{
		name:   "no connection, no role",
		stop:   fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"),
		cause:  "role-permission-missing",
		result: RuledOut,
	},
	{
		name: "connected, then silence",
		stop: fargate(pullOf + "failed to do request: Head \"https://" + myRegistry +
			"/v2/orders/manifests/7\": read tcp 10.0.4.8:41212->13.48.4.5:443: i/o timeout"),
		cause:  "role-permission-missing",
		result: NotChecked,
	},
	{
		name: "misspelt host of ECR",
		stop: fargate("CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonws.com/orders:7: failed to do request: Head " +
			"\"https://210987654321.dkr.ecr.eu-north-1.amazonws.com/v2/orders/manifests/7\": dial tcp: lookup " +
			"210987654321.dkr.ecr.eu-north-1.amazonws.com on 10.0.0.2:53: no such host"),
		cause:  "name-misspelt",
		result: Confirmed,
	},
	{
		name: "host of one's own",
		stop: fargate("CannotPullContainerError: failed to resolve ref dkr.ecr.corp.example/orders:7: failed to do " +
			"request: Head \"https://dkr.ecr.corp.example/v2/orders/manifests/7\": dial tcp: lookup " +
			"dkr.ecr.corp.example on 10.0.0.2:53: no such host"),
		cause:  "name-misspelt",
		result: NotChecked,
	},

	{
		name: "identity-based policy, implicit",
		stop: fargate(secretRead +
			"because no identity-based policy allows the secretsmanager:GetSecretValue action"),
		cause:  "role-permission-missing",
		result: Confirmed,
	},
	{
		name:   "identity-based policy, explicit",
		stop:   fargate(secretRead + "with an explicit deny in an identity-based policy"),
		cause:  "role-permission-missing",
		result: Confirmed,
	},
	{name: "no policy named", stop: fargate(secretRead), cause: "role-permission-missing", result: NotChecked},
	{
		name:   "resource-based policy",
		stop:   fargate(secretRead + "with an explicit deny in a resource-based policy"),
		cause:  "resource-policy-denies",
		result: Confirmed,
	},
	{
		name:   "no policy named: perhaps the secret's",
		stop:   fargate(secretRead),
		cause:  "resource-policy-denies",
		result: NotChecked,
	},
	{
		name:   "VPC endpoint policy",
		stop:   fargate(secretRead + "because no VPC endpoint policy allows the secretsmanager:GetSecretValue action"),
		cause:  "endpoint-policy-denies",
		result: Confirmed,
	},
	{
		name:   "no policy named: perhaps the endpoint's",
		stop:   fargate(secretRead),
		cause:  "endpoint-policy-denies",
		result: NotChecked,
	},
	{
		name:   "VPC endpoint policy of S3",
		stop:   fargate(layerRead + "because no VPC endpoint policy allows the s3:GetObject action"),
		cause:  "s3-endpoint-policy-denies",
		result: Confirmed,
	},
	{
		name: "no policy named: perhaps that of S3's endpoint",
		stop: fargate("CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status " +
			"code https://prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com/77: 403 Forbidden"),
		cause:  "s3-endpoint-policy-denies",
		result: NotChecked,
	},
	{
		name:   "service control policy",
		stop:   fargate(secretRead + "with an explicit deny in a service control policy"),
		cause:  "scp-denies",
		result: Confirmed,
	},
	{
		name: "service control policy behind an endpoint's",
		stop: fargate(secretRead +
			"with an explicit deny in a VPC endpoint policy transitively through a service control policy"),
		cause:  "scp-denies",
		result: Confirmed,
	},
	{
		name:   "resource control policy",
		stop:   fargate(secretRead + "with an explicit deny in a resource control policy"),
		cause:  "rcp-denies",
		result: Confirmed,
	},
	{
		name:   "permissions boundary",
		stop:   fargate(secretRead + "because no permissions boundary allows the secretsmanager:GetSecretValue action"),
		cause:  "permissions-boundary-denies",
		result: Confirmed,
	},
	{
		name:   "session policy",
		stop:   fargate(secretRead + "because no session policy allows the secretsmanager:GetSecretValue action"),
		cause:  "session-policy-denies",
		result: Confirmed,
	},

	{
		name: "key disabled",
		stop: fargate(secretCall + "failed to fetch secret " + theSecret +
			" from secrets manager: AccessDeniedException: KMSInvalidStateException: " +
			"arn:aws:kms:eu-north-1:210987654321:key/77aa is pending deletion."),
		cause:  "kms-key-disabled",
		result: Confirmed,
	},
	{
		name:   "key refuses",
		stop:   fargate(secretCall + "AccessDeniedException: Access to KMS is not allowed"),
		cause:  "kms-key-disabled",
		result: NotChecked,
	},
	{
		name:   "key may be disabled",
		stop:   fargate(secretCall + "AccessDeniedException: Access to KMS is not allowed"),
		cause:  "kms-denied",
		result: NotChecked,
	},
	{
		name: "no login to give",
		stop: onInstance(daemon +
			"Head \"https://registry.corp.example/v2/orders/manifests/7\": no basic auth credentials"),
		cause:  "registry-credentials-missing",
		result: Confirmed,
	},
	{
		name: "denied, perhaps not there",
		stop: onInstance(daemon +
			"pull access denied for acme/orders, repository does not exist or may require 'docker login': denied: " +
			"requested access to the resource is denied"),
		cause:  "registry-credentials-missing",
		result: NotChecked,
	},
	{
		name: "denied, perhaps a wrong name",
		stop: onInstance(daemon +
			"pull access denied for acme/orders, repository does not exist or may require 'docker login': denied: " +
			"requested access to the resource is denied"),
		cause:  "image-repository-missing",
		result: NotChecked,
	},
	{
		name: "wrong password",
		stop: onInstance(daemon +
			"Get \"https://registry-1.docker.io/v2/acme/orders/manifests/1\": unauthorized: incorrect username or " +
			"password"),
		cause:  "registry-credentials-wrong",
		result: Confirmed,
	},
	{
		name: "secret without a login",
		stop: onInstance("CannotPullContainerAuthError: asm fetching authorization data: unable to unmarshal " +
			"secret value, invalid schema"),
		cause:  "registry-credentials-wrong",
		result: Confirmed,
	},
	{
		name: "anonymous",
		stop: fargate("CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: failed to authorize: " +
			"failed to fetch anonymous token: unexpected status from GET request to " +
			"https://ghcr.io/token?service=ghcr.io: 401 Unauthorized"),
		cause:  "registry-credentials-wrong",
		result: RuledOut,
	},
	{
		name: "with a login",
		stop: fargate("CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: failed to authorize: " +
			"failed to fetch oauth token: unexpected status from GET request to " +
			"https://ghcr.io/token?service=ghcr.io: 401 Unauthorized"),
		cause:  "registry-credentials-wrong",
		result: NotChecked,
	},

	{
		name:   "reference",
		stop:   fargate("CannotPullContainerError: invalid reference format"),
		cause:  "image-reference-invalid",
		result: Confirmed,
	},
	{
		name: "ECR has the repository, not the tag",
		stop: onInstance(daemon + "manifest for " + myRegistry +
			"/orders:7 not found: manifest unknown: Requested image not found"),
		cause:  "image-tag-missing",
		result: Confirmed,
	},
	{
		name: "the repository is there",
		stop: onInstance(daemon + "manifest for " + myRegistry +
			"/orders:7 not found: manifest unknown: Requested image not found"),
		cause:  "image-repository-missing",
		result: RuledOut,
	},
	{
		name: "no image known",
		stop: onInstance("CannotPullImageManifestError: Error response from daemon: manifest unknown: Requested " +
			"image not found"),
		cause:  "image-tag-missing",
		result: NotChecked,
	},
	{
		name: "manifest unknown to another registry",
		stop: onInstance(daemon +
			"manifest for registry.corp.example/orders:7 not found: manifest unknown: manifest unknown"),
		cause:  "image-tag-missing",
		result: NotChecked,
	},
	{
		name:   "not found, tag or repository",
		stop:   fargate(pullOf + myRegistry + "/orders:7: not found"),
		cause:  "image-tag-missing",
		result: NotChecked,
	},
	{
		name:   "not found, repository or tag",
		stop:   fargate(pullOf + myRegistry + "/orders:7: not found"),
		cause:  "image-repository-missing",
		result: NotChecked,
	},
	{
		name: "ECR has the repository, not the digest",
		stop: onInstance(daemon + "manifest for " + myRegistry +
			"/orders@sha256:77bb not found: manifest unknown: Requested image not found"),
		cause:  "image-digest-missing",
		result: Confirmed,
	},
	{
		name: "digest not found",
		stop: fargate("CannotPullContainerError: failed to resolve ref " + myRegistry +
			"/orders@sha256:77bb: not found"),
		cause:  "image-digest-missing",
		result: NotChecked,
	},
	{
		name: "repository",
		stop: onInstance(daemon + "repository " + myRegistry +
			"/orders not found: name unknown: The repository with name 'orders' does not exist in the registry with " +
			"id '210987654321'"),
		cause:  "image-repository-missing",
		result: Confirmed,
	},
	{
		name: "platform",
		stop: fargate("CannotPullContainerError: image Manifest does not contain descriptor matching platform " +
			"'linux/arm64'"),
		cause:  "image-platform-mismatch",
		result: Confirmed,
	},
	{
		name: "form of the manifest",
		stop: fargate("CannotPullContainerError: ref pull has been retried 1 time(s): not implemented: media type " +
			"\"application/vnd.docker.distribution.manifest.v1+prettyjws\" is no longer supported"),
		cause:  "image-manifest-old",
		result: Confirmed,
	},
	{
		name:   "broken off or damaged",
		stop:   fargate("CannotPullContainerError: failed to extract layer sha256:77bb: unexpected EOF"),
		cause:  "image-corrupt",
		result: NotChecked,
	},
	{
		name: "disk",
		stop: fargate("CannotPullContainerError: failed to extract layer sha256:77bb: write /usr/lib/libmodel.so: " +
			"no space left on device"),
		cause:  "image-too-large",
		result: Confirmed,
	},
	{
		name:   "quota of something else",
		stop:   fargate("CannotPullContainerError: failed to extract layer sha256:77bb: disk quota exceeded"),
		cause:  "image-too-large",
		result: NotChecked,
	},
	{
		name: "Docker Hub",
		stop: fargate("CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: unexpected " +
			"status code: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit"),
		cause:  "docker-hub-limit",
		result: Confirmed,
	},
	{
		name:   "who knows whose limit",
		stop:   fargate("CannotPullContainerError: toomanyrequests: Too Many Requests."),
		cause:  "docker-hub-limit",
		result: NotChecked,
	},
	{
		name: "ECR's rate",
		stop: fargate("CannotPullContainerError: failed to resolve ref " + myRegistry +
			"/orders:7: toomanyrequests: Rate exceeded"),
		cause:  "registry-throttled",
		result: Confirmed,
	},
	{
		name: "another's rate",
		stop: fargate("CannotPullContainerError: failed to resolve ref quay.io/acme/orders:7: toomanyrequests: " +
			"rate exceeded"),
		cause:  "registry-pull-limit",
		result: Confirmed,
	},
	{
		name:   "rate of secrets",
		stop:   fargate(secretCall + "ThrottlingException: Rate exceeded"),
		cause:  "registry-throttled",
		result: Confirmed,
	},
	{
		name: "upstream's limit behind a cache",
		stop: fargate("CannotPullContainerError: failed to resolve ref " + myRegistry +
			"/hub/library/redis:7: toomanyrequests: You have reached your pull rate limit"),
		cause:  "registry-throttled",
		result: NotChecked,
	},

	{
		name: "secret",
		stop: fargate(secretCall + "failed to fetch secret " + theSecret +
			" from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."),
		cause:  "secret-missing",
		result: Confirmed,
	},
	{
		name:   "no value of the secret in the agent",
		stop:   onInstance("DockerClientConfigError: missing secret value for secret DB_PASSWORD"),
		cause:  "secret-missing",
		result: NotChecked,
	},
	{
		name: "version of a secret",
		stop: fargate(secretCall + "failed to fetch secret " + theSecret +
			" from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret value " +
			"for staging label: AWSPENDING"),
		cause:  "secret-version-missing",
		result: Confirmed,
	},
	{
		name: "deletion of a secret",
		stop: fargate(secretCall +
			"InvalidRequestException: You can't perform this operation on the secret because it was marked for " +
			"deletion."),
		cause:  "secret-deleted",
		result: Confirmed,
	},
	{
		name:   "gone, perhaps deleted",
		stop:   fargate(secretCall + "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
		cause:  "secret-deleted",
		result: NotChecked,
	},
	{
		name:   "JSON key",
		stop:   fargate(secretCall + "retrieved secret from Secrets Manager did not contain json key password"),
		cause:  "secret-json-key-missing",
		result: Confirmed,
	},
	{
		name: "no JSON",
		stop: fargate(secretCall +
			"retrieved secret from Secrets Manager: invalid character 'p' looking for beginning of value"),
		cause:  "secret-json-key-missing",
		result: Confirmed,
	},
	{
		name: "valueFrom",
		stop: fargate(secretCall +
			"trying to retrieve secret with value arn:aws:secretsmanager:orders resulted in error: an invalid ARN " +
			"format was specified"),
		cause:  "secret-arn-invalid",
		result: Confirmed,
	},
	{
		name: "parameter",
		stop: fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve " +
			"secrets from ssm: invalid ssm parameters: /orders/db/password"),
		cause:  "parameter-missing",
		result: Confirmed,
	},
	{
		name: "parameter of another Region",
		stop: fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve " +
			"secrets from ssm: invalid ssm parameters: arn:aws:ssm:eu-west-1:210987654321:parameter/orders/db"),
		cause:  "parameter-missing",
		result: Confirmed,
	},
	{
		name: "parameter, perhaps of another Region",
		stop: fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve " +
			"secrets from ssm: invalid ssm parameters: /orders/db/password"),
		cause:  "secret-in-other-region",
		result: NotChecked,
	},
	{
		name: "log router",
		stop: onInstance("CannotStartContainerError: Error response from daemon: failed to initialize logging " +
			"driver: dial tcp 127.0.0.1:24224: connect: connection refused"),
		cause:  "log-router-down",
		result: Confirmed,
	},
	{
		name: "socket of the log router",
		stop: onInstance("CannotStartContainerError: Error response from daemon: failed to initialize logging " +
			"driver: dial unix /var/run/fluent.sock: connect: no such file or directory"),
		cause:  "log-router-down",
		result: Confirmed,
	},
	{
		name: "log collector silent",
		stop: onInstance("CannotStartContainerError: Error response from daemon: failed to initialize logging " +
			"driver: dial tcp 10.9.0.8:24224: i/o timeout"),
		cause:  "log-router-down",
		result: NotChecked,
	},
	{
		name: "log group",
		stop: fargate("ResourceInitializationError: failed to validate logger args: create stream has been retried " +
			"1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group " +
			"does not exist."),
		cause:  "log-group-missing",
		result: Confirmed,
	},
	{
		name: "log group, perhaps in another Region",
		stop: fargate("ResourceInitializationError: failed to validate logger args: create stream has been retried " +
			"1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group " +
			"does not exist."),
		cause:  "log-region-wrong",
		result: NotChecked,
	},
	{
		name: "something of logging not found",
		stop: fargate("ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch " +
			"log stream: ResourceNotFoundException"),
		cause:  "log-group-missing",
		result: NotChecked,
	},
	{
		name: "log options",
		stop: fargate("ResourceInitializationError: failed to validate logger args: unknown log opt " +
			"'awslogs-retention' for awslogs log driver"),
		cause:  "log-options-invalid",
		result: Confirmed,
	},
	{
		name: "environment file",
		stop: onInstance("Unable to download env file with key prod/app.env from bucket orders-config, error: " +
			"NoSuchKey: The specified key does not exist."),
		cause:  "env-file-missing",
		result: Confirmed,
	},
	{
		name: "environment file denied",
		stop: onInstance("Unable to download env file with key prod/app.env from bucket orders-config, error: " +
			"AccessDenied: Access Denied status code: 403"),
		cause:  "env-file-missing",
		result: NotChecked,
	},
	{
		name: "environment file, no permission",
		stop: onInstance("Unable to download env file with key prod/app.env from bucket orders-config, error: " +
			"AccessDenied: Access Denied status code: 403"),
		cause:  "env-file-denied",
		result: NotChecked,
	},
	{
		name: "ARN of an environment file",
		stop: onInstance("Unable to parse bucket and key from s3 ARN specified in environmentFile " +
			"arn:aws:s3:::orders, error: invalid ARN"),
		cause:  "env-file-invalid",
		result: Confirmed,
	},
	{
		name:   "access point",
		stop:   fargate(efs + "Access Point ID fsap-xyz is malformed"),
		cause:  "efs-access-point",
		result: Confirmed,
	},
	{
		name:   "mount refused",
		stop:   fargate(efs + "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"),
		cause:  "efs-access-point",
		result: NotChecked,
	},
	{
		name:   "mount refused by a policy or a mode",
		stop:   fargate(efs + "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"),
		cause:  "efs-iam-denied",
		result: NotChecked,
	},
	{
		name: "directory",
		stop: fargate(efs +
			"b'mount.nfs4: mounting fs-0011223344556677a.efs.eu-north-1.amazonaws.com:/orders/in failed, reason " +
			"given by server: No such file or directory'"),
		cause:  "efs-path-missing",
		result: Confirmed,
	},
	{
		name: "directory, through the tunnel",
		stop: fargate(efs +
			"b'mount.nfs4: mounting 127.0.0.1:/orders/in failed, reason given by server: No such file or directory'"),
		cause:  "efs-path-missing",
		result: Confirmed,
	},
	{
		name: "root of an access point",
		stop: fargate(efs +
			"b'mount.nfs4: mounting 127.0.0.1:/ failed, reason given by server: No such file or directory'"),
		cause:  "efs-path-missing",
		result: NotChecked,
	},
	{
		name: "old platform",
		stop: changed(
			fargate(efs+"b'mount.nfs4: Connection timed out'"),
			func(s *events.Stop) { s.PlatformVersion = "1.3.0" },
		),
		cause:  "efs-platform-version",
		result: Confirmed,
	},
	{
		name: "no zone of the load balancer",
		stop: fargate("(service web) (port 80) is unhealthy in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/9f8e7d6c5b4a3928) due to (reason " +
			"Target is in an Availability Zone that is not enabled for the load balancer)"),
		cause:  "health-zone-disabled",
		result: Confirmed,
	},
	{
		name: "a health check that timed out",
		stop: fargate("(service web) (port 80) is unhealthy in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/9f8e7d6c5b4a3928) due to (reason " +
			"Health checks failed)"),
		cause:  "health-zone-disabled",
		result: NotChecked,
	},
	{
		name: "alarm of a deployment",
		stop: deploymentFailed("(service web) (deployment ecs-svc/8830145567712094413) deployment failed: alarm " +
			"detected."),
		cause:  "deployment-alarm",
		result: Confirmed,
	},
	{
		name: "hook of a deployment",
		stop: deploymentFailed("Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. " +
			"Lifecycle hook target arn:aws:lambda:eu-north-1:210987654321:function:gate returned FAILED status."),
		cause:  "deployment-hook",
		result: Confirmed,
	},
	{
		name: "listener rules of a deployment",
		stop: deploymentFailed("Service deployment rolled back because of invalid networking configuration. One or " +
			"more rules not found"),
		cause:  "deployment-listeners",
		result: Confirmed,
	},
	{
		name:   "circuit breaker of a deployment",
		stop:   deploymentFailed("ECS deployment circuit breaker: tasks failed to start."),
		cause:  "circuit-breaker",
		result: NotChecked,
	},
	{
		name: "volume",
		stop: onInstance("resource cannot be initialized: initialize volume: volume detection failed, volume " +
			"'scans' does not exist and autoprovision is set to false"),
		cause:  "volume-missing",
		result: Confirmed,
	},
	{
		name:   "volume otherwise declared",
		stop:   onInstance("InvalidVolumeError: conflicting options for volume 'scans'"),
		cause:  "volume-missing",
		result: NotChecked,
	},
	{
		name: "driver of a volume",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: create scans: error looking up " +
			"volume plugin rexray: legacy plugin: plugin not found: VolumeDriver.Create"),
		cause:  "volume-plugin",
		result: Confirmed,
	},

	{
		name: "driver of a volume that does not answer",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: create scans: found reference to " +
			"volume 'scans' in driver 'acmefs', but got an error while checking the driver: dial unix " +
			"/run/docker/plugins/acmefs.sock: connect: connection refused"),
		cause:  "volume-plugin",
		result: Confirmed,
	},
	{
		name: "targets of another VPC",
		stop: events.Stop{
			Kind:    events.KindService,
			Service: "web",
			StoppedReason: "(service web) failed to register targets in (target-group " +
				"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/9f8e7d6c5b4a3928) with (error " +
				"The following targets are not in the target group VPC 'vpc-0a1b2c3d': '10.9.0.8')",
		},
		cause:  "target-group-unfit",
		result: Confirmed,
	},

	{
		name:   "subnet full",
		stop:   fargate(interfaceOf + "InsufficientFreeAddressesInSubnet"),
		cause:  "subnet-full",
		result: Confirmed,
	},
	{
		name:   "not the interfaces",
		stop:   fargate(interfaceOf + "InsufficientFreeAddressesInSubnet"),
		cause:  "eni-limit",
		result: RuledOut,
	},
	{
		name:   "interfaces of the Region",
		stop:   fargate(interfaceOf + "NetworkInterfaceLimitExceeded"),
		cause:  "eni-limit",
		result: Confirmed,
	},
	{
		name:   "interfaces of an instance",
		stop:   onInstance("Unable to attach network interface to unused device index"),
		cause:  "eni-limit",
		result: NotChecked,
	},
	{
		name:   "no interface on any instance",
		stop:   onInstance("TaskFailedToStart: RESOURCE:ENI"),
		cause:  "eni-limit",
		result: Confirmed,
	},
	{
		name:   "interfaces, not CPU",
		stop:   onInstance("TaskFailedToStart: RESOURCE:ENI"),
		cause:  "cluster-resources",
		result: RuledOut,
	},
	{
		name:   "tag policy",
		stop:   fargate("Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation"),
		cause:  "tag-policy",
		result: Confirmed,
	},
	{
		name:   "the role was there",
		stop:   fargate("Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation"),
		cause:  "service-role-missing",
		result: RuledOut,
	},
	{
		name:   "refused without a reason",
		stop:   fargate(interfaceOf + "AuthFailure"),
		cause:  "service-role-missing",
		result: NotChecked,
	},
	{
		name:   "security group gone",
		stop:   fargate(interfaceOf + "InvalidSecurityGroupID.NotFound"),
		cause:  "network-configuration-invalid",
		result: Confirmed,
	},
	{
		name:   "quota",
		stop:   fargate("You've reached the limit on the number of vCPUs you can run concurrently"),
		cause:  "fargate-quota",
		result: Confirmed,
	},
	{
		name: "capacity",
		stop: fargate("Capacity is unavailable at this time. Please try again later or in a different availability " +
			"zone"),
		cause:  "fargate-capacity",
		result: Confirmed,
	},
	{name: "CPU", stop: onInstance("TaskFailedToStart: RESOURCE:CPU"), cause: "cluster-resources", result: Confirmed},
	{
		name:   "memory",
		stop:   onInstance("TaskFailedToStart: RESOURCE:MEMORY"),
		cause:  "cluster-resources",
		result: Confirmed,
	},
	{name: "GPU", stop: onInstance("TaskFailedToStart: RESOURCE:GPU"), cause: "cluster-resources", result: Confirmed},
	{
		name:   "accelerators",
		stop:   onInstance("TaskFailedToStart: RESOURCE:INFERENCE"),
		cause:  "cluster-resources",
		result: Confirmed,
	},
	{
		name:   "could not be placed",
		stop:   onInstance("service orders was unable to place a task because could not launch"),
		cause:  "cluster-resources",
		result: NotChecked,
	},
	{
		name:   "no instances",
		stop:   onInstance("TaskFailedToStart: EMPTY CAPACITY PROVIDER"),
		cause:  "capacity-provider-empty",
		result: Confirmed,
	},
	{
		name: "no instance met all of it",
		stop: onInstance("service orders was unable to place a task because no container instance met all of its " +
			"requirements"),
		cause:  "capacity-provider-empty",
		result: NotChecked,
	},
	{
		name: "launch of an instance",
		stop: fargate("ResourceInitializationError: Unable to launch instance(s) for capacity provider shop-nodes. " +
			"InsufficientInstanceCapacity: There is not enough capacity."),
		cause:  "instance-launch-refused",
		result: Confirmed,
	},
	{
		name:   "tasks that wait",
		stop:   fargate("Tasks provisioning capacity limit exceeded."),
		cause:  "provisioning-limit",
		result: Confirmed,
	},
	{
		name:   "attribute",
		stop:   onInstance("TaskFailedToStart: ATTRIBUTE"),
		cause:  "placement-constraint",
		result: Confirmed,
	},
	{
		name:   "attribute, not the launch type",
		stop:   onInstance("TaskFailedToStart: ATTRIBUTE"),
		cause:  "launch-type-mismatch",
		result: NotChecked,
	},
	{
		name:   "launch type",
		stop:   onInstance("The selected task definition is not compatible with the selected compute strategy"),
		cause:  "launch-type-mismatch",
		result: Confirmed,
	},
	{
		name: "a provider of another cluster",
		stop: onInstance("InvalidParameterException: The specified capacity provider strategy cannot contain a " +
			"capacity provider that is not associated with the cluster."),
		cause:  "capacity-provider-unusable",
		result: Confirmed,
	},
	{
		name:   "launch type, not an attribute",
		stop:   onInstance("The selected task definition is not compatible with the selected compute strategy"),
		cause:  "placement-constraint",
		result: NotChecked,
	},
	{name: "agent", stop: onInstance("TaskFailedToStart: AGENT"), cause: "agent-disconnected", result: Confirmed},
	{
		name:   "option in place of a program",
		stop:   onInstance(runc + "exec: \"-c\": executable file not found in $PATH: unknown"),
		cause:  "command-invalid",
		result: Confirmed,
	},
	{
		name:   "command line in place of a program",
		stop:   onInstance(runc + "exec: \"npm start\": executable file not found in $PATH: unknown"),
		cause:  "command-invalid",
		result: Confirmed,
	},
	{
		name:   "path with a space",
		stop:   onInstance(runc + "exec: \"/opt/my app/run\": executable file not found in $PATH: unknown"),
		cause:  "command-invalid",
		result: NotChecked,
	},
	{
		name:   "program",
		stop:   onInstance(runc + "exec: \"dbt\": executable file not found in $PATH: unknown"),
		cause:  "entrypoint-missing",
		result: Confirmed,
	},
	{
		name:   "file of a program",
		stop:   onInstance(runc + "exec: \"/srv/run\": stat /srv/run: no such file or directory: unknown"),
		cause:  "entrypoint-missing",
		result: Confirmed,
	},
	{
		name: "user",
		stop: onInstance("CannotStartContainerError: Error response from daemon: unable to find user shop: no " +
			"matching entries in passwd file"),
		cause:  "user-missing",
		result: Confirmed,
	},
	{
		name: "no file of users",
		stop: fargate("CannotStartContainerError: ResourceInitializationError: unable to create new container: " +
			"mount callback failed on /tmp/containerd-mount77: open /tmp/containerd-mount77/etc/passwd: no such file " +
			"or directory"),
		cause:  "user-missing",
		result: NotChecked,
	},
	{
		name: "script whose interpreter may be missing",
		stop: onInstance("CannotStartContainerError: Error response from daemon: OCI runtime create failed: exec " +
			"/srv/run.sh: no such file or directory"),
		cause:  "entrypoint-missing",
		result: NotChecked,
	},
	{
		name:   "mode",
		stop:   onInstance(runc + "exec: \"/srv/run\": permission denied: unknown"),
		cause:  "entrypoint-not-executable",
		result: Confirmed,
	},
	{
		name:   "script without its first line, or another CPU",
		stop:   onInstance("CannotStartContainerError: exec /srv/run.sh: exec format error"),
		cause:  "binary-architecture",
		result: NotChecked,
	},
	{
		name: "port",
		stop: onInstance("CannotStartContainerError: Error response from daemon: driver failed programming " +
			"external connectivity on endpoint ecs-api (77aa): Bind for 0.0.0.0:9090 failed: port is already " +
			"allocated"),
		cause:  "port-conflict",
		result: Confirmed,
	},
	{
		name: "port of a program of the host",
		stop: onInstance("CannotStartContainerError: Error response from daemon: driver failed programming " +
			"external connectivity on endpoint ecs-api (77aa): Error starting userland proxy: listen tcp4 " +
			"0.0.0.0:9090: bind: address already in use"),
		cause:  "port-conflict",
		result: Confirmed,
	},
	{
		name: "port, cut off",
		stop: onInstance("CannotStartContainerError: Error response from daemon: driver failed programming " +
			"external connectivity on endpoint ecs-api"),
		cause:  "port-conflict",
		result: NotChecked,
	},
	{
		name:   "port of every instance",
		stop:   onInstance("TaskFailedToStart: RESOURCE:PORTS"),
		cause:  "port-conflict",
		result: Confirmed,
	},
	{
		name: "device",
		stop: onInstance("CannotStartContainerError: Error response from daemon: error gathering device " +
			"information while adding custom device \"/dev/dri/renderD130\": no such file or directory"),
		cause:  "device-missing",
		result: Confirmed,
	},
	{
		name: "driver of a device",
		stop: onInstance("CannotStartContainerError: Error response from daemon: could not select device driver " +
			"\"\" with capabilities: [[gpu]]"),
		cause:  "device-missing",
		result: NotChecked,
	},
	{
		name:   "credential spec",
		stop:   onInstance("Invalid credentialspec file specification"),
		cause:  "credential-spec-invalid",
		result: Confirmed,
	},
	{
		name:   "mapping of a credential spec",
		stop:   onInstance("DockerClientConfigError: unable to fetch valid credentialspec mapping"),
		cause:  "credential-spec-invalid",
		result: NotChecked,
	},
	{
		name: "mount",
		stop: onInstance(runc +
			"error mounting \"/srv/conf.d\" to rootfs at \"/etc/app.conf\": not a directory: unknown"),
		cause:  "mount-invalid",
		result: Confirmed,
	},
	{
		name: "limit below Docker's",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: Minimum memory limit allowed is " +
			"6MB"),
		cause:  "container-memory-too-small",
		result: Confirmed,
	},
	{
		name:   "limit, with a question mark",
		stop:   onInstance(runc + "container init was OOM-killed (memory limit too low?): unknown"),
		cause:  "container-memory-too-small",
		result: NotChecked,
	},
	{
		name: "name",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: Conflict. The container name " +
			"\"/ecs-jobs-4\" is already in use by container \"77aa\""),
		cause:  "name-conflict",
		result: Confirmed,
	},
	{
		name: "disk of the host",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: mkdir " +
			"/var/lib/docker/overlay2/77aa: no space left on device"),
		cause:  "host-disk-full",
		result: Confirmed,
	},
	{
		name:   "watches of the host",
		stop:   onInstance(runc + "inotify_add_watch /srv/conf.d: no space left on device"),
		cause:  "host-disk-full",
		result: NotChecked,
	},
	{
		name:   "file handles",
		stop:   onInstance(runc + "pipe2: too many open files"),
		cause:  "host-file-limits",
		result: Confirmed,
	},
	{
		name:   "memory of the host or of a limit",
		stop:   onInstance(runc + "fork/exec: cannot allocate memory"),
		cause:  "host-memory",
		result: NotChecked,
	},

	{
		name:   "mount refused, perhaps by its tunnel",
		stop:   fargate(efs + "b'mount.nfs4: Connection refused'"),
		cause:  "task-sg-egress-closed",
		result: NotChecked,
	},
	{
		name:   "mount refused, perhaps by the tunnel",
		stop:   fargate(efs + "b'mount.nfs4: Connection refused'"),
		cause:  "nacl-blocks",
		result: NotChecked,
	},
	{
		name: "misspelt host, name server ill",
		stop: fargate("CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonws.com/orders:7: failed to do request: dial tcp: lookup " +
			"210987654321.dkr.ecr.eu-north-1.amazonws.com on 10.0.0.2:53: server misbehaving"),
		cause:  "name-misspelt",
		result: NotChecked,
	},
	{
		name: "misspelt host in a valid reference",
		stop: fargate("CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonws.com/orders:7: failed to do request: dial tcp: lookup " +
			"210987654321.dkr.ecr.eu-north-1.amazonws.com on 10.0.0.2:53: no such host"),
		cause:  "image-reference-invalid",
		result: NotChecked,
	},
	{
		name: "digest unknown to another registry",
		stop: onInstance(daemon +
			"manifest for registry.corp.example/orders@sha256:77bb not found: manifest unknown"),
		cause:  "image-digest-missing",
		result: NotChecked,
	},
	{
		name: "digest, in the words of ECR from another registry",
		stop: onInstance(daemon +
			"manifest for registry.corp.example/orders@sha256:77bb not found: manifest unknown: Requested image not " +
			"found"),
		cause:  "image-digest-missing",
		result: NotChecked,
	},
	{
		name: "repository, in the words of ECR from another registry",
		stop: onInstance(daemon +
			"manifest for registry.corp.example/orders@sha256:77bb not found: manifest unknown: Requested image not " +
			"found"),
		cause:  "image-repository-missing",
		result: NotChecked,
	},
	{
		name: "platform, as a warning",
		stop: onInstance("CannotPullContainerError: The requested image's platform (linux/arm64) does not match " +
			"the detected host platform (linux/amd64/v3)"),
		cause:  "image-platform-mismatch",
		result: NotChecked,
	},
	{
		name: "Docker Hub's storage",
		stop: fargate("CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: unexpected " +
			"status: SlowDown"),
		cause:  "docker-hub-limit",
		result: NotChecked,
	},
	{
		name:   "secret that cannot be unpacked",
		stop:   fargate(secretCall + "unable to unmarshal secret value"),
		cause:  "secret-json-key-missing",
		result: NotChecked,
	},
	{
		name:   "request that is not valid",
		stop:   fargate(secretCall + "ValidationException: 1 validation error detected"),
		cause:  "secret-arn-invalid",
		result: NotChecked,
	},
	{
		name: "version of a parameter",
		stop: fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve " +
			"secrets from ssm: version of the parameter not found"),
		cause:  "parameter-missing",
		result: NotChecked,
	},
	{
		name: "options that the agent makes",
		stop: onInstance("CannotCreateContainerError: failed to create container - container uses awsfirelens log " +
			"driver and we failed to generate the Firelens log config"),
		cause:  "log-options-invalid",
		result: NotChecked,
	},
	{
		name:   "line of an environment file",
		stop:   onInstance("Unable to read env file app.env: line 3 is malformed"),
		cause:  "env-file-invalid",
		result: NotChecked,
	},
	{
		name: "access point refused",
		stop: fargate(efs +
			"Access Point ID fsap-0011: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"),
		cause:  "efs-access-point",
		result: NotChecked,
	},
	{
		name:   "file of the mount helper",
		stop:   fargate(efs + "open /etc/amazon/efs/efs-utils.conf: No such file or directory"),
		cause:  "efs-path-missing",
		result: NotChecked,
	},
	{
		name: "driver that fails",
		stop: onInstance("CannotStartContainerError: Error response from daemon: error while mounting volume " +
			"'scans': VolumeDriver.Mount: mounting volume failed: no such volume"),
		cause:  "volume-plugin",
		result: NotChecked,
	},
	{
		name:   "another limit of EC2",
		stop:   fargate(interfaceOf + "SomeLimitExceeded"),
		cause:  "subnet-full",
		result: NotChecked,
	},
	{
		name:   "tags refused without a policy",
		stop:   fargate("Unexpected EC2 error while attempting to tag the network interface: UnauthorizedOperation"),
		cause:  "tag-policy",
		result: NotChecked,
	},
	{
		name:   "another parameter",
		stop:   fargate(interfaceOf + "InvalidParameterValue"),
		cause:  "network-configuration-invalid",
		result: NotChecked,
	},
	{
		name:   "limit without a number",
		stop:   fargate("The requested MEMORY configuration is above your limit"),
		cause:  "fargate-quota",
		result: NotChecked,
	},
	{
		name:   "capacity of whatever kind",
		stop:   fargate("Could not launch: insufficient capacity"),
		cause:  "fargate-capacity",
		result: NotChecked,
	},
	{
		name: "agent away, perhaps for a moment",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "EC2",
			StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) agent disconnected",
		},
		cause:  "agent-disconnected",
		result: NotChecked,
	},
	{
		name:   "mode or a capability",
		stop:   onInstance(runc + "open /proc/self/attr/exec: operation not permitted"),
		cause:  "entrypoint-not-executable",
		result: NotChecked,
	},
	{
		name:   "port inside a task of Fargate",
		stop:   fargate("CannotStartContainerError: listen tcp 0.0.0.0:80: bind: address already in use"),
		cause:  "port-conflict",
		result: NotChecked,
	},
	{
		name: "mount without its name",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: invalid mount config for type " +
			"\"bind\": field Target must not be empty"),
		cause:  "mount-invalid",
		result: NotChecked,
	},
	{
		name:   "name or something else",
		stop:   onInstance("CannotCreateContainerError: Error response from daemon: network sandbox already exists"),
		cause:  "name-conflict",
		result: NotChecked,
	},
	{
		name:   "processes, threads or memory",
		stop:   onInstance(runc + "fork/exec: resource temporarily unavailable"),
		cause:  "host-file-limits",
		result: NotChecked,
	},
	{
		name: "hardware of the host",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "EC2",
			StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) stopped: underlying hardware",
		},
		cause:  "host-impaired",
		result: NotChecked,
	},
	{
		name: "maintenance of an instance",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "EC2",
			StoppedReason: "ECS is performing maintenance on the underlying infrastructure hosting the task",
		},
		cause:  "instance-draining",
		result: NotChecked,
	},
	{
		name:   "control group at the end",
		stop:   onInstance("Cgroup resource: cleanup of the cgroup failed"),
		cause:  "cgroup-fault",
		result: NotChecked,
	},

	{
		name:   "one container, below the task's memory",
		stop:   outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512)),
		cause:  "memory-limit",
		result: Confirmed,
	},
	{
		name: "two containers that fit",
		stop: outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512),
			limited(withCode("log", 143), 1024)),
		cause:  "memory-limit",
		result: Confirmed,
	},
	{
		name: "two containers that fit: not the task's",
		stop: outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512),
			limited(withCode("log", 143), 1024)),
		cause:  "task-memory-limit",
		result: RuledOut,
	},
	{
		name:   "a container without a limit beside it",
		stop:   outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512), withCode("log", 143)),
		cause:  "memory-limit",
		result: NotChecked,
	},
	{
		name:   "a container without a limit beside it: perhaps the task's",
		stop:   outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512), withCode("log", 143)),
		cause:  "task-memory-limit",
		result: NotChecked,
	},
	{
		name: "more than the task has",
		stop: outOfMemory("FARGATE", new(int64(1024)), limited(withCode("app", 137), 768),
			limited(withCode("log", 143), 768)),
		cause:  "memory-limit",
		result: NotChecked,
	},
	{
		name:   "on an instance",
		stop:   outOfMemory("EC2", nil, limited(withCode("app", 137), 512)),
		cause:  "memory-limit",
		result: Confirmed,
	},
	{
		name:   "on an instance, limits unknown",
		stop:   outOfMemory("EC2", nil, withCode("app", 137)),
		cause:  "memory-limit",
		result: NotChecked,
	},
	{
		name:   "nothing but the task's memory",
		stop:   outOfMemory("FARGATE", new(int64(1024)), withCode("app", 137)),
		cause:  "task-memory-limit",
		result: Confirmed,
	},
	{
		name:   "task's memory not stated",
		stop:   outOfMemory("FARGATE", nil, withCode("app", 137)),
		cause:  "task-memory-limit",
		result: NotChecked,
	},
	{
		name:   "task's memory on an instance, perhaps only a sum",
		stop:   outOfMemory("EC2", new(int64(1024)), withCode("app", 137)),
		cause:  "task-memory-limit",
		result: NotChecked,
	},
	{
		name: "time limit of a job",
		stop: events.Stop{
			Kind:          events.KindTask,
			Launcher:      events.LauncherBatch,
			StoppedReason: "Job attempt duration exceeded timeout",
			Containers:    []events.Container{withCode("default", 137)},
		},
		cause:  "time-limit",
		result: Confirmed,
	},
	{
		name: "the words of a time limit",
		stop: events.Stop{
			Kind:          events.KindTask,
			StopCode:      "UserInitiated",
			StoppedReason: "Job attempt duration exceeded timeout",
			Containers:    []events.Container{withCode("default", 137)},
		},
		cause:  "time-limit",
		result: NotChecked,
	},

	{
		name: "maintenance",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "FARGATE",
			StoppedReason: "ECS is performing maintenance on the underlying infrastructure hosting the task",
		},
		cause:  "maintenance",
		result: Confirmed,
	},
	{
		name: "notice without a reason",
		stop: events.Stop{
			Kind:             events.KindTask,
			LaunchType:       "FARGATE",
			CapacityProvider: "FARGATE",
			StopCode:         "TerminationNotice",
		},
		cause:  "maintenance",
		result: NotChecked,
	},
	{
		name: "draining",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "EC2",
			StoppedReason: "Task stopped during instance draining",
		},
		cause:  "instance-draining",
		result: Confirmed,
	},
	{
		name:   "health of the host",
		stop:   events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", StopCode: "InfrastructureHealth"},
		cause:  "host-impaired",
		result: Confirmed,
	},
	{
		name: "instance gone",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "EC2",
			StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) terminated.",
		},
		cause:  "instance-terminated",
		result: NotChecked,
	},
	{
		name: "instance gone, perhaps Spot",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "EC2",
			StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) terminated.",
		},
		cause:  "spot-reclaimed",
		result: NotChecked,
	},
	{
		name: "Spot",
		stop: events.Stop{
			Kind:          events.KindTask,
			LaunchType:    "FARGATE",
			StoppedReason: "Your Spot Task was interrupted.",
		},
		cause:  "spot-reclaimed",
		result: Confirmed,
	},
	{
		name:   "Spot by code",
		stop:   events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", StopCode: "SpotInterruption"},
		cause:  "spot-reclaimed",
		result: Confirmed,
	},
	{
		name: "notice, perhaps Spot",
		stop: events.Stop{
			Kind:             events.KindTask,
			LaunchType:       "FARGATE",
			CapacityProvider: "FARGATE_SPOT",
			StopCode:         "TerminationNotice",
		},
		cause:  "spot-reclaimed",
		result: NotChecked,
	},
	{
		name: "rebalancing",
		stop: events.Stop{
			Kind:          events.KindTask,
			StoppedReason: "Availability-zone rebalancing initiated by (deployment ecs-svc/5550001112223334445)",
		},
		cause:  "az-rebalancing",
		result: Confirmed,
	},
	{
		name: "scaling",
		stop: events.Stop{
			Kind:          events.KindTask,
			StoppedReason: "Scaling activity initiated by (deployment ecs-svc/5550001112223334445)",
		},
		cause:  "deployment-replaced",
		result: NotChecked,
	},
	{
		name:   "control group",
		stop:   onInstance("Cgroup resource: setup cgroup: unable to create cgroup"),
		cause:  "cgroup-fault",
		result: Confirmed,
	},
	{
		name: "a role of a service",
		stop: onInstance("ECS was unable to assume the role " +
			"'arn:aws:iam::210987654321:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS' that was " +
			"provided for this task."),
		cause:  "task-role-service-linked",
		result: Confirmed,
	},
	{
		name: "ECS without its own role",
		stop: onInstance("Unable to assume the service linked role. Please verify that the ECS service linked " +
			"role exists."),
		cause:  "service-role-missing",
		result: Confirmed,
	},
	{
		name:   "the agent's image was pruned",
		stop:   onInstance("CannotCreateContainerError: Error: No such image: amazon/amazon-ecs-pause:0.1.0"),
		cause:  "agent-image-missing",
		result: Confirmed,
	},
	{
		name: "Docker Hub in trouble",
		stop: onInstance("CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected " +
			"status code https://registry-1.docker.io/v2/acme/api/blobs/sha256:77aa: 504 Gateway Time-out"),
		cause:  "registry-down",
		result: Confirmed,
	},
	{
		name:   "some registry in trouble",
		stop:   onInstance("CannotPullContainerError: received unexpected HTTP status: 503 Service Unavailable"),
		cause:  "registry-down",
		result: NotChecked,
	},
	{
		name: "owner of a volume",
		stop: onInstance("CannotCreateContainerError: failed to copy file info for " +
			"/var/lib/ecs/volumes/ecs-data-3-in-77aa: failed to chown /var/lib/ecs/volumes/ecs-data-3-in-77aa: " +
			"operation not permitted"),
		cause:  "volume-owner",
		result: Confirmed,
	},
	{
		name: "the root directory as a program",
		stop: onInstance("CannotStartContainerError: OCI runtime create failed: starting container process " +
			"caused: exec: \"/\": permission denied: unknown"),
		cause:  "entrypoint-is-directory",
		result: Confirmed,
	},
	{
		name: "one mount at the place of another",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: Duplicate mount point: /data: " +
			"invalid value"),
		cause:  "mounts-nested",
		result: Confirmed,
	},
	{
		name: "thin pool without the layer",
		stop: onInstance("CannotStartContainerError: API error (500): devmapper: Unknown device 77aa00bb: No such " +
			"device or address"),
		cause:  "storage-driver-damaged",
		result: Confirmed,
	},
	{
		name: "file of a layer is gone",
		stop: onInstance("CannotCreateContainerError: Error response from daemon: stat " +
			"/var/lib/docker/overlay2/77aa00bb: no such file or directory"),
		cause:  "storage-driver-damaged",
		result: NotChecked,
	},
	{
		name: "no capacity for Batch",
		stop: onInstance("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested " +
			"for instance type [g5.xlarge]"),
		cause:  "ec2-capacity",
		result: Confirmed,
	},
	{
		name: "maximum of a compute environment",
		stop: onInstance("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue " +
			"cannot meet the CPU requirement of the job."),
		cause:  "compute-environment-max-vcpus",
		result: Confirmed,
	},
	{
		name: "job larger than every instance",
		stop: onInstance("Canceled by JobStateTimeLimit action due to reason: " +
			"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
		cause:  "job-too-large",
		result: Confirmed,
	},
	{
		name:   "instance types that do not go with the AMI",
		stop:   onInstance("MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED"),
		cause:  "compute-environment-unsupported",
		result: Confirmed,
	},
	{
		name:   "compute environments that are invalid",
		stop:   onInstance("ACTION_REQUIRED - CE(s) associated with the job queue are invalid."),
		cause:  "compute-environment-invalid",
		result: Confirmed,
	},
	{
		name:   "Batch's role",
		stop:   onInstance("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - Batch service role has a permission issue."),
		cause:  "batch-service-role-denied",
		result: Confirmed,
	},
	{
		name:   "overrides of a job",
		stop:   onInstance("Container Overrides length must be at most 8192"),
		cause:  "overrides-too-long",
		result: Confirmed,
	},
	{
		name:   "another job failed",
		stop:   onInstance("Dependent Job failed"),
		cause:  "job-dependency-failed",
		result: NotChecked,
	},
	{
		name: "Docker older than the agent",
		stop: onInstance("Error response from daemon: client is newer than server (client API version: 1.24, " +
			"server API version: 1.22)"),
		cause:  "docker-old",
		result: Confirmed,
	},
	{
		name: "agent older than Docker",
		stop: onInstance("Error response from daemon: client version 1.21 is too old. Minimum supported API " +
			"version is 1.24, please upgrade your client to a newer version"),
		cause:  "agent-old",
		result: Confirmed,
	},
	{
		name:   "token that is old",
		stop:   onInstance("denied: Your authorization token has expired. Reauthenticate and try again."),
		cause:  "registry-login-stale",
		result: Confirmed,
	},
	{
		name:   "account that may start nothing",
		stop:   onInstance("service orders was unable to place a task. Reason: Your account is currently blocked."),
		cause:  "account-blocked",
		result: Confirmed,
	},
	{
		name: "caller who may not pass a role",
		stop: onInstance("User: arn:aws:iam::210987654321:user/ci is not authorized to perform: iam:PassRole on " +
			"resource: arn:aws:iam::210987654321:role/orders-exec because no identity-based policy allows the " +
			"iam:PassRole action"),
		cause:  "role-permission-missing",
		result: Confirmed,
	},
	{
		name: "no room for the memory",
		stop: onInstance("service orders was unable to place a task because no container instance met all of its " +
			"requirements. The closest matching container-instance 9f0e has insufficient memory available."),
		cause:  "cluster-resources",
		result: Confirmed,
	},
	{
		name: "launches refused without a word",
		stop: onInstance("ResourceInitializationError: Unable to launch instance(s) for capacity provider " +
			"web-nodes."),
		cause:  "instance-launch-refused",
		result: NotChecked,
	},
	{
		name:   "no instance for a call",
		stop:   onInstance("TaskFailedToStart: No Container Instances were found in your cluster."),
		cause:  "capacity-provider-empty",
		result: NotChecked,
	},
}

func TestTextProofs(t *testing.T) {
	for _, c := range textProofs {
		f := Classify(c.stop)
		i := slices.IndexFunc(f.Causes, func(p Proof) bool { return p.Cause == c.cause })
		if i < 0 {
			t.Errorf("%s: %s does not apply to %s, only %v", c.name, c.cause, f.Class(), f.Causes)
			continue
		}
		p := f.Causes[i]
		if p.Result != c.result || (p.Evidence == "") != (c.result == NotChecked) ||
			(p.Next == "") != (c.result != Confirmed) {
			t.Errorf("%s: %s of %s is %+v, want %s", c.name, c.cause, f.Class(), p, c.result)
		}
		if strings.ContainsAny(p.Evidence+p.Next, "{}[]|") || strings.Contains(p.Evidence, "  ") {
			t.Errorf("%s: %s reads %q, %q", c.name, c.cause, p.Evidence, p.Next)
		}
	}
}

// TestNextOfDenials holds that a statement that denies is to be narrowed, since one that allows would not help.
func TestNextOfDenials(t *testing.T) {
	for clause, want := range map[string]string{
		"because no identity-based policy allows the " +
			"secretsmanager:GetSecretValue action": "Allow secretsmanager:GetSecretValue on " + theSecret +
			" in a policy of orders-exec.",
		"with an explicit deny in an identity-based policy": "Find the Deny statement in the policies of " +
			"orders-exec that covers secretsmanager:GetSecretValue on " + theSecret + ", and narrow it.",
	} {
		f := Classify(fargate(secretRead + clause))
		if p := f.Causes[0]; p.Next != want || !strings.EqualFold(f.NextStep+".", want) {
			t.Errorf("%s\nnext %s\nstep %s\nwant %s", clause, p.Next, f.NextStep, want)
		}
	}
}

// TestTextProofsAreReached holds that a sample or a case above brings each proof of each table.
func TestTextProofsAreReached(t *testing.T) {
	tables := slices.Clone(Catalogue)
	t.Cleanup(func() { copy(Catalogue, tables) })
	for i := range Catalogue {
		c := &Catalogue[i]
		c.Text = slices.Clone(c.Text)
		for j := range c.Text {
			c.Text[j].Evidence = fmt.Sprintf("%s#%d", c.ID, j)
		}
	}
	reached := map[string]bool{}
	for _, s := range provenStops(t) {
		for _, p := range Classify(s).Causes {
			reached[p.Evidence] = true
		}
	}
	for _, c := range Catalogue {
		for _, p := range c.Text {
			if !reached[p.Evidence] {
				t.Errorf("nothing reaches %s: %v", p.Evidence, p.Match)
			}
		}
	}
}

// provenStops are the samples and the cases above.
func provenStops(t *testing.T) []events.Stop {
	t.Helper()
	var stops []events.Stop
	files, _ := filepath.Glob("../events/samples/*.json")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		read, err := events.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, read...)
	}
	for _, c := range textProofs {
		stops = append(stops, c.stop)
	}
	return stops
}

// TestGuessesProveNothing holds that a class that is only possible decides no cause, and that what is decided stands in
// order.
func TestGuessesProveNothing(t *testing.T) {
	for _, s := range provenStops(t) {
		f := Classify(s)
		for _, p := range f.Causes {
			if f.Confidence == Possible && p.Result != NotChecked {
				t.Errorf("%s is only possible, yet %s is %s", f.Class(), p.Cause, p.Result)
			}
		}
		if !slices.IsSortedFunc(f.Causes, func(a, b Proof) int { return a.Result.order() - b.Result.order() }) {
			t.Errorf("%s: confirmed first, ruled out last: %v", f.Class(), f.Causes)
		}
	}
}

// TestCallersProveNothing holds that whatever a caller of StopTask writes confirms and clears no cause.
func TestCallersProveNothing(t *testing.T) {
	for _, c := range textProofs {
		s := c.stop
		if s.Launcher == events.LauncherBatch || s.StoppedReason == "Essential container in task exited" {
			continue
		}
		s.StopCode = "UserInitiated"
		for _, p := range Classify(s).Causes {
			if p.Result != NotChecked {
				t.Errorf("%s: %s is %s by words of a caller: %s", c.name, p.Cause, p.Result, s.StoppedReason)
			}
		}
	}
}

// TestCutTextsProveNoMore holds that a text that ECS cut anywhere confirms nothing that the whole text does not
// confirm, and clears nothing that it confirms. "Transitively through" another policy is the one clause behind a whole
// sentence that turns it round.
func TestCutTextsProveNoMore(t *testing.T) {
	for _, c := range textProofs {
		if strings.Contains(c.stop.StoppedReason, "transitively through") || testing.Short() && c.result != Confirmed {
			continue
		}
		whole := decided(c.stop)
		for n := range len(c.stop.StoppedReason) {
			s := c.stop
			s.StoppedReason = s.StoppedReason[:n]
			for cause, result := range decided(s) {
				if (result == Confirmed) != (whole[cause] == Confirmed) {
					t.Fatalf("%s: %s is %s by the cut text %q", c.name, cause, result, s.StoppedReason)
				}
			}
		}
	}
}

func decided(s events.Stop) map[string]Result {
	results := map[string]Result{}
	for _, p := range Classify(s).Causes {
		if p.Result != NotChecked {
			results[p.Cause] = p.Result
		}
	}
	return results
}

// TestOtherContainersProveNothing holds that a cause rests on the text that leads, not on what another container says.
func TestOtherContainersProveNothing(t *testing.T) {
	s := onInstance("Task failed to start")
	s.Containers = []events.Container{
		{Name: "app", Reason: layerRead},
		{Name: "log_router", Reason: layerRead + "because no identity-based policy allows the s3:GetObject action"},
	}
	if got := decided(s); len(got) > 0 {
		t.Errorf("%v by the text of another container", got)
	}
}

// TestNamesProveNothing holds that what an image or a secret is called confirms nothing.
func TestNamesProveNothing(t *testing.T) {
	s := fargate("CannotPullContainerError: failed to resolve ref " + myRegistry +
		"/no-basic-auth/name-unknown/the-repository-with-name:7: not found")
	if got := decided(s); len(got) > 0 {
		t.Errorf("%v by the name of an image", got)
	}
}
