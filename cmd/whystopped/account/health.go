package account

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/servicequotas"

	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
	"whystopped/evidence/lookup"
)

// lately is how far back the metrics of a deployment are read.
const lately = 24 * time.Hour

// counted asks CloudWatch for a metric's values of the last day as one, with Sum or Maximum as the statistic.
func (d *doctor) counted(ctx context.Context, statistic, namespace, name string,
	dimensions map[string]string) (int, error) {
	now := time.Now().UTC()
	points, err := metrics(ctx, d.cfg, lookup.Metric{Namespace: namespace, Name: name, Statistic: statistic,
		Dimensions: dimensions, Period: time.Hour, From: now.Add(-lately).Truncate(time.Hour), To: now})
	total := 0.0
	for _, p := range points {
		if statistic == "Maximum" {
			total = max(total, p.Value)
			continue
		}
		total += p.Value
	}
	return int(total), err
}

// checkLost looks for events that EventBridge could put nowhere.
func (d *doctor) checkLost(ctx context.Context) diagnosis {
	if d.options == nil {
		return notChecked("function", "the options of the deployment are not known")
	}
	rules, err := d.options.Rules(d.accountID, d.cfg.Region)
	if err != nil {
		return notChecked("other-rules", "the options of the deployment make no rules")
	}
	lost := 0
	for _, r := range rules {
		n, err := d.counted(ctx, "Sum", "AWS/Events", "InvocationsFailedToBeSentToDlq",
			map[string]string{"RuleName": r.Name})
		if err != nil {
			return couldNotAsk("all metrics", err)
		}
		lost += n
	}
	if lost > 0 {
		return doubtful("see that the policy of the queue, and of its key where it has one, lets the rules send to "+
			"it; this archives what ECS still knows",
			"EventBridge lost %s in the last 24 hours: it could hand them neither to %s nor to the queue %s",
			screen.Plural(lost, "event"), d.function, d.names.Named(stack.UndeliveredQueue)).
			by(d.backfillOf(nil))
	}
	return healthy("EventBridge lost no event in the last 24 hours")
}

func (d *doctor) checkMessages(ctx context.Context) diagnosis {
	switch {
	case d.options == nil:
		return notChecked("function", "the options of the deployment are not known")
	case d.options.NotifyEmail == "" && d.options.NotifyTopicARN == "" && d.options.WebhookARN == "":
		return healthy("the options name nobody to tell")
	}
	failed, err := d.counted(ctx, "Sum", d.names.Named(stack.MetricsNamespace), stack.MetricNotifyFailures, nil)
	switch {
	case err != nil:
		return couldNotAsk("all metrics", err)
	case failed > 0:
		return doubtful("the log group "+d.names.Named(stack.FunctionLogGroup)+" says why; the policy of a topic, and "+
			"that of its key, must let the function's role publish, and a webhook must take the message",
			"%s could not be sent in the last 24 hours: nobody was told, and the archive has the failures",
			screen.Plural(failed, "message"))
	}
	return healthy("every message was sent in the last 24 hours")
}

func (d *doctor) checkMemory(ctx context.Context) diagnosis {
	switch {
	case d.options == nil:
		return notChecked("function", "the options of the deployment are not known")
	case d.options.Remember != stack.On:
		return healthy("the options ask for no table: each process of the function remembers for itself")
	}
	table := d.names.Named(stack.MemoryTable)
	failed, err := d.counted(ctx, "Sum", d.names.Named(stack.MetricsNamespace), stack.MetricMemoryFailures, nil)
	switch {
	case err != nil:
		return couldNotAsk("all metrics", err)
	case failed > 0:
		return doubtful("the log group "+d.names.Named(stack.FunctionLogGroup)+" says why; deploy again where the "+
			"table is gone",
			"the table %s could not be read or written %s in the last 24 hours: failures were told as without it, "+
				"more than once", table, screen.Plural(failed, "time"))
	}
	return healthy("the table %s answered whenever it was asked in the last 24 hours", table)
}

// crowd is how many processes of the function work at once when ten thousand tasks stop within a minute.
const crowd = 40

// checkConcurrency compares the quota, by its code in Service Quotas, with what is in use or reserved. Source:
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html
func (d *doctor) checkConcurrency(ctx context.Context) diagnosis {
	if d.found["function"].gone {
		return notChecked("function", "there is no function")
	}
	if d.options != nil && d.options.ReservedConcurrency > 0 {
		return healthy("%s has %s for itself", d.function,
			screen.Plural(d.options.ReservedConcurrency, "concurrent execution"))
	}
	service, code := "lambda", "L-B99A9384"
	out, err := servicequotas.NewFromConfig(d.cfg).GetServiceQuota(ctx,
		&servicequotas.GetServiceQuotaInput{ServiceCode: &service, QuotaCode: &code})
	if err != nil {
		return couldNotAsk("the quota of concurrent executions", err)
	}
	claimed, err := d.counted(ctx, "Maximum", "AWS/Lambda", "ClaimedAccountConcurrency", nil)
	if err != nil {
		return couldNotAsk("all metrics", err)
	}
	all := 0
	if out.Quota != nil && out.Quota.Value != nil {
		all = int(*out.Quota.Value)
	}
	if all-claimed < crowd {
		return doubtful("ask for a higher quota of Lambda's concurrent executions, or let the function have some for "+
			"itself with the option reservedConcurrency",
			"of the account's %d concurrent executions %d were in use or reserved at once in the last 24 hours: when "+
				"thousands of tasks stop together, %s needs up to %d and makes its neighbors wait", all, claimed,
			d.function, crowd)
	}
	return healthy("of the account's %d concurrent executions at most %d were in use or reserved at once in the last "+
		"24 hours", all, claimed)
}
