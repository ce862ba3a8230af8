package events

import (
	"regexp"
	"slices"
	"strings"

	"whystopped/events/awsname"
)

// Command is one that tells what a document does not.
type Command struct {
	Run  string // whole, for a line of its own; empty for none
	Look string // what it tells, and what is to be filled in
}

// The commands that tell why tasks stopped.
const (
	AskTasks = "aws ecs describe-tasks --cluster {CLUSTER} --tasks {TASK} --region {REGION} | whystopped explain"
	AskWhy   = "whystopped why --cluster {CLUSTER} --service {SERVICE}{--region}"

	tellsWhy = "tells why tasks stop"
)

// Ask fills a command with what is known by the names in it, quoted for a shell. What is not known stays in capitals,
// and is to be filled in; {--region} is left out then.
func Ask(command, tells string, known map[string][]string) Command {
	var open []string
	run := blanks.ReplaceAllStringFunc(command, func(blank string) string {
		name := strings.Trim(blank, "{}")
		values := known[strings.ToUpper(strings.TrimLeft(name, "-"))]
		var words []string
		for _, value := range values {
			if word, ok := quoted(value); ok {
				words = append(words, word)
			}
		}
		switch {
		case name == "--region" && words != nil:
			return " --region " + words[0]
		case name == "--region":
			return ""
		case words != nil:
			return strings.Join(words, " ")
		case !slices.Contains(open, name):
			open = append(open, name)
		}
		return name
	})
	look := tells
	if n := len(open); n > 0 {
		look += "; fill in " + open[n-1]
		if n > 1 {
			look = tells + "; fill in " + strings.Join(open[:n-1], ", ") + " and " + open[n-1]
		}
	}
	return Command{Run: run, Look: look}
}

var (
	blanks = regexp.MustCompile(`\{(--region|[A-Z_]+)\}`)
	plain  = regexp.MustCompile(`^[\w./:=,@%+-]+$`)
	odd    = regexp.MustCompile(`['\pC\p{Zl}\p{Zp}]`)
)

// quoted is a value as a shell takes it, and false for one that no name looks like.
func quoted(value string) (word string, ok bool) {
	if plain.MatchString(value) {
		return value, true
	}
	return "'" + value + "'", value != "" && !odd.MatchString(value)
}

const (
	mostTasks = 10       // that a command names
	mostRead  = 64 << 10 // of a document, for names
)

var (
	ecsARN       = regexp.MustCompile(`arn:aws[\w-]*:ecs:[\w-]*:\d*:(task|service|cluster|container-instance)/[\w/-]+`)
	executionARN = regexp.MustCompile(`arn:aws[\w-]*:states:[\w-]*:\d*:e(?:xecution|xpress):[\w:-]+`)
)

// NamesIn returns the names for Ask that stand in the ARNs of a document: those of tasks, and the first cluster,
// service, execution and Region.
func NamesIn(raw []byte) map[string][]string {
	known := map[string][]string{}
	first := func(name, value string) {
		if value != "" && known[name] == nil {
			known[name] = []string{value}
		}
	}
	raw = raw[:min(len(raw), mostRead)]
	for _, m := range ecsARN.FindAllSubmatch(raw, -1) {
		arn, name := string(m[0]), awsname.LastPart(string(m[0]))
		parsed, _ := awsname.ParseARN(arn)
		first("REGION", parsed.Region)
		switch kind := string(m[1]); {
		case kind == "cluster":
			first("CLUSTER", name)
		case kind == "service":
			first("SERVICE", name)
		case kind == "task" && len(known["TASK"]) < mostTasks && !slices.Contains(known["TASK"], name):
			known["TASK"] = append(known["TASK"], name)
		}
		first("CLUSTER", awsname.ClusterOf(arn))
	}
	if execution := string(executionARN.Find(raw)); execution != "" {
		parsed, _ := awsname.ParseARN(execution)
		first("EXECUTION_ARN", execution)
		first("REGION", parsed.Region)
	}
	return known
}
