package access

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
)

const deniedTaskID = "0123456789abcdef0123456789abcdef"

func deniedTask() *evidence.Case { return &evidence.Case{Stop: events.Stop{TaskID: deniedTaskID}} }

// TestTheFunctionLeavesDenialsToTheCommandLine: an open proof names the command, a decided one does not.
func TestTheFunctionLeavesDenialsToTheCommandLine(t *testing.T) {
	c := deniedTask()
	c.Facts.Running.Denials.Reason = classifier.ReasonDeferred
	if p := withDenial(c, evidence.Unsaid("no simulation")); !strings.Contains(p.Next,
		"whystopped history "+deniedTaskID+" --verify") {
		t.Errorf("%+v", p)
	}
	if p := withDenial(c, evidence.Confirmed("allow it", "denied")); p.Next != "allow it" {
		t.Errorf("%+v", p)
	}
	if p := withDenial(c, evidence.RuledOut("the role may")); p.Next != "" {
		t.Errorf("%+v", p)
	}
}

func TestADeniedCallCompletesAProof(t *testing.T) {
	call := evidence.TrailEvent{
		At:       time.Date(2026, 9, 20, 9, 59, 40, 0, time.UTC),
		Action:   "ecr:GetAuthorizationToken",
		Error:    "AccessDenied",
		Identity: "AssumedRole",
		ARN:      "arn:aws:sts::111122223333:assumed-role/execution/" + deniedTaskID,
		Endpoint: "vpce-0a1",
		Message: "User is not authorized to perform: ecr:GetAuthorizationToken because no identity-based policy " +
			"allows the ecr:GetAuthorizationToken action",
	}
	const seen = "CloudTrail has ecr:GetAuthorizationToken at 09:59:40Z by " +
		"arn:aws:sts::111122223333:assumed-role/execution/" + deniedTaskID + ": AccessDenied, "
	older, denied, nameless, outside := call, call, call, call
	outside.Message = "User is not authorized to perform: ecr:GetAuthorizationToken because no VPC endpoint policy " +
		"allows the ecr:GetAuthorizationToken action"
	older.Message, older.Endpoint = "Access Denied", ""
	denied.Message = "User is not authorized to perform: ecr:GetAuthorizationToken with an explicit deny in an " +
		"identity-based policy"
	nameless.ARN = ""
	before := evidence.Unsaid("no simulation")
	for _, test := range []struct {
		name   string
		before classifier.Proof
		calls  []evidence.TrailEvent
		action []string
		want   classifier.Result
		says   string
		next   string
	}{
		{
			name:   "the role's own policy",
			before: before,
			calls:  []evidence.TrailEvent{call},
			action: []string{"ecr:BatchGetImage", "ecr:GetAuthorizationToken"},
			want:   classifier.Confirmed,
			says:   seen + call.Message + " (through vpce-0a1)",
			next:   "allow ecr:GetAuthorizationToken in a policy of execution",
		},
		{
			name:   "any action",
			before: before,
			calls:  []evidence.TrailEvent{call},
			want:   classifier.Confirmed,
			says:   seen + call.Message + " (through vpce-0a1)",
			next:   "allow ecr:GetAuthorizationToken in a policy of execution",
		},
		{
			name:   "the role's own policy denies it",
			before: before,
			calls:  []evidence.TrailEvent{denied},
			want:   classifier.Confirmed,
			says:   seen + denied.Message + " (through vpce-0a1)",
			next:   "take the deny of ecr:GetAuthorizationToken out of the policies of execution",
		},
		{
			name:   "a role that is not told",
			before: before,
			calls:  []evidence.TrailEvent{nameless},
			want:   classifier.Confirmed,
			says: "CloudTrail has ecr:GetAuthorizationToken at 09:59:40Z by AssumedRole: AccessDenied, " +
				call.Message + " (through vpce-0a1)",
			next: "allow ecr:GetAuthorizationToken in a policy of the role",
		},
		{
			name:   "a proof that knows better what to do",
			before: evidence.Confirmed("do it", "the simulation denies it"),
			calls:  []evidence.TrailEvent{call},
			want:   classifier.Confirmed,
			says:   seen + call.Message + " (through vpce-0a1)",
			next:   "do it",
		},
		{
			name:   "the policy of the endpoint",
			before: before,
			calls:  []evidence.TrailEvent{outside},
			want:   classifier.Inconclusive,
			says:   "no simulation; " + seen + outside.Message + " (through vpce-0a1)",
		},
		{
			name:   "another action",
			before: before,
			calls:  []evidence.TrailEvent{call},
			action: []string{"ecr:BatchGetImage"},
			want:   classifier.Inconclusive,
			says:   "no simulation",
		},
		{
			name:   "who refused is not told",
			before: before,
			calls:  []evidence.TrailEvent{older},
			want:   classifier.Inconclusive,
			says:   "no simulation; " + seen + "Access Denied",
		},
		{
			name:   "who refused is not told, and nothing else is",
			before: evidence.Unanswered[evidence.Role](classifier.ReasonNoPermission, "iam:GetRole").Gap(),
			calls:  []evidence.TrailEvent{older},
			want:   classifier.Inconclusive,
			says:   seen + "Access Denied",
		},
		{name: "nothing", before: before, want: classifier.Inconclusive, says: "no simulation"},
	} {
		c := deniedTask()
		c.Facts.Running.Denials = evidence.Is(test.calls)
		p := withDenial(c, test.before, test.action...)
		if p.Result != test.want || p.Evidence != test.says || p.Next != test.next {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}
