package redact

import (
	"encoding/json"
	"math/bits"
	"strings"
)

// passes is how often a text is masked at most until it stays as it is: a mask can bring to light the name of another
// secret, or make a broken document whole.
const passes = 4

func redactText(s string, shapes shapeSet) string {
	if seen := visible(s); len(seen) < len(s) {
		if redacted := redactText(seen, shapesIn(seen)); redacted != seen {
			return redacted
		}
	}
	for range passes {
		redacted := maskOnce(s, shapes)
		if redacted == s {
			break
		}
		s = redacted
		shapes = shapesIn(s)
	}
	return s
}

func maskOnce(s string, shapes shapeSet) string {
	if strings.IndexByte(s, '"') >= 0 || strings.IndexByte(s, '\'') >= 0 {
		s = maskQuotedKeys(s)
	}
	for ; shapes != 0; shapes &= shapes - 1 {
		s = credentialShapes[bits.TrailingZeros32(uint32(shapes))].Redact(s)
	}
	return s
}

// edit is a text in which passages are replaced from left to right.
type edit struct {
	src  string
	done int // src is copied up to here
	out  strings.Builder
}

func (e *edit) replace(from, to int, text string) {
	if from < e.done || e.src[from:to] == text {
		return
	}
	e.out.WriteString(e.src[e.done:from])
	e.out.WriteString(text)
	e.done = to
}

func (e *edit) mask(from, to int) {
	if from < to {
		e.replace(from, to, Mask)
	}
}

func (e *edit) String() string {
	if e.done == 0 {
		return e.src
	}
	return e.out.String() + e.src[e.done:]
}

// backslashes is the number of backslashes that stand directly before s[i].
func backslashes(s string, i int) int {
	n := 0
	for n < i && s[i-n-1] == '\\' {
		n++
	}
	return n
}

// quoteDepth returns how deep in JSON strings the quote s[i] delimits one: a plain quote is at 0, \" at 1, \\\" at 2.
func quoteDepth(s string, i int) int {
	return bits.TrailingZeros(^uint(backslashes(s, i)))
}

// endOfString returns where the string ends that s[open] opens: the place of the closing quote and of the backslashes
// that belong to it. It is len(s), twice, for a string that does not end, or not at its depth.
func endOfString(s string, open int) (end, quote int) {
	depth := quoteDepth(s, open)
	for i := open + 1; i < len(s); i++ {
		if s[i] != s[open] {
			continue
		}
		switch d := quoteDepth(s, i); {
		case d == depth:
			return i - (1<<depth - 1), i
		case d < depth:
			return len(s), len(s)
		}
	}
	return len(s), len(s)
}

// endOfBrackets returns where the object or array that begins at s[open] ends, in JSON whose strings are at depth.
func endOfBrackets(s string, open, depth int) (int, bool) {
	level := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '{', '[':
			level++
		case '}', ']':
			if level--; level == 0 {
				return i + 1, true
			}
		case '"', '\'':
			if s[i] == '"' && quoteDepth(s, i) != depth {
				return 0, false
			}
			if _, i = endOfString(s, i); i == len(s) {
				return 0, false
			}
		}
	}
	return 0, false
}

// skipSpace passes over white space, also where it is escaped in a string.
func skipSpace(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == 'n' || s[i+1] == 'r' || s[i+1] == 't'):
			j := i
			for j < len(s) && s[j] == '\\' {
				j++
			}
			if j == len(s) || s[j] != 'n' && s[j] != 'r' && s[j] != 't' {
				return i
			}
			i = j + 1
		default:
			return i
		}
	}
	return i
}

// openingQuote is the place of the quote at s[i], behind the backslashes that belong to it, or -1.
func openingQuote(s string, i int) int {
	for i < len(s) && s[i] == '\\' {
		i++
	}
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		return i
	}
	return -1
}

// maskQuotedKeys masks what follows "password": or 'environment': and their like, whether the quotes are escaped or
// not. It does not rely on the text around a key, which may begin or end anywhere.
func maskQuotedKeys(s string) string {
	const longestKey = 100
	e := edit{src: s}
	named := false // the last name names a credential
	for i := 0; i < len(s); i++ {
		if s[i] != '"' && s[i] != '\'' {
			continue
		}
		length := strings.IndexByte(s[i+1:min(len(s), i+1+longestKey)], s[i])
		if length < 0 {
			continue
		}
		closing := i + 1 + length
		p := skipSpace(s, closing+1)
		name := strings.TrimRight(s[i+1:closing], `\`)
		if p == len(s) || s[p] != ':' || isVisibility(s[p+1:min(len(s), p+1+longestKey)]) ||
			strings.ContainsAny(name, " /:,{}[]") {
			continue
		}
		p = skipSpace(s, p+1)
		if p == len(s) {
			break
		}
		kind := kindOf(name)
		if isOneOf(name, webKeyParts) && strings.Contains(s[max(0, i-4000):min(len(s), i+4000)], `"kty`) {
			kind = credentialName
		}
		_, open := stringAt(s, p)
		switch {
		case (kind == nameName || kind == keyName) && open >= 0:
			end, _ := endOfString(s, open)
			named = kindOf(lastOfPath(s[open+1:end])) == credentialName
			continue
		case kind == valueName && named:
			named = false
		case kind != credentialName && kind != environmentName:
			continue
		}
		if open >= 0 {
			end, _ := endOfString(s, open)
			e.replace(open+1, end, Mask)
			i = end - 1
			continue
		}
		depth := quoteDepth(s, i)
		quote := s[i-(1<<depth-1) : i+1]
		masked := quote + Mask + quote
		var end int
		switch s[p] {
		case '{', '[':
			balanced := false
			if end, balanced = endOfBrackets(s, p, depth); !balanced {
				e.replace(p, len(s), Mask)
				return e.String()
			}
			if json.Valid([]byte(s[p:end])) {
				below := environment
				if kind != environmentName {
					below = credential
				}
				masked, _ = redactDocument(s[p:end], below)
			}
		default:
			end = len(s)
			if stop := strings.IndexAny(s[p:], ",}]\n\"'"); stop >= 0 {
				end = p + stop
			}
			if word := strings.TrimSpace(s[p:end]); word == "" || word == "null" || word == Mask {
				continue
			}
		}
		e.replace(p, end, masked)
		i = end - 1
	}
	return e.String()
}

// argument returns where the value at s[i] begins and ends: a quoted string, a scheme and what follows it, or one word.
func argument(s string, i int) (start, end int) {
	if i >= len(s) {
		return len(s), len(s)
	}
	if from, to := longString(s, i); from > 0 {
		return from, to
	}
	i = unwrapped(s, i)
	if s[i] == '`' {
		if length := strings.IndexByte(line(s[i+1:min(len(s), i+1+longestWord)]), '`'); length > 0 {
			return i + 1, i + 1 + length
		}
	}
	if _, open := stringAt(s, i); open >= 0 {
		end, _ = endOfString(s, open)
		return open + 1, end
	}
	end = endOfWord(s, i)
	if isOneOf(strings.ToLower(s[i:min(end, i+longestWord)]), tokenSchemes) {
		if next := skipSpace(s, end); next < len(s) {
			end = endOfWord(s, next)
		}
	}
	return i, end
}

// longString is what stands in a string of three quotes at s[i] or in a list of strings. It is nothing where there is
// none.
func longString(s string, i int) (from, to int) {
	const longestList = 4 * longestWord
	switch {
	case strings.HasPrefix(s[i:], `"""`), strings.HasPrefix(s[i:], "'''"):
		from = i + len(`"""`)
		if length := strings.Index(s[from:], s[i:from]); length >= 0 {
			return from, from + length
		}
		return from, len(s)
	case s[i] == '[':
		open := skipSpace(s, i+1)
		if openingQuote(s, open) != open || open == i+1 && s[open] == '\\' {
			return 0, 0
		}
		near := s[:min(len(s), i+longestList)]
		end, balanced := endOfBrackets(near, i, 0)
		switch {
		case balanced:
			return open + 1, max(open+1, strings.LastIndexByte(s[:end], s[open]))
		case len(near) == len(s):
			return open + 1, len(s)
		}
	}
	return 0, 0
}

// heredoc is what stands between <<MARK at s[i] and the line MARK, or the end of the text. It is nothing where there is
// none.
func heredoc(s string, i int) (from, to int) {
	head := s[i:min(len(s), i+longestWord)]
	newline := strings.IndexByte(head, '\n')
	if newline < 0 || !strings.HasPrefix(head, "<<") {
		return 0, 0
	}
	mark := strings.Trim(strings.TrimLeft(head[len("<<"):newline], "-~"), "\"' \r")
	if !isIdentifier(mark) {
		return 0, 0
	}
	from = i + newline + 1
	for to = from; to < len(s); {
		next := line(s[to:])
		if strings.TrimSpace(next) == mark {
			return from, max(from, to-1)
		}
		to += len(next) + 1
	}
	return from, len(s)
}

// unwrapped is where the string begins that a value at s[i] says in a type: Some("x"), string(1) "x", <<"x">>. It is i
// for what says none.
func unwrapped(s string, i int) int {
	const longest = 60
	near := s[:min(len(s), i+longest)]
	p := i
	for p < len(near) && (isNameByte(near[p]) || near[p] == ':' || near[p] == '&' || near[p] == '*') {
		p++
	}
	switch {
	case p == i && strings.HasPrefix(near[i:], "("): // (string) (len=1) "x" of Go
		for p < len(near) && near[p] == '(' {
			length := strings.IndexByte(near[p:], ')')
			if length < 0 {
				return i
			}
			p = blanks(near, p+length+1)
		}
	case strings.HasPrefix(near[i:], "<<"):
		p = i + len("<<")
	case p == i || p == len(near) || near[p] != '(':
		return i
	default:
		p = skipSpace(near, p+1)
		if length := strings.TrimLeft(near[p:], "0123456789"); strings.HasPrefix(length, ") ") &&
			len(length) < len(near)-p {
			p = len(near) - len(length) + len(") ")
		}
	}
	if open := openingQuote(near, p); open >= 0 {
		return p
	}
	return i
}

// endOfWord returns where a word without quotes ends. Punctuation belongs to it unless the word ends with it, or, as ;
// and & and a comma, is followed by another assignment.
func endOfWord(s string, i int) int {
	end := i
	for end < len(s) && s[end] > ' ' {
		c := s[end]
		if (c == ';' || c == '&' || c == ',') && (end+1 == len(s) || s[end+1] <= ' ' || isAssignment(s[end+1:])) {
			break
		}
		if strings.IndexByte("\"'`", c) >= 0 && (end+1 == len(s) || !isNameByte(s[end+1])) {
			break
		}
		end++
	}
	return i + len(strings.TrimRight(s[i:end], `.,:)]}\`))
}

// isAssignment reports whether s begins with a name, of one word or of some, and an equals sign.
func isAssignment(s string) bool {
	const longest = 40
	for i := range min(len(s), longest) {
		switch {
		case s[i] == '=':
			return i > 0
		case !isNameByte(s[i]) && s[i] != ' ':
			return false
		}
	}
	return false
}

func isIdentifier(s string) bool {
	for _, c := range []byte(s) {
		if !isNameByte(c) {
			return false
		}
	}
	return s != ""
}

func isNameByte(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == '.'
}
