package running

import (
	"strings"
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

const notReadyByItsLog = "does not say when it was ready"

var healthTrials = map[string][]trial{
	"health-path": {
		{
			when:   "the task answers 404",
			result: proven,
			says:   `app answered /health (port traffic-port) of web with 404, and only 200-299,301 counts`,
			next:   "HealthCheckPath is /health",
		},
		{
			when:   "it answers 302, which does not count",
			change: answeredWith("302"),
			result: proven,
			says:   "with 302",
			next:   "target group web",
		},
		{
			when:   "it answers 425, as any path would",
			change: answeredWith("425"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "with 425",
		},
		{
			when:   "it answers 408, as any path would",
			change: answeredWith("408"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "with 408",
		},
		{
			when:   "it answers 429, as any path would",
			change: answeredWith("429"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "with 429",
		},
		{
			when:   "the event is about another target group of the service",
			change: eventsAre(aboutGroup("admin", answeredAt(65, "404"))),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "do not say why",
		},
		{
			when:   "it answers 503",
			change: answeredWith("503"),
			result: excluded,
			says:   "503 is an error of the application",
		},
		{
			when:   "it does not answer",
			change: noAnswer,
			result: excluded,
			says:   "no answer came",
		},
		{
			when:   "it answers two kinds",
			change: answeredWith("404, 503"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "404, 503",
		},
		{
			when: "the events speak of another task only",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service.Value.Events = c.Facts.Task.Service.Value.Events[:2]
			},
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "do not say why",
		},
		{
			when: "older events of the task say otherwise",
			change: eventsAre(answeredAt(5, "404"), answeredAt(65, "503"),
				answeredAt(4, "404")),
			result: excluded,
			says:   "503",
		},
		{
			when: "a later event is about another target group of the task",
			change: eventsAre(aboutGroup("web-admin", answeredAt(66, "503")),
				answeredAt(65, "404")),
			result: proven,
			says:   "with 404",
		},
		{
			when: "the text itself says why",
			change: changes(unexplained, func(c *evidence.Case) {
				c.Stop.StoppedReason += " due to (reason Health checks failed with these codes: [404])"
			}),
			result: proven,
		},
		{
			when: "the text itself says why, and an event before it said otherwise",
			change: changes(answeredWith("503"), func(c *evidence.Case) {
				c.Stop.StoppedReason += " due to (reason Health checks failed with these codes: [404])"
			}),
			result: proven,
		},
		{
			when: "the service was not asked",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service = evidence.Answer[evidence.Service]{
					Reason: classifier.ReasonTier,
					Action: "ecs:DescribeServices",
				}
			},
			result: unasked,
			reason: classifier.ReasonTier,
		},
		{
			when: "the task is of no service",
			change: func(c *evidence.Case) {
				c.Stop.Service, c.Facts.Task.Service = "", evidence.Answer[evidence.Service]{}
			},
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "of no service",
		},
		{
			when:   "the service no longer has the target group",
			change: withoutLoadBalancer,
			result: proven,
			says:   "the container answered /health (port traffic-port) of web with 404",
		},
		{
			when:   "the text does not name the target group, and the service has one",
			change: func(c *evidence.Case) { c.Finding.Facts.TargetGroup = "" },
			result: proven,
		},
		{
			when: "the event is that of a task set on an instance",
			change: eventsAre(evidence.ServiceEvent{
				At: afterAt(65),
				Message: "(service web, taskSet ecs-svc/2) (task " + afterTask +
					") (instance i-0a1) (port 32768) is unhealthy in (target-group " + afterTG +
					") due to (reason Health checks failed with these codes: [404])",
			}),
			result: proven,
			says:   "404",
		},
		{
			when:   "the matcher counts the code now",
			change: targetGroupWith(func(g *evidence.TargetGroup) { g.Matcher = "200,404" }),
			result: unclear,
			reason: classifier.ReasonStale,
			says:   "counts as healthy now",
		},
		{
			when: "the matcher counts one of two codes now",
			change: changes(
				answeredWith("404, 302"),
				targetGroupWith(func(g *evidence.TargetGroup) { g.Matcher = "200,404" }),
			),
			result: proven,
			says:   "with 404, 302",
		},
		{
			when:   "the check is over TCP",
			change: changes(checksFailed, targetGroupWith(func(g *evidence.TargetGroup) { g.CheckProtocol = "TCP" })),
			result: excluded,
			says:   "knows no path",
		},
		{
			when:   "the check is over HTTPS",
			change: targetGroupWith(func(g *evidence.TargetGroup) { g.CheckProtocol = "HTTPS" }),
			result: proven,
		},
		{
			when: "the group speaks gRPC",
			change: changes(
				answeredWith("12"),
				targetGroupWith(func(g *evidence.TargetGroup) { g.ProtocolVersion, g.Matcher = "GRPC", "0" }),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "gRPC status 12",
		},
		{
			when:   "the group may not be read",
			change: noTargetGroup,
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "404",
		},
		{
			when:   "the group is gone",
			change: targetGroupGone,
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "gone",
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
		{
			when:   "it is read long after",
			change: readAt(7200),
			result: proven,
			says:   "118 min after the stop",
		},
		{
			when: "the event names the target group by its name",
			change: eventsAre(evidence.ServiceEvent{
				At: afterAt(65),
				Message: "(service web) (task " + afterTask +
					") (port 8080) is unhealthy in target-group web due to (reason Health checks failed with these " +
					"codes: [404]).",
			}),
			result: proven,
		},
		{
			when:   "it answered 404 while it started",
			change: readyLate,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "with 404 before its log says that it was ready",
		},
	},
	"health-matcher": {
		{
			when:   "the task answers 204 and 200 alone counts",
			change: changes(answeredWith("204"), targetGroupWith(func(g *evidence.TargetGroup) { g.Matcher = "200" })),
			result: proven,
			says:   "204, which is a success",
			next:   "add 204 to the matcher of target group web (now 200)",
		},
		{
			when:   "the task answers 404",
			result: excluded,
			says:   "right not to count",
		},
		{
			when:   "a redirect may be meant",
			change: answeredWith("302"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "for its authors to say",
		},
		{
			when:   "it answers two kinds",
			change: answeredWith("204, 404"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "with 204, 404",
		},
		{
			when:   "the group may not be read",
			change: noTargetGroup,
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "404",
		},
		{
			when:   "it is read long after",
			change: readAt(7200),
			result: unclear,
			reason: classifier.ReasonStale,
		},
	},
	"health-port": {
		{
			when:   "something answered",
			result: excluded,
			says:   "answered there with 404",
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
		{
			when:   "the group may not be read",
			change: changes(noAnswer, noTargetGroup),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "Request timed out",
		},
		{
			when:   "the group is gone",
			change: changes(noAnswer, targetGroupGone),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "Request timed out",
		},
		{
			when:   "the task definition may not be read",
			change: changes(onInstance, checksFailed, evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "a fixed port that no container of an instance has",
			change: changes(onInstance, checksFailed, askedOnPort("9000")),
			result: proven,
			says:   "port 9000 of the instance",
			next:   "HealthCheckPort of target group web",
		},
		{
			when:   "a fixed port that no container has, where the network mode is not set",
			change: changes(onInstance, checksFailed, askedOnPort("9000"), inMode("")),
			result: proven,
		},
		{
			when:   "a fixed port that no container has, on Windows",
			change: changes(onInstance, checksFailed, askedOnPort("9000"), inMode("nat")),
			result: proven,
		},
		{
			when:   "in host mode the program may have it without a mapping",
			change: changes(onInstance, checksFailed, askedOnPort("9000"), inMode("host")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web asks on port 9000",
		},
		{
			when:   "on an instance with an interface of its own too",
			change: changes(onInstance, checksFailed, askedOnPort("9000"), inMode("awsvpc")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web asks on port 9000",
		},
		{
			when:   "a fixed port that Docker may have chosen",
			change: changes(onInstance, checksFailed, askedOnPort("32768")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web asks on port 32768",
		},
		{
			when:   "the last fixed port that Docker does not choose",
			change: changes(onInstance, checksFailed, askedOnPort("32767")),
			result: proven,
			says:   "port 32767 of the instance",
		},
		{
			when:   "the traffic port of an instance",
			change: changes(onInstance, checksFailed),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web asks on port traffic-port, which is 8080 of app; where the program listens",
		},
		{
			when: "the service no longer has the target group",
			change: changes(checksFailed, withoutLoadBalancer, logging(evidence.LogLine{
				At:   afterAt(2),
				Text: "Listening on http://0.0.0.0:3000",
			})),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web asks on port traffic-port; where the program listens",
		},
		{
			when: "a fixed port that a container has",
			change: changes(
				onInstance,
				checksFailed,
				askedOnPort("9000"),
				definitionOf(func(d *evidence.ContainerDefinition) {
					d.HostPorts = []evidence.HostPort{{Number: 9000}}
				}),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "where the program listens is not read",
		},
		{
			when:   "an own interface needs no mapping",
			change: changes(checksFailed, askedOnPort("9000")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "web asks on port 9000; no container of web:42 maps it; where the program listens",
		},
		{
			when: "its log names another port",
			change: changes(checksFailed, logging(evidence.LogLine{
				At:   afterAt(2),
				Text: "Listening on http://0.0.0.0:3000",
			})),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "0.0.0.0:3000",
		},
		{
			when: "its log names the port",
			change: changes(checksFailed, logging(evidence.LogLine{
				At:   afterAt(2),
				Text: "Listening on http://0.0.0.0:8080",
			})),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which is 8080 of app; where the program listens",
		},
		{
			when: "a line that is too long is not quoted",
			change: changes(checksFailed, logging(
				evidence.LogLine{At: afterAt(2), Text: padded("Listening on :3000", quotable+1)},
				evidence.LogLine{At: afterAt(3), Text: padded("Listening on :4000", quotable)},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `its log says "Listening on :4000 ...`,
		},
	},
	"health-grace-period": {
		{
			when:   "it answered",
			result: excluded,
			says:   "it had started",
		},
		{
			when:   "its log says that it was ready too late",
			change: changes(noAnswer, readyLate),
			result: proven,
			says:   "grace period 0 s and 2 checks of web every 30 s leave it 60 s",
			next:   "healthCheckGracePeriodSeconds of service web above 68 s",
		},
		{
			when: "it was ready too late, and has no port mapping",
			change: changes(
				noAnswer,
				definitionOf(func(d *evidence.ContainerDefinition) { d.Ports = nil }),
				logging(
					evidence.LogLine{At: afterAt(1), Text: "starting"},
					evidence.LogLine{At: afterAt(68), Text: "Listening on :8080"},
				),
			),
			result: proven,
			says:   "Listening on :8080",
		},
		{
			when:   "it was ready too late, and judged as soon as its checks could fail",
			change: judgedAt(128),
			result: proven,
			says:   "68 s after the start",
		},
		{
			when:   "it was ready too late, and judged a second later",
			change: judgedAt(129),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "68 s after the start",
		},
		{
			when:   "it was ready too late, and ECS said so after its stop",
			change: changes(judgedAt(400), runningFor(70)),
			result: proven,
		},
		{
			when: "it was ready too late, and failed checks of its own later",
			change: changes(
				runningFor(300),
				func(c *evidence.Case) {
					c.Facts.Task.Service.Value.Events = []evidence.ServiceEvent{answeredAt(280, "500")}
				},
				readyLate,
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "68 s after the start",
		},
		{
			when: "something else got ready late",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(1), Text: "starting"},
				evidence.LogLine{At: afterAt(68), Text: "Listening at: http://0.0.0.0:9100 (metrics)"},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   notReadyByItsLog,
		},
		{
			when: "it may have been ready before, in other words",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(1), Text: "starting"},
				evidence.LogLine{At: afterAt(4), Text: "Uvicorn running on http://0.0.0.0:8080"},
				evidence.LogLine{At: afterAt(68), Text: "Started Scheduler in 3.1 seconds"},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   notReadyByItsLog,
		},
		{
			when:   "it answered, as a server without its application does",
			change: readyLate,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "it answered with 404; but its log says",
		},
		{
			when: "it was ready at the last moment",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(1), Text: "starting"},
				evidence.LogLine{At: afterAt(60), Text: "server started"},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "60 s after the start",
		},
		{
			when: "a grace period that covers it",
			change: changes(
				noAnswer,
				logging(
					evidence.LogLine{At: afterAt(1), Text: "starting"},
					evidence.LogLine{At: afterAt(68), Text: "server started"},
				),
				func(c *evidence.Case) { c.Facts.Task.Service.Value.GracePeriod = new(int64(30)) },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "grace period 30 s and 2 checks of web every 30 s leave it 90 s",
		},
		{
			when: "none is set",
			change: changes(
				noAnswer,
				logging(
					evidence.LogLine{At: afterAt(1), Text: "starting"},
					evidence.LogLine{At: afterAt(68), Text: "server started"},
				),
				func(c *evidence.Case) { c.Facts.Task.Service.Value.GracePeriod = nil },
			),
			result: proven,
			says:   "grace period 0 s",
		},
		{
			when: "its first line comes ten seconds after the start",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(10), Text: "starting"},
				evidence.LogLine{At: afterAt(68), Text: "server started"},
			)),
			result: proven,
		},
		{
			when: "its first line comes later",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(11), Text: "starting"},
				evidence.LogLine{At: afterAt(68), Text: "server started"},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   notReadyByItsLog,
		},
		{
			when:   "its log is longer than what was read",
			change: changes(noAnswer, fullTail),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   notReadyByItsLog,
		},
		{
			when:   "its log is empty",
			change: changes(noAnswer, logging()),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   notReadyByItsLog,
		},
		{
			when: "a line that is too long is not quoted",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(1), Text: padded("server started", quotable+1)},
				evidence.LogLine{At: afterAt(68), Text: padded("server ready", quotable)},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   notReadyByItsLog,
		},
		{
			when:   "how long it ran is not told",
			change: changes(noAnswer, neverRan),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "how long the task ran",
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
		{
			when:   "the service is gone",
			change: serviceGone,
			result: unclear,
			reason: classifier.ReasonNotVisible,
		},
		{
			when:   "the group may not be read",
			change: changes(noAnswer, noTargetGroup),
			result: unclear,
			reason: classifier.ReasonNoPermission,
			says:   "Request timed out",
		},
		{
			when:   "its log does not say when it was ready",
			change: noAnswer,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "its log does not say when it was ready",
		},
		{
			when: "it was ready in time",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(1), Text: "starting"},
				evidence.LogLine{At: afterAt(8), Text: "server started"},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "8.0 s after the start",
		},
		{
			when: "the beginning of its log was not read",
			change: changes(noAnswer, logging(
				evidence.LogLine{At: afterAt(50), Text: "worker 3 restarts"},
				evidence.LogLine{At: afterAt(68), Text: "Listening at: http://0.0.0.0:8080"},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   notReadyByItsLog,
		},
		{
			when:   "it ran much longer",
			change: changes(noAnswer, runningFor(421)),
			result: excluded,
			says:   "it had passed its health check before",
		},
		{
			when:   "it ran a little longer, as ECS starts another first",
			change: changes(noAnswer, runningFor(420)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
	},
	"health-zone-disabled": {
		{
			when:   "the load balancer asked",
			result: excluded,
			says:   "did ask it",
		},
		{
			when:   "the service's events say so",
			change: unhealthyFor("Target is in an Availability Zone that is not enabled for the load balancer"),
			result: proven,
			says:   "is not enabled for the load balancer",
			next:   "add a subnet of the task's zone to the load balancer",
		},
		{
			when:   "it is enabled in other zones",
			change: inZones("eu-west-1b", "eu-west-1c"),
			result: proven,
			says: "the task ran in eu-west-1a, where no load balancer of its target group is enabled: front " +
				"(eu-west-1b, eu-west-1c)",
			next: "add a subnet of eu-west-1a to load balancer front",
		},
		{
			when:   "it is enabled there",
			change: inZones("eu-west-1b", "eu-west-1a"),
			result: excluded,
			says:   "front is enabled in eu-west-1a",
		},
		{
			when: "one of two is enabled there",
			change: changes(inZones("eu-west-1b"), func(c *evidence.Case) {
				c.Facts.Running.LoadBalancers.Value = append(c.Facts.Running.LoadBalancers.Value, evidence.LoadBalancer{
					Name:  "back",
					Zones: []string{"eu-west-1a"},
				})
			}),
			result: excluded,
			says:   "back is enabled in eu-west-1a",
		},
		{
			when:   "its zones are not told",
			change: inZones(),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "does not tell",
		},
		{
			when:   "the task's zone is not told",
			change: changes(inZones("eu-west-1b"), func(c *evidence.Case) { c.Stop.AvailabilityZone = "" }),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "Zone of the task is not told",
		},
		{
			when: "the target group is gone",
			change: changes(inZones("eu-west-1b"), func(c *evidence.Case) {
				c.Facts.Running.TargetGroup = evidence.None[evidence.TargetGroup]()
				c.Facts.Running.LoadBalancers = evidence.Answer[[]evidence.LoadBalancer]{}
			}),
			result: unasked,
			reason: classifier.ReasonNotRead,
		},
		{
			when:   "its load balancers are gone",
			change: changes(inZones("eu-west-1b"), loadBalancersGone),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "among those read",
		},
		{
			when: "target groups may not be read",
			change: changes(inZones("eu-west-1b"), func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.TargetGroup, classifier.ReasonNoPermission,
					"elasticloadbalancing:DescribeTargetGroups")
				c.Facts.Running.LoadBalancers = evidence.Answer[[]evidence.LoadBalancer]{}
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when: "load balancers may not be read",
			change: changes(inZones("eu-west-1b"), func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Running.LoadBalancers, classifier.ReasonThrottled,
					"elasticloadbalancing:DescribeLoadBalancers")
			}),
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
	},
	"health-app-down": {
		{
			when:   "it answered 503 while it started",
			change: changes(answeredWith("503"), readyLate),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "with 503 before its log says that it was ready",
		},
		{
			when:   "it answered 503",
			change: answeredWith("503"),
			result: proven,
			says:   `answered /health (port traffic-port) of web with 503; its log says at 10:01:09Z "GET /health 404"`,
			next:   "find in the log of app",
		},
		{
			when:   "it answered 503, and what changed is told",
			change: changes(answeredWith("503"), steadyBefore),
			result: proven,
			says:   "image of app web:41 → web:42",
		},
		{
			when:   "it answered 503, and the group may not be read",
			change: changes(answeredWith("503"), noTargetGroup),
			result: proven,
			says:   "app answered the health check with 503",
		},
		{
			when:   "it answered two kinds",
			change: answeredWith("404, 503"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "404, 503",
		},
		{
			when: "a gRPC status is no code of HTTP",
			change: changes(
				answeredWith("5"),
				targetGroupWith(func(g *evidence.TargetGroup) { g.ProtocolVersion, g.Matcher = "GRPC", "0" }),
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "codes: [5]",
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
		{
			when:   "it answered 404",
			result: excluded,
			says:   "it worked",
		},
		{
			when:   "it did not answer, the others are well",
			change: noAnswer,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the other targets are healthy (1): only this task failed",
		},
		{
			when:   "all that is known of it",
			change: changes(noAnswer, steadyBefore),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says: `ECS says of this task: "Request timed out"; the other targets are healthy (1): only this task ` +
				`failed; its log says at 10:01:09Z "GET /health 404"; since web:41`,
		},
		{
			when: "all others are unhealthy too",
			change: changes(noAnswer, targetsAre(
				evidence.TargetHealth{
					ID:     "10.0.1.20",
					Port:   8080,
					State:  "draining",
					Reason: "Target.DeregistrationInProgress",
				},
				evidence.TargetHealth{ID: "10.0.1.21", Port: 8080, State: "unhealthy", Reason: "Target.Timeout"},
				evidence.TargetHealth{ID: "10.0.1.22", Port: 8080, State: "unhealthy", Reason: "Target.Timeout"},
				evidence.TargetHealth{ID: "10.0.1.23", Port: 8080, State: "unhealthy"},
				evidence.TargetHealth{ID: "i-0a1", Port: 8080, State: "unhealthy", Reason: "Target.FailedHealthChecks"},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "all others are unhealthy too (4: Target.Timeout, Target.FailedHealthChecks)",
		},
		{
			when: "some of the others are",
			change: changes(noAnswer, targetsAre(
				evidence.TargetHealth{ID: "10.0.1.21", Port: 8080, State: "healthy"},
				evidence.TargetHealth{ID: "10.0.1.22", Port: 8080, State: "unhealthy", Reason: "Target.Timeout"},
				evidence.TargetHealth{
					ID:     "10.0.1.23",
					Port:   8080,
					State:  "unhealthy",
					Reason: "Target.FailedHealthChecks",
				},
			)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "of the others 1 are healthy and 2 are not (Target.Timeout, Target.FailedHealthChecks)",
		},
		{
			when: "there are no others",
			change: changes(noAnswer, targetsAre(evidence.TargetHealth{
				ID:     "10.0.1.20",
				Port:   8080,
				State:  "unhealthy",
				Reason: "Target.Timeout",
			})),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `"Request timed out"; its log says`,
		},
	},
	"health-slow-app": {
		{
			when:   "it answered",
			result: excluded,
			says:   "within the health check's timeout",
		},
		{
			when:   "it did not answer",
			change: noAnswer,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no answer within the 5.0 s that web waits; the other targets are healthy (1)",
		},
		{
			when:   "it was refused",
			change: checksFailed,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `ECS says of this task: "Health checks failed"; the other targets are healthy (1)`,
		},
		{
			when:   "it did not answer, and the group may not be read",
			change: changes(noAnswer, noTargetGroup),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `ECS says of this task: "Request timed out"`,
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
	},
	"health-dependency": {
		{
			when:   "nobody can tell",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says: `codes: [404]"; the other targets are healthy (1): only this task failed; its log says at ` +
				`10:01:09Z`,
		},
		{
			when:   "the service may not be read",
			change: noService,
			result: unclear,
			reason: classifier.ReasonThrottled,
		},
	},
	"container-health-start-period": {
		{
			when: "its log says that it was ready too late",
			change: logging(
				evidence.LogLine{At: afterAt(1), Text: "starting"},
				evidence.LogLine{At: afterAt(66), Text: "Listening on :8080"},
			),
			result: proven,
			says:   "the healthCheck of app leaves it 30 s",
			next:   "startPeriod of the healthCheck of app above 66 s",
		},
		{
			when: "it was ready later than the longest start period",
			change: changes(
				runningFor(410),
				logging(
					evidence.LogLine{At: afterAt(1), Text: "starting"},
					evidence.LogLine{At: afterAt(400), Text: "Listening on :8080"},
				),
				definitionOf(func(d *evidence.ContainerDefinition) { d.HealthCheck.StartPeriod = 300 }),
			),
			result: proven,
			says:   "leaves it 5 min",
			next:   "to 300 s, which is the longest, and interval times retries so that together they are above 400 s",
		},
		{
			when:   "its log does not say",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "leaves it 30 s",
		},
		{
			when:   "the grace period covers it",
			change: func(c *evidence.Case) { c.Facts.Task.Service.Value.GracePeriod = new(int64(600)) },
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "leaves it 10 min",
		},
		{
			when:   "the check says nothing but its command",
			change: checkOf(evidence.ContainerHealthCheck{Command: []string{"CMD", "true"}}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "leaves it 90 s (startPeriod 0 s)",
		},
		{
			when: "the check has a start period",
			change: checkOf(evidence.ContainerHealthCheck{
				Command:     []string{"CMD", "true"},
				Interval:    10,
				Retries:     5,
				StartPeriod: 20,
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "leaves it 70 s (startPeriod 20 s)",
		},
		{
			when:   "how long it ran is not told",
			change: neverRan,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "how long the task ran",
		},
		{
			when:   "the culprit is one of two with a check",
			change: changes(withRouter(0), checked, culpritIs(0)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the healthCheck of app",
		},
		{
			when:   "the culprit has no check",
			change: changes(withRouter(0), culpritIs(1)),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the healthCheck of app",
		},
		{
			when:   "ECS calls one of two unhealthy",
			change: changes(withRouter(0), checked, healthIs("router", "UNHEALTHY")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the healthCheck of router",
		},
		{
			when:   "ECS calls both unhealthy",
			change: changes(withRouter(0), checked, healthIs("app", "UNHEALTHY"), healthIs("router", "UNHEALTHY")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which container's health check failed",
		},
		{
			when:   "ECS calls one unhealthy that it added itself",
			change: healthIs("ecs-service-connect-0a1b", "UNHEALTHY"),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the healthCheck of app",
		},
		{
			when:   "ECS calls one unhealthy whose check is the image's",
			change: changes(withRouter(0), healthIs("router", "UNHEALTHY")),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "the healthCheck of app",
		},
		{
			when:   "it ran much longer",
			change: runningFor(900),
			result: excluded,
			says:   "it had passed",
		},
		{
			when:   "no container has a check",
			change: noContainerCheck,
			result: unclear,
			reason: classifier.ReasonUnsaid,
		},
	},
	"container-health-command": {
		{
			when:   "the command is named",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `"CMD-SHELL curl -f http://localhost:8080/"`,
		},
		{
			when:   "how long it ran is not told",
			change: neverRan,
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   `"CMD-SHELL curl -f http://localhost:8080/"`,
		},
		{
			when:   "it ran a little longer than its check allows",
			change: runningFor(360),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "what it printed is not told",
		},
		{
			when:   "it passed for long",
			change: runningFor(361),
			result: excluded,
			says:   "passed before",
		},
		{
			when:   "the task definition may not be read",
			change: evidencetest.NoDefinition,
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
	"target-missing": {
		{
			when:   "the target group is gone",
			change: targetGroupGone,
			result: proven,
			says:   "target group web of web does not exist",
			next:   "update service web with a target group that exists",
		},
		{
			when:   "it is there",
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "target group web exists; the other targets are healthy (1)",
		},
		{
			when: "which one is not told",
			change: func(c *evidence.Case) {
				c.Finding.Facts.TargetGroup, c.Facts.Task.Service.Value.LoadBalancers = "", nil
			},
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which target group of web is meant is not told",
		},
		{
			when: "the service may not be read",
			change: func(c *evidence.Case) {
				c.Finding.Facts.TargetGroup = ""
				evidencetest.Refuse(&c.Facts.Task.Service, classifier.ReasonNoPermission, "ecs:DescribeServices")
			},
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "target groups may not be read",
			change: noTargetGroup,
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
	},
}

func TestTheTargetGroupIsTold(t *testing.T) {
	const admin = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web-admin/4d5e6f"
	both := []evidence.ServiceLoadBalancer{
		{TargetGroupARN: admin, Container: "admin", Port: 9090},
		{TargetGroupARN: afterTG, Container: "app", Port: 8080},
	}
	for _, test := range []struct {
		name  string
		named string // by the text
		of    []evidence.ServiceLoadBalancer
		want  string
	}{
		{"by its ARN", afterTG, both, afterTG},
		{"by its name", "web", both, afterTG},
		{"by its ARN, and the service no longer has it", afterTG, both[:1], afterTG},
		{"by its name, and the service no longer has it", "web", both[:1], ""},
		{"the only one of the service", "", both[:1], admin},
		{"not of two", "", both, ""},
		{"not of a service without any", "", nil, ""},
		{
			"not of a Classic Load Balancer",
			"",
			[]evidence.ServiceLoadBalancer{
				{Container: "app", Port: 8080},
				{TargetGroupARN: afterTG, Container: "app", Port: 8080},
			},
			"",
		},
	} {
		c := failedHealthCheck()
		c.Finding.Facts.TargetGroup, c.Facts.Task.Service.Value.LoadBalancers = test.named, test.of
		if got := TargetGroupOf(c); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestAMatcherCounts(t *testing.T) {
	for _, test := range []struct {
		matcher, code string
		want          bool
	}{
		{"200", "200", true}, {"200", "201", false}, {"200", "199", false}, {"200,302", "302", true},
		{"200, 302", "302", true}, {"200,302", "250", false},
		{"200-299", "200", true}, {"200-299", "204", true}, {"200-299", "299", true}, {"200-299", "300", false},
		{"200-299", "199", false}, {"200-299,301", "301", true},
		{"", "200", false}, {"200-", "200", false}, {"-299", "0", false}, {"0", "x", false},
	} {
		if got := counts(test.matcher, test.code); got != test.want {
			t.Errorf("%q counts %q: %t", test.matcher, test.code, got)
		}
	}
}

// checkOf gives the first container another health check.
func checkOf(check evidence.ContainerHealthCheck) func(*evidence.Case) {
	return definitionOf(func(d *evidence.ContainerDefinition) { d.HealthCheck = &check })
}

func targetsAre(targets ...evidence.TargetHealth) func(*evidence.Case) {
	return func(c *evidence.Case) { c.Facts.Running.Targets = evidence.Is(targets) }
}

// fullTail is as many lines as are read, the last of which says that the program is ready: what stood before is not
// known.
func fullTail(c *evidence.Case) {
	lines := []evidence.LogLine{{At: afterAt(1), Text: "starting"}}
	for len(lines) < evidence.TailLines-1 {
		lines = append(lines, evidence.LogLine{At: afterAt(2), Text: "loading"})
	}
	c.Facts.Running.Log = evidence.Is(append(lines, evidence.LogLine{At: afterAt(68), Text: "server started"}))
}

// inZones makes the load balancer enabled in zones, for a task in eu-west-1a of which the service's events say nothing.
func inZones(zones ...string) func(*evidence.Case) {
	return changes(unexplained, func(c *evidence.Case) {
		c.Stop.AvailabilityZone = "eu-west-1a"
		c.Facts.Running.LoadBalancers.Value[0].Zones = zones
	})
}

// judgedAt makes ECS say so many seconds after the start that no answer came, of a task that its log calls ready after
// 68 s.
func judgedAt(seconds int) func(*evidence.Case) {
	return changes(runningFor(300), readyLate, func(c *evidence.Case) {
		c.Facts.Task.Service.Value.Events = []evidence.ServiceEvent{unhealthyEvent(seconds, afterTask,
			"Request timed out")}
	})
}

// answeredWith makes the service's events say which codes the task answered its last health check with.
func answeredWith(codes string) func(*evidence.Case) {
	return unhealthyFor("Health checks failed with these codes: [" + codes + "]")
}

// answeredAt is the service's event about an answer of the task.
func answeredAt(seconds int, code string) evidence.ServiceEvent {
	return unhealthyEvent(seconds, afterTask, "Health checks failed with these codes: ["+code+"]")
}

// aboutGroup makes an event be about another target group.
func aboutGroup(name string, e evidence.ServiceEvent) evidence.ServiceEvent {
	e.Message = strings.ReplaceAll(e.Message, "targetgroup/web/", "targetgroup/"+name+"/")
	return e
}
