package network

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// TestOriginOf holds the order of the sources: the interface itself, the deployment that started the task, its
// revision, and on EC2 the instance and its capacity provider.
func TestOriginOf(t *testing.T) {
	own := []netip.Addr{evidencetest.IP("10.0.1.20")}
	for _, c := range []struct {
		name   string
		change func(c *evidence.Case)
		want   Origin
	}{
		{
			name:   "the deployment that started the task",
			change: func(*evidence.Case) {},
			want: Origin{
				Subnet:    "subnet-app",
				Groups:    []string{"sg-task"},
				Told:      GroupsKnown,
				Addresses: own,
				PublicIP:  No,
				Source:    "deployment ecs-svc/7001",
			},
		},
		{
			name: "the call that started a task of no service",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service = evidence.Answer[evidence.Service]{}
				c.Facts.Task.Run = evidence.Is(evidence.NetworkSettings{Subnets: []string{"subnet-app", "subnet-x"},
					Groups: []string{"sg-job"}, AssignPublicIP: "ENABLED"})
			},
			want: Origin{
				Subnet:    "subnet-app",
				Groups:    []string{"sg-job"},
				Told:      GroupsKnown,
				Addresses: own,
				PublicIP:  Yes,
				Source:    "the RunTask call",
			},
		},
		{
			name: "the compute environment of a job",
			change: func(c *evidence.Case) {
				c.Stop.JobID = "5b92d089"
				c.Facts.Task.Service = evidence.Answer[evidence.Service]{}
				c.Facts.Task.Job = evidence.Is(evidence.NetworkSettings{Subnets: []string{"subnet-app", "subnet-x"},
					Groups: []string{"sg-job"}, AssignPublicIP: "DISABLED"})
			},
			want: Origin{
				Subnet:    "subnet-app",
				Groups:    []string{"sg-job"},
				Told:      GroupsKnown,
				Addresses: own,
				PublicIP:  No,
				Source:    "the compute environment of job 5b92d089",
			},
		},
		{
			name: "such a call that says nothing of groups and a public address",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service = evidence.Answer[evidence.Service]{}
				c.Facts.Task.Run = evidence.Is(evidence.NetworkSettings{Subnets: []string{"subnet-app"}})
			},
			want: Origin{
				Subnet:    "subnet-app",
				Told:      GroupsDefault,
				Addresses: own,
				PublicIP:  Unsure,
				Source:    "the RunTask call",
			},
		},
		{
			name: "the interface while it exists",
			change: func(c *evidence.Case) {
				c.Facts.Task.Interface = evidence.Is(evidence.Interface{
					ID:         "eni-t",
					VPC:        "vpc-1",
					Subnet:     "subnet-x",
					Groups:     []string{"sg-x"},
					PrivateIPs: []netip.Addr{evidencetest.IP("10.0.7.7")},
					PublicIP:   evidencetest.IP("34.1.2.3"),
				})
			},
			want: Origin{
				VPC:       "vpc-1",
				Subnet:    "subnet-x",
				Groups:    []string{"sg-x"},
				Told:      GroupsKnown,
				Addresses: []netip.Addr{evidencetest.IP("10.0.7.7")},
				PublicIP:  Yes,
				Source:    "interface eni-t",
			},
		},
		{
			name: "the revision where the deployment is gone",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service.Value.Deployments = c.Facts.Task.Service.Value.Deployments[:1]
				c.Facts.Task.Revision = evidence.Is(evidence.Revision{
					ARN: "rev-1",
					Network: evidence.NetworkSettings{
						Subnets:        []string{"subnet-app"},
						Groups:         []string{"sg-old"},
						AssignPublicIP: "ENABLED",
					},
				})
			},
			want: Origin{
				Subnet:    "subnet-app",
				Groups:    []string{"sg-old"},
				Told:      GroupsKnown,
				Addresses: own,
				PublicIP:  Yes,
				Source:    "service revision rev-1",
			},
		},
		{
			name: "another deployment is not its own",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service.Value.Deployments = c.Facts.Task.Service.Value.Deployments[:1]
			},
			want: Origin{
				Subnet:    "subnet-app",
				Addresses: own,
				Source:    "the event",
				Gap:       classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead},
			},
		},
		{
			name:   "no group in the configuration",
			change: func(c *evidence.Case) { evidencetest.Settings(c).Groups = nil },
			want: Origin{
				Subnet:    "subnet-app",
				Told:      GroupsDefault,
				Addresses: own,
				PublicIP:  No,
				Source:    "deployment ecs-svc/7001",
			},
		},
		{
			name: "one subnet is the subnet where the event shows none",
			change: func(c *evidence.Case) {
				c.Stop.Attachments, evidencetest.Settings(c).Subnets = nil, []string{"subnet-only"}
			},
			want: Origin{
				Subnet:   "subnet-only",
				Groups:   []string{"sg-task"},
				Told:     GroupsKnown,
				PublicIP: No,
				Source:   "deployment ecs-svc/7001",
			},
		},
		{
			name: "several subnets are none",
			change: func(c *evidence.Case) {
				c.Stop.Attachments = nil
				c.Facts.Task.Interface = evidence.Unanswered[evidence.Interface](classifier.ReasonNoPermission,
					"ec2:DescribeNetworkInterfaces")
			},
			want: Origin{
				Groups:   []string{"sg-task"},
				Told:     GroupsKnown,
				PublicIP: No,
				Source:   "deployment ecs-svc/7001",
				Gap: classifier.Proof{
					Result:        classifier.Inconclusive,
					Reason:        classifier.ReasonNoPermission,
					MissingAction: "ec2:DescribeNetworkInterfaces",
				},
			},
		},
		{
			name: "what is missing is what could be granted",
			change: func(c *evidence.Case) {
				c.Facts.Task.Service = evidence.Unanswered[evidence.Service](classifier.ReasonNoPermission,
					"ecs:DescribeServices")
			},
			want: Origin{
				Subnet:    "subnet-app",
				Addresses: own,
				Source:    "the event",
				Gap: classifier.Proof{
					Result:        classifier.Inconclusive,
					Reason:        classifier.ReasonNoPermission,
					MissingAction: "ecs:DescribeServices",
				},
			},
		},
		{
			name:   "outside of AWS",
			change: func(c *evidence.Case) { c.Stop.LaunchType = "EXTERNAL" },
			want: Origin{
				Gap: classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonRouteTarget},
			},
		},
		{
			name:   "a login before platform version 1.4.0",
			change: func(c *evidence.Case) { c.Stop.PlatformVersion = "1.3.0" },
			want:   Origin{Gap: classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonNotVisible}},
		},
		{
			name: "Windows counts its platform versions from 1.0.0",
			change: func(c *evidence.Case) {
				c.Stop.PlatformVersion = "1.0.0"
				c.Facts.Task.TaskDefinition.Value.OperatingSystem = "WINDOWS_SERVER_2022_CORE"
			},
			want: Origin{
				Subnet:    "subnet-app",
				Groups:    []string{"sg-task"},
				Told:      GroupsKnown,
				Addresses: own,
				PublicIP:  No,
				Source:    "deployment ecs-svc/7001",
			},
		},
		{
			name: "the instance, although the task has an interface of its own",
			change: func(c *evidence.Case) {
				c.Stop.LaunchType = "EC2"
				c.Facts.Task.Interface = evidence.Is(evidence.Interface{
					ID:     "eni-t",
					Subnet: "subnet-app",
					Groups: []string{"sg-task"},
				})
				c.Facts.Task.Instance = evidence.Is(evidence.ContainerInstance{
					EC2: evidence.Is(evidence.Instance{
						ID:        "i-1",
						State:     "running",
						Subnet:    "subnet-pub",
						VPC:       "vpc-1",
						Groups:    []string{"sg-host"},
						PrivateIP: evidencetest.IP("10.0.0.30"),
					}),
				})
			},
			want: Origin{
				VPC:       "vpc-1",
				Subnet:    "subnet-pub",
				Groups:    []string{"sg-host"},
				Told:      GroupsKnown,
				Addresses: []netip.Addr{evidencetest.IP("10.0.0.30")},
				PublicIP:  No,
				Source:    "container instance i-1",
				Host:      "i-1",
			},
		},
		{
			name: "an instance that is gone",
			change: func(c *evidence.Case) {
				c.Stop.LaunchType = "EC2"
				c.Facts.Task.Instance = evidence.Is(evidence.ContainerInstance{
					EC2: evidence.Is(evidence.Instance{ID: "i-1", State: "terminated"}),
				})
			},
			want: Origin{
				Source: "container instance i-1",
				Host:   "i-1",
				Gap:    classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonNotVisible},
			},
		},
		{
			name: "the capacity provider of managed instances",
			change: func(c *evidence.Case) {
				c.Stop.LaunchType, c.Stop.CapacityProvider = "MANAGED_INSTANCES", "mi"
				c.Facts.Task.Provider = evidence.Is(evidence.NetworkSettings{
					Subnets: []string{"subnet-app"},
					Groups:  []string{"sg-mi"},
				})
			},
			want: Origin{
				Subnet: "subnet-app",
				Groups: []string{"sg-mi"},
				Told:   GroupsKnown,
				Source: "capacity provider mi",
				Host:   someInstance,
			},
		},
	} {
		k := layout("nat")
		c.change(&k)
		if diff := cmp.Diff(
			c.want,
			OriginOf(&k),
			cmpopts.IgnoreFields(classifier.Proof{}, "Evidence"),
			cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

// TestWithoutOriginNothingIsJudged holds that nothing is said of a way whose beginning is not known.
func TestWithoutOriginNothingIsJudged(t *testing.T) {
	for _, change := range []func(c *evidence.Case){
		func(c *evidence.Case) { c.Stop.LaunchType = "EXTERNAL" },
		func(c *evidence.Case) { c.Stop.PlatformVersion = "1.3.0" },
		func(c *evidence.Case) { c.Stop.Attachments = nil },
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
