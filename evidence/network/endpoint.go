package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// offer is what the VPC has of interface endpoints for a service.
type offer struct {
	leading []evidence.Endpoint // the service's name leads to them
	unnamed []evidence.Endpoint // available, but the name does not lead to them
	down    []evidence.Endpoint // pending, rejected, failed, on their way out
	why     string              // why the name does not lead to the first unnamed one
	next    string              // what would change that
	gap     classifier.Proof    // why it is not known whether the name leads to them
}

func (o offer) any() bool { return len(o.leading)+len(o.unnamed)+len(o.down) > 0 }

// first is the endpoint to speak of.
func (o offer) first() evidence.Endpoint { return slices.Concat(o.leading, o.unnamed, o.down)[0] }

// offer sorts the interface endpoints of the target's service by where its name leads.
func (w *walk) offer() offer {
	var o offer
	for _, e := range w.n.Endpoints.Value {
		if !strings.EqualFold(e.Type, "Interface") || !isService(e.Service, w.to.Region, w.to.Service) {
			continue
		}
		why, next, gap := w.whyUnnamed(e)
		switch {
		case !strings.EqualFold(e.State, "available"):
			o.down = append(o.down, e)
		case gap.Exists():
			o.gap = gap
			o.unnamed = append(o.unnamed, e)
		case why != "":
			o.unnamed = append(o.unnamed, e)
			if o.why == "" {
				o.why, o.next = why, next
			}
		default:
			o.leading = append(o.leading, e)
		}
	}
	return o
}

// whyUnnamed says why the service's name does not lead to an endpoint; empty when it does.
func (w *walk) whyUnnamed(e evidence.Endpoint) (why, next string, gap classifier.Proof) {
	switch {
	case !e.PrivateDNS:
		return "private DNS of " + e.ID + " is off", "turn on private DNS of " + e.ID, gap
	case e.InboundOnly:
		return "private DNS of " + e.ID + " is for inbound resolver endpoints only", "let private DNS of " + e.ID +
			" answer the VPC too", gap
	case w.n.DNSSupport.State != evidence.Known:
		return "", "", w.n.DNSSupport.Gap()
	case w.n.DNSHostnames.State != evidence.Known:
		return "", "", w.n.DNSHostnames.Gap()
	case !w.n.DNSSupport.Value:
		return "DNS support of " + w.vpc.ID + " is off", "turn on DNS support of " + w.vpc.ID, gap
	case !w.n.DNSHostnames.Value:
		return "DNS hostnames of " + w.vpc.ID + " are off", "turn on DNS hostnames of " + w.vpc.ID, gap
	}
	return "", "", gap
}

// endpointName names an endpoint with its service.
func endpointName(e evidence.Endpoint) string {
	parts := strings.Split(e.Service, ".")
	return fmt.Sprintf("VPC endpoint %s (%s)", e.ID, strings.Join(parts[min(len(parts)-1, 3):], "."))
}

// toEndpoint follows a call to an interface endpoint: to the adapter that was called, or to all of them where none is
// given.
func (w *walk) toEndpoint(e evidence.Endpoint, adapters []evidence.Interface) {
	w.through, w.entered = fmt.Sprintf("the call goes to %s", endpointName(e)), e.ID
	w.past(e.CreatedAt)
	w.toOne = true
	w.note("endpoint-missing", evidence.RuledOut("%s is there, and %s", endpointName(e), w.through))
	w.note("endpoint-private-dns-off", evidence.RuledOut("%s", w.through))
	w.note(policyCause(w.to.Service), w.policy(e))
	f := tcp(w.to.Port)
	if len(adapters) == 0 {
		adapters = w.adapters(e)
	}
	if len(adapters) == 0 {
		gap := w.n.EndpointAdapters.Gap()
		if w.n.EndpointAdapters.State == evidence.Known {
			gap = evidence.Inconclusive(classifier.ReasonNotVisible, "no interface of %s is among those read", e.ID)
		}
		w.note("endpoint-sg-closed", w.in(f, endpointName(e), e.Groups))
		w.lost(gap, nil)
	} else {
		w.toInterfaces(f, endpointName(e), "endpoint-sg-closed", e.Groups, adapters)
	}
	if !w.supposed {
		w.beside = w.suppose((*walk).byRoute)
	}
}

// suppose follows, from the same start, a way that the call does not take.
func (w *walk) suppose(way func(*walk)) *walk {
	x := *w
	x.supposed, x.gap, x.hops = true, classifier.Proof{}, map[string][]classifier.Proof{}
	x.to.IP = netip.Addr{}
	way(&x)
	return &x
}

// byRoute follows a call to any address of the internet, whatever endpoints there are.
func (w *walk) byRoute() { w.toInternet(w.anywhere()) }

// adapters are the interfaces of an endpoint that exist.
func (w *walk) adapters(e evidence.Endpoint) []evidence.Interface {
	var all []evidence.Interface
	for _, a := range w.n.EndpointAdapters.Value {
		if slices.Contains(e.Adapters, a.ID) && w.address(a).IsValid() {
			all = append(all, a)
		}
	}
	return all
}

// address is the private address of an interface in the family of the walk, invalid when it has none.
func (w *walk) address(a evidence.Interface) netip.Addr {
	for _, ip := range a.PrivateIPs {
		if ip.Is6() == w.v6 {
			return ip
		}
	}
	return netip.Addr{}
}

// toInterfaces judges a flow to interfaces that a name leads to, of which any may be called. cause is that of closed
// groups there.
func (w *walk) toInterfaces(f flow, owner, cause string, groups []string, adapters []evidence.Interface) {
	found := map[string][]classifier.Proof{}
	for _, a := range adapters {
		if len(groups) > 0 {
			a.Groups = groups
		}
		ip := w.address(a)
		if w.to.IP.IsValid() {
			ip = w.to.IP
		}
		for c, p := range w.toInterface(f, owner, cause, a, ip) {
			found[c] = append(found[c], p)
		}
	}
	for c, proofs := range found {
		w.note(c, agreed(proofs))
	}
}

// reach judges the way from where a stop's calls left to an interface of the VPC, by cause: the security groups of both
// ends, with cause for those at the other end, and the network ACLs. It is for what is no VPC endpoint, such as EFS
// mount targets on port 2049.
func reach(c *evidence.Case, f flow, owner, cause string, a evidence.Interface) map[string]classifier.Proof {
	w := begin(c)
	w.v6 = w.subnet.IPv6Native
	ip := w.address(a)
	switch {
	case w.gap.Exists():
	case !ip.IsValid():
		w.gap = evidence.Inconclusive(classifier.ReasonNotVisible,
			"the address of %s in the address family of %s is not known", owner, w.subnet.ID)
	default:
		return w.toInterface(f, owner, cause, a, ip)
	}
	return map[string]classifier.Proof{"task-sg-egress-closed": w.gap, "nacl-blocks": w.gap, cause: w.gap}
}

// toInterface judges a flow from the origin to one interface of the VPC: the route to it, the security groups of both
// ends and the network ACLs of both subnets. cause is that of closed groups at the other end.
func (w *walk) toInterface(f flow, owner, cause string, a evidence.Interface,
	ip netip.Addr) map[string]classifier.Proof {
	to := peer{name: fmt.Sprintf("%s (%s)", ip, owner), addresses: []netip.Prefix{single(ip)}, groups: a.Groups,
		grouped: true, wide: owner}
	if len(a.Groups) > 0 {
		to.wide = a.Groups[0]
	}
	found := map[string]classifier.Proof{
		"task-sg-egress-closed": w.out(f, to),
		cause:                   w.in(f, owner, a.Groups),
		"nacl-blocks":           w.between(f, to, a.Subnet),
	}
	if gap := w.detour(to); gap.Exists() {
		for _, c := range []string{cause, "nacl-blocks"} {
			if found[c].Result == classifier.RuledOut {
				found[c] = gap
			}
		}
	}
	return found
}

// detour says why a private address is not reached by the local route: something stands in between, or the table was
// not read.
func (w *walk) detour(to peer) classifier.Proof {
	if w.rtGap.Exists() {
		return w.rtGap
	}
	r, missing, doubt := w.pick(w.table, to.addresses)
	switch {
	case missing == classifier.Inconclusive:
		return doubt
	case missing == classifier.Confirmed, r.Target == "local":
		return classifier.Proof{}
	}
	return unfollowed(w.table, w.subnet.ID, r)
}

// between judges the network ACLs of the origin's subnet and of the one it calls into. Inside of one subnet no network
// ACL is asked.
func (w *walk) between(f flow, to peer, subnet string) classifier.Proof {
	switch subnet {
	case w.subnet.ID:
		return evidence.RuledOut("%s is in %s too, and inside of a subnet no network ACL is asked", to.name, subnet)
	case "":
		return evidence.Inconclusive(classifier.ReasonNotVisible, "the subnet of %s is not known", to.name)
	}
	return evidence.Worst([]classifier.Proof{
		w.acl(w.subnet.ID, f, to, client(f, to.addresses, w.clientPorts())),
		w.acl(subnet, f, w.self(), server(f, w.ownAddresses(), w.clientPorts())),
	})
}

// endpoints notes what the VPC's endpoints for the target's service mean on a way to the internet. Where there is no
// route, a missing endpoint is the other side of the same gap, and one that its name does not lead to is the defect.
// Where there is a route, a service needs no endpoint, and what is broken there is elsewhere.
func (w *walk) endpoints() {
	way := w.wayOut()
	switch {
	case w.to.Service == "":
		return
	case w.to.Service == "s3":
		w.note("s3-gateway-missing", w.s3Gateway(way))
		return
	case w.n.Endpoints.State != evidence.Known:
		w.note("endpoint-missing", w.n.Endpoints.Gap())
		w.note("endpoint-private-dns-off", w.n.Endpoints.Gap())
		return
	}
	o := w.offer()
	w.note("endpoint-missing", w.endpointMissing(o, way))
	w.note("endpoint-private-dns-off", w.privateDNS(o, way))
	if o.any() && !w.supposed {
		w.beside = w.suppose(func(x *walk) { x.toEndpoint(o.first(), nil) })
	}
}

// uncalled notes that what could be wrong with a VPC endpoint is not on a way to public addresses, and what is wrong
// there.
func (w *walk) uncalled() {
	for _, cause := range []string{"endpoint-sg-closed", "endpoint-policy-denies"} {
		said := fmt.Sprintf("%s is no address of a VPC endpoint", w.called())
		if !w.to.IP.IsValid() {
			said = fmt.Sprintf("the name %s leads to no VPC endpoint", w.to.Host)
		}
		if w.beside != nil && evidence.Worst(w.beside.hops[cause]).Result == classifier.Confirmed {
			said += "; not on the way of this call: " + evidence.Worst(w.beside.hops[cause]).Evidence
		}
		w.note(cause, evidence.RuledOut("%s", said))
	}
}

// wayOut is how the way to the internet was found, filters apart.
func (w *walk) wayOut() classifier.Proof {
	var proofs []classifier.Proof
	for _, cause := range []string{"route-missing", "internet-gateway-missing", "nat-unusable", "public-access-blocked",
		"public-ip-missing"} {
		proofs = append(proofs, w.hops[cause]...)
	}
	if w.gap.Exists() {
		proofs = append(proofs, w.gap)
	}
	return evidence.Worst(proofs)
}

// needless is the verdict on what a call needs only where it has no route.
func (w *walk) needless(way classifier.Proof, defect string) classifier.Proof {
	switch way.Result {
	case classifier.RuledOut:
		return evidence.RuledOut("%s, and none is needed: %s", defect, w.through)
	case classifier.Confirmed:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s, but what is broken is the way out: %s", defect,
			way.Evidence)
	}
	return way
}

func (w *walk) endpointMissing(o offer, way classifier.Proof) classifier.Proof {
	missing := fmt.Sprintf("%s has no %s endpoint", w.vpc.ID, w.to.Service)
	if len(o.down) > 0 {
		missing = fmt.Sprintf("%s is %s", endpointName(o.down[0]), o.down[0].State)
	}
	foreign, account := w.foreign()
	switch {
	case len(o.leading)+len(o.unnamed) > 0:
		return evidence.NotBefore(evidence.RuledOut("%s has %s", w.vpc.ID, endpointName(o.first())),
			o.first().CreatedAt)
	case !w.routeless:
		return w.needless(way, missing)
	case foreign == Unsure:
		return w.c.Facts.Caller.Gap()
	case foreign == Yes:
		return sharedSubnet(w.subnet.ID, account)
	case w.to.OtherOf != "":
		return evidence.Inconclusive(classifier.ReasonOtherName,
			"whether a VPC endpoint answers the %s name %s is not known", w.to.OtherOf, w.to.Host)
	}
	return evidence.Confirmed(w.endpointNext(), "%s, and %s", missing, w.noRoute())
}

// endpointNext is what to do where there is neither route nor endpoint.
func (w *walk) endpointNext() string {
	return fmt.Sprintf("create an endpoint for %s with private DNS in %s, or %s", w.to.Service, w.vpc.ID, w.routeNext())
}

func sharedSubnet(subnet, account string) classifier.Proof {
	return evidence.Inconclusive(classifier.ReasonNotVisible,
		"%s belongs to account %s, whose VPC endpoints are not visible from here", subnet, account)
}

func (w *walk) privateDNS(o offer, way classifier.Proof) classifier.Proof {
	foreign, account := w.foreign()
	switch {
	case o.gap.Exists():
		return o.gap
	case len(o.leading) > 0 && w.supposed:
		return evidence.RuledOut("%s answers %s", endpointName(o.leading[0]), w.to.Host)
	case len(o.leading) > 0:
		return evidence.Inconclusive(classifier.ReasonCustomDNS, "the name led to %s although private DNS of %s is "+
			"on: it is newer than the stop, or another DNS server answered", w.to.IP, o.leading[0].ID)
	case len(o.unnamed) == 0 && foreign == Unsure:
		return w.c.Facts.Caller.Gap()
	case len(o.unnamed) == 0 && foreign == Yes:
		return sharedSubnet(w.subnet.ID, account)
	case len(o.unnamed) == 0:
		return evidence.RuledOut("%s has no %s endpoint whose private DNS could be off", w.vpc.ID, w.to.Service)
	case w.to.OtherOf != "":
		return evidence.Inconclusive(classifier.ReasonOtherName, "whether %s answers the %s name %s is not known",
			o.unnamed[0].ID, w.to.OtherOf, w.to.Host)
	case !w.routeless:
		return w.needless(way, o.why)
	}
	return evidence.Confirmed(fmt.Sprintf("%s, or %s", o.next, w.routeNext()),
		"%s, so that %s does not lead to it, and %s", o.why, w.to.Host, w.noRoute())
}
