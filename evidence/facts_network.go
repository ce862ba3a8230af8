package evidence

import (
	"net/netip"
	"time"
)

// Network is one VPC as it was read. The parts are answers of their own, so that one refusal leaves the others
// standing.
type Network struct {
	VPC              Answer[VPC]
	DNSSupport       Answer[bool]
	DNSHostnames     Answer[bool]
	DHCP             Answer[DHCPOptions]
	Subnets          Answer[[]Subnet]
	RouteTables      Answer[[]RouteTable]
	ACLs             Answer[[]NetworkACL]
	Groups           Answer[[]SecurityGroup]
	Endpoints        Answer[[]Endpoint]
	NATs             Answer[[]NATGateway]
	Gateways         Answer[[]InternetGateway]
	EgressOnly       Answer[[]InternetGateway] // egress-only internet gateways, asked only for IPv6
	PrefixLists      Answer[[]PrefixList]      // those that routes and rules name, and the Region's S3 list
	EndpointAdapters Answer[[]Interface]       // interfaces of the VPC's interface endpoints
	// what may lead a name elsewhere than to its public addresses, asked only where no text tells the address
	Zones    Answer[[]Zone]
	Rules    Answer[[]ResolverRule]
	Profiles Answer[[]string] // ids of Route 53 Profiles, whose zones and rules are not read
	// what may answer that there is no such name, asked only where the VPC's resolver did
	Firewall Answer[[]FirewallRule] // of DNS Firewall, in the order in which they are tried
	Records  Answer[[]Record]       // of the private hosted zone that answers for the name
	// what the route for the failed call leads to, where that is a transit gateway or a peering connection
	Onward Answer[Onward]
	// how often the NAT gateway on the way had no port left, by minutes; asked only where there is one
	PortErrors Answer[[]Point]
}

// Onward is the way through a transit gateway or a peering connection, one hop beyond the VPC's own route tables.
type Onward struct {
	ID         string // "tgw-…", "pcx-…"
	Attachment string // of the VPC to a transit gateway
	State      string // of the attachment or the connection
	CreatedAt  time.Time
	Subnets    []string       // of the attachment
	VPC        string         // on the other side of a peering connection
	CIDRs      []netip.Prefix // of that VPC
	// the transit gateway's for the attachment, or of the subnet that was called on the other side of a connection
	Table Answer[RouteTable]
}

// Point is the value of a metric over the period that begins at a time.
type Point struct {
	At    time.Time
	Value float64
}

// FirewallRule is a rule of Route 53 Resolver DNS Firewall.
type FirewallRule struct {
	Name     string
	Group    string           // id of its rule group
	Block    bool             // else the name is let pass
	Override bool             // it answers with another name, where it blocks
	Domains  Answer[[]string] // "example.com", "*.example.com", "*"
}

// Record is a record set of a hosted zone.
type Record struct {
	Name string // without a dot at its end; a wildcard begins with "*."
	Type string // A, CNAME, NS, …
}

// Zone is a private hosted zone that the VPC's resolver asks.
type Zone struct {
	ID      string
	Name    string // "eu-west-1.amazonaws.com", without a dot at its end
	Account string // of its owner, empty where that is a service of AWS
}

// ResolverRule is a rule of Route 53 Resolver that is associated with the VPC.
type ResolverRule struct {
	ID      string
	Domain  string // without a dot at its end, empty for every name
	Known   bool   // whether the rule itself was seen, and not only its association
	Forward bool   // to servers outside of the VPC
}

// VPC is a virtual private cloud.
type VPC struct {
	ID      string
	Account string // OwnerId
	CIDRs   []netip.Prefix
	DHCP    string // id of its DHCP option set
}

// DHCPOptions is a DHCP option set.
type DHCPOptions struct {
	ID      string
	Servers []string // domain-name-servers: "AmazonProvidedDNS" or addresses
}

// Subnet is a subnet.
type Subnet struct {
	ID            string
	VPC           string
	Account       string // OwnerId
	Zone          string // "eu-west-1a"
	ZoneID        string // "euw1-az1"
	CIDRs         []netip.Prefix
	IPv6Native    bool
	DNS64         bool
	FreeAddresses int64
	// InternetGatewayBlockMode of Block Public Access: off, block-bidirectional, block-ingress; empty when not told
	BlockMode string
}

// RouteTable is a route table.
type RouteTable struct {
	ID      string
	Main    bool
	Subnets []string // explicit associations
	Routes  []Route
}

// Route is one route. One of Destination and PrefixList is set.
type Route struct {
	Destination netip.Prefix
	PrefixList  string
	Target      string // id with its prefix: "igw-…", "nat-…", "vpce-…", "local", "tgw-…", an ARN of a core network
	Blackhole   bool
	Propagated  bool
}

// NetworkACL is a network ACL.
type NetworkACL struct {
	ID      string
	Subnets []string
	Rules   []ACLRule
}

// ACLRule is an entry of a network ACL.
type ACLRule struct {
	Number   int64
	Egress   bool
	Allow    bool
	Protocol string // "-1", "6", "17", …
	CIDR     netip.Prefix
	From, To int64 // ports, 0 and 0 for every port
}

// SecurityGroup is a security group.
type SecurityGroup struct {
	ID      string
	Name    string
	VPC     string
	Ingress []SGRule
	Egress  []SGRule
}

// SGRule is a permission of a security group.
type SGRule struct {
	Protocol    string // "-1", "tcp", "udp", "icmp" or a number
	From, To    int64
	CIDRs       []netip.Prefix
	PrefixLists []string
	Groups      []string
}

// Endpoint is a VPC endpoint.
type Endpoint struct {
	ID          string
	Account     string // OwnerId
	Service     string // "com.amazonaws.eu-west-1.ecr.api"
	Type        string // Interface, Gateway, GatewayLoadBalancer
	State       string
	PrivateDNS  bool
	InboundOnly bool // PrivateDnsOnlyForInboundResolverEndpoint
	Groups      []string
	Subnets     []string
	RouteTables []string
	Adapters    []string // network interface ids
	Policy      string   // JSON; empty means full access
	CreatedAt   time.Time
}

// NATGateway is a NAT gateway.
type NATGateway struct {
	ID           string
	Subnet       string
	State        string // available, deleting, failed, …
	Connectivity string // public, private
	Availability string // zonal, regional; empty when not told
	RouteTable   string // of a regional one
	CreatedAt    time.Time
	DeletedAt    time.Time // zero unless it is being deleted or gone
}

// InternetGateway is an internet gateway, or an egress-only one, attached to the VPC.
type InternetGateway struct {
	ID       string
	Attached bool // attachment available
}

// PrefixList is a managed prefix list with its entries.
type PrefixList struct {
	ID      string
	Name    string // "com.amazonaws.eu-west-1.s3"
	Entries Answer[[]netip.Prefix]
}
