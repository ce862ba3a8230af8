package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"whystopped/archive/stack"
	"whystopped/events"
)

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

func (s shape) cluster() string {
	return s.of.Detail.ClusterARN[strings.LastIndex(s.of.Detail.ClusterARN, "/")+1:]
}
func (s shape) revision() string {
	return s.of.Detail.TaskDefinitionARN[strings.LastIndex(s.of.Detail.TaskDefinitionARN, "/")+1:]
}
func (s shape) family() string { family, _, _ := strings.Cut(s.revision(), ":"); return family }
func (s shape) service() string {
	name, ok := strings.CutPrefix(s.of.Detail.Group, "service:")
	if !ok {
		return ""
	}
	return name
}

func shapes(t *testing.T) []shape {
	t.Helper()
	file, err := os.Open("../events/testdata/shapes.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []shape
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var s shape
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(s.Event, &s.of); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCaptureRuleAnswersTheShapes judges the pattern as it stands in the template, with the keys of all its objects in either
// order, because EventBridge drops one of two fields with the same path, and which one depends on the order.
func TestCaptureRuleAnswersTheShapes(t *testing.T) {
	for _, tt := range []struct {
		name     string
		options  []any
		narrowed func(shape) bool // whether the options keep a stop that the capture catches
	}{
		{"default", nil, func(s shape) bool { return true }},
		{"cluster", []any{"clusters", "shop"}, func(s shape) bool { return s.cluster() == "shop" }},
		{"one of two clusters", []any{"clusters", "bank,shop"}, func(s shape) bool { return s.cluster() == "shop" }},
		{"another cluster", []any{"clusters", "bank"}, func(s shape) bool { return s.cluster() == "bank" }},
		{"service", []any{"services", "checkout"}, func(s shape) bool { return s.service() == "checkout" }},
		{"another service", []any{"services", "check"}, func(s shape) bool { return s.service() == "check" }},
		{"family", []any{"families", "nightly"}, func(s shape) bool { return s.family() == "nightly" }},
		{"family of a service", []any{"families", "checkout"}, func(s shape) bool { return s.family() == "checkout" }},
		{"revision", []any{"taskDefinitions", "checkout:31"}, func(s shape) bool { return s.revision() == "checkout:31" }},
		{"another revision", []any{"taskDefinitions", "checkout:3"}, func(s shape) bool { return s.revision() == "checkout:3" }},
		{"service or family", []any{"services", "checkout", "families", "nightly"}, func(s shape) bool {
			return s.service() == "checkout" || s.family() == "nightly"
		}},
		{"service in a cluster", []any{"clusters", "shop", "services", "checkout"}, func(s shape) bool {
			return s.cluster() == "shop" && s.service() == "checkout"
		}},
		{"without a cluster", []any{"excludeClusters", "shop"}, func(s shape) bool { return s.cluster() != "shop" }},
		{"without another cluster", []any{"excludeClusters", "bank"}, func(s shape) bool { return s.cluster() != "bank" }},
		{"without a family", []any{"excludeFamilies", "checkout"}, func(s shape) bool { return s.family() != "checkout" }},
		{"cluster without a family", []any{"clusters", "shop", "excludeFamilies", "nightly"}, func(s shape) bool {
			return s.cluster() == "shop" && s.family() != "nightly"
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for capture, catches := range map[string]func(shape) bool{
				"failures": func(s shape) bool { return s.Failures },
				"all":      func(s shape) bool { return s.All },
			} {
				ascending, descending := synthesize(t, append([]any{"capture", capture}, tt.options...)...).pattern(t)
				for _, text := range []string{ascending, descending} {
					pattern, err := events.CompilePattern([]byte(text))
					if err != nil {
						t.Fatal(err)
					}
					for _, s := range shapes(t) {
						want := catches(s) && tt.narrowed(s)
						if got, err := pattern.Match(s.Event); got != want || err != nil {
							t.Errorf("capture=%s: %s: caught %v (%v), want %v by %s", capture, s.ID, got, err, want, text)
						}
					}
				}
			}
		})
	}
}

func TestTheShapesTellTheOptionsApart(t *testing.T) {
	clusters, families, services := map[string]bool{}, map[string]bool{}, map[string]bool{}
	answers := map[[2]bool]int{}
	for _, s := range shapes(t) {
		clusters[s.cluster()], families[s.family()], services[s.service()] = true, true, true
		answers[[2]bool{s.Failures, s.All}]++
	}
	if len(families) < 2 || len(services) < 2 || len(clusters) < 1 || len(answers) != 3 {
		t.Errorf("the shapes have clusters %v, families %v, services %v and answers %v, want more than one kind of each that is told apart",
			clusters, families, services, answers)
	}
}

// pattern returns the event pattern of the rule with its keys in ascending and in descending order.
func (tpl template) pattern(t *testing.T) (ascending, descending string) {
	t.Helper()
	_, rule := tpl.only(t, "AWS::Events::Rule", stack.CaptureRule)
	return written(t, rule.Properties["EventPattern"], false), written(t, rule.Properties["EventPattern"], true)
}

// sorted returns a JSON document with its keys in ascending order.
func sorted(t *testing.T, text []byte) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return written(t, value, false)
}

func written(t *testing.T, value any, descending bool) string {
	t.Helper()
	var parts []string
	switch value := value.(type) {
	case object:
		keys := slices.Sorted(maps.Keys(value))
		if descending {
			slices.Reverse(keys)
		}
		for _, key := range keys {
			parts = append(parts, fmt.Sprintf("%q:%s", key, written(t, value[key], descending)))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		for _, v := range value {
			parts = append(parts, written(t, v, descending))
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCoveragePage holds docs/coverage.md to the answers of the patterns in the template.
func TestCoveragePage(t *testing.T) {
	caught := func(capture string, s shape) string {
		text, _ := synthesize(t, "capture", capture).pattern(t)
		pattern, err := events.CompilePattern([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := pattern.Match(s.Event); err != nil {
			t.Fatal(err)
		} else if got {
			return "yes"
		}
		return "no"
	}
	var page strings.Builder
	page.WriteString(`# What is captured

Printed by ` + "`go generate ./infra`" + ` from what the rules and alarms of the template answer to the events that the tests hold.

## Who notices what

A task ends when an essential container does; what else can go wrong never makes a stopped task. Six ways to notice it, and what each
sees with the default options (yes), with the option that the cell names, or never (–). What stands for EC2 alone may come on Fargate
too, and is not promised there; see the blanks below.

` + matrix(t) + `
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

` + walked(t) + `
## Stopped tasks

The rule decides by the event alone which stops reach the function; with ` + "`capture=all`" + ` every stop of a task does. A rule on the
exit code alone loses what matters most: a task that failed to start has none, and to EventBridge a field that is not there never
is anything but 0. This is how the rule of the template answers each shape of stop that the tests hold. A dash is
a field that the event does not have.

| stop | group | stop code | reason | containers | failures | all |
|---|---|---|---|---|---|---|
`)
	for _, s := range shapes(t) {
		d := s.of.Detail
		switch {
		case s.of.Source != "aws.ecs":
			fmt.Fprintf(&page, "| %s | | | source `%s` | | ", s.ID, s.of.Source)
		case s.of.DetailType != "ECS Task State Change":
			fmt.Fprintf(&page, "| %s | | | detail-type `%s` | | ", s.ID, s.of.DetailType)
		case d.LastStatus != "STOPPED":
			fmt.Fprintf(&page, "| %s | | | lastStatus `%s` | | ", s.ID, d.LastStatus)
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
			fmt.Fprintf(&page, "| %s | `%s` | %s | %s | %s | ", s.ID, d.Group, cell(d.StopCode), cell(reason), cell(strings.Join(containers, "; ")))
		}
		fmt.Fprintf(&page, "%s | %s |\n", caught("failures", s), caught("all", s))
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
	hold(t, "../docs/coverage.md", page.String())
}

// cell writes a text into a cell of a table.
func cell(text string) string {
	if text == "" {
		return "–"
	}
	return strings.ReplaceAll(string(bytes.TrimSpace([]byte(text))), "|", `\|`)
}
