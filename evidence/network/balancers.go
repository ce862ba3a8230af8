package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// FromBalancers judges for each load balancer whether security groups let it reach a port of the task, or of its
// instance where the task answers on the instance's interface: out of the load balancer's groups and into the others.
// gap says why nothing is known.
func FromBalancers(c *evidence.Case, balancers []evidence.LoadBalancer, port int64,
	instance bool) (proofs []classifier.Proof, gap classifier.Proof) {
	w := &walk{c: c, n: settled(c.Facts.Network), from: taskOrigin(c)}
	if instance {
		w.from = hostOrigin(c)
	}
	w.vpc = w.n.VPC.Value
	ids, gap := w.ownGroups()
	if gap.Exists() {
		return nil, gap
	}
	for _, lb := range balancers {
		proofs = append(proofs, w.reached(lb, tcp(port), ids))
	}
	return proofs, classifier.Proof{}
}

// reached judges whether security groups, which were read, let a load balancer reach the origin of the walk, whose
// groups are ids.
func (w *walk) reached(lb evidence.LoadBalancer, f flow, ids []string) classifier.Proof {
	from := peer{name: "load balancer " + lb.Name, addresses: w.addressesOf(lb.Subnets), groups: lb.Groups,
		grouped: len(lb.Groups) > 0}
	rules, complete := groupRules(w.n.Groups.Value, ids, false)
	named, balancerGroups := w.groupNames(ids), strings.Join(lb.Groups, ", ")
	in := rulesCover(rules, f, from, w.n.PrefixLists)
	switch {
	case in == all && len(lb.Groups) == 0:
		return evidence.RuledOut("%s let %s in on %s", named, from.name, f)
	case len(lb.Groups) == 0:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s has no security group, and its targets may see the addresses of clients", from.name)
	case !complete:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "not all of %s could be read", named)
	case in == unread:
		return unlisted(w.n.PrefixLists, listsOf(rules),
			"%s has rules for prefix lists that could not be read, or the subnets of %s were not", named, from.name)
	case in == some:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s lets a part of the subnets of %s in on %s", named,
			from.name, f)
	case in == none:
		return evidence.Confirmed(fmt.Sprintf("add an inbound rule for %s from %s to %s", f, lb.Groups[0], ids[0]),
			"%s has no inbound rule for %s from %s (%s)", named, f, from.name, balancerGroups)
	}
	to := peer{name: w.from.who(), addresses: w.ownAddresses(), groups: ids, grouped: true}
	rules, complete = groupRules(w.n.Groups.Value, lb.Groups, true)
	switch out := rulesCover(rules, f, to, w.n.PrefixLists); {
	case out == all:
		return evidence.RuledOut("%s of %s lets %s out, and %s lets it in", balancerGroups, from.name, f, named)
	case !complete || out != none:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s lets %s in on %s; whether %s lets it out could not be read", named, from.name, f, balancerGroups)
	}
	return evidence.Confirmed(fmt.Sprintf("add an outbound rule for %s to %s to %s", f, ids[0], lb.Groups[0]),
		"%s of %s has no outbound rule for %s to the task (%s)", balancerGroups, from.name, f, strings.Join(ids, ", "))
}

// addressesOf are the IPv4 addresses of subnets, none when any was not read.
func (w *walk) addressesOf(ids []string) []netip.Prefix {
	var found []netip.Prefix
	for _, id := range ids {
		i := slices.IndexFunc(w.n.Subnets.Value, func(s evidence.Subnet) bool { return s.ID == id })
		if i < 0 {
			return nil
		}
		found = append(found,
			slices.DeleteFunc(slices.Clone(w.n.Subnets.Value[i].CIDRs),
				func(p netip.Prefix) bool { return p.Addr().Is6() })...)
	}
	return found
}
