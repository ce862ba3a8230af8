package main

import (
	"fmt"
	"strings"

	"whystopped/archive/sql"
)

func historyPage(string) (string, error) {
	parts, err := parts()
	if err != nil {
		return "", err
	}
	record := parts[0].amount // bytes
	const million, week = 1e6, 7.0 / 365
	var page strings.Builder
	page.WriteString(`# Years of stops

Where records are kept, for how long, what it costs to ask them, and how to ask years of them in SQL. Printed by
` + "`go generate ./docs/print`" + `; the SQL is that of ` + "`whystopped queries --sql`" + `.

## In a directory

` + "`whystopped archive FILE --to DIR`" + ` and ` + "`backfill --to DIR`" + ` keep a file a day:

| file | what it is |
|---|---|
| ` + "`2026-03-07.jsonl`" + ` | the records of the stops of that day (UTC), a line each, only ever appended to |
| ` + "`2026-03-06.jsonl.zst`" + ` | the same of a day before yesterday, compressed when a writer ends; ` + "`zstdcat`" + ` reads it |
| ` + "`2026-03-06.1.jsonl`" + ` | what came after that day was compressed; compressed too from 64 KiB on |
| ` + "`records.jsonl`" + ` | all records of a program from before November 2026; it is read for ever, and nothing is added to it |
| ` + "`index/`" + ` | where in files of 1 MiB and more a task is; made when a task is first looked for and made again when it does not fit, so it may be deleted |
| ` + "`lock`" + ` | held by the one process that writes; reading needs none |

` + "`--since` and `--until`" + ` open only the files of their days. A file of a day may be moved away or deleted: that forgets the day.

## In a log group

The stack keeps records 30 days; the option ` + "`retentionDays`" + ` of [options.md](options.md) keeps them longer. For records that are seldom
asked for, the account's storage tier policy lets CloudWatch Logs move them to what costs less
([PutStorageTierPolicy](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutStorageTierPolicy.html)). It is one
setting for all log groups of an account and Region, so the stack leaves it alone:

` + "```sh" + `
aws logs put-storage-tier-policy --storage-tier INTELLIGENT_TIERING
` + "```" + `

` + "`whystopped history --from logs:`" + ` has Logs Insights count the kinds of stops. With ` + "`--each`" + ` it reads the records themselves, the latest first,
and ends when it has its lines; a TASK is looked for in the streams of its cluster where an ARN or ` + "`--cluster`" + ` names that one.
` + "`--verbose`" + ` says what was scanned or read.

## What a million stops cost to keep and to ask

`)
	fmt.Fprintf(&page, `A record has %.0[2]f bytes in the mean, so a million have %.0[3]f GB. Prices of us-east-1, as in [cost.md](cost.md#the-prices); times and
sizes are those of %[1]sBenchmarkHistory -stops 1000000%[1]s, of a directory of 30 days.

| question | in a log group | in a directory | in Athena |
|---|---|---|---|
| kept for a month | $%.2[4]f | 0.9 GB of disk | what S3 takes for the table |
| all kinds, %[1]shistory --since all%[1]s | scans %.0[3]f GB: $%.3[5]f | 25 s, 100 MiB of memory | scans at most %.0[3]f GB: $%.3[6]f |
| the kinds of a week of a year | scans %.1[7]f GB: $%.4[8]f | opens 8 files: under a second | the same, where the table is partitioned by time |
| the latest 50 stops, %[1]s--each%[1]s | reads the last hours: nothing | 25 s; with %[1]s--since 1d%[1]s under a second | scans at most %.0[3]f GB |
| one TASK | reads the group, or its cluster's streams: nothing, minutes | 0.06 s by the index | scans at most %.0[3]f GB |

`, "`", record, record*million/1e9, record*million*logsKept.each(), record*million*logsScanned.each(),
		record*million*athenaScanned.each(), record*million*week/1e9, record*million*week*logsScanned.each())
	page.WriteString(`## In SQL

CloudWatch Logs copies the events of a log group into Apache Iceberg tables of S3, from the day on which that is switched on
([S3 Tables integration](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/s3-tables-integration.html)); Athena and others read
them. It goes by data sources, which a group is given by tags
([custom sources](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/custom-data-sources.html)):

` + "```sh" + `
aws logs tag-resource --resource-arn arn:aws:logs:REGION:ACCOUNT:log-group:/whystopped/stops --tags cw:datasource:name=whystopped,cw:datasource:type=stops
` + "```" + `

Then associate the source ` + "`whystopped`" + `, type ` + "`stops`" + `, with the integration, under Settings of CloudWatch in the console. The bucket is
` + "`aws-cloudwatch`" + `, its namespace ` + "`logs`" + `. ` + "`SHOW TABLES` and `DESCRIBE`" + ` in Athena say what the table is called there and which column has the
text of an event; ` + "`whystopped queries --sql --table TABLE --column COLUMN`" + ` writes these names in.

An archive in a directory is asked by the same SQL in DuckDB, where the function that reads a field has another name:

` + "```sql" + `
CREATE MACRO json_extract_scalar(text, path) AS json_extract_string(text, path);
CREATE TABLE records AS SELECT json AS message
FROM read_json_objects('DIR/*.jsonl*', format = 'newline_delimited');
` + "```" + `

The view has of each stop the record that history shows: the one of its end, of whoever can be relied on most, of the newest
tables, then one whose causes were checked, then the newest. Every question below is run over the same records in DuckDB and
compared with what history shows of them (` + "`.ci/run`" + `). In place of ` + "`{{words}}`" + ` goes a value in single quotes. Where a view cannot
be made, ` + "`whystopped queries --sql NAME`" + ` prints one question that needs none.

` + "```sql" + `
`)
	page.WriteString(sql.View(sql.Table, sql.Column) + ";\n```\n")
	for _, q := range sql.Questions {
		fmt.Fprintf(&page, "\n### %s\n\n%s\n\n```sql\n%s;\n```\n", q.Name, q.Question, q.Text)
	}
	return page.String(), nil
}
