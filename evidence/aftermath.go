package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// aftermathChecks decide what happened after the start.
var aftermathChecks = Checks(slices.Concat(memoryChecks, essentialChecks, programChecks, healthChecks, dependencyChecks, hostChecks, schedulerChecks, trailChecks))

// about returns a container of the task by its place in the event and as the task definition describes it; nil where either is
// not known.
func (c *Case) about(i int) (*events.Container, *ContainerDefinition) {
	if i < 0 || i >= len(c.Stop.Containers) {
		return nil, nil
	}
	return &c.Stop.Containers[i], c.containerDefinition(c.Stop.Containers[i].Name)
}

// container returns what the event says of a container, nil when it says nothing.
func (c *Case) container(name string) *events.Container {
	i := slices.IndexFunc(c.Stop.Containers, func(e events.Container) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return &c.Stop.Containers[i]
}

// containerDefinition returns what the task definition says of a container, nil when that is not known.
func (c *Case) containerDefinition(name string) *ContainerDefinition {
	td := &c.Facts.Inputs.TaskDefinition
	if td.State != Known {
		return nil
	}
	i := slices.IndexFunc(td.Value.Containers, func(d ContainerDefinition) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return &td.Value.Containers[i]
}

// culpritContainer returns the container that explains the stop.
func (c *Case) culpritContainer() (*events.Container, *ContainerDefinition) {
	return c.about(c.Finding.Culprit)
}

// culprit is that container as the event describes it, empty where none explains the stop.
func (c *Case) culprit() events.Container {
	if container, _ := c.culpritContainer(); container != nil {
		return *container
	}
	return events.Container{}
}

// culpritName names that container in a sentence.
func (c *Case) culpritName() string { return cmp.Or(c.culprit().Name, "the container") }

// deploymentID is the deployment or task set that started the task.
func (c *Case) deploymentID() string {
	if c.Stop.DeploymentID != "" {
		return c.Stop.DeploymentID
	}
	return c.Stop.StartedBy
}

// ownDeployment returns the deployment that started the task, where its service still lists it.
func (c *Case) ownDeployment() (Deployment, bool) {
	for _, d := range c.Facts.Inputs.Service.Value.Deployments {
		if d.ID != "" && d.ID == c.deploymentID() {
			return d, true
		}
	}
	return Deployment{}, false
}

// stopBegan is when ECS began to stop the task, as far as the event tells.
func (c *Case) stopBegan() time.Time {
	if c.Stop.StoppingAt.IsZero() {
		return c.Stop.StoppedAt
	}
	return c.Stop.StoppingAt
}

// unsaid is the proof of a cause about which nothing that was read speaks.
func unsaid(evidence string, args ...any) classifier.Proof {
	return inconclusive(classifier.ReasonUnsaid, evidence, args...)
}

// seconds says a number of seconds.
func seconds(n int64) string { return classifier.Span(time.Duration(n) * time.Second) }

// moment says a moment as the records do.
func moment(t time.Time) string { return t.UTC().Format("15:04:05Z") }

// plural is n with a word that gets an s for any other number than 1.
func plural[N int | int64](n N, word string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}
