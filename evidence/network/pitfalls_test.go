package network

import (
	"net/netip"
	"strings"
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
	principal := func(of string) func(*evidence.Case) {
		return func(c *evidence.Case) {
			endpoint(c, "vpce-s3").Policy = `{"Statement":[{"Effect":"Allow","Principal":` + of +
				`,"Action":"s3:*","Resource":"*"}]}`
		}
	}
	interfaceIs := func(status string) func(*evidence.Case) {
		return func(c *evidence.Case) {
			c.Facts.Task.Service = evidence.None[evidence.Service]()
			c.Facts.Task.Interface = evidence.Is(evidence.Interface{ID: "eni-t", Subnet: "subnet-app", VPC: "vpc-1",
				Groups: []string{"sg-task"}, Status: status})
		}
	}
	madeAt := func(after time.Duration) func(*evidence.Case) {
		return func(c *evidence.Case) { endpoint(c, "vpce-api").CreatedAt = c.Stop.StoppedAt.Add(after) }
	}
	nat := func(state string, made, deleted time.Duration) func(*evidence.Case) {
		return func(c *evidence.Case) {
			g := &c.Facts.Network.NATs.Value[0]
			g.State, g.CreatedAt = state, c.Stop.StoppedAt.Add(made)
			if deleted != 0 {
				g.DeletedAt = c.Stop.StoppedAt.Add(deleted)
			}
		}
	}
	unnamed := func(c *evidence.Case) { endpoint(c, "vpce-api").PrivateDNS = false }
	envFile := func(operation, action, resource string) *evidence.Case {
		return onPath("environment file refused", func(c *evidence.Case) {
			call(c, strings.Replace(c.Stop.StoppedReason, "HeadObject", operation, 1))
			endpointPolicy(c, "vpce-s3", `"`+action+`"`, `"`+resource+`"`)
		})
	}
	const file, bucket = "arn:aws:s3:::orders-env/prod.env", "arn:aws:s3:::orders-env"
	for _, p := range []evidencetest.Pitfall{
		{
			Name:    "a policy knows no operation HeadObject",
			Cause:   "s3-endpoint-policy-denies",
			With:    envFile("HeadObject", "s3:GetObject", file),
			Want:    "ruled_out",
			Without: envFile("HeadObject", "s3:HeadObject", file),
			Decided: classifier.Confirmed,
		},
		{
			Name:    "a bucket is asked for, not the object",
			Cause:   "s3-endpoint-policy-denies",
			With:    envFile("HeadBucket", "s3:ListBucket", bucket),
			Want:    "ruled_out",
			Without: envFile("HeadBucket", "s3:ListBucket", file),
			Decided: classifier.Confirmed,
		},
		{
			Name:    "a listing is of the bucket",
			Cause:   "s3-endpoint-policy-denies",
			With:    envFile("ListObjectsV2", "s3:ListBucket", bucket),
			Want:    "ruled_out",
			Without: envFile("ListObjectsV2", "s3:GetObject", bucket),
			Decided: classifier.Confirmed,
		},
		{
			Name:    "an account is its root user alone at a gateway endpoint",
			Cause:   "s3-endpoint-policy-denies",
			With:    onPath("environment file refused", principal(`{"AWS":"210987654321"}`)),
			Want:    "confirmed",
			Without: onPath("environment file refused", principal(`{"AWS":["210987654321","*"]}`)),
			Decided: classifier.RuledOut,
		},
		{
			Name:    "so is its root, for image layers too",
			Cause:   "s3-endpoint-policy-denies",
			With:    onPath("refused at the gateway", principal(`{"AWS":"arn:aws:iam::210987654321:root"}`)),
			Want:    "confirmed",
			Without: onPath("refused at the gateway", principal(`"*"`)),
			Decided: classifier.RuledOut,
		},
		{
			Name:  "what a role is at a gateway endpoint is not documented",
			Cause: "s3-endpoint-policy-denies",
			With: onPath("environment file refused",
				principal(`{"AWS":"arn:aws:iam::210987654321:role/orders-exec"}`)),
			Want:    "inconclusive condition",
			Without: onPath("environment file refused", principal(`"*"`)),
			Decided: classifier.RuledOut,
		},
		{
			Name:  "an account stands for its roles at an interface endpoint",
			Cause: "endpoint-policy-denies",
			With: onPath("refused at the endpoint", func(c *evidence.Case) {
				endpoint(c, "vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":{"AWS":"210987654321"},` +
					`"Action":"*","Resource":"*"}}`
			}),
			Want: "ruled_out",
			Without: onPath("refused at the endpoint", func(c *evidence.Case) {
				endpoint(c, "vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":{"AWS":"998877665544"},` +
					`"Action":"*","Resource":"*"}}`
			}),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "a private zone may lead to an endpoint whose private DNS is off",
			Cause: "endpoint-private-dns-off",
			With:  onPath("endpoint by name", unnamed),
			Want:  "inconclusive custom_dns",
			Without: onPath("endpoint by name", func(c *evidence.Case) {
				unnamed(c)
				call(c, timedOut(apiHost, publicAddress)) // the name led elsewhere
			}),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "and past a broken way out",
			Cause: "nat-unusable",
			With: onPath("endpoint and nat", func(c *evidence.Case) {
				unnamed(c)
				c.Facts.Network.NATs.Value[0].State = "failed"
			}),
			Want: "inconclusive custom_dns",
			Without: onPath("nat", func(c *evidence.Case) {
				c.Facts.Network.NATs.Value[0].State = "failed"
			}),
			Decided: classifier.Confirmed,
		},
		{
			Name:    "an endpoint that was made minutes before the task may be too new for its name",
			Cause:   "endpoint-new",
			With:    onPath("endpoint by name", made("available", 3*time.Minute)),
			Want:    "inconclusive unsaid",
			Without: onPath("endpoint by name", made("available", time.Hour)),
			Decided: classifier.RuledOut,
		},
		{
			Name:    "an endpoint that is still pending",
			Cause:   "endpoint-new",
			With:    onPath("endpoint by name", made("pending", time.Hour)),
			Want:    "inconclusive unsaid",
			Without: onPath("endpoint by name", made("available", time.Hour)),
			Decided: classifier.RuledOut,
		},
		{
			Name:    "an interface that is no longer attached has given its public address back",
			Cause:   "public-ip-missing",
			With:    onPath("public", interfaceIs("available")),
			Want:    "not_checked not_read",
			Without: onPath("public", interfaceIs("in-use")),
			Decided: classifier.Confirmed,
		},
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
			Name:    "an endpoint that was made after the stop",
			Cause:   "endpoint-missing",
			With:    onPath("endpoint by name", madeAt(3*time.Minute)),
			Want:    "inconclusive fixed_since",
			Without: onPath("endpoint by name", madeAt(-time.Hour)),
			Decided: classifier.RuledOut,
		},
		{
			Name:  "a closed group at an endpoint that was made after the stop",
			Cause: "endpoint-sg-closed",
			With: onPath("endpoint by name", func(c *evidence.Case) {
				madeAt(3 * time.Minute)(c)
				evidencetest.Group(c, "sg-ep").Ingress = nil
			}),
			Want: "inconclusive later",
			Without: onPath("endpoint by name", func(c *evidence.Case) {
				madeAt(-time.Hour)(c)
				evidencetest.Group(c, "sg-ep").Ingress = nil
			}),
			Decided: classifier.Confirmed,
		},
		{
			Name:    "a NAT gateway that was made after the stop",
			Cause:   "nat-unusable",
			With:    onPath("nat", nat("available", 2*time.Minute, 0)),
			Want:    "inconclusive fixed_since",
			Without: onPath("nat", nat("available", -time.Hour, 0)),
			Decided: classifier.RuledOut,
		},
		{
			Name:    "the route to a NAT gateway that was made after the stop",
			Cause:   "route-missing",
			With:    onPath("nat", nat("available", 2*time.Minute, 0)),
			Want:    "inconclusive fixed_since",
			Without: onPath("nat", nat("available", -time.Hour, 0)),
			Decided: classifier.RuledOut,
		},
		{
			Name:    "a NAT gateway that was deleted after the stop",
			Cause:   "nat-unusable",
			With:    onPath("nat", nat("deleted", -time.Hour, 4*time.Minute)),
			Want:    "inconclusive later",
			Without: onPath("nat", nat("deleted", -time.Hour, -4*time.Minute)),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "a route that leads nowhere since the stop",
			Cause: "nat-unusable",
			With: onPath("nat", func(c *evidence.Case) {
				nat("deleted", -time.Hour, 4*time.Minute)(c)
				blackhole(table(c, "rtb-app"), "0.0.0.0/0")
			}),
			Want: "inconclusive later",
			Without: onPath("nat", func(c *evidence.Case) {
				nat("deleted", -time.Hour, -4*time.Minute)(c)
				blackhole(table(c, "rtb-app"), "0.0.0.0/0")
			}),
			Decided: classifier.Confirmed,
		},
		{
			Name:  "an S3 gateway endpoint that was made after the stop",
			Cause: "s3-gateway-missing",
			With: onPath("gateway", func(c *evidence.Case) {
				endpoint(c, "vpce-s3").CreatedAt = c.Stop.StoppedAt.Add(time.Second)
			}),
			Want:    "inconclusive fixed_since",
			Without: onPath("gateway", func(*evidence.Case) {}),
			Decided: classifier.RuledOut,
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

// made has the endpoint for ECR made a while before the task.
func made(state string, before time.Duration) func(*evidence.Case) {
	return func(c *evidence.Case) {
		c.Stop.CreatedAt = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
		e := endpoint(c, "vpce-api")
		e.State, e.CreatedAt = state, c.Stop.CreatedAt.Add(-before)
	}
}
