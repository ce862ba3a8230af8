// Package main is the Lambda function: it takes each event as the bytes that EventBridge sent, explains it and writes
// the record to CloudWatch Logs.
//
// It promises that it reports success only for what is written, that an event it cannot read is archived as such and
// not refused, and that its own log never holds an event or a secret. Nothing but clients and what they remember of the
// account is kept from one event to the next; the time for one event is what Lambda gives.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"whystopped/archive/cwlogs"
	"whystopped/archive/redact"
	"whystopped/archive/stack"
	"whystopped/evidence"
	"whystopped/evidence/lookup"
	"whystopped/memory"
	"whystopped/memory/dynamo"
	"whystopped/notify"
	"whystopped/notify/alerts"
)

// gcPercent lets the heap grow fivefold before it is collected. What is live are a few MB, which the clients make at
// the start, of the 256 that the function has; collecting them at every 4 MB made the first answer 10% later.
const gcPercent = 400

// unmanaged is what of the function's memory its heap must leave, in bytes: the pages of the program are there too.
const unmanaged = 48 << 20

func main() {
	debug.SetGCPercent(gcPercent)
	if all := int64(lambdacontext.MemoryLimitInMB) << 20; all > 2*unmanaged {
		debug.SetMemoryLimit(all - unmanaged) // near it the heap is collected as often as it takes
	}
	log := newLog(redact.Writer{W: os.Stderr})
	// What aws-lambda-go says, it says about failures; it goes the same way, so that every line is JSON whatever the
	// function's log format.
	slog.SetDefault(log)
	slog.SetLogLoggerLevel(slog.LevelError)
	h, err := configured(context.Background())
	if err != nil {
		log.Error("the function cannot start", "error", redact.Text(err.Error()))
		os.Exit(1)
	}
	h.log = log
	lambda.Start(h)
}

// newLog names time and message as Lambda does
// (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html).
func newLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: lambdacontext.ReplaceAttr}))
}

// configured reads the configuration from the environment and makes the clients. Gatherer, memory and notifier are
// nil where the configuration has none.
func configured(ctx context.Context) (*handler, error) {
	group := os.Getenv(stack.EnvLogGroup)
	if group == "" {
		return nil, fmt.Errorf("%s must be set to the name of the log group that the records are written to",
			stack.EnvLogGroup)
	}
	tier := evidence.Tier(cmp.Or(os.Getenv(stack.EnvEvidence), stack.EvidenceDefault))
	if !slices.Contains(evidence.Tiers, tier) {
		return nil, fmt.Errorf("%s must be one of %q, not %q", stack.EnvEvidence, evidence.Tiers, tier)
	}
	logTail, badTail := isOn(stack.EnvLogTail, os.Getenv(stack.EnvLogTail))
	steady, badSteady := isOn(stack.EnvSteady, os.Getenv(stack.EnvSteady))
	counts, badMetrics := isOn(stack.EnvMetrics, os.Getenv(stack.EnvMetrics))
	retention, badRetention := days(stack.EnvRetention, os.Getenv(stack.EnvRetention))
	if err := cmp.Or(badTail, badSteady, badMetrics, badRetention); err != nil {
		return nil, err
	}
	cfg, err := awsConfig()
	if err != nil {
		return nil, err
	}
	records := cwlogs.New(cloudwatchlogs.NewFromConfig(cfg), group)
	h := &handler{
		store:  records,
		ending: strings.FieldsFunc(os.Getenv(stack.EnvEnding), func(r rune) bool { return r == ',' }),
		counts: counts,
	}
	var told notify.All
	if topic := os.Getenv(stack.EnvTopic); topic != "" {
		told = append(told, notify.New(sns.NewFromConfig(cfg), topic))
	}
	if webhook := os.Getenv(stack.EnvWebhook); webhook != "" {
		told = append(told, notify.NewWebhook(cfg, webhook))
	}
	if len(told) > 0 {
		h.notifier = told
	}
	var known memory.Table = memory.NewLocal(time.Now)
	var place *memory.Place
	var permits lookup.Permits // without a table a process has a share of its own
	if table := os.Getenv(stack.EnvMemory); table != "" {
		known = dynamo.New(cfg, table, time.Now)
		h.memory = memory.NewAlerts(known, alerts.Settings{Steady: steady, Retention: retention}, time.Now)
		permits = memory.NewPermits(known, time.Now)
		place = memory.NewPlace(known, time.Now)
	}
	h.sweeper = newSweeper(cfg, records, place)
	h.proofs = memory.NewProofs(known, time.Now)
	if tier != evidence.TierOff {
		h.gatherer = lookup.New(cfg,
			lookup.Options{Tier: tier, LogTail: logTail, Redact: redact.Lines, Now: time.Now,
				Permits: permits, Caller: caller})
	}
	return h, nil
}

// isOn reads a variable that is on or off, and off where it is not set.
func isOn(name, value string) (bool, error) {
	if value != stack.On && value != stack.Off && value != "" {
		return false, fmt.Errorf("%s must be %s or %s, not %q", name, stack.On, stack.Off, value)
	}
	return value == stack.On, nil
}

// days reads a variable that is a number of days, those of the archive by default where it is not set.
func days(name, value string) (time.Duration, error) {
	n, err := strconv.Atoi(cmp.Or(value, strconv.Itoa(stack.RetentionDays)))
	if err != nil || n < 1 || n > 3653 {
		return 0, fmt.Errorf("%s must be a number of days, 1 to 3653, not %q", name, value)
	}
	return time.Duration(n) * 24 * time.Hour, nil
}
