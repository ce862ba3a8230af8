package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// toInternet follows a call to public addresses by the route table of its subnet.
func (w *walk) toInternet(to []netip.Prefix) {
	w.routed(to)
	if w.gap.Exists() {
		w.note("nacl-blocks", w.gap) // those further on are not known
	}
	w.outside = w.entered == "" && !w.gap.Exists() && !w.routeless
	if len(w.hops["s3-gateway-missing"]) == 0 {
		w.endpoints()
		w.uncalled()
	}
}

// routed follows the route that the subnet's table has for addresses.
func (w *walk) routed(to []netip.Prefix) {
	w.filters(peer{name: w.called(), addresses: to, grouped: true, wide: w.widest()})
	if w.rtGap.Exists() {
		w.gap = w.rtGap
		return
	}
	route, missing, doubt := w.pick(w.table, to)
	switch {
	case missing == classifier.Inconclusive:
		w.gap = doubt
	case missing == classifier.Confirmed:
		w.routeMissing()
	case w.gatewayRoute(route):
		w.byGateway(route)
	default:
		w.through = w.leads(route)
		w.by(route, to)
	}
}

// byGateway follows a call whose address lies in the prefix list of a gateway endpoint.
func (w *walk) byGateway(r evidence.Route) {
	if w.to.Service != "s3" {
		w.gap = unfollowed(w.table, w.subnet.ID, r)
		return
	}
	w.hops = map[string][]classifier.Proof{}
	w.toGateway(r, []netip.Prefix{single(w.to.IP)})
}

// routeMissing notes that nothing leads to where the call went. That is the defect, unless an endpoint was meant to
// carry it.
func (w *walk) routeMissing() {
	w.routeless, w.through = true, w.noRoute()
	w.note("route-missing", w.judgeMissing())
}

func (w *walk) judgeMissing() classifier.Proof {
	if w.to.Service == "" {
		return evidence.Confirmed(w.routeNext(), "%s", w.noRoute())
	}
	if w.n.Endpoints.State != evidence.Known {
		gap := w.n.Endpoints.Gap()
		gap.Evidence = w.noRoute() + ", and whether a VPC endpoint was meant to carry the call is not known"
		return gap
	}
	if w.to.Service == "s3" {
		return w.judgeMissingS3()
	}
	o := w.offer()
	switch foreign, _ := w.foreign(); {
	case o.gap.Exists():
		return o.gap
	case len(o.unnamed) > 0 && len(o.leading) == 0 && w.to.OtherOf == "":
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s, but needs none: %s", w.noRoute(), o.why)
	case foreign == No && !o.any():
		return evidence.Confirmed(w.routeNext()+
			fmt.Sprintf(", or create an endpoint for %s with private DNS in %s", w.to.Service, w.vpc.ID),
			"%s, and %s has no endpoint for %s", w.noRoute(), w.vpc.ID, w.to.Service)
	}
	return evidence.Confirmed(w.routeNext(), "%s", w.noRoute())
}

// by follows the route for addresses to its target.
func (w *walk) by(r evidence.Route, to []netip.Prefix) {
	kind, _, _ := strings.Cut(r.Target, "-")
	if r.Blackhole {
		w.blackhole(kind, r)
		return
	}
	switch kind {
	case "igw":
		w.note("route-missing", evidence.RuledOut("%s", w.leads(r)))
		w.byInternetGateway(r)
	case "nat":
		w.note("route-missing", evidence.RuledOut("%s", w.leads(r)))
		w.byNAT(r)
	case "eigw":
		w.note("route-missing", evidence.RuledOut("%s", w.leads(r)))
		w.note("internet-gateway-missing", w.attached(w.n.EgressOnly, r.Target))
		w.note("public-access-blocked", w.blocked(w.subnet, "block-bidirectional"))
	default:
		w.gap = unfollowed(w.table, w.subnet.ID, r)
		w.note("public-ip-missing", evidence.RuledOut("%s, not to an internet gateway", w.leads(r)))
		if kind == "vpce" {
			w.byFirewall(r, to)
		}
		if leadsOn(r) {
			if defect := w.beyondRoute(r, to); defect.Exists() {
				w.note("route-missing", defect)
			}
		}
	}
}

// byFirewall notes a firewall's endpoint that passes nothing on: because of its state, or because its own subnet leads
// nowhere. What the firewall itself drops is not read.
func (w *walk) byFirewall(r evidence.Route, to []netip.Prefix) {
	e, found := w.endpoint(r.Target)
	if !found || !strings.EqualFold(e.Type, "GatewayLoadBalancer") {
		return
	}
	if slices.ContainsFunc([]string{"rejected", "failed", "expired", "deleted"},
		func(state string) bool { return strings.EqualFold(e.State, state) }) {
		w.note("route-missing",
			evidence.Confirmed(fmt.Sprintf("point %s of %s to a firewall endpoint that is available", covers(r),
				w.table.ID), "%s, a firewall endpoint whose state is %s", w.leads(r), e.State))
		return
	}
	if len(e.Subnets) != 1 {
		return
	}
	t, gap := w.tableOf(e.Subnets[0])
	if gap.Exists() {
		return
	}
	out, missing, _ := w.pick(t, to)
	switch {
	case missing == classifier.Confirmed:
		w.note("route-missing", evidence.Confirmed(
			fmt.Sprintf("lead 0.0.0.0/0 of %s to a NAT or internet gateway", t.ID),
			"%s, a firewall endpoint, and %s has no route that covers %s", w.leads(r), tableName(t, e.Subnets[0]),
			w.called()))
	case missing == "" && out.Blackhole:
		w.note("route-missing", evidence.Confirmed(
			fmt.Sprintf("point %s of %s to something that exists", covers(out), t.ID), "%s, a "+
				"firewall endpoint, and %s leads %s to %s, which is gone (blackhole)", w.leads(r),
			tableName(t, e.Subnets[0]), covers(out), out.Target))
	}
}

// blackhole notes a route whose target is gone.
func (w *walk) blackhole(kind string, r evidence.Route) {
	said := fmt.Sprintf("%s, which is gone (blackhole)", w.leads(r))
	next := func(target string) string { return fmt.Sprintf("point %s of %s to %s", covers(r), w.table.ID, target) }
	switch kind {
	case "nat":
		g, _ := w.natGateway(r.Target)
		w.note("nat-unusable", evidence.NotBefore(evidence.Confirmed(next("a NAT gateway that exists"), "%s", said),
			g.DeletedAt))
	case "igw", "eigw":
		w.note("internet-gateway-missing", evidence.Confirmed(next("the internet gateway of "+w.vpc.ID), "%s", said))
	default:
		w.note("route-missing", evidence.Confirmed(next("something that exists"), "%s", said))
		return
	}
	w.note("route-missing", evidence.RuledOut("%s", w.leads(r)))
}

// natGateway returns a NAT gateway by its id: one that was deleted is told for an hour.
func (w *walk) natGateway(id string) (evidence.NATGateway, bool) {
	i := slices.IndexFunc(w.n.NATs.Value, func(g evidence.NATGateway) bool { return g.ID == id })
	if i < 0 {
		return evidence.NATGateway{}, false
	}
	return w.n.NATs.Value[i], true
}

// byInternetGateway judges a direct way out: it needs the gateway, a public address and that Block Public Access lets
// it pass.
func (w *walk) byInternetGateway(r evidence.Route) {
	w.note("internet-gateway-missing", w.attached(w.n.Gateways, r.Target))
	w.note("public-access-blocked", w.blocked(w.subnet, "block-bidirectional", "block-ingress"))
	switch {
	case w.v6:
		w.note("public-ip-missing", evidence.RuledOut("the call uses IPv6, whose addresses are public"))
	case w.from.PublicIP == Yes:
		w.note("public-ip-missing", evidence.RuledOut("%s had a public IP (%s)", w.from.who(), w.from.Source))
	case w.from.PublicIP == No:
		next := "set assignPublicIp to ENABLED, or use a subnet that leads to a NAT gateway"
		if w.from.Host != "" {
			next = fmt.Sprintf("give %s a public IP, or use a subnet that leads to a NAT gateway", w.from.who())
		}
		w.note("public-ip-missing",
			evidence.Confirmed(next, "%s, and %s has no public IP (%s)", w.leads(r), w.from.who(), w.from.Source))
	default:
		gap := SettingsGap(w.c)
		gap.Evidence = fmt.Sprintf("%s, and whether %s had a public IP is not known", w.leads(r), w.from.who())
		w.note("public-ip-missing", gap)
	}
}

// attached judges whether a gateway is attached to the VPC.
func (w *walk) attached(gateways evidence.Answer[[]evidence.InternetGateway], id string) classifier.Proof {
	if gateways.State != evidence.Known {
		return gateways.Gap()
	}
	if slices.Contains(gateways.Value, evidence.InternetGateway{ID: id, Attached: true}) {
		return evidence.RuledOut("%s is attached to %s", id, w.vpc.ID)
	}
	return evidence.Confirmed(fmt.Sprintf("attach %s to %s, or point the route to the gateway that is", id, w.vpc.ID),
		"%s is not attached to %s, and a route leads to it", id, w.vpc.ID)
}

// blocked judges whether VPC Block Public Access stops what leaves a subnet, in one of the modes that would.
func (w *walk) blocked(s evidence.Subnet, modes ...string) classifier.Proof {
	switch {
	case s.BlockMode == "":
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"EC2 does not tell the Block Public Access mode of %s", s.ID)
	case slices.Contains(modes, s.BlockMode):
		return evidence.Confirmed(
			fmt.Sprintf("exclude %s or %s from VPC Block Public Access, or call through VPC endpoints", s.ID, w.vpc.ID),
			"VPC Block Public Access is %s for %s, which shuts its way to the internet", s.BlockMode, s.ID)
	}
	return evidence.RuledOut("VPC Block Public Access is %s for %s", s.BlockMode, s.ID)
}

// byNAT judges a NAT gateway and its own way out.
func (w *walk) byNAT(r evidence.Route) {
	w.note("public-ip-missing", evidence.RuledOut("%s, and needs no public IP", w.leads(r)))
	if w.n.NATs.State != evidence.Known {
		w.gap = w.n.NATs.Gap()
		return
	}
	g, found := w.natGateway(r.Target)
	if !found {
		w.gap = evidence.Inconclusive(classifier.ReasonNotVisible, "%s, which is not among the NAT gateways read",
			w.leads(r))
		return
	}
	w.past(g.CreatedAt)
	switch {
	case g.State != "available":
		p := evidence.Confirmed(fmt.Sprintf("create a NAT gateway and point %s of %s to it", covers(r), w.table.ID),
			"%s, whose state is %s", w.leads(r), g.State)
		w.note("nat-unusable", evidence.NotBefore(evidence.NotBefore(p, g.CreatedAt), g.DeletedAt))
		return
	case strings.EqualFold(g.Availability, "regional") || g.Subnet == "":
		w.byRegionalNAT(g)
	default:
		w.byZonalNAT(g)
	}
	w.nat = g.ID
	w.note("nat-ports-exhausted", w.ports(g))
}

// byRegionalNAT judges a NAT gateway that stands in no subnet and has a route table of its own.
func (w *walk) byRegionalNAT(g evidence.NATGateway) {
	i := -1
	if w.n.RouteTables.State == evidence.Known {
		i = slices.IndexFunc(w.n.RouteTables.Value, func(t evidence.RouteTable) bool { return t.ID == g.RouteTable })
	}
	if i < 0 {
		w.gap = evidence.Inconclusive(classifier.ReasonNotVisible,
			"route table %s of the regional %s is not among those read", g.RouteTable, g.ID)
		return
	}
	t := w.n.RouteTables.Value[i]
	out, missing, _ := w.pick(t, w.beyondNAT())
	if missing != "" || out.Blackhole || !strings.HasPrefix(out.Target, "igw-") {
		w.gap = evidence.Inconclusive(classifier.ReasonRouteTarget,
			"route table %s of the regional %s leads to no internet gateway that is seen", t.ID, g.ID)
		return
	}
	w.note("nat-unusable",
		evidence.RuledOut("%s is available, and route table %s leads it to %s", g.ID, t.ID, out.Target))
	w.note("internet-gateway-missing", w.attached(w.n.Gateways, out.Target))
	if w.subnet.BlockMode == "block-bidirectional" {
		w.note("public-access-blocked",
			evidence.Inconclusive(classifier.ReasonPartial,
				"VPC Block Public Access is %s for %s, and the mode of the regional %s is not told", w.subnet.BlockMode,
				w.subnet.ID, g.ID))
		return
	}
	w.note("public-access-blocked", w.blocked(w.subnet, "block-bidirectional"))
}

// beyondNAT are the addresses that a NAT gateway calls: IPv4, also for the addresses of DNS64.
func (w *walk) beyondNAT() []netip.Prefix {
	if ip := w.to.IP; ip.IsValid() && ip.Is4() {
		return []netip.Prefix{single(ip)}
	}
	return internet(false, w.vpc)
}

// byZonalNAT judges a NAT gateway by its subnet: its route, its Block Public Access mode, its network ACL.
func (w *walk) byZonalNAT(g evidence.NATGateway) {
	w.natACL(g)
	i := -1
	if w.n.Subnets.State == evidence.Known {
		i = slices.IndexFunc(w.n.Subnets.Value, func(s evidence.Subnet) bool { return s.ID == g.Subnet })
	}
	if i < 0 {
		w.note("public-access-blocked",
			evidence.Inconclusive(classifier.ReasonNotVisible, "%s of %s is not among the subnets read", g.Subnet,
				g.ID))
	} else {
		w.note("public-access-blocked", w.blocked(w.n.Subnets.Value[i], "block-bidirectional"))
	}
	t, gap := w.tableOf(g.Subnet)
	if gap.Exists() {
		w.gap = gap
		return
	}
	private := strings.EqualFold(g.Connectivity, "private")
	out, missing, doubt := w.pick(t, w.beyondNAT())
	leads := fmt.Sprintf("%s of %s leads to %s", tableName(t, g.Subnet), g.ID, out.Target)
	next := fmt.Sprintf("lead 0.0.0.0/0 of %s to an internet gateway, or put the NAT gateway into a public subnet",
		t.ID)
	switch kind, _, _ := strings.Cut(out.Target, "-"); {
	case missing == classifier.Inconclusive:
		w.gap = doubt
	case private && (missing == classifier.Confirmed || kind == "igw"):
		w.note("nat-unusable",
			evidence.Confirmed("lead 0.0.0.0/0 of "+w.table.ID+" to a public NAT gateway",
				"%s leads to %s, which is a private NAT gateway and has no way to the internet",
				tableName(w.table, w.subnet.ID), g.ID))
	case missing == classifier.Confirmed:
		w.note("nat-unusable",
			evidence.Confirmed(next, "%s, in which %s stands, has no route that covers %s", tableName(t, g.Subnet),
				g.ID, w.beyond()))
	case kind == "igw" && out.Blackhole:
		w.note("internet-gateway-missing", evidence.Confirmed(next, "%s, which is gone (blackhole)", leads))
	case kind == "igw":
		w.note("nat-unusable", evidence.RuledOut("%s is available, and %s", g.ID, leads))
		w.note("internet-gateway-missing", w.attached(w.n.Gateways, out.Target))
	case out.Blackhole, out.Target == g.ID:
		w.note("nat-unusable", evidence.Confirmed(next, "%s and not to an internet gateway", leads))
	default:
		w.gap = unfollowed(t, g.Subnet, out)
	}
}

// beyond names what beyondNAT returns.
func (w *walk) beyond() string {
	if ip := w.to.IP; ip.IsValid() && ip.Is4() {
		return ip.String()
	}
	return "0.0.0.0/0"
}

// natACL judges the network ACL of a NAT gateway's subnet: towards the internet, and towards the task where that is in
// another subnet. A NAT gateway chooses its ports among all of 1024-65535.
func (w *walk) natACL(g evidence.NATGateway) {
	f := tcp(w.to.Port)
	w.note("nacl-blocks", w.acl(g.Subnet, f, peer{name: w.beyond()}, client(f, w.beyondNAT(), anyClient)))
	if g.Subnet != w.subnet.ID {
		w.note("nacl-blocks", w.acl(g.Subnet, f, w.self(), server(f, w.ownAddresses(), w.clientPorts())))
	}
}
