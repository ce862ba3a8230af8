package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"whystopped/archive/stack"
	"whystopped/evidence/lookup/awstest"
)

// TestStorm has ten processes with eight events each, one after another, that all need the account to be asked: all of
// the same service, and then all of services, task definitions and VPCs of their own. Every record is written and has
// its proof, and no API is called more often than a quarter of what AWS lets an account call, which other programs need
// too, or than what ten look-ups ask at once.
func TestStorm(t *testing.T) {
	if testing.Short() {
		t.Skip("the storm starts forty processes: run it without -short")
	}
	const processes, events = 10, 8
	// Published sizes and refills of the token buckets:
	// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html,
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
	type bucket struct{ size, refill float64 }
	buckets := map[string]bucket{"ec2": {100, 20}, "ecs": {50, 20}}
	const atOnce = 4 // of one API in one look-up
	for _, test := range []struct {
		name string
		of   func(task int) int // number of the service that a task is of
		once []string           // what a process asks once, however many events it gets
	}{
		{"all the same", func(int) int { return 0 },
			[]string{"ecs:DescribeServices", "ec2:DescribeRouteTables", "ec2:DescribeVpcs"}},
		{"all different", func(task int) int { return task }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			logs := service(t)
			account := awstest.NewServer("111122223333")
			t.Cleanup(account.Close)
			for i := range processes * events {
				if i == test.of(i) {
					putService(account, i)
				}
			}
			var workers sync.WaitGroup
			begin := time.Now()
			for p := range processes {
				api := newRuntimeAPI(t)
				startProgram(t, bootstrap, api, logs.URL, stack.EnvLogGroup+"="+group, stack.EnvEvidence+"=describe",
					"AWS_ENDPOINT_URL="+account.URL)
				workers.Go(func() {
					for e := range events {
						task := p*events + e
						_, answered := api.submit(t.Context(), unreachableOf(t, task, test.of(task)), 20*time.Second)
						select {
						case a := <-answered:
							if a.failed {
								t.Errorf("task %d: %s", task, a.body)
							}
						case <-time.After(patience):
							t.Errorf("task %d has no answer after %s", task, patience)
							return
						}
					}
				})
			}
			workers.Wait()
			took := time.Since(begin)

			written := map[string]bool{}
			for _, r := range records(t, logs) {
				written[r.DedupKey] = true
				if !strings.Contains(r.CauseIDs, "route-missing=confirmed") {
					t.Errorf("%s has no proof: %s", r.DedupKey, r.CauseIDs)
				}
			}
			if len(written) != processes*events {
				t.Errorf("%d of %d records are written", len(written), processes*events)
			}
			calls := map[string]int{}
			for _, request := range account.Requests() {
				calls[request]++
			}
			for _, api := range slices.Sorted(maps.Keys(calls)) {
				service, _, _ := strings.Cut(api, ":")
				b := buckets[service]
				most := max(b.size/4, processes*atOnce) + b.refill/4*took.Seconds()
				if float64(calls[api]) > most {
					t.Errorf("%s is called %d times in %s, which is more than %.0f", api, calls[api], took, most)
				}
				t.Logf("%4d  %s", calls[api], api)
			}
			if n := account.Count("sts"); n > 0 {
				t.Errorf("STS is asked %d times whose function this is", n)
			}
			for _, api := range test.once {
				if calls[api] != processes {
					t.Errorf("%s is called %d times by %d processes", api, calls[api], processes)
				}
			}
			t.Logf("%d events in %s by %d processes, %d calls", processes*events, took.Round(time.Second), processes,
				len(account.Requests()))
		})
	}
}

// TestABlackHoleDelaysARecordByNoMoreThanTheBudget has services that take connections and never answer.
func TestABlackHoleDelaysARecordByNoMoreThanTheBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time-outs: run it without -short")
	}
	const budget, work = 8 * time.Second, time.Second
	for _, hole := range []string{"", "ec2", "ecs"} {
		t.Run(hole, func(t *testing.T) {
			t.Parallel()
			logs := service(t)
			account := awstest.NewServer("111122223333")
			t.Cleanup(account.Close)
			putService(account, 0)
			account.Inject(awstest.Fault{Operation: hole, Silent: true})
			f := start(t, logs.URL, stack.EnvLogGroup+"="+group, stack.EnvEvidence+"=describe", "AWS_ENDPOINT_URL="+
				account.URL)
			f.started()
			begin := time.Now()
			f.succeeds(unreachableOf(t, 0, 0))
			took := time.Since(begin)
			stored := records(t, logs)
			if took > budget+work || len(stored) != 1 || !strings.Contains(stored[0].CauseIDs, "=inconclusive") ||
				account.Count(hole) == 0 {
				t.Errorf("%+v after %s and %q", stored, took, account.Requests())
			}
		})
	}
}

// unreachableOf is the event of a task of service n that did not reach ECR, with an interface of its own.
func unreachableOf(t *testing.T, task, n int) []byte {
	return stopped(t, fmt.Sprintf("task-%03d", task), object{
		"stopCode": "TaskFailedToStart", "startedAt": nil, "executionStoppedAt": nil,
		"containers": []object{{"name": "app", "lastStatus": "STOPPED"}},
		"group":      fmt.Sprintf("service:service-%03d", n), "startedBy": fmt.Sprintf("ecs-svc/%d", n),
		"taskDefinitionArn": fmt.Sprintf("arn:aws:ecs:eu-west-1:111122223333:task-definition/service-%03d:1", n),
		"attachments": []object{{"id": "attachment", "type": "eni", "status": "DELETED", "details": []object{
			{"name": "subnetId", "value": fmt.Sprintf("subnet-%03d", n)},
			{"name": "networkInterfaceId", "value": fmt.Sprintf("eni-%03d", task)},
			{"name": "privateIPv4Address", "value": "10.0.1.20"}}}},
		"stoppedReason": "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
			"retrieval failed: unable to retrieve ecr registry auth: " +
			`service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 52.94.178.9:443: i/o timeout`,
	})
}

// putService puts service n with its task definition and its VPC, whose one subnet has no way out.
func putService(s *awstest.Server, n int) {
	id := func(kind string) string { return fmt.Sprintf("%s-%03d", kind, n) }
	const arn = "arn:aws:ecs:eu-west-1:111122223333:"
	s.Put("ecs:DescribeTaskDefinition",
		object{"taskDefinitionArn": arn + "task-definition/" + id("service") + ":1", "networkMode": "awsvpc"})
	s.Put("ecs:DescribeServices",
		object{"serviceArn": arn + "service/prod/" + id("service"),
			"deployments": []object{{"id": fmt.Sprintf("ecs-svc/%d", n), "status": "PRIMARY",
				"networkConfiguration": object{"awsvpcConfiguration": object{"subnets": []string{id("subnet")},
					"securityGroups": []string{id("sg")}, "assignPublicIp": "DISABLED"}}}}})
	s.Put("ec2:DescribeVpcs",
		object{"vpcId": id("vpc"), "ownerId": s.Account, "dhcpOptionsId": "dopt-1", "cidrBlock": "10.0.0.0/16"})
	s.Put("ec2:DescribeVpcAttribute", object{"vpcId": id("vpc"), "enableDnsSupport": true, "enableDnsHostnames": true})
	s.Put("ec2:DescribeDhcpOptions", object{"dhcpOptionsId": "dopt-1"})
	s.Put("ec2:DescribeSubnets",
		object{"subnetId": id("subnet"), "vpcId": id("vpc"), "ownerId": s.Account, "cidrBlock": "10.0.1.0/24",
			"availabilityZone": "eu-west-1a"})
	s.Put("ec2:DescribeRouteTables",
		object{"routeTableId": id("rtb"), "vpcId": id("vpc"), "associationSet": []object{{"main": true}},
			"routeSet": []object{{"destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active"}}})
	s.Put("ec2:DescribeNetworkAcls",
		object{"networkAclId": id("acl"), "vpcId": id("vpc"), "associationSet": []object{{"subnetId": id("subnet")}},
			"entrySet": []object{{"ruleNumber": 100, "protocol": "-1", "ruleAction": "allow", "egress": true,
				"cidrBlock": "0.0.0.0/0"},
				{"ruleNumber": 100, "protocol": "-1", "ruleAction": "allow", "egress": false,
					"cidrBlock": "0.0.0.0/0"}}})
	s.Put("ec2:DescribeSecurityGroups",
		object{"groupId": id("sg"), "groupName": "task", "vpcId": id("vpc"),
			"ipPermissionsEgress": []object{{"ipProtocol": "-1", "ipRanges": []object{{"cidrIp": "0.0.0.0/0"}}}}})
}
