package classifier

import (
	"slices"
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// Check is something to look at by hand: a command with what to look for in its answer, or words where there is nothing
// to run. Its texts are templates, those of Run as fillCommand reads them.
type Check struct {
	Run  string  // what to run, complete as it stands on a line of its own; empty where there is nothing to run
	On   string  // where it is run, "on the instance"; empty for a shell of whoever asks
	Look string  // what to look for in the answer, or where else
	If   when    // at which stops it says something, all when nil
	Or   []Check // how the same is asked at other stops: the first that holds stands in its place
}

// at is the check at those stops alone at which a condition holds.
func (c Check) at(holds when) Check {
	before := c.If
	c.If = func(v *view) bool { return (before == nil || before(v)) && holds(v) }
	return c
}

// or adds how the same is asked at other stops.
func (c Check) or(holds when, other Check) Check {
	c.Or = append(c.Or, other.at(holds))
	return c
}

// String is the check in one line.
func (c Check) String() string {
	var parts []string
	for _, part := range []string{c.On, c.Run, c.Look} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// Checks returns what to look at for the cause at one stop, filled in: what says something there.
func (c *Cause) Checks(s *events.Stop, f *Finding) []Check {
	v := newView(s, f)
	lines := c.Check()
	if f.Stage == Host && ofJob(v) {
		lines = append(lines[:len(lines):len(lines)], lostAttempt)
	}
	var checks []Check
	for _, check := range lines {
		for _, other := range check.Or {
			if other.If(v) {
				check = other
				break
			}
		}
		if check.If == nil || check.If(v) {
			checks = append(checks, v.fillCheck(check))
		}
	}
	return checks
}

// Plain is the check as it reads where no stop is known.
func (c Check) Plain() Check { return nowhere().fillCheck(c) }

// nowhere is a view of a stop of which nothing is known.
func nowhere() *view { return newView(&events.Stop{}, &Finding{Culprit: -1}) }

func (v *view) fillCheck(c Check) Check {
	filled := Check{On: v.fill(c.On), Look: v.here(v.fill(c.Look))}
	if c.Run == "" {
		return filled
	}
	sh := posix
	if c.On == windowsShell {
		sh = powerShell
	}
	run, open := v.fillCommand(c.Run, sh)
	filled.Run = run
	if missing := v.fillIn(open); missing != "" {
		filled.Look = strings.TrimPrefix(filled.Look+"; "+missing, "; ")
	}
	return filled
}

// here leaves out of what to look for what an instance alone has, where there is none.
func (v *view) here(look string) string {
	if fargateTask(v) {
		look, _, _ = strings.Cut(look, "; on EC2 ")
		look, _, _ = strings.Cut(look, ", and on EC2 ")
	}
	return look
}

// lookAt is a check without a command.
func lookAt(what string) Check { return Check{Look: what} }

// run is a check with a command of whoever asks.
func run(command, look string) Check { return Check{Run: command, Look: look} }

// Where commands are run.
const (
	hostShell    = "on the instance[ {instanceId}]"
	windowsShell = hostShell + ", in PowerShell"
	inVPC        = "on a machine in the same subnet"
	byManagement = "with the management account"
)

// onHost is a check on the instance: a command for Linux and one for PowerShell, none where that is empty.
func onHost(linux, windows, look string) Check {
	c := Check{Run: linux, On: hostShell, Look: look}.at(maybeEC2)
	if windows != "" {
		return c.or(all(maybeEC2, windowsTask), Check{Run: windows, On: windowsShell, Look: look})
	}
	return c.at(not(windowsTask))
}

func onWindows(command, look string) Check {
	return Check{Run: command, On: windowsShell, Look: look}.at(maybeEC2)
}

func asManagement(command, look string) Check {
	return Check{Run: command, On: byManagement, Look: look}
}

func fromVPC(command, look string) Check { return Check{Run: command, On: inVPC, Look: look} }

// ecr is a check of an image that lies, or may lie, in ECR.
func ecr(command, look string) Check { return run(command, look).at(not(otherRegistry)) }

// elsewhere is a check of an image that lies, or may lie, in another registry.
func elsewhere(command, look string) Check { return run(command, look).at(not(inECR)) }

// inspectImage asks what an image is built for.
func inspectImage(look string) Check {
	return run(`docker manifest inspect --verbose {image}`, look).
		or(inECR, run(`aws ecr batch-get-image --registry-id {registryAccount} --repository-name {repository} `+
			`--image-ids {imageId} --region {registryRegion}`+asks+`'images[].imageManifest'`,
			look+"; a manifest without a list of manifests is of one platform alone"))
}

// anonymous asks a registry for an image without a login.
func anonymous(look string) Check {
	return run(`DOCKER_CONFIG=$(mktemp -d) docker manifest inspect {image}`, "without a login: "+look)
}

func describeDefinition(look string) Check {
	return run(definitionCommand("taskDefinition"), look).
		or(ofJob, describeJobDefinition(inJob.Replace(look)))
}

// inJob says with the words of AWS Batch what is looked for in a definition: it has no entry point.
var inJob = strings.NewReplacer("taskRoleArn", "jobRoleArn", "entryPoint and command", "command",
	"entryPoint, command", "command", "entryPoint, and", "command, and")

func describeJobDefinition(look string) Check {
	return run(jobDefinitionCommand, look)
}

func describeJob(look string) Check {
	return run(`aws batch describe-jobs --jobs {jobId} --region {region}`, look)
}

func describeEnvironments(look string) Check {
	return run(`aws batch describe-compute-environments --region {region}`, look)
}

func describeService(look string) Check {
	return run(serviceCommand, look).
		at(maybeService)
}

func listDeployments(look string) Check {
	return run(`aws ecs list-service-deployments --cluster {cluster} --service {service} --region {region}`, look).
		at(maybeService)
}

// describeLaunch asks for the network that a task was started with.
func describeLaunch(look string) Check {
	return run(serviceCommand, look).
		or(ofJob, describeEnvironments("subnets and securityGroupIds of computeResources; assignPublicIp stands in "+
			"the job definition")).
		or(not(maybeService), trail("RunTask", look+" of requestParameters"))
}

func describeTasks(look string) Check {
	return run(taskCommand, "within an hour of the stop: "+look)
}

func describeInstance(look string) Check {
	return run(agentCommand, look+"; ec2InstanceId is where to log on").at(maybeEC2).
		or(all(maybeEC2, instanceKnown), run(agentCommand, look))
}

func describeEC2(look string) Check {
	return run(instanceCommand, look).at(maybeEC2)
}

func describeRoutes(look string) Check {
	return run(`aws ec2 describe-route-tables --filters Name=association.subnet-id,Values={subnet} --region {region}`,
		look)
}

func describeGroups(look string) Check {
	return run(`aws ec2 describe-security-groups --group-ids {groups} --region {region}`, look)
}

func describeEndpoints(look string) Check {
	return run(`aws ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={vpc} --region {region}`, look)
}

// describeEndpointGroups asks for the security groups of what answered at the address that was dialled.
func describeEndpointGroups(look string) Check {
	return run(`aws ec2 describe-security-groups --group-ids $(aws ec2 describe-network-interfaces --filters `+
		`Name=addresses.private-ip-address,Values={remoteIp} --region {region} --output text `+
		`--query 'NetworkInterfaces[].Groups[].GroupId') --region {region}`, look)
}

func describeSecret(look string) Check {
	return run(secretCommand, look).
		at(secretAsked).
		or(severalSecrets, run(`aws secretsmanager list-secrets --include-planned-deletion --filters `+
			`Key=name,Values={secretNames} --region {secretRegion}`, "each is there: "+look))
}

func describeParameter(look string) Check {
	return run(`aws ssm describe-parameters --parameter-filters Key=Name,Values={parameterNames} `+
		`--region {secretRegion}`, look).at(parameterAsked)
}

func describeTargetGroup(look string) Check {
	return run(`aws elbv2 describe-target-groups --target-group-arns {targetGroups} --region {targetGroupRegion}`, look)
}

func describeBalancers(look string) Check {
	return run(`aws elbv2 describe-load-balancers --region {targetGroupRegion}`, look)
}

func describeScaling(look string) Check {
	return run(`aws autoscaling describe-scaling-activities --max-items 20 --region {region}`, look).at(maybeEC2).
		or(instanceKnown, run(`aws autoscaling describe-scaling-activities --region {region} `+
			`--query "Activities[?contains(Description, '{instanceId}')]"`, look))
}

// trail asks CloudTrail who called an action about the time of the stop.
func trail(event, look string) Check { return run(callsCommand(event), look) }

func callsCommand(event string) string {
	return `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=` + event +
		`{around} --region {region}`
}

// in is the check in another Region than the task's.
func (c Check) in(region string) Check {
	c.Run = strings.ReplaceAll(c.Run, "{region}", "{"+region+"}")
	return c
}

// simulate asks IAM whether the role may do what failed, with what the call is about.
func simulate() Check {
	with := func(resource string) Check {
		return run(`aws iam simulate-principal-policy --policy-source-arn {roleArn} --action-names {actions} `+
			`--resource-arns `+resource+` --region {region}`, "EvalDecision")
	}
	return with(`{resource|'*'}`).
		or(asksUnnamed("ecr:Batch", "ecr:GetDownloadUrl"), with(`arn:{partition|aws}:ecr:{registryRegion}:`+
			`{registryAccount}:repository/{repository}`)).
		or(asksUnnamed("logs:"), with(`arn:{partition|aws}:logs:{logRegion}:{account}:log-group:{logGroup}:`+
			`log-stream:any`)).
		or(asksUnnamed("secretsmanager:", "ssm:"), with(`{secretArn}`))
}

// asksUnnamed reports whether one of the calls was made, and no text has the ARN of what it asked for.
func asksUnnamed(calls ...string) when {
	return func(v *view) bool {
		return !strings.HasPrefix(v.Facts.AWSResource, "arn:") &&
			slices.ContainsFunc(v.actions(), func(action string) bool {
				return slices.ContainsFunc(calls, func(call string) bool { return strings.HasPrefix(action, call) })
			})
	}
}

// actions are the IAM actions of the call that failed: the one that a text names, or else those that the step takes.
func (v *view) actions() []string {
	switch {
	case strings.Contains(v.Facts.AWSAction, ":"):
		return v.Facts.Permissions()
	case v.is(Secret) && v.parameter():
		return []string{"ssm:GetParameters"}
	case v.is(Secret) || v.credentialsSecret():
		return []string{"secretsmanager:GetSecretValue"}
	case v.is(RegistryAuth):
		return []string{"ecr:GetAuthorizationToken"}
	case v.is(Image):
		return []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
	case v.is(Logging):
		return []string{"logs:CreateLogStream", "logs:PutLogEvents"}
	}
	return nil
}

// stopTaskTrail asks who called StopTask for the task.
func stopTaskTrail(look string) Check {
	look = "some 15 minutes after the stop: " + look
	return trail("StopTask", look).or(func(v *view) bool { return v.TaskID != "" },
		run(callsCommand("StopTask")+asks+`"Events[?contains(CloudTrailEvent, '{taskId}')].CloudTrailEvent"`, look))
}

func agentLog(look string) Check {
	return onHost(`sudo tail -n 200 /var/log/ecs/ecs-agent.log`,
		`Get-Content -Tail 200 C:\ProgramData\Amazon\ECS\log\ecs-agent.log`, look)
}

// logLines asks for the last lines of the container that explains the stop.
func logLines(look string) Check {
	return lookAt("CloudWatch Logs, last lines of {culprit|the container} in task {taskId|TASK_ID}: "+look).
		or(logKnown, run(`aws logs get-log-events --log-group-name {outputGroup} --log-stream-name {outputStream} `+
			`--limit 50 --region {outputRegion}`+asks+`'events[].[message]'`, look)).
		or(logNamed, run(`aws logs get-log-events --log-group-name {outputGroup} --log-stream-name `+
			`{outputPrefix}/{culprit}/{taskId} --limit 50 --region {region}`+asks+`'events[].[message]'`,
			look))
}

// LogCheck returns how the last lines of the container that explains a stop are read, and false where no command is
// known that reads them.
func LogCheck(s *events.Stop, f *Finding) (Check, bool) {
	if !f.is(Runtime, Dependency) || f.Culprit < 0 {
		return Check{}, false
	}
	cause := Cause{Check: func() []Check { return []Check{logLines("")} }}
	check := cause.Checks(s, f)[0]
	return check, check.Run != ""
}

// taskLogs asks for the output of all containers.
func taskLogs(look string) Check {
	return lookAt("CloudWatch Logs, streams of task {taskId|TASK_ID}: " + look)
}

// lostAttempt is asked of jobs of AWS Batch besides, where the host was lost.
var lostAttempt = describeJob("attempts against retryStrategy; a job is started again after its host was lost only " +
	"while attempts are left")

func not(holds when) when { return func(v *view) bool { return !holds(v) } }

func all(hold ...when) when {
	return func(v *view) bool {
		for _, holds := range hold {
			if !holds(v) {
				return false
			}
		}
		return true
	}
}

// ofJob reports whether AWS Batch runs the task.
func ofJob(v *view) bool { return v.Launcher == events.LauncherBatch }

// maybeService reports whether the task may be a service's.
func maybeService(v *view) bool {
	return v.Service != "" || v.Group == "" && (v.Launcher == "" || v.Launcher == events.LauncherService)
}

// maybeEC2 reports whether there may be an instance under the task.
func maybeEC2(v *view) bool { return !fargateTask(v) }

// maybeFargate reports whether the task may have run on Fargate.
func maybeFargate(v *view) bool { return !instanceTask(v) }

// fargateTask reports whether the task is known to have run on Fargate.
func fargateTask(v *view) bool { return v.LaunchType == "FARGATE" }

// instanceKnown reports whether the text names the instance under the task.
func instanceKnown(v *view) bool { return v.Facts.InstanceID != "" }

// instanceTask reports whether the task is known to have run on an instance, if only by the words of Docker.
func instanceTask(v *view) bool {
	return v.OnInstance() || v.LaunchType == "" &&
		v.says("failed to register layer", "error response from daemon")
}

// windowsTask reports whether the words or codes of a stop are those of Windows.
func windowsTask(v *view) bool {
	if strings.HasPrefix(v.Facts.Platform, "windows/") {
		return true
	}
	for _, c := range v.Containers {
		if c.ExitCode != nil && strings.HasPrefix(exitCode(*c.ExitCode).Meaning, "Windows") {
			return true
		}
	}
	return v.says("hcs::", "hcsshim", "windows system call", "hns failed", "windowsfilter", `c:\`)
}

// imageOf is the image that a stop is about, "" when it is not known.
func (v *view) imageOf() string {
	switch {
	case v.Facts.Image != "":
		return v.Facts.Image
	case v.Culprit >= 0 && v.Culprit < len(v.Containers):
		return v.Containers[v.Culprit].Image
	}
	return ""
}

// registryOf is the host of the registry that a stop is about, "" when it is not known.
func (v *view) registryOf() string {
	if v.Facts.Registry != "" {
		return v.Facts.Registry
	}
	return awsname.ParseImage(v.imageOf()).Registry
}

// inECR reports whether the image is known to lie in ECR.
func inECR(v *view) bool { return awsname.IsECR(v.registryOf()) }

// otherRegistry reports whether the image is known to lie in another registry than ECR.
func otherRegistry(v *view) bool {
	registry := v.registryOf()
	return v.is(Image, RegistryAuth) && registry != "" && !awsname.IsECR(registry)
}

// secretAsked reports whether a secret of Secrets Manager may have been asked for, parameterAsked a parameter.
func secretAsked(v *view) bool { return !v.parameter() }
func parameterAsked(v *view) bool {
	return v.parameter() || !strings.Contains(v.Facts.Secret, ":secretsmanager:") &&
		!v.says("secretsmanager:", "secrets manager", "secret from asm")
}

// severalSecrets reports whether the texts name more than one secret.
func severalSecrets(v *view) bool { return secretAsked(v) && len(v.secrets()) > 1 }

// imageAsked, fileAsked and fileSystemAsked report whether an image, a file in S3 or a file system may have been asked
// for.
func imageAsked(v *view) bool      { return v.is(Image, RegistryAuth) }
func fileAsked(v *view) bool       { return v.is(EnvFile) || v.says("s3:") }
func fileSystemAsked(v *view) bool { return v.is(Volume) }

// logKnown reports whether it is known where the output of the container went.
func logKnown(v *view) bool { return v.Log.Group != "" && v.Log.Stream != "" }

// logNamed reports whether the task definition tells where that is: the stream is named by its prefix, the container
// and the task.
func logNamed(v *view) bool {
	return v.containerDefined() && v.TaskID != ""
}

// containerDefined reports whether the task definition of the container that explains the stop can be asked for.
func (v *view) containerDefined() bool {
	return !ofJob(v) && v.Culprit >= 0 && v.Containers[v.Culprit].Name != "" && v.Region != "" &&
		v.TaskDefinition() != ""
}
