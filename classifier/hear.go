package classifier

import (
	"slices"
	"strings"

	"whystopped/classifier/lastwords"
	"whystopped/events"
)

// failedWith is what is said of a container that ended with a failure of its own and gave no reason.
const failedWith = "{culprit|a container} failed with exit code {exitCode|unknown}[ after {ran}][: {meaning}]; the " +
	"event does not say why"

// Hear adds to the finding about a container that failed by itself what the last lines of its log say: the line that
// explains leads the summary, the proof quotes it, and it brings the cause that it points at. Of a container that was
// killed only lines count which say that memory ran out. Whose lines they are the caller says. A program's word is
// believed about the program alone: class, verdict, domain and confidence stay, and so does what a stop that nobody has
// to act on is told. What was heard once is not heard again.
func Hear(s *events.Stop, f Finding, lines []string) Finding {
	killed := f.has(Killed) && f.is(Runtime)
	if len(f.Log.Lines) > 0 || f.Verdict == Expected || !killed && !f.failedByItself() {
		return f
	}
	told, found := lastwords.Read(lines)
	if !found || !told.Leads() && !told.Grave || killed && !forMemory(told.Sign) {
		return f
	}
	f.Log.Lines = lines
	fill := func(template string) string { return FillHeard(template, told, s, &f) }
	said, own := strings.CutPrefix(f.Summary, fill(failedWith))
	f.Proof = strings.TrimPrefix(f.Proof+"; "+fill("the log of {culprit|the container} says ")+quote(told.Text), "; ")
	if !own || !told.Leads() {
		f.Summary += "; its log says: " + told.Says
	} else {
		f.Summary = fill("{culprit|a container} failed: ") + strings.TrimRight(told.Says, ".:,;") +
			fill(" (exit code {exitCode|unknown}[, {signal}])[ after {ran}]") + said
	}
	if told.Sign == nil {
		if told.Leads() {
			f.NextStep = fill("correct what the log of {culprit|the container} complains of, or go back to the last " +
				"revision of {family|the task definition} that ran")
		}
		return f
	}
	f.NextStep = fill(told.Sign.Next)
	f.Causes = slices.Clone(f.Causes)
	proof := Proof{Cause: f.causeOf(told.Sign), Result: NotChecked,
		Because: "its log says that " + fill(told.Sign.Says)}
	if told.Ends() {
		proof.Result, proof.Because = Confirmed, ""
		proof.Evidence, proof.Next = fill("the log of {culprit|the container} says that "+told.Sign.Says), f.NextStep
	}
	f.Causes = slices.DeleteFunc(f.Causes, func(p Proof) bool { return p.Cause == proof.Cause })
	i := slices.IndexFunc(f.Causes, func(p Proof) bool { return p.Result.order() >= proof.Result.order() })
	if i < 0 {
		i = len(f.Causes)
	}
	f.Causes = slices.Insert(f.Causes, i, proof)
	return f
}

// forMemory reports whether a sign says that memory ran out.
func forMemory(sign *lastwords.Sign) bool {
	return sign != nil && (sign.Cause == "killed-for-memory-unreported" || sign.Cause == "heap-setting")
}

// failedByItself reports whether a container failed by itself, or may have.
func (f *Finding) failedByItself() bool {
	return f.has(Crashed) && f.is(Runtime, Dependency) || f.has(UnknownFault) && f.is(Runtime)
}

// FillHeard fills a template with what a log line names, and what a stop and its finding state.
func FillHeard(template string, told lastwords.Told, s *events.Stop, f *Finding) string {
	return Expand(template, func(name string) string {
		if named := told.Value(name); named != "" {
			return named
		}
		return value(name, s, f)
	})
}

// causeOf returns the cause that a line points at: the one of its row where the event allows it or only a log can tell
// of it, else the one for which the exit code says nothing.
func (f *Finding) causeOf(sign *lastwords.Sign) string {
	for _, id := range []string{sign.Cause, sign.Otherwise} {
		applies := slices.ContainsFunc(f.Causes, func(p Proof) bool { return p.Cause == id && p.Result != RuledOut })
		if applies || slices.ContainsFunc(logCauses, func(c Cause) bool { return c.ID == id }) {
			return id
		}
	}
	return "app-error"
}
