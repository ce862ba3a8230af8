package screen

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/classifier/commandtest"
	"whystopped/events"
)

// shown is what a person sees of a stop.
type shown struct {
	where  string // the sample, or the cause whose example it is
	stop   events.Stop
	record archive.Record
	block  string // all that stands on the screen

	titles   string   // of the causes, and what to look for, a line each
	commands []string // that are to be run, on the instance too
}

// prose is what whystopped says in its own words; the proof quotes.
func (s shown) prose() string { return s.record.Summary + "\n" + s.record.NextStep }

// all is that with the causes and the commands.
func (s shown) all() string { return s.prose() + "\n" + s.titles + strings.Join(s.commands, "\n") }

// causesOn adds what the causes on a screen say and which commands they have.
func (s *shown) causesOn() {
	_, commands := commandtest.InText(s.record.NextStep)
	s.commands = commands
	for _, c := range allCausesOf(s.record) {
		s.titles += c.Title + "\n"
		for _, check := range c.Checks {
			s.titles += check.On + " " + check.Look + "\n"
			if check.Run != "" {
				s.commands = append(s.commands, check.Run)
			}
		}
	}
	if check, known := s.record.LogCheck(); known {
		s.commands = append(s.commands, check.Run)
	}
}

// said is what ECS says, or somebody in its place.
func (s shown) said() string {
	var all []string
	for _, t := range s.stop.Texts() {
		all = append(all, t.Plain)
	}
	return strings.Join(all, "\n")
}

// missing returns the first of the names that the text lacks.
func missing(text string, names []string) string {
	for _, name := range names {
		if name != "" && !strings.Contains(text, name) {
			return name
		}
	}
	return ""
}

// placeholders are the words that stand for something to fill in, with what a record knows of it.
var placeholders = map[string]func(archive.Record) string{
	"CLUSTER":         func(r archive.Record) string { return r.Cluster },
	"SERVICE":         func(r archive.Record) string { return r.Service },
	"TASK_ID":         func(r archive.Record) string { return r.TaskID },
	"CONTAINER":       func(r archive.Record) string { return r.Culprit },
	"JOB_ID":          func(r archive.Record) string { return r.JobID },
	"INSTANCE_ID":     func(r archive.Record) string { return r.InstanceID + r.ContainerInstance },
	"ROLE":            func(r archive.Record) string { return r.Role },
	"FILE_SYSTEM":     func(r archive.Record) string { return r.FileSystem },
	"REGISTRY":        func(r archive.Record) string { return r.Registry },
	"DEPLOYMENT":      func(r archive.Record) string { return r.DeploymentID + r.Deployment },
	"TASK":            func(r archive.Record) string { return r.TaskID },
	"TASK_DEFINITION": func(r archive.Record) string { return r.TaskDefinition },
	"FAMILY":          func(r archive.Record) string { return r.Family },
	"ACCOUNT":         func(r archive.Record) string { return r.Account },
	"REGION":          func(r archive.Record) string { return r.Region },
	"INSTANCE":        func(r archive.Record) string { return r.InstanceID + r.ContainerInstance },
	"REPOSITORY":      func(r archive.Record) string { return r.Image + r.CulpritImage },
	"IMAGE":           func(r archive.Record) string { return r.Image + r.CulpritImage },
	"NAME":            func(r archive.Record) string { return r.Image + r.CulpritImage },
	"TAG":             func(r archive.Record) string { return r.Image + r.CulpritImage },
	"SECRET":          func(r archive.Record) string { return wholeName(r.Secret) },
	"PARAMETER": func(r archive.Record) string { // the text may name a variable
		if strings.Contains(r.Secret, "/") {
			return wholeName(r.Secret)
		}
		return ""
	},
	"LOG_GROUP": func(r archive.Record) string { return r.LogGroup },
}

// wholeName is the name of a secret, "" for an ARN that a text cuts off before it.
func wholeName(secret string) string {
	if strings.Count(secret, ":") == 4 {
		return ""
	}
	return secret
}

var (
	capitals    = regexp.MustCompile(`\b[A-Z][A-Z_]+\b`)
	badNames    = regexp.MustCompile(`(?i)invalid (?:ssm )?parameters: ([^\s",]+(?:, ?[^\s",:]+)*)`)
	groupNames  = regexp.MustCompile(`:targetgroup/([^/)\s]+)/`)
	secretNames = regexp.MustCompile(`(?i)fetch secret (arn:[^\s,;"]+)`)
	resources   = regexp.MustCompile(`on resource: ([^\s,;"]+)`)
	drivers     = regexp.MustCompile(`\b(awslogs|fluentd|splunk|syslog|gelf|journald|json-file|awsfirelens)\b`)
	volumes     = regexp.MustCompile(`(?i)volume '([^'/]+)'`)
	called      = regexp.MustCompile(`lookup ([a-z0-9.-]+\.[a-z]+)|https?://([a-z0-9.-]+\.[a-z]+)`)
	onInstance  = regexp.MustCompile(`\b[Oo]n EC2\b|EC2 (host|instance)|\binstances?('s)?\b|\b[Dd]ocker (rm|kill|stop|plugin|info|ps)\b|` +
		`\bDocker\b|systemctl|journalctl|/var/log|iptables|ECS agent`)
	notInstance = regexp.MustCompile(`Docker Hub|[Ii]nstance metadata|launch instances?|no container instance|Managed Instances`)
	ofLinux     = regexp.MustCompile(`chmod|systemctl|journalctl|/var/log|iptables|dmesg|free -m|#!|/bin/sh|/etc/|SELinux`)
	ofWindows   = regexp.MustCompile(`(?i)hcs::|hcsshim|windows system call|hns failed|windowsfilter|windows/amd64|\bC:\\`)
	aService    = regexp.MustCompile(`\b(the|a|its|of) services?\b|\bservice'?s\b|of service `)
	otherStore  = regexp.MustCompile(`ssm (describe|get)-parameters [^|]*:secretsmanager:|` +
		`describe-secret --secret-id \S*:ssm:`)
	regionNamed = regexp.MustCompile(`arn:aws[\w-]*:(?:ecs|ecr|secretsmanager|ssm|logs|elasticloadbalancing):([a-z0-9-]+):|` +
		`(?:ecr|secretsmanager|ssm|logs)\.([a-z0-9-]+)\.amazonaws\.com`)
	wholeDigest = regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	ownWords    = regexp.MustCompile(`(?i)^(task stopped by user|)$`)
	// readsArchive is a command of our own on records that a deployment wrote; explain reads what it is given.
	readsArchive = regexp.MustCompile(`(?m)\bwhystopped (?:why|history|reclassify)\b.*$`)
	fromLogs     = regexp.MustCompile(` --from logs:`)
	failedPull   = regexp.MustCompile(`CannotPull\w*Error|transition to pulled`)
	saysHowMuch  = regexp.MustCompile(`does not say|not known|nor why|gives no reason|without a reason|did not record`)
	// agentText is what only the agent or Docker of an instance says, and what is said of instances.
	agentText = regexp.MustCompile(`daemon|[Cc]ontainer[ -]instance|RESOURCE:|\bA(GENT|TTRIBUTE)\b|VolumeDriver|` +
		`autoprovision|[Ii]nstance|compute environment|MISCONFIGURATION|EC2|/i-[0-9a-f]{8}|(?i:capacity provider|job is blocked)|[Dd]ocker|container name|attribute|[Cc]group|nvidia|device index|amazon-ecs-pause|\.sock\b|[Dd]ocker endpoint|ECS Agent`)
	globalHost   = regexp.MustCompile(`ecr\S*\.amazonaws\.com($|[^.])`)
	consoleHosts = map[string]string{"cn-": ".console.amazonaws.cn", "us-gov-": ".console.amazonaws-us-gov.com",
		"us-iso": "none", "eu-isoe": "none", "eusc-": "none"}
)

// symptoms are the classes whose words only say what happened, with the words of a text that say why.
var symptoms = map[string]*regexp.Regexp{
	"health_check.unhealthy": regexp.MustCompile(`due to|Target|codes?:|timed out|not enabled`),
	"runtime.crashed":        nil,
	"runtime.killed":         nil,
	"runtime.exited":         nil,
	"runtime.unknown":        nil,
	"host.lost":              regexp.MustCompile(`terminated|stopped`),
	"host.unknown":           nil,
	"agent.timeout":          regexp.MustCompile(`Agent to start`),
	"dependency.crashed":     nil,
	"dependency.unhealthy":   nil,
	"dependency.timeout":     nil,
	"scheduler.unknown":      regexp.MustCompile(`protect|throttl|unable|steady|started|stopped|draining|registered|COMPLETED`),
}

// refusal is something that a screen must never show: it returns what is wrong, "" for nothing.
type refusal struct {
	name    string
	refuses func(shown) string
}

// refusals are all of them; mustNotBe has screens for each.
var refusals = []refusal{
	{"a pull that failed was no pull in so many seconds", func(s shown) string {
		if strings.Contains(s.block, "pulled in") && (s.record.Stage == "image" || failedPull.MatchString(s.said())) {
			return "pulled in"
		}
		return ""
	}},
	{"every name that the text gives is told, not only the first", func(s shown) string {
		var names []string
		if s.record.Stage == "secret" {
			for _, m := range badNames.FindAllStringSubmatch(s.said(), -1) {
				names = append(names, regexp.MustCompile(`, ?`).Split(strings.TrimRight(m[1], ".,"), -1)...)
			}
			for _, m := range secretNames.FindAllStringSubmatch(s.said(), -1) {
				names = append(names, strings.TrimRight(m[1], ":."))
			}
		}
		if s.record.Stage == "health_check" {
			for _, m := range groupNames.FindAllStringSubmatch(s.said(), -1) {
				names = append(names, m[1])
			}
		}
		if s.record.Fault == "denied" {
			for _, m := range resources.FindAllStringSubmatch(s.said(), -1) {
				if name := strings.TrimRight(m[1], "."); name != "*" && !strings.HasSuffix(m[1], "..") {
					names = append(names, name)
				}
			}
		}
		return missing(s.prose(), names)
	}},
	{"containers that failed in one way are told together", func(s shown) string {
		var names []string
		how, _, _ := strings.Cut(s.record.CulpritReason, ":")
		for _, c := range s.stop.Containers {
			if also, _, _ := strings.Cut(c.Reason, ":"); how != "" && also == how {
				names = append(names, c.Name)
			}
		}
		switch {
		case s.record.Stage == "dependency" && strings.Contains(s.record.Summary, "in the same way"):
			return "in the same way" // the one that waited is none that failed as the other did
		case len(names) < 2, s.record.Stage == "user", s.record.Stage == "dependency":
			return ""
		}
		return missing(s.record.Summary, names)
	}},
	{"the words of whoever asked for the stop lead", func(s shown) string {
		words := s.stop.StoppedReason
		if s.record.Class != "user.requested" || ownWords.MatchString(words) {
			return ""
		}
		return missing(s.record.Summary, []string{words[:min(len(words), 60)]})
	}},
	{"no placeholder for what the record has", func(s shown) string {
		for _, word := range capitals.FindAllString(s.prose()+"\n"+strings.Join(s.commands, "\n"), -1) {
			if known, is := placeholders[word]; is && known(s.record) != "" && !strings.Contains(s.said(), word) {
				return word
			}
		}
		if named := regionNamed.FindStringSubmatch(s.said()); named != nil && s.record.Region == "" {
			for _, command := range s.commands {
				if strings.Contains(command, "--region REGION") {
					return command
				}
			}
		}
		return ""
	}},
	{"Fargate has no instance, Docker or agent to look at, an instance no Fargate", func(s shown) string {
		switch {
		case s.stop.LaunchType == "FARGATE":
			return onInstance.FindString(notInstance.ReplaceAllString(s.record.NextStep+"\n"+s.titles+
				strings.Join(s.commands, "\n"), ""))
		case s.stop.OnInstance() && strings.Contains(s.record.NextStep+"\n"+s.titles, "Fargate"):
			return "Fargate"
		}
		return ""
	}},
	{"Windows has no tools of Linux", func(s shown) string {
		if !ofWindows.MatchString(s.said()) {
			return ""
		}
		return ofLinux.FindString(s.record.NextStep + "\n" + s.titles + strings.Join(s.commands, "\n"))
	}},
	{"a job or a task of no service has none to look at", func(s shown) string {
		if s.record.Kind != string(events.KindTask) || s.record.Service != "" || s.record.Group == "" {
			return ""
		}
		for _, command := range s.commands {
			if strings.Contains(command, "describe-services") || strings.Contains(command, "whystopped why") {
				return command
			}
		}
		return aService.FindString(s.record.NextStep)
	}},
	{"a secret is asked for as a secret, and a parameter as a parameter", func(s shown) string {
		for _, command := range s.commands {
			for _, part := range otherStore.FindAllString(command, -1) {
				return part
			}
		}
		return ""
	}},
	{"ARNs and links are of the stop's partition", func(s shown) string {
		for prefix, host := range consoleHosts {
			switch {
			case !strings.HasPrefix(s.record.Region, prefix):
			case strings.Contains(s.all(), "arn:aws:"):
				return "arn:aws:"
			case host == ".console.amazonaws.cn" && globalHost.MatchString(s.all()):
				return globalHost.FindString(s.all())
			case s.record.ConsoleURL != "" && !strings.Contains(s.record.ConsoleURL, host):
				return s.record.ConsoleURL
			}
		}
		return ""
	}},
	{"nothing is sent to nobody", func(s shown) string {
		return regexp.MustCompile(`\b(send|tell|write|ask) us\b`).FindString(s.all())
	}},
	{"the cause names what the text names", func(s shown) string {
		var names []string
		first := func(of *regexp.Regexp) {
			if m := of.FindStringSubmatch(s.said()); m != nil {
				names = append(names, slices.MaxFunc(m[1:], func(a, b string) int { return len(a) - len(b) }))
			}
		}
		switch {
		case s.record.Stage == "logging" && s.record.Fault == "invalid":
			first(drivers)
		case s.record.Stage == "volume":
			first(volumes)
		case s.record.Fault == "dns", s.record.Fault == "tls":
			first(called)
		}
		if s.record.Stage == "secret" {
			names = append(names, s.record.Secret)
		}
		if s.record.Stage == "image" && !wholeDigest.MatchString(s.record.Image) {
			names = append(names, s.record.Image)
		}
		return missing(s.record.Summary, names)
	}},
	{"a symptom is not told as a cause", func(s shown) string {
		says, is := symptoms[s.record.Class]
		if !is || s.record.Verdict == string(classifier.Expected) || says != nil && says.MatchString(s.said()) ||
			saysHowMuch.MatchString(s.record.Summary) || s.record.LogTail != "" {
			return ""
		}
		return s.record.Class
	}},
	{"a command of our own says which archive it reads", func(s shown) string {
		for _, command := range append(readsArchive.FindAllString(s.block, -1), s.commands...) {
			if readsArchive.MatchString(command) && !fromLogs.MatchString(command) {
				return command
			}
		}
		return ""
	}},
	{"a digest stands whole only in what is quoted", func(s shown) string {
		return wholeDigest.FindString(s.prose())
	}},
}

// examples are stops of kinds that no sample shows.
var examples = []struct {
	name       string
	launchType string
	region     string // eu-north-1 when empty
	reason     string
	containers []events.Container
}{
	{name: "two parameters", launchType: "FARGATE", reason: "ResourceInitializationError: unable to pull secrets or " +
		"registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has " +
		"been retried 1 time(s): invalid ssm parameters: /orders/db/host, /orders/db/user"},
	{name: "two parameters of an agent", launchType: "EC2", reason: "fetching secret data from SSM Parameter " +
		"Store in eu-north-1: invalid parameters: /orders/db/host,/orders/db/user,/orders/db/password"},
	{name: "two secrets denied", launchType: "EC2", reason: "unable to retrieve secret from asm: failed to fetch " +
		"secret arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123 from secrets manager: " +
		"AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not authorized " +
		"to perform: secretsmanager:GetSecretValue on resource: " +
		"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/db-AbC123; failed to fetch secret " +
		"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/api-XyZ789 from secrets manager: " +
		"AccessDeniedException: User: arn:aws:sts::210987654321:assumed-role/orders-exec/9f0e is not authorized " +
		"to perform: secretsmanager:GetSecretValue on resource: " +
		"arn:aws:secretsmanager:eu-north-1:210987654321:secret:orders/api-XyZ789"},
	{name: "two target groups", launchType: "FARGATE", reason: "Task failed ELB health checks in (target-group " +
		"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders-public/9f8e7d6c5b4a3928) " +
		"(target-group " +
		"arn:aws:elasticloadbalancing:eu-north-1:210987654321:targetgroup/orders-internal/1a2b3c4d5e6f7081)"},
	{name: "two images that are missing", launchType: "EC2", reason: "Task failed to start",
		containers: []events.Container{
			{Name: "web", Image: "quay.io/acme/web:7", Reason: "CannotPullContainerError: Error response from " +
				"daemon: manifest for quay.io/acme/web:7 not found: manifest unknown: manifest unknown"},
			{Name: "proxy", Image: "quay.io/acme/proxy:7", Reason: "CannotPullContainerError: Error response from " +
				"daemon: manifest for quay.io/acme/proxy:7 not found: manifest unknown: manifest unknown"}}},
	{name: "no permission on Windows", launchType: "EC2", reason: "CannotStartContainerError: Error response from " +
		"daemon: container 77aa encountered an error during hcs::System::CreateProcess: C:\\app\\run.exe: failure in " +
		"a Windows system call: Permission denied. (0x5)"},
	{name: "a Docker on Windows that does not answer", launchType: "EC2", reason: "CannotCreateContainerError: Error " +
		"response from daemon: hcsshim::CreateComputeSystem 77aa: failure in a Windows system call: The operation " +
		"timed out because a response was not received from the virtual machine or container. (0xc0370109)"},
	{name: "memory of Windows", launchType: "EC2", reason: "CannotStartContainerError: Error response from daemon: " +
		"hcsshim::CreateComputeSystem 77aa: The paging file is too small for this operation to complete. (0x5af)"},
	{name: "a misspelt registry in China", launchType: "FARGATE", region: "cn-north-1",
		reason: "CannotPullContainerError: " +
			"failed to resolve ref 210987654321.dkr.ecr.cn-north-1.amazonws.com.cn/orders:7: failed to do request: " +
			"Head \"https://210987654321.dkr.ecr.cn-north-1.amazonws.com.cn/v2/orders/manifests/7\": dial tcp: " +
			"lookup 210987654321.dkr.ecr.cn-north-1.amazonws.com.cn: no such host"},
	{name: "a pasted text that names a Region", region: "none", reason: "CannotPullContainerError: pull image " +
		"manifest " +
		"has been retried 5 time(s): failed to resolve ref 210987654321.dkr.ecr.ap-south-1.amazonaws.com/orders:7: " +
		"210987654321.dkr.ecr.ap-south-1.amazonaws.com/orders:7: not found"},
	{name: "a pasted secret that names a Region", region: "none", reason: "ResourceInitializationError: unable to " +
		"pull " +
		"secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service " +
		"call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:ap-south-1:210987654321:" +
		"secret:orders/db-AbC123 from secrets manager: ResourceNotFoundException: Secrets Manager can't find the " +
		"specified secret."},
	{name: "a secret in GovCloud", launchType: "FARGATE", region: "us-gov-west-1", reason: "ResourceInitialization" +
		"Error: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve " +
		"secret from asm: service call has been retried 1 time(s): failed to fetch secret orders/db from secrets " +
		"manager: AccessDeniedException: User: arn:aws-us-gov:sts::210987654321:assumed-role/orders-exec/9f0e is not " +
		"authorized to perform: secretsmanager:GetSecretValue on resource: orders/db"},
	{name: "a port on Fargate", launchType: "FARGATE", reason: "CannotStartContainerError: Error response from " +
		"daemon: " +
		"driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:8080 failed: port is " +
		"already allocated"},
	{name: "two containers out of memory", launchType: "EC2", reason: "Essential container in task exited",
		containers: []events.Container{
			{Name: "web", Reason: "OutOfMemoryError: Container killed due to memory usage"},
			{Name: "worker", Reason: "OutOfMemoryError: Container killed due to memory usage"}}},
}

// everyShown are the screens of all samples, of the examples of causes, explanations and rules, and of those above. A
// text says it on Fargate and on an instance.
func everyShown(t *testing.T) []shown {
	t.Helper()
	var all []shown
	add := func(where string, s events.Stop) {
		s = archive.RedactStop(s)
		r := archive.NewRecord(s, classifier.Classify(s), archive.SourceFile, time.Unix(1_790_000_000, 0))
		var b bytes.Buffer
		if err := (&Screen{W: &b, All: true}).Block(r); err != nil {
			t.Fatal(err)
		}
		screen := shown{where: where, stop: s, record: r, block: b.String()}
		screen.causesOn()
		all = append(all, screen)
	}
	parsed := func(where string, raw []byte) {
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(where, err)
		}
		for _, s := range stops {
			add(where, s)
		}
	}
	files, err := filepath.Glob("../../../events/samples/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed(strings.TrimSuffix(filepath.Base(file), ".json"), raw)
	}
	task := func(where, launchType, region, reason string, containers []events.Container) {
		add(where, events.Stop{
			Kind: events.KindTask, TaskID: "5f0e1d2c3b4a5968", Cluster: "shop",
			Region: strings.TrimPrefix(cmp.Or(region, "eu-north-1"), "none"), Account: "210987654321",
			Family: "orders", Revision: new(int64(7)),
			LaunchType: launchType, StopCode: "TaskFailedToStart",
			StoppedReason: reason, Containers: containers,
		})
	}
	example := func(of, text string) {
		if json.Valid([]byte(text)) {
			parsed(of, []byte(text))
			return
		}
		for _, launchType := range []string{"FARGATE", "EC2"} {
			if launchType == "FARGATE" && agentText.MatchString(text) {
				continue
			}
			task(of+" on "+launchType, launchType, "", text, nil)
		}
	}
	for _, c := range classifier.Catalogue {
		example("cause "+c.ID, c.Example)
	}
	for i := range classifier.Explanations {
		e := &classifier.Explanations[i]
		example(fmt.Sprintf("explanation %d of %s.%s", i, e.Stage, e.Fault), e.Example)
	}
	for _, rules := range [][]classifier.Rule{classifier.StageRules, classifier.FaultRules} {
		for _, r := range rules {
			if r.Kinds == nil {
				example(r.ID, r.Example)
			}
		}
	}
	for _, e := range examples {
		task(e.name, e.launchType, e.region, e.reason, e.containers)
	}
	return all
}

// TestNoScreenShowsAWrongFact renders every sample and every cause's example, and refuses what has been wrong on such
// screens before.
func TestNoScreenShowsAWrongFact(t *testing.T) {
	screens := everyShown(t)
	for _, rule := range refusals {
		t.Run(rule.name, func(t *testing.T) {
			n := 0
			for _, s := range screens {
				if wrong := rule.refuses(s); wrong != "" {
					n++
					t.Errorf("%s: %q in\n\t%s\n\t%s", s.where, wrong, s.record.Summary, s.record.NextStep)
				}
			}
			if n > 0 {
				t.Errorf("%d of %d screens", n, len(screens))
			}
		})
	}
}

// mustNotBe are screens as they must not be, one or more for each of the refusals.
var mustNotBe = map[string][]shown{
	"a pull that failed was no pull in so many seconds": {
		{block: "times  pulled in 1.5 s", record: archive.Record{Stage: "image"}},
	},
	"every name that the text gives is told, not only the first": {
		{stop: saying("invalid ssm parameters: /shop/host, /shop/user"),
			record: archive.Record{Stage: "secret", Summary: "no such parameter: /shop/host"}},
		{stop: saying("unhealthy in (target-group arn:x:targetgroup/one/1) (target-group arn:x:targetgroup/two/2)"),
			record: archive.Record{Stage: "health_check", Summary: "unhealthy in one"}},
		{stop: saying("to perform: s3:GetObject on resource: arn:aws:s3:::config/a.env"),
			record: archive.Record{Fault: "denied", Summary: "not allowed to call s3:GetObject"}},
	},
	"containers that failed in one way are told together": {
		{stop: events.Stop{Containers: []events.Container{{Name: "web", Reason: "OutOfMemoryError: killed"},
			{Name: "worker", Reason: "OutOfMemoryError: killed"}}},
			record: archive.Record{CulpritReason: "OutOfMemoryError: killed", Summary: "web ran out of memory"}},
		{record: archive.Record{Stage: "dependency", Summary: "web and db failed in the same way"}},
	},
	"the words of whoever asked for the stop lead": {
		{stop: events.Stop{StoppedReason: "drain for the patch"},
			record: archive.Record{Class: "user.requested", Summary: "stopped by ana"}},
	},
	"no placeholder for what the record has": {
		{record: archive.Record{Cluster: "shop", NextStep: "look at CLUSTER"}},
		{record: archive.Record{Region: "eu-north-1"}, commands: []string{"aws ecs list-tasks --region REGION"}},
		{stop: saying("failed to fetch secret arn:aws:secretsmanager:eu-north-1:210987654321:secret:db"),
			commands: []string{"aws ecs list-clusters --region REGION"}},
	},
	"Fargate has no instance, Docker or agent to look at, an instance no Fargate": {
		{stop: events.Stop{LaunchType: "FARGATE"}, record: archive.Record{NextStep: "restart Docker"}},
		{stop: events.Stop{LaunchType: "FARGATE"}, titles: "the port is taken on the instance"},
		{stop: events.Stop{LaunchType: "FARGATE"}, commands: []string{"sudo systemctl status docker"}},
		{stop: events.Stop{LaunchType: "EC2"}, titles: "Fargate has no capacity"},
	},
	"Windows has no tools of Linux": {
		{stop: saying("hcs::CreateComputeSystem"), record: archive.Record{NextStep: "chmod +x it"}},
		{stop: saying("hcs::CreateComputeSystem"), commands: []string{"sudo journalctl -u docker"}},
	},
	"a job or a task of no service has none to look at": {
		{record: archive.Record{Kind: "task", Group: "family:nightly", NextStep: "look at the service"}},
		{record: archive.Record{Kind: "task", Group: "family:nightly"},
			commands: []string{"aws ecs describe-services --cluster shop --services web --region eu-north-1"}},
	},
	"a secret is asked for as a secret, and a parameter as a parameter": {
		{commands: []string{"aws ssm describe-parameters --parameter-filters " +
			"Key=Name,Values=arn:aws:secretsmanager:eu-north-1:210987654321:secret:db --region eu-north-1"}},
		{commands: []string{"aws secretsmanager describe-secret --secret-id " +
			"arn:aws:ssm:eu-north-1:210987654321:parameter/db --region eu-north-1"}},
	},
	"ARNs and links are of the stop's partition": {
		{record: archive.Record{Region: "cn-north-1"}, commands: []string{"aws iam get-role --arn " +
			"arn:aws:iam::1:role/x"}},
		{record: archive.Record{Region: "us-gov-west-1", NextStep: "allow arn:aws:s3:::config"}},
		{record: archive.Record{Region: "cn-north-1"}, titles: "the host is 1.dkr.ecr.cn-north-1.amazonaws.com"},
		{record: archive.Record{Region: "cn-north-1", ConsoleURL: "https://cn-north-1.console.aws.amazon.com/ecs"}},
	},
	"nothing is sent to nobody": {{record: archive.Record{NextStep: "send us the event"}}},
	"the cause names what the text names": {
		{stop: saying("lookup db.orders.example on 10.0.0.2:53: no such host"),
			record: archive.Record{Fault: "dns", Summary: "a name did not resolve"}},
		{record: archive.Record{Stage: "image", Facts: classifier.Facts{Image: "acme/web:7"},
			Summary: "could not pull the image"}},
	},
	"a symptom is not told as a cause": {
		{record: archive.Record{Class: "runtime.crashed", Summary: "web failed with exit code 1"}},
	},
	"a command of our own says which archive it reads": {
		{commands: []string{"whystopped why --cluster shop --service web --region eu-north-1"}},
		{commands: []string{"whystopped history --from stops.jsonl --region eu-north-1"}},
		{block: "  below  \n    whystopped history 4a01 --verify\n"},
	},
	"a digest stands whole only in what is quoted": {
		{record: archive.Record{Summary: "could not pull web@sha256:" + strings.Repeat("0a1b2c3d", 8)}},
	},
}

// saying is a stop with a text.
func saying(text string) events.Stop {
	return events.Stop{Kind: events.KindTask, StoppedReason: text}
}

// TestEachRefusalCanFail holds that each refusal refuses the screens that it is for.
func TestEachRefusalCanFail(t *testing.T) {
	for _, rule := range refusals {
		t.Run(rule.name, func(t *testing.T) {
			if len(mustNotBe[rule.name]) == 0 {
				t.Error("refuses no screen that is known")
			}
			for i, bad := range mustNotBe[rule.name] {
				if rule.refuses(bad) == "" {
					t.Errorf("%d is not refused: %+v", i, bad)
				}
			}
			if wrong := rule.refuses(shown{}); wrong != "" {
				t.Errorf("an empty screen has %q", wrong)
			}
		})
	}
	for name := range mustNotBe {
		if !slices.ContainsFunc(refusals, func(r refusal) bool { return r.name == name }) {
			t.Errorf("there is no refusal %q", name)
		}
	}
}
