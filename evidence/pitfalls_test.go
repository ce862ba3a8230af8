package evidence

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
)

// TestPitfalls holds, for each way in which a look-up is deceived, the verdict with it and without it. What is deceived
// must end open, never as a wrong answer; and what is not must still be decided.
func TestPitfalls(t *testing.T) {
	onPath := func(name string, break1 func(*Case)) *Case {
		c := layout(name)
		break1(&c)
		return &c
	}
	started := func(stage classifier.Stage, fault classifier.Fault, break1 func(*Case)) *Case {
		c := ordersCase(stage, fault)
		break1(&c)
		return &c
	}
	ran := func(change func(*Case)) *Case {
		c := failedHealthCheck()
		change(c)
		return c
	}
	denied := func(s Simulation) *Case {
		c := accessCase(denialOf(classifier.RegistryAuth, classifier.Facts{
			AWSAction: "ecr:GetAuthorizationToken",
			Role:      "orders-exec",
		}))
		c.simulate(execRole, "ecr:GetAuthorizationToken", "*", s)
		return c
	}
	closed := func(c *Case) { c.group("sg-task").Egress = says443("sg-ep") }
	routeless := func(c *Case) { c.table("rtb-app").drop("0.0.0.0/0") }
	onlyList := func(entries Answer[[]PrefixList]) func(*Case) {
		return func(c *Case) {
			c.group("sg-task").Egress = []SGRule{{Protocol: "-1", PrefixLists: []string{"pl-office"}}}
			c.Facts.Network.PrefixLists = entries
		}
	}
	for _, test := range []struct {
		pitfall, cause string
		with           *Case
		want           string
		without        *Case
		decided        classifier.Result
	}{
		{
			pitfall: "P1 the interface is gone, and nothing else tells the groups",
			cause:   "task-sg-egress-closed",
			with:    onPath("nat", func(c *Case) { closed(c); c.Facts.Inputs.Service = None[Service]() }),
			want:    "inconclusive sg_unknown",
			without: onPath("nat", closed),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P2 a subnet that another account shares, whose endpoints are hidden",
			cause:   "endpoint-missing",
			with:    onPath("nat", func(c *Case) { routeless(c); c.subnet("subnet-app").Account = theirs }),
			want:    "inconclusive not_visible",
			without: onPath("nat", routeless),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P3 an image of another account, which we may not see and the task may",
			cause:   "image-tag-missing",
			with: started(classifier.Image, classifier.NotFound, func(c *Case) {
				c.elsewhere(Open[Image](classifier.ReasonNoPermission, "ecr:DescribeImages"))
			}),
			want:    "inconclusive not_visible",
			without: started(classifier.Image, classifier.NotFound, (*Case).noImage),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P4 a FIPS name, which is another name than the endpoint's",
			cause:   "endpoint-missing",
			with: onPath("nat", func(c *Case) {
				c.call(timedOut("ecr-fips.eu-west-1.amazonaws.com", publicAddress))
				routeless(c)
			}),
			want:    "inconclusive other_name",
			without: onPath("nat", routeless),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P5 a rule for a prefix list that cannot be read",
			cause:   "task-sg-egress-closed",
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
			pitfall: "P6 the route leads to a transit gateway",
			cause:   "route-missing",
			with:    onPath("nat", func(c *Case) { c.table("rtb-app").lead("0.0.0.0/0", "tgw-1") }),
			want:    "inconclusive route_target",
			without: onPath("nat", func(*Case) {}),
			decided: classifier.RuledOut,
		},
		{
			pitfall: "P7 it is read long after",
			cause:   "route-missing",
			with:    onPath("nat", func(c *Case) { c.CheckedAt = c.Stop.StoppedAt.Add(time.Hour) }),
			want:    "inconclusive stale",
			without: onPath("nat", func(*Case) {}),
			decided: classifier.RuledOut,
		},
		{
			pitfall: "P8 on EC2 the call left through the instance, not through the task's subnet",
			cause:   "route-missing",
			with:    onPath("ec2", routeless),
			want:    "ruled_out",
			without: onPath("nat", routeless),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P9 the simulation lacks context values",
			cause:   "role-permission-missing",
			with:    denied(Simulation{Decision: "implicitDeny", Missing: []string{"aws:SourceVpce"}}),
			want:    "inconclusive condition",
			without: denied(Simulation{Decision: "implicitDeny"}),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P10 CloudTrail has nothing yet",
			cause:   "stopped-by-person",
			with:    ran(changes(calledBy(TrailEvent{}), calledByNobody(2*time.Minute))),
			want:    "inconclusive deferred",
			without: ran(calledBy(TrailEvent{
				Identity: "AssumedRole",
				ARN:      "arn:aws:sts::111122223333:assumed-role/ops/li",
				Console:  true,
				SourceIP: "198.51.100.7",
			})),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P11 the revision is INACTIVE and no longer described",
			cause:   "memory-limit",
			with: ran(changes(outOfMemory, func(c *Case) {
				c.Stop.Containers[0].Memory = nil
				c.Facts.Inputs.TaskDefinition = Open[TaskDefinition](classifier.ReasonFailed,
					"ecs:DescribeTaskDefinition")
			})),
			want:    "inconclusive failed",
			without: ran(outOfMemory),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P13 one of two interfaces of the endpoint is shut",
			cause:   "nacl-blocks",
			with:    onPath("endpoint by name", func(c *Case) { c.acl("acl-app").deny(true, "10.0.3.0/24", 443, 443) }),
			want:    "inconclusive intermittent",
			without: onPath("endpoint by name", func(c *Case) { c.acl("acl-app").deny(true, "10.0.2.0/23", 443, 443) }),
			decided: classifier.Confirmed,
		},
		{
			pitfall: "P14 we are denied ourselves",
			cause:   "nacl-blocks",
			with: onPath("nat", func(c *Case) {
				refuse(&c.Facts.Network.ACLs, classifier.ReasonNoPermission, "ec2:DescribeNetworkAcls")
			}),
			want:    "inconclusive no_permission",
			without: onPath("nat", func(*Case) {}),
			decided: classifier.RuledOut,
		},
		{
			pitfall: "P15 EC2 does not tell whether Block Public Access is on",
			cause:   "public-access-blocked",
			with:    onPath("nat", func(c *Case) { c.subnet("subnet-pub").BlockMode = "" }),
			want:    "inconclusive not_visible",
			without: onPath("nat", func(c *Case) { c.subnet("subnet-pub").BlockMode = "block-bidirectional" }),
			decided: classifier.Confirmed,
		},
	} {
		t.Run(test.pitfall, func(t *testing.T) {
			check, _ := Find(test.cause)
			p := check.judge(test.with)
			if got := strings.TrimSpace(string(p.Result) + " " + p.Reason); got != test.want {
				t.Errorf("%s is %s, want %s: %s", test.cause, got, test.want, p.Evidence)
			}
			if p := check.judge(test.without); p.Result != test.decided {
				t.Errorf("without it %s is %s(%s), want %s: %s", test.cause, p.Result, p.Reason, test.decided,
					p.Evidence)
			}
		})
	}
	t.Run("P12 the JSON key of a secret would need its value", func(t *testing.T) {
		// that nothing asks for values is TestNothingIsAskedThatCouldHurt
		if _, found := Find("secret-json-key-missing"); found {
			t.Error("something looks for a JSON key")
		}
	})
}
