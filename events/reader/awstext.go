package reader

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// column is a field that --output text may print, and which values it takes. Fields that are absent are left out, so
// that only their order and their values tell which is which.
type column struct {
	name  string
	fits  *regexp.Regexp
	worth int // how much a value that fits says for the field
}

var (
	aWord   = regexp.MustCompile(`^\S+$`)
	anyText = regexp.MustCompile(`.`)
	aBool   = regexp.MustCompile(`^(?:True|False)$`)
	aSize   = regexp.MustCompile(`^\d{1,6}$`)
	anExit  = regexp.MustCompile(`^-?\d{1,10}$`)
	aMoment = regexp.MustCompile(`^\d{10}(?:\.\d+)?$|^\d{4}-\d\d-\d\dT`)
	aStatus = regexp.MustCompile(
		`^(?:STOPPED|RUNNING|PENDING|PROVISIONING|ACTIVATING|DEACTIVATING|STOPPING|DEPROVISIONING|DELETED)$`)
	aHealth   = regexp.MustCompile(`^(?:HEALTHY|UNHEALTHY|UNKNOWN)$`)
	aLaunch   = regexp.MustCompile(`^(?:FARGATE|EC2|EXTERNAL|MANAGED_INSTANCES)$`)
	anErrorOf = regexp.MustCompile(`^\w+(?:Error|Exception)\b|\s`)
)

func arnOf(kind string) *regexp.Regexp {
	return regexp.MustCompile(`^arn:[\w-]+:ecs:[^:]*:\d*:` + kind + `/`)
}

// ofText are the columns of the lines of --output text, in the order of the alphabet, by the word that a line begins
// with.
var ofText = map[string][]column{
	"TASKS": {{"availabilityZone", regexp.MustCompile(`^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$`), 5},
		{"capacityProviderName", aWord, 1}, {"clusterArn", arnOf("cluster"), 9},
		{"connectivity", regexp.MustCompile(`^(?:DIS)?CONNECTED$`), 9}, {"connectivityAt", aMoment, 3},
		{"containerInstanceArn", arnOf("container-instance"), 9}, {"cpu", aSize, 3}, {"createdAt", aMoment, 4},
		{"desiredStatus", aStatus, 4}, {"enableExecuteCommand", aBool, 5}, {"executionStoppedAt", aMoment, 3},
		{"group", regexp.MustCompile(`^(?:service|family):`), 9}, {"healthStatus", aHealth, 5},
		{"lastStatus", aStatus, 5}, {"launchType", aLaunch, 5}, {"memory", aSize, 3},
		{"platformFamily", regexp.MustCompile(`^(?i:linux|windows)`), 5},
		{"platformVersion", regexp.MustCompile(`^\d+\.\d+\.\d+$|^LATEST$`), 5}, {"pullStartedAt", aMoment, 3},
		{"pullStoppedAt", aMoment, 3}, {"startedAt", aMoment, 3}, {"startedBy", aWord, 1}, {"stopCode", stopCodes, 9},
		{"stoppedAt", aMoment, 4}, {"stoppedReason", anyText, 2}, {"stoppingAt", aMoment, 3},
		{"taskArn", arnOf("task"), 9}, {"taskDefinitionArn", arnOf("task-definition"), 9}, {"version", aSize, 3}},
	"CONTAINERS": {{"containerArn", arnOf("container"), 9}, {"cpu", aSize, 3}, {"exitCode", anExit, 4},
		{"healthStatus", aHealth, 5}, {"image", regexp.MustCompile(`[/:]|^[\w.-]+$`), 2},
		{"imageDigest", regexp.MustCompile(`^sha256:`), 9}, {"lastStatus", aStatus, 5}, {"memory", aSize, 2},
		{"memoryReservation", aSize, 2}, {"name", regexp.MustCompile(`^[\w-]+$`), 3}, {"reason", anErrorOf, 4},
		{"runtimeId", regexp.MustCompile(`^[0-9a-f-]{12,}$`), 5}, {"taskArn", arnOf("task"), 9}},
	"EVENTS": {{"createdAt", aMoment, 4}, {"id", taskID, 5}, {"message", regexp.MustCompile(`\s`), 4}},
	"DEPLOYMENTS": {{"createdAt", aMoment, 3}, {"id", regexp.MustCompile(`^ecs-svc/`), 9},
		{"rolloutState", regexp.MustCompile(`^(?:FAILED|IN_PROGRESS|COMPLETED)$`), 9},
		{"rolloutStateReason", regexp.MustCompile(`\s`), 5},
		{"status", regexp.MustCompile(`^(?:PRIMARY|ACTIVE|INACTIVE)$`), 9},
		{"taskDefinition", arnOf("task-definition"), 9}, {"updatedAt", aMoment, 3}},
	"FAILURES": {{"arn", regexp.MustCompile(`^arn:`), 5}, {"detail", regexp.MustCompile(`\s`), 2},
		{"reason", regexp.MustCompile(`^[A-Z]`), 4}},
}

var textCells = regexp.MustCompile(`\t+| {2,}`)

// awsTextIn returns the documents that a text holds in what aws prints with --output text.
func awsTextIn(text string) []object {
	if !has(text, []string{"TASKS", "CONTAINERS", "EVENTS", "FAILURES", "DEPLOYMENTS"}) {
		return nil
	}
	var task object
	tasks, messages, failures, deployments := []any{}, []any{}, []any{}, []any{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, "\t")
		if rest == "" {
			word, rest, _ = strings.Cut(line, "  ")
		}
		columns := ofText[word]
		if columns == nil || rest == "" {
			continue
		}
		cells := textCells.Split(strings.TrimSpace(rest), -1)
		o := aligned(cells, columns)
		if c, is := containerRow(typedAll(cells)); is && word == "CONTAINERS" && len(o) < len(cells) {
			o = c
		}
		switch word {
		case "TASKS":
			task = o
			tasks = append(tasks, task)
		case "CONTAINERS":
			if task == nil {
				task = object{"lastStatus": "STOPPED"}
				tasks = append(tasks, task)
			}
			list, _ := task["containers"].([]any)
			task["containers"] = append(list, o)
		case "FAILURES":
			failures = append(failures, o)
		case "DEPLOYMENTS":
			if o["rolloutState"] == "FAILED" {
				deployments = append(deployments, o)
			}
		case "EVENTS":
			if text, _ := o["message"].(string); text != "" && ofAService.MatchString(text) {
				messages = append(messages, o)
			}
		}
	}
	var all []object
	if len(tasks) > 0 {
		all = append(all, object{"tasks": tasks})
	}
	if len(failures) > 0 {
		all = append(all, object{"tasks": []any{}, "failures": failures})
	}
	if len(deployments) > 0 {
		all = append(all, object{"services": []any{object{"serviceName": "", "deployments": deployments}}})
	}
	if len(messages) > 0 {
		text, _ := messages[0].(object)["message"].(string)
		service := object{"serviceName": "", "events": messages}
		if m := serviceName.FindStringSubmatch(text); m != nil {
			service["serviceName"] = m[1]
		}
		all = append(all, object{"services": []any{service}})
	}
	return all
}

// ecsCLIIn returns the tasks that a text holds in what ecs-cli ps prints.
func ecsCLIIn(text string) (all []object) {
	if !strings.Contains(text, "STOPPED") {
		return nil
	}
	byTask := map[string]object{}
	for line := range strings.Lines(text) {
		m := ofECSCLI.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		task := byTask[m[2]]
		if task == nil {
			task = object{"taskArn": m[2], "lastStatus": "STOPPED", "containers": []any{}}
			if m[1] != "" {
				task["clusterArn"] = m[1]
			}
			byTask[m[2]] = task
			all = append(all, task)
		}
		c := object{"name": m[3], "lastStatus": "STOPPED", "exitCode": typed(m[4]), "reason": typed(m[5])}
		task["containers"] = append(task["containers"].([]any), c)
	}
	return all
}

var ofECSCLI = regexp.MustCompile(
	`^(?:([\w-]+)/)?([0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})/([\w-]+)\s+` +
		`STOPPED(?:\s+ExitCode: (\d+))?\.?(?:\s+Reason: (.*?))?(?:\s{2,}.*)?$`)

// aligned gives cells to columns so that their order is kept and as much as possible fits.
func aligned(cells []string, columns []column) object {
	const none = 0
	cells = cells[:min(len(cells), 64)]
	best := make([][]int, len(cells)+1) // best[i][j]: what the cells from i on are worth in the columns from j on
	for i := range best {
		best[i] = make([]int, len(columns)+1)
	}
	worth := make([][]int, len(cells)) // of each cell in each column
	for i, cell := range cells {
		worth[i] = make([]int, len(columns))
		for j, c := range columns {
			if cell != "None" && c.fits.MatchString(cell) {
				worth[i][j] = c.worth
			}
		}
	}
	for i := len(cells) - 1; i >= 0; i-- {
		for j := len(columns) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if w := worth[i][j]; w > none {
				best[i][j] = max(best[i][j], w+best[i+1][j+1])
			}
		}
	}
	o := object{}
	for i, j := 0, 0; i < len(cells) && j < len(columns); {
		switch w := worth[i][j]; {
		case w > none && best[i][j] == w+best[i+1][j+1]:
			o[columns[j].name] = typed(cells[i])
			i, j = i+1, j+1
		case best[i][j] == best[i][j+1]:
			j++
		default:
			i++
		}
	}
	return o
}

// typed is a cell as JSON has it.
func typed(cell string) any {
	if _, err := strconv.ParseFloat(cell, 64); err == nil && json.Valid([]byte(cell)) {
		return json.Number(cell)
	}
	switch cell {
	case "None", "null", "-", "":
		return nil
	}
	return cell
}

func typedAll(cells []string) []any {
	row := make([]any, len(cells))
	for i, c := range cells {
		row[i] = typed(c)
	}
	return row
}

// rowsIn returns the documents that the lines of a text hold whose cells are divided by tabs, or by more than one
// space: of --query with --output text.
func rowsIn(text string) (all []object) {
	if !ofECS(text) && !has(text, tellingWords) {
		return nil
	}
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "\t") && !strings.Contains(line, "  ") {
			continue
		}
		cells := textCells.Split(strings.TrimSpace(line), -1)
		if len(cells) < 2 || aLogPrefix.MatchString(line) && !strings.Contains(line, "\t") {
			continue
		}
		if slices.ContainsFunc(cells, isField) {
			continue // labels, with what stands behind them
		}
		row, reasons := typedAll(cells), []object{}
		for _, c := range cells {
			if begins(c) && !ofAContainer.MatchString(c) {
				reasons = append(reasons, saidAlone(c))
			}
		}
		if len(reasons) == len(cells) {
			all = append(all, reasons...)
			continue
		}
		if task, is := rowOf(row); is &&
			(strings.Contains(line, "\t") || task["taskArn"] != nil || task["stopCode"] != nil) {
			all = append(all, task)
		} else if c, is := containerRow(row); is && ofAContainer.MatchString(reasonOf(c)) {
			all = append(all, ended(c))
		}
	}
	if len(all) > 1 && !slices.ContainsFunc(all, func(o object) bool {
		return o["taskArn"] != nil || o["stopCode"] != nil ||
			o["stoppedReason"] != nil || o["services"] != nil
	}) {
		containers := []any{}
		for _, o := range all {
			containers = append(containers, o["containers"].([]any)...)
		}
		return []object{{"lastStatus": "STOPPED", "containers": containers}}
	}
	return all
}
