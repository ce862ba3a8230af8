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
		"could not set up the network of the task"},
	{Volume, "attaching and mounting EFS, EBS, FSx and Docker volumes", "could not mount {fileSystem|{volume|a " +
		"volume}}"},
	{Role, "assuming the execution, task or infrastructure role",
		"could not get credentials for {role|the task's role}"},
	{RegistryAuth, "getting the registry's token or credentials", "could not log in to {registry|the registry}"},
	{Secret, "fetching secrets and parameters", "could not fetch {secrets|a secret or parameter}"},
	{EnvFile, "downloading environment files from S3", "could not download an environment file"},
	{Image, "resolving and pulling the image", "could not pull {image|the image}"},
	{Logging, "validating and opening the log driver", "could not open the log driver"},
	{Create, "creating the container from its definition", "could not create container {culprit|of the task}"},
	{Start, "starting the container's process", "could not start container {culprit|of the task}"},
	{Dependency, "waiting for another container", "another container did not get ready"},
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
		wayOut + " or a VPC endpoint for {endpoint|the service}" + orFilters},
	{DNS, "the name does not resolve", "the name {endpoint|it needs} does not resolve",
		"check that the name {endpoint|in the message} is spelt right; then check enableDnsSupport of the VPC, " +
			"and that {from} reaches its DNS server"},
	{TLS, "TLS handshake or certificate", "the TLS connection to {endpoint|the server} failed",
		"look at the certificate that {endpoint|the server} presents to a client in {from}; if a proxy or firewall " +
			"presents its own, let this host bypass it"},
	{Denied, "somebody refused",
		"access was denied[: {role} may not call {action}][ on {resource}][: the {deniedBy} does not allow it]",
		"allow {action|the action} on {resource|the resource} for {role|the role that the task uses}"},
	{NotFound, "the named thing is not there", "it does not exist", "correct the name in " +
		"{theDefinition|the task definition}, or create what it names in {region|the Region} and account {account|of " +
		"the task}"},
	{Invalid, "the request or definition is malformed or not allowed", "the definition is not valid",
		"correct what the message names in {theDefinition|the task definition} and deploy a new revision"},
	{Mismatch, "right thing, wrong kind", "it does not fit the platform",
		"build the image for the platform in {theDefinition|the task definition}, or change " +
			"runtimePlatform there"},
	{Conflict, "a name, port or device is already taken", "what it needs is already taken",
		"stop what already uses it, or let ECS choose another"},
	{RateLimited, "too many calls", "too many calls at once",
		"start fewer tasks at once; if that is not possible, request a higher rate of {action|the call} in " +
			"Service Quotas"},
	{Exhausted, "something ran out that is not the container's memory", "something ran out",
		"free some of what the message names, or raise its limit"},
	{Corrupt, "bytes broke on the way or at rest", "its data is damaged",
		"start the task again: most such errors happen on the way; if it repeats, push the image again under a " +
			"new tag and deploy that"},
	{OOM, "killed by the kernel for memory", "out of memory", "raise the memory limit; if use keeps growing, " +
		"look for a leak"},
	{Killed, "ended by a signal that somebody sent", "killed by a signal", "find out who sends the signal"},
	{Crashed, "the process ended by itself with a failure", "the process failed",
		"read the last log lines of {culprit|the container}"},
	{Exited, "the process ended by itself with code 0", "the process ended",
		"read the last log lines of {culprit|the container}"},
	{Unhealthy, "judged unhealthy", "judged unhealthy", "send the health check's request yourself from inside " +
		"the VPC"},
	{Timeout, "a local step took too long", "it took too long",
		"start the task again; if it repeats, open a support case with the task's ARN"},
	{Interrupted, "Spot capacity was reclaimed", "Spot capacity was reclaimed",
		"nothing if a service replaces the task; otherwise start it again"},
	{Retired, "maintenance, retirement, draining", "its host is being retired",
		"nothing if a service replaces the task; otherwise start it again"},
	{Lost, "host or agent is gone", "the host is gone", "find out what ended {instanceId|the instance}"},
	{Replaced, "a deployment or task set took its place", "it was replaced", "nothing"},
	{ScaledIn, "the desired count went down", "fewer tasks are desired", "nothing"},
	{RolledBack, "the deployment failed and ECS rolled it back", "the deployment was rolled back",
		"explain the first failed task of the deployment: the cause is there"},
	{Requested, "somebody asked for the stop", "it was asked for", "nothing if you know who asked"},
	{Waiting, "nothing is broken, a person or program must answer", "it waits for an answer",
		"answer what waits"},
	{Internal, "AWS or the agent failed and says no more", "an internal error; the event says no more",
		"start the task again; if it repeats, open a support case with the task's ARN"},
	{UnknownFault, "the stage is known, the fault is not", "the event does not say why",
		"read the stopped reason; if it is cut off, ECS has all of it within an hour of the stop: `aws ecs " +
			"describe-tasks --cluster {cluster} --tasks {taskId} --region {region}`"},
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

func ofHook(v *view) bool { return v.Kind == events.KindHook }

func ofInstance(v *view) bool { return v.Kind == events.KindInstance }

// unanswered reports whether a hook waits for an answer, or waited in vain.
func unanswered(v *view) bool {
	return ofHook(v) && (v.has(Waiting) || v.FaultRule == "fault/hook-timed-out")
}

func instanceWell(v *view) bool { return v.StageRule == "stage/instance-well" }

// pauseRefused reports whether somebody answered a pause with ROLLBACK: a pause has no other way to fail.
func pauseRefused(v *view) bool { return ofHook(v) && v.Hook.Type == "PAUSE" }

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
	return strings.HasPrefix(v.Facts.RemoteIP, "169.254.") || strings.HasPrefix(v.Facts.Endpoint, "169.254.")
}

// withoutSuffix reports whether a secret was asked for by an ARN that ends with its name.
func withoutSuffix(v *view) bool {
	name := v.Facts.Secret[strings.LastIndexByte(v.Facts.Secret, ':')+1:]
	return strings.Contains(v.Facts.Secret, ":secretsmanager:") && (len(name) < 7 || name[len(name)-7] != '-')
}

// unqualified reports whether Docker Hub was asked for an image that names neither a registry nor one of its own users.
func unqualified(v *view) bool {
	image := strings.TrimPrefix(v.Facts.Image, "docker.io/")
	return byHub(v) && !strings.Contains(strings.TrimPrefix(image, "library/"), "/")
}

// layersAlone reports whether the layers of an image in ECR did not come, though ECR had answered.
func layersAlone(v *view) bool { return v.toInternet && v.layers() && v.ecrPull() }

// pinned reports whether the image was asked for by its tag and by the digest that the tag had when it was deployed.
func pinned(v *view) bool {
	image := awsname.ParseImage(v.Facts.Image)
	return image.Tag != "" && image.Digest != ""
}

// ofProxy reports whether the Service Connect proxy is what failed.
func ofProxy(v *view) bool {
	return v.Culprit >= 0 && strings.HasPrefix(v.Containers[v.Culprit].Name, serviceConnect)
}

func passingRole(v *view) bool { return v.Facts.AWSAction == "iam:PassRole" }

func byAlarm(v *view) bool { return v.says("deployment alarm", "alarm detected") }

// byHook reports whether a lifecycle hook ended the deployment, byListener that its listener rules or target groups
// did.
func byHook(v *view) bool {
	return ofHook(v) || v.says("lifecycle hook", "hook execution failure")
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

// registryUnknown reports whether nothing tells which registry refused.
func registryUnknown(v *view) bool {
	return v.Facts.Registry == "" && v.Facts.AWSAction == "" && !v.says("ecr") && v.Facts.Endpoint == ""
}

// allowOrLogIn is what lets an image be pulled from a registry that is not known.
const allowOrLogIn = "if it is in ECR, check that the repository exists and that {role|the execution role} may call " +
	"ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on it; otherwise check its name and repositoryCredentials"

// The way of a call out of the VPC, in the order in which it is mostly closed; between them stands what serves instead.
const (
	wayOut = "look where the default route of {from} leads: to an internet gateway, give {whoCalls|the task} a " +
		"public IP[ ({assignPublicIp})]; nowhere, add a NAT gateway"
	orFilters = "; if that is right, allow TCP 443 out in the security group and the network ACL"
)

// nothingRan reports whether a task failed to start and none of its containers ran.
func nothingRan(v *view) bool {
	return v.StopCode == "TaskFailedToStart" && v.StartedAt.IsZero() && len(v.Containers) > 0 &&
		!slices.ContainsFunc(v.Containers, func(c events.Container) bool { return c.ExitCode != nil })
}

// orListed is where the tasks of a service are found that nothing archived.
const orListed = "; what is not archived ECS lists for an hour: `aws ecs list-tasks --cluster {cluster} " +
	"--service-name {service} --desired-status STOPPED --region {region}`"

// serviceConnect begins the name of the proxy that ECS adds to a task.
const serviceConnect = "ecs-service-connect"

// proxyNotStarted reports whether the Service Connect proxy is among the containers that never ran.
func proxyNotStarted(v *view) bool {
	return nothingRan(v) && slices.ContainsFunc(v.Containers, func(c events.Container) bool {
		return strings.HasPrefix(c.Name, serviceConnect)
	})
}

// Explanations are the classes that say more than their stage and fault joined.
var Explanations = []Explanation{
	{Stage: Role, Fault: Unreachable, If: onLinkLocal,
		Summary: "could not get credentials: nothing answered at {remoteIp|{endpoint|the credentials endpoint}}",
		Next: "check on the instance that the ECS agent runs, `systemctl status ecs`, that ECS_ENABLE_TASK_IAM_ROLE " +
			"is true, and that iptables has the rules for {remoteIp|{endpoint}}; the address is local to the " +
			"instance, VPC routes do not matter",
		Example: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: " +
			"CredentialsEndpointError: failed to load credentials caused by: Get " +
			"\"http://169.254.170.2/v2/credentials/77aa\": dial tcp 169.254.170.2:80: i/o timeout"},
	{Fault: Unreachable, If: endpointAnswered,
		Next: "allow TCP 443 from {from} to the VPC endpoint at {remoteIp}: first in the endpoint's security " +
			"group, then in the task's security group and the network ACLs",
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
		Next:    "open a support case with AWS for account {account|of the caller}; no policy of your own refuses",
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
	{Stage: Volume, Fault: Denied, If: ofEC2Call, Summary: "could not create or attach the volume: {role|the " +
		"infrastructure role} may not call {action}[: the {deniedBy} does not allow it]",
		Next: "allow {action} on {resource|the volume} for {role|the infrastructure role}; the managed policy " +
			"AmazonECSInfrastructureRolePolicyForVolumes does",
		Example: "ECS was unable to create the EBS volume: UnauthorizedOperation: User: " +
			"arn:aws:sts::210987654321:assumed-role/web-infra/ECSTaskVolumesForEBS is not authorized to perform: " +
			"ec2:CreateVolume on resource: arn:aws:ec2:eu-north-1:210987654321:volume/*"},
	{Fault: Denied, If: byAnotherPolicy,
		Next: "allow {action|the call} on {resource|the resource} for {role|the role} in the {deniedBy}; " +
			"changing the role's own policies does not help",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 with an explicit deny in a " +
			"service control policy"},
	{Fault: Denied, If: byDenyOfRole,
		Next: "find the Deny statement in the policies of {role|the role} that covers {action|the call} on " +
			"{resource|the resource}, and narrow it",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 with an explicit deny in an " +
			"identity-based policy"},
	{Fault: Denied, If: all(byRolePolicy, withoutSuffix),
		Next: "name the secret in valueFrom by its whole ARN, which ends in a hyphen and six characters: a policy " +
			"that allows the whole ARN does not allow {secret}; or allow {action|the call} on {secret}* in a policy " +
			"of {role|the role}",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders_db because no identity-based policy allows " +
			"the secretsmanager:GetSecretValue action"},
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
		Next: "allow kms:Decrypt on the secret's key in a policy of {role|the execution role}; if it is allowed " +
			"there, allow it in the key policy too, and check that the key is enabled",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: AccessDeniedException: Access to KMS is not allowed"},
	{Stage: RegistryAuth, Fault: Denied, If: textSays("failed to fetch anonymous token"),
		Next: "check that the image exists under this name; if it is private, set repositoryCredentials in " +
			"{theDefinition|the task definition}",
		Example: "CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: failed to authorize: failed " +
			"to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?service=ghcr.io: " +
			"401 Unauthorized"},
	{Stage: RegistryAuth, Fault: Denied, If: withoutAWSAction,
		Next: "set repositoryCredentials in {theDefinition|the task definition} if the registry is " +
			"private; if it is set, correct the user name and password in its secret",
		Example: "CannotPullContainerError: Error response from daemon: Head " +
			"\"https://registry.corp.example/v2/orders/manifests/7\": no basic auth credentials"},
	{Fault: Unreachable, If: privateElsewhere,
		Next: "check the route from {from} to {endpoint} at {remoteIp} (peering, VPN, transit gateway), then the " +
			"security groups and network ACLs on both sides",
		Example: "CannotPullContainerError: Error response from daemon: Get \"https://registry.corp.example/v2/\": " +
			"dial tcp 10.9.0.3:443: i/o timeout"},
	{Stage: Image, Fault: Unreachable, If: fromInternet,
		Next:    wayOut + ": {registry|the registry} is on the internet" + orFilters,
		Example: "CannotPullContainerError: API error (500): Get https://registry.corp.example/v2/: Unable to connect"},
	{Stage: Image, Fault: Denied, If: fromInternet,
		Next: "check that the repository exists under this name; if it is private, set repositoryCredentials in " +
			"{theDefinition|the task definition}",
		Example: "CannotPullContainerError: Error response from daemon: pull access denied for acme/shop, repository " +
			"does not exist or may require 'docker login'"},
	{Stage: Image, Fault: RateLimited, If: fromECR,
		Summary: "ECR throttled the pull of {image|the image}: too many requests",
		Next: "start fewer tasks at once; if the repository is a pull-through cache, add credentials of the " +
			"upstream registry to its rule",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: toomanyrequests: Rate exceeded"},
	{Stage: Secret, Fault: NotFound, If: versionSaid,
		Summary: "{secrets|the secret} {secrets:exists/exist}, but not the version that valueFrom asks for",
		Next: "put a value into {secrets|the secret}; if there is one, remove version id and stage from valueFrom " +
			"in {theDefinition|the task definition}",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
			"specified secret value for staging label: AWSPENDING"},
	{Stage: Secret, Fault: NotFound,
		If: textSays("resourcenotfoundexception", "invalid ssm parameters", "invalid parameters:",
			"parameternotfound"),
		Summary: "no such secret or parameter in {region|the Region}[: {secrets}]",
		Next: "correct valueFrom in {theDefinition|the task definition}; if the {secrets:name is/names are} " +
			"right, create {secrets|the secret or parameter} in that Region",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
			"specified secret."},
	{Stage: Network, Fault: NotFound, If: onHostNetwork,
		Summary: "could not set up the container's network on its host: something it needs there is missing",
		Next: "[{onInstance} read /var/log/ecs/ecs-agent.log and the CNI logs beside it, then restart Docker " +
			"(its containers stop) and the agent, or drain and replace the instance][{onFargate} start the task " +
			"again, and open a support case with its ARN if it repeats]",
		Example: "CannotStartContainerError: Error response from daemon: network 77aa not found on network bridge"},
	{Stage: Network, Fault: UnknownFault, If: onHostNetwork,
		Summary: "could not set up the container's network on its host; the event does not say why",
		Next: "[{onInstance} read /var/log/ecs/ecs-agent.log and the CNI logs beside it, and drain and replace the " +
			"instance if it repeats there][{onFargate} start the task again, and open a support case with its ARN if " +
			"it repeats]",
		Example: "ContainerNetworkingError: failed to setup network namespace: invoke vpc-eni plugin failed"},
	{Stage: Network, Fault: Invalid, If: onHostNetwork,
		Summary: "could not set up the container's network on its host: the CNI plug-in refuses what it is " +
			"given",
		Next: "[{onInstance} read /var/log/ecs/ecs-agent.log and the CNI logs beside it, then update the agent, " +
			"or drain and replace the instance][{onFargate} start the task again, and open a support case with " +
			"its ARN if it repeats]",
		Example: "ContainerNetworkingError: failed to setup network namespace: cni setup: add network failed: " +
			"invalid MAC address"},
	{Stage: Network, Fault: Conflict, If: onHostNetwork, Summary: "could not set up the container's network on its " +
		"host: an interface or name of an earlier task is still there",
		Next: "[{onInstance} restart Docker (its containers stop) and the agent, or drain and replace the " +
			"instance; if it repeats, update the agent][{onFargate} start the task again, and open a support " +
			"case with its ARN if it repeats]",
		Example: "ContainerNetworkingError: failed to setup network namespace: cni setup: failed to create bridge: " +
			"file already exists"},
	{Stage: Volume, Fault: NotFound, If: textSays("looking up volume plugin"),
		Summary: "could not mount {volume|the volume}: its driver is not installed or not enabled on the instance",
		Next: "install and enable the driver on every instance of {cluster|the cluster}; for EFS run there: `sudo " +
			"systemctl enable --now amazon-ecs-volume-plugin`",
		Example: "CannotCreateContainerError: Error response from daemon: create web-data: error looking up volume " +
			"plugin amazon-ecs-volume-plugin: plugin not found"},
	{Stage: Volume, Fault: NotFound, If: textSays("autoprovision", "no such volume"),
		Next: "correct the volume's name in {theDefinition|the task definition}; if it is right, create " +
			"the volume on the instance or set autoprovision to true",
		Example: "resource cannot be initialized: initialize volume: volume detection failed, volume 'scans' does " +
			"not exist and autoprovision is set to false"},
	{Stage: Network, Fault: Denied, If: textSays("tagpolicyviolation"),
		Summary: "a tag policy forbids the tags of the task's network interface[ in {subnet}]",
		Next: "correct the tags that the task gets from its service or task definition; otherwise take " +
			"ec2:network-interface out of the tag policy's enforcement",
		Example: "Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation"},
	{Stage: Network, Fault: Exhausted, If: textSays("insufficientfreeaddresses", "insufficient free addresses"),
		Summary: "no address was free in {subnet|the subnet}",
		Next: "free addresses in {subnet|the subnet}; if the tasks need more, add larger subnets to the network " +
			"configuration of {service|the task}",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InsufficientFreeAddressesInSubnet"},
	{Stage: Agent, Fault: Timeout, If: textSays("agent to start"),
		Summary: "the ECS agent of the container instance did not start in time",
		Next: "restart the agent on the instance (running tasks go on): `sudo systemctl restart ecs`; if it does not " +
			"connect, check its network path to ECS and its instance role in /var/log/ecs/ecs-agent.log",
		Example: "service (web) Timed out waiting for Amazon ECS Agent to start. Please check logs at " +
			"/var/log/ecs/ecs-agent.log."},
	{Stage: Start, Fault: Mismatch, If: textSays("requirement error"),
		Summary: "the GPU or its driver on the instance does not fit the image of {culprit|the container}",
		Next: "use the current ECS GPU-optimized AMI; otherwise build the image for the CUDA version that the " +
			"driver supports",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error running " +
			"hook #0: stderr: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please " +
			"update your driver"},
	{Stage: Placement, Fault: Exhausted, If: waitsInBatch,
		Summary: "the job waits in its queue: AWS Batch gets no capacity for it",
		Next: "let its compute environment use more instance types and Availability Zones; if it is at its limit, " +
			"raise maxvCpus: `aws batch describe-compute-environments --region {region}`",
		Example: `{"jobId":"5b92d089","jobName":"orders","status":"RUNNABLE","statusReason":"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [c5.large]","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/orders:7"}`},
	{Stage: Placement, Fault: Invalid, If: waitsInBatch,
		Summary: "the job waits in its queue: the compute environments of the queue cannot run it as they are",
		Next: "compare what the message names with the queue and its compute environments: `aws batch " +
			"describe-job-queues --region {region}` and `aws batch describe-compute-environments --region {region}`",
		Example: `{"jobId":"5b92d089","jobName":"orders","status":"RUNNABLE","statusReason":"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - The compute environments of the queue have less than the job asks for.","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/orders:7"}`},
	{Stage: Placement, Fault: UnknownFault, If: waitsInBatch,
		Summary: "the job waits in its queue, and AWS Batch does not say why it cannot run there",
		Next: "compare what the job asks for with its queue and compute environments: `aws batch describe-job-queues " +
			"--region {region}` and `aws batch describe-compute-environments --region {region}`",
		Example: `{"jobId":"5b92d089","jobName":"orders","status":"RUNNABLE","statusReason":"UNDETERMINED - Batch cannot tell what is wrong.","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/orders:7"}`},
	{Stage: Placement, Fault: Exhausted, If: launchOverQuota,
		Summary: "could not place the task: an EC2 quota of the account is reached, so no instance can be " +
			"launched",
		Next: "request a higher EC2 vCPU quota (On-Demand or Spot) in Service Quotas in {region|the Region}; " +
			"until then stop instances that nobody needs",
		Example: "ResourceInitializationError: Unable to launch instance(s) for capacity provider shop-nodes. " +
			"VcpuLimitExceeded: more vCPU capacity than allowed"},
	{Stage: Placement, Fault: Exhausted, If: launchingInstances,
		Summary: "could not place the task: EC2 has no capacity for the instances that its capacity provider asks for",
		Next: "allow more instance types, more Availability Zones, or On-Demand beside Spot in the capacity " +
			"provider; a service tries again by itself",
		Example: "(service web) was unable to place a task. Reason: ResourceInitializationError: Unable to launch " +
			"instance(s) for capacity provider web-nodes. "},
	{Stage: Placement, Fault: Exhausted, If: textSays(provisioningWords),
		Summary: "could not place the task: too many tasks of {cluster|the cluster} wait in PROVISIONING (at " +
			"most 500)",
		Next: "find out why capacity is not added: scaling activities of the Auto Scaling group behind the " +
			"capacity provider of {cluster|the cluster}; then start fewer tasks at once",
		Example: "Tasks provisioning capacity limit exceeded."},
	{Stage: Placement, Fault: Invalid, If: providerUnusable,
		Summary: "could not place the task: {cluster|the cluster} cannot use the capacity provider that is asked for",
		Next: "compare capacityProviders of the cluster with those of the call or service: `aws ecs " +
			"describe-clusters --clusters {cluster} --include ATTACHMENTS --region {region}`; associate what is " +
			"missing with put-cluster-capacity-providers, naming the others too, since it replaces the list",
		Example: "RunTask: InvalidParameterException: The specified capacity provider 'shop-spot' was not found. " +
			"Specify a valid name or ARN and try again."},
	{Stage: Placement, Fault: Invalid, If: launchingInstances,
		Summary: "could not place the task: EC2 refuses the launch of instances that the capacity provider asks for",
		Next: "correct what the message names in the launch template of the capacity provider: instance profile, " +
			"subnets, security groups or storage",
		Example: "Unable to launch instance(s) for capacity provider shop-nodes: InvalidParameterValue: the instance " +
			"profile is not valid"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:memory", "insufficient memory"),
		Summary: "could not place the task: no container instance[ of {cluster}] has enough free memory",
		Next: "compare the memory of {service|the task} with remainingResources of the instances; then add " +
			"instances, or lower the memory it reserves",
		Example: "TaskFailedToStart: RESOURCE:MEMORY"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:cpu", "insufficient cpu"),
		Summary: "could not place the task: no container instance[ of {cluster}] has enough free CPU units",
		Next: "compare the CPU units of {service|the task} with remainingResources of the instances; then add " +
			"instances, or lower what it reserves",
		Example: "TaskFailedToStart: RESOURCE:CPU"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:gpu"),
		Summary: "could not place the task: no container instance[ of {cluster}] has enough free GPUs",
		Next: "compare the GPUs of {service|the task} with remainingResources of the instances; then add " +
			"instances with GPUs, or let it ask for fewer",
		Example: "TaskFailedToStart: RESOURCE:GPU"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:ports", "insufficient ports"),
		Summary: "could not place the task: no container instance[ of {cluster}] has its host ports free",
		Next: "set hostPort 0 so that ECS chooses free ports; if the ports must be fixed, add instances: each " +
			"takes one such task",
		Example: "TaskFailedToStart: RESOURCE:PORTS"},
	{Stage: Placement, Fault: Exhausted, If: textSays("resource:eni"),
		Summary: "could not place the task: no container instance[ of {cluster}] has a free network interface",
		Next: "add instances, or use a type with more network interfaces; with the account setting " +
			"awsvpcTrunking new instances take more tasks",
		Example: "TaskFailedToStart: RESOURCE:ENI"},
	{Stage: Placement, Fault: Exhausted, If: textSays("no container instances were found"),
		Summary: "could not place the task: no container instance is active[ in {cluster}]",
		Next: "find the EC2 instances that should be in {cluster|the cluster}: where they run, the log " +
			"of the ECS agent says why they did not register (ECS_CLUSTER, the instance role and its trust policy, " +
			"the network path to ECS); where there are none, the activities of the Auto Scaling group do; if none " +
			"are meant to be, set launch type FARGATE",
		Example: "service orders was unable to place a task because no container instance met all of its " +
			"requirements. Reason: No Container Instances were found in your cluster."},
	{Stage: Placement, Fault: Exhausted, If: all(onFargate, ofAService),
		Summary: "could not place the task: Fargate has no capacity for it right now",
		Next: "nothing if it passes: ECS tries again; otherwise give {service} subnets in more Availability " +
			"Zones, or FARGATE beside FARGATE_SPOT",
		Example: aTask +
			`"launchType":"FARGATE","group":"service:orders","stopCode":"TaskFailedToStart","stoppedReason":"Capacity is unavailable at this time"}`},
	{Stage: Placement, Fault: Exhausted, If: onFargate,
		Summary: "could not place the task: Fargate has no capacity for it right now",
		Next: "start it again in another Availability Zone, or on FARGATE instead of FARGATE_SPOT; otherwise try " +
			"again in some minutes",
		Example: aTask +
			`"launchType":"FARGATE","group":"family:invoices","stopCode":"TaskFailedToStart","stoppedReason":"Capacity is unavailable at this time"}`},
	{Stage: Network, Fault: Exhausted, If: inContainerNetwork,
		Summary: "no address was free in the container network of the host",
		Next: "drain and replace the instance, or restart its ECS agent (running tasks go on); the subnet's " +
			"addresses are not what ran out",
		Example: "CannotStartContainerError: Error response from daemon: failed to create endpoint ecs-web-7 on " +
			"network bridge: adding interface veth77aa to bridge docker0 failed: exchange full"},
	{Stage: Logging, Fault: Unreachable, If: refused,
		Summary: "nothing listens for logs at {remoteIp|{endpoint|the log destination}}",
		Next: "let {culprit|the container} wait for the log router (dependsOn with condition START or HEALTHY); " +
			"if it does, correct the address in its logConfiguration",
		Example: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial " +
			"tcp 127.0.0.1:24224: connect: connection refused"},
	{Fault: Unreachable, If: refused, Next: "check that something listens on {endpoint|{remoteIp|the address}}; " +
		"if it does, look for a proxy in between: routes and security groups drop, they do not refuse",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection refused'"},
	{Stage: RegistryAuth, Fault: Unreachable,
		Summary: "could not reach {endpoint|the registry's API} to log in to the registry",
		Next:    wayOut + " or for ECR the VPC endpoints ecr.api, ecr.dkr and S3" + orFilters,
		Example: "ResourceInitializationError: pull command failed: unable to pull secrets or registry auth Check " +
			"your task network configuration."},
	{Stage: RegistryAuth, Fault: Denied, Summary: "could not log in to {registry|the registry}: the login was " +
		"refused[: {role} may not call {action}][: the {deniedBy} does not allow it]",
		Next: "allow {action|the registry's login} for {role|the execution role}",
		Example: "CannotPullECRContainerError: AccessDeniedException: User: " +
			"arn:aws:sts::210987654321:assumed-role/nodes/i-0a1b2c3d4e5f60718 is not authorized to perform: " +
			"ecr:GetAuthorizationToken on resource: *"},
	{Stage: RegistryAuth, Fault: NotFound,
		Summary: "could not log in to {registry|the registry}: no credentials for it",
		Next: "set repositoryCredentials in {theDefinition|the task definition} and check that their " +
			"secret exists; for ECR set executionRoleArn",
		Example: "CannotPullContainerError: asm fetching secret from the service for registry-login: " +
			"InvalidRequestException: You can't perform this operation on the secret because it was marked for " +
			"deletion."},
	{Stage: RegistryAuth, Fault: UnknownFault,
		Summary: "could not log in to the registry or fetch a secret; the event does not say which, nor why",
		Next: wayOut +
			" or for ECR the VPC endpoints ecr.api, ecr.dkr and S3; if there is a way out, check the execution " +
			"role; a text that was cut off is whole for an hour: `aws ecs describe-tasks --cluster {cluster} --tasks " +
			"{taskId} --region {region}`",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth"},
	{Stage: Image, Fault: Unreachable, If: byRule("fault/context-canceled"),
		Summary: "the pull of {image|the image} was cancelled, as it is without a network path to {endpoint|its " +
			"registry}, or in passing",
		Next: "start the task again unless its service did: when many pull at once, a pull is cancelled in passing; " +
			"if it repeats, " + wayOut + " or for ECR the VPC endpoints ecr.api, ecr.dkr and S3" + orFilters,
		Example: "CannotPullContainerError: context canceled"},
	{Stage: Image, Fault: Unreachable, If: layersAlone,
		Next: "add an S3 gateway endpoint to the route table of {from}: ECR answered, and only the layers, which are " +
			"in S3, did not come; if it is there, allow TCP 443 to S3 in the security group and the network ACL",
		Example: "CannotPullContainerError: failed to copy: httpReadSeeker: failed open: failed to do request: Get " +
			"\"https://prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com/77aa/210987654321.dkr.ecr.eu-north-1.amazonaws.com\": " +
			"dial tcp 52.95.170.44:443: i/o timeout"},
	{Stage: Image, Fault: Unreachable,
		Summary: "could not pull {image|the image}: no network path to {endpoint|its registry}",
		Next:    wayOut + " or for ECR the VPC endpoints ecr.api, ecr.dkr and S3" + orFilters,
		Example: "CannotPullContainerError: ref pull has been retried 2 time(s): failed to do request: dial tcp " +
			"13.48.9.21:443: i/o timeout"},
	{Stage: Image, Fault: UnknownFault, If: byHub,
		Next: "read the whole text within an hour of the stop: `aws ecs describe-tasks --cluster {cluster} --tasks " +
			"{taskId} --region {region}`; if it is cut off there too, take it for Docker Hub's limit of anonymous " +
			"pulls: log in with repositoryCredentials, or pull from ECR Public or an ECR pull-through cache",
		Example: "CannotPullContainerError: inspect image has been retried 4 time(s): httpReaderSeeker: failed open: " +
			"unexpected status code https://registry-1.docker.io/v2/library/redis/manifests/7"},
	{Stage: Image, Fault: Denied, If: all(registryUnknown, ofJob),
		Next: "see first which image it is: `aws batch describe-job-definitions --job-definitions {jobDefinition} " +
			"--region {region}`; " + allowOrLogIn,
		Example: `{"detail-type":"Batch Job State Change","region":"eu-north-1","detail":{"jobId":"0d1c9a5e","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/report:3","status":"FAILED","statusReason":"Task failed to start","container":{"reason":"CannotPullImageManifestError: Error response from daemon: errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required"}}}`},
	{Stage: Image, Fault: Denied, If: registryUnknown,
		Next: "see first which image it is: `aws ecs describe-task-definition --task-definition {taskDefinition} " +
			"--region {region}`; " + allowOrLogIn,
		Example: "CannotPullContainerError: access denied ..."},
	{Stage: Image, Fault: Denied,
		Summary: "not allowed to pull {image|the image}[: {role} may not call {action}][: the {deniedBy} does not " +
			"allow it]",
		Next: "allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository for {role|the execution " +
			"role}; if it is in another account, its repository policy must allow them too",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"998877665544.dkr.ecr.eu-north-1.amazonaws.com/web:1: 403 Forbidden"},
	{Stage: Image, Fault: NotFound, If: unqualified,
		Summary: "{image|the image} does not exist in Docker Hub, where a name without a registry is looked up",
		Next: "if the image is in ECR, name it whole in the task definition: " +
			"{ecrHost|ACCOUNT.dkr.ecr.REGION.amazonaws.com}/{imageName|NAME:TAG}; if it is in Docker Hub, correct " +
			"its name or tag, and for a private one set repositoryCredentials",
		Example: "CannotPullContainerError: Error response from daemon: manifest for orders-api:7 not found: " +
			"manifest unknown: manifest unknown"},
	{Stage: Image, Fault: NotFound, If: pinned,
		Next: "deploy {service|the task} again, so that ECS takes the image that the tag names now; if the tag is " +
			"gone too, push the image again; then let the repository's lifecycle policy keep what is deployed",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/web:live@sha256:" +
			"77bb00112233445566778899aabbccddeeff00112233445566778899aabbccdd: not found"},
	{Stage: Image, Fault: NotFound, Summary: "{image|the image} does not exist in its registry",
		Next: "list the tags of the repository and deploy one that exists, or push the image again; if it was " +
			"there before, check the repository's lifecycle policy",
		Example: "CannotPullContainerError: not found"},
	{Stage: Image, Fault: RateLimited,
		Summary: "{registry|the registry} throttled the pull of {image|the image}: too many requests",
		Next: "log in to {registry|the registry} with repositoryCredentials; to depend less on its limit, use an " +
			"ECR pull-through cache",
		Example: "CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: 429 Too Many Requests - " +
			"toomanyrequests: You have reached your pull rate limit"},
	{Stage: Image, Fault: Mismatch, Summary: "{image|the image} has no variant for the task's platform[ {platform}]",
		Next: "build the image for {platform|the task's CPU architecture}, or change runtimePlatform in " +
			"{theDefinition|the task definition}",
		Example: "CannotPullContainerError: no processor for media-type: unknown"},
	{Stage: Image, Fault: Exhausted, Summary: "could not pull {image|the image}: no space left on the disk",
		Next: "[{onInstance} see which volume is full and how large it is: give the instances a larger " +
			"one, or free it of unused images and containers][{onFargate} raise ephemeralStorage in " +
			"{theDefinition|the task definition} (at most 200 GiB)]; otherwise make the image smaller",
		Example: "CannotPullContainerError: failed to extract layer sha256:77bb: disk quota exceeded"},
	{Stage: Image, Fault: Invalid, Summary: "the image reference[ \"{image}\"] is not valid",
		Next: "correct image of container {culprit|in the task definition} in " +
			"{theDefinition|the task definition}, and deploy the new revision",
		Example: "CannotPullContainerError: invalid reference format"},
	{Stage: Secret, Fault: Unreachable,
		Summary: "could not reach {endpoint|Secrets Manager or Parameter Store} to fetch {secrets|a secret}",
		Next:    wayOut + " or the VPC endpoint of {endpoint|the service}" + orFilters,
		Example: "ResourceInitializationError: The task can't pull secrets from AWS Secrets Manager. There is a " +
			"connection issue between the task and Secrets Manager."},
	{Stage: Secret, Fault: Denied, Summary: "{role|the execution role} may not read {secrets|a secret or parameter}[ " +
		"({action} {action:was/were} denied)][: the {deniedBy} does not allow it]",
		Next: "allow {action|secretsmanager:GetSecretValue or ssm:GetParameters} on {secrets|the secret} for " +
			"{role|the execution role}; with a customer managed key also allow kms:Decrypt",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123"},
	{Stage: Secret, Fault: NotFound,
		Summary: "no such secret or parameter in {region|the Region}, or no such version of it[: {secrets}]",
		Next: "compare name, version and Region in valueFrom of {theDefinition|the task definition} " +
			"with the secrets and parameters that exist",
		Example: "DockerClientConfigError: missing secret value for secret DB_PASSWORD"},
	{Stage: Secret, Fault: Invalid,
		Summary: "{secrets|a secret} cannot be read as valueFrom asks[: {secrets:it has/they have} no " +
			"JSON key {jsonKey}]",
		Next: "correct valueFrom in {theDefinition|the task definition}[, or add the key {jsonKey} to " +
			"the secret]",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: retrieved secret from Secrets Manager did not contain json key password"},
	{Stage: Secret, Fault: UnknownFault,
		Next: "read the whole text within an hour of the stop: `aws ecs describe-tasks --cluster {cluster} --tasks " +
			"{taskId} --region {region}`; otherwise check first the route from {from} to the service, then that " +
			"{role|the execution role} may read the secret, then that it exists",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm"},
	{Stage: EnvFile, Fault: Unreachable,
		Summary: "could not reach {endpoint|S3} to download an environment file",
		Next:    wayOut + " or an S3 gateway endpoint" + orFilters,
		Example: "ResourceInitializationError: failed to download env files: file download command: non-empty error " +
			"stream: RequestCanceled: request context canceled caused by: context deadline exceeded"},
	{Stage: EnvFile, Fault: NotFound, Summary: "could not download the environment file[ {path}]: it does not " +
		"exist",
		Next: "correct environmentFiles in {theDefinition|the task definition}; if they are right, " +
			"upload the file to that bucket and key",
		Example: "ResourceInitializationError: failed to download env files: file download command: NoSuchKey: The " +
			"specified key does not exist."},
	{Stage: EnvFile, Fault: Denied, Summary: "S3 refused the environment file[ {path}]: no permission, or no " +
		"such file",
		Next: "allow s3:GetObject on the file and s3:GetBucketLocation on its bucket for {role|the execution " +
			"role}; if both are allowed, check that the file exists",
		Example: "Unable to download env file with key prod/app.env from bucket orders-config, error: AccessDenied: " +
			"Access Denied status code: 403"},
	{Stage: Logging, Fault: Unreachable,
		Summary: "could not reach {endpoint|{remoteIp|the log destination}} to open the log stream",
		Next:    wayOut + " or for CloudWatch Logs the VPC endpoint logs" + orFilters,
		Example: "ResourceInitializationError: failed to validate logger args: : signal: killed"},
	{Stage: Logging, Fault: Denied, Summary: "{role|the execution role} may not open the log stream[: {action} " +
		"{action:was/were} denied][: the {deniedBy} does not allow it]",
		Next: "allow {action|logs:CreateLogStream and logs:PutLogEvents} on {resource|the log group} for " +
			"{role|the execution role}",
		Example: "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log " +
			"group: AccessDeniedException: User is not authorized to perform: logs:CreateLogGroup"},
	{Stage: Logging, Fault: NotFound, Summary: "the log group[ {logGroup}] does not exist",
		Next: "create the log group[ {logGroup}] in the Region of awslogs-region; otherwise correct " +
			"awslogs-group, or set awslogs-create-group and allow logs:CreateLogGroup",
		Example: "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log " +
			"stream: ResourceNotFoundException"},
	{Stage: Logging, Fault: Invalid, Summary: "the log driver[ {logDriver}] refuses its options",
		Next: "correct the option that the message names in logConfiguration of {culprit|the container} in " +
			"{theDefinition|the task definition}",
		Example: "ResourceInitializationError: failed to validate logger args: unknown log opt 'awslogs-retention' " +
			"for awslogs log driver"},
	{Stage: Runtime, Fault: OOM, Summary: "{culprit|a container} ran out of memory[ (limit {memory})][ after {ran}]",
		Next: "raise the memory of {culprit|the container}; if its use keeps growing, look for a leak, and " +
			"compare with the last healthy revision of {family|the task definition}",
		Example: "OutOfMemoryError: Container killed due to memory usage"},
	{Stage: Runtime, Fault: Crashed, Summary: failedWith,
		Next: "read the last log lines of {culprit|the container}[ in task {taskId}]",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":1}]}`},
	{Stage: Runtime, Fault: Killed, If: all(bySIGKILL, (*view).OnInstance),
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
		Next: "read the last log lines of {culprit|the container} if it should keep running; if it is meant to " +
			"end, name it in the option endingContainers",
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
		Next: "find out what made the job slow; if it needs the time, raise attemptDurationSeconds in its " +
			"timeout",
		Example: "Job attempt duration exceeded timeout"},
	{Stage: Runtime, Fault: UnknownFault, Summary: "an essential container ended[ after {ran}]; ECS did not " +
		"record its exit code",
		Next: "read the last log lines of {culprit|the container}[ in task {taskId}]; when they end in mid-work, " +
			"find out whether other tasks of {cluster|the cluster} stopped at that minute",
		Example: aTask +
			`"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app"}]}`},
	{Stage: HealthCheck, Fault: NotFound,
		Summary: "the target {targetGroups:group/groups}[ {targetGroups}] of {service|the service} " +
			"{targetGroups:does/do} not exist, or the task is no target there",
		Next: "compare loadBalancers of {service|the service} with the target groups that exist, and attach it " +
			"to one that does",
		Example: "(service web, taskSet ecs-svc/1) task set (ecs-svc/1) (task 77) is not healthy in target-group " +
			"(web) due to TARGET GROUP IS NOT FOUND."},
	{Stage: HealthCheck, Fault: Invalid, Summary: "ECS cannot register the tasks of {service|the service} with " +
		"target {targetGroups:group/groups}[ {targetGroups}]: they do not fit",
		Next: "use a target group in the VPC of the tasks, with target type ip for awsvpc (instance otherwise), " +
			"attached to a load balancer",
		Example: aService +
			`(service orders) failed to register targets in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) with (error The following targets are not in the target group VPC 'vpc-0a1b2c3d')"}]}]}`},
	{Stage: HealthCheck, Fault: UnknownFault, If: registeringTargets,
		Summary: "ECS could not use the target {targetGroups:group/groups}[ {targetGroups}] of {service|the service}",
		Next:    "read the error in the message: it is the answer of Elastic Load Balancing",
		Example: aService +
			`(service orders) failed to deregister targets in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)"}]}]}`},
	{Stage: HealthCheck, Fault: UnknownFault,
		Summary: "ECS could not find out whether the tasks of {service|the service} are healthy",
		Next: "check that the service-linked role AWSServiceRoleForECS exists and may call elasticloadbalancing; " +
			"if it repeats, open a support case",
		Example: "TARGET_HEALTH_UNKNOWN"},
	{Stage: HealthCheck, Fault: Unhealthy, If: probeRefused,
		Summary: "the load balancer found the task unhealthy[ in {targetGroups}][ after {ran}]: the application " +
			"refuses the check[: {probe}]",
		Next: "correct path, port or protocol of the health check so that the application answers it with success, " +
			"without a login and with the task's address as Host; otherwise add the code to the matcher",
		Example: aService +
			`(service orders) (port 8443) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) due to (reason Health checks failed with these codes: [400])."}]}]}`},
	{Stage: HealthCheck, Fault: Unhealthy, If: all(onLoadBalancer, probeFailed),
		Summary: "the load balancer found the task unhealthy[ in {targetGroups}][ after {ran}]: {probe}",
		Next: "read the application's log at that minute, then send it the health check's request from inside the " +
			"VPC: it answers with an error of its own; if it was still starting, raise the grace period of " +
			"{service|the service}",
		Example: aService +
			`(service orders) (port 8443) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) due to (reason Health checks failed with these codes: [502])."}]}]}`},
	{Stage: HealthCheck, Fault: Unhealthy, If: all(onLoadBalancer, probeSaid),
		Summary: "the load balancer found the task unhealthy[ in {targetGroups}][ after {ran}]: {probe}",
		Next: "compare path and port of the target group's health check with what the application serves, and send " +
			"that request to a running task from inside the VPC; a timeout points to the security group, the port or " +
			"a slow application",
		Example: aService +
			`(service orders) (port 8443) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) due to (reason Health checks failed)."}]}]}`},
	{Stage: HealthCheck, Fault: Unhealthy, If: onLoadBalancer,
		Summary: "the load balancer found the task unhealthy[ in {targetGroups}][ after {ran}]; the event does " +
			"not say why",
		Next: "compare path, port and success codes of the target group's health check with what the application " +
			"serves, and send that request to a running task from inside the VPC; if it is answered well, compare " +
			"the time the application needs to start with the grace period of {service|the service}",
		Example: "Task failed ELB health checks in target group"},
	{Stage: HealthCheck, Fault: Unhealthy, If: func(v *view) bool { return v.Culprit < 0 },
		Summary: "a container failed its container health check[ after {ran}]; the event does not say which, nor why",
		Next: "run the healthCheck commands of {theDefinition|the task definition} inside the running " +
			"containers: what they call, such as curl, must be in the image; if they succeed, compare startPeriod " +
			"with the time the applications need to start",
		Example: aTask +
			`"group":"service:orders","stopCode":"ServiceSchedulerInitiated","stoppedReason":"Task failed container health checks","containers":[{"name":"app"},{"name":"proxy"}]}`},
	{Stage: HealthCheck, Fault: Unhealthy, If: ofProxy,
		Summary: "the Service Connect proxy {culprit} failed its container health check[ after {ran}]; the event " +
			"does not say why",
		Next: "[{onInstance} see whether other tasks with Service Connect fail there too: then drain and replace the " +
			"instance, whose ECS agent runs the proxies; ][{onFargate} start the task again; ]if it repeats, compare " +
			"serviceConnectConfiguration of {service|the service} with the last one that worked",
		Example: aTask +
			`"launchType":"EC2","group":"service:orders","stopCode":"ServiceSchedulerInitiated","stoppedReason":"Task failed container health checks","containers":[{"name":"app","healthStatus":"HEALTHY"},{"name":"ecs-service-connect-7x2","healthStatus":"UNHEALTHY"}]}`},
	{Stage: HealthCheck, Fault: Unhealthy,
		Summary: "{culprit|a container} failed its container health check[ after {ran}]; the event does not say why",
		Next: "run the healthCheck command of {theDefinition|the task definition} inside a running " +
			"container: what it calls, such as curl, must be in the image; if it succeeds, compare startPeriod with " +
			"the time the application needs to start",
		Example: "Task failed container health checks"},
	{Stage: Host, Fault: Lost, If: ofInstance,
		Summary: "the agent of container instance {containerInstance}[ ({instanceId})] is disconnected[: " +
			"{healthReason}], so ECS can neither start nor stop tasks on it; the event does not say why",
		Next: "look at the instance: whether it runs, whether the ECS agent runs on it, and whether it reaches ECS's " +
			"endpoints",
		Example: `{"detail-type":"ECS Container Instance Health Change","detail":{"containerInstanceArn":"arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/0a4c8e2f6b1d49f7a3e5c7091b2d3f45","overallStatus":"IMPAIRED","healthChecks":[{"type":"AGENT_CONNECTIVITY","status":"IMPAIRED"}]}}`},
	{Stage: Host, Fault: Internal, If: ofInstance,
		Summary: "container instance {containerInstance}[ ({instanceId})] is impaired: its {healthCheck|health} " +
			"check fails[: {healthReason}]",
		Next:    "drain the instance and replace it; tasks that stop on it from now on may stop for this reason",
		Example: `{"detail-type":"ECS Container Instance Health Change","detail":{"containerInstanceArn":"arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/0a4c8e2f6b1d49f7a3e5c7091b2d3f45","overallStatus":"IMPAIRED","healthChecks":[{"type":"ACCELERATED_COMPUTE","status":"IMPAIRED","statusReason":"XID_46"}]}}`},
	{Stage: Host, Fault: UnknownFault, If: instanceWell,
		Summary: "container instance {containerInstance}[ ({instanceId})] is well again",
		Next:    "nothing",
		Example: `{"detail-type":"ECS Container Instance Health Change","detail":{"containerInstanceArn":"arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/0a4c8e2f6b1d49f7a3e5c7091b2d3f45","overallStatus":"OK"}}`},
	{Stage: Host, Fault: Interrupted, If: ofAService,
		Next: "nothing: ECS starts another task; when interruptions hurt, run a base of tasks on On-Demand capacity",
		Example: aTask +
			`"group":"service:orders","stopCode":"SpotInterruption","stoppedReason":"Your Spot Task was interrupted."}`},
	{Stage: Host, Fault: Interrupted, If: alone,
		Next: "start it again: its work is lost; when it must not be interrupted, run it on On-Demand capacity",
		Example: aTask +
			`"group":"family:invoices","stopCode":"SpotInterruption","stoppedReason":"Your Spot Task was interrupted."}`},
	{Stage: Host, Fault: Interrupted, Summary: "Spot capacity was reclaimed",
		Next:    "nothing if a service replaces the task; otherwise start it again: its work is lost",
		Example: aTask + `"stoppedReason":"Your Spot Task was interrupted."}`},
	{Stage: Host, Fault: Retired, If: ofAService,
		Next:    "nothing: ECS starts another task",
		Example: aTask + `"group":"service:orders","stoppedReason":"Task stopped during instance draining"}`},
	{Stage: Host, Fault: Retired, If: alone,
		Next:    "start it again: nothing else does, and its work is lost",
		Example: aTask + `"group":"family:invoices","stoppedReason":"Task stopped during instance draining"}`},
	{Stage: Host, Fault: Retired, Summary: "the host under the task is being retired, by AWS or by an operator",
		Next:    "nothing if a service replaces the task; otherwise start it again: its work is lost",
		Example: aTask + `"stoppedReason":"Task stopped during instance draining"}`},
	{Stage: Host, Fault: Lost, If: all(byRule("code/infrastructure-health"), fargateTask),
		Summary: "ECS judged the infrastructure under the task unhealthy; the event does not say what failed",
		Next: "start the task again if no service does; if it repeats, look at AWS Health and open a support " +
			"case with the task's ARN",
		Example: aTask + `"launchType":"FARGATE","stopCode":"InfrastructureHealth","containers":[{"name":"app"}]}`},
	{Stage: Host, Fault: Lost, If: byRule("code/infrastructure-health"),
		Summary: "ECS judged the infrastructure under the task unhealthy; the event does not say what failed",
		Next: "look at the status checks of {instanceId|the instance} and replace it when they fail; start the " +
			"task again if no service does",
		Example: aTask + `"stopCode":"InfrastructureHealth","containers":[{"name":"app"}]}`},
	{Stage: Host, Fault: Lost, If: ofJob,
		Next: "submit the job again unless its retryStrategy did; if {instanceId|the instance} was Spot capacity, " +
			"give the job more attempts or an On-Demand compute environment",
		Example: `{"detail-type":"Batch Job State Change","region":"eu-north-1","detail":{"jobId":"0d1c9a5e","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/report:3","status":"FAILED","statusReason":"Host EC2 (instance i-0c1d2e3f405162738) terminated."}}`},
	{Stage: Host, Fault: Lost, Summary: "the host under the task is gone[: {instanceId}]; the event does not say " +
		"what ended it",
		Next: "find out what ended {instanceId|the instance}: look at Auto Scaling activity first, then Spot, " +
			"then CloudTrail for an operator",
		Example: "Host EC2 (instance i-0c1d2e3f405162738) stopped."},
	{Stage: Host, Fault: UnknownFault, Summary: "the host under the task was told to terminate; the event does " +
		"not say by whom",
		Next: "find out what ended the instance: look at Auto Scaling activity first, then Spot, then " +
			"CloudTrail for an operator",
		Example: aTask + `"stopCode":"TerminationNotice","containers":[{"name":"app"}]}`},
	{Stage: Scheduler, Fault: ScaledIn,
		Summary: "ECS stopped the task: the service scaled in, or a deployment replaced the task[ ({deployment})]",
		Next:    "nothing",
		Example: "Scaling activity initiated by (deployment ecs-svc/4242)"},
	{Stage: Scheduler, Fault: Replaced, Summary: "ECS replaced the task[ ({deployment})]",
		Next:    "nothing",
		Example: "Availability-zone rebalancing initiated by (deployment ecs-svc/5550001112223334445)"},
	{Stage: Scheduler, Fault: Waiting,
		Summary: "a deployment of {service|the service} waits for an answer to its {hook|hook}[ until {expiresAt}]; " +
			"without one ECS then {timeoutAction}",
		Next: "look at the new revision, then answer the hook with CONTINUE or ROLLBACK; see which " +
			"deployment waits: `aws ecs list-service-deployments --cluster {cluster} --service {service} " +
			"--region {region}`",
		Example: `{"detail-type":"ECS Hook State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:service-deployment/shop/orders/NdLw8kYqPzR2mUb5oTcXh"],"detail":{"eventType":"INFO","eventName":"HOOK_AWAITING_ACTION","hookId":"review","hookType":"PAUSE"}}`},
	{Stage: Scheduler, Fault: RolledBack, If: pauseRefused,
		Summary: "a deployment of {service|the service} is rolled back: its {hook|hook} was answered with ROLLBACK",
		Next:    "ask who answered it; CloudTrail names the caller",
		Example: `{"detail-type":"ECS Hook State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:service-deployment/shop/orders/NdLw8kYqPzR2mUb5oTcXh"],"detail":{"eventType":"ERROR","eventName":"HOOK_FAILED","hookId":"review","hookType":"PAUSE"}}`},
	{Stage: Scheduler, Fault: RolledBack, If: ofHook,
		Summary: "a deployment of {service|the service} is rolled back: its {hook|hook} failed",
		Next:    "read the log of the hook's Lambda function, which must return hookStatus SUCCEEDED",
		Example: `{"detail-type":"ECS Hook State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:service-deployment/shop/orders/NdLw8kYqPzR2mUb5oTcXh"],"detail":{"eventType":"ERROR","eventName":"HOOK_FAILED","hookId":"smoke","hookType":"AWS_LAMBDA"}}`},
	{Stage: Scheduler, Fault: RolledBack, If: byAlarm,
		Summary: "a deployment of {service|the service} failed: a CloudWatch alarm that it watches went off",
		Next: "look at what the alarm measures since the deployment began; then explain its failed tasks, if any: " +
			"`whystopped history --from logs: --since all --deployment {deploymentId|{deployment}} --region " +
			"{region}`",
		Example: "(service web) (deployment ecs-svc/8830145567712094413) deployment failed: alarm detected."},
	{Stage: Scheduler, Fault: RolledBack, If: byHook, Summary: "a deployment of {service|the service} was rolled " +
		"back because a lifecycle hook failed[: {role} may not call {action}][ on {resource}]",
		Next: "read the log of the hook's Lambda function, which must return hookStatus SUCCEEDED; if it was " +
			"never called, check that {role|its role} may call {action|it}",
		Example: "Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) failed."},
	{Stage: Scheduler, Fault: RolledBack, If: byListener, Summary: "a deployment of {service|the service} was " +
		"rolled back: listener rules, target groups and role do not fit a blue/green deployment",
		Next: "correct what the message names in the load balancer configuration of {service|the service}: both " +
			"target groups in the listener rule, traffic to one of them, and {role|the infrastructure role} " +
			"allowed to change the listeners",
		Example: "Service deployment rolled back because of invalid networking configuration."},
	{Stage: Scheduler, Fault: RolledBack, If: ofServiceDeployment,
		Summary: "a deployment of {service|the service} failed: {tasksFailed}",
		Next: "explain the deployment's first failed task, the cause is there: `whystopped why --cluster {cluster} " +
			"--service {service} --from logs:{since} --region {region}`" + orListed,
		Example: `{"serviceDeploymentArn":"arn:aws:ecs:eu-north-1:210987654321:service-deployment/shop/orders/NdLw8kYqPzR2mUb5oTcXh","serviceArn":"arn:aws:ecs:eu-north-1:210987654321:service/shop/orders","status":"ROLLBACK_SUCCESSFUL"}`},
	{Stage: Scheduler, Fault: RolledBack, If: rollingBack,
		Summary: "a deployment of {service|the service} failed, and ECS rolls back to {deployment|the one before " +
			"it}",
		Next: "explain the first failed task of the deployment that failed, not of {deployment|the one before it}: " +
			"`whystopped why --cluster {cluster} --service {service} --from logs:{since} --region {region}`",
		Example: "(service web) rolling back to deployment ecs-svc/5550001112223334445."},
	{Stage: Scheduler, Fault: RolledBack, If: ofService,
		Summary: "a deployment of {service|the service} failed: {tasksFailed}",
		Next: "explain the deployment's first failed task, the cause is there: `whystopped history --from logs: " +
			"--since all --deployment {deploymentId|{deployment}} --region {region}`" + orListed,
		Example: `{"detail-type":"ECS Deployment State Change","resources":["arn:aws:ecs:eu-north-1:210987654321:service/shop/orders"],"detail":{"eventType":"ERROR","eventName":"SERVICE_DEPLOYMENT_FAILED","deploymentId":"ecs-svc/5550001112223334445","reason":"ECS deployment circuit breaker: tasks failed to start."}}`},
	{Stage: Scheduler, Fault: RolledBack, Summary: "the deployment of this task failed, and the circuit breaker " +
		"rolled it back",
		Next: "explain the deployment's first failed task, the cause is there: `whystopped history --from logs: " +
			"--since all --deployment {deploymentId|{deployment}} --region {region}`",
		Example: "Deployment rolled back"},
	{Stage: Scheduler, Fault: RateLimited,
		Summary: "calls that ECS makes for {service|the service} are throttled; ECS tries them again",
		Next: "nothing if it passes; if it lasts, change fewer services at once, or request higher API rates of " +
			"Cloud Map or Elastic Load Balancing in Service Quotas",
		Example: "(service orders) operations are being throttled on elb. Will try again later."},
	{Stage: Scheduler, Fault: Invalid, Summary: "a deployment of {service|the service} cannot go on: " +
		"minimumHealthyPercent and maximumPercent allow neither a stop nor a start",
		Next: "raise maximumPercent of {service|the service} so that one task more than desired may start; if " +
			"there is no room for it, lower minimumHealthyPercent",
		Example: "service orders was unable to stop or start tasks during a deployment because of the service " +
			"deployment configuration."},
	{Stage: Scheduler, Fault: UnknownFault, If: routine,
		Summary: "{service|the service} reports normal activity",
		Next:    "nothing",
		Example: aService + `(service orders) has reached a steady state."}]}]}`},
	{Stage: Scheduler, Fault: UnknownFault, If: textSays("protected", "under protection"),
		Summary: "{service|the service} cannot scale in: its tasks have scale-in protection",
		Next: "wait until the protection expires, or end it now (the tasks may then be stopped in mid-work): `aws " +
			"ecs update-task-protection --cluster {cluster} --tasks {protectedTask} --no-protection-enabled --region " +
			"{region}`",
		Example: "(service web) was unable to reach steady state because (taskSet ecs-svc/12) was unable to scale in " +
			"due to (reason 4 tasks under protection)"},
	{Stage: Scheduler, Fault: UnknownFault, If: ofService,
		Summary: "{service|the service} could not complete an action; the message says which",
		Next:    "read the message and the other events of {service|the service} at that minute",
		Example: aService + `(service orders) was unable to scale in."}]}]}`},
	{Stage: Scheduler, Fault: UnknownFault,
		Summary: "the service scheduler stopped the task; the event does not say why",
		Next:    "read the events of {service|the task's service} at that minute",
		Example: aTask + `"stopCode":"ServiceSchedulerInitiated","containers":[{"name":"app","exitCode":0}]}`},
	{Stage: User, Fault: Requested, If: guardrail,
		Summary: "a rule of your own organization stopped the task: {reason|it broke a policy}",
		Next: "correct what it names in {theDefinition|the task definition}, or ask the owner of the " +
			"rule for an exception: the next task like it is stopped too, by {calledBy|whoever StopTask in " +
			"CloudTrail names at that minute}",
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
	{Stage: Placement, Fault: Exhausted, Summary: "could not place the task: nothing had room for it",
		Next: "look at the scaling activities of the Auto Scaling group or capacity provider of {cluster|the " +
			"cluster}; otherwise let {service|the task} ask for less CPU, memory or ports",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","createdAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T03:31:00Z","containers":[]}`},
	{Stage: Start, Fault: Mismatch, If: textSays("exec format error"), Summary: "could not start {culprit|the " +
		"container}: {path|its program} is built for another CPU architecture, or is a script without a #! line",
		Next: "build the image for the cpuArchitecture in runtimePlatform of " +
			"{theDefinition|the task definition} (X86_64 if there is none); if it is a script, begin it with its " +
			"interpreter, such as " +
			"#!/bin/sh",
		Example: "CannotStartContainerError: exec /srv/run.sh: exec format error"},
	{Stage: Start, Fault: Mismatch, Summary: "could not start {culprit|the container}: its program is built for " +
		"another platform",
		Next: "build the image for the operating system and CPU architecture in runtimePlatform of " +
			"{theDefinition|the task definition}",
		Example: "CannotStartContainerError: Error response from daemon: hcsshim::CreateComputeSystem 7aa1: The " +
			"container operating system does not match the host operating system."},
	{Stage: Start, Fault: NotFound, If: oddExecutable,
		Summary: "could not start {culprit|the container}: ECS took \"{path}\" for the name of one program",
		Next: "write entryPoint and command in {theDefinition|the task definition} as lists with one " +
			"word per element: [\"node\", \"server.js\"]",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec: \"node server.js --port 80\": executable file not found in $PATH"},
	{Stage: Start, Fault: NotFound,
		Summary: "could not start {culprit|the container}: {path|what it should run} does not exist in the image",
		Next: "compare {words|entryPoint and command} in {theDefinition|the task definition} with the files " +
			"in the image; if the file is there, look which volume is mounted over its directory",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec: \"serve\": executable file not found in $PATH"},
	{Stage: Start, Fault: Denied, If: windowsTask,
		Next: "let the user of the container read and run {path|the program} in the image, then push it again",
		Example: "CannotStartContainerError: Error response from daemon: container 77aa encountered an error during " +
			"hcs::System::CreateProcess: run.exe: failure in a Windows system call: Permission denied. (0x5)"},
	{Stage: Start, Fault: Denied,
		Summary: "could not start {culprit|the container}: {path|its program} is not executable",
		Next:    "make {path|the program} executable in the image (chmod +x), push it and deploy it",
		Example: "CannotStartContainerError: exec: \"/run.sh\": permission denied"},
	{Stage: Start, Fault: Invalid, Summary: "could not start {culprit|the container}: its definition has a " +
		"mount, working directory or option that does not work[: {path}]",
		Next: "correct the mount point, working directory or option that the message names in " +
			"{theDefinition|the task definition}",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error mounting " +
			"\"/var/run/docker.sock\" to rootfs at \"/var/run/docker.sock\": not a directory"},
	{Stage: Create, Fault: Conflict,
		Summary: "could not create {culprit|the container}: its name or device is already in use on the instance",
		Next: "look on the instance whether the old container still runs: `docker ps -a`; if it has stopped, remove " +
			"it (its files are lost)",
		Example: "CannotCreateContainerError: Error response from daemon: network sandbox already exists"},
	{Stage: Create, Fault: Invalid, Summary: "could not create {culprit|the container}: its definition is not valid",
		Next: "correct what the message names in container {culprit|of the task} of " +
			"{theDefinition|the task definition}",
		Example: "Invalid credentialspec file specification"},
	{Stage: Create, Fault: Denied,
		Summary: "could not create {culprit|the container}: no access to a file or volume on the instance",
		Next:    "correct owner and mode of the path that the message names",
		Example: "CannotCreateContainerError: Error response from daemon: mkdir /srv/data: permission denied"},
	{Stage: Create, Fault: UnknownFault, If: func(v *view) bool { return v.LaunchType == "FARGATE" },
		Summary: "could not create {culprit|the container}; the event does not say why",
		Next: "start the task again; if it repeats, compare {culprit|the container} in " +
			"{theDefinition|the task definition} with the last revision that ran, then open a support case",
		Example: aTask +
			`"launchType":"FARGATE","stopCode":"TaskFailedToStart","stoppedReason":"CannotCreateContainerError: failed to create container"}`},
	{Stage: Create, Fault: UnknownFault,
		Summary: "could not create {culprit|the container}; the event does not say why",
		Next:    "read the Docker and ECS agent logs of the instance at that minute",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotCreateContainerError: failed to create container"}`},
	{Stage: Start, Fault: UnknownFault, Summary: "{culprit|a container} did not start; the event does not say why",
		Next: "read the first log lines of {culprit|the container}; if there are none, run its image with the " +
			"same command by hand",
		Example: "CannotStartContainerError: failed to get container status"},
	{Stage: Start, Fault: Conflict, If: fargateTask,
		Next: "let the containers of {theDefinition|the task definition} listen on different ports: " +
			"they share one network interface",
		Example: "CannotStartContainerError: listen tcp 0.0.0.0:80: bind: address already in use"},
	{Stage: Start, Fault: Conflict,
		Summary: "could not start {culprit|the container}: host port[ {port}] is already taken",
		Next: "set hostPort 0 so that ECS chooses a free port; if the port must be fixed, place one task per " +
			"instance",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotStartContainerError: listen tcp 0.0.0.0:80: bind: address already in use"}`},
	{Stage: Role, Fault: Denied, If: serviceRoleSaid,
		Summary: "ECS could not assume its service-linked role",
		Next: "create the role: `aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com --region " +
			"{region}`",
		Example: "RunTask: InvalidParameterException: Unable to assume the service linked role. Please verify that " +
			"the ECS service linked role exists."},
	{Stage: Role, Fault: Denied, If: balancerRole,
		Summary: "ECS could not look up the load balancer of {service|the service} with the role given for it",
		Next: "check that the target group exists in {region|the Region}; then leave role out of the call, so " +
			"that ECS uses AWSServiceRoleForECS",
		Example: "CreateService: InvalidParameterException: Unable to assume role and validate the specified " +
			"targetGroupArn. Please verify that the ECS service role being passed has the proper permissions."},
	{Stage: Role, Fault: Denied, Summary: "ECS could not assume {role|the role}",
		Next: "look at the trust policy of {role|the role}, which must name ecs-tasks.amazonaws.com (for volumes " +
			"ecs.amazonaws.com), and at its age: a role that is minutes old is not known everywhere yet, start the " +
			"task again; otherwise allow iam:PassRole on it for whoever deploys",
		Example: "ECS was unable to assume the role 'arn:aws:iam::210987654321:role/orders-exec' that was provided " +
			"for this task."},
	{Stage: Role, Fault: NotFound, Summary: "found no credentials of {role|the task's role}",
		Next: "set executionRoleArn in {theDefinition|the task definition}, and taskRoleArn if the " +
			"application calls AWS[{alsoOnInstance} check the instance profile, and that the agent reaches the " +
			"instance metadata service]",
		Example: "Environment file resource: unable to find execution role credentials"},
	{Stage: Network, Fault: Exhausted, Summary: "no address or network interface was free for the task[ in {subnet}]",
		Next: "free addresses in {subnet|the subnet} or add a larger subnet[{alsoOnInstance} compare the " +
			"interface limit of its type with the tasks on it]",
		Example: "Unable to attach network interface to unused device index"},
	{Stage: Network, Fault: Denied, Summary: "EC2 refused the task's network interface[ in {subnet}]",
		Next: "check service control policies and tag policies on ec2:CreateNetworkInterface and ec2:CreateTags; " +
			"then check that the service-linked role AWSServiceRoleForECS exists",
		Example: "Unexpected EC2 error while attempting to tag the network interface: UnauthorizedOperation"},
	{Stage: Network, Fault: Timeout, If: (*view).OnInstance,
		Next: "start the task again; if it repeats on one instance, drain and replace that instance; if it repeats " +
			"in {subnet|one subnet} alone, use another one",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"Timeout waiting for network interface provisioning to complete."}`},
	{Stage: Network, Fault: Timeout, Summary: "the task's network interface was not ready in time[ in {subnet}]",
		Next: "start the task again; if it repeats in {subnet|the same subnet}, use another subnet and open a " +
			"support case",
		Example: "Timeout waiting for network interface provisioning to complete."},
	{Stage: Volume, Fault: Unreachable, If: byRule("fault/reset"),
		Summary: "could not mount {fileSystem|the file system}: the connection to its mount target was reset",
		Next: "start the task again if the file system or its mount targets were made minutes ago; otherwise allow " +
			"TCP 2049 from the task's security group in that of the mount target",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection reset by peer'"},
	{Stage: Volume, Fault: Unreachable,
		Summary: "could not mount {fileSystem|the file system}: no network path to its mount target",
		Next: "allow TCP 2049 from the task's security group in that of the mount target; then check that " +
			"{fileSystem|the file system} has a mount target in the task's Availability Zone",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection timed out'"},
	{Stage: Volume, Fault: DNS,
		Summary: "could not mount {fileSystem|the file system}: {endpoint|its name} does not resolve",
		Next: "turn on enableDnsSupport and enableDnsHostnames in the VPC; if they are on, check that " +
			"{fileSystem|the file system} has a mount target in the task's Availability Zone",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Failed to resolve \"fs-0011223344556677a.efs.eu-north-1.amazonaws.com\""},
	{Stage: Volume, Fault: Exhausted,
		Summary: "could not create or attach the volume: a limit of volumes is reached",
		Next: "request more of the quota that the message names in Service Quotas in {region|the " +
			"Region}[{alsoOnInstance} compare the volumes of its type with those attached]",
		Example: "ECS was unable to create the EBS volume for the task: VolumeLimitExceeded: the maximum number of " +
			"EBS volumes is reached"},
	{Stage: Volume, Fault: Denied, If: byPlugin,
		Summary: "could not mount {volume|the volume}: its plug-in was denied what it needs on the instance",
		Next: "check the plug-in's privileges and credentials on the instance, and the log of Docker: `sudo " +
			"journalctl -u docker{logTimes}`",
		Example: "CannotStartContainerError: Error response from daemon: error while mounting volume 'scans': " +
			"VolumeDriver.Mount: permission denied"},
	{Stage: Volume, Fault: Denied, Summary: "could not mount {fileSystem|{volume|the volume}}: access was denied",
		Next: "allow elasticfilesystem:ClientMount for the task role (not the execution role) in the file system " +
			"policy, and set iam ENABLED in efsVolumeConfiguration; then check the access point",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'"},
	{Stage: Volume, Fault: NotFound, If: func(v *view) bool { return v.efs() && v.Facts.Path != "" },
		Summary: "could not mount {fileSystem|the file system}: its directory {path} does not exist",
		Next: "correct rootDirectory in {theDefinition|the task definition}; if it is right, create " +
			"{path} in {fileSystem|the file system}, or use an access point that creates it",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: mounting fs-0011223344556677a.efs.eu-north-1.amazonaws.com:/orders/in failed, reason " +
			"given by server: No such file or directory'"},
	{Stage: Volume, Fault: NotFound,
		Summary: "could not mount {fileSystem|{volume|the volume}}: {path|the volume or its path} does not exist",
		Next: "compare name, root directory and access point of the volume in " +
			"{theDefinition|the task definition} with what exists",
		Example: "CannotCreateContainerError: Error response from daemon: failed to mount local volume: mount " +
			"/srv/scans:/var/lib/docker/volumes/scans/_data: no such file or directory"},
	{Stage: Volume, Fault: Timeout, Summary: "the volume was not attached and ready in time",
		Next: "start the task again; if it repeats, check the snapshot, the file system type and the " +
			"infrastructure role of the volume",
		Example: "ECS timed out while configuring the EBS volume attachment to your Task."},
	{Stage: Placement, Fault: NotFound, If: textSays("clusternotfoundexception"),
		Summary: "could not start a task[ of {taskDefinition}]: there is no cluster {cluster|of that name} in " +
			"{region|the Region} and account {account|of the caller}",
		Next: "correct cluster, Region or account of the call; these clusters exist: `aws ecs list-clusters --region " +
			"{region}`",
		Example: aCall + `"errorCode":"ClusterNotFoundException","errorMessage":"Cluster not found."}}`},
	{Stage: Placement, Fault: NotFound, If: ofRequest,
		Summary: "could not start a task[ of {taskDefinition}][ in {cluster}]: something that the call names " +
			"does not exist",
		Next: "check that the task definition, container instance and cluster of the call exist in {region|the " +
			"Region} and account {account|of the caller}",
		Example: aCall + `"errorCode":"ClientException","errorMessage":"TaskDefinition not found."}}`},
	{Stage: Placement, Fault: RateLimited, If: ofRequest,
		Summary: "could not start a task[ of {taskDefinition}]: too many RunTask calls at once",
		Next:    "call again with a growing delay; if it repeats, start fewer tasks at once",
		Example: aCall + `"errorCode":"ThrottlingException","errorMessage":"Rate exceeded"}}`},
	{Stage: Placement, Fault: Conflict,
		Summary: "could not place the task: the host port that it needs is already taken on every instance",
		Next:    "set hostPort 0 so that ECS chooses a free port; if the port must be fixed, add an instance",
		Example: "service shop was unable to place a task because no container instance met all of its requirements. " +
			"The closest matching container-instance 9f0e1d2c is already using a port required by your task."},
	{Stage: Placement, Fault: UnknownFault, If: ofOtherCall,
		Summary: "{call} was refused[ for {service}]; the error says why",
		Next:    "correct what the error names and make the call again",
		Example: `{"eventSource":"ecs.amazonaws.com","eventName":"UpdateService","eventTime":"2026-05-04T03:05:00Z","awsRegion":"eu-north-1","errorCode":"ServiceNotActiveException","errorMessage":"Service was not ACTIVE.","requestParameters":{"cluster":"shop","service":"orders"},"recipientAccountId":"210987654321"}`},
	{Stage: Placement, Fault: UnknownFault,
		Summary: "could not place a task[ of {service}]; the event does not say why",
		Next: "check the capacity of {cluster|the cluster}[, and read the events of {service} at that minute: `aws " +
			"ecs describe-services --cluster {cluster} --services {service} --region {region}`]",
		Example: `{"failures":[{"arn":"arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/9a8b7c6d","reason":"OTHER"}]}`},
	{Stage: Placement, Fault: Lost,
		Summary: "could not place the task: the ECS agent of the container instance is not connected",
		Next: "try again after a minute, since agents reconnect by themselves; if agentConnected stays false, read " +
			"/var/log/ecs/ecs-agent.log on the instance and restart the agent (running tasks go on): `sudo systemctl " +
			"restart ecs`",
		Example: "TaskFailedToStart: AGENT"},
	{Stage: Placement, Fault: Mismatch, If: fargateTask,
		Next: "compare requiresCompatibilities, runtimePlatform, cpu and memory of " +
			"{theDefinition|the task definition} with what Fargate offers in {region|the Region}",
		Example: "TaskFailedToStart: ATTRIBUTE"},
	{Stage: Placement, Fault: Mismatch,
		Summary: "could not place the task: no capacity matches its placement constraints, attributes or launch " +
			"type",
		Next: "compare placementConstraints, requiresAttributes and runtimePlatform of " +
			"{theDefinition|the task definition} with the instances of {cluster|the cluster}",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"TaskFailedToStart: ATTRIBUTE"}`},
	{Stage: Placement, Fault: Invalid,
		Summary: "could not place the task: its definition or the cluster's capacity is misconfigured",
		Next: "compare launch type and capacity providers of the call or service with requiresCompatibilities of " +
			"{theDefinition|the task definition}",
		Example: "TaskFailedToStart: MISCONFIGURATION"},
	{Stage: Start, Fault: Exhausted,
		Summary: "could not start {culprit|the container}: the host ran out of memory, processes or open files",
		Next: "[{onInstance} look at free memory, processes and open files, and place fewer tasks on " +
			"it][{onFargate} raise memory in {theDefinition|the task definition}, and open a support " +
			"case if it repeats]",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: pipe2: too many " +
			"open files"},
	{Stage: Dependency, Fault: Timeout,
		Summary: "{culprit|a container} did not reach in time the condition that others wait for; the event does " +
			"not say why",
		Next: "read the last log lines of {culprit|that container}; if it was still starting, raise " +
			"startTimeout",
		Example: "TaskDependencyError: gave up on dependency container 'migrations' at its startTimeout of 120 s"},
	{Stage: Dependency, Fault: Unhealthy,
		Summary: "{culprit|a container} did not become healthy, and others depend on it; the event does not say why",
		Next: "read the last log lines of {culprit|that container}; if it was up, run its health check " +
			"command inside it",
		Example: "TaskDependencyError: dependency container 'db' didn't become HEALTHY"},
	{Stage: Dependency, Fault: Crashed, Summary: "{culprit|a container} did not end well, and others depend on " +
		"it; the event does not say why",
		Next:    "read the last log lines of {culprit|that container}",
		Example: "TaskDependencyError: dependency container 'migrations' didn't reach the SUCCESS condition"},
	{Stage: Agent, Fault: Denied,
		Summary: "the instance denied the ECS agent or Docker what they need",
		Next: "check owner and mode of what the message names on the instance, then SELinux or AppArmor, then " +
			"/var/log/ecs/ecs-agent.log",
		Example: "CannotPullContainerError: dial unix /var/run/docker.sock: connect: permission denied"},
	{Stage: Agent, Fault: Timeout,
		Summary: "Docker or containerd did not answer in time; how the container ended is not known",
		Next: "[{onInstance} look how many tasks started at that minute, then at disk throughput (BurstBalance), CPU " +
			"credits, free memory and the log of Docker; if it stays slow, drain and replace it][{onFargate} start " +
			"the task again, and open a support case with its ARN if it repeats]",
		Example: "CannotStopContainerError: timed out"},
	{Stage: Network, Fault: NotFound,
		Summary: "a subnet, security group or bridge that the task's network needs does not exist",
		Next:    "correct networkConfiguration of {service|the task}: the message names what is missing",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InvalidSecurityGroupID.NotFound"},
	{Stage: Network, Fault: Invalid, Summary: "the task's network configuration is not valid",
		Next: "correct networkConfiguration of {service|the task}: the message names what is wrong",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InvalidParameterValue"},
	{Stage: UnknownStage, Fault: UnknownFault, If: proxyNotStarted,
		Summary: "the task did not start, nor did its Service Connect proxy; the event does not say why[: {refusal}]",
		Next: "look first at ecs-service-connect, the proxy that ECS adds to the task and that must be healthy " +
			"before the others start: on EC2 at the ECS agent of the instance, then at serviceConnectConfiguration " +
			"of {service|the service}; no container has an exit code, so none may have a log",
		Example: aTask +
			`"launchType":"EC2","group":"service:web","stopCode":"TaskFailedToStart","stoppedReason":"Task failed to start","containers":[{"name":"ecs-service-connect-7x2"},{"name":"web"}]}`},
	{Stage: UnknownStage, Fault: UnknownFault, If: nothingRan,
		Summary: "the task did not start; the event does not say why[: {refusal}]",
		Next: "read the reason of each container within an hour of the stop: `aws ecs describe-tasks --cluster " +
			"{cluster} --tasks {taskId} --region {region}`[, and the events of {service} at that minute]; no " +
			"container has an exit code, so none may have a log",
		Example: aTask +
			`"stopCode":"TaskFailedToStart","stoppedReason":"Task failed to start","containers":[{"name":"web"}]}`},
	{Stage: UnknownStage, Fault: UnknownFault, Summary: "the event does not say why the task stopped[: {refusal}]",
		Next: "read the last log lines of the task[ and the events of {service} at that minute]; then compare " +
			"the stopped reason with " +
			"https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html",
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
	v.describe(nil, nil)
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
