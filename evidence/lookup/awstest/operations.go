package awstest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// operation is what the stand-in can do.
type operation struct {
	name string
	// of a REST operation: "GET /2015-02-01/file-systems", with variables in braces and one wanted query parameter
	path   string
	answer func(*Server, Object) (Object, *Refusal)
}

// operations are all of them.
var operations = slices.Concat(ec2Operations, ecsOperations, stsOperations, accessOperations, batchOperations,
	thingOperations, nameOperations, aftermathOperations)

var stsOperations = []operation{
	{name: "sts:GetCallerIdentity", answer: func(s *Server, _ Object) (Object, *Refusal) {
		return Object{"Account": s.Account, "UserId": "AROAEXAMPLE:session", "Arn": "arn:aws:sts::" + s.Account +
			":assumed-role/test/session"}, nil
	}},
}

// ec2Operations list what was put under their names, and know the filters that they name
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html).
var ec2Operations = []operation{
	listing("ec2:DescribeDhcpOptions", "dhcpOptionsSet", "dhcp-options-id=dhcpOptionsId"),
	listing("ec2:DescribeEgressOnlyInternetGateways", "egressOnlyInternetGatewaySet"),
	instances,
	byID("ec2:DescribeInstanceStatus", "instanceStatusSet", "InstanceId", "instanceId", "InvalidInstanceID.NotFound"),
	byID("ec2:DescribeVolumes", "volumeSet", "VolumeId", "volumeId", "InvalidVolume.NotFound"),
	listing("ec2:DescribeInternetGateways", "internetGatewaySet", "attachment.vpc-id=attachmentSet.vpcId"),
	listing("ec2:DescribeManagedPrefixLists", "prefixListSet", "prefix-list-id=prefixListId",
		"prefix-list-name=prefixListName"),
	listing("ec2:DescribeNatGateways", "natGatewaySet", "vpc-id=vpcId"),
	listing("ec2:DescribeNetworkAcls", "networkAclSet", "vpc-id=vpcId"),
	listing("ec2:DescribeNetworkInterfaces", "networkInterfaceSet", "network-interface-id=networkInterfaceId",
		"vpc-id=vpcId", "subnet-id=subnetId", "interface-type=interfaceType"),
	listing("ec2:DescribeRouteTables", "routeTableSet", "vpc-id=vpcId"),
	listing("ec2:DescribeSecurityGroupVpcAssociations", "securityGroupVpcAssociationSet", "group-id=groupId"),
	listing("ec2:DescribeSecurityGroups", "securityGroupInfo", "vpc-id=vpcId", "group-id=groupId"),
	listing("ec2:DescribeSubnets", "subnetSet", "subnet-id=subnetId", "vpc-id=vpcId"),
	listing("ec2:DescribeTransitGatewayAttachments", "transitGatewayAttachments",
		"transit-gateway-id=transitGatewayId", "resource-id=resourceId"),
	listing("ec2:DescribeTransitGatewayVpcAttachments", "transitGatewayVpcAttachments",
		"transit-gateway-id=transitGatewayId", "vpc-id=vpcId"),
	byID("ec2:DescribeInstanceTypes", "instanceTypeSet", "InstanceType", "instanceType", "InvalidInstanceType"),
	{name: "ec2:DescribeVpcAttribute", answer: vpcAttribute},
	listing("ec2:DescribeVpcEndpoints", "vpcEndpointSet", "vpc-id=vpcId"),
	listing("ec2:DescribeVpcPeeringConnections", "vpcPeeringConnectionSet",
		"vpc-peering-connection-id=vpcPeeringConnectionId"),
	listing("ec2:DescribeVpcs", "vpcSet", "vpc-id=vpcId"),
	{name: "ec2:GetManagedPrefixListEntries", answer: prefixListEntries},
	{name: "ec2:SearchTransitGatewayRoutes", answer: transitRoutes},
}

// byID is an EC2 operation that gives the things whose ids the request names, and refuses one that does not exist.
func byID(name, set, asked, id, gone string) operation {
	return operation{name: name, answer: func(s *Server, in Object) (Object, *Refusal) {
		var found []Object
		for _, wanted := range texts(in, asked) {
			thing := find(s.things[name], id, wanted)
			if thing == nil {
				return nil, Refuse(gone, "The ID '%s' does not exist", wanted)
			}
			found = append(found, thing)
		}
		return answerOf(set, found, ""), nil
	}}
}

// listing is an EC2 operation that gives, as the list called set, those of its things that all filters of the request
// let through. A filter is written as its name and the place of its value in a thing.
func listing(name, set string, filters ...string) operation {
	return operation{name: name, answer: func(s *Server, in Object) (Object, *Refusal) {
		things, refused := filtered(s.things[name], in, filters)
		if refused != nil {
			return nil, refused
		}
		page, next, refused := s.page(things, text(in, "NextToken"), number(in, "MaxResults"))
		if refused != nil {
			return nil, refused
		}
		return answerOf(set, page, next), nil
	}}
}

func answerOf(set string, page []Object, next string) Object {
	answer := Object{set: page}
	if next != "" {
		answer["nextToken"] = next
	}
	return answer
}

// filtered returns the things that the filters of a request let through, of which only those in known exist. Any other
// parameter than that of filters and pages is refused, so that a test does not believe that it was heeded.
func filtered(things []Object, in Object, known []string) ([]Object, *Refusal) {
	for name := range in {
		if !slices.Contains([]string{"Action", "Version", "Filter", "MaxResults", "NextToken",
			"IncludeManagedResources"}, name) {
			return nil, Refuse("UnknownParameter", "The parameter %s is not recognized", name)
		}
	}
	list, _ := in["Filter"].([]any)
	for _, each := range list {
		filter := each.(Object)
		i := slices.IndexFunc(known, func(k string) bool { return strings.HasPrefix(k, text(filter, "Name")+"=") })
		if i < 0 {
			return nil, Refuse("InvalidParameterValue", "The filter '%s' is invalid", text(filter, "Name"))
		}
		_, place, _ := strings.Cut(known[i], "=")
		wanted := texts(filter, "Value")
		things = slices.DeleteFunc(slices.Clone(things), func(thing Object) bool {
			return !slices.ContainsFunc(values(thing, place), func(v string) bool { return slices.Contains(wanted, v) })
		})
	}
	return things, nil
}

// values returns what stands at a place such as "attachmentSet.vpcId" of a thing.
func values(thing Object, place string) []string {
	name, rest, deeper := strings.Cut(place, ".")
	if !deeper {
		return []string{text(thing, name)}
	}
	var all []string
	inner, _ := thing[name].([]Object)
	for _, each := range inner {
		all = append(all, values(each, rest)...)
	}
	return all
}

// instances gives each instance in a reservation of its own.
var instances = operation{name: "ec2:DescribeInstances", answer: func(s *Server, in Object) (Object, *Refusal) {
	things, refused := filtered(s.things["ec2:DescribeInstances"], in, []string{"instance-id=instanceId"})
	var reservations []Object
	for _, thing := range things {
		reservations = append(reservations,
			Object{"reservationId": "r-" + text(thing, "instanceId"), "instancesSet": []Object{thing}})
	}
	return Object{"reservationSet": reservations}, refused
}}

// vpcAttribute gives the one attribute of a VPC that is asked for. Its things hold a vpcId and the attributes as bools.
func vpcAttribute(s *Server, in Object) (Object, *Refusal) {
	name := text(in, "Attribute")
	for _, thing := range s.things["ec2:DescribeVpcAttribute"] {
		if thing["vpcId"] == in["VpcId"] {
			return Object{"vpcId": thing["vpcId"], name: Object{"value": thing[name]}}, nil
		}
	}
	return nil, Refuse("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", text(in, "VpcId"))
}

// prefixListEntries gives the entries of one list. Its things hold a prefixListId and the CIDRs.
func prefixListEntries(s *Server, in Object) (Object, *Refusal) {
	for _, thing := range s.things["ec2:GetManagedPrefixListEntries"] {
		if thing["prefixListId"] != in["PrefixListId"] {
			continue
		}
		var entries []Object
		for _, cidr := range thing["cidrs"].([]string) {
			entries = append(entries, Object{"cidr": cidr})
		}
		page, next, refused := s.page(entries, text(in, "NextToken"), number(in, "MaxResults"))
		return answerOf("entrySet", page, next), refused
	}
	return nil, Refuse("InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist.",
		text(in, "PrefixListId"))
}

// transitRoutes gives the routes of one table. Its things are transitGatewayRouteTableId and the routeSet.
func transitRoutes(s *Server, in Object) (Object, *Refusal) {
	for _, thing := range s.things["ec2:SearchTransitGatewayRoutes"] {
		if thing["transitGatewayRouteTableId"] == in["TransitGatewayRouteTableId"] {
			return thing, nil
		}
	}
	return nil, Refuse("InvalidRouteTableID.NotFound", "Transit Gateway Route Table %s was deleted or does not exist.",
		text(in, "TransitGatewayRouteTableId"))
}

// ecsOperations find what was put under their names by its ARN or the end of it
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html).
var ecsOperations = []operation{
	described("ecs:DescribeCapacityProviders", "capacityProviders", "capacityProviders", "capacityProviderArn"),
	described("ecs:DescribeContainerInstances", "containerInstances", "containerInstances", "containerInstanceArn"),
	described("ecs:DescribeServiceRevisions", "serviceRevisionArns", "serviceRevisions", "serviceRevisionArn"),
	described("ecs:DescribeServices", "services", "services", "serviceArn"),
	{name: "ecs:DescribeTaskDefinition", answer: taskDefinition},
	{name: "ecs:ListContainerInstances", answer: containerInstances},
	{name: "ecs:ListServiceDeployments", answer: serviceDeployments},
	{name: "ecs:ListServices", answer: listServices},
}

// described is an ECS operation that gives, as the list called set, those of its things that the list asked names, and
// tells of each that it does not find.
func described(name, asked, set, arn string) operation {
	return operation{name: name, answer: func(s *Server, in Object) (Object, *Refusal) {
		if name == "ecs:DescribeServices" && len(texts(in, asked)) > 10 {
			return nil, Refuse("InvalidParameterException", "Services cannot exceed 10.")
		}
		found, failures := []Object{}, []Object{}
		for _, wanted := range texts(in, asked) {
			if thing := find(s.things[name], arn, wanted); thing != nil {
				found = append(found, thing)
			} else {
				failures = append(failures, Object{"arn": wanted, "reason": "MISSING"})
			}
		}
		return Object{set: found, "failures": failures}, nil
	}}
}

// find returns the thing whose ARN is wanted or ends with it.
func find(things []Object, arn, wanted string) Object {
	for _, thing := range things {
		if own := text(thing, arn); own == wanted || strings.HasSuffix(own, "/"+wanted) {
			return thing
		}
	}
	return nil
}

func taskDefinition(s *Server, in Object) (Object, *Refusal) {
	if thing := find(s.things["ecs:DescribeTaskDefinition"], "taskDefinitionArn",
		text(in, "taskDefinition")); thing != nil {
		return Object{"taskDefinition": thing, "tags": []Object{}}, nil
	}
	return nil, Refuse("ClientException", "Unable to describe task definition.")
}

// serviceDeployments lists the deployments of a service that were created before a time, the newest first.
func serviceDeployments(s *Server, in Object) (Object, *Refusal) {
	created, _ := in["createdAt"].(Object)
	before, bounded := created["before"].(float64)
	var found []Object
	for _, thing := range s.things["ecs:ListServiceDeployments"] {
		arn, wanted := text(thing, "serviceArn"), text(in, "service")
		if (arn == wanted || strings.HasSuffix(arn, "/"+wanted)) &&
			(!bounded || thing["createdAt"].(float64) < before) {
			found = append(found, maps.Clone(thing))
		}
	}
	slices.SortStableFunc(found,
		func(a, b Object) int { return cmp.Compare(b["createdAt"].(float64), a["createdAt"].(float64)) })
	size := number(in, "maxResults")
	if size > 100 {
		return nil, Refuse("InvalidParameterException", "maxResults %s is above 100", fmt.Sprint(size))
	}
	page, next, refused := s.page(found, text(in, "nextToken"), cmp.Or(size, 20))
	return answerOf("serviceDeployments", page, next), refused
}
