package classifier

import (
	"strings"

	"whystopped/events"
)

// text is one of a stop's texts: Plain for facts, Folded for rules.
type text struct {
	events.Text
	folded *haystack // Folded, to look for words in
	words  *haystack // set by read: Folded with the names of things blanked; what an image or a secret is called proves nothing
}

func newText(t events.Text) text { return text{Text: t, folded: haystackOf(t.Folded)} }

// haystack is a text in which many words are looked for. It keeps which pairs of neighbouring bytes stand in it, each
// byte by its group: a text that lacks one pair of a word lacks the word, and most words are dismissed after a few
// letters.
type haystack struct {
	text  string
	pairs [32]uint32 // the element of the first byte's group has the bit of the second's
}

// group tells bytes apart as far as 32 groups do: each letter and the space have one, digits share one, and the others
// a few.
var group = func() (g [256]byte) {
	for c := range g {
		switch {
		case 'a' <= c && c <= 'z':
			g[c] = byte(c - 'a')
		case '0' <= c && c <= '9':
			g[c] = 26
		case c == ' ':
			g[c] = 27
		default:
			g[c] = byte(28 + c%4)
		}
	}
	return g
}()

func haystackOf(text string) *haystack {
	h := &haystack{text: text}
	for i := 1; i < len(text); i++ {
		h.pairs[group[text[i-1]]&31] |= 1 << (group[text[i]] & 31)
	}
	return h
}

// index returns the first place of the word, -1 when it is not in the text.
func (h *haystack) index(word string) int {
	for i := 1; i < len(word); i++ {
		if h.pairs[group[word[i-1]]&31]&(1<<(group[word[i]]&31)) == 0 {
			return -1
		}
	}
	return strings.Index(h.text, word)
}

func (h *haystack) has(word string) bool { return h.index(word) >= 0 }

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
		end, slash := start, false
		for end < len(folded) && !endsWord(folded[end]) {
			slash = slash || folded[end] == '/'
			end++
		}
		word := folded[start:end]
		if !slash && !strings.HasPrefix(word, "arn:") {
			start = end + 1
			continue
		}
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
