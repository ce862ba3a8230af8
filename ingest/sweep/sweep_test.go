package sweep

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/events"
	"whystopped/ingest"
	"whystopped/ingest/sweep/sweeptest"
	"whystopped/memory"
	"whystopped/notify/alerts"
)

type object = sweeptest.Object

const prefix = sweeptest.Prefix

// kept is an archive in memory, whose records other goroutines may write.
type kept struct {
	mu      sync.Mutex
	records []archive.Record
}

func (k *kept) Put(_ context.Context, r archive.Record) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.records = append(k.records, r)
	return nil
}

func (k *kept) read(_ context.Context, f archive.Filter) iter.Seq2[archive.Record, error] {
	k.mu.Lock()
	defer k.mu.Unlock()
	records := slices.Clone(k.records)
	return func(yield func(archive.Record, error) bool) {
		for _, r := range records {
			if !r.Moment().Before(f.Start) && !yield(r, nil) {
				return
			}
		}
	}
}

// setting is a region, an archive and the time.
type setting struct {
	*sweeptest.Server
	*kept
	now      time.Time
	table    memory.Table
	pipeline *ingest.Pipeline
	sweep    *Sweep
	told     []alerts.Change
}

func newSetting(t *testing.T) *setting {
	t.Helper()
	s := &setting{Server: sweeptest.NewServer(t), kept: &kept{}, now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return s.now }
	s.table = memory.NewLocal(now)
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &s.URL,
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "")}
	pattern := func(text []byte, err error) *events.Pattern {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		p, err := events.CompilePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	s.sweep = &Sweep{ECS: NewClient(cfg), Archived: s.read, Now: now,
		Explain: func(stop events.Stop) archive.Record { return ingest.Explain(stop, archive.SourceSweep, s.now) },
		Stops:   pattern(events.CapturePattern(events.Options{})),
		Told:    pattern(events.ServicesPattern(events.Options{})),
	}
	s.pipeline = &ingest.Pipeline{Store: s.kept, Source: archive.SourceSweep, Now: now, Notifier: s,
		Memory: memory.NewAlerts(s.table, alerts.Settings{Steady: true}, now)}
	return s
}

func (s *setting) Notify(_ context.Context, c alerts.Change) error {
	s.told = append(s.told, c)
	return nil
}

// run sweeps once.
func (s *setting) run(t *testing.T) (Seen, Kept) {
	t.Helper()
	seen, err := s.sweep.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wrote, err := s.sweep.Keep(t.Context(), s.pipeline, seen)
	if err != nil {
		t.Fatal(err)
	}
	return seen, wrote
}

// records are those of services below their count.
func (s *setting) below() (all []archive.Record) {
	for _, r := range s.records {
		if r.EventName == events.BelowDesired {
			all = append(all, r)
		}
	}
	return all
}

// TestAThousandServices: 1,000 services in 40 clusters, each with a hundred messages.
func TestAThousandServices(t *testing.T) {
	s := newSetting(t)
	for i := range 40 {
		cluster := fmt.Sprintf("cluster-%02d", i)
		for j := range 25 {
			name := fmt.Sprintf("service-%02d", j)
			var messages []object
			for k := range 100 {
				messages = append(messages, sweeptest.Message(name, "has reached a steady state.",
					sweeptest.Seconds(s.now.Add(-time.Duration(k)*6*time.Hour))))
			}
			s.Services[cluster] = append(s.Services[cluster],
				sweeptest.Service(cluster, name, s.now, object{"events": messages}))
		}
	}
	twoWeeks := s.now.Add(-14 * 24 * time.Hour)
	s.Services["cluster-17"][3] = sweeptest.Service("cluster-17", "lost", s.now, object{"runningCount": 0,
		"deployments": sweeptest.Deployment("IN_PROGRESS", twoWeeks), "events": []object{}})
	s.Tasks["cluster-17"] = []object{sweeptest.Crashed("cluster-17", "lost", 1, s.now.Add(-20*time.Minute))}
	s.Services["cluster-18"][0] = sweeptest.Service("cluster-18", "deploying", s.now, object{"runningCount": 0,
		"deployments": sweeptest.Deployment("IN_PROGRESS", s.now.Add(-9*time.Minute))})
	s.Services["cluster-19"][0] = sweeptest.Service("cluster-19", "off", s.now,
		object{"runningCount": 0, "desiredCount": 0})

	begin, before, after := time.Now(), runtime.MemStats{}, runtime.MemStats{}
	runtime.ReadMemStats(&before)
	seen, _ := s.run(t)
	runtime.ReadMemStats(&after)
	n := 0
	for operation, calls := range s.Calls() {
		if operation != "DescribeTasks" {
			n += calls
		}
	}
	t.Logf("%d calls, %d of DescribeTasks, in %v; %d MB allocated", n, s.Calls()["DescribeTasks"],
		time.Since(begin).Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
	if n > 260 {
		t.Errorf("%d calls: %v", n, s.Calls())
	}
	if !seen.Whole() || seen.Services != 1000 || seen.Clusters != 40 {
		t.Errorf("%d services of %d clusters, left: %v", seen.Services, seen.Clusters, seen.AllLeft())
	}
	all := s.below()
	if len(all) != 1 {
		t.Fatalf("%d records: %+v", len(all), all)
	}
	r := all[0]
	if r.Service != "lost" || *r.DesiredCount != 1 || *r.RunningCount != 0 || !r.BelowSince.Equal(twoWeeks) ||
		r.Kind != "service" || r.Source != archive.SourceSweep || r.Class != "runtime.crashed" ||
		r.DedupKey != prefix+"service/cluster-17/lost#2026-11-16T12:00:00Z" ||
		!strings.HasPrefix(r.Summary, "0 of 1 task runs since 2026-11-16 12:00Z: ") {
		t.Errorf("%+v", r)
	}
}

// TestServicesBelowTheirCount: who is told of, since when, and why.
func TestServicesBelowTheirCount(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name    string
		service object
		task    time.Duration // since a task of it failed; 0 for none
		since   time.Duration // 0 where nothing is told
		why     string
	}{
		{name: "well", service: object{}},
		{name: "more run than are desired", service: object{"runningCount": 2}},
		{name: "scaled to zero", service: object{"desiredCount": 0, "runningCount": 0}},
		{name: "deleted", service: object{"status": "INACTIVE", "runningCount": 0, "desiredCount": 0}},
		{name: "a task fails again and again", task: 15 * time.Minute, since: 2 * time.Hour, why: "exit code 1",
			service: object{"runningCount": 0, "events": []object{
				sweeptest.Message("web", "has started 1 tasks: (task a).", sweeptest.Seconds(ago(time.Hour))),
				sweeptest.Message("web", "has started 1 tasks: (task b).", sweeptest.Seconds(ago(2*time.Hour))),
				sweeptest.Message("web", "has reached a steady state.", sweeptest.Seconds(ago(3*time.Hour)))}}},
		{name: "a moment ago", task: time.Minute,
			service: object{"runningCount": 0, "events": []object{
				sweeptest.Message("web", "has started 1 tasks: (task a).", sweeptest.Seconds(ago(time.Minute))),
				sweeptest.Message("web", "has reached a steady state.", sweeptest.Seconds(ago(3*time.Hour)))}}},
		{name: "within the grace of its health check",
			service: object{"runningCount": 0, "healthCheckGracePeriodSeconds": 3600, "events": []object{
				sweeptest.Message("web", "has started 1 tasks: (task a).", sweeptest.Seconds(ago(50*time.Minute)))}}},
		{name: "deployed a moment ago", service: object{"runningCount": 0,
			"deployments": sweeptest.Deployment("IN_PROGRESS", ago(5*time.Minute))}},
		{name: "deployed for an hour", since: time.Hour, why: "no task was even tried", service: object{
			"runningCount": 0, "deployments": sweeptest.Deployment("IN_PROGRESS", ago(time.Hour))}},
		{name: "cannot be placed", since: 30 * time.Minute, why: "memory",
			service: object{"runningCount": 0, "launchType": "EC2", "events": []object{
				sweeptest.Message("web", "was unable to place a task because no container instance met all of its "+
					"requirements. The closest matching (container-instance 0123456789abcdef) has insufficient memory "+
					"available.", sweeptest.Seconds(ago(30*time.Minute))),
				sweeptest.Message("web", "has reached a steady state.", sweeptest.Seconds(ago(day)))}}},
		{name: "nothing is said", since: day, why: "no task was even tried: ECS remembers none that failed, and says " +
			"nothing", service: object{"runningCount": 0,
			"events": []object{sweeptest.Message("web", "has reached a steady state.", sweeptest.Seconds(ago(day)))}}},
		{name: "a task failed before it was steady", task: 2 * time.Hour, since: time.Hour,
			why: "no task was even tried", service: object{"runningCount": 0, "events": []object{
				sweeptest.Message("web", "has begun draining connections on 1 tasks.",
					sweeptest.Seconds(ago(time.Hour))),
				sweeptest.Message("web", "has reached a steady state.", sweeptest.Seconds(ago(90*time.Minute)))}}},
		{name: "its last message has a secret", since: time.Hour, why: "password=", service: object{"runningCount": 0,
			"events": []object{sweeptest.Message("web", "was stopped by somebody with password=do-not-leak-1.",
				sweeptest.Seconds(ago(time.Hour)))}}},
		{name: "a daemon service", since: 40 * time.Minute, why: "no task was even tried",
			service: object{"schedulingStrategy": "DAEMON", "desiredCount": 3, "runningCount": 2, "events": []object{
				sweeptest.Message("web", "has started 1 tasks: (task a).", sweeptest.Seconds(ago(40*time.Minute)))}}},
		{name: "a daemon service without instances",
			service: object{"schedulingStrategy": "DAEMON", "desiredCount": 0, "runningCount": 0}},
		{name: "its task set runs", service: object{"deploymentController": object{"type": "EXTERNAL"},
			"deployments": []object{}, "desiredCount": 4, "runningCount": 2,
			"taskSets": []object{{"id": "ecs-svc/3", "status": "PRIMARY", "computedDesiredCount": 2, "runningCount": 2,
				"stabilityStatus": "STEADY_STATE", "createdAt": sweeptest.Seconds(ago(day))}}}},
		{name: "its task set does not", since: 2 * day, why: "no task was even tried",
			service: object{"deploymentController": object{"type": "EXTERNAL"}, "deployments": []object{},
				"desiredCount": 4, "runningCount": 4, "events": []object{},
				"taskSets": []object{{"id": "ecs-svc/3", "status": "PRIMARY", "computedDesiredCount": 2,
					"runningCount": 0, "stabilityStatus": "STABILIZING",
					"createdAt": sweeptest.Seconds(ago(2 * day))}}}},
		{name: "green beside blue", service: object{"deploymentController": object{"type": "CODE_DEPLOY"},
			"deployments": []object{}, "desiredCount": 1, "runningCount": 1,
			"taskSets": []object{
				{"id": "ecs-svc/3", "status": "PRIMARY", "computedDesiredCount": 1, "runningCount": 1,
					"stabilityStatus": "STEADY_STATE", "createdAt": sweeptest.Seconds(ago(day))},
				{"id": "ecs-svc/4", "status": "ACTIVE", "computedDesiredCount": 1, "runningCount": 0,
					"stabilityStatus": "STABILIZING", "createdAt": sweeptest.Seconds(ago(time.Hour))}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSetting(t)
			s.Services["prod"] = []object{sweeptest.Service("prod", "web", s.now, tt.service)}
			if tt.task > 0 {
				s.Tasks["prod"] = []object{sweeptest.Crashed("prod", "web", 1, ago(tt.task))}
			}
			s.run(t)
			all := s.below()
			if tt.since == 0 {
				if len(all) > 0 {
					t.Errorf("told: %s", all[0].Summary)
				}
				return
			}
			if len(all) != 1 || !all[0].BelowSince.Equal(ago(tt.since)) || !strings.Contains(all[0].Summary, tt.why) ||
				all[0].Verdict != "failure" {
				t.Fatalf("%d: %+v", len(all), all)
			}
			if text, err := all[0].Encode(); err != nil || strings.Contains(string(text), "do-not-leak") {
				t.Errorf("%v: %s", err, text)
			}
		})
	}
}

// TestLostStopsAreBrought: of a thousand stops the rule lost 37.
func TestLostStopsAreBrought(t *testing.T) {
	s := newSetting(t)
	lost := map[string]bool{}
	for i := range 1000 {
		cluster := fmt.Sprintf("cluster-%d", i%4)
		s.Services[cluster] = []object{}
		task := sweeptest.Crashed(cluster, "web", i, s.now.Add(-time.Duration(6+i%50)*time.Minute))
		s.Tasks[cluster] = append(s.Tasks[cluster], task)
		if id := task["taskArn"].(string)[len(task["taskArn"].(string))-32:]; i%27 == 5 {
			lost[id] = true
			continue
		}
		raw, _ := json.Marshal(task)
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		s.Put(t.Context(), ingest.Explain(stops[0], archive.SourceEvent, s.now))
	}
	routine := sweeptest.Crashed("cluster-0", "web", 5000, s.now.Add(-30*time.Minute))
	routine["stoppedReason"] = "Scaling activity initiated by (deployment ecs-svc/1)"
	fresh := sweeptest.Crashed("cluster-0", "web", 5001, s.now.Add(-4*time.Minute))
	stopping := sweeptest.Crashed("cluster-0", "web", 5002, s.now.Add(-4*time.Minute))
	stopping["lastStatus"] = "DEPROVISIONING"
	s.Tasks["cluster-0"] = append(s.Tasks["cluster-0"], routine, fresh, stopping)
	if len(lost) != 37 {
		t.Fatalf("the test loses %d", len(lost))
	}
	seen, wrote := s.run(t)
	if wrote.Missed != 37 || seen.Archived != 963 || seen.Routine != 1 || len(seen.Fresh) != 1 || !seen.Whole() {
		t.Errorf("%+v; archived %d, routine %d, fresh %d, left %v", wrote, seen.Archived, seen.Routine, len(seen.Fresh),
			seen.AllLeft())
	}
	brought := map[string]bool{}
	for _, r := range s.records[963:] {
		if r.Source != archive.SourceSweep || r.Rank() != 2 || brought[r.DedupKey] {
			t.Errorf("%s from %s", r.DedupKey, r.Source)
		}
		brought[r.DedupKey] = true
	}
	if diff := cmp.Diff(lost, brought); diff != "" {
		t.Errorf("-lost +brought\n%s", diff)
	}
	if _, wrote = s.run(t); wrote.Missed != 0 || len(s.records) != 1000 {
		t.Errorf("a second sweep brings %d", wrote.Missed)
	}
}

// TestAServiceIsToldOnce: it belongs to the alert of its cause, is written again when it changes or after four hours,
// and closed when it is well.
func TestAServiceIsToldOnce(t *testing.T) {
	s := newSetting(t)
	started := func(at time.Time) object {
		return sweeptest.Message("web", "has started 1 tasks: (task a).", sweeptest.Seconds(at))
	}
	down := func(running int) []object {
		return []object{sweeptest.Service("prod", "web", s.now, object{"desiredCount": 2, "runningCount": running,
			"events": []object{started(s.now.Add(-20 * time.Minute)), started(s.now.Add(-40 * time.Minute))}})}
	}
	event, _ := json.Marshal(object{"id": "e", "source": "aws.ecs", "detail-type": "ECS Task State Change",
		"account": "111122223333", "region": "eu-west-1", "time": "2026-11-30T11:30:00Z",
		"detail": sweeptest.Crashed("prod", "web", 1, s.now.Add(-30*time.Minute))})
	byRule := *s.pipeline
	byRule.Source = archive.SourceEvent
	if _, err := byRule.Ingest(t.Context(), event); err != nil || len(s.told) != 1 {
		t.Fatalf("%v, %d messages", err, len(s.told))
	}
	step := func(after time.Duration, services []object, below, closed, messages int, last alerts.Kind) {
		t.Helper()
		s.Services["prod"] = services
		_, wrote := s.run(t)
		if wrote.Below != below || wrote.Closed != closed || len(s.told) != messages ||
			s.told[len(s.told)-1].Kind != last {
			t.Errorf("at %s: %+v, %d messages, the last %s", s.now.Format(time.TimeOnly), wrote, len(s.told),
				s.told[len(s.told)-1].Kind)
		}
		s.now = s.now.Add(after)
	}
	step(15*time.Minute, down(0), 1, 0, 1, alerts.New) // the stop has opened the alert
	first := s.below()[0]
	if first.AlertState != "ongoing" || *first.SeenCount != 1 || first.Signature != s.records[0].Signature {
		t.Errorf("%+v", first)
	}
	step(15*time.Minute, down(0), 0, 0, 1, alerts.New)
	step(15*time.Minute, down(1), 1, 0, 1, alerts.New) // one of two runs now
	step(4*time.Hour, down(1), 0, 0, 1, alerts.New)
	step(15*time.Minute, down(1), 1, 0, 2, alerts.Still)
	step(15*time.Minute, down(1), 0, 0, 2, alerts.Still)
	for _, r := range s.below() {
		if r.DedupKey != first.DedupKey {
			t.Errorf("%s, and then %s", first.DedupKey, r.DedupKey)
		}
	}
	// a task that fails again and again runs in between
	well := down(2)
	step(15*time.Minute, well, 0, 0, 2, alerts.Still)
	well = []object{sweeptest.Service("prod", "web", s.now, object{"desiredCount": 2, "runningCount": 2,
		"events": []object{sweeptest.Message("web", "has reached a steady state.",
			sweeptest.Seconds(s.now.Add(-time.Minute)))}})}
	step(15*time.Minute, well, 0, 1, 3, alerts.Closed)
	step(15*time.Minute, well, 0, 0, 3, alerts.Closed)
}

// TestWhatIsLeftIsSaid: time, limits and permissions cut a sweep off, and the next one goes on there.
func TestWhatIsLeftIsSaid(t *testing.T) {
	t.Run("time", func(t *testing.T) {
		s := newSetting(t)
		for i := range 5 {
			s.Services[fmt.Sprintf("cluster-%d", i)] = []object{}
		}
		begin := s.now
		s.sweep.Until = begin.Add(30 * time.Second)
		s.sweep.Now = func() time.Time { s.now = s.now.Add(10 * time.Second); return s.now }
		seen, _ := s.run(t)
		if seen.Whole() || seen.Clusters != 3 || seen.Next != prefix+"cluster/cluster-3" ||
			seen.AllLeft()[0].Error() != "time ran out: 2 of 5 clusters are left, from cluster-3 on" {
			t.Errorf("%d clusters, next %s, left %v", seen.Clusters, seen.Next, seen.AllLeft())
		}
		s.sweep.Start, s.sweep.Until = seen.Next, time.Time{}
		if seen, _ = s.run(t); !seen.Whole() || seen.Clusters != 5 {
			t.Errorf("then %d clusters, left %v", seen.Clusters, seen.AllLeft())
		}
	})
	t.Run("too many stops", func(t *testing.T) {
		s := newSetting(t)
		s.Services["a"], s.Services["b"] = []object{}, []object{}
		for i := range 1500 {
			s.Tasks["a"] = append(s.Tasks["a"], sweeptest.Crashed("a", "web", i, s.now.Add(-time.Hour)))
			s.Tasks["b"] = append(s.Tasks["b"], sweeptest.Crashed("b", "web", 5000+i, s.now.Add(-time.Hour)))
		}
		s.sweep.Archived = nil
		seen, err := s.sweep.Look(t.Context())
		if err != nil || seen.Whole() || len(seen.Missing) != 2000 || seen.Next != prefix+"cluster/b" {
			t.Errorf("%v: %d missing, next %s, left %v", err, len(seen.Missing), seen.Next, seen.AllLeft())
		}
	})
	for _, operation := range []string{"ListServices", "DescribeServices", "ListTasks", "DescribeTasks"} {
		t.Run(operation, func(t *testing.T) {
			s := newSetting(t)
			s.Services["prod"] = []object{sweeptest.Service("prod", "web", s.now, object{"runningCount": 0})}
			s.Tasks["prod"] = []object{sweeptest.Crashed("prod", "web", 1, s.now.Add(-time.Hour))}
			s.Denied[operation] = true
			if seen, _ := s.run(t); seen.Whole() || !strings.Contains(seen.AllLeft()[0].Error(), operation) {
				t.Errorf("left %v", seen.AllLeft())
			}
		})
	}
	t.Run("the archive", func(t *testing.T) {
		s := newSetting(t)
		s.Services["prod"] = []object{}
		s.Tasks["prod"] = []object{sweeptest.Crashed("prod", "web", 1, s.now.Add(-time.Hour))}
		s.sweep.Archived = func(context.Context, archive.Filter) iter.Seq2[archive.Record, error] {
			return func(yield func(archive.Record, error) bool) { yield(archive.Record{}, context.DeadlineExceeded) }
		}
		if seen, wrote := s.run(t); seen.Whole() || wrote.Missed != 0 {
			t.Errorf("%+v, left %v", wrote, seen.AllLeft())
		}
	})
	s := newSetting(t)
	s.Denied["ListClusters"] = true
	if _, err := s.sweep.Look(t.Context()); err == nil {
		t.Error("nothing was looked at, and that is no error")
	}
}

// TestASweepIsNarrowedAsTheRulesAre: of clusters that no rule catches nothing is told.
func TestASweepIsNarrowedAsTheRulesAre(t *testing.T) {
	s := newSetting(t)
	options := events.Options{ExcludeClusters: []string{"dev"}}
	stops, _ := events.CapturePattern(options)
	told, _ := events.ServicesPattern(options)
	s.sweep.Stops, _ = events.CompilePattern(stops)
	s.sweep.Told, _ = events.CompilePattern(told)
	for i, cluster := range []string{"dev", "prod"} {
		s.Services[cluster] = []object{sweeptest.Service(cluster, "web", s.now, object{"runningCount": 0})}
		s.Tasks[cluster] = []object{sweeptest.Crashed(cluster, "web", i, s.now.Add(-time.Hour))}
	}
	seen, wrote := s.run(t)
	if wrote.Missed != 1 || len(seen.Below) != 1 || seen.Below[0].Cluster != "prod" || seen.Routine != 1 {
		t.Errorf("%+v, %d below", wrote, len(seen.Below))
	}
}
