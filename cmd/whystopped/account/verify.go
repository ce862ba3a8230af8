package account

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive/redact"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
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
			Progress: progress, Archive: past,
			Trail: func(cfg aws.Config) cloudtrail.LookupEventsAPIClient { return cloudtrail.NewFromConfig(cfg) }})
}

// verifier checks causes with the credentials of whoever runs the program. What is asked is told on stderr as it goes,
// where that is a terminal.
type verifier struct {
	gatherer ingest.Gatherer
	line     *statusLine
}

// Verifier returns a gatherer that compares a stop with what ran well before as the archive at a place tells it, where
// ECS does not; the empty place is no archive.
func (a *Account) Verifier(ctx context.Context, place string, stderr io.Writer) (ingest.Gatherer, error) {
	cfg, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	var past RanBefore
	if place != "" {
		past = a.pastIn(place)
	}
	line := &statusLine{w: stderr, on: screen.IsTerminal(stderr) && os.Getenv("TERM") != "dumb",
		width: screen.LookOf(stderr).Width}
	return &verifier{NewGatherer(cfg, line.say, past), line}, nil
}

// Gather is that of the verifier's gatherer.
func (v *verifier) Gather(ctx context.Context, s events.Stop, f classifier.Finding) classifier.Gathered {
	defer v.line.clear()
	return v.gatherer.Gather(ctx, s, f)
}

// statusLine is one line that is written over again and at last taken away.
type statusLine struct {
	w     io.Writer
	on    bool
	width int // columns of the terminal, 0 when they are not known
}

const clearLine = "\r\x1b[K"

func (l *statusLine) say(what string) {
	if !l.on {
		return
	}
	what = "reading " + screen.Printable(what) + " …"
	if l.width > 0 {
		what = text.Trim(what, l.width-1) // a line that breaks cannot be taken away
	}
	fmt.Fprint(l.w, clearLine+what)
}

func (l *statusLine) clear() {
	if l.on {
		fmt.Fprint(l.w, clearLine)
	}
}
