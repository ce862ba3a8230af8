package evidence

import "slices"

// Need names a group of facts that is read together.
type Need string

const (
	NeedInputs  Need = "inputs"  // where the task's traffic came from, and what its task definition says
	NeedNetwork Need = "network" // the VPC around the task's interface
	NeedAccess  Need = "access"  // the roles of the task, and the policies that may have refused the failed step

	NeedImages     Need = "images"     // the image in ECR, what it is built for, and pull-through cache rules
	NeedSecrets    Need = "secrets"    // secrets and parameters, without their values
	NeedLogs       Need = "logs"       // log groups
	NeedFiles      Need = "files"      // environment files, as listings of their buckets show them
	NeedVolumes    Need = "volumes"    // EFS file systems, mount targets and access points
	NeedAttachment Need = "attachment" // subnets and security groups of the network configuration
	NeedQuotas     Need = "quotas"     // Fargate's quotas
	NeedInterfaces Need = "interfaces" // how many network interfaces there are, and may be
	NeedMachines   Need = "machines"   // what the container instances of the cluster have left, and what adds some
	NeedHealth     Need = "health"     // who judged the task unhealthy, and by what
	NeedLog        Need = "log"        // the last log lines of the container that failed
	NeedDeployment Need = "deployment" // what became of the deployment that started the task
	NeedHost       Need = "host"       // the task's instance: its Auto Scaling group, status checks, root volume
	NeedTrail      Need = "trail"      // who called StopTask, and what the task's execution role was denied
	NeedSteady     Need = "steady"     // what ran when the service last ran well
	NeedSiblings   Need = "siblings"   // how other tasks of the deployment fared
)

// Group is what one need asks of the account.
type Group struct {
	Need    Need
	Doc     string
	Actions []string // IAM actions, keys of Actions
}

// Groups are all needs in the order in which they are read: later ones use what earlier ones found.
var Groups = []Group{
	{NeedInputs, "where the task's traffic came from, and its task definition", []string{
		"ecs:DescribeTaskDefinition", "ec2:DescribeNetworkInterfaces", "ecs:DescribeServices", "ecs:ListServices",
		"ecs:ListServiceDeployments", "ecs:DescribeServiceRevisions",
		"ecs:DescribeCapacityProviders", "ecs:DescribeContainerInstances", "ec2:DescribeInstances",
		"cloudtrail:LookupEvents",
		"batch:DescribeJobs", "batch:DescribeJobQueues", "batch:DescribeComputeEnvironments",
	}},
	{NeedNetwork, "the VPC around the task's interface", []string{
		"ecs:DescribeTaskDefinition",
		"ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeVpcAttribute", "ec2:DescribeDhcpOptions",
		"ec2:DescribeRouteTables", "ec2:DescribeNetworkAcls",
		"ec2:DescribeSecurityGroups", "ec2:DescribeVpcEndpoints", "ec2:DescribeNatGateways",
		"ec2:DescribeInternetGateways",
		"ec2:DescribeEgressOnlyInternetGateways", "ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries",
		"ec2:DescribeNetworkInterfaces", "route53:ListHostedZonesByVPC",
		"route53resolver:ListResolverRuleAssociations", "route53resolver:ListResolverRules",
		"route53profiles:ListProfileAssociations", "route53resolver:ListFirewallRuleGroupAssociations",
		"route53resolver:ListFirewallRules", "route53resolver:ListFirewallDomains", "route53:ListResourceRecordSets",
		"ec2:DescribeTransitGatewayVpcAttachments", "ec2:DescribeTransitGatewayAttachments",
		"ec2:SearchTransitGatewayRoutes", "ec2:DescribeVpcPeeringConnections", "cloudwatch:GetMetricStatistics",
	}},
	{NeedImages, "the image", []string{"ecr:DescribeImages", "ecr:BatchGetImage", "ecr:DescribePullThroughCacheRules",
		"ecr:GetLifecyclePolicy", "ecr:GetDownloadUrlForLayer", "cloudtrail:LookupEvents"}},
	{NeedSecrets, "the secrets and parameters", []string{"secretsmanager:DescribeSecret", "ssm:DescribeParameters"}},
	{NeedLogs, "the log group", []string{"logs:DescribeLogGroups"}},
	{NeedFiles, "the environment files", []string{"s3:ListBucket"}},
	{NeedVolumes, "the EFS file system",
		[]string{"elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeMountTargets",
			"elasticfilesystem:DescribeAccessPoints", "ec2:DescribeNetworkInterfaces"}},
	{NeedAttachment, "the subnets and security groups of the network configuration",
		[]string{"ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
			"ec2:DescribeSecurityGroupVpcAssociations"}},
	{NeedQuotas, "the quota of Fargate vCPUs and their use",
		[]string{"servicequotas:GetServiceQuota", "cloudwatch:GetMetricStatistics"}},
	{NeedInterfaces, "the network interfaces of the account and their quota, or those of its container instances",
		[]string{"servicequotas:GetServiceQuota", "ec2:DescribeNetworkInterfaces", "ecs:ListContainerInstances",
			"ecs:DescribeContainerInstances", "ec2:DescribeInstances", "ec2:DescribeInstanceTypes"}},
	{NeedMachines, "the container instances of the cluster, and the Auto Scaling group that adds some",
		[]string{"ecs:ListContainerInstances", "ecs:DescribeContainerInstances", "ecs:DescribeCapacityProviders",
			"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"}},
	{NeedAccess, "the task's roles, and the policies that may have refused the failed step", []string{
		"iam:GetRole", "iam:SimulatePrincipalPolicy", "iam:GetPolicy", "ecr:GetRepositoryPolicy",
		"organizations:DescribeOrganization",
		"secretsmanager:GetResourcePolicy", "kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListGrants",
		"elasticfilesystem:DescribeFileSystemPolicy", "s3:GetBucketPolicy",
	}},
	{NeedHealth, "the health checks that the task failed", []string{
		"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
		"elasticloadbalancing:DescribeLoadBalancers", "ecs:DescribeTasks",
	}},
	{NeedLog, "the last log lines of the container that failed", []string{"logs:GetLogEvents"}},
	{NeedDeployment, "what became of the task's deployment", []string{
		"ecs:ListServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:DescribeServiceDeployments", "ecs:ListTasks",
		"ecs:DescribeTasks",
	}},
	{NeedHost, "the task's instance: its Auto Scaling group, status checks and root volume", []string{
		"autoscaling:DescribeScalingActivities", "ec2:DescribeInstanceStatus", "ec2:DescribeVolumes",
		"cloudwatch:GetMetricStatistics",
	}},
	{NeedTrail, "who asked for the stop, and what was denied", []string{"cloudtrail:LookupEvents"}},
	{NeedSteady, "what ran well before", []string{
		"ecs:ListServiceDeployments", "ecs:DescribeServiceRevisions", "ecs:DescribeTaskDefinition",
	}},
	{NeedSiblings, "how other tasks of the deployment fared", []string{"ecs:ListTasks", "ecs:DescribeTasks"}},
}

// Tier is how much a deployment asks; each tier includes the ones before it.
type Tier string

const (
	TierOff      Tier = "off"
	TierDescribe Tier = "describe" // descriptions of ECS, EC2, ECR, load balancers, log groups, parameters
	TierPolicies Tier = "policies" // and roles, secrets, keys, file systems with their policies
	TierDeep     Tier = "deep"     // and image manifests, listings, quotas, activities
	TierVerify   Tier = "verify"   // only the command line, with its caller's credentials
)

// Tiers are those that a deployment can choose, from the least to the most.
var Tiers = []Tier{TierOff, TierDescribe, TierPolicies, TierDeep}

// Allows reports whether a deployment of this tier makes calls of another.
func (t Tier) Allows(other Tier) bool {
	order := append(slices.Clone(Tiers), TierVerify)
	return t != TierOff && slices.Index(order, other) <= slices.Index(order, t)
}

// Action is an IAM action and the API call that it allows.
type Action struct {
	IAM  string // "ec2:DescribeSubnets"
	API  string // operation name where it differs from the action's: "ListObjectsV2" for s3:ListBucket
	Tier Tier
	// resource that the permission is for, after "arn:PARTITION:": "*" or a form such as "ecr:*:ACCOUNT:repository/*"
	Resource string
}

// Operation is the name of the API call.
func (a Action) Operation() string {
	if a.API != "" {
		return a.API
	}
	for i, c := range a.IAM {
		if c == ':' {
			return a.IAM[i+1:]
		}
	}
	return a.IAM
}

// Actions is every action that a check needs: the stack grants exactly those of its tier, and lookup makes no other
// call.
var Actions = []Action{
	{IAM: "ecs:DescribeTaskDefinition", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:DescribeServices", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:ListServices", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:ListServiceDeployments", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:DescribeServiceRevisions", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:DescribeCapacityProviders", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:DescribeContainerInstances", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeInstances", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeInstanceStatus", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeVolumes", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeNetworkInterfaces", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeSubnets", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeVpcs", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeVpcAttribute", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeDhcpOptions", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeRouteTables", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeNetworkAcls", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeSecurityGroups", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeVpcEndpoints", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeNatGateways", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeInternetGateways", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeEgressOnlyInternetGateways", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeManagedPrefixLists", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:GetManagedPrefixListEntries", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeTransitGatewayVpcAttachments", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeTransitGatewayAttachments", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:SearchTransitGatewayRoutes", Tier: TierDescribe, Resource: "*"},
	{IAM: "ec2:DescribeVpcPeeringConnections", Tier: TierDescribe, Resource: "*"},
	{IAM: "route53:ListHostedZonesByVPC", Tier: TierDescribe, Resource: "*"},
	{IAM: "route53resolver:ListResolverRuleAssociations", Tier: TierDescribe, Resource: "*"},
	{IAM: "route53resolver:ListResolverRules", Tier: TierDescribe, Resource: "*"},
	{IAM: "route53profiles:ListProfileAssociations", Tier: TierDescribe, Resource: "*"},
	{IAM: "route53resolver:ListFirewallRuleGroupAssociations", Tier: TierPolicies, Resource: "*"},
	{IAM: "route53resolver:ListFirewallRules", Tier: TierPolicies, Resource: "*"},
	{IAM: "route53resolver:ListFirewallDomains", Tier: TierPolicies,
		Resource: "route53resolver:*:*:firewall-domain-list/*"}, // shared ones too; those that AWS manages are refused
	{IAM: "route53:ListResourceRecordSets", Tier: TierDeep, Resource: "route53:::hostedzone/*"},
	{IAM: "ecr:GetRepositoryPolicy", Tier: TierDescribe, Resource: "ecr:*:ACCOUNT:repository/*"},
	{IAM: "iam:GetRole", Tier: TierPolicies, Resource: "iam::ACCOUNT:role/*"},
	{IAM: "iam:SimulatePrincipalPolicy", Tier: TierPolicies, Resource: "iam::ACCOUNT:role/*"},
	{IAM: "secretsmanager:GetResourcePolicy", Tier: TierPolicies, Resource: "secretsmanager:*:ACCOUNT:secret:*"},
	{IAM: "kms:DescribeKey", Tier: TierPolicies, Resource: "kms:*:ACCOUNT:key/*"},
	{IAM: "kms:GetKeyPolicy", Tier: TierPolicies, Resource: "kms:*:ACCOUNT:key/*"},
	{IAM: "kms:ListGrants", Tier: TierPolicies, Resource: "kms:*:ACCOUNT:key/*"},
	{IAM: "elasticfilesystem:DescribeFileSystemPolicy", Tier: TierPolicies, Resource: "*"},
	// when it was changed, and not what it says
	{IAM: "iam:GetPolicy", Tier: TierVerify, Resource: "iam::ACCOUNT:policy/*"},
	{IAM: "organizations:DescribeOrganization", Tier: TierVerify, Resource: "*"},
	{IAM: "s3:GetBucketPolicy", Tier: TierVerify, Resource: "s3:::*"},
	{IAM: "ec2:DescribeSecurityGroupVpcAssociations", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecr:DescribeImages", Tier: TierDescribe, Resource: "ecr:*:ACCOUNT:repository/*"},
	{IAM: "ecr:GetLifecyclePolicy", Tier: TierDescribe, Resource: "ecr:*:ACCOUNT:repository/*"},
	{IAM: "ecr:DescribePullThroughCacheRules", Tier: TierDescribe, Resource: "*"},
	{IAM: "logs:DescribeLogGroups", Tier: TierDescribe, Resource: "*"},
	{IAM: "ssm:DescribeParameters", Tier: TierDescribe, Resource: "*"},
	{IAM: "secretsmanager:DescribeSecret", Tier: TierPolicies, Resource: "secretsmanager:*:ACCOUNT:secret:*"},
	{IAM: "elasticfilesystem:DescribeFileSystems", Tier: TierPolicies, Resource: "*"},
	{IAM: "elasticfilesystem:DescribeMountTargets", Tier: TierPolicies, Resource: "*"},
	{IAM: "elasticfilesystem:DescribeAccessPoints", Tier: TierPolicies, Resource: "*"},
	{IAM: "ecr:BatchGetImage", Tier: TierDeep, Resource: "ecr:*:ACCOUNT:repository/*"},
	{IAM: "ecr:GetDownloadUrlForLayer", Tier: TierVerify, Resource: "ecr:*:ACCOUNT:repository/*"},
	{IAM: "s3:ListBucket", API: "ListObjectsV2", Tier: TierDeep, Resource: "s3:::*"},
	{IAM: "servicequotas:GetServiceQuota", Tier: TierDeep, Resource: "*"},
	{IAM: "ecs:ListContainerInstances", Tier: TierDeep, Resource: "*"},
	{IAM: "ecs:DescribeTasks", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:DescribeServiceDeployments", Tier: TierDescribe, Resource: "*"},
	{IAM: "ecs:ListTasks", Tier: TierDeep, Resource: "*"},
	{IAM: "elasticloadbalancing:DescribeTargetGroups", Tier: TierDescribe, Resource: "*"},
	{IAM: "elasticloadbalancing:DescribeTargetHealth", Tier: TierDescribe, Resource: "*"},
	{IAM: "elasticloadbalancing:DescribeLoadBalancers", Tier: TierDescribe, Resource: "*"},
	{IAM: "autoscaling:DescribeScalingActivities", Tier: TierDeep, Resource: "*"},
	{IAM: "autoscaling:DescribeAutoScalingGroups", Tier: TierDeep, Resource: "*"},
	// for a deployment an option of its own
	{IAM: "logs:GetLogEvents", Tier: TierVerify, Resource: "logs:*:ACCOUNT:log-group:*:log-stream:*"},
	{IAM: "cloudtrail:LookupEvents", Tier: TierVerify, Resource: "*"},
	{IAM: "cloudwatch:GetMetricStatistics", Tier: TierVerify, Resource: "*"},
	{IAM: "ec2:DescribeInstanceTypes", Tier: TierVerify, Resource: "*"},
	{IAM: "batch:DescribeJobs", Tier: TierVerify, Resource: "*"},
	{IAM: "batch:DescribeJobQueues", Tier: TierVerify, Resource: "*"},
	{IAM: "batch:DescribeComputeEnvironments", Tier: TierVerify, Resource: "*"},
}

// FindAction returns a row of Actions by its IAM name.
func FindAction(iam string) (Action, bool) {
	i := slices.IndexFunc(Actions, func(a Action) bool { return a.IAM == iam })
	if i < 0 {
		return Action{}, false
	}
	return Actions[i], true
}
