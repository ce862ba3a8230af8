package reader

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"whystopped/events"
)

// object is a JSON object, or what a program printed in its own way.
type object = map[string]any

// ecsNames are the names of ECS's own, by which keys in any letter case and with any dividers are known.
var ecsNames = func() map[string]string {
	names := map[string]string{}
	for _, n := range strings.Fields(`detail-type detail source account region resources tasks task failures services
		events deployments message attachments attributes availabilityZone capacityProviderName clusterArn
		connectivityAt containerInstanceArn containers cpu createdAt desiredStatus executionStoppedAt group lastStatus
		launchType memory platformVersion pullStartedAt pullStoppedAt startedAt startedBy stopCode stoppedAt
		stoppedReason stoppingAt taskArn taskDefinitionArn version containerArn exitCode healthStatus image imageDigest
		memoryReservation name reason restartCount runtimeId id type status details value serviceName serviceArn
		rolloutState rolloutStateReason eventTime eventName eventSource errorCode errorMessage requestParameters
		responseElements overrides containerOverrides networkInterfaces platformFamily`) {
		names[fold(n)] = n
	}
	return names
}()

// Other names of one thing, folded, the likeliest first. Each counts where its owner lacks the thing itself.
var (
	taskNames = map[string][]string{
		"stoppedReason": {"stopreason", "stoppingreason", "taskstoppedreason", "stopped", "reason", "statusreason",
			"why", "message",
			"msg", "error", "cause", "stop"},
		"stopCode":          {"stoppedcode", "code", "stop"},
		"lastStatus":        {"status", "state", "taskstatus"},
		"taskArn":           {"task", "arn", "taskid", "id"},
		"taskDefinitionArn": {"taskdefinition", "taskdef", "td", "definition"},
		"clusterArn":        {"cluster", "clustername"},
		"stoppedAt":         {"stopped", "stopat", "stoptime", "endedat", "finishedat", "end"},
		"startedAt":         {"started", "start", "starttime"},
		"createdAt":         {"created"},
		"group":             {"service", "servicename"},
	}
	containerNames = map[string][]string{
		"exitCode":   {"exit", "exitstatus", "containerexitcode", "rc", "exitcodes", "exits", "code"},
		"reason":     {"containerreason", "statusreason", "why", "message", "msg", "error"},
		"name":       {"container", "containername"},
		"lastStatus": {"status", "state"},
	}
)

// stopCodes match the stop codes of the ECS API.
var stopCodes = regexp.MustCompile(`^(?:` + strings.Join(events.StopCodes, "|") + `)$`)

// shaped returns the documents in the vocabulary of ECS that a value holds under names of its own: other keys, lists in
// place of objects, objects in place of words.
func shaped(v any) []object { return find(normal(v)) }

// normal gives members the names of ECS where they have them in another writing, and undoes what writers of JSON wrap
// around single values.
func normal(v any) any {
	switch v := v.(type) {
	case object:
		if inner, is := lone(v); is {
			return normal(inner)
		}
		out := make(object, len(v))
		for _, key := range sortedKeys(v) {
			value := normal(v[key])
			if name := ecsNames[fold(key)]; name != "" && out[name] == nil {
				out[name] = value
				continue
			}
			put(out, key, value)
		}
		return out
	case []any:
		if o, is := fieldsAndValues(v); is {
			return normal(o)
		}
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = normal(e)
		}
		return out
	case string:
		if strings.EqualFold(v, "stopped") || strings.EqualFold(v, "running") {
			return strings.ToUpper(v)
		}
		if m := netDate.FindStringSubmatch(v); m != nil {
			ms, _ := strconv.ParseInt(m[1], 10, 64) // 13 digits: it cannot fail
			return json.Number(strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64))
		}
		if strings.HasPrefix(v, "{") && ofECS(v) {
			if inner, ok := fromJSON([]byte(v)); ok {
				return normal(inner)
			}
		}
	}
	return v
}

var netDate = regexp.MustCompile(`^/Date\((\d{1,14})(?:[+-]\d{4})?\)/$`)

// put sets a member of an object, below the objects and lists that a key with dots names,
// "detail.containers.0.exitCode".
func put(o object, key string, value any) {
	first, rest, dotted := strings.Cut(key, ".")
	if !dotted || first == "" || rest == "" || strings.Contains(key, " ") || strings.Count(key, ".") > 8 {
		o[key] = value
		return
	}
	if name := ecsNames[fold(first)]; name != "" {
		first = name
	}
	if index, below, _ := strings.Cut(rest, "."); number(index) && below != "" {
		list, _ := o[first].([]any)
		i, err := strconv.Atoi(index)
		if err != nil || i > 100 {
			return
		}
		for len(list) <= i {
			list = append(list, object{})
		}
		if element, ok := list[i].(object); ok {
			put(element, below, value)
		}
		o[first] = list
		return
	}
	below, ok := o[first].(object)
	if !ok {
		below = object{}
		o[first] = below
	}
	if name := ecsNames[fold(rest)]; name != "" {
		rest = name
	}
	put(below, rest, value)
}

func number(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// lone returns the value of an object that stands for one: an enum of .NET, a moment, an attribute of DynamoDB.
func lone(o object) (any, bool) {
	if seconds := o["seconds"]; seconds != nil && len(o) == 2 {
		return seconds, true
	}
	if seconds := o["epochSecond"]; seconds != nil && len(o) == 2 {
		return seconds, true
	}
	if len(o) != 1 {
		return nil, false
	}
	for key, value := range o {
		switch value.(type) {
		case string, json.Number:
			return value, slices.Contains([]string{"Value", "value", "S", "N", "$date"}, key)
		case object:
			return value, key == "M"
		case []any:
			return value, key == "L" || key == "SS"
		case bool:
			return nil, key == "NULL"
		}
	}
	return nil, false
}

// fieldsAndValues makes an object of a row of Logs Insights, or of the fields of a message in a chat.
func fieldsAndValues(list []any) (object, bool) {
	row := object{}
	for _, e := range list {
		o, _ := e.(object)
		field := text(first(o, []string{"field", "title", "label", "key"}))
		if field == "" || o["value"] == nil || len(o) > 3 {
			return nil, false
		}
		row[field] = o["value"]
	}
	return row, len(row) > 0
}

// find returns the documents within a value that normal made.
func find(v any) []object {
	switch v := v.(type) {
	case object:
		switch {
		case v["detail-type"] != nil:
			return []object{v}
		case v["eventName"] != nil && (v["errorCode"] != nil || v["responseElements"] != nil): // a call, of CloudTrail
			if v["eventSource"] == nil {
				v["eventSource"] = "ecs.amazonaws.com"
			}
			return []object{v}
		case isList(v["services"]), isList(v["serviceDeployments"]), isList(v["jobs"]), isWord(v["jobId"]):
			return []object{v}
		case isList(v["failures"]) && v["tasks"] != nil:
			return append(find(v["tasks"]), object{"tasks": []any{}, "failures": v["failures"]})
		case isTask(v):
			return []object{taskOf(v)}
		case isContainer(v):
			return []object{ended(v)}
		}
		if row, is := rowOf(valuesOf(v)); is && len(v) > 1 {
			return []object{row}
		}
		var all []object
		for _, key := range sortedKeys(v) {
			all = append(all, find(v[key])...)
		}
		return all
	case []any:
		return findInList(v)
	}
	return nil
}

// valuesOf are the members of an object in the order of their names.
func valuesOf(o object) []any {
	values := make([]any, 0, len(o))
	for _, key := range sortedKeys(o) {
		values = append(values, o[key])
	}
	return values
}

// findInList finds documents in a list: of containers of one task, of rows, of anything.
func findInList(list []any) []object {
	if row, is := rowOf(list); is {
		return []object{row}
	}
	containers, all := []any{}, []object(nil)
	telling := false
	for _, e := range list {
		switch e := e.(type) {
		case object:
			if !isTask(e) && (isContainer(e) || e["name"] != nil && (e["exitCode"] != nil || e["lastStatus"] != nil)) {
				containers = append(containers, containerOf(e))
				telling = telling || isContainer(e)
				continue
			}
		case []any:
			if c, is := containerRow(e); is {
				containers = append(containers, c)
				telling = telling || c["reason"] != nil
				continue
			}
		}
		all = append(all, find(e)...)
	}
	if telling {
		all = append(all, object{"lastStatus": "STOPPED", "containers": containers})
	}
	return all
}

// isTask reports whether an object says of a task that it stopped, in whatever names.
func isTask(o object) bool {
	if o["stoppedReason"] == nil && o["stopCode"] == nil && o["lastStatus"] == nil && o["containers"] == nil &&
		!tells(o) {
		return false
	}
	reason, _ := first(o, taskNames["stoppedReason"]).(string)
	code, _ := first(o, taskNames["stopCode"]).(string)
	status, _ := first(o, taskNames["lastStatus"]).(string)
	_, many := o["containers"].([]any)
	switch {
	case isWord(o["stoppedReason"]), isWord(o["stopCode"]), stopCodes.MatchString(code):
		return true
	case ofATask(o["reason"]), ofATask(first(o, []string{"statusreason"})):
		return true
	case o["lastStatus"] != nil && (many || o["taskArn"] != nil):
		return true
	case many:
		return slices.ContainsFunc(o["containers"].([]any), func(c any) bool {
			o := containerOf(c)
			return o["exitCode"] != nil || isReason(o["reason"])
		})
	}
	task, _ := first(o, taskNames["taskArn"]).(string)
	return isReason(reason) && (strings.Contains(task, ":task/") ||
		strings.EqualFold(status, "STOPPED") && !ofAContainer.MatchString(reason))
}

// tells reports whether a member of an object is a reason or a stop code, whatever its name.
func tells(o object) bool {
	for _, v := range o {
		if s := text(v); s != "" && (begins(s) || stopCodes.MatchString(s)) {
			return true
		}
	}
	return false
}

// isContainer reports whether an object says how a container ended.
func isContainer(o object) bool {
	if o["exitCode"] == nil && !tells(o) {
		return false
	}
	c := containerOf(o)
	return isReason(c["reason"]) && !ofAService.MatchString(text(c["reason"])) &&
		(o["reason"] != nil || c["name"] != nil || c["exitCode"] != nil) || o["exitCode"] != nil &&
		(c["name"] != nil || c["reason"] != nil)
}

// ofATask reports whether a text is what ECS says of a task as a whole.
func ofATask(v any) bool {
	return isReason(v) && !ofAContainer.MatchString(text(v)) && !ofAService.MatchString(text(v))
}

// isList reports whether a value is a list with something in it.
func isList(v any) bool {
	list, ok := v.([]any)
	return ok && len(list) > 0
}

func isWord(v any) bool {
	s, ok := v.(string)
	return ok && s != ""
}

func isReason(v any) bool {
	s, ok := v.(string)
	return ok && begins(s)
}

// first returns the first member that an object has of the names.
func first(o object, names []string) any {
	var found any
	at := len(names)
	for key, value := range o {
		if i := slices.Index(names, fold(key)); value != nil && i >= 0 && i < at {
			found, at = value, i
		}
	}
	return found
}

// ended is a task of which one container is known.
func ended(container object) object {
	task := object{"lastStatus": "STOPPED", "containers": []any{containerOf(container)}}
	if arn := container["taskArn"]; arn != nil {
		task["taskArn"] = arn
	}
	return task
}

// taskOf gives a task the names of ECS.
func taskOf(o object) object {
	task := maps.Clone(o)
	for _, name := range sortedKeys(taskNamesAny) {
		if task[name] == nil {
			if value := fitting(name, o); value != nil {
				task[name] = value
			}
		}
	}
	if group, ok := task["group"].(string); ok && o["group"] == nil {
		task["group"] = "service:" + group[strings.LastIndexByte(group, '/')+1:]
	}
	if code, ok := task["stopCode"].(string); ok && task["stoppedReason"] == nil && !aCode.MatchString(code) {
		task["stoppedReason"] = code
	}
	task["containers"] = containersOf(task)
	if task["lastStatus"] == nil && task["stoppedReason"] == nil && task["stopCode"] == nil {
		task["lastStatus"] = "STOPPED"
	}
	return task
}

var taskNamesAny = func() object {
	all := object{}
	for name := range taskNames {
		all[name] = true
	}
	return all
}()

// fitting returns the member that stands for a field under another name, where its value can be that field's.
func fitting(field string, o object) any {
	for _, name := range taskNames[field] {
		value := first(o, []string{name})
		text, isText := value.(string)
		fits := isText && text != ""
		switch field {
		case "stoppedReason":
			fits = fits && (strings.Contains(text, " ") || isReason(text))
			if name == "reason" && o["exitCode"] != nil && ofAContainer.MatchString(text) {
				fits = false
			}
		case "stopCode":
			fits = fits && stopCodes.MatchString(text)
		case "taskArn":
			fits = fits && (strings.Contains(text, ":task/") || taskID.MatchString(text))
		case "stoppedAt", "startedAt", "createdAt":
			_, isNumber := value.(json.Number)
			fits = isNumber || aTime.MatchString(text)
		case "lastStatus":
			fits = fits && strings.ToUpper(text) == text
		}
		if fits {
			return value
		}
	}
	return nil
}

// containersOf returns the containers of a task, whatever they are in: a list, an object by their names, lists of each
// field, or the task itself.
func containersOf(task object) []any {
	containers := []any{}
	switch list := task["containers"].(type) {
	case []any:
		for _, e := range list {
			if c := containerOf(e); len(c) > 0 {
				containers = append(containers, c)
			}
		}
	case string:
		l := listener{task: task}
		for line := range strings.Lines(list) {
			l.container(plain(line))
		}
		for _, c := range l.containers {
			containers = append(containers, c)
		}
	case object:
		for _, name := range sortedKeys(list) {
			c := containerOf(list[name])
			if c["name"] == nil {
				c["name"] = name
			}
			containers = append(containers, c)
		}
	}
	if len(containers) > 0 {
		return containers
	}
	exit, reason := task["exitCode"], task["reason"]
	if exit == nil {
		exit = first(task, containerNames["exitCode"][:6])
	}
	if _, word := reason.(string); reason == nil || word && reason == task["stoppedReason"] {
		reason = first(task, containerNames["reason"][:2])
	}
	name := first(task, []string{"container", "containername", "name"})
	if byName, is := exit.(object); is {
		return containersOf(object{"containers": byName})
	}
	codes, many := exit.([]any)
	if !many {
		if c := containerOf(object{"exitCode": exit, "reason": reason, "name": name}); c["exitCode"] != nil ||
			c["reason"] != nil {
			containers = append(containers, c)
		}
		return containers
	}
	for i, code := range codes {
		containers = append(containers,
			containerOf(object{"exitCode": code, "reason": at(reason, i), "name": at(name, i)}))
	}
	return containers
}

// at is an element of a list.
func at(v any, i int) any {
	if list, ok := v.([]any); ok && i < len(list) {
		return list[i]
	}
	return nil
}

// containerOf gives a container the names of ECS.
func containerOf(v any) object {
	switch v := v.(type) {
	case object:
		c := object{}
		for key, value := range v {
			if value != nil {
				c[key] = value
			}
		}
		for field, names := range containerNames {
			if c[field] == nil {
				if value := first(v, names); value != nil {
					c[field] = value
				}
			}
		}
		for _, key := range sortedKeys(v) {
			if s := text(v[key]); c["reason"] == nil && ofAContainer.MatchString(s) {
				c["reason"] = s
			}
		}
		if !isNumber(c["exitCode"]) {
			delete(c, "exitCode")
		}
		if !isWord(c["reason"]) {
			delete(c, "reason")
		}
		return c
	case []any:
		if c, is := containerRow(v); is {
			return c
		}
	case json.Number:
		return object{"exitCode": v}
	case string:
		if isReason(v) {
			return object{"reason": v}
		}
	}
	return object{}
}

func isNumber(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return true
	case string:
		_, err := strconv.Atoi(strings.TrimSpace(v))
		return err == nil
	}
	return false
}

// containerRow reads a list of a container's name, exit code and reason, in any order, of which one at least is a
// container's own.
func containerRow(list []any) (object, bool) {
	c := object{}
	for _, v := range list {
		switch {
		case v == nil, v == "None", v == "null", v == "", v == "-":
		case isNumber(v) && c["exitCode"] == nil:
			c["exitCode"] = v
		case isReason(v) && c["reason"] == nil:
			c["reason"] = v
		case isWord(v) && !strings.ContainsAny(v.(string), " :/") && !stopCodes.MatchString(v.(string)):
			if v == "STOPPED" || v == "RUNNING" {
				c["lastStatus"] = v
			} else if c["name"] == nil {
				c["name"] = v
			}
		default:
			return nil, false
		}
	}
	return c, c["exitCode"] != nil && c["name"] != nil || ofAContainer.MatchString(text(c["reason"]))
}

// reasonOf is the reason of a container.
func reasonOf(c object) string { return text(c["reason"]) }

func text(v any) string {
	s, _ := v.(string)
	return s
}

// rowOf reads a list of a task's fields in any order: of which one at least only a stopped task has.
func rowOf(list []any) (object, bool) {
	task, container := object{}, object{}
	for _, v := range list {
		switch s := text(v); {
		case v == nil, s == "None", s == "null", s == "-":
		case stopCodes.MatchString(s):
			task["stopCode"] = s
		case strings.Contains(s, ":task/"), taskID.MatchString(s):
			task["taskArn"] = s
		case strings.Contains(s, ":task-definition/"):
			task["taskDefinitionArn"] = s
		case strings.Contains(s, ":cluster/"):
			task["clusterArn"] = s
		case strings.HasPrefix(s, "service:"), strings.HasPrefix(s, "family:"):
			task["group"] = s
		case s == "STOPPED" || s == "RUNNING" || s == "PENDING":
			task["lastStatus"] = s
		case s == "FARGATE" || s == "EC2" || s == "EXTERNAL":
			task["launchType"] = s
		case aTime.MatchString(s):
			task["stoppedAt"] = s
		case isNumber(v):
			if n := text(v) + numberText(v); len(n) < 9 && container["exitCode"] == nil {
				container["exitCode"] = v
			} else if len(n) >= 10 && task["stoppedAt"] == nil {
				task["stoppedAt"] = v
			}
		case isReason(v) && ofAContainer.MatchString(s) && task["stoppedReason"] != nil:
			container["reason"] = s
		case isReason(v), strings.Count(s, " ") > 1 && task["stopCode"] != nil && task["stoppedReason"] == nil:
			task["stoppedReason"] = s
		case isWord(v) && container["name"] == nil && !strings.ContainsAny(s, " :"):
			container["name"] = s
		default:
			switch v := v.(type) {
			case []any:
				task["containers"] = containersOf(object{"containers": v})
			case object:
				return nil, false
			}
		}
	}
	if task["stopCode"] == nil && (task["stoppedReason"] == nil ||
		ofAContainer.MatchString(text(task["stoppedReason"])) && container["name"] != nil) &&
		(task["taskArn"] == nil || container["exitCode"] == nil && task["containers"] == nil) {
		return nil, false
	}
	if task["containers"] == nil && (container["exitCode"] != nil || container["reason"] != nil) {
		task["containers"] = []any{container}
	}
	if reason := text(task["stoppedReason"]); ofAService.MatchString(reason) {
		return serviceSaid(reason), true
	}
	return task, true
}

func numberText(v any) string {
	n, _ := v.(json.Number)
	return n.String()
}

// saidAlone is the document of a reason that stands alone.
func saidAlone(reason string) object {
	if ofAService.MatchString(reason) {
		return serviceSaid(reason)
	}
	return object{"lastStatus": "STOPPED", "stoppedReason": reason}
}

// serviceSaid is a message of a service.
func serviceSaid(message string) object {
	service := object{"events": []any{object{"message": message}}, "serviceName": ""}
	if m := serviceName.FindStringSubmatch(message); m != nil {
		service["serviceName"] = m[1]
	}
	return object{"services": []any{service}}
}

// fromJSON decodes JSON and keeps numbers as they are written.
func fromJSON(doc []byte) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	return v, d.Decode(&v) == nil
}
