package classifier

import (
	"slices"
	"strings"
	"time"

	"whystopped/events"
)

// The times that tell one cause from another; none of them is AWS's, they are regularities.
const (
	brieflyRunning = 30 * time.Second // configuration is read at the start
	warmingUp      = 5 * time.Minute  // a health check that fails so early has perhaps never passed
	longRunning    = time.Hour        // what was right for so long is rarely misconfigured
)

// ranUnder tells that the task ran for less than limit.
func ranUnder(s *events.Stop, limit time.Duration) bool {
	d, ok := s.Ran()
	return ok && d < limit
}

// ranOver tells that the task ran for limit or longer.
func ranOver(s *events.Stop, limit time.Duration) bool {
	d, ok := s.Ran()
	return ok && d >= limit
}

// ownLimit tells that the culprit has a hard memory limit of its own.
func ownLimit(s *events.Stop, f *Finding) bool {
	return f.Culprit >= 0 && s.Containers[f.Culprit].Memory != nil && *s.Containers[f.Culprit].Memory > 0
}

// taskLimit tells that all containers share a memory limit of the task; Fargate tasks always have one.
func taskLimit(s *events.Stop) bool { return s.Memory != nil || !onEC2(s) }

// softLimitOnly tells that the culprit may use what is free on its instance, because only memoryReservation is set.
func softLimitOnly(s *events.Stop, f *Finding) bool {
	return !ownLimit(s, f) && !taskLimit(s) && f.Culprit >= 0 && s.Containers[f.Culprit].MemoryReservation != nil
}

// several tells that the task definition names more than one container.
func several(s *events.Stop) bool {
	n := 0
	for _, c := range s.Containers {
		if !injected(c.Name) {
			n++
		}
	}
	return n > 1
}

// ended tells that the culprit's exit code is one of codes; any code when there are none.
func (f *Finding) ended(s *events.Stop, codes ...int64) bool {
	if !exited(s, f.Culprit) {
		return false
	}
	code := *s.Containers[f.Culprit].ExitCode
	return len(codes) == 0 || slices.Contains(codes, code)
}

// crashSignal tells that the culprit ended by a signal of its own making, or a Windows exception.
func (f *Finding) crashSignal(s *events.Stop) bool {
	if !f.ended(s) {
		return false
	}
	e := exitCode(*s.Containers[f.Culprit].ExitCode)
	return e.Signal != "" && !killedBySignal(e.Code) || strings.HasPrefix(e.Meaning, "Windows")
}

// crash tells that the culprit's process ended with a failure of its own.
func (f *Finding) crash() bool { return f.is(Runtime) && f.has(Crashed) }

// ownCode tells that the program itself chose the exit code, not the shell, the runtime or a signal.
func (f *Finding) ownCode(s *events.Stop) bool {
	return f.crash() && !f.crashSignal(s) && !f.ended(s, 126, 127)
}

// helpers are words in the names of containers that serve the others of their task.
var helpers = []string{"sidecar", "proxy", "agent", "envoy", "router", "firelens", "fluentbit", "fluentd", "fluent", "collector",
	"exporter", "daemon", "otel", "adot", "log", "logs", "logger", "logging", "logrouter"}

// helper tells that the culprit is one of several containers and by its name not the one that does the work.
func (f *Finding) helper(s *events.Stop) bool {
	if f.Culprit < 0 || len(s.Containers) < 2 {
		return false
	}
	name := s.Containers[f.Culprit].Name
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return injected(name) || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(helpers, w) })
}

// runsToEnd tells that the task is a job, which is meant to end, and not part of a service.
func runsToEnd(s *events.Stop) bool {
	job := s.Launcher == events.LauncherBatch || s.Launcher == events.LauncherStepFunctions || s.Launcher == events.LauncherSchedule
	return s.Service == "" && (s.Group != "" || job)
}

// elbUnhealthy tells that a load balancer judged the task.
func (f *Finding) elbUnhealthy() bool {
	return f.is(HealthCheck) && f.has(Unhealthy) && f.Facts.TargetGroup != ""
}

// neverHealthy tells that the target perhaps never passed its health check, so that the check itself may be wrong.
func (f *Finding) neverHealthy(s *events.Stop) bool {
	return f.elbUnhealthy() && !ranOver(s, longRunning) && !zoneDisabled(s, f)
}

// applicationAsked tells that a health check failed which asked the application, or may have, and that it did not answer as one that
// works.
func (f *Finding) applicationAsked(s *events.Stop) bool {
	return f.is(HealthCheck) && f.has(Unhealthy) && !probeRefused(s) && !zoneDisabled(s, f)
}

// zoneDisabled tells that the load balancer never asked the target, because it is not enabled in its Availability Zone.
func zoneDisabled(_ *events.Stop, f *Finding) bool {
	return f.FaultRule == "fault/health-zone-disabled"
}

// probeTimedOut tells that the load balancer got no answer at all.
func (f *Finding) probeTimedOut() bool { return f.FaultRule == "fault/health-check-timeout" }

// probeRefused tells that the application answered the probe with a redirect or an error of the 400s: it runs.
func probeRefused(s *events.Stop) bool { return says(s, "codes: [3", "codes: [4") }

// probeFailed tells that the application, or a proxy in front of it, answered the probe with an error of the 500s.
func probeFailed(s *events.Stop) bool { return says(s, "codes: [5") }

// containerUnhealthy tells that the container's own health check failed.
func (f *Finding) containerUnhealthy() bool {
	return f.is(HealthCheck) && f.Facts.TargetGroup == "" || f.is(Dependency) && f.has(Unhealthy)
}

// runtimeCauses are defects of a task that ran: memory, the program itself, its health checks, its way to end.
var runtimeCauses = []Cause{
	{
		ID:    "memory-limit",
		Title: "{culprit|the container} needs more memory than its own limit of {memory|its definition}",
		Why:   "The kernel ends a process of the container as soon as all of them together would use more than the container's hard limit. Caches, thread stacks and child processes count.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: memory of {culprit|the container}, and cpu and memory of the task",
			"CloudWatch Container Insights, cluster {cluster|CLUSTER}: MemoryUtilized of {family|the task definition} before the stop",
			"Compare with the last revision that did not fail: new limit, new image, more load?",
		},
		Fix:  "Raise memory of {culprit|the container}, or find what uses it.",
		Docs: "https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Runtime) && f.has(OOM) && (ownLimit(&s, &f) || !taskLimit(&s) && !softLimitOnly(&s, &f))
		},
		Text: []TextProof{
			{Result: Confirmed, If: limitsFit,
				Evidence: "{culprit|the container} was killed for memory, and reaches its own limit[ of {memory}] before any other"},
		},
	},
	{
		ID:    "task-memory-limit",
		Title: "the task's containers together need more memory than the task has",
		Why:   "Containers without a limit of their own share the task's memory, on Fargate also with what AWS adds to it. One that grows gets another one killed.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: memory of the task against what its containers need together",
			"CloudWatch Container Insights, cluster {cluster|CLUSTER}: MemoryUtilized against MemoryReserved of {family|the task definition}",
		},
		Fix:  "Raise the memory of the task, or give each container a limit so that one cannot take it all.",
		Docs: "https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Runtime) && f.has(OOM) && taskLimit(&s) && (several(&s) || !ownLimit(&s, &f))
		},
		Text: []TextProof{
			{Result: Confirmed, If: onlyTaskLimit,
				Evidence: "{culprit|the container} was killed for memory, and has no limit but the task's[ of {memory}]"},
			{Result: RuledOut, If: limitsFit,
				Evidence: "the limits of all containers together fit into the task's memory, so {culprit|the container} reached its own first"},
		},
	},
	{
		ID:    "memory-leak",
		Title: "{culprit|the program} uses more and more memory until it reaches the limit",
		Why:   "It ran for {ran|a long time} before it was killed. A limit that is simply too small shows itself at the start or under load, a leak after hours.",
		Check: []string{
			"CloudWatch Container Insights, cluster {cluster|CLUSTER}: does MemoryUtilized climb steadily and fall back only at each restart?",
			"Earlier stops of {service|the service}: do they come at regular intervals?",
		},
		Fix:  "Find the leak with a heap profile; until then raise the limit or restart the tasks before they reach it.",
		Docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Runtime) && f.has(OOM) && ranOver(&s, longRunning)
		},
	},
	{
		ID:    "heap-setting",
		Title: "the language runtime's heap does not fit the container's memory",
		Why:   "A JVM, Node.js or similar sizes its heap by a flag, or by the host's memory where it does not see the limit. A heap that is too large gets the container killed, one that is too small makes the runtime abort itself.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: heap out of memory, OutOfMemoryError of Java, bad_alloc",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: JAVA_TOOL_OPTIONS, NODE_OPTIONS or GOMEMLIMIT against the memory limit",
		},
		Fix:  "Let the heap follow the limit (for Java -XX:MaxRAMPercentage, for Node.js --max-old-space-size), and leave a quarter for the rest.",
		Docs: "https://docs.docker.com/engine/containers/resource_constraints/",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Runtime) && f.has(OOM) || f.crash() && f.ended(&s, 134)
		},
	},
	{
		ID:    "sidecar-ended",
		Title: "{culprit|a helper container} ended and took the whole task with it",
		Why:   "When an essential container ends, ECS stops all others. {culprit|The one that ended} looks like a helper, so the application itself may have been well.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: essential of {culprit|the helper}",
			"CloudWatch Logs, log stream of {culprit|the helper}: its last lines",
		},
		Fix:  "Repair {culprit|the helper}, or set essential to false and give it a restartPolicy if the task can do without it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html",
		Applies: func(s events.Stop, f Finding) bool {
			return s.Kind == events.KindTask && f.is(Runtime) && !f.has(Timeout) && f.helper(&s)
		},
	},
	{
		ID:    "command-not-found-exit-127",
		Title: "a shell in {culprit|the container} did not find a command or shared library",
		Why:   "Exit code 127 is the shell's and the dynamic linker's word for a program, or a library that it needs, that is not there.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: not found, or error while loading shared libraries",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: entryPoint, command and PATH against the last revision that ran",
		},
		Fix:     "Install the program or library in the image, or correct its name or PATH.",
		Docs:    "https://man7.org/linux/man-pages/man1/bash.1.html",
		Applies: func(s events.Stop, f Finding) bool { return f.crash() && f.ended(&s, 127) },
	},
	{
		ID:    "not-executable-exit-126",
		Title: "a shell in {culprit|the container} found the command but may not execute it",
		Why:   "Exit code 126 means a file without the executable bit, a directory, or a program of the wrong kind.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: Permission denied, or Is a directory, with the file's name",
			"docker run --rm --entrypoint ls {culpritImage|IMAGE} -l FILE: mode and owner",
		},
		Fix:     "Set the executable bit of the file in the image (chmod +x), or start it through its interpreter.",
		Docs:    "https://man7.org/linux/man-pages/man1/bash.1.html",
		Applies: func(s events.Stop, f Finding) bool { return f.crash() && f.ended(&s, 126) },
	},
	{
		ID:    "app-signal-crash",
		Title: "{culprit|the program} crashed in native code ({signal|exit code} {exitCode|unknown})",
		Why:   "The processor or the program's own runtime ended it: {meaning|a fault in native code}. Typical are a native library that does not fit the image or the CPU, a failed assertion, or a bug.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: stack trace, assertion, name of a library",
			"Is the image built for this CPU and libc? docker image inspect {culpritImage|IMAGE}: Architecture",
			"What changed since the last revision of {family|the task definition} that ran: base image, native packages, instance type?",
		},
		Fix:     "Go back to the last image that worked, then update or replace the native library that crashes.",
		Docs:    "https://man7.org/linux/man-pages/man7/signal.7.html",
		Applies: func(s events.Stop, f Finding) bool { return f.crash() && f.crashSignal(&s) },
	},
	{
		ID:    "app-usage-error",
		Title: "{culprit|the program} was called with options that it does not accept",
		Why:   "Many programs end with 2 when their command line is wrong, and shells do so on a syntax error. A Go program that panics ends with 2 as well.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: usage, unknown option, syntax error, panic",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: command, and the overrides of whoever started the task",
		},
		Fix:     "Correct command or overrides of {culprit|the container}, or the fault that the log shows.",
		Docs:    "https://man7.org/linux/man-pages/man1/bash.1.html",
		Applies: func(s events.Stop, f Finding) bool { return f.crash() && f.ended(&s, 2) },
	},
	{
		ID:    "app-config",
		Title: "{culprit|the program} gave up at its start: configuration, environment or a service it needs is missing",
		Why:   "It ended within seconds. Programs check their settings, secrets and database then, and end when something is missing.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: which setting or connection it complains of",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: environment, secrets and command against the last revision that ran",
		},
		Fix:  "Give {culprit|the container} the setting that its log asks for, or open the way to the service it waits for.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.ownCode(&s) && !f.ended(&s, 2) && (ranUnder(&s, brieflyRunning) || s.StartedAt.IsZero() && f.ended(&s))
		},
	},
	{
		ID:    "app-error",
		Title: "{culprit|the program} ended with an error of its own (exit code {exitCode|unknown})",
		Why:   "The container's main process failed, and nothing in the event says why. The reason stands in its output, usually in the last lines.",
		Check: []string{
			"CloudWatch Logs, log stream of {culprit|the container}, task {taskId|TASK_ID}: the last lines before the stop",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: logConfiguration, where the output goes",
			"Deployments and changes just before the first such stop of {family|the task definition}",
		},
		Fix:     "Correct the error that the log shows, or go back to the last revision that ran.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Applies: func(s events.Stop, f Finding) bool { return f.ownCode(&s) },
	},
	{
		ID:    "killed-for-memory-unreported",
		Title: "{culprit|the container} was probably killed for memory, though ECS does not say so",
		Why:   "137 is SIGKILL. When nobody asked for the stop, the kernel is the usual sender; it picks one process, and on a task's shared limit ECS does not always report it.",
		Check: []string{
			"CloudWatch Container Insights, cluster {cluster|CLUSTER}: MemoryUtilized of {family|the task definition} in the last minutes, against {memory|the limit}",
			"On EC2, on the instance: sudo dmesg -T | grep -i 'killed process'",
		},
		Fix:  "If memory was near the limit, raise it or find what uses it; if not, look for another sender of SIGKILL.",
		Docs: "https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Runtime) && f.has(Killed) && (f.Signal == "SIGKILL" || f.ended(&s, 137)) && slowShutdown(&s) == 0
		},
	},
	{
		ID:    "killed-from-outside",
		Title: "something sent {culprit|the container} a signal: a script, a process manager, or docker on the host",
		Why:   "{signal|The signal} ended the process without a stop that ECS knows of. The sender is inside the container, on its host, or an ECS Exec session.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: does an init process, supervisor or script end it?",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=ExecuteCommand --region {region|REGION}: sessions at that minute",
			"On EC2, on the instance: sudo journalctl -u docker, for docker stop or docker kill",
		},
		Fix:  "Stop what sends the signal, or let ECS stop the task with StopTask.",
		Docs: "https://man7.org/linux/man-pages/man7/signal.7.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Runtime) && f.has(Killed) && !(f.ended(&s, 137) && slowShutdown(&s) > 0)
		},
	},
	{
		ID:    "process-finished",
		Title: "the main process of {culprit|the container} ended although a service should keep running",
		Why:   "Exit code 0 means that the program thinks it is done. A start script that puts the server into the background, a shell without input, or a job run as a service ends like this.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: what it did last",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: entryPoint and command; the server must run in the foreground",
		},
		Fix:     "Run the server in the foreground (with exec at the end of the script), or start a job with run-task instead of a service.",
		Docs:    "https://docs.docker.com/engine/containers/multi-service_container/",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Runtime) && f.has(Exited) && !runsToEnd(&s) },
	},
	{
		ID:    "job-finished",
		Title: "the job has done its work and ended",
		Why:   "{group|The task} is not part of a service, and its main process ended with code 0. That is what a job is for; containers that are killed after it are a consequence.",
		Check: []string{
			"CloudWatch Logs, last lines of {culprit|the container}: did it do what it should?",
		},
		Fix:     "Do nothing, unless its log shows that it ended too early.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/standalone-tasks.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Runtime) && f.has(Exited) && s.Service == "" },
	},
	{
		ID:    "time-limit",
		Title: "the job ran longer than the time limit that was set for it",
		Why:   "AWS Batch ends an attempt when its attemptDurationSeconds are over. The signal that follows is a consequence, not a fault of its own.",
		Check: []string{
			"aws batch describe-jobs --jobs JOB_ID --region {region|REGION}: timeout and attempts",
			"CloudWatch Logs, last lines of {culprit|the container}: was it still making progress?",
		},
		Fix:     "Raise the attempt duration, or find what made the job slow.",
		Docs:    "https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Runtime) && f.has(Timeout) },
		Text: []TextProof{
			{Result: Confirmed, If: notByCaller,
				Evidence: "AWS Batch ended the attempt because its time was over"},
		},
	},
	{
		ID:    "exit-code-unseen",
		Title: "an essential container ended, but nobody saw its exit code",
		Why:   "The agent or the container runtime was away when the process ended, or the container was removed before it was looked at.",
		Check: []string{
			"aws ecs describe-tasks --cluster {cluster|CLUSTER} --tasks {taskId|TASK_ID} --region {region|REGION}, within an hour of the stop: exitCode and reason of each container",
			"CloudWatch Logs, log streams of task {taskId|TASK_ID}: which container fell silent first",
			"On EC2, on the instance: sudo tail -n 200 /var/log/ecs/ecs-agent.log at the minute of the stop",
		},
		Fix:     "Read the container's log for the reason; if it happens often on one instance, replace the instance.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Runtime) && f.has(UnknownFault) },
	},
	{
		ID:    "one-of-several-essential",
		Title: "a container that need not be essential ended the whole task",
		Why:   "Every container is essential unless its definition says otherwise, and the end of one stops all. {culprit|The one that ended} may be one that the others could do without for a while.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: essential and restartPolicy of each container",
		},
		Fix:  "Set essential to false, or give {culprit|the container} a restartPolicy, if the others can go on without it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html",
		Applies: func(s events.Stop, f Finding) bool {
			return s.Kind == events.KindTask && f.is(Runtime) && f.has(Crashed, Killed, OOM, UnknownFault) && several(&s) && !f.helper(&s)
		},
	},
	{
		ID:    "health-grace-period",
		Title: "the application needs longer to start than the health checks leave it",
		Why:   "The load balancer checks a new target at once. Without a sufficient grace period ECS stops the task while it is still starting; it ran only {ran|a short time}.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: healthCheckGracePeriodSeconds",
			"aws elbv2 describe-target-groups --names {targetGroup|TARGET_GROUP} --region {region|REGION}: HealthCheckIntervalSeconds times UnhealthyThresholdCount",
			"CloudWatch Logs, task {taskId|TASK_ID}: when did the application begin to listen, if at all?",
		},
		Fix:  "Set healthCheckGracePeriodSeconds of {service|the service} above the slowest start.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.elbUnhealthy() && ranUnder(&s, warmingUp) && !f.probeTimedOut() && !probeRefused(&s) && !zoneDisabled(&s, &f)
		},
	},
	{
		ID:    "health-path",
		Title: "the health check asks for a path that the application does not answer with success",
		Why:   "Health checks carry no login and the target's address as host. A path that is missing, redirects, asks for a login or depends on the host name is answered with another code than 200.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: events name the codes that the task answered with",
			"aws elbv2 describe-target-groups --names {targetGroup|TARGET_GROUP} --region {region|REGION}: HealthCheckPath",
			"From inside the VPC: curl -si http://TASK_IP:PORT/PATH",
		},
		Fix:  "Let the health check ask for a path that answers 200 without login or redirect.",
		Docs: docTargetHealth,
		Applies: func(s events.Stop, f Finding) bool {
			return f.neverHealthy(&s) && !f.probeTimedOut() && !probeFailed(&s)
		},
	},
	{
		ID:    "health-matcher",
		Title: "the target group counts the application's answer as a failure",
		Why:   "Only codes of the target group's matcher, 200 by default, count as healthy; a gRPC group counts gRPC codes.",
		Check: []string{
			"aws elbv2 describe-target-groups --names {targetGroup|TARGET_GROUP} --region {region|REGION}: Matcher, HealthCheckProtocol, ProtocolVersion",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: the codes in events",
		},
		Fix:  "Add the code that a healthy application answers with to the matcher of {targetGroup|the target group}.",
		Docs: docTargetHealth,
		Applies: func(s events.Stop, f Finding) bool {
			return f.neverHealthy(&s) && !f.probeTimedOut() && !probeFailed(&s)
		},
	},
	{
		ID:    "health-port",
		Title: "the health check asks on a port where nothing listens",
		Why:   "The port of the health check, the container port of the service's load balancer and the port that the application listens on must be one. An application bound to 127.0.0.1 cannot be reached either.",
		Check: []string{
			"aws elbv2 describe-target-groups --names {targetGroup|TARGET_GROUP} --region {region|REGION}: HealthCheckPort, where traffic-port means the target's own",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: containerPort of loadBalancers",
			"CloudWatch Logs, task {taskId|TASK_ID}: address and port that the application says it listens on; it should be 0.0.0.0",
		},
		Fix:  "Make the ports agree and let the application listen on 0.0.0.0.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.neverHealthy(&s) && !f.probeTimedOut() && !probeRefused(&s) && !probeFailed(&s)
		},
	},
	{
		ID:    "health-sg",
		Title: "a security group does not let the load balancer reach the task on the health check's port",
		Why:   "Security groups drop silently, so the load balancer waits for an answer until its timeout. On instances with dynamic ports the whole range must be open to it.",
		Check: []string{
			"aws elbv2 describe-load-balancers --region {region|REGION}: SecurityGroups and subnets of the load balancer of {targetGroup|the target group}",
			"aws ec2 describe-security-groups --group-ids TASK_SECURITY_GROUP --region {region|REGION}: an inbound rule from them on the container port, and on the health check's port where that is another",
			"On instances with hostPort 0: ports 32768 to 65535 from the load balancer",
		},
		Fix:  "Allow the load balancer's security group into the task's (on instances the instance's) security group on that port.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.neverHealthy(&s) && !probeRefused(&s) && !probeFailed(&s)
		},
	},
	{
		ID:    "health-zone-disabled",
		Title: "the load balancer is not enabled in the Availability Zone of the task",
		Why:   "A load balancer sends nothing into a zone that none of its subnets is in, not even health checks. A target there is never healthy, however well it works.",
		Check: []string{
			"aws elbv2 describe-load-balancers --region {region|REGION}: AvailabilityZones of the load balancer of {targetGroup|the target group}",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: subnets of networkConfiguration, and the zones that they are in",
		},
		Fix:  "Add a subnet of the task's zone to the load balancer, or take that zone's subnets out of {service|the service}.",
		Docs: docTargetHealth,
		Applies: func(s events.Stop, f Finding) bool {
			return f.elbUnhealthy() && zoneDisabled(&s, &f) || f.neverHealthy(&s) && !probeRefused(&s) && !probeFailed(&s) && !f.probeTimedOut()
		},
		Text: []TextProof{
			saying("the message says that the load balancer is not enabled in the task's Availability Zone", "is not enabled for the load balancer"),
		},
	},
	{
		ID:    "container-health-start-period",
		Title: "{culprit|the container} needs longer to start than its health check leaves it",
		Why:   "Failures count once startPeriod is over, and startPeriod is 0 unless set. The task ran {ran|only a short time}, perhaps less than the application needs to get ready.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: startPeriod plus interval times retries in healthCheck",
			"CloudWatch Logs, log stream of {culprit|the container}: how long until it says that it is ready?",
		},
		Fix:  "Set startPeriod (up to 300 s) above the slowest start of {culprit|the container}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.containerUnhealthy() && (ranUnder(&s, warmingUp) || f.is(Dependency))
		},
	},
	{
		ID:    "container-health-command",
		Title: "the command of the container's health check fails by itself",
		Why:   "The command runs inside the container. Often the image has no curl or no shell, or the command asks a wrong port or path, and a healthy application is judged unhealthy.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: command of healthCheck; CMD-SHELL needs a shell in the image",
			"docker run {culpritImage|IMAGE} on your machine, then run the same command with docker exec and look at its exit code",
			"aws ecs execute-command in a task that still runs: the same command by hand",
		},
		Fix:  "Put what the command calls into the image, or let the health check call a program that the image has.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.containerUnhealthy() && !ranOver(&s, longRunning)
		},
	},
	{
		ID:    "health-app-down",
		Title: "the application had really failed: it hung, crashed inside or answered with errors",
		Why:   "The health check did its work. A deadlock, a full thread pool or connection pool, or a fatal error leaves the process running but not answering.",
		Check: []string{
			"CloudWatch Logs, task {taskId|TASK_ID}: errors in the minutes before the stop, or sudden silence",
			"Other tasks of {service|the service}: did they fail at the same time, and what was deployed before?",
		},
		Fix:     "Repair the error that the log shows; for a bad release, go back to the last one that was healthy.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
		Applies: func(s events.Stop, f Finding) bool { return f.applicationAsked(&s) },
	},
	{
		ID:    "health-slow-app",
		Title: "the application answers the health check too slowly",
		Why:   "Short of CPU, in a long garbage collection or with all workers busy, it answers after the health check's timeout. A small task may be throttled for most of the time.",
		Check: []string{
			"CloudWatch, namespace AWS/ECS, CPUUtilization of {service|the service}: near 100 % before the stop?",
			"CloudWatch, TargetResponseTime of the load balancer, or the response times in the application's log",
		},
		Fix:     "Give the task more CPU or run more tasks, and answer health checks without waiting for other work.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html",
		Applies: func(s events.Stop, f Finding) bool { return f.applicationAsked(&s) },
	},
	{
		ID:    "health-dependency",
		Title: "the health check fails because something behind the application is down",
		Why:   "A health check that asks the database or another service declares every task unhealthy when that is away, and ECS replaces them all in vain.",
		Check: []string{
			"Other tasks of {service|the service}: did they become unhealthy in the same minutes?",
			"CloudWatch Logs, task {taskId|TASK_ID}: timeouts or refused connections to a database, cache or API",
		},
		Fix:     "Bring the dependency back, and let the health check look only at the application itself.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html",
		Applies: func(s events.Stop, f Finding) bool { return f.applicationAsked(&s) },
	},
	{
		ID:    "sigterm-ignored",
		Title: "a container did not end on SIGTERM and was killed when its stop timeout ran out",
		Why:   "ECS sends SIGTERM and waits for the stop timeout before SIGKILL. A shell as main process does not pass the signal on, and a program without a handler as process 1 ignores it; work in hand is lost.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: stopTimeout, entryPoint, and initProcessEnabled of linuxParameters",
			"CloudWatch Logs, task {taskId|TASK_ID}: does the application say that it is shutting down?",
			"Behind a load balancer the time also counts draining: deregistration_delay.timeout_seconds of its target group",
		},
		Fix:  "Handle SIGTERM, start the program with exec, set initProcessEnabled, or raise stopTimeout if it needs longer.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html",
		Applies: func(s events.Stop, f Finding) bool {
			container, _ := ignoredSIGTERM(&s)
			return container >= 0 && (f.is(HealthCheck, Host, Scheduler, User) || f.is(Runtime) && f.has(Killed))
		},
	},
}
