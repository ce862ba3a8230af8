package directory

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
)

const (
	envWriteTo    = "ARCHIVE_TEST_WRITE_TO"
	envKeysBefore = "ARCHIVE_TEST_KEY_PREFIX"
	envCloses     = "ARCHIVE_TEST_CLOSES"
)

// A test starts this binary again as a writer that goes on until it is killed.
func init() {
	if dir := os.Getenv(envWriteTo); dir != "" {
		work := writeForEver
		if os.Getenv(envCloses) != "" {
			work = closeForEver
		}
		fmt.Fprintln(os.Stderr, work(dir, os.Getenv(envKeysBefore)))
		os.Exit(1)
	}
}

// writeForEver puts records of very different sizes and says on standard output which ones Put took.
func writeForEver(dir, prefix string) error {
	store, err := Open(context.Background(), dir)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		r := archive.Record{
			SchemaVersion: archive.SchemaVersion,
			DedupKey:      fmt.Sprintf("%s-%d", prefix, i),
			RawEvent:      strings.Repeat("r", rand.IntN(2_000)),
		}
		if i%4 == 0 {
			r.RawEvent = strings.Repeat("R", 200_000)
		}
		if err := store.Put(context.Background(), r); err != nil {
			return err
		}
		fmt.Println(r.DedupKey)
	}
}

// closeForEver puts records of five days ago and closes the archive each time, so that it compresses that day.
func closeForEver(dir, prefix string) error {
	for i := 0; ; i++ {
		store, err := Open(context.Background(), dir)
		if err != nil {
			return err
		}
		for n := range 200 {
			r := of(5, 0)
			r.DedupKey = fmt.Sprintf("%s-%d-%d", prefix, i, n)
			if err := store.Put(context.Background(), r); err != nil {
				return err
			}
			fmt.Println(r.DedupKey)
		}
		if err := store.Close(); err != nil {
			return err
		}
	}
}

// readAll returns the dedupKeys in dir and what was skipped; any other error fails the test.
func readAll(t *testing.T, dir string) (keys []string, skipped []error) {
	t.Helper()
	for r, err := range Read(dir).Records(archive.Filter{}) {
		switch {
		case err == nil:
			keys = append(keys, r.DedupKey)
		case errors.Is(err, archive.ErrSkipped):
			skipped = append(skipped, err)
		default:
			t.Fatal(err)
		}
	}
	return keys, skipped
}

func put(t *testing.T, store *Store, keys ...string) {
	t.Helper()
	for _, key := range keys {
		r := archive.Record{SchemaVersion: archive.SchemaVersion, DedupKey: key}
		if err := store.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	store, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestDirectoryReadsAfterEveryKill(t *testing.T) {
	for _, closes := range []string{"", "yes"} {
		t.Run("closes "+closes, func(t *testing.T) { readsAfterEveryKill(t, closes) })
	}
}

func readsAfterEveryKill(t *testing.T, closes string) {
	const rounds = 30
	within := 10 * time.Millisecond
	if closes != "" {
		within *= 3
	}
	dir := t.TempDir()
	times := map[string]int{} // how often each record that Put took must be read
	for round := range rounds {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), envWriteTo+"="+dir, fmt.Sprintf("%s=%d", envKeysBefore, round),
			envCloses+"="+closes)
		writer.Stderr = os.Stderr
		said, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(said)
		for first := true; lines.Scan(); first = false {
			times[lines.Text()] = 1
			if first {
				time.AfterFunc(rand.N(within), func() { writer.Process.Kill() })
			}
		}
		if err := writer.Wait(); writer.ProcessState.Exited() {
			t.Fatalf("the writer of round %d ended by itself: %v", round, err)
		}

		keys, skipped := readAll(t, dir)
		if len(skipped) > round+1 {
			t.Fatalf("%d lines are torn after %d kills: %v", len(skipped), round+1, skipped)
		}
		read := map[string]int{}
		for _, key := range keys {
			if read[key]++; read[key] > 1 {
				t.Fatalf("the record %s is there twice", key)
			}
		}
		for key := range times {
			if read[key] == 0 {
				t.Fatalf("Put took the record %s and it is not there after kill %d", key, round+1)
			}
		}
		if round == rounds-1 {
			t.Logf("%d records put, %d read, %d torn lines", len(times), len(read), len(skipped))
		}
	}
	if len(times) < rounds {
		t.Errorf("only %d records were written in %d rounds", len(times), rounds)
	}
}

func TestDirectoryTakesOneWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "missing")
	first := open(t, dir)
	if _, err := Open(context.Background(), dir); err == nil ||
		!strings.Contains(err.Error(), "another whystopped is writing to "+dir) {
		t.Errorf("a second writer got the error %v", err)
	}
	put(t, first, "a")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, dir)
	put(t, second, "b")
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if keys, skipped := readAll(t, dir); !cmp.Equal(keys, []string{"a", "b"}) || skipped != nil {
		t.Errorf("read %v, skipped %v", keys, skipped)
	}
}

// undated is the file of the records that have no time, as those of put.
const undated = "0001-01-01.jsonl"

func TestDirectoryIsNotForEveryone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stops")
	store := open(t, dir)
	defer store.Close()
	put(t, store, "a")
	for path, most := range map[string]fs.FileMode{dir: 0o750, filepath.Join(dir, "lock"): 0o640,
		filepath.Join(dir, undated): 0o640} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&^most != 0 {
			t.Errorf("%s has the mode %o, want at most %o", path, info.Mode().Perm(), most)
		}
	}
}

func TestReadDirectorySkipsWhatIsNotARecord(t *testing.T) {
	const a, b = `{"schemaVersion":"1","dedupKey":"a"}`, `{"schemaVersion":"1","dedupKey":"b"}`
	big := strings.Repeat("B", 3<<20)
	tests := []struct {
		name    string
		content string
		keys    []string
		skipped []string // line and words of each error
	}{
		{"empty file", "", nil, nil},
		{"whole", a + "\n" + b + "\n", []string{"a", "b"}, nil},
		{"last line whole but for its newline", a + "\n" + b, []string{"a", "b"}, nil},
		{"torn last line", a + "\n" + b[:20], []string{"a"}, []string{":2: the last line is not complete"}},
		{"torn line in the middle", a + "\n" + b[:20] + "\n" + b + "\n", []string{"a", "b"},
			[]string{":2: not a record: unexpected end of JSON input, skipped"}},
		{"torn line that the next record ran into", a[:20] + b + "\n" + b + "\n", []string{"b"},
			[]string{":1: not a record: "}},
		{"binary", "\x00\xff\x00\n" + b + "\n", []string{"b"}, []string{":1: not a record: invalid character"}},
		{"another program's JSON", `{"level":"info"}` + "\n" + b + "\n", []string{"b"},
			[]string{":1: not a record: it has no schemaVersion, skipped"}},
		{"empty lines", "\n" + a + "\n\n" + b + "\n\n", []string{"a", "b"}, nil},
		{"line of three MiB", `{"schemaVersion":"1","dedupKey":"a","rawEvent":"` + big + "\"}\n" + b + "\n",
			[]string{"a", "b"}, nil},
		{"line beyond every record", a + "\n" + big + big + "\n" + b + "\n", []string{"a", "b"},
			[]string{":2: not a record: the line has more than 4194200 bytes, skipped"}},
		{"last line beyond every record", a + "\n" + big + big, []string{"a"},
			[]string{":2: the last line is not complete"}},
		{"other schemaVersion", `{"schemaVersion":"9","dedupKey":"z","new":{}}` + "\n", []string{"z"}, nil},
	}
	for n := range 2 * len(tests) {
		test, name := tests[n/2], []string{"records.jsonl", undated}[n%2]
		t.Run(test.name+" in "+name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, []byte(test.content), 0o640); err != nil {
				t.Fatal(err)
			}
			check := func(wantKeys []string, last string) {
				t.Helper()
				keys, skipped := readAll(t, dir)
				if diff := cmp.Diff(wantKeys, keys); diff != "" {
					t.Errorf("records (-want +got):\n%s", diff)
				}
				if len(skipped) != len(test.skipped) {
					t.Fatalf("skipped %v, want %q", skipped, test.skipped)
				}
				for i, err := range skipped {
					want := file + test.skipped[i]
					if last != "" && i == len(skipped)-1 {
						want = file + last
					}
					if !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), ", skipped") {
						t.Errorf("error %q, want it to begin with %q and to end with \", skipped\"", err, want)
					}
				}
			}
			check(test.keys, "")

			store := open(t, dir)
			defer store.Close()
			put(t, store, "next")
			ended := ""
			if n := len(test.skipped); n > 0 && name == undated &&
				strings.Contains(test.skipped[n-1], "not complete") {
				ended = ":2: not a record"
			}
			check(append(test.keys, "next"), ended)
		})
	}
}

func TestReadDirectoryStopsWhenAsked(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	defer store.Close()
	put(t, store, "a", "b", "c")
	for r, err := range Read(dir).Records(archive.Filter{}) {
		if err != nil || r.DedupKey != "a" {
			t.Fatalf("got %q, %v", r.DedupKey, err)
		}
		break
	}
}

func TestReadDirectoryWithoutAnArchive(t *testing.T) {
	for _, dir := range []string{filepath.Join(t.TempDir(), "missing"), t.TempDir()} {
		var errs []error
		for _, err := range Read(dir).Records(archive.Filter{}) {
			errs = append(errs, err)
		}
		if len(errs) != 1 || !errors.Is(errs[0], fs.ErrNotExist) || errors.Is(errs[0], archive.ErrSkipped) {
			t.Fatalf("got %v, want one error that wraps fs.ErrNotExist", errs)
		}
		if want := "no archive in " + dir + ": name another"; !strings.HasPrefix(errs[0].Error(), want) {
			t.Errorf("error %q does not begin with %q", errs[0], want)
		}
		makes, _ := errors.AsType[*noArchive](errs[0])
		if run, _ := makes.Command(); run != "whystopped archive FILE --to "+dir {
			t.Errorf("the command is %q", run)
		}
	}
}

func TestReadDirectoryWhileAWriterAppends(t *testing.T) {
	const records = 300
	dir := t.TempDir()
	store := open(t, dir)
	written := make(chan error, 1)
	go func() {
		for i := range records {
			r := archive.Record{SchemaVersion: "1", DedupKey: fmt.Sprint(i), RawEvent: strings.Repeat("r", i*100)}
			if err := store.Put(context.Background(), r); err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for done := false; !done; {
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
		keys, skipped := readAll(t, dir)
		for i, key := range keys {
			if key != fmt.Sprint(i) {
				t.Fatalf("record %d is %s", i, key)
			}
		}
		if len(skipped) > 1 || len(skipped) == 1 &&
			(done || !strings.Contains(skipped[0].Error(), "last line is not complete")) {
			t.Fatalf("skipped %v", skipped)
		}
		if done && len(keys) != records {
			t.Errorf("read %d records, want %d", len(keys), records)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDirectoryWithoutRoomLosesOnlyWhatItRefused(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	defer store.Close()
	put(t, store, "before")

	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	small := limit
	small.Cur = 10_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	refused := store.Put(t.Context(),
		archive.Record{SchemaVersion: "1", DedupKey: "refused", RawEvent: strings.Repeat("r", 20_000)})
	again := store.Put(t.Context(), archive.Record{SchemaVersion: "1", DedupKey: "refused again"})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(refused, syscall.EFBIG) || !errors.Is(again, syscall.EFBIG) ||
		!strings.Contains(refused.Error(), "record refused") {
		t.Errorf("Put beyond the limit of the file system gave %v, then %v", refused, again)
	}
	put(t, store, "after")
	if keys, skipped := readAll(t, dir); !cmp.Equal(keys, []string{"before", "after"}) || len(skipped) != 1 {
		t.Errorf("read %v, skipped %v", keys, skipped)
	}
}

func TestDirectoryPutAfterTheDeadline(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	defer store.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := store.Put(ctx, archive.Record{SchemaVersion: "1", DedupKey: "a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if keys, _ := readAll(t, dir); keys != nil {
		t.Errorf("read %v", keys)
	}
}

func TestDirectoryPutAfterClose(t *testing.T) {
	store := open(t, t.TempDir())
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), archive.Record{SchemaVersion: "1", DedupKey: "a"}); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v", err)
	}
}

// Whoever may write to the archive's directory must not lead its writer to another file.
func TestOpenDirectoryFollowsNoLinks(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(elsewhere, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		make func(path string) error
		says string
	}{
		{"a symbolic link", func(path string) error { return os.Symlink(elsewhere, path) }, "is a symbolic link"},
		{"a symbolic link to nothing", func(path string) error { return os.Symlink(elsewhere+"-new", path) },
			"is a symbolic link"},
		{"a pipe", func(path string) error { return syscall.Mkfifo(path, 0o600) }, "is not a regular file"},
	} {
		for _, name := range []string{"lock", undated} {
			dir := t.TempDir()
			if err := test.make(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			store, err := Open(context.Background(), dir)
			if err == nil {
				err = store.Put(t.Context(), archive.Record{SchemaVersion: "1", DedupKey: "a"})
				store.Close()
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s at %s: error %v, want one that says %q", test.name, name, err, test.says)
			}
		}
	}
	if _, err := os.Stat(elsewhere + "-new"); err == nil {
		t.Error("a file was made elsewhere")
	}
	if text, _ := os.ReadFile(elsewhere); string(text) != "precious" {
		t.Errorf("another file now holds %q", text)
	}
}
