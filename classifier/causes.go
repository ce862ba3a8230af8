package classifier

import (
	"cmp"
	"slices"

	"whystopped/events"
)

// Cause is something that a person would find and fix. Its texts are templates for Expand.
type Cause struct {
	ID    string         // kebab-case, named for the defect and not for the stage; archived, never renamed
	Title string         // the defect in one line
	Why   string         // how the defect leads to the stop
	Check func() []Check // what to look at or run, in order; made when it is asked for, which most events do not
	Fix   string         // what to change, in the imperative
	Docs  string         // documentation page
	// a text, or a document as Parse reads it, of a stop that brings the cause; below it, where they do, log lines
	Example  string
	Unproven string  // why no check looks further than the text; empty where package evidence has a check
	At       []Stage // stages at which it can apply, all when empty
	Applies  when
	Text     []TextProof // what the event alone proves about it where it applies; the first that holds
}

// at reports whether the cause can apply at a stage.
func (c *Cause) at(stage Stage) bool { return len(c.At) == 0 || slices.Contains(c.At, stage) }

// CauseGroup is the causes of one kind; package evidence has a room of checks of the same name.
type CauseGroup struct {
	Name   string
	Says   string // what is wrong where one of them holds
	Causes []Cause
}

// CauseGroups are all causes, in the order in which an experienced engineer looks.
var CauseGroups = []CauseGroup{
	{"network", "no packet gets from the task, or from the instance under it, to what it calls, or no answer comes " +
		"back", networkCauses},
	{"access", "somebody refuses the call: a role, a policy, a key, or the credentials of a registry", accessCauses},
	{"setup", "what the task needs to start is not there or does not fit: image, secret, log group, volume, capacity",
		slices.Concat(setupCauses, batchCauses)},
	{"running", "what ran came to an end: the process, its memory, a health check, the machine, or somebody who " +
		"asked for it", slices.Concat(runningCauses, logCauses)},
}

// Catalogue holds every cause, in the order of the groups.
var Catalogue = catalogue()

func catalogue() (all []Cause) {
	for _, g := range CauseGroups {
		all = append(all, g.Causes...)
	}
	return all
}

// causesAt are the causes that can apply at each stage.
var causesAt = func() map[Stage][]*Cause {
	at := map[Stage][]*Cause{}
	for _, s := range Stages {
		for i := range Catalogue {
			if c := &Catalogue[i]; c.at(s.Stage) {
				at[s.Stage] = append(at[s.Stage], c)
			}
		}
	}
	return at
}()

// FindCause returns the cause with an id.
func FindCause(id string) (Cause, bool) {
	for _, c := range Catalogue {
		if c.ID == id {
			return c, true
		}
	}
	return Cause{}, false
}

// Applying returns the causes that a finding about a stop brings, in the order to look at them.
func Applying(s events.Stop, f Finding) []Cause {
	var all []Cause
	for _, c := range newView(&s, &f).applying(nil) {
		all = append(all, *c.Cause)
	}
	return all
}

// applying returns the causes that apply, the likeliest first, in the room of the slice that it gets if that is enough.
func (v *view) applying(causes []likely) []likely {
	for _, c := range causesAt[v.Stage] {
		if c.Applies(v) {
			causes = append(causes, likely{Cause: c})
		}
	}
	if last := len(causes) - 1; last >= 0 && causes[last].ID == "text-missing" {
		missing := causes[last]
		causes = append(v.addUsual(causes[:last]), missing)
	} else {
		causes = v.addUsual(causes)
	}
	v.arrange(causes)
	return causes
}

// TextProof is what the event alone proves about a cause that applies, so that nobody has to be asked. Confirmed wants
// words or codes that are enough by themselves; words that are not there prove nothing, since ECS cuts its texts.
type TextProof struct {
	Result   Result             // Confirmed or RuledOut
	Match    Match              // words of the leading text, which must name a step; any when empty
	If       func(v *view) bool // what else the event must show; nothing when nil
	Evidence string             // template: what the event says, and why that is enough
	Next     string             // template: what to do; the cause's Fix when empty
}

func (p *TextProof) holds(v *view, words haystack) bool {
	wordless := len(p.Match.Is) == 0 && len(p.Match.All) == 0 && len(p.Match.Any) == 0
	return (wordless || p.Match.holds(words)) && (p.If == nil || p.If(v))
}

// addCauses puts the causes that apply into the finding, with what the event alone proves about them: the confirmed
// ones first, the ruled out last. The proofs rest on the leading text and its facts alone; a class that is only guessed
// proves nothing.
func (v *view) addCauses(best *reading) {
	own, words, proven, confirmed := v, noText.folded, false, false
	if best != nil {
		facts := best.facts
		facts.fromEvent(v)
		if facts != v.Facts {
			leading := *v.Finding
			leading.Facts = facts
			own = v.of(&leading)
		}
		if best.stage != nil {
			words = best.text.words
		}
	}
	var room [16]likely // few stops have more
	applying := v.applying(room[:0])
	for i := range applying {
		c := &applying[i]
		for j := range c.Text {
			if t := &c.Text[j]; !c.usual && v.Confidence != Possible && t.holds(own, words) {
				c.text, proven, confirmed = t, true, confirmed || t.Result == Confirmed
				break
			}
		}
	}
	if confirmed {
		applying = slices.DeleteFunc(applying, func(c likely) bool { return c.usual })
	}
	if proven {
		slices.SortStableFunc(applying, func(a, b likely) int { return a.result().order() - b.result().order() })
	}
	v.Causes = make([]Proof, len(applying))
	for i := range applying {
		c, p := &applying[i], &v.Causes[i]
		p.Cause, p.Result = c.ID, c.result()
		if c.text == nil {
			p.Because = c.because(v)
			continue
		}
		p.Evidence = own.fill(c.text.Evidence)
		if p.Result == Confirmed {
			p.Next = v.fill(cmp.Or(c.text.Next, c.Fix))
		}
	}
}

// order is where a cause stands among the others of its finding.
func (r Result) order() int {
	switch r {
	case Confirmed:
		return 0
	case RuledOut:
		return 2
	}
	return 1
}

// saying is the proof of a cause by one of the words of the leading text.
func saying(evidence string, words ...string) TextProof {
	return TextProof{Result: Confirmed, Match: Match{Any: words}, Evidence: evidence}
}
