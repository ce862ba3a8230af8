package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/events"
	"whystopped/ingest"
)

func archiveCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "archive FILE… [--to DIR]",
		Short: "Keep the stops that the capture rule keeps",
		Long: `Read stops, leave out the routine ones as the deployed rule does, explain the others and append them to an archive in a
directory. The same file may be archived again: history shows each stop once.

Exit codes: 0 everything was read and written, 2 something was not.`,
		Example: `  whystopped archive stops.jsonl
  whystopped archive incident/*.json --to incident-archive`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) (err error) {
			pattern, err := capturePattern()
			if err != nil {
				return err
			}
			store, err := archive.OpenDirectory(to)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, store.Close()) }()
			in := input{stderr: c.ErrOrStderr()}
			kept, routine := 0, 0
			for s, err := range stops(files, c.InOrStdin()) {
				if err != nil {
					in.refuse(err)
					continue
				}
				captured, err := pattern.Match(s.Event())
				if err != nil {
					return fmt.Errorf("match the capture pattern: %w", err)
				}
				if !captured {
					routine++
					continue
				}
				if err := store.Put(c.Context(), ingest.Explain(s, archive.SourceFile, time.Now())); err != nil {
					return err
				}
				kept++
			}
			t := newPlainTable(c.OutOrStdout())
			t.AppendRows([]table.Row{
				{"kept", kept, "explained and written to " + to},
				{"routine", routine, "left out, as the capture rule does"},
				{"refused", in.refused, "not stops; see above"},
			})
			t.Render()
			return in.outcome()
		},
	}
	c.Flags().StringVar(&to, "to", archive.Directory, "directory of the archive")
	return c
}

// capturePattern is the pattern of a deployment with default options.
func capturePattern() (*events.Pattern, error) {
	text, err := events.CapturePattern(events.Options{})
	if err != nil {
		return nil, fmt.Errorf("capture pattern: %w", err)
	}
	return events.CompilePattern(text)
}
