package redact

import "strings"

// This file has the forms in which what stands beside a name is secret only where it looks as if it were.

// leastDots is how many dots lead from a name to its value, as in a table of contents.
const leastDots = 3

// operators stand between a name and its value. Behind a loose one, which tests or replaces a value, only what looks
// like a secret is one.
var operators = []struct {
	sign  string
	loose bool
}{
	{"||=", false}, {"||:", false}, {"??=", false}, {"?=", false}, {"+=", false}, {"<<<", false}, {"\uff1a", false},
	{"===", true}, {"!==", true}, {"==", true}, {"!=", true}, {"||", true}, {"??", true}, {"...", true},
	{"? ", true}, {". ", true}, {"| ", true}, {"|", true},
}

// operator is where the value begins behind the operator at s[i], or 0.
func operator(s string, i int) (value int, loose bool) {
	for _, o := range operators {
		if strings.HasPrefix(s[i:], o.sign) {
			end := i + len(o.sign)
			if o.sign == "..." {
				end += len(s[end:]) - len(strings.TrimLeft(s[end:min(len(s), end+longestWord)], "."))
				end = min(end, len(s))
			}
			return blanks(s, end), o.loose
		}
	}
	return 0, false
}

// operated masks the value at start behind an operator.
func (n *named) operated(start int, loose bool) int {
	s := n.s
	if start >= len(s) || s[start] == '\n' {
		return n.to
	}
	if end := n.ledByDots(start); end > 0 {
		return end
	}
	from, end := argument(s, start)
	if text := s[from:min(end, from+longestWord)]; !loose || n.isPassphrase(text) || n.isTold(text) ||
		isPassword(n.name) && isOdd(text) || isSecretLike(text) || from > start && hasBlankAndDigit(text) {
		n.mask(from, end)
		return end
	}
	return n.valueLater(n.to)
}

// ledByDots is a line of a table of contents: the name, dots, and the value.
func (n *named) ledByDots(start int) int {
	const leastLeader = 5
	if strings.Trim(n.s[n.to:start], ". \t") != "" || start-n.to < leastLeader ||
		!isPassword(n.name) && !isAssured(n.name) {
		return 0
	}
	text := strings.TrimSpace(line(n.s[start:min(len(n.s), start+4*longestWord)]))
	if text == "" || isPlainWord(text) || isProse(text) || strings.Contains(text, " ") ||
		strings.Trim(text, "0123456789.:x/") == "" || text[0] == '<' || text[0] == '[' {
		return 0
	}
	from, end := argument(n.s, start)
	n.mask(from, end)
	return end
}

// afterComma is name, value of a header or a tuple without quotes.
func (n *named) afterComma(start int) int {
	from, end := argument(n.s, start)
	if text := n.s[from:min(end, from+longestWord)]; n.isTold(text) && kindOf(text) == otherName && !isHost(text) {
		n.mask(from, end)
		return end
	}
	return n.to
}

// substituted is s/NAME/value/ of sed.
func (n *named) substituted(slash int) int {
	s := n.s
	if n.before() != '/' || n.from < len("s/") || s[n.from-2] != 's' ||
		n.from > len("s/") && strings.IndexByte(" '\"", s[n.from-3]) < 0 {
		return n.to
	}
	near := s[slash+1 : min(len(s), slash+1+4*longestWord)]
	if end := strings.IndexAny(near, "'\"\n "); end >= 0 {
		near = near[:end]
	}
	end := strings.LastIndexByte(near, '/')
	if end <= 0 || isPlainWord(near[:end]) || kindOf(near[:end]) == credentialName {
		return n.to
	}
	n.mask(slash+1, slash+1+end)
	return slash + 1 + end
}

// nextLine is the value that stands alone on the line below its name.
func (n *named) nextLine(start int) int {
	s := n.s
	next := line(s[start:min(len(s), start+longestWord)])
	from := blanks(s, start)
	text := strings.TrimRight(next[min(len(next), from-start):], " \r")
	if n.isTold(text) || (isPassword(n.name) || isAssured(n.name)) && kindOf(text) == otherName && !isHost(text) &&
		!strings.ContainsAny(text, " /()<>{}[]:|,") && (isUnnamed(text) || isSecretLike(text)) {
		n.mask(from, from+len(text))
		return from + len(text)
	}
	return n.valueLater(n.to)
}

// continued is the value on the line that a backslash behind the name continues.
func (n *named) continued(start int) int {
	if !n.leading {
		return n.nextLine(start)
	}
	from := blanks(n.s, start)
	text := strings.TrimRight(line(n.s[from:]), "\r ")
	if !isPassword(n.name) && !isAssured(n.name) || text == "" || text[0] == '-' ||
		strings.Contains(text, " ") ||
		isPlainWord(text) || kindOf(text) == credentialName || strings.HasPrefix(text, "/") || isAssignment(text) {
		return n.to
	}
	from, end := argument(n.s, from)
	n.mask(from, end)
	return end
}

// conversions are what programs say of a value that they could not convert, directly before they quote it. Of a strict
// one nothing but a value can be quoted.
var conversions = []struct {
	text   string
	strict bool
}{
	{": parsing ", true}, {" with base 10: ", true}, {" with base 16: ", true}, {"For input string: ", true},
	{"string to float: ", true}, {"Integer(): ", true}, {"Float(): ", true}, {" type integer: ", true},
	{"invalid duration ", true}, {"converting ", false}, {"convert ", false}, {"convert value ", false},
	{"cannot parse ", false}, {"could not parse ", false}, {"unable to parse ", false}, {"failed to parse ", false},
	{"parse value ", false}, {"invalid value ", false}, {"invalid boolean value ", true}, {"invalid number ", true},
	{"invalid value: string ", true}, {"invalid type: string ", true}, {"unmarshal string ", true},
	{"must be a number, got ", true}, {"must be an integer, got ", true}, {"a number but got ", true},
	{"of type String ", false}, {"of type 'java.lang.String' ", false},
}

// isComplaint reports whether s begins with what a program says of a value that it could not convert.
func isComplaint(s string) bool {
	if strings.HasPrefix(s, "strconv.") {
		return true
	}
	for _, c := range conversions {
		if text := strings.TrimLeft(c.text, ": "); strings.HasPrefix(s, text) {
			return true
		}
	}
	return false
}

// converted masks the string that a complaint quotes behind the name whose value could not be converted: NAME:
// strconv.Atoi: parsing "value": invalid syntax.
func (n *named) converted(p int) int {
	s := n.s
	if !isPassword(n.name) && !isAssured(n.name) && !n.option {
		return 0
	}
	near := s[n.to:min(len(s), n.to+longestWord)]
	said := line(near)
	for _, c := range conversions {
		in := said
		if c.strict {
			in = near
		}
		at := strings.Index(in, c.text)
		if at < 0 {
			continue
		}
		start := n.to + at + len(c.text)
		from, end := argument(s, min(start, len(s)-1))
		if from <= start || end <= from {
			continue
		}
		text := s[from:min(end, from+longestWord)]
		if kindOf(text) == credentialName || !c.strict && (isHost(text) || strings.HasPrefix(text, "/") ||
			isPlainWord(text)) {
			continue
		}
		n.mask(from, end)
		return end
	}
	return 0
}

// isTold reports whether a text beside the name of a token or a key is the token, and not one of the words that are
// said of one: letters of both cases and digits, or signs that no name has. A secret is told by the names of Secrets
// Manager, which have all of these.
func (n *named) isTold(text string) bool {
	if strings.HasPrefix(text, "arn:") || strings.ContainsAny(text, " ()<>{}[]") || !isUnnamed(text) ||
		strings.Contains(text, "/") && !isPadded(text) {
		return false
	}
	return !n.isOfSecretsManager() || hasSign(text)
}

func (n *named) isOddOrTold(text string) bool { return isOdd(text) || n.isTold(text) }

// isOfSecretsManager reports whether the name may be that of what Secrets Manager keeps: what is called secret, but for
// that of a client and its like.
func (n *named) isOfSecretsManager() bool {
	whose, ok := strings.CutSuffix(strings.ToLower(n.name), "secret")
	if whose == "" {
		whose = strings.ToLower(n.s[n.lastFrom:n.lastTo])
	}
	whose = strings.TrimRight(whose, "_-.")
	return ok && !isOneOf(whose[strings.LastIndexAny(whose, "_-.")+1:],
		"client shared app jwt session signing webhook cookie consumer hmac")
}

// isPadded reports whether a text is made up in base 64, as its + or = says: no path has them.
func isPadded(text string) bool {
	for i := range len(text) {
		if !isBase64(text[i]) && text[i] != '=' {
			return false
		}
	}
	return strings.ContainsAny(text, "+=") && text[0] != '/' && isUnnamed(text)
}

// isPassphrase reports whether a text is of four words and more, beside a password's or a variable's name.
func (n *named) isPassphrase(text string) bool {
	const leastWords = 4
	if !isPassword(n.name) && (!isAssured(n.name) || n.isOfSecretsManager()) {
		return false
	}
	words := strings.Split(text, "-")
	for _, word := range words {
		if len(word) < leastWords || !isPlainWord(word) {
			return false
		}
	}
	return len(words) >= leastWords
}

// isUnnamed reports whether a word is so made up that nobody calls something by it.
func isUnnamed(text string) bool {
	const shortest, longWord = 10, 12
	upper, lower, digits := false, false, 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'A' <= c && c <= 'Z':
			upper = true
		case 'a' <= c && c <= 'z':
			lower = true
		}
	}
	return len(text) >= shortest && digits > 0 &&
		(upper && lower && !isCamel(text) || hasSign(text) || len(text) >= longWord &&
			digits >= 4 && digits < len(text)-4 && isWord(text) && strings.Trim(strings.ToLower(text), hexDigits) != "")
}

// isCamel reports whether a word is one of words that begin with capitals, as EC2RoleRequestError: of its runs of small
// letters at most one, as in MyClient, is of one letter.
func isCamel(text string) bool {
	small, alone := 0, 0
	for i := 0; i <= len(text); i++ {
		switch {
		case i < len(text) && 'a' <= text[i] && text[i] <= 'z':
			small++
			continue
		case small == 1:
			alone++
		}
		small = 0
	}
	return alone <= 1
}

// hasSign reports whether a word has a sign that no name has, at its end only behind letters of both cases and digits.
func hasSign(text string) bool {
	if last := len(text) - 1; last > 0 && strings.IndexByte("!#$%*", text[last]) >= 0 &&
		strings.ContainsAny(text[:last], "0123456789") && text[:last] != strings.ToLower(text[:last]) &&
		text[:last] != strings.ToUpper(text[:last]) {
		return true
	}
	return strings.ContainsAny(text[:max(0, len(text)-1)], "!#$%^&*~?+;")
}

const hexDigits = "0123456789abcdef"

// isWord reports whether s is of letters and digits.
func isWord(s string) bool {
	return isIdentifier(s) && !strings.ContainsAny(s, "_-.")
}

func hasBlankAndDigit(text string) bool {
	return strings.ContainsAny(text, " ") && strings.ContainsAny(text, "0123456789")
}

// closed is where a name ends behind what a language writes between it and its value: ** of Markdown, and "protected"
// or "private" of PHP.
func (n *named) closed(p int, quoted bool) int {
	s, before := n.s, n.from-1
	if strings.HasPrefix(s[p:], "**") && n.before() == '*' {
		return p + len("**")
	}
	if quoted {
		before -= backslashes(s, before) + 1
	}
	if before < 0 || s[before] != '[' || p == len(s) || s[p] != ':' {
		return p
	}
	if near := s[p:min(len(s), p+100)]; isVisibility(near) {
		return p + strings.IndexByte(near, ']')
	}
	return p
}

// isVisibility reports whether s ends the name of a member of an object of PHP: private], "Class":private].
func isVisibility(s string) bool {
	inside, _, ok := strings.Cut(s, "]")
	return ok && (strings.HasSuffix(inside, "protected") || strings.HasSuffix(inside, "private"))
}

// isKeyword reports whether a name whose string or word ends at p is one of pairs without a sign between them, before
// the string at sp: {"name" "value"} and :name "value" of Clojure, set "Db:name" "value".
func (n *named) isKeyword(p, sp int) bool {
	s := n.s
	if sp == p {
		return false
	}
	if n.before() == ':' {
		return n.from < 2 || strings.IndexByte(" \n\t{([,", s[n.from-2]) >= 0
	}
	return openingQuote(s, p-1) >= 0 && s[p-1] == s[openingQuote(s, sp)]
}

// bracketed is name (value) and name [value] in prose.
func (n *named) bracketed(open int) int {
	near := n.s[open+1 : min(len(n.s), open+1+longestWord)]
	end := strings.IndexAny(near, ")] \n")
	if isPair(n.name) {
		return n.userAndSecret(open + 1)
	}
	if end <= 0 || near[end] != ')' && near[end] != ']' {
		return n.to
	}
	if text := near[:end]; n.isTold(text) || n.isPassphrase(text) || isPassword(n.name) && isOdd(text) ||
		isSecretLike(text) {
		n.mask(open+1, open+1+end)
	}
	return open + 1 + end
}

// inParentheses is (name)=(value), as PostgreSQL says of a key.
func (n *named) inParentheses(start int) int {
	end := start + len(line(n.s[start:min(len(n.s), start+4*longestWord)]))
	if closing := strings.IndexByte(n.s[start:end], ')'); closing >= 0 {
		end = start + closing
	}
	n.mask(start, end)
	return end
}

// nextElement is <key>name</key> <string>value</string>, and its like of Hadoop and of tables.
func (n *named) nextElement(p int) int {
	s := n.s
	near := s[p:min(len(s), p+longestWord)]
	end := strings.IndexByte(near, '>')
	if end < 0 {
		return n.to
	}
	switch near[:end] {
	case "</key", "</name", "</param-name", "</th", "</td", "</dt":
		if strings.HasPrefix(s[skipSpace(s, p+end+1):], "<th") {
			return n.to // the head of another column
		}
	case "</string": // of a list of strings
		next := skipSpace(s, p+end+1)
		rest, isString := strings.CutPrefix(s[next:min(len(s), next+longestWord)], "<string>")
		if text, _, ends := strings.Cut(rest, "</string>"); !isString || !ends || !isOdd(text) && !isSecretLike(text) &&
			!n.isPassphrase(text) {
			return n.to
		}
	default:
		return n.to
	}
	value := skipSpace(s, p+end+1)
	if value >= len(s) || s[value] != '<' {
		return n.to
	}
	near = s[value:min(len(s), value+longestWord)]
	if end = strings.IndexByte(near, '>'); end < 0 {
		return n.to
	}
	return n.markup(value+end+1, true)
}

// blockDefault is variable "name" { default = "value" }, of Terraform.
func (n *named) blockDefault(open int) int {
	s := n.s
	block := s[open:min(len(s), open+4*longestWord)]
	if end := strings.IndexByte(block, '}'); end >= 0 {
		block = block[:end]
	}
	for at, next := open, ""; block != ""; at += len(next) + 1 {
		next = line(block)
		block = strings.TrimPrefix(block[len(next):], "\n")
		rest := strings.TrimLeft(next, "{ \t")
		for _, key := range []string{"default", "value"} {
			value, ok := strings.CutPrefix(rest, key)
			if value = strings.TrimLeft(value, " \t"); !ok || value == "" || value[0] != '=' {
				continue
			}
			if start := blanks(s, at+len(next)-len(value)+1); openingQuote(s, start) >= 0 {
				return n.value(start)
			}
		}
	}
	return n.to
}

// isSlashOption reports whether the name is an option as Windows writes them: /password:value.
func (n *named) isSlashOption() bool {
	return n.before() == '/' && (n.from < 2 || n.s[n.from-2] == ' ' || n.s[n.from-2] == '"')
}

// isPair reports whether a name is that of a user and a password.
func isPair(name string) bool {
	return hasSuffixFold(name, "credential") || hasSuffixFold(name, "credentials") || hasSuffixFold(name, "creds")
}

// isPlural reports whether a name is that of a list.
func isPlural(name string) bool {
	return hasSuffixFold(name, "words") || hasSuffixFold(name, "phrases")
}

// userAndSecret masks the second part of user:secret and user/secret, where it looks like one.
func (f *forms) userAndSecret(start int) int {
	s := f.s
	for start < len(s) && strings.IndexByte("([<\"'", s[start]) >= 0 {
		start++
	}
	end := endOfWord(s[:min(len(s), start+longestWord)], start)
	at := strings.IndexAny(s[start:end], ":/")
	if at <= 0 || !isIdentifier(s[start:start+at]) {
		return start
	}
	if text := s[start+at+1 : end]; !strings.ContainsAny(text, "@:") && isUnnamed(text) {
		f.mask(start+at+1, end)
		return end
	}
	return start
}

// sentence is the end of a sentence about a password that tells it: "the password for user app is x", "generated a
// password for app: x", "use this password:" and the line below.
func (n *named) sentence(start int) int {
	s := n.s
	if !isPassword(n.name) {
		return n.to
	}
	said := line(s[start:min(len(s), start+longestWord)])
	for _, tells := range []string{": ", " is ", " set to ", " = "} {
		at := strings.LastIndex(said, tells)
		if at < 0 || isOneOf(said[strings.LastIndexByte(said[:at], ' ')+1:at], "user host") || !n.isGiven(said[:at]) {
			continue
		}
		value := start + at + len(tells)
		from, end := argument(s, blanks(s, min(value, len(s)-1)))
		text := s[from:min(end, from+longestWord)]
		if rest := strings.TrimSpace(line(s[end:min(len(s), end+longestWord)])); len(rest) <= len(`".`) &&
			!isHost(text) &&
			(isOdd(text) || from > value && !isPlainWord(text)) {
			n.mask(from, end)
			return end
		}
	}
	if below := start + len(said); strings.HasSuffix(strings.TrimRight(said, "\r "), ":") && below < len(s) &&
		s[below] == '\n' {
		from := skipSpace(s, below)
		end := from + len(strings.TrimRight(line(s[from:min(len(s), from+longestWord)]), "\r "))
		if text := s[from:min(end, from+longestWord)]; isOdd(text) && !strings.Contains(text, " ") {
			n.mask(from, end)
			return end
		}
	}
	return n.to
}

// isGiven reports whether what a sentence says between a password and its end leads to it.
func (n *named) isGiven(between string) bool {
	first := firstWord(strings.TrimLeft(between, " "))
	return isOneOf(first, "for is was of to generated created set") && !strings.Contains(between, " fail")
}

// isHost reports whether s is a name with a domain, or an address.
func isHost(s string) bool {
	name, port, _ := strings.Cut(s, ":")
	return strings.Trim(port, "0123456789") == "" && strings.Count(name, ".") >= 1 && isIdentifier(name) &&
		strings.ToLower(name) == name
}

// valueLater is what a message about a name says of its value further on: Value: "x", input_value='x', with value [x],
// set to x.
func (n *named) valueLater(p int) int {
	s := n.s
	near := s[p:min(len(s), p+longestWord)]
	for _, label := range []string{"alue: ", "alue=", "alue ", "set to "} {
		at := strings.Index(near, label)
		if at < 0 {
			continue
		}
		start := p + at + len(label)
		for start < len(s) && (s[start] == '[' || s[start] == '(') {
			start++
		}
		from, end := argument(s, start)
		if text := s[from:min(end, from+longestWord)]; label[0] == 'a' && label != "alue " && from > start ||
			n.isTold(text) || isPassword(n.name) && isOdd(text) {
			n.mask(from, end)
			return end
		}
	}
	return n.to
}

// otherValue is the place of the string that takes the place of a value which ends at to: "x" -> "y" of Terraform, and
// x || "y"; or 0.
func (n *named) otherValue(to int) int {
	s := n.s
	if to < len(s) && (s[to] == '"' || s[to] == '\'') {
		to++
	}
	for _, sign := range []string{" -> ", " || ", " ?? ", " or "} {
		if rest, ok := strings.CutPrefix(s[to:], sign); ok && openingQuote(rest, 0) >= 0 {
			return to + len(sign)
		}
	}
	return 0
}

// madeUp masks the value of a session's cookie outside of a header, of a code of OAuth in a query, and of a key which
// no other name says to be one, where a program has made it up.
func (f *forms) madeUp(name string, to int) int {
	const shortest = 24
	s := f.s
	session := hasSuffixFold(name, "session") || hasSuffixFold(name, "sessionid") || hasSuffixFold(name, ".sid")
	query := (name == "code" || name == "state") && to > len(name) && strings.IndexByte("?&", s[to-len(name)-1]) >= 0
	if !session && !query && (!hasSuffixFold(name, "key") || len(name) == len("key")) {
		return 0
	}
	start, ok := f.assignment(to)
	if !ok || start == len(s) || session && s[to] != '=' {
		return 0
	}
	if open := openingQuote(s, start); open >= 0 {
		start = open + 1
	}
	end := start
	for end < len(s) && end < start+longestWord && (isBase64(s[end]) || s[end] == '_' || s[end] == '-' && !session) {
		end++
	}
	if end-start < shortest || session && !isMadeUp(s[start:end]) || !session && !isDense(s[start:end]) {
		return 0
	}
	f.mask(start, end)
	return end
}

// near masks strings that stand before or behind the name of a credential in its line, where they look as only one
// does: invalid value 'x' for '--api-token', set SECRET_KEY: 'x', login("x") # password.
func (n *named) near(to int) int {
	const before, behind = 80, 100
	s := n.s
	from := max(n.edit.done, n.from-before)
	if at := strings.LastIndexByte(s[from:n.from], '\n'); at >= 0 {
		from += at + 1
	}
	n.refused(from)
	n.maskStrings(from, n.from)
	if n.found {
		return to
	}
	return max(to, n.maskStrings(n.to, min(len(s), n.to+len(line(s[n.to:min(len(s), n.to+behind)])))))
}

// refused masks the string in value "x" for NAME, of which from is the earliest place.
func (n *named) refused(from int) {
	s := n.s
	said := strings.TrimRight(s[from:n.from], "-\"'` ")
	for _, word := range []string{" for", " of", " as", " for flag", " for variable", " for environment variable",
		" for option", " for argument", " for parameter", " for field"} {
		string, ok := strings.CutSuffix(said, word)
		if !ok || string == "" || strings.IndexByte("\"'`", string[len(string)-1]) < 0 {
			continue
		}
		closing := len(string) - 1
		open := strings.IndexByte(string, string[closing])
		before := strings.TrimRight(string[:open], ` \`)
		if open == closing || !hasSuffixFold(before, "value") && !hasSuffixFold(before, "input") &&
			!hasSuffixFold(before, "parse") && !hasSuffixFold(before, "convert") {
			return
		}
		if text := strings.TrimRight(string[open+1:closing], `\`); !isProse(text) && kindOf(text) == otherName {
			n.mask(from+open+1, from+open+1+len(text))
		}
		return
	}
}

// named is what a string is the name of, if one of these words stands before it.
const namedBy = "user username for database host role relation column table file path secret parameter container " +
	"image service task family group function method class module"

// maskStrings masks the strings in s[from:to] that look made up; it returns where the last of them ends.
func (n *named) maskStrings(from, to int) (end int) {
	s := n.s
	for i := from; i < to; i++ {
		if strings.IndexByte("\"'`", s[i]) < 0 {
			continue
		}
		length := strings.IndexByte(s[i+1:to], s[i])
		if length < 0 {
			continue
		}
		text := strings.TrimRight(s[i+1:i+1+length], `\`)
		text = strings.TrimSuffix(strings.TrimSuffix(text, `\n`), `\r`)
		before := strings.TrimRight(s[from:i], ` \:`)
		if n.isTold(text) && !isHost(text) &&
			!isOneOf(strings.ToLower(before[strings.LastIndexByte(before, ' ')+1:]), namedBy) &&
			strings.Trim(text, hexDigits+"-") != "" && kindOf(text) == otherName {
			n.mask(i+1, i+1+len(text))
			end = i + 1 + len(text)
		}
		i += length + 1
	}
	return end
}

// inARN reports whether the name is a part of an ARN, as that of a key in a secret.
func (n *named) inARN() bool {
	from := n.from
	for from > max(0, n.from-longestWord) && !endsURL(n.s[from-1]) {
		from--
	}
	return strings.Contains(n.s[from:n.from], "arn:") || from == n.from-longestWord
}
