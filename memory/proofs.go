package memory

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"whystopped/archive"
)

const (
	proofTime  = 10 * time.Minute // a proof holds for
	claimTime  = 15 * time.Second // a look-up takes 8; a claim that is older is that of a process that died
	claimWait  = 2 * time.Second  // most look-ups take less
	proofSort  = "proof"
	proofParts = "proof/"
)

// Proofs keeps what was found about a failure, so that the next stop that fails alike is not looked into again.
type Proofs struct {
	table *patient
	now   func() time.Time
}

// NewProofs returns the proofs that a table keeps for all processes that share it.
func NewProofs(table Table, now func() time.Time) *Proofs {
	return &Proofs{&patient{table: table, now: now}, now}
}

// Find returns the part of a record that tells what was found about a failure within ten minutes. Where nothing was, it
// is claimed: the caller is to look, and to say with the claim what was found. Where another has claimed it and does
// not say within two seconds, both are empty. With an error nobody knows.
func (p *Proofs) Find(ctx context.Context, failure string) (found archive.Record, claim string, err error) {
	key := Key{proofParts + failure, proofSort}
	for until := p.now().Add(claimWait); ; {
		items, err := p.table.Query(ctx, key.Part)
		if err != nil {
			return archive.Record{}, "", err
		}
		w := Write{Key: key, Where: Where{Absent: true}, Expires: p.now().Add(2 * claimTime)}
		free, turn := true, int64(0)
		if len(items) > 0 {
			f := items[0].Fields
			if text := f.Text("found"); text != "" {
				found, err := archive.Decode([]byte(text))
				return found, "", err
			}
			turn = f.Number("turn")
			w.Where = Where{Equal: Fields{"turn": turn}}
			free = f.Number("until") <= p.now().UnixMilli()
		}
		if free {
			w.Set = Fields{"turn": turn + 1, "until": p.now().Add(claimTime).UnixMilli(), "found": ""}
			_, happened, err := p.table.Write(ctx, w)
			if err != nil {
				return archive.Record{}, "", err
			}
			if happened {
				return archive.Record{}, failure + "/" + strconv.FormatInt(turn+1, 10), nil
			}
		}
		if !p.now().Before(until) || !wait(ctx, 2*lookAgain) {
			return archive.Record{}, "", nil
		}
	}
}

// Keep keeps what a claim led to, or gives it back where the record was not checked. A claim that was another's by then
// changes nothing.
func (p *Proofs) Keep(ctx context.Context, claim string, r archive.Record) error {
	failure, number, _ := strings.Cut(claim, "/")
	turn, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return fmt.Errorf("not a claim: %w", err)
	}
	w := Write{Key: Key{proofParts + failure, proofSort}, Where: Where{Equal: Fields{"turn": turn}},
		Set: Fields{"turn": turn + 1, "until": int64(0)}, Expires: p.now().Add(claimTime)}
	if !r.CheckedAt.IsZero() {
		kept, err := archive.Record{
			SchemaVersion: r.SchemaVersion, TaskID: r.TaskID, StoppedAt: r.StoppedAt, CheckedAt: r.CheckedAt,
			Cause: r.Cause, CauseVerdict: r.CauseVerdict, CauseReason: r.CauseReason, MissingActions: r.MissingActions,
			CauseIDs: r.CauseIDs, Causes: r.Causes, NextStep: r.NextStep,
			LogGroup: r.LogGroup, LogStream: r.LogStream, LogsURL: r.LogsURL,
		}.Encode()
		if err != nil {
			return err
		}
		w.Set["found"], w.Expires = string(kept), r.CheckedAt.Add(proofTime)
	}
	_, _, err = p.table.Write(ctx, w)
	return err
}
