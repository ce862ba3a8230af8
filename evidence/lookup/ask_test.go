package lookup

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"whystopped/classifier"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
)

func newReading(g *Gatherer) *reading { return &reading{Gatherer: g, stop: fargateStop()} }

// askDHCP asks for one set of DHCP options, which costs one call.
func askDHCP(ctx context.Context, r *reading, id string) evidence.Answer[evidence.DHCPOptions] {
	return dhcpOptions(ctx, r, evidence.Is(evidence.VPC{DHCP: id}))
}

func putDHCP(s *awstest.Server, ids ...string) {
	for _, id := range ids {
		s.Put("ec2:DescribeDhcpOptions", awstest.Object{"dhcpOptionsId": id})
	}
}

// TestBodiesDoNotWriteThemselves holds what plainBody is for: without it an answer broke off in one of fifty calls, by
// a race that a test cannot force.
func TestBodiesDoNotWriteThemselves(t *testing.T) {
	s := newServer(t)
	putDHCP(s, "dopt-1")
	cfg := config(s)
	sent := 0
	cfg.HTTPClient = smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		sent++
		if _, writes := r.Body.(io.WriterTo); writes || r.ContentLength <= 0 {
			t.Errorf("the body is a %T of %d bytes", r.Body, r.ContentLength)
		}
		return http.DefaultClient.Do(r)
	})
	if got := askDHCP(t.Context(), newReading(New(cfg, Options{Tier: evidence.TierVerify, Caller: callerOf})),
		"dopt-1"); got.State != evidence.Known || sent != 1 {
		t.Errorf("%+v after %d requests", got, sent)
	}
}

func TestWhyAnAnswerIsUnknown(t *testing.T) {
	const action = "ec2:DescribeDhcpOptions"
	refusal := func(status int, code string) awstest.Fault {
		return awstest.Fault{Refusal: &awstest.Refusal{Status: status, Code: code, Message: "for a test"}}
	}
	for _, test := range []struct {
		name     string
		fault    awstest.Fault
		reason   string
		requests int
	}{
		{"denied", awstest.Fault{Denied: true}, classifier.ReasonNoPermission, 1},
		{"denied in other words", refusal(403, "AuthFailure"), classifier.ReasonFailed, 1},
		{"AccessDeniedException", refusal(400, "AccessDeniedException"), classifier.ReasonNoPermission, 1},
		{"AccessDenied", refusal(403, "AccessDenied"), classifier.ReasonNoPermission, 1},
		{"AuthorizationErrorException", refusal(403, "AuthorizationErrorException"), classifier.ReasonNoPermission, 1},
		{"throttled", awstest.Fault{Throttled: true}, classifier.ReasonThrottled, 1},
		{"TooManyRequestsException", refusal(429, "TooManyRequestsException"), classifier.ReasonThrottled, 1},
		{"failing", refusal(http.StatusInternalServerError, "InternalError"), classifier.ReasonFailed, attempts},
		{"out of order", refusal(http.StatusServiceUnavailable, "Unavailable"), classifier.ReasonFailed, attempts},
		{"refused", refusal(400, "InvalidParameterValue"), classifier.ReasonFailed, 1},
		{"expired credentials", refusal(403, "ExpiredToken"), classifier.ReasonFailed, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			putDHCP(s, "dopt-1")
			s.Inject(test.fault)
			g, _ := newGatherer(s)
			got := askDHCP(t.Context(), newReading(g), "dopt-1")
			if got.State != evidence.Unknown || got.Reason != test.reason || got.Action != action ||
				s.Count("") != test.requests {
				t.Errorf("%+v after %d requests", got, s.Count(""))
			}
		})
	}

	t.Run("a second attempt is enough", func(t *testing.T) {
		s := newServer(t)
		putDHCP(s, "dopt-1")
		fault := refusal(500, "InternalError")
		fault.Times = 1
		s.Inject(fault)
		g, _ := newGatherer(s)
		if got := askDHCP(t.Context(), newReading(g), "dopt-1"); got.State != evidence.Known || s.Count("") != 2 {
			t.Errorf("%+v after %d requests", got, s.Count(""))
		}
	})
	t.Run("no time left", func(t *testing.T) {
		s := newServer(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		g, _ := newGatherer(s)
		if got := askDHCP(ctx, newReading(g), "dopt-1"); got.Reason != classifier.ReasonBudget || s.Count("") != 0 {
			t.Errorf("%+v after %d requests", got, s.Count(""))
		}
	})
	t.Run("no answer in time", func(t *testing.T) {
		s := newServer(t)
		s.Inject(awstest.Fault{Silent: true})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		g, _ := newGatherer(s)
		if got := askDHCP(ctx, newReading(g), "dopt-1"); got.Reason != classifier.ReasonTimeout {
			t.Errorf("%+v", got)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		s := newServer(t)
		g, _ := newGatherer(s)
		s.URL = "http://127.0.0.1:1"
		g.cfg.BaseEndpoint = &s.URL
		if got := askDHCP(t.Context(), newReading(g), "dopt-1"); got.Reason != classifier.ReasonFailed {
			t.Errorf("%+v", got)
		}
	})
	t.Run("too many calls", func(t *testing.T) {
		s := newServer(t)
		putDHCP(s, "dopt-1", "dopt-2")
		g, _ := newGatherer(s)
		r := newReading(g)
		r.calls.Store(callLimit - 1)
		first, second := askDHCP(t.Context(), r, "dopt-1"), askDHCP(t.Context(), r, "dopt-2")
		if first.State != evidence.Known || second.Reason != classifier.ReasonBudget || s.Count("") != 1 {
			t.Errorf("%+v and %+v after %d requests", first, second, s.Count(""))
		}
	})
	t.Run("above the tier", func(t *testing.T) {
		s := newServer(t)
		g, _ := newGatherer(s)
		g.Tier = evidence.TierOff
		got := askDHCP(t.Context(), newReading(g), "dopt-1")
		if got.State != evidence.NotAsked || got.Reason != classifier.ReasonTier || got.Action != action ||
			s.Count("") != 0 {
			t.Errorf("%+v after %d requests", got, s.Count(""))
		}
	})
	t.Run("there is no such thing", func(t *testing.T) {
		s := newServer(t)
		g, _ := newGatherer(s)
		if got := askDHCP(t.Context(), newReading(g), "dopt-1"); got.State != evidence.Absent {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a code that says there is no such thing", func(t *testing.T) {
		s := newServer(t)
		s.Inject(refusal(400, "ClusterNotFoundException"))
		g, _ := newGatherer(s)
		if got := service(t.Context(), newReading(g)); got.State != evidence.Absent {
			t.Errorf("%+v", got)
		}
	})
}

func TestAnswersAreUsedAgain(t *testing.T) {
	s := newServer(t)
	fargate(s)
	g, c := newGatherer(s)
	r := newReading(g)
	questions := map[string]struct {
		ask  func() evidence.State
		keep time.Duration
	}{
		"ecs:DescribeTaskDefinition": {
			func() evidence.State { return taskDefinition(t.Context(), r, r.stop.TaskDefinitionARN).State },
			1000 * time.Hour,
		},
		"ecs:DescribeServices": {
			func() evidence.State { return service(t.Context(), r).State },
			20 * time.Second,
		},
		"ec2:DescribeRouteTables": {
			func() evidence.State { return routeTables(t.Context(), r, "vpc-0a1").State },
			90 * time.Second,
		},
		// absent
		"ec2:DescribeNetworkInterfaces": {
			func() evidence.State { return networkInterface(t.Context(), r, "eni-gone").State },
			90 * time.Second,
		},
	}
	for name, q := range questions {
		t.Run(name, func(t *testing.T) {
			first := q.ask()
			c.move(q.keep - time.Second)
			if again := q.ask(); again != first || first == evidence.Unknown || s.Count(name) != 1 {
				t.Errorf("state %d, then %d after %d calls", first, again, s.Count(name))
			}
			c.move(time.Second)
			q.ask()
			if want := 2; q.keep < 1000*time.Hour && s.Count(name) != want {
				t.Errorf("%d calls after %s, want %d", s.Count(name), q.keep, want)
			}
		})
	}
}

func TestOurOwnDenialIsKeptForTenMinutes(t *testing.T) {
	s := newServer(t)
	putDHCP(s, "dopt-1", "dopt-2")
	s.Inject(awstest.Fault{Denied: true})
	g, c := newGatherer(s)
	r := newReading(g)
	askDHCP(t.Context(), r, "dopt-1")
	s.Heal()
	c.move(10*time.Minute - time.Second)
	if got := askDHCP(t.Context(), r, "dopt-2"); got.Reason != classifier.ReasonNoPermission || s.Count("") != 1 {
		t.Errorf("%+v after %d requests", got, s.Count(""))
	}
	c.move(time.Second)
	if got := askDHCP(t.Context(), r, "dopt-2"); got.State != evidence.Known {
		t.Errorf("%+v", got)
	}
}

func TestWhatFailedIsAskedAgain(t *testing.T) {
	s := newServer(t)
	putDHCP(s, "dopt-1")
	s.Inject(awstest.Fault{Times: 1, Refusal: awstest.Refuse("InvalidParameterValue", "for a test")})
	g, _ := newGatherer(s)
	r := newReading(g)
	if first, second := askDHCP(t.Context(), r,
		"dopt-1"), askDHCP(t.Context(), r, "dopt-1"); first.State != evidence.Unknown ||
		second.State != evidence.Known {
		t.Errorf("%+v, then %+v", first, second)
	}
}

// TestABurstAndThenATenthOfAQuarter has a process that asks more than its share: EC2 lets an account call an API twenty
// times in a second, of which that is one call in two seconds. What can be waited for in the stop's time, is.
func TestABurstAndThenATenthOfAQuarter(t *testing.T) {
	s := newServer(t)
	c := &clock{now: created}
	g := New(config(s), Options{Tier: evidence.TierDeep, Caller: callerOf, Now: c.Now})
	var waited []time.Duration
	g.limits.sleep = func(_ context.Context, d time.Duration) error {
		waited = append(waited, d.Round(time.Second))
		return nil
	}
	asked := 0
	calls := func(n int, time time.Duration) int {
		before := s.Count("")
		ctx, cancel := context.WithTimeout(t.Context(), time)
		defer cancel()
		for range n {
			asked++
			if got := askDHCP(ctx, newReading(g), fmt.Sprint("dopt-", asked)); got.State != evidence.Absent &&
				got.Reason != classifier.ReasonThrottled {
				t.Errorf("%+v", got)
			}
		}
		return s.Count("") - before
	}
	short := answerTime + 1500*time.Millisecond
	got := []int{calls(10, short)}
	for _, d := range []time.Duration{time.Second, time.Second, time.Hour} {
		c.move(d)
		got = append(got, calls(10, short))
	}
	if want := []int{2, 1, 0, 2}; !slices.Equal(got, want) || !slices.Equal(waited, []time.Duration{time.Second}) {
		t.Errorf("%d calls at once, after 1 s, 2 s and an hour, want %d; waited for %s", got, want, waited)
	}
	waited = nil
	if got := calls(10, timeLimit); got != 3 ||
		!slices.Equal(waited, []time.Duration{2 * time.Second, 4 * time.Second, 6 * time.Second}) {
		t.Errorf("%d calls in the time of a stop, after %s", got, waited)
	}
	if got := vpcAttribute(t.Context(), newReading(g), "vpc-0a1",
		"enableDnsSupport"); got.Reason == classifier.ReasonThrottled {
		t.Error("one API's limit holds another back")
	}
	if g, _ = newGatherer(s); calls(25, answerTime) != 20 {
		t.Error("a person may make 20 calls at once")
	}
}

func TestAProcessTakesATenthOfAQuarter(t *testing.T) {
	l := newLimits(evidence.TierDeep)
	for api, want := range map[string]float64{"ec2:DescribeSubnets": 0.5, "ecs:DescribeServices": 0.5,
		"elasticloadbalancing:DescribeTargetGroups": 0.25, "iam:GetRole": 0.2} {
		if got := float64(l.own.of(api, created).Limit()); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v calls a second, want %v", api, got, want)
		}
	}
}

// TestWhatAnotherStopHadNoTimeForIsAskedAgain has a stop that waits for the call of one whose time ends first.
func TestWhatAnotherStopHadNoTimeForIsAskedAgain(t *testing.T) {
	s := newServer(t)
	putDHCP(s, "dopt-1")
	c := &clock{now: created}
	g := New(config(s), Options{Tier: evidence.TierDeep, Caller: callerOf, Now: c.Now})
	r := newReading(g)
	for i := range int(share * buckets["ec2"].size) {
		askDHCP(t.Context(), r, fmt.Sprint("before-", i))
	}
	begun := make(chan struct{}, 2)
	ctx, cancel := context.WithCancel(t.Context())
	g.limits.sleep = func(of context.Context, _ time.Duration) error {
		begun <- struct{}{}
		if of.Value(asking{}).(*asking).r == r {
			<-of.Done()
			return refused(classifier.ReasonBudget)
		}
		return nil
	}
	var both sync.WaitGroup
	both.Go(func() {
		if got := askDHCP(ctx, r, "dopt-1"); got.Reason != classifier.ReasonBudget {
			t.Errorf("whose time ended: %+v", got)
		}
	})
	<-begun
	both.Go(func() {
		if got := askDHCP(t.Context(), newReading(g), "dopt-1"); got.State != evidence.Known {
			t.Errorf("who had time: %+v", got)
		}
	})
	time.Sleep(20 * time.Millisecond) // until it waits for the first
	cancel()
	both.Wait()
}

func TestAfterAThrottleTheServiceIsLeftAloneForAMinute(t *testing.T) {
	s := newServer(t)
	fargate(s)
	s.Inject(awstest.Fault{Operation: "ec2:DescribeRouteTables", Throttled: true, Times: 1})
	g, c := newGatherer(s)
	r := newReading(g)
	routeTables(t.Context(), r, "vpc-0a1")
	c.move(time.Minute - time.Second)
	if got := subnets(t.Context(), r, "vpc-0a1"); got.Reason != classifier.ReasonThrottled || s.Count("ec2") != 1 {
		t.Errorf("%+v after %q", got, s.Requests())
	}
	if got := service(t.Context(), r); got.State != evidence.Known {
		t.Errorf("ECS is not asked either: %+v", got)
	}
	c.move(time.Second)
	if got := subnets(t.Context(), r, "vpc-0a1"); got.State != evidence.Known {
		t.Errorf("after the minute: %+v", got)
	}
}

func TestListingsAreReadToTheirEnd(t *testing.T) {
	s := newServer(t)
	fargate(s)
	s.PageSize = 1
	g := New(config(s), Options{Tier: evidence.TierDeep, Caller: callerOf})
	r := newReading(g)
	if got := subnets(t.Context(), r, "vpc-0a1"); got.State != evidence.Known || len(got.Value) != 2 ||
		s.Count("ec2:DescribeSubnets") != 2 || r.calls.Load() != 2 {
		t.Errorf("%+v after %d requests", got, s.Count(""))
	}
	ctx, cancel := context.WithTimeout(t.Context(), answerTime)
	defer cancel()
	if got := routeTables(ctx, r, "vpc-0a1"); got.State != evidence.Unknown ||
		got.Reason != classifier.ReasonThrottled {
		t.Errorf("three pages where two calls may be made: %+v", got)
	}

	long := &endless{}
	got := ask(
		t.Context(),
		r,
		question[[]int]{
			action: "ec2:DescribeVpcs",
			call: func(ctx context.Context) ([]int, error) {
				return every(ctx, long, func(n *int) []int { return []int{*n} })
			},
		},
	)
	if got.State != evidence.Unknown || got.Reason != classifier.ReasonBudget || got.Value != nil ||
		long.n != pageLimit {
		t.Errorf("%+v after %d pages", got, long.n)
	}
}

// endless is a listing without an end.
type endless struct{ n int }

func (e *endless) HasMorePages() bool { return true }

func (e *endless) NextPage(context.Context, ...func(*ec2.Options)) (*int, error) {
	e.n++
	return &e.n, nil
}

func TestNoCallIsMadeThatNoCheckDeclares(t *testing.T) {
	s := newServer(t)
	g, _ := newGatherer(s)
	r := newReading(g)
	defer func() {
		if recover() == nil {
			t.Error("an action outside of the table is asked for")
		}
	}()
	if _, err := client(r, ec2.NewFromConfig).DescribeVpcs(t.Context(), nil); err == nil {
		t.Error("a call outside of a question is made")
	}
	ask(t.Context(), r, question[int]{
		action: "ec2:DescribeVpcs",
		call: func(ctx context.Context) (int, error) {
			if _, err := client(r, ec2.NewFromConfig).DescribeSubnets(ctx, nil); err == nil {
				t.Error("a call of another action is made")
			}
			return 0, nil
		},
	})
	if s.Count("") != 0 {
		t.Errorf("asked %q", s.Requests())
	}
	ask(t.Context(), r, question[int]{action: "ec2:RunInstances"})
}

func TestClientsAreMadeOnce(t *testing.T) {
	g, _ := newGatherer(newServer(t))
	r := newReading(g)
	first, again := client(r, ec2.NewFromConfig), client(r, ec2.NewFromConfig)
	if first != again || client(r, ecs.NewFromConfig) == nil || client(r, sts.NewFromConfig) == nil {
		t.Error("each service has one client")
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	var c cache
	now := time.Now()
	for i := range 3 * cacheSize {
		c.put(fmt.Sprint(i), i, now, time.Minute)
	}
	if _, kept := c.get(fmt.Sprint(3*cacheSize-1), now); len(c.entries) != cacheSize || !kept {
		t.Errorf("%d entries", len(c.entries))
	}
	c.put("later", 0, now.Add(time.Minute), time.Minute)
	if len(c.entries) != 1 {
		t.Errorf("%d entries when all others are old", len(c.entries))
	}
}
