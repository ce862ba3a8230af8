package screen

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive"
	"whystopped/classifier"
)

// Kind is all stops with one signature.
type Kind struct {
	Signature       string       `json:"signature"`
	Count           int          `json:"count"`
	FirstSeen       archive.Time `json:"firstSeen"`
	LastSeen        archive.Time `json:"lastSeen"`
	Verdict         string       `json:"verdict"`
	Class           string       `json:"class"`
	Cluster         string       `json:"cluster,omitempty"`
	Service         string       `json:"service,omitempty"`
	Family          string       `json:"family,omitempty"`
	Culprit         string       `json:"culprit,omitempty"`
	CulpritExitCode *int64       `json:"culpritExitCode,omitempty"`
	Cause           string       `json:"cause,omitempty"`
	Summary         string       `json:"summary"`
	NextStep        string       `json:"nextStep,omitempty"`
	LastTaskID      string       `json:"lastTaskId,omitempty"`

	Last archive.Record `json:"-"`
}

// KindsOf groups stops, the latest first, by their signature. Failures come first, then what is to be looked at, then
// what was meant to be: who is on call must act on the first and shall not lose one of them below routine stops, nor to
// --limit. Within a verdict the kind that was seen last comes first: it may still go on.
func KindsOf(stops []archive.Record) []Kind {
	var kinds []Kind
	known := map[string]int{}
	for _, r := range stops {
		key := cmp.Or(r.Signature, r.DedupKey)
		i, found := known[key]
		if !found {
			i, known[key] = len(kinds), len(kinds)
			kinds = append(kinds,
				Kind{Signature: r.Signature, LastSeen: r.Moment(), Verdict: r.Verdict, Class: r.Class,
					Cluster: r.Cluster,
					Service: r.Service, Family: r.Family, Culprit: r.Culprit, CulpritExitCode: r.CulpritExitCode,
					Cause:   r.Cause,
					Summary: r.Summary, NextStep: r.NextStep, LastTaskID: r.TaskID, Last: r})
		}
		kinds[i].Count++
		kinds[i].FirstSeen = r.Moment()
	}
	slices.SortStableFunc(kinds, func(a, b Kind) int { return cmp.Compare(urgency(a.Verdict), urgency(b.Verdict)) })
	return kinds
}

func urgency(verdict string) int {
	switch classifier.Verdict(verdict) {
	case classifier.Failure:
		return 0
	case classifier.Expected:
		return 2
	}
	return 1
}

// Plural is a number of things in words.
func Plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// ShortID is how many characters of an id name a task.
const ShortID = 8

// started reports whether the task ever ran, and for how long.
func started(r archive.Record) string {
	switch {
	case r.RunSeconds != nil:
		return "ran " + span(*r.RunSeconds)
	case !r.StartedAt.IsZero():
		return "yes"
	case !r.CreatedAt.IsZero():
		return "no"
	}
	return ""
}

// Ago is how long before now a moment was.
func Ago(now time.Time, t archive.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return classifier.Span(max(0, now.Sub(t.Time))) + " ago"
}

// KindTable prints one line per kind of stop, its columns in the order in which a person on call asks: does it go on,
// is it real, where, did it start, which container, was it seen before, which task, why.
type KindTable struct {
	W    io.Writer
	Look Look
	Now  time.Time
	rows []table.Row
}

var kindColumns = table.Row{"LAST SEEN", "COUNT", "FIRST SEEN", "VERDICT", "WHERE", "STARTED", "CONTAINER", "SIGNATURE",
	"LAST TASK", "CAUSE"}

// Add adds a line.
func (t *KindTable) Add(k Kind) {
	row := table.Row{Ago(t.Now, k.LastSeen), k.Count, Ago(t.Now, k.FirstSeen), t.Look.Verdict(k.Verdict)}
	for _, cell := range []string{Place(k.Last), started(k.Last), Culprit(k.Last), Beginning(k.Signature),
		Beginning(cmp.Or(k.LastTaskID, k.Last.DedupKey)),
		fmt.Sprintf("%s (%s)", k.Summary, k.Class)} {
		row = append(row, Printable(cell))
	}
	t.rows = append(t.rows, row)
}

// Beginning is as much of an id as names it.
func Beginning(id string) string {
	for _, behind := range []string{":", "/"} {
		if scheme, rest, found := strings.Cut(id, behind); found {
			return scheme + behind + Beginning(rest)
		}
	}
	return id[:min(len(id), ShortID)]
}

// On a terminal, a place and a cause that are longer go on below.
const (
	widestPlace    = 32
	narrowestCause = 36 // with less room, the cause has a line of its own below the others
)

// Render prints the table.
func (t *KindTable) Render() {
	const where, cause = 4, 9
	room := t.Look.Width
	for i := range kindColumns[:cause] {
		width := 0
		for _, row := range append(t.rows, kindColumns) {
			width = max(width, text.StringWidthWithoutEscSequences(fmt.Sprint(row[i])))
		}
		if i == where {
			width = min(width, widestPlace)
		}
		room -= width + len("  ")
	}
	if t.Look.Width > 0 && room < narrowestCause {
		lines := NewTable(io.Discard)
		lines.AppendHeader(kindColumns[:cause])
		for _, row := range t.rows {
			lines.AppendRow(row[:cause])
		}
		below := Screen{W: t.W, Look: t.Look}
		for i, line := range strings.Split(lines.Render(), "\n") {
			fmt.Fprintln(t.W, line)
			if i > 0 {
				below.Wrapped("    ", t.rows[i-1][cause].(string))
			}
		}
		return
	}
	lines := NewTable(t.W)
	lines.AppendHeader(kindColumns)
	lines.AppendRows(t.rows)
	if t.Look.Width > 0 {
		lines.SetColumnConfigs([]table.ColumnConfig{
			{Number: where + 1, WidthMax: widestPlace, WidthMaxEnforcer: text.WrapHard},
			{Number: cause + 1, WidthMax: room, WidthMaxEnforcer: text.WrapSoft},
		})
	}
	lines.Render()
}
