package network

import (
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

func TestPortsOfTheNATGateway(t *testing.T) {
	check, _ := PortChecks.Find("nat-ports-exhausted")
	stopped := layout("nat").Stop.StoppedAt
	minutes := func(values ...float64) evidence.Answer[[]evidence.Point] {
		var all []evidence.Point
		for i, v := range values {
			all = append(all, evidence.Point{At: stopped.Add(time.Duration(i-3) * time.Minute), Value: v})
		}
		return evidence.Is(all)
	}
	for _, test := range []struct {
		name   string
		layout string
		errors evidence.Answer[[]evidence.Point]
		change func(*evidence.Case)
		want   string
	}{
		{name: "a port for each", layout: "nat", errors: minutes(0, 0, 0, 0), want: "ruled_out"},
		{name: "none in any minute", layout: "nat", errors: minutes(7, 9, 120, 3), want: "inconclusive partial"},
		{name: "none in the minutes that are told so far", layout: "nat", errors: minutes(0, 9),
			want: "inconclusive partial"},
		{name: "none in one minute", layout: "nat", errors: minutes(0, 0, 4, 0), want: "inconclusive partial"},
		{name: "none long before", layout: "nat", errors: minutes(12, 0, 0, 0), want: "ruled_out"},
		{name: "the last minute is not told yet", layout: "nat", errors: minutes(0, 0, 0), want: "inconclusive later"},
		{name: "no values", layout: "nat", errors: minutes(), want: "inconclusive not_visible"},
		{name: "as the function asks", layout: "nat", errors: evidence.Answer[[]evidence.Point]{
			Reason: classifier.ReasonDeferred, Action: "cloudwatch:GetMetricStatistics"}, want: "not_checked deferred"},
		{name: "no NAT gateway on the way", layout: "public", want: "ruled_out"},
		{name: "a NAT gateway that is gone", layout: "nat", want: "ruled_out",
			change: func(c *evidence.Case) { c.Facts.Network.NATs.Value[0].State = "deleted" }},
		{name: "the way is not known", layout: "nat", want: "inconclusive no_permission",
			change: func(c *evidence.Case) {
				evidencetest.Refuse(&c.Facts.Network.RouteTables, classifier.ReasonNoPermission,
					"ec2:DescribeRouteTables")
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := layout(test.layout)
			c.Facts.Network.PortErrors = test.errors
			if test.change != nil {
				test.change(&c)
			}
			p := check.Judge(&c)
			if got := string(p.Result); got != test.want && got+" "+p.Reason != test.want {
				t.Errorf("%s %s, want %s: %s", p.Result, p.Reason, test.want, p.Evidence)
			}
			if asked := NATOnTheWay(&c); (asked != "") != (test.layout == "nat" && test.change == nil) {
				t.Errorf("its metric is asked for %q", asked)
			}
		})
	}
}

// TestUnaskedPortsCloseNothing holds that the way is said to be open where only the metric was not asked for.
func TestUnaskedPortsCloseNothing(t *testing.T) {
	c := layout("nat")
	c.Facts.Network.PortErrors = evidence.Answer[[]evidence.Point]{Reason: classifier.ReasonDeferred}
	without := layout("nat")
	for _, cause := range []string{"nacl-blocks", "nat-unusable"} {
		check, _ := Checks.Find(cause)
		if a, b := check.Judge(&c), check.Judge(&without); a.Result != classifier.RuledOut || a.Evidence != b.Evidence {
			t.Errorf("%s is %s: %s\nwith the metric: %s", cause, a.Result, a.Evidence, b.Evidence)
		}
	}
}
