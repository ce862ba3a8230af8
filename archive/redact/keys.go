package redact

import "strings"

const (
	keyBegins = "-----BEGIN "
	keyEnds   = "-----END "
	keyWord   = "PRIVATE KEY"
)

// maskKeys masks private keys from their first line to their last, or to the end of the text; and what stands before a
// last line whose first is not there.
func maskKeys(s string) string {
	e := edit{src: s}
	begin, end := keyLine(s, 0, keyBegins), keyLine(s, 0, keyEnds)
	for i := 0; ; {
		if begin.from >= 0 && begin.from < i {
			begin = keyLine(s, i, keyBegins)
		}
		if end.from >= 0 && end.from < i {
			end = keyLine(s, i, keyEnds)
		}
		if begin.from < 0 && end.from < 0 {
			return e.String()
		}
		if begin.from >= 0 && (end.from < 0 || begin.from < end.from) {
			i = len(s)
			if end.from >= 0 {
				i = end.to
			}
			e.mask(begin.from, i)
			continue
		}
		e.mask(bodyBefore(s, i, end.from), end.to)
		i = end.to
	}
}

// keyLine is the first line of a private key from i on that begins with start.
func keyLine(s string, i int, start string) span {
	for {
		next := strings.Index(s[i:], start)
		if next < 0 {
			return span{-1, -1}
		}
		from := i + next
		i = from + len(start)
		end := i
		for end < len(s) && end < i+64 &&
			(s[end] == ' ' || 'A' <= s[end] && s[end] <= 'Z' || '0' <= s[end] && s[end] <= '9') {
			end++
		}
		if strings.Contains(s[i:end], keyWord) {
			for dashes := 0; dashes < 5 && end < len(s) && s[end] == '-'; dashes++ {
				end++
			}
			return span{from, end}
		}
	}
}

// bodyBefore is where the lines of a key begin that end at end, not before from.
func bodyBefore(s string, from, end int) int {
	i := end
	for i > from && (isBase64(s[i-1]) || s[i-1] <= ' ' || s[i-1] == '\\' || s[i-1] == '"') {
		i--
	}
	return i
}

func isBase64(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '='
}

const (
	shortestRun = 60 // of random bytes that are masked without a name: a line of a key
	awsSecret   = 40 // the length of AWS's secret access keys
	sample      = 16
)

// hasLongRun reports whether s may have a run that maskRuns masks; it looks at every sixteenth byte.
func hasLongRun(s string) bool {
	for i := sample - 1; i < len(s); i += sample {
		j := i
		for j > i-sample && isBase64(s[j]) {
			j--
		}
		if j == i-sample && isDense(s[j+1:i+1]) {
			return true
		}
	}
	return false
}

// maskRuns masks what is written in base 64 and has the length of a line of a key, or of a secret access key of AWS.
// What AWS gives to be decoded or asked about stays.
func maskRuns(s string) string {
	e := edit{src: s}
	for i := 0; i < len(s); {
		if !isBase64(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && isBase64(s[end]) {
			end++
		}
		from := i
		if from > 0 && s[from-1] == '\\' && strings.IndexByte("nrt", s[from]) >= 0 {
			from++
		}
		named := strings.HasSuffix(s[:from], "message: ") || strings.HasSuffix(s[:from], "id: ")
		if n := end - from; (n >= shortestRun || n == awsSecret) && !named && isDense(s[from:end]) {
			e.mask(from, end)
		}
		i = end
	}
	return e.String()
}

// isDense reports whether letters of both cases and digits alternate as they do not in names.
func isDense(s string) bool {
	changes, upper, lower, digit := 0, false, false, false
	last := byte(0)
	for i := range len(s) {
		c := s[i]
		class := byte(4)
		switch {
		case 'A' <= c && c <= 'Z':
			class, upper = 1, true
		case 'a' <= c && c <= 'z':
			class, lower = 2, true
		case '0' <= c && c <= '9':
			class, digit = 3, true
		}
		if class != last && i > 0 {
			changes++
		}
		last = class
	}
	if len(s) == sample {
		return upper && lower && changes >= 4
	}
	return upper && lower && digit && changes*10 >= len(s)*4
}
