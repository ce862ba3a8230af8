package setup

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

// volumeChecks decide whether a volume was not there before the task.
var volumeChecks = []evidence.Check{
	{
		Cause: "volume-missing", Needs: []evidence.Need{evidence.NeedInputs}, Timeless: true,
		Confirms: "the text says that a volume was not found and names one that Docker does not make by itself, " +
			"because autoprovision is off",
		RulesOut: "something was not found, and no volume of the task definition has to be there before the task",
		Open:     "otherwise; what is on an instance is not read, and the volumes that must be there are named",
		Prove:    proveVolumeMissing,
	},
}

func proveVolumeMissing(c *evidence.Case) classifier.Proof {
	td := c.Facts.Task.TaskDefinition
	if td.State != evidence.Known {
		return evidence.Silent(c, td, "", "%s could not be read", evidence.Definition(c))
	}
	var there []string
	for _, v := range td.Value.Volumes {
		if expects(v) == "" {
			continue
		}
		if c.Finding.Fault == classifier.NotFound && v.Unprovisioned && namesVolume(c, v.Name) {
			return evidence.Confirmed(
				fmt.Sprintf("make the volume %s on every instance of the cluster, `%s`, or set autoprovision to true "+
					"in %s", v.Name, classifier.CommandLine("docker", "volume", "create", v.Name),
					evidence.Definition(c)),
				"%s is %s in %s, and it was not there", v.Name, expects(v), evidence.Definition(c))
		}
		there = append(there, v.Name+" is "+expects(v))
	}
	switch {
	case len(there) > 0:
		return evidence.Unsaid("what has to be there before the task is not read: %s", strings.Join(there, ", "))
	case c.Finding.Fault == classifier.NotFound:
		return evidence.RuledOut("no volume of %s has to be there before the task", evidence.Definition(c))
	}
	return evidence.Unsaid("no volume of %s has to be there before the task", evidence.Definition(c))
}

// namesVolume reports whether a text speaks of a volume by its name, and not of a path with that word in it.
func namesVolume(c *evidence.Case, name string) bool {
	form := regexp.MustCompile(`(^|[^\w./-])` + regexp.QuoteMeta(name) + `($|[^\w./-])`)
	texts := c.Stop.Texts()
	return texts.Say("volume") &&
		slices.ContainsFunc(texts, func(t events.Text) bool { return form.MatchString(t.Plain) })
}

// expects says what must be there before a task can use the volume; empty where nothing must
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html).
func expects(v evidence.Volume) string {
	switch {
	case v.Unprovisioned:
		return "a shared Docker volume with autoprovision off"
	case v.HostPath != "":
		return "the host path " + v.HostPath
	case v.Service != "":
		return "a volume of " + v.Service
	}
	return ""
}
