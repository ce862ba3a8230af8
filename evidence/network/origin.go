package network

import (
	"net/netip"

	"whystopped/classifier"
	"whystopped/evidence"
)

// Origin is the network interface that the calls of a task's set-up left from, as far as the facts tell.
type Origin struct {
	VPC       string       // empty when only its subnet tells
	Subnet    string       // empty when not known; Gap says why
	Groups    []string     // ids of its security groups, when Told is GroupsKnown
	Told      GroupsTold   // how far Groups can be relied on
	Addresses []netip.Addr // private addresses, IPv4 and IPv6
	PublicIP  Truth        // whether it had a public IPv4 address
	Source    string       // where that was read: "interface eni-…", "deployment ecs-svc/… of the service"
	Host      string       // instance whose interface it is; empty for the task's own
	Gap       classifier.Proof
}

// GroupsTold says how far the groups of an Origin can be relied on.
type GroupsTold int

const (
	GroupsUnknown GroupsTold = iota // nothing told; Gap may say why
	GroupsKnown                     // Groups are all there were
	GroupsDefault                   // none were given, so that the VPC's default group was used
)

// Truth is the answer to a question that may stay open.
type Truth int

const (
	Unsure Truth = iota
	Yes
	No
)

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// OriginOf says where the calls of a stop's set-up left from. Package lookup asks it as well, to learn which VPC to
// read.
//
// On EC2 the agent and the container runtime pull images, log in, and fetch secrets and environment files over the
// interface of the instance, also where the task has one of its own. Elsewhere it is the task's: as it was while it
// exists, else as the deployment that started the task, its service revision or its capacity provider says.
func OriginOf(c *evidence.Case) Origin {
	switch {
	case c.Stop.LaunchType == "EXTERNAL":
		return Origin{Gap: evidence.Inconclusive(classifier.ReasonRouteTarget,
			"the task ran on a machine outside of AWS, whose network is not read")}
	case c.Stop.OnInstance():
		return hostOrigin(c)
	case c.Stop.PlatformBefore14() && evidence.OperatingSystem(c) != evidence.Windows &&
		(c.Finding.Stage == classifier.RegistryAuth || c.Finding.Stage == classifier.Secret):
		return Origin{Gap: evidence.Inconclusive(classifier.ReasonNotVisible,
			"before Fargate platform version 1.4.0 logins and secrets went through an interface of Fargate's own")}
	}
	return taskOrigin(c)
}

// taskOrigin is the task's own interface.
func taskOrigin(c *evidence.Case) Origin {
	in := &c.Facts.Task
	o := Origin{Source: "the event"}
	o.Subnet, o.Addresses = c.Stop.TaskInterface()
	settings, source, told := TaskSettings(c)
	if told {
		o.configured(settings, source)
		if settings.AssignPublicIP == "" && in.Run.State != evidence.Known {
			o.PublicIP = No // what a service does where nothing is said
		}
	}
	if in.Interface.State == evidence.Known {
		o.observed(in.Interface.Value, told && settings.AssignPublicIP == "ENABLED")
	}
	if o.Subnet == "" || o.Told == GroupsUnknown {
		o.Gap = SettingsGap(c)
	}
	return o
}

// TaskSettings is the network configuration of the deployment, or of the call, that started the task.
func TaskSettings(c *evidence.Case) (settings evidence.NetworkSettings, source string, told bool) {
	in := &c.Facts.Task
	if in.Service.State == evidence.Known {
		for _, d := range in.Service.Value.Deployments {
			if d.HasNetwork && d.ID != "" && (d.ID == c.Stop.StartedBy || d.ID == c.Stop.DeploymentID) {
				return d.Network, "deployment " + d.ID, true
			}
		}
	}
	if in.Revision.State == evidence.Known {
		return in.Revision.Value.Network, "service revision " + in.Revision.Value.ARN, true
	}
	if in.Run.State == evidence.Known {
		return in.Run.Value, "the RunTask call", true
	}
	if in.Job.State == evidence.Known {
		return in.Job.Value, "the compute environment of job " + c.Stop.JobID, true
	}
	return evidence.NetworkSettings{}, "", false
}

// configured fills an origin with a network configuration.
func (o *Origin) configured(n evidence.NetworkSettings, source string) {
	o.Source = source
	o.Groups, o.Told = n.Groups, GroupsKnown
	if len(n.Groups) == 0 {
		o.Told = GroupsDefault
	}
	if o.Subnet == "" && len(n.Subnets) == 1 {
		o.Subnet = n.Subnets[0]
	}
	switch n.AssignPublicIP {
	case "ENABLED":
		o.PublicIP = Yes
	case "DISABLED":
		o.PublicIP = No
	}
}

// observed fills an origin with the interface itself. One that is on its way out, or no longer attached to anything,
// may have given its public address back, so that it does not speak against a configuration that assigned one.
func (o *Origin) observed(i evidence.Interface, assigned bool) {
	o.Source = "interface " + i.ID
	o.VPC, o.Subnet = i.VPC, i.Subnet
	o.told(i.Groups)
	if len(i.PrivateIPs) > 0 {
		o.Addresses = i.PrivateIPs
	}
	attached := i.Status == "" || i.Status == "in-use"
	switch {
	case i.PublicIP.IsValid(), assigned:
		o.PublicIP = Yes
	case attached:
		o.PublicIP = No
	}
}

// told takes the groups of an interface, which has at least one.
func (o *Origin) told(groups []string) {
	if len(groups) > 0 {
		o.Groups, o.Told = groups, GroupsKnown
	}
}

// hostOrigin is the interface of the instance that the task ran on.
func hostOrigin(c *evidence.Case) Origin {
	in := &c.Facts.Task
	if in.Instance.State == evidence.Known && in.Instance.Value.EC2.State == evidence.Known {
		i := in.Instance.Value.EC2.Value
		o := Origin{VPC: i.VPC, Subnet: i.Subnet, PublicIP: truth(i.PublicIP.IsValid()), Source: "container instance " +
			i.ID, Host: i.ID}
		o.told(i.Groups)
		if o.PublicIP == No && i.State != "running" {
			o.PublicIP = Unsure // a stopped instance gives its public address back
		}
		if i.PrivateIP.IsValid() {
			o.Addresses = []netip.Addr{i.PrivateIP}
		}
		if i.Subnet == "" {
			o.Gap = evidence.Inconclusive(classifier.ReasonNotVisible,
				"instance %s is %s and has no interface any more", i.ID, i.State)
		}
		return o
	}
	if in.Provider.State == evidence.Known {
		o := Origin{Host: someInstance}
		o.configured(in.Provider.Value, "capacity provider "+c.Stop.CapacityProvider)
		if len(o.Groups) == 0 {
			o.Told = GroupsUnknown // which group its instances then get is not documented
		}
		if o.Subnet != "" {
			return o
		}
		o.Gap = evidence.Inconclusive(classifier.ReasonNotRead,
			"the instance is not known, and its capacity provider has %d subnets", len(in.Provider.Value.Subnets))
		return o
	}
	return Origin{Host: someInstance, Gap: SettingsGap(c)}
}

// SettingsGap says why the inputs leave the subnet or the security groups open: of the answers that could have told,
// the first that somebody could do something about.
func SettingsGap(c *evidence.Case) classifier.Proof {
	in := &c.Facts.Task
	gaps := []classifier.Proof{}
	add := func(state evidence.State, gap classifier.Proof) {
		if state == evidence.Unknown || state == evidence.NotAsked && gap.Reason != classifier.ReasonNotRead {
			gaps = append(gaps, gap)
		}
	}
	if c.Stop.OnInstance() {
		add(in.Instance.State, in.Instance.Gap())
		if in.Instance.State == evidence.Known {
			add(in.Instance.Value.EC2.State, in.Instance.Value.EC2.Gap())
		}
		add(in.Provider.State, in.Provider.Gap())
	} else {
		add(in.Service.State, in.Service.Gap())
		add(in.Revision.State, in.Revision.Gap())
		add(in.Interface.State, in.Interface.Gap())
		add(in.Run.State, in.Run.Gap())
		add(in.Job.State, in.Job.Gap())
	}
	for _, gap := range gaps {
		if gap.MissingAction != "" {
			return gap
		}
	}
	if len(gaps) > 0 {
		return gaps[0]
	}
	return classifier.Proof{Result: classifier.NotChecked, Reason: classifier.ReasonNotRead}
}

// someInstance stands for an instance whose id is not known.
const someInstance = "the container instance"

// who names the interface in a sentence.
func (o *Origin) who() string {
	switch o.Host {
	case "":
		return "the task"
	case someInstance:
		return someInstance
	}
	return "instance " + o.Host
}
