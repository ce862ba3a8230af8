package stack

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"whystopped/archive"
	"whystopped/archive/stack/insightstest"
)

var recordFields = insightstest.FieldsOf[archive.Record]()

// TestQueriesAreTaken holds each query, in every form that it is deployed or printed in, to the language of Logs
// Insights and the fields of a record.
func TestQueriesAreTaken(t *testing.T) {
	for _, q := range append(slices.Clone(Queries), Kinds) {
		var parameters []string
		filled := q.String()
		for _, p := range q.Parameters {
			parameters = append(parameters, p.Name)
			filled = strings.ReplaceAll(filled, "{{"+p.Name+"}}", strconv.Quote(p.Example))
			if !strings.Contains(q.Call(), p.Name+" = "+strconv.Quote(p.Example)) || p.Doc == "" || p.Example == "" {
				t.Errorf("%s: %s does not give %s", q.Name, q.Call(), p.Name)
			}
		}
		if err := insightstest.Check(q.String(), recordFields, parameters...); err != nil {
			t.Errorf("%s: %v", q.Name, err)
		}
		forms := []string{filled}
		if q.Parameters != nil {
			forms = append(forms, q.Edited())
		}
		for _, form := range forms {
			if err := insightstest.Check(form, recordFields); err != nil {
				t.Errorf("%s: %v in\n%s", q.Name, err, form)
			}
		}
	}
}

// TestQueriesOnPagesAreTaken looks for queries in the code blocks of all pages.
func TestQueriesOnPagesAreTaken(t *testing.T) {
	block := regexp.MustCompile("(?ms)^```\\w*\\n(.*?)^```")
	begins := regexp.MustCompile(`^(?:#[^\n]*\n)*(?:filter|stats|fields|display|SOURCE) |^\$`)
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range append(pages, "../../README.md", "../../CHANGELOG.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			query := strings.TrimSpace(m[1])
			if !begins.MatchString(query) {
				continue
			}
			found++
			var parameters []string
			if i := slices.IndexFunc(Queries, func(q Query) bool {
				return q.Commands == query || q.Call() == query
			}); i >= 0 {
				if query == Queries[i].Call() {
					continue // TestQueriesAreTaken fills it in
				}
				for _, p := range Queries[i].Parameters {
					parameters = append(parameters, p.Name)
				}
			}
			if err := insightstest.Check(query, recordFields, parameters...); err != nil {
				t.Errorf("%s: %v in\n%s", page, err, query)
			}
		}
	}
	if found <= len(Queries) {
		t.Errorf("%d queries stand on the pages, want %d and their calls", found, len(Queries))
	}
}

func TestQueryWithAParameter(t *testing.T) {
	q := Query{Name: "of-a-task", Question: "Why?", Commands: "filter taskId = {{task}} or family = {{task}}",
		Parameters: []Parameter{{Name: "task", Example: "0a1b"}}}
	for got, want := range map[string]string{
		q.Edited(): "# Why?\n# Write over TASK and keep the quotes.\nfilter taskId = \"TASK\" or family = \"TASK\"",
		q.Call():   "$`whystopped/of-a-task`(task = \"0a1b\")",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestQueriesTellAccountsApart: an archive may hold several accounts and Regions, whose clusters and services may bear
// the same names.
func TestQueriesTellAccountsApart(t *testing.T) {
	named := regexp.MustCompile(`\b(cluster|service|availabilityZone|role|subnet|missingActions)\b`)
	apart := regexp.MustCompile(`\baccount, region\b`)
	for _, q := range Queries {
		for command := range strings.SplitSeq(q.Commands, "|") {
			_, groups, isStats := strings.Cut(command, " by ")
			if !isStats && strings.HasPrefix(command, " fields stoppedAt") {
				groups = command
			}
			if named.MatchString(groups) && !apart.MatchString(groups) {
				t.Errorf("%s: %s", q.Name, command)
			}
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
	for i, f := range IndexedFields {
		if !slices.Contains(recordFields, f) || slices.Contains(IndexedFields[:i], f) {
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

func TestQueryNamesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, q := range Queries {
		if seen[q.Name] || !regexp.MustCompile(`^[a-z][a-z-]*$`).MatchString(q.Name) {
			t.Errorf("name %q is taken or not in lower case with hyphens", q.Name)
		}
		seen[q.Name] = true
	}
}
