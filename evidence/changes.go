package evidence

import (
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
)

// changing are the calls that change what a proof may rest on, by what its evidence calls that: the beginning of an id,
// or "role". Others, such as those that only use a security group or tag it, are no change.
var changing = map[string][]string{
	"sg": {"CreateSecurityGroup", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress",
		"RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress", "ModifySecurityGroupRules"},
	"rtb": {"CreateRouteTable", "CreateRoute", "ReplaceRoute", "DeleteRoute", "AssociateRouteTable",
		"DisassociateRouteTable", "ReplaceRouteTableAssociation", "EnableVgwRoutePropagation",
		"DisableVgwRoutePropagation"},
	"acl": {"CreateNetworkAcl", "CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteNetworkAclEntry",
		"ReplaceNetworkAclAssociation"},
	"vpce": {"CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"},
	"nat":  {"CreateNatGateway", "DeleteNatGateway"},
	"igw":  {"CreateInternetGateway", "AttachInternetGateway", "DetachInternetGateway"},
	"role": {"CreateRole", "DeleteRole", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
		"PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "UpdateAssumeRolePolicy"},
}

// Changeable is something that CloudTrail may tell changes of.
type Changeable struct {
	Kind string // "sg", "rtb", …, "role"
	Name string // as CloudTrail knows it: an id, or the name of a role
}

// Changes reports whether a call changes it.
func (t Changeable) Changes(e TrailEvent) bool {
	_, call, _ := strings.Cut(e.Action, ":")
	return e.Error == "" && slices.Contains(changing[t.Kind], call)
}

// EndpointsDeleted asks for every VPC endpoint that was deleted: one that is gone has no id that a proof could name.
var EndpointsDeleted = Changeable{Kind: "vpce", Name: "DeleteVpcEndpoints"}

var (
	changeable  = Compiled(`\b(sg|rtb|acl|vpce|nat|igw)-[0-9a-z-]+\b|\b(role) ([\w+=,.@-]+)`)
	noEndpoints = Compiled(`\bhas no (?:[a-z0-9.-]+ endpoint|endpoint for)\b`)
)

// RestsOn returns what a proof rests on that CloudTrail may tell changes of: its evidence names it.
func RestsOn(p classifier.Proof) []Changeable {
	var things []Changeable
	for _, found := range changeable().FindAllStringSubmatch(p.Evidence, -1) {
		thing := Changeable{Kind: found[1], Name: found[0]}
		if found[2] != "" {
			thing = Changeable{Kind: found[2], Name: found[3]}
		}
		if !slices.Contains(things, thing) {
			things = append(things, thing)
		}
	}
	if p.Result == classifier.Confirmed && noEndpoints().MatchString(p.Evidence) {
		things = append(things, EndpointsDeleted)
	}
	return things
}

// changed is a proof with the last change of what it rests on, where CloudTrail was asked and knows one.
func changed(c *Case, p classifier.Proof) classifier.Proof {
	var last TrailEvent
	var of string
	for _, thing := range RestsOn(p) {
		for _, e := range c.Facts.Changes[thing.Name].Value {
			if e.At.After(last.At) {
				last, of = e, thing.Name
			}
		}
	}
	if last.At.IsZero() {
		return p
	}
	p.Evidence += fmt.Sprintf("; last change of %s: %s at %s by %s", of, last.Action, when(last.At, c.Failed()),
		last.Who())
	return NotBefore(p, last.At)
}
