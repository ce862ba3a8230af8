package classifier

import (
	"slices"
	"strings"

	"whystopped/events/awsname"
)

// networkCauses are defects of the way from the task to what it called: addresses, routes, filters, VPC endpoints,
// names.
var networkCauses = []Cause{
	{
		ID:    "efs-sg-closed",
		Title: "the security group of the mount target does not allow NFS from the task",
		Why: "Mounting needs TCP port 2049 on the mount target. If its security group has no rule for the task, " +
			"the mount hangs until it times out.",
		Check: func() []Check {
			return []Check{
				run("aws efs describe-mount-targets --file-system-id {fileSystem} --region {region}",
					"the one in the task's zone, and its IpAddress"),
				run("aws ec2 describe-security-groups --group-ids $(aws ec2 describe-network-interfaces --filters "+
					`"Name=description,Values=EFS mount target for {fileSystem} *" --query `+
					"'NetworkInterfaces[].Groups[].GroupId' --output text --region {region}) --region {region}",
					"the groups of the mount targets: an inbound rule for port 2049 from the task's security group or "+
						"addresses"),
			}
		},
		Fix:  "Allow inbound TCP 2049 from the task's security group in the security group of the mount target.",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/network-access.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Connection timed out'",
		Applies: func(v *view) bool { return v.mountDropped() },
	},
	{
		ID:    "efs-mount-target-missing",
		Title: "{fileSystem|the file system} has no mount target that the task can use",
		Why: "The name of a file system resolves only in a VPC where it has a mount target, and a One Zone file " +
			"system has exactly one. A file system that was deleted has none at all.",
		Check: func() []Check {
			return []Check{
				run("aws efs describe-mount-targets --file-system-id {fileSystem} --region {region}",
					"one in the task's Availability Zone and VPC, LifeCycleState available"),
				run("aws ec2 describe-subnets --subnet-ids {subnet} --region {region}",
					"AvailabilityZoneId and VpcId of the task, to compare"),
			}
		},
		Fix:  "Create a mount target in every Availability Zone in which the task may run.",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Failed to resolve \"fs-0011223344556677a.efs.eu-north-1.amazonaws.com\"",
		Applies: func(v *view) bool {
			return v.efs() && v.has(Unreachable, DNS, NotFound) && v.Facts.Path == ""
		},
	},
	{
		ID: "mount-target-new",
		Title: "the mount target was created moments before, and the file system's name does not resolve to it " +
			"yet",
		Why: "A mount target takes a minute or two to create, and its DNS name comes last. A template that " +
			"creates file system and service together is often faster.",
		Check: func() []Check {
			return []Check{
				run("aws efs describe-mount-targets --file-system-id {fileSystem} --region {region}",
					"LifeCycleState available"),
				trail("CreateMountTarget", "its time against the task's start"),
			}
		},
		Fix:  "Start the task again; in a template let the service depend on the mount targets.",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Failed to resolve \"fs-0011223344556677a.efs.eu-north-1.amazonaws.com\"",
		Applies: func(v *view) bool { return v.efs() && v.has(DNS) },
	},
	{
		ID:    "name-misspelt",
		Title: "the host name {endpoint|that was called} is wrong",
		Why: "No DNS server knows a name that does not exist. It usually comes from the image reference, the log " +
			"options or a Region name in the task definition.",
		Check: func() []Check {
			return []Check{
				describeDefinition("image, logConfiguration and secrets of container {culprit|CONTAINER}, letter by " +
					"letter"),
				run("nslookup {endpoint}", "from your own machine: a public name must resolve there as well"),
			}
		},
		Fix:  "Correct the name in the task definition and deploy the new revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Example: "CannotPullContainerError: lookup 210987654321.dkr.ecr.eu-north-1.amazonws.com: no such host; " +
			"failed to resolve ref 210987654321.dkr.ecr.eu-north-1.amazonws.com/web:1",
		Unproven: "The name itself shows whether it is misspelt; no API knows which name was meant.",
		Applies:  func(v *view) bool { return v.nameFails() && v.calls() && !v.says("i/o timeout") },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"no such host"}}, If: namedECRAccount,
				Evidence: "no DNS server knows {endpoint|the name}, and ECR has no registry of that name[; the " +
					"account's own is {ecrHost}]"},
		},
	},
	{
		ID:    "dns-disabled",
		Title: "DNS support or DNS hostnames of the VPC are off",
		Why: "Without DNS support the VPC's resolver does not answer at all. Without DNS hostnames the private " +
			"names of VPC endpoints and file systems do not resolve.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-vpc-attribute --vpc-id {vpc} --attribute enableDnsSupport --region {region}",
					"true"),
				run("aws ec2 describe-vpc-attribute --vpc-id {vpc} --attribute enableDnsHostnames --region {region}",
					"true, where names of VPC endpoints or of EFS are asked for"),
			}
		},
		Fix:  "Turn on DNS support and DNS hostnames of the VPC.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: failed to do request: dial tcp: lookup " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com on 10.0.0.2:53: read udp 10.0.4.8:41212->10.0.0.2:53: i/o " +
			"timeout",
		Applies: func(v *view) bool { return v.nameFails() && v.LaunchType != "EXTERNAL" },
	},
	{
		ID:    "dns-server-unreachable",
		Title: "the DNS server that the task uses does not resolve the name",
		Why: "A DHCP option set can send a VPC's lookups to a DNS server of your own. The task must reach it on " +
			"port 53, and it must forward the names of AWS, of private zones and of the internet.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-vpcs --vpc-ids {vpc} --region {region}", "DhcpOptionsId"),
				run("aws ec2 describe-dhcp-options --region {region}",
					"domain-name-servers of the set with that id; anything but AmazonProvidedDNS is a server of your "+
						"own"),
				lookAt("Outbound UDP and TCP 53 to that server: the task's security group, the network ACL, the route"),
				lookAt("Route 53 console, DNS Firewall: a rule group of the VPC that blocks the name"),
			}
		},
		Fix:  "Open port 53 to the DNS server and let it forward the name, or use AmazonProvidedDNS.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: failed to do request: dial tcp: lookup " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com on 10.0.0.2:53: read udp 10.0.4.8:41212->10.0.0.2:53: i/o " +
			"timeout",
		Applies: func(v *view) bool { return v.nameFails() },
	},
	{
		ID: "public-ip-missing",
		Title: "what calls {endpoint|out} has no public IP, and its subnet's default route leads to an internet " +
			"gateway",
		Why: "An internet gateway passes only traffic of interfaces with a public IP. Without one every packet " +
			"to {endpoint|the internet} is dropped silently, and the call times out. On EC2 the instance makes " +
			"this call, not the task.",
		Check: func() []Check {
			return []Check{
				describeRoutes("0.0.0.0/0 leads to igw-…; an empty answer means that the VPC's main route table " +
					"counts"),
				describeLaunch("assignPublicIp in networkConfiguration"),
				describeEC2("PublicIpAddress and SubnetId"),
			}
		},
		Fix:  "Give {whoCalls|the task} a public IP[ ({assignPublicIp})], or use private subnets with a NAT gateway.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.toInternet },
	},
	{
		ID:    "public-ip-on-ec2-awsvpc",
		Title: "a task on EC2 in awsvpc network mode never gets a public IP",
		Why: "On EC2 instances ECS gives the interface of an awsvpc task no public IP, whatever the subnet says. " +
			"In a subnet behind an internet gateway its traffic gets nowhere. Calls of the ECS agent leave " +
			"through the instance's interface, which needs a route of its own.",
		Check: func() []Check {
			return []Check{
				describeRoutes("0.0.0.0/0 should lead to a NAT gateway, not to igw-…"),
				describeEC2("PublicIpAddress, and whether its own subnet has a route to a NAT gateway"),
			}
		},
		Fix:  "Run the tasks in private subnets with a default route to a NAT gateway, or use VPC endpoints.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
		Example: aTask +
			`"launchType":"EC2","attachments":[{"type":"eni","details":[{"name":"subnetId","value":"subnet-0aa11bb22cc33dd44"}]}],"stopCode":"TaskFailedToStart","stoppedReason":"ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr registry auth: RequestError: send request failed caused by: Post \"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout"}`,
		Applies: func(v *view) bool { return v.toInternet && v.OnInstance() && ownInterface(v) },
	},
	{
		ID:    "nat-unusable",
		Title: "the NAT gateway of the subnet does not work",
		Why: "A NAT gateway brings no answer back if it was deleted, failed to start, is private, or its own " +
			"subnet has no route to an internet gateway.",
		Check: func() []Check {
			return []Check{
				describeRoutes("the nat-… of 0.0.0.0/0, and State: a blackhole route points to a gateway that is gone"),
				run("aws ec2 describe-nat-gateways --filter Name=vpc-id,Values={vpc} --region {region}",
					"of that gateway: State available, ConnectivityType public, and its SubnetId"),
				run("aws ec2 describe-route-tables --filters Name=vpc-id,Values={vpc} --region {region}",
					"the table of the gateway's own subnet: 0.0.0.0/0 leads to igw-…"),
			}
		},
		Fix: "Create a public NAT gateway in a public subnet, and point the default route of {subnet|the task's " +
			"subnet} to it.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.toInternet },
	},
	{
		ID:    "internet-gateway-missing",
		Title: "the VPC has no internet gateway, or the route points to one that is gone",
		Why: "Public addresses and NAT gateways both leave a VPC through its internet gateway. Without it nothing " +
			"reaches {endpoint|the internet}.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-internet-gateways --filters Name=attachment.vpc-id,Values={vpc} --region "+
					"{region}",
					"one gateway, attachment state available"),
			}
		},
		Fix:  "Attach an internet gateway to the VPC and route 0.0.0.0/0 of the public subnets to it.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.toInternet },
	},
	{
		ID:    "public-access-blocked",
		Title: "VPC Block Public Access blocks the traffic to {endpoint|the internet}",
		Why: "Block Public Access closes the internet gateways of every VPC in the Region that is not excluded. " +
			"In the mode block-ingress NAT gateways and egress-only internet gateways still work; in " +
			"block-bidirectional nothing does.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-vpc-block-public-access-options --region {region}", "InternetGatewayBlockMode"),
				run("aws ec2 describe-subnets --subnet-ids {subnet} --region {region}",
					"BlockPublicAccessStates of the subnet, and of the one in which the NAT gateway stands"),
				run("aws ec2 describe-vpc-block-public-access-exclusions --region {region}",
					"the VPC or its subnets among them"),
			}
		},
		Fix: "Exclude the VPC or the public subnet from Block Public Access, or call AWS services through VPC " +
			"endpoints.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.toInternet },
	},
	{
		ID:    "route-missing",
		Title: "the subnet's route table has no route to {endpoint|the service}",
		Why: "If no route covers the address, packets are dropped and the call times out. Often the subnet has " +
			"no route table of its own, and the VPC's main route table has only the local route.",
		Check: func() []Check {
			return []Check{
				describeRoutes("an active route for 0.0.0.0/0, or for ::/0 where the task has only IPv6"),
				run("aws ec2 describe-route-tables --filters Name=vpc-id,Values={vpc} "+
					"Name=association.main,Values=true "+
					"--region {region}",
					"the same in the VPC's main table, which counts where the first answer is empty"),
				lookAt("A default route to a transit gateway, peering or appliance: follow it to the VPC on the " +
					"other side"),
			}
		},
		Fix: "Add a default route to a NAT gateway (private subnet) or an internet gateway (public subnet), or " +
			"create VPC endpoints for the AWS services that the task calls.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool {
			return v.toInternet || v.turnedAway() && !v.private()
		},
		Text: droppedNotRefused,
	},
	{
		ID:    "task-sg-egress-closed",
		Title: "the task's security group does not allow the outbound call",
		Why: "Security groups drop what no outbound rule allows. An S3 gateway endpoint needs a rule for the S3 " +
			"prefix list or for 0.0.0.0/0: a rule that names the other endpoints' security group does not cover it.",
		Check: func() []Check {
			return []Check{
				describeGroups(
					"an outbound rule to {remoteIp|the address} on TCP 443 (2049 for EFS, the log router's " +
						"port for logs)"),
				describeLaunch(
					"securityGroups in networkConfiguration; none there means the VPC's default group, and " +
						"on EC2 image pulls use the instance's groups"),
			}
		},
		Fix:  "Add an outbound rule for TCP 443, or for the port in question, to the task's security group.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.dropped || v.mountDropped() || v.turnedAway() },
		Text:    droppedNotRefused,
	},
	{
		ID:    "nacl-blocks",
		Title: "a network ACL of the subnet blocks the call or its answer",
		Why: "Network ACLs are stateless: the call must be allowed out, and its answer, which comes back to a " +
			"high port, must be allowed in.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-network-acls --filters Name=association.subnet-id,Values={subnet} --region "+
					"{region}",
					"outbound TCP 443 (2049 for EFS) and inbound TCP 1024-65535, in rule order"),
				lookAt("The same for the subnet of the NAT gateway, VPC endpoint or mount target, where inbound and " +
					"outbound change places"),
			}
		},
		Fix: "Allow outbound TCP 443 (2049 for EFS) and inbound TCP 1024-65535 in the network ACL, with lower " +
			"rule numbers than the rules that deny them.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.dropped || v.mountDropped() || v.turnedAway() },
		Text:    droppedNotRefused,
	},
	{
		ID:    "endpoint-missing",
		Title: "there is no VPC endpoint for {endpoint|the service}, and the subnet has no route to the internet",
		Why: "In an isolated subnet AWS services are reached only through VPC endpoints. Pulling from ECR needs " +
			"three: ecr.api, ecr.dkr and S3. Logs and secrets need one more each.",
		Check: func() []Check {
			return []Check{
				describeEndpoints("ServiceName of each, State available"),
				lookAt("VPC console, Endpoints, Subnets tab: an endpoint network interface in the task's " +
					"Availability Zone"),
			}
		},
		Fix: "Create the interface endpoints that the task needs (ecr.api and ecr.dkr for images, logs, " +
			"secretsmanager or ssm) with private DNS on, and a gateway endpoint for S3.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.toInternet && v.byEndpoint() },
	},
	{
		ID:    "endpoint-private-dns-off",
		Title: "a VPC endpoint exists, but {endpoint|the service's name} does not resolve to it",
		Why: "Without private DNS the service's name resolves to public addresses, and the task never uses the " +
			"endpoint. Private DNS also needs DNS support and DNS hostnames of the VPC. It does not cover " +
			"dual-stack and FIPS names.",
		Check: func() []Check {
			return []Check{
				describeEndpoints("PrivateDnsEnabled true"),
				run("aws ec2 describe-vpc-attribute --vpc-id {vpc} --attribute enableDnsHostnames --region {region}",
					"true"),
				run("aws ec2 describe-vpc-attribute --vpc-id {vpc} --attribute enableDnsSupport --region {region}",
					"true"),
				lookAt("Route 53 console, Hosted zones: a private zone of the VPC that covers the name and lacks the " +
					"record"),
			}
		},
		Fix:  "Turn on private DNS of the endpoint, and DNS support and DNS hostnames of the VPC.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool {
			return v.byEndpoint() && (v.toInternet || v.nameFails() && v.calls())
		},
	},
	{
		ID:    "endpoint-sg-closed",
		Title: "the security group of the VPC endpoint does not allow the task",
		Why: "An interface endpoint has a security group of its own. Without an inbound rule for port 443 from " +
			"the task the call times out, even if there is a NAT gateway.",
		Check: func() []Check {
			return []Check{
				describeEndpointGroups("an inbound rule for TCP 443 from the task's security group or from the " +
					"addresses of {subnet|its subnet}"),
				describeEndpoints("Groups of the endpoint for {endpoint|the service}"),
			}
		},
		Fix:  "Allow inbound TCP 443 from the task's security group in the security group of the VPC endpoint.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 10.0.4.17:443: i/o timeout",
		Applies: func(v *view) bool { return v.dropped && (v.throughEndpoint() || v.byEndpoint()) },
		Text: []TextProof{
			{Result: RuledOut, If: publicAddress,
				Evidence: "{remoteIp|the address dialled} is a public address, so {endpoint|the name} did not " +
					"resolve to an interface endpoint"},
		},
	},
	{
		ID:    "endpoint-new",
		Title: "the VPC endpoint was created moments before, and its name does not resolve to it yet",
		Why: "An interface endpoint is pending for some minutes. Until it is available its private name resolves " +
			"to the public address, so tasks that a template starts together with it are too early.",
		Check: func() []Check {
			return []Check{
				describeEndpoints("State and CreationTimestamp against the task's start"),
			}
		},
		Fix:  "Start the task again; in a template let the service depend on the endpoints.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp: lookup api.ecr.eu-north-1.amazonaws.com: no " +
			"such host",
		Applies: func(v *view) bool { return v.nameFails() && v.toAWS && v.calls() && v.byEndpoint() },
	},
	{
		ID:    "s3-gateway-missing",
		Title: "the subnet's route table has no S3 gateway endpoint",
		Why: "ECR keeps image layers in S3, and environment files are there too. In an isolated subnet the ECR " +
			"endpoints are not enough: the route table of the task's subnet needs the S3 gateway endpoint.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={vpc} "+
					"Name=service-name,Values=com.amazonaws.{region}.s3 --region {region}",
					"RouteTableIds holds the subnet's table"),
				describeRoutes("a route to a prefix list pl-… through vpce-…"),
			}
		},
		Fix: "Create a gateway endpoint for S3, or associate the existing one with the route table of " +
			"{subnet|the task's subnet}.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html",
		Example: "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: " +
			"failed open: failed to do request: Get " +
			"\"https://prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com/77aa\": dial tcp " +
			"52.218.1.2:443: i/o timeout",
		Applies: func(v *view) bool { return v.toInternet && v.readsS3() },
		Text: []TextProof{
			{Result: RuledOut, If: calledAnother,
				Evidence: "the call that failed went to {endpoint|another service}, not to S3"},
		},
	},
	{
		ID:    "s3-endpoint-policy-denies",
		Title: "the policy of the S3 endpoint does not let the task read {resource|the bucket}",
		Why: "ECR's layers are in a bucket of AWS's own account, prod-{region|REGION}-starport-layer-bucket, " +
			"which a restrictive endpoint policy often leaves out. Conditions on account or organization exclude " +
			"that bucket too.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={vpc} "+
					"Name=service-name,Values=com.amazonaws.{region}.s3 --region {region}",
					"PolicyDocument allows s3:GetObject on "+
						"arn:{partition|aws}:s3:::prod-{region|REGION}-starport-layer-bucket/* and on the buckets of "+
						"your "+
						"own files"),
				lookAt("Conditions in that policy, such as aws:ResourceAccount or aws:PrincipalOrgID: the layer " +
					"bucket does not satisfy them"),
			}
		},
		Fix: "Allow s3:GetObject on {resource|the layer bucket and the buckets of your own files} in the policy " +
			"of the S3 endpoint; narrow a statement there that denies it.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html",
		Example: "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: " +
			"failed open: AccessDenied: User: arn:aws:sts::210987654321:assumed-role/orders-exec/5f0e1d2c is not " +
			"authorized to perform: s3:GetObject on resource: " +
			"arn:aws:s3:::prod-eu-north-1-starport-layer-bucket/77aa because no VPC endpoint policy allows the " +
			"s3:GetObject action",
		Applies: func(v *view) bool {
			return v.toInternet && v.readsS3() || v.deniedUnsaid() && v.s3() && v.served() ||
				v.refusedBy("VPC endpoint policy") && v.asksS3()
		},
		Text: slices.Concat(deniedByPolicy("VPC endpoint policy"), notRefused),
	},
	{
		ID:    "nat-ports-exhausted",
		Title: "the NAT gateway has no port left for {endpoint|the address that was called}",
		Why: "A NAT gateway holds 55,000 connections at once to one address and port, for each address of its " +
			"own. It drops new ones beyond that, and the call times out. It hits fleets that start or call " +
			"the same host together, and passes when connections end.",
		Check: func() []Check {
			return []Check{
				describeRoutes("the nat-… of 0.0.0.0/0"),
				lookAt("CloudWatch, namespace AWS/NATGateway, metric ErrorPortAllocation of that gateway by minutes: " +
					"a sum above 0 just before the stop means that its ports had run out"),
			}
		},
		Fix: "Give the NAT gateway more addresses, spread the subnets over several NAT gateways, or call AWS " +
			"services through VPC endpoints.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Applies: func(v *view) bool { return v.toInternet },
	},
	{
		ID:    "tls-intercepted",
		Title: "the task's host does not trust the certificate or TLS answer of {endpoint|the server}",
		Why: "A proxy or firewall that intercepts TLS, a self-signed or expired certificate, or a registry that " +
			"speaks plain HTTP ends the connection. Image pulls trust the public certificate authorities only; " +
			"on Fargate you cannot add one.",
		Check: func() []Check {
			return []Check{
				fromVPC("openssl s_client -connect {endpoint}:443 -servername {endpoint} </dev/null",
					"issuer and dates of the certificate"),
				lookAt("Network Firewall console, TLS inspection configurations, or your proxy's list of inspected " +
					"names"),
				onHost("date", "Get-Date", "a wrong clock makes good certificates invalid"),
			}
		},
		Fix: "Exclude {endpoint|the host} from TLS inspection, or give it a certificate of a public authority[; " +
			"{onInstance} you can also install your own authority].",
		Docs: "https://docs.aws.amazon.com/network-firewall/latest/developerguide/tls-inspection-considerations.html",
		Example: "CannotPullContainerError: Error response from daemon: Get \"https://registry.corp.example/v2/\": " +
			"x509: certificate signed by unknown authority",
		Unproven: "No AWS API keeps which certificate the task was shown.",
		Applies:  func(v *view) bool { return v.has(TLS) && (v.calls() || v.is(Volume)) },
	},
	{
		ID:    "proxy-or-firewall",
		Title: "a proxy, a firewall or the server at {endpoint|the other end} rejects the call",
		Why: "Routes and security groups drop, they do not refuse. A refusal or reset comes from the server or " +
			"from something in between; a silent drop can come from a firewall on a shared egress path.",
		Check: func() []Check {
			return []Check{
				describeRoutes("a default route to a firewall endpoint, transit gateway or appliance"),
				lookAt("Network Firewall console, rule groups and alert logs: {endpoint|the host} on the allow list"),
				onHost("sudo grep -ri proxy /etc/ecs/ecs.config /etc/systemd/system/docker.service.d",
					"[Environment]::GetEnvironmentVariables('Machine')",
					"HTTP_PROXY and NO_PROXY, of the agent and of Docker"),
				fromVPC("curl -v https://{endpoint}/", "any answer of the host means that the way is open"),
			}
		},
		Fix: "Allow {endpoint|the host} on port 443 in the proxy or firewall that rejects it, or let this host " +
			"bypass the proxy.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/http_proxy_config.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
		Unproven: "Proxies and firewalls of your own have no API that whystopped asks.",
		Applies: func(v *view) bool {
			if !v.calls() || !v.has(Unreachable) || v.onHost() {
				return false
			}
			if refused(v) {
				return !v.is(Logging) || v.toAWS
			}
			return !v.throughEndpoint()
		},
	},
}

// calls are the stages at which the task, or its agent, calls something over the network before the containers run.
func (v *view) calls() bool { return v.is(RegistryAuth, Secret, EnvFile, Image, Logging) }

// gotNoAnswer reports whether such a call got no answer, so that something on its way is missing or closed.
func gotNoAnswer(v *view) bool {
	return v.calls() && v.has(Unreachable) && v.FaultRule != "fault/refused" && v.LaunchType != "EXTERNAL" &&
		!v.onHost() && !v.answered()
}

// answers are words of a call that came to the other end and got an answer that it did not like.
var answers = []string{"unexpected status", "unexpected http status", "toomanyrequests", "parsing http 4",
	"parsing http 5", "status code: 4", "status code: 5", "statuscode: 4", "statuscode: 5", "400 bad request",
	"401 unauthorized", "403 forbidden", "404 not found", "429 too many requests", "500 internal server error",
	"502 bad gateway", "503 service unavailable", "504 gateway time"}

// answered reports whether the text holds an answer, so that a way there and back exists.
func (v *view) answered() bool { return v.says(answers...) && !v.says("dial tcp") }

// turnedAway reports whether such a call was refused by something beyond the machine, so that packets came there and
// back.
func (v *view) turnedAway() bool {
	return v.calls() && v.FaultRule == "fault/refused" && v.Facts.RemoteIP != "" && v.LaunchType != "EXTERNAL" &&
		!v.onHost()
}

// byEndpoint reports whether an interface VPC endpoint could carry the call; S3 has gateway endpoints instead.
func (v *view) byEndpoint() bool { return v.served() && !v.s3() }

// s3 reports whether the call goes to S3.
func (v *view) s3() bool { return v.is(EnvFile) || v.layers() }

// asksS3 reports whether what was refused is a call to S3.
func (v *view) asksS3() bool {
	return strings.HasPrefix(v.Facts.AWSAction, "s3:") || v.Facts.AWSAction == "" && v.s3()
}

// ecrPull reports whether a token, manifest or layer of private ECR was asked for.
func (v *view) ecrPull() bool {
	return v.is(Image, RegistryAuth) && v.ecr() && !v.credentialsSecret()
}

// onHost reports whether the address called is the machine's own: a log router, instance metadata, task credentials.
func (v *view) onHost() bool {
	for _, address := range [...]string{v.Facts.RemoteIP, v.Facts.Endpoint} {
		if strings.HasPrefix(address, "127.") || strings.HasPrefix(address, "169.254.") || address == "::1" ||
			strings.HasPrefix(address, "fe80:") {
			return true
		}
	}
	return v.Facts.Endpoint == "localhost"
}

// ownInterface reports whether the event shows a network interface of the task's own.
func ownInterface(v *view) bool {
	return v.Attached("eni") || v.Attached("ElasticNetworkInterface")
}

// readsS3 reports whether the step reads from S3, or will when it goes on: image layers of ECR, environment files.
func (v *view) readsS3() bool { return v.served() && (v.s3() || v.ecrPull()) }

// nameFails reports whether a name that the task's set-up needs did not resolve.
func (v *view) nameFails() bool { return v.has(DNS) && (v.calls() || v.is(Volume)) }

// efs reports whether an EFS file system was to be mounted.
func (v *view) efs() bool {
	return v.is(Volume) &&
		(v.Facts.FileSystem != "" ||
			v.says("efs utils", "efs volume", "efs file system", ".efs.", "elasticfilesystem", "mount.nfs"))
}

// mountDropped reports whether a mount got no answer from the file system.
func (v *view) mountDropped() bool {
	return (v.efs() || v.is(Volume) && v.says("amazon-ecs-volume-plugin")) && v.has(Unreachable) && !v.onHost()
}

// ecr reports whether a finding is about a private ECR registry.
func (v *view) ecr() bool {
	return awsname.IsECR(v.Facts.Registry) || awsname.IsECR(v.Facts.Endpoint) || v.Facts.Registry == "" &&
		v.is(RegistryAuth)
}

// internetRegistry reports whether the image comes from a registry that no VPC endpoint serves.
func (v *view) internetRegistry() bool {
	return v.is(Image, RegistryAuth) && v.Facts.Registry != "" && !awsname.IsECR(v.Facts.Registry)
}

// layers reports whether image layers, which come from S3, could not be read.
func (v *view) layers() bool {
	return strings.Contains(v.Facts.Endpoint, ".s3") || strings.HasPrefix(v.Facts.Endpoint, "s3.")
}

// openPath reports whether a network path is in question and that the way is not yet known to lead through a VPC
// endpoint.
func (v *view) openPath() bool {
	return v.has(Unreachable) && v.Stage != Volume && v.FaultRule != "fault/refused" && !v.throughEndpoint() &&
		!onLinkLocal(v)
}

// throughEndpoint reports whether a VPC endpoint answered the name.
func (v *view) throughEndpoint() bool { return endpointAnswered(v) }

// served reports whether a VPC endpoint could stand in for an internet route: the call goes to AWS.
func (v *view) served() bool {
	if v.internetRegistry() || v.has(Denied) && wrongPassword(v) {
		return false
	}
	return v.Facts.Endpoint == "" || v.toAWS
}

// neverConnected are the words of a call whose connection was not made, so that nobody could have refused it.
var neverConnected = Match{All: []string{"dial tcp "},
	Any: []string{"i/o timeout", "no route to host", "network is unreachable"}}

// notRefused clears the causes that refuse a call.
var notRefused = []TextProof{{Result: RuledOut, Match: neverConnected,
	Evidence: "the connection to {endpoint|the service} was never made, so no policy could refuse the call"}}

// droppedNotRefused clears the causes that drop packets. A mount that is refused may be so by its own tunnel on the
// machine.
var droppedNotRefused = []TextProof{{Result: RuledOut, Match: Match{Any: []string{"connection refused"}},
	If: func(v *view) bool { return v.turnedAway() },
	Evidence: "{remoteIp|{endpoint|the other end}} refused the connection, so packets go there and come back: " +
		"routes, security groups and network ACLs drop, they do not refuse"}}

// publicAddress reports whether an AWS service other than S3 was dialled at a public address: its name did not lead to
// an interface endpoint. IPv6 addresses, and VPCs with public ranges of their own, do not tell.
func publicAddress(v *view) bool {
	if !v.remote.Is4() || v.private() || v.onHost() || !v.toAWS || v.s3() {
		return false
	}
	for _, address := range v.addresses {
		if address.Is4() && !awsname.IsPrivate(address) {
			return false
		}
	}
	return true
}

// calledAnother reports whether the call that failed went to an AWS service that is not S3.
func calledAnother(v *view) bool {
	return v.has(Unreachable) && v.toAWS && !v.s3()
}
