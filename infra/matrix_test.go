package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
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
var ruleOf = [ways]string{"", stack.CaptureRule, stack.ContainersRule, stack.WatcherRule, stack.ServicesRule, stack.RequestsRule}

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
	return fmt.Sprintf(`{"source":%q,"detail-type":%q,"detail":{"lastStatus":%q,"desiredStatus":%[3]q,"group":%q,%s
		"clusterArn":"arn:aws:ecs:eu-west-3:111122223333:cluster/shop","taskArn":"arn:aws:ecs:eu-west-3:111122223333:task/shop/0f","containers":[%s]}}`,
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
	return fmt.Sprintf(`{"source":"aws.ecs","detail-type":%q,"resources":["arn:aws:ecs:eu-west-3:111122223333:service/shop/web"],
		"detail":{"eventType":%q,"eventName":%q,"clusterArn":"arn:aws:ecs:eu-west-3:111122223333:cluster/shop"}}`, detailType, eventType, name)
}

func callEvent(rest string) string {
	return `{"source":"aws.ecs","detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"RunTask","requestParameters":{"cluster":"shop","taskDefinition":"job:3"},` + rest + `}}`
}

// happenings are the rows of the matrix. A task of a service is replaced within a minute or two unless that fails too.
var happenings = []happening{
	{"one container", "it fails, and the next task runs", [ways]string{byStop: stopEvent("service:web", ended("app", 1))}, []int{1, 0, 1, 1, 1, 1}},
	{"one container", "it fails again and again", [ways]string{byStop: stopEvent("service:web", ended("app", 1)),
		byService: serviceEvent("ECS Service Action", "WARN", "SERVICE_TASK_START_IMPAIRED")}, []int{0, 0, 0, 0, 0, 0}},
	{"one container", "it ends with 0, in a service", [ways]string{byStop: stopEvent("service:web", ended("app", 0))}, []int{1, 0, 1, 1, 1, 1}},
	{"one container", "it ends with 0, in a job", [ways]string{byStop: stopEvent("family:job", ended("app", 0))}, nil},
	{"two essential", "one fails, ECS stops the other", [ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("proxy", 143))}, []int{1, 0, 1, 1, 1, 1}},
	{"two essential", "both fail", [ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("proxy", 2))}, []int{1, 0, 1, 1, 1, 1}},
	{"essential and not", "the essential one fails", [ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("statsd", 143))}, []int{1, 0, 1, 1, 1, 1}},
	{"essential and not", "the other one fails", [ways]string{byRunning: runningEvent(running("app"), ended("statsd", 1)), byWatcher: watcherEvent(running("app"), ended("statsd", 1))}, []int{1, 1, 1, 1, 1, 1}},
	{"essential and not", "the other one is killed", [ways]string{byRunning: runningEvent(running("app"), ended("statsd", 137)), byWatcher: watcherEvent(running("app"), ended("statsd", 137))}, []int{1, 1, 1, 1, 1, 1}},
	{"essential and not", "the other one ends with 0", [ways]string{byRunning: runningEvent(running("app"), ended("statsd", 0)), byWatcher: watcherEvent(running("app"), ended("statsd", 0))}, []int{1, 1, 1, 1, 1, 1}},
	{"essential and not", "the other one fails, later the essential one", [ways]string{byStop: stopEvent("service:web", ended("app", 1), ended("statsd", 2)),
		byRunning: runningEvent(running("app"), ended("statsd", 2)), byWatcher: watcherEvent(running("app"), ended("statsd", 2))}, []int{1, 0, 1, 1, 1, 1}},
	{"with a restart policy", "it fails and is restarted within its task", [ways]string{byWatcher: watcherEvent(strings.Replace(ended("app", 1), "{", `{"restartCount":1,`, 1))}, []int{1, 1, 1, 1, 1, 1}},
	{"any", "there is no room for it", [ways]string{byService: serviceEvent("ECS Service Action", "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE")}, []int{-1, -1, -1, -1, -1, -1}},
	{"any", "its deployment fails and is rolled back", [ways]string{byStop: stopEvent("service:web", ended("app", 1)),
		byService: serviceEvent("ECS Deployment State Change", "ERROR", "SERVICE_DEPLOYMENT_FAILED")}, []int{1, 1, 1, 1, 1, 1}},
	{"any", "RunTask finds no room for it", [ways]string{byCall: callEvent(`"responseElements":{"tasks":[],"failures":[{"reason":"RESOURCE:MEMORY"}]}`)}, nil},
	{"any", "RunTask is refused", [ways]string{byCall: callEvent(`"errorCode":"AccessDenied","errorMessage":"not authorized"`)}, nil},
}

// raises tells whether the alarm of a service, as it stands in the template, is in ALARM after the counts.
func (tpl template) raises(t *testing.T, desired int, counts []int) bool {
	t.Helper()
	for _, alarm := range tpl.all("AWS::CloudWatch::Alarm") {
		if !strings.Contains(alarm.Properties["AlarmName"].(string), "below-desired") {
			continue
		}
		expression := alarm.Properties["Metrics"].([]any)[0].(object)["Expression"]
		if expression != "desired - FILL(running, 0)" {
			t.Fatalf("the alarm reckons with %v, and this test does not", expression)
		}
		periods := int(alarm.Properties["EvaluationPeriods"].(float64))
		for _, count := range counts[len(counts)-periods:] {
			breaching := alarm.Properties["TreatMissingData"] == "breaching"
			if desired >= 0 {
				breaching = float64(desired-max(count, 0)) >= alarm.Properties["Threshold"].(float64)
			}
			if !breaching {
				return false
			}
		}
		return true
	}
	t.Fatal("there is no alarm for a service")
	return false
}

// TestServiceAlarmCounts says what the alarm of a service is to do; the first of each is the count that is desired, -1 for no data.
func TestServiceAlarmCounts(t *testing.T) {
	tpl := synthesize(t, everything...)
	for _, tt := range []struct {
		name    string
		desired int
		running []int
		want    bool
	}{
		{"all run", 3, []int{3, 3, 3, 3, 3}, false},
		{"more run, during a deployment", 3, []int{6, 6, 5, 4, 4}, false},
		{"one is missing", 3, []int{2, 2, 2, 2, 2}, true},
		{"one was missing for a while", 3, []int{2, 2, 2, 2, 3}, false},
		{"none runs", 3, []int{0, 0, 0, 0, 0}, true},
		{"none runs, so that there is no count", 3, []int{-1, -1, -1, -1, -1}, true},
		{"none is wanted", 0, []int{-1, -1, -1, -1, -1}, false},
		{"nothing is known", -1, []int{-1, -1, -1, -1, -1}, true},
	} {
		if got := tpl.raises(t, tt.desired, tt.running); got != tt.want {
			t.Errorf("%s: the alarm is raised: %v", tt.name, got)
		}
	}
}

// catches tells whether a rule of the template catches an event; a rule that is not there catches nothing.
func (tpl template) catches(t *testing.T, rule, event string) bool {
	t.Helper()
	for _, r := range tpl.all("AWS::Events::Rule") {
		if r.Properties["Name"] != rule {
			continue
		}
		pattern, err := events.CompilePattern([]byte(written(t, r.Properties["EventPattern"], false)))
		if err != nil {
			t.Fatal(err)
		}
		caught, err := pattern.Match([]byte(event))
		if err != nil {
			t.Fatal(err)
		}
		return caught
	}
	return false
}

// answers are the cells of one row: "yes" by default, the option that it takes, or "–".
func (h happening) answers(t *testing.T) (cells [ways]string) {
	byDefault, withOptions := synthesize(t), synthesize(t, everything...)
	options := [ways]string{"`belowDesired`", "`capture=all`", "`captureContainers=all`", "", "", "`captureRequests=on`"}
	for way := range cells {
		cells[way] = "–"
		switch event := h.seen[way]; {
		case way == byAlarm && h.counts != nil && withOptions.raises(t, 1, h.counts):
			cells[way] = options[way]
		case event == "":
		case byDefault.catches(t, ruleOf[way], event):
			cells[way] = "yes"
		case withOptions.catches(t, ruleOf[way], event):
			cells[way] = options[way]
		default:
			t.Errorf("%s, %s: %s is caught by no option: %s", h.structure, h.what, wayNames[way], event)
		}
	}
	return cells
}

// TestEveryHappeningIsNoticed: whatever happens is caught in one way at least, and read as what it is.
func TestEveryHappeningIsNoticed(t *testing.T) {
	kinds := [ways]events.Kind{byStop: events.KindTask, byRunning: events.KindContainer, byWatcher: events.KindContainer, byService: events.KindService, byCall: events.KindRequest}
	used := [ways]int{}
	for _, h := range happenings {
		noticed := false
		for way, cell := range h.answers(t) {
			if cell != "–" {
				used[way]++
				noticed = true
			}
			if h.seen[way] == "" {
				continue
			}
			stops, err := events.Parse([]byte(h.seen[way]))
			if err != nil || len(stops) == 0 {
				t.Fatalf("%s, %s: %s: %v", h.structure, h.what, wayNames[way], err)
			}
			if k := stops[0].Kind; k != kinds[way] && k != events.KindDeployment {
				t.Errorf("%s, %s: the %s is read as a %s", h.structure, h.what, wayNames[way], k)
			}
		}
		if !noticed {
			t.Errorf("%s, %s: nobody notices", h.structure, h.what)
		}
	}
	for way, n := range used {
		if n == 0 {
			t.Errorf("the %s notices nothing: its column is empty", wayNames[way])
		}
	}
}

// matrix prints what notices what.
func matrix(t *testing.T) string {
	var page strings.Builder
	fmt.Fprintf(&page, "| containers of the task | what happens | %s |\n|---|---|%s\n", strings.Join(wayNames[:], " | "), strings.Repeat("---|", ways))
	for _, h := range happenings {
		cells := h.answers(t)
		if cells[byRunning] != "–" {
			cells[byRunning] += " (EC2)"
		}
		fmt.Fprintf(&page, "| %s | %s | %s |\n", h.structure, h.what, strings.Join(cells[:], " | "))
	}
	return page.String()
}

// walkThrough explains the sample of a container that docker stop ended, as ECS and as the watcher tell of it.
func walkThrough(t *testing.T) (fromECS, fromWatcher archive.Record) {
	t.Helper()
	raw, err := os.ReadFile("../events/samples/container-killed-docker-stop.json")
	if err != nil {
		t.Fatal(err)
	}
	explain := func(source, detailType string) archive.Record {
		var event object
		if err := json.Unmarshal(raw, &event); err != nil {
			t.Fatal(err)
		}
		event["source"], event["detail-type"] = source, detailType
		text, err := json.Marshal(event)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(text)
		if err != nil || len(stops) != 1 {
			t.Fatalf("%d stops, %v", len(stops), err)
		}
		return ingest.Explain(stops[0], archive.SourceEvent, time.Now())
	}
	return explain("aws.ecs", "ECS Task State Change"), explain(events.WatcherSource, events.WatcherDetailType)
}

// TestBothWaysTellOfTheSameEnd: what ECS and the watcher say of one end becomes one stop to whoever reads the archive.
func TestBothWaysTellOfTheSameEnd(t *testing.T) {
	a, b := walkThrough(t)
	if a.DedupKey != b.DedupKey || a.Class != b.Class || a.Signature != b.Signature || a.Source == b.Source {
		t.Errorf("%s %s %s from %s, and %s %s %s from %s", a.DedupKey, a.Class, a.Signature, a.Source, b.DedupKey, b.Class, b.Signature, b.Source)
	}
}

// walked is the table of what each way shows of it.
func walked(t *testing.T) string {
	fromECS, fromWatcher := walkThrough(t)
	var h happening
	for _, h = range happenings {
		if h.what == "the other one is killed" {
			break
		}
	}
	cells := h.answers(t)
	shows := [ways]string{
		"nothing: the service's task runs, as many as are desired",
		"nothing: no task stopped",
		fmt.Sprintf("within about 30 seconds: **%s**, %s. %s. Key `%s`, source `%s`", strings.ToUpper(fromECS.Verdict), fromECS.Class, fromECS.Summary, fromECS.DedupKey, fromECS.Source),
		fmt.Sprintf("within its interval, with the moment of the end: the same class, the same key, source `%s`", fromWatcher.Source),
		"nothing: the service is as steady as before",
		"nothing: nobody called",
	}
	var page strings.Builder
	page.WriteString("| way | what it shows |\n|---|---|\n")
	for way, text := range shows {
		if (cells[way] == "–") != strings.HasPrefix(text, "nothing") {
			t.Errorf("the walk-through says that the %s shows %s, the matrix says %s", wayNames[way], text, cells[way])
		}
		fmt.Fprintf(&page, "| %s | %s |\n", wayNames[way], text)
	}
	page.WriteString("\nWhoever runs both ways reads it once: `whystopped history` and the saved queries keep one record per key.\n")
	return page.String()
}
