package directory

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// A compressed file is a row of zstd frames of whole lines, each to be read without the others, and a table of their
// sizes in a frame that other programs pass over: the Zstandard Seekable Format
// (https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md).
const (
	frameText     = 256 << 10 // from so many bytes of lines on a frame ends
	skippable     = 0x184D2A5E
	seekable      = 0x8F92EAB1
	tableHead     = 8
	tableFoot     = 9
	tableEntry    = 8
	maxFrame      = maxLineBytes + 2*frameText
	maxCompressed = maxFrame + maxFrame/64
)

// frame is one of a compressed file: where it begins and ends there, and in the text that the file is of.
type frame struct{ start, end, textStart, textEnd int64 }

var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*maxFrame))
	if err != nil {
		panic(err) // of an option
	}
	return d
})

// pack writes the lines of a text compressed, so many frames at once.
func pack(ctx context.Context, to io.Writer, from io.Reader, atOnce int) error {
	encoders := make([]*zstd.Encoder, atOnce)
	texts, frames := make([][]byte, atOnce), make([][]byte, atOnce)
	for i := range encoders {
		var err error
		if encoders[i], err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(frameText),
			zstd.WithLowerEncoderMem(true)); err != nil {
			return err
		}
		defer encoders[i].Close()
	}
	in := bufio.NewReaderSize(from, frameText)
	var table []byte
	for done := false; !done; {
		n := 0
		for ; n < atOnce && !done; n++ {
			var err error
			texts[n], err = wholeLines(in, texts[n][:0])
			if done = errors.Is(err, io.EOF); err != nil && !done {
				return err
			}
		}
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() { frames[i] = encoders[i].EncodeAll(texts[i], frames[i][:0]) })
		}
		all.Wait()
		for i := range n {
			if len(texts[i]) == 0 {
				continue
			}
			table = binary.LittleEndian.AppendUint32(table, uint32(len(frames[i])))
			table = binary.LittleEndian.AppendUint32(table, uint32(len(texts[i])))
			if _, err := to.Write(frames[i]); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	foot := binary.LittleEndian.AppendUint32(nil, skippable)
	foot = binary.LittleEndian.AppendUint32(foot, uint32(len(table)+tableFoot))
	foot = append(foot, table...)
	foot = binary.LittleEndian.AppendUint32(foot, uint32(len(table)/tableEntry))
	foot = binary.LittleEndian.AppendUint32(append(foot, 0), seekable)
	_, err := to.Write(foot)
	return err
}

// wholeLines appends lines until they are a frame; what a line lacks in newlines at the end of the text is left so.
func wholeLines(in *bufio.Reader, text []byte) ([]byte, error) {
	for len(text) < frameText {
		part, err := in.ReadSlice('\n')
		for text = append(text, part...); errors.Is(err, bufio.ErrBufferFull) && len(text) < maxLineBytes+frameText; {
			part, err = in.ReadSlice('\n')
			text = append(text, part...)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return text, err
		}
	}
	return text, nil
}

var errDamaged = errors.New("the compressed file is damaged")

// framesOf reads the table of a compressed file.
func framesOf(file *os.File) ([]frame, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	foot := make([]byte, tableFoot)
	if _, err := file.ReadAt(foot, max(0, info.Size()-tableFoot)); err != nil ||
		binary.LittleEndian.Uint32(foot[5:]) != seekable {
		return nil, fmt.Errorf("%w: its table of frames is missing", errDamaged)
	}
	count := int64(binary.LittleEndian.Uint32(foot))
	start := info.Size() - tableFoot - count*tableEntry
	if start < tableHead {
		return nil, fmt.Errorf("%w: its table of frames is cut", errDamaged)
	}
	table := make([]byte, count*tableEntry)
	if _, err := file.ReadAt(table, start); err != nil {
		return nil, err
	}
	frames := make([]frame, 0, count)
	var last frame
	for ; len(table) > 0; table = table[tableEntry:] {
		last = frame{start: last.end, textStart: last.textEnd}
		last.end = last.start + int64(binary.LittleEndian.Uint32(table))
		last.textEnd = last.textStart + int64(binary.LittleEndian.Uint32(table[4:]))
		if last.end-last.start > maxCompressed || last.textEnd-last.textStart > maxFrame {
			return nil, fmt.Errorf("%w: a frame is too large", errDamaged)
		}
		frames = append(frames, last)
	}
	if last.end != start-tableHead {
		return nil, fmt.Errorf("%w: its table of frames does not fit", errDamaged)
	}
	return frames, nil
}

// text decompresses a frame into buf.
func (f frame) text(file *os.File, buf []byte) ([]byte, error) {
	compressed := make([]byte, f.end-f.start)
	if _, err := file.ReadAt(compressed, f.start); err != nil {
		return nil, err
	}
	text, err := decoder().DecodeAll(compressed, buf[:0])
	if err == nil && int64(len(text)) != f.textEnd-f.textStart {
		err = errors.New("a frame has another size than its table says")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return text, nil
}

// unpacked reads the text of a compressed file. Behind a damaged frame it goes on.
type unpacked struct {
	file   *os.File
	frames []frame
	next   int
	buf    []byte
	left   bytes.Reader
}

func (u *unpacked) Read(b []byte) (int, error) {
	for u.left.Len() == 0 {
		if u.next == len(u.frames) {
			return 0, io.EOF
		}
		text, err := u.frames[u.next].text(u.file, u.buf)
		u.next++
		if err != nil {
			return 0, err
		}
		u.buf = text
		u.left.Reset(text)
	}
	return u.left.Read(b)
}

// at is where in the text the frame behind those that were read begins.
func (u *unpacked) at() int64 {
	if u.next < len(u.frames) {
		return u.frames[u.next].textStart
	}
	return u.frames[u.next-1].textEnd
}

// frameAt returns the number of the frame that has this place of the text.
func frameAt(frames []frame, offset int64) (int, bool) {
	n := sort.Search(len(frames), func(i int) bool { return frames[i].textEnd > offset })
	return n, n < len(frames)
}
