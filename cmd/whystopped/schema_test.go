package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// recordSchema is what docs/record.schema.json uses of JSON Schema.
type recordSchema struct {
	Required   []string
	Properties map[string]struct {
		Type   any // a name, or several
		Format string
		Const  string
	}
}

func readSchema(t *testing.T) recordSchema {
	t.Helper()
	text, err := os.ReadFile("../../docs/record.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s recordSchema
	if err := json.Unmarshal(text, &s); err != nil || len(s.Properties) == 0 {
		t.Fatal("no schema: ", err)
	}
	return s
}

// errs are what a record does not keep of the schema; a field that the schema does not name is one, because all are
// printed from one table.
func (s recordSchema) errs(record []byte) (errs []string) {
	var fields map[string]any
	if err := json.Unmarshal(record, &fields); err != nil {
		return []string{err.Error()}
	}
	for _, name := range s.Required {
		if _, there := fields[name]; !there {
			errs = append(errs, name+" is missing")
		}
	}
	for name, value := range fields {
		field, known := s.Properties[name]
		text, isText := value.(string)
		number, isNumber := value.(float64)
		_, isArray := value.([]any)
		types, several := field.Type.([]any)
		if !several {
			types = []any{field.Type}
		}
		fits := isText && slices.Contains(types, any("string")) || isNumber && slices.Contains(types, any("number")) ||
			isNumber && number == float64(int64(number)) && slices.Contains(types, any("integer")) ||
			isArray && slices.Contains(types, any("array"))
		switch _, err := time.Parse(time.RFC3339, text); {
		case !known:
			errs = append(errs, name+" is not in the schema")
		case !fits:
			errs = append(errs, fmt.Sprintf("%s is %v, want %v", name, value, field.Type))
		case field.Format == "date-time" && err != nil:
			errs = append(errs, name+": "+err.Error())
		case field.Const != "" && text != field.Const:
			errs = append(errs, fmt.Sprintf("%s is %v, want %s", name, value, field.Const))
		}
	}
	return errs
}

// TestSchema holds every golden record, and what --json prints of every sample, to the JSON Schema.
func TestSchema(t *testing.T) {
	s := readSchema(t)
	goldens, err := filepath.Glob("../../archive/testdata/*.record.json")
	if err != nil || len(goldens) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, file := range goldens {
		record, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range s.errs(record) {
			t.Errorf("%s: %s", file, e)
		}
	}
	samples, err := filepath.Glob("../../events/samples/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	var out, stderr bytes.Buffer
	run(append([]string{"explain", "--json", "--raw"}, samples...), nil, &out, &stderr)
	stops := 0
	for line := range bytes.Lines(out.Bytes()) {
		stops++
		for _, e := range s.errs(line) {
			t.Errorf("%.200s: %s", line, e)
		}
	}
	if stops < len(samples) {
		t.Errorf("%d stops of %d samples: %s", stops, len(samples), &stderr)
	}
}

// TestSchemaRefuses tries the validator on a golden with one thing wrong.
func TestSchemaRefuses(t *testing.T) {
	s := readSchema(t)
	golden, err := os.ReadFile("../../archive/testdata/oom-with-sidecar.record.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		damage func(map[string]any)
		want   string
	}{
		{"a field that is required is missing", func(r map[string]any) { delete(r, "class") }, "class is missing"},
		{"a text is a number", func(r map[string]any) { r["class"] = 1 }, "class is 1"},
		{"a number is a text", func(r map[string]any) { r["runSeconds"] = "1" }, "runSeconds is 1"},
		{"a count is broken", func(r map[string]any) { r["culpritExitCode"] = 1.5 }, "culpritExitCode is 1.5"},
		{"a time is none", func(r map[string]any) { r["stoppedAt"] = "yesterday" }, "stoppedAt: parsing time"},
		{"another schema", func(r map[string]any) { r["schemaVersion"] = "2" }, "schemaVersion is 2"},
		{"a field of nobody", func(r map[string]any) { r["colour"] = "red" }, "colour is not in the schema"},
	} {
		var record map[string]any
		if err := json.Unmarshal(golden, &record); err != nil {
			t.Fatal(err)
		}
		test.damage(record)
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		if errs := s.errs(text); len(errs) != 1 || !strings.HasPrefix(errs[0], test.want) {
			t.Errorf("%s: %q, want %q", test.name, errs, test.want)
		}
	}
}
