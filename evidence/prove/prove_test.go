package prove

import (
	"slices"
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
)

func TestChecksAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, check := range Checks {
		if _, known := classifier.FindCause(check.Cause); !known || seen[check.Cause] {
			t.Errorf("%s is no cause of the catalogue, or has two checks", check.Cause)
		}
		seen[check.Cause] = true
		if check.Confirms == "" || check.RulesOut == "" || check.Open == "" || check.Prove == nil {
			t.Errorf("%s: a field is empty", check.Cause)
		}
		for _, need := range check.Needs {
			if !slices.ContainsFunc(evidence.Groups, func(g evidence.Group) bool { return g.Need == need }) {
				t.Errorf("%s needs %s, which is no group", check.Cause, need)
			}
		}
	}
}

// TestEveryCauseHasACheckOrSaysWhyNot holds that no cause is left without a word, and that none has both.
func TestEveryCauseHasACheckOrSaysWhyNot(t *testing.T) {
	for _, cause := range classifier.Catalogue {
		if _, checked := Find(cause.ID); checked == (cause.Unproven != "") {
			t.Errorf("%s: has a check: %t; says why it has none: %q", cause.ID, checked, cause.Unproven)
		}
	}
}
