package classifier

// ReasonText says what a reason means: Said ends the sentence "not checked: …", Do is what somebody can do about it.
type ReasonText struct {
	Reason string
	Said   string
	Do     string
}

// Reasons explains every reason.
var Reasons = []ReasonText{
	{ReasonNotRead, "what it depends on is not known",
		"look at the inputs above it: the subnet, the task definition, the name in the message"},
	{ReasonNoPermission, "the role that asked may not make the call", "allow the action that is named"},
	{ReasonTier, "the deployment's tier of evidence does not make the call",
		"choose a higher tier with the option `evidence`, or run `whystopped history TASK --verify`"},
	{ReasonThrottled, "AWS, or the function's own limit, held the call back", "run `whystopped history TASK --verify`"},
	{ReasonTimeout, "no answer came in time", "run `whystopped history TASK --verify`"},
	{ReasonFailed, "the call, or the check itself, failed",
		"the evidence says how; run `whystopped history TASK --verify`"},
	{ReasonBudget, "the calls or the time for one stop had run out", "run `whystopped history TASK --verify`"},
	{ReasonNotVisible, "it belongs to another account, or may be hidden from the role that asked",
		"ask the account that owns it"},
	{ReasonOtherAccount, "the credentials are of another account or Region than the stop",
		"log in to that account"},
	{ReasonDeferred, "it can be told only some minutes after the stop", "run `whystopped history TASK --verify`"},
	{ReasonStale, "it is fine now, which says nothing about then: somebody may have mended it since",
		"see in CloudTrail or AWS Config whether it was changed"},
	{ReasonSGUnknown, "the task's security groups are not known",
		"see which groups the service, schedule or RunTask call gave the task"},
	{ReasonRouteTarget, "the route leads to a device or network that is not followed",
		"look at what the evidence names"},
	{ReasonCustomDNS, "names are resolved by servers or zones that are not read",
		"ask the name servers that the evidence names"},
	{ReasonOtherName,
		"the name called is a FIPS or dual-stack one, which an endpoint of the service may or may not answer",
		"look up the name from within the VPC"},
	{ReasonPartial, "some addresses or ports are covered and others are not",
		"see whether the one that was called is among them"},
	{ReasonIntermittent, "of several ways one is broken, and which one was taken is not known", "mend that one"},
	{ReasonCondition, "a policy has conditions that cannot be judged from outside",
		"read the statement that the evidence names"},
	{ReasonLater, "it was made or changed so late that it tells little about then", "see whether the next task starts"},
	{ReasonFixedSince, "it is fine now and became so only after the failure",
		"start the task again; nothing is left to mend where that was the cause"},
	{ReasonUnsaid, "nothing that was read speaks about it", "see what the evidence says of its surroundings"},
	{ReasonOption, "log lines are read only where that is turned on",
		"turn on the option `logTail`, or run `whystopped history TASK --verify`"},
	{ReasonNotCausal, "there is a defect, but not on the path of this failure", "nothing for this stop"},
}

// FindReason returns the text of a reason; an unknown one says itself.
func FindReason(reason string) ReasonText {
	for _, r := range Reasons {
		if r.Reason == reason {
			return r
		}
	}
	return ReasonText{Reason: reason, Said: reason}
}
