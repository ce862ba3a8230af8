package evidence

import (
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
)

var update = flag.Bool("update", false, "write the golden file")

//go:generate go test . -run TestBroken -update

func TestNothingBrokenIsRuledOut(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(layouts())) {
		c := layout(name)
		proofs := Prove(c)
		want := map[string]string{"mount": "nacl-blocks=not_read"}[name] // the mount target's subnet is not known
		if got := verdicts(c); got != want || !slices.ContainsFunc(proofs, func(p classifier.Proof) bool { return networkCause(p.Cause) }) {
			t.Errorf("%s (%s): open: %q in %+v", name, c.Finding.Class(), got, proofs)
		}
	}
}

// breaks are layouts in which one thing is broken, and what is then not ruled out. reads is the answer that shows the defect.
var breaks = []struct {
	name, layout, reads string
	break1              func(c *Case)
	want                string
}{
	// The route table of the task's subnet.
	{"no route, no endpoint", "nat", "RouteTables", func(c *Case) { c.table("rtb-app").drop("0.0.0.0/0") },
		"route-missing=confirmed endpoint-missing=confirmed"},
	{"no route, by name", "nat by name", "RouteTables", func(c *Case) { c.table("rtb-app").drop("0.0.0.0/0") },
		"route-missing=confirmed endpoint-missing=confirmed"},
	{"the main table counts", "nat", "RouteTables", func(c *Case) { c.table("rtb-app").Subnets = nil },
		"route-missing=confirmed endpoint-missing=confirmed"},
	{"Docker Hub without a route", "docker hub", "RouteTables", func(c *Case) { c.table("rtb-app").drop("0.0.0.0/0") }, "route-missing=confirmed"},
	{"the longest prefix is a black hole", "nat", "RouteTables", func(c *Case) {
		c.table("rtb-app").add(to("3.248.0.0/16", "tgw-1"))
		c.table("rtb-app").blackhole("3.248.0.0/16")
	}, "route-missing=confirmed endpoint-missing=not_causal"},
	{"the longest prefix goes to an appliance", "nat", "", func(c *Case) { c.table("rtb-app").add(to("3.248.0.0/16", "eni-fw")) },
		"nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target route-missing=route_target nacl-blocks=route_target endpoint-missing=route_target"},
	{"static beats propagated", "nat", "", func(c *Case) {
		c.table("rtb-app").Routes = append([]Route{{Destination: cidr("0.0.0.0/0"), Target: "vgw-1", Propagated: true}}, c.table("rtb-app").Routes...)
	}, ""},
	{"two halves are a default route", "nat by name", "", func(c *Case) {
		c.table("rtb-app").drop("0.0.0.0/0")
		c.table("rtb-app").add(to("0.0.0.0/1", "nat-1"))
		c.table("rtb-app").add(to("128.0.0.0/1", "nat-1"))
	}, ""},
	{"half of the internet is routed", "nat by name", "", func(c *Case) {
		c.table("rtb-app").drop("0.0.0.0/0")
		c.table("rtb-app").add(to("0.0.0.0/1", "nat-1"))
	}, "public-ip-missing=partial nat-unusable=partial internet-gateway-missing=partial public-access-blocked=partial route-missing=partial nacl-blocks=partial endpoint-missing=partial"},
	{"a part of the internet takes another way", "nat by name", "", func(c *Case) { c.table("rtb-app").add(to("3.0.0.0/8", "vpce-fw")) },
		"public-ip-missing=partial nat-unusable=partial internet-gateway-missing=partial public-access-blocked=partial route-missing=partial nacl-blocks=partial endpoint-missing=partial"},
	{"a prefix list is a route", "nat", "", func(c *Case) {
		c.table("rtb-app").drop("0.0.0.0/0")
		c.table("rtb-app").add(Route{PrefixList: "pl-own", Target: "nat-1"})
		c.Facts.Network.PrefixLists.Value = append(c.Facts.Network.PrefixLists.Value, PrefixList{ID: "pl-own", Entries: Is(cidrs("3.0.0.0/8"))})
	}, ""},
	{"a prefix list that cannot be read may hold the address", "nat", "", func(c *Case) {
		c.table("rtb-app").drop("0.0.0.0/0")
		c.table("rtb-app").add(Route{PrefixList: "pl-shared", Target: "nat-1"})
	}, "public-ip-missing=not_visible nat-unusable=not_visible internet-gateway-missing=not_visible public-access-blocked=not_visible route-missing=not_visible nacl-blocks=not_visible endpoint-missing=not_visible"},
	{"a transit gateway is not followed", "nat by name", "", func(c *Case) { c.table("rtb-app").lead("0.0.0.0/0", "tgw-1") },
		"nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target route-missing=route_target nacl-blocks=route_target endpoint-missing=route_target"},
	{"a firewall endpoint is not followed", "nat", "", func(c *Case) { c.table("rtb-app").lead("0.0.0.0/0", "vpce-fw") },
		"nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target route-missing=route_target nacl-blocks=route_target endpoint-missing=route_target"},
	{"the name may lead behind a transit gateway", "nat by name", "", func(c *Case) {
		c.table("rtb-app").drop("0.0.0.0/0")
		c.table("rtb-app").add(to("10.0.0.0/8", "tgw-1"))
	}, "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns"},

	// Internet gateway and public address.
	{"no public IP", "public", "Service", func(c *Case) { c.settings().AssignPublicIP = "DISABLED" }, "public-ip-missing=confirmed endpoint-missing=not_causal"},
	{"a service assigns no public IP where nothing is said", "public", "Service", func(c *Case) { c.settings().AssignPublicIP = "" }, "public-ip-missing=confirmed endpoint-missing=not_causal"},
	{"a public IP that nothing tells of", "public", "", func(c *Case) { c.Facts.Inputs.Service = None[Service]() },
		"public-ip-missing=not_read task-sg-egress-closed=sg_unknown endpoint-missing=not_read"},
	{"the interface had none", "public", "", func(c *Case) {
		c.settings().AssignPublicIP = ""
		c.Facts.Inputs.Interface = Is(Interface{ID: "eni-t", Subnet: "subnet-app", VPC: "vpc-1", Groups: []string{"sg-task"}, PrivateIPs: []netip.Addr{ip("10.0.1.20")}})
	}, "public-ip-missing=confirmed endpoint-missing=not_causal"},
	{"an interface that is leaving has lost what was assigned", "public", "", func(c *Case) {
		c.Facts.Inputs.Interface = Is(Interface{ID: "eni-t", Subnet: "subnet-app", VPC: "vpc-1", Groups: []string{"sg-task"}, Status: "detaching"})
	}, ""},
	{"an interface that is leaving does not tell", "public", "", func(c *Case) {
		c.Facts.Inputs.Service = None[Service]()
		c.Facts.Inputs.Interface = Is(Interface{ID: "eni-t", Subnet: "subnet-app", VPC: "vpc-1", Groups: []string{"sg-task"}, Status: "detaching"})
	}, "public-ip-missing=not_read endpoint-missing=not_read"},
	{"the gateway is not attached", "public", "Gateways", func(c *Case) { c.Facts.Network.Gateways.Value[0].Attached = false }, "internet-gateway-missing=confirmed endpoint-missing=not_causal"},
	{"the VPC has no gateway", "public", "Gateways", func(c *Case) { c.Facts.Network.Gateways = None[[]InternetGateway]() }, "internet-gateway-missing=confirmed endpoint-missing=not_causal"},
	{"the gateway is gone", "public", "RouteTables", func(c *Case) { c.table("rtb-app").blackhole("0.0.0.0/0") }, "internet-gateway-missing=confirmed endpoint-missing=not_causal"},
	{"Block Public Access, ingress", "public", "Subnets", func(c *Case) { c.subnet("subnet-app").BlockMode = "block-ingress" }, "public-access-blocked=confirmed endpoint-missing=not_causal"},
	{"Block Public Access is not told", "public", "", func(c *Case) { c.subnet("subnet-app").BlockMode = "" }, "public-access-blocked=not_visible endpoint-missing=not_visible"},

	// NAT gateway.
	{"the NAT gateway is gone", "nat", "RouteTables", func(c *Case) { c.table("rtb-app").blackhole("0.0.0.0/0") }, "nat-unusable=confirmed endpoint-missing=not_causal"},
	{"the NAT gateway is deleted and its route still active", "nat", "NATs", func(c *Case) { c.Facts.Network.NATs.Value[0].State = "deleted" }, "nat-unusable=confirmed endpoint-missing=not_causal"},
	{"the NAT gateway is not seen", "nat", "", func(c *Case) { c.Facts.Network.NATs = None[[]NATGateway]() },
		"nat-unusable=not_visible internet-gateway-missing=not_visible public-access-blocked=not_visible nacl-blocks=not_visible endpoint-missing=not_visible"},
	{"a private NAT gateway", "nat", "NATs", func(c *Case) { c.Facts.Network.NATs.Value[0].Connectivity = "private" }, "nat-unusable=confirmed endpoint-missing=not_causal"},
	{"a private NAT gateway before a transit gateway", "nat", "", func(c *Case) {
		c.Facts.Network.NATs.Value[0].Connectivity = "private"
		c.table("rtb-pub").lead("0.0.0.0/0", "tgw-1")
	}, "nat-unusable=route_target internet-gateway-missing=route_target nacl-blocks=route_target endpoint-missing=route_target"},
	{"the NAT gateway stands in a private subnet", "nat", "RouteTables", func(c *Case) { c.table("rtb-pub").drop("0.0.0.0/0") }, "nat-unusable=confirmed endpoint-missing=not_causal"},
	{"the NAT gateway's subnet falls back to the main table", "nat", "RouteTables", func(c *Case) { c.table("rtb-pub").Subnets = nil }, "nat-unusable=confirmed endpoint-missing=not_causal"},
	{"the NAT gateway leads to itself", "nat", "RouteTables", func(c *Case) { c.table("rtb-pub").lead("0.0.0.0/0", "nat-1") }, "nat-unusable=confirmed endpoint-missing=not_causal"},
	{"a firewall behind the NAT gateway is not followed", "nat", "", func(c *Case) { c.table("rtb-pub").lead("0.0.0.0/0", "vpce-fw") },
		"nat-unusable=route_target internet-gateway-missing=route_target nacl-blocks=route_target endpoint-missing=route_target"},
	{"the NAT gateway's internet gateway is gone", "nat", "RouteTables", func(c *Case) { c.table("rtb-pub").blackhole("0.0.0.0/0") }, "internet-gateway-missing=confirmed endpoint-missing=not_causal"},
	{"the NAT gateway's internet gateway is detached", "nat", "Gateways", func(c *Case) { c.Facts.Network.Gateways.Value = nil }, "internet-gateway-missing=confirmed endpoint-missing=not_causal"},
	{"Block Public Access lets a NAT gateway pass", "nat", "", func(c *Case) { c.subnet("subnet-pub").BlockMode = "block-ingress" }, ""},
	{"Block Public Access of the task's subnet does not count behind a NAT gateway", "nat", "", func(c *Case) { c.subnet("subnet-app").BlockMode = "block-bidirectional" }, ""},
	{"Block Public Access, bidirectional", "nat", "Subnets", func(c *Case) { c.subnet("subnet-pub").BlockMode = "block-bidirectional" }, "public-access-blocked=confirmed endpoint-missing=not_causal"},
	{"a regional NAT gateway whose table is not seen", "regional nat", "", func(c *Case) { c.Facts.Network.NATs.Value[0].RouteTable = "rtb-else" },
		"nat-unusable=not_visible internet-gateway-missing=not_visible public-access-blocked=not_visible nacl-blocks=not_visible endpoint-missing=not_visible"},
	{"a regional NAT gateway without a way out is not judged", "regional nat", "", func(c *Case) { c.table("rtb-nat").drop("0.0.0.0/0") },
		"nat-unusable=route_target internet-gateway-missing=route_target public-access-blocked=route_target nacl-blocks=route_target endpoint-missing=route_target"},
	{"a regional NAT gateway is deleted", "regional nat", "NATs", func(c *Case) { c.Facts.Network.NATs.Value[0].State = "failed" }, "nat-unusable=confirmed endpoint-missing=not_causal"},

	// The task's security groups.
	{"no outbound rule", "nat", "Groups", func(c *Case) { c.group("sg-task").Egress = nil }, "task-sg-egress-closed=confirmed"},
	{"no outbound rule, whatever the name leads to", "nat by name", "", func(c *Case) {
		c.group("sg-task").Egress = nil
		c.Facts.Network.DHCP.Value.Servers = []string{"10.9.0.2"}
	}, "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns public-access-blocked=custom_dns route-missing=custom_dns task-sg-egress-closed=confirmed nacl-blocks=custom_dns endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns"},
	{"only inside of the VPC", "nat by name", "Groups", func(c *Case) { c.group("sg-task").Egress[0].CIDRs = cidrs("10.0.0.0/8") }, "task-sg-egress-closed=confirmed"},
	{"only to a group", "nat", "Groups", func(c *Case) { c.group("sg-task").Egress = says443("sg-ep") }, "task-sg-egress-closed=confirmed"},
	{"another port", "nat", "Groups", func(c *Case) {
		c.group("sg-task").Egress = []SGRule{{Protocol: "tcp", From: 80, To: 80, CIDRs: cidrs("0.0.0.0/0")}}
	}, "task-sg-egress-closed=confirmed"},
	{"another protocol", "nat", "Groups", func(c *Case) { c.group("sg-task").Egress[0].Protocol = "17" }, "task-sg-egress-closed=confirmed"},
	{"UDP on the same port", "nat", "Groups", func(c *Case) {
		c.group("sg-task").Egress = []SGRule{{Protocol: "udp", From: 443, To: 443, CIDRs: cidrs("0.0.0.0/0")}}
	}, "task-sg-egress-closed=confirmed"},
	{"TCP by number", "nat", "", func(c *Case) {
		c.group("sg-task").Egress = []SGRule{{Protocol: "6", From: 1, To: 65535, CIDRs: cidrs("3.248.0.0/16")}}
	}, ""},
	{"a part of the internet, by name", "nat by name", "", func(c *Case) { c.group("sg-task").Egress[0].CIDRs = cidrs("3.0.0.0/8") }, "task-sg-egress-closed=partial"},
	{"a part of the internet, by address", "nat", "", func(c *Case) { c.group("sg-task").Egress[0].CIDRs = cidrs("3.0.0.0/8") }, ""},
	{"two groups add up", "nat by name", "", func(c *Case) {
		c.settings().Groups = []string{"sg-task", "sg-default"}
		c.group("sg-task").Egress[0].CIDRs, c.group("sg-default").Egress[0].CIDRs = cidrs("0.0.0.0/1"), cidrs("128.0.0.0/1")
	}, ""},
	{"a group that cannot be read may allow it", "nat", "", func(c *Case) {
		c.settings().Groups = []string{"sg-task", "sg-shared"}
		c.group("sg-task").Egress = nil
	}, "task-sg-egress-closed=not_visible"},
	{"a prefix list that cannot be read may allow it", "nat", "", func(c *Case) {
		c.group("sg-task").Egress = []SGRule{{Protocol: "-1", PrefixLists: []string{"pl-shared"}}}
	}, "task-sg-egress-closed=not_visible"},
	{"no group means the default group", "nat", "", func(c *Case) { c.settings().Groups = nil }, ""},
	{"the default group of the VPC", "nat", "Groups", func(c *Case) { c.settings().Groups, c.group("sg-default").Egress = nil, nil }, "task-sg-egress-closed=confirmed"},
	{"the groups are not known", "nat", "", func(c *Case) {
		c.Facts.Inputs.Service = Open[Service](classifier.ReasonNoPermission, "ecs:DescribeServices")
		c.Facts.Inputs.Revision = None[Revision]()
	}, "task-sg-egress-closed=sg_unknown"},

	// Network ACLs.
	{"the call is denied", "nat", "ACLs", func(c *Case) { c.acl("acl-app").deny(true, "0.0.0.0/0", 443, 443) }, "nacl-blocks=confirmed"},
	{"the answer is denied", "nat", "ACLs", func(c *Case) { c.acl("acl-app").deny(false, "0.0.0.0/0", 1024, 65535) }, "nacl-blocks=confirmed"},
	{"only servers' ports are let in", "nat", "ACLs", func(c *Case) {
		c.acl("acl-app").Rules = []ACLRule{everything(true), aclRule(100, false, true, "6", "0.0.0.0/0", 443, 443)}
	}, "nacl-blocks=confirmed"},
	{"the server's directions block a client", "nat", "ACLs", func(c *Case) {
		c.acl("acl-app").Rules = []ACLRule{aclRule(100, true, true, "6", "0.0.0.0/0", 1024, 65535), aclRule(100, false, true, "6", "0.0.0.0/0", 443, 443)}
	}, "nacl-blocks=confirmed"},
	{"no rule is a denial", "nat", "ACLs", func(c *Case) { c.acl("acl-app").Rules = nil }, "nacl-blocks=confirmed"},
	{"a denial behind the permission", "nat", "", func(c *Case) {
		c.acl("acl-app").Rules = append([]ACLRule{aclRule(200, true, false, "6", "0.0.0.0/0", 443, 443)}, c.acl("acl-app").Rules...)
	}, ""},
	{"UDP and IPv6 rules are for others", "nat", "", func(c *Case) {
		c.acl("acl-app").Rules = append(c.acl("acl-app").Rules, aclRule(10, true, false, "17", "0.0.0.0/0", 443, 443), aclRule(11, true, false, "-1", "::/0", 0, 0))
	}, ""},
	{"a part of the ports for answers", "nat", "", func(c *Case) { c.acl("acl-app").deny(false, "0.0.0.0/0", 40000, 50000) }, "nacl-blocks=partial"},
	{"ports that Linux does not choose", "nat", "", func(c *Case) { c.acl("acl-app").deny(false, "0.0.0.0/0", 1024, 32767) }, ""},
	{"ports that only Linux chooses", "nat", "", func(c *Case) { c.acl("acl-app").deny(false, "0.0.0.0/0", 32768, 60999) }, "nacl-blocks=partial"},
	{"ports that Windows does not choose", "nat", "", func(c *Case) {
		c.Facts.Inputs.TaskDefinition.Value.OperatingSystem = "WINDOWS_SERVER_2022_CORE"
		c.acl("acl-app").deny(false, "0.0.0.0/0", 1024, 49151)
	}, ""},
	{"a part of the internet is denied, by name", "nat by name", "", func(c *Case) { c.acl("acl-app").deny(true, "3.0.0.0/8", 443, 443) }, "nacl-blocks=partial"},
	{"another address is denied", "nat", "", func(c *Case) { c.acl("acl-app").deny(true, "52.0.0.0/8", 443, 443) }, ""},
	{"the NAT gateway's subnet denies the call", "nat", "ACLs", func(c *Case) { c.acl("acl-pub").deny(true, "0.0.0.0/0", 443, 443) }, "nacl-blocks=confirmed"},
	{"the NAT gateway's subnet denies the answer", "nat", "ACLs", func(c *Case) { c.acl("acl-pub").deny(false, "0.0.0.0/0", 1024, 65535) }, "nacl-blocks=confirmed"},
	{"the NAT gateway's subnet lets in only what Linux chooses", "nat", "", func(c *Case) { c.acl("acl-pub").deny(false, "3.0.0.0/8", 1024, 32767) }, "nacl-blocks=partial"},
	{"the NAT gateway's subnet denies the task", "nat", "ACLs", func(c *Case) { c.acl("acl-pub").deny(false, "10.0.1.0/24", 443, 443) }, "nacl-blocks=confirmed"},
	{"the NAT gateway's subnet denies the answer to the task", "nat", "ACLs", func(c *Case) { c.acl("acl-pub").deny(true, "10.0.1.0/24", 1024, 65535) }, "nacl-blocks=confirmed"},
	{"no network ACL of the subnet is seen", "nat", "", func(c *Case) { c.acl("acl-app").Subnets = nil }, "nacl-blocks=not_visible"},

	// Interface endpoints. A private address that was called decides the way, and private names come before NAT.
	{"the endpoint's group lets nothing in", "endpoint", "Groups", func(c *Case) { c.group("sg-ep").Ingress = nil }, "endpoint-sg-closed=confirmed"},
	{"the endpoint's group, although NAT would do", "endpoint and nat", "Groups", func(c *Case) { c.group("sg-ep").Ingress = says443("sg-other") }, "endpoint-sg-closed=confirmed"},
	{"the endpoint's group lets another subnet in", "endpoint", "Groups", func(c *Case) {
		c.group("sg-ep").Ingress = []SGRule{{Protocol: "tcp", From: 443, To: 443, CIDRs: cidrs("10.0.9.0/24")}}
	}, "endpoint-sg-closed=confirmed"},
	{"the endpoint's group lets the address in by prefix list", "endpoint", "", func(c *Case) {
		c.group("sg-ep").Ingress = []SGRule{{Protocol: "tcp", From: 443, To: 443, PrefixLists: []string{"pl-own"}}}
		c.Facts.Network.PrefixLists.Value = append(c.Facts.Network.PrefixLists.Value, PrefixList{ID: "pl-own", Entries: Is(cidrs("10.0.0.0/8"))})
	}, ""},
	{"one of the endpoint's groups is enough", "endpoint", "", func(c *Case) {
		c.endpoint("vpce-api").Groups = []string{"sg-default", "sg-ep"}
	}, ""},
	{"the endpoint's group is not seen", "endpoint", "", func(c *Case) { c.endpoint("vpce-api").Groups = []string{"sg-shared"} }, "endpoint-sg-closed=not_visible"},
	{"the task's group may be the one that the endpoint lets in", "endpoint", "", func(c *Case) { c.Facts.Inputs.Service = None[Service]() },
		"task-sg-egress-closed=sg_unknown endpoint-sg-closed=sg_unknown"},
	{"no outbound rule to the endpoint", "endpoint", "Groups", func(c *Case) { c.group("sg-task").Egress[0].CIDRs = cidrs("10.0.9.0/24") }, "task-sg-egress-closed=confirmed"},
	{"outbound to the endpoint's group", "endpoint", "", func(c *Case) { c.group("sg-task").Egress = says443("sg-ep") }, ""},
	{"the endpoint's subnet denies the call", "endpoint", "ACLs", func(c *Case) { c.acl("acl-ep").deny(false, "10.0.1.0/24", 443, 443) }, "nacl-blocks=confirmed"},
	{"the endpoint's subnet denies the answer", "endpoint", "ACLs", func(c *Case) { c.acl("acl-ep").deny(true, "10.0.0.0/16", 1024, 65535) }, "nacl-blocks=confirmed"},
	{"the task's subnet denies the call to the endpoint", "endpoint", "ACLs", func(c *Case) { c.acl("acl-app").deny(true, "10.0.2.0/24", 443, 443) }, "nacl-blocks=confirmed"},
	{"inside of one subnet no network ACL is asked", "endpoint", "", func(c *Case) {
		c.Facts.Network.EndpointAdapters.Value[0].Subnet, c.Facts.Network.EndpointAdapters.Value[0].PrivateIPs[0] = "subnet-app", ip("10.0.1.10")
		c.call(timedOut(apiHost, "10.0.1.10"))
		c.acl("acl-app").Rules = nil
	}, ""},
	{"one of two interfaces is shut", "endpoint by name", "", func(c *Case) { c.acl("acl-app").deny(true, "10.0.3.0/24", 443, 443) }, "nacl-blocks=intermittent"},
	{"the interface that was called is shut", "endpoint", "ACLs", func(c *Case) { c.acl("acl-app").deny(true, "10.0.2.0/24", 443, 443) }, "nacl-blocks=confirmed"},
	{"the other interface was not called", "endpoint", "", func(c *Case) { c.acl("acl-app").deny(true, "10.0.3.0/24", 443, 443) }, ""},
	{"an appliance stands before the endpoint", "endpoint", "", func(c *Case) { c.table("rtb-app").add(to("10.0.2.0/24", "eni-fw")) },
		"nacl-blocks=route_target endpoint-sg-closed=route_target"},
	{"no NAT gateway is needed beside the endpoint", "endpoint and nat", "", func(c *Case) { c.table("rtb-app").blackhole("0.0.0.0/0") }, ""},
	{"a private address elsewhere", "nat", "", func(c *Case) { c.call(timedOut(apiHost, "10.0.2.77")) }, "nacl-blocks=not_visible endpoint-sg-closed=not_visible"},
	{"private DNS is off", "endpoint by name", "Endpoints", func(c *Case) { c.endpoint("vpce-api").PrivateDNS = false },
		"route-missing=not_causal endpoint-private-dns-off=confirmed"},
	{"private DNS is off, and a public address was called", "endpoint by name", "Endpoints", func(c *Case) {
		c.endpoint("vpce-api").PrivateDNS = false
		c.call(timedOut(apiHost, publicAddress))
	}, "route-missing=not_causal endpoint-private-dns-off=confirmed"},
	{"private DNS is off, and a private zone may lead to a closed endpoint", "endpoint by name", "", func(c *Case) {
		c.endpoint("vpce-api").PrivateDNS = false
		c.group("sg-ep").Ingress = nil
	}, "route-missing=not_causal endpoint-private-dns-off=custom_dns"},
	{"private DNS is off beside a NAT gateway", "endpoint and nat", "", func(c *Case) { c.endpoint("vpce-api").PrivateDNS = false }, ""},
	{"private DNS is off beside a broken NAT gateway", "endpoint and nat", "", func(c *Case) {
		c.endpoint("vpce-api").PrivateDNS = false
		c.Facts.Network.NATs.Value[0].State = "failed"
	}, "nat-unusable=confirmed endpoint-private-dns-off=not_causal"},
	{"DNS hostnames are off", "endpoint by name", "DNSHostnames", func(c *Case) { c.Facts.Network.DNSHostnames = Is(false) },
		"route-missing=not_causal endpoint-private-dns-off=confirmed"},
	{"DNS support is off", "endpoint by name", "DNSSupport", func(c *Case) { c.Facts.Network.DNSSupport = Is(false) },
		"route-missing=not_causal endpoint-private-dns-off=confirmed"},
	{"the endpoint failed", "endpoint by name", "Endpoints", func(c *Case) { c.endpoint("vpce-api").State = "failed" }, "route-missing=confirmed endpoint-missing=confirmed"},
	{"the endpoint is for another service", "endpoint by name", "Endpoints", func(c *Case) { c.endpoint("vpce-api").Service = "com.amazonaws.eu-west-1.ecr.dkr" },
		"route-missing=confirmed endpoint-missing=confirmed"},
	{"the endpoint is for another Region", "endpoint by name", "Endpoints", func(c *Case) { c.endpoint("vpce-api").Service = "com.amazonaws.eu-west-2.ecr.api" },
		"route-missing=confirmed endpoint-missing=confirmed"},
	{"no interface of the endpoint is seen", "endpoint by name", "", func(c *Case) { c.Facts.Network.EndpointAdapters.Value = nil },
		"public-ip-missing=not_visible nat-unusable=not_visible internet-gateway-missing=not_visible public-access-blocked=not_visible route-missing=not_visible nacl-blocks=not_visible"},
	{"a public address was called although the endpoint answers now", "endpoint and nat", "", func(c *Case) { c.call(timedOut(apiHost, publicAddress)) }, "endpoint-private-dns-off=custom_dns"},
	{"other DNS servers may lead past the endpoint", "endpoint by name", "", func(c *Case) {
		c.Facts.Network.DHCP.Value.Servers = []string{"10.9.0.2"}
		c.group("sg-ep").Ingress = nil
	}, "public-ip-missing=custom_dns nat-unusable=custom_dns internet-gateway-missing=custom_dns public-access-blocked=custom_dns route-missing=custom_dns nacl-blocks=custom_dns endpoint-missing=custom_dns endpoint-private-dns-off=custom_dns endpoint-sg-closed=custom_dns"},
	{"no DHCP option set names no other servers", "nat by name", "", func(c *Case) { c.Facts.Network.DHCP = None[DHCPOptions]() }, ""},
	{"the VPC's resolver by its address", "nat by name", "", func(c *Case) { c.Facts.Network.DHCP.Value.Servers = []string{"10.0.0.2"} }, ""},
	{"a FIPS name is another name", "endpoint by name", "", func(c *Case) { c.call(timedOut("ecr-fips.eu-west-1.amazonaws.com", "")) },
		"public-ip-missing=other_name nat-unusable=other_name internet-gateway-missing=other_name public-access-blocked=other_name route-missing=other_name nacl-blocks=other_name endpoint-missing=other_name endpoint-private-dns-off=other_name endpoint-sg-closed=other_name"},
	{"a FIPS name with nothing to answer it", "nat", "", func(c *Case) {
		c.call(timedOut("ecr-fips.eu-west-1.amazonaws.com", publicAddress))
		c.table("rtb-app").drop("0.0.0.0/0")
	}, "route-missing=confirmed endpoint-missing=other_name"},

	// A subnet that another account shares: its route tables are seen, its endpoints are not.
	{"shared subnet, no route to a public address", "nat", "RouteTables", func(c *Case) {
		c.subnet("subnet-app").Account = "998877665544"
		c.table("rtb-app").drop("0.0.0.0/0")
	}, "route-missing=confirmed endpoint-missing=not_visible endpoint-private-dns-off=not_visible"},
	{"shared subnet, no route, by name", "nat by name", "", func(c *Case) {
		c.subnet("subnet-app").Account = "998877665544"
		c.table("rtb-app").drop("0.0.0.0/0")
	}, "public-ip-missing=not_visible nat-unusable=not_visible internet-gateway-missing=not_visible public-access-blocked=not_visible route-missing=not_visible nacl-blocks=not_visible endpoint-missing=not_visible endpoint-private-dns-off=not_visible endpoint-sg-closed=not_visible"},

	// S3.
	{"the gateway endpoint is not on the table", "gateway", "RouteTables", func(c *Case) {
		c.table("rtb-app").drop("pl-s3")
		c.endpoint("vpce-s3").RouteTables = []string{"rtb-pub"}
	}, "route-missing=not_causal s3-gateway-missing=confirmed"},
	{"the gateway endpoint is not on the table, by name", "gateway by name", "RouteTables", func(c *Case) {
		c.table("rtb-app").drop("pl-s3")
		c.endpoint("vpce-s3").RouteTables = []string{"rtb-pub"}
	}, "route-missing=not_causal s3-gateway-missing=confirmed"},
	{"no gateway endpoint", "gateway by name", "RouteTables", func(c *Case) {
		c.table("rtb-app").drop("pl-s3")
		c.Facts.Network.Endpoints.Value = nil
	}, "route-missing=confirmed s3-gateway-missing=confirmed"},
	{"the main table has no gateway endpoint", "gateway", "RouteTables", func(c *Case) {
		c.table("rtb-app").Subnets = nil
	}, "route-missing=not_causal s3-gateway-missing=confirmed"},
	{"the route to the gateway endpoint is a black hole, although NAT would do", "gateway by name", "RouteTables", func(c *Case) {
		c.table("rtb-app").blackhole("pl-s3")
		c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
	}, "s3-gateway-missing=confirmed"},
	{"NAT instead of a gateway endpoint", "gateway", "", func(c *Case) {
		c.table("rtb-app").drop("pl-s3")
		c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
		c.Facts.Network.Endpoints.Value = nil
	}, ""},
	{"S3 outside of the gateway's list", "gateway", "", func(c *Case) { c.call(layersTimedOut("54.231.9.9")) }, "route-missing=partial s3-gateway-missing=partial"},
	{"a route for DynamoDB is none for S3", "gateway by name", "Endpoints", func(c *Case) {
		c.endpoint("vpce-s3").Service = "com.amazonaws.eu-west-1.dynamodb"
	}, "route-missing=confirmed s3-gateway-missing=confirmed"},
	{"an S3 interface endpoint that the name leads to is shut", "gateway by name", "Groups", func(c *Case) {
		c.Facts.Network.Endpoints.Value = append(c.Facts.Network.Endpoints.Value, Endpoint{ID: "vpce-s3i", Service: "com.amazonaws.eu-west-1.s3", Type: "Interface",
			State: "available", PrivateDNS: true, Groups: []string{"sg-ep"}, Subnets: []string{"subnet-ep"}, Adapters: []string{"eni-s3"}})
		c.Facts.Network.EndpointAdapters.Value = append(c.Facts.Network.EndpointAdapters.Value, Interface{ID: "eni-s3", Subnet: "subnet-ep", VPC: "vpc-1", Groups: []string{"sg-ep"}, PrivateIPs: []netip.Addr{ip("10.0.2.60")}})
		c.group("sg-ep").Ingress = says443("sg-other")
	}, "endpoint-sg-closed=confirmed"},
	{"an S3 interface endpoint for inbound resolvers only is not asked", "gateway by name", "", func(c *Case) {
		c.Facts.Network.Endpoints.Value = append(c.Facts.Network.Endpoints.Value, Endpoint{ID: "vpce-s3i", Service: "com.amazonaws.eu-west-1.s3", Type: "Interface",
			State: "available", PrivateDNS: true, InboundOnly: true, Groups: []string{"sg-default"}})
	}, ""},
	{"outbound to the prefix list", "gateway", "", func(c *Case) {
		c.group("sg-task").Egress = []SGRule{{Protocol: "tcp", From: 443, To: 443, PrefixLists: []string{"pl-s3"}}}
	}, ""},
	{"outbound to the prefix list, whose addresses cannot be read", "gateway by name", "", func(c *Case) {
		c.Facts.Network.PrefixLists.Value[0].Entries = Open[[]netip.Prefix](classifier.ReasonNoPermission, "ec2:GetManagedPrefixListEntries")
		c.group("sg-task").Egress = []SGRule{{Protocol: "tcp", From: 443, To: 443, PrefixLists: []string{"pl-s3"}}}
	}, ""},
	{"outbound to the endpoints' group only", "gateway", "Groups", func(c *Case) { c.group("sg-task").Egress = says443("sg-ep") }, "task-sg-egress-closed=confirmed"},
	{"outbound to the endpoints' group only, by name", "gateway by name", "Groups", func(c *Case) { c.group("sg-task").Egress = says443("sg-ep") }, "task-sg-egress-closed=confirmed"},
	{"outbound to a part of the prefix list", "gateway by name", "", func(c *Case) { c.group("sg-task").Egress[0].CIDRs = cidrs("52.218.0.0/17") }, "task-sg-egress-closed=partial"},
	{"outbound to all of the prefix list's addresses", "gateway by name", "", func(c *Case) { c.group("sg-task").Egress[0].CIDRs = cidrs("52.218.0.0/16 3.5.64.0/20") }, ""},
	{"the network ACL denies S3", "gateway by name", "ACLs", func(c *Case) {
		c.acl("acl-app").deny(true, "52.218.0.0/16", 443, 443)
		c.acl("acl-app").deny(true, "3.5.0.0/16", 443, 443)
	}, "nacl-blocks=confirmed"},
	{"the network ACL denies a part of S3", "gateway by name", "", func(c *Case) { c.acl("acl-app").deny(true, "3.5.0.0/16", 443, 443) }, "nacl-blocks=partial"},

	// Policies of endpoints.
	{"the layer bucket is forgotten", "refused at the gateway", "Endpoints", func(c *Case) { c.endpointPolicy("vpce-s3", `["s3:GetObject"]`, `["arn:aws:s3:::orders-*/*"]`) }, "s3-endpoint-policy-denies=confirmed"},
	{"the layer bucket is forgotten, but the call got no answer", "gateway", "", func(c *Case) { c.endpointPolicy("vpce-s3", `["s3:GetObject"]`, `["arn:aws:s3:::orders-*/*"]`) }, ""},
	{"another action", "refused at the gateway", "Endpoints", func(c *Case) { c.endpointPolicy("vpce-s3", `"s3:PutObject"`, `"*"`) }, "s3-endpoint-policy-denies=confirmed"},
	{"a condition may shut the layer bucket out", "refused at the gateway", "", func(c *Case) {
		c.endpoint("vpce-s3").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"210987654321"}}}]}`
	}, "s3-endpoint-policy-denies=condition"},
	{"a plain denial wins", "refused at the endpoint", "Endpoints", func(c *Case) {
		c.endpoint("vpce-api").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Sid":"NoLogins","Effect":"Deny","Principal":"*","Action":"ecr:Get*","Resource":"*"}]}`
	}, "endpoint-policy-denies=confirmed"},
	{"a denial with a condition is not judged", "refused at the endpoint", "", func(c *Case) {
		c.endpoint("vpce-api").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}}]}`
	}, "endpoint-policy-denies=condition"},
	{"what a statement is not for is not judged", "refused at the endpoint", "", func(c *Case) {
		c.endpoint("vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":"*","NotAction":"ecr:Put*","Resource":"*"}}`
	}, "endpoint-policy-denies=condition"},
	{"for another role", "refused at the endpoint", "Endpoints", func(c *Case) {
		c.endpoint("vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:role/other"},"Action":"*","Resource":"*"}}`
	}, "endpoint-policy-denies=confirmed"},
	{"for the role", "refused at the endpoint", "", func(c *Case) {
		c.endpoint("vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::998877665544:root","arn:aws:iam::210987654321:role/orders-exec"]},"Action":"ECR:getauthorizationtoken","Resource":"*"}}`
	}, ""},
	{"a policy that is not JSON", "refused at the endpoint", "", func(c *Case) { c.endpoint("vpce-api").Policy = "{" }, "endpoint-policy-denies=condition"},
	{"no policy allows all", "refused at the endpoint", "", func(c *Case) { c.endpoint("vpce-api").Policy = "" }, ""},
	{"refused, but not through an endpoint", "refused at the endpoint", "", func(c *Case) {
		c.endpoint("vpce-api").Policy = `{"Statement":[]}`
		c.endpoint("vpce-api").PrivateDNS = false
		c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
	}, ""},

	// IPv6.
	{"no IPv6 route", "ipv6", "RouteTables", func(c *Case) { c.table("rtb-app").drop("::/0") }, "route-missing=confirmed endpoint-missing=other_name"},
	{"an IPv4 route is none for IPv6", "ipv6", "RouteTables", func(c *Case) {
		c.table("rtb-app").drop("::/0")
		c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
	}, "route-missing=confirmed endpoint-missing=other_name"},
	{"the egress-only gateway is detached", "ipv6", "EgressOnly", func(c *Case) { c.Facts.Network.EgressOnly.Value = nil }, "internet-gateway-missing=confirmed endpoint-missing=not_causal"},
	{"Block Public Access stops IPv6", "ipv6", "Subnets", func(c *Case) { c.subnet("subnet-app").BlockMode = "block-bidirectional" }, "public-access-blocked=confirmed endpoint-missing=not_causal"},
	{"Block Public Access lets IPv6 out", "ipv6", "", func(c *Case) { c.subnet("subnet-app").BlockMode = "block-ingress" }, ""},
	{"outbound rules for IPv4 only", "ipv6", "Groups", func(c *Case) { c.group("sg-task").Egress[0].CIDRs = cidrs("0.0.0.0/0") }, "task-sg-egress-closed=confirmed"},
	{"network ACL rules for IPv4 only", "ipv6", "ACLs", func(c *Case) { c.acl("acl-app").Rules = []ACLRule{everything(true), everything(false)} }, "nacl-blocks=confirmed"},
	{"IPv6 works and IPv4 does not", "ipv6", "", func(c *Case) { c.call(timedOut("ecr.eu-west-1.api.aws", "")) },
		"route-missing=intermittent endpoint-missing=other_name"},
	{"IPv6 works, and whether the task had an address is not told", "ipv6", "", func(c *Case) {
		c.call(timedOut("ecr.eu-west-1.api.aws", ""))
		delete(c.Stop.Attachments[0].Details, "privateIPv6Address")
		c.subnet("subnet-app").CIDRs = cidrs("10.0.1.0/24 2a05:d018:1::/64")
	}, "route-missing=intermittent endpoint-missing=other_name"},
	{"IPv6 works, and the task had no address of it", "ipv6", "RouteTables", func(c *Case) {
		c.call(timedOut("ecr.eu-west-1.api.aws", ""))
		c.subnet("subnet-app").CIDRs = cidrs("10.0.1.0/24 2a05:d018:1::/64")
		c.Facts.Inputs.Interface = Is(Interface{ID: "eni-1", Subnet: "subnet-app", VPC: "vpc-1", Groups: []string{"sg-task"}, PrivateIPs: []netip.Addr{ip("10.0.1.20")}})
	}, "route-missing=confirmed endpoint-missing=other_name"},
	{"Docker Hub over IPv6, where IPv4 has no route", "docker hub", "", func(c *Case) {
		c.table("rtb-app").drop("0.0.0.0/0")
		c.table("rtb-app").add(to("::/0", "eigw-1"))
		c.subnet("subnet-app").CIDRs = cidrs("10.0.1.0/24 2a05:d018:1::/64")
	}, "route-missing=intermittent"},
	{"Docker Hub without a route of either family", "docker hub", "RouteTables", func(c *Case) {
		c.table("rtb-app").drop("0.0.0.0/0")
		c.subnet("subnet-app").CIDRs = cidrs("10.0.1.0/24 2a05:d018:1::/64")
	}, "route-missing=confirmed"},
	{"outbound rules for S3's prefix list, and an address that it does not hold now", "nat", "", func(c *Case) {
		c.call(layersTimedOut(publicAddress))
		c.group("sg-task").Egress = []SGRule{{Protocol: "tcp", From: 443, To: 443, PrefixLists: []string{"pl-s3"}}}
	}, "task-sg-egress-closed=partial"},
	{"outbound rules for another prefix list than S3's", "nat", "Groups", func(c *Case) {
		c.call(layersTimedOut(publicAddress))
		c.group("sg-task").Egress = []SGRule{{Protocol: "tcp", From: 443, To: 443, PrefixLists: []string{"pl-own"}}}
		c.Facts.Network.PrefixLists.Value = append(c.Facts.Network.PrefixLists.Value, PrefixList{ID: "pl-own", Entries: Is(cidrs("10.0.0.0/8"))})
	}, "task-sg-egress-closed=confirmed"},
	{"NAT64 without its route", "nat64", "RouteTables", func(c *Case) { c.table("rtb-app").drop("64:ff9b::/96") }, "route-missing=confirmed endpoint-missing=confirmed"},
	{"NAT64 with a broken NAT gateway", "nat64", "NATs", func(c *Case) { c.Facts.Network.NATs.Value[0].State = "failed" }, "nat-unusable=confirmed endpoint-missing=not_causal"},
	{"IPv6 only, and a name that may have no IPv6 address", "nat64", "", func(c *Case) {
		c.call(timedOut(apiHost, ""))
		c.subnet("subnet-app").DNS64 = false
		c.table("rtb-app").drop("64:ff9b::/96")
	}, "public-ip-missing=other_name nat-unusable=other_name internet-gateway-missing=other_name public-access-blocked=other_name route-missing=other_name nacl-blocks=other_name endpoint-missing=other_name endpoint-private-dns-off=other_name endpoint-sg-closed=other_name"},

	// EC2: the instance calls.
	{"the instance has no public IP", "ec2", "Instance", func(c *Case) { c.Facts.Inputs.Instance.Value.EC2.Value.PublicIP = netip.Addr{} }, "public-ip-missing=confirmed endpoint-missing=not_causal"},
	{"a stopped instance has given its address back", "ec2", "", func(c *Case) {
		c.Facts.Inputs.Instance.Value.EC2.Value.PublicIP, c.Facts.Inputs.Instance.Value.EC2.Value.State = netip.Addr{}, "stopped"
	}, "public-ip-missing=not_read endpoint-missing=not_read"},
	{"the task's own subnet is not the way", "ec2", "", func(c *Case) { c.table("rtb-app").drop("0.0.0.0/0") }, ""},
	{"the task's own subnet leads to an internet gateway", "ec2", "", func(c *Case) { c.table("rtb-app").lead("0.0.0.0/0", "igw-1") }, "public-ip-on-ec2-awsvpc=not_causal"},
	{"the instance's groups count", "ec2", "Groups", func(c *Case) {
		c.Facts.Inputs.Instance.Value.EC2.Value.Groups = []string{"sg-ep"}
	}, "task-sg-egress-closed=confirmed"},

	// File systems: where it is not known which mount target was called, the task's own group may still shut all of them out.
	{"a mount without an outbound rule", "mount", "Groups", func(c *Case) { c.group("sg-task").Egress = says443("sg-ep") }, "task-sg-egress-closed=confirmed nacl-blocks=not_read"},
	{"a mount target that the text names", "mount", "", func(c *Case) {
		c.call(c.Stop.StoppedReason + " mount target ip address 10.0.2.44 timeout")
		c.group("sg-task").Egress[0].CIDRs = cidrs("10.0.2.44/32")
	}, "nacl-blocks=not_read"},
	{"a mount target whose subnet's network ACL lets nobody in", "known mount target", "ACLs", func(c *Case) { c.acl("acl-ep").deny(false, "10.0.1.0/24", 2049, 2049) }, "nacl-blocks=confirmed"},
	{"a mount target whose subnet's network ACL lets no answer out", "known mount target", "ACLs", func(c *Case) { c.acl("acl-ep").deny(true, "10.0.1.0/24", 1024, 65535) }, "nacl-blocks=confirmed"},
	{"the task's network ACL lets no mount out", "known mount target", "ACLs", func(c *Case) { c.acl("acl-app").deny(true, "10.0.2.0/24", 2049, 2049) }, "nacl-blocks=confirmed"},
	{"an outbound rule for the mount target's group alone", "known mount target", "", func(c *Case) {
		c.group("sg-task").Egress = []SGRule{{Protocol: "tcp", From: 2049, To: 2049, Groups: []string{"sg-ep"}}}
	}, ""},
	{"an outbound rule for another group", "known mount target", "Groups", func(c *Case) {
		c.group("sg-task").Egress = []SGRule{{Protocol: "tcp", From: 2049, To: 2049, Groups: []string{"sg-other"}}}
	}, "task-sg-egress-closed=confirmed"},
	{"another mount target than the known one is named", "known mount target", "", func(c *Case) {
		c.call(c.Stop.StoppedReason + " mount target ip address 10.0.2.44 timeout")
		c.group("sg-task").Egress[0].CIDRs = cidrs("10.0.2.44/32")
	}, "nacl-blocks=not_read"},
	{"its interface could not be read", "known mount target", "", func(c *Case) {
		c.Facts.Things.Adapters["eni-a"] = Open[Interface](classifier.ReasonThrottled, "ec2:DescribeNetworkInterfaces")
	}, "nacl-blocks=not_read"},
	{"it has moved to another zone", "known mount target", "", func(c *Case) {
		c.Facts.Things.MountTargets["fs-0011223344556677a"].Value[0].Zone = "eu-west-1b"
	}, "nacl-blocks=not_read"},

	// Names.
	{"DNS support is off, and the VPC's resolver is silent", "lookup", "DNSSupport", func(c *Case) { c.Facts.Network.DNSSupport = Is(false) }, "dns-disabled=confirmed"},
	{"DNS hostnames are off, which public names do not need", "lookup", "", func(c *Case) { c.Facts.Network.DNSHostnames = Is(false) }, ""},
	{"there is no such host", "lookup", "", func(c *Case) { c.call("CannotPullContainerError: dial tcp: lookup quay.oi: no such host") }, "dns-server-unreachable=custom_dns"},
	{"one's own DNS server is silent, and the group is closed", "lookup", "", func(c *Case) {
		c.call(strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
		c.group("sg-task").Egress = says443("sg-ep")
	}, "dns-server-unreachable=confirmed"},
	{"one's own DNS server is silent, and the network ACL shuts UDP", "lookup", "", func(c *Case) {
		c.call(strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
		c.acl("acl-app").Rules = append(c.acl("acl-app").Rules, aclRule(9, true, false, "17", "0.0.0.0/0", 53, 53))
	}, "dns-server-unreachable=confirmed"},
	{"one's own DNS server has no route", "lookup", "", func(c *Case) {
		c.call(strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "172.20.0.2:53"))
	}, "dns-server-unreachable=confirmed"},
	{"one's own DNS server is silent, and the way is open", "lookup", "", func(c *Case) {
		c.call(strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
	}, "dns-server-unreachable=custom_dns"},
	{"DNS support is off, but another server was asked", "lookup", "", func(c *Case) {
		c.call(strings.ReplaceAll(c.Stop.StoppedReason, "10.0.0.2:53", "10.0.9.2:53"))
		c.Facts.Network.DNSSupport = Is(false)
	}, "dns-disabled=custom_dns dns-server-unreachable=custom_dns"},
}

// call makes the stop say something else.
func (c *Case) call(reason string) {
	c.Stop.StoppedReason = reason
	c.Finding = classifier.Classify(c.Stop)
}

// endpointPolicy gives an endpoint a policy of one Allow.
func (c *Case) endpointPolicy(id, action, resource string) {
	c.endpoint(id).Policy = fmt.Sprintf(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":%s,"Resource":%s}]}`, action, resource)
}

// TestBroken holds the verdict of every cause in every broken layout, and in a golden file what is told of those that are confirmed.
func TestBroken(t *testing.T) {
	var told strings.Builder
	for _, b := range breaks {
		c := layout(b.layout)
		b.break1(&c)
		if got := verdicts(c); got != b.want {
			t.Errorf("%s (%s, %s)\n got %s\nwant %s", b.name, b.layout, c.Finding.Class(), got, b.want)
		}
		fmt.Fprintf(&told, "%s: %s\n", b.layout, b.name)
		for _, p := range Prove(c) {
			if !networkCause(p.Cause) || p.Result == classifier.RuledOut {
				continue
			}
			fmt.Fprintf(&told, "  %s %s %s: %s\n", p.Cause, p.Result, p.Reason, p.Evidence)
			if p.Next != "" {
				fmt.Fprintf(&told, "    next: %s\n", p.Next)
			}
			if p.Result == classifier.Confirmed && (p.Next == "" || p.Evidence == "" || strings.HasSuffix(p.Evidence, ".")) {
				t.Errorf("%s: %s says too little: %+v", b.name, p.Cause, p)
			}
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
		t.Errorf("what is told changed (go generate ./evidence keeps it), -want +got:\n%s", diff)
	}
}

// answers are the answers that network checks read, by the name of their field.
func answers(c *Case) map[string]reflect.Value {
	all := map[string]reflect.Value{"Caller": reflect.ValueOf(&c.Facts.Caller).Elem()}
	for _, facts := range []reflect.Value{reflect.ValueOf(&c.Facts.Network).Elem(), reflect.ValueOf(&c.Facts.Inputs).Elem()} {
		for i := range facts.NumField() {
			all[facts.Type().Field(i).Name] = facts.Field(i)
		}
	}
	return all
}

func forget(answer reflect.Value) {
	answer.Set(reflect.Zero(answer.Type()))
	answer.FieldByName("State").Set(reflect.ValueOf(Unknown))
	answer.FieldByName("Reason").SetString(classifier.ReasonNoPermission)
	answer.FieldByName("Action").SetString("ec2:DescribeSomething")
}

func results(c Case) map[string]classifier.Result {
	all := map[string]classifier.Result{}
	for _, p := range Prove(c) {
		if networkCause(p.Cause) {
			all[p.Cause] = p.Result
		}
	}
	return all
}

// TestNothingRestsOnWhatIsNotKnown turns every answer of every layout, whole or broken, into one that was refused: nothing may be
// confirmed then that was not before, and what was open stays open.
func TestNothingRestsOnWhatIsNotKnown(t *testing.T) {
	for _, b := range breaks {
		base := layout(b.layout)
		b.break1(&base)
		before := results(base)
		for name := range answers(&base) {
			c := layout(b.layout)
			b.break1(&c)
			forget(answers(&c)[name])
			for cause, after := range results(c) {
				if after != before[cause] && (after == classifier.Confirmed || after == classifier.RuledOut) {
					t.Errorf("%s (%s): without %s, %s turns from %s to %s", b.name, b.layout, name, cause, before[cause], after)
				}
			}
		}
	}
}

// TestNoAllClearWithoutTheAnswer holds that a cause is not ruled out while the answer that would show its defect is not known.
func TestNoAllClearWithoutTheAnswer(t *testing.T) {
	tried := 0
	for _, b := range breaks {
		if b.reads == "" {
			continue
		}
		broken := layout(b.layout)
		b.break1(&broken)
		c := layout(b.layout)
		forget(answers(&c)[b.reads])
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
	note := func(c Case) {
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
	for _, check := range networkChecks {
		never := strings.HasPrefix(check.Confirms, "never")
		if seen[check.Cause][classifier.Confirmed] == never || !seen[check.Cause][classifier.RuledOut] {
			t.Errorf("%s: seen %v", check.Cause, seen[check.Cause])
		}
	}
}

// TestWhatRuledOutTells holds that an open way says so, and that what is broken beside the way is told.
func TestWhatRuledOutTells(t *testing.T) {
	closed := layout("endpoint and nat")
	closed.call(timedOut(apiHost, publicAddress))
	closed.group("sg-ep").Ingress = nil
	for _, w := range []struct {
		c     Case
		cause string
		tells string
	}{
		{layout("nat"), "nacl-blocks", "nothing that was read closes this way"},
		{layout("endpoint by name"), "route-missing", "the call goes to VPC endpoint vpce-api (ecr.api); not on the way of this call: route table rtb-app of subnet-app has no route"},
		{closed, "endpoint-sg-closed", "not on the way of this call: sg-ep of VPC endpoint vpce-api (ecr.api) has no inbound rule"},
		{layout("public"), "nat-unusable", "route table rtb-app of subnet-app leads 0.0.0.0/0 to igw-1"},
	} {
		for _, p := range Prove(w.c) {
			if p.Cause == w.cause && (p.Result != classifier.RuledOut || !strings.Contains(p.Evidence, w.tells)) {
				t.Errorf("%s is %s and tells %q, want %q", p.Cause, p.Result, p.Evidence, w.tells)
			}
		}
	}
}

// TestLateIsStale holds that what is fine long after the stop proves nothing, and that what is broken says when it was read.
func TestLateIsStale(t *testing.T) {
	c := layout("nat")
	c.CheckedAt = c.Stop.StoppedAt.Add(time.Hour)
	for _, p := range Prove(c) {
		if networkCause(p.Cause) && (p.Result != classifier.Inconclusive || p.Reason != classifier.ReasonStale) {
			t.Errorf("%+v", p)
		}
	}
}
