package classifier

import (
	"slices"
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// StageText is what is said of one stage: what it is, and the beginning of a sentence about its failure.
type StageText struct {
	Stage   Stage
	Meaning string
	Could   string // "could not …"
}

// Stages is the vocabulary of stages, in the order in which a task lives through them.
var Stages = []StageText{
	{Placement, "finding room for the task: capacity, constraints, quotas", "could not place the task"},
	{Network, "creating and attaching the network interface, bringing up the proxy and the container network",
		"could not set up the task's network"},
	{Volume, "attaching and mounting EFS, EBS, FSx and Docker volumes", "could not mount {fileSystem|{volume|a " +
		"volume}}"},
	{Role, "assuming the execution, task or infrastructure role",
		"could not get credentials of {role|the task's role}"},
	{RegistryAuth, "getting the registry's token or credentials", "could not log in to {registry|the registry}"},
	{Secret, "fetching secrets and parameters", "could not fetch {secrets|a secret or parameter}"},
	{EnvFile, "downloading environment files from S3", "could not download an environment file"},
	{Image, "resolving and pulling the image", "could not pull {image|the image}"},
	{Logging, "validating and opening the log driver", "could not open the log driver"},
	{Create, "creating the container from its definition", "could not create container {culprit|of the task}"},
	{Start, "starting the container's process", "could not start container {culprit|of the task}"},
	{Dependency, "waiting for another container", "gave up waiting for another container"},
	{Runtime, "the container ran and ended by itself or inside its own limits", "{culprit|a container} ended"},
	{HealthCheck, "the running task was judged unhealthy", "the task failed its health check"},
	{Host, "the machine or capacity under the task went away", "the capacity under the task went away"},
	{Scheduler, "ECS stopped the task on purpose", "ECS stopped the task"},
	{User, "somebody asked for the stop", "somebody stopped the task"},
	{Agent, "the ECS agent, the container runtime or the Fargate platform failed by itself",
		"the ECS agent or container runtime failed"},
	{UnknownStage, "nothing in the event tells", "the task stopped"},
}

// FaultText is what is said of one fault: what it is, the end of a sentence about it, and what to do where no class
// says more.
type FaultText struct {
	Fault   Fault
	Meaning string
	Said    string
	Next    string
}

// Faults is the vocabulary of faults.
var Faults = []FaultText{
	{Unreachable, "no working network path", "no network path to {endpoint|the service it needs}",
		"follow the path from {from} to {endpoint|the endpoint}: public IP or NAT, route table, security groups, " +
			"network ACL, VPC endpoints"},
	{DNS, "the name does not resolve", "the name {endpoint|it needs} does not resolve",
		"check the name {endpoint|in the message}, the VPC's DNS settings and that {from} reaches its DNS server"},
	{TLS, "TLS handshake or certificate", "the TLS connection to {endpoint|the server} failed",
		"check which certificate {endpoint|the server} shows from {from}; a proxy or firewall may be in between"},
	{Denied, "somebody refused",
		"access was denied[: {role} may not call {action}][ on {resource}][: the {deniedBy} does not allow it]",
		"allow {action|the action} on {resource|the resource} for {role|the role that the task uses}"},
	{NotFound, "the named thing is not there", "it does not exist", "check the name in task definition " +
		"{taskDefinition|of the task}, and that it exists in {region|the Region} and account {account|of the task}"},
	{Invalid, "the request or definition is malformed or not allowed", "the definition is not valid",
		"correct what the message names in task definition {taskDefinition|of the task} and deploy a new revision"},
	{Mismatch, "right thing, wrong kind", "it does not fit the platform",
		"make the image and the task's platform agree"},
	{Conflict, "a name, port or device is already taken", "what it needs is already taken",
		"free what the message names, or let ECS choose it"},
	{RateLimited, "too many calls", "too many calls, told to slow down",
		"start fewer tasks at once, or ask Service Quotas for a higher rate of {action|the call}"},
	{Exhausted, "something ran out that is not the container's memory", "something ran out",
		"make room for what the message names"},
	{Corrupt, "bytes broke on the way or at rest", "its data is damaged",
		"start the task again: what broke on the way comes whole then; if it repeats, push the image again under a " +
			"new tag and deploy that"},
	{OOM, "killed by the kernel for memory", "out of memory", "raise the memory limit, or find what uses it"},
	{Killed, "ended by a signal that somebody sent", "killed by a signal", "find out who sends the signal"},
	{Crashed, "the process ended by itself with a failure", "the process failed",
		"read the last log lines of {culprit|the container}"},
	{Exited, "the process ended by itself with code 0", "the process ended",
		"read the last log lines of {culprit|the container}"},
	{Unhealthy, "judged unhealthy", "judged unhealthy", "ask the health check by hand from inside the VPC"},
	{Timeout, "a local step took too long", "it took too long",
		"start the task again; if it repeats, look at the host or open a support case"},
	{Interrupted, "Spot capacity was reclaimed", "Spot capacity was reclaimed",
		"nothing, if a service replaces the task"},
	{Retired, "maintenance, retirement, draining", "its host is being retired",
		"nothing, if a service replaces the task"},
	{Lost, "host or agent is gone", "the host is gone", "find out what ended {instanceId|the instance}"},
	{Replaced, "a deployment or task set took its place", "it was replaced", "nothing"},
	{ScaledIn, "the desired count went down", "fewer tasks are wanted", "nothing"},
	{RolledBack, "the deployment failed and ECS undid it", "the deployment was rolled back",
		"explain the first failed task of the deployment"},
	{Requested, "somebody asked for the stop", "it was asked for", "nothing, if you know who asked"},
	{Internal, "AWS or the agent failed and says no more", "an internal error that says no more",
		"start the task again; if it repeats, open a support case with the task's ARN"},
	{UnknownFault, "the stage is known, the fault is not", "the event does not say why",
		"read the whole text below; where it is cut, aws ecs describe-tasks has all of it within an hour of the stop"},
}

// Explanation is what a person is told of one class.
type Explanation struct {
	Stage   Stage // any stage when empty
	Fault   Fault
	Summary string // the stage's and the fault's own words when empty
	Next    string
	Example string // a text, or a document as Parse reads it, of a stop that is explained so
	If      when   // when this is the right explanation of the class; always when nil
}

// endpointAnswered reports whether a VPC endpoint, or something else inside the VPC, answered an AWS name.
func endpointAnswered(v *view) bool {
	return v.private() && v.toAWS && v.FaultRule != "fault/refused"
}

// privateElsewhere reports whether what was called lies in a private network and is none of AWS's services.
func privateElsewhere(v *view) bool {
	return v.private() && v.Facts.Endpoint != "" && !v.toAWS
}

func fromInternet(v *view) bool { return v.internetRegistry() }

func onFargate(v *view) bool { return !onInstances(v) }

// both holds where each of the conditions does.
func both(a, b when) when { return func(v *view) bool { return a(v) && b(v) } }

// ofAService reports whether a service starts another task by itself, alone that no service does.
func ofAService(v *view) bool { return v.Service != "" }

func alone(v *view) bool { return v.Service == "" && v.Group != "" }

func callerKnown(v *view) bool { return v.CalledBy != "" }

// probeSaid reports whether a text says what the health check of a target met.
func probeSaid(v *view) bool { return probe(v.Stop) != "" }

func fromECR(v *view) bool { return awsname.IsECR(v.Facts.Registry) }

// byAnotherPolicy reports whether the text names the policy that refused, and that it is none of the role's own.
func byAnotherPolicy(v *view) bool {
	return v.Facts.DeniedBy != "" && v.Facts.DeniedBy != "identity-based policy"
}

// byRolePolicy reports whether the text names the role's own policies as what refused.
func byRolePolicy(v *view) bool {
	return v.Facts.DeniedBy == "identity-based policy"
}

func byDenyOfRole(v *view) bool {
	return byRolePolicy(v) && v.says("explicit deny in")
}

func byKMS(v *view) bool { return v.kms() && v.Facts.DeniedBy == "" }

func withoutAWSAction(v *view) bool { return v.Facts.AWSAction == "" }

func refused(v *view) bool { return v.FaultRule == "fault/refused" }

func onLoadBalancer(v *view) bool {
	return v.Facts.TargetGroup != "" || v.says("elb health check")
}

func expected(v *view) bool { return v.Verdict == Expected }

func bySIGKILL(v *view) bool { return v.Signal == "SIGKILL" }

func meantToEnd(v *view) bool {
	return v.Kind == events.KindContainer && v.MeantToEnd
}

func inRunningTask(v *view) bool { return v.Kind == events.KindContainer }

func ofRequest(v *view) bool { return v.Kind == events.KindRequest }

// waitsInBatch reports whether a job is still in its queue, and AWS Batch says that it cannot run there.
func waitsInBatch(v *view) bool { return ofRequest(v) && v.Launcher == events.LauncherBatch }

// ofOtherCall reports whether a call was refused that was not to start a task itself.
func ofOtherCall(v *view) bool {
	return ofRequest(v) && v.Launcher != events.LauncherBatch && v.EventName != "" && v.EventName != "RunTask" &&
		v.EventName != "StartTask"
}

// launchingInstances reports whether EC2 was asked for instances of a capacity provider.
func launchingInstances(v *view) bool {
	return v.says("unable to launch instance", "vcpulimitexceeded")
}

func launchOverQuota(v *view) bool {
	return launchingInstances(v) && v.says("limitexceeded", "countexceeded")
}

// passingToEC2 reports whether the role of instances was to be passed, not one of the task's.
func passingToEC2(v *view) bool {
	return passingRole(v) && launchingInstances(v)
}

// ofEC2Call reports whether a call to EC2 was refused, and not the mount of a file system.
func ofEC2Call(v *view) bool { return strings.HasPrefix(v.Facts.AWSAction, "ec2:") }

// onLinkLocal reports whether an address was called that never leaves the machine: the agent's credentials or the
// instance's metadata.
func onLinkLocal(v *view) bool {
	return strings.HasPrefix(v.Facts.RemoteIP, "169.254.")
}

func passingRole(v *view) bool { return v.Facts.AWSAction == "iam:PassRole" }

func byAlarm(v *view) bool { return v.says("deployment alarm", "alarm detected") }

// byHook reports whether a lifecycle hook ended the deployment, byListener that its listener rules or target groups
// did.
func byHook(v *view) bool {
	return v.says("lifecycle hook", "hook execution failure")
}

// inContainerNetwork reports whether the host's side of a container's network failed, and not the interface that EC2
// makes.
func inContainerNetwork(v *view) bool { return v.StageRule == "stage/container-network" }

// registeringTargets reports whether ECS could not use the target group, and not that a target was unhealthy.
func registeringTargets(v *view) bool { return v.StageRule == "stage/target-registration" }

// onHostNetwork reports whether the host's side of a container's network failed, and not the interface that EC2 makes.
// Service Connect has settings of its own.
func onHostNetwork(v *view) bool {
	return inContainerNetwork(v) && !v.says("service connect")
}

// byPlugin reports whether a volume plug-in of the instance failed, and not the mount of an EFS file system through
// one.
func byPlugin(v *view) bool { return v.says("volumedriver") && !v.efs() }

func byListener(v *view) bool { return v.says("invalid networking configuration") }

// ofServiceDeployment reports whether a deployment goes by a name that no task has.
func ofServiceDeployment(v *view) bool {
	return v.Kind == events.KindDeployment && v.DeploymentID != "" && !strings.HasPrefix(v.DeploymentID, "ecs-svc/")
}

// rollingBack reports whether the deployment which is named is the one that ECS goes back to.
func rollingBack(v *view) bool {
	return (v.DeploymentID == "" || v.Kind == events.KindDeployment) && v.says("rolling back to deployment")
}

func ofService(v *view) bool {
	return v.Kind == events.KindService || v.Kind == events.KindDeployment
}

// routine reports whether a service reports nothing that is wrong.
func routine(v *view) bool {
	return v.Verdict == Expected && ofService(v)
}

// Explanations are the classes that say more than their stage and fault joined.
var Explanations = []Explanation{
	{Stage: Role, Fault: Unreachable, If: onLinkLocal,
		Summary: "could not get credentials: nothing answered at {remoteIp|the credentials endpoint}",
		Next: "see on the instance that the ECS agent runs, that ECS_ENABLE_TASK_IAM_ROLE is true, and that the " +
			"rules of iptables for {remoteIp|169.254.170.2} are there: systemctl status ecs; no route of the VPC " +
			"leads there",
		Example: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: " +
			"CredentialsEndpointError: failed to load credentials caused by: Get " +
			"\"http://169.254.170.2/v2/credentials/77aa\": dial tcp 169.254.170.2:80: i/o timeout"},
	{Fault: Unreachable, If: endpointAnswered,
		Next: "let {from} reach the VPC endpoint at {remoteIp} on port 443: the endpoint's security group, the " +
			"task's security group, the network ACL between them",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: " +
			"send request failed caused by: Post \"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp " +
			"10.0.4.17:443: i/o timeout"},
	{Stage: Role, Fault: Denied, If: passingToEC2,
		Summary: "{role|the infrastructure role} may not pass {resource|the instance role} to EC2",
		Next: "allow iam:PassRole on {resource|the instance role} for {role|the infrastructure role}, with " +
			"ec2.amazonaws.com in the condition iam:PassedToService",
		Example: "Unable to launch instance(s) for capacity provider shop-nodes: UnauthorizedOperation: User: " +
			"arn:aws:sts::210987654321:assumed-role/ecsInfrastructureRole/ECS is not authorized to perform: " +
			"iam:PassRole on resource: arn:aws:iam::210987654321:role/shop-instances"},
	{Stage: Role, Fault: Denied, If: passingRole,
		Summary: "{theRole|the caller} may not pass {resource|the role} to ECS",
		Next: "allow iam:PassRole on {resource|the role} for {theRole|the caller}, with ecs-tasks.amazonaws.com in " +
			"the condition iam:PassedToService",
		Example: "UnauthorizedOperation: User: arn:aws:sts::210987654321:assumed-role/deployer/ci is not authorized " +
			"to perform: iam:PassRole on resource: arn:aws:iam::210987654321:role/orders-exec"},
	{Stage: Placement, Fault: Denied, If: textSays("account is currently blocked"),
		Summary: "AWS has blocked the account from running tasks",
		Next:    "open a support case with AWS for account {account|of the caller}: no policy of yours refuses",
		Example: aCall +
			`"errorCode":"ClientException","errorMessage":"Your account is currently blocked. Contact AWS Support if you have questions."}}`},
	{Stage: Placement, Fault: Denied, If: ofOtherCall,
		Summary: "ECS refused {call}[ for {service}]: {role|the caller} may not call {action|it}",
		Next:    "allow {action|the call} on {resource|what it names} for {role|the caller}",
		Example: `{"eventSource":"ecs.amazonaws.com","eventName":"StopTask","eventTime":"2026-05-04T03:05:00Z","awsRegion":"eu-north-1","errorCode":"AccessDenied","errorMessage":"User: arn:aws:sts::210987654321:assumed-role/dev/ana is not authorized to perform: ecs:StopTask on resource: arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c because no identity-based policy allows the ecs:StopTask action","recipientAccountId":"210987654321"}`},
	{Stage: Placement, Fault: Denied, If: ofRequest,
		Summary: "could not start a task[ of {taskDefinition}]: {role|the caller} may not call {action|RunTask}",
		Next:    "allow {action|ecs:RunTask} on {resource|the task definition} for {role|the caller}",
		Example: aCall +
			`"errorCode":"AccessDeniedException","errorMessage":"User: arn:aws:sts::210987654321:assumed-role/nightly/nightly is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:eu-north-1:210987654321:task-definition/orders:7 because no identity-based policy allows the ecs:RunTask action"}}`},
	{Stage: HealthCheck, Fault: Denied, Summary: "ECS may not use the target group of {service|the service}[: {role} " +
		"may not call {action}][: the {deniedBy} does not allow it]",
		Next: "allow {action|the calls of elasticloadbalancing} on {resource|the target group} for {role|the role " +
			"that ECS uses for the load balancer}",
		Example: aService +
			`(service orders) failed to describe target health on target-group (orders-tg) with (error User: arn:aws:sts::210987654321:assumed-role/ecsServiceRole/ecs is not authorized to perform: elasticloadbalancing:DescribeTargetHealth)"}]}]}`},
	{Stage: Volume, Fault: Denied, If: ofEC2Call, Summary: "could not make or attach the volume: {role|the " +
		"infrastructure role} may not call {action}[: the {deniedBy} does not allow it]",
		Next: "allow {action} on {resource|the volume} for {role|the infrastructure role}; the managed policy " +
			"AmazonECSInfrastructureRolePolicyForVolumes does",
		Example: "ECS was unable to create the EBS volume: UnauthorizedOperation: User: " +
			"arn:aws:sts::210987654321:assumed-role/web-infra/ECSTaskVolumesForEBS is not authorized to perform: " +
			"ec2:CreateVolume on resource: arn:aws:ec2:eu-north-1:210987654321:volume/*"},
	{Fault: Denied, If: byAnotherPolicy,
		Next: "let the {deniedBy} allow {action|the call} on {resource|the resource} for {role|the role}; the " +
			"role's own policies are not what refused",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 with an explicit deny in a " +
			"service control policy"},
	{Fault: Denied, If: byDenyOfRole,
		Next: "take away the statement in a policy of {role|the role} that denies {action|the call} on " +
			"{resource|the resource}",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 with an explicit deny in an " +
			"identity-based policy"},
	{Fault: Denied, If: byRolePolicy,
		Next: "allow {action|the call} on {resource|the resource} in a policy of {role|the role}",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: service call has been retried 1 time(s): " +
			"AccessDeniedException: User: " +
			"arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c3b4a59687766554433221100 is not authorized " +
			"to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 because no identity-based policy " +
			"allows the secretsmanager:GetSecretValue action"},
	{Stage: Secret, Fault: Denied, If: byKMS,
		Summary: "{role|the execution role} may not use the KMS key of {secrets|the secret}",
		Next: "allow kms:Decrypt on the secret's key for {role|the execution role}, in the role's policy and in " +
			"the key's, and check that the key is enabled",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: AccessDeniedException: Access to KMS is not allowed"},
	{Stage: RegistryAuth, Fault: Denied, If: textSays("failed to fetch anonymous token"),
		Next: "set repositoryCredentials in task definition {taskDefinition|of the task} when the image is " +
			"private; otherwise check that it exists under this name",
		Example: "CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: failed to authorize: failed " +
			"to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?service=ghcr.io: " +
			"401 Unauthorized"},
	{Stage: RegistryAuth, Fault: Denied, If: withoutAWSAction,
		Next: "correct the secret of repositoryCredentials in task definition {taskDefinition|of the task}, or " +
			"add it when the registry is not public",
		Example: "CannotPullContainerError: Error response from daemon: Head " +
			"\"https://registry.corp.example/v2/orders/manifests/7\": no basic auth credentials"},
	{Fault: Unreachable, If: privateElsewhere,
		Next: "let {from} reach {endpoint} at {remoteIp}: the route to its network (peering, VPN, transit " +
			"gateway), the security groups and network ACLs on both sides",
		Example: "CannotPullContainerError: Error response from daemon: Get \"https://registry.corp.example/v2/\": " +
			"dial tcp 10.9.0.3:443: i/o timeout"},
	{Stage: Image, Fault: Unreachable, If: fromInternet,
		Next: "give {from} a way to the internet for {registry|the registry}: a NAT route, or a public IP behind " +
			"an internet gateway; where there is one, let the security group and the network ACL pass it",
		Example: "CannotPullContainerError: API error (500): Get https://registry.corp.example/v2/: Unable to connect"},
	{Stage: Image, Fault: Denied, If: fromInternet,
		Next: "check that the repository exists under this name; when it is private, set repositoryCredentials in " +
			"task definition {taskDefinition|of the task}",
		Example: "CannotPullContainerError: Error response from daemon: pull access denied for acme/shop, repository " +
			"does not exist or may require 'docker login'"},
	{Stage: Image, Fault: RateLimited, If: fromECR,
		Summary: "ECR limits pulls: too many requests for {image|the image}",
		Next:    "start fewer tasks at once; for a pull-through cache rule add credentials of the upstream registry",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: toomanyrequests: Rate exceeded"},
	{Stage: Secret, Fault: NotFound, If: versionSaid,
		Summary: "{secrets|a secret} exists, but not in the version that was asked for",
		Next: "put a value into {secrets|the secret}, or take version id and stage out of valueFrom in task " +
			"definition {taskDefinition|of the task}",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
			"specified secret value for staging label: AWSPENDING"},
	{Stage: Secret, Fault: NotFound,
		If: textSays("resourcenotfoundexception", "invalid ssm parameters", "invalid parameters:",
			"parameternotfound"),
		Summary: "no such secret or parameter in {region|the Region}[: {secrets}]",
		Next: "correct valueFrom in task definition {taskDefinition|of the task}, or create {secret|the secret or " +
			"parameter}",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
			"specified secret."},
	{Stage: Network, Fault: NotFound, If: onHostNetwork,
		Summary: "could not set up the container's network on the host: something that it needs there is missing",
		Next: "look on the instance at /var/log/ecs/ecs-agent.log and the logs of the CNI plug-ins beside it; " +
			"restart Docker and the agent, or replace the instance",
		Example: "CannotStartContainerError: Error response from daemon: network 77aa not found on network bridge"},
	{Stage: Network, Fault: Invalid, If: onHostNetwork,
		Summary: "could not set up the container's network on the host: the CNI plug-in refuses what the host gives it",
		Next: "look on the instance at /var/log/ecs/ecs-agent.log and the logs of the CNI plug-ins beside it; " +
			"update the agent, or replace the instance",
		Example: "ContainerNetworkingError: failed to setup network namespace: cni setup: add network failed: " +
			"invalid MAC address"},
	{Stage: Network, Fault: Conflict, If: onHostNetwork, Summary: "could not set up the container's network on the " +
		"host: an interface or name there is left over from another task",
		Next: "replace the instance, or restart Docker and the agent so that what is left over goes; update the " +
			"agent if it happens again",
		Example: "ContainerNetworkingError: failed to setup network namespace: cni setup: failed to create bridge: " +
			"file already exists"},
	{Stage: Volume, Fault: NotFound, If: textSays("looking up volume plugin"),
		Summary: "could not mount {volume|the volume}: its driver is not installed or not enabled on the instance",
		Next: "install and enable the driver on every instance of {cluster|the cluster}; for EFS: sudo systemctl " +
			"enable --now amazon-ecs-volume-plugin",
		Example: "CannotCreateContainerError: Error response from daemon: create web-data: error looking up volume " +
			"plugin amazon-ecs-volume-plugin: plugin not found"},
	{Stage: Volume, Fault: NotFound, If: textSays("autoprovision", "no such volume"),
		Next: "create the volume on the instance, let Docker create it (autoprovision), or correct its name in " +
			"task definition {taskDefinition|of the task}",
		Example: "resource cannot be initialized: initialize volume: volume detection failed, volume 'scans' does " +
			"not exist and autoprovision is set to false"},
	{Stage: Network, Fault: Denied, If: textSays("tagpolicyviolation"),
		Summary: "a tag policy forbids the tags of the task's network interface[ in {subnet}]",
		Next: "correct the tags of the service or task definition, or take ec2:network-interface out of the " +
			"policy's enforcement",
		Example: "Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation"},
	{Stage: Network, Fault: Exhausted, If: textSays("insufficientfreeaddresses", "insufficient free addresses"),
		Summary: "no address was free in {subnet|the subnet}",
		Next: "add larger subnets to the network configuration of {service|the service}, or free addresses in " +
			"{subnet|the subnet}",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InsufficientFreeAddressesInSubnet"},
	{Stage: Agent, Fault: Timeout, If: textSays("agent to start"),
		Summary: "the ECS agent of the container instance did not start in time",
		Next: "look on the instance at /var/log/ecs/ecs-agent.log and ecs-init.log; restart the agent (sudo " +
			"systemctl restart ecs), and check its way to ECS and its instance role",
		Example: "service (web) Timed out waiting for Amazon ECS Agent to start. Please check logs at " +
			"/var/log/ecs/ecs-agent.log."},
	{Stage: Start, Fault: Mismatch, If: textSays("requirement error"),
		Summary: "the GPU driver of the host is too old for {culprit|the container}'s image, or the GPU of another " +
			"kind",
		Next: "use the current ECS GPU-optimized AMI, or an image for the older CUDA version that the message names",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error running " +
			"hook #0: stderr: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please " +
			"update your driver"},
	{Stage: Placement, Fault: Exhausted, If: waitsInBatch,
		Summary: "the job waits in its queue: AWS Batch gets no capacity for it",
		Next: "let its compute environment take more instance types and Availability Zones, or raise its vCPU limit: " +
			"aws batch describe-compute-environments",
		Example: `{"jobId":"5b92d089","jobName":"orders","status":"RUNNABLE","statusReason":"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [c5.large]","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/orders:7"}`},
	{Stage: Placement, Fault: Invalid, If: waitsInBatch,
		Summary: "the job waits in its queue: the compute environments of the queue cannot run it as they are",
		Next: "compare what the message names with the queue and its compute environments: aws batch " +
			"describe-job-queues, aws batch describe-compute-environments",
		Example: `{"jobId":"5b92d089","jobName":"orders","status":"RUNNABLE","statusReason":"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - The compute environments of the queue have less than the job asks for.","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/orders:7"}`},
	{Stage: Placement, Fault: UnknownFault, If: waitsInBatch,
		Summary: "the job waits in its queue, and AWS Batch does not say why it cannot run there",
		Next: "compare the job with its queue and the compute environments: aws batch describe-job-queues, aws batch " +
			"describe-compute-environments",
		Example: `{"jobId":"5b92d089","jobName":"orders","status":"RUNNABLE","statusReason":"UNDETERMINED - Batch cannot tell what is wrong.","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/orders:7"}`},
	{Stage: Placement, Fault: Exhausted, If: launchOverQuota,
		Summary: "could not place the task: an EC2 quota of the account keeps instances from being launched",
		Next: "raise the EC2 quota of vCPUs (On-Demand or Spot) in Service Quotas in {region|the Region}, or stop " +
			"instances that are not needed",
		Example: "ResourceInitializationError: Unable to launch instance(s) for capacity provider shop-nodes. " +
			"VcpuLimitExceeded: more vCPU capacity than allowed"},
	{Stage: Placement, Fault: Exhausted, If: launchingInstances,
		Summary: "could not place the task: EC2 has no capacity for the instances that its capacity provider asks for",
		Next: "allow more instance types, subnets in more Availability Zones, or On-Demand beside Spot in the " +
			"capacity provider; ECS tries again by itself for a service",
		Example: "(service web) was unable to place a task. Reason: ResourceInitializationError: Unable to launch " +
			"instance(s) for capacity provider web-nodes. "},
	{Stage: Placement, Fault: Exhausted, If: textSays(provisioningWords),
		Summary: "could not place the task: too many tasks of {cluster|the cluster} wait in PROVISIONING at once (at " +
			"most 500)",
		Next: "start fewer tasks at once, and see why capacity comes so slowly: the Auto Scaling group or " +
			"capacity provider of {cluster|the cluster}",
		Example: "Tasks provisioning capacity limit exceeded."},
	{Stage: Placement, Fault: Invalid, If: launchingInstances,
		Summary: "could not place the task: EC2 refuses the launch of instances that the capacity provider asks for",
		Next: "correct the launch template of the capacity provider: instance profile, subnets, security groups " +
			"and storage that the message names",
		Example: "Unable to launch instance(s) for capacity provider shop-nodes: InvalidParameterValue: the instance " +
			"profile is not valid"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:memory", "insufficient memory"),
		Summary: "could not place the task: no container instance[ of {cluster}] has enough free memory",
		Next: "add instances, or let {service|the task} ask for less memory: compare its limits with " +
			"remainingResources of the instances",
		Example: "TaskFailedToStart: RESOURCE:MEMORY"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:cpu", "insufficient cpu"),
		Summary: "could not place the task: no container instance[ of {cluster}] has enough free CPU units",
		Next: "add instances, or let {service|the task} ask for fewer CPU units: compare them with " +
			"remainingResources of the instances",
		Example: "TaskFailedToStart: RESOURCE:CPU"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:gpu"),
		Summary: "could not place the task: no container instance[ of {cluster}] has enough free GPUs",
		Next: "add instances with GPUs, or let {service|the task} ask for fewer: compare them with " +
			"remainingResources of the instances",
		Example: "TaskFailedToStart: RESOURCE:GPU"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:eni"),
		Summary: "could not place the task: no container instance[ of {cluster}] has a network interface free",
		Next: "add instances, choose a type with more network interfaces, or turn on the account setting " +
			"awsvpcTrunking and replace the instances",
		Example: "TaskFailedToStart: RESOURCE:ENI"},
	{Stage: Placement, Fault: Exhausted, If: textSays("no container instances were found"),
		Summary: "could not place the task: there is no container instance[ in {cluster}] that could take it",
		Next: "see why no instance is registered and active in {cluster|the cluster}: Auto Scaling group, agent, " +
			"instance role, network path to ECS",
		Example: "service orders was unable to place a task because no container instance met all of its " +
			"requirements. Reason: No Container Instances were found in your cluster."},
	{Stage: Placement, Fault: Exhausted, If: onFargate,
		Summary: "could not place the task: Fargate has no capacity for it at the moment",
		Next:    "try again later, in another Availability Zone, or on FARGATE instead of FARGATE_SPOT",
		Example: "Could not launch: insufficient capacity"},
	{Stage: Network, Fault: Exhausted, If: inContainerNetwork,
		Summary: "no address was free in the container network of the instance",
		Next:    "restart the ECS agent, or replace the instance; the subnet's addresses are not what ran out",
		Example: "CannotStartContainerError: Error response from daemon: failed to create endpoint ecs-web-7 on " +
			"network bridge: adding interface veth77aa to bridge docker0 failed: exchange full"},
	{Stage: Logging, Fault: Unreachable, If: refused,
		Summary: "nothing listens for logs at {remoteIp|{endpoint|the log destination}}",
		Next: "start the log router before {culprit|the container} (dependsOn with START or HEALTHY), and check " +
			"the address in its logConfiguration",
		Example: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial " +
			"tcp 127.0.0.1:24224: connect: connection refused"},
	{Fault: Unreachable, If: refused, Next: "check that something listens on {endpoint|{remoteIp|the address}}, and " +
		"whether a proxy stands in between: routes and security groups do not refuse, they drop",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection refused'"},
	{Stage: RegistryAuth, Fault: Unreachable,
		Summary: "could not reach {endpoint|the registry's API} to get the registry login",
		Next: "give {from} a way to {endpoint|the registry}: a NAT route, a public IP behind an internet gateway, " +
			"or for ECR the VPC endpoints ecr.api, ecr.dkr and S3; where there is one, let the security group and " +
			"the network ACL pass it",
		Example: "ResourceInitializationError: pull command failed: unable to pull secrets or registry auth Check " +
			"your task network configuration."},
	{Stage: RegistryAuth, Fault: Denied, Summary: "could not log in to {registry|the registry}: the login was " +
		"refused[: {role} may not call {action}][: the {deniedBy} does not allow it]",
		Next: "let {role|the execution role} call {action|the registry}",
		Example: "CannotPullECRContainerError: AccessDeniedException: User: " +
			"arn:aws:sts::210987654321:assumed-role/nodes/i-0a1b2c3d4e5f60718 is not authorized to perform: " +
			"ecr:GetAuthorizationToken on resource: *"},
	{Stage: RegistryAuth, Fault: NotFound,
		Summary: "could not log in to {registry|the registry}: no credentials for it",
		Next:    "set the execution role or repositoryCredentials in task definition {taskDefinition|of the task}",
		Example: "CannotPullContainerError: asm fetching secret from the service for registry-login: " +
			"InvalidRequestException: You can't perform this operation on the secret because it was marked for " +
			"deletion."},
	{Stage: RegistryAuth, Fault: UnknownFault,
		Summary: "could not get the registry login or a secret; the event does not say why",
		Next: "run aws ecs describe-tasks within an hour of the stop for the whole text; then check the route to " +
			"ECR, and the execution role",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth"},
	{Stage: Image, Fault: Unreachable,
		Summary: "could not pull {image|the image}: no network path to {endpoint|its registry}",
		Next: "give {from} a way to {endpoint|the registry}: a NAT route, a public IP behind an internet gateway, " +
			"or for ECR the VPC endpoints ecr.api, ecr.dkr and S3; where there is one, let the security group and " +
			"the network ACL pass it",
		Example: "CannotPullContainerError: context canceled"},
	{Stage: Image, Fault: Denied,
		Summary: "not allowed to pull {image|the image}[: {role} may not call {action}][: the {deniedBy} does not " +
			"allow it]",
		Next: "let {role|the execution role} pull from the repository (ecr:BatchGetImage, " +
			"ecr:GetDownloadUrlForLayer), and check the repository's own policy when it is in another account",
		Example: "CannotPullContainerError: access denied ..."},
	{Stage: Image, Fault: NotFound, Summary: "{image|the image} is not in its registry",
		Next: "list the tags of the repository; push the image again or deploy one that exists, and check the " +
			"lifecycle policy that may have removed it",
		Example: "CannotPullContainerError: not found"},
	{Stage: Image, Fault: RateLimited,
		Summary: "{registry|the registry} limits pulls: too many requests for {image|the image}",
		Next:    "log in to {registry|the registry} with repositoryCredentials, or pull through an ECR cache",
		Example: "CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: 429 Too Many Requests - " +
			"toomanyrequests: You have reached your pull rate limit"},
	{Stage: Image, Fault: Mismatch, Summary: "{image|the image} has no variant for the task's platform[ {platform}]",
		Next: "build the image for {platform|the task's CPU architecture}, or change runtimePlatform in task " +
			"definition {taskDefinition|of the task}",
		Example: "CannotPullContainerError: no processor for media-type: unknown"},
	{Stage: Image, Fault: Exhausted, Summary: "could not pull {image|the image}: no space left on the disk",
		Next: "[{onFargate} raise ephemeralStorage in task definition {taskDefinition|of the task} (at most 200 " +
			"GiB)][{onInstance} free the disk (docker system df shows unused images and containers) or use a " +
			"larger volume]; otherwise make the image smaller",
		Example: "CannotPullContainerError: failed to extract layer sha256:77bb: disk quota exceeded"},
	{Stage: Image, Fault: Invalid, Summary: "{image|the image} is not a valid image reference",
		Next:    "correct the image of container {culprit|in the task definition}, then deploy a new revision",
		Example: "CannotPullContainerError: invalid reference format"},
	{Stage: Secret, Fault: Unreachable,
		Summary: "could not reach {endpoint|Secrets Manager or Parameter Store} to fetch {secrets|a secret}",
		Next: "give {from} a way to {endpoint|the service}: a NAT route, a public IP behind an internet gateway, " +
			"or its VPC endpoint; where there is one, let the security group and the network ACL pass it",
		Example: "ResourceInitializationError: The task can't pull secrets from AWS Secrets Manager. There is a " +
			"connection issue between the task and Secrets Manager."},
	{Stage: Secret, Fault: Denied, Summary: "{role|the execution role} may not read {secrets|a secret or parameter}[ " +
		"({action} was denied)][: the {deniedBy} does not allow it]",
		Next: "allow {action|secretsmanager:GetSecretValue or ssm:GetParameters} on {secrets|the secret} for " +
			"{role|the execution role}; with a customer managed key also kms:Decrypt",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123"},
	{Stage: Secret, Fault: NotFound,
		Summary: "no such secret or parameter in {region|the Region}, or no such version of it[: {secrets}]",
		Next: "check name, version stage and Region of {secrets|the secret} against task definition " +
			"{taskDefinition|of the task}",
		Example: "DockerClientConfigError: missing secret value for secret DB_PASSWORD"},
	{Stage: Secret, Fault: Invalid,
		Summary: "{secrets|a secret} cannot be read as the task definition asks[: it has no JSON key {jsonKey}]",
		Next: "correct the valueFrom of the secret in task definition {taskDefinition|of the task}[, or add the " +
			"key {jsonKey} to the secret]",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: retrieved secret from Secrets Manager did not contain json key password"},
	{Stage: Secret, Fault: UnknownFault,
		Next: "run aws ecs describe-tasks within an hour of the stop for the whole text; then check that the " +
			"secret exists, that {role|the execution role} may read it, and the way from {from} to it",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm"},
	{Stage: EnvFile, Fault: NotFound, Summary: "could not download an environment file: {path|it} does not exist",
		Next: "correct environmentFiles in task definition {taskDefinition|of the task}, or upload the file to " +
			"that bucket and key",
		Example: "ResourceInitializationError: failed to download env files: file download command: NoSuchKey: The " +
			"specified key does not exist."},
	{Stage: EnvFile, Fault: Denied, Summary: "S3 refused the environment file: no permission, or no such file",
		Next: "allow s3:GetObject on the file and s3:GetBucketLocation on its bucket for {role|the execution role}",
		Example: "Unable to download env file with key prod/app.env from bucket orders-config, error: AccessDenied: " +
			"Access Denied status code: 403"},
	{Stage: Logging, Fault: Unreachable,
		Summary: "could not reach {endpoint|{remoteIp|the log destination}} to open the log stream",
		Next: "give {from} a way to {endpoint|{remoteIp|CloudWatch Logs}}: a NAT route, a public IP behind an " +
			"internet gateway, or the logs VPC endpoint; where there is one, let the security group and the network " +
			"ACL pass it",
		Example: "ResourceInitializationError: failed to validate logger args: : signal: killed"},
	{Stage: Logging, Fault: Denied, Summary: "{role|the execution role} may not open the log stream[: {action} was " +
		"denied][: the {deniedBy} does not allow it]",
		Next: "allow {action|logs:CreateLogStream and logs:PutLogEvents} on {resource|the log group} for " +
			"{role|the execution role}",
		Example: "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log " +
			"group: AccessDeniedException: User is not authorized to perform: logs:CreateLogGroup"},
	{Stage: Logging, Fault: NotFound, Summary: "the log group[ {logGroup}] does not exist",
		Next: "create the log group in the Region of awslogs-region, or set awslogs-create-group and allow " +
			"logs:CreateLogGroup",
		Example: "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log " +
			"stream: ResourceNotFoundException"},
	{Stage: Logging, Fault: Invalid, Summary: "the log driver[ {logDriver}] refuses its options",
		Next: "correct logConfiguration of {culprit|the container} in task definition {taskDefinition|of the task}",
		Example: "ResourceInitializationError: failed to validate logger args: unknown log opt 'awslogs-retention' " +
			"for awslogs log driver"},
	{Stage: Runtime, Fault: OOM, Summary: "{culprit|a container} ran out of memory[ (limit {memory})][ after {ran}]",
		Next: "raise the memory of {culprit|the container}, or find what uses it; compare with the last healthy " +
			"revision of {family|the task definition}",
		Example: "OutOfMemoryError: Container killed due to memory usage"},
	{Stage: Runtime, Fault: Crashed,
		Summary: "{culprit|a container} failed with exit code {exitCode|unknown}[ after {ran}][: {meaning}]; the " +
			"event does not say why",
		Next: "read the last log lines of {culprit|the container}[ in task {taskId}]",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":1}]}`},
	{Stage: Runtime, Fault: Killed, If: both(bySIGKILL, (*view).OnInstance),
		Summary: "{culprit|a container} was killed by {signal|a signal} (exit code {exitCode|unknown})[ after " +
			"{ran}]; the event does not say by whom",
		Next: "compare its memory use with the limit[ of {memory}]: the kernel kills for memory, and ECS does " +
			"not always say so; if memory was free, look for what sends SIGKILL: a process manager in the " +
			"container, docker kill on the instance",
		Example: aTask +
			`"launchType":"EC2","group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":137}]}`},
	{Stage: Runtime, Fault: Killed, If: bySIGKILL,
		Summary: "{culprit|a container} was killed by {signal|a signal} (exit code {exitCode|unknown})[ after " +
			"{ran}]; the event does not say by whom",
		Next: "compare its memory use with the limit[ of {memory}]: the kernel kills for memory, and ECS does " +
			"not always say so; if memory was free, look for what sends SIGKILL inside the container, such as a " +
			"process manager",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":137}]}`},
	{Stage: Runtime, Fault: Killed, If: (*view).OnInstance,
		Next: "look for what sends {signal|the signal}: a process manager or script in the container, docker " +
			"stop on the instance, an ECS Exec session",
		Example: aTask +
			`"launchType":"EC2","group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":143}]}`},
	{Stage: Runtime, Fault: Killed, Summary: "{culprit|a container} was ended by {signal|a signal} (exit code " +
		"{exitCode|unknown})[ after {ran}]; the event does not say by whom",
		Next: "look for what sends {signal|the signal}: a process manager or script in the container, an ECS " +
			"Exec session",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":143}]}`},
	{Stage: Runtime, Fault: Exited, If: meantToEnd,
		Summary: "{culprit|the container} ended with exit code 0[ after {ran}], as it is meant to", Next: "nothing",
		Example: `{"detail-type":"ECS Task State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c"],"detail":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c","lastStatus":"RUNNING","desiredStatus":"RUNNING","containers":[{"name":"app","lastStatus":"RUNNING"},{"name":"init","lastStatus":"STOPPED","exitCode":0}]}}`},
	{Stage: Runtime, Fault: Exited, If: inRunningTask,
		Summary: "{culprit|a container} ended by itself with exit code 0[ after {ran}]; the event does not say why",
		Next: "nothing if {culprit|it} is meant to end: name it in the option endingContainers; otherwise read " +
			"its last log lines: its main process returned",
		Example: `{"detail-type":"ECS Task State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c"],"detail":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c","lastStatus":"RUNNING","desiredStatus":"RUNNING","containers":[{"name":"app","lastStatus":"RUNNING"},{"name":"init","lastStatus":"STOPPED","exitCode":0}]}}`},
	{Stage: Runtime, Fault: UnknownFault, If: inRunningTask,
		Summary: "{culprit|a container} ended; ECS did not record its exit code",
		Next:    "read the last log lines of {culprit|the container}[ in task {taskId}]",
		Example: `{"detail-type":"ECS Task State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c"],"detail":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c","lastStatus":"RUNNING","desiredStatus":"RUNNING","containers":[{"name":"app","lastStatus":"RUNNING"},{"name":"init","lastStatus":"STOPPED"}]}}`},
	{Stage: Runtime, Fault: Exited, If: expected,
		Summary: "{culprit|the job} ended with exit code 0[ after {ran}]: the job is done", Next: "nothing",
		Example: aTask +
			`"group":"family:invoices","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":0}]}`},
	{Stage: Runtime, Fault: Exited,
		Summary: "{culprit|a container} ended by itself with exit code 0[ after {ran}]; the event does not say why",
		Next: "read the last log lines of {culprit|the container} if it should keep running: its main process " +
			"returned, or went to the background",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":0}]}`},
	{Stage: Runtime, Fault: Timeout, Summary: "the job ran longer than its time limit",
		Next:    "raise attemptDurationSeconds in the timeout of the job, or find what made it slow",
		Example: "Job attempt duration exceeded timeout"},
	{Stage: Runtime, Fault: UnknownFault, Summary: "an essential container ended[ after {ran}]; ECS did not " +
		"record its exit code",
		Next: "read the last log lines of {culprit|the container}[ in task {taskId}]; when they end in mid-work, " +
			"find out whether other tasks of {cluster|the cluster} stopped at that minute",
		Example: aTask +
			`"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app"}]}`},
	{Stage: HealthCheck, Fault: NotFound,
		Summary: "the target group[ {targetGroup}] of {service|the service}, or the task's target in it, does not " +
			"exist",
		Next: "attach {service|the service} to a target group that exists: compare loadBalancers of the service " +
			"with the load balancer's target groups",
		Example: "(service web, taskSet ecs-svc/1) task set (ecs-svc/1) (task 77) is not healthy in target-group " +
			"(web) due to TARGET GROUP IS NOT FOUND."},
	{Stage: HealthCheck, Fault: Invalid, Summary: "ECS cannot register the tasks of {service|the service} with its " +
		"target group[ {targetGroup}]: the two do not fit",
		Next: "use a target group of the tasks' VPC and of the right target type (ip for awsvpc), attached to a " +
			"load balancer",
		Example: aService +
			`(service orders) failed to register targets in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) with (error The following targets are not in the target group VPC 'vpc-0a1b2c3d')"}]}]}`},
	{Stage: HealthCheck, Fault: UnknownFault, If: registeringTargets,
		Summary: "ECS could not use the target group[ {targetGroup}] of {service|the service}",
		Next:    "read the error in the message; it is the answer of Elastic Load Balancing",
		Example: aService +
			`(service orders) failed to deregister targets in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)"}]}]}`},
	{Stage: HealthCheck, Fault: UnknownFault,
		Summary: "ECS could not learn whether the tasks of {service|the service} are healthy",
		Next: "see that the service-linked role AWSServiceRoleForECS may describe the service's targets; if it " +
			"repeats, open a support case",
		Example: "TARGET_HEALTH_UNKNOWN"},
	{Stage: HealthCheck, Fault: Unhealthy, If: probeRefused,
		Summary: "the load balancer found the task unhealthy[ in {targetGroups}][ after {ran}]: the application runs " +
			"and refuses the check",
		Next: "ask the health check path as the load balancer does, with the task's address as Host and without a " +
			"login; let the application answer it with success, or add the code to the matcher",
		Example: aService +
			`(service orders) (port 8443) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) due to (reason Health checks failed with these codes: [400])."}]}]}`},
	{Stage: HealthCheck, Fault: Unhealthy, If: both(onLoadBalancer, probeSaid),
		Summary: "the load balancer found the task unhealthy[ in {targetGroups}][ after {ran}]: {probe}",
		Next: "send the health check's request to the task from inside the VPC and read the application's log at " +
			"that minute; a timeout points to the security group, the port or a slow application",
		Example: aService +
			`(service orders) (port 8443) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) due to (reason Health checks failed with these codes: [503])."}]}]}`},
	{Stage: HealthCheck, Fault: Unhealthy, If: onLoadBalancer,
		Summary: "the load balancer found the task unhealthy[ in {targetGroups}][ after {ran}]; the event does " +
			"not say why",
		Next: "ask the health check path and port by hand from inside the VPC; compare the time the application " +
			"needs to start with the grace period of {service|the service}",
		Example: "Task failed ELB health checks in target group"},
	{Stage: HealthCheck, Fault: Unhealthy,
		Summary: "{culprit|a container} failed its container health check[ after {ran}]; the event does not say why",
		Next: "run the healthCheck command of task definition {taskDefinition|of the task} inside the container, " +
			"and compare its startPeriod with the time the application needs to start",
		Example: "Task failed container health checks"},
	{Stage: Host, Fault: Interrupted, If: ofAService,
		Next:    "nothing: ECS starts another task; when interruptions hurt, run a base of tasks on On-Demand capacity",
		Example: aTask + `"group":"service:orders","stopCode":"SpotInterruption","stoppedReason":"Your Spot Task was interrupted."}`},
	{Stage: Host, Fault: Interrupted, If: alone,
		Next:    "start it again: its work is lost; when it must not be interrupted, run it on On-Demand capacity",
		Example: aTask + `"group":"family:invoices","stopCode":"SpotInterruption","stoppedReason":"Your Spot Task was interrupted."}`},
	{Stage: Host, Fault: Interrupted, Summary: "Spot capacity was reclaimed",
		Next:    "nothing if a service replaces the task; otherwise start it again: its work is lost",
		Example: aTask + `"stoppedReason":"Your Spot Task was interrupted."}`},
	{Stage: Host, Fault: Retired, If: ofAService,
		Next:    "nothing: ECS starts another task",
		Example: aTask + `"group":"service:orders","stoppedReason":"Task stopped during instance draining"}`},
	{Stage: Host, Fault: Retired, If: alone,
		Next:    "start it again: nothing else does, and its work is lost",
		Example: aTask + `"group":"family:invoices","stoppedReason":"Task stopped during instance draining"}`},
	{Stage: Host, Fault: Retired, Summary: "AWS or an operator is retiring the host under the task",
		Next:    "nothing if a service replaces the task; otherwise start it again: its work is lost",
		Example: aTask + `"stoppedReason":"Task stopped during instance draining"}`},
	{Stage: Host, Fault: Lost, If: both(byRule("code/infrastructure-health"), fargateTask),
		Summary: "ECS judged the infrastructure under the task unhealthy; the event does not say what failed",
		Next: "start the task again if no service does; if it repeats, look at AWS Health and open a support " +
			"case with the task's ARN",
		Example: aTask + `"launchType":"FARGATE","stopCode":"InfrastructureHealth","containers":[{"name":"app"}]}`},
	{Stage: Host, Fault: Lost, If: byRule("code/infrastructure-health"),
		Summary: "ECS judged the infrastructure under the task unhealthy; the event does not say what failed",
		Next: "look at the status checks of {instanceId|the instance} and replace it when they fail; start the " +
			"task again if no service does",
		Example: aTask + `"stopCode":"InfrastructureHealth","containers":[{"name":"app"}]}`},
	{Stage: Host, Fault: Lost, Summary: "the host under the task is gone[: {instanceId}]; the event does not say " +
		"what ended it",
		Next: "find out what ended {instanceId|the instance}: Auto Scaling activity, Spot, an operator, a " +
			"hardware fault",
		Example: "Host EC2 (instance i-0c1d2e3f405162738) stopped."},
	{Stage: Host, Fault: UnknownFault, Summary: "the host under the task was told to terminate; the event does " +
		"not say by whom",
		Next:    "find out what ended the instance: Auto Scaling activity, Spot, an operator",
		Example: aTask + `"stopCode":"TerminationNotice","containers":[{"name":"app"}]}`},
	{Stage: Scheduler, Fault: ScaledIn,
		Summary: "ECS stopped the task because fewer are wanted, or a deployment replaced it[ ({deployment})]",
		Next:    "nothing",
		Example: "Scaling activity initiated by (deployment ecs-svc/4242)"},
	{Stage: Scheduler, Fault: Replaced, Summary: "ECS replaced the task[ ({deployment})]",
		Next:    "nothing",
		Example: "Availability-zone rebalancing initiated by (deployment ecs-svc/5550001112223334445)"},
	{Stage: Scheduler, Fault: RolledBack, If: byAlarm,
		Summary: "a deployment of {service|the service} failed because an alarm that it watches went off",
		Next: "look at the alarm, then at the first failed task of the deployment: whystopped history " +
			"--deployment {deploymentId|{deployment|DEPLOYMENT}}",
		Example: "(service web) (deployment ecs-svc/8830145567712094413) deployment failed: alarm detected."},
	{Stage: Scheduler, Fault: RolledBack, If: byHook, Summary: "a deployment of {service|the service} was rolled " +
		"back because a lifecycle hook failed[: {role} may not call {action}][ on {resource}]",
		Next: "see what the hook answered: the log of its Lambda function, which must return hookStatus " +
			"SUCCEEDED, and that {role|its role} may call {action|it}; the deployment's tasks are not to blame",
		Example: "Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) failed."},
	{Stage: Scheduler, Fault: RolledBack, If: byListener, Summary: "a deployment of {service|the service} was rolled " +
		"back because listener rules, target groups and role do not fit a blue/green deployment",
		Next: "correct what the message names in the load balancer configuration of {service|the service}: both " +
			"target groups belong to the production or test listener rule, one of them gets the traffic, and " +
			"{role|the infrastructure role} may change the listeners",
		Example: "Service deployment rolled back because of invalid networking configuration."},
	{Stage: Scheduler, Fault: RolledBack, If: ofServiceDeployment,
		Summary: "a deployment of {service|the service} failed: its tasks did not start, or did not become healthy",
		Next: "explain the deployment's first failed task, that is the cause: whystopped history --cluster " +
			"{cluster|CLUSTER} --service {service|SERVICE}",
		Example: `{"serviceDeploymentArn":"arn:aws:ecs:eu-north-1:210987654321:service-deployment/shop/orders/NdLw8kYqPzR2mUb5oTcXh","serviceArn":"arn:aws:ecs:eu-north-1:210987654321:service/shop/orders","status":"ROLLBACK_SUCCESSFUL"}`},
	{Stage: Scheduler, Fault: RolledBack, If: rollingBack,
		Summary: "a deployment of {service|the service} failed, and ECS goes back to {deployment|the one before it}",
		Next: "explain the first failed task of the deployment that failed, not of {deployment|the one before " +
			"it}: whystopped history --cluster {cluster|CLUSTER} --service {service|SERVICE}",
		Example: "(service web) rolling back to deployment ecs-svc/5550001112223334445."},
	{Stage: Scheduler, Fault: RolledBack, If: ofService,
		Summary: "a deployment of {service|the service} failed: its tasks did not start, or did not become healthy",
		Next: "explain the deployment's first failed task, that is the cause: whystopped history --deployment " +
			"{deploymentId|{deployment|DEPLOYMENT}}",
		Example: `{"detail-type":"ECS Deployment State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:service/shop/orders"],"detail":{"eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED","deploymentId":"ecs-svc/5550001112223334445","reason":"ECS deployment circuit breaker: tasks failed to start."}}`},
	{Stage: Scheduler, Fault: RolledBack, Summary: "the deployment failed and its circuit breaker rolled it back",
		Next: "explain the deployment's first failed task, that is the cause: whystopped history --deployment " +
			"{deploymentId|DEPLOYMENT}",
		Example: "Deployment rolled back"},
	{Stage: Scheduler, Fault: RateLimited,
		Summary: "ECS throttles the calls that it makes for {service|the service}, and tries them again later",
		Next: "nothing if it passes; otherwise change fewer services at once, or ask for higher limits of the " +
			"ECS, Cloud Map or load balancing API",
		Example: "(service orders) operations are being throttled on elb. Will try again later."},
	{Stage: Scheduler, Fault: Invalid, Summary: "a deployment of {service|the service} cannot go on: " +
		"minimumHealthyPercent and maximumPercent allow neither a stop nor a start",
		Next: "raise maximumPercent or lower minimumHealthyPercent of {service|the service} so that with its " +
			"desired count one task may start or stop",
		Example: "service orders was unable to stop or start tasks during a deployment because of the service " +
			"deployment configuration."},
	{Stage: Scheduler, Fault: UnknownFault, If: routine,
		Summary: "{service|the service} reports what it did, and nothing that is wrong",
		Next:    "nothing",
		Example: aService + `(service orders) has reached a steady state."}]}]}`},
	{Stage: Scheduler, Fault: UnknownFault, If: textSays("protected", "under protection"),
		Summary: "{service|the service} cannot scale in: more of its tasks are protected than it wants",
		Next:    "wait until the protection of the tasks ends, or take it off (aws ecs update-task-protection)",
		Example: "(service web) was unable to reach steady state because (taskSet ecs-svc/12) was unable to scale in " +
			"due to (reason 4 tasks under protection)"},
	{Stage: Scheduler, Fault: UnknownFault, If: ofService,
		Summary: "{service|the service} could not do all that it wanted",
		Next:    "read the message, and the service's other messages of that minute",
		Example: aService + `(service orders) was unable to scale in."}]}]}`},
	{Stage: Scheduler, Fault: UnknownFault,
		Summary: "the service scheduler stopped the task and gives no reason",
		Next:    "look at the events of service {service|the task belongs to} at that minute",
		Example: aTask + `"stopCode":"ServiceSchedulerInitiated","containers":[{"name":"app","exitCode":0}]}`},
	{Stage: User, Fault: Requested, If: guardrail,
		Summary: "a rule of your own organization stopped the task: {reason|it broke a policy}",
		Next: "correct what it names in task definition {taskDefinition|of the task}, or ask the rule's owner for an " +
			"exception: the next task like it is stopped too, by {calledBy|whoever StopTask in CloudTrail " +
			"names at that minute}",
		Example: aTask +
			`"group":"service:web","stopCode":"UserInitiated","stoppedReason":"Image is not signed: violates policy SEC-12"}`},
	{Stage: User, Fault: Requested, If: callerKnown,
		Summary: "stopped by {calledBy}[ via {call}][: {asked}]",
		Next:    "nothing if you expected this stop; otherwise ask {calledBy}",
		Example: `{"eventSource":"ecs.amazonaws.com","eventName":"StopTask","eventTime":"2026-05-04T03:05:00Z","awsRegion":"eu-north-1","userIdentity":{"arn":"arn:aws:sts::210987654321:assumed-role/oncall/ana"},"requestParameters":{"cluster":"shop","task":"5f0e1d2c3b4a59687766554433221100","reason":"drain for the patch"},"responseElements":{"task":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c3b4a59687766554433221100","lastStatus":"RUNNING","desiredStatus":"STOPPED","stopCode":"UserInitiated","stoppedReason":"drain for the patch"}},"recipientAccountId":"210987654321"}`},
	{Stage: User, Fault: Requested, Summary: "stopped on request[: {asked}]; the event does not say by whom",
		Next: "nothing if you know who asked; otherwise look in CloudTrail at that minute for StopTask, " +
			"UpdateService or DeregisterContainerInstance",
		Example: "Task stopped by user"},
	{Stage: Placement, Fault: Exhausted, Summary: "could not place the task: no room for it",
		Next: "see why {cluster|the cluster} got no instance with room: the Auto Scaling group or capacity " +
			"provider; or let {service|the task} ask for less CPU, memory or ports",
		Example: "TaskFailedToStart: RESOURCE:PORTS"},
	{Stage: Start, Fault: Mismatch, If: textSays("exec format error"), Summary: "the host cannot run {path|the " +
		"program} of {culprit|the container}: it is built for another CPU architecture, or is a script without a #! " +
		"line",
		Next: "build the image for the cpuArchitecture in runtimePlatform of task definition {taskDefinition|of " +
			"the task} (X86_64 where there is none); a script begins with its interpreter, such as #!/bin/sh",
		Example: "CannotStartContainerError: exec /srv/run.sh: exec format error"},
	{Stage: Start, Fault: Mismatch, Summary: "{culprit|the container}'s program is built for another platform",
		Next: "build the image for the operating system and CPU architecture in runtimePlatform of task " +
			"definition {taskDefinition|of the task}",
		Example: "CannotStartContainerError: Error response from daemon: hcsshim::CreateComputeSystem 7aa1: The " +
			"container operating system does not match the host operating system."},
	{Stage: Start, Fault: NotFound, If: oddExecutable,
		Summary: "could not start {culprit|the container}: \"{path}\" was taken for the name of one program",
		Next: "write entryPoint and command in task definition {taskDefinition|of the task} as lists, a word of " +
			"the command line in each element",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec: \"node server.js --port 80\": executable file not found in $PATH"},
	{Stage: Start, Fault: NotFound,
		Summary: "could not start {culprit|the container}: {path|what it should run} does not exist in the image",
		Next: "check entryPoint and command in task definition {taskDefinition|of the task} against the files in " +
			"the image",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec: \"serve\": executable file not found in $PATH"},
	{Stage: Start, Fault: Denied, If: windowsTask,
		Next: "let the user of the container read and run {path|the program} in the image, then push it again",
		Example: "CannotStartContainerError: Error response from daemon: container 77aa encountered an error during " +
			"hcs::System::CreateProcess: run.exe: failure in a Windows system call: Permission denied. (0x5)"},
	{Stage: Start, Fault: Denied,
		Summary: "could not start {culprit|the container}: {path|its program} is not executable",
		Next:    "set the executable bit in the image (chmod +x) and push it again",
		Example: "CannotStartContainerError: exec: \"/run.sh\": permission denied"},
	{Stage: Start, Fault: Invalid, Summary: "could not start {culprit|the container}: a mount, working directory or " +
		"option of its definition is refused[ ({path})]",
		Next: "correct the mount point, working directory or option in task definition {taskDefinition|of the task}",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error mounting " +
			"\"/var/run/docker.sock\" to rootfs at \"/var/run/docker.sock\": not a directory"},
	{Stage: Create, Fault: Conflict,
		Summary: "could not create {culprit|the container}: its name or device is already in use on the host",
		Next:    "remove the old container from the instance (docker rm), or restart the ECS agent",
		Example: "CannotCreateContainerError: Error response from daemon: network sandbox already exists"},
	{Stage: Create, Fault: Invalid, Summary: "could not create {culprit|the container}: its definition is not valid",
		Next: "correct what the message names in container {culprit|of the task} of task definition " +
			"{taskDefinition|of the task}",
		Example: "Invalid credentialspec file specification"},
	{Stage: Create, Fault: Denied,
		Summary: "could not create {culprit|the container}: a file or volume on the host refuses access",
		Next:    "check owner and mode of the path that the message names",
		Example: "CannotCreateContainerError: Error response from daemon: mkdir /srv/data: permission denied"},
	{Stage: Create, Fault: UnknownFault, If: func(v *view) bool { return v.LaunchType == "FARGATE" },
		Summary: "could not create {culprit|the container}; the event does not say why",
		Next: "compare the definition of {culprit|the container} in task definition {taskDefinition|of the task} " +
			"with the last revision that ran, and start the task again; if it stops so again, open a support case",
		Example: aTask + `"launchType":"FARGATE","stopCode":"TaskFailedToStart","stoppedReason":"CannotCreateContainerError: failed to create container"}`},
	{Stage: Create, Fault: UnknownFault,
		Summary: "could not create {culprit|the container}; the event does not say why",
		Next:    "read the Docker and agent logs of the instance",
		Example: aTask + `"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotCreateContainerError: failed to create container"}`},
	{Stage: Start, Fault: UnknownFault, Summary: "{culprit|a container} did not start; the event does not say why",
		Next:    "read the container's first log lines, then start the image by hand with the same command",
		Example: "CannotStartContainerError: failed to get container status"},
	{Stage: Start, Fault: Conflict,
		Summary: "could not start {culprit|the container}: host port[ {port}] is already taken",
		Next:    "use hostPort 0 so that ECS chooses a free port, or place one task per instance",
		Example: "CannotStartContainerError: listen tcp 0.0.0.0:80: bind: address already in use"},
	{Stage: Role, Fault: Denied, If: serviceRoleSaid,
		Summary: "ECS could not assume its service-linked role",
		Next:    "create the role: aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com",
		Example: "RunTask: InvalidParameterException: Unable to assume the service linked role. Please verify that " +
			"the ECS service linked role exists."},
	{Stage: Role, Fault: Denied, If: balancerRole,
		Summary: "ECS could not look up the load balancer of {service|the service} with the role it has for that",
		Next: "leave role out of the call so that ECS uses AWSServiceRoleForECS, or let that role trust " +
			"ecs.amazonaws.com and call elasticloadbalancing; see that the target group exists in {region|the Region}",
		Example: "CreateService: InvalidParameterException: Unable to assume role and validate the specified " +
			"targetGroupArn. Please verify that the ECS service role being passed has the proper permissions."},
	{Stage: Role, Fault: Denied, Summary: "ECS could not assume {role|the role}",
		Next: "check that {role|the role} exists; let ecs-tasks.amazonaws.com (for volumes ecs.amazonaws.com) " +
			"assume it in its trust policy, and whoever deploys pass it (iam:PassRole)",
		Example: "ECS was unable to assume the role 'arn:aws:iam::210987654321:role/orders-exec' that was provided " +
			"for this task."},
	{Stage: Role, Fault: NotFound, Summary: "no credentials of {role|the role} were found",
		Next: "set executionRoleArn in task definition {taskDefinition|of the task}, and taskRoleArn if the " +
			"application calls AWS[ {onInstance} check the instance profile, and that the agent reaches the " +
			"instance metadata service]",
		Example: "Environment file resource: unable to find execution role credentials"},
	{Stage: Network, Fault: Exhausted, Summary: "no address or network interface was free for the task[ in {subnet}]",
		Next: "free addresses in {subnet|the subnet} or add a larger subnet[ {onInstance} compare the interface " +
			"limit of its type with the tasks on it]",
		Example: "Unable to attach network interface to unused device index"},
	{Stage: Network, Fault: Denied, Summary: "EC2 refused the task's network interface[ in {subnet}]",
		Next: "check the service-linked role AWSServiceRoleForECS, and tag policies and service control policies " +
			"on ec2:CreateNetworkInterface and ec2:CreateTags",
		Example: "Unexpected EC2 error while attempting to tag the network interface: UnauthorizedOperation"},
	{Stage: Network, Fault: Timeout, Summary: "the task's network interface was not ready in time[ in {subnet}]",
		Next: "start the task again; if it repeats in {subnet|the same subnet}, use another subnet or zone and " +
			"open a support case",
		Example: "Timeout waiting for network interface provisioning to complete."},
	{Stage: Volume, Fault: Unreachable,
		Summary: "could not mount {fileSystem|the file system}: no network path to its mount target",
		Next: "allow TCP 2049 from the task's security group into the mount target's, and check that " +
			"{fileSystem|the file system} has a mount target in the task's Availability Zone",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection timed out'"},
	{Stage: Volume, Fault: DNS,
		Summary: "could not mount {fileSystem|the file system}: {endpoint|its name} does not resolve",
		Next: "check that {fileSystem|the file system} exists and has a mount target in the task's Availability " +
			"Zone, and that the VPC has DNS support and hostnames on",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Failed to resolve \"fs-0011223344556677a.efs.eu-north-1.amazonaws.com\""},
	{Stage: Volume, Fault: Exhausted,
		Summary: "could not make or attach the volume: a limit of EBS or of the instance is reached",
		Next: "raise the quota that the message names in Service Quotas in {region|the Region}, delete volumes " +
			"that are not needed, or use an instance type that takes more volumes",
		Example: "ECS was unable to create the EBS volume for the task: VolumeLimitExceeded: the maximum number of " +
			"EBS volumes is reached"},
	{Stage: Volume, Fault: Denied, If: byPlugin,
		Summary: "the volume plug-in was refused what it needs on the instance",
		Next: "see the plug-in's privileges and credentials on the instance: docker plugin inspect, and its log " +
			"in journalctl -u docker",
		Example: "CannotStartContainerError: Error response from daemon: error while mounting volume 'scans': " +
			"VolumeDriver.Mount: permission denied"},
	{Stage: Volume, Fault: Denied, Summary: "{fileSystem|{volume|the volume}} refused the mount",
		Next: "check the file system policy, the access point and iam in efsVolumeConfiguration: the task role " +
			"(not the execution role) needs elasticfilesystem:ClientMount",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"},
	{Stage: Volume, Fault: NotFound, If: func(v *view) bool { return v.efs() && v.Facts.Path != "" },
		Summary: "could not mount {fileSystem|the file system}: its directory {path} does not exist",
		Next: "make the directory {path} in {fileSystem|the file system}, use an access point that makes it, or " +
			"correct rootDirectory in task definition {taskDefinition|of the task}",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: mounting fs-0011223344556677a.efs.eu-north-1.amazonaws.com:/orders/in failed, reason " +
			"given by server: No such file or directory'"},
	{Stage: Volume, Fault: NotFound,
		Summary: "could not mount {fileSystem|{volume|the volume}}: {path|it or its path} does not exist",
		Next: "check the volume's name, root directory and access point in task definition {taskDefinition|of the " +
			"task} against what exists",
		Example: "CannotCreateContainerError: Error response from daemon: failed to mount local volume: mount " +
			"/srv/scans:/var/lib/docker/volumes/scans/_data: no such file or directory"},
	{Stage: Volume, Fault: Timeout, Summary: "the volume was not attached in time",
		Next: "start the task again; if it repeats, check the volume's zone, its snapshot and the infrastructure " +
			"role",
		Example: "ECS timed out while configuring the EBS volume attachment to your Task."},
	{Stage: Placement, Fault: NotFound, If: textSays("clusternotfoundexception"),
		Summary: "could not start a task[ of {taskDefinition}]: there is no cluster {cluster|of that name} in " +
			"{region|the Region} and account {account|of the caller}",
		Next:    "correct cluster, Region or account of the call; aws ecs list-clusters tells which there are",
		Example: aCall + `"errorCode":"ClusterNotFoundException","errorMessage":"Cluster not found."}}`},
	{Stage: Placement, Fault: NotFound, If: ofRequest,
		Summary: "could not start a task[ of {taskDefinition}][ in {cluster}]: something that the call names does " +
			"not exist",
		Next: "check cluster, task definition and container instance of the call, and that they exist in " +
			"{region|the Region} and account {account|of the caller}",
		Example: aCall + `"errorCode":"ClientException","errorMessage":"TaskDefinition not found."}}`},
	{Stage: Placement, Fault: RateLimited, If: ofRequest,
		Summary: "could not start a task[ of {taskDefinition}]: too many RunTask calls at once",
		Next:    "call again with a growing delay, or start fewer tasks at once",
		Example: aCall + `"errorCode":"ThrottlingException","errorMessage":"Rate exceeded"}}`},
	{Stage: Placement, Fault: Conflict,
		Summary: "could not place the task: the instances already use a host port that it needs",
		Next:    "use hostPort 0 so that ECS chooses a free port, or add an instance",
		Example: "service shop was unable to place a task because no container instance met all of its requirements. " +
			"The closest matching container-instance 9f0e1d2c is already using a port required by your task."},
	{Stage: Placement, Fault: UnknownFault, If: ofOtherCall,
		Summary: "{call} was refused[ for {service}], for what its error says",
		Next:    "correct what the error names and make the call again",
		Example: `{"eventSource":"ecs.amazonaws.com","eventName":"UpdateService","eventTime":"2026-05-04T03:05:00Z","awsRegion":"eu-north-1","errorCode":"ServiceNotActiveException","errorMessage":"Service was not ACTIVE.","requestParameters":{"cluster":"shop","service":"orders"},"recipientAccountId":"210987654321"}`},
	{Stage: Placement, Fault: UnknownFault,
		Summary: "could not place a task[ of {service}]; the event does not say why",
		Next: "look at the capacity of {cluster|the cluster} and at the event messages of {service|the service} " +
			"of that minute: aws ecs describe-services",
		Example: `{"failures":[{"arn":"arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/9a8b7c6d","reason":"OTHER"}]}`},
	{Stage: Placement, Fault: Lost,
		Summary: "could not place the task: the ECS agent of the container instance is not connected",
		Next:    "restart the agent on the instance, and check its network path to ECS and its instance role",
		Example: "TaskFailedToStart: AGENT"},
	{Stage: Placement, Fault: Mismatch, If: fargateTask,
		Next: "compare requiresCompatibilities, runtimePlatform, cpu and memory of task definition " +
			"{taskDefinition|of the task} with what Fargate offers in {region|the Region}",
		Example: "TaskFailedToStart: ATTRIBUTE"},
	{Stage: Placement, Fault: Mismatch,
		Summary: "could not place the task: no capacity has what its constraints, attributes or launch type ask for",
		Next: "compare placementConstraints, requiresAttributes and runtimePlatform of task definition " +
			"{taskDefinition|of the task} with the instances of {cluster|the cluster}",
		Example: aTask + `"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"TaskFailedToStart: ATTRIBUTE"}`},
	{Stage: Placement, Fault: Invalid,
		Summary: "could not place the task: its definition or the cluster's capacity is misconfigured",
		Next: "compare launch type and capacity providers of the service with task definition {taskDefinition|of " +
			"the task}",
		Example: "TaskFailedToStart: MISCONFIGURATION"},
	{Stage: Start, Fault: Exhausted,
		Summary: "could not start {culprit|the container}: the host ran out of memory, processes or file handles",
		Next: "[{onFargate} raise memory in task definition {taskDefinition|of the task}, and open a support case " +
			"if it repeats][{onInstance} look at free memory, processes and open files, and place fewer tasks on " +
			"it]",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: pipe2: too many " +
			"open files"},
	{Stage: Dependency, Fault: Timeout,
		Summary: "{culprit|a container} did not reach in time the condition that others wait for; the event does " +
			"not say why",
		Next:    "read the last log lines of {culprit|that container}, and compare startTimeout with the time it needs",
		Example: "TaskDependencyError: gave up on dependency container 'migrations' at its startTimeout of 120 s"},
	{Stage: Dependency, Fault: Unhealthy,
		Summary: "{culprit|a container} did not become healthy, and others depend on it; the event does not say why",
		Next:    "run the health check command of {culprit|that container} by hand, and read its log",
		Example: "TaskDependencyError: dependency container 'db' didn't become HEALTHY"},
	{Stage: Dependency, Fault: Crashed, Summary: "{culprit|a container} did not end well, and others depend on " +
		"it; the event does not say why",
		Next:    "read the last log lines of {culprit|that container}",
		Example: "TaskDependencyError: dependency container 'migrations' didn't reach the SUCCESS condition"},
	{Stage: Agent, Fault: Denied,
		Summary: "the host refused the ECS agent or the container runtime",
		Next: "look on the instance at owner and mode of what the message names, at SELinux and AppArmor, and at " +
			"/var/log/ecs/ecs-agent.log",
		Example: "CannotPullContainerError: dial unix /var/run/docker.sock: connect: permission denied"},
	{Stage: Agent, Fault: Timeout,
		Summary: "the container runtime did not answer in time; how the process ended is not known",
		Next: "[{onFargate} start the task again, and open a support case with its ARN if it repeats][{onInstance} " +
			"look at disk throughput, CPU credits, free memory and the Docker daemon; if it stays slow, drain and " +
			"replace it]",
		Example: "CannotStopContainerError: timed out"},
	{Stage: Network, Fault: NotFound,
		Summary: "a subnet, security group or bridge that the task's network needs does not exist",
		Next:    "correct networkConfiguration of {service|the service}: the message names what is missing",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InvalidSecurityGroupID.NotFound"},
	{Stage: Network, Fault: Invalid, Summary: "the task's network configuration is not valid",
		Next: "correct networkConfiguration of {service|the service}: the message names what is wrong",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InvalidParameterValue"},
	{Stage: UnknownStage, Fault: UnknownFault, Summary: "the event does not say why the task stopped[: {refusal}]",
		Next: "read the service's events and the log at that minute, and explain other tasks that stopped then: " +
			"one of them may say more",
		Example: aTask + `"stopCode":"TaskFailedToStart","stoppedReason":"Task failed to start"}`},
}

// explanation returns what to tell of a finding: the words of the rule or code that decided, its class's own, or those
// of its stage and its fault joined.
func (v *view) explanation() Explanation {
	switch {
	case v.faultRow != nil && v.faultRow.Says != "":
		return Explanation{Summary: v.faultRow.Says, Next: v.faultRow.Do}
	case v.stageRow != nil && v.stageRow.Says != "":
		return Explanation{Summary: v.stageRow.Says, Next: v.stageRow.Do}
	case v.codeRow != nil && v.codeRow.Says != "":
		return Explanation{Summary: v.codeRow.Says, Next: v.codeRow.Do}
	}
	var told Explanation
	if row := v.row(); row != nil {
		told = *row
	}
	if own := ownRow(v.Finding); told.Summary == "" && own != nil {
		told.Summary = own.Summary
	}
	if told.Summary == "" {
		told.Summary = joined(v.Finding)
	}
	if told.Next == "" {
		i := slices.IndexFunc(Faults, func(t FaultText) bool { return t.Fault == v.Fault })
		told.Next = Faults[i].Next
	}
	return told
}

// row is the first explanation of the finding's class, nil where no row says anything about it.
func (v *view) row() *Explanation {
	for i := range Explanations {
		if e := &Explanations[i]; e.Fault == v.Fault && (e.Stage == "" || e.Stage == v.Stage) &&
			(e.If == nil || e.If(v)) {
			return e
		}
	}
	return nil
}

// joined is the sentence that stage and fault make together.
func joined(f *Finding) string {
	stage := slices.IndexFunc(Stages, func(t StageText) bool { return t.Stage == f.Stage })
	fault := slices.IndexFunc(Faults, func(t FaultText) bool { return t.Fault == f.Fault })
	return Stages[stage].Could + ": " + Faults[fault].Said
}

// Describe returns what is told of a class when an event shows nothing else, and an example of the class; the example
// is empty where the class has no words of its own, only those of its stage and fault.
func Describe(stage Stage, fault Fault) (f Finding, example string) {
	f = Finding{Stage: stage, Fault: fault, Culprit: -1}
	v := newView(&events.Stop{}, &f)
	f.Domain = v.domain()
	v.describe(nil)
	if own := ownRow(&f); own != nil && own.Summary != "" {
		example = own.Example
	}
	return f, example
}

// ownRow is the row of a class that holds whatever the event shows, nil when there is none.
func ownRow(f *Finding) *Explanation {
	for i := range Explanations {
		if e := &Explanations[i]; e.Stage == f.Stage && e.Fault == f.Fault && e.If == nil {
			return e
		}
	}
	return nil
}
