package evidence

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

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
	"tgw-attach": {"CreateTransitGatewayVpcAttachment", "ModifyTransitGatewayVpcAttachment",
		"AcceptTransitGatewayVpcAttachment", "RejectTransitGatewayVpcAttachment", "DeleteTransitGatewayVpcAttachment"},
	"tgw-rtb": {"CreateTransitGatewayRoute", "ReplaceTransitGatewayRoute", "DeleteTransitGatewayRoute",
		"AssociateTransitGatewayRouteTable", "DisassociateTransitGatewayRouteTable",
		"EnableTransitGatewayRouteTablePropagation", "DisableTransitGatewayRouteTablePropagation"},
	"pcx": {"CreateVpcPeeringConnection", "AcceptVpcPeeringConnection", "RejectVpcPeeringConnection",
		"DeleteVpcPeeringConnection"},
	"role": {"CreateRole", "DeleteRole", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
		"PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "UpdateAssumeRolePolicy"},
}

// Changeable is something that CloudTrail may tell changes of.
type Changeable struct {
	Kind string // "sg", "rtb", …, "role"; empty where CloudTrail is asked by a call
	Name string // an id, an ARN, or a name; empty where any thing that the call was about may be meant
	Call string // by which CloudTrail is asked about what is gone, and what it does not know by a name of its own
}

// Key names it among Facts.Changes.
func (t Changeable) Key() string { return strings.TrimSpace(t.Call + " " + t.Name) }

// Changes reports whether a call changes it.
func (t Changeable) Changes(e TrailEvent) bool {
	_, call, _ := strings.Cut(e.Action, ":")
	switch {
	case e.Error != "":
		return false
	case t.Call == "":
		return slices.Contains(changing[t.Kind], call)
	}
	return call == t.Call && (t.Name == "" || slices.ContainsFunc(e.Named, t.is))
}

// is reports whether a name stands for the thing: an ARN and a name may be those of one thing, and Secrets Manager puts
// six characters behind the name of a secret.
func (t Changeable) is(named string) bool {
	short, long := bare(named), bare(t.Name)
	if len(short) > len(long) {
		short, long = long, short
	}
	return short != "" && (short == long || len(long) == len(short)+7 && strings.HasPrefix(long, short+"-"))
}

// bare is a name without what an ARN has before it.
func bare(name string) string {
	arn := strings.HasPrefix(name, "arn:")
	name = name[strings.LastIndexByte(name, ':')+1:]
	for _, kind := range []string{"repository/", "key/", "file-system/", "access-point/", "parameter"} {
		if rest, found := strings.CutPrefix(name, kind); found && arn {
			return strings.TrimPrefix(rest, "/")
		}
	}
	return strings.TrimPrefix(name, "/")
}

// MountTargetCreated is what CloudTrail is asked by for new mount targets of a file system.
func MountTargetCreated(fileSystem string) Changeable {
	return Changeable{Name: fileSystem, Call: "CreateMountTarget"}
}

// Since reports whether only what was changed since the failure matters: what is gone was there before. What was made
// may have been made too late.
func (t Changeable) Since() bool { return t.Call != "" && t.Call != "CreateMountTarget" }

// asked are the calls that change what evidence speaks of in certain words, with a name in parentheses: what is gone,
// and what CloudTrail does not know by its name, or only among all the calls that merely use it, as it is with keys.
var asked = []struct {
	said  func() *regexp.Regexp
	calls []string
}{
	{Compiled(`\bhas no (?:[a-z0-9.-]+ endpoint|endpoint for)\b()`), []string{"DeleteVpcEndpoints"}},
	{Compiled(`\bhas no secret (\S+)`), []string{"DeleteSecret"}},
	{Compiled(`\bhas no parameter (\S+)`), []string{"DeleteParameter", "DeleteParameters"}},
	{Compiled(`\b(?:has|is) no log group (\S+)`), []string{"DeleteLogGroup"}},
	{Compiled(`\bhas no repository (\S+)`), []string{"DeleteRepository"}},
	{Compiled(`\brepository (\S+) of registry \d+ in \S+ has no `), []string{"BatchDeleteImage"}},
	{Compiled(`\bis no bucket (\S+)`), []string{"DeleteBucket"}},
	{Compiled(`\bhas no file system (\S+)`), []string{"DeleteFileSystem"}},
	{Compiled(`\bhas no (?:available )?mount target\b()`), []string{"DeleteMountTarget"}},
	{Compiled(`\bmount target \S+ of (\S+) is available`), []string{"CreateMountTarget"}},
	{Compiled(`\bmount target (fsmt-\w+)`), []string{"ModifyMountTargetSecurityGroups"}},
	{Compiled(`\bis no access point (\S+)`), []string{"DeleteAccessPoint"}},
	{Compiled(`\bpolicy of (arn:[a-z-]+:ecr:\S+)`), []string{"SetRepositoryPolicy", "DeleteRepositoryPolicy"}},
	{Compiled(`\bpolicy of (arn:[a-z-]+:secretsmanager:\S+)`), []string{"PutResourcePolicy", "DeleteResourcePolicy"}},
	{Compiled(`\bpolicy of (arn:[a-z-]+:s3:\S+)`), []string{"PutBucketPolicy", "DeleteBucketPolicy"}},
	{Compiled(`\bpolicy of (fs-\w+)`), []string{"PutFileSystemPolicy", "DeleteFileSystemPolicy"}},
	{Compiled(`\bpolicy of (?:key )?(arn:[a-z-]+:kms:\S+)`), []string{"PutKeyPolicy"}},
	{Compiled(`\bkey (\S+) is Enabled`), []string{"EnableKey"}},
	{Compiled(`\bkey (\S+) is Disabled`), []string{"DisableKey"}},
	{Compiled(`\bkey (\S+) is Pending`), []string{"ScheduleKeyDeletion"}},
}

var changeable = Compiled(`\b(tgw-rtb|tgw-attach|pcx|sg|rtb|acl|vpce|nat|igw)-[0-9a-z-]+\b|\b(role) ([\w+=,.@-]+)`)

// RestsOn returns what a proof rests on that CloudTrail may tell changes of: its evidence names it.
func RestsOn(p classifier.Proof) []Changeable {
	var things []Changeable
	add := func(t Changeable) {
		if !slices.Contains(things, t) {
			things = append(things, t)
		}
	}
	for _, found := range changeable().FindAllStringSubmatch(p.Evidence, -1) {
		if found[2] != "" {
			add(Changeable{Kind: found[2], Name: found[3]})
		} else {
			add(Changeable{Kind: found[1], Name: found[0]})
		}
	}
	for _, a := range asked {
		for _, found := range a.said().FindAllStringSubmatch(p.Evidence, -1) {
			for _, call := range a.calls {
				if call == "DeleteVpcEndpoints" && p.Result != classifier.Confirmed {
					continue // needs none, whatever was deleted
				}
				add(Changeable{Name: strings.TrimRight(found[1], ",;:."), Call: call})
			}
		}
	}
	return things
}

// changed is a proof with the last change of what it rests on, where CloudTrail was asked and knows one.
func changed(c *Case, p classifier.Proof) classifier.Proof {
	if len(c.Facts.Changes) == 0 {
		return p
	}
	var last TrailEvent
	var of string
	for _, thing := range RestsOn(p) {
		for _, e := range c.Facts.Changes[thing.Key()].Value {
			if e.At.After(last.At) {
				last, of = e, cmp.Or(thing.Name, thing.Call)
			}
		}
	}
	if last.At.IsZero() {
		return p
	}
	p.Evidence += fmt.Sprintf("; last change of %s: %s at %s by %s", of, last.Action, when(last.At, c.Failed()),
		last.Who())
	if good, source := LastGood(c); !good.IsZero() && last.At.After(good) && !last.At.After(c.Failed()) {
		p.Evidence += fmt.Sprintf(", after a task that ran well had started at %s (%s)", when(good, c.Failed()), source)
	}
	return NotBefore(p, last.At)
}

// LastGood is when a task of the stop's service that ran well was last started before the task of the stop, as far as
// it is known, and who says so: what it needed was right then. A service that is steady says so again every few hours,
// though it starts nothing.
func LastGood(c *Case) (at time.Time, source string) {
	var started time.Time
	said := slices.SortedStableFunc(slices.Values(c.Facts.Task.Service.Value.Events),
		func(a, b ServiceEvent) int { return a.At.Compare(b.At) })
	for _, e := range said {
		switch {
		case !e.At.Before(c.Stop.CreatedAt):
		case strings.Contains(e.Message, " has started "):
			started = e.At
		case strings.Contains(e.Message, "has reached a steady state") && !started.IsZero():
			at, source = started, "service "+c.Stop.Service+" was steady after it"
		}
	}
	if steady := c.Facts.Running.Steady.Value; steady.StartedAt.After(at) &&
		steady.StartedAt.Before(c.Stop.CreatedAt) {
		return steady.StartedAt, steady.Source
	}
	return at, source
}
