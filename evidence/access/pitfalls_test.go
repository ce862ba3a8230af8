package access

import (
	"testing"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/evidencetest"
)

func TestAccessPitfalls(t *testing.T) {
	denied := func(s evidence.Simulation) *evidence.Case {
		c := accessCase(denialOf(classifier.RegistryAuth, classifier.Facts{
			AWSAction: "ecr:GetAuthorizationToken",
			Role:      "orders-exec",
		}))
		simulate(c, execRole, "ecr:GetAuthorizationToken", "*", s)
		return c
	}
	for _, p := range []evidencetest.Pitfall{
		{
			Name:    "P9 the simulation lacks context values",
			Cause:   "role-permission-missing",
			With:    denied(evidence.Simulation{Decision: "implicitDeny", Missing: []string{"aws:SourceVpce"}}),
			Want:    "inconclusive condition",
			Without: denied(evidence.Simulation{Decision: "implicitDeny"}),
			Decided: classifier.Confirmed,
		},
	} {
		p.Try(t, Checks)
	}
}

func TestWhatIsGoneLeavesAccessAReason(t *testing.T) {
	evidencetest.WhatIsGone(t, Checks, func() *evidence.Case {
		return accessCase(denialOf(classifier.RegistryAuth, classifier.Facts{
			AWSAction: "ecr:GetAuthorizationToken",
			Role:      "orders-exec",
		}))
	})
}
