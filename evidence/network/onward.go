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

// OnwardOf returns the transit gateway or the peering connection that the route for the failed call leads to, and the
// address that was called there, invalid where no text tells it; the id is empty where the route leads elsewhere.
// Package lookup reads what stands behind it.
func OnwardOf(c *evidence.Case) (id string, ip netip.Addr) {
	for _, w := range walks(c) {
		if w.onward != "" {
			return w.onward, w.to.IP
		}
	}
	return "", netip.Addr{}
}

// leadsOn reports whether a route leads to another network that is followed one hop further.
func leadsOn(r evidence.Route) bool {
	return strings.HasPrefix(r.Target, "tgw-") || strings.HasPrefix(r.Target, "pcx-")
}

// beyondRoute is the defect of what stands behind a route to a transit gateway or a peering connection. There is none
// where nothing of that is broken: what is further on is not followed.
func (w *walk) beyondRoute(r evidence.Route, to []netip.Prefix) classifier.Proof {
	w.onward = r.Target
	o := w.n.Onward.Value
	if w.n.Onward.State != evidence.Known || o.ID != r.Target {
		return classifier.Proof{}
	}
	p := w.overPeering(r, o, to)
	if strings.HasPrefix(r.Target, "tgw-") {
		p = w.overTransit(r, o, to)
	}
	return evidence.NotBefore(p, o.CreatedAt)
}

// overTransit judges the attachment of the VPC to a transit gateway, which takes traffic only from zones in which it
// has a subnet (https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html), and the one route table
// that the gateway sends it by.
func (w *walk) overTransit(r evidence.Route, o evidence.Onward, to []netip.Prefix) classifier.Proof {
	leads := fmt.Sprintf("%s, and attachment %s of %s", w.leads(r), o.Attachment, w.vpc.ID)
	switch {
	case slices.Contains([]string{"pendingAcceptance", "rejected", "failed", "deleting", "deleted"}, o.State):
		return evidence.Confirmed(fmt.Sprintf("attach %s to %s again, or let the owner of the transit gateway accept "+
			"the attachment", w.vpc.ID, r.Target), "%s is in state %s", leads, o.State)
	case w.unattachedZone(o):
		return evidence.Confirmed(fmt.Sprintf("add a subnet of %s to attachment %s, or run the task in a zone that "+
			"has one", cmp.Or(w.subnet.Zone, w.subnet.ZoneID), o.Attachment),
			"%s has no subnet in %s, where the call left", leads, cmp.Or(w.subnet.Zone, w.subnet.ZoneID))
	case o.Table.State != evidence.Known:
		return classifier.Proof{}
	}
	table := o.Table.Value
	next := fmt.Sprintf("add a route for %s to %s", w.goal(), table.ID)
	switch out, missing, _ := w.pick(table, to); {
	case missing == classifier.Confirmed:
		return evidence.Confirmed(next, "%s goes by %s, which has no route that covers %s", leads, table.ID, w.goal())
	case missing == "" && out.Blackhole:
		return evidence.Confirmed(next, "%s goes by %s, which drops %s (blackhole)", leads, table.ID, covers(out))
	}
	return classifier.Proof{}
}

// unattachedZone reports whether all subnets of an attachment were read and none is in the zone of the call.
func (w *walk) unattachedZone(o evidence.Onward) bool {
	for _, id := range o.Subnets {
		i := slices.IndexFunc(w.n.Subnets.Value, func(s evidence.Subnet) bool { return s.ID == id })
		if i < 0 || w.n.Subnets.Value[i].Zone == w.subnet.Zone {
			return false
		}
	}
	return len(o.Subnets) > 0 && w.subnet.Zone != ""
}

// overPeering judges a peering connection: it carries nothing but what is for addresses of the other VPC
// (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations), and answers come
// back only by a route of the other side.
func (w *walk) overPeering(r evidence.Route, o evidence.Onward, to []netip.Prefix) classifier.Proof {
	switch {
	case slices.Contains([]string{"pending-acceptance", "rejected", "failed", "expired", "deleting", "deleted"},
		o.State):
		return evidence.Confirmed("let the owner of the other VPC accept "+r.Target+", or point "+covers(r)+" of "+
			w.table.ID+" to a connection that is active", "%s, a peering connection in state %s", w.leads(r), o.State)
	case o.State != "active" || len(o.CIDRs) == 0:
		return classifier.Proof{}
	case covered(to, o.CIDRs) == none:
		return evidence.Confirmed(fmt.Sprintf("point %s of %s to what leads to %s: a peering connection carries only "+
			"calls to addresses of the other VPC", covers(r), w.table.ID, w.goal()),
			"%s, a peering connection to %s, which has no address of %s", w.leads(r), o.VPC, w.goal())
	}
	back, own := o.Table.Value, w.ownAddresses()
	if o.Table.State != evidence.Known || len(own) == 0 {
		return classifier.Proof{}
	}
	next := fmt.Sprintf("add a route for %s through %s to %s in %s", own[0], r.Target, back.ID, o.VPC)
	switch out, missing, _ := w.pick(back, own); {
	case missing == classifier.Confirmed:
		return evidence.Confirmed(next, "%s, and route table %s of %s there has no route back to %s", w.leads(r),
			back.ID, w.goal(), own[0])
	case missing == "" && out.Blackhole:
		return evidence.Confirmed(next, "%s, and route table %s of %s there leads %s to %s, which is gone (blackhole)",
			w.leads(r), back.ID, w.goal(), covers(out), out.Target)
	}
	return classifier.Proof{}
}

// goal names the addresses that were called.
func (w *walk) goal() string {
	if w.to.IP.IsValid() {
		return w.to.IP.String()
	}
	return w.widest()
}
