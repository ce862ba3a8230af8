package evidence

import (
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events"
)

// essentialChecks decide whether a container had to take the whole task with it.
var essentialChecks = []Check{
	{
		Cause: "sidecar-ended", Needs: []Need{NeedInputs, NeedLog, NeedSteady}, Timeless: true,
		Confirms: "the container is essential and ended with an error, and the other essential ones ended on SIGTERM: each with 143",
		RulesOut: "the container is not essential, and no other waits for it",
		Open:     "another container may have ended by itself first, as one with 137 may have for want of memory, or how the containers ended is not told; it is the only essential one; it ended with 0, as on a SIGTERM",
		Prove:    proveSidecar,
	},
	{
		Cause: "one-of-several-essential", Needs: []Need{NeedInputs}, Timeless: true,
		Confirms: "never: whether the others could do without the container is not told",
		RulesOut: "the container is not essential and no other waits for it, or no other is essential",
		Open:     "otherwise; the essential containers are named",
		Prove: func(c *Case) classifier.Proof {
			others, gap := c.otherEssentials()
			switch {
			case gap.Exists():
				return gap
			case len(others) == 0:
				return ruledOut("%s is the only essential container of %s", c.culprit().Name, c.Stop.TaskDefinition())
			}
			return unsaid("%s is essential in %s, and so is %s", c.culprit().Name, c.Stop.TaskDefinition(), strings.Join(others, " and "))
		},
	},
}

// otherEssentials names the essential containers beside the culprit. Where the task definition is not known, or the culprit is not
// essential, that is the proof.
func (c *Case) otherEssentials() ([]string, classifier.Proof) {
	container, definition := c.culpritContainer()
	td := c.Facts.Inputs.TaskDefinition
	switch {
	case td.State != Known:
		return nil, td.gap()
	case container == nil:
		return nil, unsaid("which container ended the task is not told")
	case definition == nil:
		return nil, unsaid("%s is not in %s: ECS added it", container.Name, c.Stop.TaskDefinition())
	case !definition.Essential && slices.ContainsFunc(c.waits(), func(w waited) bool { return w.on == definition && w.condition != "START" }):
		return nil, unsaid("%s is not essential in %s, and another container waits for it", container.Name, c.Stop.TaskDefinition())
	case !definition.Essential:
		return nil, ruledOut("%s is not essential in %s, so its end stops nothing", container.Name, c.Stop.TaskDefinition())
	}
	var others []string
	for _, d := range td.Value.Containers {
		if d.Essential && d.Name != definition.Name {
			others = append(others, d.Name)
		}
	}
	return others, classifier.Proof{}
}

func proveSidecar(c *Case) classifier.Proof {
	others, gap := c.otherEssentials()
	if gap.Exists() {
		return gap
	}
	culprit, task := c.culprit(), c.Stop.TaskDefinition()
	switch {
	case len(others) == 0:
		return unsaid("%s is the only essential container of %s; whether the others could go on without it is not told%s", culprit.Name, task, lastWords(c))
	case culprit.ExitCode == nil || stopped(culprit) && !saidOOM(c):
		return unsaid("%s is essential in %s, and whether it ended by itself is not told%s", culprit.Name, task, lastWords(c))
	}
	for _, name := range others {
		if other := c.container(name); other == nil || other.ExitCode == nil || *other.ExitCode != 143 {
			return unsaid("%s is essential in %s, and so is %s, which may have ended first%s", culprit.Name, task, name, lastWords(c))
		}
	}
	if *culprit.ExitCode == 0 { // which is also how many programs end on SIGTERM
		return unsaid("%s; it is essential in %s, and whether it ended before %s or was stopped after it is not told%s%s", ending(c), task, strings.Join(others, " and "), lastWords(c), changed(c))
	}
	return confirmed("repair "+culprit.Name+", or set its essential to false in "+task+" and give it a restartPolicy, if "+strings.Join(others, " and ")+" can do without it for a while",
		"%s; it is essential in %s, and %s %s stopped after it%s%s", ending(c), task, strings.Join(others, " and "), verb(others, "was", "were"), lastWords(c), changed(c))
}

// stopped tells that a container ended on SIGTERM or SIGKILL, as one does that ECS stops.
func stopped(c events.Container) bool {
	return c.ExitCode != nil && (*c.ExitCode == 137 || *c.ExitCode == 143)
}
