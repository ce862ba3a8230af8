package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// namedServer is the DNS server that a text names: "lookup HOST on ADDRESS:53".
func namedServer(c *evidence.Case) (netip.Addr, bool) {
	for _, text := range c.Stop.Texts() {
		_, rest, found := strings.Cut(text.Plain, "lookup ")
		_, rest, on := strings.Cut(rest, " on ")
		address, _, port := strings.Cut(rest, ":53")
		if ip, err := netip.ParseAddr(strings.Trim(address, "[]")); found && on && port && err == nil {
			return ip, true
		}
	}
	return netip.Addr{}, false
}

// dns is who answered, or should have answered, the failed lookup.
type dns struct {
	amazon bool         // the VPC's own resolver
	custom []netip.Addr // servers of the VPC's owner
	source string       // where that was read
	gap    classifier.Proof
}

// resolver says which DNS server was asked: the one that the text names, else those of the DHCP option set.
func (w *walk) resolver() dns {
	if ip, named := namedServer(w.c); named {
		if w.amazonDNS(ip.String()) {
			return dns{amazon: true, source: fmt.Sprintf("the message names %s, the VPC's own resolver", ip)}
		}
		return dns{custom: []netip.Addr{ip}, source: fmt.Sprintf("the message names DNS server %s", ip)}
	}
	switch w.n.DHCP.State {
	case evidence.Known:
	case evidence.Absent:
		return dns{gap: evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s has no DHCP option set that these credentials see", w.vpc.ID)}
	default:
		return dns{gap: w.n.DHCP.Gap()}
	}
	d := dns{source: fmt.Sprintf("%s of %s names %s", w.n.DHCP.Value.ID, w.vpc.ID,
		strings.Join(w.n.DHCP.Value.Servers, ", "))}
	for _, s := range w.n.DHCP.Value.Servers {
		ip, err := netip.ParseAddr(s)
		switch {
		case w.amazonDNS(s):
			d.amazon = true
		case err == nil:
			d.custom = append(d.custom, ip)
		}
	}
	return d
}

// lookedUp begins a walk for a lookup, which needs no target.
func lookedUp(c *evidence.Case) *walk {
	w := begin(c)
	if w.to.Gap.Exists() && w.subnet.ID != "" {
		w.gap = classifier.Proof{}
	}
	w.v6 = w.subnet.IPv6Native
	w.to.Host = lookedUpName(c, w.to.Host)
	return w
}

// dnsDisabled judges the DNS attributes of the VPC. Only its own resolver needs them; file systems' names need both.
func dnsDisabled(c *evidence.Case) classifier.Proof {
	w := lookedUp(c)
	if w.gap.Exists() {
		return w.gap
	}
	d := w.resolver()
	switch {
	case w.n.DNSSupport.State != evidence.Known:
		return w.n.DNSSupport.Gap()
	case w.n.DNSSupport.Value:
		return w.hostnames(d)
	case d.gap.Exists():
		return d.gap
	case len(d.custom) > 0:
		return evidence.Inconclusive(classifier.ReasonCustomDNS,
			"DNS support of %s is off, but %s, which is not the VPC's resolver", w.vpc.ID, d.source)
	}
	return evidence.Confirmed("turn on DNS support of "+w.vpc.ID,
		"DNS support of %s is off, so that its resolver does not answer", w.vpc.ID)
}

// hostnames judges DNS hostnames, without which the private hosted zone of a file system's name does not answer.
func (w *walk) hostnames(d dns) classifier.Proof {
	switch {
	case w.n.DNSHostnames.State != evidence.Known:
		return w.n.DNSHostnames.Gap()
	case w.n.DNSHostnames.Value:
		return evidence.RuledOut("DNS support and DNS hostnames of %s are on", w.vpc.ID)
	case w.c.Finding.Stage == classifier.Volume && d.gap.Exists():
		return d.gap
	case w.c.Finding.Stage == classifier.Volume && len(d.custom) > 0:
		return evidence.Inconclusive(classifier.ReasonCustomDNS,
			"DNS hostnames of %s are off, but %s, which is not the VPC's resolver", w.vpc.ID, d.source)
	case w.c.Finding.Stage == classifier.Volume:
		return evidence.Confirmed("turn on DNS hostnames of "+w.vpc.ID,
			"DNS hostnames of %s are off, without which the names of file systems do not resolve", w.vpc.ID)
	}
	return evidence.RuledOut("DNS support of %s is on; DNS hostnames are off, which only private names need", w.vpc.ID)
}

// dnsUnreachable judges the way to a DNS server of the VPC's owner. The VPC's own resolver is reached from everywhere.
func dnsUnreachable(c *evidence.Case) classifier.Proof {
	w := lookedUp(c)
	if w.gap.Exists() {
		return w.gap
	}
	silent := c.Stop.Texts().Say("i/o timeout")
	switch d := w.resolver(); {
	case d.gap.Exists():
		return d.gap
	case len(d.custom) == 0 && silent:
		return evidence.RuledOut("%s, which no route, security group or network ACL keeps away", d.source)
	case len(d.custom) == 0:
		return w.noSuchName(d)
	case !silent:
		return evidence.Inconclusive(classifier.ReasonCustomDNS,
			"%s, which answers for itself: what it knows is not read", d.source)
	default:
		return w.toServers(d)
	}
}

// toServers judges whether lookups reach at least one of several servers.
func (w *walk) toServers(d dns) classifier.Proof {
	var proofs []classifier.Proof
	for _, ip := range d.custom {
		proofs = append(proofs, w.toServer(ip))
	}
	if d.amazon {
		proofs = append(proofs, evidence.RuledOut("the VPC's own resolver is reached from everywhere"))
	}
	p := agreed(proofs)
	if p.Result == classifier.RuledOut {
		return evidence.Inconclusive(classifier.ReasonCustomDNS,
			"%s, and the way to it is open from here; whether it answers is not read", d.source)
	}
	return p
}

// toServer judges the way of a lookup, which uses UDP port 53 first.
func (w *walk) toServer(ip netip.Addr) classifier.Proof {
	f, to := flow{"udp", 53}, peer{name: "DNS server " + ip.String(), addresses: []netip.Prefix{single(ip)}}
	proofs := []classifier.Proof{w.out(f, to), w.routeTo(to)}
	if !inside(ip, w.subnet.CIDRs) {
		proofs = append(proofs, w.acl(w.subnet.ID, f, to, client(f, to.addresses, w.clientPorts())))
	}
	return evidence.Worst(proofs)
}

// routeTo judges whether there is a route to an address at all.
func (w *walk) routeTo(to peer) classifier.Proof {
	if w.rtGap.Exists() {
		return w.rtGap
	}
	r, missing, doubt := w.pick(w.table, to.addresses)
	local := slices.ContainsFunc(w.vpc.CIDRs, to.addresses[0].Overlaps)
	switch {
	case local:
		return evidence.RuledOut("%s is in %s", to.name, w.vpc.ID)
	case missing == classifier.Inconclusive:
		return doubt
	case missing == classifier.Confirmed:
		return evidence.Confirmed(fmt.Sprintf("add a route to %s to %s, or use AmazonProvidedDNS",
			to.addresses[0].Addr(), w.table.ID), "%s has no route to %s", tableName(w.table, w.subnet.ID), to.name)
	}
	return evidence.RuledOut("%s", w.leads(r))
}
