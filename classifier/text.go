package classifier

import (
	"iter"
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// text is one of a stop's texts: Plain for facts, Folded for rules.
type text struct {
	events.Text
	folded haystack // Folded, to look for words in
	// set by read: Folded with the names of things blanked; what an image or a secret is called proves nothing
	words haystack
}

func newText(t events.Text) text { return text{Text: t, folded: haystackOf(t.Folded)} }

// haystack is a text in which many words are looked for. It keeps which triples of neighbouring bytes stand in it: a
// text that lacks one triple of a word lacks the word, and most words are dismissed after a few letters.
type haystack struct {
	text    string
	triples *[64]uint64 // a bit for each key of a triple
}

// A triple's key is made byte by byte: the key of the triple before, shifted, with the group of the new byte.
func nextKey(key uint32, c byte) uint32 { return (key<<4 ^ uint32(group[c])) & 0xfff }

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

func haystackOf(text string) haystack {
	h := haystack{text: text, triples: new([64]uint64)}
	h.add(text)
	return h
}

// add notes the triples of a part of the text.
func (h haystack) add(part string) {
	if len(part) < 3 {
		return
	}
	key, triples := nextKey(nextKey(0, part[0]), part[1]), h.triples
	for i := 2; i < len(part); i++ {
		key = nextKey(key, part[i])
		triples[key>>6] |= 1 << (key & 63)
	}
}

// blanked returns the haystack of a text that is this one with bytes replaced by "_". Both share the triples of both,
// which dismisses a few words less.
func (h haystack) blanked(text string) haystack {
	b := haystack{text: text, triples: h.triples}
	for start := 0; ; {
		i := strings.IndexByte(text[start:], '_')
		if i < 0 {
			return b
		}
		from := start + i
		for start = from + 1; start < len(text) && text[start] == '_'; {
			start++
		}
		b.add(text[max(from-2, 0):min(start+2, len(text))])
	}
}

// rarestKey returns the key of the triple in a word that fewest texts have, and reports whether the word has one.
func rarestKey(word string) (rarest uint32, ok bool) {
	least := 3 * 256
	for i := 0; i+3 <= len(word); i++ {
		a, b, c := word[i], word[i+1], word[i+2]
		if n := int(frequency[a]) + int(frequency[b]) + int(frequency[c]); n < least {
			rarest, least = nextKey(nextKey(nextKey(0, a), b), c), n
		}
	}
	return rarest, len(word) >= 3
}

// hasKey reports whether a triple with the key stands in the text.
func (h haystack) hasKey(key uint32) bool { return h.triples[key>>6]&(1<<(key&63)) != 0 }

// index returns the first place of the word, -1 when it is not in the text.
func (h haystack) index(word string) int {
	if len(word) >= 3 {
		key := nextKey(nextKey(0, word[0]), word[1])
		for i := 2; i < len(word); i++ {
			key = nextKey(key, word[i])
			if !h.hasKey(key) {
				return -1
			}
		}
	}
	rarest := 0
	for i := range len(word) {
		if frequency[word[i]] < frequency[word[rarest]] {
			rarest = i
		}
	}
	for from := rarest; from < len(h.text); from++ {
		i := strings.IndexByte(h.text[from:], word[rarest])
		if i < 0 {
			return -1
		}
		from += i
		if at := from - rarest; strings.HasPrefix(h.text[at:], word) {
			return at
		}
	}
	return -1
}

// frequency orders bytes by how often they stand in texts; those that are not listed are the rarest.
var frequency = func() (f [256]byte) {
	const byFrequency = "jzqxkvbwyfgh-/mpdulc.:s0123456789nroiate "
	for i := range len(byFrequency) {
		f[byFrequency[i]] = byte(1 + i)
	}
	return f
}()

func (h haystack) has(word string) bool { return h.index(word) >= 0 }

// places are all places of a word in the text.
func (h haystack) places(word string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := h.index(word); at >= 0 && yield(at); {
			next := strings.Index(h.text[at+len(word):], word)
			if next < 0 {
				return
			}
			at += len(word) + next
		}
	}
}

// alone reports whether what stands from start to end is no part of a longer word.
func (h haystack) alone(start, end int) bool {
	return (start == 0 || !isWord(h.text[start-1])) && (end == len(h.text) || !isWord(h.text[end]))
}

// endsWord are the bytes that divide words.
var endsWord = [256]bool{' ': true, '"': true, '\'': true, '(': true, ')': true, ',': true, ';': true}

// blankBracketed blanks the names of service and load balancer that a service's message has in brackets.
func blankBracketed(said haystack) string {
	folded := said.text
	for _, before := range []string{"(service ", "service (", "(elb ", "(target-group "} {
		if !said.has(before) {
			continue
		}
		at := strings.Index(folded, before) + len(before)
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
	blanked, names := append(make([]byte, 0, 1024), folded...), false
	slash, arn := -1, -1 // the next ones
	for start := 0; ; {
		slash, arn = next(folded, "/", slash, start), next(folded, "arn:", arn, start)
		at := min(slash, arn)
		if at == len(folded) {
			break
		}
		for at > start && !endsWord[folded[at-1]] {
			at--
		}
		end := at
		for end < len(folded) && !endsWord[folded[end]] {
			end++
		}
		word := folded[at:end]
		if from := nameIn(word, slash < end); from < len(word) {
			names = true
			for i := at + from; i < end; i++ {
				blanked[i] = '_'
			}
		}
		start = end
	}
	if !names {
		return folded
	}
	return string(blanked)
}

// next returns the first place of the word from start on, the length of the text when there is none. It was at last
// when it was looked for before.
func next(folded, word string, last, start int) int {
	if last >= start {
		return last
	}
	if i := strings.Index(folded[start:], word); i >= 0 {
		return start + i
	}
	return len(folded)
}

// nameIn returns where the name in a word begins, the length of the word when there is none.
func nameIn(word string, slash bool) int {
	arn := strings.HasPrefix(word, "arn:")
	if !slash && !arn {
		return len(word)
	}
	if i := strings.Index(word, "://"); i >= 0 {
		if j := strings.IndexByte(word[i+3:], '/'); j >= 0 {
			return i + 3 + j
		}
	} else if arn {
		if name, whole := awsname.ParseARN(word); whole {
			return len(word) - len(name.Resource)
		}
	} else if host, _, found := strings.Cut(word, "/"); found && strings.ContainsAny(host, ".:") && word[0] != '.' {
		return 0
	}
	return len(word)
}
