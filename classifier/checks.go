package classifier

import (
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// Checks returns what to look at for the cause at one stop, filled in: the lines of Check that say something there, in
// the words of whoever runs the task.
func (c *Cause) Checks(s *events.Stop, f *Finding) []string {
	lines := c.Check
	if f.Stage == Host && ofJob(s, f) {
		lines = append(lines[:len(lines):len(lines)], lostAttempt)
	}
	var checks []string
	for _, line := range lines {
		for _, w := range otherWords {
			if w.at(s, f) {
				line = w.words.Replace(line)
			}
		}
		if fargateTask(s, f) {
			line, _, _ = strings.Cut(line, "; on EC2 ")
			line, _, _ = strings.Cut(line, ", and on EC2 ")
		}
		if !pointless(line, s, f) {
			checks = append(checks, Expand(line, func(name string) string { return checkValue(name, line, s, f) }))
		}
	}
	return checks
}

// lostAttempt is the line that jobs of AWS Batch have besides, where the host was lost.
const lostAttempt = "aws batch describe-jobs --jobs JOB_ID --region {region|REGION}: attempts against retryStrategy; " +
	"a job is started again after its host was lost only while attempts are left"

// otherWords are what lines say in other words at some stops.
var otherWords = []struct {
	at    func(*events.Stop, *Finding) bool
	words *strings.Replacer
}{
	{ofJob, strings.NewReplacer(
		"aws ecs describe-task-definition --task-definition {taskDefinition|TASK_DEFINITION}",
		"aws batch describe-job-definitions --job-definitions {taskDefinition|JOB_DEFINITION}",
		"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region "+
			"{region|REGION}: securityGroups in networkConfiguration",
		"aws batch describe-compute-environments --region {region|REGION}: securityGroupIds of computeResources",
		"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region "+
			"{region|REGION}: assignPublicIp in networkConfiguration; a task started by hand has it in its run-task "+
			"call",
		"aws batch describe-job-definitions --job-definitions {taskDefinition|JOB_DEFINITION} --region "+
			"{region|REGION}: assignPublicIp in networkConfiguration, and the subnets of the compute environment",
		"aws ecs describe-services --cluster {cluster|CLUSTER} --services {service|SERVICE} --region "+
			"{region|REGION}: subnets ",
		"aws batch describe-compute-environments --region {region|REGION}: subnets ",
		"taskRoleArn", "jobRoleArn",
	)},
	{windowsTask, strings.NewReplacer(
		"sudo tail -n 200 /var/log/ecs/ecs-agent.log",
		`Get-Content -Tail 200 C:\ProgramData\Amazon\ECS\log\ecs-agent.log`,
		"systemctl status ecs docker", "Get-Service AmazonECS, docker",
		"sudo docker", "docker",
	)},
}

// pointlessLines are words of lines that say nothing at some stops. A line that has one of but is kept.
var pointlessLines = []struct {
	at         func(*events.Stop, *Finding) bool
	words, but []string
}{
	{at: ofJob, words: []string{"describe-services", "--service ", "services that fail"}},
	{at: otherRegistry, words: []string{"aws ecr ", "For ECR:"}, but: []string{"repositoryUri of"}},
	{at: inECR, words: []string{"for any other registry", "docker logout"}},
	{at: fargateTask, words: []string{"On EC2", "n the instance", "container-instances", "container instance"}},
	{at: instanceTask, words: []string{"ephemeralStorage", "events of Fargate"}},
	{at: windowsTask, words: []string{"journalctl", "systemctl", "/var/", "/etc/", "/proc/", "/sys/", "/dev", "sudo ",
		"dmesg", "df -h", "free -m", "ls -l", "ip link"}},
}

func pointless(line string, s *events.Stop, f *Finding) bool {
	for _, p := range pointlessLines {
		if hasOne(line, p.words) && !hasOne(line, p.but) && p.at(s, f) {
			return true
		}
	}
	return false
}

func hasOne(line string, words []string) bool {
	for _, w := range words {
		if strings.Contains(line, w) {
			return true
		}
	}
	return false
}

// checkValue is value, but that the Region is that of what the line asks about, and the image that of the culprit where
// no text names another.
func checkValue(name, line string, s *events.Stop, f *Finding) string {
	if f.Facts.Image == "" {
		if image := imageOf(s, f); image != "" {
			named := *f
			named.Facts.Image, named.Facts.Registry = image, awsname.ParseImage(image).Registry
			f = &named
		}
	}
	if name == "region" {
		for _, about := range []struct{ template, arn string }{
			{"{secret|", f.Facts.Secret}, {"{kmsKey|", f.Facts.AWSResource}, {"{logGroup|", f.Facts.AWSResource},
			{"{targetGroup|", f.Facts.TargetGroup},
		} {
			if arn, ok := awsname.ParseARN(about.arn); ok && arn.Region != "" &&
				strings.Contains(line, about.template) {
				return arn.Region
			}
		}
		if _, region, ok := awsname.ECRRegistry(f.Facts.Registry); ok && strings.Contains(line, "{repository|") {
			return region
		}
	}
	return value(name, s, f)
}

// ofJob reports whether AWS Batch runs the task.
func ofJob(s *events.Stop, _ *Finding) bool { return s.Launcher == events.LauncherBatch }

// imageOf is the image that a stop is about, "" when it is not known.
func imageOf(s *events.Stop, f *Finding) string {
	switch {
	case f.Facts.Image != "":
		return f.Facts.Image
	case f.Culprit >= 0 && f.Culprit < len(s.Containers):
		return s.Containers[f.Culprit].Image
	}
	return ""
}

// registryOf is the host of the registry that a stop is about, "" when it is not known.
func registryOf(s *events.Stop, f *Finding) string {
	if f.Facts.Registry != "" {
		return f.Facts.Registry
	}
	return awsname.ParseImage(imageOf(s, f)).Registry
}

// inECR reports whether the image is known to lie in ECR.
func inECR(s *events.Stop, f *Finding) bool { return awsname.IsECR(registryOf(s, f)) }

// otherRegistry reports whether the image is known to lie in another registry than ECR.
func otherRegistry(s *events.Stop, f *Finding) bool {
	registry := registryOf(s, f)
	return f.is(Image, RegistryAuth) && registry != "" && !awsname.IsECR(registry)
}

// fargateTask reports whether the task is known to have run on Fargate.
func fargateTask(s *events.Stop, _ *Finding) bool { return s.LaunchType == "FARGATE" }

// instanceTask reports whether the task is known to have run on an instance, if only by the words of Docker.
func instanceTask(s *events.Stop, _ *Finding) bool {
	return s.OnInstance() || s.LaunchType == "" && hasOne(strings.Join(saidOf(s), " "),
		[]string{"failed to register layer", "Error response from daemon"})
}

// windowsTask reports whether the words or codes of a stop are those of Windows.
func windowsTask(s *events.Stop, f *Finding) bool {
	if strings.HasPrefix(f.Facts.Platform, "windows/") {
		return true
	}
	for _, c := range s.Containers {
		if c.ExitCode != nil && strings.HasPrefix(exitCode(*c.ExitCode).Meaning, "Windows") {
			return true
		}
	}
	said := strings.ToLower(strings.Join(saidOf(s), " "))
	return hasOne(said, []string{"hcs::", "hcsshim", "windows system call", "hns failed", "windowsfilter", `c:\`})
}

// saidOf are the texts of a stop.
func saidOf(s *events.Stop) []string {
	said := []string{s.StoppedReason}
	for _, c := range s.Containers {
		said = append(said, c.Reason)
	}
	return said
}
