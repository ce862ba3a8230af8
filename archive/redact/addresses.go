package redact

import "strings"

// maskAddresses masks user and password of the addresses that are no URLs: user:password@tcp(host) of MySQL's driver,
// and jdbc:oracle:thin:user/password@host.
func maskAddresses(s string) string {
	e := edit{src: s}
	done := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '@' && isDriverAddress(s[i+1:]):
			from := i
			for from > done && s[from-1] > ' ' && s[from-1] != '"' && s[from-1] != '\'' {
				from--
			}
			colon := strings.IndexByte(s[from:i], ':')
			if colon > 0 {
				user := from + strings.LastIndexAny(s[from:from+colon], "@/=") + 1
				if user < from+colon {
					e.mask(user, i)
				}
			}
			done = i
		case s[i] == ':' && hasSuffixFold(s[max(0, i-len("jdbc:oracle")):i], "jdbc:oracle"):
			end := i
			for end < len(s) && s[end] > ' ' && s[end] != '"' && s[end] != '\'' {
				end++
			}
			driver := strings.IndexByte(s[i+1:end], ':')
			at := strings.LastIndexByte(s[i:end], '@')
			if from := i + 1 + driver + 1; driver >= 0 && at >= 0 && from < i+at &&
				strings.IndexByte(s[from:i+at], '/') > 0 {
				e.mask(from, i+at)
			}
			i = end - 1
		}
	}
	return e.String()
}

func isDriverAddress(s string) bool {
	for _, network := range []string{"tcp(", "tcp4(", "tcp6(", "unix("} {
		if strings.HasPrefix(s, network) {
			return true
		}
	}
	return false
}

// maskEnvironment masks an environment that is printed without quotes, to the end of the text: nobody knows where it
// ends.
func maskEnvironment(s string) string {
	e := edit{src: s}
	for i := range len(s) {
		if s[i]|0x20 != 'e' || !hasPrefixFold(s[i:], "environment") {
			continue
		}
		rest := s[i+len("environment"):]
		for _, opens := range []string{"=[", "={", ": [", ": {"} {
			if strings.HasPrefix(rest, opens) {
				e.mask(len(s)-len(rest)+len(opens), len(s))
				return e.String()
			}
		}
	}
	return s
}

// maskStatements masks the password in IDENTIFIED BY 'password' and IDENTIFIED WITH plugin BY 'password'.
func maskStatements(s string) string {
	e := edit{src: s}
	const plugin = 80 // its name is not longer
	for i := 0; i < len(s); i++ {
		if s[i]|0x20 != 'i' || !hasPrefixFold(s[i:], "identified ") {
			continue
		}
		i += len("identified ")
		before := s[i:min(len(s), i+plugin)]
		by := strings.Index(strings.ToLower(before), "by ")
		if by < 0 || by > 0 && before[by-1] > ' ' {
			continue
		}
		start := skipSpace(s, i+by+len("by "))
		if hasPrefixFold(s[start:], "password ") {
			start = skipSpace(s, start+len("password "))
		}
		from, to := argument(s, start)
		if from == start && isPlainWord(s[from:to]) && before[by] == 'b' {
			continue // prose
		}
		e.mask(from, to)
		i = max(i, to-1)
	}
	return e.String()
}
