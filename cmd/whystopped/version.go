package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the program, its rules and its records",
		Args:  screen.TakesFlags,
		Run: func(c *cobra.Command, _ []string) {
			version := "(devel)"
			if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
				version = info.Main.Version
			}
			fmt.Fprintf(c.OutOrStdout(), "whystopped %s, classifier %d, record schema %s, %s\n", version,
				classifier.Version, archive.SchemaVersion, runtime.Version())
		},
	}
}
