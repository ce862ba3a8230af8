// Package running decides what happened after the start: memory, health checks, the program, its containers, its host,
// its deployment, and who asked for the stop.
package running

import (
	"fmt"
	"slices"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

// Checks decide what happened after the start.
var Checks = evidence.Checks(slices.Concat(memoryChecks, essentialChecks, programChecks, healthChecks, dependencyChecks,
	hostChecks, unwellChecks, schedulerChecks, trailChecks, siblingChecks))

// container returns what the event says of a container, nil when it says nothing.
func container(c *evidence.Case, name string) *events.Container {
	i := slices.IndexFunc(c.Stop.Containers, func(e events.Container) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Stop.Containers[i]
}

// deploymentID is the deployment or task set that started the task.
func deploymentID(c *evidence.Case) string {
	if c.Stop.DeploymentID != "" {
		return c.Stop.DeploymentID
	}
	return c.Stop.StartedBy
}

// ownDeployment returns the deployment that started the task, where its service still lists it.
func ownDeployment(c *evidence.Case) (evidence.Deployment, bool) {
	for _, d := range c.Facts.Task.Service.Value.Deployments {
		if d.ID != "" && d.ID == deploymentID(c) {
			return d, true
		}
	}
	return evidence.Deployment{}, false
}

// StopBegan is when ECS began to stop the task, as far as the event tells.
func StopBegan(c *evidence.Case) time.Time {
	if c.Stop.StoppingAt.IsZero() {
		return c.Stop.StoppedAt
	}
	return c.Stop.StoppingAt
}

// seconds says a number of seconds.
func seconds(n int64) string { return classifier.Span(time.Duration(n) * time.Second) }

// plural is n with a word that gets an s for any other number than 1.
func plural[N int | int64](n N, word string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}
