package redact

import (
	"bytes"
	"math/bits"
	"regexp"
	"strings"
	"sync"
)

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

// endsWithWord reports whether a word begins n bytes before the end of name.
func endsWithWord(name string, n int) bool {
	start := len(name) - n
	if start <= 0 {
		return true
	}
	isUpper := func(c byte) bool { return 'A' <= c && c <= 'Z' }
	before := name[start-1]
	return before == '_' || before == '-' || before == '.' || isUpper(name[start]) && !isUpper(before)
}

// isCredentialOption reports whether an argument of a command says that the next one is secret, as --password does.
func isCredentialOption(argument string) bool {
	name := strings.TrimLeft(argument, "-")
	return len(name) < len(argument) && !strings.ContainsAny(name, "= \t\n") && kindOf(name) == credentialName
}

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

// isGluedClient reports whether an argument is such a command, with or without a path.
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

// quickTable are the shapes by their Quick: those of one byte, and the others by their first two bytes, of each the
// five low bits, which are the same in both letter cases.
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

// hasPrefixFold reports whether s begins with prefix in any letter case; the last byte of it dismisses most.
func hasPrefixFold(s, prefix string) bool {
	last := len(prefix) - 1
	return len(s) > last && s[last]|0x20 == prefix[last]|0x20 && strings.EqualFold(s[:last+1], prefix)
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

// isRandom reports whether s looks like a token and not like a word.
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
