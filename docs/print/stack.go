package main

import (
	"fmt"
	"strings"

	"whystopped/archive/stack"
)

func environmentPage(string) (string, error) {
	var page strings.Builder
	page.WriteString(`# Environment variables

What the function reads for itself, and nothing else. The stack sets what is required. Credentials, Region and endpoints come
under the names that the AWS SDK reads them from. Printed from ` + "`stack.Variables` by `go generate ./docs/print`" + `.

| variable | default | what it says |
|---|---|---|
`)
	for _, v := range stack.Variables {
		value := "required"
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", v.Name, value, v.Doc)
	}
	return page.String(), nil
}

func queriesPage(string) (string, error) {
	var page strings.Builder
	page.WriteString(`# The saved queries

Every deployment has these in CloudWatch under Logs Insights, Saved queries, ` + "`" + stack.QueryFolder + "`" + `. One with parameters is run by
the line that stands with it below, written into the editor of queries: its name behind ` + "`$`" + `, and each value in the quotes that it
brings into the query. Who runs it needs ` + "`logs:DescribeQueryDefinitions`" + ` beside ` + "`logs:StartQuery`" + `. In China, GovCloud,
me-central-1 and me-south-1, where CloudFormation takes no parameters, the query has names in capital letters in their places: open
it and write over these.

All are over the fields of [a record](record.md), and take a stop once however often it was written: of each
` + "`dedupKey`" + ` a list shows the newest record of the highest ` + "`sourceRank`" + `, those that anybody could have written last; a count counts
distinct keys (Logs Insights gives an estimate where they are very many). A stop that was classified
anew is counted under each class that it ever had, and what Logs Insights calls the latest is the latest stop, not the latest record
of one.

Fields that people filter by are indexed: ` + "`" + strings.Join(stack.IndexedFields, "` `") + "`" + `. An index serves ` + "`=` and `in`" + `, not ` + "`like`" + `.

Printed from ` + "`stack.Queries` by `go generate ./docs/print`" + `.

| query | what it answers |
|---|---|
`)
	for _, q := range stack.Queries {
		question := q.Question
		if q.NeedsAll {
			question += " *(deployed with capture=all)*"
		}
		fmt.Fprintf(&page, "| [%s](#%[1]s) | %s |\n", q.Name, question)
	}
	for _, q := range stack.Queries {
		fmt.Fprintf(&page, "\n## %s\n\n%s", q.Name, q.Question)
		if q.NeedsAll {
			page.WriteString(
				" It is deployed only with `capture=all`: the default leaves out most of what it asks for.")
		}
		page.WriteString("\n\n")
		for _, p := range q.Parameters {
			fmt.Fprintf(&page, "- `{{%s}}`: %s\n", p.Name, p.Doc)
		}
		if q.Parameters != nil {
			fmt.Fprintf(&page, "\n```\n%s\n```\n\n", q.Call())
		}
		fmt.Fprintf(&page, "```\n%s\n```\n", q.Commands)
	}
	return page.String(), nil
}
