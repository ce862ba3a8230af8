package classifier

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"whystopped/events"
)

// Expand fills a template of the tables. {name} stands for a fact, {name|default} for a fact or the default, and a part in
// [brackets] is left out when a fact without default in it is not known. value returns a fact by its name, "" when it is not
// known.
func Expand(template string, value func(name string) string) string {
	out, _ := expand(template, value)
	return out
}

func expand(template string, value func(string) string) (out string, complete bool) {
	if !strings.ContainsAny(template, "{[") {
		return template, true
	}
	var b strings.Builder
	b.Grow(len(template))
	complete = true
	for i := 0; i < len(template); {
		switch c := template[i]; c {
		case '{', '[':
			end := closing(template, i)
			inner := template[i+1 : end]
			i = end + 1
			if c == '[' {
				if text, ok := expand(inner, value); ok {
					b.WriteString(text)
				}
				continue
			}
			name, fallback, hasFallback := strings.Cut(inner, "|")
			text := value(name)
			if text == "" {
				text, _ = expand(fallback, value)
				complete = complete && hasFallback
			}
			b.WriteString(text)
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String(), complete
}

// closing returns the place of the bracket that closes the one at open, or the end of the template.
func closing(template string, open int) int {
	depth := 0
	for i := open; i < len(template); i++ {
		switch template[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return len(template) - 1
}

// Fill fills a template with what a stop and its finding state.
func Fill(template string, s *events.Stop, f *Finding) string {
	return Expand(template, func(name string) string { return value(name, s, f) })
}

// value returns what a stop and its finding state under a name that templates use, "" when that is not known.
func value(name string, s *events.Stop, f *Finding) string {
	if text := f.Facts.value(name); text != "" {
		return text
	}
	var culprit events.Container
	if f.Culprit >= 0 {
		culprit = s.Containers[f.Culprit]
	}
	switch name {
	case "from":
		return from(s, f)
	case "cluster":
		return s.Cluster
	case "service":
		return s.Service
	case "group":
		return s.Group
	case "taskId":
		return s.TaskID
	case "taskDefinition":
		return s.TaskDefinition()
	case "family":
		return s.Family
	case "deployment", "deploymentId":
		return s.DeploymentID
	case "platformVersion":
		return s.PlatformVersion
	case "region":
		return s.Region
	case "account":
		return s.Account
	case "culprit":
		return culprit.Name
	case "culpritImage":
		return culprit.Image
	case "memory":
		if culprit.Memory != nil && *culprit.Memory > 0 {
			return strconv.FormatInt(*culprit.Memory, 10) + " MiB"
		}
		if s.Memory != nil {
			return strconv.FormatInt(*s.Memory, 10) + " MiB"
		}
	case "exitCode":
		if culprit.ExitCode != nil {
			return strconv.FormatInt(*culprit.ExitCode, 10)
		}
	case "signal":
		return f.Signal
	case "meaning":
		if culprit.ExitCode != nil {
			return exitCode(*culprit.ExitCode).Meaning
		}
	case "ran":
		return ran(s)
	case "stopSeconds":
		if d := slowShutdown(s); d > 0 {
			return strconv.FormatFloat(d.Seconds(), 'f', 0, 64)
		}
	case "refusal":
		return s.Refusal
	case "stopCode":
		return s.StopCode
	}
	return ""
}

// from is where a call of the task's set-up came from: on EC2 the instance makes it.
func from(s *events.Stop, f *Finding) string {
	switch {
	case onEC2(s) && contains(remote, f.Stage):
		return "the instance's subnet"
	case f.Facts.Subnet != "":
		return f.Facts.Subnet
	}
	return "the task's subnet"
}

// TargetGroupName is NAME of arn:…:targetgroup/NAME/ID; a name stays as it is.
func TargetGroupName(arn string) string {
	if _, rest, found := strings.Cut(arn, ":targetgroup/"); found {
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	return arn
}

// ran says how long the task was RUNNING, "" when that is not known.
func ran(s *events.Stop) string {
	d, known := s.Ran()
	if !known {
		return ""
	}
	return Span(d)
}

// Span says a length of time as a person does.
func Span(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// describe writes summary, proof and next step.
func (f *Finding) describe(s *events.Stop, best *reading) {
	e := explanation(s, f)
	f.Summary = Fill(e.Summary, s, f)
	f.NextStep = Fill(e.Next, s, f)
	switch {
	case misspeltECR(f.Facts.Registry) && f.Domain == DomainConfiguration:
		f.Summary += "; the registry's name " + f.Facts.Registry + " cannot be one of ECR's"
		f.NextStep = "correct the image's registry in task definition " + s.TaskDefinition() + ": ACCOUNT.dkr.ecr.REGION.amazonaws.com"
	}
	if s.Kind == events.KindContainer && !s.MeantToEnd {
		f.Summary += "; its task goes on without it"
		if f.Fault == Crashed {
			f.NextStep += "; then make it essential or give it a restart policy, if the task is no good without it"
		}
	}
	if i, sure := ignoredSIGTERM(s); i >= 0 && f.Stage != Runtime {
		what := "ignored SIGTERM and was killed after %.0f s"
		if sure != Certain {
			what = "possibly " + what
		}
		f.Summary += fmt.Sprintf("; "+s.Containers[i].Name+" "+what, slowShutdown(s).Seconds())
		if f.Verdict == Expected {
			f.NextStep = "nothing for this stop; let " + s.Containers[i].Name + " end on SIGTERM, or raise its stopTimeout, so that no work is cut off"
		}
	}
	f.Proof = proof(s, f, best)
}

// proof quotes the words, or names the codes, that the summary rests on.
func proof(s *events.Stop, f *Finding, best *reading) string {
	var parts []string
	if best != nil && best.stage != nil {
		parts = append(parts, strconv.Quote(clause(best)))
		switch {
		case f.Facts.RemoteIP == "" || f.Domain != DomainNetwork || !awsName(f.Facts.Endpoint) || strings.Contains(f.Facts.RemoteIP, ":"):
		case f.layers():
			parts = append(parts, f.Facts.RemoteIP+" is a public address, as S3 has behind a gateway endpoint too")
		case private(f.Facts.RemoteIP):
			parts = append(parts, f.Facts.RemoteIP+" is a private address: a VPC endpoint answered the name")
		default:
			parts = append(parts, f.Facts.RemoteIP+" is a public address, so no VPC endpoint answered the name")
		}
	}
	if s.StopCode != "" && (best == nil || best.stage == nil) {
		parts = append(parts, "stopCode "+s.StopCode)
		if said := fold(s.StoppedReason); !generic(said.folded.text) {
			parts = append(parts, strconv.Quote(strings.ToValidUTF8(said.plain[:min(len(said.plain), clauseLength)], "")))
		}
	}
	if c := f.Culprit; exited(s, c) && (f.Stage == Runtime || f.Stage == Dependency) {
		e := exitCode(*s.Containers[c].ExitCode)
		code := fmt.Sprintf("exit code %d of %s", *s.Containers[c].ExitCode, s.Containers[c].Name)
		if e.Signal != "" {
			code += " (" + e.Signal + ")"
		}
		parts = append(parts, code)
	}
	if f.Stage == Placement && best == nil {
		parts = append(parts, fmt.Sprintf("no container, %.0f min from creation to stop", s.StoppedAt.Sub(s.CreatedAt).Minutes()))
	}
	if i, _ := ignoredSIGTERM(s); i >= 0 && f.Stage != Runtime {
		parts = append(parts, fmt.Sprintf("exit code 137 of %s, %.1f s after the stop began", s.Containers[i].Name, slowShutdown(s).Seconds()))
	}
	if len(parts) == 0 && s.StoppedReason != "" {
		parts = append(parts, strconv.Quote(fold(s.StoppedReason).plain))
	}
	return strings.Join(parts, "; ")
}

// A proof quotes at most clauseLength bytes of a text, and at least clauseMinimum where the text has them.
const (
	clauseLength  = 240
	clauseMinimum = 30
)

// clauseStarts are words that a quotation begins with when they stand shortly before the words that decided: they name the thing.
var clauseStarts = []string{"exec: ", "dial tcp ", "lookup ", "error mounting ", "failed to resolve ref "}

// clause returns the part of a text around the words that named its fault, or its stage.
func clause(r *reading) string {
	rule := r.fault
	if rule == nil {
		rule = r.stage
	}
	plain := r.text.plain
	at, _ := rule.Match.find(r.text.words)
	start := clauseStart(&r.text, at)
	if i := r.text.folded.index("is not authorized to perform"); i >= 0 && rule.Fault == Denied {
		at, start = i, i
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
		if i := strings.LastIndex(t.folded.text[:at], s); i >= 0 && at-i < clauseLength/2 {
			return i
		}
	}
	plain, start := t.plain, 0
	for _, boundary := range []string{": ", ". ", "api error ", "caused by: "} {
		if i := strings.LastIndex(plain[:at], boundary); i >= 0 {
			start = max(start, i+len(boundary))
		}
	}
	if id, _, found := strings.Cut(plain[start:at], ", "); found && !strings.Contains(id, " ") {
		start += len(id) + len(", ") // a request id in front of an error
	}
	return start
}

// Conclude puts what was found out about the causes into a finding: confirmed causes come first, those that the text proved
// before those that were looked up, and those that are ruled out last. What the text decided stands. A looked-up cause that leads
// completes the summary and is the next step; as long as none leads, the next step also says how to decide one that was left for
// later. Class, verdict, confidence and the event's own proof stay. A proof of a cause that the finding does not have is kept behind
// the others and leads nowhere.
func Conclude(f Finding, proofs []Proof) Finding {
	type ranked struct {
		Proof
		rank int
	}
	causes := make([]ranked, 0, len(f.Causes)+len(proofs))
	for _, c := range f.Causes {
		i := slices.IndexFunc(proofs, func(p Proof) bool { return p.Cause == c.Cause })
		switch {
		case c.Result == Confirmed:
			causes = append(causes, ranked{c, provenByText})
		case c.Result == RuledOut || i < 0:
			causes = append(causes, ranked{c, rankOf(c)})
		default:
			causes = append(causes, ranked{proofs[i], rankOf(proofs[i])})
		}
	}
	for _, p := range proofs {
		if !slices.ContainsFunc(causes, func(c ranked) bool { return c.Cause == p.Cause }) {
			causes = append(causes, ranked{p, max(rankOf(p), undecided)})
		}
	}
	slices.SortStableFunc(causes, func(a, b ranked) int { return a.rank - b.rank })
	f.Causes = slices.Grow[[]Proof](nil, len(causes))
	for _, c := range causes {
		f.Causes = append(f.Causes, c.Proof)
	}
	if len(causes) > 0 && causes[0].rank <= lookedUp {
		if leading := causes[0]; leading.rank == lookedUp {
			if leading.Evidence != "" {
				f.Summary += ": " + leading.Evidence
			}
			f.NextStep = cmp.Or(leading.Next, f.NextStep)
		}
		return f
	}
	if i := slices.IndexFunc(f.Causes, func(p Proof) bool { return (p.Result == NotChecked || p.Result == Inconclusive) && p.Next != "" }); i >= 0 {
		f.NextStep += "; " + f.Causes[i].Next
	}
	return f
}

// The order of causes after they were checked.
const (
	provenByText = iota // the summary says it already
	lookedUp
	undecided
	ruledOut
)

func rankOf(p Proof) int {
	switch p.Result {
	case Confirmed:
		return lookedUp
	case RuledOut:
		return ruledOut
	}
	return undecided
}
