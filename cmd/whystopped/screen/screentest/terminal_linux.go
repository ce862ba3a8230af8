package screentest

import (
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"whystopped/cmd/whystopped/screen"
)

// Terminal opens a terminal of so many columns. What it got is told once, and the terminal is closed by that.
func Terminal(t *testing.T, columns int) (terminal *os.File, shown func() string) {
	t.Helper()
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm-256color")
	t.Setenv("FORCE_HYPERLINK", "0")
	outer, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { outer.Close() })
	fd := int(outer.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 200, Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(outer) // ends in an error when the terminal is closed
		got <- all
	}()
	return terminal, func() string {
		terminal.Close()
		return strings.ReplaceAll(string(<-got), "\r\n", "\n")
	}
}

// LongWork runs a command line whose every work is long, and holds what it says on a terminal of how far it is: all of
// it goes away at the end, and nothing goes into a pipe.
func LongWork(t *testing.T, run func(args []string, stdin io.Reader, stdout, stderr io.Writer) int, says []string,
	args ...string) {
	t.Helper()
	was := screen.Patience
	screen.Patience = 0
	defer func() { screen.Patience = was }()
	const clear = "\r\x1b[K"
	terminal, shown := Terminal(t, 120)
	run(args, strings.NewReader(""), io.Discard, terminal)
	on := shown()
	for _, what := range says {
		if !regexp.MustCompile(regexp.QuoteMeta(clear) + what + " …").MatchString(on) {
			t.Errorf("a terminal lacks %q: %q", what, on)
		}
	}
	if last := on[strings.LastIndex(on, "…"):]; !strings.Contains(last, clear) {
		t.Errorf("progress is left on the terminal: %q", on)
	}
	var piped strings.Builder
	if run(args, strings.NewReader(""), io.Discard, &piped); strings.Contains(piped.String(), clear) {
		t.Errorf("a pipe gets progress: %q", piped.String())
	}
}
