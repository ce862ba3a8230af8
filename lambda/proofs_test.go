package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/evidence/lookup/awstest"
	"whystopped/memory/dynamo/dynamotest"
)

// remembering starts a process that asks an account and shares a table.
func remembering(t *testing.T, api *runtimeAPI, logs *cwlogstest.Server, account *awstest.Server,
	table *dynamotest.Server) *function {
	return startProgram(t, bootstrap, api, logs.URL, stack.EnvLogGroup+"="+group, stack.EnvEvidence+"=describe",
		stack.EnvMemory+"="+table.Table, "AWS_ENDPOINT_URL="+account.URL, "AWS_ENDPOINT_URL_DYNAMODB="+table.URL)
}

// TestProcessesShareProofs has two processes with tasks of one service that fail alike, whatever becomes of the table.
func TestProcessesShareProofs(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  *dynamotest.Fault
		shared bool
	}{
		{name: "the table is there", shared: true},
		{name: "throttled", fault: &dynamotest.Throttled},
		{name: "denied", fault: &dynamotest.Denied},
		{name: "failing", fault: &dynamotest.Failing},
		{name: "slow", fault: &dynamotest.Slow},
		{name: "away", fault: &dynamotest.Away},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			logs, account, table := service(t), awstest.NewServer("111122223333"), dynamotest.NewServer("memory")
			t.Cleanup(account.Close)
			t.Cleanup(table.Close)
			if test.fault != nil {
				table.Inject(*test.fault)
			}
			putService(account, 0)
			calls := [2]int{}
			for i := range calls {
				f := remembering(t, newRuntimeAPI(t), logs, account, table)
				begin := time.Now()
				f.succeeds(unreachableOf(t, i, 0))
				if took := time.Since(begin); took > 4*time.Second {
					t.Errorf("task %d took %s", i, took)
				}
				calls[i] = account.Count("")
			}
			all := byTask(t, logs)
			first, second := all["task-000"], all["task-001"]
			for _, r := range all {
				if !strings.Contains(r.CauseIDs, "route-missing=confirmed") || r.CheckedAt.IsZero() {
					t.Errorf("%s has no proof: %s", r.DedupKey, r.CauseIDs)
				}
			}
			if shared := calls[1] == calls[0]; shared != test.shared || shared != (second.ProvenBy == first.TaskID) ||
				shared && !second.ProvenAt.Equal(first.CheckedAt.Time) || first.ProvenBy != "" {
				t.Errorf("%d and %d calls; proven by %q and %q", calls[0], calls[1]-calls[0], first.ProvenBy,
					second.ProvenBy)
			}
			for _, item := range table.Items() {
				text := fmt.Sprint(item)
				if strings.Contains(text, "stoppedReason") || strings.Contains(text, "detail-type") {
					t.Errorf("an event is kept: %s", text)
				}
			}
		})
	}
}

// TestAStormIsProvenOncePerFailure has thirty processes that are handed the tasks of twelve services, all at once.
func TestAStormIsProvenOncePerFailure(t *testing.T) {
	if testing.Short() {
		t.Skip("the storm starts thirty processes: run it without -short")
	}
	const processes, services, tasks = 30, 12, 30
	logs, account, table := service(t), awstest.NewServer("111122223333"), dynamotest.NewServer("memory")
	t.Cleanup(account.Close)
	t.Cleanup(table.Close)
	for n := range services {
		putService(account, n)
	}
	api := newRuntimeAPI(t)
	var started []*function
	for range processes {
		started = append(started, remembering(t, api, logs, account, table))
	}
	begin := time.Now()
	var all sync.WaitGroup
	for task := range services * tasks {
		all.Go(func() {
			_, answered := api.submit(t.Context(), unreachableOf(t, task, task%services), 20*time.Second)
			select {
			case a := <-answered:
				if a.failed {
					t.Errorf("task %d: %s", task, a.body)
				}
			case <-time.After(3 * patience):
				t.Errorf("task %d has no answer", task)
			}
		})
	}
	all.Wait()
	took := time.Since(begin)
	alone := 0 // when the table kept a process waiting for too long, it looks for itself
	for _, f := range started {
		alone += strings.Count(f.stop(), `"not remembered"`)
	}
	proven, looked, without := map[string]bool{}, 0, 0
	for _, r := range byTask(t, logs) {
		switch {
		case !strings.Contains(r.CauseIDs, "route-missing=confirmed"):
			without++
			if r.CauseReason != "throttled" {
				t.Errorf("%s has no proof: %s, %s", r.DedupKey, r.CauseIDs, r.CauseReason)
			}
		case r.ProvenBy == "":
			looked++
			fallthrough
		default:
			proven[r.Service] = true
		}
	}
	if len(proven) != services || looked > services+alone {
		t.Errorf("%d look-ups for %d services, %d of which have a proof", looked, services, len(proven))
	}
	calls := map[string]int{}
	for _, request := range account.Requests() {
		calls[request]++
	}
	for _, api := range slices.Sorted(maps.Keys(calls)) {
		service, _, _ := strings.Cut(api, ":")
		if most := 100/4 + 20/4*took.Seconds(); service == "ec2" && float64(calls[api]) > most {
			t.Errorf("%s is called %d times in %s, more than %.0f", api, calls[api], took, most)
		}
	}
	t.Logf("%d events in %s: %d look-ups, %d without proof, %d calls of the account, %d of the table",
		services*tasks, took.Round(time.Millisecond), looked, without, account.Count(""),
		table.Calls("Query")+table.Calls("UpdateItem")+table.Calls("PutItem"))
}

// byTask are the records that were written, by their keys.
func byTask(t *testing.T, logs *cwlogstest.Server) map[string]archive.Record {
	t.Helper()
	all := map[string]archive.Record{}
	for _, r := range records(t, logs) {
		all[r.DedupKey] = r
	}
	return all
}
