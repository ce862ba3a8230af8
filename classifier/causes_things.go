package classifier

import (
	"strings"

	"whystopped/events"
)

// thingCauses are defects of what the task definition names: images, secrets, parameters, logs, environment files, volumes.
var thingCauses = []Cause{
	{
		ID:    "image-reference-invalid",
		Title: "the image reference {image|in the task definition} is not a valid one",
		Why:   "A reference is HOST/NAME:TAG or HOST/NAME@sha256:DIGEST, in lower case but for the tag, without https:// and without spaces. A variable that the deployment tool left empty, as in NAME: without a tag, breaks it.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: image of container {culprit|CONTAINER}, letter by letter",
			"For ECR: the host is ACCOUNT.dkr.ecr.REGION.amazonaws.com, with an account of 12 digits",
		},
		Fix:  "Correct the image of {culprit|the container} and deploy a new revision.",
		Docs: "https://docs.docker.com/reference/cli/docker/image/tag/",
		Applies: func(_ events.Stop, f Finding) bool {
			return f.is(Image) && f.has(Invalid) || f.is(Image, RegistryAuth) && misspeltECR(f.Facts.Registry)
		},
		Text: []TextProof{
			saying("the container runtime could not read the reference {image|of the image}", "invalid reference format", "normalize image reference"),
		},
	},
	{
		ID:    "image-tag-missing",
		Title: "the tag of {image|the image} does not exist in its repository",
		Why:   "The push failed or is not done yet, went to another Region or account, or the tag was deleted or moved.",
		Check: []string{
			"aws ecr describe-images --registry-id {registryAccount|ACCOUNT} --repository-name {repository|REPOSITORY} --image-ids imageTag={tag|TAG} --region {registryRegion|{region|REGION}}: imagePushedAt before the task was created",
			"docker manifest inspect {image|IMAGE}, for any other registry",
			"The log of the build that should have pushed it",
		},
		Fix:     "Push the tag, or deploy a revision that names one that exists.",
		Docs:    docCannotPull,
		Applies: func(s events.Stop, f Finding) bool { return f.imageGone() && !byDigest(&s, &f) && !repositorySaid(&s) },
		Text: []TextProof{
			imageNotInRepository(Confirmed),
		},
	},
	{
		ID:    "image-digest-missing",
		Title: "the registry has no image with that digest",
		Why:   "A reference by digest survives no deletion: once its last tag moved on, a lifecycle policy or a clean-up may have removed the image. ECS also pins a service's tags to the digest it saw when the deployment began.",
		Check: []string{
			"aws ecr describe-images --registry-id {registryAccount|ACCOUNT} --repository-name {repository|REPOSITORY} --image-ids imageDigest={digest|DIGEST} --region {registryRegion|{region|REGION}}",
			"aws ecr get-lifecycle-policy --registry-id {registryAccount|ACCOUNT} --repository-name {repository|REPOSITORY} --region {registryRegion|{region|REGION}}: rules that expire untagged images",
		},
		Fix:     "Push the image again and deploy its new digest, or force a new deployment so that the tag is resolved anew.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
		Applies: func(s events.Stop, f Finding) bool { return f.imageGone() && byDigest(&s, &f) },
		Text: []TextProof{
			imageNotInRepository(Confirmed),
		},
	},
	{
		ID:    "image-repository-missing",
		Title: "the repository of {image|the image} does not exist in that registry",
		Why:   "The name is misspelt, or account or Region in the host are not those where the repository lies. Docker Hub answers \"access denied\" for a name that it does not know.",
		Check: []string{
			"aws ecr describe-repositories --registry-id {registryAccount|ACCOUNT} --repository-names {repository|REPOSITORY} --region {registryRegion|{region|REGION}}, with account and Region of the host {registry|in the image reference}",
			"docker logout {registry|REGISTRY}, then docker manifest inspect {image|IMAGE}, for any other registry",
		},
		Fix:  "Correct the repository in the image reference, or create it and push the image.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.imageGone() || f.is(Image) && f.deniedUnsaid() && f.internetRegistry() && !wrongPassword(&s)
		},
		Text: []TextProof{
			saying("the registry answered that it does not know the repository", "repositorynotfoundexception", "name unknown", "the repository with name"),
			imageNotInRepository(RuledOut),
		},
	},
	{
		ID:    "image-expired-by-lifecycle",
		Title: "a lifecycle policy of the repository expired {image|the image}",
		Why:   "ECR removes, or archives, what the rules select even while tasks still use it. Running tasks go on, and the next start fails.",
		Check: []string{
			"aws ecr get-lifecycle-policy --registry-id {registryAccount|ACCOUNT} --repository-name {repository|REPOSITORY} --region {registryRegion|{region|REGION}}: rules that fit the tag",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=PolicyExecutionEvent --region {region|REGION}: which digests were removed",
		},
		Fix:     "Push the image again, and keep deployed tags out of the lifecycle rules.",
		Docs:    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
		Applies: func(s events.Stop, f Finding) bool { return f.imageGone() && f.ecr() && !repositorySaid(&s) },
	},
	{
		ID:    "image-archived",
		Title: "{image|the image} lies in ECR's archive, from which nothing can be pulled",
		Why:   "ECR moves images to the archive by a lifecycle rule or by hand. They stay listed there, and the registry answers a pull as if they were gone, until they are restored.",
		Check: []string{
			"aws ecr describe-images --registry-id ACCOUNT --repository-name REPOSITORY --image-ids imageTag=TAG --filter imageStatus=ANY --region {region|REGION}: imageStatus and lastArchivedAt",
			"aws ecr get-lifecycle-policy --registry-id ACCOUNT --repository-name REPOSITORY --region {region|REGION}: rules that archive",
		},
		Fix:     "Restore the image (aws ecr update-image-storage-class --target-storage-class STANDARD) or push it again, and keep deployed tags out of the lifecycle rules.",
		Docs:    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html",
		Applies: func(s events.Stop, f Finding) bool { return f.imageGone() && f.ecr() && !repositorySaid(&s) },
	},
	{
		ID:    "pull-through-cache",
		Title: "the pull-through cache could not fetch {image|the image} from its upstream registry",
		Why:   "The first pull through a cache rule fills the repository, and needs ecr:CreateRepository and ecr:BatchImportUpstreamImage besides the pull actions, valid upstream credentials, and a way to the internet where ECR is called through a VPC endpoint.",
		Check: []string{
			"aws ecr describe-pull-through-cache-rules --region {region|REGION}: ecrRepositoryPrefix, upstreamRegistryUrl, credentialArn",
			"aws ecr validate-pull-through-cache-rule --ecr-repository-prefix PREFIX --region {region|REGION}: isValid",
			"docker manifest inspect UPSTREAM/NAME:TAG: the image exists upstream under that name",
		},
		Fix:  "Give {role|the execution role} the import actions and the rule valid credentials, then pull the image once.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
		Applies: func(s events.Stop, f Finding) bool {
			nested := strings.Count(repository(f.Facts.Image), "/") >= 2
			return f.is(Image) && f.ecrPull(&s) && nested && (f.has(NotFound) || f.deniedUnsaid())
		},
	},
	{
		ID:    "image-platform-mismatch",
		Title: "{image|the image} is not built for {platform|the CPU architecture or operating system of the task}",
		Why:   "An image built on an ARM laptop has no program for x86, and the other way round. A task runs on X86_64 unless runtimePlatform says otherwise.",
		Check: []string{
			"docker manifest inspect {image|IMAGE}: the platforms it offers",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: runtimePlatform; on EC2 the instance type's architecture",
		},
		Fix:     "Build with docker buildx build --platform {platform|linux/amd64,linux/arm64} and push, or set runtimePlatform to what the image has.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Image) && f.has(Mismatch) && !oldManifest(&s) },
		Text: []TextProof{
			saying("the registry has {image|the image}, but no variant of it for {platform|the task's platform}", "descriptor matching platform", "no matching manifest", "cannot be used on this platform"),
		},
	},
	{
		ID:    "image-manifest-old",
		Title: "{image|the image} has a manifest of a form that the container runtime does not read",
		Why:   "Newer container runtimes refuse the old Docker schema 1, and older ones do not know OCI types such as zstd layers, attestations or charts.",
		Check: []string{
			"docker manifest inspect --verbose {image|IMAGE}: schemaVersion 2, and mediaType of manifest and layers",
			"aws ecr batch-get-image --registry-id {registryAccount|ACCOUNT} --repository-name {repository|REPOSITORY} --image-ids imageTag={tag|TAG} --region {registryRegion|{region|REGION}}: imageManifestMediaType",
		},
		Fix:     "Build and push the image anew with a current Docker or BuildKit; on EC2 also update the instance's AMI.",
		Docs:    "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Image) && f.has(Mismatch) && oldManifest(&s) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"no longer supported", "no processor for media-type", "unsupported media type"}},
				Evidence: "the container runtime names the form of the manifest as what it does not read"},
		},
	},
	{
		ID:    "image-corrupt",
		Title: "a layer of {image|the image} is damaged, at rest or on the way",
		Why:   "The bytes that arrived do not have the checksum that the manifest names, or the archive in them ends too early. If it repeats, the registry's copy is bad; if not, the connection broke off.",
		Check: []string{
			"docker pull {image|IMAGE}, on another machine: the same error means that the registry's copy is bad",
			"Other tasks with the image: one task only points to its connection or host, every task to the image",
			"On EC2: free space and file system errors below /var/lib/docker of the instance",
		},
		Fix:     "Build the image anew without cache, push it under a new tag and deploy that.",
		Docs:    docCannotPull,
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Image) && f.has(Corrupt) },
	},
	{
		ID:    "image-too-large",
		Title: "{image|the image} and its layers do not fit on the disk",
		Why:   "Layers need their unpacked size, often two or three times what the registry shows. Fargate gives 20 GiB unless ephemeralStorage asks for more; on EC2 old images and stopped containers fill the disk.",
		Check: []string{
			"aws ecr describe-images --registry-id {registryAccount|ACCOUNT} --repository-name {repository|REPOSITORY} --image-ids imageTag={tag|TAG} --region {registryRegion|{region|REGION}}: imageSizeInBytes (compressed)",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: ephemeralStorage",
			"On EC2: df -h /var/lib/docker and docker system df, on the instance",
		},
		Fix:     "Raise ephemeralStorage, or on EC2 enlarge the volume and shorten ECS_IMAGE_CLEANUP_INTERVAL; a smaller image helps everywhere.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Image) && f.has(Exhausted) },
		Text: []TextProof{
			saying("the disk was full before the image was unpacked", "no space left on device", "not enough space on the disk"),
		},
	},
	{
		ID:    "docker-hub-limit",
		Title: "Docker Hub's pull limit is used up",
		Why:   "Docker Hub counts pulls without a login by address, and all tasks behind one NAT gateway share that address. Pulls with a login count by account.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: image without a host of its own, and repositoryCredentials absent",
			"How many tasks started in the last hours: a service that fails and starts again spends the limit by itself",
		},
		Fix:  "Copy the image to ECR or use a pull-through cache, or set repositoryCredentials of a Docker account.",
		Docs: "https://docs.docker.com/docker-hub/usage/",
		Applies: func(_ events.Stop, f Finding) bool {
			hub := f.Facts.Registry == "docker.io" || f.Facts.Registry == "" && !f.ecr()
			return f.is(Image, RegistryAuth) && f.has(RateLimited) && hub
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"toomanyrequests", "429 too many requests", "pull rate limit"}}, If: byHub,
				Evidence: "Docker Hub answered that there were too many pulls"},
		},
	},
	{
		ID:    "registry-throttled",
		Title: "too many calls at once to {endpoint|{registry|the service}}",
		Why:   "Each account has a rate per second for ECR, Secrets Manager, Parameter Store and log streams. A large deployment, or many tasks that fail and start again, exceeds it.",
		Check: []string{
			"Service Quotas console, {region|the task's Region}, the service in question: the rate of {action|the action}; CloudWatch namespace AWS/Usage shows its use",
			"How many tasks started in the same minute: aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}, events",
		},
		Fix:  "Start fewer tasks at once, ask for a higher quota, and for Parameter Store turn on higher throughput.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html",
		Applies: func(_ events.Stop, f Finding) bool {
			return f.calls() && f.has(RateLimited) && f.Facts.Registry != "docker.io"
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"throttlingexception", "rate exceeded"}}, If: askedAWS,
				Evidence: "AWS answered that the rate of calls is exceeded"},
		},
	},
	{
		ID:    "secret-missing",
		Title: "{secret|the secret} does not exist in the account and Region that were asked",
		Why:   "The name is misspelt, the six characters behind a secret's name in its ARN are those of an older secret, or it was never created in this account.",
		Check: []string{
			"aws secretsmanager describe-secret --secret-id {secret|SECRET} --region {region|REGION}: ARN, compared with valueFrom letter by letter",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: valueFrom of each secret",
		},
		Fix:     "Correct valueFrom in the task definition, or create the secret, and deploy a new revision.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
		Applies: func(s events.Stop, f Finding) bool { return f.secretGone(&s) && !versionSaid(&s) && !deletionSaid(&s) },
		Text: []TextProof{
			saying("Secrets Manager answered that it cannot find {secret|the secret}", "can't find the specified secret."),
		},
	},
	{
		ID:    "secret-version-missing",
		Title: "{secret|the secret} exists, but not in the version that was asked for",
		Why:   "A new secret has no value, and so no AWSCURRENT, until somebody puts one in. A version id or stage in valueFrom may have been removed by a rotation.",
		Check: []string{
			"aws secretsmanager describe-secret --secret-id {secret|SECRET} --region {region|REGION}: VersionIdsToStages holds the stage or id of valueFrom, or AWSCURRENT where it names none",
		},
		Fix:     "Put a value into the secret, or take version id and stage out of valueFrom.",
		Docs:    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html",
		Applies: func(s events.Stop, f Finding) bool { return f.secretGone(&s) && versionSaid(&s) },
		Text: []TextProof{
			saying("Secrets Manager has the secret, but no value under that version", "can't find the specified secret value", "can't find the specified secret version"),
		},
	},
	{
		ID:    "secret-deleted",
		Title: "{secret|the secret} is deleted or waits for its deletion",
		Why:   "From the moment its deletion is scheduled a secret cannot be read, though its name stays taken.",
		Check: []string{
			"aws secretsmanager describe-secret --secret-id {secret|SECRET} --region {region|REGION}: DeletedDate",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=DeleteSecret --region {region|REGION}: who deleted it",
		},
		Fix:     "Restore the secret (aws secretsmanager restore-secret), or name another one in the task definition.",
		Docs:    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
		Applies: func(s events.Stop, f Finding) bool { return f.secretGone(&s) && !versionSaid(&s) },
		Text: []TextProof{
			saying("Secrets Manager answered that the secret waits for its deletion", "marked for deletion", "scheduled for deletion"),
		},
	},
	{
		ID:    "secret-json-key-missing",
		Title: "{secret|the secret} has no JSON key {jsonKey|of the name in valueFrom}",
		Why:   "ECS reads one key out of the secret when valueFrom names one. The key is absent, written in other case, or the secret's value is no JSON object.",
		Check: []string{
			"Secrets Manager console, {secret|the secret}, Retrieve secret value: its keys, letter by letter (the command line would print the value)",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: valueFrom ends in ARN:KEY:STAGE:VERSION, with two colons behind a key alone",
		},
		Fix:     "Add the key {jsonKey|that is missing} to the secret, or correct valueFrom.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Secret) && f.has(Invalid) && badJSON(&s, &f) },
		Text: []TextProof{
			saying("the secret was read, and it has no key {jsonKey|of that name}", "did not contain json key"),
			saying("the secret was read, and its value is no JSON object", "invalid character"),
		},
	},
	{
		ID:    "secret-arn-invalid",
		Title: "valueFrom of a secret is not a form that ECS can read",
		Why:   "It must be a secret's ARN, with :KEY:STAGE:VERSION behind it where wanted, or a parameter's name or ARN. Quotes, spaces, an unfilled variable or a colon too few break it.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: valueFrom of each secret of container {culprit|CONTAINER}; credentialsParameter of repositoryCredentials",
		},
		Fix:  "Correct valueFrom in the task definition and deploy a new revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
		Applies: func(s events.Stop, f Finding) bool {
			return (f.is(Secret) || f.credentialsSecret(&s)) && f.has(Invalid) && !badJSON(&s, &f)
		},
		Text: []TextProof{
			saying("ECS or Secrets Manager could not read valueFrom as a name or an ARN", "invalid arn", "unexpected arn format", "invalid name"),
		},
	},
	{
		ID:    "parameter-missing",
		Title: "the parameter {secret|in valueFrom} does not exist in the account and Region that were asked",
		Why:   "A parameter's name includes its whole path and a version or label behind a colon, all in exact case. Without an ARN ECS looks only in the task's own Region and account.",
		Check: []string{
			"aws ssm describe-parameters --parameter-filters Key=Name,Values={secret|PARAMETER} --region {region|REGION}: an empty list means that it is not there; leave out a version or label behind a colon",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: valueFrom of each secret",
		},
		Fix:     "Create the parameter, or correct valueFrom in the task definition.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Secret) && f.has(NotFound) && f.parameter(&s) },
		Text: []TextProof{
			saying("Parameter Store answered that it has no {secret|such parameter}", "invalid ssm parameters", "invalid parameters:", "parameternotfound"),
		},
	},
	{
		ID:    "secret-in-other-region",
		Title: "{secret|the secret or parameter} lies in another Region than the one that was asked",
		Why:   "A bare name is looked up in the task's Region. An ARN is looked up in its own, where the secret must exist and the task needs a way to.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: the Region in the ARN of valueFrom",
			"aws secretsmanager describe-secret --secret-id NAME --region OTHER_REGION, for the Regions that you use: PrimaryRegion and ReplicationStatus",
		},
		Fix:  "Replicate the secret to {region|the task's Region}, or write the full ARN of the Region where it lies.",
		Docs: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html",
		Applies: func(s events.Stop, f Finding) bool {
			gone := f.secretGone(&s) && !versionSaid(&s) && !deletionSaid(&s) || f.is(Secret) && f.has(NotFound) && f.parameter(&s)
			return gone && regionOf(f.Facts.Secret) != s.Region
		},
	},
	{
		ID:    "log-router-down",
		Title: "nothing takes the logs at {endpoint|{remoteIp|the address of the log driver}}",
		Why:   "fluentd, splunk and similar drivers connect before the container starts. A log router that is not running yet, listens elsewhere, or lies behind a closed security group fails the start.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: address in logConfiguration of container {culprit|CONTAINER}, and dependsOn on the log router's container",
			"The log router's own log and exit code: did it start, and before the others?",
		},
		Fix:     "Start the log router first (dependsOn with START or HEALTHY), correct its address, or set the driver's asynchronous option.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html",
		Applies: func(s events.Stop, f Finding) bool { return f.is(Logging) && f.logCollector() },
		Text: []TextProof{
			saying("nothing listens at {endpoint|{remoteIp|the address}}: it refused the connection", "connection refused"),
			{Result: Confirmed, Match: Match{All: []string{"dial unix", "no such file or directory"}},
				Evidence: "the socket of the log driver does not exist"},
		},
	},
	{
		ID:    "log-group-missing",
		Title: "the log group {resource|of the container} does not exist in the Region of awslogs-region",
		Why:   "The awslogs driver creates streams but no group, unless awslogs-create-group is true and the role may call logs:CreateLogGroup.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: awslogs-group, awslogs-region, awslogs-create-group",
			"aws logs describe-log-groups --log-group-name-prefix {logGroup|GROUP} --region {region|REGION}: the exact name, in the Region of awslogs-region",
		},
		Fix:     "Create the log group {logGroup|of container {culprit|in question}} in the Region of awslogs-region, correct that option, or set awslogs-create-group to true and allow logs:CreateLogGroup.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Logging) && f.has(NotFound) && !f.logCollector() },
		Text: []TextProof{
			saying("CloudWatch Logs answered that the log group does not exist", "log group does not exist"),
		},
	},
	{
		ID:    "log-group-create-denied",
		Title: "{role|the execution role} may not create the log group",
		Why:   "awslogs-create-group needs logs:CreateLogGroup, which AmazonECSTaskExecutionRolePolicy does not have.",
		Check: []string{
			"aws logs describe-log-groups --log-group-name-prefix {logGroup|GROUP} --region {region|REGION}: once the group exists the permission is not needed",
			"aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::{account|ACCOUNT}:role/{role|ROLE} --action-names logs:CreateLogGroup: EvalDecision",
		},
		Fix:  "Create the log group beforehand, or allow logs:CreateLogGroup for {role|the execution role}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
		Applies: func(s events.Stop, f Finding) bool {
			said := f.Facts.AWSAction == "logs:CreateLogGroup" || f.Facts.AWSAction == "" && says(&s, "log group", "loggroup")
			return f.is(Logging) && f.deniedUnsaid() && said
		},
	},
	{
		ID:    "log-region-wrong",
		Title: "awslogs-region names another Region than the one with the log group",
		Why:   "The log driver calls CloudWatch Logs in the Region of its option. VPC endpoints serve their own Region only, and groups of other Regions are not found.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: awslogs-region, compared with {region|the task's Region}",
		},
		Fix:  "Set awslogs-region to the Region in which the log group lies.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
		Applies: func(s events.Stop, f Finding) bool {
			if !f.is(Logging) || f.logCollector() {
				return false
			}
			if f.Facts.Endpoint == "" {
				return f.has(NotFound)
			}
			elsewhere := s.Region != "" && !strings.Contains(f.Facts.Endpoint, s.Region)
			return elsewhere && f.has(NotFound, Unreachable, DNS)
		},
	},
	{
		ID:    "log-options-invalid",
		Title: "the log driver does not accept the log options of {culprit|the container}",
		Why:   "The driver checks its options before the container starts. One unknown, absent or contradictory option stops it.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: logConfiguration, against the driver's list of options",
			"On EC2: ECS_AVAILABLE_LOGGING_DRIVERS in /etc/ecs/ecs.config, and the version of Docker",
		},
		Fix:     "Correct logConfiguration and deploy a new revision.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(Logging) && f.has(Invalid, Mismatch) },
		Text: []TextProof{
			saying("the log driver names the option that it does not accept or that is absent", "unknown log opt", "is required"),
		},
	},
	{
		ID:    "env-file-missing",
		Title: "the environment file does not exist in its bucket",
		Why:   "The object's key or the bucket's name is wrong. S3 answers \"access denied\" for a missing object where the role may not list the bucket.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: environmentFiles of container {culprit|CONTAINER}",
			"aws s3api list-objects-v2 --bucket {bucket|BUCKET} --prefix {objectKey|KEY} --max-items 2: the exact key, in exact case",
		},
		Fix:     "Upload the file, or correct its ARN in environmentFiles.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(EnvFile) && (f.has(NotFound) || f.deniedUnsaid()) },
		Text: []TextProof{
			saying("S3 answered that it has no such object or bucket", "nosuchkey", "nosuchbucket"),
		},
	},
	{
		ID:    "env-file-denied",
		Title: "{role|the execution role} may not read the environment file",
		Why:   "It takes s3:GetObject on the file and s3:GetBucketLocation on the bucket, a bucket policy that agrees, and kms:Decrypt where the file is encrypted with a key of yours.",
		Check: []string{
			"aws iam simulate-principal-policy --policy-source-arn arn:aws:iam::{account|ACCOUNT}:role/{role|ROLE} --action-names s3:GetObject --resource-arns arn:aws:s3:::{bucket|BUCKET}/{objectKey|KEY}: EvalDecision",
			"aws s3api get-bucket-policy --bucket {bucket|BUCKET}: a Deny that holds for the role, or for calls from outside a VPC endpoint",
			"aws s3api get-bucket-encryption --bucket {bucket|BUCKET}: a KMS key of your own",
		},
		Fix:     "Allow s3:GetObject on the file and s3:GetBucketLocation on its bucket for {role|the execution role}.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(EnvFile) && f.deniedUnsaid() },
	},
	{
		ID:    "env-file-invalid",
		Title: "the environment file, or its ARN, has a form that ECS does not read",
		Why:   "The file's name must end in .env, its lines must be NAME=VALUE in UTF-8, and a task may name at most ten of them.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: environmentFiles, type s3 and value arn:aws:s3:::BUCKET/KEY.env",
			"The file itself: a line without =, a byte order mark, quotes that were meant to be taken off",
		},
		Fix:     "Correct the file or its ARN, and start a new task.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
		Applies: func(_ events.Stop, f Finding) bool { return f.is(EnvFile) && f.has(Invalid, Mismatch, Corrupt) },
		Text: []TextProof{
			saying("the ARN in environmentFiles could not be read", "parse bucket and key", "invalid arn"),
		},
	},
	{
		ID:    "efs-access-point",
		Title: "the EFS access point is gone or does not fit the volume",
		Why:   "The access point must exist, belong to {fileSystem|the file system}, and stand alone: with it the volume's root directory must be / and transit encryption on. Its user must own or may create its directory.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: accessPointId, rootDirectory and transitEncryption in efsVolumeConfiguration",
			"aws efs describe-access-points --file-system-id {fileSystem|FILE_SYSTEM} --region {region|REGION}: LifeCycleState available; PosixUser and CreationInfo against the directory's owner",
		},
		Fix:  "Name an access point of that file system, leave rootDirectory out, and turn on transit encryption.",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.efs(&s) && (f.deniedUnsaid() || f.has(NotFound, Invalid) && accessPointSaid(&s))
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"accesspointnotfound", "access point id"}}, If: notDenied,
				Evidence: "EFS names the access point as what is not there or malformed"},
		},
	},
	{
		ID:    "efs-iam-denied",
		Title: "{fileSystem|the file system} does not let the task role mount it",
		Why:   "With iam ENABLED the task role (not the execution role) needs elasticfilesystem:ClientMount and, to write, ClientWrite. A file system policy that names roles or asks for encryption also refuses mounts with iam off.",
		Check: []string{
			"aws efs describe-file-system-policy --file-system-id {fileSystem|FILE_SYSTEM} --region {region|REGION}: the principal and conditions; PolicyNotFound means that it denies nobody",
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: taskRoleArn, and authorizationConfig and transitEncryption of the volume",
			"aws iam simulate-principal-policy --policy-source-arn TASK_ROLE_ARN --action-names elasticfilesystem:ClientMount: EvalDecision",
		},
		Fix:     "Allow elasticfilesystem:ClientMount (and ClientWrite) to the task role, and set iam and transitEncryption to ENABLED.",
		Docs:    "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
		Applies: func(s events.Stop, f Finding) bool { return f.efs(&s) && f.deniedUnsaid() },
	},
	{
		ID:    "efs-path-missing",
		Title: "the directory {path|in rootDirectory} does not exist in {fileSystem|the file system}",
		Why:   "ECS mounts a root directory that is there, and creates none. Only an access point with CreationInfo creates its own.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: rootDirectory in efsVolumeConfiguration",
			"Mount {fileSystem|the file system} at / on another machine and list it",
		},
		Fix:  "Create the directory, or use an access point that creates it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-efs-config.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.efs(&s) && f.has(NotFound) && (f.Facts.Path != "" || noSuchFile(&s))
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"mounting ", "no such file or directory"}}, If: pathKnown,
				Evidence: "the file system answered, and it has no {path|such directory}"},
		},
	},
	{
		ID:    "efs-platform-version",
		Title: "Fargate platform version {platformVersion|of the task} knows no EFS volumes",
		Why:   "Fargate mounts EFS file systems from platform version 1.4.0 on.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: platformVersion",
		},
		Fix:     "Set platformVersion to LATEST, or to 1.4.0 or later.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html",
		Applies: func(s events.Stop, f Finding) bool { return f.efs(&s) && platformBefore14(&s, &f) },
		Text: []TextProof{
			{Result: Confirmed, Evidence: "the event states platform version {platformVersion|below 1.4.0}"},
		},
	},
	{
		ID:    "ebs-role",
		Title: "the infrastructure role may not create and attach the EBS volume",
		Why:   "ECS makes the volume with the infrastructure role of the service or run-task call. It needs AmazonECSInfrastructureRolePolicyForVolumes and a trust policy with ecs.amazonaws.com.",
		Check: []string{
			"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region {region|REGION}: roleArn in volumeConfigurations",
			"aws iam list-attached-role-policies --role-name INFRASTRUCTURE_ROLE, and get-role for its trust policy",
			"aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateVolume --region {region|REGION}: errorCode and errorMessage",
		},
		Fix:     "Attach AmazonECSInfrastructureRolePolicyForVolumes to the infrastructure role and let ecs.amazonaws.com assume it.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html",
		Applies: func(s events.Stop, f Finding) bool { return f.ebs(&s) && f.deniedUnsaid() },
	},
	{
		ID:    "ebs-kms",
		Title: "the EBS volume cannot use its KMS key",
		Why:   "A volume under a customer managed key, or with encryption by default under one, needs the key's leave for the infrastructure role to create grants. Without it the volume is made and then vanishes.",
		Check: []string{
			"aws ec2 get-ebs-default-kms-key-id --region {region|REGION}, and kmsKeyId in the service's volumeConfigurations",
			"aws kms get-key-policy --key-id {kmsKey|KEY} --policy-name default --region {region|REGION}: kms:CreateGrant, kms:Decrypt and kms:GenerateDataKeyWithoutPlaintext for the infrastructure role",
		},
		Fix:  "Allow those three actions to the infrastructure role in the key's policy.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-kms-encryption.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.ebs(&s) && (f.deniedUnsaid() || f.has(Timeout) || f.Facts.DeniedBy == "" && f.kms(&s))
		},
	},
	{
		ID:    "volume-missing",
		Title: "the volume or host directory of the task definition does not exist, or is not as declared",
		Why:   "A Docker volume with autoprovision off, a snapshot, or a host path has to be there before the task starts, and a volume of the same name must have the same driver and options.",
		Check: []string{
			"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION} --region {region|REGION}: volumes and mountPoints",
			"docker volume ls and docker volume inspect NAME, on the instance; ls -ld of a host path",
		},
		Fix:  "Create the volume or directory on the instance, or correct its name in the task definition.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Volume) && !f.efs(&s) && f.has(NotFound, Invalid, Conflict)
		},
		Text: []TextProof{
			saying("the message names the volume as what is not there", "does not exist and autoprovision", "no such volume"),
		},
	},
	{
		ID:    "volume-plugin",
		Title: "the volume's driver is not installed on the instance, or fails",
		Why:   "A volume driver is a plug-in of Docker on the instance. One that is absent, disabled or stuck holds up every mount that needs it.",
		Check: []string{
			"docker plugin ls, on the instance: the driver of the volume, ENABLED true",
			"The log of the Docker service and of the plug-in, for EFS also /var/log/ecs/ecs-volume-plugin.log",
		},
		Fix:  "Install and enable the driver on every instance of the cluster, or restart it; AMIs for ECS carry the one for EFS.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html",
		Applies: func(s events.Stop, f Finding) bool {
			return f.is(Volume) && (onEC2(&s) || f.FaultRule == "fault/plugin-down") && f.Facts.DeniedBy == "" && says(&s, "plugin", "plug-in", "volumedriver", "volume driver", " in driver '")
		},
		Text: []TextProof{
			saying("Docker has no such volume driver", "looking up volume plugin"),
			{Result: Confirmed, If: byRule("fault/plugin-down"), Evidence: "nothing answers at the socket of the volume driver"},
		},
	},
}

// imageGone tells that the registry does not have the image.
func (f *Finding) imageGone() bool { return f.is(Image) && f.has(NotFound) }

// byDigest tells that the image was asked for by digest.
func byDigest(s *events.Stop, f *Finding) bool {
	return strings.Contains(f.Facts.Image, "@sha256:") || says(s, "@sha256:", "/manifests/sha256:")
}

// repositorySaid tells that the registry named the repository, not the tag, as what is missing.
func repositorySaid(s *events.Stop) bool {
	return says(s, "repositorynotfoundexception", "name unknown", "repository does not exist", "repository with name")
}

// oldManifest tells that the image's manifest has a form, not a platform, that does not fit.
func oldManifest(s *events.Stop) bool {
	return says(s, "schema v1", "schema 1", "schemaversion 1", "media-type", "media type", "mediatype")
}

// parameter tells that a Parameter Store parameter was asked for, not a secret.
func (f *Finding) parameter(s *events.Stop) bool {
	return strings.Contains(f.Facts.Secret, ":ssm:") || f.Facts.Secret == "" && strings.HasPrefix(f.Facts.Endpoint, "ssm.") ||
		says(s, "invalid ssm", "from ssm", "ssm parameter", "parameter store", "ssm:getparameter", "parameternotfound")
}

// secretGone tells that Secrets Manager does not have what was asked for.
func (f *Finding) secretGone(s *events.Stop) bool {
	return f.has(NotFound) && (f.is(Secret) || f.credentialsSecret(s)) && !f.parameter(s)
}

// versionSaid tells that the secret is there and a version of it is not.
func versionSaid(s *events.Stop) bool {
	return says(s, "staging label", "versionid", "version id", "secret version")
}

func deletionSaid(s *events.Stop) bool {
	return says(s, "marked for deletion", "scheduled for deletion")
}

// badJSON tells that the value of a secret is not the JSON object that the task definition takes it for.
func badJSON(s *events.Stop, f *Finding) bool {
	return f.Facts.JSONKey != "" || says(s, "json key", "invalid character", "unmarshal")
}

// regionOf is the Region in an ARN, "" for anything else.
func regionOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 3 && parts[0] == "arn" {
		return parts[3]
	}
	return ""
}

// logCollector tells that the logs go to something that is not CloudWatch Logs, and that it does not answer.
func (f *Finding) logCollector() bool {
	if f.FaultRule == "fault/socket-missing" {
		return true
	}
	known := f.Facts.Endpoint != "" || f.Facts.RemoteIP != "" || refused(nil, f)
	return f.has(Unreachable) && known && !awsName(f.Facts.Endpoint)
}

// ebs tells that an EBS volume was to be attached or mounted.
func (f *Finding) ebs(s *events.Stop) bool {
	return f.is(Volume) && !f.efs(s) && (attached(s, "AmazonElasticBlockStorage") || says(s, "ebs volume", "ebs snapshot"))
}

func accessPointSaid(s *events.Stop) bool { return says(s, "access point", "accesspoint") }

func noSuchFile(s *events.Stop) bool { return says(s, "no such file or directory") }
