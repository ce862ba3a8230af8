//go:build linux

package account

import (
	"strings"
	"testing"
	"time"

	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen/screentest"
)

// TestLongWorkSaysHowFarItIs: on a terminal, and nothing of it in a pipe or after the end.
func TestLongWorkSaysHowFarItIs(t *testing.T) {
	for _, test := range []struct {
		line string
		says []string
	}{
		{"why --cluster prod --service web --from logs:", []string{"asking ECS about the service web",
			"listing the stopped tasks, clusters: 1 of 1", "reading tasks: 1 of 1"}},
		{"why --cluster prod --service web --verify", []string{"reading the route tables"}},
		{"doctor", []string{"checking function", "checking stored-once"}},
		{"doctor --gaps", []string{"reading the archive, records: 1"}},
		{"backfill --all-clusters --to logs:", []string{"listing the stopped tasks, clusters: 1 of 1",
			"reading tasks: 1 of 1", "writing stops: 1 of 1"}},
		{"redrive --to logs:", []string{"archiving messages of whystopped-undelivered: 0"}},
	} {
		t.Run(test.line, func(t *testing.T) {
			a := eventful(t)
			answering(t, &accounttest.Asking{})
			a.ecs.services = []service{webService(time.Now(), 0, "IN_PROGRESS")}
			if strings.Contains(test.line, "--gaps") {
				putRecord(t, "logs:", openStop("a"))
			}
			screentest.LongWork(t, run, test.says, strings.Fields(test.line)...)
		})
	}
}
