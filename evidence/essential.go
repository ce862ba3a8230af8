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
		Confirms: "the container is essential and ended by itself, and the other essential ones were stopped: each with 137 or 143",
		RulesOut: "the container is not essential, or no other is",
		Open:     "another container may have ended by itself first, or how the containers ended is not told",
		Prove:    proveSidecar,
	},
	{
		Cause: "one-of-several-essential", Needs: []Need{NeedInputs}, Timeless: true,
		Confirms: "never: whether the others could do without the container is not told",
		RulesOut: "the container is not essential, or no other is",
		Open:     "otherwise; the essential containers are named",
		Prove: func(c *Case) classifier.Proof {
			others, gap := c.otherEssentials()
			if gap.Result != "" {
				return gap
			}
			return unsaid("%s is essential in %s, and so is %s", c.culprit().Name, c.Stop.TaskDefinition(), strings.Join(others, " and "))
		},
	},
}

// otherEssentials names the essential containers beside the culprit. Where the task definition is not known, or the culprit is not
// essential, or no other container is, that is the proof.
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
	case !definition.Essential:
		return nil, ruledOut("%s is not essential in %s, so its end stops nothing", container.Name, c.Stop.TaskDefinition())
	}
	var others []string
	for _, d := range td.Value.Containers {
		if d.Essential && d.Name != definition.Name {
			others = append(others, d.Name)
		}
	}
	if len(others) == 0 {
		return nil, ruledOut("%s is the only essential container of %s", container.Name, c.Stop.TaskDefinition())
	}
	return others, classifier.Proof{}
}

func proveSidecar(c *Case) classifier.Proof {
	others, gap := c.otherEssentials()
	if gap.Result != "" {
		return gap
	}
	culprit, task := c.culprit(), c.Stop.TaskDefinition()
	if culprit.ExitCode == nil || stopped(culprit) {
		return unsaid("%s is essential in %s, and whether it ended by itself is not told%s", culprit.Name, task, lastWords(c))
	}
	for _, name := range others {
		i := slices.IndexFunc(c.Stop.Containers, func(e events.Container) bool { return e.Name == name })
		if i < 0 || !stopped(c.Stop.Containers[i]) {
			return unsaid("%s is essential in %s, and so is %s, which may have ended first%s", culprit.Name, task, name, lastWords(c))
		}
	}
	return confirmed("repair "+culprit.Name+", or set its essential to false in "+task+" and give it a restartPolicy, if "+strings.Join(others, " and ")+" can do without it for a while",
		"%s; it is essential in %s, and %s was stopped after it%s%s", ending(c), task, strings.Join(others, " and "), lastWords(c), changed(c))
}

// stopped tells that a container ended as ECS stops one: on SIGTERM or SIGKILL.
func stopped(c events.Container) bool {
	return c.ExitCode != nil && (*c.ExitCode == 137 || *c.ExitCode == 143)
}
