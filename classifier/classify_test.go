package classifier

import (
	"strings"
	"testing"
	"time"

	"whystopped/events"
)

var start = time.Date(2026, 5, 4, 3, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

func code(n int64) *int64 { return &n }

func container(name string, exit *int64, reason string) events.Container {
	return events.Container{Name: name, ExitCode: exit, Reason: reason}
}

const (
	exitedText  = "Essential container in task exited"
	oomText     = "OutOfMemoryError: Container killed due to memory usage"
	scalingText = "Scaling activity initiated by (deployment ecs-svc/4242)"
)

func stop(stopCode, reason string, containers ...events.Container) events.Stop {
	return events.Stop{
		Kind:          events.KindTask,
		StopCode:      stopCode,
		StoppedReason: reason,
		Containers:    containers,
		Group:         "service:web",
		Service:       "web",
		Cluster:       "prod",
		Family:        "web",
		Launcher:      events.LauncherService,
		LaunchType:    "FARGATE",
		CreatedAt:     start,
		StartedAt:     after(time.Minute),
		StoppedAt:     after(10 * time.Minute),
	}
}

// unstarted is a task on an instance whose container gives a reason why it did not start.
func unstarted(reason string) events.Stop {
	s := stop("TaskFailedToStart", "Task failed to start", container("app", nil, reason))
	s.LaunchType, s.StartedAt = "EC2", time.Time{}
	return s
}

func job(s events.Stop) events.Stop {
	s.Group, s.Service, s.Launcher = "family:web", "", events.LauncherRunTask
	return s
}

func groupless(s events.Stop) events.Stop {
	s.Group, s.Service, s.Launcher = "", "", events.LauncherRunTask
	return s
}

// ending sets when the stop began and when the first essential container ended.
func ending(s events.Stop, stopping, execution time.Duration) events.Stop {
	s.StoppingAt, s.ExecutionStoppedAt = after(stopping), after(execution)
	return s
}

// over sets when the task had stopped.
func over(s events.Stop, d time.Duration) events.Stop {
	s.StoppedAt = after(d)
	return s
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		name    string
		stop    events.Stop
		want    string // class verdict confidence
		culprit string
	}{
		{
			name:    "service ends with 0",
			stop:    stop("EssentialContainerExited", exitedText, container("app", code(0), "")),
			want:    "runtime.exited failure certain",
			culprit: "app",
		},
		{
			name:    "job ends with 0",
			stop:    job(stop("EssentialContainerExited", exitedText, container("app", code(0), ""))),
			want:    "runtime.exited expected certain",
			culprit: "app",
		},
		{
			name:    "no group ends with 0",
			stop:    groupless(stop("EssentialContainerExited", exitedText, container("app", code(0), ""))),
			want:    "runtime.exited review certain",
			culprit: "app",
		},
		{
			name:    "job fails",
			stop:    job(stop("EssentialContainerExited", exitedText, container("app", code(1), ""))),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
		{
			name:    "SIGHUP",
			stop:    stop("EssentialContainerExited", exitedText, container("app", code(129), "")),
			want:    "runtime.killed failure certain",
			culprit: "app",
		},
		{
			name:    "SIGSEGV",
			stop:    stop("EssentialContainerExited", exitedText, container("app", code(139), "")),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
		{
			name:    "Windows crash",
			stop:    stop("EssentialContainerExited", exitedText, container("app", code(3221225477), "")),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
		{
			name: "no exit code",
			stop: stop("EssentialContainerExited", exitedText, container("app", nil, "")),
			want: "runtime.unknown review possible",
		},
		{
			name:    "new stop code with exit code",
			stop:    stop("SomethingNew", "", container("app", code(2), "")),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
		{name: "new stop code alone", stop: stop("SomethingNew", ""), want: "unknown.unknown review possible"},
		{
			name: "exit code beats TaskFailedToStart",
			stop: stop("TaskFailedToStart", "Task failed to start", container("init", code(1), ""),
				container("app", nil, "")),
			want:    "runtime.crashed failure certain",
			culprit: "init",
		},

		{
			name:    "OOM at 137",
			stop:    stop("EssentialContainerExited", exitedText, container("app", code(137), oomText)),
			want:    "runtime.oom failure certain",
			culprit: "app",
		},
		{
			name:    "OOM at 0",
			stop:    job(stop("EssentialContainerExited", exitedText, container("app", code(0), oomText))),
			want:    "runtime.oom failure certain",
			culprit: "app",
		},
		{
			name:    "OOM without exit code",
			stop:    stop("EssentialContainerExited", exitedText, container("app", nil, oomText)),
			want:    "runtime.oom failure certain",
			culprit: "app",
		},
		{
			name: "OOM of the second container",
			stop: stop("EssentialContainerExited", exitedText, container("proxy", code(0), ""),
				container("app", code(137), oomText)),
			want:    "runtime.oom failure certain",
			culprit: "app",
		},
		{
			name: "OOM while being scaled in",
			stop: stop("ServiceSchedulerInitiated", scalingText, container("app", code(137), oomText)),
			want: "scheduler.scaled_in expected likely",
		},
		{
			name: "OOM before being scaled in",
			stop: ending(stop("ServiceSchedulerInitiated", scalingText, container("app", code(137), oomText)),
				5*time.Minute, 4*time.Minute),
			want:    "runtime.oom failure certain",
			culprit: "app",
		},

		{
			name: "crash beats the sidecar's 143",
			stop: stop("EssentialContainerExited", exitedText, container("log", code(143), ""),
				container("app", code(1), "")),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
		{
			name: "job done, sidecar told to go",
			stop: job(stop("EssentialContainerExited", exitedText, container("log", code(143), ""),
				container("app", code(0), ""))),
			want:    "runtime.exited expected certain",
			culprit: "app",
		},
		{
			name: "job done, sidecar killed at the stop timeout",
			stop: ending(job(stop("EssentialContainerExited", exitedText, container("log", code(137), ""),
				container("app", code(0), ""))), time.Minute, 91*time.Second),
			want:    "runtime.exited expected certain",
			culprit: "app",
		},
		{
			name: "killed, sidecar left with 0",
			stop: over(ending(job(stop("EssentialContainerExited", exitedText, container("log", code(0), ""),
				container("app", code(137), ""))), time.Minute, 50*time.Second), 65*time.Second),
			want:    "runtime.killed failure certain",
			culprit: "app",
		},
		{
			name: "job done, sidecar killed at the stop timeout after it",
			stop: over(ending(job(stop("EssentialContainerExited", exitedText, container("envoy", code(137), ""),
				container("app", code(0), ""))), time.Minute, 59*time.Second), 92*time.Second),
			want:    "runtime.exited expected certain",
			culprit: "app",
		},
		{
			name: "two crashed",
			stop: stop("EssentialContainerExited", exitedText, container("app", code(1), ""),
				container("log", code(2), "")),
			want:    "runtime.crashed failure likely",
			culprit: "app",
		},
		{
			name: "host gone, stop not carried out",
			stop: stop("InfrastructureHealth", "", container("app", nil, "CannotStopContainerError: timed out")),
			want: "host.lost review certain",
		},
		{
			name: "termination notice with a text of no step",
			stop: stop("TerminationNotice", "operation timed out"),
			want: "host.unknown review certain",
		},
		{
			name: "an injected sidecar does not hide the text of another",
			stop: stop("TaskFailedToStart", "",
				container("aws-guardduty-agent-x", nil, "CannotPullContainerError: x: not found"),
				container("app", code(127),
					"CannotStartContainerError: exec: \"serve\": executable file not found in $PATH")),
			want:    "start.not_found failure certain",
			culprit: "app",
		},
		{
			name: "the registry named in a Docker timeout",
			stop: stop("TaskFailedToStart", "Task failed to start",
				container("app", nil,
					"DockerTimeoutError: Could not transition to pulled: Get \"https://registry-1.docker.io/v2/\": "+
						"Client.Timeout exceeded while awaiting headers")),
			want:    "image.unreachable failure certain",
			culprit: "app",
		},
		{
			name: "connection issue alone",
			stop: stop("TaskFailedToStart",
				"ResourceInitializationError: failed to validate logger args: There is a connection issue between "+
					"the task and Amazon CloudWatch."),
			want: "logging.unreachable failure likely",
		},
		{
			name: "failed to start after the pull, without a code",
			stop: func() events.Stop {
				s := stop("", "Task failed to start", container("app", nil, ""))
				s.StartedAt, s.PullStoppedAt = time.Time{}, after(time.Minute)
				return s
			}(),
			want: "start.unknown failure possible",
		},
		{
			name: "GuardDuty is not to blame",
			stop: stop("EssentialContainerExited", exitedText, container("aws-guardduty-agent-x1", code(137), ""),
				container("app", code(0), "")),
			want:    "runtime.exited failure certain",
			culprit: "app",
		},

		{
			name: "Docker away",
			stop: unstarted("CannotPullContainerError: error during connect: Post " +
				"\"http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.43/images/create\": open //./pipe/docker_engine: The " +
				"system cannot find the file specified."),
			want:    "agent.internal failure certain",
			culprit: "app",
		},
		{
			name: "the socket of Docker as a mount",
			stop: unstarted("CannotStartContainerError: Error response from daemon: OCI runtime create failed: " +
				"error mounting \"/var/run/docker.sock\" to rootfs at \"/var/run/docker.sock\": not a directory"),
			want:    "start.invalid failure certain",
			culprit: "app",
		},
		{
			name: "container removed by somebody",
			stop: unstarted("CannotStartContainerError: Error response from daemon: No such container: " +
				"77aa00bb11cc"),
			want:    "agent.not_found failure certain",
			culprit: "app",
		},
		{
			name:    "container that cannot be listed",
			stop:    unstarted("CannotListContainersError: context deadline exceeded"),
			want:    "agent.timeout failure certain",
			culprit: "app",
		},
		{
			name: "storage driver of old",
			stop: unstarted("CannotStartContainerError: Error response from daemon: devmapper: Unknown device " +
				"77aa: no such device or address"),
			want:    "start.internal failure certain",
			culprit: "app",
		},
		{
			name: "registry that nobody reaches",
			stop: unstarted("CannotPullContainerError: API error (500): Get https://registry.corp.example/v2/: " +
				"Unable to connect"),
			want:    "image.unreachable failure certain",
			culprit: "app",
		},
		{
			name:    "host without the interface",
			stop:    unstarted("ENIInformationError: TaskENI: missing ENI"),
			want:    "network.unknown failure possible",
			culprit: "app",
		},
		{
			name: "GPU library",
			stop: unstarted("CannotStartContainerError: Error response from daemon: OCI runtime create failed: " +
				"error running hook #0: stderr: nvidia-container-cli: initialization error: load library failed: " +
				"libcuda.so.1: no such file or directory"),
			want:    "start.internal failure certain",
			culprit: "app",
		},
		{
			name: "GPU driver too old",
			stop: unstarted("CannotStartContainerError: Error response from daemon: OCI runtime create failed: " +
				"error running hook #0: stderr: nvidia-container-cli: requirement error: unsatisfied condition: " +
				"cuda>=12.4, please update your driver"),
			want:    "start.mismatch failure certain",
			culprit: "app",
		},
		{
			name: "firewall chains flushed",
			stop: unstarted("CannotStartContainerError: Error response from daemon: driver failed programming " +
				"external connectivity on endpoint ecs-web-7 (77aa): (iptables failed: iptables --wait -t nat -A " +
				"DOCKER: iptables: No chain/target/match by that name.)"),
			want:    "start.internal failure certain",
			culprit: "app",
		},
		{
			name: "bridge full",
			stop: unstarted("CannotStartContainerError: Error response from daemon: failed to create endpoint " +
				"ecs-web-7 on network bridge: adding interface veth77aa to bridge docker0 failed: exchange full"),
			want:    "network.exhausted failure certain",
			culprit: "app",
		},
		{
			name: "seccomp of an old host",
			stop: unstarted("CannotStartContainerError: Error response from daemon: OCI runtime create failed: " +
				"unable to start container process: error adding seccomp filter rule for syscall clone3: permission " +
				"denied"),
			want:    "start.internal failure certain",
			culprit: "app",
		},
		{
			name: "Windows system call",
			stop: unstarted("CannotStartContainerError: Error response from daemon: container 77aa encountered an " +
				"error during hcsshim::System::Start: failure in a Windows system call: The compute system exited " +
				"unexpectedly. (0xc0370106)"),
			want:    "start.internal failure certain",
			culprit: "app",
		},
		{
			name: "Windows network",
			stop: unstarted("CannotStartContainerError: Error response from daemon: HNS failed with error : " +
				"Unspecified error"),
			want:    "network.internal failure certain",
			culprit: "app",
		},
		{
			name: "Windows disk",
			stop: unstarted("CannotPullContainerError: hcsshim::ImportLayer failed in Win32: There is not enough " +
				"space on the disk. (0x70)"),
			want:    "image.exhausted failure certain",
			culprit: "app",
		},
		{
			name: "Windows release",
			stop: unstarted("CannotPullContainerError: a Windows version 10.0.26100-based image is incompatible " +
				"with a 10.0.20348 host"),
			want:    "image.mismatch failure certain",
			culprit: "app",
		},
		{
			name: "a layer that is not written is no missing image",
			stop: unstarted("CannotPullContainerError: failed to register layer: re-exec error: exit status 1: " +
				"output: hcsshim::ProcessBaseLayer: The system cannot find the path specified."),
			want:    "image.unknown failure possible",
			culprit: "app",
		},
		{
			name: "nor a wrong reference",
			stop: unstarted("CannotPullContainerError: failed to register layer: lchown /srv/data: invalid " +
				"argument"),
			want:    "image.unknown failure possible",
			culprit: "app",
		},
		{
			name: "text cut in the middle of a layer",
			stop: unstarted("CannotPullContainerError: containerd: pull command failed: error=\"failed to extract " +
				"layer sha256:77bb: write /var..."),
			want:    "image.exhausted failure likely",
			culprit: "app",
		},
		{
			name: "registry hung up",
			stop: unstarted("CannotPullContainerError: failed to do request: Head " +
				"\"https://registry.corp.example/v2/web/manifests/7\": EOF"),
			want:    "image.unreachable failure likely",
			culprit: "app",
		},
		{
			name: "user of the image",
			stop: unstarted("CannotStartContainerError: Error response from daemon: linux spec user: unable to " +
				"find group shop: no matching entries in group file"),
			want:    "start.not_found failure certain",
			culprit: "app",
		},
		{
			name: "credentials endpoint",
			stop: unstarted("CannotStartContainerError: Error response from daemon: failed to initialize logging " +
				"driver: CredentialsEndpointError: failed to load credentials caused by: Get " +
				"\"http://169.254.170.2/v2/credentials/77aa\": dial tcp 169.254.170.2:80: i/o timeout"),
			want:    "role.unreachable failure certain",
			culprit: "app",
		},
		{
			name: "volume that its driver lost",
			stop: unstarted("CannotCreateContainerError: Error response from daemon: create scans: found " +
				"references to volume 'scans' in driver 'acmefs:latest' but the volume was not found in the driver"),
			want:    "volume.not_found failure certain",
			culprit: "app",
		},
		{
			name: "volume plug-in away",
			stop: unstarted("CannotCreateContainerError: Error response from daemon: create scans: found " +
				"reference to volume 'scans' in driver 'acmefs', but got an error while checking the driver: dial " +
				"unix /run/docker/plugins/acmefs.sock: connect: connection refused"),
			want:    "volume.unreachable failure certain",
			culprit: "app",
		},
		{
			name: "form of a secret's ARN",
			stop: stop("TaskFailedToStart",
				"ResourceInitializationError: unable to retrieve secret from asm: unexpected ARN format with "+
					"parameters when trying to retrieve ASM secret"),
			want: "secret.invalid failure certain",
		},

		{
			name: "StopTask",
			stop: stop("UserInitiated", "Task stopped by user", container("app", code(143), "")),
			want: "user.requested expected certain",
		},
		{
			name: "StopTask with words that look like a failure",
			stop: stop("UserInitiated", "CannotPullContainerError: not found", container("app", code(0), "")),
			want: "user.requested expected certain",
		},
		{
			name: "StopTask after a crash",
			stop: ending(stop("UserInitiated", "cleanup", container("app", code(1), "")), 5*time.Minute,
				4*time.Minute),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
		{
			name: "StopTask after an OOM",
			stop: ending(stop("UserInitiated", "cleanup", container("app", code(137), oomText)), 5*time.Minute,
				4*time.Minute),
			want:    "runtime.oom failure certain",
			culprit: "app",
		},
		{
			name: "OOM after StopTask",
			stop: ending(stop("UserInitiated", "cleanup", container("app", code(137), oomText)), 4*time.Minute,
				5*time.Minute),
			want: "user.requested expected certain",
		},
		{
			name: "StopTask while it could not start",
			stop: stop("UserInitiated", "Task stopped by user",
				container("app", nil, "CannotPullContainerError: x: not found")),
			want: "user.requested expected certain",
		},
		{
			name: "Batch's time limit is a StopTask too",
			stop: job(stop("UserInitiated", "Job attempt duration exceeded timeout",
				container("default", code(137), ""))),
			want:    "runtime.timeout failure certain",
			culprit: "default",
		},

		{
			name: "Spot, service",
			stop: stop("SpotInterruption", "Your Spot Task was interrupted.", container("app", code(143), "")),
			want: "host.interrupted expected certain",
		},
		{
			name: "Spot, job",
			stop: job(stop("SpotInterruption", "", container("app", code(143), ""))),
			want: "host.interrupted review certain",
		},
		{
			name: "Spot, but it never started",
			stop: stop("SpotInterruption",
				"ResourceInitializationError: failed to validate logger args: : signal: killed",
				container("app", nil, "")),
			want:    "logging.unreachable failure likely",
			culprit: "app",
		},
		{
			name: "host terminated",
			stop: stop("TerminationNotice", "Host EC2 (instance i-0123456789abcdef0) terminated."),
			want: "host.lost review certain",
		},
		{name: "termination notice alone", stop: stop("TerminationNotice", ""), want: "host.unknown review certain"},
		{name: "infrastructure health", stop: stop("InfrastructureHealth", ""), want: "host.lost review certain"},
		{
			name: "scheduler without words",
			stop: stop("ServiceSchedulerInitiated", "", container("app", code(0), "")),
			want: "scheduler.unknown review certain",
		},
		{
			name: "scaled in",
			stop: stop("ServiceSchedulerInitiated", scalingText, container("app", code(137), "")),
			want: "scheduler.scaled_in expected likely",
		},
		{
			name: "crashed, then scaled in",
			stop: ending(stop("ServiceSchedulerInitiated", scalingText, container("app", code(1), "")),
				5*time.Minute, 4*time.Minute),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
		{
			name: "load balancer, graceful exit",
			stop: stop("ServiceSchedulerInitiated",
				"Task failed ELB health checks in (target-group "+
					"arn:aws:elasticloadbalancing:eu-north-1:1:targetgroup/web/1)", container("app", code(0), "")),
			want:    "health_check.unhealthy failure certain",
			culprit: "app",
		},
		{
			name: "load balancer, lower case",
			stop: stop("ServiceSchedulerInitiated", "task failed ELB health checks in (elb old-one)",
				container("app", code(137), "")),
			want:    "health_check.unhealthy failure certain",
			culprit: "app",
		},

		{
			name: "waited half an hour for capacity",
			stop: events.Stop{
				Kind:      events.KindTask,
				StopCode:  "TaskFailedToStart",
				CreatedAt: start,
				StoppedAt: after(31 * time.Minute),
			},
			want: "placement.exhausted failure likely",
		},
		{
			name: "pulled but never ran",
			stop: events.Stop{
				Kind:          events.KindTask,
				StopCode:      "TaskFailedToStart",
				StoppedReason: "Task failed to start",
				PullStoppedAt: after(time.Minute),
				CreatedAt:     start,
				StoppedAt:     after(2 * time.Minute),
				Containers:    []events.Container{{Name: "app"}},
			},
			want: "start.unknown failure possible",
		},
		{
			name: "failed to start",
			stop: events.Stop{
				Kind:          events.KindTask,
				StopCode:      "TaskFailedToStart",
				StoppedReason: "Task failed to start",
			},
			want: "unknown.unknown failure possible",
		},
		{name: "nothing at all", stop: events.Stop{Kind: events.KindTask}, want: "unknown.unknown review possible"},
		{
			name: "unreadable",
			stop: events.Stop{Kind: events.KindUnreadable, Refusal: "not JSON"},
			want: "unknown.unknown review possible",
		},

		{
			name: "cause on the container only",
			stop: stop("TaskFailedToStart", "Task failed to start", container("log", nil, ""),
				container("app", nil, "CannotStartContainerError: exec: \"/run.sh\": permission denied")),
			want:    "start.denied failure certain",
			culprit: "app",
		},
		{
			name: "EBS text on the attachment only",
			stop: func() events.Stop {
				s := stop("TaskFailedToStart", "")
				s.Attachments = []events.Attachment{{
					Type: "AmazonElasticBlockStorage",
					Details: map[string]string{
						"statusReason": "ECS timed out while configuring the EBS volume attachment to your Task.",
					},
				}}
				return s
			}(),
			want: "volume.timeout failure certain",
		},
		{
			name: "dependency: the other container's own end",
			stop: stop("TaskFailedToStart", "TaskDependencyError: dependency container 'db' didn't become HEALTHY",
				container("app", nil, ""), container("db", code(1), "")),
			want:    "runtime.crashed failure certain",
			culprit: "db",
		},
		{
			name: "dependency alone",
			stop: stop("TaskFailedToStart", "TaskDependencyError: dependency container 'db' didn't become HEALTHY",
				container("app", nil, ""), container("db", nil, "")),
			want:    "dependency.unhealthy failure certain",
			culprit: "db",
		},
		{
			name: "how the stop was carried out",
			stop: stop("ServiceSchedulerInitiated", scalingText,
				container("app", code(137), "CannotStopContainerError: timed out")),
			want: "scheduler.scaled_in expected likely",
		},
		{
			name: "inspect failed beside a crash",
			stop: stop("EssentialContainerExited", exitedText,
				container("app", code(1), "CannotInspectContainerError: timed out")),
			want:    "runtime.crashed failure certain",
			culprit: "app",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Classify(c.stop)
			if got := f.Class() + " " + string(f.Verdict) + " " + string(f.Confidence); got != c.want {
				t.Errorf("got %s, want %s (%s %s)", got, c.want, f.StageRule, f.FaultRule)
			}
			culprit := ""
			if f.Culprit >= 0 {
				culprit = c.stop.Containers[f.Culprit].Name
			}
			if culprit != c.culprit {
				t.Errorf("culprit %q, want %q", culprit, c.culprit)
			}
		})
	}
}

func TestTextsAreFoldedBeforeRules(t *testing.T) {
	for _, s := range []string{
		"CannotPullContainerError: The task can’t pull the image.  Check that the role\nhas the permissions to pull " +
			"images from the registry.",
		"CANNOTPULLCONTAINERERROR: the task can't pull the image. Check that the role has the permissions",
		"TaskFailedToStart: CannotPullContainerError: The task can’t pull the image. Check that the role has the " +
			"permissions",
		"CannotPullContainerError: access denied caf\xc3",
		"CannotPullContainerError: access denied ...",
	} {
		if f := Classify(stop("TaskFailedToStart", s)); f.Class() != "image.denied" {
			t.Errorf("%q is %s", s, f.Class())
		}
	}
}

func TestDomain(t *testing.T) {
	for reason, want := range map[string]Domain{
		"CannotPullContainerError: lookup 210987654321.dkr.ecr.eu-north-1.amazonws.com: no such host; failed to " +
			"resolve ref 210987654321.dkr.ecr.eu-north-1.amazonws.com/web:1": DomainConfiguration,
		"CannotPullContainerError: failed to resolve ref 210987654321.dkr.ecr.eu-north-1.amazonaws.com/web:1: dial " +
			"tcp: lookup 210987654321.dkr.ecr.eu-north-1.amazonaws.com: no such host": DomainNetwork,
		"CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn/web:1: not found": DomainImage,
		"CannotStartContainerError: exec: \"node server.js\": executable file not found in $PATH":  DomainConfiguration,
		"CannotStartContainerError: exec: \"-c\": executable file not found in $PATH":              DomainConfiguration,
		"CannotStartContainerError: exec: \"node\": executable file not found in $PATH":            DomainImage,
		"service web (port 80) is unhealthy in target-group web due to (reason Request timed out)": DomainNetwork,
		"Task failed container health checks":                                                      DomainApplication,
	} {
		if f := Classify(stop("", reason)); f.Domain != want {
			t.Errorf("%s\n is %s of %s, want %s", reason, f.Class(), f.Domain, want)
		}
	}
}

func TestWhatAThingIsCalledProvesNothing(t *testing.T) {
	for _, name := range []string{
		"node-draining", "oomkilled-exporter", "awslogs-forwarder", "envfile-sync", "forbidden-words", "no-such-host",
	} {
		f := Classify(stop("TaskFailedToStart",
			"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "+
				"210987654321.dkr.ecr.eu-north-1.amazonaws.com/"+name+":1: not found"))
		if f.Class() != "image.not_found" || f.Verdict != Failure {
			t.Errorf("an image called %s is %s %s", name, f.Class(), f.Verdict)
		}
	}
}

func TestDockerHubsOwnImages(t *testing.T) {
	for image, want := range map[string]string{
		"ngnix":                   "image.not_found",
		"docker.io/library/pyton": "image.not_found",
		"acme/private":            "image.denied",
		"210987654321.dkr.ecr.eu-north-1.amazonaws.com/web": "image.denied",
	} {
		f := Classify(stop("TaskFailedToStart", "Task failed to start",
			container("app", nil,
				"CannotPullContainerError: Error response from daemon: pull access denied for "+image+
					", repository does not exist or may require 'docker login'")))
		if f.Class() != want {
			t.Errorf("%s is %s, want %s", image, f.Class(), want)
		}
	}
}

func TestSlowShutdown(t *testing.T) {
	slow := ending(stop("ServiceSchedulerInitiated", scalingText, container("app", code(137), "")), 5*time.Minute,
		5*time.Minute+29*time.Second)
	if f := Classify(slow); !strings.Contains(f.Summary, "app ignored SIGTERM and was killed after 29 s") ||
		f.Verdict != Expected {
		t.Errorf("%s: %s", f.Verdict, f.Summary)
	}
	quick := ending(stop("ServiceSchedulerInitiated", scalingText, container("app", code(137), "")), 5*time.Minute,
		5*time.Minute+28*time.Second)
	if f := Classify(quick); strings.Contains(f.Summary, "SIGTERM") {
		t.Errorf("28 s are not the stop timeout: %s", f.Summary)
	}
	behind := slow
	behind.Attachments = []events.Attachment{{Type: "elb"}}
	if f := Classify(behind); !strings.Contains(f.Summary, "possibly ignored SIGTERM") {
		t.Errorf("draining counts too: %s", f.Summary)
	}
	two := slow
	two.Containers = append(two.Containers, container("log", code(0), ""))
	if f := Classify(two); !strings.Contains(f.Summary, "app possibly ignored SIGTERM") {
		t.Errorf("either may have been slow: %s", f.Summary)
	}
}

func TestSignature(t *testing.T) {
	a := stop("TaskFailedToStart",
		"CannotPullContainerError: ref pull has been retried 3 time(s): dial tcp 52.46.1.9:443: i/o timeout, request "+
			"id 5f2a6f6c-6b0e-4f52-a9b5-6d1f5f1f2f3e", container("app", nil, ""))
	b := stop("TaskFailedToStart",
		"CannotPullContainerError: ref pull has been retried 7 time(s): dial tcp 18.1.22.133:443: i/o timeout, "+
			"request id 00000000-aaaa-4f52-a9b5-6d1f5f1f2f3e", container("app", nil, ""))
	b.TaskID, b.CreatedAt, b.StoppedAt = "other", after(time.Hour), after(2*time.Hour)
	want := Classify(a).Signature
	if got := Classify(b).Signature; got != want {
		t.Errorf("the same failure has signatures %s and %s", want, got)
	}
	for name, change := range map[string]func(*events.Stop){
		"service":   func(s *events.Stop) { s.Service = "api" },
		"cluster":   func(s *events.Stop) { s.Cluster = "stage" },
		"container": func(s *events.Stop) { s.Containers[0].Name = "log" },
		"words":     func(s *events.Stop) { s.StoppedReason = "CannotPullContainerError: no route to host" },
	} {
		other := stop(a.StopCode, a.StoppedReason, a.Containers...)
		other.Containers = append([]events.Container{}, a.Containers...)
		change(&other)
		if Classify(other).Signature == want {
			t.Errorf("another %s has the same signature", name)
		}
	}
	// archived for ever
	for text, golden := range map[string]string{
		"retried 5 time(s): dial tcp 10.0.3.7:443: i/o timeout": "retried # time(s): dial tcp #: i/o " +
			"timeout",
		"task arn:aws:ecs:eu-north-1:210987654321:task/prod/9f0e1d2c3b4a5968": "task " +
			"arn:aws:ecs:eu-north-#:task/prod/#",
		"image web@sha256:deadbeefdeadbeef, tag v1.2.3-rc4":          "image web@#, tag #",
		"get \"https://s3.example/l?x-amz-signature=00ff&e=1\": eof": "get \"https://#.example/l?\": eof",
		"subnet 'subnet-0abc' and deadbeefcafe":                      "subnet 'subnet-#' and #",
		"failed elb health checks in (target-group web)": "failed elb health checks in " +
			"(target-group web)",
	} {
		if got := string(appendNormal(nil, text)); got != golden {
			t.Errorf("appendNormal(%q)\n got %q\nwant %q", text, got, golden)
		}
	}
	if want != "8843510d0e0e813c" {
		t.Errorf("the signature of a kept failure changed to %s", want)
	}
}

// TestPluginsOfVolumesAreNamedByTheirSocket holds that a call of a volume plug-in is of the stage of volumes.
func TestPluginsOfVolumesAreNamedByTheirSocket(t *testing.T) {
	for _, name := range []string{"amazon-ecs-volume-plugin", "rexray"} {
		f := Classify(unstarted("Error response from daemon: create ecs-web-3-data-77aa: Post http://%2Frun%2Fdocker" +
			"%2Fplugins%2F" + name + ".sock/VolumeDriver.Create: context deadline exceeded"))
		if f.Class() != "volume.unreachable" {
			t.Errorf("%s: %s", name, f.Class())
		}
	}
}

// TestWhatServedAJobIsStoppedAfterIt holds that a helper which was killed beside a job that ended well, with no clock
// to tell when, is no failure; of a service, and of another container of a job, it is.
func TestWhatServedAJobIsStoppedAfterIt(t *testing.T) {
	for _, c := range []struct {
		name string
		stop events.Stop
		want string
	}{
		{
			name: "the log router of a job",
			stop: job(stop("", exitedText, container("app", code(0), ""), container("log_router", code(137), ""))),
			want: "runtime.exited",
		},
		{
			name: "the log router of a service",
			stop: stop("", exitedText, container("app", code(0), ""), container("log_router", code(137), "")),
			want: "runtime.killed",
		},
		{
			name: "another container of a job",
			stop: job(stop("", exitedText, container("app", code(0), ""), container("worker", code(137), ""))),
			want: "runtime.killed",
		},
		{
			name: "the log router of a job that failed",
			stop: job(stop("", exitedText, container("app", code(3), ""), container("log_router", code(137), ""))),
			want: "runtime.crashed",
		},
	} {
		if f := Classify(c.stop); f.Class() != c.want {
			t.Errorf("%s: %s, want %s", c.name, f.Class(), c.want)
		}
	}
}

// TestCommandsTellJobsApart holds that two jobs of one definition are two failures, and that the same job is one
// however its numbers, dates, ids and secrets change.
func TestCommandsTellJobsApart(t *testing.T) {
	signature := func(command string) string {
		c := container("app", code(1), "")
		c.Command = command
		return Classify(job(stop("EssentialContainerExited", exitedText, c))).Signature
	}
	for _, c := range []struct {
		name, a, b string
		same       bool
	}{
		{name: "another program", a: "report daily", b: "report weekly"},
		{name: "another module", a: "python -m jobs.import", b: "python -m jobs.export"},
		{name: "another option", a: "sync --full", b: "sync --delta"},
		{name: "another line for the shell", a: "sh -c rake db:migrate", b: "sh -c rake db:seed"},
		{name: "no command", a: "report daily"},
		{name: "dates", a: "load --day 2026-11-07", b: "load --day 2026-11-08", same: true},
		{name: "times", a: "load --from 2026-11-07T00:00:00Z", b: "load --from 2026-12-01T13:30:00Z", same: true},
		{name: "ids", a: "render 5f0e1d2c-3b4a-4968-8776-554433221100",
			b: "render 00000000-aaaa-4f52-a9b5-6d1f5f1f2f3e", same: true},
		{name: "numbers", a: "shard --index=3 --of=16", b: "shard --index=11 --of=16", same: true},
		{name: "a password after its option", a: "restore --password hunter --from dump",
			b: "restore --password correcthorse --from dump", same: true},
		{name: "a password within its option", a: "restore --db-password=hunter", b: "restore --db-password=horse",
			same: true},
		{name: "a variable", a: "sh -c API_TOKEN=abc run", b: "sh -c API_TOKEN=xyz run", same: true},
		{name: "a login in a URL", a: "load postgres://app:abc@db.example/shop",
			b: "load postgres://app:xyz@db.example/shop", same: true},
		{name: "a header", a: `curl -H "Authorization: Bearer abc" https://api.example`,
			b: `curl -H "Authorization: Bearer xyz" https://api.example`, same: true},
		{name: "a member of JSON", a: `run {"apiKey": "abc", "kind": "full"}`, b: `run {"apiKey": "xyz", "kind": "full"}`,
			same: true},
		{name: "a short option", a: "mysql -u root -p abc shop", b: "mysql -u root -p xyz shop", same: true},
		{name: "what was masked", a: "load --password abc s3cr3t99", b: "load --password *** ***", same: true},
		{name: "beside a member that may be secret", a: `run {"apiKey": "abc", "kind": "full"}`,
			b: `run {"apiKey": "abc", "kind": "delta"}`},
		{name: "a value that is no secret", a: "run --job import", b: "run --job export"},
	} {
		if got := signature(c.a) == signature(c.b); got != c.same {
			t.Errorf("%s: %q and %q have the same signature: %v, want %v\n%s\n%s", c.name, c.a, c.b, got, c.same,
				unvalued(c.a), unvalued(c.b))
		}
	}
}

func TestConclude(t *testing.T) {
	f := Finding{
		Stage:      Image,
		Fault:      Unreachable,
		Verdict:    Failure,
		Confidence: Certain,
		Causes:     []Proof{{Cause: "a", Result: NotChecked}, {Cause: "b", Result: NotChecked}},
	}
	got := Conclude(f, []Proof{
		{Cause: "b", Result: Confirmed, Evidence: "rtb-1 has no 0.0.0.0/0"},
		{Cause: "a", Result: RuledOut},
		{Cause: "c", Result: Inconclusive},
	})
	if len(got.Causes) != 3 || got.Causes[0].Cause != "b" || got.Causes[1].Cause != "c" || got.Causes[2].Cause != "a" ||
		got.Causes[2].Result != RuledOut {
		t.Errorf("the confirmed cause leads, one that is ruled out comes last: %+v", got.Causes)
	}
	if got.Class() != f.Class() || got.Verdict != f.Verdict || got.Confidence != f.Confidence {
		t.Error("class, verdict and confidence never change")
	}
	if f.Causes[0].Result != NotChecked {
		t.Error("Conclude wrote into its argument")
	}
}

// ended is a container of a task that goes on, which left with an exit code, nil for an unknown one.
func ended(exit *int64, reason string) events.Stop {
	s := stop("", "", container("app", nil, "CannotPullContainerError: of another time"),
		container("init", code(0), ""), container("log", exit, reason))
	s.Kind, s.Ended = events.KindContainer, 2
	return s
}

// of is what a service, deployment or request says.
func of(kind events.Kind, eventType, eventName, reason string) events.Stop {
	return events.Stop{
		Kind:          kind,
		EventType:     eventType,
		EventName:     eventName,
		StoppedReason: reason,
		Service:       "web",
		Cluster:       "prod",
		Launcher:      events.LauncherService,
	}
}

func TestClassifyTheOtherKinds(t *testing.T) {
	meant := ended(code(0), "")
	meant.MeantToEnd = true
	failedThough := ended(code(1), "")
	failedThough.MeantToEnd = true
	const service, deployment, request = events.KindService, events.KindDeployment, events.KindRequest
	for _, c := range []struct {
		name string
		stop events.Stop
		want string // class verdict confidence
	}{
		{"container failed", ended(code(1), ""), "runtime.crashed failure certain"},
		{"container ended with 0", ended(code(0), ""), "runtime.exited review certain"},
		{"container of a job ended with 0", job(ended(code(0), "")), "runtime.exited review certain"},
		{"container that is meant to end", meant, "runtime.exited expected certain"},
		{"container that is meant to end, and failed", failedThough, "runtime.crashed failure certain"},
		{"container without exit code", ended(nil, ""), "runtime.unknown review possible"},
		{"docker stop", ended(code(143), ""), "runtime.killed failure certain"},
		{"out of memory", ended(code(137), oomText), "runtime.oom failure certain"},

		{
			"steady",
			of(service, "", "", "(service web) has reached a steady state."),
			"scheduler.unknown expected certain",
		},
		{
			"draining is no host's end",
			of(service, "", "", "(service web, taskSet ecs-svc/12) has begun draining connections on 3 tasks."),
			"scheduler.unknown expected certain",
		},
		{
			"registered",
			of(service, "", "",
				"(service web) registered 1 targets in (target-group "+
					"arn:aws:elasticloadbalancing:eu-north-1:1:targetgroup/web/1)"),
			"scheduler.unknown expected certain",
		},
		{
			"a target that is not registered is no routine",
			of(service, "", "",
				"(service web) (instance i-0aa11bb22cc33dd44) (port 80) is unhealthy in (target-group web) due to "+
					"(reason Target is not registered to the target group)"),
			"health_check.unhealthy failure certain",
		},
		{
			"routine words in a warning",
			of(service, "WARN", "SERVICE_MOON_PHASE", "the moon has started to wane"),
			"scheduler.unknown review possible",
		},
		{
			"an event of tomorrow, all well",
			of(service, "INFO", "SERVICE_MOON_PHASE", ""),
			"unknown.unknown expected possible",
		},
		{
			"an event of tomorrow, not well",
			of(service, "ERROR", "SERVICE_MOON_PHASE", ""),
			"unknown.unknown failure possible",
		},
		{
			"an event of tomorrow, perhaps",
			of(service, "WARN", "SERVICE_MOON_PHASE", ""),
			"unknown.unknown review possible",
		},
		{
			"the reason beats the event's name",
			of(service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "AGENT"),
			"placement.lost failure certain",
		},
		{
			"constraint",
			of(service, "", "",
				"(service web) was unable to place a task because no container instance met all of its requirements. "+
					"The closest matching (container-instance 77aa) encountered error \"MemberOf constraint "+
					"unsatisfied.\""),
			"placement.mismatch failure certain",
		},
		{
			"what the failed tasks say",
			of(service, "", "",
				"(service web) was unable to place a task. Reason: ResourceInitializationError: unable to retrieve "+
					"ecr registry auth: dial tcp 13.48.9.21:443: i/o timeout"),
			"registry_auth.unreachable failure certain",
		},
		{
			"daemon that fails",
			of(service, "WARNING", "DAEMON_TASK_START_IMPAIRED",
				"Task failed to reach RUNNING status: CannotPullContainerError: pull image manifest has been retried "+
					"5 time(s): manifest unknown"),
			"image.not_found failure certain",
		},
		{
			"daemon rollback",
			of(deployment, "ERROR", "DAEMON_DEPLOYMENT_ROLLBACK_FAILED", ""),
			"scheduler.rolled_back failure certain",
		},
		{
			"daemon rollback goes on",
			of(deployment, "INFO", "DAEMON_DEPLOYMENT_ROLLBACK_IN_PROGRESS", ""),
			"scheduler.rolled_back failure certain",
		},
		{
			"placement failure of type INFO",
			of(service, "INFO", "SERVICE_TASK_PLACEMENT_FAILURE", ""),
			"placement.unknown failure possible",
		},
		{
			"failed deployment of type INFO",
			of(deployment, "INFO", "SERVICE_DEPLOYMENT_FAILED", ""),
			"scheduler.rolled_back failure certain",
		},
		{
			"a deployment in progress that goes back",
			of(deployment, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS",
				"ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/77."),
			"scheduler.rolled_back failure certain",
		},
		{
			"a deployment in progress",
			of(deployment, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS deployment ecs-svc/77 in progress."),
			"scheduler.unknown expected certain",
		},
		{
			"rebalancing held back",
			of(service, "ERROR", "SERVICE_REBALANCING_STOPPED", ""),
			"scheduler.unknown review possible",
		},
		{
			"discovery",
			of(service, "WARN", "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY", ""),
			"health_check.unhealthy failure certain",
		},
		{"no way to know", of(service, "ERROR", "SERVICE_HEALTH_UNKNOWN", ""), "health_check.unknown review possible"},
		{
			"target group gone in a task set",
			of(service, "", "",
				"(service web, taskSet ecs-svc/1) task set (ecs-svc/1) (task 77) is not healthy in target-group "+
					"(web) due to TARGET GROUP IS NOT FOUND."),
			"health_check.not_found failure certain",
		},

		{
			"pending tasks",
			of(service, "", "", "(service web) stopped 3 pending tasks."),
			"scheduler.unknown expected certain",
		},
		{
			"zones in balance",
			of(service, "", "", "(service web) is AZ balanced with 1 tasks in eu-north-1a, 1 tasks in eu-north-1b."),
			"scheduler.unknown expected certain",
		},
		{
			"zones out of balance",
			of(service, "", "",
				"(service web) is not AZ balanced with 3 tasks in eu-north-1a, 1 tasks in eu-north-1b. AZ "+
					"Rebalancing in progress."),
			"scheduler.unknown expected certain",
		},
		{
			"what a service is called proves nothing",
			of(service, "", "", "(service failover-error-unhealthy) has reached a steady state."),
			"scheduler.unknown expected certain",
		},
		{
			"nor between other brackets",
			of(service, "", "",
				"service (stoptask-api) was unable to place a task because no container instance met all of its "+
					"requirements."),
			"placement.exhausted failure certain",
		},
		{
			"nor what a load balancer is called",
			of(service, "", "", "(service web) registered 1 instances in (elb error-pages)"),
			"scheduler.unknown expected certain",
		},
		{
			"count of a task set",
			of(service, "", "", "(service web) updated computedDesiredCount for taskSet ecs-svc/12 to 3."),
			"scheduler.unknown expected certain",
		},
		{
			"tasks replaced for their health",
			of(service, "", "",
				"(service web) has started 1 tasks: (task 5f0e1d2c). Amazon ECS replaced 1 tasks due to an unhealthy "+
					"status."),
			"health_check.unhealthy failure certain",
		},
		{
			"protected tasks",
			of(service, "", "",
				"(service web) was unable to reach steady state because (taskSet ecs-svc/12) was unable to scale in "+
					"due to (reason 4 tasks under protection)"),
			"scheduler.unknown review possible",
		},
		{
			"targets of another VPC",
			of(service, "", "",
				"(service web) failed to register targets in (target-group web) with (error The following targets "+
					"are not in the target group VPC 'vpc-0a1b2c3d': '10.9.0.8')"),
			"health_check.invalid failure certain",
		},
		{
			"registration refused",
			of(service, "", "",
				"(service web) failed to register targets in (target-group web) with (error User: "+
					"arn:aws:sts::210987654321:assumed-role/web-lb/ecs-service-scheduler is not authorized to "+
					"perform: elasticloadbalancing:RegisterTargets)"),
			"health_check.denied failure certain",
		},
		{
			"Spot quota of managed instances",
			of(service, "", "",
				"(service web) was unable to place a task. Reason: ResourceInitializationError: Unable to launch "+
					"instance(s) for capacity provider web-spot. MaxSpotInstanceCountExceeded: Max spot instance "+
					"count exceeded."),
			"placement.exhausted failure certain",
		},
		{
			"capacity of managed instances",
			of(service, "", "",
				"(service web) was unable to place a task. Reason: ResourceInitializationError: Unable to launch "+
					"instance(s) for capacity provider web-nodes. UnfulfillableCapacity: Unable to fulfill capacity "+
					"due to your request configuration."),
			"placement.exhausted failure certain",
		},
		{
			"hook of a blue/green deployment",
			of(deployment, "ERROR", "SERVICE_DEPLOYMENT_FAILED",
				"Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to "+
					"parse the response"),
			"scheduler.rolled_back failure certain",
		},

		{
			"capabilities of a platform",
			of(request, "", "RunTask",
				"RunTask: PlatformTaskDefinitionIncompatibilityException: One or more of the requested capabilities "+
					"are not supported."),
			"placement.mismatch failure certain",
		},
		{
			"blocked account",
			of(request, "", "RunTask",
				"RunTask: BlockedException: Your AWS account is currently blocked and thus cannot be used to create "+
					"or run Tasks."),
			"placement.denied failure certain",
		},
		{
			"platform of a call",
			of(request, "", "RunTask",
				"RunTask: PlatformTaskDefinitionIncompatibilityException: The specified platform does not satisfy "+
					"the task definition's required capabilities."),
			"placement.mismatch failure certain",
		},
		{
			"subnet of a call",
			of(request, "", "RunTask",
				"RunTask: InvalidParameterException: The subnet ID 'subnet-0a1b2c3d' does not exist"),
			"placement.not_found failure certain",
		},
		{
			"denied call",
			of(request, "", "RunTask",
				"RunTask: AccessDenied: User: arn:aws:sts::1:assumed-role/nightly/x is not authorized to perform: "+
					"ecs:RunTask on resource: arn:aws:ecs:eu-north-1:1:task-definition/web:1"),
			"placement.denied failure certain",
		},
		{
			"invalid call",
			of(request, "", "RunTask",
				"RunTask: InvalidParameterException: Network Configuration must be provided when networkMode "+
					"'awsvpc' is specified."),
			"placement.invalid failure certain",
		},
		{
			"inactive definition",
			of(request, "", "RunTask", "RunTask: ClientException: TaskDefinition is inactive"),
			"placement.not_found failure certain",
		},
		{
			"throttled call",
			of(request, "", "RunTask", "RunTask: ThrottlingException: Rate exceeded."),
			"placement.rate_limited failure certain",
		},
		{"failure of tomorrow", of(request, "", "RunTask", "SOMETHING"), "placement.unknown failure possible"},
		{
			"a task's reason is no service's message",
			stop("UserInitiated", "has started to annoy me", container("app", code(0), "")),
			"user.requested expected certain",
		},
	} {
		f := Classify(c.stop)
		if got := f.Class() + " " + string(f.Verdict) + " " + string(f.Confidence); got != c.want {
			t.Errorf("%s: got %s, want %s (%s %s)", c.name, got, c.want, f.StageRule, f.FaultRule)
		}
		if c.stop.Kind == events.KindContainer &&
			(f.Culprit != 2 || strings.Contains(f.Summary, "goes on without it") == c.stop.MeantToEnd) {
			t.Errorf("%s: culprit %d, %s", c.name, f.Culprit, f.Summary)
		}
	}
}
