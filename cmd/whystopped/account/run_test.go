package account

import (
	"flag"
	"io"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/rogpeppe/go-internal/testscript"

	"whystopped/archive"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/ingest"
)

var update = flag.Bool("update", false, "write the generated page and the golden files")

// TestMain makes the test binary a whystopped with the commands of this package, which the tests find on the PATH.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"whystopped": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return screen.Run(Commands(), args, stdin, stdout, stderr)
}

func whystopped(t *testing.T, wantCode int, args ...string) (stdout, stderr string) {
	t.Helper()
	return screentest.Command(t, run, wantCode, args...)
}

func putRecord(t *testing.T, place string, records ...archive.Record) {
	t.Helper()
	screentest.Put(t, &Account{}, place, records...)
}

func recordsAt(t *testing.T, place string) []archive.Record {
	t.Helper()
	return screentest.Records(t, &Account{}, place)
}

// answering puts a gatherer in the place of the look-up.
func answering(t *testing.T, a *accounttest.Asking) *accounttest.Asking {
	t.Helper()
	was := NewGatherer
	t.Cleanup(func() { NewGatherer = was })
	NewGatherer = func(cfg aws.Config, progress func(string), past RanBefore) ingest.Gatherer {
		a.Region, a.Tell, a.Past = cfg.Region, progress, past
		return a
	}
	return a
}
