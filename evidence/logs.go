package evidence

import (
	"cmp"
	"fmt"
	"strings"

	"whystopped/classifier"
	"whystopped/events/awsname"
)

// LogRef is the log group of a container's awslogs driver.
type LogRef struct {
	Container string
	Region    string
	Group     string
	Creates   bool // the driver is to make the group: awslogs-create-group
}

// LogRefs are the log groups that the failed step may have asked for.
func LogRefs(c *Case) Answer[[]LogRef] {
	containers := suspects(c)
	if containers.State != Known {
		return Answer[[]LogRef]{State: containers.State, Reason: containers.Reason, Action: containers.Action}
	}
	var all, said []LogRef
	for _, d := range containers.Value {
		if d.LogDriver != awslogs || d.LogOptions["awslogs-group"] == "" {
			continue
		}
		ref := LogRef{d.Name, cmp.Or(d.LogOptions["awslogs-region"], c.Stop.Region), d.LogOptions["awslogs-group"], d.createsGroup()}
		all = append(all, ref)
		if named := c.Finding.Facts.AWSResource; named == ref.Group || strings.Contains(named+":", ":log-group:"+ref.Group+":") {
			said = append(said, ref)
		}
	}
	if len(said) > 0 {
		return Is(said)
	}
	return Is(all)
}

var logNeeds = []Need{NeedInputs, NeedLogs}

var logChecks = []Check{
	{Cause: "log-group-missing", Needs: logNeeds, Prove: ofLogs(logGroupMissing),
		Confirms: "the Region of awslogs-region has no log group of exactly that name, and awslogs-create-group is not true",
		RulesOut: "it has, and had before the task was created",
		Open:     "the driver was to create it; it was created later"},
	{Cause: "log-region-wrong", Needs: logNeeds, Prove: ofLogs(logRegionWrong),
		Confirms: "awslogs-region is no Region's name; or that Region does not have the log group, and the task's has",
		RulesOut: "the Region of awslogs-region has the log group",
		Open:     "neither has it: other Regions are not asked; the driver was to create it; it was created later"},
	{Cause: "log-options-invalid", Needs: []Need{NeedInputs}, Prove: logOptions, Timeless: true,
		Confirms: "the message names a log option, and the container's logConfiguration sets it",
		RulesOut: "never: which options a driver takes depends on its version",
		Open:     "the message names no option, or one that no container sets"},
}

func ofLogs(judge func(*Case, LogRef) classifier.Proof) func(*Case) classifier.Proof {
	return func(c *Case) classifier.Proof {
		refs := LogRefs(c)
		if refs.State != Known {
			return silent(c, refs, "", "%s could not be read", definition(c))
		}
		none := inconclusive(classifier.ReasonNotRead, "no container in question logs through awslogs")
		return ofAll(refs.Value, none, func(r LogRef) classifier.Proof { return judge(c, r) })
	}
}

func logGroupMissing(c *Case, r LogRef) classifier.Proof {
	group, here := c.Facts.Things.LogGroups[In(r.Region, r.Group)], c.Facts.Things.LogGroups[In(c.Stop.Region, r.Group)]
	switch {
	case group.State == Absent && r.Creates:
		return inconclusive(classifier.ReasonNotCausal, "%s has no log group %s, and container %s is to create it", r.Region, r.Group, r.Container)
	case group.State == Absent && here.State == Known:
		return confirmed(fmt.Sprintf("set awslogs-region of container %s in %s to %s, or create log group %s in %s", r.Container, definition(c), c.Stop.Region, r.Group, r.Region),
			"%s has no log group %s; %s has one", r.Region, r.Group, c.Stop.Region)
	case group.State == Absent:
		return confirmed(fmt.Sprintf("create log group %s in %s, or set awslogs-create-group of container %s in %s", r.Group, r.Region, r.Container, definition(c)),
			"%s has no log group %s, and container %s does not set awslogs-create-group", r.Region, r.Group, r.Container)
	case group.State != Known:
		return silent(c, group, "", "log group %s in %s could not be looked up", r.Group, r.Region)
	}
	return inTime(c, group.Value.CreatedAt, "%s has log group %s, created %s", r.Region, r.Group, stamp(group.Value.CreatedAt))
}

func logRegionWrong(c *Case, r LogRef) classifier.Proof {
	there, here := c.Facts.Things.LogGroups[In(r.Region, r.Group)], c.Facts.Things.LogGroups[In(c.Stop.Region, r.Group)]
	next := fmt.Sprintf("set awslogs-region of container %s in %s to %s", r.Container, definition(c), c.Stop.Region)
	switch {
	case !awsname.IsRegion(r.Region):
		return confirmed(next, "awslogs-region of container %s is %q, which is no Region's name", r.Container, r.Region)
	case there.State == Known:
		return inTime(c, there.Value.CreatedAt, "%s has log group %s, created %s", r.Region, r.Group, stamp(there.Value.CreatedAt))
	case there.State != Absent:
		return silent(c, there, "", "log group %s in %s could not be looked up", r.Group, r.Region)
	case here.State == Absent:
		return inconclusive(classifier.ReasonNotRead, "%s has no log group %s; other Regions than it and the task's are not asked", r.Region, r.Group)
	case here.State != Known:
		return silent(c, here, "", "log group %s in %s could not be looked up", r.Group, c.Stop.Region)
	case r.Creates:
		return inconclusive(classifier.ReasonNotCausal, "%s has no log group %s, and container %s is to create it", r.Region, r.Group, r.Container)
	}
	return confirmed(next, "%s, which awslogs-region of container %s names, has no log group %s, and %s has it", r.Region, r.Container, r.Group, c.Stop.Region)
}

// optionSaid is how the log drivers of Docker speak of an option: "unknown log opt 'x'", "must specify a value for log opt 'x'".
var optionSaid = compiled(`log[- ]opt(?:ion)? ['"\x60]?([a-zA-Z][a-zA-Z0-9-]*)`)

func logOptions(c *Case) classifier.Proof {
	containers := suspects(c)
	if containers.State != Known {
		return silent(c, containers, "", "%s could not be read", definition(c))
	}
	for _, text := range c.Stop.Texts() {
		said := optionSaid().FindStringSubmatch(text.Plain)
		if said == nil {
			continue
		}
		for _, d := range containers.Value {
			if _, set := d.LogOptions[said[1]]; set {
				return confirmed(fmt.Sprintf("correct %s in logConfiguration of container %s in %s, or take it out", said[1], d.Name, definition(c)),
					"container %s sets %s, and log driver %s refuses it", d.Name, said[1], d.LogDriver)
			}
		}
		return inconclusive(classifier.ReasonPartial, "the message speaks of option %s, which no container in question sets", said[1])
	}
	return inconclusive(classifier.ReasonNotRead, "the message names no log option")
}
