package awsname

import (
	"net/netip"
	"slices"
	"strings"
)

// The variants of a service's host that an endpoint's private DNS may not cover.
const (
	FIPS      = "FIPS"
	DualStack = "dual-stack"
)

// Host is what the name of a host of AWS says.
type Host struct {
	Service string // as VPC endpoints name it: "ecr.api", "ecr.dkr", "s3", "logs"; empty when the name does not tell
	Region  string // of that service
	Variant string // FIPS, DualStack or empty
}

// ParseHost reads the name of a host; ok reports whether it lies in one of AWS's domains, in any letter case.
func ParseHost(name string) (h Host, ok bool) {
	rest, variant, ok := cutDomain(strings.ToLower(strings.TrimSuffix(name, ".")))
	if !ok {
		return Host{}, false
	}
	h.Variant = variant
	labels := strings.Split(rest, ".")
	if last := len(labels) - 1; last > 0 && IsRegion(labels[last]) {
		h.Region, labels = labels[last], labels[:last]
	} else if labels[last] != "s3" {
		return h, true
	}
	if i := slices.Index(labels, "dualstack"); i >= 0 && len(labels) > 1 {
		h.Variant = DualStack
		labels = slices.Delete(labels, i, i+1)
	}
	last := len(labels) - 1
	if base, found := strings.CutSuffix(labels[last], "-fips"); found {
		h.Variant, labels[last] = FIPS, base
	}
	h.Service = service(labels)
	return h, true
}

// service reads the service from the labels of a name without Region and domain.
func service(labels []string) string {
	switch last := labels[len(labels)-1]; {
	case last == "ecr" && len(labels) == 2 && labels[0] == "api", last == "ecr" && len(labels) == 1:
		return "ecr.api"
	case last == "ecr" && len(labels) == 3 && labels[1] == "dkr", last == "dkr-ecr" && len(labels) == 2:
		return "ecr.dkr"
	case last == "s3":
		return "s3"
	case len(labels) == 1:
		return last
	}
	return ""
}

// domains are the ends of the names of AWS's services, with the variant that each stands for.
var domains = func() (all []struct{ end, variant string }) {
	for _, p := range partitions {
		all = append(all, []struct{ end, variant string }{{"." + p.domain, ""}, {".api." + p.dual, DualStack},
			{".on." + p.dual, DualStack}}...)
	}
	return all
}()

// cutDomain takes the domain of AWS's services off a name, and returns the variant that the domain stands for.
func cutDomain(name string) (rest, variant string, ok bool) {
	for _, d := range domains {
		if rest, found := strings.CutSuffix(name, d.end); found {
			return rest, d.variant, true
		}
	}
	return "", "", false
}

// IsAWS reports whether a host is one of AWS's own, for which a VPC endpoint can answer.
func IsAWS(host string) bool {
	_, _, ok := cutDomain(strings.ToLower(strings.TrimSuffix(host, ".")))
	return ok
}

// ServiceHost returns the usual host of a service, which is named as VPC endpoints name it.
func ServiceHost(service, region string) string {
	if service == "ecr.api" {
		service = "api.ecr"
	}
	return service + "." + region + "." + partitionOf(region).domain
}

// layerBucket is in the name of the buckets, of AWS's own, from which ECR's image layers come.
const layerBucket = "starport-layer-bucket"

// LayerBucket returns the name of the bucket that holds the image layers of a Region.
func LayerBucket(region string) string { return "prod-" + region + "-" + layerBucket }

// IsLayerBucket reports whether a host is a bucket that holds image layers.
func IsLayerBucket(host string) bool { return strings.Contains(host, layerBucket) }

// sharedSpace is the address space of RFC 6598, which VPCs may use too.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// IsPrivate reports whether an address is one of a private network, such as a VPC. An invalid address is none.
func IsPrivate(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsPrivate() || sharedSpace.Contains(ip)
}
