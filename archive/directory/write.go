// Package directory keeps an archive on disk: in a directory a file of records for each day on which stops were, those
// of older days compressed.
//
//	DIR/2026-03-07.jsonl        a record per line, only ever appended to
//	DIR/2026-03-06.jsonl.zst    the same, compressed; it stands in place of the file without .zst
//	DIR/2026-03-06.1.jsonl      what came after it was compressed, and so on
//	DIR/records.jsonl           an archive from before there were days; it is read and not written to
//	DIR/index/                  where in the larger files a task's records are, made again whenever that does not fit
//	DIR/lock                    held by the one process that writes
//
// It promises that a record whose Put returned nil survives the end of the process, whenever that is, that reading
// needs no lock, and that what was being written at that end costs its own line alone.
package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"whystopped/archive"
)

const (
	maxOpen  = 64       // files at once
	leastZST = 64 << 10 // what came after a day was compressed is compressed from this size on
)

// Store writes to an archive on disk. One process at a time does.
type Store struct {
	ctx  context.Context
	dir  string
	lock *os.File

	mu      sync.Mutex
	open    map[string]*day // by day
	written map[string]bool // paths
	closed  bool
}

// day is the file that the records of a day are appended to.
type day struct {
	*os.File
	torn bool // the last write left a part of a line behind
}

// Open opens the archive in dir for writing and makes it if there is none; ctx ends what Close does beside closing. It
// fails while another process writes there. A last line that an earlier writer could not finish is ended with a
// newline, so that only this one line is lost. Records go to no files but those in dir: a symbolic link, a pipe or a
// device in the place of one is refused.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the archive directory: %w", err)
	}
	lock, err := openFile(filepath.Join(dir, lockFile))
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf(
				"another whystopped is writing to %s: wait until it is done, or write to another directory", dir)
		}
		return nil, fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	return &Store{ctx: ctx, dir: dir, lock: lock, open: map[string]*day{}, written: map[string]bool{}}, nil
}

// openFile opens a file for appending.
func openFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o640)
	if errors.Is(err, syscall.ELOOP) {
		return nil, fmt.Errorf(
			"%s is a symbolic link, which the archive does not follow: name the directory that it leads to", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, errors.Join(fmt.Errorf("%s is not a regular file: name another directory", path), err)
	}
	return file, nil
}

// Put appends the record with one write. When it returns nil, the record survives the end of this process.
func (s *Store) Put(ctx context.Context, r archive.Record) error {
	line, err := r.Encode()
	if err != nil {
		return err
	}
	return s.PutEncoded(ctx, r, line)
}

// PutEncoded is Put of a record that was encoded before.
func (s *Store) PutEncoded(ctx context.Context, r archive.Record, line []byte) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("archive the record %s: %w", r.DedupKey, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	to, err := s.day(dayName(r))
	if err != nil {
		return fmt.Errorf("archive the record %s: %w", r.DedupKey, err)
	}
	line = append(line, '\n')
	if to.torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := to.Write(line)
	if err != nil {
		to.torn = to.torn || n > 0
		return fmt.Errorf("archive the record %s: %w", r.DedupKey, err)
	}
	to.torn = false
	return nil
}

// dayName names the day of a record; of one whose time is not known, the first there is.
func dayName(r archive.Record) string {
	at := r.Moment()
	if at.IsZero() {
		at = archive.Time{}
	}
	return at.UTC().Format(time.DateOnly)
}

// day returns the file of a day.
func (s *Store) day(name string) (*day, error) {
	if s.closed {
		return nil, os.ErrClosed
	}
	if d := s.open[name]; d != nil {
		return d, nil
	}
	if len(s.open) == maxOpen {
		if err := s.closeFiles(); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(s.dir, name+plain)
	for n := 1; exists(path + packed); n++ {
		// a writer that was killed may have left behind what it had compressed
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		path = filepath.Join(s.dir, name+"."+strconv.Itoa(n)+plain)
	}
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	d := &day{File: file}
	if d.torn, err = endsTorn(file); err != nil {
		file.Close()
		return nil, fmt.Errorf("read the end of %s: %w", path, err)
	}
	s.open[name], s.written[path] = d, true
	return d, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func endsTorn(file *os.File) (bool, error) {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	last := make([]byte, 1)
	_, err = file.ReadAt(last, info.Size()-1)
	return last[0] != '\n', err
}

func (s *Store) closeFiles() error {
	var failed []error
	for name, d := range s.open {
		failed = append(failed, d.Close())
		delete(s.open, name)
	}
	return errors.Join(failed...)
}

// Close brings everything to the disk, compresses the days before yesterday and lets the next writer in.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	failed := []error{s.closeFiles()}
	for _, path := range slices.Sorted(maps.Keys(s.written)) {
		failed = append(failed, synced(path))
	}
	failed = append(failed, synced(s.dir))
	if errors.Join(failed...) == nil {
		failed = append(failed, s.pack(time.Now()))
	}
	failed = append(failed, s.lock.Close()) // and with it the lock
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("close the archive: %w", err)
	}
	return nil
}

// synced brings what was written to a file, through whichever handle, to the disk.
func synced(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// pack compresses the files of the days before yesterday.
func (s *Store) pack(now time.Time) error {
	files, err := list(s.dir)
	if err != nil {
		return err
	}
	yesterday := now.UTC().AddDate(0, 0, -1).Format(time.DateOnly)
	for _, f := range files {
		info, err := os.Lstat(f.path())
		if s.ctx.Err() != nil {
			return nil
		}
		if f.packed || f.day == "" || f.day >= yesterday || err != nil || !info.Mode().IsRegular() ||
			f.part > 0 && info.Size() < leastZST {
			continue
		}
		if err := s.packFile(f.path()); err != nil {
			return fmt.Errorf("compress %s: %w", f.path(), err)
		}
	}
	return nil
}

// packFile puts a compressed file in the place of another: once it has its name the other is not read any more.
func (s *Store) packFile(path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	part := path + packed + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	to, err := openFile(part)
	if err != nil {
		return err
	}
	defer to.Close()
	err = pack(s.ctx, to, from, runtime.GOMAXPROCS(0))
	if err == nil {
		err = to.Sync()
	}
	if err != nil {
		os.Remove(part)
		if s.ctx.Err() != nil {
			return nil
		}
		return err
	}
	if err := os.Rename(part, path+packed); err != nil {
		return err
	}
	if err := synced(s.dir); err != nil {
		return err // both are there, and either says the same
	}
	os.Remove(filepath.Join(s.dir, indexDir, filepath.Base(path))) // where there is one
	return os.Remove(path)
}
