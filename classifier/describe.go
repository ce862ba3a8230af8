package classifier

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// describe writes summary, proof and next step.
func (v *view) describe(best *reading) {
	e := v.explanation()
	v.Summary = ShortDigests(v.fill(e.Summary))
	v.NextStep = v.fill(e.Next)
	if !strings.Contains(v.NextStep, "`") { // a command needs its digest whole
		v.NextStep = ShortDigests(v.NextStep)
	}
	if v.Domain == DomainConfiguration && awsname.MisspeltECR(v.Facts.Registry) {
		v.Summary += "; ECR has no registry of that name"
		v.NextStep = v.fill("correct the registry of the image in task definition {taskDefinition|of the task}" +
			"[: {ecrHost}]")
	}
	if also := v.alike(best); len(also) > 0 {
		v.Summary += "; " + enumerated(also) + " failed in the same way"
	}
	if v.Kind == events.KindContainer && !v.MeantToEnd && !v.Alone {
		v.Summary += "; its task goes on without it"
		if v.Fault == Crashed {
			v.NextStep += "; if the task needs it, make it essential or give it a restartPolicy"
		}
	}
	if i, sure := ignoredSIGTERM(v.Stop); i >= 0 && v.Stage != Runtime {
		what := "ignored SIGTERM and was killed after %.0f s"
		if sure != Certain {
			what = "possibly " + what
		}
		v.Summary += fmt.Sprintf("; "+v.Containers[i].Name+" "+what, slowShutdown(v.Stop).Seconds())
		if v.Verdict == Expected {
			v.NextStep = "nothing for this stop; let " + v.Containers[i].Name +
				" end on SIGTERM, or raise its stopTimeout, so that no work is cut off"
		}
	}
	v.Proof = v.proof(best)
}

// alike are the names of the containers that failed as the culprit did, each by a text or an exit code of its own.
func (v *view) alike(best *reading) (names []string) {
	if v.Culprit < 0 || v.Kind != events.KindTask || v.Stage == Dependency {
		return nil
	}
	for i, c := range v.Containers {
		switch {
		case i == v.Culprit || c.Name == "" || v.Injected(i):
		case best == nil && v.Stage == Runtime && v.Fault == Crashed &&
			endRank(v.Stop, i) == endRank(v.Stop, v.Culprit):
			names = append(names, fmt.Sprintf("%s (exit code %d)", c.Name, *c.ExitCode))
		case best != nil && best.stage != nil && v.saysTheSame(best, i):
			names = append(names, c.Name)
		}
	}
	return names
}

// saysTheSame reports whether the reason of another container is of the class that the leading text has, and no copy
// of the task's own text.
func (v *view) saysTheSame(best *reading, container int) bool {
	for i := range v.texts {
		t := &v.texts[i]
		if t.Container != container || generic(t.Folded) ||
			best.text.Container < 0 && strings.HasPrefix(best.text.Folded, strings.TrimRight(t.Folded, ". ")) {
			continue
		}
		r := v.read(t)
		if r.stage != nil && r.stage.Stage == v.Stage && r.fault != nil && r.fault.Fault == v.Fault {
			return true
		}
	}
	return false
}

// enumerated joins names as a sentence does.
func enumerated(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// ShortDigests leaves as much of each digest as tells it from others; what is quoted has it whole.
func ShortDigests(s string) string {
	const prefix, whole, short = "sha256:", 64, 12
	var b strings.Builder
	for {
		i := strings.Index(s, prefix)
		if i < 0 {
			break
		}
		end := i + len(prefix)
		for end < len(s) && isHex(s[end]) {
			end++
		}
		if end-i-len(prefix) == whole {
			b.WriteString(s[:i+len(prefix)+short] + "…")
		} else {
			b.WriteString(s[:end])
		}
		s = s[end:]
	}
	return b.String() + s
}

// proof quotes the words, or names the codes, that the summary rests on.
func (v *view) proof(best *reading) string {
	parts := make([]string, 0, 4)
	if best != nil && best.stage != nil {
		said := quote(clause(best))
		if v.Kind == events.KindRequest && !strings.Contains(said, " ") {
			said = "the failure's reason is " + said
		}
		parts = append(parts, said)
		switch {
		case v.Facts.RemoteIP == "" || v.Domain != DomainNetwork || !v.toAWS || strings.Contains(v.Facts.RemoteIP, ":"):
		case v.layers():
			parts = append(parts, v.Facts.RemoteIP+" is a public address, as S3 has behind a gateway endpoint too")
		case v.private():
			parts = append(parts, v.Facts.RemoteIP+" is a private address: a VPC endpoint answered the name")
		default:
			parts = append(parts, v.Facts.RemoteIP+" is a public address, so no VPC endpoint answered the name")
		}
	}
	if v.StopCode != "" && (best == nil || best.stage == nil) {
		parts = append(parts, "stopCode "+v.StopCode)
		if said := v.reason; !generic(said.folded.text) {
			parts = append(parts, quoteStart(said.Plain))
		}
	}
	if c := v.Culprit; exited(v.Stop, c) && (v.Stage == Runtime || v.Stage == Dependency) {
		e := exitCode(*v.Containers[c].ExitCode)
		code := fmt.Sprintf("exit code %d of %s", *v.Containers[c].ExitCode,
			cmp.Or(v.Containers[c].Name, "a container"))
		if e.Signal != "" {
			code += " (" + e.Signal + ")"
		}
		parts = append(parts, code)
	}
	if v.Stage == Placement && best == nil {
		parts = append(parts,
			fmt.Sprintf("no container, %.0f min from creation to stop", v.StoppedAt.Sub(v.CreatedAt).Minutes()))
	}
	if i, _ := ignoredSIGTERM(v.Stop); i >= 0 && v.Stage != Runtime {
		parts = append(parts,
			fmt.Sprintf("exit code 137 of %s, %.1f s after the stop began",
				cmp.Or(v.Containers[i].Name, "a container"),
				slowShutdown(v.Stop).Seconds()))
	}
	if len(parts) == 0 && v.StoppedReason != "" {
		parts = append(parts, quote(v.reason.Plain))
	}
	return strings.Join(parts, "; ")
}

// quoteStart quotes as much of a text as a clause holds.
func quoteStart(s string) string {
	return quote(strings.ToValidUTF8(s[:min(len(s), clauseLength)], ""))
}

// quote is strconv.Quote, which most texts need not go through.
func quote(s string) string {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.Quote(s)
		}
	}
	return `"` + s + `"`
}

// A proof quotes at most clauseLength bytes of a text, and at least clauseMinimum where the text has them.
const (
	clauseLength  = 240
	clauseMinimum = 30
)

// clauseStarts are words that a quotation begins with when they stand shortly before the words that decided: they name
// the thing.
var clauseStarts = []string{"exec: ", "dial tcp ", "lookup ", "error mounting ", "failed to resolve ref "}

// clause returns the part of a text around the words that named its fault, or its stage.
func clause(r *reading) string {
	rule := r.fault
	if rule == nil {
		rule = r.stage
	}
	plain := r.text.Plain
	at, _ := rule.Match.find(r.text.words)
	start := clauseStart(r.text, at)
	if rule.Fault == Denied {
		if i := r.text.folded.index("is not authorized to perform"); i >= 0 {
			at, start = i, i
		}
	}
	end := len(plain)
	if i := strings.Index(plain[at:], ". "); i >= 0 {
		end = at + i
	}
	for start >= 2 && end-start < clauseMinimum {
		start = strings.LastIndex(plain[:start-2], ": ") + len(": ")
		if start == 1 {
			start = 0 // nothing stands in front
		}
	}
	before, after := "", ""
	if at-start > clauseLength/2 {
		start = at - clauseLength/2
		if i := strings.IndexByte(plain[start:at], ' '); at-start-i > clauseMinimum {
			start += max(i, 0)
		}
		before = "… "
	}
	if end-start > clauseLength {
		end = max(start+clauseLength, at)
		if i := strings.LastIndexByte(plain[start:end], ' '); start+i > at {
			end = start + i
		}
		after = " …"
	}
	said := strings.TrimSuffix(strings.Trim(strings.ToValidUTF8(plain[start:end], ""), " ,"), ": unknown")
	return before + said + after
}

// clauseStart returns where the clause begins that has at in it.
func clauseStart(t *text, at int) int {
	for _, s := range clauseStarts {
		if !t.folded.has(s) {
			continue
		}
		if i := strings.LastIndex(t.Folded[:at], s); i >= 0 && at-i < clauseLength/2 {
			return i
		}
	}
	plain, start := t.Plain, 0
	for _, boundary := range []string{": ", ". ", "api error "} {
		if i := strings.LastIndex(plain[start:at], boundary); i >= 0 {
			start += i + len(boundary)
		}
	}
	if id, _, found := strings.Cut(plain[start:at], ", "); found && !strings.Contains(id, " ") {
		start += len(id) + len(", ") // a request id in front of an error
	}
	return start
}
