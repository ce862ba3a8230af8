package account

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/events"
	"whystopped/evidence/lookup"
)

// TestTheArchiveTellsWhatRanWell: the newest task of the same service that had run for an hour before the stopped one
// was created.
func TestTheArchiveTellsWhatRanWell(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	stop := events.Stop{
		Account:   "210987654321",
		Region:    "eu-north-1",
		Cluster:   "prod",
		Service:   "web",
		TaskID:    accounttest.TaskID(9),
		CreatedAt: now.Add(-10 * time.Minute),
	}
	// ended is a task of the service that was created that many hours before the stopped one and ran so long.
	ended := func(task int, revision string, hours int, ran time.Duration,
		change func(*archive.Record)) archive.Record {
		created := stop.CreatedAt.Add(-time.Duration(hours) * time.Hour)
		r := archive.Record{
			SchemaVersion:      archive.SchemaVersion,
			Kind:               "task",
			DedupKey:           accounttest.TaskID(task),
			Account:            stop.Account,
			Region:             stop.Region,
			Cluster:            "prod",
			Service:            "web",
			TaskID:             accounttest.TaskID(task),
			TaskDefinition:     "web:" + revision,
			CreatedAt:          archive.Time{Time: created},
			StartedAt:          archive.Time{Time: created},
			StoppedAt:          archive.Time{Time: created.Add(ran)},
			RunSeconds:         new(ran.Seconds()),
			Culprit:            "app",
			CulpritImageDigest: "sha256:culprit" + revision,
		}
		r.RawEvent = fmt.Sprintf(`{"source":"aws.ecs","detail-type":"ECS Task State Change",`+
			`"detail":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/prod/%s","lastStatus":"STOPPED",`+
			`"containers":[{"name":"app","imageDigest":"sha256:app%s"},`+
			`{"name":"proxy","imageDigest":"sha256:proxy"}]}}`, r.TaskID, revision)
		if change != nil {
			change(&r)
		}
		return r
	}
	well := ended(1, "41", 200, 5*24*time.Hour, nil)
	digests := func(revision string) map[string]string {
		return map[string]string{"app": "sha256:app" + revision, "proxy": "sha256:proxy"}
	}
	ran5Days := lookup.Past{
		Source:         "its task " + accounttest.TaskID(1) + " ran 5 days, by the archive",
		StartedAt:      well.StartedAt.Time,
		TaskDefinition: "web:41",
		Digests:        digests("41"),
	}
	for _, test := range []struct {
		name    string
		records []archive.Record
		want    lookup.Past
	}{
		{"one that ran for days", []archive.Record{well}, ran5Days},
		{"nothing is archived", nil, lookup.Past{}},
		{
			"the newest of several",
			[]archive.Record{ended(2, "40", 400, 50*time.Hour, nil), well, ended(3, "39", 500, 50*time.Hour, nil)},
			ran5Days,
		},
		{
			"a newer one that did not run for long",
			[]archive.Record{well, ended(2, "42", 2, 59*time.Minute, nil)},
			ran5Days,
		},
		{
			"just an hour is enough",
			[]archive.Record{well, ended(2, "42", 2, time.Hour, nil)},
			lookup.Past{
				Source:         "its task " + accounttest.TaskID(2) + " ran 60 min, by the archive",
				StartedAt:      stop.CreatedAt.Add(-2 * time.Hour),
				TaskDefinition: "web:42",
				Digests:        digests("42"),
			},
		},
		{
			"one that never ran",
			[]archive.Record{ended(2, "42", 2, 0, func(r *archive.Record) { r.RunSeconds = nil })},
			lookup.Past{},
		},
		{"the stopped task itself", []archive.Record{ended(9, "42", 1, 50*time.Hour, nil)}, lookup.Past{}},
		{"one that was created after it", []archive.Record{ended(2, "42", -1, 2*time.Hour, nil)}, lookup.Past{}},
		{
			"another service",
			[]archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Service = "api" })},
			lookup.Past{},
		},
		{
			"another cluster",
			[]archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Cluster = "test" })},
			lookup.Past{},
		},
		{
			"another Region",
			[]archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Region = "eu-west-1" })},
			lookup.Past{},
		},
		{
			"another account",
			[]archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Account = "111122223333" })},
			lookup.Past{},
		},
		{
			"a container of a task that went on",
			[]archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Kind = "container" })},
			lookup.Past{},
		},
		{
			"its event is cut",
			[]archive.Record{ended(1, "41", 200, 5*24*time.Hour, func(r *archive.Record) {
				r.Truncated, r.RawEvent = "rawEvent", r.RawEvent[:50]
			})},
			lookup.Past{
				Source:         ran5Days.Source,
				StartedAt:      well.StartedAt.Time,
				TaskDefinition: "web:41",
				Digests:        map[string]string{"app": "sha256:culprit41"},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			accounttest.Logs(t)
			for _, place := range []string{t.TempDir(), "logs:"} {
				putRecord(t, place, test.records...)
				got, found := (&Account{}).pastIn(place)(t.Context(), stop)
				if diff := cmp.Diff(test.want, got); diff != "" || found != (test.want.TaskDefinition != "") {
					t.Errorf("%s: %t %s", place, found, diff)
				}
			}
		})
	}
	t.Run("no archive", func(t *testing.T) {
		if got, found := (&Account{}).pastIn(t.TempDir()+"/none")(t.Context(), stop); found {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a task of no service", func(t *testing.T) {
		dir := t.TempDir()
		putRecord(t, dir, ended(1, "41", 200, 5*24*time.Hour, func(r *archive.Record) { r.Service = "" }))
		alone := stop
		alone.Service = ""
		if got, found := (&Account{}).pastIn(dir)(t.Context(), alone); found {
			t.Errorf("%+v", got)
		}
	})
}
