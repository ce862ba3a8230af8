package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"whystopped/archive"
)

// Exit codes.
const (
	exitOK      = 0
	exitUnknown = 1 // a stage or a fault is unknown
	exitBad     = 2 // bad usage or unreadable input; everything readable was printed
)

// failure ends the program with a code; its message, where there is one, is printed.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

// run is the whole program: arguments and streams in, exit code out. What is not the answer goes to stderr, in lower case and
// without secrets.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	root := &cobra.Command{
		Use:           "whystopped",
		Short:         "Why did my ECS task stop?",
		Long:          "whystopped tells why Amazon ECS tasks stopped: the cause, the proof and the next step.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(explainCommand(), whyCommand(), archiveCommand(), historyCommand(), backfillCommand(), redriveCommand(), reclassifyCommand(),
		doctorCommand(), classesCommand(), versionCommand())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	code := exitBad
	var f *failure
	if errors.As(err, &f) {
		code = f.code
	}
	if message := err.Error(); message != "" {
		complain(stderr, err)
	}
	return code
}

// complain prints an error as one line.
func complain(w io.Writer, err error) {
	fmt.Fprintln(w, "whystopped: "+printable(archive.RedactText(err.Error())))
}

// printable takes control characters out of a text, so that nothing in an event can steer the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == '\u2066' || r == '\u2067' || r == '\u2068':
			return -1
		}
		return r
	}, s)
}
