package classifier

import "whystopped/events"

// Where the words of the rules come from.
const (
	docStoppedErrors  = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"
	docCannotPull     = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html"
	docResourceInit   = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html"
	docServiceEvents  = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"
	docBlueGreen      = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html"
	docTargetHealth   = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"
	docServiceActions = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html"
	docRunTask        = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"
	docAPIFailures    = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html"
	docDockerErrors   = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CannotCreateContainerError.html"
	docMaintenance    = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html"
	docAccessDenied   = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"
	docEFSMount       = "https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html"
	docBatch          = "https://docs.aws.amazon.com/batch/latest/userguide/troubleshooting.html"
	docBatchRunnable  = "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html"
	docHooks          = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html"
	docInstanceHealth = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-health.html"
	docGo             = "https://pkg.go.dev/net"
	docContainerd     = "https://github.com/containerd/containerd (remotes/docker, core/images)"
	docDocker         = "https://github.com/moby/moby (daemon, registry, distribution)"
	docRunc           = "https://github.com/opencontainers/runc (libcontainer)"
	agentErrors       = "amazon-ecs-agent: agent/engine/errors.go"
	agentTask         = "amazon-ecs-agent: agent/api/task/task.go"
	agentTaskResource = "amazon-ecs-agent: agent/taskresource"
	agentENI          = "amazon-ecs-agent: ecs-agent/netlib, ecs-agent/cni"
)

// ofServices are the kinds that speak of a service and not of one task.
var ofServices = []events.Kind{events.KindService, events.KindDeployment}

// ofHooks and ofInstances are the kinds of one event each.
var (
	ofHooks     = []events.Kind{events.KindHook}
	ofInstances = []events.Kind{events.KindInstance}
)

// allButRequests are the kinds that do not speak of a call that was refused.
var allButRequests = []events.Kind{events.KindTask, events.KindContainer, events.KindService, events.KindDeployment}

// StageRules name the step of the task's life that a text speaks of. The innermost step stands first: a log driver's
// error inside a start error is about logging, a named API call beats the prefix around it.
var StageRules = []Rule{
	{ID: "stage/service-routine", Stage: Scheduler, Kinds: ofServices, Routine: true, Source: docServiceEvents,
		Match: Match{Any: []string{"has reached a steady state", "has started ", "has stopped ",
			"has begun draining connections", "registered ",
			"deployment completed", "steady_state", "tasks_stopped", "desired_count_updated", "deployment_in_progress",
			"deployment_completed",
			"deployment_pending", "deployment_successful", "deployment_stop",
			" az balanced with ", " pending tasks.", "updated computeddesiredcount"},
			None: []string{"unhealthy", "not healthy", "unable", "fail", "error"}},
		Example: "(service orders) has started 2 tasks: (task 5f0e1d2c3b4a59687766554433221100) (task " +
			"6a1f2e3d4c5b60798877665544332211)."},
	{ID: "stage/hook-routine", Stage: Scheduler, Kinds: ofHooks, Routine: true, Source: docHooks,
		Match:   Match{Is: []string{"hook_in_progress", "hook_succeeded"}},
		Example: "HOOK_IN_PROGRESS"},
	{ID: "stage/hook", Stage: Scheduler, Kinds: ofHooks, Source: docHooks,
		Match:   Match{Any: []string{"hook_awaiting_action", "hook_failed", "hook_timed_out"}},
		Example: "HOOK_AWAITING_ACTION"},
	{ID: "stage/instance-well", Stage: Host, Kinds: ofInstances, Routine: true, Source: docInstanceHealth,
		Match:   Match{Is: []string{"instance_ok"}},
		Example: "INSTANCE_OK"},
	{ID: "stage/instance-health", Stage: Host, Kinds: ofInstances, Source: docInstanceHealth,
		Match:   Match{Any: []string{"_impaired"}},
		Example: "CONTAINER_RUNTIME_IMPAIRED"},
	{ID: "stage/start-impaired", Stage: UnknownStage, Kinds: ofServices, Source: docServiceActions,
		Match:   Match{Any: []string{"unable to consistently start tasks", "task_start_impaired"}},
		Example: "(service orders) is unable to consistently start tasks successfully.",
		Says: "the tasks of {service|the service} fail one after the other, so ECS waits longer before each new " +
			"one",
		Do: "explain the task that stopped last, the cause is there: `whystopped why --cluster {cluster} --service " +
			"{service} --from logs:{since} --region {region}`"},
	{ID: "stage/carried-out", Stage: UnknownStage, Weak: true, Source: agentErrors,
		Match: Match{Any: []string{"taskstoppedbeforepullbeginerror"}},
		Example: "TaskStoppedBeforePullBeginError: Task stopped before image pull could begin for task: " +
			"arn:aws:ecs:eu-north-1:210987654321:task/stage/5f0e1d2c3b4a59687766554433221100"},
	{ID: "stage/user", Stage: User, Kinds: allButRequests, Source: docStoppedErrors,
		Match:   Match{Any: []string{"stopped by user", "deregistration forced by user", "stoptask"}},
		Example: "Task stopped by user"},
	{ID: "stage/scheduler", Stage: Scheduler, Source: docStoppedErrors,
		Match: Match{Any: []string{"scaling activity initiated by", "availability-zone rebalancing",
			"availability zone rebalancing",
			"circuit breaker", "deployment rollback", "rolled back", "rolling back to", "deployment alarm",
			"replaced by a new deployment", "task set",
			"deployment failed", "deployment_failed", "deployment_rollback", "rebalancing_",
			"service deployment configuration",
			"operations are being throttled", "operation_throttled", "unable to scale in"},
			None: []string{"is unhealthy in", "is not healthy in"}},
		Example: "Scaling activity initiated by (deployment ecs-svc/5550001112223334445)"},
	{ID: "stage/dependency", Stage: Dependency, Source: agentErrors,
		Match: Match{Any: []string{"taskdependencyerror", "task dependencies cannot be resolved", "ordering dependency",
			"dependson",
			"container dependency", "dependency container", "dependent container", "dependency condition",
			"starttimeout"}},
		Example: "TaskDependencyError: dependency container 'migrations' didn't reach the SUCCESS condition"},
	{ID: "stage/target-registration", Stage: HealthCheck, Kinds: ofServices, Source: docBlueGreen,
		Match: Match{Any: []string{"failed to register targets", "failed to deregister targets",
			"failed to describe target health", "failed to register instances", "failed to deregister instances",
			"failed to describe instance health", "unable to register", "does not have an associated load balancer"}},
		Example: "(service orders) failed to register targets in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) with (error " +
			"The following targets are not in the target group VPC 'vpc-0a1b2c3d': '10.9.0.8')"},
	{ID: "stage/target-group", Stage: HealthCheck, Source: docServiceEvents,
		Match: Match{Any: []string{"does not have an associated load balancer", "provided target group",
			"target group with targetgrouparn"}},
		Example: "The target group with targetGroupArn " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928 does not have " +
			"an associated load balancer.",
		Says: "{service|the service} cannot use target group {targetGroup|of the call}: it has no load balancer, " +
			"or does not fit",
		Do: "attach the target group to a listener rule of a load balancer; if it is, use one with the target " +
			"type that the network mode needs (ip for awsvpc)"},
	{ID: "stage/unhealthy-replaced", Stage: HealthCheck, Kinds: ofServices, Source: docServiceEvents,
		Match: Match{Any: []string{"due to an unhealthy status"}},
		Example: "(service orders) has started 2 tasks: (task 5f0e1d2c) (task 6a1f2e3d). Amazon ECS replaced 2 tasks " +
			"due to an unhealthy status.",
		Says: "ECS replaced unhealthy tasks of {service|the service}; the message does not say which health " +
			"check failed",
		Do: "explain the tasks that stopped just before, they name the health check: `whystopped why --cluster " +
			"{cluster} --service {service} --from logs:{since} --region {region}`"},
	{ID: "stage/health-check", Stage: HealthCheck, Source: docStoppedErrors,
		Match: Match{Any: []string{"elb health check", "container health check", "health checks failed",
			"is unhealthy in", "is not healthy in",
			"instance_unhealthy", "target_unhealthy", "health_unknown"}},
		Example: "Task failed container health checks"},
	{ID: "stage/host", Stage: Host, Source: docStoppedErrors,
		Match: Match{Any: []string{"host ec2", "spot task was interrupted", "spotinterruption", "spot interruption",
			"underlying infrastructure", "task retirement", "scheduled for retirement", "draining", "being drained",
			"terminationnotice",
			"infrastructurehealth", "infrastructure impairment", "underlying host", "underlying hardware",
			"instance was terminated",
			"agent disconnected"}, None: []string{"that is still draining"}},
		Example: "Host EC2 (instance i-0c1d2e3f405162738) stopped."},
	{ID: "stage/oom", Stage: Runtime, Source: docStoppedErrors,
		Match:   Match{Any: []string{"outofmemory", "killed due to memory usage", "oomkilled"}},
		Example: "OutOfMemoryError: Container killed due to memory usage"},
	{ID: "stage/time-limit", Stage: Runtime, Asked: true, Source: docBatch,
		Match:   Match{Any: []string{"attempt duration exceeded timeout"}},
		Example: "Job attempt duration exceeded timeout"},

	{ID: "stage/batch-service-role", Stage: Role, Source: docBatchRunnable,
		Match:   Match{Any: []string{"service_role_permissions", "batch service role"}},
		Example: "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - Batch service role has a permission issue.",
		Says:    "the service role of AWS Batch lacks a permission, so the job queue is blocked",
		Do: "attach the policy AWSBatchServiceRole to the service role of the compute environment, or use the " +
			"service-linked role of Batch"},
	{ID: "stage/batch-queue", Stage: Placement, Source: docBatchRunnable,
		Match: Match{Is: []string{"undetermined"},
			Any: []string{"misconfiguration:", "capacity:insufficient", "action_required", "jobstatetimelimit",
				"undetermined - ", "batch job is blocked", "container overrides length"}},
		Example: "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."},
	{ID: "stage/batch-dependency", Stage: Dependency, Source: docBatch,
		Match:   Match{Any: []string{"dependent job", "array child job failed", "child job failed"}},
		Example: "Dependent Job failed",
		Says:    "the job never ran: a job that it depends on failed",
		Do: "explain the job that it depends on, then submit both again; dependsOn names it: `aws batch " +
			"describe-jobs --jobs {jobId} --region {region}`"},

	{ID: "stage/assume-role", Stage: Role, Source: docStoppedErrors,
		Match: Match{Any: []string{"unable to assume", "sts:assumerole", "could not assume", "cannot assume",
			"failed to assume",
			"iam:passrole", "permissions policies have been misconfigured",
			"trust relationship has been misconfigured"}},
		Example: "ECS was unable to assume the role 'arn:aws:iam::210987654321:role/orders-exec' that was provided " +
			"for this task."},
	{ID: "stage/role-credentials", Stage: Role, Source: agentTask,
		Match: Match{Any: []string{"execution role credentials", "no execution credentials set",
			"nocredentialproviders", "ec2rolerequesterror",
			"retrieval of aws security credentials", "failed to refresh cached credentials", "no ec2 imds role found",
			"no valid providers in chain",
			"credentialsendpointerror", "//169.254.", "to have execution role arn"}},
		Example: "Environment file resource: unable to find execution role credentials"},

	{ID: "stage/credential-spec", Stage: Create, Source: agentTaskResource,
		Match:   Match{Any: []string{"credentialspec", "kerberos ticket"}},
		Example: "Failed to create kerberos tickets associated service account"},
	{ID: "stage/registry-credentials", Stage: RegistryAuth, Source: docCannotPull,
		Match: Match{Any: []string{"ecr:getauthorizationtoken", "getauthorizationtoken", "ecr registry auth",
			"registry auth from", "asm fetching",
			"authorization data", "no basic auth credentials", "incorrect username or password",
			"cannotpullcontainerautherror",
			"engine ecr credentials", "private registry credentials", "failed to fetch anonymous token",
			"failed to fetch oauth token",
			"authorization token", "//api.ecr", "lookup api.ecr", "//ecr.", "repositorycredentials",
			"invalid username/password", "unable to get registry auth"}},
		Example: "CannotPullECRContainerError: AccessDeniedException: User: " +
			"arn:aws:sts::210987654321:assumed-role/nodes/i-0a1b2c3d4e5f60718 is not authorized to perform: " +
			"ecr:GetAuthorizationToken on resource: *"},
	{ID: "stage/logging", Stage: Logging, Source: docResourceInit,
		Match: Match{Any: []string{"logger args", "logging driver", "log driver", "log-driver", "cloudwatch log",
			"amazon cloudwatch", "awslogs-",
			"log group", "log stream", "logs:createlog", "logs:putlogevents", "logs:describelog", "//logs.",
			"lookup logs.", "firelens s3 config",
			"firelens log config", "firelens config", "awsfirelens", "log opt", "log router"}},
		Example: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed " +
			"to create Cloudwatch log stream"},
	{ID: "stage/env-file", Stage: EnvFile, Source: docResourceInit,
		Match: Match{Any: []string{"env file", "environment file", "environment variable file", "environmentfile",
			"envfile",
			"parse bucket and key from s3 arn"}},
		Example: "ResourceInitializationError: failed to download env files: file download command: non-empty error " +
			"stream"},
	{ID: "stage/volume", Stage: Volume, Source: docEFSMount,
		Match: Match{Any: []string{"efs utils", "mount.nfs", "efs volume", "efs file system", "volumedriver",
			"%2fdocker%2fplugins%2f", "volume plugin", "mounting volume",
			"ebs volume", "fsxwindowsfileserver", "fsx for windows", "credentialsparameter", "initialize volume",
			"volume detection", "no such volume",
			"invalidvolumeerror", "ephemeralstorage", "file system mount target", "failed to mount volume",
			"mount local volume", "mount target ip", "elasticfilesystem:",
			"lookup elasticfilesystem", "s3files", "s3 file system", "found reference to volume",
			"found references to volume"}},
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection timed out'"},
	{ID: "stage/secret", Stage: Secret, Source: docResourceInit,
		Match: Match{Any: []string{"secret from asm", "secrets from ssm", "from secrets manager", "fetch secret",
			"fetching secret", "secrets resource",
			"secretsmanager:", "ssm:getparameter", "kms:decrypt", "invalid ssm parameters", "parameter store",
			"pull secrets from", "retrieve the secret",
			"secrets manager", "secret does not exist", "ssm secret", "asm secret", "access to kms", "secret value",
			"ssm parameter", "retrieve secret", "retrieved secret",
			"//secretsmanager.", "lookup secretsmanager.", "//ssm.", "lookup ssm.", "//kms.", "lookup kms."},
			None: []string{"cannotpull"}},
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secrets from ssm"},
	{ID: "stage/registry-credentials-secret", Stage: RegistryAuth, Source: agentErrors,
		Match: Match{All: []string{"cannotpull"},
			Any: []string{"secretsmanager:", "secrets manager", "//secretsmanager."}},
		Example: "CannotPullContainerError: unable to read the credentials of the registry from Secrets Manager"},
	{ID: "stage/secrets-or-registry-auth", Stage: RegistryAuth, Source: docResourceInit,
		Match:   Match{Any: []string{"unable to pull secrets"}},
		Example: "ResourceInitializationError: unable to pull secrets or registry auth"},

	{ID: "stage/docker-daemon", Stage: Agent, Source: docDocker,
		Match: Match{Any: []string{"error during connect:", "cannot connect to the docker daemon",
			"cannot connect to docker endpoint"}},
		Example: "CannotPullContainerError: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is " +
			"the docker daemon running?"},

	{ID: "stage/docker-socket", Stage: Agent, Source: docDocker,
		Match:   Match{All: []string{" unix "}, Any: []string{"docker.sock", "containerd.sock"}},
		Example: "CannotPullContainerError: dial unix /var/run/docker.sock: connect: resource temporarily unavailable",
		Says:    "the ECS agent could not talk to Docker on the instance",
		Do: "read the Docker log on {instanceId|the instance}: `sudo journalctl -u docker{logTimes}`; to bring it " +
			"back, drain and replace the instance, or restart Docker (its containers stop) and then the agent"},
	{ID: "stage/docker-version", Stage: Agent, Source: docDocker,
		Match: otherDockerAPI,
		Example: "Error response from daemon: client version 1.21 is too old. Minimum supported API version is 1.24, " +
			"please upgrade your client to a newer version"},

	{ID: "stage/port-binding", Stage: Start, Source: docDockerErrors,
		Match: Match{Any: []string{"driver failed programming external connectivity", "port is already allocated",
			": bind for "}},
		Example: "CannotStartContainerError: Error response from daemon: driver failed programming external " +
			"connectivity on endpoint ecs-api-9-api-a0b1c2 (77aa): Bind for 0.0.0.0:9090 failed: port is already " +
			"allocated"},
	{ID: "stage/network-interface", Stage: Network, Source: docStoppedErrors,
		Match: Match{Any: []string{"network interface provision", "create network interface",
			"attach network interface", "tag the network interface",
			"network interface to be attached", "configure eni", "setup regular eni", "unused device index",
			"eni attachment", "trunk eni", "branch eni",
			"elastic network interface", "network interface attachment", "insufficientfreeaddresses", "create eni",
			"networkinterfacelimit",
			"eniinformationerror"}},
		Example: "Timeout waiting for network interface provisioning to complete."},
	{ID: "stage/container-network", Stage: Network, Source: agentENI,
		Match: Match{Any: []string{"containernetworkingerror", "cni setup", "network namespace", "netplugin", "docker0",
			"on network bridge",
			"failed to set up container networking", "service_connect", "service connect", "no such network",
			"cni plugin", "hns failed", "attach namespace failed", "pause container", "veth pair", "interface veth",
			"ecs-ipam", "bridge ipam", "ecs-bridge", "eni plugin", "getinterfacedevicename", "container namespace",
			"failed to create endpoint", "could not find bridge", "setup netns"}},
		Example: "ContainerNetworkingError: container resource provisioning: failed to setup network namespace: cni " +
			"setup: invoke vpc-eni plugin failed"},
	{ID: "stage/image", Stage: Image, Source: docCannotPull,
		Match: Match{Any: []string{"cannotpull", "pull image manifest", "pull command failed", "pull access denied",
			"pulling image", "manifest unknown",
			"ref pull has been", "inspect image has been", "failed to resolve ref", "image manifest",
			"can't pull the image", "cannot pull",
			"no matching manifest", "failed to register layer", "ecr:batchgetimage", "ecr:getdownloadurlforlayer",
			"ecr:batchchecklayer",
			"no such image", "starport-layer-bucket", "toomanyrequests", "failed to pull", "unable to pull image",
			"unable to pull the image", "could not pull", "invalid reference format", "normalize image reference",
			"image platform"}},
		Example: "CannotPullContainerError: ref pull has been retried 4 time(s): failed to copy: httpReadSeeker: " +
			"failed open"},

	{ID: "stage/docker-registry-call", Stage: Image, Source: docDocker,
		Match: Match{Any: []string{"daemon: head \"http", "daemon: get \"http", "daemon: head \\\"http",
			"daemon: get \\\"http",
			"daemon: get http", "): get http",
			"): head http"}},
		Example: "Error response from daemon: Head \"https://ghcr.io/v2/acme/api/manifests/7\": denied"},
	{ID: "stage/cgroup", Stage: Agent, Source: agentTaskResource,
		Match:   Match{Any: []string{"cgroup"}},
		Example: "Cgroup resource: setup cgroup: unable to create cgroup"},
	{ID: "stage/exec-in-state-error", Stage: Start, Source: docRunc,
		Match: Match{Any: []string{"exec format error", "executable file not found", "error: exec: ",
			"unable to start container process", "starting container process",
			"oci runtime", "nvidia-container-cli", "hcsshim", "hcs::", "failed to create shim task",
			"could not select device driver",
			"gathering device information"}},
		Example: "DockerStateError: OCI runtime create failed: starting container process caused: exec: \"serve\": " +
			"executable file not found in $PATH"},
	{ID: "stage/create", Stage: Create, Source: agentErrors,
		Match: Match{Any: []string{"cannotcreatecontainererror", "createvolumeerror", "hostconfigerror",
			"dockerclientconfigerror",
			"multiple containers to gpu", "cannot create container", "error creating container",
			"invalid mount config", "memory limit allowed", "conflicting options", "no command specified",
			"read-write layer", "failed to chown", "mount source path"}},
		Example: "CannotCreateContainerError: Error response from daemon: Conflict. The container name " +
			"\"/ecs-jobs-4-jobs-b0c1\" is already in use"},
	{ID: "stage/pull-timeout", Stage: Image, Source: agentErrors,
		Match: Match{All: []string{"dockertimeouterror"}, Any: []string{"registry", "://"}},
		Example: "DockerTimeoutError: Could not transition to pulled: Get \"https://registry-1.docker.io/v2/\": " +
			"net/http: request canceled (Client.Timeout exceeded while awaiting headers)"},
	{ID: "stage/container-runtime-timeout", Stage: Agent, Source: agentErrors,
		Match:   Match{Any: []string{"containerruntimetimeouterror", "dockertimeouterror"}},
		Example: "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s"},
	{ID: "stage/container-gone", Stage: Agent, Source: docDocker,
		Match: Match{Any: []string{"no such container"},
			None: []string{"cannotstopcontainererror", "cannotinspectcontainererror", "cannotremovecontainererror",
				"cannotdescribecontainererror"}},
		Example: "CannotStartContainerError: Error response from daemon: No such container: 77aa00bb11cc",
		Says: "could not start {culprit|the container}: something removed it before the ECS agent could start " +
			"it",
		Do: "look on {instanceId|the instance} for what removes containers: what removes or prunes in cron first, " +
			"then a restart of Docker, a second agent"},
	{ID: "stage/start", Stage: Start, Source: agentErrors,
		Match: Match{Any: []string{"cannotstartcontainererror", "containerruntimeerror", "cannot start container",
			"error starting container", "container init", "container command"}},
		Example: "CannotStartContainerError: failed to get container status"},
	{ID: "stage/agent-inspect", Stage: Agent, Weak: true, Source: agentErrors,
		Match: Match{Any: []string{"cannotinspectcontainererror", "cannotstopcontainererror",
			"cannotremovecontainererror",
			"cannotdescribecontainererror", "cannotlistcontainerserror"}},
		Example: "CannotStopContainerError: failed sending SIGTERM to container"},
	{ID: "stage/agent", Stage: Agent, Source: agentErrors,
		Match: Match{Any: []string{"cannotgetdockerclient", "dockerstateerror", "containervanishederror",
			"impossiblestatetransition", "taskstateerror", "unrecogniedtaskerror", "unrecognizedtaskerror",
			"unparsableport", "internalerror",
			"agent to start", "agent could not progress"}},
		Example: "ContainerVanishedError: No container matching saved ID found"},

	{ID: "stage/docker-storage", Stage: Create, Source: docDocker,
		Match:   Match{Any: []string{" /var/lib/docker/"}},
		Example: "API error (500): mkdir /var/lib/docker/containers/77aa: read-only file system"},

	{ID: "stage/placement", Stage: Placement, Source: docAPIFailures,
		Match: Match{Is: []string{"agent", "attribute", "location", "missing", "inactive"},
			Any: []string{"resource:cpu", "resource:memory", "resource:gpu", "resource:eni", "resource:port",
				"resource:inference", "resource:fargate", "unable to place", "capacity is unavailable",
				"no container instance", "placement constraint",
				"empty capacity provider", "no active instances", "selected compute strategy", "misconfiguration",
				"you can run concurrently", "capacity provider",
				"is above your limit", provisioningWords, "insufficient cpu", "could not launch",
				"constraint unsatisfied", "constraint_violated",
				"task_placement_failure", "task_configuration_failure", "failed to launch a task",
				"unable to run task"}},
		Example: "TaskFailedToStart: RESOURCE:GPU"},
	{ID: "stage/request", Stage: Placement, Kinds: []events.Kind{events.KindRequest}, Source: docRunTask,
		Match: Match{Any: []string{"runtask: ", "starttask: ", "stoptask: ", "createservice: ", "updateservice: ",
			"createtaskset: ", "submitjob: "}},
		Example: "RunTask: ClusterNotFoundException: Cluster not found."},
}
