package screen

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Column is one of a table, and what becomes of it on a terminal that is too narrow for all of them.
type Column struct {
	Title string
	Right bool                // numbers
	Paint func(string) string // how a cell is shown, as wide as it is
	Wraps bool                // goes on below itself, or where little room is left, below the other columns
	Brief func(string) string // a shorter form of a cell
	Goes  int                 // the first to be left out has 1; 0 always stays
	Name  bool                // names are shortened on a terminal, and more where need be
}

// Table prints rows. What is no terminal gets every cell whole. On a terminal no line is longer than it is wide: the
// column that wraps gets what the others leave; then cells take their brief forms, names are shortened in their middle,
// and columns are left out in their order, and it says which.
type Table struct {
	W       io.Writer
	Look    Look
	Columns []Column
	Plain   bool // without titles
	rows    [][]string
}

const (
	gap       = "  "
	wideName  = 32 // columns of a terminal that a name has at most
	leastText = 36 // columns that a column needs to wrap beside the others
	shortName = 20 // columns that names are shortened to before other columns are left out
	leastName = 12 // columns that they have at least
)

// Add adds a row.
func (t *Table) Add(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = Printable(fmt.Sprint(cell))
	}
	t.rows = append(t.rows, row)
}

// Render prints the table.
func (t *Table) Render() {
	shown := make([]int, len(t.Columns)) // the columns, by their index
	for i := range shown {
		shown[i] = i
	}
	wraps := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Wraps })
	room, below := 0, false
	if t.Look.Width > 0 {
		shown, room, below = t.fit(wraps)
	}
	widths := make([]int, len(t.Columns))
	for i := range widths {
		widths[i] = t.width(i)
	}
	if room > 0 {
		widths[wraps] = min(widths[wraps], room)
	}
	if !t.Plain {
		titles := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			titles[i] = c.Title
		}
		t.line(shown, widths, titles, wraps, false)
	}
	under := Screen{W: t.W, Look: t.Look}
	for _, row := range t.rows {
		t.line(shown, widths, row, wraps, true)
		if below {
			under.Wrapped("    ", row[wraps])
		}
	}
	var left []string
	for i, c := range t.Columns {
		if !slices.Contains(shown, i) && !(below && i == wraps) {
			left = append(left, c.Title)
		}
	}
	if left != nil {
		under.Wrapped(under.faint("not shown on so narrow a terminal: "), strings.Join(left, ", "))
	}
}

// fit makes the rows as narrow as the terminal. It returns which columns are shown, how much room the one that wraps
// has, and whether that one stands below the others.
func (t *Table) fit(wraps int) (shown []int, room int, below bool) {
	for i, c := range t.Columns {
		shown = append(shown, i)
		for _, row := range t.rows {
			if c.Name {
				row[i] = middle(row[i], wideName)
			}
		}
	}
	widths := make([]int, len(t.Columns))
	for i := range widths {
		widths[i] = t.width(i)
	}
	others := func() int { // than the one that wraps
		sum := 0
		for _, i := range shown {
			if i != wraps {
				sum += widths[i] + len(gap)
			}
		}
		return sum
	}
	if wraps >= 0 {
		if room = t.Look.Width - others(); room >= min(max(leastText, t.word(wraps)), widths[wraps]) {
			return shown, room, false
		}
		shown, below = slices.DeleteFunc(shown, func(i int) bool { return i == wraps }), true
	}
	tooWide := func() bool { return others()-len(gap) > t.Look.Width }
	for i, c := range t.Columns {
		if c.Brief != nil && tooWide() {
			for _, row := range t.rows {
				row[i] = c.Brief(row[i])
			}
			widths[i] = t.width(i)
		}
	}
	shorten := func(least int) { // the widest names, by a column at a time
		name := func(i int) int {
			if !t.Columns[i].Name {
				return 0
			}
			return widths[i]
		}
		shortened := map[int]bool{}
		for tooWide() {
			widest := slices.MaxFunc(shown, func(a, b int) int { return cmp.Compare(name(a), name(b)) })
			if name(widest) <= least {
				break
			}
			widths[widest]--
			shortened[widest] = true
		}
		for i := range shortened {
			for _, row := range t.rows {
				row[i] = middle(row[i], widths[i])
			}
		}
	}
	shorten(shortName)
	for tooWide() {
		next := slices.MinFunc(shown, func(a, b int) int { return cmp.Compare(t.goes(a), t.goes(b)) })
		if t.Columns[next].Goes == 0 {
			break
		}
		shown = slices.DeleteFunc(shown, func(i int) bool { return i == next })
	}
	shorten(leastName)
	return shown, 0, below
}

// goes is the place of a column in the order in which they are left out.
func (t *Table) goes(i int) int {
	if t.Columns[i].Goes == 0 {
		return len(t.Columns) + 1
	}
	return t.Columns[i].Goes
}

// word is the width of the longest word of a column.
func (t *Table) word(i int) int {
	longest := 0
	for _, row := range t.rows {
		for word := range strings.FieldsSeq(row[i]) {
			longest = max(longest, text.StringWidth(word))
		}
	}
	return longest
}

func (t *Table) width(i int) int {
	width := 0
	if !t.Plain {
		width = text.StringWidth(t.Columns[i].Title)
	}
	for _, row := range t.rows {
		width = max(width, text.StringWidth(row[i]))
	}
	return width
}

// line prints a row, with further lines for the column that wraps.
func (t *Table) line(shown, widths []int, cells []string, wraps int, painted bool) {
	wrapped := []string{""}
	if slices.Contains(shown, wraps) {
		wrapped = broken(cells[wraps], widths[wraps])
	}
	for n, part := range wrapped {
		line := ""
		for _, i := range shown {
			c, cell := t.Columns[i], cells[i]
			switch {
			case i == wraps:
				cell = part
			case n > 0:
				cell = ""
			}
			padding := strings.Repeat(" ", max(0, widths[i]-text.StringWidth(cell)))
			if painted && c.Paint != nil && cell != "" {
				cell = c.Paint(cell)
			}
			if c.Right {
				cell, padding = padding+cell, ""
			}
			line += cell + padding + gap
		}
		fmt.Fprintln(t.W, strings.TrimRight(line, " "))
	}
}

// middle is a text of at most so many columns, without its middle where it is longer: names differ at their ends.
func middle(s string, most int) string {
	if text.StringWidth(s) <= most {
		return s
	}
	runes := []rune(s)
	head, tail := (most-1)-(most-1)/2, (most-1)/2
	for text.StringWidth(string(runes[:head])) > (most-1)-(most-1)/2 {
		head--
	}
	for text.StringWidth(string(runes[len(runes)-tail:])) > (most-1)/2 {
		tail--
	}
	return string(runes[:head]) + "…" + string(runes[len(runes)-tail:])
}

// NewCounts is a table whose rows are a name, how many there were, and a note.
func NewCounts(w io.Writer) *Table {
	return &Table{W: w, Look: LookOf(w), Plain: true, Columns: []Column{{}, {Right: true}, {Wraps: true}}}
}
