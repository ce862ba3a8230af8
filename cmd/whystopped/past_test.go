package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/events"
	"whystopped/evidence/lookup"
	"whystopped/evidence/lookup/awstest"
)

// TestTheArchiveTellsWhatRanWell: the newest task of the same service that had run for an hour before the stopped one was created.
func TestTheArchiveTellsWhatRanWell(t *testing.T) {
	now := time.Now().UTC().Truncate(time.Second)
	stop := events.Stop{Account: "210987654321", Region: "eu-north-1", Cluster: "prod", Service: "web", TaskID: taskID(9), CreatedAt: now.Add(-10 * time.Minute)}
	// ended is a task of the service that was created that many hours before the stopped one and ran so long.
	ended := func(task int, revision string, hours int, ran time.Duration, change func(*archive.Record)) archive.Record {
		created := stop.CreatedAt.Add(-time.Duration(hours) * time.Hour)
		r := archive.Record{SchemaVersion: archive.SchemaVersion, Kind: "task", DedupKey: taskID(task), Account: stop.Account, Region: stop.Region, Cluster: "prod", Service: "web",
			TaskID: taskID(task), TaskDefinition: "web:" + revision, CreatedAt: archive.Time{Time: created}, StartedAt: archive.Time{Time: created}, StoppedAt: archive.Time{Time: created.Add(ran)},
			RunSeconds: new(ran.Seconds()), Culprit: "app", CulpritImageDigest: "sha256:culprit" + revision}
		r.RawEvent = fmt.Sprintf(`{"source":"aws.ecs","detail-type":"ECS Task State Change","detail":{"taskArn":"arn:aws:ecs:eu-north-1:210987654321:task/prod/%s","lastStatus":"STOPPED","containers":[{"name":"app","imageDigest":"sha256:app%s"},{"name":"proxy","imageDigest":"sha256:proxy"}]}}`, r.TaskID, revision)
		if change != nil {
			change(&r)
		}
		return r
	}
	well := ended(1, "41", 200, 5*24*time.Hour, nil)
	digests := func(revision string) map[string]string {
		return map[string]string{"app": "sha256:app" + revision, "proxy": "sha256:proxy"}
	}
	ran5Days := lookup.Past{Source: "its task " + taskID(1) + " ran 5 days, by the archive", TaskDefinition: "web:41", Digests: digests("41")}
	for _, test := range []struct {
		name    string
		records []archive.Record
		want    lookup.Past
	}{
		{"one that ran for days", []archive.Record{well}, ran5Days},
		{"nothing is archived", nil, lookup.Past{}},
		{"the newest of several", []archive.Record{ended(2, "40", 400, 50*time.Hour, nil), well, ended(3, "39", 500, 50*time.Hour, nil)}, ran5Days},
		{"a newer one that did not run for long", []archive.Record{well, ended(2, "42", 2, 59*time.Minute, nil)}, ran5Days},
		{"just an hour is enough", []archive.Record{well, ended(2, "42", 2, time.Hour, nil)}, lookup.Past{Source: "its task " + taskID(2) + " ran 60 min, by the archive", TaskDefinition: "web:42", Digests: digests("42")}},
		{"one that never ran", []archive.Record{ended(2, "42", 2, 0, func(r *archive.Record) { r.RunSeconds = nil })}, lookup.Past{}},
		{"the stopped task itself", []archive.Record{ended(9, "42", 1, 50*time.Hour, nil)}, lookup.Past{}},
		{"one that was created after it", []archive.Record{ended(2, "42", -1, 2*time.Hour, nil)}, lookup.Past{}},
		{"another service", []archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Service = "api" })}, lookup.Past{}},
		{"another cluster", []archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Cluster = "test" })}, lookup.Past{}},
		{"another Region", []archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Region = "eu-west-1" })}, lookup.Past{}},
		{"another account", []archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Account = "111122223333" })}, lookup.Past{}},
		{"a container of a task that went on", []archive.Record{ended(2, "42", 2, 50*time.Hour, func(r *archive.Record) { r.Kind = "container" })}, lookup.Past{}},
		{"its event is cut", []archive.Record{ended(1, "41", 200, 5*24*time.Hour, func(r *archive.Record) { r.Truncated, r.RawEvent = "rawEvent", r.RawEvent[:50] })},
			lookup.Past{Source: ran5Days.Source, TaskDefinition: "web:41", Digests: map[string]string{"app": "sha256:culprit41"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			logsStandIn(t)
			for _, place := range []string{t.TempDir(), "logs:"} {
				putRecord(t, place, test.records...)
				got, found := pastIn(place, &account{})(t.Context(), stop)
				if diff := cmp.Diff(test.want, got); diff != "" || found != (test.want.TaskDefinition != "") {
					t.Errorf("%s: %t %s", place, found, diff)
				}
			}
		})
	}
	t.Run("no archive", func(t *testing.T) {
		if got, found := pastIn(t.TempDir()+"/none", &account{})(t.Context(), stop); found {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a task of no service", func(t *testing.T) {
		dir := t.TempDir()
		putRecord(t, dir, ended(1, "41", 200, 5*24*time.Hour, func(r *archive.Record) { r.Service = "" }))
		alone := stop
		alone.Service = ""
		if got, found := pastIn(dir, &account{})(t.Context(), alone); found {
			t.Errorf("%+v", got)
		}
	})
}

// TestHistoryLetsTheArchiveTellWhatRanWell: the look-up gets what finds a task that ran well, and explain has no archive.
func TestHistoryLetsTheArchiveTellWhatRanWell(t *testing.T) {
	a := answering(t, &asking{})
	dir := t.TempDir()
	whystopped(t, exitOK, "archive", unreachableSample, "--to", dir)
	whystopped(t, exitOK, "history", "--from", dir, recordsAt(t, dir)[0].TaskID, "--verify")
	if a.past == nil {
		t.Error("history does not let its archive tell")
	}
	whystopped(t, exitOK, "explain", "--verify", unreachableSample)
	if a.past != nil {
		t.Error("explain reads an archive")
	}
}

// TestWhatChangedSinceATaskRanWell asks a stand-in of AWS that knows both revisions and no service any more.
func TestWhatChangedSinceATaskRanWell(t *testing.T) {
	newAccount(t)
	aws := awstest.NewServer("210987654321")
	t.Cleanup(aws.Close)
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"} {
		t.Setenv(name, aws.URL)
	}
	t.Setenv("AWS_REGION", "eu-north-1")
	const definitions = "arn:aws:ecs:eu-north-1:210987654321:task-definition/"
	for revision, container := range map[string]awstest.Object{
		"web:41": {"name": "app", "image": "web:41", "memory": 1024, "command": []string{"serve"}, "secrets": []awstest.Object{{"name": "TOKEN", "valueFrom": "token"}}},
		"web:42": {"name": "app", "image": "web:42", "memory": 512, "command": []string{"serve", "--fast"}},
	} {
		aws.Put("ecs:DescribeTaskDefinition", awstest.Object{"taskDefinitionArn": definitions + revision, "containerDefinitions": []awstest.Object{container}})
	}
	stop := func(task int, revision, digest string, created, started, stopped time.Duration) string {
		at := func(ago time.Duration) string { return time.Now().Add(-ago).UTC().Format(time.RFC3339) }
		return strings.NewReplacer("web:1", revision, `"createdAt"`, `"then"`, `"startedAt"`, `"then"`, `"stoppedAt"`, `"then"`, `"stoppingAt"`, `"then"`,
			`"exitCode":1`, `"exitCode":1,"imageDigest":"`+digest+`"`, `"detail":{`, fmt.Sprintf(`"detail":{"createdAt":%q,"startedAt":%q,"stoppingAt":%q,"stoppedAt":%q,`, at(created), at(started), at(stopped), at(stopped)),
		).Replace(crash("web", task, stopped))
	}
	const day = 24 * time.Hour
	dir := t.TempDir()
	whystopped(t, exitOK, "archive", "--to", dir, file(t,
		stop(1, "web:41", "sha256:aaaaaaaaaaaa", 9*day, 9*day-time.Minute, 4*day),
		stop(2, "web:42", "sha256:bbbbbbbbbbbb", 5*time.Minute, 4*time.Minute, time.Minute)))
	stdout, stderr := whystopped(t, exitOK, "history", "--from", dir, "--verify", taskID(2))
	want := "since web:41 (its task " + taskID(1) + " ran 4 days, by the archive): image of app web:41 → web:42, memory of app 1024 → 512, command of app [serve] → [serve --fast], secret TOKEN of app removed, digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb"
	if joined := strings.Join(strings.Fields(stdout), " "); !strings.Contains(joined, want) || stderr != "" {
		t.Errorf("lacks %q:\n%s%s", want, stdout, stderr)
	}
}
