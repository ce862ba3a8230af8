package lookup

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/network"
)

// readNetwork reads the VPC that the stop's traffic came from: what lists by the VPC's id at once, and then what those
// lists name. Where no subnet is known, nothing is read.
func readNetwork(ctx context.Context, r *reading) {
	n := &r.facts.Network
	from := network.OriginOf(r.known())
	id := evidence.Is(from.VPC)
	if from.VPC == "" {
		if from.Subnet == "" {
			return
		}
		if id = ask(ctx, r, aboutVPC(r, from.Subnet)); id.State != evidence.Known {
			*n = unreadNetwork(id)
			return
		}
	}
	vpc := id.Value
	together(
		func() { n.VPC = readVPC(ctx, r, vpc) },
		func() { n.DNSSupport = vpcAttribute(ctx, r, vpc, types.VpcAttributeNameEnableDnsSupport) },
		func() { n.DNSHostnames = vpcAttribute(ctx, r, vpc, types.VpcAttributeNameEnableDnsHostnames) },
		func() { n.Subnets = subnets(ctx, r, vpc) },
		func() { n.RouteTables = routeTables(ctx, r, vpc) },
		func() { n.ACLs = networkACLs(ctx, r, vpc) },
		func() { n.Groups = securityGroups(ctx, r, vpc) },
		func() { n.Endpoints = endpoints(ctx, r, vpc) },
		func() { n.NATs = natGateways(ctx, r, vpc) },
		func() { n.Gateways = internetGateways(ctx, r, vpc) },
	)
	together(
		func() { n.DHCP = dhcpOptions(ctx, r, n.VPC) },
		func() { n.EndpointAdapters = endpointAdapters(ctx, r, vpc, n.Endpoints) },
		func() { n.PrefixLists = prefixLists(ctx, r, namedLists(n, from.Groups)) },
		func() {
			if slices.ContainsFunc(n.RouteTables.Value, func(t evidence.RouteTable) bool {
				return slices.ContainsFunc(t.Routes,
					func(route evidence.Route) bool { return strings.HasPrefix(route.Target, "eigw-") })
			}) {
				n.EgressOnly = egressOnlyGateways(ctx, r, vpc)
			}
		},
	)
	if network.AsksNames(r.known()) {
		readNames(ctx, r, vpc)
	}
	if network.AsksFirewall(r.known()) {
		n.Firewall = firewallRules(ctx, r, vpc)
	}
	if zone, answers := network.ZoneOf(r.known()); answers {
		n.Records = records(ctx, r, zone)
	}
	if id, ip := network.OnwardOf(r.known()); id != "" && r.undecided("route-missing", "endpoint-sg-closed") {
		n.Onward = onward(ctx, r, vpc, id, ip)
	}
	if nat := network.NATOnTheWay(r.known()); nat != "" && r.undecided("nat-ports-exhausted") {
		from, to := network.FailedMinutes(r.known())
		n.PortErrors = metric(ctx, r, Metric{Namespace: "AWS/NATGateway", Name: "ErrorPortAllocation", Statistic: "Sum",
			Dimensions: map[string]string{"NatGatewayId": nat}, Period: time.Minute, From: from, To: to})
	}
	if r.onlyPath() && r.facts.Task.TaskDefinition.State == evidence.NotAsked && network.AsksDefinition(r.known()) {
		readDefinition(ctx, r)
	}
}

// unreadNetwork is what is known of a network whose VPC is not. A subnet that is gone says nothing about routes and
// gateways.
func unreadNetwork(vpc evidence.Answer[string]) evidence.Network {
	n := evidence.Network{VPC: same[evidence.VPC](vpc), Subnets: same[[]evidence.Subnet](vpc)}
	if vpc.State == evidence.Absent {
		return n
	}
	n.DNSSupport, n.DNSHostnames, n.DHCP = same[bool](vpc), same[bool](vpc), same[evidence.DHCPOptions](vpc)
	n.RouteTables, n.ACLs, n.Groups = same[[]evidence.RouteTable](vpc), same[[]evidence.NetworkACL](vpc),
		same[[]evidence.SecurityGroup](vpc)
	n.Endpoints, n.EndpointAdapters, n.PrefixLists = same[[]evidence.Endpoint](vpc), same[[]evidence.Interface](vpc),
		same[[]evidence.PrefixList](vpc)
	n.NATs, n.Gateways, n.EgressOnly = same[[]evidence.NATGateway](vpc), same[[]evidence.InternetGateway](vpc),
		same[[]evidence.InternetGateway](vpc)
	return n
}

// aboutVPC asks for the VPC of a subnet, which never changes.
func aboutVPC(r *reading, subnet string) question[string] {
	return question[string]{action: "ec2:DescribeSubnets", about: subnet, keep: forever,
		call: func(ctx context.Context) (string, error) {
			answer, err := client(r, ec2.NewFromConfig).DescribeSubnets(ctx,
				&ec2.DescribeSubnetsInput{Filters: where("subnet-id", subnet)})
			if err == nil && len(answer.Subnets) == 0 {
				err = errAbsent
			}
			if err != nil {
				return "", err
			}
			return aws.ToString(answer.Subnets[0].VpcId), nil
		}}
}

// listed asks for all of one kind that are in a VPC. What cannot be read of one thing leaves the whole answer unknown.
func listed[Output, Item, T any](ctx context.Context, r *reading, action, vpc string, p pages[Output, ec2.Options],
	items func(*Output) []Item, from func(*texts, Item) T) evidence.Answer[[]T] {
	return ask(ctx, r, question[[]T]{action: action, about: vpc, keep: keepNetwork,
		call: func(ctx context.Context) ([]T, error) {
			found, err := every(ctx, p, items)
			if err != nil {
				return nil, err
			}
			var read texts
			var all []T
			for _, item := range found {
				all = append(all, from(&read, item))
			}
			return all, read.err
		}})
}

// texts reads what AWS writes as texts, and remembers the first that it could not read.
type texts struct{ err error }

func (t *texts) prefix(text *string) netip.Prefix {
	if text == nil {
		return netip.Prefix{}
	}
	prefix, err := netip.ParsePrefix(*text)
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("read the CIDR %q: %w", *text, err)
	}
	return prefix
}

// most is how many things are asked for at once, where the API takes as many.
var most = aws.Int32(1000)

func readVPC(ctx context.Context, r *reading, id string) evidence.Answer[evidence.VPC] {
	return ask(ctx, r, question[evidence.VPC]{action: "ec2:DescribeVpcs", about: id, keep: keepNetwork,
		call: func(ctx context.Context) (evidence.VPC, error) {
			answer, err := client(r, ec2.NewFromConfig).DescribeVpcs(ctx,
				&ec2.DescribeVpcsInput{Filters: where("vpc-id", id)})
			if err == nil && len(answer.Vpcs) == 0 {
				err = errAbsent
			}
			if err != nil {
				return evidence.VPC{}, err
			}
			var read texts
			v := answer.Vpcs[0]
			vpc := evidence.VPC{ID: id, Account: aws.ToString(v.OwnerId), DHCP: aws.ToString(v.DhcpOptionsId)}
			for _, a := range v.CidrBlockAssociationSet {
				if a.CidrBlockState == nil || !gone(a.CidrBlockState.State) {
					vpc.CIDRs = append(vpc.CIDRs, read.prefix(a.CidrBlock))
				}
			}
			if len(vpc.CIDRs) == 0 && v.CidrBlock != nil {
				vpc.CIDRs = append(vpc.CIDRs, read.prefix(v.CidrBlock))
			}
			for _, a := range v.Ipv6CidrBlockAssociationSet {
				if a.Ipv6CidrBlockState == nil || !gone(a.Ipv6CidrBlockState.State) {
					vpc.CIDRs = append(vpc.CIDRs, read.prefix(a.Ipv6CidrBlock))
				}
			}
			return vpc, read.err
		}})
}

// gone reports whether the association of a CIDR or a route table is none any more, or never was.
func gone[State ~string](state State) bool { return state == "disassociated" || state == "failed" }

func vpcAttribute(ctx context.Context, r *reading, vpc string, name types.VpcAttributeName) evidence.Answer[bool] {
	return ask(ctx, r,
		question[bool]{action: "ec2:DescribeVpcAttribute", about: vpc + " " + string(name), keep: keepNetwork,
			call: func(ctx context.Context) (bool, error) {
				answer, err := client(r, ec2.NewFromConfig).DescribeVpcAttribute(ctx,
					&ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: name})
				if err != nil {
					return false, err
				}
				value := answer.EnableDnsSupport
				if name == types.VpcAttributeNameEnableDnsHostnames {
					value = answer.EnableDnsHostnames
				}
				if value == nil || value.Value == nil {
					return false, fmt.Errorf("the answer about %s does not hold it", name)
				}
				return *value.Value, nil
			}})
}

// subnets are those of a VPC; of each it is remembered that it is of that.
func subnets(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.Subnet] {
	p := ec2.NewDescribeSubnetsPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeSubnetsInput{Filters: where("vpc-id", vpc), MaxResults: most})
	found := listed(ctx, r, "ec2:DescribeSubnets", vpc, p,
		func(o *ec2.DescribeSubnetsOutput) []types.Subnet { return o.Subnets }, subnetFrom)
	for _, s := range found.Value {
		r.kept.put(aboutVPC(r, s.ID).key(), evidence.Is[any](vpc), r.Now(), forever)
	}
	return found
}

func subnetFrom(read *texts, s types.Subnet) evidence.Subnet {
	e := evidence.Subnet{ID: aws.ToString(s.SubnetId), VPC: aws.ToString(s.VpcId), Account: aws.ToString(s.OwnerId),
		Zone: aws.ToString(s.AvailabilityZone), ZoneID: aws.ToString(s.AvailabilityZoneId),
		IPv6Native: aws.ToBool(s.Ipv6Native),
		DNS64:      aws.ToBool(s.EnableDns64), FreeAddresses: int64(aws.ToInt32(s.AvailableIpAddressCount))}
	if s.CidrBlock != nil {
		e.CIDRs = append(e.CIDRs, read.prefix(s.CidrBlock))
	}
	for _, a := range s.Ipv6CidrBlockAssociationSet {
		if a.Ipv6CidrBlockState == nil || !gone(a.Ipv6CidrBlockState.State) {
			e.CIDRs = append(e.CIDRs, read.prefix(a.Ipv6CidrBlock))
		}
	}
	if s.BlockPublicAccessStates != nil {
		e.BlockMode = string(s.BlockPublicAccessStates.InternetGatewayBlockMode)
	}
	return e
}

func routeTables(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.RouteTable] {
	p := ec2.NewDescribeRouteTablesPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeRouteTablesInput{Filters: where("vpc-id", vpc), MaxResults: aws.Int32(100)})
	return listed(ctx, r, "ec2:DescribeRouteTables", vpc, p,
		func(o *ec2.DescribeRouteTablesOutput) []types.RouteTable { return o.RouteTables }, routeTableFrom)
}

func routeTableFrom(read *texts, t types.RouteTable) evidence.RouteTable {
	e := evidence.RouteTable{ID: aws.ToString(t.RouteTableId)}
	for _, a := range t.Associations {
		if a.AssociationState != nil && gone(a.AssociationState.State) {
			continue
		}
		e.Main = e.Main || aws.ToBool(a.Main)
		if a.SubnetId != nil {
			e.Subnets = append(e.Subnets, *a.SubnetId)
		}
	}
	for _, route := range t.Routes {
		e.Routes = append(e.Routes, routeFrom(read, route))
	}
	return e
}

func routeFrom(read *texts, route types.Route) evidence.Route {
	e := evidence.Route{PrefixList: aws.ToString(route.DestinationPrefixListId),
		Blackhole: route.State == types.RouteStateBlackhole,
		Propagated: route.Origin == types.RouteOriginEnableVgwRoutePropagation ||
			route.Origin == types.RouteOriginAdvertisement}
	if e.Destination = read.prefix(route.DestinationCidrBlock); route.DestinationCidrBlock == nil {
		e.Destination = read.prefix(route.DestinationIpv6CidrBlock)
	}
	for _, target := range []*string{route.GatewayId, route.NatGatewayId, route.EgressOnlyInternetGatewayId,
		route.TransitGatewayId, route.VpcPeeringConnectionId,
		route.NetworkInterfaceId, route.InstanceId, route.LocalGatewayId, route.CarrierGatewayId, route.CoreNetworkArn,
		route.OdbNetworkArn} {
		e.Target = cmp.Or(e.Target, aws.ToString(target))
	}
	if route.State == types.RouteStateFiltered {
		e.Target = "filtered " + e.Target // it may not be in force: a target that nobody follows
	}
	return e
}

func networkACLs(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.NetworkACL] {
	p := ec2.NewDescribeNetworkAclsPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeNetworkAclsInput{Filters: where("vpc-id", vpc), MaxResults: most})
	return listed(ctx, r, "ec2:DescribeNetworkAcls", vpc, p,
		func(o *ec2.DescribeNetworkAclsOutput) []types.NetworkAcl { return o.NetworkAcls }, networkACLFrom)
}

func networkACLFrom(read *texts, a types.NetworkAcl) evidence.NetworkACL {
	e := evidence.NetworkACL{ID: aws.ToString(a.NetworkAclId)}
	for _, association := range a.Associations {
		e.Subnets = append(e.Subnets, aws.ToString(association.SubnetId))
	}
	for _, entry := range a.Entries {
		rule := evidence.ACLRule{Number: int64(aws.ToInt32(entry.RuleNumber)), Egress: aws.ToBool(entry.Egress),
			Allow: entry.RuleAction == types.RuleActionAllow, Protocol: aws.ToString(entry.Protocol)}
		if rule.CIDR = read.prefix(entry.CidrBlock); entry.CidrBlock == nil {
			rule.CIDR = read.prefix(entry.Ipv6CidrBlock)
		}
		if entry.PortRange != nil {
			rule.From, rule.To = int64(aws.ToInt32(entry.PortRange.From)), int64(aws.ToInt32(entry.PortRange.To))
		}
		e.Rules = append(e.Rules, rule)
	}
	return e
}

func securityGroups(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.SecurityGroup] {
	p := ec2.NewDescribeSecurityGroupsPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeSecurityGroupsInput{Filters: where("vpc-id", vpc), MaxResults: most})
	return listed(ctx, r, "ec2:DescribeSecurityGroups", vpc, p,
		func(o *ec2.DescribeSecurityGroupsOutput) []types.SecurityGroup { return o.SecurityGroups }, securityGroupFrom)
}

func securityGroupFrom(read *texts, g types.SecurityGroup) evidence.SecurityGroup {
	return evidence.SecurityGroup{ID: aws.ToString(g.GroupId), Name: aws.ToString(g.GroupName),
		VPC:     aws.ToString(g.VpcId),
		Ingress: rulesFrom(read, g.IpPermissions), Egress: rulesFrom(read, g.IpPermissionsEgress)}
}

func rulesFrom(read *texts, permissions []types.IpPermission) []evidence.SGRule {
	var rules []evidence.SGRule
	for _, p := range permissions {
		rule := evidence.SGRule{Protocol: aws.ToString(p.IpProtocol), From: int64(aws.ToInt32(p.FromPort)),
			To: int64(aws.ToInt32(p.ToPort))}
		for _, c := range p.IpRanges {
			rule.CIDRs = append(rule.CIDRs, read.prefix(c.CidrIp))
		}
		for _, c := range p.Ipv6Ranges {
			rule.CIDRs = append(rule.CIDRs, read.prefix(c.CidrIpv6))
		}
		for _, l := range p.PrefixListIds {
			rule.PrefixLists = append(rule.PrefixLists, aws.ToString(l.PrefixListId))
		}
		for _, g := range p.UserIdGroupPairs {
			rule.Groups = append(rule.Groups, aws.ToString(g.GroupId))
		}
		rules = append(rules, rule)
	}
	return rules
}

func endpoints(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.Endpoint] {
	p := ec2.NewDescribeVpcEndpointsPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeVpcEndpointsInput{Filters: where("vpc-id", vpc), MaxResults: most})
	return listed(ctx, r, "ec2:DescribeVpcEndpoints", vpc, p,
		func(o *ec2.DescribeVpcEndpointsOutput) []types.VpcEndpoint { return o.VpcEndpoints }, endpointFrom)
}

func endpointFrom(_ *texts, v types.VpcEndpoint) evidence.Endpoint {
	e := evidence.Endpoint{ID: aws.ToString(v.VpcEndpointId), Account: aws.ToString(v.OwnerId),
		Service: aws.ToString(v.ServiceName),
		Type:    string(v.VpcEndpointType), State: string(v.State), PrivateDNS: aws.ToBool(v.PrivateDnsEnabled),
		Subnets:     v.SubnetIds,
		RouteTables: v.RouteTableIds, Adapters: v.NetworkInterfaceIds, Policy: aws.ToString(v.PolicyDocument),
		CreatedAt: aws.ToTime(v.CreationTimestamp)}
	if v.DnsOptions != nil {
		e.InboundOnly = aws.ToBool(v.DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint)
	}
	for _, g := range v.Groups {
		e.Groups = append(e.Groups, aws.ToString(g.GroupId))
	}
	return e
}

func natGateways(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.NATGateway] {
	p := ec2.NewDescribeNatGatewaysPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeNatGatewaysInput{Filter: where("vpc-id", vpc), MaxResults: most})
	return listed(ctx, r, "ec2:DescribeNatGateways", vpc, p,
		func(o *ec2.DescribeNatGatewaysOutput) []types.NatGateway { return o.NatGateways },
		func(_ *texts, n types.NatGateway) evidence.NATGateway {
			return evidence.NATGateway{ID: aws.ToString(n.NatGatewayId), Subnet: aws.ToString(n.SubnetId),
				State:        string(n.State),
				Connectivity: string(n.ConnectivityType), Availability: string(n.AvailabilityMode),
				RouteTable: aws.ToString(n.RouteTableId),
				CreatedAt:  aws.ToTime(n.CreateTime), DeletedAt: aws.ToTime(n.DeleteTime)}
		})
}

func internetGateways(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.InternetGateway] {
	p := ec2.NewDescribeInternetGatewaysPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeInternetGatewaysInput{Filters: where("attachment.vpc-id", vpc), MaxResults: most})
	return listed(ctx, r, "ec2:DescribeInternetGateways", vpc, p,
		func(o *ec2.DescribeInternetGatewaysOutput) []types.InternetGateway { return o.InternetGateways },
		func(_ *texts, g types.InternetGateway) evidence.InternetGateway {
			return evidence.InternetGateway{ID: aws.ToString(g.InternetGatewayId),
				Attached: attached(g.Attachments, vpc)}
		})
}

// egressOnlyGateways are asked for without a filter, because there is none by VPC.
func egressOnlyGateways(ctx context.Context, r *reading, vpc string) evidence.Answer[[]evidence.InternetGateway] {
	p := ec2.NewDescribeEgressOnlyInternetGatewaysPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeEgressOnlyInternetGatewaysInput{MaxResults: aws.Int32(255)})
	return listed(ctx, r, "ec2:DescribeEgressOnlyInternetGateways", vpc, p,
		func(o *ec2.DescribeEgressOnlyInternetGatewaysOutput) []types.EgressOnlyInternetGateway {
			return slices.DeleteFunc(o.EgressOnlyInternetGateways,
				func(g types.EgressOnlyInternetGateway) bool { return !attached(g.Attachments, vpc) })
		},
		func(_ *texts, g types.EgressOnlyInternetGateway) evidence.InternetGateway {
			return evidence.InternetGateway{ID: aws.ToString(g.EgressOnlyInternetGatewayId), Attached: true}
		})
}

// attached reports whether a gateway is attached to a VPC. EC2 writes available, its documentation says attached.
func attached(attachments []types.InternetGatewayAttachment, vpc string) bool {
	return slices.ContainsFunc(attachments, func(a types.InternetGatewayAttachment) bool {
		return aws.ToString(a.VpcId) == vpc && (a.State == "available" || a.State == types.AttachmentStatusAttached)
	})
}

func dhcpOptions(ctx context.Context, r *reading,
	vpc evidence.Answer[evidence.VPC]) evidence.Answer[evidence.DHCPOptions] {
	if vpc.State != evidence.Known {
		return same[evidence.DHCPOptions](vpc)
	}
	id := vpc.Value.DHCP
	return ask(ctx, r, question[evidence.DHCPOptions]{action: "ec2:DescribeDhcpOptions", about: id, keep: keepNetwork,
		call: func(ctx context.Context) (evidence.DHCPOptions, error) {
			answer, err := client(r, ec2.NewFromConfig).DescribeDhcpOptions(ctx,
				&ec2.DescribeDhcpOptionsInput{Filters: where("dhcp-options-id", id)})
			if err == nil && len(answer.DhcpOptions) == 0 {
				err = errAbsent
			}
			if err != nil {
				return evidence.DHCPOptions{}, err
			}
			options := evidence.DHCPOptions{ID: id}
			for _, c := range answer.DhcpOptions[0].DhcpConfigurations {
				if aws.ToString(c.Key) != "domain-name-servers" {
					continue
				}
				for _, v := range c.Values {
					options.Servers = append(options.Servers, aws.ToString(v.Value))
				}
			}
			return options, nil
		}})
}

// filterValues is how many values EC2 takes in one filter.
const filterValues = 200

// endpointAdapters asks for the interfaces of the interface endpoints of a VPC.
func endpointAdapters(ctx context.Context, r *reading, vpc string,
	endpoints evidence.Answer[[]evidence.Endpoint]) evidence.Answer[[]evidence.Interface] {
	if endpoints.State != evidence.Known {
		return same[[]evidence.Interface](endpoints)
	}
	var ids []string
	for _, e := range endpoints.Value {
		ids = append(ids, e.Adapters...)
	}
	if len(ids) == 0 {
		return evidence.Is([]evidence.Interface{})
	}
	return ask(ctx, r,
		question[[]evidence.Interface]{action: "ec2:DescribeNetworkInterfaces", about: "endpoints of " + vpc,
			keep: keepNetwork,
			call: func(ctx context.Context) ([]evidence.Interface, error) {
				var all []evidence.Interface
				for some := range slices.Chunk(ids, filterValues) {
					found, err := networkInterfaces(ctx, r, where("network-interface-id", some...))
					if err != nil {
						return nil, err
					}
					all = append(all, found...)
				}
				return all, nil
			}})
}

// namedLists returns the prefix lists that matter for traffic from the given groups, each once: those that routes name,
// that rules out of the groups name, and that rules into the groups of endpoints name.
func namedLists(n *evidence.Network, groups []string) []string {
	var named []string
	for _, t := range n.RouteTables.Value {
		for _, route := range t.Routes {
			named = append(named, route.PrefixList)
		}
	}
	var entrances []string
	for _, e := range n.Endpoints.Value {
		entrances = append(entrances, e.Groups...)
	}
	for _, g := range n.Groups.Value {
		if slices.Contains(groups, g.ID) || len(groups) == 0 && g.Name == "default" {
			for _, rule := range g.Egress {
				named = append(named, rule.PrefixLists...)
			}
		}
		if slices.Contains(entrances, g.ID) {
			for _, rule := range g.Ingress {
				named = append(named, rule.PrefixLists...)
			}
		}
	}
	slices.Sort(named)
	return slices.DeleteFunc(slices.Compact(named), func(id string) bool { return id == "" })
}

// prefixLists reads the named lists and that of S3 in the Region. A list that is not ours to see is told by its id
// alone.
func prefixLists(ctx context.Context, r *reading, named []string) evidence.Answer[[]evidence.PrefixList] {
	p := ec2.NewDescribeManagedPrefixListsPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeManagedPrefixListsInput{MaxResults: aws.Int32(100)})
	known := listed(ctx, r, "ec2:DescribeManagedPrefixLists", "", p,
		func(o *ec2.DescribeManagedPrefixListsOutput) []types.ManagedPrefixList { return o.PrefixLists },
		func(_ *texts, l types.ManagedPrefixList) evidence.PrefixList {
			return evidence.PrefixList{ID: aws.ToString(l.PrefixListId), Name: aws.ToString(l.PrefixListName)}
		})
	if known.State != evidence.Known {
		return known
	}
	var lists []evidence.PrefixList
	for _, l := range known.Value {
		if l.Name == "com.amazonaws."+r.cfg.Region+".s3" || slices.Contains(named, l.ID) {
			lists = append(lists, l)
		}
	}
	for _, id := range named {
		if !slices.ContainsFunc(lists, func(l evidence.PrefixList) bool { return l.ID == id }) {
			lists = append(lists,
				evidence.PrefixList{ID: id,
					Entries: evidence.Unanswered[[]netip.Prefix](classifier.ReasonNotVisible, "")})
		}
	}
	var steps []func()
	for i := range lists {
		if lists[i].Entries.State == evidence.NotAsked {
			steps = append(steps, func() { lists[i].Entries = prefixListEntries(ctx, r, lists[i].ID) })
		}
	}
	together(steps...)
	return evidence.Is(lists)
}

func prefixListEntries(ctx context.Context, r *reading, id string) evidence.Answer[[]netip.Prefix] {
	p := ec2.NewGetManagedPrefixListEntriesPaginator(client(r, ec2.NewFromConfig),
		&ec2.GetManagedPrefixListEntriesInput{PrefixListId: &id, MaxResults: aws.Int32(100)})
	return listed(ctx, r, "ec2:GetManagedPrefixListEntries", id, p,
		func(o *ec2.GetManagedPrefixListEntriesOutput) []types.PrefixListEntry { return o.Entries },
		func(read *texts, e types.PrefixListEntry) netip.Prefix { return read.prefix(e.Cidr) })
}
