package classifier

import (
	"net/netip"
	"slices"

	"whystopped/events"
	"whystopped/events/awsname"
)

// view is one stop as the tables see it: what the event states, its texts, each folded once, and the finding under way,
// whose facts the conditions ask for.
type view struct {
	*events.Stop
	*Finding
	texts              []text
	reason             *text // the task's own text among them; empty when the event gives none
	stageRow, faultRow *Rule // the rows that named the stage and the fault; nil where a code did, or nothing
	codeRow            *Code
	remote             netip.Addr   // the address that was dialled, invalid where none is stated
	dropped            bool         // a call of the task's set-up got no answer
	toInternet         bool         // its way leads, or may lead, out of the VPC
	toAWS              bool         // the host that was called is one of AWS's
	subnet             string       // the one of the task's own network interface
	addresses          []netip.Addr // those of that interface
	first              int          // the container that ended by itself before the others, -1 when none did
}

// noText stands for the text of a stop that gives none.
var noText = text{folded: haystackOf("")}

// when is a condition of a row of any table.
type when func(v *view) bool

func newView(s *events.Stop, f *Finding) *view {
	v := &view{Stop: s, Finding: f, first: endedFirst(s), reason: &noText}
	v.subnet, v.addresses = s.TaskInterface()
	said := s.Texts()
	v.texts = make([]text, len(said))
	for i, t := range said {
		v.texts[i] = newText(t)
	}
	v.settle()
	if s.StoppedReason != "" {
		v.reason = &v.texts[0]
	}
	return v
}

// of is the same stop with another finding.
func (v *view) of(f *Finding) *view {
	other := *v
	other.Finding = f
	other.settle()
	return &other
}

// settle reads the facts that many conditions ask for, once they are known.
func (v *view) settle() {
	v.remote, v.toAWS = netip.Addr{}, awsname.IsAWS(v.Facts.Endpoint)
	if v.Facts.RemoteIP != "" {
		v.remote, _ = netip.ParseAddr(v.Facts.RemoteIP)
	}
	v.dropped = gotNoAnswer(v)
	v.toInternet = v.dropped && v.openPath() && !v.private()
}

// private reports whether the address that was dialled lies in a VPC: then a VPC endpoint answered the name.
func (v *view) private() bool { return awsname.IsPrivate(v.remote) }

// says reports whether one of the stop's texts has one of the words, which are in lower case.
func (v *view) says(words ...string) bool {
	for i := range v.texts {
		for _, w := range words {
			if v.texts[i].folded.has(w) {
				return true
			}
		}
	}
	return false
}

func textSays(words ...string) when {
	return func(v *view) bool { return v.says(words...) }
}

// byRule reports whether one of the rules named the stage or the fault.
func byRule(ids ...string) when {
	return func(v *view) bool { return slices.Contains(ids, v.FaultRule) || slices.Contains(ids, v.StageRule) }
}

// is reports whether the finding is of one of the stages.
func (f *Finding) is(stages ...Stage) bool { return slices.Contains(stages, f.Stage) }

// has reports whether the finding has one of the faults.
func (f *Finding) has(faults ...Fault) bool { return slices.Contains(faults, f.Fault) }
