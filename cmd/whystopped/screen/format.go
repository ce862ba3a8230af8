package screen

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"whystopped/archive"
)

// Fields are the flags that print fields of records, for programs.
type Fields struct {
	csv    bool
	format format
}

// Flags are those of a command that also has --json.
func (f *Fields) Flags(c *cobra.Command) {
	c.Flags().BoolVar(&f.csv, "csv", false, "a table as CSV, a row per stop and a column per field of docs/record.md")
	c.Flags().Var(&f.format, "format", "a line per stop with the fields in braces, as in "+
		"'{cluster} {class}': those of docs/record.md")
	c.RegisterFlagCompletionFunc("format", completeField)
	c.MarkFlagsMutuallyExclusive("json", "csv", "format")
}

// Asked reports whether one of the flags was given.
func (f *Fields) Asked() bool { return f.csv || f.format != nil }

// Show writes to w what is asked for: before the first stop what stands above all, then each stop that it is called
// with.
func (f *Fields) Show(w io.Writer) (func(archive.Record) error, error) {
	if f.csv {
		return showCSV(w)
	}
	return func(r archive.Record) error {
		_, err := io.WriteString(w, f.format.of(r)+"\n")
		return err
	}, nil
}

func showCSV(w io.Writer) (func(archive.Record) error, error) {
	names := slices.DeleteFunc(archive.FieldNames(), notPrinted)
	rows := csv.NewWriter(w)
	write := func(row []string) error {
		if err := rows.Write(row); err != nil {
			return err
		}
		rows.Flush()
		return rows.Error()
	}
	return func(r archive.Record) error {
		row := make([]string, len(names))
		for i, name := range names {
			row[i] = cell(r.Value(name))
		}
		return write(row)
	}, write(names)
}

// notPrinted reports whether a field is of the archive, as with --json.
func notPrinted(name string) bool { return name == "rawEvent" || name == "recordedAt" }

// cell is a value as a spreadsheet shows it, without what is not to be seen. One takes a text that
// begins so for a formula; behind an apostrophe it is a text
// (https://owasp.org/www-community/attacks/CSV_Injection).
func cell(value any) string {
	text, isText := value.(string)
	if !isText {
		return printed(value)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	text = strings.Join(lines, "\n")
	begins, _ := utf8.DecodeRuneInString(strings.TrimSpace(text))
	if strings.ContainsRune("=+-@＝＋－＠", begins) {
		return "'" + text
	}
	return text
}

// printed is a value of a field as a text, empty where it is not known.
func printed(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case archive.Time:
		quoted, _ := v.MarshalJSON()
		return strings.Trim(string(quoted), `"`)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// format is a line with fields in it. Its zero value is none.
type format []part

// A part is the name of a field, or a text.
type part struct{ field, text string }

// String is the flag's value when it is not given.
func (f *format) String() string { return "" }

// Type is what stands for the value in the help.
func (f *format) Type() string { return "TEXT" }

// Set reads a line in which {name} stands for a field, and {{ and }} for braces.
func (f *format) Set(line string) error {
	*f = format{}
	text := func(s string) { *f = append(*f, part{text: s}) }
	for line != "" {
		at := strings.IndexAny(line, "{}")
		if at < 0 {
			text(line)
			return nil
		}
		text(line[:at])
		brace, rest := line[at:at+1], line[at+1:]
		if after, twice := strings.CutPrefix(rest, brace); twice {
			text(brace)
			line = after
			continue
		}
		name, after, closed := strings.Cut(rest, "}")
		if brace == "}" || !closed {
			return errors.New("a brace has no other half: write {field}, and {{ or }} for the brace itself")
		}
		known := slices.DeleteFunc(archive.FieldNames(), notPrinted)
		if !slices.Contains(known, name) {
			return fmt.Errorf("no field %q%s", name, cmp.Or(DidYouMean(name, known), "; docs/record.md lists them"))
		}
		*f = append(*f, part{field: name})
		line = after
	}
	if len(*f) == 0 {
		return errors.New("it must have a field, such as {class}")
	}
	return nil
}

// of is the line of a record: one line, whatever its texts hold.
func (f format) of(r archive.Record) string {
	var line strings.Builder
	for _, p := range f {
		line.WriteString(p.text)
		if p.field != "" {
			line.WriteString(Printable(printed(r.Value(p.field))))
		}
	}
	return line.String()
}

// completeField ends the name of the field that is typed last.
func completeField(_ *cobra.Command, _ []string, typed string) (lines []string, _ cobra.ShellCompDirective) {
	const how = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	at := strings.LastIndexAny(typed, "{}") + 1
	if at == 0 || typed[at-1] == '}' {
		return nil, how
	}
	for _, name := range archive.FieldNames() {
		if strings.HasPrefix(name, typed[at:]) && !notPrinted(name) {
			lines = append(lines, typed[:at]+name+"}")
		}
	}
	return lines, how
}
