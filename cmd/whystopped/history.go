package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"whystopped/archive"
)

func historyCommand() *cobra.Command {
	var from string
	c := &cobra.Command{
		Use:   "history [--from DIR]",
		Short: "List the archived stops, the latest first",
		Example: `  whystopped history
  whystopped history --from incident-archive`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			in := input{stderr: c.ErrOrStderr()}
			var records []archive.Record
			for r, err := range archive.ReadDirectory(from) {
				switch {
				case errors.Is(err, archive.ErrSkipped):
					in.refuse(err)
				case err != nil:
					return err
				default:
					records = append(records, r)
				}
			}
			if len(records) == 0 {
				fmt.Fprintf(c.OutOrStdout(), "no stops in %s\n", from)
				return nil
			}
			t := newTable(c.OutOrStdout(), lookOf(c.OutOrStdout()))
			for _, r := range archive.Shown(records) {
				if err := t.add(r); err != nil {
					return err
				}
			}
			t.render()
			return nil
		},
	}
	c.Flags().StringVar(&from, "from", archive.Directory, "directory of the archive")
	return c
}
