package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

// look is how a stream wants its text.
type look struct {
	colour bool
	width  int // columns of the terminal, 0 for a stream that is none: lines stay whole
}

// lookOf asks a stream whether it is a terminal, how wide it is, and the environment whether colour is wanted (NO_COLOR,
// https://no-color.org, and TERM=dumb).
func lookOf(stream io.Writer) look {
	file, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return look{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0
	}
	return look{colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", width: width}
}

func (l look) paint(colours text.Colors, s string) string {
	if !l.colour {
		return s
	}
	return text.Escape(s, colours.EscapeSeq())
}

func (l look) verdict(v string) string {
	colour := text.FgYellow
	switch classifier.Verdict(v) {
	case classifier.Failure:
		colour = text.FgRed
	case classifier.Expected:
		colour = text.FgGreen
	}
	return l.paint(text.Colors{text.Bold, colour}, strings.ToUpper(v))
}

// screen prints stops for a person: cause, proof and next step first, everything else below them.
type screen struct {
	w    io.Writer
	look look
	many bool // a block was printed before
}

// shownCauses is how many probable causes a block lists where nobody checked them.
const shownCauses = 6

func (s *screen) block(r archive.Record) error {
	if s.many {
		fmt.Fprintln(s.w)
	}
	s.many = true
	fmt.Fprintf(s.w, "%s  %s\n\n", s.look.verdict(r.Verdict), printable(headline(r)))
	s.line("cause", fmt.Sprintf("%s (%s, %s)", r.Summary, r.Class, r.Confidence))
	s.line("proof", r.Proof)
	s.line("next", r.NextStep)
	s.line("checked", nothing(r))
	fmt.Fprintln(s.w)
	s.line(subject(r), about(r))
	s.line("containers", r.Containers)
	s.line("times", clock(r))
	s.line("said", r.StoppedReason)
	if r.CulpritReason != "" && r.CulpritReason != r.StoppedReason {
		s.line("", r.Culprit+": "+r.CulpritReason)
	}
	s.line("console", r.ConsoleURL)
	if causes := causesOf(r); len(causes) > 0 && (r.Verdict != string(classifier.Expected) || !r.CheckedAt.IsZero()) {
		fmt.Fprintf(s.w, "\n  look at, in this order\n")
		checked := wasChecked(r, causes)
		if !checked {
			causes = causes[:min(len(causes), shownCauses)]
		}
		s.causes(causes, checked)
		if also := besides(r, causes); checked && also != "" {
			s.wrapped("    "+s.faint("also")+"  ", also)
		}
	}
	s.tail(r)
	return nil
}

// tail prints the last lines of the culprit's log and where they stand.
func (s *screen) tail(r archive.Record) {
	if r.LogGroup == "" {
		return
	}
	fmt.Fprintf(s.w, "\n  log of %s\n", printable(cmp.Or(r.Culprit, "the task")))
	s.wrapped("    ", strings.Trim(r.LogGroup+" "+r.LogStream, " "))
	for line := range strings.Lines(r.LogTail) {
		s.wrapped("    "+s.faint("│ "), strings.TrimRight(line, "\n"))
	}
}

// causes lists probable causes with what to look at; where they were checked, with what was found out, and what to look at for
// those that are open as long as none is confirmed.
func (s *screen) causes(causes []explainedCause, checked bool) {
	width := 0
	for _, c := range causes {
		width = max(width, len(c.ID))
	}
	proven := slices.ContainsFunc(causes, func(c explainedCause) bool { return c.Verdict == string(classifier.Confirmed) })
	for i, c := range causes {
		mark, said := strconv.Itoa(i+1), c.Title
		homework := append(c.Check, c.Docs)
		if checked {
			mark, said = s.look.mark(c.Verdict), found(c)
			switch {
			case c.Verdict == string(classifier.Confirmed):
				homework = []string{c.Docs}
			case proven, c.Verdict == string(classifier.RuledOut):
				homework = nil
			default:
				homework = append([]string{c.Title}, homework...)
			}
		}
		s.wrapped(fmt.Sprintf("    %s  %-*s  ", mark, width, c.ID), said)
		for _, text := range homework {
			s.wrapped(strings.Repeat(" ", 9)+s.faint("- "), text)
		}
	}
}

// besides names the causes with their verdicts that a record keeps no more of.
func besides(r archive.Record, causes []explainedCause) string {
	var more []string
	for text := range strings.SplitSeq(r.CauseIDs, "; ") {
		id, verdict, _ := strings.Cut(text, "=")
		if id != "" && !slices.ContainsFunc(causes, func(c explainedCause) bool { return c.ID == id }) {
			more = append(more, id+" "+inWords(verdict))
		}
	}
	return strings.Join(more, ", ")
}

// inWords is a verdict as a person says it.
func inWords(verdict string) string { return strings.ReplaceAll(verdict, "_", " ") }

// wasChecked tells whether somebody tried to find out about the causes of a record.
func wasChecked(r archive.Record, causes []explainedCause) bool {
	return !r.CheckedAt.IsZero() || slices.ContainsFunc(causes, func(c explainedCause) bool { return c.Reason != "" })
}

// mark shows what is known about a cause at a glance: that of the culprit, that of a clean bill, or a question.
func (l look) mark(verdict string) string {
	switch classifier.Result(verdict) {
	case classifier.Confirmed:
		return l.paint(text.Colors{text.Bold, text.FgRed}, "✗")
	case classifier.RuledOut:
		return l.paint(text.Colors{text.FgGreen}, "✓")
	}
	return l.paint(text.Colors{text.FgYellow}, "?")
}

// found says in words what was found out about a cause.
func found(c explainedCause) string {
	var parts []string
	switch {
	case (c.Reason == classifier.ReasonNoPermission || c.Reason == classifier.ReasonTier) && c.MissingAction != "":
		parts = append(parts, "needs "+c.MissingAction)
	case c.Reason == classifier.ReasonUnsaid && c.Evidence != "": // the evidence is all there is to say
	case c.Reason != "":
		parts = append(parts, evidence.FindReason(c.Reason).Said)
	}
	if c.Evidence != "" {
		parts = append(parts, c.Evidence)
	}
	if parts == nil {
		return inWords(c.Verdict)
	}
	return inWords(c.Verdict) + ": " + strings.Join(parts, "; ")
}

// nothing says why no cause was checked, where one reason holds for all that could be.
func nothing(r archive.Record) string {
	why := ""
	for _, c := range causesOf(r) {
		if c.Verdict != string(classifier.NotChecked) || c.Reason != "" && why != "" && c.Reason != why {
			return ""
		}
		why = cmp.Or(why, c.Reason)
	}
	if why == "" {
		return ""
	}
	return "nothing: " + evidence.FindReason(why).Said
}

// line prints a labelled text; one that is empty is left out.
func (s *screen) line(label, value string) {
	if value == "" {
		return
	}
	s.wrapped("  "+s.faint(fmt.Sprintf("%-10s", label))+"  ", value)
}

func (s *screen) faint(label string) string { return s.look.paint(text.Colors{text.Faint}, label) }

// wrapped prints a text behind a prefix; on a terminal its further lines stand below its first.
func (s *screen) wrapped(prefix, value string) {
	value = printable(value)
	indent := text.StringWidthWithoutEscSequences(prefix)
	if room := s.look.width - indent; s.look.width > 0 && room >= 20 {
		value = strings.ReplaceAll(text.WrapSoft(value, room), "\n", "\n"+strings.Repeat(" ", indent))
	}
	fmt.Fprintln(s.w, prefix+value)
}

// headline tells which stop this is: where, when, and how far the task came.
func headline(r archive.Record) string {
	var parts []string
	if where := place(r); where != "" {
		parts = append(parts, where)
	}
	what, happened := which(r)
	if what != "" {
		parts = append(parts, what)
	}
	if !r.StoppedAt.IsZero() {
		when := happened + " " + r.StoppedAt.UTC().Format(instant)
		switch {
		case r.Kind == string(events.KindContainer) && r.RunSeconds != nil:
			when += ", " + span(*r.RunSeconds) + " after the task was running"
		case !ofTask(r) || r.Kind == string(events.KindContainer):
		case r.StartedAt.IsZero() && !r.CreatedAt.IsZero():
			when += ", " + classifier.Span(r.StoppedAt.Sub(r.CreatedAt.Time)) + " after it was created, before it was running"
		case r.RunSeconds != nil:
			when += ", after running " + span(*r.RunSeconds)
		}
		parts = append(parts, when)
	}
	return strings.Join(parts, "  ")
}

// which names what a record is about, and what its time is of.
func which(r archive.Record) (what, happened string) {
	switch events.Kind(r.Kind) {
	case events.KindTask, "": // a record of an older schema has no kind
		if r.TaskID != "" {
			what = "task " + r.TaskID
		}
		return what, "stopped"
	case events.KindContainer:
		what = "container " + r.Culprit + " of task " + r.TaskID
		if r.RestartCount != nil && *r.RestartCount > 0 {
			what += ", restarted " + strconv.FormatInt(*r.RestartCount, 10) + " times"
		}
		return what, "ended"
	case events.KindService:
		return strings.TrimSpace("service event " + r.EventName), "reported"
	case events.KindDeployment:
		return "deployment " + r.DeploymentID + " " + r.EventName, "reported"
	case events.KindRequest:
		return cmp.Or(r.EventName, "RunTask or StartTask"), "failed"
	}
	return r.Kind + " document " + r.DedupKey, "stopped"
}

// ofTask tells whether a record is about a task or one of its containers.
func ofTask(r archive.Record) bool {
	return slices.Contains([]string{"", string(events.KindTask), string(events.KindContainer)}, r.Kind)
}

// subject is the label of what a block tells beside the cause.
func subject(r archive.Record) string {
	switch events.Kind(r.Kind) {
	case events.KindService, events.KindDeployment:
		return "about"
	case events.KindRequest:
		return "request"
	}
	return "task"
}

// place is cluster and service, or family where there is no service.
func place(r archive.Record) string {
	name := r.Service
	if name == "" {
		name = r.Family
	}
	return strings.Trim(r.Cluster+"/"+name, "/")
}

func about(r archive.Record) string {
	var parts []string
	for _, p := range []string{r.TaskDefinition, platform(r), r.CapacityProvider, r.AvailabilityZone, r.ContainerInstance, deployment(r), r.StopCode} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

func platform(r archive.Record) string {
	switch r.LaunchType {
	case "FARGATE":
		return strings.TrimSpace("Fargate " + r.PlatformVersion)
	}
	return r.LaunchType
}

func deployment(r archive.Record) string {
	switch {
	case r.DeploymentID != "" && r.Kind != string(events.KindDeployment):
		return "deployment " + r.DeploymentID
	case !ofTask(r):
		return ""
	}
	return r.Launcher
}

func clock(r archive.Record) string {
	var parts []string
	if !r.CreatedAt.IsZero() {
		parts = append(parts, "created "+r.CreatedAt.UTC().Format("2006-01-02 15:04:05Z"))
	}
	for _, p := range []struct {
		what    string
		seconds *float64
	}{{"pulled in", r.PullSeconds}, {"running after", r.StartSeconds}, {"ran", r.RunSeconds}, {"stop took", r.StopSeconds}} {
		if p.seconds != nil {
			parts = append(parts, p.what+" "+span(*p.seconds))
		}
	}
	return strings.Join(parts, " · ")
}

func span(seconds float64) string {
	return classifier.Span(time.Duration(seconds * float64(time.Second)))
}

// stopTable prints one line per stop.
type stopTable struct {
	t    table.Writer
	look look
}

func newPlainTable(w io.Writer) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	return t
}

func newTable(w io.Writer, l look) *stopTable {
	t := newPlainTable(w)
	if l.width > 0 {
		t.SetAllowedRowLength(l.width)
	}
	t.AppendHeader(table.Row{"STOPPED", "VERDICT", "WHERE", "CLASS", "CONTAINER", "CAUSE", "TASK"})
	return &stopTable{t, l}
}

func (t *stopTable) add(r archive.Record) error {
	when := ""
	if !r.StoppedAt.IsZero() {
		when = r.StoppedAt.UTC().Format("2006-01-02 15:04:05")
	}
	row := table.Row{when, t.look.verdict(r.Verdict)}
	for _, cell := range []string{place(r), r.Class, culprit(r), r.Summary, cmp.Or(r.TaskID, r.DeploymentID, r.EventName)} {
		row = append(row, printable(cell))
	}
	t.t.AppendRow(row)
	return nil
}

func (t *stopTable) render() {
	t.t.Render()
}

// culprit is the container that explains the stop, with its exit code where that is known.
func culprit(r archive.Record) string {
	if r.CulpritExitCode == nil {
		return r.Culprit
	}
	return r.Culprit + "=" + strconv.FormatInt(*r.CulpritExitCode, 10)
}

// started tells whether the task ever ran, and for how long.
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

// ago is how long before now a moment was.
func ago(now time.Time, t archive.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return classifier.Span(max(0, now.Sub(t.Time))) + " ago"
}

// kindTable prints one line per kind of stop, its columns in the order in which a person on call asks: does it go on, is it
// real, where, did it start, which container, was it seen before, which task, why.
type kindTable struct {
	w    io.Writer
	look look
	now  time.Time
	rows []table.Row
}

var kindColumns = table.Row{"LAST SEEN", "COUNT", "FIRST SEEN", "VERDICT", "WHERE", "STARTED", "CONTAINER", "SIGNATURE", "LAST TASK", "CAUSE"}

func (t *kindTable) add(k kind) {
	row := table.Row{ago(t.now, k.LastSeen), k.Count, ago(t.now, k.FirstSeen), t.look.verdict(k.Verdict)}
	for _, cell := range []string{place(k.last), started(k.last), culprit(k.last), beginning(k.Signature), beginning(cmp.Or(k.LastTaskID, k.last.DedupKey)),
		fmt.Sprintf("%s (%s)", k.Summary, k.Class)} {
		row = append(row, printable(cell))
	}
	t.rows = append(t.rows, row)
}

// beginning is as much of an id as names it.
func beginning(id string) string {
	for _, behind := range []string{":", "/"} {
		if scheme, rest, found := strings.Cut(id, behind); found {
			return scheme + behind + beginning(rest)
		}
	}
	return id[:min(len(id), shortID)]
}

// On a terminal, a place and a cause that are longer go on below.
const (
	widestPlace    = 32
	narrowestCause = 36 // with less room, the cause has a line of its own below the others
)

func (t *kindTable) render() {
	const where, cause = 4, 9
	room := t.look.width
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
	if t.look.width > 0 && room < narrowestCause {
		lines := newPlainTable(io.Discard)
		lines.AppendHeader(kindColumns[:cause])
		for _, row := range t.rows {
			lines.AppendRow(row[:cause])
		}
		below := screen{w: t.w, look: t.look}
		for i, line := range strings.Split(lines.Render(), "\n") {
			fmt.Fprintln(t.w, line)
			if i > 0 {
				below.wrapped("    ", t.rows[i-1][cause].(string))
			}
		}
		return
	}
	lines := newPlainTable(t.w)
	lines.AppendHeader(kindColumns)
	lines.AppendRows(t.rows)
	if t.look.width > 0 {
		lines.SetColumnConfigs([]table.ColumnConfig{
			{Number: where + 1, WidthMax: widestPlace, WidthMaxEnforcer: text.WrapHard},
			{Number: cause + 1, WidthMax: room, WidthMaxEnforcer: text.WrapSoft},
		})
	}
	lines.Render()
}
