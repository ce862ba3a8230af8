package lookup

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
	"whystopped/evidence/prove"
)

type object = awstest.Object

var created = time.Date(2026, 3, 4, 9, 59, 0, 0, time.UTC)

const (
	arn        = "arn:aws:ecs:" + region + ":" + account + ":"
	deployment = "ecs-svc/4374651048025955904"
)

// fargateStop is a task of the service web that failed to pull its image.
func fargateStop() events.Stop {
	return events.Stop{
		Kind:              events.KindTask,
		Account:           account,
		Region:            region,
		ClusterARN:        arn + "cluster/prod",
		Cluster:           "prod",
		Group:             "service:web",
		Service:           "web",
		StartedBy:         deployment,
		DeploymentID:      deployment,
		LaunchType:        "FARGATE",
		TaskDefinitionARN: arn + "task-definition/web:42",
		CreatedAt:         created,
		StoppedAt:         created.Add(time.Minute),
		Attachments: []events.Attachment{{
			Type:   "eni",
			Status: "DELETED",
			Details: map[string]string{
				"subnetId":           "subnet-0a1",
				"networkInterfaceId": "eni-0a1",
				"privateIPv4Address": "10.0.1.20",
			},
		}},
	}
}

// fargate puts what a task of the service web leaves from: a private subnet behind a NAT gateway, with endpoints.
func fargate(s *awstest.Server) {
	s.Put("ecs:DescribeTaskDefinition", object{
		"taskDefinitionArn": arn + "task-definition/web:42",
		"networkMode":       "awsvpc",
		"cpu":               "256",
		"memory":            "512",
		"executionRoleArn":  "arn:aws:iam::" + account + ":role/execution",
		"runtimePlatform":   object{"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
		"containerDefinitions": []object{
			{
				"name":      "app",
				"image":     account + ".dkr.ecr." + region + ".amazonaws.com/web:42",
				"essential": true,
				"secrets": []object{{
					"name":      "TOKEN",
					"valueFrom": "arn:aws:ssm:" + region + ":" + account + ":parameter/token",
				}},
				"environment":  []object{{"name": "PASSWORD", "value": "do-not-read"}},
				"portMappings": []object{{"containerPort": 8080}},
				"dependsOn":    []object{{"containerName": "router", "condition": "HEALTHY"}},
				"healthCheck": object{
					"command":  []string{"CMD", "true"},
					"interval": 30,
					"timeout":  5,
					"retries":  3,
				},
				"logConfiguration": object{"logDriver": "awslogs", "options": object{"awslogs-group": "/ecs/web"}},
			},
			{
				"name":      "router",
				"image":     "public.ecr.aws/router:1",
				"essential": false,
				"repositoryCredentials": object{
					"credentialsParameter": "arn:aws:secretsmanager:" + region + ":" + account + ":secret:hub",
				},
			},
		},
		"volumes": []object{
			{
				"name": "data",
				"efsVolumeConfiguration": object{
					"fileSystemId":        "fs-0a1",
					"rootDirectory":       "/",
					"transitEncryption":   "ENABLED",
					"authorizationConfig": object{"accessPointId": "fsap-0a1", "iam": "ENABLED"},
				},
			},
			{"name": "config", "host": object{"sourcePath": "/etc/web"}},
			{"name": "scratch", "host": object{}},
			{"name": "scans", "dockerVolumeConfiguration": object{"scope": "shared", "autoprovision": false}},
			{"name": "cache", "dockerVolumeConfiguration": object{"scope": "shared", "autoprovision": true}},
			{"name": "work", "dockerVolumeConfiguration": object{"scope": "task"}},
			{"name": "index", "configuredAtLaunch": true},
			{
				"name": "share",
				"fsxWindowsFileServerVolumeConfiguration": object{"fileSystemId": "fs-0b2", "rootDirectory": "share"},
			},
		},
		"ephemeralStorage": object{"sizeInGiB": 30},
	})
	s.Put("ecs:DescribeServices", object{
		"serviceArn":                    arn + "service/prod/web",
		"serviceName":                   "web",
		"desiredCount":                  2,
		"runningCount":                  1,
		"healthCheckGracePeriodSeconds": 60,
		"deploymentConfiguration": object{
			"minimumHealthyPercent": 50,
			"maximumPercent":        200,
			"alarms":                object{"enable": true, "rollback": true, "alarmNames": []string{"web-5xx"}},
		},
		"deployments": []object{{
			"id":                   deployment,
			"status":               "PRIMARY",
			"taskDefinition":       arn + "task-definition/web:42",
			"desiredCount":         2,
			"runningCount":         1,
			"failedTasks":          3,
			"createdAt":            seconds(created.Add(-time.Hour)),
			"rolloutState":         "IN_PROGRESS",
			"networkConfiguration": awsvpc("DISABLED"),
		}},
		"taskSets": []object{{
			"id":                   "ecs-svc/1",
			"status":               "ACTIVE",
			"computedDesiredCount": 1,
			"networkConfiguration": awsvpc("ENABLED"),
		}},
		"events": []object{{"createdAt": seconds(created), "message": "(service web) has started 1 tasks."}},
		"loadBalancers": []object{{
			"targetGroupArn": "arn:aws:elasticloadbalancing:" + region + ":" + account + ":targetgroup/web/1",
			"containerName":  "app",
			"containerPort":  8080,
		}},
	})
	s.Put(
		"ec2:DescribeNetworkInterfaces",
		object{
			"networkInterfaceId":    "eni-0a1",
			"subnetId":              "subnet-0a1",
			"vpcId":                 "vpc-0a1",
			"interfaceType":         "interface",
			"description":           "arn:aws:ecs:…:attachment/1",
			"groupSet":              []object{{"groupId": "sg-task"}},
			"privateIpAddress":      "10.0.1.20",
			"privateIpAddressesSet": []object{{"privateIpAddress": "10.0.1.20"}},
			"ipv6AddressesSet":      []object{{"ipv6Address": "2001:db8:1::20"}},
			"association":           object{"publicIp": "203.0.113.20"},
		},
		object{
			"networkInterfaceId":    "eni-ecr",
			"subnetId":              "subnet-0a1",
			"vpcId":                 "vpc-0a1",
			"interfaceType":         "vpc_endpoint",
			"groupSet":              []object{{"groupId": "sg-endpoint"}},
			"privateIpAddressesSet": []object{{"privateIpAddress": "10.0.1.5"}},
		},
	)
	s.Put("ec2:DescribeVpcs", object{
		"vpcId":         "vpc-0a1",
		"ownerId":       account,
		"dhcpOptionsId": "dopt-0a1",
		"cidrBlock":     "10.0.0.0/16",
		"cidrBlockAssociationSet": []object{
			{"cidrBlock": "10.0.0.0/16", "cidrBlockState": object{"state": "associated"}},
			{"cidrBlock": "10.9.0.0/16", "cidrBlockState": object{"state": "disassociated"}},
		},
		"ipv6CidrBlockAssociationSet": []object{{
			"ipv6CidrBlock":      "2001:db8:1::/56",
			"ipv6CidrBlockState": object{"state": "associated"},
		}},
	})
	s.Put("ec2:DescribeVpcAttribute", object{"vpcId": "vpc-0a1", "enableDnsSupport": true, "enableDnsHostnames": false})
	s.Put("ec2:DescribeDhcpOptions", object{
		"dhcpOptionsId": "dopt-0a1",
		"dhcpConfigurationSet": []object{
			{"key": "domain-name", "valueSet": []object{{"value": "example.internal"}}},
			{"key": "domain-name-servers", "valueSet": []object{{"value": "AmazonProvidedDNS"}}}},
	})
	s.Put(
		"ec2:DescribeSubnets",
		object{
			"subnetId":                "subnet-0a1",
			"vpcId":                   "vpc-0a1",
			"ownerId":                 account,
			"cidrBlock":               "10.0.1.0/24",
			"availabilityZone":        region + "a",
			"availabilityZoneId":      "euw1-az1",
			"availableIpAddressCount": 250,
			"ipv6CidrBlockAssociationSet": []object{{
				"ipv6CidrBlock":      "2001:db8:1::/64",
				"ipv6CidrBlockState": object{"state": "associated"},
			}},
			"blockPublicAccessStates": object{"internetGatewayBlockMode": "off"},
		},
		object{
			"subnetId":         "subnet-nat",
			"vpcId":            "vpc-0a1",
			"ownerId":          account,
			"cidrBlock":        "10.0.2.0/24",
			"availabilityZone": region + "a",
		},
		object{
			"subnetId":         "subnet-0b1",
			"vpcId":            "vpc-0b1",
			"ownerId":          account,
			"cidrBlock":        "10.0.1.0/24",
			"availabilityZone": region + "a",
		},
	)
	s.Put(
		"ec2:DescribeRouteTables",
		object{
			"routeTableId":   "rtb-main",
			"vpcId":          "vpc-0a1",
			"associationSet": []object{{"main": true}},
			"routeSet": []object{{
				"destinationCidrBlock": "10.0.0.0/16",
				"gatewayId":            "local",
				"state":                "active",
				"origin":               "CreateRouteTable",
			}},
		},
		object{
			"routeTableId": "rtb-private",
			"vpcId":        "vpc-0a1",
			"associationSet": []object{
				{"main": false, "subnetId": "subnet-0a1", "associationState": object{"state": "associated"}},
				{"main": false, "subnetId": "subnet-nat", "associationState": object{"state": "disassociated"}},
			},
			"routeSet": []object{
				{
					"destinationCidrBlock": "0.0.0.0/0",
					"natGatewayId":         "nat-0a1",
					"state":                "blackhole",
					"origin":               "CreateRoute",
				},
				{
					"destinationPrefixListId": "pl-s3",
					"gatewayId":               "vpce-s3",
					"state":                   "active",
					"origin":                  "CreateRoute",
				},
				{
					"destinationIpv6CidrBlock":    "::/0",
					"egressOnlyInternetGatewayId": "eigw-0a1",
					"state":                       "active",
					"origin":                      "CreateRoute",
				},
				{
					"destinationCidrBlock": "172.16.0.0/12",
					"gatewayId":            "vgw-0a1",
					"state":                "active",
					"origin":               "EnableVgwRoutePropagation",
				},
			},
		},
		object{
			"routeTableId":   "rtb-public",
			"vpcId":          "vpc-0a1",
			"associationSet": []object{{"main": false, "subnetId": "subnet-nat"}},
			"routeSet": []object{{
				"destinationCidrBlock": "0.0.0.0/0",
				"gatewayId":            "igw-0a1",
				"state":                "active",
			}},
		},
	)
	s.Put("ec2:DescribeNetworkAcls", object{
		"networkAclId":   "acl-0a1",
		"vpcId":          "vpc-0a1",
		"associationSet": []object{{"subnetId": "subnet-0a1"}},
		"entrySet": []object{
			{
				"ruleNumber": 100,
				"protocol":   "6",
				"ruleAction": "allow",
				"egress":     true,
				"cidrBlock":  "0.0.0.0/0",
				"portRange":  object{"from": 443, "to": 443},
			},
			{"ruleNumber": 32768, "protocol": "-1", "ruleAction": "deny", "egress": false, "ipv6CidrBlock": "::/0"}},
	})
	s.Put(
		"ec2:DescribeSecurityGroups",
		object{
			"groupId":   "sg-task",
			"groupName": "task",
			"vpcId":     "vpc-0a1",
			"ipPermissionsEgress": []object{{
				"ipProtocol":    "tcp",
				"fromPort":      443,
				"toPort":        443,
				"ipRanges":      []object{{"cidrIp": "0.0.0.0/0"}},
				"ipv6Ranges":    []object{{"cidrIpv6": "::/0"}},
				"prefixListIds": []object{{"prefixListId": "pl-own"}},
			}},
		},
		object{
			"groupId":   "sg-endpoint",
			"groupName": "endpoint",
			"vpcId":     "vpc-0a1",
			"ipPermissions": []object{{
				"ipProtocol":    "-1",
				"groups":        []object{{"groupId": "sg-task"}},
				"prefixListIds": []object{{"prefixListId": "pl-foreign"}},
			}},
		},
		object{
			"groupId":       "sg-other",
			"groupName":     "other",
			"vpcId":         "vpc-0a1",
			"ipPermissions": []object{{"ipProtocol": "-1", "prefixListIds": []object{{"prefixListId": "pl-cdn"}}}},
		},
	)
	s.Put(
		"ec2:DescribeVpcEndpoints",
		object{
			"vpcEndpointId":         "vpce-ecr",
			"vpcId":                 "vpc-0a1",
			"ownerId":               account,
			"serviceName":           "com.amazonaws." + region + ".ecr.api",
			"vpcEndpointType":       "Interface",
			"state":                 "available",
			"privateDnsEnabled":     true,
			"dnsOptions":            object{"privateDnsOnlyForInboundResolverEndpoint": true},
			"groupSet":              []object{{"groupId": "sg-endpoint"}},
			"subnetIdSet":           []string{"subnet-0a1"},
			"networkInterfaceIdSet": []string{"eni-ecr"},
			"policyDocument":        `{"Statement":[]}`,
		},
		object{
			"vpcEndpointId":   "vpce-s3",
			"vpcId":           "vpc-0a1",
			"ownerId":         account,
			"serviceName":     "com.amazonaws." + region + ".s3",
			"vpcEndpointType": "Gateway",
			"state":           "available",
			"routeTableIdSet": []string{"rtb-private"},
		},
	)
	s.Put("ec2:DescribeNatGateways", object{
		"natGatewayId":     "nat-0a1",
		"vpcId":            "vpc-0a1",
		"subnetId":         "subnet-nat",
		"state":            "available",
		"connectivityType": "public",
		"availabilityMode": "zonal",
	})
	s.Put("ec2:DescribeInternetGateways",
		object{"internetGatewayId": "igw-0a1", "attachmentSet": []object{{"vpcId": "vpc-0a1", "state": "available"}}},
		object{"internetGatewayId": "igw-0b1", "attachmentSet": []object{{"vpcId": "vpc-0b1", "state": "available"}}})
	s.Put(
		"ec2:DescribeEgressOnlyInternetGateways",
		object{
			"egressOnlyInternetGatewayId": "eigw-0a1",
			"attachmentSet":               []object{{"vpcId": "vpc-0a1", "state": "attached"}},
		},
		object{
			"egressOnlyInternetGatewayId": "eigw-0b1",
			"attachmentSet":               []object{{"vpcId": "vpc-0b1", "state": "attached"}},
		},
	)
	s.Put("ec2:DescribeManagedPrefixLists",
		object{"prefixListId": "pl-s3", "prefixListName": "com.amazonaws." + region + ".s3"},
		object{"prefixListId": "pl-own", "prefixListName": "office"},
		object{"prefixListId": "pl-cdn", "prefixListName": "com.amazonaws.global.cloudfront.origin-facing"})
	s.Put(
		"ec2:GetManagedPrefixListEntries",
		object{"prefixListId": "pl-s3", "cidrs": []string{"52.218.0.0/17", "3.5.64.0/21"}},
		object{"prefixListId": "pl-own", "cidrs": []string{"198.51.100.0/24"}},
	)
}

func awsvpc(public string) object {
	return object{
		"awsvpcConfiguration": object{
			"subnets":        []string{"subnet-0a1"},
			"securityGroups": []string{"sg-task"},
			"assignPublicIp": public,
		},
	}
}

// seconds is a time as JSON services write it.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// scenario is a stop and the account in which it is looked at. Together the scenarios make every reader ask all that it
// can ask.
type scenario struct {
	name    string
	put     func(*awstest.Server)
	stop    func() events.Stop
	finding classifier.Finding // what the text told and left open
	crowded string             // action that the process has asked for too often by then
}

var scenarios = []scenario{
	{name: "Fargate, the deployment runs", put: fargate, stop: fargateStop, finding: open("route-missing")},
	{name: "Fargate, the deployment is replaced", put: replaced, stop: replacedStop, finding: open("route-missing")},
	{name: "Fargate, a NAT gateway that works", put: natInUse, stop: natStop, finding: natFinding()},
	{name: "Fargate, a transit gateway", put: behindTransit, stop: natStop, finding: onwardFinding(natStop())},
	{name: "Fargate, a peering connection", put: peered, stop: peeredStop, finding: onwardFinding(peeredStop())},
	{name: "EC2", put: onEC2, stop: ec2Stop, finding: open("route-missing")},
	{name: "managed instances, the instance is gone", put: managed, stop: managedStop, finding: open("route-missing")},
	{name: "Fargate, many services fail", put: fargate, stop: fargateStop, finding: open("route-missing"),
		crowded: "ecs:DescribeServices"},
	{name: "Fargate, a name that does not exist", put: filtered, stop: unknownHost, finding: unknownHostFinding()},
	{name: "Fargate, a name that may lead elsewhere", put: transit, stop: namedStop, finding: namedFinding()},
	{name: "Fargate, a job of AWS Batch", put: nightlyJob, stop: batchStop, finding: open("route-missing")},
}

// namedFinding is what the text of namedStop tells.
func namedFinding() classifier.Finding {
	f := classifier.Classify(namedStop())
	f.Causes = open("route-missing").Causes
	return f
}

// replacedStop is a task whose deployment its service lists no more, and whose interface is gone.
func replacedStop() events.Stop {
	s := fargateStop()
	s.StartedBy, s.DeploymentID = "ecs-svc/2", "ecs-svc/2"
	s.Attachments[0].Details["networkInterfaceId"] = "eni-gone"
	return s
}

func replaced(s *awstest.Server) {
	fargate(s)
	revision := func(id string, definition string) string {
		r := arn + "service-revision/prod/web/" + id
		s.Put("ecs:DescribeServiceRevisions", object{
			"serviceRevisionArn":   r,
			"taskDefinition":       arn + "task-definition/" + definition,
			"launchType":           "FARGATE",
			"networkConfiguration": awsvpc("ENABLED"),
			"containerImages":      []object{{"containerName": "app", "imageDigest": "sha256:" + id}},
		})
		return r
	}
	put := func(id string, age time.Duration, definition string) {
		s.Put("ecs:ListServiceDeployments", object{
			"serviceArn":               arn + "service/prod/web",
			"serviceDeploymentArn":     arn + "service-deployment/prod/web/" + id,
			"createdAt":                seconds(created.Add(-age)),
			"targetServiceRevisionArn": revision(id, definition),
			"status":                   "SUCCESSFUL",
		})
	}
	put("1", 3*time.Hour, "web:42")
	put("2", 2*time.Hour, "web:42")
	put("3", time.Hour, "web:41")
	put("4", -time.Minute, "web:42")
}

func ec2Stop() events.Stop {
	s := fargateStop()
	s.LaunchType, s.ContainerInstanceARN = "EC2", arn+"container-instance/prod/1"
	s.Attachments = nil
	return s
}

func onEC2(s *awstest.Server) {
	fargate(s)
	s.Put("ecs:DescribeContainerInstances", object{
		"containerInstanceArn": arn + "container-instance/prod/1",
		"ec2InstanceId":        "i-0a1",
		"status":               "ACTIVE",
		"agentConnected":       true,
		"versionInfo":          object{"agentVersion": "1.99.0", "dockerVersion": "DockerVersion: 25.0.6"},
	})
	s.Put("ec2:DescribeInstances", object{
		"instanceId":         "i-0a1",
		"instanceType":       "m7g.large",
		"subnetId":           "subnet-0a1",
		"vpcId":              "vpc-0a1",
		"instanceState":      object{"name": "running"},
		"stateReason":        object{"code": "Server.SpotInstanceTermination"},
		"groupSet":           []object{{"groupId": "sg-task"}},
		"privateIpAddress":   "10.0.1.30",
		"ipAddress":          "203.0.113.30",
		"iamInstanceProfile": object{"arn": "arn:aws:iam::" + account + ":instance-profile/host"},
		"sourceDestCheck":    true,
		"rootDeviceName":     "/dev/xvda",
		"blockDeviceMapping": []object{{"deviceName": "/dev/sdf", "ebs": object{"volumeId": "vol-0b1"}},
			{"deviceName": "/dev/xvda", "ebs": object{"volumeId": "vol-0a1"}}},
		"networkInterfaceSet": []object{{}, {}},
		"tagSet":              []object{{"key": "aws:autoscaling:groupName", "value": "hosts"}},
	})
}

func managedStop() events.Stop {
	s := ec2Stop()
	s.LaunchType = "MANAGED_INSTANCES"
	s.CapacityProvider = "hosts"
	s.ContainerInstanceARN = arn + "container-instance/prod/gone"
	return s
}

func managed(s *awstest.Server) {
	fargate(s)
	s.Put("ecs:DescribeCapacityProviders", object{
		"capacityProviderArn": arn + "capacity-provider/hosts",
		"name":                "hosts",
		"managedInstancesProvider": object{
			"instanceLaunchTemplate": object{
				"networkConfiguration": object{
					"subnets":        []string{"subnet-0a1"},
					"securityGroups": []string{"sg-task"},
				},
			}},
	})
}

// operation is the name under which the stand-in notes the calls of an action.
func operationOf(a evidence.Action) string {
	service, _, _ := strings.Cut(a.IAM, ":")
	return service + ":" + a.Operation()
}

// TestReadersAskWhatTheirNeedDeclares runs the readers that each scenario needs: what one asks is declared by its need,
// and what is declared, is asked.
func TestReadersAskWhatTheirNeedDeclares(t *testing.T) {
	var asked []string
	for _, sc := range slices.Concat(scenarios, accessScenarios, setupScenarios, runningScenarios) {
		s := newServer(t)
		sc.put(s)
		g, _ := newGatherer(s)
		g.limits.sleep = func(context.Context, time.Duration) error { return nil }
		for sc.crowded != "" && g.limits.own.of(sc.crowded, g.Now()).AllowN(g.Now(), 1) {
		}
		r := &reading{Gatherer: g, stop: sc.stop(), finding: sc.finding,
			needs: prove.Needed(sc.finding.Causes)}
		for _, group := range evidence.Groups {
			if !slices.Contains(prove.Needed(sc.finding.Causes), group.Need) {
				continue
			}
			s.Forget()
			readers[group.Need](t.Context(), r)
			var declared []string
			for _, name := range group.Actions {
				action, found := evidence.FindAction(name)
				if !found {
					t.Errorf("%s of %s is no row of the actions", name, group.Need)
				}
				declared = append(declared, operationOf(action))
			}
			for _, request := range s.Requests() {
				if !slices.Contains(declared, request) {
					t.Errorf("%s: %s asks for %s, which it does not declare", sc.name, group.Need, request)
				}
			}
			asked = append(asked, s.Requests()...)
		}
		if n := r.calls.Load(); n > callLimit {
			t.Errorf("%s costs %d calls", sc.name, n)
		}
	}
	for _, action := range evidence.Actions {
		if !slices.Contains(asked, operationOf(action)) {
			t.Errorf("%s is in the actions and is never asked for", action.IAM)
		}
	}
}

// TestALookUpCosts counts the calls about a failed image pull: in a new process, and in one that asked about another
// task of the service before.
func TestALookUpCosts(t *testing.T) {
	checking(t, needing("by-network", evidence.NeedInputs, evidence.NeedNetwork))
	s := newServer(t)
	fargate(s)
	g, c := newGatherer(s)
	g.Gather(t.Context(), fargateStop(), open("by-network"))
	cold := s.Count("") - s.Count("sts")
	s.Forget()
	c.move(15 * time.Second)
	next := fargateStop()
	next.Attachments[0].Details["networkInterfaceId"] = "eni-next"
	g.Gather(t.Context(), next, open("by-network"))
	if warm := s.Count(""); cold < 16 || cold > 19 || warm < 1 || warm > 2 {
		t.Errorf("%d calls, then %d: %q", cold, warm, s.Requests())
	}
}

func TestReadersFillTheFacts(t *testing.T) {
	for i, sc := range slices.Delete(slices.Clone(scenarios[:7]), 2, 5) {
		t.Run(sc.name, func(t *testing.T) {
			s := newServer(t)
			sc.put(s)
			g, _ := newGatherer(s)
			r := &reading{Gatherer: g, stop: sc.stop()}
			readInputs(t.Context(), r)
			readNetwork(t.Context(), r)
			golden(t, sc.name, r.facts.Task)
			if i == 0 {
				golden(t, "the VPC", r.facts.Network)
			} else if r.facts.Network.Subnets.State != evidence.Known {
				t.Errorf("subnets %+v", r.facts.Network.Subnets)
			}
		})
	}
}

var update = flag.Bool("update", false, "write the facts that are kept in testdata")

// golden holds facts to what is kept of them: all that is not empty, 0 or false.
func golden(t *testing.T, name string, facts any) {
	t.Helper()
	text, err := json.Marshal(facts)
	if err != nil {
		t.Fatal(err)
	}
	var all any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	now, err := json.MarshalIndent(filled(all), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", strings.NewReplacer(" ", "-", ",", "").Replace(strings.ToLower(name))+".json")
	if *update {
		if err := os.WriteFile(file, append(now, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(kept), string(now)+"\n"); diff != "" {
		t.Errorf("facts (-kept +now):\n%s", diff)
	}
}

// filled leaves out of a JSON value what is empty, nil when nothing is left.
func filled(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if v[key] = filled(inner); v[key] == nil {
				delete(v, key)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = filled(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" || v == "0001-01-01T00:00:00Z" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return value
}
