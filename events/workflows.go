package events

import (
	"encoding/json"
	"fmt"
	"strings"
)

// stateFailure is what Step Functions says of a state or an execution that failed.
type stateFailure struct {
	Error        string `json:"error"`
	Cause        string `json:"cause"`
	ExecutionARN string `json:"executionArn"`
}

// callErrors are the beginnings of the errors with which a state fails whose call to ECS or Batch was refused, and that
// call. AmazonECS.Unknown has the answer of RunTask for its cause. Source:
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
var callErrors = []struct{ prefix, call string }{
	{"ECS.", "RunTask"}, {"Ecs.", "RunTask"}, {"AmazonECS.", "RunTask"},
	{"Batch.", "SubmitJob"}, {"AWSBatch.", "SubmitJob"},
}

// stateFailed reads why a state failed: the task or the job in its cause, or the refusal of the call that was to start
// one.
func (w *walker) stateFailed(o object, raw []byte, path string, depth int) bool {
	var f stateFailure
	decode(raw, &f)
	if inner := trimSpace([]byte(f.Cause)); len(inner) > 0 && inner[0] == '{' && json.Valid(inner) {
		return w.members(o, path, depth)
	}
	for _, e := range callErrors {
		if !strings.HasPrefix(f.Error, e.prefix) {
			continue
		}
		s := Stop{Kind: KindRequest, EventName: e.call,
			StoppedReason: strings.TrimSuffix(e.call+": "+strings.TrimPrefix(f.Error, e.prefix)+": "+f.Cause, ": "),
			Launcher:      LauncherStepFunctions}
		s.inRegionOf(f.ExecutionARN)
		return w.sent(s, raw, path)
	}
	found, more := w.finds(func() bool { return w.members(o, path, depth) })
	if !found {
		w.found = true
		more = w.out(Stop{}, &Refusal{Path: path, Ask: Ask(askHistory, "may have one in it", NamesIn(raw)), Raw: raw,
			Reason: fmt.Sprintf("failed with %s, in which no ECS task stands", known(f.Error))})
	}
	return more
}

// execution reads the event of an execution that ended.
func (w *walker) execution(d *document, raw []byte, path string) bool {
	var e struct {
		Detail json.RawMessage `json:"detail"`
	}
	decode(raw, &e)
	found, more := w.finds(func() bool { return w.value(e.Detail, joinPath(path, "detail"), 1) })
	if !found {
		more = w.ask(path, raw, Ask(askHistory, "may have one in it", NamesIn(raw)),
			"an execution of a state machine whose cause and output hold no ECS task")
	}
	return more
}

// isHistory reports whether a list is the history of an execution.
func isHistory(raw []byte) bool {
	var list []object
	return json.Unmarshal(raw, &list) == nil && len(list) > 0 && list[0].has("type") && list[0].counts("id")
}

// history reads the events of an execution's history. A task stands in several of them, as it was submitted, as it
// ended and as what the execution failed of; its end is told once.
func (w *walker) history(raw []byte, path string, depth int) bool {
	var ended []Stop
	var beside []*Refusal
	at := map[string]int{}
	inner := walker{out: func(s Stop, r *Refusal) bool {
		if r != nil {
			beside = append(beside, r)
			return true
		}
		key := s.TaskARN
		if key == "" {
			key = s.StoppedReason
		}
		if i, again := at[key]; again && key != "" {
			if ended[i].StillStopping {
				ended[i] = s
			}
			return true
		}
		at[key] = len(ended)
		ended = append(ended, s)
		return true
	}}
	inner.value(raw, path, depth)
	if !inner.found {
		return w.refuse(path, raw, "the history of an execution in which no task of ECS and no job of AWS Batch stands")
	}
	for _, s := range ended {
		if !w.yield(s) {
			return false
		}
	}
	for _, r := range beside {
		if len(ended) > 0 && r.Beside {
			continue // the task in an earlier state, or another call
		}
		w.found = true
		if !w.out(Stop{}, r) {
			return false
		}
	}
	return true
}
