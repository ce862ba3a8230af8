// Package lookup asks the account about a stop: the read-only calls that fill evidence.Facts, within a budget.
//
// It promises that it makes no call that is not in evidence.Actions (GetCallerIdentity apart, which needs no
// permission), that it never fails and never panics outward, that a stop costs at most 40 calls and 8 seconds, and that
// whatever was not answered is told apart from what is not there. What it keeps from one stop to the next is only in
// memory: answers for as long as they may be used again, the limiters, and which services said to slow down.
//
// A reader of facts is a function in the table readers. It asks with ask, which alone knows tiers, budgets, limiters,
// caches and errors, and writes the answers into the reading's facts.
package lookup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/prove"
	"whystopped/evidence/running"
)

// What one stop may cost.
const (
	timeLimit = 8 * time.Second
	callLimit = 40 // calls, each with its second attempt
	callTime  = 2 * time.Second
	attempts  = 2
)

// trailRate is how many calls of LookupEvents CloudTrail allows in a second.
const trailRate = 2

// readers read the facts of each need into the reading. They run one after another in the order of evidence.Groups, so
// that each may use what those before it found.
var readers = map[evidence.Need]func(context.Context, *reading){
	evidence.NeedInputs:  readInputs,
	evidence.NeedNetwork: readNetwork,

	evidence.NeedImages:     readImages,
	evidence.NeedSecrets:    readSecrets,
	evidence.NeedLogs:       readLogs,
	evidence.NeedFiles:      readFiles,
	evidence.NeedVolumes:    readVolumes,
	evidence.NeedAttachment: readAttachment,
	evidence.NeedQuotas:     readQuotas,
	evidence.NeedInterfaces: readInterfaces,
	evidence.NeedMachines:   readMachines,
	evidence.NeedAccess:     readAccess,

	evidence.NeedHealth:     readHealth,
	evidence.NeedLog:        readLog,
	evidence.NeedDeployment: readDeployment,
	evidence.NeedHost:       readHost,
	evidence.NeedTrail:      readTrail,
	evidence.NeedSteady:     readSteady,
	evidence.NeedSiblings:   readSiblings,
}

// Options say how much is asked.
type Options struct {
	Tier    evidence.Tier
	LogTail bool // logs:GetLogEvents too, which no tier includes
	// takes the secrets out of log lines, line by line, before anything sees them; without it none are read
	Redact func([]string) []string
	Now    func() time.Time // the present time; nil is time.Now
	// tells whose the credentials are; always needed
	Caller func(context.Context, aws.Config) (evidence.Caller, error)
	// asks CloudTrail; nil, as in the function, whose binary is smaller without it, asks nothing
	Trail func(aws.Config, TrailQuery) TrailPages
	// asks CloudWatch for a metric with a configuration; nil, as in the function for the same reason, asks nothing
	Metrics func(context.Context, aws.Config, Metric) ([]evidence.Point, error)
	// tells the id of the organization that the account belongs to; nil, as in the function for the same reason, asks
	// nothing
	Organization func(context.Context, aws.Config) (string, error)
	// tells how many network interfaces instances of some types may have; nil, as in the function for the same reason,
	// asks nothing
	InstanceTypes func(ctx context.Context, cfg aws.Config, types []string) (map[string]int, error)
	Batch         Batch // asks AWS Batch; nil, as in the function for the same reason, asks nothing
	// finds a task of the stop's service that ran well before it, where ECS knows of none; nil, as in the function, has
	// no archive
	Archive  func(context.Context, events.Stop) (Past, bool)
	Progress func(string) // is told what is read next; nil tells nobody
	Permits  Permits      // that all processes share; nil has none
}

// Permits bound how many processes ask the account at once. Take returns one, or an empty one where none was free, and
// when each API may be called with it as if it had not been called before; Return gives it back, with the same. With an
// error of Take there are no permits, and the process goes by its own share alone.
type Permits interface {
	Take(context.Context) (permit string, recovered map[string]time.Time, err error)
	Return(ctx context.Context, permit string, recovered map[string]time.Time) error
}

// Past is a task that ran well, as an archive tells of it.
type Past struct {
	Source         string            // which task, how long it ran and who says so
	StartedAt      time.Time         // when it started, or its deployment was created
	TaskDefinition string            // family:revision
	Digests        map[string]string // image digests by container, as far as they are known
}

// Gatherer asks the account of its credentials. It may be used by several goroutines and is meant to live as long as
// the process, because its caches and limiters do.
type Gatherer struct {
	Options
	cfg     aws.Config
	clients sync.Map // by type and Region
	flights singleflight.Group
	kept    cache
	limits  *limits
	trail   *rate.Limiter // of LookupEvents
}

// New returns a gatherer that asks with the credentials, Region and endpoints of cfg. It makes no call.
func New(cfg aws.Config, o Options) *Gatherer {
	if o.Now == nil {
		o.Now = time.Now
	}
	g := &Gatherer{Options: o, limits: newLimits(o.Tier), trail: rate.NewLimiter(trailRate, 1)}
	g.cfg = g.guarded(cfg)
	return g
}

// reading is what is read about one stop.
type reading struct {
	*Gatherer
	stop    events.Stop
	finding classifier.Finding
	needs   []evidence.Need
	facts   evidence.Facts
	allowed *allowance   // nil is the process's own
	calls   atomic.Int64 // made so far
}

// known is what is read so far, for what package evidence says of what to read next.
func (r *reading) known() *evidence.Case {
	return &evidence.Case{Stop: r.stop, Finding: r.finding, Facts: r.facts, CheckedAt: r.Now()}
}

// Gather reads what the open causes of the finding need and returns the proofs of those that have a check, and where
// the output of the container that failed went, as far as it was read. It asks nothing when no cause needs anything,
// but for the log lines of a container that ran where these are wanted, and nothing about a stop that was expected,
// unless the tier is evidence.TierVerify.
//
// When the credentials are of another account or Region than the stop, or it cannot be told whose they are, nothing
// else is asked, and nothing at all about a stop that does not say of which account and Region it is. A panic of a
// reader or a check leaves every cause inconclusive.
func (g *Gatherer) Gather(ctx context.Context, stop events.Stop, f classifier.Finding) (found classifier.Gathered) {
	switch {
	case g.Tier == evidence.TierOff:
		return found
	case f.Verdict == classifier.Expected && g.Tier != evidence.TierVerify:
		return classifier.Gathered{Proofs: deferred(stop, f)}
	}
	defer func() {
		if v := recover(); v != nil {
			found.Proofs = unread(f.Causes, classifier.Inconclusive, classifier.ReasonFailed,
				fmt.Sprintf("the checks failed: %v", v))
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	r := &reading{Gatherer: g, stop: stop, finding: f}
	c := evidence.Case{Stop: stop, Finding: f, CheckedAt: g.Now()}
	needs := prove.Needed(f.Causes)
	if g.readsLog() && stop.Started() {
		needs = append(needs, evidence.NeedInputs, evidence.NeedLog)
	}
	r.needs = needs
	if len(needs) > 0 {
		if stop.Account == "" || stop.Region == "" {
			found.Proofs = unread(f.Causes, classifier.NotChecked, classifier.ReasonNotRead, "")
			return found
		}
		if g.Permits != nil {
			giveBack, held := r.permitted(ctx)
			if !held {
				found.Proofs = unread(f.Causes, classifier.Inconclusive, classifier.ReasonThrottled, "")
				return found
			}
			defer giveBack()
		}
		r.facts.Caller = r.caller(ctx)
		if result, reason := r.otherAccount(); reason != "" {
			found.Proofs = unread(f.Causes, result, reason, "")
			return found
		}
		for _, group := range evidence.Groups {
			if read := readers[group.Need]; read != nil && slices.Contains(needs, group.Need) {
				r.tell(group.Doc)
				read(ctx, r)
			}
		}
		readDoubts(ctx, r)
		readChanges(ctx, r)
	}
	c.Facts = r.facts
	found.Log = running.LogOf(&c)
	for _, line := range c.Facts.Running.Log.Value {
		found.Log.Lines = append(found.Log.Lines, line.Text)
	}
	found.Proofs = prove.Prove(c)
	return found
}

// permitted reports whether the account may be asked, and returns what gives the permit for it back.
func (r *reading) permitted(ctx context.Context) (giveBack func(), held bool) {
	permit, recovered, err := r.Permits.Take(ctx)
	switch {
	case err != nil:
		return func() {}, true
	case permit == "":
		return nil, false
	}
	r.allowed = &allowance{recovered: recovered}
	return func() {
		_ = r.Permits.Return(context.WithoutCancel(ctx), permit, r.allowed.called(r.Now())) // it ends by itself
	}, true
}

// deferred says of the causes of a stop that was expected which of them the command line can ask about.
func deferred(stop events.Stop, f classifier.Finding) []classifier.Proof {
	f.Causes = slices.DeleteFunc(slices.Clone(f.Causes), func(p classifier.Proof) bool {
		check, found := prove.Find(p.Cause)
		return !found || !slices.Contains(check.Needs, evidence.NeedTrail)
	})
	c := evidence.Case{Stop: stop, Finding: f}
	c.Facts.Running.StopCalls.Reason = classifier.ReasonDeferred
	return prove.Prove(c)
}

// caller asks whose credentials these are.
func (r *reading) caller(ctx context.Context) evidence.Answer[evidence.Caller] {
	r.tell("whose credentials these are")
	return ask(ctx, r, question[evidence.Caller]{action: identity.IAM, keep: forever,
		call: func(ctx context.Context) (evidence.Caller, error) { return r.Caller(ctx, r.cfg) }})
}

// otherAccount returns the result and the reason of every cause when the account cannot be asked about the stop, and an
// empty reason when it can.
func (r *reading) otherAccount() (classifier.Result, string) {
	caller := r.facts.Caller
	switch {
	case caller.State != evidence.Known:
		return classifier.Inconclusive, cmp.Or(caller.Reason, classifier.ReasonFailed)
	case r.stop.Account != caller.Value.Account || r.stop.Region != caller.Value.Region:
		return classifier.NotChecked, classifier.ReasonOtherAccount
	}
	return "", ""
}

// unread returns one and the same proof for every open cause that has a check.
func unread(causes []classifier.Proof, result classifier.Result, reason, why string) []classifier.Proof {
	var proofs []classifier.Proof
	for _, cause := range causes {
		if _, found := prove.Find(cause.Cause); found && cause.Result == classifier.NotChecked {
			proofs = append(proofs, classifier.Proof{Cause: cause.Cause, Result: result, Reason: reason, Evidence: why})
		}
	}
	return proofs
}

func (r *reading) tell(what string) {
	if r.Progress != nil {
		r.Progress(what)
	}
}
