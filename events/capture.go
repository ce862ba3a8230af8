package events

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Capture says which ends of tasks or containers a rule catches.
type Capture string

const (
	// CaptureFailures catches every stop but those that went as they should: a job whose containers all left with 0, a
	// StopTask obeyed with 0, and whatever stops during a scaling activity.
	CaptureFailures Capture = "failures"
	// CaptureAll catches every stop.
	CaptureAll Capture = "all"
)

// Options selects what the rules catch. Names are of 1 to 255 letters, digits, hyphens and underscores, as
// CreateCluster, CreateService and RegisterTaskDefinition of the ECS API take them; they count in every partition,
// account and Region. The order and repetition of names make no difference.
type Options struct {
	Capture Capture // "" is CaptureFailures

	// Clusters keeps the stops in these clusters only. It narrows the fields below.
	Clusters []string

	// Services, Families and TaskDefinitions name workloads; when any is given, a stop is caught if at least one name
	// in any of the three is its own. A service's name is that of its group, "service:NAME"; a family's tasks count
	// whether a service started them or not.
	Services        []string
	Families        []string
	TaskDefinitions []string // "family:revision"

	// ExcludeClusters drops the stops in these clusters; it cannot be given with Clusters.
	ExcludeClusters []string
	// ExcludeFamilies drops the stops of these families; it cannot be given with Families or TaskDefinitions. A stop
	// that does not state its cluster or family is not dropped.
	ExcludeFamilies []string
}

// CapturePattern makes the event pattern of the capture rule: compact JSON, the same bytes for the same options.
//
// It refuses a name that ECS would not take, a field that is both included and excluded, and options whose pattern
// EventBridge would refuse for its length.
//
// The pattern looks past the exit code because EventBridge's "anything-but" never holds for an absent field, and a task
// that failed to start has no exit code. What narrows it stands in every branch of $or: EventBridge does not join a
// path in and outside $or but keeps the one it reads last.
func CapturePattern(o Options) ([]byte, error) {
	d := captureDetail{DesiredStatus: []string{"STOPPED"}, LastStatus: []string{"STOPPED"}}
	scopes := o.scopes()
	switch {
	case o.Capture != CaptureAll:
		d.StoppedReason = []any{anythingBut{map[string]string{"prefix": "Scaling activity initiated by"}},
			exists(false)}
		for _, s := range scopes {
			for _, b := range failureBranches {
				d.Or = append(d.Or, b.within(s))
			}
		}
	case len(scopes) == 1:
		d.captureBranch = scopes[0]
	default:
		d.Or = scopes
	}
	return o.rule(rulePattern{Source: []string{"aws.ecs"}, DetailType: []string{"ECS Task State Change"}, Detail: d})
}

type captureDetail struct {
	DesiredStatus []string        `json:"desiredStatus,omitempty"`
	LastStatus    []string        `json:"lastStatus,omitempty"`
	StoppedReason []any           `json:"stoppedReason,omitempty"`
	TaskARN       []any           `json:"taskArn,omitempty"`
	Or            []captureBranch `json:"$or,omitempty"`
	captureBranch
}

// captureBranch is the fields of one branch of $or, each with its matchers.
type captureBranch struct {
	Containers        *captureContainers `json:"containers,omitempty"`
	Group             []any              `json:"group,omitempty"`
	StopCode          []any              `json:"stopCode,omitempty"`
	ClusterARN        []any              `json:"clusterArn,omitempty"`
	TaskDefinitionARN []any              `json:"taskDefinitionArn,omitempty"`
}

type captureContainers struct {
	LastStatus []string `json:"lastStatus,omitempty"`
	ExitCode   []any    `json:"exitCode,omitempty"`
	Reason     []any    `json:"reason,omitempty"`
}

type (
	anythingBut struct {
		Excluded any `json:"anything-but"`
	}
	prefix struct {
		Text string `json:"prefix"`
	}
	suffix struct {
		Text string `json:"suffix"`
	}
	wildcard struct {
		Text string `json:"wildcard"`
	}
)

func exists(b bool) any { return map[string]bool{"exists": b} }

// failureBranches are the signs of a failure. No matcher of a field stands in two of them: event-ruler may take the
// second for a repetition of the first and drop it.
var failureBranches = []captureBranch{
	{Containers: &captureContainers{ExitCode: []any{anythingBut{0}, exists(false)}}},
	{Containers: &captureContainers{Reason: []any{exists(true)}}},
	{StopCode: []any{anythingBut{[]string{"EssentialContainerExited", "UserInitiated"}}, exists(false)}},
	// a service has no end, whatever its exit code
	{Group: []any{prefix{"service:"}}, StopCode: []any{"EssentialContainerExited"}},
}

// within narrows a branch to a scope. The services of a scope stand in place of "any service".
func (b captureBranch) within(scope captureBranch) captureBranch {
	if scope.Group != nil {
		b.Group = scope.Group
	}
	b.ClusterARN = scope.ClusterARN
	b.TaskDefinitionARN = scope.TaskDefinitionARN
	return b
}

// scopes gives the fields that narrow the capture; a stop has to match those of one scope.
func (o Options) scopes() []captureBranch {
	var base captureBranch
	for _, name := range sortedNames(o.Clusters) {
		base.ClusterARN = append(base.ClusterARN, suffix{":cluster/" + name})
	}
	if len(o.ExcludeClusters) > 0 {
		base.ClusterARN = withoutClusters(sortedNames(o.ExcludeClusters))
	}
	if excluded := sortedNames(o.ExcludeFamilies); len(excluded) > 0 {
		for i, name := range excluded {
			excluded[i] = familyWildcard(name)
		}
		base.TaskDefinitionARN = []any{anythingBut{map[string][]string{"wildcard": excluded}}, exists(false)}
	}

	var scopes []captureBranch
	if len(o.Services) > 0 {
		scope := base
		for _, name := range sortedNames(o.Services) {
			scope.Group = append(scope.Group, "service:"+name)
		}
		scopes = append(scopes, scope)
	}
	if len(o.Families)+len(o.TaskDefinitions) > 0 {
		scope := base
		for _, name := range sortedNames(o.Families) {
			scope.TaskDefinitionARN = append(scope.TaskDefinitionARN, wildcard{familyWildcard(name)})
		}
		for _, name := range sortedNames(o.TaskDefinitions) {
			scope.TaskDefinitionARN = append(scope.TaskDefinitionARN, suffix{":task-definition/" + name})
		}
		scopes = append(scopes, scope)
	}
	if len(scopes) == 0 {
		scopes = []captureBranch{base}
	}
	return scopes
}

// withoutClusters leaves out the named clusters by their ARNs, nil when there are none.
func withoutClusters(names []string) []any {
	if len(names) == 0 {
		return nil
	}
	var suffixes []string
	for _, name := range names {
		suffixes = append(suffixes, ":cluster/"+name)
	}
	return []any{anythingBut{map[string][]string{"suffix": suffixes}}, exists(false)}
}

func familyWildcard(name string) string { return "*:task-definition/" + name + ":*" }

func sortedNames(list []string) []string {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

// isName reports whether ECS would take s as the name of a cluster, service or family.
func isName(s string) bool {
	return len(s) >= 1 && len(s) <= 255 && strings.Trim(s, nameCharacters) == ""
}

const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// isTaskDefinition reports whether s is a family and a revision.
func isTaskDefinition(s string) bool {
	family, revision, _ := strings.Cut(s, ":")
	n, err := strconv.ParseUint(revision, 10, 32)
	return isName(family) && err == nil && strconv.FormatUint(n, 10) == revision && n > 0
}

func (o Options) check() error {
	switch o.Capture {
	case "", CaptureFailures, CaptureAll:
	default:
		return fmt.Errorf("capture %q must be %q or %q", o.Capture, CaptureFailures, CaptureAll)
	}
	const aName = "a name of 1 to 255 letters, digits, hyphens and underscores, not an ARN"
	for _, field := range []struct {
		name string
		list []string
		form func(string) bool
		want string
	}{
		{"clusters", o.Clusters, isName, aName},
		{"services", o.Services, isName, aName},
		{"families", o.Families, isName, aName},
		{"task definitions", o.TaskDefinitions, isTaskDefinition, `"family:revision", such as "web:42", not an ARN`},
		{"excluded clusters", o.ExcludeClusters, isName, aName},
		{"excluded families", o.ExcludeFamilies, isName, aName},
	} {
		for _, s := range field.list {
			if !field.form(s) {
				return fmt.Errorf("%s: %q must be %s", field.name, s, field.want)
			}
		}
	}
	if len(o.Clusters) > 0 && len(o.ExcludeClusters) > 0 {
		return errors.New(
			"clusters are both included and excluded: keep one list, naming clusters leaves out all others already")
	}
	if len(o.Families)+len(o.TaskDefinitions) > 0 && len(o.ExcludeFamilies) > 0 {
		return errors.New("families are both included (families, task definitions) and excluded: " +
			"keep one of the two, naming families leaves out all others already")
	}
	return nil
}
