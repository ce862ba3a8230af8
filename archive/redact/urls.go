package redact

import "strings"

// maskURLs masks user info and query strings. What stands between two white spaces or quotes is looked at once, however
// many URLs are in it.
func maskURLs(s string) string {
	e := edit{src: s}
	run := urlRun{}
	for i := 0; ; {
		next := strings.Index(s[i:], "://")
		if next < 0 {
			return e.String()
		}
		colon := i + next
		host := colon + len("://")
		if host > run.end {
			run = urlRunAt(s, host)
		}
		i = host
		if at := userInfo(s[:colon], s[host:run.end], run.at-host); at >= 0 {
			e.mask(host, host+at)
			host += at
		} else if run.end == len(s) && isCutUserInfo(s[host:]) {
			e.mask(host, run.end)
			return e.String()
		}
		switch query := run.queryFrom(s, host); {
		case query < run.end:
			e.mask(query+1, run.trimmed)
			i = run.end
		case run.at < host:
			i = run.end
		}
	}
}

// urlRun is a part of a text without anything that ends a URL: where it ends, with punctuation and without, and where
// its last @ is, or -1, and the ? that was looked for last, or its end.
type urlRun struct{ end, trimmed, at, query int }

func urlRunAt(s string, start int) urlRun {
	end := start
	for end < len(s) && !endsURL(s[end]) {
		end++
	}
	trimmed := start + len(strings.TrimRight(s[start:end], ".,:;)]}"))
	at := strings.LastIndexByte(s[start:end], '@')
	if at >= 0 {
		at += start
	}
	return urlRun{end, trimmed, at, -1}
}

// queryFrom is the place of the first ? from start on, or the end. No call has a smaller start than the one before.
func (r *urlRun) queryFrom(s string, start int) int {
	if r.query < start {
		r.query = r.end
		if next := strings.IndexByte(s[start:r.end], '?'); next >= 0 {
			r.query = start + next
		}
	}
	return r.query
}

func endsURL(c byte) bool {
	switch c {
	case '"', '\'', '`', '<', '>', '\\':
		return true
	}
	return c <= ' '
}

// userInfo is the place of the @ that ends the user info in what follows ://, or -1. A password may hold any character.
// last is the last @ in rest.
func userInfo(scheme, rest string, last int) int {
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	inAuthority := strings.LastIndexByte(authority, '@')
	if last <= inAuthority || strings.HasPrefix(rest[last+1:], "sha256:") {
		return inAuthority
	}
	_, port, hasPort := strings.Cut(authority, ":")
	switch isHTTP := hasSuffixFold(scheme, "http") || hasSuffixFold(scheme, "https"); {
	case isHTTP && inAuthority >= 0, isHTTP && !hasPort, inAuthority < 0 && strings.Trim(port, "0123456789") == "":
		return inAuthority
	}
	return last
}

// isCutUserInfo reports whether a URL that ends with its text, and has no @, ends within a user's password: what stands
// behind the colon is no port.
func isCutUserInfo(rest string) bool {
	authority := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		authority = rest[:end]
	}
	name, port, _ := strings.Cut(authority, ":")
	return !strings.HasPrefix(authority, "[") && name != "sha256" && strings.Trim(port, "0123456789.,:;)]}") != ""
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
