package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// ErrNoEvent says that a record cannot be turned back into a stop.
var ErrNoEvent = errors.New("the record holds no event, or a part of one")

// StopsOf reads the event in a record; there is one stop in it, unless the document could not be read.
func StopsOf(r archive.Record) ([]events.Stop, error) {
	if r.RawEvent == "" || slices.Contains(strings.Split(r.Truncated, ","), "rawEvent") {
		return nil, ErrNoEvent
	}
	return events.Parse([]byte(r.RawEvent))
}

// Recorded is a Gatherer that answers with what was found when a record was made. Where Next is not nil, it is asked
// about what is not decided yet: what was seen soon after the stop says more than what is seen now.
type Recorded struct {
	Record archive.Record
	Next   Gatherer
}

// Gather returns the record's proofs, in the record's order, and then those of Next, and the log that Next found.
func (c Recorded) Gather(ctx context.Context, s events.Stop, f classifier.Finding) classifier.Gathered {
	known := proofsOf(c.Record)
	if c.Next == nil {
		return classifier.Gathered{Proofs: known, Log: classifier.Log{Lines: linesOf(c.Record)}}
	}
	known = slices.DeleteFunc(known, func(p classifier.Proof) bool { return !p.Result.Decided() })
	f.Causes = slices.Clone(f.Causes)
	for i, cause := range f.Causes {
		k := slices.IndexFunc(known, func(p classifier.Proof) bool { return p.Cause == cause.Cause })
		if k >= 0 && cause.Result == classifier.NotChecked {
			f.Causes[i] = known[k]
		}
	}
	found := c.Next.Gather(ctx, s, f)
	found.Proofs = append(known, found.Proofs...)
	if len(found.Log.Lines) == 0 {
		found.Log.Lines = linesOf(c.Record)
	}
	return found
}

// linesOf are the lines that a record keeps of the culprit's log; CarryOver keeps where they stand.
func linesOf(r archive.Record) []string {
	if r.LogTail == "" {
		return nil
	}
	return strings.Split(r.LogTail, "\n")
}

// proofsOf returns what a record says of causes that were checked; of those behind the eighth it keeps the verdict
// alone. The next step that it keeps is that of a confirmed leading one.
func proofsOf(r archive.Record) []classifier.Proof {
	if r.CheckedAt.IsZero() {
		return nil
	}
	var proofs []classifier.Proof
	var recorded []archive.RecordedCause
	if r.Causes != "" && json.Unmarshal([]byte(r.Causes), &recorded) != nil {
		recorded = nil
	}
	for _, c := range recorded {
		p := classifier.Proof{Cause: c.ID, Result: classifier.Result(c.Verdict), Reason: c.Reason,
			MissingAction: c.MissingAction, Evidence: c.Evidence}
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

// VerifyArchived checks the causes of an archived stop: its record as these tables and the gatherer make it.
func VerifyArchived(ctx context.Context, g Gatherer, old archive.Record, now time.Time) (archive.Record, error) {
	stops, err := StopsOf(old)
	if err == nil && len(stops) != 1 {
		err = fmt.Errorf("its event holds %d stops", len(stops))
	}
	if err != nil {
		return old, fmt.Errorf("the causes of %s cannot be checked: %w", cmp.Or(old.TaskID, old.DedupKey), err)
	}
	r := Verify(ctx, Recorded{old, g}, stops[0], old.Source, now)
	r.RecordedAt = old.RecordedAt
	CarryOver(old, &r)
	return r, nil
}

// CarryOver takes over from a record what its stop alone does not say.
func CarryOver(old archive.Record, r *archive.Record) {
	r.DedupKey = old.DedupKey
	r.SourceRank = min(r.SourceRank, old.Rank())
	if r.LogGroup == "" {
		r.LogGroup, r.LogStream, r.LogsURL = old.LogGroup, old.LogStream, old.LogsURL
	}
	r.LogTail = cmp.Or(r.LogTail, old.LogTail)
	if r.ProvenBy == "" && !r.CheckedAt.IsZero() {
		r.ProvenAt, r.ProvenBy = old.ProvenAt, old.ProvenBy
	}
	r.AlertState, r.FirstSeen, r.SeenCount = old.AlertState, old.FirstSeen, old.SeenCount
	// A signature is made of the text before its secrets were masked.
	if r.Class == old.Class && sameCulprit(old, *r) && r.Endpoint == old.Endpoint {
		r.Signature = old.Signature
	}
}

// sameCulprit reports whether two records name the same container and exit code.
func sameCulprit(a, b archive.Record) bool {
	if a.CulpritExitCode == nil || b.CulpritExitCode == nil {
		return a.Culprit == b.Culprit && a.CulpritExitCode == b.CulpritExitCode
	}
	return a.Culprit == b.Culprit && *a.CulpritExitCode == *b.CulpritExitCode
}
