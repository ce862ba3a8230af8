package classifier

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier/commandtest"
	"whystopped/events"
)

// ranAndEnded is a stop whose task ran for d and then ended by itself.
func ranAndEnded(d time.Duration, containers ...events.Container) events.Stop {
	started := time.Date(2026, 4, 3, 1, 0, 0, 0, time.UTC)
	end := started.Add(d)
	return events.Stop{
		Kind:               events.KindTask,
		LaunchType:         "FARGATE",
		Group:              "service:web",
		Service:            "web",
		Memory:             new(int64(1024)),
		StartedAt:          started,
		ExecutionStoppedAt: end,
		StoppingAt:         end.Add(time.Second),
		StoppedAt:          end.Add(20 * time.Second),
		Containers:         containers,
	}
}

// stoppedAfter is a stop that was asked for and took d.
func stoppedAfter(d time.Duration, containers ...events.Container) events.Stop {
	s := ranAndEnded(3*time.Hour, containers...)
	s.StoppingAt = s.ExecutionStoppedAt.Add(-d)
	return s
}

// withCode is a container that ended with an exit code.
func withCode(name string, code int64) events.Container {
	return events.Container{Name: name, ExitCode: new(code)}
}

func limited(c events.Container, mib int64) events.Container {
	c.Memory = new(mib)
	return c
}

func reserved(c events.Container, mib int64) events.Container {
	c.MemoryReservation = new(mib)
	return c
}

func changed(s events.Stop, change func(*events.Stop)) events.Stop {
	change(&s)
	return s
}

func runtimeFinding(fault Fault) Finding { return Finding{Stage: Runtime, Fault: fault} }

func TestRuntimeCausesInOrder(t *testing.T) {
	minute := func(containers ...events.Container) events.Stop { return ranAndEnded(10*time.Minute, containers...) }
	asJob := func(s *events.Stop) { s.Service, s.Group = "", "family:report" }
	withoutGroup := func(s *events.Stop) { s.Service, s.Group = "", "" }
	onEC2WithoutTaskMemory := func(s *events.Stop) { s.LaunchType, s.Memory = "EC2", nil }
	app, log := withCode("app", 1), withCode("log_router", 143)

	for _, c := range []struct {
		name string
		stop events.Stop
		f    Finding
		want string
	}{
		{
			name: "OOM of one container with a limit",
			stop: minute(limited(withCode("app", 137), 512)),
			f:    runtimeFinding(OOM),
			want: "memory-limit heap-setting",
		},
		{
			name: "OOM of one container that only the task limits",
			stop: minute(withCode("app", 137)),
			f:    runtimeFinding(OOM),
			want: "task-memory-limit heap-setting",
		},
		{
			name: "OOM of one of several with a limit",
			stop: minute(limited(withCode("app", 137), 512), log),
			f:    runtimeFinding(OOM),
			want: "memory-limit task-memory-limit heap-setting one-of-several-essential",
		},
		{
			name: "OOM of one of several without a limit",
			stop: minute(withCode("app", 137), log),
			f:    runtimeFinding(OOM),
			want: "task-memory-limit heap-setting one-of-several-essential",
		},
		{
			name: "a container that AWS adds is none of the task's own",
			stop: minute(limited(withCode("app", 137), 512), withCode("aws-guardduty-agent-x1", 0)),
			f:    runtimeFinding(OOM),
			want: "memory-limit heap-setting",
		},
		{
			name: "OOM after hours",
			stop: ranAndEnded(9*time.Hour, limited(withCode("app", 137), 512)),
			f:    runtimeFinding(OOM),
			want: "memory-limit memory-leak heap-setting",
		},
		{
			name: "OOM with a soft limit only: the instance is full",
			stop: changed(minute(reserved(withCode("app", 137), 256)), onEC2WithoutTaskMemory),
			f:    runtimeFinding(OOM),
			want: "host-memory heap-setting",
		},
		{
			name: "OOM on an instance, limits unknown",
			stop: changed(minute(withCode("app", 137)), onEC2WithoutTaskMemory),
			f:    runtimeFinding(OOM),
			want: "memory-limit heap-setting",
		},

		{name: "exit 1 after minutes", stop: minute(app), f: runtimeFinding(Crashed), want: "heap-setting app-error"},
		{
			name: "exit 1 within seconds",
			stop: ranAndEnded(4*time.Second, app),
			f:    runtimeFinding(Crashed),
			want: "interpreter-missing binary-architecture app-config app-error",
		},
		{
			name: "exit 1 before RUNNING",
			stop: changed(minute(app), func(s *events.Stop) { s.StartedAt = time.Time{} }),
			f:    runtimeFinding(Crashed),
			want: "interpreter-missing binary-architecture heap-setting app-config app-error",
		},
		{
			name: "exit 2",
			stop: ranAndEnded(4*time.Second, withCode("app", 2)),
			f:    runtimeFinding(Crashed),
			want: "app-usage-error app-error",
		},
		{
			name: "exit 126",
			stop: minute(withCode("app", 126)),
			f:    runtimeFinding(Crashed),
			want: "not-executable-exit-126",
		},
		{
			name: "exit 127",
			stop: ranAndEnded(time.Second, withCode("app", 127)),
			f:    runtimeFinding(Crashed),
			want: "interpreter-missing binary-architecture command-not-found-exit-127",
		},
		{
			name: "exit 134: perhaps the heap",
			stop: minute(withCode("app", 134)),
			f:    runtimeFinding(Crashed),
			want: "heap-setting app-signal-crash",
		},
		{
			name: "exit 139",
			stop: ranAndEnded(time.Second, withCode("app", 139)),
			f:    runtimeFinding(Crashed),
			want: "app-signal-crash",
		},
		{
			name: "Windows access violation",
			stop: minute(withCode("app", 3221225477)),
			f:    runtimeFinding(Crashed),
			want: "app-signal-crash",
		},
		{
			name: "Windows access violation as a signed number",
			stop: minute(withCode("app", -1073741819)),
			f:    runtimeFinding(Crashed),
			want: "app-signal-crash",
		},
		{name: "exit 255", stop: minute(withCode("app", 255)), f: runtimeFinding(Crashed), want: "app-error"},
		{
			name: "one of two containers fails",
			stop: minute(app, withCode("worker", 143)),
			f:    runtimeFinding(Crashed),
			want: "heap-setting app-error one-of-several-essential",
		},
		{
			name: "a helper fails",
			stop: minute(withCode("envoy-proxy", 1), withCode("app", 143)),
			f:    runtimeFinding(Crashed),
			want: "heap-setting sidecar-ended app-error",
		},
		{
			name: "blog is no log",
			stop: minute(withCode("blog", 1), withCode("app", 143)),
			f:    runtimeFinding(Crashed),
			want: "heap-setting app-error one-of-several-essential",
		},

		{
			name: "137 without a text",
			stop: minute(withCode("app", 137)),
			f:    runtimeFinding(Killed),
			want: "killed-for-memory-unreported killed-from-outside",
		},
		{
			name: "137 at the end of the stop timeout",
			stop: stoppedAfter(30*time.Second, withCode("app", 137)),
			f:    runtimeFinding(Killed),
			want: "sigterm-ignored signal-not-forwarded",
		},
		{
			name: "143 without a stop",
			stop: minute(withCode("app", 143)),
			f:    runtimeFinding(Killed),
			want: "killed-from-outside",
		},

		{
			name: "service ends with 0",
			stop: minute(withCode("app", 0)),
			f:    runtimeFinding(Exited),
			want: "process-finished",
		},
		{
			name: "job ends with 0",
			stop: changed(minute(withCode("app", 0)), asJob),
			f:    runtimeFinding(Exited),
			want: "job-finished",
		},
		{
			name: "no group, ends with 0",
			stop: changed(minute(withCode("app", 0)), withoutGroup),
			f:    runtimeFinding(Exited),
			want: "process-finished job-finished",
		},
		{
			name: "Batch, ends with 0",
			stop: changed(
				minute(withCode("app", 0)),
				func(s *events.Stop) { withoutGroup(s); s.Launcher = events.LauncherBatch },
			),
			f:    runtimeFinding(Exited),
			want: "job-finished",
		},
		{
			name: "time limit of a job, killed after it",
			stop: changed(stoppedAfter(30*time.Second, withCode("app", 137)), asJob),
			f:    runtimeFinding(Timeout),
			want: "time-limit",
		},
		{
			name: "no exit code",
			stop: minute(events.Container{Name: "app"}),
			f:    runtimeFinding(UnknownFault),
			want: "exit-code-unseen",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(applying(c.stop, c.f, setupCauses, runningCauses), " ")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLeadingCause(t *testing.T) {
	app := withCode("app", 143)
	const targetGroup = "arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928"
	elb := Finding{Stage: HealthCheck, Fault: Unhealthy, Facts: Facts{TargetGroup: targetGroup}}
	own := Finding{Stage: HealthCheck, Fault: Unhealthy}
	slow := stoppedAfter(31*time.Second, withCode("app", 137))
	saying := func(s events.Stop, reason string) events.Stop {
		s.StoppedReason = reason
		return s
	}
	unplaced := func(launchType, capacityProvider, reason string) events.Stop {
		return events.Stop{LaunchType: launchType, CapacityProvider: capacityProvider, StoppedReason: reason}
	}
	noRoom := Finding{Stage: Placement, Fault: Exhausted}

	for _, c := range []struct {
		name string
		stop events.Stop
		f    Finding
		want string
	}{
		{
			name: "load balancer, after two minutes",
			stop: ranAndEnded(2*time.Minute, app),
			f:    elb,
			want: "health-grace-period",
		},
		{
			name: "load balancer, after twenty minutes",
			stop: ranAndEnded(20*time.Minute, app),
			f:    elb,
			want: "health-path",
		},
		{name: "load balancer, after hours", stop: ranAndEnded(9*time.Hour, app), f: elb, want: "health-app-down"},
		{
			name: "load balancer, answered 404",
			stop: saying(ranAndEnded(2*time.Minute, app),
				"due to (reason Health checks failed with these codes: [404])"),
			f:    elb,
			want: "health-path",
		},
		{
			name: "load balancer, answered 503",
			stop: saying(ranAndEnded(20*time.Minute, app),
				"due to (reason Health checks failed with these codes: [503])"),
			f:    elb,
			want: "health-app-down",
		},
		{
			name: "load balancer, no answer",
			stop: ranAndEnded(2*time.Minute, app),
			f: Finding{
				Stage:     HealthCheck,
				Fault:     Unhealthy,
				FaultRule: "fault/health-check-timeout",
				Facts:     Facts{TargetGroup: targetGroup},
			},
			want: "health-sg",
		},
		{
			name: "container health check, after two minutes",
			stop: ranAndEnded(2*time.Minute, app),
			f:    own,
			want: "container-health-start-period",
		},
		{
			name: "container health check, after twenty minutes",
			stop: ranAndEnded(20*time.Minute, app),
			f:    own,
			want: "container-health-command",
		},
		{
			name: "container health check, after hours",
			stop: ranAndEnded(9*time.Hour, app),
			f:    own,
			want: "health-app-down",
		},

		{
			name: "scale-in, ended in time",
			stop: stoppedAfter(2*time.Second, app),
			f:    Finding{Stage: Scheduler, Fault: ScaledIn},
			want: "desired-count-lowered",
		},
		{
			name: "scale-in, killed at the stop timeout",
			stop: slow,
			f:    Finding{Stage: Scheduler, Fault: ScaledIn},
			want: "sigterm-ignored",
		},
		{
			name: "stopped by a person, killed at the stop timeout",
			stop: slow,
			f:    Finding{Stage: User, Fault: Requested},
			want: "sigterm-ignored",
		},
		{name: "unhealthy, killed at the stop timeout", stop: slow, f: elb, want: "health-app-down"},
		{
			name: "replaced",
			stop: stoppedAfter(2*time.Second, app),
			f:    Finding{Stage: Scheduler, Fault: Replaced},
			want: "deployment-replaced",
		},
		{
			name: "stopped by a person",
			stop: stoppedAfter(2*time.Second, app),
			f:    Finding{Stage: User, Fault: Requested},
			want: "stopped-by-person",
		},
		{
			name: "stopped by Batch",
			stop: changed(stoppedAfter(2*time.Second, app), func(s *events.Stop) { s.Launcher = events.LauncherBatch }),
			f:    Finding{Stage: User, Fault: Requested},
			want: "stopped-by-automation",
		},

		{
			name: "no room on Fargate",
			stop: unplaced("FARGATE", "", "Capacity is unavailable at this time."),
			f:    noRoom,
			want: "fargate-capacity",
		},
		{
			name: "Fargate quota",
			stop: unplaced("FARGATE", "", "You've reached the limit on the number of vCPUs you can run concurrently"),
			f:    noRoom,
			want: "fargate-quota",
		},
		{
			name: "no room on instances",
			stop: unplaced("EC2", "", "RESOURCE:MEMORY"),
			f:    noRoom,
			want: "cluster-resources",
		},
		{
			name: "no room on instances of a capacity provider",
			stop: unplaced("", "nodes", "RESOURCE:CPU"),
			f:    noRoom,
			want: "cluster-resources",
		},
		{
			name: "port taken on every instance",
			stop: unplaced("EC2", "", "RESOURCE:PORTS"),
			f:    noRoom,
			want: "cluster-resources",
		},
		{
			name: "no instance came",
			stop: unplaced("", "nodes", ""),
			f:    Finding{Stage: Placement, Fault: Exhausted, StageRule: "code/provisioning-limit"},
			want: "capacity-provider-empty",
		},
		{
			name: "nothing came on Fargate",
			stop: unplaced("FARGATE", "FARGATE_SPOT", ""),
			f:    Finding{Stage: Placement, Fault: Exhausted, StageRule: "code/provisioning-limit"},
			want: "fargate-capacity",
		},
		{
			name: "attribute missing",
			stop: unplaced("EC2", "", "ATTRIBUTE"),
			f:    Finding{Stage: Placement, Fault: Mismatch},
			want: "placement-constraint",
		},

		{
			name: "command line as the executable's name",
			stop: events.Stop{},
			f:    Finding{Stage: Start, Fault: NotFound, Facts: Facts{Path: "npm start"}},
			want: "command-invalid",
		},
		{
			name: "executable missing",
			stop: events.Stop{},
			f:    Finding{Stage: Start, Fault: NotFound, Facts: Facts{Path: "/srv/run"}},
			want: "entrypoint-missing",
		},
		{
			name: "disk full",
			stop: saying(events.Stop{LaunchType: "EC2"}, "no space left on device"),
			f:    Finding{Stage: Create, Fault: Exhausted},
			want: "host-disk-full",
		},
		{
			name: "host memory",
			stop: saying(events.Stop{LaunchType: "EC2"}, "fork/exec: cannot allocate memory"),
			f:    Finding{Stage: Start, Fault: Exhausted},
			want: "host-memory",
		},
		{
			name: "file handles",
			stop: saying(events.Stop{LaunchType: "EC2"}, "accept4: too many open files"),
			f:    Finding{Stage: Start, Fault: Exhausted},
			want: "host-file-limits",
		},
		{
			name: "limit below Docker's minimum",
			stop: saying(events.Stop{LaunchType: "EC2"}, "Minimum memory limit allowed is 6MB"),
			f:    Finding{Stage: Create, Fault: Invalid},
			want: "container-memory-too-small",
		},

		{
			name: "instance gone",
			stop: events.Stop{LaunchType: "EC2"},
			f:    Finding{Stage: Host, Fault: Lost, Facts: Facts{InstanceID: "i-0aa11bb22cc33dd44"}},
			want: "instance-terminated",
		},
		{
			name: "Fargate host unhealthy",
			stop: events.Stop{LaunchType: "FARGATE", StopCode: "InfrastructureHealth"},
			f:    Finding{Stage: Host, Fault: Lost},
			want: "host-impaired",
		},
		{
			name: "Fargate Spot notice",
			stop: events.Stop{LaunchType: "FARGATE", CapacityProvider: "FARGATE_SPOT"},
			f:    Finding{Stage: Host, Fault: UnknownFault},
			want: "spot-reclaimed",
		},
		{
			name: "instance drained",
			stop: saying(events.Stop{LaunchType: "EC2"}, "Container instance is in DRAINING state"),
			f:    Finding{Stage: Host, Fault: Retired},
			want: "instance-draining",
		},
		{
			name: "Fargate maintenance",
			stop: events.Stop{LaunchType: "FARGATE"},
			f:    Finding{Stage: Host, Fault: Retired},
			want: "maintenance",
		},
		{
			name: "Docker hangs on an instance",
			stop: events.Stop{LaunchType: "EC2"},
			f:    Finding{Stage: Agent, Fault: Timeout},
			want: "docker-unresponsive",
		},
		{
			name: "Docker hangs where nobody says on what",
			stop: events.Stop{},
			f:    Finding{Stage: Agent, Fault: Timeout},
			want: "docker-unresponsive",
		},
		{
			name: "the agent fails where nobody says on what",
			stop: events.Stop{},
			f:    Finding{Stage: Agent, Fault: Internal},
			want: "agent-fault",
		},
		{
			name: "the runtime hangs on Fargate",
			stop: events.Stop{LaunchType: "FARGATE"},
			f:    Finding{Stage: Agent, Fault: Timeout},
			want: "platform-fault",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := applying(c.stop, c.f, setupCauses, runningCauses)
			if len(got) == 0 || got[0] != c.want {
				t.Errorf("%s must lead, got %v", c.want, got)
			}
		})
	}
}

// A load balancer's causes and those of the container's own health check never stand together.
func TestWhoJudgedTheTask(t *testing.T) {
	s := ranAndEnded(2*time.Minute, withCode("app", 143))
	ofELB := []string{"health-path", "health-port", "health-matcher", "health-grace-period", "health-sg"}
	byELB := applying(
		s,
		Finding{Stage: HealthCheck, Fault: Unhealthy, Facts: Facts{TargetGroup: "shop-tg"}},
		runningCauses,
	)
	for _, id := range ofELB {
		if !slices.Contains(byELB, id) {
			t.Errorf("%s must apply to a task that a load balancer judged, got %v", id, byELB)
		}
	}
	for _, id := range byELB {
		if strings.HasPrefix(id, "container-health") {
			t.Errorf("%s must not apply to a task that a load balancer judged", id)
		}
	}
	for _, id := range applying(s, Finding{Stage: HealthCheck, Fault: Unhealthy}, runningCauses) {
		if slices.Contains(ofELB, id) {
			t.Errorf("%s must not apply without a target group", id)
		}
	}
}

func TestNothingIsKnown(t *testing.T) {
	got := applying(
		events.Stop{},
		Finding{Stage: UnknownStage, Fault: UnknownFault, Culprit: -1},
		setupCauses,
		runningCauses,
	)
	if diff := cmp.Diff([]string{"text-missing"}, got); diff != "" {
		t.Error(diff)
	}
}

// Nobody is left without a cause, on whatever capacity the task ran.
func TestEveryClassHasACause(t *testing.T) {
	classes := map[Stage][]Fault{
		Placement: {
			Exhausted, Mismatch, Invalid, Lost, NotFound, Denied, Timeout, RateLimited, Internal, UnknownFault,
		},
		Network: {
			Exhausted, Denied, Timeout, Internal, NotFound, Invalid, Mismatch, RateLimited, Conflict, Unreachable,
			UnknownFault,
		},
		Create:       {Conflict, Invalid, NotFound, Denied, Mismatch, Exhausted, Internal, Timeout, UnknownFault},
		Start:        {NotFound, Denied, Mismatch, Conflict, Invalid, Exhausted, Internal, Timeout, UnknownFault},
		Dependency:   {Crashed, Timeout, Unhealthy, Invalid, NotFound, UnknownFault},
		Runtime:      {OOM, Killed, Crashed, Exited, Timeout, UnknownFault},
		HealthCheck:  {Unhealthy},
		Host:         {Interrupted, Retired, Lost, UnknownFault},
		Scheduler:    {ScaledIn, Replaced, RolledBack, UnknownFault},
		User:         {Requested},
		Agent:        {Timeout, Internal, Unreachable, NotFound, Exhausted, Invalid, UnknownFault},
		UnknownStage: {UnknownFault, Timeout, Denied},
	}
	for stage, faults := range classes {
		for _, fault := range faults {
			for _, launchType := range []string{"FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES", ""} {
				s := ranAndEnded(10*time.Minute, withCode("app", 1))
				s.LaunchType = launchType
				f := Finding{Stage: stage, Fault: fault}
				if len(applying(s, f, setupCauses, runningCauses)) == 0 {
					t.Errorf("%s on %q has no cause", f.Class(), launchType)
				}
			}
		}
	}
}

// sentences are the templates of a cause that a person reads, without its commands.
func (c *Cause) sentences() []string {
	all := []string{c.Title, c.Why, c.Fix}
	for _, check := range c.Check() {
		for _, form := range append([]Check{check}, check.Or...) {
			for _, text := range []string{form.On, form.Look} {
				if text != "" {
					all = append(all, text)
				}
			}
		}
	}
	return all
}

// TestCauseTexts holds that every text reads whole when no fact is known: it needs none that has no default.
func TestCauseTexts(t *testing.T) {
	nothing := func(string) string { return "" }
	docs := []string{
		"https://docs.aws.amazon.com/", "https://repost.aws/", "https://docs.docker.com/", "https://man7.org/",
	}
	for _, c := range Catalogue {
		if n := len(c.Check()); n < 1 || n > 5 || !strings.HasSuffix(c.Why, ".") || !strings.HasSuffix(c.Fix, ".") {
			t.Errorf("%s: must have one to five checks, and sentences for why and fix", c.ID)
		}
		if !slices.ContainsFunc(docs, func(host string) bool { return strings.HasPrefix(c.Docs, host) }) {
			t.Errorf("%s: %s is no documentation page", c.ID, c.Docs)
		}
		for _, template := range c.sentences() {
			words, _ := commandtest.InText(template)
			text, complete := expand(strings.ReplaceAll(words, "  ", " "), nothing)
			if text == "" || !complete || strings.ContainsAny(text, "{}[]") || strings.Contains(text, "  ") {
				t.Errorf("%s: %q becomes %q", c.ID, template, text)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{(\w+)\|`)

// Every fact that a text asks for is one that a stop can state.
func TestCauseFactsExist(t *testing.T) {
	s := stoppedAfter(time.Minute, events.Container{Name: "app", Image: "nginx", ExitCode: new(int64(139))})
	s.Cluster = "shop"
	s.StoppedReason = "Task stopped by Airflow. User: arn:aws:iam::210987654321:user/ci is gone"
	s.TaskID = "5f0e1d2c"
	s.EventName = "CreateService"
	s.ContainerInstanceARN = "arn:aws:ecs:eu-north-1:210987654321:container-instance/shop/77aa"
	s.Family = "web"
	s.Region = "eu-north-1"
	s.Account = "210987654321"
	s.DeploymentID = "ecs-svc/2"
	s.PlatformVersion = "1.3.0"
	f := Finding{
		Signal: "SIGSEGV",
		Facts: Facts{
			Image:       myRegistry + "/orders:7@sha256:77bb",
			Registry:    myRegistry,
			Platform:    "linux/arm64",
			Path:        "/srv/run",
			TargetGroup: "shop-tg",
			Role:        "orders-exec",
			Deployment:  "ecs-svc/1",
			InstanceID:  "i-0aa11bb22cc33dd44",
			Subnet:      "subnet-0aa11bb22cc33dd44",
			Port:        "8080",
			Endpoint:    "api.ecr.eu-north-1.amazonaws.com",
			RemoteIP:    "13.48.4.5",
			AWSAction:   "kms:Decrypt",
			Secret:      theSecret,
			JSONKey:     "password",
			FileSystem:  "fs-0011223344556677a",
		},
	}
	known := func(name string) bool {
		for _, resource := range []string{
			"s3://orders/app.env", "arn:aws:kms:eu-north-1:210987654321:key/77aa", "/ecs/orders",
		} {
			f.Facts.AWSResource = resource
			if value(name, &s, &f) != "" {
				return true
			}
		}
		return false
	}
	for _, c := range Catalogue {
		for _, template := range c.sentences() {
			for _, name := range placeholder.FindAllStringSubmatch(template, -1) {
				if !known(name[1]) {
					t.Errorf("%s: there is no fact {%s}", c.ID, name[1])
				}
			}
		}
	}
}
