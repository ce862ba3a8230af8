package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

// walk follows one failed call through its VPC, in one address family, and notes what it passes.
type walk struct {
	c    *evidence.Case
	n    evidence.Network
	from Origin
	to   Target
	v6   bool

	vpc    evidence.VPC
	subnet evidence.Subnet
	table  evidence.RouteTable
	rtGap  classifier.Proof // why table is not known

	through string                        // how the call goes, in words, once that is known
	gap     classifier.Proof              // why the rest of the way is not known
	hops    map[string][]classifier.Proof // cause → what was found out about it on the way

	toOne     bool      // it leads to that very thing, not through it: what is broken on the way is so for it alone
	newest    time.Time // when the youngest thing on the way that has a time was made
	routeless bool      // the subnet's table has no route for the call
	supposed  bool      // the call does not take this way
	entered   string    // id of the VPC endpoint that it goes through
	outside   bool      // it leaves the VPC through none
	beside    *walk     // a way that the call does not take, for what is broken there
	onward    string    // the transit gateway or peering connection that its route leads to
	nat       string    // the NAT gateway that it goes through, where that is available
}

// walks follows the failed call in every address family that it may have used.
func walks(c *evidence.Case) []*walk {
	w := begin(c)
	if w.gap.Exists() {
		w.blockers(nil)
		return []*walk{w}
	}
	var all []*walk
	for _, v6 := range w.families() {
		x := *w
		x.v6, x.hops = v6, map[string][]classifier.Proof{}
		x.follow()
		all = append(all, &x)
	}
	return all
}

// begin collects where the call came from and where it went. Its gap says why there is no way to follow.
func begin(c *evidence.Case) *walk {
	w := &walk{c: c, n: settled(c.Facts.Network), from: OriginOf(c), to: TargetOf(c),
		hops: map[string][]classifier.Proof{}}
	switch {
	case w.from.Subnet == "":
		w.gap = w.from.Gap
		return w
	case w.n.VPC.State != evidence.Known:
		w.gap = w.n.VPC.Gap()
		return w
	case w.n.Subnets.State != evidence.Known:
		w.gap = w.n.Subnets.Gap()
		return w
	}
	w.vpc = w.n.VPC.Value
	i := slices.IndexFunc(w.n.Subnets.Value, func(s evidence.Subnet) bool { return s.ID == w.from.Subnet })
	if i < 0 {
		w.gap = evidence.Inconclusive(classifier.ReasonNotVisible, "%s is not among the subnets read", w.from.Subnet)
		return w
	}
	w.subnet = w.n.Subnets.Value[i]
	w.table, w.rtGap = w.tableOf(w.subnet.ID)
	w.gap = w.to.Gap
	return w
}

// settled turns answers that there is no such thing into empty lists.
func settled(n evidence.Network) evidence.Network {
	n.Subnets, n.RouteTables, n.ACLs, n.Groups = listOf(n.Subnets), listOf(n.RouteTables), listOf(n.ACLs),
		listOf(n.Groups)
	n.Endpoints, n.NATs, n.Gateways, n.EgressOnly = listOf(n.Endpoints), listOf(n.NATs), listOf(n.Gateways),
		listOf(n.EgressOnly)
	n.PrefixLists, n.EndpointAdapters = listOf(n.PrefixLists), listOf(n.EndpointAdapters)
	if n.VPC.State == evidence.Absent {
		n.VPC = evidence.Unanswered[evidence.VPC](classifier.ReasonNotVisible, "ec2:DescribeVpcs")
	}
	return n
}

func listOf[T any](a evidence.Answer[[]T]) evidence.Answer[[]T] {
	if a.State == evidence.Absent {
		return evidence.Is[[]T](nil)
	}
	return a
}

// families are IPv4, IPv6 or both: that of the address that was dialled, else what subnet and name have in common.
func (w *walk) families() []bool {
	switch {
	case w.to.IP.IsValid():
		return []bool{w.to.IP.Is6()}
	case w.subnet.IPv6Native:
		return []bool{true}
	case (w.to.OtherOf == "dual-stack" || w.to.IsPublic()) && w.mayUseIPv6():
		return []bool{false, true}
	}
	return []bool{false}
}

// mayUseIPv6 reports whether the origin has an IPv6 address, or may have had one: only the task's own interface tells
// all of them, and what events and instances tell here are their IPv4 addresses.
func (w *walk) mayUseIPv6() bool {
	if slices.ContainsFunc(w.from.Addresses, netip.Addr.Is6) {
		return true
	}
	read := w.from.Host == "" && w.c.Facts.Task.Interface.State == evidence.Known
	return !read && slices.ContainsFunc(w.subnet.CIDRs, func(p netip.Prefix) bool { return p.Addr().Is6() })
}

// past notes that the way leads through something that was made at a time: what is younger than the failure was not on
// the way of the call that failed.
func (w *walk) past(made time.Time) {
	if made.After(w.newest) {
		w.newest = made
	}
}

// note records what was found out about a cause on the way.
func (w *walk) note(cause string, p classifier.Proof) { w.hops[cause] = append(w.hops[cause], p) }

// passes reports whether every link of the way was read and is fine.
func (w *walk) passes() bool {
	for _, proofs := range w.hops {
		if p := evidence.Worst(proofs); p.Result != classifier.RuledOut && p.Reason != classifier.ReasonDeferred {
			return false
		}
	}
	return !w.gap.Exists()
}

// proof is what the walk found out about one cause. What is broken beside the way is told, and is not the cause.
func (w *walk) proof(cause string) classifier.Proof {
	if w.subnet.ID != "" && w.to.Service != "s3" && !w.to.Gap.Exists() &&
		(cause == "s3-gateway-missing" || cause == "s3-endpoint-policy-denies") {
		return w.beforeS3(cause)
	}
	if found := w.hops[cause]; len(found) > 0 {
		p := evidence.Worst(found)
		if cause == "nacl-blocks" && w.passes() && w.c.Finding.Fault == classifier.Unreachable {
			p.Evidence += "; nothing that was read closes this way, so that the cause has passed, or is a proxy or " +
				"firewall that is not read"
		}
		return p
	}
	if w.gap.Exists() {
		return w.gap
	}
	if w.beside != nil && len(w.beside.hops[cause]) > 0 {
		if p := evidence.Worst(w.beside.hops[cause]); p.Result == classifier.Confirmed {
			return evidence.RuledOut("%s; not on the way of this call: %s", w.through, p.Evidence)
		}
	}
	return evidence.RuledOut("%s", w.through)
}

// onTheWay returns the check function of a cause that lies on the way of the failed call.
func onTheWay(cause string) func(*evidence.Case) classifier.Proof {
	return func(c *evidence.Case) classifier.Proof {
		var found []classifier.Proof
		for _, w := range walks(c) {
			p := w.proof(cause)
			if p.Result == classifier.RuledOut || w.toOne {
				p = evidence.NotBefore(p, w.newest)
			}
			found = append(found, p)
		}
		return agreed(found)
	}
}

// agreed is what several ways of one call come to: a name that leads to several addresses fails for sure only when all
// of them fail.
func agreed(proofs []classifier.Proof) classifier.Proof {
	for _, p := range proofs[1:] {
		if p.Result != proofs[0].Result {
			broken := evidence.Worst(append([]classifier.Proof{p}, proofs...))
			if broken.Result != classifier.Confirmed {
				return broken
			}
			return evidence.Inconclusive(classifier.ReasonIntermittent, "%s; not so on another way that the name leads",
				broken.Evidence)
		}
	}
	return evidence.Resting(proofs[0], proofs)
}

// follow decides which way name and address lead, and walks it: private names before routes, and an address that the
// text names before both.
func (w *walk) follow() {
	switch {
	case w.to.IP.IsValid() && w.c.Finding.Stage != classifier.Volume:
		w.byAddress(w.to.IP)
	case w.v6 && w.subnet.IPv6Native && !w.subnet.DNS64 && w.to.OtherOf != "dual-stack":
		w.lost(evidence.Inconclusive(classifier.ReasonOtherName,
			"%s has IPv6 only, and whether %s has an IPv6 address is not known", w.subnet.ID, w.to.Host), nil)
	case w.c.Finding.Stage == classifier.Volume:
		w.toMountTargets()
	case w.to.Service == "" && !w.to.IsPublic():
		w.lost(evidence.Inconclusive(classifier.ReasonCustomDNS, "which addresses %s has is not known", w.to.Host), nil)
	case w.to.Service == "":
		w.toInternet(w.anywhere())
	default:
		w.byName()
	}
}

// toMountTargets follows a mount to the mount targets of the task's zone, or to the one that a text names by its
// address.
func (w *walk) toMountTargets() {
	var names []string
	var adapters []evidence.Interface
	for _, t := range NearTargets(w.c) {
		if w.to.IP.IsValid() && w.to.IP != t.IP && w.to.IP != t.IPv6 {
			continue
		}
		adapter := w.c.Facts.Setup.Adapters[t.Adapter]
		if adapter.State != evidence.Known {
			adapters = nil
			break
		}
		names, adapters = append(names, t.ID), append(adapters, adapter.Value)
	}
	if len(adapters) == 0 {
		var to []netip.Prefix
		if w.to.IP.IsValid() {
			to = []netip.Prefix{single(w.to.IP)}
		}
		w.lost(classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead,
			Evidence: "which mount target was called is not known"}, to)
		w.mountedAway()
		return
	}
	target := "mount target " + strings.Join(names, ", ")
	w.through = "the call goes to " + target + " in the VPC"
	w.toInterfaces(tcp(nfs), target, "efs-sg-closed", nil, adapters)
}

// byAddress follows a call to a known address.
func (w *walk) byAddress(ip netip.Addr) {
	to := []netip.Prefix{single(ip)}
	if w.n.EndpointAdapters.State == evidence.Known {
		for _, a := range w.n.EndpointAdapters.Value {
			if slices.Contains(a.PrivateIPs, ip) {
				w.byAdapter(a, to)
				return
			}
		}
	}
	switch {
	case !private(ip, w.vpc):
		w.toInternet(to)
	case w.n.EndpointAdapters.State != evidence.Known:
		w.lost(w.n.EndpointAdapters.Gap(), to)
	default:
		w.toPrivate(ip)
	}
}

// byAdapter follows a call to an interface of a VPC endpoint.
func (w *walk) byAdapter(a evidence.Interface, to []netip.Prefix) {
	if w.n.Endpoints.State != evidence.Known {
		w.lost(w.n.Endpoints.Gap(), to)
		return
	}
	for _, e := range w.n.Endpoints.Value {
		if slices.Contains(e.Adapters, a.ID) {
			w.toEndpoint(e, []evidence.Interface{a})
			return
		}
	}
	w.lost(evidence.Inconclusive(classifier.ReasonNotVisible,
		"the VPC endpoint of interface %s is not among those read", a.ID), to)
}

// byName follows a call to a service of AWS whose address is not known.
func (w *walk) byName() {
	if gap := w.nameGap(); gap.Exists() {
		w.lost(gap, nil)
		return
	}
	offer := w.offer()
	if len(offer.leading) > 0 {
		w.toEndpoint(offer.leading[0], nil)
		return
	}
	if w.to.Service == "s3" {
		switch route, found := w.s3Route(); {
		case found == Unsure, found == Yes && w.to.Region == "":
			w.lost(evidence.Inconclusive(classifier.ReasonNotVisible,
				"whether a gateway endpoint of %s leads to %s is not known", w.table.ID, w.to.Host), nil)
			return
		case found == Yes && w.to.Region == w.c.Stop.Region:
			w.toGateway(route, w.listed(route))
			return
		}
	}
	w.toInternet(w.anywhere())
}

// nameGap says why it is not known where the name of a service leads.
func (w *walk) nameGap() classifier.Proof {
	if gap := w.resolverGap(); gap.Exists() {
		return gap
	}
	offer := w.offer()
	switch {
	case w.mayBeZoned(offer):
		return w.ledElsewhere(offer.why)
	case w.otherNetwork() != "":
		return w.ledElsewhere(fmt.Sprintf("%s leads to %s, no text tells which address was called", w.table.ID,
			w.otherNetwork()))
	}
	return classifier.Proof{}
}

// resolverGap says why it is not known that the VPC's own resolver led the name of a service, and to which endpoints it
// does so by itself.
func (w *walk) resolverGap() classifier.Proof {
	switch foreign, account := w.foreign(); {
	case w.n.Endpoints.State != evidence.Known:
		return w.n.Endpoints.Gap()
	case w.rtGap.Exists():
		return w.rtGap
	case foreign == Unsure:
		return w.c.Facts.Caller.Gap()
	case foreign == Yes:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s belongs to account %s, whose VPC endpoints are not visible from here", w.subnet.ID, account)
	}
	offer := w.offer()
	switch {
	case offer.gap.Exists():
		return offer.gap
	case w.to.OtherOf != "" && offer.any():
		return evidence.Inconclusive(classifier.ReasonOtherName,
			"%s is a %s name, and whether VPC endpoint %s answers it is not known", w.to.Host, w.to.OtherOf,
			offer.first().ID)
	// without an option set nothing names other servers
	case w.n.DHCP.State != evidence.Known && w.n.DHCP.State != evidence.Absent:
		return w.n.DHCP.Gap()
	case w.customDNS() != "":
		return evidence.Inconclusive(classifier.ReasonCustomDNS,
			"names are resolved by %s, as %s says, and may lead elsewhere", w.customDNS(), w.n.DHCP.Value.ID)
	}
	return classifier.Proof{}
}

// mayBeZoned reports whether a private hosted zone may lead the target's name to an endpoint that does not answer to it
// by itself: the usual way where several VPCs share one. Zones need both DNS attributes of the VPC.
func (w *walk) mayBeZoned(o offer) bool {
	off := evidence.Is(false)
	return len(o.leading) == 0 && w.n.DNSSupport != off && w.n.DNSHostnames != off &&
		slices.ContainsFunc(o.unnamed, func(e evidence.Endpoint) bool { return !e.PrivateDNS })
}

// foreign reports whether the subnet is shared by another account, and by which.
func (w *walk) foreign() (Truth, string) {
	account := w.c.Stop.Account
	switch caller := w.c.Facts.Caller; caller.State {
	case evidence.Known:
		account = caller.Value.Account
	case evidence.Unknown:
		return Unsure, ""
	}
	return truth(account != "" && w.subnet.Account != "" && account != w.subnet.Account), w.subnet.Account
}

// customDNS names the DNS servers of the VPC where they are not Amazon's.
func (w *walk) customDNS() string {
	var custom []string
	for _, s := range w.n.DHCP.Value.Servers {
		if !w.amazonDNS(s) {
			custom = append(custom, s)
		}
	}
	return strings.Join(custom, ", ")
}

// amazonDNS reports whether a DNS server is the VPC's own resolver, which stands at the second address of the VPC's
// CIDR and under two link-local ones, and which neither security groups nor network ACLs filter.
func (w *walk) amazonDNS(server string) bool {
	if server == "AmazonProvidedDNS" || server == "169.254.169.253" || server == "fd00:ec2::253" {
		return true
	}
	return slices.ContainsFunc(w.vpc.CIDRs,
		func(p netip.Prefix) bool { return p.Masked().Addr().Next().Next().String() == server })
}

// otherNetwork names a target behind which other networks lie, with endpoints that a private name may lead to. The
// target of the way to the internet is not meant: whatever lies behind that is judged with the way.
func (w *walk) otherNetwork() string {
	out, _, _ := w.pick(w.table, w.anywhere())
	for _, r := range w.table.Routes {
		for _, prefix := range []string{"tgw-", "pcx-", "vgw-", "lgw-", "arn:"} {
			if strings.HasPrefix(r.Target, prefix) && r.Target != out.Target && !r.Blackhole {
				return r.Target
			}
		}
	}
	return ""
}

// lost notes that the way is not known. What closes every way is a defect all the same.
func (w *walk) lost(gap classifier.Proof, to []netip.Prefix) {
	w.gap = gap
	w.blockers(to)
}

// blockers judges what the call meets whichever way it goes: the origin's security groups, and whether the network ACL
// of its subnet shuts it in. No addresses means that they may be any.
func (w *walk) blockers(to []netip.Prefix) {
	if w.subnet.ID == "" || w.to.Port == 0 {
		return
	}
	p := peer{name: w.to.String(), addresses: to}
	stays := len(to) == 1 && inside(to[0].Addr(), w.subnet.CIDRs)
	if to == nil {
		p.name, p.addresses, stays = "any address", []netip.Prefix{anyIPv4}, w.mayStay()
		if w.v6 {
			p.addresses = []netip.Prefix{anyIPv6}
		}
	}
	f := tcp(w.to.Port)
	if found := w.out(f, p); found.Result == classifier.Confirmed || found.Result == classifier.RuledOut {
		w.note("task-sg-egress-closed", found)
	}
	if stays {
		return
	}
	if found := w.acl(w.subnet.ID, f, p,
		client(f, p.addresses, w.clientPorts())); found.Result == classifier.Confirmed {
		w.note("nacl-blocks", found)
	}
}

// mayStay reports whether the call may go to an interface in the origin's own subnet, where no network ACL is asked.
func (w *walk) mayStay() bool {
	foreign, _ := w.foreign()
	return foreign != No || w.to.Service == "" || w.n.Endpoints.State != evidence.Known || w.offer().any()
}

// filters judges the origin's security groups and the network ACL of its subnet for addresses outside of the subnet.
func (w *walk) filters(p peer) {
	f := tcp(w.to.Port)
	out := w.out(f, p)
	if out.Result == classifier.Confirmed && w.to.IP.IsValid() && w.allowsS3(f) {
		out = evidence.Inconclusive(classifier.ReasonPartial,
			"%s, but one to S3's prefix list, which does not hold that address now", out.Evidence)
	}
	w.note("task-sg-egress-closed", out)
	w.note("nacl-blocks", w.acl(w.subnet.ID, f, p, client(f, p.addresses, w.clientPorts())))
}

// allowsS3 reports whether the call goes to S3 of the stop's Region, and that the origin's security groups let out to
// the prefix list of that.
func (w *walk) allowsS3(f flow) bool {
	ids, _ := w.ownGroups()
	rules, _ := groupRules(w.n.Groups.Value, ids, true)
	return w.to.Service == "s3" && w.to.Region == w.c.Stop.Region &&
		slices.ContainsFunc(rules, func(r evidence.SGRule) bool {
			return allows(r, f) && slices.ContainsFunc(w.n.PrefixLists.Value, func(l evidence.PrefixList) bool {
				return isService(l.Name, w.c.Stop.Region, "s3") && slices.Contains(r.PrefixLists, l.ID)
			})
		})
}

// called names the addresses of the target.
func (w *walk) called() string {
	if w.to.IP.IsValid() {
		return w.to.String()
	}
	return w.widest()
}

// anywhere is every address that a name of the internet can lead to: with DNS64 in an IPv6 subnet, one of those that
// stand for IPv4.
func (w *walk) anywhere() []netip.Prefix {
	if w.v6 && w.subnet.DNS64 && w.to.OtherOf != "dual-stack" {
		return []netip.Prefix{nat64}
	}
	return internet(w.v6, w.vpc)
}
