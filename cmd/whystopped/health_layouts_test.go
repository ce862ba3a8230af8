//go:build !local

package main

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// moto keeps no events of services, so that the stop's own text says what the load balancer found out, and no grace
// periods.
var healthChecks = []thing{
	{
		name: "health check: 404",
		make: func(w *workload) string { return w.unhealthy(w.serve(nil), answered(404)) },
		want: verdicts{"health-path": "confirmed", "health-matcher": "ruled_out"},
	},
	{
		name: "health check: 404, which counts by now",
		make: func(w *workload) string {
			return w.unhealthy(w.serve(func(g *elb.CreateTargetGroupInput) {
				g.Matcher = &elbtypes.Matcher{HttpCode: aws.String("200-299,404")}
			}), answered(404))
		},
		want: verdicts{"health-path": "inconclusive stale", "health-matcher": "inconclusive stale"},
	},
	{
		name: "health check: 204",
		make: func(w *workload) string { return w.unhealthy(w.serve(nil), answered(204)) },
		want: verdicts{
			"health-matcher": "confirmed",
			"health-path":    "inconclusive unsaid",
			"health-port":    "ruled_out",
			"health-sg":      "ruled_out",
		},
	},
	{
		name: "health check: 503",
		make: func(w *workload) string { return w.unhealthy(w.serve(nil), answered(503)) },
		want: verdicts{"health-app-down": "confirmed"},
	},
	{
		name: "health check: over TCP",
		make: func(w *workload) string {
			return w.unhealthy(w.serve(func(g *elb.CreateTargetGroupInput) {
				g.Protocol = elbtypes.ProtocolEnumTcp
				g.HealthCheckProtocol = elbtypes.ProtocolEnumTcp
				g.HealthCheckPath = nil
			}), "Health checks failed")
		},
		want: verdicts{"health-path": "ruled_out", "health-matcher": "ruled_out", "health-sg": "confirmed"},
	},
	{
		name: "health check: not told",
		make: func(w *workload) string { return w.unhealthy(w.serve(nil), "") },
		want: verdicts{
			"health-path":    "inconclusive unsaid",
			"health-matcher": "inconclusive unsaid",
			"health-port":    "inconclusive unsaid",
			"health-sg":      "confirmed",
		},
	},
	{
		name: "health check: the target group is gone",
		make: func(w *workload) string {
			group := *w.targetGroup(nil).TargetGroupArn
			w.service(group)
			made(w.elb().DeleteTargetGroup(w.ctx, &elb.DeleteTargetGroupInput{TargetGroupArn: &group}))(w.t)
			return w.unhealthy(group, answered(404))
		},
		want: verdicts{"health-path": "inconclusive not_visible", "health-matcher": "inconclusive not_visible"},
	},

	{
		name: "health check: the task lets no load balancer in",
		make: func(w *workload) string { return w.unhealthy(w.serve(nil), "Request timed out") },
		want: verdicts{"health-sg": "confirmed"},
	},
	{
		name: "health check: the task lets the load balancer in on the service's port, the check asks on another",
		make: func(w *workload) string {
			group := w.serve(func(g *elb.CreateTargetGroupInput) { g.HealthCheckPort = aws.String("9000") })
			w.inFrom(w.group, servicePort, w.balancer)
			return w.unhealthy(group, "Request timed out")
		},
		want: verdicts{"health-sg": "confirmed"},
	},
	{
		name: "health check: the task lets the load balancer in",
		make: func(w *workload) string {
			group := w.serve(nil)
			w.inFrom(w.group, servicePort, w.balancer)
			return w.unhealthy(group, "Request timed out")
		},
		want: verdicts{"health-sg": "ruled_out"},
	},
	{
		name: "health check: the task lets the load balancer's subnets in",
		make: func(w *workload) string {
			group := w.serve(nil)
			w.in(w.group, servicePort, "10.0.1.0/24")
			w.in(w.group, servicePort, "10.0.2.0/24")
			return w.unhealthy(group, "Request timed out")
		},
		want: verdicts{"health-sg": "ruled_out"},
	},
	{
		name: "health check: the task lets one of the load balancer's subnets in",
		make: func(w *workload) string {
			group := w.serve(nil)
			w.in(w.group, servicePort, "10.0.1.0/24")
			return w.unhealthy(group, "Request timed out")
		},
		want: verdicts{"health-sg": "inconclusive partial"},
	},
	{
		name: "health check: the load balancer lets nothing out",
		make: func(w *workload) string {
			group := w.serve(nil)
			w.inFrom(w.group, servicePort, w.balancer)
			w.closeOut(w.balancer)
			return w.unhealthy(group, "Request timed out")
		},
		want: verdicts{"health-sg": "confirmed"},
	},
	{
		name: "health check: no load balancer",
		make: func(w *workload) string {
			group := *w.targetGroup(nil).TargetGroupArn
			w.service(group)
			return w.unhealthy(group, "Request timed out")
		},
		want: verdicts{"health-sg": "inconclusive unsaid"},
	},

	{
		name: "health check: on a host port that no container has",
		make: func(w *workload) string { return w.unhealthy(w.serveOnHost("9000"), "Health checks failed") },
		want: verdicts{"health-port": "confirmed"},
	},
	{
		name: "health check: on the container's host port",
		make: func(w *workload) string { return w.unhealthy(w.serveOnHost("8080"), "Health checks failed") },
		want: verdicts{"health-port": "inconclusive unsaid"},
	},

	{
		name: "health check: over before the program was ready",
		make: func(w *workload) string {
			group := w.serve(nil)
			w.inFrom(w.group, servicePort, w.balancer)
			w.listensAfter(40 * time.Second)
			return w.unhealthy(group, "")
		},
		want: verdicts{"health-grace-period": "confirmed"},
	},
	{
		name: "health check: the program was ready before",
		make: func(w *workload) string {
			group := w.serve(nil)
			w.inFrom(w.group, servicePort, w.balancer)
			w.listensAfter(5 * time.Second)
			return w.unhealthy(group, "")
		},
		want: verdicts{"health-grace-period": "inconclusive unsaid"},
	},
}

// startUp is from a task's creation to the start of its container.
const startUp = 3 * time.Second

func (w *workload) elb() *elb.Client { return elb.NewFromConfig(w.Config) }

// serve has the task's service sit behind a load balancer, which no rule of the task's security group lets in. It
// returns the ARN of the target group, which asks for /ready every ten seconds and gives up at the second failure, but
// for what change changes.
func (w *workload) serve(change func(*elb.CreateTargetGroupInput)) string {
	group := w.targetGroup(change)
	kind := elbtypes.LoadBalancerTypeEnumApplication
	if group.Protocol == elbtypes.ProtocolEnumTcp {
		kind = elbtypes.LoadBalancerTypeEnumNetwork
	}
	w.balancer = w.newGroup("balancer")
	balancer := made(w.elb().CreateLoadBalancer(w.ctx, &elb.CreateLoadBalancerInput{
		Name:           &w.name,
		Type:           kind,
		Subnets:        []string{w.subnet, w.other},
		SecurityGroups: []string{w.balancer},
	}))(w.t).LoadBalancers[0]
	made(w.elb().CreateListener(w.ctx, &elb.CreateListenerInput{
		LoadBalancerArn: balancer.LoadBalancerArn,
		Protocol:        group.Protocol,
		Port:            aws.Int32(80),
		DefaultActions: []elbtypes.Action{{
			Type:           elbtypes.ActionTypeEnumForward,
			TargetGroupArn: group.TargetGroupArn,
		}},
	}))(w.t)
	w.service(*group.TargetGroupArn)
	return *group.TargetGroupArn
}

// serveOnHost is serve for a task in the network of its instance.
func (w *workload) serveOnHost(checkPort string) string {
	w.launchType, w.definition.NetworkMode = "EC2", types.NetworkModeBridge
	w.container().PortMappings[0].HostPort = aws.Int32(servicePort)
	w.event["attachments"] = []any{}
	return w.serve(func(g *elb.CreateTargetGroupInput) {
		g.TargetType, g.HealthCheckPort = elbtypes.TargetTypeEnumInstance, &checkPort
	})
}

func (w *workload) targetGroup(change func(*elb.CreateTargetGroupInput)) elbtypes.TargetGroup {
	in := &elb.CreateTargetGroupInput{
		Name:                       &w.name,
		Protocol:                   elbtypes.ProtocolEnumHttp,
		Port:                       aws.Int32(servicePort),
		VpcId:                      &w.id,
		TargetType:                 elbtypes.TargetTypeEnumIp,
		HealthCheckPath:            aws.String("/ready"),
		HealthCheckIntervalSeconds: aws.Int32(10),
		UnhealthyThresholdCount:    aws.Int32(2),
	}
	if change != nil {
		change(in)
	}
	return made(w.elb().CreateTargetGroup(w.ctx, in))(w.t).TargetGroups[0]
}

// service makes the task one of a service, whose containers a target group has.
func (w *workload) service(group string) {
	client := ecs.NewFromConfig(w.Config)
	made(client.RegisterTaskDefinition(w.ctx, &w.definition))(w.t)
	service := made(client.CreateService(w.ctx, &ecs.CreateServiceInput{
		Cluster:        aws.String("shop"),
		ServiceName:    &w.name,
		TaskDefinition: w.definition.Family,
		DesiredCount:   aws.Int32(1),
		LoadBalancers: []types.LoadBalancer{{
			TargetGroupArn: &group,
			ContainerName:  w.container().Name,
			ContainerPort:  aws.Int32(servicePort),
		}},
	}))(w.t).Service
	w.event["group"], w.event["startedBy"] = "service:"+w.name, *service.Deployments[0].Id
}

// unhealthy is what ECS says of a task that the load balancer judged, and what that found out, where it is told.
func (w *workload) unhealthy(group, reason string) string {
	if w.createdAt.IsZero() {
		w.began(0)
	}
	w.event["stopCode"], w.event["startedAt"] = "ServiceSchedulerInitiated", w.at(startUp)
	said := "Task failed ELB health checks in (target-group " + group + ")"
	if reason != "" {
		said += " due to (reason " + reason + ")"
	}
	return said
}

func answered(code int) string {
	return fmt.Sprintf("Health checks failed with these codes: [%d]", code)
}

// listensAfter has the task write to its log at its start, and that it listens some time after that.
func (w *workload) listensAfter(d time.Duration) {
	w.began(0)
	w.logs("us-east-1")
	group, stream := "/ecs/"+w.name, "web/web/"+stoppedTask
	w.makeLogGroup(group)
	client := cloudwatchlogs.NewFromConfig(w.Config)
	made(client.CreateLogStream(w.ctx, &cloudwatchlogs.CreateLogStreamInput{
		LogGroupName:  &group,
		LogStreamName: &stream,
	}))(w.t)
	line := func(text string, after time.Duration) logtypes.InputLogEvent {
		return logtypes.InputLogEvent{
			Message:   &text,
			Timestamp: aws.Int64(w.createdAt.Add(startUp + after).UnixMilli()),
		}
	}
	made(client.PutLogEvents(w.ctx, &cloudwatchlogs.PutLogEventsInput{
		LogGroupName:  &group,
		LogStreamName: &stream,
		LogEvents: []logtypes.InputLogEvent{
			line("loading the catalogue", time.Second),
			line("listening on port 8080", d),
		},
	}))(w.t)
}
