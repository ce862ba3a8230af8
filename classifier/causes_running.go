package classifier

import (
	"slices"
	"strings"
	"time"

	"whystopped/events"
)

// runningCauses are defects of a task that ran: memory, the program itself, its health checks, its way to end; ends
// that ECS, AWS or a person brought about; and faults of the machinery under the task.
var runningCauses = []Cause{
	{
		ID:    "memory-limit",
		Title: "{culprit|the container} needs more memory than its own limit of {memory|its definition}",
		Why: "The kernel kills a process of the container as soon as all of them together exceed the container's " +
			"hard limit. Page cache in tmpfs, thread stacks and child processes count.",
		Check: func() []Check {
			return []Check{
				describeDefinition("memory of {culprit|the container}, and cpu and memory of the task"),
				lookAt("CloudWatch Container Insights, cluster {cluster|CLUSTER}: MemoryUtilized of {family|the task " +
					"definition} before the stop"),
				lookAt("The last revision that did not fail: its limit, its image, its load"),
			}
		},
		Fix:  "Raise memory of {culprit|the container}; if its use keeps growing, look for a leak.",
		Docs: "https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors",
		Example: aTask +
			`"launchType":"EC2","startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T03:09:00Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":137,"memory":"512","reason":"OutOfMemoryError: Container killed due to memory usage"}]}`,
		At: []Stage{Runtime},
		Applies: func(v *view) bool {
			return v.has(OOM) && (ownLimit(v) || !taskLimit(v) && !softLimitOnly(v))
		},
		Text: []TextProof{
			{Result: Confirmed, If: limitsFit,
				Evidence: "{culprit|the container} was killed for memory, and its own limit[ of {memory}] is the " +
					"first to be reached"},
		},
	},
	{
		ID:    "task-memory-limit",
		Title: "the task's containers together need more memory than the task has",
		Why: "Containers without a limit of their own share the task's memory, on Fargate also with what AWS adds " +
			"to it. One that grows gets another one killed.",
		Check: func() []Check {
			return []Check{
				describeDefinition("memory of the task against what its containers need together"),
				lookAt("CloudWatch Container Insights, cluster {cluster|CLUSTER}: MemoryUtilized against " +
					"MemoryReserved of {family|the task definition}"),
			}
		},
		Fix:  "Raise the memory of the task, or give each container a limit so that one cannot take it all.",
		Docs: "https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors",
		Example: aTask +
			`"launchType":"FARGATE","memory":"1024","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":137,"reason":"OutOfMemoryError: Container killed due to memory usage"}]}`,
		At: []Stage{Runtime},
		Applies: func(v *view) bool {
			return v.has(OOM) && taskLimit(v) && (several(v) || !ownLimit(v))
		},
		Text: []TextProof{
			{Result: Confirmed, If: onlyTaskLimit,
				Evidence: "{culprit|the container} was killed for memory, and has no limit but the task's[ of " +
					"{memory}]"},
			{Result: RuledOut, If: limitsFit,
				Evidence: "the limits of all containers together fit into the task's memory, so {culprit|the " +
					"container} reached its own first"},
		},
	},
	{
		ID:    "memory-leak",
		Title: "{culprit|the program} uses more and more memory until it reaches the limit",
		Why: "It ran for {ran|a long time} before it was killed. A limit that is too small shows at the start or " +
			"under load; a leak shows after hours.",
		Check: func() []Check {
			return []Check{
				lookAt("CloudWatch Container Insights, cluster {cluster|CLUSTER}: MemoryUtilized climbs steadily and " +
					"falls back only at each restart"),
				lookAt("Earlier stops of {service|the service}: a leak stops tasks at regular intervals"),
			}
		},
		Fix: "Find the leak with a heap profile; until then raise the limit, or replace the tasks before they " +
			"reach it.",
		Docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html",
		Example: aTask +
			`"launchType":"EC2","startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-05T11:00:00Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":137,"memory":"512","reason":"OutOfMemoryError: Container killed due to memory usage"}]}`,
		At: []Stage{Runtime},
		Applies: func(v *view) bool {
			return v.has(OOM) && ranOver(v, longRunning)
		},
	},
	{
		ID:    "heap-setting",
		Title: "the language runtime's heap does not fit the container's memory",
		Why: "A JVM, Node.js or similar sizes its heap by a flag, or by the host's memory if it does not see the " +
			"limit. A heap that is too large gets the container killed. One that is too small makes the runtime " +
			"abort, or end with code 1 or 3.",
		Check: func() []Check {
			return []Check{
				logLines("heap out of memory, OutOfMemoryError of Java, bad_alloc"),
				describeDefinition("JAVA_TOOL_OPTIONS, NODE_OPTIONS or GOMEMLIMIT against the memory limit"),
			}
		},
		Fix: "Size the heap by the limit (Java: -XX:MaxRAMPercentage, Node.js: --max-old-space-size), and leave " +
			"a quarter for the rest.",
		Docs: "https://docs.docker.com/engine/containers/resource_constraints/",
		Example: aTask +
			`"launchType":"FARGATE","memory":"1024","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":137,"reason":"OutOfMemoryError: Container killed due to memory usage"}]}`,
		Applies: func(v *view) bool {
			return v.is(Runtime) && v.has(OOM) || v.crash() &&
				(v.ended(134) || v.ended(1, 3) && !ranUnder(v, brieflyRunning))
		},
	},
	{
		ID:    "sidecar-ended",
		Title: "{culprit|a helper container} ended and took the whole task with it",
		Why: "When an essential container ends, ECS stops all others. {culprit|The one that ended} looks like a " +
			"helper, so the application itself may have been healthy.",
		Check: func() []Check {
			return []Check{
				describeDefinition("essential of {culprit|the helper}"),
				logLines("its last lines"),
			}
		},
		Fix: "Correct what the log of {culprit|the helper} shows; if the task can run without it, set essential " +
			"to false and give it a restartPolicy.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","containers":[{"name":"log_router","exitCode":2},{"name":"app","exitCode":143}]}`,
		Applies: func(v *view) bool {
			return v.Kind == events.KindTask && v.is(Runtime) && !v.has(Timeout) && v.helper()
		},
	},
	{
		ID:    "command-not-found-exit-127",
		Title: "a shell in {culprit|the container} did not find a command or shared library",
		Why: "A shell and the dynamic linker end with exit code 127 when a program, or a library that it needs, " +
			"does not exist.",
		Check: func() []Check {
			return []Check{
				logLines("not found, or error while loading shared libraries"),
				describeDefinition("entryPoint, command and PATH against the last revision that ran"),
			}
		},
		Fix:  "Install the program or library in the image, or correct its name or PATH.",
		Docs: "https://man7.org/linux/man-pages/man1/bash.1.html",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":127}]}`,
		Applies: func(v *view) bool { return v.crash() && v.ended(127) },
	},
	{
		ID:    "not-executable-exit-126",
		Title: "a shell in {culprit|the container} found the command but may not execute it",
		Why: "A shell ends with exit code 126 when the file is not executable, is a directory, or is a program " +
			"of the wrong kind.",
		Check: func() []Check {
			return []Check{
				logLines("Permission denied, or Is a directory, with the file's name"),
				describeDefinition("entryPoint and command of {culprit|the container}"),
				run("docker run --rm --entrypoint ls {image} -l {executable}", "mode and owner"),
			}
		},
		Fix:  "Make the file executable in the image (chmod +x), or start it through its interpreter.",
		Docs: "https://man7.org/linux/man-pages/man1/bash.1.html",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":126}]}`,
		Applies: func(v *view) bool { return v.crash() && v.ended(126) },
	},
	{
		ID:    "app-signal-crash",
		Title: "{culprit|the program} crashed in native code ({signal|exit code} {exitCode|unknown})",
		Why: "The processor or the program's own runtime ended it: {meaning|a fault in native code}. Usual " +
			"reasons are a native library that does not fit the image or the CPU, a failed assertion, or a bug.",
		Check: func() []Check {
			return []Check{
				logLines("stack trace, assertion, name of a library"),
				inspectImage("architecture is that of the task"),
				lookAt("What changed since the last revision of {family|the task definition} that ran: base image, " +
					"native packages, and on EC2 the instance type"),
			}
		},
		Fix:  "Go back to the last image that worked, then update or replace the native library that crashes.",
		Docs: "https://man7.org/linux/man-pages/man7/signal.7.html",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":139}]}`,
		Applies: func(v *view) bool { return v.crash() && v.crashSignal() },
	},
	{
		ID:    "app-usage-error",
		Title: "{culprit|the program} was started with options that it does not accept",
		Why: "Many programs end with exit code 2 when their command line is wrong, shells on a syntax error, and " +
			"Go programs on a panic.",
		Check: func() []Check {
			return []Check{
				logLines("usage, unknown option, syntax error, panic"),
				describeDefinition("command, and the overrides of whoever started the task"),
			}
		},
		Fix: "Correct command or overrides of {culprit|the container}; if they are right, correct the error " +
			"that the log shows.",
		Docs: "https://man7.org/linux/man-pages/man1/bash.1.html",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":2}]}`,
		Applies: func(v *view) bool { return v.crash() && v.ended(2) },
	},
	{
		ID: "app-config",
		Title: "{culprit|the program} failed while starting: a setting, a secret or a service that it needs is " +
			"missing",
		Why: "It ended within seconds. That is when programs check their settings, secrets and database, and end " +
			"if something is missing.",
		Check: func() []Check {
			return []Check{
				logLines("which setting or connection it complains of"),
				describeDefinition("environment, secrets and command against the last revision that ran"),
			}
		},
		Fix: "Give {culprit|the container} the setting that its log asks for; if it cannot reach a service, open " +
			"the network path to it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
		Example: aTask +
			`"group":"service:orders","startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T03:00:04Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":1}]}`,
		Applies: func(v *view) bool {
			return v.ownCode() && !v.ended(2) && (ranUnder(v, brieflyRunning) || v.StartedAt.IsZero() && v.ended())
		},
	},
	{
		ID:    "log-router-config",
		Title: "the configuration of the log router {culprit|container} is not valid or cannot be read",
		Why: "Fluent Bit ends while starting when a section, plug-in or file of its configuration is wrong, or a " +
			"value from the environment or S3 is missing. It is usually essential, so the task ends with it.",
		Check: func() []Check {
			return []Check{
				logLines("the line with [error] or [config]; it needs a logConfiguration of its own (awslogs) to " +
					"have one"),
				describeDefinition("firelensConfiguration, and logConfiguration options of the containers that log " +
					"through it"),
			}
		},
		Fix: "Correct the configuration that the log of {culprit|the log router} names, and test it with " +
			"fluent-bit --dry-run.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html",
		Example: aTask +
			`"group":"service:orders","startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T03:00:04Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"log_router","exitCode":255},{"name":"app"}]}`,
		Unproven: "The configuration of a log router is not read.",
		At:       []Stage{Runtime},
		Applies: func(v *view) bool {
			return v.ownCode() && logRouter(v) && (ranUnder(v, warmingUp) || v.StartedAt.IsZero())
		},
	},
	{
		ID:    "app-error",
		Title: "{culprit|the program} ended with an error of its own (exit code {exitCode|unknown})",
		Why: "The container's main process failed, and the event does not say why. The reason is in its output, " +
			"usually in the last lines.",
		Check: func() []Check {
			return []Check{
				logLines("the last lines before the stop"),
				describeDefinition("logConfiguration, where the output goes"),
				lookAt("Deployments and changes just before the first such stop of {family|the task definition}"),
			}
		},
		Fix:  "Correct the error that the log shows; to restore service first, deploy the last revision that ran.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Example: aTask +
			`"group":"service:orders","startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T05:00:00Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":1}]}`,
		Applies: func(v *view) bool { return v.ownCode() },
	},
	{
		ID:    "killed-for-memory-unreported",
		Title: "{culprit|the container} was probably killed for memory, though ECS does not say so",
		Why: "137 is SIGKILL. If nobody asked for the stop, the kernel is the usual sender. It kills one " +
			"process, and with a task's shared limit ECS does not always report that.",
		Check: func() []Check {
			return []Check{
				lookAt("CloudWatch Container Insights, cluster {cluster|CLUSTER}: MemoryUtilized of {family|the task " +
					"definition} in the last minutes, against {memory|the limit}"),
				onHost("sudo dmesg -T | grep -i 'killed process'", "",
					"the process of {culprit|the container}, at the minute of the stop"),
			}
		},
		Fix:  "Raise the limit if memory use was near it; otherwise look for another sender of SIGKILL.",
		Docs: "https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":137}]}`,
		At: []Stage{Runtime},
		Applies: func(v *view) bool {
			return v.has(Killed) && (v.Signal == "SIGKILL" || v.ended(137)) && slowShutdown(v.Stop) == 0
		},
	},
	{
		ID: "killed-from-outside",
		Title: "something sent {culprit|the container} a signal: a script, a process manager[, or docker " +
			"{onInstance}]",
		Why: "{signal|The signal} ended the process without a stop that ECS knows of. The sender is inside the " +
			"container, on its instance, or in an ECS Exec session.",
		Check: func() []Check {
			return []Check{
				logLines("an init process, supervisor or script that ends it"),
				trail("ExecuteCommand", "sessions at that minute"),
				onHost("sudo journalctl -u docker{logTimes}",
					"Get-EventLog -LogName Application -Source Docker -Newest 100", "docker stop or docker kill"),
			}
		},
		Fix:  "Remove what sends the signal; to stop the task on purpose, call StopTask.",
		Docs: "https://man7.org/linux/man-pages/man7/signal.7.html",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":143}]}`,
		At: []Stage{Runtime},
		Applies: func(v *view) bool {
			return v.has(Killed) && !(v.ended(137) && slowShutdown(v.Stop) > 0)
		},
	},
	{
		ID:    "process-finished",
		Title: "the main process of {culprit|the container} ended although a service should keep running",
		Why: "Exit code 0 means that the program considers itself done. A start script that puts the server into " +
			"the background, a shell without input, or a job run as a service ends like this.",
		Check: func() []Check {
			return []Check{
				logLines("what it did last"),
				describeDefinition("entryPoint and command; the server must run in the foreground"),
				describeService(
					"events of that minute with unhealthy or deregistered mean that it was asked to end, and " +
						"ended well"),
			}
		},
		Fix: "Run the server in the foreground (exec at the end of the script); if it is a job, start it with " +
			"run-task instead of a service.",
		Docs: "https://docs.docker.com/engine/containers/multi-service_container/",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":0}]}`,
		At:      []Stage{Runtime},
		Applies: func(v *view) bool { return v.has(Exited) && !runsToEnd(v) },
	},
	{
		ID:    "job-finished",
		Title: "the job finished its work and ended",
		Why: "{group|The task} is not part of a service, and its main process ended with code 0, as a job does. " +
			"Containers that are killed after it are a consequence.",
		Check: func() []Check {
			return []Check{
				logLines("whether it finished its work"),
			}
		},
		Fix:  "Do nothing unless its log shows that it ended too early.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/standalone-tasks.html",
		Example: aTask +
			`"group":"family:invoices","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app","exitCode":0}]}`,
		Unproven: "Only you know whether the task was meant to end.",
		At:       []Stage{Runtime},
		Applies:  func(v *view) bool { return v.has(Exited) && v.Service == "" },
	},
	{
		ID:    "time-limit",
		Title: "the job ran longer than the time limit that was set for it",
		Why: "AWS Batch ends an attempt after attemptDurationSeconds. The signal that follows is a consequence, " +
			"not a fault of its own.",
		Check: func() []Check {
			return []Check{
				describeJob("timeout and attempts"),
				logLines("whether it still made progress"),
			}
		},
		Fix:      "Find out what made the job slow; if it needs the time, raise attemptDurationSeconds.",
		Docs:     "https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html",
		Example:  "Job attempt duration exceeded timeout",
		Unproven: "AWS Batch says it in the text; the timeout of a job is not read.",
		At:       []Stage{Runtime},
		Applies:  func(v *view) bool { return v.has(Timeout) },
		Text: []TextProof{
			{Result: Confirmed, If: notByCaller,
				Evidence: "AWS Batch ended the attempt because its time was over"},
		},
	},
	{
		ID:    "exit-code-unseen",
		Title: "an essential container ended, and its exit code was not recorded",
		Why: "The ECS agent or the container runtime was not running when the process ended, or the container " +
			"was removed before its exit code was read.",
		Check: func() []Check {
			return []Check{
				describeTasks("exitCode and reason of each container"),
				taskLogs("which container fell silent first"),
				agentLog("the minute of the stop"),
			}
		},
		Fix:  "Read the container's log for the reason[; when it repeats {onInstance}, drain and replace it].",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html",
		Example: aTask +
			`"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"app"}]}`,
		Unproven: "An exit code that ECS did not record is kept nowhere.",
		At:       []Stage{Runtime},
		Applies:  func(v *view) bool { return v.has(UnknownFault) },
	},
	{
		ID:    "one-of-several-essential",
		Title: "a container that need not be essential ended the whole task",
		Why: "Every container is essential unless its definition says otherwise, and the end of one stops all. " +
			"The others may be able to run without {culprit|this one} for a while.",
		Check: func() []Check {
			return []Check{
				describeDefinition("essential and restartPolicy of each container"),
			}
		},
		Fix: "Set essential to false or give {culprit|the container} a restartPolicy if the others can run " +
			"without it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html",
		Example: aTask +
			`"group":"service:orders","stopCode":"EssentialContainerExited","containers":[{"name":"app","exitCode":1},{"name":"worker","exitCode":143}]}`,
		Applies: func(v *view) bool {
			return v.Kind == events.KindTask && v.is(Runtime) && v.has(Crashed, Killed, OOM, UnknownFault) &&
				several(v) && !v.helper()
		},
	},
	{
		ID:    "health-grace-period",
		Title: "the application needs longer to start than the grace period allows",
		Why: "The load balancer checks a new target at once. If the grace period is too short, ECS stops the " +
			"task while it is still starting. It ran only {ran|a short time}.",
		Check: func() []Check {
			return []Check{
				describeService("healthCheckGracePeriodSeconds"),
				describeTargetGroup("HealthCheckIntervalSeconds times UnhealthyThresholdCount"),
				taskLogs("the time at which the application began to listen, if it did"),
			}
		},
		Fix:  "Set healthCheckGracePeriodSeconds of {service|the service} above the slowest start.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html",
		Example: aTask +
			`"startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T03:02:00Z","stopCode":"ServiceSchedulerInitiated","stoppedReason":"Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)"}`,
		Applies: func(v *view) bool {
			return v.elbUnhealthy() && !ranOver(v, warmingUp) && !v.probeTimedOut() && !probeRefused(v) &&
				!zoneDisabled(v)
		},
	},
	{
		ID:    "health-path",
		Title: "the application does not answer the health check's path with success",
		Why: "Health checks send no login, and the target's address as Host. A path that is missing, redirects, " +
			"requires a login or depends on the host name is answered with another code than 200.",
		Check: func() []Check {
			return []Check{
				describeService("events name the codes that the task answered with"),
				describeTargetGroup("HealthCheckPath"),
				fromVPC("curl -si http://{taskAddress}", "the code and the page that a running task answers"),
			}
		},
		Fix:  "Point the health check to a path that answers 200 without a login or redirect.",
		Docs: docTargetHealth,
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)",
		Applies: func(v *view) bool {
			return v.neverHealthy() && !v.probeTimedOut() && !probeFailed(v)
		},
	},
	{
		ID:    "health-matcher",
		Title: "the target group counts the application's answer as a failure",
		Why: "Only codes in the target group's matcher, 200 by default, count as healthy. A gRPC target group " +
			"counts gRPC codes.",
		Check: func() []Check {
			return []Check{
				describeTargetGroup("Matcher, HealthCheckProtocol, ProtocolVersion"),
				describeService("the codes in events"),
			}
		},
		Fix: "Add the code that a healthy application answers with to the matcher of {targetGroup|the target " +
			"group}.",
		Docs: docTargetHealth,
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)",
		Applies: func(v *view) bool {
			return v.neverHealthy() && !v.probeTimedOut() && !probeFailed(v)
		},
	},
	{
		ID:    "health-port",
		Title: "nothing listens on the port of the health check",
		Why: "The health check's port, the container port in the service's load balancer configuration and the " +
			"port that the application listens on must be the same. An application bound to 127.0.0.1 cannot be " +
			"reached either.",
		Check: func() []Check {
			return []Check{
				describeTargetGroup("HealthCheckPort, where traffic-port means the target's own"),
				describeService("containerPort of loadBalancers"),
				taskLogs("address and port that the application says it listens on; it should be 0.0.0.0"),
			}
		},
		Fix:  "Use one port in all three places, and let the application listen on 0.0.0.0.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)",
		Applies: func(v *view) bool {
			return v.neverHealthy() && !v.probeTimedOut() && !probeRefused(v) && !probeFailed(v)
		},
	},
	{
		ID:    "health-sg",
		Title: "a security group does not allow the load balancer to reach the task on the health check's port",
		Why: "Security groups drop silently, so the load balancer waits until its timeout. With dynamic host " +
			"ports the whole range must be open to it.",
		Check: func() []Check {
			return []Check{
				describeBalancers("SecurityGroups and subnets of the load balancer of {targetGroup|the target group}"),
				describeGroups(
					"an inbound rule from them on the container port, and on the health check's port where " +
						"that is another"),
				lookAt("On instances with hostPort 0: ports 32768 to 65535 from the load balancer").at(maybeEC2),
			}
		},
		Fix: "Allow inbound traffic on that port from the load balancer's security group in the task's security " +
			"group[, or of the instance when it runs {onInstance} in bridge or host mode].",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
		Example: "service web (port 80) is unhealthy in target-group web due to (reason Request timed out)",
		Applies: func(v *view) bool {
			return v.neverHealthy() && !probeRefused(v) && !probeFailed(v)
		},
	},
	{
		ID:    "health-zone-disabled",
		Title: "the load balancer is not enabled in the Availability Zone of the task",
		Why: "A load balancer sends nothing, not even health checks, to a zone in which it has no subnet. A " +
			"target there never becomes healthy.",
		Check: func() []Check {
			return []Check{
				describeBalancers("AvailabilityZones of the load balancer of {targetGroup|the target group}"),
				describeService("subnets of networkConfiguration, and the zones that they are in"),
			}
		},
		Fix: "Add a subnet of the task's zone to the load balancer, or take that zone's subnets out of " +
			"{service|the service}.",
		Docs: docTargetHealth,
		Example: "(service web) (port 80) is unhealthy in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/9f8e7d6c5b4a3928) due to (reason " +
			"Target is in an Availability Zone that is not enabled for the load balancer)",
		Applies: func(v *view) bool {
			return v.elbUnhealthy() && zoneDisabled(v) || v.neverHealthy() && !probeRefused(v) && !probeFailed(v) &&
				!v.probeTimedOut()
		},
		Text: []TextProof{
			saying("the message says that the load balancer is not enabled in the task's Availability Zone",
				"is not enabled for the load balancer"),
		},
	},
	{
		ID:    "container-health-start-period",
		Title: "{culprit|the container} needs longer to start than its startPeriod allows",
		Why: "Failures count once startPeriod is over, and startPeriod is 0 unless set. The task ran {ran|only a " +
			"short time}, which can be less than the application needs.",
		Check: func() []Check {
			return []Check{
				describeDefinition("startPeriod plus interval times retries in healthCheck"),
				logLines("the time until it says that it is ready"),
			}
		},
		Fix:  "Set startPeriod (up to 300 s) above the slowest start of {culprit|the container}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
		Example: aTask +
			`"startedAt":"2026-05-04T03:00:00Z","stoppedAt":"2026-05-04T03:02:00Z","stoppedReason":"Task failed container health checks"}`,
		Applies: func(v *view) bool {
			return v.containerUnhealthy() && (!ranOver(v, warmingUp) || v.is(Dependency))
		},
	},
	{
		ID:    "container-health-command",
		Title: "the command of the container's health check fails by itself",
		Why: "The command runs inside the container. Often the image has no curl or no shell, or the command " +
			"uses a wrong port or path, so that a healthy application is found unhealthy.",
		Check: func() []Check {
			return []Check{
				describeDefinition("command of healthCheck; CMD-SHELL needs a shell in the image"),
				run("aws ecs execute-command --cluster {cluster} --task $(aws ecs list-tasks --cluster {cluster} "+
					"--family {family} --max-results 1 --no-paginate --query 'taskArns[0]' --output text "+
					"--region {region}) --container {culprit} --interactive --command sh --region {region}",
					"in a task that still runs: the same command by hand, and its exit code in $?"),
			}
		},
		Fix:     "Install what the command calls in the image, or use a command that the image has.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
		Example: "Task failed container health checks",
		Applies: func(v *view) bool {
			return v.containerUnhealthy() && !ranOver(v, longRunning)
		},
	},
	{
		ID:    "service-connect-proxy",
		Title: "the Service Connect proxy of the task did not become healthy or ended",
		Why: "ECS adds the container {culprit|ecs-service-connect} to each task of a service with Service " +
			"Connect. It shares the task's CPU and memory, and on EC2 it needs the agent's socket and the task's " +
			"credentials. With too little of these, or with a faulty agent version, it does not come up.",
		Check: func() []Check {
			return []Check{
				describeService(
					"serviceConnectConfiguration of the deployment, with logConfiguration for the proxy's " +
						"own log"),
				describeDefinition("256 CPU units and 64 MiB more than the containers need"),
				describeInstance("agentVersion of versionInfo"),
				agentLog("what the agent says of the proxy"),
			}
		},
		Fix: "Give the task more CPU and memory; on EC2 then update the ECS agent, or drain and replace the " +
			"instance.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html",
		Example: aTask +
			`"launchType":"EC2","group":"service:orders","stopCode":"ServiceSchedulerInitiated","stoppedReason":"Task failed container health checks","containers":[{"name":"app","exitCode":143},{"name":"ecs-service-connect-7x2","healthStatus":"UNHEALTHY","exitCode":137}]}`,
		Unproven: "What happened is only in the proxy's own log, if it has one.",
		At:       []Stage{HealthCheck, Runtime, Dependency, Network, UnknownStage},
		Applies: func(v *view) bool {
			if v.is(UnknownStage) {
				return proxyNotStarted(v)
			}
			return v.Culprit >= 0 && strings.HasPrefix(v.Containers[v.Culprit].Name, serviceConnect) ||
				v.is(Network) && v.says("service_connect", "service connect")
		},
	},
	{
		ID:    "health-app-down",
		Title: "the application itself failed: it hung or answered with errors",
		Why: "The health check was right. After a deadlock, with a full thread or connection pool, or after a " +
			"fatal error the process runs but does not answer.",
		Check: func() []Check {
			return []Check{
				taskLogs("errors in the minutes before the stop, or sudden silence"),
				lookAt("Other tasks of {service|the service} that failed at the same time, and what was deployed " +
					"before"),
			}
		},
		Fix: "Roll back to the last healthy revision if this is a new release; otherwise correct the error that " +
			"the log shows.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)",
		Applies: func(v *view) bool { return v.applicationAsked() },
	},
	{
		ID:    "health-slow-app",
		Title: "the application answers the health check too slowly",
		Why: "Short of CPU, in a long garbage collection or with all workers busy, it answers after the health " +
			"check's timeout. A task with little CPU can be throttled most of the time.",
		Check: func() []Check {
			return []Check{
				lookAt("CloudWatch, namespace AWS/ECS, CPUUtilization of {service|the service}: near 100 % before " +
					"the stop"),
				lookAt("CloudWatch, TargetResponseTime of the load balancer, or the response times in the " +
					"application's log"),
			}
		},
		Fix: "Give the task more CPU or run more tasks; then let the application answer health checks without " +
			"waiting for other work.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html",
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)",
		Applies: func(v *view) bool { return v.applicationAsked() },
	},
	{
		ID:    "health-dependency",
		Title: "the health check fails because something that the application depends on is down",
		Why: "A health check that queries a database or another service makes every task unhealthy when that is " +
			"down, and ECS replaces them all in vain.",
		Check: func() []Check {
			return []Check{
				lookAt("Other tasks of {service|the service} that became unhealthy in the same minutes"),
				taskLogs("timeouts or refused connections to a database, cache or API"),
			}
		},
		Fix:  "Bring the dependency back; then let the health check test only the application itself.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html",
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928)",
		Applies: func(v *view) bool { return v.applicationAsked() },
	},
	{
		ID:    "sigterm-ignored",
		Title: "a container did not end on SIGTERM and was killed when its stop timeout ran out",
		Why: "ECS sends SIGTERM, waits for the stop timeout, then sends SIGKILL. A shell as main process does " +
			"not forward the signal, and a process 1 without a handler ignores it. Unfinished work is lost.",
		Check: func() []Check {
			return []Check{
				describeDefinition("stopTimeout, entryPoint, and initProcessEnabled of linuxParameters"),
				taskLogs("whether the application says that it is shutting down"),
				lookAt("Behind a load balancer the time also counts draining: deregistration_delay.timeout_seconds " +
					"of its target group"),
			}
		},
		Fix: "Handle SIGTERM in the program, and start it with exec or set initProcessEnabled so that it gets " +
			"the signal; if it needs longer, raise stopTimeout.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html",
		Example: aTask +
			`"stoppingAt":"2026-05-04T03:00:00Z","executionStoppedAt":"2026-05-04T03:00:30Z","stopCode":"UserInitiated","stoppedReason":"Task stopped by user","containers":[{"name":"app","exitCode":137}]}`,
		Applies: func(v *view) bool {
			container, _ := ignoredSIGTERM(v.Stop)
			return container >= 0 && (v.is(HealthCheck, Host, Scheduler, User) || v.is(Runtime) && v.has(Killed))
		},
	},
	{
		ID:    "signal-not-forwarded",
		Title: "the main process is a shell or wrapper that does not forward SIGTERM to the program",
		Why: "Only the first process of a container gets the signal. sh -c, npm or a start script in that place " +
			"neither ends on SIGTERM nor forwards it, so the program never gets it.",
		Check: func() []Check {
			return []Check{
				run("docker pull {image}", "the image is there for the next command"),
				run("docker image inspect {image}", "Entrypoint and Cmd; a string there runs through sh -c"),
				describeDefinition(
					"entryPoint, command and initProcessEnabled of {culprit|the container}, and of each " +
						"sidecar"),
			}
		},
		Fix: "Write command as a list of words and end the start script with exec; otherwise set " +
			"initProcessEnabled.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Example: aTask +
			`"stoppingAt":"2026-05-04T03:00:00Z","executionStoppedAt":"2026-05-04T03:00:30Z","stopCode":"UserInitiated","stoppedReason":"Task stopped by user","containers":[{"name":"app","exitCode":137}]}`,
		Unproven: "What runs inside a container, and which signals it forwards, is not visible from outside.",
		Applies: func(v *view) bool {
			container, _ := ignoredSIGTERM(v.Stop)
			return container >= 0 && (v.is(HealthCheck, Host, Scheduler, User) || v.is(Runtime) && v.has(Killed))
		},
	},

	{
		ID:    "maintenance",
		Title: "AWS retires or patches the infrastructure under the task",
		Why: "Fargate retires a task that runs on an old platform revision or on failing hardware. Notices come " +
			"by mail and AWS Health days before, but not in every case.",
		Check: func() []Check {
			return []Check{
				lookAt("AWS Health dashboard, other notifications: task retirement in {region|the Region}"),
				run("aws ecs list-account-settings --name fargateTaskRetirementWaitPeriod --effective-settings "+
					"--region "+
					"{region}", "how many days pass between notice and retirement").at(maybeFargate),
			}
		},
		Fix:      "Do nothing for a service; start a job again. To choose the time, redeploy before the announced day.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html",
		Example:  "ECS is performing maintenance on the underlying infrastructure hosting the task",
		Unproven: "Only the event says it: no API that whystopped asks lists past maintenance.",
		At:       []Stage{Host},
		Applies: func(v *view) bool {
			return v.has(Retired) && !v.says("draining") ||
				v.has(UnknownFault) && !v.OnInstance() && !strings.Contains(v.CapacityProvider, "SPOT")
		},
		Text: []TextProof{
			saying("ECS gives maintenance of the infrastructure as the reason", "performing maintenance",
				"task retirement", "scheduled for retirement"),
		},
	},
	{
		ID:    "instance-draining",
		Title: "the container instance was set to DRAINING",
		Why: "Managed draining before a scale-in, an instance refresh, a Spot warning or a person sets an " +
			"instance to DRAINING, and ECS moves its service tasks elsewhere. Tasks of no service are not " +
			"replaced.",
		Check: func() []Check {
			return []Check{
				trail("UpdateContainerInstancesState", "who asked"),
				describeScaling("Cause at that minute"),
			}
		},
		Fix: "Do nothing for a service; start a job again, and protect long jobs with managed termination " +
			"protection.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html",
		Example: "Task stopped during instance draining",
		At:      []Stage{Host},
		Applies: func(v *view) bool {
			return v.has(Retired) && (v.OnInstance() || v.says("draining"))
		},
		Text: []TextProof{
			saying("ECS gives the draining of the instance as the reason", "draining"),
		},
	},
	{
		ID:    "host-impaired",
		Title: "the host under the task was found unhealthy",
		Why:   "ECS or EC2 found a hardware or system fault of the host and stopped what ran on it.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-instance-status --include-all-instances --instance-ids {instanceId} --region "+
					"{region}", "SystemStatus and Events").at(maybeEC2),
				lookAt("AWS Health dashboard: events of EC2 or ECS in {region|the Region}"),
			}
		},
		Fix: "Replace the instance if EC2 still lists it; to survive the next fault, run the service in " +
			"several Availability Zones.",
		Docs:    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html",
		Example: aTask + `"launchType":"FARGATE","stopCode":"InfrastructureHealth","containers":[{"name":"app"}]}`,
		At:      []Stage{Host},
		Applies: func(v *view) bool {
			return v.has(Lost) && (!v.ec2Host() || v.StopCode == "InfrastructureHealth" ||
				v.says("impair", "hardware", "underlying", "infrastructurehealth"))
		},
		Text: []TextProof{
			{Result: Confirmed, If: byRule("code/infrastructure-health"),
				Evidence: "stopCode InfrastructureHealth"},
		},
	},
	{
		ID:    "instance-terminated",
		Title: "the container instance {instanceId|under the task} was stopped or terminated",
		Why: "A person, a pipeline, an Auto Scaling group or EC2 itself ended the instance, and its tasks with " +
			"it.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-instances --instance-ids {instanceId} --region {region}",
					"within an hour: StateReason and StateTransitionReason"),
				trail("TerminateInstances", "who called it"),
				trail("StopInstances", "who called it"),
			}
		},
		Fix:     "Turn on managed instance draining, and let people and scripts drain an instance before they end it.",
		Docs:    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html",
		Example: "Host EC2 (instance i-0c1d2e3f405162738) stopped.",
		Applies: func(v *view) bool { return v.hostGone() && v.ec2Host() },
	},
	{
		ID:    "instance-scaled-in",
		Title: "the Auto Scaling group took the instance away",
		Why: "On a scale-in, an instance refresh, zone rebalancing or a failed EC2 health check the group " +
			"terminates instances, with or without draining them first.",
		Check: func() []Check {
			return []Check{
				describeScaling("Cause of the activity that names {instanceId|the instance}"),
				run("aws ecs describe-capacity-providers --region {region}",
					"managedTerminationProtection and managedDraining"),
			}
		},
		Fix:     "Turn on managed draining and managed termination protection of the capacity provider.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html",
		Example: "Host EC2 (instance i-0c1d2e3f405162738) stopped.",
		Applies: func(v *view) bool {
			return v.hostGone() && v.ec2Host() && v.LaunchType != "EXTERNAL"
		},
	},
	{
		ID:    "spot-reclaimed",
		Title: "AWS reclaimed the Spot capacity",
		Why: "AWS can reclaim Spot capacity with two minutes' notice. A service gets another task when there is " +
			"capacity; the work of a job is lost.",
		Check: func() []Check {
			return []Check{
				describeService("capacityProviderStrategy, and whether runningCount is back at desiredCount"),
				run("aws ec2 describe-spot-instance-requests --filters Name=instance-id,Values={instanceId} --region "+
					"{region}", "status code of the instance's request").at(maybeEC2),
			}
		},
		Fix: "Keep a base of On-Demand capacity beside Spot; handle SIGTERM within the notice, and let jobs save " +
			"their progress.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
		Example: "Your Spot Task was interrupted.",
		At:      []Stage{Host},
		Applies: func(v *view) bool {
			return v.has(Interrupted) || v.hostGone() && onSpot(v) &&
				v.StopCode != "InfrastructureHealth" && !v.says("impair", "hardware", "disconnected")
		},
		Text: []TextProof{
			{Result: Confirmed, If: byRule("fault/interrupted", "code/spot-interruption"),
				Evidence: "ECS gives the Spot interruption as the reason"},
		},
	},
	{
		ID:    "circuit-breaker",
		Title: "the deployment kept failing, and its circuit breaker rolled it back",
		Why: "After several tasks that did not start or did not become healthy, ECS gives up the deployment and " +
			"rolls back to the last one that completed. This stop is a consequence; the cause is in the first " +
			"failed task.",
		Check: func() []Check {
			return []Check{
				describeService("rolloutState and rolloutStateReason of deployments, and events"),
				listDeployments("status and the alarms or breaker that ended it"),
				lookAt("The first stopped task of {deploymentId|that deployment}: explain that one"),
			}
		},
		Fix:     "Correct what stopped the deployment's first failed task, then deploy again.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
		Example: "ECS deployment circuit breaker: tasks failed to start.",
		At:      []Stage{Scheduler},
		Applies: func(v *view) bool {
			return v.has(RolledBack) && !byAlarm(v) && !byHook(v) && !byListener(v)
		},
	},
	{
		ID:    "deployment-alarm",
		Title: "an alarm that the deployment watches went off",
		Why: "A deployment with CloudWatch alarms fails as soon as one of them goes into ALARM, whatever the " +
			"state of its tasks.",
		Check: func() []Check {
			return []Check{
				describeService("alarms of deploymentConfiguration"),
				run("aws cloudwatch describe-alarm-history --alarm-name {alarm} --region {region}",
					"since when it is in ALARM, and whether it was so before the deployment"),
			}
		},
		Fix:     "Correct what the alarm measures, or the alarm itself, then deploy again.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html",
		Example: "(service web) (deployment ecs-svc/8830145567712094413) deployment failed: alarm detected.",
		At:      []Stage{Scheduler},
		Applies: func(v *view) bool { return v.has(RolledBack) && byAlarm(v) },
		Text: []TextProof{
			saying("the message says that an alarm ended the deployment", "alarm detected"),
		},
	},
	{
		ID:    "deployment-hook",
		Title: "a lifecycle hook of the deployment failed",
		Why: "ECS calls a Lambda function at the stages that the service names. It rolls the deployment back if " +
			"the function answers FAILED or in another form, takes too long or may not be called. The " +
			"deployment's tasks can be healthy all the while.",
		Check: func() []Check {
			return []Check{
				listDeployments("statusReason and lifecycleStage of the newest"),
				lookAt("CloudWatch Logs of the hook's Lambda function at that minute: what it answered as hookStatus"),
				run("aws iam get-role --role-name {role|{hookRole}} --region {region}",
					"ecs.amazonaws.com in its trust policy, and lambda:InvokeFunction on the function"),
			}
		},
		Fix: "Let the hook answer hookStatus SUCCEEDED, FAILED or IN_PROGRESS in time, and let its role call " +
			"it; then deploy again.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html",
		Example:  "Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) failed.",
		Unproven: "The answer of a lifecycle hook is in the logs of its function, which are not read.",
		At:       []Stage{Scheduler},
		Applies: func(v *view) bool {
			return v.has(RolledBack) && byHook(v) && !pauseRefused(v) && !unanswered(v)
		},
		Text: []TextProof{
			saying("the message names a lifecycle hook as what failed", "lifecycle hook(s) failed",
				"hook execution failure"),
		},
	},
	{
		ID:    "hook-unanswered",
		Title: "nobody has answered the pause of the deployment",
		Why: "A pause hook holds a deployment until somebody answers CONTINUE or ROLLBACK, a day unless it says " +
			"otherwise. When its time is over, ECS does what its timeout action says, which is ROLLBACK unless it is " +
			"CONTINUE.",
		Check: func() []Check {
			return []Check{listDeployments("lifecycleStage and status of the newest")}
		},
		Fix:  "Answer the hook in time, or give it a longer timeout.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html",
		Example: `{"detail-type":"ECS Hook State Change","detail":{"eventName":"HOOK_AWAITING_ACTION",` +
			`"hookId":"review","hookType":"PAUSE"}}`,
		Unproven: "The name of the event says whether the hook waits, or waited in vain.",
		At:       []Stage{Scheduler},
		Applies:  func(v *view) bool { return unanswered(v) },
		Text: []TextProof{
			saying("the name of the event says that the hook waits, or waited in vain", "hook_awaiting_action",
				"hook_timed_out"),
		},
	},
	{
		ID:    "hook-refused",
		Title: "somebody answered the pause of the deployment with ROLLBACK",
		Why: "A pause calls no function, so it has no other way to fail than that a person or program answers it " +
			"with ROLLBACK.",
		Check: func() []Check {
			return []Check{lookAt("CloudTrail in {region|the Region} at that minute: who answered the hook")}
		},
		Fix:  "Ask who answered it for the reason; deploy again when that is settled.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html",
		Example: `{"detail-type":"ECS Hook State Change","detail":{"eventName":"HOOK_FAILED",` +
			`"hookId":"review","hookType":"PAUSE"}}`,
		Unproven: "The event says that the pause failed; who answered it only CloudTrail tells.",
		At:       []Stage{Scheduler},
		Applies:  func(v *view) bool { return v.has(RolledBack) && pauseRefused(v) && !unanswered(v) },
		Text: []TextProof{
			saying("the event says that the pause failed", "hook_failed"),
		},
	},
	{
		ID:    "deployment-listeners",
		Title: "listener rules, target groups or the role of the blue/green deployment do not fit",
		Why: "Both target groups must belong to the production or the test listener rule, exactly one of them may " +
			"get the traffic when a deployment begins, and the infrastructure role must be able to change the " +
			"listeners.",
		Check: func() []Check {
			return []Check{
				describeService("loadBalancers with advancedConfiguration"),
				run("aws elbv2 describe-rules --listener-arn {listener} --region {region}",
					"target groups and weights of the rules that it names"),
				run("aws iam get-role --role-name {role|{balancerRole}} --region {region}",
					"ecs.amazonaws.com in its trust policy"),
			}
		},
		Fix: "Attach both target groups to the rules that the service names, give one of them all the weight, " +
			"and let the infrastructure role manage the load balancer; then deploy again.",
		Docs:     docBlueGreen,
		Example:  "Service deployment rolled back because of invalid networking configuration.",
		Unproven: "Listener rules may have changed since, and the text says that they were the reason.",
		At:       []Stage{Scheduler},
		Applies:  func(v *view) bool { return v.has(RolledBack) && byListener(v) },
		Text: []TextProof{
			saying("the message calls the networking configuration invalid", "invalid networking configuration"),
		},
	},
	{
		ID:    "deployment-bounds",
		Title: "minimumHealthyPercent and maximumPercent allow the deployment neither a stop nor a start",
		Why: "With a small desired count, rounding can make the lower and the upper limit of running tasks the " +
			"same. Then ECS may neither stop an old task nor start a new one.",
		Check: func() []Check {
			return []Check{
				describeService("deploymentConfiguration and desiredCount"),
			}
		},
		Fix:  "Raise maximumPercent, or lower minimumHealthyPercent, until one task more or less is allowed.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html",
		Example: "service orders was unable to stop or start tasks during a deployment because of the service " +
			"deployment configuration.",
		At:      []Stage{Scheduler},
		Applies: func(v *view) bool { return v.has(Invalid) },
	},
	{
		ID:    "api-throttled",
		Title: "ECS, Cloud Map or Elastic Load Balancing throttles the calls of the service scheduler",
		Why: "The scheduler registers targets and instances through APIs whose rates all services of the account " +
			"share. Many deployments at once, or services that fail in a loop, use them up.",
		Check: func() []Check {
			return []Check{
				run("aws cloudtrail lookup-events --lookup-attributes "+
					"AttributeKey=Username,AttributeValue=ecs-service-scheduler{around} --region {region}",
					"errorCode ThrottlingException, and of which call"),
				lookAt("Service Quotas console, Amazon ECS and AWS Cloud Map: rate limits"),
				describeService("stoppedReason of its last tasks: the same again and again means a loop"),
			}
		},
		Fix: "Find services that fail in a loop and correct them or set their desired count to 0 (they then " +
			"serve nobody); otherwise spread deployments in time or request higher rates.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/operating-at-scale-dealing-with-throttles.html",
		Example:  "(service orders) operations are being throttled on elb. Will try again later.",
		Unproven: "No API that whystopped asks keeps how many calls ECS made in that minute.",
		At:       []Stage{Scheduler, HealthCheck, Placement},
		Applies:  func(v *view) bool { return v.has(RateLimited) },
	},
	{
		ID:    "tasks-protected",
		Title: "scale-in protection keeps more tasks than desired",
		Why: "A protected task is stopped neither by scale-in nor by a deployment until its protection is " +
			"removed or expires.",
		Check: func() []Check {
			return []Check{
				run("aws ecs get-task-protection --cluster {cluster} --tasks $(aws ecs list-tasks --cluster {cluster} "+
					"--service-name {service} --max-items 100 --query 'taskArns[]' --output text --region {region}) "+
					"--region {region}", "protectionEnabled and expirationDate"),
			}
		},
		Fix:  "Let the application remove its protection when its work is done, or give the protection an expiry.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html",
		Example: "(service web) was unable to reach steady state because (taskSet ecs-svc/12) was unable to scale " +
			"in due to (reason 4 tasks under protection)",
		Unproven: "The protection of a task expires, and no API keeps what it was at that minute.",
		At:       []Stage{Scheduler},
		Applies: func(v *view) bool {
			return v.has(UnknownFault) && v.says("protected", "under protection")
		},
	},
	{
		ID:    "target-group-unfit",
		Title: "the target group of {service|the service} does not accept the tasks",
		Why: "Targets must be in the target group's VPC, of its target type (ip for awsvpc, instance for bridge " +
			"and host), and within its quota of targets. A target group without a load balancer gets no traffic.",
		Check: func() []Check {
			return []Check{
				describeTargetGroup("VpcId, TargetType and LoadBalancerArns"),
				describeService("subnets of networkConfiguration, and in events the error of the load balancer"),
			}
		},
		Fix:  "Use a target group in the tasks' VPC, of their target type, that is attached to a load balancer.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
		Example: aService +
			`(service orders) failed to register targets in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders/9f8e7d6c5b4a3928) with (error The following targets are not in the target group VPC 'vpc-0a1b2c3d')"}]}]}`,
		Unproven: "The text holds the answer of Elastic Load Balancing.",
		Applies: func(v *view) bool {
			return byRule("stage/target-registration", "stage/target-group")(v) && !v.has(Denied, RateLimited)
		},
		Text: []TextProof{
			saying("Elastic Load Balancing answered that the targets are in another VPC than their target group",
				"not in the target group vpc"),
		},
	},
	{
		ID:    "target-missing",
		Title: "the target group of {service|the service}, or the task's target in it, is gone",
		Why: "The target group was deleted or replaced, or somebody deregistered the target by hand, so ECS " +
			"cannot find out the task's health.",
		Check: func() []Check {
			return []Check{
				describeService("loadBalancers"),
				run("aws elbv2 describe-target-groups --region {targetGroupRegion}",
					"the target groups of loadBalancers are among them"),
				trail("DeregisterTargets", "who called it"),
				trail("DeleteTargetGroup", "who called it"),
			}
		},
		Fix: "Update the service with a target group that exists, and let only ECS register and deregister its " +
			"targets.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
		Example: "(service web, taskSet ecs-svc/1) task set (ecs-svc/1) (task 77) is not healthy in target-group " +
			"(web) due to TARGET GROUP IS NOT FOUND.",
		At:      []Stage{HealthCheck},
		Applies: func(v *view) bool { return v.has(NotFound) },
	},
	{
		ID:    "request-names-missing",
		Title: "the cluster, task definition or container instance that the call names does not exist",
		Why: "A schedule, a pipeline or a workflow keeps the names it was created with. They no longer fit after " +
			"a cluster was replaced or a revision deregistered, or in another Region.",
		Check: func() []Check {
			return []Check{
				run("aws ecs list-clusters --region {region}", "the cluster is among them"),
				describeDefinition("status ACTIVE"),
				lookAt("The caller, as CloudTrail's userIdentity names it: the schedule, pipeline or workflow"),
			}
		},
		Fix: "Correct the name in the schedule, pipeline or workflow; use the family without a revision for " +
			"the latest one.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html",
		Example:  aCall + `"errorCode":"ClusterNotFoundException","errorMessage":"Cluster not found."}}`,
		Unproven: "The text holds the answer of ECS to the call, and the call itself started nothing to look at.",
		At:       []Stage{Placement},
		Applies: func(v *view) bool {
			return v.has(NotFound) && (ofRequest(v) || v.says("taskdefinition is inactive", "taskdefinition not found"))
		},
	},
	{
		ID:    "scheduler-silent",
		Title: "the service scheduler stopped the task and gave no reason",
		Why: "Deployments, scale-in, unhealthy targets and rebalancing all have this stop code. The service's " +
			"events of that minute say which it was.",
		Check: func() []Check {
			return []Check{
				describeService("events at the time of the stop; only the last 100 are kept"),
				trail("UpdateService", "who changed it, and what"),
			}
		},
		Fix:      "Do nothing if the events show a deployment or scale-in; otherwise follow what they name.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
		Example:  aTask + `"stopCode":"ServiceSchedulerInitiated","containers":[{"name":"app","exitCode":0}]}`,
		Unproven: "ECS did not say it, and no API says it afterwards.",
		At:       []Stage{Scheduler},
		Applies: func(v *view) bool {
			return v.has(UnknownFault) && !ofService(v)
		},
	},
	{
		ID:    "desired-count-lowered",
		Title: "the desired count of {service|the service} went down",
		Why: "Auto scaling, a schedule or a person lowered the desired count, and ECS stopped the surplus " +
			"tasks.",
		Check: func() []Check {
			return []Check{
				run("aws application-autoscaling describe-scaling-activities --service-namespace ecs --resource-id "+
					"service/{cluster}/{service} --region {region}",
					"Cause at the minute of the stop").at(maybeService),
				trail("UpdateService", "desiredCount"),
			}
		},
		Fix:     "Do nothing unless the scaling policy removes tasks that are needed.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html",
		Example: "Scaling activity initiated by (deployment ecs-svc/4242)",
		At:      []Stage{Scheduler},
		Applies: func(v *view) bool {
			return v.has(ScaledIn, UnknownFault) && !ofService(v)
		},
	},
	{
		ID:    "deployment-replaced",
		Title: "a newer deployment replaced the task",
		Why:   "During a deployment ECS starts new tasks and stops old ones, and calls that scaling activity too.",
		Check: func() []Check {
			return []Check{
				describeService("{deployment|the task's deployment} is no longer the PRIMARY one"),
				listDeployments("which began before the stop"),
			}
		},
		Fix:     "Do nothing, but check that the new tasks stay up.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
		Example: "Scaling activity initiated by (deployment ecs-svc/4242)",
		At:      []Stage{Scheduler},
		Applies: func(v *view) bool {
			return !ofService(v) && (v.has(ScaledIn, UnknownFault) || v.has(Replaced) && !v.says("rebalancing"))
		},
	},
	{
		ID:    "az-rebalancing",
		Title: "ECS moved the task to another Availability Zone",
		Why: "With Availability Zone rebalancing, ECS starts a task in a zone that has too few and stops one in " +
			"a zone that has too many.",
		Check: func() []Check {
			return []Check{
				describeService("availabilityZoneRebalancing, and events"),
			}
		},
		Fix:     "Do nothing, or turn rebalancing off for a service whose tasks should not move.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html",
		Example: "Availability-zone rebalancing initiated by (deployment ecs-svc/5550001112223334445)",
		At:      []Stage{Scheduler},
		Applies: func(v *view) bool {
			return v.has(Replaced) && v.says("rebalancing")
		},
		Text: []TextProof{
			saying("ECS gives Availability Zone rebalancing as the reason", "zone rebalancing initiated by"),
		},
	},
	{
		ID:    "instance-deregistered",
		Title: "the container instance was deregistered from the cluster",
		Why: "A forced deregistration stops what runs on the instance. No task can be placed on an instance that " +
			"is not registered or not active.",
		Check: func() []Check {
			return []Check{
				trail("DeregisterContainerInstance", "who called it"),
				run("aws ecs list-container-instances --cluster {cluster} --region {region}",
					"the instance is still listed").at(maybeEC2),
			}
		},
		Fix:     "Drain an instance before deregistering it, and place tasks only on instances that are ACTIVE.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister_container_instance.html",
		Example: "Task stopped: container instance deregistration forced by user",
		Applies: func(v *view) bool {
			named := v.Kind != events.KindRequest || v.ContainerInstanceARN != ""
			return v.is(User) && v.says("deregist") ||
				v.is(Placement) && v.has(NotFound) && named && !v.says("failed to launch a task")
		},
	},
	{
		ID:    "stopped-by-guardrail",
		Title: "a rule of your own organization stopped the task for what it is",
		Why: "Security tools and detective controls call StopTask on tasks that break a policy, and write the " +
			"policy into the reason. A task of the same revision is stopped again.",
		Check: func() []Check {
			return []Check{
				stopTaskTrail("userIdentity: which role or function enforces the rule"),
				describeDefinition("what the reason names, such as privileged, taskRoleArn or image"),
			}
		},
		Fix: "Correct what the reason names in the task definition, or ask the owner of the rule for an exception, " +
			"before the task is started again.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
		Example: aTask +
			`"group":"service:web","stopCode":"UserInitiated","stoppedReason":"Image is not signed: violates policy SEC-12"}`,
		Unproven: "whystopped knows no API for rules of your own organization.",
		At:       []Stage{User},
		Applies:  guardrail,
	},
	{
		ID:    "stopped-by-person",
		Title: "a person called StopTask",
		Why:   "Somebody stopped this task from the console, the CLI or a chat tool. CloudTrail has the name.",
		Check: func() []Check {
			return []Check{
				stopTaskTrail("userIdentity and sourceIPAddress of the event that names {taskId|the task}"),
			}
		},
		Fix:     "Do nothing if the stop was intended; otherwise ask whoever CloudTrail names.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
		Example: "Task stopped by user",
		At:      []Stage{User},
		Applies: func(v *view) bool {
			return !v.says("deregist") && v.Launcher != events.LauncherBatch &&
				v.Launcher != events.LauncherStepFunctions
		},
	},
	{
		ID:    "stopped-by-automation",
		Title: "{program|a pipeline or another AWS service} called StopTask",
		Why: "AWS Batch, Step Functions, CodeDeploy and deployment scripts stop tasks with the same call as " +
			"people do. The reason that they give is the best hint.",
		Check: func() []Check {
			return []Check{
				stopTaskTrail("userAgent and invokedBy of the event that names {taskId|the task}"),
				lookAt("The job, execution or pipeline run that started {taskId|the task}: whether it was cancelled"),
			}
		},
		Fix:     "Do nothing if the stop was intended; otherwise look at the job or pipeline that asked for it.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
		Example: "Task stopped by user",
		At:      []Stage{User},
		Applies: func(v *view) bool { return !v.says("deregist") },
	},
	{
		ID:    "cgroup-fault",
		Title: "the task's cgroup, which limits its CPU and memory, could not be set up",
		Why: "The ECS agent creates a cgroup for each task. A host with another cgroup version than the agent " +
			"expects, or with too many cgroups, refuses it.",
		Check: func() []Check {
			return []Check{
				onHost("stat -fc %T /sys/fs/cgroup", "", "cgroup2fs is version 2"),
				onHost("sudo docker info | grep -i cgroup", "", "Cgroup Driver and Cgroup Version"),
				describeInstance("versionInfo"),
				agentLog("errors of cgroups"),
			}
		},
		Fix: "Drain the instance and replace it with one on the current ECS-optimized AMI; until then set " +
			"ECS_ENABLE_TASK_CPU_MEM_LIMIT to false (tasks then run without limits of their own).",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html",
		Example:  "Cgroup resource: setup cgroup: unable to create cgroup",
		Unproven: "cgroups are visible only on the instance, on Fargate only to AWS.",
		At:       []Stage{Agent},
		Applies:  func(v *view) bool { return v.says("cgroup") },
		Text: []TextProof{
			{Result: Confirmed,
				Match:    Match{All: []string{"cgroup"}, Any: []string{"unable to create", "setup cgroup"}},
				Evidence: "the agent could not create the cgroup"},
		},
	},
	{
		ID:    "docker-unresponsive",
		Title: "Docker on the instance does not answer in time",
		Why: "With a disk without burst credits, too many containers that start at once or a Docker daemon that " +
			"hangs, the agent gives up. How the process itself ended is then not known.",
		Check: func() []Check {
			return []Check{
				lookAt("CloudWatch, namespace AWS/EBS, BurstBalance and VolumeQueueLength of the instance's volume; " +
					"CPUCreditBalance for instances of type T"),
				onHost("time sudo docker ps", "Measure-Command { docker ps }", "more than some seconds is too long"),
				onHost("sudo journalctl -u docker{logTimes}",
					"Get-EventLog -LogName Application -Source Docker -Newest 100", "errors at the minute of the stop"),
			}
		},
		Fix: "Drain and replace an instance that hangs; to prevent it, use faster disks (gp3), more CPU, and " +
			"start fewer containers at once.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"}`,
		Applies: func(v *view) bool {
			return v.is(Agent) && (!v.has(Internal, NotFound) || v.FaultRule == "fault/docker-daemon") &&
				maybeEC2(v) || v.is(Create, Start) && v.has(Timeout)
		},
	},
	{
		ID:    "agent-fault",
		Title: "the ECS agent lost track of the container or failed at its own work",
		Why: "After a restart of the agent or of Docker, a container removed by hand or a fault in the agent, it " +
			"has a state that it cannot continue from.",
		Check: func() []Check {
			return []Check{
				agentLog("the minute of the stop"),
				onHost("systemctl status ecs docker", "Get-Service AmazonECS, docker", "both run, and since when"),
				describeInstance("agentConnected and versionInfo"),
			}
		},
		Fix: "Restart or update the ECS agent (running tasks go on); if it repeats, drain and replace the " +
			"instance.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"ContainerVanishedError: No container matching saved ID found"}`,
		At:      []Stage{Agent},
		Applies: func(v *view) bool { return !machineUnseen(v) || maybeEC2(v) && !v.has(Timeout) },
	},
	{
		ID:    "platform-fault",
		Title: "AWS itself failed at this step",
		Why:   "The text names an internal error, or a part that only AWS runs. Such faults usually pass.",
		Check: func() []Check {
			return []Check{
				lookAt("AWS Health dashboard: events of ECS, Fargate and EC2 in {region|the Region}").
					or(fargateTask, lookAt("AWS Health dashboard: events of ECS and Fargate in {region|the Region}")).
					or(instanceTask, lookAt("AWS Health dashboard: events of ECS and EC2 in {region|the Region}")),
				run("aws ecs list-tasks --cluster {cluster} --desired-status STOPPED --region {region}",
					"other tasks that failed in the same minutes"),
			}
		},
		Fix:     "Start the task again; if it repeats, open a support case with the ARN of task {taskId|that failed}.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Example: "InternalError: failed to create container task: containerd shim exited unexpectedly",
		Applies: func(v *view) bool {
			return v.has(Internal) && !hostsOwn(v) && !registryDown(v) || v.is(Agent) && machineUnseen(v) ||
				v.is(Placement, Volume) && v.has(Timeout, RateLimited)
		},
	},
	{
		ID:    "docker-old",
		Title: "Docker on the instance is too old for the ECS agent",
		Why: "The agent and Docker agree on a version of Docker's API. An updated agent asks an old Docker for a " +
			"version that it does not know.",
		Check: func() []Check {
			return []Check{
				describeInstance("agentVersion and dockerVersion of versionInfo"),
				onHost("sudo docker version", "docker version", "API version, and its minimum"),
			}
		},
		Fix: "Drain the instances and replace them with ones on the current ECS-optimized AMI; to keep them, " +
			"update Docker (its containers stop).",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-versions.html",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"Error response from daemon: client is newer than server (client API version: 1.24, server API version: 1.22)"}`,
		Unproven: "The text names both versions; which one to change is your choice.",
		At:       []Stage{Agent},
		Applies: func(v *view) bool {
			return v.says("client is newer than server", "maximum supported api version")
		},
		Text: []TextProof{
			saying("Docker answered that it is older than what the agent asks for", "client is newer than server",
				"maximum supported api version"),
		},
	},
	{
		ID:    "agent-old",
		Title: "the ECS agent or the AMI of the instance is too old",
		Why: "What the task definition asks for can need a newer agent. Old agents also have faults that were " +
			"corrected since.",
		Check: func() []Check {
			return []Check{
				describeInstance("agentVersion and dockerVersion of versionInfo"),
				run("aws ssm get-parameters --names /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended "+
					"--region {region}", "the current AMI and its agent"),
			}
		},
		Fix: "Drain the instances and replace them with ones on the current ECS-optimized AMI; to keep them, update " +
			"the agent: `aws ecs update-container-agent --cluster {cluster} --container-instance " +
			"{containerInstance} --region {region}`.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-update.html",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"Cgroup resource: setup cgroup: unable to create cgroup"}`,
		Applies: func(v *view) bool {
			return v.OnInstance() &&
				(v.is(Agent) && !v.says("client is newer than server",
					"maximum supported api version") || v.is(Placement) && v.has(Mismatch) || v.is(Create,
					Start) && v.has(Internal))
		},
		Text: []TextProof{
			saying("Docker answered that the agent asks for a version of its API that is too old",
				"is too old. minimum supported api version"),
		},
	},
	{
		ID:    "text-missing",
		Title: "ECS said too little to name a cause",
		Why: "The event has no text, one that is cut off, or one that whystopped does not know. Other places say " +
			"more, but some only for about an hour.",
		Check: func() []Check {
			return []Check{
				describeTasks("stoppedReason, and reason of each container"),
				describeService("events at that minute"),
				taskLogs("whether the process started at all"),
			}
		},
		Fix:      "Read these places within an hour of the next such stop, before ECS forgets it.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html",
		Example:  aTask + `"stopCode":"TaskFailedToStart","stoppedReason":"Task failed to start"}`,
		Unproven: "The event does not give the reason; as long as ECS has it, describe-tasks shows it.",
		Applies: func(v *view) bool {
			silent := v.is(Scheduler) && ofService(v) && !routine(v)
			return v.is(UnknownStage) || !jobDependency(v) && v.has(UnknownFault) && (silent || !v.is(Runtime, Host,
				Scheduler, User))
		},
	},
}

// The times that tell one cause from another; none of them is AWS's, they are regularities.
const (
	hardlyRunning  = 10 * time.Second // what cannot be executed ends at once
	atOnce         = 2 * time.Second  // a program that starts and reads its settings takes longer to fail
	brieflyRunning = 30 * time.Second // configuration is read at the start
	warmingUp      = 5 * time.Minute  // a health check that fails so early has perhaps never passed
	longRunning    = time.Hour        // what was right for so long is rarely misconfigured
)

// ranUnder reports whether the task ran for less than limit.
func ranUnder(v *view, limit time.Duration) bool {
	d, ok := v.Ran()
	return ok && d < limit
}

// ranOver reports whether the task ran for limit or longer.
func ranOver(v *view, limit time.Duration) bool {
	d, ok := v.Ran()
	return ok && d >= limit
}

// ownLimit reports whether the culprit has a hard memory limit of its own.
func ownLimit(v *view) bool {
	return v.Culprit >= 0 && v.Containers[v.Culprit].Memory != nil && *v.Containers[v.Culprit].Memory > 0
}

// taskLimit reports whether all containers share a memory limit of the task; Fargate tasks always have one.
func taskLimit(v *view) bool { return v.Memory != nil || !v.OnInstance() }

// softLimitOnly reports whether the culprit may use what is free on its instance, because only memoryReservation is
// set.
func softLimitOnly(v *view) bool {
	return !ownLimit(v) && !taskLimit(v) && v.Culprit >= 0 && v.Containers[v.Culprit].MemoryReservation != nil
}

// several reports whether the task definition names more than one container.
func several(v *view) bool {
	n := 0
	for i := range v.Containers {
		if !v.Injected(i) {
			n++
		}
	}
	return n > 1
}

// ended reports whether the culprit's exit code is one of codes; any code when there are none.
func (v *view) ended(codes ...int64) bool {
	if !exited(v.Stop, v.Culprit) {
		return false
	}
	code := *v.Containers[v.Culprit].ExitCode
	return len(codes) == 0 || slices.Contains(codes, code)
}

// crashSignal reports whether the culprit ended by a signal of its own making, or a Windows exception.
func (v *view) crashSignal() bool {
	if !v.ended() {
		return false
	}
	e := exitCode(*v.Containers[v.Culprit].ExitCode)
	return e.Signal != "" && !killedBySignal(e.Code) || strings.HasPrefix(e.Meaning, "Windows")
}

// crash reports whether the culprit's process ended with a failure of its own.
func (v *view) crash() bool { return v.is(Runtime) && v.has(Crashed) }

// ownCode reports whether the program itself chose the exit code, not the shell, the runtime or a signal.
func (v *view) ownCode() bool {
	return v.crash() && !v.crashSignal() && !v.ended(126, 127)
}

// helpers are words in the names of containers that serve the others of their task.
var helpers = []string{"sidecar", "proxy", "agent", "envoy", "router", "firelens", "fluentbit", "fluentd", "fluent",
	"collector",
	"exporter", "daemon", "otel", "adot", "log", "logs", "logger", "logging", "logrouter"}

// helper reports whether the culprit is one of several containers and by its name not the one that does the work.
func (v *view) helper() bool {
	if v.Culprit < 0 || len(v.Containers) < 2 {
		return false
	}
	return v.Injected(v.Culprit) || serves(v.Containers[v.Culprit].Name)
}

// serves reports whether a container serves the others of its task, by its name.
func serves(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(helpers, w) })
}

// logRouter reports whether the culprit takes the logs of the others, by its name.
func logRouter(v *view) bool {
	if v.Culprit < 0 {
		return false
	}
	name := strings.ToLower(v.Containers[v.Culprit].Name)
	return slices.ContainsFunc([]string{"log_router", "log-router", "logrouter", "firelens", "fluent"},
		func(word string) bool { return strings.Contains(name, word) })
}

// runsToEnd reports whether the task is a job, which is meant to end, and not part of a service.
func runsToEnd(v *view) bool {
	job := v.Launcher == events.LauncherBatch || v.Launcher == events.LauncherStepFunctions ||
		v.Launcher == events.LauncherSchedule
	return v.Service == "" && (v.Group != "" || job)
}

// guardrail reports whether whoever stopped the task says that it broke a policy.
func guardrail(v *view) bool {
	return v.is(User) && v.says("policy", "violat", "guardrail", "guard rail", "complian", "privileged", "not allowed",
		"not permitted", "prohibited", "forbidden", "disallowed", "unapproved", "not approved", "unsigned",
		"not signed",
		"quarantine", "vulnerab", "malicious", "malware", "security finding", "guardduty", "security hub")
}

// elbUnhealthy reports whether a load balancer judged the task.
func (v *view) elbUnhealthy() bool {
	return v.is(HealthCheck) && v.has(Unhealthy) && (v.Facts.TargetGroup != "" || judgeUnsaid(v))
}

// judgeUnsaid reports whether the message does not tell whether a load balancer or a check of the container judged.
func judgeUnsaid(v *view) bool { return v.StageRule == "stage/unhealthy-replaced" }

// neverHealthy reports whether the target perhaps never passed its health check, so that the check itself may be wrong.
func (v *view) neverHealthy() bool {
	return v.elbUnhealthy() && !ranOver(v, longRunning) && !zoneDisabled(v)
}

// applicationAsked reports whether a health check failed which asked the application, or may have, and that it did not
// answer as one that works.
func (v *view) applicationAsked() bool {
	return v.is(HealthCheck) && v.has(Unhealthy) && !probeRefused(v) && !zoneDisabled(v)
}

// zoneDisabled reports whether the load balancer never asked the target, because it is not enabled in its Availability
// Zone.
func zoneDisabled(v *view) bool {
	return v.FaultRule == "fault/health-zone-disabled"
}

// probeTimedOut reports whether the load balancer got no answer at all.
func (v *view) probeTimedOut() bool { return v.FaultRule == "fault/health-check-timeout" }

// probeRefused reports whether the application answered the probe with a redirect or an error of the 400s: it runs.
func probeRefused(v *view) bool { return v.says("codes: [3", "codes: [4") }

// probeFailed reports whether the application, or a proxy in front of it, answered the probe with an error of the 500s.
func probeFailed(v *view) bool { return v.says("codes: [5") }

// containerUnhealthy reports whether the container's own health check failed.
func (v *view) containerUnhealthy() bool {
	return v.is(HealthCheck) && v.Facts.TargetGroup == "" || v.is(Dependency) && v.has(Unhealthy)
}

// onSpot reports whether the capacity may be Spot: it says so, or it is not known.
func onSpot(v *view) bool {
	return strings.Contains(strings.ToUpper(v.CapacityProvider), "SPOT") || v.CapacityProvider == ""
}

// hostGone reports whether the host went away; TerminationNotice, which does not say why, counts too.
func (v *view) hostGone() bool { return v.is(Host) && v.has(Lost, UnknownFault) && !instanceWell(v) }

// hostsOwn reports whether what failed is software on an instance of the account, not AWS's own.
func hostsOwn(v *view) bool {
	return byRule("fault/devicemapper", "fault/storage-driver", "fault/docker-daemon", "fault/iptables",
		"fault/gpu-hook",
		"stage/docker-socket")(v) && v.LaunchType != "FARGATE" || windowsSaid(v) && v.OnInstance()
}

// machineUnseen reports whether the task ran on Fargate, where nobody else sees the machine. A job of AWS Batch does
// not say what it ran on, and its texts of Docker come from an instance.
func machineUnseen(v *view) bool {
	return !v.OnInstance() && (v.LaunchType == "FARGATE" || !ofBatch(v))
}

// ec2Host reports whether the host is a machine of its own and not one of Fargate's.
func (v *view) ec2Host() bool { return v.OnInstance() || v.Facts.InstanceID != "" }

// limitsFit reports whether each container has a hard limit and that all of them fit into the task's memory, so that a
// container reaches its own limit before the task reaches its.
func limitsFit(v *view) bool {
	if !ownLimit(v) {
		return false
	}
	if v.Memory == nil {
		return v.LaunchType == "EC2"
	}
	var sum int64
	for _, c := range v.Containers {
		if c.Memory == nil || *c.Memory <= 0 {
			return false
		}
		sum += *c.Memory
	}
	return sum <= *v.Memory
}

// onlyTaskLimit reports whether nothing but the task's memory limits the culprit: Fargate gives each task one.
func onlyTaskLimit(v *view) bool {
	return v.LaunchType == "FARGATE" && v.Memory != nil && v.Culprit >= 0 && !ownLimit(v)
}

// notByCaller reports whether the reason is ECS's or Batch's own and not written by whoever called StopTask.
func notByCaller(v *view) bool {
	return v.StopCode != "UserInitiated" || v.Launcher == events.LauncherBatch
}
