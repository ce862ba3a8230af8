package directory

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
)

const (
	oldFile  = "records.jsonl"
	lockFile = "lock"
	plain    = ".jsonl"
	packed   = ".zst"

	maxLineBytes = 4 * archive.MaxRecordBytes // longer lines are not ours
)

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

// file is one of an archive.
type file struct {
	dir, name string // without .zst
	day       string // as 2026-03-07; empty where it may hold any
	part      int    // 0, and more for what came after the day was compressed
	packed    bool
}

func (f file) path() string {
	if f.packed {
		return filepath.Join(f.dir, f.name+packed)
	}
	return filepath.Join(f.dir, f.name)
}

var dayFile = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)(\.\d+)?\.jsonl(\.zst)?$`)

// list returns the files of the archive in dir, the earliest day first. Of a text that is there compressed and not, the
// compressed one counts.
func list(dir string) ([]file, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []file
	found := false
	for _, e := range entries { // sorted by name
		found = found || e.Name() == lockFile
		if e.Name() == oldFile {
			files = append(files, file{dir: dir, name: oldFile})
		}
		m := dayFile.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		f := file{dir: dir, name: m[1] + m[2] + plain, day: m[1], packed: m[3] != ""}
		if m[2] != "" {
			f.part, _ = strconv.Atoi(m[2][1:])
		}
		if i := slices.IndexFunc(files, func(g file) bool { return g.name == f.name }); i >= 0 {
			files[i].packed = true
			continue
		}
		files = append(files, f)
	}
	if len(files) == 0 && !found {
		return nil, &fs.PathError{Op: "open", Path: filepath.Join(dir, oldFile), Err: fs.ErrNotExist}
	}
	slices.SortStableFunc(files, func(a, b file) int { // what is of any day was written before there were days
		return cmp.Or(strings.Compare(a.day, b.day), cmp.Compare(a.part, b.part))
	})
	return files, nil
}

// Archive is an archive that is read, with the files that there were when reading began.
type Archive struct {
	dir   string
	files []file
	err   error    // of listing them
	held  *opened  // the file that was read last
	last  int      // its number
	spool *os.File // what is in no directory
	cache []cached // the frames that were read last
	buf   []byte
}

const maxCached = 16

// Read opens the archive in dir for reading, also while a writer appends.
func Read(dir string) *Archive {
	a := &Archive{dir: dir, last: -1}
	if a.files, a.err = list(dir); errors.Is(a.err, fs.ErrNotExist) {
		a.err = &noArchive{dir, a.err}
	} else if a.err != nil {
		a.err = fmt.Errorf("open the archive: %w", a.err)
	}
	return a
}

// Found is a record and where it is.
type Found struct {
	archive.Record
	At archive.Place
}

// Decoder reads a line: archive.Decode all of it, Fields a part.
type Decoder func(line []byte) (archive.Record, error)

// A place is the number of a file and where in its text a line begins.
const offsetBits = 44

func place(file int, offset int64) archive.Place {
	return archive.Place(file<<offsetBits | int(offset))
}

// Records yields the records of the archive with all their fields, as Walk does.
func (a *Archive) Records(f archive.Filter) iter.Seq2[archive.Record, error] {
	return func(yield func(archive.Record, error) bool) {
		defer a.release()
		for found, err := range a.Walk(f, archive.Decode) {
			if !yield(found.Record, err) {
				return
			}
		}
	}
}

// Walk yields the records of the days and of the key that f asks for, as decode reads them, and others with them: a day
// after the other, those of a day in the order in which they were written. A line that is not a record gives an error
// that wraps archive.ErrSkipped and names file and line; any other error ends the reading, and wraps fs.ErrNotExist
// when there is no archive.
func (a *Archive) Walk(f archive.Filter, decode Decoder) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		if a.err != nil {
			yield(Found{}, a.err)
			return
		}
		for n, file := range a.files {
			if !file.has(f) {
				continue
			}
			read := a.lines
			if f.Key != "" && file.large() {
				read = a.indexed
			}
			if !read(n, f.Key, decode, yield) {
				return
			}
		}
	}
}

// has reports whether the file may hold stops of the days that are asked for.
func (f file) has(asked archive.Filter) bool {
	return f.day == "" || (asked.Start.IsZero() || f.day >= asked.Start.UTC().Format(time.DateOnly)) &&
		(asked.End.IsZero() || f.day <= asked.End.UTC().Format(time.DateOnly))
}

// open opens a file, which may have been compressed since it was listed.
func (a *Archive) open(n int) (*opened, error) {
	if a.last == n {
		return a.held, nil
	}
	a.release()
	if a.spool != nil {
		a.held, a.last = &opened{File: a.spool}, n
		return a.held, nil
	}
	o, err := a.files[n].open()
	if errors.Is(err, fs.ErrNotExist) && !a.files[n].packed {
		a.files[n].packed = true
		o, err = a.files[n].open()
	}
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	a.held, a.last = o, n
	return o, nil
}

// Close ends the reading.
func (a *Archive) Close() {
	a.release()
	if a.spool != nil {
		a.spool.Close()
	}
}

// release closes the file that was read last; a spool has no other way to it.
func (a *Archive) release() {
	if a.held != nil && a.spool == nil {
		a.held.Close()
	}
	a.held, a.last = nil, -1
}

// opened is a file that is read.
type opened struct {
	*os.File
	frames []frame // of a compressed one
	broken error   // of such a one
}

func (f file) open() (*opened, error) {
	opens, err := os.Open(f.path())
	if err != nil {
		return nil, err
	}
	o := &opened{File: opens}
	if f.packed {
		o.frames, o.broken = framesOf(opens)
	}
	return o, nil
}

// lines yields the records of a file, and reports whether to go on.
func (a *Archive) lines(n int, _ string, decode Decoder, yield func(Found, error) bool) bool {
	return a.from(n, 0, 0, decode, yield)
}

// from yields the records of a file from a place in its text on.
func (a *Archive) from(n int, offset int64, number int, decode Decoder, yield func(Found, error) bool) bool {
	o, err := a.open(n)
	if err != nil {
		return yield(Found{}, err) && false
	}
	path := o.Name()
	if o.broken != nil {
		return yield(Found{}, fmt.Errorf("%s: %w, %w", path, o.broken, archive.ErrSkipped))
	}
	var text io.Reader = o
	var frames *unpacked
	if a.files[n].packed {
		frames = &unpacked{file: o.File, frames: o.frames}
		text = frames
	} else if offset > 0 || a.spool != nil {
		text = io.NewSectionReader(o, offset, 1<<62)
	}
	lines := bufio.NewReaderSize(text, 256<<10)
	for {
		number++
		line, size, ended, err := a.line(lines)
		if errors.Is(err, errDamaged) {
			if !yield(Found{}, fmt.Errorf("%s: %w, %w", path, err, archive.ErrSkipped)) {
				return false
			}
			offset = frames.at()
			continue
		}
		if err != nil && !errors.Is(err, errLongLine) {
			yield(Found{}, fmt.Errorf("read %s: %w", path, err))
			return false
		}
		at := place(n, offset)
		offset += size
		if err == nil && len(line) == 0 {
			if !ended {
				return true
			}
			continue
		}
		var r archive.Record
		if err == nil {
			r, err = decode(line)
		}
		if err != nil && !ended {
			err = fmt.Errorf("the last line is not complete, its writer was stopped or is writing now: %w", err)
		}
		if err != nil {
			err = fmt.Errorf("%s:%d: %w, %w", path, number, err, archive.ErrSkipped)
		}
		if !yield(Found{r, at}, err) {
			return false
		}
		if !ended {
			return true
		}
	}
}

var errLongLine = fmt.Errorf("not a record: the line has more than %d bytes", maxLineBytes)

// line returns the next line without its newline, its size with it and whether it had one; the last line of a file has
// none. It is there until the next one is read. A line that is too long is passed over and gives errLongLine.
func (a *Archive) line(in *bufio.Reader) (line []byte, size int64, ended bool, err error) {
	part, err := in.ReadSlice('\n')
	if err == nil {
		return part[:len(part)-1], int64(len(part)), true, nil
	}
	long := false
	for a.buf = a.buf[:0]; ; part, err = in.ReadSlice('\n') {
		size += int64(len(part))
		if len(a.buf)+len(part) > maxLineBytes {
			long = true
		}
		if !long {
			a.buf = append(a.buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, size, false, err
		case long:
			return nil, size, err == nil, errLongLine
		case err != nil:
			return a.buf, size, false, nil
		}
		return a.buf[:len(a.buf)-1], size, true, nil
	}
}

// At returns the record at a place, as decode reads it.
func (a *Archive) At(p archive.Place, decode Decoder) (archive.Record, error) {
	line, err := a.lineAt(int(p>>offsetBits), int64(p&(1<<offsetBits-1)))
	if err != nil {
		return archive.Record{}, fmt.Errorf("read the archive again: %w", err)
	}
	return decode(line)
}

// Line returns the line at a place.
func (a *Archive) Line(p archive.Place) (line []byte, err error) {
	_, err = a.At(p, func(there []byte) (archive.Record, error) {
		line = bytes.Clone(there)
		return archive.Record{}, nil
	})
	return line, err
}

// lineAt returns the line that begins at a place in a file's text. It is there until the next one is read.
func (a *Archive) lineAt(n int, offset int64) ([]byte, error) {
	if i := slices.IndexFunc(a.cache, func(c cached) bool { return c.file == n && c.has(offset) }); i >= 0 {
		return a.cache[i].line(offset), nil
	}
	o, err := a.open(n)
	if err != nil {
		return nil, err
	}
	if a.spool == nil && a.files[n].packed {
		i, found := frameAt(o.frames, offset)
		if !found {
			return nil, fmt.Errorf("%s: %w", o.Name(), errDamaged)
		}
		c := cached{file: n, start: o.frames[i].textStart}
		if len(a.cache) == maxCached { // the oldest makes room
			c.text = a.cache[0].text
			a.cache = slices.Delete(a.cache, 0, 1)
		}
		if c.text, err = o.frames[i].text(o.File, c.text); err != nil {
			return nil, fmt.Errorf("%s: %w", o.Name(), err)
		}
		a.cache = append(a.cache, c)
		return c.line(offset), nil
	}
	for size := 16 << 10; ; size *= 4 {
		a.buf = slices.Grow(a.buf[:0], size)[:size]
		read, err := o.ReadAt(a.buf, offset)
		if line, _, found := bytes.Cut(a.buf[:read], []byte{'\n'}); found || errors.Is(err, io.EOF) {
			return line, nil
		}
		if err != nil || size > maxLineBytes {
			return nil, fmt.Errorf("%s: %w", o.Name(), errors.Join(errLongLine, err))
		}
	}
}

// cached is a frame's text that was read lately.
type cached struct {
	file  int
	start int64
	text  []byte
}

func (c cached) has(offset int64) bool {
	return c.start <= offset && offset < c.start+int64(len(c.text))
}

func (c cached) line(offset int64) []byte {
	line, _, _ := bytes.Cut(c.text[offset-c.start:], []byte{'\n'})
	return line
}

// Spool keeps records that come from elsewhere in a file of no name, so that they can be read twice.
func Spool(records iter.Seq2[archive.Record, error]) (*Archive, error) {
	spool, err := os.CreateTemp("", "whystopped-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(spool.Name()); err != nil {
		return nil, errors.Join(err, spool.Close())
	}
	out := bufio.NewWriter(spool)
	for r, err := range records {
		var line []byte
		if err == nil {
			line, err = r.Encode()
		}
		if err == nil {
			_, err = out.Write(append(line, '\n'))
		}
		if err != nil {
			return nil, errors.Join(err, spool.Close())
		}
	}
	if err := out.Flush(); err != nil {
		return nil, errors.Join(err, spool.Close())
	}
	return &Archive{spool: spool, files: []file{{name: "spool"}}, last: -1}, nil
}
