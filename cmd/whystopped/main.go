// Command whystopped explains why Amazon ECS tasks stopped, and keeps and reads the history of stops.
package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"whystopped/cmd/whystopped/screen"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	commands := []*cobra.Command{explainCommand(), archiveCommand(), historyCommand(), reclassifyCommand(),
		classesCommand(), queriesCommand(), versionCommand()}
	return screen.Run(append(commands, accountCommands()...), args, stdin, stdout, stderr)
}
