package classifier

// remote are the stages whose step is a call over the network.
var remote = []Stage{Role, RegistryAuth, Secret, EnvFile, Image, Logging, Volume}

// The words of rules that say something at one stage and name the same fault at the others.
var (
	outdatedForm = Match{Any: []string{"schema v1", "schema 1", "schemaversion 1", "no longer supported",
		"no processor for media-type",
		"unsupported media type"}}
	otherDockerAPI = Match{Any: []string{"minimum supported api version", "maximum supported api version",
		"client is newer than server", "docker daemon api version is"}}
	beingDeleted = Match{Any: []string{"marked for deletion", "scheduled for deletion"}}
	noSuchSocket = Match{All: []string{"dial unix", "no such file or directory"}}
)

// FaultRules name what went wrong. They are ordered by how much the words prove: what a stage says by itself, network
// markers, refusals, limits, things taken or unfit, things missing or malformed, and hints last.
var FaultRules = []Rule{
	{ID: "fault/oom", Fault: OOM, At: []Stage{Runtime}, Source: docStoppedErrors,
		Match:   Match{Any: []string{"outofmemory", "killed due to memory usage", "oomkilled"}},
		Example: "OutOfMemoryError: Container killed due to memory usage"},
	{ID: "fault/time-limit", Fault: Timeout, At: []Stage{Runtime}, Source: docBatch,
		Match:   Match{Any: []string{"exceeded timeout"}},
		Example: "Job attempt duration exceeded timeout"},
	{ID: "fault/health-check-timeout", Fault: Unhealthy, At: []Stage{HealthCheck}, Domain: DomainNetwork,
		Source: docServiceEvents,
		Match:  Match{Any: []string{"request timed out"}},
		Example: "service shop (instance i-0aa11bb22cc33dd44) (port 8443) is unhealthy in target-group shop-tg due " +
			"to (reason Request timed out)"},
	{ID: "fault/health-zone-disabled", Fault: Unhealthy, At: []Stage{HealthCheck}, Domain: DomainConfiguration,
		Source: docTargetHealth,
		Match:  Match{Any: []string{"is not enabled for the load balancer"}},
		Example: "(service orders) (port 8443) is unhealthy in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) due to " +
			"(reason Target is in an Availability Zone that is not enabled for the load balancer)",
		Says: "the task's Availability Zone is not enabled for the load balancer of {targetGroups|the task}, so " +
			"it never sent a health check",
		Do: "enable the task's Availability Zone for the load balancer (add a subnet there); otherwise take that " +
			"zone's subnets out of {service|the service}"},
	{ID: "fault/target-missing", Fault: NotFound, At: []Stage{HealthCheck}, Source: docServiceEvents,
		Match: Match{Any: []string{"target group is not found", "target is not found"}},
		Example: "(service orders) task set (ecs-svc/5550001112223334445) (task 5f0e1d2c) is not healthy in " +
			"target-group (orders-tg) due to TARGET GROUP IS NOT FOUND."},
	{ID: "fault/unhealthy", Fault: Unhealthy, At: []Stage{HealthCheck}, Source: docStoppedErrors,
		Match: Match{Any: []string{"health check", "unhealthy", "not healthy"}},
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928)"},
	{ID: "fault/hook-waits", Fault: Waiting, At: []Stage{Scheduler}, Kinds: ofHooks, Source: docHooks,
		Match:   Match{Is: []string{"hook_awaiting_action"}},
		Example: "HOOK_AWAITING_ACTION"},
	{ID: "fault/hook-failed", Fault: RolledBack, At: []Stage{Scheduler}, Kinds: ofHooks, Source: docHooks,
		Match:   Match{Is: []string{"hook_failed"}},
		Example: "HOOK_FAILED"},
	{ID: "fault/hook-timed-out", Fault: RolledBack, At: []Stage{Scheduler}, Kinds: ofHooks, Confidence: Likely,
		Source: docHooks,
		Match:  Match{Is: []string{"hook_timed_out"}},
		If:     func(v *view) bool { return v.Hook.TimeoutAction != "CONTINUE" },
		Says: "the {hook|hook} of a deployment of {service|the service} was not answered in time; ECS then rolls " +
			"back, unless the hook's timeout action is CONTINUE",
		Do: "look at what became of the deployment: `aws ecs list-service-deployments --cluster {cluster} --service " +
			"{service} --region {region}`; answer the next one in time, or give the hook more",
		Example: "HOOK_TIMED_OUT"},
	{ID: "fault/instance-disconnected", Fault: Lost, At: []Stage{Host}, Kinds: ofInstances, Source: docInstanceHealth,
		Match:   Match{Is: []string{"agent_connectivity_impaired"}},
		Example: "AGENT_CONNECTIVITY_IMPAIRED"},
	{ID: "fault/instance-impaired", Fault: Internal, At: []Stage{Host}, Kinds: ofInstances, Source: docInstanceHealth,
		Match:   Match{Any: []string{"_impaired"}},
		Example: "CONTAINER_RUNTIME_IMPAIRED"},
	{ID: "fault/rolled-back", Fault: RolledBack, At: []Stage{Scheduler}, Source: docServiceEvents,
		Match: Match{Any: []string{"circuit breaker", "rollback", "rolled back", "rolling back", "deployment failed",
			"deployment_failed", "deployment alarm"}},
		Example: "ECS deployment circuit breaker: tasks failed to start."},
	{ID: "fault/deployment-bounds", Fault: Invalid, At: []Stage{Scheduler}, Source: docServiceEvents,
		Match: Match{Any: []string{"service deployment configuration"}},
		Example: "service orders was unable to stop or start tasks during a deployment because of the service " +
			"deployment configuration."},
	{ID: "fault/replaced", Fault: Replaced, At: []Stage{Scheduler}, Source: docStoppedErrors,
		Match:   Match{Any: []string{"rebalancing", "replaced"}, None: []string{"rebalancing_stopped"}},
		Example: "Availability-zone rebalancing initiated by (deployment ecs-svc/5550001112223334445)"},
	{ID: "fault/scaled-in", Fault: ScaledIn, At: []Stage{Scheduler}, Confidence: Likely, Source: docStoppedErrors,
		Match:   Match{Any: []string{"scaling activity"}},
		Example: "Scaling activity initiated by (deployment ecs-svc/5550001112223334445)"},
	{ID: "fault/interrupted", Fault: Interrupted, At: []Stage{Host}, Source: docStoppedErrors,
		Match:   Match{Any: []string{"spot"}},
		Example: "Your Spot Task was interrupted."},
	{ID: "fault/retired", Fault: Retired, At: []Stage{Host}, Source: docMaintenance,
		Match:   Match{Any: []string{"maintenance", "retire", "drain"}},
		Example: "ECS is performing maintenance on the underlying infrastructure hosting the task."},
	{ID: "fault/host-lost", Fault: Lost, At: []Stage{Host}, Source: docStoppedErrors,
		Match: Match{Any: []string{"terminated", "stopped", "disconnected", "impair", "degraded",
			"infrastructurehealth", "underlying "}},
		Example: "Host EC2 (instance i-0c1d2e3f405162738) terminated."},
	{ID: "fault/requested", Fault: Requested, At: []Stage{User}, Source: docStoppedErrors,
		Match:   Match{Any: []string{"by user", "stoptask"}},
		Example: "Task stopped by user"},

	{ID: "fault/cgroup", Fault: Internal, At: []Stage{Agent}, Source: agentTaskResource,
		Match:   Match{Any: []string{"cgroup"}},
		Example: "Cgroup resource: setup cgroup: unable to create cgroup: permission denied",
		Says:    "the ECS agent could not set up the task's cgroup, which limits its CPU and memory",
		Do:      "drain the instance and replace it with one on the current ECS-optimized AMI"},
	{ID: "fault/docker-version", Fault: Mismatch, At: []Stage{Agent}, Source: docDocker,
		Match: otherDockerAPI,
		Example: "Error response from daemon: client version 1.21 is too old. Minimum supported API version is 1.24, " +
			"please upgrade your client to a newer version",
		Says: "the ECS agent and Docker on the instance do not fit together: one of them is too old",
		Do: "drain the instance and replace it with one on the current ECS-optimized AMI; to keep it, update the " +
			"agent and Docker"},
	{ID: "fault/docker-daemon", Fault: Internal, At: []Stage{Agent}, Source: docDocker,
		Match: Match{Any: []string{"error during connect:", "cannot connect to the docker daemon",
			"cannot connect to docker endpoint"}},
		Example: "CannotStartContainerError: error during connect: Post " +
			"\"http://%2Fvar%2Frun%2Fdocker.sock/v1.43/containers/77aa/start\": EOF",
		Says: "the ECS agent could not reach the Docker daemon of the instance",
		Do: "read the Docker log on {instanceId|the instance}, then check free disk and memory: `sudo journalctl -u " +
			"docker --since -1h`; to bring it back, drain and replace the instance, or start Docker and then the " +
			"agent"},
	{ID: "fault/gpu-hook", Fault: Internal, At: []Stage{Start}, Source: docDocker,
		Match: Match{Any: []string{"nvidia-container-cli"}, None: []string{"timed out", "requirement error"}},
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error running " +
			"hook: exit status 1, stderr: nvidia-container-cli: initialization error: load library failed: " +
			"libnvidia-ml.so.1: no such file or directory",
		Says: "could not start {culprit|the container}: the GPU driver or its container runtime does not work on " +
			"the instance",
		Do: "run nvidia-smi on the instance; if it fails, drain the instance and replace it with one on the " +
			"current ECS GPU-optimized AMI"},
	{ID: "fault/plugin-down", Fault: Unreachable, At: []Stage{Volume}, Domain: DomainPlatform, Source: docDocker,
		Match: Match{All: []string{"dial unix", "/plugins/"}},
		Example: "CannotCreateContainerError: Error response from daemon: create orders-data: found reference to " +
			"volume 'orders-data' in driver 'acmefs', but got an error while checking the driver: dial unix " +
			"/run/docker/plugins/acmefs.sock: connect: connection refused",
		Says: "could not mount {volume|a volume}: its plug-in on the instance does not answer",
		Do: "enable the volume plug-in on the instance again, `sudo docker plugin ls` shows it; then start it at " +
			"boot, before the ECS agent"},
	{ID: "fault/init-died", Fault: Exhausted, At: []Stage{Start}, Confidence: Likely, Source: docRunc,
		Match: Match{Any: []string{"read init-p", "container init was oom-killed", "waiting for init preliminary " +
			"setup"}},
		Example: "CannotStartContainerError: Error response from daemon: oci runtime error: container_linux.go:262: " +
			"starting container process caused \"process_linux.go:339: container init caused \\\"read init-p: " +
			"connection reset by peer\\\"\"",
		Says: "could not start {culprit|the container}: its set-up was killed, most often because the memory " +
			"limit is too small",
		Do: "raise the memory limit of {culprit|the container}[; if it is large enough, free memory {onInstance}]"},
	{ID: "fault/dns-lookup", Fault: DNS, Source: docGo,
		Match: Match{All: []string{"lookup "},
			Any: []string{"i/o timeout", "no such host", "server misbehaving", "connection refused", "no answer"}},
		Example: "CannotPullContainerError: pull image manifest has been retried 3 time(s): failed to resolve ref " +
			"quay.io/acme/api:7: failed to do request: Head \"https://quay.io/v2/acme/api/manifests/7\": dial tcp: " +
			"lookup quay.io on 10.31.0.2:53: read udp 10.31.4.8:41212->10.31.0.2:53: i/o timeout"},
	{ID: "fault/dns", Fault: DNS, Source: docEFSMount,
		Match: Match{Any: []string{"no such host", "name or service not known", "temporary failure in name resolution",
			"could not resolve host",
			"failed to resolve \"", "failed to resolve fs-", "failed to resolve server", "name resolution",
			"server misbehaving", "nodename nor servname"}},
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Failed to resolve \"fs-0011223344556677a.efs.eu-north-1.amazonaws.com\""},
	{ID: "fault/tls", Fault: TLS, Source: docGo,
		Match: Match{Any: []string{"x509:", "tls handshake", "tls: ", "certificate signed by",
			"certificate has expired", "certificate verify failed",
			"server gave http response to https client"}},
		Example: "CannotPullContainerError: Error response from daemon: Get \"https://registry.corp.example/v2/\": " +
			"x509: certificate signed by unknown authority"},
	{ID: "fault/socket-missing", Fault: NotFound, At: []Stage{Logging}, Source: docDocker,
		Match: noSuchSocket,
		Example: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial " +
			"unix /var/run/fluent/fluent.sock: connect: no such file or directory",
		Says: "could not open the log driver of {culprit|the container}: the socket that it names does not exist",
		Do: "let {culprit|the container} wait for the log router (dependsOn with condition START or HEALTHY); if " +
			"it does, correct the address in its logConfiguration"},
	{ID: "fault/no-socket", Fault: NotFound, Source: docDocker,
		Match: noSuchSocket,
		Example: "CannotPullContainerError: failed to dial: dial unix /run/containerd/containerd.sock: connect: no " +
			"such file or directory"},
	{ID: "fault/refused", Fault: Unreachable, Source: docGo,
		Match: Match{Any: []string{"connection refused"}},
		Example: "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial " +
			"tcp 127.0.0.1:24224: connect: connection refused"},
	{ID: "fault/unreachable", Fault: Unreachable, Source: docResourceInit,
		Match: Match{Any: []string{"i/o timeout", "client.timeout exceeded",
			"request canceled while waiting for connection",
			"no route to host", "network is unreachable", "connection timed out",
			"could not reach any registry", "host is unreachable", "connect timeout", "cannot connect to file system",
			"unable to connect",
			"could not connect to", "failed to connect to"}},
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout"},
	{ID: "fault/connection-issue", Fault: Unreachable, Confidence: Likely, Source: docResourceInit,
		Match: Match{Any: []string{"connection issue between", "statuscode: 0,"}},
		Example: "ResourceInitializationError: The task can't pull secrets from AWS Secrets Manager. There is a " +
			"connection issue between the task and Secrets Manager."},
	{ID: "fault/mount-timeout", Fault: Unreachable, At: []Stage{Volume}, Source: docEFSMount,
		Match: Match{All: []string{"mount"}, Any: []string{"due to timeout", "timed out"},
			None: []string{"reset by peer"}},
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Mount attempt 1/3 failed due to timeout after 15 sec"},
	{ID: "fault/reset", Fault: Unreachable, Confidence: Likely, Source: docEFSMount,
		Match: Match{Any: []string{"reset by peer", "broken pipe", "use of closed network connection", "\": eof"}},
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection reset by peer'"},

	{ID: "fault/library-image", Fault: NotFound, At: []Stage{Image}, If: officialImage, Confidence: Likely,
		Source: docCannotPull,
		Match:  Match{All: []string{"pull access denied"}, None: []string{"denied: user:", "not authorized"}},
		Example: "CannotPullContainerError: Error response from daemon: pull access denied for ngnix, repository " +
			"does not exist or may require 'docker login'",
		Says: "Docker Hub has no image {image|of this name}, or shows it only with a login",
		Do: "name it with the registry's host if it is in ECR " +
			"({ecrHost|ACCOUNT.dkr.ecr.REGION.amazonaws.com}/{imageName|NAME:TAG}); otherwise correct its name, or " +
			"set repositoryCredentials if it is private"},
	{ID: "fault/denied", Fault: Denied, Source: docAccessDenied,
		Match: Match{Any: []string{"accessdenied", "access denied", "not authorized", "403 forbidden",
			"status code: 403", "statuscode: 403", "unauthorized",
			"status code: 401", "statuscode: 401", "pull access denied", "no basic auth credentials",
			"access to kms is not allowed",
			"authfailure", "unauthorizedoperation", "unauthorizedaccess", "insufficient_scope", "unable to assume",
			"explicit deny", "tagpolicyviolation",
			"incorrect username or password", "has the permissions", "denied: requested access",
			"authentication required", "unrecognizedclientexception",
			"expiredtoken", "has expired", "invalidclienttokenid", "signaturedoesnotmatch", "invalid credentials for",
			"forbidden", "could not assume", "cannot assume", "failed to assume", "authentication is required",
			"policies have been misconfigured", "trust relationship has been misconfigured",
			"account is currently blocked", "access is denied", "service_role_permissions", "a permission issue",
			"\": denied", "decryptionfailure", "do not have authorization"}},
		Example: "ResourceInitializationError: failed to validate logger args: create stream has been retried 2 " +
			"times: failed to create Cloudwatch log stream: AccessDeniedException: User: " +
			"arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c3b4a59687766554433221100 is not authorized " +
			"to perform: logs:CreateLogStream"},
	{ID: "fault/file-mode", Fault: Denied, Source: docRunc,
		Match: Match{Any: []string{"permission denied", "operation not permitted"},
			None: []string{"to rootfs", "failed to register layer", "seccomp", "chdir to cwd"}},
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: runc create " +
			"failed: unable to start container process: exec: \"/srv/run\": permission denied"},
	{ID: "fault/rate-limited", Fault: RateLimited, Source: docCannotPull,
		Match: Match{Any: []string{"toomanyrequests", "too many requests", "status code: 429", "statuscode: 429",
			"throttl", "rate exceeded", "rate limit",
			"requestlimitexceeded", "slowdown", "reduce your request rate"}},
		Example: "CannotPullContainerError: toomanyrequests: Rate exceeded"},
	{ID: "fault/constraint", Fault: Mismatch, At: []Stage{Placement}, Source: docAPIFailures,
		Match: Match{Is: []string{"attribute", "location"},
			Any: []string{"placement constraint", "missing an attribute", "constraint unsatisfied",
				"constraint_violated",
				"does not satisfy the task definition", "capabilities are not supported"}},
		Example: "TaskFailedToStart: ATTRIBUTE"},
	{ID: "fault/agent-not-connected", Fault: Lost, At: []Stage{Placement}, Source: docAPIFailures,
		Match: Match{Is: []string{"agent"},
			Any: []string{"agent disconnected", "agent is not connected", "agent not connected", "agent connected",
				"\"agent\""}},
		Example: "TaskFailedToStart: AGENT"},
	{ID: "fault/port-required", Fault: Conflict, At: []Stage{Placement}, Source: docServiceEvents,
		Match: Match{Any: []string{"already using a port"}},
		Example: "service shop was unable to place a task because no container instance met all of its requirements. " +
			"The closest matching container-instance 9f0e1d2c is already using a port required by your task."},
	{ID: "fault/placement-internal", Fault: Internal, At: []Stage{Placement}, Source: docServiceEvents,
		Match:   Match{Any: []string{"internal error"}},
		Example: "service orders was unable to place a task. Reason: Internal error."},
	{ID: "fault/quota", Fault: Exhausted, At: []Stage{Placement}, Source: docServiceEvents,
		Match: Match{Any: []string{"you can run concurrently", "quota", "above your limit"},
			None: []string{"unable to launch instance"}},
		Example: "You've reached the limit on the number of vCPUs you can run concurrently",
		Says:    "could not place the task: a quota of the account is reached",
		Do: "request more of the quota that the message names in Service Quotas in {region|the Region}; until " +
			"then stop tasks that nobody needs"},
	{ID: "fault/socket-handles", Fault: Exhausted, At: []Stage{Agent}, Source: docDocker,
		Match:   Match{Any: []string{"too many open files"}},
		Example: "CannotPullContainerError: dial unix /var/run/docker.sock: socket: too many open files",
		Says:    "the ECS agent or Docker on the instance has no open files left",
		Do: "drain and replace {instanceId|the instance}; to keep it, count the open files of the agent and " +
			"Docker below /proc and update the one that leaks"},
	{ID: "fault/exhausted", Fault: Exhausted, Source: docStoppedErrors,
		Match: Match{Any: []string{"no space left", "insufficientfreeaddresses", "insufficient free addresses",
			"capacity is unavailable", "insufficient memory",
			"cannot allocate memory", "too many open files", "resource:cpu", "resource:memory", "resource:gpu",
			"resource:eni", "resource:port",
			"resource:inference", "resource:fargate", "you can run concurrently", "available ip", "free data blocks",
			"quota", "limitexceeded", "limit exceeded", "limit was exceeded", "unused device index",
			"no container instance", "empty capacity provider",
			"no active instances", "resource temporarily unavailable", "insufficientinstancecapacity",
			"insufficient capacity", "above your limit", "insufficient cpu",
			"maximum number of", "memory limit too low", "pids limit", "countexceeded", "unfulfillablecapacity",
			"exchange full", "not enough space on the disk", "insufficient_instance_capacity", "not enough capacity",
			"cannot fulfill the capacity", "insufficient system resources", "paging file is too small",
			"find available ip"},
			None: []string{"memory limit allowed"}},
		Example: "CannotPullContainerError: failed to register layer: write /usr/lib/libmodel.so: no space left on " +
			"device"},
	{ID: "fault/no-place", Fault: Exhausted, At: []Stage{Placement}, Confidence: Likely, Source: docServiceEvents,
		Match:   Match{Any: []string{"unable to place a task", "unable to place tasks", "could not launch"}},
		Example: "service orders could not launch 2 tasks for deployment ecs-svc/5550001112223334445."},
	{ID: "fault/iptables", Fault: Internal, At: []Stage{Start}, Source: docDocker,
		Match: Match{Any: []string{"iptables failed", "no chain/target/match"}},
		Example: "CannotStartContainerError: Error response from daemon: driver failed programming external " +
			"connectivity on endpoint ecs-api-9-api-a0 (77aa): (iptables failed: iptables --wait -t nat -A DOCKER -p " +
			"tcp: iptables: No chain/target/match by that name.)",
		Says: "could not start {culprit|the container}: Docker could not write its firewall rules on the instance",
		Do: "drain and replace the instance; to keep it, restart Docker (its containers stop), which writes its " +
			"rules again, and find what flushes iptables (firewalld, a script)"},
	{ID: "fault/port-taken", Fault: Conflict, Source: docDocker,
		Match: Match{Any: []string{"already allocated", "address already in use", "already in use", "conflict.",
			"idempotentparametermismatch",
			"multiple containers to gpu", "already exists"}},
		Example: "CannotCreateContainerError: Error response from daemon: Conflict. The container name " +
			"\"/ecs-jobs-4-jobs-b0c1\" is already in use by container"},
	{ID: "fault/port-programming", Fault: Conflict, At: []Stage{Start}, Confidence: Likely, Source: docDocker,
		Match: Match{Any: []string{"programming external connectivity", ": bind for "}},
		Example: "CannotStartContainerError: Error response from daemon: driver failed programming external " +
			"connectivity on endpoint ecs-api-9-api-a0"},
	{ID: "fault/manifest-old", Fault: Mismatch, At: []Stage{Image}, Source: docCannotPull,
		Match: outdatedForm,
		Example: "CannotPullContainerError: ref pull has been retried 1 time(s): failed to unpack image: no " +
			"processor for media-type: application/octet-stream",
		Says: "{image|the image} has an image manifest of a kind that is no longer supported",
		Do:   "build the image again with a current build tool, push it and deploy it"},
	{ID: "fault/no-longer-supported", Fault: Mismatch, Source: docCannotPull,
		Match:   outdatedForm,
		Example: "CannotCreateContainerError: Error response from daemon: legacy links are no longer supported"},
	{ID: "fault/host-os", Fault: Mismatch, Source: docDocker,
		Match: Match{Any: []string{"operating system is not supported", "operating system does not match",
			"based image is incompatible with"}},
		Example: "CannotStartContainerError: Error response from daemon: hcsshim::CreateComputeSystem 7aa1: The " +
			"container operating system does not match the host operating system.",
		Says: "could not start {culprit|the container}: its image is built for another Windows version than the " +
			"host's",
		Do: "build the image for the Windows version of the host; otherwise set operatingSystemFamily in " +
			"{theDefinition|the task definition} to the image's version"},
	{ID: "fault/mismatch", Fault: Mismatch, Source: docCannotPull,
		Match: Match{Any: []string{"exec format error", "descriptor matching platform", "descriptor for platform",
			"no matching manifest",
			"cannot be used on this platform",
			"not compatible with", "does not match the specified platform",
			"does not match the detected host platform", "wrong architecture", "requirement error: unsatisfied",
			"not a valid win32 application"}},
		Example: "CannotPullContainerError: pull image manifest has been retried 5 time(s): image Manifest does not " +
			"contain descriptor matching platform 'linux/arm64'"},
	{ID: "fault/misconfiguration", Fault: Invalid, At: []Stage{Placement}, Source: docAPIFailures,
		Match: Match{Any: []string{"misconfiguration", "task_configuration_failure", "action_required",
			"overrides length", "currently not supported", "is not supported for", "does not support launch",
			"must be provided when", "must be null when", "cannot contain a capacity provider",
			"does not appear to belong",
			"is not a container in", "not idempotent", "that is still draining"}},
		Example: "TaskFailedToStart: MISCONFIGURATION"},
	{ID: "fault/corrupt", Fault: Corrupt, Source: docContainerd,
		Match: Match{Any: []string{"unexpected eof", "reader from content store", "unexpected media type",
			"mismatched image rootfs", "verification failed",
			"diffids don't match", "checksum", "unexpected commit digest", "digest mismatch",
			"invalid tar", "processing tar", "gzip: invalid", "failed size validation", "zstd: ", "archive/tar",
			"invalid compressed data"}},
		Example: "CannotPullContainerError: ref pull has been retried 3 time(s): failed to extract layer " +
			"sha256:77bb: unexpected EOF"},

	{ID: "fault/layer-write", Fault: Exhausted, At: []Stage{Image}, Confidence: Likely, Source: docContainerd,
		Match: Match{All: []string{"failed to extract layer", ": write /"},
			None: []string{"input/output error", "read-only file system"}},
		Example: "CannotPullContainerError: containerd: pull command failed: error=\"failed to extract layer " +
			"sha256:77bb: write /var..."},

	{ID: "fault/bind-mount", Fault: Invalid, At: []Stage{Start, Create}, Source: docRunc,
		Match: Match{Any: []string{"to rootfs", "are you trying to mount a directory onto a file", "chdir to cwd",
			"not a directory", "invalid mount config",
			"bind source path does not exist", "working directory", "mount source path"}},
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: runc create " +
			"failed: error mounting \"/srv/conf.d\" to rootfs at \"/etc/app.conf\": no such file or directory"},
	{ID: "fault/agent-image", Fault: NotFound, At: []Stage{Image}, Domain: DomainPlatform, Source: agentErrors,
		Match: Match{All: []string{"no such image"}, Any: []string{"amazon-ecs-pause", "amazon-ecs-agent",
			"amazon-ecs-service-connect"}},
		Example: "CannotCreateContainerError: Error: No such image: amazon/amazon-ecs-pause:0.1.0",
		Says: "the image {image|of the ECS agent}, which the agent needs on every instance, is missing on " +
			"this one",
		Do: "restart the ECS agent, which loads its images again (running tasks go on); then keep amazon-ecs images " +
			"out of what prunes the instance"},
	{ID: "fault/device-missing", Fault: NotFound, At: []Stage{Start}, Domain: DomainConfiguration, Source: docDocker,
		Match: Match{Any: []string{"could not select device driver", "gathering device information"}},
		Example: "CannotStartContainerError: Error response from daemon: could not select device driver \"nvidia\" " +
			"with capabilities: [[gpu utility]]",
		Says: "could not start {culprit|the container}: it asks for {path|a device or driver}, which the " +
			"instance does not have",
		Do: "correct the device in linuxParameters of {theDefinition|the task definition}; if it is " +
			"right, run the task on instances that have the device and its driver"},
	{ID: "fault/user-missing", Fault: NotFound, At: []Stage{Create, Start}, Domain: DomainImage, Source: docContainerd,
		Match: Match{Any: []string{"no matching entries in", "no users found", "no groups found",
			"/etc/passwd: no such file", "/etc/group: no such file"}},
		Example: "CannotStartContainerError: Error response from daemon: unable to find user shop: no matching " +
			"entries in passwd file",
		Says: "could not start {culprit|the container}: its image does not have the user or group that it must " +
			"run as",
		Do: "correct user of {culprit|the container} in {theDefinition|the task definition}; if it is " +
			"right, create the user in the image (/etc/passwd and /etc/group)"},
	{ID: "fault/marked-for-deletion", Fault: NotFound, At: []Stage{Secret}, Source: docResourceInit,
		Match: beingDeleted,
		Example: "ResourceInitializationError: unable to retrieve secret from asm: InvalidRequestException: You " +
			"can't perform this operation on the secret because it was marked for deletion.",
		Says: "{secrets|the secret} {secrets:is/are} scheduled for deletion",
		Do: "restore {secrets|the secret}, or after a deletion on purpose name {secrets:another/others} in " +
			"{theDefinition|the task definition}: `aws secretsmanager restore-secret --secret-id {secretName} " +
			"--region {secretRegion}`"},
	{ID: "fault/being-deleted", Fault: NotFound, Source: docResourceInit,
		Match: beingDeleted,
		Example: "CannotPullContainerError: asm fetching secret from the service for registry-login: " +
			"InvalidRequestException: You can't perform this operation on the secret because it was marked for " +
			"deletion."},
	{ID: "fault/devicemapper", Fault: Internal, Source: docDocker,
		Match: Match{Any: []string{"devmapper:", "devicemapper", "dm_task_run", "creating overlay mount",
			"creating aufs mount", "layer does not exist", "structure needs cleaning"}},
		Example: "CannotStartContainerError: Error response from daemon: devmapper: Unknown device 77aa: no such " +
			"device or address"},
	{ID: "fault/storage-driver", Fault: Internal, At: []Stage{Image, Create, Start}, Source: docDocker,
		Match: Match{All: []string{"/var/lib/docker/"}, Any: []string{"no such file or directory", "invalid argument",
			"input/output error", "read-only file system", "too many levels of symbolic links"}},
		Example: "CannotCreateContainerError: Error response from daemon: stat /var/lib/docker/overlay2/77aa00bb: no " +
			"such file or directory"},
	{ID: "fault/not-found-named", Fault: NotFound, Source: docResourceInit,
		Match: Match{Any: []string{"resourcenotfoundexception", "invalid ssm parameters", "invalid parameters:",
			"manifest unknown",
			"missing secret value", "blob unknown", "unknown blob", "to have execution role arn", "nosuchbucket",
			"nosuchkey", "name unknown", "repositorynotfoundexception",
			"imagenotfoundexception",
			"execution role credentials", "no execution credentials", "retrieval of aws security credentials",
			"nocredentialproviders",
			"no ec2 imds role found", "no valid providers in chain", "ec2rolerequesterror",
			"failed to find a repo digest", "no container matching",
			"parameternotfound", "filesystemnotfound", "accesspointnotfound", "statusnotfound", ".notfound"},
			Is: []string{"missing", "inactive"}},
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets " +
			"from ssm: invalid ssm parameters: /orders/db/password"},
	{ID: "fault/server-error", Fault: Internal, Source: docCannotPull,
		Match: Match{Any: []string{"panic:", "nil pointer", "500 internal server error", "502 bad gateway",
			"503 service unavailable", "504 gateway time",
			"status code: 500", "status code: 502", "status code: 503", "status code: 504", "statuscode: 500",
			"statuscode: 503", "unexpected http status: 5", "parsing http 5", "gateway timeout"}},
		Example: "CannotPullContainerError: pull command failed: panic: runtime error: invalid memory address or nil " +
			"pointer dereference"},
	{ID: "fault/parameter-missing", Fault: NotFound, At: []Stage{Placement, Network}, Source: docRunTask,
		Match: Match{All: []string{"invalidparameter", "does not exist"}},
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InvalidParameterValue: the security group does not exist"},
	{ID: "fault/invalid", Fault: Invalid, Source: docDocker,
		Match: Match{Any: []string{"invalid reference format", "normalize image reference", "unknown log opt",
			"did not contain json key", "invalid character", "must be an absolute path",
			"memory limit allowed", "range of cpu", "no log driver named", "an associated load balancer",
			"is incompatible with", "is required", "missingendpoint", "malformed", "unsupported", "unable to parse",
			"cannot parse",
			"validationexception", "invalid name",
			"invalid arn", "invalid link", "invalid volume", "invalid schema", "unable to decode", "cannot be resolved",
			"greater than maximum",
			"is not set for", "invalid argument", "invalid firelens", "unable to unmarshal", "invalidparameter",
			"invalid parameter", "invalid credentialspec",
			"must be specified", "configuration specified", "no command specified", "conflicting options",
			"invalid option", "invalid value", "invalid config", "error loading task", "unparsableport",
			"invalidvolumeerror",
			"invalidrequestexception", "not valid", "unexpected arn format", "are not in the target group vpc"},
			None: []string{"failed to register layer", "failed to do request"}},
		Example: "ResourceInitializationError: failed to validate logger args: unknown log opt 'awslogs-retention' " +
			"for awslogs log driver"},
	{ID: "fault/not-found", Fault: NotFound, Source: docCannotPull,
		Match: Match{Any: []string{"not found", "does not exist", "doesn't exist", "no such ", "could not find",
			"can't find", "cannot find", "unable to find",
			"status code: 404", "statuscode: 404", "(404)", "not available: ", "was not found", "notfoundexception",
			"unable to fetch valid", "is inactive"},
			None: []string{"failed to register layer"}},
		Example: "CannotPullContainerError: pull image manifest has been retried 2 time(s): failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:2024-11: not found"},
	{ID: "fault/invalid-generic", Fault: Invalid, Source: docDocker,
		Match: Match{Any: []string{"invalid ", "failed to generate", "we failed to generate"},
			None: []string{"failed to register layer", "failed to do request"}},
		Example: "CannotCreateContainerError: failed to create container - container uses awsfirelens log driver and " +
			"we failed to generate the Firelens log config"},

	{ID: "fault/request-canceled", Fault: Unreachable, At: remote, Confidence: Likely, Source: docResourceInit,
		Match: Match{Any: []string{"requestcanceled", "request canceled", "context deadline exceeded",
			"request send failed", "send request failed",
			"deadline exceeded", "awaiting headers", "dial tcp", "statuscode: 0"}},
		Example: "ResourceInitializationError: failed to download env files: file download command: non-empty error " +
			"stream: RequestCanceled: request context canceled caused by: context deadline exceeded"},
	{ID: "fault/signal-killed", Fault: Unreachable, At: []Stage{Logging, RegistryAuth, Secret, EnvFile},
		Confidence: Likely, Source: docResourceInit,
		Match:   Match{Any: []string{"signal: killed"}},
		Example: "ResourceInitializationError: failed to validate logger args: : signal: killed"},
	{ID: "fault/context-canceled", Fault: Unreachable, At: []Stage{Image}, Confidence: Likely, Source: docCannotPull,
		Match:   Match{Any: []string{"context canceled"}},
		Example: "CannotPullContainerError: context canceled"},
	{ID: "fault/exec-stat", Fault: NotFound, At: []Stage{Start}, Confidence: Likely, Source: docRunc,
		Match: Match{All: []string{"exec: "}, Any: []string{"\": stat /", "\": stat c:"}},
		Example: "CannotStartContainerError: Error response from daemon: failed to create task for container: runc " +
			"create failed: unable to start container process: exec: \"/srv/_entrypoint.sh\": stat /srv/_entr"},
	{ID: "fault/command-not-invoked", Fault: NotFound, At: []Stage{Start}, Confidence: Likely, Source: docDocker,
		Match: Match{Any: []string{"could not be invoked"}},
		Example: "CannotStartContainerError: Error response from daemon: Container command '/run.sh' could not be " +
			"invoked."},
	{ID: "fault/token-refused", Fault: Denied, At: []Stage{RegistryAuth, Image}, Confidence: Likely,
		Source: docContainerd,
		Match: Match{Any: []string{"failed to fetch anonymous token", "failed to fetch oauth token",
			"failed to authorize"}},
		Example: "CannotPullContainerError: failed to resolve ref \"registry.corp.example/orders/api:7\": failed to " +
			"authorize: failed to fetch anonymous token"},
	{ID: "fault/registration", Fault: Invalid, At: []Stage{HealthCheck}, Kinds: ofServices, Source: docServiceEvents,
		Match: Match{Any: []string{"failed to register targets", "failed to register instances",
			"unable to register"}},
		Example: "(service orders) failed to register targets in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) with (error " +
			"The following targets are not in a running state and cannot be registered: 'i-0aa11bb22cc33dd44')"},
	{ID: "fault/dependency-unhealthy", Fault: Unhealthy, At: []Stage{Dependency}, Source: agentErrors,
		Match:   Match{Any: []string{"healthy"}},
		Example: "TaskDependencyError: dependency container 'cache' didn't become HEALTHY"},
	{ID: "fault/dependency-crashed", Fault: Crashed, At: []Stage{Dependency}, Source: agentErrors,
		Match:   Match{Any: []string{"success", "complete", "exited", "exit code"}},
		Example: "TaskDependencyError: dependency container 'migrations' didn't reach the SUCCESS condition"},
	{ID: "fault/timeout", Fault: Timeout, Source: agentErrors,
		Match: Match{Any: []string{"timeout waiting", "timed out", "timeouterror", "could not transition",
			"deadline exceeded", "exceeded timeout",
			"timeout", "time limit"}},
		Example: "Timeout waiting for network interface provisioning to complete."},
	{ID: "fault/gone", Fault: NotFound, At: []Stage{Agent}, Source: agentErrors,
		Match:   Match{Any: []string{"containervanished"}},
		Example: "ContainerVanishedError: the container is gone"},
	{ID: "fault/internal", Fault: Internal, Source: docStoppedErrors,
		Match: Match{Any: []string{"internalerror", "internal error", "internal server error", "unexpected ec2 error",
			"unexpected error",
			"errno ", "service unavailable", "serviceunavailable", "server exception", "no error message",
			"nvidia-container-cli", "secrets resource",
			"task resource credentialspec", "containerruntimeerror", "bad gateway", "service_connect",
			"internalfailure", "hns failed", "attach namespace failed",
			"failure in a windows system call", "seccomp filter", "compute system exited unexpectedly"}},
		Example: "Unexpected EC2 error while attempting to attach network interface to instance"},
	{ID: "fault/network-hint", Fault: Unreachable, Confidence: Likely, Source: docResourceInit,
		Match: Match{Any: []string{"check your network configuration", "check your task network configuration"}},
		Example: "ResourceInitializationError: pull command failed: unable to pull secrets or registry auth Check " +
			"your task network configuration."},
	{ID: "fault/agent", Fault: Internal, At: []Stage{Agent}, Confidence: Likely, Source: agentErrors,
		Match:   Match{Any: []string{"error", "agent"}},
		Example: "ImpossibleStateTransitionError: Cannot transition to CREATED"},
}
