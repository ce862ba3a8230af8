package lookup

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
	"whystopped/evidence/prove"
)

// closedVPC is one VPC with services whose tasks all fail alike: their subnets have no way out.
func closedVPC(s *awstest.Server, services int, interfaces bool) {
	s.Put("ec2:DescribeVpcs", object{"vpcId": "vpc-1", "ownerId": account, "dhcpOptionsId": "dopt-1",
		"cidrBlock": "10.0.0.0/16"})
	s.Put("ec2:DescribeVpcAttribute", object{"vpcId": "vpc-1", "enableDnsSupport": true, "enableDnsHostnames": true})
	putDHCP(s, "dopt-1")
	for i := range 3 {
		s.Put("ec2:DescribeSubnets", object{"subnetId": fmt.Sprint("subnet-", i), "vpcId": "vpc-1", "ownerId": account,
			"cidrBlock": fmt.Sprintf("10.0.%d.0/24", i), "availabilityZone": fmt.Sprintf("eu-west-1%c", 'a'+i)})
	}
	s.Put("ec2:DescribeRouteTables", object{"routeTableId": "rtb-1", "vpcId": "vpc-1",
		"associationSet": []object{{"main": true}},
		"routeSet":       []object{{"destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active"}}})
	s.Put("ec2:DescribeNetworkAcls", object{"networkAclId": "acl-1", "vpcId": "vpc-1",
		"associationSet": []object{{"subnetId": "subnet-0"}, {"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}},
		"entrySet": []object{
			{"ruleNumber": 100, "protocol": "-1", "ruleAction": "allow", "egress": true, "cidrBlock": "0.0.0.0/0"},
			{"ruleNumber": 100, "protocol": "-1", "ruleAction": "allow", "egress": false, "cidrBlock": "0.0.0.0/0"}}})
	s.Put("ec2:DescribeSecurityGroups", object{"groupId": "sg-1", "groupName": "task", "vpcId": "vpc-1",
		"ipPermissionsEgress": []object{{"ipProtocol": "-1", "ipRanges": []object{{"cidrIp": "0.0.0.0/0"}}}}})
	for i := range services {
		s.Put("ecs:DescribeServices", object{"serviceArn": fmt.Sprint(arn, "service/prod/service-", i),
			"deployments": []object{{"id": fmt.Sprint("ecs-svc/", i), "status": "PRIMARY",
				"networkConfiguration": object{"awsvpcConfiguration": object{
					"subnets":        []string{"subnet-0", "subnet-1", "subnet-2"},
					"securityGroups": []string{"sg-1"}, "assignPublicIp": "DISABLED"}}}}})
		s.Put("ecs:DescribeTaskDefinition", object{"networkMode": "awsvpc",
			"taskDefinitionArn": fmt.Sprintf("%stask-definition/service-%d:1", arn, i)})
		if interfaces {
			s.Put("ec2:DescribeNetworkInterfaces", object{"networkInterfaceId": fmt.Sprint("eni-", i),
				"subnetId": fmt.Sprint("subnet-", i%3), "vpcId": "vpc-1", "interfaceType": "interface",
				"status": "in-use", "privateIpAddress": fmt.Sprintf("10.0.%d.2%d", i%3, i),
				"groupSet": []object{{"groupId": "sg-1"}}})
		}
	}
}

// unreached is the stop of a task of service i that did not reach ECR.
func unreached(i int, now time.Time) (events.Stop, classifier.Finding) {
	s := fargateStop()
	s.TaskARN = fmt.Sprint(arn, "task/prod/", i)
	s.Service, s.Group = fmt.Sprint("service-", i), fmt.Sprint("service:service-", i)
	s.StartedBy, s.DeploymentID = fmt.Sprint("ecs-svc/", i), fmt.Sprint("ecs-svc/", i)
	s.TaskDefinitionARN = fmt.Sprintf("%stask-definition/service-%d:1", arn, i)
	s.CreatedAt, s.StoppedAt = now.Add(-time.Minute), now.Add(-time.Second)
	s.StopCode = "TaskFailedToStart"
	s.Attachments[0].Details = map[string]string{"subnetId": fmt.Sprint("subnet-", i%3),
		"networkInterfaceId": fmt.Sprint("eni-", i), "privateIPv4Address": fmt.Sprintf("10.0.%d.2%d", i%3, i)}
	s.StoppedReason = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
		"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): " +
		`RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": ` +
		"dial tcp 52.94.178.9:443: i/o timeout"
	return s, classifier.Classify(s)
}

// TestManyServicesOfOneVPC has twenty services of one VPC whose tasks fail together, one after another as the function
// is told of them, and all at once. Each is proven alike, and the VPC is read once for all of them.
func TestManyServicesOfOneVPC(t *testing.T) {
	const services, most = 20, 30
	for _, test := range []struct {
		name       string
		interfaces bool // are still there
		together   bool
	}{
		{"one after another", true, false},
		{"one after another, interfaces gone", false, false},
		{"together", true, true},
		{"together, interfaces gone", false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			closedVPC(s, services, test.interfaces)
			now, g := time.Now(), New(config(s), Options{Tier: evidence.TierPolicies, Caller: callerOf})
			if !test.together { // each waits alone, so that the clock may be moved instead
				c := &clock{now: now}
				g.Now = c.Now
				g.limits.sleep = func(_ context.Context, d time.Duration) error {
					c.move(d)
					return nil
				}
			}
			found := make([][]classifier.Proof, services)
			var stops sync.WaitGroup
			for i := range services {
				stop, finding := unreached(i, now)
				ask := func() { found[i] = g.Gather(t.Context(), stop, finding).Proofs }
				if test.together {
					stops.Go(ask)
				} else {
					ask()
				}
			}
			stops.Wait()
			calls := map[string]int{}
			for _, request := range s.Requests() {
				calls[request]++
			}
			if n := s.Count(""); n > most {
				t.Errorf("%d calls: %v", n, calls)
			}
			alike := func(i int) string {
				said := fmt.Sprintf("%+v", found[i])
				for _, own := range []string{fmt.Sprint("eni-", i), fmt.Sprintf("10.0.%d.2%d", i%3, i),
					fmt.Sprint("deployment ecs-svc/", i), fmt.Sprint("subnet-", i%3)} {
					said = strings.ReplaceAll(said, own, "its own")
				}
				return said
			}
			for i := range services {
				if !strings.Contains(alike(i), "Cause:route-missing Result:confirmed") {
					t.Errorf("service %d: %s", i, alike(i))
				}
				if diff := cmp.Diff(alike(0), alike(i)); diff != "" {
					t.Errorf("service %d is told otherwise (-first +this):\n%s", i, diff)
				}
			}
			t.Logf("%d calls: %v", s.Count(""), calls)
		})
	}
}

// TestWhatMayBeSplitIsAskedFor has network ACLs and endpoint policies that the operating system or the role decides
// about: then, and only then, the task definition is read for the path alone.
func TestTheDefinitionIsReadWhereItDecides(t *testing.T) {
	rule := func(from, to int) object {
		return object{"ruleNumber": 90, "protocol": "6", "ruleAction": "deny", "egress": false,
			"cidrBlock": "0.0.0.0/0", "portRange": object{"from": from, "to": to}}
	}
	acl := func(rules ...object) func(*awstest.Server, *classifier.Finding) {
		return func(s *awstest.Server, _ *classifier.Finding) {
			s.Put("ec2:DescribeNetworkAcls", object{"networkAclId": "acl-2", "vpcId": "vpc-1", "entrySet": rules})
		}
	}
	endpoint := func(service, policy string) func(*awstest.Server, *classifier.Finding) {
		return func(s *awstest.Server, _ *classifier.Finding) {
			s.Put("ec2:DescribeVpcEndpoints", object{"vpcEndpointId": "vpce-1", "vpcId": "vpc-1", "state": "available",
				"serviceName": "com.amazonaws.eu-west-1." + service, "vpcEndpointType": "Interface",
				"policyDocument": policy})
		}
	}
	const everybody, one = `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`,
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/a"},"Action":"*","Resource":"*"}]}`
	for _, test := range []struct {
		name string
		put  func(*awstest.Server, *classifier.Finding)
		want int
	}{
		{"nothing that decides", func(*awstest.Server, *classifier.Finding) {}, 0},
		{"ports below those of clients", acl(rule(22, 22)), 0},
		{"all ports of clients", acl(rule(1024, 65535)), 0},
		{"ports of Linux alone", acl(rule(32768, 60999)), 1},
		{"the last port alone", acl(rule(65535, 65535)), 1},
		{"an endpoint for everybody", endpoint("ecr.api", everybody), 0},
		{"an endpoint for one role", endpoint("ecr.api", one), 1},
		{"another service's endpoint for one role", endpoint("ecr.dkr", one), 0},
		{"a text that names no host", func(_ *awstest.Server, f *classifier.Finding) { f.Facts.Endpoint = "" }, 0},
		{"a secret whose store is not told", func(_ *awstest.Server, f *classifier.Finding) {
			f.Facts.Endpoint, f.Stage = "", classifier.Secret
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			closedVPC(s, 1, true)
			stop, finding := unreached(0, created)
			test.put(s, &finding)
			g, _ := newGatherer(s)
			g.Gather(t.Context(), stop, finding)
			if got := s.Count("ecs:DescribeTaskDefinition"); got != test.want {
				t.Errorf("%d calls, want %d", got, test.want)
			}
		})
	}
	t.Run("other needs", func(t *testing.T) {
		checking(t, append(prove.Checks, needing("by-logs", evidence.NeedLogs))...)
		s := newServer(t)
		closedVPC(s, 1, true)
		stop, finding := unreached(0, created)
		finding.Causes = append(finding.Causes, open("by-logs").Causes...)
		g, _ := newGatherer(s)
		g.Gather(t.Context(), stop, finding)
		if s.Count("ecs:DescribeTaskDefinition") != 1 {
			t.Errorf("asked %q", s.Requests())
		}
	})
}

// TestAnInterfaceThatAListingLacks tells what was gone when the listing was made from what may have come later.
func TestAnInterfaceThatAListingLacks(t *testing.T) {
	for _, test := range []struct {
		name    string
		stopped time.Duration // after the listing
		want    evidence.State
		calls   int
	}{
		{"of a task that had stopped", -time.Second, evidence.Absent, 3},
		{"of a task that stopped later", time.Second, evidence.Absent, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			c := &clock{now: created}
			g := New(config(s), Options{Tier: evidence.TierDeep, Caller: callerOf, Now: c.Now})
			g.limits.sleep = func(context.Context, time.Duration) error { return nil }
			for i := range 5 {
				r := newReading(g)
				r.stop.StoppedAt = created.Add(-time.Second)
				taskInterface(t.Context(), r, fmt.Sprint("eni-", i))
			}
			r := newReading(g)
			r.stop.StoppedAt = created.Add(test.stopped)
			if got := taskInterface(t.Context(), r, "eni-last"); got.State != test.want || s.Count("") != test.calls {
				t.Errorf("%+v after %d calls", got, s.Count(""))
			}
		})
	}
}
