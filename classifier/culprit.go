package classifier

import (
	"slices"
	"strings"
	"time"

	"whystopped/events"
	"whystopped/events/awsname"
)

// endedFirst returns the container that ended by itself before the others, as far as exit codes and the clock tell: a
// code of its own making before a signal, a signal before 0; 143, and 137 at the end of the stop timeout, are
// consequences of another container's end. -1 when no container has an exit code.
func endedFirst(s *events.Stop) int {
	if s.Kind == events.KindContainer {
		if s.Container().ExitCode == nil {
			return -1
		}
		return s.Ended
	}
	best, bestRank := -1, 0
	for i := range s.Containers {
		if rank := endRank(s, i); rank > bestRank {
			best, bestRank = i, rank
		}
	}
	return best
}

// endedByItself is the endRank from which on a container's end is no other's consequence.
const endedByItself = 4

// endRank is how much a container's exit code speaks for an end of its own, 0 when there is none.
func endRank(s *events.Stop, container int) int {
	c := s.Containers[container]
	if c.ExitCode == nil {
		return 0
	}
	switch code := *c.ExitCode; {
	case s.Injected(container):
		return 1
	case code == 137 && s.StoppingAt.IsZero() && servedJob(s, container):
		return 2
	case code == 137 && slowShutdown(s) == 0 && !killedLate(s):
		return endedByItself
	case code == 137, code == 143:
		return 2
	case code == 0:
		return 3
	}
	return endedByItself + 1
}

// servedJob reports whether the container serves the others of a job, by its name, and that one of these ended with 0:
// then the job was done, and what served it was stopped.
func servedJob(s *events.Stop, container int) bool {
	if s.Service != "" || s.Group == "" || !serves(s.Containers[container].Name) {
		return false
	}
	return slices.ContainsFunc(s.Containers, func(c events.Container) bool {
		return c.ExitCode != nil && *c.ExitCode == 0 && !serves(c.Name)
	})
}

// killedLate reports whether another container ended by itself, and that the stop that followed took until the stop
// timeout.
func killedLate(s *events.Stop) bool {
	return s.EndedBeforeStop() && s.StoppedAt.Sub(s.StoppingAt) >= events.StopTimeout-time.Second
}

// ambiguous reports whether another container may as well have ended first: one whose exit code speaks as loud, or
// beside a 0 one whose exit code was never seen.
func ambiguous(s *events.Stop, first int) bool {
	if s.Kind == events.KindContainer {
		return false
	}
	for i, c := range s.Containers {
		if i == first || s.Injected(i) {
			continue
		}
		if endRank(s, i) == endRank(s, first) || c.ExitCode == nil && *s.Containers[first].ExitCode == 0 {
			return true
		}
	}
	return false
}

// slowShutdown returns how long the stop took when that was at or above the stop timeout less one second, otherwise 0.
func slowShutdown(s *events.Stop) time.Duration {
	if d, _ := s.StopTook(); d >= events.StopTimeout-time.Second {
		return d
	}
	return 0
}

// ignoredSIGTERM returns the container that a stop had to kill, and how sure that is; -1 for none. Behind a load
// balancer the clock also counts draining, and with several containers it does not say which of them was slow.
func ignoredSIGTERM(s *events.Stop) (container int, sure Confidence) {
	if slowShutdown(s) == 0 {
		return -1, ""
	}
	for i, c := range s.Containers {
		if c.ExitCode == nil || *c.ExitCode != 137 {
			continue
		}
		if len(s.Containers) > 1 || s.Attached("elb") {
			return i, Possible
		}
		return i, Certain
	}
	return -1, ""
}

// failedBeforeStop reports whether the container failed by itself before anybody asked the task to stop.
func failedBeforeStop(s *events.Stop, container int) bool {
	return s.EndedBeforeStop() && crashed(s, container) && *s.Containers[container].ExitCode != 143
}

// crashed reports whether the container's exit code is a failure of its own.
func crashed(s *events.Stop, container int) bool {
	return exited(s, container) && *s.Containers[container].ExitCode != 0
}

// named returns the container that a task's text speaks of: by its image, by its name in quotes, or because it is the
// only one.
func named(s *events.Stop, t *text, f Facts) int {
	var mine []int
	for i, c := range s.Containers {
		if s.Injected(i) {
			continue
		}
		mine = append(mine, i)
		if c.Name == "" {
			continue
		}
		if c.Image != "" && (sameImage(c.Image, f.Image) || strings.Contains(t.Plain, c.Image)) {
			return i
		}
		if strings.Contains(t.Plain, "'"+c.Name+"'") || strings.Contains(t.Plain, `"`+c.Name+`"`) {
			return i
		}
	}
	if len(mine) == 1 {
		return mine[0]
	}
	return -1
}

// sameImage reports whether two references name one image, in whatever version.
func sameImage(a, b string) bool {
	return a == b || b != "" && awsname.ParseImage(a).Name() == awsname.ParseImage(b).Name()
}

// mentioned returns the container whose name stands first in a text, -1 when none does.
func mentioned(s *events.Stop, t *text) int {
	best, bestAt := -1, len(t.Plain)
	for i, c := range s.Containers {
		at := strings.Index(t.Plain, c.Name)
		if c.Name == "" || at < 0 || at >= bestAt {
			continue
		}
		end := at + len(c.Name)
		if (at == 0 || !isWord(t.Plain[at-1])) && (end == len(t.Plain) || !isWord(t.Plain[end])) {
			best, bestAt = i, at
		}
	}
	return best
}
