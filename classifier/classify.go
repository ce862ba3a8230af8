package classifier

import (
	"whystopped/events"
)

// Version counts the editions of the rule and cause tables. It is archived with every record, and of two records of one
// stop the one of the higher version is shown. A test forces it up when the tables change.
const Version = 8

// Classify explains a stop. It is total: what no rule can defend is "unknown".
func Classify(s events.Stop) Finding {
	f := Finding{Stage: UnknownStage, Fault: UnknownFault, Confidence: Possible, Culprit: -1}
	newView(&s, &f).classify()
	return Hear(&s, f, s.LogLines)
}

// classify fills in the finding.
func (v *view) classify() {
	if v.Kind == events.KindUnreadable {
		v.Domain, v.Verdict = DomainUnknown, Review
		v.describe(nil, nil)
		v.Signature = v.signature(events.Fold(v.Refusal).Folded)
		return
	}
	said := v.readings()
	best := v.leading(said)
	if best != nil {
		v.stageRow, v.faultRow = best.stage, best.fault
	}
	if v.stageRow != nil {
		v.Stage, v.StageRule = v.stageRow.Stage, v.stageRow.ID
		v.Culprit = v.culprit(best)
	} else {
		v.byCode()
		if v.Fault != UnknownFault || v.Stage != UnknownStage && v.Stage != Start {
			v.faultRow = nil // the code says more than a text without a step
		}
	}
	if v.faultRow != nil {
		v.Fault, v.FaultRule, v.Confidence = v.faultRow.Fault, v.faultRow.ID, sure(v.faultRow)
	}
	if v.Stage == UnknownStage && v.Confidence == Certain {
		v.Confidence = Likely // of a class only the whole is certain, and where it happened is not known
	}
	if best != nil {
		v.Facts = best.facts
		for i := range said {
			if r := &said[i]; r != best && (r.text.Container < 0 || r.text.Container == v.Culprit) {
				v.Facts.merge(&r.facts)
			}
		}
	}
	if v.Kind == events.KindContainer {
		v.Culprit = v.Ended
	}
	v.Facts.fromEvent(v)
	v.settle()
	v.Domain = v.domain()
	v.Verdict = v.verdict()
	if v.Verdict == Expected && v.stageRow != nil && v.stageRow.Routine {
		v.Confidence = Certain
	}
	if exited(v.Stop, v.Culprit) {
		v.Signal = exitCode(*v.Containers[v.Culprit].ExitCode).Signal
	}
	words := ""
	if best != nil {
		words = best.text.Folded
	}
	v.Signature = v.signature(words)
	v.addCauses(best)
	v.describe(said, best)
}

// byCode decides by stop code, exit code and clock.
func (v *view) byCode() {
	for i := range Codes {
		c := &Codes[i]
		if !c.If(v) {
			continue
		}
		v.codeRow = c
		v.Stage, v.Fault, v.Confidence = c.Stage, c.Fault, c.Confidence
		v.StageRule, v.FaultRule = c.ID, c.ID
		if c.Stage == Runtime || c.Stage == Dependency {
			v.Culprit = v.first
			if v.first >= 0 && ambiguous(v.Stop, v.first) && *v.Containers[v.first].ExitCode != 0 {
				v.Confidence = Likely
			}
		}
		return
	}
}

// readings returns what the rules make of the stop's texts, in their order. What a caller of StopTask writes can
// imitate any text and counts only where it says why somebody asked.
func (v *view) readings() []reading {
	all := make([]reading, 0, len(v.texts))
	for i := range v.texts {
		t := &v.texts[i]
		if generic(t.Folded) {
			continue
		}
		r := v.read(t)
		if v.StopCode != "UserInitiated" || t.Container >= 0 || r.stage != nil && r.stage.Asked {
			all = append(all, r)
		}
	}
	return all
}

// leading returns the most telling of the readings that codes and clock do not beat, nil when these must decide.
func (v *view) leading(said []reading) *reading {
	var best *reading
	bestRank := 0
	for i := range said {
		if rank := v.rank(&said[i]); rank > bestRank && !v.beaten(&said[i]) {
			best, bestRank = &said[i], rank
		}
	}
	return best
}

// rank is how much a text explains: a stage and a fault before a stage alone. Of equal texts the first one leads, which
// is the task's own. An OutOfMemoryError leads them all, unless the task was already being stopped.
func (v *view) rank(r *reading) int {
	switch {
	case r.stage == nil && r.fault == nil:
		return 0
	case r.stage == nil:
		return 1
	case r.stage.Weak:
		return 2
	case r.fault == nil:
		return 3
	case r.fault.Fault == OOM && (!askedFor(v.StopCode) || v.EndedBeforeStop()):
		return 5
	}
	return 4
}

// askedFor reports whether ECS or a person wanted the task to stop.
func askedFor(stopCode string) bool {
	return stopCode == "UserInitiated" || stopCode == "ServiceSchedulerInitiated" || stopCode == "SpotInterruption"
}

// beaten reports whether codes and clock prove more than the leading text.
func (v *view) beaten(r *reading) bool {
	first := v.first
	failed := crashed(v.Stop, first)
	switch {
	case v.StopCode == "UserInitiated":
		oom := r.fault != nil && r.fault.Fault == OOM && v.EndedBeforeStop()
		return !oom && (r.stage == nil || !r.stage.Asked)
	case r.stage == nil, r.text.Container >= 0 && v.Injected(r.text.Container):
		return first >= 0
	case r.stage.Weak:
		return failed || askedFor(v.StopCode) || v.StopCode == "TerminationNotice" ||
			v.StopCode == "InfrastructureHealth" ||
			first >= 0 && (r.stage.Stage == UnknownStage || first != r.text.Container)
	case r.stage.Stage == Dependency:
		return failed && !killedBySignal(*v.Containers[first].ExitCode)
	case r.stage.Stage == Scheduler && r.fault != nil && (r.fault.Fault == ScaledIn || r.fault.Fault == Replaced):
		return failedBeforeStop(v.Stop, first)
	}
	return false
}

// generic are the sentences that stand in front of every reason and say nothing by themselves.
func generic(folded string) bool {
	switch folded {
	case "essential container in task exited", "task failed to start", "taskfailedtostart", "unknown", "":
		return true
	}
	return false
}

// culpritOf returns the container that the winning text speaks of.
func (v *view) culprit(r *reading) int {
	if r.stage.Stage == Dependency {
		if c := mentioned(v.Stop, r.text); c >= 0 {
			return c
		}
	}
	if r.text.Container >= 0 {
		return r.text.Container
	}
	switch r.stage.Stage {
	case Scheduler, User, Host, Placement, Network:
		return -1
	case Runtime, Dependency:
		return v.first
	case HealthCheck:
		return unhealthyContainer(v.Stop, r)
	}
	return named(v.Stop, r.text, r.facts)
}

// unhealthyContainer is the one that a container health check failed, where the event or the API's answer tells.
func unhealthyContainer(s *events.Stop, r *reading) int {
	for i, c := range s.Containers {
		if c.HealthStatus == "UNHEALTHY" {
			return i
		}
	}
	return named(s, r.text, r.facts)
}

func sure(r *Rule) Confidence {
	if r.Confidence == "" {
		return Certain
	}
	return r.Confidence
}
