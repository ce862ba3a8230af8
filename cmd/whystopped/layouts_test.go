//go:build !local

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
)

// layout is a VPC that is built with real calls of EC2, a task in it that could not reach something, and what the
// command line must prove about it. Every cause that is not named here may be anything but confirmed.
type layout struct {
	name      string
	build     func(v *vpc)
	reason    string            // with {IP} for an address and {SUBNET}; timeout for the ECR token when empty
	confirmed string            // the one cause that must be confirmed; empty when none may be
	also      []string          // causes that may be confirmed beside it
	others    map[string]string // verdicts of other causes
}

const (
	tokenTimeout = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource ` +
		`retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): ` +
		`RequestError: send request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp ` +
		`{IP}:443: i/o timeout`
	noAddress = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource ` +
		`retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): ` +
		`RequestError: send request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": context ` +
		`deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	layerTimeout = `CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: ` +
		`failed open: failed to do request: Get ` +
		`"https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/4f1c22/sha256?X": dial tcp ` +
		`{IP}:443: i/o timeout`
	hubTimeout = `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ` +
		`docker.io/library/nginx:latest: failed to do request: Head ` +
		`"https://registry-1.docker.io/v2/library/nginx/manifests/latest": dial tcp {IP}:443: i/o timeout`
	secretTimeout = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource ` +
		`retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to ` +
		`fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/db-AbCdEf from secrets manager: ` +
		`RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task ` +
		`network configuration`
	logsTimeout = `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 ` +
		`times: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post ` +
		`"https://logs.us-east-1.amazonaws.com/": dial tcp {IP}:443: i/o timeout : exit status 1`
	nameFails = `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval ` +
		`failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send ` +
		`request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp: lookup ` +
		`api.ecr.us-east-1.amazonaws.com on 10.0.0.2:53: read udp 10.0.1.9:41000->10.0.0.2:53: i/o timeout`
)

var layouts = []layout{
	{
		name:      "isolated subnet, nothing at all",
		build:     func(v *vpc) {},
		confirmed: "route-missing",
		also:      []string{"endpoint-missing"},
	},
	{
		name:      "no default route, the main table counts",
		build:     func(v *vpc) { v.internet(v.other) },
		confirmed: "route-missing",
		also:      []string{"endpoint-missing"},
	},
	{
		name:      "public subnet, no public address",
		build:     func(v *vpc) { v.internet(v.subnet) },
		confirmed: "public-ip-missing",
	},
	{name: "public subnet with a public address", build: func(v *vpc) { v.internet(v.subnet); v.publicAddress() }},
	{name: "private subnet behind a NAT gateway", build: func(v *vpc) { v.nat() }},
	{
		name: "NAT gateway in a subnet without a way out",
		build: func(v *vpc) {
			v.attach()
			v.route(v.table(v.subnet), v.natIn(v.other))
		},
		confirmed: "nat-unusable",
	},
	{name: "NAT gateway deleted", build: func(v *vpc) { v.deleteNAT(v.nat()) }, confirmed: "nat-unusable"},
	{
		name: "private NAT gateway",
		build: func(v *vpc) {
			v.internet(v.other)
			v.route(v.table(v.subnet), v.privateNAT(v.other))
		},
		confirmed: "nat-unusable",
	},
	{
		name:      "internet gateway detached",
		build:     func(v *vpc) { v.internet(v.subnet); v.publicAddress(); v.detach() },
		confirmed: "internet-gateway-missing",
	},
	{
		name:  "default route to a transit gateway",
		build: func(v *vpc) { v.route(v.table(v.subnet), v.transitGateway(v.subnet)) },
	},
	{
		name:      "default route to a transit gateway that takes no traffic from the zone",
		build:     func(v *vpc) { v.route(v.table(v.subnet), v.transitGateway(v.other)) },
		confirmed: "route-missing",
	},
	{
		name:      "default route to a peering connection, which leads nowhere but to the other VPC",
		build:     func(v *vpc) { v.route(v.table(v.subnet), v.peering()) },
		confirmed: "route-missing",
	},
	{
		name:  "default route to an instance's interface",
		build: func(v *vpc) { v.route(v.table(v.subnet), v.appliance()) },
	},
	{
		name:      "no outbound rule in the task's security group",
		build:     func(v *vpc) { v.nat(); v.closeOut(v.group) },
		confirmed: "task-sg-egress-closed",
	},
	{
		name:      "outbound rule for another port",
		build:     func(v *vpc) { v.nat(); v.closeOut(v.group); v.out(v.group, 5432, "0.0.0.0/0") },
		confirmed: "task-sg-egress-closed",
	},
	{
		name:  "outbound rule for 443 only",
		build: func(v *vpc) { v.nat(); v.closeOut(v.group); v.out(v.group, 443, "0.0.0.0/0") },
	},
	{
		name:  "second security group lets it out",
		build: func(v *vpc) { v.nat(); v.closeOut(v.group); v.groups = append(v.groups, v.newGroup("open")) },
	},
	{
		name:  "outbound rule for a part of the internet, address in it",
		build: func(v *vpc) { v.nat(); v.closeOut(v.group); v.out(v.group, 443, "44.0.0.0/6") },
	},
	{
		name:      "outbound rule for a part of the internet, address outside",
		build:     func(v *vpc) { v.nat(); v.closeOut(v.group); v.out(v.group, 443, "52.0.0.0/8") },
		confirmed: "task-sg-egress-closed",
	},
	{
		name:      "network ACL denies everything out",
		build:     func(v *vpc) { v.nat(); v.acl(v.subnet, deny(true, 0, 65535)) },
		confirmed: "nacl-blocks",
	},
	{
		name: "network ACL lets no answers in",
		build: func(v *vpc) {
			v.nat()
			v.acl(v.subnet, permit(true, 0, 65535), permit(false, 443, 443))
		},
		confirmed: "nacl-blocks",
	},
	{
		name: "network ACL lets answers in to some ports",
		build: func(v *vpc) {
			v.nat()
			v.acl(v.subnet, permit(true, 0, 65535), permit(false, 40000, 50000))
		},
	},
	{
		name: "network ACL allows what is needed",
		build: func(v *vpc) {
			v.nat()
			v.acl(v.subnet, permit(true, 443, 443), permit(false, 1024, 65535))
		},
	},
	{
		name: "network ACL of the NAT gateway's subnet denies",
		build: func(v *vpc) {
			v.nat()
			v.acl(v.other, deny(true, 0, 65535))
		},
		also:      []string{"nacl-blocks", "nat-unusable"},
		confirmed: "nacl-blocks",
	},
	{
		name:      "endpoint with private DNS, closed to the task",
		build:     func(v *vpc) { v.nat(); v.endpoint("ecr.api", true, v.newGroup("shut")) },
		reason:    noAddress,
		confirmed: "endpoint-sg-closed",
	},
	{
		name: "endpoint with private DNS, open to the VPC",
		build: func(v *vpc) {
			g := v.newGroup("open")
			v.in(g, 443, "10.0.0.0/16")
			v.endpoint("ecr.api", true, g)
		},
		reason: noAddress,
	},
	{
		name: "endpoint open to the task's security group",
		build: func(v *vpc) {
			g := v.newGroup("open")
			v.inFrom(g, 443, v.group)
			v.endpoint("ecr.api", true, g)
		},
		reason: noAddress,
	},
	{
		name:      "endpoint without private DNS, no way out",
		build:     func(v *vpc) { v.endpoint("ecr.api", false, v.newGroup("shut")) },
		confirmed: "endpoint-private-dns-off",
		also:      []string{"route-missing"},
	},
	{
		name: "endpoint closed but a public address was dialled",
		build: func(v *vpc) {
			v.internet(v.subnet)
			v.endpoint("ecr.api", false, v.newGroup("shut"))
		},
		confirmed: "public-ip-missing",
		others:    map[string]string{"endpoint-private-dns-off": "inconclusive", "nat-unusable": "ruled_out"},
	},
	{
		name: "the endpoint's policy denies everything",
		build: func(v *vpc) {
			g := v.newGroup("open")
			v.in(g, 443, "10.0.0.0/16")
			v.endpointWith("ecr.api", g,
				`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}`)
		},
		reason: noAddress,
	}, // a policy answers with a denial, not with silence
	{
		name:      "DNS support off",
		build:     func(v *vpc) { v.nat(); v.dns(false) },
		reason:    nameFails,
		confirmed: "dns-disabled",
	},
	{name: "DNS on and no answer", build: func(v *vpc) { v.nat() }, reason: nameFails},
	{
		name:      "layers without a gateway endpoint and without a way out",
		build:     func(v *vpc) {},
		reason:    layerTimeout,
		confirmed: "s3-gateway-missing",
		also:      []string{"route-missing"},
	},
	{
		name:   "layers through a gateway endpoint",
		build:  func(v *vpc) { v.gateway(v.table(v.subnet)) },
		reason: layerTimeout,
	},
	{
		name:      "layers, gateway endpoint on another table",
		build:     func(v *vpc) { v.table(v.subnet); v.gateway(v.table(v.other)) },
		reason:    layerTimeout,
		confirmed: "s3-gateway-missing",
		also:      []string{"route-missing"},
	},
	{
		name:      "Docker Hub from an isolated subnet",
		build:     func(v *vpc) {},
		reason:    hubTimeout,
		confirmed: "route-missing",
	},
	{name: "Docker Hub through a NAT gateway", build: func(v *vpc) { v.nat() }, reason: hubTimeout},
	{
		name:      "a secret from an isolated subnet",
		build:     func(v *vpc) {},
		reason:    secretTimeout,
		confirmed: "route-missing",
		also:      []string{"endpoint-missing"},
	},
	{
		name:      "isolated subnet, the interface is gone",
		build:     func(v *vpc) { v.leave() },
		confirmed: "route-missing",
		also:      []string{"endpoint-missing"},
	},
	{
		name:  "closed security group, the interface is gone",
		build: func(v *vpc) { v.nat(); v.closeOut(v.group); v.leave() },
	},
	{name: "public subnet, the interface is gone", build: func(v *vpc) { v.internet(v.subnet); v.leave() }},
	{
		name:  "a closed endpoint beside a public address that was dialled",
		build: func(v *vpc) { v.nat(); v.endpoint("ecr.api", true, v.newGroup("shut")) },
	},
	{
		name:   "a private address that nobody has",
		build:  func(v *vpc) { v.nat(); v.endpoint("ecr.api", true, v.newGroup("shut")) },
		reason: strings.ReplaceAll(tokenTimeout, "{IP}", "10.0.2.250"),
	},
	{
		name:      "a private address outside of the VPC, which no route covers",
		build:     func(v *vpc) {},
		reason:    strings.ReplaceAll(tokenTimeout, "{IP}", "10.77.2.250"),
		confirmed: "route-missing",
	},
	{
		name:   "a private address outside of the VPC behind a transit gateway",
		build:  func(v *vpc) { v.route(v.table(v.subnet), v.transitGateway(v.subnet)) },
		reason: strings.ReplaceAll(tokenTimeout, "{IP}", "10.77.2.250"),
	},
	{name: "EC2, the instance is not known", build: func(v *vpc) { v.launchType = "EC2" }},
	{
		name: "layers, outbound rules for the VPC alone",
		build: func(v *vpc) {
			v.gateway(v.table(v.subnet))
			v.closeOut(v.group)
			v.out(v.group, 443, "10.0.0.0/16")
		},
		reason:    strings.ReplaceAll(layerTimeout, "dial tcp {IP}:443: ", ""),
		confirmed: "task-sg-egress-closed",
	},
	{
		name:   "logs through the ECR endpoint's subnet, and a NAT gateway",
		build:  func(v *vpc) { v.nat(); v.endpoint("ecr.api", true, v.newGroup("shut")) },
		reason: logsTimeout,
	},
	{
		name:   "refused, which no filter does",
		build:  func(v *vpc) { v.nat(); v.closeOut(v.group) },
		reason: strings.ReplaceAll(tokenTimeout, "i/o timeout", "connect: connection refused"),
	},
	{
		name:      "logs from an isolated subnet with an ECR endpoint",
		build:     func(v *vpc) { v.endpoint("ecr.api", true, v.newGroup("shut")) },
		reason:    logsTimeout,
		confirmed: "route-missing",
		also:      []string{"endpoint-missing"},
	},
}

// TestLayouts builds each layout in moto, which answers EC2's calls as EC2 does but for what its authors left out, and
// asks the real binary.
func TestLayouts(t *testing.T) {
	endpoint := startMoto(t)
	client := ec2.NewFromConfig(motoConfig(endpoint))
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			v := newVPC(t, client)
			l.build(v)
			v.attachTask()
			reason := strings.NewReplacer("{IP}", "44.213.78.19", "{SUBNET}",
				v.subnet).Replace(cmp.Or(l.reason, tokenTimeout))
			answer := verified(t, endpoint, v.stop(reason, nil))
			verdicts := map[string]string{} // of all causes, also of those that the answer tells no more of
			for text := range strings.SplitSeq(answer.CauseIDs, "; ") {
				id, verdict, _ := strings.Cut(text, "=")
				verdicts[id] = verdict
			}
			for _, c := range answer.Causes {
				if c.Verdict == string(classifier.Confirmed) && c.ID != l.confirmed &&
					!strings.Contains(" "+strings.Join(l.also, " ")+" ", " "+c.ID+" ") {
					t.Errorf("%s is wrongly confirmed: %s", c.ID, c.Evidence)
				}
			}
			if l.confirmed != "" && verdicts[l.confirmed] != string(classifier.Confirmed) {
				t.Errorf("%s is %q, want confirmed", l.confirmed, verdicts[l.confirmed])
			}
			for id, want := range l.others {
				if verdicts[id] != want {
					t.Errorf("%s is %q, want %s", id, verdicts[id], want)
				}
			}
			answer.log(t)
		})
	}
}

// verifiedAnswer is what is looked at of what the command line prints.
type verifiedAnswer struct {
	Summary, NextStep string
	CauseIDs          string
	Causes            []screen.ExplainedCause
}

// log shows the whole answer where somebody looks.
func (a verifiedAnswer) log(t *testing.T) {
	if !t.Failed() && !testing.Verbose() {
		return
	}
	t.Logf("%s\n%s", a.Summary, a.NextStep)
	for _, c := range a.Causes {
		t.Logf("%-26s %-12s %-14s %s", c.ID, c.Verdict, c.Reason, c.Evidence)
	}
}

// verified is what the real binary makes of an event when it asks the account behind endpoint.
func verified(t *testing.T, endpoint string, event []byte) (told verifiedAnswer) {
	t.Helper()
	verify := exec.Command("whystopped", "explain", "--verify", "--json")
	verify.Stdin = bytes.NewReader(event)
	verify.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+endpoint, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test", "AWS_CONFIG_FILE=/dev/null")
	var stdout, stderr bytes.Buffer
	verify.Stdout, verify.Stderr = &stdout, &stderr
	if err := verify.Run(); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout.String(), stderr.String())
	}
	if err := json.Unmarshal(stdout.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	return told
}

// motoConfig is for calls that build. Each has a connection of its own: moto closes those that are idle, and a call
// that is made twice finds what the first one made.
func motoConfig(endpoint string) aws.Config {
	return aws.Config{
		Region:           "us-east-1",
		BaseEndpoint:     &endpoint,
		Credentials:      credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:       plainBodies{Transport: &http.Transport{DisableKeepAlives: true}},
		RetryMaxAttempts: 1,
	}
}

// plainBodies sends bodies that do not write themselves, for the reason that stands at lookup's plainBody.
type plainBodies http.Client

func (c plainBodies) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	client := http.Client(c)
	return client.Do(r)
}

// startMoto returns where moto answers until the end of the test, which is skipped where there is none.
func startMoto(t *testing.T) (endpoint string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts many processes; run without -short")
	}
	if _, err := exec.LookPath("moto_server"); err != nil {
		t.Skip("moto_server is not on this machine; evidence and evidence/lookup show the same without it")
	}
	moto := exec.Command("moto_server", "-H", "127.0.0.1", "-p", "0") // it takes a free port and says which
	stderr, err := moto.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := moto.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = moto.Process.Kill(); _ = moto.Wait() })
	late := time.AfterFunc(time.Minute, func() { _ = moto.Process.Kill() })
	defer late.Stop()
	said := bufio.NewScanner(stderr)
	for said.Scan() {
		if _, endpoint, listens := strings.Cut(said.Text(), "Running on "); listens {
			go io.Copy(io.Discard, stderr)
			return endpoint
		}
	}
	t.Fatal("moto_server does not say where it listens", said.Err())
	return ""
}

// vpc is a VPC with two subnets, a task's interface in the first and a security group that lets everything out.
type vpc struct {
	t             *testing.T
	ctx           context.Context
	ec2           *ec2.Client
	id            string
	subnet, other string
	group         string
	groups        []string
	igw           string
	adapter       string
	attachment    string
	address       string
	tables        map[string]string
	launchType    string
}

func newVPC(t *testing.T, client *ec2.Client) *vpc {
	t.Helper()
	v := &vpc{t: t, ctx: t.Context(), ec2: client, tables: map[string]string{}, launchType: "FARGATE"}
	v.id = *made(client.CreateVpc(v.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")}))(t).Vpc.VpcId
	v.dns(true)
	made(client.ModifyVpcAttribute(v.ctx, &ec2.ModifyVpcAttributeInput{
		VpcId:              &v.id,
		EnableDnsHostnames: value(true),
	}))(t)
	v.subnet, v.other = v.newSubnet("10.0.1.0/24", "us-east-1a"), v.newSubnet("10.0.2.0/24", "us-east-1b")
	v.group = v.newGroup("task")
	v.groups = []string{v.group}
	return v
}

// made hands on what a call answered, and ends the test when it failed.
func made[T any](answer T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func value(on bool) *types.AttributeBooleanValue { return &types.AttributeBooleanValue{Value: &on} }

func (v *vpc) dns(on bool) {
	made(v.ec2.ModifyVpcAttribute(v.ctx, &ec2.ModifyVpcAttributeInput{VpcId: &v.id, EnableDnsSupport: value(on)}))(v.t)
}

func (v *vpc) newSubnet(cidr, zone string) string {
	return *made(v.ec2.CreateSubnet(v.ctx, &ec2.CreateSubnetInput{
		VpcId:            &v.id,
		CidrBlock:        &cidr,
		AvailabilityZone: &zone,
	}))(v.t).Subnet.SubnetId
}

func (v *vpc) newGroup(name string) string {
	return *made(v.ec2.CreateSecurityGroup(v.ctx, &ec2.CreateSecurityGroupInput{
		VpcId:       &v.id,
		GroupName:   &name,
		Description: &name,
	}))(v.t).GroupId
}

// table is the route table of a subnet, made at first use; before that the VPC's main table counts.
func (v *vpc) table(subnet string) string {
	if v.tables[subnet] == "" {
		v.tables[subnet] = *made(v.ec2.CreateRouteTable(v.ctx, &ec2.CreateRouteTableInput{
			VpcId: &v.id,
		}))(v.t).RouteTable.RouteTableId
		made(v.ec2.AssociateRouteTable(v.ctx, &ec2.AssociateRouteTableInput{
			RouteTableId: aws.String(v.tables[subnet]),
			SubnetId:     &subnet,
		}))(v.t)
	}
	return v.tables[subnet]
}

// route makes a default route.
func (v *vpc) route(table string, to func(*ec2.CreateRouteInput)) {
	route := &ec2.CreateRouteInput{RouteTableId: &table, DestinationCidrBlock: aws.String("0.0.0.0/0")}
	to(route)
	made(v.ec2.CreateRoute(v.ctx, route))(v.t)
}

func (v *vpc) attach() string {
	if v.igw == "" {
		gateway := made(v.ec2.CreateInternetGateway(v.ctx, &ec2.CreateInternetGatewayInput{}))(v.t)
		v.igw = *gateway.InternetGateway.InternetGatewayId
		made(v.ec2.AttachInternetGateway(v.ctx, &ec2.AttachInternetGatewayInput{
			InternetGatewayId: &v.igw,
			VpcId:             &v.id,
		}))(v.t)
	}
	return v.igw
}

func (v *vpc) detach() {
	made(v.ec2.DetachInternetGateway(v.ctx, &ec2.DetachInternetGatewayInput{
		InternetGatewayId: &v.igw,
		VpcId:             &v.id,
	}))(v.t)
}

// internet makes a subnet a public one.
func (v *vpc) internet(subnet string) {
	gateway := v.attach()
	v.route(v.table(subnet), func(r *ec2.CreateRouteInput) { r.GatewayId = &gateway })
}

func (v *vpc) newAddress() string {
	return *made(v.ec2.AllocateAddress(v.ctx, &ec2.AllocateAddressInput{Domain: types.DomainTypeVpc}))(v.t).AllocationId
}

func (v *vpc) newNAT(subnet string, kind types.ConnectivityType) string {
	in := &ec2.CreateNatGatewayInput{SubnetId: &subnet, ConnectivityType: kind}
	if kind == types.ConnectivityTypePublic {
		in.AllocationId = aws.String(v.newAddress())
	}
	return *made(v.ec2.CreateNatGateway(v.ctx, in))(v.t).NatGateway.NatGatewayId
}

func (v *vpc) natIn(subnet string) func(*ec2.CreateRouteInput) {
	id := v.newNAT(subnet, types.ConnectivityTypePublic)
	return func(r *ec2.CreateRouteInput) { r.NatGatewayId = &id }
}

func (v *vpc) privateNAT(subnet string) func(*ec2.CreateRouteInput) {
	id := v.newNAT(subnet, types.ConnectivityTypePrivate)
	return func(r *ec2.CreateRouteInput) { r.NatGatewayId = &id }
}

// nat gives the task's subnet a NAT gateway in the other one, which is public, and returns its id.
func (v *vpc) nat() string {
	v.internet(v.other)
	id := v.newNAT(v.other, types.ConnectivityTypePublic)
	v.route(v.table(v.subnet), func(r *ec2.CreateRouteInput) { r.NatGatewayId = &id })
	return id
}

func (v *vpc) deleteNAT(id string) {
	made(v.ec2.DeleteNatGateway(v.ctx, &ec2.DeleteNatGatewayInput{NatGatewayId: &id}))(v.t)
}

// transitGateway is attached to the VPC in a subnet, which takes traffic from its zone alone.
func (v *vpc) transitGateway(subnet string) func(*ec2.CreateRouteInput) {
	gateway := made(v.ec2.CreateTransitGateway(v.ctx, &ec2.CreateTransitGatewayInput{}))(v.t)
	id := *gateway.TransitGateway.TransitGatewayId
	made(v.ec2.CreateTransitGatewayVpcAttachment(v.ctx, &ec2.CreateTransitGatewayVpcAttachmentInput{
		TransitGatewayId: &id,
		VpcId:            &v.id,
		SubnetIds:        []string{subnet},
	}))(v.t)
	return func(r *ec2.CreateRouteInput) { r.TransitGatewayId = &id }
}

func (v *vpc) peering() func(*ec2.CreateRouteInput) {
	peer := *made(v.ec2.CreateVpc(v.ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.9.0.0/16")}))(v.t).Vpc.VpcId
	id := *made(v.ec2.CreateVpcPeeringConnection(v.ctx, &ec2.CreateVpcPeeringConnectionInput{
		VpcId:     &v.id,
		PeerVpcId: &peer,
	}))(v.t).VpcPeeringConnection.VpcPeeringConnectionId
	made(v.ec2.AcceptVpcPeeringConnection(v.ctx, &ec2.AcceptVpcPeeringConnectionInput{
		VpcPeeringConnectionId: &id,
	}))(v.t)
	return func(r *ec2.CreateRouteInput) { r.VpcPeeringConnectionId = &id }
}

func (v *vpc) appliance() func(*ec2.CreateRouteInput) {
	id := *made(v.ec2.CreateNetworkInterface(v.ctx, &ec2.CreateNetworkInterfaceInput{
		SubnetId: &v.other,
	}))(v.t).NetworkInterface.NetworkInterfaceId
	return func(r *ec2.CreateRouteInput) { r.NetworkInterfaceId = &id }
}

func tcpFrom(port int32, cidr string) []types.IpPermission {
	return []types.IpPermission{{
		IpProtocol: aws.String("tcp"),
		FromPort:   &port,
		ToPort:     &port,
		IpRanges:   []types.IpRange{{CidrIp: &cidr}},
	}}
}

func (v *vpc) in(group string, port int32, cidr string) {
	made(v.ec2.AuthorizeSecurityGroupIngress(v.ctx, &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId:       &group,
		IpPermissions: tcpFrom(port, cidr),
	}))(v.t)
}

func (v *vpc) inFrom(group string, port int32, from string) {
	made(v.ec2.AuthorizeSecurityGroupIngress(v.ctx, &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: &group,
		IpPermissions: []types.IpPermission{
			{
				IpProtocol:       aws.String("tcp"),
				FromPort:         &port,
				ToPort:           &port,
				UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &from}},
			}},
	}))(v.t)
}

func (v *vpc) out(group string, port int32, cidr string) {
	made(v.ec2.AuthorizeSecurityGroupEgress(v.ctx, &ec2.AuthorizeSecurityGroupEgressInput{
		GroupId:       &group,
		IpPermissions: tcpFrom(port, cidr),
	}))(v.t)
}

// closeOut takes the rule away that lets everything out.
func (v *vpc) closeOut(group string) {
	made(v.ec2.RevokeSecurityGroupEgress(v.ctx, &ec2.RevokeSecurityGroupEgressInput{
		GroupId: &group,
		IpPermissions: []types.IpPermission{
			{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}},
	}))(v.t)
}

// entry is a rule of a network ACL.
type entry struct {
	out, allow bool
	from, to   int32
}

func permit(out bool, from, to int32) entry { return entry{out: out, allow: true, from: from, to: to} }
func deny(out bool, from, to int32) entry   { return entry{out: out, from: from, to: to} }

// acl gives a subnet a network ACL of its own; what no entry speaks of is denied when an entry allows in that
// direction, and allowed by a last entry otherwise.
func (v *vpc) acl(subnet string, entries ...entry) {
	id := *made(v.ec2.CreateNetworkAcl(v.ctx, &ec2.CreateNetworkAclInput{VpcId: &v.id}))(v.t).NetworkAcl.NetworkAclId
	number, allows := int32(100), map[bool]bool{}
	add := func(e entry) {
		action := types.RuleActionDeny
		if e.allow {
			action = types.RuleActionAllow
		}
		made(v.ec2.CreateNetworkAclEntry(v.ctx, &ec2.CreateNetworkAclEntryInput{
			NetworkAclId: &id,
			RuleNumber:   aws.Int32(number),
			Protocol:     aws.String("6"),
			RuleAction:   action,
			Egress:       aws.Bool(e.out),
			CidrBlock:    aws.String("0.0.0.0/0"),
			PortRange:    &types.PortRange{From: aws.Int32(e.from), To: aws.Int32(e.to)},
		}))(v.t)
		number++
		allows[e.out] = allows[e.out] || e.allow
	}
	for _, e := range entries {
		add(e)
	}
	for _, out := range []bool{true, false} {
		if !allows[out] {
			add(permit(out, 0, 65535))
		}
	}
	for _, a := range made(v.ec2.DescribeNetworkAcls(v.ctx, &ec2.DescribeNetworkAclsInput{
		Filters: []types.Filter{{Name: aws.String("vpc-id"), Values: []string{v.id}}},
	}))(v.t).NetworkAcls {
		for _, association := range a.Associations {
			if *association.SubnetId == subnet {
				made(v.ec2.ReplaceNetworkAclAssociation(v.ctx, &ec2.ReplaceNetworkAclAssociationInput{
					AssociationId: association.NetworkAclAssociationId,
					NetworkAclId:  &id,
				}))(v.t)
			}
		}
	}
}

func (v *vpc) endpoint(service string, privateDNS bool, group string) {
	made(v.ec2.CreateVpcEndpoint(v.ctx, &ec2.CreateVpcEndpointInput{
		VpcId:             &v.id,
		ServiceName:       aws.String("com.amazonaws.us-east-1." + service),
		VpcEndpointType:   types.VpcEndpointTypeInterface,
		SubnetIds:         []string{v.other},
		SecurityGroupIds:  []string{group},
		PrivateDnsEnabled: &privateDNS,
	}))(v.t)
}

func (v *vpc) endpointWith(service, group, policy string) {
	made(v.ec2.CreateVpcEndpoint(v.ctx, &ec2.CreateVpcEndpointInput{
		VpcId:             &v.id,
		ServiceName:       aws.String("com.amazonaws.us-east-1." + service),
		VpcEndpointType:   types.VpcEndpointTypeInterface,
		SubnetIds:         []string{v.other},
		SecurityGroupIds:  []string{group},
		PrivateDnsEnabled: aws.Bool(true),
		PolicyDocument:    &policy,
	}))(v.t)
}

func (v *vpc) gateway(table string) {
	made(v.ec2.CreateVpcEndpoint(v.ctx, &ec2.CreateVpcEndpointInput{
		VpcId:           &v.id,
		ServiceName:     aws.String("com.amazonaws.us-east-1.s3"),
		VpcEndpointType: types.VpcEndpointTypeGateway,
		RouteTableIds:   []string{table},
	}))(v.t)
}

// publicAddress gives the task's interface a public address.
func (v *vpc) publicAddress() {
	v.attachTask()
	made(v.ec2.AssociateAddress(v.ctx, &ec2.AssociateAddressInput{
		AllocationId:       aws.String(v.newAddress()),
		NetworkInterfaceId: &v.adapter,
	}))(v.t)
}

// attachTask makes the task's interface.
func (v *vpc) attachTask() {
	if v.adapter != "" {
		return
	}
	adapter := made(v.ec2.CreateNetworkInterface(v.ctx, &ec2.CreateNetworkInterfaceInput{
		SubnetId: &v.subnet,
		Groups:   v.groups,
	}))(v.t).NetworkInterface
	v.adapter, v.address = *adapter.NetworkInterfaceId, *adapter.PrivateIpAddress
	machine := made(v.ec2.RunInstances(v.ctx, &ec2.RunInstancesInput{ // moto has no tasks to attach it to
		ImageId:  aws.String("ami-12c6146b"),
		MinCount: aws.Int32(1),
		MaxCount: aws.Int32(1),
	}))(v.t)
	v.attachment = *made(v.ec2.AttachNetworkInterface(v.ctx, &ec2.AttachNetworkInterfaceInput{
		NetworkInterfaceId: &v.adapter,
		InstanceId:         machine.Instances[0].InstanceId,
		DeviceIndex:        aws.Int32(1),
	}))(v.t).AttachmentId
}

// leave takes the task's interface away, as ECS does.
func (v *vpc) leave() {
	v.attachTask()
	made(v.ec2.DetachNetworkInterface(v.ctx, &ec2.DetachNetworkInterfaceInput{AttachmentId: &v.attachment}))(v.t)
	made(v.ec2.DeleteNetworkInterface(v.ctx, &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: &v.adapter}))(v.t)
}

// stoppedTask is the id of the task.
const stoppedTask = "0f3f0b7a5c4d4c1f9b2a6d8e7c5b4a39"

// stop is the event of the task, which stopped a moment ago unless differs says otherwise.
func (v *vpc) stop(reason string, differs map[string]any) []byte {
	const task = "arn:aws:ecs:us-east-1:123456789012:task/shop/" + stoppedTask
	now := time.Now().UTC()
	detail := map[string]any{
		"taskArn":           task,
		"clusterArn":        "arn:aws:ecs:us-east-1:123456789012:cluster/shop",
		"taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7",
		"group":             "family:web",
		"launchType":        v.launchType,
		"platformVersion":   "1.4.0",
		"availabilityZone":  "us-east-1a",
		"lastStatus":        "STOPPED",
		"desiredStatus":     "STOPPED",
		"stopCode":          "TaskFailedToStart",
		"stoppedReason":     reason,
		"createdAt":         now.Add(-time.Minute).Format(time.RFC3339),
		"stoppingAt":        now.Add(-2 * time.Second).Format(time.RFC3339),
		"stoppedAt":         now.Format(time.RFC3339),
		"attachments": []any{map[string]any{
			"id":     "b5d0a3a1-5a0e-4d52-9a87-0b8c6f1f7d11",
			"type":   "eni",
			"status": "DELETED",
			"details": []any{
				map[string]any{"name": "subnetId", "value": v.subnet},
				map[string]any{"name": "networkInterfaceId", "value": v.adapter},
				map[string]any{"name": "privateIPv4Address", "value": v.address}},
		}},
		"containers": []any{map[string]any{
			"name":         "web",
			"image":        "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:7",
			"lastStatus":   "STOPPED",
			"containerArn": "arn:aws:ecs:us-east-1:123456789012:container/shop/" + stoppedTask + "/1",
		}},
		"version": 4,
	}
	maps.Copy(detail, differs)
	event, err := json.Marshal(map[string]any{
		"version":     "0",
		"id":          "6c1f3d52-90ab-4d0e-8f27-1b5a7c9d0e11",
		"detail-type": "ECS Task State Change",
		"source":      "aws.ecs",
		"account":     "123456789012",
		"time":        now.Format(time.RFC3339),
		"region":      "us-east-1",
		"resources":   []string{task},
		"detail":      detail,
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return event
}
