package memory

import (
	"cmp"
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	permits    = 10
	permitTime = 15 * time.Second // a look-up takes 8; a permit that is held longer is that of a process that died
	permitWait = time.Second
	lookAgain  = 50 * time.Millisecond // how often one who waits looks, about
	permitPart = "permit/gather"
)

// Permits are those to ask the account: ten, so that no more than ten processes ask it at once. With each goes a tenth
// of what all of them may call, so that it is noted beside it what was called.
type Permits struct {
	table *patient
	now   func() time.Time
}

// NewPermits returns the permits that a table keeps for all processes that share it.
func NewPermits(table Table, now func() time.Time) *Permits {
	return &Permits{&patient{table: table, now: now}, now}
}

// Take returns a permit, or an empty one where none was free within a second, and when each API may be called under it
// as if it had not been called before. With an error the permits are not there, and nobody knows how many ask. It takes
// the one that was called least with, of several alike any.
func (p *Permits) Take(ctx context.Context) (permit string, recovered map[string]time.Time, err error) {
	for until := p.now().Add(permitWait); ; {
		kept, err := p.table.Query(ctx, permitPart)
		if err != nil {
			return "", nil, err
		}
		free := p.free(kept)
		for _, item := range free {
			turn := item.Fields.Number("turn")
			w := Write{Key: item.Key, Where: Where{Equal: Fields{"turn": turn}},
				Set:     Fields{"turn": turn + 1, "until": p.now().Add(permitTime).UnixMilli()},
				Expires: p.now().Add(2 * permitTime)}
			if turn == 0 {
				w.Where = Where{Absent: true}
				w.Set["calls"] = ""
			}
			_, happened, err := p.table.Write(ctx, w)
			if err != nil {
				return "", nil, err
			}
			if happened {
				return item.Key.Sort + "/" + strconv.FormatInt(turn+1, 10), calledUnder(item), nil
			}
		}
		if !p.now().Before(until) || !wait(ctx, lookAgain/2+rand.N(lookAgain)) {
			return "", nil, nil
		}
	}
}

// Return gives a permit back, with what was called under it. One that was held for too long may be another's by then,
// and stays so.
func (p *Permits) Return(ctx context.Context, permit string, recovered map[string]time.Time) error {
	slot, number, _ := strings.Cut(permit, "/")
	turn, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return err
	}
	calls, expires := map[string]int64{}, p.now()
	for api, at := range recovered {
		calls[api] = at.UnixMilli()
		expires = slices.MaxFunc([]time.Time{expires, at}, time.Time.Compare)
	}
	text, err := json.Marshal(calls)
	if err != nil {
		return err
	}
	_, _, err = p.table.Write(ctx, Write{Key: Key{permitPart, slot}, Where: Where{Equal: Fields{"turn": turn}},
		Set: Fields{"turn": turn + 1, "until": int64(0), "calls": string(text)}, Expires: expires.Add(2 * permitTime)})
	return err
}

// free are the permits that nobody holds, those first that were called least with.
func (p *Permits) free(kept []Item) []Item {
	var free []Item
	for i := range permits {
		item := Item{Key: Key{permitPart, strconv.Itoa(i)}}
		if k := slices.IndexFunc(kept, func(k Item) bool { return k.Key == item.Key }); k >= 0 {
			item = kept[k]
		}
		if item.Fields.Number("until") <= p.now().UnixMilli() {
			free = append(free, item)
		}
	}
	rand.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	now := p.now()
	slices.SortStableFunc(free, func(a, b Item) int { return cmp.Compare(debt(a, now), debt(b, now)) })
	return free
}

// debt is how long it takes until all that was called under a permit is recovered.
func debt(item Item, now time.Time) (d time.Duration) {
	for _, at := range calledUnder(item) {
		d = max(d, at.Sub(now))
	}
	return d
}

func calledUnder(item Item) map[string]time.Time {
	var calls map[string]int64
	if json.Unmarshal([]byte(item.Fields.Text("calls")), &calls) != nil {
		return nil
	}
	recovered := map[string]time.Time{}
	for api, at := range calls {
		recovered[api] = moment(at)
	}
	return recovered
}
