package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence"
	"whystopped/evidence/lookup"
	"whystopped/ingest"
)

const verifyUsage = "check the causes with read-only calls of the account that the stop is of"

// verifyHelp is the paragraph of a command's help about --verify.
const verifyHelp = `With --verify the causes are checked in the account and Region that the stop is of, with your credentials and with calls that only
read: each cause gets a verdict with what was seen, and a confirmed one leads. docs/permissions.md has the least policy, docs/evidence.md
tells what is asked and how each verdict is reached; without a permission the other checks are still made.`

// newGatherer makes what --verify asks with; tests put another in its place.
var newGatherer = func(cfg aws.Config, progress func(string), past ranBefore) ingest.Gatherer {
	return lookup.New(cfg, lookup.Options{Tier: evidence.TierVerify, LogTail: true, Redact: archive.RedactLines, Now: time.Now, Progress: progress, Archive: past,
		Trail: func(cfg aws.Config) cloudtrail.LookupEventsAPIClient { return cloudtrail.NewFromConfig(cfg) }})
}

// verifier checks causes with the credentials of whoever runs the program. What is asked is told on stderr as it goes, where that is
// a terminal.
type verifier struct {
	gatherer ingest.Gatherer
	line     *statusLine
}

// newVerifier returns a verifier that compares a stop with what ran well before as past tells it, where ECS does not.
func newVerifier(ctx context.Context, a *account, past ranBefore, stderr io.Writer) (*verifier, error) {
	cfg, err := a.load(ctx)
	if err != nil {
		return nil, err
	}
	line := &statusLine{w: stderr, on: isTerminal(stderr) && os.Getenv("TERM") != "dumb", width: lookOf(stderr).width}
	return &verifier{newGatherer(cfg, line.say, past), line}, nil
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
	what = "reading " + printable(what) + " …"
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

// errNoEvent says that a record cannot be turned back into a stop.
var errNoEvent = errors.New("the record does not hold its event, or a cut one")

// stopsOf reads the event in a record; there is one stop in it, unless the document could not be read.
func stopsOf(r archive.Record) ([]events.Stop, error) {
	if r.RawEvent == "" || slices.Contains(strings.Split(r.Truncated, ","), "rawEvent") {
		return nil, errNoEvent
	}
	return events.Parse([]byte(r.RawEvent))
}

// recalled is a gatherer that gives back what was found out when a record was made. Where next is not nil, that is asked about
// what is not decided yet: what was seen soon after the stop tells more than what is seen now.
type recalled struct {
	record archive.Record
	next   ingest.Gatherer
}

// Gather returns the record's proofs, in the record's order, and then those of next, and the log that next found.
func (c recalled) Gather(ctx context.Context, s events.Stop, f classifier.Finding) classifier.Gathered {
	known := proofsOf(c.record)
	if c.next == nil {
		return classifier.Gathered{Proofs: known}
	}
	known = slices.DeleteFunc(known, func(p classifier.Proof) bool {
		return !p.Result.Decided()
	})
	f.Causes = slices.Clone(f.Causes)
	for i, cause := range f.Causes {
		if k := slices.IndexFunc(known, func(p classifier.Proof) bool { return p.Cause == cause.Cause }); k >= 0 && cause.Result == classifier.NotChecked {
			f.Causes[i] = known[k]
		}
	}
	found := c.next.Gather(ctx, s, f)
	found.Proofs = append(known, found.Proofs...)
	return found
}

// proofsOf returns what a record says of causes that were checked; of those behind the eighth it keeps the verdict alone. The next
// step that it keeps is that of a confirmed leading one.
func proofsOf(r archive.Record) []classifier.Proof {
	if r.CheckedAt.IsZero() {
		return nil
	}
	var proofs []classifier.Proof
	for _, c := range causesOf(r) {
		p := classifier.Proof{Cause: c.ID, Result: classifier.Result(c.Verdict), Reason: c.Reason, MissingAction: c.MissingAction, Evidence: c.Evidence}
		if p.Result == classifier.Confirmed && p.Cause == r.Cause {
			p.Next = r.NextStep
		}
		proofs = append(proofs, p)
	}
	for text := range strings.SplitSeq(r.CauseIDs, "; ") {
		id, verdict, _ := strings.Cut(text, "=")
		if id != "" && !slices.ContainsFunc(proofs, func(p classifier.Proof) bool { return p.Cause == id }) {
			proofs = append(proofs, classifier.Proof{Cause: id, Result: classifier.Result(verdict)})
		}
	}
	return proofs
}

// verified checks the causes of an archived stop: its record as these tables and the look-up make it.
func (v *verifier) verified(ctx context.Context, old archive.Record, now time.Time) (archive.Record, error) {
	stops, err := stopsOf(old)
	if err == nil && len(stops) != 1 {
		err = fmt.Errorf("its event holds %d stops", len(stops))
	}
	if err != nil {
		return old, fmt.Errorf("the causes of %s cannot be checked: %w", cmp.Or(old.TaskID, old.DedupKey), err)
	}
	r := ingest.Verify(ctx, recalled{old, v}, stops[0], old.Source, now)
	r.RecordedAt = old.RecordedAt
	carry(old, &r)
	return r, nil
}

// carry takes over from a record what its stop alone does not tell.
func carry(old archive.Record, r *archive.Record) {
	r.DedupKey = old.DedupKey
	if r.LogGroup == "" {
		r.LogGroup, r.LogStream, r.LogsURL = old.LogGroup, old.LogStream, old.LogsURL
	}
	r.LogTail = cmp.Or(r.LogTail, old.LogTail)
	// A signature is made of the text before its secrets were masked.
	if r.Class == old.Class && culprit(*r) == culprit(old) && r.Endpoint == old.Endpoint {
		r.Signature = old.Signature
	}
}
