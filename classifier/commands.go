package classifier

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"whystopped/events/awsname"
)

// fillCommand fills the template of a command at a stop: each value quoted for the shell that it is pasted into. What
// the stop does not state is asked for within the command, where a command can, and else left to whoever runs it: these
// names are returned. Other than templates of sentences those of commands have no optional parts, since brackets belong
// to the command.
func (v *view) fillCommand(template string, sh shell) (line string, open []*blank) {
	f := filler{view: v, shell: sh}
	f.fill(template)
	return f.line.String(), f.open
}

// deepest is how many commands may stand within each other: more of them nobody reads.
const deepest = 3

type filler struct {
	*view
	shell
	line  strings.Builder
	quote byte // the quote that is open in line
	depth int
	open  []*blank
}

func (f *filler) fill(template string) {
	for i := 0; i < len(template); i++ {
		c := template[i]
		if end := closing(template, i); c == '{' && i+1 < end && isLetter(template[i+1]) {
			f.value(template[i+1 : end])
			i = end
			continue
		}
		switch {
		case c == f.quote:
			f.quote = 0
		case f.quote == 0 && (c == '\'' || c == '"'):
			f.quote = c
		}
		f.line.WriteByte(c)
	}
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// value writes what stands for a name: its value, its default, the command that asks for it, or its placeholder.
func (f *filler) value(inner string) {
	name, fallback, hasFallback := strings.Cut(inner, "|")
	if option, ok := options[name]; ok {
		f.line.WriteString(option(f.view))
		return
	}
	if all, separator := f.view.commandValues(name); len(all) > 0 {
		for i, text := range all {
			if i > 0 {
				f.line.WriteByte(separator)
			}
			f.line.WriteString(f.shell.quoted(text, f.quote))
		}
		return
	}
	if text := f.view.commandValue(name); text != "" && !strings.ContainsFunc(text, isControl) {
		f.line.WriteString(f.shell.quoted(text, f.quote))
		return
	}
	if hasFallback {
		f.fill(fallback)
		return
	}
	b := findBlank(name)
	for _, ask := range b.ask {
		inside := filler{view: f.view, shell: f.shell, depth: f.depth + 1}
		if inside.depth < deepest {
			inside.fill(ask)
		}
		if inside.line.Len() > 0 && inside.open == nil {
			f.line.WriteString("$(" + inside.line.String() + ")")
			return
		}
	}
	f.line.WriteString(b.placeholder)
	if !slices.Contains(f.open, b) {
		f.open = append(f.open, b)
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 }

// shell is what a command is pasted into.
type shell struct{ escapedQuote string }

var (
	posix      = shell{escapedQuote: `'\''`}
	powerShell = shell{escapedQuote: "''"}
)

// quoted is a value as it stands in a command, within an open quote or outside of any.
func (sh shell) quoted(value string, within byte) string {
	switch {
	case within == '"':
		return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(value)
	case within == '\'':
		return strings.ReplaceAll(value, "'", sh.escapedQuote)
	case value == "", strings.ContainsFunc(value, needsQuotes):
		return "'" + strings.ReplaceAll(value, "'", sh.escapedQuote) + "'"
	}
	return value
}

func needsQuotes(r rune) bool {
	return !(r < 0x80 && isLetter(byte(r)) || '0' <= r && r <= '9' || strings.ContainsRune("-_./:=,+%", r))
}

// fillIn says what to put in place of the placeholders of a command, "" when it has none.
func (v *view) fillIn(open []*blank) string {
	var parts []string
	for _, b := range open {
		part := b.placeholder
		if b.says != "" {
			part += ", " + v.here(b.says)
		}
		parts = append(parts, part)
	}
	if parts == nil {
		return ""
	}
	return "fill in " + strings.Join(parts, "; ")
}

// blank is something that commands name and that a stop may not state.
type blank struct {
	name        string
	placeholder string
	says        string   // what to fill in, where the placeholder does not tell
	ask         []string // commands that print it; the first that can be filled in stands in the command
}

func findBlank(name string) *blank {
	for i := range blanks {
		if blanks[i].name == name {
			return &blanks[i]
		}
	}
	if strings.HasSuffix(name, "Region") {
		return findBlank("region")
	}
	panic("commands name {" + name + "}, which nobody knows")
}

// Commands that are run by themselves, and whose answers others need.
const (
	serviceCommand = `aws ecs describe-services --cluster {cluster} --services {service} --region {region}`
	taskCommand    = `aws ecs describe-tasks --cluster {cluster} --tasks {taskId} --region {region}`
	agentCommand   = `aws ecs describe-container-instances --cluster {cluster} --container-instances {containerInstances} ` +
		`--region {region}`
	instanceCommand      = `aws ec2 describe-instances --instance-ids {instanceId} --region {region}`
	jobDefinitionCommand = `aws batch describe-job-definitions --job-definitions {jobDefinition} --region {region}`
	secretCommand        = `aws secretsmanager describe-secret --secret-id {secretName} --region {secretRegion}`
)

// definitionCommand describes a task definition by one of its names.
func definitionCommand(name string) string {
	return `aws ecs describe-task-definition --task-definition {` + name + `} --region {region}`
}

// asks is how a command is asked for one part of its answer, which stands behind it.
const asks = ` --output text --query `

// The parts of commands that ask for what a service, a task definition or an instance has.
var (
	askService    = serviceCommand + asks
	askNetwork    = strings.Replace(askService, "{service}", "{networkService}", 1)
	askDefinition = definitionCommand("ecsDefinition") + asks + `'taskDefinition.`
	askLog        = askDefinition + "containerDefinitions[?name==`\"{culprit}\"`].logConfiguration.options."
	askContainer  = definitionCommand("ecsDefinition") + asks +
		`"taskDefinition.containerDefinitions[?name=='{culprit}'] | [0].`
	askJobDefinition = jobDefinitionCommand + asks + `'jobDefinitions[0].containerProperties.`
	askInstance      = instanceCommand + asks + `'Reservations[0].Instances[0].`
)

var blanks = []blank{
	{name: "region", placeholder: "REGION"},
	{name: "account", placeholder: "ACCOUNT"},
	{name: "cluster", placeholder: "CLUSTER"},
	{name: "service", placeholder: "SERVICE"},
	{name: "taskDefinition", placeholder: "TASK_DEFINITION", ask: []string{askService + `'services[0].taskDefinition'`}},
	{name: "ecsDefinition", placeholder: "TASK_DEFINITION", ask: []string{askService + `'services[0].taskDefinition'`}},
	{name: "family", placeholder: "FAMILY"},
	{name: "taskId", placeholder: "TASK_ID"},
	{name: "culprit", placeholder: "CONTAINER"},
	{name: "containerInstance", placeholder: "CONTAINER_INSTANCE", says: "the one under the task"},
	{name: "containerInstances", placeholder: "CONTAINER_INSTANCE", says: "one of the cluster", ask: []string{
		taskCommand + asks + `'tasks[0].containerInstanceArn'`,
		`aws ecs list-container-instances --cluster {cluster} --region {region}` + asks +
			`'containerInstanceArns[]'`}},
	{name: "instanceId", placeholder: "INSTANCE_ID", says: "the EC2 instance under the task", ask: []string{
		strings.Replace(agentCommand, "{containerInstances}", "{containerInstance}", 1) + asks +
			`'containerInstances[0].ec2InstanceId'`}},
	{name: "instanceType", placeholder: "INSTANCE_TYPE", ask: []string{askInstance + `InstanceType'`}},
	{name: "subnet", placeholder: "SUBNET", says: "that of the task, and on EC2 of the instance that makes the call",
		ask: []string{
			askNetwork + `"join(',', services[0].networkConfiguration.awsvpcConfiguration.subnets)"`,
			askInstance + `SubnetId'`}},
	{name: "vpc", placeholder: "VPC", says: "the VPC of the task's subnet", ask: []string{
		`aws ec2 describe-subnets --subnet-ids {taskSubnets} --region {region}` + asks +
			`'Subnets[0].VpcId'`,
		askInstance + `VpcId'`}},
	{name: "taskSubnets", placeholder: "SUBNET", says: "the task's subnet", ask: []string{
		askNetwork + `'services[0].networkConfiguration.awsvpcConfiguration.subnets[]'`}},
	{name: "groups", placeholder: "SECURITY_GROUP", says: "that of the task's network interface", ask: []string{
		askNetwork + `'services[0].networkConfiguration.awsvpcConfiguration.securityGroups[]'`,
		askInstance + `SecurityGroups[].GroupId'`}},
	{name: "remoteIp", placeholder: "ADDRESS", says: "the address that was dialled"},
	{name: "ecsHost", placeholder: "ECS_HOST", says: "ecs.REGION.amazonaws.com"},
	{name: "endpoint", placeholder: "HOST", says: "the host that was called"},
	{name: "fileSystem", placeholder: "FILE_SYSTEM", ask: []string{
		askDefinition + `volumes[].efsVolumeConfiguration.fileSystemId'`,
		askJobDefinition + `volumes[].efsVolumeConfiguration.fileSystemId'`}},
	{name: "role", placeholder: "ROLE"},
	{name: "executionRole", placeholder: "EXECUTION_ROLE", ask: []string{
		`basename $(` + askDefinition + `executionRoleArn')`,
		`basename $(` + askJobDefinition + `executionRoleArn')`}},
	{name: "roleArn", placeholder: "ROLE_ARN", says: "that of the execution role", ask: []string{
		askDefinition + `executionRoleArn'`,
		askJobDefinition + `executionRoleArn'`}},
	{name: "taskRoleArn", placeholder: "TASK_ROLE_ARN", ask: []string{
		askDefinition + `taskRoleArn'`,
		askJobDefinition + `jobRoleArn'`}},
	{name: "infrastructureRole", placeholder: "INFRASTRUCTURE_ROLE", says: "that of the capacity provider or volume",
		ask: []string{`basename $(` + askService +
			`'services[0].deployments[0].volumeConfigurations[0].managedEBSVolume.roleArn')`}},
	{name: "instanceRole", placeholder: "INSTANCE_ROLE", says: "that of the instance profile which the instance has"},
	{name: "instanceProfile", placeholder: "INSTANCE_PROFILE", says: "that of the capacity provider"},
	{name: "hookRole", placeholder: "HOOK_ROLE", says: "roleArn of lifecycleHooks in the service"},
	{name: "balancerRole", placeholder: "BALANCER_ROLE", says: "roleArn of advancedConfiguration in the service"},
	{name: "boundary", placeholder: "BOUNDARY_ARN", says: "the one that the first command prints", ask: []string{
		`aws iam get-role --role-name {role} --region {region}` + asks +
			`Role.PermissionsBoundary.PermissionsBoundaryArn`}},
	{name: "boundaryVersion", placeholder: "VERSION", says: "the DefaultVersionId of the policy"},
	{name: "callerArn", placeholder: "CALLER_ARN", says: "the user or role in userIdentity"},
	{name: "actions", placeholder: "ACTION", says: "the action that was refused"},
	{name: "owner", placeholder: "OWNER_ACCOUNT", says: "the account that owns what is asked for"},
	{name: "secretKey", placeholder: "KEY_ID", says: "KmsKeyId of what is encrypted", ask: []string{
		secretCommand + asks + `KmsKeyId`}},
	{name: "kmsKey", placeholder: "KEY_ARN", says: "that of the key with which it is encrypted", ask: []string{
		`aws kms describe-key --key-id $(` + secretCommand + asks + `KmsKeyId) --region {secretRegion}` + asks +
			`KeyMetadata.Arn`}},
	{name: "secretName", placeholder: "SECRET", says: "the name or ARN in valueFrom"},
	{name: "secretArn", placeholder: "SECRET_ARN", says: "that of the secret or parameter", ask: []string{
		secretCommand + asks + `ARN`}},
	{name: "loginSecret", placeholder: "SECRET", says: "credentialsParameter in the definition", ask: []string{
		askDefinition + `containerDefinitions[].repositoryCredentials.credentialsParameter'`}},
	{name: "secretNames", placeholder: "SECRET", says: "the name or ARN in valueFrom"},
	{name: "parameterNames", placeholder: "PARAMETER",
		says: "the name in valueFrom, without a version or label behind a colon"},
	{name: "otherRegion", placeholder: "OTHER_REGION", says: "each of those that you use"},
	{name: "registry", placeholder: "REGISTRY", says: "the host of the image's registry"},
	{name: "registryAccount", placeholder: "REGISTRY_ACCOUNT", says: "that of the registry's host"},
	{name: "registryRegion", placeholder: "REGION", says: "that of the registry's host"},
	{name: "repository", placeholder: "REPOSITORY"},
	{name: "image", placeholder: "IMAGE", ask: []string{askContainer + `image"`, askJobDefinition + `image'`}},
	{name: "imageId", placeholder: "imageTag=TAG"},
	{name: "imageRepository", placeholder: "IMAGE", says: "without its tag and digest"},
	{name: "digest", placeholder: "sha256:DIGEST", says: "the whole digest of the image"},
	{name: "cachePrefix", placeholder: "PREFIX", says: "the first part of the repository's name"},
	{name: "upstreamImage", placeholder: "UPSTREAM_IMAGE", says: "its name at upstreamRegistryUrl"},
	{name: "executable", placeholder: "PROGRAM", says: "the first word of entryPoint, or of command",
		ask: []string{askContainer + `[entryPoint, command][] | [0]"`, askJobDefinition + `command[0]'`}},
	{name: "path", placeholder: "PATH", says: "the one that the definition names"},
	{name: "port", placeholder: "PORT", says: "hostPort of the container"},
	{name: "taskAddress", placeholder: "TASK_IP:PORT/PATH", says: "of a task that runs"},
	{name: "logGroup", placeholder: "LOG_GROUP", says: "awslogs-group of the container", ask: []string{
		askLog + `"awslogs-group" | [0]'`,
		askDefinition + `containerDefinitions[].logConfiguration.options."awslogs-group" | [0]'`,
		askJobDefinition + `logConfiguration.options."awslogs-group"'`}},
	{name: "logRegion", placeholder: "LOG_REGION", says: "awslogs-region of the container", ask: []string{
		askLog + `"awslogs-region" | [0]'`}},
	{name: "outputGroup", placeholder: "LOG_GROUP", says: "awslogs-group of the container", ask: []string{
		askLog + `"awslogs-group" | [0]'`}},
	{name: "outputPrefix", placeholder: "PREFIX", says: "awslogs-stream-prefix of the container", ask: []string{
		askLog + `"awslogs-stream-prefix" | [0]'`}},
	{name: "fileARN", placeholder: "FILE_ARN", says: "value of environmentFiles", ask: []string{
		askDefinition + `containerDefinitions[].environmentFiles[].value'`}},
	{name: "bucket", placeholder: "BUCKET", says: "that of the file's ARN"},
	{name: "objectKey", placeholder: "KEY", says: "what stands behind the bucket in the file's ARN"},
	{name: "targetGroups", placeholder: "TARGET_GROUP_ARN", says: "targetGroupArn in loadBalancers of the service",
		ask: []string{askService + `'services[0].loadBalancers[].targetGroupArn'`}},
	{name: "alarm", placeholder: "ALARM", says: "each of those", ask: []string{
		askService + `'services[0].deploymentConfiguration.alarms.alarmNames[0]'`}},
	{name: "listener", placeholder: "LISTENER_ARN", says: "that of productionListenerRule"},
	{name: "jobId", placeholder: "JOB_ID"},
	{name: "networkService", placeholder: "SERVICE"},
	{name: "jobDefinition", placeholder: "JOB_DEFINITION"},
	{name: "deployment", placeholder: "DEPLOYMENT", says: "ecs-svc/… of the one that failed"},
	{name: "protectedTask", placeholder: "PROTECTED_TASK"},
	{name: "otherJob", placeholder: "OTHER_JOB_ID", says: "the job that failed among these"},
	{name: "largestType", placeholder: "INSTANCE_TYPE", says: "one of instanceTypes"},
}

// options are parts of commands that are left out at stops that do not state what they need.
var options = map[string]func(v *view) string{
	"around": func(v *view) string { return v.period(time.Hour) },
	"logTimes": func(v *view) string { // of journalctl
		const second = "2006-01-02 15:04:05 UTC"
		if at := cmp.Or(v.StoppingAt, v.StoppedAt).UTC(); !at.IsZero() {
			return " --since '" + at.Add(-15*time.Minute).Format(second) + "' --until '" +
				at.Add(5*time.Minute).Format(second) + "'"
		}
		return " --since -1h"
	},
	"dayBefore": func(v *view) string { return v.period(24 * time.Hour) },
	"since": func(v *view) string { // of whystopped itself
		if at := cmp.Or(v.StoppingAt, v.StoppedAt); !at.IsZero() {
			return " --since " + at.Add(-time.Hour).UTC().Format(time.RFC3339)
		}
		return ""
	},
}

// CommandLine is a command of its words, quoted for a shell.
func CommandLine(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = posix.quoted(w, 0)
	}
	return strings.Join(quoted, " ")
}

// period limits a question to CloudTrail to the time up to a stop, and a quarter of an hour after it; where the time is
// not known, to the newest answers.
func (v *view) period(before time.Duration) string {
	at := cmp.Or(v.StoppingAt, v.StoppedAt)
	if at.IsZero() {
		return " --max-items 20"
	}
	until := at.Add(15 * time.Minute)
	return " --start-time " + at.Add(-before).UTC().Format(time.RFC3339) + " --end-time " +
		until.UTC().Format(time.RFC3339)
}

// commandValues are what stands for a name of which there may be several, and what stands between them.
func (v *view) commandValues(name string) (all []string, separator byte) {
	switch {
	case name == "actions":
		return v.actions(), ' '
	case name == "parameterNames" && v.parameter():
		for _, p := range v.secrets() {
			all = append(all, parameterName(p))
		}
		return all, ','
	case name == "secretNames" && !v.parameter():
		for _, secret := range v.secrets() {
			all = append(all, secretsName(secret))
		}
		return all, ','
	case name == "targetGroups":
		for _, group := range namesOf(v.Facts.TargetGroups, v.Facts.TargetGroup) {
			if strings.Contains(group, ":targetgroup/") {
				all = append(all, group)
			}
		}
		return all, ' '
	}
	return nil, 0
}

// secrets are the secrets or parameters that the texts name.
func (v *view) secrets() []string { return namesOf(v.Facts.Secrets, v.Facts.Secret) }

// namesOf are the names of a fact that lists several, or else of the one that has the first.
func namesOf(several, one string) (names []string) {
	for name := range strings.SplitSeq(cmp.Or(several, one), ", ") {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// commandValue is what stands for a name in commands, "" when the stop does not state it.
func (v *view) commandValue(name string) string {
	switch name {
	case "region":
		return cmp.Or(v.Region, v.regionNamed())
	case "ecsHost":
		if v.Region == "" {
			return ""
		}
		return awsname.ServiceHost("ecs", v.Region)
	case "iamRegion":
		return awsname.IAMRegion(v.Region)
	case "secretRegion":
		return regionOf(v.Facts.Secret, v.Region)
	case "keyRegion":
		return regionOf(v.Facts.AWSResource, regionOf(v.Facts.Secret, v.Region))
	case "logRegion":
		if v.containerDefined() {
			return regionOf(v.Facts.AWSResource, "")
		}
		return regionOf(v.Facts.AWSResource, v.Region)
	case "targetGroupRegion":
		return regionOf(v.Facts.TargetGroup, v.Region)
	case "outputGroup":
		return v.Log.Group
	case "outputStream":
		return v.Log.Stream
	case "outputRegion":
		return cmp.Or(v.Log.Region, v.Region)
	case "roleArn":
		if v.Facts.Role != "" && v.Account != "" {
			return "arn:" + awsname.Partition(v.Region) + ":iam::" + v.Account + ":role/" + v.Facts.Role
		}
		return ""
	case "owner":
		arn, _ := awsname.ParseARN(v.Facts.AWSResource)
		account, _, _ := awsname.ECRRegistry(v.Facts.Registry)
		return cmp.Or(arn.Account, account)
	case "secretName":
		if arn, _ := awsname.ParseARN(v.Facts.Secret); v.parameter() || arn != (awsname.ARN{}) && arn.Resource == "" {
			return "" // no secret, or the text was cut off before its name
		}
		return wholeSecret(v.Facts.Secret)
	case "loginSecret":
		return wholeSecret(v.Facts.Secret)
	case "secretKey":
		return value("kmsKey", v.Stop, v.Finding)
	case "secretArn":
		switch arn, whole := awsname.ParseARN(wholeSecret(v.Facts.Secret)); {
		case v.parameter() && v.Facts.Secret != "" && v.Region != "" && v.Account != "":
			return parameterARN(v.Facts.Secret, v.Region, v.Account)
		case whole && strings.Contains(arn.Resource, ":"):
			return arn.String()
		}
		return ""
	case "parameterNames", "secretNames", "targetGroups", "actions":
		return "" // see commandValues
	case "jobId":
		return v.JobID
	case "fileARN":
		if bucket, _ := awsname.S3Object(v.Facts.AWSResource); bucket != "" {
			return v.Facts.AWSResource
		}
		return ""
	case "callerArn":
		return callerARN(v.StoppedReason)
	case "networkService":
		if v.fromInstance() {
			return ""
		}
		return v.Service
	case "executable":
		return v.Facts.Path
	case "containerInstances":
		return value("containerInstance", v.Stop, v.Finding)
	case "ecsDefinition":
		if ofJob(v) {
			return ""
		}
		return v.TaskDefinition()
	case "jobDefinition":
		if ofJob(v) {
			return v.TaskDefinition()
		}
		return ""
	case "subnet", "taskSubnets":
		if v.fromInstance() {
			return ""
		}
		return value("subnet", v.Stop, v.Finding)
	case "image":
		return cmp.Or(v.imageOf(), value("culpritImage", v.Stop, v.Finding))
	case "imageRepository":
		return awsname.ParseImage(v.imageOf()).Name()
	case "digest":
		return cmp.Or(awsname.ParseImage(v.imageOf()).Digest, v.digest())
	case "registry":
		return v.registryOf()
	case "registryAccount", "registryRegion":
		account, region, _ := awsname.ECRRegistry(v.registryOf())
		if name == "registryAccount" {
			return account
		}
		return cmp.Or(region, v.Region)
	case "repository", "cachePrefix", "imageId":
		image := awsname.ParseImage(v.imageOf())
		switch {
		case !awsname.IsECR(image.Registry):
			return ""
		case name == "repository":
			return image.Repository
		case name == "cachePrefix":
			prefix, _, _ := strings.Cut(image.Repository, "/")
			return prefix
		case image.Digest != "":
			return "imageDigest=" + image.Digest
		}
		return "imageTag=" + cmp.Or(image.Tag, "latest")
	}
	return value(name, v.Stop, v.Finding)
}

// digest is the digest by which a text says that an image was asked for, "" where none stands in full.
func (v *view) digest() string {
	for _, t := range v.texts {
		if d := wholeDigest().FindStringSubmatch(t.Folded); d != nil {
			return d[1]
		}
	}
	return ""
}

var wholeDigest = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:@|/manifests/)(sha256:[0-9a-f]{64})\b`)
})

// fromInstance reports whether the instance under the task, with its own network, makes the call that failed, or has
// the only network that the task has.
func (v *view) fromInstance() bool { return v.OnInstance() && (v.is(remote...) || v.subnet == "") }

// callerARN is whom AWS names as refused in a text, "" when it names nobody; of a session its role.
func callerARN(text string) string {
	_, rest, found := strings.Cut(text, "User: arn:")
	if !found {
		return ""
	}
	arn, _, _ := strings.Cut(rest, " ")
	arn = "arn:" + arn
	if role, _ := awsname.AssumedRole(arn); role != "" {
		a, _ := awsname.ParseARN(arn)
		return "arn:" + a.Partition + ":iam::" + a.Account + ":role/" + role
	}
	return arn
}

// regionNamed is the one Region that ARNs and hosts in the texts have, "" where they have none or several.
func (v *view) regionNamed() (region string) {
	host, _ := awsname.ParseHost(v.Facts.Endpoint)
	_, registry, _ := awsname.ECRRegistry(v.registryOf())
	for _, other := range []string{regionOf(v.Facts.Secret, ""), regionOf(v.Facts.AWSResource, ""),
		regionOf(v.Facts.TargetGroup, ""), registry, host.Region} {
		if region != "" && other != "" && other != region {
			return ""
		}
		region = cmp.Or(region, other)
	}
	return region
}

// regionOf is the Region in an ARN, or else another one.
func regionOf(arn, otherwise string) string {
	a, _ := awsname.ParseARN(arn)
	return cmp.Or(a.Region, otherwise)
}

// wholeSecret is a secret's name or ARN, without the key, stage and version that valueFrom may have behind it.
func wholeSecret(name string) string {
	if a, _ := awsname.ParseARN(name); a.Service == "secretsmanager" {
		if parts := strings.Split(a.Resource, ":"); len(parts) > 2 {
			a.Resource = parts[0] + ":" + parts[1]
		}
		return a.String()
	}
	return name
}

// secretsName is the name of a secret, of an ARN too, without the six characters that Secrets Manager puts behind it.
func secretsName(name string) string {
	a, _ := awsname.ParseARN(wholeSecret(name))
	name = cmp.Or(strings.TrimPrefix(a.Resource, "secret:"), name)
	if hyphen := len(name) - len("-AbCdEf"); hyphen > 0 && name[hyphen] == '-' && a.Resource != "" {
		name = name[:hyphen]
	}
	return name
}

// parameterARN is the ARN of a parameter, without the version or label behind it.
func parameterARN(name, region, account string) string {
	a, _ := awsname.ParseARN(name)
	return awsname.ARN{Partition: cmp.Or(a.Partition, awsname.Partition(region)), Service: "ssm",
		Region: cmp.Or(a.Region, region), Account: cmp.Or(a.Account, account),
		Resource: "parameter/" + strings.TrimPrefix(parameterName(name), "/")}.String()
}

// parameterName is the name of a parameter, of an ARN too, without the version or label behind it.
func parameterName(name string) string {
	if a, _ := awsname.ParseARN(name); a.Resource != "" {
		name = strings.TrimPrefix(a.Resource, "parameter")
		if strings.Count(name, "/") == 1 {
			name = name[1:]
		}
	}
	name, _, _ = strings.Cut(name, ":")
	return name
}
