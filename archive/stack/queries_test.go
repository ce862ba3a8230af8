package stack

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
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
		{"filter stops > 3\n| stats count_distinct(dedupKey) as stops by bin(1h), domain", []string{"stops"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, unknownFields(tt.commands)); diff != "" {
			t.Errorf("unknownFields(%q): -want +got\n%s", tt.commands, diff)
		}
	}
}

// TestQueriesTakeEachStopOnce holds lists to one record per dedupKey, and counts to distinct keys.
func TestQueriesTakeEachStopOnce(t *testing.T) {
	list := regexp.MustCompile(`\n\| fields coalesce\(sourceRank, bySource\) as rank\n\| sort rank desc, stoppedAt ` +
		`desc, recordedAt desc\n` +
		`\| dedup dedupKey\n\| limit \d+$`)
	count := regexp.MustCompile(`\bcount(_distinct)?\(([^)]*)\)`)
	lists := 0
	for _, q := range Queries {
		if !strings.Contains(q.Commands, "stats ") {
			lists++
			if !list.MatchString(q.Commands) {
				t.Errorf("%s lists stops and ends with %q, want it to match %q", q.Name,
					q.Commands[strings.LastIndex(q.Commands, "sort"):], list)
			}
			continue
		}
		if strings.Contains(q.Commands, "dedup ") {
			t.Errorf("%s uses dedup beside stats, but after dedup only limit is taken", q.Name)
		}
		if !strings.Contains(q.Commands, "count_distinct(dedupKey) as ") &&
			!strings.Contains(q.Commands, " by dedupKey") {
			t.Errorf("%s does not count stops by their dedupKey", q.Name)
		}
		for _, m := range count.FindAllStringSubmatch(q.Commands, -1) {
			if m[1] == "" {
				t.Errorf("%s counts records with %s, want count_distinct", q.Name, m[0])
			}
		}
	}
	if lists == 0 || lists == len(Queries) {
		t.Errorf("%d of %d queries list stops, want some of each kind", lists, len(Queries))
	}
}

// TestQueriesUseSumsOfNoRecords refuses the aggregates that a second record of the same stop changes.
func TestQueriesUseSumsOfNoRecords(t *testing.T) {
	for _, q := range Queries {
		if m := regexp.MustCompile(`\b(sum|avg|stddev)\(`).FindString(q.Commands); m != "" {
			t.Errorf("%s uses %s…), which takes a stop as often as it was written", q.Name, m)
		}
	}
}

// TestQueriesThatNeedAllAskForRoutineStops holds that a query waits for capture=all only when it asks for routine
// stops.
func TestQueriesThatNeedAllAskForRoutineStops(t *testing.T) {
	for _, q := range Queries {
		if q.NeedsAll && strings.Contains(q.Commands, `verdict = "failure"`) {
			t.Errorf("%s asks for failures, which the default captures", q.Name)
		}
	}
	if n := len(slices.DeleteFunc(slices.Clone(Queries), func(q Query) bool { return q.NeedsAll })); n < 15 {
		t.Errorf("a default deployment has %d saved queries, want the fifteen that people ask for", n)
	}
}

func TestIndexedFields(t *testing.T) {
	if n := len(IndexedFields); n > 20 {
		t.Errorf("%d fields are indexed, CloudWatch Logs takes at most 20", n)
	}
	fields := recordFields()
	for i, f := range IndexedFields {
		if !slices.Contains(fields, f) || slices.Contains(IndexedFields[:i], f) {
			t.Errorf("%s is indexed twice or is no field of the record", f)
		}
	}
	equality := regexp.MustCompile(`(\w+) (?:= "|in \[)`)
	for _, q := range Queries {
		filter, _, _ := strings.Cut(q.Commands, "\n")
		for _, m := range equality.FindAllStringSubmatch(filter, -1) {
			if !slices.Contains(IndexedFields, m[1]) {
				t.Errorf("%s filters by %s, which is not indexed", q.Name, m[1])
			}
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

// unknownFields returns the words of Logs Insights commands that are neither part of the language, nor a field of
// Record, nor a name that an earlier command gave.
func unknownFields(commands string) []string {
	literal := regexp.MustCompile(`"[^"]*"|'[^']*'|/[^/]*/|(?m:^#.*$)|\b\d+[a-z]*\b`)
	word := regexp.MustCompile(`[@A-Za-z_][\w.]*`)
	alias := regexp.MustCompile(`\bas (\w+)`)

	known := append(recordFields(),
		strings.Fields(`fields display filter stats sort dedup limit and or not in like as by asc desc
		coalesce strcontains count count_distinct min max pct latest earliest bin
		datefloor ispresent @timestamp @message @logStream`)...)
	var unknown []string
	for command := range strings.SplitSeq(literal.ReplaceAllString(commands, ""), "|") {
		var named []string
		for _, m := range alias.FindAllStringSubmatch(command, -1) {
			named = append(named, m[1])
		}
		for _, w := range word.FindAllString(alias.ReplaceAllString(command, ""), -1) {
			if !slices.Contains(known, w) {
				unknown = append(unknown, w)
			}
		}
		known = append(known, named...)
	}
	return unknown
}

// recordFields are the names of the fields of a record.
func recordFields() []string {
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[archive.Record]()) {
		if field.Anonymous {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
