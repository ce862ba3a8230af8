package reader

import (
	"iter"
	"regexp"
	"slices"
	"strings"
)

// texts yields the strings that a JSON value holds.
func texts(v any) iter.Seq[string] {
	return func(yield func(string) bool) { walkTexts(v, yield) }
}

func walkTexts(v any, yield func(string) bool) bool {
	switch v := v.(type) {
	case string:
		return yield(v)
	case []any:
		for _, e := range v {
			if !walkTexts(e, yield) {
				return false
			}
		}
	case object:
		for _, key := range sortedKeys(v) {
			if !walkTexts(v[key], yield) {
				return false
			}
		}
	}
	return true
}

func sortedKeys(m object) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// A label says what the text behind it is. Wherever it stands: those that mean nothing else; the others where a line
// begins with them.
var (
	anywhere = regexp.MustCompile(`(?i)^(?:task[ _-]?)?(stopped[ _-]?reasons?|stop[ _-]?reason|stopping[ _-]?reason|` +
		`stop[ _-]?code|stopped[ _-]?code|exit[ _-]?code|exit[ _-]?status|status[ _-]?reason|container[ _-]?reason|` +
		`last[ _-]?status|stopped[ _-]?at|task[ _-]?arn|launch[ _-]?type)\b["'*_` + "`" +
		`]*(\s*[:=]+>?["'*_` + "`" + `]*\s*|\s+(?:is|was|of)\s+|\s+|$)`)
	atStart = regexp.MustCompile(`(?i)^["'*_` + "`" +
		`]*(reason|code|status|container name|container|name|task definition|` +
		`taskdefinition|cluster|service|group|image|started at|startedat|created at|createdat|task|desired status)` +
		`["'*_` + "`" + `]*(\s*[:=]+>?["'*_` + "`" + `]*\s+|\s*[:=]+>?$|\t\s*|  +|$)`)
)

// labelsIn returns where in a line labels stand that mean nothing else.
func labelsIn(line string) (all [][]int) {
	for i := 0; i+8 <= len(line); i++ {
		if !labelLetters[line[i]] || i > 0 && inWord[line[i-1]] {
			continue
		}
		if !mayBeLabel(line[i:]) {
			continue
		}
		if m := anywhere.FindStringSubmatchIndex(line[i:]); m != nil {
			for k := range m {
				m[k] += i
			}
			all = append(all, m)
			i = m[1] - 1
		}
	}
	return all
}

// mayBeLabel reports whether a text begins with the letters of a label that means the same wherever it stands, behind
// "task" or not.
func mayBeLabel(s string) bool {
	letters := strings.ToLower(s[:4])
	if letters == "task" {
		if s = s[4:]; strings.IndexByte(" _-", s[0]) >= 0 {
			s = s[1:]
		}
		if len(s) < 4 {
			return strings.EqualFold(s, "arn")
		}
		if letters = strings.ToLower(s[:4]); strings.HasPrefix(letters, "arn") {
			return true
		}
	}
	switch letters {
	case "stop", "exit", "stat", "cont", "last", "task", "laun":
		return true
	}
	return false
}

var labelLetters = func() (set [256]bool) {
	for _, c := range "seclt" {
		set[c], set[c-'a'+'A'] = true, true
	}
	return set
}()

// fields are the members of a task by their labels, folded.
var fields = map[string]string{
	"stoppedreason": "stoppedReason", "stoppedreasons": "stoppedReason", "stopreason": "stoppedReason",
	"stoppingreason": "stoppedReason",
	"stopcode":       "stopCode", "stoppedcode": "stopCode", "code": "stopCode",
	"exitcode": "exitCode", "exitstatus": "exitCode",
	"statusreason": "reason", "containerreason": "reason", "reason": "reason",
	"laststatus": "lastStatus", "status": "lastStatus",
	"stoppedat": "stoppedAt", "startedat": "startedAt", "createdat": "createdAt",
	"taskarn": "taskArn", "task": "taskArn",
	"launchtype": "launchType", "taskdefinition": "taskDefinitionArn",
	"cluster": "clusterArn", "service": "service", "group": "group",
	"container": "name", "containername": "name", "name": "name", "image": "image",
	"desiredstatus": "desiredStatus",
}

// fold makes names of one thing equal: "Stopped reason", "stopped_reason" and "StoppedReason".
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r == ' ' || r == '_' || r == '-' || r == '.':
			return -1
		}
		return r
	}, name)
}

// ofAService tells what a service's scheduler says from what is said of a task.
var ofAService = regexp.MustCompile(
	`^\(?service [\w./:-]+\)?|(?i)^(?:ecs )?deployment circuit breaker|^ecs deployment|` +
		`^circuit breaker was triggered|^\(deployment ecs-svc/|^unable to place a task`)

// ofAContainer is what is said of one container of a task that was told about before.
var ofAContainer = regexp.MustCompile(`^(?:OutOfMemory|Cannot[A-Z]|Docker\w+Error|Container\w+Error|HostConfigError|` +
	`Container killed)`)

var (
	serviceName = regexp.MustCompile(`^\(?service ([\w-]+)`)
	exitedWith  = regexp.MustCompile(
		`(?i)\s*[(,;]\s*(?:with )?exit(?:ed)?(?: with)?[ _]?(?:code|status)?:? *(\d{1,3})\b`)
	escapes    = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")
	aNumber    = regexp.MustCompile(`^-?\d+`)
	aCode      = regexp.MustCompile(`^[A-Z][A-Za-z]+$`)
	aTime      = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*`)
	anID       = regexp.MustCompile(`^\[[0-9a-f]{6,}\]:? +`)
	aLogPrefix = regexp.MustCompile(`^\[?\d{4}[-/]\d\d[-/]\d\d|^\w{3} +\d+ \d\d:\d\d|^\d\d:\d\d`)
)

// words returns the stops that mere words tell of.
func words(text string) []object {
	r := listener{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := plain(lines[i])
		if line == "" || strings.Contains(line, "module=") && ofAgent.MatchString(line) {
			continue
		}
		if r.waiting(line) || r.call(line) || r.container(line) || r.sentence(line) || r.labels(line, lines, &i) ||
			r.agent(line) {
			continue
		}
		if r.banner {
			r.banner = false
			if !chrome.MatchString(line) {
				r.put("stoppedReason", line)
				continue
			}
		}
		if at := reasonIn(line); at >= 0 {
			said := line[at:]
			if i := strings.IndexAny(strings.ReplaceAll(said, "   ", "\t  "), "\t"); i > 0 {
				said = said[:i] // another column follows
			}
			for len(said) >= 70 && i+1 < len(lines) && r.goesOn(plain(lines[i+1])) {
				i++
				said += " " + plain(lines[i])
			}
			r.names(line[:at])
			r.said(trimmed(said, line[:at]))
		}
	}
	r.flush()
	return r.found
}

// ofAgent is a line of the log of an ECS agent.
var ofAgent = regexp.MustCompile(
	`level=\w+ time=\S+ msg=.*module=\S+|\[(?:INFO|WARN|ERROR|DEBUG|CRITICAL)\] .*module="`)

// chrome is what stands around a reason in a console and is none.
var chrome = regexp.MustCompile(`(?i)^(?:view |info$|learn more|last updated|copy$|details$)`)

// plain is a line without what frames it: colours, borders, marks of a list or a quotation.
func plain(line string) string {
	if strings.Contains(line, "\x1b") {
		line = escapes.ReplaceAllString(line, "")
	}
	line = strings.Trim(strings.TrimLeft(strings.TrimSpace(line), "│|╷╵>*•-✘✗❌ \t"), "│| \t\r")
	if len(line) > 1 && line[0] == '"' && line[len(line)-1] == '"' {
		line = line[1 : len(line)-1]
	}
	if strings.HasPrefix(line, "[") {
		line = line[len(anID.FindString(line)):]
	}
	return line
}

// trimmed is a reason without what it was quoted in.
func trimmed(said, before string) string {
	said = strings.TrimSpace(said)
	for _, quote := range []struct{ open, close string }{{"(", ")"}, {"\"", "\""}, {"'", "'"}, {"`", "`"}, {"“", "”"}} {
		if !strings.HasSuffix(before, quote.open) {
			continue
		}
		if end := strings.LastIndex(said, quote.close); end > 0 && !strings.Contains(said[end:], " Reason") {
			said = said[:end]
		}
	}
	return strings.TrimRight(said, "\"',*` ")
}

// listener gathers what lines say of a stop.
type listener struct {
	task       object
	containers []object
	banner     bool // "Task stopped at: …" came before, and its reason comes
	alone      bool // an exit code stands alone on its line
	found      []object
}

// goesOn reports whether a line goes on with the one before, which was wrapped.
func (r *listener) goesOn(next string) bool {
	return next != "" && !chrome.MatchString(next) && !aLogPrefix.MatchString(next) &&
		labelsIn(next) == nil && !atStart.MatchString(next) && !begins(next)
}

// labels reads what stands behind the labels of a line, and reports whether it had some.
func (r *listener) labels(line string, lines []string, i *int) bool {
	found := labelsIn(line)
	if len(found) == 0 && strings.ContainsAny(line, ":=\t") || found == nil && len(line) < 32 {
		if m := atStart.FindStringSubmatchIndex(line[:min(len(line), 200)]); m != nil {
			found = [][]int{m}
		}
	}
	any := false
	for k, m := range found {
		label := fields[fold(line[m[2]:m[3]])]
		end := len(line)
		if k+1 < len(found) {
			end = found[k+1][0]
		}
		value := unquoted(line[m[1]:end], k+1 < len(found))
		separated := strings.ContainsAny(line[m[4]:m[5]], ":=\t") || m[5]-m[4] > 1
		if value == "" && k+1 == len(found) && *i+1 < len(lines) {
			next := *i + 1
			for next+1 < len(lines) && plain(lines[next]) == "" {
				next++
			}
			if below := plain(lines[next]); labelsIn(below) == nil && !atStart.MatchString(below) {
				value, *i, separated = unquoted(below, false), next, true
			}
		}
		for label == "stoppedReason" || label == "reason" {
			if *i+1 == len(lines) || !strings.HasPrefix(lines[*i+1], "        ") || !r.goesOn(plain(lines[*i+1])) {
				break
			}
			*i++
			value += " " + plain(lines[*i])
		}
		any = r.label(label, value, separated, m[0] == 0) || any
	}
	if !any {
		return false
	}
	if r.task["stoppedReason"] == nil {
		r.before(line, found)
	}
	if m := inSentence.FindStringSubmatch(line); m != nil {
		r.put("reason", strings.TrimRight(m[1], ". "))
	}
	if m := containerNamed.FindStringSubmatch(line); m != nil && len(r.containers) > 0 {
		r.put("name", m[1])
	}
	return true
}

var (
	inSentence     = regexp.MustCompile(`[,;:(] *(?:with )?reason:? ((?:OutOf|Cannot|Docker|Container)\w+: .*)`)
	containerNamed = regexp.MustCompile(`[Cc]ontainer \[?['"]([\w-]+)['"]\]? (?:failed|exited|stopped)`)
	failedService  = regexp.MustCompile(`(?:(?:creating|updating) ECS Service \(([\w-]+)\)|when calling the ` +
		`(?:Create|Update)Service operation|operation error ECS: (?:Create|Update)Service|service ([\w-]+ )?cannot be ` +
		`updated due to an unexpected error)(.*?[:,] )(\w+Exception: .*|The .*)`)
	// each line that it finds something in has one of these
	failedServiceWords = []string{"ECS Service (", "Service operation", "ECS: CreateService", "ECS: UpdateService",
		"cannot be updated due to"}
	failedCall = regexp.MustCompile(`(?:\((\w+)\) when calling the (RunTask|StartTask) operation: ` +
		`|operation error ECS: (RunTask|StartTask), .*?(\w+(?:Exception|AccessDenied)): )(.*)`)
	agentError = regexp.MustCompile(`^level=error .*\btask="?([0-9a-f-]{32,})"? container="([\w-]+)" .*` +
		`nextState="(CREATED|RUNNING|PULLED)" error="(.*)"`)
	agentErrors = map[string]string{"PULLED": "CannotPullContainerError", "CREATED": "CannotCreateContainerError",
		"RUNNING": "CannotStartContainerError"} // agent/engine/errors.go of amazon-ecs-agent
)

// before takes the reason that stands in a sentence with labels behind it.
func (r *listener) before(line string, labels [][]int) {
	at := reasonIn(line)
	if at < 0 {
		return
	}
	end := len(line)
	for _, m := range labels {
		if m[0] > at {
			end = min(end, m[0])
		} else if m[1] >= at {
			return // it is what stands behind the label
		}
	}
	said := strings.TrimSuffix(strings.TrimRight(line[at:end], " (,;.-:"), " with")
	if !ofAContainer.MatchString(said) {
		r.names(line)
		r.said(said)
	}
}

// sentence takes what stands behind "task … stopped:".
func (r *listener) sentence(line string) bool {
	if !strings.Contains(line, "stopped") {
		return false
	}
	m := stoppedFor.FindStringSubmatch(line)
	if m == nil || !strings.Contains(m[1], "luster") && taskNamed.FindString(m[1]) == "" && reasonIn(m[2]) != 0 {
		return false
	}
	r.flush()
	r.names(m[1])
	said := m[2]
	if at := exitedWith.FindStringSubmatchIndex(said); at != nil {
		r.put("exitCode", said[at[2]:at[3]])
		said = said[:at[0]]
	}
	if said = strings.TrimRight(said, " (,;-:"); said != "" {
		r.put("stoppedReason", said)
	}
	return true
}

// names takes the task and the cluster that a sentence is about.
func (r *listener) names(line string) {
	if id := taskNamed.FindString(line); id != "" {
		r.put("taskArn", id)
	}
	if m := clusterNamed.FindStringSubmatch(line); m != nil {
		r.put("clusterArn", m[1])
	}
}

var (
	stoppedFor = regexp.MustCompile(`(?i)(\btask\b.{0,200}?)\b(?:was |has |is )?stopped` +
		`(?: because(?: of)?| due to| with(?: the)? reason| reason| for)?(?: ?[:–—-]+ ?| because(?: of)? | due to )(.+)`)
	taskNamed    = regexp.MustCompile(`arn:[\w-]+:ecs:[\w-]*:\d*:task/[\w/-]+|\b[0-9a-f]{32}\b`)
	clusterNamed = regexp.MustCompile(`\bcluster[:=]? ["'\x60]?([\w:/-]*\w)`)
)

// container takes a line of a container's name, exit code and reason.
func (r *listener) container(line string) bool {
	if !strings.Contains(line, "xit") {
		return false
	}
	m := containerLine.FindStringSubmatch(line)
	if m == nil || fields[fold(m[1])] != "" || r.task == nil && len(r.containers) == 0 && !begins(m[3]) {
		return false
	}
	c := object{"name": m[1], "exitCode": m[2]}
	if said := strings.Trim(m[3], " ()\"'"); begins(said) {
		c["reason"] = said
	}
	r.containers = append(r.containers, c)
	return true
}

var containerLine = regexp.MustCompile(
	`^([\w.-]+)(?:[:,] *| *\(| +-+ +| +)(?:exited )?(?:with )?(?:exit ?code|exitCode|exit|exited with code)` +
		`[:= ] *(\d+)\)?[,:;]? *(?:-+ *)?(?:reason[:=]? *)?(.*)$`)

// waiting takes why a job of AWS Batch does not start.
func (r *listener) waiting(line string) bool {
	at := max(strings.Index(line, "MISCONFIGURATION:"), strings.Index(line, "CAPACITY:"))
	if at < 0 {
		return false
	}
	r.flush()
	r.found = append(r.found, object{"jobId": "(unknown)", "jobName": "", "jobQueue": "", "status": "RUNNABLE",
		"statusReason": strings.TrimRight(line[at:], " \"',")})
	return true
}

// call takes the error of a call that was to start a task, as the command line and the SDKs write it.
func (r *listener) call(line string) bool {
	if has(line, failedServiceWords) {
		if m := failedService.FindStringSubmatch(line); m != nil {
			r.flush()
			said := serviceSaid(strings.TrimSpace(m[4]))
			said["services"].([]any)[0].(object)["serviceName"] = m[1] + m[2]
			r.found = append(r.found, said)
			return true
		}
	}
	if !strings.Contains(line, "operation") {
		return false
	}
	m := failedCall.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	r.flush()
	r.found = append(r.found, object{"eventSource": "ecs.amazonaws.com", "eventName": m[2] + m[3],
		"errorCode": m[1] + m[4], "errorMessage": m[5]})
	return true
}

// agent takes the error with which an ECS agent could not bring a container into its next state.
func (r *listener) agent(line string) bool {
	if !strings.HasPrefix(line, "level=") {
		return false
	}
	m := agentError.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	r.flush()
	r.put("taskArn", m[1])
	r.put("name", m[2])
	r.put("reason", agentErrors[m[3]]+": "+strings.ReplaceAll(m[4], `\"`, `"`))
	r.flush()
	return true
}

// unquoted is the value behind a label, without quotation marks and what divides it from the next label.
func unquoted(value string, more bool) string {
	value = strings.TrimSpace(value)
	if more {
		value = strings.TrimRight(value, " .,;|&(")
	}
	value = strings.Trim(value, "*` ,")
	for _, quote := range []string{`"`, "'"} {
		if strings.HasSuffix(value, quote) && strings.Count(value, quote)%2 == 1 {
			value = strings.TrimSuffix(value, quote)
		}
	}
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') {
		if end := strings.LastIndexByte(value, value[0]); end > 0 {
			value = value[1:end]
		}
	}
	return strings.TrimSpace(value)
}

// label takes the value behind a label, unless it cannot be one.
func (r *listener) label(field, value string, separated, first bool) bool {
	switch field {
	case "exitCode":
		if value = aNumber.FindString(value); value == "" {
			return false
		}
		r.alone = r.alone || first
	case "stopCode":
		value, _, _ = strings.Cut(value, " ")
		if value = strings.TrimRight(value, ".,;"); !aCode.MatchString(value) {
			return false
		}
	case "stoppedAt":
		if first && r.task["stoppedReason"] == nil {
			r.banner = true
		}
		value = aTime.FindString(value)
	case "lastStatus":
		status, reason, _ := strings.Cut(value, " ")
		if !strings.EqualFold(status, "stopped") {
			return false
		}
		if reason = strings.Trim(reason, "()| "); begins(reason) {
			r.put("stoppedReason", reason)
		}
		value = "STOPPED"
	case "taskArn":
		value, _, _ = strings.Cut(value, " ")
		if strings.HasPrefix(value, "aws") || !strings.Contains(value, ":task/") && !taskID.MatchString(value) {
			return false
		}
	case "stoppedReason", "reason":
		if r.waiting(value) {
			return true
		}
		if !separated && reasonIn(value) < 0 || len(value) < 3 || value == "null" || value == "None" {
			return false
		}
	default:
		if !separated || value == "" || strings.Contains(value, " ") && field != "group" {
			return false
		}
	}
	if value != "" {
		r.put(field, value)
	}
	return true
}

var taskID = regexp.MustCompile(`^[0-9a-f]{32}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// put notes a field of a stop. A field of the task that is known already begins another stop, one of a container
// another container.
func (r *listener) put(field, value string) {
	switch field {
	case "exitCode", "reason", "name", "image":
		last := len(r.containers) - 1
		if last < 0 || r.containers[last][field] != nil {
			r.containers = append(r.containers, object{})
			last++
		}
		r.containers[last][field] = value
	case "service":
		r.put("group", "service:"+value)
	default:
		if r.task[field] != nil && r.task[field] != value {
			switch field {
			case "stoppedReason", "taskArn", "stopCode":
				r.flush()
			default:
				return
			}
		}
		if r.task == nil {
			r.task = object{}
		}
		r.task[field] = value
	}
}

// essential is what ECS says most often.
const essential = "Essential container in task exited"

var containerExited = regexp.MustCompile(`[Cc]ontainer ['"\[]*([\w-]+)['"\]]* (?:exited|failed|stopped)\D* (\d{1,3})\b`)

// said takes a reason that stands without a label.
func (r *listener) said(reason string) {
	if rest, found := strings.CutPrefix(reason, essential); found && rest != "" {
		reason = essential
		if at := reasonIn(rest); at >= 0 {
			defer r.put("reason", rest[at:])
		} else if m := containerExited.FindStringSubmatch(rest); m != nil {
			defer func() { r.containers = append(r.containers, object{"name": m[1], "exitCode": m[2]}) }()
		} else if m := exitedWith.FindStringSubmatch(rest); m != nil {
			defer r.put("exitCode", m[1])
		}
	}
	switch {
	case ofAService.MatchString(reason):
		r.flush()
		r.found = append(r.found, serviceSaid(reason))
	case r.task["stoppedReason"] != nil && ofAContainer.MatchString(reason):
		r.put("reason", reason)
	default:
		r.put("stoppedReason", reason)
	}
}

// flush ends a stop.
func (r *listener) flush() {
	task, containers := r.task, r.containers
	alone := r.alone
	r.task, r.containers, r.banner, r.alone = nil, nil, false, false
	if task == nil {
		task = object{}
	}
	if task["stoppedReason"] == nil && task["stopCode"] == nil {
		if len(containers) == 0 {
			return
		}
		reason := text(containers[0]["reason"])
		if reason == "" && !alone || reason != "" && !begins(reason) {
			return
		}
		if reason != "" && (len(containers[0]) == 1 || !ofAContainer.MatchString(reason)) {
			task["stoppedReason"] = reason
			delete(containers[0], "reason")
			if len(containers[0]) == 0 {
				containers = containers[1:]
			}
		}
	}
	if len(containers) > 0 {
		task["containers"] = containers
	}
	if task["lastStatus"] == nil {
		task["lastStatus"] = "STOPPED"
	}
	r.found = append(r.found, task)
}
