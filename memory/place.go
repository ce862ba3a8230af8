package memory

import (
	"context"
	"time"
)

// Place remembers from one sweep to the next where time ran out.
type Place struct {
	table *patient
	now   func() time.Time
}

var placeKey = Key{"sweep", "next"}

const placeTime = 30 * 24 * time.Hour

// NewPlace returns the place that a table keeps.
func NewPlace(table Table, now func() time.Time) *Place {
	return &Place{&patient{table: table, now: now}, now}
}

// Last returns where the last sweep stopped, empty where it came to its end, and whether there was one.
func (p *Place) Last(ctx context.Context) (next string, swept bool, err error) {
	items, err := p.table.Query(ctx, placeKey.Part)
	if err != nil || len(items) == 0 {
		return "", false, err
	}
	return items[0].Fields.Text("next"), true, nil
}

// Keep remembers where a sweep stopped.
func (p *Place) Keep(ctx context.Context, next string) error {
	_, _, err := p.table.Write(ctx, Write{Key: placeKey, Set: Fields{"next": next}, Expires: p.now().Add(placeTime)})
	return err
}
