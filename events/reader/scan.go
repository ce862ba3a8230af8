package reader

import "encoding/json"

// scanner finds the end of a JSON value in bytes that are still being read. It is as strict as package json, so that
// what is not JSON is known where it stops being it.
type scanner struct {
	at       int    // what was scanned, from the start of the value
	open     []byte // the brackets that are open
	want     want
	inKey    bool   // the string is a key
	start    int    // of the number, or of the rest of a name
	rest     string // what must follow of true, false or null
	elements []int  // where the elements of an outermost array start
	members  int    // keys with their colons
}

type want int

const (
	wantValue        want = iota
	wantFirstElement      // or ]
	wantFirstKey          // or }
	wantKey
	wantColon
	wantNext // a comma or the end
	inString
	inEscape
	inHex // and the three after it
	inHex2
	inHex3
	inHex4
	inNumber
	inName
	isDone
	isBroken // at is where
)

// scan goes on in b, which begins where the value does, and stops at its end, where it is broken, or at the end of b.
func (s *scanner) scan(b []byte) {
	for s.at < len(b) && s.want < isDone {
		c := b[s.at]
		switch s.want {
		case inString:
			for c != '"' && c != '\\' && c >= ' ' {
				if s.at++; s.at == len(b) {
					return
				}
				c = b[s.at]
			}
			switch {
			case c == '\\':
				s.want = inEscape
			case c != '"':
				s.want = isBroken
				return
			case s.inKey:
				s.want = wantColon
			default:
				s.ended()
			}
			s.at++
			continue
		case inEscape:
			switch c {
			case 'u':
				s.want = inHex
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				s.want = inString
			default:
				s.want = isBroken
				return
			}
			s.at++
			continue
		case inHex, inHex2, inHex3, inHex4:
			if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
				s.want = isBroken
				return
			}
			if s.want++; s.want > inHex4 {
				s.want = inString
			}
			s.at++
			continue
		case inNumber:
			if '0' <= c && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-' {
				s.at++
				continue
			}
			if !json.Valid(b[s.start:s.at]) {
				s.want = isBroken
				return
			}
			s.ended()
			continue
		case inName:
			if c != s.rest[0] {
				s.want = isBroken
				return
			}
			if s.rest = s.rest[1:]; s.rest == "" {
				s.ended()
			}
			s.at++
			continue
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			s.at++
			continue
		}
		s.token(c)
		if s.want == isBroken {
			return
		}
		s.at++
	}
}

// token takes a byte outside strings, numbers and names.
func (s *scanner) token(c byte) {
	switch {
	case s.want == wantColon && c == ':':
		s.want = wantValue
		s.members++
	case (s.want == wantKey || s.want == wantFirstKey) && c == '"':
		s.want, s.inKey = inString, true
	case s.want == wantNext && c == ',':
		s.want = wantValue
		if s.open[len(s.open)-1] == '{' {
			s.want = wantKey
		}
	case (s.want == wantNext || s.want == wantFirstKey) && c == '}' && s.open[len(s.open)-1] == '{',
		(s.want == wantNext || s.want == wantFirstElement) && c == ']' && s.open[len(s.open)-1] == '[':
		s.open = s.open[:len(s.open)-1]
		s.ended()
	case s.want == wantValue || s.want == wantFirstElement:
		if len(s.open) == 1 && s.open[0] == '[' {
			s.elements = append(s.elements, s.at)
		}
		s.value(c)
	default:
		s.want = isBroken
	}
}

func (s *scanner) value(c byte) {
	switch c {
	case '{':
		s.open = append(s.open, c)
		s.want = wantFirstKey
	case '[':
		s.open = append(s.open, c)
		s.want = wantFirstElement
	case '"':
		s.want, s.inKey = inString, false
	case 't':
		s.want, s.rest = inName, "rue"
	case 'f':
		s.want, s.rest = inName, "alse"
	case 'n':
		s.want, s.rest = inName, "ull"
	default:
		if c != '-' && (c < '0' || c > '9') {
			s.want = isBroken
			return
		}
		s.want, s.start = inNumber, s.at
	}
}

// ended notes the end of a value.
func (s *scanner) ended() {
	s.want = wantNext
	if len(s.open) == 0 {
		s.want = isDone
	}
}
