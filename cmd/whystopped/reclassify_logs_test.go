//go:build !local

package main

import (
	"strings"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
)

func TestReclassifyOfALogGroup(t *testing.T) {
	logs := accounttest.Logs(t)
	var records []archive.Record
	for i, sample := range []string{"crashed-exit-1", "oom-with-sidecar", "host-lost-ec2"} {
		r := sampleRecord(t, sample)
		older(&r)
		r.StoppedAt = archive.Time{Time: time.Now().Add(-time.Duration(i) * 72 * time.Hour)}
		records = append(records, r)
	}
	putRecord(t, "logs:", records...)

	stdout, _ := whystopped(t, screen.ExitOK, "reclassify", "--from", "logs:", "--since", "4d")
	if got := screentest.Rows(stdout); got["changed"] != 2 {
		t.Errorf("of the last 4 days: %v", got)
	}
	for _, want := range []string{
		"TASK ", " WAS ", " IS\n", records[0].TaskID, "runtime.unknown review", "runtime.crashed failure",
		"nothing; name an archive with --to",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it does not print %q:\n%s", want, stdout)
		}
	}

	logs.Inject(cwlogstest.Fault{Operation: "PutLogEvents", Times: 1, Status: 400, Code: "InvalidParameterException"})
	_, stderr := whystopped(t, screen.ExitBad, "reclassify", "--from", "logs:", "--to", "logs:")
	if !strings.Contains(stderr, " of 3 records are written to log group /whystopped/stops, then: ") {
		t.Errorf("stderr %q", stderr)
	}
	whystopped(t, screen.ExitOK, "reclassify", "--from", "logs:", "--to", "logs:")
	for _, r := range archive.Shown(recordsAt(t, "logs:")) {
		if r.Source != archive.SourceReclassify || r.Class == "runtime.unknown" {
			t.Errorf("%s is shown as %s from %s", r.TaskID, r.Class, r.Source)
		}
	}
	stdout, _ = whystopped(t, screen.ExitOK, "reclassify", "--from", "logs:", "--to", "logs:")
	if got := screentest.Rows(stdout); got["changed"]+got["reworded"] != 0 || got["unchanged"] != 3 {
		t.Errorf("a second run: %v", got)
	}
}
