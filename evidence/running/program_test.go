package running

import (
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var programTrials = map[string][]trial{
	"app-error": {
		{
			when: "its log has an error",
			change: changes(
				exiting(1),
				logging(
					evidence.LogLine{At: afterAt(69), Text: "Error: connect ECONNREFUSED 10.0.3.7:5432"},
					evidence.LogLine{At: afterAt(70), Text: "bye"},
				),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says: `app ended with 1 after 70 s; its log says at 10:01:09Z "Error: connect ECONNREFUSED ` +
				`10.0.3.7:5432"`,
		},
		{
			when: "its log ends with a line that is too long",
			change: changes(
				exiting(1),
				logging(
					evidence.LogLine{At: afterAt(68), Text: "loading"},
					evidence.LogLine{At: afterAt(69), Text: "bye"},
					evidence.LogLine{At: afterAt(70), Text: "  "},
					evidence.LogLine{At: afterAt(70), Text: padded("Error:", quotable+1)},
				),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `its log says at 10:01:10Z "Error: ...`,
		},
		{
			when: "the log tells of a fault of the program",
			change: changes(exiting(1),
				logging(evidence.LogLine{At: afterAt(68), Text: "IndexError: list index out of range"})),
			result: proven,
			says:   "IndexError",
			next:   "correct the fault",
		},
		{
			when: "its error is as long as may be quoted",
			change: changes(
				exiting(1),
				logging(
					evidence.LogLine{At: afterAt(68), Text: padded("Error:", quotable)},
					evidence.LogLine{At: afterAt(69), Text: "bye"},
				),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `its log says at 10:01:08Z "Error: ...`,
		},
		{
			when:   "its log has nothing but blank lines",
			change: changes(exiting(1), logging(evidence.LogLine{At: afterAt(68), Text: " "})),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app ended with 1 after 70 s; its log is empty",
		},
		{
			when:   "its exit code is not told",
			change: changes(exiting(1), func(c *evidence.Case) { c.Stop.Containers[0].ExitCode = nil }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app ended; its log says",
		},
		{
			when:   "how long it ran is not told",
			change: changes(exiting(1), neverRan),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app ended with 1; its log says",
		},
		{
			when: "it wrote nothing",
			change: changes(
				exiting(1),
				func(c *evidence.Case) { c.Facts.Running.Log = evidence.None[[]evidence.LogLine]() },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "it wrote nothing",
		},
		{
			when: "log lines are not wanted",
			change: changes(exiting(1), func(c *evidence.Case) {
				c.Facts.Running.Log = evidence.Answer[[]evidence.LogLine]{
					Reason: classifier.ReasonOption,
					Action: "logs:GetLogEvents",
				}
			}),
			result: unasked,
			reason: classifier.ReasonOption,
		},
		{
			when:   "log lines may not be read, and what changed is known",
			change: changes(exiting(1), steadyBefore, noLogLines),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "since web:41",
		},
		{
			when:   "log lines may not be read",
			change: changes(exiting(1), noLogLines),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "where it logs may not be read",
			change: changes(exiting(1), noLog, evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when: "where it logs was not asked",
			change: changes(exiting(1), noLog, func(c *evidence.Case) {
				c.Facts.Task.TaskDefinition = evidence.Answer[evidence.TaskDefinition]{
					Reason: classifier.ReasonTier,
					Action: "ecs:DescribeTaskDefinition",
				}
			}),
			result: unasked,
			reason: classifier.ReasonTier,
		},
		{
			when: "it logs nowhere",
			change: changes(
				exiting(1),
				noLog,
				definitionOf(func(d *evidence.ContainerDefinition) { d.LogDriver = "" }),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app has no log configuration",
		},
		{
			when:   "the name of its log stream is not known",
			change: changes(exiting(1), noLog),
			result: unasked,
			reason: classifier.ReasonNotRead,
		},
		{
			when:   "which container's log is not told",
			change: changes(exiting(1), noLog, withoutLoadBalancer, withRouter(0), checked, culpritIs(-1)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "whose log to read",
		},
		{
			when: "it logs elsewhere",
			change: changes(
				exiting(1),
				noLog,
				definitionOf(func(d *evidence.ContainerDefinition) { d.LogDriver = "awsfirelens" }),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "awsfirelens",
		},
		{
			when: "the same revision was steady with another image",
			change: changes(exiting(1), func(c *evidence.Case) {
				c.Facts.Running.Steady = evidence.Is(evidence.Steady{
					Source:         "last steady, service deployment 7",
					TaskDefinition: c.Facts.Task.TaskDefinition.Value,
					Digests:        map[string]string{"app": "sha256:aaaaaaaaaaaaaaaa"},
				})
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says: "web:42 itself ran well before (last steady, service deployment 7), but since then: digest of " +
				"app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb",
		},
		{
			when: "the same revision was steady",
			change: changes(exiting(1), func(c *evidence.Case) {
				c.Facts.Running.Steady = evidence.Is(evidence.Steady{
					Source:         "last steady, service deployment 7",
					TaskDefinition: c.Facts.Task.TaskDefinition.Value,
				})
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web:42 itself ran well before",
		},
	},
	"app-config": {
		{
			when: "the log names the setting",
			change: changes(
				exiting(1),
				logging(evidence.LogLine{At: afterAt(1),
					Text: "panic: required environment variable LEVEL is not set"}),
			),
			result: proven,
			says:   "LEVEL is not set",
			next:   "LEVEL",
		},
		{
			when: "the log names one in passing",
			change: changes(
				exiting(1),
				logging(evidence.LogLine{At: afterAt(1), Text: "SENTRY_DSN is not set, errors are not reported"}),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "SENTRY_DSN",
		},
		{
			when:   "what changed is told",
			change: changes(exiting(1), steadyBefore),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "variable LEVEL of app removed",
		},
	},
	"app-usage-error": {
		{
			when: "the log says so",
			change: changes(
				exiting(2),
				logging(evidence.LogLine{At: afterAt(1), Text: "flag provided but not defined: -listen"}),
			),
			result: proven,
			says:   "-listen",
			next:   "correct command or overrides of app",
		},
		{
			when: "the log says how it is called",
			change: changes(
				exiting(2),
				logging(evidence.LogLine{At: afterAt(1), Text: "Usage: /app/serve [OPTIONS] FILE"}),
			),
			result: proven,
			says:   "/app/serve",
		},
		{
			when: "a shell does not understand its script",
			change: changes(
				exiting(2),
				logging(evidence.LogLine{
					At:   afterAt(1),
					Text: "/entrypoint.sh: line 3: syntax error near unexpected token `fi'",
				}),
			),
			result: proven,
			says:   "line 3",
		},
		{
			when: "a system call does not like its argument",
			change: changes(
				exiting(2),
				logging(evidence.LogLine{At: afterAt(1), Text: "panic: write tcp 10.0.1.20:8080: invalid argument"}),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "invalid argument",
		},
		{
			when: "a database does not understand a query",
			change: changes(
				exiting(2),
				logging(evidence.LogLine{At: afterAt(1), Text: `panic: pq: syntax error at or near "FROM"`}),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "pq",
		},
		{
			when:   "memory that is in use",
			change: changes(exiting(2), logging(evidence.LogLine{At: afterAt(1), Text: "usage: 85% of 512 MiB"})),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "85%",
		},
		{
			when:   "the log says nothing",
			change: exiting(2),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
	},
	"command-not-found-exit-127": {
		{
			when: "the shell says so",
			change: changes(
				exiting(127),
				logging(evidence.LogLine{At: afterAt(1), Text: "/bin/sh: 1: gunicorn: not found"}),
			),
			result: proven,
			says:   "gunicorn: not found",
		},
		{
			when: "the line ends with a carriage return",
			change: changes(
				exiting(127),
				logging(evidence.LogLine{At: afterAt(1), Text: "/bin/sh: 1: gunicorn: not found\r"}),
			),
			result: proven,
		},
		{
			when: "an earlier line says so",
			change: changes(
				exiting(127),
				logging(
					evidence.LogLine{At: afterAt(1), Text: "/bin/sh: 1: gunicorn: not found"},
					evidence.LogLine{At: afterAt(2), Text: "bye"},
				),
			),
			result: proven,
			says:   "at 10:00:01Z",
		},
		{
			when: "two lines say so",
			change: changes(
				exiting(127),
				logging(
					evidence.LogLine{At: afterAt(1), Text: "/bin/sh: 1: gunicorn: not found"},
					evidence.LogLine{At: afterAt(2), Text: "/bin/sh: 2: uvicorn: not found"},
				),
			),
			result: proven,
			says:   "uvicorn: not found",
		},
		{
			when: "the program says that something else is not found",
			change: changes(
				exiting(127),
				logging(evidence.LogLine{At: afterAt(1), Text: "GET /favicon.ico: 404 not found"}),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
	},
	"not-executable-exit-126": {
		{
			when: "the shell says so",
			change: changes(
				exiting(126),
				logging(evidence.LogLine{At: afterAt(1), Text: "/bin/sh: 1: /app/run.sh: Permission denied"}),
			),
			result: proven,
			says:   "/app/run.sh",
		},
		{
			when: "the program lacks a right",
			change: changes(
				exiting(126),
				logging(evidence.LogLine{At: afterAt(1), Text: "open /data/x: permission denied"}),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
	},
	"app-signal-crash": {
		{
			when: "the log tells of it",
			change: changes(exiting(139),
				logging(evidence.LogLine{At: afterAt(68), Text: "Segmentation fault (core dumped)"})),
			result: proven,
			says:   "Segmentation fault",
		},
		{
			when:   "the log does not tell of it",
			change: exiting(139),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app ended with 139",
		},
	},
	"process-finished": {
		{
			when:   "never proven",
			change: exiting(0),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "app ended with 0",
		},
	},
	"entrypoint-missing": {
		{
			when: "the task definition names the program",
			change: changes(
				definitionOf(func(d *evidence.ContainerDefinition) { d.Command = []string{"/app/serve", "-v"} }),
				programMissing("/app/serve"),
			),
			result: proven,
			says:   "command of app in web:42 begins with /app/serve",
			next:   "put /app/serve into image web:42",
		},
		{
			when: "the program, or the interpreter that it names",
			change: changes(
				definitionOf(func(d *evidence.ContainerDefinition) { d.EntryPoint = []string{"/entrypoint.sh"} }),
				programMissing("/entrypoint.sh"),
				func(c *evidence.Case) {
					c.Stop.StoppedReason = "CannotStartContainerError: failed to create shim task: exec " +
						"/entrypoint.sh: no such file or directory: unknown"
				},
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "or the interpreter",
		},
		{
			when: "the command of the task definition names the program",
			change: changes(
				definitionOf(func(d *evidence.ContainerDefinition) { d.Command = []string{"/app/serve", "-v"} }),
				programMissing("/app/serve"),
				steadyBefore,
			),
			result: proven,
			says: "command of app in web:42 begins with /app/serve, which the container runtime did not find; " +
				"since web:41",
			next: "put /app/serve into image web:42, or correct command",
		},
		{
			when: "its entry point does",
			change: changes(definitionOf(func(d *evidence.ContainerDefinition) {
				d.EntryPoint, d.Command = []string{"/app/serve"}, []string{"-v"}
			}), programMissing("/app/serve")),
			result: proven,
			says:   "entryPoint of app in web:42 begins with /app/serve",
			next:   "correct entryPoint",
		},
		{
			when: "the image or an override does",
			change: changes(
				definitionOf(func(d *evidence.ContainerDefinition) { d.Command = []string{"serve", "/app/serve"} }),
				programMissing("/app/serve"),
				steadyBefore,
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "does not name /app/serve for app: the image itself or an override does; since web:41",
		},
		{
			when: "the text does not name it",
			change: changes(
				programMissing(""),
				steadyBefore,
				definitionOf(func(d *evidence.ContainerDefinition) { d.Command = []string{""} }),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which program of which container is missing is not told; since web:41",
		},
		{
			when: "it is there, and something else is wrong",
			change: changes(
				programMissing("/app/serve"),
				definitionOf(func(d *evidence.ContainerDefinition) { d.Command = []string{"/app/serve"} }),
				func(c *evidence.Case) { c.Finding.Fault = classifier.UnknownFault },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told",
		},
		{
			when:   "which container is not told",
			change: changes(programMissing("/app/serve"), culpritIs(-1)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told",
		},
		{
			when: "the container is not of the task definition",
			change: changes(
				programMissing("/app/serve"),
				definitionOf(func(d *evidence.ContainerDefinition) { d.Name = "web" }),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "is not told",
		},
		{
			when:   "the task definition may not be read",
			change: changes(programMissing("/app/serve"), evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
	"container-definition-invalid": {
		{
			when:   "what changed is told",
			change: steadyBefore,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "since web:41 (last steady, service deployment 7): image of app web:41 → web:42",
		},
		{
			when:   "what ran well before is not known",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "what ran well before is not known",
		},
		{
			when:   "the task definition may not be read",
			change: evidencetest.NoDefinition,
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
}

// TestWhatALineProves holds the words that decide a cause, and that others which look like them do not.
func TestWhatALineProves(t *testing.T) {
	for cause, lines := range map[string][]string{
		"heap-setting": {
			"Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space",
			"java.lang.OutOfMemoryError: GC overhead limit exceeded",
			"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
			"fatal error: runtime: out of memory",
		},
		"": {
			"redis: OOM command not allowed",
			"/app/share: the token: not found",
			"sh: /data/x: permission denied by the owner",
			"Refresh of the token: not found",
			"GET /favicon.ico: 404 not found",
			"sh: gunicorn: not found in the cache",
			"Publish: queue orders: permission denied",
			"open /data/x: permission denied",
			"panic: open /data/x: invalid argument",
			"Error: EINVAL: invalid argument, open '/data/x'",
			"ERROR: syntax error at or near \"FROM\"",
			"memory usage: 93 %",
		},
		"command-not-found-exit-127": {
			"/bin/sh: 1: gunicorn: not found",
			"bash: line 1: gunicorn: command not found",
			"/app/start: line 3: gunicorn: command not found",
			"docker-entrypoint.sh: exec: line 12: gunicorn: not found",
			"/entrypoint: 3: exec: gunicorn: not found",
			"/app/serve: error while loading shared libraries: libpq.so.5: cannot open",
			"/bin/dash: 1: gunicorn: not found",
			"ash: gunicorn: not found",
			"ksh: gunicorn: not found",
		},
		"not-executable-exit-126": {
			"/bin/sh: 1: /app/run.sh: Permission denied",
			"sh: /app: Is a directory",
			"bash: line 1: /app/run: cannot execute: required file not found",
			"exec: /app/run: exec format error",
			"env: /app/run: Permission denied",
		},
		"app-usage-error": {
			"Usage: serve [flags]",
			"serve: unrecognized option '--listen'",
			"serve: unrecognised option --listen",
			"Error: unknown flag: --listen",
			"error: unknown argument --listen",
			"tar: invalid option -- 'y'",
			"tar: illegal option -- y",
			"ls: invalid argument 'x' for '--sort'",
			"Error: invalid argument \"x\" for \"--port\" flag",
			"error: invalid argument: --listen",
			"flag provided but not defined: -listen",
			"/app/run.sh: line 3: syntax error near unexpected token `fi'",
			"/bin/sh: 1: Syntax error: Unterminated quoted string",
		},
	} {
		for _, line := range lines {
			for _, asked := range []string{
				"heap-setting", "command-not-found-exit-127", "not-executable-exit-126", "app-usage-error",
			} {
				said, _, _ := told([]evidence.LogLine{{Text: line}})
				if got := points(said, asked); got != (asked == cause) {
					t.Errorf("%q proves %s: %t", line, asked, got)
				}
			}
		}
	}
}

func TestWhatALineTells(t *testing.T) {
	for _, test := range []struct {
		line  string
		ready bool
		port  string
	}{
		{"Listening on http://0.0.0.0:8080", true, "8080"},
		{"Listening at: http://0.0.0.0:8080", true, "8080"},
		{"server is running at port 8080", true, "8080"},
		{"server started", true, ""},
		{"Server ready", true, ""},
		{"Started Application in 66.4 seconds", true, ""},
		{"ready to accept connections", true, ""},
		{"ready for connections", true, ""},
		{"INFO: Application startup complete.", true, ""},
		{"startup complete", true, ""},
		{"Tomcat initialized with port 8080 (http)", false, "8080"},
		{"now accepting connections", true, ""},
		{"Serving HTTP on 0.0.0.0 port 8000", false, "8000"},
		{"bound to 0.0.0.0:80", false, "80"},
		{"Started web on port 18080", false, "18080"},
		{"Listening on socket 1:123456", true, ""},
		{"binding to port: 8080", false, "8080"},
		{"started worker 1234", false, ""},
		{"starting", false, ""},
		{"already started", false, ""},
		{"GET /port/80808", false, ""},
		{"java.lang.IllegalStateException: no database", false, ""},
		{"terrors are no errors", false, ""},
	} {
		port := ""
		if m := listening().FindStringSubmatch(test.line); m != nil {
			port = m[1]
		}
		if ready().MatchString(test.line) != test.ready || port != test.port {
			t.Errorf("%q: ready %t, port %q", test.line, ready().MatchString(test.line), port)
		}
	}
}

func TestTheLogIsFound(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*evidence.Case)
		want   classifier.Log
	}{
		{
			"by prefix, container and task",
			nil,
			classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"},
		},
		{
			"in another Region",
			definitionOf(func(d *evidence.ContainerDefinition) { d.LogOptions["awslogs-region"] = "eu-central-1" }),
			classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-central-1"},
		},
		{
			"not where no Region is",
			definitionOf(func(d *evidence.ContainerDefinition) { d.LogOptions["awslogs-region"] = "example.org/#" }),
			classifier.Log{},
		},
		{
			"by Docker's id on an instance",
			changes(onInstance, func(c *evidence.Case) { c.Stop.Containers[0].RuntimeID = "f00d" }, noStreamPrefix),
			classifier.Log{Group: "/ecs/web", Stream: "f00d", Region: "eu-west-1"},
		},
		{
			"in the task's Region where none is set",
			definitionOf(func(d *evidence.ContainerDefinition) { delete(d.LogOptions, "awslogs-region") }),
			classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"},
		},
		{
			"not by Docker's id of a container that the event does not have",
			changes(onInstance, func(c *evidence.Case) { c.Stop.Containers = nil }, noStreamPrefix),
			classifier.Log{Group: "/ecs/web", Region: "eu-west-1"},
		},
		{
			"of the culprit",
			changes(withRouter(0), routerLogs, culpritIs(1)),
			classifier.Log{Group: "/ecs/web", Stream: "router/router/" + afterTask, Region: "eu-west-1"},
		},
		{
			"of the one that the load balancer sends to",
			changes(withRouter(0), routerLogs, checked),
			classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"},
		},
		{
			"of the one whose own check failed",
			changes(withRouter(0), routerLogs, checked, withoutLoadBalancer, healthIs("router", "UNHEALTHY")),
			classifier.Log{Group: "/ecs/web", Stream: "router/router/" + afterTask, Region: "eu-west-1"},
		},
		{
			"of that one also where the load balancer's is not of the task definition",
			changes(
				withRouter(0),
				routerLogs,
				checked,
				healthIs("router", "UNHEALTHY"),
				func(c *evidence.Case) { c.Facts.Task.Service.Value.LoadBalancers[0].Container = "web" },
			),
			classifier.Log{Group: "/ecs/web", Stream: "router/router/" + afterTask, Region: "eu-west-1"},
		},
		{
			"of the only one",
			changes(withoutLoadBalancer, noContainerCheck),
			classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"},
		},
		{
			"not without a group",
			definitionOf(func(d *evidence.ContainerDefinition) { delete(d.LogOptions, "awslogs-group") }),
			classifier.Log{},
		},
		{"not of a task whose id is not told", func(c *evidence.Case) { c.Stop.TaskID = "" }, classifier.Log{}},
		{"not while the task definition is not read", evidencetest.NoDefinition, classifier.Log{}},
		{
			"not without a prefix on Fargate",
			changes(func(c *evidence.Case) { c.Stop.Containers[0].RuntimeID = "f00d" }, noStreamPrefix),
			classifier.Log{Group: "/ecs/web", Region: "eu-west-1"},
		},
		{
			"not with another driver",
			definitionOf(func(d *evidence.ContainerDefinition) { d.LogDriver = "splunk" }),
			classifier.Log{},
		},
		{
			"not of which container, of several",
			changes(
				withRouter(0),
				func(c *evidence.Case) { c.Finding.Facts.TargetGroup = "another" },
				noContainerCheck,
			),
			classifier.Log{},
		},
	} {
		c := failedHealthCheck()
		if test.change != nil {
			test.change(c)
		}
		if got := LogOf(c); got.Group != test.want.Group || got.Stream != test.want.Stream ||
			got.Region != test.want.Region {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// routerLogs makes the second container log beside the first.
func routerLogs(c *evidence.Case) {
	d := &c.Facts.Task.TaskDefinition.Value.Containers[1]
	d.LogDriver = evidence.Awslogs
	d.LogOptions = map[string]string{
		"awslogs-group":         "/ecs/web",
		"awslogs-stream-prefix": "router",
		"awslogs-region":        "eu-west-1",
	}
}

func noLog(c *evidence.Case) { c.Facts.Running.Log = evidence.Answer[[]evidence.LogLine]{} }

func programMissing(program string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Finding = classifier.Finding{
			Stage:   classifier.Start,
			Fault:   classifier.NotFound,
			Culprit: 0,
			Facts:   classifier.Facts{Path: program},
		}
	}
}

func noStreamPrefix(c *evidence.Case) {
	delete(c.Facts.Task.TaskDefinition.Value.Containers[0].LogOptions, "awslogs-stream-prefix")
}

func noLogLines(c *evidence.Case) {
	evidencetest.Refuse(&c.Facts.Running.Log, classifier.ReasonNoPermission, "logs:GetLogEvents")
}
