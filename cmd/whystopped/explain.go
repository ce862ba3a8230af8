package main

import (
	"bufio"
	"cmp"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
)

// remembered is how far back an archive is asked what ran well.
const remembered = 30 * 24 * time.Hour

func explainCommand() *cobra.Command {
	var asJSON, asTable, withRaw, verify bool
	var from string
	var account awsAccount
	c := &cobra.Command{
		Use:   "explain [FILE…|-]",
		Short: "Tell why tasks stopped: cause, proof, next step",
		Long: `Explain what the files, or what is piped in, hold of stopped tasks, of containers that ended while their task goes on, of
services and deployments in trouble and of calls that brought no task. What can be read:

` + events.ListForms() + `
With --from an archive tells whether tasks of the same revision ran well before, or only those of others; that puts causes up or down
the list. It is read back 30 days.

` + verifyHelp + `

Exit codes: 0 everything was explained, 1 a stage or fault is unknown where somebody may have to act, 2 bad usage or input that
could not be read.`,
		Example: `  whystopped explain stop.json
  aws ecs describe-tasks --cluster prod --tasks 4f1c22 | whystopped explain
  aws ecs describe-services --cluster prod --services web | whystopped explain --table
  whystopped explain --json stops.jsonl
  whystopped explain --from logs: stop.json`,
		RunE: func(c *cobra.Command, files []string) (err error) {
			if len(files) == 0 && screen.IsTerminal(c.InOrStdin()) {
				return errNoStdin
			}
			signal.Reset(os.Interrupt, syscall.SIGTERM) // there is nothing to finish: an interrupt ends it at once
			out := bufio.NewWriter(c.OutOrStdout())
			defer func() { err = cmp.Or(err, screen.Written(out.Flush())) }()
			in := input{stderr: screen.Flushed(out, c.ErrOrStderr())}
			show := (&screen.Screen{W: out, Look: screen.LookOf(c.OutOrStdout())}).Block
			switch {
			case asJSON:
				show = func(r archive.Record) error { return screen.WriteJSON(out, r, withRaw) }
			case asTable:
				t := screen.NewStopTable(out, screen.LookOf(c.OutOrStdout()))
				defer t.Render()
				show = t.Add
			}
			var gatherer ingest.Gatherer
			if verify {
				if gatherer, err = account.Verifier(c.Context(), from, c.ErrOrStderr()); err != nil {
					return err
				}
			}
			var earlier ingest.Earlier
			if from != "" {
				asked := archive.Filter{Start: time.Now().Add(-remembered), Kind: string(events.KindTask)}
				for r, err := range account.ReadArchive(c.Context(), from, asked) {
					switch {
					case errors.Is(err, archive.ErrSkipped):
						screen.Complain(in.stderr, err)
					case err != nil:
						return err
					default:
						earlier.Add(r)
					}
				}
			}
			unknown := false
			for s, err := range stops(files, c.InOrStdin()) {
				if err != nil {
					in.refuse(err)
					continue
				}
				s.Earlier = earlier.Of(s)
				if !withRaw && s.TaskID != "" {
					s.Raw = nil // it is not shown, and redacting it costs a quarter of the time
				}
				r := ingest.Verify(c.Context(), gatherer, s, archive.SourceFile, time.Now())
				unknown = unknown || r.Verdict != string(classifier.Expected) &&
					(r.Stage == string(classifier.UnknownStage) || r.Fault == string(classifier.UnknownFault))
				if err := show(r); err != nil {
					return err
				}
				if verify && !asTable {
					if err := out.Flush(); err != nil { // the next one takes its time
						return screen.Written(err)
					}
				}
			}
			if err := in.outcome(); err != nil || !unknown {
				return err
			}
			return &screen.Failure{Code: screen.ExitUnknown}
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per stop, in input order")
	c.Flags().BoolVar(&asTable, "table", false, "one line per stop")
	c.Flags().BoolVar(&withRaw, "raw", false, "with --json: keep rawEvent, the redacted event")
	c.Flags().BoolVar(&verify, "verify", false, verifyUsage)
	c.Flags().StringVar(&from, "from", "", screen.PlaceUsage+"; it tells what ran well before")
	account.Flags(c)
	c.MarkFlagsMutuallyExclusive("json", "table")
	return c
}
