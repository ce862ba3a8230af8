package account

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// openStop is the record of a task that failed, with what its checks brought.
func openStop(task string, proofs ...classifier.Proof) archive.Record {
	s := events.Stop{Kind: events.KindTask, Account: "111122223333", Region: "eu-west-1", TaskID: task,
		Cluster: "prod", StopCode: "TaskFailedToStart", StoppedAt: time.Now().Add(-time.Hour),
		StoppedReason: "ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException"}
	f := classifier.Classify(s)
	f.Causes = proofs
	r := archive.NewRecord(s, f, archive.SourceBackfill, time.Now())
	r.CheckedAt = archive.Time{Time: time.Now().Add(-time.Hour)}
	return r
}

func openCause(id string, result classifier.Result, reason, action string) classifier.Proof {
	return classifier.Proof{Cause: id, Result: result, Reason: reason, MissingAction: action}
}

func TestGapsAreRanked(t *testing.T) {
	const (
		asked, unasked = classifier.Inconclusive, classifier.NotChecked
		roleARN        = "arn:aws:iam::111122223333:role/*"
	)
	records := []archive.Record{
		openStop("a",
			openCause("role-missing", asked, classifier.ReasonNoPermission, "iam:GetRole"),
			openCause("image-platform-mismatch", unasked, classifier.ReasonTier, "ecr:BatchGetImage"),
			openCause("env-file-missing", unasked, classifier.ReasonTier, "s3:ListBucket"),
			openCause("app-error", unasked, classifier.ReasonOption, "logs:GetLogEvents"),
			openCause("route-missing", classifier.RuledOut, "", "")),
		openStop("b",
			openCause("role-not-assumable", asked, classifier.ReasonNoPermission, "iam:GetRole"),
			openCause("role-missing", asked, classifier.ReasonNoPermission, "iam:GetRole"),
			openCause("kms-denied", asked, classifier.ReasonThrottled, ""),
			openCause("stopped-by-person", unasked, classifier.ReasonTier, "cloudtrail:LookupEvents"),
			openCause("memory-leak", asked, classifier.ReasonUnsaid, "")),
		openStop("decided",
			openCause("secret-missing", classifier.Confirmed, "", ""),
			openCause("role-missing", asked, classifier.ReasonNoPermission, "iam:GetRole")),
	}
	never := openStop("never-checked", openCause("role-missing", unasked, classifier.ReasonNoPermission, "iam:GetRole"))
	never.CheckedAt = archive.Time{}
	expected := openStop("expected", openCause("role-missing", asked, classifier.ReasonNoPermission, "iam:GetRole"))
	expected.Verdict = string(classifier.Expected)
	gaps, undecided := gapsOf(append(records, never, expected), "logs:", &Account{region: "eu-west-1"})
	if undecided != 2 {
		t.Errorf("%d stops are undecided, want 2", undecided)
	}
	type found struct {
		Needs         string
		Causes, Stops int
		IDs           string
		Run           string
		Statements    []statement
	}
	want := []found{
		{"iam:GetRole", 3, 2, "role-missing role-not-assumable", "",
			[]statement{{"Allow", []string{"iam:GetRole"}, roleARN}}},
		{"--verify", 2, 1, "kms-denied stopped-by-person",
			"whystopped history b --from logs: --verify --region eu-west-1", nil},
		{"evidence=deep", 2, 1, "env-file-missing image-platform-mismatch",
			deployCommand + " -c evidence=deep", []statement{
				{"Allow", []string{"ecr:BatchGetImage"}, "arn:aws:ecr:*:111122223333:repository/*"},
				{"Allow", []string{"s3:ListBucket"}, "arn:aws:s3:::*"},
			}},
		{"logTail=on", 1, 1, "app-error",
			deployCommand + " -c logTail=on", []statement{{"Allow", []string{"logs:GetLogEvents"},
				"arn:aws:logs:*:111122223333:log-group:*:log-stream:*"}}},
	}
	var got []found
	for _, g := range gaps {
		got = append(got, found{g.Needs, g.OpenCauses, g.Stops, strings.Join(g.Causes, " "), g.Run, g.Statements})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDoctorTellsTheGapsOfAnArchive(t *testing.T) {
	dir := t.TempDir()
	putRecord(t, dir, openStop("a",
		openCause("role-missing", classifier.Inconclusive, classifier.ReasonNoPermission, "iam:GetRole"),
		openCause("app-error", classifier.NotChecked, classifier.ReasonOption, "logs:GetLogEvents")))

	stdout, _ := whystopped(t, 0, "doctor", "--gaps", "--from", dir)
	for _, says := range []string{
		"1 stop in " + dir + ", 1 failure checked and still without a proven cause",
		"iam:GetRole  1 open cause of 1 stop: role-missing",
		`{"Effect":"Allow","Action":["iam:GetRole"],"Resource":"arn:aws:iam::111122223333:role/*"}`,
		"logTail=on  1 open cause of 1 stop: app-error",
	} {
		if !strings.Contains(stdout, says) {
			t.Errorf("does not say %q:\n%s", says, stdout)
		}
	}

	stdout, _ = whystopped(t, 0, "doctor", "--gaps", "--from", dir, "--json")
	var first gap
	if err := json.Unmarshal([]byte(strings.SplitN(stdout, "\n", 2)[0]), &first); err != nil ||
		first.Needs != "iam:GetRole" || first.Remedy == "" || len(first.Statements) != 1 {
		t.Errorf("%+v, %v: %s", first, err, stdout)
	}

	stdout, _ = whystopped(t, 0, "doctor", "--gaps", "--from", dir, "--since", "5m")
	if !strings.Contains(stdout, "0 stops") || !strings.Contains(stdout, "would have decided more") {
		t.Errorf("of no stop:\n%s", stdout)
	}
	if _, stderr := whystopped(t, 2, "doctor", "--from", dir); !strings.Contains(stderr, "--gaps") {
		t.Errorf("--from alone: %s", stderr)
	}
}
