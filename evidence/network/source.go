package network

import (
	"whystopped/evidence"
	"whystopped/evidence/policy"
)

// Source are the condition keys that tell through which VPC endpoint the failed call went, as far as the VPC leads it
// one way and did so before the failure. A call that leaves the VPC elsewhere has none of them
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce).
func Source(c *evidence.Case) policy.Keys {
	ways := walks(c)
	w := ways[0]
	if failed := c.Failed(); len(ways) > 1 || !failed.IsZero() && w.newest.After(failed) {
		return policy.Keys{}
	}
	switch {
	case w.entered != "":
		return policy.Keys{"aws:sourcevpce": {Text: w.entered}, "aws:sourcevpc": {Text: w.vpc.ID}}
	case w.outside:
		return policy.Keys{"aws:sourcevpce": {Absent: true}, "aws:sourcevpc": {Absent: true}}
	}
	return policy.Keys{}
}
