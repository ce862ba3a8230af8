package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// listed are the addresses of a gateway route's prefix list, or those of the internet where they were not read.
func (w *walk) listed(r evidence.Route) []netip.Prefix {
	if entries, known := listed(w.n.PrefixLists, r.PrefixList); known && len(entries) > 0 {
		return slices.DeleteFunc(slices.Clone(entries), func(p netip.Prefix) bool { return p.Addr().Is6() != w.v6 })
	}
	return w.anywhere()
}

// toGateway follows a call to S3 through a gateway endpoint.
func (w *walk) toGateway(r evidence.Route, to []netip.Prefix) {
	w.through = fmt.Sprintf("the call goes to S3 through a gateway endpoint: %s", w.leads(r))
	w.past(w.madeAt(r))
	w.toOne, w.entered = true, r.Target
	w.filters(peer{name: "S3 (" + r.PrefixList + ")", addresses: to, grouped: true, list: r.PrefixList,
		wide: "prefix list " + r.PrefixList + " or " + w.widest()})
	if r.Blackhole {
		w.note("s3-gateway-missing",
			evidence.Confirmed("create a gateway endpoint for S3 and associate it with "+w.table.ID,
				"%s, which is gone (blackhole)", w.leads(r)))
		return
	}
	w.note("s3-gateway-missing", evidence.RuledOut("%s", w.leads(r)))
	w.note("s3-endpoint-policy-denies", w.gatewayPolicy(r))
	if !w.supposed {
		w.beside = w.suppose((*walk).byRoute)
	}
}

func (w *walk) gatewayPolicy(r evidence.Route) classifier.Proof {
	if w.n.Endpoints.State != evidence.Known {
		return w.n.Endpoints.Gap()
	}
	e, found := w.endpoint(r.Target)
	if !found {
		return evidence.Inconclusive(classifier.ReasonNotVisible, "%s is not among the VPC endpoints read", r.Target)
	}
	return w.policy(e)
}

// madeAt is when the gateway endpoint of a route was made, as far as that is known.
func (w *walk) madeAt(r evidence.Route) time.Time {
	e, _ := w.endpoint(r.Target)
	return e.CreatedAt
}

// unassociated is an S3 gateway endpoint of the VPC that is not associated with the subnet's route table.
func (w *walk) unassociated() (evidence.Endpoint, bool) {
	i := slices.IndexFunc(w.n.Endpoints.Value, func(e evidence.Endpoint) bool {
		return strings.EqualFold(e.Type, "Gateway") && isService(e.Service, w.c.Stop.Region, "s3") &&
			!slices.Contains(e.RouteTables, w.table.ID)
	})
	if i < 0 {
		return evidence.Endpoint{}, false
	}
	return w.n.Endpoints.Value[i], true
}

// s3Gateway judges a call to S3 that no gateway endpoint carries.
func (w *walk) s3Gateway(way classifier.Proof) classifier.Proof {
	if w.rtGap.Exists() {
		return w.rtGap
	}
	_, found := w.s3Route()
	missing := fmt.Sprintf("%s has no route to an S3 gateway endpoint", tableName(w.table, w.subnet.ID))
	if e, ok := w.unassociated(); ok {
		missing = fmt.Sprintf("S3 gateway endpoint %s is not associated with %s", e.ID, tableName(w.table, w.subnet.ID))
	}
	switch {
	case w.to.Region != "" && w.to.Region != w.c.Stop.Region:
		return evidence.RuledOut("%s is in %s, and a gateway endpoint serves its own Region only", w.to.Host,
			w.to.Region)
	case found == Unsure:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"whether a gateway endpoint of %s is S3's is not known", w.table.ID)
	case found == Yes:
		return evidence.Inconclusive(classifier.ReasonPartial,
			"%s has a route to an S3 gateway endpoint, whose addresses are not those of %s", w.table.ID, w.to.String())
	case !w.routeless:
		return w.needless(way, missing)
	case w.to.Region == "":
		return evidence.Inconclusive(classifier.ReasonNotVisible, "%s, and the Region of %s is not known", missing,
			w.to.Host)
	}
	return evidence.Confirmed(w.gatewayNext(), "%s, and it has no route that covers %s", missing, w.called())
}

func (w *walk) gatewayNext() string {
	if e, ok := w.unassociated(); ok {
		return fmt.Sprintf("associate %s with %s", e.ID, w.table.ID)
	}
	return fmt.Sprintf("create a gateway endpoint for S3 in %s and associate it with %s", w.vpc.ID, w.table.ID)
}

// judgeMissingS3 judges a missing route to S3: where the VPC has a gateway endpoint, that was meant to carry the call.
// One that the table leads to may carry it even where the address is not listed: the list is of now, the call of then.
func (w *walk) judgeMissingS3() classifier.Proof {
	inRegion := w.to.Region == w.c.Stop.Region
	if _, found := w.s3Route(); found != No && inRegion {
		return evidence.Inconclusive(classifier.ReasonPartial,
			"%s, but one to an S3 gateway endpoint, whose prefix list does not hold that address now", w.noRoute())
	}
	if e, ok := w.unassociated(); ok && inRegion {
		return evidence.Inconclusive(classifier.ReasonNotCausal,
			"%s, but needs none: S3 gateway endpoint %s is not associated with it", w.noRoute(), e.ID)
	}
	if !inRegion {
		return evidence.Confirmed(w.routeNext(), "%s", w.noRoute())
	}
	return evidence.Confirmed(w.gatewayNext()+", or "+w.routeNext(), "%s, nor one to an S3 gateway endpoint",
		w.noRoute())
}

// beforeS3 judges what S3 needs for a call that did not get that far: it is not what failed.
func (w *walk) beforeS3(cause string) classifier.Proof {
	gone := fmt.Sprintf("the call that failed goes to %s, not to S3", w.to.String())
	route, found := w.s3Route()
	out, missing, _ := w.pick(w.table, w.anywhere())
	switch {
	case w.rtGap.Exists():
		return w.rtGap
	case cause == "s3-endpoint-policy-denies" && found == Yes && !route.Blackhole:
		return w.laterPolicy(route, gone)
	case found == Yes && !route.Blackhole:
		return evidence.RuledOut("%s; %s", gone, w.leads(route))
	case cause == "s3-endpoint-policy-denies", found == Unsure, found == No && missing == classifier.Inconclusive:
		return evidence.RuledOut("%s", gone)
	case found == No && missing == "":
		return evidence.RuledOut("%s, which would take the same way: %s", gone, w.leads(out))
	}
	return evidence.Inconclusive(classifier.ReasonNotCausal, "%s has no open route to S3, but %s",
		tableName(w.table, w.subnet.ID), gone)
}

// laterPolicy judges the S3 gateway's policy for the layers that would have been read next.
func (w *walk) laterPolicy(r evidence.Route, gone string) classifier.Proof {
	x := *w
	x.to = hostTarget(awsname.ServiceHost(awsname.LayerBucket(w.c.Stop.Region)+".s3", w.c.Stop.Region))
	x.to.permission(w.c)
	if p := x.gatewayPolicy(r); p.Result == classifier.Inconclusive && p.Reason == classifier.ReasonNotCausal {
		return evidence.Inconclusive(classifier.ReasonNotCausal, "%s, but %s", p.Evidence, gone)
	}
	return evidence.RuledOut("%s", gone)
}
