package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/docs/picture"
	"whystopped/events"
	"whystopped/events/samples"
	"whystopped/ingest"
)

// widget is a widget of a dashboard, as CloudWatch takes it.
type widget struct {
	Type                string
	X, Y, Width, Height float64
	Properties          struct {
		Title, View, Query string
		Metrics            [][]any
		Alarms             []string
	}
}

// The sizes of a dashboard's picture.
const (
	dashboardRow = 26.0 // of the 24 columns and many rows in which widgets stand
	captionRoom  = 30.0
)

// dashboardPicture draws the dashboard of the kept template, with figures that are made up.
func dashboardPicture(dir string, theme picture.Theme) (string, error) {
	widgets, err := deployedWidgets(filepath.Join(dir, "../infra/testdata/template"))
	if err != nil {
		return "", err
	}
	failures, err := sampleFailures()
	if err != nil {
		return "", err
	}
	const columns = 24
	c := picture.New(theme)
	unit := (diagramWidth - 2*edge) / columns
	bottom := 0.0
	for _, w := range widgets {
		f := frame{x: edge + w.X*unit, y: edge + captionRoom + w.Y*dashboardRow, width: w.Width*unit - 6,
			height: w.Height*dashboardRow - 6}
		c.Box(f.x, f.y, f.width, f.height, theme.Card, theme.Line)
		title := picture.Style{Size: 12.5, Colour: theme.Ink, Bold: true}
		c.Text(f.x+10, f.y+19, title, picture.Fit(w.Properties.Title, title, f.width-20))
		inner := frame{x: f.x + 10, y: f.y + 30, width: f.width - 20, height: f.height - 40}
		switch {
		case w.Type == "alarm":
			drawAlarms(c, inner, w.Properties.Alarms)
		case w.Type == "metric":
			drawLines(c, inner, w.Properties.Metrics)
		case w.Properties.View == "bar":
			drawBars(c, inner, failures)
		case w.Properties.View == "table":
			rows, columns := failures, shownColumns(w.Properties.Query)
			if columns[0] == "stoppedAt" { // a list, the latest first
				rows = slices.SortedFunc(slices.Values(failures), func(a, b map[string]any) int {
					return strings.Compare(fmt.Sprint(b["stoppedAt"]), fmt.Sprint(a["stoppedAt"]))
				})
			}
			drawTable(c, inner, columns, rows)
		default:
			return "", fmt.Errorf("no way to draw a widget of type %q and view %q", w.Type, w.Properties.View)
		}
		bottom = max(bottom, f.y+f.height)
	}
	const title = "The dashboard whystopped"
	c.Text(edge, edge+14, picture.Style{Size: 13, Colour: theme.Faint},
		"An example: widgets and titles are the deployed ones, stops are samples of the repository, figures made up.")
	return c.SVG(diagramWidth, bottom+edge, title, titlesOf(widgets)), nil
}

func titlesOf(widgets []widget) string {
	var titles []string
	for _, w := range widgets {
		titles = append(titles, w.Properties.Title)
	}
	return "Its widgets, from top to bottom: " + strings.Join(titles, "; ") + "."
}

// deployedWidgets reads the dashboard of a template that is kept in parts. What the template refers to is put in by its
// name in the template, alarms by their own.
func deployedWidgets(dir string) ([]widget, error) {
	var alarms map[string]struct {
		Properties struct{ AlarmName any }
	}
	if err := readJSON(filepath.Join(dir, "alarms.json"), &alarms); err != nil {
		return nil, err
	}
	var resources map[string]struct {
		Properties struct {
			DashboardBody struct {
				Join []json.RawMessage `json:"Fn::Join"`
			}
		}
	}
	if err := readJSON(filepath.Join(dir, "dashboard.json"), &resources); err != nil {
		return nil, err
	}
	for _, r := range resources {
		var pieces []any
		if join := r.Properties.DashboardBody.Join; len(join) != 2 || json.Unmarshal(join[1], &pieces) != nil {
			return nil, fmt.Errorf("dashboard.json: its body is no Fn::Join of pieces")
		}
		var body strings.Builder
		for _, p := range pieces {
			switch p := p.(type) {
			case string:
				body.WriteString(p)
			case map[string]any:
				name, _ := p["Ref"].(string)
				if attribute, ok := p["Fn::GetAtt"].([]any); ok {
					name, _ = attribute[0].(string)
				}
				if alarm, ok := alarms[name]; ok {
					name = fmt.Sprint(alarm.Properties.AlarmName)
				}
				body.WriteString(name)
			}
		}
		var dashboard struct{ Widgets []widget }
		if err := json.Unmarshal([]byte(body.String()), &dashboard); err != nil {
			return nil, fmt.Errorf("dashboard.json: its body: %w", err)
		}
		return dashboard.Widgets, nil
	}
	return nil, fmt.Errorf("dashboard.json holds no dashboard")
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// dashboardSamples are the failures that a picture shows, and how often each happened; that is made up.
var dashboardSamples = []struct {
	name  string
	stops int
}{
	{"elb-unhealthy", 17},
	{"crashed-exit-1", 9},
	{"secret-not-found", 4},
	{"image-tag-not-found", 2},
	{"oom-with-sidecar", 1},
	{"registry-auth-denied", 1},
}

// sampleFailures are the fields of the records of samples, as a query finds them.
func sampleFailures() (rows []map[string]any, err error) {
	for _, sample := range dashboardSamples {
		raw, err := samples.Files.ReadFile(sample.name + ".json")
		if err != nil {
			return nil, err
		}
		stops, err := events.Parse(raw)
		if err != nil {
			return nil, err
		}
		r := ingest.Explain(stops[0], archive.SourceEvent, time.Time{})
		if r.Verdict != string(classifier.Failure) {
			return nil, fmt.Errorf("the sample %s is no failure but %s", sample.name, r.Verdict)
		}
		line, err := r.Encode()
		if err != nil {
			return nil, err
		}
		fields := map[string]any{"stops": sample.stops, "revisions": 1}
		if err := json.Unmarshal(line, &fields); err != nil {
			return nil, err
		}
		for column, field := range map[string]string{"lastSummary": "summary", "lastSeen": "stoppedAt",
			"firstSeen": "stoppedAt"} {
			fields[column] = fields[field]
		}
		rows = append(rows, fields)
	}
	return rows, nil
}

var (
	statistics = regexp.MustCompile(`(?m)^\| stats (.*) by (.*)$`)
	fieldsOf   = regexp.MustCompile(`(?m)^\| fields (.*)$`)
	called     = regexp.MustCompile(`[^,(]+(?:\([^)]*\))? as (\w+)`)
)

// shownColumns are the columns of a query's answer: what it counts by and what it counts, or the fields that it names.
func shownColumns(query string) []string {
	list := func(s string) (names []string) {
		for name := range strings.SplitSeq(s, ",") {
			names = append(names, strings.TrimSpace(name))
		}
		return names
	}
	if m := statistics.FindStringSubmatch(query); m != nil {
		columns := list(m[2])
		for _, named := range called.FindAllStringSubmatch(m[1], -1) {
			columns = append(columns, named[1])
		}
		return columns
	}
	if m := fieldsOf.FindStringSubmatch(query); m != nil { // further ones only sort
		return list(m[1])
	}
	return nil
}

// wide are the columns that need more or less room than the others.
var wide = map[string]float64{"summary": 3.6, "lastSummary": 4, "nextStep": 3.4, "class": 1.7, "service": 1.2,
	"stoppedAt": 2, "lastSeen": 2, "firstSeen": 2, "signature": 1.7, "stops": 0.7, "revisions": 1}

func drawTable(c *picture.Canvas, f frame, columns []string, rows []map[string]any) {
	total := 0.0
	for _, column := range columns {
		total += cmp.Or(wide[column], 1)
	}
	const size, line, gap = 10, 19.0, 6
	head := picture.Style{Size: size, Colour: c.Faint, Bold: true}
	text := picture.Style{Size: size, Colour: c.Ink}
	x := f.x
	for _, column := range columns {
		width := f.width * cmp.Or(wide[column], 1) / total
		c.Text(x, f.y+12, head, picture.Fit(column, head, width-gap))
		for i, fields := range rows {
			y := f.y + 12 + line*float64(i+1)
			if value, ok := fields[column]; ok && y <= f.y+f.height {
				c.Text(x, y, text, picture.Fit(fmt.Sprint(value), text, width-gap))
			}
		}
		x += width
	}
	c.Path(c.Line, false, [2]float64{f.x, f.y + 18}, [2]float64{f.x + f.width, f.y + 18})
}

// shape is how many of something happened in each hour of a day; made up.
var shape = []int{0, 0, 1, 0, 2, 0, 0, 1, 3, 1, 0, 4, 9, 6, 3, 1, 0, 1, 0, 2, 1, 0, 0, 1}

func drawBars(c *picture.Canvas, f frame, failures []map[string]any) {
	var domains []string
	for _, r := range failures {
		if domain := fmt.Sprint(r["domain"]); !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	colours := []string{c.Red, c.Yellow, c.Blue, c.Green, c.Faint}
	plot := axes(c, f)
	width := plot.width / float64(len(shape))
	for hour, most := range shape {
		y := plot.y + plot.height
		for i := range domains {
			n := (most + i) / len(domains) // spread over the domains
			height := plot.height * float64(n) / float64(slices.Max(shape))
			if y -= height; n > 0 {
				c.Box(plot.x+float64(hour)*width+1, y, width-2, height, colours[i%len(colours)], "")
			}
		}
	}
	legend(c, f, domains, colours)
}

func drawLines(c *picture.Canvas, f frame, metrics [][]any) {
	var names []string
	for _, m := range metrics {
		if name := metricName(m); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	colours := []string{c.Red, c.Yellow, c.Green, c.Blue, c.Faint}
	plot := axes(c, f)
	for i, name := range slices.Backward(names) {
		var points [][2]float64
		for hour, n := range shape {
			if name != string(classifier.Failure) { // the others are quiet
				n = 0
				if name == string(classifier.Expected) || name == string(classifier.Review) {
					n = shape[(hour+5*i)%len(shape)] / 3
				}
			}
			points = append(points, [2]float64{plot.x + plot.width*float64(hour)/float64(len(shape)-1),
				plot.y + plot.height - plot.height*float64(n)/float64(slices.Max(shape))})
		}
		c.Path(colours[i%len(colours)], false, points...)
	}
	legend(c, f, names, colours)
}

// metricName is what tells a metric from its neighbours: the value of its last dimension where that is a word of its
// own, or its name, or the label of an expression. What an expression is made of is not shown and has none.
func metricName(metric []any) string {
	var words []string
	for _, part := range metric {
		switch part := part.(type) {
		case string:
			words = append(words, part)
		case map[string]any:
			if part["visible"] == false {
				return ""
			}
			if label, isExpression := part["label"].(string); isExpression && part["expression"] != nil {
				return label
			}
		}
	}
	if len(words) == 4 && words[2] == "verdict" {
		return words[3]
	}
	return words[1]
}

func axes(c *picture.Canvas, f frame) frame {
	plot := frame{x: f.x + 4, y: f.y, width: f.width - 8, height: f.height - 30}
	bottom := plot.y + plot.height
	c.Path(c.Line, false, [2]float64{plot.x, plot.y}, [2]float64{plot.x, bottom},
		[2]float64{plot.x + plot.width, bottom})
	return plot
}

// legend names the colours below a plot, as many as there is room for.
func legend(c *picture.Canvas, f frame, names, colours []string) {
	x, s := f.x, picture.Style{Size: 10.5, Colour: c.Faint}
	for i, name := range names {
		width := picture.Width(name, s) + 24
		if x+width > f.x+f.width {
			c.Text(x, f.y+f.height-4, s, "…")
			return
		}
		c.Box(x, f.y+f.height-13, 10, 10, colours[i%len(colours)], "")
		c.Text(x+14, f.y+f.height-4, s, name)
		x += width
	}
}

func drawAlarms(c *picture.Canvas, f frame, alarms []string) {
	const perRow, gap = 2, 6.0
	rows := (len(alarms) + perRow - 1) / perRow
	width, height := (f.width-gap)/perRow, min(24, f.height/float64(rows)-4)
	for i, name := range alarms {
		x, y := f.x+float64(i%perRow)*(width+gap), f.y+float64(i/perRow)*(height+4)
		colour, state := c.Green, "OK"
		if name == stack.AlarmPrefix+"failures" {
			colour, state = c.Red, "In alarm"
		}
		c.Box(x, y, width, height, c.Paper, colour)
		s := picture.Style{Size: 10, Colour: c.Ink}
		c.Text(x+6, y+height/2+4, s, picture.Fit(strings.TrimPrefix(name, stack.AlarmPrefix), s, width-64))
		c.Text(x+width-50, y+height/2+4, picture.Style{Size: 10, Colour: colour, Bold: true}, state)
	}
}
