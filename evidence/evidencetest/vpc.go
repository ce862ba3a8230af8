package evidencetest

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

func IP(s string) netip.Addr     { return netip.MustParseAddr(s) }
func CIDR(s string) netip.Prefix { return netip.MustParsePrefix(s) }
func Route(dest, target string) evidence.Route {
	return evidence.Route{Destination: CIDR(dest), Target: target}
}
func Everything(egress bool) evidence.ACLRule {
	return ACLRule(100, egress, true, "-1", "0.0.0.0/0", 0, 0)
}
func EverythingV6(egr bool) evidence.ACLRule { return ACLRule(101, egr, true, "-1", "::/0", 0, 0) }
func openGroup(id string) []evidence.SGRule {
	return []evidence.SGRule{{Protocol: "-1", CIDRs: CIDRs("0.0.0.0/0 ::/0")}}
}
func CIDRs(list string) (all []netip.Prefix) {
	for s := range strings.FieldsSeq(list) {
		all = append(all, CIDR(s))
	}
	return all
}

func From443(from ...string) []evidence.SGRule {
	return []evidence.SGRule{{Protocol: "tcp", From: 443, To: 443, Groups: from}}
}

func ACLRule(number int64, egress, allow bool, protocol, to string, from, until int64) evidence.ACLRule {
	return evidence.ACLRule{
		Number:   number,
		Egress:   egress,
		Allow:    allow,
		Protocol: protocol,
		CIDR:     CIDR(to),
		From:     from,
		To:       until,
	}
}

var stopped = time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC)

// Saying explains a stop on Fargate with a reason, at the moment of the stop.
func Saying(reason string) evidence.Case {
	s := events.Stop{
		Kind:            events.KindTask,
		Account:         "210987654321",
		Region:          "eu-west-1",
		LaunchType:      "FARGATE",
		PlatformVersion: "1.4.0",
		Group:           "service:orders",
		Service:         "orders",
		StartedBy:       "ecs-svc/7001",
		DeploymentID:    "ecs-svc/7001",
		StopCode:        "TaskFailedToStart",
		StoppedReason:   reason,
		StoppedAt:       stopped,
		Containers: []events.Container{{
			Name:  "app",
			Image: "210987654321.dkr.ecr.eu-west-1.amazonaws.com/orders:7",
		}},
		Attachments: []events.Attachment{{
			Type:    "eni",
			Details: map[string]string{"subnetId": "subnet-app", "privateIPv4Address": "10.0.1.20"},
		}},
	}
	c := evidence.Case{Stop: s, Finding: classifier.Classify(s), CheckedAt: stopped.Add(time.Minute)}
	c.Facts.Caller = evidence.Is(evidence.Caller{Account: "210987654321", Region: "eu-west-1"})
	c.Facts.Task.TaskDefinition = evidence.Is(evidence.TaskDefinition{
		OperatingSystem:  "LINUX",
		ExecutionRoleARN: "arn:aws:iam::210987654321:role/orders-exec",
	})
	c.Facts.Task.Interface = evidence.None[evidence.Interface]()
	c.Facts.Task.Service = evidence.Is(evidence.Service{Deployments: []evidence.Deployment{
		{
			ID:         "ecs-svc/7002",
			Status:     "PRIMARY",
			HasNetwork: true,
			Network:    evidence.NetworkSettings{Groups: []string{"sg-next"}, AssignPublicIP: "ENABLED"},
		},
		{
			ID:         "ecs-svc/7001",
			Status:     "ACTIVE",
			HasNetwork: true,
			Network: evidence.NetworkSettings{
				Subnets:        []string{"subnet-app", "subnet-other"},
				Groups:         []string{"sg-task"},
				AssignPublicIP: "DISABLED",
			},
		},
	}})
	c.Facts.Network = vpc()
	return c
}

// vpc is a VPC with a public subnet, the private subnet of the task, and two subnets for VPC endpoints.
func vpc() evidence.Network {
	subnet := func(id, zone string, ranges string) evidence.Subnet {
		return evidence.Subnet{ID: id, VPC: "vpc-1", Account: "210987654321", Zone: zone, CIDRs: CIDRs(ranges),
			BlockMode: "off"}
	}
	local := Route("10.0.0.0/16", "local")
	return evidence.Network{
		VPC: evidence.Is(evidence.VPC{ID: "vpc-1", Account: "210987654321", CIDRs: CIDRs("10.0.0.0/16"),
			DHCP: "dopt-1"}),
		DNSSupport:   evidence.Is(true),
		DNSHostnames: evidence.Is(true),
		DHCP:         evidence.Is(evidence.DHCPOptions{ID: "dopt-1", Servers: []string{"AmazonProvidedDNS"}}),
		Subnets: evidence.Is([]evidence.Subnet{
			subnet("subnet-pub", "eu-west-1a", "10.0.0.0/24"),
			subnet("subnet-app", "eu-west-1a", "10.0.1.0/24"),
			subnet("subnet-ep", "eu-west-1a", "10.0.2.0/24"),
			subnet("subnet-ep2", "eu-west-1b", "10.0.3.0/24"),
		}),
		RouteTables: evidence.Is([]evidence.RouteTable{{ID: "rtb-main", Main: true, Routes: []evidence.Route{local}},
			{ID: "rtb-pub", Subnets: []string{"subnet-pub"},
				Routes: []evidence.Route{local, Route("0.0.0.0/0", "igw-1")}},
			{ID: "rtb-app", Subnets: []string{"subnet-app"}, Routes: []evidence.Route{local}}}),
		ACLs: evidence.Is([]evidence.NetworkACL{
			{
				ID:      "acl-app",
				Subnets: []string{"subnet-app"},
				Rules: []evidence.ACLRule{Everything(true), Everything(false), EverythingV6(true),
					EverythingV6(false)},
			},
			{ID: "acl-pub", Subnets: []string{"subnet-pub"},
				Rules: []evidence.ACLRule{Everything(true), Everything(false)}},
			{
				ID:      "acl-ep",
				Subnets: []string{"subnet-ep", "subnet-ep2"},
				Rules:   []evidence.ACLRule{Everything(true), Everything(false)},
			}}),
		Groups: evidence.Is([]evidence.SecurityGroup{
			{ID: "sg-task", Name: "orders", VPC: "vpc-1", Egress: openGroup("sg-task")},
			{ID: "sg-default", Name: "default", VPC: "vpc-1", Egress: openGroup("sg-default")},
			{ID: "sg-default-2", Name: "default", VPC: "vpc-2"},
			{ID: "sg-ep", Name: "endpoints", VPC: "vpc-1", Ingress: From443("sg-task")}}),
		Endpoints: evidence.Is([]evidence.Endpoint{}),
		NATs: evidence.Is([]evidence.NATGateway{{
			ID:           "nat-1",
			Subnet:       "subnet-pub",
			State:        "available",
			Connectivity: "public",
			Availability: "zonal",
		}}),
		Gateways:   evidence.Is([]evidence.InternetGateway{{ID: "igw-1", Attached: true}}),
		EgressOnly: evidence.Is([]evidence.InternetGateway{{ID: "eigw-1", Attached: true}}),
		PrefixLists: evidence.Is([]evidence.PrefixList{{
			ID:      "pl-s3",
			Name:    "com.amazonaws.eu-west-1.s3",
			Entries: evidence.Is(CIDRs("52.218.0.0/17 3.5.64.0/21")),
		}}),
		EndpointAdapters: evidence.Is([]evidence.Interface{}),
		PortErrors:       evidence.Is(NoPortErrors),
	}
}

// NoPortErrors are the minutes of the stop of Saying.
var NoPortErrors = []evidence.Point{{At: stopped.Add(-2 * time.Minute)}, {At: stopped.Add(-time.Minute)}, {At: stopped}}

// Find finds an element of a list of the network by its id.
func Find[T any](list []T, id string, idOf func(T) string) *T {
	i := slices.IndexFunc(list, func(t T) bool { return idOf(t) == id })
	if i < 0 {
		panic(fmt.Sprintf("no %s in the layout", id))
	}
	return &list[i]
}

func Group(c *evidence.Case, id string) *evidence.SecurityGroup {
	return Find(c.Facts.Network.Groups.Value, id, func(g evidence.SecurityGroup) string { return g.ID })
}

func Settings(c *evidence.Case) *evidence.NetworkSettings {
	return &c.Facts.Task.Service.Value.Deployments[1].Network
}
