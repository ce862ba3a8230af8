package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
)

// trailChecks decide who asked for the stop. Only the command line asks CloudTrail, because its events come late.
var trailChecks = []Check{
	{
		Cause: "stopped-by-person", Needs: []Need{NeedTrail}, Timeless: true,
		Confirms: "the first StopTask call for this task that CloudTrail has is a person's: a console session, the root user, CloudShell, or a login of IAM Identity Center or by mail address",
		RulesOut: "a service or a program made the call",
		Open:     "CloudTrail has no such call (yet), or the caller may be either; it is named",
		Prove:    func(c *Case) classifier.Proof { return proveStopCall(c, person, program) },
	},
	{
		Cause: "stopped-by-automation", Needs: []Need{NeedTrail}, Timeless: true,
		Confirms: "the first StopTask call for this task that CloudTrail has is from a service of AWS or from a program that runs in one",
		RulesOut: "a person made the call",
		Open:     "CloudTrail has no such call (yet), or the caller may be either; it is named",
		Prove:    func(c *Case) classifier.Proof { return proveStopCall(c, program, person) },
	},
}

// Delivered is how long after a call CloudTrail has told of it in all but rare cases: on average it takes 5 minutes, which is not
// guaranteed (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html).
const Delivered = 20 * time.Minute

// actor is who made a call, as far as CloudTrail's event shows.
type actor int

const (
	either actor = iota
	person
	program
)

// actor tells whether a person or a program made the call. In the console, and in its shell, a person does, though CloudTrail names
// the console as a service that made the call, and the shell as a place where programs run.
func (e TrailEvent) actor() actor {
	agent := strings.ToLower(e.Agent)
	session := awsname.LastPart(e.ARN)
	switch {
	case e.InvokedBy == "signin.amazonaws.com":
		return person
	case e.InvokedBy != "", e.Identity == "AWSService", strings.HasSuffix(e.SourceIP, ".amazonaws.com") && !strings.HasPrefix(e.SourceIP, "console"), strings.Contains(agent, "exec-env/") && !byHand(agent):
		return program
	case e.Console, e.Identity == "Root", strings.Contains(e.ARN, ":assumed-role/AWSReservedSSO_"), strings.Contains(session, "@"), strings.Contains(agent, "mozilla/"), byHand(agent):
		return person
	}
	return either
}

// byHand tells that an agent is the command line in one of AWS's own shells for people.
func byHand(agent string) bool {
	return strings.Contains(agent, "exec-env/cloudshell") || strings.Contains(agent, "exec-env/aws_cloud9")
}

// who names the caller of an event.
func (e TrailEvent) who() string {
	said := e.Identity
	if e.ARN != "" {
		said = e.ARN
	}
	for _, part := range []struct{ before, what string }{{"on behalf of ", e.InvokedBy}, {"from ", e.SourceIP}, {"with ", e.Agent}} {
		if part.what != "" {
			said += " " + part.before + part.what
		}
	}
	return said
}

func proveStopCall(c *Case, asked, other actor) classifier.Proof {
	calls := c.Facts.Aftermath.StopCalls
	if calls.State != Known {
		return c.trailGap(calls)
	}
	made := slices.DeleteFunc(slices.Clone(calls.Value), func(e TrailEvent) bool { return e.Error != "" })
	if len(made) == 0 {
		if age := c.CheckedAt.Sub(c.Stop.StoppedAt); age < Delivered {
			return inconclusive(classifier.ReasonDeferred, "CloudTrail has no StopTask call for this task yet, %s after the stop; it tells of a call after 5 to 20 minutes", classifier.Span(age))
		}
		return unsaid("CloudTrail has no StopTask call for this task within %s of the stop", classifier.Span(trailWindow))
	}
	e := slices.MinFunc(made, func(a, b TrailEvent) int { return a.At.Compare(b.At) }) // later ones found the task stopping
	said := fmt.Sprintf("StopTask at %s by %s", moment(e.At), e.who())
	switch e.actor() {
	case asked:
		return confirmed("nothing if the stop was meant; otherwise ask "+e.who(), "%s", said)
	case other:
		return ruledOut("%s", said)
	}
	return unsaid("%s: a person or a program", said)
}

// trailGap says why CloudTrail was not asked, and how somebody can ask it.
func (c *Case) trailGap(a Answer[[]TrailEvent]) classifier.Proof {
	gap := a.gap()
	if gap.Reason == classifier.ReasonDeferred {
		gap.Next = c.askLater()
	}
	return gap
}

// askLater is how somebody asks CloudTrail.
func (c *Case) askLater() string {
	if c.Stop.TaskID == "" {
		return ""
	}
	return "ask CloudTrail some minutes after the stop: `whystopped history " + c.Stop.TaskID + " --verify`"
}

// trailWindow is how far from the stop a StopTask call is looked for.
const trailWindow = 3 * time.Minute

// StopCallsBetween is when the StopTask call about the task was made, if there was one.
func (c *Case) StopCallsBetween() (from, to time.Time) {
	at := c.stopBegan()
	return at.Add(-trailWindow), at.Add(trailWindow)
}

// DenialsBetween is when the task's execution role was used for its set-up.
func (c *Case) DenialsBetween() (from, to time.Time) {
	return c.Stop.CreatedAt.Add(-time.Minute), c.Stop.StoppedAt.Add(time.Minute)
}

// withDenial completes a proof about a permission of the task's role with the denied call that CloudTrail knows, for one of the
// actions; for any where none is named. CloudTrail's message names the policy that refused: where it is the role's own, that is
// confirmed. That there is no such call proves nothing: those that the policy of a VPC endpoint stops, or that never reach AWS,
// are not in CloudTrail, nor are those for data, such as s3:GetObject.
func (c *Case) withDenial(p classifier.Proof, actions ...string) classifier.Proof {
	i := slices.IndexFunc(c.Facts.Aftermath.Denials.Value, func(e TrailEvent) bool {
		return len(actions) == 0 || slices.ContainsFunc(actions, func(action string) bool { return strings.EqualFold(e.Action, action) })
	})
	if i < 0 {
		if c.Facts.Aftermath.Denials.Reason == classifier.ReasonDeferred && !p.Result.Decided() {
			p.Next = c.askLater()
		}
		return p
	}
	e := c.Facts.Aftermath.Denials.Value[i]
	said := fmt.Sprintf("CloudTrail has %s at %s by %s: %s, %s", e.Action, moment(e.At), e.who(), e.Error, e.Message)
	if e.Endpoint != "" {
		said += " (through " + e.Endpoint + ")"
	}
	if strings.Contains(e.Message, "no identity-based policy allows") || strings.Contains(e.Message, "explicit deny in an identity-based policy") {
		role, _ := awsname.AssumedRole(e.ARN)
		role = cmp.Or(role, "the role")
		next := fmt.Sprintf("allow %s in a policy of %s", e.Action, role)
		if strings.Contains(e.Message, "explicit deny") {
			next = fmt.Sprintf("take the deny of %s out of the policies of %s", e.Action, role)
		}
		return confirmed(cmp.Or(p.Next, next), "%s", said)
	}
	if p.Evidence != "" {
		said = p.Evidence + "; " + said
	}
	p.Evidence = said
	return p
}
