package classifier

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"whystopped/events"
	"whystopped/events/awsname"
)

// Expand fills a template of the tables. {name} stands for a fact, {name|default} for a fact or the default,
// {name:one/several} for a word that goes with one thing of that name or with several, and a part in [brackets] is left
// out when a fact without default in it is not known. value returns a fact by its name, "" when it is not known, and of
// several things all, with an "and".
func Expand(template string, value func(name string) string) string {
	out, _ := expand(template, value)
	return out
}

func expand(template string, value func(string) string) (out string, complete bool) {
	if bracket(template) < 0 {
		return template, true
	}
	b, complete := appendExpanded(make([]byte, 0, 512), template, value)
	return string(b), complete
}

// appendExpanded appends a filled template, and reports whether all facts without default in it are known.
func appendExpanded(b []byte, template string, value func(string) string) (out []byte, complete bool) {
	complete = true
	for {
		open := bracket(template)
		if open < 0 {
			return append(b, template...), complete
		}
		b = append(b, template[:open]...)
		end := closing(template, open)
		inner, optional := template[open+1:end], template[open] == '['
		template = template[end+1:]
		if optional {
			if longer, ok := appendExpanded(b, inner, value); ok {
				b = longer
			}
			continue
		}
		if name, forms, agrees := strings.Cut(inner, ":"); agrees && !strings.Contains(name, "|") {
			one, several, _ := strings.Cut(forms, "/")
			if strings.Contains(value(name), " and ") {
				one = several
			}
			b = append(b, one...)
			continue
		}
		name, fallback, hasFallback := strings.Cut(inner, "|")
		if text := value(name); text != "" {
			b = append(b, text...)
			continue
		}
		b, _ = appendExpanded(b, fallback, value)
		complete = complete && hasFallback
	}
}

// bracket returns the place of the first bracket that opens, -1 when there is none.
func bracket(template string) int {
	fact, optional := strings.IndexByte(template, '{'), strings.IndexByte(template, '[')
	if fact < 0 || optional >= 0 && optional < fact {
		return optional
	}
	return fact
}

// closing returns the place of the bracket that closes the one at open, or the end of the template.
func closing(template string, open int) int {
	depth := 0
	for i := open; i < len(template); i++ {
		switch template[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return len(template) - 1
}

// Fill fills a template with what a stop and its finding state. A command in it stands whole between backquotes, and is
// filled in as one.
func Fill(template string, s *events.Stop, f *Finding) string {
	if !strings.Contains(template, "`") {
		return fillWords(template, s, f)
	}
	return newView(s, f).fill(template)
}

func fillWords(template string, s *events.Stop, f *Finding) string {
	return Expand(template, func(name string) string { return value(name, s, f) })
}

func (v *view) fill(template string) string {
	command := strings.IndexByte(template, '`')
	if command < 0 {
		return fillWords(template, v.Stop, v.Finding)
	}
	for open := strings.IndexByte(template, '['); open >= 0 && open < command; {
		end := closing(template, open)
		if end > command { // the command stands in a part that may be left out
			return v.fill(template[:open]) + v.fillOptional(template[open+1:end]) + v.fill(template[end+1:])
		}
		next := strings.IndexByte(template[end:], '[')
		if next < 0 {
			break
		}
		open = end + next
	}
	line, rest, _ := strings.Cut(template[command+1:], "`")
	line, open := v.fillCommand(line, posix)
	filled := v.fill(template[:command]) + "`" + line + "`"
	if missing := v.fillIn(open); missing != "" {
		filled += " (" + missing + ")"
	}
	return filled + v.fill(rest)
}

// fillOptional is a part with a command in it, "" where a fact that its words need is not known.
func (v *view) fillOptional(part string) string {
	known := func(name string) string { return value(name, v.Stop, v.Finding) }
	for i, piece := range strings.Split(part, "`") {
		if i%2 == 0 {
			if _, complete := expand(piece, known); !complete {
				return ""
			}
		}
	}
	return v.fill(part)
}

// value returns what a stop and its finding state under a name that templates use, "" when that is not known.
func value(name string, s *events.Stop, f *Finding) string {
	if text := f.Facts.value(name); text != "" {
		return text
	}
	var culprit events.Container
	if f.Culprit >= 0 {
		culprit = s.Containers[f.Culprit]
	}
	switch name {
	case "from":
		return from(s, f)
	case "whoCalls":
		if s.OnInstance() && f.is(remote...) {
			return "the instance"
		}
		return "the task"
	case "assignPublicIp":
		if !s.OnInstance() {
			return "assignPublicIp ENABLED"
		}
	case "cluster":
		return s.Cluster
	case "service":
		return s.Service
	case "group":
		return s.Group
	case "taskId":
		return s.TaskID
	case "call":
		return s.EventName
	case "calledBy":
		return who(s.CalledBy)
	case "asked":
		return asked(s, f)
	case "onFargate":
		return onFargateThen(s)
	case "onInstance":
		return theInstance(s)
	case "alsoOnInstance":
		if there := theInstance(s); there != "" {
			return "; " + there
		}
	case "tasksFailed":
		return tasksFailed(s)
	case "probe":
		return probe(s)
	case "ecrHost":
		return ecrHost(s, f)
	case "taskDefinition":
		return s.TaskDefinition()
	case "theDefinition":
		if name := s.TaskDefinition(); name != "" {
			return "task definition " + name
		}
	case "words":
		if s.Launcher == events.LauncherBatch {
			return "command" // a job has no entry point
		}
	case "family":
		return s.Family
	case "deployment", "deploymentId":
		return s.DeploymentID
	case "platformVersion":
		return s.PlatformVersion
	case "region":
		return s.Region
	case "partition":
		if s.Region != "" {
			return awsname.Partition(s.Region)
		}
	case "account":
		return s.Account
	case "culprit":
		return culprit.Name
	case "culpritImage":
		return culprit.Image
	case "memory":
		if culprit.Memory != nil && *culprit.Memory > 0 {
			return strconv.FormatInt(*culprit.Memory, 10) + " MiB"
		}
		if s.Memory != nil {
			return strconv.FormatInt(*s.Memory, 10) + " MiB"
		}
	case "exitCode":
		if culprit.ExitCode != nil {
			return strconv.FormatInt(*culprit.ExitCode, 10)
		}
	case "signal":
		return f.Signal
	case "meaning":
		if culprit.ExitCode != nil {
			return exitCode(*culprit.ExitCode).Meaning
		}
	case "ran":
		return ran(s)
	case "caller":
		return caller(s)
	case "program":
		return program(s)
	case "refusal":
		return s.Refusal
	case "reason":
		return quoteStart(s.StoppedReason)
	case "hook":
		return hookName(s.Hook)
	case "expiresAt":
		if !s.Hook.ExpiresAt.IsZero() {
			return s.Hook.ExpiresAt.UTC().Format("2006-01-02 15:04:05Z")
		}
	case "timeoutAction":
		return afterTimeout(s.Hook)
	case "healthReason":
		if s.StoppedReason != "" {
			return quoteStart(s.StoppedReason)
		}
	case "healthCheck":
		return s.HealthCheck
	case "containerInstance":
		return awsname.LastPart(s.ContainerInstanceARN)
	case "theRole":
		if f.Facts.Role != "" {
			return "role " + quote(f.Facts.Role)
		}
	}
	return ""
}

// from is where a call of the task's set-up came from: on EC2 the instance makes it.
func from(s *events.Stop, f *Finding) string {
	switch {
	case s.OnInstance() && f.is(remote...):
		return "the instance's subnet"
	case f.Facts.Subnet != "":
		return f.Facts.Subnet
	}
	return "the task's subnet"
}

// caller is the IAM user that AWS's answer names as refused, "" when it names a role or nobody.
func caller(s *events.Stop) string {
	if _, name, ok := strings.Cut(callerARN(s.StoppedReason), ":user/"); ok {
		return "user " + name
	}
	return ""
}

// who is a caller as a person names it: the session and its role, or the user, of an ARN.
func who(caller string) string {
	if role, session := awsname.AssumedRole(caller); role != "" {
		return strings.TrimPrefix(session+" with role "+role, " with ")
	}
	if _, user, found := strings.Cut(caller, ":user/"); found {
		return "user " + awsname.LastPart(user)
	}
	return caller
}

// asked quotes the words with which somebody asked for the stop, "" where there are none but ECS's own.
func asked(s *events.Stop, f *Finding) string {
	said := strings.TrimSpace(s.StoppedReason)
	if f.Stage != User || said == "" || strings.EqualFold(said, "Task stopped by user") {
		return ""
	}
	return quoteStart(said)
}

// theInstance begins what only somebody with an instance can do.
func theInstance(s *events.Stop) string {
	switch {
	case s.OnInstance():
		return "on the instance"
	case s.LaunchType == "FARGATE":
		return ""
	}
	return "on an instance"
}

// onFargateThen begins what there is to do on Fargate. It stands behind what there is to do on an instance, where
// nothing says which of them the task ran on.
func onFargateThen(s *events.Stop) string {
	switch {
	case s.OnInstance():
		return ""
	case s.LaunchType == "FARGATE":
		return "on Fargate"
	}
	return "; on Fargate"
}

// tasksFailed says how the tasks of a deployment failed, as far as its text tells.
func tasksFailed(s *events.Stop) string {
	switch said := strings.ToLower(s.StoppedReason); {
	case strings.Contains(said, "failed to start"):
		return "its tasks failed to start"
	case strings.Contains(said, "health check"):
		return "its tasks failed health checks"
	}
	return "its tasks did not start or did not become healthy"
}

// probe is what the health check of a target met, in the words of Elastic Load Balancing, "" where no text has them.
func probe(s *events.Stop) string {
	_, met, _ := strings.Cut(s.StoppedReason, "due to (reason ")
	met, _, _ = strings.Cut(met, ")")
	return met
}

// ecrHost is the name that the registry of a misspelt image, or of the task's own account, has in ECR.
func ecrHost(s *events.Stop, f *Finding) string {
	account, region := s.Account, s.Region
	for label := range strings.SplitSeq(f.Facts.Registry, ".") {
		switch {
		case awsname.IsAccount(label):
			account = label
		case awsname.IsRegion(label):
			region = label
		}
	}
	if !awsname.IsAccount(account) || !awsname.IsRegion(region) {
		return ""
	}
	return account + "." + awsname.ServiceHost("dkr.ecr", region)
}

// programs are what calls StopTask, by the words that it leaves in the reason.
var programs = []struct{ word, name string }{
	{"step functions", "AWS Step Functions"}, {"states.", "AWS Step Functions"}, {"codedeploy", "AWS CodeDeploy"},
	{"codepipeline", "AWS CodePipeline"}, {"aws batch", "AWS Batch"}, {"airflow", "Airflow"}, {"dagster", "Dagster"},
	{"prefect", "Prefect"}, {"nextflow", "Nextflow"}, {"metaflow", "Metaflow"}, {"jenkins", "Jenkins"},
	{"gitlab", "GitLab"}, {"github", "GitHub Actions"}, {"buildkite", "Buildkite"}, {"teamcity", "TeamCity"},
	{"spinnaker", "Spinnaker"}, {"harness", "Harness"}, {"terraform", "Terraform"}, {"copilot", "Copilot"},
	{"lambda", "a Lambda function"},
}

// program is what called StopTask, "" when neither its words nor what started the task tell.
func program(s *events.Stop) string {
	said := strings.ToLower(s.StoppedReason)
	for _, p := range programs {
		if strings.Contains(said, p.word) {
			return p.name
		}
	}
	switch s.Launcher {
	case events.LauncherBatch:
		return "AWS Batch"
	case events.LauncherStepFunctions:
		return "AWS Step Functions"
	}
	return ""
}

// ran says how long the task was RUNNING, "" when that is not known.
func ran(s *events.Stop) string {
	d, known := s.Ran()
	if !known {
		return ""
	}
	return Span(d)
}

// Span says a length of time as a person does.
func Span(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// hookName names a lifecycle hook and the stage of the deployment that it stands in.
func hookName(h events.Hook) string {
	name := "hook"
	if h.Type == "PAUSE" {
		name = "pause"
	}
	if h.ID != "" {
		name += " " + h.ID
	}
	if h.Stage != "" {
		name += " at " + h.Stage
	}
	return name
}

// afterTimeout is what ECS does with a hook that nobody answers.
func afterTimeout(h events.Hook) string {
	switch h.TimeoutAction {
	case "ROLLBACK":
		return "rolls the deployment back"
	case "CONTINUE":
		return "goes on with the deployment"
	}
	return "rolls the deployment back, unless the hook's timeout action is CONTINUE"
}
