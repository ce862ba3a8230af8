package memory

import (
	"context"
	"slices"

	"whystopped/archive"
	"whystopped/notify/alerts"
)

// waves returns what is told of these changes where services fail together, and of waves that are over.
func (a *Alerts) waves(ctx context.Context, r archive.Record, changes []alerts.Change) ([]alerts.Change, error) {
	part, sort, possible := alerts.WaveKey(r)
	var failed error
	if len(changes) > 0 && possible && (changes[0].Kind == alerts.New || changes[0].Kind == alerts.Again) {
		place, w, err := a.place(ctx, Key{part, sort}, r)
		failed = err
		switch place {
		case alerts.Leads:
			changes[0] = w.Leading(changes[0])
		case alerts.Held:
			failed = a.held(ctx, changes[0])
			changes = nil
		}
	}
	over, err := a.over(ctx, part, r)
	if failed == nil {
		failed = err
	}
	return append(changes, over...), failed
}

// place puts the service of a failure into its wave, and returns how it is told.
func (a *Alerts) place(ctx context.Context, key Key, r archive.Record) (alerts.Place, alerts.WaveState, error) {
	w, in, err := a.join(ctx, key, r)
	if err != nil || !in {
		return alerts.Alone, w, err
	}
	if w.Place(r) != alerts.Leads || w.Lead != "" {
		return w.Place(r), w, nil
	}
	after, _, err := a.write(ctx, Write{Key: key, Where: Where{Equal: Fields{"turn": w.Turn, "lead": ""}},
		Set: Fields{"lead": r.Signature}, Expires: a.now().Add(shortTime)})
	if err != nil {
		return alerts.Alone, w, err
	}
	w.Lead = waveOf(after).Lead
	return w.Place(r), w, nil
}

// join puts the service of a failure into its wave, and returns the wave.
func (a *Alerts) join(ctx context.Context, key Key, r archive.Record) (alerts.WaveState, bool, error) {
	item, now := a.last(key), a.now()
	for range attempts {
		old := waveOf(item)
		next, in := alerts.Join(old, r, now)
		w := Write{Key: key, Expires: now.Add(shortTime)}
		switch {
		case !in, len(next.Names) == len(old.Names) && next.More == old.More && next.Turn == old.Turn:
			return next, in, nil
		case next.Turn != old.Turn && old.Turn == 0:
			w.Where, w.Set = Where{Absent: true}, waveFields(next)
		case next.Turn != old.Turn:
			w.Where, w.Set = Where{Equal: Fields{"turn": old.Turn}}, waveFields(next)
		case next.More > old.More:
			w.Where, w.Add = Where{Equal: Fields{"turn": old.Turn}}, map[string]int64{"more": 1}
		default: // others may join at the same time
			name := alerts.Who(r)
			w.Where = Where{Equal: Fields{"turn": old.Turn}, Lacks: map[string]string{"names": name},
				Shorter: map[string]int{"names": alerts.MaxNames}}
			w.Append = map[string][]string{"names": {name}}
		}
		after, happened, err := a.write(ctx, w)
		if err != nil {
			return alerts.WaveState{}, false, err
		}
		if happened {
			return waveOf(after), true, nil
		}
		item = after
	}
	return alerts.WaveState{}, false, errContended
}

// held notes that a wave tells an alert.
func (a *Alerts) held(ctx context.Context, c alerts.Change) error {
	return a.claimed(ctx, Key{c.Part, c.Sort}, func(s alerts.State) (alerts.State, bool) {
		next, changes := alerts.Told(s, c)
		next.Opening.Wave = changes || next.Opening.Wave
		return next, changes
	})
}

// over returns the messages of waves that are over. It looks for them now and then.
func (a *Alerts) over(ctx context.Context, part string, r archive.Record) ([]alerts.Change, error) {
	now := a.now()
	a.mu.Lock()
	looks := now.Sub(a.looked) >= lookAtWaves
	if looks {
		a.looked = now
	}
	a.mu.Unlock()
	if !looks {
		return nil, nil
	}
	waves, err := a.table.Query(ctx, part)
	if err != nil {
		return nil, err
	}
	var told []alerts.Change
	for _, item := range waves {
		old := waveOf(item)
		next, c, ok := old.Ended(r, now)
		if !ok {
			continue
		}
		if next.Turn != old.Turn {
			_, mine, err := a.write(ctx, Write{Key: item.Key, Where: Where{Equal: Fields{"turn": old.Turn}},
				Set: waveFields(next), Expires: item.Expires})
			if err != nil {
				return told, err
			}
			if !mine {
				continue
			}
		}
		c.Part, c.Sort = item.Key.Part, item.Key.Sort
		told = append(told, c)
	}
	return told, nil
}

func (a *Alerts) endTold(ctx context.Context, c alerts.Change) error {
	key := Key{c.Part, c.Sort}
	item := a.last(key)
	for range attempts {
		old := waveOf(item)
		next, changes := alerts.EndTold(old, c)
		if !changes {
			return nil
		}
		after, happened, err := a.write(ctx, Write{Key: key, Where: Where{Equal: Fields{"turn": old.Turn}},
			Set: waveFields(next), Expires: a.now().Add(shortTime)})
		if err != nil || happened {
			return err
		}
		item = after
	}
	return errContended
}

func waveOf(item Item) alerts.WaveState {
	f := item.Fields
	return alerts.WaveState{Turn: f.Number("turn"), Began: moment(f.Number("began")), About: f.Text("about"),
		Names: f.List("names"), More: f.Number("more"), Lead: f.Text("lead"),
		End: claimOf(f, "end")}
}

func waveFields(w alerts.WaveState) Fields {
	f := Fields{"turn": w.Turn, "began": milliseconds(w.Began), "about": w.About, "names": slices.Clip(w.Names),
		"more": w.More, "lead": w.Lead}
	setClaim(f, "end", w.End)
	return f
}
