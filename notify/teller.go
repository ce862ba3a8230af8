package notify

import (
	"context"
	"errors"
	"time"

	"whystopped/notify/alerts"
)

// teller decides which changes become messages, and remembers what this process published.
type teller struct {
	Now func() time.Time // the present time

	publish  func(context.Context, message) error
	failures failures
}

// Notify publishes a change. Where its kind is not known it publishes a failure if no message with its signature was
// published in the last quarter of an hour, and the next message with that signature counts it among those held back; a
// stop that comes twice in a row is one stop then. What this process published already it does not publish again. What
// was not published does not hold anything back.
func (t *teller) Notify(ctx context.Context, c alerts.Change) error {
	if c.Kind == "" {
		return t.unknown(ctx, c)
	}
	if t.failures.sentAlready(c, t.Now()) {
		return nil
	}
	if err := t.publish(ctx, newMessage(c, held{})); err != nil {
		return err
	}
	t.failures.noteSent(c, t.Now())
	return nil
}

// unknown publishes a failure of which it is not known whether it is new.
func (t *teller) unknown(ctx context.Context, c alerts.Change) error {
	if !alerts.Opens(c.Record) {
		return nil
	}
	turn, mine := t.failures.take(c.Record, t.Now())
	if !mine {
		return nil
	}
	if err := t.publish(ctx, newMessage(c, turn.held)); err != nil {
		t.failures.giveBack(c.Record, turn)
		return err
	}
	return nil
}

// All are several whom the same is told.
type All []interface {
	Notify(context.Context, alerts.Change) error
}

// Notify tells each of them; the error joins those of all. What is told again then goes only to those who did not get
// it from this process.
func (a All) Notify(ctx context.Context, c alerts.Change) error {
	var failed []error
	for _, one := range a {
		failed = append(failed, one.Notify(ctx, c))
	}
	return errors.Join(failed...)
}
