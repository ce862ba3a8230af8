package evidence

import (
	"net/netip"
	"testing"
	"time"

	"whystopped/classifier"
)

func TestNetworkPitfalls(t *testing.T) {
	onPath := func(name string, break1 func(*Case)) *Case {
		c := layout(name)
		break1(&c)
		return &c
	}
	closed := func(c *Case) { c.group("sg-task").Egress = says443("sg-ep") }
	routeless := func(c *Case) { c.table("rtb-app").drop("0.0.0.0/0") }
	onlyList := func(entries Answer[[]PrefixList]) func(*Case) {
		return func(c *Case) {
			c.group("sg-task").Egress = []SGRule{{Protocol: "-1", PrefixLists: []string{"pl-office"}}}
			c.Facts.Network.PrefixLists = entries
		}
	}
	for _, p := range []pitfall{
		{
			name:    "P1 the interface is gone, and nothing else tells the groups",
			cause:   "task-sg-egress-closed",
			with:    onPath("nat", func(c *Case) { closed(c); c.Facts.Inputs.Service = None[Service]() }),
			want:    "inconclusive sg_unknown",
			without: onPath("nat", closed),
			decided: classifier.Confirmed,
		},
		{
			name:    "P2 a subnet that another account shares, whose endpoints are hidden",
			cause:   "endpoint-missing",
			with:    onPath("nat", func(c *Case) { routeless(c); c.subnet("subnet-app").Account = "999900001111" }),
			want:    "inconclusive not_visible",
			without: onPath("nat", routeless),
			decided: classifier.Confirmed,
		},
		{
			name:  "P4 a FIPS name, which is another name than the endpoint's",
			cause: "endpoint-missing",
			with: onPath("nat", func(c *Case) {
				c.call(timedOut("ecr-fips.eu-west-1.amazonaws.com", publicAddress))
				routeless(c)
			}),
			want:    "inconclusive other_name",
			without: onPath("nat", routeless),
			decided: classifier.Confirmed,
		},
		{
			name:  "P5 a rule for a prefix list that cannot be read",
			cause: "task-sg-egress-closed",
			with: onPath("nat", onlyList(Is([]PrefixList{{
				ID:      "pl-office",
				Name:    "office",
				Entries: Open[[]netip.Prefix](classifier.ReasonNoPermission, "ec2:GetManagedPrefixListEntries"),
			}}))),
			want: "inconclusive no_permission",
			without: onPath("nat", onlyList(Is([]PrefixList{{
				ID:      "pl-office",
				Name:    "office",
				Entries: Is(cidrs("192.0.2.0/24")),
			}}))),
			decided: classifier.Confirmed,
		},
		{
			name:    "P6 the route leads to a transit gateway",
			cause:   "route-missing",
			with:    onPath("nat", func(c *Case) { c.table("rtb-app").lead("0.0.0.0/0", "tgw-1") }),
			want:    "inconclusive route_target",
			without: onPath("nat", func(*Case) {}),
			decided: classifier.RuledOut,
		},
		{
			name:    "P7 it is read long after",
			cause:   "route-missing",
			with:    onPath("nat", func(c *Case) { c.CheckedAt = c.Stop.StoppedAt.Add(time.Hour) }),
			want:    "inconclusive stale",
			without: onPath("nat", func(*Case) {}),
			decided: classifier.RuledOut,
		},
		{
			name:    "P8 on EC2 the call left through the instance, not through the task's subnet",
			cause:   "route-missing",
			with:    onPath("ec2", routeless),
			want:    "ruled_out",
			without: onPath("nat", routeless),
			decided: classifier.Confirmed,
		},
		{
			name:    "P13 one of two interfaces of the endpoint is shut",
			cause:   "nacl-blocks",
			with:    onPath("endpoint by name", func(c *Case) { c.acl("acl-app").deny(true, "10.0.3.0/24", 443, 443) }),
			want:    "inconclusive intermittent",
			without: onPath("endpoint by name", func(c *Case) { c.acl("acl-app").deny(true, "10.0.2.0/23", 443, 443) }),
			decided: classifier.Confirmed,
		},
		{
			name:  "P14 we are denied ourselves",
			cause: "nacl-blocks",
			with: onPath("nat", func(c *Case) {
				refuse(&c.Facts.Network.ACLs, classifier.ReasonNoPermission, "ec2:DescribeNetworkAcls")
			}),
			want:    "inconclusive no_permission",
			without: onPath("nat", func(*Case) {}),
			decided: classifier.RuledOut,
		},
		{
			name:    "P15 EC2 does not tell whether Block Public Access is on",
			cause:   "public-access-blocked",
			with:    onPath("nat", func(c *Case) { c.subnet("subnet-pub").BlockMode = "" }),
			want:    "inconclusive not_visible",
			without: onPath("nat", func(c *Case) { c.subnet("subnet-pub").BlockMode = "block-bidirectional" }),
			decided: classifier.Confirmed,
		},
	} {
		p.try(t, networkChecks)
	}
}

func TestWhatIsGoneOnTheWayIsAReason(t *testing.T) {
	whatIsGone(t, networkChecks, func() *Case {
		c := layout("nat")
		return &c
	})
}
