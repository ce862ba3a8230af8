//go:build !local

package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
)

// TestHistoryHasLogsInsightsCount: kinds are counted by a query, and shown as they are where the records are read.
func TestHistoryHasLogsInsightsCount(t *testing.T) {
	s := logsStandIn(t)
	archived(t, crash("web", 1, 3*time.Minute), crash("web", 2, time.Hour), crash("api", 3, time.Minute),
		crash("web", 4, 10*24*time.Hour), crash("old", 5, 20*24*time.Hour))
	archived(t, crash("web", 1, 3*time.Minute))              // once more
	seconds := regexp.MustCompile(`\d+ s ago *|:\d\d:\d\dZ`) // the one came so much later than the other
	for _, args := range []string{"", "--json", "--limit 1", "--cluster prod --service web,api", "--since all",
		"--since 15d --until 2d", "--verdict expected", "--class runtime.crashed --json --since all",
		"--family web --since 2h"} {
		line := strings.Fields("history --from logs: " + args)
		before := s.Calls("FilterLogEvents")
		counted := invoke(t, line...)
		if n := s.Calls("FilterLogEvents") - before; n > 0 || counted.code != screen.ExitOK {
			t.Errorf("%q: exit code %d, records are read %d times: %s", args, counted.code, n, counted.stderr)
		}
		s.Inject(cwlogstest.Denied("StartQuery"))
		read := invoke(t, line...)
		s.Heal()
		if seconds.ReplaceAllString(counted.stdout, "") != seconds.ReplaceAllString(read.stdout, "") {
			t.Errorf("%q: counted\n%s\nread\n%s", args, counted.stdout, read.stdout)
		}
		if !strings.Contains(read.stderr, "the records are read one after the other, since Logs Insights did not "+
			"count them: not allowed to call logs:StartQuery") || counted.stderr != "" && args != "--limit 1" &&
			!strings.Contains(counted.stderr, "no stops in") {
			t.Errorf("%q: said %q, %q", args, read.stderr, counted.stderr)
		}
	}
	verbose := invoke(t, "history", "--from", "logs:", "--verbose")
	if !strings.Contains(verbose.stderr, "Logs Insights scanned 0.0 MB, about $0.0000 at $0.005 a GB\n") {
		t.Errorf("said %q", verbose.stderr)
	}
}

func TestAnInterruptedHistoryCancelsItsQuery(t *testing.T) {
	s := logsStandIn(t)
	s.Endless = true
	archived(t, crash("web", 1, time.Minute))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	h := history{from: "logs:", now: time.Now(), stderr: io.Discard, out: io.Discard}
	err := h.list(ctx)
	if err == nil || err.Error() != "interrupted: the query is cancelled" || s.Calls("StopQuery") != 1 {
		t.Errorf("error %v, %d queries cancelled", err, s.Calls("StopQuery"))
	}
}

// TestTheLatestStopsOfALogGroupAreReadFirst: no more is read than shows the lines that are asked for.
func TestTheLatestStopsOfALogGroupAreReadFirst(t *testing.T) {
	s := logsStandIn(t)
	var lines []string
	for n := range 40 {
		lines = append(lines, crash("web", n, time.Duration(n)*3*time.Hour))
	}
	archived(t, lines...)
	all := invoke(t, "history", "--from", "logs:", "--each", "--limit", "0")
	few := invoke(t, "history", "--from", "logs:", "--each", "--limit", "5", "--verbose")
	rows := func(text string) []string {
		_, table, _ := strings.Cut(text, "STOPPED")
		return strings.Split(table, "\n")[1:6]
	}
	if fmt.Sprint(rows(all.stdout)) != fmt.Sprint(rows(few.stdout)) {
		t.Errorf("all\n%s\nfew\n%s", all.stdout, few.stdout)
	}
	if strings.Count(few.stderr, "records read since ")+strings.Count(few.stderr, "record read since ") != 3 ||
		strings.Contains(few.stderr, "40 records") ||
		!strings.Contains(few.stdout, "\nleft out: stops before ") {
		t.Errorf("said %q\n%s", few.stderr, few.stdout)
	}
	if len(s.Events(stack.LogGroup, "")) != 40 {
		t.Error("not all are archived")
	}
}
