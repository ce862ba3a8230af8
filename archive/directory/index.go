package directory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"whystopped/archive"
)

// The index of a file is made when a task is first looked for in it: which records begin with which key. It is used
// where it fits the file's first bytes, and what was appended since is read; otherwise it is made again.
//
//	magic, bytes and lines that are covered, sum of the last of these bytes, sum of the entries, entries: 8 bytes of a
//	key, 8 of a place, sorted
const (
	indexDir    = "index"
	indexMagic  = "whystopped index 1\n"
	indexHead   = len(indexMagic) + 8 + 8 + 4 + 4
	keyBytes    = 8
	indexEntry  = keyBytes + 8
	leastIndex  = 1 << 20  // smaller files have none
	mostPast    = 16 << 20 // of so much that is not covered it is made again
	indexedTail = 4 << 10  // whose sum says that the file is the one that is meant
)

func (f file) large() bool {
	info, err := os.Stat(f.path())
	return err == nil && info.Size() >= leastIndex
}

var keysOnly = archive.FieldsNamed("dedupKey", "taskId")

// index is what an index file says.
type index struct {
	covered, lines int64 // of the file
	entries        []byte
}

// indexed yields of a file the records whose task or dedupKey begins as key does, and others with them.
func (a *Archive) indexed(n int, key string, decode Decoder, yield func(Found, error) bool) bool {
	o, err := a.open(n)
	if err != nil {
		yield(Found{}, err)
		return false
	}
	path := filepath.Join(a.dir, indexDir, filepath.Base(o.Name()))
	x, ok := readIndex(path, o.File)
	if !ok {
		if x, err = a.makeIndex(n); err != nil {
			yield(Found{}, err)
			return false
		}
		x.keep(path, o.File)
	}
	prefix, count := indexKey(key), len(x.entries)/indexEntry
	first := sort.Search(count, func(i int) bool {
		return bytes.Compare(x.entries[i*indexEntry:][:keyBytes], prefix[:]) >= 0
	})
	for i := first; i < count && bytes.HasPrefix(x.entries[i*indexEntry:], prefix[:]); i++ {
		offset := binary.BigEndian.Uint64(x.entries[i*indexEntry+keyBytes:])
		if offset >= 1<<offsetBits {
			return a.lines(n, key, decode, yield) // it does not fit after all
		}
		at := place(n, int64(offset))
		r, err := a.At(at, decode)
		if err != nil {
			return a.lines(n, key, decode, yield)
		}
		if !yield(Found{r, at}, nil) {
			return false
		}
	}
	return a.files[n].packed || a.from(n, x.covered, int(x.lines), decode, yield)
}

func indexKey(key string) (prefix [keyBytes]byte) {
	copy(prefix[:], key)
	return prefix
}

// readIndex reads an index. It is not ok when there is none, or none that fits the file.
func readIndex(path string, of *os.File) (x index, ok bool) {
	text, err := os.ReadFile(path)
	info, failed := of.Stat()
	if err != nil || failed != nil || len(text) < indexHead || !bytes.HasPrefix(text, []byte(indexMagic)) {
		return index{}, false
	}
	head := text[len(indexMagic):]
	x = index{int64(binary.BigEndian.Uint64(head)), int64(binary.BigEndian.Uint64(head[8:])), text[indexHead:]}
	if x.covered < 0 || x.covered > info.Size() || info.Size()-x.covered > mostPast ||
		binary.BigEndian.Uint32(head[20:]) != crc32.ChecksumIEEE(x.entries) || len(x.entries)%indexEntry != 0 {
		return index{}, false
	}
	sum, err := tailSum(of, x.covered)
	return x, err == nil && sum == binary.BigEndian.Uint32(head[16:])
}

// tailSum is the sum of the last bytes of what is covered of a file.
func tailSum(file *os.File, covered int64) (uint32, error) {
	tail := make([]byte, min(indexedTail, covered))
	_, err := file.ReadAt(tail, covered-int64(len(tail)))
	return crc32.ChecksumIEEE(tail), err
}

// makeIndex reads a file for its index. Of a file that may grow the last record is not covered.
func (a *Archive) makeIndex(n int) (x index, err error) {
	type entry struct {
		key [keyBytes]byte
		at  int64
	}
	var all []entry
	a.lines(n, "", keysOnly.Decode, func(found Found, skipped error) bool {
		if skipped != nil && !errors.Is(skipped, archive.ErrSkipped) {
			err = skipped
			return false
		}
		x.covered, x.lines = int64(found.At&(1<<offsetBits-1)), x.lines+1
		if skipped != nil {
			return true
		}
		byKey, byTask := indexKey(found.DedupKey), indexKey(found.TaskID)
		all = append(all, entry{byKey, x.covered})
		if byTask != byKey && found.TaskID != "" {
			all = append(all, entry{byTask, x.covered})
		}
		return true
	})
	if err != nil {
		return index{}, err
	}
	if a.files[n].packed {
		info, err := a.held.Stat()
		if err != nil {
			return index{}, err
		}
		x.covered = info.Size()
	} else {
		all = slices.DeleteFunc(all, func(e entry) bool { return e.at == x.covered })
		x.lines--
	}
	slices.SortFunc(all, func(a, b entry) int {
		return cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.at, b.at))
	})
	x.entries = make([]byte, 0, len(all)*indexEntry)
	for _, e := range all {
		x.entries = binary.BigEndian.AppendUint64(append(x.entries, e.key[:]...), uint64(e.at))
	}
	return x, nil
}

// keep writes an index where that is allowed; whoever may only read makes one each time.
func (x index) keep(path string, of *os.File) {
	sum, err := tailSum(of, x.covered)
	if err != nil || os.MkdirAll(filepath.Dir(path), 0o750) != nil {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part")
	if err != nil {
		return
	}
	head := binary.BigEndian.AppendUint64([]byte(indexMagic), uint64(x.covered))
	head = binary.BigEndian.AppendUint64(head, uint64(x.lines))
	head = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(head, sum), crc32.ChecksumIEEE(x.entries))
	_, failed := file.Write(head)
	_, err = file.Write(x.entries)
	if err = errors.Join(failed, err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
}
