package redact

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

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
	decoder := json.NewDecoder(strings.NewReader(s))
	rest := s
	for {
		rest = strings.TrimLeft(s[decoder.InputOffset():], " \t\r\n")
		if rest == "" || rest[0] != '{' && rest[0] != '[' {
			break
		}
		var document json.RawMessage
		if decoder.Decode(&document) != nil {
			break
		}
		if behind := strings.TrimLeft(s[decoder.InputOffset():], " "); behind != "" &&
			strings.IndexByte("=:", behind[0]) >= 0 {
			break // it is a name: ["password"]=> of PHP
		}
		redacted, _ := redactDocument(string(document), plain)
		lines = append(lines, redacted)
	}
	if len(lines) == 0 {
		return Text(unescapeASCII(s))
	}
	if rest != "" {
		lines = append(lines, Text(unescapeASCII(rest)))
	}
	return strings.Join(lines, "\n")
}

// unescapeASCII spells \/ and the \u escapes of printable ASCII plainly, at any depth of JSON in strings, so that a
// lexical search finds them. An escaped quote or backslash makes the depth unknowable: what follows one is masked.
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

// scope is what a value stands below of, and so what of it is secret.
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
	places []span // of src: where something secret may begin, behind pos and where it has no escapes
	named  []span // of out: values that turned out to be secret when they had been copied
	masked bool
}

// span is a part of a text, from the byte from up to the byte to.
type span struct{ from, to int }

// redactDocument returns valid JSON redacted and compact, and reports whether anything was masked.
func redactDocument(src string, s scope) (string, bool) {
	d := document{src: src, out: make([]byte, 0, len(src))}
	d.places = placesOf(src)
	d.value(s)
	return d.String(), d.masked
}

// String is what has been copied, with the values masked that are secret for the name beside them.
func (d *document) String() string {
	if len(d.named) == 0 {
		return string(d.out)
	}
	slices.SortFunc(d.named, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	e := edit{src: string(d.out)}
	for _, value := range d.named {
		e.replace(value.from, value.to, `"`+Mask+`"`)
	}
	return e.String()
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

// webKeyParts are the members of a key of RFC 7517 that are secret.
const webKeyParts = "d p q dp dq qi k"

func (d *document) object(s scope) {
	d.pos++
	d.out = append(d.out, '{')
	named := false    // a name of this object names a credential
	webKey := false   // it is a key of RFC 7517
	var parts []span  // of out: the private parts, if it is one
	var values []span // of out
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
		if (key == nameName || key == keyName) && d.src[d.pos] == '"' &&
			kindOf(lastOfPath(unquote(d.quoted()))) == credentialName {
			named = true
		}
		from := len(d.out)
		d.value(s.below(key))
		if key == valueName {
			values = append(values, span{from, len(d.out)})
		}
		webKey = webKey || quoted == `"kty"`
		if len(quoted) <= len(`"dp"`) && isOneOf(strings.Trim(quoted, `"`), webKeyParts) {
			parts = append(parts, span{from, len(d.out)})
		}
	}
	if webKey && len(parts) > 0 {
		d.named, d.masked = append(d.named, parts...), true
	}
	if !named && len(values) > 0 {
		values = values[:len(values)-1] // of the others nobody knows which name they belong to
	}
	if len(values) > 0 {
		d.named, d.masked = append(d.named, values...), true
	}
	d.pos++
	d.out = append(d.out, '}')
}

func (d *document) array(s scope) {
	d.pos++
	d.out = append(d.out, '[')
	option := false // the element before says that this one is secret
	var line command
	var (
		texts    []string // the elements that are strings
		last     span     // of out
		elements int
	)
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
		from := len(d.out)
		if secret := line.word(word, false); secret.to > secret.from && next == plain {
			d.pos += len(d.quoted())
			d.out = append(d.out, quote(word[:secret.from]+Mask+word[secret.to:])...)
			d.masked = true
		} else {
			d.value(next)
		}
		if word != "" {
			texts = append(texts, word)
		}
		last = span{from, len(d.out)}
		elements++
	}
	if elements == 2 && len(texts) == 2 && s == plain && kindOf(texts[0]) == credentialName && isIdentifier(texts[0]) &&
		texts[0][0] != '-' && !isNameInList(texts[0], texts[1]) {
		d.named, d.masked = append(d.named, last), true
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
		if name, value, ok := strings.Cut(quoted[1:], "="); ok && s == variable && isIdentifier(name) &&
			value[0] != '=' && value != `"` {
			d.out = append(d.out, `"`+name+"="+Mask+`"`...)
			d.masked = true
			return
		}
		d.mask()
		return
	}
	if strings.IndexByte(quoted, '\\') < 0 {
		inner := quoted[1 : len(quoted)-1]
		if redacted := d.redact(inner, d.pos-len(quoted)+1); redacted != inner {
			d.out = append(d.out, `"`+redacted+`"`...)
			d.masked = true
			return
		}
	} else if redacted, masked := redactString(unquote(quoted)); masked {
		d.out = append(d.out, quote(redacted)...)
		d.masked = true
		return
	}
	d.out = append(d.out, quoted...)
}

// redact is Text for a part of src without escapes, which begins at the byte from.
func (d *document) redact(part string, from int) string {
	for len(d.places) > 0 && d.places[0].to < from {
		d.places = d.places[1:]
	}
	if len(d.places) == 0 || d.places[0].from > from+len(part) {
		return redactText(part, 0)
	}
	return Text(part)
}

// redactString redacts the text of a string, which may be JSON, and reports whether anything was masked.
func redactString(s string) (string, bool) {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if trimmed == "" || !strings.ContainsRune(`{["`, rune(trimmed[0])) {
		redacted := Text(s)
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

// quote returns s as a JSON string without HTML escapes.
func quote(s string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.Encode(s) // a string can always be encoded
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
