package redact

import (
	"strconv"
	"strings"
)

// visible is a text without what a terminal does not show: the escapes of colours, and marks of no width, behind which
// a name would not be seen.
func visible(s string) string {
	if strings.IndexByte(s, 0x1b) < 0 && strings.IndexByte(s, 0xe2) < 0 && strings.IndexByte(s, 0xc2) < 0 &&
		strings.IndexByte(s, 0xef) < 0 {
		return s
	}
	var seen strings.Builder
	done := 0
	for i := 0; i < len(s); {
		n := unseen(s[i:min(len(s), i+20)])
		if n == 0 {
			i++
			continue
		}
		seen.WriteString(s[done:i])
		i += n
		done = i
	}
	if done == 0 {
		return s
	}
	return seen.String() + s[done:]
}

// unseen is the length of the mark at the beginning of s that is not shown, or 0.
func unseen(s string) int {
	if strings.HasPrefix(s, "\x1b[") {
		for i := 2; i < len(s); i++ {
			if s[i] >= '@' {
				return i + 1
			}
		}
		return 0
	}
	for _, mark := range []string{"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"} {
		if strings.HasPrefix(s, mark) {
			return len(mark)
		}
	}
	return 0
}

// entities are the names of the characters that HTML has one for.
var entities = []struct {
	name string
	is   byte
}{
	{"&quot;", '"'}, {"&#34;", '"'}, {"&#x22;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}, {"&#x27;", '\''},
	{"&amp;", '&'},
	{"&lt;", '<'}, {"&gt;", '>'}, {"&#61;", '='}, {"&#58;", ':'},
}

// encodedAt is the ASCII character that is written in other letters at s[i], and how many: %22, %2522, &quot;, \u0022,
// \x22. The length is 0 for what stands for itself.
func encodedAt(s string, i int) (c byte, length int) {
	digits, p := 2, i+1
	switch s[i] {
	case '%':
		for strings.HasPrefix(s[p:], "25") && p < i+7 {
			p += 2
		}
	case '&':
		for _, e := range entities {
			if strings.HasPrefix(s[i:], e.name) {
				return e.is, len(e.name)
			}
		}
		return 0, 0
	case '\\':
		for p < len(s) && s[p] == '\\' && p < i+7 {
			p++
		}
		switch {
		case strings.HasPrefix(s[p:], "/"):
			return '/', p + 1 - i
		case strings.HasPrefix(s[p:], "u00"):
			p += len("u00")
		case strings.HasPrefix(s[p:], "x"):
			p++
		default:
			return 0, 0
		}
	default:
		return 0, 0
	}
	if p+digits > len(s) {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[p:p+digits], 16, 8)
	if err != nil || n < ' ' || n > '~' {
		return 0, 0
	}
	return byte(n), p + digits - i
}

// encoded masks the value of a name behind which the signs are encoded, as in a URL or in HTML; it returns 0 where they
// are not.
func (n *named) encoded(p int) int {
	s := n.s
	assigned, marks := false, 0
	i := p
	for i < len(s) {
		c, length := encodedAt(s, i)
		switch {
		case length > 0:
			marks++
		case i > p && strings.IndexByte(":= ", s[i]) >= 0:
			c, length = s[i], 1
		}
		if length == 0 || strings.IndexByte("\"':= ", c) < 0 {
			break
		}
		assigned = assigned || c == ':' || c == '='
		i += length
	}
	if marks == 0 || !assigned {
		return 0
	}
	end := i
	for end < len(s) && strings.IndexByte("\"';,}<> \t\r\n", s[end]) < 0 {
		c, length := encodedAt(s, end)
		if length > 0 && strings.IndexByte("\"'&,;}<> ", c) >= 0 || length == 0 && s[end] == '&' {
			break
		}
		end += max(length, 1)
	}
	n.mask(i, end)
	return end
}

// maskEncodedURLs masks the user info of URLs that stand encoded in others.
func maskEncodedURLs(s string) string {
	e := edit{src: s}
	slashes, host, at := 0, -1, -1
	for i := 0; i < len(s); {
		c, length := encodedAt(s, i)
		switch {
		case length == 0 && s[i] == '@' && host > 0 && strings.HasSuffix(s[:host], `\/`):
			at = i
		case length == 0 && (endsURL(s[i]) || s[i] == '&'):
			if at > host && host >= 0 {
				e.mask(host, at)
			}
			slashes, host, at = 0, -1, -1
		case c == '/' && slashes == 1 && host < 0:
			host = i + length
		case c == '/' && host >= 0, c == '?', c == '#':
			if at > host && host >= 0 {
				e.mask(host, at)
			}
			host, at = -1, -1
			slashes = 0
		case c == '/':
			slashes = 1
		case c == '@' && host >= 0:
			at = i
		case host < 0:
			slashes = 0
		}
		i += max(length, 1)
	}
	if at > host && host >= 0 {
		e.mask(host, at)
	}
	return e.String()
}
