package classifier

import (
	"slices"
	"strings"
	"testing"

	"whystopped/events"
)

// wildText is a text as people meet it: without ECS's prefix, wrapped, cut off or written by AWS Batch, and what it
// must be taken for.
type wildText struct {
	text   string
	on     string // launch type
	class  string
	domain Domain
}

// wildTexts are the words of Docker, containerd, the ECS agent, its CNI plug-ins, Windows, registries and AWS Batch.
var wildTexts = []wildText{
	{"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type " +
		"[p4d.24xlarge]", "EC2", "placement.exhausted", DomainResources},
	{"Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY", "EC2",
		"placement.exhausted", DomainResources},
	{"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU " +
		"requirement of the job.", "EC2", "placement.invalid", DomainConfiguration},
	{"Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", "EC2",
		"placement.invalid", DomainConfiguration},
	{"MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - One or more CE(s) connected to the job queue have " +
		"instance configuration that is unsupported", "EC2", "placement.invalid", DomainConfiguration},
	{"MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS – Batch service role has a permission issue.", "EC2", "role.denied",
		DomainPermissions},
	{"ACTION_REQUIRED - CE(s) associated with the job queue are invalid.", "EC2", "placement.invalid",
		DomainConfiguration},
	{"UNDETERMINED - Batch job is blocked, root cause is undetermined.", "EC2", "placement.unknown", DomainUnknown},
	{"Container Overrides length must be at most 8192", "FARGATE", "placement.invalid", DomainConfiguration},
	{"Dependent Job failed", "EC2", "dependency.unknown", DomainUnknown},
	{"Array Child Job failed", "EC2", "dependency.unknown", DomainUnknown},

	{"Error response from daemon: client version 1.21 is too old. Minimum supported API version is 1.24, please " +
		"upgrade your client to a newer version", "EC2", "agent.mismatch", DomainPlatform},
	{"API error (400): client version 1.44 is too new. Maximum supported API version is 1.41", "EC2",
		"agent.mismatch", DomainPlatform},
	{"client is newer than server (client API version: 1.24, server API version: 1.22)", "EC2", "agent.mismatch",
		DomainPlatform},
	{"CannotPullContainerError: dial unix /var/run/docker.sock: too many open files", "EC2", "agent.exhausted",
		DomainPlatform},
	{"CannotStartContainerError: dial unix /var/run/docker.sock: connect: resource temporarily unavailable", "EC2",
		"agent.exhausted", DomainPlatform},
	{"Cannot start container 4f0c1d2e3a5b: failed to create endpoint ecs-web-1-web-aabbcc on network bridge: Bind " +
		"for 0.0.0.0:80", "EC2", "start.conflict", DomainConfiguration},
	{"Cannot start container 986d8b089f07: adding interface veth0e8d337 to bridge docker0 failed: could not find " +
		"bridge docker0: no such network interface", "EC2", "network.not_found", DomainPlatform},
	{"Unable to configure pause container namespace, err: bridge create veth pair: unable to setup veth pair for " +
		"interface: ecs-eth0: container veth name provided (ecs-eth0) already exists", "EC2", "network.conflict",
		DomainPlatform},
	{"Unable to configure pause container namespace, err: bridge ipam ADD: failed to execute plugin: ecs-ipam: " +
		"netplugin failed with no error message", "EC2", "network.internal", DomainPlatform},
	{"invoke eni plugin failed: getInterfaceDeviceName engine: unable to get device with hardware address " +
		"'02:62:5b:0f:db:fa': engine: device with mac address not found", "EC2", "network.not_found", DomainPlatform},
	{"Error: No such image: amazon/amazon-ecs-pause:0.1.0", "EC2", "image.not_found", DomainPlatform},
	{"Error response from daemon: invalid mount config for type \"bind\": bind source path does not exist: /srv/data",
		"EC2", "create.invalid", DomainConfiguration},
	{"Error response from daemon: Minimum memory limit allowed is 6MB", "EC2", "create.invalid", DomainConfiguration},
	{"CannotCreateContainerError: error creating overlay mount to /var/lib/docker/overlay2/77aa-init/merged: too " +
		"many " +
		"levels of symbolic links", "EC2", "create.internal", DomainPlatform},
	{"error creating read-write layer with ID \"77aa\": stat /var/lib/docker/overlay2/00bb: no such file or directory",
		"EC2", "create.internal", DomainPlatform},
	{"API error (500): Cannot start container 4f0c1d2e: devmapper: Unknown device 0a1b2c3d4e5f: No such device or " +
		"address", "EC2", "start.internal", DomainPlatform},
	{"runc create failed: unable to start container process: exec: \"serve\": executable file not found in $PATH",
		"FARGATE", "start.not_found", DomainImage},
	{"container init caused \"rootfs_linux.go:58: mounting \\\"/srv/app.conf\\\" to rootfs " +
		"\\\"/var/lib/docker/77aa\\\" " +
		"caused \\\"not a directory\\\"\"", "EC2", "start.invalid", DomainConfiguration},

	{"API error (500): mkdir /var/lib/docker/containers/77aa: read-only file system", "EC2", "create.internal",
		DomainPlatform},
	{"error while creating mount source path '/mnt/efs': mkdir /mnt/efs: file exists", "EC2", "create.invalid",
		DomainConfiguration},
	{"API error (400): range of CPUShares is from 1 to 10000", "EC2", "unknown.invalid", DomainConfiguration},
	{"container init caused \"read init-p: connection reset by peer\"", "EC2", "start.exhausted", DomainResources},
	{"OCI runtime create failed: chdir to cwd (\"/home/node\") set in config.json failed: permission denied", "FARGATE",
		"start.invalid", DomainConfiguration},
	{"unable to start container process: exec: \"/srv/_entrypoint.sh\": stat /srv/_en", "EC2", "start.not_found",
		DomainImage},
	{"DockerStateError: [8] System error: exec: \"./serve.rb\": permission denied", "EC2", "start.denied", DomainImage},
	{"Container command '/run.sh' could not be invoked.", "EC2", "start.not_found", DomainImage},
	{"failed to launch a task with (error InvalidParameterException: the security group does not exist)", "FARGATE",
		"placement.not_found", DomainConfiguration},
	{"Unable to create ENI: NetworkInterfaceLimitExceeded", "FARGATE", "network.exhausted", DomainResources},
	{"CannotPullContainerError: failed to find a descriptor for platform {linux/amd64}", "FARGATE", "image.mismatch",
		DomainImage},

	{"CannotStartContainerError: hcs::CreateComputeSystem 77aa: The compute system exited unexpectedly.", "EC2",
		"start.internal", DomainPlatform},
	{"container 77aa encountered an error during hcsshim::System::CreateProcess: failure in a Windows system call: " +
		"The " +
		"system cannot find the file specified. (0x2)", "EC2", "start.not_found", DomainImage},
	{"hcsshim::CreateProcess: failure in a Windows system call: Access is denied. (0x5)", "EC2", "start.denied",
		DomainImage},
	{"hcs::System::CreateProcess: failure in a Windows system call: %1 is not a valid Win32 application. (0xc1)",
		"EC2", "start.mismatch", DomainImage},
	{"hcsshim::CreateComputeSystem 77aa: Insufficient system resources exist to complete the requested service.", "EC2",
		"start.exhausted", DomainResources},

	{"CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code " +
		"https://registry-1.docker.io/v2/acme/api/blobs/sha256:77aa: 504 Gateway Time-out", "FARGATE",
		"image.internal", DomainPlatform},
	{"CannotPullContainerError: Error response from daemon: received unexpected HTTP status: 503 Service Unavailable",
		"EC2", "image.internal", DomainPlatform},
	{"error pulling image configuration: error parsing HTTP 502 response body: invalid character '<' looking for " +
		"beginning of value", "EC2", "image.internal", DomainPlatform},
	{"Error response from daemon: Head \"https://ghcr.io/v2/acme/api/manifests/7\": denied", "EC2", "image.denied",
		DomainPermissions},
	{"CannotPullContainerError: Error response from daemon: blob unknown to registry", "EC2", "image.not_found",
		DomainImage},
	{"CannotPullContainerError: failed to get reader from content store: content digest sha256:77aa: not found",
		"FARGATE", "image.corrupt", DomainImage},
	{"failed to initialize logging driver: no log driver named 'awslog' is registered", "EC2", "logging.invalid",
		DomainConfiguration},
	{"unable to retrieve secret from asm: DecryptionFailure: Secrets Manager can't decrypt the protected secret text",
		"FARGATE", "secret.denied", DomainPermissions},
	{"CannotPullContainerError: failed to resolve ref \"registry.corp.example/orders/api:7\": failed to authorize: " +
		"failed to fetch anonymous token.", "FARGATE", "registry_auth.denied", DomainPermissions},
	{"failed to fetch anonymous token: Get \"https://auth.docker.io/token?service=registry.docker.io\": dial tcp " +
		"54.1.2.3:443: i/o timeout", "FARGATE", "registry_auth.unreachable", DomainNetwork},
}

// TestWildTexts holds that each text is taken for the same with and without ECS's prefix, in another quoting, wrapped
// in the words of another, and where only its end or its beginning is kept.
func TestWildTexts(t *testing.T) {
	wrappings := map[string]func(string) string{
		"as it came":    func(s string) string { return s },
		"wrapped":       func(s string) string { return "Task failed to start - " + s },
		"typographic":   func(s string) string { return strings.ReplaceAll(s, `"`, "”") },
		"escaped":       func(s string) string { return strings.ReplaceAll(s, `"`, `\"`) },
		"with more":     func(s string) string { return s + " (Service: AWSBatch; Status Code: 400)" },
		"several lines": func(s string) string { return strings.ReplaceAll(s, ": ", ":\n ") },
	}
	for name, wrap := range wrappings {
		for _, w := range wildTexts {
			s := events.Stop{LaunchType: w.on, StopCode: "TaskFailedToStart", StoppedReason: "Task failed to start",
				Containers: []events.Container{{Name: "web", Reason: wrap(w.text)}}}
			f := Classify(s)
			if f.Class() != w.class || f.Domain != w.domain || f.Verdict != Failure {
				t.Errorf("%s: %s is %s, %s, %s by %s and %s, want %s, %s", name, w.text, f.Class(), f.Domain, f.Verdict,
					f.StageRule, f.FaultRule, w.class, w.domain)
			}
		}
	}
}

// TestRegistrationFails holds that a service whose tasks cannot be registered with a load balancer has failed,
// whatever the load balancer's answer.
func TestRegistrationFails(t *testing.T) {
	const group = "(service orders) failed to register targets in (target-group " +
		"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) with (error "
	for text, class := range map[string]string{
		group + "The following targets are not in a running state and cannot be registered: " +
			"'i-0aa11bb22cc33dd44')": "health_check.invalid",
		group + "You have reached the maximum number of targets for this target " +
			"group)": "health_check.exhausted",
		group + "Rate exceeded)":                       "health_check.rate_limited",
		group + "One or more target groups not found)": "health_check.not_found",
		group + "User: arn:aws:sts::210987654321:assumed-role/ecs/ecs is not authorized to perform: " +
			"elasticloadbalancing:RegisterTargets)": "health_check.denied",
		"(service orders) failed to register instances in (elb orders-elb) with (error Instance is not in " +
			"VPC)": "health_check.invalid",
		"(service orders) failed to deregister targets in (target-group " +
			"orders-tg)": "health_check.unknown",
	} {
		f := Classify(events.Stop{Kind: events.KindService, Service: "orders", StoppedReason: text})
		if f.Class() != class || f.Verdict != Failure {
			t.Errorf("%s\nis %s, %s, want %s", text, f.Class(), f.Verdict, class)
		}
	}
}

// TestUnknownStageIsNeverCertain holds that whatever fault word a text has, a class without a stage is not certain.
func TestUnknownStageIsNeverCertain(t *testing.T) {
	words := []string{"everything is already in use", "exec failed: permission denied by us", "i/o timeout"}
	for _, rule := range FaultRules {
		words = append(words, slices.Concat(rule.Match.All, rule.Match.Any)...)
	}
	found := 0
	for _, word := range words {
		f := Classify(events.Stop{StopCode: "TaskFailedToStart", StoppedReason: word})
		if f.Stage != UnknownStage || f.Fault == UnknownFault {
			continue
		}
		found++
		if f.Confidence == Certain {
			t.Errorf("%q is %s, and certain", word, f.Class())
		}
	}
	if found < 50 {
		t.Errorf("only %d words name a fault without a stage: is anything looked at?", found)
	}
}

// TestNeverStarted holds that the kill of a container beside one that never started is a consequence, and that a
// container which failed by itself is not.
func TestNeverStarted(t *testing.T) {
	waits := events.Container{Name: "api"}
	for name, c := range map[string]struct {
		containers []events.Container
		class      string
		causes     string // those that stand first
	}{
		"killed": {[]events.Container{waits, withCode("db-proxy", 137)}, "dependency.unknown",
			"dependency-timeout"},
		"terminated": {[]events.Container{withCode("db-proxy", 143), waits}, "dependency.unknown",
			"dependency-timeout"},
		"failed":       {[]events.Container{waits, withCode("migrate", 1)}, "runtime.crashed", ""},
		"nobody waits": {[]events.Container{withCode("api", 137)}, "runtime.killed", ""},
		"injected agent": {[]events.Container{{Name: "aws-guardduty-agent-x"}, withCode("api", 137)},
			"runtime.killed", ""},
	} {
		s := events.Stop{StopCode: "TaskFailedToStart", StoppedReason: "Task failed to start", Containers: c.containers}
		f := Classify(s)
		if f.Class() != c.class || c.causes != "" && f.Causes[0].Cause != c.causes {
			t.Errorf("%s: %s, %v, want %s, %s", name, f.Class(), f.Causes, c.class, c.causes)
		}
	}
}

// TestRefusedCalls holds what the answers to RunTask and CreateService are taken for, where ECS refused at once.
func TestRefusedCalls(t *testing.T) {
	const group = "arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928"
	for text, want := range map[string]string{
		"Network Configuration must be provided when networkMode 'awsvpc' is specified.": "placement.invalid " +
			"launch-type-mismatch",
		"Task definition does not support launch_type FARGATE.": "placement.invalid " +
			"launch-type-mismatch",
		"The platform version must be null when specifying an EC2 launch type.": "placement.invalid " +
			"launch-type-mismatch",
		"Override for container named web is not a container in the TaskDefinition.": "placement.invalid " +
			"launch-type-mismatch",
		"Unable to Start a service that is still Draining.": "placement.invalid " +
			"launch-type-mismatch",
		"The target group with targetGroupArn " + group + " does not have an associated load " +
			"balancer.": "health_check.invalid " +
			"target-group-unfit",
		"The provided target group " + group + " has target type instance, which is incompatible with the awsvpc " +
			"network " +
			"mode specified in the task definition.": "health_check.invalid target-group-unfit",
		"Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role " +
			"being passed has the proper permissions.": "role.denied balancer-role-unfit",
		"Unable to assume role and validate the listeners configured on your load balancer. Please verify that the " +
			"ECS service role being passed has the proper permissions.": "role.denied balancer-role-unfit",
		"Fargate requires task definition to have execution role ARN to support ECR images.": "role.not_found " +
			"role-missing",
		"The subnet ID 'subnet-0a1b2c3d' does not exist (ErrorCode: InvalidSubnetID.NotFound)": "placement.not_found " +
			"network-configuration-invalid",
		"TaskDefinition is inactive":                                     "placement.not_found request-names-missing",
		"Your account is currently blocked. Please contact AWS Support.": "placement.denied account-blocked",
		"No Container Instances were found in your cluster.": "placement.exhausted " +
			"launch-type-sets-provider-aside",
		"User: arn:aws:iam::210987654321:user/ci is not authorized to perform: iam:PassRole on resource: " +
			"arn:aws:iam::210987654321:role/exec": "role.denied role-permission-missing",
	} {
		f := Classify(events.Stop{Kind: events.KindRequest, StoppedReason: "RunTask: ClientException: " + text})
		if got := f.Class() + " " + f.Causes[0].Cause; got != want || f.Verdict != Failure {
			t.Errorf("%s\nis %s, %s, want %s", text, got, f.Verdict, want)
		}
	}
}
