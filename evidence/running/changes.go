package running

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"whystopped/events/awsname"
	"whystopped/evidence"
)

// changed says what is different since the service last ran well, as the rest of a sentence; empty when that is not
// known.
func changed(c *evidence.Case) string {
	steady, td := c.Facts.Running.Steady, c.Facts.Task.TaskDefinition
	if steady.State != evidence.Known || td.State != evidence.Known {
		return ""
	}
	before := awsname.LastPart(steady.Value.TaskDefinition.ARN)
	if steady.Value.TaskDefinition.ARN == td.Value.ARN {
		if moved := movedImages(c, steady.Value.Digests); len(moved) > 0 {
			return fmt.Sprintf("; %s itself ran well before (%s), but since then: %s", before, steady.Value.Source,
				strings.Join(moved, ", "))
		}
		return fmt.Sprintf("; %s itself ran well before (%s)", before, steady.Value.Source)
	}
	changes := differences(steady.Value.TaskDefinition, td.Value)
	changes = append(changes, movedImages(c, steady.Value.Digests)...)
	if len(changes) == 0 {
		changes = []string{"nothing that is compared"}
	}
	return fmt.Sprintf("; since %s (%s): %s", before, steady.Value.Source, strings.Join(changes, ", "))
}

// movedImages names the containers whose image reference stands for another image than it did.
func movedImages(c *evidence.Case, digests map[string]string) []string {
	var moved []string
	for _, container := range c.Stop.Containers {
		before, now := digests[container.Name], container.ImageDigest
		if before != "" && now != "" && before != now {
			moved = append(moved,
				fmt.Sprintf("digest of %s %s → %s", container.Name, shortDigest(before), shortDigest(now)))
		}
	}
	return moved
}

// shortDigest is as much of a digest as names it.
func shortDigest(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] }

// differences says what is different between two task definitions. Of environments it knows the names of variables, of
// secrets where they come from.
func differences(before, after evidence.TaskDefinition) []string {
	var d alterations
	d.number("cpu", before.CPU, after.CPU)
	d.number("memory", before.Memory, after.Memory)
	d.text("network mode", before.NetworkMode, after.NetworkMode)
	d.text("execution role", awsname.LastPart(before.ExecutionRoleARN), awsname.LastPart(after.ExecutionRoleARN))
	d.text("task role", awsname.LastPart(before.TaskRoleARN), awsname.LastPart(after.TaskRoleARN))
	d.text("architecture", before.Architecture, after.Architecture)
	for _, now := range after.Containers {
		i := slices.IndexFunc(before.Containers,
			func(c evidence.ContainerDefinition) bool { return c.Name == now.Name })
		if i < 0 {
			d.say("new container %s", now.Name)
			continue
		}
		d.container(before.Containers[i], now)
	}
	for _, was := range before.Containers {
		if !slices.ContainsFunc(after.Containers,
			func(c evidence.ContainerDefinition) bool { return c.Name == was.Name }) {
			d.say("no container %s any more", was.Name)
		}
	}
	return d.said
}

// alterations collects what is different.
type alterations struct{ said []string }

func (d *alterations) say(what string, args ...any) {
	d.said = append(d.said, fmt.Sprintf(what, args...))
}

func (d *alterations) number(name string, before, after int64) {
	if before != after {
		d.say("%s %d → %d", name, before, after)
	}
}

func (d *alterations) text(name, before, after string) {
	if before != after {
		d.say("%s %s → %s", name, cmp.Or(before, "none"), cmp.Or(after, "none"))
	}
}

// shortCommand is how long a command may be that is quoted.
const shortCommand = 80

// words compares commands.
func (d *alterations) words(name string, before, after []string) {
	was, is := strings.Join(before, " "), strings.Join(after, " ")
	switch {
	case slices.Equal(before, after):
	case len(was) > shortCommand || len(is) > shortCommand:
		d.say("%s changed", name)
	default:
		d.say("%s [%s] → [%s]", name, was, is)
	}
}

// names compares sets of names.
func (d *alterations) names(what, of string, before, after []string) {
	for _, name := range after {
		if !slices.Contains(before, name) {
			d.say("%s %s%s added", what, name, of)
		}
	}
	for _, name := range before {
		if !slices.Contains(after, name) {
			d.say("%s %s%s removed", what, name, of)
		}
	}
}

// sources compares values that may be told by where they come from only.
func (d *alterations) sources(what, of string, before, after map[string]string) {
	d.names(what, of, slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after)))
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if was, known := before[name]; known && was != after[name] {
			d.say("%s %s%s changed", what, name, of)
		}
	}
}

func (d *alterations) container(before, after evidence.ContainerDefinition) {
	of := " of " + after.Name
	d.text("image"+of, before.Image, after.Image)
	d.number("memory"+of, before.Memory, after.Memory)
	d.number("memoryReservation"+of, before.MemoryReservation, after.MemoryReservation)
	d.words("entryPoint"+of, before.EntryPoint, after.EntryPoint)
	d.words("command"+of, before.Command, after.Command)
	d.number("stopTimeout"+of, before.StopTimeout, after.StopTimeout)
	d.number("startTimeout"+of, before.StartTimeout, after.StartTimeout)
	if before.Essential != after.Essential {
		d.say("essential%s %t → %t", of, before.Essential, after.Essential)
	}
	d.names("variable", of, before.Variables, after.Variables)
	d.sources("secret", of, before.Secrets, after.Secrets)
	d.names("environment file", of, before.EnvironmentFiles, after.EnvironmentFiles)
	if !slices.Equal(before.Ports, after.Ports) {
		d.say("ports%s %v → %v", of, before.Ports, after.Ports)
	}
	d.text("log driver"+of, before.LogDriver, after.LogDriver)
	d.sources("log option", of, before.LogOptions, after.LogOptions)
	if !maps.Equal(before.DependsOn, after.DependsOn) {
		d.say("dependsOn%s changed", of)
	}
	if !sameHealthCheck(before.HealthCheck, after.HealthCheck) {
		d.say("healthCheck%s changed", of)
	}
}

func sameHealthCheck(a, b *evidence.ContainerHealthCheck) bool {
	if a == nil || b == nil {
		return a == b
	}
	return slices.Equal(a.Command, b.Command) && a.Interval == b.Interval && a.Timeout == b.Timeout &&
		a.Retries == b.Retries && a.StartPeriod == b.StartPeriod
}
