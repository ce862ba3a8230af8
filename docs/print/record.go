package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"whystopped/archive"
)

func recordPage(string) (string, error) {
	var page strings.Builder
	page.WriteString("# The record\n\nOne flat JSON object per stop. A field that is not known is absent. " +
		"Printed from `archive.Record` by " +
		"`go generate ./docs/print`, and so is its [JSON Schema](record.schema.json), " +
		"which holds for what `--json` prints of a stop too.\n")
	group := ""
	for _, f := range reflect.VisibleFields(reflect.TypeFor[archive.Record]()) {
		if g := f.Tag.Get("group"); g != "" && g != group { // those of an embedded struct are in its group
			group = g
			fmt.Fprintf(&page, "\n## %s\n\n| field | type | what it says |\n|---|---|---|\n", group)
		}
		if f.Anonymous {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", name, typeName(f.Type), f.Tag.Get("doc"))
	}
	return page.String(), nil
}

func typeName(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Struct:
		return "time"
	}
	return "number"
}

// recordSchema is the JSON Schema of a record, and of a stop as --json prints it.
func recordSchema(string) (string, error) {
	var required, properties []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[archive.Record]()) {
		if f.Anonymous {
			continue
		}
		name, omitted, _ := strings.Cut(f.Tag.Get("json"), ",")
		if omitted == "" {
			required = append(required, name)
		}
		property, err := json.Marshal(schemaOf(f, name))
		if err != nil {
			return "", err
		}
		properties = append(properties, fmt.Sprintf("    %q: %s", name, property))
	}
	names, err := json.Marshal(required)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "A stop as whystopped archives and prints it",
  "type": "object",
  "required": %s,
  "properties": {
%s
  }
}
`, names, strings.Join(properties, ",\n")), nil
}

// schema says which values a field may have.
type schema struct {
	Type        any    `json:"type"`
	Format      string `json:"format,omitempty"`
	Const       string `json:"const,omitempty"`
	Description string `json:"description"`
}

func schemaOf(f reflect.StructField, name string) schema {
	s := schema{Type: typeName(f.Type), Description: f.Tag.Get("doc")}
	whole := f.Type
	if whole.Kind() == reflect.Pointer {
		whole = whole.Elem()
	}
	switch {
	case name == "schemaVersion":
		s.Const = archive.SchemaVersion
	case name == "causes":
		s.Type, s.Description = []string{"string", "array"}, s.Description+" --json prints them as an array."
	case s.Type == "time":
		s.Type, s.Format = "string", "date-time"
	case whole.Kind() == reflect.Int || whole.Kind() == reflect.Int64:
		s.Type = "integer"
	}
	return s
}
