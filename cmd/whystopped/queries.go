package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"whystopped/archive/sql"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
)

func queriesCommand() *cobra.Command {
	var asSQL bool
	var table, column string
	c := &cobra.Command{
		Use:   "queries [NAME] [--sql]",
		Short: "Print the saved queries, or the same questions in SQL",
		Long: `Print the saved queries of a deployment as Logs Insights takes them, each with its question; with a NAME that one alone.

With --sql print ten of these questions for Amazon Athena, or another engine, over years of records in a table: first the
view "stops", which has of each stop the record that history shows, then the queries over it; with a NAME that one without
a view. docs/history.md says how the records come into a table. {{words}} in braces are values to write in, in quotes.

Exit codes: 0 printed, 2 bad usage or no such query.`,
		Example: `  whystopped queries what-failed
  whystopped queries --sql
  whystopped queries --sql --table my_database.my_table --column message`,
		Args: screen.Takes(0, 1, "NAME"),
		RunE: func(c *cobra.Command, names []string) error {
			var parts, known []string
			chosen := func(q stack.Query) bool {
				known = append(known, q.Name)
				return len(names) == 0 || names[0] == q.Name
			}
			if asSQL {
				for _, q := range sql.Questions {
					text := q.Text
					if len(names) > 0 {
						text = q.Alone(table, column)
					}
					if chosen(q.Query) {
						parts = append(parts, fmt.Sprintf("-- %s: %s\n%s;\n", q.Name, q.Question, text))
					}
				}
				if len(names) == 0 {
					parts = append([]string{sql.View(table, column) + ";\n"}, parts...)
				}
			} else {
				for _, q := range stack.Queries {
					if chosen(q) {
						parts = append(parts, fmt.Sprintf("# %s: %s\n%s\n", q.Name, q.Question, q.Commands))
					}
				}
			}
			if parts == nil {
				return fmt.Errorf("no query %q: use %s", names[0], strings.Join(known, ", "))
			}
			_, err := fmt.Fprint(c.OutOrStdout(), strings.Join(parts, "\n"))
			return screen.Written(err)
		},
	}
	c.Flags().BoolVar(&asSQL, "sql", false, "in SQL, for Amazon Athena")
	c.Flags().StringVar(&table, "table", sql.Table, "with --sql: the `TABLE` of the records")
	c.Flags().StringVar(&column, "column", sql.Column, "with --sql: its `COLUMN` with a record as JSON")
	return c
}
