package main

import (
	"fmt"
	"reflect"
	"strings"

	"whystopped/archive"
)

func recordPage(string) (string, error) {
	var page strings.Builder
	page.WriteString("# The record\n\nOne flat JSON object per stop. A field that is not known is absent. " +
		"Printed from `archive.Record` by `go generate ./docs/print`.\n")
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
