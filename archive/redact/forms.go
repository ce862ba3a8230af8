package redact

import "strings"

// maskNamed masks what stands beside a credential's name, in every form in which a text pairs a name with a value but
// that of JSON: name=value, name: value, name value, <name>value</name>, ["name","value"], {name: NAME, value: value}.
func maskNamed(s string) string {
	f := forms{edit: edit{src: s}, s: s, many: strings.IndexByte(s, '\n') >= 0, leading: true}
	for i := 0; i < len(s); {
		if !isNameByte(s[i]) {
			f.pass(i)
			i++
			continue
		}
		from, end := i, i
		for end < len(s) && isNameByte(s[end]) {
			end++
		}
		i = max(end, f.word(from, end))
		if strings.Trim(s[from:end], "-") != "" && s[from:end] != "export" {
			f.leading = false
		}
		f.lastFrom, f.lastTo = from, end
	}
	return f.edit.String()
}

// forms is a text that is read word by word.
type forms struct {
	edit
	s       string
	many    bool // it has more than one line
	leading bool // nothing of this line has been read but what a list of YAML begins with
	// those that have begun, the last in the lowest bit: whether names without quotes stand in it
	braces           uint64
	maps             int  // of Go that have begun
	lists            int  // of those that stand in maps
	found            bool // something has been masked
	lastFrom, lastTo int  // the word before
}

// pass reads a byte between two words.
func (f *forms) pass(i int) {
	switch f.s[i] {
	case '\n':
		f.leading = true
	case '{':
		f.braces <<= 1
		if next := blanks(f.s, i+1); next < len(f.s) && isNameByte(f.s[next]) {
			f.braces |= 1
		}
		f.leading = false
	case '}':
		f.braces >>= 1
	case '[':
		if f.maps > 0 && !strings.HasSuffix(f.s[:i], "map") {
			f.lists++
		}
		f.leading = false
	case ']':
		if f.lists > 0 {
			f.lists--
		} else {
			f.maps = max(0, f.maps-1)
		}
	case ' ', '\t', '\r', '"', '\'':
	default:
		f.leading = false
	}
}

// inside reports whether the text is within a map or a struct as Go prints it, or a map of YAML in braces.
func (f *forms) inside() bool { return f.maps > 0 || f.braces&1 != 0 }

// word reads the word s[from:to] and masks what belongs to it; it returns how far that goes.
func (f *forms) word(from, to int) int {
	s := f.s
	if from > 0 && s[from-1] == '\\' {
		from += escapeIn(s[from:to])
	}
	if from > 0 && from+len("u0022") < to && s[from-1] == '\\' && strings.HasPrefix(s[from:], "u00") {
		from += len("u0022")
	} else if from > 0 && from+len("22") < to && s[from-1] == '%' && strings.Trim(s[from:from+2], "0123456789") == "" {
		from += len("22")
	}
	if s[from:to] == "map" && to < len(s) && s[to] == '[' {
		f.maps++
		return to
	}
	if s[to-1] == '.' {
		leader := len(strings.TrimRight(s[from:to], "."))
		if to-from-leader < leastDots || leader == 0 {
			return to
		}
		to = from + leader
	}
	if dots := strings.Index(s[from:to], "..."); dots > 0 && kindOf(s[from:from+dots]) == credentialName {
		to = from + dots
	}
	name := strings.TrimLeft(s[from:to], "-")
	if len(name) < 2 {
		return to
	}
	kind := kindOf(name)
	if letter := to - len(name); kind == otherName && letter > from && strings.IndexByte("DPX", s[letter]) >= 0 &&
		to < len(s) && s[to] == '=' && kindOf(name[1:]) == credentialName {
		name, kind = name[1:], credentialName // -Dpwd=x of Java, -Ppwd=x of Gradle
	}
	switch kind {
	case credentialName:
	case valueName:
		f.valueFirst(to)
		return to
	default:
		if end := f.madeUp(name, to); end > 0 {
			return end
		}
		if isCipher(name) && to < len(s) && s[to] == '(' {
			return f.ciphered(to)
		}
		if name == "as" && from == f.lastTo+1 && strings.HasPrefix(s[f.lastFrom:], "login ") {
			return f.userAndSecret(blanks(s, to))
		}
		if !f.endsPhrase(name, from) {
			return to
		}
		name = s[f.lastFrom:to]
		if kindOf(name) != credentialName {
			return to
		}
		from = f.lastFrom
	}
	n := named{forms: f, from: from, to: to, name: name, option: from < to-len(name)}
	f.found = false
	to = n.follow()
	if !endsInCredential(name) {
		return to
	}
	to = max(to, n.converted(to))
	if !f.found {
		return n.near(to)
	}
	return to
}

// escapeIn is how many bytes of a word behind a backslash belong to the escape: n, r, t, x00 and 0.
func escapeIn(word string) int {
	switch {
	case len(word) > 1 && strings.IndexByte("nrt", word[0]) >= 0:
		return 1
	case len(word) > len("x00") && word[0] == 'x' && strings.Trim(word[1:3], hexDigits+"ABCDEF") == "":
		return len("x00")
	case word[0] == '0':
		octal := word[:min(len(word), len("000"))]
		return len(octal) - len(strings.TrimLeft(octal, "01234567"))
	}
	return 0
}

// mask notes that something is masked, also where it has been before.
func (f *forms) mask(from, to int) {
	f.found = f.found || from < to
	f.edit.mask(from, to)
}

// endsPhrase reports whether a word may be the second of a name in prose: API key, connection string.
func (f *forms) endsPhrase(name string, from int) bool {
	switch {
	case f.lastTo == 0 || from != f.lastTo+1 || f.s[f.lastTo] != ' ':
		return false
	}
	return strings.EqualFold(name, "key") || strings.EqualFold(name, "string")
}

// isCipher reports whether a name is that of a function of SQL which takes a password.
func isCipher(name string) bool {
	return len(name) > len("encrypt") && isOneOf(strings.ToLower(name), "pgp_sym_encrypt pgp_sym_decrypt aes_encrypt "+
		"aes_decrypt des_encrypt des_decrypt encryptbypassphrase decryptbypassphrase")
}

// ciphered masks the strings of a call that begins at open.
func (f *forms) ciphered(open int) int {
	const longest = 4 * longestWord
	near := f.s[:min(len(f.s), open+longest)]
	for i := open + 1; i < len(near) && near[i] != ')' && near[i] != '\n'; i++ {
		if near[i] != '"' && near[i] != '\'' {
			continue
		}
		end, closing := endOfString(near, i)
		if closing == len(near) {
			end, closing = endOfString(f.s, i)
		}
		f.mask(i+1, end)
		i = closing
		open = end
	}
	return min(len(f.s), open+1)
}

// valueFirst masks the value in value: x, name: NAME.
func (f *forms) valueFirst(to int) {
	s := f.s
	p, ok := f.assignment(to)
	if !ok {
		return
	}
	near := s[:min(len(s), p+4*longestWord)] // the words of a longer value are looked at once
	from, end := argumentUntil(near, p, ",")
	next := end
	for next < len(s) && next < end+8 && strings.IndexByte("\"', \\\n\t;}", s[next]) >= 0 {
		next++
	}
	if hasPrefixFold(s[next:], "where ") {
		next = blanks(s, next+len("where"))
	}
	stop := wordEnd(s, next)
	switch kindOf(s[next:stop]) {
	case nameName, keyName:
	default:
		return
	}
	p, ok = f.assignment(stop)
	if !ok {
		return
	}
	if q := openingQuote(s, p); q >= 0 {
		p = q + 1
	}
	if kindOf(s[p:wordEnd(s, p)]) == credentialName {
		f.mask(from, end)
	}
}

// assignment is where the value begins behind a name that ends at to, with a quote or without, and : or =.
func (f *forms) assignment(to int) (int, bool) {
	s := f.s
	if q := openingQuote(s, to); q >= 0 {
		to = q + 1
	}
	to = blanks(s, to)
	if to == len(s) || s[to] != ':' && s[to] != '=' {
		return 0, false
	}
	return blanks(s, to+1), true
}

// named is a credential's name in a text.
type named struct {
	*forms
	from, to int
	name     string
	option   bool
}

// before is the byte before the name, or 0.
func (n *named) before() byte {
	if n.from == 0 {
		return 0
	}
	return n.s[n.from-1]
}

// follow masks what the name is that of; it returns how far that goes.
func (n *named) follow() int {
	s, p := n.s, n.to
	if to := n.encoded(p); to > 0 {
		return to
	}
	quoted := false
	if q := openingQuote(s, p); q >= 0 && n.before() == s[q] {
		quoted, p = true, q+1
	}
	p = n.closed(p, quoted)
	inBrackets := p < len(s) && s[p] == ']' && (quoted || n.before() == '[')
	if inBrackets {
		quoted, p = false, p+1
	}
	sp := blanks(s, p)
	if strings.HasPrefix(s[p:], `\t`) {
		sp = p + len(`\t`)
	}
	if quoted {
		sp = skipSpace(s, p)
	}
	if sp == len(s) {
		return n.to
	}
	if to, loose := operator(s, sp); to > 0 && (sp > p || !loose || strings.IndexByte(".?|", s[sp]) >= 0) &&
		endsInCredential(n.name) {
		return n.operated(to, loose)
	}
	switch c := s[sp]; {
	case c == '=', c == ':' && strings.HasPrefix(s[sp:], ":="):
		if c == ':' {
			sp++
		}
		return n.assigned(sp, sp > p)
	case strings.HasPrefix(s[sp:], "->") && sp > p && endsInCredential(n.name):
		return n.value(skipSpace(s, sp+len("->")))
	case c == '(' && !quoted && openingQuote(s, sp+1) >= 0:
		return n.called(sp + 1)
	case !endsInCredential(n.name) && !n.option:
		return n.to
	case (c == '(' || c == '[') && sp > p:
		return n.bracketed(sp)
	case strings.HasPrefix(s[p:], "</") && n.before() == '>':
		return n.nextElement(p)
	case strings.HasPrefix(s[p:], ")=("):
		return n.inParentheses(p + len(")=("))
	case c == '\n' && n.before() == ' ' && n.from > 1 && s[n.from-2] == '?':
		if at := skipSpace(s, sp); at+1 < len(s) && s[at] == ':' && s[at+1] == ' ' {
			return n.value(blanks(s, at+1))
		}
		return n.to
	case quoted && c == '{':
		return n.blockDefault(sp)
	case c == ',' && n.before() == '{' && sp == p && !quoted:
		start := skipSpace(s, sp+1)
		if open := openingQuote(s, start); open >= 0 && !isProse(s[open+1:]) || unwrapped(s, start) > start {
			return n.value(start)
		}
		return n.to
	case c == ':' && quoted:
		return n.to // as in JSON
	case c == ':':
		return n.colon(sp)
	case c == '>' && sp == p:
		return n.markup(sp+1, quoted)
	case strings.HasPrefix(s[p:], "&gt;"):
		if end := strings.Index(s[p:], "&lt;"); end > len("&gt;") {
			n.mask(p+len("&gt;"), p+end)
			return p + end
		}
	case n.isElement() && sp > p:
		if end := n.pairedValue(p); end > 0 {
			return end
		}
		near := s[sp:min(len(s), sp+200)]
		if end := strings.IndexByte(near, '>'); end >= 0 {
			return n.markup(sp+end+1, false)
		}
	case c == ',' && n.option:
		return n.optionInList(sp)
	case c == ';' && quoted && strings.HasPrefix(s[sp:], ";s:"):
		if open := sp + len(";s:") + len(s[sp+len(";s:"):]) -
			len(strings.TrimLeft(s[sp+len(";s:"):], "0123456789:")); openingQuote(s, open) >= 0 {
			return n.value(open) // s:3:"key";s:5:"value" of PHP
		}
	case c == ',' && !quoted && n.before() == '[' && sp == p:
		return n.operated(skipSpace(s, sp+1), true)
	}
	if end := n.pairedValue(p); end > 0 {
		return end
	}
	switch {
	case s[sp] == ',' && quoted:
		return n.list(sp)
	case s[sp] == ',' && sp == p && isAssured(n.name):
		return n.afterComma(blanks(s, sp+1))
	case s[sp] == '/' && sp == p && !quoted:
		return n.substituted(sp)
	case openingQuote(s, sp) >= 0 && n.isKeyword(p, sp):
		return n.operated(sp, true)
	case sp == p && !quoted && s[p] != '\n' && !strings.HasPrefix(s[p:], "\\\n"):
		return n.to
	case n.option && quoted:
		return n.operated(sp, true) // of a sentence about "--password"
	case n.option:
		return n.argument(sp)
	case quoted, inBrackets:
		return n.valueLater(p)
	case s[sp] == '\n':
		return n.nextLine(sp + 1)
	case s[sp] == '\\' && sp+1 < len(s) && s[sp+1] == '\n':
		return n.continued(sp + 2)
	}
	return n.phrase(sp)
}

// assigned is NAME=value, name = value, "name"=>"value".
func (n *named) assigned(equals int, spaced bool) int {
	s, start := n.s, equals+1
	if start < len(s) && s[start] == '>' {
		start++
		spaced = true
	}
	if start == len(s) || s[start] == '=' {
		return n.to
	}
	if spaced || s[start] == ' ' && endsInCredential(n.name) {
		start = skipSpace(s, start)
	}
	if isHeader(n.name) && !isOneOf(strings.ToLower(firstWord(s[start:])), tokenSchemes) {
		return n.header(start)
	}
	if spaced && isOneOf(strings.ToLower(firstWord(s[start:])), "none null nil undefined true false") {
		return n.to
	}
	return n.value(start)
}

// value masks the value at start: a string, what stands in braces, or a word.
func (n *named) value(start int) int {
	s := n.s
	if start < len(s) && s[start] == '{' {
		if end := strings.IndexByte(s[start:], '}'); end > 1 {
			if after := start + end + 1; after < len(s) && isNameByte(s[after]) {
				end = endOfWord(s, start) - start // {noop}value of Spring
			}
			n.mask(start+1, start+end)
			return start + end
		}
	}
	if start == len(s) {
		return n.to
	}
	if rest, ok := strings.CutPrefix(s[start:], "[]"); ok && (rest == "" || !isNameByte(rest[0]) && rest[0] != '*') {
		return n.to // an empty list, and no type of Go
	}
	if from, to := heredoc(s, start); from > 0 {
		n.mask(from, to)
		return to
	}
	from, to := argument(s, start)
	n.mask(from, to)
	if other := n.otherValue(to); other > 0 {
		from, to = argument(s, other)
		n.mask(from, to)
	}
	return to
}

// colon is name: value, of YAML and of headers, and name:value of Go.
func (n *named) colon(colon int) int {
	s, q := n.s, colon+1
	if strings.HasPrefix(s[q:], ": ") {
		return n.value(blanks(s, q+1)) // base 64, of LDIF
	}
	if q == len(s) || s[q] == ':' || strings.HasPrefix(s[q:], "//") {
		return n.to
	}
	if isHeader(n.name) {
		return n.header(q)
	}
	start := blanks(s, q)
	if start == len(s) {
		return n.to
	}
	if s[start] == '\n' {
		return n.below(start + 1)
	}
	if isComplaint(s[start:]) {
		return n.to
	}
	if start > q && (s[start] == '!' || s[start] == '&') {
		if tag := wordEnd(s, start+len(s[start:])-len(strings.TrimLeft(s[start:], "!&"))); blanks(s, tag) > tag {
			if !n.leading { // it may be the value
				n.mask(start, tag)
			}
			start = blanks(s, tag) // a tag or an anchor of YAML
		}
	}
	if start == len(s) {
		return n.to
	}
	if kind := wordEnd(s, start); kind > start {
		if equals := blanks(s, kind); equals < len(s) && s[equals] == '=' {
			if typed := blanks(s, equals+1); typed > equals && typed < len(s) && openingQuote(s, typed) >= 0 {
				return n.value(typed) // let name: String = "value"
			}
		}
	}
	if start == q {
		return n.tight(start)
	}
	structured := n.inside() || n.leading && n.many
	if _, open := stringAt(s, start); open >= 0 {
		from, end := argument(s, start)
		if isPassword(n.name) || isAssured(n.name) || structured || n.leading ||
			isSecretLike(s[from:min(end, from+200)]) || n.isTold(s[from:min(end, from+200)]) {
			n.mask(from, end)
			return end
		}
		return n.to
	}
	if n.leading && n.many && (s[start] == '|' || s[start] == '>') {
		if end := n.block(start); end > 0 {
			return end
		}
	}
	if s[start] == '|' || s[start] == '>' { // a block of YAML in a string that is cut
		if from := skipSpace(s, start+len(s[start:])-len(strings.TrimLeft(s[start:], "|>+-"))); from > start+2 &&
			s[start+1] != ' ' {
			to := from
			for to < len(s) && s[to] > ' ' && s[to] != '\\' {
				to++
			}
			n.mask(from, to)
			return to
		}
	}
	if s[start] == '<' || isProse(s[start:]) && !(n.leading && n.many && !n.isSentence(start)) {
		return n.to
	}
	if isPlural(n.name) && '0' <= s[start] && s[start] <= '9' && isProse(s[blanks(s, wordEnd(s, start)):]) {
		return n.to // passwords: 3 of 5
	}
	from, end := argumentUntil(s, start, "")
	alone := n.leading && (end == len(s) || s[end] == '\n' || s[end] == '\r')
	switch {
	case n.leading && n.many && !n.isSentence(start):
		if from == start {
			end = start + len(strings.TrimRight(line(s[start:]), "\r"))
		}
	case n.inside():
		_, end = argumentUntil(s, start, ",")
	case !isPassword(n.name) && !isAssured(n.name) && !alone && !isSecretLike(s[from:min(end, from+200)]) &&
		!isOneWord(s[from:min(end, from+200)]) && !n.isTold(s[from:min(end, from+200)]):
		return n.to
	}
	n.mask(from, end)
	return end
}

// below is the value that stands on the line below its name, further right.
func (n *named) below(start int) int {
	s := n.s
	next := line(s[start:])
	margin := n.from - (strings.LastIndexByte(s[:n.from], '\n') + 1)
	from := start + len(next) - len(strings.TrimLeft(next, " \t"))
	value := strings.TrimRight(s[from:start+len(next)], "\r ")
	if strings.HasPrefix(value, "- ") && isPassword(n.name) && (n.leading && from-start >= margin || isPlural(n.name)) {
		return n.items(start)
	}
	inside := n.leading && from-start > margin || !n.leading && from > start
	if item, ok := strings.CutPrefix(value, "- "); ok && (inside || n.leading && from-start == margin) &&
		isAssured(n.name) && !strings.ContainsAny(item, ": ") && (isUnnamed(item) || isSecretLike(item) ||
		n.isPassphrase(item)) {
		return n.items(start)
	}
	if key := wordEnd(s, from); inside && kindOf(s[from:key]) == valueName {
		if at, ok := n.assignment(key); ok && at < start+len(next) && !isProse(s[at:]) {
			from, end := argument(s, at)
			if openingQuote(s, at) < 0 {
				end = start + len(strings.TrimRight(next, "\r"))
			}
			n.mask(from, end)
			return end
		}
	}
	if isPlural(n.name) || !n.leading || from-start <= margin || value == "" || strings.ContainsAny(value, ": ") ||
		value[0] == '-' {
		return n.to
	}
	n.mask(from, from+len(value))
	return from + len(value)
}

// items are the lines of a list of YAML from start on.
func (n *named) items(start int) int {
	s := n.s
	for start < len(s) {
		next := line(s[start:])
		item := strings.TrimLeft(next, " \t")
		if !strings.HasPrefix(item, "- ") {
			break
		}
		end := start + len(next)
		n.mask(end-len(item)+len("- "), end)
		start = end + 1
	}
	return min(start, len(s))
}

// isSentence reports whether the line that goes on at start is of several words.
func (n *named) isSentence(start int) bool {
	rest := strings.TrimSpace(line(n.s[start:min(len(n.s), start+400)]))
	return isProse(rest)
}

// tight is name:value without a space: in maps and structs of Go, and where the name can be no part of an ARN or an
// image.
func (n *named) tight(start int) int {
	s, before := n.s, n.before()
	if before == ':' && isPassword(n.name) && isOdd(s[start:wordEnd(s, start)]) && !n.inARN() {
		return n.value(start)
	}
	if before == ':' || before == '/' && !n.isSlashOption() || before == '@' || s[start] == '\n' || s[start] == '\r' ||
		s[start] == ',' {
		return n.to
	}
	if _, open := stringAt(s, start); open >= 0 {
		from, end := argument(s, start)
		n.mask(from, end)
		return end
	}
	switch {
	case n.inside():
		end := goValueEnd(s, start)
		from := start
		if s[start] == '[' || s[start] == '{' || s[start] == '&' {
			from++
		}
		n.mask(from, end)
		return end
	case strings.Trim(s[start:wordEnd(s, start)], "v.0123456789") == "":
	case isPassword(n.name), isAssured(n.name), isSecretLike(s[start:wordEnd(s, start)]),
		n.isSlashOption() && n.isOddOrTold(s[start:endOfWord(s[:min(len(s), start+longestWord)], start)]):
		return n.value(start)
	}
	return n.to
}

// goValueEnd is where a value ends that Go prints in a map or a struct: before the next name, or the brace.
func goValueEnd(s string, start int) int {
	level := 0
	for i := start; i < len(s); i++ {
		switch s[i] {
		case '[', '{':
			level++
		case ']', '}':
			if level == 0 {
				return i
			}
			if level--; level == 0 {
				return i
			}
		case '\n':
			return i
		case ' ':
			if end := wordEnd(s, i+1); level == 0 && end > i+1 && end < len(s) && s[end] == ':' {
				return i
			}
		}
	}
	return len(s)
}

// block masks the lines of a block of YAML, which stand further right than its name.
func (n *named) block(start int) int {
	s := n.s
	head := line(s[start:])
	if strings.Trim(head, "|>+-0123456789 \r") != "" {
		return 0
	}
	margin := n.from - (strings.LastIndexByte(s[:n.from], '\n') + 1)
	from := start + len(head) + 1
	end := from
	for end < len(s) {
		next := line(s[end:])
		if indent := len(next) - len(strings.TrimLeft(next, " \t")); indent <= margin && strings.TrimSpace(next) != "" {
			break
		}
		end = min(len(s), end+len(next)+1)
	}
	if from >= end {
		return 0
	}
	indent := len(s[from:end]) - len(strings.TrimLeft(s[from:end], " \t"))
	to := from + len(strings.TrimRight(s[from:end], "\n"))
	n.mask(min(from+indent, to), to)
	return to
}

// isElement reports whether the name is that of an element of XML, with the prefix of a namespace or without.
func (n *named) isElement() bool {
	before := n.before()
	return before == '<' || before == ':' && n.lastTo == n.from-1 && n.lastFrom > 0 && n.s[n.lastFrom-1] == '<'
}

// markup is <name>value</name> and <entry key="name">value</entry>.
func (n *named) markup(start int, quoted bool) int {
	s := n.s
	if !quoted && !n.isElement() {
		return n.to
	}
	if value := blanks(s, start); strings.HasPrefix(s[value:], "<value>") {
		start = value + len("<value>")
	}
	if rest, ok := strings.CutPrefix(s[start:], "<![CDATA["); ok {
		end := strings.Index(rest, "]]>")
		if end < 0 {
			end = len(rest)
		}
		from := len(s) - len(rest)
		n.mask(from, from+end)
		return from + end
	}
	end := strings.IndexByte(s[start:], '<')
	if below := skipSpace(s, start); end < 0 && n.isElement() && below < len(s) && s[start] == '\n' {
		n.mask(below, below+len(strings.TrimSpace(s[below:])))
		return len(s)
	}
	if end < 0 || !strings.HasPrefix(s[start+end:], "</") {
		return n.to
	}
	n.mask(start, start+end)
	return start + end
}

// secretTypes are called with a secret, to hide it.
const secretTypes = "SecretStr SecretBytes SecretString SecretValue SecretBox"

// called is PASSWORD('value') and WithToken("value"), and Setenv("NAME", "value") by list.
func (n *named) called(start int) int {
	if openingQuote(n.s, start) < 0 || !endsInCredential(n.name) && !isOneOf(n.name, secretTypes) {
		return n.to
	}
	from, end := argument(n.s, start)
	if strings.Trim(n.s[from:end], "*") == "" {
		return n.to
	}
	if kindOf(n.s[from:min(end, from+100)]) == credentialName && !isSecretLike(n.s[from:min(end, from+100)]) {
		return n.to
	}
	n.mask(from, end)
	for next := end + 1; isPair(n.name) || hasSuffixFold(n.name, ".auth"); next = end + 1 {
		if next = skipSpace(n.s, next); next >= len(n.s) || n.s[next] != ',' {
			break
		}
		if next = skipSpace(n.s, next+1); openingQuote(n.s, next) < 0 {
			break
		}
		from, end = argument(n.s, next)
		n.mask(from, end)
	}
	return end
}

// optionInList is "--password","value".
func (n *named) optionInList(comma int) int {
	start := skipSpace(n.s, comma+1)
	if openingQuote(n.s, start) < 0 {
		return n.plainInList(start)
	}
	from, end := argument(n.s, start)
	n.mask(from, end)
	return end
}

// plainInList is [app, --password, value] of YAML. A list of options, or of words, has no value.
func (n *named) plainInList(start int) int {
	before := n.s[max(0, n.from-longestWord):n.from]
	if open := strings.LastIndexAny(before, "[]\n"); open < 0 || before[open] != '[' {
		return n.to
	}
	item := line(n.s[start:min(len(n.s), start+4*longestWord)])
	if end := strings.Index(item, ", "); end >= 0 {
		item = item[:end]
	} else if end := strings.LastIndexByte(item, ']'); end >= 0 {
		item = item[:end]
	}
	if item = strings.TrimRight(item, ", \r"); item == "" || item[0] == '-' || isPlainWord(item) || isProse(item) {
		return n.to
	}
	n.mask(start, start+len(item))
	return start + len(item)
}

// argument is what follows an option: --password value.
func (n *named) argument(start int) int {
	if strings.HasPrefix(n.s[start:], "\\\n") {
		start += len("\\\n")
	}
	if start = skipSpace(n.s, start); start < len(n.s) && n.s[start] == ',' {
		return n.to
	}
	if start < len(n.s) && (n.s[start] == '<' || n.s[start] == '[') || isOneOf(firstWord(n.s[start:]), states) {
		return n.to
	}
	from, end := argument(n.s, start)
	n.mask(from, end)
	return end
}

// list is ["NAME","value"], and ("NAME", "value") of a call. Of a list of names nothing is masked.
func (n *named) list(comma int) int {
	s := n.s
	quote := n.from - 1
	opened := quote - backslashes(s, quote) - 1
	for opened > 0 && s[opened] == ' ' {
		opened--
	}
	if opened < 0 || strings.IndexByte("[({", s[opened]) < 0 {
		return n.to
	}
	start := skipSpace(s, comma+1)
	open := openingQuote(s, start)
	if open < 0 {
		return n.to
	}
	end, closing := endOfString(s, open)
	if closing == len(s) {
		return n.to
	}
	after := skipSpace(s, closing+1)
	if after < len(s) && strings.IndexByte("])}", s[after]) < 0 || isNameInList(n.name, s[open+1:end]) {
		return n.to
	}
	n.mask(open+1, end)
	return end
}

// isNameInList reports whether the second of two strings, of which the first is a credential's name, is another name.
func isNameInList(name, value string) bool {
	return kindOf(value) == credentialName && !isSecretLike(value) || isPlainWord(value) && !isAssured(name) &&
		strings.ToLower(name) == name
}

// pairedValue masks the value in NAME, value: x and Name=NAME,Value=x and name="NAME" value="x"; it returns 0 where the
// name has none.
func (n *named) pairedValue(p int) int {
	s := n.s
	next := skipSpace(s, p)
	for next < len(s) && strings.IndexByte(`,;"')\`, s[next]) >= 0 {
		next = skipSpace(s, next+1)
	}
	end := wordEnd(s, next)
	if next > p && end > next && kindOf(s[next:end]) != valueName && n.isValueOfName() {
		next, end = n.laterField(next)
	}
	if next == p || kindOf(s[next:end]) != valueName {
		return 0
	}
	start, ok := n.assignment(end)
	if !ok || start == len(s) {
		return 0
	}
	from, to := argumentUntil(s, start, ",")
	if openingQuote(s, start) < 0 {
		switch {
		case n.inside():
			to = max(start, min(to, start+strings.IndexByte(s[start:]+"}", '}')))
			if s[end] == ':' && start == end+1 {
				to = goValueEnd(s, start)
			}
		case n.many && s[end] == ':':
			to = start + len(strings.TrimRight(line(s[start:]), "\r"))
		}
	}
	n.mask(from, to)
	return to
}

// isValueOfName reports whether the name is, or ends, what a field says that is called name: name=/app/DB_PASSWORD.
func (n *named) isValueOfName() bool {
	before := strings.TrimRight(n.s[max(0, n.from-longestWord):n.from],
		"/-_.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
	key, ok := strings.CutSuffix(strings.TrimRight(before, `"'\ `), "=")
	if !ok {
		key, ok = strings.CutSuffix(key, ":")
	}
	key = strings.TrimRight(key, `"'\ `)
	kind := kindOf(key[strings.LastIndexAny(key, " ,;([{\n\"'")+1:])
	return ok && (kind == nameName || kind == keyName)
}

// laterField is the place of the field called value behind others of the same object, of which the first is at next.
func (n *named) laterField(next int) (from, to int) {
	s := n.s[:min(len(n.s), next+longestWord)]
	for next < len(s) {
		to = wordEnd(s, next)
		if kindOf(s[next:to]) == valueName {
			return next, to
		}
		comma := strings.IndexAny(s[to:], ",)}]\n")
		if to == next || comma < 0 || s[to+comma] != ',' {
			break
		}
		next = blanks(s, to+comma+1)
		next += len(s[next:]) - len(strings.TrimLeft(s[next:], `"'\`))
	}
	return next, next
}

// phrase is name value: password 'value' of SQL, ENV NAME value, "the password is value", {NAME value} of Go.
func (n *named) phrase(start int) int {
	s := n.s
	before := n.before()
	if before == '/' && n.lastTo == n.from-1 && isOneOf(strings.ToLower(s[n.lastFrom:n.lastTo]), "user username") {
		return n.userAndSecret(start) // username/password app/x
	}
	if s[start] == '\n' || before == '/' && !n.isSlashOption() || before == ':' || before == '@' {
		return n.to
	}
	if (before == '{' || before == '[' && n.lastFrom < n.from) && (isAssured(n.name) || before == '{' &&
		isPassword(n.name) && strings.ContainsAny(firstWord(s[start:]), "-_0123456789")) {
		if end := strings.IndexAny(s[start:], "}]\n"); end > 0 && s[start+end] != '\n' {
			n.mask(start, start+end)
			return start + end
		}
	}
	if _, open := stringAt(s, start); open >= 0 {
		from, end := argument(s, start)
		text := s[from:min(end, from+200)]
		if isPassword(n.name) || isSecretLike(text) || n.isDeclared() || n.isTold(text) || n.isPassphrase(text) {
			n.mask(from, end)
			return end
		}
		return n.to
	}
	word := s[start:endOfWord(s[:min(len(s), start+1000)], start)]
	said := false
	switch strings.ToLower(word) {
	case "provided", "received":
		start = blanks(s, min(len(s), start+len(word)+len(":")))
		word = s[start:endOfWord(s[:min(len(s), start+1000)], start)]
	case "for":
		if end := n.passwordFor(start); end > 0 {
			return end
		}
		return n.sentence(start)
	case "of":
		return n.sentence(start)
	case "in", "like", "ilike":
		value := blanks(s, start+len(word))
		if value < len(s) && s[value] == '(' {
			value = blanks(s, value+1)
		} else if word == "in" || word == "like" {
			return n.to
		}
		if openingQuote(s, value) >= 0 {
			return n.value(value)
		}
		return n.to
	case "is", "was", "to", "as", "set", "with":
		said = word != "with"
		start = blanks(s, start+len(word))
		if _, open := stringAt(s, start); open >= 0 && said &&
			(isPassword(n.name) || isAssured(n.name) && !isProse(s[open+1:]) && (strings.ContainsAny(
				s[open+1:min(len(s), open+longestWord)], "0123456789") || n.isPassphrase(stringOf(s, open)))) {
			return n.value(start)
		}
		word = s[start:endOfWord(s[:min(len(s), start+1000)], start)]
		if word == "to" || said && word == "set" {
			start = blanks(s, start+len(word))
			if strings.HasPrefix(s[start:], "to ") {
				start = blanks(s, start+len("to"))
			}
			word = s[start:endOfWord(s[:min(len(s), start+1000)], start)]
		}
	}
	if isPair(n.name) && !n.isDeclared() && !(said && isOdd(word)) && !(isAssured(n.name) && isUnnamed(word)) {
		return n.userAndSecret(start)
	}
	switch {
	case word == "":
		return n.to
	case n.leading && start-n.to > 1 &&
		len(strings.TrimSpace(line(s[start:min(len(s), start+2*longestWord)]))) == len(word) && !isProse(s[start:]):
		return n.value(start) // columns
	case n.isDeclared() && !isProse(s[start:]),
		isSecretLike(word) || isOneWord(word) || n.isTold(word) || n.isPassphrase(word),
		isPassword(n.name) && isOdd(word),
		said && (isPassword(n.name) && isOdd(word) || isAssured(n.name) && isUnnamed(word)):
		return n.value(start)
	}
	return n.sentence(start)
}

// passwordFor is SET PASSWORD FOR user = 'value'.
func (n *named) passwordFor(start int) int {
	const user = 80 // its name is not longer
	s := n.s
	equals := strings.Index(line(s[start:min(len(s), start+user)]), " = ")
	if equals < 0 || !isPassword(n.name) {
		return 0
	}
	value := start + equals + len(" = ")
	if _, open := stringAt(s, value); open < 0 {
		return 0
	}
	return n.value(value)
}

// isDeclared reports whether the name stands behind a word that gives it a value: ENV NAME value.
func (n *named) isDeclared() bool {
	if n.lastTo == 0 || n.lastTo+1 != n.from {
		return false
	}
	switch n.s[n.lastFrom:n.lastTo] {
	case "ENV", "ARG", "setenv", "SetEnv", "SET", "setx", "-x", "-gx", "-Ux", "proxy_set_header", "add_header",
		"fastcgi_param", "uwsgi_param", "RequestHeader":
		return true
	}
	return false
}

// stringOf is what stands in the quotes that s[open] opens.
func stringOf(s string, open int) string {
	near := s[:min(len(s), open+longestWord)]
	end, _ := endOfString(near, open)
	return near[open+1 : max(open+1, end)]
}

func isHeader(name string) bool {
	var buffer [64]byte
	switch folded := string(fold(buffer[:0], name)); folded {
	case "authorization", "proxyauthorization", "xamzauthorization", "cookie", "setcookie", "cookies":
		return true
	default:
		return strings.HasSuffix(folded, "httpauthorization") || strings.HasSuffix(folded, "httpcookie")
	}
}

// header masks the value of a header: of Authorization what follows a scheme, of Cookie all cookies.
func (n *named) header(start int) int {
	s := n.s
	start = blanks(s, start)
	if start == len(s) {
		return n.to
	}
	limit := -1 // where the string or the list ends that is the value
	if open := openingQuote(s, start); open >= 0 {
		start = open + 1
		limit, _ = endOfString(s, open)
	} else if s[start] == '[' {
		start++
		if closing := strings.IndexByte(s[start:], ']'); closing >= 0 {
			limit = start + closing
		}
	}
	end := func(longest int) int {
		if limit >= 0 {
			return min(limit, longest)
		}
		return n.headerEnd(start, longest)
	}
	scheme := wordEnd(s, start)
	rest := blanks(s, scheme)
	to := 0
	switch {
	case isProse(s[start:]):
		return n.to
	case strings.HasSuffix(strings.ToLower(strings.TrimSuffix(n.name, "s")), "cookie"):
		to = end(cookiesEnd(s, start))
	case rest == scheme || rest == len(s):
		to = end(endOfWord(s, start))
	case isOneOf(strings.ToLower(s[start:scheme]), tokenSchemes):
		if start = rest; isProse(s[start:]) {
			return n.to
		}
		if open := openingQuote(s, rest); open >= 0 && limit < 0 {
			start = open + 1
			limit, _ = endOfString(s, open)
		}
		to = end(endOfWord(s, start))
		if value, ok := n.assignment(wordEnd(s, start)); ok && openingQuote(s, value) >= 0 && limit < 0 {
			_, to = argument(s, value) // Token token="x"
		}
	case isOneOf(strings.ToLower(s[start:scheme]), schemes):
		start = rest
		to = end(len(s))
	default:
		to = end(len(s))
	}
	n.mask(start, to)
	return max(n.to, to)
}

// schemes of Authorization are followed by parameters, tokenSchemes by one word.
const (
	tokenSchemes = "bearer basic token negotiate ntlm apikey api-key ssws splunk dpop key kerberos jwt genie"
	schemes      = "digest aws4-hmac-sha256 aws4-ecdsa-p256-sha256 aws oauth hawk mac signature vapid hmac " +
		"googlelogin sharedkey " +
		"sharedkeylite scram-sha-256 scram-sha-1 hoba mutual acs"
)

// headerEnd is where the value of a header ends, at longest: with the string that the header stands in, with its line,
// or before the next.
func (n *named) headerEnd(start, longest int) int {
	s := n.s[:longest]
	quote, depth, parameters := byte(0), 0, false
	if before := n.before(); before == '"' || before == '\'' {
		quote, depth = before, quoteDepth(s, n.from-1)
	}
	for i := start; i < len(s); i++ {
		switch c := s[i]; c {
		case '\n', '\r', '`':
			return i
		case '=':
			parameters = true
		case '"', '\'':
			if c == quote && quoteDepth(s, i) <= depth || !parameters {
				return i - backslashes(s, i)
			}
		case '\\':
			if i+1 < len(s) && (s[i+1] == 'n' || s[i+1] == 'r') {
				return i
			}
		case '}':
			if n.inside() {
				return i
			}
		case ',', ' ':
			next := i + 1
			for next < len(s) && next < i+8 && s[next] == ' ' {
				next++
			}
			stop := wordEnd(s[:min(len(s), next+40)], next)
			if n.inside() && (c == ',' || n.maps > 0) && stop > next && stop < len(s) && s[stop] == ':' {
				return i
			}
		}
	}
	return len(s)
}

// cookiesEnd is where a list of cookies ends: behind the last word without a semicolon or a comma.
func cookiesEnd(s string, start int) int {
	for i := start; i < len(s); i++ {
		if s[i] <= ' ' && (s[i] != ' ' || i > start && s[i-1] != ';' && s[i-1] != ',') {
			return i
		}
	}
	return len(s)
}

// blanks passes over spaces and tabs.
func blanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// line is s up to its first line break.
func line(s string) string {
	if end := strings.IndexByte(s, '\n'); end >= 0 {
		return s[:end]
	}
	return s
}

const longestWord = 200 // of which a program asks what it is

// wordEnd is where the name at i ends, or where it is too long to be one.
func wordEnd(s string, i int) int {
	end := i
	for end < len(s) && end < i+longestWord && isNameByte(s[end]) {
		end++
	}
	return end
}

// stringAt is the place of the quote that opens a string at i, behind a letter as in N'x' and b"x", or -1.
func stringAt(s string, i int) (letter bool, open int) {
	if i+1 < len(s) && strings.IndexByte("NnbBuUrRfFE", s[i]) >= 0 {
		near := s[:min(len(s), i+4*longestWord)]
		if open = openingQuote(near, i+1); open >= 0 {
			if _, closing := endOfString(near, open); closing < len(near) {
				return true, open
			}
		}
	}
	return false, openingQuote(s, i)
}

// argumentUntil is argument for a value that one of the stops ends as well.
func argumentUntil(s string, i int, stops string) (start, end int) {
	if _, open := stringAt(s, i); open >= 0 {
		return argument(s, i)
	}
	if start, end = argument(s, i); i < len(s) && start > i {
		return start, end
	}
	if at := strings.IndexAny(s[start:end], stops); stops != "" && at >= 0 {
		end = start + at
	}
	return start, end
}

// firstWord is s up to its first space.
func firstWord(s string) string {
	s = s[:min(len(s), longestWord)]
	if end := strings.IndexAny(s, " \t\r\n"); end >= 0 {
		s = s[:end]
	}
	return strings.TrimRight(s, `.,:;)]}"'`)
}

// states are the words that say of a credential what it is, in the place where its value could be.
const states = "is not a an the no missing required invalid expired unset empty must cannot can undefined null none " +
	"nil true yes " +
	"false was were has have failed failure error unauthorized denied unexpected incorrect unable could should " +
	"unknown does " +
	"too wrong provided given found rejected accepted revoked disabled enabled mismatch ok default optional " +
	"unchanged redacted " +
	"hidden changed set string malformed forbidden already and or for in of to at on from with access authentication " +
	"i/o dial " +
	"eof context rpc open lookup get post read write connection timeout rate some your this that it its if please " +
	"see only"

// isProse reports whether what stands where a value could be is a sentence: two plain words, or one that says of a
// credential what it is.
func isProse(s string) bool {
	first := firstWord(s)
	if isOneOf(strings.ToLower(first), states) || first == "<nil>" {
		return true
	}
	if !isPlainWord(first) {
		return false
	}
	rest := strings.TrimLeft(s[len(first):min(len(s), len(first)+longestWord)], " ")
	if rest == "" || rest[0] == '\n' {
		return strings.ToLower(first[1:]) == first[1:] &&
			(strings.HasSuffix(first, "ed") || strings.HasSuffix(first, "ing"))
	}
	return len(s) > len(first) && s[len(first)] == ' ' && isPlainWord(firstWord(rest))
}

// isPlainWord reports whether s is a word of letters, as prose has them.
func isPlainWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 'a' || c > 'z' {
			if i > 0 || c < 'A' || c > 'Z' {
				return false
			}
		}
	}
	return s != ""
}

// isOdd reports whether a word is none of prose, and no name, host, path or number either: it has digits among letters,
// or signs that only passwords have.
func isOdd(s string) bool {
	if len(s) < 5 || strings.HasPrefix(s, "arn:") || strings.ContainsAny(s, "/()[]{}<>|") ||
		isAssignment(strings.TrimRight(s, "=")) {
		return false
	}
	letters, digits, signs := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		case '0' <= c && c <= '9':
			digits++
		case strings.IndexByte("!#$%^&*~?+=", c) >= 0 && i < len(s)-1:
			signs++
		case c == '.' || c == ':' || c == '-' || c == '_':
			if c == ':' {
				return false
			}
		case c >= 0x80:
			return false
		}
	}
	return signs > 0 && letters+digits > 0 || letters > 0 && digits > 0
}

// isSecretLike reports whether a word looks as only what a program has made up does: of its parts, one is long, and
// letters and digits alternate in it.
func isSecretLike(s string) bool {
	if strings.HasPrefix(s, "arn:") || strings.HasPrefix(s, "sha256:") || strings.Contains(s, "://") ||
		strings.HasPrefix(s, "/") {
		return false
	}
	for start := 0; start < len(s); {
		end := start
		for end < len(s) && strings.IndexByte("-_./:=+,;@", s[end]) < 0 {
			end++
		}
		if part := s[start:end]; isMadeUp(part) {
			return true
		}
		start = end + 1
	}
	return false
}

// isOneWord reports whether s is a word without a sign, of small and capital letters and digits.
func isOneWord(s string) bool {
	const shortest = 10
	kinds := [4]bool{}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
			kinds[0] = true
		case 'A' <= c && c <= 'Z':
			kinds[1] = true
		case '0' <= c && c <= '9':
			kinds[2] = true
		default:
			kinds[3] = true
		}
	}
	return len(s) >= shortest && kinds == [4]bool{true, true, true, false}
}

// isMadeUp reports whether letters and digits alternate in a part of a word.
func isMadeUp(part string) bool {
	const shortest, long = 8, 20
	if len(part) < shortest {
		return false
	}
	letters, digits, changes, upper, lower := 0, 0, 0, 0, 0
	last := 0
	for i := range len(part) {
		class := 3
		switch c := part[i]; {
		case 'a' <= c && c <= 'z':
			class = 1
			letters++
			lower++
		case 'A' <= c && c <= 'Z':
			class = 1
			letters++
			upper++
		case '0' <= c && c <= '9':
			class = 2
			digits++
		}
		if last != 0 && class != last {
			changes++
		}
		last = class
	}
	if upper < 3 || lower < 3 || !isMixed(part) {
		return letters > 0 && digits > 0 && changes >= 3
	}
	return digits > 0 || len(part) >= long
}

// isMixed reports whether capitals stand at more places than where words begin.
func isMixed(s string) bool {
	runs := 0
	for i := 2; i < len(s); i++ {
		up := func(c byte) bool { return 'A' <= c && c <= 'Z' }
		if up(s[i]) != up(s[i-1]) {
			runs++
		}
	}
	return runs*3 > len(s)
}

// maskAuthorizations masks what follows Bearer and Basic, where it does not look like a word: "no basic auth
// credentials".
func maskAuthorizations(s string) string {
	e := edit{src: s}
	for i := range len(s) {
		var start int
		switch {
		case hasPrefixFold(s[i:], "bearer "):
			start = i + len("bearer ")
		case hasPrefixFold(s[i:], "basic "):
			start = i + len("basic ")
		default:
			continue
		}
		for start < len(s) && s[start] == ' ' {
			start++
		}
		end := start
		for end < len(s) && (isNameByte(s[end]) || strings.ContainsRune("~+/=", rune(s[end]))) {
			end++
		}
		if isRandom(s[start:end]) || hasSuffixFold(strings.TrimRight(s[:i], `:= "'\`), "authorization") {
			e.mask(start, end)
		}
	}
	return e.String()
}

// isRandom reports whether s looks like a token and not like a word.
func isRandom(s string) bool {
	const shortest, tooLongForAWord = 8, 24
	if len(s) < shortest || strings.HasPrefix(s, "realm=") {
		return false
	}
	upperInside := strings.ToLower(s[1:]) != s[1:]
	return len(s) >= tooLongForAWord || upperInside || strings.ContainsAny(s, "0123456789=")
}
