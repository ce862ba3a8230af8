// Package redact holds what must not be kept or shown of a document, a text or a log: the secrets in it. It knows them
// by the name that they stand under and by the form that they have, and puts Mask in their place; everything else stays
// as it is.
package redact

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// Mask stands where a secret was.
const Mask = "***"

// Text returns a human text, such as a stopped reason or an error, without its secrets:
//
//   - what stands beside a name that is a credential's (names.go) in any form that pairs a name with a value
//     (forms.go);
//   - what has the form of a token (tokens.go), of a private key or a part of one (keys.go);
//   - user info, query and the secret paths of URLs (urls.go), and the passwords of other addresses;
//   - the passwords of command lines (commands.go) and of SQL; environments.
//
// A text without secrets comes back as it is. What follows a secret's name and cannot be delimited, such as a string or
// a list that does not end, is masked to the end of the text. Text(Text(s)) is Text(s).
func Text(s string) string {
	return redactText(s, shapesIn(s))
}

// Lines returns the lines of a log, as many as there are, each as Text returns it, read behind the line before it
// where that one says what it is. Lines of a private key are masked whole, also where its first line is not among them.
func Lines(lines []string) []string {
	redacted := make([]string, len(lines))
	inKey, masked := false, 0 // lines up to masked are
	head := ""                // the line that says what this one is
	for i, line := range lines {
		begins, ends := strings.LastIndex(line, "-----BEGIN "), strings.LastIndex(line, "-----END ")
		switch {
		case inKey, ends >= 0 && begins < 0:
			redacted[i] = Mask
		default:
			redacted[i] = Text(line)
			if i > 0 {
				head = carried(head, lines[i-1], line)
			}
			if head != "" {
				redacted[i] = behind(head, line)
			}
		}
		if ends >= 0 && !inKey && begins < 0 && strings.Contains(line, "PRIVATE KEY") {
			for ; masked < i; masked++ {
				redacted[masked] = Mask
			}
		}
		inKey = (inKey || begins >= 0 && strings.Contains(line, "PRIVATE KEY")) && ends <= begins
	}
	return redacted
}

// carried is the line that may say what a line is, or none: the one before it, when it ends with a name or with what
// begins a value, or the head of the block of YAML that it stands in.
func carried(head, before, line string) string {
	if head, ok := headOf(before); ok && len(cellsOf(line, head.sign)) == head.cells {
		return before
	}
	if head != "" && (strings.TrimSpace(before) == "" || isRowBelow(head, line)) {
		return head
	}
	if ending := strings.TrimRight(before, " \t\r\"',"); ending != "" {
		if _, mark, ok := strings.Cut(ending, "<<"); ok && isIdentifier(strings.TrimLeft(mark, "-~")) {
			return before
		}
		word := ending[strings.LastIndexAny(ending, " \t\"':=")+1:]
		if strings.IndexByte(`:|>-{([\`, ending[len(ending)-1]) >= 0 || kindOf(word) == credentialName {
			return before
		}
	}
	if head != "" && strings.ContainsAny(head[len(head)-1:], "|>-:{") && margin(line) > margin(head) {
		return head
	}
	return ""
}

// isRowBelow reports whether a line is a row of the table that head begins, or is drawn between its rows.
func isRowBelow(head, line string) bool {
	table, ok := headOf(head)
	return ok && (isBorder(line) || len(cellsOf(line, table.sign)) == table.cells)
}

// margin is how far right a line begins.
func margin(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// behind is a line without its secrets, read behind head.
func behind(head, line string) string {
	redacted := Text(head + "\n" + line)
	at := strings.IndexByte(redacted, '\n')
	if at < 0 {
		return Mask
	}
	return redacted[at+1:]
}

// JSON returns an event as one compact JSON text without its secrets. Key order and the form of numbers stay. Masked
// are
//
//   - every value of an environment, whether a list of name and value, a list of NAME=value or a map, in any letter
//     case and at any depth, also in JSON that is the text of a string; names stay;
//   - every value below a key that names a credential, but for the names and ARNs in it, such as a secret's valueFrom;
//     and the value beside a name that names a credential;
//   - the argument of a command's option that names a credential, such as --password;
//   - what Text masks, in every string and key.
//
// A doc that is several JSON objects or arrays one after the other becomes one line for each. From the first byte that
// is neither on, doc is taken as a text, as by Text.
func JSON(doc []byte) string {
	s := string(doc)
	if json.Valid(doc) {
		redacted, _ := redactDocument(s, plain)
		return redacted
	}
	return redactBroken(s)
}

// Writer passes on what is written to it without its secrets, as JSON returns it. Each Write is a document or a text of
// its own, as that of a logger is.
type Writer struct{ W io.Writer }

func (w Writer) Write(p []byte) (int, error) {
	line, isLine := bytes.CutSuffix(p, []byte("\n"))
	text := JSON(line)
	if isLine {
		text += "\n"
	}
	if _, err := io.WriteString(w.W, text); err != nil {
		return 0, err
	}
	return len(p), nil
}
