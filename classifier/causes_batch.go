package classifier

import "whystopped/events"

// batchCauses are defects that keep a job of AWS Batch from running: of its queue, its compute environment, its job
// definition, and what it depends on. They are causes of setup.
var batchCauses = []Cause{
	{
		ID:    "ec2-capacity",
		Title: "EC2 does not have enough capacity for the instance types of the compute environment",
		Why: "AWS Batch asked for instances, and EC2 had none of these types in the zones of the compute " +
			"environment. Large, new and GPU types, Spot and a single zone run out first, and the job at the " +
			"head blocks the whole queue.",
		Check: func() []Check {
			return []Check{
				run("aws batch describe-job-queues --region {region}",
					"computeEnvironmentOrder and jobStateTimeLimitActions"),
				describeEnvironments(
					"instanceTypes, allocationStrategy, subnets and bidPercentage of computeResources"),
				describeScaling("StatusMessage of the launches that failed"),
			}
		},
		Fix: "Allow more instance types and zones in the compute environment, or add a second one to the queue " +
			"(On-Demand beside Spot).",
		Docs: "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_capacity.html",
		Example: "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for " +
			"instance type [g5.xlarge]",
		Unproven: "Batch says it; no API tells how much capacity EC2 has.",
		At:       []Stage{Placement},
		Applies:  func(v *view) bool { return v.has(Exhausted) && ofBatchQueue(v) },
		Text: []TextProof{
			saying("AWS Batch names the capacity of EC2 as what keeps the job waiting",
				"insufficient_instance_capacity"),
		},
	},
	{
		ID:    "compute-environment-max-vcpus",
		Title: "maxvCpus of the compute environment is smaller than what the job needs",
		Why: "AWS Batch never scales a compute environment beyond its maxvCpus. A job that needs more, or whose " +
			"smallest fitting instance has more, waits at the head of the queue without end.",
		Check: func() []Check {
			return []Check{
				describeEnvironments("maxvCpus of computeResources, for each environment of the queue"),
				describeJobDefinition("VCPU and MEMORY in resourceRequirements, and the number of nodes"),
			}
		},
		Fix:  "Raise maxvCpus of the compute environment, or let the job ask for fewer vCPUs.",
		Docs: "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_misconfiguration.html",
		Example: "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot " +
			"meet the CPU requirement of the job.",
		Unproven: "Batch says it, and compute environments are not read.",
		At:       []Stage{Placement},
		Applies: func(v *view) bool {
			return v.has(Invalid) && v.says("max_resource", "quota_management")
		},
		Text: []TextProof{
			saying("AWS Batch names the maximum of the compute environment as what the job exceeds",
				"compute_environment_max_resource"),
		},
	},
	{
		ID:    "job-too-large",
		Title: "the job asks for more vCPUs, memory or GPUs than the compute environment can give one job",
		Why: "Each job must fit on one instance, beside what the ECS agent and the operating system reserve. A " +
			"job that asks for all the memory of an instance type never fits on it.",
		Check: func() []Check {
			return []Check{
				describeJob("resourceRequirements of its container"),
				describeEnvironments("instanceTypes of computeResources"),
				run("aws ec2 describe-instance-types --instance-types {largestType} --region {region}",
					"VCpuInfo, MemoryInfo and GpuInfo of the largest of them").at(maybeEC2),
			}
		},
		Fix: "Let the job ask for a little less than the instance type has, or add larger instance types to the " +
			"compute environment.",
		Docs:     "https://docs.aws.amazon.com/batch/latest/userguide/memory-management.html",
		Example:  "Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
		Unproven: "Batch says it, and compute environments are not read.",
		At:       []Stage{Placement},
		Applies:  func(v *view) bool { return v.has(Invalid) && v.says("job_resource_requirement") },
		Text: []TextProof{
			saying("AWS Batch names the resource requirements of the job as what no instance meets",
				"job_resource_requirement"),
		},
	},
	{
		ID:    "compute-environment-unsupported",
		Title: "the instance types, AMI or launch template of the compute environment do not go together",
		Why: "With an AMI of another architecture than the instance types, types that the Region does not have, " +
			"or a launch template that asks for what a type lacks, EC2 launches nothing and the queue waits.",
		Check: func() []Check {
			return []Check{
				describeEnvironments("instanceTypes, ec2Configuration, imageId and launchTemplate of computeResources"),
				describeScaling("StatusMessage of the launches that failed"),
			}
		},
		Fix:  "Use an AMI and a launch template that fit each instance type of the compute environment.",
		Docs: "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable_misconfiguration.html",
		Example: "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - Compute environment has an unsupported " +
			"instance configuration",
		Unproven: "Batch says it, and compute environments are not read.",
		At:       []Stage{Placement},
		Applies:  func(v *view) bool { return v.has(Invalid) && v.says("instance_configuration_unsupported") },
		Text: []TextProof{
			saying("AWS Batch names the instance configuration as what is not supported",
				"instance_configuration_unsupported"),
		},
	},
	{
		ID:    "compute-environment-invalid",
		Title: "all compute environments of the job queue are INVALID",
		Why: "The compute environment names a service role, instance profile, Spot fleet role, key pair, " +
			"security group or launch template that is gone or may not be used. Batch then starts nothing in it.",
		Check: func() []Check {
			return []Check{
				describeEnvironments("status INVALID, and statusReason, which names what is wrong"),
				run("aws batch describe-job-queues --region {region}", "computeEnvironmentOrder"),
			}
		},
		Fix: "Correct what statusReason of the compute environment names, and update it until its status is " +
			"VALID.",
		Docs:     "https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html",
		Example:  "ACTION_REQUIRED - CE(s) associated with the job queue are invalid.",
		Unproven: "Batch says it, and compute environments are not read.",
		At:       []Stage{Placement},
		Applies:  func(v *view) bool { return v.has(Invalid) && v.says("action_required") },
		Text: []TextProof{
			saying("AWS Batch says that the compute environments of the queue are invalid", "are invalid"),
		},
	},
	{
		ID:    "batch-service-role-denied",
		Title: "the service role of AWS Batch lacks permissions that the compute environment needs",
		Why: "Batch launches instances, creates ECS clusters and reads scaling activities with the service role " +
			"of the compute environment. A role of your own can lack what Batch needs by now, or an " +
			"organization's policy denies it.",
		Check: func() []Check {
			return []Check{
				describeEnvironments("serviceRole; empty means the service-linked role AWSServiceRoleForBatch"),
				run("aws iam list-attached-role-policies --role-name {role|AWSServiceRoleForBatch} --region {region}",
					"AWSBatchServiceRole; for a role of your own also autoscaling:DescribeScalingActivities and "+
						"ec2:DescribeSpotFleetRequestHistory"),
				run("aws cloudtrail lookup-events --lookup-attributes "+
					"AttributeKey=Username,AttributeValue=aws-batch{around} --region {region}",
					"errorCode of its calls"),
			}
		},
		Fix: "Attach AWSBatchServiceRole to the service role, or leave serviceRole out so that Batch uses its " +
			"service-linked role.",
		Docs:     "https://docs.aws.amazon.com/batch/latest/userguide/service_IAM_role.html",
		Example:  "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - Batch service role has a permission issue.",
		Unproven: "Batch says it, and its own calls are not read.",
		At:       []Stage{Role},
		Applies:  func(v *view) bool { return v.StageRule == "stage/batch-service-role" },
		Text: []TextProof{
			saying("AWS Batch names the permissions of its service role as what blocks the queue",
				"service_role_permissions"),
		},
	},
	{
		ID:    "overrides-too-long",
		Title: "the overrides of the job are longer than ECS takes",
		Why: "Command, environment and resource overrides of one call may have 8192 characters together. " +
			"Workflow tools that put whole scripts or encoded parameters into the command exceed that.",
		Check: func() []Check {
			return []Check{
				describeJob("length of command and environment of its container"),
			}
		},
		Fix: "Put the script or parameters into S3, the image or the job definition, and pass only their " +
			"location.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html",
		Example:  "Container Overrides length must be at most 8192",
		Unproven: "The text holds ECS's answer, which counted the characters.",
		At:       []Stage{Placement},
		Applies:  func(v *view) bool { return v.has(Invalid) && v.says("overrides length") },
		Text: []TextProof{
			saying("ECS answered that the overrides are too long", "overrides length must be at most"),
		},
	},
	{
		ID:    "job-dependency-failed",
		Title: "the job never ran, because a job that it depends on failed",
		Why: "A job waits for those in its dependsOn, and an array job for its children. When one of them fails, " +
			"Batch fails those that wait, without starting them.",
		Check: func() []Check {
			return []Check{
				describeJob("dependsOn and arrayProperties"),
				run("aws batch describe-jobs --jobs {otherJob} --region {region}",
					"its statusReason, and that of its last attempt"),
				run("aws batch list-jobs --array-job-id {jobId} --job-status FAILED --region {region}",
					"the children that failed, where it is an array"),
			}
		},
		Fix:      "Correct what made the other job fail, then submit both again.",
		Docs:     "https://docs.aws.amazon.com/batch/latest/userguide/job_dependencies.html",
		Example:  "Dependent Job failed",
		Unproven: "Batch says it; why the other job failed is in that job's own event.",
		At:       []Stage{Dependency},
		Applies:  jobDependency,
	},
	{
		ID:    "batch-instances-do-not-join",
		Title: "instances of the compute environment do not come up, or do not join its cluster",
		Why: "Without an instance role with AmazonEC2ContainerServiceforEC2Role, without a route from the subnet " +
			"to ECS, or with an AMI without the ECS agent, instances start and the job still waits. When " +
			"maxvCpus is reached it looks the same.",
		Check: func() []Check {
			return []Check{
				describeEnvironments("status, instanceRole, subnets, desiredvCpus against maxvCpus, and ecsClusterArn"),
				run("aws ecs list-container-instances --cluster {cluster} --region {region}",
					"empty means that none joined").at(maybeEC2),
				describeScaling("StatusMessage of the launches that failed"),
			}
		},
		Fix: "Give the instances a role and a route to ECS (NAT gateway or VPC endpoints), and the compute " +
			"environment enough maxvCpus for the job.",
		Docs:     "https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html",
		Example:  "UNDETERMINED - Batch job is blocked, root cause is undetermined.",
		Unproven: "Compute environments and their instances are not read.",
		At:       []Stage{Placement},
		Applies:  func(v *view) bool { return v.has(UnknownFault) && ofBatchQueue(v) },
	},
}

// ofBatchQueue reports whether AWS Batch says why a job waits in its queue, or waited there until it was given up.
func ofBatchQueue(v *view) bool { return v.StageRule == "stage/batch-queue" }

// jobDependency reports whether a job waited for another job, and not a container for another container.
func jobDependency(v *view) bool { return v.StageRule == "stage/batch-dependency" }

// ofBatch reports whether AWS Batch started the task.
func ofBatch(v *view) bool { return v.Launcher == events.LauncherBatch }
