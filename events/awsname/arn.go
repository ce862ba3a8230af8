// Package awsname reads the names that AWS gives to things: ARNs, Regions, the hosts of its services, image references
// and addresses.
//
// It promises that a part which a name does not have is empty, and that no name makes it fail: texts hold names that
// are misspelt or cut off. It looks nothing up.
package awsname

import (
	"slices"
	"strings"
)

// ARN is an Amazon Resource Name, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE, in its parts. Region and Account are
// empty where the service's names have none.
type ARN struct{ Partition, Service, Region, Account, Resource string }

// ParseARN reads an ARN and reports whether it is whole. Of one that was cut off it returns the parts that are there,
// the last of which may lack its end; of anything else it returns none.
func ParseARN(s string) (a ARN, whole bool) {
	parts := strings.SplitN(s, ":", 6)
	if parts[0] != "arn" {
		return ARN{}, false
	}
	for i, part := range []*string{&a.Partition, &a.Service, &a.Region, &a.Account, &a.Resource} {
		if i+1 < len(parts) {
			*part = parts[i+1]
		}
	}
	return a, len(parts) == 6
}

func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// LastPart returns what stands behind the last slash of an ARN: the id of a task, the name of a service, a cluster or a
// role, a task definition's family and revision. A name without a slash is returned as it is.
func LastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// ClusterOf returns the cluster in the ARN of a task, service or container instance, arn:…:task/CLUSTER/ID. ARNs of the
// old form have none.
func ClusterOf(arn string) string {
	if parts := strings.Split(arn, "/"); len(parts) == 3 {
		return parts[1]
	}
	return ""
}

// AssumedRole returns the role and the session in arn:…:assumed-role/ROLE/SESSION.
func AssumedRole(arn string) (role, session string) {
	_, rest, _ := strings.Cut(arn, ":assumed-role/")
	role, session, _ = strings.Cut(rest, "/")
	return role, session
}

// TargetGroup returns NAME of arn:…:targetgroup/NAME/ID. A name is returned as it is.
func TargetGroup(arn string) string {
	if _, rest, found := strings.Cut(arn, ":targetgroup/"); found {
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	return arn
}

// LogGroup returns NAME of arn:…:log-group:NAME, with or without a log stream or a star behind it.
func LogGroup(arn string) string {
	_, rest, _ := strings.Cut(arn, ":log-group:")
	name, _, _ := strings.Cut(rest, ":")
	return name
}

// S3Object returns the bucket and the key in arn:…:s3:::BUCKET/KEY or s3://BUCKET/KEY. The ARN of an access point has
// neither.
func S3Object(name string) (bucket, key string) {
	path, found := strings.CutPrefix(name, "s3://")
	if a, _ := ParseARN(name); !found && a.Service == "s3" && a.Region == "" && a.Account == "" {
		path, found = a.Resource, true
	}
	if !found {
		return "", ""
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key
}

// IsAccount reports whether a word has the form of an account's id.
func IsAccount(word string) bool { return len(word) == 12 && strings.Trim(word, "0123456789") == "" }

// How Regions are named: an area, in some partitions a word or two, a part of the area and a number. Source:
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
var (
	areas = []string{"af", "ap", "ca", "cn", "eu", "eusc", "il", "me", "mx", "sa", "us"}
	parts = []string{"central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"}
)

// IsRegion reports whether a word has the form of a Region: "eu-west-1", "us-gov-east-1", "eusc-de-east-1". Only such a
// word may become a part of a host's name.
func IsRegion(word string) bool {
	words := strings.Split(word, "-")
	last := len(words) - 1
	if last < 2 || !slices.Contains(areas, words[0]) || !slices.Contains(parts, words[last-1]) {
		return false
	}
	for _, between := range words[1 : last-1] {
		if between == "" || strings.Trim(between, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return len(words[last]) == 1 && '1' <= words[last][0] && words[last][0] <= '9'
}

// partition is a part of AWS with Regions and domains of its own.
type partition struct {
	name    string
	regions string // how its Regions begin
	domain  string // of its services
	dual    string // of their dual-stack names, behind "api." or "on."
	iam     string // Region in which CloudTrail has the calls of IAM; empty where that is not known
}

// partitions are those that AWS's SDKs know, in the order in which Regions are looked for
// (https://github.com/aws/aws-sdk-go-v2/blob/main/internal/endpoints/awsrulesfn/partitions.json,
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events).
var partitions = []partition{
	{"aws-cn", "cn-", "amazonaws.com.cn", "amazonwebservices.com.cn", "cn-north-1"},
	{"aws-us-gov", "us-gov-", "amazonaws.com", "aws", "us-gov-west-1"},
	{"aws-eusc", "eusc-", "amazonaws.eu", "amazonwebservices.eu", ""},
	{"aws-iso", "us-iso-", "c2s.ic.gov", "aws.ic.gov", ""},
	{"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "aws.scloud", ""},
	{"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "cloud-aws.adc-e.uk", ""},
	{"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "aws.hci.ic.gov", ""},
	{"aws", "", "amazonaws.com", "aws", "us-east-1"},
}

// Partition returns the partition of a Region.
func Partition(region string) string { return partitionOf(region).name }

// IAMRegion returns the Region in which CloudTrail has the calls of IAM of a Region's partition, "" where that is not
// known.
func IAMRegion(region string) string { return partitionOf(region).iam }

func partitionOf(region string) partition {
	i := slices.IndexFunc(partitions, func(p partition) bool { return strings.HasPrefix(region, p.regions) })
	return partitions[i]
}
