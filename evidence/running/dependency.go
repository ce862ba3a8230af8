package running

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
)

// dependencyChecks decide why a container never reached what others wait for.
var dependencyChecks = []evidence.Check{
	{
		Cause: "dependency-timeout", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog}, Timeless: true,
		Confirms: "the text says that a wait was over, and the startTimeout of a container that others depend on had " +
			"passed",
		RulesOut: "no container depends on another, or no startTimeout that is set had passed",
		Open:     "the text does not say so, or no startTimeout is set",
		Prove:    proveStartTimeout,
	},
	{
		Cause:    "dependency-unhealthy",
		Needs:    []evidence.Need{evidence.NeedInputs, evidence.NeedHealth, evidence.NeedLog},
		Confirms: "others depend on a container being HEALTHY that has no healthCheck, or that ECS calls UNHEALTHY",
		RulesOut: "no container depends on another being HEALTHY",
		Open:     "its health is no longer told",
		Prove:    proveDependencyUnhealthy,
	},
	{
		Cause: "dependency-failed", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog}, Timeless: true,
		Confirms: "another container waits for the end of this one with SUCCESS, and it ended with an error: another " +
			"code than 0, and not 137 or 143, with which ECS stops one that still runs",
		RulesOut: "no container waits for another, or each that others wait for with SUCCESS ended with 0",
		Open:     "how the container ended is not told, or only a state is waited for that an error does not prevent",
		Prove:    proveDependencyFailed,
	},
}

// waited is a container that others depend on.
type waited struct {
	on        *evidence.ContainerDefinition
	by        string
	condition string
}

// waits lists what containers wait for, in the order of their names.
func waits(c *evidence.Case) []waited {
	var all []waited
	for _, d := range c.Facts.Task.TaskDefinition.Value.Containers {
		for _, name := range slices.Sorted(maps.Keys(d.DependsOn)) {
			if on := c.ContainerDefinition(name); on != nil {
				all = append(all, waited{on, d.Name, d.DependsOn[name]})
			}
		}
	}
	return all
}

// allowed says how long the wait may take.
func (w waited) allowed() string {
	if w.on.StartTimeout == 0 {
		return "which has no startTimeout of its own"
	}
	return "whose startTimeout is " + seconds(w.on.StartTimeout)
}

func proveStartTimeout(c *evidence.Case) classifier.Proof {
	td, s := c.Facts.Task.TaskDefinition, &c.Stop
	if td.State != evidence.Known {
		return td.Gap()
	}
	waits := waits(c)
	if len(waits) == 0 {
		return evidence.RuledOut("no container of %s depends on another", s.TaskDefinition())
	}
	end := StopBegan(c)
	if s.PullStoppedAt.IsZero() || end.Before(s.PullStoppedAt) {
		return evidence.Unsaid("when the containers were started is not told")
	}
	took := end.Sub(s.PullStoppedAt)
	atMost := took // some container may have been made before the last image was there
	if !s.PullStartedAt.IsZero() {
		atMost = end.Sub(s.PullStartedAt)
	}
	short, set := waited{}, true
	for _, w := range waits {
		limit := time.Duration(w.on.StartTimeout) * time.Second
		set = set && limit > 0 && atMost < limit
		if limit > 0 && took >= limit && (short.on == nil || w.on.StartTimeout < short.on.StartTimeout) {
			short = w
		}
	}
	switch {
	case short.on == nil && set:
		return evidence.RuledOut("the stop began %s after the images were there, before any startTimeout was over",
			classifier.Span(took))
	case short.on == nil:
		return evidence.Unsaid("%s waits for %s to be %s, %s; the stop began %s after the images were there",
			waits[0].by, waits[0].on.Name, waits[0].condition, waits[0].allowed(), classifier.Span(took))
	}
	said := fmt.Sprintf(
		"%s waits for %s to be %s, the startTimeout of %s is %s, and the stop began %s after the images were there",
		short.by, short.on.Name, short.condition, short.on.Name, seconds(short.on.StartTimeout), classifier.Span(took))
	if c.Finding.Stage != classifier.Dependency || c.Finding.Fault != classifier.Timeout || len(waits) > 1 {
		return evidence.Unsaid("%s", said)
	}
	next := fmt.Sprintf("raise startTimeout of %s above %s in %s, or make its start faster", short.on.Name,
		seconds(short.on.StartTimeout), s.TaskDefinition())
	if short.on.StartTimeout >= longestTimeout && !s.OnInstance() {
		next = fmt.Sprintf("make %s in %s be %s within %s: Fargate has no longer startTimeout", short.on.Name,
			s.TaskDefinition(), short.condition, seconds(longestTimeout))
	}
	return evidence.Confirmed(next, "%s", said)
}

func proveDependencyFailed(c *evidence.Case) classifier.Proof {
	td, task := c.Facts.Task.TaskDefinition, c.Stop.TaskDefinition()
	if td.State != evidence.Known {
		return td.Gap()
	}
	waits := waits(c)
	if len(waits) == 0 {
		return evidence.RuledOut("no container of %s depends on another", task)
	}
	ended, needsSuccess := true, false
	for _, w := range waits {
		if w.condition != "SUCCESS" {
			continue
		}
		needsSuccess = true
		awaited := container(c, w.on.Name)
		if awaited == nil || awaited.ExitCode == nil || stopped(*awaited) {
			ended = false
			continue
		}
		if code := *awaited.ExitCode; code != 0 {
			return evidence.Confirmed(fmt.Sprintf("repair what %s does in %s: %s starts only when it ends with 0",
				w.on.Name, task, w.by),
				"%s waits for %s to end with SUCCESS, and it ended with %d%s", w.by, w.on.Name, code, lastWords(c))
		}
	}
	if needsSuccess && ended {
		return evidence.RuledOut("every container of %s that others wait for with SUCCESS ended with 0", task)
	}
	return evidence.Unsaid("%s waits for %s to be %s%s", waits[0].by, waits[0].on.Name, waits[0].condition,
		lastWords(c))
}

func proveDependencyUnhealthy(c *evidence.Case) classifier.Proof {
	td, health := c.Facts.Task.TaskDefinition, c.Facts.Running.Health
	if td.State != evidence.Known {
		return td.Gap()
	}
	waits := slices.DeleteFunc(waits(c), func(w waited) bool { return w.condition != "HEALTHY" })
	if len(waits) == 0 {
		return evidence.RuledOut("no container of %s waits for another to be HEALTHY", c.Stop.TaskDefinition())
	}
	for _, w := range waits {
		if w.on.HealthCheck == nil {
			return evidence.Confirmed(fmt.Sprintf("give %s a healthCheck in %s, or let %s depend on START", w.on.Name,
				c.Stop.TaskDefinition(), w.by),
				"%s waits for %s to be HEALTHY, which has no healthCheck and never can", w.by, w.on.Name)
		}
	}
	for _, w := range waits {
		if health.Value[w.on.Name] == "UNHEALTHY" {
			return evidence.Confirmed(fmt.Sprintf("correct the healthCheck of %s in %s, or what it finds wrong",
				w.on.Name, c.Stop.TaskDefinition()),
				"%s waits for %s to be HEALTHY, and ECS calls it UNHEALTHY%s", w.by, w.on.Name, lastWords(c))
		}
	}
	said := fmt.Sprintf("%s waits for %s to be HEALTHY%s", waits[0].by, waits[0].on.Name, lastWords(c))
	if health.State == evidence.Unknown || health.State == evidence.NotAsked {
		return evidence.WithEvidence(health.Gap(), said)
	}
	return evidence.Unsaid("%s; ECS does not tell of its health", said)
}
