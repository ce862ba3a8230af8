package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/directory"
	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events/awsname"
	"whystopped/ingest"
)

func historyCommand() *cobra.Command {
	var h history
	var limit uint
	var verify bool
	c := &cobra.Command{
		Use:   "history [TASK] [--from DIR|logs:GROUP]",
		Short: "Show the archived stops: what happens, since when, how often",
		Long: `Show what an archive holds of the last 7 days, a line for each kind of stop: when it was last and first seen and how often,
whether anybody must act, where, whether the task had started, the container and its exit code, the cause. Stops with the same
signature are of one kind; first seen and count are of the time looked at. --since all shows everything. --deployment with one
deployment also says which of its tasks failed first, and why: there the cause of a failed deployment stands. With a TASK, its id, the
first 8 characters of it or more, or its ARN, that stop is shown in full as "whystopped explain" does, however long ago it was.

A flag that takes a list takes values separated by commas and shows what has one of them, exactly as it is written; several
flags must all be met. --since and --until go by the time of the stop, and by that of its record where the first is not known.
Of several records of one stop the one of the newest classifier is shown, then one whose causes were checked, then the newest.

The archive of a deployment is read with the credentials, Region, profile and endpoints that other AWS tools use:

  whystopped history --from logs: --profile ops --region eu-west-1
  whystopped history --from logs: --cluster prod --service web,api --verdict failure --since 36h
  whystopped history --from logs:/team/stops 4f1c22ab

There Logs Insights counts the kinds of stops, at $` + fmt.Sprint(stack.ScanPrice) + ` for each GB that it scans (--verbose says how much); a stop
that was explained again counts as each kind that it ever was. Where it may not be asked, and with --each, the records are
read, the latest first and no more than are shown.

` + verifyHelp + `
It takes a TASK. What was decided when the stop was archived stands, because it was seen sooner; the rest is checked now.
Where ECS does not know when the service was last steady, the newest earlier task of the archive that ran for an hour or more tells what
ran well before, and what is different.

` + needs("history") + `

Exit codes: 0 what was asked for was shown, also when there are no such stops, 2 bad usage, no such task, or an archive that
could not be read.`,
		Example: `  whystopped history
  whystopped history --from incident-archive --since all --verdict failure
  whystopped history --since all --deployment ecs-svc/4374651048025955904
  whystopped history --since all --csv --verdict failure
  whystopped history --each --json --since 2026-01-01 --stage image,runtime`,
		Args: screen.Takes(0, 1, "TASK"),
		RunE: func(c *cobra.Command, tasks []string) (err error) {
			if verify && len(tasks) == 0 {
				return errors.New("--verify checks one stop: name its TASK")
			}
			if len(tasks) > 0 && !c.Flags().Changed("since") {
				h.chosen.Since = screen.Everything
			}
			h.now, h.each = time.Now(), h.each || h.fields.Asked()
			if err := h.chosen.Between(h.now); err != nil {
				return err
			}
			h.most = int(limit)
			if limit == 0 || h.programs() && !c.Flags().Changed("limit") {
				h.most = math.MaxInt
			}
			out := bufio.NewWriter(c.OutOrStdout())
			defer func() { err = cmp.Or(err, screen.Written(out.Flush())) }()
			h.verify = screen.Again(c, "--verify")
			h.out, h.look, h.stderr = out, screen.LookOf(c.OutOrStdout()), screen.Flushed(out, c.ErrOrStderr())
			if verify {
				if h.verifier, err = h.account.Verifier(c.Context(), h.from); err != nil {
					return err
				}
			}
			if len(tasks) > 0 {
				return h.task(c.Context(), tasks[0])
			}
			return h.list(c.Context())
		},
	}
	c.Flags().StringVar(&h.from, "from", archive.Directory, screen.PlaceUsage)
	c.Flags().BoolVar(&h.each, "each", false, "a line for each stop, the latest first")
	c.Flags().BoolVar(&h.asJSON, "json", false,
		"a JSON object per line: a kind of stop, or with --each or TASK a stop as \"explain --json\" prints it")
	c.Flags().UintVar(&limit, "limit", 50, "most lines `N`, 0 for all; "+
		"--json, --csv and --format print all unless this is given")
	c.Flags().BoolVar(&h.verbose, "verbose", false, "say what a log group was asked for and what that costs")
	c.Flags().BoolVar(&h.all, "all", false, "with TASK: "+screen.AllUsage)
	c.Flags().BoolVar(&verify, "verify", false, verifyUsage)
	h.fields.Flags(c)
	h.chosen.Flags(c)
	h.account.Flags(c)
	screen.Inherit(c, "from")
	return c
}

// history answers from an archive.
type history struct {
	from    string
	account awsAccount
	chosen  screen.Selection
	each    bool
	asJSON  bool
	fields  screen.Fields
	all     bool
	verify  string // the command line that checks the causes of the stop
	most    int    // lines
	verbose bool   // what AWS is asked for is said

	now    time.Time
	out    io.Writer
	look   screen.Look
	stderr io.Writer

	leftOut  time.Time       // what stopped before was not looked for
	verifier ingest.Gatherer // nil shows what is archived
}

// open opens an archive for reading, more than once where need be.
func open(ctx context.Context, a *awsAccount, place string, q archive.Filter, stderr io.Writer) (*directory.Archive,
	error) {
	if _, isGroup := screen.LogGroup(place); !isGroup {
		return directory.Read(place), nil
	}
	return directory.Spool(screen.Records(ctx, stderr, a.ReadArchive(ctx, place, q)))
}

// list shows the kinds of stops, or each stop.
func (h *history) list(ctx context.Context) error {
	t, kinds, ok, err := h.asked(ctx)
	if err != nil {
		return err
	}
	if ok {
		return h.tell(&t, len(kinds), "kind", nil, func(most int) error {
			return h.kinds(most, func(i int) (screen.Kind, error) { return kinds[i], nil })
		})
	}
	opened, err := h.opened(ctx)
	if err != nil {
		return err
	}
	defer opened.Close()
	c := census{archive: opened, chosen: &h.chosen}
	if err := c.take(ctx, h); err != nil {
		return err
	}
	groups, err := c.groups()
	if err != nil {
		return err
	}
	t = c.tally(groups)
	first := func() error { return h.firstFailure(&c) }
	if h.each {
		return h.tell(&t, t.failures+t.review+t.expected, "stop", first, func(most int) error {
			return h.stops(ctx, &c, most)
		})
	}
	return h.tell(&t, len(groups), "kind", first, func(most int) error {
		return h.kinds(most, func(i int) (screen.Kind, error) { return c.kind(groups[i]) })
	})
}

// opened is the archive with the stops that are asked for.
func (h *history) opened(ctx context.Context) (*directory.Archive, error) {
	if _, isGroup := screen.LogGroup(h.from); !isGroup {
		return directory.Read(h.from), nil
	}
	return directory.Spool(screen.Records(ctx, h.stderr, h.latestOf(ctx)))
}

// tell says how many stops there are and shows the lines, of which there are so many.
func (h *history) tell(t *tally, lines int, of string, first func() error, show func(most int) error) error {
	aside := h.out
	if h.programs() {
		aside = h.stderr
	}
	if lines == 0 {
		fmt.Fprintln(aside, h.none())
		if h.fields.Asked() { // what stands above all
			return show(0)
		}
		return nil
	}
	if !h.programs() {
		(&screen.Screen{W: h.out, Look: h.look}).Wrapped("", h.summary(t))
		fmt.Fprintln(h.out)
		if first != nil {
			if err := first(); err != nil {
				return err
			}
		}
	}
	shown := min(lines, h.most)
	if err := show(shown); err != nil {
		return err
	}
	switch {
	case !h.leftOut.IsZero():
		fmt.Fprintf(aside, "left out: stops before %s are not looked for; --limit 0 shows all\n",
			h.leftOut.Format(screen.Instant))
	case shown < lines:
		fmt.Fprintf(aside, "left out: %s; --limit 0 shows all\n", screen.Plural(lines-shown, of))
	}
	return nil
}

// kinds shows the first kinds of stops.
func (h *history) kinds(most int, kind func(int) (screen.Kind, error)) error {
	t := screen.NewKindTable(h.out, h.look, h.now)
	show := func(k screen.Kind) error { t.Add(k); return nil }
	if h.asJSON {
		show = func(k screen.Kind) error { return screen.EncodeJSON(h.out, k) }
	}
	for i := range most {
		k, err := kind(i)
		if err == nil {
			err = show(k)
		}
		if err != nil {
			return err
		}
	}
	if !h.asJSON {
		t.Render()
	}
	return nil
}

// programs reports whether stops are printed for programs.
func (h *history) programs() bool { return h.asJSON || h.fields.Asked() }

// show is how a stop is shown: as people see it, unless it is for programs.
func (h *history) show(people func(archive.Record) error) (func(archive.Record) error, error) {
	switch {
	case h.asJSON:
		return func(r archive.Record) error { return screen.WriteJSON(h.out, r, false) }, nil
	case h.fields.Asked():
		return h.fields.Show(h.out)
	}
	return people, nil
}

// stops shows the latest stops.
func (h *history) stops(ctx context.Context, c *census, most int) error {
	lines := func(yield func([]byte, error) bool) {
		n := 0
		for s, err := range c.latestFirst(func(s *archive.Seen) bool { return c.sorts[s.Sort].asked }) {
			var line []byte
			if err == nil {
				line, err = c.archive.Line(s.At)
			}
			if n++; n > most || !yield(line, err) {
				return
			}
		}
	}
	t := screen.NewStopTable(h.out, h.look)
	show, err := h.show(t.Add)
	if err != nil {
		return err
	}
	for s, err := range inOrder(runtime.GOMAXPROCS(0), lines, h.stop) {
		switch {
		case ctx.Err() != nil:
			return errors.New("interrupted: not all stops are shown")
		case err == nil && s.err == nil && h.asJSON:
			_, err = h.out.Write(s.json)
		case err == nil && s.err == nil:
			err = show(s.Record)
		}
		if err = cmp.Or(err, s.err); err != nil {
			return err
		}
	}
	if !h.programs() {
		t.Render()
	}
	return nil
}

// stop is what is shown of a record.
func (h *history) stop(line []byte) (s explanation) {
	if s.Record, s.err = allShown.Decode(line); s.err == nil && h.asJSON {
		var out bytes.Buffer
		s.err = screen.WriteJSON(&out, s.Record, false)
		s.json = out.Bytes()
	}
	return s
}

// firstFailure leads from a deployment to its first failed task: later failures are often its consequences.
func (h *history) firstFailure(c *census) error {
	deployment := h.chosen.Deployment.Only()
	if deployment == "" {
		return nil
	}
	s := screen.Screen{W: h.out, Look: h.look}
	r, found, err := c.earliest(func(of *sort) bool { return of.failedTask })
	if err != nil {
		return err
	}
	if found {
		s.Line("first",
			fmt.Sprintf("task %s failed first, %s: %s (%s)", r.TaskID, r.Moment().UTC().Format(screen.Instant),
				r.Summary, r.Class))
		s.Line("next", r.NextStep)
		s.Below(classifier.CommandLine("whystopped", "history", r.TaskID, "--from", h.from), "")
		fmt.Fprintln(h.out)
		return nil
	}
	s.Line("first", "no failed task of "+deployment+" is archived")
	r, found, err = c.latest(func(of *sort) bool { return of.ofService })
	if err != nil {
		return err
	}
	if found {
		words := []string{"whystopped", "why", "--cluster", r.Cluster, "--service", r.Service}
		if r.Region != "" {
			words = append(words, "--region", r.Region)
		}
		s.Below(classifier.CommandLine(words...), "what kept its tasks from being placed")
	}
	fmt.Fprintln(h.out)
	return nil
}

// none says that there is nothing to show.
func (h *history) none() string {
	text := strings.TrimSpace("no stops in " + screen.PlaceName(h.from) + " " + h.chosen.Window(time.Time{}))
	if h.chosen.Narrowed() {
		text += " that fit the flags"
	}
	if h.chosen.Since != screen.Everything {
		text += "; --since " + screen.Everything + " shows older ones"
	}
	return text
}

// summary says in one line how many stops of which verdict, where, since when, and when the last one was.
func (h *history) summary(t *tally) string {
	last, what := t.last, "the last"
	var parts []string
	if t.failures > 0 {
		last, what = t.lastFailure, "the last failure"
		parts = append(parts, screen.Plural(t.failures, "failure")+" of "+screen.Plural(t.failing, "kind"))
	}
	if t.review > 0 {
		parts = append(parts, screen.Plural(t.review, "stop")+" to review")
	}
	if t.expected > 0 {
		parts = append(parts, screen.Plural(t.expected, "expected stop"))
	}
	where := ""
	if len(t.places) > 1 {
		where = fmt.Sprintf(" in %d services and jobs", len(t.places))
	}
	for name := range t.places {
		if len(t.places) == 1 && name != "" {
			where = " in " + name
		}
	}
	return fmt.Sprintf("%s%s %s, %s %s", strings.Join(parts, ", "), where, h.chosen.Window(t.first.Time), what,
		screen.Ago(h.now, last))
}

// task shows one task in full, or another document by its dedupKey.
func (h *history) task(ctx context.Context, id string) error {
	if strings.HasPrefix(id, "arn:") {
		if cluster := awsname.ClusterOf(id); cluster != "" && h.chosen.Cluster.List == nil {
			h.chosen.Cluster.List = []string{cluster}
		}
		id = awsname.LastPart(id)
	}
	begins := func(text string) bool { return text == id || len(id) >= screen.ShortID && strings.HasPrefix(text, id) }
	q := h.chosen.Query()
	q.Key = id // a dedupKey begins with the task's id
	opened, err := open(ctx, &h.account, h.from, q, h.stderr)
	if err != nil {
		return err
	}
	defer opened.Close()
	var found archive.Stops
	for r, err := range screen.Records(ctx, h.stderr, opened.Walk(q, archive.Decode)) {
		if err != nil {
			return err
		}
		if h.chosen.About(r.Record) && (begins(r.TaskID) || begins(r.DedupKey)) {
			found.Add(r.Record)
		}
	}
	stops := slices.DeleteFunc(found.Shown(), func(r archive.Record) bool { return !h.chosen.Explained(r) })
	exact := func(r archive.Record) bool { return r.TaskID == id || r.DedupKey == id }
	if slices.ContainsFunc(stops, exact) {
		stops = slices.DeleteFunc(stops, func(r archive.Record) bool { return !exact(r) })
	}
	var tasks []string
	for _, r := range stops {
		if task := cmp.Or(r.TaskID, r.DedupKey); !slices.Contains(tasks, task) {
			tasks = append(tasks, task)
		}
	}
	switch {
	case len(tasks) == 0 && len(id) < screen.ShortID:
		return fmt.Errorf("no task %q in %s: give its whole id, at least %d characters of it, or its ARN", id,
			screen.PlaceName(h.from), screen.ShortID)
	case len(tasks) == 0:
		words := []string{"whystopped", "backfill", "--all-clusters", "--to", h.from}
		if cluster := h.chosen.Cluster.Only(); cluster != "" {
			words = []string{"whystopped", "backfill", "--cluster", cluster, "--to", h.from}
		}
		return screen.Advise(fmt.Errorf("no task %q in %s", id, screen.PlaceName(h.from)),
			classifier.CommandLine(words...), "archives what ECS remembers of the last hour; then ask again")
	case len(tasks) > 1:
		return fmt.Errorf("%q begins the ids of several tasks: give more of %s", id,
			strings.Join(tasks[:min(len(tasks), 5)], ", "))
	}
	show, err := h.show((&screen.Screen{W: h.out, Look: h.look, All: h.all, Verify: h.verify}).Block)
	if err != nil {
		return err
	}
	for _, r := range stops {
		if h.verifier != nil {
			if r, err = ingest.VerifyArchived(ctx, h.verifier, r, h.now); err != nil {
				screen.Complain(h.stderr, err)
			}
			if ctx.Err() != nil {
				return errors.New("interrupted: the causes are not checked")
			}
		}
		if err := show(r); err != nil {
			return err
		}
	}
	return nil
}
