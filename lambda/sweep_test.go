package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/ingest/sweep/sweeptest"
)

// timeLimit is the function's, as the stack sets it.
const timeLimit = 120 * time.Second

// sweepInput is what the schedule of a deployment hands to the function.
func sweepInput(t *testing.T) []byte {
	t.Helper()
	o := stack.Options{LogGroup: group, Added: stack.Added{Sweep: "15"}}
	input, err := o.SweepInput()
	if err != nil {
		t.Fatal(err)
	}
	return []byte(input)
}

// TestSweep is a sweep by the program as it is deployed: of a region with 1,000 services in 40 clusters, within what it
// may call of ECS, by a process that has just started, with the least memory that is deployed by default.
func TestSweep(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute: run it without -short")
	}
	t.Parallel()
	server, region, table := service(t), sweeptest.NewServer(t), newTable(t)
	in := newInbox(t)
	now := time.Now().Truncate(time.Second)
	for i := range 40 {
		cluster := fmt.Sprintf("cluster-%02d", i)
		for j := range 25 {
			name := fmt.Sprintf("service-%02d", j)
			var messages []sweeptest.Object
			for k := range 100 {
				messages = append(messages, sweeptest.Message(name, "has reached a steady state.",
					sweeptest.Seconds(now.Add(-time.Duration(k)*6*time.Hour))))
			}
			region.Services[cluster] = append(region.Services[cluster],
				sweeptest.Service(cluster, name, now, sweeptest.Object{"events": messages}))
		}
	}
	twoWeeks := now.Add(-14 * 24 * time.Hour)
	region.Services["cluster-39"][24] = sweeptest.Service("cluster-39", "lost", now, sweeptest.Object{
		"runningCount": 0, "deployments": sweeptest.Deployment("IN_PROGRESS", twoWeeks),
		"events": []sweeptest.Object{}})
	for i := range 37 {
		region.Tasks["cluster-00"] = append(region.Tasks["cluster-00"],
			sweeptest.Crashed("cluster-00", "service-00", i, now.Add(-time.Duration(10+i)*time.Minute)))
	}
	region.Tasks["cluster-39"] = []sweeptest.Object{sweeptest.Crashed("cluster-39", "lost", 99, now.Add(-time.Hour))}
	f := startProgram(t, within(t, bootstrap, 256<<20), newRuntimeAPI(t), server.URL,
		append(shared(table.URL, in), "AWS_ENDPOINT_URL_ECS="+region.URL, stack.EnvEvidence+"=off")...)
	begin := time.Now()
	_, answered := f.api.submit(t.Context(), sweepInput(t), timeLimit)
	select {
	case a := <-answered:
		if a.failed {
			t.Fatalf("answered %+v", a)
		}
	case <-time.After(timeLimit):
		t.Fatal("no answer within the function's time limit")
	}
	took, calls := time.Since(begin), 0
	for operation, n := range region.Calls() {
		if operation != "DescribeTasks" {
			calls += n
		}
	}
	t.Logf("%v, %d calls beside %d of DescribeTasks, %d KiB at most", took.Round(time.Millisecond), calls,
		region.Calls()["DescribeTasks"], peakMemory(t, f)/1024)
	if took > timeLimit*3/4 || calls > 260 {
		t.Errorf("%v and %d calls", took, calls)
	}
	brought, below := 0, 0
	for _, r := range records(t, server) {
		switch {
		case r.EventName == events.BelowDesired:
			below++
			if r.Service != "lost" || !r.BelowSince.Equal(twoWeeks) || r.AlertState == "" {
				t.Errorf("%+v", r)
			}
		case r.Source == "sweep" && r.Kind == "task":
			brought++
		}
	}
	if below != 1 || brought != 38 {
		t.Errorf("%d services below their count, %d stops brought", below, brought)
	}
	line := sweptLine(t, f.stop())
	if line.Level != "INFO" || line.Services != 1000 || line.Brought != 38 || !line.Whole {
		t.Errorf("%+v", line)
	}
	titles := in.take() // of each service that failed
	if len(titles) != 2 || !strings.HasPrefix(titles[1], "New: cluster-39/lost: 0 of 1 task runs since "+
		twoWeeks.UTC().Format("2006-01-02 15:04Z")+": app failed with exit code 1") {
		t.Errorf("messages: %q", titles)
	}
}

type sweepLine struct {
	Level, Message    string
	Services, Brought int
	Missed            *int // nil where nothing was counted
	Whole             bool
	SweepFailures     int
	Left              []string
}

func sweptLine(t *testing.T, log string) sweepLine {
	t.Helper()
	for text := range strings.Lines(log) {
		var line sweepLine
		if json.Unmarshal([]byte(text), &line) == nil && strings.HasSuffix(line.Message, "swept") {
			return line
		}
	}
	t.Fatalf("no line about a sweep in\n%s", log)
	return sweepLine{}
}

// TestWhatTheFirstSweepFindsIsNotMissed: it stopped before there was a deployment that could miss it. What the second
// one finds is counted, and that the third finds none.
func TestWhatTheFirstSweepFindsIsNotMissed(t *testing.T) {
	t.Parallel()
	server, region, table := service(t), sweeptest.NewServer(t), newTable(t)
	crash := func(n int) sweeptest.Object {
		return sweeptest.Crashed("prod", "web", n, time.Now().Add(-20*time.Minute))
	}
	region.Services["prod"], region.Tasks["prod"] = []sweeptest.Object{}, []sweeptest.Object{crash(1)}
	counts := ""
	for range 3 {
		f := start(t, server.URL, append(shared(table.URL, newInbox(t)), "AWS_ENDPOINT_URL_ECS="+region.URL,
			stack.EnvEvidence+"=off")...)
		if a, _ := f.invoke(sweepInput(t), timeLimit); a.failed {
			t.Fatalf("answered %+v", a)
		}
		line := sweptLine(t, f.stop())
		counts += fmt.Sprint(" ", line.Brought, "/")
		if line.Missed != nil {
			counts += fmt.Sprint(*line.Missed)
		}
		region.Tasks["prod"] = append(region.Tasks["prod"], crash(2))
	}
	if counts != " 1/ 1/1 0/0" {
		t.Errorf("brought and missed: %s", counts)
	}
}

// TestASweepThatRunsOutOfTime says what it left, and the next one begins there.
func TestASweepThatRunsOutOfTime(t *testing.T) {
	t.Parallel()
	server, region, table := service(t), sweeptest.NewServer(t), newTable(t)
	for i := range 40 {
		cluster := fmt.Sprintf("cluster-%02d", i)
		for j := range 25 {
			region.Services[cluster] = append(region.Services[cluster],
				sweeptest.Service(cluster, fmt.Sprintf("service-%02d", j), time.Now(), nil))
		}
	}
	f := start(t, server.URL, append(shared(table.URL, newInbox(t)), "AWS_ENDPOINT_URL_ECS="+region.URL)...)
	for range 2 {
		if a, _ := f.invoke(sweepInput(t), afterClusters+margin+2*time.Second); a.failed {
			t.Fatalf("answered %+v", a)
		}
	}
	var lines []sweepLine
	for text := range strings.Lines(f.stop()) {
		var line sweepLine
		if json.Unmarshal([]byte(text), &line) == nil && line.Message == "swept" {
			lines = append(lines, line)
			if strings.Contains(text, `"Missed"`) {
				t.Errorf("a figure for what was not compared: %s", text)
			}
		}
	}
	if len(lines) != 2 || lines[0].Whole || lines[1].Whole || lines[0].Services == 0 || lines[0].Services >= 1000 ||
		lines[0].Level != "WARN" || !strings.HasPrefix(lines[0].Left[0], "time ran out: ") {
		t.Fatalf("%+v", lines)
	}
	from := func(l sweepLine) string { _, cluster, _ := strings.Cut(l.Left[0], ", from "); return cluster }
	if from(lines[0]) >= from(lines[1]) {
		t.Errorf("the first left %q, and the second %q", lines[0].Left, lines[1].Left)
	}
}

// TestASweepThatSeesNothingIsCounted: and is no failed event, which would be tried again and kept as a stop.
func TestASweepThatSeesNothingIsCounted(t *testing.T) {
	t.Parallel()
	server, region := service(t), sweeptest.NewServer(t)
	region.Denied["ListClusters"] = true
	f := start(t, server.URL, stack.EnvLogGroup+"="+group, "AWS_ENDPOINT_URL_ECS="+region.URL)
	if a, _ := f.invoke(sweepInput(t), timeLimit); a.failed {
		t.Fatalf("answered %+v", a)
	}
	if line := sweptLine(t, f.stop()); line.Level != "ERROR" || line.SweepFailures != 1 ||
		!strings.Contains(line.Left[0], "ecs:ListClusters") || len(records(t, server)) > 0 {
		t.Errorf("%+v", line)
	}
}
