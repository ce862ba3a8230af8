package screen

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/events"
)

// Look is how a stream wants its text.
type Look struct {
	Colour bool
	Links  bool // addresses as links of the terminal
	Width  int  // columns of the terminal, 0 for a stream that is none: lines stay whole
}

// LookOf asks a stream whether it is a terminal, how wide it is, and the environment whether colour is wanted
// (NO_COLOR, https://no-color.org, and TERM=dumb) and links are known.
func LookOf(stream io.Writer) Look {
	file, ok := fileOf(stream)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return Look{}
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		width = 0
	}
	return Look{Colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb", Links: linksIn(os.Getenv),
		Width: width}
}

// Paint is a text in colours, where they are wanted.
func (l Look) Paint(colours text.Colors, s string) string {
	if !l.Colour {
		return s
	}
	return text.Escape(s, colours.EscapeSeq())
}

// Verdict is a verdict as the first word of what is told of a stop.
func (l Look) Verdict(v string) string {
	colour := text.FgYellow
	switch classifier.Verdict(v) {
	case classifier.Failure:
		colour = text.FgRed
	case classifier.Expected:
		colour = text.FgGreen
	}
	return l.Paint(text.Colors{text.Bold, colour}, strings.ToUpper(v))
}

// Screen prints stops for a person: cause, proof and next step first, everything else below them.
type Screen struct {
	W      io.Writer
	Look   Look
	All    bool   // all that is known, not what comes first
	Verify string // the command line that checks causes; empty where none can
	AtEnd  bool   // that command stands behind all blocks
	Piped  bool   // that command needs what was piped in
	Many   bool   // a block was printed before

	blank   bool // a blank line stands before what is printed next
	offered int  // stops whose causes the command would check
}

// AllUsage says what the flag --all of what prints blocks does.
const AllUsage = "all causes, with their pages, and all that is known of the stop"

// firstCauses is how many causes are told in full where not all are asked for.
const firstCauses = 2

// Block prints a stop.
func (s *Screen) Block(r archive.Record) error {
	s.blank = s.Many
	s.Many = true
	s.headline(r)
	s.blank = true
	s.Line("cause", cause(r))
	s.Line("proof", r.Proof)
	s.Line("next", r.NextStep)
	logCommand := s.readLog(r)
	if r.StillStopping != "" {
		s.Line("so far", "the task is still stopping: this may yet change")
	}
	causes := sayingOnce(allCausesOf(r), logCommand)
	checked := wasChecked(r, causes)
	if r.Verdict == string(classifier.Expected) && r.CheckedAt.IsZero() {
		causes = nil // nobody has to look for one
	}
	if why := nothing(r); why != "" {
		s.Line("checked", why)
	} else {
		s.unproven(causes, checked)
	}
	if r.ProvenBy != "" {
		s.Line("proven", fmt.Sprintf("at %s for task %s, which failed alike: what is told of an interface or an "+
			"address is that task's", r.ProvenAt.UTC().Format(Instant), r.ProvenBy))
	}
	first := causes
	if !s.All {
		first = causes[:min(len(causes), firstCauses)]
	}
	if len(causes) > 0 {
		s.blank = true
		s.Wrapped("  ", "look at, in this order")
		s.causes(first, checked)
		s.more(causes[len(first):], checked)
	}
	s.blank = true
	s.Line(subject(r), about(r))
	if s.All || strings.Contains(r.Containers, "; ") { // that of one container stands in the cause
		s.Line("containers", r.Containers)
	}
	if s.All || slices.ContainsFunc(first, func(c ExplainedCause) bool { return c.Because != "" }) {
		s.Line("times", clock(r)) // by which causes were put up or down
	}
	s.Line("console", r.ConsoleURL)
	s.logs(r)
	s.said(r)
	s.tail(r)
	return nil
}

// readLog prints how the last lines of the culprit's log are read, where a program failed that nobody heard, and
// returns the command.
func (s *Screen) readLog(r archive.Record) string {
	read, ok := r.LogCheck()
	if !ok || !unheard(r) {
		return ""
	}
	s.Advice(below, read.Run, "its last lines; --verify reads them here")
	return read.Run
}

// logs prints where the log of the culprit is, where that is known, and how a deployment keeps the last lines of later
// ones, where these would have told.
func (s *Screen) logs(r archive.Record) {
	page := logsPage(r)
	s.Line("logs", page)
	if page != "" && unheard(r) {
		s.Wrapped(below, "a deployment keeps the last lines of later stops with logTail=on beside its other options, "+
			"docs/options.md: `"+stack.Deploy+" -c logTail="+stack.On+"`")
	}
}

// logsPage is where the console shows the log of the culprit: its stream where that is known, else the task's page of
// logs where a program failed that nobody heard.
func logsPage(r archive.Record) string {
	if task, found := strings.CutSuffix(r.ConsoleURL, "/configuration"); found && r.LogsURL == "" && unheard(r) {
		return task + "/logs"
	}
	return r.LogsURL
}

// sayingOnce leaves a command out of what to look at that was printed before.
func sayingOnce(causes []ExplainedCause, printed string) []ExplainedCause {
	for i := range causes {
		for k, check := range causes[i].Checks {
			if printed != "" && check.Run == printed {
				causes[i].Checks[k] = Check{Look: "In that log: " + check.Look}
			}
		}
	}
	return causes
}

// unheard reports whether a program failed by itself and its log was not read.
func unheard(r archive.Record) bool {
	return r.Verdict != string(classifier.Expected) && r.LogTail == "" && (r.Fault == string(classifier.Crashed) ||
		r.Fault == string(classifier.UnknownFault) && r.Stage == string(classifier.Runtime))
}

// cause tells what happened with its class and how sure it is, and behind them what the event leaves open: that is not
// what is sure.
func cause(r archive.Record) string {
	const open = "; the event does not say "
	happened, rest, found := strings.Cut(r.Summary, open)
	told := fmt.Sprintf("%s (%s, %s)", happened, r.Class, r.Confidence)
	if found {
		told += open + rest
	}
	return told
}

// unproven says in a line how many causes are open of why it happened, and which command would prove more.
func (s *Screen) unproven(causes []ExplainedCause, checked bool) {
	ruledOut, open, checkable := 0, 0, 0
	for _, c := range causes {
		switch classifier.Result(c.Verdict) {
		case classifier.Confirmed:
			return
		case classifier.RuledOut:
			ruledOut++
		default:
			open++
			if known, ok := classifier.FindCause(c.ID); ok && known.Unproven == "" {
				checkable++
			}
		}
	}
	what, some := fmt.Sprintf("why: %d causes are open", open), fmt.Sprintf("%d of them", checkable)
	switch {
	case open == 1:
		what, some = "why: one cause is open", "it"
	case open == checkable:
		some = "them"
	}
	if ruledOut > 0 {
		what += fmt.Sprintf(", %d ruled out", ruledOut)
	}
	switch {
	case len(causes) == 0:
	case checked:
		s.Line("unproven", what)
		s.Line("not asked", unasked(causes))
	case checkable == 0:
		s.Line("unproven", what+"; no call to AWS tells more")
	case s.Verify == "":
		s.Line("unproven", what+"; nothing was checked")
	case s.Piped:
		s.Line("unproven", what+"; the same input with --verify would check "+some+" with calls that only read")
	case s.AtEnd:
		s.Line("unproven", what+"; --verify would check "+some)
		s.offered++
	default:
		s.Line("unproven", what+"; --verify would check "+some+" with calls that only read:")
		s.Command(below, s.Verify)
	}
}

// End says behind the last block which command would check causes, where the blocks do not.
func (s *Screen) End() {
	if s.offered > 0 {
		s.blank = true
		s.Wrapped("", Plural(s.offered, "stop")+" would be checked with calls that only read by")
		s.Command("", s.Verify)
	}
}

// unasked says what could not be asked, and what would let it be.
func unasked(causes []ExplainedCause) string {
	var proofs []classifier.Proof
	for _, c := range causes {
		proofs = append(proofs, classifier.Proof{Cause: c.ID, Result: classifier.Result(c.Verdict), Reason: c.Reason,
			MissingAction: c.MissingAction})
	}
	return classifier.Unasked(proofs)
}

// more says how many causes are not shown; where they were checked, which, and how that ended.
func (s *Screen) more(left []ExplainedCause, checked bool) {
	if len(left) == 0 {
		return
	}
	text := Plural(len(left), "more cause")
	if checked {
		var verdicts []string
		for _, verdict := range []classifier.Result{classifier.Confirmed, classifier.Inconclusive,
			classifier.NotChecked, classifier.RuledOut} {
			var ids []string
			for _, c := range left {
				if c.Verdict == string(verdict) {
					ids = append(ids, c.ID)
				}
			}
			if ids != nil {
				verdicts = append(verdicts, inWords(string(verdict))+": "+strings.Join(ids, ", "))
			}
		}
		text += " (" + strings.Join(verdicts, "; ") + ")"
	}
	s.Wrapped("    ", text+": --all")
}

// said prints what ECS wrote, as far as it is not the proof.
func (s *Screen) said(r archive.Record) {
	var said []string
	for _, text := range []string{r.StoppedReason, r.CulpritReason} {
		if text != "" && !slices.Contains(said, text) && !strings.Contains(r.Proof, strconv.Quote(text)) {
			said = append(said, text)
		}
	}
	for _, text := range said {
		label := "stopped reason"
		if text != r.StoppedReason {
			label = "reason of " + r.Culprit
		}
		s.blank = true
		s.Wrapped("  ", label)
		s.Wrapped("    ", text)
	}
}

// tail prints the last lines of the culprit's log and where they stand.
func (s *Screen) tail(r archive.Record) {
	if r.LogGroup == "" && r.LogTail == "" {
		return
	}
	s.blank = true
	s.Wrapped("  ", "log of "+cmp.Or(r.Culprit, "the task"))
	if r.LogGroup != "" {
		s.Wrapped("    ", strings.Trim(r.LogGroup+" "+r.LogStream, " "))
	}
	for line := range strings.Lines(r.LogTail) {
		s.Wrapped("    "+s.faint("│ "), strings.TrimRight(line, "\n"))
	}
}

// causes lists probable causes with what to look at; where they were checked, with what was found out, and what to look
// at for those that are open as long as none is confirmed.
func (s *Screen) causes(causes []ExplainedCause, checked bool) {
	width := s.idWidth(causes, checked)
	proven := slices.ContainsFunc(causes,
		func(c ExplainedCause) bool { return c.Verdict == string(classifier.Confirmed) })
	asked := map[string]string{} // the commands that are printed, and under which cause
	for i, c := range causes {
		mark, said := fmt.Sprintf("%*d", len(strconv.Itoa(len(causes))), i+1), c.Title
		homework := slices.Clone(c.Checks)
		if checked {
			mark, said = s.Look.mark(c.Verdict), found(c)
			switch {
			case c.Verdict == string(classifier.Confirmed):
				homework = nil
			case !proven && c.Verdict != string(classifier.RuledOut):
				homework = append([]Check{{Look: c.Title}}, homework...)
			default:
				homework, c.Because, c.Docs = nil, "", ""
			}
		}
		s.Wrapped("    "+mark+"  ", fmt.Sprintf("%-*s  %s", width, c.ID, said))
		if c.Because != "" && (homework != nil || c.Verdict == string(classifier.Confirmed)) {
			homework = append([]Check{{Look: c.Because}}, homework...)
		}
		if s.All && c.Docs != "" {
			homework = append(homework, Check{Look: c.Docs})
		}
		on := ""
		for _, check := range homework {
			if of, again := asked[check.Run]; again {
				check = askedBefore(check, of)
			} else if check.Run != "" && check.Look != "" {
				asked[check.Run] = c.ID
			}
			s.check(check, on)
			on = check.On
		}
	}
}

// askedBefore is a check whose command stands above, under another cause: what to look for besides.
func askedBefore(c Check, cause string) Check {
	program := strings.Fields(c.Run)
	answer := "the answer"
	if program[0] == "aws" && len(program) > 2 {
		answer = program[2]
	}
	look, _, _ := strings.Cut(c.Look, "; fill in ")
	return Check{Look: "From " + answer + " above (" + cause + "): " + look}
}

// idWidth is how wide the ids of causes are printed: as wide as the widest where all that is said behind them fits the
// terminal, and each as it is where not.
func (s *Screen) idWidth(causes []ExplainedCause, checked bool) int {
	width, longest := 0, 0
	for _, c := range causes {
		said := c.Title
		if checked {
			said = found(c)
		}
		width, longest = max(width, len(c.ID)), max(longest, text.StringWidth(said))
	}
	if s.Look.Width > 0 && len("    1    ")+width+longest > s.Look.Width {
		return 0
	}
	return width
}

// check prints what to look at. A command stands alone on its line, whole, so that it can be pasted; what to look for
// in its answer stands below it, and above it where to run it, unless that is where the last one runs.
func (s *Screen) check(c Check, last string) {
	indent := strings.Repeat(" ", 9)
	if c.Run == "" {
		s.Wrapped(indent+s.faint("- "), c.Look)
		return
	}
	if c.On != last {
		s.Wrapped(indent+s.faint("- "), cmp.Or(c.On, "here")+":")
	}
	s.Advice(indent+"  ", c.Run, c.Look)
}

// inWords is a verdict as a person says it.
func inWords(verdict string) string { return strings.ReplaceAll(verdict, "_", " ") }

// wasChecked reports whether somebody tried to find out about the causes of a record.
func wasChecked(r archive.Record, causes []ExplainedCause) bool {
	return !r.CheckedAt.IsZero() || slices.ContainsFunc(causes, func(c ExplainedCause) bool { return c.Reason != "" })
}

// mark shows what is known about a cause at a glance: that of the culprit, that of a clean bill, or a question.
func (l Look) mark(verdict string) string {
	switch classifier.Result(verdict) {
	case classifier.Confirmed:
		return l.Paint(text.Colors{text.Bold, text.FgRed}, "✗")
	case classifier.RuledOut:
		return l.Paint(text.Colors{text.FgGreen}, "✓")
	}
	return l.Paint(text.Colors{text.FgYellow}, "?")
}

// found says in words what was found out about a cause.
func found(c ExplainedCause) string {
	var parts []string
	switch {
	case (c.Reason == classifier.ReasonNoPermission || c.Reason == classifier.ReasonTier) && c.MissingAction != "":
		parts = append(parts, "needs "+c.MissingAction)
	case c.Reason == classifier.ReasonUnsaid && c.Evidence != "": // the evidence is all there is to say
	case c.Reason != "":
		parts = append(parts, classifier.FindReason(c.Reason).Said)
	}
	if c.Evidence != "" {
		parts = append(parts, c.Evidence)
	}
	if parts == nil {
		return inWords(c.Verdict)
	}
	return inWords(c.Verdict) + ": " + strings.Join(parts, "; ")
}

// nothing says why no cause was checked, where one reason holds for all that could be. What is ruled out where nothing
// could be asked, the text of the stop rules out.
func nothing(r archive.Record) string {
	why := ""
	for _, c := range recordedCauses(r) {
		if c.Verdict == string(classifier.RuledOut) && (r.CheckedAt.IsZero() || why == classifier.ReasonOtherAccount) {
			continue
		}
		if c.Verdict != string(classifier.NotChecked) || c.Reason != "" && why != "" && c.Reason != why {
			return ""
		}
		why = cmp.Or(why, c.Reason)
	}
	if why == "" {
		return ""
	}
	return "nothing: " + classifier.FindReason(why).Said
}

// below is as wide as a label with what stands around it.
const below = "              "

// Below prints a command line below a labelled text, and what to look for below it.
func (s *Screen) Below(command, look string) { s.Advice(below, command, look) }

// Line prints a labelled text; one that is empty is left out.
func (s *Screen) Line(label, value string) {
	if value == "" {
		return
	}
	s.Wrapped("  "+s.faint(fmt.Sprintf("%-*s", len(below)-4, label))+"  ", value)
}

func (s *Screen) faint(label string) string { return s.Look.Paint(text.Colors{text.Faint}, label) }

// separate prints the blank line that is due.
func (s *Screen) separate() {
	if s.blank {
		fmt.Fprintln(s.W)
	}
	s.blank = false
}

// Command prints a command line, which is never broken: it is to be copied.
func (s *Screen) Command(indent, line string) {
	s.separate()
	line = Printable(line)
	fmt.Fprintln(s.W, s.edge(indent, line)+line)
}

// edge is what stands before a line: its indent, or less where the terminal holds the line only then.
func (s *Screen) edge(indent, line string) string {
	const least = 4
	room := s.Look.Width - text.StringWidth(line)
	if s.Look.Width > 0 && room < len(indent) && room >= 0 {
		return indent[:min(least, room)]
	}
	return indent
}

// Wrapped prints a text behind a prefix; on a terminal its further lines stand below its first. It breaks between words
// alone: one that is longer has a line of its own, and where the terminal does not hold it, goes on at its edge, so
// that it can be copied whole. A command between backquotes stands alone on a line.
func (s *Screen) Wrapped(prefix, value string) {
	s.separate()
	indent := strings.Repeat(" ", text.StringWidthWithoutEscSequences(prefix))
	if words, command, rest := withCommand(value); command != "" {
		s.Wrapped(prefix, words)
		s.Command(indent, command)
		if rest != "" {
			s.Wrapped(indent, rest)
		}
		return
	}
	room := math.MaxInt
	if s.Look.Width > 0 {
		room = s.Look.Width - len(indent)
	}
	for i, line := range broken(Printable(value), room) {
		before := s.edge(indent, line)
		switch {
		case i == 0 && before == indent:
			before = prefix
		case i == 0:
			fmt.Fprintln(s.W, strings.TrimRight(prefix, " "))
		}
		fmt.Fprintln(s.W, before+s.Look.linked(line))
	}
}

// inText is a command within a text, as classifier.Fill leaves it there.
var inText = regexp.MustCompile("`((?:aws|docker|sudo|systemctl|whystopped|npx) [^`]+)`")

// withCommand cuts a text at its first command, which is empty where it has none.
func withCommand(value string) (words, command, rest string) {
	at := inText.FindStringSubmatchIndex(value)
	if at == nil {
		return value, "", ""
	}
	return strings.TrimRight(value[:at[0]], " "), value[at[2]:at[3]], strings.TrimLeft(value[at[1]:], " ,;.")
}

// broken breaks a text between words into lines of so many columns. A word that is longer has a line of its own.
func broken(value string, room int) []string {
	var lines []string
	line, width := "", 0
	for rest := value; rest != ""; {
		word := rest
		if space := strings.IndexByte(strings.TrimLeft(rest, " "), ' '); space >= 0 {
			word = rest[:len(rest)-len(strings.TrimLeft(rest, " "))+space]
		}
		rest = rest[len(word):]
		columns := text.StringWidth(word)
		if line != "" && width+columns > room {
			lines = append(lines, line)
			word = strings.TrimLeft(word, " ")
			line, width, columns = "", 0, text.StringWidth(word)
		}
		line, width = line+word, width+columns
	}
	return append(lines, line)
}

// Headline says which stop this is: where, when, and how far the task came.
func Headline(r archive.Record) string { return strings.Join(headline(r), gap) }

// headline prints the first line of a block, on a narrow terminal several, broken between what they say.
func (s *Screen) headline(r archive.Record) {
	verdict := s.Look.Verdict(r.Verdict) + gap
	indent := strings.Repeat(" ", text.StringWidthWithoutEscSequences(verdict))
	prefix, line := verdict, ""
	for _, part := range headline(r) {
		switch wider := line + gap + Printable(part); {
		case line == "":
			line = part
		case s.Look.Width > 0 && text.StringWidth(indent+wider) > s.Look.Width:
			s.Wrapped(prefix, line)
			prefix, line = indent, part
		default:
			line = wider
		}
	}
	s.Wrapped(prefix, line)
}

func headline(r archive.Record) []string {
	var parts []string
	if where := Place(r); where != "" {
		parts = append(parts, where)
	}
	what, happened := which(r)
	parts = append(parts, what)
	if r.StillStopping != "" {
		parts = append(parts, "still stopping")
	} else if !r.StoppedAt.IsZero() {
		when := happened + " " + r.StoppedAt.UTC().Format(Instant)
		switch {
		case r.Kind == string(events.KindContainer) && r.RunSeconds != nil:
			when += ", " + span(*r.RunSeconds) + " after the task was running"
		case !OfTask(r) || r.Kind == string(events.KindContainer):
		case r.StartedAt.IsZero() && !r.CreatedAt.IsZero():
			when += ", " + classifier.Span(r.StoppedAt.Sub(r.CreatedAt.Time)) +
				" after it was created, before it was running"
		case r.RunSeconds != nil:
			when += ", after running " + span(*r.RunSeconds)
		}
		parts = append(parts, when)
	}
	return parts
}

// which names what a record is about, and what its time is of.
func which(r archive.Record) (what, happened string) {
	switch events.Kind(r.Kind) {
	case events.KindTask, "": // a record of an older schema has no kind
		what = "a task that is not named"
		switch {
		case r.TaskID != "":
			what = "task " + r.TaskID
		case r.Containers == "" && r.StopCode == "" && r.StoppedAt.IsZero() && r.Cluster == "":
			what = "a task of which nothing is known but its reason"
		}
		return what, "stopped"
	case events.KindContainer:
		if what = "container " + r.Culprit; r.TaskID != "" {
			what += " of task " + r.TaskID
		}
		if r.RestartCount != nil && *r.RestartCount > 0 {
			what += ", restarted " + strconv.FormatInt(*r.RestartCount, 10) + " times"
		}
		return what, "ended"
	case events.KindService:
		return strings.TrimSpace("service event " + r.EventName), "reported"
	case events.KindDeployment:
		return "deployment " + r.DeploymentID + " " + r.EventName, "reported"
	case events.KindHook:
		return strings.TrimSpace("hook " + r.HookID + " " + r.EventName), "reported"
	case events.KindInstance:
		return "container instance " + r.ContainerInstance, "reported"
	case events.KindRequest:
		if r.Launcher == string(events.LauncherBatch) {
			return r.EventName, "reported"
		}
		return cmp.Or(r.EventName, "RunTask or StartTask"), "failed"
	}
	return r.Kind + " document " + r.DedupKey, "stopped"
}

// OfTask reports whether a record is about a task or one of its containers.
func OfTask(r archive.Record) bool {
	return slices.Contains([]string{"", string(events.KindTask), string(events.KindContainer)}, r.Kind)
}

// subject is the label of what a block tells beside the cause.
func subject(r archive.Record) string {
	switch events.Kind(r.Kind) {
	case events.KindService, events.KindDeployment, events.KindHook, events.KindInstance:
		return "about"
	case events.KindRequest:
		return "request"
	}
	return "task"
}

// Place is cluster and service, or family where there is no service.
func Place(r archive.Record) string {
	name := r.Service
	if name == "" {
		name = r.Family
	}
	return strings.Trim(r.Cluster+"/"+name, "/")
}

func about(r archive.Record) string {
	var parts []string
	for _, p := range []string{r.TaskDefinition, platform(r), r.CapacityProvider, r.AvailabilityZone,
		r.ContainerInstance, deployment(r), r.StopCode} {
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
	case !OfTask(r):
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
	}{{pulling(r), r.PullSeconds}, {"running after", r.StartSeconds}, {"ran", r.RunSeconds},
		{"stop took", r.StopSeconds}} {
		if p.seconds != nil {
			parts = append(parts, p.what+" "+span(*p.seconds))
		}
	}
	return strings.Join(parts, " · ")
}

// pulling says what the time from the first image pull's start to the last one's end was: ECS gives it whether the
// images came or not.
func pulling(r archive.Record) string {
	switch {
	case r.Stage == string(classifier.Image), strings.Contains(r.StoppedReason+r.CulpritReason, "CannotPull"):
		return "pull failed after"
	case !r.StartedAt.IsZero():
		return "pulled in"
	}
	return "pull took"
}

func span(seconds float64) string {
	return classifier.Span(time.Duration(seconds * float64(time.Second)))
}

// StopTable prints one line per stop.
type StopTable struct{ t Table }

// NewStopTable is an empty table that prints to w.
func NewStopTable(w io.Writer, l Look) *StopTable {
	return &StopTable{Table{W: w, Look: l, Columns: []Column{
		{Title: "STOPPED", Goes: 2},
		{Title: "VERDICT", Paint: l.Verdict},
		{Title: "WHERE", Name: true},
		{Title: "CLASS"},
		{Title: "CONTAINER", Goes: 1, Name: true},
		{Title: "CAUSE", Wraps: true},
		{Title: "TASK", Brief: briefly, Goes: 3},
	}}}
}

// Add adds a line.
func (t *StopTable) Add(r archive.Record) error {
	when := ""
	if !r.StoppedAt.IsZero() {
		when = r.StoppedAt.UTC().Format("2006-01-02 15:04:05")
	} else if r.StillStopping != "" {
		when = "still stopping"
	}
	t.t.Add(when, r.Verdict, Place(r), r.Class, Culprit(r), r.Summary,
		cmp.Or(r.TaskID, r.DeploymentID, r.EventName))
	return nil
}

// Render prints the table.
func (t *StopTable) Render() { t.t.Render() }

// OneLine prints a stop as one line: when, how bad, where, what happened, and which task.
func (s *Screen) OneLine(r archive.Record) error {
	parts := []string{r.Moment().UTC().Format(Instant), s.Look.Verdict(r.Verdict)}
	for _, part := range []string{Place(r), Culprit(r), fmt.Sprintf("%s (%s)", r.Summary, r.Class),
		cmp.Or(r.TaskID, r.DeploymentID, r.EventName)} {
		if part != "" {
			parts = append(parts, Printable(part))
		}
	}
	_, err := fmt.Fprintln(s.W, strings.Join(parts, "  "))
	return err
}

// Culprit is the container that explains the stop, with its exit code where that is known.
func Culprit(r archive.Record) string {
	if r.CulpritExitCode == nil {
		return r.Culprit
	}
	return r.Culprit + "=" + strconv.FormatInt(*r.CulpritExitCode, 10)
}
