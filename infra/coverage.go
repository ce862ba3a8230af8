package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/ingest"
)

// The ways to notice that something ended or never began, in the order of the matrix's columns.
const (
	byAlarm   = iota // DesiredTaskCount above RunningTaskCount
	byStop           // the event of a task that stopped
	byRunning        // the event of a task that goes on
	byWatcher        // whystopped-watch, a sidecar of the task
	byService        // the event of a service or deployment
	byCall           // the failures of a RunTask or StartTask call
	ways
)

var wayNames = [ways]string{"alarm", "stop event", "running-task event", "watcher", "service event", "API failure"}

// rules name the rule that catches what a way brings.
var ruleOf = [ways]string{"", stack.CaptureRule, stack.ContainersRule, stack.WatcherRule, stack.ServicesRule,
	stack.RequestsRule}

// happening is one thing that can go wrong, with what AWS and the watcher make of it.
type happening struct {
	structure, what string
	seen            [ways]string // the event of each way that has one
	counts          []int        // running tasks of the service minute by minute, where one is desired; -1 for no data
}

func ended(name string, code int) string {
	return fmt.Sprintf(`{"name":%q,"lastStatus":"STOPPED","exitCode":%d,"runtimeId":"r-%s"}`, name, code, name)
}

func running(name string) string {
	return fmt.Sprintf(`{"name":%q,"lastStatus":"RUNNING","runtimeId":"r-%s"}`, name, name)
}

func ofTask(source, detailType, status, group, rest string, containers ...string) string {
	return fmt.Sprintf(`{"source":%q,"detail-type":%q,"account":"111122223333","region":"eu-west-3","detail":{
		"lastStatus":%q,"desiredStatus":%[3]q,"group":%q,%s
		"clusterArn":"`+exampleARN+`cluster/shop","taskArn":"`+exampleARN+`task/shop/0f","containers":[%s]}}`,
		source, detailType, status, group, rest, strings.Join(containers, ","))
}

func stopEvent(group string, containers ...string) string {
	return ofTask("aws.ecs", "ECS Task State Change", "STOPPED", group,
		`"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited",`, containers...)
}

func runningEvent(containers ...string) string {
	return ofTask("aws.ecs", "ECS Task State Change", "RUNNING", "service:web", "", containers...)
}

func watcherEvent(containers ...string) string {
	return ofTask(events.WatcherSource, events.WatcherDetailType, "RUNNING", "service:web", "", containers...)
}

func serviceEvent(detailType, eventType, name string) string {
	return fmt.Sprintf(
		`{"source":"aws.ecs","detail-type":%q,"resources":["`+exampleARN+`service/shop/web"],
		"detail":{"eventType":%q,"eventName":%q,"clusterArn":"`+exampleARN+`cluster/shop"}}`, detailType, eventType, name)
}

func callEvent(rest string) string {
	return `{"source":"aws.ecs","detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"RunTask","requestParameters":{"cluster":"shop","taskDefinition":"job:3"},` +
		rest + `}}`
}

// happenings are the rows of the matrix. A task of a service is replaced within a minute or two unless that fails too.
var happenings = []happening{
	{"one container", "it fails, and the next task runs",
		[ways]string{byStop: stopEvent("service:web", ended("app", 1))}, []int{1, 0, 1, 1, 1, 1}},
	{"one container", "it fails again and again", [ways]string{byStop: stopEvent("service:web", ended("app", 1)),
		byService: serviceEvent("ECS Service Action", "WARN", "SERVICE_TASK_START_IMPAIRED")}, []int{0, 0, 0, 0, 0, 0}},
	{"one container", "it ends with 0, in a service", [ways]string{byStop: stopEvent("service:web", ended("app", 0))},
		[]int{1, 0, 1, 1, 1, 1}},
	{"one container", "it ends with 0, in a job", [ways]string{byStop: stopEvent("family:job", ended("app", 0))}, nil},
	{"two essential", "one fails, ECS stops the other",
		[ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("proxy", 143))}, []int{1, 0, 1, 1, 1, 1}},
	{"two essential", "both fail", [ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("proxy", 2))},
		[]int{1, 0, 1, 1, 1, 1}},
	{"essential and not", "the essential one fails",
		[ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("statsd", 143))}, []int{1, 0, 1, 1, 1, 1}},
	{"essential and not", "the other one fails",
		[ways]string{byRunning: runningEvent(running("app"), ended("statsd", 1)),
			byWatcher: watcherEvent(running("app"), ended("statsd", 1))}, []int{1, 1, 1, 1, 1, 1}},
	{"essential and not", "the other one is killed",
		[ways]string{byRunning: runningEvent(running("app"), ended("statsd", 137)),
			byWatcher: watcherEvent(running("app"), ended("statsd", 137))}, []int{1, 1, 1, 1, 1, 1}},
	{"essential and not", "the other one ends with 0",
		[ways]string{byRunning: runningEvent(running("app"), ended("statsd", 0)),
			byWatcher: watcherEvent(running("app"), ended("statsd", 0))}, []int{1, 1, 1, 1, 1, 1}},
	{"essential and not", "the other one fails, later the essential one",
		[ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("statsd", 2)),
			byRunning: runningEvent(running("app"), ended("statsd", 2)),
			byWatcher: watcherEvent(running("app"), ended("statsd", 2))}, []int{1, 0, 1, 1, 1, 1}},
	{"with a restart policy", "it fails and is restarted within its task",
		[ways]string{byWatcher: watcherEvent(strings.Replace(ended("app", 1), "{", `{"restartCount":1,`, 1))},
		[]int{1, 1, 1, 1, 1, 1}},
	{"any", "there is no room for it",
		[ways]string{byService: serviceEvent("ECS Service Action", "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE")},
		[]int{-1, -1, -1, -1, -1, -1}},
	{"any", "its deployment fails and is rolled back", [ways]string{byStop: stopEvent("service:web", ended("app", 1)),
		byService: serviceEvent("ECS Deployment State Change", "ERROR", "SERVICE_DEPLOYMENT_FAILED")},
		[]int{1, 1, 1, 1, 1, 1}},
	{"any", "RunTask finds no room for it",
		[ways]string{byCall: callEvent(`"responseElements":{"tasks":[],"failures":[{"reason":"RESOURCE:MEMORY"}]}`)},
		nil},
	{"any", "RunTask is refused",
		[ways]string{byCall: callEvent(`"errorCode":"AccessDenied","errorMessage":"not authorized"`)}, nil},
}

// raises reports whether the alarm of a service, of which one task is desired, is raised after the counts.
func (h happening) raises() bool {
	if len(h.counts) < belowMinutes {
		return false
	}
	for _, count := range h.counts[len(h.counts)-belowMinutes:] {
		if count >= 1 {
			return false
		}
	}
	return true
}

// optionOf is the option that makes a way catch more than it does by default.
var optionOf = [ways]string{byStop: "capture=all", byRunning: "captureContainers=all", byCall: "captureRequests=on"}

// answers are the cells of one row: "yes" by default, the option that it takes, or "–".
func (h happening) answers() (cells [ways]string, err error) {
	for way := range cells {
		cells[way] = "–"
		if way == byAlarm {
			if h.raises() {
				cells[way] = "`belowDesired`"
			}
			continue
		}
		event := []byte(h.seen[way])
		if len(event) == 0 {
			continue
		}
		caught, err := catches(nil, ruleOf[way], event)
		if err != nil {
			return cells, err
		}
		if caught {
			cells[way] = "yes"
			continue
		}
		option, value, _ := strings.Cut(optionOf[way], "=")
		if caught, err = catches(map[string]any{option: value}, ruleOf[way], event); err != nil || !caught {
			return cells,
				fmt.Errorf("%s, %s: %s is caught by no option (%v): %s", h.structure, h.what, wayNames[way], err, event)
		}
		cells[way] = "`" + optionOf[way] + "`"
	}
	return cells, nil
}

// catches reports whether a rule of a deployment with the options catches an event; a rule that is not there catches
// nothing.
func catches(options map[string]any, rule string, event []byte) (bool, error) {
	o, err := parseOptions(options)
	if err != nil {
		return false, err
	}
	rules, err := o.Rules("", "")
	if err != nil {
		return false, err
	}
	for _, r := range rules {
		if r.Name == rule {
			pattern, err := events.CompilePattern(r.Pattern)
			if err != nil {
				return false, err
			}
			return pattern.Match(event)
		}
	}
	return false, nil
}

// matrix prints what notices what.
func matrix() (string, error) {
	var page strings.Builder
	fmt.Fprintf(&page, "| containers of the task | what happens | %s |\n|---|---|%s\n",
		strings.Join(wayNames[:], " | "), strings.Repeat("---|", ways))
	for _, h := range happenings {
		cells, err := h.answers()
		if err != nil {
			return "", err
		}
		if cells[byRunning] != "–" {
			cells[byRunning] += " (EC2)"
		}
		fmt.Fprintf(&page, "| %s | %s | %s |\n", h.structure, h.what, strings.Join(cells[:], " | "))
	}
	return page.String(), nil
}

// walkThrough explains the sample of a container that docker stop ended, as ECS and as the watcher tell of it.
func walkThrough(root string) (fromECS, fromWatcher archive.Record, err error) {
	raw, err := os.ReadFile(filepath.Join(root, "events/samples/container-killed-docker-stop.json"))
	if err != nil {
		return fromECS, fromWatcher, err
	}
	explain := func(source, detailType string) (archive.Record, error) {
		var event map[string]any
		if err := json.Unmarshal(raw, &event); err != nil {
			return archive.Record{}, err
		}
		event["source"], event["detail-type"] = source, detailType
		text, err := json.Marshal(event)
		if err != nil {
			return archive.Record{}, err
		}
		stops, err := events.Parse(text)
		if err != nil {
			return archive.Record{}, err
		}
		return ingest.Explain(stops[0], archive.SourceEvent, time.Now()), nil
	}
	if fromECS, err = explain("aws.ecs", "ECS Task State Change"); err != nil {
		return fromECS, fromWatcher, err
	}
	fromWatcher, err = explain(events.WatcherSource, events.WatcherDetailType)
	return fromECS, fromWatcher, err
}

// walked is the table of what each way shows of it.
func walked(root string) (string, error) {
	fromECS, fromWatcher, err := walkThrough(root)
	if err != nil {
		return "", err
	}
	var h happening
	for _, h = range happenings {
		if h.what == "the other one is killed" {
			break
		}
	}
	cells, err := h.answers()
	if err != nil {
		return "", err
	}
	shows := [ways]string{
		"nothing: the service's task runs, as many as are desired",
		"nothing: no task stopped",
		fmt.Sprintf("within about 30 seconds: **%s**, %s. %s. Key `%s`, source `%s`", strings.ToUpper(fromECS.Verdict),
			fromECS.Class, fromECS.Summary, fromECS.DedupKey, fromECS.Source),
		fmt.Sprintf("within its interval, with the moment of the end: the same class, the same key, source `%s`",
			fromWatcher.Source),
		"nothing: the service is as steady as before",
		"nothing: nobody called",
	}
	var page strings.Builder
	page.WriteString("| way | what it shows |\n|---|---|\n")
	for way, text := range shows {
		if (cells[way] == "–") != strings.HasPrefix(text, "nothing") {
			return "", fmt.Errorf("the walk-through says that the %s shows %s, the matrix says %s", wayNames[way], text,
				cells[way])
		}
		fmt.Fprintf(&page, "| %s | %s |\n", wayNames[way], text)
	}
	page.WriteString(
		"\nWhoever runs both ways reads it once: `whystopped history` and the saved queries keep one record per key.\n")
	return page.String(), nil
}

// shape is a line of events/testdata/shapes.jsonl: an event, and whether each kind of capture is to catch it.
type shape struct {
	ID            string
	Failures, All bool
	Event         json.RawMessage
	of            struct {
		Source     string
		DetailType string `json:"detail-type"`
		Detail     struct {
			ClusterARN        string `json:"clusterArn"`
			TaskDefinitionARN string `json:"taskDefinitionArn"`
			Group             string
			LastStatus        string
			StopCode          string
			StoppedReason     *string
			Containers        []struct {
				Name, Reason string
				ExitCode     json.RawMessage
			}
		}
	}
}

func shapes(root string) ([]shape, error) {
	file, err := os.Open(filepath.Join(root, "events/testdata/shapes.jsonl"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []shape
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var s shape
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(s.Event, &s.of); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, lines.Err()
}

func coveragePage(root string) (string, error) {
	all, err := shapes(root)
	if err != nil {
		return "", err
	}
	noticed, err := matrix()
	if err != nil {
		return "", err
	}
	seen, err := walked(root)
	if err != nil {
		return "", err
	}
	var page strings.Builder
	page.WriteString(`# What is captured

Printed by ` + "`go generate ./infra`" + ` from what the rules and alarms of the template answer to the events that the tests hold.

## Who notices what

A task ends when an essential container does; what else can go wrong never makes a stopped task. Six ways to notice it, and what each
sees with the default options (yes), with the option that the cell names, or never (–). What stands for EC2 alone may come on Fargate
too, and is not promised there; see the blanks below.

` + noticed + `
- **alarm**: on ` + "`DesiredTaskCount`" + ` above ` + "`RunningTaskCount`" + ` of Container Insights for five minutes. It says that something is wrong and
  not what. A task that is replaced in time leaves it quiet, and so does a service that desires none.
- **stop event**: ECS sends it at least once for every task that stops. Rule ` + "`" + stack.CaptureRule + "`" + `.
- **running-task event**: the event of a task that goes on, with a container that ended. Rule ` + "`" + stack.ContainersRule + "`" + `.
- **watcher**: whystopped-watch beside the containers, which asks the task metadata endpoint. It dies with the task, so it never tells of
  the end of one. Rule ` + "`" + stack.WatcherRule + "`" + `.
- **service event**: what the service scheduler says as ERROR or WARN, of services, deployments and daemons. Rule ` + "`" + stack.ServicesRule + "`" + `.
- **API failure**: the answer of RunTask and StartTask, as CloudTrail relays it some minutes later, at best effort. Rule
  ` + "`" + stack.RequestsRule + "`" + `.

### The blanks

- **Fargate and the running-task event.** AWS says that a container which stops in a running task makes an event, and the agent on EC2
  sends it within about 30 seconds. For Fargate nothing more is promised, and there are reports of containers that ended and are never
  shown as STOPPED. Where that matters, run whystopped-watch in the task.
- **Restart policies.** A container that is restarted within its task runs again by the time of the next event, so no event shows its
  end. Only the watcher does, and only an end that it finds when it asks: between two questions a container may end and run again.
- **Lost exit codes.** In a running task, a container without an exit code beside one that left with 0 is not caught by
  ` + "`captureContainers=failures`" + `: EventBridge looks for a missing field in the whole event.
- **What comes along.** An event tells of every container of its task that ended; with the one that failed, one that had left with 0 is
  recorded for review. ` + "`endingContainers`" + ` names those that are meant to.
- **Twice.** An essential container that ends may be seen in a running-task event just before its task stops: then the archive holds
  one record of the container and one of the task. A container that stays dead is reported again with each later event of its task; the
  record that is shown is the first.
- **Daemons.** A daemon deployment that failed and was rolled back is INFO to ECS and not caught; daemon tasks that do not start and a
  rollback that fails are.
- **Services by narrowed options.** Service events name no family and RunTask calls no service, see [options.md](options.md).
- **A service that runs below its desired count for another reason than the above**, such as a desired count that nobody meant, is what the
  alarm alone shows.

### Two containers, and docker stop on the one that is not essential

A service runs ` + "`postings`" + ` (essential) and ` + "`statsd`" + ` (not) on EC2. On the instance, ` + "`docker stop`" + ` ends ` + "`statsd`" + `: SIGTERM, ten seconds later
SIGKILL, exit code 143 or 137. The task goes on, and nothing that counts tasks notices.

` + seen + `
## Stopped tasks

The rule decides by the event alone which stops reach the function; with ` + "`capture=all`" + ` every stop of a task does. A rule on the
exit code alone loses what matters most: a task that failed to start has none, and to EventBridge a field that is not there never
is anything but 0. This is how the rule of the template answers each shape of stop that the tests hold. A dash is
a field that the event does not have.

| stop | group | stop code | reason | containers | failures | all |
|---|---|---|---|---|---|---|
`)
	for _, s := range all {
		d := s.of.Detail
		switch {
		case s.of.Source != "aws.ecs":
			fmt.Fprintf(&page, "| %s | | | source `%s` | |", s.ID, s.of.Source)
		case s.of.DetailType != "ECS Task State Change":
			fmt.Fprintf(&page, "| %s | | | detail-type `%s` | |", s.ID, s.of.DetailType)
		case d.LastStatus != "STOPPED":
			fmt.Fprintf(&page, "| %s | | | lastStatus `%s` | |", s.ID, d.LastStatus)
		default:
			reason := "–"
			if d.StoppedReason != nil {
				reason = *d.StoppedReason
			}
			var containers []string
			for _, c := range d.Containers {
				text := c.Name + "=" + cell(string(c.ExitCode))
				if c.Reason != "" {
					text += " " + c.Reason
				}
				containers = append(containers, text)
			}
			fmt.Fprintf(&page, "| %s | `%s` | %s | %s | %s |", s.ID, d.Group, cell(d.StopCode), cell(reason),
				cell(strings.Join(containers, "; ")))
		}
		for _, capture := range []events.Capture{events.CaptureFailures, events.CaptureAll} {
			caught, err := catches(map[string]any{"capture": string(capture)}, stack.CaptureRule, s.Event)
			if err != nil {
				return "", fmt.Errorf("shape %s: %w", s.ID, err)
			}
			fmt.Fprintf(&page, " %s |", map[bool]string{true: "yes", false: "no"}[caught])
		}
		page.WriteString("\n")
	}
	page.WriteString(`
The options that narrow the capture ([options.md](options.md)) are held to the same shapes: each of them keeps what it names of
the stops above, and drops the rest.

### What ` + "`capture=failures`" + ` cannot see

- **Whatever stops during a scaling activity.** ECS gives the reason "Scaling activity initiated by …" to every task that it takes
  away for a deployment or a lower desired count, whatever the containers do then; slow shutdowns and crashes on the way out are
  among them. Only the exact words are left out: the same said in other words is captured.
- **A job that lost an exit code.** Of two containers one left with 0, of the other no exit code came, no container has a reason
  and the stop code is EssentialContainerExited: EventBridge looks for a missing field in the whole event and not in one container.
- **What somebody stopped and what obeyed.** A StopTask whose containers all leave with 0, and no reason at any of them.
- **A job that failed and says 0.** Exit code 0 of all containers is success for anything but a service.

## What no rule sees

- The time before the deployment. EventBridge has no past, but ECS remembers stopped tasks for about an hour.
- Other Regions and accounts: a rule sees those of its own ([deploy.md](deploy.md#several-regions-and-accounts)).
`)
	return page.String(), nil
}

// cell writes a text into a cell of a table.
func cell(text string) string {
	if text == "" {
		return "–"
	}
	return strings.ReplaceAll(string(bytes.TrimSpace([]byte(text))), "|", `\|`)
}
