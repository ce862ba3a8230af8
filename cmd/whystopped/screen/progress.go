package screen

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Patience is after how long a work that goes on says how far it is.
const Patience = 2 * time.Second

// Progress is one line of a terminal that says how far a work is, is written over again and at last taken away. What
// is no terminal gets nothing.
type Progress struct {
	w     io.Writer
	on    bool
	width int // columns of the terminal, 0 when they are not known
	after time.Duration

	mu    sync.Mutex
	what  string
	timer *time.Timer // until something is shown
	shown time.Time   // last
}

// NewProgress says nothing on a stream for the first while.
func NewProgress(stderr io.Writer, after time.Duration) *Progress {
	return &Progress{w: stderr, on: IsTerminal(stderr) && os.Getenv("TERM") != "dumb", width: LookOf(stderr).Width,
		after: after}
}

// Count says how much is done, and of how much where that is known.
func (p *Progress) Count(what string, n, of int) {
	if of > 0 {
		p.Say(fmt.Sprintf("%s: %d of %d", what, n, of))
	} else {
		p.Say(fmt.Sprintf("%s: %d", what, n))
	}
}

// Say says what is done now.
func (p *Progress) Say(what string) {
	if !p.on {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what = what
	switch {
	case p.after == 0, !p.shown.IsZero() && time.Since(p.shown) > time.Second/10:
		p.draw()
	case p.timer == nil && p.shown.IsZero():
		p.timer = time.AfterFunc(p.after, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.timer != nil {
				p.draw()
			}
		})
	}
}

const clearLine = "\r\x1b[K"

func (p *Progress) draw() {
	line := Printable(p.what) + " …"
	if p.width > 0 {
		line = text.Trim(line, p.width-1) // a line that breaks cannot be taken away
	}
	fmt.Fprint(p.w, clearLine+line)
	p.shown = time.Now()
}

// Done takes the line away; the work, or another, may go on.
func (p *Progress) Done() {
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

// Over returns a writer that takes the line away before it writes to w.
func (p *Progress) Over(w io.Writer) io.Writer { return over{p, w} }

type over struct {
	p *Progress
	w io.Writer
}

func (o over) Write(b []byte) (int, error) {
	o.p.Done()
	return o.w.Write(b)
}
