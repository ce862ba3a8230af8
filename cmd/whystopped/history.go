package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/directory"
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
  whystopped history --each --json --since 2026-01-01 --stage image,runtime`,
		Args: screen.Takes(0, 1, "TASK"),
		RunE: func(c *cobra.Command, tasks []string) (err error) {
			if verify && len(tasks) == 0 {
				return errors.New("--verify checks one stop: name its TASK")
			}
			if len(tasks) > 0 && !c.Flags().Changed("since") {
				h.chosen.Since = screen.Everything
			}
			h.now = time.Now()
			if err := h.chosen.Between(h.now); err != nil {
				return err
			}
			h.most = int(limit)
			if limit == 0 || h.asJSON && !c.Flags().Changed("limit") {
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
	c.Flags().UintVar(&limit, "limit", 50, "most lines `N`, 0 for all; --json prints all unless this is given")
	c.Flags().BoolVar(&h.all, "all", false, "with TASK: "+screen.AllUsage)
	c.Flags().BoolVar(&verify, "verify", false, verifyUsage)
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
	all     bool
	verify  string // the command line that checks the causes of the stop
	most    int    // lines

	now    time.Time
	out    io.Writer
	look   screen.Look
	stderr io.Writer

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
	opened, err := open(ctx, &h.account, h.from, h.chosen.Query(), h.stderr)
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
	stops := 0
	for _, g := range groups {
		stops += g.count
	}
	if stops == 0 {
		to := h.out
		if h.asJSON {
			to = h.stderr
		}
		fmt.Fprintln(to, h.none())
		return nil
	}
	if !h.asJSON {
		(&screen.Screen{W: h.out, Look: h.look}).Wrapped("", h.summary(&c, groups))
		fmt.Fprintln(h.out)
		if err := h.firstFailure(&c); err != nil {
			return err
		}
	}
	lines, of, show := len(groups), "kind", h.kinds
	if h.each {
		lines, of, show = stops, "stop", h.stops
	}
	shown := min(lines, h.most)
	if err := show(ctx, &c, groups, shown); err != nil {
		return err
	}
	if shown < lines {
		to := h.out
		if h.asJSON {
			to = h.stderr
		}
		fmt.Fprintf(to, "left out: %s; --limit 0 shows all\n", screen.Plural(lines-shown, of))
	}
	return nil
}

// kinds shows the first kinds of stops.
func (h *history) kinds(_ context.Context, c *census, groups []*group, most int) error {
	t := screen.NewKindTable(h.out, h.look, h.now)
	show := func(k screen.Kind) error { t.Add(k); return nil }
	if h.asJSON {
		show = func(k screen.Kind) error { return screen.EncodeJSON(h.out, k) }
	}
	for _, g := range groups[:most] {
		k, err := c.kind(g)
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

// stops shows the latest stops.
func (h *history) stops(ctx context.Context, c *census, _ []*group, most int) error {
	t := screen.NewStopTable(h.out, h.look)
	show := t.Add
	if h.asJSON {
		show = func(r archive.Record) error { return screen.WriteJSON(h.out, r, false) }
	}
	enough, shown := errors.New("enough"), 0
	err := c.latestFirst(func(s *archive.Seen) bool { return c.sorts[s.Sort].asked }, func(s *archive.Seen) error {
		switch {
		case shown == most:
			return enough
		case ctx.Err() != nil:
			return errors.New("interrupted: not all stops are shown")
		}
		shown++
		r, err := c.record(s)
		if err != nil {
			return err
		}
		return show(r)
	})
	if err != nil && err != enough {
		return err
	}
	if !h.asJSON {
		t.Render()
	}
	return nil
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
func (h *history) summary(c *census, groups []*group) string {
	var failures, review, expected, failing int
	var first, last, lastFailure *archive.Seen
	places := map[string]bool{}
	for s, of := range c.asked {
		switch classifier.Verdict(of.verdict) {
		case classifier.Failure:
			failures++
			if lastFailure == nil || s.Latest(lastFailure) < 0 {
				lastFailure = s
			}
		case classifier.Expected:
			expected++
		default:
			review++
		}
		if last == nil || s.Latest(last) < 0 {
			last = s
		}
		if first == nil || s.Latest(first) > 0 {
			first = s
		}
		places[of.place] = true
	}
	what := "the last"
	if lastFailure != nil {
		last, what = lastFailure, "the last failure"
	}
	for _, g := range groups {
		if c.verdict(g) == string(classifier.Failure) {
			failing++
		}
	}
	var parts []string
	if failures > 0 {
		parts = append(parts, screen.Plural(failures, "failure")+" of "+screen.Plural(failing, "kind"))
	}
	if review > 0 {
		parts = append(parts, screen.Plural(review, "stop")+" to review")
	}
	if expected > 0 {
		parts = append(parts, screen.Plural(expected, "expected stop"))
	}
	where := ""
	switch name := c.sorts[last.Sort].place; {
	case len(places) > 1:
		where = fmt.Sprintf(" in %d services and jobs", len(places))
	case name != "":
		where = " in " + name
	}
	return fmt.Sprintf("%s%s %s, %s %s", strings.Join(parts, ", "), where, h.chosen.Window(first.Moment().Time), what,
		screen.Ago(h.now, last.Moment()))
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
	show := (&screen.Screen{W: h.out, Look: h.look, All: h.all, Verify: h.verify}).Block
	if h.asJSON {
		show = func(r archive.Record) error { return screen.WriteJSON(h.out, r, false) }
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
