package lookup

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// readingOf runs the readers of inputs and network.
func readingOf(t *testing.T, s *awstest.Server, stop events.Stop) *reading {
	t.Helper()
	g, _ := newGatherer(s)
	r := &reading{Gatherer: g, stop: stop}
	readInputs(t.Context(), r)
	readNetwork(t.Context(), r)
	return r
}

func TestWithoutASubnetNoVPCIsRead(t *testing.T) {
	s := newServer(t)
	fargate(s)
	stop := fargateStop()
	stop.Service, stop.StartedBy, stop.DeploymentID, stop.Attachments = "", "", "", nil
	r := readingOf(t, s, stop)
	if n := r.facts.Network; n.VPC.State != evidence.NotAsked || n.RouteTables.State != evidence.NotAsked ||
		n.VPC.Reason != "" || s.Count("ec2") != 0 {
		t.Errorf("%+v after %q", n, s.Requests())
	}
}

func TestTheSubnetTellsTheVPC(t *testing.T) {
	stop := fargateStop()
	stop.Attachments[0].Details["networkInterfaceId"] = "eni-gone"
	t.Run("of the event", func(t *testing.T) {
		s := newServer(t)
		fargate(s)
		stop := stop
		stop.Service = ""
		if r := readingOf(t, s, stop); r.facts.Network.VPC.Value.ID != "vpc-0a1" {
			t.Errorf("%+v", r.facts.Network.VPC)
		}
	})
	t.Run("of the deployment", func(t *testing.T) {
		s := newServer(t)
		fargate(s)
		stop := stop
		stop.Attachments = nil
		if r := readingOf(t, s, stop); r.facts.Network.VPC.Value.ID != "vpc-0a1" {
			t.Errorf("%+v", r.facts.Network.VPC)
		}
	})
	t.Run("that is gone", func(t *testing.T) {
		s := newServer(t)
		fargate(s)
		s.Clear("ec2:DescribeSubnets")
		if n := readingOf(t, s, stop).facts.Network; n.VPC.State != evidence.Absent ||
			n.Subnets.State != evidence.Absent || n.RouteTables.State != evidence.NotAsked ||
			s.Count("ec2:DescribeVpcs") != 0 {
			t.Errorf("%+v after %q", n, s.Requests())
		}
	})
	t.Run("that we may not see", func(t *testing.T) {
		s := newServer(t)
		fargate(s)
		s.Inject(awstest.Fault{Operation: "ec2:DescribeSubnets", Denied: true})
		n := readingOf(t, s, stop).facts.Network
		if n.Subnets.State != evidence.Unknown || n.Subnets.Reason != classifier.ReasonNoPermission ||
			n.Subnets.Action != "ec2:DescribeSubnets" || n.VPC.Reason != n.Subnets.Reason ||
			n.RouteTables.Reason != n.Subnets.Reason || n.NATs.Action != n.Subnets.Action {
			t.Errorf("%+v", n)
		}
	})
}

func TestOneRefusalLeavesTheOtherAnswersStanding(t *testing.T) {
	s := newServer(t)
	fargate(s)
	s.Inject(awstest.Fault{Operation: "ec2:DescribeVpcs", Denied: true})
	s.Inject(awstest.Fault{Operation: "ec2:DescribeVpcEndpoints", Denied: true})
	s.Inject(awstest.Fault{
		Operation: "ec2:GetManagedPrefixListEntries",
		Refusal:   awstest.Refuse("InternalError", "for a test"),
	})
	n := readingOf(t, s, fargateStop()).facts.Network
	for name, got := range map[string]struct {
		state evidence.State
		is    string
	}{
		"ec2:DescribeVpcs":               {n.VPC.State, n.VPC.Action},
		"ec2:DescribeVpcs (DHCP)":        {n.DHCP.State, n.DHCP.Action},
		"ec2:DescribeVpcEndpoints":       {n.Endpoints.State, n.Endpoints.Action},
		"ec2:DescribeVpcEndpoints (its)": {n.EndpointAdapters.State, n.EndpointAdapters.Action},
		"ec2:GetManagedPrefixListEntries": {
			n.PrefixLists.Value[0].Entries.State, n.PrefixLists.Value[0].Entries.Action,
		},
	} {
		if got.state != evidence.Unknown || !strings.HasPrefix(name, got.is) || got.is == "" {
			t.Errorf("%s: state %d, action %q", name, got.state, got.is)
		}
	}
	if n.NATs.State != evidence.Known || n.Gateways.State != evidence.Known || n.RouteTables.State != evidence.Known ||
		n.PrefixLists.State != evidence.Known {
		t.Errorf("%+v", n)
	}
}

// TestWhatCannotBeReadIsNotLeftOut has a rule and a route that would make a closed group or a missing route if they
// were skipped.
func TestWhatCannotBeReadIsNotLeftOut(t *testing.T) {
	s := newServer(t)
	s.Put("ec2:DescribeSecurityGroups", object{
		"groupId":             "sg-1",
		"vpcId":               "vpc-0a1",
		"ipPermissionsEgress": []object{{"ipProtocol": "-1", "ipRanges": []object{{"cidrIp": "anywhere"}}}},
	})
	s.Put("ec2:DescribeRouteTables", object{
		"routeTableId": "rtb-1",
		"vpcId":        "vpc-0a1",
		"routeSet":     []object{{"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1", "state": "filtered"}},
	})
	s.Put("ec2:DescribeVpcAttribute", object{"vpcId": "vpc-0a1"})
	g, _ := newGatherer(s)
	r := newReading(g)
	if got := securityGroups(t.Context(), r, "vpc-0a1"); got.State != evidence.Unknown ||
		got.Reason != classifier.ReasonFailed {
		t.Errorf("a CIDR that is none: %+v", got)
	}
	if got := routeTables(t.Context(), r, "vpc-0a1"); got.State != evidence.Known ||
		got.Value[0].Routes[0].Target != "filtered nat-1" || got.Value[0].Routes[0].Blackhole {
		t.Errorf("a route that may not be in force: %+v", got)
	}
	if got := vpcAttribute(t.Context(), r, "vpc-0a1", "enableDnsSupport"); got.State != evidence.Unknown {
		t.Errorf("an attribute without a value: %+v", got)
	}
}

func TestARevisionIsToldOnlyWhenItIsCertain(t *testing.T) {
	for _, test := range []struct {
		name string
		put  func(*awstest.Server)
		stop func(*events.Stop)
		want evidence.State
	}{
		{"one", func(*awstest.Server) {}, func(*events.Stop) {}, evidence.Known},
		{
			"two that differ in their network",
			func(s *awstest.Server) {
				s.Put("ecs:DescribeServiceRevisions", object{
					"serviceRevisionArn":   arn + "service-revision/prod/web/5",
					"taskDefinition":       arn + "task-definition/web:42",
					"networkConfiguration": awsvpc("DISABLED"),
				})
				s.Put("ecs:ListServiceDeployments", object{
					"serviceArn":               arn + "service/prod/web",
					"createdAt":                seconds(created.Add(-4 * time.Hour)),
					"targetServiceRevisionArn": arn + "service-revision/prod/web/5",
				})
			},
			func(*events.Stop) {},
			evidence.NotAsked,
		},
		{
			"of another task definition",
			func(*awstest.Server) {},
			func(s *events.Stop) { s.TaskDefinitionARN = arn + "task-definition/web:40" },
			evidence.NotAsked,
		},
		{
			"of a task without a time",
			func(*awstest.Server) {},
			func(s *events.Stop) { s.CreatedAt = time.Time{} },
			evidence.NotAsked,
		},
		{
			"of a service that is gone",
			func(s *awstest.Server) { s.Clear("ecs:DescribeServices") },
			func(*events.Stop) {},
			evidence.Known,
		},
		{
			"of a service that we may not list",
			func(s *awstest.Server) {
				s.Inject(awstest.Fault{Operation: "ecs:ListServiceDeployments", Denied: true})
			},
			func(*events.Stop) {},
			evidence.Unknown,
		},
		{
			"of a service that we may not see",
			func(s *awstest.Server) { s.Inject(awstest.Fault{Operation: "ecs:DescribeServices", Denied: true}) },
			func(*events.Stop) {},
			evidence.NotAsked,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			replaced(s)
			test.put(s)
			stop := replacedStop()
			test.stop(&stop)
			if got := readingOf(t, s, stop).facts.Task.Revision; got.State != test.want {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestOnlyPrefixListsOnTheWayAreExpanded(t *testing.T) {
	s := newServer(t)
	fargate(s)
	r := readingOf(t, s, fargateStop())
	var ids []string
	for _, l := range r.facts.Network.PrefixLists.Value {
		ids = append(ids, l.ID)
	}
	if len(ids) != 3 || s.Count("ec2:GetManagedPrefixListEntries") != 2 {
		t.Errorf("lists %q after %d calls", ids, s.Count("ec2:GetManagedPrefixListEntries"))
	}
}

func TestAMachineOutsideOfAWSHasNoInstance(t *testing.T) {
	s := newServer(t)
	s.Put("ecs:DescribeContainerInstances", object{
		"containerInstanceArn": arn + "container-instance/prod/1",
		"ec2InstanceId":        "mi-0a1",
		"agentConnected":       true,
	})
	stop := ec2Stop()
	stop.LaunchType = "EXTERNAL"
	r := readingOf(t, s, stop)
	if i := r.facts.Task.Instance; i.State != evidence.Known || i.Value.EC2.State != evidence.NotAsked ||
		s.Count("ec2") != 0 {
		t.Errorf("%+v after %q", i, s.Requests())
	}
}
