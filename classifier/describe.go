package classifier

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"whystopped/events"
	"whystopped/events/awsname"
)

// describe writes summary, proof and next step, from all readings of the stop's texts and the leading one.
func (v *view) describe(said []reading, best *reading) {
	e := v.explanation()
	v.Summary = ShortDigests(v.fill(e.Summary))
	v.NextStep = v.fill(e.Next)
	if !strings.Contains(v.NextStep, "`") { // a command needs its digest whole
		v.NextStep = ShortDigests(v.NextStep)
	}
	if v.Domain == DomainConfiguration && awsname.MisspeltECR(v.Facts.Registry) {
		v.Summary += "; ECR has no registry of that name"
		v.NextStep = v.fill("correct the registry of the image in {theDefinition|the task definition}" +
			"[: {ecrHost}]")
	}
	v.Summary += ShortDigests(v.otherFailures(said, best))
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

// otherFailures says which containers failed beside the culprit: in the same way, or each in its own.
func (v *view) otherFailures(said []reading, best *reading) string {
	if v.Verdict != Failure || v.Kind != events.KindTask || v.Stage == Dependency {
		return ""
	}
	var alike []string
	others := ""
	for i, c := range v.Containers {
		if i == v.Culprit || c.Name == "" || v.Injected(i) {
			continue
		}
		if r := failureOf(said, best, i); r != nil {
			if r.stage.Stage == v.Stage && r.fault != nil && r.fault.Fault == v.Fault {
				alike = append(alike, c.Name+r.facts.unlike(&best.facts))
			} else {
				others += "; " + c.Name + " failed too: " + quote(clause(r))
			}
			continue
		}
		if v.Stage != Runtime || best != nil || endRank(v.Stop, i) < endedByItself {
			continue
		}
		code := fmt.Sprintf("exit code %d", *c.ExitCode)
		if e := exitCode(*c.ExitCode); e.Signal != "" {
			code += ", " + e.Signal
		}
		switch {
		case *c.ExitCode == *v.Containers[v.Culprit].ExitCode:
			alike = append(alike, c.Name)
		case v.Fault == Crashed && endRank(v.Stop, i) > endedByItself:
			others += "; " + c.Name + " failed too (" + code + ")"
		default:
			others += "; " + c.Name + " ended too (" + code + ")"
		}
	}
	if alike != nil {
		others = "; " + enumerated(alike) + " failed in the same way" + others
	}
	return others
}

// failureOf is what the reason of a container says of a failure, nil when it says nothing that the leading text does
// not.
func failureOf(said []reading, best *reading, container int) *reading {
	if best == nil || best.stage == nil {
		return nil
	}
	for i := range said {
		r := &said[i]
		if r.text.Container == container && r.stage != nil && !r.stage.Weak && !r.stage.Routine &&
			r.stage.Stage != Dependency && (best.text.Container >= 0 ||
			!strings.HasPrefix(best.text.Folded, strings.TrimRight(r.text.Folded, ". "))) {
			return r
		}
	}
	return nil
}

// unlike names in brackets what another text speaks of, "" when that is the same.
func (f *Facts) unlike(other *Facts) string {
	for _, name := range []string{"image", "secrets", "fileSystem", "volume"} {
		if mine := f.value(name); mine != "" && mine != other.value(name) {
			return " (" + mine + ")"
		}
	}
	return ""
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
