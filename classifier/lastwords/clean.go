package lastwords

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// What is looked at of a log. What is longer says no more, and a line of megabytes is data.
const (
	maxLines  = 200
	maxBytes  = 64 << 10
	maxLine   = 16 << 10
	maxInside = 40 // lines that one structured line may hold, such as a stack trace
	maxDepth  = 3  // structured lines that may stand one in another
)

// level is how serious a program calls its own line.
type level int

const (
	unsaid level = iota
	harmless
	warning
	grave // error
	last  // fatal: the program ends with it
)

// line is one line of a log without what stands around its message.
type line struct {
	text    string // without timestamp, level and other prefixes
	folded  string // in lower case
	indent  bool   // it goes on with the line before
	level   level
	trace   bool   // it stands in a field for traces
	ends    bool   // a traceback of Python ends with it
	tried   bool   // form and said are known
	form    *Form  // nil where it has none
	said    string // the message that the form has
	at      int    // index of the line as it was given
	written string // as it was given, but for control characters
}

// clean takes the last lines of a log apart.
func clean(given []string) []line {
	first, size := len(given), 0
	for first > 0 && len(given)-first < maxLines && size+min(len(given[first-1]), maxLine) <= maxBytes {
		first--
		size += min(len(given[first]), maxLine)
	}
	var lines []line
	for i := first; i < len(given); i++ {
		written := Printable(given[i][:min(len(given[i]), maxLine)])
		for _, l := range inside(written, unsaid, maxDepth) {
			l.at, l.written = i, strings.TrimSpace(written)
			l.folded = strings.ToLower(l.text)
			lines = append(lines, l)
		}
	}
	return lines
}

// colours are what a terminal takes as orders.
var colours = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("\x1b(?:\\[[0-9;:?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])")
})

// Printable is a line of a log without what a terminal would take as orders, or a reader would not see.
func Printable(text string) string {
	if isPlain(text) || strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	text = strings.ToValidUTF8(colours().ReplaceAllString(text, ""), "")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r == '\u2028', r == '\u2029', r == '\v', r == '\f':
			return ' '
		case hidden(r):
			return -1
		}
		return r
	}, text)
}

// isPlain reports whether a text is of printable ASCII and tabs alone.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' || c > '~') && c != '\t' {
			return false
		}
	}
	return true
}

// hidden reports whether a character has no place in a line: a control character, one that changes the order of
// writing, or none at all.
func hidden(r rune) bool {
	return r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) || r == unicode.ReplacementChar ||
		r == '\u2028' || r == '\u2029'
}

// inside returns the lines that a line holds: itself, or what a structured one has in its fields.
func inside(written string, known level, depth int) []line {
	l := line{text: written, level: known}
	for range 6 {
		if l.text == "" || !l.strip() {
			break
		}
	}
	trimmed := strings.TrimLeft(l.text, " \t")
	l.indent = len(trimmed) < len(l.text)
	l.text = strings.TrimSpace(trimmed)
	if depth > 0 && strings.HasPrefix(l.text, "{") {
		var fields map[string]any
		if json.Unmarshal([]byte(l.text), &fields) == nil {
			return structured(fields, l.level, depth-1)
		}
	}
	if fields := logfmt(l.text); fields != nil && depth > 0 {
		return structured(fields, l.level, depth-1)
	}
	return []line{l}
}

// prefixes stand in front of what a program says. A group named level is how serious it is.
var prefixes = sync.OnceValue(func() (all []*regexp.Regexp) {
	const moment = `\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?`
	for _, p := range []string{
		`^[\w.-]+[_-]\d+\s+\| `, `^[\w.-]{1,40}\s+\| `, // of docker compose
		`^\[?` + moment + `\]?(?: \[?[A-Z]{3,4}\]?)?[:,]?\s*`,
		`^[\w./-]+/[\w-]+/[0-9a-f]{32}\s+`,                                           // of aws logs tail
		`^\[?\d\d:\d\d:\d\d(?:[.,]\d+)?\]?\s+`,                                       // a time alone
		`^[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d(?: [\w.-]+ [\w./-]+(?:\[\d+\])?:)? `, // of syslog
		`^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \w+ `,               // RFC 1123
		`^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4}\] `,   // of Apache
		`^(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [\w./-]+:\d+\] `,          // of klog
		`^\[\d\d:\d\d:\d\d (?P<level>[A-Z]{3})\] `,                                   // of Serilog
		`^[A-Z], \[[^\]]{1,60}\]\s+(?P<level>[A-Z]{4,7}) -- [^:]{0,40}: `,            // of Ruby
		`^(?P<level>[A-Z]{4,8}):[\w.]+:`,                                             // of Python
		`^[\w./-]+\.go:\d+:?\s+`, `^nginx: `,
		`^\[(?P<level>[A-Za-z]{3,9})\]:?\s+`, `^(?P<level>[A-Z]{4,8})(?::\s+|\s+(?:-+|\||:)\s+|\s{2,})`, // a level
		`^(?P<level>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE|PANIC)\s+`,
		`^(?P<level>fail|crit|info|warn|dbug): [\w.]+\[\d+\]\s*`, // of .NET
		`^\[\d+\](?::)?\s+`, `^\(?pid[: =]\d+\)?:?\s+`, `^\d+(?:#\d+)?: (?:\*\d+ )?`, // a process
		// of Spring
		`^-{2,3} \[[^\]]{0,60}\] [\w.$/\[\]-]+\s*: `,
		`^\d+ --- \[[^\]]{0,80}\](?: \[[^\]]{0,80}\])? [\w.$/\[\]-]+\s*: `,
		`^\[[\w .:#/-]{1,60}\]\s+(?:[\w.$]+ - )?`, `^[\w.$]+\.[\w.$]+ - `, // a thread, a logger
		`^- `,
	} {
		all = append(all, regexp.MustCompile(p))
	}
	return all
})

// strip takes one prefix away, and reports whether there was one.
func (l *line) strip() bool {
	for _, p := range prefixes() {
		m := p.FindStringSubmatchIndex(l.text)
		if m == nil || m[1] == len(l.text) {
			continue
		}
		if i := p.SubexpIndex("level"); i > 0 {
			said := levelOf(l.text[m[2*i]:m[2*i+1]])
			if said == unsaid {
				continue
			}
			l.level = max(l.level, said)
		}
		l.text = l.text[m[1]:]
		return true
	}
	return false
}

// levelOf reads the name of a level, or pino's and bunyan's number for it.
func levelOf(name any) level {
	switch strings.ToLower(fmt.Sprint(name)) {
	case "fatal", "critical", "crit", "panic", "dpanic", "emerg", "emergency", "alert", "f", "60", "severe", "ftl":
		return last
	case "error", "err", "fail", "failed", "e", "50":
		return grave
	case "trace", "debug", "dbug", "info", "information", "notice", "i", "inf", "dbg", "10", "20", "30":
		return harmless
	case "warn", "warning", "w", "wrn", "40":
		return warning
	}
	return unsaid
}

// The names of fields of structured logs.
var (
	levels   = []string{"level", "severity", "lvl", "loglevel", "log.level", "levelname", "@l", "level_name"}
	messages = []string{"msg", "message", "@message", "@m", "event", "log", "text", "short_message", "@mt", "body"}
	errors   = []string{"err", "error", "exception", "error.message", "exc_info", "exception.message", "cause",
		"reason", "@x", "fault"}
	traces = []string{"stack", "stack_trace", "stacktrace", "error.stack_trace", "exception.stacktrace", "traceback",
		"trace", "stackTrace", "exc_text"}
)

// structured returns what a structured line says: its message with its error, and the lines of a trace in it.
func structured(fields map[string]any, known level, depth int) []line {
	known = max(known, levelOf(field(fields, levels)))
	message := words(field(fields, messages))
	said := words(field(fields, errors))
	var all []line
	switch {
	case message == "" && said == "":
		if message = words(field(fields, traces)); message == "" {
			return nil
		}
		return nested(message, known, depth)
	case said == "" || strings.Contains(message, said):
		all = nested(message, known, depth)
	case message == "":
		all = nested(said, known, depth)
	default:
		all = nested(message, known, depth)
		more := nested(said, known, depth)
		if len(all) == 1 && len(more) > 0 {
			more[0].text = all[0].text + ": " + more[0].text
			more[0].level = max(more[0].level, all[0].level)
			all = nil
		}
		all = append(all, more...)
	}
	if trace := words(field(fields, traces)); trace != "" {
		for _, l := range nested(trace, known, depth) {
			l.trace = true
			all = append(all, l)
		}
	}
	return all[:min(len(all), maxInside)]
}

// nested returns the lines of a text in a field.
func nested(text string, known level, depth int) (all []line) {
	parts := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	if over := len(parts) - maxInside; over > 0 {
		parts = slices.Concat(parts[:maxInside/2], parts[maxInside/2+over:])
	}
	for _, part := range parts {
		all = append(all, inside(Printable(part), known, depth)...)
	}
	return all
}

// field returns the first of the fields that is there.
func field(fields map[string]any, names []string) any {
	for _, name := range names {
		if v, ok := fields[name]; ok && v != nil {
			return v
		}
	}
	return nil
}

// words is the text of a field, which may be an object with a message of its own.
func words(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		kind, _ := field(v, []string{"type", "name", "class", "kind", "code"}).(string)
		message, _ := field(v, []string{"message", "msg", "reason", "detail"}).(string)
		if kind != "" && message != "" && !strings.HasPrefix(message, kind) {
			message = kind + ": " + message
		}
		if trace, _ := field(v, traces).(string); trace != "" {
			message = strings.TrimPrefix(message+"\n"+trace, "\n")
		}
		return message
	case []any:
		var all []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				all = append(all, s)
			}
		}
		return strings.Join(all, "\n")
	}
	return ""
}

var pair = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([A-Za-z][\w.@-]*)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)`)
})

// logfmt reads a line of key=value pairs with a level and a message among them; nil for any other line.
func logfmt(text string) map[string]any {
	if !strings.Contains(text, "msg=") && !strings.Contains(text, "level=") && !strings.Contains(text, "message=") {
		return nil
	}
	fields, end := map[string]any{}, 0
	for _, m := range pair().FindAllStringSubmatchIndex(text, -1) {
		if m[0] != end {
			return nil
		}
		end = m[1]
		value := text[m[4]:m[5]]
		var said string
		if json.Unmarshal([]byte(value), &said) != nil {
			said = strings.Trim(value, `"`)
		}
		fields[text[m[2]:m[3]]] = said
	}
	if end != len(text) || field(fields, messages) == nil && field(fields, errors) == nil {
		return nil
	}
	return fields
}
