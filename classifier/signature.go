package classifier

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// signature hashes what makes two stops the same failure: class, cluster, service or family, culprit, exit code,
// endpoint and the text without what changes from stop to stop.
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
	said := make([]byte, 0, 512)
	for _, part := range []string{v.Class(), v.Cluster, who, culprit, code, v.Facts.Endpoint} {
		said = append(append(said, part...), '\n')
	}
	sum := sha256.Sum256(appendNormal(said, text))
	return hex.EncodeToString(sum[:8])
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
		if !isAlnum(folded[i]) {
			b = append(b, folded[i])
			i++
			continue
		}
		end, digits, hex := i, false, true
		for end < len(folded) && isAlnum(folded[end]) {
			digits = digits || '0' <= folded[end] && folded[end] <= '9'
			hex = hex && isHex(folded[end])
			end++
		}
		if !digits && !(hex && end-i >= 8) {
			b = append(b, folded[i:end]...)
			i = end
			continue
		}
		b = append(b, '#')
		for i = end; i+1 < len(folded) && strings.IndexByte(".:-_/@,", folded[i]) >= 0 && isNumber(folded[i+1:]); {
			for i++; i < len(folded) && isAlnum(folded[i]); i++ {
			}
		}
	}
	return b
}

func isAlnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' }

// isNumber reports whether the word that s begins with has a digit, or is made of hex digits as parts of ids are.
func isNumber(s string) bool {
	n, hex := 0, true
	for ; n < len(s) && isAlnum(s[n]); n++ {
		if s[n] <= '9' {
			return true
		}
		hex = hex && isHex(s[n])
	}
	return hex && n >= 4
}
