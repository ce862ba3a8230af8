package reader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"whystopped/events"
)

// cutOff says of JSON that it has no end.
func cutOff(line int) string {
	return fmt.Sprintf("the JSON that begins in line %d is cut off here; copy it whole", line)
}

// nothing says that an input was not understood.
func nothing(empty bool) *events.Refusal {
	if empty {
		return &events.Refusal{Line: 1, Reason: "empty: no document", Raw: []byte{}}
	}
	return &events.Refusal{Line: 1, Raw: []byte{}, Ask: events.Ask(events.AskTasks, "asks for a stopped task", nil),
		Reason: "nothing of ECS in it: expected a stopped task as ECS describes it, an event, or the words of a " +
			"stopped reason"}
}

// broken refuses JSON that is none from where scan stopped, up to what looks like its end, unless it is what a program
// printed.
func (d *decoder) broken(scan *scanner, line int, atStart bool) bool {
	s := &d.source
	if scan.members == 0 || !atStart && scan.want != isBroken {
		return false
	}
	at := min(scan.at, len(s.rest()))
	where := line + bytes.Count(s.rest()[:at], newline)
	reason := defect(s, scan, line)
	end := d.blockEnd(at, len(scan.open), at < len(s.rest()) && (s.rest()[at] == '\n' || s.rest()[at] == '\r'))
	block := bytes.Clone(s.rest()[:end])
	if !ofECS(string(block)) {
		if d.foreign == nil {
			d.foreign = &events.Refusal{Line: where, Reason: reason, Raw: block}
		}
		d.text(end)
		return true
	}
	d.flush()
	s.advance(end)
	d.midLine = end > 0 && block[end-1] != '\n'
	if answers := d.mended(block, line); scan.at < len(block) && !elided.MatchString(reason) && worth(answers) > 0 {
		d.tell(answers)
		return true
	}
	d.refuse(&events.Refusal{Line: where, Reason: reason, Raw: block})
	return true
}

// maxMended is how many documents that cannot be mended show that all the others cannot be either.
const maxMended = 100

var elided = regexp.MustCompile(`ellipsis|cut off`)

// mended is what a broken document holds that can be read all the same: one that a terminal wrapped, one with comments,
// typographic quotes or a comma too many, one that is a program's own way to write.
func (d *decoder) mended(block []byte, line int) []answer {
	if d.refused > maxMended {
		return nil
	}
	joined := bytes.ReplaceAll(bytes.ReplaceAll(block, []byte{'\r'}, nil), newline, nil)
	if end := bytes.LastIndexAny(joined, "}]") + 1; json.Valid(joined[:end]) {
		return d.document(joined[:end], line, nil)
	}
	return documents(printedIn(string(block)))
}

// blockEnd returns where a broken document that has so many open brackets at at ends: with the line that closes them,
// or before one that begins another document, unless a terminal wrapped it.
func (d *decoder) blockEnd(at, open int, wrapped bool) int {
	s := &d.source
	for i := at; i < maxRun; i++ {
		if i+1 >= len(s.rest()) && !s.fill() {
			return len(s.rest())
		}
		switch rest := s.rest(); rest[i] {
		case '{', '[':
			open++
		case '}', ']':
			open--
		case '\n':
			if next := rest[i+1]; open <= 0 || !wrapped && (next == '{' || next == '[') {
				return i + 1
			}
		}
	}
	return min(maxRun, len(s.rest()))
}

// defect says what is wrong with JSON, in the words of who wrote or copied it.
func defect(s *source, scan *scanner, line int) string {
	rest := s.rest()
	if isBlank(rest[min(scan.at, len(rest)):]) && !s.fill() {
		return cutOff(line)
	}
	at := s.rest()[scan.at:]
	r, _ := utf8.DecodeRune(at)
	switch {
	case bytes.HasPrefix(at, []byte("//")), bytes.HasPrefix(at, []byte("/*")), r == '#':
		return "a comment, which JSON does not have; take it out"
	case bytes.HasPrefix(at, []byte("...")), r == '…':
		return "an ellipsis stands for what was left out; copy the JSON whole"
	case strings.ContainsRune("“”„«»‘’", r):
		return "typographic quotes, which an editor or a chat puts in; copy the JSON from where it was printed"
	case (r == '}' || r == ']') && scan.want != wantNext:
		return "a comma before a closing bracket, or a value that is missing; copy the JSON whole"
	case r == '\n' || r == '\r':
		return "a line break within a string, which a terminal puts in; copy the JSON from a file or a pipe"
	case scan.want == isBroken && len(scan.open) > 0 && (r == '{' || r == '"'):
		return "a comma is missing, or the JSON is cut off before it; copy it whole"
	}
	return "the JSON breaks off here; copy it whole, from where it was printed"
}

// stranger is an input that holds no stop: what stands in it, what it is, and the command that would tell.
type stranger struct {
	words []string // one of them
	is    string
	ask   string // as events.Ask fills it in; empty for none
}

// strangers stand in an order: what says more of an input first.
var strangers = []stranger{
	{[]string{"ecs.amazonaws.com/ecs/", "console.aws.amazon.com/ecs/"},
		"the address of a page, and not what it shows", "whystopped explain {ADDRESS}"},
	{[]string{"steady state", "ResourceNotReady", "servicesStable", "ServicesStable", "services-stable", "tfSTABLE",
		"max wait time", "Max attempts exceeded", "failed to stabilize", "did not stabilize", "TasksRunning",
		"replacement task set", "ction execution failed", "tasksStopped", "TasksStopped"},
		"it says that a wait was given up and not why tasks stop", events.AskWhy},
	{[]string{`module="`, "module=task", "module=engine", "module=agent", "module=client", "module=handler",
		".go level="},
		"a log of the ECS agent, which does not say why ECS stopped a task", events.AskTasks},
	{[]string{"TASKARNS\t", "taskArns:", "| taskArns", "ListTasks"}, "the names of tasks alone", events.AskTasks},
	{[]string{"ExecuteCommand", "execute command", "TargetNotConnected"},
		"an error of ECS Exec, which says nothing of a stop", events.AskTasks},
	{[]string{"Unable to locate credentials", "ExpiredToken", "InvalidClientTokenId", "security token included"},
		"the AWS command line found no credentials that it may use, and nothing of a stop; sign in, and ask again", ""},
	{[]string{"operation: ", "operation error ", "ould not connect to the endpoint URL"},
		"the error of a call, and no stop; mend the call, and ask again", ""},
	{[]string{"will be created", "will be updated in-place", "must be replaced", "Plan: ", "resource \"aws_",
		"Type: AWS::", "\"Type\": \"AWS::"}, "a plan or a template of resources, and no stop", events.AskWhy},
	{[]string{"CONTAINER ID ", "Exited ("}, "a list of Docker's containers",
		"docker inspect {CONTAINER} | whystopped explain"},
	{[]string{"AlarmName", "NewStateReason"}, "an alarm, which does not say why tasks stopped", events.AskWhy},
	{[]string{"Process completed with exit code", "##[error]", "exit status ", "exit code",
		"exited with code"},
		"an exit code of something, and no word of ECS", events.AskWhy},
}

// strange says what a text is that holds no stop, and what would tell; nil where it is not known.
func strange(text string) *events.Refusal {
	known := events.NamesIn([]byte(text))
	if id := strings.TrimSpace(text); len(id) < 200 &&
		(taskID.MatchString(id) || taskNamed.FindString(id) == id && id != "") {
		ask := "whystopped explain {TASK}"
		if taskID.MatchString(id) {
			ask = "whystopped explain --cluster {CLUSTER} {TASK}"
		}
		return &events.Refusal{Reason: "the name of a task alone",
			Ask: events.Ask(ask, "asks ECS for it", map[string][]string{"TASK": {id}})}
	}
	for _, s := range strangers {
		if !has(text, s.words) {
			continue
		}
		if m := ofWait.FindStringSubmatch(text); m != nil {
			known["CLUSTER"], known["SERVICE"] = []string{m[1]}, []string{m[2]}
		}
		if page := address.FindString(text); page != "" {
			known["ADDRESS"] = []string{page}
		}
		r := &events.Refusal{Reason: s.is}
		if s.ask != "" {
			r.Ask = events.Ask(s.ask, "tells why tasks stop", known)
		}
		return r
	}
	return nil
}

var (
	address = regexp.MustCompile(`https://[^\s"'<>]+/ecs/[^\s"'<>]+`)
	ofWait  = regexp.MustCompile(`--cluster[ =]([\w-]+) --services?[ =]([\w-]+)`)
)
