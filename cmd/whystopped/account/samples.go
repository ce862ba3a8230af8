package account

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"whystopped/archive/stack"
	"whystopped/events"
	"whystopped/events/samples"
)

// sampleEvent is an event for TestEventPattern.
type sampleEvent struct {
	what  string // name of the sample, and what was changed in it
	event []byte
}

// samplesOf are stops of the clusters, services and families that a deployment catches, one for each shape in which the
// samples of the project stop, and one of each sign of a failure for each kind of name by which its options leave a
// stop out. They are fewer than a hundred; asked one after the other, they stay below the 50 requests a second that
// EventBridge takes. Source of that quota:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/cloudwatch-limits-eventbridge.html
func samplesOf(o stack.Options) ([]sampleEvent, error) {
	shapes, err := sampleShapes()
	if err != nil {
		return nil, err
	}
	var told []sampleEvent
	for i, s := range shapes {
		told = append(told, sampleEvent{s.what, retold(s.event, within(o, i, s.shape.ofService()))})
	}
	for sign := range signs {
		i := slices.IndexFunc(shapes, func(s sampleShape) bool {
			var alone [signs]bool
			alone[sign] = true
			return s.shape.signs() == alone && s.shape.reason != "scaling"
		})
		for _, left := range outside(o, shapes[i].shape.ofService()) {
			told = append(told, sampleEvent{shapes[i].what + ", " + left.what, retold(shapes[i].event, left.names)})
		}
	}
	return told, nil
}

// sampleShape is a sample and the shape that no sample before it has.
type sampleShape struct {
	what  string
	event []byte
	shape stopShape
}

func sampleShapes() ([]sampleShape, error) {
	files, err := samples.Files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var shapes []sampleShape
	for _, file := range files {
		raw, err := samples.Files.ReadFile(file.Name())
		if err != nil {
			return nil, err
		}
		stops, err := events.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		for i, s := range stops {
			shape, ok := shapeOf(s.Event())
			ok = ok && s.Kind == events.KindTask
			if !ok || slices.ContainsFunc(shapes, func(other sampleShape) bool { return other.shape == shape }) {
				continue
			}
			what := strings.TrimSuffix(file.Name(), ".json")
			if len(stops) > 1 {
				what += fmt.Sprintf(" (%d)", i+1)
			}
			shapes = append(shapes, sampleShape{what, s.Event(), shape})
		}
	}
	return shapes, nil
}

// stopShape is what the capture pattern looks at in a stop, but for names.
type stopShape struct {
	group, stopCode, reason            string // group and reason by kind only
	lacksCode, zero, nonZero, explains bool   // whether a container has no exit code, 0, another; a reason
}

func (s stopShape) ofService() bool { return s.group == "service" }

// signs are how many branches the capture pattern for failures has.
const signs = 4

// signs says which branches of the capture pattern for failures take the stop for one.
func (s stopShape) signs() [signs]bool {
	exited := s.stopCode == "EssentialContainerExited"
	return [signs]bool{s.lacksCode || s.nonZero, s.explains, !exited && s.stopCode != "UserInitiated", s.ofService() &&
		exited}
}

// shapeOf reads the shape of an event, and reports whether ECS would send such a one: it sends exit codes as numbers.
func shapeOf(event []byte) (stopShape, bool) {
	var e struct {
		Detail struct {
			Group, StopCode string
			StoppedReason   *string
			Containers      []struct {
				ExitCode *int64
				Reason   string
			}
		}
	}
	if json.Unmarshal(event, &e) != nil {
		return stopShape{}, false
	}
	kind, _, _ := strings.Cut(e.Detail.Group, ":")
	s := stopShape{group: kind, stopCode: e.Detail.StopCode, reason: "other"}
	switch reason := e.Detail.StoppedReason; {
	case reason == nil:
		s.reason = "none"
	case strings.HasPrefix(*reason, "Scaling activity initiated by"):
		s.reason = "scaling"
	}
	for _, c := range e.Detail.Containers {
		s.lacksCode = s.lacksCode || c.ExitCode == nil
		s.zero = s.zero || c.ExitCode != nil && *c.ExitCode == 0
		s.nonZero = s.nonZero || c.ExitCode != nil && *c.ExitCode != 0
		s.explains = s.explains || c.Reason != ""
	}
	return s, true
}

// stopNames are the names in a stop that options narrow the capture by; an empty one is left as the sample has it.
type stopNames struct {
	cluster, service, definition string
}

// within are names that the options catch, the nth of each list, and as close to what they leave out as can be. A job
// is of no service, whatever the options say.
func within(o stack.Options, n int, ofService bool) stopNames {
	var workloads []stopNames
	if ofService {
		for _, service := range o.Services {
			workloads = append(workloads, stopNames{service: service})
		}
	}
	for _, family := range o.Families {
		workloads = append(workloads, stopNames{definition: family + ":1"})
	}
	for _, definition := range o.TaskDefinitions {
		workloads = append(workloads, stopNames{definition: definition})
	}
	var names stopNames
	if len(workloads) > 0 {
		names = workloads[n%len(workloads)]
	}
	if len(o.ExcludeFamilies) > 0 {
		names.definition = "not-" + o.ExcludeFamilies[n%len(o.ExcludeFamilies)] + ":1"
	}
	switch {
	case len(o.Clusters) > 0:
		names.cluster = o.Clusters[n%len(o.Clusters)]
	case len(o.ExcludeClusters) > 0:
		names.cluster = "not-" + o.ExcludeClusters[n%len(o.ExcludeClusters)]
	}
	return names
}

// leftOut is a stop under names by which the options leave it out.
type leftOut struct {
	what  string
	names stopNames
}

// outside are, for each kind of name that the options have, names that they catch but for one.
func outside(o stack.Options, ofService bool) []leftOut {
	var all []leftOut
	except := func(what string, change func(names *stopNames)) {
		names := within(o, 0, ofService)
		change(&names)
		all = append(all, leftOut{what, names})
	}
	if len(o.Clusters) > 0 {
		except("in another cluster", func(names *stopNames) { names.cluster = "not-" + o.Clusters[0] })
	}
	if len(o.ExcludeClusters) > 0 {
		except("in an excluded cluster", func(names *stopNames) { names.cluster = o.ExcludeClusters[0] })
	}
	if len(o.Services)+len(o.Families)+len(o.TaskDefinitions) > 0 {
		except("of another service and family", func(names *stopNames) { names.leave(ofService, "of-none:1") })
	}
	if len(o.TaskDefinitions) > 0 {
		except("of another revision", func(names *stopNames) { names.leave(ofService, o.TaskDefinitions[0]+"0") })
	}
	if len(o.ExcludeFamilies) > 0 {
		except("of an excluded family", func(names *stopNames) { names.definition = o.ExcludeFamilies[0] + ":1" })
	}
	return all
}

// leave takes a stop out of its service, if it has one, and its task definition.
func (n *stopNames) leave(ofService bool, definition string) {
	if n.definition = definition; ofService {
		n.service = "of-none"
	}
}

// retold is an event under other names, with all fields that TestEventPattern calls mandatory.
func retold(event []byte, names stopNames) []byte {
	var e struct {
		Version    string         `json:"version"`
		ID         string         `json:"id"`
		DetailType string         `json:"detail-type"`
		Source     string         `json:"source"`
		Account    string         `json:"account"`
		Time       string         `json:"time"`
		Region     string         `json:"region"`
		Resources  []string       `json:"resources"`
		Detail     map[string]any `json:"detail"`
	}
	if err := json.Unmarshal(event, &e); err != nil {
		panic(err) // shapeOf has read it
	}
	e.ID, e.Account, e.Time, e.Region = "00000000-0000-0000-0000-000000000000", "111122223333", "2026-01-01T00:00:00Z",
		"us-east-1"
	const arn = "arn:aws:ecs:us-east-1:111122223333:"
	if names.cluster != "" {
		e.Detail["clusterArn"] = arn + "cluster/" + names.cluster
	}
	if names.service != "" {
		e.Detail["group"] = "service:" + names.service
	}
	if names.definition != "" {
		e.Detail["taskDefinitionArn"] = arn + "task-definition/" + names.definition
		if group, _ := e.Detail["group"].(string); strings.HasPrefix(group, "family:") {
			family, _, _ := strings.Cut(names.definition, ":")
			e.Detail["group"] = "family:" + family
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // it was JSON
	}
	return text
}
