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
func nothing(empty bool) string {
	if empty {
		return "empty: no document"
	}
	return "nothing of ECS in it: expected a stopped task, as aws ecs describe-tasks prints it, an event, or the " +
		"words of a stopped reason"
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

// stranger is an input that holds no stop: what stands in it, what it is, and what would tell.
type stranger struct {
	words []string // one of them
	is    string   // "%s" is for what asks of the service
}

const (
	askService = "that tells: whystopped why"
	askTask    = "that tells: aws ecs describe-tasks --cluster CLUSTER --tasks TASK | whystopped explain"
)

// strangers stand in an order: what says more of an input first.
var strangers = []stranger{
	{[]string{"ecs.amazonaws.com/ecs/", "console.aws.amazon.com/ecs/"},
		"the address of a page, and not what it shows; that tells: whystopped explain ADDRESS"},
	{[]string{"steady state", "ResourceNotReady", "servicesStable", "ServicesStable", "services-stable", "tfSTABLE",
		"max wait time", "Max attempts exceeded", "failed to stabilize", "did not stabilize", "TasksRunning",
		"replacement task set", "ction execution failed", "tasksStopped", "TasksStopped"},
		"it says that a wait was given up and not why tasks stop; %s"},
	{[]string{`module="`, "module=task", "module=engine", "module=agent", "module=client", "module=handler",
		".go level="},
		"a log of the ECS agent, which does not say why ECS stopped a task; " + askTask},
	{[]string{"TASKARNS\t", "taskArns:", "| taskArns", "ListTasks"}, "the names of tasks alone; " + askTask},
	{[]string{"ExecuteCommand", "execute command", "TargetNotConnected"},
		"an error of ECS Exec, which says nothing of a stop; " + askTask},
	{[]string{"Unable to locate credentials", "ExpiredToken", "InvalidClientTokenId", "security token included"},
		"aws found no credentials that it may use, and nothing of a stop; sign in, and ask again"},
	{[]string{"operation: ", "operation error ", "ould not connect to the endpoint URL"},
		"the error of a call, and no stop; mend the call, and ask again"},
	{[]string{"will be created", "will be updated in-place", "must be replaced", "Plan: ", "resource \"aws_",
		"Type: AWS::", "\"Type\": \"AWS::"}, "a plan or a template of resources, and no stop; %s"},
	{[]string{"CONTAINER ID ", "Exited ("}, "a list of Docker's containers; that tells: docker inspect CONTAINER | " +
		"whystopped explain"},
	{[]string{"AlarmName", "NewStateReason"}, "an alarm, which does not say why tasks stopped; %s"},
	{[]string{"Process completed with exit code", "##[error]", "exit status ", "exit code",
		"exited with code"},
		"an exit code of something, and no word of ECS; %s"},
}

// strange says what a text is that holds no stop, and what would tell; "" where it is not known.
func strange(text string) string {
	if id := strings.TrimSpace(text); len(id) < 200 &&
		(taskID.MatchString(id) || taskNamed.FindString(id) == id && id != "") {
		return "the name of a task alone; that tells: whystopped explain " + id
	}
	for _, s := range strangers {
		if !has(text, s.words) {
			continue
		}
		if !strings.Contains(s.is, "%s") {
			return s.is
		}
		of := " --service SERVICE --cluster CLUSTER"
		if m := ofService.FindStringSubmatch(text); m != nil {
			of = " --service " + m[2] + " --cluster " + m[1]
		} else if m := ofWait.FindStringSubmatch(text); m != nil {
			of = " --service " + m[2] + " --cluster " + m[1]
		}
		return fmt.Sprintf(s.is, askService+of)
	}
	return ""
}

var (
	ofService = regexp.MustCompile(`:service/([\w-]+)/([\w-]+)`)
	ofWait    = regexp.MustCompile(`--cluster[ =]([\w-]+) --services?[ =]([\w-]+)`)
)
