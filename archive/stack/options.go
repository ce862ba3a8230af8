package stack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"whystopped/events"
)

// Options are what a deployment was made with. The stack writes them, resolved, into the function's environment under
// EnvOptions, so that the command line knows what should be there. Their JSON names are those of the CDK context, where
// docs/options.md says what each does.
type Options struct {
	Capture         events.Capture `json:"capture"`
	Clusters        []string       `json:"clusters,omitempty"`
	Services        []string       `json:"services,omitempty"`
	Families        []string       `json:"families,omitempty"`
	TaskDefinitions []string       `json:"taskDefinitions,omitempty"`
	ExcludeClusters []string       `json:"excludeClusters,omitempty"`
	ExcludeFamilies []string       `json:"excludeFamilies,omitempty"`

	// or Off; empty, as in an older deployment, is Off
	CaptureContainers events.Capture `json:"captureContainers,omitempty"`
	CaptureServices   string         `json:"captureServices,omitempty"` // On or Off, and so the next two
	CaptureRequests   string         `json:"captureRequests,omitempty"`
	CaptureWatcher    string         `json:"captureWatcher,omitempty"`
	EndingContainers  []string       `json:"-"` // under EnvEnding
	BelowDesired      []string       `json:"-"` // services as "cluster/service"; nobody asks for them later

	LogGroup         string `json:"logGroup,omitempty"`         // empty with ExistingLogGroup
	RetentionDays    int    `json:"retentionDays,omitempty"`    // 0 with ExistingLogGroup
	ExistingLogGroup string `json:"existingLogGroup,omitempty"` // a group that is not the stack's own

	Architecture        string `json:"architecture"` // arm64 or x86_64
	Memory              int    `json:"memory"`       // MiB
	ReservedConcurrency int    `json:"reservedConcurrency,omitempty"`

	Evidence      string   `json:"evidence,omitempty"`      // off, describe, policies or deep
	LogTail       string   `json:"logTail,omitempty"`       // On or Off
	LogTailGroups []string `json:"logTailGroups,omitempty"` // log groups that LogTail may read, all when empty

	NotifyEmail    string `json:"notifyEmail,omitempty"`
	NotifyTopicARN string `json:"notifyTopicArn,omitempty"`
	AlarmTopicARN  string `json:"alarmTopicArn,omitempty"`
	AlarmFailures  int    `json:"alarmFailures"` // failures within a quarter of an hour that raise the alarm, 0 none

	Added   `json:"-"` // under EnvAdded
	Unknown []string   `json:"-"` // names of options that a later version wrote
}

// Added are the options that came after those whose command line refuses an option that it does not know. They stand in
// a variable of their own, EnvAdded, which that command line does not read.
type Added struct {
	Remember         string `json:"remember,omitempty"`       // On or Off; empty, as in an older deployment, is Off
	ServiceMetrics   string `json:"serviceMetrics,omitempty"` // On or Off, in the same way
	NamePrefix       string `json:"namePrefix,omitempty"`     // of the names of all resources
	Sweep            string `json:"sweep,omitempty"`          // 15, 5 or 60 minutes, or Off, in the same way
	CaptureHooks     string `json:"captureHooks,omitempty"`   // On or Off, as Remember, and so the next two
	CaptureInstances string `json:"captureInstances,omitempty"`
	CaptureJobs      string `json:"captureJobs,omitempty"`
	KMSKeyARN        string `json:"kmsKeyArn,omitempty"` // a key of the owner's for what is kept
	WebhookARN       string `json:"webhook,omitempty"`   // of the secret or parameter that has its address
}

// Named returns the name that this deployment has for what bears a name of package stack in one without NamePrefix.
func (a Added) Named(name string) string {
	if path, isPath := strings.CutPrefix(name, "/"); isPath {
		return "/" + a.NamePrefix + path
	}
	return a.NamePrefix + name
}

// OfFunction returns what the name of its function alone tells of a deployment.
func OfFunction(function string) Added {
	prefix, isOurs := strings.CutSuffix(function, Function)
	if !isOurs {
		return Added{}
	}
	return Added{NamePrefix: prefix}
}

// What an option that is not a list of names can say beside events.Capture.
const (
	On  = "on"
	Off = "off"
)

// Rule is a rule of the deployment.
type Rule struct {
	Name    string
	Catches string // what, in words
	Pattern []byte
}

// Rules returns the rules that the deployment has in an account and Region, that on stops of tasks first. Its errors
// are those of the patterns.
func (o Options) Rules(account, region string) ([]Rule, error) {
	var rules []Rule
	watcher := func(o events.Options) ([]byte, error) { return events.WatcherPattern(o, account, region) }
	for _, r := range []struct {
		name    string
		catches string
		on      bool
		capture events.Capture
		pattern func(events.Options) ([]byte, error)
	}{
		{CaptureRule, "ECS tasks that stopped for a reason worth knowing", true, o.Capture, events.CapturePattern},
		{ContainersRule, "containers that ended while their ECS task goes on", o.CaptureContainers != "" &&
			o.CaptureContainers != Off, o.CaptureContainers, events.ContainersPattern},
		{ServicesRule, "errors and warnings of ECS services, daemons and their deployments", o.CaptureServices == On,
			"", events.ServicesPattern},
		{RequestsRule, "RunTask and StartTask calls that started no task, as CloudTrail tells", o.CaptureRequests == On,
			"", events.RequestsPattern},
		{HooksRule, "deployments of ECS services that wait for an answer, and hooks that failed", o.CaptureHooks == On,
			"", events.HooksPattern},
		{InstancesRule, "ECS container instances whose health is impaired", o.CaptureInstances == On, "",
			events.InstancesPattern},
		{JobsRule, "jobs of AWS Batch that block their queue", o.CaptureJobs == On, "", events.JobsPattern},
		{WatcherRule, "containers that whystopped-watch saw end", o.CaptureWatcher == On, "", watcher},
	} {
		if !r.on {
			continue
		}
		pattern, err := r.pattern(o.selected(r.capture))
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.name, err)
		}
		if pattern != nil { // else the names leave nothing to catch
			rules = append(rules, Rule{o.Named(r.name), r.catches, pattern})
		}
	}
	return rules, nil
}

// ArchiveGroup is the name of the log group that the records are in.
func (o Options) ArchiveGroup() string {
	if o.ExistingLogGroup != "" {
		return o.ExistingLogGroup
	}
	return o.LogGroup
}

// CapturePattern makes the event pattern that the capture rule of this deployment has. Its errors are those of
// events.CapturePattern.
func (o Options) CapturePattern() ([]byte, error) {
	return events.CapturePattern(o.selected(o.Capture))
}

// selected is what the rules catch, in the form that their patterns are made of.
func (o Options) selected(capture events.Capture) events.Options {
	return events.Options{
		Capture:         capture,
		Clusters:        o.Clusters,
		Services:        o.Services,
		Families:        o.Families,
		TaskDefinitions: o.TaskDefinitions,
		ExcludeClusters: o.ExcludeClusters,
		ExcludeFamilies: o.ExcludeFamilies,
	}
}

// Encode writes the options as compact JSON, the value of EnvOptions.
func (o Options) Encode() (string, error) { return encode(o) }

// Encode writes the options as compact JSON, the value of EnvAdded.
func (a Added) Encode() (string, error) { return encode(a) }

func encode(options any) (string, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return "", fmt.Errorf("write the options of the deployment: %w", err)
	}
	return string(text), nil
}

// ParseOptions reads what Encode wrote: the values of EnvOptions and of EnvAdded, which is empty in an older
// deployment. An option that it does not know is named in Unknown: the rest of what is to be expected of that
// deployment can be told without it.
func ParseOptions(options, added string) (Options, error) {
	var o Options
	for _, v := range []struct {
		name, text string
		into       any
	}{{EnvOptions, options, &o}, {EnvAdded, cmp.Or(added, "{}"), &o.Added}} {
		var given map[string]json.RawMessage
		err := json.Unmarshal([]byte(v.text), &given)
		if err == nil {
			err = json.Unmarshal([]byte(v.text), v.into)
		}
		if err != nil {
			return Options{}, fmt.Errorf("%s holds %q, which this version cannot read, take the version that "+
				"deployed it or deploy again: %w", v.name, v.text, err)
		}
		for _, name := range slices.Sorted(maps.Keys(given)) {
			if !known(v.into, name) {
				o.Unknown = append(o.Unknown, name)
			}
		}
	}
	return o, nil
}

// known reports whether a field of the struct that options points to is written under a name.
func known(options any, name string) bool {
	for _, field := range reflect.VisibleFields(reflect.TypeOf(options).Elem()) {
		if written, _, _ := strings.Cut(field.Tag.Get("json"), ","); written == name && written != "-" {
			return true
		}
	}
	return false
}
