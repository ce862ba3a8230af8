package classifier

import (
	"slices"

	"whystopped/events"
)

// Rule names the stage or the fault that the words of a text prove. Rules stand in order, the first that holds wins.
type Rule struct {
	ID         string  // "stage/kebab" or "fault/kebab"; archived, never renamed
	Stage      Stage   // what a stage rule names
	Fault      Fault   // what a fault rule names
	At         []Stage // stages at which a fault rule can hold, all when empty
	Match      Match
	If         when          // a further condition on the facts of the same text
	Confidence Confidence    // what the words of a fault rule are worth; Certain when empty
	Domain     Domain        // who owns the fix, where it is not what the class says
	Kinds      []events.Kind // kinds of stop whose texts it reads, all when empty
	Routine    bool          // the words tell that all goes as it should
	Weak       bool          // the words tell how the stop was carried out; any other text or code beats them
	Asked      bool          // the words tell why somebody asked for the stop, so they count beside UserInitiated
	Says, Do   string        // what is told where it names the stage or the fault, before what is told of the class
	Source     string        // where the words come from: an AWS page or a source file
	Example    string        // a text on which this rule wins
}

// Match holds on a folded text when the text is one of Is, or when every string of All, one of Any (where there are
// any) and none of None stands in it.
type Match struct {
	Is   []string
	All  []string
	Any  []string
	None []string
}

func (m *Match) holds(folded haystack) bool {
	_, found := m.find(folded)
	return found
}

// find returns a place in the text that makes m hold.
func (m *Match) find(folded haystack) (at int, found bool) {
	for _, s := range m.Is {
		if folded.text == s {
			return 0, true
		}
	}
	if len(m.All) == 0 && len(m.Any) == 0 {
		return 0, false
	}
	for _, s := range m.All {
		i := folded.index(s)
		if i < 0 {
			return 0, false
		}
		at = i
	}
	if len(m.Any) > 0 {
		at = -1
		for _, s := range m.Any {
			if i := folded.index(s); i >= 0 {
				at = i
				break
			}
		}
		if at < 0 {
			return 0, false
		}
	}
	for _, s := range m.None {
		if folded.has(s) {
			return 0, false
		}
	}
	return at, true
}

// reads reports whether the rule reads the texts of a kind.
func (r *Rule) reads(kind events.Kind) bool {
	return len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind)
}

func (r *Rule) holds(v *view, t *text, stage Stage, facts *Facts) bool {
	return r.Match.holds(t.words) && (r.If == nil || r.If(v.of(&Finding{Stage: stage, Facts: *facts, Culprit: -1})))
}

// reading is what the rules make of one text; stage and fault are nil where no rule holds.
type reading struct {
	text  *text
	facts Facts
	stage *Rule
	fault *Rule
}

// read returns what the rules make of one of the stop's texts.
func (v *view) read(t *text) reading {
	t.words = t.folded
	if words := blankNames(blankBracketed(t.folded)); words != t.Folded {
		t.words = t.folded.blanked(words)
	}
	r := reading{text: t, facts: extract(t)}
	for i := range stageRules {
		if s := &stageRules[i]; s.mayHold(t.words) && s.reads(v.Kind) && s.Match.holds(t.words) {
			r.stage = s.Rule
			break
		}
	}
	stage := UnknownStage
	if r.stage != nil {
		if r.stage.Routine {
			return r
		}
		stage = r.stage.Stage
	}
	rules := faultRulesAt[stage]
	for i := range rules {
		if f := &rules[i]; f.mayHold(t.words) && f.reads(v.Kind) && f.holds(v, t, stage, &r.facts) {
			r.fault = f.Rule
			break
		}
	}
	return r
}

// ready is a rule with what dismisses most texts at once: a key of each word that it wants, and for words that are too
// short to have one, none.
type ready struct {
	*Rule
	all, any []uint32
	whole    bool // it wants a text that is one of Is
}

func newReady(r *Rule) ready {
	is := ready{Rule: r, whole: len(r.Match.Is) > 0}
	for _, word := range r.Match.All {
		if key, ok := rarestKey(word); ok {
			is.all = append(is.all, key)
		}
	}
	for _, word := range r.Match.Any {
		key, ok := rarestKey(word)
		if !ok {
			is.any = nil
			break
		}
		is.any = append(is.any, key)
	}
	return is
}

// mayHold reports whether the rule may hold on the text.
func (r *ready) mayHold(said haystack) bool {
	if r.whole {
		return true
	}
	for _, key := range r.all {
		if !said.hasKey(key) {
			return false
		}
	}
	for _, key := range r.any {
		if said.hasKey(key) {
			return true
		}
	}
	return len(r.any) == 0
}

// stageRules are the rules that name stages.
var stageRules = func() (all []ready) {
	for i := range StageRules {
		all = append(all, newReady(&StageRules[i]))
	}
	return all
}()

// faultRulesAt are the rules that can name a fault at each stage.
var faultRulesAt = func() map[Stage][]ready {
	at := map[Stage][]ready{}
	for i := range FaultRules {
		r := newReady(&FaultRules[i])
		for _, s := range Stages {
			if len(r.At) == 0 || slices.Contains(r.At, s.Stage) {
				at[s.Stage] = append(at[s.Stage], r)
			}
		}
	}
	return at
}()
