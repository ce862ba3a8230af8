package setup

import (
	"cmp"
	"fmt"
	"strings"

	"whystopped/classifier"
	"whystopped/evidence"
)

// Quota is the quota that the failed placement or interface may have met, "" when it is none of those that are looked
// up.
func Quota(c *evidence.Case) string {
	switch {
	case c.Finding.Stage == classifier.Network && !c.Stop.OnInstance():
		return evidence.QuotaInterfaces
	case c.Finding.Stage != classifier.Placement || c.Stop.OnInstance():
		return ""
	case c.Stop.CapacityProvider == "FARGATE_SPOT":
		return evidence.QuotaFargateSpot
	}
	return evidence.QuotaFargate
}

var capacityChecks = []evidence.Check{
	{Cause: "eni-limit", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedInterfaces}, Prove: interfaceLimit,
		Confirms: "the account has as many network interfaces in the Region as its quota allows",
		RulesOut: "it has less than nine tenths of them",
		Open:     "it is near the quota; the task ran on an instance, whose own limit is not looked up"},
	{Cause: "eni-provisioning-slow", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedSiblings},
		Timeless: true, Prove: interfaceLate,
		Confirms: "the text says that the interface did not come in time, and a later task of the same deployment " +
			"started in the same subnet with the same settings",
		RulesOut: "never: how long EC2 needed is kept by no API",
		Open: "the text speaks of another fault; no later task of the deployment is told of that started in the same " +
			"subnet; how others fared is said"},
	{Cause: "fargate-quota", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedQuotas}, Prove: fargateQuota,
		Confirms: "the task alone, or the tasks that a service without capacity providers wants, need more vCPUs " +
			"than the quota",
		RulesOut: "never: what all other tasks use is not looked up",
		Open:     "the quota is larger than that"},
	{Cause: "cluster-resources", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedMachines},
		Prove: clusterResources,
		Confirms: "no active container instance with a connected agent has the CPU units and the memory left that " +
			"the task asks for",
		RulesOut: "never: ports, GPUs, attributes and what was free at that time are not compared",
		Open:     "one has them; the cluster has no instance at all; what the task asks for is not known"},
	{Cause: "capacity-provider-empty", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedMachines},
		Prove:    clusterEmpty,
		Confirms: "the cluster has no active container instance",
		RulesOut: "never: instances that are there now may have come too late",
		Open:     "it has some"},
}

func interfaceLimit(c *evidence.Case) classifier.Proof {
	quota, used := c.Facts.Setup.Quotas[evidence.QuotaInterfaces], c.Facts.Setup.Interfaces
	switch {
	case c.Stop.OnInstance():
		return evidence.Inconclusive(classifier.ReasonNotRead, "the limit of the container instance is not looked up")
	case quota.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead, "the quota of network interfaces is not told")
	case quota.State != evidence.Known:
		return evidence.Silent(c, quota, "", "the quota of network interfaces could not be looked up")
	case used.State != evidence.Known:
		return evidence.Silent(c, used, "", "the network interfaces of the account could not be counted")
	}
	said := fmt.Sprintf("account %s has %d network interfaces in %s, of %.0f", c.Stop.Account, used.Value,
		c.Stop.Region, quota.Value)
	switch n := float64(used.Value); {
	case n >= quota.Value:
		return evidence.Confirmed(
			fmt.Sprintf("delete network interfaces that nobody uses, or ask for a higher quota %s in %s",
				evidence.QuotaInterfaces, c.Stop.Region), "%s", said)
	case n < 0.9*quota.Value:
		return evidence.RuledOut("%s", said)
	}
	return evidence.Inconclusive(classifier.ReasonPartial, "%s", said)
}

func interfaceLate(c *evidence.Case) classifier.Proof {
	subnet, _ := c.Stop.TaskInterface()
	s, found := evidence.StartedSince(c, subnet)
	said := evidence.Siblings(c)
	switch {
	case found && subnet != "" && c.Stop.Service != "" && c.Finding.Fault == classifier.Timeout:
		return evidence.Confirmed("nothing for a service, which started another task; start a job again",
			"ECS waited in vain for the interface, and task %s of the same deployment got one in %s and started at %s",
			s.ID, subnet, evidence.Moment(s.StartedAt))
	case said == "":
		return evidence.Silent(c, c.Facts.Running.Siblings, "", "how other tasks fared could not be looked up")
	}
	return evidence.Unsaid("%s", said)
}

func fargateQuota(c *evidence.Case) classifier.Proof {
	code := Quota(c)
	quota := c.Facts.Setup.Quotas[code]
	switch {
	case quota.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead, "the quota of Fargate vCPUs is not told")
	case quota.State != evidence.Known:
		return evidence.Silent(c, quota, "", "the quota of Fargate vCPUs could not be looked up")
	}
	next := fmt.Sprintf("ask for a higher quota %s in %s", code, c.Stop.Region)
	said := fmt.Sprintf("the quota of Fargate vCPUs in %s is %g", c.Stop.Region, quota.Value)
	units, _ := asked(c)
	service := c.Facts.Task.Service
	switch task := float64(units) / 1024; {
	case units == 0:
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s; what the task asks for is not known", said)
	case task > quota.Value:
		return evidence.Confirmed(next, "%s, and the task asks for %g", said, task)
	case service.State == evidence.Known && task*float64(service.Value.DesiredCount) > quota.Value &&
		c.Stop.CapacityProvider != "":
		return evidence.Inconclusive(classifier.ReasonPartial, "%s, and service %s wants %d tasks of %g; how many of "+
			"them are for other capacity providers than %s is not looked up",
			said, c.Stop.Service, service.Value.DesiredCount, task, c.Stop.CapacityProvider)
	case service.State == evidence.Known && task*float64(service.Value.DesiredCount) > quota.Value:
		return evidence.Confirmed(next, "%s, and service %s wants %d tasks of %g", said, c.Stop.Service,
			service.Value.DesiredCount, task)
	}
	return evidence.Inconclusive(classifier.ReasonNotRead, "%s; what other tasks use is not looked up", said)
}

// asked is what the task asks for in CPU units and MiB, 0 where it is not known.
func asked(c *evidence.Case) (cpu, memory int64) {
	td := c.Facts.Task.TaskDefinition.Value
	cpu, memory = td.CPU, td.Memory
	if c.Stop.CPU != nil && *c.Stop.CPU > 0 {
		cpu = *c.Stop.CPU
	}
	if c.Stop.Memory != nil && *c.Stop.Memory > 0 {
		memory = *c.Stop.Memory
	}
	return cpu, memory
}

func clusterResources(c *evidence.Case) classifier.Proof {
	machines := c.Facts.Setup.Machines
	cpu, memory := asked(c)
	switch {
	case machines.State != evidence.Known:
		return evidence.Silent(c, machines, "", "the container instances of %s could not be looked up",
			cmp.Or(c.Stop.Cluster, "the cluster"))
	case len(machines.Value) == 0:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "cluster %s has no active container instance at all",
			c.Stop.Cluster)
	case memory == 0:
		return evidence.Inconclusive(classifier.ReasonNotRead, "what the task asks for is not known")
	case c.Stop.Texts().Say("resource:") && !c.Stop.Texts().Say("resource:cpu") &&
		!c.Stop.Texts().Say("resource:memory"):
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"the message speaks of another resource than CPU and memory, and others are not compared")
	}
	var left []string
	for _, m := range machines.Value {
		fits := m.Connected && m.CPU >= cpu && m.Memory >= memory
		words := fmt.Sprintf("%s has %d CPU units and %d MiB", m.ID, m.CPU, m.Memory)
		switch {
		case fits:
			return evidence.Inconclusive(classifier.ReasonPartial, "the task asks for %d CPU units and %d MiB, and "+
				"%s left now; ports, GPUs and attributes are not compared", cpu, memory, words)
		case !m.Connected:
			words += " and no connected agent"
		}
		left = append(left, words)
	}
	if more := len(left) - 3; more > 0 {
		left = append(left[:3], fmt.Sprintf("and %d more with too little", more))
	}
	return evidence.Confirmed(
		fmt.Sprintf("add instances to cluster %s with %d CPU units and %d MiB free, or lower what %s reserves",
			c.Stop.Cluster, cpu, memory, evidence.Definition(c)),
		"the task asks for %d CPU units and %d MiB, and no instance has them left: %s", cpu, memory,
		strings.Join(left, "; "))
}

func clusterEmpty(c *evidence.Case) classifier.Proof {
	machines := c.Facts.Setup.Machines
	switch {
	case machines.State != evidence.Known:
		return evidence.Silent(c, machines, "", "the container instances of %s could not be looked up",
			cmp.Or(c.Stop.Cluster, "the cluster"))
	case len(machines.Value) > 0:
		return evidence.Inconclusive(classifier.ReasonPartial, "cluster %s has %d active container instances now",
			c.Stop.Cluster, len(machines.Value))
	}
	return evidence.Confirmed(
		fmt.Sprintf("see why capacity provider %s adds no instance to cluster %s: its Auto Scaling group's maximum, "+
			"failed launches, instances that do not join", cmp.Or(c.Stop.CapacityProvider, "of the cluster"),
			c.Stop.Cluster),
		"cluster %s has no active container instance", c.Stop.Cluster)
}
