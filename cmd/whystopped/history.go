package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/cwlogs"
	"whystopped/classifier"
	"whystopped/events"
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
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, tasks []string) (err error) {
			if verify && len(tasks) == 0 {
				return errors.New("--verify checks one stop: name its TASK")
			}
			if len(tasks) > 0 && !c.Flags().Changed("since") {
				h.chosen.since = everything
			}
			h.now = time.Now()
			if err := h.chosen.between(h.now); err != nil {
				return err
			}
			h.most = int(limit)
			if limit == 0 || h.asJSON && !c.Flags().Changed("limit") {
				h.most = math.MaxInt
			}
			out := bufio.NewWriter(c.OutOrStdout())
			defer func() { err = cmp.Or(err, written(out.Flush())) }()
			h.out, h.look, h.stderr = out, lookOf(c.OutOrStdout()), flushed{out, c.ErrOrStderr()}
			if verify {
				if h.verifier, err = newVerifier(c.Context(), &h.account, pastIn(h.from, &h.account), c.ErrOrStderr()); err != nil {
					return err
				}
			}
			if len(tasks) > 0 {
				return h.task(c.Context(), tasks[0])
			}
			return h.list(c.Context())
		},
	}
	c.Flags().StringVar(&h.from, "from", archive.Directory, placeUsage)
	c.Flags().BoolVar(&h.each, "each", false, "a line for each stop, the latest first")
	c.Flags().BoolVar(&h.asJSON, "json", false, "a JSON object per line: a kind of stop, or with --each or TASK a stop as \"explain --json\" prints it")
	c.Flags().UintVar(&limit, "limit", 50, "most lines `N`, 0 for all; --json prints all unless this is given")
	c.Flags().BoolVar(&verify, "verify", false, verifyUsage)
	h.chosen.flags(c)
	h.account.flags(c)
	return c
}

// history answers from an archive.
type history struct {
	from    string
	account account
	chosen  selection
	each    bool
	asJSON  bool
	most    int // lines

	now    time.Time
	out    io.Writer
	look   look
	stderr io.Writer

	verifier *verifier // nil shows what is archived
}

// read returns the stops that are asked for, the latest first, without their raw events unless these are needed.
func (h *history) read(ctx context.Context, q cwlogs.Query, asked func(archive.Record) bool) ([]archive.Record, error) {
	var stops archive.Stops
	for r, err := range readArchive(ctx, h.from, &h.account, q) {
		switch {
		case ctx.Err() != nil:
			return nil, errors.New("interrupted: the archive is not read to its end")
		case errors.Is(err, archive.ErrSkipped):
			complain(h.stderr, err)
		case err != nil:
			return nil, err
		case asked(r):
			if h.verifier == nil {
				r.RawEvent = ""
			}
			stops.Add(r)
		}
	}
	return slices.DeleteFunc(stops.Shown(), func(r archive.Record) bool { return !h.chosen.explained(r) }), nil
}

// list shows the kinds of stops, or each stop.
func (h *history) list(ctx context.Context) error {
	stops, err := h.read(ctx, h.chosen.query(), h.chosen.about)
	if err != nil {
		return err
	}
	if len(stops) == 0 {
		to := h.out
		if h.asJSON {
			to = h.stderr
		}
		fmt.Fprintln(to, h.none())
		return nil
	}
	kinds := kindsOf(stops)
	if !h.asJSON {
		(&screen{w: h.out, look: h.look}).wrapped("", h.summary(stops, kinds))
		fmt.Fprintln(h.out)
		h.firstFailure(stops)
	}
	lines, of := len(kinds), "kind"
	if h.each {
		lines, of = len(stops), "stop"
	}
	shown := min(lines, h.most)
	switch {
	case h.each && h.asJSON:
		for _, r := range stops[:shown] {
			if err := writeJSON(h.out, r, false); err != nil {
				return err
			}
		}
	case h.each:
		t := newTable(h.out, h.look)
		for _, r := range stops[:shown] {
			if err := t.add(r); err != nil {
				return err
			}
		}
		t.render()
	case h.asJSON:
		encoder := json.NewEncoder(h.out)
		encoder.SetEscapeHTML(false)
		for _, k := range kinds[:shown] {
			if err := encoder.Encode(k); err != nil {
				return err
			}
		}
	default:
		t := kindTable{w: h.out, look: h.look, now: h.now}
		for _, k := range kinds[:shown] {
			t.add(k)
		}
		t.render()
	}
	if shown < lines {
		to := h.out
		if h.asJSON {
			to = h.stderr
		}
		fmt.Fprintf(to, "left out: %s; --limit 0 shows all\n", plural(lines-shown, of))
	}
	return nil
}

// firstFailure leads from a deployment to its first failed task: later failures are often its consequences.
func (h *history) firstFailure(stops []archive.Record) {
	deployment := h.chosen.deployment.only()
	if deployment == "" {
		return
	}
	s := screen{w: h.out, look: h.look}
	for _, r := range slices.Backward(stops) {
		if !ofTask(r) || r.Kind == string(events.KindContainer) || r.Verdict != string(classifier.Failure) {
			continue
		}
		s.line("first", fmt.Sprintf("task %s failed first, %s: %s (%s)", r.TaskID, r.Moment().UTC().Format(instant), r.Summary, r.Class))
		s.line("next", r.NextStep)
		s.line("", "whystopped history "+r.TaskID+" shows it in full")
		fmt.Fprintln(h.out)
		return
	}
	s.line("first", "no failed task of "+deployment+" is archived; \"aws ecs describe-services | whystopped explain\" may tell what kept its tasks from being placed")
	fmt.Fprintln(h.out)
}

// none says that there is nothing to show.
func (h *history) none() string {
	text := strings.TrimSpace("no stops in " + placeName(h.from) + " " + h.chosen.window(time.Time{}))
	if h.chosen.narrowed() {
		text += " that fit the flags"
	}
	if h.chosen.since != everything {
		text += "; --since " + everything + " shows older ones"
	}
	return text
}

// summary says in one line how many stops of which verdict, where, since when, and when the last one was.
func (h *history) summary(stops []archive.Record, kinds []kind) string {
	var failures, review, expected, failing int
	last, what := stops[0], "the last"
	for _, r := range stops {
		switch classifier.Verdict(r.Verdict) {
		case classifier.Failure:
			if failures == 0 {
				last, what = r, "the last failure"
			}
			failures++
		case classifier.Expected:
			expected++
		default:
			review++
		}
	}
	for _, k := range kinds {
		if k.Verdict == string(classifier.Failure) {
			failing++
		}
	}
	var parts []string
	if failures > 0 {
		parts = append(parts, plural(failures, "failure")+" of "+plural(failing, "kind"))
	}
	if review > 0 {
		parts = append(parts, plural(review, "stop")+" to review")
	}
	if expected > 0 {
		parts = append(parts, plural(expected, "expected stop"))
	}
	places := map[string]bool{}
	for _, r := range stops {
		places[place(r)] = true
	}
	where := ""
	switch name := place(stops[0]); {
	case len(places) > 1:
		where = fmt.Sprintf(" in %d services and jobs", len(places))
	case name != "":
		where = " in " + name
	}
	return fmt.Sprintf("%s%s %s, %s %s", strings.Join(parts, ", "), where, h.chosen.window(stops[len(stops)-1].Moment().Time), what, ago(h.now, last.Moment()))
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// kind is all stops with one signature.
type kind struct {
	Signature       string       `json:"signature"`
	Count           int          `json:"count"`
	FirstSeen       archive.Time `json:"firstSeen"`
	LastSeen        archive.Time `json:"lastSeen"`
	Verdict         string       `json:"verdict"`
	Class           string       `json:"class"`
	Cluster         string       `json:"cluster,omitempty"`
	Service         string       `json:"service,omitempty"`
	Family          string       `json:"family,omitempty"`
	Culprit         string       `json:"culprit,omitempty"`
	CulpritExitCode *int64       `json:"culpritExitCode,omitempty"`
	Cause           string       `json:"cause,omitempty"`
	Summary         string       `json:"summary"`
	NextStep        string       `json:"nextStep,omitempty"`
	LastTaskID      string       `json:"lastTaskId,omitempty"`

	last archive.Record
}

// kindsOf groups stops, the latest first, by their signature. Failures come first, then what is to be looked at, then what was
// meant to be: who is on call must act on the first and shall not lose one of them below routine stops, nor to --limit. Within
// a verdict the kind that was seen last comes first: it may still go on.
func kindsOf(stops []archive.Record) []kind {
	var kinds []kind
	known := map[string]int{}
	for _, r := range stops {
		key := cmp.Or(r.Signature, r.DedupKey)
		i, found := known[key]
		if !found {
			i, known[key] = len(kinds), len(kinds)
			kinds = append(kinds, kind{Signature: r.Signature, LastSeen: r.Moment(), Verdict: r.Verdict, Class: r.Class, Cluster: r.Cluster,
				Service: r.Service, Family: r.Family, Culprit: r.Culprit, CulpritExitCode: r.CulpritExitCode, Cause: r.Cause,
				Summary: r.Summary, NextStep: r.NextStep, LastTaskID: r.TaskID, last: r})
		}
		kinds[i].Count++
		kinds[i].FirstSeen = r.Moment()
	}
	slices.SortStableFunc(kinds, func(a, b kind) int { return cmp.Compare(urgency(a.Verdict), urgency(b.Verdict)) })
	return kinds
}

func urgency(verdict string) int {
	switch classifier.Verdict(verdict) {
	case classifier.Failure:
		return 0
	case classifier.Expected:
		return 2
	}
	return 1
}

// shortID is how many characters of an id name a task.
const shortID = 8

// task shows one task in full, or another document by its dedupKey.
func (h *history) task(ctx context.Context, id string) error {
	if strings.HasPrefix(id, "arn:") {
		parts := strings.Split(id, "/")
		id = parts[len(parts)-1]
		if len(parts) == 3 && h.chosen.cluster.list == nil {
			h.chosen.cluster.list = parts[1:2]
		}
	}
	begins := func(text string) bool { return text == id || len(id) >= shortID && strings.HasPrefix(text, id) }
	q := h.chosen.query()
	if !strings.ContainsFunc(id, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef-:", r) }) {
		q.Filter = fmt.Sprintf(`{ $.dedupKey = "%s*" }`, id) // a dedupKey begins with the task's id
	}
	stops, err := h.read(ctx, q, func(r archive.Record) bool {
		return h.chosen.about(r) && (begins(r.TaskID) || begins(r.DedupKey))
	})
	if err != nil {
		return err
	}
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
	case len(tasks) == 0 && len(id) < shortID:
		return fmt.Errorf("no task %q in %s: give its whole id, at least %d characters of it, or its ARN", id, placeName(h.from), shortID)
	case len(tasks) == 0:
		return fmt.Errorf("no task %q in %s: ECS remembers a stopped task for about an hour; until then \"whystopped backfill --cluster CLUSTER\" archives it, and \"aws ecs describe-tasks --cluster CLUSTER --tasks TASK | whystopped explain\" explains it",
			id, placeName(h.from))
	case len(tasks) > 1:
		return fmt.Errorf("%q begins the ids of several tasks: give more of %s", id, strings.Join(tasks[:min(len(tasks), 5)], ", "))
	}
	show := (&screen{w: h.out, look: h.look}).block
	if h.asJSON {
		show = func(r archive.Record) error { return writeJSON(h.out, r, false) }
	}
	for _, r := range stops {
		if h.verifier != nil {
			if r, err = h.verifier.verified(ctx, r, h.now); err != nil {
				complain(h.stderr, err)
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
