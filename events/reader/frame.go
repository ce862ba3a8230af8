package reader

import (
	"bufio"
	"bytes"
	"html"
	"io"
	"mime/quotedprintable"
	"regexp"
)

// frames are what a tool or a mail puts before each line.
var frames = []*regexp.Regexp{
	regexp.MustCompile(`^(?:>[ >]*|\s*>+ ?)`),                      // a quotation
	regexp.MustCompile(`^\s*\d{1,6}(?:[ \t]*[|:│→]|[.)\t])[ \t]?`), // the number of the line
	regexp.MustCompile(
		`^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?\]?|\[\d\d:\d\d:\d\d(?:\.\d+)?\]) `),
	regexp.MustCompile(`^[\w./-]+\s+\| `), // the name of a container
	regexp.MustCompile(`^[│┃|] ?`),
	regexp.MustCompile(`^[+-]`), // a difference
}

// beginsDocument reports whether b begins with a JSON document. It reads no further than that takes, because a stream
// may pause behind one.
func beginsDocument(b *bufio.Reader) bool {
	open := false
	for n := 1; ; n++ {
		start, err := b.Peek(n)
		if err != nil {
			return false
		}
		switch c := start[n-1]; {
		case bytes.IndexByte([]byte(" \t\r\n\uFEFF"), c) >= 0:
		case !open && (c == '{' || c == '['):
			open = c == '{'
		default:
			return open && c == '"'
		}
	}
}

// unframed reads r without what stands before each line of it, where its first lines begin alike.
func unframed(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if beginsDocument(b) {
		return b, nil
	}
	start, err := b.Peek(8 << 10)
	if escapes.Match(start) { // colours
		b = bufio.NewReaderSize(&byLine{r: b, plain: func(line []byte) []byte { return escapes.ReplaceAll(line, nil) }},
			64<<10)
		start, err = b.Peek(8 << 10)
	}
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return b, nil // whoever reads on gets the error
	}
	lines := bytes.Split(start, newline)
	if len(lines) > 1 {
		lines = lines[:len(lines)-1]
	}
	switch {
	case bytes.Contains(start, []byte("&quot;")) || bytes.Contains(start, []byte("&#34;")):
		return &byLine{r: b, plain: func(line []byte) []byte {
			return []byte(html.UnescapeString(string(tags.ReplaceAll(line, nil))))
		}}, nil
	case bytes.Contains(start, []byte("</td>")), bytes.Contains(start, []byte("<br")):
		return &byLine{r: b, plain: func(line []byte) []byte {
			line = rowEnds.ReplaceAll(line, newline)
			return []byte(html.UnescapeString(string(tags.ReplaceAll(line, []byte{'\t'}))))
		}}, nil
	case quoted.Match(start):
		return quotedprintable.NewReader(b), nil
	}
	for _, frame := range frames {
		framed, all := 0, 0
		for _, line := range lines {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			all++
			if frame.Match(line) {
				framed++
			}
		}
		if framed >= 3 && framed*10 >= all*9 {
			return &byLine{r: b, plain: func(line []byte) []byte { return line[len(frame.Find(line)):] }}, nil
		}
	}
	return b, nil
}

var (
	rowEnds = regexp.MustCompile(`(?i)</tr>|<br */?>|</p>|</div>`)
	tags    = regexp.MustCompile(`</?\w+[^>]*>`)
	quoted  = regexp.MustCompile(`(?i)content-transfer-encoding: quoted-printable|=\r?\n[^\n]*=\r?\n`)
)

// byLine reads each line of r as plain makes it. A long line comes in parts, of which only the first is one.
type byLine struct {
	r     *bufio.Reader
	plain func([]byte) []byte
	rest  []byte
	mid   bool // the last part did not end its line
}

func (b *byLine) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		part, err := b.r.ReadSlice('\n')
		if len(part) == 0 && err != nil {
			return 0, err
		}
		if b.rest = part; !b.mid {
			b.rest = b.plain(part)
		}
		b.mid = part[len(part)-1] != '\n'
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}
