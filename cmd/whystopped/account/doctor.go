package account

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/redact"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/account/permissions"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/ingest"
	"whystopped/ingest/sweep"
)

// exitRed is the exit code for a deployment that has a red light.
const exitRed = 1

func doctorCommand() *cobra.Command {
	var d doctor
	var asJSON, gaps bool
	var look lookForGaps
	c := &cobra.Command{
		Use:   "doctor [--function NAME] [--gaps]",
		Short: "Check that a deployment catches and keeps every stop",
		Long: `Check a deployment from the rule that catches the stops to the archive that keeps them, and compare the stopped tasks that ECS
remembers with the archive. It only reads.

Each line is ok, warn or red and says below it what to do. What could not be asked is warn, never ok.

With --gaps it reads the archive alone, and tells which permission, tier of evidence or option would have decided most of the
causes that were left open, with what to add to which policy.

  whystopped doctor
  whystopped doctor --gaps --since 30d
  whystopped doctor --region eu-west-1 --profile ops
  whystopped doctor --json | jq 'select(.light != "ok")'

` + Needs("doctor") + `

Exit codes: 0 nothing is red, 1 something is red, 2 nothing could be asked.`,
		Args: screen.TakesFlags,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, name := range []string{"from", "since"} {
				if !gaps && c.Flags().Changed(name) {
					return fmt.Errorf("--%s chooses what --gaps reads: give both or neither", name)
				}
			}
			if gaps {
				look.asJSON = asJSON
				return look.run(c.Context(), &d.account, c.OutOrStdout(), c.ErrOrStderr())
			}
			d.stderr = c.ErrOrStderr()
			diagnoses, err := d.examine(c.Context())
			if err != nil {
				return err
			}
			for i := range diagnoses {
				diagnoses[i].redact()
			}
			if asJSON {
				err = encodeDiagnoses(c.OutOrStdout(), diagnoses)
			} else {
				d.print(c.OutOrStdout(), diagnoses)
			}
			switch {
			case err != nil:
				return err
			case !slices.ContainsFunc(diagnoses, func(g diagnosis) bool { return !g.unasked }):
				return errors.New("nothing could be asked, so nothing is known of the deployment: see above")
			case slices.ContainsFunc(diagnoses, func(g diagnosis) bool { return g.Light == lightRed }):
				return &screen.Failure{Code: exitRed}
			}
			return nil
		},
	}
	c.Flags().StringVar(&d.function, "function", stack.Function, "name of the deployment's function")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per check, or per gap")
	c.Flags().BoolVar(&gaps, "gaps", false, "tell what would have decided most causes that the archive leaves open")
	c.Flags().StringVar(&look.from, "from", "logs:", "with --gaps: "+screen.PlaceUsage)
	c.Flags().StringVar(&look.chosen.Since, "since", "7d",
		"with --gaps: only stops from this `TIME` on: back from now (7d, 36h), RFC 3339, a date in UTC, or all")
	d.account.Flags(c)
	c.MarkFlagsMutuallyExclusive("gaps", "function")
	screen.Inherit(c, "from")
	return c
}

// light is how a check ended.
type light string

const (
	lightOK   light = "ok"
	lightWarn light = "warn"
	lightRed  light = "red"
)

// diagnosis is what a check found.
type diagnosis struct {
	Check   string   `json:"check"`
	Light   light    `json:"light"`
	Says    string   `json:"says"`
	Details []string `json:"details,omitempty"`
	Remedy  string   `json:"remedy,omitempty"` // for every light but ok
	Run     string   `json:"run,omitempty"`    // the command that does it

	unasked bool // nothing was learned
	gone    bool // what is checked is not there
}

// redact masks what is secret in the texts of AWS that are quoted.
func (g *diagnosis) redact() {
	g.Says, g.Remedy, g.Run = redact.Text(g.Says), redact.Text(g.Remedy), redact.Text(g.Run)
	for i, detail := range g.Details {
		g.Details[i] = redact.Text(detail)
	}
}

// shortened is no more details than are read, and how many there are beyond.
func shortened(details []string) []string {
	const shown = 10
	if more := len(details) - shown; more > 0 {
		return append(slices.Clone(details[:shown]), fmt.Sprintf("and %d more", more))
	}
	return details
}

func healthy(format string, args ...any) diagnosis {
	return diagnosis{Light: lightOK, Says: fmt.Sprintf(format, args...)}
}

func doubtful(remedy, format string, args ...any) diagnosis {
	return diagnosis{Light: lightWarn, Says: fmt.Sprintf(format, args...), Remedy: remedy}
}

func broken(remedy, format string, args ...any) diagnosis {
	return diagnosis{Light: lightRed, Says: fmt.Sprintf(format, args...), Remedy: remedy}
}

// notThere says that what is checked is not there.
func (g diagnosis) notThere() diagnosis {
	g.gone = true
	return g
}

// by adds the command that does what is to be done.
func (g diagnosis) by(command string) diagnosis {
	g.Run = command
	return g
}

// deployAgain also undoes what was changed by hand, which a plain deployment does not notice.
func deployAgain(format string, args ...any) diagnosis {
	return broken("deploy again, with the same options", format, args...).by(deployCommand)
}

const deployCommand = stack.Deploy + " --revert-drift"

// notChecked is the outcome of a check for which an earlier one did not learn enough.
func notChecked(check, why string) diagnosis {
	g := doubtful("see "+check+" above", "not checked: %s", why)
	g.unasked = true
	return g
}

// couldNotAsk is the outcome of a check whose call on something failed.
func couldNotAsk(on string, err error) diagnosis {
	api, isAPI := errors.AsType[smithy.APIError](err)
	g := diagnosis{Light: lightWarn, unasked: true}
	switch {
	case isAPI && strings.Contains(api.ErrorCode(), "AccessDenied"):
		g.Says = "could not ask: needs " + actionOf(err) + " on " + on
		g.Remedy = "allow it; docs/permissions.md has the least policy of this command"
	case isAPI:
		g.Says = fmt.Sprintf("could not ask about %s: %s: %s", on, api.ErrorCode(), api.ErrorMessage())
		g.Remedy = "run it again when the cause is removed"
	default:
		if unsent, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
			err = unsent.Err
		}
		g.Says = fmt.Sprintf("could not ask about %s: %v", on, err)
		g.Remedy = "run it again when the cause is removed"
	}
	return g
}

// actionOf is the IAM action that a failed call needs.
func actionOf(err error) string {
	call, isCall := errors.AsType[*smithy.OperationError](err)
	if !isCall {
		return "a permission"
	}
	for _, p := range permissions.All {
		if p.Command == "doctor" && p.Call == call.OperationName {
			return p.Action
		}
	}
	return call.OperationName
}

// doctor is one run of the command.
type doctor struct {
	function string
	account  Account
	stderr   io.Writer

	cfg    aws.Config
	rules  *eventbridge.Client
	lambda *lambda.Client
	queues *sqs.Client
	logs   *cloudwatchlogs.Client

	// What one check learns for the next.
	found     map[string]diagnosis // by check
	names     stack.Added          // which name what is deployed
	accountID string               // of the function
	group     string               // log group of the archive
	options   *stack.Options       // nil when they are not known
	rule      *eventbridge.DescribeRuleOutput
	swept     *sweep.Seen // nil before somebody looked
	unswept   error
}

// examine makes all checks, in the order of the way of an event.
func (d *doctor) examine(ctx context.Context) ([]diagnosis, error) {
	var err error
	if d.cfg, err = d.account.load(ctx); err != nil {
		return nil, err
	}
	d.rules, d.lambda = eventbridge.NewFromConfig(d.cfg), lambda.NewFromConfig(d.cfg)
	d.queues, d.logs = sqs.NewFromConfig(d.cfg), cloudwatchlogs.NewFromConfig(d.cfg)
	d.names = stack.OfFunction(d.function)
	d.group, d.found = d.names.Named(stack.LogGroup), map[string]diagnosis{}

	var diagnoses []diagnosis
	for _, check := range []struct {
		name string
		make func(context.Context) diagnosis
	}{
		{"function", d.checkFunction},
		{"failure-destination", d.checkFailureDestination},
		{"function-policy", d.checkFunctionPolicy},
		{"rule", d.checkRule},
		{"pattern", d.checkPattern},
		{"target", d.checkTarget},
		{"other-rules", d.checkOtherRules},
		{"sweep", d.checkSweep},
		{"undelivered-queue", func(ctx context.Context) diagnosis { return d.checkQueue(ctx, stack.UndeliveredQueue) }},
		{"failed-queue", func(ctx context.Context) diagnosis { return d.checkQueue(ctx, stack.FailedQueue) }},
		{"archive-group", d.checkGroup},
		{"last-record", d.checkLastRecord},
		{"gaps", d.checkGaps},
		{"counts", d.checkCounts},
		{"lost-events", d.checkLost},
		{"messages", d.checkMessages},
		{"memory-table", d.checkMemory},
		{"concurrency", d.checkConcurrency},
		{"stored-once", d.checkStoredOnce},
	} {
		screen.Say(ctx, "checking "+check.name)
		g := check.make(ctx)
		if ctx.Err() != nil {
			return nil, errors.New("interrupted")
		}
		g.Check = check.name
		d.found[check.name] = g
		diagnoses = append(diagnoses, g)
	}
	return diagnoses, nil
}

func (d *doctor) checkFunction(ctx context.Context) diagnosis {
	out, err := d.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &d.function})
	if _, missing := errors.AsType[*lambdatypes.ResourceNotFoundException](err); missing {
		return broken("deploy whystopped there, or name the function and the Region with --function and --region",
			"there is no function %s in %s", d.function, d.cfg.Region).notThere()
	}
	if err != nil {
		return couldNotAsk("the function "+d.function, err)
	}
	function, _ := awsname.ParseARN(aws.ToString(out.FunctionArn))
	d.accountID = function.Account
	environment := map[string]string{}
	if out.Environment != nil {
		environment = out.Environment.Variables
	}
	d.group = cmp.Or(environment[stack.EnvLogGroup], d.group)
	options, unreadable := optionsOf(out)
	if unreadable == nil {
		d.options, d.names = &options, options.Added
	}
	switch {
	case out.State == lambdatypes.StatePending || out.LastUpdateStatus == lambdatypes.LastUpdateStatusInProgress:
		return doubtful("run it again in a minute", "%s is being deployed", d.function)
	case out.State != lambdatypes.StateActive:
		return deployAgain("%s is %s: %s", d.function, out.State, aws.ToString(out.StateReason))
	case out.LastUpdateStatus == lambdatypes.LastUpdateStatusFailed:
		return deployAgain("the last update of %s failed: %s", d.function,
			aws.ToString(out.LastUpdateStatusReason))
	case out.Runtime != lambdatypes.RuntimeProvidedal2023:
		return deployAgain("%s has the runtime %s, not %s", d.function, out.Runtime,
			lambdatypes.RuntimeProvidedal2023)
	case environment[stack.EnvLogGroup] == "":
		return deployAgain("%s does not start: its environment lacks %s", d.function, stack.EnvLogGroup)
	case unreadable != nil:
		return deployAgain("%v", unreadable)
	case len(options.Unknown) > 0:
		return doubtful("take the version that deployed it, which knows what they do",
			"%s is active, and this version does not know its options %s", d.function,
			strings.Join(options.Unknown, ", "))
	}
	return healthy("%s is active on %s and writes to %s", d.function, out.Runtime, d.group)
}

// nothingDeployed stands for all checks where there is nothing to check.
func (d *doctor) nothingDeployed() diagnosis {
	g := broken("deploy it, as docs/deploy.md says; or say where it is, with --region, --profile and --function",
		"nothing of whystopped is deployed in %s: there is no function %s, no rule and no queue of it", d.cfg.Region,
		d.function)
	g.Check = "deployment"
	if group := d.found["archive-group"]; !group.gone && !group.unasked {
		g.Remedy += "; the log group " + d.group + " is there, and this reads what an earlier deployment kept in it"
		g.Run = d.command("whystopped", "history", "--from", "logs:"+d.group)
	}
	return g
}

func (d *doctor) checkFailureDestination(ctx context.Context) diagnosis {
	queue := d.names.Named(stack.FailedQueue)
	if d.found["function"].gone {
		return notChecked("function", "there is no function")
	}
	out, err := d.lambda.GetFunctionEventInvokeConfig(ctx,
		&lambda.GetFunctionEventInvokeConfigInput{FunctionName: &d.function})
	if _, missing := errors.AsType[*lambdatypes.ResourceNotFoundException](err); missing {
		out, err = &lambda.GetFunctionEventInvokeConfigOutput{}, nil
	}
	if err != nil {
		return couldNotAsk("the function "+d.function, err)
	}
	destination := ""
	if out.DestinationConfig != nil && out.DestinationConfig.OnFailure != nil {
		destination = aws.ToString(out.DestinationConfig.OnFailure.Destination)
	}
	if !strings.HasSuffix(destination, ":"+queue) {
		return deployAgain("what %s fails on does not go to the queue %s but %s", d.function, queue,
			cmp.Or(destination, "is lost"))
	}
	return healthy("what %s fails on goes to the queue %s", d.function, queue)
}

// oneOrMore is a JSON string or a list of them, as policies have it.
type oneOrMore []string

func (w *oneOrMore) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*w = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(w))
}

// checkFunctionPolicy does not follow every way in which a policy can allow something, so it does not go beyond warn.
func (d *doctor) checkFunctionPolicy(ctx context.Context) diagnosis {
	rule := d.names.Named(stack.CaptureRule)
	if d.found["function"].gone {
		return notChecked("function", "there is no function")
	}
	out, err := d.lambda.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: &d.function})
	if _, missing := errors.AsType[*lambdatypes.ResourceNotFoundException](err); missing {
		g := deployAgain("%s has no resource policy, so EventBridge may not invoke it", d.function)
		g.Light = lightWarn
		return g
	}
	if err != nil {
		return couldNotAsk("the function "+d.function, err)
	}
	var policy struct {
		Statement []struct {
			Effect    string
			Action    oneOrMore
			Principal struct{ Service oneOrMore }
			Condition map[string]map[string]oneOrMore
		}
	}
	if err := json.Unmarshal([]byte(aws.ToString(out.Policy)), &policy); err != nil {
		return doubtful("read it", "the resource policy of %s has an unknown form: %v", d.function, err).
			by(d.command("aws", "lambda", "get-policy", "--function-name", d.function))
	}
	for _, s := range policy.Statement {
		ofRule := true
		for _, condition := range s.Condition {
			for key, values := range condition {
				if strings.EqualFold(key, "AWS:SourceArn") {
					ofRule = slices.ContainsFunc(values, func(arn string) bool {
						return strings.HasSuffix(arn, ":rule/"+rule) || strings.HasSuffix(arn, "*")
					})
				}
			}
		}
		if s.Effect == "Allow" && ofRule && slices.Contains(s.Principal.Service, eventsService) &&
			(slices.Contains(s.Action, "lambda:InvokeFunction") || slices.Contains(s.Action, "lambda:*")) {
			return healthy("%s may invoke %s for the rule %s", eventsService, d.function, rule)
		}
	}
	g := deployAgain("the resource policy of %s does not let %s invoke it for the rule %s", d.function, eventsService,
		rule)
	g.Light = lightWarn
	return g
}

const eventsService = "events.amazonaws.com" // the service principal of EventBridge

func (d *doctor) checkRule(ctx context.Context) diagnosis {
	rule := d.names.Named(stack.CaptureRule)
	out, err := d.rules.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String(rule)})
	if _, missing := errors.AsType[*ebtypes.ResourceNotFoundException](err); missing {
		return deployAgain("there is no rule %s in %s: no stop is caught", rule, d.cfg.Region).notThere()
	}
	if err != nil {
		return couldNotAsk("the rule "+rule, err)
	}
	d.rule = out
	if out.State == ebtypes.RuleStateDisabled {
		return broken("enable it", "the rule %s is disabled: no stop is caught", rule).
			by(d.command("aws", "events", "enable-rule", "--name", rule))
	}
	return healthy("the rule %s is enabled", rule)
}

// checkPattern compares the pattern of the rule with the one that the options of the deployment make, and asks
// EventBridge what it catches.
func (d *doctor) checkPattern(ctx context.Context) diagnosis {
	switch {
	case d.rule == nil:
		return notChecked("rule", "the rule could not be read")
	case d.options == nil:
		return notChecked("function", "the options of the deployment are not known")
	}
	want, err := d.options.CapturePattern()
	if err != nil {
		return deployAgain("the options of the deployment make no pattern: %v", err)
	}
	should, err := events.CompilePattern(want)
	if err != nil {
		return deployAgain("the options of the deployment make no pattern: %v", err)
	}
	got := aws.ToString(d.rule.EventPattern)
	differences, err := differing(want, []byte(got))
	if err != nil {
		return deployAgain("the pattern of the rule is not JSON: %v", err)
	}
	var wrong []string
	var unanswered error
	told, err := samplesOf(*d.options)
	if err != nil {
		return couldNotAsk("the sample stops", err)
	}
	for _, sample := range told {
		caught, err := should.Match(sample.event)
		if err != nil {
			return couldNotAsk("the sample stops", err)
		}
		out, err := d.rules.TestEventPattern(ctx,
			&eventbridge.TestEventPatternInput{Event: aws.String(string(sample.event)), EventPattern: &got})
		if err != nil {
			unanswered = err
			break
		}
		switch {
		case caught && !out.Result:
			wrong = append(wrong, "not caught: "+sample.what)
		case !caught && out.Result:
			wrong = append(wrong, "caught: "+sample.what)
		}
	}
	switch {
	case len(differences) > 0:
		g := deployAgain("the pattern of the rule is not that of the deployed options: %s",
			strings.Join(differences, ", "))
		g.Details = shortened(wrong)
		return g
	case len(wrong) > 0:
		g := broken("report it with the pattern that this prints; until it is mended, the option capture=all catches "+
			"every stop", "EventBridge answers %d of %d sample stops otherwise than it should", len(wrong), len(told)).
			by(d.command("aws", "events", "describe-rule", "--name", d.names.Named(stack.CaptureRule)))
		g.Details = shortened(wrong)
		return g
	case unanswered != nil:
		g := couldNotAsk("all resources", unanswered)
		g.Says = "the pattern is that of the deployed options, but what EventBridge catches with it " + g.Says
		g.unasked = false
		return g
	}
	return healthy(
		"the pattern is that of the deployed options, and EventBridge answers %d of %d sample stops as it should",
		len(told), len(told))
}

// differing names the places where two JSON documents differ, the deepest objects that it can name.
func differing(want, got []byte) ([]string, error) {
	var w, g any
	if err := json.Unmarshal(want, &w); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(got, &g); err != nil {
		return nil, err
	}
	var places []string
	var compare func(path string, w, g any)
	compare = func(path string, w, g any) {
		inW, isW := w.(map[string]any)
		inG, isG := g.(map[string]any)
		if !isW || !isG {
			if !reflect.DeepEqual(w, g) {
				places = append(places, cmp.Or(strings.TrimPrefix(path, "."), "all of it"))
			}
			return
		}
		names := maps.Clone(inW)
		maps.Copy(names, inG)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			_, wanted := inW[name]
			_, there := inG[name]
			switch {
			case !there:
				places = append(places, strings.TrimPrefix(path+"."+name, ".")+" is missing")
			case !wanted:
				places = append(places, strings.TrimPrefix(path+"."+name, ".")+" is too much")
			default:
				compare(path+"."+name, inW[name], inG[name])
			}
		}
	}
	compare("", w, g)
	return places, nil
}

func (d *doctor) checkTarget(ctx context.Context) diagnosis {
	undelivered := d.names.Named(stack.UndeliveredQueue)
	rule := d.names.Named(stack.CaptureRule)
	if d.rule == nil {
		return notChecked("rule", "the rule could not be read")
	}
	targets, err := d.targets(ctx, rule)
	if err != nil {
		return couldNotAsk("the rule "+rule, err)
	}
	i := slices.IndexFunc(targets,
		func(t ebtypes.Target) bool { return strings.HasSuffix(aws.ToString(t.Arn), ":function:"+d.function) })
	if i < 0 {
		return deployAgain("the rule %s does not invoke %s: no stop is explained", rule,
			d.function)
	}
	queue := ""
	if config := targets[i].DeadLetterConfig; config != nil {
		queue = aws.ToString(config.Arn)
	}
	if !strings.HasSuffix(queue, ":"+undelivered) {
		return deployAgain("what EventBridge cannot hand to %s does not go to the queue %s but %s", d.function,
			undelivered, cmp.Or(queue, "is lost"))
	}
	return healthy("the rule invokes %s, and what it cannot hand over goes to the queue %s", d.function,
		undelivered)
}

// checkOtherRules looks at the rules on what never becomes a stopped task, as far as the options ask for them.
func (d *doctor) checkOtherRules(ctx context.Context) diagnosis {
	undelivered := d.names.Named(stack.UndeliveredQueue)
	if d.options == nil {
		return notChecked("function", "the options of the deployment are not known")
	}
	rules, err := d.options.Rules(d.accountID, d.cfg.Region)
	if err != nil {
		return deployAgain("the options of the deployment make no rules: %v", err)
	}
	others := rules[1:]
	var wrong []string
	for _, r := range others {
		out, err := d.rules.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &r.Name})
		if _, missing := errors.AsType[*ebtypes.ResourceNotFoundException](err); missing {
			wrong = append(wrong, "there is no rule "+r.Name+": not caught are "+r.Catches)
			continue
		}
		if err != nil {
			return couldNotAsk("the rule "+r.Name, err)
		}
		targets, err := d.targets(ctx, r.Name)
		if err != nil {
			return couldNotAsk("the rule "+r.Name, err)
		}
		differences, err := differing(r.Pattern, []byte(aws.ToString(out.EventPattern)))
		switch {
		case out.State == ebtypes.RuleStateDisabled:
			wrong = append(wrong, "the rule "+r.Name+" is disabled: not caught are "+r.Catches)
		case err != nil || len(differences) > 0:
			wrong = append(wrong, "the pattern of the rule "+r.Name+" is not that of the deployed options: "+
				strings.Join(differences, ", "))
		case !slices.ContainsFunc(targets, func(t ebtypes.Target) bool {
			return strings.HasSuffix(aws.ToString(t.Arn), ":function:"+d.function) && t.DeadLetterConfig != nil &&
				strings.HasSuffix(aws.ToString(t.DeadLetterConfig.Arn), ":"+undelivered)
		}):
			wrong = append(wrong, "the rule "+r.Name+" does not invoke "+d.function+", or has no dead-letter queue "+
				undelivered)
		}
	}
	switch {
	case len(others) == 0:
		return healthy("the options ask for no rule beside %s", d.names.Named(stack.CaptureRule))
	case len(wrong) > 0:
		g := deployAgain("%d of %s that catch what never becomes a stopped task are not as deployed",
			len(wrong), screen.Plural(len(others), "rule"))
		g.Details = wrong
		return g
	}
	return healthy("%s beside %s as the options ask for, enabled and with their targets",
		screen.Plural(len(others), "rule"), d.names.Named(stack.CaptureRule))
}

func (d *doctor) targets(ctx context.Context, rule string) ([]ebtypes.Target, error) {
	var targets []ebtypes.Target
	for input := (&eventbridge.ListTargetsByRuleInput{Rule: &rule}); ; {
		out, err := d.rules.ListTargetsByRule(ctx, input)
		if err != nil {
			return nil, err
		}
		targets = append(targets, out.Targets...)
		if out.NextToken == nil {
			return targets, nil
		}
		input.NextToken = out.NextToken
	}
}

func (d *doctor) checkQueue(ctx context.Context, queue string) diagnosis {
	queue = d.names.Named(queue)
	url, err := d.queues.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &queue})
	if _, missing := errors.AsType[*sqstypes.QueueDoesNotExist](err); missing {
		return deployAgain("there is no queue %s in %s: events that fail are lost", queue, d.cfg.Region).notThere()
	}
	if err != nil {
		return couldNotAsk("the queue "+queue, err)
	}
	visible, hidden := sqstypes.QueueAttributeNameApproximateNumberOfMessages,
		sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := d.queues.GetQueueAttributes(ctx,
		&sqs.GetQueueAttributesInput{QueueUrl: url.QueueUrl,
			AttributeNames: []sqstypes.QueueAttributeName{visible, hidden}})
	if err != nil {
		return couldNotAsk("the queue "+queue, err)
	}
	messages := 0
	for _, name := range []sqstypes.QueueAttributeName{visible, hidden} {
		n, err := strconv.Atoi(out.Attributes[string(name)])
		if err != nil {
			return couldNotAsk("the queue "+queue, fmt.Errorf("%s: %w", name, err))
		}
		messages += n
	}
	if messages > 0 {
		return broken("archive them when the cause of the failures is removed",
			"%s in the queue %s, of stops that are not in the archive", screen.Plural(messages, "message"), queue).
			by(d.command("whystopped", "redrive", "--queue", queue, "--to", "logs:"+d.group))
	}
	return healthy("the queue %s is empty", queue)
}

func (d *doctor) checkGroup(ctx context.Context) diagnosis {
	out, err := d.logs.DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: &d.group})
	if err != nil {
		return couldNotAsk("the log group "+d.group, err)
	}
	i := slices.IndexFunc(out.LogGroups,
		func(g logstypes.LogGroup) bool { return aws.ToString(g.LogGroupName) == d.group })
	if i < 0 {
		return deployAgain("there is no log group %s in %s: no stop is kept", d.group, d.cfg.Region).notThere()
	}
	group := out.LogGroups[i]
	switch {
	case group.LogGroupClass == "":
		return doubtful("see it in the CloudWatch console",
			"CloudWatch Logs does not tell the class of the log group %s", d.group)
	case group.LogGroupClass != logstypes.LogGroupClassStandard:
		return broken("deploy with another name, by the option logGroup: the class of a log group cannot be changed",
			"the log group %s is of class %s: Logs Insights finds no fields in it, so the saved queries and the "+
				"dashboard stay empty", d.group, group.LogGroupClass)
	case group.RetentionInDays == nil:
		return doubtful("let it forget records after a time", "the log group %s keeps records for ever", d.group).
			by(d.command("aws", "logs", "put-retention-policy", "--log-group-name", d.group, "--retention-in-days",
				strconv.Itoa(stack.RetentionDays)))
	}
	return healthy("the log group %s is of class %s and keeps records for %d days", d.group, group.LogGroupClass,
		*group.RetentionInDays)
}

func (d *doctor) checkLastRecord(ctx context.Context) diagnosis {
	if d.found["archive-group"].gone {
		return notChecked("archive-group", "there is no archive")
	}
	now := time.Now()
	for _, back := range []time.Duration{time.Hour, 24 * time.Hour} { // a day of records is read only when it holds few
		var last archive.Record
		read := d.account.ReadArchive(ctx, "logs:"+d.group, archive.Filter{Start: now.Add(-back)})
		for r, err := range screen.Records(ctx, io.Discard, read) {
			switch {
			case err != nil:
				return couldNotAsk("the log group "+d.group, err)
			case last.RecordedAt.Before(r.RecordedAt.Time):
				last = r
			}
		}
		if !last.RecordedAt.IsZero() {
			return healthy("the last record is of %s: %s %s", screen.Ago(now, last.RecordedAt), screen.Place(last),
				last.Class)
		}
	}
	return doubtful("nothing, where no task failed; docs/deploy.md shows how to hand the function a sample",
		"the archive has no record of the last 24 hours")
}

// look asks ECS and the archive once for what a sweep of the function would find.
func (d *doctor) look(ctx context.Context) (sweep.Seen, error) {
	if d.swept != nil {
		return *d.swept, d.unswept
	}
	look := &sweep.Sweep{ECS: sweep.NewClient(d.cfg), Now: time.Now, Explain: func(s events.Stop) archive.Record {
		return ingest.Explain(s, archive.SourceBackfill, time.Now())
	}}
	if d.options != nil {
		if text, err := d.options.CapturePattern(); err == nil {
			look.Stops, _ = events.CompilePattern(text)
		}
		var named bool
		look.Told, named = d.options.ServicesTold()
		look.NoServices = !named
	}
	if !d.found["archive-group"].gone {
		look.Archived = func(ctx context.Context, f archive.Filter) iter.Seq2[archive.Record, error] {
			return screen.Records(ctx, d.stderr, d.account.ReadArchive(ctx, "logs:"+d.group, f))
		}
	}
	seen, err := look.Look(ctx)
	d.swept, d.unswept = &seen, err
	return seen, err
}

// couldNotLook is the outcome of a check for which something was left.
func (d *doctor) couldNotLook(on string, left []error) diagnosis {
	if call, isCall := errors.AsType[*smithy.OperationError](left[0]); isCall && call.Service() == logsService {
		on = "the log group " + d.group
	}
	return couldNotAsk(on, left[0])
}

const logsService = cloudwatchlogs.ServiceID

// checkGaps looks in the archive for the stopped tasks that ECS remembers.
func (d *doctor) checkGaps(ctx context.Context) diagnosis {
	switch {
	case d.found["archive-group"].gone:
		return notChecked("archive-group", "there is no archive")
	case d.options == nil:
		return notChecked("function", "the options of the deployment are not known")
	}
	seen, err := d.look(ctx)
	if err != nil {
		return couldNotAsk("all clusters", err)
	}
	left := slices.Concat(seen.Left, seen.LeftStops)
	var gaps []archive.Record
	for _, s := range slices.Concat(seen.Missing, seen.Fresh) {
		gaps = append(gaps, ingest.Explain(*s, archive.SourceBackfill, time.Now()))
	}
	caught := seen.Archived + len(gaps)
	switch {
	case len(gaps) == 0 && len(left) > 0:
		return d.couldNotLook("all clusters and their tasks", left)
	case len(gaps) == 0 && caught == 0:
		return healthy("ECS remembers no stop that belongs in the archive")
	case len(gaps) == 0:
		return healthy("the archive has all %d stops that ECS remembers and that belong there", caught)
	}
	g := broken("archive them before ECS forgets them",
		"%d of the %d stops that ECS remembers and that belong in the archive are not there", len(gaps), caught).
		by(d.backfillOf(gaps))
	if len(seen.Missing) == 0 {
		g.Light, g.Run, g.Remedy = lightWarn, "", "run it again in a few minutes: they may still be on their way"
	}
	for _, r := range gaps {
		g.Details = append(g.Details, screen.Headline(r))
	}
	g.Details = shortened(g.Details)
	for _, err := range left {
		g.Details = append(g.Details, "not looked at: "+err.Error())
	}
	return g
}

// checkCounts looks for services that run fewer tasks than are desired. That is no fault of the deployment.
func (d *doctor) checkCounts(ctx context.Context) diagnosis {
	seen, err := d.look(ctx)
	if err != nil {
		return couldNotAsk("all clusters", err)
	}
	left := slices.Concat(seen.Left, seen.LeftServices)
	switch {
	case len(seen.Below) == 0 && len(left) > 0:
		return d.couldNotLook("all services", left)
	case len(seen.Below) == 0:
		return healthy("none of %s has run fewer tasks than are desired for long",
			screen.Plural(seen.Services, "service"))
	}
	g := doubtful("see what keeps them", "%s below the desired count, of %d looked at",
		screen.Plural(len(seen.Below), "service"), seen.Services).
		by(d.command("whystopped", "why", "--cluster", seen.Below[0].Cluster, "--from", "logs:"+d.group))
	for _, s := range seen.Below {
		g.Details = append(g.Details, s.Place()+"  "+s.Summary())
	}
	g.Details = shortened(g.Details)
	for _, err := range left {
		g.Details = append(g.Details, "not looked at: "+err.Error())
	}
	return g
}

// checkSweep looks at the schedule on which the function looks for both of these by itself.
func (d *doctor) checkSweep(ctx context.Context) diagnosis {
	if d.options == nil {
		return notChecked("function", "the options of the deployment are not known")
	}
	want, err := d.options.SweepInput()
	switch {
	case err != nil:
		return deployAgain("the options of the deployment make no schedule: %v", err)
	case want == "":
		return healthy("the options ask for no sweep")
	}
	name := d.names.Named(stack.SweepRule)
	out, err := d.rules.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: &name})
	if _, missing := errors.AsType[*ebtypes.ResourceNotFoundException](err); missing {
		return deployAgain("there is no rule %s: nobody looks for services below their count", name).notThere()
	}
	if err != nil {
		return couldNotAsk("the rule "+name, err)
	}
	targets, err := d.targets(ctx, name)
	if err != nil {
		return couldNotAsk("the rule "+name, err)
	}
	switch {
	case out.State == ebtypes.RuleStateDisabled:
		return deployAgain("the rule %s is disabled: nobody looks for services below their count", name)
	case !slices.ContainsFunc(targets, func(t ebtypes.Target) bool {
		return strings.HasSuffix(aws.ToString(t.Arn), ":function:"+d.function) && aws.ToString(t.Input) == want
	}):
		return deployAgain("the rule %s does not have %s sweep what the deployed options name", name, d.function)
	}
	g := healthy("%s sweeps every %s minutes", d.function, d.options.Sweep)
	if in, _ := stack.ParseSweep([]byte(want)); in.Sample() {
		g.Says += "; ECS forgets stops sooner, so that those it compares are a sample"
	}
	return g
}

// backfillOf is the command that archives the stops of gaps; it reads the options of the deployment by itself.
func (d *doctor) backfillOf(gaps []archive.Record) string {
	words := []string{"whystopped", "backfill", "--all-clusters"}
	if len(gaps) > 0 && gaps[0].Cluster != "" &&
		!slices.ContainsFunc(gaps, func(r archive.Record) bool { return r.Cluster != gaps[0].Cluster }) {
		words = []string{"whystopped", "backfill", "--cluster", gaps[0].Cluster}
	}
	if d.function != stack.Function {
		words = append(words, "--function", d.function)
	}
	return d.command(append(words, "--to", "logs:"+d.group)...)
}

// checkStoredOnce looks for other rules that write the events of stopped tasks to a log group. That of the ECS
// console's event capture takes all events of a cluster to /aws/events/ecs/containerinsights/CLUSTER/performance.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/event-capture.html
func (d *doctor) checkStoredOnce(ctx context.Context) diagnosis {
	var others []string
	for input := (&eventbridge.ListRulesInput{}); ; {
		out, err := d.rules.ListRules(ctx, input)
		if err != nil {
			return couldNotAsk("all rules", err)
		}
		for _, rule := range out.Rules {
			name := aws.ToString(rule.Name)
			if rule.State == ebtypes.RuleStateDisabled || !takesStops(aws.ToString(rule.EventPattern)) {
				continue
			}
			targets, err := d.targets(ctx, name)
			if err != nil {
				return couldNotAsk("the rule "+name, err)
			}
			for _, t := range targets {
				if group := awsname.LogGroup(aws.ToString(t.Arn)); group != "" {
					others = append(others, "the rule "+name+" writes to "+group)
				}
			}
		}
		if out.NextToken == nil {
			break
		}
		input.NextToken = out.NextToken
	}
	if len(others) == 0 {
		return healthy("no other rule writes stopped tasks to a log group")
	}
	g := doubtful(
		"where nobody reads it, turn event capture off in the ECS console (cluster, Update cluster), or delete the "+
			"rule", "stops are stored and paid for twice")
	g.Details = others
	return g
}

// takesStops reports whether a pattern takes task state changes of ECS, as far as its source and detail-type say.
func takesStops(pattern string) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(pattern), &fields) != nil {
		return false // a schedule
	}
	maps.DeleteFunc(fields,
		func(name string, _ json.RawMessage) bool { return name != "source" && name != "detail-type" })
	if len(fields) == 0 {
		return true
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return false
	}
	p, err := events.CompilePattern(text)
	if err != nil {
		return false
	}
	takes, err := p.Match([]byte(`{"source":"aws.ecs","detail-type":"ECS Task State Change"}`))
	return takes && err == nil
}

// command is a command line that speaks to the same account and Region.
func (d *doctor) command(words ...string) string {
	account := d.account
	account.region = d.cfg.Region
	return account.command(words...)
}

func encodeDiagnoses(w io.Writer, diagnoses []diagnosis) error {
	for _, g := range diagnoses {
		if err := screen.EncodeJSON(w, g); err != nil {
			return err
		}
	}
	return nil
}

func (d *doctor) print(w io.Writer, diagnoses []diagnosis) {
	if !slices.ContainsFunc([]string{"function", "rule", "undelivered-queue", "failed-queue"},
		func(check string) bool { return !d.found[check].gone }) {
		diagnoses = []diagnosis{d.nothingDeployed()}
	}
	s := &screen.Screen{W: w, Look: screen.LookOf(w)}
	width := 0
	for _, g := range diagnoses {
		width = max(width, len(g.Check))
	}
	count := map[light]int{}
	for _, g := range diagnoses {
		count[g.Light]++
		colour := map[light]text.Color{lightOK: text.FgGreen, lightWarn: text.FgYellow, lightRed: text.FgRed}[g.Light]
		s.Wrapped(s.Look.Paint(text.Colors{text.Bold, colour}, fmt.Sprintf("%-4s", g.Light))+
			fmt.Sprintf("  %-*s  ", width, g.Check), g.Says)
		below := strings.Repeat(" ", len("warn")+2+width+2)
		for _, detail := range g.Details {
			s.Wrapped(below+"- ", detail)
		}
		if g.Remedy != "" {
			s.Wrapped(below+s.Look.Paint(text.Colors{text.Faint}, "do")+"  ", g.Remedy)
			s.Advice(below+"    ", g.Run, "")
		}
	}
	fmt.Fprintf(w, "\n%d ok, %d warn, %d red in %s\n", count[lightOK], count[lightWarn], count[lightRed], d.cfg.Region)
}
