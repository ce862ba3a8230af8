package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/ingest"
)

func explainCommand() *cobra.Command {
	var asJSON, asTable, withRaw, verify bool
	var account account
	c := &cobra.Command{
		Use:   "explain [FILE…|-]",
		Short: "Tell why tasks stopped: cause, proof, next step",
		Long: `Explain what the files, or what is piped in, hold of stopped tasks, of containers that ended while their task goes on, of
services and deployments in trouble and of calls that brought no task: EventBridge events of ECS and AWS Batch, RunTask and StartTask
calls that CloudTrail relays, the output of aws ecs describe-tasks, stop-task, run-task or describe-services (each of its event
messages), bare tasks, alone, in arrays, as JSON Lines, or inside SNS, SQS, Lambda and Step Functions documents.

` + verifyHelp + `

Exit codes: 0 everything was explained, 1 a stage or fault is unknown where somebody may have to act, 2 bad usage or input that
could not be read.`,
		Example: `  whystopped explain stop.json
  aws ecs describe-tasks --cluster prod --tasks 4f1c22 | whystopped explain
  aws ecs describe-services --cluster prod --services web | whystopped explain --table
  whystopped explain --json stops.jsonl`,
		RunE: func(c *cobra.Command, files []string) (err error) {
			if len(files) == 0 && isTerminal(c.InOrStdin()) {
				return errNoStdin
			}
			signal.Reset(os.Interrupt, syscall.SIGTERM) // there is nothing to finish: an interrupt ends it at once
			out := bufio.NewWriter(c.OutOrStdout())
			defer func() { err = cmp.Or(err, written(out.Flush())) }()
			in := input{stderr: flushed{out, c.ErrOrStderr()}}
			show := (&screen{w: out, look: lookOf(c.OutOrStdout())}).block
			switch {
			case asJSON:
				show = func(r archive.Record) error { return writeJSON(out, r, withRaw) }
			case asTable:
				t := newTable(out, lookOf(c.OutOrStdout()))
				defer t.render()
				show = t.add
			}
			var gatherer ingest.Gatherer
			if verify {
				if gatherer, err = newVerifier(c.Context(), &account, nil, c.ErrOrStderr()); err != nil {
					return err
				}
			}
			unknown := false
			for s, err := range stops(files, c.InOrStdin()) {
				if err != nil {
					in.refuse(err)
					continue
				}
				if !withRaw && s.TaskID != "" {
					s.Raw = nil // it is not shown, and redacting it costs a quarter of the time
				}
				r := ingest.Verify(c.Context(), gatherer, s, archive.SourceFile, time.Now())
				unknown = unknown || r.Verdict != string(classifier.Expected) && (r.Stage == string(classifier.UnknownStage) || r.Fault == string(classifier.UnknownFault))
				if err := show(r); err != nil {
					return err
				}
				if verify && !asTable {
					if err := out.Flush(); err != nil { // the next one takes its time
						return written(err)
					}
				}
			}
			if err := in.outcome(); err != nil || !unknown {
				return err
			}
			return &failure{code: exitUnknown}
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per stop, in input order")
	c.Flags().BoolVar(&asTable, "table", false, "one line per stop")
	c.Flags().BoolVar(&withRaw, "raw", false, "with --json: keep rawEvent, the redacted event")
	c.Flags().BoolVar(&verify, "verify", false, verifyUsage)
	account.flags(c)
	c.MarkFlagsMutuallyExclusive("json", "table")
	return c
}

// written names what a failed write to stdout means; a reader that has seen enough is no failure.
func written(err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return fmt.Errorf("write the answer: %w", err)
}

// flushed writes to w after what out holds, so that complaints stand where they belong on a terminal.
type flushed struct {
	out *bufio.Writer
	w   io.Writer
}

func (f flushed) Write(b []byte) (int, error) {
	if err := f.out.Flush(); err != nil {
		return 0, err
	}
	return f.w.Write(b)
}

// explained is a record as --json prints it: causes as an array with what the catalogue says of each.
type explained struct {
	archive.Record
	Causes []explainedCause `json:"causes,omitempty"`
}

type explainedCause struct {
	ID            string   `json:"id"`
	Title         string   `json:"title"`
	Verdict       string   `json:"verdict"`
	Reason        string   `json:"reason,omitempty"`
	MissingAction string   `json:"missingAction,omitempty"`
	Evidence      string   `json:"evidence,omitempty"`
	Check         []string `json:"check"`
	Docs          string   `json:"docs"`
}

func writeJSON(w io.Writer, r archive.Record, withRaw bool) error {
	e := explainedOf(r)
	if withRaw {
		e.RawEvent = r.RawEvent
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(e)
}

func explainedOf(r archive.Record) explained {
	e := explained{Record: r, Causes: causesOf(r)}
	e.RecordedAt, e.RawEvent = archive.Time{}, ""
	return e
}

// causesOf joins the causes of a record with the catalogue.
func causesOf(r archive.Record) []explainedCause {
	var recorded []archive.RecordedCause
	if r.Causes == "" || json.Unmarshal([]byte(r.Causes), &recorded) != nil {
		return nil
	}
	var causes []explainedCause
	for _, c := range recorded {
		e := explainedCause{ID: c.ID, Verdict: c.Verdict, Reason: c.Reason, MissingAction: c.MissingAction, Evidence: c.Evidence}
		if known, ok := classifier.FindCause(c.ID); ok {
			e.Title, e.Docs = r.Expand(known.Title), known.Docs
			for _, check := range known.Check {
				e.Check = append(e.Check, r.Expand(check))
			}
		}
		causes = append(causes, e)
	}
	return causes
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
