package evidence

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// The facts of a task that failed its health checks: everything was read, and nothing is wrong but for what a test changes.

const (
	afterTask = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	afterTG   = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/1a2b3c"
	afterArn  = "arn:aws:ecs:eu-west-1:111122223333:"
)

var afterStart = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

func afterAt(seconds int) time.Time { return afterStart.Add(time.Duration(seconds) * time.Second) }

func to64[T any](v T) *T { return &v }

// failedHealthCheck ran for 70 seconds on Fargate behind an Application Load Balancer.
func failedHealthCheck() *Case {
	c := &Case{CheckedAt: afterAt(120)}
	c.Stop = events.Stop{Kind: events.KindTask, Account: "111122223333", Region: "eu-west-1", Cluster: "prod", ClusterARN: afterArn + "cluster/prod",
		Group: "service:web", Service: "web", StartedBy: "ecs-svc/2", DeploymentID: "ecs-svc/2", TaskID: afterTask, TaskARN: afterArn + "task/prod/" + afterTask,
		Family: "web", Revision: to64(int64(42)), TaskDefinitionARN: afterArn + "task-definition/web:42", LaunchType: "FARGATE", CapacityProvider: "FARGATE", PlatformVersion: "1.4.0",
		CreatedAt: afterAt(-30), PullStoppedAt: afterAt(-5), StartedAt: afterAt(0), StoppingAt: afterAt(70), ExecutionStoppedAt: afterAt(75), StoppedAt: afterAt(90),
		StopCode: "ServiceSchedulerInitiated", StoppedReason: "Task failed ELB health checks in (target-group " + afterTG + ")", Memory: to64(int64(1024)),
		Containers:  []events.Container{{Name: "app", Image: "web:42", ImageDigest: "sha256:bbbbbbbbbbbbbbbb", ExitCode: to64(int64(143)), Memory: to64(int64(512))}},
		Attachments: []events.Attachment{{Type: "eni", Details: map[string]string{"subnetId": "subnet-0a1", "privateIPv4Address": "10.0.1.20"}}}}
	c.Finding = classifier.Finding{Stage: classifier.HealthCheck, Fault: classifier.Unhealthy, Culprit: -1, Facts: classifier.Facts{TargetGroup: afterTG}}
	in := &c.Facts.Inputs
	in.TaskDefinition = Is(TaskDefinition{ARN: afterArn + "task-definition/web:42", NetworkMode: "awsvpc", Memory: 1024, Containers: []ContainerDefinition{{Name: "app", Image: "web:42",
		Essential: true, Memory: 512, Ports: []int64{8080}, LogDriver: "awslogs", LogOptions: map[string]string{"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "app", "awslogs-region": "eu-west-1"},
		HealthCheck: &ContainerHealthCheck{Command: []string{"CMD-SHELL", "curl -f http://localhost:8080/"}, Interval: 10, Retries: 3}}}})
	in.Service = Is(Service{DesiredCount: 2, RunningCount: 1, GracePeriod: to64(int64(0)), LoadBalancers: []ServiceLoadBalancer{{afterTG, "app", 8080}}, ZoneRebalancing: "ENABLED",
		Deployments: []Deployment{{ID: "ecs-svc/2", Status: "PRIMARY", RolloutState: "IN_PROGRESS", TaskDefinition: afterArn + "task-definition/web:42", CreatedAt: afterAt(-60), HasNetwork: true,
			Network: NetworkSettings{Subnets: []string{"subnet-0a1"}, Groups: []string{"sg-task"}}}},
		Events: []ServiceEvent{{afterAt(71), "(service web) has stopped 1 running tasks: (task " + afterTask + ")."}, unhealthyEvent(66, "ffffffffffffffffffffffffffffffff", "Health checks failed with these codes: [500]"),
			unhealthyEvent(65, afterTask, "Health checks failed with these codes: [404]"), {afterAt(-3600), "(service web) has reached a steady state."}}})
	n := &c.Facts.Network
	n.VPC = Is(VPC{ID: "vpc-0a1", Account: "111122223333", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}})
	n.Subnets = Is([]Subnet{{ID: "subnet-0a1", VPC: "vpc-0a1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24")}}, {ID: "subnet-lb", VPC: "vpc-0a1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.9.0/24")}}})
	n.Groups = Is([]SecurityGroup{
		{ID: "sg-task", VPC: "vpc-0a1", Ingress: []SGRule{{Protocol: "tcp", From: 8080, To: 8080, Groups: []string{"sg-lb"}}}},
		{ID: "sg-lb", VPC: "vpc-0a1", Egress: []SGRule{{Protocol: "-1", CIDRs: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}}}}})
	n.PrefixLists = Is[[]PrefixList](nil)
	a := &c.Facts.Aftermath
	a.TargetGroup = Is(TargetGroup{ARN: afterTG, Name: "web", TargetType: "ip", CheckProtocol: "HTTP", CheckPath: "/health", CheckPort: "traffic-port", Interval: 30, Timeout: 5, Unhealthy: 2, Matcher: "200-299,301"})
	a.LoadBalancers = Is([]LoadBalancer{{Name: "front", Type: "application", Groups: []string{"sg-lb"}, Subnets: []string{"subnet-lb"}}})
	a.Targets = Is([]TargetHealth{{"10.0.1.20", 8080, "unhealthy", "Target.ResponseCodeMismatch"}, {"10.0.1.21", 8080, "healthy", ""}})
	a.Health = Is(map[string]string{"app": "UNKNOWN"})
	a.Log = Is([]LogLine{{afterAt(1), "starting"}, {afterAt(69), "GET /health 404"}})
	return c
}

// unhealthyEvent is a service's event about an unhealthy task, in the form of Fargate.
func unhealthyEvent(at int, task, reason string) ServiceEvent {
	return ServiceEvent{afterAt(at), "(service web) (task " + task + ") (port 8080) is unhealthy in (target-group " + afterTG + ") due to (reason " + reason + ")."}
}

// unhealthyFor replaces what the service's events say of the task.
func unhealthyFor(reason string) func(*Case) {
	return func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = nil
		if reason != "" {
			c.Facts.Inputs.Service.Value.Events = []ServiceEvent{unhealthyEvent(65, afterTask, reason)}
		}
	}
}

func eventsAre(events ...ServiceEvent) func(*Case) {
	return func(c *Case) { c.Facts.Inputs.Service.Value.Events = events }
}

// onPort32768 is what the service's events say of a task whose port Docker chose.
func onPort32768(reason string) func(*Case) {
	return eventsAre(ServiceEvent{afterAt(65), "(service web) (task " + afterTask + ") (instance i-0a1) (port 32768) is unhealthy in (target-group " + afterTG + ") due to (reason " + reason + ")"})
}

// changes makes several changes.
func changes(all ...func(*Case)) func(*Case) {
	return func(c *Case) {
		for _, change := range all {
			change(c)
		}
	}
}

func targetGroupWith(change func(*TargetGroup)) func(*Case) {
	return func(c *Case) { change(&c.Facts.Aftermath.TargetGroup.Value) }
}

func definitionOf(change func(*ContainerDefinition)) func(*Case) {
	return func(c *Case) { change(&c.Facts.Inputs.TaskDefinition.Value.Containers[0]) }
}

// checkOf gives the first container another health check.
func checkOf(check ContainerHealthCheck) func(*Case) {
	return definitionOf(func(d *ContainerDefinition) { d.HealthCheck = &check })
}

// throughGroups changes the security groups of the task and of the load balancer.
func throughGroups(change func(task, balancer *SecurityGroup)) func(*Case) {
	return func(c *Case) { change(&c.Facts.Network.Groups.Value[0], &c.Facts.Network.Groups.Value[1]) }
}

func closed(c *Case) { c.Facts.Network.Groups.Value[0].Ingress = nil }

// withBalancer puts a second load balancer before the target group.
func withBalancer(lb LoadBalancer) func(*Case) {
	return func(c *Case) {
		c.Facts.Aftermath.LoadBalancers.Value = append(c.Facts.Aftermath.LoadBalancers.Value, lb)
	}
}

// hostLetsIn gives the instance a group of its own, which lets the load balancer in on a port.
func hostLetsIn(port int64) func(*Case) {
	return func(c *Case) {
		i := &c.Facts.Inputs.Instance.Value.EC2.Value
		i.Groups, i.PrivateIP = []string{"sg-host"}, netip.MustParseAddr("10.0.1.5")
		c.Facts.Network.Groups.Value = append(c.Facts.Network.Groups.Value, SecurityGroup{ID: "sg-host", VPC: "vpc-0a1", Ingress: []SGRule{{Protocol: "tcp", From: port, To: port, Groups: []string{"sg-lb"}}}})
	}
}

func noLoadBalancer(c *Case) { c.Facts.Inputs.Service.Value.LoadBalancers = nil }

func targetsAre(targets ...TargetHealth) func(*Case) {
	return func(c *Case) { c.Facts.Aftermath.Targets = Is(targets) }
}

func healthIs(name, status string) func(*Case) {
	return func(c *Case) { c.Facts.Aftermath.Health.Value[name] = status }
}

// checked gives the second container a health check too.
func checked(c *Case) {
	c.Facts.Inputs.TaskDefinition.Value.Containers[1].HealthCheck = &ContainerHealthCheck{Command: []string{"CMD", "true"}, Interval: 20, Retries: 3}
}

func culpritIs(i int) func(*Case) { return func(c *Case) { c.Finding.Culprit = i } }

// neverRan is a task of which is not told when it began to run.
func neverRan(c *Case) { c.Stop.StartedAt = time.Time{} }

func noDefinition(c *Case) {
	refuse(&c.Facts.Inputs.TaskDefinition, ReasonNoPermission, "ecs:DescribeTaskDefinition")
}

func noService(c *Case) { refuse(&c.Facts.Inputs.Service, ReasonThrottled, "ecs:DescribeServices") }

func noTargetGroup(c *Case) {
	refuse(&c.Facts.Aftermath.TargetGroup, ReasonNoPermission, "elasticloadbalancing:DescribeTargetGroups")
}

// padded is a line of n bytes.
func padded(text string, n int) string { return text + " " + strings.Repeat(".", n-len(text)-1) }

// fullTail is as many lines as are read, the last of which says that the program is ready: what stood before is not known.
func fullTail(c *Case) {
	lines := []LogLine{{afterAt(1), "starting"}}
	for len(lines) < TailLines-1 {
		lines = append(lines, LogLine{afterAt(2), "loading"})
	}
	c.Facts.Aftermath.Log = Is(append(lines, LogLine{afterAt(68), "server started"}))
}

func logging(lines ...LogLine) func(*Case) {
	return func(c *Case) { c.Facts.Aftermath.Log = Is(lines) }
}

// runningFor makes the task run for so long.
func runningFor(seconds int) func(*Case) {
	return func(c *Case) {
		c.Stop.StoppingAt, c.Stop.ExecutionStoppedAt, c.Stop.StoppedAt, c.CheckedAt = afterAt(seconds), afterAt(seconds+5), afterAt(seconds+20), afterAt(seconds+50)
	}
}

// inMode gives the task another network mode.
func inMode(mode string) func(*Case) {
	return func(c *Case) { c.Facts.Inputs.TaskDefinition.Value.NetworkMode = mode }
}

// onInstance puts the task on an instance in bridge mode.
func onInstance(c *Case) {
	c.Stop.LaunchType, c.Stop.ContainerInstanceARN, c.Stop.CapacityProvider, c.Stop.Attachments = "EC2", afterArn+"container-instance/prod/1", "hosts", nil
	c.Facts.Inputs.TaskDefinition.Value.NetworkMode = "bridge"
	d := &c.Facts.Inputs.Service.Value.Deployments[0]
	d.Network, d.HasNetwork = NetworkSettings{}, false
	c.Facts.Inputs.Instance = Is(ContainerInstance{ARN: c.Stop.ContainerInstanceARN, InstanceID: "i-0a1", Status: "ACTIVE", AgentConnected: true,
		EC2: Is(Instance{ID: "i-0a1", State: "running", Subnet: "subnet-0a1", VPC: "vpc-0a1", Groups: []string{"sg-task"}, AutoScalingGroup: "hosts", Lifecycle: "spot"})})
	c.Facts.Aftermath.Activities = Is([]ScalingActivity{{afterAt(60), "Terminating EC2 instance: i-0ffff", "a scale-in"}})
}

func machineWith(change func(*Instance)) func(*Case) {
	return changes(onInstance, func(c *Case) { change(&c.Facts.Inputs.Instance.Value.EC2.Value) })
}

func endedBy(reason string) func(*Case) {
	return machineWith(func(i *Instance) { i.State, i.StateReason = "terminated", reason })
}

// killedAfter makes the only container end with 137 so long after the stop began.
func killedAfter(seconds int) func(*Case) {
	return func(c *Case) {
		c.Finding = classifier.Finding{Stage: classifier.Runtime, Fault: classifier.Killed, Culprit: 0, Signal: "SIGKILL"}
		c.Stop.Containers[0].ExitCode = to64(int64(137))
		c.Stop.ExecutionStoppedAt = c.Stop.StoppingAt.Add(time.Duration(seconds) * time.Second)
	}
}

// behindBalancer lets a load balancer let go of the task first.
func behindBalancer(c *Case) {
	c.Stop.Attachments = append(c.Stop.Attachments, events.Attachment{Type: "elb"})
}

// outOfMemory lets ECS say that the only container ran out of memory.
func outOfMemory(c *Case) {
	c.Finding = classifier.Finding{Stage: classifier.Runtime, Fault: classifier.OOM, Culprit: 0, Signal: "SIGKILL"}
	c.Stop.Containers[0].ExitCode, c.Stop.Containers[0].Reason = to64(int64(137)), "OutOfMemoryError: Container killed due to memory usage"
}

// withRouter adds a second container with a memory limit, 0 for none.
func withRouter(memory int64) func(*Case) {
	return func(c *Case) {
		sidecar := events.Container{Name: "router", ExitCode: to64(int64(0))}
		if memory > 0 {
			sidecar.Memory = &memory
		}
		c.Stop.Containers = append(c.Stop.Containers, sidecar)
		td := &c.Facts.Inputs.TaskDefinition.Value
		td.Containers = append(slices.Clone(td.Containers), ContainerDefinition{Name: "router", Memory: memory})
	}
}

// endedAs gives a container its exit code.
func endedAs(name string, code int64) func(*Case) {
	return func(c *Case) {
		i := slices.IndexFunc(c.Stop.Containers, func(e events.Container) bool { return e.Name == name })
		c.Stop.Containers[i].ExitCode = &code
	}
}

// sidecarEnded makes an essential container beside the application the one that explains the stop.
func sidecarEnded(code, application int64) func(*Case) {
	return changes(exiting(application), withRouter(0), endedAs("router", code), func(c *Case) {
		c.Finding.Culprit = 1
		c.Facts.Inputs.TaskDefinition.Value.Containers[1].Essential = true
	})
}

// inZones makes the load balancer enabled in zones, for a task in eu-west-1a of which the service's events say nothing.
func inZones(zones ...string) func(*Case) {
	return changes(unhealthyFor(""), func(c *Case) {
		c.Stop.AvailabilityZone = "eu-west-1a"
		c.Facts.Aftermath.LoadBalancers.Value[0].Zones = zones
	})
}

// judgedAt makes ECS say so many seconds after the start that no answer came, of a task that its log calls ready after 68 s.
func judgedAt(seconds int) func(*Case) {
	return changes(runningFor(300), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"}), func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = []ServiceEvent{unhealthyEvent(seconds, afterTask, "Request timed out")}
	})
}

// bounds makes the service keep so many percent of its tasks.
func bounds(desired, minimum, maximum int64) func(*Case) {
	return func(c *Case) {
		s := &c.Facts.Inputs.Service.Value
		s.DesiredCount, s.MinimumHealthy, s.Maximum = desired, &minimum, &maximum
	}
}

// alsoKilled makes the second container end with 137 too.
func alsoKilled(c *Case) { c.Stop.Containers[1].ExitCode = to64(int64(137)) }

// limitsAre sets the limits of the container and the task, as the event says them; 0 for none.
func limitsAre(own, task int64) func(*Case) {
	return func(c *Case) {
		c.Stop.Containers[0].Memory, c.Stop.Memory = nil, nil
		if own > 0 {
			c.Stop.Containers[0].Memory = &own
		}
		if task > 0 {
			c.Stop.Memory = &task
		}
		td := &c.Facts.Inputs.TaskDefinition.Value
		td.Memory, td.Containers[0].Memory = task, own
	}
}

// exiting makes the program end by itself.
func exiting(code int64) func(*Case) {
	return func(c *Case) {
		c.Finding = classifier.Finding{Stage: classifier.Runtime, Fault: classifier.Crashed, Culprit: 0}
		c.Stop.Containers[0].ExitCode = &code
		c.Stop.ExecutionStoppedAt, c.Stop.StoppingAt = afterAt(70), afterAt(71)
	}
}

// steadyBefore makes web:41 the last steady revision.
func steadyBefore(c *Case) {
	before := c.Facts.Inputs.TaskDefinition.Value
	before.ARN = afterArn + "task-definition/web:41"
	before.Containers = slices.Clone(before.Containers)
	before.Containers[0].Memory, before.Containers[0].Image = 1024, "web:41"
	before.Containers[0].Variables = []string{"LEVEL"}
	c.Facts.Aftermath.Steady = Is(Steady{Source: "last steady, service deployment 7", TaskDefinition: before, Digests: map[string]string{"app": "sha256:aaaaaaaaaaaaaaaa"}})
}

func refuse[T any](a *Answer[T], reason, action string) { *a = Open[T](reason, action) }

// waitingFor is a task that was given up because app waits for db.
func waitingFor(condition string, timeout int64, check *ContainerHealthCheck) func(*Case) {
	return changes(withRouter(0), func(c *Case) {
		c.Finding = classifier.Finding{Stage: classifier.Dependency, Fault: classifier.Timeout, Culprit: -1}
		c.Stop.StartedAt = time.Time{}
		td := &c.Facts.Inputs.TaskDefinition.Value
		td.Containers = slices.Clone(td.Containers)
		td.Containers[0].DependsOn, td.Containers[0].HealthCheck = map[string]string{"router": condition}, nil
		td.Containers[1].StartTimeout, td.Containers[1].HealthCheck = timeout, check
	})
}

// alsoWaitingFor makes app wait for a third container too.
func alsoWaitingFor(timeout int64) func(*Case) {
	return func(c *Case) {
		td := &c.Facts.Inputs.TaskDefinition.Value
		td.Containers = append(slices.Clone(td.Containers), ContainerDefinition{Name: "cache", StartTimeout: timeout})
		td.Containers[0].DependsOn["cache"] = "START"
	}
}

func calledBy(e TrailEvent) func(*Case) {
	return func(c *Case) {
		c.Finding = classifier.Finding{Stage: classifier.User, Fault: classifier.Requested, Culprit: -1}
		e.At, e.Action = afterAt(69), "ecs:StopTask"
		c.Facts.Aftermath.StopCalls = Is([]TrailEvent{e})
	}
}

func calledByNobody(age time.Duration) func(*Case) {
	return func(c *Case) {
		c.Facts.Aftermath.StopCalls = Is[[]TrailEvent](nil)
		c.CheckedAt = c.Stop.StoppedAt.Add(age)
	}
}

func deploymentIs(d ServiceDeployment) func(*Case) {
	return func(c *Case) { c.Facts.Aftermath.Deployment = Is(d) }
}

func newerDeployment(at int) func(*Case) {
	return func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments
		(*d)[0].Status = "ACTIVE"
		*d = append([]Deployment{{ID: "ecs-svc/3", Status: "PRIMARY", TaskDefinition: afterArn + "task-definition/web:43", CreatedAt: afterAt(at)}}, *d...)
	}
}

const (
	proven   = classifier.Confirmed
	excluded = classifier.RuledOut
	unclear  = classifier.Inconclusive
	unasked  = classifier.NotChecked
)

var afterTests = []struct {
	cause  string
	when   string
	change func(*Case)
	result classifier.Result
	reason string
	says   string // words of the evidence, which ends with $
	next   string // words of what to do, which ends so too
}{
	{"health-path", "the task answers 404", nil, proven, "", `app answered /health (port traffic-port) of web with 404, and only 200-299,301 counts`, "HealthCheckPath is /health"},
	{"health-path", "it answers 302, which does not count", unhealthyFor("Health checks failed with these codes: [302]"), proven, "", "with 302", "target group web"},
	{"health-path", "it answers 425, as any path would", unhealthyFor("Health checks failed with these codes: [425]"), unclear, ReasonUnsaid, "with 425", ""},
	{"health-path", "it answers 408, as any path would", unhealthyFor("Health checks failed with these codes: [408]"), unclear, ReasonUnsaid, "with 408", ""},
	{"health-path", "it answers 429, as any path would", unhealthyFor("Health checks failed with these codes: [429]"), unclear, ReasonUnsaid, "with 429", ""},
	{"health-path", "the event is about another target group of the service", eventsAre(ServiceEvent{afterAt(65),
		strings.ReplaceAll(unhealthyEvent(65, afterTask, "Health checks failed with these codes: [404]").Message, "targetgroup/web/", "targetgroup/admin/")}), unclear, ReasonUnsaid, "do not say why", ""},
	{"health-path", "it answers 503", unhealthyFor("Health checks failed with these codes: [503]"), excluded, "", "503 is an error of the application", ""},
	{"health-path", "it does not answer", unhealthyFor("Request timed out"), excluded, "", "no answer came", ""},
	{"health-path", "it answers two kinds", unhealthyFor("Health checks failed with these codes: [404, 503]"), unclear, ReasonUnsaid, "404, 503", ""},
	{"health-path", "the events speak of another task only", func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = c.Facts.Inputs.Service.Value.Events[:2]
	}, unclear, ReasonUnsaid, "do not say why", ""},
	{"health-path", "older events of the task say otherwise", eventsAre(unhealthyEvent(5, afterTask, "Health checks failed with these codes: [404]"), unhealthyEvent(65, afterTask, "Health checks failed with these codes: [503]"),
		unhealthyEvent(4, afterTask, "Health checks failed with these codes: [404]")), excluded, "", "503", ""},
	{"health-path", "a later event is about another target group of the task", eventsAre(ServiceEvent{afterAt(66), strings.ReplaceAll(unhealthyEvent(66, afterTask, "Health checks failed with these codes: [503]").Message, "targetgroup/web/", "targetgroup/web-admin/")},
		unhealthyEvent(65, afterTask, "Health checks failed with these codes: [404]")), proven, "", "with 404", ""},
	{"health-path", "the text itself says why", changes(unhealthyFor(""), func(c *Case) {
		c.Stop.StoppedReason += " due to (reason Health checks failed with these codes: [404])"
	}), proven, "", "with 404", ""},
	{"health-path", "the text itself says why, and an event before it said otherwise", changes(unhealthyFor("Health checks failed with these codes: [503]"), func(c *Case) {
		c.Stop.StoppedReason += " due to (reason Health checks failed with these codes: [404])"
	}), proven, "", "with 404", ""},
	{"health-path", "the service was not asked", func(c *Case) {
		c.Facts.Inputs.Service = Answer[Service]{Reason: ReasonTier, Action: "ecs:DescribeServices"}
	}, unasked, ReasonTier, "", ""},
	{"health-path", "the task is of no service", func(c *Case) { c.Stop.Service, c.Facts.Inputs.Service = "", Answer[Service]{} }, unclear, ReasonUnsaid, "of no service", ""},
	{"health-path", "the service no longer has the target group", noLoadBalancer, proven, "", "the container answered /health (port traffic-port) of web with 404", ""},
	{"health-path", "the text does not name the target group, and the service has one", func(c *Case) { c.Finding.Facts.TargetGroup = "" }, proven, "", "with 404", ""},
	{"health-path", "the event is that of a task set on an instance", eventsAre(ServiceEvent{afterAt(65), "(service web, taskSet ecs-svc/2) (task " + afterTask + ") (instance i-0a1) (port 32768) is unhealthy in (target-group " + afterTG + ") due to (reason Health checks failed with these codes: [404])"}),
		proven, "", "404", ""},
	{"health-path", "the matcher counts the code now", targetGroupWith(func(g *TargetGroup) { g.Matcher = "200,404" }), unclear, ReasonStale, "counts as healthy now", ""},
	{"health-path", "the matcher counts one of two codes now", changes(unhealthyFor("Health checks failed with these codes: [404, 302]"), targetGroupWith(func(g *TargetGroup) { g.Matcher = "200,404" })), proven, "", "with 404, 302", ""},
	{"health-path", "the check is over TCP", changes(unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckProtocol = "TCP" })), excluded, "", "knows no path", ""},
	{"health-path", "the check is over HTTPS", targetGroupWith(func(g *TargetGroup) { g.CheckProtocol = "HTTPS" }), proven, "", "with 404", ""},
	{"health-path", "the group speaks gRPC", changes(unhealthyFor("Health checks failed with these codes: [12]"), targetGroupWith(func(g *TargetGroup) { g.ProtocolVersion, g.Matcher = "GRPC", "0" })), unclear, ReasonUnsaid, "gRPC status 12", ""},
	{"health-path", "the group may not be read", noTargetGroup, unclear, ReasonNoPermission, "404", ""},
	{"health-path", "the group is gone", func(c *Case) { c.Facts.Aftermath.TargetGroup = None[TargetGroup]() }, unclear, ReasonNotVisible, "gone", ""},
	{"health-path", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"health-path", "it is read long after", func(c *Case) { c.CheckedAt = afterAt(7200) }, proven, "", "118 min after the stop", ""},
	{"health-matcher", "the task answers 204 and 200 alone counts", changes(unhealthyFor("Health checks failed with these codes: [204]"), targetGroupWith(func(g *TargetGroup) { g.Matcher = "200" })), proven, "", "204, which is a success", "add 204 to the matcher of target group web (now 200)"},
	{"health-matcher", "the task answers 404", nil, excluded, "", "right not to count", ""},
	{"health-matcher", "a redirect may be meant", unhealthyFor("Health checks failed with these codes: [302]"), unclear, ReasonUnsaid, "for its authors to say", ""},
	{"health-matcher", "it answers two kinds", unhealthyFor("Health checks failed with these codes: [204, 404]"), unclear, ReasonUnsaid, "with 204, 404", ""},
	{"health-matcher", "the group may not be read", noTargetGroup, unclear, ReasonNoPermission, "404", ""},
	{"health-matcher", "it is read long after", func(c *Case) { c.CheckedAt = afterAt(7200) }, unclear, ReasonStale, "", ""},
	{"health-port", "something answered", nil, excluded, "", "answered there with 404", ""},
	{"health-port", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"health-port", "the group may not be read", changes(unhealthyFor("Request timed out"), noTargetGroup), unclear, ReasonNoPermission, "Request timed out", ""},
	{"health-port", "the group is gone", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Aftermath.TargetGroup = None[TargetGroup]() }), unclear, ReasonNotVisible, "Request timed out", ""},
	{"health-port", "the task definition may not be read", changes(onInstance, unhealthyFor("Health checks failed"), noDefinition), unclear, ReasonNoPermission, "", ""},
	{"health-port", "a fixed port that no container of an instance has", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" })), proven, "", "port 9000 of the instance", "HealthCheckPort of target group web"},
	{"health-port", "a fixed port that no container has, where the network mode is not set", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" }), inMode("")), proven, "", "port 9000 of the instance", ""},
	{"health-port", "a fixed port that no container has, on Windows", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" }), inMode("nat")), proven, "", "port 9000 of the instance", ""},
	{"health-port", "in host mode the program may have it without a mapping", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" }), inMode("host")), unclear, ReasonUnsaid, "web asks on port 9000", ""},
	{"health-port", "on an instance with an interface of its own too", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" }), inMode("awsvpc")), unclear, ReasonUnsaid, "web asks on port 9000", ""},
	{"health-port", "a fixed port that Docker may have chosen", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "32768" })), unclear, ReasonUnsaid, "web asks on port 32768", ""},
	{"health-port", "the last fixed port that Docker does not choose", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "32767" })), proven, "", "port 32767 of the instance", ""},
	{"health-port", "the traffic port of an instance", changes(onInstance, unhealthyFor("Health checks failed")), unclear, ReasonUnsaid, "web asks on port traffic-port, which is 8080 of app; where the program listens", ""},
	{"health-port", "the service no longer has the target group", changes(unhealthyFor("Health checks failed"), noLoadBalancer, logging(LogLine{afterAt(2), "Listening on http://0.0.0.0:3000"})), unclear, ReasonUnsaid, "web asks on port traffic-port; where the program listens", ""},
	{"health-port", "a fixed port that a container has", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" }), definitionOf(func(d *ContainerDefinition) { d.HostPorts = []int64{9000} })), unclear, ReasonUnsaid, "where the program listens is not read", ""},
	{"health-port", "an own interface needs no mapping", changes(unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" })), unclear, ReasonUnsaid, "web asks on port 9000; no container of web:42 maps it; where the program listens", ""},
	{"health-port", "its log names another port", changes(unhealthyFor("Health checks failed"), logging(LogLine{afterAt(2), "Listening on http://0.0.0.0:3000"})), unclear, ReasonUnsaid, "0.0.0.0:3000", ""},
	{"health-port", "its log names the port", changes(unhealthyFor("Health checks failed"), logging(LogLine{afterAt(2), "Listening on http://0.0.0.0:8080"})), unclear, ReasonUnsaid, "which is 8080 of app; where the program listens", ""},
	{"health-port", "a line that is too long is not quoted", changes(unhealthyFor("Health checks failed"), logging(LogLine{afterAt(2), padded("Listening on :3000", quotable+1)}, LogLine{afterAt(3), padded("Listening on :4000", quotable)})), unclear, ReasonUnsaid, `its log says "Listening on :4000 ...`, ""},
	{"health-sg", "something answered", nil, excluded, "", "the load balancer reached it", ""},
	{"health-sg", "the rules let it pass", unhealthyFor("Request timed out"), excluded, "", "sg-lb of load balancer front lets TCP 8080 out", ""},
	{"health-sg", "the rules let it pass, and it was refused", unhealthyFor("Health checks failed"), excluded, "", "sg-lb of load balancer front lets TCP 8080 out", ""},
	{"health-sg", "the group is gone", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Aftermath.TargetGroup = None[TargetGroup]() }), unclear, ReasonNotVisible, "gone", ""},
	{"health-sg", "the group may not be read", changes(unhealthyFor("Request timed out"), noTargetGroup), unclear, ReasonNoPermission, "", ""},
	{"health-sg", "the load balancers may not be read", changes(unhealthyFor("Request timed out"), func(c *Case) {
		refuse(&c.Facts.Aftermath.LoadBalancers, ReasonNoPermission, "elasticloadbalancing:DescribeLoadBalancers")
	}), unclear, ReasonNoPermission, "", ""},
	{"health-path", "the event names the target group by its name", eventsAre(ServiceEvent{afterAt(65), "(service web) (task " + afterTask + ") (port 8080) is unhealthy in target-group web due to (reason Health checks failed with these codes: [404])."}), proven, "", "with 404", ""},
	{"health-sg", "the load balancer is gone", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Aftermath.LoadBalancers = None[[]LoadBalancer]() }), unclear, ReasonNotVisible, "", ""},
	{"health-sg", "no load balancer sends to it", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Aftermath.LoadBalancers = Is[[]LoadBalancer](nil) }), unclear, ReasonUnsaid, "no load balancer sends to web", ""},
	{"health-sg", "the task's group has no rule", changes(unhealthyFor("Request timed out"), closed), proven, "", "no inbound rule for TCP 8080 from load balancer front (sg-lb)", "add an inbound rule for TCP 8080 from sg-lb to sg-task"},
	{"health-sg", "the rule is for another port", changes(unhealthyFor("Request timed out"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" })), proven, "", "TCP 9000", ""},
	{"health-sg", "the rule is for the load balancer's subnet", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Network.Groups.Value[0].Ingress = []SGRule{{Protocol: "tcp", From: 0, To: 65535, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.9.0/24")}}}
	}), excluded, "", "", ""},
	{"health-sg", "the rule is for the subnets of a load balancer without groups", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Aftermath.LoadBalancers.Value[0] = LoadBalancer{Name: "front", Type: "network", Subnets: []string{"subnet-0a1", "subnet-lb"}}
	}, throughGroups(func(task, _ *SecurityGroup) {
		task.Ingress = []SGRule{{Protocol: "tcp", From: 8080, To: 8080, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}}}
	})), excluded, "", "let load balancer front in on TCP 8080", ""},
	{"health-sg", "a subnet of the load balancer was not read", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Network.Subnets.Value = c.Facts.Network.Subnets.Value[:1]
	}, throughGroups(func(task, _ *SecurityGroup) {
		task.Ingress = []SGRule{{Protocol: "tcp", From: 8080, To: 8080, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.9.0/24")}}}
	})), unclear, ReasonNotVisible, "the subnets of load balancer front were not", ""},
	{"health-sg", "the rule is for a part of it", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Network.Groups.Value[0].Ingress = []SGRule{{Protocol: "tcp", From: 0, To: 65535, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.9.0/25")}}}
	}), unclear, ReasonPartial, "", ""},
	{"health-sg", "the load balancer lets nothing out", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Network.Groups.Value[1].Egress = nil }), proven, "", "sg-lb of load balancer front has no outbound rule", "outbound rule for TCP 8080 to sg-task to sg-lb"},
	{"health-sg", "it asks an IPv6 address", changes(unhealthyFor("Request timed out"), targetGroupWith(func(g *TargetGroup) { g.IPv6 = true }), func(c *Case) { c.Facts.Network.Groups.Value[0].Ingress = nil }), unclear, ReasonUnsaid, "IPv6", ""},
	{"health-sg", "the load balancer lets out to another group only", changes(unhealthyFor("Request timed out"), throughGroups(func(_, balancer *SecurityGroup) {
		balancer.Egress = []SGRule{{Protocol: "tcp", From: 8080, To: 8080, Groups: []string{"sg-other"}}}
	})), proven, "", "sg-lb of load balancer front has no outbound rule", ""},
	{"health-sg", "the load balancer lets out to the task's group", changes(unhealthyFor("Request timed out"), throughGroups(func(_, balancer *SecurityGroup) {
		balancer.Egress = []SGRule{{Protocol: "tcp", From: 8080, To: 8080, Groups: []string{"sg-task"}}}
	})), excluded, "", "sg-lb of load balancer front lets TCP 8080 out", ""},
	{"health-sg", "the task and the load balancer have two groups each", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Inputs.Service.Value.Deployments[0].Network.Groups = []string{"sg-task", "sg-task-2"}
		c.Facts.Aftermath.LoadBalancers.Value[0].Groups = []string{"sg-lb", "sg-lb-2"}
		c.Facts.Network.Groups.Value[1].Egress = nil
		c.Facts.Network.Groups.Value = append(c.Facts.Network.Groups.Value, SecurityGroup{ID: "sg-task-2", VPC: "vpc-0a1"}, SecurityGroup{ID: "sg-lb-2", VPC: "vpc-0a1"})
	}), proven, "", "sg-lb, sg-lb-2 of load balancer front has no outbound rule for TCP 8080 to the task (sg-task, sg-task-2)$", "to sg-task to sg-lb"},
	{"health-sg", "the load balancer lets out to a prefix list that was not read", changes(unhealthyFor("Request timed out"), throughGroups(func(_, balancer *SecurityGroup) {
		balancer.Egress = []SGRule{{Protocol: "tcp", From: 8080, To: 8080, PrefixLists: []string{"pl-0a1"}}}
	})), unclear, ReasonNotVisible, "whether sg-lb lets it out could not be read", ""},
	{"health-sg", "the load balancer's group could not be read", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Network.Groups.Value = c.Facts.Network.Groups.Value[:1] }), unclear, ReasonNotVisible, "whether sg-lb lets it out could not be read", ""},
	{"health-sg", "a closed group, but the connection was refused", changes(unhealthyFor("Health checks failed"), closed), unclear, ReasonUnsaid, "what is dropped times out", ""},
	{"health-sg", "a closed group, and why is not told", changes(unhealthyFor(""), closed), proven, "", "no inbound rule for TCP 8080", ""},
	{"health-sg", "a closed group and a check over TCP, which does not say how it failed", changes(unhealthyFor("Health checks failed"), closed, targetGroupWith(func(g *TargetGroup) { g.CheckProtocol = "TCP" })), proven, "", "no inbound rule for TCP 8080", ""},
	{"health-sg", "the load balancer has no group", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Aftermath.LoadBalancers.Value[0].Groups = nil }), unclear, ReasonNotVisible, "no security group", ""},
	{"health-sg", "a group could not be read", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Network.Groups.Value = c.Facts.Network.Groups.Value[1:] }), unclear, ReasonNotVisible, "", ""},
	{"health-sg", "groups may not be read", changes(unhealthyFor("Request timed out"), func(c *Case) {
		refuse(&c.Facts.Network.Groups, ReasonNoPermission, "ec2:DescribeSecurityGroups")
	}), unclear, ReasonNoPermission, "", ""},
	{"health-sg", "one of two load balancers is let in", changes(unhealthyFor("Request timed out"), withBalancer(LoadBalancer{Name: "back", Type: "application", Groups: []string{"sg-back"}, Subnets: []string{"subnet-lb"}})), unclear, ReasonIntermittent, "no inbound rule for TCP 8080 from load balancer back", ""},
	{"health-sg", "neither of two is", changes(unhealthyFor("Request timed out"), closed, withBalancer(LoadBalancer{Name: "back", Type: "application", Groups: []string{"sg-back"}, Subnets: []string{"subnet-lb"}})), proven, "", "from load balancer front (sg-lb)", ""},
	{"health-sg", "one of two cannot be judged", changes(unhealthyFor("Request timed out"), withBalancer(LoadBalancer{Name: "back", Type: "network", Subnets: []string{"subnet-lb"}})), unclear, ReasonNotVisible, "load balancer back has no security group", ""},
	{"health-sg", "one of two cannot be judged, and the other is closed", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Aftermath.LoadBalancers.Value[0] = LoadBalancer{Name: "front", Type: "network", Subnets: []string{"subnet-lb"}}
	}, withBalancer(LoadBalancer{Name: "back", Type: "application", Groups: []string{"sg-back"}, Subnets: []string{"subnet-lb"}})), unclear, ReasonIntermittent, "no inbound rule for TCP 8080 from load balancer back", ""},
	{"health-sg", "the VPC's default group has no rule", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Inputs.Service.Value.Deployments[0].Network.Groups = nil
		c.Facts.Network.Groups.Value = append(c.Facts.Network.Groups.Value, SecurityGroup{ID: "sg-default", Name: "default", VPC: "vpc-0a1"})
	}), proven, "", "sg-default (the default group of vpc-0a1", "to sg-default"},
	{"health-sg", "the task's groups are not known", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Inputs.Service.Value.Deployments = nil }), unclear, ReasonSGUnknown, "", ""},
	{"health-sg", "the port that Docker chose is closed on the instance", changes(onInstance, onPort32768("Request timed out"), hostLetsIn(8080)), proven, "", "sg-host (container instance i-0a1) has no inbound rule for TCP 32768", "from sg-lb to sg-host"},
	{"health-sg", "the port that Docker chose is open on the instance", changes(onInstance, onPort32768("Request timed out"), hostLetsIn(32768)), excluded, "", "sg-host (container instance i-0a1)", ""},
	{"health-sg", "in host mode the instance's groups count", changes(onInstance, unhealthyFor("Request timed out"), hostLetsIn(9000), inMode("host")), proven, "", "sg-host (container instance i-0a1) has no inbound rule for TCP 8080", ""},
	{"health-sg", "the only target group of a service that the text does not name", changes(unhealthyFor(""), func(c *Case) { c.Finding.Facts.TargetGroup = "" }), excluded, "", "lets TCP 8080 out", ""},
	{"health-sg", "the service no longer has the target group", changes(unhealthyFor(""), noLoadBalancer), unclear, ReasonUnsaid, "which port", ""},
	{"health-sg", "the port is not told, and the task definition may not be read", changes(unhealthyFor(""), noDefinition), unclear, ReasonNoPermission, "", ""},
	{"health-sg", "the port on an instance is not told", changes(onInstance, unhealthyFor("")), unclear, ReasonUnsaid, "which port", ""},
	{"health-grace-period", "it answered", nil, excluded, "", "it had started", ""},
	{"health-grace-period", "its log says that it was ready too late", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"})), proven, "", "grace period 0 s and 2 checks of web every 30 s leave it 60 s", "healthCheckGracePeriodSeconds of service web above 68 s"},
	{"health-grace-period", "it was ready too late, and has no port mapping", changes(unhealthyFor("Request timed out"), definitionOf(func(d *ContainerDefinition) { d.Ports = nil }), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Listening on :8080"})), proven, "", "Listening on :8080", ""},
	{"health-grace-period", "it was ready too late, and judged as soon as its checks could fail", judgedAt(128), proven, "", "68 s after the start", ""},
	{"health-grace-period", "it was ready too late, and judged a second later", judgedAt(129), unclear, ReasonUnsaid, "68 s after the start", ""},
	{"health-grace-period", "it was ready too late, and ECS said so after its stop", changes(judgedAt(400), runningFor(70)), proven, "", "68 s after the start", ""},
	{"health-grace-period", "it was ready too late, and failed checks of its own later", changes(runningFor(300), func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = []ServiceEvent{unhealthyEvent(280, afterTask, "Health checks failed with these codes: [500]")}
	}, logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"})), unclear, ReasonUnsaid, "68 s after the start", ""},
	{"health-grace-period", "something else got ready late", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Listening at: http://0.0.0.0:9100 (metrics)"})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "it may have been ready before, in other words", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(4), "Uvicorn running on http://0.0.0.0:8080"}, LogLine{afterAt(68), "Started Scheduler in 3.1 seconds"})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "it answered, as a server without its application does", logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"}), unclear, ReasonUnsaid, "it answered with 404; but its log says", ""},
	{"health-path", "it answered 404 while it started", logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"}), unclear, ReasonUnsaid, "with 404 before its log says that it was ready", ""},
	{"health-zone-disabled", "the load balancer asked", nil, excluded, "", "did ask it", ""},
	{"health-zone-disabled", "the service's events say so", unhealthyFor("Target is in an Availability Zone that is not enabled for the load balancer"), proven, "", "is not enabled for the load balancer", "add a subnet of the task's zone to the load balancer"},
	{"health-zone-disabled", "it is enabled in other zones", inZones("eu-west-1b", "eu-west-1c"), proven, "", "the task ran in eu-west-1a, where no load balancer of its target group is enabled: front (eu-west-1b, eu-west-1c)", "add a subnet of eu-west-1a to load balancer front"},
	{"health-zone-disabled", "it is enabled there", inZones("eu-west-1b", "eu-west-1a"), excluded, "", "front is enabled in eu-west-1a", ""},
	{"health-zone-disabled", "one of two is enabled there", changes(inZones("eu-west-1b"), func(c *Case) {
		c.Facts.Aftermath.LoadBalancers.Value = append(c.Facts.Aftermath.LoadBalancers.Value, LoadBalancer{Name: "back", Zones: []string{"eu-west-1a"}})
	}), excluded, "", "back is enabled in eu-west-1a", ""},
	{"health-zone-disabled", "its zones are not told", inZones(), unclear, ReasonNotVisible, "does not tell", ""},
	{"health-zone-disabled", "the task's zone is not told", changes(inZones("eu-west-1b"), func(c *Case) { c.Stop.AvailabilityZone = "" }), unclear, ReasonUnsaid, "Zone of the task is not told", ""},
	{"health-zone-disabled", "the target group is gone", changes(inZones("eu-west-1b"), func(c *Case) {
		c.Facts.Aftermath.TargetGroup, c.Facts.Aftermath.LoadBalancers = None[TargetGroup](), Answer[[]LoadBalancer]{}
	}), unasked, ReasonNotRead, "", ""},
	{"health-zone-disabled", "its load balancers are gone", changes(inZones("eu-west-1b"), func(c *Case) { c.Facts.Aftermath.LoadBalancers = None[[]LoadBalancer]() }), unclear, ReasonNotVisible, "among those read", ""},
	{"health-zone-disabled", "target groups may not be read", changes(inZones("eu-west-1b"), func(c *Case) {
		refuse(&c.Facts.Aftermath.TargetGroup, ReasonNoPermission, "elasticloadbalancing:DescribeTargetGroups")
		c.Facts.Aftermath.LoadBalancers = Answer[[]LoadBalancer]{}
	}), unclear, ReasonNoPermission, "", ""},
	{"health-zone-disabled", "load balancers may not be read", changes(inZones("eu-west-1b"), func(c *Case) {
		refuse(&c.Facts.Aftermath.LoadBalancers, ReasonThrottled, "elasticloadbalancing:DescribeLoadBalancers")
	}), unclear, ReasonThrottled, "", ""},
	{"health-app-down", "it answered 503 while it started", changes(unhealthyFor("Health checks failed with these codes: [503]"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"})), unclear, ReasonUnsaid, "with 503 before its log says that it was ready", ""},
	{"health-grace-period", "it was ready at the last moment", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(60), "server started"})), unclear, ReasonUnsaid, "60 s after the start", ""},
	{"health-grace-period", "a grace period that covers it", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "server started"}), func(c *Case) { c.Facts.Inputs.Service.Value.GracePeriod = to64(int64(30)) }), unclear, ReasonUnsaid, "grace period 30 s and 2 checks of web every 30 s leave it 90 s", ""},
	{"health-grace-period", "none is set", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "server started"}), func(c *Case) { c.Facts.Inputs.Service.Value.GracePeriod = nil }), proven, "", "grace period 0 s", ""},
	{"health-grace-period", "its first line comes ten seconds after the start", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(10), "starting"}, LogLine{afterAt(68), "server started"})), proven, "", "68 s after the start", ""},
	{"health-grace-period", "its first line comes later", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(11), "starting"}, LogLine{afterAt(68), "server started"})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "its log is longer than what was read", changes(unhealthyFor("Request timed out"), fullTail), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "its log is empty", changes(unhealthyFor("Request timed out"), logging()), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "a line that is too long is not quoted", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), padded("server started", quotable+1)}, LogLine{afterAt(68), padded("server ready", quotable)})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "how long it ran is not told", changes(unhealthyFor("Request timed out"), neverRan), unclear, ReasonUnsaid, "how long the task ran", ""},
	{"health-grace-period", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"health-grace-period", "the service is gone", func(c *Case) { c.Facts.Inputs.Service = None[Service]() }, unclear, ReasonNotVisible, "", ""},
	{"health-grace-period", "the group may not be read", changes(unhealthyFor("Request timed out"), noTargetGroup), unclear, ReasonNoPermission, "Request timed out", ""},
	{"health-grace-period", "its log does not say when it was ready", unhealthyFor("Request timed out"), unclear, ReasonUnsaid, "its log does not say when it was ready", ""},
	{"health-grace-period", "it was ready in time", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(8), "server started"})), unclear, ReasonUnsaid, "8.0 s after the start", ""},
	{"health-grace-period", "the beginning of its log was not read", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(50), "worker 3 restarts"}, LogLine{afterAt(68), "Listening at: http://0.0.0.0:8080"})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "it ran much longer", changes(unhealthyFor("Request timed out"), runningFor(421)), excluded, "", "it had passed its health check before", ""},
	{"health-grace-period", "it ran a little longer, as ECS starts another first", changes(unhealthyFor("Request timed out"), runningFor(420)), unclear, ReasonUnsaid, "", ""},
	{"health-app-down", "it answered 503", unhealthyFor("Health checks failed with these codes: [503]"), proven, "", `answered /health (port traffic-port) of web with 503; its log says at 10:01:09Z "GET /health 404"`, "find in the log of app"},
	{"health-app-down", "it answered 503, and what changed is told", changes(unhealthyFor("Health checks failed with these codes: [503]"), steadyBefore), proven, "", "image of app web:41 → web:42", ""},
	{"health-app-down", "it answered 503, and the group may not be read", changes(unhealthyFor("Health checks failed with these codes: [503]"), noTargetGroup), proven, "", "app answered the health check with 503", ""},
	{"health-app-down", "it answered two kinds", unhealthyFor("Health checks failed with these codes: [404, 503]"), unclear, ReasonUnsaid, "404, 503", ""},
	{"health-app-down", "a gRPC status is no code of HTTP", changes(unhealthyFor("Health checks failed with these codes: [5]"), targetGroupWith(func(g *TargetGroup) { g.ProtocolVersion, g.Matcher = "GRPC", "0" })), unclear, ReasonUnsaid, "codes: [5]", ""},
	{"health-app-down", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"health-app-down", "it answered 404", nil, excluded, "", "it worked", ""},
	{"health-app-down", "it did not answer, the others are well", unhealthyFor("Request timed out"), unclear, ReasonUnsaid, "the other targets are healthy (1): only this task failed", ""},
	{"health-app-down", "all that is known of it", changes(unhealthyFor("Request timed out"), steadyBefore), unclear, ReasonUnsaid, `ECS says of this task: "Request timed out"; the other targets are healthy (1): only this task failed; its log says at 10:01:09Z "GET /health 404"; since web:41`, ""},
	{"health-app-down", "all others are unhealthy too", changes(unhealthyFor("Request timed out"), targetsAre(TargetHealth{"10.0.1.20", 8080, "draining", "Target.DeregistrationInProgress"}, TargetHealth{"10.0.1.21", 8080, "unhealthy", "Target.Timeout"},
		TargetHealth{"10.0.1.22", 8080, "unhealthy", "Target.Timeout"}, TargetHealth{"10.0.1.23", 8080, "unhealthy", ""}, TargetHealth{"i-0a1", 8080, "unhealthy", "Target.FailedHealthChecks"})), unclear, ReasonUnsaid, "all others are unhealthy too (4: Target.Timeout, Target.FailedHealthChecks)", ""},
	{"health-app-down", "some of the others are", changes(unhealthyFor("Request timed out"), targetsAre(TargetHealth{"10.0.1.21", 8080, "healthy", ""}, TargetHealth{"10.0.1.22", 8080, "unhealthy", "Target.Timeout"}, TargetHealth{"10.0.1.23", 8080, "unhealthy", "Target.FailedHealthChecks"})),
		unclear, ReasonUnsaid, "of the others 1 are healthy and 2 are not (Target.Timeout, Target.FailedHealthChecks)", ""},
	{"health-app-down", "there are no others", changes(unhealthyFor("Request timed out"), targetsAre(TargetHealth{"10.0.1.20", 8080, "unhealthy", "Target.Timeout"})), unclear, ReasonUnsaid, `"Request timed out"; its log says`, ""},
	{"health-slow-app", "it answered", nil, excluded, "", "within the health check's timeout", ""},
	{"health-slow-app", "it did not answer", unhealthyFor("Request timed out"), unclear, ReasonUnsaid, "no answer within the 5.0 s that web waits; the other targets are healthy (1)", ""},
	{"health-slow-app", "it was refused", unhealthyFor("Health checks failed"), unclear, ReasonUnsaid, `ECS says of this task: "Health checks failed"; the other targets are healthy (1)`, ""},
	{"health-slow-app", "it did not answer, and the group may not be read", changes(unhealthyFor("Request timed out"), noTargetGroup), unclear, ReasonUnsaid, `ECS says of this task: "Request timed out"`, ""},
	{"health-slow-app", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"health-dependency", "nobody can tell", nil, unclear, ReasonUnsaid, `codes: [404]"; the other targets are healthy (1): only this task failed; its log says at 10:01:09Z`, ""},
	{"health-dependency", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"container-health-start-period", "its log says that it was ready too late", logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(66), "Listening on :8080"}), proven, "", "the healthCheck of app leaves it 30 s", "startPeriod of the healthCheck of app above 66 s"},
	{"container-health-start-period", "it was ready later than the longest start period", changes(runningFor(410), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(400), "Listening on :8080"}), definitionOf(func(d *ContainerDefinition) { d.HealthCheck.StartPeriod = 300 })), proven, "", "leaves it 5 min", "to 300 s, which is the longest, and interval times retries so that together they are above 400 s"},
	{"container-health-start-period", "its log does not say", nil, unclear, ReasonUnsaid, "leaves it 30 s", ""},
	{"container-health-start-period", "the grace period covers it", func(c *Case) { c.Facts.Inputs.Service.Value.GracePeriod = to64(int64(600)) }, unclear, ReasonUnsaid, "leaves it 10 min", ""},
	{"container-health-start-period", "the check says nothing but its command", checkOf(ContainerHealthCheck{Command: []string{"CMD", "true"}}), unclear, ReasonUnsaid, "leaves it 90 s (startPeriod 0 s)", ""},
	{"container-health-start-period", "the check has a start period", checkOf(ContainerHealthCheck{Command: []string{"CMD", "true"}, Interval: 10, Retries: 5, StartPeriod: 20}), unclear, ReasonUnsaid, "leaves it 70 s (startPeriod 20 s)", ""},
	{"container-health-start-period", "how long it ran is not told", neverRan, unclear, ReasonUnsaid, "how long the task ran", ""},
	{"container-health-start-period", "the culprit is one of two with a check", changes(withRouter(0), checked, culpritIs(0)), unclear, ReasonUnsaid, "the healthCheck of app", ""},
	{"container-health-start-period", "the culprit has no check", changes(withRouter(0), culpritIs(1)), unclear, ReasonUnsaid, "the healthCheck of app", ""},
	{"container-health-start-period", "ECS calls one of two unhealthy", changes(withRouter(0), checked, healthIs("router", "UNHEALTHY")), unclear, ReasonUnsaid, "the healthCheck of router", ""},
	{"container-health-start-period", "ECS calls both unhealthy", changes(withRouter(0), checked, healthIs("app", "UNHEALTHY"), healthIs("router", "UNHEALTHY")), unclear, ReasonUnsaid, "which container's health check failed", ""},
	{"container-health-start-period", "ECS calls one unhealthy that it added itself", healthIs("ecs-service-connect-0a1b", "UNHEALTHY"), unclear, ReasonUnsaid, "the healthCheck of app", ""},
	{"container-health-start-period", "ECS calls one unhealthy whose check is the image's", changes(withRouter(0), healthIs("router", "UNHEALTHY")), unclear, ReasonUnsaid, "the healthCheck of app", ""},
	{"container-health-start-period", "it ran much longer", runningFor(900), excluded, "", "it had passed", ""},
	{"container-health-start-period", "no container has a check", definitionOf(func(d *ContainerDefinition) { d.HealthCheck = nil }), unclear, ReasonUnsaid, "", ""},
	{"container-health-command", "the command is named", nil, unclear, ReasonUnsaid, `"CMD-SHELL curl -f http://localhost:8080/"`, ""},
	{"container-health-command", "how long it ran is not told", neverRan, unclear, ReasonUnsaid, `"CMD-SHELL curl -f http://localhost:8080/"`, ""},
	{"container-health-command", "it ran a little longer than its check allows", runningFor(360), unclear, ReasonUnsaid, "what it printed is not told", ""},
	{"container-health-command", "it passed for long", runningFor(361), excluded, "", "passed before", ""},
	{"container-health-command", "the task definition may not be read", noDefinition, unclear, ReasonNoPermission, "", ""},

	{"memory-limit", "one container with a limit of its own", outOfMemory, proven, "", "its own limit of 512 MiB, of 1024 MiB of the task", "raise memory of app above 512 MiB in a new revision of web:42"},
	{"memory-limit", "only the task definition tells its limit", changes(outOfMemory, func(c *Case) { c.Stop.Containers[0].Memory = nil }), proven, "", "its own limit of 512 MiB", ""},
	{"memory-limit", "the event tells both limits, and the task definition may not be read", changes(outOfMemory, noDefinition), proven, "", "its own limit of 512 MiB, of 1024 MiB of the task", ""},
	{"memory-limit", "only the task definition tells its limit, and may not be read", changes(outOfMemory, noDefinition, func(c *Case) { c.Stop.Containers[0].Memory = nil }), unclear, ReasonNoPermission, "", ""},
	{"memory-limit", "which container it was is not told", changes(outOfMemory, culpritIs(-1)), unclear, ReasonUnsaid, "which container ran out of memory", ""},
	{"memory-limit", "its own limit is that of the task", changes(outOfMemory, limitsAre(1024, 1024)), proven, "", "its own limit of 1024 MiB", "raise memory of app and of the task above 1024 MiB"},
	{"memory-limit", "two containers whose limits fit the task", changes(outOfMemory, withRouter(512), steadyBefore), proven, "", "all limits together are 1024 MiB and the task has 1024 MiB; since web:41", "raise memory of app above 512 MiB"},
	{"memory-limit", "two containers that together may use more", changes(outOfMemory, withRouter(768), steadyBefore), unclear, ReasonPartial, "either was reached first; since web:41", ""},
	{"memory-limit", "two containers that together may use a little more", changes(outOfMemory, withRouter(513)), unclear, ReasonPartial, "", ""},
	{"memory-limit", "a sidecar without a limit", changes(outOfMemory, withRouter(0)), unclear, ReasonPartial, "", ""},
	{"memory-limit", "a sidecar without a limit before one that has one", changes(outOfMemory, withRouter(0), func(c *Case) {
		c.Stop.Containers = append(c.Stop.Containers, events.Container{Name: "agent", Memory: to64(int64(128))})
	}), unclear, ReasonPartial, "", ""},
	{"memory-limit", "a sidecar that ECS added itself", changes(outOfMemory, func(c *Case) {
		c.Stop.Containers = append(c.Stop.Containers, events.Container{Name: "ecs-service-connect-0a1b"})
	}), unclear, ReasonPartial, "", ""},
	{"memory-limit", "the task has none", changes(outOfMemory, limitsAre(512, 0), steadyBefore), proven, "", "the only one there is; since web:41", "raise memory of app above 512 MiB"},
	{"memory-limit", "the task was given another", changes(outOfMemory, func(c *Case) { c.Stop.Memory = to64(int64(2048)) }), proven, "", "of 2048 MiB of the task", ""},
	{"memory-limit", "the container has none", changes(outOfMemory, limitsAre(0, 1024)), excluded, "", "no memory limit of its own", ""},
	{"memory-limit", "an override says more than the task definition", changes(outOfMemory, func(c *Case) { c.Stop.Containers[0].Memory = to64(int64(768)) }), proven, "", "768 MiB", ""},
	{"memory-limit", "ECS does not speak of memory", killedAfter(3), unclear, ReasonUnsaid, "does not say that memory ran out (memory of app 512 MiB, of the task 1024 MiB)", ""},
	{"memory-limit", "it is read long after", changes(outOfMemory, func(c *Case) { c.CheckedAt = afterAt(7200) }), proven, "", "app was killed", ""},
	{"memory-limit", "what changed since is told", changes(outOfMemory, steadyBefore), proven, "", "since web:41 (last steady, service deployment 7): image of app web:41 → web:42, memory of app 1024 → 512, variable LEVEL of app removed, digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb", ""},
	{"task-memory-limit", "the container has no limit of its own", changes(outOfMemory, limitsAre(0, 1024), withRouter(0), steadyBefore), proven, "", "the task's 1024 MiB are the one that it ran into; since web:41", "raise memory of task definition web:42 above 1024 MiB"},
	{"task-memory-limit", "the limits of all fit the task", changes(outOfMemory, withRouter(512)), excluded, "", "together are 1024 MiB", ""},
	{"task-memory-limit", "they do not", changes(outOfMemory, withRouter(768), steadyBefore), unclear, ReasonPartial, "either was reached first; since web:41", ""},
	{"task-memory-limit", "they do not, by a little", changes(outOfMemory, withRouter(513)), unclear, ReasonPartial, "", ""},
	{"task-memory-limit", "a sidecar without a limit", changes(outOfMemory, withRouter(0)), unclear, ReasonPartial, "", ""},
	{"task-memory-limit", "the container's limit is the task's", changes(outOfMemory, limitsAre(1024, 1024)), unclear, ReasonPartial, "", ""},
	{"task-memory-limit", "only the task definition tells it, and may not be read", changes(outOfMemory, noDefinition, func(c *Case) { c.Stop.Memory = nil }), unclear, ReasonNoPermission, "", ""},
	{"task-memory-limit", "the task has none", changes(outOfMemory, limitsAre(512, 0)), excluded, "", "", ""},
	{"heap-setting", "the log says that the heap is full", changes(exiting(134), logging(LogLine{afterAt(60), "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"})), proven, "", "JavaScript heap out of memory", "web:42"},
	{"heap-setting", "the log says so, and what changed is told", changes(exiting(134), steadyBefore, logging(LogLine{afterAt(60), "java.lang.OutOfMemoryError: Java heap space"})), proven, "", `"java.lang.OutOfMemoryError: Java heap space"; since web:41`, ""},
	{"heap-setting", "the line is as long as may be quoted", changes(exiting(134), logging(LogLine{afterAt(60), padded("Java heap space", quotable)})), proven, "", "Java heap space ...", ""},
	{"heap-setting", "the line is longer", changes(exiting(134), logging(LogLine{afterAt(60), padded("Java heap space", quotable+1)})), unclear, ReasonUnsaid, "", ""},
	{"heap-setting", "the log speaks of something else", exiting(134), unclear, ReasonUnsaid, "", ""},
	{"killed-for-memory-unreported", "the stop timeout was over", changes(killedAfter(10), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 10 })), excluded, "", "SIGTERM came first", ""},
	{"killed-for-memory-unreported", "the kill came before it was over", changes(killedAfter(10), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 120 })), unclear, ReasonUnsaid, "no word of memory", ""},
	{"killed-for-memory-unreported", "the time may be another container's", changes(killedAfter(10), withRouter(0), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 10 })), unclear, ReasonUnsaid, "no word of memory", ""},
	{"killed-for-memory-unreported", "nobody had asked for the stop", killedAfter(-2), unclear, ReasonUnsaid, "exit code 137 of app (memory of app 512 MiB, of the task 1024 MiB), and no word of memory", ""},
	{"killed-for-memory-unreported", "only the container has a limit", changes(killedAfter(-2), limitsAre(512, 0)), unclear, ReasonUnsaid, "137 of app (memory of app 512 MiB), and", ""},
	{"killed-for-memory-unreported", "only the task has one", changes(killedAfter(-2), limitsAre(0, 1024)), unclear, ReasonUnsaid, "137 of app (of the task 1024 MiB), and", ""},
	{"killed-for-memory-unreported", "there is no limit", changes(killedAfter(-2), limitsAre(0, 0)), unclear, ReasonUnsaid, "137 of app, and", ""},
	{"killed-for-memory-unreported", "the culprit is not told", changes(killedAfter(-2), culpritIs(-1)), unclear, ReasonUnsaid, "137 of the container, and", ""},
	{"killed-for-memory-unreported", "draining may have taken the time, and memory have run out at its end", changes(killedAfter(90), behindBalancer), unclear, ReasonUnsaid, "no word of memory", ""},
	{"killed-for-memory-unreported", "the stop timeout is not known", changes(killedAfter(30), noDefinition), unclear, ReasonNoPermission, "", ""},
	{"killed-from-outside", "the stop timeout was over", killedAfter(30), excluded, "", "ECS that killed it", ""},
	{"killed-from-outside", "nobody had asked for the stop", killedAfter(-2), unclear, ReasonUnsaid, "who sent the signal; its log says at 10:01:09Z", ""},
	{"killed-from-outside", "draining may have taken the time", changes(killedAfter(90), behindBalancer), unclear, ReasonUnsaid, "who sent the signal", ""},
	{"killed-from-outside", "another container was killed, and this one got another signal", changes(killedAfter(40), withRouter(0), alsoKilled, func(c *Case) { c.Stop.Containers[0].ExitCode, c.Finding.Signal = to64(int64(143)), "SIGTERM" }), unclear, ReasonUnsaid, "who sent the signal", ""},
	{"sigterm-ignored", "the default stop timeout was over", killedAfter(30), proven, "", "the default stop timeout is 30 s", "let app end on SIGTERM, or raise its stopTimeout$"},
	{"sigterm-ignored", "it was, by a clock that a second is lost on", killedAfter(29), proven, "", "ended 29 s after the stop began", ""},
	{"sigterm-ignored", "it was not", killedAfter(28), excluded, "", "ended 28 s after the stop began", ""},
	{"sigterm-ignored", "a longer one was not", changes(killedAfter(30), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 120 })), excluded, "", "its stop timeout is 2 min", ""},
	{"sigterm-ignored", "the longest that Fargate takes was", changes(killedAfter(120), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 120 })), proven, "", "", "let app end within 2 min of SIGTERM"},
	{"sigterm-ignored", "it ended sooner than the agent's stop timeout may be", changes(onInstance, killedAfter(12)), unclear, ReasonUnsaid, "may have another", ""},
	{"sigterm-ignored", "a shorter one was", changes(killedAfter(12), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 10 })), proven, "", "", "raise its stopTimeout above 10 s$"},
	{"sigterm-ignored", "draining may have taken the time", changes(killedAfter(90), behindBalancer), unclear, ReasonPartial, "draining", ""},
	{"sigterm-ignored", "another container may have", changes(killedAfter(31), withRouter(0)), unclear, ReasonPartial, "app ended 31 s after", ""},
	{"sigterm-ignored", "it was another container than the culprit", changes(killedAfter(31), withRouter(0), alsoKilled, func(c *Case) { c.Stop.Containers[0].ExitCode = to64(int64(1)) }), unclear, ReasonPartial, "router ended 31 s after", ""},
	{"sigterm-ignored", "the culprit and another container", changes(killedAfter(31), withRouter(0), alsoKilled), unclear, ReasonPartial, "app ended 31 s after", ""},
	{"sigterm-ignored", "which of two containers is not told", changes(killedAfter(31), withRouter(0), alsoKilled, culpritIs(-1)), unclear, ReasonUnsaid, "is not told", ""},
	{"sigterm-ignored", "no container was killed", changes(killedAfter(31), withRouter(0), func(c *Case) { c.Stop.Containers[0].ExitCode, c.Stop.Containers[1].ExitCode = nil, nil }), unclear, ReasonUnsaid, "is not told", ""},
	{"sigterm-ignored", "when the stop began is not told", changes(killedAfter(31), func(c *Case) { c.Stop.StoppingAt = time.Time{} }), unclear, ReasonUnsaid, "is not told", ""},
	{"sigterm-ignored", "when the container ended is not told", changes(killedAfter(31), func(c *Case) { c.Stop.ExecutionStoppedAt = time.Time{} }), unclear, ReasonUnsaid, "is not told", ""},
	{"sigterm-ignored", "the container is not of the task definition", changes(killedAfter(31), definitionOf(func(d *ContainerDefinition) { d.Name = "web" })), unclear, ReasonUnsaid, "app is not in the task definition", ""},
	{"sigterm-ignored", "the task definition may not be read", changes(killedAfter(31), noDefinition), unclear, ReasonNoPermission, "", ""},
	{"sigterm-ignored", "the agent's own stop timeout is not known", changes(onInstance, killedAfter(35)), unclear, ReasonUnsaid, "may have another", ""},
	{"sigterm-ignored", "it ended when the default was over, on an instance", changes(onInstance, killedAfter(34)), proven, "", "the default stop timeout is 30 s", ""},
	{"sigterm-ignored", "its own was over, on an instance", changes(onInstance, killedAfter(60), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 10 })), proven, "", "its stop timeout is 10 s", ""},
	{"sigterm-ignored", "it ended before the stop began", killedAfter(-2), excluded, "", "before the stop began", ""},

	{"app-error", "its log has an error", changes(exiting(1), logging(LogLine{afterAt(69), "Error: connect ECONNREFUSED 10.0.3.7:5432"}, LogLine{afterAt(70), "bye"})), unclear, ReasonUnsaid, `app ended with 1 after 70 s; its log says at 10:01:09Z "Error: connect ECONNREFUSED 10.0.3.7:5432"`, ""},
	{"app-error", "its log has no error, and ends with nothing that can be quoted", changes(exiting(1), logging(LogLine{afterAt(68), "loading"}, LogLine{afterAt(69), "bye"}, LogLine{afterAt(70), "  "}, LogLine{afterAt(70), padded("Error:", quotable+1)})), unclear, ReasonUnsaid, `its log says at 10:01:09Z "bye"`, ""},
	{"app-error", "its error is as long as may be quoted", changes(exiting(1), logging(LogLine{afterAt(68), padded("Error:", quotable)}, LogLine{afterAt(69), "bye"})), unclear, ReasonUnsaid, `its log says at 10:01:08Z "Error: ...`, ""},
	{"app-error", "its log has nothing but blank lines", changes(exiting(1), logging(LogLine{afterAt(68), " "})), unclear, ReasonUnsaid, "app ended with 1 after 70 s; its log is empty", ""},
	{"app-error", "its exit code is not told", changes(exiting(1), func(c *Case) { c.Stop.Containers[0].ExitCode = nil }), unclear, ReasonUnsaid, "app ended; its log says", ""},
	{"app-error", "how long it ran is not told", changes(exiting(1), neverRan), unclear, ReasonUnsaid, "app ended with 1; its log says", ""},
	{"app-error", "it wrote nothing", changes(exiting(1), func(c *Case) { c.Facts.Aftermath.Log = None[[]LogLine]() }), unclear, ReasonUnsaid, "it wrote nothing", ""},
	{"app-error", "log lines are not wanted", changes(exiting(1), func(c *Case) {
		c.Facts.Aftermath.Log = Answer[[]LogLine]{Reason: ReasonOption, Action: "logs:GetLogEvents"}
	}), unasked, ReasonOption, "", ""},
	{"app-error", "log lines may not be read, and what changed is known", changes(exiting(1), steadyBefore, func(c *Case) {
		refuse(&c.Facts.Aftermath.Log, ReasonNoPermission, "logs:GetLogEvents")
	}), unclear, ReasonNoPermission, "since web:41", ""},
	{"app-error", "log lines may not be read", changes(exiting(1), func(c *Case) {
		refuse(&c.Facts.Aftermath.Log, ReasonNoPermission, "logs:GetLogEvents")
	}), unclear, ReasonNoPermission, "", ""},
	{"app-error", "where it logs may not be read", changes(exiting(1), noLog, noDefinition), unclear, ReasonNoPermission, "", ""},
	{"app-error", "where it logs was not asked", changes(exiting(1), noLog, func(c *Case) {
		c.Facts.Inputs.TaskDefinition = Answer[TaskDefinition]{Reason: ReasonTier, Action: "ecs:DescribeTaskDefinition"}
	}), unasked, ReasonTier, "", ""},
	{"app-error", "it logs nowhere", changes(exiting(1), noLog, definitionOf(func(d *ContainerDefinition) { d.LogDriver = "" })), unclear, ReasonUnsaid, "app has no log configuration", ""},
	{"app-error", "the name of its log stream is not known", changes(exiting(1), noLog), unasked, ReasonNotRead, "", ""},
	{"app-error", "which container's log is not told", changes(exiting(1), noLog, noLoadBalancer, withRouter(0), checked, culpritIs(-1)), unclear, ReasonUnsaid, "whose log to read", ""},
	{"app-error", "it logs elsewhere", changes(exiting(1), noLog, definitionOf(func(d *ContainerDefinition) { d.LogDriver = "awsfirelens" })), unclear, ReasonUnsaid, "awsfirelens", ""},
	{"app-error", "the same revision was steady with another image", changes(exiting(1), func(c *Case) {
		c.Facts.Aftermath.Steady = Is(Steady{Source: "last steady, service deployment 7", TaskDefinition: c.Facts.Inputs.TaskDefinition.Value, Digests: map[string]string{"app": "sha256:aaaaaaaaaaaaaaaa"}})
	}), unclear, ReasonUnsaid, "web:42 itself ran well before (last steady, service deployment 7), but since then: digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb", ""},
	{"app-error", "the same revision was steady", changes(exiting(1), func(c *Case) {
		c.Facts.Aftermath.Steady = Is(Steady{Source: "last steady, service deployment 7", TaskDefinition: c.Facts.Inputs.TaskDefinition.Value})
	}), unclear, ReasonUnsaid, "web:42 itself ran well before", ""},
	{"app-config", "what changed is told", changes(exiting(1), steadyBefore), unclear, ReasonUnsaid, "variable LEVEL of app removed", ""},
	{"app-usage-error", "the log says so", changes(exiting(2), logging(LogLine{afterAt(1), "flag provided but not defined: -listen"})), proven, "", "-listen", "-listen"},
	{"app-usage-error", "the log says how it is called", changes(exiting(2), logging(LogLine{afterAt(1), "Usage: /app/serve [OPTIONS] FILE"})), proven, "", "/app/serve", ""},
	{"app-usage-error", "a shell does not understand its script", changes(exiting(2), logging(LogLine{afterAt(1), "/entrypoint.sh: line 3: syntax error near unexpected token `fi'"})), proven, "", "line 3", ""},
	{"app-usage-error", "a system call does not like its argument", changes(exiting(2), logging(LogLine{afterAt(1), "panic: write tcp 10.0.1.20:8080: invalid argument"})), unclear, ReasonUnsaid, "invalid argument", ""},
	{"app-usage-error", "a database does not understand a query", changes(exiting(2), logging(LogLine{afterAt(1), `panic: pq: syntax error at or near "FROM"`})), unclear, ReasonUnsaid, "pq", ""},
	{"app-usage-error", "memory that is in use", changes(exiting(2), logging(LogLine{afterAt(1), "usage: 85% of 512 MiB"})), unclear, ReasonUnsaid, "85%", ""},
	{"app-usage-error", "the log says nothing", exiting(2), unclear, ReasonUnsaid, "", ""},
	{"command-not-found-exit-127", "the shell says so", changes(exiting(127), logging(LogLine{afterAt(1), "/bin/sh: 1: gunicorn: not found"})), proven, "", "gunicorn: not found", ""},
	{"command-not-found-exit-127", "the line ends with a carriage return", changes(exiting(127), logging(LogLine{afterAt(1), "/bin/sh: 1: gunicorn: not found\r"})), proven, "", "gunicorn: not found", ""},
	{"command-not-found-exit-127", "an earlier line says so", changes(exiting(127), logging(LogLine{afterAt(1), "/bin/sh: 1: gunicorn: not found"}, LogLine{afterAt(2), "bye"})), proven, "", "at 10:00:01Z", ""},
	{"command-not-found-exit-127", "two lines say so", changes(exiting(127), logging(LogLine{afterAt(1), "/bin/sh: 1: gunicorn: not found"}, LogLine{afterAt(2), "/bin/sh: 2: uvicorn: not found"})), proven, "", "uvicorn: not found", ""},
	{"command-not-found-exit-127", "the program says that something else is not found", changes(exiting(127), logging(LogLine{afterAt(1), "GET /favicon.ico: 404 not found"})), unclear, ReasonUnsaid, "", ""},
	{"not-executable-exit-126", "the shell says so", changes(exiting(126), logging(LogLine{afterAt(1), "/bin/sh: 1: /app/run.sh: Permission denied"})), proven, "", "/app/run.sh", ""},
	{"not-executable-exit-126", "the program lacks a right", changes(exiting(126), logging(LogLine{afterAt(1), "open /data/x: permission denied"})), unclear, ReasonUnsaid, "", ""},
	{"app-signal-crash", "never proven", exiting(139), unclear, ReasonUnsaid, "app ended with 139", ""},
	{"process-finished", "never proven", exiting(0), unclear, ReasonUnsaid, "app ended with 0", ""},
	{"entrypoint-missing", "the task definition names the program", changes(definitionOf(func(d *ContainerDefinition) { d.Command = []string{"/app/serve", "-v"} }), programMissing("/app/serve")), proven, "", "command of app in web:42 begins with /app/serve", "put /app/serve into image web:42"},
	{"entrypoint-missing", "the program, or the interpreter that it names", changes(definitionOf(func(d *ContainerDefinition) { d.EntryPoint = []string{"/entrypoint.sh"} }), programMissing("/entrypoint.sh"), func(c *Case) {
		c.Stop.StoppedReason = "CannotStartContainerError: failed to create shim task: exec /entrypoint.sh: no such file or directory: unknown"
	}), unclear, ReasonUnsaid, "or the interpreter", ""},
	{"dependency-timeout", "the longest that Fargate takes was over", changes(waitingFor("HEALTHY", 120, nil), func(c *Case) { c.Stop.StoppingAt = afterAt(130) }), proven, "", "", "be HEALTHY within 2 min: Fargate"},
	{"dependency-timeout", "it may have been, for a container that was made before the last image was there", changes(waitingFor("HEALTHY", 120, nil), func(c *Case) { c.Stop.PullStartedAt = afterAt(-100) }), unclear, ReasonUnsaid, "whose startTimeout is 2 min", ""},
	{"entrypoint-missing", "the command of the task definition names the program", changes(definitionOf(func(d *ContainerDefinition) { d.Command = []string{"/app/serve", "-v"} }), programMissing("/app/serve"), steadyBefore), proven, "", "command of app in web:42 begins with /app/serve, which the container runtime did not find; since web:41", "put /app/serve into image web:42, or correct command"},
	{"entrypoint-missing", "its entry point does", changes(definitionOf(func(d *ContainerDefinition) {
		d.EntryPoint, d.Command = []string{"/app/serve"}, []string{"-v"}
	}), programMissing("/app/serve")), proven, "", "entryPoint of app in web:42 begins with /app/serve", "correct entryPoint"},
	{"entrypoint-missing", "the image or an override does", changes(definitionOf(func(d *ContainerDefinition) { d.Command = []string{"serve", "/app/serve"} }), programMissing("/app/serve"), steadyBefore), unclear, ReasonUnsaid, "does not name /app/serve for app: the image itself or an override does; since web:41", ""},
	{"entrypoint-missing", "the text does not name it", changes(programMissing(""), steadyBefore, definitionOf(func(d *ContainerDefinition) { d.Command = []string{""} })), unclear, ReasonUnsaid, "which program of which container is missing is not told; since web:41", ""},
	{"entrypoint-missing", "it is there, and something else is wrong", changes(programMissing("/app/serve"), definitionOf(func(d *ContainerDefinition) { d.Command = []string{"/app/serve"} }), func(c *Case) { c.Finding.Fault = classifier.UnknownFault }), unclear, ReasonUnsaid, "is not told", ""},
	{"entrypoint-missing", "which container is not told", changes(programMissing("/app/serve"), culpritIs(-1)), unclear, ReasonUnsaid, "is not told", ""},
	{"entrypoint-missing", "the container is not of the task definition", changes(programMissing("/app/serve"), definitionOf(func(d *ContainerDefinition) { d.Name = "web" })), unclear, ReasonUnsaid, "is not told", ""},
	{"entrypoint-missing", "the task definition may not be read", changes(programMissing("/app/serve"), noDefinition), unclear, ReasonNoPermission, "", ""},

	{"dependency-timeout", "the startTimeout was over", waitingFor("HEALTHY", 60, nil), proven, "", "app waits for router to be HEALTHY, the startTimeout of router is 60 s, and the stop began 75 s after", "raise startTimeout of router above 60 s in web:42"},
	{"dependency-timeout", "it was over at that moment", waitingFor("HEALTHY", 75, nil), proven, "", "75 s after", ""},
	{"dependency-timeout", "it was not", waitingFor("HEALTHY", 76, nil), excluded, "", "before any startTimeout was over", ""},
	{"dependency-timeout", "when the stop began is not told", changes(waitingFor("HEALTHY", 60, nil), func(c *Case) { c.Stop.StoppingAt = time.Time{} }), proven, "", "95 s after", ""},
	{"dependency-timeout", "when the images were there is not told", changes(waitingFor("HEALTHY", 60, nil), func(c *Case) { c.Stop.PullStoppedAt = time.Time{} }), unclear, ReasonUnsaid, "when the containers were started", ""},
	{"dependency-timeout", "the stop began while images were pulled", changes(waitingFor("HEALTHY", 60, nil), func(c *Case) { c.Stop.PullStoppedAt = afterAt(80) }), unclear, ReasonUnsaid, "when the containers were started", ""},
	{"dependency-timeout", "one of two that it waits for has none", changes(waitingFor("HEALTHY", 120, nil), alsoWaitingFor(0)), unclear, ReasonUnsaid, "cache to be START, which has no startTimeout", ""},
	{"dependency-timeout", "of two that it waits for the first was shorter", changes(waitingFor("HEALTHY", 60, nil), alsoWaitingFor(30)), unclear, ReasonUnsaid, "the startTimeout of cache is 30 s", ""},
	{"dependency-timeout", "of two that it waits for the other was shorter", changes(waitingFor("HEALTHY", 30, nil), alsoWaitingFor(60)), unclear, ReasonUnsaid, "the startTimeout of router is 30 s", ""},
	{"dependency-timeout", "the text speaks of another wait", changes(waitingFor("HEALTHY", 60, nil), func(c *Case) { c.Finding.Stage = classifier.Start }), unclear, ReasonUnsaid, "the startTimeout of router is 60 s", ""},
	{"dependency-timeout", "the task definition may not be read", changes(waitingFor("HEALTHY", 60, nil), noDefinition), unclear, ReasonNoPermission, "", ""},
	{"dependency-timeout", "none is set", waitingFor("HEALTHY", 0, nil), unclear, ReasonUnsaid, "no startTimeout of its own", ""},
	{"dependency-timeout", "the text does not say that a wait was over", changes(waitingFor("HEALTHY", 60, nil), func(c *Case) { c.Finding.Fault = classifier.UnknownFault }), unclear, ReasonUnsaid, "the startTimeout of router is 60 s", ""},
	{"dependency-timeout", "nothing depends on anything", nil, excluded, "", "no container of web:42 depends on another", ""},
	{"dependency-unhealthy", "it has no check", waitingFor("HEALTHY", 60, nil), proven, "", "has no healthCheck and never can", "give router a healthCheck in web:42"},
	{"dependency-unhealthy", "ECS calls it unhealthy", changes(waitingFor("HEALTHY", 60, &ContainerHealthCheck{}), func(c *Case) { c.Facts.Aftermath.Health.Value["router"] = "UNHEALTHY" }), proven, "", "ECS calls it UNHEALTHY; its log says", "healthCheck of router"},
	{"dependency-unhealthy", "its health may not be read", changes(waitingFor("HEALTHY", 60, &ContainerHealthCheck{}), func(c *Case) {
		refuse(&c.Facts.Aftermath.Health, ReasonNoPermission, "ecs:DescribeTasks")
	}), unclear, ReasonNoPermission, "app waits for router to be HEALTHY; its log says", ""},
	{"dependency-unhealthy", "its health was not asked", changes(waitingFor("HEALTHY", 60, &ContainerHealthCheck{}), func(c *Case) {
		c.Facts.Aftermath.Health = Answer[map[string]string]{Reason: ReasonBudget}
	}), unasked, ReasonBudget, "app waits for router", ""},
	{"dependency-unhealthy", "the task definition may not be read", changes(waitingFor("HEALTHY", 60, nil), noDefinition), unclear, ReasonNoPermission, "", ""},
	{"dependency-unhealthy", "its health is not told", changes(waitingFor("HEALTHY", 60, &ContainerHealthCheck{}), func(c *Case) { c.Facts.Aftermath.Health = None[map[string]string]() }), unclear, ReasonUnsaid, "does not tell of its health", ""},
	{"dependency-unhealthy", "nothing waits for health", waitingFor("START", 60, nil), excluded, "", "no container of web:42 waits", ""},

	{"instance-draining", "it is", changes(onInstance, statusIs("DRAINING")), proven, "", "i-0a1 is DRAINING", "i-0a1"},
	{"instance-draining", "it is not", onInstance, excluded, "", "i-0a1 is ACTIVE", ""},
	{"instance-draining", "it is gone", changes(onInstance, goneInstance), unclear, ReasonNotVisible, "no longer listed", ""},
	{"instance-draining", "it was deregistered", changes(onInstance, statusIs("INACTIVE")), unclear, ReasonUnsaid, "i-0a1 is INACTIVE", ""},
	{"instance-draining", "it may not be read", changes(onInstance, noInstance), unclear, ReasonNoPermission, "", ""},
	{"instance-draining", "the event names none", nil, unclear, ReasonUnsaid, "names no container instance", ""},
	{"host-impaired", "EC2 says so", endedBy("Server.InternalError"), proven, "", "i-0a1: terminated, Server.InternalError", "replace i-0a1"},
	{"host-impaired", "EC2 retired its host", instanceIs("stopped", "Server.ScheduledStop"), proven, "", "i-0a1: stopped, Server.ScheduledStop", "replace i-0a1"},
	{"host-impaired", "Spot ended it", endedBy("Server.SpotInstanceTermination"), excluded, "", "Server.SpotInstanceTermination", ""},
	{"host-impaired", "somebody or its group ended it, maybe for that", endedBy("Client.UserInitiatedShutdown"), unclear, ReasonUnsaid, "Client.UserInitiatedShutdown; whether it was impaired", ""},
	{"host-impaired", "a fault of the client's ended it", endedBy("Client.InternalError"), unclear, ReasonUnsaid, "Client.InternalError", ""},
	{"host-impaired", "EC2 does not say why it ended", endedBy(""), unclear, ReasonUnsaid, "i-0a1 is terminated", ""},
	{"host-impaired", "it runs again", instanceIs("running", "Server.ScheduledStop"), unclear, ReasonUnsaid, "i-0a1 is running", ""},
	{"host-impaired", "it runs again, after Spot had ended it", instanceIs("running", "Server.SpotInstanceShutdown"), unclear, ReasonUnsaid, "i-0a1 is running", ""},
	{"host-impaired", "it is gone", changes(onInstance, goneInstance), unclear, ReasonNotVisible, "no longer listed", ""},
	{"host-impaired", "it runs", onInstance, unclear, ReasonUnsaid, "status checks are not read", ""},
	{"instance-terminated", "it shut itself down", endedBy("Client.InstanceInitiatedShutdown"), proven, "", "Client.InstanceInitiatedShutdown", "system log of i-0a1"},
	{"instance-terminated", "EC2 ended it for a fault of its own", endedBy("Server.ScheduledStop"), proven, "", "Server.ScheduledStop", "replace i-0a1"},
	{"host-impaired", "ECS says so of Fargate", func(c *Case) { c.Stop.StopCode = "InfrastructureHealth" }, proven, "", "stop code InfrastructureHealth", "nothing for a service"},
	{"instance-terminated", "somebody ended it", endedBy("Client.UserInitiatedShutdown"), proven, "", "i-0a1: terminated, Client.UserInitiatedShutdown$", "who ended i-0a1"},
	{"instance-terminated", "somebody ended it, and it is of no group", changes(machineWith(func(i *Instance) {
		i.State, i.StateReason, i.AutoScalingGroup = "stopped", "Client.UserInitiatedShutdown", ""
	}), func(c *Case) {
		c.Facts.Aftermath.Activities = Answer[[]ScalingActivity]{}
	}), proven, "", "i-0a1: stopped, Client.UserInitiatedShutdown$", ""},
	{"instance-terminated", "somebody stopped it", instanceIs("stopped", "Client.UserInitiatedShutdown"), proven, "", "i-0a1: stopped", ""},
	{"instance-terminated", "it is being stopped", instanceIs("stopping", "Client.InstanceInitiatedShutdown"), proven, "", "i-0a1: stopping", ""},
	{"instance-terminated", "it is being terminated", instanceIs("shutting-down", "Client.UserInitiatedShutdown"), proven, "", "i-0a1: shutting-down", ""},
	{"instance-terminated", "whether its group ended it may not be read", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) {
		refuse(&c.Facts.Aftermath.Activities, ReasonNoPermission, "autoscaling:DescribeScalingActivities")
	}), proven, "", "Client.UserInitiatedShutdown; it was of Auto Scaling group hosts, whose activities were not read", ""},
	{"instance-terminated", "EC2 does not say why", endedBy(""), unclear, ReasonUnsaid, "does not say why", ""},
	{"instance-terminated", "it is on its way up", instanceIs("pending", "Client.UserInitiatedShutdown"), unclear, ReasonUnsaid, "i-0a1 is pending$", ""},
	{"instance-terminated", "its container instance is gone", changes(onInstance, goneInstance), unclear, ReasonNotVisible, "no longer listed", ""},
	{"instance-terminated", "it runs", onInstance, excluded, "", "i-0a1 is running", ""},
	{"instance-terminated", "it runs again", changes(onInstance, func(c *Case) { c.Stop.StoppedReason = "Host EC2 (instance i-0a1) stopped." }), unclear, ReasonUnsaid, "running now", ""},
	{"instance-terminated", "Spot did", endedBy("Server.SpotInstanceTermination"), unclear, ReasonNotCausal, "because of Spot", ""},
	{"instance-terminated", "its group did", changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(60)), unclear, ReasonNotCausal, "Auto Scaling group hosts", ""},
	{"instance-terminated", "EC2 has forgotten it", changes(onInstance, func(c *Case) { c.Facts.Inputs.Instance.Value.EC2 = None[Instance]() }), unclear, ReasonNotVisible, "forgets it within an hour", ""},
	{"instance-scaled-in", "an activity names it", changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(60)), proven, "", "Terminating EC2 instance: i-0a1 (a scale-in)", "capacity provider of hosts"},
	{"instance-scaled-in", "an activity long after the stop names it", changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(7200)), excluded, "", "no activity", ""},
	{"instance-scaled-in", "draining took an hour", changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(-3600)), proven, "", "i-0a1", ""},
	{"instance-scaled-in", "it still runs, and its end has begun", changes(onInstance, scaledInAt(-60), func(c *Case) { c.Facts.Inputs.Instance.Value.Status = "DRAINING" }), proven, "", "Terminating EC2 instance: i-0a1", "capacity provider of hosts"},
	{"instance-scaled-in", "it runs and is not draining", changes(onInstance, func(c *Case) { c.Facts.Aftermath.Activities = Answer[[]ScalingActivity]{} }), excluded, "", "i-0a1 is running", ""},
	{"instance-scaled-in", "it drains, and activities may not be read", changes(onInstance, func(c *Case) {
		c.Facts.Inputs.Instance.Value.Status = "DRAINING"
		refuse(&c.Facts.Aftermath.Activities, ReasonNoPermission, "autoscaling:DescribeScalingActivities")
	}), unclear, ReasonNoPermission, "Auto Scaling group hosts", ""},
	{"instance-scaled-in", "an activity for one whose id begins so", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) {
		c.Facts.Aftermath.Activities = Is([]ScalingActivity{{afterAt(60), "Terminating EC2 instance: i-0a1b2c3d4e5f60718 - Waiting for ELB connection draining.", "a scale-in"}})
	}), excluded, "", "no activity", ""},
	{"instance-scaled-in", "the group only clears away what had ended", changes(endedBy("Client.UserInitiatedShutdown"), clearedAway), excluded, "", "no activity", ""},
	{"instance-scaled-in", "the group took it for sick", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) {
		c.Facts.Aftermath.Activities = Is([]ScalingActivity{{afterAt(60), "Terminating EC2 instance: i-0a1", "At 2026-03-04T10:01:00Z an instance was taken out of service in response to an EC2 instance status checks failure."}})
	}), proven, "", "status checks failure", "see why i-0a1 was unhealthy"},
	{"instance-terminated", "somebody ended it, and its group cleared it away", changes(endedBy("Client.UserInitiatedShutdown"), clearedAway), proven, "", "Client.UserInitiatedShutdown", "who ended i-0a1"},
	{"spot-reclaimed", "it drains before it ends", changes(onInstance, func(c *Case) { c.Facts.Inputs.Instance.Value.Status = "DRAINING" }), unclear, ReasonUnsaid, "running and DRAINING", ""},
	{"spot-reclaimed", "it runs", onInstance, excluded, "", "i-0a1 is running", ""},
	{"instance-scaled-in", "no activity names it", endedBy("Client.UserInitiatedShutdown"), excluded, "", "no activity of Auto Scaling group hosts", ""},
	{"instance-scaled-in", "only the activity that launched it names it", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) {
		c.Facts.Aftermath.Activities.Value[0].Description = "Launching a new EC2 instance: i-0a1"
	}), excluded, "", "no activity", ""},
	{"instance-scaled-in", "the activity began five minutes after the stop", changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(390)), proven, "", "i-0a1", ""},
	{"instance-scaled-in", "the activity began later", changes(endedBy("Client.UserInitiatedShutdown"), scaledInAt(391)), excluded, "", "no activity", ""},
	{"instance-scaled-in", "it runs", onInstance, excluded, "", "no activity of Auto Scaling group hosts until the stop ended i-0a1", ""},
	{"instance-scaled-in", "it is being terminated and tells no group", machineWith(func(i *Instance) { i.State, i.AutoScalingGroup = "shutting-down", "" }), unclear, ReasonNotVisible, "may have lost their tags", ""},
	{"instance-scaled-in", "it is of no group", machineWith(func(i *Instance) { i.State, i.AutoScalingGroup = "stopped", "" }), excluded, "", "no Auto Scaling group", ""},
	{"instance-scaled-in", "it is terminated and tells no group", machineWith(func(i *Instance) { i.State, i.AutoScalingGroup = "terminated", "" }), unclear, ReasonNotVisible, "may have lost their tags", ""},
	{"instance-scaled-in", "activities are not asked for", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) {
		c.Facts.Aftermath.Activities = Answer[[]ScalingActivity]{Reason: ReasonTier, Action: "autoscaling:DescribeScalingActivities"}
	}), unasked, ReasonTier, "Auto Scaling group hosts", ""},
	{"spot-reclaimed", "EC2 says so", endedBy("Server.SpotInstanceTermination"), proven, "", "Server.SpotInstanceTermination", "On-Demand capacity for web"},
	{"spot-reclaimed", "somebody ended it", endedBy("Client.UserInitiatedShutdown"), excluded, "", "Client.UserInitiatedShutdown", ""},
	{"spot-reclaimed", "it is not of Spot", machineWith(func(i *Instance) { i.State, i.Lifecycle = "terminated", "" }), excluded, "", "not a Spot instance", ""},
	{"spot-reclaimed", "it is of Spot, and EC2 does not say why it ended", endedBy(""), unclear, ReasonUnsaid, "does not say why", ""},
	{"spot-reclaimed", "it runs", onInstance, excluded, "", "i-0a1 is running", ""},
	{"spot-reclaimed", "it runs again", instanceIs("running", "Server.SpotInstanceShutdown"), excluded, "", "i-0a1 is running", ""},
	{"spot-reclaimed", "it is on its way up", instanceIs("pending", "Client.UserInitiatedShutdown"), unclear, ReasonUnsaid, "i-0a1 is pending", ""},
	{"spot-reclaimed", "the task is of no service", changes(endedBy("Server.SpotInstanceShutdown"), func(c *Case) { c.Stop.Service = "" }), proven, "", "Server.SpotInstanceShutdown", "capacity for what must not be interrupted"},
	{"spot-reclaimed", "on Fargate Spot ECS would say so", func(c *Case) { c.Stop.CapacityProvider, c.Stop.StopCode = "FARGATE_SPOT", "" }, unclear, ReasonUnsaid, "the stop code is none, not SpotInterruption", ""},
	{"spot-reclaimed", "ECS says so", func(c *Case) { c.Stop.StopCode = "SpotInterruption" }, proven, "", "stop code SpotInterruption", "handle SIGTERM within two minutes"},
	{"spot-reclaimed", "Fargate without Spot", nil, excluded, "", "FARGATE has no Spot", ""},
	{"spot-reclaimed", "the instance may not be read", changes(onInstance, func(c *Case) {
		refuse(&c.Facts.Inputs.Instance.Value.EC2, ReasonNoPermission, "ec2:DescribeInstances")
	}), unclear, ReasonNoPermission, "", ""},
	{"instance-deregistered", "its machine has ended", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) { c.Facts.Inputs.Instance.Value.Status = "INACTIVE" }), unclear, ReasonNotCausal, "whose machine is terminated", ""},
	{"instance-deregistered", "its machine could not be read", changes(onInstance, func(c *Case) {
		c.Facts.Inputs.Instance.Value.Status = "INACTIVE"
		refuse(&c.Facts.Inputs.Instance.Value.EC2, ReasonNoPermission, "ec2:DescribeInstances")
	}), unclear, ReasonNoPermission, "container instance i-0a1 is INACTIVE; whether its machine has ended is not known", ""},
	{"agent-disconnected", "its machine could not be read", changes(onInstance, agentAway, func(c *Case) {
		c.CheckedAt = afterAt(500)
		refuse(&c.Facts.Inputs.Instance.Value.EC2, ReasonNoPermission, "ec2:DescribeInstances")
	}), unclear, ReasonNoPermission, "the agent of i-0a1 is not connected; whether its machine has ended is not known", ""},
	{"agent-disconnected", "its machine is not of AWS", changes(onInstance, agentAway, func(c *Case) {
		c.CheckedAt = afterAt(500)
		c.Facts.Inputs.Instance.Value.InstanceID, c.Facts.Inputs.Instance.Value.EC2 = "mi-0a1", Answer[Instance]{}
	}), proven, "", "the agent of mi-0a1 was not connected", "restart the agent on mi-0a1"},
	{"agent-disconnected", "its machine has ended", changes(endedBy("Client.UserInitiatedShutdown"), agentAway, func(c *Case) { c.CheckedAt = afterAt(500) }), unclear, ReasonNotCausal, "is terminated", ""},
	{"instance-deregistered", "it is", changes(onInstance, statusIs("INACTIVE")), proven, "", "INACTIVE", "register i-0a1 again"},
	{"instance-deregistered", "it is not", onInstance, excluded, "", "registered and ACTIVE", ""},
	{"instance-deregistered", "it is draining", changes(onInstance, statusIs("DRAINING")), excluded, "", "registered and DRAINING", ""},
	{"instance-deregistered", "it is on its way out", changes(onInstance, statusIs("DEREGISTERING")), unclear, ReasonUnsaid, "i-0a1 is DEREGISTERING", ""},
	{"instance-deregistered", "it is gone", changes(onInstance, goneInstance), unclear, ReasonNotVisible, "", ""},
	{"agent-disconnected", "still not connected", changes(onInstance, agentAway, func(c *Case) { c.CheckedAt = afterAt(390) }), proven, "", "is not now", "on i-0a1"},
	{"agent-disconnected", "not connected within minutes", changes(onInstance, agentAway, func(c *Case) { c.CheckedAt = afterAt(389) }), unclear, ReasonIntermittent, "short gaps are normal", ""},
	{"agent-disconnected", "connected now", onInstance, unclear, ReasonIntermittent, "connected now", ""},
	{"agent-disconnected", "the instance is gone", changes(onInstance, goneInstance, func(c *Case) { c.CheckedAt = afterAt(390) }), unclear, ReasonNotVisible, "no longer listed", ""},

	{"dependency-failed", "what must succeed ended with an error", changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 1)), proven, "", `app waits for router to end with SUCCESS, and it ended with 1; its log says at 10:01:09Z "GET /health 404"$`, "repair what router does in web:42: app starts only when it ends with 0$"},
	{"dependency-failed", "it stands first in the event", changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 1), func(c *Case) { slices.Reverse(c.Stop.Containers) }), proven, "", "it ended with 1", ""},
	{"dependency-failed", "it succeeded", changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 0)), excluded, "", "ended with 0", ""},
	{"dependency-failed", "how it ended is not told", changes(waitingFor("SUCCESS", 60, nil), func(c *Case) { c.Stop.Containers[1].ExitCode = nil }), unclear, ReasonUnsaid, "app waits for router to be SUCCESS", ""},
	{"dependency-failed", "any end is enough", changes(waitingFor("COMPLETE", 60, nil), endedAs("router", 1)), unclear, ReasonUnsaid, `app waits for router to be COMPLETE; its log says at 10:01:09Z "GET /health 404"$`, ""},
	{"dependency-failed", "it still ran when ECS stopped the task", changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 143)), unclear, ReasonUnsaid, "app waits for router to be SUCCESS", ""},
	{"dependency-failed", "nothing waits for another", exiting(1), excluded, "", "no container of web:42 depends on another", ""},
	{"dependency-failed", "the task definition may not be read", func(c *Case) {
		refuse(&c.Facts.Inputs.TaskDefinition, ReasonNoPermission, "ecs:DescribeTaskDefinition")
	}, unclear, ReasonNoPermission, "", ""},

	{"sidecar-ended", "the application was stopped after it", changes(sidecarEnded(1, 143), steadyBefore), proven, "",
		`router ended with 1 after 70 s; it is essential in web:42, and app was stopped after it; its log says at 10:01:09Z "GET /health 404"; since web:41`,
		"repair router, or set its essential to false in web:42 and give it a restartPolicy, if app can do without it for a while$"},
	{"sidecar-ended", "two applications were", changes(sidecarEnded(1, 143), func(c *Case) {
		c.Stop.Containers = append(c.Stop.Containers, events.Container{Name: "worker", ExitCode: to64(int64(143))})
		td := &c.Facts.Inputs.TaskDefinition.Value
		td.Containers = append(td.Containers, ContainerDefinition{Name: "worker", Essential: true})
	}), proven, "", "and app and worker were stopped after it", "if app and worker can do without it"},
	{"sidecar-ended", "it is not essential, and another waits for its start alone", changes(sidecarEnded(1, 143), func(c *Case) { c.Facts.Inputs.TaskDefinition.Value.Containers[1].Essential = false },
		definitionOf(func(d *ContainerDefinition) { d.DependsOn = map[string]string{"router": "START"} })), excluded, "", "router is not essential in web:42", ""},
	{"sidecar-ended", "the application ended with an error too", sidecarEnded(1, 2), unclear, ReasonUnsaid, "app, which may have ended first", ""},
	{"sidecar-ended", "the application ended with 0, perhaps first", sidecarEnded(1, 0), unclear, ReasonUnsaid, "app, which may have ended first", ""},
	{"sidecar-ended", "how the application ended is not told", changes(sidecarEnded(1, 0), func(c *Case) { c.Stop.Containers[0].ExitCode = nil }), unclear, ReasonUnsaid, "app, which may have ended first", ""},
	{"sidecar-ended", "it was killed for memory", changes(sidecarEnded(137, 143), func(c *Case) { c.Finding.Fault = classifier.OOM }), proven, "", "router ended with 137", "repair router"},
	{"sidecar-ended", "it was stopped itself", sidecarEnded(143, 143), unclear, ReasonUnsaid, "whether it ended by itself is not told", ""},
	{"sidecar-ended", "how it ended is not told", changes(sidecarEnded(1, 143), func(c *Case) { c.Stop.Containers[1].ExitCode = nil }), unclear, ReasonUnsaid, "whether it ended by itself is not told", ""},
	{"sidecar-ended", "it is not essential", changes(sidecarEnded(1, 143), func(c *Case) { c.Facts.Inputs.TaskDefinition.Value.Containers[1].Essential = false }), excluded, "", "router is not essential in web:42", ""},
	{"sidecar-ended", "no other is essential", changes(sidecarEnded(1, 143), definitionOf(func(d *ContainerDefinition) { d.Essential = false })), unclear, ReasonUnsaid, "router is the only essential container of web:42", ""},
	{"sidecar-ended", "it ended with 0, as on a SIGTERM", sidecarEnded(0, 143), unclear, ReasonUnsaid, "whether it ended before app or was stopped after it", ""},
	{"sidecar-ended", "the application was killed, perhaps first and for want of memory", sidecarEnded(1, 137), unclear, ReasonUnsaid, "app, which may have ended first", ""},
	{"sidecar-ended", "it is not essential, and the application waits for it", changes(sidecarEnded(1, 143), func(c *Case) {
		td := &c.Facts.Inputs.TaskDefinition.Value
		td.Containers[0].DependsOn, td.Containers[1].Essential = map[string]string{"router": "SUCCESS"}, false
	}), unclear, ReasonUnsaid, "another container waits for it", ""},
	{"sidecar-ended", "ECS added it", changes(sidecarEnded(1, 143), func(c *Case) {
		c.Facts.Inputs.TaskDefinition.Value.Containers = c.Facts.Inputs.TaskDefinition.Value.Containers[:1]
	}), unclear, ReasonUnsaid, "router is not in web:42", ""},
	{"sidecar-ended", "the task definition may not be read", changes(sidecarEnded(1, 143), func(c *Case) {
		refuse(&c.Facts.Inputs.TaskDefinition, ReasonNoPermission, "ecs:DescribeTaskDefinition")
	}), unclear, ReasonNoPermission, "", ""},
	{"one-of-several-essential", "both are", sidecarEnded(1, 143), unclear, ReasonUnsaid, "router is essential in web:42, and so is app", ""},
	{"one-of-several-essential", "it is the only one", changes(sidecarEnded(1, 143), definitionOf(func(d *ContainerDefinition) { d.Essential = false })), excluded, "", "router is the only essential container of web:42", ""},
	{"one-of-several-essential", "which one ended is not told", nil, unclear, ReasonUnsaid, "which container ended the task is not told", ""},

	{"memory-leak", "it is quoted", outOfMemory, unclear, ReasonUnsaid, `its log says at 10:01:09Z "GET /health 404"`, ""},
	{"container-definition-invalid", "what changed is told", steadyBefore, unclear, ReasonUnsaid, "since web:41 (last steady, service deployment 7): image of app web:41 → web:42", ""},
	{"container-definition-invalid", "what ran well before is not known", nil, unclear, ReasonUnsaid, "what ran well before is not known", ""},
	{"container-definition-invalid", "the task definition may not be read", func(c *Case) {
		refuse(&c.Facts.Inputs.TaskDefinition, ReasonNoPermission, "ecs:DescribeTaskDefinition")
	}, unclear, ReasonNoPermission, "", ""},

	{"target-missing", "the target group is gone", func(c *Case) { c.Facts.Aftermath.TargetGroup = None[TargetGroup]() }, proven, "", "target group web of web does not exist", "update service web with a target group that exists"},
	{"target-missing", "it is there", nil, unclear, ReasonUnsaid, "target group web exists; the other targets are healthy (1)", ""},
	{"target-missing", "which one is not told", func(c *Case) {
		c.Finding.Facts.TargetGroup, c.Facts.Inputs.Service.Value.LoadBalancers = "", nil
	}, unclear, ReasonUnsaid, "which target group of web is meant is not told", ""},
	{"target-missing", "the service may not be read", func(c *Case) {
		c.Finding.Facts.TargetGroup = ""
		refuse(&c.Facts.Inputs.Service, ReasonNoPermission, "ecs:DescribeServices")
	}, unclear, ReasonNoPermission, "", ""},
	{"target-missing", "target groups may not be read", func(c *Case) {
		refuse(&c.Facts.Aftermath.TargetGroup, ReasonNoPermission, "elasticloadbalancing:DescribeTargetGroups")
	}, unclear, ReasonNoPermission, "", ""},

	{"deployment-alarm", "an alarm went off", deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", Alarms: []string{"web-5xx"}}), proven, "", "service deployment 7 is ROLLBACK_SUCCESSFUL, and its alarm web-5xx went off", "find out since when the alarm is in ALARM and what it measures: web-5xx$"},
	{"deployment-alarm", "two alarms did", deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", Alarms: []string{"web-5xx", "web-slow"}}), proven, "", "its alarm web-5xx, web-slow went off", "measures: web-5xx, web-slow$"},
	{"deployment-alarm", "the circuit breaker was it", deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", BreakerStatus: "TRIGGERED", Failures: 3}), excluded, "", "triggered after 3 failed tasks", ""},
	{"deployment-alarm", "ECS names none", deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL"}), unclear, ReasonUnsaid, "no longer tells", ""},
	{"deployment-alarm", "the alarms that are watched are named", changes(deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL"}), func(c *Case) { c.Facts.Inputs.Service.Value.Alarms = []string{"web-5xx", "web-slow"} }), unclear, ReasonUnsaid, "watch web-5xx, web-slow", ""},
	{"deployment-alarm", "deployments may not be read", func(c *Case) {
		refuse(&c.Facts.Aftermath.Deployment, ReasonNoPermission, "ecs:ListServiceDeployments")
	}, unclear, ReasonNoPermission, "", ""},

	{"deployment-bounds", "one task that must stay and may not be two", bounds(1, 100, 100), proven, "", "of 1 task desired at least 1 must run (minimumHealthyPercent 100) and at most 1 may (maximumPercent 100)", "raise maximumPercent of service web"},
	{"deployment-bounds", "rounding leaves no room", bounds(3, 90, 120), proven, "", "of 3 tasks desired at least 3 must run (minimumHealthyPercent 90) and at most 3 may (maximumPercent 120)", ""},
	{"deployment-bounds", "one may start", bounds(2, 100, 150), unclear, ReasonStale, "at most 3 may", ""},
	{"deployment-bounds", "one may stop", bounds(2, 50, 100), unclear, ReasonStale, "at least 1 must run", ""},
	{"deployment-bounds", "a single task may stop", bounds(1, 0, 100), unclear, ReasonStale, "at least 0 must run", ""},
	{"deployment-bounds", "no task is desired", bounds(0, 100, 100), unclear, ReasonUnsaid, "wants 0 tasks", ""},
	{"deployment-bounds", "only one of the bounds is told", changes(bounds(1, 100, 100), func(c *Case) { c.Facts.Inputs.Service.Value.Maximum = nil }), unclear, ReasonUnsaid, "tells no bounds", ""},
	{"deployment-bounds", "no bounds are told", nil, unclear, ReasonUnsaid, "tells no bounds", ""},
	{"deployment-bounds", "the service may not be read", func(c *Case) {
		refuse(&c.Facts.Inputs.Service, ReasonNoPermission, "ecs:DescribeServices")
	}, unclear, ReasonNoPermission, "", ""},

	{"circuit-breaker", "the deployment is FAILED", func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments[0]
		d.RolloutState, d.RolloutReason = "FAILED", "ECS deployment circuit breaker: tasks failed to start."
	}, proven, "", "ecs-svc/2 is FAILED: ECS deployment circuit breaker", "first task of deployment ecs-svc/2"},
	{"circuit-breaker", "the deployment is FAILED, and its alarms are why", func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments[0]
		d.RolloutState, d.RolloutReason = "FAILED", "ECS deployment ecs-svc/2 alarm detected."
		deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", BreakerStatus: "MONITORING", Alarms: []string{"errors"}})(c)
	}, excluded, "", "alarms rolled service deployment 7 back: errors", ""},
	{"circuit-breaker", "it was triggered", changes(deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", BreakerStatus: "TRIGGERED", Failures: 3, Threshold: 3}), firstIs("00000000000000000000000000000001"), steadyBefore), proven, "",
		"triggered after 3 failed tasks (threshold 3), status ROLLBACK_SUCCESSFUL; its first stopped task is 00000000000000000000000000000001 (TaskFailedToStart at 09:59:50Z); since web:41", "whystopped history 00000000000000000000000000000001"},
	{"circuit-breaker", "it was triggered, and the stop code of the first task is not told", changes(deploymentIs(ServiceDeployment{ID: "7", BreakerStatus: "TRIGGERED"}), func(c *Case) {
		c.Facts.Aftermath.FirstFailed = Is(StoppedTask{ID: "00000000000000000000000000000001", StoppedAt: afterAt(-10)})
	}), proven, "", "(not told at 09:59:50Z)", ""},
	{"circuit-breaker", "this is the first failed task", changes(deploymentIs(ServiceDeployment{ID: "7", BreakerStatus: "TRIGGERED", Failures: 1}), firstIs(afterTask)), proven, "", "this is its first stopped task", "see the other causes of this task: it is the first of deployment ecs-svc/2 that stopped"},
	{"circuit-breaker", "the deployment is FAILED because of it", changes(rolloutFailed("ECS deployment circuit breaker: tasks failed to start."), steadyBefore), proven, "", "ecs-svc/2 is FAILED: ECS deployment circuit breaker: tasks failed to start.; since web:41", "explain the first task of deployment ecs-svc/2 that stopped: its cause is the cause"},
	{"circuit-breaker", "the deployment is FAILED because of alarms", changes(rolloutFailed("ECS deployment failed: alarm detected."), deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", BreakerStatus: "MONITORING_COMPLETE", Alarms: []string{"errors", "latency"}})), excluded, "", "alarms rolled service deployment 7 back: errors, latency", ""},
	{"circuit-breaker", "the deployment is FAILED, and why is not told", changes(rolloutFailed(""), func(c *Case) { c.Facts.Aftermath.Deployment = None[ServiceDeployment]() }), unclear, ReasonUnsaid, "ecs-svc/2 is FAILED: not told", ""},
	{"circuit-breaker", "somebody rolled it back", deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", BreakerStatus: "MONITORING"}), unclear, ReasonUnsaid, "service deployment 7 is ROLLBACK_SUCCESSFUL, and its circuit breaker MONITORING", ""},
	{"circuit-breaker", "alarms went off, and nothing was rolled back", deploymentIs(ServiceDeployment{ID: "7", Status: "STOPPED", BreakerStatus: "MONITORING", Alarms: []string{"errors"}}), unclear, ReasonUnsaid, "service deployment 7 is STOPPED", ""},
	{"circuit-breaker", "the deployment goes on without one", deploymentIs(ServiceDeployment{ID: "7", Status: "IN_PROGRESS", BreakerStatus: "DISABLED"}), unclear, ReasonUnsaid, "and its circuit breaker DISABLED", ""},
	{"circuit-breaker", "the deployment has not begun", deploymentIs(ServiceDeployment{ID: "7", Status: "PENDING"}), unclear, ReasonUnsaid, "service deployment 7 is PENDING, and its circuit breaker not told$", ""},
	{"circuit-breaker", "it was another deployment's, whose place this one took again", func(c *Case) {
		c.Facts.Inputs.Service.Value.Deployments[0].RolloutReason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/2."
		c.Facts.Aftermath.Deployment = None[ServiceDeployment]()
	}, unclear, ReasonUnsaid, "no longer tells of deployment ecs-svc/2", ""},
	{"circuit-breaker", "the service may not be read", changes(noService, func(c *Case) { c.Facts.Aftermath.Deployment = None[ServiceDeployment]() }), unclear, ReasonThrottled, "", ""},
	{"circuit-breaker", "alarms rolled it back", deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_IN_PROGRESS", BreakerStatus: "MONITORING", Alarms: []string{"errors"}}), excluded, "", "alarms rolled service deployment 7 back: errors", ""},
	{"circuit-breaker", "the deployment goes on", deploymentIs(ServiceDeployment{ID: "7", Status: "IN_PROGRESS", BreakerStatus: "MONITORING", Failures: 1, Threshold: 3}), excluded, "", "1 failed task of 3", ""},
	{"circuit-breaker", "the deployment goes on, and ECS says otherwise", changes(deploymentIs(ServiceDeployment{ID: "8", Status: "IN_PROGRESS", BreakerStatus: "MONITORING", Failures: 1, Threshold: 3}), func(c *Case) {
		c.Stop.StoppedReason = "ECS deployment circuit breaker: tasks failed to start."
	}), unclear, ReasonUnsaid, "ECS names the circuit breaker; service deployment 8 is IN_PROGRESS", ""},
	{"circuit-breaker", "deployments may not be read", func(c *Case) {
		refuse(&c.Facts.Aftermath.Deployment, ReasonNoPermission, "ecs:DescribeServiceDeployments")
	}, unclear, ReasonNoPermission, "", ""},
	{"circuit-breaker", "ECS has forgotten it", func(c *Case) { c.Facts.Aftermath.Deployment = None[ServiceDeployment]() }, unclear, ReasonUnsaid, "no longer tells", ""},
	{"deployment-replaced", "a newer one is PRIMARY", newerDeployment(40), proven, "", "ecs-svc/3 (web:43), begun at 10:00:40Z, took the place of ecs-svc/2", "web:43"},
	{"deployment-replaced", "a newer one began before the task had started", newerDeployment(-10), proven, "", "begun at 09:59:50Z", ""},
	{"deployment-replaced", "a newer one began as the stop did", newerDeployment(70), proven, "", "begun at 10:01:10Z", ""},
	{"deployment-replaced", "a newer one began while the task was being stopped", newerDeployment(71), unclear, ReasonUnsaid, "no longer told", ""},
	{"deployment-replaced", "the PRIMARY one is older than the task", newerDeployment(-120), unclear, ReasonUnsaid, "no longer told", ""},
	{"deployment-replaced", "a newer one was given up again", changes(newerDeployment(40), func(c *Case) {
		d := c.Facts.Inputs.Service.Value.Deployments
		d[0].Status, d[1].Status = "ACTIVE", "PRIMARY"
	}), unclear, ReasonUnsaid, "no longer told", ""},
	{"deployment-replaced", "which deployment started the task is not told", changes(newerDeployment(40), func(c *Case) { c.Stop.StartedBy, c.Stop.DeploymentID = "", "" }), unclear, ReasonUnsaid, "no longer told", ""},
	{"deployment-replaced", "only startedBy tells it", func(c *Case) { c.Stop.DeploymentID = "" }, excluded, "", "ecs-svc/2 is the PRIMARY one", ""},
	{"deployment-replaced", "startedBy does not tell it", func(c *Case) { c.Stop.StartedBy = "" }, excluded, "", "ecs-svc/2 is the PRIMARY one", ""},
	{"deployment-replaced", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"deployment-replaced", "the service is gone", func(c *Case) { c.Facts.Inputs.Service = None[Service]() }, unclear, ReasonNotVisible, "no longer there", ""},
	{"deployment-replaced", "its own is PRIMARY", nil, excluded, "", "ecs-svc/2 is the PRIMARY one", ""},
	{"deployment-replaced", "its own is PRIMARY, and another is older than the task", func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments
		*d = append(*d, Deployment{ID: "ecs-svc/1", Status: "INACTIVE", CreatedAt: afterAt(-600)})
	}, excluded, "", "ecs-svc/2 is the PRIMARY one", ""},
	{"deployment-replaced", "its own is PRIMARY again", func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments
		*d = append(*d, Deployment{ID: "ecs-svc/3", Status: "INACTIVE", CreatedAt: afterAt(40)})
	}, unclear, ReasonUnsaid, "no longer told", ""},
	{"deployment-replaced", "its own is PRIMARY, read long after", func(c *Case) { c.CheckedAt = afterAt(7200) }, unclear, ReasonStale, "", ""},
	{"desired-count-lowered", "a newer deployment took its place", newerDeployment(40), excluded, "", "ecs-svc/3", ""},
	{"desired-count-lowered", "never proven", nil, unclear, ReasonUnsaid, "web wants 2 tasks and runs 1", ""},
	{"desired-count-lowered", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"az-rebalancing", "ECS says so", func(c *Case) {
		c.Stop.StoppedReason = "Availability-zone rebalancing initiated by (deployment ecs-svc/2)"
	}, proven, "", "ENABLED", "availabilityZoneRebalancing of service web off"},
	{"az-rebalancing", "ECS says something else", nil, unclear, ReasonUnsaid, "ENABLED now", ""},
	{"az-rebalancing", "whether it is on is not told", func(c *Case) { c.Facts.Inputs.Service.Value.ZoneRebalancing = "" }, unclear, ReasonUnsaid, "is not told now", ""},
	{"az-rebalancing", "the service may not be read", noService, unclear, ReasonThrottled, "", ""},
	{"az-rebalancing", "it is off now", func(c *Case) {
		c.Stop.StoppedReason, c.Facts.Inputs.Service.Value.ZoneRebalancing = "Availability-zone rebalancing initiated by (deployment ecs-svc/2)", "DISABLED"
	}, unclear, ReasonUnsaid, "DISABLED now", ""},

	{"stopped-by-person", "a console session", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li", Console: true, SourceIP: "198.51.100.7", Agent: "console.amazonaws.com"}), proven, "", "StopTask at 10:01:09Z by arn:aws:sts::111122223333:assumed-role/ops/li from 198.51.100.7 with console.amazonaws.com", "ask arn:aws:sts::111122223333:assumed-role/ops/li"},
	{"stopped-by-person", "IAM Identity Center", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/li", Agent: "aws-cli/2.22"}), proven, "", "AWSReservedSSO_Admin", ""},
	{"stopped-by-person", "the command line in Cloud9", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li", SourceIP: "198.51.100.7", Agent: "aws-cli/2.22 exec-env/AWS_Cloud9 command/ecs.stop-task"}), proven, "", "Cloud9", ""},
	{"stopped-by-person", "the command line in CloudShell", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li", SourceIP: "198.51.100.7", Agent: "aws-cli/2.22 exec-env/CloudShell command/ecs.stop-task"}), proven, "", "CloudShell", ""},
	{"stopped-by-person", "a program that found the task stopping", changes(calledBy(TrailEvent{Identity: "Root"}), func(c *Case) {
		late := TrailEvent{At: afterAt(75), Action: "ecs:StopTask", Identity: "AWSService", InvokedBy: "batch.amazonaws.com"}
		c.Facts.Aftermath.StopCalls.Value = append([]TrailEvent{late}, c.Facts.Aftermath.StopCalls.Value...)
	}), proven, "", "StopTask at 10:01:09Z by Root", ""},
	{"stopped-by-person", "the root user", calledBy(TrailEvent{Identity: "Root", ARN: "arn:aws:iam::111122223333:root"}), proven, "", "111122223333:root", ""},
	{"stopped-by-person", "a browser", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li", Agent: "Mozilla/5.0 (X11; Linux x86_64)"}), proven, "", "Mozilla/5.0", ""},
	{"stopped-by-person", "the console, named as the service that made the call", calledBy(TrailEvent{Identity: "IAMUser", ARN: "arn:aws:iam::111122223333:user/li", InvokedBy: "signin.amazonaws.com", Agent: "signin.amazonaws.com"}), proven, "", "on behalf of signin.amazonaws.com", ""},
	{"stopped-by-person", "the shell of the console", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li", Agent: "aws-cli/2.22 exec-env/CloudShell"}), proven, "", "CloudShell", ""},
	{"stopped-by-person", "an address of the console, and nothing else", calledBy(TrailEvent{Identity: "IAMUser", ARN: "arn:aws:iam::111122223333:user/li", SourceIP: "console.amazonaws.com"}), unclear, ReasonUnsaid, "a person or a program", ""},
	{"stopped-by-person", "a person, after a program", func(c *Case) {
		c.Facts.Aftermath.StopCalls = Is([]TrailEvent{{At: afterAt(90), Identity: "Root"}, {At: afterAt(69), Identity: "AWSService", InvokedBy: "batch.amazonaws.com"}})
	}, excluded, "", "StopTask at 10:01:09Z by AWSService on behalf of batch.amazonaws.com", ""},
	{"stopped-by-person", "a service", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/batch/x", InvokedBy: "batch.amazonaws.com"}), excluded, "", "on behalf of batch.amazonaws.com", ""},
	{"stopped-by-person", "either", calledBy(TrailEvent{Identity: "IAMUser", ARN: "arn:aws:iam::111122223333:user/deploy", SourceIP: "198.51.100.7", Agent: "aws-cli/2.22"}), unclear, ReasonUnsaid, "user/deploy from 198.51.100.7 with aws-cli/2.22: a person or a program", ""},
	{"stopped-by-person", "the call was denied", calledBy(TrailEvent{Identity: "Root", Error: "AccessDenied"}), unclear, ReasonDeferred, "no StopTask call for this task yet", ""},
	{"stopped-by-person", "nothing after 5 minutes", calledByNobody(5 * time.Minute), unclear, ReasonDeferred, "yet, 5 min after the stop", ""},
	{"stopped-by-person", "nothing after 19 minutes", calledByNobody(19 * time.Minute), unclear, ReasonDeferred, "yet", ""},
	{"stopped-by-person", "nothing after 20 minutes", calledByNobody(20 * time.Minute), unclear, ReasonUnsaid, "no StopTask call for this task within 3 min", ""},
	{"stopped-by-person", "nothing after an hour", calledByNobody(time.Hour), unclear, ReasonUnsaid, "no StopTask call for this task within 3 min", ""},
	{"stopped-by-person", "a service, asked for a day after", changes(calledBy(TrailEvent{Identity: "AWSService", InvokedBy: "batch.amazonaws.com"}), func(c *Case) { c.CheckedAt = afterAt(86400) }), excluded, "", "batch", ""},
	{"stopped-by-person", "in the function", func(c *Case) { c.Facts.Aftermath.StopCalls.Reason = ReasonDeferred }, unasked, ReasonDeferred, "", "whystopped history " + afterTask + " --verify"},
	{"stopped-by-person", "in the function, of a task whose id is not told", func(c *Case) { c.Facts.Aftermath.StopCalls.Reason, c.Stop.TaskID = ReasonDeferred, "" }, unasked, ReasonDeferred, "", ""},
	{"stopped-by-automation", "a service", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/batch/x", InvokedBy: "batch.amazonaws.com"}), proven, "", "batch.amazonaws.com", "ask arn:aws:sts::111122223333:assumed-role/batch/x"},
	{"stopped-by-automation", "a function", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/reaper/reaper", SourceIP: "198.51.100.7", Agent: "Boto3/1.35 exec-env/AWS_Lambda_python3.13"}), proven, "", "AWS_Lambda", ""},
	{"stopped-by-automation", "AWS itself", calledBy(TrailEvent{Identity: "AWSService"}), proven, "", "by AWSService", ""},
	{"stopped-by-automation", "the address of a service", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/flow/x", SourceIP: "states.amazonaws.com"}), proven, "", "from states.amazonaws.com", ""},
	{"stopped-by-automation", "a person", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li@example.com"}), excluded, "", "li@example.com", ""},
	{"stopped-by-automation", "may not be read", func(c *Case) {
		refuse(&c.Facts.Aftermath.StopCalls, ReasonNoPermission, "cloudtrail:LookupEvents")
	}, unclear, ReasonNoPermission, "", ""},
}

func noLog(c *Case) { c.Facts.Aftermath.Log = Answer[[]LogLine]{} }

func programMissing(program string) func(*Case) {
	return func(c *Case) {
		c.Finding = classifier.Finding{Stage: classifier.Start, Fault: classifier.NotFound, Culprit: 0, Facts: classifier.Facts{Path: program}}
	}
}

func scaledInAt(seconds int) func(*Case) {
	return func(c *Case) {
		c.Facts.Aftermath.Activities.Value = append(c.Facts.Aftermath.Activities.Value, ScalingActivity{afterAt(seconds), "Terminating EC2 instance: i-0a1", "a scale-in"})
	}
}

// clearedAway lets the group of the instance find that it had ended.
func clearedAway(c *Case) {
	c.Facts.Aftermath.Activities = Is([]ScalingActivity{{afterAt(60), "Terminating EC2 instance: i-0a1", "At 2026-03-04T10:01:00Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped."}})
}

func statusIs(status string) func(*Case) {
	return func(c *Case) { c.Facts.Inputs.Instance.Value.Status = status }
}

func goneInstance(c *Case) { c.Facts.Inputs.Instance = None[ContainerInstance]() }

func noInstance(c *Case) {
	refuse(&c.Facts.Inputs.Instance, ReasonNoPermission, "ecs:DescribeContainerInstances")
}

// instanceIs puts the task on an instance in another state.
func instanceIs(state, reason string) func(*Case) {
	return machineWith(func(i *Instance) { i.State, i.StateReason = state, reason })
}

func agentAway(c *Case) { c.Facts.Inputs.Instance.Value.AgentConnected = false }

func rolloutFailed(reason string) func(*Case) {
	return func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments[0]
		d.RolloutState, d.RolloutReason = "FAILED", reason
	}
}

func firstIs(task string) func(*Case) {
	return func(c *Case) {
		c.Facts.Aftermath.FirstFailed = Is(StoppedTask{ID: task, StopCode: "TaskFailedToStart", StoppedAt: afterAt(-10)})
	}
}

func TestWhatHappenedAfterTheStart(t *testing.T) {
	for _, test := range afterTests {
		t.Run(test.cause+"/"+test.when, func(t *testing.T) {
			c := failedHealthCheck()
			if test.change != nil {
				test.change(c)
			}
			c.Finding.Causes = []classifier.Proof{{Cause: test.cause, Result: classifier.NotChecked}}
			p := Prove(*c)[0]
			if p.Result != test.result || p.Reason != test.reason || !strings.Contains(p.Evidence+"$", test.says) || !strings.Contains(p.Next+"$", test.next) {
				t.Errorf("%s %s\n evidence %q\n next %q", p.Result, p.Reason, p.Evidence, p.Next)
			}
			if p.Result != classifier.Confirmed && (p.Next == "") != (test.next == "") {
				t.Errorf("next %q, want %q", p.Next, test.next)
			}
			if (p.Result == classifier.Confirmed) && (p.Next == "" || p.Evidence == "") {
				t.Errorf("confirmed without evidence or a next step: %+v", p)
			}
			if p.Reason == ReasonNoPermission && p.MissingAction == "" {
				t.Error("the missing permission is not named")
			}
		})
	}
}

// TestEveryAftermathCauseIsTriedBothWays: each check is seen to confirm and to rule out, unless it says that it never does.
func TestEveryAftermathCauseIsTriedBothWays(t *testing.T) {
	for _, check := range aftermathChecks {
		for _, way := range []struct {
			result classifier.Result
			says   string
		}{{classifier.Confirmed, check.Confirms}, {classifier.RuledOut, check.RulesOut}} {
			tried := false
			for _, test := range afterTests {
				tried = tried || test.cause == check.Cause && test.result == way.result
			}
			if never := strings.HasPrefix(way.says, "never"); tried == never {
				t.Errorf("%s says %q, tried %t", check.Cause, way.says, tried)
			}
		}
	}
}

// TestNothingReadProvesNothing: with no facts at all no cause is confirmed or ruled out, and without any one fact none is that was
// not before. What is open then says why.
func TestNothingReadProvesNothing(t *testing.T) {
	// Facts that can only take a proof back, and those whose absence is the proof.
	raisesDoubt := map[string]bool{"instance-terminated Activities": true, "health-path Log": true, "health-app-down Log": true, "health-app-down TargetGroup": true,
		"health-grace-period Log": true, "health-grace-period TargetGroup": true, "target-missing TargetGroup": true}

	for _, test := range afterTests {
		build := func() *Case {
			c := failedHealthCheck()
			if test.change != nil {
				test.change(c)
			}
			c.Finding.Causes = []classifier.Proof{{Cause: test.cause, Result: classifier.NotChecked}}
			return c
		}
		for name := range factsOf(build()) {
			if raisesDoubt[test.cause+" "+name] {
				continue
			}
			for _, lose := range []func(reflect.Value){forget, gone} {
				c := build()
				lose(factsOf(c)[name])
				p := Prove(*c)[0]
				decided := p.Result == classifier.Confirmed || p.Result == classifier.RuledOut
				if decided && p.Result != test.result || !decided && p.Reason == "" {
					t.Errorf("%s, %s, without %s: %+v", test.cause, test.when, name, p)
				}
			}
		}
	}
	for _, check := range aftermathChecks {
		c := failedHealthCheck()
		c.Facts = Facts{}
		c.Finding.Causes = []classifier.Proof{{Cause: check.Cause, Result: classifier.NotChecked}}
		c.Stop.CapacityProvider = ""
		if p := Prove(*c)[0]; p.Result == classifier.Confirmed || p.Result == classifier.RuledOut {
			t.Errorf("%s: %+v", check.Cause, p)
		}
	}
}

// TestWhatIsGoneIsAReason: where the service, the task definition or the instances are not there, each open proof says why it is open.
func TestWhatIsGoneIsAReason(t *testing.T) {
	for _, check := range Checks {
		c := failedHealthCheck()
		in := &c.Facts.Inputs
		in.Service, in.TaskDefinition, in.Instance, c.Facts.Things.Machines, c.Facts.Things.Subnets = None[Service](), None[TaskDefinition](), None[ContainerInstance](), None[[]Machine](), None[[]Subnet]()
		if p := check.judge(c); p.Reason == "" && (p.Result == classifier.Inconclusive || p.Result == classifier.NotChecked) {
			t.Errorf("%s: %+v", check.Cause, p)
		}
	}
}

// factsOf are the answers that a case rests on, by their names.
func factsOf(c *Case) map[string]reflect.Value {
	all := answers(c)
	after := reflect.ValueOf(&c.Facts.Aftermath).Elem()
	for i := range after.NumField() {
		all[after.Type().Field(i).Name] = after.Field(i)
	}
	all["EC2"] = reflect.ValueOf(&c.Facts.Inputs.Instance.Value.EC2).Elem()
	return all
}

// gone makes an answer say that there is no such thing.
func gone(answer reflect.Value) {
	answer.Set(reflect.Zero(answer.Type()))
	answer.FieldByName("State").Set(reflect.ValueOf(Absent))
}

func TestTheTargetGroupIsTold(t *testing.T) {
	const admin = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web-admin/4d5e6f"
	both := []ServiceLoadBalancer{{admin, "admin", 9090}, {afterTG, "app", 8080}}
	for _, test := range []struct {
		name  string
		named string // by the text
		of    []ServiceLoadBalancer
		want  string
	}{
		{"by its ARN", afterTG, both, afterTG},
		{"by its name", "web", both, afterTG},
		{"by its ARN, and the service no longer has it", afterTG, both[:1], afterTG},
		{"by its name, and the service no longer has it", "web", both[:1], ""},
		{"the only one of the service", "", both[:1], admin},
		{"not of two", "", both, ""},
		{"not of a service without any", "", nil, ""},
		{"not of a Classic Load Balancer", "", []ServiceLoadBalancer{{"", "app", 8080}, {afterTG, "app", 8080}}, ""},
	} {
		c := failedHealthCheck()
		c.Finding.Facts.TargetGroup, c.Facts.Inputs.Service.Value.LoadBalancers = test.named, test.of
		if got := c.TargetGroup(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestAMatcherCounts(t *testing.T) {
	for _, test := range []struct {
		matcher, code string
		want          bool
	}{
		{"200", "200", true}, {"200", "201", false}, {"200", "199", false}, {"200,302", "302", true}, {"200, 302", "302", true}, {"200,302", "250", false},
		{"200-299", "200", true}, {"200-299", "204", true}, {"200-299", "299", true}, {"200-299", "300", false}, {"200-299", "199", false}, {"200-299,301", "301", true},
		{"", "200", false}, {"200-", "200", false}, {"-299", "0", false}, {"0", "x", false},
	} {
		if got := counts(test.matcher, test.code); got != test.want {
			t.Errorf("%q counts %q: %t", test.matcher, test.code, got)
		}
	}
}

// TestWhatALineProves holds the words that decide a cause, and that others which look like them do not.
func TestWhatALineProves(t *testing.T) {
	for line, cause := range map[string]string{
		"Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space":          "heap-setting",
		"java.lang.OutOfMemoryError: GC overhead limit exceeded":                            "heap-setting",
		"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory": "heap-setting",
		"fatal error: runtime: out of memory":                                               "heap-setting",
		"redis: OOM command not allowed":                                                    "",
		"/bin/sh: 1: gunicorn: not found":                                                   "command-not-found-exit-127",
		"bash: line 1: gunicorn: command not found":                                         "command-not-found-exit-127",
		"/app/start: line 3: gunicorn: command not found":                                   "command-not-found-exit-127",
		"docker-entrypoint.sh: exec: line 12: gunicorn: not found":                          "command-not-found-exit-127",
		"/entrypoint: 3: exec: gunicorn: not found":                                         "command-not-found-exit-127",
		"/app/serve: error while loading shared libraries: libpq.so.5: cannot open":         "command-not-found-exit-127",
		"/bin/dash: 1: gunicorn: not found":                                                 "command-not-found-exit-127",
		"ash: gunicorn: not found":                                                          "command-not-found-exit-127",
		"ksh: gunicorn: not found":                                                          "command-not-found-exit-127",
		"/app/share: the token: not found":                                                  "",
		"sh: /data/x: permission denied by the owner":                                       "",
		"Refresh of the token: not found":                                                   "",
		"GET /favicon.ico: 404 not found":                                                   "",
		"sh: gunicorn: not found in the cache":                                              "",
		"/bin/sh: 1: /app/run.sh: Permission denied":                                        "not-executable-exit-126",
		"sh: /app: Is a directory":                                                          "not-executable-exit-126",
		"bash: line 1: /app/run: cannot execute: required file not found":                   "not-executable-exit-126",
		"exec: /app/run: exec format error":                                                 "not-executable-exit-126",
		"env: /app/run: Permission denied":                                                  "not-executable-exit-126",
		"Publish: queue orders: permission denied":                                          "",
		"open /data/x: permission denied":                                                   "",
		"Usage: serve [flags]":                                                              "app-usage-error",
		"serve: unrecognized option '--listen'":                                             "app-usage-error",
		"serve: unrecognised option --listen":                                               "app-usage-error",
		"Error: unknown flag: --listen":                                                     "app-usage-error",
		"error: unknown argument --listen":                                                  "app-usage-error",
		"tar: invalid option -- 'y'":                                                        "app-usage-error",
		"tar: illegal option -- y":                                                          "app-usage-error",
		"ls: invalid argument 'x' for '--sort'":                                             "app-usage-error",
		"Error: invalid argument \"x\" for \"--port\" flag":                                 "app-usage-error",
		"error: invalid argument: --listen":                                                 "app-usage-error",
		"flag provided but not defined: -listen":                                            "app-usage-error",
		"/app/run.sh: line 3: syntax error near unexpected token `fi'":                      "app-usage-error",
		"/bin/sh: 1: Syntax error: Unterminated quoted string":                              "app-usage-error",
		"panic: open /data/x: invalid argument":                                             "",
		"Error: EINVAL: invalid argument, open '/data/x'":                                   "",
		"ERROR: syntax error at or near \"FROM\"":                                           "",
		"memory usage: 93 %":                                                                "",
	} {
		for _, asked := range []string{"heap-setting", "command-not-found-exit-127", "not-executable-exit-126", "app-usage-error"} {
			if got := logSigns[asked]().MatchString(line); got != (asked == cause) {
				t.Errorf("%q proves %s: %t", line, asked, got)
			}
		}
	}
}

func TestWhatALineTells(t *testing.T) {
	for _, test := range []struct {
		line           string
		ready, trouble bool
		port           string
	}{
		{"Listening on http://0.0.0.0:8080", true, false, "8080"},
		{"Listening at: http://0.0.0.0:8080", true, false, "8080"},
		{"server is running at port 8080", true, false, "8080"},
		{"server started", true, false, ""},
		{"Server ready", true, false, ""},
		{"Started Application in 66.4 seconds", true, false, ""},
		{"ready to accept connections", true, false, ""},
		{"ready for connections", true, false, ""},
		{"INFO: Application startup complete.", true, false, ""},
		{"startup complete", true, false, ""},
		{"Tomcat initialized with port 8080 (http)", false, false, "8080"},
		{"now accepting connections", true, false, ""},
		{"Serving HTTP on 0.0.0.0 port 8000", false, false, "8000"},
		{"bound to 0.0.0.0:80", false, false, "80"},
		{"Started web on port 18080", false, false, "18080"},
		{"Listening on socket 1:123456", true, false, ""},
		{"binding to port: 8080", false, false, "8080"},
		{"started worker 1234", false, false, ""},
		{"starting", false, false, ""},
		{"already started", false, false, ""},
		{"GET /port/80808", false, false, ""},
		{"ERROR no database", false, true, ""},
		{"java.lang.IllegalStateException: no database", false, false, ""},
		{"uncaught exception", false, true, ""},
		{"fatal: no database", false, true, ""},
		{"panic: no database", false, true, ""},
		{"job failed", false, true, ""},
		{"TypeError: x", false, true, ""},
		{"login failure", false, true, ""},
		{"connection refused", false, true, ""},
		{"permission denied", false, true, ""},
		{"cannot open", false, true, ""},
		{"could not open", false, true, ""},
		{"missing key", false, true, ""},
		{"x is undefined", false, true, ""},
		{"page not found", false, true, ""},
		{"out of memory", false, true, ""},
		{"killed", false, true, ""},
		{"terrors are no errors", false, false, ""},
	} {
		port := ""
		if m := listening().FindStringSubmatch(test.line); m != nil {
			port = m[1]
		}
		if ready().MatchString(test.line) != test.ready || trouble().MatchString(test.line) != test.trouble || port != test.port {
			t.Errorf("%q: ready %t, trouble %t, port %q", test.line, ready().MatchString(test.line), trouble().MatchString(test.line), port)
		}
	}
}

func TestTheLogIsFound(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Case)
		want   classifier.Log
	}{
		{"by prefix, container and task", nil, classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"}},
		{"in another Region", definitionOf(func(d *ContainerDefinition) { d.LogOptions["awslogs-region"] = "eu-central-1" }), classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-central-1"}},
		{"not where no Region is", definitionOf(func(d *ContainerDefinition) { d.LogOptions["awslogs-region"] = "example.org/#" }), classifier.Log{}},
		{"by Docker's id on an instance", changes(onInstance, func(c *Case) { c.Stop.Containers[0].RuntimeID = "f00d" }, definitionOf(func(d *ContainerDefinition) { delete(d.LogOptions, "awslogs-stream-prefix") })), classifier.Log{Group: "/ecs/web", Stream: "f00d", Region: "eu-west-1"}},
		{"in the task's Region where none is set", definitionOf(func(d *ContainerDefinition) { delete(d.LogOptions, "awslogs-region") }), classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"}},
		{"not by Docker's id of a container that the event does not have", changes(onInstance, func(c *Case) { c.Stop.Containers = nil }, definitionOf(func(d *ContainerDefinition) { delete(d.LogOptions, "awslogs-stream-prefix") })), classifier.Log{Group: "/ecs/web", Region: "eu-west-1"}},
		{"of the culprit", changes(withRouter(0), routerLogs, culpritIs(1)), classifier.Log{Group: "/ecs/web", Stream: "router/router/" + afterTask, Region: "eu-west-1"}},
		{"of the one that the load balancer sends to", changes(withRouter(0), routerLogs, checked), classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"}},
		{"of the one whose own check failed", changes(withRouter(0), routerLogs, checked, noLoadBalancer, healthIs("router", "UNHEALTHY")), classifier.Log{Group: "/ecs/web", Stream: "router/router/" + afterTask, Region: "eu-west-1"}},
		{"of that one also where the load balancer's is not of the task definition", changes(withRouter(0), routerLogs, checked, healthIs("router", "UNHEALTHY"), func(c *Case) { c.Facts.Inputs.Service.Value.LoadBalancers[0].Container = "web" }), classifier.Log{Group: "/ecs/web", Stream: "router/router/" + afterTask, Region: "eu-west-1"}},
		{"of the only one", changes(noLoadBalancer, definitionOf(func(d *ContainerDefinition) { d.HealthCheck = nil })), classifier.Log{Group: "/ecs/web", Stream: "app/app/" + afterTask, Region: "eu-west-1"}},
		{"not without a group", definitionOf(func(d *ContainerDefinition) { delete(d.LogOptions, "awslogs-group") }), classifier.Log{}},
		{"not of a task whose id is not told", func(c *Case) { c.Stop.TaskID = "" }, classifier.Log{}},
		{"not while the task definition is not read", noDefinition, classifier.Log{}},
		{"not without a prefix on Fargate", changes(func(c *Case) { c.Stop.Containers[0].RuntimeID = "f00d" }, definitionOf(func(d *ContainerDefinition) { delete(d.LogOptions, "awslogs-stream-prefix") })), classifier.Log{Group: "/ecs/web", Region: "eu-west-1"}},
		{"not with another driver", definitionOf(func(d *ContainerDefinition) { d.LogDriver = "splunk" }), classifier.Log{}},
		{"not of which container, of several", changes(withRouter(0), func(c *Case) { c.Finding.Facts.TargetGroup = "another" }, definitionOf(func(d *ContainerDefinition) { d.HealthCheck = nil })), classifier.Log{}},
	} {
		c := failedHealthCheck()
		if test.change != nil {
			test.change(c)
		}
		if got := c.Log(); got.Group != test.want.Group || got.Stream != test.want.Stream || got.Region != test.want.Region {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

// routerLogs makes the second container log beside the first.
func routerLogs(c *Case) {
	d := &c.Facts.Inputs.TaskDefinition.Value.Containers[1]
	d.LogDriver, d.LogOptions = awslogs, map[string]string{"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "router", "awslogs-region": "eu-west-1"}
}

// TestWhatIsCompared changes one thing at a time between the revision that was steady and the task's.
func TestWhatIsCompared(t *testing.T) {
	check := ContainerHealthCheck{Command: []string{"CMD", "true"}, Interval: 30, Timeout: 5, Retries: 3, StartPeriod: 10}
	base := func() TaskDefinition {
		own := check
		return TaskDefinition{CPU: 256, Memory: 512, NetworkMode: "bridge", ExecutionRoleARN: "arn:aws:iam::111122223333:role/exec", TaskRoleARN: "arn:aws:iam::111122223333:role/task", Architecture: "X86_64",
			Containers: []ContainerDefinition{{Name: "app", Image: "web:41", Memory: 256, MemoryReservation: 128, EntryPoint: []string{"/init"}, Command: []string{"serve", "-v"}, StopTimeout: 30, StartTimeout: 60,
				Essential: true, Variables: []string{"LEVEL"}, Secrets: map[string]string{"DB": "arn:old"}, EnvironmentFiles: []string{"arn:aws:s3:::web/a.env"}, Ports: []int64{8080}, LogDriver: "awslogs",
				LogOptions: map[string]string{"mode": "blocking"}, DependsOn: map[string]string{"router": "START"}, HealthCheck: &own}, {Name: "router", Image: "router:1"}}}
	}
	app := func(change func(*ContainerDefinition)) func(*TaskDefinition) {
		return func(td *TaskDefinition) { change(&td.Containers[0]) }
	}
	const long = 81 // of a command that is not quoted
	for _, test := range []struct {
		change func(*TaskDefinition)
		want   string
	}{
		{func(*TaskDefinition) {}, ""},
		{func(td *TaskDefinition) { td.CPU = 512 }, "cpu 256 → 512"},
		{func(td *TaskDefinition) { td.Memory = 1024 }, "memory 512 → 1024"},
		{func(td *TaskDefinition) { td.NetworkMode = "" }, "network mode bridge → none"},
		{func(td *TaskDefinition) { td.ExecutionRoleARN = "arn:aws:iam::111122223333:role/exec-2" }, "execution role exec → exec-2"},
		{func(td *TaskDefinition) { td.TaskRoleARN = "" }, "task role task → none"},
		{func(td *TaskDefinition) { td.Architecture = "ARM64" }, "architecture X86_64 → ARM64"},
		{func(td *TaskDefinition) { td.Containers = append(td.Containers, ContainerDefinition{Name: "agent"}) }, "new container agent"},
		{func(td *TaskDefinition) { td.Containers = td.Containers[:1] }, "no container router any more"},
		{app(func(d *ContainerDefinition) { d.Image = "web:42" }), "image of app web:41 → web:42"},
		{app(func(d *ContainerDefinition) { d.Memory = 512 }), "memory of app 256 → 512"},
		{app(func(d *ContainerDefinition) { d.MemoryReservation = 0 }), "memoryReservation of app 128 → 0"},
		{app(func(d *ContainerDefinition) { d.EntryPoint = nil }), "entryPoint of app [/init] → []"},
		{app(func(d *ContainerDefinition) { d.Command = []string{"serve", "-q"} }), "command of app [serve -v] → [serve -q]"},
		{app(func(d *ContainerDefinition) { d.Command = []string{strings.Repeat("x", long-1)} }), "command of app [serve -v] → [" + strings.Repeat("x", long-1) + "]"},
		{app(func(d *ContainerDefinition) { d.Command = []string{strings.Repeat("x", long)} }), "command of app changed"},
		{app(func(d *ContainerDefinition) { d.StopTimeout = 0 }), "stopTimeout of app 30 → 0"},
		{app(func(d *ContainerDefinition) { d.StartTimeout = 30 }), "startTimeout of app 60 → 30"},
		{app(func(d *ContainerDefinition) { d.Essential = false }), "essential of app true → false"},
		{app(func(d *ContainerDefinition) { d.Variables = []string{"LEVEL", "MODE"} }), "variable MODE of app added"},
		{app(func(d *ContainerDefinition) { d.Variables = nil }), "variable LEVEL of app removed"},
		{app(func(d *ContainerDefinition) { d.Secrets = nil }), "secret DB of app removed"},
		{app(func(d *ContainerDefinition) { d.EnvironmentFiles = nil }), "environment file arn:aws:s3:::web/a.env of app removed"},
		{app(func(d *ContainerDefinition) { d.Ports = []int64{8080, 9090} }), "ports of app [8080] → [8080 9090]"},
		{app(func(d *ContainerDefinition) { d.LogDriver = "" }), "log driver of app awslogs → none"},
		{app(func(d *ContainerDefinition) { d.LogOptions = map[string]string{"mode": "non-blocking"} }), "log option mode of app changed"},
		{app(func(d *ContainerDefinition) { d.DependsOn = nil }), "dependsOn of app changed"},
		{app(func(d *ContainerDefinition) { d.HealthCheck = nil }), "healthCheck of app changed"},
		{app(func(d *ContainerDefinition) { d.HealthCheck.Command = []string{"CMD", "false"} }), "healthCheck of app changed"},
		{app(func(d *ContainerDefinition) { d.HealthCheck.Interval = 10 }), "healthCheck of app changed"},
		{app(func(d *ContainerDefinition) { d.HealthCheck.Timeout = 10 }), "healthCheck of app changed"},
		{app(func(d *ContainerDefinition) { d.HealthCheck.Retries = 10 }), "healthCheck of app changed"},
		{app(func(d *ContainerDefinition) { d.HealthCheck.StartPeriod = 0 }), "healthCheck of app changed"},
	} {
		after := base()
		test.change(&after)
		if got := strings.Join(differences(base(), after), ", "); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	for length, want := range map[int]string{
		long - 1: "command of app [" + strings.Repeat("x", long-1) + "] → [serve -v], log driver of app none → awslogs, healthCheck of app changed",
		long:     "command of app changed, log driver of app none → awslogs, healthCheck of app changed",
	} {
		before := base()
		before.Containers[0].Command, before.Containers[0].LogDriver, before.Containers[0].HealthCheck = []string{strings.Repeat("x", length)}, "", nil
		if got := strings.Join(differences(before, base()), ", "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAMovedImageIsNamed(t *testing.T) {
	c := failedHealthCheck()
	for _, test := range []struct {
		was, is string
		want    []string
	}{
		{"sha256:aaaaaaaaaaaaaaaa", "sha256:bbbbbbbbbbbbbbbb", []string{"digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb"}},
		{"sha256:aaaaaaaaaaaaaaaa", "sha256:aaaaaaaaaaaaaaaa", nil},
		{"", "sha256:bbbbbbbbbbbbbbbb", nil},
		{"sha256:aaaaaaaaaaaaaaaa", "", nil},
		{"sha256:aa", "sha256:bb", []string{"digest of app sha256:aa → sha256:bb"}},
	} {
		c.Stop.Containers[0].ImageDigest = test.is
		if got := movedImages(c, map[string]string{"app": test.was}); !slices.Equal(got, test.want) {
			t.Errorf("%q → %q: %q", test.was, test.is, got)
		}
	}
}

// TestNothingChanged: that is told too, and nothing where either revision was not read.
func TestNothingChanged(t *testing.T) {
	c := failedHealthCheck()
	same := c.Facts.Inputs.TaskDefinition.Value
	same.ARN = afterArn + "task-definition/web:41"
	c.Facts.Aftermath.Steady = Is(Steady{Source: "service deployment 7", TaskDefinition: same})
	if got := changed(c); !strings.Contains(got, "web:41") || !strings.Contains(got, "nothing that is compared") {
		t.Errorf("%q", got)
	}
	noDefinition(c)
	if got := changed(c); got != "" {
		t.Errorf("without a task definition: %q", got)
	}
}

// TestWhenCloudTrailIsAsked: around the moment when the stop began, and while the task was set up.
func TestWhenCloudTrailIsAsked(t *testing.T) {
	c := failedHealthCheck()
	if from, to := c.StopCallsBetween(); !from.Equal(afterAt(70-180)) || !to.Equal(afterAt(70+180)) {
		t.Errorf("from %s to %s", from, to)
	}
	if from, to := c.DenialsBetween(); !from.Equal(afterAt(-30-60)) || !to.Equal(afterAt(90+60)) {
		t.Errorf("denials from %s to %s", from, to)
	}
	c.Stop.StoppingAt = time.Time{}
	if from, to := c.StopCallsBetween(); !from.Equal(afterAt(90-180)) || !to.Equal(afterAt(90+180)) {
		t.Errorf("where the stop began is not told: from %s to %s", from, to)
	}
}

// TestChangesNeverTellValues: what may be secret is told by its name.
func TestChangesNeverTellValues(t *testing.T) {
	before := TaskDefinition{Containers: []ContainerDefinition{{Name: "app", LogOptions: map[string]string{"splunk-token": "old-token"}, Secrets: map[string]string{"DB": "arn:old"}}}}
	after := TaskDefinition{Containers: []ContainerDefinition{{Name: "app", LogOptions: map[string]string{"splunk-token": "new-token"}, Secrets: map[string]string{"DB": "arn:new", "KEY": "arn:key"}}}}
	got := strings.Join(differences(before, after), ", ")
	if want := "secret KEY of app added, secret DB of app changed, log option splunk-token of app changed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestTheFunctionLeavesDenialsToTheCommandLine: an open proof names the command, a decided one does not.
func TestTheFunctionLeavesDenialsToTheCommandLine(t *testing.T) {
	c := failedHealthCheck()
	c.Facts.Aftermath.Denials.Reason = ReasonDeferred
	if p := c.withDenial(unsaid("no simulation")); !strings.Contains(p.Next, "whystopped history "+afterTask+" --verify") {
		t.Errorf("%+v", p)
	}
	if p := c.withDenial(confirmed("allow it", "denied")); p.Next != "allow it" {
		t.Errorf("%+v", p)
	}
	if p := c.withDenial(ruledOut("the role may")); p.Next != "" {
		t.Errorf("%+v", p)
	}
}

func TestADeniedCallCompletesAProof(t *testing.T) {
	call := TrailEvent{At: afterAt(-20), Action: "ecr:GetAuthorizationToken", Error: "AccessDenied", Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/execution/" + afterTask,
		Endpoint: "vpce-0a1", Message: "User is not authorized to perform: ecr:GetAuthorizationToken because no identity-based policy allows the ecr:GetAuthorizationToken action"}
	const seen = "CloudTrail has ecr:GetAuthorizationToken at 09:59:40Z by arn:aws:sts::111122223333:assumed-role/execution/" + afterTask + ": AccessDenied, "
	older, denied, nameless, outside := call, call, call, call
	outside.Message = "User is not authorized to perform: ecr:GetAuthorizationToken because no VPC endpoint policy allows the ecr:GetAuthorizationToken action"
	older.Message, older.Endpoint = "Access Denied", ""
	denied.Message = "User is not authorized to perform: ecr:GetAuthorizationToken with an explicit deny in an identity-based policy"
	nameless.ARN = ""
	before := unsaid("no simulation")
	for _, test := range []struct {
		name   string
		before classifier.Proof
		calls  []TrailEvent
		action []string
		want   classifier.Result
		says   string
		next   string
	}{
		{"the role's own policy", before, []TrailEvent{call}, []string{"ecr:BatchGetImage", "ecr:GetAuthorizationToken"}, proven, seen + call.Message + " (through vpce-0a1)", "allow ecr:GetAuthorizationToken in a policy of execution"},
		{"any action", before, []TrailEvent{call}, nil, proven, seen + call.Message + " (through vpce-0a1)", "allow ecr:GetAuthorizationToken in a policy of execution"},
		{"the role's own policy denies it", before, []TrailEvent{denied}, nil, proven, seen + denied.Message + " (through vpce-0a1)", "take the deny of ecr:GetAuthorizationToken out of the policies of execution"},
		{"a role that is not told", before, []TrailEvent{nameless}, nil, proven, "CloudTrail has ecr:GetAuthorizationToken at 09:59:40Z by AssumedRole: AccessDenied, " + call.Message + " (through vpce-0a1)", "allow ecr:GetAuthorizationToken in a policy of the role"},
		{"a proof that knows better what to do", confirmed("do it", "the simulation denies it"), []TrailEvent{call}, nil, proven, seen + call.Message + " (through vpce-0a1)", "do it"},
		{"the policy of the endpoint", before, []TrailEvent{outside}, nil, unclear, "no simulation; " + seen + outside.Message + " (through vpce-0a1)", ""},
		{"another action", before, []TrailEvent{call}, []string{"ecr:BatchGetImage"}, unclear, "no simulation", ""},
		{"who refused is not told", before, []TrailEvent{older}, nil, unclear, "no simulation; " + seen + "Access Denied", ""},
		{"who refused is not told, and nothing else is", Open[Role](ReasonNoPermission, "iam:GetRole").gap(), []TrailEvent{older}, nil, unclear, seen + "Access Denied", ""},
		{"nothing", before, nil, nil, unclear, "no simulation", ""},
	} {
		c := failedHealthCheck()
		c.Facts.Aftermath.Denials = Is(test.calls)
		p := c.withDenial(test.before, test.action...)
		if p.Result != test.want || p.Evidence != test.says || p.Next != test.next {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}
