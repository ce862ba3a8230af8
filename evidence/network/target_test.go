package network

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

func TestHosts(t *testing.T) {
	for host, want := range map[string]string{
		"api.ecr.eu-west-1.amazonaws.com":                                      "ecr.api eu-west-1 ",
		"api.ecr.cn-north-1.amazonaws.com.cn":                                  "ecr.api cn-north-1 ",
		"ecr-fips.us-gov-west-1.amazonaws.com":                                 "ecr.api us-gov-west-1 FIPS",
		"ecr.eu-west-1.api.aws":                                                "ecr.api eu-west-1 dual-stack",
		"210987654321.dkr.ecr.eu-west-1.amazonaws.com":                         "ecr.dkr eu-west-1 ",
		"210987654321.dkr.ecr-fips.us-east-1.amazonaws.com":                    "ecr.dkr us-east-1 FIPS",
		"210987654321.dkr-ecr.eu-west-1.on.aws":                                "ecr.dkr eu-west-1 dual-stack",
		"prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com":      "s3 eu-west-1 ",
		"orders-env.s3.dualstack.eu-west-1.amazonaws.com":                      "s3 eu-west-1 dual-stack",
		"orders-env.s3.amazonaws.com":                                          "s3  ",
		"my-files-1.s3.eu-west-1.amazonaws.com":                                "s3 eu-west-1 ",
		"s3.eu-west-1.amazonaws.com":                                           "s3 eu-west-1 ",
		"logs.ap-southeast-2.amazonaws.com":                                    "logs ap-southeast-2 ",
		"secretsmanager-fips.us-east-1.amazonaws.com":                          "secretsmanager us-east-1 FIPS",
		"SSM.eu-west-1.amazonaws.com.":                                         "ssm eu-west-1 ",
		"fs-0011223344556677a.efs.eu-west-1.amazonaws.com":                     " eu-west-1 ",
		"public.ecr.aws":                                                       "  ",
		"registry-1.docker.io":                                                 "  ",
		"registry.corp.example":                                                "  ",
		"prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn": "s3 cn-north-1 ",
	} {
		if got := hostTarget(host); got.Service+" "+got.Region+" "+got.OtherOf != want {
			t.Errorf("%s: %q, want %q", host, got.Service+" "+got.Region+" "+got.OtherOf, want)
		}
	}
	for name, want := range map[string]bool{
		"com.amazonaws.eu-west-1.ecr.api":         true,
		"COM.AMAZONAWS.EU-WEST-1.ecr.api":         true,
		"cn.com.amazonaws.eu-west-1.ecr.api":      true,
		"com.amazonaws.eu-west-2.ecr.api":         false,
		"com.amazonaws.eu-west-1.ecr.dkr":         false,
		"com.amazonaws.vpce.eu-west-1.vpce-svc-1": false,
	} {
		if isService(name, "eu-west-1", "ecr.api") != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
}

// TestTargetOf holds what a stage calls where no text names the host, and what an endpoint policy must allow.
func TestTargetOf(t *testing.T) {
	const mine = "210987654321.dkr.ecr.eu-west-1.amazonaws.com"
	td := evidence.Is(evidence.TaskDefinition{Containers: []evidence.ContainerDefinition{
		{
			Name:             "app",
			LogDriver:        "awslogs",
			LogOptions:       map[string]string{"awslogs-region": "eu-central-1"},
			Secrets:          map[string]string{"PASSWORD": "/orders/password"},
			EnvironmentFiles: []string{"arn:aws:s3:::orders-env/prod.env"},
		},
		{Name: "router", LogDriver: "splunk"},
	}})
	both := evidence.Is(evidence.TaskDefinition{
		Containers: []evidence.ContainerDefinition{{
			Name:    "app",
			Secrets: map[string]string{"A": "/a", "B": "arn:aws:secretsmanager:eu-west-1:210987654321:secret:b"},
		}},
	})
	for _, c := range []struct {
		name    string
		finding classifier.Finding
		td      evidence.Answer[evidence.TaskDefinition]
		reason  string
		want    string
	}{
		{
			name:    "login",
			finding: classifier.Finding{Stage: classifier.RegistryAuth},
			td:      td,
			want:    "api.ecr.eu-west-1.amazonaws.com:443 ecr.api ecr:GetAuthorizationToken on *",
		},
		{
			name: "login at a registry of another Region",
			finding: classifier.Finding{
				Stage: classifier.RegistryAuth,
				Facts: classifier.Facts{Registry: "998877665544.dkr.ecr.us-east-1.amazonaws.com"},
			},
			td:   td,
			want: "api.ecr.us-east-1.amazonaws.com:443 ecr.api ecr:GetAuthorizationToken on *",
		},
		{
			name: "login with a secret",
			finding: classifier.Finding{
				Stage: classifier.RegistryAuth,
				Facts: classifier.Facts{Registry: "registry.corp.example", AWSAction: "secretsmanager:GetSecretValue"},
			},
			td:   td,
			want: "secretsmanager.eu-west-1.amazonaws.com:443 secretsmanager secretsmanager:GetSecretValue on ",
		},
		{
			name: "login somewhere",
			finding: classifier.Finding{
				Stage: classifier.RegistryAuth,
				Facts: classifier.Facts{Registry: "registry.corp.example"},
			},
			td:   td,
			want: "not_read",
		},
		{
			name: "image",
			finding: classifier.Finding{
				Stage: classifier.Image,
				Facts: classifier.Facts{Registry: mine, Image: mine + "/team/orders:7"},
			},
			td: td,
			want: mine +
				":443 ecr.dkr ecr:BatchGetImage ecr:GetDownloadUrlForLayer on " +
				"arn:aws:ecr:eu-west-1:210987654321:repository/team/orders",
		},
		{
			name: "layers",
			finding: classifier.Finding{
				Stage: classifier.Image,
				Facts: classifier.Facts{Registry: mine, Endpoint: layerHost},
			},
			td:   td,
			want: layerHost + ":443 s3 s3:GetObject on arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
		},
		{
			name: "layers in China",
			finding: classifier.Finding{
				Stage: classifier.Image,
				Facts: classifier.Facts{
					Endpoint: "prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn",
				},
			},
			td: td,
			want: "prod-cn-north-1-starport-layer-bucket.s3.cn-north-1.amazonaws.com.cn:443 s3 s3:GetObject on " +
				"arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*",
		},
		{
			name: "Docker Hub",
			finding: classifier.Finding{
				Stage: classifier.Image,
				Facts: classifier.Facts{Registry: "docker.io", Image: "redis:7"},
			},
			td:   td,
			want: "registry-1.docker.io:443   on ",
		},
		{
			name: "a registry with a port",
			finding: classifier.Finding{
				Stage: classifier.Image,
				Facts: classifier.Facts{Registry: "registry.corp.example:5000"},
			},
			td:   td,
			want: "registry.corp.example:5000   on ",
		},
		{
			name: "secret by ARN",
			finding: classifier.Finding{
				Stage: classifier.Secret,
				Facts: classifier.Facts{Secret: "arn:aws:secretsmanager:us-east-1:210987654321:secret:db"},
			},
			td: td,
			want: "secretsmanager.us-east-1.amazonaws.com:443 secretsmanager secretsmanager:GetSecretValue on " +
				"arn:aws:secretsmanager:us-east-1:210987654321:secret:db",
		},
		{
			name:    "secrets by the task definition",
			finding: classifier.Finding{Stage: classifier.Secret},
			td:      td,
			want:    "ssm.eu-west-1.amazonaws.com:443 ssm ssm:GetParameters on ",
		},
		{
			name:    "secrets of both kinds",
			finding: classifier.Finding{Stage: classifier.Secret},
			td:      both,
			want:    "not_read",
		},
		{
			name:    "secrets without a task definition",
			finding: classifier.Finding{Stage: classifier.Secret},
			td: evidence.Unanswered[evidence.TaskDefinition](classifier.ReasonThrottled,
				"ecs:DescribeTaskDefinition"),
			want: "throttled",
		},
		{
			name:    "logs of the culprit",
			finding: classifier.Finding{Stage: classifier.Logging},
			td:      td,
			want:    "logs.eu-central-1.amazonaws.com:443 logs logs:CreateLogStream on ",
		},
		{
			name:    "logs of nobody in particular",
			finding: classifier.Finding{Stage: classifier.Logging, Culprit: -1},
			td:      td,
			want:    "not_read",
		},
		{
			name: "logs by the action",
			finding: classifier.Finding{
				Stage: classifier.Logging,
				Facts: classifier.Facts{
					AWSAction:   "logs:CreateLogGroup",
					AWSResource: "arn:aws:logs:eu-central-1:210987654321:log-group:/orders",
				},
			},
			td: td,
			want: "logs.eu-central-1.amazonaws.com:443 logs logs:CreateLogGroup on " +
				"arn:aws:logs:eu-central-1:210987654321:log-group:/orders",
		},
		{
			name: "a log collector",
			finding: classifier.Finding{
				Stage: classifier.Logging,
				Facts: classifier.Facts{Endpoint: "splunk.corp.example", RemoteIP: "10.9.0.8"},
			},
			td:     td,
			reason: "Options \"https://splunk.corp.example:8088/x\": dial tcp 10.9.0.8:8088: i/o timeout",
			want:   "splunk.corp.example:8088   on ",
		},
		{
			name: "a log collector without a port",
			finding: classifier.Finding{
				Stage: classifier.Logging,
				Facts: classifier.Facts{Endpoint: "splunk.corp.example"},
			},
			td:     td,
			reason: "cannot reach splunk.corp.example",
			want:   "not_read",
		},
		{
			name: "an IPv6 address",
			finding: classifier.Finding{
				Stage: classifier.RegistryAuth,
				Facts: classifier.Facts{Endpoint: "api.ecr.eu-west-1.amazonaws.com", RemoteIP: "2600:1f18::7"},
			},
			td:     td,
			reason: "Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp [2600:1f18::7]:443: i/o timeout",
			want:   "api.ecr.eu-west-1.amazonaws.com:443 ecr.api ecr:GetAuthorizationToken on *",
		},
		{
			name:    "environment file",
			finding: classifier.Finding{Stage: classifier.EnvFile},
			td:      td,
			want:    "s3.eu-west-1.amazonaws.com:443 s3 s3:GetObject on arn:aws:s3:::orders-env/prod.env",
		},
		{
			name: "file system",
			finding: classifier.Finding{
				Stage: classifier.Volume,
				Facts: classifier.Facts{FileSystem: "fs-1", Endpoint: "fs-1.efs.eu-west-1.amazonaws.com"},
			},
			td:   td,
			want: "fs-1:2049   on ",
		},
		{name: "nothing", finding: classifier.Finding{Stage: classifier.Runtime}, td: td, want: "not_read"},
	} {
		k := layout("nat")
		k.Finding, k.Facts.Task.TaskDefinition, k.Stop.StoppedReason = c.finding, c.td, c.reason
		target := TargetOf(&k)
		got := fmt.Sprintf("%s:%d %s %s on %s", target.Host, target.Port, target.Service,
			strings.Join(target.Actions, " "), target.Resource)
		if target.Gap.Exists() {
			got = target.Gap.Reason
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestPrefixes(t *testing.T) {
	rest := without(evidencetest.CIDRs("10.0.0.0/8 2000::/3"), evidencetest.CIDR("10.64.0.0/10"))
	if inside(evidencetest.IP("10.64.0.1"), rest) || !inside(evidencetest.IP("10.63.255.255"), rest) ||
		!inside(evidencetest.IP("10.128.0.0"), rest) ||
		!inside(evidencetest.IP("2a05::1"), rest) {
		t.Errorf("10.64.0.0/10 taken out leaves %v", rest)
	}
	for _, c := range []struct {
		set, by string
		want    cover
	}{
		{"10.0.0.0/8", "10.0.0.0/9 10.128.0.0/9", all}, {"10.0.0.0/8", "10.0.0.0/9", some},
		{"10.0.0.0/8", "11.0.0.0/8", none}, {"10.0.0.0/8", "::/0", none},
		{"10.0.0.0/8", "0.0.0.0/0", all}, {"", "0.0.0.0/0", unread}, {"10.0.0.5/32", "10.0.0.4/31", all},
		{"::/0", "::/1 8000::/1", all},
	} {
		if got := covered(evidencetest.CIDRs(c.set), evidencetest.CIDRs(c.by)); got != c.want {
			t.Errorf("%q by %q: %d, want %d", c.set, c.by, got, c.want)
		}
	}
	out := internet(false, evidence.VPC{CIDRs: evidencetest.CIDRs("30.0.0.0/16")})
	for address, want := range map[string]bool{
		"3.5.0.1":         true,
		"30.0.0.1":        false,
		"30.1.0.1":        true,
		"10.1.1.1":        false,
		"172.20.0.1":      false,
		"172.32.0.1":      true,
		"169.254.169.254": false,
	} {
		if inside(netip.MustParseAddr(address), out) != want {
			t.Errorf("%s is of the internet: want %v", address, want)
		}
	}
}

// TestReach holds what is told of a mount target, on port 2049.
func TestReach(t *testing.T) {
	target := evidence.Interface{
		ID:         "eni-mt",
		Subnet:     "subnet-ep",
		Groups:     []string{"sg-mt"},
		PrivateIPs: []netip.Addr{evidencetest.IP("10.0.2.44")},
	}
	for _, b := range []struct {
		name  string
		spoil func(c *evidence.Case)
		want  string
	}{
		{"open", func(*evidence.Case) {}, "ruled_out ruled_out ruled_out"},
		{
			"closed at the mount target",
			func(c *evidence.Case) { evidencetest.Group(c, "sg-mt").Ingress = evidencetest.From443("sg-task") },
			"ruled_out ruled_out confirmed",
		},
		{
			"closed at the task",
			func(c *evidence.Case) { evidencetest.Group(c, "sg-task").Egress = evidencetest.From443("sg-mt") },
			"confirmed ruled_out ruled_out",
		},
		{
			"network ACL",
			func(c *evidence.Case) { deny(acl(c, "acl-ep"), false, "10.0.0.0/16", 2049, 2049) },
			"ruled_out confirmed ruled_out",
		},
		{
			"VPC not read",
			func(c *evidence.Case) {
				c.Facts.Network.VPC = evidence.Unanswered[evidence.VPC](classifier.ReasonTimeout, "ec2:DescribeVpcs")
			},
			"inconclusive inconclusive inconclusive",
		},
	} {
		c := evidencetest.Saying("ResourceInitializationError: failed to invoke EFS utils commands to set up EFS " +
			"volumes: stderr: " +
			"Mount attempt 1/3 failed due to timeout after 15 sec, file system fs-0011223344556677a")
		c.Facts.Network.Groups.Value = append(c.Facts.Network.Groups.Value, evidence.SecurityGroup{
			ID:      "sg-mt",
			VPC:     "vpc-1",
			Ingress: []evidence.SGRule{{Protocol: "tcp", From: 2049, To: 2049, Groups: []string{"sg-task"}}},
		})
		b.spoil(&c)
		found := reach(&c, tcp(nfs), "mount target fsmt-1", "efs-sg-closed", target)
		if got := fmt.Sprintf("%s %s %s", found["task-sg-egress-closed"].Result, found["nacl-blocks"].Result,
			found["efs-sg-closed"].Result); got != b.want {
			t.Errorf("%s: %s, want %s: %+v", b.name, got, b.want, found)
		}
	}
}
