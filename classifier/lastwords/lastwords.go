// Package lastwords reads what the last lines of a program's log say about its end: which line explains it, and what
// that line names. What a line may be is a table of values: a Form says how a program tells that it ends, a Sign what
// went wrong.
//
// It promises that it takes time in proportion to the lines, that what it returns is one line, short and without
// control characters, and that it never fails. What a program writes is its own word: whoever reads it believes it
// about the program alone. It has no network, no files, no clock and no environment.
package lastwords

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// Owner is who can mend what a line complains of.
type Owner string

const (
	Developers Owner = "who builds the application"
	Deployers  Owner = "who deploys it: task definition and its values"
	Access     Owner = "who grants the task's role"
	Network    Owner = "who runs the network, or the service that is called"
	Data       Owner = "who runs the database, or the service that is called"
)

// Form is how a program, or what starts it, tells that it ends. Its first group is the message.
type Form struct {
	ID      string
	Of      string   // what writes so
	Has     []string // a line has one of these, in lower case, before Match is tried
	Match   string   // regular expression for a line without its prefixes
	Joins   int      // how many lines below belong to the message
	Weak    bool     // it says that something else ended, and not why
	Inside  bool     // it may stand below another line, indented
	Example string   // log lines
	Tells   string   // what the example is read as
}

// Sign is what a line says went wrong.
type Sign struct {
	ID    string
	Says  string   // template: what went wrong
	Has   []string // a line has one of these, in lower case, before Match is tried
	Match []string // regular expressions; named groups are what a template may name
	Peer  bool     // the line names a host, and perhaps a port, that was called
	Cause string   // id of the cause in the catalogue that it points at
	// id of the cause where the exit code, or what else the event shows, does not allow that one
	Otherwise string
	Final     bool // a program says so when it ends, whatever stands around it
	Owner     Owner
	Next      string // template: what to do; {culprit}, {taskDefinition} and the like are filled in by others
	// log lines that show it, and what of them is named
	Example string
	Names   map[string]string
}

// Told is what the last lines say.
type Told struct {
	Line  int    // index of the line that explains
	Text  string // that line, for a quotation
	Says  string // its message, for a headline
	Form  *Form  // nil where it is a line like others
	Sign  *Sign  // nil where nobody knows what it means
	Grave bool   // the program called it an error, or ended with it
	Names map[string]string
}

// Ends reports whether the line says that the program ends with it, and not merely that something went wrong.
func (t Told) Ends() bool {
	return t.Form != nil && !t.Form.Weak || t.Sign != nil && t.Sign.Final
}

// Leads reports whether the line tells enough to stand first in what is said of the stop.
func (t Told) Leads() bool { return t.Ends() || t.Sign != nil }

const (
	maxSays = 200 // bytes of a message in a headline
	maxText = 300 // bytes of a quotation

	maxMessage = 2 << 10 // bytes of a line that are looked at
)

// How much a line explains; of equal ones the last counts.
const (
	nothing  = iota
	anything // the last line, whatever it says
	trouble  // it has a word of trouble
	wrapped  // it says that something else ended
	stated   // the program calls it an error
	known    // it says what went wrong
	final    // the program ends with it
)

// Read returns what the lines say, and false where there is nothing in them. Of lines with which the program ends the
// last one counts; without such a line the last one of those that explain most.
func Read(given []string) (Told, bool) {
	lines := clean(given)
	if i, before, chained := lastEnd(lines); i >= 0 {
		t, _ := explain(lines, i)
		if before >= 0 && (chained && t.Sign == nil || t.Form.Inside) {
			outer, _ := explain(lines, before)
			if chained && t.Sign == nil && outer.Sign != nil {
				return outer, true // what an error was raised from says more than one of which nothing is known
			}
			t.inherit(outer)
		}
		return t, true
	}
	var best Told
	bestRank := nothing
	for i := len(lines) - 1; i >= 0 && bestRank < known; i-- {
		if l := &lines[i]; l.text == "" || noise(l) {
			continue
		}
		if t, rank := explain(lines, i); rank > bestRank {
			best, bestRank = t, rank
		}
	}
	return best, bestRank > nothing
}

// lastEnd returns the last line with which the program ends, the one before it, and whether a line between them says
// that one error was raised from the other; -1 where there is none. It marks the lines that tracebacks end with.
func lastEnd(lines []line) (last, before int, chained bool) {
	last, before = -1, -1
	traceback, link := false, false
	for i := range lines {
		l := &lines[i]
		switch {
		case l.text == "":
			continue
		case strings.HasPrefix(l.folded, "traceback (most recent call last)"):
			traceback = true
			continue
		case isChain(l.folded):
			link = true
			continue
		}
		l.ends = traceback && !l.indent
		traceback = traceback && l.indent
		if l.level == harmless || l.level == warning || noise(l) {
			continue
		}
		if f, said := l.formed(); f != nil && !f.Weak && strings.TrimRight(said, ": ") != "" {
			last, before, chained, link = i, last, link, false
		}
	}
	return last, before, chained
}

// inherit takes over whom an error called that was raised from this one: what is raised last mostly knows it.
func (t *Told) inherit(outer Told) {
	if t.Sign != nil && t.Sign.Peer && t.Names["host"] == "" && outer.Sign != nil && outer.Names["host"] != "" {
		t.Names["host"], t.Names["port"] = outer.Names["host"], outer.Names["port"]
	}
}

// explain reads one line.
func explain(lines []line, i int) (Told, int) {
	l := &lines[i]
	t := Told{Line: l.at, Text: cut(l.written, maxText), Grave: l.level >= grave}
	if !strings.Contains(l.written, l.text) {
		t.Text = cut(l.text, maxText) // what the fields of a structured line say together
	}
	message, joined := l.text, 0
	if f, said := l.formed(); f != nil {
		t.Form, message, joined = f, said, f.Joins
	}
	whole := join(message, lines, i, joined)
	if joined == 0 && t.Form != nil {
		whole = below(message, lines, i, l.ends)
	}
	t.Says = cut(message, maxSays)
	if t.Form != nil && t.Form.Joins > 0 {
		t.Says = cut(whole, maxSays)
	}
	if l.level != harmless {
		t.Sign, t.Names = signOf(whole)
	}
	switch {
	case l.level == harmless, l.level == warning && (t.Sign == nil || !t.Sign.Peer):
		t.Form, t.Sign, t.Names = nil, nil, nil
		return t, anything
	case t.Form != nil && !t.Form.Weak && l.level != warning && strings.TrimRight(message, ": ") != "":
		return t, final
	case l.trace:
		return t, nothing
	case t.Sign != nil:
		return t, known
	case t.Form != nil:
		return t, wrapped
	case l.indent:
		return t, anything
	case l.level >= grave:
		return t, stated
	case troubled(l.folded):
		return t, trouble
	}
	return t, anything
}

// join returns a message with the lines below it, up to one that is a frame of a trace.
func join(message string, lines []line, i, most int) string {
	for n := 1; n <= most && i+n < len(lines); n++ {
		below := &lines[i+n]
		if below.text == "" {
			most++
			if n > 6 {
				break
			}
			continue
		}
		if noise(below) {
			break
		}
		message = strings.TrimSpace(message + " " + below.text)
	}
	return message
}

// below returns a message with the lines that go on with it: those indented below it, and what a traceback of Python
// ends with.
func below(message string, lines []line, i int, traceback bool) string {
	for n := 1; n <= 2 && i+n < len(lines); n++ {
		if next := &lines[i+n]; next.text == "" || noise(next) || !next.indent && !traceback {
			break
		}
		message += " " + lines[i+n].text
	}
	return message
}

// cut returns a text of at most so many bytes, which ends with a sign that it went on.
func cut(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= most {
		return text
	}
	end := most - len(" …")
	for !utf8.RuneStart(text[end]) {
		end--
	}
	if i := strings.LastIndexByte(text[:end], ' '); i > most/2 {
		end = i
	}
	return text[:end] + " …"
}

// troubled reports whether a line has a word of trouble.
func troubled(folded string) bool { return troubles().MatchString(folded) }

var troubles = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`\b(?:error|exception|fatal|panic|failed|failure|refused|denied|cannot|could not|can't|unable|missing|undefined|` +
			`not found|invalid|out of memory|killed|aborted|aborting|unsupported)\b`)
})

// frames are lines of a trace, and what stands around one, that explain nothing.
var frames = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^(?:at |from |file "|\.\.\. \d+ |#\d+ |\d+: +\S+::|\[?goroutine \d+|created by |exit status \d+$|` +
			`\^+$|[~^]+$|node\.js v\d|note: run with|stack backtrace|stack trace:|thrown in |--- end of |npm notice|` +
			`for further information|\(background on this error|did you mean|` +
			`\[sql: |\[parameters: |throw err|throw new |code: '|errno: |syscall: |requirestack: |hint: |-+$|=+$|` +
			`[{}()\[\];,]+$)`)
})

func noise(l *line) bool { return frames().MatchString(l.folded) }

func isChain(folded string) bool {
	return strings.HasPrefix(folded, "the above exception was the direct cause") ||
		strings.HasPrefix(folded, "during handling of the above exception")
}

// formed returns the form of a line and its message. Whether a traceback ends with it must be known before.
func (l *line) formed() (*Form, string) {
	if !l.tried {
		l.form, l.said = formOf(l)
		l.tried = true
	}
	return l.form, l.said
}

func formOf(l *line) (*Form, string) {
	text := l.text[:min(len(l.text), maxMessage)]
	for i := range Forms {
		f := &Forms[i]
		if !hasAny(l.folded, f.Has) {
			continue
		}
		if m := formPatterns()[i].FindStringSubmatch(text); m != nil {
			if l.indent && !f.Inside {
				continue
			}
			message := l.text
			if len(m) > 1 && m[1] != "" {
				message = m[1]
			}
			return f, message
		}
	}
	switch {
	case l.ends:
		return &pythonEnd, l.text
	case l.level == last && !l.trace:
		return &fatalLevel, l.text
	}
	return nil, ""
}

// signOf returns what a message says went wrong, and what it names.
func signOf(message string) (*Sign, map[string]string) {
	message = message[:min(len(message), maxMessage)]
	folded := strings.ToLower(message)
	for i := range Signs {
		s := &Signs[i]
		if !hasAny(folded, s.Has) {
			continue
		}
		for _, p := range signPatterns()[i] {
			m := p.FindStringSubmatch(message)
			if m == nil {
				continue
			}
			names := map[string]string{}
			for k, name := range p.SubexpNames() {
				if name != "" && m[k] != "" && names[name] == "" {
					names[name] = named(m[k])
				}
			}
			if s.Peer && names["host"] == "" {
				names["host"], names["port"] = peer(message)
			}
			return s, names
		}
	}
	return nil, nil
}

func hasAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// named is a name as it may stand in a sentence: whoever wrote the line chose it.
func named(name string) string {
	return cut(strings.TrimRight(strings.Trim(name, " \t,;:'\"`()"), ". "), 120)
}

// peers are the ways to name a host that was called, the plainest first.
var peers = sync.OnceValue(func() (all []*regexp.Regexp) {
	const host = `(?P<host>[A-Za-z0-9_](?:[\w.-]*\w)?|\[[0-9a-fA-F:]+\]|::1)`
	for _, p := range []string{
		`dial (?:tcp|udp)\d? ` + host + `:(?P<port>\d+)`,
		`(?:server (?:at|running on host)|host(?:name)?|server on)\W{0,3}["'\x60]` + host +
			`["'\x60](?:[^"'\x60]{0,80}?\bport (?P<port>\d+))?`,
		`host=['"]?` + host + `['"]?, ?port=(?P<port>\d+)`,
		`[\x60"']` + host + `[\x60"']:[\x60"']?(?P<port>\d+)`,
		`(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET) ` + host + `:(?P<port>\d+)`,
		`\b(?:[a-z][a-z0-9+]*)://(?:[^\s/@]*@)?` + host + `(?::(?P<port>\d+))?`,
		`for "` + host + `" port (?P<port>\d+)`,
		`(?:connect(?:ing)? to|connection to|connect\(|Connection refused:|refused \(|server on|to address|address)\s*['"(\[]*` +
			host + `(?:/[\d.]+)?:(?P<port>\d+)`,
		`(?:connect(?:ing)? to|connection to|reach) ` + host + `(?: \([^)]{1,60}\))?,? port:? ?(?P<port>\d+)`,
		`(?:^|[\s"'\x60(\[/=@])` + host + `:(?P<port>\d{2,5})(?:[\s"'\x60)\],/:;.]|$)`,
		`(?:server|host|connect(?:ing)? to|connection to|reach) ['"]` + host + `['"]`,
	} {
		all = append(all, regexp.MustCompile(p))
	}
	return all
})

// peer returns the host, and the port where it is told, that a message names.
func peer(message string) (host, port string) {
	for _, p := range peers() {
		if m := p.FindStringSubmatch(message); m != nil {
			host, port = m[p.SubexpIndex("host")], m[p.SubexpIndex("port")]
			if source().MatchString(host) {
				continue // a file with the number of a line
			}
			return named(host), port
		}
	}
	return "", ""
}

var source = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\.(?:go|py|js|mjs|cjs|ts|rb|java|php|rs|cs|ex|exs|conf|kt|scala|cc|cpp|c|sh)$`)
})

var (
	formPatterns = sync.OnceValue(func() (all []*regexp.Regexp) {
		for _, f := range Forms {
			all = append(all, regexp.MustCompile(f.Match))
		}
		return all
	})
	signPatterns = sync.OnceValue(func() (all [][]*regexp.Regexp) {
		for _, s := range Signs {
			var patterns []*regexp.Regexp
			for _, p := range s.Match {
				patterns = append(patterns, regexp.MustCompile(p))
			}
			all = append(all, patterns)
		}
		return all
	})
)

// Value returns what the line names, under the name that templates use; "" where it names none.
func (t Told) Value(name string) string {
	if name == "peer" && t.Names["host"] != "" && t.Names["port"] != "" {
		return t.Names["host"] + ":" + t.Names["port"]
	}
	if name == "peer" {
		return t.Names["host"]
	}
	return t.Names[name]
}

// Begins reports whether a line is plainly one of a program's log: it has a level, begins a trace, or says that the
// program ends; and whether nothing but a program writes such a line, when it ends: a panic, say.
func Begins(written string) (begins, crashes bool) {
	lines := clean([]string{written})
	if len(lines) == 0 {
		return false, false
	}
	l := &lines[0]
	f, _ := l.formed()
	ends := f != nil && !f.Weak
	crashes = ends && f != &fatalLevel && f.ID != "error-word" && f.ID != "exception"
	if l.level != unsaid || strings.HasPrefix(l.folded, "traceback (most recent call last)") ||
		strings.HasPrefix(l.folded, "node:internal") {
		return l.text != "", crashes
	}
	return ends, crashes
}
