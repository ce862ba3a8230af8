package running

import (
	"fmt"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

// memoryChecks decide which limit a container ran into, and who killed it.
var memoryChecks = []evidence.Check{
	{
		Cause: "memory-limit", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog, evidence.NeedSteady},
		Timeless: true,
		Confirms: "ECS says that the container was killed for memory, and its own limit is reached before that of " +
			"the task",
		RulesOut: "the container has no limit of its own",
		Open:     "ECS does not speak of memory, or either limit may have been reached first",
		Prove:    proveMemoryLimit,
	},
	{
		Cause: "task-memory-limit", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog, evidence.NeedSteady},
		Timeless: true,
		Confirms: "ECS says that the container was killed for memory, and only the task has a limit",
		RulesOut: "the task has no limit, or all its containers together may not use so much",
		Open:     "ECS does not speak of memory, or either limit may have been reached first",
		Prove:    proveTaskMemoryLimit,
	},
	byLog("memory-leak", ""),
	{
		Cause: "heap-setting", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog, evidence.NeedSteady},
		Timeless: true,
		Confirms: "the last log lines say that the heap of the program's runtime is full; or ECS says that the " +
			"container was killed for memory, and its definition lets the heap of Java or Node.js grow to the " +
			"whole memory limit or beyond",
		RulesOut: "never: a heap that fits leaves open what else needs memory",
		Open:     "otherwise; or whoever started the task may have set another heap",
		Prove:    proveHeap,
	},
	{
		Cause: "killed-for-memory-unreported", Needs: []evidence.Need{evidence.NeedInputs}, Timeless: true,
		Confirms: "never, because ECS does not say that memory ran out",
		RulesOut: "the stop had begun, and the kill of the only container came when the stop timeout of the task " +
			"definition was over",
		Open: "nobody had asked for the stop, or the stop timeout is not known, or the time also counts draining " +
			"or another container",
		Prove: func(c *evidence.Case) classifier.Proof {
			k := killOf(c)
			switch {
			case k.timedOut && !k.shared:
				return evidence.RuledOut("%s: SIGTERM came first, and SIGKILL when the time was over", k.said)
			case k.gap.Exists():
				return k.gap
			}
			return evidence.Unsaid("exit code 137 of %s%s, and no word of memory", c.CulpritName(), limits(c))
		},
	},
	{
		Cause: "killed-from-outside", Needs: []evidence.Need{evidence.NeedInputs, evidence.NeedLog}, Timeless: true,
		Confirms: "never: who sends a signal is not told",
		RulesOut: "the stop had begun, and the kill of the only container came when the stop timeout of the task " +
			"definition was over",
		Open: "otherwise",
		Prove: func(c *evidence.Case) classifier.Proof {
			if k := killOf(c); k.timedOut && !k.shared && c.Finding.Signal == "SIGKILL" {
				return evidence.RuledOut("%s: it was ECS that killed it", k.said)
			}
			return evidence.Unsaid("nothing that can be read tells who sent the signal%s", lastWords(c))
		},
	},
	{
		Cause: "sigterm-ignored", Needs: []evidence.Need{evidence.NeedInputs}, Timeless: true,
		Confirms: "the container ended with 137 when the stop timeout of the task definition was over",
		RulesOut: "it ended before that, so that something else killed it",
		Open: "the time also counts draining behind a load balancer or another container, or the stop timeout is " +
			"not known",
		Prove: proveSigtermIgnored,
	},
}

// saidOOM reports whether ECS itself says that memory ran out.
func saidOOM(c *evidence.Case) bool { return c.Finding.Fault == classifier.OOM }

// taskMemory is the limit that all containers share, in MiB; 0 for none. Windows on an instance ignores the task's
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html).
func taskMemory(c *evidence.Case) int64 {
	if evidence.OperatingSystem(c) == evidence.Windows && c.Stop.OnInstance() {
		return 0
	}
	if c.Stop.Memory != nil {
		return *c.Stop.Memory
	}
	return c.Facts.Task.TaskDefinition.Value.Memory
}

// others is what all containers but one may use, in MiB; bounded when each has a limit.
func others(c *evidence.Case, container *events.Container) (sum int64, bounded bool) {
	bounded = true
	for i := range c.Stop.Containers {
		other := &c.Stop.Containers[i]
		if other.Name == container.Name {
			continue
		}
		limit := c.MemoryLimit(other)
		sum += limit
		bounded = bounded && limit > 0
	}
	return sum, bounded
}

// limits says which limits of memory there are.
func limits(c *evidence.Case) string {
	container, _ := c.CulpritContainer()
	if container == nil {
		return ""
	}
	var parts []string
	if own := c.MemoryLimit(container); own > 0 {
		parts = append(parts, fmt.Sprintf("memory of %s %d MiB", container.Name, own))
	}
	if all := taskMemory(c); all > 0 {
		parts = append(parts, fmt.Sprintf("of the task %d MiB", all))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// memoryGap says why limits cannot be judged; it is empty when they can.
func memoryGap(c *evidence.Case) classifier.Proof {
	container, _ := c.CulpritContainer()
	switch {
	case container == nil:
		return evidence.Unsaid("which container ran out of memory is not told")
	case !saidOOM(c):
		return evidence.Unsaid("ECS does not say that memory ran out%s", limits(c))
	case c.Facts.Task.TaskDefinition.State != evidence.Known && (container.Memory == nil || c.Stop.Memory == nil):
		return c.Facts.Task.TaskDefinition.Gap()
	}
	return classifier.Proof{}
}

func proveMemoryLimit(c *evidence.Case) classifier.Proof {
	if gap := memoryGap(c); gap.Exists() {
		return gap
	}
	container, _ := c.CulpritContainer()
	own, all := c.MemoryLimit(container), taskMemory(c)
	rest, bounded := others(c, container)
	raised := fmt.Sprintf("memory of %s", container.Name)
	if all > 0 && own >= all {
		raised += " and of the task"
	}
	next := fmt.Sprintf("raise %s above %d MiB in a new revision of %s, or find what uses it", raised, own,
		c.Stop.TaskDefinition())
	switch {
	case own == 0:
		return evidence.RuledOut("%s has no memory limit of its own", container.Name)
	case all == 0:
		return evidence.Confirmed(next, "%s was killed at its own limit of %d MiB, the only one there is%s",
			container.Name, own, changed(c))
	case len(c.Stop.Containers) == 1:
		return evidence.Confirmed(next, "%s was killed at its own limit of %d MiB, of %d MiB of the task%s",
			container.Name, own, all, changed(c))
	case bounded && own+rest <= all:
		return evidence.Confirmed(next,
			"%s was killed at its own limit of %d MiB: all limits together are %d MiB and the task has %d MiB%s",
			container.Name, own, own+rest, all, changed(c))
	}
	return evidence.Inconclusive(classifier.ReasonPartial,
		"%s may use %d MiB, and the task's %d MiB are not enough for all its containers: either was reached first%s",
		container.Name, own, all, changed(c))
}

func proveTaskMemoryLimit(c *evidence.Case) classifier.Proof {
	if gap := memoryGap(c); gap.Exists() {
		return gap
	}
	container, _ := c.CulpritContainer()
	own, all := c.MemoryLimit(container), taskMemory(c)
	rest, bounded := others(c, container)
	switch {
	case all == 0:
		return evidence.RuledOut("the task has no memory limit that counts")
	case own == 0:
		return evidence.Confirmed(
			fmt.Sprintf("raise memory of task definition %s above %d MiB, or give each container a limit",
				c.Stop.TaskDefinition(), all),
			"%s has no limit of its own, so the task's %d MiB are the one that it ran into%s", container.Name, all,
			changed(c))
	case own < all && bounded && own+rest <= all:
		return evidence.RuledOut("the limits of all containers together are %d MiB, and the task has %d MiB", own+rest,
			all)
	}
	return evidence.Inconclusive(classifier.ReasonPartial, "%s may use %d MiB of the task's %d MiB, which are not "+
		"enough for all its containers: either was reached first%s",
		container.Name, own, all, changed(c))
}

// kill is how a container that was killed came to its end.
type kill struct {
	timedOut bool // it ended when the stop timeout was over
	shared   bool // the clock counts another container or draining too
	said     string
	gap      classifier.Proof // why it is not known
}

// defaultStop is the stop timeout where the task definition does not say otherwise; on EC2 the agent's configuration
// may.
const defaultStop = 30 * time.Second

// longestTimeout is the longest startTimeout and stopTimeout that Fargate takes, in seconds
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
const longestTimeout = 120

// killOf reads the clock of a stop that ended in a kill against the stop timeout of the container.
func killOf(c *evidence.Case) kill {
	s := &c.Stop
	container, definition := killed(c)
	td := c.Facts.Task.TaskDefinition
	switch {
	case container == nil || s.StoppingAt.IsZero() || s.ExecutionStoppedAt.IsZero():
		return kill{gap: evidence.Unsaid("when the stop began, and when the container ended, is not told")}
	case s.ExecutionStoppedAt.Before(s.StoppingAt):
		return kill{said: fmt.Sprintf("%s ended %s before the stop began", container.Name,
			classifier.Span(s.StoppingAt.Sub(s.ExecutionStoppedAt)))}
	case td.State != evidence.Known:
		return kill{gap: td.Gap()}
	case definition == nil:
		return kill{gap: evidence.Unsaid("%s is not in the task definition", container.Name)}
	}
	took, limit := s.ExecutionStoppedAt.Sub(s.StoppingAt), defaultStop
	name := "the default stop timeout"
	if definition.StopTimeout > 0 {
		limit, name = time.Duration(definition.StopTimeout)*time.Second, "its stop timeout"
	}
	k := kill{timedOut: took >= limit-time.Second, shared: len(s.Containers) > 1 || drained(s)}
	k.said = fmt.Sprintf("%s ended %s after the stop began, and %s is %s", container.Name, classifier.Span(took), name,
		classifier.Span(limit))
	if definition.StopTimeout == 0 && s.OnInstance() && (!k.timedOut || took >= limit+5*time.Second) {
		return kill{gap: evidence.Unsaid("%s; the instance's agent may have another", k.said)}
	}
	return k
}

// killed is the container that was killed: the culprit, else the only one that ended with 137.
func killed(c *evidence.Case) (*events.Container, *evidence.ContainerDefinition) {
	if container, definition := c.CulpritContainer(); container != nil && container.ExitCode != nil &&
		*container.ExitCode == 137 {
		return container, definition
	}
	found := -1
	for i, container := range c.Stop.Containers {
		if container.ExitCode == nil || *container.ExitCode != 137 {
			continue
		}
		if found >= 0 {
			return nil, nil
		}
		found = i
	}
	return c.About(found)
}

// drained reports whether a load balancer let go of the task before its containers were told to end.
func drained(s *events.Stop) bool {
	for _, a := range s.Attachments {
		if strings.EqualFold(a.Type, "elb") {
			return true
		}
	}
	return false
}

func proveSigtermIgnored(c *evidence.Case) classifier.Proof {
	k := killOf(c)
	container, definition := killed(c)
	switch {
	case k.gap.Exists():
		return k.gap
	case !k.timedOut:
		return evidence.RuledOut("%s", k.said)
	case k.shared:
		return evidence.Inconclusive(classifier.ReasonPartial,
			"%s; the time also counts what came before it: draining, or another container", k.said)
	}
	next := fmt.Sprintf("let %s end on SIGTERM, or raise its stopTimeout", container.Name)
	switch {
	case definition.StopTimeout >= longestTimeout && !c.Stop.OnInstance():
		next = fmt.Sprintf("let %s end within %s of SIGTERM: Fargate has no longer stopTimeout", container.Name,
			seconds(longestTimeout))
	case definition.StopTimeout > 0:
		next += fmt.Sprintf(" above %s", seconds(definition.StopTimeout))
	}
	return evidence.Confirmed(next, "%s: it did not end on SIGTERM", k.said)
}
