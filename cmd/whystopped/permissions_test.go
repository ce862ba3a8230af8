//go:build !local

package main

import (
	"slices"
	"strings"
	"testing"

	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/account/permissions"
	"whystopped/cmd/whystopped/screen"
)

// everyCall are command lines that together make every call that their command may make.
var everyCall = map[string][]string{
	"archive":    {"archive", "../../events/samples/crashed-exit-1.json", "--to", "logs:"},
	"history":    {"history", "--from", "logs:", "--each"},
	"reclassify": {"reclassify", "--from", "logs:/old", "--to", "logs:"},
}

// withOldRecord starts a log group beside one that has a record of older tables.
func withOldRecord(t *testing.T) *cwlogstest.Server {
	t.Helper()
	logs := accounttest.Logs(t)
	logs.CreateGroup("/old", 0)
	old := sampleRecord(t, "crashed-exit-1")
	old.ClassifierVersion, old.Class, old.Fault = 0, "runtime.oom", "oom"
	putRecord(t, "logs:/old", old)
	return logs
}

// TestPermissionsAreThoseOfTheCalls runs each command against a stand-in and compares the calls with the table.
func TestPermissionsAreThoseOfTheCalls(t *testing.T) {
	for command, args := range everyCall {
		t.Run(command, func(t *testing.T) {
			logs := withOldRecord(t)
			before := map[string]int{}
			calls := []string{"FilterLogEvents", "PutLogEvents", "CreateLogStream"}
			for _, call := range calls {
				before[call] = logs.Calls(call)
			}
			whystopped(t, screen.ExitOK, args...)
			for _, call := range calls {
				needed := slices.ContainsFunc(permissions.All, func(p permissions.Permission) bool {
					return p.Command == command && p.Call == call && p.Action == "logs:"+call
				})
				if made := logs.Calls(call) > before[call]; made != needed {
					t.Errorf("%s is called: %t; it is in the table: %t", call, made, needed)
				}
			}
		})
	}
}

// TestDeniedPermissionIsNamed takes each permission of the table away in its turn.
func TestDeniedPermissionIsNamed(t *testing.T) {
	for _, p := range permissions.All {
		if everyCall[p.Command] == nil {
			continue
		}
		t.Run(p.Command+" "+p.Action, func(t *testing.T) {
			code, args := screen.ExitBad, everyCall[p.Command]
			switch p.Call {
			case "StopQuery": // nobody waits for it
				return
			case "StartQuery", "GetQueryResults": // records are read instead
				code, args = screen.ExitOK, []string{"history", "--from", "logs:"}
			}
			withOldRecord(t).Inject(cwlogstest.Denied(p.Call))
			_, stderr := whystopped(t, code, args...)
			if want := "not allowed to call " + p.Action +
				": allow it on the log group \"/"; !strings.Contains(stderr, want) {
				t.Errorf("stderr does not say %q:\n%s", want, stderr)
			}
		})
	}
}
