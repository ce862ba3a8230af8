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

// peer is the other end of a connection.
type peer struct {
	name      string         // in a sentence
	addresses []netip.Prefix // every address that it may have
	groups    []string       // security groups of its interface
	grouped   bool           // groups are all it has; otherwise rules that name a group may cover it
	list      string         // id of the prefix list whose addresses it has
	wide      string         // what a rule should name to let it pass, where that is not the name
}

// flow is what passes: a protocol and the port of the server.
type flow struct {
	protocol string // "tcp", "udp"
	port     int64
}

func tcp(port int64) flow { return flow{"tcp", port} }

func (f flow) String() string { return fmt.Sprintf("%s %d", strings.ToUpper(f.protocol), f.port) }

// protocolNumber is what network ACLs, and sometimes security groups, call a protocol.
var protocolNumber = map[string]string{"tcp": "6", "udp": "17"}

// isProtocol reports whether a rule is for the protocol: all, by its name or by its number.
func (f flow) isProtocol(rule string) bool {
	return rule == "-1" || strings.EqualFold(rule, "all") || strings.EqualFold(rule, f.protocol) ||
		rule == protocolNumber[f.protocol]
}

// allows reports whether a rule of a security group is for the flow, whoever its peer is.
func allows(r evidence.SGRule, f flow) bool {
	everyPort := r.Protocol == "-1" || strings.EqualFold(r.Protocol, "all") || r.From == -1
	return f.isProtocol(r.Protocol) && (everyPort || r.From <= f.port && f.port <= r.To)
}

// rulesCover says how much of a peer the rules of security groups let a flow pass to or from. Groups only allow, so
// their rules add up.
func rulesCover(rules []evidence.SGRule, f flow, p peer, lists evidence.Answer[[]evidence.PrefixList]) cover {
	var by []netip.Prefix
	doubt := false
	for _, r := range rules {
		if !allows(r, f) {
			continue
		}
		by = append(by, r.CIDRs...)
		for _, id := range r.PrefixLists {
			if id == p.list {
				return all
			}
			entries, known := listed(lists, id)
			by, doubt = append(by, entries...), doubt || !known
		}
		for _, id := range r.Groups {
			if slices.Contains(p.groups, id) {
				return all
			}
			doubt = doubt || !p.grouped
		}
	}
	if c := covered(p.addresses, by); c == all || !doubt {
		return c
	}
	return unread
}

// listed returns the addresses of a prefix list, and whether they were read.
func listed(lists evidence.Answer[[]evidence.PrefixList], id string) ([]netip.Prefix, bool) {
	if lists.State != evidence.Known {
		return nil, false
	}
	for _, l := range lists.Value {
		if l.ID == id && l.Entries.State == evidence.Known {
			return l.Entries.Value, true
		}
	}
	return nil, false
}

// unlisted is the proof that rules or a route lead to whose prefix lists are not known. A list that EC2 does not name
// is not visible.
func unlisted(lists evidence.Answer[[]evidence.PrefixList], ids []string, said string, args ...any) classifier.Proof {
	p := evidence.Inconclusive(classifier.ReasonNotVisible, said, args...)
	if lists.State != evidence.Known {
		return evidence.WithEvidence(lists.Gap(), p.Evidence)
	}
	for _, l := range lists.Value {
		if slices.Contains(ids, l.ID) && l.Entries.State != evidence.Known {
			return evidence.WithEvidence(l.Entries.Gap(), p.Evidence)
		}
	}
	return p
}

// listsOf are the prefix lists that rules name.
func listsOf(rules []evidence.SGRule) (ids []string) {
	for _, r := range rules {
		ids = append(ids, r.PrefixLists...)
	}
	return ids
}

// groupRules gathers the rules of security groups, and reports whether every group was read.
func groupRules(groups []evidence.SecurityGroup, ids []string, egress bool) (rules []evidence.SGRule, complete bool) {
	complete = len(ids) > 0
	for _, id := range ids {
		i := slices.IndexFunc(groups, func(g evidence.SecurityGroup) bool { return g.ID == id })
		switch {
		case i < 0:
			complete = false
		case egress:
			rules = append(rules, groups[i].Egress...)
		default:
			rules = append(rules, groups[i].Ingress...)
		}
	}
	return rules, complete
}

// ownGroups returns the ids of the origin's security groups, or why they are not known.
func (w *walk) ownGroups() ([]string, classifier.Proof) {
	switch {
	case w.from.Told == GroupsUnknown:
		gap := evidence.Inconclusive(classifier.ReasonSGUnknown, "the security groups of %s are not known",
			w.from.who())
		gap.MissingAction = w.from.Gap.MissingAction
		return nil, gap
	case w.n.Groups.State != evidence.Known:
		return nil, w.n.Groups.Gap()
	case w.from.Told == GroupsKnown && len(w.from.Groups) > 0:
		return w.from.Groups, classifier.Proof{}
	}
	for _, g := range w.n.Groups.Value {
		if g.Name == "default" && g.VPC == w.vpc.ID {
			return []string{g.ID}, classifier.Proof{}
		}
	}
	return nil, evidence.Inconclusive(classifier.ReasonNotVisible,
		"%s names no security group, and the default group of %s is not among those read", w.from.Source, w.vpc.ID)
}

// out judges the origin's security groups: do they let the call out?
func (w *walk) out(f flow, to peer) classifier.Proof {
	ids, gap := w.ownGroups()
	if gap.Exists() {
		return gap
	}
	rules, complete := groupRules(w.n.Groups.Value, ids, true)
	named := w.groupNames(ids)
	switch c := rulesCover(rules, f, to, w.n.PrefixLists); {
	case c == all:
		return evidence.RuledOut("%s %s outbound %s to %s", named, evidence.Verb(ids, "allows", "allow"), f, to.name)
	case !complete:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "not all of %s could be read", named)
	case c == unread:
		return unlisted(w.n.PrefixLists, listsOf(rules),
			"%s %s rules for prefix lists or groups that could not be read", named, evidence.Verb(ids, "has", "have"))
	case c == some:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s %s outbound %s to a part of %s", named,
			evidence.Verb(ids, "allows", "allow"), f, to.name)
	}
	return evidence.Confirmed(fmt.Sprintf("add an outbound rule for %s to %s to %s", f, cmp.Or(to.wide, to.name),
		ids[0]),
		"%s %s no outbound rule for %s to %s", named, evidence.Verb(ids, "has", "have"), f, to.name)
}

// in judges the security groups of the other end: do they let the origin in? owner names the other end.
func (w *walk) in(f flow, owner string, ids []string) classifier.Proof {
	if w.n.Groups.State != evidence.Known {
		return w.n.Groups.Gap()
	}
	own, gap := w.ownGroups()
	from := peer{name: w.from.who(), addresses: w.ownAddresses(), groups: own, grouped: !gap.Exists()}
	rules, complete := groupRules(w.n.Groups.Value, ids, false)
	named := strings.Join(ids, ", ")
	switch c := rulesCover(rules, f, from, w.n.PrefixLists); {
	case c == all:
		return evidence.RuledOut("%s of %s %s inbound %s from %s", named, owner, evidence.Verb(ids, "allows", "allow"),
			f, w.ownName())
	case !complete:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "not all security groups of %s could be read (%s)",
			owner, named)
	case c == unread && gap.Exists():
		return gap
	case c == unread:
		return unlisted(w.n.PrefixLists, listsOf(rules), "%s of %s %s rules for prefix lists that could not be read",
			named, owner, evidence.Verb(ids, "has", "have"))
	case c == some:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s of %s %s inbound %s from a part of %s", named, owner,
			evidence.Verb(ids, "allows", "allow"), f, w.from.Subnet)
	}
	source := w.from.Subnet
	if !gap.Exists() {
		source = own[0]
	}
	return evidence.Confirmed(fmt.Sprintf("add an inbound rule for %s from %s to %s", f, source, ids[0]),
		"%s of %s %s no inbound rule for %s from %s", named, owner, evidence.Verb(ids, "has", "have"), f, w.ownName())
}

// ownAddresses are the addresses that the origin has in the family of the walk, or may have: those of its subnet.
func (w *walk) ownAddresses() []netip.Prefix {
	var known []netip.Prefix
	for _, ip := range w.from.Addresses {
		if ip.Unmap().Is6() == w.v6 {
			known = append(known, single(ip))
		}
	}
	if len(known) > 0 {
		return known
	}
	return slices.DeleteFunc(slices.Clone(w.subnet.CIDRs), func(p netip.Prefix) bool { return p.Addr().Is6() != w.v6 })
}

// self is the origin as the other end sees it.
func (w *walk) self() peer { return peer{name: w.ownName()} }

// ownName names the origin with its address.
func (w *walk) ownName() string {
	for _, ip := range w.from.Addresses {
		if ip.Unmap().Is6() == w.v6 {
			return fmt.Sprintf("%s (%s)", w.from.who(), ip)
		}
	}
	return w.from.who() + " in " + w.from.Subnet
}

// groupNames names the origin's groups and where they were read.
func (w *walk) groupNames(ids []string) string {
	if w.from.Told == GroupsDefault {
		return fmt.Sprintf("%s (the default group of %s: %s names none)", ids[0], w.vpc.ID, w.from.Source)
	}
	return fmt.Sprintf("%s (%s)", strings.Join(ids, ", "), w.from.Source)
}
