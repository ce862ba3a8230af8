package classifier

import (
	"net/netip"
	"slices"
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// Prior is the order in which the causes of a class are usually true, where that is not the order of the tables. Causes
// that it does not name stand behind those that it names.
type Prior struct {
	At      []Stage
	Faults  []Fault
	Order   []string
	Because string // why they are true in this order
	Source  string
	Example string // a text, or a document as Parse reads it, of a stop whose causes it orders
}

// Priors are looked up by class; the first that has it counts.
var Priors = []Prior{
	{
		At:     []Stage{RegistryAuth, Secret, EnvFile, Image, Logging},
		Faults: []Fault{Unreachable},
		Order: []string{"route-missing", "public-ip-missing", "task-sg-egress-closed", "endpoint-missing",
			"nacl-blocks", "proxy-or-firewall", "endpoint-sg-closed", "s3-gateway-missing", "endpoint-private-dns-off",
			"nat-unusable"},
		Because: "most tasks that reach nothing are in a subnet without any way out; a public address is what the " +
			"others most often lack, then a rule of a security group; gateways seldom break",
		Source: "https://repost.aws/knowledge-center/ecs-unable-to-pull-secrets",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 13.48.9.21:443: i/o timeout",
	},
	{
		At:     []Stage{Runtime},
		Faults: []Fault{Crashed},
		Order: []string{"command-not-found-exit-127", "not-executable-exit-126", "app-signal-crash", "sidecar-ended",
			"app-usage-error", "log-router-config", "app-config", "app-error", "one-of-several-essential",
			"binary-architecture", "interpreter-missing"},
		Because: "a program that ends with an error mostly has one of its own; that the kernel could not run it at " +
			"all, or that its heap was too small, is rarer, and its log tells",
		Source: docStoppedErrors,
		Example: aTask +
			`"launchType":"FARGATE","startedAt":"2026-05-04T03:00:00Z","executionStoppedAt":"2026-05-04T03:00:02Z","stoppedAt":"2026-05-04T03:00:30Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":127}]}`,
	},
	{
		At:     []Stage{Logging},
		Faults: []Fault{Denied},
		Order:  []string{"log-group-create-denied", "role-permission-missing"},
		Because: "where the group is to be created first (awslogs-create-group) it is that call which fails, because " +
			"the usual policies of execution roles do not have it",
		Source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
		Example: "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 " +
			"times: failed to create Cloudwatch log group: AccessDeniedException: User: " +
			"arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not authorized to perform: " +
			"logs:CreateLogGroup on resource: arn:aws:logs:eu-north-1:210987654321:log-group:orders:log-stream: " +
			"because no identity-based policy allows the logs:CreateLogGroup action",
	},
	{
		At:     []Stage{EnvFile},
		Faults: []Fault{Denied},
		Order:  []string{"env-file-denied", "env-file-missing", "s3-endpoint-policy-denies"},
		Because: "S3 answers \"forbidden\" mostly for want of s3:GetObject, and of a file that is not there only " +
			"where the role may not list the bucket",
		Source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/taskdef-envfiles.html",
		Example: "ResourceInitializationError: failed to download env files: file download command: non empty error " +
			"stream: service call has been retried 1 time(s): AccessDenied: Access Denied status code: 403",
	},
	{
		At:     []Stage{Role},
		Faults: []Fault{NotFound},
		Order:  []string{"instance-role-missing", "role-missing"},
		Because: "Docker and the agent of an instance use the instance's role wherever the task names none, and a " +
			"task that names one mostly has it",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html",
		Example: aTask + `"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotStartContainerError: Error response from daemon: failed to initialize logging driver: NoCredentialProviders: no valid providers in chain"}`,
	},
	{
		At:     []Stage{Image},
		Faults: []Fault{Exhausted},
		Order:  []string{"host-disk-full", "image-too-large"},
		Because: "an instance keeps the images and containers of all its tasks, old ones too, on the disk that ran " +
			"full; on Fargate the task has a disk of its own",
		Source:  docAutomatedCleanup,
		Example: aTask + `"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: failed to register layer: write /usr/lib/libmodel.so: no space left on device"}`,
	},
	{
		At:     []Stage{Volume},
		Faults: []Fault{DNS},
		Order:  []string{"dns-disabled", "efs-mount-target-missing", "dns-server-unreachable", "mount-target-new"},
		Because: "a VPC that was not made with the console has DNS hostnames off, and the text itself already sends " +
			"to the mount target",
		Source: "https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"Failed to resolve \"fs-0011223344556677a.efs.eu-north-1.amazonaws.com\"",
	},
	{
		At:     []Stage{HealthCheck},
		Faults: []Fault{Unhealthy},
		Order: []string{"health-path", "health-port", "health-grace-period", "health-sg", "health-matcher",
			"container-health-command", "container-health-start-period"},
		Because: "the check's path and port are wrong more often than the time it leaves or a security group; an " +
			"answer that only the matcher refuses is told of with its code",
		Source: "https://repost.aws/knowledge-center/troubleshoot-unhealthy-checks-ecs",
		Example: "Task failed ELB health checks in (target-group " +
			"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928)",
	},
	{
		At:     []Stage{Volume},
		Faults: []Fault{Denied},
		Order:  []string{"efs-iam-denied", "efs-access-point"},
		Because: "a file system denies a mount by its policy or for want of IAM authorization; an access point that " +
			"does not fit is told of by name",
		Source: "https://repost.aws/knowledge-center/fargate-unable-to-mount-efs",
		Example: "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: " +
			"b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'",
	},
}

// Signal is something that a stop shows and that makes causes likelier, or less likely, than they are at most stops of
// its class. Signals stand in order: the first that holds and names a cause decides its place.
type Signal struct {
	ID      string         // "signal/kebab"
	At      []Stage        // stages at which it can hold, all when empty
	When    string         // the condition in words
	If      when           // the condition
	Lifts   []string       // causes that it puts before all others, the likeliest first
	Sinks   []string       // causes that it puts behind all others
	Because string         // template: why, as a clause that is shown with each cause that it moved
	Source  string         // where that is known from
	Example string         // a text, or a document as Parse reads it, of a stop whose causes it moves
	Earlier events.Earlier // what an archive tells of the example, where that is the condition
}

const (
	docAutomatedCleanup = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/automated_image_cleanup.html"
	docEndpoints        = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"
	docResolver         = "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html"
	docTaskDefinitions  = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definitions.html"
	docRegistryNames    = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html"
)

// Signals is the table of what moves causes.
var Signals = []Signal{
	{
		ID:    "signal/revision-ran",
		At:    []Stage{Image, Secret, EnvFile, Logging, Create, Start, Runtime, HealthCheck},
		When:  "an archive has a task of the same revision that ran well before",
		If:    func(v *view) bool { return v.Earlier == events.RevisionRan },
		Lifts: []string{"image-expired-by-lifecycle", "secret-deleted", "health-app-down", "health-dependency"},
		Sinks: []string{"command-invalid", "name-misspelt", "log-options-invalid", "health-path", "health-matcher",
			"health-port", "container-health-command"},
		Because: "a task of this revision ran well before, so what the revision fixes was right",
		Source:  docTaskDefinitions,
		Example: aTask + `"launchType":"FARGATE","group":"service:web","startedAt":"2026-05-04T03:00:00Z","stoppingAt":"2026-05-04T03:03:00Z","stoppedAt":"2026-05-04T03:04:00Z","stopCode":"ServiceSchedulerInitiated","stoppedReason":"Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928)"}`,
		Earlier: events.RevisionRan,
	},
	{
		ID:   "signal/revision-new",
		At:   []Stage{Image, Secret, EnvFile, Logging, Create, Start, Runtime, HealthCheck},
		When: "an archive has a task of another revision that ran well before, and none of this one",
		If:   func(v *view) bool { return v.Earlier == events.RevisionNew },
		Lifts: []string{"image-tag-missing", "app-usage-error", "app-config", "health-path", "health-port",
			"container-health-command"},
		Sinks: []string{"image-expired-by-lifecycle", "secret-deleted", "health-app-down", "health-dependency"},
		Because: "a task of another revision ran well before and none of this one is known to have, so what the " +
			"revision changed comes first",
		Source:  docTaskDefinitions,
		Example: aTask + `"launchType":"FARGATE","group":"service:web","startedAt":"2026-05-04T03:00:00Z","stoppingAt":"2026-05-04T03:03:00Z","stoppedAt":"2026-05-04T03:04:00Z","stopCode":"ServiceSchedulerInitiated","stoppedReason":"Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928)"}`,
		Earlier: events.RevisionNew,
	},
	{
		ID:    "signal/endpoint-answered",
		At:    []Stage{RegistryAuth, Secret, EnvFile, Image, Logging},
		When:  "a call of an AWS name got no answer from a private address",
		If:    func(v *view) bool { return v.dropped && v.throughEndpoint() },
		Lifts: []string{"endpoint-sg-closed"},
		Because: "a VPC endpoint answered the name, and what endpoints most often lack is an inbound rule for port " +
			"443 from the task",
		Source: docEndpoints,
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve ecr " +
			"registry auth: RequestError: send request failed caused by: Post " +
			"\"https://api.ecr.eu-north-1.amazonaws.com/\": dial tcp 10.0.61.7:443: i/o timeout",
	},
	{
		ID:   "signal/hardly-retried",
		At:   []Stage{RegistryAuth, Secret, EnvFile},
		When: "the text ends behind a call that was retried once or not at all",
		If: func(v *view) bool {
			return v.has(UnknownFault) && v.says("has been retried 1 time", "has been retried 0 time")
		},
		Lifts: []string{"role-permission-missing", "env-file-denied", "secret-missing", "parameter-missing",
			"env-file-missing", "instance-role-missing", "registry-credentials-missing"},
		Because: "a call that gets no answer is retried several times; one that was retried once at most mostly got " +
			"one, and was denied or found nothing",
		Source: "https://repost.aws/knowledge-center/ecs-unable-to-pull-secrets",
		Example: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval " +
			"failed: unable to retrieve secret from asm: service call has been retried 1 time(s)",
	},
	{
		ID:      "signal/layers-alone",
		At:      []Stage{Image},
		When:    "the layers of an image in ECR did not come, though ECR had answered",
		If:      layersAlone,
		Lifts:   []string{"s3-gateway-missing"},
		Because: "the registry answered, and only the layers did not come: these are in S3, which has its own endpoint",
		Source:  docEndpoints,
		Example: "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: " +
			"failed open: failed to do request: Get " +
			"\"https://prod-eu-north-1-starport-layer-bucket.s3.eu-north-1.amazonaws.com/77aa/210987654321.dkr.ecr.eu-north-1.amazonaws.com\": " +
			"dial tcp 52.95.170.44:443: i/o timeout",
	},
	{
		ID:   "signal/job-on-fargate",
		At:   []Stage{RegistryAuth, Secret, EnvFile, Image, Logging},
		When: "a call of a Fargate task that no service started got no answer",
		If: func(v *view) bool {
			return v.toInternet && v.LaunchType == "FARGATE" && runsToEnd(v)
		},
		Lifts:   []string{"public-ip-missing"},
		Because: "no service started the task, and RunTask gives a public address only where the call asks for one",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html",
		Example: aTask + `"launchType":"FARGATE","group":"family:report","stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: failed to resolve ref docker.io/library/alpine:3: failed to do request: Head https://registry-1.docker.io/v2/library/alpine/manifests/3: dial tcp 44.205.64.79:443: i/o timeout"}`,
	},
	{
		ID:    "signal/other-resolver",
		At:    []Stage{RegistryAuth, Secret, EnvFile, Image, Logging, Volume},
		When:  "the name server that the text names is not the VPC's own, whose address ends in .2",
		If:    func(v *view) bool { return v.has(DNS) && askedElsewhere(v) },
		Lifts: []string{"dns-server-unreachable"},
		Because: "the name server that was asked is not the VPC's own, so it must be reached and must forward the " +
			"name",
		Source: docResolver,
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/web:1: failed to do request: dial tcp: lookup " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com on 10.20.0.53:53: " +
			"no such host",
	},
	{
		ID:   "signal/name-of-aws",
		At:   []Stage{RegistryAuth, Secret, EnvFile, Image, Logging},
		When: "the name that did not resolve has the form of AWS's names in the task's Region",
		If: func(v *view) bool {
			return v.has(DNS) && v.toAWS && v.Region != "" && strings.Contains(v.Facts.Endpoint, v.Region)
		},
		Sinks:   []string{"name-misspelt"},
		Because: "{endpoint} has the form that AWS's names have in {region}",
		Source:  docRegistryNames,
		Example: "CannotPullContainerError: failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/web:1: failed to do request: dial tcp: lookup " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com: no such host",
	},
	{
		ID:   "signal/name-unfilled",
		At:   []Stage{Role},
		When: "the role's name is what a template leaves that had nothing to put there, such as null or YOUR_ROLE",
		If: func(v *view) bool {
			return v.has(Denied, NotFound) && isUnfilled(awsname.LastPart(v.Facts.Role))
		},
		Lifts:   []string{"role-missing"},
		Because: "{role} is no name but what is left where none was put",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Example: "ECS was unable to assume the role 'arn:aws:iam::210987654321:role/undefined' that was provided for " +
			"this task. Please verify that the role being passed has the proper trust relationship and permissions " +
			"and that your IAM user has permissions to pass this role.",
	},
	{
		ID:   "signal/blob-of-a-digest",
		At:   []Stage{Image},
		When: "ECR refuses the blob of an image that is named by its digest",
		If: func(v *view) bool {
			return v.deniedUnsaid() && v.says("/blobs/sha256") && !v.otherAccount()
		},
		Lifts: []string{"image-digest-missing"},
		Because: "the puller asks for the digest as a blob only where there is no manifest of it, and ECR then " +
			"answers 403",
		Source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
		Example: `{"account":"210987654321","region":"eu-north-1","source":"aws.ecs","detail-type":"ECS Task State Change","detail":` +
			aTask + `"launchType":"FARGATE","stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 210987654321.dkr.ecr.eu-north-1.amazonaws.com/web:1@sha256:77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb: unexpected status from HEAD request to https://210987654321.dkr.ecr.eu-north-1.amazonaws.com/v2/web/blobs/sha256:77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb77bb: 403 Forbidden"}}`,
	},
	{
		ID:      "signal/repository-of-another-account",
		At:      []Stage{Image},
		When:    "ECR denied a pull from the registry of another account",
		If:      func(v *view) bool { return v.deniedUnsaid() && v.otherAccount() },
		Lifts:   []string{"repository-policy-denies"},
		Because: "{registry} belongs to another account, whose repository policy must name this one",
		Source:  "https://repost.aws/knowledge-center/secondary-account-access-ecr",
		Example: `{"account":"210987654321","region":"eu-north-1","source":"aws.ecs","detail-type":"ECS Task State Change","detail":` +
			aTask + `"launchType":"FARGATE","stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 444455556666.dkr.ecr.eu-north-1.amazonaws.com/web:1: unexpected status from HEAD request to https://444455556666.dkr.ecr.eu-north-1.amazonaws.com/v2/web/manifests/1: 403 Forbidden"}}`,
	},
	{
		ID:   "signal/secret-of-another-account",
		At:   []Stage{Secret},
		When: "a secret in another account may not be read",
		If: func(v *view) bool {
			arn, _ := awsname.ParseARN(v.Facts.Secret)
			return v.deniedUnsaid() && v.Account != "" && arn.Account != "" && arn.Account != v.Account
		},
		Lifts:   []string{"resource-policy-denies", "kms-denied"},
		Because: "{secret} is in another account: its own policy, and that of its key, must let the role in",
		Source:  "https://repost.aws/knowledge-center/secrets-manager-share-between-accounts",
		Example: `{"account":"210987654321","region":"eu-north-1","source":"aws.ecs","detail-type":"ECS Task State Change","detail":` +
			aTask + `"launchType":"FARGATE","stopCode":"TaskFailedToStart","stoppedReason":"ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: failed to fetch secret arn:aws:secretsmanager:eu-north-1:444455556666:secret:orders/db-AbC123 from secrets manager: AccessDeniedException"}}`,
	},
	{
		ID:      "signal/no-refusal-told",
		At:      []Stage{Placement},
		When:    "an instance could not be launched, and no refusal of EC2 follows",
		If:      func(v *view) bool { return launchingInstances(v) && v.has(UnknownFault) },
		Lifts:   []string{"capacity-provider-new"},
		Because: "ECS quotes what EC2 refuses, and here quotes nothing",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-troubleshooting.html",
		Example: aTask + `"launchType":"MANAGED_INSTANCES","stopCode":"TaskFailedToStart","stoppedReason":"ResourceInitializationError: Unable to launch instance(s) for capacity provider orders-managed."}`,
	},
	{
		ID:   "signal/exec-of-what-is-there",
		At:   []Stage{Start},
		When: "the kernel says \"no such file\" when it executes the program, not when it looks for it",
		If: func(v *view) bool {
			return v.has(NotFound) && v.says("exec /", "exec user process caused") && !v.says("stat ")
		},
		Lifts: []string{"interpreter-missing"},
		Because: "the program was found and could not be executed, as a script is whose first line names what is " +
			"not there",
		Source: "https://man7.org/linux/man-pages/man2/execve.2.html",
		Example: "CannotStartContainerError: Error response from daemon: OCI runtime create failed: unable to start " +
			"container process: exec /srv/run.sh: no such file or directory",
	},
	{
		ID:      "signal/repository-was-found",
		At:      []Stage{Image},
		When:    "Docker Hub knows the repository, and in it no such tag",
		If:      func(v *view) bool { return byHub(v) && v.says("manifest for", "manifest unknown") },
		Lifts:   []string{"image-tag-missing", "image-digest-missing"},
		Because: "Docker Hub says \"manifest\" of a tag; of a repository that it does not know it says \"denied\"",
		Source:  docCannotPull,
		Example: "CannotPullContainerError: Error response from daemon: manifest for nginx:0f6b3cdf5e24 not found: " +
			"manifest unknown: manifest unknown",
	},
	{
		ID:      "signal/gpu-words",
		At:      []Stage{Create, Start},
		When:    "the container runtime speaks of a GPU, its driver or CUDA",
		If:      func(v *view) bool { return v.says("nvidia", "cuda") },
		Lifts:   []string{"gpu-runtime"},
		Because: "the words are those of the GPU's driver and runtime on the instance",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html",
		Example: aTask + `"launchType":"EC2","stopCode":"TaskFailedToStart","stoppedReason":"CannotStartContainerError: Error response from daemon: OCI runtime create failed: nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please update your driver to a newer version: unknown"}`,
	},
	{
		ID: "signal/helper-failed-at-start",
		At: []Stage{Runtime},
		When: "a container that serves the others gave up within seconds of its start, or before the task ran, and " +
			"none of the others ended with 0",
		If: func(v *view) bool {
			return v.helper() && v.ownCode() && (ranUnder(v, brieflyRunning) || v.StartedAt.IsZero()) &&
				!anotherEndedWell(v)
		},
		Lifts:   []string{"log-router-config", "app-usage-error", "app-config"},
		Because: "{culprit} gave up at once, so its own settings come before what its end did to the others",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html",
		Example: aTask + `"startedAt":"2026-05-04T03:00:00Z","executionStoppedAt":"2026-05-04T03:00:04Z","stoppedAt":"2026-05-04T03:00:30Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web"},{"name":"otel-collector","exitCode":1}]}`,
	},
	{
		ID: "signal/ended-at-once",
		At: []Stage{Runtime},
		When: "the task ended with exit code 1 or 255 less than two seconds after it began to run, or on Fargate " +
			"before it did",
		If: func(v *view) bool {
			before := v.LaunchType == "FARGATE" && v.StartedAt.IsZero()
			return v.crash() && v.ended(1, 255) && (ranUnder(v, atOnce) || before) &&
				!serves(v.Containers[v.Culprit].Name)
		},
		Lifts: []string{"binary-architecture"},
		Because: "{culprit} ended sooner than most programs fail by themselves; one that is built for another CPU " +
			"ends at once",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html",
		Example: aTask + `"launchType":"FARGATE","group":"service:web","startedAt":"2026-05-04T03:00:00Z","executionStoppedAt":"2026-05-04T03:00:01Z","stoppedAt":"2026-05-04T03:00:30Z","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":255}]}`,
	},
	{
		ID:   "signal/several-killed",
		At:   []Stage{Runtime},
		When: "two containers or more were killed for memory at once",
		If: func(v *view) bool {
			killed := 0
			for i, c := range v.Containers {
				if c.ExitCode != nil && *c.ExitCode == 137 && !v.Injected(i) {
					killed++
				}
			}
			return v.has(OOM) && killed > 1 && slowShutdown(v.Stop) == 0
		},
		Lifts:   []string{"task-memory-limit"},
		Because: "several containers were killed at once, as when the task's memory and not one container's is used up",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html",
		Example: aTask + `"launchType":"FARGATE","memory":"1024","startedAt":"2026-05-04T03:00:00Z","stopCode":"EssentialContainerExited","stoppedReason":"OutOfMemoryError: Container killed due to memory usage","containers":[{"name":"web","exitCode":137,"memory":"900"},{"name":"cache","exitCode":137,"memory":"900"}]}`,
	},
	{
		ID:   "signal/still-starting",
		At:   []Stage{HealthCheck},
		When: "the task was judged unhealthy less than five minutes after it began to run",
		If: func(v *view) bool {
			return ranUnder(v, warmingUp) && !v.says("health checks failed")
		},
		Lifts:   []string{"health-grace-period", "container-health-start-period"},
		Because: "it was judged {ran|minutes} after its start, when many programs do not answer yet",
		Source:  "https://repost.aws/knowledge-center/troubleshoot-unhealthy-checks-ecs",
		Example: aTask + `"launchType":"FARGATE","group":"service:web","startedAt":"2026-05-04T03:00:00Z","stoppingAt":"2026-05-04T03:02:00Z","stoppedAt":"2026-05-04T03:03:00Z","stopCode":"ServiceSchedulerInitiated","stoppedReason":"Task failed container health checks","containers":[{"name":"web","exitCode":143}]}`,
	},
	{
		ID:      "signal/answered-with-an-error",
		At:      []Stage{HealthCheck},
		When:    "the application answered the check with an error of the 500s, and is not known to be starting",
		If:      func(v *view) bool { return probeFailed(v) && !ranUnder(v, warmingUp) },
		Lifts:   []string{"health-app-down", "health-dependency"},
		Because: "it answered with an error of its own, so it runs, and something in it or behind it fails",
		Source:  docTargetHealth,
		Example: aService + `(service orders) (port 8443) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928) due to (reason Health checks failed with these codes: [503])."}]}]}`,
	},
	{
		ID:   "signal/no-status-code",
		At:   []Stage{HealthCheck},
		When: "the load balancer says \"Health checks failed\" and names no status code",
		If: func(v *view) bool {
			return v.elbUnhealthy() && v.says("health checks failed") && !v.says("codes")
		},
		Lifts:   []string{"health-port", "health-sg"},
		Sinks:   []string{"health-path", "health-matcher"},
		Because: "the load balancer names no status code, so it never got an answer that has one",
		Source:  docTargetHealth,
		Example: aService + `(service orders) (port 8443) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/shop/9f8e7d6c5b4a3928) due to (reason Health checks failed)."}]}]}`,
	},
	{
		ID:      "signal/slow-after-hours",
		At:      []Stage{HealthCheck},
		When:    "the health check timed out after the task had run for an hour or more",
		If:      func(v *view) bool { return v.probeTimedOut() && ranOver(v, longRunning) },
		Lifts:   []string{"health-slow-app"},
		Because: "the task answered for a long time and then not in time",
		Source:  docTargetHealth,
		Example: aTask + `"launchType":"FARGATE","group":"service:web","startedAt":"2026-05-04T03:00:00Z","stoppingAt":"2026-05-04T09:00:00Z","stoppedAt":"2026-05-04T09:01:00Z","stopCode":"ServiceSchedulerInitiated","stoppedReason":"service web (port 8443) is unhealthy in target-group shop-tg due to (reason Request timed out)"}`,
	},
	{
		ID:      "signal/spot-provider",
		At:      []Stage{Host},
		When:    "the capacity provider's name says Spot",
		If:      func(v *view) bool { return strings.Contains(strings.ToUpper(v.CapacityProvider), "SPOT") },
		Lifts:   []string{"spot-reclaimed"},
		Because: "the capacity provider is Spot by its name, and Spot instances are taken back",
		Source:  "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html",
		Example: aTask + `"launchType":"EC2","capacityProviderName":"workers-spot","stoppedReason":"Host EC2 (instance i-0aa11bb22cc33dd44) terminated."}`,
	},
	{
		ID:    "signal/instance-of-batch",
		At:    []Stage{Host},
		When:  "the instance under a job of AWS Batch went away",
		If:    func(v *view) bool { return v.Launcher == events.LauncherBatch },
		Lifts: []string{"spot-reclaimed"},
		Sinks: []string{"instance-scaled-in"},
		Because: "AWS Batch takes no instance away as long as a job runs on it, so EC2 took it back, or somebody " +
			"ended it",
		Source:  "https://docs.aws.amazon.com/batch/latest/userguide/managed_compute_environments.html",
		Example: `{"detail-type":"Batch Job State Change","account":"210987654321","region":"eu-north-1","detail":{"jobArn":"arn:aws:batch:eu-north-1:210987654321:job/5f0e1d2c","jobId":"5f0e1d2c","jobName":"report","jobQueue":"arn:aws:batch:eu-north-1:210987654321:job-queue/night","status":"FAILED","statusReason":"Host EC2 (instance i-0aa11bb22cc33dd44) terminated.","jobDefinition":"arn:aws:batch:eu-north-1:210987654321:job-definition/report:3","container":{"image":"report"},"attempts":[{"container":{"containerInstanceArn":"arn:aws:ecs:eu-north-1:210987654321:container-instance/night/5f0e","taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/night/5f0e1d2c3b4a5968"},"statusReason":"Host EC2 (instance i-0aa11bb22cc33dd44) terminated."}]}}`,
	},
	{
		ID:      "signal/reason-given",
		At:      []Stage{User},
		When:    "whoever called StopTask gave a reason of their own",
		If:      func(v *view) bool { return v.StoppedReason != "" && !v.says("stopped by user", "user initiated") },
		Lifts:   []string{"stopped-by-automation"},
		Because: "StopTask was called with a reason, which programs give and the console does not ask for",
		Source:  "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
		Example: aTask + `"launchType":"FARGATE","group":"family:render","stopCode":"UserInitiated","stoppedReason":"render farm: frame 17 is done"}`,
	},
}

// anotherEndedWell reports whether a container beside the culprit ended with exit code 0.
func anotherEndedWell(v *view) bool {
	for i, c := range v.Containers {
		if i != v.Culprit && c.ExitCode != nil && *c.ExitCode == 0 && !v.Injected(i) {
			return true
		}
	}
	return false
}

// unfilled are what stands in a name where a template or script had nothing to put.
var unfilled = []string{"null", "undefined", "none", "nil", "placeholder", "changeme"}

// isUnfilled reports whether a name is what a template or a script leaves that had nothing to put there.
func isUnfilled(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(unfilled, name) || strings.ContainsAny(name, "<>{}$") || strings.HasPrefix(name, "your")
}

// askedElsewhere reports whether a text names the name server that was asked, and that this is not the VPC's own.
func askedElsewhere(v *view) bool {
	for i := range v.texts {
		said := v.texts[i].Plain
		_, lookup, _ := strings.Cut(said, "lookup ")
		_, server, _ := strings.Cut(lookup, " on ")
		server, _, found := strings.Cut(server, ":53")
		address, err := netip.ParseAddr(server)
		if !found || err != nil || !address.Is4() {
			continue
		}
		last := address.As4()[3]
		return last != 2 && server != "169.254.169.253"
	}
	return false
}

// signalsAt are the signals that can hold at each stage.
var signalsAt = signalsByStage(Signals)

func signalsByStage(signals []Signal) map[Stage][]*Signal {
	at := map[Stage][]*Signal{}
	for _, s := range Stages {
		for i := range signals {
			if len(signals[i].At) == 0 || slices.Contains(signals[i].At, s.Stage) {
				at[s.Stage] = append(at[s.Stage], &signals[i])
			}
		}
	}
	return at
}

// class is what a prior is looked up by.
type class struct {
	Stage
	Fault
}

// priorOf are the usual orders.
var priorOf = priorsByClass(Priors)

func priorsByClass(priors []Prior) map[class][]string {
	of := map[class][]string{}
	for _, p := range priors {
		for _, stage := range p.At {
			for _, fault := range p.Faults {
				if _, taken := of[class{stage, fault}]; !taken {
					of[class{stage, fault}] = p.Order
				}
			}
		}
	}
	return of
}

// likely is a cause that applies, with its place among the others.
type likely struct {
	*Cause
	signal *Signal
	text   *TextProof // what the event alone proves about it
	place  int32      // the lowest stands first
	lifted bool       // by the signal, not sunk
	usual  bool       // of the class, not told by the words
}

// The places of causes: those that signals lift, those in their usual order, the others, those that signals sink.
const (
	lifted = -1000
	usual  = 0
	other  = 1000
	sunk   = 2000
)

// arrange puts causes into the order in which they are likely, and says which signal moved one.
func (v *view) arrange(causes []likely) {
	if len(causes) < 2 {
		return
	}
	usually := priorOf[class{v.Stage, v.Fault}]
	for i := range causes {
		causes[i].place = other
		if at := slices.Index(usually, causes[i].ID); at >= 0 {
			causes[i].place = usual + int32(at)
		}
	}
	for n, s := range signalsAt[v.Stage] {
		if !s.If(v) {
			continue
		}
		for i := range causes {
			c := &causes[i]
			if c.signal != nil {
				continue
			}
			if at := slices.Index(s.Lifts, c.ID); at >= 0 {
				c.signal, c.lifted, c.place = s, true, int32(lifted+16*n+at)
			} else if slices.Contains(s.Sinks, c.ID) {
				c.signal, c.place = s, sunk+c.place
			}
		}
	}
	slices.SortStableFunc(causes, func(a, b likely) int { return int(a.place - b.place) })
}

// result is what the event alone proves.
func (c *likely) result() Result {
	if c.text == nil {
		return NotChecked
	}
	return c.text.Result
}

// because says why a signal moved the cause, "" where none did.
func (c *likely) because(v *view) string {
	switch {
	case c.signal == nil:
		return ""
	case c.lifted:
		return "likelier here: " + v.fill(c.signal.Because)
	}
	return "less likely here: " + v.fill(c.signal.Because)
}
