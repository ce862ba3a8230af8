package events_test

import (
	"fmt"
	"strings"
	"testing"

	"whystopped/events"
)

func TestFold(t *testing.T) {
	for text, plain := range map[string]string{
		"Essential container in task exited":     "Essential container in task exited",
		"  no\tsuch \n file\u00a0or  directory ": "no such file or directory",
		"stat ‘/App’: “No” such":                 `stat '/App': "No" such`,
		"TaskFailedToStart: RESOURCE:MEMORY":     "RESOURCE:MEMORY",
		"größer als \xff":                        "größer als \xff",
		"":                                       "",
	} {
		got := events.Fold(text)
		if got.Plain != plain || got.Container != -1 || len(got.Folded) != len(plain) ||
			!strings.EqualFold(got.Folded, plain) || strings.ContainsAny(got.Folded, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			t.Errorf("%q is folded to %+v", text, got)
		}
	}
}

func TestTexts(t *testing.T) {
	s := events.Stop{
		Kind:          events.KindTask,
		StoppedReason: "Task failed",
		EventName:     "SERVICE_TASK_PLACEMENT_FAILURE",
		Ended:         2,
		Containers:    []events.Container{{Reason: "OutOfMemoryError"}, {}, {Reason: "CannotStart"}},
		Attachments:   []events.Attachment{{Details: map[string]string{"statusReason": "No “free” address"}}},
	}
	for kind, want := range map[events.Kind]string{
		events.KindTask: "-1 task failed; 0 outofmemoryerror; 2 cannotstart; -1 no \"free\" address; -1 " +
			"service_task_placement_failure",
		events.KindContainer: "-1 task failed; 2 cannotstart; -1 no \"free\" address; -1 " +
			"service_task_placement_failure",
		events.KindRequest: "-1 task failed; 0 outofmemoryerror; 2 cannotstart; -1 no \"free\" address",
	} {
		s.Kind = kind
		var got []string
		for _, text := range s.Texts() {
			got = append(got, fmt.Sprint(text.Container, " ", text.Folded))
		}
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("a %s says %s", kind, got)
		}
	}
	if texts := s.Texts(); !texts.Say("nothing", `"free"`) || texts.Say("nothing", "Free") || texts.Say() {
		t.Error("a word stands in the folded texts or does not")
	}
}

func FuzzFold(f *testing.F) {
	f.Add("TaskFailedToStart: stat ‘/App’: “No” such\u00a0file")
	f.Fuzz(func(t *testing.T, text string) {
		got := events.Fold(text)
		if len(got.Plain) != len(got.Folded) || strings.ContainsAny(got.Folded, "\n\t") ||
			strings.Contains(got.Folded, "  ") {
			t.Errorf("%q is folded to %+v", text, got)
		}
	})
}
