package network

import (
	"fmt"
	"net/netip"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// Private addresses that no route table is asked about: services of the hypervisor, and on an instance the bridges of
// Docker, which its own kernel routes.
var (
	instanceServices = netip.MustParsePrefix("fd00:ec2::/32")
	dockerBridges    = netip.MustParsePrefix("172.16.0.0/12")
)

// toPrivate follows a call to a private address that no VPC endpoint among those read has: one of another account or
// VPC, or a proxy. Who has it is not known, but what leads nowhere does not reach it.
func (w *walk) toPrivate(ip netip.Addr) {
	to := []netip.Prefix{single(ip)}
	w.lost(evidence.Inconclusive(classifier.ReasonNotVisible, "%s is a private address that no VPC endpoint "+
		"among those read has: one of another account or VPC, or a proxy", ip), to)
	routed := ip.IsPrivate() && !instanceServices.Contains(ip) && (w.from.Host == "" || !dockerBridges.Contains(ip))
	if !routed || inside(ip, w.vpc.CIDRs) || w.rtGap.Exists() {
		return
	}
	r, missing, _ := w.pick(w.table, to)
	if missing != classifier.Inconclusive {
		if defect := w.deadEnd(ip, r, missing == classifier.Confirmed); defect.Exists() {
			w.note("route-missing", defect)
		}
	}
}

// mountedAway follows a mount to a file system whose mount targets are all in other VPCs: whichever of them was meant,
// what leads to none of them does not reach it.
func (w *walk) mountedAway() {
	ips := w.awayTargets()
	if w.to.IP.IsValid() {
		ips = []netip.Addr{w.to.IP}
	}
	var defects []classifier.Proof
	for _, ip := range ips {
		r, missing, _ := w.pick(w.table, []netip.Prefix{single(ip)})
		if w.rtGap.Exists() || missing == classifier.Inconclusive || !ip.IsPrivate() || inside(ip, w.vpc.CIDRs) {
			return
		}
		defect := w.deadEnd(ip, r, missing == classifier.Confirmed)
		if !defect.Exists() {
			return
		}
		defects = append(defects, defect)
	}
	if len(defects) > 0 {
		w.note("route-missing", defects[0])
	}
}

// deadEnd says why a route does not lead to a private address outside of the VPC. Nothing of the internet does: an
// internet gateway drops what is for a private address, and a NAT gateway sends it on by the table of its own subnet.
func (w *walk) deadEnd(ip netip.Addr, r evidence.Route, missing bool) classifier.Proof {
	next := fmt.Sprintf("add a route for %s to %s, or let the name lead to an address that is reached from %s", ip,
		w.table.ID, w.subnet.ID)
	kind, _, _ := strings.Cut(r.Target, "-")
	switch {
	case missing:
		return evidence.Confirmed(next, "%s, a private address outside of %s", w.noRoute(), w.vpc.ID)
	case r.Blackhole:
		return evidence.Confirmed(next, "%s, which is gone (blackhole)", w.leads(r))
	case kind == "igw" || kind == "eigw":
		return evidence.Confirmed(next, "%s, which passes nothing on to the private address %s", w.leads(r), ip)
	case leadsOn(r):
		return w.beyondRoute(r, []netip.Prefix{single(ip)})
	case kind != "nat":
		return classifier.Proof{}
	}
	g, found := w.natGateway(r.Target)
	if !found || g.Subnet == "" {
		return classifier.Proof{}
	}
	t, gap := w.tableOf(g.Subnet)
	if gap.Exists() {
		return classifier.Proof{}
	}
	out, none, _ := w.pick(t, []netip.Prefix{single(ip)})
	if none == classifier.Confirmed || none == "" && strings.HasPrefix(out.Target, "igw-") {
		return evidence.Confirmed(next, "%s, and %s leads it no further to the private address %s", w.leads(r),
			tableName(t, g.Subnet), ip)
	}
	return classifier.Proof{}
}
