package evidence

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// About returns a container of the task by its place in the event and as the task definition describes it; nil where
// either is not known.
func (c *Case) About(i int) (*events.Container, *ContainerDefinition) {
	if i < 0 || i >= len(c.Stop.Containers) {
		return nil, nil
	}
	return &c.Stop.Containers[i], c.ContainerDefinition(c.Stop.Containers[i].Name)
}

// ContainerDefinition returns what the task definition says of a container, nil when that is not known.
func (c *Case) ContainerDefinition(name string) *ContainerDefinition {
	td := &c.Facts.Task.TaskDefinition
	if td.State != Known {
		return nil
	}
	i := slices.IndexFunc(td.Value.Containers, func(d ContainerDefinition) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	return &td.Value.Containers[i]
}

// CulpritContainer returns the container that explains the stop.
func (c *Case) CulpritContainer() (*events.Container, *ContainerDefinition) {
	return c.About(c.Finding.Culprit)
}

// Culprit is that container as the event describes it, empty where none explains the stop.
func (c *Case) Culprit() events.Container {
	if container, _ := c.CulpritContainer(); container != nil {
		return *container
	}
	return events.Container{}
}

// CulpritName names that container in a sentence.
func (c *Case) CulpritName() string { return cmp.Or(c.Culprit().Name, "the container") }

// Overridden reports whether whoever started the task gave a container another command or environment than its
// definition, or may have: a document without overrides leaves that open but for tasks of a service, which have none.
func (c *Case) Overridden(container string) bool {
	if !c.Stop.Overrides.Told {
		return c.Stop.Service == ""
	}
	return slices.Contains(c.Stop.Overrides.Containers, container)
}

// MemoryLimit is the hard limit of a container in MiB, as the event, which knows overrides, or the task definition
// says; 0 for none.
func (c *Case) MemoryLimit(container *events.Container) int64 {
	if container.Memory != nil {
		return *container.Memory
	}
	if d := c.ContainerDefinition(container.Name); d != nil {
		return d.Memory
	}
	return 0
}

// Failed is when the task had failed at the latest, as far as the event tells.
func (c *Case) Failed() time.Time { return cmp.Or(c.Stop.StoppedAt, c.Stop.StoppingAt) }

// Moment says a moment as the records do.
func Moment(t time.Time) string { return t.UTC().Format("15:04:05Z") }

func Verb(of []string, one, many string) string {
	if len(of) == 1 {
		return one
	}
	return many
}

// The operating systems that choose their ports differently; empty when not known.
const (
	Linux   = "LINUX"
	Windows = "WINDOWS"
)

// OperatingSystem is what made the connection.
func OperatingSystem(c *Case) string {
	td := c.Facts.Task.TaskDefinition
	switch {
	case td.State == Known && strings.HasPrefix(td.Value.OperatingSystem, Windows),
		strings.HasPrefix(strings.ToUpper(c.Stop.Attributes["ecs.os-type"]), Windows):
		return Windows
	case td.State == Known && td.Value.OperatingSystem == Linux,
		strings.EqualFold(c.Stop.Attributes["ecs.os-type"], Linux):
		return Linux
	case td.State == Known && td.Value.OperatingSystem == "" && !c.Stop.OnInstance():
		return Linux // Fargate runs Linux where the task definition does not say otherwise
	}
	return ""
}

// Awslogs is the log driver that writes to CloudWatch Logs.
const Awslogs = "awslogs"

// Definition names the task definition in a sentence.
func Definition(c *Case) string { return cmp.Or(c.Stop.TaskDefinition(), "the task definition") }

// OthersAccount reports whether a thing belongs to another account than the task: whoever owns it decides what we may
// see of it.
func OthersAccount(c *Case, account string) bool { return account != "" && account != c.Stop.Account }

// AskLater is how somebody asks CloudTrail.
func (c *Case) AskLater() string {
	if c.Stop.TaskID == "" {
		return ""
	}
	return "ask CloudTrail some minutes after the stop: " + c.Archived(c.Stop.TaskID, "--verify")
}

// Archived is the command that shows a task which the deployment in the stop's Region has archived.
func (c *Case) Archived(taskID string, flags ...string) string {
	words := append([]string{"whystopped", "history", taskID}, flags...)
	words = append(words, "--from", "logs:")
	if c.Stop.Region != "" {
		words = append(words, "--region", c.Stop.Region)
	}
	return Command(words...)
}

// Command is a command as it stands in a text: between backquotes, its words quoted for a shell.
func Command(words ...string) string { return "`" + classifier.CommandLine(words...) + "`" }
