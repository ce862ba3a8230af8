package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// maxDocument bounds the memory that one document of a stream may take, in bytes.
const maxDocument = 32 << 20

// Decode reads stops from r as they come: one document, JSON Lines, concatenated documents or an array of any length,
// of the forms that Parse reads. Each value is a Stop, or a *Refusal whose place starts with name (empty for none);
// after a broken document reading goes on at the next line that begins one. An error of r itself ends the sequence and
// is not a *Refusal.
func Decode(name string, r io.Reader) iter.Seq2[Stop, error] {
	return func(out func(Stop, error) bool) {
		f := framer{r: r, line: 1, element: -1}
		documents := 0
		for {
			doc, line, element, err := f.next()
			path := ""
			if element >= 0 {
				path = join("", "", element)
			}
			place := func(s Stop, r *Refusal) bool {
				if r == nil {
					return out(s, nil)
				}
				r.Name, r.Path = name, joinPath(path, r.Path)
				if r.Line == 0 {
					r.Line = line
				}
				return out(s, r)
			}
			var broken *brokenError
			more := true
			switch {
			case err == io.EOF:
				if documents == 0 {
					place(Stop{}, &Refusal{Reason: "empty: no document", Raw: []byte{}})
				}
				return
			case err == nil:
				var syntax *json.SyntaxError
				if more, syntax = readAny(doc, place); syntax != nil {
					doc, broken = f.giveUp(syntax)
				} else {
					f.advance(f.end)
				}
			case !errors.As(err, &broken):
				out(Stop{}, fmt.Errorf("%s: %w", name, err))
				return
			}
			if broken != nil {
				more = place(Stop{}, &Refusal{Line: broken.line, Reason: broken.reason, Raw: doc})
			}
			if !more {
				return
			}
			documents++
		}
	}
}

// readAny is read for any JSON value.
func readAny(doc []byte, out yield) (more bool, syntax *json.SyntaxError) {
	if doc[0] == '{' || doc[0] == '[' {
		return read(doc, out)
	}
	if err := json.Unmarshal(doc, new(any)); errors.As(err, &syntax) {
		return true, syntax
	}
	return out(Stop{}, &Refusal{Reason: "not an ECS task: expected a JSON object, found a " + typeOf(doc), Raw: doc,
		Foreign: true}), nil
}

func joinPath(a, b string) string {
	if a != "" && b != "" {
		return a + "." + b
	}
	return a + b
}

// brokenError is a document that is not JSON.
type brokenError struct {
	line   int
	reason string
}

func (e *brokenError) Error() string { return e.reason }

// framer cuts a stream into JSON documents without keeping more than one of them. The elements of an outermost array
// are documents of their own.
type framer struct {
	r        io.Reader
	buf      []byte // what was read and not yet handed out
	pos      int    // start of the next document in buf
	end      int    // end of the document that next returned
	eof      bool
	hopeless bool // what is left is no text
	byLine   bool // a document was broken: further ones end where a line begins another
	line     int  // line of buf[pos], from 1
	element  int  // index of the next array element, -1 outside an array
}

// next returns the next document, its line and its index in the outermost array (-1 outside one); advance or giveUp
// goes on behind it. A *brokenError comes with the bytes that were given up.
func (f *framer) next() (doc []byte, line, element int, err error) {
	for {
		c, err := f.skipSpace()
		if err != nil {
			if err == io.EOF && f.element >= 0 {
				f.element = -1
				return []byte{}, f.line, -1, &brokenError{f.line, "the array is cut off: no closing ]"}
			}
			return nil, f.line, -1, err
		}
		switch {
		case c == '[' && f.element < 0:
			f.element = 0
			f.pos++
		case c == ',' && f.element > 0:
			f.pos++
		case c == ']' && f.element >= 0:
			empty := f.element == 0
			f.element = -1
			f.pos++
			if empty {
				return []byte("[]"), f.line, -1, &brokenError{f.line, "empty array: no document"}
			}
		default:
			line, element = f.line, f.element
			reason, err := f.findEnd(c)
			switch {
			case err != nil:
				return nil, line, element, err
			case reason != "":
				doc, broken := f.skip(line, reason)
				return doc, line, element, broken
			}
			if f.element >= 0 {
				f.element++
			}
			return bytes.Clone(f.buf[f.pos:f.end]), line, element, nil
		}
	}
}

// giveUp skips the document that next returned because it is not JSON.
func (f *framer) giveUp(syntax *json.SyntaxError) ([]byte, *brokenError) {
	if syntax.Error() == "unexpected end of JSON input" {
		return f.skip(f.line, "the document is cut off")
	}
	line, at := f.line, min(f.pos+int(syntax.Offset), f.end)
	wrong := line + bytes.Count(f.buf[f.pos:at], []byte{'\n'})
	doc, broken := f.skip(line, "not JSON: "+syntax.Error())
	if bytes.Count(doc, []byte{'\n'}) > wrong-line {
		broken.line = wrong // else the document ended before the error: what it lacks is its end
	}
	return doc, broken
}

// skip moves behind a broken document, or to the next line in it that begins another one.
func (f *framer) skip(line int, reason string) ([]byte, *brokenError) {
	for i := f.pos; i+1 < f.end && !f.hopeless; i++ {
		if f.buf[i] == '\n' && (f.buf[i+1] == '{' || f.buf[i+1] == '[') {
			f.end = i + 1
			f.byLine = true
			break
		}
	}
	doc := bytes.Clone(f.buf[f.pos:f.end])
	f.advance(f.end)
	if len(doc) > 0 && doc[len(doc)-1] != '\n' {
		f.skipLine()
	}
	f.element = -1
	return doc, &brokenError{line, reason}
}

// giveUpAll makes all that is left, maxDocument at most, one broken document.
func (f *framer) giveUpAll() {
	for len(f.buf)-f.pos < maxDocument && f.fill() == nil {
	}
	f.buf = f.buf[:min(len(f.buf), f.pos+maxDocument)]
	f.eof, f.hopeless, f.end = true, true, len(f.buf)
}

// findEnd sets f.end behind the document at f.pos, which starts with c; reason tells why it is broken.
func (f *framer) findEnd(c byte) (reason string, err error) {
	if bytes.HasPrefix(f.buf[f.pos:], []byte{0xFF, 0xFE}) || bytes.HasPrefix(f.buf[f.pos:], []byte{0xFE, 0xFF}) {
		f.giveUpAll()
		return "the text is UTF-16; save it as UTF-8", nil
	}
	nested := c == '{' || c == '['
	depth, inString, escaped := 0, false, false
	for i := f.pos; ; i++ {
		f.end = i
		if i-f.pos == maxDocument {
			return fmt.Sprintf("the document is larger than %d MiB", maxDocument>>20), nil
		}
		if i == len(f.buf) {
			if i, err = f.more(i); err == io.EOF {
				return "", nil
			} else if err != nil {
				return "", err
			}
		}
		switch b := f.buf[i]; {
		case b == 0:
			f.giveUpAll()
			return "binary data, not JSON text in UTF-8", nil
		case inString:
			switch {
			case escaped:
				escaped = false
			case b == '\\':
				escaped = true
			case b == '"':
				inString = false
				if !nested {
					f.end++
					return "", nil
				}
			case b == '\n':
				return "not JSON: a string is not closed on its line", nil
			}
		case b == '"':
			inString = true
		case !nested:
			if i > f.pos && (isSpace(b) || b == ',' || b == ']' || b == '{' || b == '[') {
				return "", nil
			}
		case b == '\n' && f.byLine:
			if i+1 == len(f.buf) {
				if i, err = f.more(i); err != nil && err != io.EOF {
					return "", err
				}
			}
			if i+1 < len(f.buf) && (f.buf[i+1] == '{' || f.buf[i+1] == '[') {
				f.end = i + 1
				return "", nil
			}
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
			if depth == 0 {
				f.end++
				return "", nil
			}
		}
	}
}

// more fills the buffer while the document at f.pos is known up to i, and returns where i is then.
func (f *framer) more(i int) (int, error) {
	offset := i - f.pos
	err := f.fill()
	f.end = f.pos + offset
	return f.end, err
}

// skipSpace moves to the first byte of the next document and returns it.
func (f *framer) skipSpace() (byte, error) {
	for {
		for ; f.pos < len(f.buf); f.pos++ {
			b := f.buf[f.pos]
			if b >= byteOrderMark[0] && len(f.buf)-f.pos < len(byteOrderMark) && f.fill() == nil {
				f.pos--
				continue
			}
			switch {
			case b == '\n':
				f.line++
			case isSpace(b):
			case bytes.HasPrefix(f.buf[f.pos:], byteOrderMark):
				f.pos += len(byteOrderMark) - 1
			default:
				return b, nil
			}
		}
		if err := f.fill(); err != nil {
			return 0, err
		}
	}
}

func (f *framer) skipLine() {
	for {
		if i := bytes.IndexByte(f.buf[f.pos:], '\n'); i >= 0 {
			f.pos += i
			return
		}
		f.pos = len(f.buf)
		if f.fill() != nil {
			return
		}
	}
}

func (f *framer) advance(end int) {
	f.line += bytes.Count(f.buf[f.pos:end], []byte{'\n'})
	f.pos = end
}

// fill reads more into buf, dropping what lies before pos.
func (f *framer) fill() error {
	if f.eof {
		return io.EOF
	}
	f.buf = append(f.buf[:0], f.buf[f.pos:]...)
	f.pos = 0
	if free := cap(f.buf) - len(f.buf); free < 64<<10 {
		f.buf = append(make([]byte, 0, 2*cap(f.buf)+128<<10), f.buf...)
	}
	n, err := f.r.Read(f.buf[len(f.buf):cap(f.buf)])
	f.buf = f.buf[:len(f.buf)+n]
	if err == io.EOF {
		f.eof = true
		if n > 0 {
			return nil
		}
	}
	return err
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }
