package main

import (
	"fmt"
	"strconv"
	"strings"

	"whystopped/archive/stack"
)

// environmentLimit is what the environment variables of a function may have together, names and values, in bytes.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const environmentLimit = 4096

// environmentOf are the function's environment variables, with the names of resources as the options tell them; the
// stack puts references in their place.
func environmentOf(o stack.Options) map[string]string {
	variables := map[string]string{
		stack.EnvLogGroup: o.ArchiveGroup(),
		stack.EnvOptions:  encoded(o),
		stack.EnvAdded:    encoded(o.Added),
		stack.EnvEvidence: o.Evidence,
		stack.EnvLogTail:  o.LogTail,
		stack.EnvMetrics:  o.ServiceMetrics,
	}
	if len(o.EndingContainers) > 0 {
		variables[stack.EnvEnding] = strings.Join(o.EndingContainers, ",")
	}
	switch {
	case o.NotifyTopicARN != "":
		variables[stack.EnvTopic] = o.NotifyTopicARN
	case o.NotifyEmail != "":
		variables[stack.EnvTopic] = longestTopicARN + o.NamePrefix
	}
	if o.WebhookARN != "" {
		variables[stack.EnvWebhook] = o.WebhookARN
	}
	if o.NamePrefix != "" {
		variables[stack.EnvNamespace] = o.Named(stack.MetricsNamespace)
	}
	if o.Remember == stack.On {
		variables[stack.EnvMemory], variables[stack.EnvSteady] = o.Named(stack.MemoryTable), steadyOf(o)
		if o.RetentionDays > 0 {
			variables[stack.EnvRetention] = strconv.Itoa(o.RetentionDays)
		}
	}
	return variables
}

// steadyOf is On where the events of every service that is caught reach the function. Where only families or task
// definitions name what is caught, a service's events say of none of them that it belongs to it, and an alert has to
// close by itself.
func steadyOf(o stack.Options) string {
	if o.CaptureServices == stack.On && len(o.Families)+len(o.TaskDefinitions) == 0 {
		return stack.On
	}
	return stack.Off
}

// environmentFits returns an error for options that a function's environment has no room for.
func environmentFits(o stack.Options) error {
	bytes := 0
	for name, value := range environmentOf(o) {
		bytes += len(name) + len(value)
	}
	if bytes <= environmentLimit {
		return nil
	}
	return fmt.Errorf("the options need %d bytes of the function's environment, and Lambda takes %d: give fewer "+
		"names, of logTailGroups for instance with * in them", bytes, environmentLimit)
}
