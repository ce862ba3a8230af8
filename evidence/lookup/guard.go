package lookup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"golang.org/x/time/rate"

	"whystopped/classifier"
	"whystopped/evidence"
)

// silence is how long a service that said to slow down is not called.
const silence = time.Minute

// What may be called of one API with one permit. The buckets of an account are shared with everything else that runs in
// it: all processes together keep to a quarter of them, and there are ten permits. Without permits that processes share
// each has one of its own. A person at a terminal, who asks about a few stops one after another, may call more.
const (
	share                   = 0.25 / 10
	verifyRefill rate.Limit = 1
	verifyBurst             = 20
)

// bucket is what AWS lets an account call of one API: at once, and in a second from then on.
type bucket struct{ size, refill float64 }

// buckets are those of services that publish them
// (https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html,
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html,
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/throttling.html,
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html). Of others no figure is
// published: the refill is less than anybody reports, and the size as much as ten permits need.
var (
	buckets = map[string]bucket{"ec2": {100, 20}, "ecs": {50, 20}, "elasticloadbalancing": {40, 10},
		"route53": {10, 10}, "route53resolver": {80, 5}}
	others = bucket{80, 8}
)

// bursts are how many calls at once one look-up may need of APIs whose buckets are not published.
var bursts = map[string]int{
	"iam:GetRole":                      3,  // execution role, task role, and the one that a text names
	"iam:SimulatePrincipalPolicy":      4,  // one action each
	"secretsmanager:GetResourcePolicy": 10, // one secret each
	"kms:DescribeKey":                  4,  // one key each
	"kms:GetKeyPolicy":                 4,
	"kms:ListGrants":                   4,
	"secretsmanager:DescribeSecret":    6, // each secret of a container, and by its name what an ARN does not lead to
	"ssm:DescribeParameters":           6, // each parameter of a container, and empty pages
	"logs:DescribeLogGroups":           4, // each log group, in two Regions
	"s3:ListBucket":                    4, // each environment file, in its bucket's Region
	"logs:GetLogEvents":                tailPages,
	// each rule group of DNS Firewall, and each of its domain lists
	"route53resolver:ListFirewallRules":   4,
	"route53resolver:ListFirewallDomains": 8,
}

// limits hold the calls of a process back.
type limits struct {
	own   *allowance
	sleep func(context.Context, time.Duration) error

	mu     sync.Mutex
	silent map[string]time.Time // by service, until when it is not called
}

func newLimits(tier evidence.Tier) *limits {
	return &limits{own: &allowance{verify: tier == evidence.TierVerify}, sleep: sleep, silent: map[string]time.Time{}}
}

// allowance is what may be called with one permit.
type allowance struct {
	verify    bool
	recovered map[string]time.Time // when an API may be called as if it had not been called before

	mu   sync.Mutex
	apis map[string]*rate.Limiter // by IAM action
}

// of returns the limiter of an API, by its IAM action.
func (a *allowance) of(api string, now time.Time) *rate.Limiter {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.apis[api] == nil {
		service, _, _ := strings.Cut(api, ":")
		of := cmp.Or(buckets[service], others)
		refill, burst := rate.Limit(share*of.refill), max(1, int(share*of.size))
		if a.verify {
			refill, burst = verifyRefill, verifyBurst
		}
		limiter := rate.NewLimiter(refill, max(burst, bursts[api]))
		if recovered := a.recovered[api]; recovered.After(now) {
			empty := recovered.Add(-time.Duration(float64(limiter.Burst()) / float64(refill) * float64(time.Second)))
			if empty.After(now) {
				empty = now
			}
			limiter.ReserveN(empty, limiter.Burst())
		}
		if a.apis == nil {
			a.apis = map[string]*rate.Limiter{}
		}
		a.apis[api] = limiter
	}
	return a.apis[api]
}

// called returns when each API may be called again as if it had not been called before.
func (a *allowance) called(now time.Time) map[string]time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	recovered := map[string]time.Time{}
	for api, at := range a.recovered {
		if at.After(now) {
			recovered[api] = at
		}
	}
	for api, l := range a.apis {
		if missing := float64(l.Burst()) - l.TokensAt(now); missing > 0 {
			recovered[api] = now.Add(time.Duration(missing / float64(l.Limit()) * float64(time.Second)))
		}
	}
	return recovered
}

// answerTime is what must be left of a stop's time for a call that waited.
const answerTime = time.Second

// admit waits until a call may be made, and returns an error for one that could not be answered in what is then left of
// the stop's time. A hasty call does not wait.
func (l *limits) admit(ctx context.Context, service string, a *asking, now time.Time) error {
	l.mu.Lock()
	if now.Before(l.silent[service]) {
		l.mu.Unlock()
		return refused(classifier.ReasonThrottled)
	}
	turn := cmp.Or(a.r.allowed, l.own).of(a.action.IAM, now).ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	deadline, bounded := ctx.Deadline()
	if wait > 0 && (a.hasty || bounded && wait > time.Until(deadline)-answerTime) {
		turn.CancelAt(now)
		l.mu.Unlock()
		return refused(classifier.ReasonThrottled)
	}
	l.mu.Unlock()
	if wait == 0 {
		return nil
	}
	return l.sleep(ctx, wait)
}

// sleep waits, or returns an error when ctx ends before.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return refused(classifier.ReasonBudget)
	}
}

func (l *limits) pause(service string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent[service] = now.Add(silence)
}

// asking is the key and the value in the context of a call: for which reading it is made, by which action, and whether
// it is worth waiting for.
type asking struct {
	r      *reading
	action evidence.Action
	hasty  bool
}

// guarded returns cfg with what every call passes: the budget of its reading, the limits of the process, the time of
// one call, and a second attempt for what is worth it. A throttled call is not.
func (g *Gatherer) guarded(cfg aws.Config) aws.Config {
	cfg = cfg.Copy()
	cfg.RetryMaxAttempts = attempts
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = attempts
			o.MaxBackoff = 200 * time.Millisecond
			o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
				if throttles(err) {
					return aws.FalseTernary
				}
				return aws.UnknownTernary
			})}, o.Retryables...)
		})
	}
	cfg.APIOptions = append(cfg.APIOptions, func(stack *middleware.Stack) error {
		return errors.Join(
			stack.Initialize.Add(middleware.InitializeMiddlewareFunc("whystopped", g.pass), middleware.After),
			stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("whystopped", plainBody), middleware.After))
	})
	return cfg
}

// plainBody gives the request a body that can be read but not write itself. The SDK closes a body as soon as the answer
// begins, and one that writes itself then says io.EOF where net/http expects no error (smithy-go 1.28.9,
// safeWriteToReadCloser.WriteTo): net/http closes the connection, and the rest of the answer is lost.
func plainBody(ctx context.Context, in middleware.DeserializeInput,
	next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	if request, ok := in.Request.(*smithyhttp.Request); ok {
		if body, ok := request.GetStream().(io.ReadSeeker); ok {
			plain, err := request.SetStream(struct{ io.ReadSeeker }{body})
			if err != nil {
				return middleware.DeserializeOutput{}, middleware.Metadata{},
					fmt.Errorf("prepare the body of a request: %w", err)
			}
			in.Request = plain
		}
	}
	return next.HandleDeserialize(ctx, in)
}

// pass makes a call that is asked for, or refuses it.
func (g *Gatherer) pass(ctx context.Context, in middleware.InitializeInput,
	next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	none := middleware.InitializeOutput{}
	service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
	call, asked := ctx.Value(asking{}).(*asking)
	if !asked || call.action.Operation() != operation {
		return none, middleware.Metadata{},
			fmt.Errorf("%s of %s is called without its action: call it in a question", operation, service)
	}
	if err := g.limits.admit(ctx, service, call, g.Now()); err != nil {
		return none, middleware.Metadata{}, err
	}
	if call.r.calls.Add(1) > callLimit {
		return none, middleware.Metadata{}, refused(classifier.ReasonBudget)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	out, metadata, err := next.HandleInitialize(ctx, in)
	if throttles(err) {
		g.limits.pause(service, g.Now())
	}
	return out, metadata, err
}

// throttles reports whether AWS answered that it is asked too much.
func throttles(err error) bool {
	_, throttled := retry.DefaultThrottleErrorCodes[code(err)]
	return throttled
}

// client returns the client that make makes, the same each time.
func client[Client, Options any](r *reading, make func(aws.Config, ...func(*Options)) *Client) *Client {
	return clientIn(r, r.cfg.Region, make)
}

// clientIn returns the client for a Region, with the same guard. The Region must be one by awsname.IsRegion, because it
// becomes a part of the host that is called.
func clientIn[Client, Options any](r *reading, region string,
	make func(aws.Config, ...func(*Options)) *Client) *Client {
	type kind struct {
		client *Client
		region string
	}
	if made, found := r.clients.Load(kind{nil, region}); found {
		return made.(*Client)
	}
	cfg := r.cfg.Copy()
	cfg.Region = region
	made, _ := r.clients.LoadOrStore(kind{nil, region}, make(cfg))
	return made.(*Client)
}
