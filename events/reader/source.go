package reader

import (
	"bytes"
	"io"
)

// source is a stream of which only what is not yet handed out is held.
type source struct {
	r    io.Reader
	buf  []byte
	pos  int
	eof  bool
	err  error // of r, but for its end
	line int   // of buf[pos], from 1
}

// rest is what was read and not yet handed out.
func (s *source) rest() []byte { return s.buf[s.pos:] }

// fill reads more and reports whether there was more.
func (s *source) fill() bool {
	for !s.eof {
		s.buf = append(s.buf[:0], s.buf[s.pos:]...)
		s.pos = 0
		if free := cap(s.buf) - len(s.buf); free < 64<<10 {
			s.buf = append(make([]byte, 0, 2*cap(s.buf)+128<<10), s.buf...)
		}
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if err != nil {
			s.eof = true
			if err != io.EOF {
				s.err = err
			}
		}
		if n > 0 {
			return true
		}
	}
	return false
}

// advance hands out n bytes.
func (s *source) advance(n int) []byte {
	taken := s.buf[s.pos : s.pos+n]
	s.line += bytes.Count(taken, newline)
	s.pos += n
	return taken
}

// peek returns the first byte from i on that is no white space; 0 where there is none.
func (s *source) peek(i int) byte {
	for {
		for ; s.pos+i < len(s.buf); i++ {
			if c := s.buf[s.pos+i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
				return c
			}
		}
		if i > maxGap || !s.fill() {
			return 0
		}
	}
}

// maxGap is how much white space may follow an opening bracket.
const maxGap = 64 << 10

var newline = []byte{'\n'}
