package network

import (
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// AsksNames reports whether it decides something which private hosted zones, resolver rules and Route 53 Profiles the
// VPC has: the name of a service was resolved by the VPC's own resolver, no text tells to which address, and there is
// an endpoint or a network that it may lead to; or the name of a file system was not resolved. Package lookup leaves
// them out where it does not.
func AsksNames(c *evidence.Case) bool {
	w := begin(c)
	if c.Finding.Stage == classifier.Volume && c.Finding.Fault == classifier.DNS {
		return w.subnet.ID != "" && w.customDNS() == ""
	}
	if AsksFirewall(c) {
		return true
	}
	if w.gap.Exists() || w.to.IP.IsValid() || w.to.Service == "" || c.Finding.Stage == classifier.Volume ||
		w.resolverGap().Exists() {
		return false
	}
	return w.mayBeZoned(w.offer()) || w.otherNetwork() != ""
}

// ledElsewhere says why it is not known whether the VPC's own resolver leads the target's name to where it leads
// without private hosted zones, resolver rules and profiles. why says what makes them matter.
func (w *walk) ledElsewhere(why string) classifier.Proof {
	zone, zoned, gap := w.answers(why)
	if zoned && !gap.Exists() {
		gap = evidence.Inconclusive(classifier.ReasonCustomDNS,
			"%s, and private hosted zone %s (%s) of %s answers for %s: its records are not read", why, zone.Name,
			zone.ID, w.vpc.ID, w.to.Host)
	}
	return gap
}

// answers returns the private hosted zone that answers for the target's name, or why it is not known who does.
func (w *walk) answers(why string) (zone evidence.Zone, zoned bool, gap classifier.Proof) {
	for _, unread := range []classifier.Proof{unreadNames(w.n.Zones, why, "private hosted zones"),
		unreadNames(w.n.Rules, why, "resolver rules"), unreadNames(w.n.Profiles, why, "Route 53 Profiles")} {
		if unread.Exists() {
			return zone, false, unread
		}
	}
	if len(w.n.Profiles.Value) > 0 {
		return zone, false, evidence.Inconclusive(classifier.ReasonCustomDNS,
			"%s, and Route 53 Profile %s of %s may lead %s elsewhere: what it holds is not read", why,
			w.n.Profiles.Value[0], w.vpc.ID, w.to.Host)
	}
	zone, zoned = w.zone()
	switch rule, ruled := w.rule(); {
	case ruled && !rule.Known:
		gap = evidence.Inconclusive(classifier.ReasonNotVisible,
			"%s, and for which names resolver rule %s of %s is meant could not be read", why, rule.ID, w.vpc.ID)
	case ruled && rule.Forward && (!zoned || len(rule.Domain) >= len(zone.Name)): // of equals the rule wins
		gap = evidence.Inconclusive(classifier.ReasonCustomDNS,
			"%s, and resolver rule %s of %s has servers of your own resolve %s", why, rule.ID, w.vpc.ID, w.to.Host)
	}
	return zone, zoned, gap
}

// unreadNames is the gap of what was not read of the names of a VPC.
func unreadNames[T any](a evidence.Answer[[]T], why, what string) classifier.Proof {
	switch {
	case a.State == evidence.Known, a.State == evidence.Absent:
		return classifier.Proof{}
	case a.State == evidence.NotAsked && a.Reason == "":
		return evidence.Inconclusive(classifier.ReasonCustomDNS, "%s, and %s, which may lead elsewhere, are not read",
			why, what)
	}
	return evidence.WithEvidence(a.Gap(), why+", and "+what+" of the VPC, which may lead elsewhere, could not be read")
}

// zone is the private hosted zone that answers for the target's name: that with the longest name around it. A name in
// it that has no record is then answered by nobody else. Zones of services of AWS are those of endpoints with private
// DNS, which the endpoints themselves tell.
func (w *walk) zone() (found evidence.Zone, any bool) {
	for _, z := range w.n.Zones.Value {
		if z.Account != "" && under(w.to.Host, z.Name) && (!any || len(z.Name) > len(found.Name)) {
			found, any = z, true
		}
	}
	return found, any
}

// rule is the resolver rule for the target's name: one that is not known, which may be it, else that with the longest
// name around it.
func (w *walk) rule() (found evidence.ResolverRule, any bool) {
	for _, r := range w.n.Rules.Value {
		switch {
		case !r.Known:
			return r, true
		case under(w.to.Host, r.Domain) && (!any || len(r.Domain) > len(found.Domain)):
			found, any = r, true
		}
	}
	return found, any
}

// under reports whether a host has a domain's name or one in it. The empty domain holds all.
func under(host, domain string) bool {
	host, domain = strings.ToLower(host), strings.ToLower(domain)
	return domain == "" || host == domain || strings.HasSuffix(host, "."+domain)
}
