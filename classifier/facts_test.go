package classifier

import (
	"testing"

	"whystopped/events"
	"whystopped/events/awsname"

	"github.com/google/go-cmp/cmp"
)

func TestExtract(t *testing.T) {
	for _, c := range []struct {
		text string
		want Facts
	}{
		{
			`unable to retrieve ecr registry auth: RequestError: send request failed caused by: Post ` +
				`"https://api.ecr.eu-north-1.amazonaws.com/": dial tcp 13.48.9.21:443: i/o timeout`,
			Facts{Endpoint: "api.ecr.eu-north-1.amazonaws.com", RemoteIP: "13.48.9.21"},
		},
		{
			`operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, api error ` +
				`AccessDeniedException: User: ` +
				`arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c3b4a59687766554433221100 is not ` +
				`authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy ` +
				`allows the ecr:GetAuthorizationToken action`,
			Facts{
				AWSAction:   "ecr:GetAuthorizationToken",
				AWSResource: "*",
				DeniedBy:    "identity-based policy",
				Role:        "orders-exec",
			},
		},
		{
			`errors: denied: User: arn:aws:sts::210987654321:assumed-role/nodes/i-0a is not authorized to perform: ` +
				`ecr:BatchGetImage on resource: arn:aws:ecr:eu-north-1:210987654321:repository/web denied: User: ` +
				`arn:aws:sts::210987654321:assumed-role/nodes/i-0a is not authorized to perform: ` +
				`ecr:GetDownloadUrlForLayer on resource: arn:aws:ecr:eu-north-1:210987654321:repository/web`,
			Facts{
				AWSAction:   "ecr:BatchGetImage",
				AWSActions:  "ecr:BatchGetImage, ecr:GetDownloadUrlForLayer",
				AWSResource: "arn:aws:ecr:eu-north-1:210987654321:repository/web",
				Role:        "nodes",
			},
		},
		{
			`operation error Secrets Manager: GetSecretValue, https response error StatusCode: 0, RequestID: , ` +
				`canceled, context deadline exceeded; failed to fetch secret ` +
				`arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 from secrets manager`,
			Facts{
				AWSAction: "secretsmanager:GetSecretValue",
				Secret:    "arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123",
			},
		},
		{
			`not authorized to perform: ssm:GetParameters on resource: ` +
				`arn:aws:ssm:eu-north-1:210987654321:parameter/orders/key with an explicit deny in a service control ` +
				`policy`,
			Facts{
				AWSAction:   "ssm:GetParameters",
				AWSResource: "arn:aws:ssm:eu-north-1:210987654321:parameter/orders/key",
				DeniedBy:    "service control policy",
				Secret:      "arn:aws:ssm:eu-north-1:210987654321:parameter/orders/key",
			},
		},
		{
			`not authorized to perform: sns:Publish with an explicit deny in a VPC endpoint policy transitively ` +
				`through a service control policy`,
			Facts{AWSAction: "sns:Publish", DeniedBy: "service control policy"},
		},
		{`Unable to download env file with key prod/app.env from bucket orders-config, error: AccessDenied`,
			Facts{AWSResource: "s3://orders-config/prod/app.env", Path: "prod/app.env"}},
		{
			`mount.nfs4: mounting 127.0.0.1:/orders/in failed, reason given by server: No such file or directory`,
			Facts{Path: "/orders/in"},
		},
		{`mount.nfs4: access denied by server while mounting 127.0.0.1:/`, Facts{}},
		{
			`because no VPC endpoint policy allows the s3:GetObject action`,
			Facts{AWSAction: "s3:GetObject", DeniedBy: "VPC endpoint policy"},
		},
		{`invalid ssm parameters: /orders/db/host, /orders/db/user`,
			Facts{Secret: "/orders/db/host", Secrets: "/orders/db/host, /orders/db/user"}},
		{`in eu-north-1: invalid parameters: /orders/db/host,/orders/db/user status code: 400`,
			Facts{Secret: "/orders/db/host", Secrets: "/orders/db/host, /orders/db/user"}},
		{`invalid parameters: /orders/db/host Check the name, the Region`, Facts{Secret: "/orders/db/host"}},
		{
			`failed to fetch secret arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123:user:: ` +
				`from secrets manager: ResourceNotFoundException; failed to fetch secret ` +
				`arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 from secrets manager; failed ` +
				`to fetch secret arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/api-XyZ789 from secrets ` +
				`manager`,
			Facts{
				Secret: "arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123:user",
				Secrets: "arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123:user, " +
					"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/api-XyZ789",
			},
		},
		{
			`Task failed ELB health checks in (target-group ` +
				`arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/public/9f8e7d6c5b4a3928) ` +
				`(target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/inner/1a2b3c4d5e6f7081)`,
			Facts{
				TargetGroup: "arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/public/9f8e7d6c5b4a3928",
				TargetGroups: "arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/public/" +
					"9f8e7d6c5b4a3928, " +
					"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/inner/1a2b3c4d5e6f7081",
			},
		},
		{`unknown log opt 'awslogs-retention' for awslogs log driver`, Facts{LogDriver: "awslogs"}},
		{`splunk: failed to verify connection`, Facts{LogDriver: "splunk"}},
		{`awslogs-group is required`, Facts{}},
		{`volume detection failed, volume 'scans' does not exist`, Facts{Volume: "scans"}},
		{`with an explicit deny in a permissions boundary`, Facts{DeniedBy: "permissions boundary"}},
		{
			`failed to resolve ref docker.io/library/redis:7: failed to do request: Head ` +
				`"https://registry-1.docker.io/v2/library/redis/manifests/7": dial tcp [2600:1f18::1]:443: connect: ` +
				`network is unreachable`,
			Facts{
				Endpoint: "registry-1.docker.io",
				RemoteIP: "2600:1f18::1",
				Registry: "docker.io",
				Image:    "docker.io/library/redis:7",
			},
		},
		{`unexpected status code https://registry-1.docker.io/v2/acme/api/manifests/sha256:00ff: 429 Too Many Requests`,
			Facts{Endpoint: "registry-1.docker.io", Registry: "docker.io", Image: "docker.io/acme/api"}},
		{
			`lookup api.ecr.eu-north-1.amazonaws.com on 10.0.0.2:53: read udp 10.0.4.8:41212->10.0.0.2:53: i/o timeout`,
			Facts{Endpoint: "api.ecr.eu-north-1.amazonaws.com"},
		},
		{
			`image Manifest does not contain descriptor matching platform 'linux/arm64/v8'`,
			Facts{Platform: "linux/arm64/v8"},
		},
		{
			`The requested image's platform (linux/amd64) does not match the detected host platform (linux/arm64/v8) ` +
				`and no specific platform was requested`,
			Facts{Platform: "linux/arm64/v8"},
		},
		{`no matching manifest for windows/amd64 in the manifest list entries`, Facts{Platform: "windows/amd64"}},
		{`open /usr/linux/amd64.txt: no such file`, Facts{}},
		{`retrieved secret from Secrets Manager did not contain json key db_password`, Facts{JSONKey: "db_password"}},
		{
			`Failed to resolve "fs-00112233445566778.efs.eu-north-1.amazonaws.com" - check that your file system ID ` +
				`is correct`,
			Facts{Endpoint: "fs-00112233445566778.efs.eu-north-1.amazonaws.com", FileSystem: "fs-00112233445566778"},
		},
		{
			`mount.nfs4: mounting fs-00112233445566778.efs.eu-north-1.amazonaws.com:/data/in failed`,
			Facts{FileSystem: "fs-00112233445566778", Path: "/data/in"},
		},
		{
			`Task failed ELB health checks in (target-group ` +
				`arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/6d0ecf831eec9f09)`,
			Facts{TargetGroup: "arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/web/6d0ecf831eec9f09"},
		},
		{`Task failed ELB health checks in (elb classic-web)`, Facts{TargetGroup: "classic-web"}},
		{`Scaling activity initiated by (deployment ecs-svc/9087654321)`, Facts{Deployment: "ecs-svc/9087654321"}},
		{`Host EC2 (instance i-0da6526579af3bd1b) terminated.`, Facts{InstanceID: "i-0da6526579af3bd1b"}},
		{
			`Create Network Interface in subnet 'subnet-0a1b2c3d4e5f60718': InsufficientFreeAddressesInSubnet`,
			Facts{Subnet: "subnet-0a1b2c3d4e5f60718"},
		},
		{`Bind for 0.0.0.0:8080 failed: port is already allocated`, Facts{Port: "8080"}},
		{`exec: "/app/start.sh": stat /app/start.sh: no such file or directory`, Facts{Path: "/app/start.sh"}},
		{
			`ECS was unable to assume the role 'arn:aws:iam::210987654321:role/team/orders-exec' that was provided`,
			Facts{Role: "orders-exec"},
		},
		{`exec: \"docker-entrypoint.sh\": executable file not found in $PATH`, Facts{Path: "docker-entrypoint.sh"}},
		{`unable to start container process: exec /srv/run.sh: exec format error`, Facts{Path: "/srv/run.sh"}},
		{`error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.43/containers/create": EOF`, Facts{}},
		{
			`failed to create Cloudwatch log group: operation error CloudWatch Logs: CreateLogGroup, api error ` +
				`AccessDeniedException: not allowed`,
			Facts{AWSAction: "logs:CreateLogGroup"},
		},
		{`failed to create Cloudwatch log group: AccessDeniedException: not allowed`, Facts{}},
		{`ecs-api-i-am-not-an-instance and fs-xyz`, Facts{}},
		{``, Facts{}},
	} {
		f := newText(events.Fold(c.text))
		if diff := cmp.Diff(c.want, extract(&f)); diff != "" {
			t.Errorf("%s\n-want +got:\n%s", c.text, diff)
		}
	}
}

// TestValuesInFacts holds that commands get the parts of a fact that they ask for, and none where the fact has no such
// part.
func TestValuesInFacts(t *testing.T) {
	ecr := Facts{
		Registry: "210987654321.dkr.ecr.eu-north-1.amazonaws.com",
		Image:    "210987654321.dkr.ecr.eu-north-1.amazonaws.com/shop/orders:7@sha256:77bb",
	}
	dual := Facts{
		Registry: "210987654321.dkr-ecr.eu-north-1.on.aws",
		Image:    "210987654321.dkr-ecr.eu-north-1.on.aws/orders",
	}
	hub := Facts{Registry: "docker.io", Image: "acme/orders:7"}
	for _, c := range []struct {
		facts Facts
		name  string
		want  string
	}{
		{ecr, "registryAccount", "210987654321"}, {ecr, "registryRegion", "eu-north-1"},
		{ecr, "repository", "shop/orders"}, {ecr, "digest", "sha256:77bb"},
		{dual, "registryAccount", "210987654321"}, {dual, "registryRegion", "eu-north-1"},
		{dual, "repository", "orders"}, {dual, "digest", ""},
		{hub, "registryAccount", ""}, {hub, "registryRegion", ""}, {hub, "repository", ""},
		{Facts{Registry: "210987654321.drk.ecr.eu-north-1.amazonaws.com"}, "registryAccount", ""},
		{Facts{Image: "docker.io/library/orders-api:7"}, "imageName", "orders-api:7"},
		{Facts{Image: "docker.io/acme/orders:7"}, "imageName", "acme/orders:7"},
		{hub, "imageName", "acme/orders:7"}, {Facts{Image: "library/orders"}, "imageName", "library/orders"},
		{Facts{AWSResource: "arn:aws-cn:s3:::orders-config/prod/app.env"}, "bucket", "orders-config"},
		{Facts{AWSResource: "arn:aws-cn:s3:::orders-config/prod/app.env"}, "objectKey", "prod/app.env"},
		{Facts{AWSResource: "s3://orders-config/prod/app.env"}, "bucket", "orders-config"},
		{Facts{AWSResource: "s3://orders-config/prod/app.env"}, "objectKey", "prod/app.env"},
		{Facts{AWSResource: "arn:aws:ecr:eu-north-1:210987654321:repository/orders"}, "bucket", ""},
		{
			Facts{AWSResource: "arn:aws:logs:eu-north-1:210987654321:log-group:/ecs/orders:log-stream:"},
			"logGroup",
			"/ecs/orders",
		},
		{Facts{AWSResource: "/ecs/orders"}, "logGroup", "/ecs/orders"},
		{Facts{AWSResource: "*"}, "logGroup", ""},
		{
			Facts{AWSResource: "arn:aws:kms:eu-north-1:210987654321:key/77aa"},
			"kmsKey",
			"arn:aws:kms:eu-north-1:210987654321:key/77aa",
		},
		{Facts{AWSResource: "arn:aws:kms:eu-north-1:210987654321:alias/orders"}, "kmsKey", ""},
		{Facts{}, "resource", ""}, {Facts{}, "nothing of that name", ""},
	} {
		if got := c.facts.value(c.name); got != c.want {
			t.Errorf("%s of %+v is %q, want %q", c.name, c.facts, got, c.want)
		}
	}
}

func TestPrivate(t *testing.T) {
	for address, want := range map[string]bool{
		"10.1.2.3":     true,
		"172.31.0.9":   true,
		"192.168.4.4":  true,
		"100.64.7.7":   true,
		"fd12::1":      true,
		"52.46.1.1":    false,
		"172.32.0.1":   false,
		"2600:1f18::1": false,
		"":             false,
		"no address":   false,
	} {
		if v := newView(&events.Stop{}, &Finding{Facts: Facts{RemoteIP: address}}); v.private() != want {
			t.Errorf("private(%q) is %v", address, !want)
		}
	}
}

func TestMisspeltECR(t *testing.T) {
	for host, want := range map[string]bool{
		"210987654321.dkr.ecr.eu-north-1.amazonaws.com":         false,
		"210987654321.dkr.ecr-fips.us-gov-west-1.amazonaws.com": false,
		"210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn":      false,
		"210987654321.dkr-ecr.eu-north-1.on.aws":                false,
		"210987654321.dkr.ecr.eu-north-1.amazonaw.com":          true,
		"210987654321.drk.ecr.eu-north-1.amazonaws.com":         true,
		"public.ecr.aws":       false,
		"docker.io":            false,
		"registry.example.com": false,
		"":                     false,
	} {
		if awsname.MisspeltECR(host) != want {
			t.Errorf("awsname.MisspeltECR(%q) is %v", host, !want)
		}
	}
}
