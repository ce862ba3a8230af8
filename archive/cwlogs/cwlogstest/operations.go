package cwlogstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Limits of PutLogEvents
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html).
const (
	maxBatchBytes  = 1_048_576
	eventOverhead  = 26
	maxBatchEvents = 10_000
	maxBatchSpan   = 24 * time.Hour
	maxAge         = 14 * 24 * time.Hour
	maxAhead       = 2 * time.Hour
)

var (
	groupName  = regexp.MustCompile(`^[\.\-_/#A-Za-z0-9]{1,512}$`)
	streamName = regexp.MustCompile(`^[^:*]{1,512}$`)
)

func checkNames(group, stream string) *refusal {
	const failed = "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must " +
		"satisfy regular expression pattern: %s"
	switch {
	case !groupName.MatchString(group):
		return refuse("InvalidParameterException", failed, group, "logGroupName", `[\.\-_/#A-Za-z0-9]+`)
	case !streamName.MatchString(stream):
		return refuse("InvalidParameterException", failed, stream, "logStreamName", `[^:*]*`)
	}
	return nil
}

func (s *Server) createLogGroup(input struct{ LogGroupName string }) (any, *refusal) {
	if refused := checkNames(input.LogGroupName, "any"); refused != nil {
		return nil, refused
	}
	if strings.HasPrefix(input.LogGroupName, "aws/") {
		return nil, refuse("InvalidParameterException", "Log groups starting with aws/ are reserved for AWS.")
	}
	if s.groups[input.LogGroupName] != nil {
		return nil, refuse("ResourceAlreadyExistsException", "The specified log group already exists")
	}
	s.groups[input.LogGroupName] = &group{created: s.Now(), streams: map[string][]Event{}}
	return struct{}{}, nil
}

func (s *Server) group(name string) (*group, *refusal) {
	if g := s.groups[name]; g != nil {
		return g, nil
	}
	return nil, refuse("ResourceNotFoundException", "The specified log group does not exist.")
}

func (s *Server) createLogStream(input struct{ LogGroupName, LogStreamName string }) (any, *refusal) {
	if refused := checkNames(input.LogGroupName, input.LogStreamName); refused != nil {
		return nil, refused
	}
	g, refused := s.group(input.LogGroupName)
	if refused != nil {
		return nil, refused
	}
	if _, exists := g.streams[input.LogStreamName]; exists {
		return nil, refuse("ResourceAlreadyExistsException", "The specified log stream already exists")
	}
	g.streams[input.LogStreamName] = nil
	return struct{}{}, nil
}

type putLogEventsInput struct {
	LogGroupName, LogStreamName string
	LogEvents                   []struct {
		Timestamp *int64 // milliseconds
		Message   string
	}
}

type rejectedLogEventsInfo struct {
	TooNewLogEventStartIndex *int `json:"tooNewLogEventStartIndex,omitempty"`
	TooOldLogEventEndIndex   *int `json:"tooOldLogEventEndIndex,omitempty"`
	ExpiredLogEventEndIndex  *int `json:"expiredLogEventEndIndex,omitempty"`
}

func (s *Server) putLogEvents(input putLogEventsInput) (any, *refusal) {
	if refused := checkNames(input.LogGroupName, input.LogStreamName); refused != nil {
		return nil, refused
	}
	n := len(input.LogEvents)
	if n == 0 || n > maxBatchEvents {
		return nil, refuse("InvalidParameterException", "1 validation error detected: Value at 'logEvents' failed to "+
			"satisfy constraint: Member must have length between 1 and %d", maxBatchEvents)
	}
	bytes := 0
	for i, event := range input.LogEvents {
		if event.Timestamp == nil || *event.Timestamp < 0 || event.Message == "" {
			return nil, refuse("InvalidParameterException", "1 validation error detected: Value at "+
				"'logEvents.%d.member' failed to satisfy constraint: Member must have a timestamp and a message", i+1)
		}
		size := len(event.Message) + eventOverhead
		if size > maxBatchBytes {
			return nil, refuse("InvalidParameterException", "Log event too large: %d bytes exceeds limit of %d", size,
				maxBatchBytes)
		}
		if i > 0 && *event.Timestamp < *input.LogEvents[i-1].Timestamp {
			return nil, refuse("InvalidParameterException",
				"Log events in a single PutLogEvents request must be in chronological order.")
		}
		bytes += size
	}
	if bytes > maxBatchBytes {
		return nil, refuse("InvalidParameterException", "Upload too large: %d bytes exceeds limit of %d", bytes,
			maxBatchBytes)
	}
	g, refused := s.group(input.LogGroupName)
	if refused != nil {
		return nil, refused
	}
	stored, exists := g.streams[input.LogStreamName]
	if !exists {
		return nil, refuse("ResourceNotFoundException", "The specified log stream does not exist.")
	}

	now := s.Now()
	before := func(t time.Time) int {
		end := 0
		for end < n && *input.LogEvents[end].Timestamp < t.UnixMilli() {
			end++
		}
		return end
	}
	tooOld, expired, tooNew := before(now.Add(-maxAge)), 0, before(now.Add(maxAhead+time.Millisecond))
	if g.retentionDays > 0 {
		expired = before(now.AddDate(0, 0, -g.retentionDays))
	}
	valid := input.LogEvents[max(tooOld, expired):max(tooOld, expired, tooNew)]
	if k := len(valid); k > 0 && *valid[k-1].Timestamp-*valid[0].Timestamp > maxBatchSpan.Milliseconds() {
		return nil, refuse("InvalidParameterException",
			"The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	}
	for _, event := range valid {
		s.nextID++
		stored = append(stored, Event{
			ID:        fmt.Sprintf("%056d", s.nextID),
			Stream:    input.LogStreamName,
			Timestamp: time.UnixMilli(*event.Timestamp).UTC(),
			Ingested:  now,
			Message:   event.Message,
		})
	}
	g.streams[input.LogStreamName] = stored

	var info rejectedLogEventsInfo
	if tooNew < n {
		info.TooNewLogEventStartIndex = &tooNew
	}
	if tooOld > 0 {
		info.TooOldLogEventEndIndex = &tooOld
	}
	if expired > 0 {
		info.ExpiredLogEventEndIndex = &expired
	}
	answer := map[string]any{"nextSequenceToken": "49039859593437900000000000000000000000000000000000000000"}
	if info != (rejectedLogEventsInfo{}) {
		answer["rejectedLogEventsInfo"] = info
	}
	return answer, nil
}

func (s *Server) describeLogGroups(input struct{ LogGroupNamePrefix string }) (any, *refusal) {
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.groups)) {
		if !strings.HasPrefix(name, input.LogGroupNamePrefix) {
			continue
		}
		g := map[string]any{"logGroupName": name, "creationTime": s.groups[name].created.UnixMilli(),
			"logGroupClass": "STANDARD"}
		if days := s.groups[name].retentionDays; days > 0 {
			g["retentionInDays"] = days
		}
		list = append(list, g)
	}
	return map[string]any{"logGroups": list}, nil
}

func (s *Server) describeLogStreams(input struct{ LogGroupName, LogStreamNamePrefix string }) (any, *refusal) {
	g, refused := s.group(input.LogGroupName)
	if refused != nil {
		return nil, refused
	}
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(g.streams)) {
		if strings.HasPrefix(name, input.LogStreamNamePrefix) {
			list = append(list, map[string]any{"logStreamName": name})
		}
	}
	return map[string]any{"logStreams": list}, nil
}

type filterLogEventsInput struct {
	LogGroupName, LogStreamNamePrefix, FilterPattern, NextToken string
	StartTime, EndTime                                          *int64 // milliseconds
}

// filterLogEvents gives the events in pages, with an empty page between any two of them, as the service may do.
func (s *Server) filterLogEvents(input filterLogEventsInput) (any, *refusal) {
	g, refused := s.group(input.LogGroupName)
	if refused != nil {
		return nil, refused
	}
	conditions, refused := parsePattern(input.FilterPattern)
	if refused != nil {
		return nil, refused
	}
	start, full := 0, true
	if input.NextToken != "" {
		at, empty := strings.CutPrefix(input.NextToken, "empty/")
		var err error
		if start, err = strconv.Atoi(at); err != nil {
			return nil, refuse("InvalidParameterException", "The specified nextToken is invalid.")
		}
		full = !empty
	}
	page := []map[string]any{}
	if !full {
		return map[string]any{"events": page, "nextToken": strconv.Itoa(start)}, nil
	}
	matched := 0
	for _, event := range g.events(input.LogStreamNamePrefix) {
		ms := event.Timestamp.UnixMilli()
		if input.StartTime != nil && ms < *input.StartTime || input.EndTime != nil && ms > *input.EndTime ||
			!conditions.match(event.Message) {
			continue
		}
		matched++
		if matched <= start {
			continue
		}
		if len(page) == s.PageSize {
			return map[string]any{"events": page, "nextToken": "empty/" + strconv.Itoa(start+s.PageSize)}, nil
		}
		page = append(page, map[string]any{
			"eventId": event.ID, "logStreamName": event.Stream, "message": event.Message,
			"timestamp": ms, "ingestionTime": event.Ingested.UnixMilli(),
		})
	}
	return map[string]any{"events": page}, nil
}

type conditions map[string]*regexp.Regexp // by field

const comparison = `\(?\s*\$\.(\w+)\s*=\s*"([^"]*)"\s*\)?`

var (
	oneComparison  = regexp.MustCompile(comparison)
	allComparisons = regexp.MustCompile(`^\s*\{\s*` + comparison + `(\s*&&\s*` + comparison + `)*\s*\}\s*$`)
)

// parsePattern reads the JSON filter patterns that join text comparisons with &&; in a text, * stands for anything.
func parsePattern(pattern string) (conditions, *refusal) {
	all := conditions{}
	if strings.TrimSpace(pattern) == "" {
		return all, nil
	}
	if len(pattern) > 1024 || !allComparisons.MatchString(pattern) {
		return nil, refuse("InvalidParameterException", "Invalid filter pattern")
	}
	for _, match := range oneComparison.FindAllStringSubmatch(pattern, -1) {
		all[match[1]] = regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(match[2]), `\*`, ".*") + "$")
	}
	return all, nil
}

func (c conditions) match(message string) bool {
	if len(c) == 0 {
		return true
	}
	var fields map[string]any
	if json.Unmarshal([]byte(message), &fields) != nil {
		return false
	}
	for name, want := range c {
		if value, isText := fields[name].(string); !isText || !want.MatchString(value) {
			return false
		}
	}
	return true
}
