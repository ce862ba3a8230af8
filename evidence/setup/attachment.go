package setup

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/network"
)

// Attachment are the subnets and security groups that the task's interface was to be made of, as the event and the
// network configuration of its deployment tell. named is the one subnet that was tried, empty when it is not known.
func Attachment(c *evidence.Case) (named string, subnets, groups []string) {
	settings, _, _ := network.TaskSettings(c)
	named, _ = c.Stop.TaskInterface()
	named = cmp.Or(c.Finding.Facts.Subnet, named)
	subnets = slices.Clone(settings.Subnets)
	if named != "" && !slices.Contains(subnets, named) {
		subnets = append(subnets, named)
	}
	return named, subnets, settings.Groups
}

var attachmentNeeds = []evidence.Need{evidence.NeedInputs, evidence.NeedAttachment}

var attachmentChecks = []evidence.Check{
	{Cause: "subnet-full", Needs: attachmentNeeds, Prove: subnetFull,
		Confirms: "EC2 tells that the subnet, or every subnet that the task could be put into, has no free address",
		RulesOut: fmt.Sprintf("each has %d free addresses or more, beside what the service wants", plenty),
		Open: "it has a few: the failed task's own, and those of others that failed with it, are free again; the " +
			"subnet has only IPv6"},
	{Cause: "network-configuration-invalid", Needs: attachmentNeeds, Prove: networkConfiguration,
		Confirms: "a subnet or security group of the network configuration is gone, or a group belongs to another " +
			"VPC than the subnets and is not associated with theirs",
		RulesOut: "all of them exist, in one VPC",
		Open: "the network configuration is not known; the subnets are shared by another account, whose groups " +
			"may be hidden"},
}

// plenty is how many free addresses no storm of failing tasks gives back.
const plenty = 64

// attachment are the subnets that exist. gap says why nothing is known.
func attachment(c *evidence.Case) (found []evidence.Subnet, gap classifier.Proof) {
	subnets := c.Facts.Setup.Subnets
	if _, ids, _ := Attachment(c); len(ids) == 0 {
		gap = network.SettingsGap(c)
		gap.Evidence = "the subnets of the task are not known"
		return nil, gap
	}
	if subnets.State != evidence.Known {
		return nil, evidence.Silent(c, subnets, "", "the subnets of the task could not be looked up")
	}
	return subnets.Value, classifier.Proof{}
}

func subnetFull(c *evidence.Case) classifier.Proof {
	named, _, _ := Attachment(c)
	found, gap := attachment(c)
	if gap.Exists() {
		return gap
	}
	if named != "" {
		found = slices.DeleteFunc(slices.Clone(found), func(s evidence.Subnet) bool { return s.ID != named })
	}
	if len(found) == 0 {
		return evidence.Inconclusive(classifier.ReasonNotCausal, "the subnet of the task does not exist")
	}
	wanted := int64(plenty)
	if s := c.Facts.Task.Service; s.State == evidence.Known {
		wanted += s.Value.DesiredCount
	}
	var full, few, told []string
	for _, s := range found {
		told = append(told, fmt.Sprintf("%s has %d free addresses", s.ID, s.FreeAddresses))
		switch {
		case s.IPv6Native:
			return evidence.Inconclusive(classifier.ReasonPartial,
				"%s has only IPv6 addresses, of which EC2 counts none", s.ID)
		case s.FreeAddresses == 0:
			full = append(full, s.ID)
		case s.FreeAddresses < wanted:
			few = append(few, s.ID)
		}
	}
	said := strings.Join(told, ", ")
	switch {
	case len(full) == len(found):
		return evidence.Confirmed(
			fmt.Sprintf("give the network configuration larger subnets than %s, or delete interfaces there that "+
				"nobody uses", strings.Join(full, ", ")), "%s", said)
	case len(full) > 0:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s; which of them was tried is not told", said)
	case len(few) > 0:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s; what failed tasks held is free again", said)
	}
	return evidence.RuledOut("%s", said)
}

func networkConfiguration(c *evidence.Case) classifier.Proof {
	_, subnets, groups := Attachment(c)
	found, gap := attachment(c)
	if gap.Exists() {
		return gap
	}
	next := "correct the network configuration of " + cmp.Or(c.Stop.Service, "the task")
	for _, id := range subnets {
		if !slices.ContainsFunc(found, func(s evidence.Subnet) bool { return s.ID == id }) {
			return evidence.Confirmed(next+": take "+id+" out",
				"account %s sees no subnet %s in %s: it was deleted, or is not shared any more", c.Stop.Account, id,
				c.Stop.Region)
		}
	}
	for _, s := range found {
		if s.VPC != found[0].VPC {
			return evidence.Confirmed(next+": name subnets of one VPC", "%s is in %s, and %s in %s", found[0].ID,
				found[0].VPC, s.ID, s.VPC)
		}
	}
	if _, _, told := network.TaskSettings(c); !told {
		gap := network.SettingsGap(c)
		gap.Evidence = "the security groups of the task are not known"
		return gap
	}
	if len(groups) == 0 {
		return evidence.RuledOut("every subnet exists, and the VPC's default security group is used")
	}
	if p := configuredGroups(c, found[0], groups, next); p.Result != classifier.RuledOut {
		return p
	}
	return evidence.RuledOut("%s and %s exist, in %s", strings.Join(subnets, ", "), strings.Join(groups, ", "),
		found[0].VPC)
}

// configuredGroups judges security groups for an interface in a subnet. A group may be associated with other VPCs than
// its own (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html).
func configuredGroups(c *evidence.Case, subnet evidence.Subnet, ids []string, next string) classifier.Proof {
	known := c.Facts.Setup.Groups
	if known.State != evidence.Known {
		return evidence.Silent(c, known, "", "security groups %s could not be looked up", strings.Join(ids, ", "))
	}
	for _, id := range ids {
		i := slices.IndexFunc(known.Value, func(g evidence.SecurityGroup) bool { return g.ID == id })
		switch {
		case i < 0 && evidence.OthersAccount(c, subnet.Account):
			return evidence.Inconclusive(classifier.ReasonNotVisible,
				"security group %s is not visible; %s is shared by account %s, which may share its groups too", id,
				subnet.ID, subnet.Account)
		case i < 0:
			return evidence.Confirmed(next+": take "+id+" out", "there is no security group %s in %s", id,
				c.Stop.Region)
		case known.Value[i].VPC == subnet.VPC:
			continue
		}
		associations := c.Facts.Setup.Associations
		if associations.State != evidence.Known {
			return evidence.Silent(c, associations, "",
				"security group %s belongs to %s; whether it is associated with %s could not be looked up", id,
				known.Value[i].VPC, subnet.VPC)
		}
		if !slices.ContainsFunc(associations.Value, func(a evidence.GroupAssociation) bool {
			return a.Group == id && a.VPC == subnet.VPC && a.State == "associated"
		}) {
			return evidence.Confirmed(next+": name a group of "+subnet.VPC+" in place of "+id,
				"security group %s belongs to %s, and %s is in %s", id, known.Value[i].VPC, subnet.ID, subnet.VPC)
		}
	}
	return evidence.RuledOut("")
}
