//go:build !local

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/evidence/lookup/awstest"
)

// TestHistoryLetsTheArchiveTellWhatRanWell: the look-up gets what finds a task that ran well, and explain has no
// archive.
func TestHistoryLetsTheArchiveTellWhatRanWell(t *testing.T) {
	a := answering(t, &accounttest.Asking{})
	dir := t.TempDir()
	whystopped(t, screen.ExitOK, "archive", unreachableSample, "--to", dir)
	whystopped(t, screen.ExitOK, "history", "--from", dir, recordsAt(t, dir)[0].TaskID, "--verify")
	if a.Past == nil {
		t.Error("history does not let its archive tell")
	}
	whystopped(t, screen.ExitOK, "explain", "--verify", unreachableSample)
	if a.Past != nil {
		t.Error("explain reads an archive")
	}
}

// TestWhatChangedSinceATaskRanWell asks a stand-in of AWS that knows both revisions and no service any more.
func TestWhatChangedSinceATaskRanWell(t *testing.T) {
	accounttest.Environment(t)
	aws := awstest.NewServer("210987654321")
	t.Cleanup(aws.Close)
	for _, name := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"} {
		t.Setenv(name, aws.URL)
	}
	t.Setenv("AWS_REGION", "eu-north-1")
	const definitions = "arn:aws:ecs:eu-north-1:210987654321:task-definition/"
	for revision, container := range map[string]awstest.Object{
		"web:41": {
			"name":    "app",
			"image":   "web:41",
			"memory":  1024,
			"command": []string{"serve"},
			"secrets": []awstest.Object{{"name": "TOKEN", "valueFrom": "token"}},
		},
		"web:42": {"name": "app", "image": "web:42", "memory": 512, "command": []string{"serve", "--fast"}},
	} {
		aws.Put("ecs:DescribeTaskDefinition", awstest.Object{
			"taskDefinitionArn":    definitions + revision,
			"containerDefinitions": []awstest.Object{container},
		})
	}
	stop := func(task int, revision, digest string, created, started, stopped time.Duration) string {
		at := func(ago time.Duration) string { return time.Now().Add(-ago).UTC().Format(time.RFC3339) }
		return strings.NewReplacer("web:1", revision, `"createdAt"`, `"then"`, `"startedAt"`, `"then"`, `"stoppedAt"`,
			`"then"`, `"stoppingAt"`, `"then"`,
			`"exitCode":1`, `"exitCode":1,"imageDigest":"`+digest+`"`, `"detail":{`,
			fmt.Sprintf(`"detail":{"createdAt":%q,"startedAt":%q,"stoppingAt":%q,"stoppedAt":%q,`, at(created),
				at(started), at(stopped), at(stopped)),
		).Replace(crash("web", task, stopped))
	}
	const day = 24 * time.Hour
	dir := t.TempDir()
	whystopped(t, screen.ExitOK, "archive", "--to", dir, file(t,
		stop(1, "web:41", "sha256:aaaaaaaaaaaa", 9*day, 9*day-time.Minute, 4*day),
		stop(2, "web:42", "sha256:bbbbbbbbbbbb", 5*time.Minute, 4*time.Minute, time.Minute)))
	stdout, stderr := whystopped(t, screen.ExitOK, "history", "--from", dir, "--verify", accounttest.TaskID(2))
	want := "since web:41 (its task " + accounttest.TaskID(1) +
		" ran 4 days, by the archive): image of app web:41 → web:42, memory of app 1024 → 512, command of app " +
		"[serve] → [serve --fast], secret TOKEN of app removed, digest of app sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb"
	if joined := strings.Join(strings.Fields(stdout), " "); !strings.Contains(joined, want) || stderr != "" {
		t.Errorf("lacks %q:\n%s%s", want, stdout, stderr)
	}
}
