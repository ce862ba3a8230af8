package network

import (
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// unhealthy is a task that a load balancer in two subnets asked on port 8080 without an answer.
func unhealthy() evidence.Case {
	c := evidencetest.Saying("Task failed ELB health checks in (target-group web): Request timed out")
	c.Stop.TaskID = "0a1b2c"
	c.Finding.Stage = classifier.HealthCheck
	c.Facts.Running.TargetGroup = evidence.Is(evidence.TargetGroup{ARN: "tg", Name: "web", TargetType: "ip",
		CheckPort: "traffic-port"})
	c.Facts.Running.LoadBalancers = evidence.Is([]evidence.LoadBalancer{{Name: "front", Type: "application",
		Groups: []string{"sg-lb"}, Subnets: []string{"subnet-pub", "subnet-ep"}}})
	service := c.Facts.Task.Service.Value
	service.LoadBalancers = []evidence.ServiceLoadBalancer{{TargetGroupARN: "tg", Container: "app", Port: 8080}}
	c.Facts.Task.Service = evidence.Is(service)
	return c
}

// denying puts a rule before all others into the network ACL of a subnet.
func denying(c *evidence.Case, subnet string, egress bool, to string, from, until int64) {
	acls := c.Facts.Network.ACLs.Value
	for i := range acls {
		for _, s := range acls[i].Subnets {
			if s == subnet {
				acls[i].Rules = append([]evidence.ACLRule{evidencetest.ACLRule(1, egress, false, "6", to, from, until)},
					acls[i].Rules...)
			}
		}
	}
}

// apart gives each subnet a network ACL of its own that lets everything pass.
func apart(c *evidence.Case) {
	var acls []evidence.NetworkACL
	for _, s := range c.Facts.Network.Subnets.Value {
		acls = append(acls, evidence.NetworkACL{ID: "acl-" + s.ID, Subnets: []string{s.ID},
			Rules: []evidence.ACLRule{evidencetest.Everything(true), evidencetest.Everything(false)}})
	}
	c.Facts.Network.ACLs = evidence.Is(acls)
}

func TestNetworkACLsBetweenABalancerAndItsTask(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(c *evidence.Case)
		want   classifier.Result
		reason string
	}{
		{"all pass", func(*evidence.Case) {}, classifier.RuledOut, ""},
		{"the task's subnet lets nothing in", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 8080, 8080)
		}, classifier.Confirmed, ""},
		{"the task's subnet lets no answer out", func(c *evidence.Case) {
			denying(c, "subnet-app", true, "10.0.0.0/16", 1024, 65535)
		}, classifier.Confirmed, ""},
		{"both subnets of the load balancer let nothing out", func(c *evidence.Case) {
			denying(c, "subnet-pub", true, "10.0.1.0/24", 8080, 8080)
			denying(c, "subnet-ep", true, "10.0.1.0/24", 8080, 8080)
		}, classifier.Confirmed, ""},
		{"both subnets of the load balancer let no answer in", func(c *evidence.Case) {
			denying(c, "subnet-pub", false, "10.0.1.0/24", 1024, 65535)
			denying(c, "subnet-ep", false, "10.0.1.0/24", 1024, 65535)
		}, classifier.Confirmed, ""},
		{"one of its subnets is kept away", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/24", 8080, 8080)
		}, classifier.Inconclusive, classifier.ReasonIntermittent},
		{"another port is closed", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 9090, 9090)
		}, classifier.RuledOut, ""},
		{"another port is asked, and closed", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 9090, 9090)
			c.Facts.Running.TargetGroup.Value.CheckPort = "9090"
		}, classifier.Confirmed, ""},
		{"a part of the answer's ports", func(c *evidence.Case) {
			denying(c, "subnet-app", true, "10.0.0.0/16", 2000, 3000)
		}, classifier.Inconclusive, classifier.ReasonPartial},
		{"the load balancer is in the task's subnet too", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 8080, 8080)
			c.Facts.Running.LoadBalancers.Value[0].Subnets = []string{"subnet-app"}
		}, classifier.RuledOut, ""},
		{"nothing says that it got no answer", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 8080, 8080)
			c.Stop.StoppedReason = "Task failed ELB health checks in (target-group web)"
		}, classifier.Inconclusive, classifier.ReasonUnsaid},
		{"the service's event of this task says so", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 8080, 8080)
			c.Stop.StoppedReason = "Task failed ELB health checks in (target-group web)"
			c.Facts.Task.Service.Value.Events = []evidence.ServiceEvent{{Message: "(service orders) (task 0a1b2c) " +
				"(port 8080) is unhealthy in (target-group web) due to (reason Request timed out)"}}
		}, classifier.Confirmed, ""},
		{"the service's event of another task says so", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 8080, 8080)
			c.Stop.StoppedReason = "Task failed ELB health checks in (target-group web)"
			c.Facts.Task.Service.Value.Events = []evidence.ServiceEvent{{Message: "(service orders) (task ffff) " +
				"(port 8080) is unhealthy in (target-group web) due to (reason Request timed out)"}}
		}, classifier.Inconclusive, classifier.ReasonUnsaid},
		{"targets are instances", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 8080, 8080)
			c.Facts.Running.TargetGroup.Value.TargetType = "instance"
		}, classifier.Inconclusive, classifier.ReasonUnsaid},
		{"the network ACLs may not be read", func(c *evidence.Case) {
			evidencetest.Refuse(&c.Facts.Network.ACLs, classifier.ReasonNoPermission, "ec2:DescribeNetworkAcls")
		}, classifier.Inconclusive, classifier.ReasonNoPermission},
		{"the load balancers may not be read", func(c *evidence.Case) {
			evidencetest.Refuse(&c.Facts.Running.LoadBalancers, classifier.ReasonNoPermission,
				"elasticloadbalancing:DescribeLoadBalancers")
		}, classifier.Inconclusive, classifier.ReasonNoPermission},
		{"a subnet of the load balancer is not seen", func(c *evidence.Case) {
			denying(c, "subnet-app", false, "10.0.0.0/16", 8080, 8080)
			c.Facts.Running.LoadBalancers.Value[0].Subnets = []string{"subnet-far"}
		}, classifier.Inconclusive, classifier.ReasonNotVisible},
		{"no load balancer sends to it", func(c *evidence.Case) {
			c.Facts.Running.LoadBalancers = evidence.Is([]evidence.LoadBalancer{})
		}, classifier.Inconclusive, classifier.ReasonUnsaid},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := unhealthy()
			apart(&c)
			test.change(&c)
			check, _ := Checks.Find("nacl-blocks")
			if p := check.Judge(&c); p.Result != test.want || p.Reason != test.reason {
				t.Errorf("%+v", p)
			}
		})
	}
}
