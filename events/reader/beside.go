package reader

import (
	"bytes"
	"regexp"
	"strings"

	"whystopped/classifier/lastwords"
	"whystopped/events"
)

// maxLog is how much of the text beside a stop is kept, the last of it.
const maxLog = 64 << 10

// hadLog reports whether a stop is one that log lines may explain: a container of it ended.
func hadLog(s events.Stop) bool {
	if s.Kind != events.KindTask && s.Kind != events.KindContainer {
		return false
	}
	for _, c := range s.Containers {
		if c.ExitCode != nil && *c.ExitCode != 0 {
			return true
		}
	}
	return s.StopCode == "EssentialContainerExited" || strings.HasPrefix(s.StoppedReason, essential)
}

// give hands out a stop; the first one only when it is known what follows it.
func (d *decoder) give(s events.Stop) {
	if d.depth == 0 && d.told == 1 && hadLog(s) {
		d.first = &s
		return
	}
	d.log = nil // of several stops nobody knows whose lines these are
	d.release()
	d.yield(s, nil)
}

// release hands out the first stop, with the log lines that followed it.
func (d *decoder) release() {
	if d.first == nil {
		return
	}
	first := *d.first
	d.first = nil
	first.LogLines = d.logLines()
	d.yield(first, nil)
}

// follows notes what stands behind the only stop so far.
func (d *decoder) follows(text []byte) {
	if d.depth > 0 || d.first == nil && len(d.held) == 0 {
		return
	}
	d.log = append(append(d.log, text...), '\n')
	if over := len(d.log) - maxLog; over > maxLog {
		d.log = append(d.log[:0], d.log[over:]...)
	}
}

// logLines are the lines that followed, nil where they are no log of the container.
func (d *decoder) logLines() []string {
	log := bytes.Trim(d.log[max(0, len(d.log)-maxLog):], "\r\n")
	if isBlank(log) || byLauncher.Match(log) {
		return nil
	}
	var lines []string
	for line := range strings.Lines(string(log)) {
		lines = append(lines, strings.TrimRight(line, "\r\n"))
	}
	return lines
}

// byLauncher is what those print who started the task or wait for it: their errors are not the container's.
var byLauncher = regexp.MustCompile(`(?i)airflow|prefect|dagster|nextflow|aws_ecs_|terraform|##\[error\]|::error|` +
	`waiter \w+ failed|max attempts exceeded|services did not stabilize|cloudformation|ecspresso|copilot svc|` +
	`exceptions\.AirflowException|process completed with exit code`)

// logHeading is a line that says that log lines follow.
var logHeading = regexp.MustCompile(
	`(?i)^\W*(?:last |cloudwatch |container |task |app(?:lication)? )*(?:logs?|log lines|log tail|stdout|stderr|output)(?: of \S+| \(.*\))?\W*$`)

// withoutLog divides the words of a stop from the log lines that follow them; without such lines, or where what follows
// tells of another stop, it is all words.
func withoutLog(text string) (said, log string) {
	if strings.IndexByte(text, '\n') < 0 || byLauncher.MatchString(text) {
		return text, ""
	}
	at, heading := 0, 0
	for line := range strings.Lines(text) {
		clean := plain(strings.TrimRight(line, "\r\n"))
		begun, crashed := lastwords.Begins(line)
		if at > 0 && crashed {
			break
		}
		if at > 0 && !begins(clean) && labelsIn(clean) == nil && !isCode(clean) {
			if logHeading.MatchString(clean) {
				heading = len(line)
				break
			}
			if begun {
				break
			}
		}
		at += len(line)
	}
	if at == len(text) || len(words(text[:at])) != 1 {
		return text, ""
	}
	for line := range strings.Lines(text[at:]) {
		if begins(plain(strings.TrimRight(line, "\r\n"))) {
			return text, ""
		}
	}
	return text[:at], text[at+heading:]
}

// isCode reports whether a line is the exit code of a container in words.
func isCode(line string) bool { return containerLine.MatchString(line) || exitedWith.MatchString(line) }
