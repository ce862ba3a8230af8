package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// TestNothingInAnEventSteersTheTerminal puts every kind of character that a terminal obeys, or that hides or turns what
// stands beside it, into every name and text of a stop, and looks at every way in which the stop is shown.
func TestNothingInAnEventSteersTheTerminal(t *testing.T) {
	var marks strings.Builder
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			fmt.Fprintf(&marks, "%cx", r)
		}
	}
	name := func(s string) string { return s + marks.String() }
	quoted, err := json.Marshal(name("Essential container in task exited: "))
	if err != nil {
		t.Fatal(err)
	}
	text := string(quoted)
	event := fmt.Sprintf(
		`{"source":"aws.ecs","detail-type":"ECS Task State Change","id":"1","account":"111122223333",
		"region":"eu-west-1","time":"2026-06-01T10:00:00Z",
		"detail":{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22ab4f1c22ab4f1c22ab4f1c22ab",
		"clusterArn":%[1]s,"group":%[1]s,"startedBy":%[1]s,"taskDefinitionArn":%[1]s,
		"lastStatus":"STOPPED","desiredStatus":"STOPPED",
		"stopCode":%[1]s,"stoppedReason":%[1]s,"stoppedAt":"2026-06-01T10:00:00Z","availabilityZone":%[1]s,
		"platformVersion":%[1]s,
		"containers":[{"name":%[1]s,"image":%[1]s,"reason":%[1]s,"exitCode":1,"lastStatus":"STOPPED",
		"runtimeId":%[1]s}]}}`, text)
	dir := t.TempDir()
	file, stops := filepath.Join(dir, "stop.json"), filepath.Join(dir, "stops")
	if err := os.WriteFile(file, []byte(event), 0o600); err != nil {
		t.Fatal(err)
	}
	whystopped(t, 0, "archive", file, "--to", stops)
	for _, args := range [][]string{
		{"explain", file}, {"explain", "--table", file}, {"explain", "--json", "--raw", file},
		{"history", "--from", stops, "--since", "all"}, {"history", "--from", stops, "--since", "all", "--each"},
		{"history", "--from", stops, "--since", "all", "--json"},
		{"history", "--from", stops, "--since", "all", "--each", "--json"},
		{"history", "--from", stops, "4f1c22ab"}, {"reclassify", "--from", stops},
		{"explain", filepath.Join(dir, name("missing"))}, {"history", name("x")}, {name("command")},
		{"explain", "--" + name("flag")},
	} {
		code := 0
		if strings.Contains(strings.Join(args, " "), "\x1b") {
			code = 2
		}
		stdout, stderr := whystopped(t, code, args...)
		for _, r := range stdout + stderr {
			if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Errorf("%.60q prints %U", args, r)
				break
			}
		}
		if code == 0 && len(stdout) == 0 {
			t.Errorf("%.60q prints nothing", args)
		}
	}
}
