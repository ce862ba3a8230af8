package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"whystopped/classifier"
)

// Directory is where an archive on disk is, unless it is said otherwise.
const Directory = "./stops"

const (
	recordsFile  = "records.jsonl"
	maxLineBytes = 4 * MaxRecordBytes // longer lines are not ours
)

// DirectoryStore writes to an archive on disk: DIR/records.jsonl, one record per line, only ever appended to. One
// process at a time writes to it; reading needs no lock.
type DirectoryStore struct {
	mu   sync.Mutex
	file *os.File
	torn bool // the last write left a part of a line behind
}

// OpenDirectory opens the archive in dir for writing and makes it if there is none. It fails while another process
// writes there. A last line that an earlier writer could not finish is ended with a newline, so that only this one line
// is lost. Records go to no other file than the one in dir: a symbolic link, a pipe or a device in its place is
// refused.
func OpenDirectory(dir string) (*DirectoryStore, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the archive directory: %w", err)
	}
	path := filepath.Join(dir, recordsFile)
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
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf(
				"another whystopped is writing to %s: wait until it is done, or write to another directory", dir)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	torn, err := endsTorn(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("read the end of %s: %w", path, err)
	}
	if torn {
		if _, err := file.WriteString("\n"); err != nil {
			file.Close()
			return nil, fmt.Errorf("end the torn last line of the archive: %w", err)
		}
	}
	return &DirectoryStore{file: file}, nil
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

// Put appends the record with one write. When it returns nil, the record survives the end of this process.
func (d *DirectoryStore) Put(ctx context.Context, r Record) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("archive the record %s: %w", r.DedupKey, err)
	}
	line, err := r.Encode()
	if err != nil {
		return err
	}
	line = append(line, '\n')

	d.mu.Lock()
	defer d.mu.Unlock()
	if d.torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := d.file.Write(line)
	if err != nil {
		d.torn = d.torn || n > 0
		return fmt.Errorf("archive the record %s: %w", r.DedupKey, err)
	}
	d.torn = false
	return nil
}

// Close brings everything to the disk and lets the next writer in.
func (d *DirectoryStore) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := errors.Join(d.file.Sync(), syscall.Flock(int(d.file.Fd()), syscall.LOCK_UN), d.file.Close()); err != nil {
		return fmt.Errorf("close the archive: %w", err)
	}
	return nil
}

// noArchive is the error of a directory that holds no archive.
type noArchive struct {
	dir string
	err error
}

func (n *noArchive) Error() string {
	return fmt.Sprintf("no archive in %s: name another with --from, a directory or logs: for that of a deployment: %v",
		n.dir, n.err)
}

func (n *noArchive) Unwrap() error { return n.err }

// Command is what makes an archive there, for whoever prints the error.
func (n *noArchive) Command() (run, look string) {
	return classifier.CommandLine("whystopped", "archive", "FILE", "--to", n.dir), "writes one there; fill in FILE"
}

// ReadDirectory yields the records in dir in the order in which they were written, also while a writer appends. A line
// that is not a record gives an error that wraps ErrSkipped and names file and line; any other error ends the reading,
// and wraps fs.ErrNotExist when dir holds no archive.
func ReadDirectory(dir string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		path := filepath.Join(dir, recordsFile)
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			yield(Record{}, &noArchive{dir, err})
			return
		}
		if err != nil {
			yield(Record{}, fmt.Errorf("open the archive: %w", err))
			return
		}
		defer file.Close()

		lines := bufio.NewReaderSize(file, 64<<10)
		for number := 1; ; number++ {
			line, ended, err := readLine(lines)
			if err != nil && !errors.Is(err, errLongLine) {
				yield(Record{}, fmt.Errorf("read %s: %w", path, err))
				return
			}
			if err == nil && len(line) == 0 {
				if !ended {
					return
				}
				continue
			}
			var r Record
			if err == nil {
				r, err = Decode(line)
			}
			if err != nil && !ended {
				err = fmt.Errorf("the last line is not complete, its writer was stopped or is writing now: %w", err)
			}
			if err != nil {
				err = fmt.Errorf("%s:%d: %w, %w", path, number, err, ErrSkipped)
			}
			if !yield(r, err) || !ended {
				return
			}
		}
	}
}

var errLongLine = fmt.Errorf("not a record: the line has more than %d bytes", maxLineBytes)

// readLine returns the next line without its newline and whether it had one; the last line of a file has none. A line
// that is too long is passed over and gives errLongLine.
func readLine(in *bufio.Reader) (line []byte, ended bool, err error) {
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > maxLineBytes {
			long, line = true, nil
		}
		if !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, false, err
		case long:
			return nil, err == nil, errLongLine
		case err != nil:
			return line, false, nil
		}
		return line[:len(line)-1], true, nil
	}
}
