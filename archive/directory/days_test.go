package directory

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
)

// of is a record of a day so many days ago, of a task that is named by its number.
func of(daysAgo, n int) archive.Record {
	id := fmt.Sprintf("%x", md5.Sum(fmt.Append(nil, n)))
	return archive.Record{SchemaVersion: "1", DedupKey: id + ":stop", TaskID: id, Class: "runtime.oom",
		StoppedAt: archive.Time{Time: time.Now().UTC().Truncate(time.Millisecond).AddDate(0, 0, -daysAgo)},
		RawEvent:  strings.Repeat(`{"a":"…"}`, 40)}
}

func write(t *testing.T, dir string, records ...archive.Record) {
	t.Helper()
	store := open(t, dir)
	for _, r := range records {
		if err := store.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir string, f archive.Filter) (records []archive.Record, skipped []error) {
	t.Helper()
	for r, err := range Read(dir).Records(f) {
		switch {
		case err == nil:
			records = append(records, r)
		case errors.Is(err, archive.ErrSkipped):
			skipped = append(skipped, err)
		default:
			t.Fatal(err)
		}
	}
	return records, skipped
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func dayOf(daysAgo int) string { return of(daysAgo, 0).StoppedAt.Format(time.DateOnly) }

func TestOlderDaysAreCompressedAndReadAsTheyAre(t *testing.T) {
	dir := t.TempDir()
	var records []archive.Record
	for n := range 3000 { // several frames a day
		records = append(records, of(3-n/1000, n))
	}
	write(t, dir, records...)
	want := []string{dayOf(3) + ".jsonl.zst", dayOf(2) + ".jsonl.zst", dayOf(1) + ".jsonl", "lock"}
	if got := files(t, dir); !cmp.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	late := of(3, 4000)
	write(t, dir, late)
	if got := files(t, dir); !slices.Contains(got, dayOf(3)+".1.jsonl") {
		t.Errorf("what came late stands in none of %v", got)
	}
	got, skipped := read(t, dir, archive.Filter{})
	if diff := cmp.Diff(slices.Insert(slices.Clone(records), 1000, late), got); diff != "" || skipped != nil {
		t.Errorf("skipped %v, records (-want +got):\n%s", skipped, diff)
	}

	// A writer that was killed between the name of the compressed file and the end of the other one.
	if err := os.WriteFile(filepath.Join(dir, dayOf(3)+".jsonl"), []byte("{torn"), 0o640); err != nil {
		t.Fatal(err)
	}
	if again, skipped := read(t, dir, archive.Filter{}); len(again) != len(got) || skipped != nil {
		t.Errorf("%d records, skipped %v", len(again), skipped)
	}
	write(t, dir, of(3, 4001))
	if again, _ := read(t, dir, archive.Filter{}); len(again) != len(got)+1 {
		t.Errorf("%d records, want %d", len(again), len(got)+1)
	}
}

func TestOnlyTheDaysThatAreAskedForAreOpened(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, of(5, 1), of(4, 2), of(3, 3), of(0, 4))
	for _, daysAgo := range []int{5, 0} { // to open one of these is an error
		for _, name := range []string{dayOf(daysAgo) + ".jsonl.zst", dayOf(daysAgo) + ".jsonl"} {
			os.Remove(filepath.Join(dir, name))
		}
		if err := os.Symlink("itself", filepath.Join(dir, dayOf(daysAgo)+".jsonl")); err != nil {
			t.Fatal(err)
		}
	}
	asked := archive.Filter{Start: of(4, 2).StoppedAt.Add(-time.Hour), End: of(3, 0).StoppedAt.Time}
	asked.Start = asked.Start.Truncate(24 * time.Hour)
	if asked.Start.Format(time.DateOnly) != dayOf(4) {
		asked.Start = asked.Start.AddDate(0, 0, 1)
	}
	if got, _ := read(t, dir, asked); len(got) != 2 {
		t.Errorf("read %v", got)
	}
}

func TestADamagedFrameCostsItsOwnLines(t *testing.T) {
	dir := t.TempDir()
	var records []archive.Record
	for n := range 2500 {
		records = append(records, of(9, n))
	}
	write(t, dir, records...)
	path := filepath.Join(dir, dayOf(9)+".jsonl.zst")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole)
	copy(damaged[len(damaged)/3:], "damaged damaged damaged")
	if err := os.WriteFile(path, damaged, 0o640); err != nil {
		t.Fatal(err)
	}
	got, skipped := read(t, dir, archive.Filter{})
	if len(skipped) != 1 || !strings.Contains(skipped[0].Error(), path+": the compressed file is damaged") ||
		len(got) == 0 || len(got) >= len(records) || got[len(got)-1].TaskID != records[len(records)-1].TaskID {
		t.Errorf("read %d of %d records, skipped %v", len(got), len(records), skipped)
	}
	if err := os.WriteFile(path, whole[:len(whole)-30], 0o640); err != nil {
		t.Fatal(err)
	}
	if got, skipped := read(t, dir, archive.Filter{}); len(got) > 0 || len(skipped) != 1 {
		t.Errorf("of a file that is cut: %d records, skipped %v", len(got), skipped)
	}
}

// TestATaskIsFoundByAnIndex looks for tasks in files that are large enough for an index, before and after what makes
// an index unfit.
func TestATaskIsFoundByAnIndex(t *testing.T) {
	dir := t.TempDir()
	var records []archive.Record
	for n := range 3000 {
		records = append(records, of(0, n))
	}
	store := open(t, dir)
	defer store.Close()
	for _, r := range records {
		if err := store.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	index := filepath.Join(dir, "index", dayOf(0)+".jsonl")
	found := func(when string, r archive.Record) {
		t.Helper()
		for _, key := range []string{r.TaskID, r.TaskID[:8], r.DedupKey} {
			got, _ := read(t, dir, archive.Filter{Key: key})
			n := 0
			for _, g := range got {
				if g.TaskID == r.TaskID {
					n++
				}
			}
			if n != 1 || len(got) > 100 {
				t.Errorf("%s: %s is found %d times among %d records", when, key, n, len(got))
			}
		}
	}
	for _, r := range []archive.Record{records[0], records[1700], records[2999]} {
		found("first", r)
	}
	if _, err := os.Stat(index); err != nil {
		t.Fatal(err)
	}
	late := of(0, 5000)
	put := func(r archive.Record) {
		if err := store.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	put(late)
	found("appended", late)
	found("appended", records[12])
	for name, spoil := range map[string]func([]byte) []byte{
		"another program's": func([]byte) []byte { return []byte("index") },
		"cut":               func(b []byte) []byte { return b[:len(b)-5] },
		"of another file":   func(b []byte) []byte { b[len(indexMagic)+17] ^= 1; return b },
		"turned":            func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
	} {
		text, err := os.ReadFile(index)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(index, spoil(text), 0o640); err != nil {
			t.Fatal(err)
		}
		found(name, records[12])
		found(name, late)
	}
	if got, _ := read(t, dir, archive.Filter{Key: "ffffffff"}); len(got) > 2 {
		t.Errorf("%d records of no such task", len(got))
	}
}

func TestASpoolIsReadTwice(t *testing.T) {
	records := []archive.Record{of(1, 1), of(9, 2), of(3, 3)}
	spool, err := Spool(func(out func(archive.Record, error) bool) {
		for _, r := range records {
			if !out(r, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer spool.Close()
	for range 2 {
		n := 0
		for found, err := range spool.Walk(archive.Filter{}, archive.Decode) {
			again, errAgain := spool.At(found.At, archive.Decode)
			if err != nil || errAgain != nil || !cmp.Equal(found.Record, records[n]) || !cmp.Equal(again, records[n]) {
				t.Fatalf("%v, %v: %+v", err, errAgain, found)
			}
			n++
		}
		if n != len(records) {
			t.Errorf("%d records", n)
		}
	}
	broken := errors.New("broken")
	_, err = Spool(func(out func(archive.Record, error) bool) { out(archive.Record{}, broken) })
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

// TestWhatCannotBeCompressedStays has no room for the compressed file.
func TestWhatCannotBeCompressedStays(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	var records []archive.Record
	for n := range 3000 {
		records = append(records, of(9, n))
		if err := store.Put(t.Context(), records[n]); err != nil {
			t.Fatal(err)
		}
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	small := limit
	small.Cur = 10_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	closed := store.Close()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(closed, syscall.EFBIG) || !strings.Contains(closed.Error(), "compress ") {
		t.Errorf("Close gave %v", closed)
	}
	if got := files(t, dir); !cmp.Equal(got, []string{dayOf(9) + ".jsonl", "lock"}) {
		t.Errorf("files %v", got)
	}
	if got, skipped := read(t, dir, archive.Filter{}); len(got) != len(records) || skipped != nil {
		t.Errorf("%d records, skipped %v", len(got), skipped)
	}
	write(t, dir)
	if got := files(t, dir); !cmp.Equal(got, []string{dayOf(9) + ".jsonl.zst", "lock"}) {
		t.Errorf("files %v once there is room", got)
	}
}

// FuzzWhatStandsInTheDirectory reads a compressed day and an index of any bytes: nothing panics, and what is no record
// is said.
func FuzzWhatStandsInTheDirectory(f *testing.F) {
	dir := f.TempDir()
	store, err := Open(f.Context(), dir)
	if err != nil {
		f.Fatal(err)
	}
	for n := range 3 {
		if err := store.Put(f.Context(), of(9, n)); err != nil {
			f.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, dayOf(9)+".jsonl.zst"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, []byte(indexMagic))
	f.Add(whole[:len(whole)-4], []byte{})
	f.Fuzz(func(t *testing.T, packed, entries []byte) {
		dir := t.TempDir()
		path := filepath.Join(dir, "2026-03-07.jsonl.zst")
		if err := os.WriteFile(path, packed, 0o600); err != nil {
			t.Fatal(err)
		}
		read(t, dir, archive.Filter{})
		opened, err := Read(dir).open(0)
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		entries = entries[:len(entries)/indexEntry*indexEntry]
		index := index{covered: int64(len(packed)), entries: entries}
		name := filepath.Join(dir, indexDir, "2026-03-07.jsonl.zst")
		index.keep(name, opened.File)
		if got, ok := readIndex(name, opened.File); !ok || !bytes.Equal(got.entries, entries) {
			t.Fatalf("an index is not read as it was written: %t, %d bytes", ok, len(got.entries))
		}
		key := "00000000"
		if len(entries) > 0 {
			key = string(entries[:keyBytes])
		}
		Read(dir).indexed(0, key, archive.Decode, func(Found, error) bool { return true })
	})
}

func TestAFileMayBeCompressedBeforeItIsRead(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir)
	for n := range 20 {
		if err := store.Put(t.Context(), of(9, n)); err != nil {
			t.Fatal(err)
		}
	}
	listed := Read(dir)
	var places []Found
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for found, err := range listed.Walk(archive.Filter{}, archive.Decode) {
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, found)
	}
	if len(places) != 20 {
		t.Errorf("%d records", len(places))
	}
	for _, found := range places {
		if again, err := listed.At(found.At, archive.Decode); err != nil || !cmp.Equal(again, found.Record) {
			t.Fatalf("%v: %+v", err, again)
		}
	}
}
