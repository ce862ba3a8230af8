package redact

import "strings"

// maskAddresses masks user and password of the addresses that are no URLs: user:password@tcp(host) of MySQL's driver,
// and jdbc:oracle:thin:user/password@host.
func maskAddresses(s string) string {
	e := edit{src: s}
	done := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ':' && strings.HasPrefix(s[i:], postgresPort):
			// host:port:database:user:password of .pgpass
			end := i + len(postgresPort)
			for end < len(s) && !endsURL(s[end]) {
				end++
			}
			fields := strings.SplitN(s[i+len(postgresPort):end], ":", 3)
			if len(fields) == 3 && i > 0 && isNameByte(s[i-1]) {
				e.mask(end-len(fields[2]), end)
				i = end - 1
			}
		case s[i] == 'i' && strings.HasPrefix(s[i:], "invalid port "):
			// Go says of a URL that has a / or a # in its password: invalid port ":password"
			start := i + len("invalid port ")
			if from, end := argument(s, min(start, len(s)-1)); from > start && !isMistyped(s[from:end]) {
				e.mask(from, end)
				i = end - 1
			}
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

const postgresPort = ":5432:"

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
		if s[i]|0x20 == 'i' && hasPrefixFold(s[i:], "insert into ") {
			i = maskInserted(&e, s, i+len("insert into ")) - 1
			continue
		}
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

// isMistyped reports whether what was taken for a port was meant as one: ":80a", ":${PORT}".
func isMistyped(port string) bool {
	rest := strings.TrimLeft(port, ":0123456789")
	return len(port)-len(rest) > 1 && len(rest) < 3 || rest == "" || rest[0] == '$' || rest[0] == '{'
}

// maskInserted masks what INSERT INTO table (name, password) VALUES ('app', 'x') puts into a credential's column; it
// returns how far it has looked.
func maskInserted(e *edit, s string, start int) int {
	const longest = 1000 // up to the values
	near := s[start:min(len(s), start+longest)]
	open, closing := strings.IndexByte(near, '('), strings.IndexByte(near, ')')
	if open < 0 || closing < open {
		return start
	}
	secret := map[int]bool{}
	for i, column := range strings.Split(near[open+1:closing], ",") {
		if kindOf(strings.Trim(column, " \"`[]\n\t")) == credentialName {
			secret[i] = true
		}
	}
	values := strings.IndexByte(near[closing:], '(')
	if len(secret) == 0 || values < 0 || !hasSuffixFold(strings.TrimSpace(near[closing+1:closing+values]), "values") {
		return start + closing
	}
	i := start + closing + values
	for i < len(s) && s[i] == '(' {
		for column := 0; i < len(s) && s[i] != ')'; column++ {
			from := skipSpace(s, i+1)
			end := from
			if from < len(s) {
				if _, quote := stringAt(s, from); quote >= 0 {
					inside, closes := quote+1, 0
					closes, end = endOfString(s, quote)
					end = min(len(s), end+1)
					if secret[column] {
						e.mask(inside, closes)
					}
				} else if end = from + len(s[from:]); strings.ContainsAny(s[from:], ",)") {
					end = from + strings.IndexAny(s[from:], ",)")
				}
			}
			for i = end; i < len(s) && s[i] != ',' && s[i] != ')'; {
				i++
			}
		}
		i = skipSpace(s, min(len(s), i+1))
		if i < len(s) && s[i] == ',' {
			i = skipSpace(s, i+1)
		}
	}
	return i
}

// maskUserInfo masks the password of user:password@host without a scheme before it.
func maskUserInfo(s string) string {
	e := edit{src: s}
	for next := userInfoFrom(s, 0); next.from >= 0; next = userInfoFrom(s, next.to+1) {
		e.mask(next.from, next.to)
	}
	return e.String()
}

// userInfoFrom is the first such password that ends behind i, or begins at -1. What is written so and is none, as
// mailto:jane@example.org, has a label for a user, or letters alone for a password.
func userInfoFrom(s string, i int) span {
	const labels = "arn mailto email mail user username from to cc bcc login account by owner author contact sip " +
		"sips xmpp acct ssh git scp member principal"
	for first := i; ; {
		next := strings.IndexByte(s[i:], '@')
		if next < 0 {
			return span{-1, -1}
		}
		at := i + next
		i = at + 1
		colon := at
		for colon > max(first, at-longestWord) && s[colon-1] > ' ' &&
			strings.IndexByte("\"'`<>()[]{},;|\\:@", s[colon-1]) < 0 {
			colon--
		}
		password := s[colon:at]
		if colon--; colon <= 0 || s[colon] != ':' || password == "" ||
			strings.Contains(password, "/") && !isPadded(password) {
			continue
		}
		from := colon
		for from > max(0, colon-longestWord) && isNameByte(s[from-1]) {
			from--
		}
		if !isHostAt(s, i) && (wordEnd(s, i) == i || !isConnected(s[max(0, from-longestWord):from])) {
			continue
		}
		relative := from > 1 && s[from-2:from] == "//"
		if from < colon && !isOneOf(strings.ToLower(s[from:colon]), labels) &&
			(relative || isOdd(password) || isPadded(password)) {
			return span{colon + 1, at}
		}
	}
}

// isConnected reports whether what is said before an address speaks of a connection to it.
func isConnected(before string) bool {
	before = strings.TrimRight(before, ` "'`+"`:=")
	return isOneOf(strings.ToLower(before[strings.LastIndexAny(before, " \n\"':=")+1:]),
		"lookup dial dialing connect connecting connected connection to host address addr server url dsn tcp")
}

// isHostAt reports whether a name with a domain or with a path, localhost or a path alone begins at s[i].
func isHostAt(s string, i int) bool {
	end := wordEnd(s, i)
	name := s[i:end]
	return name == "localhost" || strings.IndexByte(name, '.') > 0 && !strings.HasPrefix(name, "sha256") ||
		name != "" && end < len(s) && s[end] == '/' ||
		name == "" && end+1 < len(s) && s[end] == '/' && isNameByte(s[end+1]) // of this host, to MySQL's driver
}
