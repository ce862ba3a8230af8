package screen

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

	"whystopped/archive/redact"
)

// Exit codes.
const (
	ExitOK      = 0
	ExitUnknown = 1 // a stage or a fault is unknown
	ExitBad     = 2 // bad usage or unreadable input; everything readable was printed
)

// Failure ends the program with a code; what is wrong was said already.
type Failure struct{ Code int }

func (f *Failure) Error() string { return "" }

// Run is the whole program with its commands: arguments and streams in, exit code out. What is not the answer goes to stderr, in
// lower case and without secrets.
func Run(commands []*cobra.Command, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
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
	root.AddCommand(commands...)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return ExitOK
	}
	code := ExitBad
	var f *Failure
	if errors.As(err, &f) {
		code = f.Code
	}
	if message := err.Error(); message != "" {
		Complain(stderr, err)
	}
	return code
}

// Complain prints an error as one line.
func Complain(w io.Writer, err error) {
	fmt.Fprintln(w, "whystopped: "+Printable(redact.Text(err.Error())))
}

// Printable takes control characters out of a text, so that nothing in an event can steer the terminal.
func Printable(s string) string {
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
