package network

import (
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

var update = flag.Bool("update", false, "write the golden file")

//go:generate go test . -run TestBroken -update

func TestNothingBrokenIsRuledOut(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(layouts())) {
		c := layout(name)
		proofs := Checks.Prove(c)
		want := map[string]string{"mount": "nacl-blocks=not_read", // the mount target's subnet is not known
			"mount lookup": "dns-server-unreachable=custom_dns"}[name] // it answered, and nothing tells why so
		if got := verdicts(c); got != want ||
			!slices.ContainsFunc(proofs, func(p classifier.Proof) bool { return networkCause(p.Cause) }) {
			t.Errorf("%s (%s): open: %q in %+v", name, c.Finding.Class(), got, proofs)
		}
	}
}

// breaks are layouts in which one thing is broken, and what is then not ruled out. reads is the answer that shows the
// defect.
var breaks = []struct {
	name, layout, reads string
	break1              func(c *evidence.Case)
	want                string
}{
	// The route table of the task's subnet.
	{
		name:   "no route, no endpoint",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-app"), "0.0.0.0/0") },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "no route, by name",
		layout: "nat by name",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-app"), "0.0.0.0/0") },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "the main table counts",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { table(c, "rtb-app").Subnets = nil },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "Docker Hub without a route",
		layout: "docker hub",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-app"), "0.0.0.0/0") },
		want:   "route-missing=confirmed",
	},
	{
		name:   "the longest prefix is a black hole",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			add(table(c, "rtb-app"), evidencetest.Route("3.248.0.0/16", "tgw-1"))
			blackhole(table(c, "rtb-app"), "3.248.0.0/16")
		},
		want: "route-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the longest prefix goes to an appliance",
		layout: "nat",
		break1: func(c *evidence.Case) { add(table(c, "rtb-app"), evidencetest.Route("3.248.0.0/16", "eni-fw")) },
		want: "nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target " +
			"route-missing=route_target nacl-blocks=route_target endpoint-missing=route_target",
	},
	{
		name:   "static beats propagated",
		layout: "nat",
		break1: func(c *evidence.Case) {
			table(c, "rtb-app").Routes = append([]evidence.Route{{
				Destination: evidencetest.CIDR("0.0.0.0/0"),
				Target:      "vgw-1",
				Propagated:  true,
			}}, table(c, "rtb-app").Routes...)
		},
	},
	{
		name:   "two halves are a default route",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "0.0.0.0/0")
			add(table(c, "rtb-app"), evidencetest.Route("0.0.0.0/1", "nat-1"))
			add(table(c, "rtb-app"), evidencetest.Route("128.0.0.0/1", "nat-1"))
		},
	},
	{
		name:   "half of the internet is routed",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "0.0.0.0/0")
			add(table(c, "rtb-app"), evidencetest.Route("0.0.0.0/1", "nat-1"))
		},
		want: "public-ip-missing=partial nat-unusable=partial internet-gateway-missing=partial " +
			"public-access-blocked=partial route-missing=partial nacl-blocks=partial endpoint-missing=partial",
	},
	{
		name:   "a part of the internet takes another way",
		layout: "nat by name",
		break1: func(c *evidence.Case) { add(table(c, "rtb-app"), evidencetest.Route("3.0.0.0/8", "vpce-fw")) },
		want: "public-ip-missing=partial nat-unusable=partial internet-gateway-missing=partial " +
			"public-access-blocked=partial route-missing=partial nacl-blocks=partial endpoint-missing=partial",
	},
	{
		name:   "a prefix list is a route",
		layout: "nat",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "0.0.0.0/0")
			add(table(c, "rtb-app"), evidence.Route{PrefixList: "pl-own", Target: "nat-1"})
			c.Facts.Network.PrefixLists.Value = append(c.Facts.Network.PrefixLists.Value, evidence.PrefixList{
				ID:      "pl-own",
				Entries: evidence.Is(evidencetest.CIDRs("3.0.0.0/8")),
			})
		},
	},
	{
		name:   "a prefix list that cannot be read may hold the address",
		layout: "nat",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "0.0.0.0/0")
			add(table(c, "rtb-app"), evidence.Route{PrefixList: "pl-shared", Target: "nat-1"})
		},
		want: "public-ip-missing=not_visible nat-unusable=not_visible internet-gateway-missing=not_visible " +
			"public-access-blocked=not_visible route-missing=not_visible nacl-blocks=not_visible " +
			"endpoint-missing=not_visible",
	},
	{
		name:   "a transit gateway is not followed",
		layout: "nat by name",
		break1: func(c *evidence.Case) { lead(table(c, "rtb-app"), "0.0.0.0/0", "tgw-1") },
		want: "nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target " +
			"route-missing=route_target nacl-blocks=route_target endpoint-missing=route_target",
	},
	{
		name:   "a firewall endpoint is not followed",
		layout: "nat",
		break1: func(c *evidence.Case) { lead(table(c, "rtb-app"), "0.0.0.0/0", "vpce-fw") },
		want: "nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target " +
			"route-missing=route_target nacl-blocks=route_target endpoint-missing=route_target",
	},
	{
		name:   "the name may lead behind a transit gateway",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "0.0.0.0/0")
			add(table(c, "rtb-app"), evidencetest.Route("10.0.0.0/8", "tgw-1"))
		},
		want: "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns " +
			"public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns " +
			"endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns",
	},

	// What may lead names elsewhere.
	{
		name:   "nothing leads the name behind the transit gateway",
		layout: "nat by name",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { behindTransit(c) },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "nothing leads the name to an endpoint whose private DNS is off",
		layout: "endpoint by name",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) {
			namedBy(c)
			endpoint(c, "vpce-api").PrivateDNS = false
		},
		want: "route-missing=not_causal endpoint-private-dns-off=confirmed",
	},
	{
		name:   "nothing leads the name to an endpoint that a NAT gateway makes needless",
		layout: "endpoint and nat",
		break1: func(c *evidence.Case) {
			namedBy(c)
			endpoint(c, "vpce-api").PrivateDNS = false
			c.Facts.Network.NATs.Value[0].State = "failed"
		},
		want: "nat-unusable=confirmed endpoint-private-dns-off=not_causal",
	},
	{
		name:   "a private zone around the name",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c, evidence.Zone{ID: "Z1", Name: "eu-west-1.amazonaws.com", Account: "210987654321"})
		},
		want: byNameUnknown("custom_dns"),
	},
	{
		name:   "a private zone of just the name",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c, evidence.Zone{ID: "Z1", Name: apiHost, Account: "444455556666"})
		},
		want: byNameUnknown("custom_dns"),
	},
	{
		name:   "private zones of other names, and one of an endpoint of the VPC",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c, evidence.Zone{ID: "Z1", Name: "corp.example", Account: "210987654321"},
				evidence.Zone{ID: "Z2", Name: "i.ecr.eu-west-1.amazonaws.com", Account: "210987654321"},
				evidence.Zone{ID: "Z3", Name: apiHost})
		},
		want: "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "a resolver rule for every name",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c)
			c.Facts.Network.Rules = evidence.Is([]evidence.ResolverRule{{ID: "rslvr-rr-1", Known: true, Forward: true}})
		},
		want: byNameUnknown("custom_dns"),
	},
	{
		name:   "a resolver rule for every name, and one that keeps the names of AWS",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c)
			c.Facts.Network.Rules = evidence.Is([]evidence.ResolverRule{
				{ID: "rslvr-rr-2", Domain: "amazonaws.com", Known: true},
				{ID: "rslvr-rr-1", Known: true, Forward: true}})
		},
		want: "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "a resolver rule for other names",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c)
			c.Facts.Network.Rules = evidence.Is([]evidence.ResolverRule{
				{ID: "rslvr-rr-1", Domain: "corp.example", Known: true, Forward: true}})
		},
		want: "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "a resolver rule that is not seen",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c)
			c.Facts.Network.Rules = evidence.Is([]evidence.ResolverRule{{ID: "rslvr-rr-3"}})
		},
		want: byNameUnknown("not_visible"),
	},
	{
		name:   "a Route 53 Profile",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c)
			c.Facts.Network.Profiles = evidence.Is([]string{"rp-1"})
		},
		want: byNameUnknown("custom_dns"),
	},
	{
		name:   "private zones that may not be read",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			behindTransit(c)
			evidencetest.Refuse(&c.Facts.Network.Zones, classifier.ReasonNoPermission, "route53:ListHostedZonesByVPC")
		},
		want: byNameUnknown("no_permission"),
	},

	// Internet gateway and public address.
	{
		name:   "no public IP",
		layout: "public",
		reads:  "Service",
		break1: func(c *evidence.Case) { evidencetest.Settings(c).AssignPublicIP = "DISABLED" },
		want:   "public-ip-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "a service assigns no public IP where nothing is said",
		layout: "public",
		reads:  "Service",
		break1: func(c *evidence.Case) { evidencetest.Settings(c).AssignPublicIP = "" },
		want:   "public-ip-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "a public IP that nothing tells of",
		layout: "public",
		break1: func(c *evidence.Case) { c.Facts.Task.Service = evidence.None[evidence.Service]() },
		want:   "public-ip-missing=not_read task-sg-egress-closed=sg_unknown endpoint-missing=not_read",
	},
	{
		name:   "the interface had none",
		layout: "public",
		break1: func(c *evidence.Case) {
			evidencetest.Settings(c).AssignPublicIP = ""
			c.Facts.Task.Interface = evidence.Is(evidence.Interface{
				ID:         "eni-t",
				Subnet:     "subnet-app",
				VPC:        "vpc-1",
				Groups:     []string{"sg-task"},
				PrivateIPs: []netip.Addr{evidencetest.IP("10.0.1.20")},
			})
		},
		want: "public-ip-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "an interface that is leaving has lost what was assigned",
		layout: "public",
		break1: func(c *evidence.Case) {
			c.Facts.Task.Interface = evidence.Is(evidence.Interface{
				ID:     "eni-t",
				Subnet: "subnet-app",
				VPC:    "vpc-1",
				Groups: []string{"sg-task"},
				Status: "detaching",
			})
		},
	},
	{
		name:   "an interface that is attached to nothing any more does not tell",
		layout: "public",
		break1: func(c *evidence.Case) {
			c.Facts.Task.Service = evidence.None[evidence.Service]()
			c.Facts.Task.Interface = evidence.Is(evidence.Interface{
				ID:     "eni-t",
				Subnet: "subnet-app",
				VPC:    "vpc-1",
				Groups: []string{"sg-task"},
				Status: "available",
			})
		},
		want: "public-ip-missing=not_read endpoint-missing=not_read",
	},
	{
		name:   "an interface that is leaving does not tell",
		layout: "public",
		break1: func(c *evidence.Case) {
			c.Facts.Task.Service = evidence.None[evidence.Service]()
			c.Facts.Task.Interface = evidence.Is(evidence.Interface{
				ID:     "eni-t",
				Subnet: "subnet-app",
				VPC:    "vpc-1",
				Groups: []string{"sg-task"},
				Status: "detaching",
			})
		},
		want: "public-ip-missing=not_read endpoint-missing=not_read",
	},
	{
		name:   "the gateway is not attached",
		layout: "public",
		reads:  "Gateways",
		break1: func(c *evidence.Case) { c.Facts.Network.Gateways.Value[0].Attached = false },
		want:   "internet-gateway-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the VPC has no gateway",
		layout: "public",
		reads:  "Gateways",
		break1: func(c *evidence.Case) { c.Facts.Network.Gateways = evidence.None[[]evidence.InternetGateway]() },
		want:   "internet-gateway-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the gateway is gone",
		layout: "public",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { blackhole(table(c, "rtb-app"), "0.0.0.0/0") },
		want:   "internet-gateway-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "Block Public Access, ingress",
		layout: "public",
		reads:  "Subnets",
		break1: func(c *evidence.Case) { subnet(c, "subnet-app").BlockMode = "block-ingress" },
		want:   "public-access-blocked=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "Block Public Access is not told",
		layout: "public",
		break1: func(c *evidence.Case) { subnet(c, "subnet-app").BlockMode = "" },
		want:   "public-access-blocked=not_visible endpoint-missing=not_visible",
	},

	// NAT gateway.
	{
		name:   "the NAT gateway is gone",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { blackhole(table(c, "rtb-app"), "0.0.0.0/0") },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the NAT gateway is deleted and its route still active",
		layout: "nat",
		reads:  "NATs",
		break1: func(c *evidence.Case) { c.Facts.Network.NATs.Value[0].State = "deleted" },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the NAT gateway is not seen",
		layout: "nat",
		break1: func(c *evidence.Case) { c.Facts.Network.NATs = evidence.None[[]evidence.NATGateway]() },
		want: "nat-unusable=not_visible internet-gateway-missing=not_visible public-access-blocked=not_visible " +
			"nacl-blocks=not_visible endpoint-missing=not_visible",
	},
	{
		name:   "a private NAT gateway",
		layout: "nat",
		reads:  "NATs",
		break1: func(c *evidence.Case) { c.Facts.Network.NATs.Value[0].Connectivity = "private" },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "a private NAT gateway before a transit gateway",
		layout: "nat",
		break1: func(c *evidence.Case) {
			c.Facts.Network.NATs.Value[0].Connectivity = "private"
			lead(table(c, "rtb-pub"), "0.0.0.0/0", "tgw-1")
		},
		want: "nat-unusable=route_target internet-gateway-missing=route_target nacl-blocks=route_target " +
			"endpoint-missing=route_target",
	},
	{
		name:   "the NAT gateway stands in a private subnet",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-pub"), "0.0.0.0/0") },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the NAT gateway's subnet falls back to the main table",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { table(c, "rtb-pub").Subnets = nil },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the NAT gateway leads to itself",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { lead(table(c, "rtb-pub"), "0.0.0.0/0", "nat-1") },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "a firewall behind the NAT gateway is not followed",
		layout: "nat",
		break1: func(c *evidence.Case) { lead(table(c, "rtb-pub"), "0.0.0.0/0", "vpce-fw") },
		want: "nat-unusable=route_target internet-gateway-missing=route_target nacl-blocks=route_target " +
			"endpoint-missing=route_target",
	},
	{
		name:   "the NAT gateway's internet gateway is gone",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { blackhole(table(c, "rtb-pub"), "0.0.0.0/0") },
		want:   "internet-gateway-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "the NAT gateway's internet gateway is detached",
		layout: "nat",
		reads:  "Gateways",
		break1: func(c *evidence.Case) { c.Facts.Network.Gateways.Value = nil },
		want:   "internet-gateway-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "Block Public Access lets a NAT gateway pass",
		layout: "nat",
		break1: func(c *evidence.Case) { subnet(c, "subnet-pub").BlockMode = "block-ingress" },
	},
	{
		name:   "Block Public Access of the task's subnet does not count behind a NAT gateway",
		layout: "nat",
		break1: func(c *evidence.Case) { subnet(c, "subnet-app").BlockMode = "block-bidirectional" },
	},
	{
		name:   "Block Public Access, bidirectional",
		layout: "nat",
		reads:  "Subnets",
		break1: func(c *evidence.Case) { subnet(c, "subnet-pub").BlockMode = "block-bidirectional" },
		want:   "public-access-blocked=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "a regional NAT gateway whose table is not seen",
		layout: "regional nat",
		break1: func(c *evidence.Case) { c.Facts.Network.NATs.Value[0].RouteTable = "rtb-else" },
		want: "nat-unusable=not_visible internet-gateway-missing=not_visible public-access-blocked=not_visible " +
			"nacl-blocks=not_visible endpoint-missing=not_visible",
	},
	{
		name:   "a regional NAT gateway without a way out is not judged",
		layout: "regional nat",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-nat"), "0.0.0.0/0") },
		want: "nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target " +
			"nacl-blocks=route_target endpoint-missing=route_target",
	},
	{
		name:   "a regional NAT gateway is deleted",
		layout: "regional nat",
		reads:  "NATs",
		break1: func(c *evidence.Case) { c.Facts.Network.NATs.Value[0].State = "failed" },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},

	// The task's security groups.
	{
		name:   "no outbound rule",
		layout: "nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = nil },
		want:   "task-sg-egress-closed=confirmed",
	},
	{
		name:   "no outbound rule, whatever the name leads to",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = nil
			c.Facts.Network.DHCP.Value.Servers = []string{"10.9.0.2"}
		},
		want: "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns " +
			"public-access-blocked=custom_dns route-missing=custom_dns task-sg-egress-closed=confirmed " +
			"nacl-blocks=custom_dns endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns " +
			"endpoint-sg-closed=custom_dns",
	},
	{
		name:   "only inside of the VPC",
		layout: "nat by name",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("10.0.0.0/8")
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "only to a group",
		layout: "nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-ep") },
		want:   "task-sg-egress-closed=confirmed",
	},
	{
		name:   "another port",
		layout: "nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol: "tcp",
				From:     80,
				To:       80,
				CIDRs:    evidencetest.CIDRs("0.0.0.0/0"),
			}}
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "another protocol",
		layout: "nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress[0].Protocol = "17" },
		want:   "task-sg-egress-closed=confirmed",
	},
	{
		name:   "UDP on the same port",
		layout: "nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol: "udp",
				From:     443,
				To:       443,
				CIDRs:    evidencetest.CIDRs("0.0.0.0/0"),
			}}
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "TCP by number",
		layout: "nat",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol: "6",
				From:     1,
				To:       65535,
				CIDRs:    evidencetest.CIDRs("3.248.0.0/16"),
			}}
		},
	},
	{
		name:   "a part of the internet, by name",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("3.0.0.0/8")
		},
		want: "task-sg-egress-closed=partial",
	},
	{
		name:   "a part of the internet, by address",
		layout: "nat",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("3.0.0.0/8")
		},
	},
	{
		name:   "two groups add up",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			evidencetest.Settings(c).Groups = []string{"sg-task", "sg-default"}
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("0.0.0.0/1")
			evidencetest.Group(c, "sg-default").Egress[0].CIDRs = evidencetest.CIDRs("128.0.0.0/1")
		},
	},
	{
		name:   "a group that cannot be read may allow it",
		layout: "nat",
		break1: func(c *evidence.Case) {
			evidencetest.Settings(c).Groups = []string{"sg-task", "sg-shared"}
			evidencetest.Group(c, "sg-task").Egress = nil
		},
		want: "task-sg-egress-closed=not_visible",
	},
	{
		name:   "a prefix list that cannot be read may allow it",
		layout: "nat",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol:    "-1",
				PrefixLists: []string{"pl-shared"},
			}}
		},
		want: "task-sg-egress-closed=not_visible",
	},
	{
		name:   "no group means the default group",
		layout: "nat",
		break1: func(c *evidence.Case) { evidencetest.Settings(c).Groups = nil },
	},
	{
		name:   "the default group of the VPC",
		layout: "nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Settings(c).Groups, evidencetest.Group(c, "sg-default").Egress = nil, nil
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "the groups are not known",
		layout: "nat",
		break1: func(c *evidence.Case) {
			c.Facts.Task.Service = evidence.Unanswered[evidence.Service](classifier.ReasonNoPermission,
				"ecs:DescribeServices")
			c.Facts.Task.Revision = evidence.None[evidence.Revision]()
		},
		want: "task-sg-egress-closed=sg_unknown",
	},

	// Network ACLs.
	{
		name:   "the call is denied",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "0.0.0.0/0", 443, 443) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the answer is denied",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), false, "0.0.0.0/0", 1024, 65535) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "only servers' ports are let in",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) {
			acl(c, "acl-app").Rules = []evidence.ACLRule{
				evidencetest.Everything(true),
				evidencetest.ACLRule(100, false, true, "6", "0.0.0.0/0", 443, 443),
			}
		},
		want: "nacl-blocks=confirmed",
	},
	{
		name:   "the server's directions block a client",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) {
			acl(c, "acl-app").Rules = []evidence.ACLRule{
				evidencetest.ACLRule(100, true, true, "6", "0.0.0.0/0", 1024, 65535),
				evidencetest.ACLRule(100, false, true, "6", "0.0.0.0/0", 443, 443),
			}
		},
		want: "nacl-blocks=confirmed",
	},
	{
		name:   "no rule is a denial",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { acl(c, "acl-app").Rules = nil },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "a denial behind the permission",
		layout: "nat",
		break1: func(c *evidence.Case) {
			acl(c, "acl-app").Rules = append([]evidence.ACLRule{evidencetest.ACLRule(200, true, false, "6", "0.0.0.0/0",
				443, 443)},
				acl(c, "acl-app").Rules...)
		},
	},
	{
		name:   "UDP and IPv6 rules are for others",
		layout: "nat",
		break1: func(c *evidence.Case) {
			acl(c, "acl-app").Rules = append(
				acl(c, "acl-app").Rules,
				evidencetest.ACLRule(10, true, false, "17", "0.0.0.0/0", 443, 443),
				evidencetest.ACLRule(11, true, false, "-1", "::/0", 0, 0),
			)
		},
	},
	{
		name:   "a part of the ports for answers",
		layout: "nat",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), false, "0.0.0.0/0", 40000, 50000) },
		want:   "nacl-blocks=partial",
	},
	{
		name:   "ports that Linux does not choose",
		layout: "nat",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), false, "0.0.0.0/0", 1024, 32767) },
	},
	{
		name:   "ports that only Linux chooses",
		layout: "nat",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), false, "0.0.0.0/0", 32768, 60999) },
		want:   "nacl-blocks=partial",
	},
	{
		name:   "ports that Windows does not choose",
		layout: "nat",
		break1: func(c *evidence.Case) {
			c.Facts.Task.TaskDefinition.Value.OperatingSystem = "WINDOWS_SERVER_2022_CORE"
			deny(acl(c, "acl-app"), false, "0.0.0.0/0", 1024, 49151)
		},
	},
	{
		name:   "a part of the internet is denied, by name",
		layout: "nat by name",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "3.0.0.0/8", 443, 443) },
		want:   "nacl-blocks=partial",
	},
	{
		name:   "another address is denied",
		layout: "nat",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "52.0.0.0/8", 443, 443) },
	},
	{
		name:   "the NAT gateway's subnet denies the call",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-pub"), true, "0.0.0.0/0", 443, 443) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the NAT gateway's subnet denies the answer",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-pub"), false, "0.0.0.0/0", 1024, 65535) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the NAT gateway's subnet lets in only what Linux chooses",
		layout: "nat",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-pub"), false, "3.0.0.0/8", 1024, 32767) },
		want:   "nacl-blocks=partial",
	},
	{
		name:   "the NAT gateway's subnet denies the task",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-pub"), false, "10.0.1.0/24", 443, 443) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the NAT gateway's subnet denies the answer to the task",
		layout: "nat",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-pub"), true, "10.0.1.0/24", 1024, 65535) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "no network ACL of the subnet is seen",
		layout: "nat",
		break1: func(c *evidence.Case) { acl(c, "acl-app").Subnets = nil },
		want:   "nacl-blocks=not_visible",
	},

	// Interface endpoints. A private address that was called decides the way, and private names come before NAT.
	{
		name:   "the endpoint's group lets nothing in",
		layout: "endpoint",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-ep").Ingress = nil },
		want:   "endpoint-sg-closed=confirmed",
	},
	{
		name:   "the endpoint's group, although NAT would do",
		layout: "endpoint and nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-ep").Ingress = evidencetest.From443("sg-other") },
		want:   "endpoint-sg-closed=confirmed",
	},
	{
		name:   "the endpoint's group lets another subnet in",
		layout: "endpoint",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-ep").Ingress = []evidence.SGRule{{
				Protocol: "tcp",
				From:     443,
				To:       443,
				CIDRs:    evidencetest.CIDRs("10.0.9.0/24"),
			}}
		},
		want: "endpoint-sg-closed=confirmed",
	},
	{
		name:   "the endpoint's group lets the address in by prefix list",
		layout: "endpoint",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-ep").Ingress = []evidence.SGRule{{
				Protocol:    "tcp",
				From:        443,
				To:          443,
				PrefixLists: []string{"pl-own"},
			}}
			c.Facts.Network.PrefixLists.Value = append(c.Facts.Network.PrefixLists.Value, evidence.PrefixList{
				ID:      "pl-own",
				Entries: evidence.Is(evidencetest.CIDRs("10.0.0.0/8")),
			})
		},
	},
	{
		name:   "one of the endpoint's groups is enough",
		layout: "endpoint",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").Groups = []string{"sg-default", "sg-ep"}
		},
	},
	{
		name:   "the endpoint's group is not seen",
		layout: "endpoint",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").Groups = []string{"sg-shared"} },
		want:   "endpoint-sg-closed=not_visible",
	},
	{
		name:   "the task's group may be the one that the endpoint lets in",
		layout: "endpoint",
		break1: func(c *evidence.Case) { c.Facts.Task.Service = evidence.None[evidence.Service]() },
		want:   "task-sg-egress-closed=sg_unknown endpoint-sg-closed=sg_unknown",
	},
	{
		name:   "no outbound rule to the endpoint",
		layout: "endpoint",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("10.0.9.0/24")
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "outbound to the endpoint's group",
		layout: "endpoint",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-ep") },
	},
	{
		name:   "the endpoint's subnet denies the call",
		layout: "endpoint",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-ep"), false, "10.0.1.0/24", 443, 443) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the endpoint's subnet denies the answer",
		layout: "endpoint",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-ep"), true, "10.0.0.0/16", 1024, 65535) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the task's subnet denies the call to the endpoint",
		layout: "endpoint",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "10.0.2.0/24", 443, 443) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "inside of one subnet no network ACL is asked",
		layout: "endpoint",
		break1: func(c *evidence.Case) {
			c.Facts.Network.EndpointAdapters.Value[0].Subnet = "subnet-app"
			c.Facts.Network.EndpointAdapters.Value[0].PrivateIPs[0] = evidencetest.IP("10.0.1.10")
			call(c, timedOut(apiHost, "10.0.1.10"))
			acl(c, "acl-app").Rules = nil
		},
	},
	{
		name:   "one of two interfaces is shut",
		layout: "endpoint by name",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "10.0.3.0/24", 443, 443) },
		want:   "nacl-blocks=intermittent",
	},
	{
		name:   "the interface that was called is shut",
		layout: "endpoint",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "10.0.2.0/24", 443, 443) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the other interface was not called",
		layout: "endpoint",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "10.0.3.0/24", 443, 443) },
	},
	{
		name:   "an appliance stands before the endpoint",
		layout: "endpoint",
		break1: func(c *evidence.Case) { add(table(c, "rtb-app"), evidencetest.Route("10.0.2.0/24", "eni-fw")) },
		want:   "nacl-blocks=route_target endpoint-sg-closed=route_target",
	},
	{
		name:   "no NAT gateway is needed beside the endpoint",
		layout: "endpoint and nat",
		break1: func(c *evidence.Case) { blackhole(table(c, "rtb-app"), "0.0.0.0/0") },
	},
	{
		name:   "a private address that no route covers",
		layout: "endpoint",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { call(c, timedOut(apiHost, "10.9.0.77")) },
		want:   beyond("route-missing=confirmed"),
	},
	{
		name:   "a private address that leads to a gateway of the internet",
		layout: "public",
		break1: func(c *evidence.Case) { call(c, timedOut(apiHost, "10.9.0.77")) },
		want:   beyond("route-missing=confirmed"),
	},
	{
		name:   "a private address that leads through a NAT gateway to the internet",
		layout: "nat",
		break1: func(c *evidence.Case) { call(c, timedOut(apiHost, "10.9.0.77")) },
		want:   beyond("route-missing=confirmed"),
	},
	{
		name:   "a private address that a NAT gateway's subnet leads further",
		layout: "nat",
		break1: func(c *evidence.Case) {
			call(c, timedOut(apiHost, "10.9.0.77"))
			add(table(c, "rtb-pub"), evidencetest.Route("10.0.0.0/8", "tgw-1"))
		},
		want: beyond(),
	},
	{
		name:   "a private address whose route leads to what is gone",
		layout: "nat",
		break1: func(c *evidence.Case) {
			call(c, timedOut(apiHost, "10.9.0.77"))
			add(table(c, "rtb-app"), evidencetest.Route("10.9.0.0/16", "pcx-1"))
			blackhole(table(c, "rtb-app"), "10.9.0.0/16")
		},
		want: beyond("route-missing=confirmed"),
	},
	{
		name:   "a private address behind a peering",
		layout: "nat",
		break1: func(c *evidence.Case) {
			call(c, timedOut(apiHost, "10.9.0.77"))
			add(table(c, "rtb-app"), evidencetest.Route("10.9.0.0/16", "pcx-1"))
		},
		want: beyond(),
	},
	{
		name:   "a private address, and the route table is not read",
		layout: "endpoint",
		break1: func(c *evidence.Case) {
			call(c, timedOut(apiHost, "10.9.0.77"))
			evidencetest.Refuse(&c.Facts.Network.RouteTables, classifier.ReasonNoPermission, "ec2:DescribeRouteTables")
		},
		want: beyond(),
	},
	{
		name:   "a firewall endpoint that failed",
		layout: "nat",
		break1: func(c *evidence.Case) { firewalled(c).State = "failed" },
		want:   behindFirewall("confirmed"),
	},
	{
		name:   "a firewall endpoint whose subnet leads nowhere",
		layout: "nat",
		break1: func(c *evidence.Case) {
			firewalled(c)
			add(table(c, "rtb-fw"), evidencetest.Route("10.0.0.0/16", "local"))
		},
		want: behindFirewall("confirmed"),
	},
	{
		name:   "a firewall endpoint whose subnet leads to what is gone",
		layout: "nat",
		break1: func(c *evidence.Case) {
			firewalled(c)
			add(table(c, "rtb-fw"), evidencetest.Route("0.0.0.0/0", "nat-gone"))
			blackhole(table(c, "rtb-fw"), "0.0.0.0/0")
		},
		want: behindFirewall("confirmed"),
	},
	{
		name:   "a firewall endpoint that leads further",
		layout: "nat",
		break1: func(c *evidence.Case) {
			firewalled(c)
			add(table(c, "rtb-fw"), evidencetest.Route("0.0.0.0/0", "nat-1"))
		},
		want: behindFirewall("route_target"),
	},
	{
		name:   "a firewall endpoint that waits for its owner",
		layout: "nat",
		break1: func(c *evidence.Case) {
			firewalled(c).State = "pendingAcceptance"
			add(table(c, "rtb-fw"), evidencetest.Route("0.0.0.0/0", "nat-1"))
		},
		want: behindFirewall("route_target"),
	},
	{
		name:   "a private address elsewhere",
		layout: "nat",
		break1: func(c *evidence.Case) { call(c, timedOut(apiHost, "10.0.2.77")) },
		want:   "nacl-blocks=not_visible endpoint-sg-closed=not_visible",
	},
	{
		name:   "private DNS is off",
		layout: "endpoint by name",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").PrivateDNS = false },
		want: "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns " +
			"public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns " +
			"endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns",
	},
	{
		name:   "private DNS is off, and a public address was called",
		layout: "endpoint by name",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").PrivateDNS = false
			call(c, timedOut(apiHost, publicAddress))
		},
		want: "route-missing=not_causal endpoint-private-dns-off=confirmed",
	},
	{
		name:   "private DNS is off, and a private zone may lead to a closed endpoint",
		layout: "endpoint by name",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").PrivateDNS = false
			evidencetest.Group(c, "sg-ep").Ingress = nil
		},
		want: "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns " +
			"public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns " +
			"endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns",
	},
	{
		name:   "private DNS is off beside a NAT gateway",
		layout: "endpoint and nat",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").PrivateDNS = false },
		want: "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns " +
			"public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns " +
			"endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns",
	},
	{
		name:   "private DNS is off beside a broken NAT gateway",
		layout: "endpoint and nat",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").PrivateDNS = false
			c.Facts.Network.NATs.Value[0].State = "failed"
		},
		want: "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns " +
			"public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns " +
			"endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns",
	},
	{
		name:   "DNS hostnames are off",
		layout: "endpoint by name",
		reads:  "DNSHostnames",
		break1: func(c *evidence.Case) { c.Facts.Network.DNSHostnames = evidence.Is(false) },
		want:   "route-missing=not_causal endpoint-private-dns-off=confirmed",
	},
	{
		name:   "DNS support is off",
		layout: "endpoint by name",
		reads:  "DNSSupport",
		break1: func(c *evidence.Case) { c.Facts.Network.DNSSupport = evidence.Is(false) },
		want:   "route-missing=not_causal endpoint-private-dns-off=confirmed",
	},
	{
		name:   "the endpoint failed",
		layout: "endpoint by name",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").State = "failed" },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "the endpoint is for another service",
		layout: "endpoint by name",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").Service = "com.amazonaws.eu-west-1.ecr.dkr" },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "the endpoint is for another Region",
		layout: "endpoint by name",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").Service = "com.amazonaws.eu-west-2.ecr.api" },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "no interface of the endpoint is seen",
		layout: "endpoint by name",
		break1: func(c *evidence.Case) { c.Facts.Network.EndpointAdapters.Value = nil },
		want: "public-ip-missing=not_visible nat-unusable=not_visible internet-gateway-missing=not_visible " +
			"public-access-blocked=not_visible route-missing=not_visible nacl-blocks=not_visible",
	},
	{
		name:   "a public address was called although the endpoint answers now",
		layout: "endpoint and nat",
		break1: func(c *evidence.Case) { call(c, timedOut(apiHost, publicAddress)) },
		want:   "endpoint-private-dns-off=custom_dns",
	},
	{
		name:   "other DNS servers may lead past the endpoint",
		layout: "endpoint by name",
		break1: func(c *evidence.Case) {
			c.Facts.Network.DHCP.Value.Servers = []string{"10.9.0.2"}
			evidencetest.Group(c, "sg-ep").Ingress = nil
		},
		want: "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns " +
			"public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns " +
			"endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns",
	},
	{
		name:   "no DHCP option set names no other servers",
		layout: "nat by name",
		break1: func(c *evidence.Case) { c.Facts.Network.DHCP = evidence.None[evidence.DHCPOptions]() },
	},
	{
		name:   "the VPC's resolver by its address",
		layout: "nat by name",
		break1: func(c *evidence.Case) { c.Facts.Network.DHCP.Value.Servers = []string{"10.0.0.2"} },
	},
	{
		name:   "a FIPS name is another name",
		layout: "endpoint by name",
		break1: func(c *evidence.Case) { call(c, timedOut("ecr-fips.eu-west-1.amazonaws.com", "")) },
		want: "public-ip-missing=other_name nat-unusable=other_name internet-gateway-missing=other_name " +
			"public-access-blocked=other_name route-missing=other_name nacl-blocks=other_name " +
			"endpoint-missing=other_name endpoint-private-dns-off=other_name endpoint-sg-closed=other_name",
	},
	{
		name:   "a FIPS name with nothing to answer it",
		layout: "nat",
		break1: func(c *evidence.Case) {
			call(c, timedOut("ecr-fips.eu-west-1.amazonaws.com", publicAddress))
			drop(table(c, "rtb-app"), "0.0.0.0/0")
		},
		want: "route-missing=confirmed endpoint-missing=other_name",
	},

	// A subnet that another account shares: its route tables are seen, its endpoints are not.
	{
		name:   "shared subnet, no route to a public address",
		layout: "nat",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			subnet(c, "subnet-app").Account = "998877665544"
			drop(table(c, "rtb-app"), "0.0.0.0/0")
		},
		want: "route-missing=confirmed endpoint-missing=not_visible endpoint-private-dns-off=not_visible",
	},
	{
		name:   "shared subnet, no route, by name",
		layout: "nat by name",
		break1: func(c *evidence.Case) {
			subnet(c, "subnet-app").Account = "998877665544"
			drop(table(c, "rtb-app"), "0.0.0.0/0")
		},
		want: "public-ip-missing=not_visible nat-unusable=not_visible internet-gateway-missing=not_visible " +
			"public-access-blocked=not_visible route-missing=not_visible nacl-blocks=not_visible " +
			"endpoint-missing=not_visible endpoint-private-dns-off=not_visible endpoint-sg-closed=not_visible",
	},

	// S3.
	{
		name:   "the gateway endpoint is not on the table",
		layout: "gateway",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "pl-s3")
			endpoint(c, "vpce-s3").RouteTables = []string{"rtb-pub"}
		},
		want: "route-missing=not_causal s3-gateway-missing=confirmed",
	},
	{
		name:   "the gateway endpoint is not on the table, by name",
		layout: "gateway by name",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "pl-s3")
			endpoint(c, "vpce-s3").RouteTables = []string{"rtb-pub"}
		},
		want: "route-missing=not_causal s3-gateway-missing=confirmed",
	},
	{
		name:   "no gateway endpoint",
		layout: "gateway by name",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "pl-s3")
			c.Facts.Network.Endpoints.Value = nil
		},
		want: "route-missing=confirmed s3-gateway-missing=confirmed",
	},
	{
		name:   "the main table has no gateway endpoint",
		layout: "gateway",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			table(c, "rtb-app").Subnets = nil
		},
		want: "route-missing=not_causal s3-gateway-missing=confirmed",
	},
	{
		name:   "the route to the gateway endpoint is a black hole, although NAT would do",
		layout: "gateway by name",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			blackhole(table(c, "rtb-app"), "pl-s3")
			add(table(c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
		},
		want: "s3-gateway-missing=confirmed",
	},
	{
		name:   "NAT instead of a gateway endpoint",
		layout: "gateway",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "pl-s3")
			add(table(c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
			c.Facts.Network.Endpoints.Value = nil
		},
	},
	{
		name:   "S3 outside of the gateway's list",
		layout: "gateway",
		break1: func(c *evidence.Case) { call(c, layersTimedOut("54.231.9.9")) },
		want:   "route-missing=partial s3-gateway-missing=partial",
	},
	{
		name:   "a route for DynamoDB is none for S3",
		layout: "gateway by name",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-s3").Service = "com.amazonaws.eu-west-1.dynamodb"
		},
		want: "route-missing=confirmed s3-gateway-missing=confirmed",
	},
	{
		name:   "an S3 interface endpoint that the name leads to is shut",
		layout: "gateway by name",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			c.Facts.Network.Endpoints.Value = append(c.Facts.Network.Endpoints.Value, evidence.Endpoint{
				ID:         "vpce-s3i",
				Service:    "com.amazonaws.eu-west-1.s3",
				Type:       "Interface",
				State:      "available",
				PrivateDNS: true,
				Groups:     []string{"sg-ep"},
				Subnets:    []string{"subnet-ep"},
				Adapters:   []string{"eni-s3"},
			})
			c.Facts.Network.EndpointAdapters.Value = append(c.Facts.Network.EndpointAdapters.Value, evidence.Interface{
				ID:         "eni-s3",
				Subnet:     "subnet-ep",
				VPC:        "vpc-1",
				Groups:     []string{"sg-ep"},
				PrivateIPs: []netip.Addr{evidencetest.IP("10.0.2.60")},
			})
			evidencetest.Group(c, "sg-ep").Ingress = evidencetest.From443("sg-other")
		},
		want: "endpoint-sg-closed=confirmed",
	},
	{
		name:   "an S3 interface endpoint for inbound resolvers only is not asked",
		layout: "gateway by name",
		break1: func(c *evidence.Case) {
			c.Facts.Network.Endpoints.Value = append(c.Facts.Network.Endpoints.Value, evidence.Endpoint{
				ID:          "vpce-s3i",
				Service:     "com.amazonaws.eu-west-1.s3",
				Type:        "Interface",
				State:       "available",
				PrivateDNS:  true,
				InboundOnly: true,
				Groups:      []string{"sg-default"},
			})
		},
	},
	{
		name:   "outbound to the prefix list",
		layout: "gateway",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol:    "tcp",
				From:        443,
				To:          443,
				PrefixLists: []string{"pl-s3"},
			}}
		},
	},
	{
		name:   "outbound to the prefix list, whose addresses cannot be read",
		layout: "gateway by name",
		break1: func(c *evidence.Case) {
			c.Facts.Network.PrefixLists.Value[0].Entries =
				evidence.Unanswered[[]netip.Prefix](classifier.ReasonNoPermission, "ec2:GetManagedPrefixListEntries")
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol:    "tcp",
				From:        443,
				To:          443,
				PrefixLists: []string{"pl-s3"},
			}}
		},
	},
	{
		name:   "outbound to the endpoints' group only",
		layout: "gateway",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-ep") },
		want:   "task-sg-egress-closed=confirmed",
	},
	{
		name:   "outbound to the endpoints' group only, by name",
		layout: "gateway by name",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-ep") },
		want:   "task-sg-egress-closed=confirmed",
	},
	{
		name:   "outbound to a part of the prefix list",
		layout: "gateway by name",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("52.218.0.0/17")
		},
		want: "task-sg-egress-closed=partial",
	},
	{
		name:   "outbound to all of the prefix list's addresses",
		layout: "gateway by name",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("52.218.0.0/16 3.5.64.0/20")
		},
	},
	{
		name:   "the network ACL denies S3",
		layout: "gateway by name",
		reads:  "ACLs",
		break1: func(c *evidence.Case) {
			deny(acl(c, "acl-app"), true, "52.218.0.0/16", 443, 443)
			deny(acl(c, "acl-app"), true, "3.5.0.0/16", 443, 443)
		},
		want: "nacl-blocks=confirmed",
	},
	{
		name:   "the network ACL denies a part of S3",
		layout: "gateway by name",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "3.5.0.0/16", 443, 443) },
		want:   "nacl-blocks=partial",
	},

	// Policies of endpoints.
	{
		name:   "the layer bucket is forgotten",
		layout: "refused at the gateway",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) {
			endpointPolicy(c, "vpce-s3", `["s3:GetObject"]`, `["arn:aws:s3:::orders-*/*"]`)
		},
		want: "s3-endpoint-policy-denies=confirmed",
	},
	{
		name:   "the layer bucket is forgotten, but the call got no answer",
		layout: "gateway",
		break1: func(c *evidence.Case) {
			endpointPolicy(c, "vpce-s3", `["s3:GetObject"]`, `["arn:aws:s3:::orders-*/*"]`)
		},
	},
	{
		name:   "another action",
		layout: "refused at the gateway",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) { endpointPolicy(c, "vpce-s3", `"s3:PutObject"`, `"*"`) },
		want:   "s3-endpoint-policy-denies=confirmed",
	},
	{
		name:   "a condition may shut the layer bucket out",
		layout: "refused at the gateway",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-s3").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"210987654321"}}}]}`
		},
		want: "s3-endpoint-policy-denies=condition",
	},
	{
		name:   "a plain denial wins",
		layout: "refused at the endpoint",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":"*"},{"Sid":"NoLogins","Effect":"Deny","Principal":"*","Action":"ecr:Get*",` +
				`"Resource":"*"}]}`
		},
		want: "endpoint-policy-denies=confirmed",
	},
	{
		name:   "a denial with a condition is not judged",
		layout: "refused at the endpoint",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*",` +
				`"Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",` +
				`"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}}]}`
		},
		want: "endpoint-policy-denies=condition",
	},
	{
		name:   "what a statement is not for is not judged",
		layout: "refused at the endpoint",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":"*","NotAction":"ecr:Put*",` +
				`"Resource":"*"}}`
		},
		want: "endpoint-policy-denies=condition",
	},
	{
		name:   "for another role",
		layout: "refused at the endpoint",
		reads:  "Endpoints",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").Policy = `{"Statement":{"Effect":"Allow",` +
				`"Principal":{"AWS":"arn:aws:iam::210987654321:role/other"},"Action":"*","Resource":"*"}}`
		},
		want: "endpoint-policy-denies=confirmed",
	},
	{
		name:   "for the role",
		layout: "refused at the endpoint",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").Policy = `{"Statement":{"Effect":"Allow",` +
				`"Principal":{"AWS":["arn:aws:iam::998877665544:root","arn:aws:iam::210987654321:role/orders-exec"]},` +
				`"Action":"ECR:getauthorizationtoken","Resource":"*"}}`
		},
	},
	{
		name:   "a policy that is not JSON",
		layout: "refused at the endpoint",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").Policy = "{" },
		want:   "endpoint-policy-denies=condition",
	},
	{
		name:   "no policy allows all",
		layout: "refused at the endpoint",
		break1: func(c *evidence.Case) { endpoint(c, "vpce-api").Policy = "" },
	},
	{
		name:   "refused, but not through an endpoint",
		layout: "refused at the endpoint",
		break1: func(c *evidence.Case) {
			endpoint(c, "vpce-api").Policy = `{"Statement":[]}`
			endpoint(c, "vpce-api").PrivateDNS = false
			add(table(c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
		},
		want: "endpoint-policy-denies=custom_dns",
	},

	// IPv6.
	{
		name:   "no IPv6 route",
		layout: "ipv6",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-app"), "::/0") },
		want:   "route-missing=confirmed endpoint-missing=other_name",
	},
	{
		name:   "an IPv4 route is none for IPv6",
		layout: "ipv6",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "::/0")
			add(table(c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
		},
		want: "route-missing=confirmed endpoint-missing=other_name",
	},
	{
		name:   "the egress-only gateway is detached",
		layout: "ipv6",
		reads:  "EgressOnly",
		break1: func(c *evidence.Case) { c.Facts.Network.EgressOnly.Value = nil },
		want:   "internet-gateway-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "Block Public Access stops IPv6",
		layout: "ipv6",
		reads:  "Subnets",
		break1: func(c *evidence.Case) { subnet(c, "subnet-app").BlockMode = "block-bidirectional" },
		want:   "public-access-blocked=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "Block Public Access lets IPv6 out",
		layout: "ipv6",
		break1: func(c *evidence.Case) { subnet(c, "subnet-app").BlockMode = "block-ingress" },
	},
	{
		name:   "outbound rules for IPv4 only",
		layout: "ipv6",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("0.0.0.0/0")
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "network ACL rules for IPv4 only",
		layout: "ipv6",
		reads:  "ACLs",
		break1: func(c *evidence.Case) {
			acl(c, "acl-app").Rules = []evidence.ACLRule{evidencetest.Everything(true), evidencetest.Everything(false)}
		},
		want: "nacl-blocks=confirmed",
	},
	{
		name:   "IPv6 works and IPv4 does not",
		layout: "ipv6",
		break1: func(c *evidence.Case) { call(c, timedOut("ecr.eu-west-1.api.aws", "")) },
		want:   "route-missing=intermittent endpoint-missing=other_name",
	},
	{
		name:   "IPv6 works, and whether the task had an address is not told",
		layout: "ipv6",
		break1: func(c *evidence.Case) {
			call(c, timedOut("ecr.eu-west-1.api.aws", ""))
			delete(c.Stop.Attachments[0].Details, "privateIPv6Address")
			subnet(c, "subnet-app").CIDRs = evidencetest.CIDRs("10.0.1.0/24 2a05:d018:1::/64")
		},
		want: "route-missing=intermittent endpoint-missing=other_name",
	},
	{
		name:   "IPv6 works, and the task had no address of it",
		layout: "ipv6",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			call(c, timedOut("ecr.eu-west-1.api.aws", ""))
			subnet(c, "subnet-app").CIDRs = evidencetest.CIDRs("10.0.1.0/24 2a05:d018:1::/64")
			c.Facts.Task.Interface = evidence.Is(evidence.Interface{
				ID:         "eni-1",
				Subnet:     "subnet-app",
				VPC:        "vpc-1",
				Groups:     []string{"sg-task"},
				PrivateIPs: []netip.Addr{evidencetest.IP("10.0.1.20")},
			})
		},
		want: "route-missing=confirmed endpoint-missing=other_name",
	},
	{
		name:   "Docker Hub over IPv6, where IPv4 has no route",
		layout: "docker hub",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "0.0.0.0/0")
			add(table(c, "rtb-app"), evidencetest.Route("::/0", "eigw-1"))
			subnet(c, "subnet-app").CIDRs = evidencetest.CIDRs("10.0.1.0/24 2a05:d018:1::/64")
		},
		want: "route-missing=intermittent",
	},
	{
		name:   "Docker Hub without a route of either family",
		layout: "docker hub",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) {
			drop(table(c, "rtb-app"), "0.0.0.0/0")
			subnet(c, "subnet-app").CIDRs = evidencetest.CIDRs("10.0.1.0/24 2a05:d018:1::/64")
		},
		want: "route-missing=confirmed",
	},
	{
		name:   "outbound rules for S3's prefix list, and an address that it does not hold now",
		layout: "nat",
		break1: func(c *evidence.Case) {
			call(c, layersTimedOut(publicAddress))
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol:    "tcp",
				From:        443,
				To:          443,
				PrefixLists: []string{"pl-s3"},
			}}
		},
		want: "task-sg-egress-closed=partial",
	},
	{
		name:   "outbound rules for another prefix list than S3's",
		layout: "nat",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			call(c, layersTimedOut(publicAddress))
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol:    "tcp",
				From:        443,
				To:          443,
				PrefixLists: []string{"pl-own"},
			}}
			c.Facts.Network.PrefixLists.Value = append(c.Facts.Network.PrefixLists.Value, evidence.PrefixList{
				ID:      "pl-own",
				Entries: evidence.Is(evidencetest.CIDRs("10.0.0.0/8")),
			})
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "NAT64 without its route",
		layout: "nat64",
		reads:  "RouteTables",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-app"), "64:ff9b::/96") },
		want:   "route-missing=confirmed endpoint-missing=confirmed",
	},
	{
		name:   "NAT64 with a broken NAT gateway",
		layout: "nat64",
		reads:  "NATs",
		break1: func(c *evidence.Case) { c.Facts.Network.NATs.Value[0].State = "failed" },
		want:   "nat-unusable=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "IPv6 only, and a name that may have no IPv6 address",
		layout: "nat64",
		break1: func(c *evidence.Case) {
			call(c, timedOut(apiHost, ""))
			subnet(c, "subnet-app").DNS64 = false
			drop(table(c, "rtb-app"), "64:ff9b::/96")
		},
		want: "public-ip-missing=other_name nat-unusable=other_name internet-gateway-missing=other_name " +
			"public-access-blocked=other_name route-missing=other_name nacl-blocks=other_name " +
			"endpoint-missing=other_name endpoint-private-dns-off=other_name endpoint-sg-closed=other_name",
	},

	// EC2: the instance calls.
	{
		name:   "the instance has no public IP",
		layout: "ec2",
		reads:  "Instance",
		break1: func(c *evidence.Case) { c.Facts.Task.Instance.Value.EC2.Value.PublicIP = netip.Addr{} },
		want:   "public-ip-missing=confirmed endpoint-missing=not_causal",
	},
	{
		name:   "a stopped instance has given its address back",
		layout: "ec2",
		break1: func(c *evidence.Case) {
			c.Facts.Task.Instance.Value.EC2.Value.PublicIP = netip.Addr{}
			c.Facts.Task.Instance.Value.EC2.Value.State = "stopped"
		},
		want: "public-ip-missing=not_read endpoint-missing=not_read",
	},
	{
		name:   "the task's own subnet is not the way",
		layout: "ec2",
		break1: func(c *evidence.Case) { drop(table(c, "rtb-app"), "0.0.0.0/0") },
	},
	{
		name:   "the task's own subnet leads to an internet gateway",
		layout: "ec2",
		break1: func(c *evidence.Case) { lead(table(c, "rtb-app"), "0.0.0.0/0", "igw-1") },
		want:   "public-ip-on-ec2-awsvpc=not_causal",
	},
	{
		name:   "the instance's groups count",
		layout: "ec2",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			c.Facts.Task.Instance.Value.EC2.Value.Groups = []string{"sg-ep"}
		},
		want: "task-sg-egress-closed=confirmed",
	},

	// File systems: where it is not known which mount target was called, the task's own group may still shut all of
	// them out.
	{
		name:   "a mount without an outbound rule",
		layout: "mount",
		reads:  "Groups",
		break1: func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-ep") },
		want:   "task-sg-egress-closed=confirmed nacl-blocks=not_read",
	},
	{
		name:   "a mount target that the text names",
		layout: "mount",
		break1: func(c *evidence.Case) {
			call(c, c.Stop.StoppedReason+" mount target ip address 10.0.2.44 timeout")
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("10.0.2.44/32")
		},
		want: "nacl-blocks=not_read",
	},
	{
		name:   "a mount target whose subnet's network ACL lets nobody in",
		layout: "known mount target",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-ep"), false, "10.0.1.0/24", 2049, 2049) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "a mount target whose subnet's network ACL lets no answer out",
		layout: "known mount target",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-ep"), true, "10.0.1.0/24", 1024, 65535) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "the task's network ACL lets no mount out",
		layout: "known mount target",
		reads:  "ACLs",
		break1: func(c *evidence.Case) { deny(acl(c, "acl-app"), true, "10.0.2.0/24", 2049, 2049) },
		want:   "nacl-blocks=confirmed",
	},
	{
		name:   "an outbound rule for the mount target's group alone",
		layout: "known mount target",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol: "tcp",
				From:     2049,
				To:       2049,
				Groups:   []string{"sg-ep"},
			}}
		},
	},
	{
		name:   "an outbound rule for another group",
		layout: "known mount target",
		reads:  "Groups",
		break1: func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol: "tcp",
				From:     2049,
				To:       2049,
				Groups:   []string{"sg-other"},
			}}
		},
		want: "task-sg-egress-closed=confirmed",
	},
	{
		name:   "another mount target than the known one is named",
		layout: "known mount target",
		break1: func(c *evidence.Case) {
			call(c, c.Stop.StoppedReason+" mount target ip address 10.0.2.44 timeout")
			evidencetest.Group(c, "sg-task").Egress[0].CIDRs = evidencetest.CIDRs("10.0.2.44/32")
		},
		want: "nacl-blocks=not_read",
	},
	{
		name:   "its interface could not be read",
		layout: "known mount target",
		break1: func(c *evidence.Case) {
			c.Facts.Setup.Adapters["eni-a"] = evidence.Unanswered[evidence.Interface](classifier.ReasonThrottled,
				"ec2:DescribeNetworkInterfaces")
		},
		want: "nacl-blocks=not_read",
	},
	{
		name:   "it has moved to another zone",
		layout: "known mount target",
		break1: func(c *evidence.Case) {
			c.Facts.Setup.MountTargets["fs-0011223344556677a"].Value[0].Zone = "eu-west-1b"
		},
		want: "nacl-blocks=not_read",
	},

	// Names.
	{
		name:   "DNS support is off, and the VPC's resolver is silent",
		layout: "lookup",
		reads:  "DNSSupport",
		break1: func(c *evidence.Case) { c.Facts.Network.DNSSupport = evidence.Is(false) },
		want:   "dns-disabled=confirmed",
	},
	{
		name:   "DNS hostnames are off, which public names do not need",
		layout: "lookup",
		break1: func(c *evidence.Case) { c.Facts.Network.DNSHostnames = evidence.Is(false) },
	},
	{
		name:   "DNS hostnames are off, which the names of file systems need",
		layout: "mount lookup",
		reads:  "DNSHostnames",
		break1: func(c *evidence.Case) { c.Facts.Network.DNSHostnames = evidence.Is(false) },
		want:   "dns-disabled=confirmed dns-server-unreachable=custom_dns",
	},
	{
		name:   "DNS hostnames are off, and other servers resolve the names of file systems",
		layout: "mount lookup",
		break1: func(c *evidence.Case) {
			c.Facts.Network.DNSHostnames = evidence.Is(false)
			c.Facts.Network.DHCP.Value.Servers = []string{"10.9.0.2"}
		},
		want: "dns-disabled=custom_dns dns-server-unreachable=custom_dns",
	},
	{
		name:   "DNS hostnames are off, and who resolves the names of file systems is not read",
		layout: "mount lookup",
		break1: func(c *evidence.Case) {
			c.Facts.Network.DNSHostnames = evidence.Is(false)
			evidencetest.Refuse(&c.Facts.Network.DHCP, classifier.ReasonNoPermission, "ec2:DescribeDhcpOptions")
		},
		want: "dns-disabled=no_permission dns-server-unreachable=no_permission",
	},
	{
		name:   "the IPv6 address of a mount target",
		layout: "known mount target",
		break1: func(c *evidence.Case) {
			t := c.Facts.Setup.MountTargets["fs-0011223344556677a"].Value
			t[0].IPv6 = evidencetest.IP("2001:db8::9")
			c.Finding.Facts.RemoteIP = "2001:db8::9"
			subnets := c.Facts.Network.Subnets.Value
			for i := range subnets {
				subnets[i].CIDRs = append(subnets[i].CIDRs, evidencetest.CIDR(fmt.Sprintf("2001:db8:0:%d::/64", i)))
			}
			for i := range c.Facts.Network.ACLs.Value {
				c.Facts.Network.ACLs.Value[i].Rules = append(c.Facts.Network.ACLs.Value[i].Rules,
					evidencetest.EverythingV6(true), evidencetest.EverythingV6(false))
			}
		},
	},
	{
		name:   "there is no such host",
		layout: "lookup",
		break1: func(c *evidence.Case) { call(c, "CannotPullContainerError: dial tcp: lookup quay.oi: no such host") },
		want:   "dns-server-unreachable=custom_dns",
	},
	{
		name:   "nothing of the VPC answers that there is no such host",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
		},
		want: "",
	},
	{
		name:   "DNS Firewall blocks the name",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			firewall(c, evidence.FirewallRule{Name: "block", Block: true,
				Domains: evidence.Is([]string{"*.amazonaws.com."})})
		},
		want: "dns-server-unreachable=confirmed",
	},
	{
		name:   "DNS Firewall blocks every name but those of AWS",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			firewall(c, evidence.FirewallRule{Name: "aws", Domains: evidence.Is([]string{"*.amazonaws.com"})},
				evidence.FirewallRule{Name: "block", Block: true, Domains: evidence.Is([]string{"*"})})
		},
		want: "",
	},
	{
		name:   "DNS Firewall blocks other names",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			firewall(c, evidence.FirewallRule{Name: "block", Block: true,
				Domains: evidence.Is([]string{"amazonaws.com", "*.api.ecr.eu-west-1.amazonaws.com"})})
		},
		want: "",
	},
	{
		name:   "DNS Firewall answers with another name",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			firewall(c, evidence.FirewallRule{Name: "block", Block: true, Override: true,
				Domains: evidence.Is([]string{apiHost})})
		},
		want: "dns-server-unreachable=custom_dns",
	},
	{
		name:   "DNS Firewall blocks the names of a list that is not seen",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			firewall(c, evidence.FirewallRule{Name: "managed", Block: true, Domains: unseenList})
		},
		want: "dns-server-unreachable=no_permission",
	},
	{
		name:   "DNS Firewall lets names of a list pass that is not seen, and blocks every other",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			firewall(c, evidence.FirewallRule{Name: "trusted", Domains: unseenList},
				evidence.FirewallRule{Name: "block", Block: true, Domains: evidence.Is([]string{"*"})})
		},
		want: "dns-server-unreachable=no_permission",
	},
	{
		name:   "DNS Firewall lets names of a list pass that is not seen, and blocks none",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			firewall(c, evidence.FirewallRule{Name: "trusted", Domains: unseenList})
		},
		want: "",
	},
	{
		name:   "DNS Firewall may not be read",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			evidencetest.Refuse(&c.Facts.Network.Firewall, classifier.ReasonNoPermission,
				"route53resolver:ListFirewallRules")
		},
		want: "dns-server-unreachable=no_permission",
	},
	{
		name:   "a private zone lacks the name",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			inZone(c, evidence.Record{Name: "amazonaws.com", Type: "SOA"},
				evidence.Record{Name: "dkr.ecr.eu-west-1.amazonaws.com", Type: "A"})
		},
		want: "dns-server-unreachable=confirmed",
	},
	{
		name:   "a private zone has the name",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			inZone(c, evidence.Record{Name: apiHost, Type: "A"})
		},
		want: "dns-server-unreachable=partial",
	},
	{
		name:   "a private zone has a wildcard for the name",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			inZone(c, evidence.Record{Name: "*.eu-west-1.amazonaws.com", Type: "CNAME"})
		},
		want: "dns-server-unreachable=partial",
	},
	{
		name:   "a private zone delegates the name",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			inZone(c, evidence.Record{Name: "ecr.eu-west-1.amazonaws.com", Type: "NS"})
		},
		want: "dns-server-unreachable=partial",
	},
	{
		name:   "a private zone has its own name servers only",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			inZone(c, evidence.Record{Name: "amazonaws.com", Type: "NS"})
		},
		want: "dns-server-unreachable=confirmed",
	},
	{
		name:   "a private zone whose records are not read",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			inZone(c)
			c.Facts.Network.Records = evidence.Answer[[]evidence.Record]{}
		},
		want: "dns-server-unreachable=custom_dns",
	},
	{
		name:   "a private zone of another account",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			inZone(c)
			evidencetest.Refuse(&c.Facts.Network.Records, classifier.ReasonNotVisible, "")
		},
		want: "dns-server-unreachable=not_visible",
	},
	{
		name:   "a private zone of other names",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			namedBy(c, evidence.Zone{ID: "Z1", Name: "corp.example", Account: "210987654321"})
		},
		want: "",
	},
	{
		name:   "a resolver rule for the name that does not exist",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			c.Facts.Network.Rules = evidence.Is([]evidence.ResolverRule{{ID: "rslvr-rr-1", Known: true, Forward: true}})
		},
		want: "dns-server-unreachable=custom_dns",
	},
	{
		name:   "one's own DNS server says that there is no such host",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			noSuchHost(c)
			c.Facts.Network.DHCP.Value.Servers = []string{"10.9.0.2"}
		},
		want: "dns-server-unreachable=custom_dns",
	},
	{
		name:   "one's own DNS server is silent, and the group is closed",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			call(c, strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
			evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-ep")
		},
		want: "dns-server-unreachable=confirmed",
	},
	{
		name:   "one's own DNS server is silent, and the network ACL shuts UDP",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			call(c, strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
			acl(c, "acl-app").Rules = append(acl(c, "acl-app").Rules,
				evidencetest.ACLRule(9, true, false, "17", "0.0.0.0/0", 53, 53))
		},
		want: "dns-server-unreachable=confirmed",
	},
	{
		name:   "one's own DNS server has no route",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			call(c, strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "172.20.0.2:53"))
		},
		want: "dns-server-unreachable=confirmed",
	},
	{
		name:   "one's own DNS server is silent, and the way is open",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			call(c, strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
		},
		want: "dns-server-unreachable=custom_dns",
	},
	{
		name:   "DNS support is off, but another server was asked",
		layout: "lookup",
		break1: func(c *evidence.Case) {
			call(c, strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
			c.Facts.Network.DNSSupport = evidence.Is(false)
		},
		want: "dns-disabled=custom_dns dns-server-unreachable=custom_dns",
	},
}

// sameWords reports whether two lists of verdicts are the same: in which order causes stand is not decided here.
func sameWords(a, b string) bool {
	return slices.Equal(slices.Sorted(strings.FieldsSeq(a)), slices.Sorted(strings.FieldsSeq(b)))
}

// call makes the stop say something else.
func call(c *evidence.Case, reason string) {
	c.Stop.StoppedReason = reason
	c.Finding = classifier.Classify(c.Stop)
}

// endpointPolicy gives an endpoint a policy of one Allow.
func endpointPolicy(c *evidence.Case, id, action, resource string) {
	endpoint(c, id).Policy = fmt.Sprintf(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":%s,"Resource":%s}]}`,
		action, resource)
}

// sentence is what a proof says, and below it what to do.
func sentence(p classifier.Proof) string {
	text := fmt.Sprintf("%s %s: %s\n", p.Result, p.Reason, p.Evidence)
	if p.Next != "" {
		text += "    next: " + p.Next + "\n"
	}
	return text
}

// TestBroken holds the verdict of every cause in every broken layout, and in a golden file what is told of those that
// are not ruled out, where it differs from what is told of the intact layout.
func TestBroken(t *testing.T) {
	var told strings.Builder
	for _, b := range breaks {
		c := layout(b.layout)
		b.break1(&c)
		if got := verdicts(c); !sameWords(got, b.want) {
			t.Errorf("%s (%s, %s)\n got %s\nwant %s", b.name, b.layout, c.Finding.Class(), got, b.want)
		}
		fmt.Fprintf(&told, "%s: %s\n", b.layout, b.name)
		intact := map[string]string{}
		for _, p := range Checks.Prove(layout(b.layout)) {
			intact[p.Cause] = sentence(p)
		}
		var said []string // sentences, each once
		causes := map[string][]string{}
		for _, p := range Checks.Prove(c) {
			if !networkCause(p.Cause) || p.Result == classifier.RuledOut {
				continue
			}
			if p.Result == classifier.Confirmed &&
				(p.Next == "" || p.Evidence == "" || strings.HasSuffix(p.Evidence, ".")) {
				t.Errorf("%s: %s says too little: %+v", b.name, p.Cause, p)
			}
			text := sentence(p)
			if text == intact[p.Cause] {
				continue
			}
			if causes[text] == nil {
				said = append(said, text)
			}
			causes[text] = append(causes[text], p.Cause)
		}
		for _, text := range said {
			fmt.Fprintf(&told, "  %s %s", strings.Join(causes[text], ", "), text)
		}
	}
	const golden = "testdata/broken.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(told.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(kept), "\n"), strings.Split(told.String(), "\n")); diff != "" {
		t.Errorf("what is told changed (go generate ./evidence/network keeps it), -want +got:\n%s", diff)
	}
}

func results(c evidence.Case) map[string]classifier.Result {
	all := map[string]classifier.Result{}
	for _, p := range Checks.Prove(c) {
		if networkCause(p.Cause) {
			all[p.Cause] = p.Result
		}
	}
	return all
}

// TestNothingRestsOnWhatIsNotKnown turns every answer of every layout, whole or broken, into one that was refused:
// nothing may be confirmed then that was not before, and what was open stays open.
func TestNothingRestsOnWhatIsNotKnown(t *testing.T) {
	for _, b := range breaks {
		base := layout(b.layout)
		b.break1(&base)
		before := results(base)
		for name := range evidencetest.Answers(&base) {
			c := layout(b.layout)
			b.break1(&c)
			evidencetest.Forget(evidencetest.Answers(&c)[name])
			for cause, after := range results(c) {
				if after != before[cause] && (after == classifier.Confirmed || after == classifier.RuledOut) {
					t.Errorf("%s (%s): without %s, %s turns from %s to %s", b.name, b.layout, name, cause,
						before[cause], after)
				}
			}
		}
	}
}

// TestNoAllClearWithoutTheAnswer holds that a cause is not ruled out while the answer that would show its defect is not
// known.
func TestNoAllClearWithoutTheAnswer(t *testing.T) {
	tried := 0
	for _, b := range breaks {
		if b.reads == "" {
			continue
		}
		broken := layout(b.layout)
		b.break1(&broken)
		c := layout(b.layout)
		evidencetest.Forget(evidencetest.Answers(&c)[b.reads])
		after := results(c)
		for cause, result := range results(broken) {
			if result == classifier.Confirmed && after[cause] == classifier.RuledOut {
				t.Errorf("%s (%s): %s is ruled out although %s is not known", b.name, b.layout, cause, b.reads)
			}
			tried++
		}
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
}

// TestEachCauseBothWays holds that every check can confirm and rule out, but for the one that says it never confirms.
func TestEachCauseBothWays(t *testing.T) {
	seen := map[string]map[classifier.Result]bool{}
	note := func(c evidence.Case) {
		for cause, result := range results(c) {
			if seen[cause] == nil {
				seen[cause] = map[classifier.Result]bool{}
			}
			seen[cause][result] = true
		}
	}
	for name := range layouts() {
		note(layout(name))
	}
	for _, b := range breaks {
		c := layout(b.layout)
		b.break1(&c)
		note(c)
	}
	for _, check := range Checks {
		never := strings.HasPrefix(check.Confirms, "never")
		if seen[check.Cause][classifier.Confirmed] == never || !seen[check.Cause][classifier.RuledOut] {
			t.Errorf("%s: seen %v", check.Cause, seen[check.Cause])
		}
	}
}

// TestWhatRuledOutTells holds that an open way says so, and that what is broken beside the way is told.
func TestWhatRuledOutTells(t *testing.T) {
	closed := layout("endpoint and nat")
	call(&closed, timedOut(apiHost, publicAddress))
	evidencetest.Group(&closed, "sg-ep").Ingress = nil
	for _, w := range []struct {
		c     evidence.Case
		cause string
		tells string
	}{
		{layout("nat"), "nacl-blocks", "nothing that was read closes this way"},
		{
			layout("endpoint by name"),
			"route-missing",
			"the call goes to VPC endpoint vpce-api (ecr.api); not on the way of this call: route table rtb-app of " +
				"subnet-app has no route",
		},
		{
			closed, "endpoint-sg-closed",
			"not on the way of this call: sg-ep of VPC endpoint vpce-api (ecr.api) has no inbound rule",
		},
		{layout("public"), "nat-unusable", "route table rtb-app of subnet-app leads 0.0.0.0/0 to igw-1"},
	} {
		for _, p := range Checks.Prove(w.c) {
			if p.Cause == w.cause && (p.Result != classifier.RuledOut || !strings.Contains(p.Evidence, w.tells)) {
				t.Errorf("%s is %s and tells %q, want %q", p.Cause, p.Result, p.Evidence, w.tells)
			}
		}
	}
}

// TestLateIsStale holds that what is fine long after the stop proves nothing, and that what is broken says when it was
// read.
func TestLateIsStale(t *testing.T) {
	c := layout("nat")
	c.CheckedAt = c.Stop.StoppedAt.Add(time.Hour)
	for _, p := range Checks.Prove(c) {
		if networkCause(p.Cause) && (p.Result != classifier.Inconclusive || p.Reason != classifier.ReasonStale) {
			t.Errorf("%+v", p)
		}
	}
}

// byNameUnknown is what is open where nobody knows where a name leads.
func byNameUnknown(reason string) string {
	var all []string
	for _, cause := range []string{"public-ip-missing", "nat-unusable", "internet-gateway-missing",
		"public-access-blocked", "route-missing", "nacl-blocks", "endpoint-missing", "endpoint-private-dns-off",
		"endpoint-sg-closed"} {
		all = append(all, cause+"="+reason)
	}
	return strings.Join(all, " ")
}

// namedBy lets the VPC have only these private hosted zones, and no resolver rules and profiles.
func namedBy(c *evidence.Case, zones ...evidence.Zone) {
	c.Facts.Network.Zones = evidence.Is(zones)
	c.Facts.Network.Rules, c.Facts.Network.Profiles = evidence.Is([]evidence.ResolverRule{}), evidence.Is([]string{})
}

// behindTransit takes the way to the internet away and adds one to a transit gateway, where a private zone may lead.
func behindTransit(c *evidence.Case, zones ...evidence.Zone) {
	namedBy(c, zones...)
	drop(table(c, "rtb-app"), "0.0.0.0/0")
	add(table(c, "rtb-app"), evidencetest.Route("10.0.0.0/8", "tgw-1"))
}

// beyond is what is open about a private address that nobody among those read has, beside what is confirmed.
func beyond(confirmed ...string) string {
	return strings.Join(append(confirmed, "nacl-blocks=not_visible endpoint-sg-closed=not_visible"), " ")
}

// firewalled leads the internet of the task's subnet through a firewall endpoint in a subnet with a table of its own.
func firewalled(c *evidence.Case) *evidence.Endpoint {
	n := &c.Facts.Network
	lead(table(c, "rtb-app"), "0.0.0.0/0", "vpce-fw")
	n.RouteTables.Value = append(n.RouteTables.Value, evidence.RouteTable{ID: "rtb-fw", Subnets: []string{"subnet-fw"}})
	n.Endpoints.Value = append(n.Endpoints.Value, evidence.Endpoint{ID: "vpce-fw", Type: "GatewayLoadBalancer",
		State: "available", Subnets: []string{"subnet-fw"}})
	return &n.Endpoints.Value[len(n.Endpoints.Value)-1]
}

// behindFirewall is what is open behind a firewall, and what is said of the route.
func behindFirewall(route string) string {
	endpoint := "endpoint-missing=route_target"
	if route == "confirmed" {
		endpoint = "endpoint-missing=not_causal"
	}
	all := []string{"route-missing=" + route, endpoint}
	for _, cause := range []string{"nat-unusable", "internet-gateway-missing", "public-access-blocked", "nacl-blocks"} {
		all = append(all, cause+"=route_target")
	}
	return strings.Join(all, " ")
}

// TestAddressesThatNoRouteTableIsAskedAbout has private addresses that an interface reaches without a route.
func TestAddressesThatNoRouteTableIsAskedAbout(t *testing.T) {
	for _, test := range []struct {
		ip, host string
		want     classifier.Result
	}{
		{"10.9.0.77", "", classifier.Confirmed},
		{"169.254.170.2", "", classifier.Inconclusive},
		{"127.0.0.1", "", classifier.Inconclusive},
		{"172.17.0.1", "", classifier.Confirmed},
		{"172.17.0.1", "i-1", classifier.Inconclusive},
		{"10.9.0.77", "i-1", classifier.Confirmed},
		{"10.0.9.77", "", classifier.Inconclusive}, // in the VPC
	} {
		c := layout("endpoint")
		c.Finding.Facts.RemoteIP = test.ip
		if test.host != "" {
			c.Stop.LaunchType = "EC2"
			c.Facts.Task.Instance = evidence.Is(evidence.ContainerInstance{EC2: evidence.Is(evidence.Instance{
				ID: test.host, VPC: "vpc-1", Subnet: "subnet-app", Groups: []string{"sg-task"}, State: "running"})})
		}
		check, _ := Checks.Find("route-missing")
		if p := check.Judge(&c); p.Result != test.want {
			t.Errorf("%s from %q: %+v", test.ip, test.host, p)
		}
	}
}

// noSuchHost lets the VPC's own resolver answer that ECR does not exist, without anything in the VPC that does.
func noSuchHost(c *evidence.Case) {
	call(c, "CannotPullContainerError: dial tcp: lookup "+apiHost+": no such host")
	namedBy(c)
	firewall(c)
}

// firewall lets the VPC have only these rules of DNS Firewall.
func firewall(c *evidence.Case, rules ...evidence.FirewallRule) {
	for i := range rules {
		rules[i].Group = "rslvr-frg-1"
	}
	c.Facts.Network.Firewall = evidence.Is(rules)
}

// unseenList is a list of names that we may not read.
var unseenList = evidence.Unanswered[[]string](classifier.ReasonNoPermission, "route53resolver:ListFirewallDomains")

// inZone lets a private hosted zone with these records answer for all names of AWS.
func inZone(c *evidence.Case, records ...evidence.Record) {
	namedBy(c, evidence.Zone{ID: "Z1", Name: "amazonaws.com", Account: "210987654321"})
	c.Facts.Network.Records = evidence.Is(records)
}
