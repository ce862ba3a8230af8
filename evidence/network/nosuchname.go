package network

import (
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// AsksFirewall reports whether the VPC's own resolver answered that there is no such name, which DNS Firewall and
// private hosted zones have it do.
func AsksFirewall(c *evidence.Case) bool {
	w := lookedUp(c)
	return w.unnamed() && w.to.Host != ""
}

// ZoneOf is the private hosted zone that answered that there is no such name, if one did.
func ZoneOf(c *evidence.Case) (evidence.Zone, bool) {
	if !AsksFirewall(c) {
		return evidence.Zone{}, false
	}
	zone, zoned, gap := lookedUp(c).answers("")
	return zone, zoned && !gap.Exists()
}

// unnamed reports whether the VPC's own resolver, and no other server, answered the lookup.
func (w *walk) unnamed() bool {
	d := w.resolver()
	return w.c.Finding.Fault == classifier.DNS && !w.gap.Exists() && !d.gap.Exists() && len(d.custom) == 0 &&
		!w.c.Stop.Texts().Say("i/o timeout")
}

// noSuchName judges who answered for the VPC's own resolver that there is no such name.
func (w *walk) noSuchName(d dns) classifier.Proof {
	if w.to.Host == "" || w.n.Firewall.State == evidence.NotAsked && w.n.Firewall.Reason == "" {
		return evidence.Inconclusive(classifier.ReasonCustomDNS,
			"%s; private zones and DNS Firewall rules, which may answer that there is no such name, are not read",
			d.source)
	}
	if p := w.filtered(); p.Exists() {
		return p
	}
	zone, zoned, gap := w.answers(d.source)
	switch {
	case gap.Exists():
		return gap
	case zoned:
		return w.inZone(zone)
	}
	return evidence.RuledOut("%s, and no DNS Firewall rule, private hosted zone, resolver rule or Route 53 Profile of "+
		"%s answers for %s", d.source, w.vpc.ID, w.to.Host)
}

// filtered judges DNS Firewall: the first rule whose list has the name decides, unless one before it may have.
func (w *walk) filtered() classifier.Proof {
	if a := w.n.Firewall; a.State != evidence.Known && a.State != evidence.Absent {
		return evidence.WithEvidence(a.Gap(), "the DNS Firewall rules of "+w.vpc.ID+" could not be read")
	}
	var doubt, mayBlock classifier.Proof
	for _, r := range w.n.Firewall.Value {
		name := fmt.Sprintf("rule %s of DNS Firewall rule group %s", r.Name, r.Group)
		if r.Domains.State != evidence.Known {
			doubt = evidence.Silent(w.c, r.Domains, "", "for which names %s of %s is meant could not be read", name,
				w.vpc.ID)
			if r.Block {
				mayBlock = doubt
			}
			continue
		}
		switch {
		case !slices.ContainsFunc(r.Domains.Value, func(d string) bool { return standsFor(d, w.to.Host) }):
		case !r.Block:
			return mayBlock
		case doubt.Exists():
			return doubt
		case r.Override:
			return evidence.Inconclusive(classifier.ReasonCustomDNS, "%s of %s answers for %s with another name", name,
				w.vpc.ID, w.to.Host)
		default:
			return evidence.Confirmed(fmt.Sprintf("let %s pass in a rule before %s of %s, or take it out of the "+
				"rule's domain list", w.to.Host, r.Name, r.Group), "%s of %s blocks %s", name, w.vpc.ID, w.to.Host)
		}
	}
	return mayBlock
}

// standsFor reports whether an entry of a domain list, or the name of a record, stands for a host.
func standsFor(entry, host string) bool {
	entry, host = strings.ToLower(strings.TrimSuffix(entry, ".")), strings.ToLower(host)
	if suffix, wild := strings.CutPrefix(entry, "*"); wild {
		return suffix == "" || strings.HasSuffix(host, suffix) && len(host) > len(suffix)
	}
	return entry == host
}

// inZone judges the private hosted zone that answers for the name: what has no record in it exists for nobody in the
// VPC.
func (w *walk) inZone(zone evidence.Zone) classifier.Proof {
	name := fmt.Sprintf("private hosted zone %s (%s) of %s answers for %s", zone.Name, zone.ID, w.vpc.ID, w.to.Host)
	if a := w.n.Records; a.State == evidence.NotAsked && a.Reason == "" {
		return evidence.Inconclusive(classifier.ReasonCustomDNS, "%s, and its records are not read", name)
	} else if a.State != evidence.Known {
		return evidence.Silent(w.c, a, zone.Account, "%s, and its records could not be read", name)
	}
	for _, r := range w.n.Records.Value {
		delegated := r.Type == "NS" && len(r.Name) > len(zone.Name) && under(w.to.Host, r.Name)
		if delegated || standsFor(r.Name, w.to.Host) {
			return evidence.Inconclusive(classifier.ReasonPartial, "%s, and has a record %s of type %s now", name,
				r.Name, r.Type)
		}
	}
	return evidence.Confirmed(fmt.Sprintf("add a record for %s to %s, or take the zone from %s, so that the public "+
		"name is found", w.to.Host, zone.ID, w.vpc.ID), "%s and has no record for it", name)
}

// lookedUpName is the name that was looked up: that of a file system is made of its id.
func lookedUpName(c *evidence.Case, host string) string {
	switch id := c.Finding.Facts.FileSystem; {
	case c.Finding.Stage != classifier.Volume:
		return host
	case id == "":
		return ""
	default:
		return mountName(c, id)
	}
}
