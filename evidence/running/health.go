package running

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// healthNeeds are the facts of every check about a load balancer's health checks.
var healthNeeds = []evidence.Need{evidence.NeedInputs, evidence.NeedHealth}

// healthChecks decide why a load balancer or ECS judged the task unhealthy.
var healthChecks = []evidence.Check{
	{
		Cause: "health-grace-period",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHealth, evidence.NeedLog},
		Confirms: "its log says that it got ready only when grace period, interval and threshold were over, and it " +
			"was judged unhealthy before it could have failed as many checks after that",
		RulesOut: "it ran much longer than that, or it answered with a code of its own",
		Open:     "its log does not say when it got ready",
		Prove:    proveGracePeriod,
	},
	{
		Cause: "health-path", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHealth, evidence.NeedLog},
		Confirms: "the service's events say that this task answered the health check with a redirect or an error of " +
			"the 400s, other than 408, 425 and 429, that the target group's matcher does not count, and its log does " +
			"not say that it only got ready after that",
		RulesOut: "no answer came, or one of the 500s, or the check asks for no path",
		Open:     "the service's events do not name this task or no code, or the matcher counts the code now",
		Prove:    provePath,
	},
	{
		Cause: "health-matcher", Needs: healthNeeds,
		Confirms: "the task answered with a code of the 200s that the target group's matcher does not count",
		RulesOut: "no answer came, or one of the 400s or 500s, or the check is not over HTTP",
		Open:     "the service's events do not name this task or no code, or the matcher counts the code now",
		Prove:    proveMatcher,
	},
	{
		Cause: "health-port", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHealth, evidence.NeedLog},
		Confirms: "on an instance, the check asks on a fixed port that no container of the task has",
		RulesOut: "something answered there with a code",
		Open:     "on which port the program listens is not read, but its log may say so",
		Prove:    provePort,
	},
	{
		Cause: "health-sg", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedNetwork, evidence.NeedHealth},
		Instead: "nacl-blocks",
		Confirms: "no rule of the task's security groups lets the load balancer in on that port, or none of the load " +
			"balancer's lets it out",
		RulesOut: "rules of both let it pass, or an answer came",
		Open: "port or groups are not known, the targets have IPv6 addresses, or the load balancer has no " +
			"security group and a part of its subnets is let in",
		Prove: proveHealthGroups,
	},
	{
		Cause: "health-zone-disabled", Needs: healthNeeds,
		Confirms: "the service's events say so; or they say nothing of this task, and none of the target group's " +
			"load balancers is enabled in its Availability Zone",
		RulesOut: "one is enabled there, or asked the task: any other reason says so",
		Open:     "the load balancers or the task's zone are not known",
		Prove:    proveZone,
	},
	{
		Cause: "health-app-down",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHealth, evidence.NeedLog, evidence.NeedSteady},
		Confirms: "the task answered the health check with an error of the 500s, and its log does not say that it " +
			"only got ready after that",
		RulesOut: "it answered with another code, so it worked",
		Open:     "no code is told; the other targets of the group are named with their health",
		Prove: func(c *evidence.Case) classifier.Proof {
			j := judged(c)
			switch {
			case j.class("5") && lateStart(c, j).Result == classifier.Confirmed:
				return evidence.Unsaid("%s answered %s with %s before its log says that it was ready",
					healthContainer(c), probe(c), j.codes())
			case j.class("5"):
				return evidence.Confirmed(fmt.Sprintf("find in the log of %s why it answers %s with %s",
					healthContainer(c), probe(c), j.codes()),
					"%s answered %s with %s%s%s", healthContainer(c), probe(c), j.codes(), lastWords(c), changed(c))
			case j.class("1234"):
				return evidence.RuledOut("%s answered with %s: it worked", healthContainer(c), j.codes())
			case j.gap.Exists():
				return j.gap
			}
			return evidence.Unsaid("%s%s%s%s", j.said, siblings(c), lastWords(c), changed(c))
		},
	},
	{
		Cause: "health-slow-app", Needs: healthNeeds,
		Confirms: "never: how long the program took is not told",
		RulesOut: "it answered with a code, which comes in time only",
		Open:     "the check timed out, or no reason is told",
		Prove: func(c *evidence.Case) classifier.Proof {
			j := judged(c)
			switch {
			case len(j.answers) > 0:
				return evidence.RuledOut("it answered with %s within the health check's timeout", j.codes())
			case j.gap.Exists():
				return j.gap
			case j.timedOut() && c.Facts.Running.TargetGroup.State == evidence.Known:
				return evidence.Unsaid("no answer within the %s that %s waits%s",
					seconds(c.Facts.Running.TargetGroup.Value.Timeout), c.Facts.Running.TargetGroup.Value.Name,
					siblings(c))
			}
			return evidence.Unsaid("%s%s", j.said, siblings(c))
		},
	},
	{
		Cause: "health-dependency", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHealth, evidence.NeedLog},
		Confirms: "never: what the health check depends on is not read",
		RulesOut: "never",
		Open:     "the other targets of the group are named with their health, and the last log line",
		Prove: func(c *evidence.Case) classifier.Proof {
			j := judged(c)
			if j.gap.Exists() {
				return j.gap
			}
			return evidence.Unsaid("%s%s%s", j.said, siblings(c), lastWords(c))
		},
	},
	{
		Cause: "target-missing", Needs: healthNeeds,
		Confirms: "the target group of the service does not exist",
		RulesOut: "never: a target that is there now tells nothing of then",
		Open:     "the target group exists, or which one it is is not known",
		Prove: func(c *evidence.Case) classifier.Proof {
			group, name := c.Facts.Running.TargetGroup, awsname.TargetGroup(TargetGroupOf(c))
			switch {
			case TargetGroupOf(c) == "" && c.Facts.Task.Service.State != evidence.Known:
				return c.Facts.Task.Service.Gap()
			case TargetGroupOf(c) == "":
				return evidence.Unsaid("which target group of %s is meant is not told", c.Stop.Service)
			case group.State == evidence.Absent:
				return evidence.Confirmed(fmt.Sprintf("update service %s with a target group that exists",
					c.Stop.Service), "target group %s of %s does not exist", name, c.Stop.Service)
			case group.State != evidence.Known:
				return group.Gap()
			}
			return evidence.Unsaid("target group %s exists%s", name, siblings(c))
		},
	},
	{
		Cause: "container-health-start-period",
		Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHealth, evidence.NeedLog},
		Confirms: "the log says that the container got ready only after start period, interval and retries were " +
			"over, and it was stopped before it could have failed as many checks after that",
		RulesOut: "it ran much longer than that, so its check had passed",
		Open:     "its log does not say when it got ready",
		Prove:    proveStartPeriod,
	},
	{
		Cause: "container-health-command", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedHealth},
		Confirms: "never: no API tells what the command printed",
		RulesOut: "the task ran so long that the command must have passed before",
		Open:     "otherwise; the command is quoted",
		Prove:    proveHealthCommand,
	},
}

// judgement is what ECS says that a load balancer found out about this very task.
type judgement struct {
	reason  string           // "Request timed out", "Health checks failed with these codes: [404]"; empty when not told
	answers []string         // the codes in it
	port    int64            // where it asked, 0 when not told
	said    string           // all of it as a sentence
	at      time.Time        // when ECS said so, zero when not told
	gap     classifier.Proof // why nothing is told, where somebody can do something about it
}

func (j judgement) timedOut() bool { return strings.Contains(strings.ToLower(j.reason), "timed out") }

// class reports whether every code begins with one of the digits.
func (j judgement) class(digits string) bool {
	return len(j.answers) > 0 &&
		!slices.ContainsFunc(j.answers,
			func(code string) bool { return len(code) != 3 || !strings.Contains(digits, code[:1]) })
}

// busy reports whether a code says not now, and nothing about the path: 408, 425 and 429.
func (j judgement) busy() bool {
	return slices.ContainsFunc(j.answers,
		func(code string) bool { return code == "408" || code == "425" || code == "429" })
}

func (j judgement) codes() string { return strings.Join(j.answers, ", ") }

// The words of a service's event about an unhealthy task
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-unhealthy-event-messages.html).
var (
	unhealthyTask   = evidence.Compiled(`\(task ([0-9a-f-]+)\)`)
	unhealthyReason = evidence.Compiled(
		`(?i)(?:is unhealthy|is not healthy|health checks).*\btarget-group .*due to \(reason (.+)\)`)
	unhealthyGroup = evidence.Compiled(`(?i)target-group ([^\s)]+)`)
	unhealthyPort  = evidence.Compiled(`\(port (\d+)\)`)
	healthCodes    = evidence.Compiled(`codes: \[([0-9, ]+)\]`)
)

// judged reads what the stop's own text or the service's events say about this task.
func judged(c *evidence.Case) judgement {
	said, at := "", time.Time{}
	if unhealthyReason().MatchString(c.Stop.StoppedReason) {
		said, at = c.Stop.StoppedReason, c.Stop.StoppedAt
	}
	service := c.Facts.Task.Service
	for _, event := range service.Value.Events {
		id := unhealthyTask().FindStringSubmatch(event.Message)
		if id != nil && id[1] == c.Stop.TaskID && unhealthyReason().MatchString(event.Message) &&
			meant(c, event.Message) && (said == "" || event.At.After(at)) {
			said, at = event.Message, event.At
		}
	}
	if said == "" {
		j := judgement{said: "the events that ECS keeps of the service do not say why"}
		switch {
		case service.State == evidence.Unknown, service.State == evidence.NotAsked && c.Stop.Service != "":
			j.gap = service.Gap()
		case c.Stop.Service == "":
			j.gap = evidence.Unsaid("the task is of no service, whose events would say why")
		}
		return j
	}
	j := judgement{at: at, reason: unhealthyReason().FindStringSubmatch(said)[1]}
	if port := unhealthyPort().FindStringSubmatch(said); port != nil {
		j.port, _ = strconv.ParseInt(port[1], 10, 64)
	}
	if codes := healthCodes().FindStringSubmatch(said); codes != nil {
		j.answers = strings.FieldsFunc(codes[1], func(r rune) bool { return r == ',' || r == ' ' })
	}
	j.said = fmt.Sprintf("ECS says of this task: %q", strings.TrimSuffix(j.reason, "."))
	return j
}

// meant reports whether a service's event is about the target group that the stop is about. A service may have several.
func meant(c *evidence.Case, message string) bool {
	named, group := awsname.TargetGroup(c.Finding.Facts.TargetGroup), unhealthyGroup().FindStringSubmatch(message)
	return named == "" || group == nil || awsname.TargetGroup(group[1]) == named
}

// healthContainer is the container that the target group sends to, as far as the service tells.
func healthContainer(c *evidence.Case) string {
	lb, _ := loadBalancer(c)
	return cmp.Or(lb.Container, c.CulpritName())
}

// TargetGroupOf is the target group whose health checks the task failed: the one that the text names, by ARN or by
// name, else the only one that the service has. It is empty when that cannot be told; then so is what is asked about
// it.
func TargetGroupOf(c *evidence.Case) string {
	lb, _ := loadBalancer(c)
	if named := c.Finding.Facts.TargetGroup; lb.TargetGroupARN == "" && strings.HasPrefix(named, "arn:") {
		return named
	}
	return lb.TargetGroupARN
}

// loadBalancer is the service's entry for the target group of the failed health checks.
func loadBalancer(c *evidence.Case) (evidence.ServiceLoadBalancer, bool) {
	entries := c.Facts.Task.Service.Value.LoadBalancers
	named := c.Finding.Facts.TargetGroup
	for _, lb := range entries {
		if named != "" && awsname.TargetGroup(lb.TargetGroupARN) == awsname.TargetGroup(named) {
			return lb, true
		}
	}
	if named == "" && len(entries) == 1 {
		return entries[0], true
	}
	return evidence.ServiceLoadBalancer{}, false
}

// probe says what the health check asks for.
func probe(c *evidence.Case) string {
	group := c.Facts.Running.TargetGroup
	if group.State != evidence.Known || group.Value.CheckPath == "" {
		return "the health check"
	}
	return fmt.Sprintf("%s (port %s) of %s", group.Value.CheckPath, group.Value.CheckPort, group.Value.Name)
}

// overHTTP reports whether the health check asks for a path and looks at codes.
func overHTTP(g evidence.TargetGroup) bool {
	return g.CheckProtocol == "HTTP" || g.CheckProtocol == "HTTPS"
}

// counts reports whether a matcher such as "200-299,301" has a code in it.
func counts(matcher, code string) bool {
	n, err := strconv.Atoi(code)
	for part := range strings.SplitSeq(matcher, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		low, errLow := strconv.Atoi(from)
		high, errHigh := strconv.Atoi(to)
		if !isRange {
			high, errHigh = low, errLow
		}
		if err == nil && errLow == nil && errHigh == nil && low <= n && n <= high {
			return true
		}
	}
	return false
}

// answered is what the task answered and the target group that judges it; gap says why that is not known or decides
// nothing.
func answered(c *evidence.Case) (j judgement, group evidence.TargetGroup, gap classifier.Proof) {
	j = judged(c)
	read := c.Facts.Running.TargetGroup
	switch {
	case j.gap.Exists():
		return j, group, j.gap
	case j.timedOut():
		return j, group, evidence.RuledOut("%s: no answer came that a path or a code could be wrong in", j.said)
	case read.State == evidence.Absent:
		return j, group, evidence.Inconclusive(classifier.ReasonNotVisible, "%s; the target group is gone", j.said)
	case read.State != evidence.Known:
		return j, group, evidence.WithEvidence(read.Gap(), j.said)
	case !overHTTP(read.Value):
		return j, read.Value,
			evidence.RuledOut("%s checks over %s, which knows no path and no code", read.Value.Name,
				read.Value.CheckProtocol)
	case len(j.answers) == 0:
		return j, read.Value,
			evidence.Unsaid("%s, without a code; %s checks %s", j.said, read.Value.Name, read.Value.CheckPath)
	case read.Value.ProtocolVersion == "GRPC":
		return j, read.Value,
			evidence.Unsaid("%s answered with gRPC status %s, and the matcher of %s is %s", healthContainer(c),
				j.codes(), read.Value.Name, read.Value.Matcher)
	case !slices.ContainsFunc(j.answers, func(code string) bool { return !counts(read.Value.Matcher, code) }):
		return j, read.Value,
			evidence.Inconclusive(classifier.ReasonStale,
				"%s answered with %s, which the matcher of %s (%s) counts as healthy now", healthContainer(c),
				j.codes(), read.Value.Name, read.Value.Matcher)
	}
	return j, read.Value, classifier.Proof{}
}

func proveZone(c *evidence.Case) classifier.Proof {
	group, balancers, zone := c.Facts.Running.TargetGroup, c.Facts.Running.LoadBalancers, c.Stop.AvailabilityZone
	j := judged(c)
	switch {
	case strings.Contains(strings.ToLower(j.reason), "not enabled for the load balancer"):
		return evidence.Confirmed(
			fmt.Sprintf("add a subnet of the task's zone to the load balancer, or take that zone's subnets out of "+
				"service %s", c.Stop.Service), "%s", j.said)
	case j.reason != "":
		return evidence.RuledOut("%s: the load balancer did ask it", j.said)
	case zone == "":
		return evidence.Unsaid("the Availability Zone of the task is not told")
	case group.State != evidence.Known && group.State != evidence.Absent:
		return group.Gap()
	case balancers.State != evidence.Known && balancers.State != evidence.Absent:
		return balancers.Gap()
	case len(balancers.Value) == 0:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"no load balancer of the target group is among those read")
	}
	var names []string
	for _, lb := range balancers.Value {
		if slices.Contains(lb.Zones, zone) {
			return evidence.RuledOut("load balancer %s is enabled in %s", lb.Name, zone)
		}
		if len(lb.Zones) == 0 {
			return evidence.Inconclusive(classifier.ReasonNotVisible,
				"load balancer %s does not tell its Availability Zones", lb.Name)
		}
		names = append(names, fmt.Sprintf("%s (%s)", lb.Name, strings.Join(lb.Zones, ", ")))
	}
	return evidence.Confirmed(
		fmt.Sprintf("add a subnet of %s to load balancer %s, or take that zone's subnets out of service %s", zone,
			balancers.Value[0].Name, c.Stop.Service),
		"the task ran in %s, where no load balancer of its target group is enabled: %s", zone,
		strings.Join(names, ", "))
}

func provePath(c *evidence.Case) classifier.Proof {
	j, group, gap := answered(c)
	switch {
	case gap.Exists():
		return gap
	case j.class("34") && lateStart(c, j).Result == classifier.Confirmed:
		return evidence.Unsaid("%s answered %s with %s before its log says that it was ready", healthContainer(c),
			probe(c), j.codes())
	case j.class("34") && !j.busy():
		return evidence.Confirmed(
			fmt.Sprintf("let target group %s check a path that %s answers with %s, without login or redirect "+
				"(HealthCheckPath is %s)", group.Name, healthContainer(c), group.Matcher, group.CheckPath),
			"%s answered %s with %s, and only %s counts as healthy", healthContainer(c), probe(c), j.codes(),
			group.Matcher)
	case j.class("5"):
		return evidence.RuledOut("%s is an error of the application, not of the path %s", j.codes(), group.CheckPath)
	}
	return evidence.Unsaid("%s answered %s with %s, and only %s counts as healthy", healthContainer(c), probe(c),
		j.codes(), group.Matcher)
}

func proveMatcher(c *evidence.Case) classifier.Proof {
	j, group, gap := answered(c)
	switch {
	case gap.Exists():
		return gap
	case j.class("2"):
		return evidence.Confirmed(fmt.Sprintf("add %s to the matcher of target group %s (now %s)", j.codes(),
			group.Name, group.Matcher),
			"%s answered %s with %s, which is a success, and only %s counts as healthy", healthContainer(c), probe(c),
			j.codes(), group.Matcher)
	case j.class("45"):
		return evidence.RuledOut("%s is an error, which the matcher %s of %s is right not to count", j.codes(),
			group.Matcher, group.Name)
	}
	return evidence.Unsaid("whether a healthy %s answers %s with %s is for its authors to say; the matcher is %s",
		healthContainer(c), probe(c), j.codes(), group.Matcher)
}

// bridged reports whether the task shares the network of its instance, so that only its host ports can be reached;
// known is false while the task definition is not read.
func bridged(c *evidence.Case) (yes, known bool) {
	td := c.Facts.Task.TaskDefinition
	return td.State == evidence.Known && c.Stop.OnInstance() &&
			(td.Value.NetworkMode == "" || td.Value.NetworkMode == "bridge" || td.Value.NetworkMode == "nat"),
		td.State == evidence.Known
}

// listening finds the port in a line that says where a server listens.
var listening = evidence.Compiled(
	`(?i)\b(?:listening|serving|started|running|bound|binding|tomcat)\b.*?(?:port\D{0,9}|:)(\d{2,5})\b`)

func provePort(c *evidence.Case) classifier.Proof {
	j, group := judged(c), c.Facts.Running.TargetGroup
	switch {
	case len(j.answers) > 0:
		return evidence.RuledOut("something answered there with %s", j.codes())
	case j.gap.Exists():
		return j.gap
	case group.State != evidence.Known:
		return evidence.WithEvidence(group.Gap(), j.said)
	}
	fixed, err := strconv.ParseInt(group.Value.CheckPort, 10, 64)
	bridged, known := bridged(c)
	if !known {
		return c.Facts.Task.TaskDefinition.Gap()
	}
	var ports, hostPorts []int64
	for _, d := range c.Facts.Task.TaskDefinition.Value.Containers {
		ports = append(ports, d.Ports...)
		for _, port := range d.HostPorts {
			if !port.UDP { // no health check asks over UDP
				hostPorts = append(hostPorts, port.Number)
			}
		}
	}
	if err == nil && bridged && !slices.Contains(hostPorts, fixed) && fixed != j.port && fixed < dynamicPorts {
		return evidence.Confirmed(
			fmt.Sprintf("set HealthCheckPort of target group %s to traffic-port, or give a container the host port %d",
				group.Value.Name, fixed),
			"%s asks on port %d of the instance, and no container of %s has that host port", group.Value.Name, fixed,
			c.Stop.TaskDefinition())
	}
	asked := fixed
	if lb, found := loadBalancer(c); err != nil && found {
		asked = lb.Port
	}
	said := fmt.Sprintf("%s asks on port %s", group.Value.Name, group.Value.CheckPort)
	if asked > 0 && err != nil {
		said += fmt.Sprintf(", which is %d of %s", asked, healthContainer(c))
	}
	if asked > 0 && !slices.Contains(ports, asked) {
		said += fmt.Sprintf("; no container of %s maps it", c.Stop.TaskDefinition())
	}
	if line, port := listens(c); port > 0 && port != asked && asked > 0 {
		said += fmt.Sprintf("; its log says %q", line)
	}
	return evidence.Unsaid("%s; where the program listens is not read", said)
}

// dynamicPorts is where the host ports begin that Docker chooses itself.
const dynamicPorts = 32768

// listens returns the log line, and the port in it, that says where the program listens.
func listens(c *evidence.Case) (line string, port int64) {
	for _, l := range c.Facts.Running.Log.Value {
		if m := listening().FindStringSubmatch(l.Text); m != nil && len(l.Text) <= quotable {
			port, _ = strconv.ParseInt(m[1], 10, 64)
			return l.Text, port
		}
	}
	return "", 0
}

// ready marks a line that says that a program has begun its work.
var ready = evidence.Compiled(
	`(?i)\b(listening (on|at)|server (is )?(running|started|ready)|started \S+ in [\d.]+|ready (to accept|for) connections|startup complete|accepting connections)\b`)

// mayBeReady marks a line that may mean the same in other words, or about something else: a debugger, a pool of
// workers.
var mayBeReady = evidence.Compiled(`(?i)\b(listening|running (on|at)|started|ready|serving|accepting)\b`)

// readyAt returns when the log says for the first time that the program was ready. A line about a port that the
// container does not have is another thing's; after one that may mean the same, no other is the first. Of a log whose
// beginning was not read nothing is known: it may have said so before.
func readyAt(c *evidence.Case) (evidence.LogLine, bool) {
	log := c.Facts.Running.Log.Value
	if len(log) == 0 || len(log) >= evidence.TailLines || log[0].At.After(c.Stop.StartedAt.Add(beginning)) {
		return evidence.LogLine{}, false
	}
	for _, line := range log {
		says := ready().MatchString(line.Text)
		if says && len(line.Text) <= quotable && othersPort(c, line.Text) {
			continue
		}
		if says || mayBeReady().MatchString(line.Text) {
			return line, says && len(line.Text) <= quotable
		}
	}
	return evidence.LogLine{}, false
}

// othersPort reports whether a line says where something listens, and that it is no port of the container that the log
// is of.
func othersPort(c *evidence.Case, text string) bool {
	said, d := listening().FindStringSubmatch(text), logged(c)
	switch {
	case said == nil:
		return false
	case d == nil: // what is its port is not known
		return true
	case len(d.Ports) == 0:
		return false
	}
	port, _ := strconv.ParseInt(said[1], 10, 64)
	return !slices.Contains(d.Ports, port)
}

// beginning is how long after its start a program has written its first line.
const beginning = 10 * time.Second

// replacing is how long ECS may take to start another task before it stops one that is unhealthy.
const replacing = 5 * time.Minute

// patience judges a task that was stopped after ran, where its health checks allowed it to start for allowed, of which
// failing checks take failing, and which was judged unhealthy when it had run for judged; lacking a log line that says
// more, only a much longer life speaks. One that was judged so long after it got ready has failed checks of its own.
func patience(c *evidence.Case, ran, judged, allowed, failing time.Duration, said, next string) classifier.Proof {
	line, told := readyAt(c)
	start := line.At.Sub(c.Stop.StartedAt)
	switch {
	case ran > 2*allowed+replacing:
		return evidence.RuledOut("it ran for %s, and %s: it had passed its health check before", classifier.Span(ran),
			said)
	case told && start > allowed && judged-start <= failing:
		return evidence.Confirmed(fmt.Sprintf("%s above %d s", next, int64(math.Ceil(start.Seconds()))),
			"its log says %s after the start %q, and %s", classifier.Span(start), line.Text, said)
	case told:
		return evidence.Unsaid("it ran for %s, its log says %s after the start %q, and %s", classifier.Span(ran),
			classifier.Span(start), line.Text, said)
	}
	return evidence.Unsaid("it ran for %s, and %s; its log does not say when it was ready", classifier.Span(ran), said)
}

func proveGracePeriod(c *evidence.Case) classifier.Proof {
	j := judged(c)
	p := lateStart(c, j)
	switch {
	case j.class("34") && p.Result == classifier.Confirmed: // as servers do that have no application yet
		return evidence.Unsaid("it answered with %s; but %s", j.codes(), p.Evidence)
	case j.class("34"):
		return evidence.RuledOut("it answered with %s: it had started", j.codes())
	}
	return p
}

// lateStart reports whether a task was judged unhealthy because it had not started yet.
func lateStart(c *evidence.Case, j judgement) classifier.Proof {
	group, service := c.Facts.Running.TargetGroup, c.Facts.Task.Service
	ran, known := c.Stop.Ran()
	switch {
	case !known:
		return evidence.Unsaid("how long the task ran is not told")
	case service.State != evidence.Known:
		return service.Gap()
	case group.State != evidence.Known:
		return evidence.WithEvidence(group.Gap(), j.said)
	}
	grace := int64(0)
	if service.Value.GracePeriod != nil {
		grace = *service.Value.GracePeriod
	}
	g, found := group.Value, ran
	if j.at.After(c.Stop.StartedAt) && j.at.Before(c.Stop.StoppingAt) {
		found = j.at.Sub(c.Stop.StartedAt)
	}
	failing := time.Duration(g.Interval*g.Unhealthy) * time.Second
	allowed := time.Duration(grace)*time.Second + failing
	said := fmt.Sprintf("grace period %d s and %d checks of %s every %d s leave it %s", grace, g.Unhealthy, g.Name,
		g.Interval, classifier.Span(allowed))
	return patience(c, ran, found, allowed, failing, said, "set healthCheckGracePeriodSeconds of service "+
		c.Stop.Service)
}

// unhealthyContainer returns the container whose own health check failed: the culprit, the one that ECS calls
// unhealthy, or the only one that has a check.
func unhealthyContainer(c *evidence.Case) *evidence.ContainerDefinition {
	if _, d := c.CulpritContainer(); d != nil && d.HealthCheck != nil {
		return d
	}
	var checked []*evidence.ContainerDefinition
	for name, status := range c.Facts.Running.Health.Value {
		if d := c.ContainerDefinition(name); d != nil && d.HealthCheck != nil && status == "UNHEALTHY" {
			checked = append(checked, d)
		}
	}
	if len(checked) == 0 {
		for i := range c.Facts.Task.TaskDefinition.Value.Containers {
			if d := &c.Facts.Task.TaskDefinition.Value.Containers[i]; d.HealthCheck != nil {
				checked = append(checked, d)
			}
		}
	}
	if len(checked) != 1 {
		return nil
	}
	return checked[0]
}

// What ECS takes for a health check that does not say otherwise, in seconds and tries
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html).
const (
	defaultInterval = 30
	defaultRetries  = 3

	longestStartPeriod = 300 * time.Second
)

// allowance is how long a container's health check leaves it to start.
func allowance(h *evidence.ContainerHealthCheck) time.Duration {
	return time.Duration(h.StartPeriod)*time.Second + failing(h)
}

// failing is how long a container's health check must fail until it counts.
func failing(h *evidence.ContainerHealthCheck) time.Duration {
	interval, retries := h.Interval, h.Retries
	if interval == 0 {
		interval = defaultInterval
	}
	if retries == 0 {
		retries = defaultRetries
	}
	return time.Duration(interval*retries) * time.Second
}

// ownCheck returns the container whose own health check failed, how long the task ran, and what the check leaves it;
// gap says why that is not known.
func ownCheck(c *evidence.Case) (d *evidence.ContainerDefinition, ran, leaves time.Duration, gap classifier.Proof) {
	td := c.Facts.Task.TaskDefinition
	ran, known := c.Stop.Ran()
	if td.State != evidence.Known {
		return nil, 0, 0, td.Gap()
	}
	d = unhealthyContainer(c)
	switch {
	case d == nil:
		return nil, 0, 0, evidence.Unsaid("which container's health check failed is not told")
	case !known:
		return d, 0, allowance(d.HealthCheck), evidence.Unsaid("how long the task ran is not told")
	}
	leaves = allowance(d.HealthCheck)
	if grace := c.Facts.Task.Service.Value.GracePeriod; grace != nil {
		leaves = max(leaves, time.Duration(*grace)*time.Second)
	}
	return d, ran, leaves, classifier.Proof{}
}

func proveStartPeriod(c *evidence.Case) classifier.Proof {
	d, ran, leaves, gap := ownCheck(c)
	if gap.Exists() {
		return gap
	}
	said := fmt.Sprintf("the healthCheck of %s leaves it %s (startPeriod %d s)", d.Name, classifier.Span(leaves),
		d.HealthCheck.StartPeriod)
	next := "set startPeriod of the healthCheck of " + d.Name
	if line, told := readyAt(c); told && line.At.Sub(c.Stop.StartedAt) >= longestStartPeriod {
		next = fmt.Sprintf("set startPeriod of the healthCheck of %s to %d s, which is the longest, and interval "+
			"times retries so that together they are", d.Name, longestStartPeriod/time.Second)
	}
	return patience(c, ran, ran, leaves, failing(d.HealthCheck), said, next)
}

func proveHealthCommand(c *evidence.Case) classifier.Proof {
	d, ran, leaves, gap := ownCheck(c)
	switch {
	case d != nil && gap.Exists():
		return evidence.WithEvidence(gap,
			fmt.Sprintf("the healthCheck of %s runs %q", d.Name, strings.Join(d.HealthCheck.Command, " ")))
	case gap.Exists():
		return gap
	case ran > 2*leaves+replacing:
		return evidence.RuledOut("the task ran for %s, so the healthCheck of %s passed before", classifier.Span(ran),
			d.Name)
	}
	return evidence.Unsaid("the healthCheck of %s runs %q; what it printed is not told", d.Name,
		strings.Join(d.HealthCheck.Command, " "))
}

// siblings says how the other targets of the group are, as the rest of a sentence. The task's own target is let go of
// when it stops, so it says nothing.
func siblings(c *evidence.Case) string {
	targets := c.Facts.Running.Targets
	if targets.State != evidence.Known {
		return ""
	}
	_, own := c.Stop.TaskInterface()
	healthy, unhealthy, reasons := 0, 0, []string{}
	for _, t := range targets.Value {
		if ip, err := netip.ParseAddr(t.ID); err == nil && slices.Contains(own, ip) {
			continue
		}
		switch t.State {
		case "healthy":
			healthy++
		case "unhealthy":
			unhealthy++
			if t.Reason != "" && !slices.Contains(reasons, t.Reason) {
				reasons = append(reasons, t.Reason)
			}
		}
	}
	switch {
	case healthy == 0 && unhealthy == 0:
		return ""
	case unhealthy == 0:
		return fmt.Sprintf("; the other targets are healthy (%d): only this task failed", healthy)
	case healthy == 0:
		return fmt.Sprintf("; all others are unhealthy too (%d: %s): look at what they share", unhealthy,
			strings.Join(reasons, ", "))
	}
	return fmt.Sprintf("; of the others %d are healthy and %d are not (%s)", healthy, unhealthy,
		strings.Join(reasons, ", "))
}
