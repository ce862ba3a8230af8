package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// permission is something that the failed step asks of AWS.
type permission struct {
	action string
	forms  []string // ARNs, or "*", by which policies may know the one thing that is asked for
}

// setUp are the actions that ECS uses to set up a task, in each service that it calls. Others are not simulated: what a
// name that IAM does not know would answer tells nothing.
var setUp = []string{
	"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability",
	"ecr:BatchImportUpstreamImage", "ecr:CreateRepository",
	"secretsmanager:GetSecretValue", "ssm:GetParameters", "ssm:GetParameter", "kms:Decrypt",
	"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams",
	"s3:GetObject", "s3:GetBucketLocation", "s3:ListBucket",
	"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite",
	"elasticfilesystem:ClientRootAccess",
	"ec2:CreateVolume",
}

// permissions is what the failed step asks of AWS with its caller's credentials: exactly what the text names, else what
// the step consists of according to the task definition. It is Absent when the step is none that needs a permission.
func permissions(c *evidence.Case) evidence.Answer[[]permission] {
	var all []permission
	for _, denied := range c.Finding.Facts.Denials() {
		needed := permissionsOf(c, denied.Action, denied.Resource)
		if needed.State != evidence.Known && needed.State != evidence.Absent {
			return needed
		}
		all = append(all, needed.Value...)
	}
	if len(all) == 0 {
		return evidence.None[[]permission]()
	}
	return evidence.Is(all)
}

// unasked are the actions that a text names beside others, and that are not simulated.
func unasked(c *evidence.Case) []string {
	return slices.DeleteFunc(c.Finding.Facts.Permissions(),
		func(action string) bool { return slices.Contains(setUp, action) })
}

// permissionsOf is what one call asks for, of which the action or the resource may not be told.
func permissionsOf(c *evidence.Case, action, resource string) evidence.Answer[[]permission] {
	if action != "" && !slices.Contains(setUp, action) {
		return evidence.None[[]permission]()
	}
	// a name, or the alias of a key
	if !askable(resource) || action == "kms:Decrypt" && !strings.Contains(resource, ":key/") {
		resource = ""
	}
	if action != "" && resource != "" && !cutOff(c, resource) {
		return evidence.Is([]permission{{action, forms(c, resource)}})
	}
	needed := derived(c)
	needed.Value = slices.DeleteFunc(needed.Value, func(w permission) bool {
		return action != "" && w.action != action || !strings.HasPrefix(w.forms[0], resource)
	})
	if needed.State == evidence.Known && len(needed.Value) == 0 {
		return evidence.None[[]permission]()
	}
	return needed
}

// cutOff reports whether a text ends with the resource, and so may have lost a part of it: ECS keeps the beginning of
// long texts.
func cutOff(c *evidence.Case, resource string) bool {
	return slices.ContainsFunc(c.Stop.Texts(), func(t events.Text) bool { return strings.HasSuffix(t.Plain, resource) })
}

// derived is what the step asks for where the text does not name it.
func derived(c *evidence.Case) evidence.Answer[[]permission] {
	f := &c.Finding
	switch f.Stage {
	case classifier.RegistryAuth:
		return login(c)
	case classifier.Image:
		arn := repositoryARN(c)
		if arn == "" {
			return evidence.None[[]permission]()
		}
		return evidence.Is([]permission{{"ecr:BatchGetImage", []string{arn}},
			{"ecr:GetDownloadUrlForLayer", []string{arn}}})
	case classifier.Secret:
		return secrets(c)
	case classifier.Logging:
		return logCalls(c)
	case classifier.EnvFile:
		action := cmp.Or(f.Facts.Permission(), "s3:GetObject")
		return perContainer(c, func(d evidence.ContainerDefinition) (needed []permission) {
			for _, file := range d.EnvironmentFiles {
				needed = append(needed, permission{action, []string{awsname.PermissionOn(action, file)}})
			}
			return needed
		})
	case classifier.Volume:
		return mounts(c)
	}
	return evidence.None[[]permission]()
}

// login is what a registry's login takes: a token of ECR, or a secret with the name and password of a private registry.
// Where the event tells neither, a task definition without such secrets does.
func login(c *evidence.Case) evidence.Answer[[]permission] {
	f := &c.Finding.Facts
	token := evidence.Is([]permission{{"ecr:GetAuthorizationToken", []string{"*"}}})
	credentials := secrets(c)
	switch {
	case strings.HasPrefix(f.AWSAction, "ecr:"):
		return token
	case f.AWSAction != "", f.Secret != "", strings.HasPrefix(f.Endpoint, "secretsmanager."),
		c.Stop.Texts().Say("from asm", "asm fetching", "secrets manager", "secretsmanager"):
		return credentials
	case c.Stop.Texts().Say(" ecr ", "ecr:", ".ecr", "getauthorizationtoken"), credentials.State == evidence.Known &&
		len(credentials.Value) == 0:
		return token
	case credentials.State == evidence.Known:
		return evidence.None[[]permission]()
	}
	return credentials
}

// perContainer collects what the containers of the task definition want: those of the culprit where it is known.
func perContainer(c *evidence.Case,
	needed func(evidence.ContainerDefinition) []permission) evidence.Answer[[]permission] {
	definition := c.Facts.Task.TaskDefinition
	if definition.State != evidence.Known {
		return unknownToo[[]permission](definition)
	}
	culprit := c.Culprit().Name
	var all []permission
	for _, d := range definition.Value.Containers {
		if culprit == "" || d.Name == culprit {
			all = append(all, needed(d)...)
		}
	}
	return evidence.Is(all)
}

// secrets are the secrets and parameters that the text names, or that the task definition does.
func secrets(c *evidence.Case) evidence.Answer[[]permission] {
	if named := c.Finding.Facts.Secret; named != "" {
		return evidence.Is([]permission{secretPermission(c, named)})
	}
	return perContainer(c, func(d evidence.ContainerDefinition) (needed []permission) {
		if c.Finding.Stage == classifier.RegistryAuth {
			if d.Credentials != "" {
				needed = append(needed, secretPermission(c, d.Credentials))
			}
			return needed
		}
		for _, from := range []map[string]string{d.Secrets, d.LogSecrets} {
			for _, name := range slices.Sorted(maps.Keys(from)) {
				needed = append(needed, secretPermission(c, from[name]))
			}
		}
		return needed
	})
}

// secretPermission reads a valueFrom: the ARN of a secret, perhaps with JSON key, stage and version behind it, or the
// ARN or name of a parameter.
func secretPermission(c *evidence.Case, from string) permission {
	if parts(from).Service == "secretsmanager" {
		return permission{"secretsmanager:GetSecretValue", forms(c, bareSecret(from))}
	}
	if parts(from).Service != "ssm" {
		from = arn(c, "ssm", c.Stop.Region, "parameter/"+strings.TrimPrefix(from, "/"))
	}
	return permission{"ssm:GetParameters", []string{bareParameter(from)}}
}

// bareParameter is the ARN of a parameter without a version or label behind it: policies know none.
func bareParameter(arn string) string {
	name, _, _ := strings.Cut(parts(arn).Resource, ":")
	return strings.TrimSuffix(arn, parts(arn).Resource) + name
}

// bareSecret is a valueFrom without JSON key, version stage and version id.
func bareSecret(from string) string {
	fields := strings.Split(from, ":")
	return strings.Join(fields[:min(len(fields), 7)], ":")
}

// forms are the ARNs of one resource: a secret may be written without the six characters at its end, and what its
// policy was asked for tells the whole.
func forms(c *evidence.Case, resource string) []string {
	all := []string{resource}
	if whole := c.Facts.Access.Policies[resource].Value.ARN; whole != "" && whole != resource {
		all = append(all, whole)
	}
	return all
}

// repositoryARN is the ECR repository of the image that could not be pulled, "" when the image lies elsewhere.
func repositoryARN(c *evidence.Case) string {
	image := cmp.Or(c.Finding.Facts.Image, c.Culprit().Image)
	i := awsname.ParseImage(image)
	account, region, ok := awsname.ECRRegistry(i.Registry)
	if !ok {
		return ""
	}
	return awsname.ARN{Partition: partition(c), Service: "ecr", Region: region, Account: account,
		Resource: "repository/" + i.Repository}.String()
}

// logCalls are the calls of the awslogs driver. The stream is named as on Fargate, PREFIX/CONTAINER/TASK, else for the
// container's runtime id.
func logCalls(c *evidence.Case) evidence.Answer[[]permission] {
	create := c.Finding.Facts.AWSAction == "logs:CreateLogGroup"
	return perContainer(c, func(d evidence.ContainerDefinition) []permission {
		group := logGroupARN(c, d)
		switch {
		case group == "":
			return nil
		case create:
			return []permission{createLogGroup(group)}
		}
		stream := runtimeID(c, d.Name)
		if prefix := d.LogOptions["awslogs-stream-prefix"]; prefix != "" {
			stream = prefix + "/" + d.Name + "/" + c.Stop.TaskID
		}
		if stream == "" {
			return nil
		}
		action := cmp.Or(c.Finding.Facts.Permission(), "logs:CreateLogStream")
		return []permission{{action, []string{group + ":log-stream:" + stream}}}
	})
}

// createLogGroup is the permission to make a log group. Policies know the group with and without the colon and star
// behind it.
func createLogGroup(group string) permission {
	return permission{"logs:CreateLogGroup", []string{group + ":log-stream:", group}}
}

// createdGroups are the log groups that the containers want to be made.
func createdGroups(c *evidence.Case) evidence.Answer[[]permission] {
	return perContainer(c, func(d evidence.ContainerDefinition) []permission {
		group := logGroupARN(c, d)
		if group == "" || !d.CreatesGroup() {
			return nil
		}
		return []permission{createLogGroup(group)}
	})
}

// logGroupARN is the log group of a container's awslogs driver, "" when it has another.
func logGroupARN(c *evidence.Case, d evidence.ContainerDefinition) string {
	if d.LogDriver != evidence.Awslogs || d.LogOptions["awslogs-group"] == "" {
		return ""
	}
	region := d.LogOptions["awslogs-region"]
	if region == "" {
		region = c.Stop.Region
	}
	return arn(c, "logs", region, "log-group:"+d.LogOptions["awslogs-group"])
}

func runtimeID(c *evidence.Case, container string) string {
	for _, stopped := range c.Stop.Containers {
		if stopped.Name == container {
			return stopped.RuntimeID
		}
	}
	return ""
}

// mounts are the EFS file systems that the task mounts with its role's credentials.
func mounts(c *evidence.Case) evidence.Answer[[]permission] {
	volumes := efsVolumes(c)
	if volumes.State != evidence.Known {
		return unknownToo[[]permission](volumes)
	}
	var needed []permission
	for _, v := range volumes.Value {
		needed = append(needed, permission{"elasticfilesystem:ClientMount", []string{fileSystemARN(c, v.FileSystem)}})
	}
	return evidence.Is(needed)
}

// efsVolumes are the EFS volumes of the task: those of the file system that the text names.
func efsVolumes(c *evidence.Case) evidence.Answer[[]evidence.Volume] {
	definition := c.Facts.Task.TaskDefinition
	if definition.State != evidence.Known {
		return unknownToo[[]evidence.Volume](definition)
	}
	var volumes []evidence.Volume
	for _, v := range definition.Value.Volumes {
		if named := c.Finding.Facts.FileSystem; v.FileSystem != "" && (named == "" || named == v.FileSystem) {
			volumes = append(volumes, v)
		}
	}
	return evidence.Is(volumes)
}

func fileSystemARN(c *evidence.Case, id string) string {
	return arn(c, "elasticfilesystem", c.Stop.Region, "file-system/"+id)
}

// arn is a resource of the stop's account.
func arn(c *evidence.Case, service, region, resource string) string {
	return awsname.ARN{Partition: partition(c), Service: service, Region: region, Account: c.Stop.Account,
		Resource: resource}.String()
}

// partition is "aws", "aws-cn", "aws-us-gov", …, as the task's own ARN has it.
func partition(c *evidence.Case) string {
	if p := parts(c.Stop.TaskARN).Partition; p != "" {
		return p
	}
	return "aws"
}

// arnForm is what the ARNs look like that AWS is asked about: with a partition, a service, and a Region and an account
// or none.
var arnForm = evidence.Compiled(`^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:.+$`)

// askable reports whether a text is a whole ARN. A part of it becomes the name of a host, so it is not taken from any
// text.
func askable(arn string) bool { return arnForm().MatchString(arn) }

// parts are those of an ARN; a name that is none has none.
func parts(arn string) awsname.ARN {
	a, _ := awsname.ParseARN(arn)
	return a
}
