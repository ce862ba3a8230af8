package classifier

import (
	"strings"

	"whystopped/events"
)

// onSpot tells that the capacity may be Spot: it says so, or it is not known.
func onSpot(s *events.Stop) bool {
	return strings.Contains(strings.ToUpper(s.CapacityProvider), "SPOT") || s.CapacityProvider == ""
}

// hostGone tells that the host went away; TerminationNotice, which does not say why, counts too.
func (f *Finding) hostGone() bool { return f.is(Host) && f.has(Lost, UnknownFault) }

// ec2Host tells that the host is a machine of its own and not one of Fargate's.
func (f *Finding) ec2Host(s *events.Stop) bool { return onEC2(s) || f.Facts.InstanceID != "" }

// platformCauses are ends that ECS, AWS or a person brought about, and faults of the machinery under the task.
var platformCauses = []Cause{
	{
		ID:    "maintenance",
		Title: "AWS retires or patches the infrastructure under the task",
		Why:   "Fargate replaces the host of a task that runs an old platform revision or stands on failing hardware. Notices come by mail and AWS Health days before, though not in every case.",
		Check: []string{
			"AWS Health dashboard, other notifications: task retirement in {region|the Region}",
			"aws ecs list-account-settings --name fargateTaskRetirementWaitPeriod --effective-settings --region {region|REGION}",
		},
		Fix:  "Do nothing for a service; for a job start it again, and redeploy before the announced day if the time matters.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-maintenance.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Host) && (f.has(Retired) && !says(&s, "draining") || f.has(UnknownFault) && !onEC2(&s) && !strings.Contains(s.CapacityProvider, "SPOT"))
		},
		Text: []TextProof{
			saying("ECS names maintenance of the infrastructure as the reason", "performing maintenance", "task retirement", "scheduled for retirement"),
		},
	},
	{
		ID:    "instance-draining",
		Title: "the container instance was set to DRAINING",
		Why:   "Managed draining before a scale-in, an instance refresh, a Spot warning or a person puts an instance into DRAINING, and ECS moves its service tasks elsewhere. Tasks of jobs are not replaced.",
		Check: []string{
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateContainerInstancesState --region {region|REGION}: who asked",
			"aws autoscaling describe-scaling-activities --auto-scaling-group-name GROUP --region {region|REGION}: Cause at that minute",
		},
		Fix:  "Do nothing for a service; protect long jobs with managed termination protection or task scale-in protection.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Host) && f.has(Retired) && (onEC2(&s) || says(&s, "draining"))
		},
		Text: []TextProof{
			saying("ECS names the draining of the instance as the reason", "draining"),
		},
	},
	{
		ID:    "host-impaired",
		Title: "the host under the task was found unhealthy",
		Why:   "ECS or EC2 saw a hardware or system fault of the host and stopped what ran on it.",
		Check: []string{
			"On EC2: aws ec2 describe-instance-status --include-all-instances --instance-ids {instanceId|INSTANCE_ID} --region {region|REGION}: SystemStatus and Events",
			"AWS Health dashboard: events of EC2 or ECS in {region|the Region}",
		},
		Fix:  "Run the service with several tasks in several zones, and replace the instance if EC2 still lists it.",
		Docs: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Host) && f.has(Lost) && (!f.ec2Host(&s) || s.StopCode == "InfrastructureHealth" || says(&s, "impair", "hardware", "underlying", "infrastructurehealth"))
		},
		Text: []TextProof{
			{Result: Confirmed, If: byRule("code/infrastructure-health"),
				Evidence: "stopCode InfrastructureHealth"},
		},
	},
	{
		ID:    "instance-terminated",
		Title: "the container instance {instanceId|under the task} was stopped or terminated",
		Why:   "Somebody, a pipeline, an Auto Scaling group or EC2 itself ended the instance, and its tasks with it.",
		Check: []string{
			"aws ec2 describe-instances --instance-ids {instanceId|INSTANCE_ID} --region {region|REGION}, within an hour: StateReason and StateTransitionReason",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=TerminateInstances --region {region|REGION}: who called it; the same for StopInstances",
		},
		Fix:     "Let instances be drained before they end (managed instance draining), and keep people and scripts from ending them otherwise.",
		Docs:    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html",
		Applies: func(s events.Stop, f Finding) bool { return f.hostGone() && f.ec2Host(&s) },
	},
	{
		ID:    "instance-scaled-in",
		Title: "the Auto Scaling group took the instance away",
		Why:   "A scale-in, an instance refresh, zone rebalancing or a failed EC2 health check makes the group terminate instances, with or without draining them first.",
		Check: []string{
			"aws autoscaling describe-scaling-activities --auto-scaling-group-name GROUP --region {region|REGION}: Cause of the activity that names {instanceId|the instance}",
			"aws ecs describe-capacity-providers --region {region|REGION}: managedTerminationProtection and managedDraining",
		},
		Fix:  "Turn on managed draining and managed termination protection of the capacity provider.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.hostGone() && f.ec2Host(&s) && s.LaunchType != "EXTERNAL"
		},
	},
	{
		ID:    "spot-reclaimed",
		Title: "AWS took the Spot capacity back",
		Why:   "Spot capacity can be reclaimed at two minutes' notice. A service gets another task when there is room; the work of a job is lost.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: capacityProviderStrategy, and whether runningCount is back at desiredCount",
			"On EC2: aws ec2 describe-spot-instance-requests --region {region|REGION}: status code of the instance's request",
		},
		Fix:  "Keep a base of On-Demand capacity beside Spot, handle SIGTERM within the notice, and let jobs save their progress.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Host) && (f.has(Interrupted) || f.hostGone() && onSpot(&s) && s.StopCode != "InfrastructureHealth" && !says(&s, "impair", "hardware", "disconnected"))
		},
		Text: []TextProof{
			{Result: Confirmed, If: byRule("fault/interrupted", "code/spot-interruption"),
				Evidence: "ECS states the interruption of Spot capacity as the reason"},
		},
	},
	{
		ID:    "circuit-breaker",
		Title: "the deployment kept failing, and its circuit breaker rolled it back",
		Why:   "After several tasks that did not start or did not become healthy, ECS gives the deployment up and goes back to the last one that completed. This stop is a consequence; the cause stands in the first failed task.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: rolloutState and rolloutStateReason of deployments, and events",
			"aws ecs list-service-deployments --cluster {cluster|CLUSTER} --service {service|SERVICE} --region {region|REGION}: status and the alarms or breaker that ended it",
			"The first stopped task of {deploymentId|that deployment}: explain that one",
		},
		Fix:  "Correct what stopped the deployment's first task, then deploy again.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Scheduler) && f.has(RolledBack) && !byAlarm(&s, &f) && !byHook(&s, &f) && !byListener(&s, &f)
		},
	},
	{
		ID:    "deployment-alarm",
		Title: "an alarm that the deployment watches went off",
		Why:   "A deployment with alarms fails as soon as one of them goes into ALARM, whatever the state of its tasks.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: alarms of deploymentConfiguration",
			"aws cloudwatch describe-alarm-history --alarm-name ALARM --region {region|REGION}: since when, and did it go off before the deployment too?",
		},
		Fix:     "Correct what the alarm measures, or the alarm, then deploy again.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Scheduler) && f.has(RolledBack) && byAlarm(&s, &f) },
		Text: []TextProof{
			saying("the message says that an alarm ended the deployment", "alarm detected"),
		},
	},
	{
		ID:    "deployment-hook",
		Title: "a lifecycle hook of the deployment failed",
		Why:   "ECS calls a Lambda function at the stages that the service names, and rolls the deployment back when it answers FAILED, answers in another form, takes too long or may not be called. The deployment's tasks can be well all the while.",
		Check: []string{
			"aws ecs list-service-deployments --cluster {cluster|CLUSTER} --service {service|SERVICE} --region {region|REGION}, then describe-service-deployments: statusReason and lifecycleStage",
			"CloudWatch Logs of the hook's Lambda function at that minute: what it answered as hookStatus",
			"aws iam get-role --role-name {role|ROLE}: ecs.amazonaws.com in its trust policy, and lambda:InvokeFunction on the function",
		},
		Fix:     "Let the hook answer hookStatus SUCCEEDED, FAILED or IN_PROGRESS in time, and let its role call it; then deploy again.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Scheduler) && f.has(RolledBack) && byHook(&s, &f) },
		Text: []TextProof{
			saying("the message names a lifecycle hook as what failed", "lifecycle hook(s) failed", "hook execution failure"),
		},
	},
	{
		ID:    "deployment-listeners",
		Title: "listener rules, target groups or the role of the blue/green deployment do not fit",
		Why:   "Both target groups must belong to the production or the test listener rule, exactly one of them may get the traffic when a deployment begins, and the infrastructure role must be able to change the listeners.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: loadBalancers with advancedConfiguration",
			"aws elbv2 describe-rules --listener-arn LISTENER_ARN --region {region|REGION}: target groups and weights of the rules that it names",
			"aws iam get-role --role-name {role|ROLE}: ecs.amazonaws.com in its trust policy",
		},
		Fix:     "Attach both target groups to the rules that the service names, give one of them all the weight, and let the infrastructure role manage the load balancer; then deploy again.",
		Docs:    docBlueGreen,
		Applies: func(s events.Stop, f Finding) bool { return f.is(Scheduler) && f.has(RolledBack) && byListener(&s, &f) },
		Text: []TextProof{
			saying("the message calls the networking configuration invalid", "invalid networking configuration"),
		},
	},
	{
		ID:    "deployment-bounds",
		Title: "minimumHealthyPercent and maximumPercent leave the deployment no step",
		Why:   "With a small desired count, rounding can make the fewest tasks that must run as many as the most that may run. Then ECS may neither stop an old task nor start a new one.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: deploymentConfiguration and desiredCount",
		},
		Fix:     "Raise maximumPercent, or lower minimumHealthyPercent, until one task more or less is allowed.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Scheduler) && f.has(Invalid) },
	},
	{
		ID:    "api-throttled",
		Title: "ECS, Cloud Map or the load balancer's API limits the calls of the service scheduler",
		Why:   "The scheduler registers targets and instances through APIs whose limits all services of the account share. Many deployments at once, or services that fail in a loop, use them up.",
		Check: []string{
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=ecs-service-scheduler --region {region|REGION}: errorCode ThrottlingException, and of which call",
			"Service Quotas console, Amazon ECS and AWS Cloud Map: rate limits",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: do its tasks fail in a loop?",
		},
		Fix:     "Stop services that fail in a loop, spread deployments in time, or ask for higher limits.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/operating-at-scale-dealing-with-throttles.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Scheduler, HealthCheck) && f.has(RateLimited) },
	},
	{
		ID:    "tasks-protected",
		Title: "scale-in protection keeps more tasks than are wanted",
		Why:   "A task that is protected is not stopped by scale-in nor by a deployment until its protection is taken off or runs out.",
		Check: []string{
			"aws ecs get-task-protection --cluster {cluster|CLUSTER} --region {region|REGION} --tasks TASK_ID…: protectionEnabled and expirationDate",
		},
		Fix:  "Let the application take its protection off when its work is done, or give it an expiry.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Scheduler) && f.has(UnknownFault) && says(&s, "protected", "under protection")
		},
	},
	{
		ID:    "target-group-unfit",
		Title: "the target group of {service|the service} does not take the tasks",
		Why:   "Targets must lie in the target group's VPC, be of its target type (ip for awsvpc, instance for bridge and host), and fit into its quota of targets. A group without a load balancer sends nothing on.",
		Check: []string{
			"aws elbv2 describe-target-groups --names {targetGroup|TARGET_GROUP} --region {region|REGION}: VpcId, TargetType and LoadBalancerArns",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: subnets of networkConfiguration, and in events the error of the load balancer",
		},
		Fix:  "Use a target group of the tasks' VPC and target type that belongs to a load balancer.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
		Applies: func(_ events.Stop, f Finding) bool {
			return f.StageRule == "stage/target-registration" && !f.has(Denied, RateLimited)
		},
		Text: []TextProof{
			saying("Elastic Load Balancing answered that the targets lie in another VPC than their group", "not in the target group vpc"),
		},
	},
	{
		ID:    "target-missing",
		Title: "the target group of {service|the service}, or the task's target in it, is gone",
		Why:   "A target group that was deleted or replaced, or a target that somebody deregistered by hand, leaves ECS nothing to ask for the task's health.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: loadBalancers",
			"aws elbv2 describe-target-groups --region {region|REGION}, and describe-target-health of {targetGroup|the group}",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeregisterTargets --region {region|REGION}: who called it; also DeleteTargetGroup",
		},
		Fix:     "Update the service with a target group that exists, and leave its targets to ECS.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(HealthCheck) && f.has(NotFound) },
	},
	{
		ID:    "request-names-missing",
		Title: "the cluster, task definition or container instance that the call names does not exist",
		Why:   "A schedule, a pipeline or a workflow keeps the names it was made with. A cluster that was renamed, a revision that was deregistered or another Region leave its calls without an answer.",
		Check: []string{
			"aws ecs list-clusters --region {region|REGION}, and aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: status",
			"The caller, as CloudTrail's userIdentity names it: which schedule, pipeline or workflow is it?",
		},
		Fix:     "Correct the name where the caller keeps it; name the family without revision for the latest one.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Placement) && f.has(NotFound) && ofRequest(&s, &f) },
	},
	{
		ID:    "scheduler-silent",
		Title: "the service scheduler stopped the task and gave no reason",
		Why:   "Deployments, scale-in, unhealthy targets and rebalancing all carry this stop code. The service's events of that minute tell which it was.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: events at the time of the stop; only the last 100 are kept",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateService --region {region|REGION}",
		},
		Fix:  "Do nothing if the events show a deployment or scaling; otherwise follow what they name.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Scheduler) && f.has(UnknownFault) && !ofService(&s, &f)
		},
	},
	{
		ID:    "desired-count-lowered",
		Title: "fewer tasks are wanted: the desired count of {service|the service} went down",
		Why:   "Auto scaling, a schedule or a person lowered the desired count, and ECS stopped what was too many.",
		Check: []string{
			"aws application-autoscaling describe-scaling-activities --service-namespace ecs --resource-id service/{cluster|CLUSTER}/{service|SERVICE} --region {region|REGION}",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=UpdateService --region {region|REGION}: desiredCount",
		},
		Fix:  "Do nothing, unless the scaling policy takes tasks away that are needed.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Scheduler) && f.has(ScaledIn, UnknownFault) && !ofService(&s, &f)
		},
	},
	{
		ID:    "deployment-replaced",
		Title: "a newer deployment took the task's place",
		Why:   "During a deployment ECS starts new tasks and stops old ones. The text speaks of scaling activity then, too.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: is {deployment|the task's deployment} still the PRIMARY one?",
			"aws ecs list-service-deployments --cluster {cluster|CLUSTER} --service {service|SERVICE} --region {region|REGION}",
		},
		Fix:  "Do nothing; see only that the new tasks stay up.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Scheduler) && !ofService(&s, &f) && (f.has(ScaledIn, UnknownFault) || f.has(Replaced) && !says(&s, "rebalancing"))
		},
	},
	{
		ID:    "az-rebalancing",
		Title: "ECS moved the task to another Availability Zone",
		Why:   "With Availability Zone rebalancing on, ECS starts a task in a zone that has too few and stops one where there are too many.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: availabilityZoneRebalancing, and events",
		},
		Fix:  "Do nothing, or turn rebalancing off for a service whose tasks should not move.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Scheduler) && f.has(Replaced) && says(&s, "rebalancing")
		},
		Text: []TextProof{
			saying("ECS names Availability Zone rebalancing as the reason", "zone rebalancing initiated by"),
		},
	},
	{
		ID:    "instance-deregistered",
		Title: "the container instance was deregistered from the cluster",
		Why:   "A deregistration by force stops what runs on the instance, and a task cannot be placed on one that is no longer registered or not active.",
		Check: []string{
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeregisterContainerInstance --region {region|REGION}: who called it",
			"aws ecs list-container-instances --cluster {cluster|CLUSTER} --region {region|REGION}: is the instance still listed?",
		},
		Fix:  "Drain an instance before deregistering it, and place tasks only on instances that are ACTIVE.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister_container_instance.html",
		Applies: func(s events.Stop, f Finding) bool {
			named := s.Kind != events.KindRequest || s.ContainerInstanceARN != ""
			return f.is(User) && says(&s, "deregist") || f.is(Placement) && f.has(NotFound) && named
		},
	},
	{
		ID:    "stopped-by-person",
		Title: "a person called StopTask",
		Why:   "The console, the CLI or a chat tool asked ECS to stop this one task. CloudTrail knows who it was.",
		Check: []string{
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopTask --region {region|REGION}, some 15 minutes after the stop: userIdentity and sourceIPAddress of the event that names {taskId|the task}",
		},
		Fix:  "Do nothing if the stop was meant; otherwise ask whoever CloudTrail names.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(User) && !says(&s, "deregist") && s.Launcher != events.LauncherBatch && s.Launcher != events.LauncherStepFunctions
		},
	},
	{
		ID:    "stopped-by-automation",
		Title: "a pipeline or another AWS service called StopTask",
		Why:   "AWS Batch, Step Functions, CodeDeploy and deployment scripts stop tasks through the same call as people do. What they write as the reason is the best hint.",
		Check: []string{
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=StopTask --region {region|REGION}: userAgent and invokedBy of the event that names {taskId|the task}",
			"The job, execution or pipeline run that started {taskId|the task}: was it cancelled?",
		},
		Fix:     "Do nothing if the stop was meant; otherwise look at the job or pipeline that asked for it.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(User) && !says(&s, "deregist") },
	},
	{
		ID:    "cgroup-fault",
		Title: "the control group that limits the task's memory and CPU could not be set up",
		Why:   "The agent makes a control group for each task. A host with another cgroup version than the agent expects, or one that has too many of them, refuses it.",
		Check: []string{
			"On the instance: stat -fc %T /sys/fs/cgroup (cgroup2fs is version 2), and sudo docker info | grep -i cgroup",
			"aws ecs describe-container-instances --cluster {cluster|CLUSTER} --container-instances INSTANCE --region {region|REGION}: versionInfo",
			"On the instance: sudo tail -n 200 /var/log/ecs/ecs-agent.log",
		},
		Fix:     "Replace the instance with one of the current ECS-optimized AMI, or set ECS_ENABLE_TASK_CPU_MEM_LIMIT to false for the time being.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Agent) && says(&s, "cgroup") },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"cgroup"}, Any: []string{"unable to create", "setup cgroup"}},
				Evidence: "the agent could not create the control group"},
		},
	},
	{
		ID:    "docker-unresponsive",
		Title: "Docker on the instance does not answer in time",
		Why:   "A disk without burst credits, too many containers that start at once or a Docker daemon that hangs makes the agent give up. How the process itself ended is then not known.",
		Check: []string{
			"CloudWatch, namespace AWS/EBS, BurstBalance and VolumeQueueLength of the instance's volume; CPUCreditBalance for instances of type T",
			"On the instance: time sudo docker ps, and sudo journalctl -u docker --since -1h",
		},
		Fix:  "Give the instances faster disks (gp3) and more CPU, start fewer containers at once, and replace one that hangs.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Agent) && (!f.has(Internal, NotFound) || f.FaultRule == "fault/docker-daemon") && onEC2(&s) || f.is(Create, Start) && f.has(Timeout)
		},
	},
	{
		ID:    "agent-fault",
		Title: "the ECS agent lost track of the container or failed at its own work",
		Why:   "A restart of the agent or of Docker, a container that was removed by hand or a fault in the agent leaves it with a state that it cannot carry on from.",
		Check: []string{
			"On the instance: sudo tail -n 200 /var/log/ecs/ecs-agent.log at the minute of the stop",
			"On the instance: systemctl status ecs docker: since when do they run?",
			"aws ecs describe-container-instances --cluster {cluster|CLUSTER} --container-instances INSTANCE --region {region|REGION}: agentConnected and versionInfo",
		},
		Fix:     "Restart or update the agent, and replace the instance if it happens again.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Agent) && onEC2(&s) },
	},
	{
		ID:    "platform-fault",
		Title: "AWS itself failed at this step",
		Why:   "The text speaks of an internal error, or of machinery that only AWS runs. Such faults mostly pass.",
		Check: []string{
			"AWS Health dashboard: events of ECS, Fargate and EC2 in {region|the Region}",
			"aws ecs list-tasks --cluster {cluster|CLUSTER} --desired-status STOPPED --region {region|REGION}: did other tasks fail in the same minutes?",
		},
		Fix:  "Start the task again; if it repeats, open a support case with the ARN of task {taskId|that failed}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.has(Internal) || f.is(Agent) && !onEC2(&s) || f.is(Placement, Volume) && f.has(Timeout, RateLimited)
		},
	},
	{
		ID:    "agent-old",
		Title: "the ECS agent or the AMI of the instance is too old",
		Why:   "What a task definition asks for may need a newer agent. Old agents also have faults that were corrected since.",
		Check: []string{
			"aws ecs describe-container-instances --cluster {cluster|CLUSTER} --container-instances INSTANCE --region {region|REGION}: agentVersion and dockerVersion of versionInfo",
			"aws ssm get-parameters --names /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended --region {region|REGION}: the current AMI and its agent",
		},
		Fix:  "Update the agent (aws ecs update-container-agent), better: replace the instances with the current ECS-optimized AMI.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-update.html",
		Applies: func(s events.Stop, f Finding) bool {
			return onEC2(&s) && (f.is(Agent) || f.is(Placement) && f.has(Mismatch) || f.is(Create, Start) && f.has(Internal))
		},
	},
	{
		ID:    "text-missing",
		Title: "ECS said too little to name a cause",
		Why:   "The event has no text, one that is cut off, or one that nobody has met before. More stands in other places, but only for about an hour.",
		Check: []string{
			"aws ecs describe-tasks --cluster {cluster|CLUSTER} --tasks {taskId|TASK_ID} --region {region|REGION}, within an hour of the stop: stoppedReason, and reason of each container",
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: events at that minute",
			"CloudWatch Logs, log streams of task {taskId|TASK_ID}: did the process start at all?",
		},
		Fix:  "Catch the next such stop early and read these three places before they are gone.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html",
		Applies: func(s events.Stop, f Finding) bool {
			silent := f.is(Scheduler) && ofService(&s, &f) && !routine(&s, &f)
			return f.is(UnknownStage) || f.has(UnknownFault) && (silent || !f.is(Runtime, Host, Scheduler, User))
		},
	},
}
