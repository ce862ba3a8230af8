package network

import (
	"net/netip"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

func TestNetworkPitfalls(t *testing.T) {
	onPath := func(name string, break1 func(*evidence.Case)) *evidence.Case {
		c := layout(name)
		break1(&c)
		return &c
	}
	closed := func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-ep") }
	routeless := func(c *evidence.Case) { drop(table(c, "rtb-app"), "0.0.0.0/0") }
	onlyList := func(entries evidence.Answer[[]evidence.PrefixList]) func(*evidence.Case) {
		return func(c *evidence.Case) {
			evidencetest.Group(c, "sg-task").Egress = []evidence.SGRule{{
				Protocol:    "-1",
				PrefixLists: []string{"pl-office"},
			}}
			c.Facts.Network.PrefixLists = entries
		}
	}
	for _, p := range []evidencetest.Pitfall{
		{
			Name:  "P1 the interface is gone, and nothing else tells the groups",
			Cause: "task-sg-egress-closed",
			With: onPath("nat", func(c *evidence.Case) {
				closed(c)
				c.Facts.Task.Service = evidence.None[evidence.Service]()
			}),
			Want:    "inconclusive sg_unknown",
			Without: onPath("nat", closed),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "P2 a subnet that another account shares, whose endpoints are hidden",
			Cause: "endpoint-missing",
			With: onPath("nat", func(c *evidence.Case) {
				routeless(c)
				subnet(c, "subnet-app").Account = "999900001111"
			}),
			Want:    "inconclusive not_visible",
			Without: onPath("nat", routeless),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "P4 a FIPS name, which is another name than the endpoint's",
			Cause: "endpoint-missing",
			With: onPath("nat", func(c *evidence.Case) {
				call(c, timedOut("ecr-fips.eu-west-1.amazonaws.com", publicAddress))
				routeless(c)
			}),
			Want:    "inconclusive other_name",
			Without: onPath("nat", routeless),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "P5 a rule for a prefix list that cannot be read",
			Cause: "task-sg-egress-closed",
			With: onPath("nat", onlyList(evidence.Is([]evidence.PrefixList{{
				ID:   "pl-office",
				Name: "office",
				Entries: evidence.Unanswered[[]netip.Prefix](classifier.ReasonNoPermission,
					"ec2:GetManagedPrefixListEntries"),
			}}))),
			Want: "inconclusive no_permission",
			Without: onPath("nat", onlyList(evidence.Is([]evidence.PrefixList{{
				ID:      "pl-office",
				Name:    "office",
				Entries: evidence.Is(evidencetest.CIDRs("192.0.2.0/24")),
			}}))),
			Decided: classifier.Confirmed,
		},
		{
			Name:    "P6 the route leads to a transit gateway",
			Cause:   "route-missing",
			With:    onPath("nat", func(c *evidence.Case) { lead(table(c, "rtb-app"), "0.0.0.0/0", "tgw-1") }),
			Want:    "inconclusive route_target",
			Without: onPath("nat", func(*evidence.Case) {}),
			Decided: classifier.RuledOut,
		},
		{
			Name:    "P7 it is read long after",
			Cause:   "route-missing",
			With:    onPath("nat", func(c *evidence.Case) { c.CheckedAt = c.Stop.StoppedAt.Add(time.Hour) }),
			Want:    "inconclusive stale",
			Without: onPath("nat", func(*evidence.Case) {}),
			Decided: classifier.RuledOut,
		},
		{
			Name:    "P8 on EC2 the call left through the instance, not through the task's subnet",
			Cause:   "route-missing",
			With:    onPath("ec2", routeless),
			Want:    "ruled_out",
			Without: onPath("nat", routeless),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "P13 one of two interfaces of the endpoint is shut",
			Cause: "nacl-blocks",
			With: onPath("endpoint by name", func(c *evidence.Case) {
				deny(acl(c, "acl-app"), true, "10.0.3.0/24", 443, 443)
			}),
			Want: "inconclusive intermittent",
			Without: onPath("endpoint by name", func(c *evidence.Case) {
				deny(acl(c, "acl-app"), true, "10.0.2.0/23", 443, 443)
			}),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "P14 we are denied ourselves",
			Cause: "nacl-blocks",
			With: onPath("nat", func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Network.ACLs, classifier.ReasonNoPermission, "ec2:DescribeNetworkAcls")
			}),
			Want:    "inconclusive no_permission",
			Without: onPath("nat", func(*evidence.Case) {}),
			Decided: classifier.RuledOut,
		},
		{
			Name:  "P15 EC2 does not tell whether Block Public Access is on",
			Cause: "public-access-blocked",
			With:  onPath("nat", func(c *evidence.Case) { subnet(c, "subnet-pub").BlockMode = "" }),
			Want:  "inconclusive not_visible",
			Without: onPath("nat", func(c *evidence.Case) {
				subnet(c, "subnet-pub").BlockMode = "block-bidirectional"
			}),
			Decided: classifier.Confirmed,
		},
	} {
		p.Try(t, Checks)
	}
}

func TestWhatIsGoneOnTheWayIsAReason(t *testing.T) {
	evidencetest.WhatIsGone(t, Checks, func() *evidence.Case {
		c := layout("nat")
		return &c
	})
}
