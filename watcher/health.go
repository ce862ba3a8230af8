package watcher

import (
	"encoding/json"
	"net/http"
	"time"
)

// health is what the last reading that succeeded showed.
type health struct {
	Stopped  []stopped `json:"stopped"`
	PolledAt time.Time `json:"polledAt,omitzero"` // of that reading
	Trouble  string    `json:"trouble,omitempty"` // the watcher's own, since then
	critical bool      // a container that the user named is among the stopped
}

type stopped struct {
	Container    string    `json:"container"`
	ExitCode     *int64    `json:"exitCode,omitempty"`
	FinishedAt   time.Time `json:"finishedAt,omitzero"`
	RestartCount int64     `json:"restartCount,omitempty"`
	Critical     bool      `json:"critical,omitempty"`
}

// setHealth remembers what a reading showed. A reading that failed, and what stops with its task, change nothing.
func (w *Watcher) setHealth(t task, failure error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if failure != nil {
		w.health.Trouble = "the task metadata cannot be read"
		return
	}
	w.health.Trouble = ""
	if t.stopping() {
		return
	}
	w.health = health{Stopped: []stopped{}, PolledAt: time.Now().UTC()}
	for _, c := range t.Containers {
		if c.stopped() && w.watches(c) {
			critical := w.critical(c)
			w.health.Stopped = append(w.health.Stopped,
				stopped{c.Name, c.ExitCode, c.FinishedAt.UTC(), c.RestartCount, critical})
			w.health.critical = w.health.critical || critical
		}
	}
}

func (w *Watcher) currentHealth() health {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.health
}

// ServeHTTP answers a health check with 200, or with 503 while a critical container is stopped, and names the stopped
// containers as JSON.
func (w *Watcher) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.currentHealth().serve(rw)
}

// Handler returns next with the watcher in front: while a critical container is stopped it answers as ServeHTTP does,
// else next answers and nothing is changed.
func (w *Watcher) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if h := w.currentHealth(); h.critical {
			h.serve(rw)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func (h health) serve(rw http.ResponseWriter) {
	if h.Stopped == nil {
		h.Stopped = []stopped{}
	}
	body, _ := json.Marshal(h) // strings, numbers and times of this era: it cannot fail
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	if h.critical {
		rw.WriteHeader(http.StatusServiceUnavailable)
	}
	rw.Write(append(body, '\n'))
}
