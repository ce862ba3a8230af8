package main

import (
	"fmt"
	"strings"

	"whystopped/archive/sql"
)

func historyPage(string) (string, error) {
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

A record has 5,000 bytes in the mean, so a million have 5 GB. Prices of us-east-1, as in [cost.md](cost.md).

| question | in a log group | in a directory | in Athena |
|---|---|---|---|
| kept for a month | 5 GB × $0.03 = $0.15 | 0.9 GB of disk, compressed | what S3 takes for the table |
| all kinds, ` + "`history --since all`" + ` | scans 5 GB: $0.025 | 25 s on one core, 100 MiB of memory | scans at most 5 GB × $5 a TB = $0.025 |
| the kinds of a week of a year | scans 0.1 GB: $0.0005 | opens 8 files: under a second | the same, where the table is partitioned by time |
| the latest 50 stops, ` + "`--each`" + ` | reads the last hours: free | 25 s; ` + "`--since 1d`" + `: under a second | scans 5 GB |
| one TASK | reads the group, or its cluster's streams: free, minutes | 0.05 s by the index | scans 5 GB |

## In SQL

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
