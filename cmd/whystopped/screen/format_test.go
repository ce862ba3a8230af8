package screen

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
)

func TestFormat(t *testing.T) {
	code, run := int64(137), 2.5
	r := archive.Record{Cluster: "prod", Class: "runtime.oom", CulpritExitCode: &code,
		StoppedAt: archive.Time{Time: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}, RunSeconds: &run,
		StoppedReason: "one\r\ntwo\tthree\x1b[31m\u202e"}
	for _, test := range []struct{ format, want, refusal string }{
		{format: "{cluster} {class}", want: "prod runtime.oom"},
		{format: "{culpritExitCode},{runSeconds},{stoppedAt}", want: "137,2.5,2026-03-01T10:00:00.000Z"},
		{format: "<{service}{revision}{startedAt}>", want: "<>"},
		{format: "{{{cluster}}} {{}}", want: "{prod} {}"},
		{format: "{stoppedReason}", want: "one  two three[31m"},
		{format: "no field", want: "no field"},
		{format: "{clusters}", refusal: `no field "clusters"; did you mean cluster?`},
		{format: "{nothingLikeIt}", refusal: `no field "nothingLikeIt"; docs/record.md lists them`},
		{format: "{rawEvent}", refusal: `no field "rawEvent"; docs/record.md lists them`},
		{format: "{}", refusal: `no field ""; docs/record.md lists them`},
		{format: "{cluster", refusal: "a brace has no other half: write {field}, and {{ or }} for the brace itself"},
		{format: "cluster}", refusal: "a brace has no other half: write {field}, and {{ or }} for the brace itself"},
		{format: "", refusal: "it must have a field, such as {class}"},
	} {
		var f format
		switch err := f.Set(test.format); {
		case err != nil && err.Error() != test.refusal, err == nil && test.refusal != "":
			t.Errorf("%q is refused with %v, want %s", test.format, err, test.refusal)
		case err == nil && f.of(r) != test.want:
			t.Errorf("%q is %q, want %q", test.format, f.of(r), test.want)
		}
	}
}

func FuzzFormat(f *testing.F) {
	for _, line := range []string{"{cluster} {class}", "{{", "}}", "{", "{}", "{cluster}}", "ü{class}\xff"} {
		f.Add(line, "text")
	}
	f.Fuzz(func(t *testing.T, line, text string) {
		var shown format
		if shown.Set(line) != nil {
			return
		}
		if got := shown.of(archive.Record{Cluster: text}); strings.Contains(text, "\n") &&
			strings.Count(got, "\n") > strings.Count(line, "\n") {
			t.Errorf("%q of %q has lines of its own: %q", line, text, got)
		}
	})
}

// TestCSV holds that what is read from the table is what the record holds, and that no cell is a formula.
func TestCSV(t *testing.T) {
	code := int64(-1)
	for _, test := range []struct{ text, want string }{
		{"plain", "plain"},
		{"a \"quoted\", long\ntext", "a \"quoted\", long\ntext"},
		{"=HYPERLINK(\"http://example.com\")", "'=HYPERLINK(\"http://example.com\")"},
		{"+1", "'+1"},
		{"-1+1", "'-1+1"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", "' =1"},
		{"\u200b=1", "'=1"},
		{"\n=1", "'\n=1"},
		{"＝1", "'＝1"},
		{"1=1", "1=1"},
		{"\x1b[31mred", "[31mred"},
	} {
		var out bytes.Buffer
		show, err := showCSV(&out)
		if err == nil {
			err = show(archive.Record{StoppedReason: test.text, CulpritExitCode: &code})
		}
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %d rows, %v", test.text, len(rows), err)
		}
		if got := rows[1][slices.Index(rows[0], "stoppedReason")]; got != test.want {
			t.Errorf("%q is the cell %q, want %q", test.text, got, test.want)
		}
		if got := rows[1][slices.Index(rows[0], "culpritExitCode")]; got != "-1" {
			t.Errorf("the number -1 is the cell %q", got)
		}
		if slices.ContainsFunc(rows[0], notPrinted) {
			t.Errorf("fields of the archive are columns: %q", rows[0])
		}
	}
}

func TestCompleteField(t *testing.T) {
	for typed, want := range map[string][]string{
		"":                  nil,
		"{cluster}":         nil,
		"{clu":              {"{cluster}"},
		"{class} {stoppedA": {"{class} {stoppedAt}"},
		"{raw":              nil,
	} {
		got, how := completeField(nil, nil, typed)
		if !slices.Equal(got, want) || how&cobra.ShellCompDirectiveNoFileComp == 0 {
			t.Errorf("%q completes to %q, %v; want %q", typed, got, how, want)
		}
	}
}
