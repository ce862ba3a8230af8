package setup

import (
	"cmp"
	"fmt"
	"slices"
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
		Revisit: true,
		Confirms: "the account has as many network interfaces in the Region as its quota allows; or every container " +
			"instance with a connected agent has as many as its type allows, and none has a trunk interface",
		RulesOut: "the account has less than nine tenths of them; never of instances: what was free then is not told",
		Open: "it is near the quota; an instance has one free; an instance has a trunk interface, and how many hang " +
			"on that is not told"},
	{Cause: "eni-provisioning-slow", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedSiblings},
		Timeless: true, Prove: interfaceLate,
		Confirms: "the text says that the interface did not come in time, and a later task of the same deployment " +
			"started in the same subnet with the same settings",
		RulesOut: "never: no API keeps how long EC2 needed",
		Open: "the text speaks of another fault; no later task of the deployment is told of that started in the same " +
			"subnet; how others fared is said"},
	{Cause: "fargate-quota", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedQuotas}, Prove: fargateQuota,
		Confirms: "the task alone, the tasks that a service without capacity providers wants, or the task and what " +
			"the account used in the minute before, need more vCPUs than the quota",
		RulesOut: "never: what started and ended within a minute is not counted",
		Open:     "the quota is larger than that; a deployment does not ask what the account used"},
	{Cause: "cluster-resources", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedMachines},
		Prove: clusterResources,
		Confirms: "no active container instance with a connected agent has the CPU units, the memory and the GPUs " +
			"left that the task asks for",
		RulesOut: "never: ports, attributes and what was free at that time are not compared",
		Open:     "one has them; the cluster has no instance at all; what the task asks for is not known"},
	{Cause: "placement-constraint", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedMachines},
		Prove: attributeMissing, Revisit: true,
		Confirms: "no active container instance with a connected agent has all attributes that ECS finds the task " +
			"definition to require",
		RulesOut: "never: placement constraints are not compared, and what the instances were like then is not told",
		Open:     "one has them; the cluster has no instance at all; the task was for Fargate"},
	{Cause: "capacity-provider-empty", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedMachines},
		Prove: clusterEmpty, Revisit: true,
		Confirms: "the cluster has no active container instance; why its Auto Scaling group adds none decides what " +
			"to do: its maximum, a launch that failed, a suspended process, or instances that do not join",
		RulesOut: "never: instances that are there now may have come too late",
		Open:     "it has some"},
}

func interfaceLimit(c *evidence.Case) classifier.Proof {
	quota, used := c.Facts.Setup.Quotas[evidence.QuotaInterfaces], c.Facts.Setup.Interfaces
	switch {
	case OnMachines(c):
		return slotsTaken(c)
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

// OnMachines reports whether the network interfaces that the task needed are those of container instances.
func OnMachines(c *evidence.Case) bool {
	return c.Stop.OnInstance() || c.Finding.Stage == classifier.Placement
}

// slotsTaken reports whether no container instance has a network interface left for a task.
func slotsTaken(c *evidence.Case) classifier.Proof {
	slots := c.Facts.Setup.Slots
	switch {
	case slots.State != evidence.Known:
		return evidence.Silent(c, slots, "", "the network interfaces of the container instances could not be counted")
	case len(slots.Value) == 0:
		return evidence.Unsaid("cluster %s has no active container instance with a connected agent", c.Stop.Cluster)
	}
	var full, rest []string
	for _, m := range slots.Value {
		said := fmt.Sprintf("%s (%s) has %d of %d", m.Machine, m.Type, m.Used, m.Most)
		switch {
		case m.Trunk:
			rest = append(rest, fmt.Sprintf("%s (%s) has a trunk interface", m.Machine, m.Type))
		case m.Used < m.Most:
			rest = append(rest, said)
		default:
			full = append(full, said)
		}
	}
	if len(rest) > 0 {
		return evidence.Unsaid("network interfaces now: %s", several(append(rest, full...)))
	}
	return evidence.Confirmed("turn on awsvpcTrunking and replace the instances where their type has trunks, else "+
		"take larger or more of them", "no container instance has a network interface left: %s", several(full))
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
	units, _, _ := asked(c)
	service, used := c.Facts.Task.Service, c.Facts.Setup.VCPUs
	var last evidence.Point
	for _, p := range used.Value {
		if !p.At.After(c.Failed()) && p.At.After(last.At) {
			last = p
		}
	}
	switch task := float64(units) / 1024; {
	case units == 0:
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s; what the task asks for is not known", said)
	case task > quota.Value:
		return evidence.Confirmed(next, "%s, and the task asks for %g", said, task)
	case task+last.Value > quota.Value:
		return evidence.Confirmed(next+", or run fewer or smaller tasks",
			"%s, the account used %g at %s, and the task asks for %g", said, last.Value, evidence.Moment(last.At), task)
	case service.State == evidence.Known && task*float64(service.Value.DesiredCount) > quota.Value &&
		c.Stop.CapacityProvider != "":
		return evidence.Inconclusive(classifier.ReasonPartial, "%s, and service %s wants %d tasks of %g; how many of "+
			"them are for other capacity providers than %s is not looked up",
			said, c.Stop.Service, service.Value.DesiredCount, task, c.Stop.CapacityProvider)
	case service.State == evidence.Known && task*float64(service.Value.DesiredCount) > quota.Value:
		return evidence.Confirmed(next, "%s, and service %s wants %d tasks of %g", said, c.Stop.Service,
			service.Value.DesiredCount, task)
	}
	if !last.At.IsZero() {
		return evidence.Inconclusive(classifier.ReasonPartial,
			"%s, the account used %g at %s, and the task asks for %g", said, last.Value, evidence.Moment(last.At),
			float64(units)/1024)
	}
	if used.State == evidence.Known {
		return evidence.Inconclusive(classifier.ReasonNotRead, "%s; CloudWatch has no use of it at that time", said)
	}
	return evidence.Silent(c, used, "", "%s; what other tasks used was not read", said)
}

// asked is what the task asks for in CPU units, MiB and GPUs, 0 where it is not known.
func asked(c *evidence.Case) (cpu, memory int64, gpus int) {
	td := c.Facts.Task.TaskDefinition.Value
	cpu, memory = td.CPU, td.Memory
	if c.Stop.CPU != nil && *c.Stop.CPU > 0 {
		cpu = *c.Stop.CPU
	}
	if c.Stop.Memory != nil && *c.Stop.Memory > 0 {
		memory = *c.Stop.Memory
	}
	for _, d := range td.Containers {
		gpus += int(d.GPUs)
	}
	return cpu, memory, gpus
}

// room says CPU units, MiB and, where there is any to say, GPUs.
func room(cpu, memory int64, gpus int, wanted bool) string {
	said := fmt.Sprintf("%d CPU units and %d MiB", cpu, memory)
	if wanted {
		said = fmt.Sprintf("%d CPU units, %d MiB and %d of GPU", cpu, memory, gpus)
	}
	return said
}

func clusterResources(c *evidence.Case) classifier.Proof {
	machines := c.Facts.Setup.Machines
	cpu, memory, gpus := asked(c)
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
		!c.Stop.Texts().Say("resource:memory") && !(gpus > 0 && c.Stop.Texts().Say("resource:gpu")):
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"the message speaks of another resource than CPU, memory and GPUs, and others are not compared")
	}
	var left []string
	for _, m := range machines.Value {
		fits := m.Connected && m.CPU >= cpu && m.Memory >= memory && m.GPUs >= gpus
		words := m.ID + " has " + room(m.CPU, m.Memory, m.GPUs, gpus > 0)
		switch {
		case fits:
			return evidence.Inconclusive(classifier.ReasonPartial, "the task asks for %s, and %s left now; ports and "+
				"attributes are not compared", room(cpu, memory, gpus, gpus > 0), words)
		case !m.Connected:
			words += " and no connected agent"
		}
		left = append(left, words)
	}
	if more := len(left) - 3; more > 0 {
		left = append(left[:3], fmt.Sprintf("and %d more with too little", more))
	}
	said, next := scaling(c)
	return evidence.Confirmed(cmp.Or(next,
		fmt.Sprintf("add instances to cluster %s with %s free, or lower what %s reserves", c.Stop.Cluster,
			room(cpu, memory, gpus, gpus > 0), evidence.Definition(c))),
		"the task asks for %s, and no instance has them left: %s%s", room(cpu, memory, gpus, gpus > 0),
		strings.Join(left, "; "), said)
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
	said, next := scaling(c)
	return evidence.Confirmed(cmp.Or(next,
		fmt.Sprintf("see why capacity provider %s adds no instance to cluster %s: its Auto Scaling group's maximum, "+
			"failed launches, instances that do not join", cmp.Or(c.Stop.CapacityProvider, "of the cluster"),
			c.Stop.Cluster)),
		"cluster %s has no active container instance%s", c.Stop.Cluster, said)
}

// scaling says what keeps the Auto Scaling group of the task's capacity provider from adding instances, as the rest of
// a sentence, and what to do; both are empty where it is not known, next where nothing does.
func scaling(c *evidence.Case) (said, next string) {
	if c.Facts.Setup.Scaling.State != evidence.Known {
		return "", ""
	}
	g := c.Facts.Setup.Scaling.Value
	launches := slices.DeleteFunc(slices.Clone(g.Launches.Value), func(a evidence.ScalingActivity) bool {
		return !strings.HasPrefix(a.Description, "Launching") || a.At.After(c.CheckedAt)
	})
	apart := slices.DeleteFunc(slices.Clone(g.InService), func(id string) bool {
		return slices.ContainsFunc(c.Facts.Setup.Machines.Value, func(m evidence.Machine) bool { return m.ID == id })
	})
	said = fmt.Sprintf("; its Auto Scaling group %s wants %d of at most %d instances", g.Name, g.Desired, g.Max)
	switch {
	case slices.Contains(g.Suspended, "Launch"):
		return said + ", and its process Launch is suspended", "resume process Launch of Auto Scaling group " + g.Name
	case len(launches) > 0 && launches[0].Failed:
		return said + fmt.Sprintf(", and its last launch failed at %s: %s", evidence.Moment(launches[0].At),
				launches[0].Message),
			"correct what keeps Auto Scaling group " + g.Name + " from launching instances"
	case len(apart) > 0:
		return said + fmt.Sprintf(", and %s in service and not active in the cluster", evidence.Verb(apart,
				apart[0]+" is", fmt.Sprintf("%d of them are", len(apart)))),
			fmt.Sprintf("see why %s does not join cluster %s: ECS_CLUSTER in its user data, its instance role, and "+
				"its way to ECS", apart[0], c.Stop.Cluster)
	case g.Desired >= g.Max:
		return said, fmt.Sprintf("raise the maximum of Auto Scaling group %s above %d", g.Name, g.Max)
	}
	return said, ""
}

// attributeMissing compares what ECS derives from a task definition with what instances have: the capabilities of their
// agents, and attributes that somebody gave them.
func attributeMissing(c *evidence.Case) classifier.Proof {
	machines, td := c.Facts.Setup.Machines, c.Facts.Task.TaskDefinition
	switch {
	case strings.HasPrefix(c.Stop.CapacityProvider, "FARGATE") || c.Stop.LaunchType == "FARGATE":
		return evidence.Unsaid("the task was for Fargate, which has no container instances")
	case td.State != evidence.Known:
		return unread(c)
	case machines.State != evidence.Known:
		return evidence.Silent(c, machines, "", "the container instances of %s could not be looked up",
			cmp.Or(c.Stop.Cluster, "the cluster"))
	case len(machines.Value) == 0:
		return evidence.Inconclusive(classifier.ReasonNotCausal, "cluster %s has no active container instance at all",
			c.Stop.Cluster)
	case len(td.Value.Requires) == 0:
		return evidence.Unsaid("ECS does not tell which attributes %s requires", evidence.Definition(c))
	}
	var lacking []string
	everywhere := td.Value.Requires
	for _, m := range machines.Value {
		lacks := slices.DeleteFunc(slices.Clone(td.Value.Requires), func(a evidence.Attribute) bool {
			value, has := m.Attributes[a.Name]
			return has && (a.Value == "" || a.Value == value)
		})
		if len(lacks) == 0 && m.Connected {
			return evidence.Inconclusive(classifier.ReasonPartial, "%s has all attributes that %s requires; placement "+
				"constraints are not compared", m.ID, evidence.Definition(c))
		}
		if len(lacks) > 0 {
			lacking = append(lacking, fmt.Sprintf("%s lacks %s", m.ID, attributes(lacks)))
		}
		everywhere = slices.DeleteFunc(slices.Clone(everywhere),
			func(a evidence.Attribute) bool { return !slices.Contains(lacks, a) })
	}
	if len(lacking) == 0 {
		return evidence.Inconclusive(classifier.ReasonNotCausal, "the instances of cluster %s have all attributes "+
			"that %s requires, and no agent that is connected", c.Stop.Cluster, evidence.Definition(c))
	}
	next := fmt.Sprintf("run %s on instances that have all that it requires", evidence.Definition(c))
	if len(everywhere) > 0 {
		next = fmt.Sprintf("add instances to cluster %s that have %s: a capability comes with the agent, its "+
			"configuration or the AMI", c.Stop.Cluster, attributes(everywhere))
	}
	return evidence.Confirmed(next, "%s requires what no instance with a connected agent has: %s",
		evidence.Definition(c), several(lacking))
}

// several says of the first three machines what is said of each.
func several(said []string) string {
	if more := len(said) - 3; more > 0 {
		said = append(said[:3], fmt.Sprintf("and so %d more", more))
	}
	return strings.Join(said, "; ")
}

func attributes(all []evidence.Attribute) string {
	var said []string
	for _, a := range all {
		if a.Value != "" {
			a.Name += "=" + a.Value
		}
		said = append(said, a.Name)
	}
	return strings.Join(said, ", ")
}
