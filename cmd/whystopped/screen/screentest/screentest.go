// Package screentest runs command lines in tests and reads what they print and keep.
package screentest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"whystopped/archive"
	"whystopped/classifier/commandtest"
	"whystopped/cmd/whystopped/screen"
)

// Command runs a command line and holds its exit code; it may print no secret.
func Command(t *testing.T, run func(args []string, stdin io.Reader, stdout, stderr io.Writer) int, wantCode int,
	args ...string) (stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	code := run(args, strings.NewReader(""), &out, &complaints)
	if code != wantCode {
		t.Errorf("whystopped %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, wantCode, &out,
			&complaints)
	}
	if strings.Contains(out.String()+complaints.String(), "do-not-leak") {
		t.Errorf("a secret is printed:\n%s%s", &out, &complaints)
	}
	for _, command := range Commands(complaints.String()) {
		for _, problem := range commandtest.Problems(command, false) {
			t.Errorf("stderr: %s", problem)
		}
	}
	return out.String(), complaints.String()
}

// Sentences are what stderr says, without the commands below it.
func Sentences(stderr string) (sentences []string) {
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, advice) {
			sentences = append(sentences, strings.TrimRight(line, "\n"))
		}
	}
	return sentences
}

// Commands are the commands that stand below what stderr says.
func Commands(stderr string) (commands []string) {
	for line := range strings.Lines(stderr) {
		if command, is := strings.CutPrefix(line, advice); is && !strings.HasPrefix(command, "→") {
			commands = append(commands, strings.TrimRight(command, "\n"))
		}
	}
	return commands
}

// advice is how commands are indented, and what to do with their answers.
const advice = "    "

// Rows reads a table of names and counts.
func Rows(stdout string) map[string]int {
	counts := map[string]int{}
	for line := range strings.Lines(stdout) {
		for _, name := range []string{"written", "already there", "routine", "not stopped yet", "failed", "archived",
			"left", "changed", "reworded", "unchanged", "not reclassifiable"} {
			var n int
			if rest, found := strings.CutPrefix(line, name+" "); found {
				if _, err := fmt.Sscan(rest, &n); err == nil {
					counts[name] = n
				}
			}
		}
	}
	return counts
}

// Archives opens and reads the archives at places.
type Archives interface {
	OpenArchive(ctx context.Context, place string) (screen.Writer, error)
	ReadArchive(ctx context.Context, place string, f archive.Filter) iter.Seq2[archive.Record, error]
}

// Put adds records to the archive at a place.
func Put(t *testing.T, a Archives, place string, records ...archive.Record) {
	t.Helper()
	store, err := a.OpenArchive(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := store.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// Records reads the records at a place.
func Records(t *testing.T, a Archives, place string) []archive.Record {
	t.Helper()
	var records []archive.Record
	for r, err := range a.ReadArchive(t.Context(), place, archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if line, _ := r.Encode(); strings.Contains(string(line), "do-not-leak") {
			t.Errorf("a secret is in the archive: %s", line)
		}
		records = append(records, r)
	}
	return records
}
