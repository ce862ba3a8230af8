// Package sql asks the questions of the saved queries in SQL, of years of records in a table: in Amazon Athena, and in
// whatever else knows the common functions of SQL.
package sql

import (
	"slices"
	"strings"

	"whystopped/archive/stack"
)

// Names that stand for those of a table of records, until somebody says which they are.
const (
	Table  = "logs.whystopped_stops"
	Column = "message"
)

// Question is one that is asked of the view stops.
type Question struct {
	stack.Query        // the saved query that asks the same
	Text        string // with {{name}} for the parameters of that query
}

// Filled returns the text with values in the places of its parameters, in their order.
func (s Question) Filled(values ...string) string {
	text := s.Text
	for i, p := range s.Parameters {
		text = strings.ReplaceAll(text, "{{"+p.Name+"}}", "'"+strings.ReplaceAll(values[i], "'", "''")+"'")
	}
	return text
}

// columnsOf are the fields of a record that the questions need; those of numbers are cast to it.
var columnsOf = []struct{ name, number string }{
	{"dedupKey", ""}, {"kind", ""}, {"source", ""}, {"sourceRank", "integer"}, {"classifierVersion", "integer"},
	{"recordedAt", ""}, {"checkedAt", ""}, {"stillStopping", ""}, {"stoppedAt", ""}, {"startedAt", ""},
	{"account", ""}, {"region", ""}, {"cluster", ""}, {"service", ""}, {"family", ""}, {"taskId", ""},
	{"taskDefinition", ""}, {"deploymentId", ""}, {"launcher", ""}, {"class", ""}, {"stage", ""}, {"fault", ""},
	{"domain", ""}, {"verdict", ""}, {"summary", ""}, {"nextStep", ""}, {"stoppedReason", ""}, {"cause", ""},
	{"causeVerdict", ""}, {"culprit", ""}, {"culpritExitCode", "bigint"}, {"runSeconds", "double"},
	{"signature", ""},
}

// View returns the statement that makes the view stops: of each stop the record that history shows. The table has a
// record as JSON in a column of each row.
func View(table, column string) string {
	return "CREATE OR REPLACE VIEW stops AS\n" + with(table, column) + "\n" + shown
}

// Alone returns the question as one statement that needs no view.
func (q Question) Alone(table, column string) string {
	return with(table, column) + ", stops AS (\n  " + strings.ReplaceAll(shown, "\n", "\n  ") + "\n)\n" + q.Text
}

const shown = "SELECT * FROM ordered WHERE place = 1"

// with is what the view stops is made of.
func with(table, column string) string {
	var columns []string
	for _, c := range columnsOf {
		value := "json_extract_scalar(" + column + ", '$." + c.name + "')"
		if c.number != "" {
			value = "CAST(" + value + " AS " + c.number + ")"
		}
		columns = append(columns, "    "+value+" AS "+c.name)
	}
	return `WITH records AS (
  SELECT
` + strings.Join(columns, ",\n") + `
  FROM ` + table + `
), ranked AS (
  SELECT *, coalesce(stoppedAt, recordedAt) AS moment,
    coalesce(sourceRank, CASE WHEN source IN ('watcher', 'file') THEN 1 ELSE 2 END) AS wordOf
  FROM records
  WHERE dedupKey IS NOT NULL
), ordered AS (
  SELECT *, row_number() OVER (PARTITION BY dedupKey ORDER BY
    CASE WHEN stillStopping IS NULL THEN 0 ELSE 1 END,
    wordOf DESC,
    classifierVersion DESC,
    checkedAt ASC NULLS LAST,
    CASE WHEN kind = 'container' AND wordOf = 1 THEN recordedAt END ASC NULLS LAST,
    CASE WHEN kind = 'container' THEN stoppedAt END ASC NULLS LAST,
    recordedAt DESC NULLS LAST) AS place
  FROM ranked
)`
}

// Questions are those that are asked of years.
var Questions = []Question{
	{saved("what-failed"), `SELECT account, region, cluster, service, family, class, count(*) AS stops,
  count(DISTINCT taskDefinition) AS revisions, max(moment) AS lastSeen
FROM stops
WHERE verdict = 'failure'
GROUP BY account, region, cluster, service, family, class
ORDER BY stops DESC, lastSeen DESC`},
	{saved("latest-failures"), `SELECT moment, account, region, cluster, service, family, summary, nextStep, class, taskId
FROM stops
WHERE verdict = 'failure'
ORDER BY moment DESC, dedupKey
LIMIT 50`},
	{saved("tasks-of-a-service"), `SELECT moment, taskId, verdict, class, summary, culprit, culpritExitCode, runSeconds
FROM stops
WHERE cluster = {{cluster}} AND service = {{service}}
ORDER BY moment DESC, dedupKey`},
	{saved("reason-of-a-task"), `SELECT moment, cluster, service, verdict, class, summary, nextStep, stoppedReason
FROM stops
WHERE taskId = {{task}}
ORDER BY moment DESC, dedupKey`},
	{saved("never-started"), `SELECT account, region, cluster, service, family, class, count(*) AS stops
FROM stops
WHERE verdict = 'failure' AND kind = 'task' AND startedAt IS NULL
GROUP BY account, region, cluster, service, family, class
ORDER BY stops DESC, class`},
	{saved("what-is-new"), `SELECT signature, min(moment) AS firstSeen, max(moment) AS lastSeen, count(*) AS stops
FROM stops
WHERE verdict = 'failure'
GROUP BY signature
ORDER BY firstSeen DESC, signature`},
	{saved("first-failure-of-a-deployment"), `SELECT moment, taskId, class, summary, nextStep
FROM stops
WHERE deploymentId = {{deployment}} AND kind = 'task' AND verdict = 'failure'
ORDER BY moment, dedupKey DESC
LIMIT 1`},
	{saved("culprits"), `SELECT culprit, culpritExitCode, class, count(*) AS stops
FROM stops
WHERE verdict = 'failure' AND culprit IS NOT NULL
GROUP BY culprit, culpritExitCode, class
ORDER BY stops DESC, culprit, class`},
	{saved("out-of-memory"), `SELECT cluster, service, taskDefinition, culprit, count(*) AS kills,
  min(runSeconds) AS shortestRunSeconds, max(runSeconds) AS longestRunSeconds
FROM stops
WHERE fault = 'oom'
GROUP BY cluster, service, taskDefinition, culprit
ORDER BY kills DESC, culprit`},
	{saved("verdicts-by-day"), `SELECT substr(moment, 1, 10) AS day, verdict, count(*) AS stops
FROM stops
GROUP BY substr(moment, 1, 10), verdict
ORDER BY day DESC, verdict`},
}

// saved returns the saved query of a name.
func saved(name string) stack.Query {
	return stack.Queries[slices.IndexFunc(stack.Queries, func(q stack.Query) bool { return q.Name == name })]
}
