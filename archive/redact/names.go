package redact

import (
	"bytes"
	"strings"
)

// credentialWords mark a name that has one of them in it, folded, as the name of a credential. They stand with what
// they share, by which most names are dismissed.
var credentialWords = []struct {
	shared string
	words  []string
}{
	{"pass", []string{"password", "passwd", "passphrase", "passcode", "storepass", "keypass", "requirepass",
		"passwort", "dbpass", "rootpass", "adminpass", "smtppass", "mailpass", "ftppass"}},
	{"wort", []string{"kennwort"}},
	{"key", []string{"apikey", "accesskey", "secretkey", "privatekey", "encryptionkey", "signingkey", "licensekey",
		"accountkey",
		"masterkey", "sharedkey", "authkey", "sshkey", "appkey", "applicationkey", "sessionkey", "storagekey",
		"functionkey",
		"subscriptionkey", "clientkey", "serverkey", "deploykey", "adminkey", "hostkey", "hmackey", "aeskey",
		"cryptkey",
		"deploymentkey", "webhookkey", "servicekey", "integrationkey",
		"instrumentationkey"}},
	{"secret", []string{"secret", "secretkeybase"}},
	{"token", []string{"token"}},
	{"auth", []string{"authorization", "authpass", "basicauth", "masterauth"}},
	{"connection", []string{"connectionstring"}},
	{"login", []string{"sonarlogin"}},
}

// credentialEndings are names of credentials that are too short to be looked for inside of others: they are a whole
// name or its last word, as in DB_PASS and dbPass, but not in bypass.
var credentialEndings = []string{"auth", "oauth", "psk", "pass", "pwd", "pat", "dsn", "jwt", "bearer", "cookie",
	"cookies",
	"credential",
	"credentials", "creds", "pw", "connstr"}

// plainNames hold a credential word and name none.
var plainNames = map[string]bool{
	"clienttoken": true, "nexttoken": true, "clientrequesttoken": true, "idempotencytoken": true, "nopassword": true,
	"maxtokens": true, "secretid": true, "authorizationconfig": true, "tokens": true, "tokensused": true,
	"prompttokens": true, "completiontokens": true, "totaltokens": true, "secretsmanager": true, "serverkeyid": true,
}

// plainEndings make of a credential's name that of something about it. They stand under their last letter.
var plainEndings = ['z' - 'a' + 1][]string{
	'd' - 'a': {"versionid", "enabled", "required"},
	'e' - 'a': {"name", "file", "type", "mode", "versionstage"},
	'h' - 'a': {"path", "length"},
	'i' - 'a': {"uri"},
	'l' - 'a': {"url", "ttl"},
	'n' - 'a': {"arn", "stdin", "version", "expiration", "expiresin"},
	'r' - 'a': {"parameter"},
	't' - 'a': {"endpoint", "expiresat"},
	'y' - 'a': {"policy", "expiry"},
}

// hasPlainEnding reports whether a folded name ends with one of plainEndings.
func hasPlainEnding(folded []byte) bool {
	if len(folded) == 0 || folded[len(folded)-1] < 'a' {
		return false
	}
	for _, ending := range plainEndings[folded[len(folded)-1]-'a'] {
		if bytes.HasSuffix(folded, []byte(ending)) {
			return true
		}
	}
	return false
}

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
	name = strings.TrimRight(name, "_")
	folded := fold(buffer[:0], name)
	switch string(folded) {
	case "environment", "env", "environmentvariables", "environmentoverrides", "envvars":
		return environmentName
	case "name", "parameterkey", "optionname", "field", "param", "property", "variable", "setting", "header":
		return nameName
	case "key", "k":
		return keyName
	case "value", "parametervalue", "optionvalue", "v", "rejectedvalue", "rejected":
		return valueName
	case "valuefrom":
		return referenceName
	case "jsessionid", "phpsessid", "creds", "xamzsignature", "xamzcredential", "sharedaccesssignature", "sig",
		"xhoneycombteam":
		return credentialName
	}
	if name == "SSHPASS" {
		return credentialName
	}
	if strings.HasPrefix(name, "BUNDLE_") && strings.Contains(name, "__") {
		return credentialName // of the host in it, for Bundler
	}
	if hasPlainEnding(folded) {
		return referenceName
	}
	if mayBeCredential(folded) && isCredential(name, folded) && !plainNames[string(folded)] {
		return credentialName
	}
	return otherName
}

// lastOfPath is what a name such as /app/pwd ends with.
func lastOfPath(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// mayBeCredential dismisses most names by one look at their letters: every credential word and ending has one of the
// pairs.
func mayBeCredential(folded []byte) bool {
	for i := 1; i < len(folded); i++ {
		switch string(folded[i-1 : i+1]) {
		case "pa", "ke", "ec", "au", "nn", "wd", "sn", "jw", "be", "ki", "ia", "pw", "ps", "rl", "ds":
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

// endsInCredential reports whether the last word of a credential's name is what makes it one, as in DB_PASSWORD_2 and
// not in GetSecretValue or token-validator: in prose only such a name has its secret beside it.
func endsInCredential(name string) bool {
	var buffer [64]byte
	if isPlural(name) {
		name = name[:len(name)-1]
	}
	if at := strings.LastIndexAny(name, "_-."); at > 0 && isOneOf(strings.ToLower(name[at+1:]), whichOne) {
		name = name[:at]
	}
	folded := bytes.TrimRight(fold(buffer[:0], name), "0123456789")
	switch string(folded) {
	case "jsessionid", "phpsessid", "creds", "xamzsignature", "xamzcredential", "sharedaccesssignature":
		return true
	}
	folded = bytes.TrimSuffix(bytes.TrimSuffix(folded, []byte("base64")), []byte("b64"))
	for _, group := range credentialWords {
		for _, word := range group.words {
			if bytes.HasSuffix(folded, []byte(word)) {
				return true
			}
		}
	}
	for _, ending := range credentialEndings {
		if bytes.HasSuffix(folded, []byte(ending)) {
			return true
		}
	}
	return false
}

// whichOne are the words behind a credential's name that say which of several it is, as in DB_PASSWORD_OLD.
const whichOne = "old new previous current next prod production staging dev test live primary secondary admin root " +
	"main default value plain b64 base64 hex"

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

// isPassword reports whether a credential's name is that of a password: what stands beside it in prose may be a word.
func isPassword(name string) bool {
	lower := strings.ToLower(strings.TrimRight(name, "0123456789"))
	if isPlural(name) {
		lower = lower[:len(lower)-1]
	}
	for _, word := range []string{"password", "passwd", "passphrase", "passcode", "pwd", "pass", "passwort",
		"kennwort", "requirepass", "masterauth"} {
		if strings.HasSuffix(lower, word) {
			return true
		}
	}
	return false
}

// isAssured reports whether a name is spelled as a variable, a field or a header is, which prose does not: DB_TOKEN,
// api_key, clientSecret, X-Api-Key.
func isAssured(name string) bool {
	upper, lower := 0, 0
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_':
			return true
		case 'A' <= c && c <= 'Z' && i > 0:
			upper++
		case 'a' <= c && c <= 'z':
			lower++
		}
	}
	return upper > 0 && (lower > 0 || len(name) > 3) && !isVerb(name) || hasPrefixFold(name, "x-")
}

// isVerb reports whether a name is that of an operation of an API, such as GetAuthorizationToken.
func isVerb(name string) bool {
	for _, verb := range []string{"Get", "Create", "Put", "List", "Describe", "Delete", "Update", "Rotate", "Assume",
		"Decode",
		"Generate", "Validate", "Refresh", "Revoke", "Invalid", "Expired", "Missing", "Incorrect", "Unauthorized",
		"Unrecognized"} {
		if rest, ok := strings.CutPrefix(name, verb); ok && rest != "" && 'A' <= rest[0] && rest[0] <= 'Z' {
			return true
		}
	}
	return false
}
