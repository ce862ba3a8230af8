package reader

import (
	"encoding/json"
	"fmt"
	"strings"

	"whystopped/events"
)

// quotedDocuments reads the documents that stand in quoted strings of a text: of a log's fields, of CSV, of what a
// program printed.
func (d *decoder) quotedDocuments(text string, line int) (answers []answer) {
	for at := 0; d.depth < maxDepth; {
		i, unquote := nextQuoted(text[at:])
		if i < 0 {
			break
		}
		inner, n := unquote(text[at+i:])
		if ofECS(inner) {
			answers = append(answers, d.inner([]byte(inner), line+strings.Count(text[:at+i], "\n"))...)
		}
		at = min(len(text), at+i+max(n, 1))
	}
	return answers
}

// nextQuoted returns where the next quoted string with a document begins, and what takes it apart; -1 where there is
// none.
func nextQuoted(text string) (at int, unquote func(string) (string, int)) {
	for at = 0; ; at++ {
		i := strings.IndexAny(text[at:], `"'`)
		if i < 0 || at+i+4 > len(text) {
			return -1, nil
		}
		at += i
		quote := text[at]
		rest := strings.TrimPrefix(text[at+1:min(len(text), at+8)], "[")
		if strings.HasPrefix(rest, "{") {
			rest = strings.TrimLeft(rest[1:], " \r\n")
		} else if rest[0] != quote && rest[0] != '\\' || text[at+1] != '[' {
			continue
		}
		switch {
		case quote == '\'':
			if strings.HasPrefix(rest, `"`) {
				return at, single
			}
		case strings.HasPrefix(rest, `\`):
			return at, escaped
		case strings.HasPrefix(rest, `""`):
			return at, doubled
		}
	}
}

// escaped takes apart a string of JSON, and of the many that write theirs like it.
func escaped(text string) (inner string, n int) {
	for n = 1; n < len(text) && text[n] != '"' && text[n] != '\n'; n++ {
		if text[n] == '\\' {
			n++
		}
	}
	if n >= len(text) || json.Unmarshal([]byte(text[:n+1]), &inner) != nil {
		return "", n
	}
	return inner, n + 1
}

// doubled takes apart a field of CSV.
func doubled(text string) (inner string, n int) {
	for n = 1; n < len(text); n++ {
		if text[n] == '"' {
			if n+1 >= len(text) || text[n+1] != '"' {
				return strings.ReplaceAll(text[1:n], `""`, `"`), n + 1
			}
			n++
		}
	}
	return "", n
}

// single takes apart a string in single quotes.
func single(text string) (inner string, n int) {
	var b strings.Builder
	for n = 1; n < len(text) && text[n] != '\n'; n++ {
		switch c := text[n]; {
		case c == '\'':
			return b.String(), n + 1
		case c == '\\' && n+1 < len(text) && (text[n+1] == '\'' || text[n+1] == '\\'):
			n++
			b.WriteByte(text[n])
		default:
			b.WriteByte(c)
		}
	}
	return "", n
}

// inner reads a text within the input, and returns what its documents tell.
func (d *decoder) inner(text []byte, line int) (answers []answer) {
	inner := decoder{depth: d.depth + 1, source: source{buf: text, eof: true, line: 1}}
	inner.out = func(s events.Stop, err error) bool {
		if r, refused := err.(*events.Refusal); refused {
			r.Line = line
			answers = append(answers, answer{refusal: r})
		} else if err == nil {
			answers = append(answers, answer{stop: s})
		}
		return true
	}
	inner.read()
	inner.flush()
	if inner.last != nil {
		answers = append(answers, answer{refusal: inner.last})
	}
	if inner.hint != nil {
		d.hinted(line, inner.hint, inner.hint.Raw)
	}
	d.held = append(d.held, inner.held[:min(len(inner.held), maxHeld-len(d.held))]...)
	return answers
}

// member is a place within a document.
func member(i int) string { return fmt.Sprintf("[%d]", i) }
