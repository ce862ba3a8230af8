package classifier

import (
	"slices"
	"strings"

	"whystopped/events/awsname"
)

// accessCauses are defects of roles, policies, keys and registry logins. Where the message names the policy that
// refused, the one cause about that policy stands alone.
var accessCauses = []Cause{
	{
		ID:    "role-not-assumable",
		Title: "{role|the role} does not trust ECS",
		Why: "ECS can use a role only if its trust policy names ecs-tasks.amazonaws.com (ecs.amazonaws.com for " +
			"the infrastructure role of volumes) and all its conditions hold for this account and cluster.",
		Check: func() []Check {
			return []Check{
				run("aws iam get-role --role-name {role|{executionRole}} --region {region}",
					"AssumeRolePolicyDocument with Principal Service ecs-tasks.amazonaws.com and Action "+
						"sts:AssumeRole; a "+
						"CreateDate just before the failure means that IAM had not caught up: start it again"),
				lookAt("Conditions in it: aws:SourceAccount is {account|the task's account}, aws:SourceArn fits " +
					"arn:{partition|aws}:ecs:{region|REGION}:{account|ACCOUNT}:*"),
			}
		},
		Fix: "Let the trust policy of {role|the role} name ecs-tasks.amazonaws.com (ecs.amazonaws.com for an " +
			"infrastructure role).",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
		Example: "ECS was unable to assume the role 'arn:aws:iam::210987654321:role/orders-exec' that was provided " +
			"for this task.",
		At:      []Stage{Role},
		Applies: func(v *view) bool { return v.deniedUnsaid() && roleRefused(v) && !balancerRole(v) },
	},
	{
		ID: "balancer-role-unfit",
		Title: "the role that ECS uses for the load balancer does not trust ECS, or may not describe target " +
			"groups",
		Why: "ECS looks up load balancer and target group with the service-linked role AWSServiceRoleForECS or, " +
			"if the call names one, with the service's own role. That must trust ecs.amazonaws.com and allow " +
			"elasticloadbalancing:Describe*, RegisterTargets and DeregisterTargets. The execution and task role " +
			"play no part.",
		Check: func() []Check {
			return []Check{
				trail("{call|CreateService}", "role in requestParameters; none means AWSServiceRoleForECS"),
				run("aws iam get-role --role-name {role|AWSServiceRoleForECS} --region {region}",
					"AssumeRolePolicyDocument with Principal Service ecs.amazonaws.com"),
				run("aws iam list-attached-role-policies --role-name {role|AWSServiceRoleForECS} --region {region}",
					"AmazonECSServiceRolePolicy for the service-linked role, AmazonEC2ContainerServiceRole for one of "+
						"your own"),
			}
		},
		Fix: "Leave role out of the call, so that ECS uses AWSServiceRoleForECS, or let the role trust " +
			"ecs.amazonaws.com and attach AmazonEC2ContainerServiceRole. Where the former does not exist: `aws iam " +
			"create-service-linked-role --aws-service-name ecs.amazonaws.com --region {region}`.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html",
		Example: "CreateService: InvalidParameterException: Unable to assume role and validate the specified " +
			"targetGroupArn. Please verify that the ECS service role being passed has the proper permissions.",
		Unproven: "Which role the call named, and its policies, are not read.",
		At:       []Stage{Role},
		Applies:  func(v *view) bool { return v.deniedUnsaid() && balancerRole(v) },
	},
	{
		ID:    "balancer-name-wrong",
		Title: "the call names no target group or load balancer of this account and Region",
		Why: "ECS gives the same answer when it finds no such target group: the ARN of a load balancer or a name " +
			"in place of the target group's ARN, an ARN of another Region, or a deleted group.",
		Check: func() []Check {
			return []Check{
				trail("{call|CreateService}", "loadBalancers in requestParameters; targetGroupArn has the form "+
					"arn:{partition|aws}:elasticloadbalancing:{region|REGION}:{account|ACCOUNT}:targetgroup/NAME/ID"),
				run("aws elbv2 describe-target-groups --region {region}",
					"that ARN is there, and LoadBalancerArns is not empty"),
			}
		},
		Fix:  "Name the ARN of a target group that exists in {region|the service's Region}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html",
		Example: "CreateService: InvalidParameterException: Unable to assume role and validate the specified " +
			"targetGroupArn. Please verify that the ECS service role being passed has the proper permissions.",
		Unproven: "Target groups of a call that was refused are not read.",
		At:       []Stage{Role},
		Applies:  func(v *view) bool { return v.deniedUnsaid() && balancerRole(v) },
	},
	{
		ID:    "task-role-service-linked",
		Title: "a service-linked role is used as a role of the task; it does not trust ECS tasks",
		Why: "Roles below /aws-service-role/ belong to the service in their path, and only that service may " +
			"assume them. executionRoleArn and taskRoleArn need a role of your own that trusts " +
			"ecs-tasks.amazonaws.com.",
		Check: func() []Check {
			return []Check{
				describeDefinition("executionRoleArn and taskRoleArn"),
			}
		},
		Fix: "Name ecsTaskExecutionRole, or another role that trusts ecs-tasks.amazonaws.com, and deploy a new " +
			"revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
		Example: "ECS was unable to assume the role " +
			"'arn:aws:iam::210987654321:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS' that was " +
			"provided for this task.",
		Unproven: "The ARN of the role shows it.",
		At:       []Stage{Role},
		Applies:  func(v *view) bool { return v.has(Denied) && serviceLinkedRole(v) },
		Text: []TextProof{
			{Result: Confirmed, If: serviceLinkedRole,
				Evidence: "the ARN of {role|the role} is below /aws-service-role/, so it belongs to a service"},
		},
	},
	{
		ID:    "role-missing",
		Title: "the task has no execution or task role that exists",
		Why: "ECS needs an execution role to pull from ECR on Fargate, to read secrets and environment files and " +
			"to write logs. A role that was deleted, or deleted and created again, fails in the same way until a " +
			"new task starts.",
		Check: func() []Check {
			return []Check{
				describeDefinition("executionRoleArn and taskRoleArn"),
				run("aws iam get-role --role-name {role|{executionRole}} --region {region}",
					"it exists, and CreateDate is before the task's start"),
			}
		},
		Fix: "Create the role, or set executionRoleArn and taskRoleArn to one that exists, and deploy a new " +
			"revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: NoCredentialProviders: no valid providers in chain",
		At: []Stage{Role},
		Applies: func(v *view) bool {
			return (v.has(NotFound) || v.deniedUnsaid() && roleRefused(v)) && !balancerRole(v)
		},
	},
	{
		ID:    "role-new",
		Title: "{role|the role} was created or changed moments before, and is not known everywhere yet",
		Why: "IAM needs some seconds until every Region knows a new role, trust policy or permission. A template " +
			"that creates role and service together is often faster.",
		Check: func() []Check {
			return []Check{
				run("aws iam get-role --role-name {role|{executionRole}} --region {region}",
					"CreateDate against the task's start"),
				run("aws cloudtrail lookup-events --lookup-attributes "+
					"AttributeKey=ResourceName,AttributeValue={role|{executionRole}}{dayBefore} --region {iamRegion}",
					"UpdateAssumeRolePolicy, AttachRolePolicy and PutRolePolicy just before"),
			}
		},
		Fix:  "Start the task again after a minute; in a template let the service depend on the role's policies.",
		Docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html",
		Example: "ECS was unable to assume the role 'arn:aws:iam::210987654321:role/orders-exec' that was provided " +
			"for this task.",
		At:      []Stage{Role},
		Applies: func(v *view) bool { return v.deniedUnsaid() && roleRefused(v) && !serviceLinkedRole(v) },
	},
	{
		ID:    "instance-role-missing",
		Title: "the container instance has no usable role",
		Why: "On EC2 the agent logs in to ECR and opens the log stream with the instance's role if the task has " +
			"no execution role. Without an instance profile, or without access to the instance metadata service, " +
			"it has no credentials.",
		Check: func() []Check {
			return []Check{
				describeEC2("IamInstanceProfile, and HttpPutResponseHopLimit of MetadataOptions at least 2 where the " +
					"agent runs in a bridge network"),
				run("aws iam list-attached-role-policies --role-name {instanceRole} --region {region}",
					"AmazonEC2ContainerServiceforEC2Role or its actions").at(maybeEC2),
			}
		},
		Fix: "Attach an instance profile with AmazonEC2ContainerServiceforEC2Role, or give the task an execution " +
			"role.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotPullECRContainerError: AccessDeniedException: not authorized to perform: ecr:GetAuthorizationToken on resource: *"}`,
		Applies: func(v *view) bool {
			noRole := v.is(Role) && v.has(NotFound, Unreachable)
			notTheTasks := v.is(RegistryAuth, Logging) && v.deniedUnsaid() && v.Facts.Role == "" &&
				!v.internetRegistry() && !wrongPassword(v)
			return v.OnInstance() && (noRole || notTheTasks)
		},
	},
	{
		ID:    "role-permission-missing",
		Title: "{theRole|{caller|the execution role}} may not call {action|the action}",
		Why: "The call is made with {role|the task's execution role, or on EC2 the instance's role}, and no " +
			"policy of that role allows {action|it}, or one denies it. AmazonECSTaskExecutionRolePolicy allows " +
			"ECR pulls, logs:CreateLogStream and logs:PutLogEvents, but neither logs:CreateLogGroup nor anything " +
			"for secrets, parameters, keys or environment files.",
		Check: func() []Check {
			return []Check{
				simulate(),
				run("aws iam list-attached-role-policies --role-name {role|{executionRole}} --region {region}",
					"a policy that allows {action|the action}"),
				run("aws iam list-role-policies --role-name {role|{executionRole}} --region {region}",
					"inline policies, which count as well"),
				describeDefinition("executionRoleArn is the role that you meant"),
			}
		},
		Fix: "Allow {action|the action} on {resource|what it asks for} in a policy of {role|{caller|the execution " +
			"role}}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 because no identity-based policy " +
			"allows the secretsmanager:GetSecretValue action",
		Applies: func(v *view) bool {
			switch {
			case v.refusedBy("identity-based policy"):
				return true
			case v.deniedUnsaid() && v.calls() && !v.is(EnvFile) && !v.kms():
				return v.served() || v.Facts.AWSAction != "" || v.credentialsSecret()
			case v.deniedUnsaid() && v.is(Role, Placement, HealthCheck, Scheduler, Network):
				return strings.Contains(v.Facts.AWSAction, ":") && v.Facts.AWSAction != "sts:AssumeRole"
			}
			return v.toInternet && v.ecrPull()
		},
		Text: slices.Concat([]TextProof{deniedExplicitly}, deniedByPolicy("identity-based policy"), notRefused),
	},
	{
		ID:    "caller-permission-missing",
		Title: "whoever starts the task may not pass {role|the role of the task} to ECS (iam:PassRole)",
		Why: "Whoever starts a task, or launches instances for it, passes its roles and needs iam:PassRole on " +
			"each: a schedule's role, a pipeline, a Lambda function, the infrastructure role of a capacity " +
			"provider. The role that is passed lacks nothing.",
		Check: func() []Check {
			return []Check{
				trail("RunTask",
					"userIdentity of whoever called; for a service look for CreateService and UpdateService"),
				run("aws iam simulate-principal-policy --policy-source-arn {callerArn} --action-names iam:PassRole "+
					"--resource-arns {roleArn} --region {region}", "EvalDecision"),
			}
		},
		Fix: "Allow iam:PassRole on {role|each role of the task} to whoever starts it, with iam:PassedToService " +
			"ecs-tasks.amazonaws.com.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html",
		Example: "ECS was unable to assume the role 'arn:aws:iam::210987654321:role/orders-exec' that was provided " +
			"for this task. Please verify that the role being passed has the proper trust relationship and " +
			"permissions and that your IAM user has permissions to pass this role.",
		Unproven: "The text names caller and role; policies of callers are not read.",
		Applies:  func(v *view) bool { return v.has(Denied) && v.says("permissions to pass this role") },
	},
	{
		ID:    "repository-policy-denies",
		Title: "the repository in {registry|the registry} of another account does not let this account pull",
		Why: "An image in another account's registry needs two permissions: one in the role's own policies, and " +
			"one in the repository's policy for {account|the task's account} or the role.",
		Check: func() []Check {
			return []Check{
				run("aws ecr get-repository-policy --registry-id {registryAccount} --repository-name {repository} "+
					"--region {registryRegion}",
					"a statement with Principal account {account|ACCOUNT} and the actions "+
						"ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:BatchCheckLayerAvailability; best run "+
						"by "+
						"the owner of {registry|the registry}"),
			}
		},
		Fix: "Ask the owner of {registry|the registry} to allow the three pull actions for {account|the task's " +
			"account} in the repository's policy.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
		Example: "CannotPullContainerError: Error response from daemon: pull access denied for " +
			"998877665544.dkr.ecr.eu-north-1.amazonaws.com/orders, repository does not exist or may require 'docker " +
			"login'",
		Applies: func(v *view) bool { return v.awsDenied() && v.ecrPull() && v.otherAccount() },
	},
	{
		ID:    "resource-policy-denies",
		Title: "the policy of {resource|the resource} itself does not allow {role|the role}",
		Why: "A secret, bucket, key, repository or file system can have a policy of its own. A deny in it " +
			"overrides every allow of the role, and across accounts it must allow the call as well.",
		Check: func() []Check {
			return []Check{
				run("aws secretsmanager get-resource-policy --secret-id {secretName} --region {secretRegion}",
					"a Deny that holds for the role, or no Allow for another account").at(secretAsked),
				ecr("aws ecr get-repository-policy --registry-id {registryAccount} --repository-name {repository} "+
					"--region {registryRegion}",
					"a Deny that holds for the role, or no Allow for another account").at(imageAsked),
				run("aws s3api get-bucket-policy --bucket {bucket} --region {region}",
					"a Deny that holds for the role, or no Allow for another account").at(fileAsked),
				run("aws kms get-key-policy --key-id {kmsKey} --policy-name default --region {keyRegion}",
					"the role, or the account's root with the permission left to IAM").at((*view).kms),
				run("aws efs describe-file-system-policy --file-system-id {fileSystem} --region {region}",
					"a Deny that holds for the task role").at(fileSystemAsked),
			}
		},
		Fix: "Allow {action|the action} for {role|the role} in the policy of {resource|the resource}; narrow a " +
			"statement there that denies it.",
		Docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 with an explicit deny in a " +
			"resource-based policy",
		Applies: func(v *view) bool {
			return v.refusedBy("resource-based policy") || v.awsDenied() && v.is(Secret) && !v.kms()
		},
		Text: deniedByPolicy("resource-based policy"),
	},
	{
		ID:    "endpoint-policy-denies",
		Title: "the policy of a VPC endpoint does not allow {action|the call}",
		Why: "An endpoint's policy limits what may be called through it, whatever the role allows. The call " +
			"reached the endpoint, so the network is fine.",
		Check: func() []Check {
			return []Check{
				describeEndpoints(
					"PolicyDocument of the endpoint for {endpoint|the service}: an Allow for {action|the " +
						"action} on {resource|the resource} and {role|the role}; for image layers s3:GetObject on " +
						"arn:{partition|aws}:s3:::prod-{region|REGION}-starport-layer-bucket/*"),
			}
		},
		Fix: "Allow {action|the action} on {resource|the resource} in the policy of the VPC endpoint; narrow a " +
			"statement there that denies it.",
		Docs: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 because no VPC endpoint policy " +
			"allows the secretsmanager:GetSecretValue action",
		Applies: func(v *view) bool {
			return v.refusedBy("VPC endpoint policy") && !v.asksS3() || v.awsDenied() && !v.s3() && !v.kms()
		},
		Text: deniedByPolicy("VPC endpoint policy"),
	},
	{
		ID:    "scp-denies",
		Title: "a service control policy of the organization denies {action|the call}",
		Why: "Service control policies limit every role in the account. Often one denies a whole Region, or " +
			"everything but a list of services.",
		Check: func() []Check {
			return []Check{
				asManagement("aws organizations list-policies-for-target --target-id {account} --filter "+
					"SERVICE_CONTROL_POLICY --region {region}",
					"those of the account; repeat it for each parent unit, because they are inherited"),
				lookAt("Conditions such as aws:RequestedRegion, compared with {region|the task's Region}"),
			}
		},
		Fix: "Ask the administrators of your organization to exempt {action|the action} or {role|the role} from " +
			"the policy.",
		Docs: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 with an explicit deny in a " +
			"service control policy",
		Applies: func(v *view) bool { return v.refusedBy("service control policy") },
		Text:    deniedByPolicy("service control policy"),
	},
	{
		ID:    "rcp-denies",
		Title: "a resource control policy of the organization denies {action|the call}",
		Why: "Resource control policies limit who may access an account's resources, often to callers of the " +
			"same organization. The policies of the account that owns {resource|the resource} count, not those " +
			"of the task's account.",
		Check: func() []Check {
			return []Check{
				asManagement("aws organizations list-policies-for-target --target-id {owner} --filter "+
					"RESOURCE_CONTROL_POLICY --region {region}",
					"those of the account that owns {resource|what is asked for}; repeat it for each parent unit"),
				lookAt("Conditions such as aws:PrincipalOrgID or aws:SourceVpce, compared with {role|the role} and " +
					"the way the call took"),
			}
		},
		Fix: "Ask the administrators of the resource's organization to exempt {action|the action} for {role|the " +
			"role}.",
		Docs: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 with an explicit deny in a " +
			"resource control policy",
		Unproven: "Resource control policies belong to the account that owns the resource, and can be read only " +
			"with access to its organization.",
		Applies: func(v *view) bool { return v.refusedBy("resource control policy") },
		Text:    deniedByPolicy("resource control policy"),
	},
	{
		ID:    "permissions-boundary-denies",
		Title: "the permissions boundary of {role|the role} does not allow {action|the call}",
		Why: "A role may do only what both its policies and its permissions boundary allow. A policy that allows " +
			"the action is not enough.",
		Check: func() []Check {
			return []Check{
				run("aws iam get-role --role-name {role|{executionRole}} --region {region}", "PermissionsBoundaryArn"),
				run("aws iam get-policy --policy-arn {boundary} --region {region}", "DefaultVersionId"),
				run("aws iam get-policy-version --policy-arn {boundary} --version-id {boundaryVersion} --region "+
					"{region}",
					"an Allow for {action|the action}"),
			}
		},
		Fix: "Allow {action|the action} in the permissions boundary of {role|the role}, or use a role with " +
			"another boundary.",
		Docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 because no permissions boundary " +
			"allows the secretsmanager:GetSecretValue action",
		Applies: func(v *view) bool { return v.refusedBy("permissions boundary") },
		Text:    deniedByPolicy("permissions boundary"),
	},
	{
		ID:    "session-policy-denies",
		Title: "the session policy does not allow {action|the call}",
		Why: "Whoever assumed {role|the role} passed a session policy that narrows it. That is rare for the " +
			"roles of a task, so look for credentials from elsewhere: a credential helper, a broker, a tool on " +
			"the instance.",
		Check: func() []Check {
			return []Check{
				trail("AssumeRole", "the call for {role|the role} shortly before the stop, requestParameters.policy"),
			}
		},
		Fix: "Allow {action|the action} in the session policy that the caller of AssumeRole passes, or let it " +
			"pass none.",
		Docs: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret " +
			"from asm: AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
			"authorized to perform: secretsmanager:GetSecretValue on resource: " +
			"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 because no session policy allows " +
			"the secretsmanager:GetSecretValue action",
		Unproven: "A session policy is part of a call to AssumeRole and is kept nowhere else.",
		Applies:  func(v *view) bool { return v.refusedBy("session policy") },
		Text:     deniedByPolicy("session policy"),
	},
	{
		ID:    "kms-denied",
		Title: "{role|the role} may not use the KMS key",
		Why: "To read a secret, parameter, file or log group that a customer managed key encrypts, the role also " +
			"needs kms:Decrypt on that key, and the key policy must allow it. Another account can never use the " +
			"key aws/secretsmanager or aws/ssm.",
		Check: func() []Check {
			return []Check{
				describeSecret("KmsKeyId"),
				describeParameter("KeyId"),
				run("aws kms get-key-policy --key-id {kmsKey} --policy-name default --region {keyRegion}",
					"{role|the role}, or the account's root with the permission left to IAM"),
				run("aws iam simulate-principal-policy --policy-source-arn {roleArn} --action-names kms:Decrypt "+
					"--resource-arns {kmsKey} --region {region}", "EvalDecision"),
			}
		},
		Fix:  "Allow kms:Decrypt on the key for {role|the role}, in the role's policy and in the key policy.",
		Docs: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: AccessDeniedException: Access to KMS is not allowed",
		Applies: func(v *view) bool {
			return v.deniedUnsaid() && (v.is(Secret) && v.Facts.AWSAction == "" || (v.calls() || v.efs()) && v.kms())
		},
	},
	{
		ID:    "kms-key-disabled",
		Title: "the KMS key is disabled, pending deletion or gone",
		Why:   "What a key encrypts can be read only while the key is enabled, whatever the policies allow.",
		Check: func() []Check {
			return []Check{
				run("aws kms describe-key --key-id {secretKey} --region {keyRegion}",
					"KeyState Enabled, DeletionDate empty"),
				trail("DisableKey", "who did it").in("keyRegion"),
				trail("ScheduleKeyDeletion", "who did it").in("keyRegion"),
			}
		},
		Fix:  "Cancel the deletion of the key and enable it; otherwise store the data again under another key.",
		Docs: "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: KMSInvalidStateException: " +
			"arn:aws:kms:eu-north-1:210987654321:key/77aa is pending deletion",
		Applies: func(v *view) bool {
			return (v.calls() || v.is(Volume)) && v.Facts.DeniedBy == "" &&
				!v.has(Unreachable, DNS, TLS, RateLimited) && v.kms()
		},
		Text: []TextProof{
			saying("AWS KMS answered that the key is disabled or pending deletion", "disabledexception",
				"is pending deletion"),
		},
	},
	{
		ID:    "registry-credentials-missing",
		Title: "the registry requires a login, and the task definition has none",
		Why: "Without a login a registry answers \"denied\" or \"login required\" for a private image, and for a " +
			"name that it does not know.",
		Check: func() []Check {
			return []Check{
				describeDefinition("repositoryCredentials of container {culprit|CONTAINER}"),
				anonymous("an answer means that the image is public"),
				onHost("sudo grep ECS_ENGINE_AUTH /etc/ecs/ecs.config",
					"[Environment]::GetEnvironmentVariable('ECS_ENGINE_AUTH_TYPE', 'Machine')",
					"ECS_ENGINE_AUTH_TYPE and ECS_ENGINE_AUTH_DATA"),
			}
		},
		Fix: "Store user name and password in Secrets Manager, and name that secret in repositoryCredentials of " +
			"the container.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html",
		Example: "CannotPullContainerError: Error response from daemon: Head " +
			"\"https://registry.corp.example/v2/orders/manifests/7\": no basic auth credentials",
		Applies: func(v *view) bool {
			return v.deniedUnsaid() && v.is(Image, RegistryAuth) && v.internetRegistry() && !v.credentialsSecret() &&
				!wrongPassword(v)
		},
		Text: []TextProof{
			saying("{registry|the registry} asked for a login, and none was given",
				"no basic auth credentials"),
		},
	},
	{
		ID:    "registry-credentials-wrong",
		Title: "the credentials for {registry|the registry} are wrong, expired or may not pull the image",
		Why: "The registry refuses a changed password, a revoked token or an account without access to the " +
			"repository. The secret must be a JSON object with the keys username and password.",
		Check: func() []Check {
			return []Check{
				run("aws secretsmanager describe-secret --secret-id {loginSecret} --region {secretRegion}",
					"LastChangedDate, compared with the last change of the password at {registry|the registry}"),
				run("docker login {registry}", "with that login: Login Succeeded"),
				run("docker manifest inspect {image}", "an answer, no denied"),
			}
		},
		Fix: "Put a valid username and password with pull access to {image|the image} into the secret, and start " +
			"a new task.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html",
		Example: "CannotPullContainerError: Error response from daemon: Get " +
			"\"https://registry-1.docker.io/v2/acme/orders/manifests/7\": unauthorized: incorrect username or password",
		Unproven: "Only the registry knows whether a password is right, and whystopped reads no secret value.",
		Applies: func(v *view) bool {
			return (v.registryLogin() || v.is(Image, RegistryAuth) && wrongPassword(v)) && v.Facts.AWSAction == "" &&
				(v.deniedUnsaid() && !v.says("no basic auth credentials") || v.is(RegistryAuth) && v.has(Invalid))
		},
		Text: []TextProof{
			saying("{registry|the registry} refused the login", "incorrect username or password",
				"invalid username/password"),
			saying("the secret was read, and it lacks username and password", "authorizationdata is malformed",
				"unable to unmarshal secret value"),
			{Result: RuledOut, Match: Match{Any: []string{"failed to fetch anonymous token"}},
				Evidence: "the token was requested without credentials, so none can be wrong"},
		},
	},
	{
		ID:    "registry-login-stale",
		Title: "the registry login stored on the instance is out of date",
		Why: "A login that docker login wrote on the instance, or that /etc/ecs/ecs.config has, is used until it " +
			"is changed there. One for ECR is valid for twelve hours; others end when the password or token is " +
			"changed.",
		Check: func() []Check {
			return []Check{
				onHost("sudo grep ECS_ENGINE_AUTH /etc/ecs/ecs.config",
					"[Environment]::GetEnvironmentVariable('ECS_ENGINE_AUTH_TYPE', 'Machine')",
					"a login that is older than the registry's password"),
				onHost("sudo ls -l /root/.docker/config.json", `Get-ChildItem $HOME\.docker\config.json`,
					"its date: a login of docker login"),
				lookAt("Tasks on newer instances that pull the same image"),
			}
		},
		Fix: "Remove the login from the instance and use an execution role or repositoryCredentials; otherwise " +
			"renew it and restart the ECS agent.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth-container-instances.html",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: denied: Your authorization token has expired. Reauthenticate and try again."}`,
		Unproven: "The files of an instance are not read.",
		At:       []Stage{Image, RegistryAuth},
		Applies: func(v *view) bool {
			return v.OnInstance() && v.deniedUnsaid() && v.Facts.AWSAction == "" && !v.credentialsSecret() &&
				!v.says("accessdenied", "not authorized to")
		},
		Text: []TextProof{
			saying("the registry answered that the token has expired", "authorization token has expired"),
		},
	},
}

// serviceLinkedRole reports whether the role that the text names belongs to a service.
func serviceLinkedRole(v *view) bool { return v.says(":role/aws-service-role/") }

// roleRefused reports whether a role could not be assumed, and not that a caller may not pass one or that Batch's own
// role lacks something.
func roleRefused(v *view) bool {
	return !passRole(v) && !v.says("iam:passrole") && !serviceRoleSaid(v) &&
		v.StageRule != "stage/batch-service-role"
}

// serviceRoleSaid reports whether ECS could not assume its own service-linked role.
func serviceRoleSaid(v *view) bool {
	return v.says("the service linked role", "ecs service linked role", "service-linked role exists")
}

// balancerRole reports whether ECS could not look up a service's load balancer with the role that it has for that.
func balancerRole(v *view) bool {
	return v.says("validate the specified targetgroup", "validate the listeners", "ecs service role being passed")
}

// passRole reports whether somebody may not hand a role over to ECS.
func passRole(v *view) bool { return v.Facts.AWSAction == "iam:PassRole" }

// refusedBy reports whether access was denied and that the message names the kind of policy that denied it.
func (f *Finding) refusedBy(policy string) bool { return f.has(Denied) && f.Facts.DeniedBy == policy }

// deniedUnsaid reports whether access was denied and that no text says by which policy.
func (v *view) deniedUnsaid() bool { return v.has(Denied) && v.Facts.DeniedBy == "" }

// awsDenied reports whether an AWS service may have denied a call of the task's set-up, without saying by which policy.
func (v *view) awsDenied() bool { return v.deniedUnsaid() && v.calls() && v.served() }

// kms reports whether an AWS KMS key stands in question.
func (v *view) kms() bool {
	return strings.HasPrefix(v.Facts.AWSAction, "kms:") ||
		v.says("access to kms", "kms key", "kms:", "kms.", "awskms", "kmsinvalid", "kmsdisabled", "kmsaccess")
}

// otherAccount reports whether the image lies in the ECR registry of another account than the task's.
func (v *view) otherAccount() bool {
	account, _, _ := strings.Cut(v.Facts.Registry, ".")
	return awsname.IsECR(v.Facts.Registry) && v.Account != "" && account != v.Account
}

// credentialsSecret reports whether the login of a private registry is read from Secrets Manager.
func (v *view) credentialsSecret() bool {
	return v.is(RegistryAuth) && !strings.HasPrefix(v.Facts.AWSAction, "ecr:") && !awsname.IsECR(v.Facts.Endpoint) &&
		(v.Facts.Secret != "" || strings.HasPrefix(v.Facts.Endpoint, "secretsmanager.") ||
			v.says("from asm", "asm fetching", "secrets manager", "secretsmanager:", "repositorycredentials",
				"private registry"))
}

// registryLogin reports whether a registry other than ECR refused the pull or the login.
func (v *view) registryLogin() bool {
	return v.is(Image, RegistryAuth) && (v.internetRegistry() || v.credentialsSecret())
}

// wrongPassword reports whether a login was tried and turned down.
func wrongPassword(v *view) bool {
	return v.says("incorrect username or password", "invalid username/password", "invalid credentials")
}

// deniedByPolicy is the proof of the cause about one kind of policy. AWS names one kind even where several would refuse
// (IAM User Guide, "Troubleshoot access denied error messages"), so it proves the one and clears none of the others.
func deniedByPolicy(policy string) []TextProof {
	return []TextProof{{Result: Confirmed, If: refusedByPolicy(policy),
		Evidence: "the message names the " + policy + " as what refused[ {action}][ on {resource}]"}}
}

func refusedByPolicy(policy string) when {
	return func(v *view) bool { return v.refusedBy(policy) }
}

// deniedExplicitly is the proof that a statement of the role's own policies denies the call: another that allows it
// would not help.
var deniedExplicitly = TextProof{Result: Confirmed, Match: Match{Any: []string{"explicit deny"}},
	If: refusedByPolicy("identity-based policy"),
	Evidence: "the message names an explicit deny in an identity-based policy as what refused[ {action}][ on " +
		"{resource}]",
	Next: "Find the Deny statement in the policies of {role|the execution role} that covers {action|the action} " +
		"on {resource|what it asks for}, and narrow it."}
