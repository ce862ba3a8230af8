package network

import (
	"net/netip"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
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
	return before + host + "/\": dial tcp " + netip.AddrPortFrom(evidencetest.IP(address), 443).String() +
		": i/o timeout"
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

// layouts are VPCs in which the call of a stop works.
func layouts() map[string]func() evidence.Case {
	return map[string]func() evidence.Case{
		"nat": func() evidence.Case {
			c := evidencetest.Saying(timedOut(apiHost, publicAddress))
			add(table(&c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
			return c
		},
		"nat by name": func() evidence.Case {
			c := evidencetest.Saying(timedOut(apiHost, ""))
			add(table(&c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
			return c
		},
		"regional nat": func() evidence.Case {
			c := layout("nat")
			c.Facts.Network.NATs.Value[0] = evidence.NATGateway{
				ID:           "nat-1",
				State:        "available",
				Connectivity: "public",
				Availability: "regional",
				RouteTable:   "rtb-nat",
			}
			c.Facts.Network.RouteTables.Value = append(c.Facts.Network.RouteTables.Value, evidence.RouteTable{
				ID:     "rtb-nat",
				Routes: []evidence.Route{evidencetest.Route("0.0.0.0/0", "igw-1")},
			})
			return c
		},
		"public": func() evidence.Case {
			c := evidencetest.Saying(timedOut(apiHost, publicAddress))
			add(table(&c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "igw-1"))
			evidencetest.Settings(&c).AssignPublicIP = "ENABLED"
			return c
		},
		"docker hub": func() evidence.Case {
			c := evidencetest.Saying("CannotPullContainerError: pull image manifest has been retried 1 time(s): " +
				"failed to resolve " +
				"ref docker.io/library/redis:7: failed to do request: Head " +
				"\"https://registry-1.docker.io/v2/library/redis/manifests/7\": net/http: request canceled while " +
				"waiting for connection")
			add(table(&c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
			return c
		},
		"endpoint": func() evidence.Case {
			c := evidencetest.Saying(timedOut(apiHost, adapterIP))
			addEndpoints(&c)
			return c
		},
		"endpoint by name": func() evidence.Case {
			c := evidencetest.Saying(timedOut(apiHost, ""))
			addGateway(&c)
			addEndpoints(&c)
			return c
		},
		"endpoint and nat": func() evidence.Case {
			c := layout("endpoint by name")
			add(table(&c, "rtb-app"), evidencetest.Route("0.0.0.0/0", "nat-1"))
			return c
		},
		"gateway": func() evidence.Case {
			c := evidencetest.Saying(layersTimedOut(s3Address))
			addGateway(&c)
			return c
		},
		"gateway by name": func() evidence.Case {
			c := evidencetest.Saying(layersTimedOut(""))
			addGateway(&c)
			return c
		},
		"ipv6": func() evidence.Case {
			c := evidencetest.Saying(timedOut("ecr.eu-west-1.api.aws", "2a05:d018::17"))
			add(table(&c, "rtb-app"), evidencetest.Route("::/0", "eigw-1"))
			c.Stop.Attachments[0].Details["privateIPv6Address"] = "fd00:1::20"
			return c
		},
		"nat64": func() evidence.Case {
			c := evidencetest.Saying(timedOut(apiHost, "64:ff9b::3f8:1105"))
			add(table(&c, "rtb-app"), evidencetest.Route("64:ff9b::/96", "nat-1"))
			subnet(&c, "subnet-app").IPv6Native, subnet(&c, "subnet-app").DNS64 = true, true
			subnet(&c, "subnet-app").CIDRs = evidencetest.CIDRs("2a05:d018:1::/64")
			c.Facts.Network.ACLs.Value[1].Rules = append(
				c.Facts.Network.ACLs.Value[1].Rules,
				evidencetest.EverythingV6(true),
				evidencetest.EverythingV6(false),
			)
			return c
		},
		"ec2": func() evidence.Case {
			c := layout("nat")
			c.Stop.LaunchType = "EC2"
			c.Stop.ContainerInstanceARN = "arn:aws:ecs:eu-west-1:210987654321:container-instance/prod/77"
			c.Finding = classifier.Classify(c.Stop)
			c.Facts.Task.Instance = evidence.Is(evidence.ContainerInstance{
				InstanceID: "i-1",
				EC2: evidence.Is(evidence.Instance{
					ID:        "i-1",
					State:     "running",
					Subnet:    "subnet-pub",
					VPC:       "vpc-1",
					Groups:    []string{"sg-task"},
					PrivateIP: evidencetest.IP("10.0.0.30"),
					PublicIP:  evidencetest.IP("34.240.1.1"),
				}),
			})
			return c
		},
		"mount": func() evidence.Case {
			return evidencetest.Saying("ResourceInitializationError: failed to invoke EFS utils commands to set up " +
				"EFS volumes: " +
				"stderr: Connection reset by peer: mount attempt 1/3 failed, i/o timeout, file system " +
				"fs-0011223344556677a")
		},
		"known mount target": func() evidence.Case {
			c := layout("mount")
			c.Facts.Task.TaskDefinition = evidence.Is(evidence.TaskDefinition{
				Volumes: []evidence.Volume{{Name: "data", FileSystem: "fs-0011223344556677a"}},
			})
			c.Facts.Setup.MountTargets = map[string]evidence.Answer[[]evidence.MountTarget]{
				"fs-0011223344556677a": evidence.Is([]evidence.MountTarget{{
					ID:      "fsmt-a",
					State:   "available",
					VPC:     "vpc-1",
					Subnet:  "subnet-ep",
					Zone:    "eu-west-1a",
					IP:      evidencetest.IP("10.0.2.9"),
					Adapter: "eni-a",
				}}),
			}
			c.Facts.Setup.Adapters = map[string]evidence.Answer[evidence.Interface]{
				"eni-a": evidence.Is(evidence.Interface{
					ID:         "eni-a",
					Subnet:     "subnet-ep",
					VPC:        "vpc-1",
					Groups:     []string{"sg-ep"},
					PrivateIPs: []netip.Addr{evidencetest.IP("10.0.2.9")},
				}),
			}
			return c
		},
		"mount lookup": func() evidence.Case {
			return evidencetest.Saying("ResourceInitializationError: failed to invoke EFS utils commands to set up " +
				"EFS volumes: stderr: Failed to resolve \"fs-0011223344556677a.efs.eu-west-1.amazonaws.com\" - check " +
				"that your file system ID is correct")
		},
		"lookup": func() evidence.Case {
			return evidencetest.Saying(timedOut(apiHost, "") + "; dial tcp: lookup " + apiHost +
				" on 10.0.0.2:53: read udp 10.0.1.20:41000->10.0.0.2:53: i/o timeout")
		},
		"refused at the endpoint": func() evidence.Case {
			c := evidencetest.Saying("ResourceInitializationError: unable to pull secrets or registry auth: " +
				"execution resource " +
				"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): " +
				"AccessDeniedException: User is not authorized to perform: ecr:GetAuthorizationToken on resource: *")
			addEndpoints(&c)
			endpoint(&c, "vpce-api").Policy = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"ecr:*",` +
				`"Resource":"*"}}`
			return c
		},
		"environment file refused": func() evidence.Case {
			c := evidencetest.Saying("ResourceInitializationError: failed to download env files: service call has " +
				"been retried 1 time(s): operation error S3: HeadObject, https response error StatusCode: 403, " +
				"RequestID: 77, HostID: , api error Forbidden: Forbidden")
			addGateway(&c)
			endpointPolicy(&c, "vpce-s3", `"s3:GetObject"`, `"arn:aws:s3:::orders-env/*"`)
			c.Facts.Task.TaskDefinition.Value.Containers = []evidence.ContainerDefinition{{
				Name:             "app",
				EnvironmentFiles: []string{"arn:aws:s3:::orders-env/prod.env"},
			}}
			return c
		},
		"refused at the gateway": func() evidence.Case {
			c := evidencetest.Saying("CannotPullContainerError: failed to copy: httpReadSeeker: failed open: " +
				"unexpected status " +
				"code https://" + layerHost + "/2a5f: 403 Forbidden")
			addGateway(&c)
			endpoint(&c, "vpce-s3").Policy = `{"Statement":[{"Effect":"Allow","Principal":"*",` +
				`"Action":"s3:GetObject",` +
				`"Resource":["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]}]}`
			return c
		},
	}
}

func layout(name string) evidence.Case { return layouts()[name]() }

func addEndpoints(c *evidence.Case) {
	c.Facts.Network.Endpoints = evidence.Is(append(c.Facts.Network.Endpoints.Value, evidence.Endpoint{
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
	c.Facts.Network.EndpointAdapters = evidence.Is([]evidence.Interface{
		{
			ID:         "eni-a",
			Subnet:     "subnet-ep",
			VPC:        "vpc-1",
			Groups:     []string{"sg-ep"},
			PrivateIPs: []netip.Addr{evidencetest.IP(adapterIP)},
		},
		{
			ID:         "eni-b",
			Subnet:     "subnet-ep2",
			VPC:        "vpc-1",
			Groups:     []string{"sg-ep"},
			PrivateIPs: []netip.Addr{evidencetest.IP(otherAdapter)},
		}})
}

func addGateway(c *evidence.Case) {
	c.Facts.Network.Endpoints = evidence.Is(append(c.Facts.Network.Endpoints.Value, evidence.Endpoint{
		ID:          "vpce-s3",
		Service:     "com.amazonaws.eu-west-1.s3",
		Type:        "Gateway",
		State:       "Available",
		RouteTables: []string{"rtb-app"},
	}))
	add(table(c, "rtb-app"), evidence.Route{PrefixList: "pl-s3", Target: "vpce-s3"})
}

func table(c *evidence.Case, id string) *evidence.RouteTable {
	return evidencetest.Find(c.Facts.Network.RouteTables.Value, id, func(t evidence.RouteTable) string { return t.ID })
}

func subnet(c *evidence.Case, id string) *evidence.Subnet {
	return evidencetest.Find(c.Facts.Network.Subnets.Value, id, func(s evidence.Subnet) string { return s.ID })
}

func acl(c *evidence.Case, id string) *evidence.NetworkACL {
	return evidencetest.Find(c.Facts.Network.ACLs.Value, id, func(a evidence.NetworkACL) string { return a.ID })
}

func endpoint(c *evidence.Case, id string) *evidence.Endpoint {
	return evidencetest.Find(c.Facts.Network.Endpoints.Value, id, func(e evidence.Endpoint) string { return e.ID })
}

func add(t *evidence.RouteTable, r evidence.Route) { t.Routes = append(t.Routes, r) }

// lead makes the table's routes of a destination lead to another target.
func lead(t *evidence.RouteTable, dest, target string) {
	for i := range t.Routes {
		if covers(t.Routes[i]) == dest {
			t.Routes[i].Target = target
		}
	}
}

func drop(t *evidence.RouteTable, dest string) {
	t.Routes = slices.DeleteFunc(t.Routes, func(r evidence.Route) bool { return covers(r) == dest })
}

func blackhole(t *evidence.RouteTable, dest string) {
	for i := range t.Routes {
		t.Routes[i].Blackhole = t.Routes[i].Blackhole || covers(t.Routes[i]) == dest
	}
}

// deny puts a rule before all others of a network ACL.
func deny(a *evidence.NetworkACL, egress bool, to string, from, until int64) {
	a.Rules = append(a.Rules, evidencetest.ACLRule(50, egress, false, "6", to, from, until))
}

// verdicts are the proofs of a case that are not ruled_out, in words: "cause=confirmed", or "cause=REASON" of what is
// open.
func verdicts(c evidence.Case) string {
	var words []string
	for _, p := range Checks.Prove(c) {
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
	return slices.ContainsFunc(Checks, func(c evidence.Check) bool { return c.Cause == id })
}
