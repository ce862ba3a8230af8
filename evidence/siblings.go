package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
)

// sameMinute is how far apart the creations of two tasks may be that the same fault met.
const sameMinute = time.Minute

// StartedSince returns a task of the stop's deployment that was created and started after the stop's task had failed,
// the first of them; in one subnet where that is given.
func StartedSince(c *Case, subnet string) (Sibling, bool) {
	var first Sibling
	failed := c.Failed()
	for _, s := range c.Facts.Running.Siblings.Value {
		if failed.IsZero() || !s.CreatedAt.After(failed) || s.StartedAt.IsZero() || subnet != "" && s.Subnet != subnet {
			continue
		}
		if first.ID == "" || s.StartedAt.Before(first.StartedAt) {
			first = s
		}
	}
	return first, first.ID != ""
}

// shared are the facts about what all tasks of a deployment have in common.
var shared = []Need{NeedNetwork, NeedAccess, NeedImages, NeedSecrets, NeedLogs, NeedFiles, NeedVolumes}

// Shared reports whether a check is about what keeps each task of a deployment from starting, as it is outside of
// instances, each of which has a way and images of its own.
func (check Check) Shared(c *Case) bool {
	return !check.Timeless && !c.Stop.OnInstance() && c.Stop.Service != "" && c.Stop.StartedAt.IsZero() &&
		slices.ContainsFunc(check.Needs, func(n Need) bool { return slices.Contains(shared, n) })
}

// doubted is a proof that a later task of the same deployment speaks against: one that started with the same defect, or
// before there was one. What is on the way is held against tasks of the same subnet alone.
func (check Check) doubted(c *Case, p classifier.Proof) classifier.Proof {
	if p.Result != classifier.Confirmed || !check.Shared(c) {
		return p
	}
	subnet, _ := c.Stop.TaskInterface()
	if !slices.Contains(check.Needs, NeedNetwork) {
		subnet = ""
	} else if subnet == "" {
		return p
	}
	if s, found := StartedSince(c, subnet); found {
		p.Result, p.Reason, p.Next = classifier.Inconclusive, classifier.ReasonNotCausal, ""
		p.Evidence += fmt.Sprintf("; but task %s of the same deployment started at %s, after this one had failed", s.ID,
			when(s.StartedAt, c.Failed()))
	}
	return p
}

// Siblings says how other tasks of the stop's deployment, or of its family, fared, as a sentence; empty where that is
// not known.
func Siblings(c *Case) string {
	siblings := c.Facts.Running.Siblings
	if siblings.State != Known {
		return ""
	}
	of := "deployment"
	if c.Stop.Service == "" {
		of = "family"
	}
	if s, found := StartedSince(c, ""); found {
		return fmt.Sprintf("task %s of the same %s started in %s at %s, after this one had failed: what they share is "+
			"not the reason alone", s.ID, of, place(s.Zone), when(s.StartedAt, c.Failed()))
	}
	started, alike := map[string]int{}, map[string]int{} // by zone
	for _, s := range siblings.Value {
		switch {
		case s.CreatedAt.Sub(c.Stop.CreatedAt).Abs() > sameMinute:
		case !s.StartedAt.IsZero():
			started[place(s.Zone)]++
		case !s.StoppedAt.IsZero() && kind(s.Reason) == kind(c.Stop.StoppedReason):
			alike[place(s.Zone)]++
		}
	}
	own := place(c.Stop.AvailabilityZone)
	of = "of other tasks of the same " + of + ", created within a minute of it, "
	switch {
	case len(started) == 0 && len(alike) == 0:
		return "ECS tells of none " + of + "that started or failed alike"
	case len(started) == 0 && len(alike) == 1 && alike[own] > 0:
		return of + counted(alike) + " failed alike"
	case len(started) == 0:
		return of + counted(alike) + " failed alike: look at what all of them share"
	case started[own] > 0:
		return of + counted(started) + " started: what they share is not the reason alone"
	case len(alike) == 0:
		return of + counted(started) + " started, none in " + own
	}
	return of + counted(started) + " started, none in " + own + ", and " + counted(alike) + " failed alike"
}

// counted says how many there are in which zone.
func counted(zones map[string]int) string {
	var said []string
	for _, zone := range slices.Sorted(maps.Keys(zones)) {
		said = append(said, fmt.Sprintf("%d in %s", zones[zone], zone))
	}
	return strings.Join(said, " and ")
}

// kind is what a stopped reason begins with: the name of the error.
func kind(reason string) string {
	name, _, _ := strings.Cut(reason, ":")
	return strings.ToLower(strings.TrimSpace(name))
}

func place(zone string) string {
	if zone == "" {
		return "a zone that is not told"
	}
	return zone
}
