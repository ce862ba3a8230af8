package network

import (
	"net/netip"
	"slices"
	"strings"

	"whystopped/evidence"
)

// cover says how much of a set of addresses and ports something lets pass.
type cover int

const (
	none cover = iota
	some
	all
	unread // what was read does not let all of it pass, and something else may
)

var (
	anyIPv4 = netip.MustParsePrefix("0.0.0.0/0")
	anyIPv6 = netip.MustParsePrefix("::/0")
	nat64   = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052, what DNS64 answers with
	globals = netip.MustParsePrefix("2000::/3")     // IPv6 addresses of the internet
)

// notPublic are the IPv4 addresses that no name of the internet leads to (RFC 6890).
var notPublic = prefixes("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 " +
	"198.18.0.0/15 224.0.0.0/3")

func prefixes(list string) []netip.Prefix {
	var all []netip.Prefix
	for _, p := range strings.Fields(list) {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

// single is the prefix of one address.
func single(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap()
	return netip.PrefixFrom(ip, ip.BitLen())
}

// without returns what is left of a set of addresses when those of a prefix are taken out, as prefixes that do not
// overlap.
func without(set []netip.Prefix, p netip.Prefix) []netip.Prefix {
	var rest []netip.Prefix
	for _, s := range set {
		rest = append(rest, difference(s, p)...)
	}
	return rest
}

func difference(s, p netip.Prefix) []netip.Prefix {
	switch {
	case !s.Overlaps(p):
		return []netip.Prefix{s}
	case p.Bits() <= s.Bits():
		return nil
	}
	low, high := halves(s)
	return append(difference(low, p), difference(high, p)...)
}

func halves(s netip.Prefix) (low, high netip.Prefix) {
	bits := s.Bits() + 1
	low = netip.PrefixFrom(s.Masked().Addr(), bits)
	bytes := low.Addr().AsSlice()
	bytes[(bits-1)/8] |= 0x80 >> ((bits - 1) % 8)
	addr, _ := netip.AddrFromSlice(bytes)
	return low, netip.PrefixFrom(addr, bits)
}

// overlaps reports whether any address of a set lies in a prefix.
func overlaps(set []netip.Prefix, p netip.Prefix) bool {
	return slices.ContainsFunc(set, p.Overlaps)
}

// inside reports whether an address lies in one of the prefixes.
func inside(ip netip.Addr, in []netip.Prefix) bool {
	return slices.ContainsFunc(in, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
}

// internet is every address that a name of the internet can lead to from a VPC: those outside of it.
func internet(v6 bool, vpc evidence.VPC) []netip.Prefix {
	set := []netip.Prefix{anyIPv4}
	out := slices.Concat(notPublic, vpc.CIDRs)
	if v6 {
		set, out = []netip.Prefix{globals}, vpc.CIDRs
	}
	for _, p := range out {
		set = without(set, p)
	}
	return set
}

// covered says how much of a set of addresses prefixes cover together. Of no address nothing can be told.
func covered(set []netip.Prefix, by []netip.Prefix) cover {
	if len(set) == 0 {
		return unread
	}
	rest, hit := set, false
	for _, p := range by {
		hit = hit || overlaps(rest, p)
		rest = without(rest, p)
	}
	switch {
	case len(rest) == 0:
		return all
	case hit:
		return some
	}
	return none
}

// private reports whether an address is one of a private network, in the VPC or behind it.
func private(ip netip.Addr, vpc evidence.VPC) bool {
	return ip.IsPrivate() || inside(ip, notPublic) || inside(ip, vpc.CIDRs)
}
