package redact

import "strings"

// tableHead is the first row of a table, of which at least one column is a credential's, or holds the values of names.
type tableHead struct {
	sign   string // between cells
	cells  int
	secret []int // the columns that are masked
	values int   // the column of values, or -1: which are masked where a name in the row is a credential's
}

const longestHead = 400

// headOf reads a line as the head of a table.
func headOf(row string) (head tableHead, ok bool) {
	if len(row) > longestHead {
		return tableHead{}, false
	}
	head = tableHead{sign: signOf(row), values: -1}
	if head.sign == "" {
		return tableHead{}, false
	}
	named := false
	for i, cell := range cellsOf(row, head.sign) {
		head.cells++
		if i == 0 {
			cell.text = cell.text[strings.LastIndexByte(cell.text, ' ')+1:] // a message may stand before it
			if strings.HasSuffix(cell.text, ":") {
				continue
			}
		}
		if cell.text == "" {
			continue
		}
		if head.sign == "," && !isIdentifier(cell.text) || strings.Trim(cell.text, "-+=: ") == "" ||
			strings.ContainsAny(cell.text, `:="'`) {
			return tableHead{}, false
		}
		switch kindOf(cell.text) {
		case credentialName:
			head.secret = append(head.secret, i)
		case valueName:
			head.values = i
		case nameName, keyName:
			named = true
		default:
			named = named || isOneOf(strings.ToLower(cell.text), "setting property option variable parameter field")
		}
	}
	if !named {
		head.values = -1
	}
	return head, head.cells > 1 && (len(head.secret) > 0 || head.values >= 0)
}

// signOf is what stands between the cells of a row, or "".
func signOf(row string) string {
	for _, sign := range []string{"|", "\t", ","} {
		if strings.Contains(row, sign) {
			return sign
		}
	}
	return ""
}

// cell is a part of a row, without the spaces around it, and where it begins.
type cell struct {
	text string
	from int
}

func cellsOf(row, sign string) (cells []cell) {
	row = strings.TrimRight(row, "\r")
	for at := 0; ; {
		text, _, more := strings.Cut(row[at:], sign)
		left := strings.TrimLeft(text, " ")
		cells = append(cells, cell{strings.TrimRight(left, " "), at + len(text) - len(left)})
		if at += len(text) + len(sign); !more {
			return cells
		}
	}
}

// isBorder reports whether a line is drawn between rows.
func isBorder(row string) bool { return strings.Trim(row, "-+|=: \r") == "" }

// maskTables masks the columns of tables that are credentials', and the values beside their names.
func maskTables(s string) string {
	if strings.IndexByte(s, '\n') < 0 {
		return s
	}
	e := edit{src: s}
	var head tableHead
	inTable := false
	for at := 0; at < len(s); {
		row := line(s[at:])
		if inTable && !isBorder(row) {
			inTable = head.maskRow(&e, at, row)
		}
		if !inTable {
			head, inTable = headOf(row)
		}
		at += len(row) + 1
	}
	return e.String()
}

// maskRow masks the cells of a row, and reports whether it is one of the table.
func (h *tableHead) maskRow(e *edit, at int, row string) bool {
	if strings.Count(row, h.sign) != h.cells-1 || h.sign == "," && strings.Contains(row, ", ") {
		return false
	}
	cells := cellsOf(row, h.sign)
	mask := func(c cell) {
		if c.text != "" && !isOneOf(strings.ToLower(c.text), "null nil none - t f true false") {
			e.mask(at+c.from, at+c.from+len(c.text))
		}
	}
	for _, i := range h.secret {
		mask(cells[i])
	}
	if h.values >= 0 {
		for _, c := range cells[:h.values] {
			if kindOf(c.text) == credentialName {
				mask(cells[h.values])
				break
			}
		}
	}
	return true
}
