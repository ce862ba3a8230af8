package setup

import (
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

func TestSetupPitfalls(t *testing.T) {
	started := func(stage classifier.Stage, fault classifier.Fault, break1 func(*evidence.Case)) *evidence.Case {
		c := ordersCase(stage, fault)
		break1(&c)
		return &c
	}
	for _, p := range []evidencetest.Pitfall{
		{
			Name:  "P3 an image of another account, which we may not see and the task may",
			Cause: "image-tag-missing",
			With: started(classifier.Image, classifier.NotFound, func(c *evidence.Case) {
				elsewhere(c, evidence.Unanswered[evidence.Image](classifier.ReasonNoPermission, "ecr:DescribeImages"))
			}),
			Want:    "inconclusive not_visible",
			Without: started(classifier.Image, classifier.NotFound, withoutImage),
			Decided: classifier.Confirmed,
		},
	} {
		p.Try(t, Checks)
	}
}

// TestNoSecretIsOpened: the JSON key of a secret would need its value. That nothing asks for values is
// TestNothingIsAskedThatCouldHurt.
func TestNoSecretIsOpened(t *testing.T) {
	if _, found := Checks.Find("secret-json-key-missing"); found {
		t.Error("something looks for a JSON key")
	}
}

func TestWhatIsGoneOfTheSetupIsAReason(t *testing.T) {
	evidencetest.WhatIsGone(t, Checks, func() *evidence.Case {
		c := ordersCase(classifier.Image, classifier.NotFound)
		return &c
	})
}
