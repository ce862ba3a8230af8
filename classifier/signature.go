package classifier

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// signature hashes what makes two stops the same failure: class, cluster, service or family, culprit, exit code,
// endpoint, the commands that one job of a definition has and another has not, and the text without what changes from
// stop to stop.
func (v *view) signature(text string) string {
	who, culprit, code := v.Service, "", ""
	if who == "" {
		who = v.Family
	}
	if v.Culprit >= 0 {
		c := v.Containers[v.Culprit]
		culprit = c.Name
		if c.ExitCode != nil {
			code = strconv.FormatInt(*c.ExitCode, 10)
		}
	}
	said := make([]byte, 0, 1024)
	for _, part := range []string{v.Class(), v.Cluster, who, culprit, code, v.Facts.Endpoint} {
		said = append(append(said, part...), '\n')
	}
	for _, command := range v.commands() {
		said = append(appendNormal(said, unvalued(command)), '\n')
	}
	sum := sha256.Sum256(appendNormal(said, text))
	return hex.EncodeToString(sum[:8])
}

// commands are what a job's containers were started with, whatever their order in the event.
func (v *view) commands() (all []string) {
	for i := range v.Containers {
		if c := &v.Containers[i]; c.Command != "" {
			all = append(all, c.Name+" "+c.Command)
		}
	}
	slices.Sort(all)
	return all
}

// secretive are words within the names of options and variables whose values may be secret.
var secretive = []string{"pass", "pwd", "secret", "token", "key", "auth", "cred", "bearer", "basic", "cookie", "dsn"}

// unvalued returns a command in lower case without the values of options and variables that may be secret, and without
// what stands for a secret that was masked.
func unvalued(command string) string {
	var b strings.Builder
	value, named := false, false // the word before this one asks for such a value, or is only its name
	for word := range strings.FieldsFuncSeq(strings.ToLower(command), betweenWords) {
		name, _, assigned := strings.Cut(word, "=")
		if !assigned {
			name, _, assigned = strings.Cut(word, ":")
		}
		switch secret := mayBeSecret(name); {
		case word == ":" || word == "=":
			value = named
		case value && !strings.HasPrefix(word, "-") && !secret:
			word, value = "#", false
		case assigned && secret:
			word, value = name, len(name)+1 == len(word)
		default:
			value = secret && (strings.HasPrefix(word, "-") || word == "bearer" || word == "basic")
		}
		named = mayBeSecret(word)
		if scheme, rest, ok := strings.Cut(word, "://"); ok {
			if _, host, login := strings.Cut(rest, "@"); login {
				word = scheme + "://" + host
			}
		}
		if strings.Contains(word, "***") {
			word = "#"
		}
		b.WriteString(word)
		b.WriteByte(' ')
	}
	return b.String()
}

// mayBeSecret reports whether an option or variable of that name may have a secret value. Of options of one letter only
// those do that programs use for passwords and users.
func mayBeSecret(name string) bool {
	switch name {
	case "-p", "-u", "-a", "-w":
		return true
	}
	return slices.ContainsFunc(secretive, func(s string) bool { return strings.Contains(name, s) })
}

// betweenWords reports whether r parts the words of a command, of a line of the shell or of JSON within it.
func betweenWords(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("\"'`{}[](),;|&<>", r)
}

// appendNormal appends a folded text without ids, numbers, times and addresses: every word with a digit in it becomes
// "#", and a row of these joined by punctuation becomes one.
func appendNormal(b []byte, folded string) []byte {
	for i := 0; i < len(folded); {
		if folded[i] == '?' { // the query of a URL, which is signed anew each time
			b = append(b, '?')
			for i++; i < len(folded) && strings.IndexByte(" \"'", folded[i]) < 0; i++ {
			}
			continue
		}
		end, some, all := i, kind(0), hexDigit
		for end < len(folded) && kinds[folded[end]] != 0 {
			some |= kinds[folded[end]]
			all &= kinds[folded[end]]
			end++
		}
		if some&digit == 0 && !(all&hexDigit != 0 && end-i >= 8) {
			for end < len(folded) && kinds[folded[end]] == 0 && folded[end] != '?' {
				end++
			}
			b = append(b, folded[i:end]...)
			i = end
			continue
		}
		b = append(b, '#')
		for i = end; i+1 < len(folded) && strings.IndexByte(".:-_/@,", folded[i]) >= 0 && isNumber(folded[i+1:]); {
			for i++; i < len(folded) && kinds[folded[i]] != 0; i++ {
			}
		}
	}
	return b
}

// kind is what a byte of a word is; the bytes between words are of none.
type kind byte

const (
	letter kind = 1 << iota
	digit
	hexDigit // a digit, or one of the letters that are digits in hex
)

var kinds = func() (k [256]kind) {
	for c := 'a'; c <= 'z'; c++ {
		k[c] = letter
	}
	for c := '0'; c <= '9'; c++ {
		k[c] = digit
	}
	for _, c := range "0123456789abcdef" {
		k[c] |= hexDigit
	}
	return k
}()

// isNumber reports whether the word that s begins with has a digit, or is made of hex digits as parts of ids are.
func isNumber(s string) bool {
	n, all := 0, hexDigit
	for ; n < len(s) && kinds[s[n]] != 0; n++ {
		if kinds[s[n]]&digit != 0 {
			return true
		}
		all &= kinds[s[n]]
	}
	return all&hexDigit != 0 && n >= 4
}
