// Package network decides the causes of a network path. It follows the failed call from the interface that it left from
// through the VPC: names, routes, gateways, endpoints, security groups, network ACLs and mount targets.
package network

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

var pathNeeds = []evidence.Need{evidence.NeedInputs, evidence.NeedNetwork}

// Checks decide the causes of a network path. One walk along the call's way serves them all: each cause is one link of
// it.
var Checks = evidence.Checks{
	{Cause: "dns-disabled", Needs: pathNeeds, Prove: dnsDisabled,
		Confirms: "DNS support of the VPC is off, or DNS hostnames are off and a file system's name was looked up; " +
			"and the lookup went to the VPC's own resolver",
		RulesOut: "DNS support and DNS hostnames are on; for names of the internet DNS support is enough",
		Open:     "lookups go to servers of your own"},
	{Cause: "dns-server-unreachable", Needs: pathNeeds, Prove: dnsUnreachable,
		Confirms: "no answer came from a DNS server of your own, and a security group, a network ACL or a missing " +
			"route closes UDP 53 to it; or the VPC's own resolver answered that there is no such name, and a DNS " +
			"Firewall rule blocks it, or a private hosted zone answers for it and has no record of it",
		RulesOut: "no answer came, and the VPC's own resolver is asked, which nothing keeps away; or it answered " +
			"that there is no such name, and no DNS Firewall rule, private hosted zone, resolver rule or Route 53 " +
			"Profile answers for it",
		Open: "your server, a resolver rule's or a Route 53 Profile answered, or one of these could not be read; the " +
			"way to your server is open"},
	{Cause: "public-ip-missing", Needs: pathNeeds, Prove: onTheWay("public-ip-missing"),
		Confirms: "the route for the address leads to an internet gateway, and the interface that called has no " +
			"public IP",
		RulesOut: "it has one, or the call takes another way",
		Open:     "nothing read tells whether it had one"},
	{Cause: "public-ip-on-ec2-awsvpc", Needs: pathNeeds, Prove: taskInPublicSubnet,
		Confirms: "never: what ECS calls to set a task up leaves through the interface of the instance",
		RulesOut: "the task's subnet does not lead to an internet gateway",
		Open: "it does, so that the task itself will have no way out; what failed before it started left through " +
			"the instance"},
	{Cause: "nat-unusable", Needs: pathNeeds, Prove: onTheWay("nat-unusable"),
		Confirms: "the route leads to a NAT gateway that is gone, not available or private, or whose own subnet has " +
			"no route to an internet gateway",
		RulesOut: "the NAT gateway is available, public, and its subnet leads to an internet gateway; or no NAT " +
			"gateway is on the way",
		Open: "the NAT gateway or its route table is not visible; its subnet leads to a firewall, transit " +
			"gateway or appliance"},
	{Cause: "internet-gateway-missing", Needs: pathNeeds, Prove: onTheWay("internet-gateway-missing"),
		Confirms: "the route of the task's subnet, or of its NAT gateway's, leads to an internet gateway that is " +
			"gone or not attached to the VPC",
		RulesOut: "the gateway on the way is attached, or none is on the way",
		Open:     "the way is not known"},
	{Cause: "public-access-blocked", Needs: pathNeeds, Prove: onTheWay("public-access-blocked"),
		Confirms: "VPC Block Public Access is on for the subnet whose route leads to the internet gateway, in a mode " +
			"that stops the call",
		RulesOut: "it is off there, or lets calls through a NAT gateway pass",
		Open:     "EC2 does not tell the subnet's mode; the NAT gateway is regional"},
	{Cause: "route-missing", Needs: pathNeeds, Prove: onTheWay("route-missing"),
		Confirms: "the subnet's route table (the VPC's main one where none is associated) has no route for the " +
			"address, or one to something that is gone or to a firewall endpoint that failed or whose own subnet " +
			"leads nowhere; and the VPC has no endpoint that was meant to carry the call. A private address outside " +
			"of the VPC is not reached through an internet gateway, nor through a NAT gateway whose own subnet leads " +
			"only there. A transit gateway does not carry the call where its attachment is not accepted or has no " +
			"subnet in the zone, or its route table has no route or a blackhole for the address; a peering " +
			"connection where it is not active, the address is not the other VPC's, or the other side has no route " +
			"back. Where the VPC has no endpoint for the service at all, route-missing and endpoint-missing are two " +
			"sides of one gap, and both are confirmed",
		RulesOut: "a route covers the address, or the call goes to a VPC endpoint",
		Open: "the route leads to a transit gateway or peering connection and on from there, or to a firewall " +
			"or appliance, whose rules are not read; only some addresses are routed; a private hosted zone, resolver " +
			"rule or Route 53 Profile may lead the name to a private address, or those are not read; an endpoint was " +
			"meant to carry the call"},
	{Cause: "task-sg-egress-closed", Needs: pathNeeds, Prove: onTheWay("task-sg-egress-closed"),
		Confirms: "none of the security groups has an outbound rule for the port to any address that was called",
		RulesOut: "together they allow all of it, by address, prefix list or group",
		Open: "the groups are not known; they allow a part of the addresses; a group or prefix list could not be " +
			"read"},
	{Cause: "nacl-blocks", Needs: pathNeeds, Prove: networkACLs,
		Confirms: "a network ACL on the way (of the task's subnet, the NAT gateway's, the endpoint's, the mount " +
			"target's) denies the call, or its answer on all of the ports 1024-65535; or those between all subnets " +
			"of a load balancer and the task's deny the health check that timed out",
		RulesOut: "all of them let the call and its answer pass, on all ports that the caller chooses among",
		Open:     "a part of the ports or addresses is denied"},
	{Cause: "endpoint-missing", Needs: pathNeeds, Prove: onTheWay("endpoint-missing"),
		Confirms: "no route covers the address, and the VPC has no available endpoint for the service; the subnet is " +
			"the account's own",
		RulesOut: "there is one, or the way to the internet is open and none is needed",
		Open: "the subnet is shared by another account; the way out is broken elsewhere (not_causal); the name " +
			"is a FIPS or dual-stack one"},
	{Cause: "endpoint-private-dns-off", Needs: pathNeeds, Prove: privateDNSOff,
		Confirms: "an endpoint for the service is available, its private DNS is off and the text names the public " +
			"address that was called, or no private hosted zone, resolver rule or Route 53 Profile of the VPC leads " +
			"the name elsewhere; or the VPC's DNS attributes are off, without which no private zone works; and no " +
			"route covers that address",
		RulesOut: "the name leads to the endpoint, there is none, or the way to the internet is open",
		Open: "the way out is broken elsewhere (not_causal); other DNS servers, private zones or names of " +
			"another form may lead to the endpoint"},
	{Cause: "endpoint-new", Needs: pathNeeds, Prove: endpointNew,
		Confirms: "never: no API keeps when the name of an endpoint began to resolve",
		RulesOut: "the VPC has no endpoint for the service, or had all that it has ten minutes before the task was " +
			"created",
		Open: "one was made since, or is not available; the time of the task is not known"},
	{Cause: "endpoint-sg-closed", Needs: pathNeeds, Prove: onTheWay("endpoint-sg-closed"),
		Instead: "route-missing",
		Confirms: "the call went to an interface endpoint, and none of its security groups has an inbound rule for " +
			"the port from the task's address or groups",
		RulesOut: "one of them has, or the call did not go to an endpoint",
		Open: "a group of the endpoint could not be read; some of its interfaces let the call in and others do " +
			"not"},
	{Cause: "s3-gateway-missing", Needs: pathNeeds, Prove: onTheWay("s3-gateway-missing"),
		Instead: "endpoint-sg-closed",
		Confirms: "the call went to S3 in the task's Region, and the subnet's route table has neither a route to an " +
			"S3 gateway endpoint nor one that covers the address",
		RulesOut: "there is such a route, the way to the internet is open, or the bucket is in another Region",
		Open:     "the call that failed went elsewhere (not_causal)"},
	{Cause: "s3-endpoint-policy-denies", Needs: pathNeeds, Prove: onTheWay("s3-endpoint-policy-denies"),
		Confirms: "S3 refused, the call went through an endpoint, and no statement of its policy allows it, or one " +
			"without conditions denies it",
		RulesOut: "a statement without conditions allows it, or the call does not go through an endpoint",
		Open: "a statement with conditions or negations may decide; a policy that denies where the call got no " +
			"answer at all (not_causal)"},
	{Cause: "endpoint-policy-denies", Needs: pathNeeds, Prove: onTheWay("endpoint-policy-denies"),
		Confirms: "the service refused, the call went through an interface endpoint, and no statement of its policy " +
			"allows it, or one without conditions denies it",
		RulesOut: "a statement without conditions allows it, or the call does not go through an endpoint",
		Open:     "a statement with conditions, negations or principals that are not known may decide"},
}

// networkACLs judges those on the way of the failed call, or of the load balancer's that a task did not answer.
func networkACLs(c *evidence.Case) classifier.Proof {
	if c.Finding.Stage == classifier.HealthCheck {
		return aclsOfBalancers(c)
	}
	return onTheWay("nacl-blocks")(c)
}

// taskInPublicSubnet judges the task's own interface on EC2, which never has a public IP. It is not what the calls of
// the set-up leave through.
func taskInPublicSubnet(c *evidence.Case) classifier.Proof {
	w := begin(c)
	subnet, _ := c.Stop.TaskInterface()
	if subnet == "" {
		return classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead}
	}
	if w.n.VPC.State != evidence.Known {
		return w.n.VPC.Gap()
	}
	w.vpc = w.n.VPC.Value
	t, gap := w.tableOf(subnet)
	if gap.Exists() {
		return gap
	}
	r, missing, doubt := w.pick(t, internet(false, w.vpc))
	name := tableName(t, subnet)
	switch {
	case missing == classifier.Inconclusive:
		return doubt
	case missing == classifier.Confirmed:
		return evidence.RuledOut("%s, the task's own, leads to no internet gateway", name)
	case strings.HasPrefix(r.Target, "igw-"):
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s, the task's own, leads %s to %s, and its "+
			"interface has no public IP; but the call that failed left through the interface of the instance", name,
			covers(r), r.Target)
	}
	return evidence.RuledOut("%s, the task's own, leads %s to %s", name, covers(r), r.Target)
}

// nameSettles is how long after the creation of an endpoint, or of a mount target, its name may not resolve yet.
const nameSettles = 10 * time.Minute

// offered is what the VPC has of endpoints for the service of the failed call; gap says why that is not known.
func offered(c *evidence.Case) (w *walk, o offer, gap classifier.Proof) {
	w = begin(c)
	switch {
	case w.gap.Exists():
		return w, o, w.gap
	case w.n.Endpoints.State != evidence.Known:
		return w, o, w.n.Endpoints.Gap()
	}
	return w, w.offer(), gap
}

// endpointNew judges whether the endpoints of the service are old enough for their names.
func endpointNew(c *evidence.Case) classifier.Proof {
	w, o, gap := offered(c)
	if gap.Exists() {
		return gap
	}
	if !o.any() {
		return evidence.RuledOut("%s has no endpoint for %s", w.vpc.ID, w.to.Service)
	}
	newest := slices.MaxFunc(slices.Concat(o.leading, o.unnamed, o.down),
		func(a, b evidence.Endpoint) int { return a.CreatedAt.Compare(b.CreatedAt) })
	said := fmt.Sprintf("%s is %s", endpointName(newest), newest.State)
	switch at := newest.CreatedAt; {
	case at.IsZero() || c.Stop.CreatedAt.IsZero():
		return evidence.Unsaid("%s; when it was created, or the task, is not told", said)
	case len(o.down) == 0 && at.Before(c.Stop.CreatedAt.Add(-nameSettles)):
		return evidence.At(evidence.RuledOut("%s exists since %s", endpointName(newest), at.UTC().Format(time.RFC3339)),
			at)
	default:
		return evidence.Unsaid("%s and was created at %s; the task was created at %s", said,
			at.UTC().Format(time.RFC3339), c.Stop.CreatedAt.UTC().Format(time.RFC3339))
	}
}

// privateDNSOff judges a name that does not resolve apart from one that leads astray: without private DNS a name of AWS
// still has its public addresses.
func privateDNSOff(c *evidence.Case) classifier.Proof {
	if c.Finding.Fault != classifier.DNS {
		return onTheWay("endpoint-private-dns-off")(c)
	}
	w, o, gap := offered(c)
	if gap.Exists() {
		return gap
	}
	switch {
	case o.gap.Exists():
		return o.gap
	case len(o.unnamed) > 0:
		return evidence.Inconclusive(classifier.ReasonCustomDNS,
			"%s, but without it the name still has public addresses; a private zone that lacks it is not read", o.why)
	case len(o.leading) > 0:
		return evidence.RuledOut("private DNS of %s is on", o.leading[0].ID)
	}
	return evidence.RuledOut("%s has no endpoint for %s", w.vpc.ID, w.to.Service)
}
