package classifier

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/events"
)

// ranAndEnded is a stop whose task ran for d and then ended by itself.
func ranAndEnded(d time.Duration, containers ...events.Container) events.Stop {
	started := time.Date(2026, 4, 3, 1, 0, 0, 0, time.UTC)
	end := started.Add(d)
	return events.Stop{Kind: events.KindTask, LaunchType: "FARGATE", Group: "service:web", Service: "web", Memory: new(int64(1024)),
		StartedAt: started, ExecutionStoppedAt: end, StoppingAt: end.Add(time.Second), StoppedAt: end.Add(20 * time.Second), Containers: containers}
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
		{"OOM of one container with a limit", minute(limited(withCode("app", 137), 512)), runtimeFinding(OOM), "memory-limit heap-setting"},
		{"OOM of one container that only the task limits", minute(withCode("app", 137)), runtimeFinding(OOM), "task-memory-limit heap-setting"},
		{"OOM of one of several with a limit", minute(limited(withCode("app", 137), 512), log), runtimeFinding(OOM),
			"memory-limit task-memory-limit heap-setting one-of-several-essential"},
		{"OOM of one of several without a limit", minute(withCode("app", 137), log), runtimeFinding(OOM),
			"task-memory-limit heap-setting one-of-several-essential"},
		{"a container that AWS adds is none of the task's own", minute(limited(withCode("app", 137), 512), withCode("aws-guardduty-agent-x1", 0)), runtimeFinding(OOM),
			"memory-limit heap-setting"},
		{"OOM after hours", ranAndEnded(9*time.Hour, limited(withCode("app", 137), 512)), runtimeFinding(OOM), "memory-limit memory-leak heap-setting"},
		{"OOM with a soft limit only: the instance is full", changed(minute(reserved(withCode("app", 137), 256)), onEC2WithoutTaskMemory), runtimeFinding(OOM),
			"host-memory heap-setting"},
		{"OOM on an instance, limits unknown", changed(minute(withCode("app", 137)), onEC2WithoutTaskMemory), runtimeFinding(OOM), "memory-limit heap-setting"},

		{"exit 1 after minutes", minute(app), runtimeFinding(Crashed), "app-error"},
		{"exit 1 within seconds", ranAndEnded(4*time.Second, app), runtimeFinding(Crashed), "app-config app-error"},
		{"exit 1 before RUNNING", changed(minute(app), func(s *events.Stop) { s.StartedAt = time.Time{} }), runtimeFinding(Crashed), "app-config app-error"},
		{"exit 2", ranAndEnded(4*time.Second, withCode("app", 2)), runtimeFinding(Crashed), "app-usage-error app-error"},
		{"exit 126", minute(withCode("app", 126)), runtimeFinding(Crashed), "not-executable-exit-126"},
		{"exit 127", ranAndEnded(time.Second, withCode("app", 127)), runtimeFinding(Crashed), "command-not-found-exit-127"},
		{"exit 134: perhaps the heap", minute(withCode("app", 134)), runtimeFinding(Crashed), "heap-setting app-signal-crash"},
		{"exit 139", ranAndEnded(time.Second, withCode("app", 139)), runtimeFinding(Crashed), "app-signal-crash"},
		{"Windows access violation", minute(withCode("app", 3221225477)), runtimeFinding(Crashed), "app-signal-crash"},
		{"Windows access violation as a signed number", minute(withCode("app", -1073741819)), runtimeFinding(Crashed), "app-signal-crash"},
		{"exit 255", minute(withCode("app", 255)), runtimeFinding(Crashed), "app-error"},
		{"one of two containers fails", minute(app, withCode("worker", 143)), runtimeFinding(Crashed), "app-error one-of-several-essential"},
		{"a helper fails", minute(withCode("envoy-proxy", 1), withCode("app", 143)), runtimeFinding(Crashed), "sidecar-ended app-error"},
		{"blog is no log", minute(withCode("blog", 1), withCode("app", 143)), runtimeFinding(Crashed), "app-error one-of-several-essential"},

		{"137 without a text", minute(withCode("app", 137)), runtimeFinding(Killed), "killed-for-memory-unreported killed-from-outside"},
		{"137 at the end of the stop timeout", stoppedAfter(30*time.Second, withCode("app", 137)), runtimeFinding(Killed), "sigterm-ignored"},
		{"143 without a stop", minute(withCode("app", 143)), runtimeFinding(Killed), "killed-from-outside"},

		{"service ends with 0", minute(withCode("app", 0)), runtimeFinding(Exited), "process-finished"},
		{"job ends with 0", changed(minute(withCode("app", 0)), asJob), runtimeFinding(Exited), "job-finished"},
		{"no group, ends with 0", changed(minute(withCode("app", 0)), withoutGroup), runtimeFinding(Exited), "process-finished job-finished"},
		{"Batch, ends with 0", changed(minute(withCode("app", 0)), func(s *events.Stop) { withoutGroup(s); s.Launcher = events.LauncherBatch }),
			runtimeFinding(Exited), "job-finished"},
		{"time limit of a job, killed after it", changed(stoppedAfter(30*time.Second, withCode("app", 137)), asJob), runtimeFinding(Timeout), "time-limit"},
		{"no exit code", minute(events.Container{Name: "app"}), runtimeFinding(UnknownFault), "exit-code-unseen"},
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
		{"load balancer, after two minutes", ranAndEnded(2*time.Minute, app), elb, "health-grace-period"},
		{"load balancer, after twenty minutes", ranAndEnded(20*time.Minute, app), elb, "health-path"},
		{"load balancer, after hours", ranAndEnded(9*time.Hour, app), elb, "health-app-down"},
		{"load balancer, answered 404", saying(ranAndEnded(2*time.Minute, app), "due to (reason Health checks failed with these codes: [404])"), elb, "health-path"},
		{"load balancer, answered 503", saying(ranAndEnded(20*time.Minute, app), "due to (reason Health checks failed with these codes: [503])"), elb, "health-app-down"},
		{"load balancer, no answer", ranAndEnded(2*time.Minute, app),
			Finding{Stage: HealthCheck, Fault: Unhealthy, FaultRule: "fault/health-check-timeout", Facts: Facts{TargetGroup: targetGroup}}, "health-sg"},
		{"container health check, after two minutes", ranAndEnded(2*time.Minute, app), own, "container-health-start-period"},
		{"container health check, after twenty minutes", ranAndEnded(20*time.Minute, app), own, "container-health-command"},
		{"container health check, after hours", ranAndEnded(9*time.Hour, app), own, "health-app-down"},

		{"scale-in, ended in time", stoppedAfter(2*time.Second, app), Finding{Stage: Scheduler, Fault: ScaledIn}, "desired-count-lowered"},
		{"scale-in, killed at the stop timeout", slow, Finding{Stage: Scheduler, Fault: ScaledIn}, "sigterm-ignored"},
		{"stopped by a person, killed at the stop timeout", slow, Finding{Stage: User, Fault: Requested}, "sigterm-ignored"},
		{"unhealthy, killed at the stop timeout", slow, elb, "health-app-down"},
		{"replaced", stoppedAfter(2*time.Second, app), Finding{Stage: Scheduler, Fault: Replaced}, "deployment-replaced"},
		{"stopped by a person", stoppedAfter(2*time.Second, app), Finding{Stage: User, Fault: Requested}, "stopped-by-person"},
		{"stopped by Batch", changed(stoppedAfter(2*time.Second, app), func(s *events.Stop) { s.Launcher = events.LauncherBatch }),
			Finding{Stage: User, Fault: Requested}, "stopped-by-automation"},

		{"no room on Fargate", unplaced("FARGATE", "", "Capacity is unavailable at this time."), noRoom, "fargate-capacity"},
		{"Fargate quota", unplaced("FARGATE", "", "You've reached the limit on the number of vCPUs you can run concurrently"), noRoom, "fargate-quota"},
		{"no room on instances", unplaced("EC2", "", "RESOURCE:MEMORY"), noRoom, "cluster-resources"},
		{"no room on instances of a capacity provider", unplaced("", "nodes", "RESOURCE:CPU"), noRoom, "cluster-resources"},
		{"port taken on every instance", unplaced("EC2", "", "RESOURCE:PORTS"), noRoom, "cluster-resources"},
		{"no instance came", unplaced("", "nodes", ""), Finding{Stage: Placement, Fault: Exhausted, StageRule: "code/provisioning-limit"}, "capacity-provider-empty"},
		{"nothing came on Fargate", unplaced("FARGATE", "FARGATE_SPOT", ""), Finding{Stage: Placement, Fault: Exhausted, StageRule: "code/provisioning-limit"}, "fargate-capacity"},
		{"attribute missing", unplaced("EC2", "", "ATTRIBUTE"), Finding{Stage: Placement, Fault: Mismatch}, "placement-constraint"},

		{"command line as the executable's name", events.Stop{}, Finding{Stage: Start, Fault: NotFound, Facts: Facts{Path: "npm start"}}, "command-invalid"},
		{"executable missing", events.Stop{}, Finding{Stage: Start, Fault: NotFound, Facts: Facts{Path: "/srv/run"}}, "entrypoint-missing"},
		{"disk full", saying(events.Stop{LaunchType: "EC2"}, "no space left on device"), Finding{Stage: Create, Fault: Exhausted}, "host-disk-full"},
		{"host memory", saying(events.Stop{LaunchType: "EC2"}, "fork/exec: cannot allocate memory"), Finding{Stage: Start, Fault: Exhausted}, "host-memory"},
		{"file handles", saying(events.Stop{LaunchType: "EC2"}, "accept4: too many open files"), Finding{Stage: Start, Fault: Exhausted}, "host-file-limits"},
		{"limit below Docker's minimum", saying(events.Stop{LaunchType: "EC2"}, "Minimum memory limit allowed is 6MB"), Finding{Stage: Create, Fault: Invalid}, "container-memory-too-small"},

		{"instance gone", events.Stop{LaunchType: "EC2"}, Finding{Stage: Host, Fault: Lost, Facts: Facts{InstanceID: "i-0aa11bb22cc33dd44"}}, "instance-terminated"},
		{"Fargate host unhealthy", events.Stop{LaunchType: "FARGATE", StopCode: "InfrastructureHealth"}, Finding{Stage: Host, Fault: Lost}, "host-impaired"},
		{"Fargate Spot notice", events.Stop{LaunchType: "FARGATE", CapacityProvider: "FARGATE_SPOT"}, Finding{Stage: Host, Fault: UnknownFault}, "spot-reclaimed"},
		{"instance drained", saying(events.Stop{LaunchType: "EC2"}, "Container instance is in DRAINING state"), Finding{Stage: Host, Fault: Retired}, "instance-draining"},
		{"Fargate maintenance", events.Stop{LaunchType: "FARGATE"}, Finding{Stage: Host, Fault: Retired}, "maintenance"},
		{"Docker hangs on an instance", events.Stop{LaunchType: "EC2"}, Finding{Stage: Agent, Fault: Timeout}, "docker-unresponsive"},
		{"the runtime hangs on Fargate", events.Stop{LaunchType: "FARGATE"}, Finding{Stage: Agent, Fault: Timeout}, "platform-fault"},
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
	byELB := applying(s, Finding{Stage: HealthCheck, Fault: Unhealthy, Facts: Facts{TargetGroup: "shop-tg"}}, runningCauses)
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
	got := applying(events.Stop{}, Finding{Stage: UnknownStage, Fault: UnknownFault, Culprit: -1}, setupCauses, runningCauses)
	if diff := cmp.Diff([]string{"text-missing"}, got); diff != "" {
		t.Error(diff)
	}
}

// Nobody is left without a cause, on whatever capacity the task ran.
func TestEveryClassHasACause(t *testing.T) {
	classes := map[Stage][]Fault{
		Placement:    {Exhausted, Mismatch, Invalid, Lost, NotFound, Denied, Timeout, RateLimited, Internal, UnknownFault},
		Network:      {Exhausted, Denied, Timeout, Internal, NotFound, Invalid, Mismatch, RateLimited, Conflict, Unreachable, UnknownFault},
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

// TestCauseTexts holds that every text reads whole when no fact is known: it needs none that has no default.
func TestCauseTexts(t *testing.T) {
	nothing := func(string) string { return "" }
	docs := []string{"https://docs.aws.amazon.com/", "https://repost.aws/", "https://docs.docker.com/", "https://man7.org/"}
	for _, c := range Catalogue {
		if len(c.Check) < 1 || len(c.Check) > 4 || !strings.HasSuffix(c.Why, ".") || !strings.HasSuffix(c.Fix, ".") {
			t.Errorf("%s: must have one to four checks, and sentences for why and fix", c.ID)
		}
		if !slices.ContainsFunc(docs, func(host string) bool { return strings.HasPrefix(c.Docs, host) }) {
			t.Errorf("%s: %s is no documentation page", c.ID, c.Docs)
		}
		for _, template := range slices.Concat([]string{c.Title, c.Why, c.Fix}, c.Check) {
			text, complete := expand(template, nothing)
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
	s.Cluster, s.TaskID, s.Family, s.Region, s.Account, s.DeploymentID = "shop", "5f0e1d2c", "web", "eu-north-1", "210987654321", "ecs-svc/2"
	s.PlatformVersion = "1.3.0"
	f := Finding{Signal: "SIGSEGV", Facts: Facts{Image: myRegistry + "/orders:7@sha256:77bb", Registry: myRegistry, Platform: "linux/arm64", Path: "/srv/run",
		TargetGroup: "shop-tg", Role: "orders-exec", Deployment: "ecs-svc/1", InstanceID: "i-0aa11bb22cc33dd44", Subnet: "subnet-0aa11bb22cc33dd44",
		Port: "8080", Endpoint: "api.ecr.eu-north-1.amazonaws.com", RemoteIP: "13.48.4.5", AWSAction: "kms:Decrypt", Secret: theSecret,
		JSONKey: "password", FileSystem: "fs-0011223344556677a"}}
	known := func(name string) bool {
		for _, resource := range []string{"s3://orders/app.env", "arn:aws:kms:eu-north-1:210987654321:key/77aa", "/ecs/orders"} {
			f.Facts.AWSResource = resource
			if value(name, &s, &f) != "" {
				return true
			}
		}
		return false
	}
	for _, c := range Catalogue {
		for _, template := range slices.Concat([]string{c.Title, c.Why, c.Fix}, c.Check) {
			for _, name := range placeholder.FindAllStringSubmatch(template, -1) {
				if !known(name[1]) {
					t.Errorf("%s: there is no fact {%s}", c.ID, name[1])
				}
			}
		}
	}
}
