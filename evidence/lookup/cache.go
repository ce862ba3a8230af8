package lookup

import (
	"sync"
	"time"
)

// cacheSize is how many answers are kept at most.
const cacheSize = 1000

// cache keeps answers in memory until they may not be used again. The zero value is empty and ready.
type cache struct {
	mu      sync.Mutex
	entries map[string]entry
}

type entry struct {
	value any
	at    time.Time
	keep  time.Duration
}

func (e entry) old(now time.Time) bool { return now.Sub(e.at) >= e.keep }

func (c *cache) get(key string, now time.Time) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, found := c.entries[key]
	if !found || e.old(now) {
		return nil, false
	}
	return e.value, true
}

// put keeps a value. A full cache drops what is old, and any one entry when nothing is.
func (c *cache) put(key string, value any, now time.Time, keep time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = map[string]entry{}
	}
	if len(c.entries) >= cacheSize {
		for k, e := range c.entries {
			if e.old(now) {
				delete(c.entries, k)
			}
		}
	}
	for k := range c.entries {
		if len(c.entries) < cacheSize {
			break
		}
		delete(c.entries, k)
	}
	c.entries[key] = entry{value, now, keep}
}
