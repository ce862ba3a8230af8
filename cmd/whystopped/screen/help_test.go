package screen

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// TestHelpIsWrapped: texts and flags for the reader, examples as they are typed.
func TestHelpIsWrapped(t *testing.T) {
	c := &cobra.Command{Use: "try FILE…", RunE: func(*cobra.Command, []string) error { return nil },
		Long: `Try what the files hold, one after the other, and say of each what became of it, in the order
in which they were named.

- an item that is so long that it does not fit one line of the help, and is wrapped below itself
- another

  whystopped try --a-flag-that-is-long=with-a-value-that-is-long stop.json and-more-of-these.json

The end.`,
		Example: "  whystopped try stop.json"}
	c.Flags().String("place", "", "`DIR` of the archive, or the name of a log group, which is told apart by its scheme")
	c.Flags().Uint("limit", 50, "most lines `N`")
	var stdout, stderr bytes.Buffer
	if code := Run([]*cobra.Command{c}, []string{"try", "--help"}, nil, &stdout, &stderr); code != ExitOK {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	const want = `Try what the files hold, one after the other, and say of each what became of it,
in the order in which they were named.

- an item that is so long that it does not fit one line of the help, and is
  wrapped below itself
- another

  whystopped try --a-flag-that-is-long=with-a-value-that-is-long stop.json and-more-of-these.json

The end.

Usage:
  whystopped try FILE… [flags]

Examples:
  whystopped try stop.json

Flags:
  -h, --help       help for try
      --limit N    most lines N (default 50)
      --place DIR  DIR of the archive, or the name of a log group, which is told
                   apart by its scheme
`
	if diff := cmp.Diff(want, stdout.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
