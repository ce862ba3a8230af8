package classifier

import (
	"strings"
	"unicode/utf8"

	"whystopped/events"
)

// text is one of a stop's texts. plain has typographic quotes and white space normalised and keeps the letter case, for facts;
// folded is plain in lower case (ASCII), for rules. Both have the same length, so that places in one are places in the other.
type text struct {
	container int // index of the container whose reason it is, -1 for the task's own or an attachment's
	plain     string
	folded    *haystack
	words     *haystack // set by read: folded with the names of things blanked; what an image or a secret is called proves nothing
}

// haystack is a text in which many words are looked for. It keeps which pairs of neighbouring bytes stand in it, each byte by its
// five low bits: a text that lacks one pair of a word lacks the word, and most words are dismissed after a few letters.
type haystack struct {
	text  string
	pairs [32]uint32 // the element of the first byte has the bit of the second
}

func haystackOf(text string) *haystack {
	h := &haystack{text: text}
	for i := 1; i < len(text); i++ {
		h.pairs[text[i-1]&31] |= 1 << (text[i] & 31)
	}
	return h
}

// index returns the first place of the word, -1 when it is not in the text.
func (h *haystack) index(word string) int {
	for i := 1; i < len(word); i++ {
		if h.pairs[word[i-1]&31]&(1<<(word[i]&31)) == 0 {
			return -1
		}
	}
	return strings.Index(h.text, word)
}

func (h *haystack) has(word string) bool { return h.index(word) >= 0 }

// texts returns what the stop says in words: the reason first, then each container's, then the attachments', and the name of a
// service's event last. Of a container that ended while its task goes on, only its own reason counts.
func texts(s *events.Stop) []text {
	all := make([]text, 0, 1+len(s.Containers))
	add := func(container int, reason string) {
		if reason == "" {
			return
		}
		t := fold(reason)
		t.container = container
		all = append(all, t)
	}
	add(-1, s.StoppedReason)
	for i, c := range s.Containers {
		if s.Kind != events.KindContainer || i == s.Ended {
			add(i, c.Reason)
		}
	}
	for _, a := range s.Attachments {
		add(-1, a.Details["statusReason"])
	}
	if s.Kind != events.KindRequest {
		add(-1, s.EventName)
	}
	return all
}

// failedToStart is a prefix that placement failures carry and that tools print before the reason.
const failedToStart = "taskfailedtostart: "

func fold(s string) text {
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
	t := text{container: -1, plain: string(plain)}
	for i, c := range plain {
		if 'A' <= c && c <= 'Z' {
			plain[i] = c + ('a' - 'A')
		}
	}
	folded, prefixed := strings.CutPrefix(string(plain), failedToStart)
	if prefixed {
		t.plain = t.plain[len(failedToStart):]
	}
	t.folded = haystackOf(folded)
	return t
}

func endsWord(c byte) bool {
	switch c {
	case ' ', '"', '\'', '(', ')', ',', ';':
		return true
	}
	return false
}

// blankBracketed blanks the names of service and load balancer that a service's message has in brackets.
func blankBracketed(folded string) string {
	for _, before := range []string{"(service ", "service (", "(elb ", "(target-group "} {
		at := strings.Index(folded, before)
		if at < 0 {
			continue
		}
		at += len(before)
		if n := strings.IndexAny(folded[at:], ", )"); n > 0 && !strings.HasPrefix(folded[at:], "arn:") {
			folded = folded[:at] + strings.Repeat("_", n) + folded[at+n:]
		}
	}
	return folded
}

// blankNames blanks image references, the paths of URLs and the resource part of ARNs; hosts, services and files stay.
func blankNames(folded string) string {
	if !strings.Contains(folded, "/") {
		return folded
	}
	words := []byte(folded)
	for start := 0; start < len(folded); {
		end := start
		for end < len(folded) && !endsWord(folded[end]) {
			end++
		}
		word := folded[start:end]
		from := len(word)
		if i := strings.Index(word, "://"); i >= 0 {
			if j := strings.IndexByte(word[i+3:], '/'); j >= 0 {
				from = i + 3 + j
			}
		} else if strings.HasPrefix(word, "arn:") {
			if parts := strings.SplitN(word, ":", 6); len(parts) == 6 {
				from = len(word) - len(parts[5])
			}
		} else if host, _, found := strings.Cut(word, "/"); found && strings.ContainsAny(host, ".:") && !strings.HasPrefix(word, ".") {
			from = 0
		}
		for i := from; i < len(word); i++ {
			words[start+i] = '_'
		}
		start = end + 1
	}
	return string(words)
}
