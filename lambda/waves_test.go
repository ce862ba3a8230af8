//go:build slow

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"whystopped/notify/alerts"
)

// TestAWaveOf41ServicesIsSevenMessages: five by themselves, one for all, and one that names all when two minutes are
// over, with whatever event comes then.
func TestAWaveOf41ServicesIsSevenMessages(t *testing.T) {
	t.Parallel()
	logs, table, in, api := service(t), newTable(t), newInbox(t), newRuntimeAPI(t)
	var functions []*function
	for range 5 {
		functions = append(functions, startProgram(t, bootstrap, api, logs.URL, shared(table.URL, in)...))
	}
	defer notAway(t, functions)
	var events [][]byte
	for i := range 41 {
		events = append(events, unreachableOf(t, i, i))
	}
	handOver(t, api, 6, events)
	titles := in.take()
	news, waves := 0, 0
	for _, title := range titles {
		switch {
		case strings.HasPrefix(title, "New: prod/service-"):
			news++
		case strings.HasPrefix(title, "Wave: 6th service in 2 minutes that cannot reach "+
			"api.ecr.eu-west-1.amazonaws.com: "):
			waves++
		}
	}
	if news != 5 || waves != 1 || len(titles) != 6 {
		t.Errorf("told %q", titles)
	}
	time.Sleep(alerts.WaveTime + time.Second)
	handOver(t, api, 6, [][]byte{unreachableOf(t, 100, 0)})
	titles = in.take()
	if len(titles) != 1 || !strings.HasPrefix(titles[0], "Wave: 41 services in 2 minutes that cannot reach ") {
		t.Errorf("told when it was over: %q", titles)
	}
	handOver(t, api, 6, [][]byte{unreachableOf(t, 101, 1), steadyOf(t, "service-999", "steady", time.Minute)})
	if titles := in.take(); len(titles) != 0 {
		t.Errorf("told later: %q", titles)
	}
	if n := len(records(t, logs)); n != 43 {
		t.Errorf("%d records: %s", n, fmt.Sprint(states(records(t, logs))))
	}
}
