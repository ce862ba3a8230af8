package reader

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printed reads what programs print of their values: Python's repr, what JavaScript, Ruby, PHP, Rust, Go, Java and
// others make of objects, and JSON with comments, typographic quotes or a comma too many. They have in common that
// brackets hold members, and that a member is a value, or a name, a mark and a value.
type printed struct {
	text  string
	at    int
	depth int
}

const maxNesting = 100

// printedIn returns the documents in the vocabulary of ECS that a text holds in prints of programs.
func printedIn(text string) (all []object) {
	if !ofECS(text) {
		return nil
	}
	budget := len(text) + 64<<10
	for at := 0; at < len(text) && budget > 0; {
		i := strings.IndexAny(text[at:], "{[(<")
		if i < 0 {
			break
		}
		at += i
		p := printed{text: text, at: at}
		v := p.group()
		budget -= p.at - at
		if p.at > at+1 && ofECS(text[at:p.at]) {
			if found := shaped(v); len(documents(found)) > 0 {
				all = append(all, found...)
				at = p.at
				continue
			}
		}
		at++
	}
	return all
}

// fragmentIn returns the documents that a text holds which is a part of a document, from within.
func fragmentIn(text string) []object {
	start := strings.TrimLeft(text, " \t\r\n,")
	if !strings.HasPrefix(start, `"`) && !strings.HasPrefix(start, "'") || !nameAndMark.MatchString(start) {
		return nil
	}
	p := printed{text: "{" + start + "}"}
	return shaped(p.group())
}

// group reads what stands in brackets: an object where a member has a name, else a list.
func (p *printed) group() any {
	if p.depth++; p.depth > maxNesting {
		p.at = len(p.text)
		return nil
	}
	defer func() { p.depth-- }()
	closing := map[byte]byte{'{': '}', '[': ']', '(': ')', '<': '>'}[p.text[p.at]]
	p.at++
	if closing == '>' {
		p.at += len(ofStruct.FindString(p.text[p.at:min(len(p.text), p.at+200)]))
	}
	o, list, indexed := object{}, []any{}, true
	for {
		p.skip(",;")
		if p.at >= len(p.text) {
			break
		}
		c := p.text[p.at]
		if c == closing {
			p.at++
			break
		}
		if c == '}' || c == ']' || c == ')' {
			break // of an outer one
		}
		before := p.at
		if name, named := p.name(); named {
			indexed = indexed && number(name)
			value := p.value()
			list = append(list, value)
			if _, twice := o[name]; !twice {
				o[name] = value
			}
			if p.at == before {
				p.at++
			}
			continue
		}
		p.at = before
		v := p.value()
		if s, bare := v.(string); !bare || s != "" {
			list = append(list, v)
		}
		if p.at == before {
			p.at++
		}
	}
	if len(o) == 0 || indexed {
		return list
	}
	return o
}

var (
	nameAndMark = regexp.MustCompile(
		`^(?:["'“‘](\w[\w .@/-]*)["'”’]|:?([A-Za-z_@$][\w@$-]*)|\[["']?([\w@-]+)["']?(?::[^\]\n]*)?\])` +
			`\s*(=>|:=|=|:)`)
	typeBefore = regexp.MustCompile(
		`^(?:[&*%]|\[\d*\]|\((?:len|cap)=\d+(?: cap=\d+)?\)|\((?:\*|\[\])*[A-Za-z][\w.*\[\]/]*\)\s*|\(0x[0-9a-f]+\))+`)
	nameOfType  = regexp.MustCompile(`^#?<?(?:struct )?[A-Za-z_][\w.:\\$]*(?:\[\w+\])?(?:#\d+)?`)
	ofStruct    = regexp.MustCompile(`^(?:struct )?[A-Z][\w:]*(?::0x[0-9a-f]+)?\s`)
	ofDumped    = regexp.MustCompile(`^(?:string|int|float|bool|enum|NSString)\s*(\([^)\n]*\))`)
	sizeOfDump  = regexp.MustCompile(`^\((?:\d+|[\w\\]+)\)(?:#\d+ \(\d+\))?\s*`)
	aLiteral    = regexp.MustCompile(`^(?:None|null|nil|undefined|NULL|NaN|True|False|true|false|<nil>|<null>)\b`)
	aPointer    = regexp.MustCompile(`^0x[0-9a-f]+$`)
	looseNumber = regexp.MustCompile(`^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$`)
	datetime    = regexp.MustCompile(
		`^datetime(?:\.datetime)?\((\d+), (\d+), (\d+)(?:, (\d+))?(?:, (\d+))?(?:, (\d+))?`)
	// where a text without quotation marks ends: before the next name
	nextNamed  = regexp.MustCompile(`^,\s*["'\[]?:?[A-Za-z_@][\w@]*["'\]]?\s*(?:=>|=|:)|^,\s*(?:[}\])]|\n)`)
	nextSpaced = regexp.MustCompile(`^\s[A-Z]\w*:\S`)
	nextLine   = regexp.MustCompile(`^\s*\n\s*(?:["'\[]?[\w@]+["'\]]?\s*(?:=>|=|:)|[}\])])`)
)

// name reads a name and the mark behind it.
func (p *printed) name() (string, bool) {
	m := nameAndMark.FindStringSubmatch(p.text[p.at:min(len(p.text), p.at+200)])
	if m == nil {
		return "", false
	}
	p.at += len(m[0])
	return m[1] + m[2] + m[3], true
}

// skip passes white space, comments and the given marks.
func (p *printed) skip(marks string) {
	for p.at < len(p.text) {
		rest := p.text[p.at:]
		c, n := utf8.DecodeRuneInString(rest)
		switch {
		case unicode.IsSpace(c), strings.ContainsRune(marks, c) && marks != "":
			p.at += n
		case strings.HasPrefix(rest, "//"):
			p.at += lineLength(rest)
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest, "*/")
			if end < 0 {
				end = len(rest) - 2
			}
			p.at += end + 2
		case strings.HasPrefix(rest, "# "):
			p.at += lineLength(rest)
		default:
			return
		}
	}
}

func lineLength(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}

// value reads a value.
func (p *printed) value() any {
	p.skip("")
	rest := p.text[p.at:]
	if m := typeBefore.FindString(rest); m != "" && len(m) < len(rest) {
		p.at += len(m)
		p.skip("")
		rest = p.text[p.at:]
	}
	if rest == "" {
		return nil
	}
	c, _ := utf8.DecodeRuneInString(rest)
	if strings.HasPrefix(rest, "b'") || strings.HasPrefix(rest, "u'") || strings.HasPrefix(rest, "b\"") {
		p.at++
		c = rune(rest[1])
	}
	if strings.ContainsRune("\"'`“‘", c) {
		return p.quoted()
	}
	if m := aLiteral.FindString(rest); m != "" {
		p.at += len(m)
		switch m {
		case "True", "true":
			return true
		case "False", "false":
			return false
		}
		return nil
	}
	if m := datetime.FindStringSubmatch(rest); m != nil {
		if end := strings.IndexByte(rest, ')'); strings.HasPrefix(rest[end+1:], ")") { // of tzlocal()
			p.at += end + 2
		} else {
			p.at += end + 1
		}
		return fmt.Sprintf("%04s-%02s-%02sT%02s:%02s:%02sZ", m[1], m[2], m[3], m[4], m[5], m[6])
	}
	if m := ofDumped.FindStringSubmatch(rest); m != nil {
		p.at += len(m[0])
		p.skip("")
		if p.at < len(p.text) && strings.ContainsRune("\"'", rune(p.text[p.at])) {
			return p.quoted()
		}
		return scalar(strings.Trim(m[1], "()"))
	}
	if strings.ContainsRune("{[(", c) {
		v := p.group()
		if list, ok := v.([]any); ok && c == '(' && len(list) == 1 {
			return list[0]
		}
		return v
	}
	if m := nameOfType.FindString(rest); m != "" {
		behind := strings.TrimLeft(rest[len(m):], " \t")
		switch {
		case strings.HasPrefix(m, "#<"):
			p.at++
			return p.group()
		case strings.HasPrefix(behind, "{"), strings.HasPrefix(rest[len(m):], "("), strings.HasPrefix(behind, "(\n"),
			strings.HasPrefix(strings.TrimLeft(behind, "\r\n "), "(\n") && strings.HasSuffix(m, "rray"),
			m == "Optional" && strings.HasPrefix(behind, "["):
			p.at += len(m)
			p.skip("")
			if size := sizeOfDump.FindString(p.text[p.at:]); size != "" &&
				strings.HasPrefix(p.text[p.at+len(size):], "{") {
				p.at += len(size)
			}
			v := p.group()
			if list, ok := v.([]any); ok && len(list) == 1 && !strings.HasSuffix(m, "rray") {
				return list[0] // of Some(…), Decimal(…)
			}
			return v
		}
	}
	return p.bare()
}

// quoted reads a string in quotation marks, and those that it goes on in.
func (p *printed) quoted() string {
	var b strings.Builder
	for {
		open, n := utf8.DecodeRuneInString(p.text[p.at:])
		p.at += n
		closing := open
		switch open {
		case '“':
			closing = '”'
		case '‘':
			closing = '’'
		}
		for p.at < len(p.text) {
			c, n := utf8.DecodeRuneInString(p.text[p.at:])
			p.at += n
			if c == closing {
				break
			}
			if c == '\\' && p.at < len(p.text) {
				p.escape(&b)
				continue
			}
			if c != '\n' && c != '\r' { // a terminal wrapped it
				b.WriteRune(c)
			}
		}
		again := *p
		again.skip("+")
		if again.at >= len(p.text) || rune(p.text[again.at]) != open {
			return b.String()
		}
		p.at = again.at
	}
}

// escape reads what a backslash stands before.
func (p *printed) escape(b *strings.Builder) {
	c := p.text[p.at]
	p.at++
	switch c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r', '\n':
	case 'u':
		var s string
		if end := p.at + 4; end <= len(p.text) && json.Unmarshal([]byte(`"\u`+p.text[p.at:end]+`"`), &s) == nil {
			b.WriteString(s)
			p.at = end
		}
	default:
		b.WriteByte(c)
	}
}

// bare reads a text without quotation marks, up to the next member or the end of its group.
func (p *printed) bare() any {
	start, open := p.at, 0
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch c {
		case '{', '[', '(':
			open++
		case '}', ']', ')':
			if open--; open < 0 {
				return scalar(p.text[start:p.at])
			}
		case '>':
			if open == 0 && (p.at+1 == len(p.text) || strings.IndexByte(",]>)\n ", p.text[p.at+1]) >= 0) {
				return scalar(p.text[start:p.at])
			}
		case ',':
			if open <= 0 &&
				(nextNamed.MatchString(p.text[p.at:min(len(p.text), p.at+80)]) || !strings.Contains(p.text[start:p.at],
					" ")) {
				return scalar(p.text[start:p.at])
			}
		case ' ', '\n':
			if open <= 0 && p.nextBegins() {
				return scalar(p.text[start:p.at])
			}
		}
		p.at++
	}
	return scalar(p.text[start:p.at])
}

// nextBegins reports whether behind the white space at this place another member begins.
func (p *printed) nextBegins() bool {
	window := p.text[p.at:min(len(p.text), p.at+80)]
	behind := strings.TrimLeft(window, " \t\r\n")
	if strings.Contains(window[:len(window)-len(behind)], "\n") {
		return nextLine.MatchString(window)
	}
	return behind != "" && 'A' <= behind[0] && behind[0] <= 'Z' && nextSpaced.MatchString(window)
}

// scalar is what a text without quotation marks stands for.
func scalar(s string) any {
	s = strings.TrimSpace(s)
	switch {
	case looseNumber.MatchString(s) && len(s) < 20:
		if json.Valid([]byte(s)) {
			return json.Number(s)
		}
	case aPointer.MatchString(s), s == "...", s == "<null>", s == "null", s == "None", s == "nil":
		return nil
	}
	return s
}
