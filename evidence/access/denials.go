package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// DenialsBetween is when the task's execution role was used for its set-up.
func DenialsBetween(c *evidence.Case) (from, to time.Time) {
	return c.Stop.CreatedAt.Add(-time.Minute), c.Stop.StoppedAt.Add(time.Minute)
}

// withDenial completes a proof about a permission of the task's role with the denied call that CloudTrail knows, for
// one of the actions; for any where none is named. CloudTrail's message names the policy that refused: where it is the
// role's own, that is confirmed. That there is no such call proves nothing: those that the policy of a VPC endpoint
// stops, or that never reach AWS, are not in CloudTrail, nor are those for data, such as s3:GetObject.
func withDenial(c *evidence.Case, p classifier.Proof, actions ...string) classifier.Proof {
	i := slices.IndexFunc(c.Facts.Running.Denials.Value, func(e evidence.TrailEvent) bool {
		return len(actions) == 0 ||
			slices.ContainsFunc(actions,
				func(action string) bool { return strings.EqualFold(awsname.Permission(e.Action), action) })
	})
	if i < 0 {
		if c.Facts.Running.Denials.Reason == classifier.ReasonDeferred && !p.Result.Decided() {
			p.Next = c.AskLater()
		}
		return p
	}
	e := c.Facts.Running.Denials.Value[i]
	said := fmt.Sprintf("CloudTrail has %s at %s by %s: %s, %s", e.Action, evidence.Moment(e.At), e.Who(), e.Error,
		e.Message)
	if e.Endpoint != "" {
		said += " (through " + e.Endpoint + ")"
	}
	if strings.Contains(e.Message, "no identity-based policy allows") ||
		strings.Contains(e.Message, "explicit deny in an identity-based policy") {
		role, _ := awsname.AssumedRole(e.ARN)
		role = cmp.Or(role, "the role")
		next := fmt.Sprintf("allow %s in a policy of %s", awsname.Permission(e.Action), role)
		if strings.Contains(e.Message, "explicit deny") {
			next = fmt.Sprintf("take the deny of %s out of the policies of %s", awsname.Permission(e.Action), role)
		}
		return evidence.Confirmed(cmp.Or(p.Next, next), "%s", said)
	}
	if p.Evidence != "" {
		said = p.Evidence + "; " + said
	}
	p.Evidence = said
	return p
}
