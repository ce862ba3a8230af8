// Package picture draws the pictures of the pages as SVG: boxes, texts and arrows, and what a terminal shows.
//
// A picture is plain: no script, no style sheet, no font and nothing else from elsewhere. It is drawn once on light and
// once on dark paper, and the same call always gives the same bytes. Texts are taken to be as wide as in a wide font,
// so that they fit in any.
package picture

import (
	"fmt"
	"html"
	"strings"
)

// Theme is the colours of a picture.
type Theme struct {
	Name                                                    string
	Paper, Card, Line, Ink, Faint, Blue, Red, Green, Yellow string
}

// Themes are those that a page chooses from by what its reader prefers.
var Themes = []Theme{
	{Name: "light", Paper: "#ffffff", Card: "#f6f8fa", Line: "#d0d7de", Ink: "#1f2328", Faint: "#59636e",
		Blue: "#0969da", Red: "#cf222e", Green: "#1a7f37", Yellow: "#9a6700"},
	{Name: "dark", Paper: "#0d1117", Card: "#151b23", Line: "#3d444d", Ink: "#f0f6fc", Faint: "#9198a1",
		Blue: "#4493f8", Red: "#f85149", Green: "#3fb950", Yellow: "#d29922"},
}

// Canvas is a picture that is being drawn.
type Canvas struct {
	Theme
	b strings.Builder
}

// New returns an empty canvas.
func New(theme Theme) *Canvas { return &Canvas{Theme: theme} }

// SVG returns what was drawn as a document of a size; title and description are for those who do not see it.
func (c *Canvas) SVG(width, height float64, title, description string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]s" height="%[2]s" viewBox="0 0 %[1]s %[2]s" `+
		`role="img">
<title>%[3]s</title>
<desc>%[4]s</desc>
<rect width="%[1]s" height="%[2]s" rx="8" fill="%[5]s"/>
%[6]s</svg>
`, number(width), number(height), html.EscapeString(title), html.EscapeString(description), c.Paper, c.b.String())
}

// Box draws a rectangle; where a colour is empty it has no fill or no border.
func (c *Canvas) Box(x, y, width, height float64, fill, border string) {
	if fill == "" {
		fill = "none"
	}
	if border != "" {
		border = ` stroke="` + border + `"`
	}
	fmt.Fprintf(&c.b, `<rect x="%s" y="%s" width="%s" height="%s" rx="%s" fill="%s"%s/>`+"\n", number(x), number(y),
		number(width), number(height), number(min(6, width/4, height/4)), fill, border)
}

// Style is how a text looks.
type Style struct {
	Size   float64
	Colour string
	Bold   bool
	Mono   bool
	Middle bool // x is its middle and not its beginning
}

// Text draws one line of text; y is its base line.
func (c *Canvas) Text(x, y float64, s Style, text string) {
	family, more := "system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif", ""
	if s.Mono {
		family = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
		more = ` xml:space="preserve"`
	}
	if s.Bold {
		more += ` font-weight="bold"`
	}
	if s.Middle {
		more += ` text-anchor="middle"`
	}
	fmt.Fprintf(&c.b, `<text x="%s" y="%s" font-size="%s" font-family="%s" fill="%s"%s>%s</text>`+"\n", number(x),
		number(y), number(s.Size), family, s.Colour, more, html.EscapeString(text))
}

// Path draws a line through points, with a head at its end where it is an arrow, which ends to the right
// or downwards.
func (c *Canvas) Path(colour string, arrow bool, points ...[2]float64) {
	var way []string
	for _, p := range points {
		way = append(way, number(p[0])+","+number(p[1]))
	}
	fmt.Fprintf(&c.b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n", strings.Join(way, " "),
		colour)
	if !arrow {
		return
	}
	const length, half = 8, 4
	to, from := points[len(points)-1], points[len(points)-2]
	x, y := to[0], to[1]
	var a, b [2]float64
	if to[0] > from[0] {
		a, b = [2]float64{x - length, y - half}, [2]float64{x - length, y + half}
	} else {
		a, b = [2]float64{x - half, y - length}, [2]float64{x + half, y - length}
	}
	fmt.Fprintf(&c.b, `<polygon points="%s,%s %s,%s %s,%s" fill="%s"/>`+"\n", number(x), number(y), number(a[0]),
		number(a[1]), number(b[0]), number(b[1]), colour)
}

// Lines breaks a text into lines that are no wider than room, also within a word that is wider.
func Lines(text string, s Style, room float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && Width(line+" "+word, s) <= room {
			line += " " + word
			continue
		}
		if line != "" {
			lines, line = append(lines, line), ""
		}
		for _, r := range word {
			if line != "" && Width(line+string(r), s) > room {
				lines, line = append(lines, line), ""
			}
			line += string(r)
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// Fit returns the text, or as much of it as there is room for, with "…".
func Fit(text string, s Style, room float64) string {
	if Width(text, s) <= room {
		return text
	}
	runes := []rune(text)
	for n := len(runes) - 1; n > 0; n-- {
		if cut := strings.TrimRight(string(runes[:n]), " ") + "…"; Width(cut, s) <= room {
			return cut
		}
	}
	return ""
}

// Width is how wide a text may become.
func Width(text string, s Style) float64 {
	ems := 0.0
	for _, r := range text {
		ems += em(r, s.Mono)
	}
	if s.Bold && !s.Mono {
		ems *= 1.1
	}
	return ems * s.Size
}

// em is the width of a letter in DejaVu Sans, which is wide, or in a font of fixed width.
func em(r rune, mono bool) float64 {
	switch {
	case mono:
		return monoEm
	case strings.ContainsRune("ijl'|", r):
		return 0.29
	case strings.ContainsRune(" ft.,:;!()[]r/-I", r):
		return 0.4
	case strings.ContainsRune("mwMW@%…→", r):
		return 0.98
	case 'A' <= r && r <= 'Z':
		return 0.72
	}
	return 0.63
}

const monoEm = 0.602

// number is a length without needless digits.
func number(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", f), "0"), ".")
}
