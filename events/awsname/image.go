package awsname

import "strings"

// DockerHub is the registry of image references that name none.
const DockerHub = "docker.io"

// Image is an image reference, REGISTRY/REPOSITORY:TAG@DIGEST, in its parts.
type Image struct {
	Registry   string // host, with its port where it has one; DockerHub where the reference names none
	Repository string
	Tag        string // empty when the reference has none
	Digest     string // "sha256:…"; empty when the reference has none
}

// ParseImage reads an image reference; an empty one has no parts.
func ParseImage(reference string) Image {
	var i Image
	if reference == "" {
		return i
	}
	name, digest, _ := strings.Cut(reference, "@")
	i.Registry, i.Digest = DockerHub, digest
	if host, rest, found := strings.Cut(name, "/"); found && (strings.ContainsAny(host, ".:") || host == "localhost") {
		i.Registry, name = host, rest
	}
	i.Repository = name
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		i.Repository, i.Tag = name[:colon], name[colon+1:]
	}
	return i
}

// Name returns the image without tag and digest. Docker Hub's are named as people do, "nginx" for
// "docker.io/library/nginx".
func (i Image) Name() string {
	if i.Registry == DockerHub || i.Registry == "" {
		return strings.TrimPrefix(i.Repository, "library/")
	}
	return i.Registry + "/" + i.Repository
}

// IsECR reports whether a host is meant as one of private ECR's: its API, a registry, or the bucket that layers come
// from. It may be misspelt.
func IsECR(host string) bool {
	return strings.Contains(host, ".dkr.ecr") || strings.Contains(host, ".dkr-ecr") ||
		strings.HasPrefix(host, "api.ecr") ||
		strings.HasPrefix(host, "ecr.") || IsLayerBucket(host)
}

// ECRRegistry returns the account and the Region in the host of a registry of private ECR; ok is false for any other
// host.
func ECRRegistry(host string) (account, region string, ok bool) {
	account, region, ok = registry(host)
	return account, region, ok && IsAccount(account) && IsRegion(region)
}

// registry reads the two ways in which registries of private ECR are named, ACCOUNT.dkr.ecr.REGION.DOMAIN and
// ACCOUNT.dkr-ecr.REGION.on.DOMAIN, each of which may be FIPS.
func registry(host string) (account, region string, ok bool) {
	account, rest, _ := strings.Cut(host, ".")
	for _, p := range partitions {
		for before, after := range map[string]string{"dkr.ecr": "." + p.domain, "dkr-ecr": ".on." + p.dual} {
			region, found := strings.CutPrefix(rest, before)
			region = strings.TrimPrefix(region, "-fips")
			region, dot := strings.CutPrefix(region, ".")
			region, whole := strings.CutSuffix(region, after)
			if found && dot && whole && region != "" && !strings.Contains(region, ".") {
				return account, region, true
			}
		}
	}
	return "", "", false
}

// MisspeltECR reports whether a registry's host looks like one of private ECR, ACCOUNT.dkr.ecr.REGION.amazonaws.com,
// but cannot be. Any account may have one. Other names of the isolated Regions are not judged, and ECR's API is no
// registry.
func MisspeltECR(host string) bool {
	signs := 0
	for _, part := range []string{"dkr", "ecr", "amazonaws.com"} {
		if strings.Contains(host, part) {
			signs++
		}
	}
	if signs < 2 || strings.Contains(host, "us-iso") || strings.Contains(host, "eu-isoe") {
		return false
	}
	if _, _, ok := registry(host); ok {
		return false
	}
	h, _ := ParseHost(host)
	return h.Service != "ecr.api"
}
