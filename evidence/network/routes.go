package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// tableOf returns the route table of a subnet, which is the VPC's main one where none is associated, or why it is not
// known.
func (w *walk) tableOf(subnet string) (evidence.RouteTable, classifier.Proof) {
	if w.n.RouteTables.State != evidence.Known {
		return evidence.RouteTable{}, w.n.RouteTables.Gap()
	}
	tables := w.n.RouteTables.Value
	i := slices.IndexFunc(tables, func(t evidence.RouteTable) bool { return slices.Contains(t.Subnets, subnet) })
	if i < 0 {
		i = slices.IndexFunc(tables, func(t evidence.RouteTable) bool { return t.Main })
	}
	if i < 0 {
		return evidence.RouteTable{},
			evidence.Inconclusive(classifier.ReasonNotVisible, "no route table of %s was among those read", subnet)
	}
	return tables[i], classifier.Proof{}
}

// tableName names a route table as that of a subnet.
func tableName(t evidence.RouteTable, subnet string) string {
	if slices.Contains(t.Subnets, subnet) {
		return fmt.Sprintf("route table %s of %s", t.ID, subnet)
	}
	return fmt.Sprintf("route table %s (main) of %s", t.ID, subnet)
}

// way is one route with the addresses that it stands for.
type way struct {
	evidence.Route
	to []netip.Prefix
}

// covers names what a route is for: a range of addresses or a prefix list.
func covers(r evidence.Route) string {
	if r.PrefixList != "" {
		return r.PrefixList
	}
	return r.Destination.String()
}

// ways expands the routes of a table. doubt says that the addresses of one could not be read; those of gateway
// endpoints lead to their own service only, of which S3 matters where one address is looked for.
func (w *walk) ways(t evidence.RouteTable, one bool) (all []way, doubt classifier.Proof) {
	for _, r := range t.Routes {
		if r.PrefixList == "" {
			all = append(all, way{r, []netip.Prefix{r.Destination.Masked()}})
			continue
		}
		entries, known := listed(w.n.PrefixLists, r.PrefixList)
		if !known && (!w.gatewayRoute(r) || one && w.to.Service == "s3") {
			doubt = unlisted(w.n.PrefixLists, []string{r.PrefixList},
				"the addresses of prefix list %s, which %s routes to %s, could not be read", r.PrefixList, t.ID,
				r.Target)
		}
		all = append(all, way{r, entries})
	}
	return all, doubt
}

// pick returns the route that a table has for addresses. Result is empty when found; Confirmed says that none covers
// any of them.
//
// For one address the longest prefix wins, and a static route before a propagated one. For all addresses of the
// internet every route that leads to some of them must lead the same way.
func (w *walk) pick(t evidence.RouteTable, to []netip.Prefix) (evidence.Route, classifier.Result, classifier.Proof) {
	one := len(to) == 1 && to[0].IsSingleIP()
	ways, doubt := w.ways(t, one)
	ways = slices.DeleteFunc(ways, func(x way) bool {
		return !slices.ContainsFunc(x.to, func(p netip.Prefix) bool { return overlaps(to, p) })
	})
	if !one {
		ways = slices.DeleteFunc(ways, func(x way) bool { return w.gatewayRoute(x.Route) })
	}
	switch {
	case doubt.Exists():
		return evidence.Route{}, classifier.Inconclusive, doubt
	case len(ways) == 0:
		return evidence.Route{}, classifier.Confirmed, classifier.Proof{}
	case one:
		return longest(ways, to[0]), "", classifier.Proof{}
	}
	best := ways[0].Route
	if whole := slices.DeleteFunc(slices.Clone(ways),
		func(x way) bool { return covered(to, x.to) != all }); len(whole) > 0 {
		best = longest(whole, to[0])
	}
	var union []netip.Prefix
	for _, x := range ways {
		if covered(to, x.to) != all && (x.Target != best.Target || x.Blackhole != best.Blackhole) {
			return evidence.Route{}, classifier.Inconclusive,
				evidence.Inconclusive(classifier.ReasonPartial,
					"%s leads %s to %s and %s to %s, and the address that was called is not known",
					t.ID, covers(best), best.Target, covers(x.Route), x.Target)
		}
		union = append(union, x.to...)
	}
	if covered(to, union) != all {
		return evidence.Route{}, classifier.Inconclusive,
			evidence.Inconclusive(classifier.ReasonPartial,
				"%s leads only %s to %s, and the address that was called is not known", t.ID, covers(best), best.Target)
	}
	return best, "", classifier.Proof{}
}

// longest returns the route with the longest prefix around addresses; of equals the static one.
func longest(ways []way, to netip.Prefix) evidence.Route {
	best, bits := evidence.Route{}, -1
	for _, x := range ways {
		for _, p := range x.to {
			if p.Contains(to.Addr()) && (p.Bits() > bits || p.Bits() == bits && best.Propagated && !x.Propagated) {
				best, bits = x.Route, p.Bits()
			}
		}
	}
	return best
}

// gatewayRoute reports whether a route leads to a gateway endpoint: those are the ones of prefix lists through vpce-….
func (w *walk) gatewayRoute(r evidence.Route) bool {
	if r.PrefixList == "" || !strings.HasPrefix(r.Target, "vpce-") {
		return false
	}
	e, found := w.endpoint(r.Target)
	return !found || strings.EqualFold(e.Type, "Gateway")
}

// s3Route returns the route of the table to the S3 gateway endpoint of the VPC's Region. Unsure means that there is a
// route to a gateway endpoint of which nothing tells the service.
func (w *walk) s3Route() (evidence.Route, Truth) {
	found := No
	for _, r := range w.table.Routes {
		if !w.gatewayRoute(r) {
			continue
		}
		switch w.serves(r, "s3") {
		case Yes:
			return r, Yes
		case Unsure:
			found = Unsure
		}
	}
	return evidence.Route{}, found
}

// serves tells by the endpoint, or by the name of the prefix list, which service a gateway route is for.
func (w *walk) serves(r evidence.Route, service string) Truth {
	if e, found := w.endpoint(r.Target); found {
		return truth(isService(e.Service, w.c.Stop.Region, service))
	}
	if w.n.PrefixLists.State == evidence.Known {
		for _, l := range w.n.PrefixLists.Value {
			if l.ID == r.PrefixList && l.Name != "" {
				return truth(isService(l.Name, w.c.Stop.Region, service))
			}
		}
	}
	return Unsure
}

// endpoint returns a VPC endpoint by its id.
func (w *walk) endpoint(id string) (evidence.Endpoint, bool) {
	if w.n.Endpoints.State != evidence.Known {
		return evidence.Endpoint{}, false
	}
	i := slices.IndexFunc(w.n.Endpoints.Value, func(e evidence.Endpoint) bool { return e.ID == id })
	if i < 0 {
		return evidence.Endpoint{}, false
	}
	return w.n.Endpoints.Value[i], true
}

// leads is the evidence of a route.
func (w *walk) leads(r evidence.Route) string {
	return fmt.Sprintf("%s leads %s to %s", tableName(w.table, w.subnet.ID), covers(r), r.Target)
}

// noRoute is the evidence of a route that is not there.
func (w *walk) noRoute() string {
	return fmt.Sprintf("%s has no route that covers %s", tableName(w.table, w.subnet.ID), w.called())
}

// routeNext is what to do about it.
func (w *walk) routeNext() string {
	switch {
	case w.v6 && w.subnet.DNS64 && nat64.Overlaps(w.anywhere()[0]) && (!w.to.IP.IsValid() || nat64.Contains(w.to.IP)):
		return fmt.Sprintf("lead %s of %s to a NAT gateway", nat64, w.table.ID)
	case w.v6:
		return fmt.Sprintf("lead ::/0 of %s to an egress-only internet gateway", w.table.ID)
	}
	return fmt.Sprintf("lead 0.0.0.0/0 of %s to a NAT gateway", w.table.ID)
}

// unfollowed says that a route leads to something that is not followed.
func unfollowed(t evidence.RouteTable, subnet string, r evidence.Route) classifier.Proof {
	return evidence.Inconclusive(classifier.ReasonRouteTarget, "%s leads %s to %s, which is not followed from here",
		tableName(t, subnet), covers(r), r.Target)
}

// widest is what covers every address of the internet.
func (w *walk) widest() string {
	if w.v6 {
		return anyIPv6.String()
	}
	return anyIPv4.String()
}
