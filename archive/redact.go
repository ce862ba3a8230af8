package archive

import (
	"bytes"
	"encoding/json"
	"math/bits"
	"regexp"
	"strings"
	"sync"
)

// Mask stands where a secret was.
const Mask = "***"

// RedactText returns a human text, such as a stop reason or an error, without its secrets: the user info and the query string of
// URLs (scheme, host and path stay), the values of quoted keys that name a credential or an environment, and the shapes of the
// table below. A text without secrets comes back as it is. What follows a secret's name and cannot be delimited, such as a
// string or a list that does not end, is masked to the end of the text. RedactText(RedactText(s)) is RedactText(s).
func RedactText(s string) string {
	return redactText(s, shapesIn(s))
}

// RedactLines returns the lines of a log, as many as there are, each as RedactText returns it. Lines of a private key are masked
// whole, also where its first line is not among them.
func RedactLines(lines []string) []string {
	redacted := make([]string, len(lines))
	inKey := false
	for i, line := range lines {
		begins, ends := strings.LastIndex(line, "-----BEGIN "), strings.LastIndex(line, "-----END ")
		switch {
		case inKey, ends >= 0 && begins < 0:
			redacted[i] = Mask
		default:
			redacted[i] = RedactText(line)
		}
		if ends >= 0 && !inKey && begins < 0 && strings.Contains(line, "PRIVATE KEY") {
			for before := range i {
				redacted[before] = Mask
			}
		}
		inKey = (inKey || begins >= 0 && strings.Contains(line, "PRIVATE KEY")) && ends <= begins
	}
	return redacted
}

// RedactJSON returns an event as one compact JSON text without its secrets. Key order and the form of numbers stay. Masked are
//
//   - every value of an environment, whether a list of name and value, a list of NAME=value or a map, in any letter case and
//     at any depth, also in JSON that is the text of a string; names stay;
//   - every value below a key that names a credential, but for the names and ARNs in it, such as a secret's valueFrom; and the
//     value beside a name that names a credential;
//   - the argument of a command's option that names a credential, such as --password;
//   - what RedactText masks, in every string and key.
//
// A doc that is several JSON objects or arrays one after the other becomes one line for each. From the first byte that is
// neither on, doc is taken as a text, as by RedactText.
func RedactJSON(doc []byte) string {
	s := string(doc)
	if json.Valid(doc) {
		redacted, _ := redactDocument(s, plain)
		return redacted
	}
	return redactBroken(s)
}

// passes is how often a text is masked at most until it stays as it is: a mask can bring to light the name of another secret, or
// make a broken document whole.
const passes = 4

// redactBroken redacts what is not one JSON document.
func redactBroken(s string) string {
	for range passes {
		redacted := redactDocuments(s)
		if redacted == s {
			break
		}
		s = redacted
	}
	return s
}

// redactDocuments redacts each JSON object or array that s begins with, and the rest as a text.
func redactDocuments(s string) string {
	var lines []string
	rest := s
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" || rest[0] != '{' && rest[0] != '[' {
			break
		}
		decoder := json.NewDecoder(strings.NewReader(rest))
		var document json.RawMessage
		if decoder.Decode(&document) != nil {
			break
		}
		redacted, _ := redactDocument(string(document), plain)
		lines = append(lines, redacted)
		rest = rest[decoder.InputOffset():]
	}
	if len(lines) == 0 {
		return RedactText(unescapeASCII(s))
	}
	if rest != "" {
		lines = append(lines, RedactText(unescapeASCII(rest)))
	}
	return strings.Join(lines, "\n")
}

// unescapeASCII spells \/ and the \u escapes of printable ASCII plainly, at any depth of JSON in strings, so that a lexical
// search finds them. An escaped quote or backslash makes the depth unknowable: what follows one is masked.
func unescapeASCII(s string) string {
	if !strings.Contains(s, `\/`) && !strings.Contains(s, `\u00`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		run := 0
		for i+run < len(s) && s[i+run] == '\\' {
			run++
		}
		after := s[i+run:]
		switch {
		case run == 0:
			out.WriteByte(s[i])
			i++
		case strings.HasPrefix(after, "/"):
			i += run
		case len(after) >= 5 && after[0] == 'u' && unhex(after[1:5]) > ' ' && unhex(after[1:5]) < 0x7f:
			c := byte(unhex(after[1:5]))
			if c == '"' || c == '\\' {
				return out.String() + Mask
			}
			out.WriteByte(c)
			i += run + 5
		default:
			out.WriteString(s[i : i+run])
			i += run
		}
	}
	return out.String()
}

// unhex reads hexadecimal digits; it is -1 when there is another byte among them.
func unhex(digits string) int {
	n := 0
	for _, c := range []byte(digits) {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 | int(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			n = n<<4 | int(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return n
}

// ---- names ----

// credentialWords mark a name that has one of them in it, folded, as the name of a credential. They stand with what they share,
// by which most names are dismissed.
var credentialWords = []struct {
	shared string
	words  []string
}{
	{"pass", []string{"password", "passwd", "passphrase", "passcode"}},
	{"key", []string{"apikey", "accesskey", "privatekey", "encryptionkey", "signingkey", "licensekey", "accountkey", "masterkey",
		"sharedkey", "authkey", "sshkey"}},
	{"secret", []string{"secret"}},
	{"token", []string{"token"}},
	{"authorization", []string{"authorization"}},
	{"connectionstring", []string{"connectionstring"}},
}

// credentialEndings are names of credentials that are too short to be looked for inside of others: they are a whole name or its
// last word, as in DB_PASS and dbPass, but not in bypass.
var credentialEndings = []string{"auth", "pass", "pwd", "pat", "dsn", "jwt", "bearer", "cookie", "credential", "credentials"}

// plainNames hold a credential word and name none.
var plainNames = map[string]bool{
	"clienttoken": true, "nexttoken": true, "clientrequesttoken": true, "idempotencytoken": true, "nopassword": true,
	"maxtokens": true, "secretid": true, "authorizationconfig": true,
}

// plainEndings make of a credential's name that of something about it.
var plainEndings = []string{"arn", "name", "file", "path", "type", "stdin", "parameter", "endpoint"}

// fold appends the letters and digits of name in lower case; what joins its words is left out, and broken UTF-8.
func fold(folded []byte, name string) []byte {
	for _, c := range []byte(name) {
		switch {
		case 'A' <= c && c <= 'Z':
			folded = append(folded, c|0x20)
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			folded = append(folded, c)
		}
	}
	return folded
}

type nameKind int

const (
	otherName       nameKind = iota
	environmentName          // what it holds are environment variables
	credentialName           // what it holds is secret
	nameName                 // what it holds names the value beside it
	keyName                  // the same, in tags
	valueName                // what it holds belongs to the name beside it
	referenceName            // what it holds is the name of something
)

func kindOf(name string) nameKind {
	var buffer [64]byte
	name, _, _ = strings.Cut(name, "=") // a key that is an assignment is the same name when its value has been masked
	name, _, _ = strings.Cut(name, "*")
	folded := fold(buffer[:0], name)
	switch string(folded) {
	case "environment", "env", "environmentvariables", "environmentoverrides", "envvars":
		return environmentName
	case "name":
		return nameName
	case "key":
		return keyName
	case "value":
		return valueName
	case "valuefrom":
		return referenceName
	}
	for _, ending := range plainEndings {
		if bytes.HasSuffix(folded, []byte(ending)) {
			return referenceName
		}
	}
	if mayBeCredential(folded) && isCredential(name, folded) && !plainNames[string(folded)] {
		return credentialName
	}
	return otherName
}

// mayBeCredential dismisses most names by one look at their letters: every credential word and ending has one of the pairs.
func mayBeCredential(folded []byte) bool {
	for i := 1; i < len(folded); i++ {
		switch string(folded[i-1 : i+1]) {
		case "pa", "ke", "ec", "au", "nn", "wd", "sn", "jw", "be", "ki", "ia":
			return true
		}
	}
	return false
}

func isCredential(name string, folded []byte) bool {
	for _, group := range credentialWords {
		if !bytes.Contains(folded, []byte(group.shared)) {
			continue
		}
		for _, word := range group.words {
			if bytes.Contains(folded, []byte(word)) {
				return true
			}
		}
	}
	for _, ending := range credentialEndings {
		if bytes.HasSuffix(folded, []byte(ending)) && endsWithWord(name, len(ending)) {
			return true
		}
	}
	return false
}

// endsWithWord tells whether a word begins n bytes before the end of name.
func endsWithWord(name string, n int) bool {
	start := len(name) - n
	if start <= 0 {
		return true
	}
	isUpper := func(c byte) bool { return 'A' <= c && c <= 'Z' }
	before := name[start-1]
	return before == '_' || before == '-' || before == '.' || isUpper(name[start]) && !isUpper(before)
}

// isCredentialOption tells whether an argument of a command says that the next one is secret, as --password does.
func isCredentialOption(argument string) bool {
	name := strings.TrimLeft(argument, "-")
	return len(name) < len(argument) && !strings.ContainsAny(name, "= \t\n") && kindOf(name) == credentialName
}

// ---- JSON ----

// scope tells what a value stands below of, and so what of it is secret.
type scope int

const (
	plain       scope = iota
	environment       // the list or map of environment variables: every value
	variable          // one entry of that list: all but the name
	credential        // below a credential's name: all but names
	reference         // the name of something: a string stays
	secret            // everything
)

// below is the scope of what stands below a key of an object in s.
func (s scope) below(key nameKind) scope {
	switch {
	case s == plain && key == environmentName:
		return environment
	case s == plain && key == credentialName:
		return credential
	case s == plain:
		return plain
	case s == variable && (key == nameName || key == keyName):
		return reference
	case s == credential && (key == referenceName || key == nameName):
		return reference
	case s == credential:
		return credential
	}
	return secret
}

// element is the scope of the elements of an array in s.
func (s scope) element() scope {
	switch s {
	case plain, credential:
		return s
	case environment:
		return variable
	}
	return secret
}

// document is valid JSON that is being copied.
type document struct {
	src    string
	pos    int
	out    []byte
	shapes shapeSet // that src may contain, where it has no escapes
	masked bool
}

// redactDocument returns valid JSON redacted and compact, and whether anything was masked.
func redactDocument(src string, s scope) (string, bool) {
	d := document{src: src, out: make([]byte, 0, len(src)), shapes: shapesIn(src)}
	d.value(s)
	return string(d.out), d.masked
}

func (d *document) space() {
	for d.pos < len(d.src) && d.src[d.pos] <= ' ' {
		d.pos++
	}
}

// value copies the value at pos.
func (d *document) value(s scope) {
	d.space()
	switch d.src[d.pos] {
	case '{':
		d.object(s)
	case '[':
		d.array(s)
	case '"':
		d.text(d.quoted(), s)
	default:
		d.literal(s)
	}
}

func (d *document) object(s scope) {
	d.pos++
	d.out = append(d.out, '{')
	var (
		named      bool // a name of this object names a credential
		start, end int  // its value in out
	)
	for d.space(); d.src[d.pos] != '}'; d.space() {
		if d.src[d.pos] == ',' {
			d.pos++
			d.out = append(d.out, ',')
			d.space()
		}
		quoted := d.quoted()
		key := kindOf(unquote(quoted))
		d.text(quoted, plain)
		d.space()
		d.pos++
		d.out = append(d.out, ':')
		d.space()
		if (key == nameName || key == keyName) && d.src[d.pos] == '"' && kindOf(unquote(d.quoted())) == credentialName {
			named = true
		}
		from := len(d.out)
		d.value(s.below(key))
		if key == valueName {
			if start < end {
				d.splice(start, end)
				from = start + len(`"`+Mask+`"`) + from - end
			}
			start, end = from, len(d.out)
		}
	}
	if named && start < end {
		d.splice(start, end)
	}
	d.pos++
	d.out = append(d.out, '}')
}

// splice masks a value that has been copied.
func (d *document) splice(start, end int) {
	tail := string(d.out[end:])
	d.out = d.out[:start]
	d.mask()
	d.out = append(d.out, tail...)
}

func (d *document) array(s scope) {
	d.pos++
	d.out = append(d.out, '[')
	option := false // the element before says that this one is secret
	client := false // an element before is a command that takes -pPASSWORD
	for d.space(); d.src[d.pos] != ']'; d.space() {
		if d.src[d.pos] == ',' {
			d.pos++
			d.out = append(d.out, ',')
			d.space()
		}
		next := s.element()
		if option {
			next = secret
		}
		word := ""
		if d.src[d.pos] == '"' {
			word = unquote(d.quoted())
		}
		option = !option && isCredentialOption(word)
		if client && next == plain && len(word) > len("-p") && strings.HasPrefix(word, "-p") {
			d.pos += len(d.quoted())
			d.out = append(d.out, `"-p`+Mask+`"`...)
			d.masked = true
			continue
		}
		client = client || isGluedClient(word)
		d.value(next)
	}
	d.pos++
	d.out = append(d.out, ']')
}

// literal copies a number, true, false or null.
func (d *document) literal(s scope) {
	start := d.pos
	for d.pos < len(d.src) && !strings.ContainsRune(",]} \t\r\n", rune(d.src[d.pos])) {
		d.pos++
	}
	if word := d.src[start:d.pos]; s == plain || word == "null" {
		d.out = append(d.out, word...)
		return
	}
	d.mask()
}

func (d *document) mask() {
	d.out = append(d.out, `"`+Mask+`"`...)
	d.masked = true
}

// quoted is the string at pos with its quotes.
func (d *document) quoted() string {
	for end := d.pos + 1; ; end++ {
		end += strings.IndexByte(d.src[end:], '"')
		if backslashes(d.src, end)%2 == 0 {
			return d.src[d.pos : end+1]
		}
	}
}

// text copies the string at pos, as d.quoted returned it.
func (d *document) text(quoted string, s scope) {
	d.pos += len(quoted)
	if s != plain && s != reference {
		if name, value, ok := strings.Cut(quoted[1:], "="); ok && s == variable && isIdentifier(name) && value[0] != '=' && value != `"` {
			d.out = append(d.out, `"`+name+"="+Mask+`"`...)
			d.masked = true
			return
		}
		d.mask()
		return
	}
	if strings.IndexByte(quoted, '\\') < 0 {
		inner := quoted[1 : len(quoted)-1]
		if redacted := redactText(inner, d.shapes); redacted != inner {
			d.out = append(d.out, `"`+redacted+`"`...)
			d.masked = true
			return
		}
	} else if redacted, masked := redactString(unquote(quoted)); masked {
		requoted, _ := encodeJSON(redacted) // a string can always be encoded
		d.out = append(d.out, requoted...)
		d.masked = true
		return
	}
	d.out = append(d.out, quoted...)
}

// redactString redacts the text of a string, which may be JSON, and tells whether anything was masked.
func redactString(s string) (string, bool) {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if trimmed == "" || !strings.ContainsRune(`{["`, rune(trimmed[0])) {
		redacted := RedactText(s)
		return redacted, redacted != s
	}
	if json.Valid([]byte(s)) {
		return redactDocument(s, plain)
	}
	redacted := redactBroken(s)
	return redacted, redacted != s
}

func unquote(quoted string) string {
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	json.Unmarshal([]byte(quoted), &s) // valid, as all of the document
	return s
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

// ---- text ----

func redactText(s string, shapes shapeSet) string {
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

// quoteDepth tells how deep in JSON strings the quote s[i] delimits one: a plain quote is at 0, \" at 1, \\\" at 2.
func quoteDepth(s string, i int) int {
	return bits.TrailingZeros(^uint(backslashes(s, i)))
}

// endOfString returns where the string ends that s[open] opens: the place of the closing quote and of the backslashes that
// belong to it. It is len(s), twice, for a string that does not end, or not at its depth.
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

// maskQuotedKeys masks what follows "password": or 'environment': and their like, whether the quotes are escaped or not. It does
// not rely on the text around a key, which may begin or end anywhere.
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
		if p == len(s) || s[p] != ':' || strings.ContainsAny(name, " /:,{}[]") {
			continue
		}
		p = skipSpace(s, p+1)
		if p == len(s) {
			break
		}
		kind := kindOf(name)
		open := openingQuote(s, p)
		switch {
		case (kind == nameName || kind == keyName) && open >= 0:
			end, _ := endOfString(s, open)
			named = kindOf(s[open+1:end]) == credentialName
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

// ---- shapes ----

// shape is a form in which credentials are written.
type shape struct {
	Name   string
	Quick  []string // a text that has none of these, in lower case, does not have the shape
	Redact func(string) string
}

// shapeSet has the bit i for credentialShapes[i].
type shapeSet uint32

var credentialShapes = []shape{
	{"private key", []string{"private key"}, pattern(
		`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)`, Mask)},
	{"URL", []string{"://"}, maskURLs},
	{"MySQL address", []string{"@tcp", "@unix("}, pattern(
		`[^\s:@/"'=]+:[^\s"']*@((?:tcp[46]?|unix)\()`, Mask+"@${1}")},
	{"Oracle address", []string{"jdbc:oracle:"}, pattern(
		`(?i)(jdbc:oracle:\w+:)[^\s/@*]+/\S*@`, "${1}"+Mask+"@")},
	{"AWS access key id", []string{"akia", "asia"}, pattern(
		`(?:AKIA|ASIA)[0-9A-Z]{16,}`, Mask)},
	{"AWS secret key or session token", []string{"accesskey", "access_key", "access key", "sessiontoken", "session_token",
		"session token", "securitytoken", "security_token"}, pattern(
		`(?i)((?:secret[_ ]?access[_ ]?key|se(?:ssion|curity)[_ ]?token)[\\"']*\s*[:=]\s*[\\"']*)[A-Za-z0-9/+=]{16,}`, "${1}"+Mask)},
	{"AWS signature", []string{"x-amz-", "signature="}, pattern(
		`(?i)((?:x-amz-(?:signature|credential|security-token)|\bsignature)[\\"']*\s*[:=]\s*[\\"']*)[^\s&"',\\*]+`, "${1}"+Mask)},
	{"JSON Web Token", []string{"eyj"}, pattern(
		`\beyJ[A-Za-z0-9_=+/-]{10,}(?:\.[A-Za-z0-9_=+/-]*)*`, Mask)},
	{"HTTP authorization", []string{"bearer ", "basic "}, maskAuthorizations},
	{"GitHub or GitLab token", []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"}, pattern(
		`gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}`, Mask)},
	{"Slack token", []string{"xox", "xapp-", "hooks.slack.com/"}, pattern(
		`xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|(hooks\.slack\.com/(?:services|workflows)/)[^\s"'*]+`, "${1}"+Mask)},
	{"Google key", []string{"aiza", "ya29."}, pattern(
		`AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}`, Mask)},
	{"Stripe key", []string{"_live_", "_test_", "whsec_"}, pattern(
		`(?:[srp]k_(?:live|test)|whsec)_[A-Za-z0-9]{10,}`, Mask)},
	{"npm token", []string{"npm_"}, pattern(
		`npm_[A-Za-z0-9]{30,}`, Mask)},
	{"password in words", []string{"password: ", "passwd: ", "passphrase: ", "api key: ", "api-key: ", "api_key: ", "apikey: ", "cookie: ",
		"password is "}, pattern(
		`(?i)((?:password|passwd|passphrase|api[-_ ]?key|cookie)(?::| is) +["']?)[^\s"'\\,;{}\[\]]{3,}`, "${1}"+Mask)},
	{"environment without quotes", []string{"environment=[", "environment=\x7b", "environment: [", "environment: \x7b"}, pattern(
		`(?is)(environment(?:=|: )[\[{]).+`, "${1}"+Mask)},
	{"token in words", []string{"token: ", "secret: "}, pattern(
		`(?i)(\b(?:token|secret): +["']?)[A-Za-z0-9_+=-]{3,}[0-9][A-Za-z0-9_+=-]*`, "${1}"+Mask)},
	{"user and password of a command", []string{" -u ", " --user "}, pattern(
		`(\s(?:-u|--user) ["']?[^\s:"'\\]+:)[^\s"'\\]+`, "${1}"+Mask)},
	{"password glued to -p", []string{"mysql", "mariadb", "sshpass"}, pattern(
		gluedPassword, "${1}"+Mask)},
	{"option", []string{"--", " -", `"-`, "'-"}, maskOptions},
	{"assignment", []string{"="}, maskAssignments},
}

// gluedClients are the commands whose option -p has the password behind it without a space; to others, such as psql, -p is a port.
const gluedClients = `(?:mysql|mysql(?:dump|admin|import|check|show|pump|slap|binlog)|mariadb(?:-[a-z]+)?|sshpass)`

// gluedPassword is such a command up to -p, with options and their values between, in words or in a list of strings; in prose a
// word follows that is neither.
const gluedPassword = `((?:^|[\s"'/=(` + "`" + `])` + gluedClients +
	`(?:` + gluedNext + `-[^\s"',]*(?:` + gluedNext + `[^\s"',-][^\s"',]*)?)*?` + gluedNext + `-p)(?:'[^']*'|"[^"]+"|[^\s"'\\,;|&)]+)`

// gluedNext is what stands between two words of a command.
const gluedNext = `(?:\s+|\\?["'],\s*\\?["'])`

var gluedClient = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|/)` + gluedClients + `$`) })

// isGluedClient tells whether an argument is such a command, with or without a path.
func isGluedClient(argument string) bool {
	return (strings.Contains(argument, "mysql") || strings.Contains(argument, "mariadb") || strings.Contains(argument, "sshpass")) &&
		gluedClient().MatchString(argument)
}

// pattern replaces what a regular expression matches; it is compiled when it is first needed.
func pattern(expression, replacement string) func(string) string {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
	return func(s string) string {
		if !compiled().MatchString(s) {
			return s
		}
		return compiled().ReplaceAllString(s, replacement)
	}
}

// quickTable tells which shapes have a Quick that is one byte, and which have one that begins with two bytes, of each the five
// low bits, which are the same in both letter cases.
var quickTable = sync.OnceValue(func() *quicks {
	var table quicks
	for i, shape := range credentialShapes {
		for _, quick := range shape.Quick {
			if len(quick) == 1 {
				table.bytes = append(table.bytes, quickByte{quick[0], 1 << i})
			} else {
				table.pairs[pairOf(quick[0], quick[1])] |= 1 << i
			}
		}
	}
	return &table
})

type quicks struct {
	bytes []quickByte
	pairs [1 << 10]shapeSet
}

type quickByte struct {
	byte  byte
	shape shapeSet
}

func pairOf(a, b byte) int { return int(a&31)<<5 | int(b&31) }

// shapesIn are the shapes that s may contain.
func shapesIn(s string) shapeSet {
	var found shapeSet
	table := quickTable()
	for _, quick := range table.bytes {
		if strings.IndexByte(s, quick.byte) >= 0 {
			found |= quick.shape
		}
	}
	for i := 1; i < len(s); i++ {
		if candidates := table.pairs[pairOf(s[i-1], s[i])] &^ found; candidates != 0 {
			found |= shapesAt(s[i-1:], candidates)
		}
	}
	return found
}

// shapesAt are those of the candidates that s begins with a Quick of.
func shapesAt(s string, candidates shapeSet) shapeSet {
	var found shapeSet
	for ; candidates != 0; candidates &= candidates - 1 {
		n := bits.TrailingZeros32(uint32(candidates))
		for _, quick := range credentialShapes[n].Quick {
			if hasPrefixFold(s, quick) {
				found |= 1 << n
			}
		}
	}
	return found
}

// hasPrefixFold tells whether s begins with prefix in any letter case; the last byte of it dismisses most.
func hasPrefixFold(s, prefix string) bool {
	last := len(prefix) - 1
	return len(s) > last && s[last]|0x20 == prefix[last]|0x20 && strings.EqualFold(s[:last+1], prefix)
}

// maskURLs masks user info and query strings.
func maskURLs(s string) string {
	e := edit{src: s}
	end := 0 // of the run of bytes that the URL stands in
	for i := 0; ; {
		next := strings.Index(s[i:], "://")
		if next < 0 {
			return e.String()
		}
		colon := i + next
		host := colon + len("://")
		for end = max(end, host); end < len(s) && !endsURL(s[end]); end++ {
		}
		i = host
		if at := userInfo(s[:colon], s[host:end]); at >= 0 {
			e.mask(host, host+at)
			host += at
		} else if end == len(s) && isCutUserInfo(s[host:]) {
			e.mask(host, end)
			return e.String()
		}
		if query := strings.IndexByte(s[host:end], '?'); query >= 0 {
			e.mask(host+query+1, host+len(strings.TrimRight(s[host:end], ".,:;)]}")))
			i = end
		} else if strings.LastIndexByte(s[host:end], '@') < 0 {
			i = end
		}
	}
}

func endsURL(c byte) bool {
	switch c {
	case '"', '\'', '`', '<', '>', '\\':
		return true
	}
	return c <= ' '
}

// userInfo is the place of the @ that ends the user info in what follows ://, or -1. A password may hold any character.
func userInfo(scheme, rest string) int {
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	at := strings.LastIndexByte(rest, '@')
	inAuthority := strings.LastIndexByte(authority, '@')
	if at == inAuthority || strings.HasPrefix(rest[at+1:], "sha256:") {
		return inAuthority
	}
	_, port, hasPort := strings.Cut(authority, ":")
	switch isHTTP := hasSuffixFold(scheme, "http") || hasSuffixFold(scheme, "https"); {
	case isHTTP && inAuthority >= 0, isHTTP && !hasPort, inAuthority < 0 && strings.Trim(port, "0123456789") == "":
		return inAuthority
	}
	return at
}

// isCutUserInfo tells whether a URL that ends with its text, and has no @, ends within a user's password: what stands behind the
// colon is no port.
func isCutUserInfo(rest string) bool {
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	name, port, _ := strings.Cut(authority, ":")
	return !strings.HasPrefix(authority, "[") && name != "sha256" && strings.Trim(port, "0123456789.,:;)]}") != ""
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// maskAuthorizations masks what follows Bearer and Basic, where it does not look like a word: "no basic auth credentials".
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

// isRandom tells a token from a word.
func isRandom(s string) bool {
	const shortest, tooLongForAWord = 8, 24
	if len(s) < shortest || strings.HasPrefix(s, "realm=") {
		return false
	}
	upperInside := strings.ToLower(s[1:]) != s[1:]
	return len(s) >= tooLongForAWord || upperInside || strings.ContainsAny(s, "0123456789=")
}

// maskOptions masks the arguments of options that name a credential: --password X, --password=X, "--password","X".
func maskOptions(s string) string {
	e := edit{src: s}
	for i := 0; i < len(s); i++ {
		if s[i] != '-' || i > 0 && !strings.ContainsRune(" \t\n\"'`([,=", rune(s[i-1])) {
			continue
		}
		end := i
		for end < len(s) && isNameByte(s[end]) {
			end++
		}
		if !isCredentialOption(s[i:end]) || end == len(s) {
			i = max(i, end-1)
			continue
		}
		start := end
		switch quote := openingQuote(s, end); {
		case s[end] == '=':
			start++
		case quote >= 0:
			comma := skipSpace(s, quote+1)
			if comma == len(s) || s[comma] != ',' {
				continue
			}
			if start = skipSpace(s, comma+1); openingQuote(s, start) < 0 {
				continue
			}
		default:
			if start = skipSpace(s, end); start == end {
				continue
			}
		}
		start, stop := argument(s, start)
		e.mask(start, stop)
		i = max(i, stop-1)
	}
	return e.String()
}

// maskAssignments masks the values of NAME=value, name = value and "name"=>"value" where the name is a credential's.
func maskAssignments(s string) string {
	e := edit{src: s}
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			continue
		}
		nameEnd := len(strings.TrimRight(s[:i], " \t"))
		spaced := nameEnd < i
		nameEnd = len(strings.TrimRight(s[:nameEnd], `"'\`))
		name := nameEnd
		for name > 0 && isNameByte(s[name-1]) {
			name--
		}
		start := i + 1
		if start < len(s) && s[start] == '>' {
			start++
			spaced = true
		}
		if start == len(s) || s[start] == '=' || kindOf(s[name:nameEnd]) != credentialName {
			continue
		}
		if spaced {
			start = skipSpace(s, start)
		}
		start, stop := argument(s, start)
		e.mask(start, stop)
		i = max(i, stop-1)
	}
	return e.String()
}

// argument returns where the value at s[i] begins and ends: a quoted string, a scheme and what follows it, or one word.
func argument(s string, i int) (start, end int) {
	if open := openingQuote(s, i); open >= 0 {
		end, _ = endOfString(s, open)
		return open + 1, end
	}
	end = endOfWord(s, i)
	switch strings.ToLower(s[i:end]) {
	case "bearer", "basic", "token", "digest":
		if next := skipSpace(s, end); next < len(s) {
			end = endOfWord(s, next)
		}
	}
	return i, end
}

// endOfWord returns where a word without quotes ends. Punctuation belongs to it unless the word ends with it.
func endOfWord(s string, i int) int {
	end := i
	for end < len(s) && s[end] > ' ' && s[end] != ';' && s[end] != '&' {
		if strings.ContainsRune("\"'`", rune(s[end])) && (end+1 == len(s) || !isNameByte(s[end+1])) {
			break
		}
		end++
	}
	return i + len(strings.TrimRight(s[i:end], `.,:)]}\`))
}
