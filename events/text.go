package events

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is one of a stop's texts, made comparable. Plain has typographic quotes and white space normalised and keeps the
// letter case; Folded is Plain in lower case (ASCII). Both have the same length, so that places in one are places in
// the other.
type Text struct {
	Container int // index of the container whose reason it is, -1 for all else
	Plain     string
	Folded    string
}

// Texts are what a stop says in words.
type Texts []Text

// Texts returns what the stop says in words: the reason first, then each container's, then the attachments', and the
// name of a service's event last. Of a container that ended while its task goes on, only its own reason counts; of a
// hook and of an instance's health the name alone, because what stands beside it is anybody's words.
func (s *Stop) Texts() Texts {
	all := make(Texts, 0, 1+len(s.Containers))
	add := func(container int, reason string) {
		if reason == "" {
			return
		}
		t := Fold(reason)
		t.Container = container
		all = append(all, t)
	}
	if s.Kind == KindHook || s.Kind == KindInstance {
		add(-1, cmp.Or(s.EventName, s.StoppedReason))
		return all
	}
	add(-1, s.StoppedReason)
	for i, c := range s.Containers {
		if s.Kind != KindContainer || i == s.Ended {
			add(i, c.Reason)
		}
	}
	for _, a := range s.Attachments {
		add(-1, a.Details["statusReason"])
	}
	if s.Kind != KindRequest {
		add(-1, s.EventName)
	}
	return all
}

// Say reports whether one of the words, in lower case, stands in one of the texts.
func (t Texts) Say(words ...string) bool {
	return slices.ContainsFunc(t, func(t Text) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(t.Folded, word) })
	})
}

// failedToStart is a prefix that placement failures carry and that tools print before the reason.
const failedToStart = "taskfailedtostart: "

// Fold makes the Text of s, which is no container's.
func Fold(s string) Text {
	t := Text{Container: -1}
	if normal(s) {
		t.Plain, t.Folded = s, lower(append(make([]byte, 0, 1024), s...))
	} else {
		t.Plain, t.Folded = normalize(s)
	}
	if folded, prefixed := strings.CutPrefix(t.Folded, failedToStart); prefixed {
		t.Plain, t.Folded = t.Plain[len(failedToStart):], folded
	}
	return t
}

// normal reports whether a text is ASCII with single spaces between its words, as most are.
func normal(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || '\t' <= c && c <= '\r' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return s == "" || before != ' '
}

// normalize returns s with typographic quotes and white space normalised, and that in lower case.
func normalize(s string) (normalized, folded string) {
	plain := make([]byte, 0, len(s))
	space := true
	for i := 0; i < len(s); {
		c := s[i]
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			r, size = utf8.DecodeRuneInString(s[i:])
			switch r {
			case '‘', '’', '‛', '′':
				c = '\''
			case '“', '”', '„', '″':
				c = '"'
			case '\u00a0', '\u2002', '\u2003', '\u2009', '\u200a', '\u202f', '\u3000', '\u200b', '\ufeff':
				c = ' '
			}
		}
		i += size
		switch {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\v' || c == '\f':
			if !space {
				plain = append(plain, ' ')
			}
			space = true
			continue
		case c < utf8.RuneSelf:
			plain = append(plain, c)
		default:
			plain = append(plain, s[i-size:i]...)
		}
		space = false
	}
	if n := len(plain); n > 0 && plain[n-1] == ' ' {
		plain = plain[:n-1]
	}
	normalized = string(plain)
	return normalized, lower(plain)
}

// lower returns the text in lower case (ASCII), and makes it so in place.
func lower(text []byte) string {
	for i, c := range text {
		text[i] = lowered[c]
	}
	return string(text)
}

var lowered = func() (l [256]byte) {
	for c := range l {
		l[c] = byte(c)
		if 'A' <= c && c <= 'Z' {
			l[c] += 'a' - 'A'
		}
	}
	return l
}()
