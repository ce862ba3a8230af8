package running

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"whystopped/classifier"
	"whystopped/events/awsname"
	"whystopped/evidence"
)

// trailChecks decide who asked for the stop. Only the command line asks CloudTrail, because its events come late.
var trailChecks = []evidence.Check{
	{
		Cause: "stopped-by-person", Needs: []evidence.Need{evidence.NeedTrail}, Timeless: true,
		Confirms: "the first StopTask call for this task that CloudTrail has is a person's: a console session, the " +
			"root user, CloudShell, or a login of IAM Identity Center or by mail address",
		RulesOut: "a service or a program made the call",
		Open:     "CloudTrail has no such call (yet), or the caller may be either; it is named",
		Prove:    func(c *evidence.Case) classifier.Proof { return proveStopCall(c, person, program) },
	},
	{
		Cause: "stopped-by-automation", Needs: []evidence.Need{evidence.NeedTrail}, Timeless: true,
		Confirms: "the first StopTask call for this task that CloudTrail has is from a service of AWS or from a " +
			"program that runs in one",
		RulesOut: "a person made the call",
		Open:     "CloudTrail has no such call (yet), or the caller may be either; it is named",
		Prove:    func(c *evidence.Case) classifier.Proof { return proveStopCall(c, program, person) },
	},
}

// Delivered is how long after a call CloudTrail has told of it in all but rare cases: on average it takes 5 minutes,
// which is not guaranteed (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html).
const Delivered = 20 * time.Minute

// actor is who made a call, as far as CloudTrail's event shows.
type actor int

const (
	either actor = iota
	person
	program
)

// actorOf reports whether a person or a program made the call. In the console, and in its shell, a person does, though
// CloudTrail names the console as a service that made the call, and the shell as a place where programs run.
func actorOf(e evidence.TrailEvent) actor {
	agent := strings.ToLower(e.Agent)
	session := awsname.LastPart(e.ARN)
	switch {
	case e.InvokedBy == "signin.amazonaws.com":
		return person
	case e.InvokedBy != "", e.Identity == "AWSService", strings.HasSuffix(e.SourceIP, ".amazonaws.com") &&
		!strings.HasPrefix(e.SourceIP, "console"), strings.Contains(agent, "exec-env/") && !byHand(agent):
		return program
	case e.Console, e.Identity == "Root", strings.Contains(e.ARN, ":assumed-role/AWSReservedSSO_"),
		strings.Contains(session, "@"), strings.Contains(agent, "mozilla/"), byHand(agent):
		return person
	}
	return either
}

// byHand reports whether an agent is the command line in one of AWS's own shells for people.
func byHand(agent string) bool {
	return strings.Contains(agent, "exec-env/cloudshell") || strings.Contains(agent, "exec-env/aws_cloud9")
}

func proveStopCall(c *evidence.Case, asked, other actor) classifier.Proof {
	calls := c.Facts.Running.StopCalls
	if calls.State != evidence.Known {
		return trailGap(c, calls)
	}
	made := slices.DeleteFunc(slices.Clone(calls.Value), func(e evidence.TrailEvent) bool { return e.Error != "" })
	if len(made) == 0 {
		if age := c.CheckedAt.Sub(c.Stop.StoppedAt); age < Delivered {
			return evidence.Inconclusive(classifier.ReasonDeferred, "CloudTrail has no StopTask call for this task "+
				"yet, %s after the stop; it tells of a call after 5 to 20 minutes", classifier.Span(age))
		}
		return evidence.Unsaid("CloudTrail has no StopTask call for this task within %s of the stop",
			classifier.Span(trailWindow))
	}
	// later ones found the task stopping
	e := slices.MinFunc(made, func(a, b evidence.TrailEvent) int { return a.At.Compare(b.At) })
	said := fmt.Sprintf("StopTask at %s by %s", evidence.Moment(e.At), e.Who())
	switch actorOf(e) {
	case asked:
		return evidence.Confirmed("nothing if the stop was meant; otherwise ask "+e.Who(), "%s", said)
	case other:
		return evidence.RuledOut("%s", said)
	}
	return evidence.Unsaid("%s: a person or a program", said)
}

// trailGap says why CloudTrail was not asked, and how somebody can ask it.
func trailGap(c *evidence.Case, a evidence.Answer[[]evidence.TrailEvent]) classifier.Proof {
	gap := a.Gap()
	if gap.Reason == classifier.ReasonDeferred {
		gap.Next = c.AskLater()
	}
	return gap
}

// trailWindow is how far from the stop a StopTask call is looked for.
const trailWindow = 3 * time.Minute

// StopCallsBetween is when the StopTask call about the task was made, if there was one.
func StopCallsBetween(c *evidence.Case) (from, to time.Time) {
	at := StopBegan(c)
	return at.Add(-trailWindow), at.Add(trailWindow)
}
