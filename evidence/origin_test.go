package evidence

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/classifier"
)

// TestOriginOf holds the order of the sources: the interface itself, the deployment that started the task, its revision, and on EC2
// the instance and its capacity provider.
func TestOriginOf(t *testing.T) {
	own := []netip.Addr{ip("10.0.1.20")}
	for _, c := range []struct {
		name   string
		change func(c *Case)
		want   Origin
	}{
		{"the deployment that started the task", func(*Case) {},
			Origin{Subnet: "subnet-app", Groups: []string{"sg-task"}, Told: GroupsKnown, Addresses: own, PublicIP: No, Source: "deployment ecs-svc/7001"}},
		{"the interface while it exists", func(c *Case) {
			c.Facts.Inputs.Interface = Is(Interface{ID: "eni-t", VPC: "vpc-1", Subnet: "subnet-x", Groups: []string{"sg-x"}, PrivateIPs: []netip.Addr{ip("10.0.7.7")}, PublicIP: ip("34.1.2.3")})
		}, Origin{VPC: "vpc-1", Subnet: "subnet-x", Groups: []string{"sg-x"}, Told: GroupsKnown, Addresses: []netip.Addr{ip("10.0.7.7")}, PublicIP: Yes, Source: "interface eni-t"}},
		{"the revision where the deployment is gone", func(c *Case) {
			c.Facts.Inputs.Service.Value.Deployments = c.Facts.Inputs.Service.Value.Deployments[:1]
			c.Facts.Inputs.Revision = Is(Revision{ARN: "rev-1", Network: NetworkSettings{Subnets: []string{"subnet-app"}, Groups: []string{"sg-old"}, AssignPublicIP: "ENABLED"}})
		}, Origin{Subnet: "subnet-app", Groups: []string{"sg-old"}, Told: GroupsKnown, Addresses: own, PublicIP: Yes, Source: "service revision rev-1"}},
		{"another deployment is not its own", func(c *Case) {
			c.Facts.Inputs.Service.Value.Deployments = c.Facts.Inputs.Service.Value.Deployments[:1]
		}, Origin{Subnet: "subnet-app", Addresses: own, Source: "the event", Gap: classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead}}},
		{"no group in the configuration", func(c *Case) { c.settings().Groups = nil },
			Origin{Subnet: "subnet-app", Told: GroupsDefault, Addresses: own, PublicIP: No, Source: "deployment ecs-svc/7001"}},
		{"one subnet is the subnet where the event shows none", func(c *Case) {
			c.Stop.Attachments, c.settings().Subnets = nil, []string{"subnet-only"}
		}, Origin{Subnet: "subnet-only", Groups: []string{"sg-task"}, Told: GroupsKnown, PublicIP: No, Source: "deployment ecs-svc/7001"}},
		{"several subnets are none", func(c *Case) {
			c.Stop.Attachments = nil
			c.Facts.Inputs.Interface = Open[Interface](classifier.ReasonNoPermission, "ec2:DescribeNetworkInterfaces")
		}, Origin{Groups: []string{"sg-task"}, Told: GroupsKnown, PublicIP: No, Source: "deployment ecs-svc/7001",
			Gap: classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonNoPermission, MissingAction: "ec2:DescribeNetworkInterfaces"}}},
		{"what is missing is what could be granted", func(c *Case) {
			c.Facts.Inputs.Service = Open[Service](classifier.ReasonNoPermission, "ecs:DescribeServices")
		}, Origin{Subnet: "subnet-app", Addresses: own, Source: "the event", Gap: classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonNoPermission, MissingAction: "ecs:DescribeServices"}}},
		{"outside of AWS", func(c *Case) { c.Stop.LaunchType = "EXTERNAL" }, Origin{Gap: classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonRouteTarget}}},
		{"a login before platform version 1.4.0", func(c *Case) { c.Stop.PlatformVersion = "1.3.0" }, Origin{Gap: classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonNotVisible}}},
		{"Windows counts its platform versions from 1.0.0", func(c *Case) {
			c.Stop.PlatformVersion, c.Facts.Inputs.TaskDefinition.Value.OperatingSystem = "1.0.0", "WINDOWS_SERVER_2022_CORE"
		}, Origin{Subnet: "subnet-app", Groups: []string{"sg-task"}, Told: GroupsKnown, Addresses: own, PublicIP: No, Source: "deployment ecs-svc/7001"}},
		{"the instance, although the task has an interface of its own", func(c *Case) {
			c.Stop.LaunchType = "EC2"
			c.Facts.Inputs.Interface = Is(Interface{ID: "eni-t", Subnet: "subnet-app", Groups: []string{"sg-task"}})
			c.Facts.Inputs.Instance = Is(ContainerInstance{EC2: Is(Instance{ID: "i-1", State: "running", Subnet: "subnet-pub", VPC: "vpc-1", Groups: []string{"sg-host"}, PrivateIP: ip("10.0.0.30")})})
		}, Origin{VPC: "vpc-1", Subnet: "subnet-pub", Groups: []string{"sg-host"}, Told: GroupsKnown, Addresses: []netip.Addr{ip("10.0.0.30")}, PublicIP: No, Source: "container instance i-1", Host: "i-1"}},
		{"an instance that is gone", func(c *Case) {
			c.Stop.LaunchType = "EC2"
			c.Facts.Inputs.Instance = Is(ContainerInstance{EC2: Is(Instance{ID: "i-1", State: "terminated"})})
		}, Origin{Source: "container instance i-1", Host: "i-1", Gap: classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonNotVisible}}},
		{"the capacity provider of managed instances", func(c *Case) {
			c.Stop.LaunchType, c.Stop.CapacityProvider = "MANAGED_INSTANCES", "mi"
			c.Facts.Inputs.Provider = Is(NetworkSettings{Subnets: []string{"subnet-app"}, Groups: []string{"sg-mi"}})
		}, Origin{Subnet: "subnet-app", Groups: []string{"sg-mi"}, Told: GroupsKnown, Source: "capacity provider mi", Host: someInstance}},
	} {
		k := layout("nat")
		c.change(&k)
		if diff := cmp.Diff(c.want, OriginOf(&k), cmpopts.IgnoreFields(classifier.Proof{}, "Evidence"), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

// TestWithoutOriginNothingIsJudged holds that nothing is said of a way whose beginning is not known.
func TestWithoutOriginNothingIsJudged(t *testing.T) {
	for _, change := range []func(c *Case){
		func(c *Case) { c.Stop.LaunchType = "EXTERNAL" },
		func(c *Case) { c.Stop.PlatformVersion = "1.3.0" },
		func(c *Case) { c.Stop.Attachments = nil },
	} {
		c := layout("nat")
		change(&c)
		for cause, result := range results(c) {
			if result == classifier.Confirmed || result == classifier.RuledOut {
				t.Errorf("%s: %s", cause, result)
			}
		}
	}
}
