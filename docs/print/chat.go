package main

import (
	"html"
	"os"
	"path/filepath"
	"strings"

	"whystopped/docs/picture"
)

// toldMessage is the message of notify's tests that the pictures show: a failure with repeats that were held back.
const toldMessage = "../notify/testdata/repeated"

const (
	messageText = 13.0
	messageLine = 19.0
)

// chatPicture draws the notification that notify publishes as a channel shows it. How its parts are laid out is up to
// the chat application; their texts and their order are those of the message.
func chatPicture(dir string, theme picture.Theme) (string, error) {
	var message struct {
		Content struct {
			Title, Description string
			NextSteps          []string
		}
	}
	if err := readJSON(filepath.Join(dir, toldMessage+".json"), &message); err != nil {
		return "", err
	}
	c := picture.New(theme)
	y := edge + 22
	c.Box(edge, edge, 32, 32, theme.Blue, "")
	c.Text(edge+16, edge+22, picture.Style{Size: 16, Colour: theme.Paper, Bold: true, Middle: true}, "Q")
	c.Text(edge+44, y-4, picture.Style{Size: 14, Colour: theme.Ink, Bold: true}, "Amazon Q Developer")
	c.Box(edge+218, y-17, 36, 17, theme.Card, theme.Line)
	c.Text(edge+236, y-4, picture.Style{Size: 10.5, Colour: theme.Faint, Middle: true}, "APP")
	t := texts{canvas: c, x: edge + 58, y: y + 12, room: diagramWidth - 2*edge - 70}
	top := t.y
	t.write(picture.Style{Size: 14, Colour: theme.Ink, Bold: true}, html.UnescapeString(message.Content.Title))
	t.y += 6
	for line := range strings.SplitSeq(html.UnescapeString(message.Content.Description), "\n") {
		label, text, _ := strings.Cut(strings.TrimPrefix(line, "*"), "* ")
		t.labelled(label, strings.Trim(text, "`"), strings.HasPrefix(text, "`"))
	}
	t.y += 6
	t.write(picture.Style{Size: messageText, Colour: theme.Ink, Bold: true}, "Next Steps")
	for _, step := range message.Content.NextSteps {
		t.labelled("•", html.UnescapeString(step), false)
	}
	c.Box(edge+44, top, 4, t.y-top+4, theme.Red, "")
	return c.SVG(diagramWidth, t.y+edge, "A failure in a chat", "Title, proof, repeats that were held back, time, "+
		"task, containers, account, links, class, signature, what ECS said, and the next step."), nil
}

// mailPicture draws the same message as an inbox shows it.
func mailPicture(dir string, theme picture.Theme) (string, error) {
	mail, err := os.ReadFile(filepath.Join(dir, toldMessage+".txt"))
	if err != nil {
		return "", err
	}
	head, body, _ := strings.Cut(string(mail), "\n\n")
	c := picture.New(theme)
	t := texts{canvas: c, x: edge + 12, y: edge + 10, room: diagramWidth - 2*edge - 24}
	subject := strings.TrimPrefix(head, "Subject: ")
	t.write(picture.Style{Size: 15, Colour: theme.Ink, Bold: true}, subject)
	t.write(picture.Style{Size: messageText, Colour: theme.Faint}, "from whystopped <no-reply@sns.amazonaws.com>")
	t.y += 8
	c.Path(theme.Line, false, [2]float64{edge, t.y}, [2]float64{diagramWidth - edge, t.y})
	t.y += 4
	for line := range strings.SplitSeq(strings.TrimRight(body, "\n"), "\n") {
		if line == "" {
			t.y += messageLine / 2
			continue
		}
		t.write(picture.Style{Size: 12, Colour: theme.Ink, Mono: true}, line)
	}
	return c.SVG(diagramWidth, t.y+edge, "A failure in an inbox",
		"The same message as plain text: one line for each part."), nil
}

// texts writes lines below each other.
type texts struct {
	canvas *picture.Canvas
	x, y   float64
	room   float64
}

func (t *texts) write(s picture.Style, text string) {
	for _, line := range picture.Lines(text, s, t.room) {
		t.y += messageLine
		t.canvas.Text(t.x, t.y-5, s, line)
	}
}

// labelled writes a text behind its label, the further lines below it.
func (t *texts) labelled(label, text string, mono bool) {
	bold := picture.Style{Size: messageText, Colour: t.canvas.Ink, Bold: true}
	plain := picture.Style{Size: messageText, Colour: t.canvas.Ink}
	if mono {
		plain = picture.Style{Size: 12, Colour: t.canvas.Red, Mono: true}
	}
	indent := 88.0
	if label == "•" {
		indent = 16
	}
	t.canvas.Text(t.x, t.y+messageLine-5, bold, label)
	for _, line := range picture.Lines(text, plain, t.room-indent) {
		t.y += messageLine
		t.canvas.Text(t.x+indent, t.y-5, plain, line)
	}
}
