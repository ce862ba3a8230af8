package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"whystopped/archive/stack"
)

// landed are the resources of the release before, with the options that are its defaults: logical id, type and name.
const landed = "testdata/landed.txt"

// TestEveryResourceStaysWhatItWas: what changes its id, type or name would be made anew at an update, and what it holds
// be lost or left behind.
func TestEveryResourceStaysWhatItWas(t *testing.T) {
	tpl := synthesize(t, "alarmFailures", "10") // which was its default
	for _, old := range readLanded(t) {
		now, found := tpl.Resources[old.id]
		if !found || now.Type != old.kind || nameOf(now) != old.name {
			t.Errorf("%s was the %s %q, and is the %s %q", old.id, old.kind, old.name, now.Type, nameOf(now))
		}
	}
}

// TestTheChangelogNamesWhatTheRoleGains: all that the function may do by default and might not in the release before.
func TestTheChangelogNamesWhatTheRoleGains(t *testing.T) {
	before, err := os.ReadFile("testdata/landed-rights.txt")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	_, upgrading, _ := strings.Cut(string(text), "### Upgrading\n")
	upgrading, _, _ = strings.Cut(upgrading, "\n### ")
	_, role := synthesize(t).only(t, "AWS::IAM::Role", "")
	var now []string
	for _, policy := range role.Properties["Policies"].([]any) {
		for _, s := range policy.(object)["PolicyDocument"].(object)["Statement"].([]any) {
			switch actions := s.(object)["Action"].(type) {
			case string:
				now = append(now, actions)
			case []any:
				for _, action := range actions {
					now = append(now, action.(string))
				}
			}
		}
	}
	gained := 0
	for _, action := range now {
		if slices.Contains(strings.Fields(string(before)), action) {
			continue
		}
		gained++
		if !strings.Contains(upgrading, "`"+action+"`") {
			t.Errorf("the changelog does not say that the role gains %s", action)
		}
	}
	for _, action := range regexp.MustCompile("`([a-z0-9]+:[A-Z][A-Za-z]+)`").FindAllStringSubmatch(upgrading, -1) {
		if !slices.Contains(now, action[1]) {
			t.Errorf("the changelog says that the role gains %s, which it may not do", action[1])
		}
	}
	if gained == 0 {
		t.Error("nothing is gained: the release before is not that before")
	}
}

// TestTwoCanStandInOneRegion: with a prefix no name is left that another deployment has.
func TestTwoCanStandInOneRegion(t *testing.T) {
	const prefix = "blue-"
	options := append([]any{"namePrefix", prefix, "remember", "on"}, everything...)
	names, left := map[string]bool{}, map[string]bool{}
	for _, r := range synthesize(t, everything...).Resources {
		if name := nameOf(r); name != "" {
			names[name], left[name] = true, true
		}
	}
	tpl := synthesize(t, options...)
	for id, r := range tpl.Resources {
		name := nameOf(r)
		if name == "" {
			continue
		}
		before, path := "", name
		if strings.HasPrefix(name, "/") {
			before, path = "/", name[1:]
		}
		rest, prefixed := strings.CutPrefix(path, prefix)
		if !prefixed || !names[before+rest] {
			t.Errorf("%s bears the name %s", id, name)
		}
		delete(left, before+rest)
	}
	for name := range left {
		t.Errorf("nothing bears the name of %s", name)
	}
	o, err := stack.ParseOptions(tpl.environment(t)[stack.EnvOptions].(string),
		tpl.environment(t)[stack.EnvAdded].(string))
	if err != nil || o.NamePrefix != prefix || stack.OfFunction(prefix+stack.Function).NamePrefix != prefix {
		t.Errorf("the options tell the prefix %q (%v)", o.NamePrefix, err)
	}
	for id, r := range tpl.all("AWS::CloudWatch::Alarm") {
		if space := r.Properties["Namespace"]; space == stack.MetricsNamespace {
			t.Errorf("%s counts what the other deployment does", id)
		}
		for part := range strings.SplitSeq(fmt.Sprint(r.Properties["AlarmDescription"]), "whystopped redrive ") {
			if strings.Contains(part, " --to logs:") && !strings.HasPrefix(part,
				"--queue "+prefix+stack.UndeliveredQueue+" --queue "+prefix+stack.FailedQueue+" --to logs:") {
				t.Errorf("%s has the other deployment's queues emptied: %s", id, part)
			}
		}
	}
	if got := tpl.environment(t)[stack.EnvNamespace]; got != prefix+stack.MetricsNamespace {
		t.Errorf("the function counts in %v", got)
	}
}

type landedResource struct{ id, kind, name string }

func readLanded(t *testing.T) []landedResource {
	t.Helper()
	text, err := os.ReadFile(landed)
	if err != nil {
		t.Fatal(err)
	}
	var all []landedResource
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		all = append(all, landedResource{words[0], words[1], strings.Join(words[2:], " ")})
	}
	return all
}

// nameOf is the name that a template gives a resource, or "".
func nameOf(r resource) string {
	for _, property := range []string{"AlarmName", "DashboardName", "FunctionName", "LogGroupName", "Name", "QueueName",
		"TableName", "TopicName"} {
		if name, isText := r.Properties[property].(string); isText {
			return name
		}
	}
	return ""
}
