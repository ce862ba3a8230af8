package main

import (
	"strings"
	"testing"

	"whystopped/classifier"
)

// TestEveryMessageIsFound holds that the words of each rule's example lead to a row of the index, and each row further.
func TestEveryMessageIsFound(t *testing.T) {
	page, err := messagesPage("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range append(classifier.StageRules[:len(classifier.StageRules):len(classifier.StageRules)],
		classifier.FaultRules...) {
		if !strings.Contains(page, cell(strings.TrimRight(r.Example, "."))) {
			t.Errorf("%s: no row has its example %q", r.ID, r.Example)
		}
	}
	for _, s := range messageSections() {
		for _, m := range s.messages {
			if m.Summary == "" || m.NextStep == "" {
				t.Errorf("%q: summary %q, next step %q", m.text, m.Summary, m.NextStep)
			}
		}
	}
}
