package running

import (
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

// essentialChecks decide whether a container had to take the whole task with it.
var essentialChecks = []evidence.Check{
	{
		Cause: "sidecar-ended", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog, evidence.NeedSteady},
		Timeless: true,
		Confirms: "the container is essential and ended with an error, and the other essential ones ended on " +
			"SIGTERM: each with 143",
		RulesOut: "the container is not essential, and no other waits for it",
		Open: "another container may have ended by itself first, as one with 137 may have for want of memory, or " +
			"how the containers ended is not told; it is the only essential one; it ended with 0, as on a SIGTERM",
		Prove: proveSidecar,
	},
	{
		Cause: "one-of-several-essential", Needs: []evidence.Need{evidence.NeedInputs}, Timeless: true,
		Confirms: "never: whether the others could do without the container is not told",
		RulesOut: "the container is not essential and no other waits for it, or no other is essential",
		Open:     "otherwise; the essential containers are named",
		Prove: func(c *evidence.Case) classifier.Proof {
			others, gap := otherEssentials(c)
			switch {
			case gap.Exists():
				return gap
			case len(others) == 0:
				return evidence.RuledOut("%s is the only essential container of %s", c.Culprit().Name,
					c.Stop.TaskDefinition())
			}
			return evidence.Unsaid("%s is essential in %s, and so is %s", c.Culprit().Name, c.Stop.TaskDefinition(),
				strings.Join(others, " and "))
		},
	},
}

// otherEssentials names the essential containers beside the culprit. Where the task definition is not known, or the
// culprit is not essential, that is the proof.
func otherEssentials(c *evidence.Case) ([]string, classifier.Proof) {
	container, definition := c.CulpritContainer()
	td := c.Facts.Task.TaskDefinition
	switch {
	case td.State != evidence.Known:
		return nil, td.Gap()
	case container == nil:
		return nil, evidence.Unsaid("which container ended the task is not told")
	case definition == nil:
		return nil, evidence.Unsaid("%s is not in %s: ECS added it", container.Name, c.Stop.TaskDefinition())
	case !definition.Essential &&
		slices.ContainsFunc(waits(c), func(w waited) bool { return w.on == definition && w.condition != "START" }):
		return nil, evidence.Unsaid("%s is not essential in %s, and another container waits for it", container.Name,
			c.Stop.TaskDefinition())
	case !definition.Essential:
		return nil, evidence.RuledOut("%s is not essential in %s, so its end stops nothing", container.Name,
			c.Stop.TaskDefinition())
	}
	var others []string
	for _, d := range td.Value.Containers {
		if d.Essential && d.Name != definition.Name {
			others = append(others, d.Name)
		}
	}
	return others, classifier.Proof{}
}

func proveSidecar(c *evidence.Case) classifier.Proof {
	others, gap := otherEssentials(c)
	if gap.Exists() {
		return gap
	}
	culprit, task := c.Culprit(), c.Stop.TaskDefinition()
	switch {
	case len(others) == 0:
		return evidence.Unsaid(
			"%s is the only essential container of %s; whether the others could go on without it is not told%s",
			culprit.Name, task, lastWords(c))
	case culprit.ExitCode == nil || stopped(culprit) && !saidOOM(c):
		return evidence.Unsaid("%s is essential in %s, and whether it ended by itself is not told%s", culprit.Name,
			task, lastWords(c))
	}
	for _, name := range others {
		if other := container(c, name); other == nil || other.ExitCode == nil || *other.ExitCode != 143 {
			return evidence.Unsaid("%s is essential in %s, and so is %s, which may have ended first%s", culprit.Name,
				task, name, lastWords(c))
		}
	}
	if *culprit.ExitCode == 0 { // which is also how many programs end on SIGTERM
		return evidence.Unsaid(
			"%s; it is essential in %s, and whether it ended before %s or was stopped after it is not told%s%s",
			ending(c), task, strings.Join(others, " and "), lastWords(c), changed(c))
	}
	return evidence.Confirmed("repair "+culprit.Name+", or set its essential to false in "+task+
		" and give it a restartPolicy, if "+strings.Join(others, " and ")+" can do without it for a while",
		"%s; it is essential in %s, and %s %s stopped after it%s%s", ending(c), task, strings.Join(others, " and "),
		evidence.Verb(others, "was", "were"), lastWords(c), changed(c))
}

// stopped reports whether a container ended on SIGTERM or SIGKILL, as one does that ECS stops.
func stopped(c events.Container) bool {
	return c.ExitCode != nil && (*c.ExitCode == 137 || *c.ExitCode == 143)
}
