package main

import (
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/events/samples"
	"whystopped/ingest"
)

// price is what AWS takes for something in us-east-1, as published in November 2026.
type price struct {
	dollars float64
	of      float64 // how many it is for
	unit    string
	source  string
}

const (
	lambdaPrices     = "https://aws.amazon.com/lambda/pricing/"
	cloudWatchPrices = "https://aws.amazon.com/cloudwatch/pricing/"
	dynamoPrices     = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
	snsPrices        = "https://aws.amazon.com/sns/pricing/"
	eventPrices      = "https://aws.amazon.com/eventbridge/pricing/"
)

var (
	lambdaRequest = price{0.20, 1e6, "a million requests of Lambda", lambdaPrices}
	lambdaTime    = price{13.3334, 1e6, "a million GB-seconds of Lambda, arm64", lambdaPrices}
	logsIn        = price{0.50, 1e9, "a GB that CloudWatch Logs takes in", cloudWatchPrices}
	logsKept      = price{0.03, 1e9, "a GB that CloudWatch Logs keeps for a month", cloudWatchPrices}
	athenaScanned = price{5, 1e12, "a TB that Athena scans", "https://aws.amazon.com/athena/pricing/"}
	logsScanned   = price{stack.ScanPrice, 1e9, "a GB that Logs Insights scans", cloudWatchPrices}
	alarmMonth    = price{0.10, 1, "a metric that an alarm looks at, a month", cloudWatchPrices}
	metricMonth   = price{0.30, 1, "a custom metric, a month, of the first 10,000", cloudWatchPrices}
	dashboard     = price{3, 1, "a dashboard after the third, a month", cloudWatchPrices}
	tableWrite    = price{0.625, 1e6, "a million write units of DynamoDB, on demand", dynamoPrices}
	tableRead     = price{0.125, 1e6, "a million read units of DynamoDB, on demand", dynamoPrices}
	published     = price{0.50, 1e6, "a million messages that are published to SNS", snsPrices}
	mailed        = price{20, 1e6, "a million e-mails that SNS sends", snsPrices}
	customEvent   = price{1, 1e6, "a million custom events, such as whystopped-watch sends", eventPrices}
)

var prices = []price{lambdaRequest, lambdaTime, logsIn, logsKept, logsScanned, athenaScanned,
	alarmMonth, metricMonth, dashboard,
	tableWrite, tableRead, published, mailed, customEvent}

// each is what one costs.
func (p price) each() float64 { return p.dollars / p.of }

func (p price) String() string {
	whole, cents, _ := strings.Cut(strconv.FormatFloat(p.dollars, 'f', -1, 64), ".")
	if cents != "" {
		cents = "." + cents + strings.Repeat("0", max(0, 2-len(cents)))
	}
	return "$" + whole + cents + " for " + p.unit
}

// What one stop uses.
const (
	memoryGB      = 256 / 1024.0
	fullProcessor = 1769.0 / 256        // Lambda gives a whole processor at 1,769 MB
	eventMs       = 1.0 * fullProcessor // TestLoad
	startMs       = 10 * fullProcessor  // BenchmarkFirstEvent
	coldStops     = 1.0 / 10            // stops that find no process of the function, assumed
	callMs        = 50                  // a call of CloudWatch Logs, assumed
	tableMs       = 10                  // a call of the table, assumed
	tableCalls    = 2                   // for most stops: the alert is counted, and what was proven is read
	eventOverhead = 26                  // bytes that CloudWatch Logs adds to an event
	lineBytes     = 500                 // the function's own line about an invocation with that; TestLineIsWhatItCosts
	platformBytes = 700                 // Lambda's own lines about an invocation, assumed
	writeUnits    = 2                   // an alert has at most 2 KB
	readUnits     = 2                   // a proof has at most 8 KB
	lookUpsOf     = 50                  // stops, of which one is looked into: the others failed alike before
	lookUpSeconds = 2                   // most look-ups take less
	mostSeconds   = 8                   // the most that package ingest gives to one
	toldOf        = 250                 // stops, of which one is told of
	verdicts      = 3
	sweeps        = 30 * 24 * 4 // in a month
	sweepSeconds  = 5           // assumed
)

// part is something that costs for each stop.
type part struct {
	name, formula string
	price         price
	amount        float64 // of what the price is for, for one stop
	archive       bool    // what CloudWatch Logs takes for the records
}

func (p part) each() float64 { return p.amount * p.price.each() }

// parts is what a stop costs with all options on but serviceMetrics and belowDesired.
func parts() ([]part, error) {
	mean, err := meanRecord()
	if err != nil {
		return nil, err
	}
	record := roundUp(mean+eventOverhead, 500)
	const log = lineBytes + platformBytes
	seconds := billedMs() / 1000
	kept := fmt.Sprintf(", kept %d days", stack.RetentionDays)
	return []part{
		{"records, taken in", fmt.Sprintf("N × %.0f bytes", record), logsIn, record, true},
		{"records" + kept, fmt.Sprintf("N × %.0f bytes", record), logsKept, record, true},
		{"Lambda, requests", "N", lambdaRequest, 1, false},
		{"Lambda, time", fmt.Sprintf("N × %.3f s × %.2f GB", seconds, memoryGB), lambdaTime, seconds * memoryGB, false},
		{"function's log, taken in", fmt.Sprintf("N × %d bytes", log), logsIn, log, false},
		{"function's log" + kept, fmt.Sprintf("N × %d bytes", log), logsKept, log, false},
		{"table, writes", fmt.Sprintf("N × %d units", writeUnits), tableWrite, writeUnits, false},
		{"table, reads", fmt.Sprintf("N × %d units", readUnits), tableRead, readUnits, false},
		{"looking for evidence, time", fmt.Sprintf("N / %d × %d s × %.2f GB", lookUpsOf, lookUpSeconds, memoryGB),
			lambdaTime, lookUpSeconds * memoryGB / lookUpsOf, false},
		{"messages, published", fmt.Sprintf("N / %d", toldOf), published, 1.0 / toldOf, false},
		{"messages, by e-mail", fmt.Sprintf("N / %d", toldOf), mailed, 1.0 / toldOf, false},
	}, nil
}

// billedMs is the mean time of an invocation without what looks for evidence.
func billedMs() float64 {
	return roundUp(eventMs+callMs+tableCalls*tableMs+startMs*coldStops, 10)
}

func costPage(root string) (string, error) {
	parts, err := parts()
	if err != nil {
		return "", err
	}
	alarms, err := watchedMetrics(filepath.Join(root, "../infra/testdata/template/alarms.json"))
	if err != nil {
		return "", err
	}
	cases := []struct {
		stops    string
		n        float64
		services float64
	}{{"1 thousand", 1e3, 10}, {"100 thousand", 1e5, 100}, {"1 million", 1e6, 300}, {"10 million", 1e7, 1000}}

	var page strings.Builder
	page.WriteString(`# What it costs

The monthly bill of one account and Region for what the stack does about every stop, without free tiers, from the prices published for
us-east-1 in November 2026; check [them](#the-prices) before you rely on a figure. All is on, but what costs by the service
(` + "`serviceMetrics` and `belowDesired`" + `). Printed by ` + "`go generate ./docs/print`" + ` from one table of prices and one of what a stop uses.

## The bill

| stops in a month |`)
	row := func(name string, amount func(n, services float64) float64) {
		fmt.Fprintf(&page, "| %s |", name)
		for _, c := range cases {
			text := dollars(amount(c.n, c.services))
			if strings.HasPrefix(name, "**") {
				text = "**" + text + "**"
			}
			fmt.Fprintf(&page, " %s |", text)
		}
		page.WriteString("\n")
	}
	for _, c := range cases {
		fmt.Fprintf(&page, " %s |", c.stops)
	}
	page.WriteString("\n|---|---:|---:|---:|---:|\n")
	for _, p := range parts {
		row(p.name, func(n, _ float64) float64 { return n * p.each() })
	}
	records, rest := eachStop(parts)
	fixed := monthly(alarms)
	row("**CloudWatch Logs, for the records**", func(n, _ float64) float64 { return n * records })
	row("**all else that grows with the stops**", func(n, _ float64) float64 { return n * rest })
	row("**alarms, metrics and the sweep, whatever happens**", func(_, _ float64) float64 { return fixed })
	row("**sum**", func(n, _ float64) float64 { return n*(records+rest) + fixed })
	fmt.Fprint(&page, "| services that have stops, for example |")
	for _, c := range cases {
		fmt.Fprintf(&page, " %.0f |", c.services)
	}
	page.WriteString("\n")
	row("their metrics with `serviceMetrics=on`, at most", func(_, services float64) float64 {
		return verdicts * services * metricMonth.each()
	})
	most := mostSeconds * memoryGB * lambdaTime.each()
	fmt.Fprintf(&page, `
A million stops cost %s above the %s that CloudWatch Logs takes for taking in and keeping their records.

At most, if every stop failed for a reason of its own, each were looked into for the %d s that a look-up may take: %s a million.
With `+"`evidence=off`"+` nothing is looked for, with `+"`remember=off`"+` there is no table, and each process looks for itself.

EventBridge takes no money for events of AWS services and their delivery to the function, and the queues hold only what could not be
delivered or archived. Not in the table, because they depend on use:
%s, and %s. What the other rules
catch (containers, services, requests, reports of whystopped-watch) costs what a stop costs; a rule that catches nothing costs nothing.
A key of your own (`+"`kmsKeyArn`"+`) costs what KMS takes for it.

`+"`belowDesired`"+` is the one option that needs something paid for: its alarms look at two metrics each, and the metrics are those of
Container Insights, which AWS charges for by cluster, service and task ([CloudWatch's prices](`+cloudWatchPrices+`)).
That is why no service is in the list by default. Without Container Insights everything else works: stops, dead containers, services that
cannot place or start tasks and failed deployments are events of ECS and free.

## The formula

For N stops in a month and S services that have stops:

| part | formula | price |
|---|---|---|
`, dollars(rest*1e6), dollars(records*1e6), mostSeconds, dollars(most*1e6), logsScanned, dashboard)
	for _, p := range parts {
		fmt.Fprintf(&page, "| %s | %s | %s |\n", p.name, p.formula, p.price)
	}
	fmt.Fprintf(&page, "| alarms | %d metrics | %s |\n", alarms, alarmMonth)
	fmt.Fprintf(&page, "| custom metrics | 1 + %[1]d, and with `serviceMetrics=on` %[1]d × S at most | %[2]s |\n",
		verdicts, metricMonth)
	fmt.Fprintf(&page, "| the sweep | %d × %d s × %.2f GB | %s |\n", sweeps, sweepSeconds, memoryGB, lambdaTime)
	fmt.Fprintf(&page, `
- An invocation takes %.0[2]f ms: %.0[3]f ms of work, measured on a processor of a virtual machine and stretched to the share of one that
  256 MB get; %[4]d ms one call of CloudWatch Logs and %[5]d ms each of %[6]d calls of the table, assumed; and for one stop of ten,
  assumed, the %.0[7]f ms that the function takes to start, measured likewise.
- Looking for evidence is paid for by its time alone; AWS takes no money for the calls. What was found about a failure holds for the
  stops that fail alike within ten minutes: of 10,000 stops that 200 failures brought, 200 are looked into, one of %[8]d. It is left out
  for stops that were expected, and for causes that the text decides.
- %.0[9]f bytes is the mean record of the samples in this repository, rounded up; %[10]d bytes are the function's line, rounded up, and
  about %[11]d bytes of Lambda's own lines.
- Most stops are one write of the table, of an item of at most 2 KB, and one read of at most 8 KB. What is told is one write more: one
  stop of %[12]d, as where 1,000 stops of 4 failures bring 4 messages. Its items are too few to cost anything by their size.
- A metric is a name with one set of dimensions: %[1]sStops%[1]s alone, with each of %[13]d verdicts, and with %[1]sserviceMetrics=on%[1]s with each verdict
  of each service. That many are reached only if every service has stops of every verdict; CloudWatch meters a metric by the hours in
  which it has data, so rare stops cost less. %[1]sIngestFailures%[1]s adds as many while writes fail, and none otherwise.
- A stop counts again each time that its event arrives or that Lambda tries it again.

## Asking

What %[1]swhystopped history --from logs:%[1]s costs, by the records of the time that is looked at; with %[1]s--verbose%[1]s it says so of each run.
[history.md](history.md) has the same of directories and of Athena.

| asked | how | for a million records |
|---|---|---:|
| the kinds of stops | Logs Insights scans all records of that time | %.1[14]f GB, $%.3[15]f |
| %[1]s--each%[1]s, %[1]s--deployment%[1]s, a TASK | FilterLogEvents reads records | nothing |
| the kinds, where Logs Insights may not be asked | FilterLogEvents reads all records of that time | nothing |

## The prices

| price | published by |
|---|---|
`, "`", billedMs(), eventMs, callMs, tableMs, tableCalls, startMs, lookUpsOf, parts[0].amount,
		lineBytes+platformBytes, platformBytes, toldOf, verdicts, parts[0].amount*1e6/1e9,
		parts[0].amount*1e6*logsScanned.each())
	for _, p := range prices {
		host := strings.Split(p.source, "/")[3]
		fmt.Fprintf(&page, "| %s | [%s](%s) |\n", p, host, p.source)
	}
	return page.String(), nil
}

// eachStop is what CloudWatch Logs takes for the record of a stop, and what all else takes for it.
func eachStop(parts []part) (records, rest float64) {
	for _, p := range parts {
		if p.archive {
			records += p.each()
			continue
		}
		rest += p.each()
	}
	return records, rest
}

// monthly is what a month costs without a stop.
func monthly(alarms int) float64 {
	return float64(alarms)*alarmMonth.each() + (1+verdicts)*metricMonth.each() +
		sweeps*(lambdaRequest.each()+sweepSeconds*memoryGB*lambdaTime.each())
}

// watchedMetrics counts the metrics that the alarms of the kept template look at, by which alarms are paid for.
func watchedMetrics(file string) (int, error) {
	var alarms map[string]struct {
		Properties struct{ Metrics []struct{ MetricStat any } }
	}
	if err := readJSON(file, &alarms); err != nil {
		return 0, err
	}
	n := 0
	for _, alarm := range alarms {
		if alarm.Properties.Metrics == nil {
			n++
		}
		for _, m := range alarm.Properties.Metrics {
			if m.MetricStat != nil {
				n++
			}
		}
	}
	return n, nil
}

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
