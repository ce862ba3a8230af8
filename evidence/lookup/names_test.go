package lookup

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// namedStop is a stop whose text names a host of AWS and no address.
func namedStop() events.Stop {
	s := fargateStop()
	s.StopCode = "TaskFailedToStart"
	s.StoppedReason = "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull " +
		"registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task " +
		"network configuration. RequestError: send request failed caused by: Post " +
		`"https://api.ecr.eu-west-1.amazonaws.com/": net/http: request canceled while waiting for connection`
	return s
}

// transit is the account of fargate with a way to a transit gateway and without endpoints.
func transit(s *awstest.Server) {
	fargate(s)
	s.Clear("ec2:DescribeVpcEndpoints")
	s.Clear("ec2:DescribeRouteTables")
	s.Put("ec2:DescribeRouteTables", object{"routeTableId": "rtb-private", "vpcId": "vpc-0a1",
		"associationSet": []object{{"subnetId": "subnet-0a1"}}, "routeSet": []object{
			{"destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active"},
			{"destinationCidrBlock": "10.0.0.0/8", "transitGatewayId": "tgw-0a1", "state": "active"}}})
	s.Put("route53:ListHostedZonesByVPC",
		object{"VPCId": "vpc-0a1", "HostedZoneId": "Z1", "Name": "corp.example.",
			"Owner": object{"OwningAccount": account}},
		object{"VPCId": "vpc-0a1", "HostedZoneId": "Z2", "Name": "fs.example.",
			"Owner": object{"OwningService": "efs.amazonaws.com"}},
		object{"VPCId": "vpc-other", "HostedZoneId": "Z3", "Name": "amazonaws.com.",
			"Owner": object{"OwningAccount": account}})
	associated := func(vpc, rule string) {
		s.Put("route53resolver:ListResolverRuleAssociations", object{"VPCId": vpc, "ResolverRuleId": rule})
	}
	associated("vpc-0a1", "rslvr-autodefined-rr-internet-resolver")
	associated("vpc-0a1", "rslvr-rr-1")
	associated("vpc-0a1", "rslvr-rr-2")
	associated("vpc-0a1", "rslvr-rr-unseen")
	associated("vpc-other", "rslvr-rr-3")
	s.Put("route53resolver:ListResolverRules",
		object{"Id": "rslvr-rr-1", "DomainName": "corp.example.", "RuleType": "FORWARD"},
		object{"Id": "rslvr-rr-2", "DomainName": ".", "RuleType": "SYSTEM"},
		object{"Id": "rslvr-rr-3", "DomainName": "amazonaws.com.", "RuleType": "FORWARD"})
	s.Put("route53profiles:ListProfileAssociations",
		object{"ResourceId": "vpc-0a1", "ProfileId": "rp-1", "Status": "COMPLETE"},
		object{"ResourceId": "vpc-0a1", "ProfileId": "rp-old", "Status": "DELETED"},
		object{"ResourceId": "vpc-other", "ProfileId": "rp-2", "Status": "COMPLETE"})
}

// readingOfNames runs the readers of inputs and network about namedStop.
func readingOfNames(t *testing.T, s *awstest.Server, stop events.Stop) *reading {
	t.Helper()
	g, _ := newGatherer(s)
	r := &reading{Gatherer: g, stop: stop, finding: classifier.Classify(stop)}
	r.facts.Caller = evidence.Is(evidence.Caller{Account: account, Region: region})
	readInputs(t.Context(), r)
	readNetwork(t.Context(), r)
	return r
}

func TestNamesOfAVPC(t *testing.T) {
	s := newServer(t)
	transit(s)
	s.PageSize = 1
	n := readingOfNames(t, s, namedStop()).facts.Network
	want := evidence.Network{
		Zones: evidence.Is([]evidence.Zone{{ID: "Z1", Name: "corp.example", Account: account},
			{ID: "Z2", Name: "fs.example"}}),
		Rules: evidence.Is([]evidence.ResolverRule{
			{ID: "rslvr-rr-1", Domain: "corp.example", Known: true, Forward: true},
			{ID: "rslvr-rr-2", Known: true}, {ID: "rslvr-rr-unseen"}}),
		Profiles: evidence.Is([]string{"rp-1"}),
	}
	if diff := cmp.Diff(want, evidence.Network{Zones: n.Zones, Rules: n.Rules, Profiles: n.Profiles}); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestNamesAreReadOnlyWhereTheyDecide(t *testing.T) {
	names := []string{"route53", "route53resolver", "route53profiles"}
	for _, test := range []struct {
		name   string
		change func(*awstest.Server, *events.Stop)
		calls  int
	}{
		{"a name that may lead elsewhere", func(*awstest.Server, *events.Stop) {}, 4},
		{"only the rules that every VPC has", func(s *awstest.Server, _ *events.Stop) {
			s.Clear("route53resolver:ListResolverRuleAssociations")
			s.Put("route53resolver:ListResolverRuleAssociations",
				object{"VPCId": "vpc-0a1", "ResolverRuleId": "rslvr-autodefined-rr-internet-resolver"})
		}, 3},
		{"a text that tells the address", func(_ *awstest.Server, stop *events.Stop) {
			stop.StoppedReason = `Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 52.94.178.9:443: i/o timeout`
		}, 0},
		{"no other network", func(s *awstest.Server, _ *events.Stop) {
			s.Clear("ec2:DescribeRouteTables")
			s.Put("ec2:DescribeRouteTables",
				object{"routeTableId": "rtb-1", "vpcId": "vpc-0a1", "associationSet": []object{{"main": true}}})
		}, 0},
		{"DNS servers of your own", func(s *awstest.Server, _ *events.Stop) {
			s.Clear("ec2:DescribeDhcpOptions")
			s.Put("ec2:DescribeDhcpOptions", object{"dhcpOptionsId": "dopt-0a1", "dhcpConfigurationSet": []object{
				{"key": "domain-name-servers", "valueSet": []object{{"value": "10.9.0.2"}}}}})
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			transit(s)
			stop := namedStop()
			test.change(s, &stop)
			readingOfNames(t, s, stop)
			calls := 0
			for _, service := range names {
				calls += s.Count(service)
			}
			if calls != test.calls {
				t.Errorf("%d calls, want %d: %q", calls, test.calls, s.Requests())
			}
		})
	}
}

func TestNamesThatMayNotBeRead(t *testing.T) {
	for _, action := range []string{"route53:ListHostedZonesByVPC", "route53resolver:ListResolverRuleAssociations",
		"route53resolver:ListResolverRules", "route53profiles:ListProfileAssociations"} {
		t.Run(action, func(t *testing.T) {
			s := newServer(t)
			transit(s)
			s.Inject(awstest.Fault{Operation: action, Denied: true})
			n := readingOfNames(t, s, namedStop()).facts.Network
			refused := []string{n.Zones.Action, n.Rules.Action, n.Profiles.Action}
			if !slices.Contains(refused, action) {
				t.Errorf("refused %q: %+v", refused, n.Rules)
			}
		})
	}
}

// unknownHost is a stop whose text says that the VPC's own resolver knows no such host.
func unknownHost() events.Stop {
	s := fargateStop()
	s.StopCode = "TaskFailedToStart"
	s.StoppedReason = "CannotPullContainerError: failed to resolve ref: dial tcp: lookup " +
		"api.ecr.eu-west-1.amazonaws.com: no such host"
	return s
}

func unknownHostFinding() classifier.Finding {
	f := classifier.Classify(unknownHost())
	f.Causes = open("dns-server-unreachable").Causes
	return f
}

// filtered is the account of transit with a DNS Firewall and a private hosted zone for all names of AWS.
func filtered(s *awstest.Server) {
	transit(s)
	s.Clear("ec2:DescribeDhcpOptions")
	s.Put("ec2:DescribeDhcpOptions", object{"dhcpOptionsId": "dopt-0a1", "dhcpConfigurationSet": []object{
		{"key": "domain-name-servers", "valueSet": []object{{"value": "AmazonProvidedDNS"}}}}})
	s.Clear("route53profiles:ListProfileAssociations")
	s.Clear("route53resolver:ListResolverRuleAssociations")
	s.Put("route53:ListHostedZonesByVPC", object{"VPCId": "vpc-0a1", "HostedZoneId": "Z4", "Name": "amazonaws.com.",
		"Owner": object{"OwningAccount": account}})
	s.Put("route53:ListResourceRecordSets", object{"HostedZoneId": "Z4", "Name": "amazonaws.com.", "Type": "NS"},
		object{"HostedZoneId": "Z4", "Name": `\052.s3.amazonaws.com.`, "Type": "A"},
		object{"HostedZoneId": "Z1", "Name": "corp.example.", "Type": "NS"})
	associated := func(vpc, group string, priority int) {
		s.Put("route53resolver:ListFirewallRuleGroupAssociations",
			object{"VpcId": vpc, "FirewallRuleGroupId": group, "Priority": priority})
	}
	associated("vpc-0a1", "frg-last", 300)
	associated("vpc-0a1", "frg-first", 101)
	associated("vpc-other", "frg-other", 1)
	rule := func(group, name, list, action string, priority int) object {
		return object{"FirewallRuleGroupId": group, "Name": name, "FirewallDomainListId": list, "Action": action,
			"Priority": priority}
	}
	override := rule("frg-first", "override", "list-2", "BLOCK", 3)
	override["BlockResponse"] = "OVERRIDE"
	mail := rule("frg-last", "mail", "list-2", "BLOCK", 2)
	mail["Qtype"] = "MX"
	s.Put("route53resolver:ListFirewallRules", rule("frg-last", "every", "list-1", "BLOCK", 1), mail,
		object{"FirewallRuleGroupId": "frg-last", "Name": "tunnels", "Action": "BLOCK", "Priority": 3}, override,
		rule("frg-first", "managed", "list-aws", "ALERT", 1), rule("frg-first", "own", "list-2", "ALLOW", 2),
		rule("frg-other", "other", "list-1", "BLOCK", 1))
	s.Put("route53resolver:ListFirewallDomains", object{"Id": "list-1", "Domains": []string{"*."}},
		object{"Id": "list-2", "Domains": []string{"corp.example.", "*.corp.example."}},
		object{"Id": "list-aws", "ManagedOwnerName": "Route 53 Resolver DNS Firewall"})
}

func TestWhatAnswersThatThereIsNoSuchName(t *testing.T) {
	s := newServer(t)
	filtered(s)
	n := readingOfNames(t, s, unknownHost()).facts.Network
	corp := evidence.Is([]string{"corp.example.", "*.corp.example."})
	unseen := evidence.Unanswered[[]string](classifier.ReasonNotVisible, "")
	want := evidence.Network{
		Firewall: evidence.Is([]evidence.FirewallRule{
			{Name: "managed", Group: "frg-first", Domains: evidence.Unanswered[[]string](classifier.ReasonNoPermission,
				"route53resolver:ListFirewallDomains")},
			{Name: "own", Group: "frg-first", Domains: corp},
			{Name: "override", Group: "frg-first", Block: true, Override: true, Domains: corp},
			{Name: "every", Group: "frg-last", Block: true, Domains: evidence.Is([]string{"*."})},
			{Name: "mail", Group: "frg-last", Block: true, Domains: unseen},
			{Name: "tunnels", Group: "frg-last", Block: true, Domains: unseen}}),
		Records: evidence.Is([]evidence.Record{{Name: "amazonaws.com", Type: "NS"},
			{Name: "*.s3.amazonaws.com", Type: "A"}}),
	}
	if diff := cmp.Diff(want, evidence.Network{Firewall: n.Firewall, Records: n.Records}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatDoesNotExistIsAskedAboutOnlyThere(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*awstest.Server, *events.Stop)
		want   int // calls about DNS Firewall and records
	}{
		{"no such host", func(*awstest.Server, *events.Stop) {}, 7},
		{"no answer", func(_ *awstest.Server, stop *events.Stop) {
			stop.StoppedReason = "CannotPullContainerError: dial tcp: lookup api.ecr.eu-west-1.amazonaws.com on " +
				"10.0.0.2:53: read udp 10.0.1.20:41000->10.0.0.2:53: i/o timeout"
		}, 0},
		{"an address", func(_ *awstest.Server, stop *events.Stop) { *stop = namedStop() }, 0},
		{"a zone of another account", func(s *awstest.Server, _ *events.Stop) {
			s.Clear("route53:ListHostedZonesByVPC")
			s.Put("route53:ListHostedZonesByVPC", object{"VPCId": "vpc-0a1", "HostedZoneId": "Z4",
				"Name": "amazonaws.com.", "Owner": object{"OwningAccount": "444455556666"}})
		}, 6},
		{"no zone", func(s *awstest.Server, _ *events.Stop) { s.Clear("route53:ListHostedZonesByVPC") }, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			filtered(s)
			stop := unknownHost()
			test.change(s, &stop)
			readingOfNames(t, s, stop)
			calls := s.Count("route53:ListResourceRecordSets")
			for _, operation := range []string{"RuleGroupAssociations", "Rules", "Domains"} {
				calls += s.Count("route53resolver:ListFirewall" + operation)
			}
			if calls != test.want {
				t.Errorf("%d calls, want %d: %q", calls, test.want, s.Requests())
			}
		})
	}
}
