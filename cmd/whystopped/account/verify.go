package account

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whystopped/archive/redact"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/evidence"
	"whystopped/evidence/lookup"
	"whystopped/ingest"
)

// VerifyUsage says what the flag --verify does.
const VerifyUsage = "check the causes with read-only calls of the account that the stop is of"

// VerifyHelp is the paragraph of a command's help about --verify.
const VerifyHelp = `With --verify the causes are checked in the account and Region that the stop is of, with your credentials and with calls that only
read: each cause gets a verdict with what was seen, and a confirmed one leads. docs/permissions.md has the least policy, docs/evidence.md
tells what is asked and how each verdict is reached; without a permission the other checks are still made.`

// NewGatherer makes what --verify asks with; tests put another in its place.
var NewGatherer = func(cfg aws.Config, progress func(string), past RanBefore) ingest.Gatherer {
	return lookup.New(cfg,
		lookup.Options{Tier: evidence.TierVerify, LogTail: true, Redact: redact.Lines, Now: time.Now,
			Progress: progress, Archive: past, Metrics: metrics, Organization: organization, Batch: jobs{},
			Caller: caller, Trail: trail,
			InstanceTypes: instanceTypes})
}

// verifier checks causes with the credentials of whoever runs the program, each stop in its own Region. What is asked
// is told on stderr as it goes, where that is a terminal.
type verifier struct {
	cfg  aws.Config
	past RanBefore
	say  func(what string)

	mu      sync.Mutex
	regions map[string]ingest.Gatherer // what is kept from one stop to the next holds in one Region
}

// Verifier returns a gatherer that compares a stop with what ran well before as the archive at a place tells it, where
// ECS does not; the empty place is no archive.
func (a *Account) Verifier(ctx context.Context, place string) (ingest.Gatherer, error) {
	cfg, err := a.loadAnywhere(ctx)
	if err != nil {
		return nil, err
	}
	v := &verifier{cfg: cfg, regions: map[string]ingest.Gatherer{},
		say: func(what string) { screen.SayAtOnce(ctx, "reading "+what) }}
	if place != "" {
		v.past = a.pastIn(place)
	}
	return v, nil
}

// Gather is that of the gatherer of the stop's Region. What is no Region is never asked: it would become a part of a
// host's name.
func (v *verifier) Gather(ctx context.Context, s events.Stop, f classifier.Finding) classifier.Gathered {
	cfg := v.cfg.Copy()
	switch {
	case awsname.IsRegion(s.Region):
		cfg.Region = s.Region
	case cfg.Region == "":
		s.Region = "" // there is nobody to ask
	}
	return v.in(cfg).Gather(ctx, s, f)
}

// in is the gatherer of a configuration's Region.
func (v *verifier) in(cfg aws.Config) ingest.Gatherer {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.regions[cfg.Region] == nil {
		v.regions[cfg.Region] = NewGatherer(cfg, v.say, v.past)
	}
	return v.regions[cfg.Region]
}
