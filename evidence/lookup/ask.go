package lookup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go"

	"whystopped/classifier"
	"whystopped/evidence"
)

// question is one thing to ask of the account.
type question[T any] struct {
	action string        // IAM action, a row of evidence.Actions
	about  string        // what is asked about; with the action it is the key of the cache
	keep   time.Duration // how long the answer is used again
	// where it is asked, when a Region was written down: what is denied there may be allowed elsewhere
	region string
	absent []string // error codes of AWS that say there is no such thing
	hasty  bool     // it is not worth waiting for when the process has asked too much
	call   func(context.Context) (T, error)
}

func (q question[T]) key() string { return q.action + " " + q.about }

// How long answers are used again. Refusals, for which nothing but a new policy helps, are kept for keepDenial.
const (
	forever     time.Duration = 1<<63 - 1 // what never changes: a task definition
	keepNetwork               = 90 * time.Second
	keepService               = 20 * time.Second
	keepImage                 = 30 * time.Second
	keepThing                 = time.Minute // a secret, a parameter, a log group, a file system
	keepRole                  = 5 * time.Minute
	keepDenial                = 10 * time.Minute
)

// identity is the one call that is not in evidence.Actions: it needs no permission.
var identity = evidence.Action{IAM: "sts:GetCallerIdentity", Resource: "*"}

// logEvents is the action that Options.LogTail stands for.
const logEvents = "logs:GetLogEvents"

// trailLookup is the action that Options.Trail stands for.
const trailLookup = "cloudtrail:LookupEvents"

// metricLookup is the action that Options.Metrics stands for.
const metricLookup = "cloudwatch:GetMetricStatistics"

// typeLookup is the action that Options.InstanceTypes stands for.
const typeLookup = "ec2:DescribeInstanceTypes"

// organizationLookup is the action that Options.Organization stands for.
const organizationLookup = "organizations:DescribeOrganization"

// errAbsent is what a question's call returns when AWS answered that there is no such thing in another way than by an
// error.
var errAbsent = errors.New("there is no such thing")

// refused is the error of a call that we did not make, or whose answer is not whole: one of evidence's reasons.
type refused string

func (r refused) Error() string { return "not asked: " + string(r) }

// ask returns the answer to q: the one that is kept, that of a call under way for the same, or that of a call of its
// own. It panics when the action is not in evidence.Actions.
func ask[T any](ctx context.Context, r *reading, q question[T]) evidence.Answer[T] {
	got := r.ask(ctx, question[any]{q.action, q.about, q.keep, q.region, q.absent, q.hasty,
		func(ctx context.Context) (any, error) { return q.call(ctx) }})
	answer := evidence.Answer[T]{State: got.State, Reason: got.Reason, Action: got.Action}
	answer.Value, _ = got.Value.(T)
	return answer
}

// ask is ask for every type at once, because each would make the function larger.
func (r *reading) ask(ctx context.Context, q question[any]) evidence.Answer[any] {
	action, listed := evidence.FindAction(q.action)
	if q.action == identity.IAM {
		action, listed = identity, true
	}
	if !listed {
		panic(q.action + " is not in evidence.Actions")
	}
	if !r.allows(action) {
		reason := classifier.ReasonTier
		switch {
		case action.IAM == logEvents:
			reason = classifier.ReasonOption
		case action.Tier == evidence.TierVerify:
			reason = classifier.ReasonDeferred
		}
		return evidence.Answer[any]{State: evidence.NotAsked, Reason: reason, Action: action.IAM}
	}
	for {
		own := false
		shared, _, _ := r.flights.Do(fmt.Sprint(q.key(), q.hasty), func() (any, error) {
			own = true
			return r.fetch(ctx, action, q), nil
		})
		answer := shared.(evidence.Answer[any])
		if own || ctx.Err() != nil ||
			answer.Reason != classifier.ReasonBudget && answer.Reason != classifier.ReasonThrottled {
			return answer
		} // what another stop had no time or calls left for, this one may
	}
}

// oneOf asks for one thing. Where the process has asked for too many of its kind already, it asks for everything alike
// at once and picks the thing out of that, as it does while such a listing is kept. What that does not tell is waited
// for.
func oneOf[T, All any](ctx context.Context, r *reading, one question[T], all question[All],
	pick func(All) evidence.Answer[T]) evidence.Answer[T] {
	if _, kept := r.kept.get(all.key(), r.Now()); !kept {
		hasty := one
		hasty.hasty = true
		if answer := ask(ctx, r, hasty); answer.Reason != classifier.ReasonThrottled {
			return answer
		}
	}
	if list := ask(ctx, r, all); list.State == evidence.Known {
		if answer := pick(list.Value); answer.State == evidence.Known || answer.State == evidence.Absent {
			return answer
		}
	}
	return ask(ctx, r, one)
}

func (g *Gatherer) allows(a evidence.Action) bool {
	switch a.IAM {
	case identity.IAM:
		return true
	case logEvents:
		return g.readsLog()
	case trailLookup:
		return g.Tier.Allows(a.Tier) && g.Trail != nil
	case organizationLookup:
		return g.Tier.Allows(a.Tier) && g.Organization != nil
	case typeLookup:
		return g.Tier.Allows(a.Tier) && g.InstanceTypes != nil
	case metricLookup:
		return g.Tier.Allows(a.Tier) && g.Metrics != nil
	}
	return g.Tier.Allows(a.Tier) && (g.Batch != nil || !strings.HasPrefix(a.IAM, "batch:"))
}

// readsLog reports whether log lines are wanted and that somebody takes the secrets out of them.
func (g *Gatherer) readsLog() bool { return g.LogTail && g.Redact != nil }

func (r *reading) fetch(ctx context.Context, action evidence.Action, q question[any]) evidence.Answer[any] {
	key := q.key()
	denial := "denied " + key
	if action.Resource == "*" {
		denial = "denied " + action.IAM + " " + q.region // a permission that is the same for all things
	}
	if _, denied := r.kept.get(denial, r.Now()); denied {
		return evidence.Unanswered[any](classifier.ReasonNoPermission, action.IAM)
	}
	if answer, found := r.kept.get(key, r.Now()); found {
		return answer.(evidence.Answer[any])
	}
	if ctx.Err() != nil {
		return evidence.Unanswered[any](classifier.ReasonBudget, action.IAM)
	}
	value, err := q.call(context.WithValue(ctx, asking{}, &asking{r, action, q.hasty}))
	var answer evidence.Answer[any]
	switch {
	case err == nil:
		answer = evidence.Is(value)
	case errors.Is(err, errAbsent) || slices.Contains(q.absent, code(err)):
		answer = evidence.None[any]()
	default:
		answer = evidence.Unanswered[any](reason(err), action.IAM)
		if answer.Reason == classifier.ReasonNoPermission {
			r.kept.put(denial, nil, r.Now(), keepDenial)
		}
		return answer
	}
	r.kept.put(key, answer, r.Now(), q.keep)
	return answer
}

// code returns the error code that AWS answered with, empty when it did not answer.
func code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}

// denials are the beginnings of the codes that services answer with when the caller lacks a permission.
var denials = []string{"AccessDenied", "UnauthorizedOperation", "Client.UnauthorizedOperation", "AuthorizationError",
	"NotAuthorized",
	"Unauthorized", "Forbidden"}

// reason says why a call has no answer to rely on.
func reason(err error) string {
	var ours refused
	var late interface{ Timeout() bool }
	answered := code(err)
	switch {
	case errors.As(err, &ours):
		return string(ours)
	case throttles(err):
		return classifier.ReasonThrottled
	case slices.ContainsFunc(denials, func(d string) bool { return strings.HasPrefix(answered, d) }):
		return classifier.ReasonNoPermission
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.As(err, &late) &&
		late.Timeout():
		return classifier.ReasonTimeout
	}
	return classifier.ReasonFailed
}

// pages is a paginator of the SDK.
type pages[Output, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (*Output, error)
}

// pageLimit is how many pages of one listing are read. A longer one has no answer, because a part of it proves nothing.
const pageLimit = 10

// turn shows each page of a listing to see, until that wants no more or the listing ends.
func turn[Output, Options any](ctx context.Context, p pages[Output, Options], see func(*Output) (more bool)) error {
	for n := 0; p.HasMorePages(); n++ {
		if n == pageLimit {
			return refused(classifier.ReasonBudget)
		}
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		if !see(page) {
			return nil
		}
	}
	return nil
}

// every returns what items takes out of each page, to the end of the listing.
func every[Output, Options, T any](ctx context.Context, p pages[Output, Options], items func(*Output) []T) ([]T,
	error) {
	var all []T
	err := turn(ctx, p, func(page *Output) bool {
		all = append(all, items(page)...)
		return true
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// together takes steps at the same time and returns when all have ended. A panic of one is a panic of together.
func together(steps ...func()) {
	var all sync.WaitGroup
	panics := make(chan any, len(steps))
	for _, step := range steps {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panics <- p
				}
			}()
			step()
		})
	}
	all.Wait()
	close(panics)
	for p := range panics {
		panic(p)
	}
}
