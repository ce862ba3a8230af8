package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
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
	case len(lb.Groups) == 0 && in == none && complete:
		return evidence.Confirmed(fmt.Sprintf("add an inbound rule for %s from the subnets of %s to %s", f, from.name,
			ids[0]), "%s has no inbound rule for %s from the subnets of %s, which has no security group and asks from "+
			"its own addresses, whether or not it preserves those of clients", named, f, from.name)
	case len(lb.Groups) == 0:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s has no security group, and %s may let only some of its addresses in", from.name, named)
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

// aclsOfBalancers judges whether network ACLs keep the load balancers of the target group away from a task that failed
// their health check without an answer: that of the task's subnet, and those of the load balancer's own, both ways. It
// is a defect only where all of its subnets are kept away.
func aclsOfBalancers(c *evidence.Case) classifier.Proof {
	group, balancers := c.Facts.Running.TargetGroup, c.Facts.Running.LoadBalancers
	w := &walk{c: c, n: settled(c.Facts.Network), from: taskOrigin(c)}
	w.vpc = w.n.VPC.Value
	port := balancedPort(c)
	switch {
	case group.State != evidence.Known:
		return group.Gap()
	case balancers.State != evidence.Known:
		return balancers.Gap()
	case group.Value.TargetType != "ip" || group.Value.IPv6 || port == 0:
		return evidence.Unsaid("on which port of which address %s asks the task is not told", group.Value.Name)
	case w.from.Subnet == "":
		return w.from.Gap
	case w.n.Subnets.State != evidence.Known:
		return w.n.Subnets.Gap()
	case !unanswered(c):
		return evidence.Unsaid("nothing says that the load balancer got no answer at all")
	}
	i := slices.IndexFunc(w.n.Subnets.Value, func(s evidence.Subnet) bool { return s.ID == w.from.Subnet })
	if i < 0 {
		return evidence.Inconclusive(classifier.ReasonNotVisible, "%s is not among the subnets read", w.from.Subnet)
	}
	w.subnet = w.n.Subnets.Value[i]
	var proofs []classifier.Proof
	for _, lb := range balancers.Value {
		for _, subnet := range lb.Subnets {
			proofs = append(proofs, w.crossed(lb, subnet, tcp(port)))
		}
	}
	if len(proofs) == 0 {
		return evidence.Unsaid("no load balancer sends to %s", group.Value.Name)
	}
	return agreed(proofs)
}

// crossed judges the network ACLs between one subnet of a load balancer and the task's.
func (w *walk) crossed(lb evidence.LoadBalancer, subnet string, f flow) classifier.Proof {
	if subnet == w.subnet.ID {
		return evidence.RuledOut("load balancer %s is in %s too, and inside of a subnet no network ACL is asked",
			lb.Name, subnet)
	}
	from := w.addressesOf([]string{subnet})
	if len(from) == 0 {
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s of load balancer %s is not among the subnets read", subnet, lb.Name)
	}
	return evidence.Worst([]classifier.Proof{
		w.acl(w.subnet.ID, f, peer{name: "load balancer " + lb.Name}, server(f, from, anyClient)),
		w.acl(subnet, f, w.self(), client(f, w.ownAddresses(), anyClient)),
	})
}

// balancedPort is the port that the target group asks the task on, 0 when it is not known.
func balancedPort(c *evidence.Case) int64 {
	group := c.Facts.Running.TargetGroup.Value
	if fixed, err := strconv.ParseInt(group.CheckPort, 10, 64); err == nil {
		return fixed
	}
	var ports []int64
	for _, lb := range c.Facts.Task.Service.Value.LoadBalancers {
		if lb.TargetGroupARN == group.ARN && group.ARN != "" {
			ports = append(ports, lb.Port)
		}
	}
	if len(ports) != 1 {
		return 0
	}
	return ports[0]
}

// unanswered reports whether the stop, or what its service said of its task, says that the health check timed out.
func unanswered(c *evidence.Case) bool {
	const dropped = "request timed out"
	return c.Stop.Texts().Say(dropped) || c.Stop.TaskID != "" &&
		slices.ContainsFunc(c.Facts.Task.Service.Value.Events, func(e evidence.ServiceEvent) bool {
			return strings.Contains(e.Message, c.Stop.TaskID) && strings.Contains(strings.ToLower(e.Message), dropped)
		})
}
