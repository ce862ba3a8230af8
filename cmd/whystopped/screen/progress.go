package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"whystopped/archive"
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
