package events_test

import (
	"strings"
	"testing"
	"time"

	"whystopped/events"
)

func TestHookSaysWhoWaitsUntilWhen(t *testing.T) {
	s := sample(t, "hook-awaiting-action")[0]
	want := events.Hook{ID: "sign-off", Type: "PAUSE", Stage: "POST_TEST_TRAFFIC_SHIFT",
		ExpiresAt: time.Date(2026, 9, 15, 13, 2, 40, 118e6, time.UTC)}
	if s.Kind != events.KindHook || s.Hook != want || s.Service != "posting" || s.Cluster != "ledger" ||
		s.DeploymentID != "Qm7RkV2tYhN8sLpWzXc3D" {
		t.Errorf("%+v", s)
	}
}

// TestHookIsOfTheServiceOfItsDeployment where the event names neither service nor deployment in its detail.
func TestHookIsOfTheServiceOfItsDeployment(t *testing.T) {
	s, err := events.Parse([]byte(`{"detail-type":"ECS Hook State Change","resources":
		["arn:aws:ecs:eu-north-1:210987654321:service-deployment/shop/orders/abc"],
		"detail":{"eventName":"HOOK_FAILED"}}`))
	if err != nil || len(s) != 1 || s[0].Service != "orders" || s[0].Cluster != "shop" || s[0].DeploymentID != "abc" ||
		s[0].Account != "210987654321" {
		t.Errorf("%v %+v", err, s)
	}
}

func TestInstanceTellsEachCheckThatIsImpaired(t *testing.T) {
	for _, c := range []struct {
		name, sample string
		want         string // names of the events, and when
	}{
		{"two checks", "instance-gpu-and-daemon-impaired",
			"ACCELERATED_COMPUTE_IMPAIRED 17:08:30 DAEMON_IMPAIRED 17:08:30"},
		{"since when it says itself", "instance-agent-disconnected", "AGENT_CONNECTIVITY_IMPAIRED 02:35:51"},
		{"well again", "instance-well-again", "INSTANCE_OK 17:31:12"},
	} {
		var got []string
		for _, s := range sample(t, c.sample) {
			if s.Kind != events.KindInstance || s.ContainerInstanceARN == "" || len(s.InstanceIDs) != 1 {
				t.Errorf("%s: %+v", c.name, s)
			}
			got = append(got, s.EventName, s.StoppedAt.Format(time.TimeOnly))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestQueueBlockedNeedsNoStatus(t *testing.T) {
	s, err := events.Parse([]byte(`{"source":"aws.batch","detail-type":"Batch Job Queue Blocked","id":"e","detail":
		{"jobId":"j","jobQueue":"q","statusReason":"MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - the role is refused"}}`))
	if err != nil || len(s) != 1 || s[0].JobID != "j" || !strings.HasPrefix(s[0].StoppedReason, "MISCONFIGURATION:") {
		t.Errorf("%v %+v", err, s)
	}
}

func TestWhatTheEventsOfHealthLackIsSaid(t *testing.T) {
	for _, text := range []string{
		`{"detail-type":"ECS Hook State Change","detail":{"hookId":"x"}}`,
		`{"detail-type":"ECS Container Instance Health Change","detail":{"overallStatus":"IMPAIRED"}}`,
	} {
		if s, err := events.Parse([]byte(text)); err == nil {
			t.Errorf("%s is read as %+v", text, s)
		}
	}
}

func TestPatternsOfHooksInstancesAndJobs(t *testing.T) {
	shop, ledger, posting := []string{"shop"}, []string{"ledger"}, []string{"posting"}
	for _, c := range []struct {
		name    string
		make    func(events.Options) ([]byte, error)
		options events.Options
		sample  string
		want    bool
	}{
		{"a deployment that waits, which is INFO", events.HooksPattern, events.Options{}, "hook-awaiting-action", true},
		{"a hook that failed", events.HooksPattern, events.Options{}, "hook-pause-answered-rollback", true},
		{"a hook of the cluster", events.HooksPattern, events.Options{Clusters: ledger}, "hook-timed-out", true},
		{"of another cluster", events.HooksPattern, events.Options{Clusters: shop}, "hook-timed-out", false},
		{"of a cluster left out", events.HooksPattern, events.Options{ExcludeClusters: ledger},
			"hook-timed-out", false},
		{"of the service", events.HooksPattern, events.Options{Services: posting}, "hook-timed-out", true},
		{"of another service", events.HooksPattern, events.Options{Services: shop}, "hook-timed-out", false},
		{"an instance", events.InstancesPattern, events.Options{}, "instance-agent-disconnected", true},
		{"one that is well", events.InstancesPattern, events.Options{}, "instance-well-again", false},
		{"one of another cluster", events.InstancesPattern, events.Options{Clusters: shop},
			"instance-agent-disconnected", false},
		{"a job", events.JobsPattern, events.Options{}, "batch-queue-blocked", true},
		{"a job that ended", events.JobsPattern, events.Options{}, "batch-job-oom", false},
	} {
		text, err := c.make(c.options)
		if err != nil {
			t.Fatal(err)
		}
		pattern, err := events.CompilePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		event := sample(t, c.sample)[0].Event()
		if got, err := pattern.Match(event); err != nil || got != c.want {
			t.Errorf("%s: %t, want %t (%v)", c.name, got, c.want, err)
		}
	}
	for name, make := range map[string]func(events.Options) ([]byte, error){
		"hooks": events.HooksPattern, "jobs": events.JobsPattern} {
		if text, err := make(events.Options{Families: shop}); text != nil || err != nil {
			t.Errorf("%s of a family: %s, %v", name, text, err)
		}
	}
}
