package evidence

import (
	"testing"

	"whystopped/classifier"
)

func TestAccessPitfalls(t *testing.T) {
	denied := func(s Simulation) *Case {
		c := accessCase(denialOf(classifier.RegistryAuth, classifier.Facts{
			AWSAction: "ecr:GetAuthorizationToken",
			Role:      "orders-exec",
		}))
		c.simulate(execRole, "ecr:GetAuthorizationToken", "*", s)
		return c
	}
	for _, p := range []pitfall{
		{
			name:    "P9 the simulation lacks context values",
			cause:   "role-permission-missing",
			with:    denied(Simulation{Decision: "implicitDeny", Missing: []string{"aws:SourceVpce"}}),
			want:    "inconclusive condition",
			without: denied(Simulation{Decision: "implicitDeny"}),
			decided: classifier.Confirmed,
		},
	} {
		p.try(t, accessChecks)
	}
}

func TestWhatIsGoneLeavesAccessAReason(t *testing.T) {
	whatIsGone(t, accessChecks, func() *Case {
		return accessCase(denialOf(classifier.RegistryAuth, classifier.Facts{AWSAction: "ecr:GetAuthorizationToken", Role: "orders-exec"}))
	})
}
