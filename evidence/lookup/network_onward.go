package lookup

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"whystopped/classifier"
	"whystopped/evidence"
)

// onward reads what stands behind the transit gateway or the peering connection that a call to an address goes through;
// ip is invalid where no text tells the address.
func onward(ctx context.Context, r *reading, vpc, id string, ip netip.Addr) evidence.Answer[evidence.Onward] {
	if strings.HasPrefix(id, "tgw-") {
		return attachmentTo(ctx, r, vpc, id)
	}
	return connection(ctx, r, vpc, id, ip)
}

// first is the one thing of a listing, or that there is none.
func first[T any](found evidence.Answer[[]T]) evidence.Answer[T] {
	answer := same[T](found)
	switch {
	case found.State == evidence.Known && len(found.Value) == 0:
		return evidence.None[T]()
	case found.State == evidence.Known:
		answer.Value = found.Value[0]
	}
	return answer
}

// attachmentTo reads the attachment of a VPC to a transit gateway, and the route table that it is associated with: who
// does not own the gateway may not see that.
func attachmentTo(ctx context.Context, r *reading, vpc, id string) evidence.Answer[evidence.Onward] {
	filters := where("transit-gateway-id", id)
	var read evidence.Answer[evidence.Onward]
	var table evidence.Answer[string]
	together(
		func() {
			p := ec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(client(r, ec2.NewFromConfig),
				&ec2.DescribeTransitGatewayVpcAttachmentsInput{MaxResults: most,
					Filters: append(slices.Clone(filters), where("vpc-id", vpc)...)})
			read = first(listed(ctx, r, "ec2:DescribeTransitGatewayVpcAttachments", vpc+" "+id, p,
				func(o *ec2.DescribeTransitGatewayVpcAttachmentsOutput) []types.TransitGatewayVpcAttachment {
					return o.TransitGatewayVpcAttachments
				},
				func(_ *texts, a types.TransitGatewayVpcAttachment) evidence.Onward {
					return evidence.Onward{ID: id, Attachment: aws.ToString(a.TransitGatewayAttachmentId),
						State: string(a.State), CreatedAt: aws.ToTime(a.CreationTime), Subnets: a.SubnetIds}
				}))
		},
		func() {
			p := ec2.NewDescribeTransitGatewayAttachmentsPaginator(client(r, ec2.NewFromConfig),
				&ec2.DescribeTransitGatewayAttachmentsInput{MaxResults: most,
					Filters: append(slices.Clone(filters), where("resource-id", vpc)...)})
			table = first(listed(ctx, r, "ec2:DescribeTransitGatewayAttachments", vpc+" "+id, p,
				func(o *ec2.DescribeTransitGatewayAttachmentsOutput) []types.TransitGatewayAttachment {
					return slices.DeleteFunc(o.TransitGatewayAttachments, func(a types.TransitGatewayAttachment) bool {
						return a.Association == nil || a.Association.TransitGatewayRouteTableId == nil
					})
				},
				func(_ *texts, a types.TransitGatewayAttachment) string {
					return *a.Association.TransitGatewayRouteTableId
				}))
		},
	)
	switch {
	case read.State == evidence.Known && table.State == evidence.Known:
		read.Value.Table = transitRoutes(ctx, r, table.Value)
	case read.State == evidence.Known:
		read.Value.Table = same[evidence.RouteTable](table)
	}
	return read
}

// transitRoutes reads the routes of a transit gateway's route table, each with the attachment that it leads to. A part
// of them proves nothing.
func transitRoutes(ctx context.Context, r *reading, table string) evidence.Answer[evidence.RouteTable] {
	return ask(ctx, r, question[evidence.RouteTable]{action: "ec2:SearchTransitGatewayRoutes", about: table,
		keep: keepNetwork,
		call: func(ctx context.Context) (evidence.RouteTable, error) {
			answer, err := client(r, ec2.NewFromConfig).SearchTransitGatewayRoutes(ctx,
				&ec2.SearchTransitGatewayRoutesInput{TransitGatewayRouteTableId: &table, MaxResults: most,
					Filters: where("state", "active", "blackhole")})
			switch {
			case err != nil:
				return evidence.RouteTable{}, err
			case aws.ToBool(answer.AdditionalRoutesAvailable):
				return evidence.RouteTable{}, refused(classifier.ReasonBudget)
			}
			var read texts
			t := evidence.RouteTable{ID: table}
			for _, route := range answer.Routes {
				e := evidence.Route{Destination: read.prefix(route.DestinationCidrBlock),
					Blackhole:  route.State == types.TransitGatewayRouteStateBlackhole,
					Propagated: route.Type == types.TransitGatewayRouteTypePropagated}
				if route.DestinationCidrBlock == nil {
					e.PrefixList = aws.ToString(route.PrefixListId)
				}
				for _, a := range route.TransitGatewayAttachments {
					e.Target = aws.ToString(a.TransitGatewayAttachmentId)
				}
				t.Routes = append(t.Routes, e)
			}
			return t, read.err
		}})
}

// connection reads a peering connection and, where the VPC on the other side is of the same account and Region, the
// route table of the subnet that was called there.
func connection(ctx context.Context, r *reading, vpc, id string, ip netip.Addr) evidence.Answer[evidence.Onward] {
	p := ec2.NewDescribeVpcPeeringConnectionsPaginator(client(r, ec2.NewFromConfig),
		&ec2.DescribeVpcPeeringConnectionsInput{Filters: where("vpc-peering-connection-id", id), MaxResults: most})
	type owned struct {
		evidence.Onward
		account, region string
	}
	found := first(listed(ctx, r, "ec2:DescribeVpcPeeringConnections", vpc+" "+id, p,
		func(o *ec2.DescribeVpcPeeringConnectionsOutput) []types.VpcPeeringConnection {
			return slices.DeleteFunc(o.VpcPeeringConnections, func(c types.VpcPeeringConnection) bool {
				return c.AccepterVpcInfo == nil || c.RequesterVpcInfo == nil || c.Status == nil
			})
		},
		func(read *texts, c types.VpcPeeringConnection) owned {
			other := c.AccepterVpcInfo
			if aws.ToString(other.VpcId) == vpc {
				other = c.RequesterVpcInfo
			}
			o := owned{account: aws.ToString(other.OwnerId), region: aws.ToString(other.Region),
				Onward: evidence.Onward{ID: id, State: string(c.Status.Code), VPC: aws.ToString(other.VpcId)}}
			for _, block := range other.CidrBlockSet {
				o.CIDRs = append(o.CIDRs, read.prefix(block.CidrBlock))
			}
			if len(o.CIDRs) == 0 && other.CidrBlock != nil {
				o.CIDRs = append(o.CIDRs, read.prefix(other.CidrBlock))
			}
			for _, block := range other.Ipv6CidrBlockSet {
				o.CIDRs = append(o.CIDRs, read.prefix(block.Ipv6CidrBlock))
			}
			return o
		}))
	answer := same[evidence.Onward](found)
	answer.Value = found.Value.Onward
	here := found.Value.account == r.stop.Account && found.Value.region == r.cfg.Region
	if found.State == evidence.Known && found.Value.State == "active" && here && ip.IsValid() &&
		slices.ContainsFunc(answer.Value.CIDRs, func(p netip.Prefix) bool { return p.Contains(ip) }) {
		answer.Value.Table = tableOfAddress(ctx, r, answer.Value.VPC, ip)
	}
	return answer
}

// tableOfAddress reads the route table of the subnet of a VPC that an address is in.
func tableOfAddress(ctx context.Context, r *reading, vpc string, ip netip.Addr) evidence.Answer[evidence.RouteTable] {
	var within evidence.Answer[[]evidence.Subnet]
	var tables evidence.Answer[[]evidence.RouteTable]
	together(
		func() { within = subnets(ctx, r, vpc) },
		func() { tables = routeTables(ctx, r, vpc) },
	)
	i := slices.IndexFunc(within.Value, func(s evidence.Subnet) bool {
		return slices.ContainsFunc(s.CIDRs, func(p netip.Prefix) bool { return p.Contains(ip) })
	})
	if within.State != evidence.Known || tables.State != evidence.Known || i < 0 {
		return evidence.Unanswered[evidence.RouteTable](classifier.ReasonNotVisible, "")
	}
	for _, own := range []func(evidence.RouteTable) bool{
		func(t evidence.RouteTable) bool { return slices.Contains(t.Subnets, within.Value[i].ID) },
		func(t evidence.RouteTable) bool { return t.Main },
	} {
		if i := slices.IndexFunc(tables.Value, own); i >= 0 {
			return evidence.Is(tables.Value[i])
		}
	}
	return evidence.Unanswered[evidence.RouteTable](classifier.ReasonNotVisible, "")
}
