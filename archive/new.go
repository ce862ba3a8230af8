package archive

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"whystopped/archive/redact"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/events/awsname"
)

// maxCauses is how many causes a record keeps whatever is known of them; of what comes after, it keeps those with
// evidence.
const maxCauses = 8

// NewRecord puts a stop and its explanation into the form that is archived, redacted, as recorded at now.
func NewRecord(s events.Stop, f classifier.Finding, source Source, now time.Time) Record {
	r := Record{
		SchemaVersion:     SchemaVersion,
		ClassifierVersion: classifier.Version,
		RecordedAt:        Time{now},
		Kind:              string(s.Kind),
		Source:            source,
		SourceRank:        rankECS,
		EventID:           s.EventID,
		EventName:         s.EventName,
		DedupKey:          dedupKey(s),
		TaskVersion:       s.Version,
		Account:           s.Account,
		Region:            s.Region,

		Cluster:           s.Cluster,
		Service:           s.Service,
		Group:             s.Group,
		Launcher:          string(s.Launcher),
		JobID:             s.JobID,
		TaskID:            s.TaskID,
		TaskARN:           s.TaskARN,
		TaskDefinition:    s.TaskDefinition(),
		Family:            s.Family,
		Revision:          s.Revision,
		DeploymentID:      s.DeploymentID,
		LaunchType:        s.LaunchType,
		CalledBy:          s.CalledBy,
		CapacityProvider:  s.CapacityProvider,
		PlatformVersion:   s.PlatformVersion,
		PlatformFamily:    s.PlatformFamily,
		PrivateIP:         addresses(s),
		Tags:              tags(s.Tags),
		AvailabilityZone:  s.AvailabilityZone,
		ContainerInstance: awsname.LastPart(s.ContainerInstanceARN),
		CPU:               s.CPU,
		Memory:            s.Memory,

		HookID:    s.Hook.ID,
		HookType:  s.Hook.Type,
		HookStage: s.Hook.Stage,
		ExpiresAt: Time{s.Hook.ExpiresAt},

		HealthCheck: s.HealthCheck,

		StopCode:      s.StopCode,
		StoppedReason: s.StoppedReason,

		Stage:      string(f.Stage),
		Fault:      string(f.Fault),
		Class:      f.Class(),
		Domain:     string(f.Domain),
		Verdict:    string(f.Verdict),
		Confidence: string(f.Confidence),
		StageRule:  f.StageRule,
		FaultRule:  f.FaultRule,
		Summary:    f.Summary,
		Proof:      f.Proof,
		NextStep:   f.NextStep,

		CulpritSignal: f.Signal,
		Containers:    containers(s),
		ManagedAgents: managedAgents(s),

		Facts: f.Facts,

		CreatedAt:          Time{s.CreatedAt},
		StartedAt:          Time{s.StartedAt},
		StoppingAt:         Time{s.StoppingAt},
		ExecutionStoppedAt: Time{s.ExecutionStoppedAt},
		StoppedAt:          Time{s.StoppedAt},
		PullSeconds:        seconds(s.PullStartedAt, s.PullStoppedAt),
		StartSeconds:       seconds(s.CreatedAt, s.StartedAt),
		StopSeconds:        seconds(s.StoppingAt, s.ExecutionStoppedAt),

		Signature:  f.Signature,
		LogGroup:   f.Log.Group,
		LogStream:  f.Log.Stream,
		ConsoleURL: consoleURL(s),
		LogsURL:    logsURL(f.Log),
		LogTail:    logTail(f.Log.Lines),
	}
	if len(s.TaskARNs) > 1 {
		r.TaskIDs = strings.Join(lastParts(s.TaskARNs), ", ")
	}
	if r.TargetGroup == "" && len(s.TargetGroupARNs) > 0 {
		r.TargetGroup = s.TargetGroupARNs[0]
		if len(s.TargetGroupARNs) > 1 {
			r.TargetGroups = strings.Join(s.TargetGroupARNs, ", ")
		}
	}
	if r.InstanceID == "" {
		r.InstanceID = strings.Join(s.InstanceIDs, ", ")
	}
	if s.StillStopping {
		r.StillStopping = "yes"
	}
	if d, known := s.Ran(); known {
		r.RunSeconds = rounded(d)
	}
	if f.Culprit >= 0 {
		c := s.Containers[f.Culprit]
		r.Culprit, r.CulpritExitCode, r.CulpritReason = c.Name, c.ExitCode, c.Reason
		r.CulpritImage, r.CulpritImageDigest = c.Image, c.ImageDigest
	}
	if s.Kind == events.KindContainer {
		r.RestartCount = s.Container().RestartCount
		if s.MeantToEnd {
			r.MeantToEnd = "yes"
		}
		if s.Watched && source == SourceEvent {
			r.Source = SourceWatcher
		}
	}
	if s.Watched || source == SourceFile {
		r.SourceRank = rankSomebody
	}
	r.addCauses(f.Causes)
	r.redact()
	r.RawEvent = redact.JSON(s.Raw)
	return r
}

// RedactStop returns the stop with its texts redacted, so that what is quoted from them is too. Raw stays as it came.
func RedactStop(s events.Stop) events.Stop {
	s.StoppedReason, s.Refusal = redact.Text(s.StoppedReason), redact.Text(s.Refusal)
	s.LogLines = redact.Lines(s.LogLines)
	s.Containers = slices.Clone(s.Containers)
	for i := range s.Containers {
		s.Containers[i].Reason = redact.Text(s.Containers[i].Reason)
		s.Containers[i].ManagedAgents = redact.Text(s.Containers[i].ManagedAgents)
	}
	s.Attachments = slices.Clone(s.Attachments)
	for i, a := range s.Attachments {
		if reason := a.Details["statusReason"]; reason != "" {
			details := maps.Clone(a.Details)
			details["statusReason"] = redact.Text(reason)
			s.Attachments[i].Details = details
		}
	}
	return s
}

// RecordedCause is one element of the JSON in Record.Causes.
type RecordedCause struct {
	ID            string `json:"id"`
	Verdict       string `json:"verdict"`
	Reason        string `json:"reason,omitempty"`
	MissingAction string `json:"missingAction,omitempty"`
	Evidence      string `json:"evidence,omitempty"`
	Because       string `json:"because,omitempty"`
}

// addCauses takes the causes in the order of classifier.Conclude.
func (r *Record) addCauses(proofs []classifier.Proof) {
	if len(proofs) == 0 {
		return
	}
	r.Cause, r.CauseVerdict, r.CauseReason = proofs[0].Cause, string(proofs[0].Result), proofs[0].Reason
	ids := make([]string, 0, len(proofs))
	var missing []string
	for _, p := range proofs {
		ids = append(ids, p.Cause+"="+string(p.Result))
		if p.MissingAction != "" {
			missing = append(missing, p.MissingAction)
		}
	}
	slices.Sort(missing)
	r.CauseIDs, r.MissingActions = strings.Join(ids, "; "), strings.Join(slices.Compact(missing), " ")
	kept := make([]RecordedCause, 0, maxCauses)
	for i, p := range proofs {
		if i >= maxCauses && p.Evidence == "" {
			continue
		}
		kept = append(kept,
			RecordedCause{p.Cause, string(p.Result), redact.Text(p.Reason), p.MissingAction, redact.Text(p.Evidence),
				redact.Text(p.Because)})
	}
	text, _ := json.Marshal(kept) // strings: it cannot fail
	r.Causes = string(text)
}

// redact masks what is secret in every text of the record; that of the causes has been masked one by one.
func (r *Record) redact() {
	for field, value := range r.fields() {
		if value.Kind() == reflect.String && value.Len() > 0 && field.Name != "Causes" {
			value.SetString(redact.Text(value.String()))
		}
	}
}

// dedupKey is the task's id: a task stops once. A container is known by its run within the task, a deployment by what
// became of it, a hook by that and its deployment, an instance by which check failed since when, a failure by its call.
// A document without such is known by its event, or by its bytes.
func dedupKey(s events.Stop) string {
	switch {
	case s.Kind == events.KindTask && s.TaskID != "":
		return s.TaskID
	case s.Kind == events.KindContainer && (s.TaskID != "" || s.Container().RuntimeID != ""):
		c := s.Container()
		key := s.TaskID + "#" + cmp.Or(c.RuntimeID, c.Name)
		if n := c.Restarts(); n > 0 {
			key += "#" + strconv.FormatInt(n, 10)
		}
		return key
	case s.Kind == events.KindDeployment && s.DeploymentID != "":
		return s.DeploymentID + "#" + s.EventName
	case s.Kind == events.KindHook && s.DeploymentID != "" && s.Hook.ID != "":
		return s.DeploymentID + "#" + s.Hook.ID + "#" + s.EventName
	case s.Kind == events.KindInstance && s.HealthCheck != "":
		return awsname.LastPart(s.ContainerInstanceARN) + "#" + s.HealthCheck + "#" +
			s.StoppedAt.UTC().Format(time.RFC3339)
	case s.Kind == events.KindRequest:
		return cmp.Or(s.EventID, hashOf(s.Raw)) + "#" + strconv.Itoa(s.Index)
	case s.Kind != events.KindUnreadable && s.EventID != "":
		return s.EventID
	}
	return hashOf(s.Raw)
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:16])
}

// containers writes each container as name=exit code and the name of its error; "-" stands for an exit code that is not
// known.
func containers(s events.Stop) string {
	var parts []string
	for _, c := range s.Containers {
		name := cmp.Or(c.Name, "container")
		part := name + "=-"
		if c.ExitCode != nil {
			part = name + "=" + strconv.FormatInt(*c.ExitCode, 10)
		}
		if fault, _, found := strings.Cut(c.Reason, ":"); found && !strings.Contains(fault, " ") {
			part += " " + fault
		} else if c.Reason != "" {
			part += " " + c.Reason
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// addresses are those of the task's own network interface.
func addresses(s events.Stop) string {
	_, all := s.TaskInterface()
	var texts []string
	for _, address := range all {
		texts = append(texts, address.String())
	}
	return strings.Join(texts, ", ")
}

// tags are written as key=value, by key.
func tags(all map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, key+"="+all[key])
	}
	return strings.Join(parts, "; ")
}

// managedAgents are the reasons of the agents in each container.
func managedAgents(s events.Stop) string {
	var parts []string
	for _, c := range s.Containers {
		if c.ManagedAgents != "" {
			parts = append(parts, strings.TrimPrefix(c.Name+" ", " ")+c.ManagedAgents)
		}
	}
	return strings.Join(parts, "; ")
}

func lastParts(arns []string) []string {
	var parts []string
	for _, arn := range arns {
		parts = append(parts, awsname.LastPart(arn))
	}
	return parts
}

// seconds is the time from one moment to another with at most 3 decimals, nil when either is not known or they are out
// of order.
func seconds(from, to time.Time) *float64 {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return nil
	}
	return rounded(to.Sub(from))
}

func rounded(d time.Duration) *float64 {
	s := math.Round(d.Seconds()*1000) / 1000
	return &s
}

// consoleURL is the page of the task, or of the service, in the ECS console of its partition.
func consoleURL(s events.Stop) string {
	page := "tasks/" + url.PathEscape(s.TaskID) + "/configuration"
	if s.Kind == events.KindService || s.Kind == events.KindDeployment || s.Kind == events.KindHook {
		page = "services/" + url.PathEscape(s.Service) + "/health"
	}
	host := consoleHost(s.Region)
	if host == "" || s.Cluster == "" || strings.Contains(page, "//") || strings.Contains(s.ServiceARN, ":daemon/") {
		return ""
	}
	return fmt.Sprintf("https://%s/ecs/v2/clusters/%s/%s", host, url.PathEscape(s.Cluster), page)
}

// logsURL is the log stream in the CloudWatch console, which wants its names escaped twice, with $ for the second %.
func logsURL(l classifier.Log) string {
	host := consoleHost(l.Region)
	if host == "" || l.Group == "" || l.Stream == "" {
		return ""
	}
	name := func(s string) string {
		return strings.ReplaceAll(url.QueryEscape(url.QueryEscape(s)), "%", "$")
	}
	return fmt.Sprintf("https://%s/cloudwatch/home#logsV2:log-groups/log-group/%s/log-events/%s", host, name(l.Group),
		name(l.Stream))
}

// consoleHost is the host of a Region's console, "" where that is not known: a Region in a text may be anything.
func consoleHost(region string) string {
	if !awsname.IsRegion(region) {
		return ""
	}
	switch awsname.Partition(region) {
	case "aws":
		return region + ".console.aws.amazon.com"
	case "aws-cn":
		return region + ".console.amazonaws.cn"
	case "aws-us-gov":
		return region + ".console.amazonaws-us-gov.com"
	}
	return ""
}

// What a record keeps of a log.
const (
	tailLines = 20
	tailBytes = 4 << 10
)

// logTail keeps the last lines of a log, redacted before anything is cut; of a single line that is too long, its
// beginning.
func logTail(lines []string) string {
	var kept []string
	size := 0
	for _, line := range slices.Backward(redact.Lines(lines)) {
		if size += len(line) + len("\n"); len(kept) == tailLines || size > tailBytes {
			if len(kept) == 0 {
				kept = []string{strings.ToValidUTF8(line[:tailBytes], "")}
			}
			break
		}
		kept = append(kept, line)
	}
	slices.Reverse(kept)
	return strings.Join(kept, "\n")
}
