package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/evidence"
)

// option is one thing that a deployment can be told, as CDK context.
type option struct {
	Name    string
	Default string // empty when the option does nothing unless it is given
	Doc     string
	set     func(o *stack.Options, value string) error
}

// options are all options of a deployment, in the order of docs/options.md.
var options = []option{
	{
		Name: "capture", Default: string(events.CaptureFailures),
		Doc: "`failures` catches every stop but those that went as they should; `all` catches every stop.",
		set: func(o *stack.Options, value string) error { o.Capture = events.Capture(value); return nil },
	},
	{
		Name: "clusters",
		Doc:  "Names of clusters: only their stops are caught. It narrows what the next three name.",
		set:  list(func(o *stack.Options) *[]string { return &o.Clusters }),
	},
	{
		Name: "services",
		Doc: "Names of services. With `families` and `taskDefinitions` a stop is caught when any of the three names " +
			"it.",
		set: list(func(o *stack.Options) *[]string { return &o.Services }),
	},
	{
		Name: "families",
		Doc:  "Families of task definitions, all their revisions, whether a service runs them or not.",
		set:  list(func(o *stack.Options) *[]string { return &o.Families }),
	},
	{
		Name: "taskDefinitions",
		Doc:  "Exact revisions, `family:revision`.",
		set:  list(func(o *stack.Options) *[]string { return &o.TaskDefinitions }),
	},
	{
		Name: "excludeClusters",
		Doc:  "Names of clusters whose stops are left out; not together with `clusters`.",
		set:  list(func(o *stack.Options) *[]string { return &o.ExcludeClusters }),
	},
	{
		Name: "excludeFamilies",
		Doc:  "Families whose stops are left out; not together with `families` or `taskDefinitions`.",
		set:  list(func(o *stack.Options) *[]string { return &o.ExcludeFamilies }),
	},
	{
		Name: "captureContainers", Default: string(events.CaptureFailures),
		Doc: "Containers that end while their task goes on: `failures` catches those that left with another code " +
			"than 0, or where no code is told, `all` every one, `off` " +
			"none. The lists above narrow it. ECS does not promise these events everywhere, see " +
			"[coverage.md](coverage.md).",
		set: func(o *stack.Options, value string) error {
			if !slices.Contains([]string{string(events.CaptureFailures), string(events.CaptureAll), stack.Off}, value) {
				return fmt.Errorf("%q is not known, give failures, all or off", value)
			}
			o.CaptureContainers = events.Capture(value)
			return nil
		},
	},
	{
		Name: "endingContainers",
		Doc: "Names of containers that are meant to end while their task goes on, such as one that runs migrations: " +
			"exit code 0 of these is " +
			"`expected`, of any other `review`. At most 20.",
		set: func(o *stack.Options, value string) error {
			if err := list(func(o *stack.Options) *[]string { return &o.EndingContainers })(o, value); err != nil {
				return err
			}
			for _, name := range o.EndingContainers {
				if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`).MatchString(name) {
					return fmt.Errorf(
						"%q cannot be the name of a container, give 1 to 255 letters, digits, hyphens and underscores",
						name)
				}
			}
			if len(o.EndingContainers) > 20 || len(value) > 600 {
				return fmt.Errorf("there are too many, give at most 20 names with 600 characters together")
			}
			return nil
		},
	},
	{
		Name: "captureServices", Default: stack.On,
		Doc: "`on` catches errors and warnings of services, daemons and their deployments: tasks that cannot be " +
			"placed or do not start, a failed " +
			"deployment, throttling; `off` none. `clusters`, `services` and `excludeClusters` narrow it; where only " +
			"families or task definitions " +
			"are named, it catches nothing, because these events name none.",
		set: onOff(func(o *stack.Options) *string { return &o.CaptureServices }),
	},
	{
		Name: "captureRequests", Default: stack.Off,
		Doc: "`on` catches RunTask and StartTask calls that were refused or started no task. It needs a CloudTrail " +
			"trail that logs management " +
			"events in the Region; without one there are no such events. All lists but `services` narrow it; where " +
			"only services are named, it " +
			"catches nothing.",
		set: onOff(func(o *stack.Options) *string { return &o.CaptureRequests }),
	},
	{
		Name: "captureHooks", Default: stack.On,
		Doc: "`on` catches deployments that wait for a person's answer, which ECS tells as INFO, and lifecycle " +
			"hooks that failed or timed out; `off` none. `clusters`, `services` and `excludeClusters` narrow it; " +
			"where only families or task definitions are named, it catches nothing.",
		set: onOff(func(o *stack.Options) *string { return &o.CaptureHooks }),
	},
	{
		Name: "captureInstances", Default: stack.On,
		Doc: "`on` catches container instances whose health is impaired; `off` none. `clusters` and " +
			"`excludeClusters` narrow it.",
		set: onOff(func(o *stack.Options) *string { return &o.CaptureInstances }),
	},
	{
		Name: "captureJobs", Default: stack.On,
		Doc: "`on` catches jobs of AWS Batch that block their queue; `off` none. Where clusters, services, families " +
			"or task definitions are named, it catches nothing, because these events name none.",
		set: onOff(func(o *stack.Options) *string { return &o.CaptureJobs }),
	},
	{
		Name: "captureWatcher", Default: stack.On,
		Doc: "`on` catches what whystopped-watch sends, where it runs in tasks; `off` none. The lists above narrow it.",
		set: onOff(func(o *stack.Options) *string { return &o.CaptureWatcher }),
	},
	{
		Name: "belowDesired",
		Doc: "Services, as `cluster/service`, that get an alarm `" + stack.AlarmPrefix +
			"below-desired-CLUSTER/SERVICE` of their own when fewer " +
			"tasks run than are desired for " + strconv.Itoa(belowMinutes) + " minutes. It needs Container Insights " +
			"on the cluster, which AWS charges for ([cost.md](cost.md)); without it the " +
			"alarm stays on. At most 25. The sweep tells of all services without either.",
		set: func(o *stack.Options, value string) error {
			if err := list(func(o *stack.Options) *[]string { return &o.BelowDesired })(o, value); err != nil {
				return err
			}
			for _, name := range o.BelowDesired {
				if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}/[A-Za-z0-9_-]{1,100}$`).MatchString(name) {
					return fmt.Errorf("%q is not valid: must be cluster/service, such as prod/web", name)
				}
			}
			if len(o.BelowDesired) > 25 {
				return fmt.Errorf("there are %d, give at most 25", len(o.BelowDesired))
			}
			return nil
		},
	},
	{
		Name: "logGroup", Default: stack.LogGroup,
		Doc: "Name of the archive's log group, which the stack makes and keeps when it is deleted.",
		set: logGroup(func(o *stack.Options) *string { return &o.LogGroup }),
	},
	{
		Name: "retentionDays", Default: strconv.Itoa(stack.RetentionDays),
		Doc: "Days that records are kept: " + retentionList() + ".",
		set: func(o *stack.Options, value string) (err error) {
			o.RetentionDays, err = strconv.Atoi(value)
			if err != nil || !slices.Contains(retentionDays, o.RetentionDays) {
				return fmt.Errorf("CloudWatch Logs does not keep events for %q days, give one of %s", value,
					retentionList())
			}
			return nil
		},
	},
	{
		Name: "existingLogGroup",
		Doc: "Name of a log group that is there already, of class STANDARD, to write to instead. Its retention, " +
			"indexes and deletion " +
			"stay its owner's; not together with `logGroup` or `retentionDays`.",
		set: logGroup(func(o *stack.Options) *string { return &o.ExistingLogGroup }),
	},
	{
		Name: "architecture", Default: "arm64",
		Doc: "Processor of the function: `arm64` or `x86_64`.",
		set: func(o *stack.Options, value string) error {
			if _, ok := goArch[value]; !ok {
				return fmt.Errorf("%q is no architecture of Lambda, give arm64 or x86_64", value)
			}
			o.Architecture = value
			return nil
		},
	},
	{
		Name: "memory", Default: "256",
		Doc: "Memory of the function in MiB, 128 to 10240.",
		set: number(func(o *stack.Options) *int { return &o.Memory }, 128, 10240),
	},
	{
		Name: "reservedConcurrency",
		Doc: "Concurrent executions that the function has for itself and does not exceed; further events wait in " +
			"Lambda's own queue for up to " +
			"six hours. 1 to 1000; Lambda refuses what would leave the account's other functions fewer than 50.",
		set: number(func(o *stack.Options) *int { return &o.ReservedConcurrency }, 1, 1000),
	},
	{
		Name: "evidence", Default: stack.EvidenceDefault,
		Doc: "How much the function asks the account about the causes of a failure, with read-only calls that its " +
			"role is then allowed: " +
			tierList() + ". Each includes those before it; [evidence.md](evidence.md) lists what each asks.",
		set: func(o *stack.Options, value string) error {
			if !slices.Contains(evidence.Tiers, evidence.Tier(value)) {
				return fmt.Errorf("%q is no tier of evidence, give one of %s", value, tierList())
			}
			o.Evidence = value
			return nil
		},
	},
	{
		Name: "logTail", Default: stack.Off,
		Doc: "`on` lets the function read the last log lines of the container that failed, with `logs:GetLogEvents`; " +
			"they are redacted before they " +
			"are kept. Not with `evidence=off`.",
		set: onOff(func(o *stack.Options) *string { return &o.LogTail }),
	},
	{
		Name: "logTailGroups",
		Doc: "Names of the log groups that `logTail=on` may read, where `*` stands for any text: `/ecs/*`. Without " +
			"it, all of the account in the Region.",
		set: func(o *stack.Options, value string) error {
			for item := range strings.SplitSeq(value, ",") {
				item = strings.TrimSpace(item)
				if !regexp.MustCompile(`^[A-Za-z0-9_/.#*-]{1,512}$`).MatchString(item) {
					return fmt.Errorf(
						"%q cannot be the name of a log group, give letters, digits and _-/.#, and * for any text",
						item)
				}
				o.LogTailGroups = append(o.LogTailGroups, item)
			}
			return nil
		},
	},
	{
		Name: "remember", Default: stack.On,
		Doc: "`on` makes the table `" + stack.MemoryTable + "` of DynamoDB, in which the function's processes " +
			"remember together which failures were told, so that there is one message for each change " +
			"([alerts.md](alerts.md)); `off` lets each process hold back repeats for itself.",
		set: onOff(func(o *stack.Options) *string { return &o.Remember }),
	},
	{
		Name: "sweep", Default: "15",
		Doc: "Minutes between two sweeps, `5`, `15` or `60`, or `off`: the function asks ECS for services below " +
			"their desired count and for stops that the archive lacks ([sweep.md](sweep.md)). ECS forgets a stop " +
			"after about an hour, so that with `60` the stops compared are a sample.",
		set: func(o *stack.Options, value string) error {
			if !slices.Contains([]string{"5", "15", "60", stack.Off}, value) {
				return fmt.Errorf("%q is not known, give 5, 15, 60 or off", value)
			}
			o.Sweep = value
			return nil
		},
	},
	{
		Name: "namePrefix",
		Doc: "Stands before the names of the stack and of all that it makes, so that two can be in one Region: " +
			"`blue-` makes the function `blue-" + stack.Function + "`, which `doctor --function` and " +
			"`backfill --function` find. At most 20 small letters, digits and hyphens, a letter first.",
		set: matching(`^[a-z][a-z0-9-]{0,19}$`,
			"cannot stand before names, give a letter and at most 19 small letters, digits and hyphens",
			func(o *stack.Options) *string { return &o.NamePrefix }),
	},
	{
		Name: "kmsKeyArn",
		Doc: "ARN of a symmetric KMS key in the same Region that the stack's log groups, queues, topic and table are " +
			"encrypted with; its policy must have what stands [below](#a-key-of-your-own) first. Without it each " +
			"service takes a key of its own, and a topic none.",
		set: matching(`^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`,
			"is no ARN of a KMS key (an alias is none), give one such as arn:PARTITION:kms:REGION:ACCOUNT:key/ID",
			func(o *stack.Options) *string { return &o.KMSKeyARN }),
	},
	{
		Name: "serviceMetrics", Default: stack.Off,
		Doc: "`on` counts stops by cluster, service and verdict in CloudWatch metrics, which cost for each service " +
			"([cost.md](cost.md)); `off` counts those of the account alone, by verdict.",
		set: onOff(func(o *stack.Options) *string { return &o.ServiceMetrics }),
	},
	{
		Name: "notifyEmail",
		Doc: "E-mail address that is told of failures and alarms: the stack makes the topic `" + stack.Topic +
			"` and subscribes it; AWS asks " +
			"the address to confirm. Not together with `notifyTopicArn`.",
		set: matching(`^[^@\s,]+@[^@\s,]+\.[^@\s,]+$`,
			"is no e-mail address, give one such as on-call@example.com",
			func(o *stack.Options) *string { return &o.NotifyEmail }),
	},
	{
		Name: "notifyTopicArn",
		Doc: "ARN of a standard SNS topic in the same Region that failures are published to. Its own policy, and " +
			"that of its KMS key " +
			"where it has one, must allow the function's role and, for alarms, CloudWatch.",
		set: topic(func(o *stack.Options) *string { return &o.NotifyTopicARN }),
	},
	{
		Name: "webhook",
		Doc: "ARN of the Secrets Manager secret or the SSM parameter, in the same Region and account, that has the " +
			"address of a webhook: " +
			"PagerDuty's or one that takes what Slack's do, as [chat.md](chat.md#webhook) says. It is the only value " +
			"that the function may read.",
		set: matching(`^arn:[a-z-]+:(secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}|`+
			`ssm:[a-z0-9-]+:[0-9]{12}:parameter/.+)$`,
			"is no whole ARN of a secret, with the six characters behind its name, or of a parameter",
			func(o *stack.Options) *string { return &o.WebhookARN }),
	},
	{
		Name: "alarmTopicArn",
		Doc: "ARN of a standard SNS topic in the same Region that alarms are sent to. Without it they go where " +
			"failures go, and nowhere if " +
			"those go nowhere.",
		set: topic(func(o *stack.Options) *string { return &o.AlarmTopicARN }),
	},
	{
		Name: "alarmFailures",
		Doc: "Failures of the whole account within a quarter of an hour that raise the alarm `" + stack.AlarmPrefix +
			"failures`; 1 alarms on each. Without it there is no such alarm: messages tell each failure once.",
		set: number(func(o *stack.Options) *int { return &o.AlarmFailures }, 1, 1000000),
	},
}

// retentionDays are the days that CloudWatch Logs can keep events for. Source:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var retentionDays = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

func retentionList() string {
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(retentionDays), "[]")), ", ")
}

func tierList() string {
	var tiers []string
	for _, tier := range evidence.Tiers {
		tiers = append(tiers, "`"+string(tier)+"`")
	}
	return strings.Join(tiers, ", ")
}

// contextName is the form of the names that this app gives its options; the CDK's own have a colon, slash, hyphen or
// "@".
var contextName = regexp.MustCompile(`^[A-Za-z]+$`)

// parseOptions reads the options out of the CDK context, where a value is a text, a number or a list of either, and a
// text may hold a list with commas. Its error has one line for each thing that is wrong.
func parseOptions(context map[string]any) (stack.Options, error) {
	var o stack.Options
	var problems []error
	for name := range context {
		if contextName.MatchString(name) &&
			!slices.ContainsFunc(options, func(opt option) bool { return opt.Name == name }) {
			problems = append(problems, fmt.Errorf("option %s is not known, docs/options.md lists all", name))
		}
	}
	for _, opt := range options {
		given, isGiven := context[opt.Name]
		if !isGiven && opt.Default == "" {
			continue
		}
		value, err := opt.Default, error(nil)
		if isGiven {
			value, err = text(given)
		}
		if err == nil {
			err = opt.set(&o, value)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("option %s: %w", opt.Name, err))
		}
	}
	_, named := context["logGroup"]
	if !named {
		o.LogGroup = o.Named(stack.LogGroup)
	}
	_, timed := context["retentionDays"]
	if o.ExistingLogGroup != "" {
		if named || timed {
			problems = append(problems,
				errors.New("option existingLogGroup: name and retention of an existing group are its owner's, leave "+
					"out logGroup and retentionDays"))
		}
		o.LogGroup, o.RetentionDays = "", 0
	}
	if o.ArchiveGroup() == o.Named(stack.FunctionLogGroup) {
		problems = append(problems, fmt.Errorf("option logGroup or existingLogGroup: %q is the function's own log, "+
			"give another name: Lambda's lines do not belong among records", o.ArchiveGroup()))
	}
	if o.NotifyEmail != "" && o.NotifyTopicARN != "" {
		problems = append(problems,
			errors.New("option notifyEmail: with notifyTopicArn the stack makes no topic, subscribe the address to "+
				"that one and leave this out"))
	}
	if o.LogTail == stack.On && o.Evidence == string(evidence.TierOff) {
		problems = append(problems,
			errors.New("option logTail: with evidence=off nobody asks for log lines, leave out one of the two"))
	}
	switch _, err := o.CapturePattern(); err {
	case nil: // only then can another rule be what is wrong
		if _, err := o.Rules("", ""); err != nil {
			problems = append(problems, err)
		}
	default:
		problems = append(problems, err)
	}
	for _, err := range []error{environmentFits(o), descriptionsFit(o)} {
		if err != nil {
			problems = append(problems, err)
		}
	}
	slices.SortStableFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return o, errors.Join(problems...)
}

// inRegion returns an error for options that name something in another Region than that of the deployment, which the
// CDK's command line tells; without it, region is empty and nothing is known.
func inRegion(o stack.Options, region string) error {
	for _, named := range []struct{ option, arn string }{{"notifyTopicArn", o.NotifyTopicARN},
		{"alarmTopicArn", o.AlarmTopicARN}, {"kmsKeyArn", o.KMSKeyARN}, {"webhook", o.WebhookARN}} {
		if named.arn == "" || region == "" {
			continue
		}
		if got := strings.Split(named.arn, ":")[3]; got != region {
			return fmt.Errorf("option %s: it is in %s and the stack goes to %s, give one of that Region", named.option,
				got, region)
		}
	}
	return nil
}

// text brings a value of the CDK context into the form that it has on the command line.
func text(value any) (string, error) {
	switch value := value.(type) {
	case string:
		if value == "" {
			return "", errors.New("it is empty, leave it out or give a value")
		}
		return value, nil
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64), nil
	case []any:
		var items []string
		for _, v := range value {
			item, err := text(v)
			if err != nil {
				return "", err
			}
			items = append(items, item)
		}
		return strings.Join(items, ","), nil
	}
	return "", fmt.Errorf("%v is neither a text, a number nor a list of them", value)
}

func list(field func(*stack.Options) *[]string) func(*stack.Options, string) error {
	return func(o *stack.Options, value string) error {
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); !slices.Contains(*field(o), item) {
				*field(o) = append(*field(o), item)
			}
		}
		return nil
	}
}

func onOff(field func(*stack.Options) *string) func(*stack.Options, string) error {
	return func(o *stack.Options, value string) error {
		if value != stack.On && value != stack.Off {
			return fmt.Errorf("%q is not known, give on or off", value)
		}
		*field(o) = value
		return nil
	}
}

func number(field func(*stack.Options) *int, least, most int) func(*stack.Options, string) error {
	return func(o *stack.Options, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < least || n > most {
			return fmt.Errorf("%q is no whole number from %d to %d", value, least, most)
		}
		*field(o) = n
		return nil
	}
}

// logGroup takes what CreateLogGroup takes for a name. Source:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func logGroup(field func(*stack.Options) *string) func(*stack.Options, string) error {
	form := regexp.MustCompile(`^[A-Za-z0-9_/.#-]{1,512}$`)
	return func(o *stack.Options, value string) error {
		if !form.MatchString(value) || strings.HasPrefix(value, "aws/") {
			return fmt.Errorf(
				"%q cannot be the name of a log group, give 1 to 512 letters, digits and _-/.#, not beginning with "+
					"aws/", value)
		}
		*field(o) = value
		return nil
	}
}

func topic(field func(*stack.Options) *string) func(*stack.Options, string) error {
	return matching(`^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`, "is no ARN of a standard SNS topic",
		field)
}

// matching reads a value of a form; says is what one is that has another.
func matching(form, says string, field func(*stack.Options) *string) func(*stack.Options, string) error {
	expression := regexp.MustCompile(form)
	return func(o *stack.Options, value string) error {
		if !expression.MatchString(value) {
			return fmt.Errorf("%q %s", value, says)
		}
		*field(o) = value
		return nil
	}
}
