package picture

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestTerminalKeepsPlacesAndLooks(t *testing.T) {
	theme := Themes[0]
	for name, test := range map[string]struct{ printed, want string }{
		"plain text":         {"cause  x < y", `fill="` + theme.Ink + `" xml:space="preserve">cause  x &lt; y<`},
		"bold and red":       {"\x1b[1;31mFAILURE\x1b[0m", `fill="` + theme.Red + `" xml:space="preserve" font-weight="bold">FAILURE<`},
		"faint":              {"\x1b[2mproof\x1b[0m", `fill="` + theme.Faint + `" xml:space="preserve">proof<`},
		"the look ends":      {"\x1b[32m✓\x1b[0m ruled out", `fill="` + theme.Ink + `" xml:space="preserve">ruled out<`},
		"the look goes on":   {"\x1b[31mone\ntwo\x1b[0m", `fill="` + theme.Red + `" xml:space="preserve">two<`},
		"a link is its text": {"\x1b]8;;https://example.com\x1b\\here\x1b]8;;\x1b\\", `>here<`},
		"a link with BEL":    {"\x1b]8;;https://example.com\ahere\x1b]8;;\a", `>here<`},
		"place after spaces": {"\x1b[1mab\x1b[0m  cd", `<text x="` + number(margin+4*column) + `" `},
		"a line too long":    {strings.Repeat("a", 80) + "rest", `>rest<`},
		"an unknown code":    {"\x1b[38;5;9mx\x1b[0m\x1b[Ky", `>y<`},
	} {
		t.Run(name, func(t *testing.T) {
			got := Terminal(theme, 80, "whystopped explain", test.printed)
			if !strings.Contains(got, test.want) || strings.Contains(got, "example.com") {
				t.Errorf("%q is drawn as\n%s\nwant %s", test.printed, got, test.want)
			}
		})
	}
}

func TestTextsFit(t *testing.T) {
	s := Style{Size: 13}
	for _, text := range []string{"", "one", "a task stops, a container dies in a task that goes on",
		"whystopped-undelivered-and-much-longer-than-any-line-of-a-box and more"} {
		for _, room := range []float64{40, 120, 1000} {
			for _, line := range Lines(text, s, room) {
				if Width(line, s) > room {
					t.Errorf("%q in %.0f has the line %q, which is %.0f wide", text, room, line, Width(line, s))
				}
			}
		}
	}
	if got := strings.Join(Lines("one two  three", s, 1000), "|"); got != "one two three" {
		t.Errorf("what fits is not on one line: %s", got)
	}
	if got := Lines("one verylongword", s, Width("verylong", s)); strings.Join(got, "|") != "one|verylong|word" {
		t.Errorf("a word that is too long is broken as %q", got)
	}
	if got := Fit("abcdefghij", s, Width("abcdef…", s)); got != "abcdef…" {
		t.Errorf("cut is %s", got)
	}
}

func TestTextsAreEscaped(t *testing.T) {
	c := New(Themes[1])
	c.Text(1, 2, Style{Size: 13, Colour: c.Ink}, `<script>&"'`)
	d := xml.NewDecoder(strings.NewReader(c.SVG(10, 20, "a < b", "c & d")))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Error("a text became an element")
		}
	}
}
