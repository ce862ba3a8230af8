package lookup

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whystopped/evidence"
	"whystopped/memory"
)

// permitsFunc gives permits, and counts those that came back.
type permitsFunc struct {
	take     func() (string, map[string]time.Time, error)
	returned map[string]map[string]time.Time
}

func (p permitsFunc) Take(context.Context) (string, map[string]time.Time, error) { return p.take() }

func (p permitsFunc) Return(_ context.Context, permit string, recovered map[string]time.Time) error {
	p.returned[permit] = recovered
	return nil
}

func TestWithoutAPermitNothingIsAsked(t *testing.T) {
	const vpcs = "ec2:DescribeVpcs"
	for _, test := range []struct {
		name      string
		permit    string
		recovered time.Duration // of DescribeVpcs
		err       error
		want      string // in every proof
		calls     bool
	}{
		{name: "none is free", want: "throttled"},
		{name: "one is free", permit: "3/1", want: "", calls: true},
		{name: "one that was called with", permit: "3/1", recovered: 4 * time.Second, want: "", calls: true},
		{name: "there are none", err: errors.New("ThrottlingException"), want: "", calls: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			closedVPC(s, 1, true)
			now := time.Now()
			stop, finding := unreached(0, now)
			permits := permitsFunc{func() (string, map[string]time.Time, error) {
				return test.permit, map[string]time.Time{vpcs: now.Add(test.recovered)}, test.err
			}, map[string]map[string]time.Time{}}
			g := New(config(s), Options{Tier: evidence.TierPolicies, Caller: callerOf, Permits: permits})
			for _, p := range g.Gather(t.Context(), stop, finding).Proofs {
				if test.want != "" && (p.Reason != test.want || p.Result.Decided()) {
					t.Errorf("%+v", p)
				}
			}
			if calls := s.Count(""); (calls > 0) != test.calls {
				t.Errorf("%d calls", calls)
			}
			if waited := time.Since(now) > time.Second; waited != (test.recovered > 0) {
				t.Errorf("took %s with an API that recovers in %s", time.Since(now), test.recovered)
			}
			back, held := permits.returned[test.permit]
			if held != (test.permit != "") || held && !back[vpcs].After(now) {
				t.Errorf("the permit came back with %v", permits.returned)
			}
		})
	}
}

// TestAllProcessesTogetherTakeAQuarter has processes that come and go, each with a permit of the account's and as many
// calls of one API as it may make without waiting.
func TestAllProcessesTogetherTakeAQuarter(t *testing.T) {
	const shared = 10 // permits
	for api, published := range map[string]bucket{
		"ec2:DescribeSubnets": {100, 20}, "ec2:DescribeNetworkInterfaces": {100, 20}, "ecs:DescribeServices": {50, 20},
		"elasticloadbalancing:DescribeTargetHealth": {40, 10}, "route53:ListHostedZonesByVPC": {10, 10},
	} {
		service, _, _ := strings.Cut(api, ":")
		c := &clock{now: created}
		table := memory.NewLocal(c.Now)
		calls := 0
		for range 5000 {
			permits := memory.NewPermits(table, c.Now) // of a process of its own
			permit, recovered, err := permits.Take(t.Context())
			if permit == "" || err != nil {
				t.Fatal(permit, err)
			}
			g := New(aws.Config{}, Options{Tier: evidence.TierPolicies, Caller: callerOf, Now: c.Now})
			r := newReading(g)
			r.allowed = &allowance{recovered: recovered}
			asked := &asking{r: r, action: evidence.Action{IAM: api}, hasty: true}
			for g.limits.admit(t.Context(), service, asked, c.Now()) == nil {
				calls++
			}
			permits.Return(t.Context(), permit, r.allowed.called(c.Now()))
			c.move(time.Duration(rand.IntN(200)) * time.Millisecond)
			took := c.Now().Sub(created)
			most := max(published.size/4, shared) + published.refill/4*took.Seconds()
			if float64(calls) > most {
				t.Fatalf("%s is called %d times in %s, more than %.0f", api, calls, took, most)
			}
		}
		if took := c.Now().Sub(created).Seconds(); float64(calls) < published.refill/8*took {
			t.Errorf("%s: only %d calls in %.0f s", api, calls, took)
		}
	}
}
