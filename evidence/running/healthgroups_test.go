package running

import (
	"net/netip"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var healthGroupTrials = map[string][]trial{
	"health-sg": {
		{
			when:   "something answered",
			result: excluded,
			says:   "the load balancer reached it",
		},
		{
			when:   "the rules let it pass",
			change: noAnswer,
			result: excluded,
			says:   "sg-lb of load balancer front lets TCP 8080 out",
		},
		{
			when:   "the rules let it pass, and it was refused",
			change: checksFailed,
			result: excluded,
		},
		{
			when:   "the group is gone",
			change: changes(noAnswer, targetGroupGone),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "gone",
		},
		{
			when:   "the group may not be read",
			change: changes(noAnswer, noTargetGroup),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "the load balancers may not be read",
			change: changes(noAnswer, noLoadBalancers),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "the load balancer is gone",
			change: changes(noAnswer, loadBalancersGone),
			result: unclear,
			reason: classifier.ReasonNotVisible,
		},
		{
			when: "no load balancer sends to it",
			change: changes(noAnswer, func(c *evidence.Case) {
				c.Facts.Running.LoadBalancers = evidence.Is[[]evidence.LoadBalancer](nil)
			}),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "no load balancer sends to web",
		},
		{
			when:   "the task's group has no rule",
			change: changes(noAnswer, closed),
			result: proven,
			says:   "no inbound rule for TCP 8080 from load balancer front (sg-lb)",
			next:   "add an inbound rule for TCP 8080 from sg-lb to sg-task",
		},
		{
			when:   "the rule is for another port",
			change: changes(noAnswer, askedOnPort("9000")),
			result: proven,
			says:   "TCP 9000",
		},
		{
			when: "the rule is for the load balancer's subnet",
			change: changes(noAnswer, func(c *evidence.Case) {
				c.Facts.Network.Groups.Value[0].Ingress = []evidence.SGRule{{
					Protocol: "tcp",
					From:     0,
					To:       65535,
					CIDRs:    []netip.Prefix{netip.MustParsePrefix("10.0.9.0/24")},
				}}
			}),
			result: excluded,
		},
		{
			when: "the rule is for the subnets of a load balancer without groups",
			change: changes(
				noAnswer,
				func(c *evidence.Case) {
					c.Facts.Running.LoadBalancers.Value[0] = evidence.LoadBalancer{
						Name:    "front",
						Type:    "network",
						Subnets: []string{"subnet-0a1", "subnet-lb"},
					}
				},
				throughGroups(func(task, _ *evidence.SecurityGroup) {
					task.Ingress = []evidence.SGRule{{
						Protocol: "tcp",
						From:     8080,
						To:       8080,
						CIDRs:    []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")},
					}}
				}),
			),
			result: excluded,
			says:   "let load balancer front in on TCP 8080",
		},
		{
			when: "a subnet of the load balancer was not read",
			change: changes(
				noAnswer,
				func(c *evidence.Case) {
					c.Facts.Network.Subnets.Value = c.Facts.Network.Subnets.Value[:1]
				},
				throughGroups(func(task, _ *evidence.SecurityGroup) {
					task.Ingress = []evidence.SGRule{{
						Protocol: "tcp",
						From:     8080,
						To:       8080,
						CIDRs:    []netip.Prefix{netip.MustParsePrefix("10.0.9.0/24")},
					}}
				}),
			),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "the subnets of load balancer front were not",
		},
		{
			when: "the rule is for a part of it",
			change: changes(noAnswer, func(c *evidence.Case) {
				c.Facts.Network.Groups.Value[0].Ingress = []evidence.SGRule{{
					Protocol: "tcp",
					From:     0,
					To:       65535,
					CIDRs:    []netip.Prefix{netip.MustParsePrefix("10.0.9.0/25")},
				}}
			}),
			result: unclear,
			reason: classifier.ReasonPartial,
		},
		{
			when:   "the load balancer lets nothing out",
			change: changes(noAnswer, func(c *evidence.Case) { c.Facts.Network.Groups.Value[1].Egress = nil }),
			result: proven,
			says:   "sg-lb of load balancer front has no outbound rule",
			next:   "outbound rule for TCP 8080 to sg-task to sg-lb",
		},
		{
			when: "it asks an IPv6 address",
			change: changes(
				noAnswer,
				targetGroupWith(func(g *evidence.TargetGroup) { g.IPv6 = true }),
				func(c *evidence.Case) { c.Facts.Network.Groups.Value[0].Ingress = nil },
			),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "IPv6",
		},
		{
			when: "the load balancer lets out to another group only",
			change: changes(noAnswer, throughGroups(func(_, balancer *evidence.SecurityGroup) {
				balancer.Egress = []evidence.SGRule{{
					Protocol: "tcp",
					From:     8080,
					To:       8080,
					Groups:   []string{"sg-other"},
				}}
			})),
			result: proven,
		},
		{
			when: "the load balancer lets out to the task's group",
			change: changes(noAnswer, throughGroups(func(_, balancer *evidence.SecurityGroup) {
				balancer.Egress = []evidence.SGRule{{
					Protocol: "tcp",
					From:     8080,
					To:       8080,
					Groups:   []string{"sg-task"},
				}}
			})),
			result: excluded,
		},
		{
			when: "the task and the load balancer have two groups each",
			change: changes(noAnswer, func(c *evidence.Case) {
				c.Facts.Task.Service.Value.Deployments[0].Network.Groups = []string{"sg-task", "sg-task-2"}
				c.Facts.Running.LoadBalancers.Value[0].Groups = []string{"sg-lb", "sg-lb-2"}
				c.Facts.Network.Groups.Value[1].Egress = nil
				c.Facts.Network.Groups.Value = append(
					c.Facts.Network.Groups.Value,
					evidence.SecurityGroup{ID: "sg-task-2", VPC: "vpc-0a1"},
					evidence.SecurityGroup{ID: "sg-lb-2", VPC: "vpc-0a1"},
				)
			}),
			result: proven,
			says: "sg-lb, sg-lb-2 of load balancer front has no outbound rule for TCP 8080 to the task (sg-task, " +
				"sg-task-2)$",
			next: "to sg-task to sg-lb",
		},
		{
			when: "the load balancer lets out to a prefix list that was not read",
			change: changes(noAnswer, throughGroups(func(_, balancer *evidence.SecurityGroup) {
				balancer.Egress = []evidence.SGRule{{
					Protocol:    "tcp",
					From:        8080,
					To:          8080,
					PrefixLists: []string{"pl-0a1"},
				}}
			})),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "whether sg-lb lets it out could not be read",
		},
		{
			when: "the load balancer's group could not be read",
			change: changes(noAnswer, func(c *evidence.Case) {
				c.Facts.Network.Groups.Value = c.Facts.Network.Groups.Value[:1]
			}),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "whether sg-lb lets it out could not be read",
		},
		{
			when:   "a closed group, but the connection was refused",
			change: changes(checksFailed, closed),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "what is dropped times out",
		},
		{
			when:   "a closed group, and why is not told",
			change: changes(unexplained, closed),
			result: proven,
			says:   "no inbound rule for TCP 8080",
		},
		{
			when: "a closed group and a check over TCP, which does not say how it failed",
			change: changes(checksFailed, closed, targetGroupWith(func(g *evidence.TargetGroup) {
				g.CheckProtocol = "TCP"
			})),
			result: proven,
		},
		{
			when:   "the load balancer has no group",
			change: changes(noAnswer, func(c *evidence.Case) { c.Facts.Running.LoadBalancers.Value[0].Groups = nil }),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "no security group",
		},
		{
			when: "the load balancer has no group, and nothing of its subnets is let in",
			change: changes(noAnswer, closed, func(c *evidence.Case) {
				c.Facts.Running.LoadBalancers.Value[0].Groups = nil
			}),
			result: proven,
			says:   "asks from its own addresses",
			next:   "from the subnets of load balancer front",
		},
		{
			when: "a group could not be read",
			change: changes(noAnswer, func(c *evidence.Case) {
				c.Facts.Network.Groups.Value = c.Facts.Network.Groups.Value[1:]
			}),
			result: unclear,
			reason: classifier.ReasonNotVisible,
		},
		{
			when: "groups may not be read",
			change: changes(noAnswer, func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Network.Groups, classifier.ReasonNoPermission,
					"ec2:DescribeSecurityGroups")
			}),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when: "one of two load balancers is let in",
			change: changes(noAnswer, withBalancer(evidence.LoadBalancer{
				Name:    "back",
				Type:    "application",
				Groups:  []string{"sg-back"},
				Subnets: []string{"subnet-lb"},
			})),
			result: unclear,
			reason: classifier.ReasonIntermittent,
			says:   "no inbound rule for TCP 8080 from load balancer back",
		},
		{
			when: "neither of two is",
			change: changes(noAnswer, closed, withBalancer(evidence.LoadBalancer{
				Name:    "back",
				Type:    "application",
				Groups:  []string{"sg-back"},
				Subnets: []string{"subnet-lb"},
			})),
			result: proven,
			says:   "from load balancer front (sg-lb)",
		},
		{
			when: "one of two cannot be judged",
			change: changes(noAnswer, withBalancer(evidence.LoadBalancer{
				Name:    "back",
				Type:    "network",
				Subnets: []string{"subnet-lb"},
			})),
			result: unclear,
			reason: classifier.ReasonNotVisible,
			says:   "load balancer back has no security group",
		},
		{
			when: "one of two cannot be judged, and the other is closed",
			change: changes(
				noAnswer,
				func(c *evidence.Case) {
					c.Facts.Running.LoadBalancers.Value[0] = evidence.LoadBalancer{
						Name:    "front",
						Type:    "network",
						Subnets: []string{"subnet-lb"},
					}
				},
				withBalancer(evidence.LoadBalancer{
					Name:    "back",
					Type:    "application",
					Groups:  []string{"sg-back"},
					Subnets: []string{"subnet-lb"},
				}),
			),
			result: unclear,
			reason: classifier.ReasonIntermittent,
		},
		{
			when: "the VPC's default group has no rule",
			change: changes(noAnswer, func(c *evidence.Case) {
				c.Facts.Task.Service.Value.Deployments[0].Network.Groups = nil
				c.Facts.Network.Groups.Value = append(c.Facts.Network.Groups.Value, evidence.SecurityGroup{
					ID:   "sg-default",
					Name: "default",
					VPC:  "vpc-0a1",
				})
			}),
			result: proven,
			says:   "sg-default (the default group of vpc-0a1",
			next:   "to sg-default",
		},
		{
			when:   "the task's groups are not known",
			change: changes(noAnswer, func(c *evidence.Case) { c.Facts.Task.Service.Value.Deployments = nil }),
			result: unclear,
			reason: classifier.ReasonSGUnknown,
		},
		{
			when:   "the port that Docker chose is closed on the instance",
			change: changes(onInstance, onPort32768("Request timed out"), hostLetsIn(8080)),
			result: proven,
			says:   "sg-host (container instance i-0a1) has no inbound rule for TCP 32768",
			next:   "from sg-lb to sg-host",
		},
		{
			when:   "the port that Docker chose is open on the instance",
			change: changes(onInstance, onPort32768("Request timed out"), hostLetsIn(32768)),
			result: excluded,
			says:   "sg-host (container instance i-0a1)",
		},
		{
			when:   "in host mode the instance's groups count",
			change: changes(onInstance, noAnswer, hostLetsIn(9000), inMode("host")),
			result: proven,
			says:   "sg-host (container instance i-0a1) has no inbound rule for TCP 8080",
		},
		{
			when:   "the only target group of a service that the text does not name",
			change: changes(unexplained, func(c *evidence.Case) { c.Finding.Facts.TargetGroup = "" }),
			result: excluded,
			says:   "lets TCP 8080 out",
		},
		{
			when:   "the service no longer has the target group",
			change: changes(unexplained, withoutLoadBalancer),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which port",
		},
		{
			when:   "the port is not told, and the task definition may not be read",
			change: changes(unexplained, evidencetest.NoDefinition),
			result: unclear,
			reason: classifier.ReasonNoPermission,
		},
		{
			when:   "the port on an instance is not told",
			change: changes(onInstance, unexplained),
			result: unclear,
			reason: classifier.ReasonUnsaid,
			says:   "which port",
		},
	},
}

// onPort32768 is what the service's events say of a task whose port Docker chose.
func onPort32768(reason string) func(*evidence.Case) {
	return eventsAre(evidence.ServiceEvent{
		At: afterAt(65),
		Message: "(service web) (task " + afterTask + ") (instance i-0a1) (port 32768) is unhealthy in (target-group " +
			afterTG + ") due to (reason " + reason + ")",
	})
}

// throughGroups changes the security groups of the task and of the load balancer.
func throughGroups(change func(task, balancer *evidence.SecurityGroup)) func(*evidence.Case) {
	return func(c *evidence.Case) { change(&c.Facts.Network.Groups.Value[0], &c.Facts.Network.Groups.Value[1]) }
}

func closed(c *evidence.Case) { c.Facts.Network.Groups.Value[0].Ingress = nil }

// withBalancer puts a second load balancer before the target group.
func withBalancer(lb evidence.LoadBalancer) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Facts.Running.LoadBalancers.Value = append(c.Facts.Running.LoadBalancers.Value, lb)
	}
}

// hostLetsIn gives the instance a group of its own, which lets the load balancer in on a port.
func hostLetsIn(port int64) func(*evidence.Case) {
	return func(c *evidence.Case) {
		i := &c.Facts.Task.Instance.Value.EC2.Value
		i.Groups, i.PrivateIP = []string{"sg-host"}, netip.MustParseAddr("10.0.1.5")
		c.Facts.Network.Groups.Value = append(c.Facts.Network.Groups.Value, evidence.SecurityGroup{
			ID:      "sg-host",
			VPC:     "vpc-0a1",
			Ingress: []evidence.SGRule{{Protocol: "tcp", From: port, To: port, Groups: []string{"sg-lb"}}},
		})
	}
}

func noLoadBalancers(c *evidence.Case) {
	evidencetest.Refuse(&c.Facts.Running.LoadBalancers, classifier.ReasonNoPermission,
		"elasticloadbalancing:DescribeLoadBalancers")
}
