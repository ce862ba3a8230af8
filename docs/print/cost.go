package main

import (
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/events/samples"
	"whystopped/ingest"
)

// What one stop uses.
const (
	memoryGB      = 256 / 1024.0
	fullProcessor = 1769.0 / 256        // Lambda gives a whole processor at 1,769 MB
	eventMs       = 1.0 * fullProcessor // TestLoad
	startMs       = 10 * fullProcessor  // BenchmarkFirstEvent
	callMs        = 50                  // a call of CloudWatch Logs, assumed
	eventOverhead = 26                  // bytes that CloudWatch Logs adds to an event
	lineBytes     = 500                 // the function's own line about an invocation with that; TestLineIsWhatItCosts
	platformBytes = 700                 // Lambda's own lines about an invocation, assumed
	verdicts      = 3
	memoryWrites  = 2 // of the table, for a stop whose change is told
	lookUpSeconds = 8 // the most that package ingest gives to the checks of one stop
)

func costPage(string) (string, error) {
	mean, err := meanRecord()
	if err != nil {
		return "", err
	}
	recordBytes := roundUp(mean+eventOverhead, 500)
	logBytes := float64(lineBytes + platformBytes)
	billedMs := roundUp(eventMs+startMs+callMs, 10)
	// Published prices in us-east-1, in dollars.
	const gigabyteSecond = 0.0000133334
	parts := []struct {
		name, formula, price string
		each                 float64 // for one stop
	}{
		{"Lambda, requests", "N", "$0.20 a million", 0.20 / 1e6},
		{"Lambda, time", fmt.Sprintf("N × %.3f s × %.2f GB", billedMs/1000, memoryGB),
			"$0.0000133334 a GB-second, arm64", billedMs / 1000 * memoryGB * gigabyteSecond},
		{"records, taken in", fmt.Sprintf("N × %.0f bytes", recordBytes), "$0.50 a GB", recordBytes * 0.50 / 1e9},
		{fmt.Sprintf("records, kept %d days", stack.RetentionDays), fmt.Sprintf("N × %.0f bytes", recordBytes),
			"$0.03 a GB and month", recordBytes * 0.03 / 1e9},
		{"function's log, taken in", fmt.Sprintf("N × %.0f bytes", logBytes), "$0.50 a GB", logBytes * 0.50 / 1e9},
		{fmt.Sprintf("function's log, kept %d days", stack.RetentionDays), fmt.Sprintf("N × %.0f bytes", logBytes),
			"$0.03 a GB and month", logBytes * 0.03 / 1e9},
		{"memory, writes", fmt.Sprintf("N × %d at most", memoryWrites), "$0.625 a million",
			memoryWrites * 0.625 / 1e6},
		{"memory, reads", "N at most", "$0.125 a million", 0.125 / 1e6},
	}
	const lookUp = lookUpSeconds * memoryGB * gigabyteSecond
	const priceMetric, metricPrice = 0.30, "$0.30 a metric and month, for the first 10,000"
	cases := []struct {
		stops    string
		n        float64
		services float64
	}{{"1 thousand", 1e3, 10}, {"100 thousand", 1e5, 100}, {"10 million", 1e7, 1000}}

	var page strings.Builder
	page.WriteString(`# What it costs

The monthly bill of one account and Region for what the stack does about every stop, from the prices published for us-east-1,
without free tiers. Prices as of November 2026, read from pages that repeat them: check them against
[Lambda's](https://aws.amazon.com/lambda/pricing/) and [CloudWatch's](https://aws.amazon.com/cloudwatch/pricing/) before you rely
on a figure. Printed by ` + "`go generate ./docs/print`" + `.

## The bill

| stops in a month |`)
	row := func(name string, amount func(n, services float64) string) {
		fmt.Fprintf(&page, "| %s |", name)
		for _, c := range cases {
			fmt.Fprintf(&page, " %s |", amount(c.n, c.services))
		}
		page.WriteString("\n")
	}
	for _, c := range cases {
		fmt.Fprintf(&page, " %s |", c.stops)
	}
	page.WriteString("\n|---|---:|---:|---:|\n")
	each := 0.0
	for _, part := range parts {
		each += part.each
		row(part.name, func(n, _ float64) string { return dollars(n * part.each) })
	}
	row("**sum that grows with the stops**", func(n, _ float64) string { return "**" + dollars(n*each) + "**" })
	row("**looking for evidence, at most**", func(n, _ float64) string { return "**" + dollars(n*lookUp) + "**" })
	row("**custom metrics**", func(_, _ float64) string { return "**" + dollars(metrics(0)*priceMetric) + "**" })
	row("**all, at most**", func(n, _ float64) string {
		return "**" + dollars(n*(each+lookUp)+metrics(0)*priceMetric) + "**"
	})
	row("services that have stops, for example",
		func(_, services float64) string { return strconv.Itoa(int(services)) })
	row("their metrics with `serviceMetrics=on`, at most",
		func(_, services float64) string { return dollars((metrics(services) - metrics(0)) * priceMetric) })
	page.WriteString(`
EventBridge takes no money for events of AWS services and their delivery to the function, and the queues hold only what could not be
delivered or archived. Not in the table, because they depend on use: alarms ($0.10 each and month), dashboards ($3.00 each and month
after the third) and Logs Insights queries ($0.005 for each GB that they scan). What the other rules catch (containers, services,
requests, reports of whystopped-watch) costs what a stop costs; a rule that catches nothing costs nothing. The reports are custom events,
for which EventBridge takes $1.00 a million.

` + "`belowDesired`" + ` is the one option that needs something paid for: its alarms compare two metrics each, so each costs as two alarms
($0.20 a month), and the metrics are those of Container Insights, which AWS charges for by cluster, service and task
([CloudWatch's prices](https://aws.amazon.com/cloudwatch/pricing/)). That is why no service is in the list by default. Without
Container Insights everything else works: stops, dead containers, services that cannot place or start tasks and failed deployments are
events of ECS and free.

The memory's table costs by its use, and its items are too few to cost anything by their size; ` + "`remember=off`" + ` does without.

## The formula

For N stops in a month and S services that have stops:

| part | formula | price |
|---|---|---|
`)
	for _, part := range parts {
		fmt.Fprintf(&page, "| %s | %s | %s |\n", part.name, part.formula, part.price)
	}
	fmt.Fprintf(&page, "| looking for evidence | N × %d s × %.2f GB at most | as Lambda, time |\n", lookUpSeconds,
		memoryGB)
	fmt.Fprintf(&page, "| custom metrics | 1 + %[1]d, and with `serviceMetrics=on` %[1]d × S at most | %[2]s |\n",
		verdicts, metricPrice)
	fmt.Fprintf(&page, `
- %.3[2]f s is the most that is billed: every stop finds a cold function. Of it %.0[3]f ms are the start and %.0[4]f ms the work, both measured
  on a processor of a virtual machine and stretched to the share of one that 256 MB get, and %[5]d ms one call of CloudWatch Logs,
  assumed. A warm function takes %.0[6]f ms.
- Looking for evidence is paid for by its time alone; AWS takes no money for the calls. It ends after %[11]d s at the latest and is
  left out for stops that were expected, for causes that the text decides, and with %[1]sevidence=off%[1]s.
- %.0[7]f bytes is the mean record of the samples in this repository, rounded up; %.0[8]f bytes are the function's line, rounded up, and
  about %[9]d bytes of Lambda's own lines.
- A metric is a name with one set of dimensions: %[1]sStops%[1]s alone, with each of %[10]d verdicts, and with %[1]sserviceMetrics=on%[1]s with each verdict of each service.
  That many are reached only if every service has stops of every verdict; CloudWatch meters a metric by the hours in which it has data,
  so rare stops cost less. %[1]sIngestFailures%[1]s adds as many while writes fail, and none otherwise.
- A stop counts again each time that its event arrives or that Lambda tries it again.
`, "`", billedMs/1000, startMs, eventMs, callMs, eventMs+callMs, recordBytes, logBytes, platformBytes, verdicts, lookUpSeconds)

	fmt.Fprintf(&page, `
## Asking

What %[1]swhystopped history --from logs:%[1]s costs, by the records that the time looked at holds; %[1]s--verbose%[1]s says it of each run.
[history.md](history.md) has the same for directories and Athena.

| asked | what is scanned | for 1 million records |
|---|---|---:|
| the kinds of stops | Logs Insights scans all records of that time | %[2].1f GB, $%.3[3]f |
| %[1]s--each%[1]s, %[1]s--deployment%[1]s, a TASK | records are read by FilterLogEvents, which costs nothing | $0 |
| the kinds, where Logs Insights may not be asked | as %[1]s--each --limit 0%[1]s | $0 |
`, "`", recordBytes*1e6/1e9, recordBytes*1e6/1e9*0.005)
	return page.String(), nil
}

// metrics is how many metrics the stops of so many services can make.
func metrics(services float64) float64 { return 1 + verdicts + verdicts*services }

func roundUp(value, step float64) float64 { return math.Ceil(value/step) * step }

// dollars writes an amount in cents.
func dollars(amount float64) string {
	if amount < 0.005 {
		return "under $0.01"
	}
	whole, cents, _ := strings.Cut(strconv.FormatFloat(amount, 'f', 2, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return "$" + whole + "." + cents
}

// meanRecord is the mean size of the records of all samples, in bytes.
func meanRecord() (float64, error) {
	size, records := 0, 0
	names, err := fs.Glob(samples.Files, "*.json")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		raw, err := samples.Files.ReadFile(name)
		if err != nil {
			return 0, err
		}
		stops, _ := events.Parse(raw) // a sample may hold a refused part too
		for _, s := range stops {
			line, err := ingest.Explain(s, archive.SourceEvent, time.Now()).Encode()
			if err != nil {
				return 0, fmt.Errorf("sample %s: %w", name, err)
			}
			size += len(line)
			records++
		}
	}
	return float64(size) / float64(records), nil
}
