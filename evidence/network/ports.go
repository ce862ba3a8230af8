package network

import (
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

// PortChecks decide whether the NAT gateway on the way could make the connection.
var PortChecks = evidence.Checks{
	{Cause: "nat-ports-exhausted", Needs: pathNeeds, Prove: onTheWay("nat-ports-exhausted"),
		Confirms: "never: the metric ErrorPortAllocation does not tell for which destination no port was left",
		RulesOut: "the NAT gateway on the way had a port for every connection in the last two minutes before the " +
			"failure, or no NAT gateway is on the way",
		Open: "only the command line asks for the metric; it has no value for these minutes, or was above 0 in some " +
			"or all of them; the way is not known"},
}

// lastMinutes is how long before the failure the call that failed was tried at most, as far as its minutes are looked
// at: what sets up a task tries again, and gives up after a minute or two without an answer.
const lastMinutes = 2

// FailedMinutes are the whole minutes in which the failed call was tried last: metrics of AWS are told by minutes.
func FailedMinutes(c *evidence.Case) (from, to time.Time) {
	failed := c.Stop.StoppingAt
	if failed.IsZero() {
		failed = c.Failed()
	}
	last := failed.Truncate(time.Minute)
	return last.Add(-lastMinutes * time.Minute), last.Add(time.Minute)
}

// NATOnTheWay returns the NAT gateway that the failed call went through, empty where there is none or it does not work
// anyhow. Package lookup asks for its metric.
func NATOnTheWay(c *evidence.Case) string {
	for _, w := range walks(c) {
		if w.nat != "" && len(w.hops["nat-unusable"]) > 0 &&
			evidence.Worst(w.hops["nat-unusable"]).Result == classifier.RuledOut {
			return w.nat
		}
	}
	return ""
}

// ports judges whether a NAT gateway had a port for each connection
// (https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html). It counts them by
// destination, which its metric does not tell: one minute without a port may have been another's.
func (w *walk) ports(g evidence.NATGateway) classifier.Proof {
	errors := w.n.PortErrors
	if errors.State != evidence.Known {
		return errors.Gap()
	}
	from, to := FailedMinutes(w.c)
	var told, short int
	var sum float64
	for _, p := range errors.Value {
		if p.At.Before(from) || !p.At.Before(to) {
			continue
		}
		told++
		if p.Value > 0 {
			short++
			sum += p.Value
		}
	}
	between := evidence.Moment(from) + " and " + evidence.Moment(to)
	switch {
	case told == 0:
		return evidence.Inconclusive(classifier.ReasonNotVisible,
			"CloudWatch has no ErrorPortAllocation of %s between %s", g.ID, between)
	case short > 0:
		return evidence.Inconclusive(classifier.ReasonPartial, "%s had no port left for %.0f connections in %d of %d "+
			"minutes between %s (ErrorPortAllocation, which does not tell their destination)", g.ID, sum, short, told,
			between)
	case told < lastMinutes+1:
		return evidence.Inconclusive(classifier.ReasonLater, "%s had a port for every connection in %d minutes "+
			"between %s, and CloudWatch does not tell the others yet", g.ID, told, between)
	}
	return evidence.RuledOut("%s had a port for every connection between %s", g.ID, between)
}
