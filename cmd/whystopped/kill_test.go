package main

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/archive/directory"
)

// TestAKilledArchiveAlwaysReads kills `whystopped archive` 200 times somewhere in its work: what the directory holds is
// read all the same, a line that was being written is the only one that is lost, and the last run, which is left alone,
// is complete.
func TestAKilledArchiveAlwaysReads(t *testing.T) {
	if testing.Short() {
		t.Skip("starts 200 processes; run without -short")
	}
	kept := filepath.Join(t.TempDir(), "kept")
	samples, err := filepath.Glob("../../events/samples/*.json")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	random := rand.New(rand.NewPCG(4, 2))
	killed, torn := 0, 0
	for range 200 {
		run := exec.Command("whystopped", append([]string{"archive", "--to", kept}, samples...)...)
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.IntN(45)) * time.Millisecond)
		if run.Process.Kill() == nil && run.Wait() != nil {
			killed++
		}
		if _, err := os.Stat(filepath.Join(kept, "lock")); errors.Is(err, os.ErrNotExist) {
			continue
		}
		torn = 0
		for _, err := range directory.Read(kept).Records(archive.Filter{}) {
			switch {
			case errors.Is(err, archive.ErrSkipped):
				torn++
			case err != nil:
				t.Fatal(err)
			}
		}
	}
	if torn > killed {
		t.Errorf("%d lines were lost in %d kills", torn, killed)
	}
	if out, err := exec.Command("whystopped",
		append([]string{"archive", "--to", kept}, samples...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	history, err := exec.Command("whystopped", "history", "--from", kept, "--since", "all", "--each", "--limit",
		"0").Output()
	if err != nil {
		t.Fatal(err)
	}
	if rows := strings.Count(string(history), "\n"); rows < len(samples) {
		t.Errorf("%d rows for %d samples:\n%s", rows, len(samples), history)
	}
	t.Logf("killed %d of 200 runs, %d torn lines", killed, torn)
}
