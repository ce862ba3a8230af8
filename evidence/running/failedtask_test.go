package running

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// The facts of a task that failed its health checks: everything was read, and nothing is wrong but for what a test
// changes.

const (
	afterTask = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
	afterTG   = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/1a2b3c"
	afterArn  = "arn:aws:ecs:eu-west-1:111122223333:"
)

var afterStart = time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)

func afterAt(seconds int) time.Time { return afterStart.Add(time.Duration(seconds) * time.Second) }

// failedHealthCheck ran for 70 seconds on Fargate behind an Application Load Balancer.
func failedHealthCheck() *evidence.Case {
	c := &evidence.Case{CheckedAt: afterAt(120)}
	c.Stop = events.Stop{
		Kind:               events.KindTask,
		Account:            "111122223333",
		Region:             "eu-west-1",
		Cluster:            "prod",
		ClusterARN:         afterArn + "cluster/prod",
		Group:              "service:web",
		Service:            "web",
		StartedBy:          "ecs-svc/2",
		DeploymentID:       "ecs-svc/2",
		TaskID:             afterTask,
		TaskARN:            afterArn + "task/prod/" + afterTask,
		Family:             "web",
		Revision:           new(int64(42)),
		TaskDefinitionARN:  afterArn + "task-definition/web:42",
		LaunchType:         "FARGATE",
		CapacityProvider:   "FARGATE",
		PlatformVersion:    "1.4.0",
		CreatedAt:          afterAt(-30),
		PullStoppedAt:      afterAt(-5),
		StartedAt:          afterAt(0),
		StoppingAt:         afterAt(70),
		ExecutionStoppedAt: afterAt(75),
		StoppedAt:          afterAt(90),
		StopCode:           "ServiceSchedulerInitiated",
		StoppedReason:      "Task failed ELB health checks in (target-group " + afterTG + ")",
		Memory:             new(int64(1024)),
		Containers: []events.Container{{
			Name:        "app",
			Image:       "web:42",
			ImageDigest: "sha256:bbbbbbbbbbbbbbbb",
			ExitCode:    new(int64(143)),
			Memory:      new(int64(512)),
		}},
		Attachments: []events.Attachment{{
			Type:    "eni",
			Details: map[string]string{"subnetId": "subnet-0a1", "privateIPv4Address": "10.0.1.20"},
		}},
	}
	c.Finding = classifier.Finding{
		Stage:   classifier.HealthCheck,
		Fault:   classifier.Unhealthy,
		Culprit: -1,
		Facts:   classifier.Facts{TargetGroup: afterTG},
	}
	in := &c.Facts.Task
	in.TaskDefinition = evidence.Is(evidence.TaskDefinition{
		ARN:         afterArn + "task-definition/web:42",
		NetworkMode: "awsvpc",
		Memory:      1024,
		Containers: []evidence.ContainerDefinition{{
			Name:      "app",
			Image:     "web:42",
			Essential: true,
			Memory:    512,
			Ports:     []int64{8080},
			LogDriver: "awslogs",
			LogOptions: map[string]string{
				"awslogs-group":         "/ecs/web",
				"awslogs-stream-prefix": "app",
				"awslogs-region":        "eu-west-1",
			},
			HealthCheck: &evidence.ContainerHealthCheck{
				Command:  []string{"CMD-SHELL", "curl -f http://localhost:8080/"},
				Interval: 10,
				Retries:  3,
			},
		}},
	})
	in.Service = evidence.Is(evidence.Service{
		DesiredCount:    2,
		RunningCount:    1,
		GracePeriod:     new(int64(0)),
		LoadBalancers:   []evidence.ServiceLoadBalancer{{TargetGroupARN: afterTG, Container: "app", Port: 8080}},
		ZoneRebalancing: "ENABLED",
		Deployments: []evidence.Deployment{{
			ID:             "ecs-svc/2",
			Status:         "PRIMARY",
			RolloutState:   "IN_PROGRESS",
			TaskDefinition: afterArn + "task-definition/web:42",
			CreatedAt:      afterAt(-60),
			HasNetwork:     true,
			Network:        evidence.NetworkSettings{Subnets: []string{"subnet-0a1"}, Groups: []string{"sg-task"}},
		}},
		Events: []evidence.ServiceEvent{
			{At: afterAt(71), Message: "(service web) has stopped 1 running tasks: (task " + afterTask + ")."},
			unhealthyEvent(66, "ffffffffffffffffffffffffffffffff", "Health checks failed with these codes: [500]"),
			unhealthyEvent(65, afterTask, "Health checks failed with these codes: [404]"),
			{At: afterAt(-3600), Message: "(service web) has reached a steady state."},
		},
	})
	n := &c.Facts.Network
	n.VPC = evidence.Is(evidence.VPC{
		ID:      "vpc-0a1",
		Account: "111122223333",
		CIDRs:   []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")},
	})
	n.Subnets = evidence.Is([]evidence.Subnet{
		{ID: "subnet-0a1", VPC: "vpc-0a1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.1.0/24")}},
		{ID: "subnet-lb", VPC: "vpc-0a1", CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.9.0/24")}},
	})
	n.Groups = evidence.Is([]evidence.SecurityGroup{
		{
			ID:      "sg-task",
			VPC:     "vpc-0a1",
			Ingress: []evidence.SGRule{{Protocol: "tcp", From: 8080, To: 8080, Groups: []string{"sg-lb"}}},
		},
		{
			ID:     "sg-lb",
			VPC:    "vpc-0a1",
			Egress: []evidence.SGRule{{Protocol: "-1", CIDRs: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}}},
		},
	})
	n.PrefixLists = evidence.Is[[]evidence.PrefixList](nil)
	a := &c.Facts.Running
	a.TargetGroup = evidence.Is(evidence.TargetGroup{
		ARN:           afterTG,
		Name:          "web",
		TargetType:    "ip",
		CheckProtocol: "HTTP",
		CheckPath:     "/health",
		CheckPort:     "traffic-port",
		Interval:      30,
		Timeout:       5,
		Unhealthy:     2,
		Matcher:       "200-299,301",
	})
	a.LoadBalancers = evidence.Is([]evidence.LoadBalancer{{
		Name:    "front",
		Type:    "application",
		Groups:  []string{"sg-lb"},
		Subnets: []string{"subnet-lb"},
	}})
	a.Targets = evidence.Is([]evidence.TargetHealth{
		{ID: "10.0.1.20", Port: 8080, State: "unhealthy", Reason: "Target.ResponseCodeMismatch"},
		{ID: "10.0.1.21", Port: 8080, State: "healthy"},
	})
	a.Health = evidence.Is(map[string]string{"app": "UNKNOWN"})
	a.Log = evidence.Is([]evidence.LogLine{
		{At: afterAt(1), Text: "starting"},
		{At: afterAt(69), Text: "GET /health 404"},
	})
	return c
}

// unhealthyEvent is a service's event about an unhealthy task, in the form of Fargate.
func unhealthyEvent(at int, task, reason string) evidence.ServiceEvent {
	return evidence.ServiceEvent{
		At: afterAt(at),
		Message: "(service web) (task " + task + ") (port 8080) is unhealthy in (target-group " + afterTG +
			") due to (reason " +
			reason + ").",
	}
}

// unhealthyFor replaces what the service's events say of the task.
func unhealthyFor(reason string) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Facts.Task.Service.Value.Events = nil
		if reason != "" {
			c.Facts.Task.Service.Value.Events = []evidence.ServiceEvent{unhealthyEvent(65, afterTask, reason)}
		}
	}
}

func eventsAre(events ...evidence.ServiceEvent) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Task.Service.Value.Events = events }
}

// changes makes several changes.
func changes(all ...func(*evidence.Case)) func(*evidence.Case) {
	return func(c *evidence.Case) {
		for _, change := range all {
			change(c)
		}
	}
}

func targetGroupWith(change func(*evidence.TargetGroup)) func(*evidence.Case) {
	return func(c *evidence.Case) { change(&c.Facts.Running.TargetGroup.Value) }
}

func definitionOf(change func(*evidence.ContainerDefinition)) func(*evidence.Case) {
	return func(c *evidence.Case) { change(&c.Facts.Task.TaskDefinition.Value.Containers[0]) }
}

func withoutLoadBalancer(c *evidence.Case) { c.Facts.Task.Service.Value.LoadBalancers = nil }

func healthIs(name, status string) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Running.Health.Value[name] = status }
}

// checked gives the second container a health check too.
func checked(c *evidence.Case) {
	c.Facts.Task.TaskDefinition.Value.Containers[1].HealthCheck = &evidence.ContainerHealthCheck{
		Command:  []string{"CMD", "true"},
		Interval: 20,
		Retries:  3,
	}
}

func culpritIs(i int) func(*evidence.Case) { return func(c *evidence.Case) { c.Finding.Culprit = i } }

// neverRan is a task of which is not told when it began to run.
func neverRan(c *evidence.Case) { c.Stop.StartedAt = time.Time{} }

func noService(c *evidence.Case) {
	evidencetest.Refuse(&c.Facts.Task.Service, classifier.ReasonThrottled, "ecs:DescribeServices")
}

func noTargetGroup(c *evidence.Case) {
	evidencetest.Refuse(&c.Facts.Running.TargetGroup, classifier.ReasonNoPermission,
		"elasticloadbalancing:DescribeTargetGroups")
}

// padded is a line of n bytes.
func padded(text string, n int) string { return text + " " + strings.Repeat(".", n-len(text)-1) }

func logging(lines ...evidence.LogLine) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Running.Log = evidence.Is(lines) }
}

// runningFor makes the task run for so long.
func runningFor(seconds int) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Stop.StoppingAt = afterAt(seconds)
		c.Stop.ExecutionStoppedAt = afterAt(seconds + 5)
		c.Stop.StoppedAt = afterAt(seconds + 20)
		c.CheckedAt = afterAt(seconds + 50)
	}
}

// inMode gives the task another network mode.
func inMode(mode string) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Task.TaskDefinition.Value.NetworkMode = mode }
}

// onInstance puts the task on an instance in bridge mode.
func onInstance(c *evidence.Case) {
	c.Stop.LaunchType = "EC2"
	c.Stop.ContainerInstanceARN = afterArn + "container-instance/prod/1"
	c.Stop.CapacityProvider = "hosts"
	c.Stop.Attachments = nil
	c.Facts.Task.TaskDefinition.Value.NetworkMode = "bridge"
	d := &c.Facts.Task.Service.Value.Deployments[0]
	d.Network, d.HasNetwork = evidence.NetworkSettings{}, false
	c.Facts.Task.Instance = evidence.Is(evidence.ContainerInstance{
		ARN:            c.Stop.ContainerInstanceARN,
		InstanceID:     "i-0a1",
		Status:         "ACTIVE",
		AgentConnected: true,
		EC2: evidence.Is(evidence.Instance{
			ID:               "i-0a1",
			State:            "running",
			Subnet:           "subnet-0a1",
			VPC:              "vpc-0a1",
			Groups:           []string{"sg-task"},
			AutoScalingGroup: "hosts",
			Lifecycle:        "spot",
		}),
	})
	c.Facts.Running.Activities = evidence.Is([]evidence.ScalingActivity{{
		At:          afterAt(60),
		Description: "Terminating EC2 instance: i-0ffff",
		Cause:       "a scale-in",
	}})
}

func machineWith(change func(*evidence.Instance)) func(*evidence.Case) {
	return changes(onInstance, func(c *evidence.Case) { change(&c.Facts.Task.Instance.Value.EC2.Value) })
}

// withRouter adds a second container with a memory limit, 0 for none.
func withRouter(memory int64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		sidecar := events.Container{Name: "router", ExitCode: new(int64(0))}
		if memory > 0 {
			sidecar.Memory = &memory
		}
		c.Stop.Containers = append(c.Stop.Containers, sidecar)
		td := &c.Facts.Task.TaskDefinition.Value
		td.Containers = append(
			slices.Clone(td.Containers),
			evidence.ContainerDefinition{Name: "router", Memory: memory},
		)
	}
}

// endedAs gives a container its exit code.
func endedAs(name string, code int64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		i := slices.IndexFunc(c.Stop.Containers, func(e events.Container) bool { return e.Name == name })
		c.Stop.Containers[i].ExitCode = &code
	}
}

// exiting makes the program end by itself.
func exiting(code int64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Finding = classifier.Finding{Stage: classifier.Runtime, Fault: classifier.Crashed, Culprit: 0}
		c.Stop.Containers[0].ExitCode = &code
		c.Stop.ExecutionStoppedAt, c.Stop.StoppingAt = afterAt(70), afterAt(71)
	}
}

// steadyBefore makes web:41 the last steady revision.
func steadyBefore(c *evidence.Case) {
	before := c.Facts.Task.TaskDefinition.Value
	before.ARN = afterArn + "task-definition/web:41"
	before.Containers = slices.Clone(before.Containers)
	before.Containers[0].Memory, before.Containers[0].Image = 1024, "web:41"
	before.Containers[0].Variables = []string{"LEVEL"}
	c.Facts.Running.Steady = evidence.Is(evidence.Steady{
		Source:         "last steady, service deployment 7",
		TaskDefinition: before,
		Digests:        map[string]string{"app": "sha256:aaaaaaaaaaaaaaaa"},
	})
}

// How the health check failed, by the service's events: nothing answered, no connection came about, or they say nothing
// of the task.
var (
	noAnswer     = unhealthyFor("Request timed out")
	checksFailed = unhealthyFor("Health checks failed")
	unexplained  = unhealthyFor("")
)

// readyLate is the log of a program that was ready 68 s after the start.
var readyLate = logging(
	evidence.LogLine{At: afterAt(1), Text: "starting"},
	evidence.LogLine{At: afterAt(68), Text: "Started Application in 66.4 seconds"},
)

func targetGroupGone(c *evidence.Case) {
	c.Facts.Running.TargetGroup = evidence.None[evidence.TargetGroup]()
}

func loadBalancersGone(c *evidence.Case) {
	c.Facts.Running.LoadBalancers = evidence.None[[]evidence.LoadBalancer]()
}

func serviceGone(c *evidence.Case) { c.Facts.Task.Service = evidence.None[evidence.Service]() }

// readAt is when everything was read.
func readAt(seconds int) func(*evidence.Case) {
	return func(c *evidence.Case) { c.CheckedAt = afterAt(seconds) }
}

// askedOnPort makes the health check ask on a port of its own.
func askedOnPort(port string) func(*evidence.Case) {
	return targetGroupWith(func(g *evidence.TargetGroup) { g.CheckPort = port })
}

func noContainerCheck(c *evidence.Case) {
	c.Facts.Task.TaskDefinition.Value.Containers[0].HealthCheck = nil
}
