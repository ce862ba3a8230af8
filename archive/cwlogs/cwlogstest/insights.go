package cwlogstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

type startQueryInput struct {
	LogGroupName, QueryString string
	StartTime, EndTime        int64 // seconds
	Limit                     int
}

// startQuery runs a query at once; it is said to be running once, and then complete.
func (s *Server) startQuery(input startQueryInput) (any, *refusal) {
	g, refused := s.group(input.LogGroupName)
	if refused != nil {
		return nil, refused
	}
	if input.Limit < 1 || input.Limit > 10_000 || input.EndTime < input.StartTime {
		return nil, refuse("InvalidParameterException", "limit %d, time range %d to %d", input.Limit, input.StartTime,
			input.EndTime)
	}
	var rows []map[string]any
	scanned := 0
	for _, event := range g.events("") {
		if at := event.Timestamp.Unix(); at < input.StartTime || at > input.EndTime {
			continue
		}
		var row map[string]any
		if json.Unmarshal([]byte(event.Message), &row) == nil {
			row["@timestamp"] = event.Timestamp.Format("2006-01-02 15:04:05.000")
			rows = append(rows, row)
		}
		scanned += len(event.Message)
	}
	for line := range strings.SplitSeq(input.QueryString, "\n") {
		command, rest, _ := strings.Cut(strings.TrimPrefix(line, "| "), " ")
		do := map[string]func([]map[string]any, string) ([]map[string]any, error){
			"#":      func(rows []map[string]any, _ string) ([]map[string]any, error) { return rows, nil },
			"filter": filtered, "fields": coalesced, "stats": counted, "sort": sorted, "limit": limited}[command]
		err := fmt.Errorf("no such command: %q", line)
		if do != nil {
			rows, err = do(rows, rest)
		}
		if err != nil {
			return nil, refuse("MalformedQueryException", "%v", err)
		}
	}
	s.queries = append(s.queries, query{rows: rows[:min(len(rows), input.Limit)], scanned: scanned})
	return map[string]any{"queryId": strconv.Itoa(len(s.queries) - 1)}, nil
}

// query is one that was started.
type query struct {
	rows    []map[string]any
	scanned int
	asked   int
	stopped bool
}

func (s *Server) query(id string) (*query, *refusal) {
	n, err := strconv.Atoi(id)
	if err != nil || n < 0 || n >= len(s.queries) {
		return nil, refuse("ResourceNotFoundException", "no query %s", id)
	}
	return &s.queries[n], nil
}

func (s *Server) getQueryResults(input struct{ QueryID string }) (any, *refusal) {
	q, refused := s.query(input.QueryID)
	if refused != nil {
		return nil, refused
	}
	if q.asked++; q.asked == 1 || s.Endless {
		return map[string]any{"status": "Running", "results": []any{}}, nil
	}
	results := [][]map[string]string{}
	for _, row := range q.rows {
		fields := []map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(row)) {
			fields = append(fields, map[string]string{"field": name, "value": fmt.Sprint(row[name])})
		}
		results = append(results, fields)
	}
	return map[string]any{"status": "Complete", "results": results,
		"statistics": map[string]any{"bytesScanned": q.scanned, "recordsMatched": len(q.rows)}}, nil
}

func (s *Server) stopQuery(input struct{ QueryID string }) (any, *refusal) {
	q, refused := s.query(input.QueryID)
	if refused != nil {
		return nil, refused
	}
	q.stopped = true
	return map[string]any{"success": true}, nil
}

var condition = regexp.MustCompile(`^(\w+) (=|>=|<|in) ("[^"]*"|\[[^\]]*\])$`)

func filtered(rows []map[string]any, text string) ([]map[string]any, error) {
	for part := range strings.SplitSeq(text, " and ") {
		if name, found := strings.CutPrefix(part, "ispresent("); found {
			name = strings.TrimSuffix(name, ")")
			rows = slices.DeleteFunc(rows, func(row map[string]any) bool { return row[name] == nil })
			continue
		}
		m := condition.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("no such condition: %q", part)
		}
		var values []string
		if json.Unmarshal([]byte("["+strings.Trim(m[3], "[]")+"]"), &values) != nil {
			return nil, fmt.Errorf("no such values: %q", m[3])
		}
		rows = slices.DeleteFunc(rows, func(row map[string]any) bool {
			is, known := row[m[1]].(string)
			switch m[2] {
			case ">=":
				return !known || is < values[0]
			case "<":
				return !known || is >= values[0]
			}
			return !known || !slices.Contains(values, is)
		})
	}
	return rows, nil
}

var coalesce = regexp.MustCompile(`^coalesce\((\w+), (\w+)\) as (\w+)$`)

func coalesced(rows []map[string]any, text string) ([]map[string]any, error) {
	m := coalesce.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("no such fields: %q", text)
	}
	for _, row := range rows {
		if row[m[3]] = row[m[1]]; row[m[3]] == nil {
			row[m[3]] = row[m[2]]
		}
	}
	return rows, nil
}

var aggregate = regexp.MustCompile(`^(count_distinct|earliest|latest)\((\w+)\) as (\w+)$`)

// counted groups rows, which are in the order of their times.
func counted(rows []map[string]any, text string) ([]map[string]any, error) {
	what, by, _ := strings.Cut(text, " by ")
	groups := map[string]map[string]any{}
	distinct := map[string]map[any]bool{}
	var order []string
	for _, row := range rows {
		key, group := "", map[string]any{}
		for name := range strings.SplitSeq(by, ", ") {
			key += fmt.Sprint(row[name], "\x00")
			if row[name] != nil {
				group[name] = row[name]
			}
		}
		if groups[key] == nil {
			groups[key], order = group, append(order, key)
		}
		for part := range strings.SplitSeq(what, ", ") {
			m := aggregate.FindStringSubmatch(part)
			if m == nil {
				return nil, fmt.Errorf("no such function: %q", part)
			}
			value, group := row[m[2]], groups[key]
			switch {
			case value == nil:
			case m[1] == "count_distinct":
				if distinct[key+m[3]] == nil {
					distinct[key+m[3]] = map[any]bool{}
				}
				distinct[key+m[3]][value] = true
				group[m[3]] = len(distinct[key+m[3]])
			case m[1] == "latest" || group[m[3]] == nil:
				group[m[3]] = value
			}
		}
	}
	rows = nil
	for _, key := range order {
		rows = append(rows, groups[key])
	}
	return rows, nil
}

func sorted(rows []map[string]any, text string) ([]map[string]any, error) {
	name, found := strings.CutSuffix(text, " desc")
	if !found {
		return nil, fmt.Errorf("no such order: %q", text)
	}
	slices.SortStableFunc(rows, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprint(b[name]), fmt.Sprint(a[name]))
	})
	return rows, nil
}

func limited(rows []map[string]any, text string) ([]map[string]any, error) {
	n, err := strconv.Atoi(text)
	return rows[:min(len(rows), n)], err
}
