package lookup

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

// leadsTo is the account of fargate whose private subnet leads everything to one target.
func leadsTo(s *awstest.Server, key, target string) {
	fargate(s)
	s.Clear("ec2:DescribeRouteTables")
	s.Put("ec2:DescribeRouteTables",
		object{"routeTableId": "rtb-private", "vpcId": "vpc-0a1",
			"associationSet": []object{{"subnetId": "subnet-0a1"}},
			"routeSet":       []object{{"destinationCidrBlock": "0.0.0.0/0", key: target, "state": "active"}}},
		object{"routeTableId": "rtb-there", "vpcId": "vpc-0b1", "associationSet": []object{{"main": true}},
			"routeSet": []object{{"destinationCidrBlock": "10.0.0.0/16", "vpcPeeringConnectionId": "pcx-0a1",
				"state": "blackhole"}}})
}

func behindTransit(s *awstest.Server) {
	leadsTo(s, "transitGatewayId", "tgw-0a1")
	for _, vpc := range []string{"vpc-0a1", "vpc-other"} {
		s.Put("ec2:DescribeTransitGatewayVpcAttachments", object{"transitGatewayId": "tgw-0a1", "vpcId": vpc,
			"transitGatewayAttachmentId": "tgw-attach-" + vpc, "state": "available",
			"subnetIds":    []string{"subnet-nat"},
			"creationTime": created.Add(-time.Hour).Format(time.RFC3339)})
		s.Put("ec2:DescribeTransitGatewayAttachments", object{"transitGatewayId": "tgw-0a1", "resourceId": vpc,
			"association": object{"transitGatewayRouteTableId": "tgw-rtb-" + vpc, "state": "associated"}})
	}
	s.Put("ec2:SearchTransitGatewayRoutes", object{"transitGatewayRouteTableId": "tgw-rtb-vpc-0a1",
		"additionalRoutesAvailable": false, "routeSet": []object{
			{"destinationCidrBlock": "10.0.0.0/8", "state": "active", "type": "propagated",
				"transitGatewayAttachments": []object{{"transitGatewayAttachmentId": "tgw-attach-2"}}},
			{"destinationCidrBlock": "0.0.0.0/0", "state": "blackhole", "type": "static"}}})
}

func peered(s *awstest.Server) {
	leadsTo(s, "vpcPeeringConnectionId", "pcx-0a1")
	s.Put("ec2:DescribeVpcPeeringConnections", object{"vpcPeeringConnectionId": "pcx-0a1",
		"status": object{"code": "active"},
		"requesterVpcInfo": object{"vpcId": "vpc-0b1", "ownerId": account, "region": region,
			"cidrBlockSet": []object{{"cidrBlock": "10.1.0.0/16"}}},
		"accepterVpcInfo": object{"vpcId": "vpc-0a1", "ownerId": account, "region": region,
			"cidrBlockSet": []object{{"cidrBlock": "10.0.0.0/16"}}}})
	s.Put("ec2:DescribeSubnets", object{"subnetId": "subnet-there", "vpcId": "vpc-0b1", "ownerId": account,
		"cidrBlock": "10.1.4.0/24"})
}

// peeredStop is a task that dialled an address of another VPC.
func peeredStop() events.Stop {
	s := fargateStop()
	s.StoppedReason = "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
		`registry auth: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.1.4.9:443: i/o timeout`
	return s
}

func onwardFinding(s events.Stop) classifier.Finding {
	f := classifier.Classify(s)
	f.Causes = open("endpoint-sg-closed").Causes
	return f
}

func TestWhatStandsBehindARoute(t *testing.T) {
	onwardOf := func(t *testing.T, s *awstest.Server, stop events.Stop) evidence.Answer[evidence.Onward] {
		g, _ := newGatherer(s)
		r := &reading{Gatherer: g, stop: stop, finding: onwardFinding(stop)}
		readInputs(t.Context(), r)
		readNetwork(t.Context(), r)
		return r.facts.Network.Onward
	}
	through := func(change func(*evidence.Onward)) evidence.Answer[evidence.Onward] {
		o := evidence.Onward{ID: "tgw-0a1", Attachment: "tgw-attach-vpc-0a1", State: "available",
			CreatedAt: created.Add(-time.Hour), Subnets: []string{"subnet-nat"},
			Table: evidence.Is(evidence.RouteTable{ID: "tgw-rtb-vpc-0a1", Routes: []evidence.Route{
				{Destination: netip.MustParsePrefix("10.0.0.0/8"), Target: "tgw-attach-2", Propagated: true},
				{Destination: netip.MustParsePrefix("0.0.0.0/0"), Blackhole: true}}})}
		change(&o)
		return evidence.Is(o)
	}
	over := func(change func(*evidence.Onward)) evidence.Answer[evidence.Onward] {
		o := evidence.Onward{ID: "pcx-0a1", State: "active", VPC: "vpc-0b1",
			CIDRs: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
			Table: evidence.Is(evidence.RouteTable{ID: "rtb-there", Main: true, Routes: []evidence.Route{
				{Destination: netip.MustParsePrefix("10.0.0.0/16"), Target: "pcx-0a1", Blackhole: true}}})}
		change(&o)
		return evidence.Is(o)
	}
	asItIs := func(*evidence.Onward) {}
	elsewhere := peeredStop()
	elsewhere.StoppedReason = natStop().StoppedReason
	for _, test := range []struct {
		name   string
		put    func(*awstest.Server)
		change func(*awstest.Server)
		stop   events.Stop
		want   evidence.Answer[evidence.Onward]
	}{
		{name: "a transit gateway", put: behindTransit, stop: natStop(), want: through(asItIs)},
		{name: "a route table of another account", put: behindTransit, stop: natStop(),
			change: func(s *awstest.Server) { s.Clear("ec2:DescribeTransitGatewayAttachments") },
			want:   through(func(o *evidence.Onward) { o.Table = evidence.None[evidence.RouteTable]() })},
		{name: "routes that may not be read", put: behindTransit, stop: natStop(),
			change: func(s *awstest.Server) {
				s.Inject(awstest.Fault{Operation: "ec2:SearchTransitGatewayRoutes", Denied: true})
			},
			want: through(func(o *evidence.Onward) {
				o.Table = evidence.Unanswered[evidence.RouteTable](classifier.ReasonNoPermission,
					"ec2:SearchTransitGatewayRoutes")
			})},
		{name: "more routes than are told", put: behindTransit, stop: natStop(),
			change: func(s *awstest.Server) {
				s.Clear("ec2:SearchTransitGatewayRoutes")
				s.Put("ec2:SearchTransitGatewayRoutes", object{"transitGatewayRouteTableId": "tgw-rtb-vpc-0a1",
					"additionalRoutesAvailable": true, "routeSet": []object{}})
			},
			want: through(func(o *evidence.Onward) {
				o.Table = evidence.Unanswered[evidence.RouteTable](classifier.ReasonBudget,
					"ec2:SearchTransitGatewayRoutes")
			})},
		{name: "a transit gateway without our attachment", put: behindTransit, stop: natStop(),
			change: func(s *awstest.Server) { s.Clear("ec2:DescribeTransitGatewayVpcAttachments") },
			want:   evidence.None[evidence.Onward]()},
		{name: "a peering connection", put: peered, stop: peeredStop(), want: over(asItIs)},
		{name: "an address that the other VPC has not", put: peered, stop: elsewhere,
			want: over(func(o *evidence.Onward) { o.Table = evidence.Answer[evidence.RouteTable]{} })},
		{name: "a VPC of another account", put: peered, stop: peeredStop(),
			change: func(s *awstest.Server) {
				s.Clear("ec2:DescribeVpcPeeringConnections")
				s.Put("ec2:DescribeVpcPeeringConnections", object{"vpcPeeringConnectionId": "pcx-0a1",
					"status": object{"code": "active"}, "accepterVpcInfo": object{"vpcId": "vpc-0b1",
						"ownerId": "998877665544", "region": region, "cidrBlock": "10.1.0.0/16"},
					"requesterVpcInfo": object{"vpcId": "vpc-0a1", "ownerId": account, "region": region}})
			},
			want: over(func(o *evidence.Onward) { o.Table = evidence.Answer[evidence.RouteTable]{} })},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			test.put(s)
			if test.change != nil {
				test.change(s)
			}
			if diff := cmp.Diff(test.want, onwardOf(t, s, test.stop),
				cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
				t.Errorf("-want +got:\n%s\n%q", diff, s.Requests())
			}
		})
	}
	s := newServer(t)
	natInUse(s)
	if got := onwardOf(t, s, natStop()); got.State != evidence.NotAsked {
		t.Errorf("behind a NAT gateway: %+v", got)
	}
}
