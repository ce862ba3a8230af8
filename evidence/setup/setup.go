// Package setup decides what a task needs and does not find: images, secrets, log groups, environment files, volumes
// and capacity.
package setup

import (
	"slices"
	"time"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/network"
)

// Checks decide what is not there, or of the wrong kind.
var Checks = evidence.Checks(slices.Concat(imageChecks, secretChecks, logChecks, fileChecks, network.MountChecks,
	volumeChecks, attachmentChecks, capacityChecks, definitionChecks))

// suspects are the container definitions that a stop may be about: the culprit's where it is known, else all of the
// task's.
func suspects(c *evidence.Case) evidence.Answer[[]evidence.ContainerDefinition] {
	td := c.Facts.Task.TaskDefinition
	if td.State != evidence.Known {
		return evidence.Answer[[]evidence.ContainerDefinition]{State: td.State, Reason: td.Reason, Action: td.Action}
	}
	if name := c.Culprit().Name; name != "" {
		for _, d := range td.Value.Containers {
			if d.Name == name {
				return evidence.Is([]evidence.ContainerDefinition{d})
			}
		}
	}
	return evidence.Is(td.Value.Containers)
}

// inTime judges a thing that is there now: all is well when it was there before the task was created. What was made or
// changed later may not have been there in time.
func inTime(c *evidence.Case, at time.Time, said string, args ...any) classifier.Proof {
	p := evidence.RuledOut(said, args...)
	switch {
	case at.IsZero() || c.Stop.CreatedAt.IsZero():
		p.Result, p.Reason = classifier.Inconclusive, classifier.ReasonLater
		p.Evidence += "; whether it was there in time is not told"
	case !at.Before(c.Stop.CreatedAt):
		p.Result, p.Reason = classifier.Inconclusive, classifier.ReasonLater
		p.Evidence += "; that is " + classifier.Span(at.Sub(c.Stop.CreatedAt)) +
			" after the task was created, so it may have come too late"
	default:
		p.Evidence += ", before the task was created"
	}
	return p
}

// stamp writes a time in evidence.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "at a time that is not told"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
