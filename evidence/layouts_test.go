package evidence

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// A layout is a whole VPC in which a call works. Each test breaks one thing in it.

const (
	publicAddress = "3.248.17.5"
	s3Address     = "52.218.44.9"
	adapterIP     = "10.0.2.10"
	otherAdapter  = "10.0.3.10"
	apiHost       = "api.ecr.eu-west-1.amazonaws.com"
	layerHost     = "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com"
)

// timedOut is what ECS says of a login at ECR that got no answer; by name alone when address is empty.
func timedOut(host, address string) string {
	const before = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
		"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): " +
		"RequestError: send request failed caused by: Post \"https://"
	if address == "" {
		return before + host +
			"/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting " +
			"headers)"
	}
	return before + host + "/\": dial tcp " + netip.AddrPortFrom(ip(address), 443).String() + ": i/o timeout"
}

func layersTimedOut(address string) string {
	said := "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to copy: " +
		"httpReadSeeker: failed open: failed to do request: Get \"https://" + layerHost + "/2a5f\": "
	if address == "" {
		return said +
			"net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"
	}
	return said + "dial tcp " + address + ":443: i/o timeout"
}

func ip(s string) netip.Addr         { return netip.MustParseAddr(s) }
func cidr(s string) netip.Prefix     { return netip.MustParsePrefix(s) }
func to(dest, target string) Route   { return Route{Destination: cidr(dest), Target: target} }
func everything(egress bool) ACLRule { return aclRule(100, egress, true, "-1", "0.0.0.0/0", 0, 0) }
func everythingV6(egr bool) ACLRule  { return aclRule(101, egr, true, "-1", "::/0", 0, 0) }
func openGroup(id string) []SGRule   { return []SGRule{{Protocol: "-1", CIDRs: cidrs("0.0.0.0/0 ::/0")}} }
func cidrs(list string) (all []netip.Prefix) {
	for s := range strings.FieldsSeq(list) {
		all = append(all, cidr(s))
	}
	return all
}

func says443(from ...string) []SGRule {
	return []SGRule{{Protocol: "tcp", From: 443, To: 443, Groups: from}}
}

func aclRule(number int64, egress, allow bool, protocol, to string, from, until int64) ACLRule {
	return ACLRule{
		Number:   number,
		Egress:   egress,
		Allow:    allow,
		Protocol: protocol,
		CIDR:     cidr(to),
		From:     from,
		To:       until,
	}
}

// saying explains a stop on Fargate with a reason, at the moment of the stop.
func saying(reason string) Case {
	stopped := time.Date(2026, 3, 4, 7, 0, 0, 0, time.UTC)
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
	c := Case{Stop: s, Finding: classifier.Classify(s), CheckedAt: stopped.Add(time.Minute)}
	c.Facts.Caller = Is(Caller{Account: "210987654321", Region: "eu-west-1"})
	c.Facts.Inputs.TaskDefinition = Is(TaskDefinition{
		OperatingSystem:  "LINUX",
		ExecutionRoleARN: "arn:aws:iam::210987654321:role/orders-exec",
	})
	c.Facts.Inputs.Interface = None[Interface]()
	c.Facts.Inputs.Service = Is(Service{Deployments: []Deployment{
		{
			ID:         "ecs-svc/7002",
			Status:     "PRIMARY",
			HasNetwork: true,
			Network:    NetworkSettings{Groups: []string{"sg-next"}, AssignPublicIP: "ENABLED"},
		},
		{
			ID:         "ecs-svc/7001",
			Status:     "ACTIVE",
			HasNetwork: true,
			Network: NetworkSettings{
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
func vpc() Network {
	subnet := func(id, zone string, ranges string) Subnet {
		return Subnet{ID: id, VPC: "vpc-1", Account: "210987654321", Zone: zone, CIDRs: cidrs(ranges), BlockMode: "off"}
	}
	local := to("10.0.0.0/16", "local")
	return Network{
		VPC:          Is(VPC{ID: "vpc-1", Account: "210987654321", CIDRs: cidrs("10.0.0.0/16"), DHCP: "dopt-1"}),
		DNSSupport:   Is(true),
		DNSHostnames: Is(true),
		DHCP:         Is(DHCPOptions{ID: "dopt-1", Servers: []string{"AmazonProvidedDNS"}}),
		Subnets: Is([]Subnet{
			subnet("subnet-pub", "eu-west-1a", "10.0.0.0/24"),
			subnet("subnet-app", "eu-west-1a", "10.0.1.0/24"),
			subnet("subnet-ep", "eu-west-1a", "10.0.2.0/24"),
			subnet("subnet-ep2", "eu-west-1b", "10.0.3.0/24"),
		}),
		RouteTables: Is([]RouteTable{{ID: "rtb-main", Main: true, Routes: []Route{local}},
			{ID: "rtb-pub", Subnets: []string{"subnet-pub"}, Routes: []Route{local, to("0.0.0.0/0", "igw-1")}},
			{ID: "rtb-app", Subnets: []string{"subnet-app"}, Routes: []Route{local}}}),
		ACLs: Is([]NetworkACL{
			{
				ID:      "acl-app",
				Subnets: []string{"subnet-app"},
				Rules:   []ACLRule{everything(true), everything(false), everythingV6(true), everythingV6(false)},
			},
			{ID: "acl-pub", Subnets: []string{"subnet-pub"}, Rules: []ACLRule{everything(true), everything(false)}},
			{
				ID:      "acl-ep",
				Subnets: []string{"subnet-ep", "subnet-ep2"},
				Rules:   []ACLRule{everything(true), everything(false)},
			}}),
		Groups: Is([]SecurityGroup{
			{ID: "sg-task", Name: "orders", VPC: "vpc-1", Egress: openGroup("sg-task")},
			{ID: "sg-default", Name: "default", VPC: "vpc-1", Egress: openGroup("sg-default")},
			{ID: "sg-default-2", Name: "default", VPC: "vpc-2"},
			{ID: "sg-ep", Name: "endpoints", VPC: "vpc-1", Ingress: says443("sg-task")}}),
		Endpoints: Is([]Endpoint{}),
		NATs: Is([]NATGateway{{
			ID:           "nat-1",
			Subnet:       "subnet-pub",
			State:        "available",
			Connectivity: "public",
			Availability: "zonal",
		}}),
		Gateways:   Is([]InternetGateway{{ID: "igw-1", Attached: true}}),
		EgressOnly: Is([]InternetGateway{{ID: "eigw-1", Attached: true}}),
		PrefixLists: Is([]PrefixList{{
			ID:      "pl-s3",
			Name:    "com.amazonaws.eu-west-1.s3",
			Entries: Is(cidrs("52.218.0.0/17 3.5.64.0/21")),
		}}),
		EndpointAdapters: Is([]Interface{}),
	}
}

// layouts are VPCs in which the call of a stop works.
func layouts() map[string]func() Case {
	return map[string]func() Case{
		"nat": func() Case {
			c := saying(timedOut(apiHost, publicAddress))
			c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
			return c
		},
		"nat by name": func() Case {
			c := saying(timedOut(apiHost, ""))
			c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
			return c
		},
		"regional nat": func() Case {
			c := layout("nat")
			c.Facts.Network.NATs.Value[0] = NATGateway{
				ID:           "nat-1",
				State:        "available",
				Connectivity: "public",
				Availability: "regional",
				RouteTable:   "rtb-nat",
			}
			c.Facts.Network.RouteTables.Value = append(c.Facts.Network.RouteTables.Value, RouteTable{
				ID:     "rtb-nat",
				Routes: []Route{to("0.0.0.0/0", "igw-1")},
			})
			return c
		},
		"public": func() Case {
			c := saying(timedOut(apiHost, publicAddress))
			c.table("rtb-app").add(to("0.0.0.0/0", "igw-1"))
			c.settings().AssignPublicIP = "ENABLED"
			return c
		},
		"docker hub": func() Case {
			c := saying("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve " +
				"ref docker.io/library/redis:7: failed to do request: Head " +
				"\"https://registry-1.docker.io/v2/library/redis/manifests/7\": net/http: request canceled while " +
				"waiting for connection")
			c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
			return c
		},
		"endpoint": func() Case {
			c := saying(timedOut(apiHost, adapterIP))
			c.addEndpoints()
			return c
		},
		"endpoint by name": func() Case {
			c := saying(timedOut(apiHost, ""))
			c.addGateway()
			c.addEndpoints()
			return c
		},
		"endpoint and nat": func() Case {
			c := layout("endpoint by name")
			c.table("rtb-app").add(to("0.0.0.0/0", "nat-1"))
			return c
		},
		"gateway": func() Case {
			c := saying(layersTimedOut(s3Address))
			c.addGateway()
			return c
		},
		"gateway by name": func() Case {
			c := saying(layersTimedOut(""))
			c.addGateway()
			return c
		},
		"ipv6": func() Case {
			c := saying(timedOut("ecr.eu-west-1.api.aws", "2a05:d018::17"))
			c.table("rtb-app").add(to("::/0", "eigw-1"))
			c.Stop.Attachments[0].Details["privateIPv6Address"] = "fd00:1::20"
			return c
		},
		"nat64": func() Case {
			c := saying(timedOut(apiHost, "64:ff9b::3f8:1105"))
			c.table("rtb-app").add(to("64:ff9b::/96", "nat-1"))
			c.subnet("subnet-app").IPv6Native, c.subnet("subnet-app").DNS64 = true, true
			c.subnet("subnet-app").CIDRs = cidrs("2a05:d018:1::/64")
			c.Facts.Network.ACLs.Value[1].Rules = append(
				c.Facts.Network.ACLs.Value[1].Rules,
				everythingV6(true),
				everythingV6(false),
			)
			return c
		},
		"ec2": func() Case {
			c := layout("nat")
			c.Stop.LaunchType = "EC2"
			c.Stop.ContainerInstanceARN = "arn:aws:ecs:eu-west-1:210987654321:container-instance/prod/77"
			c.Finding = classifier.Classify(c.Stop)
			c.Facts.Inputs.Instance = Is(ContainerInstance{
				InstanceID: "i-1",
				EC2: Is(Instance{
					ID:        "i-1",
					State:     "running",
					Subnet:    "subnet-pub",
					VPC:       "vpc-1",
					Groups:    []string{"sg-task"},
					PrivateIP: ip("10.0.0.30"),
					PublicIP:  ip("34.240.1.1"),
				}),
			})
			return c
		},
		"mount": func() Case {
			return saying("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: " +
				"stderr: Connection reset by peer: mount attempt 1/3 failed, i/o timeout, file system " +
				"fs-0011223344556677a")
		},
		"known mount target": func() Case {
			c := layout("mount")
			c.Facts.Inputs.TaskDefinition = Is(TaskDefinition{
				Volumes: []Volume{{Name: "data", FileSystem: "fs-0011223344556677a"}},
			})
			c.Facts.Things.MountTargets = map[string]Answer[[]MountTarget]{
				"fs-0011223344556677a": Is([]MountTarget{{
					ID:      "fsmt-a",
					State:   "available",
					VPC:     "vpc-1",
					Subnet:  "subnet-ep",
					Zone:    "eu-west-1a",
					IP:      ip("10.0.2.9"),
					Adapter: "eni-a",
				}}),
			}
			c.Facts.Things.Adapters = map[string]Answer[Interface]{
				"eni-a": Is(Interface{
					ID:         "eni-a",
					Subnet:     "subnet-ep",
					VPC:        "vpc-1",
					Groups:     []string{"sg-ep"},
					PrivateIPs: []netip.Addr{ip("10.0.2.9")},
				}),
			}
			return c
		},
		"lookup": func() Case {
			return saying(timedOut(apiHost, "") + "; dial tcp: lookup " + apiHost +
				" on 10.0.0.2:53: read udp 10.0.1.20:41000->10.0.0.2:53: i/o timeout")
		},
		"refused at the endpoint": func() Case {
			c := saying("ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
				"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): " +
				"AccessDeniedException: User is not authorized to perform: ecr:GetAuthorizationToken on resource: *")
			c.addEndpoints()
			c.endpoint("vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"ecr:*",` +
				`"Resource":"*"}}`
			return c
		},
		"refused at the gateway": func() Case {
			c := saying("CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status " +
				"code https://" + layerHost + "/2a5f: 403 Forbidden")
			c.addGateway()
			c.endpoint("vpce-s3").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",` +
				`"Resource":["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]}]}`
			return c
		},
	}
}

func layout(name string) Case { return layouts()[name]() }

func (c *Case) addEndpoints() {
	c.Facts.Network.Endpoints = Is(append(c.Facts.Network.Endpoints.Value, Endpoint{
		ID:         "vpce-api",
		Account:    "210987654321",
		Service:    "com.amazonaws.eu-west-1.ecr.api",
		Type:       "Interface",
		State:      "available",
		PrivateDNS: true,
		Groups:     []string{"sg-ep"},
		Subnets:    []string{"subnet-ep", "subnet-ep2"},
		Adapters:   []string{"eni-a", "eni-b", "eni-gone"},
	}))
	c.Facts.Network.EndpointAdapters = Is([]Interface{
		{
			ID:         "eni-a",
			Subnet:     "subnet-ep",
			VPC:        "vpc-1",
			Groups:     []string{"sg-ep"},
			PrivateIPs: []netip.Addr{ip(adapterIP)},
		},
		{
			ID:         "eni-b",
			Subnet:     "subnet-ep2",
			VPC:        "vpc-1",
			Groups:     []string{"sg-ep"},
			PrivateIPs: []netip.Addr{ip(otherAdapter)},
		}})
}

func (c *Case) addGateway() {
	c.Facts.Network.Endpoints = Is(append(c.Facts.Network.Endpoints.Value, Endpoint{
		ID:          "vpce-s3",
		Service:     "com.amazonaws.eu-west-1.s3",
		Type:        "Gateway",
		State:       "Available",
		RouteTables: []string{"rtb-app"},
	}))
	c.table("rtb-app").add(Route{PrefixList: "pl-s3", Target: "vpce-s3"})
}

// pointer finds an element of a list of the network by its id.
func pointer[T any](list []T, id string, idOf func(T) string) *T {
	i := slices.IndexFunc(list, func(t T) bool { return idOf(t) == id })
	if i < 0 {
		panic(fmt.Sprintf("no %s in the layout", id))
	}
	return &list[i]
}

func (c *Case) table(id string) *RouteTable {
	return pointer(c.Facts.Network.RouteTables.Value, id, func(t RouteTable) string { return t.ID })
}

func (c *Case) subnet(id string) *Subnet {
	return pointer(c.Facts.Network.Subnets.Value, id, func(s Subnet) string { return s.ID })
}

func (c *Case) group(id string) *SecurityGroup {
	return pointer(c.Facts.Network.Groups.Value, id, func(g SecurityGroup) string { return g.ID })
}

func (c *Case) acl(id string) *NetworkACL {
	return pointer(c.Facts.Network.ACLs.Value, id, func(a NetworkACL) string { return a.ID })
}

func (c *Case) endpoint(id string) *Endpoint {
	return pointer(c.Facts.Network.Endpoints.Value, id, func(e Endpoint) string { return e.ID })
}

func (c *Case) settings() *NetworkSettings {
	return &c.Facts.Inputs.Service.Value.Deployments[1].Network
}

func (t *RouteTable) add(r Route) { t.Routes = append(t.Routes, r) }

// lead makes the table's routes of a destination lead to another target.
func (t *RouteTable) lead(dest, target string) {
	for i := range t.Routes {
		if t.Routes[i].covers() == dest {
			t.Routes[i].Target = target
		}
	}
}

func (t *RouteTable) drop(dest string) {
	t.Routes = slices.DeleteFunc(t.Routes, func(r Route) bool { return r.covers() == dest })
}

func (t *RouteTable) blackhole(dest string) {
	for i := range t.Routes {
		t.Routes[i].Blackhole = t.Routes[i].Blackhole || t.Routes[i].covers() == dest
	}
}

// deny puts a rule before all others of a network ACL.
func (a *NetworkACL) deny(egress bool, to string, from, until int64) {
	a.Rules = append(a.Rules, aclRule(50, egress, false, "6", to, from, until))
}

// verdicts are the proofs of a case that are not ruled_out, in words: "cause=confirmed", or "cause=REASON" of what is
// open.
func verdicts(c Case) string {
	var words []string
	for _, p := range networkChecks.Prove(c) {
		switch {
		case networkCause(p.Cause) && p.Result == classifier.Confirmed:
			words = append(words, p.Cause+"=confirmed")
		case networkCause(p.Cause) && p.Result != classifier.RuledOut:
			words = append(words, p.Cause+"="+p.Reason)
		}
	}
	return strings.Join(words, " ")
}

func networkCause(id string) bool {
	return slices.ContainsFunc(networkChecks, func(c Check) bool { return c.Cause == id })
}
