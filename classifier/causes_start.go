package classifier

import (
	"strings"

	"whystopped/events"
)

// says tells whether one of the stop's texts has one of the words, which are in lower case.
func says(s *events.Stop, words ...string) bool {
	for _, t := range texts(s) {
		for _, w := range words {
			if t.folded.has(w) {
				return true
			}
		}
	}
	return false
}

// provisioningWords are how ECS names the limit of tasks in PROVISIONING.
const provisioningWords = "provisioning capacity limit"

// onInstances tells that the task needs room on container instances of the cluster.
func onInstances(s *events.Stop) bool {
	return onEC2(s) || s.LaunchType == "MANAGED_INSTANCES" || ownCapacityProvider(s) || says(s, "resource:", "container instance", "container-instance", "unable to launch instance", provisioningWords) && !says(s, "resource:fargate")
}

// ownCapacityProvider tells that the capacity provider is the account's own, not one of Fargate's.
func ownCapacityProvider(s *events.Stop) bool {
	return s.CapacityProvider != "" && !strings.HasPrefix(s.CapacityProvider, "FARGATE")
}

// noRoom tells that the task found no place; a placement failure without a reason counts too.
func (f *Finding) noRoom() bool { return f.is(Placement) && f.has(Exhausted, UnknownFault) }

// interfaceFault tells that creating or attaching the network interface failed, not the container's network on the host.
func (f *Finding) interfaceFault() bool {
	return f.is(Network) && f.StageRule != "stage/container-network"
}

// containerNetworkFault tells that the container's network on the host could not be set up.
func (f *Finding) containerNetworkFault() bool {
	return f.is(Network) && f.StageRule != "stage/network-interface"
}

// hostRanOut tells that the machine had not enough of something to create or start a container.
func (f *Finding) hostRanOut() bool { return f.is(Create, Start, Agent) && f.has(Exhausted) }

// memoryTooLow tells that the container's own limit, not the host's memory, is too small to start with.
func memoryTooLow(s *events.Stop) bool { return says(s, "memory limit") }

// deviceMissing tells that the host lacks a device, or the driver of one, that the container asks for.
func deviceMissing(f *Finding) bool { return f.FaultRule == "fault/device-missing" }

// userMissing tells that the image lacks the user or group that the container runs as.
func userMissing(f *Finding) bool { return f.FaultRule == "fault/user-missing" }

// startCauses are defects that keep a task from running: no room, no network interface, a definition or image that cannot start.
var startCauses = []Cause{
	{
		ID:    "subnet-full",
		Title: "no free IP address in {subnet|the subnet}",
		Why:   "A task in awsvpc mode takes one address of its subnet. Rolling deployments need addresses for old and new tasks at once, and load balancers, endpoints and Lambda functions share them.",
		Check: []string{
			"aws ec2 describe-subnets --subnet-ids {subnet|SUBNET} --region {region|REGION}: AvailableIpAddressCount; it recovers as soon as the failed task is gone, so a small number proves nothing",
			"aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={subnet|SUBNET} --region {region|REGION}: Description tells who holds the addresses",
		},
		Fix:  "Add larger subnets to the service's network configuration, or delete interfaces that nobody uses.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.interfaceFault() && f.has(Exhausted) && !says(&s, "device index", "networkinterfacelimit")
		},
		Text: []TextProof{
			saying("EC2 answered that the subnet has no free address", "insufficientfreeaddresses", "insufficient free addresses"),
		},
	},
	{
		ID:    "eni-limit",
		Title: "no more network interfaces: the instance or the account has reached its limit",
		Why:   "On EC2 each instance type takes a fixed number of interfaces, and an awsvpc task needs one of them. On Fargate the quota of interfaces per Region counts.",
		Check: []string{
			"aws service-quotas get-service-quota --service-code vpc --quota-code L-DF5E4CA3 --region {region|REGION}: interfaces per Region",
			"On EC2: aws ec2 describe-instance-types --instance-types TYPE: MaximumNetworkInterfaces, less one for the instance itself",
			"On EC2: aws ecs list-account-settings --name awsvpcTrunking --effective-settings",
		},
		Fix:  "Turn on awsvpcTrunking and replace the instances, choose a larger instance type, or ask for a higher quota.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.interfaceFault() && f.has(Exhausted) || f.noRoom() && says(&s, "resource:eni")
		},
		Text: []TextProof{
			saying("EC2 answered that the limit of network interfaces is reached", "networkinterfacelimit"),
			saying("no instance had a network interface free", "resource:eni"),
			{Result: RuledOut, Match: Match{Any: []string{"insufficientfreeaddresses", "insufficient free addresses"}},
				Evidence: "EC2 names the addresses of the subnet as what ran out, not the interfaces"},
		},
	},
	{
		ID:    "tag-policy",
		Title: "a tag policy forbids the tags that ECS puts on the network interface",
		Why:   "ECS copies the tags of the service or task definition to the interface. A tag policy of the organisation that is enforced for ec2:network-interface refuses a wrong key case or value, and the task cannot start.",
		Check: []string{
			"aws organizations describe-effective-policy --policy-type TAG_POLICY --target-id {account|ACCOUNT}: rules enforced for ec2:network-interface",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --include TAGS --region {region|REGION}: tags, propagateTags, enableECSManagedTags",
		},
		Fix:     "Correct the tags of the service or task definition, or take ec2:network-interface out of the policy's enforcement.",
		Docs:    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_tag-policies.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Network) && f.has(Denied) && says(&s, "tag") },
		Text: []TextProof{
			saying("EC2 names the tag policy as what refused", "tagpolicyviolation"),
		},
	},
	{
		ID:    "service-role-missing",
		Title: "the service-linked role AWSServiceRoleForECS is missing or not allowed to act",
		Why:   "ECS creates network interfaces and looks for room with its service-linked role. Without it, or where a service control policy forbids its calls, EC2 refuses.",
		Check: []string{
			"aws iam get-role --role-name AWSServiceRoleForECS",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateNetworkInterface --region {region|REGION}: errorCode and errorMessage at the minute of the stop",
			"Organizations console, policies of the account: service control policies on ec2:CreateNetworkInterface and ec2:CreateTags",
		},
		Fix:     "Create the role with aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com, or take the denial out of the policy.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Network, Placement) && f.has(Denied) },
		Text: []TextProof{
			{Result: RuledOut, Match: Match{Any: []string{"tagpolicyviolation"}},
				Evidence: "the service-linked role made the call, and EC2 names the tag policy as what refused"},
		},
	},
	{
		ID:    "eni-provisioning-slow",
		Title: "EC2 did not deliver the network interface in time",
		Why:   "Creating and attaching the interface is a chain of EC2 calls. Throttling in the account, a busy zone or a fault at AWS can hold it up beyond the time that ECS waits.",
		Check: []string{
			"aws ecs list-tasks --cluster {cluster|CLUSTER} --desired-status STOPPED --region {region|REGION}: other tasks of that minute; if they started, it was a passing fault",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateNetworkInterface --region {region|REGION}: RequestLimitExceeded or other errors",
			"AWS Health dashboard: events of EC2, VPC or ECS in {region|the Region}",
		},
		Fix:  "Start the task again, spread it over subnets in several zones, and start fewer tasks at once.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Applies: func(_ events.Stop, f Finding) bool {
			return f.interfaceFault() && f.has(Timeout, Internal, RateLimited, Conflict, Unreachable, UnknownFault)
		},
	},
	{
		ID:    "cni-fault",
		Title: "the container's network could not be set up on its host",
		Why:   "The CNI plug-ins, the Docker bridge and the Service Connect proxy connect the container to the network. A missing bridge, a plug-in that fails or runs out of its own addresses, or a proxy that does not come up stops the task before its process starts.",
		Check: []string{
			"On EC2, on the instance: sudo tail -n 200 /var/log/ecs/ecs-agent.log /var/log/ecs/vpc-branch-eni.log",
			"On EC2, on the instance: ip link show docker0, and sudo docker network ls",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: serviceConnectConfiguration, when the message names it",
		},
		Fix:  "Restart the ECS agent, or replace the instance with one of the current ECS-optimized AMI; on Fargate start the task again and open a support case if it repeats.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html",
		Applies: func(_ events.Stop, f Finding) bool {
			return f.containerNetworkFault() && !f.has(Denied) && (!f.has(Exhausted) || !f.interfaceFault())
		},
	},
	{
		ID:    "network-configuration-invalid",
		Title: "the network configuration names a subnet or security group that is gone or does not fit",
		Why:   "A security group that was deleted or belongs to another VPC than the subnet, or a subnet that no longer exists, leaves EC2 nothing to create the interface in.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: subnets and securityGroups of networkConfiguration",
			"aws ec2 describe-security-groups --group-ids SECURITY_GROUP --region {region|REGION}: it exists, and its VpcId is that of the subnet",
		},
		Fix:     "Name subnets and security groups of one VPC in the network configuration, and deploy the service again.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.interfaceFault() && f.has(Invalid, NotFound, Mismatch) },
		Text: []TextProof{
			saying("EC2 answered that the subnet or security group does not exist", "invalidsecuritygroupid.notfound", "invalidgroup.notfound", "invalidsubnetid.notfound"),
		},
	},
	{
		ID:    "fargate-quota",
		Title: "the account's Fargate quota of vCPUs is used up",
		Why:   "All Fargate tasks of the account in {region|the Region} share one quota of vCPUs, On-Demand and Spot apart. New accounts start with very few.",
		Check: []string{
			"aws service-quotas get-service-quota --service-code fargate --quota-code L-3032A538 --region {region|REGION}: On-Demand; L-36FBB829 is Spot",
			"CloudWatch, namespace AWS/Usage, Service Fargate, metric ResourceCount: use against that quota",
		},
		Fix:  "Ask for a higher quota in Service Quotas, or run fewer or smaller tasks.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.noRoom() && !onInstances(&s) && (f.has(UnknownFault) || says(&s, "concurrently", "limit", "quota"))
		},
		Text: []TextProof{
			saying("ECS names the quota as what is used up", "you can run concurrently"),
		},
	},
	{
		ID:    "fargate-capacity",
		Title: "AWS has no Fargate capacity for this task in its zones just now",
		Why:   "Fargate, and Fargate Spot more often, can run out of room for a size and CPU architecture in one Availability Zone. ECS tries the service again; a task started by hand must be repeated.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: events, and whether the subnets lie in several zones",
			"AWS Health dashboard: events of Fargate in {region|the Region}",
		},
		Fix:  "Give the service subnets in more Availability Zones, add FARGATE beside FARGATE_SPOT, or try another task size.",
		Docs: "https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity",
		Applies: func(s events.Stop, f Finding) bool {
			return f.noRoom() && !onInstances(&s) && (f.has(UnknownFault) || !says(&s, "concurrently", "limit", "quota"))
		},
		Text: []TextProof{
			saying("ECS answered that Fargate has no capacity at this time", "capacity is unavailable"),
		},
	},
	{
		ID:    "cluster-resources",
		Title: "no container instance has enough free CPU, memory, ports or GPUs",
		Why:   "ECS places a task only where the whole of its reservation fits on one instance. Memory that the operating system keeps for itself does not count as free.",
		Check: []string{
			"aws ecs list-container-instances --cluster {cluster|CLUSTER} --status ACTIVE --region {region|REGION}",
			"aws ecs describe-container-instances --cluster {cluster|CLUSTER} --container-instances INSTANCE --region {region|REGION}: remainingResources",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: cpu, memory, hostPort and GPUs that it asks for",
		},
		Fix:  "Add instances or larger ones, lower the reservations of {family|the task definition}, or use hostPort 0.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.noRoom() && onInstances(&s) && f.StageRule != "code/provisioning-limit" && !says(&s, "capacity provider", "no container instance", "no active instances", provisioningWords)
		},
		Text: []TextProof{
			saying("no instance has enough CPU left", "resource:cpu"),
			saying("no instance has enough memory left", "resource:memory"),
			saying("no instance has enough GPUs left", "resource:gpu"),
			saying("no instance has enough accelerators left", "resource:inference"),
			{Result: RuledOut, Match: Match{Any: []string{"resource:eni"}},
				Evidence: "ECS names network interfaces as what ran out"},
		},
	},
	{
		ID:    "capacity-provider-empty",
		Title: "the cluster has no instances for the task, and none came in time",
		Why:   "A task waits in PROVISIONING for its capacity provider to add instances, at most half an hour. An Auto Scaling group at its maximum, a failing launch or instances that never join the cluster let it wait in vain.",
		Check: []string{
			"aws ecs list-container-instances --cluster {cluster|CLUSTER} --region {region|REGION}: empty means that no instance joined",
			"aws ecs describe-clusters --clusters {cluster|CLUSTER} --include ATTACHMENTS --region {region|REGION}: capacity providers and the state of their scaling plan",
			"aws autoscaling describe-scaling-activities --auto-scaling-group-name GROUP --region {region|REGION}: StatusMessage of failed launches",
			"aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names GROUP --region {region|REGION}: DesiredCapacity against MaxSize",
		},
		Fix:  "Raise the Auto Scaling group's maximum, or repair what keeps its instances from launching and joining {cluster|the cluster}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.noRoom() && !says(&s, "resource:") && !launchingInstances(&s, &f) && !says(&s, provisioningWords) && (ownCapacityProvider(&s) || s.LaunchType == "MANAGED_INSTANCES" ||
				f.StageRule == "code/provisioning-limit" && !strings.HasPrefix(s.CapacityProvider, "FARGATE") ||
				says(&s, "capacity provider", "container instance", "no active instances"))
		},
		Text: []TextProof{
			saying("ECS found no instance in the cluster or its capacity provider", "empty capacity provider", "no active instances", "no container instances were found"),
		},
	},
	{
		ID:    "instance-launch-refused",
		Title: "EC2 does not launch the instances that the capacity provider asks for",
		Why:   "ECS Managed Instances launch what the capacity provider's template and requirements allow. A quota of vCPUs or Spot instances, a zone without capacity for the few types that are allowed, or a template that names something wrong lets the task wait in vain.",
		Check: []string{
			"aws ecs describe-capacity-providers --region {region|REGION}: managedInstancesProvider with its instance requirements, subnets and instance profile",
			"aws ec2 get-spot-placement-scores, or the EC2 console's capacity view, for the instance types that are allowed",
			"aws service-quotas list-service-quotas --service-code ec2 --region {region|REGION}: On-Demand and Spot quotas of vCPUs against what runs",
		},
		Fix:  "Allow more instance types and zones or On-Demand beside Spot, raise the quota, or correct what EC2's answer names.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Placement) && f.has(Exhausted, Invalid, NotFound) && launchingInstances(&s, &f)
		},
		Text: []TextProof{
			saying("EC2 answered that it will not launch the instances", "unable to launch instance"),
		},
	},
	{
		ID:    "provisioning-limit",
		Title: "too many tasks of the cluster wait in PROVISIONING",
		Why:   "At most 500 tasks of a cluster can wait in PROVISIONING for their capacity providers. Capacity that comes slowly, or many services that grow at once, reach that.",
		Check: []string{
			"aws ecs list-tasks --cluster {cluster|CLUSTER} --region {region|REGION}, then describe-tasks: how many have lastStatus PROVISIONING, and of which service",
			"aws autoscaling describe-scaling-activities --auto-scaling-group-name GROUP --region {region|REGION}: why instances do not come faster",
		},
		Fix:  "Start fewer tasks at once, keep spare capacity (targetCapacity below 100), or spread services over clusters.",
		Docs: docServiceEvents,
		Applies: func(s events.Stop, f Finding) bool {
			return f.noRoom() && says(&s, provisioningWords)
		},
		Text: []TextProof{
			saying("ECS names the limit of tasks in PROVISIONING as what is reached", provisioningWords),
		},
	},
	{
		ID:    "placement-constraint",
		Title: "no container instance meets the task's constraints or has the attributes it needs",
		Why:   "placementConstraints, and attributes that ECS derives from the definition such as log drivers, GPUs or the CPU architecture, must all be met by one instance.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: requiresAttributes, placementConstraints, runtimePlatform",
			"aws ecs list-attributes --cluster {cluster|CLUSTER} --target-type container-instance --attribute-name NAME --region {region|REGION}: which instances have the attribute",
		},
		Fix:     "Add instances that have the attribute, put it on them with put-attributes, or relax the constraint.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Placement) && f.has(Mismatch) },
		Text: []TextProof{
			{Result: Confirmed, If: byRule("fault/constraint"),
				Evidence: "ECS names a constraint or attribute as what no instance meets"},
		},
	},
	{
		ID:    "launch-type-mismatch",
		Title: "task definition and capacity do not fit: launch type, network mode, size or platform",
		Why:   "A definition written for EC2 cannot run on Fargate and the other way round, and CPU architecture and operating system must be those of the capacity.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: requiresCompatibilities, compatibilities, networkMode, runtimePlatform",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: launchType, capacityProviderStrategy, platformVersion",
		},
		Fix:  "Register a revision for the capacity that the service uses, or give the service capacity that fits the definition.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_types.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Placement) && f.has(Mismatch, Invalid) && !launchingInstances(&s, &f)
		},
		Text: []TextProof{
			saying("ECS answered that task definition and compute strategy do not fit", "selected compute strategy"),
		},
	},
	{
		ID:    "agent-disconnected",
		Title: "the ECS agent of the container instance is not connected",
		Why:   "ECS talks to an instance only through its agent. When the agent is stopped, out of memory or cut off from ECS, no task can be placed there or watched.",
		Check: []string{
			"aws ecs describe-container-instances --cluster {cluster|CLUSTER} --container-instances INSTANCE --region {region|REGION}: agentConnected; short gaps are normal",
			"On the instance: systemctl status ecs, and sudo tail -n 100 /var/log/ecs/ecs-agent.log",
			"On the instance: curl -sS https://ecs.{region|REGION}.amazonaws.com/ping to see that ECS is reachable",
		},
		Fix:  "Restart the agent (sudo systemctl restart ecs) and repair the instance's route to ECS or its instance role.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Placement) && f.has(Lost) || f.is(Host) && f.has(Lost) && says(&s, "disconnected")
		},
		Text: []TextProof{
			{Result: Confirmed, If: byRule("fault/agent-not-connected"),
				Evidence: "ECS names the agent of the instance as not connected"},
		},
	},
	{
		ID:    "command-invalid",
		Title: "entryPoint or command is one string where a list of words is needed",
		Why:   "The runtime takes the first element of the list as the name of a program. A whole command line, or an option such as -c in its place, names no program.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: entryPoint and command of {culprit|the container}; each word is an element of its own",
			"The overrides of the run-task call, schedule or pipeline that started the task",
		},
		Fix:     "Split the command into one element per word, or run it through a shell: sh, -c, and the whole line as the third element.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Start) && f.has(NotFound) && oddExecutable(f.Facts) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"exec: ", "executable file not found"}}, If: commandLine,
				Evidence: "the runtime looked for a program called {path|like an option or a command line}"},
		},
	},
	{
		ID:    "entrypoint-missing",
		Title: "{path|the program that entryPoint and command name} does not exist in the image",
		Why:   "The program, or the interpreter in the first line of the script, is not in this image. A slimmer base image, a changed path, Windows line ends in a script or a libc that is missing all look like this.",
		Check: []string{
			"docker run --rm --entrypoint sh {image|{culpritImage|IMAGE}} -c 'command -v {path|PROGRAM}'; an image without a shell needs docker export",
			"head -n 1 of the script: the interpreter exists in the image, and the line does not end in a carriage return",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: entryPoint and command against the last revision that ran",
		},
		Fix:  "Correct entryPoint or command of {culprit|the container}, or put the program into the image.",
		Docs: "https://docs.docker.com/reference/dockerfile/",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Start) && f.has(NotFound, UnknownFault) && !oddExecutable(f.Facts) && !deviceMissing(&f) && !userMissing(&f)
		},
		Text: []TextProof{
			saying("the runtime looked for {path|the program} in the image and did not find it", "executable file not found in $path"),
			{Result: Confirmed, Match: Match{All: []string{"exec: ", ": stat ", "no such file or directory"}},
				Evidence: "the runtime looked for the file {path|of the program} and it is not there"},
		},
	},
	{
		ID:    "user-missing",
		Title: "the image has no such user or group as the container shall run as",
		Why:   "A name in user, or in USER of the Dockerfile, is looked up in /etc/passwd and /etc/group of the image. Images without these files, or a base image that lost the user, know no names.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: user of {culprit|the container}",
			"docker run --rm --entrypoint cat {image|{culpritImage|IMAGE}} /etc/passwd /etc/group",
		},
		Fix:     "Create the user in the image, or name it by number (user 1000:1000) in the task definition.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
		Applies: func(_ events.Stop, f Finding) bool { return userMissing(&f) },
		Text: []TextProof{
			saying("the runtime looked the user up in the image and did not find it", "no matching entries in", "no users found", "no groups found"),
		},
	},
	{
		ID:    "entrypoint-not-executable",
		Title: "{path|the program} in the image may not be executed",
		Why:   "The file has lost its executable bit on the way into the image, is a directory, or belongs to another user than the one the container runs as.",
		Check: []string{
			"docker run --rm --entrypoint ls {image|{culpritImage|IMAGE}} -l {path|PROGRAM}: mode and owner",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: user and readonlyRootFilesystem of {culprit|the container}",
		},
		Fix:     "Copy the file with its executable bit (COPY --chmod=755), build the image and deploy it.",
		Docs:    "https://docs.docker.com/reference/dockerfile/",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Start) && f.has(Denied) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"exec: ", "permission denied"}},
				Evidence: "the runtime found {path|the program} and may not execute it"},
		},
	},
	{
		ID:    "binary-architecture",
		Title: "the program in the image is built for another CPU architecture than the task runs on",
		Why:   "An image built on an Arm laptop holds Arm programs, and an x86 host cannot run them, nor the other way round. A script without an interpreter line fails with the same words.",
		Check: []string{
			"docker image inspect {image|{culpritImage|IMAGE}}: Architecture and Os",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: runtimePlatform; without it the task runs on x86",
			"When both agree: head -n 1 of the entry point script must start with #!",
		},
		Fix:     "Build the image for the task's architecture (docker buildx build --platform {platform|linux/amd64}), or set runtimePlatform to the image's.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Start, Create) && f.has(Mismatch) },
	},
	{
		ID:    "port-conflict",
		Title: "host port {port|that the task asks for} is already taken on the instance",
		Why:   "A fixed host port can be used once per instance. Another task, a container that was left behind or a program of the host listens there.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: hostPort in portMappings; two containers of one task must not share a port",
			"On the instance: sudo ss -ltnp | grep {port|PORT}, and sudo docker ps",
		},
		Fix:  "Set hostPort to 0 so that a free port is chosen, or use awsvpc network mode.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-networkmode-bridge.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Start, Placement) && f.has(Conflict) || f.noRoom() && says(&s, "resource:port")
		},
		Text: []TextProof{
			saying("Docker answered that host port[ {port}] is already allocated", "port is already allocated"),
			saying("ECS names a host port as what is taken", "already using a port", "resource:port"),
			{Result: Confirmed, Match: Match{All: []string{"bind: ", "address already in use"}}, If: onSomeInstance,
				Evidence: "host port[ {port}] could not be opened, because something listens there"},
		},
	},
	{
		ID:    "gpu-runtime",
		Title: "the host's GPU driver or runtime does not work, or its GPUs are shared out wrongly",
		Why:   "GPU containers need the NVIDIA driver and container runtime of the instance. A driver too old for the image's CUDA, an AMI without the driver, or one GPU given to several containers stops them at start.",
		Check: []string{
			"On the instance: nvidia-smi, and sudo docker info | grep -i runtime",
			"On the instance: grep ECS_ENABLE_GPU_SUPPORT /etc/ecs/ecs.config",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: resourceRequirements of type GPU in each container",
		},
		Fix:  "Use the ECS GPU-optimized AMI with a driver that is new enough for the image, and request each GPU once.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Create, Start) && !f.has(Exhausted) && says(&s, "nvidia", "gpu", "cuda")
		},
	},
	{
		ID:    "device-missing",
		Title: "a device that the container asks for is not there on the host",
		Why:   "linuxParameters.devices and device drivers name things of the host. Where the instance type or AMI lacks them, the container cannot be started.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: linuxParameters and resourceRequirements of {culprit|the container}",
			"On the instance: ls -l {path|/dev}",
		},
		Fix:     "Correct the device's path, or run the task on instances that have the device and its driver.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Device.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Create, Start) && deviceMissing(&f) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"custom device", "no such file or directory"}},
				Evidence: "the host has no {path|such device}"},
		},
	},
	{
		ID:    "credential-spec-invalid",
		Title: "the gMSA credential spec cannot be read or used",
		Why:   "A container with a group managed service account needs its credential spec file and a ticket from the domain. A malformed spec, a wrong location or an unreachable domain controller stops it.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: credentialSpecs of {culprit|the container}",
			"aws s3 ls or aws ssm get-parameter on the place that it names: the file exists and is valid JSON",
			"On the instance: the log of credentials-fetcher, journalctl -u credentials-fetcher",
		},
		Fix:  "Correct the credential spec or its location, and let the instance reach the domain controller.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/linux-gmsa.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Create) && (f.StageRule == "stage/credential-spec" || says(&s, "credentialspec", "credential spec"))
		},
		Text: []TextProof{
			saying("the agent could not read the credential spec of the task definition", "invalid credentialspec", "unsupported credentialspec"),
		},
	},
	{
		ID:    "mount-invalid",
		Title: "a mount, volume or working directory of the container is refused[: {path}]",
		Why:   "A file mounted over a directory or the other way round, a source path that is missing on the host, or a working directory that the image lacks: the runtime refuses to set the container up.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: volumes, mountPoints and workingDirectory of {culprit|the container}",
			"On the instance: ls -ld {path|SOURCE_PATH}, its owner and whether it is a file or a directory",
		},
		Fix:  "Make source and containerPath of the mount the same kind and existing, and name a working directory that the image has.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Create, Start) && (f.FaultRule == "fault/bind-mount" || f.is(Create) && f.has(Denied) ||
				f.has(Invalid, NotFound) && !deviceMissing(&f) && says(&s, "mount", "volume", "rootfs", "chdir", "working directory"))
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"error mounting", "mount a directory onto a file", "bind source path does not exist", "chdir to cwd"}},
				Evidence: "the runtime names the mount or working directory that it refuses[: {path}]"},
		},
	},
	{
		ID:    "container-memory-too-small",
		Title: "the memory limit of {culprit|the container} is too small to start it",
		Why:   "Docker refuses limits below 6 MiB, and the runtime itself needs a few MiB before the process starts. A reservation above the limit is refused too.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: memory and memoryReservation of {culprit|the container}, in MiB",
		},
		Fix:  "Give {culprit|the container} a memory limit that its process needs.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Create, Start) && f.has(Invalid, Exhausted, OOM) && memoryTooLow(&s)
		},
		Text: []TextProof{
			saying("Docker answered that the limit is below its minimum", "minimum memory limit allowed"),
		},
	},
	{
		ID:    "name-conflict",
		Title: "a container of the same name was left behind on the instance",
		Why:   "Docker names are unique per host. A container that the agent lost track of, after a restart or a crash of Docker, still holds the name.",
		Check: []string{
			"On the instance: sudo docker ps -a --filter name=ecs-",
			"On the instance: sudo tail -n 200 /var/log/ecs/ecs-agent.log, for restarts of the agent",
		},
		Fix:     "Remove the old container with docker rm, or replace the instance.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CannotCreateContainerError.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Create) && f.has(Conflict) && !says(&s, "gpu") },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"container name", "is already in use"}},
				Evidence: "Docker answered that another container has the name"},
		},
	},
	{
		ID:    "container-definition-invalid",
		Title: "the container definition holds a value that the runtime does not accept",
		Why:   "Links, names, ulimits, dependencies and Linux or Windows options are checked only when the container is made, so a revision can be registered and still not start.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: the field that the message names",
			"The same command for the last revision of {family|the task definition} that ran: what is different?",
		},
		Fix:  "Correct the field that the message names in {culprit|the container}'s definition and deploy a new revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Applies: func(_ events.Stop, f Finding) bool {
			return f.is(Create) && f.has(Invalid, NotFound, Mismatch) || f.is(Start, Dependency) && f.has(Invalid) || f.is(Dependency) && f.has(NotFound)
		},
	},
	{
		ID:    "host-disk-full",
		Title: "the disk of the host is full",
		Why:   "Images, stopped containers and logs share the instance's disk. When it is full no container can be created or started there.",
		Check: []string{
			"On the instance: df -h and df -i, then sudo docker system df",
			"On the instance: ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION and ECS_IMAGE_CLEANUP_INTERVAL in /etc/ecs/ecs.config",
		},
		Fix:  "Give the instances larger volumes, let the agent clean up earlier, and on Fargate raise ephemeralStorage.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.hostRanOut() && !memoryTooLow(&s) && !says(&s, "allocate memory", "insufficient memory", "too many open files", "resource temporarily")
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"no space left on device", "free data blocks"}, None: []string{"inotify"}},
				Evidence: "the disk of the host was full when the container was to be made"},
		},
	},
	{
		ID:    "host-memory",
		Title: "the host itself has too little memory",
		Why:   "Containers with only a soft limit may together use more than the instance has. Then no process can be started, or the kernel ends one of them.",
		Check: []string{
			"On the instance: free -m, and sudo dmesg | grep -i 'out of memory'",
			"aws ecs describe-container-instances --cluster {cluster|CLUSTER} --container-instances INSTANCE --region {region|REGION}: registeredResources against remainingResources",
		},
		Fix:  "Set hard memory limits, reserve memory for the system with ECS_RESERVED_MEMORY, or use larger instances.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.hostRanOut() && !memoryTooLow(&s) && !says(&s, "no space left", "too many open files") ||
				f.is(Runtime) && f.has(OOM) && softLimitOnly(&s, &f)
		},
	},
	{
		ID:    "host-file-limits",
		Title: "the host or container ran out of file handles or processes",
		Why:   "Every host limits open files, inotify watches and processes, and ulimits and pidsLimit of the definition limit the container further. At the limit nothing more can be opened or started.",
		Check: []string{
			"On the instance: cat /proc/sys/fs/file-nr, and sysctl kernel.pid_max fs.inotify.max_user_instances",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: ulimits of {culprit|the container}",
		},
		Fix:  "Raise the limit that the message names, or place fewer tasks on one instance.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.hostRanOut() && !memoryTooLow(&s) && !says(&s, "no space left", "allocate memory", "insufficient memory")
		},
		Text: []TextProof{
			saying("the runtime could open no more files", "too many open files"),
		},
	},
	{
		ID:    "dependency-failed",
		Title: "{culprit|a container} that others depend on did not end well",
		Why:   "With dependsOn SUCCESS or COMPLETE the other containers start only after this one has ended as asked for. It failed, so the task was given up.",
		Check: []string{
			"CloudWatch Logs, log stream of {culprit|that container}, task {taskId|TASK_ID}: its last lines",
			"aws ecs describe-tasks --cluster {cluster|CLUSTER} --tasks {taskId|TASK_ID} --region {region|REGION}, within an hour of the stop: exitCode and reason of {culprit|that container}",
		},
		Fix:     "Repair what {culprit|that container} does, for example the migration or initialisation that failed.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Dependency) && f.has(Crashed, UnknownFault) },
	},
	{
		ID:    "dependency-timeout",
		Title: "{culprit|a container} needs longer than its startTimeout to reach the condition that others wait for",
		Why:   "ECS gives up when a container has not become healthy, ended or started within its startTimeout; without one it waits as long as the agent allows.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: dependsOn, startTimeout and healthCheck",
			"CloudWatch Logs, log stream of {culprit|that container}: how long it took to get ready the last time it worked",
		},
		Fix:  "Raise startTimeout of {culprit|that container}, or make its start faster.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Dependency) && f.has(Timeout, UnknownFault) || f.is(Start) && f.has(UnknownFault) && len(s.Containers) > 1
		},
	},
	{
		ID:    "dependency-unhealthy",
		Title: "{culprit|a container} did not become healthy, and others wait for that",
		Why:   "With dependsOn HEALTHY the other containers start only once the container's own health check passes. Without a healthCheck in its definition it never can.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: healthCheck of {culprit|that container}",
			"CloudWatch Logs, log stream of {culprit|that container}: did the process get ready at all?",
		},
		Fix:     "Correct the healthCheck of {culprit|that container} or what it finds wrong, or depend on START instead.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Dependency) && f.has(Unhealthy, UnknownFault) },
	},
}
