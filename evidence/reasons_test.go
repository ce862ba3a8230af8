package evidence

import "whystopped/classifier"

// The reasons as the tests of what happened after the start name them.
const (
	ReasonNotRead      = classifier.ReasonNotRead
	ReasonNoPermission = classifier.ReasonNoPermission
	ReasonTier         = classifier.ReasonTier
	ReasonThrottled    = classifier.ReasonThrottled
	ReasonTimeout      = classifier.ReasonTimeout
	ReasonFailed       = classifier.ReasonFailed
	ReasonBudget       = classifier.ReasonBudget
	ReasonNotVisible   = classifier.ReasonNotVisible
	ReasonOtherAccount = classifier.ReasonOtherAccount
	ReasonDeferred     = classifier.ReasonDeferred
	ReasonStale        = classifier.ReasonStale
	ReasonSGUnknown    = classifier.ReasonSGUnknown
	ReasonRouteTarget  = classifier.ReasonRouteTarget
	ReasonCustomDNS    = classifier.ReasonCustomDNS
	ReasonPartial      = classifier.ReasonPartial
	ReasonOtherName    = classifier.ReasonOtherName
	ReasonIntermittent = classifier.ReasonIntermittent
	ReasonCondition    = classifier.ReasonCondition
	ReasonLater        = classifier.ReasonLater
	ReasonUnsaid       = classifier.ReasonUnsaid
	ReasonOption       = classifier.ReasonOption
	ReasonNotCausal    = classifier.ReasonNotCausal
)
