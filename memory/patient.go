package memory

import (
	"context"
	"errors"
	"sync"
	"time"
)

// patient is a table that is not waited for: an answer has 300 ms, and after one that took longer the table is not
// asked for a second.
type patient struct {
	table Table
	now   func() time.Time

	mu   sync.Mutex
	slow time.Time // when it was too slow
}

func (p *patient) Query(ctx context.Context, part string) (items []Item, err error) {
	err = p.try(ctx, func(ctx context.Context) error {
		items, err = p.table.Query(ctx, part)
		return err
	})
	return items, err
}

func (p *patient) Write(ctx context.Context, w Write) (item Item, happened bool, err error) {
	err = p.try(ctx, func(ctx context.Context) error {
		item, happened, err = p.table.Write(ctx, w)
		return err
	})
	return item, happened, err
}

func (p *patient) try(ctx context.Context, call func(context.Context) error) error {
	p.mu.Lock()
	slow := p.now().Sub(p.slow) < pause
	p.mu.Unlock()
	if slow {
		return errSlow
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := call(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		p.mu.Lock()
		p.slow = p.now()
		p.mu.Unlock()
	}
	return err
}

// wait waits before the table is looked at again; it returns false when ctx has ended.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
