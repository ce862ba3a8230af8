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

// Organization are the condition keys that tell to which organization the caller and what is asked for belong, for
// those of the task's own account.
func Organization(c *evidence.Case, caller, owner string) policy.Keys {
	known, of := policy.Keys{}, c.Facts.Access.Organization
	if of.State != evidence.Known && of.State != evidence.Absent {
		return known
	}
	value := policy.Value{Text: of.Value, Absent: of.State == evidence.Absent}
	if caller == c.Stop.Account {
		known["aws:principalorgid"] = value
	}
	if owner == c.Stop.Account {
		known["aws:resourceorgid"] = value
	}
	return known
}
