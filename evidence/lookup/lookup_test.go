package lookup

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup/awstest"
	"whystopped/evidence/prove"
)

const (
	account = "111122223333"
	region  = "eu-west-1"
)

// clock is a time that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newServer(t *testing.T) *awstest.Server {
	s := awstest.NewServer(account)
	t.Cleanup(s.Close)
	return s
}

// newGatherer returns a gatherer of the widest tier whose every service is s, and its clock.
func newGatherer(s *awstest.Server) (*Gatherer, *clock) {
	c := &clock{now: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)}
	return New(
		config(s),
		Options{Tier: evidence.TierVerify, LogTail: true, Redact: masked, Caller: callerOf,
			Trail: cloudTrail, Metrics: cloudWatch(s),
			Organization: organizationOf(s), Batch: batchIn{s}, Now: c.Now,
			InstanceTypes: instanceTypes},
	), c
}

// callerOf asks STS as the command line does.
func callerOf(ctx context.Context, cfg aws.Config) (evidence.Caller, error) {
	answer, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return evidence.Caller{}, err
	}
	return evidence.Caller{Account: aws.ToString(answer.Account), Region: cfg.Region}, nil
}

// instanceTypes asks EC2 as the command line does.
func instanceTypes(ctx context.Context, cfg aws.Config, named []string) (map[string]int, error) {
	answer, err := ec2.NewFromConfig(cfg).DescribeInstanceTypes(ctx, &ec2.DescribeInstanceTypesInput{
		InstanceTypes: []ec2types.InstanceType{ec2types.InstanceType(named[0])}})
	if err != nil {
		return nil, err
	}
	most := map[string]int{}
	for _, t := range answer.InstanceTypes {
		most[string(t.InstanceType)] = int(*t.NetworkInfo.MaximumNetworkInterfaces)
	}
	return most, nil
}

func config(s *awstest.Server) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: &s.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
	}
}

// checking makes the checks of a test those of the package, until its end.
func checking(t *testing.T, checks ...evidence.Check) {
	before := prove.Checks
	prove.Checks = checks
	t.Cleanup(func() { prove.Checks = before })
}

// needing is a check of a cause that is inconclusive whatever was read.
func needing(cause string, needs ...evidence.Need) evidence.Check {
	return evidence.Check{
		Cause: cause,
		Needs: needs,
		Prove: func(*evidence.Case) classifier.Proof {
			return classifier.Proof{Result: classifier.Inconclusive, Reason: classifier.ReasonPartial}
		},
	}
}

func open(causes ...string) classifier.Finding {
	f := classifier.Finding{Verdict: classifier.Failure}
	for _, c := range causes {
		f.Causes = append(f.Causes, classifier.Proof{Cause: c, Result: classifier.NotChecked})
	}
	return f
}

func TestGatherAsksOnlyForWhatIsNeeded(t *testing.T) {
	checking(t, needing("by-network", evidence.NeedInputs, evidence.NeedNetwork), needing("by-itself"))
	expected := open("by-network")
	expected.Verdict = classifier.Expected
	decided := open("by-network")
	decided.Causes[0].Result = classifier.Confirmed
	for _, test := range []struct {
		name    string
		tier    evidence.Tier
		finding classifier.Finding
		proofs  int
		asks    bool
	}{
		{name: "a cause without a check", tier: evidence.TierDeep, finding: open("unheard-of")},
		{name: "a cause that the text decided", tier: evidence.TierDeep, finding: decided},
		{name: "a check that needs nothing", tier: evidence.TierDeep, finding: open("by-itself"), proofs: 1},
		{name: "an expected stop", tier: evidence.TierDeep, finding: expected},
		{
			name:    "an expected stop that somebody asks about",
			tier:    evidence.TierVerify,
			finding: expected,
			proofs:  1,
			asks:    true,
		},
		{name: "no tier", tier: evidence.TierOff, finding: open("by-network")},
		{
			name:    "an open cause",
			tier:    evidence.TierDescribe,
			finding: open("by-network", "by-itself"),
			proofs:  2,
			asks:    true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			proofs := New(config(s), Options{Tier: test.tier, Caller: callerOf}).
				Gather(t.Context(), fargateStop(), test.finding).Proofs
			if asked := s.Count("") > 0; len(proofs) != test.proofs || asked != test.asks {
				t.Errorf("proofs %+v after %q", proofs, s.Requests())
			}
		})
	}
}

func TestGatherReadsInTheOrderOfTheGroups(t *testing.T) {
	checking(t, needing("by-network", evidence.NeedNetwork, evidence.NeedInputs))
	s := newServer(t)
	fargate(s)
	var told []string
	g, _ := newGatherer(s)
	g.Progress = func(what string) { told = append(told, what) }
	g.Gather(t.Context(), fargateStop(), open("by-network"))
	if want := []string{
		"whose credentials these are", evidence.Groups[0].Doc, evidence.Groups[1].Doc,
	}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestAnotherAccountOrRegionIsNotAsked(t *testing.T) {
	checking(t, needing("by-network", evidence.NeedNetwork))
	whose := []string{"sts:GetCallerIdentity"}
	for _, test := range []struct {
		name   string
		change func(*events.Stop)
		reason string
		asked  []string
	}{
		{"account", func(s *events.Stop) { s.Account = "444455556666" }, classifier.ReasonOtherAccount, whose},
		{"region", func(s *events.Stop) { s.Region = "eu-central-1" }, classifier.ReasonOtherAccount, whose},
		{"unknown account", func(s *events.Stop) { s.Account = "" }, classifier.ReasonNotRead, nil},
		{"unknown region", func(s *events.Stop) { s.Region = "" }, classifier.ReasonNotRead, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			g, _ := newGatherer(s)
			stop := fargateStop()
			test.change(&stop)
			for range 3 {
				proofs := g.Gather(t.Context(), stop, open("by-network")).Proofs
				want := []classifier.Proof{{Cause: "by-network", Result: classifier.NotChecked, Reason: test.reason}}
				if diff := cmp.Diff(want, proofs); diff != "" {
					t.Errorf("proofs (-want +got):\n%s", diff)
				}
			}
			if got := s.Requests(); !slices.Equal(got, test.asked) {
				t.Errorf("asked %q, want %q", got, test.asked)
			}
		})
	}
}

func TestWithoutAnIdentityNothingIsAsked(t *testing.T) {
	checking(t, needing("by-network", evidence.NeedNetwork))
	s := newServer(t)
	s.Inject(awstest.Fault{
		Operation: "sts",
		Refusal: &awstest.Refusal{
			Status:  403,
			Code:    "ExpiredToken",
			Message: "The security token included in the request is expired",
		},
	})
	g, _ := newGatherer(s)
	proofs := g.Gather(t.Context(), fargateStop(), open("by-network")).Proofs
	if diff := cmp.Diff(
		[]classifier.Proof{{Cause: "by-network", Result: classifier.Inconclusive, Reason: classifier.ReasonFailed}},
		proofs,
	); diff != "" {
		t.Errorf("proofs (-want +got):\n%s", diff)
	}
	if s.Count("") != s.Count("sts") {
		t.Errorf("asked %q", s.Requests())
	}
}

func TestAPanicLeavesEveryCauseInconclusive(t *testing.T) {
	broken := needing("broken", evidence.NeedInputs)
	broken.Prove = func(*evidence.Case) classifier.Proof { panic("a check that nobody tried") }
	want := func(who string) []classifier.Proof {
		why := "the checks failed: a " + who + " that nobody tried"
		return []classifier.Proof{
			{Cause: "broken", Result: classifier.Inconclusive, Reason: classifier.ReasonFailed, Evidence: why},
			{Cause: "sound", Result: classifier.Inconclusive, Reason: classifier.ReasonFailed, Evidence: why},
		}
	}
	t.Run("of a check", func(t *testing.T) {
		checking(t, broken, needing("sound", evidence.NeedInputs))
		g, _ := newGatherer(newServer(t))
		if diff := cmp.Diff(want("check"),
			g.Gather(t.Context(), fargateStop(), open("broken", "sound")).Proofs); diff != "" {
			t.Errorf("proofs (-want +got):\n%s", diff)
		}
	})
	t.Run("of a reader's step", func(t *testing.T) {
		checking(t, needing("broken", evidence.NeedInputs), needing("sound", evidence.NeedInputs))
		before := readers[evidence.NeedInputs]
		readers[evidence.NeedInputs] = func(context.Context, *reading) {
			together(func() {}, func() { panic("a reader that nobody tried") })
		}
		defer func() { readers[evidence.NeedInputs] = before }()
		g, _ := newGatherer(newServer(t))
		if diff := cmp.Diff(want("reader"),
			g.Gather(t.Context(), fargateStop(), open("broken", "sound")).Proofs); diff != "" {
			t.Errorf("proofs (-want +got):\n%s", diff)
		}
	})
}

func TestEveryNeedHasAReader(t *testing.T) {
	for _, group := range evidence.Groups {
		if readers[group.Need] == nil {
			t.Errorf("nobody reads %s", group.Need)
		}
	}
}

// TestABlackHoleCostsNoMoreThanTheBudget has services that take connections and never answer.
func TestABlackHoleCostsNoMoreThanTheBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time-outs: run it without -short")
	}
	checking(t, needing("by-network", evidence.NeedInputs, evidence.NeedNetwork))
	for _, test := range []struct {
		name  string
		hole  string
		given time.Duration // of the invocation, 0 for no bound
		limit time.Duration
	}{
		{"everything", "", 0, callTime},
		{"EC2", "ec2", 0, timeLimit},
		{"EC2, with little time left", "ec2", time.Second, time.Second},
		{"ECS", "ecs", 0, timeLimit},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			fargate(s)
			s.Inject(awstest.Fault{Operation: test.hole, Silent: true})
			g, _ := newGatherer(s)
			ctx := t.Context()
			if test.given > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.given)
				defer cancel()
			}
			begin := time.Now()
			proofs := g.Gather(ctx, fargateStop(), open("by-network")).Proofs
			if took := time.Since(begin); took > test.limit+200*time.Millisecond || len(proofs) != 1 ||
				proofs[0].Result != classifier.Inconclusive {
				t.Errorf("%+v after %s", proofs, took)
			}
		})
	}
}

func TestTwoStopsAtOnceShareTheirCalls(t *testing.T) {
	checking(t, needing("by-network", evidence.NeedInputs, evidence.NeedNetwork))
	s := newServer(t)
	fargate(s)
	s.Inject(awstest.Fault{Delay: 50 * time.Millisecond})
	g, _ := newGatherer(s)
	var stops sync.WaitGroup
	for range 5 {
		stops.Go(func() { g.Gather(t.Context(), fargateStop(), open("by-network")) })
	}
	stops.Wait()
	counts := map[string]int{}
	for _, request := range s.Requests() {
		counts[request]++
	}
	for request, n := range counts {
		if n > 1 &&
			!slices.Contains(
				[]string{
					"ec2:DescribeVpcAttribute", "ec2:DescribeNetworkInterfaces", "ec2:GetManagedPrefixListEntries",
				},
				request,
			) {
			t.Errorf("%s was called %d times", request, n)
		}
	}
}
