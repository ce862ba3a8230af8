package events

import (
	"encoding/json"
	"fmt"
	"slices"
)

// goesOn is a task that is meant to run and runs.
var goesOn = captureDetail{DesiredStatus: []string{"RUNNING"}, LastStatus: []string{"RUNNING"}}

// ContainersPattern makes the event pattern that catches containers which ended in a task that goes on: with
// CaptureFailures those that left with another code than 0, or without one where no container of the task has any, with
// CaptureAll every one. All options narrow it as they do CapturePattern. ECS names its container and not the task's end
// here, so both statuses of the task are RUNNING.
func ContainersPattern(o Options) ([]byte, error) {
	ended := captureContainers{LastStatus: []string{"STOPPED"}}
	if o.Capture != CaptureAll {
		ended.ExitCode = []any{anythingBut{0}, exists(false)}
	}
	return o.rule(scoped(rulePattern{Source: []string{"aws.ecs"}, DetailType: []string{"ECS Task State Change"}},
		goesOn, o.scopes(), &ended))
}

// WatcherPattern makes the event pattern that catches what whystopped-watch sends: containers that ended in a task that
// goes on. All options but Capture narrow it. Anybody may send such an event; with an account and a Region it is caught
// only when EventBridge names them as the sender's and the task is theirs too.
func WatcherPattern(o Options, account, region string) ([]byte, error) {
	p := rulePattern{Source: []string{WatcherSource}, DetailType: []string{WatcherDetailType}}
	d := goesOn
	if account != "" {
		p.Account, p.Region = []string{account}, []string{region}
		d.TaskARN = []any{wildcard{"arn:*:ecs:" + region + ":" + account + ":task/*"}}
	}
	ended := captureContainers{LastStatus: []string{"STOPPED"}}
	return o.rule(scoped(p, d, o.scopes(), &ended))
}

// scoped narrows a pattern about one task to one of the scopes.
func scoped(p rulePattern, d captureDetail, scopes []captureBranch, ended *captureContainers) rulePattern {
	if len(scopes) == 1 {
		d.captureBranch = scopes[0]
	} else {
		d.Or = scopes
	}
	d.captureBranch.Containers = ended
	if text, _ := json.Marshal(d); string(text) != "{}" {
		p.Detail = d
	}
	return p
}

// SteadyState is the name of the event of a service that runs what it shall.
const SteadyState = "SERVICE_STEADY_STATE"

// BelowDesired is the name of what the sweep says of a service that has run fewer tasks than are desired for too long.
const BelowDesired = "BELOW_DESIRED"

// ServicesPattern makes the event pattern that catches the events of services, daemons and their deployments which ECS
// marks as an error or a warning, and that of a service that is steady: what else is INFO says no more. Capture makes
// no difference.
//
// These events name no family. Where families or task definitions narrow the capture and no service does, there is
// nothing to catch and no pattern. A cluster is known by the ARN in resources, because a deployment's event has no
// clusterArn; a daemon's event about a task that was never created has no resources and is caught only where no cluster
// is named, and so is a service whose ARN is of the old form, without its cluster.
func ServicesPattern(o Options) ([]byte, error) {
	type said struct {
		EventType []string `json:"eventType,omitempty"`
		EventName []string `json:"eventName,omitempty"`
	}
	type detail struct {
		ClusterARN []any  `json:"clusterArn,omitempty"`
		Or         []said `json:"$or"`
	}
	if len(o.Services) == 0 && len(o.Families)+len(o.TaskDefinitions) > 0 {
		return nil, o.checked()
	}
	p := rulePattern{
		Source: []string{"aws.ecs"},
		DetailType: []string{"ECS Service Action", "ECS Deployment State Change", "ECS Daemon Service Action",
			"ECS Daemon Deployment State Change"},
	}
	excluded := sortedNames(o.ExcludeClusters)
	d := detail{ClusterARN: withoutClusters(excluded),
		Or: []said{{EventType: []string{"ERROR", "WARN", "WARNING"}}, {EventName: []string{SteadyState}}}}
	for _, service := range sortedNames(o.Services) {
		if len(o.Clusters) == 0 {
			p.Resources = append(p.Resources, suffix{"/" + service})
		}
		for _, cluster := range sortedNames(o.Clusters) {
			p.Resources = append(p.Resources, suffix{"/" + cluster + "/" + service})
		}
	}
	if len(o.Services) == 0 {
		for _, cluster := range sortedNames(o.Clusters) {
			p.Resources = append(p.Resources, wildcard{"*/" + cluster + "/*"})
		}
		if len(excluded) > 0 {
			for i, cluster := range excluded {
				excluded[i] = "*/" + cluster + "/*"
			}
			p.Resources = []any{anythingBut{map[string][]string{"wildcard": excluded}}, exists(false)}
		}
	}
	p.Detail = d
	return o.rule(p)
}

// RequestsPattern makes the event pattern that catches RunTask and StartTask calls, as CloudTrail relays them, that
// were refused or whose answer has failures. Capture makes no difference.
//
// These calls name no service. Where services narrow the capture and no family or task definition does, there is
// nothing to catch and no pattern. A caller may name cluster and task definition by name or ARN; a cluster that is not
// named is "default".
func RequestsPattern(o Options) ([]byte, error) {
	type parameters struct {
		Cluster        []any `json:"cluster,omitempty"`
		TaskDefinition []any `json:"taskDefinition,omitempty"`
	}
	type failures struct {
		Reason []any `json:"reason"`
	}
	type response struct {
		Failures failures `json:"failures"`
	}
	type branch struct {
		ErrorCode        []any       `json:"errorCode,omitempty"`
		ResponseElements *response   `json:"responseElements,omitempty"`
		Parameters       *parameters `json:"requestParameters,omitempty"`
	}
	type detail struct {
		EventName []string `json:"eventName"`
		Or        []branch `json:"$or"`
	}
	if len(o.Services) > 0 && len(o.Families)+len(o.TaskDefinitions) == 0 {
		return nil, o.checked()
	}
	var scope parameters
	for _, name := range sortedNames(o.Clusters) {
		scope.Cluster = append(scope.Cluster, name, suffix{":cluster/" + name})
		if name == "default" {
			scope.Cluster = append(scope.Cluster, exists(false))
		}
	}
	if excluded := sortedNames(o.ExcludeClusters); len(excluded) > 0 {
		var forms []string
		for _, name := range excluded {
			forms = append(forms, name, "*:cluster/"+name)
		}
		scope.Cluster = []any{anythingBut{map[string][]string{"wildcard": forms}}}
		if !slices.Contains(excluded, "default") {
			scope.Cluster = append(scope.Cluster, exists(false))
		}
	}
	for _, name := range sortedNames(o.Families) {
		scope.TaskDefinition = append(scope.TaskDefinition, name, prefix{name + ":"}, suffix{"/" + name},
			wildcard{"*/" + name + ":*"})
	}
	for _, name := range sortedNames(o.TaskDefinitions) {
		scope.TaskDefinition = append(scope.TaskDefinition, name, suffix{"/" + name})
	}
	if excluded := sortedNames(o.ExcludeFamilies); len(excluded) > 0 {
		var forms []string
		for _, name := range excluded {
			forms = append(forms, name, name+":*", "*/"+name, "*/"+name+":*")
		}
		scope.TaskDefinition = []any{anythingBut{map[string][]string{"wildcard": forms}}, exists(false)}
	}
	narrowed := &scope
	if scope.Cluster == nil && scope.TaskDefinition == nil {
		narrowed = nil
	}
	return o.rule(rulePattern{
		Source:     []string{"aws.ecs"},
		DetailType: []string{cloudTrail},
		Detail: detail{
			EventName: []string{"RunTask", "StartTask"},
			Or: []branch{
				{ErrorCode: []any{exists(true)}, Parameters: narrowed},
				{ResponseElements: &response{failures{[]any{exists(true)}}}, Parameters: narrowed},
			},
		},
	})
}

// rulePattern is an event pattern; its detail is of any form.
type rulePattern struct {
	Source     []string `json:"source"`
	DetailType []string `json:"detail-type"`
	Account    []string `json:"account,omitempty"`
	Region     []string `json:"region,omitempty"`
	Resources  []any    `json:"resources,omitempty"`
	Detail     any      `json:"detail,omitempty"`
}

// rule writes a pattern as compact JSON, after a check of the options that it was made of.
func (o Options) rule(p rulePattern) ([]byte, error) {
	if err := o.checked(); err != nil {
		return nil, err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("capture options: %w", err)
	}
	if _, err := CompilePattern(text); err != nil {
		return nil, fmt.Errorf("capture options name too much for one rule, give fewer names: %w", err)
	}
	return text, nil
}

func (o Options) checked() error {
	if err := o.check(); err != nil {
		return fmt.Errorf("capture options: %w", err)
	}
	return nil
}

// HooksPattern makes the event pattern that catches deployments which wait for an answer and hooks that failed or timed
// out. ECS marks the first as INFO, so their names decide. Families and task definitions alone leave nothing to catch.
func HooksPattern(o Options) ([]byte, error) {
	type detail struct {
		EventName  []string `json:"eventName"`
		ClusterARN []any    `json:"clusterArn,omitempty"`
		ServiceARN []any    `json:"serviceArn,omitempty"`
	}
	if len(o.Services) == 0 && len(o.Families)+len(o.TaskDefinitions) > 0 {
		return nil, o.checked()
	}
	d := detail{EventName: []string{"HOOK_AWAITING_ACTION", "HOOK_FAILED", "HOOK_TIMED_OUT"}, ClusterARN: o.clusters()}
	for _, service := range sortedNames(o.Services) {
		d.ServiceARN = append(d.ServiceARN, suffix{"/" + service})
	}
	return o.rule(rulePattern{Source: []string{"aws.ecs"}, DetailType: []string{hookDetailType}, Detail: d})
}

// InstancesPattern makes the event pattern that catches container instances whose health is impaired. Clusters narrow
// it; an instance serves every service and family of its cluster.
func InstancesPattern(o Options) ([]byte, error) {
	type detail struct {
		OverallStatus []string `json:"overallStatus"`
		ClusterARN    []any    `json:"clusterArn,omitempty"`
	}
	return o.rule(rulePattern{Source: []string{"aws.ecs"}, DetailType: []string{instanceDetailType},
		Detail: detail{[]string{Impaired}, o.clusters()}})
}

// JobsPattern makes the event pattern that catches jobs which block their queue. Names of ECS narrow nothing here;
// where they narrow the capture there is nothing to catch and no pattern.
func JobsPattern(o Options) ([]byte, error) {
	if len(o.Clusters)+len(o.Services)+len(o.Families)+len(o.TaskDefinitions) > 0 {
		return nil, o.checked()
	}
	return o.rule(rulePattern{Source: []string{"aws.batch"}, DetailType: []string{jobQueueBlocked}})
}

// clusters are what clusterArn must be where clusters narrow the capture.
func (o Options) clusters() []any {
	matchers := withoutClusters(sortedNames(o.ExcludeClusters))
	for _, name := range sortedNames(o.Clusters) {
		matchers = append(matchers, suffix{":cluster/" + name})
	}
	return matchers
}
