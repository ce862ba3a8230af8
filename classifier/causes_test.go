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
	myRegistry  = "210987654321.dkr.ecr.eu-north-1.amazonaws.com"
	tokenCall   = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.eu-north-1.amazonaws.com/\": "
	secretCall  = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): "
	theSecret   = "arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123"
	secretRead  = secretCall + "AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c3b4a59687766554433221100 is not authorized to perform: secretsmanager:GetSecretValue on resource: " + theSecret + " "
	layerRead   = "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: AccessDenied: User: arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::prod-eu-north-1-starport-layer-bucket/77aa "
	pullOf      = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref " + myRegistry + "/orders:7: "
	daemon      = "CannotPullContainerError: Error response from daemon: "
	runc        = "CannotStartContainerError: Error response from daemon: OCI runtime create failed: runc create failed: unable to start container process: "
	efs         = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: "
	interfaceOf = "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a1b2c3d4e5f60718': "
)

// said is a stop of one container that did not start, with a reason.
func said(launchType, reason string) events.Stop {
	return events.Stop{Kind: events.KindTask, LaunchType: launchType, StopCode: "TaskFailedToStart", StoppedReason: reason, Account: "210987654321", Region: "eu-north-1",
		Group: "service:orders", Service: "orders", Containers: []events.Container{{Name: "app"}}}
}

func fargate(reason string) events.Stop { return said("FARGATE", reason) }

func onInstance(reason string) events.Stop { return said("EC2", reason) }

// deploymentFailed is what a deployment reports that failed.
func deploymentFailed(reason string) events.Stop {
	return events.Stop{Kind: events.KindDeployment, EventName: "SERVICE_DEPLOYMENT_FAILED", EventType: "ERROR", Service: "web", Cluster: "prod", DeploymentID: "ecs-svc/8830145567712094413", StoppedReason: reason}
}

// outOfMemory is a stop whose first container was killed for memory.
func outOfMemory(launchType string, memory *int64, containers ...events.Container) events.Stop {
	containers[0].Reason = "OutOfMemoryError: Container killed due to memory usage"
	return events.Stop{Kind: events.KindTask, LaunchType: launchType, StopCode: "EssentialContainerExited", StoppedReason: "Essential container in task exited",
		Group: "service:orders", Service: "orders", Memory: memory, Containers: containers}
}

// textProofs are stops with a cause that applies to them, and what their text proves about it. Beside a text that
// proves stands the nearest one that does not.
var textProofs = []struct {
	name   string
	stop   events.Stop
	cause  string
	result Result
}{
	{"refused from outside", fargate("CannotPullContainerError: Error response from daemon: Get \"https://" + myRegistry + "/v2/\": dial tcp 13.48.4.5:443: connect: connection refused"), "route-missing", RuledOut},
	{"refused: no security group", fargate("CannotPullContainerError: Error response from daemon: Get \"https://" + myRegistry + "/v2/\": dial tcp 13.48.4.5:443: connect: connection refused"), "task-sg-egress-closed", RuledOut},
	{"refused: no network ACL", fargate("CannotPullContainerError: Error response from daemon: Get \"https://" + myRegistry + "/v2/\": dial tcp 13.48.4.5:443: connect: connection refused"), "nacl-blocks", RuledOut},
	{"timed out: a route may be missing", fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"), "route-missing", NotChecked},
	{"timed out: a security group may drop", fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"), "task-sg-egress-closed", NotChecked},
	{"timed out: a network ACL may drop", fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"), "nacl-blocks", NotChecked},

	{"public address", fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"), "endpoint-sg-closed", RuledOut},
	{"private address", fargate(tokenCall + "dial tcp 10.0.4.17:443: i/o timeout"), "endpoint-sg-closed", NotChecked},
	{"address of RFC 6598", fargate(tokenCall + "dial tcp 100.64.4.17:443: i/o timeout"), "endpoint-sg-closed", NotChecked},
	{"IPv6 address, which a VPC may have too", fargate(tokenCall + "dial tcp [2a05:d016::1]:443: i/o timeout"), "endpoint-sg-closed", NotChecked},
	{"public address, and a VPC that uses such", changed(fargate(tokenCall+"dial tcp 13.48.9.21:443: i/o timeout"), func(s *events.Stop) {
		s.Attachments = []events.Attachment{{Type: "eni", Details: map[string]string{"privateIPv4Address": "13.48.9.77"}}}
	}), "endpoint-sg-closed", NotChecked},
	{"no address said", fargate(tokenCall + "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"), "endpoint-sg-closed", NotChecked},
	{"not S3 was called", fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"), "s3-gateway-missing", RuledOut},
	{"S3 was called", fargate("CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com/\": dial tcp 52.218.1.2:443: i/o timeout"), "s3-gateway-missing", NotChecked},
	{"nobody says what was called", fargate("ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR."), "s3-gateway-missing", NotChecked},
	{"no connection, no policy", fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"), "s3-endpoint-policy-denies", RuledOut},
	{"no connection, no role", fargate(tokenCall + "dial tcp 13.48.9.21:443: i/o timeout"), "role-permission-missing", RuledOut},
	{"connected, then silence", fargate(pullOf + "failed to do request: Head \"https://" + myRegistry + "/v2/orders/manifests/7\": read tcp 10.0.4.8:41212->13.48.4.5:443: i/o timeout"), "role-permission-missing", NotChecked},
	{"misspelt host of ECR", fargate("CannotPullContainerError: failed to resolve ref 210987654321.dkr.ecr.eu-north-1.amazonws.com/orders:7: failed to do request: Head \"https://210987654321.dkr.ecr.eu-north-1.amazonws.com/v2/orders/manifests/7\": dial tcp: lookup 210987654321.dkr.ecr.eu-north-1.amazonws.com on 10.0.0.2:53: no such host"), "name-misspelt", Confirmed},
	{"host of one's own", fargate("CannotPullContainerError: failed to resolve ref dkr.ecr.corp.example/orders:7: failed to do request: Head \"https://dkr.ecr.corp.example/v2/orders/manifests/7\": dial tcp: lookup dkr.ecr.corp.example on 10.0.0.2:53: no such host"), "name-misspelt", NotChecked},

	{"identity-based policy, implicit", fargate(secretRead + "because no identity-based policy allows the secretsmanager:GetSecretValue action"), "role-permission-missing", Confirmed},
	{"identity-based policy, explicit", fargate(secretRead + "with an explicit deny in an identity-based policy"), "role-permission-missing", Confirmed},
	{"no policy named", fargate(secretRead), "role-permission-missing", NotChecked},
	{"resource-based policy", fargate(secretRead + "with an explicit deny in a resource-based policy"), "resource-policy-denies", Confirmed},
	{"no policy named: perhaps the secret's", fargate(secretRead), "resource-policy-denies", NotChecked},
	{"VPC endpoint policy", fargate(secretRead + "because no VPC endpoint policy allows the secretsmanager:GetSecretValue action"), "endpoint-policy-denies", Confirmed},
	{"no policy named: perhaps the endpoint's", fargate(secretRead), "endpoint-policy-denies", NotChecked},
	{"VPC endpoint policy of S3", fargate(layerRead + "because no VPC endpoint policy allows the s3:GetObject action"), "s3-endpoint-policy-denies", Confirmed},
	{"no policy named: perhaps that of S3's endpoint", fargate("CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code https://prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com/77: 403 Forbidden"), "s3-endpoint-policy-denies", NotChecked},
	{"service control policy", fargate(secretRead + "with an explicit deny in a service control policy"), "scp-denies", Confirmed},
	{"service control policy behind an endpoint's", fargate(secretRead + "with an explicit deny in a VPC endpoint policy transitively through a service control policy"), "scp-denies", Confirmed},
	{"resource control policy", fargate(secretRead + "with an explicit deny in a resource control policy"), "rcp-denies", Confirmed},
	{"permissions boundary", fargate(secretRead + "because no permissions boundary allows the secretsmanager:GetSecretValue action"), "permissions-boundary-denies", Confirmed},
	{"session policy", fargate(secretRead + "because no session policy allows the secretsmanager:GetSecretValue action"), "session-policy-denies", Confirmed},

	{"key disabled", fargate(secretCall + "failed to fetch secret " + theSecret + " from secrets manager: AccessDeniedException: KMSInvalidStateException: arn:aws:kms:eu-north-1:210987654321:key/77aa is pending deletion."), "kms-key-disabled", Confirmed},
	{"key refuses", fargate(secretCall + "AccessDeniedException: Access to KMS is not allowed"), "kms-key-disabled", NotChecked},
	{"key may be disabled", fargate(secretCall + "AccessDeniedException: Access to KMS is not allowed"), "kms-denied", NotChecked},
	{"no login to give", onInstance(daemon + "Head \"https://registry.corp.example/v2/orders/manifests/7\": no basic auth credentials"), "registry-credentials-missing", Confirmed},
	{"denied, perhaps not there", onInstance(daemon + "pull access denied for acme/orders, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"), "registry-credentials-missing", NotChecked},
	{"denied, perhaps a wrong name", onInstance(daemon + "pull access denied for acme/orders, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"), "image-repository-missing", NotChecked},
	{"wrong password", onInstance(daemon + "Get \"https://registry-1.docker.io/v2/acme/orders/manifests/1\": unauthorized: incorrect username or password"), "registry-credentials-wrong", Confirmed},
	{"secret without a login", onInstance("CannotPullContainerAuthError: asm fetching authorization data: unable to unmarshal secret value, invalid schema"), "registry-credentials-wrong", Confirmed},
	{"anonymous", fargate("CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?service=ghcr.io: 401 Unauthorized"), "registry-credentials-wrong", RuledOut},
	{"with a login", fargate("CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://ghcr.io/token?service=ghcr.io: 401 Unauthorized"), "registry-credentials-wrong", NotChecked},

	{"reference", fargate("CannotPullContainerError: invalid reference format"), "image-reference-invalid", Confirmed},
	{"ECR has the repository, not the tag", onInstance(daemon + "manifest for " + myRegistry + "/orders:7 not found: manifest unknown: Requested image not found"), "image-tag-missing", Confirmed},
	{"the repository is there", onInstance(daemon + "manifest for " + myRegistry + "/orders:7 not found: manifest unknown: Requested image not found"), "image-repository-missing", RuledOut},
	{"no image known", onInstance("CannotPullImageManifestError: Error response from daemon: manifest unknown: Requested image not found"), "image-tag-missing", NotChecked},
	{"manifest unknown to another registry", onInstance(daemon + "manifest for registry.corp.example/orders:7 not found: manifest unknown: manifest unknown"), "image-tag-missing", NotChecked},
	{"not found, tag or repository", fargate(pullOf + myRegistry + "/orders:7: not found"), "image-tag-missing", NotChecked},
	{"not found, repository or tag", fargate(pullOf + myRegistry + "/orders:7: not found"), "image-repository-missing", NotChecked},
	{"ECR has the repository, not the digest", onInstance(daemon + "manifest for " + myRegistry + "/orders@sha256:77bb not found: manifest unknown: Requested image not found"), "image-digest-missing", Confirmed},
	{"digest not found", fargate("CannotPullContainerError: failed to resolve ref " + myRegistry + "/orders@sha256:77bb: not found"), "image-digest-missing", NotChecked},
	{"repository", onInstance(daemon + "repository " + myRegistry + "/orders not found: name unknown: The repository with name 'orders' does not exist in the registry with id '210987654321'"), "image-repository-missing", Confirmed},
	{"platform", fargate("CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'"), "image-platform-mismatch", Confirmed},
	{"form of the manifest", fargate("CannotPullContainerError: ref pull has been retried 1 time(s): not implemented: media type \"application/vnd.docker.distribution.manifest.v1+prettyjws\" is no longer supported"), "image-manifest-old", Confirmed},
	{"broken off or damaged", fargate("CannotPullContainerError: failed to extract layer sha256:77bb: unexpected EOF"), "image-corrupt", NotChecked},
	{"disk", fargate("CannotPullContainerError: failed to extract layer sha256:77bb: write /usr/lib/libmodel.so: no space left on device"), "image-too-large", Confirmed},
	{"quota of something else", fargate("CannotPullContainerError: failed to extract layer sha256:77bb: disk quota exceeded"), "image-too-large", NotChecked},
	{"Docker Hub", fargate("CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: unexpected status code: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit"), "docker-hub-limit", Confirmed},
	{"who knows whose limit", fargate("CannotPullContainerError: toomanyrequests: Too Many Requests."), "docker-hub-limit", NotChecked},
	{"ECR's rate", fargate("CannotPullContainerError: failed to resolve ref " + myRegistry + "/orders:7: toomanyrequests: Rate exceeded"), "registry-throttled", Confirmed},
	{"another's rate", fargate("CannotPullContainerError: failed to resolve ref quay.io/acme/orders:7: toomanyrequests: rate exceeded"), "registry-throttled", NotChecked},
	{"rate of secrets", fargate(secretCall + "ThrottlingException: Rate exceeded"), "registry-throttled", Confirmed},
	{"upstream's limit behind a cache", fargate("CannotPullContainerError: failed to resolve ref " + myRegistry + "/hub/library/redis:7: toomanyrequests: You have reached your pull rate limit"), "registry-throttled", NotChecked},

	{"secret", fargate(secretCall + "failed to fetch secret " + theSecret + " from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."), "secret-missing", Confirmed},
	{"no value of the secret in the agent", onInstance("DockerClientConfigError: missing secret value for secret DB_PASSWORD"), "secret-missing", NotChecked},
	{"version of a secret", fargate(secretCall + "failed to fetch secret " + theSecret + " from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSPENDING"), "secret-version-missing", Confirmed},
	{"deletion of a secret", fargate(secretCall + "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion."), "secret-deleted", Confirmed},
	{"gone, perhaps deleted", fargate(secretCall + "ResourceNotFoundException: Secrets Manager can't find the specified secret."), "secret-deleted", NotChecked},
	{"JSON key", fargate(secretCall + "retrieved secret from Secrets Manager did not contain json key password"), "secret-json-key-missing", Confirmed},
	{"no JSON", fargate(secretCall + "retrieved secret from Secrets Manager: invalid character 'p' looking for beginning of value"), "secret-json-key-missing", Confirmed},
	{"valueFrom", fargate(secretCall + "trying to retrieve secret with value arn:aws:secretsmanager:orders resulted in error: an invalid ARN format was specified"), "secret-arn-invalid", Confirmed},
	{"parameter", fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: invalid ssm parameters: /orders/db/password"), "parameter-missing", Confirmed},
	{"parameter of another Region", fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: invalid ssm parameters: arn:aws:ssm:eu-west-1:210987654321:parameter/orders/db"), "parameter-missing", Confirmed},
	{"parameter, perhaps of another Region", fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: invalid ssm parameters: /orders/db/password"), "secret-in-other-region", NotChecked},
	{"log router", onInstance("CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp 127.0.0.1:24224: connect: connection refused"), "log-router-down", Confirmed},
	{"socket of the log router", onInstance("CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial unix /var/run/fluent.sock: connect: no such file or directory"), "log-router-down", Confirmed},
	{"log collector silent", onInstance("CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp 10.9.0.8:24224: i/o timeout"), "log-router-down", NotChecked},
	{"log group", fargate("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."), "log-group-missing", Confirmed},
	{"log group, perhaps in another Region", fargate("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."), "log-region-wrong", NotChecked},
	{"something of logging not found", fargate("ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log stream: ResourceNotFoundException"), "log-group-missing", NotChecked},
	{"log options", fargate("ResourceInitializationError: failed to validate logger args: unknown log opt 'awslogs-retention' for awslogs log driver"), "log-options-invalid", Confirmed},
	{"environment file", onInstance("Unable to download env file with key prod/app.env from bucket orders-config, error: NoSuchKey: The specified key does not exist."), "env-file-missing", Confirmed},
	{"environment file denied", onInstance("Unable to download env file with key prod/app.env from bucket orders-config, error: AccessDenied: Access Denied status code: 403"), "env-file-missing", NotChecked},
	{"environment file, no permission", onInstance("Unable to download env file with key prod/app.env from bucket orders-config, error: AccessDenied: Access Denied status code: 403"), "env-file-denied", NotChecked},
	{"ARN of an environment file", onInstance("Unable to parse bucket and key from s3 ARN specified in environmentFile arn:aws:s3:::orders, error: invalid ARN"), "env-file-invalid", Confirmed},
	{"access point", fargate(efs + "Access Point ID fsap-xyz is malformed"), "efs-access-point", Confirmed},
	{"mount refused", fargate(efs + "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"), "efs-access-point", NotChecked},
	{"mount refused by a policy or a mode", fargate(efs + "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"), "efs-iam-denied", NotChecked},
	{"directory", fargate(efs + "b'mount.nfs4: mounting fs-0011223344556677a.efs.eu-north-1.amazonaws.com:/orders/in failed, reason given by server: No such file or directory'"), "efs-path-missing", Confirmed},
	{"directory, through the tunnel", fargate(efs + "b'mount.nfs4: mounting 127.0.0.1:/orders/in failed, reason given by server: No such file or directory'"), "efs-path-missing", Confirmed},
	{"root of an access point", fargate(efs + "b'mount.nfs4: mounting 127.0.0.1:/ failed, reason given by server: No such file or directory'"), "efs-path-missing", NotChecked},
	{"old platform", changed(fargate(efs+"b'mount.nfs4: Connection timed out'"), func(s *events.Stop) { s.PlatformVersion = "1.3.0" }), "efs-platform-version", Confirmed},
	{"no zone of the load balancer", fargate("(service web) (port 80) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/9f8e7d6c5b4a3928) due to (reason Target is in an Availability Zone that is not enabled for the load balancer)"), "health-zone-disabled", Confirmed},
	{"a health check that timed out", fargate("(service web) (port 80) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/9f8e7d6c5b4a3928) due to (reason Health checks failed)"), "health-zone-disabled", NotChecked},
	{"alarm of a deployment", deploymentFailed("(service web) (deployment ecs-svc/8830145567712094413) deployment failed: alarm detected."), "deployment-alarm", Confirmed},
	{"hook of a deployment", deploymentFailed("Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:eu-north-1:210987654321:function:gate returned FAILED status."), "deployment-hook", Confirmed},
	{"listener rules of a deployment", deploymentFailed("Service deployment rolled back because of invalid networking configuration. One or more rules not found"), "deployment-listeners", Confirmed},
	{"circuit breaker of a deployment", deploymentFailed("ECS deployment circuit breaker: tasks failed to start."), "circuit-breaker", NotChecked},
	{"volume", onInstance("resource cannot be initialized: initialize volume: volume detection failed, volume 'scans' does not exist and autoprovision is set to false"), "volume-missing", Confirmed},
	{"volume otherwise declared", onInstance("InvalidVolumeError: conflicting options for volume 'scans'"), "volume-missing", NotChecked},
	{"driver of a volume", onInstance("CannotCreateContainerError: Error response from daemon: create scans: error looking up volume plugin rexray: legacy plugin: plugin not found: VolumeDriver.Create"), "volume-plugin", Confirmed},

	{"driver of a volume that does not answer", onInstance("CannotCreateContainerError: Error response from daemon: create scans: found reference to volume 'scans' in driver 'acmefs', but got an error while checking the driver: dial unix /run/docker/plugins/acmefs.sock: connect: connection refused"), "volume-plugin", Confirmed},
	{"targets of another VPC", events.Stop{Kind: events.KindService, Service: "web", StoppedReason: "(service web) failed to register targets in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/9f8e7d6c5b4a3928) with (error The following targets are not in the target group VPC 'vpc-0a1b2c3d': '10.9.0.8')"}, "target-group-unfit", Confirmed},

	{"subnet full", fargate(interfaceOf + "InsufficientFreeAddressesInSubnet"), "subnet-full", Confirmed},
	{"not the interfaces", fargate(interfaceOf + "InsufficientFreeAddressesInSubnet"), "eni-limit", RuledOut},
	{"interfaces of the Region", fargate(interfaceOf + "NetworkInterfaceLimitExceeded"), "eni-limit", Confirmed},
	{"interfaces of an instance", onInstance("Unable to attach network interface to unused device index"), "eni-limit", NotChecked},
	{"no interface on any instance", onInstance("TaskFailedToStart: RESOURCE:ENI"), "eni-limit", Confirmed},
	{"interfaces, not CPU", onInstance("TaskFailedToStart: RESOURCE:ENI"), "cluster-resources", RuledOut},
	{"tag policy", fargate("Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation"), "tag-policy", Confirmed},
	{"the role was there", fargate("Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation"), "service-role-missing", RuledOut},
	{"refused without a reason", fargate(interfaceOf + "AuthFailure"), "service-role-missing", NotChecked},
	{"security group gone", fargate(interfaceOf + "InvalidSecurityGroupID.NotFound"), "network-configuration-invalid", Confirmed},
	{"quota", fargate("You've reached the limit on the number of vCPUs you can run concurrently"), "fargate-quota", Confirmed},
	{"capacity", fargate("Capacity is unavailable at this time. Please try again later or in a different availability zone"), "fargate-capacity", Confirmed},
	{"CPU", onInstance("TaskFailedToStart: RESOURCE:CPU"), "cluster-resources", Confirmed},
	{"memory", onInstance("TaskFailedToStart: RESOURCE:MEMORY"), "cluster-resources", Confirmed},
	{"GPU", onInstance("TaskFailedToStart: RESOURCE:GPU"), "cluster-resources", Confirmed},
	{"accelerators", onInstance("TaskFailedToStart: RESOURCE:INFERENCE"), "cluster-resources", Confirmed},
	{"could not be placed", onInstance("service orders was unable to place a task because could not launch"), "cluster-resources", NotChecked},
	{"no instances", onInstance("TaskFailedToStart: EMPTY CAPACITY PROVIDER"), "capacity-provider-empty", Confirmed},
	{"no instance met all of it", onInstance("service orders was unable to place a task because no container instance met all of its requirements"), "capacity-provider-empty", NotChecked},
	{"launch of an instance", fargate("ResourceInitializationError: Unable to launch instance(s) for capacity provider shop-nodes. InsufficientInstanceCapacity: There is not enough capacity."), "instance-launch-refused", Confirmed},
	{"tasks that wait", fargate("Tasks provisioning capacity limit exceeded."), "provisioning-limit", Confirmed},
	{"attribute", onInstance("TaskFailedToStart: ATTRIBUTE"), "placement-constraint", Confirmed},
	{"attribute, not the launch type", onInstance("TaskFailedToStart: ATTRIBUTE"), "launch-type-mismatch", NotChecked},
	{"launch type", onInstance("The selected task definition is not compatible with the selected compute strategy"), "launch-type-mismatch", Confirmed},
	{"launch type, not an attribute", onInstance("The selected task definition is not compatible with the selected compute strategy"), "placement-constraint", NotChecked},
	{"agent", onInstance("TaskFailedToStart: AGENT"), "agent-disconnected", Confirmed},
	{"option in place of a program", onInstance(runc + "exec: \"-c\": executable file not found in $PATH: unknown"), "command-invalid", Confirmed},
	{"command line in place of a program", onInstance(runc + "exec: \"npm start\": executable file not found in $PATH: unknown"), "command-invalid", Confirmed},
	{"path with a space", onInstance(runc + "exec: \"/opt/my app/run\": executable file not found in $PATH: unknown"), "command-invalid", NotChecked},
	{"program", onInstance(runc + "exec: \"dbt\": executable file not found in $PATH: unknown"), "entrypoint-missing", Confirmed},
	{"file of a program", onInstance(runc + "exec: \"/srv/run\": stat /srv/run: no such file or directory: unknown"), "entrypoint-missing", Confirmed},
	{"user", onInstance("CannotStartContainerError: Error response from daemon: unable to find user shop: no matching entries in passwd file"), "user-missing", Confirmed},
	{"no file of users", fargate("CannotStartContainerError: ResourceInitializationError: unable to create new container: mount callback failed on /tmp/containerd-mount77: open /tmp/containerd-mount77/etc/passwd: no such file or directory"), "user-missing", NotChecked},
	{"script whose interpreter may be missing", onInstance("CannotStartContainerError: Error response from daemon: OCI runtime create failed: exec /srv/run.sh: no such file or directory"), "entrypoint-missing", NotChecked},
	{"mode", onInstance(runc + "exec: \"/srv/run\": permission denied: unknown"), "entrypoint-not-executable", Confirmed},
	{"script without its first line, or another CPU", onInstance("CannotStartContainerError: exec /srv/run.sh: exec format error"), "binary-architecture", NotChecked},
	{"port", onInstance("CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint ecs-api (77aa): Bind for 0.0.0.0:9090 failed: port is already allocated"), "port-conflict", Confirmed},
	{"port of a program of the host", onInstance("CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint ecs-api (77aa): Error starting userland proxy: listen tcp4 0.0.0.0:9090: bind: address already in use"), "port-conflict", Confirmed},
	{"port, cut off", onInstance("CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint ecs-api"), "port-conflict", NotChecked},
	{"port of every instance", onInstance("TaskFailedToStart: RESOURCE:PORTS"), "port-conflict", Confirmed},
	{"device", onInstance("CannotStartContainerError: Error response from daemon: error gathering device information while adding custom device \"/dev/dri/renderD130\": no such file or directory"), "device-missing", Confirmed},
	{"driver of a device", onInstance("CannotStartContainerError: Error response from daemon: could not select device driver \"\" with capabilities: [[gpu]]"), "device-missing", NotChecked},
	{"credential spec", onInstance("Invalid credentialspec file specification"), "credential-spec-invalid", Confirmed},
	{"mapping of a credential spec", onInstance("DockerClientConfigError: unable to fetch valid credentialspec mapping"), "credential-spec-invalid", NotChecked},
	{"mount", onInstance(runc + "error mounting \"/srv/conf.d\" to rootfs at \"/etc/app.conf\": not a directory: unknown"), "mount-invalid", Confirmed},
	{"limit below Docker's", onInstance("CannotCreateContainerError: Error response from daemon: Minimum memory limit allowed is 6MB"), "container-memory-too-small", Confirmed},
	{"limit, with a question mark", onInstance(runc + "container init was OOM-killed (memory limit too low?): unknown"), "container-memory-too-small", NotChecked},
	{"name", onInstance("CannotCreateContainerError: Error response from daemon: Conflict. The container name \"/ecs-jobs-4\" is already in use by container \"77aa\""), "name-conflict", Confirmed},
	{"disk of the host", onInstance("CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2/77aa: no space left on device"), "host-disk-full", Confirmed},
	{"watches of the host", onInstance(runc + "inotify_add_watch /srv/conf.d: no space left on device"), "host-disk-full", NotChecked},
	{"file handles", onInstance(runc + "pipe2: too many open files"), "host-file-limits", Confirmed},
	{"memory of the host or of a limit", onInstance(runc + "fork/exec: cannot allocate memory"), "host-memory", NotChecked},

	{"mount refused, perhaps by its tunnel", fargate(efs + "b'mount.nfs4: Connection refused'"), "task-sg-egress-closed", NotChecked},
	{"mount refused, perhaps by the tunnel", fargate(efs + "b'mount.nfs4: Connection refused'"), "nacl-blocks", NotChecked},
	{"misspelt host, name server ill", fargate("CannotPullContainerError: failed to resolve ref 210987654321.dkr.ecr.eu-north-1.amazonws.com/orders:7: failed to do request: dial tcp: lookup 210987654321.dkr.ecr.eu-north-1.amazonws.com on 10.0.0.2:53: server misbehaving"), "name-misspelt", NotChecked},
	{"misspelt host in a valid reference", fargate("CannotPullContainerError: failed to resolve ref 210987654321.dkr.ecr.eu-north-1.amazonws.com/orders:7: failed to do request: dial tcp: lookup 210987654321.dkr.ecr.eu-north-1.amazonws.com on 10.0.0.2:53: no such host"), "image-reference-invalid", NotChecked},
	{"digest unknown to another registry", onInstance(daemon + "manifest for registry.corp.example/orders@sha256:77bb not found: manifest unknown"), "image-digest-missing", NotChecked},
	{"digest, in the words of ECR from another registry", onInstance(daemon + "manifest for registry.corp.example/orders@sha256:77bb not found: manifest unknown: Requested image not found"), "image-digest-missing", NotChecked},
	{"repository, in the words of ECR from another registry", onInstance(daemon + "manifest for registry.corp.example/orders@sha256:77bb not found: manifest unknown: Requested image not found"), "image-repository-missing", NotChecked},
	{"platform, as a warning", onInstance("CannotPullContainerError: The requested image's platform (linux/arm64) does not match the detected host platform (linux/amd64/v3)"), "image-platform-mismatch", NotChecked},
	{"Docker Hub's storage", fargate("CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: unexpected status: SlowDown"), "docker-hub-limit", NotChecked},
	{"secret that cannot be unpacked", fargate(secretCall + "unable to unmarshal secret value"), "secret-json-key-missing", NotChecked},
	{"request that is not valid", fargate(secretCall + "ValidationException: 1 validation error detected"), "secret-arn-invalid", NotChecked},
	{"version of a parameter", fargate("ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: version of the parameter not found"), "parameter-missing", NotChecked},
	{"options that the agent makes", onInstance("CannotCreateContainerError: failed to create container - container uses awsfirelens log driver and we failed to generate the Firelens log config"), "log-options-invalid", NotChecked},
	{"line of an environment file", onInstance("Unable to read env file app.env: line 3 is malformed"), "env-file-invalid", NotChecked},
	{"access point refused", fargate(efs + "Access Point ID fsap-0011: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"), "efs-access-point", NotChecked},
	{"file of the mount helper", fargate(efs + "open /etc/amazon/efs/efs-utils.conf: No such file or directory"), "efs-path-missing", NotChecked},
	{"driver that fails", onInstance("CannotStartContainerError: Error response from daemon: error while mounting volume 'scans': VolumeDriver.Mount: mounting volume failed: no such volume"), "volume-plugin", NotChecked},
	{"another limit of EC2", fargate(interfaceOf + "SomeLimitExceeded"), "subnet-full", NotChecked},
	{"tags refused without a policy", fargate("Unexpected EC2 error while attempting to tag the network interface: UnauthorizedOperation"), "tag-policy", NotChecked},
	{"another parameter", fargate(interfaceOf + "InvalidParameterValue"), "network-configuration-invalid", NotChecked},
	{"limit without a number", fargate("The requested MEMORY configuration is above your limit"), "fargate-quota", NotChecked},
	{"capacity of whatever kind", fargate("Could not launch: insufficient capacity"), "fargate-capacity", NotChecked},
	{"agent away, perhaps for a moment", events.Stop{Kind: events.KindTask, LaunchType: "EC2", StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) agent disconnected"}, "agent-disconnected", NotChecked},
	{"mode or a capability", onInstance(runc + "open /proc/self/attr/exec: operation not permitted"), "entrypoint-not-executable", NotChecked},
	{"port inside a task of Fargate", fargate("CannotStartContainerError: listen tcp 0.0.0.0:80: bind: address already in use"), "port-conflict", NotChecked},
	{"mount without its name", onInstance("CannotCreateContainerError: Error response from daemon: invalid mount config for type \"bind\": field Target must not be empty"), "mount-invalid", NotChecked},
	{"name or something else", onInstance("CannotCreateContainerError: Error response from daemon: network sandbox already exists"), "name-conflict", NotChecked},
	{"processes, threads or memory", onInstance(runc + "fork/exec: resource temporarily unavailable"), "host-file-limits", NotChecked},
	{"hardware of the host", events.Stop{Kind: events.KindTask, LaunchType: "EC2", StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) stopped: underlying hardware"}, "host-impaired", NotChecked},
	{"maintenance of an instance", events.Stop{Kind: events.KindTask, LaunchType: "EC2", StoppedReason: "ECS is performing maintenance on the underlying infrastructure hosting the task"}, "instance-draining", NotChecked},
	{"control group at the end", onInstance("Cgroup resource: cleanup of the cgroup failed"), "cgroup-fault", NotChecked},

	{"one container, below the task's memory", outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512)), "memory-limit", Confirmed},
	{"two containers that fit", outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512), limited(withCode("log", 143), 1024)), "memory-limit", Confirmed},
	{"two containers that fit: not the task's", outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512), limited(withCode("log", 143), 1024)), "task-memory-limit", RuledOut},
	{"a container without a limit beside it", outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512), withCode("log", 143)), "memory-limit", NotChecked},
	{"a container without a limit beside it: perhaps the task's", outOfMemory("FARGATE", new(int64(2048)), limited(withCode("app", 137), 512), withCode("log", 143)), "task-memory-limit", NotChecked},
	{"more than the task has", outOfMemory("FARGATE", new(int64(1024)), limited(withCode("app", 137), 768), limited(withCode("log", 143), 768)), "memory-limit", NotChecked},
	{"on an instance", outOfMemory("EC2", nil, limited(withCode("app", 137), 512)), "memory-limit", Confirmed},
	{"on an instance, limits unknown", outOfMemory("EC2", nil, withCode("app", 137)), "memory-limit", NotChecked},
	{"nothing but the task's memory", outOfMemory("FARGATE", new(int64(1024)), withCode("app", 137)), "task-memory-limit", Confirmed},
	{"task's memory not stated", outOfMemory("FARGATE", nil, withCode("app", 137)), "task-memory-limit", NotChecked},
	{"task's memory on an instance, perhaps only a sum", outOfMemory("EC2", new(int64(1024)), withCode("app", 137)), "task-memory-limit", NotChecked},
	{"time limit of a job", events.Stop{Kind: events.KindTask, Launcher: events.LauncherBatch, StoppedReason: "Job attempt duration exceeded timeout", Containers: []events.Container{withCode("default", 137)}}, "time-limit", Confirmed},
	{"the words of a time limit", events.Stop{Kind: events.KindTask, StopCode: "UserInitiated", StoppedReason: "Job attempt duration exceeded timeout", Containers: []events.Container{withCode("default", 137)}}, "time-limit", NotChecked},

	{"maintenance", events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", StoppedReason: "ECS is performing maintenance on the underlying infrastructure hosting the task"}, "maintenance", Confirmed},
	{"notice without a reason", events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", CapacityProvider: "FARGATE", StopCode: "TerminationNotice"}, "maintenance", NotChecked},
	{"draining", events.Stop{Kind: events.KindTask, LaunchType: "EC2", StoppedReason: "Task stopped during instance draining"}, "instance-draining", Confirmed},
	{"health of the host", events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", StopCode: "InfrastructureHealth"}, "host-impaired", Confirmed},
	{"instance gone", events.Stop{Kind: events.KindTask, LaunchType: "EC2", StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) terminated."}, "instance-terminated", NotChecked},
	{"instance gone, perhaps Spot", events.Stop{Kind: events.KindTask, LaunchType: "EC2", StoppedReason: "Host EC2 (instance i-0c1d2e3f405162738) terminated."}, "spot-reclaimed", NotChecked},
	{"Spot", events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", StoppedReason: "Your Spot Task was interrupted."}, "spot-reclaimed", Confirmed},
	{"Spot by code", events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", StopCode: "SpotInterruption"}, "spot-reclaimed", Confirmed},
	{"notice, perhaps Spot", events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", CapacityProvider: "FARGATE_SPOT", StopCode: "TerminationNotice"}, "spot-reclaimed", NotChecked},
	{"rebalancing", events.Stop{Kind: events.KindTask, StoppedReason: "Availability-zone rebalancing initiated by (deployment ecs-svc/5550001112223334445)"}, "az-rebalancing", Confirmed},
	{"scaling", events.Stop{Kind: events.KindTask, StoppedReason: "Scaling activity initiated by (deployment ecs-svc/5550001112223334445)"}, "deployment-replaced", NotChecked},
	{"control group", onInstance("Cgroup resource: setup cgroup: unable to create cgroup"), "cgroup-fault", Confirmed},
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
		if p.Result != c.result || (p.Evidence == "") != (c.result == NotChecked) || (p.Next == "") != (c.result != Confirmed) {
			t.Errorf("%s: %s of %s is %+v, want %s", c.name, c.cause, f.Class(), p, c.result)
		}
		if strings.ContainsAny(p.Evidence+p.Next, "{}[]|") || strings.Contains(p.Evidence, "  ") {
			t.Errorf("%s: %s reads %q, %q", c.name, c.cause, p.Evidence, p.Next)
		}
	}
}

// TestNextOfDenials holds that a statement that denies is to be taken away, since one that allows would not help.
func TestNextOfDenials(t *testing.T) {
	for clause, want := range map[string]string{
		"because no identity-based policy allows the secretsmanager:GetSecretValue action": "Allow secretsmanager:GetSecretValue on " + theSecret + " in a policy of orders-exec.",
		"with an explicit deny in an identity-based policy":                                "Take away the statement in a policy of orders-exec that denies secretsmanager:GetSecretValue on " + theSecret + ".",
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
	s := fargate("CannotPullContainerError: failed to resolve ref " + myRegistry + "/no-basic-auth/name-unknown/the-repository-with-name:7: not found")
	if got := decided(s); len(got) > 0 {
		t.Errorf("%v by the name of an image", got)
	}
}
