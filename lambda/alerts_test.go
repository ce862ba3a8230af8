package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/memory/dynamo/dynamotest"
)

// inbox is a stand-in of Amazon SNS that keeps the titles of what is published.
type inbox struct {
	*httptest.Server
	delay time.Duration // before the answer

	mu     sync.Mutex
	titles []string
}

func newInbox(t *testing.T) *inbox {
	in := &inbox{}
	in.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var message map[string]string
		if r.ParseForm() != nil || json.Unmarshal([]byte(r.Form.Get("Message")), &message) != nil {
			http.Error(w, "not a Publish", http.StatusBadRequest)
			return
		}
		in.mu.Lock()
		in.titles = append(in.titles, message["sms"])
		in.mu.Unlock()
		time.Sleep(in.delay)
		fmt.Fprint(w, `<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>`)
	}))
	t.Cleanup(in.Close)
	return in
}

// take returns the titles since it was called last, sorted.
func (in *inbox) take() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	titles := in.titles
	in.titles = nil
	return slices.Sorted(slices.Values(titles))
}

// shared is the environment of processes that remember in a table and tell an inbox.
func shared(table string, in *inbox) []string {
	return []string{stack.EnvLogGroup + "=" + group, stack.EnvMemory + "=" + stack.MemoryTable, stack.EnvSteady + "=on",
		stack.EnvTopic + "=arn:aws:sns:eu-west-1:111122223333:on-call", "AWS_ENDPOINT_URL_SNS=" + in.URL,
		"AWS_ENDPOINT_URL_DYNAMODB=" + table}
}

func newTable(t *testing.T) *dynamotest.Server {
	table := dynamotest.NewServer(stack.MemoryTable)
	t.Cleanup(table.Close)
	return table
}

// crashOf is the event of a task of a service that crashed.
func crashOf(t *testing.T, service, task string) []byte {
	return stopped(t, task, object{"group": "service:" + service})
}

// steadyOf is the event of a service that is steady, which came so long after its tasks stopped.
func steadyOf(t *testing.T, service, id string, after time.Duration) []byte {
	t.Helper()
	at := stoppedAt.Add(after).Format("2006-01-02T15:04:05.000Z")
	event, err := json.Marshal(object{"version": "0", "id": id, "detail-type": "ECS Service Action",
		"source": "aws.ecs", "account": "111122223333", "region": "eu-west-1", "time": at,
		"resources": []string{"arn:aws:ecs:eu-west-1:111122223333:service/prod/" + service},
		"detail": object{"eventType": "INFO", "eventName": "SERVICE_STEADY_STATE", "createdAt": at,
			"clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod"}})
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// handOver hands events to whichever process asks, so many at once, and wants all to succeed.
func handOver(t *testing.T, api *runtimeAPI, atOnce int, events [][]byte) {
	t.Helper()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(events); i = int(next.Add(1)) - 1 {
				_, answered := api.submit(t.Context(), events[i], 15*time.Second)
				select {
				case a := <-answered:
					if a.failed {
						t.Errorf("event %d: %s", i, a.body)
					}
				case <-time.After(patience):
					t.Errorf("event %d has no answer after %s", i, patience)
					return
				}
			}
		})
	}
	workers.Wait()
}

// notAway ends the test where the machine was too slow for 300 ms, and the memory so not there: then more is told.
func notAway(t *testing.T, functions []*function) {
	t.Helper()
	away := 0
	for _, f := range functions {
		away += strings.Count(f.stop(), `"`+stack.MetricMemoryFailures+`":1`)
	}
	if away > 0 && t.Failed() {
		t.Errorf("the memory did not answer %d times within 300 ms: this machine was too busy to tell", away)
	}
}

// states counts the records by service and alertState.
func states(all []archive.Record) map[string]int {
	counts := map[string]int{}
	for _, r := range all {
		counts[r.Service+" "+r.AlertState]++
	}
	return counts
}

func TestAThousandStopsAreFourMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("starts 50 processes: run it without -short")
	}
	table := newTable(t)
	thousand(t, table.URL, 6)
	t.Logf("%d writes to the table", table.Calls("PutItem")+table.Calls("UpdateItem"))
}

// TestAThousandStopsAreFourMessagesWithDynalite has a DynamoDB that others made; WHYSTOPPED_DYNALITE is the folder in
// which npm has installed dynalite 4.
func TestAThousandStopsAreFourMessagesWithDynalite(t *testing.T) {
	folder := os.Getenv("WHYSTOPPED_DYNALITE")
	if folder == "" {
		t.Skip("set WHYSTOPPED_DYNALITE to a folder in which npm has installed dynalite 4")
	}
	table, err := dynamotest.Dynalite(t.Context(), folder, stack.MemoryTable)
	if err != nil {
		t.Fatal(err)
	}
	thousand(t, table, 2) // it is slow
}

// thousand has 50 processes with 1,000 stops of four failures, so many at once, then with 1,000 more, and then with
// services that are steady.
func thousand(t *testing.T, table string, atOnce int) {
	const processes, stops, failures = 50, 1000, 4
	logs, in, api := service(t), newInbox(t), newRuntimeAPI(t)
	var functions []*function
	for range processes {
		functions = append(functions, startProgram(t, bootstrap, api, logs.URL, shared(table, in)...))
	}
	defer notAway(t, functions)
	name := func(i int) string { return fmt.Sprintf("service-%d", i%failures) }
	for round, want := range [][]string{{"New: prod/service-0: ", "New: prod/service-1: ", "New: prod/service-2: ",
		"New: prod/service-3: "}, nil} {
		var events [][]byte
		for i := range stops {
			events = append(events, crashOf(t, name(i), fmt.Sprintf("task-%d-%04d", round, i)))
		}
		begin := time.Now()
		handOver(t, api, atOnce, events)
		t.Logf("round %d: %d stops in %s", round+1, stops, time.Since(begin).Round(time.Second))
		begins(t, in.take(), want)
	}
	all := records(t, logs)
	want := map[string]int{}
	counts := map[string]map[int64]bool{}
	for i := range failures {
		want[name(i)+" new"], want[name(i)+" ongoing"] = 1, 2*stops/failures-1
		counts[name(i)] = map[int64]bool{}
	}
	if got := states(all); !maps.Equal(got, want) {
		t.Errorf("records %v, want %v", got, want)
	}
	for _, r := range all {
		if r.SeenCount != nil {
			counts[r.Service][*r.SeenCount] = true
		}
	}
	for service, seen := range counts {
		if len(seen) != 2*stops/failures {
			t.Errorf("%s has %d different counts", service, len(seen))
		}
	}

	var steady [][]byte
	for i := range failures {
		steady = append(steady, steadyOf(t, name(i), "steady-"+name(i), 14*time.Minute),
			steadyOf(t, "other-"+name(i), "other-"+name(i), 14*time.Minute))
	}
	handOver(t, api, atOnce, steady)
	var closings []string
	for i := range failures {
		closings = append(closings, "prod/"+name(i)+" is steady again after 14 min, 500 stops: ")
	}
	begins(t, in.take(), closings)
	if n := len(records(t, logs)) - len(all); n != failures {
		t.Errorf("%d records of services that are steady, want %d: those that close something", n, failures)
	}
	handOver(t, api, atOnce, [][]byte{stopped(t, "task-later", object{"group": "service:service-0",
		"stoppedAt": stoppedAt.Add(20 * time.Minute).Format("2006-01-02T15:04:05.000Z")})})
	begins(t, in.take(), []string{"Again: prod/service-0: "})
}

// begins compares sorted titles with how they should begin.
func begins(t *testing.T, titles, want []string) {
	t.Helper()
	same := len(titles) == len(want)
	for i := 0; same && i < len(want); i++ {
		same = strings.HasPrefix(titles[i], want[i])
	}
	if !same {
		t.Errorf("told %q, want %q", titles, want)
	}
}

// TestAProcessThatIsKilledLosesNoChange kills the process of half of all invocations somewhere in their work, and hands
// the event to a new one, as Lambda does. Somebody is told of every failure, and every stop is counted once.
func TestAProcessThatIsKilledLosesNoChange(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some 100 processes: run it without -short")
	}
	const sent, services, workers, attempts = 120, 5, 2, 3 // six services would be a wave
	logs, table, in := service(t), newTable(t), newInbox(t)
	in.delay = 10 * time.Millisecond
	logs.Inject(cwlogstest.Fault{Operation: "PutLogEvents", Delay: 10 * time.Millisecond})
	table.Inject(dynamotest.Fault{Delay: 10 * time.Millisecond})
	var next, killed atomic.Int64
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			var f *function
			usual := 60 * time.Millisecond
			for i := int(next.Add(1)) - 1; i < sent; i = int(next.Add(1)) - 1 {
				event := crashOf(t, fmt.Sprintf("service-%02d", i%services), taskName(i))
				for attempt, done := 0, false; !done; attempt++ {
					if f == nil {
						f = startProgram(t, bootstrap, newRuntimeAPI(t), logs.URL, shared(table.URL, in)...)
						f.started()
					}
					_, answered := f.api.submit(t.Context(), event, 10*time.Second)
					var moment <-chan time.Time
					if attempt < attempts && rand.N(2) == 0 {
						moment = time.After(rand.N(usual))
					}
					select {
					case a := <-answered:
						if done = !a.failed; !done {
							t.Errorf("%s: answered %+v", taskName(i), a)
							return
						}
					case <-moment:
						killed.Add(1)
						f.stop()
						f = nil
					case <-time.After(patience):
						t.Errorf("%s has no answer after %s", taskName(i), patience)
						return
					}
				}
			}
		})
	}
	running.Wait()
	told := map[string]int{}
	for _, title := range in.take() {
		if name, isNew := strings.CutPrefix(title, "New: prod/"); isNew {
			name, _, _ = strings.Cut(name, ":")
			told[name]++
		}
	}
	if len(told) != services {
		t.Errorf("told of %d failures, want %d: %v", len(told), services, told)
	}
	counted := map[string]string{}
	for _, item := range table.Items() {
		if item["seen"] != "" {
			counted[item[stack.MemoryPart]] = item["seen"]
			if item["seen"] != fmt.Sprint(sent/services) {
				t.Errorf("%s: %s stops are counted, want %d", item[stack.MemoryPart], item["seen"], sent/services)
			}
		}
	}
	if len(counted) != services {
		t.Errorf("counted %v", counted)
	}
	answers := map[string]string{}
	for _, r := range records(t, logs) {
		if r.AlertState == "" {
			t.Errorf("%s was decided without the memory", r.DedupKey)
			continue
		}
		answer := fmt.Sprint(r.AlertState, *r.SeenCount)
		if was := answers[r.DedupKey]; was != "" && was != answer {
			t.Errorf("%s is %s, and was %s", r.DedupKey, answer, was)
		}
		answers[r.DedupKey] = answer
	}
	if len(answers) != sent || killed.Load() < sent/4 {
		t.Errorf("%d of %d records are written, %d processes were killed", len(answers), sent, killed.Load())
	}
	t.Logf("%d processes were killed; told %v", killed.Load(), told)
}

// TestTheTableIsCutOffInTheMiddle: every record is written all the same, and no process tells anything twice, neither
// while the table is away nor when it is there again.
func TestTheTableIsCutOffInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 10 s: run it without -short")
	}
	for name, fault := range map[string]dynamotest.Fault{"away": dynamotest.Away, "throttled": dynamotest.Throttled,
		"denied": dynamotest.Denied, "slow": dynamotest.Slow, "failing": dynamotest.Failing,
		"answers lost": {Cut: true, Stored: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const processes, rounds, services = 2, 6, 6
			logs, table := service(t), newTable(t)
			var functions []*function
			var inboxes []*inbox
			for range processes {
				inboxes = append(inboxes, newInbox(t))
				functions = append(functions, start(t, logs.URL, shared(table.URL, inboxes[len(inboxes)-1])...))
			}
			sent := 0
			for round := range rounds {
				switch round {
				case 2:
					table.Inject(fault)
				case 4:
					table.Heal()
				}
				// services that failed before the fault, fail first with it, and after it
				for s := range services {
					if s > round+1 {
						continue
					}
					sent++
					begin := time.Now()
					functions[rand.N(processes)].succeeds(crashOf(t, fmt.Sprintf("service-%d", s), taskName(sent)))
					if took := time.Since(begin); took > 3*time.Second {
						t.Errorf("it took %s", took)
					}
				}
			}
			if n := len(records(t, logs)); n != sent {
				t.Errorf("%d of %d records are written", n, sent)
			}
			all := map[string]bool{}
			for i, in := range inboxes {
				told := map[string]bool{}
				for _, title := range in.take() {
					who, _, _ := strings.Cut(strings.TrimPrefix(title, "New: "), ":")
					if told[who] {
						t.Errorf("process %d told of %s twice", i, who)
					}
					told[who], all[who] = true, true
				}
			}
			if len(all) != services {
				t.Errorf("told of %d failures, want %d: %v", len(all), services, all)
			}
			counted := 0
			for _, f := range functions {
				counted += strings.Count(f.stop(), `"`+stack.MetricMemoryFailures+`":1`)
			}
			if counted == 0 {
				t.Error("no metric counts that the memory was away")
			}
		})
	}
}
