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

	"whystopped/archive"
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
	_, rule := tpl.only(t, "AWS::Events::Rule", archive.CaptureRule)
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

The rule decides by the event alone which stops reach the function; with ` + "`capture=all`" + ` every stop of a task does. A rule on the
exit code alone loses what matters most: a task that failed to start has none, and to EventBridge a field that is not there never
is anything but 0. This is how the rule of the template answers each shape of stop that the tests hold, printed from them by
` + "`go generate ./infra`" + `. A dash is a field that the event does not have.

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

## What ` + "`capture=failures`" + ` cannot see

- **Whatever stops during a scaling activity.** ECS gives the reason "Scaling activity initiated by …" to every task that it takes
  away for a deployment or a lower desired count, whatever the containers do then; slow shutdowns and crashes on the way out are
  among them. Only the exact words are left out: the same said in other words is captured.
- **A job that lost an exit code.** Of two containers one left with 0, of the other no exit code came, no container has a reason
  and the stop code is EssentialContainerExited: EventBridge looks for a missing field in the whole event and not in one container.
- **What somebody stopped and what obeyed.** A StopTask whose containers all leave with 0, and no reason at any of them.
- **A job that failed and says 0.** Exit code 0 of all containers is success for anything but a service.

## What no rule on stops sees

- What never became a task: placement that fails, a RunTask call that is refused.
- A container that ends, or is restarted by its restart policy, while its task goes on.
- A service or deployment that fails as such.
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
