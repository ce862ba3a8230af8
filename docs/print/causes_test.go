package main

import (
	"testing"

	"whystopped/classifier"
	"whystopped/evidence/prove"
)

// TestCausesAreCheckedOrSayWhyNot holds that a cause has a check, or says why it has none.
func TestCausesAreCheckedOrSayWhyNot(t *testing.T) {
	for _, c := range classifier.Catalogue {
		if _, checked := prove.Find(c.ID); checked == (c.Unproven != "") {
			t.Errorf("%s: checked %t, unproven %q: must have a check or say why it has none, and not both", c.ID, checked, c.Unproven)
		}
	}
}
