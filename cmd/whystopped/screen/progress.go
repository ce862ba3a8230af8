package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive"
	"whystopped/classifier"
)

// Patience is after how long a work that goes on says how far it is; a test has none.
var Patience = 2 * time.Second

// Say says on the terminal what a command does now, where that takes long. Whatever the command prints takes it away.
func Say(ctx context.Context, what string) { progressOf(ctx).say(what, false) }

// SayAtOnce says it however short it takes.
func SayAtOnce(ctx context.Context, what string) { progressOf(ctx).say(what, true) }

// Count says how much is done, and of how much where that is known.
func Count(ctx context.Context, what string, n, of int) { progressOf(ctx).count(what, n, of) }

// Records yields the records of an archive, says how many were read, and complains of each part that is none. When ctx
// is done, it ends with an error.
func Records[R any](ctx context.Context, stderr io.Writer, read iter.Seq2[R, error]) iter.Seq2[R, error] {
	return func(out func(R, error) bool) {
		n := 0
		for r, err := range read {
			n++
			Count(ctx, "reading the archive, records", n, 0)
			switch {
			case ctx.Err() != nil:
				out(*new(R), errors.New("interrupted: the archive is not read to its end"))
				return
			case errors.Is(err, archive.ErrSkipped):
				Complain(stderr, err)
			case !out(r, err):
				return
			}
		}
	}
}

// Reading knows how much of its inputs is read. A nil one counts nothing.
type Reading struct {
	what  string
	of    int64 // bytes, 0 where that is not known
	read  atomic.Int64
	began time.Time
}

// NewReading is the reading of files for some work; one that is no file has no known size.
func NewReading(what string, files []string) *Reading {
	r := &Reading{what: what, began: time.Now()}
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			r.of = 0
			break
		}
		r.of += info.Size()
	}
	return r
}

// Of counts what is read from an input.
func (r *Reading) Of(in io.Reader) io.Reader {
	if r == nil {
		return in
	}
	return counted{in, &r.read}
}

type counted struct {
	io.Reader
	read *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// Say says how many things were made of what is read, how fast that goes and how long the rest takes.
func (r *Reading) Say(ctx context.Context, n int) {
	if p := progressOf(ctx); p.on {
		p.say(r.line(n, time.Since(r.began)), false)
	}
}

func (r *Reading) line(n int, took time.Duration) string {
	const wide = 20
	read := r.read.Load()
	line := fmt.Sprintf("%s: %d", r.what, n)
	if read == 0 || took <= 0 {
		return line
	}
	rate := float64(read) / took.Seconds()
	if r.of == 0 {
		return fmt.Sprintf("%s, %.1f MB, %.1f MB/s", line, float64(read)/1e6, rate/1e6)
	}
	done := int(wide * min(read, r.of) / r.of)
	left := time.Duration(float64(max(0, r.of-read)) / rate * float64(time.Second))
	return fmt.Sprintf("%s [%s%s] %.1f of %.1f MB, %.1f MB/s, %s left", line, strings.Repeat("#", done),
		strings.Repeat("-", wide-done), float64(read)/1e6, float64(r.of)/1e6, rate/1e6, classifier.Span(left))
}

// progressKey is the key of a command's progress in its context.
type progressKey struct{}

func progressOf(ctx context.Context) *progress {
	if p, ok := ctx.Value(progressKey{}).(*progress); ok {
		return p
	}
	return &progress{}
}

// progress is one line of a terminal that says how far a work is, is written over again and at last taken away. What
// is no terminal gets nothing.
type progress struct {
	w     io.Writer
	on    bool
	width int // columns of the terminal, 0 when they are not known

	mu    sync.Mutex
	what  string
	timer *time.Timer // until something is shown
	shown time.Time   // last
}

func newProgress(stderr io.Writer) *progress {
	return &progress{w: stderr, on: IsTerminal(stderr) && os.Getenv("TERM") != "dumb", width: LookOf(stderr).Width}
}

func (p *progress) count(what string, n, of int) {
	if !p.on {
		return
	}
	if of > 0 {
		p.say(fmt.Sprintf("%s: %d of %d", what, n, of), false)
	} else {
		p.say(fmt.Sprintf("%s: %d", what, n), false)
	}
}

func (p *progress) say(what string, atOnce bool) {
	if !p.on {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = what
	switch {
	case atOnce, Patience == 0, !p.shown.IsZero() && time.Since(p.shown) > time.Second/10:
		p.draw()
	case p.timer == nil && p.shown.IsZero():
		p.timer = time.AfterFunc(Patience, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.timer != nil {
				p.draw()
			}
		})
	}
}

const clearLine = "\r\x1b[K"

func (p *progress) draw() {
	line := Printable(p.what) + " …"
	if p.width > 0 {
		line = text.Trim(line, p.width-1) // a line that breaks cannot be taken away
	}
	fmt.Fprint(p.w, clearLine+line)
	p.shown = time.Now()
}

// done takes the line away; the work, or another, may go on.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	if !p.shown.IsZero() {
		fmt.Fprint(p.w, clearLine)
	}
	p.timer, p.shown = nil, time.Time{}
}

// over returns a writer that takes the line away before it writes to w.
func (p *progress) over(w io.Writer) io.Writer {
	if !p.on {
		return w
	}
	return over{p, w}
}

type over struct {
	p *progress
	w io.Writer
}

func (o over) Write(b []byte) (int, error) {
	o.p.done()
	return o.w.Write(b)
}

func (o over) under() io.Writer { return o.w }
