package picture

import (
	"strconv"
	"strings"
)

// The sizes of a terminal's picture.
const (
	letter = 12.5
	column = letter * monoEm
	row    = 18
	margin = 16
	bar    = 34 // above the first line, with the command
)

// Terminal draws what a program printed to a terminal of so many columns, below the command that ran it. Of the escape
// sequences it knows colours, bold and faint; the others, such as links, leave their text.
func Terminal(theme Theme, columns int, command, printed string) string {
	c := New(theme)
	c.Text(margin, bar-10, Style{Size: letter, Colour: c.Faint, Mono: true}, "$")
	c.Text(margin+2*column, bar-10, Style{Size: letter, Colour: c.Ink, Mono: true, Bold: true}, command)
	p, y := pen{theme: theme}, float64(bar+margin)
	for line := range strings.Lines(strings.TrimRight(printed, "\n") + "\n") {
		y += row
		at := 0
		for _, piece := range p.pieces(strings.TrimRight(line, "\n")) {
			for text := []rune(piece.text); len(text) > 0; {
				if at == columns { // as a terminal does with a line that it cannot hold
					at, y = 0, y+row
				}
				n := min(len(text), columns-at)
				c.letters(at, y-row/2, piece.Style, string(text[:n]))
				at, text = at+n, text[n:]
			}
		}
	}
	width := float64(columns)*column + 2*margin
	c.Path(c.Line, false, [2]float64{0, bar}, [2]float64{width, bar})
	return c.SVG(width, y+margin/2, command,
		"What the program prints, in a terminal of "+strconv.Itoa(columns)+" columns.")
}

// letters draws a text from a column on; the spaces around it need no drawing.
func (c *Canvas) letters(at int, y float64, s Style, text string) {
	spaces := len(text) - len(strings.TrimLeft(text, " "))
	if text = strings.Trim(text, " "); text != "" {
		c.Text(margin+float64(at+spaces)*column, y, s, text)
	}
}

// piece is a text in one look.
type piece struct {
	text string
	Style
}

// pen is the look that the escape sequences have set.
type pen struct {
	theme       Theme
	bold, faint bool
	colour      string
}

// pieces cuts a line where its look changes.
func (p *pen) pieces(line string) (pieces []piece) {
	for line != "" {
		text, rest, found := strings.Cut(line, "\x1b")
		if text != "" {
			pieces = append(pieces, piece{text, p.style()})
		}
		if !found {
			break
		}
		line = p.sequence(rest)
	}
	return pieces
}

// sequence obeys the escape sequence that text begins with, and returns what comes after it.
func (p *pen) sequence(text string) string {
	switch {
	case strings.HasPrefix(text, "["): // a control sequence ends with a letter
		end := strings.IndexFunc(text[1:], func(r rune) bool { return r >= '@' && r <= '~' })
		if end < 0 {
			return ""
		}
		if text[1+end] == 'm' {
			for code := range strings.SplitSeq(text[1:1+end], ";") {
				p.set(code)
			}
		}
		return text[2+end:]
	case strings.HasPrefix(text, "]"): // a command to the terminal ends with ST or BEL
		st, bel := strings.Index(text, "\x1b\\"), strings.IndexByte(text, '\a')
		switch {
		case st >= 0 && (bel < 0 || st < bel):
			return text[st+2:]
		case bel >= 0:
			return text[bel+1:]
		}
		return ""
	}
	return text
}

func (p *pen) set(code string) {
	switch code {
	case "", "0":
		p.bold, p.faint, p.colour = false, false, ""
	case "1":
		p.bold = true
	case "2":
		p.faint = true
	case "22":
		p.bold, p.faint = false, false
	case "31", "91":
		p.colour = p.theme.Red
	case "32", "92":
		p.colour = p.theme.Green
	case "33", "93":
		p.colour = p.theme.Yellow
	case "34", "94", "36", "96":
		p.colour = p.theme.Blue
	case "39":
		p.colour = ""
	}
}

func (p *pen) style() Style {
	s := Style{Size: letter, Colour: p.theme.Ink, Bold: p.bold, Mono: true}
	switch {
	case p.colour != "":
		s.Colour = p.colour
	case p.faint:
		s.Colour = p.theme.Faint
	}
	return s
}
