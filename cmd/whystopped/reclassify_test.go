package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/events"
	"whystopped/ingest"
)

// sampleRecord is the record of a sample as a log group or a directory gives it back.
func sampleRecord(t *testing.T, sample string) archive.Record {
	t.Helper()
	raw, err := os.ReadFile("../../events/samples/" + sample + ".json")
	if err != nil {
		t.Fatal(err)
	}
	stops, err := events.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	line, err := ingest.Explain(stops[0], archive.SourceEvent, time.Now().Add(-time.Hour)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.Decode(line)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// older makes of a record one that older tables wrote and explained otherwise.
func older(r *archive.Record) {
	r.ClassifierVersion = 0
	r.Class, r.Fault, r.Verdict, r.Summary = "runtime.unknown", "unknown", "review", "nobody knows"
}

func TestReclassify(t *testing.T) {
	proven := `[{"id":"route-missing","verdict":"confirmed","evidence":"rtb-1 has no 0.0.0.0/0"},` +
		`{"id":"nat-unusable","verdict":"inconclusive","reason":"no_permission",` +
		`"missingAction":"ec2:DescribeNatGateways"}]`
	checked := archive.Time{Time: time.Date(2026, 11, 20, 10, 5, 9, 0, time.UTC)}
	tests := []struct {
		name   string
		sample string
		old    func(r *archive.Record)
		row    string // the count that the record adds to
		is     func(want *archive.Record)
	}{
		{name: "another class", sample: "crashed-exit-1", old: older, row: "changed"},
		{
			name:   "another verdict alone",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { r.ClassifierVersion, r.Verdict = 0, "review" },
			row:    "changed",
		},
		{
			name:   "another sentence",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { r.ClassifierVersion, r.Summary = 0, "it ended" },
			row:    "reworded",
		},
		{
			name:   "the same",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { r.ClassifierVersion = 0 },
			row:    "unchanged",
		},
		{
			name:   "the same tables",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { older(r); r.ClassifierVersion = classifier.Version },
			row:    "unchanged",
		},
		{
			name:   "newer tables",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { older(r); r.ClassifierVersion = classifier.Version + 1 },
			row:    "unchanged",
		},
		{
			name:   "no event",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { older(r); r.RawEvent = "" },
			row:    "not reclassifiable",
		},
		{
			name:   "cut event",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { older(r); r.Truncated = "containers,rawEvent" },
			row:    "not reclassifiable",
		},
		{
			name:   "broken event",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { older(r); r.RawEvent = r.RawEvent[:100] },
			row:    "not reclassifiable",
		},
		{
			name:   "several stops in one event",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { older(r); r.RawEvent = "[" + r.RawEvent + "," + r.RawEvent + "]" },
			row:    "not reclassifiable",
		},
		{
			name:   "kind that this program does not know",
			sample: "crashed-exit-1",
			old:    func(r *archive.Record) { older(r); r.Kind = "container" },
			row:    "not reclassifiable",
		},
		{
			name:   "still unreadable",
			sample: "crashed-exit-1",
			old: func(r *archive.Record) {
				older(r)
				r.Kind, r.DedupKey, r.RawEvent = "unreadable", "sha256:00", `{"detail-type":"ECS Task State Change"}`
			},
			row: "unchanged",
		},
		{
			name:   "readable at last",
			sample: "crashed-exit-1",
			old: func(r *archive.Record) {
				older(r)
				r.ClassifierVersion, r.Kind, r.DedupKey = classifier.Version, "unreadable", "sha256:00"
			},
			row: "changed",
			is:  func(want *archive.Record) { want.DedupKey = "sha256:00" },
		},
		{
			name:   "proofs are carried over",
			sample: "image-unreachable-fargate-ecr-no-route",
			old: func(r *archive.Record) {
				older(r)
				r.Cause, r.CauseVerdict, r.MissingActions = "route-missing", "confirmed", "ec2:DescribeNatGateways"
				r.CauseIDs = "route-missing=confirmed; nat-unusable=inconclusive"
				r.Causes = proven
				r.CheckedAt = checked
				r.LogTail = "last words"
				r.LogGroup = "/ecs/web"
				r.LogStream = "web/app/1"
				r.LogsURL = "https://eu-west-1.console.aws.amazon.com/logs"
				r.NextStep = "add 0.0.0.0/0 to rtb-1"
			},
			row: "changed",
			is: func(want *archive.Record) {
				want.Cause = "route-missing"
				want.CauseVerdict = "confirmed"
				want.MissingActions = "ec2:DescribeNatGateways"
				want.CauseIDs = "route-missing=confirmed; " +
					strings.NewReplacer("route-missing=not_checked; ", "", "nat-unusable=not_checked",
						"nat-unusable=inconclusive").Replace(want.CauseIDs)
				var causes []archive.RecordedCause
				if err := json.Unmarshal([]byte(want.Causes), &causes); err != nil {
					t.Fatal(err)
				}
				causes = slices.DeleteFunc(causes, func(c archive.RecordedCause) bool {
					return c.ID == "route-missing"
				})
				causes = append([]archive.RecordedCause{{
					ID:       "route-missing",
					Verdict:  "confirmed",
					Evidence: "rtb-1 has no 0.0.0.0/0",
				}}, causes...)
				for i := range causes {
					if causes[i].ID == "nat-unusable" {
						causes[i].Verdict = "inconclusive"
						causes[i].Reason = "no_permission"
						causes[i].MissingAction = "ec2:DescribeNatGateways"
					}
				}
				text, err := json.Marshal(causes)
				if err != nil {
					t.Fatal(err)
				}
				want.Causes, want.CheckedAt, want.LogTail = string(text), checked, "last words"
				want.LogGroup = "/ecs/web"
				want.LogStream = "web/app/1"
				want.LogsURL = "https://eu-west-1.console.aws.amazon.com/logs"
				want.Summary, want.NextStep = want.Summary+": rtb-1 has no 0.0.0.0/0", "add 0.0.0.0/0 to rtb-1"
			},
		},
		{
			name:   "causes that nobody checked are those of the new class",
			sample: "image-unreachable-fargate-ecr-no-route",
			old: func(r *archive.Record) {
				older(r)
				r.Cause, r.CauseVerdict, r.CauseIDs = "heap-limit", "not_checked", "heap-limit=not_checked"
				r.Causes = `[{"id":"heap-limit","verdict":"not_checked"}]`
			},
			row: "changed",
		},
		{
			name:   "what a text proved is proven by the new tables",
			sample: "registry-auth-denied",
			old: func(r *archive.Record) {
				older(r)
				r.Cause, r.CauseVerdict, r.CauseIDs = "heap-limit", "confirmed", "heap-limit=confirmed"
				r.Causes = `[{"id":"heap-limit","verdict":"confirmed","evidence":"because"}]`
			},
			row: "changed",
		},
		{
			name:   "signature of a text with a secret",
			sample: "image-layer-unreachable-presigned-url",
			old:    func(r *archive.Record) { r.ClassifierVersion, r.Summary = 0, "it ended" },
			row:    "reworded",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "stops")
			want := sampleRecord(t, test.sample)
			old := want
			test.old(&old)
			putRecord(t, dir, old)

			stdout, stderr := whystopped(t, screen.ExitOK, "reclassify", "--from", dir)
			counts := map[string]int{"changed": 0, "reworded": 0, "unchanged": 0, "not reclassifiable": 0, "written": 0}
			counts[test.row] = 1
			if diff := cmp.Diff(counts, screentest.Rows(stdout)); diff != "" || stderr != "" {
				t.Errorf("-want +got:\n%s%s", diff, stderr)
			}
			if n := len(recordsAt(t, dir)); n != 1 {
				t.Fatalf("%d records; without --to nothing is written", n)
			}

			whystopped(t, screen.ExitOK, "reclassify", "--from", dir, "--to", dir)
			records := recordsAt(t, dir)
			if test.row != "changed" && test.row != "reworded" {
				if len(records) != 1 {
					t.Errorf("%d records; there was nothing to write", len(records))
				}
				return
			}
			if len(records) != 2 {
				t.Fatalf("%d records, want 2", len(records))
			}
			if test.is != nil {
				test.is(&want)
			}
			want.Source = archive.SourceReclassify
			if diff := cmp.Diff(want, records[1], cmpopts.IgnoreFields(archive.Record{}, "RecordedAt")); diff != "" {
				t.Errorf("-want +written:\n%s", diff)
			}
			if shown := archive.Shown(records); len(shown) != 1 || shown[0].Source != archive.SourceReclassify {
				t.Errorf("history does not show the new record: %v", shown)
			}
			stdout, _ = whystopped(t, screen.ExitOK, "reclassify", "--from", dir, "--to", dir)
			if got := screentest.Rows(stdout); got["unchanged"] != 1 || got["written"] != 0 {
				t.Errorf("a second run: %v", got)
			}
		})
	}
}

// The events that records keep are enough to come to the same class again, though their secrets are masked.
func TestReclassifyOfEverySampleChangesNothing(t *testing.T) {
	files, err := filepath.Glob("../../events/samples/*.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	whystopped(t, screen.ExitOK, append([]string{"archive", "--all", "--to", dir}, files...)...)
	var records []archive.Record
	for _, r := range recordsAt(t, dir) {
		r.ClassifierVersion = 0
		records = append(records, r)
	}
	old := t.TempDir()
	putRecord(t, old, records...)
	stdout, _ := whystopped(t, screen.ExitOK, "reclassify", "--from", old)
	got := screentest.Rows(stdout)
	if got["changed"] != 0 || got["not reclassifiable"] != 0 || got["unchanged"] < 90 {
		t.Errorf("%d records: %s", len(records), stdout)
	}
}

// Of several records of one stop the one that is shown is taken.
func TestReclassifyTakesTheRecordThatIsShown(t *testing.T) {
	dir := t.TempDir()
	now := sampleRecord(t, "crashed-exit-1")
	before := now
	older(&before)
	putRecord(t, dir, before, now, before)
	stdout, _ := whystopped(t, screen.ExitOK, "reclassify", "--from", dir)
	if got := screentest.Rows(stdout); got["unchanged"] != 1 || got["changed"] != 0 {
		t.Errorf("%v", got)
	}
}

func TestReclassifySince(t *testing.T) {
	dir := t.TempDir()
	for i, sample := range []string{"crashed-exit-1", "oom-with-sidecar", "host-lost-ec2"} {
		r := sampleRecord(t, sample)
		older(&r)
		r.StoppedAt = archive.Time{Time: time.Now().Add(-time.Duration(i) * 72 * time.Hour)}
		putRecord(t, dir, r)
	}
	for since, want := range map[string]int{"1h": 1, "4d": 2, "all": 3} {
		stdout, _ := whystopped(t, screen.ExitOK, "reclassify", "--from", dir, "--since", since)
		if got := screentest.Rows(stdout)["changed"]; got != want {
			t.Errorf("--since %s: %d changed, want %d", since, got, want)
		}
	}
}

func TestReclassifyTellsWhatItCannotRead(t *testing.T) {
	if _, stderr := whystopped(t, screen.ExitBad, "reclassify", "--from",
		filepath.Join(t.TempDir(), "none")); !strings.Contains(stderr, "no archive in ") {
		t.Errorf("stderr %q", stderr)
	}
	if _, stderr := whystopped(t, screen.ExitBad, "reclassify", "--since",
		"soon"); !strings.Contains(stderr, `--since "soon": give a time back from now`) {
		t.Errorf("stderr %q", stderr)
	}
	dir := t.TempDir()
	line, err := json.Marshal(sampleRecord(t, "crashed-exit-1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "records.jsonl"), []byte("{oops\n"+string(line)+"\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr := whystopped(t, screen.ExitOK, "reclassify", "--from", dir)
	if screentest.Rows(stdout)["unchanged"] != 1 || !strings.Contains(stderr, "records.jsonl:1: not a record") {
		t.Errorf("%s%s", stdout, stderr)
	}
}

// TestReclassifiedTellsTheContainersOfOneEventApart: two ended in one event, and one of them is meant to.
func TestReclassifiedTellsTheContainersOfOneEventApart(t *testing.T) {
	raw, err := os.ReadFile("../../events/samples/container-init-0-sidecar-crashed.json")
	if err != nil {
		t.Fatal(err)
	}
	p := ingest.Pipeline{Store: nowhere{}, Source: archive.SourceEvent, Ending: []string{"migrate"}, Now: time.Now}
	records, err := p.Ingest(t.Context(), raw)
	if err != nil || len(records) != 2 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for _, old := range records {
		old.ClassifierVersion--
		r, ok := reclassified(old, time.Now())
		if !ok || r.DedupKey != old.DedupKey || r.Culprit != old.Culprit || r.Verdict != old.Verdict ||
			r.MeantToEnd != old.MeantToEnd || r.Source != archive.SourceReclassify {
			t.Errorf("%s %s %s becomes %s %s %s, %v", old.DedupKey, old.Verdict, old.MeantToEnd, r.DedupKey, r.Verdict,
				r.MeantToEnd, ok)
		}
	}
	if records[0].Verdict != "expected" || records[1].Verdict != "failure" {
		t.Errorf("verdicts %s and %s", records[0].Verdict, records[1].Verdict)
	}
}

// nowhere is a store that keeps nothing.
type nowhere struct{}

func (nowhere) Put(context.Context, archive.Record) error { return nil }
