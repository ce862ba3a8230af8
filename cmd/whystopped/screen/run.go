package screen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"whystopped/archive/redact"
	"whystopped/classifier"
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

// grace is how long an interrupted command has to say how far it came. What still waits then, as for somebody who reads
// its output, ends all the same: archives are written so that a process may end at any time.
const grace = 3 * time.Second

// Run is the whole program with its commands: arguments and streams in, exit code out. What is not the answer goes to
// stderr, in lower case and without secrets.
func Run(commands []*cobra.Command, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := context.AfterFunc(ctx, func() {
		stop() // a second interrupt ends the process at once
		time.AfterFunc(grace, func() { Complain(stderr, errors.New("interrupted: what goes on is given up")) })
		time.AfterFunc(grace+time.Second/10, func() { os.Exit(ExitBad) }) // also when nobody reads stderr
	})
	defer ended()
	root := &cobra.Command{
		Use:           "whystopped",
		Short:         "Tell why Amazon ECS tasks stopped",
		Long:          "whystopped tells why Amazon ECS tasks stopped: the cause, the proof and the next step.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          unknownCommand,

		PersistentPreRunE: inherit,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	progress := newProgress(stderr)
	defer progress.done()
	stdout, stderr = progress.over(stdout), progress.over(stderr)
	root.SetFlagErrorFunc(badFlag)
	root.SetHelpFunc(help)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(commands...)
	completeNames(root)
	ctx = context.WithValue(context.WithValue(ctx, typed{}, args), progressKey{}, progress)
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

// typed is the key of the arguments in the context of a command.
type typed struct{}

// Again is the command line that runs a command, as it was typed, and a flag with it.
func Again(c *cobra.Command, flag string) string {
	args, _ := c.Context().Value(typed{}).([]string)
	return classifier.CommandLine(slices.Concat([]string{"whystopped", c.Name(), flag}, args[min(1, len(args)):])...)
}

// Complain prints an error as one line, and a command that helps below it.
func Complain(w io.Writer, err error) {
	fmt.Fprintln(w, "whystopped: "+Printable(redact.Text(err.Error())))
	run, look := commandOf(err)
	(&Screen{W: w, Look: LookOf(w)}).Advice("    ", redact.Text(run), redact.Text(look))
}

// Printable takes out of a text what is not to be seen: control characters, marks that turn or hide what stands beside
// them. So nothing in an event can steer the terminal or look like something else.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Zl, unicode.Zp), r == '\n', r == '\t', r == '\r':
			return ' '
		case unseen(r):
			return -1
		}
		return r
	}, s)
}

// unseen reports whether a character is a control character (C0, DEL, C1) or a mark that formats text (of direction, of
// no width).
func unseen(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// EncodeJSON prints a value as one line of JSON, for programs and for people: what Printable takes out is escaped.
func EncodeJSON(w io.Writer, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	line := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	escaped := make([]byte, 0, len(line)+1)
	for i, n := 0, 0; i < len(line); i += n {
		r := rune(line[i])
		if n = 1; r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(line[i:])
		}
		if !unseen(r) {
			escaped = append(escaped, line[i:i+n]...)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			escaped = fmt.Appendf(escaped, `\u%04x`, unit)
		}
	}
	_, err := w.Write(append(escaped, '\n'))
	return err
}
