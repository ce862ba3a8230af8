package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/events/awsname"
)

func (s shape) cluster() string {
	return awsname.LastPart(s.of.Detail.ClusterARN)
}
func (s shape) revision() string {
	return awsname.LastPart(s.of.Detail.TaskDefinitionARN)
}
func (s shape) family() string { family, _, _ := strings.Cut(s.revision(), ":"); return family }
func (s shape) service() string {
	name, ok := strings.CutPrefix(s.of.Detail.Group, "service:")
	if !ok {
		return ""
	}
	return name
}

func everyShape(t *testing.T) []shape {
	t.Helper()
	all, err := shapes("..")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCaptureRuleAnswersTheShapes judges the pattern as it stands in the template, with the keys of all its objects in
// either order, because EventBridge drops one of two fields with the same path, and which one depends on the order.
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
		{"revision", []any{"taskDefinitions", "checkout:31"},
			func(s shape) bool { return s.revision() == "checkout:31" }},
		{"another revision", []any{"taskDefinitions", "checkout:3"},
			func(s shape) bool { return s.revision() == "checkout:3" }},
		{"service or family", []any{"services", "checkout", "families", "nightly"}, func(s shape) bool {
			return s.service() == "checkout" || s.family() == "nightly"
		}},
		{"service in a cluster", []any{"clusters", "shop", "services", "checkout"}, func(s shape) bool {
			return s.cluster() == "shop" && s.service() == "checkout"
		}},
		{"without a cluster", []any{"excludeClusters", "shop"}, func(s shape) bool { return s.cluster() != "shop" }},
		{"without another cluster", []any{"excludeClusters", "bank"},
			func(s shape) bool { return s.cluster() != "bank" }},
		{"without a family", []any{"excludeFamilies", "checkout"},
			func(s shape) bool { return s.family() != "checkout" }},
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
					for _, s := range everyShape(t) {
						want := catches(s) && tt.narrowed(s)
						if got, err := pattern.Match(s.Event); got != want || err != nil {
							t.Errorf("capture=%s: %s: caught %v (%v), want %v by %s", capture, s.ID, got, err, want,
								text)
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
	for _, s := range everyShape(t) {
		clusters[s.cluster()], families[s.family()], services[s.service()] = true, true, true
		answers[[2]bool{s.Failures, s.All}]++
	}
	if len(families) < 2 || len(services) < 2 || len(clusters) < 1 || len(answers) != 3 {
		t.Errorf("the shapes have clusters %v, families %v, services %v and answers %v, want more than one kind of "+
			"each that is told apart",
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
