package main

import (
	"slices"
	"strconv"
	"strings"

	"whystopped/archive/stack"
	"whystopped/docs/picture"
)

// station is a box of a diagram: a name, and what happens there.
type station struct {
	title string
	text  string
	steps []string // numbered, each "Word: what it does"
}

// wayStations are where an event passes, in columns from left to right.
var wayStations = [][]station{
	{
		{title: "Amazon ECS", text: "a task stops, a container dies in a task that goes on, a service or a " +
			"deployment is in trouble"},
		{title: "EventBridge rules", text: "let pass what matters: no scale-in, no job that ended with 0"},
		{title: "You", text: "a paste, a file, a pipe, the id of a task, a page of the console"},
	},
	{
		{title: "whystopped", text: "the same steps in the Lambda function and on the command line", steps: []string{
			"Read: the stops, in whatever form and wrapping",
			"Explain: stage, fault and likeliest causes, by rules, codes and clock",
			"Ask: the account, with calls that only read",
			"Prove: each cause is confirmed, ruled out or left open",
			"Redact: what is secret, before it is kept",
			"Keep and tell: what is new, and once",
		}},
	},
	{
		{title: "Your screen", text: "cause, proof, next step, where to look"},
		{title: "Log group " + stack.LogGroup, text: "a record per stop, for the dashboard, queries and " +
			"whystopped history"},
		{title: "Topic", text: "failures, for Slack, Teams and mail; repeats are held back"},
		{title: "Queues", text: stack.UndeliveredQueue + " and " + stack.FailedQueue + ": what could not be " +
			"delivered or written"},
	},
}

// wayArrows lead from one station to another, by their titles.
var wayArrows = [][2]string{
	{"Amazon ECS", "EventBridge rules"},
	{"EventBridge rules", "whystopped"},
	{"You", "whystopped"},
	{"whystopped", "Your screen"},
	{"whystopped", "Log group " + stack.LogGroup},
	{"whystopped", "Topic"},
	{"whystopped", "Queues"},
}

// wayPicture draws the way of an event.
func wayPicture(theme picture.Theme) string {
	return diagram(theme, "The way of one event", wayStations, wayArrows)
}

// The sizes of a diagram. A page on GitHub is about 830 wide.
const (
	diagramWidth = 820.0
	gutter       = 56.0 // between columns, for arrows
	edge         = 16.0
	padding      = 12.0
	lineHeight   = 18.0
	least        = 28.0 // between stations of a column
)

// frame is where a station is drawn.
type frame struct{ x, y, width, height float64 }

func (f frame) middle() float64 { return f.y + f.height/2 }

// diagram draws stations in columns, and arrows between them.
func diagram(theme picture.Theme, title string, columns [][]station, arrows [][2]string) string {
	width := (diagramWidth - 2*edge - gutter*float64(len(columns)-1)) / float64(len(columns))
	heights := make([]float64, len(columns))
	for i, column := range columns {
		for _, s := range column {
			heights[i] += drawn(picture.New(theme), s, frame{width: width}) + least
		}
		heights[i] -= least
	}
	tallest := slices.Max(heights)
	c := picture.New(theme)
	at := map[string]frame{}
	for i, column := range columns {
		x, y := edge+float64(i)*(width+gutter), edge
		gap := least
		if len(column) > 1 {
			gap += (tallest - heights[i]) / float64(len(column)-1)
		}
		for _, s := range column {
			f := frame{x: x, y: y, width: width}
			f.height = drawn(picture.New(theme), s, f)
			if len(column) == 1 {
				f.height = tallest
			}
			c.Box(f.x, f.y, f.width, f.height, theme.Card, theme.Line)
			drawn(c, s, f)
			at[s.title] = f
			y += f.height + gap
		}
	}
	for _, a := range arrows {
		from, to := at[a[0]], at[a[1]]
		switch {
		case from.x == to.x:
			x := from.x + from.width/2
			c.Path(theme.Faint, true, [2]float64{x, from.y + from.height}, [2]float64{x, to.y})
		case from.height > to.height:
			c.Path(theme.Faint, true, [2]float64{from.x + from.width, to.middle()}, [2]float64{to.x, to.middle()})
		default:
			c.Path(theme.Faint, true, [2]float64{from.x + from.width, from.middle()}, [2]float64{to.x, from.middle()})
		}
	}
	return c.SVG(diagramWidth, tallest+2*edge, title, told(columns))
}

// drawn draws what a station says, and returns how high that is.
func drawn(c *picture.Canvas, s station, f frame) float64 {
	title := picture.Style{Size: 14.5, Colour: c.Ink, Bold: true}
	text := picture.Style{Size: 13, Colour: c.Faint}
	room, y := f.width-2*padding, f.y+padding
	write := func(x float64, style picture.Style, lines []string) {
		for _, line := range lines {
			y += lineHeight
			c.Text(x, y-4, style, line)
		}
	}
	write(f.x+padding, title, picture.Lines(s.title, title, room))
	write(f.x+padding, text, picture.Lines(s.text, text, room))
	const indent = 20
	for i, step := range s.steps {
		y += lineHeight / 2
		c.Text(f.x+padding, y+lineHeight-4, picture.Style{Size: 13, Colour: c.Blue, Bold: true}, strconv.Itoa(i+1))
		name, does, _ := strings.Cut(step, ": ")
		write(f.x+padding+indent, picture.Style{Size: 13, Colour: c.Ink, Bold: true}, []string{name})
		write(f.x+padding+indent, text, picture.Lines(does, text, room-indent))
	}
	return y + padding - f.y
}

// told is a diagram in words.
func told(columns [][]station) string {
	var words []string
	for _, s := range slices.Concat(columns...) {
		words = append(words, s.title+": "+strings.TrimRight(s.text+"; "+strings.Join(s.steps, "; "), "; ")+".")
	}
	return strings.Join(words, " ")
}
