package awstest

import "slices"

// nameOperations tell what the resolver of a VPC may lead names by. Their things have the vpcId or the ResourceId that
// they are for.
var nameOperations = []operation{
	{name: "route53:ListHostedZonesByVPC", path: "GET /2013-04-01/hostedzonesbyvpc?vpcid", answer: zonesOfVPC},
	{name: "route53profiles:ListProfileAssociations", path: "GET /profileassociations?resourceId",
		answer: profileAssociations},
	{name: "route53resolver:ListResolverRuleAssociations", answer: ruleAssociations},
	{name: "route53:ListResourceRecordSets", path: "GET /2013-04-01/hostedzone/{id}/rrset", answer: recordSets},
	{name: "route53resolver:ListFirewallDomains", answer: firewallDomains},
	{name: "route53resolver:ListFirewallRuleGroupAssociations", answer: func(s *Server, in Object) (Object, *Refusal) {
		return resolverPage(s, in, "FirewallRuleGroupAssociations",
			of(s.things["route53resolver:ListFirewallRuleGroupAssociations"], "VpcId", text(in, "VpcId")))
	}},
	{name: "route53resolver:ListFirewallRules", answer: func(s *Server, in Object) (Object, *Refusal) {
		return resolverPage(s, in, "FirewallRules", of(s.things["route53resolver:ListFirewallRules"],
			"FirewallRuleGroupId", text(in, "FirewallRuleGroupId")))
	}},
	{name: "route53resolver:ListResolverRules", answer: func(s *Server, in Object) (Object, *Refusal) {
		return resolverPage(s, in, "ResolverRules", s.things["route53resolver:ListResolverRules"])
	}},
}

// zonesOfVPC gives the zones of a VPC in its Region
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByVPC.html).
func zonesOfVPC(s *Server, in Object) (Object, *Refusal) {
	if text(in, "vpcregion") == "" {
		return nil, Refuse("InvalidInput", "The VPC's Region must be given.")
	}
	if number(in, "maxitems") > 100 {
		return nil, Refuse("InvalidInput", "MaxItems is above 100.")
	}
	page, next, refused := s.page(of(s.things["route53:ListHostedZonesByVPC"], "VPCId", text(in, "vpcid")),
		text(in, "nexttoken"), number(in, "maxitems"))
	answer := Object{"HostedZoneSummaries": Object{"HostedZoneSummary": page}, "MaxItems": in["maxitems"]}
	if next != "" {
		answer["NextToken"] = next
	}
	return answer, refused
}

// of returns the things that have a value in one of their fields.
func of(things []Object, field, value string) []Object {
	return slices.DeleteFunc(slices.Clone(things), func(o Object) bool { return text(o, field) != value })
}

func profileAssociations(s *Server, in Object) (Object, *Refusal) {
	page, next, refused := s.page(
		of(s.things["route53profiles:ListProfileAssociations"], "ResourceId", text(in, "resourceId")),
		text(in, "nextToken"), number(in, "maxResults"))
	answer := Object{"ProfileAssociations": page}
	if next != "" {
		answer["NextToken"] = next
	}
	return answer, refused
}

// ruleAssociations gives those of the VPC that its one filter names
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ListResolverRuleAssociations.html).
func ruleAssociations(s *Server, in Object) (Object, *Refusal) {
	things := s.things["route53resolver:ListResolverRuleAssociations"]
	filters, _ := in["Filters"].([]any)
	for _, each := range filters {
		filter := each.(Object)
		if text(filter, "Name") != "VPCId" || len(texts(filter, "Values")) != 1 {
			return nil, Refuse("InvalidParameterException", "The filter %s is not known", text(filter, "Name"))
		}
		things = of(things, "VPCId", texts(filter, "Values")[0])
	}
	return resolverPage(s, in, "ResolverRuleAssociations", things)
}

func resolverPage(s *Server, in Object, set string, things []Object) (Object, *Refusal) {
	if number(in, "MaxResults") > 100 {
		return nil, Refuse("InvalidParameterException", "MaxResults is above 100")
	}
	page, next, refused := s.page(things, text(in, "NextToken"), number(in, "MaxResults"))
	answer := Object{set: page}
	if next != "" {
		answer["NextToken"] = next
	}
	return answer, refused
}

// recordSets gives the record sets of a zone by their names
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html).
func recordSets(s *Server, in Object) (Object, *Refusal) {
	if number(in, "maxitems") > 300 {
		return nil, Refuse("InvalidInput", "MaxItems is above 300.")
	}
	things := of(s.things["route53:ListResourceRecordSets"], "HostedZoneId", text(in, "id"))
	if len(things) == 0 {
		return nil, Refuse("NoSuchHostedZone", "No hosted zone found with ID: %s", text(in, "id"))
	}
	var sets []Object
	for _, thing := range things {
		sets = append(sets, Object{"Name": thing["Name"], "Type": thing["Type"]})
	}
	return Object{"ResourceRecordSets": Object{"ResourceRecordSet": sets}, "IsTruncated": false,
		"MaxItems": in["maxitems"]}, nil
}

// firewallDomains gives the names of one list. Those of lists that AWS manages are not shown.
func firewallDomains(s *Server, in Object) (Object, *Refusal) {
	if number(in, "MaxResults") > 5000 {
		return nil, Refuse("ValidationException", "MaxResults is above 5000")
	}
	lists := of(s.things["route53resolver:ListFirewallDomains"], "Id", text(in, "FirewallDomainListId"))
	switch {
	case len(lists) == 0:
		return nil, Refuse("ResourceNotFoundException", "Can't find the resource")
	case text(lists[0], "ManagedOwnerName") != "":
		return nil, Refuse("AccessDeniedException", "The domains of a managed list are not shown")
	}
	return Object{"Domains": lists[0]["Domains"]}, nil
}
