package events

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"whystopped/events/awsname"
)

// MaxStopBytes is the size from which a single stop is refused: EventBridge takes no event of 1 MB or more (PutEvents).
const MaxStopBytes = 1_000_000

// maxDepth bounds how many wrappings (a queue's message, a notification, a workflow's error …) are opened around a
// stop.
const maxDepth = 14

// Refusal is a document, or a part of one, that is not a stop, with its place and its reason.
type Refusal struct {
	Name   string // file or other source; empty when Parse was called
	Line   int    // line in it, from 1; 0 when Parse was called
	Path   string // where in the document, "tasks[1]"; empty for the whole document
	Reason string
	Ask    Command // that tells more
	More   int     // how many further refusals this one stands for
	Beside bool    // it is no fault where a stop stands beside it: a task that runs, a call that worked
	Raw    []byte  // the refused part as it came

	Foreign bool // the document holds nothing of ECS
}

func (r *Refusal) Error() string {
	var b strings.Builder
	if r.Name != "" {
		b.WriteString(r.Name)
		if r.Line > 0 {
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(r.Line))
		}
		b.WriteString(": ")
	}
	if r.Path != "" {
		b.WriteString(r.Path)
		b.WriteString(": ")
	}
	b.WriteString(r.Reason)
	return b.String()
}

// Command is what tells more, for whoever prints the refusal: its text has no command.
func (r *Refusal) Command() (run, look string) { return r.Ask.Run, r.Ask.Look }

// Parse reads the stops that raw holds: one document or several, each in one of the Forms or in any of the Wrappings
// around them. The error joins one *Refusal for each part that is not a stop; the stops beside it are valid all the
// same.
func Parse(raw []byte) ([]Stop, error) {
	var stops []Stop
	var errs []error
	collect := func(s Stop, r *Refusal) bool {
		if r != nil {
			errs = append(errs, r)
		} else {
			stops = append(stops, s)
		}
		return true
	}
	doc := trimSpace(raw)
	if len(doc) > 0 && (doc[0] == '{' || doc[0] == '[' && Together(doc)) && utf8.Valid(doc) {
		if _, syntax := read(doc, collect); syntax == nil {
			return stops, errors.Join(errs...)
		}
	}
	for s, err := range Decode("", bytes.NewReader(raw)) {
		var r *Refusal
		errors.As(err, &r)
		collect(s, r)
	}
	return stops, errors.Join(errs...)
}

// Unreadable makes the Stop that archives a refused part of raw.
func Unreadable(r *Refusal) Stop {
	return Stop{Kind: KindUnreadable, Raw: r.Raw, Refusal: r.Error()}
}

// yield takes one stop or one refusal and reports whether to go on.
type yield func(Stop, *Refusal) bool

// read yields what one JSON object or array holds, in its order, and reports whether to go on. A document that is not
// JSON yields nothing and gives a syntax error.
func read(doc []byte, out yield) (more bool, syntax *json.SyntaxError) {
	clean, bad := validUTF8(doc)
	if bad >= 0 {
		return out(Stop{},
			&Refusal{Reason: fmt.Sprintf("byte %d is not UTF-8; save the document as UTF-8", bad+1), Raw: doc}), nil
	}
	w := walker{out: out}
	more = w.value(clean, "", 0)
	if more && w.syntax == nil && !w.found {
		more = out(Stop{}, &Refusal{Reason: "holds no ECS task: " + expected(), Raw: doc, Foreign: true})
	}
	return more, w.syntax
}

// walker opens one document's wrappings.
type walker struct {
	out    yield
	found  bool              // something that is or should have been a stop was yielded
	syntax *json.SyntaxError // the document is not JSON
}

func (w *walker) refuse(path string, raw []byte, format string, args ...any) bool {
	w.found = true
	return w.out(Stop{}, &Refusal{Path: path, Reason: fmt.Sprintf(format, args...), Raw: raw})
}

// refuser is refuse or beside.
type refuser func(path string, raw []byte, format string, args ...any) bool

// beside refuses what says nothing of a stop and is no fault where a stop stands beside it.
func (w *walker) beside(path string, raw []byte, format string, args ...any) bool {
	w.found = true
	return w.out(Stop{}, &Refusal{Path: path, Reason: fmt.Sprintf(format, args...), Beside: true, Raw: raw})
}

// ask is beside with a command that tells more.
func (w *walker) ask(path string, raw []byte, tells Command, format string, args ...any) bool {
	w.found = true
	return w.out(Stop{}, &Refusal{Path: path, Reason: fmt.Sprintf(format, args...), Ask: tells, Beside: true, Raw: raw})
}

// lacking refuses what has nothing left of a stop, and names the member that has another type than its field, where
// there is one. raw was decoded into v.
func (w *walker) lacking(path string, raw []byte, v any, format string, args ...any) bool {
	if field, value := oddField(raw, reflect.TypeOf(v)); value != "" {
		return w.refuse(path, raw, "%s cannot be the JSON %s", cmp.Or(field, "the task"), value)
	}
	return w.refuse(path, raw, format, args...)
}

// document reads a JSON object that may be an event or a list of tasks.
func (w *walker) document(raw []byte, path string, depth int) bool {
	var d document
	err := decode(raw, &d)
	switch {
	case errors.As(err, &w.syntax):
		return true
	case d.DetailType != "":
		return w.event(&d, raw, path)
	case len(d.Tasks) > 0:
		for i, t := range d.Tasks {
			if !w.task(t, join(path, "tasks", i)) {
				return false
			}
		}
		return w.failures(d.Failures, raw, path, w.beside)
	case areServices(d.Services):
		return w.services(d.Services, path) && w.failures(d.Failures, raw, path, w.beside)
	case len(d.Failures) > 0 && (d.Tasks != nil || d.Services != nil):
		return w.failures(d.Failures, raw, path, w.refuse)
	case d.Tasks != nil:
		return w.refuse(path, raw, "no tasks; ECS remembers a stopped task for about an hour")
	}
	return w.wrapping(&d, raw, path, depth)
}

func (w *walker) event(d *document, raw []byte, path string) bool {
	if d.Detail == nil {
		return w.lacking(path, raw, d, "the event has no detail")
	}
	var s Stop
	switch d.DetailType {
	case "ECS Task State Change", WatcherDetailType:
		s = d.Detail.task.stop()
		if s.TaskARN == "" {
			s.TaskARN = taskAmong(raw)
		}
		s.event, s.trimmed = true, d.Source == ""
		s.Watched = d.Source == WatcherSource || d.DetailType == WatcherDetailType
	case "Batch Job State Change", jobQueueBlocked:
		from := Stop{EventID: d.ID, Time: d.Time.Time, Account: d.Account, Region: d.Region}
		if d.DetailType == jobQueueBlocked {
			from.event = true
			d.Detail.Status = cmp.Or(d.Detail.Status, "RUNNABLE") // it stands at the head of its queue
		}
		return w.ofJob(d.Detail, d, from, raw, path)
	case "ECS Service Action", "ECS Daemon Service Action":
		return w.serviceEvent(KindService, d, raw, path)
	case "ECS Deployment State Change", "ECS Daemon Deployment State Change":
		return w.serviceEvent(KindDeployment, d, raw, path)
	case hookDetailType:
		return w.hook(d, raw, path)
	case instanceDetailType:
		return w.instance(d, raw, path)
	case cloudTrail:
		return w.apiCall(d, raw, path)
	case "Step Functions Execution Status Change":
		return w.execution(d, raw, path)
	default:
		return w.beside(path, raw, "%q is not a stop", d.DetailType)
	}
	s.EventID, s.Time = d.ID, d.Time.Time
	s.Account, s.Region = d.Account, d.Region
	return w.stop(s, raw, path)
}

// taskAmong returns the ARN of the task among the resources of an event.
func taskAmong(event []byte) string {
	var e struct {
		Resources []string `json:"resources"`
	}
	decode(event, &e)
	for _, arn := range e.Resources {
		if strings.Contains(arn, ":task/") {
			return arn
		}
	}
	return ""
}

func (w *walker) task(raw []byte, path string) bool {
	var f flat
	if decode(raw, &f); f.KnownStatus != "" && f.LastStatus == "" {
		return w.metadata(raw, path)
	}
	s := f.stop()
	if s.TaskARN == "" && s.StopCode == "" && s.StoppedReason == "" && len(s.Containers) == 0 {
		return w.lacking(path, raw, f, "not a task: it has no taskArn")
	}
	return w.stop(s, raw, path)
}

func (w *walker) stop(s Stop, raw []byte, path string) bool {
	if len(raw) >= MaxStopBytes {
		return w.tooLarge(raw, path)
	}
	if s.Watched {
		return w.watched(s, raw, path)
	}
	if s.goesOn() {
		return w.running(s, raw)
	}
	s.StillStopping = s.stopping()
	ended := s.LastStatus == "" && s.says()
	switch {
	case s.LastStatus == "STOPPED", ended, s.StillStopping:
	case s.LastStatus == "":
		var v any = detail{}
		if s.event {
			v = document{}
		}
		return w.lacking(path, raw, v, "task %s is (unknown), not stopped", known(awsname.LastPart(s.TaskARN)))
	default:
		s.complete()
		return w.ask(path, raw, s.askAbout(), "task %s is %s, not stopped", known(s.TaskID), s.LastStatus)
	}
	s.event = s.event && !s.trimmed && s.LastStatus == "STOPPED" && s.DesiredStatus != ""
	s.Raw = raw
	s.complete()
	return w.yield(s)
}

// says reports whether a task without a status says that it stopped.
func (s *Stop) says() bool {
	return s.StopCode != "" || s.StoppedReason != "" || !s.StoppedAt.IsZero() ||
		slices.ContainsFunc(s.Containers, func(c Container) bool { return c.ExitCode != nil })
}

// stopping reports whether a task is on its way to STOPPED and says why: its reason may still change, and exit codes
// come.
func (s *Stop) stopping() bool {
	switch s.LastStatus {
	case "STOPPED", "":
		return s.LastStatus == "" && s.DesiredStatus == "STOPPED" && s.EventName == "StopTask"
	case "DEACTIVATING", "STOPPING", "DEPROVISIONING":
		return true
	}
	return s.DesiredStatus == "STOPPED" && (s.StopCode != "" || s.StoppedReason != "" || s.hasEnded())
}

// askAbout is the command for a task that runs.
func (s *Stop) askAbout() Command {
	known := map[string][]string{"CLUSTER": {s.Cluster}, "SERVICE": {s.Service}, "REGION": {s.Region}}
	if s.Service != "" {
		return Ask(AskWhy, "tells why its service is not steady", known)
	}
	return Ask("whystopped tail --cluster {CLUSTER}{--region}", "tells when it stops", known)
}

func (w *walker) yield(s Stop) bool {
	w.found = true
	return w.out(s, nil)
}

func (w *walker) tooLarge(raw []byte, path string) bool {
	return w.refuse(path, raw, "%d bytes; no ECS event reaches 1 MB", len(raw))
}

// wrapping reads an object that is known by its members, or looks for stops in them.
func (w *walker) wrapping(d *document, raw []byte, path string, depth int) bool {
	var o object
	if depth > maxDepth || json.Unmarshal(raw, &o) != nil {
		return true
	}
	if known, more := w.shaped(o, raw, path, depth); known {
		return more
	}
	if areOfECS(d.Failures) {
		return w.failures(d.Failures, raw, path, w.refuse)
	}
	return w.members(o, path, depth)
}

// shaped reads an object that is known by its members, and reports whether it is one.
func (w *walker) shaped(o object, raw []byte, path string, depth int) (known, more bool) {
	switch {
	case isCall(o):
		return true, w.record(raw, path)
	case o.has("cloudTrailEvent"):
		return true, w.value(o.get("cloudTrailEvent"), path, depth+1)
	case o.has("error") && (o.has("cause") || o.has("executionArn")):
		return true, w.stateFailed(o, raw, path, depth)
	case o.lists("events") && isHistory(o.get("events")):
		return true, w.history(o.get("events"), joinPath(path, "events"), depth+1)
	case isJob(o):
		return true, w.job(raw, path)
	case o.has("knownStatus") && o.lists("containers"):
		return true, w.metadata(raw, path)
	case isInspected(o):
		return true, w.inspect(raw, path)
	case o.has("serviceArn") && (o.lists("events") || o.lists("deployments")):
		return true, w.service(raw, path)
	case o.has("serviceDeploymentArn", "status"):
		return true, w.serviceDeployment(raw, path)
	case o.has("id", "rolloutState"):
		return true, w.deployment(raw, path)
	case isServiceMessage(o):
		return true, w.message(raw, path)
	case isContainer(o):
		return true, w.container(raw, path)
	case isTask(o):
		return true, w.task(raw, path)
	}
	return w.foreign(o, raw, path)
}

// members looks for stops in the members of an object.
func (w *walker) members(o object, path string, depth int) bool {
	for _, m := range o {
		if !w.value(m.value, joinPath(path, m.key), depth+1) {
			return false
		}
	}
	return true
}

// finds reports whether a part of the document holds what is or should have been a stop.
func (w *walker) finds(read func() bool) (found, more bool) {
	before := w.found
	w.found = false
	more = read()
	found = w.found
	w.found = found || before
	return found, more
}

func (w *walker) value(raw []byte, path string, depth int) bool {
	raw = trimSpace(raw)
	if depth > maxDepth || len(raw) < 2 {
		return true
	}
	switch raw[0] {
	case '{':
		return w.document(raw, path, depth)
	case '[':
		var elements []json.RawMessage
		if err := json.Unmarshal(raw, &elements); err != nil {
			errors.As(err, &w.syntax)
			return true
		}
		if together(elements) {
			return w.containers(elements, raw, path)
		}
		for i, e := range elements {
			if !w.value(e, join(path, "", i), depth+1) {
				return false
			}
		}
	case '"':
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return true
		}
		inner := trimSpace([]byte(text))
		if len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') && json.Valid(inner) {
			return w.value(inner, path, depth+1)
		}
	}
	return true
}

func (t *task) stop() Stop {
	s := Stop{
		Kind:                 KindTask,
		Version:              t.Version.value,
		ClusterARN:           t.ClusterARN,
		Group:                t.Group,
		StartedBy:            t.StartedBy,
		TaskARN:              t.TaskARN,
		TaskDefinitionARN:    t.TaskDefinitionARN,
		LaunchType:           t.LaunchType,
		CapacityProvider:     t.CapacityProviderName,
		PlatformVersion:      t.PlatformVersion,
		PlatformFamily:       t.PlatformFamily,
		AvailabilityZone:     t.AvailabilityZone,
		ContainerInstanceARN: t.ContainerInstanceARN,
		CPU:                  t.CPU.value,
		Memory:               t.Memory.value,
		LastStatus:           t.LastStatus,
		DesiredStatus:        t.DesiredStatus,
		StopCode:             t.StopCode,
		StoppedReason:        t.StoppedReason,
		CreatedAt:            t.CreatedAt.Time,
		ConnectivityAt:       t.ConnectivityAt.Time,
		PullStartedAt:        t.PullStartedAt.Time,
		PullStoppedAt:        t.PullStoppedAt.Time,
		StartedAt:            t.StartedAt.Time,
		StoppingAt:           t.StoppingAt.Time,
		ExecutionStoppedAt:   t.ExecutionStoppedAt.Time,
		StoppedAt:            t.StoppedAt.Time,
	}
	s.Containers = make([]Container, 0, len(t.Containers))
	for _, c := range t.Containers {
		if c == (container{}) { // an element that is no container
			continue
		}
		s.Containers = append(s.Containers, c.stop())
	}
	s.override(t.Overrides)
	for _, a := range t.Attachments {
		if a.ID != "" || a.Type != "" || a.Status != "" || a.Details != nil {
			s.Attachments = append(s.Attachments,
				Attachment{ID: a.ID, Type: a.Type, Status: a.Status, Details: named(a.Details)})
		}
	}
	if len(t.Attributes) > 0 {
		s.Attributes = named(t.Attributes)
	}
	s.Tags = t.Tags
	return s
}

// override puts down what a RunTask call put in place of the task definition's own.
func (s *Stop) override(given overrides) {
	s.Overrides = Overrides{Told: given.told, ExecutionRoleARN: given.ExecutionRoleARN, TaskRoleARN: given.TaskRoleARN}
	for _, o := range given.ContainerOverrides {
		environment := named(o.Environment)
		s.JobID = cmp.Or(s.JobID, environment["AWS_BATCH_JOB_ID"])
		for i := range s.Containers {
			if s.Containers[i].Name == o.Name {
				s.Containers[i].Command = string(o.Command)
			}
		}
		if o.Command != "" || len(environment) > 0 {
			s.Overrides.Containers = append(s.Overrides.Containers, o.Name)
		}
	}
}

// named returns the values by their names, of the pairs that have one.
func named(pairs []pair) map[string]string {
	values := make(map[string]string, len(pairs))
	for _, p := range pairs {
		if p.Name != "" {
			values[p.Name] = p.Value
		}
	}
	return values
}

// batch turns an AWS Batch job that ended into the stop of its last attempt. Batch names the container of a job that
// has one "default", as its log streams show (AWS Batch User Guide, "Use the awslogs log driver").
func (d *detail) batch() Stop {
	s := Stop{
		Kind:          KindTask,
		Launcher:      LauncherBatch,
		JobID:         d.JobID,
		LastStatus:    "STOPPED",
		StoppedReason: d.StatusReason,
		CreatedAt:     d.CreatedAt.Time,
		StartedAt:     d.StartedAt.Time,
		StoppedAt:     d.StoppedAt.Time,
	}
	s.Family, s.Revision = familyRevision(awsname.LastPart(d.JobDefinition))
	containers := []jobContainer{}
	if d.Container != nil {
		containers = append(containers, *d.Container)
	}
	if n := len(d.Attempts); n > 0 {
		last := d.Attempts[n-1]
		if !last.StartedAt.IsZero() {
			s.StartedAt = last.StartedAt.Time
		}
		if !last.StoppedAt.IsZero() {
			s.StoppedAt = last.StoppedAt.Time
		}
		if last.StatusReason != "" {
			s.StoppedReason = last.StatusReason
		}
		if c := last.Container; c != nil && *c != (jobContainer{}) {
			if d.Container != nil {
				c.Image = cmp.Or(c.Image, d.Container.Image)
				c.Command = cmp.Or(c.Command, d.Container.Command)
			}
			containers = []jobContainer{*c}
		}
		for _, t := range last.TaskProperties {
			s.TaskARN, s.ContainerInstanceARN = t.TaskARN, t.ContainerInstanceARN
			containers = t.Containers
		}
	}
	for _, c := range containers {
		if c == (jobContainer{}) {
			continue
		}
		if c.Name == "" {
			c.Name = "default"
		}
		if c.TaskARN != "" {
			s.TaskARN = c.TaskARN
		}
		if c.ContainerInstanceARN != "" {
			s.ContainerInstanceARN = c.ContainerInstanceARN
		}
		s.Containers = append(s.Containers,
			Container{Name: c.Name, Image: c.Image, ExitCode: c.ExitCode.value, Reason: c.Reason,
				Command: string(c.Command)})
	}
	return s
}

// complete fills what ARNs, group and startedBy state.
func (s *Stop) complete() {
	for _, arn := range []string{s.TaskARN, s.ServiceARN, s.ClusterARN, s.ContainerInstanceARN, s.TaskDefinitionARN} {
		if s.Region != "" && s.Account != "" {
			break
		}
		if a, whole := awsname.ParseARN(arn); whole {
			s.Region, s.Account = cmp.Or(s.Region, a.Region), cmp.Or(s.Account, a.Account)
		}
	}
	if s.TaskARN != "" {
		s.TaskID = awsname.LastPart(s.TaskARN)
	}
	if s.ClusterARN != "" {
		s.Cluster = awsname.LastPart(s.ClusterARN)
	}
	for _, arn := range []string{s.TaskARN, s.ServiceARN, s.ContainerInstanceARN} {
		s.Cluster = cmp.Or(s.Cluster, awsname.ClusterOf(arn))
	}
	if s.TaskDefinitionARN != "" {
		s.Family, s.Revision = familyRevision(awsname.LastPart(s.TaskDefinitionARN))
	}
	if name, found := strings.CutPrefix(s.Group, "service:"); found {
		s.Service = name
	}
	if s.ServiceARN != "" {
		s.Service = awsname.LastPart(s.ServiceARN)
	}
	if strings.HasPrefix(s.StartedBy, "ecs-svc/") {
		s.DeploymentID = s.StartedBy
	}
	if s.Launcher == "" && s.TaskARN+s.Cluster+s.Group+s.StartedBy+s.Service != "" {
		s.Launcher = launcher(s)
	}
}

// inRegionOf sets Region and account from an ARN.
func (s *Stop) inRegionOf(arn string) {
	if a, whole := awsname.ParseARN(arn); whole {
		s.Region, s.Account = cmp.Or(s.Region, a.Region), cmp.Or(s.Account, a.Account)
	}
}

// launcher reads who started the task. EventBridge rules and Scheduler write "events-rule/…" and "chronos-schedule/…",
// Step Functions writes its name; AWS Batch names its clusters "AWSBatch-…" or "…_Batch_…".
func launcher(s *Stop) Launcher {
	switch {
	case s.Service != "" || s.DeploymentID != "":
		return LauncherService
	case strings.HasPrefix(s.StartedBy, "events-rule/"), strings.HasPrefix(s.StartedBy, "chronos-schedule/"):
		return LauncherSchedule
	case s.StartedBy == "AWS Step Functions":
		return LauncherStepFunctions
	case strings.HasPrefix(s.Cluster, "AWSBatch-"), strings.Contains(s.Cluster, "_Batch_"),
		strings.HasPrefix(s.StartedBy, "aws-batch"):
		return LauncherBatch
	}
	return LauncherRunTask
}

func familyRevision(s string) (family string, revision *int64) {
	family, text, found := strings.Cut(s, ":")
	if n, err := strconv.ParseInt(text, 10, 64); found && err == nil {
		revision = &n
	}
	return family, revision
}

func join(path, key string, index int) string {
	if path != "" && key != "" {
		path += "."
	}
	return path + key + "[" + strconv.Itoa(index) + "]"
}

func known(s string) string {
	if s == "" {
		return "(unknown)"
	}
	return s
}

var byteOrderMark = []byte("\uFEFF")

func trimSpace(b []byte) []byte {
	return bytes.Trim(bytes.TrimPrefix(b, byteOrderMark), " \t\r\n")
}

// validUTF8 returns doc with a character that was cut at the end of a string replaced by U+FFFD: ECS cuts reasons by
// bytes (amazon-ecs-agent, trimString in ecs_client.go). Any other byte that is not UTF-8 is reported by its offset.
func validUTF8(doc []byte) (clean []byte, bad int) {
	if utf8.Valid(doc) {
		return doc, -1
	}
	clean = make([]byte, 0, len(doc)+8)
	for i := 0; i < len(doc); {
		r, n := utf8.DecodeRune(doc[i:])
		if r != utf8.RuneError || n != 1 {
			clean = append(clean, doc[i:i+n]...)
			i += n
			continue
		}
		cut := i + 1
		for cut < len(doc) && doc[cut]&0xC0 == 0x80 {
			cut++
		}
		truncated := doc[i] >= 0xC2 && doc[i] <= 0xF4 && !utf8.FullRune(doc[i:cut])
		if !truncated || cut == len(doc) || (doc[cut] != '"' && doc[cut] != '.') {
			return doc, i
		}
		clean = append(clean, "\uFFFD"...)
		i = cut
	}
	return clean, -1
}
