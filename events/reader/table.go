package reader

import (
	"encoding/csv"
	"slices"
	"strings"
)

var boxes = strings.NewReplacer("│", "|", "┃", "|", "║", "|", "─", "-", "━", "-", "═", "-")

// firstOfBoxes is the byte that each of them begins with.
const firstOfBoxes = "\xe2"

// isBorder reports whether a line is a rule between others.
func isBorder(line string) bool {
	return strings.ContainsAny(line, "-=") && strings.Trim(line, " |+-=:┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬╞╡╪╭╮╰╯┡┩╇") == ""
}

// section is a part of a table below its title.
type section struct {
	title string
	depth int
	rows  [][]string
	ruled []bool   // a border stands below the row
	open  bool     // no border stands beside the rows
	items []object // what the rows hold
}

// tablesIn returns the documents that a text holds in tables: as aws prints them with --output table, where each level
// has one bar more, or of any other tool with a line of names.
func tablesIn(text string) []object {
	if !strings.ContainsAny(text, "|│┃║") || !ofECS(text) && !has(text, tellingWords) {
		return nil
	}
	root := &section{}
	path := []*section{root}
	ended := func() {
		for _, s := range path {
			s.read()
		}
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, firstOfBoxes) {
			line = boxes.Replace(line)
		}
		line = strings.TrimSpace(line)
		last := path[len(path)-1]
		switch {
		case isBorder(line):
			if n := len(last.ruled); n > 0 {
				last.ruled[n-1] = true
			}
		case strings.HasPrefix(line, "|"):
			depth := len(line) - len(strings.TrimLeft(line, "|"))
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			if len(cells) > 1 {
				last.rows = append(last.rows, cells)
				last.ruled = append(last.ruled, false)
				continue
			}
			for len(path) > 1 && path[len(path)-1].depth >= depth {
				path[len(path)-1].read()
				path = path[:len(path)-1]
			}
			above := path[len(path)-1]
			above.read()
			s := &section{title: cells[0], depth: depth}
			path = append(path, s)
			above.hold(s)
		case strings.Contains(line, "|") && !strings.HasPrefix(line, "|"): // a table without a frame
			cells := strings.Split(line, "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			last.rows = append(last.rows, cells)
			last.ruled = append(last.ruled, false)
			last.open = true
		default:
			ended()
			for _, s := range path {
				s.rows, s.ruled, s.open = nil, nil, false
			}
		}
	}
	ended()
	return shaped(root.value())
}

// hold makes a section part of the last item of the one above.
func (s *section) hold(below *section) {
	if len(s.items) == 0 {
		s.items = append(s.items, object{})
	}
	item := s.items[len(s.items)-1]
	if item[below.title] == nil {
		item[below.title] = below
	} else if list, ok := item[below.title].([]any); ok {
		item[below.title] = append(list, below)
	} else {
		item[below.title] = []any{item[below.title], below}
	}
}

// read makes items of the rows that were gathered: pairs of a name and a value, or values below a row of names.
func (s *section) read() {
	rows, ruled := s.rows, s.ruled
	open := s.open
	s.rows, s.ruled, s.open = nil, nil, false
	if len(rows) == 0 || open && !ruled[0] {
		return
	}
	if len(rows) > 1 && ruled[0] && (len(rows[0]) != 2 || !slices.Contains(ruled[1:len(ruled)-1], true)) &&
		!(len(rows[0]) == 2 && isField(rows[1][0])) {
		for _, row := range rows[1:] {
			o := object{}
			for i, name := range rows[0] {
				if i < len(row) {
					o[name] = typed(row[i])
				}
			}
			s.items = append(s.items, o)
		}
		return
	}
	if len(rows[0]) == 2 && isField(rows[0][0]) {
		o := object{}
		for _, row := range rows {
			if len(row) == 2 {
				o[row[0]] = typed(row[1])
			}
		}
		s.items = append(s.items, o)
		return
	}
	for _, row := range rows {
		list := []any{}
		for _, c := range row {
			list = append(list, typed(c))
		}
		if task, is := rowOf(list); is {
			s.items = append(s.items, task)
		} else if c, is := containerRow(list); is {
			s.items = append(s.items, c)
		}
	}
}

// isField reports whether a text is the name of a field of ECS, or another name of one.
func isField(name string) bool { return ecsNames[fold(name)] != "" || fields[fold(name)] != "" }

// value is what a section holds.
func (s *section) value() any {
	list := []any{}
	for _, item := range s.items {
		o := object{}
		for key, v := range item {
			switch v := v.(type) {
			case *section:
				o[key] = v.value()
			case []any:
				all := []any{}
				for _, e := range v {
					if below, ok := e.(*section); ok {
						all = append(all, below.value().([]any)...)
					} else {
						all = append(all, e)
					}
				}
				o[key] = all
			default:
				o[key] = v
			}
		}
		list = append(list, o)
	}
	return list
}

// csvIn returns the documents that a text holds in CSV with a line of names.
func csvIn(text string) []object {
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\uFEFF \r\n"), "\n")
	if len(head) > maxHead {
		return nil
	}
	for _, comma := range ",;\t" {
		if !areNames(strings.Split(strings.TrimSpace(head), string(comma))) {
			continue
		}
		r := csv.NewReader(strings.NewReader(text))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
		names, err := r.Read()
		if err != nil {
			return nil
		}
		rows := []any{}
		for {
			row, err := r.Read()
			if err != nil {
				return shaped(rows)
			}
			o := object{}
			for i, name := range names {
				if i < len(row) && row[i] != "" {
					o[strings.Trim(name, "\uFEFF ")] = typed(row[i])
				}
			}
			rows = append(rows, o)
		}
	}
	return nil
}

// maxHead is how long a line of names may be.
const maxHead = 4096

// areNames reports whether the first line of CSV holds names, of which some are those of fields.
func areNames(cells []string) bool {
	known, words, sure := 0, 0, false
	for _, c := range cells {
		c = strings.Trim(c, "\" ")
		if isField(lastOf(c)) {
			known++
			name := fold(lastOf(c))
			sure = sure || name == "stoppedreason" || name == "stopcode" || strings.HasSuffix(name, "message")
		}
		if aWord.MatchString(c) {
			words++
		}
	}
	return len(cells) > 1 && (known > 1 || sure && words == len(cells))
}

// lastOf is the last part of a name with dots.
func lastOf(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
