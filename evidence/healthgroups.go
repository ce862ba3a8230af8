package evidence

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"whystopped/classifier"
)

// proveHealthGroups follows the health check from the load balancers of the target group to the task: out of their security
// groups and into the task's.
func proveHealthGroups(c *Case) classifier.Proof {
	j, group, balancers := judged(c), c.Facts.Aftermath.TargetGroup, c.Facts.Aftermath.LoadBalancers
	if len(j.answers) > 0 {
		return ruledOut("%s answered with %s: the load balancer reached it", c.healthContainer(), j.codes())
	}
	switch {
	case group.State == Absent:
		return inconclusive(classifier.ReasonNotVisible, "the target group is gone")
	case group.State != Known:
		return group.gap()
	case balancers.State != Known:
		return balancers.gap()
	case len(balancers.Value) == 0:
		return unsaid("no load balancer sends to %s", group.Value.Name)
	case group.Value.IPv6:
		return unsaid("%s asks IPv6 addresses, and rules for those are not followed", group.Value.Name)
	}
	port, gap := c.checkedPort(j, group.Value)
	if gap.Exists() {
		return gap
	}
	w := &walk{c: c, n: settled(c.Facts.Network), from: taskOrigin(c)}
	if bridged, _ := c.bridged(); bridged || c.Facts.Inputs.TaskDefinition.Value.NetworkMode == "host" {
		w.from = hostOrigin(c)
	}
	w.vpc = w.n.VPC.Value
	ids, gap := w.ownGroups()
	if gap.Exists() {
		return gap
	}
	var proofs []classifier.Proof
	for _, lb := range balancers.Value {
		proofs = append(proofs, w.reached(lb, tcp(port), ids))
	}
	slices.SortStableFunc(proofs, func(a, b classifier.Proof) int { return undecidedFirst(a) - undecidedFirst(b) })
	p := proofs[0]
	switch {
	case p.Result == classifier.Confirmed && len(slices.DeleteFunc(slices.Clone(proofs), func(p classifier.Proof) bool { return p.Result == classifier.Confirmed })) > 0:
		return inconclusive(classifier.ReasonIntermittent, "%s; another load balancer of the group may reach it", p.Evidence)
	case p.Result == classifier.Confirmed && j.reason != "" && !j.timedOut() && group.Value.overHTTP():
		return unsaid("%s; but %s, and what is dropped times out", p.Evidence, j.said)
	}
	return p
}

// undecidedFirst orders what was found about several load balancers: a closed one leads, an open question comes before a clean bill.
func undecidedFirst(p classifier.Proof) int {
	switch p.Result {
	case classifier.Confirmed:
		return 0
	case classifier.RuledOut:
		return 2
	}
	return 1
}

// checkedPort is the port on which the health check asks the task.
func (c *Case) checkedPort(j judgement, group TargetGroup) (port int64, gap classifier.Proof) {
	if fixed, err := strconv.ParseInt(group.CheckPort, 10, 64); err == nil {
		return fixed, gap
	}
	if j.port > 0 {
		return j.port, gap
	}
	bridged, known := c.bridged()
	lb, found := c.loadBalancer()
	switch {
	case !known:
		return 0, c.Facts.Inputs.TaskDefinition.gap()
	case bridged || !found:
		return 0, unsaid("on which port %s asks the task is not told", group.Name)
	}
	return lb.Port, gap
}

// reached tells whether security groups, which were read, let a load balancer reach the origin of the walk, whose groups are ids.
func (w *walk) reached(lb LoadBalancer, f flow, ids []string) classifier.Proof {
	from := peer{name: "load balancer " + lb.Name, addresses: w.addressesOf(lb.Subnets), groups: lb.Groups, grouped: len(lb.Groups) > 0}
	rules, complete := groupRules(w.n.Groups.Value, ids, false)
	named, balancerGroups := w.groupNames(ids), strings.Join(lb.Groups, ", ")
	in := rulesCover(rules, f, from, w.n.PrefixLists)
	switch {
	case in == all && len(lb.Groups) == 0:
		return ruledOut("%s let %s in on %s", named, from.name, f)
	case len(lb.Groups) == 0:
		return inconclusive(classifier.ReasonNotVisible, "%s has no security group, and its targets may see the addresses of clients", from.name)
	case !complete:
		return inconclusive(classifier.ReasonNotVisible, "not all of %s could be read", named)
	case in == unread:
		return unlisted(w.n.PrefixLists, listsOf(rules), "%s has rules for prefix lists that could not be read, or the subnets of %s were not", named, from.name)
	case in == some:
		return inconclusive(classifier.ReasonPartial, "%s lets a part of the subnets of %s in on %s", named, from.name, f)
	case in == none:
		return confirmed(fmt.Sprintf("add an inbound rule for %s from %s to %s", f, lb.Groups[0], ids[0]),
			"%s has no inbound rule for %s from %s (%s)", named, f, from.name, balancerGroups)
	}
	to := peer{name: w.from.who(), addresses: w.ownAddresses(), groups: ids, grouped: true}
	rules, complete = groupRules(w.n.Groups.Value, lb.Groups, true)
	switch out := rulesCover(rules, f, to, w.n.PrefixLists); {
	case out == all:
		return ruledOut("%s of %s lets %s out, and %s lets it in", balancerGroups, from.name, f, named)
	case !complete || out != none:
		return inconclusive(classifier.ReasonNotVisible, "%s lets %s in on %s; whether %s lets it out could not be read", named, from.name, f, balancerGroups)
	}
	return confirmed(fmt.Sprintf("add an outbound rule for %s to %s to %s", f, ids[0], lb.Groups[0]),
		"%s of %s has no outbound rule for %s to the task (%s)", balancerGroups, from.name, f, strings.Join(ids, ", "))
}

// addressesOf are the IPv4 addresses of subnets, none when any was not read.
func (w *walk) addressesOf(ids []string) []netip.Prefix {
	var found []netip.Prefix
	for _, id := range ids {
		i := slices.IndexFunc(w.n.Subnets.Value, func(s Subnet) bool { return s.ID == id })
		if i < 0 {
			return nil
		}
		found = append(found, slices.DeleteFunc(slices.Clone(w.n.Subnets.Value[i].CIDRs), func(p netip.Prefix) bool { return p.Addr().Is6() })...)
	}
	return found
}
