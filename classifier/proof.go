package classifier

import "time"

// Result is what is known about one cause.
type Result string

const (
	Confirmed    Result = "confirmed"
	RuledOut     Result = "ruled_out"
	Inconclusive Result = "inconclusive"
	NotChecked   Result = "not_checked"
)

// Decided reports whether the cause was confirmed or ruled out.
func (r Result) Decided() bool { return r == Confirmed || r == RuledOut }

// Proof is what a check found out about one cause.
type Proof struct {
	Cause         string // id of the cause in the catalogue
	Result        Result
	Reason        string // why it is inconclusive, not_checked, or confirmed and fixed since: one of the constants
	MissingAction string // IAM action that would have let the check answer
	Evidence      string // what was seen, in words and ids
	Next          string // what to do about a confirmed cause, with names; how to decide one that is open
	Because       string // why a signal put the cause where it stands, as long as nothing decided it

	Since time.Time // when what was seen began, the latest part of it, as far as AWS tells
	Dated bool      // every part of it has such a time, so that it holds however late it was read
}

// Exists reports whether there is a proof. The zero Proof stands for one that nobody had to give: for a gap where there
// is none, for example.
func (p Proof) Exists() bool { return p.Result != "" }

// Why a proof is inconclusive or not_checked. Reasons are archived as causeReason and never renamed.
const (
	ReasonNotRead      = "not_read"      // the way to this fact was not found, for example no subnet is known
	ReasonNoPermission = "no_permission" // our own role may not ask; MissingAction names the action
	ReasonTier         = "tier"          // the deployment's evidence tier does not ask; MissingAction names the action
	ReasonThrottled    = "throttled"     // AWS told us to slow down, or our own limiter did
	ReasonTimeout      = "timeout"       // no answer in time
	ReasonFailed       = "failed"        // any other error of the call
	ReasonBudget       = "budget"        // the calls or the time for one stop ran out
	ReasonNotVisible   = "not_visible"   // the thing belongs to another account, or may be hidden from us
	ReasonOtherAccount = "other_account" // the credentials are of another account or Region than the stop
	ReasonDeferred     = "deferred"      // only the command line asks, because time must have passed
	ReasonStale        = "stale"         // fine now, read so long after the stop that it may have been mended
	ReasonSGUnknown    = "sg_unknown"    // the task's security groups are not known
	ReasonRouteTarget  = "route_target"  // the route leads to a device or network that is not followed
	ReasonCustomDNS    = "custom_dns"    // names are resolved by servers or zones that are not read
	ReasonPartial      = "partial"       // some addresses or ports are covered and others not
	// a FIPS or dual-stack name, which an endpoint of the service may or may not answer
	ReasonOtherName    = "other_name"
	ReasonIntermittent = "intermittent" // several ways differ, one of them is broken
	ReasonCondition    = "condition"    // a policy statement with conditions cannot be judged from here
	// made or changed so shortly before the failure, or after it began, that it tells little about then
	ReasonLater      = "later"
	ReasonFixedSince = "fixed_since" // fine now, and began to be so after the failure
	ReasonUnsaid     = "unsaid"      // nothing that was read speaks about it
	ReasonOption     = "option"      // an option that is off would read it; MissingAction names the action
	ReasonNotCausal  = "not_causal"  // a defect that is there, but not on the path of this failure
)
