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
	said := make([]byte, 0, 1024)
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
