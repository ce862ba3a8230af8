package running

import (
	"slices"
	"strconv"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/network"
)

// proveHealthGroups follows the health check from the load balancers of the target group to the task: out of their
// security groups and into the task's.
func proveHealthGroups(c *evidence.Case) classifier.Proof {
	j, group, balancers := judged(c), c.Facts.Running.TargetGroup, c.Facts.Running.LoadBalancers
	if len(j.answers) > 0 {
		return evidence.RuledOut("%s answered with %s: the load balancer reached it", healthContainer(c), j.codes())
	}
	switch {
	case group.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotVisible, "the target group is gone")
	case group.State != evidence.Known:
		return group.Gap()
	case balancers.State != evidence.Known:
		return balancers.Gap()
	case len(balancers.Value) == 0:
		return evidence.Unsaid("no load balancer sends to %s", group.Value.Name)
	case group.Value.IPv6:
		return evidence.Unsaid("%s asks IPv6 addresses, and rules for those are not followed", group.Value.Name)
	}
	port, gap := checkedPort(c, j, group.Value)
	if gap.Exists() {
		return gap
	}
	bridged, _ := bridged(c)
	proofs, gap := network.FromBalancers(c, balancers.Value, port, bridged ||
		c.Facts.Task.TaskDefinition.Value.NetworkMode == "host")
	if gap.Exists() {
		return gap
	}
	slices.SortStableFunc(proofs, func(a, b classifier.Proof) int { return undecidedFirst(a) - undecidedFirst(b) })
	p := proofs[0]
	switch {
	case p.Result == classifier.Confirmed &&
		len(slices.DeleteFunc(slices.Clone(proofs),
			func(p classifier.Proof) bool { return p.Result == classifier.Confirmed })) > 0:
		return evidence.Inconclusive(classifier.ReasonIntermittent,
			"%s; another load balancer of the group may reach it", p.Evidence)
	case p.Result == classifier.Confirmed && j.reason != "" && !j.timedOut() && overHTTP(group.Value):
		return evidence.Unsaid("%s; but %s, and what is dropped times out", p.Evidence, j.said)
	}
	return p
}

// undecidedFirst orders what was found about several load balancers: a closed one leads, an open question comes before
// a clean bill.
func undecidedFirst(p classifier.Proof) int {
	switch p.Result {
	case classifier.Confirmed:
		return 0
	case classifier.RuledOut:
		return 2
	}
	return 1
}

// checkedPort is the port on which the health check asks the task.
func checkedPort(c *evidence.Case, j judgement, group evidence.TargetGroup) (port int64, gap classifier.Proof) {
	if fixed, err := strconv.ParseInt(group.CheckPort, 10, 64); err == nil {
		return fixed, gap
	}
	if j.port > 0 {
		return j.port, gap
	}
	bridged, known := bridged(c)
	lb, found := loadBalancer(c)
	switch {
	case !known:
		return 0, c.Facts.Task.TaskDefinition.Gap()
	case bridged || !found:
		return 0, evidence.Unsaid("on which port %s asks the task is not told", group.Name)
	}
	return lb.Port, gap
}
