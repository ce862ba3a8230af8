package ingest

import (
	"context"
	"strings"
	"testing"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

const crash = `{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/shop/5f0e1d2c3b4a5968","lastStatus":"STOPPED",` +
	`"group":"service:orders","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited",` +
	`"containers":[{"name":"app","exitCode":1}]}`

// logGatherer knows nothing but a log.
type logGatherer []string

func (g logGatherer) Gather(context.Context, events.Stop, classifier.Finding) classifier.Gathered {
	return classifier.Gathered{Log: classifier.Log{Group: "/ecs/orders", Region: "eu-north-1", Lines: g}}
}

// TestTheLineThatExplainsLeads holds that a record is told by the log line that explains it, wherever the lines come
// from, and told so again when it is made anew from what it keeps.
func TestTheLineThatExplainsLeads(t *testing.T) {
	lines := []string{"connecting with password=hunter2hunter2", "panic: DATABASE_URL is not set"}
	stops, err := events.Parse([]byte(crash))
	if err != nil {
		t.Fatal(err)
	}
	pasted := stops[0]
	pasted.LogLines = lines
	read := Verify(t.Context(), logGatherer(lines), stops[0], archive.SourceEvent, now)
	again := Verify(t.Context(), Recorded{Record: read}, stops[0], archive.SourceReclassify, now)
	CarryOver(read, &again)
	for name, r := range map[string]archive.Record{
		"read":                   read,
		"given":                  Verify(t.Context(), nil, pasted, archive.SourceFile, now),
		"given, and others read": Verify(t.Context(), logGatherer{"bye"}, pasted, archive.SourceFile, now),
		"kept":                   again,
	} {
		if r.Summary != "app failed: panic: DATABASE_URL is not set (exit code 1)" || r.Class != "runtime.crashed" ||
			!strings.Contains(r.Proof, `"panic: DATABASE_URL is not set"`) ||
			!strings.Contains(r.NextStep, "DATABASE_URL") {
			t.Errorf("%s: %s, %q, proof %q, next step %q", name, r.Class, r.Summary, r.Proof, r.NextStep)
		}
		if name != "given, and others read" && !strings.HasSuffix(r.LogTail, "panic: DATABASE_URL is not set") ||
			strings.Contains(r.LogTail, "hunter2") {
			t.Errorf("%s: log tail %q", name, r.LogTail)
		}
	}
}
