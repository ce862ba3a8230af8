package evidence

import (
	"net/netip"
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
		Events: []ServiceEvent{unhealthyEvent(65, afterTask, "Health checks failed with these codes: [404]"), unhealthyEvent(66, "ffffffffffffffffffffffffffffffff", "Health checks failed with these codes: [500]")}})
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

func logging(lines ...LogLine) func(*Case) {
	return func(c *Case) { c.Facts.Aftermath.Log = Is(lines) }
}

// runningFor makes the task run for so long.
func runningFor(seconds int) func(*Case) {
	return func(c *Case) {
		c.Stop.StoppingAt, c.Stop.ExecutionStoppedAt, c.Stop.StoppedAt, c.CheckedAt = afterAt(seconds), afterAt(seconds+5), afterAt(seconds+20), afterAt(seconds+50)
	}
}

// onInstance puts the task on an instance in bridge mode.
func onInstance(c *Case) {
	c.Stop.LaunchType, c.Stop.ContainerInstanceARN, c.Stop.CapacityProvider, c.Stop.Attachments = "EC2", afterArn+"container-instance/prod/1", "hosts", nil
	c.Facts.Inputs.TaskDefinition.Value.NetworkMode = "bridge"
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

// bounds makes the service keep so many percent of its tasks.
func bounds(desired, minimum, maximum int64) func(*Case) {
	return func(c *Case) {
		s := &c.Facts.Inputs.Service.Value
		s.DesiredCount, s.MinimumHealthy, s.Maximum = desired, &minimum, &maximum
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
	says   string // words of the evidence
	next   string // words of what to do
}{
	{"health-path", "the task answers 404", nil, proven, "", `app answered /health (port traffic-port) of web with 404, and only 200-299,301 counts`, "HealthCheckPath is /health"},
	{"health-path", "it answers 302, which does not count", unhealthyFor("Health checks failed with these codes: [302]"), proven, "", "with 302", "target group web"},
	{"health-path", "it answers 429, as any path would", unhealthyFor("Health checks failed with these codes: [429]"), unclear, ReasonUnsaid, "with 429", ""},
	{"health-path", "the event is about another target group of the service", func(c *Case) {
		c.Facts.Inputs.Service.Value.Events[0].Message = strings.ReplaceAll(c.Facts.Inputs.Service.Value.Events[0].Message, "targetgroup/web/", "targetgroup/admin/")
	}, unclear, ReasonUnsaid, "do not say why", ""},
	{"health-path", "it answers 503", unhealthyFor("Health checks failed with these codes: [503]"), excluded, "", "503 is an error of the application", ""},
	{"health-path", "it does not answer", unhealthyFor("Request timed out"), excluded, "", "no answer came", ""},
	{"health-path", "it answers two kinds", unhealthyFor("Health checks failed with these codes: [404, 503]"), unclear, ReasonUnsaid, "404, 503", ""},
	{"health-path", "the events speak of another task only", func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = c.Facts.Inputs.Service.Value.Events[1:]
	}, unclear, ReasonUnsaid, "do not say why", ""},
	{"health-path", "an older event of the task says otherwise", func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = []ServiceEvent{unhealthyEvent(65, afterTask, "Health checks failed with these codes: [503]"), unhealthyEvent(5, afterTask, "Health checks failed with these codes: [404]")}
	}, excluded, "", "503", ""},
	{"health-path", "the event is that of a task set on an instance", func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = []ServiceEvent{{afterAt(65), "(service web, taskSet ecs-svc/2) (task " + afterTask + ") (instance i-0a1) (port 32768) is unhealthy in (target-group " + afterTG + ") due to (reason Health checks failed with these codes: [404])"}}
	}, proven, "", "404", ""},
	{"health-path", "the matcher counts the code now", targetGroupWith(func(g *TargetGroup) { g.Matcher = "200,404" }), unclear, ReasonStale, "counts as healthy now", ""},
	{"health-path", "the check is over TCP", changes(unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckProtocol = "TCP" })), excluded, "", "knows no path", ""},
	{"health-path", "the group speaks gRPC", changes(unhealthyFor("Health checks failed with these codes: [12]"), targetGroupWith(func(g *TargetGroup) { g.ProtocolVersion, g.Matcher = "GRPC", "0" })), unclear, ReasonUnsaid, "gRPC status 12", ""},
	{"health-path", "the group may not be read", func(c *Case) {
		refuse(&c.Facts.Aftermath.TargetGroup, ReasonNoPermission, "elasticloadbalancing:DescribeTargetGroups")
	}, unclear, ReasonNoPermission, "404", ""},
	{"health-path", "the group is gone", func(c *Case) { c.Facts.Aftermath.TargetGroup = None[TargetGroup]() }, unclear, ReasonNotVisible, "gone", ""},
	{"health-path", "the service may not be read", func(c *Case) {
		refuse(&c.Facts.Inputs.Service, ReasonThrottled, "ecs:DescribeServices")
	}, unclear, ReasonThrottled, "", ""},
	{"health-path", "it is read long after", func(c *Case) { c.CheckedAt = afterAt(7200) }, proven, "", "118 min after the stop", ""},
	{"health-matcher", "the task answers 204 and 200 alone counts", changes(unhealthyFor("Health checks failed with these codes: [204]"), targetGroupWith(func(g *TargetGroup) { g.Matcher = "200" })), proven, "", "204, which is a success", "add 204 to the matcher of target group web (now 200)"},
	{"health-matcher", "the task answers 404", nil, excluded, "", "right not to count", ""},
	{"health-matcher", "a redirect may be meant", unhealthyFor("Health checks failed with these codes: [302]"), unclear, ReasonUnsaid, "for its authors to say", ""},
	{"health-matcher", "it is read long after", func(c *Case) { c.CheckedAt = afterAt(7200) }, unclear, ReasonStale, "", ""},
	{"health-port", "something answered", nil, excluded, "", "answered there with 404", ""},
	{"health-port", "a fixed port that no container of an instance has", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" })), proven, "", "port 9000 of the instance", "HealthCheckPort of target group web"},
	{"health-port", "a fixed port that a container has", changes(onInstance, unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" }), definitionOf(func(d *ContainerDefinition) { d.HostPorts = []int64{9000} })), unclear, ReasonUnsaid, "where the program listens is not read", ""},
	{"health-port", "an own interface needs no mapping", changes(unhealthyFor("Health checks failed"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" })), unclear, ReasonUnsaid, "no container of web:42 maps it", ""},
	{"health-port", "its log names another port", changes(unhealthyFor("Health checks failed"), logging(LogLine{afterAt(2), "Listening on http://0.0.0.0:3000"})), unclear, ReasonUnsaid, "0.0.0.0:3000", ""},
	{"health-sg", "something answered", nil, excluded, "", "the load balancer reached it", ""},
	{"health-sg", "the rules let it pass", unhealthyFor("Request timed out"), excluded, "", "sg-lb of load balancer front lets TCP 8080 out", ""},
	{"health-sg", "the task's group has no rule", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Network.Groups.Value[0].Ingress = nil }), proven, "", "no inbound rule for TCP 8080 from load balancer front (sg-lb)", "add an inbound rule for TCP 8080 from sg-lb to sg-task"},
	{"health-sg", "the rule is for another port", changes(unhealthyFor("Request timed out"), targetGroupWith(func(g *TargetGroup) { g.CheckPort = "9000" })), proven, "", "TCP 9000", ""},
	{"health-sg", "the rule is for the load balancer's subnet", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Network.Groups.Value[0].Ingress = []SGRule{{Protocol: "tcp", From: 0, To: 65535, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.9.0/24")}}}
	}), excluded, "", "", ""},
	{"health-sg", "the rule is for a part of it", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Network.Groups.Value[0].Ingress = []SGRule{{Protocol: "tcp", From: 0, To: 65535, CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.9.0/25")}}}
	}), unclear, ReasonPartial, "", ""},
	{"health-sg", "the load balancer lets nothing out", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Network.Groups.Value[1].Egress = nil }), proven, "", "sg-lb of load balancer front has no outbound rule", "outbound rule for TCP 8080 to sg-task to sg-lb"},
	{"health-sg", "a closed group, but the connection was refused", changes(unhealthyFor("Health checks failed"), func(c *Case) { c.Facts.Network.Groups.Value[0].Ingress = nil }), unclear, ReasonUnsaid, "what is dropped times out", ""},
	{"health-sg", "it asks an IPv6 address", changes(unhealthyFor("Request timed out"), targetGroupWith(func(g *TargetGroup) { g.IPv6 = true }), func(c *Case) { c.Facts.Network.Groups.Value[0].Ingress = nil }), unclear, ReasonUnsaid, "IPv6", ""},
	{"health-sg", "the load balancer has no group", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Aftermath.LoadBalancers.Value[0].Groups = nil }), unclear, ReasonNotVisible, "no security group", ""},
	{"health-sg", "a group could not be read", changes(unhealthyFor("Request timed out"), func(c *Case) { c.Facts.Network.Groups.Value = c.Facts.Network.Groups.Value[1:] }), unclear, ReasonNotVisible, "", ""},
	{"health-sg", "groups may not be read", changes(unhealthyFor("Request timed out"), func(c *Case) {
		refuse(&c.Facts.Network.Groups, ReasonNoPermission, "ec2:DescribeSecurityGroups")
	}), unclear, ReasonNoPermission, "", ""},
	{"health-sg", "one of two load balancers is let in", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Aftermath.LoadBalancers.Value = append(c.Facts.Aftermath.LoadBalancers.Value, LoadBalancer{Name: "back", Type: "application", Groups: []string{"sg-back"}, Subnets: []string{"subnet-lb"}})
	}), unclear, ReasonIntermittent, "no inbound rule for TCP 8080 from load balancer back", ""},
	{"health-sg", "the port on an instance is not told", changes(onInstance, unhealthyFor("")), unclear, ReasonUnsaid, "which port", ""},
	{"health-grace-period", "it answered", nil, excluded, "", "it had started", ""},
	{"health-grace-period", "its log says that it was ready too late", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"})), proven, "", "grace period 0 s and 2 checks of web every 30 s leave it 60 s", "healthCheckGracePeriodSeconds of service web above 68 s"},
	{"health-grace-period", "it was ready too late, and failed checks of its own later", changes(runningFor(300), func(c *Case) {
		c.Facts.Inputs.Service.Value.Events = []ServiceEvent{unhealthyEvent(280, afterTask, "Health checks failed with these codes: [500]")}
	}, logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"})), unclear, ReasonUnsaid, "68 s after the start", ""},
	{"health-grace-period", "something else got ready late", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Listening at: http://0.0.0.0:9100 (metrics)"})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "it may have been ready before, in other words", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(4), "Uvicorn running on http://0.0.0.0:8080"}, LogLine{afterAt(68), "Started Scheduler in 3.1 seconds"})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "it answered, as a server without its application does", logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"}), unclear, ReasonUnsaid, "it answered with 404; but its log says", ""},
	{"health-path", "it answered 404 while it started", logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"}), unclear, ReasonUnsaid, "with 404 before its log says that it was ready", ""},
	{"health-grace-period", "its log does not say when it was ready", unhealthyFor("Request timed out"), unclear, ReasonUnsaid, "its log does not say when it was ready", ""},
	{"health-grace-period", "it was ready in time", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(8), "server started"})), unclear, ReasonUnsaid, "8.0 s after the start", ""},
	{"health-grace-period", "the beginning of its log was not read", changes(unhealthyFor("Request timed out"), logging(LogLine{afterAt(50), "worker 3 restarts"}, LogLine{afterAt(68), "Listening at: http://0.0.0.0:8080"})), unclear, ReasonUnsaid, "does not say when it was ready", ""},
	{"health-grace-period", "it ran much longer", changes(unhealthyFor("Request timed out"), runningFor(900)), excluded, "", "it had passed its health check before", ""},
	{"health-grace-period", "it ran a little longer, as ECS starts another first", changes(unhealthyFor("Request timed out"), runningFor(400)), unclear, ReasonUnsaid, "", ""},
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
	{"health-app-down", "it answered 503", unhealthyFor("Health checks failed with these codes: [503]"), proven, "", `answered /health (port traffic-port) of web with 503; its log says at 10:01:09Z "GET /health 404"`, "find in the log of app"},
	{"health-app-down", "it answered 503 while it started", changes(unhealthyFor("Health checks failed with these codes: [503]"), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(68), "Started Application in 66.4 seconds"})), unclear, ReasonUnsaid, "with 503 before its log says that it was ready", ""},
	{"health-app-down", "it answered 404", nil, excluded, "", "it worked", ""},
	{"health-app-down", "it did not answer, the others are well", unhealthyFor("Request timed out"), unclear, ReasonUnsaid, "the other targets are healthy (1): only this task failed", ""},
	{"health-app-down", "all others are unhealthy too", changes(unhealthyFor("Request timed out"), func(c *Case) {
		c.Facts.Aftermath.Targets = Is([]TargetHealth{{"10.0.1.20", 8080, "draining", "Target.DeregistrationInProgress"}, {"10.0.1.21", 8080, "unhealthy", "Target.Timeout"}})
	}), unclear, ReasonUnsaid, "all others are unhealthy too (1: Target.Timeout)", ""},
	{"health-slow-app", "it answered", nil, excluded, "", "within the health check's timeout", ""},
	{"health-slow-app", "it did not answer", unhealthyFor("Request timed out"), unclear, ReasonUnsaid, "no answer within the 5.0 s that web waits", ""},
	{"health-dependency", "nobody can tell", nil, unclear, ReasonUnsaid, "404", ""},
	{"container-health-start-period", "its log says that it was ready too late", logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(66), "Listening on :8080"}), proven, "", "the healthCheck of app leaves it 30 s", "startPeriod of the healthCheck of app above 66 s"},
	{"container-health-start-period", "it was ready later than the longest start period", changes(runningFor(410), logging(LogLine{afterAt(1), "starting"}, LogLine{afterAt(400), "Listening on :8080"}), definitionOf(func(d *ContainerDefinition) { d.HealthCheck.StartPeriod = 300 })), proven, "", "leaves it 5 min", "to 300 s, which is the longest, and interval times retries so that together they are above 400 s"},
	{"container-health-start-period", "its log does not say", nil, unclear, ReasonUnsaid, "leaves it 30 s", ""},
	{"container-health-start-period", "the grace period covers it", func(c *Case) { c.Facts.Inputs.Service.Value.GracePeriod = to64(int64(600)) }, unclear, ReasonUnsaid, "leaves it 10 min", ""},
	{"container-health-start-period", "it ran much longer", runningFor(900), excluded, "", "it had passed", ""},
	{"container-health-start-period", "no container has a check", definitionOf(func(d *ContainerDefinition) { d.HealthCheck = nil }), unclear, ReasonUnsaid, "", ""},
	{"container-health-command", "the command is named", nil, unclear, ReasonUnsaid, `"CMD-SHELL curl -f http://localhost:8080/"`, ""},
	{"container-health-command", "it passed for long", runningFor(900), excluded, "", "passed before", ""},
	{"container-health-command", "the task definition may not be read", func(c *Case) {
		refuse(&c.Facts.Inputs.TaskDefinition, ReasonNoPermission, "ecs:DescribeTaskDefinition")
	}, unclear, ReasonNoPermission, "", ""},

	{"memory-limit", "one container with a limit of its own", outOfMemory, proven, "", "its own limit of 512 MiB, of 1024 MiB of the task", "raise memory of app above 512 MiB in a new revision of web:42"},
	{"memory-limit", "two containers whose limits fit the task", changes(outOfMemory, withRouter(512)), proven, "", "all limits together are 1024 MiB", ""},
	{"memory-limit", "two containers that together may use more", changes(outOfMemory, withRouter(768)), unclear, ReasonPartial, "either was reached first", ""},
	{"memory-limit", "a sidecar without a limit", changes(outOfMemory, withRouter(0)), unclear, ReasonPartial, "", ""},
	{"memory-limit", "the task has none", changes(outOfMemory, func(c *Case) { c.Stop.Memory, c.Facts.Inputs.TaskDefinition.Value.Memory = nil, 0 }), proven, "", "the only one there is", ""},
	{"memory-limit", "the container has none", changes(outOfMemory, func(c *Case) { c.Stop.Containers[0].Memory = nil }, definitionOf(func(d *ContainerDefinition) { d.Memory = 0 })), excluded, "", "no memory limit of its own", ""},
	{"memory-limit", "an override says more than the task definition", changes(outOfMemory, func(c *Case) { c.Stop.Containers[0].Memory = to64(int64(768)) }), proven, "", "768 MiB", ""},
	{"memory-limit", "ECS does not speak of memory", killedAfter(3), unclear, ReasonUnsaid, "does not say that memory ran out", ""},
	{"memory-limit", "it is read long after", changes(outOfMemory, func(c *Case) { c.CheckedAt = afterAt(7200) }), proven, "", "app was killed", ""},
	{"memory-limit", "what changed since is told", changes(outOfMemory, steadyBefore), proven, "", "since web:41 (last steady, service deployment 7): image of app web:41 → web:42, memory of app 1024 → 512, variable LEVEL of app removed, digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb", ""},
	{"task-memory-limit", "the container has no limit of its own", changes(outOfMemory, withRouter(0), func(c *Case) { c.Stop.Containers[0].Memory = nil }, definitionOf(func(d *ContainerDefinition) { d.Memory = 0 })), proven, "", "the task's 1024 MiB", "raise memory of task definition web:42 above 1024 MiB"},
	{"task-memory-limit", "the limits of all fit the task", changes(outOfMemory, withRouter(512)), excluded, "", "together are 1024 MiB", ""},
	{"task-memory-limit", "they do not", changes(outOfMemory, withRouter(768)), unclear, ReasonPartial, "", ""},
	{"task-memory-limit", "the task has none", changes(outOfMemory, func(c *Case) { c.Stop.Memory, c.Facts.Inputs.TaskDefinition.Value.Memory = nil, 0 }), excluded, "", "", ""},
	{"heap-setting", "the log says that the heap is full", changes(exiting(134), logging(LogLine{afterAt(60), "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"})), proven, "", "JavaScript heap out of memory", "web:42"},
	{"heap-setting", "the log speaks of something else", exiting(134), unclear, ReasonUnsaid, "", ""},
	{"killed-for-memory-unreported", "the stop timeout was over", changes(killedAfter(10), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 10 })), excluded, "", "SIGTERM came first", ""},
	{"killed-for-memory-unreported", "the kill came before it was over", changes(killedAfter(10), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 120 })), unclear, ReasonUnsaid, "no word of memory", ""},
	{"killed-for-memory-unreported", "nobody had asked for the stop", killedAfter(-2), unclear, ReasonUnsaid, "memory of app 512 MiB, of the task 1024 MiB", ""},
	{"killed-for-memory-unreported", "the time may be another container's", changes(killedAfter(10), withRouter(0), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 10 })), unclear, ReasonUnsaid, "no word of memory", ""},
	{"killed-from-outside", "the stop timeout was over", killedAfter(30), excluded, "", "ECS that killed it", ""},
	{"killed-from-outside", "nobody had asked for the stop", killedAfter(-2), unclear, ReasonUnsaid, "who sent the signal", ""},
	{"sigterm-ignored", "the default stop timeout was over", killedAfter(30), proven, "", "the default stop timeout is 30 s", "let app end on SIGTERM"},
	{"sigterm-ignored", "a longer one was not", changes(killedAfter(30), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 120 })), excluded, "", "its stop timeout is 2 min", ""},
	{"sigterm-ignored", "a shorter one was", changes(killedAfter(12), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 10 })), proven, "", "", "above 10 s"},
	{"sigterm-ignored", "the longest that Fargate takes was", changes(killedAfter(120), definitionOf(func(d *ContainerDefinition) { d.StopTimeout = 120 })), proven, "", "", "let app end within 2 min of SIGTERM"},
	{"sigterm-ignored", "draining may have taken the time", changes(killedAfter(90), func(c *Case) { c.Stop.Attachments = append(c.Stop.Attachments, events.Attachment{Type: "elb"}) }), unclear, ReasonPartial, "draining", ""},
	{"sigterm-ignored", "another container may have", changes(killedAfter(31), withRouter(0)), unclear, ReasonPartial, "", ""},
	{"sigterm-ignored", "the agent's own stop timeout is not known", changes(onInstance, killedAfter(60)), unclear, ReasonUnsaid, "may have another", ""},
	{"sigterm-ignored", "it ended sooner than the agent's stop timeout may be", changes(onInstance, killedAfter(12)), unclear, ReasonUnsaid, "may have another", ""},
	{"sigterm-ignored", "it ended before the stop began", killedAfter(-2), excluded, "", "before the stop began", ""},

	{"app-error", "its log has an error", changes(exiting(1), logging(LogLine{afterAt(69), "Error: connect ECONNREFUSED 10.0.3.7:5432"}, LogLine{afterAt(70), "bye"})), unclear, ReasonUnsaid, `app ended with 1 after 70 s; its log says at 10:01:09Z "Error: connect ECONNREFUSED 10.0.3.7:5432"`, ""},
	{"app-error", "it wrote nothing", changes(exiting(1), func(c *Case) { c.Facts.Aftermath.Log = None[[]LogLine]() }), unclear, ReasonUnsaid, "it wrote nothing", ""},
	{"app-error", "log lines are not wanted", changes(exiting(1), func(c *Case) {
		c.Facts.Aftermath.Log = Answer[[]LogLine]{Reason: ReasonOption, Action: "logs:GetLogEvents"}
	}), unasked, ReasonOption, "", ""},
	{"app-error", "log lines may not be read, and what changed is known", changes(exiting(1), steadyBefore, func(c *Case) {
		refuse(&c.Facts.Aftermath.Log, ReasonNoPermission, "logs:GetLogEvents")
	}), unclear, ReasonNoPermission, "since web:41", ""},
	{"app-error", "it logs elsewhere", changes(exiting(1), func(c *Case) { c.Facts.Aftermath.Log = Answer[[]LogLine]{} }, definitionOf(func(d *ContainerDefinition) { d.LogDriver = "awsfirelens" })), unclear, ReasonUnsaid, "awsfirelens", ""},
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
	{"command-not-found-exit-127", "the program says that something else is not found", changes(exiting(127), logging(LogLine{afterAt(1), "GET /favicon.ico: 404 not found"})), unclear, ReasonUnsaid, "", ""},
	{"not-executable-exit-126", "the shell says so", changes(exiting(126), logging(LogLine{afterAt(1), "/bin/sh: 1: /app/run.sh: Permission denied"})), proven, "", "/app/run.sh", ""},
	{"not-executable-exit-126", "the program lacks a right", changes(exiting(126), logging(LogLine{afterAt(1), "open /data/x: permission denied"})), unclear, ReasonUnsaid, "", ""},
	{"app-signal-crash", "never proven", exiting(139), unclear, ReasonUnsaid, "app ended with 139", ""},
	{"process-finished", "never proven", exiting(0), unclear, ReasonUnsaid, "app ended with 0", ""},
	{"entrypoint-missing", "the task definition names the program", changes(definitionOf(func(d *ContainerDefinition) { d.Command = []string{"/app/serve", "-v"} }), programMissing("/app/serve")), proven, "", "command of app in web:42 begins with /app/serve", "put /app/serve into image web:42"},
	{"entrypoint-missing", "the program, or the interpreter that it names", changes(definitionOf(func(d *ContainerDefinition) { d.EntryPoint = []string{"/entrypoint.sh"} }), programMissing("/entrypoint.sh"), func(c *Case) {
		c.Stop.StoppedReason = "CannotStartContainerError: failed to create shim task: exec /entrypoint.sh: no such file or directory: unknown"
	}), unclear, ReasonUnsaid, "or the interpreter", ""},
	{"entrypoint-missing", "the image or an override does", programMissing("/app/serve"), unclear, ReasonUnsaid, "does not name /app/serve", ""},

	{"dependency-timeout", "the startTimeout was over", waitingFor("HEALTHY", 60, nil), proven, "", "app waits for router to be HEALTHY, the startTimeout of router is 60 s, and the stop began 75 s after", "raise startTimeout of router above 60 s in web:42"},
	{"dependency-timeout", "the longest that Fargate takes was over", changes(waitingFor("HEALTHY", 120, nil), func(c *Case) { c.Stop.StoppingAt = afterAt(130) }), proven, "", "", "be HEALTHY within 2 min: Fargate"},
	{"dependency-timeout", "it may have been, for a container that was made before the last image was there", changes(waitingFor("HEALTHY", 120, nil), func(c *Case) { c.Stop.PullStartedAt = afterAt(-100) }), unclear, ReasonUnsaid, "whose startTimeout is 2 min", ""},
	{"dependency-timeout", "it was not", waitingFor("HEALTHY", 120, nil), excluded, "", "before any startTimeout was over", ""},
	{"dependency-timeout", "none is set", waitingFor("HEALTHY", 0, nil), unclear, ReasonUnsaid, "no startTimeout of its own", ""},
	{"dependency-timeout", "the text does not say that a wait was over", changes(waitingFor("HEALTHY", 60, nil), func(c *Case) { c.Finding.Fault = classifier.UnknownFault }), unclear, ReasonUnsaid, "the startTimeout of router is 60 s", ""},
	{"dependency-timeout", "nothing depends on anything", nil, excluded, "", "no container of web:42 depends on another", ""},
	{"dependency-unhealthy", "it has no check", waitingFor("HEALTHY", 60, nil), proven, "", "has no healthCheck and never can", "give router a healthCheck in web:42"},
	{"dependency-unhealthy", "ECS calls it unhealthy", changes(waitingFor("HEALTHY", 60, &ContainerHealthCheck{}), func(c *Case) { c.Facts.Aftermath.Health.Value["router"] = "UNHEALTHY" }), proven, "", "ECS calls it UNHEALTHY", "healthCheck of router"},
	{"dependency-unhealthy", "its health is not told", changes(waitingFor("HEALTHY", 60, &ContainerHealthCheck{}), func(c *Case) { c.Facts.Aftermath.Health = None[map[string]string]() }), unclear, ReasonUnsaid, "does not tell of its health", ""},
	{"dependency-unhealthy", "nothing waits for health", waitingFor("START", 60, nil), excluded, "", "no container of web:42 waits", ""},

	{"instance-draining", "it is", changes(onInstance, func(c *Case) { c.Facts.Inputs.Instance.Value.Status = "DRAINING" }), proven, "", "i-0a1 is DRAINING", "i-0a1"},
	{"instance-draining", "it is not", onInstance, excluded, "", "i-0a1 is ACTIVE", ""},
	{"instance-draining", "it is gone", changes(onInstance, func(c *Case) { c.Facts.Inputs.Instance = None[ContainerInstance]() }), unclear, ReasonNotVisible, "no longer listed", ""},
	{"host-impaired", "EC2 says so", endedBy("Server.InternalError"), proven, "", "i-0a1: terminated, Server.InternalError", "replace i-0a1"},
	{"host-impaired", "somebody ended it", endedBy("Client.UserInitiatedShutdown"), excluded, "", "Client.UserInitiatedShutdown", ""},
	{"host-impaired", "it runs", onInstance, unclear, ReasonUnsaid, "status checks are not read", ""},
	{"host-impaired", "ECS says so of Fargate", func(c *Case) { c.Stop.StopCode = "InfrastructureHealth" }, proven, "", "stop code InfrastructureHealth", ""},
	{"instance-terminated", "somebody ended it", endedBy("Client.UserInitiatedShutdown"), proven, "", "i-0a1: terminated, Client.UserInitiatedShutdown", "who ended i-0a1"},
	{"instance-terminated", "it shut itself down", endedBy("Client.InstanceInitiatedShutdown"), proven, "", "Client.InstanceInitiatedShutdown", "system log of i-0a1"},
	{"instance-terminated", "EC2 ended it for a fault of its own", endedBy("Server.ScheduledStop"), proven, "", "Server.ScheduledStop", "replace i-0a1"},
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
	{"instance-scaled-in", "it is of no group", machineWith(func(i *Instance) { i.State, i.AutoScalingGroup = "stopped", "" }), excluded, "", "no Auto Scaling group", ""},
	{"instance-scaled-in", "it is terminated and tells no group", machineWith(func(i *Instance) { i.State, i.AutoScalingGroup = "terminated", "" }), unclear, ReasonNotVisible, "may have lost their tags", ""},
	{"instance-scaled-in", "activities are not asked for", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) {
		c.Facts.Aftermath.Activities = Answer[[]ScalingActivity]{Reason: ReasonTier, Action: "autoscaling:DescribeScalingActivities"}
	}), unasked, ReasonTier, "Auto Scaling group hosts", ""},
	{"spot-reclaimed", "EC2 says so", endedBy("Server.SpotInstanceTermination"), proven, "", "Server.SpotInstanceTermination", "On-Demand capacity for web"},
	{"spot-reclaimed", "somebody ended it", endedBy("Client.UserInitiatedShutdown"), excluded, "", "Client.UserInitiatedShutdown", ""},
	{"spot-reclaimed", "it is not of Spot", machineWith(func(i *Instance) { i.State, i.Lifecycle = "terminated", "" }), excluded, "", "not a Spot instance", ""},
	{"spot-reclaimed", "ECS says so", func(c *Case) { c.Stop.StopCode = "SpotInterruption" }, proven, "", "stop code SpotInterruption", ""},
	{"spot-reclaimed", "Fargate without Spot", nil, excluded, "", "FARGATE has no Spot", ""},
	{"spot-reclaimed", "the instance may not be read", changes(onInstance, func(c *Case) {
		refuse(&c.Facts.Inputs.Instance.Value.EC2, ReasonNoPermission, "ec2:DescribeInstances")
	}), unclear, ReasonNoPermission, "", ""},
	{"instance-deregistered", "it is", changes(onInstance, func(c *Case) { c.Facts.Inputs.Instance.Value.Status = "INACTIVE" }), proven, "", "INACTIVE", "register i-0a1 again"},
	{"instance-deregistered", "its machine has ended", changes(endedBy("Client.UserInitiatedShutdown"), func(c *Case) { c.Facts.Inputs.Instance.Value.Status = "INACTIVE" }), unclear, ReasonNotCausal, "whose machine is terminated", ""},
	{"instance-deregistered", "it is not", onInstance, excluded, "", "registered and ACTIVE", ""},
	{"instance-deregistered", "it is gone", changes(onInstance, func(c *Case) { c.Facts.Inputs.Instance = None[ContainerInstance]() }), unclear, ReasonNotVisible, "", ""},
	{"agent-disconnected", "still not connected", changes(onInstance, agentAway, func(c *Case) { c.CheckedAt = afterAt(500) }), proven, "", "is not now", "on i-0a1"},
	{"agent-disconnected", "its machine has ended", changes(endedBy("Client.UserInitiatedShutdown"), agentAway, func(c *Case) { c.CheckedAt = afterAt(500) }), unclear, ReasonNotCausal, "is terminated", ""},
	{"agent-disconnected", "not connected within minutes", changes(onInstance, agentAway), unclear, ReasonIntermittent, "short gaps are normal", ""},
	{"agent-disconnected", "connected now", onInstance, unclear, ReasonIntermittent, "connected now", ""},

	{"dependency-failed", "what must succeed ended with an error", changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 1)), proven, "", "app waits for router to end with SUCCESS, and it ended with 1", "repair what router does in web:42"},
	{"dependency-failed", "it succeeded", changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 0)), excluded, "", "ended with 0", ""},
	{"dependency-failed", "how it ended is not told", changes(waitingFor("SUCCESS", 60, nil), func(c *Case) { c.Stop.Containers[1].ExitCode = nil }), unclear, ReasonUnsaid, "app waits for router to be SUCCESS", ""},
	{"dependency-failed", "any end is enough", changes(waitingFor("COMPLETE", 60, nil), endedAs("router", 1)), unclear, ReasonUnsaid, "app waits for router to be COMPLETE", ""},
	{"dependency-failed", "it still ran when ECS stopped the task", changes(waitingFor("SUCCESS", 60, nil), endedAs("router", 143)), unclear, ReasonUnsaid, "app waits for router to be SUCCESS", ""},
	{"dependency-failed", "nothing waits for another", exiting(1), excluded, "", "no container of web:42 depends on another", ""},
	{"dependency-failed", "the task definition may not be read", func(c *Case) {
		refuse(&c.Facts.Inputs.TaskDefinition, ReasonNoPermission, "ecs:DescribeTaskDefinition")
	}, unclear, ReasonNoPermission, "", ""},

	{"sidecar-ended", "the application was stopped after it", sidecarEnded(1, 143), proven, "", "router ended with 1 after 70 s; it is essential in web:42, and app was stopped after it", "repair router, or set its essential to false in web:42"},
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

	{"deployment-alarm", "an alarm went off", deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", Alarms: []string{"web-5xx"}}), proven, "", "service deployment 7 is ROLLBACK_SUCCESSFUL, and its alarm web-5xx went off", "web-5xx"},
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
	{"deployment-bounds", "no bounds are told", nil, unclear, ReasonUnsaid, "tells no bounds", ""},
	{"deployment-bounds", "the service may not be read", func(c *Case) {
		refuse(&c.Facts.Inputs.Service, ReasonNoPermission, "ecs:DescribeServices")
	}, unclear, ReasonNoPermission, "", ""},

	{"circuit-breaker", "it was triggered", changes(deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", BreakerStatus: "TRIGGERED", Failures: 3, Threshold: 3}), firstIs("00000000000000000000000000000001")), proven, "", "triggered after 3 failed tasks (threshold 3), status ROLLBACK_SUCCESSFUL; its first stopped task is 00000000000000000000000000000001", "whystopped history 00000000000000000000000000000001"},
	{"circuit-breaker", "this is the first failed task", changes(deploymentIs(ServiceDeployment{ID: "7", BreakerStatus: "TRIGGERED", Failures: 1}), firstIs(afterTask)), proven, "", "this is its first stopped task", "see the other causes of this task"},
	{"circuit-breaker", "the deployment is FAILED", func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments[0]
		d.RolloutState, d.RolloutReason = "FAILED", "ECS deployment circuit breaker: tasks failed to start."
	}, proven, "", "ecs-svc/2 is FAILED: ECS deployment circuit breaker", "first task of deployment ecs-svc/2"},
	{"circuit-breaker", "the deployment is FAILED, and its alarms are why", func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments[0]
		d.RolloutState, d.RolloutReason = "FAILED", "ECS deployment ecs-svc/2 alarm detected."
		deploymentIs(ServiceDeployment{ID: "7", Status: "ROLLBACK_SUCCESSFUL", BreakerStatus: "MONITORING", Alarms: []string{"errors"}})(c)
	}, excluded, "", "alarms rolled service deployment 7 back: errors", ""},
	{"circuit-breaker", "the deployment is FAILED, and why is not told", func(c *Case) {
		c.Facts.Inputs.Service.Value.Deployments[0].RolloutState = "FAILED"
		c.Facts.Aftermath.Deployment = None[ServiceDeployment]()
	}, unclear, ReasonUnsaid, "ecs-svc/2 is FAILED: not told", ""},
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
	{"deployment-replaced", "a newer one began after the stop", newerDeployment(300), unclear, ReasonUnsaid, "no longer told", ""},
	{"deployment-replaced", "its own is PRIMARY", nil, excluded, "", "ecs-svc/2 is the PRIMARY one", ""},
	{"deployment-replaced", "its own is PRIMARY again", func(c *Case) {
		d := &c.Facts.Inputs.Service.Value.Deployments
		*d = append(*d, Deployment{ID: "ecs-svc/3", Status: "INACTIVE", CreatedAt: afterAt(40)})
	}, unclear, ReasonUnsaid, "no longer told", ""},
	{"deployment-replaced", "its own is PRIMARY, read long after", func(c *Case) { c.CheckedAt = afterAt(7200) }, unclear, ReasonStale, "", ""},
	{"desired-count-lowered", "a newer deployment took its place", newerDeployment(40), excluded, "", "ecs-svc/3", ""},
	{"desired-count-lowered", "never proven", nil, unclear, ReasonUnsaid, "web wants 2 tasks and runs 1", ""},
	{"az-rebalancing", "ECS says so", func(c *Case) {
		c.Stop.StoppedReason = "Availability-zone rebalancing initiated by (deployment ecs-svc/2)"
	}, proven, "", "ENABLED", "service web"},
	{"az-rebalancing", "it is off now", func(c *Case) {
		c.Stop.StoppedReason, c.Facts.Inputs.Service.Value.ZoneRebalancing = "Availability-zone rebalancing initiated by (deployment ecs-svc/2)", "DISABLED"
	}, unclear, ReasonUnsaid, "DISABLED now", ""},

	{"stopped-by-person", "a console session", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li", Console: true, SourceIP: "198.51.100.7", Agent: "console.amazonaws.com"}), proven, "", "StopTask at 10:01:09Z by arn:aws:sts::111122223333:assumed-role/ops/li from 198.51.100.7 with console.amazonaws.com", "ask arn:aws:sts::111122223333:assumed-role/ops/li"},
	{"stopped-by-person", "IAM Identity Center", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/li", Agent: "aws-cli/2.22"}), proven, "", "AWSReservedSSO_Admin", ""},
	{"stopped-by-person", "the command line in CloudShell", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li", SourceIP: "198.51.100.7", Agent: "aws-cli/2.22 exec-env/CloudShell command/ecs.stop-task"}), proven, "", "CloudShell", ""},
	{"stopped-by-person", "a program that found the task stopping", changes(calledBy(TrailEvent{Identity: "Root"}), func(c *Case) {
		late := TrailEvent{At: afterAt(75), Action: "ecs:StopTask", Identity: "AWSService", InvokedBy: "batch.amazonaws.com"}
		c.Facts.Aftermath.StopCalls.Value = append([]TrailEvent{late}, c.Facts.Aftermath.StopCalls.Value...)
	}), proven, "", "StopTask at 10:01:09Z by Root", ""},
	{"stopped-by-person", "a service", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/batch/x", InvokedBy: "batch.amazonaws.com"}), excluded, "", "on behalf of batch.amazonaws.com", ""},
	{"stopped-by-person", "either", calledBy(TrailEvent{Identity: "IAMUser", ARN: "arn:aws:iam::111122223333:user/deploy", SourceIP: "198.51.100.7", Agent: "aws-cli/2.22"}), unclear, ReasonUnsaid, "user/deploy from 198.51.100.7 with aws-cli/2.22: a person or a program", ""},
	{"stopped-by-person", "the call was denied", calledBy(TrailEvent{Identity: "Root", Error: "AccessDenied"}), unclear, ReasonDeferred, "no StopTask call for this task yet", ""},
	{"stopped-by-person", "nothing after 5 minutes", calledByNobody(5 * time.Minute), unclear, ReasonDeferred, "yet, 5 min after the stop", ""},
	{"stopped-by-person", "nothing after 19 minutes", calledByNobody(19 * time.Minute), unclear, ReasonDeferred, "yet", ""},
	{"stopped-by-person", "nothing after an hour", calledByNobody(time.Hour), unclear, ReasonUnsaid, "no StopTask call for this task within 3 min", ""},
	{"stopped-by-person", "a service, asked for a day after", changes(calledBy(TrailEvent{Identity: "AWSService", InvokedBy: "batch.amazonaws.com"}), func(c *Case) { c.CheckedAt = afterAt(86400) }), excluded, "", "batch", ""},
	{"stopped-by-person", "in the function", func(c *Case) { c.Facts.Aftermath.StopCalls.Reason = ReasonDeferred }, unasked, ReasonDeferred, "", "whystopped history " + afterTask + " --verify"},
	{"stopped-by-automation", "a service", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/batch/x", InvokedBy: "batch.amazonaws.com"}), proven, "", "batch.amazonaws.com", "ask arn:aws:sts::111122223333:assumed-role/batch/x"},
	{"stopped-by-automation", "a function", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/reaper/reaper", SourceIP: "198.51.100.7", Agent: "Boto3/1.35 exec-env/AWS_Lambda_python3.13"}), proven, "", "AWS_Lambda", ""},
	{"stopped-by-automation", "a person", calledBy(TrailEvent{Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/ops/li@example.com"}), excluded, "", "li@example.com", ""},
	{"stopped-by-automation", "may not be read", func(c *Case) {
		refuse(&c.Facts.Aftermath.StopCalls, ReasonNoPermission, "cloudtrail:LookupEvents")
	}, unclear, ReasonNoPermission, "", ""},
}

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

func agentAway(c *Case) { c.Facts.Inputs.Instance.Value.AgentConnected = false }

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
			if p.Result != test.result || p.Reason != test.reason || !strings.Contains(p.Evidence, test.says) || !strings.Contains(p.Next, test.next) {
				t.Errorf("%s %s\n evidence %q\n next %q", p.Result, p.Reason, p.Evidence, p.Next)
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

// TestNothingReadProvesNothing: with no facts at all, and with every fact refused, no cause is confirmed or ruled out by what was
// read.
func TestNothingReadProvesNothing(t *testing.T) {
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
		{"not without a prefix on Fargate", definitionOf(func(d *ContainerDefinition) { delete(d.LogOptions, "awslogs-stream-prefix") }), classifier.Log{Group: "/ecs/web", Region: "eu-west-1"}},
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
}

func TestADeniedCallCompletesAProof(t *testing.T) {
	call := TrailEvent{At: afterAt(-20), Action: "ecr:GetAuthorizationToken", Error: "AccessDenied", Identity: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/execution/" + afterTask,
		Endpoint: "vpce-0a1", Message: "User is not authorized to perform: ecr:GetAuthorizationToken because no identity-based policy allows the ecr:GetAuthorizationToken action"}
	older := call
	older.Message = "Access Denied"
	before := unsaid("no simulation")
	for _, test := range []struct {
		name   string
		calls  []TrailEvent
		action []string
		want   classifier.Result
		says   string
	}{
		{"the role's own policy", []TrailEvent{call}, []string{"ecr:BatchGetImage", "ecr:GetAuthorizationToken"}, proven, "CloudTrail has ecr:GetAuthorizationToken at 09:59:40Z"},
		{"any action", []TrailEvent{call}, nil, proven, "through vpce-0a1"},
		{"another action", []TrailEvent{call}, []string{"ecr:BatchGetImage"}, unclear, "no simulation"},
		{"who refused is not told", []TrailEvent{older}, nil, unclear, "no simulation; CloudTrail has"},
		{"nothing", nil, nil, unclear, "no simulation"},
	} {
		c := failedHealthCheck()
		c.Facts.Aftermath.Denials = Is(test.calls)
		p := c.withDenial(before, test.action...)
		if p.Result != test.want || !strings.Contains(p.Evidence, test.says) || p.Result == proven && p.Next != "allow ecr:GetAuthorizationToken in a policy of execution" {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}
