package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
)

func reclassifyCommand() *cobra.Command {
	var r reclassify
	var since string
	c := &cobra.Command{
		Use:   "reclassify [--from DIR|logs:GROUP] [--to DIR|logs:GROUP]",
		Short: "Explain archived stops again, with the tables of this program",
		Long: `Explain again the archived stops that older tables explained, from the events kept in their records, and list those that get
another class or verdict. Documents that could not be read are tried again. Of several records of one stop the one that
history shows is taken; a record without its event, or with a cut one, is counted and left alone.

Nothing is written without --to, which usually names the same archive as --from. Then every stop that is told in any way
differently gets a new record beside the old one, and is shown by it from then on. What was proven of its causes, when, and the
log lines that were kept are carried over from the old record. A second run writes nothing.

  whystopped reclassify --from logs: --since 30d
  whystopped reclassify --from logs: --to logs:
  whystopped reclassify --from incident-archive --to incident-archive

` + needs("reclassify") + `

Exit codes: 0 done, 2 something could not be written.`,
		Args: screen.TakesFlags,
		RunE: func(c *cobra.Command, _ []string) error {
			r.now, r.stderr = time.Now(), c.ErrOrStderr()
			if since != screen.Everything {
				var err error
				if r.since, err = screen.Moment(since, r.now); err != nil {
					return fmt.Errorf("--since %q: %w, or %s", since, err, screen.Everything)
				}
			}
			return r.run(c.Context(), c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&r.from, "from", archive.Directory, screen.PlaceUsage)
	c.Flags().StringVar(&r.to, "to", "", "write what changed: "+screen.PlaceUsage)
	c.Flags().StringVar(&since, "since", screen.Everything,
		"first stop: back from now (7d, 36h, 90m), RFC 3339 or a date in UTC, or all")
	r.account.Flags(c)
	screen.Inherit(c, "from")
	return c
}

// reclassify is one run of the command.
type reclassify struct {
	from, to string
	account  awsAccount
	since    time.Time
	now      time.Time
	stderr   io.Writer
}

var errInterrupted = errors.New("interrupted: nothing is written")

func (c *reclassify) run(ctx context.Context, stdout io.Writer) error {
	from, err := open(ctx, &c.account, c.from, archive.Filter{Start: c.since}, c.stderr)
	if err != nil {
		return c.interrupted(ctx, err)
	}
	defer from.Close()
	var stops archive.Roll
	for r, err := range screen.Records(ctx, c.stderr, from.Walk(archive.Filter{Start: c.since}, counted.Decode)) {
		if err != nil {
			return c.interrupted(ctx, err)
		}
		if !r.Moment().Before(c.since) {
			stops.Add(r.Record, 0, r.At)
		}
	}
	list := screen.Table{W: stdout, Look: screen.LookOf(stdout), Columns: []screen.Column{
		{Title: "TASK", Brief: screen.Beginning}, {Title: "WHERE", Name: true}, {Title: "WAS"}, {Title: "IS"}}}
	changed, reworded, unchanged, unknowable := 0, 0, 0, 0
	anew, err := directory.Spool(func(keep func(archive.Record, error) bool) {
		n := 0
		for run := range stops.LatestFirst(func(*archive.Seen) bool { return true }) {
			olds, err := wholeAt(from, run)
			for _, old := range olds {
				n++
				screen.Count(ctx, "explaining stops", n, stops.Len())
				r, ok := reclassified(old, c.now)
				switch {
				case !ok:
					unknowable++
					continue
				case r.Class != old.Class || r.Verdict != old.Verdict:
					changed++
					list.Add(cmp.Or(old.TaskID, old.DedupKey), screen.Place(r), old.Class+" "+old.Verdict,
						r.Class+" "+r.Verdict)
				case !tellsTheSame(old, r):
					reworded++
				default:
					unchanged++
					continue
				}
				if !keep(r, nil) {
					return
				}
			}
			if err = cmp.Or(err, ctx.Err()); err != nil {
				keep(archive.Record{}, err)
				return
			}
		}
	})
	if err != nil {
		return c.interrupted(ctx, err)
	}
	defer anew.Close()
	if changed > 0 {
		list.Render()
		fmt.Fprintln(stdout)
	}

	written, where := 0, "nothing; name an archive with --to"
	if c.to != "" {
		where = "to " + screen.PlaceName(c.to)
		written, err = c.write(ctx, anew, changed+reworded)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf(
				"interrupted: %d of %d records are written to %s; run the same command again for the rest", written,
				changed+reworded, screen.PlaceName(c.to))
		case err != nil:
			return fmt.Errorf("%d of %d records are written to %s, then: %w", written, changed+reworded,
				screen.PlaceName(c.to), err)
		}
	}
	counts := screen.NewCounts(stdout)
	counts.Add("changed", changed, "stops of another class or verdict")
	counts.Add("reworded", reworded, "stops of the same class and verdict that are told differently")
	counts.Add("unchanged", unchanged, "told the same, explained by these tables already, or still unreadable")
	counts.Add("not reclassifiable", unknowable, "records without their event, or with a cut one")
	counts.Add("written", written, where)
	counts.Render()
	return nil
}

// interrupted is the error of what ended before anything was written.
func (c *reclassify) interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// wholeAt returns the records of stops of one moment, in the order of their keys.
func wholeAt(from *directory.Archive, run []*archive.Seen) (records []archive.Record, err error) {
	c := census{archive: from}
	if err := c.byKey(run); err != nil {
		return nil, err
	}
	for _, s := range run {
		r, err := from.At(s.At, archive.Decode)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// write adds records to the archive at --to and returns how many are certainly written.
func (c *reclassify) write(ctx context.Context, records *directory.Archive, all int) (written int, err error) {
	store, err := c.account.OpenArchive(ctx, c.to)
	if err != nil {
		return 0, err
	}
	k := keeper{store: store}
	for r, unread := range records.Records(archive.Filter{}) {
		if err = unread; err == nil {
			line, encoded := r.Encode()
			if err = encoded; err == nil {
				err = k.keep(ctx, prepared{Record: r, line: line})
			}
		}
		if err != nil {
			break
		}
		screen.Count(ctx, "writing records", k.kept+len(k.pending), all)
	}
	if err == nil {
		err = k.flush(ctx)
	}
	return k.kept, errors.Join(err, store.Close())
}

// reclassified explains the stop of a record anew; a record that newer tables would not explain otherwise comes back as
// it is. It is not ok when the record does not hold its event.
func reclassified(old archive.Record, now time.Time) (r archive.Record, ok bool) {
	unreadable := old.Kind == string(events.KindUnreadable)
	if old.ClassifierVersion > classifier.Version || old.ClassifierVersion == classifier.Version && !unreadable {
		return old, true
	}
	stops, err := ingest.StopsOf(old)
	switch {
	case errors.Is(err, ingest.ErrNoEvent):
		return old, false
	case unreadable && len(stops) == 0:
		return old, true
	case err != nil:
		return old, false
	}
	var same []archive.Record // an event may tell of several containers, or hold several failures
	for _, s := range stops {
		s.MeantToEnd = old.MeantToEnd != ""
		r := ingest.Verify(context.Background(), ingest.Recorded{Record: old}, s, archive.SourceReclassify, now)
		if len(stops) == 1 || r.DedupKey == old.DedupKey {
			same = append(same, r)
		}
	}
	if len(same) != 1 || same[0].Kind != old.Kind && !unreadable {
		return old, false
	}
	r = same[0]
	r.DedupKey = old.DedupKey
	if !r.CheckedAt.IsZero() {
		r.CheckedAt = old.CheckedAt
	}
	ingest.CarryOver(old, &r)
	return r, true
}

// tellsTheSame compares what two records say of a stop.
func tellsTheSame(old, r archive.Record) bool {
	r.Source, r.SourceRank, r.RecordedAt, r.ClassifierVersion = old.Source, old.SourceRank, old.RecordedAt,
		old.ClassifierVersion
	was, errWas := old.Encode()
	is, errIs := r.Encode()
	return errWas == nil && errIs == nil && bytes.Equal(was, is)
}
