package archive

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQueriesNameOnlyFieldsOfTheRecord(t *testing.T) {
	for _, q := range Queries {
		if unknown := unknownFields(q.Commands); unknown != nil {
			t.Errorf("%s: %q are no fields of the record", q.Name, unknown)
		}
	}
}

func TestUnknownFields(t *testing.T) {
	tests := []struct {
		commands string
		want     []string
	}{
		{`filter cluster = "not a field" and service in ["a", 'b']`, nil},
		{"# a comment about nothing\nfilter taskid = \"1\"", []string{"taskid"}},
		{`filter stoppedReason like /some words/ | fields category`, []string{"category"}},
		{`sort @timestamp desc, stoppedat asc`, []string{"stoppedat"}},
		{`stats count_distinct(dedupKey) as stops, max(exitCode) by class | sort stops desc`, []string{"exitCode"}},
		{`dedup key | limit 10`, []string{"key"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, unknownFields(tt.commands)); diff != "" {
			t.Errorf("unknownFields(%q): -want +got\n%s", tt.commands, diff)
		}
	}
}

func TestQueriesShowOneRecordPerStop(t *testing.T) {
	ending := regexp.MustCompile(`\n\| sort stoppedAt desc, recordedAt desc\n\| dedup dedupKey\n\| limit \d+$`)
	for _, q := range Queries {
		if !ending.MatchString(q.Commands) {
			t.Errorf("%s ends with %q, want it to match %q", q.Name, q.Commands[strings.LastIndex(q.Commands, "sort"):], ending)
		}
	}
}

func TestQueriesBeginWithTheirQuestion(t *testing.T) {
	for _, q := range Queries {
		comment, commands, _ := strings.Cut(q.String(), "\n")
		if comment != "# "+q.Question || q.Question == "" || commands != q.Commands {
			t.Errorf("%s is %q, want its question as a comment line and then its commands", q.Name, q.String())
		}
	}
}

func TestQueriesDeclareTheirParameters(t *testing.T) {
	quoted := regexp.MustCompile(`"\{\{(\w+)\}\}"`)
	for _, q := range Queries {
		var declared, used []string
		for _, p := range q.Parameters {
			declared = append(declared, p.Name)
			if p.Doc == "" {
				t.Errorf("%s: parameter %s has no description", q.Name, p.Name)
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(q.Commands, -1) {
			used = append(used, m[1])
		}
		if strings.Count(q.Commands, "{{") != len(used) {
			t.Errorf("%s has a placeholder without quotes around it:\n%s", q.Name, q.Commands)
		}
		slices.Sort(declared)
		slices.Sort(used)
		if diff := cmp.Diff(declared, slices.Compact(used)); diff != "" {
			t.Errorf("%s: parameters -declared +used\n%s", q.Name, diff)
		}
	}
}

func TestQueryNamesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, q := range Queries {
		if seen[q.Name] || !regexp.MustCompile(`^[a-z][a-z-]*$`).MatchString(q.Name) {
			t.Errorf("name %q is taken or not in lower case with hyphens", q.Name)
		}
		seen[q.Name] = true
	}
}

// unknownFields returns the words of Logs Insights commands that are neither part of the language nor a field of Record.
func unknownFields(commands string) []string {
	literal := regexp.MustCompile(`"[^"]*"|'[^']*'|/[^/]*/|(?m:^#.*$)`)
	word := regexp.MustCompile(`[@A-Za-z_][\w.]*`)
	alias := regexp.MustCompile(`\bas (\w+)`)

	known := strings.Fields(`fields display filter stats sort dedup limit and or not in like as by asc desc
		count count_distinct min max avg sum pct latest earliest bin datefloor ispresent coalesce
		@timestamp @message @logStream`)
	for field := range reflect.TypeFor[Record]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		known = append(known, name)
	}
	commands = literal.ReplaceAllString(commands, "")
	for _, m := range alias.FindAllStringSubmatch(commands, -1) {
		known = append(known, m[1])
	}

	var unknown []string
	for _, w := range word.FindAllString(commands, -1) {
		if !slices.Contains(known, w) {
			unknown = append(unknown, w)
		}
	}
	return unknown
}
