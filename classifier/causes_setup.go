package classifier

import (
	"strconv"
	"strings"

	"whystopped/events/awsname"
)

// setupCauses are defects that keep a task from running: of what the task definition names (images, secrets,
// parameters, logs, environment files, volumes), and no room, no network interface, a definition or image that cannot
// start.
var setupCauses = []Cause{
	{
		ID:    "image-reference-invalid",
		Title: "the image reference {image|in the task definition} is not valid",
		Why: "A reference is HOST/NAME:TAG or HOST/NAME@sha256:DIGEST, lower case except the tag, without " +
			"https:// and spaces. A variable that the deployment tool left empty, as in NAME: without a tag, " +
			"makes it invalid.",
		Check: func() []Check {
			return []Check{
				describeDefinition("image of container {culprit|CONTAINER}, letter by letter"),
				lookAt("For ECR: the host begins with an account of 12 digits and .dkr.ecr., and the Region follows").
					at(not(otherRegistry)),
			}
		},
		Fix:      "Correct the image of {culprit|the container} and deploy a new revision.",
		Docs:     "https://docs.docker.com/reference/cli/docker/image/tag/",
		Example:  "CannotPullContainerError: invalid reference format",
		Unproven: "The event has the reference, and its text says what is wrong with it.",
		Applies: func(v *view) bool {
			return v.is(Image) && v.has(Invalid) || v.is(Image, RegistryAuth) && awsname.MisspeltECR(v.Facts.Registry)
		},
		Text: []TextProof{
			saying("the container runtime could not read the reference {image|of the image}",
				"invalid reference format", "normalize image reference"),
		},
	},
	{
		ID:    "image-registry-host-missing",
		Title: "the image has no registry host in its name, so Docker Hub was asked for {image|it}",
		Why: "A reference without a host means Docker Hub, and one without a slash Docker Hub's official images " +
			"(docker.io/library/). An image in ECR that is named as on the machine that built it is not found " +
			"there.",
		Check: func() []Check {
			return []Check{
				describeDefinition("image of {culprit|the container} begins with a registry's host"),
				run("aws ecr describe-repositories --region {region}", "repositoryUri of a repository of that name"),
			}
		},
		Fix: "Write the whole reference into the task definition, as docker push printed it: " +
			"{ecrHost|ACCOUNT.dkr.ecr.REGION.amazonaws.com}/{imageName|NAME:TAG}.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html",
		Example: "CannotPullContainerError: failed to resolve ref docker.io/library/orders-api:latest: pull access " +
			"denied, repository does not exist or may require authorization: server message: insufficient_scope",
		At: []Stage{Image, RegistryAuth},
		Applies: func(v *view) bool {
			return byHub(v) && (v.has(NotFound) || v.deniedUnsaid() && !wrongPassword(v)) && v.Facts.Image != "" &&
				!v.says("no such image")
		},
	},
	{
		ID:    "image-tag-missing",
		Title: "the tag of {image|the image} does not exist in its repository",
		Why: "The push failed, is not finished, or went to another Region or account; or the tag was deleted or " +
			"moved.",
		Check: func() []Check {
			return []Check{
				ecr("aws ecr describe-images --registry-id {registryAccount} --repository-name {repository} "+
					"--image-ids "+
					"{imageId} --region {registryRegion}", "imagePushedAt before the task was created"),
				ecr("aws ecr list-images --registry-id {registryAccount} --repository-name {repository} --filter "+
					"tagStatus=TAGGED --region {registryRegion}", "the tags that there are"),
				elsewhere("docker manifest inspect {image}", "an answer, no manifest unknown"),
				lookAt("The log of the build that should have pushed it"),
			}
		},
		Fix:  "Deploy a revision with a tag that exists, or push this tag.",
		Docs: docCannotPull,
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: not found",
		Applies: func(v *view) bool { return v.imageGone() && !agentImage(v) && !byDigest(v) && !repositorySaid(v) },
		Text: []TextProof{
			imageNotInRepository(Confirmed),
		},
	},
	{
		ID:    "image-digest-missing",
		Title: "the registry has no image with that digest",
		Why: "After its last tag moved on, a lifecycle policy or a clean-up can remove an image, and a reference " +
			"by digest then fails. ECS also resolves a service's tags to a digest when a deployment begins, and " +
			"uses that digest from then on.",
		Check: func() []Check {
			return []Check{
				ecr("aws ecr list-images --registry-id {registryAccount} --repository-name {repository} --region "+
					"{registryRegion}", "the digests that there are, with their tags"),
				ecr("aws ecr get-lifecycle-policy --registry-id {registryAccount} --repository-name {repository} "+
					"--region {registryRegion}", "rules that expire untagged images"),
				elsewhere("docker manifest inspect {imageRepository}@{digest}", "an answer, no manifest unknown"),
			}
		},
		Fix: "Force a new deployment so that ECS resolves the tag again; if the reference itself has the digest, " +
			"push the image again and deploy its new digest.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders@sha256:77bb: not found",
		Applies: func(v *view) bool {
			return byDigest(v) && (v.imageGone() || v.is(Image) && v.deniedUnsaid() && v.says("/blobs/sha256"))
		},
		Text: []TextProof{
			imageNotInRepository(Confirmed),
		},
	},
	{
		ID:    "image-repository-missing",
		Title: "the repository of {image|the image} does not exist in that registry",
		Why: "The name is misspelt, or the host has another account or Region than the repository. Docker Hub " +
			"answers \"access denied\" for a name that it does not know.",
		Check: func() []Check {
			return []Check{
				ecr("aws ecr describe-repositories --registry-id {registryAccount} --repository-names {repository} "+
					"--region {registryRegion}",
					"it exists, in the account and Region of the host {registry|in the image reference}"),
				anonymous("an answer, no denied").at(not(inECR)),
			}
		},
		Fix:  "Correct the repository in the image reference, or create it and push the image.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html",
		Example: "CannotPullContainerError: RepositoryNotFoundException: The repository with name 'orders' does not " +
			"exist in the registry with id '998877665544'",
		Applies: func(v *view) bool {
			return v.imageGone() && !agentImage(v) ||
				v.is(Image) && v.deniedUnsaid() && v.internetRegistry() && !wrongPassword(v)
		},
		Text: []TextProof{
			saying("the registry answered that it does not know the repository", "repositorynotfoundexception",
				"name unknown", "the repository with name"),
			imageNotInRepository(RuledOut),
		},
	},
	{
		ID:    "agent-image-missing",
		Title: "the image that the ECS agent itself needs is gone from the instance",
		Why: "The agent loads its pause image once, when it starts; it is in no registry. After a clean-up of unused " +
			"images it is gone and no task in awsvpc mode starts.",
		Check: func() []Check {
			return []Check{
				onHost("sudo docker images 'amazon/*'", "docker images 'amazon/*'",
					"amazon/amazon-ecs-pause and amazon/amazon-ecs-agent"),
				lookAt("Cron jobs, user data and tools on the instance that prune what Docker does not run").at(
					maybeEC2),
			}
		},
		Fix: "Restart the ECS agent (running tasks go on), then leave image clean-up to it " +
			"(ECS_IMAGE_CLEANUP_INTERVAL): `sudo systemctl restart ecs`.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html",
		Example:  "CannotCreateContainerError: Error: No such image: amazon/amazon-ecs-pause:0.1.0",
		Unproven: "Which images an instance has is visible only on the instance.",
		At:       []Stage{Image},
		Applies:  byRule("fault/agent-image"),
		Text: []TextProof{
			{Result: Confirmed, If: byRule("fault/agent-image"),
				Evidence: "Docker has no such image, and it is one of the agent's own"},
		},
	},
	{
		ID:    "image-expired-by-lifecycle",
		Title: "a lifecycle policy of the repository expired {image|the image}",
		Why: "ECR deletes or archives what the rules select, even if tasks use it. Running tasks go on, and the " +
			"next start fails.",
		Check: func() []Check {
			return []Check{
				ecr("aws ecr get-lifecycle-policy --registry-id {registryAccount} --repository-name {repository} "+
					"--region {registryRegion}", "rules that fit the tag"),
				ecr("aws cloudtrail lookup-events --lookup-attributes "+
					"AttributeKey=EventName,AttributeValue=PolicyExecutionEvent{dayBefore} --region {registryRegion}",
					"which digests were removed"),
			}
		},
		Fix:  "Push the image again; then exclude deployed tags from the lifecycle rules.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: not found",
		Applies: func(v *view) bool { return v.imageGone() && v.ecr() && !repositorySaid(v) },
	},
	{
		ID:    "image-archived",
		Title: "{image|the image} is in ECR's archive, from which nothing can be pulled",
		Why: "A lifecycle rule or a person moved the image to the archive. It is still listed, but until it is " +
			"restored ECR answers a pull as if it were gone.",
		Check: func() []Check {
			return []Check{
				ecr("aws ecr describe-images --registry-id {registryAccount} --repository-name {repository} "+
					"--image-ids "+
					"{imageId} --filter imageStatus=ANY --region {registryRegion}", "imageStatus and lastArchivedAt"),
				ecr("aws ecr get-lifecycle-policy --registry-id {registryAccount} --repository-name {repository} "+
					"--region {registryRegion}", "rules that archive"),
			}
		},
		Fix: "Restore the image or push it again, then exclude deployed tags from the lifecycle rules: `aws ecr " +
			"update-image-storage-class --registry-id {registryAccount} --repository-name {repository} --image-id " +
			"{imageId} --target-storage-class STANDARD --region {registryRegion}`.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-image.html",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: not found",
		Applies: func(v *view) bool { return v.imageGone() && v.ecr() && !repositorySaid(v) },
	},
	{
		ID:    "pull-through-cache",
		Title: "the pull-through cache could not fetch {image|the image} from its upstream registry",
		Why: "The first pull through a cache rule fills the repository. Besides the pull actions it needs " +
			"ecr:CreateRepository, ecr:BatchImportUpstreamImage and valid upstream credentials, and a route to " +
			"the internet if ECR is called through a VPC endpoint.",
		Check: func() []Check {
			return []Check{
				ecr("aws ecr describe-pull-through-cache-rules --registry-id {registryAccount} --region "+
					"{registryRegion}",
					"ecrRepositoryPrefix, upstreamRegistryUrl, credentialArn"),
				ecr("aws ecr validate-pull-through-cache-rule --ecr-repository-prefix {cachePrefix} --registry-id "+
					"{registryAccount} --region {registryRegion}", "isValid"),
				run("docker manifest inspect {upstreamImage}", "the image exists upstream under that name"),
			}
		},
		Fix: "Allow ecr:CreateRepository and ecr:BatchImportUpstreamImage for {role|the execution role}, and " +
			"give the rule valid credentials; then pull the image once.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/docker-hub/library/nginx:1.27: not found",
		Applies: func(v *view) bool {
			nested := strings.Count(awsname.ParseImage(v.Facts.Image).Name(), "/") >= 2
			return v.is(Image) && v.ecrPull() && nested && (v.has(NotFound) || v.deniedUnsaid())
		},
	},
	{
		ID:    "image-platform-mismatch",
		Title: "{image|the image} is not built for {platform|the CPU architecture or operating system of the task}",
		Why: "An image built on an Arm laptop does not run on x86, nor the other way round. A task runs on " +
			"X86_64 unless runtimePlatform says otherwise.",
		Check: func() []Check {
			return []Check{
				inspectImage("the platforms it offers"),
				describeDefinition("runtimePlatform; on EC2 the instance type's architecture"),
			}
		},
		Fix: "Build for that platform and push, `docker buildx build --platform {platform|linux/amd64,linux/arm64} " +
			"--tag {image} --push .`, or set runtimePlatform to what the image has.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
		Example: "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
		At:      []Stage{Image},
		Applies: func(v *view) bool { return v.has(Mismatch) && !oldManifest(v) },
		Text: []TextProof{
			saying("the registry has {image|the image}, but no variant of it for {platform|the task's platform}",
				"descriptor matching platform", "descriptor for platform", "no matching manifest",
				"cannot be used on this platform"),
		},
	},
	{
		ID:    "image-manifest-old",
		Title: "{image|the image} has a manifest of a kind that the container runtime does not read",
		Why: "Newer container runtimes refuse the old Docker schema 1, and older ones do not know OCI types such " +
			"as zstd layers, attestations or charts.",
		Check: func() []Check {
			return []Check{
				elsewhere("docker manifest inspect --verbose {image}",
					"schemaVersion 2, and mediaType of manifest and layers"),
				ecr("aws ecr batch-get-image --registry-id {registryAccount} --repository-name {repository} "+
					"--image-ids "+
					"{imageId} --region {registryRegion}", "imageManifestMediaType"),
			}
		},
		Fix: "Build the image again with a current version of Docker or BuildKit and push it[; {onInstance} also " +
			"update the AMI].",
		Docs:     "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-manifest-formats.html",
		Example:  "CannotPullContainerError: no processor for media-type: unknown",
		Unproven: "The text names the form of the manifest, and the manifest itself is not read.",
		At:       []Stage{Image},
		Applies:  func(v *view) bool { return v.has(Mismatch) && oldManifest(v) },
		Text: []TextProof{
			{Result: Confirmed,
				Match: Match{Any: []string{"no longer supported", "no processor for media-type",
					"unsupported media type"}},
				Evidence: "the container runtime says that it does not read manifests of this kind"},
		},
	},
	{
		ID:    "image-corrupt",
		Title: "a layer of {image|the image} is damaged, in the registry or in transit",
		Why: "What arrived does not have the checksum in the manifest, or ends too early. If it repeats, the " +
			"registry's copy is damaged; if not, the connection broke off.",
		Check: func() []Check {
			return []Check{
				run("docker pull {image}", "on another machine: the same error means that the registry's copy is bad"),
				lookAt("Other tasks with the image: one task only points to its connection or host, every task to " +
					"the image"),
				onHost("sudo df -h /var/lib/docker", "Get-PSDrive C", "free space"),
				onHost("sudo dmesg -T --level err,warn", "Get-WinEvent -LogName System -MaxEvents 100",
					"errors of the file system"),
			}
		},
		Fix: "Start the task again; if it repeats, build the image without cache, push it under a new tag " +
			"and deploy that.",
		Docs:     docCannotPull,
		Example:  "CannotPullContainerError: failed to extract layer sha256:77bb: unexpected EOF",
		Unproven: "Image layers are not downloaded, so damage in them is not seen.",
		At:       []Stage{Image},
		Applies:  func(v *view) bool { return v.has(Corrupt) },
	},
	{
		ID:    "image-too-large",
		Title: "{image|the image} and its layers do not fit on the disk",
		Why: "Layers take their unpacked size, often two or three times what the registry shows. Fargate gives " +
			"20 GiB unless ephemeralStorage asks for more; on EC2 old images and stopped containers fill the " +
			"disk.",
		Check: func() []Check {
			return []Check{
				ecr("aws ecr describe-images --registry-id {registryAccount} --repository-name {repository} "+
					"--image-ids "+
					"{imageId} --region {registryRegion}", "imageSizeInBytes (compressed)"),
				describeDefinition("ephemeralStorage").at(maybeFargate),
				onHost("df -h /var/lib/docker", "Get-PSDrive C", "free space"),
				onHost("sudo docker system df", "docker system df", "RECLAIMABLE"),
			}
		},
		Fix: "Make room for it: [{onInstance} enlarge the volume and shorten " +
			"ECS_IMAGE_CLEANUP_INTERVAL][{onFargate} raise ephemeralStorage]; a smaller image helps everywhere.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html",
		Example: "CannotPullContainerError: failed to register layer: write /usr/lib/libmodel.so: no space left on " +
			"device",
		At:      []Stage{Image},
		Applies: func(v *view) bool { return v.has(Exhausted) && !otherThanDisk(v) },
		Text: []TextProof{
			saying("the disk was full before the image was unpacked", "no space left on device",
				"not enough space on the disk"),
		},
	},
	{
		ID:    "registry-down",
		Title: "the registry {registry|of the image} answered with a server error of its own",
		Why: "A 5xx answer comes from the registry, its storage or a proxy in front of it. The request arrived, " +
			"so network, login and name are not what failed. Most such errors pass.",
		Check: func() []Check {
			return []Check{
				lookAt("The status page of {registry|the registry}, at the minute of the stop"),
				run("docker manifest inspect {image}", "from another machine, some minutes later"),
				lookAt("The log of a proxy or mirror in front of {registry|the registry}, where there is one"),
			}
		},
		Fix: "Start the task again; to depend less on that registry, copy the image to ECR or use a pull-through " +
			"cache.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
		Example: "CannotPullContainerError: failed to copy: httpReadSeeker: failed open: unexpected status code " +
			"https://registry-1.docker.io/v2/acme/api/blobs/sha256:77aa: 504 Gateway Time-out",
		Unproven: "No AWS API tells how a registry was at that minute.",
		At:       []Stage{Image, RegistryAuth},
		Applies:  registryDown,
		Text: []TextProof{
			{Result: Confirmed,
				If: func(v *view) bool { return v.Facts.Registry != "" && !awsname.IsECR(v.Facts.Registry) },
				Match: Match{Any: []string{" 500 internal server error", " 502 bad gateway",
					" 503 service unavailable", " 504 gateway time"}},
				Evidence: "{registry|the registry} answered with an error of its own"},
		},
	},
	{
		ID:    "docker-hub-limit",
		Title: "Docker Hub's pull rate limit is reached",
		Why: "Docker Hub counts pulls without a login by IP address, and all tasks behind one NAT gateway share " +
			"one. Pulls with a login count by account.",
		Check: func() []Check {
			return []Check{
				describeDefinition("image without a host of its own, and repositoryCredentials absent"),
				lookAt("How many tasks started in the last hours: a service that fails and starts again spends the " +
					"limit by itself"),
			}
		},
		Fix: "Set repositoryCredentials of a Docker Hub account; to depend less on its limit, copy the image to " +
			"ECR or use a pull-through cache.",
		Docs: "https://docs.docker.com/docker-hub/usage/",
		Example: "CannotPullContainerError: failed to resolve ref docker.io/library/redis:7: 429 Too Many Requests " +
			"- toomanyrequests: You have reached your pull rate limit",
		Unproven: "Docker Hub has no API for its pull counts that AWS credentials may call.",
		Applies: func(v *view) bool {
			hub := v.Facts.Registry == "docker.io" || v.Facts.Registry == "" && !v.ecr()
			return v.is(Image, RegistryAuth) && v.has(RateLimited) && hub
		},
		Text: []TextProof{
			{Result: Confirmed,
				Match: Match{Any: []string{"toomanyrequests", "429 too many requests", "pull rate limit"}}, If: byHub,
				Evidence: "Docker Hub answered that there were too many pulls"},
		},
	},
	{
		ID:    "registry-pull-limit",
		Title: "the rate limit of {registry|the registry} is reached",
		Why: "Registries limit the pulls of each account or plan. Pulls without a login have a lower limit and " +
			"count by IP address, which all tasks behind one NAT gateway share.",
		Check: func() []Check {
			return []Check{
				lookAt("The page of {registry|the registry} about its limits: what a login or another plan allows"),
				describeDefinition("repositoryCredentials of container {culprit|CONTAINER}: without them the pull " +
					"uses no login"),
				lookAt("How many tasks started in the last hours: what fails and starts again spends the limit by " +
					"itself"),
			}
		},
		Fix: "Log in to {registry|the registry} with a token (repositoryCredentials); if you do, use a plan with " +
			"a higher limit or pull a copy of the image from a registry of your own.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html",
		Example: "CannotPullContainerError: failed to resolve ref ghcr.io/acme/orders:7: unexpected status from HEAD " +
			"request to https://ghcr.io/v2/acme/orders/manifests/7: 429 Too Many Requests",
		Unproven: "Registries outside AWS count pulls themselves; no AWS API tells how many.",
		At:       []Stage{Image, RegistryAuth},
		Applies: func(v *view) bool {
			return v.has(RateLimited) && otherLimit(v) && v.Facts.Registry != awsname.DockerHub
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"toomanyrequests", "429 too many requests"}},
				Evidence: "{registry|the registry} answered that there were too many requests"},
		},
	},
	{
		ID:    "registry-throttled",
		Title: "too many calls at once to {endpoint|{registry|the service}}",
		Why: "Each account has a rate of calls per second for ECR, Secrets Manager, Parameter Store and log " +
			"streams. A large deployment, or many tasks that fail and start again, exceed it.",
		Check: func() []Check {
			return []Check{
				lookAt("Service Quotas console, {region|the task's Region}, the service in question: the rate of " +
					"{action|the action}; CloudWatch namespace AWS/Usage shows its use"),
				describeService("events: how many tasks started in the same minute"),
			}
		},
		Fix: "Start fewer tasks at once; otherwise request a higher quota, and for Parameter Store turn on " +
			"higher throughput.",
		Docs: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html",
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: toomanyrequests: Rate exceeded",
		Unproven: "No API that whystopped asks keeps how many calls were made in that minute.",
		Applies: func(v *view) bool {
			return v.calls() && v.has(RateLimited) && !otherLimit(v)
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"throttlingexception", "rate exceeded"}}, If: askedAWS,
				Evidence: "AWS answered that the rate of calls is exceeded"},
		},
	},
	{
		ID:    "secret-missing",
		Title: "{secrets|the secret} {secrets:does/do} not exist in the account and Region that ECS asked",
		Why: "The name is misspelt, the six characters at the end of the ARN are those of an older secret, or " +
			"the secret was never created in this account.",
		Check: func() []Check {
			return []Check{
				describeSecret("ARN, compared with valueFrom letter by letter"),
				describeDefinition("valueFrom of each secret"),
			}
		},
		Fix: "Correct valueFrom in the task definition and deploy a new revision; if the name is right, create " +
			"the secret.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
			"specified secret.",
		Applies: func(v *view) bool { return v.secretGone() && !versionSaid(v) && !deletionSaid(v) },
		Text: []TextProof{
			saying("Secrets Manager answered that it cannot find {secrets|the secret}",
				"can't find the specified secret."),
		},
	},
	{
		ID:    "secret-version-missing",
		Title: "{secrets|the secret} {secrets:exists/exist}, but not the version that valueFrom asks for",
		Why: "A new secret has no value, so no AWSCURRENT, until somebody puts one in. A rotation can remove the " +
			"version id or stage that valueFrom names.",
		Check: func() []Check {
			return []Check{
				describeSecret(
					"VersionIdsToStages holds the stage or id of valueFrom, or AWSCURRENT where it names none"),
			}
		},
		Fix:  "Put a value into the secret; if it has one, remove version id and stage from valueFrom.",
		Docs: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
			"specified secret value for staging label: AWSPENDING",
		Applies: func(v *view) bool { return v.secretGone() && versionSaid(v) },
		Text: []TextProof{
			saying("Secrets Manager has the secret, but no value under that version",
				"can't find the specified secret value", "can't find the specified secret version"),
		},
	},
	{
		ID:    "secret-new",
		Title: "{secrets|the secret} {secrets:was/were} created moments before, and not known everywhere yet",
		Why: "A template often creates the secret and the service together. Secrets Manager can answer for a " +
			"secret without a value, or with one written seconds before, as if it did not exist.",
		Check: func() []Check {
			return []Check{
				describeSecret("CreatedDate, LastChangedDate and VersionIdsToStages with AWSCURRENT, against the " +
					"task's start"),
			}
		},
		Fix:  "Start the task again; in a template let the service depend on the secret's value.",
		Docs: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the " +
			"specified secret value for staging label: AWSCURRENT",
		At:      []Stage{Secret},
		Applies: func(v *view) bool { return v.secretGone() && !deletionSaid(v) },
	},
	{
		ID:    "secret-deleted",
		Title: "{secrets|the secret} {secrets:is/are} deleted or scheduled for deletion",
		Why:   "A secret cannot be read from the moment its deletion is scheduled, though its name stays taken.",
		Check: func() []Check {
			return []Check{
				describeSecret("DeletedDate"),
				run("aws cloudtrail lookup-events --lookup-attributes "+
					"AttributeKey=EventName,AttributeValue=DeleteSecret --max-items 20 --region {secretRegion}",
					"who deleted it"),
			}
		},
		Fix: "Restore the secret, or if it was deleted on purpose, name another one in the task definition: `aws " +
			"secretsmanager restore-secret --secret-id {secretName} --region {secretRegion}`.",
		Docs: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: InvalidRequestException: You can't perform this operation " +
			"on the secret because it was marked for deletion.",
		Applies: func(v *view) bool { return v.secretGone() && !versionSaid(v) },
		Text: []TextProof{
			saying("Secrets Manager answered that the secret is scheduled for deletion", "marked for deletion",
				"scheduled for deletion"),
		},
	},
	{
		ID:    "secret-json-key-missing",
		Title: "{secrets|the secret} {secrets:has/have} no JSON key {jsonKey|of the name in valueFrom}",
		Why: "If valueFrom names a key, ECS reads that key of the secret. The key is missing or differs in upper " +
			"and lower case, or the secret's value is not a JSON object.",
		Check: func() []Check {
			return []Check{
				lookAt("Secrets Manager console, {secret|the secret}, Retrieve secret value: its keys, letter by " +
					"letter (the command line would print the value)"),
				describeDefinition("valueFrom ends in ARN:KEY:STAGE:VERSION, with two colons behind a key alone"),
			}
		},
		Fix:  "Add the key {jsonKey|that is missing} to the secret, or correct valueFrom.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
			"retrieval failed: retrieved secret from Secrets Manager did not contain json key password",
		Unproven: "Only the value of the secret would show it, and whystopped reads no secret value.",
		At:       []Stage{Secret},
		Applies:  func(v *view) bool { return v.has(Invalid) && badJSON(v) },
		Text: []TextProof{
			saying("the secret was read, and it has no key {jsonKey|of that name}", "did not contain json key"),
			saying("the secret was read, and its value is not a JSON object", "invalid character"),
		},
	},
	{
		ID:    "secret-arn-invalid",
		Title: "valueFrom of a secret is not valid",
		Why: "It must be the ARN of a secret, optionally followed by :KEY:STAGE:VERSION, or the name or ARN of a " +
			"parameter. Quotes, spaces, an unfilled variable or a missing colon make it invalid.",
		Check: func() []Check {
			return []Check{
				describeDefinition(
					"valueFrom of each secret of container {culprit|CONTAINER}; credentialsParameter of " +
						"repositoryCredentials"),
			}
		},
		Fix:  "Correct valueFrom in the task definition and deploy a new revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: ValidationException: Invalid name. Must be a valid name",
		Applies: func(v *view) bool {
			return (v.is(Secret) || v.credentialsSecret()) &&
				(v.has(Invalid) && !badJSON(v) || v.has(Denied, NotFound) && partialARN(v.Facts.Secret))
		},
		Text: []TextProof{
			saying("ECS or Secrets Manager could not read valueFrom as a name or an ARN", "invalid arn",
				"unexpected arn format", "invalid name"),
		},
	},
	{
		ID: "parameter-missing",
		Title: "the {secrets:parameter/parameters} {secrets|in valueFrom} {secrets:does/do} not exist in the account " +
			"and Region that ECS asked",
		Why: "A parameter's name includes its whole path, with a version or label after a colon, in exact case. " +
			"Without an ARN ECS looks only in the task's own Region and account.",
		Check: func() []Check {
			return []Check{
				describeParameter("an empty list means that it is not there"),
				describeDefinition("valueFrom of each secret"),
			}
		},
		Fix: "Correct valueFrom in the task definition and deploy a new revision; if the name is right, create " +
			"the parameter.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secrets from ssm: invalid ssm parameters: /orders/db/password",
		At:      []Stage{Secret},
		Applies: func(v *view) bool { return v.has(NotFound) && v.parameter() },
		Text: []TextProof{
			saying("Parameter Store answered that it does not have {secrets|the parameter}", "invalid ssm parameters",
				"invalid parameters:", "parameternotfound"),
		},
	},
	{
		ID:    "secret-in-other-region",
		Title: "{secrets|the secret or parameter} {secrets:is/are} in another Region than the one that ECS asked",
		Why: "ECS looks up a name in the task's Region, and an ARN in the ARN's Region: the secret must exist " +
			"there, and the task must be able to reach that Region.",
		Check: func() []Check {
			return []Check{
				describeDefinition("the Region in the ARN of valueFrom"),
				run("aws secretsmanager describe-secret --secret-id {secretName} --region {otherRegion}",
					"PrimaryRegion and ReplicationStatus").at(secretAsked),
				run("aws ssm describe-parameters --parameter-filters Key=Name,Values={parameterNames} --region "+
					"{otherRegion}", "an empty list means that it is not there either").at(parameterAsked),
			}
		},
		Fix: "Write the full ARN of the Region where the secret is, or replicate it to {region|the task's " +
			"Region}.",
		Docs: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secrets from ssm: invalid ssm parameters: /orders/db/password",
		Applies: func(v *view) bool {
			gone := v.secretGone() && !versionSaid(v) && !deletionSaid(v) || v.is(Secret) && v.has(NotFound) &&
				v.parameter()
			arn, _ := awsname.ParseARN(v.Facts.Secret)
			return gone && arn.Region != v.Region
		},
	},
	{
		ID:    "log-router-down",
		Title: "nothing receives logs at {endpoint|{remoteIp|the address of the log driver}}",
		Why: "fluentd, splunk and similar log drivers connect before the container starts. If the log router is " +
			"not running yet, listens elsewhere, or is behind a closed security group, the start fails.",
		Check: func() []Check {
			return []Check{
				describeDefinition(
					"address in logConfiguration of container {culprit|CONTAINER}, and dependsOn on the " +
						"log router's container"),
				lookAt("The log router's own log and exit code: it started, and before the others"),
			}
		},
		Fix: "Start the log router first (dependsOn with condition START or HEALTHY); if it runs, correct its " +
			"address, or set the driver's asynchronous option.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html",
		Example: "CannotStartContainerError: failed to initialize logging driver: dial unix /var/run/fluent.sock: " +
			"connect: no such file or directory",
		Unproven: "Whether something listened at an address inside the task is visible only from inside the task.",
		At:       []Stage{Logging},
		Applies:  func(v *view) bool { return v.logCollector() },
		Text: []TextProof{
			saying("nothing listens at {endpoint|{remoteIp|the address}}: it refused the connection",
				"connection refused"),
			{Result: Confirmed, Match: Match{All: []string{"dial unix", "no such file or directory"}},
				Evidence: "the socket of the log driver does not exist"},
		},
	},
	{
		ID:    "log-group-missing",
		Title: "the log group {resource|of the container} does not exist in the Region of awslogs-region",
		Why: "The awslogs log driver creates log streams. It creates the log group only if awslogs-create-group " +
			"is true and the role may call logs:CreateLogGroup.",
		Check: func() []Check {
			return []Check{
				describeDefinition("awslogs-group, awslogs-region, awslogs-create-group"),
				run("aws logs describe-log-groups --log-group-name-prefix {logGroup} --region {logRegion}",
					"the exact name, in the Region of awslogs-region"),
			}
		},
		Fix: "Create the log group {logGroup|of container {culprit|in question}} in the Region of " +
			"awslogs-region; otherwise correct awslogs-group, or set awslogs-create-group to true and allow " +
			"logs:CreateLogGroup.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
		Example: "CannotStartContainerError: failed to initialize logging driver: failed to create Cloudwatch log " +
			"stream: ResourceNotFoundException: The specified log group does not exist.",
		At:      []Stage{Logging},
		Applies: func(v *view) bool { return v.has(NotFound) && !v.logCollector() },
		Text: []TextProof{
			saying("CloudWatch Logs answered that the log group does not exist", "log group does not exist"),
		},
	},
	{
		ID:    "log-group-create-denied",
		Title: "{role|the execution role} may not create the log group",
		Why:   "awslogs-create-group needs logs:CreateLogGroup, which AmazonECSTaskExecutionRolePolicy does not have.",
		Check: func() []Check {
			return []Check{
				run("aws logs describe-log-groups --log-group-name-prefix {logGroup} --region {logRegion}",
					"once the group exists the permission is not needed"),
				run("aws iam simulate-principal-policy --policy-source-arn {roleArn} --action-names "+
					"logs:CreateLogGroup "+
					"--resource-arns arn:{partition|aws}:logs:{logRegion}:{account}:log-group:{logGroup} --region "+
					"{region}",
					"EvalDecision"),
			}
		},
		Fix:  "Allow logs:CreateLogGroup for {role|the execution role}, or create the log group beforehand.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
		Example: "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log " +
			"group: AccessDeniedException: User is not authorized to perform: logs:CreateLogGroup",
		Applies: func(v *view) bool {
			said := v.Facts.AWSAction == "logs:CreateLogGroup" || v.Facts.AWSAction == "" &&
				v.says("log group", "loggroup")
			return v.is(Logging) && said && (v.deniedUnsaid() || v.refusedBy("identity-based policy"))
		},
		Text: []TextProof{
			saying("AWS says that it denied logs:CreateLogGroup", "not authorized to perform: "+
				"logs:createloggroup"),
		},
	},
	{
		ID:    "log-region-wrong",
		Title: "awslogs-region names another Region than the one with the log group",
		Why: "The log driver calls CloudWatch Logs in the Region of awslogs-region. VPC endpoints serve only " +
			"their own Region, and log groups of other Regions are not found.",
		Check: func() []Check {
			return []Check{
				describeDefinition("awslogs-region, compared with {region|the task's Region}"),
			}
		},
		Fix:  "Set awslogs-region to the Region of the log group.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
		Example: "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log " +
			"stream: ResourceNotFoundException",
		Applies: func(v *view) bool {
			if !v.is(Logging) || v.logCollector() {
				return false
			}
			if v.Facts.Endpoint == "" {
				return v.has(NotFound) || v.has(Invalid) && v.says("missingendpoint", "region")
			}
			elsewhere := v.Region != "" && !strings.Contains(v.Facts.Endpoint, v.Region)
			return elsewhere && v.has(NotFound, Unreachable, DNS)
		},
	},
	{
		ID:    "log-options-invalid",
		Title: "the log driver[ {logDriver}] does not accept the log options of {culprit|the container}",
		Why: "The log driver checks its options before the container starts. One unknown, missing or " +
			"contradictory option is enough to stop it.",
		Check: func() []Check {
			return []Check{
				describeDefinition("logConfiguration, against the driver's list of options"),
				onHost("grep ECS_AVAILABLE_LOGGING_DRIVERS /etc/ecs/ecs.config",
					"[Environment]::GetEnvironmentVariable('ECS_AVAILABLE_LOGGING_DRIVERS', 'Machine')",
					"the driver is among them"),
			}
		},
		Fix:  "Correct the option that the message names in logConfiguration, and deploy a new revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html",
		Example: "ResourceInitializationError: failed to validate logger args: unknown log opt 'awslogs-retention' " +
			"for awslogs log driver",
		At:      []Stage{Logging},
		Applies: func(v *view) bool { return v.has(Invalid, Mismatch) && !v.says("missingendpoint") },
		Text: []TextProof{
			saying("the log driver names the option that it does not accept or that is missing", "unknown log opt",
				"is required"),
		},
	},
	{
		ID:    "env-file-missing",
		Title: "the environment file does not exist in its bucket",
		Why: "The object's key or the bucket's name is wrong. S3 answers \"access denied\" for a missing object " +
			"if the role may not list the bucket.",
		Check: func() []Check {
			return []Check{
				describeDefinition("environmentFiles of container {culprit|CONTAINER}"),
				run("aws s3api list-objects-v2 --bucket {bucket} --prefix {objectKey} --max-items 2 --region {region}",
					"the exact key, in exact case"),
			}
		},
		Fix:  "Correct the file's ARN in environmentFiles; if it is right, upload the file.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
		Example: "ResourceInitializationError: failed to download env files: file download command: NoSuchKey: The " +
			"specified key does not exist.",
		At:      []Stage{EnvFile},
		Applies: func(v *view) bool { return v.has(NotFound) || v.deniedUnsaid() },
		Text: []TextProof{
			saying("S3 answered that it has no such object or bucket", "nosuchkey", "nosuchbucket"),
		},
	},
	{
		ID:    "env-file-denied",
		Title: "{role|the execution role} may not read the environment file",
		Why: "The role needs s3:GetObject on the file, s3:GetBucketLocation on the bucket, a bucket policy that " +
			"allows both, and kms:Decrypt if a customer managed key encrypts the file.",
		Check: func() []Check {
			return []Check{
				run("aws iam simulate-principal-policy --policy-source-arn {roleArn} --action-names s3:GetObject "+
					"--resource-arns {fileARN} --region {region}", "EvalDecision"),
				run("aws s3api get-bucket-policy --bucket {bucket} --region {region}",
					"a Deny that holds for the role, or for calls from outside a VPC endpoint"),
				run("aws s3api get-bucket-encryption --bucket {bucket} --region {region}", "a KMS key of your own"),
			}
		},
		Fix:  "Allow s3:GetObject on the file and s3:GetBucketLocation on its bucket for {role|the execution role}.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
		Example: "Unable to download env file with key prod/app.env from bucket orders-config, error: AccessDenied: " +
			"Access Denied status code: 403",
		At:      []Stage{EnvFile},
		Applies: func(v *view) bool { return v.deniedUnsaid() },
	},
	{
		ID:    "env-file-invalid",
		Title: "the environment file, or its ARN, is not valid",
		Why: "The file's name must end in .env, its lines must be NAME=VALUE in UTF-8, and a task may have at " +
			"most ten such files.",
		Check: func() []Check {
			return []Check{
				describeDefinition("environmentFiles, type s3 and value arn:{partition|aws}:s3:::BUCKET/KEY.env"),
				lookAt("The file itself: a line without =, a byte order mark, quotes that were meant to be taken off"),
			}
		},
		Fix:  "Correct the file or its ARN, and start a new task.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html",
		Example: "Unable to parse bucket and key from s3 ARN specified in environmentFile arn:aws:s3:::orders, " +
			"error: invalid ARN",
		At:      []Stage{EnvFile},
		Applies: func(v *view) bool { return v.has(Invalid, Mismatch, Corrupt) },
		Text: []TextProof{
			saying("the ARN in environmentFiles could not be read", "parse bucket and key", "invalid arn"),
		},
	},
	{
		ID:    "volume-owner",
		Title: "the volume does not take the owner of the image's directory",
		Why: "Docker copies into an empty volume what the image has at that path, with its owner (chown). An EFS " +
			"access point acts as its own POSIX user, and NFS squashes root, so both refuse that.",
		Check: func() []Check {
			return []Check{
				describeDefinition(
					"accessPointId of the volume, and containerPath and user of {culprit|the container}"),
				run("aws efs describe-access-points --file-system-id {fileSystem} --region {region}",
					"PosixUser and CreationInfo"),
				run("docker run --rm --entrypoint ls {image} -ld {path}", "owner of the directory in the image"),
			}
		},
		Fix: "Give the access point the user and group that own the directory in the image, or mount at a path that " +
			"the image does not have.",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html",
		Example: "CannotCreateContainerError: failed to copy file info for /var/lib/ecs/volumes/ecs-data-3-in-77aa: " +
			"failed to chown /var/lib/ecs/volumes/ecs-data-3-in-77aa: operation not permitted",
		Unproven: "The owner of a directory in an image, or in a file system, is not read.",
		At:       []Stage{Create, Start, Volume},
		Applies:  func(v *view) bool { return v.has(Denied) && chownSaid(v) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"chown ", "operation not permitted"}},
				Evidence: "Docker tried to set the owner of the volume, and was refused"},
		},
	},
	{
		ID:    "efs-access-point",
		Title: "the EFS access point is gone or does not fit the volume",
		Why: "The access point must exist and belong to {fileSystem|the file system}. With it the volume's root " +
			"directory must be / and transit encryption on. Its user must own its directory or be allowed to " +
			"create it.",
		Check: func() []Check {
			return []Check{
				describeDefinition("accessPointId, rootDirectory and transitEncryption in efsVolumeConfiguration"),
				run("aws efs describe-access-points --file-system-id {fileSystem} --region {region}",
					"LifeCycleState available; PosixUser and CreationInfo against the directory's owner"),
			}
		},
		Fix:  "Use an access point of that file system, leave rootDirectory out, and turn on transit encryption.",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Access Point ID fsap-xyz is malformed",
		Applies: func(v *view) bool {
			return v.efs() && (v.deniedUnsaid() || v.has(NotFound, Invalid) && accessPointSaid(v))
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"accesspointnotfound", "access point id"}}, If: notDenied,
				Evidence: "EFS says that the access point does not exist or is not valid"},
		},
	},
	{
		ID:    "efs-iam-denied",
		Title: "{fileSystem|the file system} does not allow the task role to mount it",
		Why: "With iam ENABLED the task role (not the execution role) needs elasticfilesystem:ClientMount and, " +
			"to write, ClientWrite. A file system policy that names roles or requires encryption also refuses " +
			"mounts with iam off.",
		Check: func() []Check {
			return []Check{
				run("aws efs describe-file-system-policy --file-system-id {fileSystem} --region {region}",
					"the principal and conditions; PolicyNotFound means that it denies nobody"),
				describeDefinition("taskRoleArn, and authorizationConfig and transitEncryption of the " +
					"volume"),
				run("aws iam simulate-principal-policy --policy-source-arn {taskRoleArn} --action-names "+
					"elasticfilesystem:ClientMount --region {region}", "EvalDecision"),
			}
		},
		Fix: "Allow elasticfilesystem:ClientMount (and ClientWrite) to the task role, and set iam and " +
			"transitEncryption to ENABLED.",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'",
		Applies: func(v *view) bool { return v.efs() && v.deniedUnsaid() },
	},
	{
		ID:    "efs-path-missing",
		Title: "the directory {path|in rootDirectory} does not exist in {fileSystem|the file system}",
		Why:   "ECS does not create the root directory. Only an access point with CreationInfo creates its own.",
		Check: func() []Check {
			return []Check{
				describeDefinition("rootDirectory in efsVolumeConfiguration"),
				lookAt("Mount {fileSystem|the file system} at / on another machine and list it"),
			}
		},
		Fix:  "Create the directory, or use an access point that creates it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-efs-config.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: mounting 127.0.0.1:/orders/in failed, reason given by server: No such file or directory'",
		Applies: func(v *view) bool {
			return v.efs() && v.has(NotFound) && (v.Facts.Path != "" || noSuchFile(v))
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"mounting ", "no such file or directory"}}, If: pathKnown,
				Evidence: "the file system answered, and it has no {path|such directory}"},
		},
	},
	{
		ID:    "efs-address-family",
		Title: "task and mount target have no address type in common: one has only IPv6, the other only IPv4",
		Why: "A mount target has IPv4, IPv6 or both, and a task in a subnet of one type reaches only that type. " +
			"The name of the file system then resolves to an address that the task cannot reach.",
		Check: func() []Check {
			return []Check{
				run("aws efs describe-mount-targets --file-system-id {fileSystem} --region {region}",
					"IpAddress and Ipv6Address in the task's zone"),
				run("aws ec2 describe-subnets --subnet-ids {subnet} --region {region}",
					"CidrBlock, Ipv6CidrBlockAssociationSet, Ipv6Native"),
			}
		},
		Fix:  "Create the mount target with an address type that the task's subnet has (IpAddressType DUAL_STACK).",
		Docs: "https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: Network is unreachable'",
		Unproven: "The address type of mount targets is not read.",
		At:       []Stage{Volume},
		Applies: func(v *view) bool {
			return v.efs() && (v.has(Unreachable, DNS) && v.says("network is unreachable", "address family") ||
				v.has(Unreachable) && v.remote.Is6())
		},
	},
	{
		ID:    "efs-platform-version",
		Title: "Fargate platform version {platformVersion|of the task} does not support EFS volumes",
		Why:   "Fargate supports EFS volumes from platform version 1.4.0.",
		Check: func() []Check {
			return []Check{
				describeService("platformVersion"),
			}
		},
		Fix:  "Set platformVersion to LATEST, or to 1.4.0 or later.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html",
		Example: aTask +
			`"launchType":"FARGATE","platformVersion":"1.3.0","stopCode":"TaskFailedToStart","stoppedReason":"ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes"}`,
		Unproven: "The event states the platform version, so nothing has to be asked.",
		Applies:  func(v *view) bool { return v.efs() && platformBefore14(v) },
		Text: []TextProof{
			{Result: Confirmed, Evidence: "the event states platform version {platformVersion|below 1.4.0}"},
		},
	},
	{
		ID:    "ebs-role",
		Title: "the infrastructure role may not create and attach the EBS volume",
		Why: "ECS creates the volume with the infrastructure role of the service or run-task call. It needs " +
			"AmazonECSInfrastructureRolePolicyForVolumes and a trust policy that names ecs.amazonaws.com.",
		Check: func() []Check {
			return []Check{
				describeService("roleArn in volumeConfigurations"),
				run("aws iam list-attached-role-policies --role-name {infrastructureRole} --region {region}",
					"AmazonECSInfrastructureRolePolicyForVolumes or its actions"),
				run("aws iam get-role --role-name {infrastructureRole} --region {region}",
					"AssumeRolePolicyDocument with Principal Service ecs.amazonaws.com"),
				trail("CreateVolume", "errorCode and errorMessage"),
			}
		},
		Fix: "Attach AmazonECSInfrastructureRolePolicyForVolumes to the infrastructure role and let " +
			"ecs.amazonaws.com assume it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html",
		Example: "ECS was unable to create the EBS volume for the task: UnauthorizedOperation: You are not " +
			"authorized to perform this operation.",
		Applies: func(v *view) bool { return v.ebs() && v.deniedUnsaid() },
	},
	{
		ID:    "ebs-kms",
		Title: "the EBS volume cannot use its KMS key",
		Why: "If a customer managed key encrypts the volume, the key policy must allow the infrastructure role " +
			"to use it and create grants. Otherwise the volume is created and then disappears.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 get-ebs-default-kms-key-id --region {region}",
					"the key where volumeConfigurations names none"),
				describeService("kmsKeyId in volumeConfigurations"),
				run("aws kms get-key-policy --key-id {kmsKey} --policy-name default --region {keyRegion}",
					"kms:CreateGrant, kms:Decrypt and kms:GenerateDataKeyWithoutPlaintext for the infrastructure role"),
			}
		},
		Fix:      "Allow those three actions for the infrastructure role in the key policy.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ebs-kms-encryption.html",
		Example:  "ECS timed out while configuring the EBS volume attachment to your Task.",
		Unproven: "No API keeps what EBS did with the key once the volume is gone.",
		Applies: func(v *view) bool {
			return v.ebs() && (v.deniedUnsaid() || v.has(Timeout) || v.Facts.DeniedBy == "" && v.kms())
		},
	},
	{
		ID: "volume-missing",
		Title: "the volume[ {volume}] or host directory of the task definition does not exist, or differs from " +
			"its definition",
		Why: "A Docker volume with autoprovision off, a snapshot, or a host path must exist before the task " +
			"starts, and an existing volume of the same name must have the same driver and options.",
		Check: func() []Check {
			return []Check{
				describeDefinition("volumes and mountPoints"),
				onHost("sudo docker volume ls", "docker volume ls",
					"the volume and its driver; of a host path, who owns it"),
			}
		},
		Fix: "Correct its name in the task definition; if it is right, create the volume or directory on the " +
			"instance.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_data_volumes.html",
		Example: "resource cannot be initialized: initialize volume: volume detection failed, volume 'scans' does " +
			"not exist and autoprovision is set to false",
		At: []Stage{Volume},
		Applies: func(v *view) bool {
			return !v.efs() && v.has(NotFound, Invalid, Conflict)
		},
		Text: []TextProof{
			saying("the message says that the volume does not exist", "does not exist and autoprovision",
				"no such volume"),
		},
	},
	{
		ID:    "volume-plugin",
		Title: "the volume's driver is not installed on the instance, or fails",
		Why: "A volume driver is a Docker plug-in on the instance. If it is missing, disabled or stuck, every " +
			"mount that needs it fails.",
		Check: func() []Check {
			return []Check{
				onHost("sudo docker plugin ls", "docker plugin ls", "the driver of the volume, ENABLED true"),
				onHost("sudo journalctl -u docker{logTimes}",
					"Get-EventLog -LogName Application -Source Docker -Newest 100", "what the plug-in says"),
				onHost("sudo tail -n 200 /var/log/ecs/ecs-volume-plugin.log", "", "for volumes in EFS"),
			}
		},
		Fix: "Install and enable the driver on every instance of the cluster; if it is there, restart it. " +
			"ECS-optimized AMIs have the one for EFS.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html",
		Example: "CannotCreateContainerError: Error response from daemon: create scans: found reference to volume " +
			"'scans' in driver 'acmefs', but got an error while checking the driver: dial unix " +
			"/run/docker/plugins/acmefs.sock: connect: connection refused",
		Unproven: "Which plug-ins Docker has is visible only on the instance.",
		At:       []Stage{Volume},
		Applies: func(v *view) bool {
			return (v.OnInstance() || v.FaultRule == "fault/plugin-down") && v.Facts.DeniedBy == "" &&
				v.says("plugin", "plug-in", "volumedriver", "volume driver", " in driver '")
		},
		Text: []TextProof{
			saying("Docker has no such volume driver", "looking up volume plugin"),
			{Result: Confirmed, If: byRule("fault/plugin-down"),
				Evidence: "nothing answers at the socket of the volume driver"},
		},
	},

	{
		ID:    "subnet-full",
		Title: "no free IP address in {subnet|the subnet}",
		Why: "A task in awsvpc mode takes one address of its subnet. Rolling deployments need addresses for old " +
			"and new tasks at once, and load balancers, VPC endpoints and Lambda functions use the same subnet.",
		Check: func() []Check {
			return []Check{
				run("aws ec2 describe-subnets --subnet-ids {subnet} --region {region}",
					"AvailableIpAddressCount; it recovers as soon as the failed task is gone, so a small number "+
						"proves "+
						"nothing"),
				run("aws ec2 describe-network-interfaces --filters Name=subnet-id,Values={subnet} --region {region}",
					"Description tells who holds the addresses"),
			}
		},
		Fix: "Delete network interfaces that nobody uses; if the tasks need more, add larger subnets to the " +
			"network configuration.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InsufficientFreeAddressesInSubnet",
		Applies: func(v *view) bool {
			return v.interfaceFault() && v.has(Exhausted) && !v.says("device index", "networkinterfacelimit")
		},
		Text: []TextProof{
			saying("EC2 answered that the subnet has no free address", "insufficientfreeaddresses",
				"insufficient free addresses"),
		},
	},
	{
		ID:    "eni-limit",
		Title: "the limit of network interfaces is reached, of the account[ or {onInstance}]",
		Why: "On EC2 each instance type has a fixed number of interfaces, and an awsvpc task needs one. On " +
			"Fargate the quota of interfaces per Region counts.",
		Check: func() []Check {
			return []Check{
				run("aws service-quotas get-service-quota --service-code vpc --quota-code L-DF5E4CA3 --region {region}",
					"interfaces per Region"),
				run("aws ec2 describe-instance-types --instance-types {instanceType} --region {region}",
					"MaximumNetworkInterfaces, less one for the instance itself").at(maybeEC2),
				run("aws ecs list-account-settings --name awsvpcTrunking --effective-settings --region {region}",
					"enabled gives an instance many more").at(maybeEC2),
			}
		},
		Fix: "Get more of them: [{onInstance} turn on awsvpcTrunking and replace it, or choose a larger " +
			"type][{onFargate} request a higher quota of network interfaces].",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html",
		Example: "TaskFailedToStart: RESOURCE:ENI",
		Applies: func(v *view) bool {
			return v.interfaceFault() && v.has(Exhausted) || v.noRoom() && v.says("resource:eni")
		},
		Text: []TextProof{
			saying("EC2 answered that the limit of network interfaces is reached", "networkinterfacelimit"),
			saying("no instance had a network interface free", "resource:eni"),
			{Result: RuledOut, Match: Match{Any: []string{"insufficientfreeaddresses", "insufficient free addresses"}},
				Evidence: "EC2 says that the addresses of the subnet ran out, not the interfaces"},
		},
	},
	{
		ID:    "tag-policy",
		Title: "a tag policy forbids the tags that ECS puts on the network interface",
		Why: "ECS copies the tags of the service or task definition to the network interface. A tag policy of " +
			"the organization that is enforced for ec2:network-interface refuses a key in another case or a " +
			"wrong value, and the task cannot start.",
		Check: func() []Check {
			return []Check{
				run("aws organizations describe-effective-policy --policy-type TAG_POLICY --target-id {account} "+
					"--region {region}", "rules enforced for ec2:network-interface"),
				run("aws ecs describe-services --cluster {cluster} --services {service} --include TAGS --region "+
					"{region}",
					"tags, propagateTags, enableECSManagedTags").at(maybeService),
			}
		},
		Fix: "Correct the tags of the service or task definition; otherwise take ec2:network-interface out of " +
			"the tag policy's enforcement.",
		Docs:     "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_tag-policies.html",
		Example:  "Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation",
		Unproven: "The text names the tag policy, and the policies of the organization are not read.",
		At:       []Stage{Network},
		Applies:  func(v *view) bool { return v.has(Denied) && v.says("tag") },
		Text: []TextProof{
			saying("EC2 says that the tag policy refused", "tagpolicyviolation"),
		},
	},
	{
		ID:    "service-role-missing",
		Title: "the service-linked role AWSServiceRoleForECS is missing or not allowed to act",
		Why: "ECS creates network interfaces and looks for capacity with its service-linked role. Without it, or " +
			"if a service control policy denies its calls, EC2 refuses.",
		Check: func() []Check {
			return []Check{
				run("aws iam get-role --role-name AWSServiceRoleForECS --region {region}", "it exists"),
				trail("CreateNetworkInterface", "errorCode and errorMessage at the minute of the stop"),
				lookAt("Organizations console, policies of the account: service control policies on " +
					"ec2:CreateNetworkInterface and ec2:CreateTags"),
			}
		},
		Fix: "Create the role; if it exists, exempt it from the service control policy: `aws iam " +
			"create-service-linked-role --aws-service-name ecs.amazonaws.com --region {region}`.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': AuthFailure",
		At: []Stage{Network, Placement, Role},
		Applies: func(v *view) bool {
			return v.has(Denied) && (!v.is(Role) || serviceRoleSaid(v)) && !accountBlocked(v) &&
				!strings.HasPrefix(v.Facts.AWSAction, "ecs:")
		},
		Text: []TextProof{
			saying("ECS could not assume its own service-linked role", "the service linked role"),
			{Result: RuledOut, Match: Match{Any: []string{"tagpolicyviolation"}},
				Evidence: "the service-linked role made the call, and EC2 says that the tag policy refused"},
		},
	},
	{
		ID:    "eni-provisioning-slow",
		Title: "EC2 did not deliver the network interface in time",
		Why: "Creating and attaching the interface takes several EC2 calls. Throttling in the account, a busy " +
			"zone or a fault at AWS can delay it beyond the time that ECS waits.",
		Check: func() []Check {
			return []Check{
				run("aws ecs list-tasks --cluster {cluster} --desired-status STOPPED --region {region}",
					"other tasks of that minute; if they started, it was a passing fault"),
				trail("CreateNetworkInterface", "RequestLimitExceeded or other errors"),
				lookAt("AWS Health dashboard: events of EC2, VPC or ECS in {region|the Region}"),
			}
		},
		Fix: "Start the task again; if it repeats, use subnets in several zones and start fewer tasks at " +
			"once.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html",
		Example: "Timeout waiting for network interface provisioning to complete.",
		Applies: func(v *view) bool {
			return v.interfaceFault() && v.has(Timeout, Internal, RateLimited, Conflict, Unreachable, UnknownFault)
		},
	},
	{
		ID:    "cni-fault",
		Title: "the container's network could not be set up on its host",
		Why: "The CNI plug-ins, the Docker bridge and the Service Connect proxy connect the container to the " +
			"network. If the bridge is missing, a plug-in fails or runs out of its own addresses, or the proxy " +
			"does not come up, the task stops before its process starts.",
		Check: func() []Check {
			return []Check{
				agentLog("errors of the network plug-ins"),
				onHost("sudo tail -n 200 /var/log/ecs/vpc-branch-eni.log", "",
					"the same, where instances have trunk interfaces"),
				onHost("ip link show docker0", "", "the bridge exists and is UP"),
				onHost("sudo docker network ls", "docker network ls", "a network of driver bridge, on Windows nat"),
				describeService("serviceConnectConfiguration, when the message names it"),
			}
		},
		Fix: "Try again: [{onInstance} restart the ECS agent (running tasks go on); if it repeats, drain it and " +
			"replace it with one on the current ECS-optimized AMI][{onFargate} start the task again, and open a " +
			"support case if it repeats].",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html",
		Example: "ContainerNetworkingError: container resource provisioning: failed to setup network namespace: cni " +
			"setup: invoke vpc-eni plugin failed",
		Unproven: "The network of a container is visible only on the instance, on Fargate only to AWS.",
		Applies: func(v *view) bool {
			return v.containerNetworkFault() && !v.has(Denied) && (!v.has(Exhausted) || !v.interfaceFault())
		},
	},
	{
		ID:    "network-configuration-invalid",
		Title: "the network configuration names a subnet or security group that is gone or does not fit",
		Why: "A security group was deleted or belongs to another VPC than the subnet, or a subnet no longer " +
			"exists, so EC2 cannot create the interface.",
		Check: func() []Check {
			return []Check{
				describeLaunch("subnets and securityGroups of networkConfiguration"),
				describeGroups("each exists, and its VpcId is that of the subnet"),
			}
		},
		Fix: "Correct the network configuration: subnets and security groups that exist, all in one VPC; then " +
			"deploy again.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html",
		Example: "Unexpected EC2 error while attempting to Create Network Interface in subnet " +
			"'subnet-0a1b2c3d4e5f60718': InvalidSecurityGroupID.NotFound",
		Applies: func(v *view) bool {
			return v.has(Invalid, NotFound, Mismatch) &&
				(v.interfaceFault() || v.is(Placement) && v.says("security group", "subnet"))
		},
		Text: []TextProof{
			saying("EC2 answered that the subnet or security group does not exist", "invalidsecuritygroupid.notfound",
				"invalidgroup.notfound", "invalidsubnetid.notfound"),
		},
	},
	{
		ID:    "fargate-quota",
		Title: "the account's Fargate vCPU quota is reached",
		Why: "All Fargate tasks of the account in {region|the Region} share one vCPU quota, On-Demand and Spot " +
			"each their own. New accounts start with very few.",
		Check: func() []Check {
			return []Check{
				run("aws service-quotas get-service-quota --service-code fargate --quota-code L-3032A538 --region "+
					"{region}",
					"On-Demand vCPUs"),
				run("aws service-quotas get-service-quota --service-code fargate --quota-code L-36FBB829 --region "+
					"{region}",
					"Spot vCPUs"),
				lookAt("CloudWatch, namespace AWS/Usage, Service Fargate, metric ResourceCount: use against that " +
					"quota"),
			}
		},
		Fix:     "Request a higher quota in Service Quotas; until then run fewer or smaller tasks.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
		Example: "You've reached the limit on the number of vCPUs you can run concurrently",
		Applies: func(v *view) bool {
			return v.noRoom() && !launchingInstances(v) && !onInstances(v) &&
				(v.has(UnknownFault) || v.says("concurrently", "limit", "quota"))
		},
		Text: []TextProof{
			saying("ECS says that the quota is reached", "you can run concurrently"),
		},
	},
	{
		ID:    "fargate-capacity",
		Title: "AWS has no Fargate capacity for this task in its zones right now",
		Why: "Fargate, and Fargate Spot more often, can run out of capacity for a size and CPU architecture in " +
			"one Availability Zone. A service tries again; a task of no service must be started again.",
		Check: func() []Check {
			return []Check{
				describeService("events, and subnets in several Availability Zones"),
				lookAt("AWS Health dashboard: events of Fargate in {region|the Region}"),
			}
		},
		Fix:      "Use subnets in more Availability Zones, add FARGATE beside FARGATE_SPOT, or try another task size.",
		Docs:     "https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity",
		Example:  "Capacity is unavailable at this time. Please try again later or in a different availability zone",
		Unproven: "No API tells how much capacity Fargate has.",
		Applies: func(v *view) bool {
			return v.noRoom() && !launchingInstances(v) && !onInstances(v) &&
				(v.has(UnknownFault) || !v.says("concurrently", "limit", "quota"))
		},
		Text: []TextProof{
			saying("ECS answered that Fargate has no capacity at this time", "capacity is unavailable"),
		},
	},
	{
		ID:    "account-blocked",
		Title: "AWS has blocked the account, or not yet activated it for this",
		Why: "New accounts, and accounts with unpaid bills or under review, may start nothing on Fargate or EC2 " +
			"until AWS has checked them. No permission of your own changes that.",
		Check: func() []Check {
			return []Check{
				lookAt("AWS Health dashboard and Support Center of account {account|ACCOUNT}: open cases and " +
					"messages about the account"),
				lookAt("Billing console: unpaid invoices, payment methods"),
			}
		},
		Fix:      "Open a support case (account and billing); the account stays blocked until AWS answers it.",
		Docs:     "https://repost.aws/knowledge-center/ecs-fargate-runtask-capacity",
		Example:  "service orders was unable to place a task. Reason: Your account is currently blocked.",
		Unproven: "No API tells why AWS blocked an account.",
		At:       []Stage{Placement},
		Applies:  func(v *view) bool { return v.has(Denied) && accountBlocked(v) },
		Text: []TextProof{
			saying("ECS answered that the account is blocked", "account is currently blocked"),
		},
	},
	{
		ID:    "cluster-resources",
		Title: "no container instance has enough free CPU, memory, ports or GPUs",
		Why: "ECS places a task only on an instance that has room for its whole reservation. Memory that the " +
			"operating system reserves does not count as free.",
		Check: func() []Check {
			return []Check{
				run("aws ecs describe-container-instances --cluster {cluster} --container-instances $(aws ecs "+
					"list-container-instances --cluster {cluster} --status ACTIVE --query 'containerInstanceArns[]' "+
					"--output text --region {region}) --region {region}", "remainingResources of each").at(maybeEC2),
				describeDefinition("cpu, memory, hostPort and GPUs that it asks for"),
			}
		},
		Fix: "Add instances or larger ones; otherwise lower the reservations of {family|the task definition}, or " +
			"use hostPort 0 if ports ran out.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html",
		Example: "TaskFailedToStart: RESOURCE:GPU",
		Applies: func(v *view) bool {
			return v.noRoom() && onInstances(v) && v.StageRule != "code/provisioning-limit" &&
				!v.says("capacity provider", "no active instances", provisioningWords) && !nobodyThere(v)
		},
		Text: []TextProof{
			saying("no instance has enough CPU left", "resource:cpu", "has insufficient cpu"),
			saying("no instance has enough memory left", "resource:memory", "has insufficient memory"),
			saying("no instance has enough GPUs left", "resource:gpu"),
			saying("no instance has enough accelerators left", "resource:inference"),
			{Result: RuledOut, Match: Match{Any: []string{"resource:eni"}},
				Evidence: "ECS says that network interfaces ran out"},
		},
	},
	{
		ID: "launch-type-sets-provider-aside",
		Title: "the call gives a launch type, so ECS does not use the cluster's capacity provider and starts no " +
			"instance",
		Why: "Only a capacity provider adds instances. A call with launchType EC2 does not use the cluster's " +
			"default capacity provider strategy, and is refused at once if no instance has room. Without " +
			"launchType the task would have waited in PROVISIONING.",
		Check: func() []Check {
			return []Check{
				lookAt("The call, schedule, pipeline or state machine that started the task: launchType in it"),
				run("aws ecs describe-clusters --clusters {cluster} --region {region}",
					"defaultCapacityProviderStrategy and registeredContainerInstancesCount"),
			}
		},
		Fix: "Remove launchType from the call; if the cluster has no default strategy, give the call a " +
			"capacityProviderStrategy.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html",
		Example: aCall +
			`"errorCode":"InvalidParameterException","errorMessage":"No Container Instances were found in your cluster."}}`,
		Unproven: "What the call asked for, and which strategy the cluster had, is not compared.",
		At:       []Stage{Placement},
		Applies: func(v *view) bool {
			return v.noRoom() && nobodyThere(v) && !ownCapacityProvider(v) && !ofService(v)
		},
	},
	{
		ID:    "capacity-provider-empty",
		Title: "the cluster has no instances for the task, and none was added in time",
		Why: "A task waits in PROVISIONING for its capacity provider to add instances, at most half an hour. " +
			"With an Auto Scaling group at its maximum, failing launches or instances that never join the " +
			"cluster it waits in vain.",
		Check: func() []Check {
			return []Check{
				run("aws ecs list-container-instances --cluster {cluster} --region {region}",
					"empty means that no instance joined").
					at(maybeEC2),
				run("aws ecs describe-clusters --clusters {cluster} --include ATTACHMENTS --region {region}",
					"capacity providers and the state of their scaling plan"),
				describeScaling("StatusMessage of failed launches"),
				run("aws autoscaling describe-auto-scaling-groups --region {region}",
					"of the provider's group: DesiredCapacity against MaxSize"),
			}
		},
		Fix: "Raise the maximum of the Auto Scaling group; if it is not reached, find out why its instances do " +
			"not launch or do not join {cluster|the cluster}.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html",
		Example: "TaskFailedToStart: EMPTY CAPACITY PROVIDER",
		Applies: func(v *view) bool {
			return v.noRoom() && !v.says("resource:") && !launchingInstances(v) && !v.says(provisioningWords) &&
				(ownCapacityProvider(v) || v.LaunchType == "MANAGED_INSTANCES" ||
					v.StageRule == "code/provisioning-limit" && !strings.HasPrefix(v.CapacityProvider, "FARGATE") ||
					v.says("capacity provider", "no active instances") || nobodyThere(v) ||
					v.says("container instance") && !v.says("closest matching"))
		},
		Text: []TextProof{
			saying("ECS found no instance in the cluster or its capacity provider", "empty capacity provider",
				"no active instances"),
		},
	},
	{
		ID:    "instance-launch-refused",
		Title: "EC2 does not launch the instances that the capacity provider asks for",
		Why: "ECS Managed Instances launch what the capacity provider's template and requirements allow. A vCPU " +
			"or Spot quota that is reached, a zone without capacity for the allowed types, or a wrong name in " +
			"the template stops the launch.",
		Check: func() []Check {
			return []Check{
				run("aws ecs describe-capacity-providers --region {region}",
					"managedInstancesProvider with its instance requirements, subnets and instance profile"),
				lookAt("EC2 console, Spot placement score, for the instance types that are allowed"),
				run("aws service-quotas list-service-quotas --service-code ec2 --region {region}",
					"On-Demand and Spot quotas of vCPUs against what runs"),
			}
		},
		Fix: "Correct what EC2's answer names: for capacity allow more instance types, zones or On-Demand beside " +
			"Spot; for a quota request a higher one.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html",
		Example: "(service web) was unable to place a task. Reason: ResourceInitializationError: Unable to launch " +
			"instance(s) for capacity provider web-nodes. ",
		Unproven: "The text holds the answer of EC2, and the launch that was refused left nothing to look at.",
		At:       []Stage{Placement},
		Applies: func(v *view) bool {
			return v.has(Exhausted, Invalid, NotFound, UnknownFault) && launchingInstances(v)
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"unable to launch instance", "vcpulimitexceeded"}},
				If:       func(v *view) bool { return !v.has(UnknownFault) },
				Evidence: "EC2 answered that it will not launch the instances"},
		},
	},
	{
		ID: "capacity-provider-new",
		Title: "the capacity provider, or its role or instance profile, was created moments before and is not " +
			"known everywhere yet",
		Why: "It takes some seconds, at times a minute, until EC2 knows a new role or instance profile. ECS asks " +
			"at once, is refused without a reason, and asks again for the next task.",
		Check: func() []Check {
			return []Check{
				trail("CreateCapacityProvider", "its time against the stop"),
				run("aws iam get-role --role-name {infrastructureRole} --region {region}", "CreateDate"),
				run("aws iam get-instance-profile --instance-profile-name {instanceProfile} --region {region}",
					"CreateDate"),
				run("aws ecs describe-capacity-providers --region {region}", "status and updateStatus"),
			}
		},
		Fix: "Start the task again after a minute; in a template let the service depend on role and capacity " +
			"provider.",
		Docs:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html",
		Example:  "ResourceInitializationError: Unable to launch instance(s) for capacity provider web-nodes.",
		Unproven: "No API keeps when a role became known everywhere.",
		At:       []Stage{Placement},
		Applies: func(v *view) bool {
			return launchingInstances(v) && v.has(UnknownFault, NotFound, Invalid)
		},
	},
	{
		ID:    "provisioning-limit",
		Title: "too many tasks of the cluster wait in PROVISIONING",
		Why: "At most 500 tasks of a cluster can wait in PROVISIONING for their capacity providers. That is " +
			"reached when capacity comes slowly or many services scale out at once.",
		Check: func() []Check {
			return []Check{
				run("aws ecs describe-tasks --cluster {cluster} --tasks $(aws ecs list-tasks --cluster {cluster} "+
					"--max-items 100 --query 'taskArns[]' --output text --region {region}) --query "+
					"'tasks[].[lastStatus,group]' --output text --region {region}",
					"how many are PROVISIONING, and of which service"),
				describeScaling("why instances do not come faster"),
			}
		},
		Fix: "Start fewer tasks at once, keep spare capacity (targetCapacity below 100), or spread services " +
			"over clusters.",
		Docs:     docServiceEvents,
		Example:  "Tasks provisioning capacity limit exceeded.",
		Unproven: "No API keeps how many tasks were in PROVISIONING at that minute.",
		Applies: func(v *view) bool {
			return v.noRoom() && v.says(provisioningWords)
		},
		Text: []TextProof{
			saying("ECS says that the limit of tasks in PROVISIONING is reached", provisioningWords),
		},
	},
	{
		ID:    "placement-constraint",
		Title: "no container instance meets the task's constraints or has the attributes it needs",
		Why: "One instance must meet all placementConstraints, and all attributes that ECS derives from the task " +
			"definition, such as log drivers, GPUs or the CPU architecture.",
		Check: func() []Check {
			return []Check{
				describeDefinition("requiresAttributes, placementConstraints, runtimePlatform"),
				run("aws ecs list-attributes --cluster {cluster} --target-type container-instance --region {region}",
					"which instances have the attributes").at(maybeEC2),
			}
		},
		Fix: "Add instances that have the attribute, give it to one if it is a custom one, or relax the " +
			"constraint.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html",
		Example: "TaskFailedToStart: ATTRIBUTE",
		At:      []Stage{Placement},
		Applies: func(v *view) bool { return v.has(Mismatch) },
		Text: []TextProof{
			{Result: Confirmed, If: byRule("fault/constraint"),
				Evidence: "ECS says that no instance meets a constraint or attribute"},
		},
	},
	{
		ID:    "capacity-provider-unusable",
		Title: "the cluster cannot use the capacity provider that the task asks for",
		Why: "A capacity provider serves a cluster only once it is associated with it; that holds for FARGATE and " +
			"FARGATE_SPOT too. One that was deleted, is inactive or is in another Region is not found, and one " +
			"strategy cannot mix Fargate's with those of Auto Scaling groups.",
		Check: func() []Check {
			return []Check{
				run("aws ecs describe-clusters --clusters {cluster} --include ATTACHMENTS --region {region}",
					"capacityProviders has it; defaultCapacityProviderStrategy names only such"),
				run("aws ecs describe-capacity-providers --region {region}", "it is there, with status ACTIVE"),
				describeService("capacityProviderStrategy"),
			}
		},
		Fix: "Associate the capacity provider with {cluster|the cluster} by put-cluster-capacity-providers, which " +
			"replaces the whole list, so name those it has too; otherwise ask for one that it has.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html",
		Example: "RunTask: InvalidParameterException: The specified capacity provider strategy cannot contain a " +
			"capacity provider that is not associated with the cluster.",
		Unproven: "ECS's answer is the proof; what the cluster had at that moment is kept nowhere.",
		At:       []Stage{Placement},
		Applies:  providerUnusable,
		Text: []TextProof{
			{Result: Confirmed, If: providerUnusable,
				Evidence: "ECS answered that the cluster cannot use the capacity provider"},
		},
	},
	{
		ID:    "launch-type-mismatch",
		Title: "task definition and capacity do not fit together: launch type, network mode, size or platform",
		Why: "A task definition for EC2 does not run on Fargate, nor the other way round, and CPU architecture " +
			"and operating system must be those of the capacity.",
		Check: func() []Check {
			return []Check{
				describeDefinition("requiresCompatibilities, compatibilities, networkMode, runtimePlatform"),
				describeService("launchType, capacityProviderStrategy, platformVersion"),
			}
		},
		Fix:     "Register a revision for the capacity that is used, or use capacity that fits the task definition.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_types.html",
		Example: "The selected task definition is not compatible with the selected compute strategy",
		At:      []Stage{Placement},
		Applies: func(v *view) bool {
			return v.has(Mismatch, Invalid) && !launchingInstances(v) && !ofBatchQueue(v)
		},
		Text: []TextProof{
			saying("ECS answered that task definition and compute strategy do not fit", "selected compute strategy"),
		},
	},
	{
		ID:    "agent-disconnected",
		Title: "the ECS agent of the container instance is not connected",
		Why: "ECS controls an instance only through its agent. If the agent is stopped, out of memory or cut off " +
			"from ECS, no task can be placed there.",
		Check: func() []Check {
			return []Check{
				describeInstance("agentConnected; short gaps are normal"),
				onHost("systemctl status ecs", "Get-Service AmazonECS", "running, and since when"),
				agentLog("lost connections and credentials that ran out"),
				onHost("curl -sS https://{ecsHost}/ping",
					"Invoke-WebRequest -UseBasicParsing https://{ecsHost}/ping", "ECS is reachable"),
			}
		},
		Fix: "Restart the agent (running tasks go on): `sudo systemctl restart ecs`; if it stays disconnected, check " +
			"the instance's route to ECS and its instance role.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting.html",
		Example: "TaskFailedToStart: AGENT",
		Applies: func(v *view) bool {
			return v.is(Placement) && v.has(Lost) || v.is(Host) && v.has(Lost) && v.says("disconnected")
		},
		Text: []TextProof{
			{Result: Confirmed, If: byRule("fault/agent-not-connected"),
				Evidence: "ECS says that the agent of the instance is not connected"},
		},
	},
	{
		ID:    "command-invalid",
		Title: "entryPoint or command is one string where a list of words is needed",
		Why: "The container runtime takes the first element of the list as the name of a program. A whole " +
			"command line, or an option such as -c, is no program.",
		Check: func() []Check {
			return []Check{
				describeDefinition(
					"entryPoint and command of {culprit|the container}; each word is an element of its own"),
				lookAt("The overrides of the run-task call, schedule or pipeline that started the task"),
			}
		},
		Fix: "Split the command into one element per word, or run it through a shell: sh, -c, and the whole " +
			"line as the third element.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec: \"npm start\": executable file not found in $PATH",
		At:      []Stage{Start},
		Applies: func(v *view) bool { return v.has(NotFound, UnknownFault) && oddExecutable(v) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"exec: ", "executable file not found"}}, If: commandLine,
				Evidence: "the container runtime looked for a program named {path|like an option or a command " +
					"line}"},
		},
	},
	{
		ID:    "entrypoint-missing",
		Title: "{path|the program that entryPoint and command name} does not exist in the image",
		Why: "The program, or the interpreter in the first line of the script, is not in this image. A slimmer " +
			"base image, a changed path, Windows line endings in a script or a missing libc all look like this.",
		Check: func() []Check {
			return []Check{
				run(`docker run --rm --entrypoint sh {image} -c 'command -v "$1"' sh {executable}`,
					"an empty answer means that it is not there; an image without a shell needs docker export"),
				lookAt("First line of the script: the interpreter exists in the image, and the line does not end in " +
					"a carriage return"),
				describeDefinition("entryPoint and command against the last revision that ran"),
			}
		},
		Fix: "Correct entryPoint or command of {culprit|the container}; if they are right, add the program to " +
			"the image.",
		Docs: "https://docs.docker.com/reference/dockerfile/",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec: \"serve\": executable file not found in $PATH",
		At: []Stage{Start},
		Applies: func(v *view) bool {
			return v.has(NotFound, UnknownFault) && !oddExecutable(v) && !deviceMissing(v) && !userMissing(v)
		},
		Text: []TextProof{
			saying("the container runtime did not find {path|the program} in the image",
				"executable file not found in $path"),
			{Result: Confirmed, Match: Match{All: []string{"exec: ", ": stat ", "no such file or directory"}},
				Evidence: "the container runtime did not find the file {path|of the program}"},
		},
	},
	{
		ID:    "interpreter-missing",
		Title: "the script that starts the container names an interpreter that the image lacks",
		Why: "The kernel says \"no such file\" of a script if the program in its first line is missing: bash in " +
			"an Alpine image, python at another path, or an interpreter with a carriage return behind it from a " +
			"Windows editor. A program linked against another libc fails with the same words.",
		Check: func() []Check {
			return []Check{
				run(`docker run --rm --entrypoint sh {image} -c 'head -n 1 "$1" | od -c' sh {executable}`,
					`the interpreter, and whether \r stands behind it`),
				run("docker run --rm --entrypoint sh {image} -c 'ls -l /bin/bash /lib/ld-*'", "what the image has"),
			}
		},
		Fix: "Name an interpreter that the image has, or install this one; save the script with Unix line " +
			"endings.",
		Docs: "https://docs.docker.com/reference/dockerfile/",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec /srv/run.sh: no such file or directory",
		Unproven: "The files of an image are not read, and its configuration does not tell which interpreters it has.",
		At:       []Stage{Start, Runtime},
		Applies: func(v *view) bool {
			return v.is(Start) && v.has(NotFound) && noSuchFile(v) && !deviceMissing(v) && !userMissing(v) &&
				!v.says("to rootfs", "chdir") || wouldNotRun(v)
		},
	},
	{
		ID:    "mount-hides-program",
		Title: "a volume is mounted over the directory that holds the program",
		Why: "A mount hides what the image has at that path. With an empty volume or host directory over /app " +
			"there is nothing to start, though the same image runs elsewhere.",
		Check: func() []Check {
			return []Check{
				describeDefinition("containerPath of each mount point against {path|the path of the program}"),
				run("docker run --rm --entrypoint ls {image} -l {executable}", "without the mounts it is there"),
			}
		},
		Fix:  "Mount the volume at another directory than the program's.",
		Docs: "https://docs.docker.com/engine/storage/volumes/",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec: \"/app/server\": stat /app/server: no such file or directory",
		At: []Stage{Start},
		Applies: func(v *view) bool {
			return v.has(NotFound) && strings.HasPrefix(v.Facts.Path, "/") && !v.says("to rootfs") &&
				!deviceMissing(v) && !oddExecutable(v)
		},
	},
	{
		ID:    "user-missing",
		Title: "the image does not have the user or group that the container must run as",
		Why: "A name in user, or in USER of the Dockerfile, is looked up in /etc/passwd and /etc/group of the " +
			"image. The image lacks these files, or its base image no longer has the user.",
		Check: func() []Check {
			return []Check{
				describeDefinition("user of {culprit|the container}"),
				run("docker run --rm --entrypoint cat {image} /etc/passwd /etc/group",
					"the user and group by that name"),
			}
		},
		Fix:  "Create the user in the image, or name it by number (user 1000:1000) in the task definition.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
		Example: "CannotStartContainerError: Error response from daemon: unable to find user shop: no matching " +
			"entries in passwd file",
		Unproven: "The files of an image are not read, so its users are not known.",
		Applies:  func(v *view) bool { return userMissing(v) },
		Text: []TextProof{
			saying("the container runtime did not find the user in the image", "no matching entries in",
				"no users found", "no groups found"),
		},
	},
	{
		ID:    "entrypoint-is-directory",
		Title: "what entryPoint or command names, {path|the program}, is a directory and may not be executed",
		Why: "The first word of entryPoint and command must be a program. A directory is refused: often / alone, " +
			"from a variable that stayed empty, or a bind mount that created a directory because the host lacks " +
			"the file.",
		Check: func() []Check {
			return []Check{
				describeDefinition("entryPoint, command and mountPoints of {culprit|the container}"),
				run("docker run --rm --entrypoint ls {image} -ld {executable}", "a d in front means a directory"),
			}
		},
		Fix:  "Name the program itself in entryPoint or command; if it is named, mount nothing over it.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: starting " +
			"container process caused: exec: \"/\": permission denied: unknown",
		Unproven: "The files of an image are not read.",
		At:       []Stage{Start},
		Applies:  func(v *view) bool { return v.has(Denied, Invalid) && directoryNamed(v) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"is a directory", "permission denied"}}, If: directoryNamed,
				Evidence: "the container runtime tried to run {path|what it names}, which is a directory"},
		},
	},
	{
		ID:    "entrypoint-not-executable",
		Title: "{path|the program} in the image is not executable",
		Why: "The file lost its executable bit on the way into the image, is a directory, or belongs to another " +
			"user than the one that the container runs as.",
		Check: func() []Check {
			return []Check{
				run("docker run --rm --entrypoint ls {image} -l {executable}", "mode and owner"),
				describeDefinition("user and readonlyRootFilesystem of {culprit|the container}"),
			}
		},
		Fix:      "Copy the file with its executable bit (COPY --chmod=755), build the image and deploy it.",
		Docs:     "https://docs.docker.com/reference/dockerfile/",
		Example:  "CannotStartContainerError: exec: \"/run.sh\": permission denied",
		Unproven: "The files of an image are not read, so their modes are not known.",
		At:       []Stage{Start},
		Applies: func(v *view) bool {
			return v.has(Denied) && !v.says("chdir", "chown ") && !directoryNamed(v)
		},
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"exec: ", "permission denied"}},
				Evidence: "the container runtime found {path|the program} and may not execute it"},
		},
	},
	{
		ID:    "binary-architecture",
		Title: "the program in the image is built for another CPU architecture than the task runs on",
		Why: "An image built on an Arm laptop has Arm programs, which an x86 host cannot run, nor the other way " +
			"round. A script without an interpreter line (#!) fails with the same words.",
		Check: func() []Check {
			return []Check{
				inspectImage("architecture and os of what it offers"),
				describeDefinition("runtimePlatform; without it the task runs on x86"),
				lookAt("When both agree: the first line of the entry point script must start with #!").at(
					not(windowsTask)),
			}
		},
		Fix: "Build the image for the task's architecture or set runtimePlatform to the image's: `docker buildx " +
			"build --platform {platform|linux/amd64} --tag {image} --push .`.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
		Example: "CannotStartContainerError: exec /srv/run.sh: exec format error",
		At:      []Stage{Start, Create, Runtime},
		Applies: func(v *view) bool {
			return !v.is(Runtime) && v.has(Mismatch) || wouldNotRun(v)
		},
	},
	{
		ID:    "port-conflict",
		Title: "host port {port|that the task asks for} is already taken[ {onInstance}]",
		Why: "A fixed host port can be used once per instance. Another task, a container left over or a program " +
			"of the host listens there.",
		Check: func() []Check {
			return []Check{
				describeDefinition("hostPort in portMappings; two containers of one task must not share a port"),
				onHost("sudo ss -ltnp 'sport = :{port}'", "Get-NetTCPConnection -State Listen -LocalPort {port}",
					"who listens there"),
				onHost("sudo docker ps", "docker ps", "PORTS of each"),
			}
		},
		Fix:     "Set hostPort to 0 so that a free port is chosen, or use awsvpc network mode.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-networkmode-bridge.html",
		Example: "TaskFailedToStart: RESOURCE:PORTS",
		Applies: func(v *view) bool {
			return v.is(Start, Placement) && v.has(Conflict) || v.noRoom() && v.says("resource:port")
		},
		Text: []TextProof{
			saying("Docker answered that host port[ {port}] is already allocated", "port is already allocated"),
			saying("ECS says that a host port is taken", "already using a port", "resource:port"),
			{Result: Confirmed, Match: Match{All: []string{"bind: ", "address already in use"}}, If: onSomeInstance,
				Evidence: "host port[ {port}] could not be opened: something already listens there"},
		},
	},
	{
		ID:    "gpu-runtime",
		Title: "the instance's GPU driver or runtime does not work, or its GPUs are assigned wrongly",
		Why: "GPU containers need the NVIDIA driver and container runtime on the instance. They do not start " +
			"with a driver too old for the image's CUDA, an AMI without the driver, or one GPU assigned to " +
			"several containers.",
		Check: func() []Check {
			return []Check{
				onHost("nvidia-smi", "nvidia-smi", "the GPUs and the driver"),
				onHost("sudo docker info | grep -i runtime", "", "nvidia among them"),
				onHost("grep ECS_ENABLE_GPU_SUPPORT /etc/ecs/ecs.config", "", "true"),
				describeDefinition("resourceRequirements of type GPU in each container"),
			}
		},
		Fix: "Use the ECS GPU-optimized AMI with a driver that is new enough for the image, and request each " +
			"GPU once.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error running " +
			"hook: exit status 1, stderr: nvidia-container-cli: initialization error: load library failed: " +
			"libnvidia-ml.so.1: no such file or directory",
		At: []Stage{Create, Start},
		Applies: func(v *view) bool {
			return !v.has(Exhausted) && v.says("nvidia", "gpu", "cuda")
		},
	},
	{
		ID:    "device-missing",
		Title: "the instance does not have a device that the container asks for",
		Why: "linuxParameters.devices and device drivers name devices of the instance. If its type or AMI lacks " +
			"them, the container cannot start.",
		Check: func() []Check {
			return []Check{
				describeDefinition("linuxParameters and resourceRequirements of {culprit|the container}"),
				onHost("ls -l {path|/dev}", "", "the device exists"),
			}
		},
		Fix:  "Correct the device's path, or run the task on instances that have the device and its driver.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Device.html",
		Example: "CannotStartContainerError: Error response from daemon: error gathering device information while " +
			"adding custom device \"/dev/dri/renderD130\": no such file or directory",
		Unproven: "Which devices a host has is visible only on the instance.",
		At:       []Stage{Create, Start},
		Applies:  func(v *view) bool { return deviceMissing(v) },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"custom device", "no such file or directory"}},
				Evidence: "the host does not have {path|the device}"},
		},
	},
	{
		ID:    "credential-spec-invalid",
		Title: "the gMSA credential spec cannot be read or used",
		Why: "A container with a group managed service account needs its credential spec file and a ticket from " +
			"the domain. It does not start with an invalid spec, a wrong location or an unreachable domain " +
			"controller.",
		Check: func() []Check {
			return []Check{
				describeDefinition(
					"credentialSpecs of {culprit|the container}: the bucket and key, or the parameter, " +
						"hold valid JSON"),
				onHost("sudo journalctl -u credentials-fetcher{logTimes}", "", "what it could not read"),
				agentLog("what it could not read"),
			}
		},
		Fix: "Correct the credential spec or its location; if both are right, check that the instance " +
			"reaches the domain controller.",
		Docs:     "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/linux-gmsa.html",
		Example:  "Invalid credentialspec file specification",
		Unproven: "The credential spec is in a file, a bucket or a parameter whose content is not read.",
		At:       []Stage{Create},
		Applies: func(v *view) bool {
			return v.StageRule == "stage/credential-spec" || v.says("credentialspec", "credential spec")
		},
		Text: []TextProof{
			saying("the agent could not read the credential spec of the task definition", "invalid credentialspec",
				"unsupported credentialspec"),
		},
	},
	{
		ID:    "mount-invalid",
		Title: "a mount, volume or working directory of the container does not work[: {path}]",
		Why: "The container runtime refuses a file mounted over a directory or the other way round, a source " +
			"path that the host lacks, and a working directory that the image lacks.",
		Check: func() []Check {
			return []Check{
				describeDefinition("volumes, mountPoints and workingDirectory of {culprit|the container}"),
				onHost("ls -ld {path}", "Get-Item {path}", "its owner, and whether it is a file or a directory"),
			}
		},
		Fix: "Correct the mount so that source and containerPath both exist and are both files or both " +
			"directories; for a working directory, name one that the image has.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error mounting " +
			"\"/var/run/docker.sock\" to rootfs at \"/var/run/docker.sock\": not a directory",
		Unproven: "The files of the host and of the image are not read.",
		At:       []Stage{Create, Start},
		Applies: func(v *view) bool {
			return v.FaultRule == "fault/bind-mount" || v.is(Create) && v.has(Denied) && !chownSaid(v) ||
				v.has(Invalid, NotFound) && !deviceMissing(v) &&
					v.says("mount", "volume", "rootfs", "chdir", "working directory")
		},
		Text: []TextProof{
			{Result: Confirmed,
				Match: Match{Any: []string{"error mounting", "mount a directory onto a file",
					"bind source path does not exist", "chdir to cwd"}},
				Evidence: "the container runtime names the mount or working directory that it refuses[: {path}]"},
		},
	},
	{
		ID:    "mounts-nested",
		Title: "one mount of the container is inside another, or on a VOLUME of the image",
		Why: "The container runtime creates each mount's directory inside the earlier mounts. It cannot do so " +
			"below a read-only mount, a file, or a volume that another container shares. A VOLUME of the image " +
			"is a mount too.",
		Check: func() []Check {
			return []Check{
				describeDefinition("containerPath and readOnly in mountPoints, and volumesFrom, of {culprit|the " +
					"container}"),
				run("docker run --rm --entrypoint ls {image} -ld {path}", "the directory exists in the image"),
			}
		},
		Fix: "Move each mount outside the others; otherwise make the outer one writable, or remove VOLUME from " +
			"the image.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: error mounting " +
			"\"/var/lib/docker/volumes/cache/_data\" to rootfs at \"/srv/app/cache\": mkdir /srv/app/cache: " +
			"read-only file system",
		At: []Stage{Create, Start},
		Applies: func(v *view) bool {
			return v.has(Invalid, NotFound, Conflict, Internal) && v.says("to rootfs", "copy file info",
				"duplicate mount")
		},
		Text: []TextProof{
			saying("two mounts of the container have the same path", "duplicate mount point"),
		},
	},
	{
		ID:    "container-memory-too-small",
		Title: "the memory limit of {culprit|the container} is too small to start it",
		Why: "Docker refuses limits below 6 MiB, and the container runtime itself needs a few MiB before the " +
			"process starts. A reservation above the limit is refused too.",
		Check: func() []Check {
			return []Check{
				describeDefinition("memory and memoryReservation of {culprit|the container}, in MiB"),
			}
		},
		Fix:     "Raise the memory limit of {culprit|the container} to what its process needs.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
		Example: "CannotCreateContainerError: Error response from daemon: Minimum memory limit allowed is 6MB",
		At:      []Stage{Create, Start},
		Applies: func(v *view) bool {
			return v.has(Invalid, Exhausted, OOM) && memoryTooLow(v)
		},
		Text: []TextProof{
			saying("Docker answered that the limit is below its minimum", "minimum memory limit allowed"),
		},
	},
	{
		ID:    "storage-driver-damaged",
		Title: "the storage of Docker on the instance is damaged",
		Why: "Docker keeps images and containers in layers below /var/lib/docker. After a full thin pool, a " +
			"crash, or files removed by hand, Docker's storage driver cannot find or mount some layers.",
		Check: func() []Check {
			return []Check{
				onHost("sudo docker info", "docker info", "Storage Driver and its lines"),
				onHost("sudo dmesg -T --level err,warn", "Get-WinEvent -LogName System -MaxEvents 100",
					"errors of the file system"),
				lookAt("Other tasks on the instance: they fail in the same way, and start elsewhere").at(maybeEC2),
			}
		},
		Fix:  "Drain the instance and replace it with one on the current ECS-optimized AMI, which uses overlay2.",
		Docs: "https://docs.docker.com/engine/storage/drivers/",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotStartContainerError: API error (500): devmapper: Unknown device 77aa00bb: No such device or address"}`,
		Unproven: "The storage of an instance is visible only on the instance.",
		At:       []Stage{Image, Create, Start},
		Applies:  byRule("fault/devicemapper", "fault/storage-driver"),
		Text: []TextProof{
			{Result: Confirmed, Match: Match{Any: []string{"devmapper: unknown device", "layer does not exist",
				"structure needs cleaning"}},
				Evidence: "the storage driver of Docker cannot find or read what it should have"},
		},
	},
	{
		ID:    "windows-host-fault",
		Title: "the Windows host could not set the container up",
		Why: "Windows creates containers through its Host Compute Service (hcs). It ends a container at once if " +
			"the base image does not fit the host's build, memory runs short, or an update of the host waits for " +
			"a restart.",
		Check: func() []Check {
			return []Check{
				onWindows("Get-WinEvent -LogName Microsoft-Windows-Hyper-V-Compute-Admin -MaxEvents 50",
					"errors at the minute of the stop"),
				onWindows("Get-ComputerInfo OsHardwareAbstractionLayer", "the host's build"),
				inspectImage("os.version against the host's build"),
			}
		},
		Fix: "Build the image for the host's Windows version; if it is, drain the instance and replace it with " +
			"one on the current ECS-optimized Windows AMI.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ECS_Windows.html",
		Example: aTask +
			`"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotStartContainerError: hcs::CreateComputeSystem 77aa: The compute system exited unexpectedly."}`,
		Unproven: "What happened in the Host Compute Service is logged only on the instance.",
		At:       []Stage{Create, Start},
		Applies:  func(v *view) bool { return v.has(Internal, UnknownFault, Exhausted) && windowsSaid(v) },
	},
	{
		ID:    "name-conflict",
		Title: "a container of the same name is still there",
		Why: "Container names are unique per host. A container that the agent lost track of, after a restart or " +
			"crash of Docker, still has the name.",
		Check: func() []Check {
			return []Check{
				onHost("sudo docker ps -a --filter name=ecs-", "docker ps -a --filter name=ecs-",
					"containers of the task that are left over"),
				agentLog("restarts of the agent"),
			}
		},
		Fix: "Look whether the old container still runs; if it has stopped, remove it (its files are lost). " +
			"Otherwise drain and replace the instance.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CannotCreateContainerError.html",
		Example: "CannotCreateContainerError: Error response from daemon: Conflict. The container name " +
			"\"/ecs-jobs-4-jobs-b0c1\" is already in use",
		Unproven: "Which containers the instance had is visible only on the instance.",
		At:       []Stage{Create},
		Applies:  func(v *view) bool { return v.has(Conflict) && !v.says("gpu") },
		Text: []TextProof{
			{Result: Confirmed, Match: Match{All: []string{"container name", "is already in use"}},
				Evidence: "Docker answered that another container has the name"},
		},
	},
	{
		ID:    "container-definition-invalid",
		Title: "the container definition has a value that the container runtime does not accept",
		Why: "Links, names, ulimits, dependencies and Linux or Windows options are checked only when the " +
			"container is created, so a revision can be registered and still not start.",
		Check: func() []Check {
			return []Check{
				describeDefinition("the field that the message names"),
				lookAt("The same command for the last revision of {family|the task definition} that ran: what " +
					"differs is suspect"),
			}
		},
		Fix: "Correct the field that the message names in {culprit|the container}'s definition and deploy a new " +
			"revision.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Example: "CannotCreateContainerError: Error response from daemon: conflicting options: port publishing and " +
			"the container type network mode",
		Applies: func(v *view) bool {
			return v.is(Create) && v.has(Invalid, NotFound, Mismatch) || v.is(Start, Dependency) && v.has(Invalid) ||
				v.is(Dependency) && v.has(NotFound)
		},
	},
	{
		ID:    "host-disk-full",
		Title: "the disk of the host is full",
		Why: "Images, stopped containers and logs share the instance's disk. When it is full no container can be " +
			"created or started there.",
		Check: func() []Check {
			return []Check{
				onHost("df -h", "Get-PSDrive C", "Use% of / and of /var/lib/docker"),
				onHost("df -i", "", "IUse% of the same"),
				onHost("sudo docker system df", "docker system df", "RECLAIMABLE"),
				onHost("grep -E 'CLEANUP' /etc/ecs/ecs.config", "",
					"ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION and ECS_IMAGE_CLEANUP_INTERVAL"),
			}
		},
		Fix: "Make room: [{onInstance} free the disk (`sudo docker system df` shows unused images and " +
			"containers), then use a larger volume and let the agent clean up earlier][{onFargate} raise " +
			"ephemeralStorage].",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html",
		Example: "CannotCreateContainerError: Error response from daemon: mkdir /var/lib/docker/overlay2/77aa: no " +
			"space left on device",
		Applies: func(v *view) bool {
			return v.hostRanOut() && !memoryTooLow(v) &&
				!v.says("allocate memory", "insufficient memory", "too many open files", "resource temporarily")
		},
		Text: []TextProof{
			{Result: Confirmed,
				Match: Match{Any: []string{"no space left on device", "free data blocks"},
					None: []string{"inotify"}},
				Evidence: "the disk of the host was full when the image or the container was to be written to it"},
		},
	},
	{
		ID:    "host-memory",
		Title: "the host itself has too little memory",
		Why: "Containers with only a soft limit can together use more memory than the instance has. Then no " +
			"process can start, or the kernel kills one of them.",
		Check: func() []Check {
			return []Check{
				onHost("free -m", `Get-Counter '\Memory\Available MBytes'`, "what is available"),
				onHost("sudo dmesg -T | grep -i 'out of memory'", "", "what the kernel killed"),
				describeInstance("registeredResources against remainingResources"),
			}
		},
		Fix: "Set hard memory limits, and reserve memory for the system with ECS_RESERVED_MEMORY; otherwise use " +
			"larger instances.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: runc create " +
			"failed: unable to start container process: fork/exec: cannot allocate memory",
		Unproven: "No API that whystopped asks keeps how much memory of the host was free at that moment.",
		Applies: func(v *view) bool {
			return v.hostRanOut() && !v.is(Image) && !memoryTooLow(v) && !v.says("no space left",
				"too many open files") ||
				initDied(v) || v.is(Runtime) && v.has(OOM) && softLimitOnly(v)
		},
	},
	{
		ID:    "host-file-limits",
		Title: "the host or container ran out of open files or processes",
		Why: "Every host limits open files, inotify watches and processes; ulimits and pidsLimit of the task " +
			"definition limit the container further. At the limit nothing more can be opened or started.",
		Check: func() []Check {
			return []Check{
				onHost("cat /proc/sys/fs/file-nr", "", "the first number against the last"),
				onHost("sysctl kernel.pid_max fs.inotify.max_user_instances", "", "the limits of the host"),
				describeDefinition("ulimits of {culprit|the container}"),
			}
		},
		Fix:  "Raise the limit that the message names; otherwise start fewer tasks or processes.",
		Docs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Ulimit.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: pipe2: too many " +
			"open files",
		Unproven: "The limits of files and processes are visible only on the instance.",
		Applies: func(v *view) bool {
			return v.hostRanOut() && !v.is(Image) && !memoryTooLow(v) &&
				!v.says("no space left", "allocate memory", "insufficient memory")
		},
		Text: []TextProof{
			saying("the container runtime could open no more files", "too many open files"),
		},
	},
	{
		ID:    "dependency-failed",
		Title: "{culprit|a container} that others depend on did not end well",
		Why: "With dependsOn SUCCESS or COMPLETE the other containers start only after this one has ended as the " +
			"condition says. It failed, so ECS gave up the task.",
		Check: func() []Check {
			return []Check{
				logLines("its last lines"),
				describeTasks("exitCode and reason of {culprit|that container}"),
			}
		},
		Fix:     "Correct the error that the log of {culprit|that container} shows, for example in a migration.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
		Example: "TaskDependencyError: dependency container 'migrations' didn't reach the SUCCESS condition",
		At:      []Stage{Dependency},
		Applies: func(v *view) bool {
			return v.has(Crashed, UnknownFault) && v.StageRule != "code/never-started" &&
				v.StageRule != "code/waited-in-vain" && !jobDependency(v)
		},
	},
	{
		ID:    "dependency-timeout",
		Title: "{culprit|a container} needs longer than its startTimeout to reach the condition that others wait for",
		Why: "ECS gives up if a container has not started, ended or become healthy within its startTimeout; " +
			"without one it waits as long as the agent allows.",
		Check: func() []Check {
			return []Check{
				describeDefinition("dependsOn, startTimeout and healthCheck"),
				logLines("how long it took to get ready the last time it worked"),
			}
		},
		Fix: "Read the log of {culprit|that container}: correct what it waits for; if it is only slow, raise " +
			"its startTimeout.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
		Example: "TaskDependencyError: gave up on dependency container 'migrations' at its startTimeout of 120 s",
		Applies: func(v *view) bool {
			return v.is(Dependency) && v.has(Timeout,
				UnknownFault) && !jobDependency(v) || v.is(Start) && v.has(UnknownFault) &&
				len(v.Containers) > 1
		},
	},
	{
		ID:    "dependency-unhealthy",
		Title: "{culprit|a container} did not become healthy, and others wait for that",
		Why: "With dependsOn HEALTHY the other containers start only when the container's own health check " +
			"passes. Without a healthCheck in its definition it never does.",
		Check: func() []Check {
			return []Check{
				describeDefinition("healthCheck of {culprit|that container}"),
				logLines("whether the process got ready at all"),
			}
		},
		Fix: "Read the log of {culprit|that container}: correct the error or its healthCheck; otherwise depend " +
			"on START.",
		Docs:    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html",
		Example: "TaskDependencyError: dependency container 'db' didn't become HEALTHY",
		At:      []Stage{Dependency},
		Applies: func(v *view) bool { return v.has(Unhealthy, UnknownFault) && !jobDependency(v) },
	},
}

// imageGone reports whether the registry does not have the image.
func (v *view) imageGone() bool { return v.is(Image) && v.has(NotFound) }

// byDigest reports whether the image was asked for by digest.
func byDigest(v *view) bool {
	return strings.Contains(v.Facts.Image, "@sha256:") || v.says("@sha256:", "/manifests/sha256:")
}

// repositorySaid reports whether the registry named the repository, not the tag, as what is missing.
func repositorySaid(v *view) bool {
	return v.says("repositorynotfoundexception", "name unknown", "repository does not exist", "repository with name")
}

// oldManifest reports whether the image's manifest has a form, not a platform, that does not fit.
func oldManifest(v *view) bool {
	return v.says("schema v1", "schema 1", "schemaversion 1", "media-type", "media type", "mediatype")
}

// parameter reports whether a Parameter Store parameter was asked for, not a secret.
func (v *view) parameter() bool {
	return strings.Contains(v.Facts.Secret, ":ssm:") || v.Facts.Secret == "" &&
		strings.HasPrefix(v.Facts.Endpoint, "ssm.") ||
		v.says("invalid ssm", "from ssm", "ssm parameter", "parameter store", "ssm:getparameter", "parameternotfound")
}

// secretGone reports whether Secrets Manager does not have what was asked for.
func (v *view) secretGone() bool {
	return v.has(NotFound) && (v.is(Secret) || v.credentialsSecret()) && !v.parameter()
}

// versionSaid reports whether the secret is there and a version of it is not.
func versionSaid(v *view) bool {
	return v.says("staging label", "versionid", "version id", "secret version")
}

// partialARN reports whether an ARN of a secret lacks the six characters that Secrets Manager puts behind the name, or
// may: a name that ends in a hyphen and six letters of its own is taken for one that has them.
func partialARN(arn string) bool {
	name := arn[strings.LastIndexByte(arn, ':')+1:]
	return strings.Contains(arn, ":secretsmanager:") && (len(name) < 7 || name[len(name)-7] != '-' ||
		strings.ToLower(name[len(name)-6:]) == name[len(name)-6:])
}

func deletionSaid(v *view) bool {
	return v.says("marked for deletion", "scheduled for deletion")
}

// badJSON reports whether the value of a secret is not the JSON object that the task definition takes it for.
func badJSON(v *view) bool {
	return v.Facts.JSONKey != "" || v.says("json key", "invalid character", "unmarshal")
}

// logCollector reports whether the logs go to something that is not CloudWatch Logs, and that it does not answer.
func (v *view) logCollector() bool {
	if v.FaultRule == "fault/socket-missing" {
		return true
	}
	known := v.Facts.Endpoint != "" || v.Facts.RemoteIP != "" || refused(v)
	return v.has(Unreachable) && known && !v.toAWS
}

// ebs reports whether an EBS volume was to be attached or mounted.
func (v *view) ebs() bool {
	return v.is(Volume) && !v.efs() && (v.Attached("AmazonElasticBlockStorage") || v.says("ebs volume", "ebs snapshot"))
}

func accessPointSaid(v *view) bool { return v.says("access point", "accesspoint") }

func noSuchFile(v *view) bool { return v.says("no such file or directory") }

// provisioningWords are how ECS names the limit of tasks in PROVISIONING.
const provisioningWords = "provisioning capacity limit"

// onInstances reports whether the task needs room on container instances of the cluster.
func onInstances(v *view) bool {
	return v.OnInstance() || ownCapacityProvider(v) ||
		v.says("resource:", "container instance", "container-instance", "unable to launch instance",
			provisioningWords) && !v.says("resource:fargate")
}

// providerUnusable reports whether ECS refused a capacity provider, or the strategy that names it.
func providerUnusable(v *view) bool {
	return v.has(Invalid, NotFound) && v.says("capacity provider") && !launchingInstances(v) &&
		v.says("was not found", "not associated with the cluster", "mix of capacity providers", "inactive",
			"not active", "not in an active", "delete_in_progress", "deleted")
}

// ownCapacityProvider reports whether the capacity provider is the account's own, not one of Fargate's.
func ownCapacityProvider(v *view) bool {
	return v.CapacityProvider != "" && !strings.HasPrefix(v.CapacityProvider, "FARGATE")
}

// noRoom reports whether the task found no place; a placement failure without a reason counts too.
// accountBlocked reports whether AWS itself lets the account start nothing.
func accountBlocked(v *view) bool {
	return v.says("account is currently blocked", "authorization to access the specified platform")
}

// nobodyThere reports whether ECS found no container instance at all.
func nobodyThere(v *view) bool { return v.says("no container instances were found") }

func (v *view) noRoom() bool {
	return v.is(Placement) && v.has(Exhausted, UnknownFault) && !ofBatchQueue(v)
}

// interfaceFault reports whether creating or attaching the network interface failed, not the container's network on the
// host.
func (v *view) interfaceFault() bool {
	return v.is(Network) && v.StageRule != "stage/container-network"
}

// containerNetworkFault reports whether the container's network on the host could not be set up.
func (v *view) containerNetworkFault() bool {
	return v.is(Network) && v.StageRule != "stage/network-interface"
}

// hostRanOut reports whether the machine had not enough of something to create or start a container.
func (v *view) hostRanOut() bool {
	return v.has(Exhausted) && (v.is(Create, Start, Agent) || v.is(Image) && v.OnInstance())
}

// memoryTooLow reports whether the container's own limit, not the host's memory, is too small to start with.
func memoryTooLow(v *view) bool { return v.says("memory limit") || initDied(v) }

// initDied reports whether the process that sets the container up was killed; it counts against the container's limit.
func initDied(v *view) bool { return v.FaultRule == "fault/init-died" }

// deviceMissing reports whether the host lacks a device, or the driver of one, that the container asks for.
func deviceMissing(v *view) bool { return v.FaultRule == "fault/device-missing" }

// userMissing reports whether the image lacks the user or group that the container runs as.
func userMissing(v *view) bool { return v.FaultRule == "fault/user-missing" }

// imageNotInRepository is ECR's own word that it has the repository and in it no such image. Other registries, and
// containerd, do not tell the two apart.
func imageNotInRepository(result Result) TextProof {
	return TextProof{Result: result, Match: Match{Any: []string{"requested image not found", "imagenotfoundexception"}},
		If:       fromECR,
		Evidence: "ECR found the repository, but no such image in it"}
}

// byHub reports whether Docker Hub, and not a registry in front of it, was asked.
func byHub(v *view) bool { return v.Facts.Registry == "docker.io" }

// askedAWS reports whether no registry other than AWS's own was asked.
func askedAWS(v *view) bool {
	return !v.internetRegistry() || v.Facts.Registry == "public.ecr.aws"
}

// agentImage reports whether the missing image is one that the ECS agent brings along, which no registry has to have.
func agentImage(v *view) bool { return v.FaultRule == "fault/agent-image" }

// registryDown reports whether a registry that is not AWS's answered with an error of its own.
func registryDown(v *view) bool {
	return v.is(Image, RegistryAuth) && v.FaultRule == "fault/server-error" && !v.says("panic:", "nil pointer") &&
		!awsname.IsECR(v.Facts.Registry) && !(v.Facts.Registry == "" && v.toAWS)
}

// otherThanDisk reports whether something else than the disk ran out.
func otherThanDisk(v *view) bool {
	return v.says("too many open files", "allocate memory", "insufficient memory", "resource temporarily")
}

// chownSaid reports whether the owner of a file was to be changed.
func chownSaid(v *view) bool { return v.says("chown ") }

// directoryNamed reports whether what was to be executed is a directory.
func directoryNamed(v *view) bool {
	return strings.HasSuffix(v.Facts.Path, "/") || v.says("is a directory: unknown", "\": is a directory")
}

// windowsSaid reports whether the Host Compute Service of Windows speaks.
func windowsSaid(v *view) bool {
	return v.says("hcs::", "hcsshim", "compute system", "windows system call")
}

// wouldNotRun reports whether the process ended within seconds, as far as is known, with a code that the runtime, the
// shell or a program that cannot be executed leaves: nothing but its log tells these from an error of the program's
// own.
func wouldNotRun(v *view) bool {
	d, known := v.Ran()
	return v.crash() && v.ended(1, 126, 127, 255) && (d < hardlyRunning || !known)
}

func notDenied(v *view) bool { return !v.has(Denied) }

// otherLimit reports whether the image comes from a registry whose limits are not AWS's.
func otherLimit(v *view) bool { return v.internetRegistry() && v.Facts.Registry != "public.ecr.aws" }

// namedECRAccount reports whether a registry's host begins with an account as ECR's do, and yet cannot be one of ECR's.
func namedECRAccount(v *view) bool {
	account, _, _ := strings.Cut(v.Facts.Registry, ".")
	_, err := strconv.ParseUint(account, 10, 64)
	return err == nil && len(account) == 12 && awsname.MisspeltECR(v.Facts.Registry)
}

// commandLine reports whether the name of the executable is an option, or a command with its arguments.
func commandLine(v *view) bool {
	program, _, found := strings.Cut(v.Facts.Path, " ")
	return strings.HasPrefix(program, "-") || found && !strings.Contains(program, "/")
}

func pathKnown(v *view) bool { return v.Facts.Path != "" && v.Facts.Path != "/" }

func onSomeInstance(v *view) bool { return v.OnInstance() }

// platformBefore14 reports whether the task ran on a Fargate platform version below 1.4.0. LATEST is none.
func platformBefore14(v *view) bool { return v.LaunchType == "FARGATE" && v.PlatformBefore14() }
