package running

import (
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

const noWordOfMemory = "no word of memory"

var memoryTrials = map[string][]trial{
	"memory-limit": {
		{
			when:   "one container with a limit of its own",
			change: outOfMemory,
			result: proven,
			says:   "its own limit of 512 MiB, of 1024 MiB of the task",
			next:   "raise memory of app above 512 MiB in a new revision of web:42",
		},
		{
			when:   "only the task definition tells its limit",
			change: changes(outOfMemory, func(c *evidence.Case) { c.Stop.Containers[0].Memory = nil }),
			result: proven,
			says:   "its own limit of 512 MiB",
		},
		{
			when:   "the event tells both limits, and the task definition may not be read",
			change: changes(outOfMemory, evidencetest.NoDefinition),
			result: proven,
		},
		{
			when: "only the task definition tells its limit, and may not be read",
			change: changes(outOfMemory, evidencetest.NoDefinition, func(c *evidence.Case) {
				c.Stop.Containers[0].Memory = nil
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "which container it was is not told",
			change: changes(outOfMemory, culpritIs(-1)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which container ran out of memory",
		},
		{
			when:   "its own limit is that of the task",
			change: changes(outOfMemory, limitsAre(1024, 1024)),
			result: proven,
			says:   "its own limit of 1024 MiB",
			next:   "raise memory of app and of the task above 1024 MiB",
		},
		{
			when:   "two containers whose limits fit the task",
			change: changes(outOfMemory, withRouter(512), steadyBefore),
			result: proven,
			says:   "all limits together are 1024 MiB and the task has 1024 MiB; since web:41",
			next:   "raise memory of app above 512 MiB",
		},
		{
			when:   "two containers that together may use more",
			change: changes(outOfMemory, withRouter(768), steadyBefore),
			result: unclear,
			reason: classifier.ReasonPartial,
			says:   "either was reached first; since web:41",
		},
		{
			when:   "two containers that together may use a little more",
			change: changes(outOfMemory, withRouter(513)),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when:   "a sidecar without a limit",
			change: changes(outOfMemory, withRouter(0)),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when: "a sidecar without a limit before one that has one",
			change: changes(outOfMemory, withRouter(0), func(c *evidence.Case) {
				c.Stop.Containers = append(c.Stop.Containers, events.Container{Name: "agent", Memory: new(int64(128))})
			}),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when: "a sidecar that ECS added itself",
			change: changes(outOfMemory, func(c *evidence.Case) {
				c.Stop.Containers = append(c.Stop.Containers, events.Container{Name: "ecs-service-connect-0a1b"})
			}),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when:   "the task has none",
			change: changes(outOfMemory, limitsAre(512, 0), steadyBefore),
			result: proven,
			says:   "the only one there is; since web:41",
			next:   "raise memory of app above 512 MiB",
		},
		{
			when:   "the task was given another",
			change: changes(outOfMemory, func(c *evidence.Case) { c.Stop.Memory = new(int64(2048)) }),
			result: proven,
			says:   "of 2048 MiB of the task",
		},
		{
			when:   "the container has none",
			change: changes(outOfMemory, limitsAre(0, 1024)),
			result: excluded,
			says:   "no memory limit of its own",
		},
		{
			when:   "an override says more than the task definition",
			change: changes(outOfMemory, func(c *evidence.Case) { c.Stop.Containers[0].Memory = new(int64(768)) }),
			result: proven,
			says:   "768 MiB",
		},
		{
			when:   "ECS does not speak of memory",
			change: killedAfter(3),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "does not say that memory ran out (memory of app 512 MiB, of the task 1024 MiB)",
		},
		{
			when:   "it is read long after",
			change: changes(outOfMemory, readAt(7200)),
			result: proven,
			says:   "app was killed",
		},
		{
			when:   "what changed since is told",
			change: changes(outOfMemory, steadyBefore),
			result: proven,
			says: "since web:41 (last steady, service deployment 7): image of app web:41 → web:42, memory of app " +
				"1024 → 512, variable LEVEL of app removed, digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb",
		},
	},
	"task-memory-limit": {
		{
			when: "Windows on an instance, which ignores the task's",
			change: changes(outOfMemory, limitsAre(0, 1024), onInstance, func(c *evidence.Case) {
				c.Facts.Task.TaskDefinition.Value.OperatingSystem = "WINDOWS_SERVER_2022_CORE"
			}),
			result: excluded,
			says:   "the task has no memory limit that counts",
		},
		{
			when:   "the container has no limit of its own",
			change: changes(outOfMemory, limitsAre(0, 1024), withRouter(0), steadyBefore),
			result: proven,
			says:   "the task's 1024 MiB are the one that it ran into; since web:41",
			next:   "raise memory of task definition web:42 above 1024 MiB",
		},
		{
			when:   "the limits of all fit the task",
			change: changes(outOfMemory, withRouter(512)),
			result: excluded,
			says:   "together are 1024 MiB",
		},
		{
			when:   "they do not",
			change: changes(outOfMemory, withRouter(768), steadyBefore),
			result: unclear,
			reason: classifier.ReasonPartial,
			says:   "either was reached first; since web:41",
		},
		{
			when:   "they do not, by a little",
			change: changes(outOfMemory, withRouter(513)),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when:   "a sidecar without a limit",
			change: changes(outOfMemory, withRouter(0)),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when:   "the container's limit is the task's",
			change: changes(outOfMemory, limitsAre(1024, 1024)),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when:   "only the task definition tells it, and may not be read",
			change: changes(outOfMemory, evidencetest.NoDefinition, func(c *evidence.Case) { c.Stop.Memory = nil }),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "the task has none",
			change: changes(outOfMemory, limitsAre(512, 0)),
			result: excluded,
		},
	},
	"heap-setting": {
		{
			when:   "the heap may grow to the container's limit",
			change: changes(outOfMemory, startedAsDefined, heapOf(512)),
			result: proven,
			says:   "-Xmx in JAVA_TOOL_OPTIONS of app in web:42 is 512 MiB, and app has 512 MiB for everything",
			next:   "below 512 MiB",
		},
		{
			when:   "the heap may grow to the task's limit",
			change: changes(outOfMemory, startedAsDefined, limitsAre(0, 1024), heapOf(1024)),
			result: proven,
			says:   "the task has 1024 MiB",
		},
		{
			when:   "the task has less than the container may use",
			change: changes(outOfMemory, startedAsDefined, limitsAre(2048, 1024), heapOf(1024)),
			result: proven,
			says:   "the task has 1024 MiB",
		},
		{
			when:   "the heap fits",
			change: changes(outOfMemory, startedAsDefined, heapOf(511)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is 511 MiB, of 512 MiB of app",
		},
		{
			when:   "an override may set another heap",
			change: changes(outOfMemory, heapOf(512), func(c *evidence.Case) { c.Stop.Service = "" }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is 512 MiB, of 512 MiB of app",
		},
		{
			when:   "nobody says that memory ran out",
			change: changes(exiting(134), startedAsDefined, heapOf(4096)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is 4096 MiB",
		},
		{
			when:   "there is no limit",
			change: changes(outOfMemory, startedAsDefined, limitsAre(0, 0), heapOf(4096)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
		{
			when: "the log says that the heap is full",
			change: changes(
				exiting(134),
				logging(evidence.LogLine{
					At:   afterAt(60),
					Text: "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
				}),
			),
			result: proven,
			says:   "JavaScript heap out of memory",
			next:   "raise the memory of app",
		},
		{
			when: "the log says so, and what changed is told",
			change: changes(
				exiting(134),
				steadyBefore,
				logging(evidence.LogLine{At: afterAt(60), Text: "java.lang.OutOfMemoryError: Java heap space"}),
			),
			result: proven,
			says:   `"java.lang.OutOfMemoryError: Java heap space"; since web:41`,
		},
		{
			when: "the line is as long as may be quoted",
			change: changes(
				exiting(134),
				logging(evidence.LogLine{At: afterAt(60), Text: padded("Java heap space", quotable)}),
			),
			result: proven,
			says:   "Java heap space ...",
		},
		{
			when: "the line is longer",
			change: changes(
				exiting(134),
				logging(evidence.LogLine{At: afterAt(60), Text: padded("Java heap space", quotable+1)}),
			),
			result: proven,
			says:   `... …"`,
		},
		{
			when:   "the log speaks of something else",
			change: exiting(134),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
	},
	"memory-leak": {
		{
			when:   "it is quoted",
			change: outOfMemory,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `its log says at 10:01:09Z "GET /health 404"`,
		},
	},
	"killed-for-memory-unreported": {
		{
			when:   "the stop timeout was over",
			change: changes(killedAfter(10), stopTimeoutOf(10)),
			result: excluded,
			says:   "SIGTERM came first",
		},
		{
			when:   "the kill came before it was over",
			change: changes(killedAfter(10), stopTimeoutOf(120)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   noWordOfMemory,
		},
		{
			when:   "the time may be another container's",
			change: changes(killedAfter(10), withRouter(0), stopTimeoutOf(10)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   noWordOfMemory,
		},
		{
			when:   "nobody had asked for the stop",
			change: killedAfter(-2),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "exit code 137 of app (memory of app 512 MiB, of the task 1024 MiB), and no word of memory",
		},
		{
			when:   "only the container has a limit",
			change: changes(killedAfter(-2), limitsAre(512, 0)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "137 of app (memory of app 512 MiB), and",
		},
		{
			when:   "only the task has one",
			change: changes(killedAfter(-2), limitsAre(0, 1024)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "137 of app (of the task 1024 MiB), and",
		},
		{
			when:   "there is no limit",
			change: changes(killedAfter(-2), limitsAre(0, 0)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "137 of app, and",
		},
		{
			when:   "the culprit is not told",
			change: changes(killedAfter(-2), culpritIs(-1)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "137 of the container, and",
		},
		{
			when:   "draining may have taken the time, and memory have run out at its end",
			change: changes(killedAfter(90), behindBalancer),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   noWordOfMemory,
		},
		{
			when:   "the stop timeout is not known",
			change: changes(killedAfter(30), evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
	"killed-from-outside": {
		{
			when:   "the stop timeout was over",
			change: killedAfter(30),
			result: excluded,
			says:   "ECS that killed it",
		},
		{
			when:   "nobody had asked for the stop",
			change: killedAfter(-2),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "who sent the signal; its log says at 10:01:09Z",
		},
		{
			when:   "draining may have taken the time",
			change: changes(killedAfter(90), behindBalancer),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "who sent the signal",
		},
		{
			when: "another container was killed, and this one got another signal",
			change: changes(
				killedAfter(40),
				withRouter(0),
				alsoKilled,
				func(c *evidence.Case) { c.Stop.Containers[0].ExitCode, c.Finding.Signal = new(int64(143)), "SIGTERM" },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "who sent the signal",
		},
	},
	"sigterm-ignored": {
		{
			when:   "the default stop timeout was over",
			change: killedAfter(30),
			result: proven,
			says:   "the default stop timeout is 30 s",
			next:   "let app end on SIGTERM, or raise its stopTimeout$",
		},
		{
			when:   "it was, by a clock that a second is lost on",
			change: killedAfter(29),
			result: proven,
			says:   "ended 29 s after the stop began",
		},
		{
			when:   "it was not",
			change: killedAfter(28),
			result: excluded,
			says:   "ended 28 s after the stop began",
		},
		{
			when:   "a longer one was not",
			change: changes(killedAfter(30), stopTimeoutOf(120)),
			result: excluded,
			says:   "its stop timeout is 2 min",
		},
		{
			when:   "the longest that Fargate takes was",
			change: changes(killedAfter(120), stopTimeoutOf(120)),
			result: proven,
			next:   "let app end within 2 min of SIGTERM",
		},
		{
			when:   "it ended sooner than the agent's stop timeout may be",
			change: changes(onInstance, killedAfter(12)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "may have another",
		},
		{
			when:   "a shorter one was",
			change: changes(killedAfter(12), stopTimeoutOf(10)),
			result: proven,
			next:   "raise its stopTimeout above 10 s$",
		},
		{
			when:   "draining may have taken the time",
			change: changes(killedAfter(90), behindBalancer),
			result: unclear,
			reason: classifier.ReasonPartial,
			says:   "draining",
		},
		{
			when:   "another container may have",
			change: changes(killedAfter(31), withRouter(0)),
			result: unclear,
			reason: classifier.ReasonPartial,
			says:   "app ended 31 s after",
		},
		{
			when: "it was another container than the culprit",
			change: changes(
				killedAfter(31),
				withRouter(0),
				alsoKilled,
				func(c *evidence.Case) { c.Stop.Containers[0].ExitCode = new(int64(1)) },
			),
			result: unclear,
			reason: classifier.ReasonPartial,
			says:   "router ended 31 s after",
		},
		{
			when:   "the culprit and another container",
			change: changes(killedAfter(31), withRouter(0), alsoKilled),
			result: unclear,
			reason: classifier.ReasonPartial,
			says:   "app ended 31 s after",
		},
		{
			when:   "which of two containers is not told",
			change: changes(killedAfter(31), withRouter(0), alsoKilled, culpritIs(-1)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told",
		},
		{
			when: "no container was killed",
			change: changes(
				killedAfter(31),
				withRouter(0),
				func(c *evidence.Case) { c.Stop.Containers[0].ExitCode, c.Stop.Containers[1].ExitCode = nil, nil },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told",
		},
		{
			when:   "when the stop began is not told",
			change: changes(killedAfter(31), func(c *evidence.Case) { c.Stop.StoppingAt = time.Time{} }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told",
		},
		{
			when:   "when the container ended is not told",
			change: changes(killedAfter(31), func(c *evidence.Case) { c.Stop.ExecutionStoppedAt = time.Time{} }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told",
		},
		{
			when:   "the container is not of the task definition",
			change: changes(killedAfter(31), definitionOf(func(d *evidence.ContainerDefinition) { d.Name = "web" })),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app is not in the task definition",
		},
		{
			when:   "the task definition may not be read",
			change: changes(killedAfter(31), evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "the agent's own stop timeout is not known",
			change: changes(onInstance, killedAfter(35)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "may have another",
		},
		{
			when:   "it ended when the default was over, on an instance",
			change: changes(onInstance, killedAfter(34)),
			result: proven,
		},
		{
			when:   "its own was over, on an instance",
			change: changes(onInstance, killedAfter(60), stopTimeoutOf(10)),
			result: proven,
			says:   "its stop timeout is 10 s",
		},
		{
			when:   "it ended before the stop began",
			change: killedAfter(-2),
			result: excluded,
			says:   "before the stop began",
		},
	},
}

// killedAfter makes the only container end with 137 so long after the stop began.
func killedAfter(seconds int) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Finding = classifier.Finding{
			Stage:   classifier.Runtime,
			Fault:   classifier.Killed,
			Culprit: 0,
			Signal:  "SIGKILL",
		}
		c.Stop.Containers[0].ExitCode = new(int64(137))
		c.Stop.ExecutionStoppedAt = c.Stop.StoppingAt.Add(time.Duration(seconds) * time.Second)
	}
}

// behindBalancer lets a load balancer let go of the task first.
func behindBalancer(c *evidence.Case) {
	c.Stop.Attachments = append(c.Stop.Attachments, events.Attachment{Type: "elb"})
}

// outOfMemory lets ECS say that the only container ran out of memory.
func outOfMemory(c *evidence.Case) {
	c.Finding = classifier.Finding{Stage: classifier.Runtime, Fault: classifier.OOM, Culprit: 0, Signal: "SIGKILL"}
	c.Stop.Containers[0].ExitCode = new(int64(137))
	c.Stop.Containers[0].Reason = "OutOfMemoryError: Container killed due to memory usage"
}

// alsoKilled makes the second container end with 137 too.
func alsoKilled(c *evidence.Case) { c.Stop.Containers[1].ExitCode = new(int64(137)) }

// limitsAre sets the limits of the container and the task, as the event says them; 0 for none.
func limitsAre(own, task int64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Stop.Containers[0].Memory, c.Stop.Memory = nil, nil
		if own > 0 {
			c.Stop.Containers[0].Memory = &own
		}
		if task > 0 {
			c.Stop.Memory = &task
		}
		td := &c.Facts.Task.TaskDefinition.Value
		td.Memory, td.Containers[0].Memory = task, own
	}
}

// heapOf sets the heap of the container's language runtime in MiB.
func heapOf(size int64) func(*evidence.Case) {
	return definitionOf(func(d *evidence.ContainerDefinition) {
		d.Heaps = []evidence.Heap{{Setting: "-Xmx in JAVA_TOOL_OPTIONS", MiB: size}}
	})
}

// startedAsDefined makes the task one of a service, which has no overrides.
func startedAsDefined(c *evidence.Case) { c.Stop.Service = "web" }

func stopTimeoutOf(seconds int64) func(*evidence.Case) {
	return definitionOf(func(d *evidence.ContainerDefinition) { d.StopTimeout = seconds })
}
