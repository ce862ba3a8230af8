package setup

import (
	"cmp"
	"fmt"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// LogRef is the log group of a container's awslogs driver.
type LogRef struct {
	Container string
	Region    string
	Group     string
	Creates   bool // the driver is to make the group: awslogs-create-group
}

// LogRefs are the log groups that the failed step may have asked for.
func LogRefs(c *evidence.Case) evidence.Answer[[]LogRef] {
	containers := suspects(c)
	if containers.State != evidence.Known {
		return evidence.Answer[[]LogRef]{State: containers.State, Reason: containers.Reason, Action: containers.Action}
	}
	var all, said []LogRef
	for _, d := range containers.Value {
		if d.LogDriver != evidence.Awslogs || d.LogOptions["awslogs-group"] == "" {
			continue
		}
		ref := LogRef{d.Name, cmp.Or(d.LogOptions["awslogs-region"], c.Stop.Region), d.LogOptions["awslogs-group"],
			d.CreatesGroup()}
		all = append(all, ref)
		if named := c.Finding.Facts.AWSResource; named == ref.Group ||
			strings.Contains(named+":", ":log-group:"+ref.Group+":") {
			said = append(said, ref)
		}
	}
	if len(said) > 0 {
		return evidence.Is(said)
	}
	return evidence.Is(all)
}

var logNeeds = []evidence.Need{evidence.NeedInputs, evidence.NeedLogs}

var logChecks = []evidence.Check{
	{Cause: "log-group-missing", Needs: logNeeds, Revisit: true, Prove: ofLogs(logGroupMissing),
		Confirms: "the Region of awslogs-region has no log group of exactly that name, and awslogs-create-group is " +
			"not true",
		RulesOut: "it has, and had before the task was created",
		Open:     "the driver was to create it; it was created later"},
	{Cause: "log-region-wrong", Needs: logNeeds, Prove: ofLogs(logRegionWrong),
		Confirms: "awslogs-region is no Region's name; or that Region does not have the log group, and the task's has",
		RulesOut: "the Region of awslogs-region has the log group",
		Open:     "neither has it: other Regions are not asked; the driver was to create it; it was created later"},
	{Cause: "log-options-invalid", Needs: []evidence.Need{evidence.NeedInputs}, Prove: logOptions, Timeless: true,
		Confirms: "the message names a log option, and the container's logConfiguration sets it",
		RulesOut: "never: which options a driver takes depends on its version",
		Open:     "the message names no option, or one that no container sets"},
}

func ofLogs(judge func(*evidence.Case, LogRef) classifier.Proof) func(*evidence.Case) classifier.Proof {
	return func(c *evidence.Case) classifier.Proof {
		refs := LogRefs(c)
		if refs.State != evidence.Known {
			return evidence.Silent(c, refs, "", "%s could not be read", evidence.Definition(c))
		}
		none := evidence.Inconclusive(classifier.ReasonNotRead, "no container in question logs through awslogs")
		return evidence.OfAll(refs.Value, none, func(r LogRef) classifier.Proof { return judge(c, r) })
	}
}

func logGroupMissing(c *evidence.Case, r LogRef) classifier.Proof {
	group, here := c.Facts.Setup.LogGroups[evidence.In(r.Region, r.Group)],
		c.Facts.Setup.LogGroups[evidence.In(c.Stop.Region, r.Group)]
	switch {
	case group.State == evidence.Absent && r.Creates:
		return evidence.Inconclusive(classifier.ReasonNotCausal,
			"%s has no log group %s, and container %s is to create it", r.Region, r.Group, r.Container)
	case group.State == evidence.Absent && here.State == evidence.Known:
		return evidence.Confirmed(
			fmt.Sprintf("set awslogs-region of container %s in %s to %s, or create log group %s in %s", r.Container,
				evidence.Definition(c), c.Stop.Region, r.Group, r.Region),
			"%s has no log group %s; %s has one", r.Region, r.Group, c.Stop.Region)
	case group.State == evidence.Absent:
		return evidence.Confirmed(
			fmt.Sprintf("create log group %s in %s, or set awslogs-create-group of container %s in %s", r.Group,
				r.Region, r.Container, evidence.Definition(c)),
			"%s has no log group %s, and container %s does not set awslogs-create-group", r.Region, r.Group,
			r.Container)
	case group.State != evidence.Known:
		return evidence.Silent(c, group, "", "log group %s in %s could not be looked up", r.Group, r.Region)
	}
	return inTime(group.Value.CreatedAt, "%s has log group %s, created %s", r.Region, r.Group,
		stamp(group.Value.CreatedAt))
}

func logRegionWrong(c *evidence.Case, r LogRef) classifier.Proof {
	there, here := c.Facts.Setup.LogGroups[evidence.In(r.Region, r.Group)],
		c.Facts.Setup.LogGroups[evidence.In(c.Stop.Region, r.Group)]
	next := fmt.Sprintf("set awslogs-region of container %s in %s to %s", r.Container, evidence.Definition(c),
		c.Stop.Region)
	switch {
	case !awsname.IsRegion(r.Region):
		return evidence.Confirmed(next, "awslogs-region of container %s is %q, which is no Region's name", r.Container,
			r.Region)
	case there.State == evidence.Known:
		return inTime(there.Value.CreatedAt, "%s has log group %s, created %s", r.Region, r.Group,
			stamp(there.Value.CreatedAt))
	case there.State != evidence.Absent:
		return evidence.Silent(c, there, "", "log group %s in %s could not be looked up", r.Group, r.Region)
	case here.State == evidence.Absent:
		return evidence.Inconclusive(classifier.ReasonNotRead,
			"%s has no log group %s; other Regions than it and the task's are not asked", r.Region, r.Group)
	case here.State != evidence.Known:
		return evidence.Silent(c, here, "", "log group %s in %s could not be looked up", r.Group, c.Stop.Region)
	case r.Creates:
		return evidence.Inconclusive(classifier.ReasonNotCausal,
			"%s has no log group %s, and container %s is to create it", r.Region, r.Group, r.Container)
	}
	return evidence.NotBefore(evidence.Confirmed(next,
		"%s, which awslogs-region of container %s names, has no log group %s, and %s has it", r.Region, r.Container,
		r.Group, c.Stop.Region), here.Value.CreatedAt)
}

// optionSaid is how the log drivers of Docker speak of an option: "unknown log opt 'x'", "must specify a value for log
// opt 'x'".
var optionSaid = evidence.Compiled(`log[- ]opt(?:ion)? ['"\x60]?([a-zA-Z][a-zA-Z0-9-]*)`)

func logOptions(c *evidence.Case) classifier.Proof {
	containers := suspects(c)
	if containers.State != evidence.Known {
		return evidence.Silent(c, containers, "", "%s could not be read", evidence.Definition(c))
	}
	for _, text := range c.Stop.Texts() {
		said := optionSaid().FindStringSubmatch(text.Plain)
		if said == nil {
			continue
		}
		for _, d := range containers.Value {
			if _, set := d.LogOptions[said[1]]; set {
				return evidence.Confirmed(
					fmt.Sprintf("correct %s in logConfiguration of container %s in %s, or take it out", said[1], d.Name,
						evidence.Definition(c)),
					"container %s sets %s, and log driver %s refuses it", d.Name, said[1], d.LogDriver)
			}
		}
		return evidence.Inconclusive(classifier.ReasonPartial,
			"the message speaks of option %s, which no container in question sets", said[1])
	}
	return evidence.Inconclusive(classifier.ReasonNotRead, "the message names no log option")
}
