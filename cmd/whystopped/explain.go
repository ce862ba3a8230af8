package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/events/awsname"
	"whystopped/events/reader"
	"whystopped/ingest"
)

// remembered is how far back a log group is asked what ran well.
const remembered = 30 * 24 * time.Hour

func explainCommand() *cobra.Command {
	var e explain
	var asJSON, asTable, verify, all bool
	var fields screen.Fields
	c := &cobra.Command{
		Use:   "explain [FILE…|-|MESSAGE|TASK…|--cluster NAME]",
		Short: "Tell why tasks stopped: cause, proof, next step",
		Long: `Explain what the files, or what is piped in, hold of stopped tasks, of containers that ended while their task goes on, of
services and deployments in trouble and of calls that brought no task. What can be read:

` + reader.ListForms() + `
` + fetchHelp + `

With --from an archive also tells whether tasks of the same revision ran well before, or only those of others; that puts causes up or
down the list. A log group is read back 30 days.

` + verifyHelp + `

` + needs("explain") + `

Exit codes: 0 everything was explained, 1 a stage or fault is unknown where somebody may have to act, 2 bad usage, input that
could not be read, or a task that runs or that nobody remembers.`,
		Example: `  whystopped explain stop.json
  whystopped explain "OutOfMemoryError: Container killed due to memory usage"
  whystopped explain --cluster prod 4f1c22ab90de4c6f8a3b5d7e9f012345
  whystopped explain arn:aws:ecs:eu-west-1:111122223333:task/prod/4f1c22ab90de4c6f8a3b5d7e9f012345 --verify
  whystopped explain --cluster prod --service web --last 3 --table
  aws ecs describe-services --cluster prod --services web | whystopped explain --table
  whystopped explain --json stops.jsonl
  whystopped explain --format {cluster},{class} stops.jsonl
  whystopped explain --from incident-archive stop.json`,
		RunE: func(c *cobra.Command, names []string) (err error) {
			if err := e.usage(c, names); err != nil {
				return err
			}
			signal.Reset(os.Interrupt, syscall.SIGTERM) // there is nothing to finish: an interrupt ends it at once
			out := bufio.NewWriter(c.OutOrStdout())
			defer func() { err = cmp.Or(err, screen.Written(out.Flush())) }()
			e.progress = screen.NewReading("explaining stops", names)
			in := input{stderr: screen.Flushed(out, c.ErrOrStderr()), progress: e.progress}
			block := screen.Screen{W: out, Look: screen.LookOf(c.OutOrStdout()), All: all}
			block.Verify, block.Piped = screen.Again(c, "--verify"), e.piped(names)
			block.AtEnd = len(names) > 1
			show := func(a explanation) error { return block.Block(a.Record) }
			switch {
			case asJSON:
				show = func(a explanation) error {
					_, err := out.Write(a.json)
					return cmp.Or(a.err, err)
				}
			case asTable:
				t := screen.NewStopTable(out, screen.LookOf(c.OutOrStdout()))
				defer t.Render()
				show = func(a explanation) error { return t.Add(a.Record) }
			case fields.Asked():
				row, err := fields.Show(out)
				if err != nil {
					return err
				}
				show = func(a explanation) error { return row(a.Record) }
			}
			if verify {
				past := ""
				if e.fromGiven {
					past = e.from
				}
				if e.gatherer, err = e.account.Verifier(c.Context(), past); err != nil {
					return err
				}
			}
			if err := e.remember(c.Context(), names, in.stderr); err != nil {
				return err
			}
			unknown, typing := false, e.piped(names) && screen.IsTerminal(c.InOrStdin())
			atOnce := runtime.GOMAXPROCS(0)
			if verify {
				atOnce = 1
			}
			collectSeldom()
			answers := inOrder(atOnce, e.stops(c.Context(), names, c.InOrStdin()), func(s told) explanation {
				return e.answer(c.Context(), s, asJSON)
			})
			for s, err := range answers {
				var note screen.Note
				switch {
				case errors.As(err, &note):
					screen.Complain(in.stderr, err)
					continue
				case err != nil:
					in.refuse(err)
					continue
				}
				in.read++
				if !verify && !typing {
					in.progress.Say(c.Context(), in.read)
				}
				if s.unchecked != nil {
					screen.Complain(in.stderr, s.unchecked)
				}
				r := s.Record
				unknown = unknown || r.Verdict != string(classifier.Expected) &&
					(r.Stage == string(classifier.UnknownStage) || r.Fault == string(classifier.UnknownFault))
				if err := show(s); err != nil {
					return err
				}
				if verify && !asTable {
					if err := out.Flush(); err != nil { // the next one takes its time
						return screen.Written(err)
					}
				}
			}
			if !asJSON && !asTable && !fields.Asked() && !verify {
				block.End()
			}
			if err := in.outcome(); err != nil || !unknown {
				return err
			}
			return &screen.Failure{Code: screen.ExitUnknown}
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per stop, in input order")
	c.Flags().BoolVar(&asTable, "table", false, "one line per stop")
	c.Flags().BoolVar(&e.withRaw, "raw", false, "with --json: keep rawEvent, the redacted event")
	c.Flags().BoolVar(&all, "all", false, screen.AllUsage)
	c.Flags().BoolVar(&verify, "verify", false, verifyUsage)
	c.Flags().StringVar(&e.from, "from", archive.Directory, screen.PlaceUsage+"; it tells what ECS has "+
		"forgotten and, where it is given, what ran well before")
	e.wanted.Flags(c)
	e.account.Flags(c)
	fields.Flags(c)
	for _, other := range []string{"json", "csv", "format"} {
		c.MarkFlagsMutuallyExclusive("table", other)
	}
	screen.Inherit(c, "from")
	return c
}

// explain explains stops, wherever they come from.
type explain struct {
	wanted    screen.Wanted // what the flags say of where a task is, or which ones are wanted
	from      string
	fromGiven bool
	withRaw   bool
	account   awsAccount
	progress  *screen.Reading
	gatherer  ingest.Gatherer // nil checks nothing
	earlier   ingest.Earlier
}

// told is a stop as a file or ECS tells it, or as an archive keeps it.
type told struct {
	events.Stop
	archived *archive.Record
}

// usage reads what the flags say together.
func (e *explain) usage(c *cobra.Command, names []string) error {
	e.fromGiven = c.Flags().Changed("from")
	if len(names) == 0 && !c.Flags().Changed("cluster") && !screen.IsTerminal(c.InOrStdin()) &&
		e.wanted.Service == "" && e.wanted.Family == "" && !c.Flags().Changed("last") {
		e.wanted.Cluster = "" // a default does not keep from reading what is piped in
	}
	e.wanted.Resolve()
	several := e.wanted.Service != "" || e.wanted.Family != "" || c.Flags().Changed("last")
	switch {
	case len(names) > 0 && several:
		return errors.New("--service, --family and --last choose among the stopped tasks of --cluster: give either " +
			"these or a FILE or TASK")
	case e.wanted.Cluster == "" && several:
		return errors.New("--service, --family and --last choose among the stopped tasks of a cluster: name it with " +
			"--cluster")
	case e.wanted.Last < 0:
		return errors.New("--last must be 0 or more")
	case e.wanted.Cluster == "" && len(names) == 0 && screen.IsTerminal(c.InOrStdin()):
		return errNoStdin
	}
	return nil
}

// piped reports whether stops are read from stdin.
func (e *explain) piped(names []string) bool {
	return len(names) == 0 && e.wanted.Cluster == "" || slices.Contains(names, "-")
}

// remember reads in an archive that is named what ran well before.
func (e *explain) remember(ctx context.Context, names []string, stderr io.Writer) error {
	for _, name := range names {
		if named, ok := e.named(name); ok {
			e.account.Near(named.Region)
		}
	}
	e.account.Near(e.wanted.Region)
	if !e.fromGiven {
		return nil
	}
	asked := archive.Filter{Kind: string(events.KindTask)}
	if _, isGroup := screen.LogGroup(e.from); isGroup {
		asked.Start = time.Now().Add(-remembered)
	}
	for r, err := range screen.Records(ctx, stderr, e.account.ReadArchive(ctx, e.from, asked)) {
		if err != nil {
			return err
		}
		e.earlier.Add(r)
	}
	return nil
}

// explanation is what is told of a stop.
type explanation struct {
	archive.Record
	json      []byte // where that is what is printed
	err       error  // of making it
	unchecked error  // why causes are not checked
}

func (e *explain) answer(ctx context.Context, s told, asJSON bool) (a explanation) {
	a.Record, a.unchecked = e.record(ctx, s)
	if asJSON {
		var out bytes.Buffer
		a.err = screen.WriteJSON(&out, a.Record, e.withRaw)
		a.json = out.Bytes()
	}
	return a
}

// record explains a stop. What an archive keeps stands as it was decided then.
func (e *explain) record(ctx context.Context, s told) (archive.Record, error) {
	switch {
	case s.archived == nil:
		return ingest.Verify(ctx, e.gatherer, s.Stop, archive.SourceFile, time.Now()), nil
	case e.gatherer == nil:
		return *s.archived, nil
	}
	return ingest.VerifyArchived(ctx, e.gatherer, *s.archived, time.Now())
}

// stops yields the stops that are named, in their order, and all that there is to say of the others. A name that is a
// file's is one.
func (e *explain) stops(ctx context.Context, names []string, stdin io.Reader) iter.Seq2[told, error] {
	if len(names) == 0 && e.wanted.Cluster == "" {
		return e.read(nil, stdin)
	}
	return func(out func(told, error) bool) {
		if len(names) == 0 {
			e.fetch(ctx, e.wanted, out)
			return
		}
		for len(names) > 0 {
			files := slices.IndexFunc(names, func(name string) bool { _, ok := e.named(name); return ok })
			if files < 0 {
				files = len(names)
			}
			if files == 0 {
				named, _ := e.named(names[0])
				if names = names[1:]; !e.fetch(ctx, named, out) {
					return
				}
				continue
			}
			for s, err := range e.read(names[:files], stdin) { // together: one may tell of the end of another's task
				if !out(s, err) {
					return
				}
			}
			names = names[files:]
		}
	}
}

// named reads the name of something in ECS; a file of that name goes before it.
func (e *explain) named(name string) (screen.Wanted, bool) {
	named, ok := awsname.ParseECS(name)
	if _, err := os.Stat(name); !ok || err == nil {
		return screen.Wanted{}, false
	}
	return e.wanted.Within(named), true
}

// read yields the stops of files.
func (e *explain) read(files []string, stdin io.Reader) iter.Seq2[told, error] {
	return func(out func(told, error) bool) {
		for s, err := range stops(files, stdin, e.progress) {
			file, ok := errors.AsType[*fs.PathError](err)
			if ok && errors.Is(err, fs.ErrNotExist) && begins(file.Path) {
				err = screen.Advise(fmt.Errorf("no file %s, and a task is named by its whole id, its ARN or its "+
					"console "+
					"page", file.Path), classifier.CommandLine("whystopped", "history", file.Path, "--from", e.from),
					"looks in an archive for a task whose id begins so")
			}
			if !out(e.shown(s), err) {
				return
			}
		}
	}
}

// begins reports whether a name that is no file's looks like the beginning of a task's id.
func begins(name string) bool {
	return len(name) >= screen.ShortID && strings.Trim(name, "0123456789abcdef-") == ""
}

// shown is a stop with what an archive knows of its like. Without --raw its event is left out: it is not shown, and
// redacting it costs a quarter of the time.
func (e *explain) shown(s events.Stop) told {
	s.Earlier = e.earlier.Of(s)
	if !e.withRaw && s.TaskID != "" {
		s.Raw = nil
	}
	return told{Stop: s}
}

// fetch yields what ECS tells of what is wanted, then what an archive keeps where ECS does not tell all of it, and
// reports whether to go on.
func (e *explain) fetch(ctx context.Context, w screen.Wanted, out func(told, error) bool) bool {
	known, refused := map[string]bool{}, false
	var missing *screen.Missing
	var note screen.Note
	for s, err := range e.account.Fetch(ctx, w) {
		if errors.As(err, &missing) {
			continue
		}
		if err == nil {
			known[s.TaskID] = true
			w.Region, w.Account = s.Region, s.Account // an archive may hold another cluster of the name
		}
		refused = refused || err != nil && !errors.As(err, &note)
		if !out(e.shown(s), err) {
			return false
		}
	}
	if missing == nil && (w.Task != "" || refused || w.Last > 0 && len(known) >= w.Last) {
		return true
	}
	kept, looked, err := e.archived(ctx, w, known)
	if err != nil && !out(told{}, err) {
		return false
	}
	for _, r := range kept {
		if !out(told{archived: &r}, nil) {
			return false
		}
	}
	switch {
	case missing == nil && len(known)+len(kept) > 0, missing != nil && missing.Forgotten && len(kept) > 0:
		return true
	case missing == nil:
		return out(told{}, screen.Note("no "+w.String()+": ECS remembers one for about an hour"+e.hint(looked)))
	case w.Task != "" && len(kept) > 0:
		return out(told{}, screen.Note(missing.Error()))
	case missing.Forgotten:
		return out(told{}, fmt.Errorf("%w%s", missing, e.hint(looked)))
	}
	return out(told{}, missing)
}

// hint says behind what ECS does not remember what was in the archive, or where one may be.
func (e *explain) hint(looked bool) string {
	if looked {
		return ", and " + screen.PlaceName(e.from) + " has none"
	}
	return "; --from logs: looks in the archive of a deployment"
}

// archived returns what the archive keeps of what is wanted and is not known yet, the latest first, and whether there
// is one to look in.
func (e *explain) archived(ctx context.Context, w screen.Wanted, known map[string]bool) (kept []archive.Record,
	looked bool, err error) {
	q := archive.Filter{Key: w.Task, Cluster: w.Cluster, Service: w.Service, Family: w.Family}
	if w.Task == "" {
		q.Start = time.Now().Add(-archiveReach)
	}
	var stops archive.Stops
	for r, err := range screen.Records(ctx, io.Discard, e.account.ReadArchive(ctx, e.from, q)) {
		switch {
		case errors.Is(err, fs.ErrNotExist) && !e.fromGiven: // nobody said that there is one
			return nil, false, nil
		case err != nil:
			return nil, false, err
		case of(r, w) && !known[r.TaskID]:
			stops.Add(r)
		}
	}
	kept = stops.Shown()
	if w.Task == "" && w.Last > 0 {
		kept = kept[:min(len(kept), max(0, w.Last-len(known)))]
	}
	return kept, true, nil
}

// archiveReach is how far back an archive is looked through for the last stopped tasks, as "whystopped history" does.
const archiveReach = 7 * 24 * time.Hour

// of reports whether a record is of a task that is wanted.
func of(r archive.Record, w screen.Wanted) bool {
	fits := func(wanted, is string) bool { return wanted == "" || wanted == is }
	if w.Task != "" {
		return r.TaskID == w.Task
	}
	return screen.OfTask(r) && fits(w.Cluster, r.Cluster) && fits(w.Service, r.Service) && fits(w.Family, r.Family) &&
		fits(w.Region, r.Region) && fits(w.Account, r.Account) && !r.Moment().Before(time.Now().Add(-archiveReach))
}
