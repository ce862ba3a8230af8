package sql

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/events"
	"whystopped/ingest"
)

// runs is what DuckDB has to do: it reads statements as JSON and prints what each answers. It stands in for Athena,
// whose functions it is given under their names.
const runs = `
import { DuckDBInstance } from '@duckdb/node-api';
import { readFileSync } from 'node:fs';
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const answers = [];
for (const statement of JSON.parse(readFileSync(0, 'utf8'))) {
  const answer = await connection.runAndReadAll(statement);
  answers.push(answer.getRowObjectsJson());
}
console.log(JSON.stringify(answers));
`

// stopsOf are records of all samples, with further ones that do not hide them and some that do.
func stopsOf(t *testing.T) []archive.Record {
	t.Helper()
	samples, err := filepath.Glob("../../events/samples/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var records []archive.Record
	for n, sample := range samples {
		raw, err := os.ReadFile(sample)
		if err != nil {
			t.Fatal(err)
		}
		stops, _ := events.Parse(raw)
		for _, s := range stops {
			r := ingest.Explain(s, archive.SourceEvent, now.Add(time.Duration(n)*time.Second))
			if r.StoppedAt.IsZero() {
				continue
			}
			records = append(records, r)
			other := r
			switch n % 6 {
			case 0: // said by somebody
				other.SourceRank, other.Verdict, other.Class = 1, "review", "unknown.unknown"
			case 1: // explained by newer tables
				other.ClassifierVersion++
				other.Summary, other.Verdict = "explained again", "failure"
			case 2: // not yet at its end
				other.StillStopping, other.RecordedAt.Time = "yes", now.AddDate(0, 1, 0)
			case 3: // checked
				other.CheckedAt, other.Summary = archive.Time{Time: now}, "checked"
			case 4: // written again
				other.RecordedAt.Time, other.Summary = now.AddDate(0, 0, 1), "it's written again"
			default:
				continue
			}
			records = append(records, other)
		}
	}
	return records
}

// TestAthenaSaysWhatHistorySays runs every question over the same records in DuckDB and by what history shows of them.
func TestAthenaSaysWhatHistorySays(t *testing.T) {
	folder := os.Getenv("WHYSTOPPED_DUCKDB")
	if folder == "" {
		t.Skip("WHYSTOPPED_DUCKDB names no folder into which npm installed @duckdb/node-api")
	}
	records := stopsOf(t)
	shown := archive.Shown(records)
	var lines []byte
	for _, r := range records {
		line, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(append(lines, line...), '\n')
	}
	dir := t.TempDir()
	file, script := filepath.Join(dir, "records.jsonl"), filepath.Join(folder, "whystopped.mjs")
	for path, text := range map[string][]byte{file: lines, script: []byte(runs)} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	statements := []string{
		"CREATE MACRO json_extract_scalar(text, path) AS json_extract_string(text, path)",
		"CREATE TABLE records AS SELECT json AS message FROM read_json_objects('" + file +
			"', format = 'newline_delimited', maximum_object_size = 10000000)",
		View("records", "message"),
	}
	task := shown[slices.IndexFunc(shown, func(r archive.Record) bool { return r.TaskID != "" })]
	service := shown[slices.IndexFunc(shown, func(r archive.Record) bool {
		return r.Service != "" && r.Cluster != ""
	})]
	deployment := shown[slices.IndexFunc(shown, func(r archive.Record) bool {
		return r.DeploymentID != "" && r.Kind == "task" && r.Verdict == "failure"
	})]
	values := map[string][]string{"tasks-of-a-service": {service.Cluster, service.Service},
		"reason-of-a-task": {task.TaskID}, "first-failure-of-a-deployment": {deployment.DeploymentID}}
	for _, q := range Questions {
		text := q.Filled(values[q.Name]...)
		q.Text = text
		statements = append(statements, text, q.Alone("records", "message"))
	}
	asked, err := json.Marshal(statements)
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command("node", script)
	run.Dir, run.Stdin = folder, bytes.NewReader(asked)
	var complaints strings.Builder
	run.Stderr = &complaints
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	var answers [][]map[string]any
	if err := json.Unmarshal(out, &answers); err != nil {
		t.Fatal(err)
	}
	for i, q := range Questions {
		want := asHistorySays(q.Name, shown, values[q.Name])
		for _, answer := range answers[3+2*i:][:2] {
			var got []string
			for _, row := range answer {
				got = append(got, tellRow(q.Name, row))
			}
			if q.Name != "latest-failures" { // whose order is its answer
				slices.Sort(got)
				slices.Sort(want)
			}
			if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
				t.Errorf("%s: %d rows (-history +SQL):\n%s", q.Name, len(got), diff)
			}
		}
	}
}

// told are the columns that are compared of a question's rows.
var told = map[string][]string{
	"what-failed": {"account", "region", "cluster", "service", "family", "class", "stops",
		"lastSeen"},
	"latest-failures":               {"moment", "taskId", "class", "summary"},
	"tasks-of-a-service":            {"moment", "taskId", "verdict", "class", "summary"},
	"reason-of-a-task":              {"moment", "cluster", "verdict", "class", "summary"},
	"never-started":                 {"account", "region", "cluster", "service", "family", "class", "stops"},
	"what-is-new":                   {"signature", "firstSeen", "lastSeen", "stops"},
	"first-failure-of-a-deployment": {"moment", "taskId", "class", "summary"},
	"culprits":                      {"culprit", "culpritExitCode", "class", "stops"},
	"out-of-memory":                 {"cluster", "service", "taskDefinition", "culprit", "kills"},
	"verdicts-by-day":               {"day", "verdict", "stops"},
}

func tellRow(name string, row map[string]any) string {
	var parts []string
	for _, column := range told[name] {
		value := row[column]
		if value == nil {
			value = ""
		}
		parts = append(parts, fmt.Sprint(value))
	}
	return strings.Join(parts, " | ")
}

// asHistorySays answers a question from the records that history shows, in its order.
func asHistorySays(name string, shown []archive.Record, values []string) []string {
	const instant = "2006-01-02T15:04:05.000Z"
	failed := func(r archive.Record) bool { return r.Verdict == "failure" }
	asked := map[string]func(archive.Record) bool{
		"what-failed": failed, "latest-failures": failed, "what-is-new": failed,
		"tasks-of-a-service": func(r archive.Record) bool { return r.Cluster == values[0] && r.Service == values[1] },
		"reason-of-a-task":   func(r archive.Record) bool { return r.TaskID == values[0] },
		"never-started": func(r archive.Record) bool {
			return failed(r) && r.Kind == "task" && r.StartedAt.IsZero()
		},
		"first-failure-of-a-deployment": func(r archive.Record) bool {
			return failed(r) && r.Kind == "task" && r.DeploymentID == values[0]
		},
		"culprits":        func(r archive.Record) bool { return failed(r) && r.Culprit != "" },
		"out-of-memory":   func(r archive.Record) bool { return r.Fault == "oom" },
		"verdicts-by-day": func(archive.Record) bool { return true },
	}[name]
	rows := map[string]map[string]any{}
	var order []map[string]any
	for _, r := range shown { // the latest first
		if !asked(r) {
			continue
		}
		line, _ := r.Encode()
		var row map[string]any
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.UseNumber() // as DuckDB prints them
		_ = decoder.Decode(&row)
		at := r.Moment().UTC().Format(instant)
		row["moment"], row["day"], row["firstSeen"], row["lastSeen"] = at, at[:10], at, at
		key := ""
		counts := slices.Contains(told[name], "stops") || slices.Contains(told[name], "kills")
		for _, column := range told[name] {
			if counts && !slices.Contains([]string{"stops", "kills", "firstSeen", "lastSeen"}, column) {
				key += fmt.Sprint(row[column], " | ")
			}
		}
		if !counts {
			order = append(order, row)
			continue
		}
		if rows[key] == nil {
			rows[key] = row
			row["stops"], row["kills"] = 0, 0
			order = append(order, row)
		}
		rows[key]["stops"], rows[key]["kills"] = rows[key]["stops"].(int)+1, rows[key]["kills"].(int)+1
		rows[key]["firstSeen"] = at
	}
	switch name {
	case "latest-failures":
		order = order[:min(len(order), 50)]
	case "first-failure-of-a-deployment":
		order = order[len(order)-1:]
	}
	var lines []string
	for _, row := range order {
		lines = append(lines, tellRow(name, row))
	}
	return lines
}

func TestQuestionsAreThoseOfSavedQueries(t *testing.T) {
	if len(Questions) != 10 {
		t.Errorf("%d questions", len(Questions))
	}
	for _, q := range Questions {
		if strings.Contains(q.Filled("it's", "b"), "{{") || strings.Contains(q.Text, "{{") !=
			strings.Contains(q.Filled("it's", "b"), "'it''s'") || told[q.Name] == nil {
			t.Errorf("%s: %s", q.Name, q.Filled("it's", "b"))
		}
	}
}
