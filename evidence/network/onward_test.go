package network

import (
	"net/netip"
	"strings"
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

// TestOneHopFurther has what stands behind a transit gateway or a peering connection, for a public and for a private
// address.
func TestOneHopFurther(t *testing.T) {
	const private = "10.9.0.4"
	attached := func(change func(*evidence.Onward)) evidence.Answer[evidence.Onward] {
		o := evidence.Onward{ID: "tgw-1", Attachment: "tgw-attach-1", State: "available",
			Subnets: []string{"subnet-ep"}, Table: evidence.Is(evidence.RouteTable{ID: "tgw-rtb-1",
				Routes: []evidence.Route{evidencetest.Route("0.0.0.0/0", "tgw-attach-2"),
					evidencetest.Route("10.0.0.0/16", "tgw-attach-1")}})}
		change(&o)
		return evidence.Is(o)
	}
	peered := func(change func(*evidence.Onward)) evidence.Answer[evidence.Onward] {
		o := evidence.Onward{ID: "pcx-1", State: "active", VPC: "vpc-2", CIDRs: evidencetest.CIDRs("10.9.0.0/16"),
			Table: evidence.Is(evidence.RouteTable{ID: "rtb-there", Routes: []evidence.Route{
				evidencetest.Route("10.9.0.0/16", "local"), evidencetest.Route("10.0.0.0/16", "pcx-1")}})}
		change(&o)
		return evidence.Is(o)
	}
	asItIs := func(*evidence.Onward) {}
	routes := func(list ...evidence.Route) func(*evidence.Onward) {
		return func(o *evidence.Onward) { o.Table.Value.Routes = list }
	}
	dropped := evidencetest.Route("0.0.0.0/0", "")
	dropped.Blackhole = true
	lost := evidencetest.Route("10.0.1.0/24", "pcx-1")
	lost.Blackhole = true
	gap := evidence.Unanswered[evidence.Onward](classifier.ReasonNoPermission, "ec2:SearchTransitGatewayRoutes")
	for _, test := range []struct {
		name, ip, target string
		onward           evidence.Answer[evidence.Onward]
		want             string // result, or reason
		tells            string
	}{
		{name: "a transit gateway that leads on", ip: publicAddress, target: "tgw-1", onward: attached(asItIs),
			want: "route_target"},
		{name: "one that nobody may read", ip: publicAddress, target: "tgw-1", onward: gap, want: "route_target"},
		{name: "one whose table nobody may read", ip: publicAddress, target: "tgw-1", want: "route_target",
			onward: attached(func(o *evidence.Onward) { o.Table = evidence.None[evidence.RouteTable]() })},
		{name: "no route there", ip: publicAddress, target: "tgw-1", want: "confirmed",
			onward: attached(routes(evidencetest.Route("10.0.0.0/8", "tgw-attach-2"))),
			tells:  "tgw-rtb-1, which has no"},
		{name: "a blackhole there", ip: publicAddress, target: "tgw-1", onward: attached(routes(dropped)),
			want: "confirmed", tells: "drops 0.0.0.0/0 (blackhole)"},
		{name: "a more specific route beside the blackhole", ip: publicAddress, target: "tgw-1", want: "route_target",
			onward: attached(routes(dropped, evidencetest.Route("3.0.0.0/8", "tgw-attach-2")))},
		{name: "an attachment that nobody accepted", ip: publicAddress, target: "tgw-1", want: "confirmed",
			onward: attached(func(o *evidence.Onward) { o.State = "pendingAcceptance" }),
			tells:  "in state pendingAcceptance"},
		{name: "an attachment that is being changed", ip: publicAddress, target: "tgw-1", want: "route_target",
			onward: attached(func(o *evidence.Onward) { o.State = "modifying" })},
		{name: "no subnet in the zone", ip: publicAddress, target: "tgw-1", want: "confirmed",
			onward: attached(func(o *evidence.Onward) { o.Subnets = []string{"subnet-ep2"} }),
			tells:  "has no subnet in eu-west-1a"},
		{name: "a subnet that is not seen", ip: publicAddress, target: "tgw-1", want: "route_target",
			onward: attached(func(o *evidence.Onward) { o.Subnets = []string{"subnet-ep2", "subnet-unseen"} })},
		{name: "an attachment made after the failure", ip: publicAddress, target: "tgw-1", want: "later",
			onward: attached(func(o *evidence.Onward) {
				o.Table.Value.Routes, o.CreatedAt = nil, layout("nat").Stop.StoppedAt.Add(1e9)
			})},
		{name: "a private address behind the transit gateway", ip: private, target: "tgw-1", onward: attached(asItIs),
			want: "not_visible"},
		{name: "no route there to a private address", ip: private, target: "tgw-1", want: "confirmed",
			onward: attached(routes(evidencetest.Route("10.0.0.0/16", "tgw-attach-1"))), tells: "covers " + private},

		{name: "a peering connection, and back", ip: private, target: "pcx-1", onward: peered(asItIs),
			want: "not_visible"},
		{name: "one that nobody accepted", ip: private, target: "pcx-1", want: "confirmed",
			onward: peered(func(o *evidence.Onward) { o.State = "pending-acceptance" }),
			tells:  "in state pending-acceptance"},
		{name: "one that is being made", ip: private, target: "pcx-1", want: "not_visible",
			onward: peered(func(o *evidence.Onward) { o.State, o.CIDRs = "provisioning", nil })},
		{name: "an address that the other VPC has not", ip: private, target: "pcx-1", want: "confirmed",
			onward: peered(func(o *evidence.Onward) { o.CIDRs = evidencetest.CIDRs("10.8.0.0/16") }),
			tells:  "which has no address of " + private},
		{name: "to the internet over a peering connection", ip: publicAddress, target: "pcx-1", onward: peered(asItIs),
			want: "confirmed", tells: "which has no address of " + publicAddress},
		{name: "no way back", ip: private, target: "pcx-1", want: "confirmed",
			onward: peered(routes(evidencetest.Route("10.9.0.0/16", "local"))),
			tells:  "has no route back to 10.0.1.20/32"},
		{name: "a way back to what is gone", ip: private, target: "pcx-1", want: "confirmed",
			onward: peered(routes(lost)), tells: "leads 10.0.1.0/24 to pcx-1, which is gone"},
		{name: "a way back by something else", ip: private, target: "pcx-1", want: "not_visible",
			onward: peered(routes(evidencetest.Route("10.0.0.0/8", "tgw-9")))},
		{name: "another account's VPC", ip: private, target: "pcx-1", want: "not_visible",
			onward: peered(func(o *evidence.Onward) { o.Table = evidence.Answer[evidence.RouteTable]{} })},
		{name: "what was read of another route", ip: private, target: "pcx-2", want: "not_visible",
			onward: peered(func(o *evidence.Onward) { o.State = "deleted" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := layout("nat")
			call(&c, timedOut(apiHost, test.ip))
			lead(table(&c, "rtb-app"), "0.0.0.0/0", test.target)
			c.Facts.Network.Onward = test.onward
			check, _ := Checks.Find("route-missing")
			p := check.Judge(&c)
			if string(p.Result) != test.want && p.Reason != test.want || !strings.Contains(p.Evidence, test.tells) {
				t.Errorf("%s (%s), want %s: %s", p.Result, p.Reason, test.want, p.Evidence)
			}
			if id, ip := OnwardOf(&c); id != test.target || ip != netip.MustParseAddr(test.ip) {
				t.Errorf("%s and %s are asked for", id, ip)
			}
		})
	}
	c := layout("nat")
	if id, _ := OnwardOf(&c); id != "" {
		t.Errorf("%s is asked for where a NAT gateway is on the way", id)
	}
}

// TestAMountInAnotherVPCGoesByTheRoute: the mount targets are all elsewhere, and what leads to none of them is why.
func TestAMountInAnotherVPCGoesByTheRoute(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*evidence.Case)
		want   classifier.Result
	}{
		{"by a NAT gateway, which goes no further", func(*evidence.Case) {}, classifier.Confirmed},
		{"by a peering connection", func(c *evidence.Case) {
			for i, table := range c.Facts.Network.RouteTables.Value {
				c.Facts.Network.RouteTables.Value[i].Routes = append(table.Routes,
					evidence.Route{Destination: evidencetest.CIDR("10.8.0.0/16"), Target: "pcx-1"})
			}
		}, classifier.NotChecked},
		{"one of several is in the VPC", func(c *evidence.Case) {
			targets := c.Facts.Setup.MountTargets["fs-0011223344556677a"]
			targets.Value = append(targets.Value, evidence.MountTarget{ID: "fsmt-b", VPC: "vpc-1", Zone: "eu-west-1b",
				IP: evidencetest.IP("10.0.3.9")})
			c.Facts.Setup.MountTargets["fs-0011223344556677a"] = targets
		}, classifier.NotChecked},
		{"its address is one of the VPC's own", func(c *evidence.Case) {
			c.Facts.Setup.MountTargets["fs-0011223344556677a"].Value[0].IP = evidencetest.IP("10.0.2.9")
		}, classifier.NotChecked},
	} {
		c := layout("known mount target")
		target := &c.Facts.Setup.MountTargets["fs-0011223344556677a"].Value[0]
		target.VPC, target.Subnet, target.IP = "vpc-files", "subnet-files", evidencetest.IP("10.8.0.9")
		test.change(&c)
		if p := onTheWay("route-missing")(&c); p.Result != test.want {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}
