package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// ports is a range of ports, both ends included.
type ports struct{ from, to int64 }

func (p ports) String() string {
	if p.from == p.to {
		return fmt.Sprint(p.from)
	}
	return fmt.Sprintf("%d-%d", p.from, p.to)
}

// The ports that answers come back to (VPC User Guide, "Ephemeral ports"). Every client chooses among anyClient; what
// an operating system chooses by itself is narrower.
var (
	anyClient     = ports{1024, 65535} // also what NAT gateways use
	linuxClient   = ports{32768, 60999}
	windowsClient = ports{49152, 65535}
	unsureClient  = ports{32768, 65535}
)

// clientPorts are those that the origin's system chooses among.
func (w *walk) clientPorts() ports {
	switch evidence.OperatingSystem(w.c) {
	case evidence.Linux:
		return linuxClient
	case evidence.Windows:
		return windowsClient
	}
	return unsureClient
}

// aclCover says how much of a flow between a subnet and addresses outside of it the rules of one direction let pass,
// and the first rule that denies some of it. The first rule in the order of numbers that matches decides; what none
// matches is denied.
func aclCover(rules []evidence.ACLRule, egress bool, f flow, with []netip.Prefix, p ports) (c cover, denying int64) {
	denying = lastRule
	if len(with) == 0 {
		return unread, denying
	}
	passes, drops := false, false
	for _, segment := range segments(rules, p) {
		rest := with
		for _, r := range inOrder(rules, egress) {
			if !f.isProtocol(r.Protocol) || !spans(r, segment) || !overlaps(rest, r.CIDR) {
				continue
			}
			rest = without(rest, r.CIDR)
			if r.Allow {
				passes = true
			} else {
				drops, denying = true, min(denying, r.Number)
			}
		}
		drops = drops || len(rest) > 0
	}
	switch {
	case !drops:
		return all, 0
	case passes:
		return some, denying
	}
	return none, denying
}

// lastRule is the number of the rule "*", which denies what no other rule matched.
const lastRule = 32767

func inOrder(rules []evidence.ACLRule, egress bool) []evidence.ACLRule {
	direction := slices.DeleteFunc(slices.Clone(rules), func(r evidence.ACLRule) bool { return r.Egress != egress })
	slices.SortStableFunc(direction, func(a, b evidence.ACLRule) int { return cmp.Compare(a.Number, b.Number) })
	return direction
}

// spans reports whether a rule is for all ports of a segment.
func spans(r evidence.ACLRule, s ports) bool {
	everyPort := r.Protocol == "-1" || r.From == 0 && r.To == 0
	return everyPort || r.From <= s.from && s.to <= r.To
}

// segments cuts a range of ports where rules begin or end, so that each rule is for all of a segment or for none of it.
func segments(rules []evidence.ACLRule, p ports) []ports {
	cuts := []int64{p.from, p.to + 1}
	for _, r := range rules {
		for _, cut := range []int64{r.From, r.To + 1} {
			if p.from < cut && cut <= p.to {
				cuts = append(cuts, cut)
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var all []ports
	for i := 0; i+1 < len(cuts); i++ {
		all = append(all, ports{cuts[i], cuts[i+1] - 1})
	}
	return all
}

// crossing is one direction of a flow across the edge of a subnet.
type crossing struct {
	egress  bool
	ports   ports // that must be open for an all-clear
	widest  ports // that must all be closed for a proof: nobody uses others
	with    []netip.Prefix
	purpose string // "the call", "its answer"
}

// client returns what a subnet must let pass for a call that leaves it, and server for one that arrives.
func client(f flow, to []netip.Prefix, from ports) []crossing {
	port := ports{f.port, f.port}
	return []crossing{{true, port, port, to, "the call"}, {false, from, anyClient, to, "its answer"}}
}

func server(f flow, from []netip.Prefix, clients ports) []crossing {
	port := ports{f.port, f.port}
	return []crossing{{false, port, port, from, "the call"}, {true, clients, anyClient, from, "its answer"}}
}

// acl judges the network ACL of a subnet for all crossings.
func (w *walk) acl(subnet string, f flow, p peer, crossings []crossing) classifier.Proof {
	if w.n.ACLs.State != evidence.Known {
		return w.n.ACLs.Gap()
	}
	i := slices.IndexFunc(w.n.ACLs.Value,
		func(a evidence.NetworkACL) bool { return slices.Contains(a.Subnets, subnet) })
	if i < 0 {
		return evidence.Inconclusive(classifier.ReasonNotVisible, "no network ACL of %s was among those read", subnet)
	}
	acl := w.n.ACLs.Value[i]
	var doubts []classifier.Proof
	for _, x := range crossings {
		found := x.judge(acl, subnet, f, p, w.allowed(x.with))
		if found.Result == classifier.Confirmed {
			return found
		}
		if found.Result == classifier.Inconclusive {
			doubts = append(doubts, found)
		}
	}
	if len(doubts) > 0 {
		return doubts[0]
	}
	return evidence.RuledOut("network ACL %s of %s lets %s and its answer pass", acl.ID, subnet, f)
}

// allowed is what a rule should name to let addresses pass: a network ACL knows only ranges of addresses, and a
// subnet's next task has another address.
func (w *walk) allowed(with []netip.Prefix) string {
	if len(with) == 0 {
		return w.widest()
	}
	ip := with[0].Addr()
	for _, s := range w.n.Subnets.Value {
		for _, c := range s.CIDRs {
			if c.Contains(ip) {
				return fmt.Sprintf("%s (%s)", c, s.ID)
			}
		}
	}
	if private(ip, w.vpc) {
		return with[0].String()
	}
	return w.widest()
}

// judge compares one direction with the rules of a network ACL. allowed is what a rule should name.
func (x crossing) judge(acl evidence.NetworkACL, subnet string, f flow, with peer, allowed string) classifier.Proof {
	open, rule := aclCover(acl.Rules, x.egress, f, x.with, x.ports)
	if open == all {
		return evidence.RuledOut("")
	}
	direction, preposition := "inbound", "from"
	if x.egress {
		direction, preposition = "outbound", "to"
	}
	what := func(peer string) string {
		return fmt.Sprintf("%s %s %s %s %s", direction, strings.ToUpper(f.protocol), x.widest, preposition, peer)
	}
	if widest, _ := aclCover(acl.Rules, x.egress, f, x.with, x.widest); widest == none {
		return evidence.Confirmed(fmt.Sprintf("allow %s in %s, with a lower number than what denies it", what(allowed),
			acl.ID),
			"network ACL %s of %s denies %s (%s, %s)", acl.ID, subnet, what(with.name), x.purpose, ruleName(rule))
	}
	return evidence.Inconclusive(classifier.ReasonPartial, "network ACL %s of %s denies a part of %s (%s, %s)", acl.ID,
		subnet, what(with.name), x.purpose, ruleName(rule))
}

func ruleName(number int64) string {
	if number >= lastRule {
		return "rule *"
	}
	return fmt.Sprintf("rule %d", number)
}
