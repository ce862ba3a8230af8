package reader

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
	"unicode/utf16"
	"unicode/utf8"
)

// undo returns the text that r holds, whatever it is packed in: gzip, UTF-16, base64.
func undo(r io.Reader) (io.Reader, error) {
	plain := bufio.NewReaderSize(r, 4096)
	if beginsDocument(plain) {
		return plain, nil
	}
	r = plain
	for range maxDepth {
		b := bufio.NewReaderSize(r, 4096)
		start, err := b.Peek(1024)
		if err != nil && err != io.EOF {
			return nil, err
		}
		switch {
		case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
			if r, err = gzip.NewReader(b); err != nil {
				return nil, err
			}
		case bytes.HasPrefix(start, []byte{0xff, 0xfe}), isUTF16(start, 1):
			r = &utf16Reader{r: b, order: binary.LittleEndian}
		case bytes.HasPrefix(start, []byte{0xfe, 0xff}), isUTF16(start, 0):
			r = &utf16Reader{r: b, order: binary.BigEndian}
		case packed.Match(start):
			r = base64.NewDecoder(base64.StdEncoding, b)
		default:
			return b, nil
		}
	}
	return r, nil
}

// damaged reports whether an error tells that what was packed cannot be unpacked.
func damaged(err error) bool {
	_, ofFlate := errors.AsType[flate.CorruptInputError](err)
	_, ofBase64 := errors.AsType[base64.CorruptInputError](err)
	return ofFlate || ofBase64 || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) ||
		errors.Is(err, gzip.ErrChecksum)
}

// packed is base64 of gzip, or of a JSON document, from its first byte on.
var packed = regexp.MustCompile(`^\s*(H4sI|eyJ|eyA|ewo|ew0K|W3si|Wwo)[A-Za-z0-9+/=\r\n]*$`)

// isUTF16 reports whether every other byte of a text, from zero on, is 0, as in UTF-16 of ASCII.
func isUTF16(text []byte, zero int) bool {
	if len(text) < 4 {
		return false
	}
	for i := range min(len(text), 64) {
		if (text[i] == 0) != (i%2 == zero) {
			return false
		}
	}
	return true
}

// utf16Reader reads UTF-16 as UTF-8.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	high  uint16 // the first half of a pair
	rest  []byte
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	var unit [2]byte
	for len(u.rest) < len(p) {
		if _, err := io.ReadFull(u.r, unit[:]); err != nil {
			if len(u.rest) == 0 {
				if err == io.ErrUnexpectedEOF {
					err = io.EOF
				}
				return 0, err
			}
			break
		}
		c := u.order.Uint16(unit[:])
		switch {
		case utf16.IsSurrogate(rune(c)) && c < 0xdc00:
			u.high = c
			continue
		case u.high != 0:
			u.rest = utf8.AppendRune(u.rest, utf16.DecodeRune(rune(u.high), rune(c)))
			u.high = 0
		case c != 0xfeff:
			u.rest = utf8.AppendRune(u.rest, rune(c))
		}
	}
	n := copy(p, u.rest)
	u.rest = u.rest[:copy(u.rest, u.rest[n:])]
	return n, nil
}

// unpacked is what a document holds in members that are packed: the data of a subscription filter, of Kinesis, of
// Firehose.
func (d *decoder) unpacked(doc []byte, line int) (answers []answer) {
	if d.depth >= maxDepth {
		return nil
	}
	for _, m := range packedMember.FindAllSubmatch(doc, -1) {
		text := make([]byte, base64.StdEncoding.DecodedLen(len(m[1])))
		n, err := base64.StdEncoding.Decode(text, m[1])
		if err != nil {
			continue
		}
		plain, err := undo(bytes.NewReader(text[:n]))
		if err != nil {
			continue
		}
		text, err = io.ReadAll(io.LimitReader(plain, maxDocument))
		if err == nil {
			answers = append(answers, d.inner(text, line)...)
		}
	}
	return answers
}

var packedMember = regexp.MustCompile(`"((?:H4sI|eyJ|eyA|ewo|ew0K|W3si|Wwo)[A-Za-z0-9+/]{40,}={0,2})"`)
