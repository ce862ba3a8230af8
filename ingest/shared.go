package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// Proofs knows what was found about failures a short while ago. Find returns the part of a record that says so, or a
// claim of the one that is to look; both are empty while another looks. Keep says what a claim led to: a record that
// was not checked gives it back. With an error of Find everybody looks.
type Proofs interface {
	Find(ctx context.Context, failure string) (found archive.Record, claim string, err error)
	Keep(ctx context.Context, claim string, r archive.Record) error
}

// earlier is how long before another a task may have stopped to be told by its proofs. What began to be fine in that
// time would be called fine at the stop; what changed later is what the time of the proofs is told for.
const earlier = time.Minute

// sharing is a gatherer whose answer may be that to another stop.
type sharing struct {
	Gatherer
	proofs  Proofs
	failure string
	since   time.Time // when the stop was

	proven archive.Record // whose answer it is, once that is known
	claim  string
}

// find looks for what is known about the stop, and reports whether it is to be looked for.
func (s *sharing) find(ctx context.Context) (look bool) {
	found, claim, err := s.proofs.Find(ctx, s.failure)
	switch {
	case err != nil:
		return true
	case found.CheckedAt.IsZero():
		s.claim = claim
		return claim != ""
	case s.since.Before(found.StoppedAt.Add(-earlier)):
		return true
	}
	s.proven = found
	s.Gatherer = Recorded{Record: found}
	return true
}

// told says on the record of the stop whose proofs it has.
func (s *sharing) told(r *archive.Record) {
	of := s.proven
	if of.TaskID == "" {
		return
	}
	r.CheckedAt = of.CheckedAt
	if of.TaskID == r.TaskID {
		return // its event came again
	}
	r.ProvenAt, r.ProvenBy = of.CheckedAt, of.TaskID
	if r.LogGroup == "" && strings.Contains(of.LogStream, of.TaskID) { // it ends with the task's id
		own := strings.NewReplacer(of.TaskID, r.TaskID).Replace
		r.LogGroup, r.LogStream, r.LogsURL = of.LogGroup, own(of.LogStream), own(of.LogsURL)
	}
}

// keep says what the claim led to, where there is one. What was held back or not answered in time may be answered to
// the next, and whose log was read is told of its own.
func (s *sharing) keep(ctx context.Context, r archive.Record, proofs []classifier.Proof) {
	if s.claim == "" {
		return
	}
	passing := func(p classifier.Proof) bool {
		return slices.Contains([]string{classifier.ReasonThrottled, classifier.ReasonTimeout, classifier.ReasonFailed,
			classifier.ReasonBudget}, p.Reason)
	}
	if r.LogTail != "" || r.CauseVerdict != string(classifier.Confirmed) && slices.ContainsFunc(proofs, passing) {
		r.CheckedAt = archive.Time{}
	}
	_ = s.proofs.Keep(ctx, s.claim, r)
}

// sameFailure returns what stops have in common that fail alike and whose proofs rest on the same: the signature, and
// what the task ran as and where. It is empty for a task that no deployment started, because what it was started with
// is not in its event.
func sameFailure(s events.Stop, f classifier.Finding) string {
	if s.Kind != events.KindTask || s.Watched || s.TaskID == "" || s.DeploymentID == "" || s.StoppedAt.IsZero() {
		return ""
	}
	facts := f.Facts
	if ip, err := netip.ParseAddr(facts.RemoteIP); err == nil && !ip.IsPrivate() {
		facts.RemoteIP = "public"
	}
	subnet, _ := s.TaskInterface()
	parts := []string{s.Account, s.Region, f.Signature, s.DeploymentID, s.TaskDefinitionARN, s.LaunchType,
		s.CapacityProvider, s.ContainerInstanceARN, subnet, s.PlatformVersion,
		strings.ReplaceAll(fmt.Sprintf("%q", facts), s.TaskID, "")}
	for _, c := range s.Containers {
		parts = append(parts, c.Name, c.Image, c.ImageDigest)
	}
	for _, cause := range unchecked(f) {
		parts = append(parts, cause.Cause)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}
