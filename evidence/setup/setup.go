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

// inTime judges a thing that is there now: Judge holds when it was made or changed against the stop.
func inTime(at time.Time, said string, args ...any) classifier.Proof {
	if at.IsZero() {
		return evidence.Inconclusive(classifier.ReasonLater, said+"; whether it was there in time is not told", args...)
	}
	return evidence.At(evidence.RuledOut(said, args...), at)
}

// stamp writes a time in evidence.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "at a time that is not told"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
