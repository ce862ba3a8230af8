// Package watcher notices containers that stop inside a task that goes on running, of which no event of a stopped task
// speaks. It runs in the task itself, as a sidecar or inside the application, and reads the task metadata endpoint
// version 4.
//
// It promises that each end is reported once (a watcher that was itself restarted may repeat one, in the same words),
// that what stops because its task stops is not reported, and that its own trouble is never taken for the task's: what
// it cannot read changes nothing. Of the metadata only ids, names, images, states, exit codes and times leave the task;
// labels, log options and networks do not.
package watcher

import (
	"context"
	"log"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// EnvEndpoint is the environment variable in which ECS gives each container the address of its task's metadata.
const EnvEndpoint = "ECS_CONTAINER_METADATA_URI_V4"

// DefaultInterval is the time from one reading of the metadata to the next.
const DefaultInterval = 15 * time.Second

const (
	readTimeout = 3 * time.Second  // for one reading of the metadata
	lastTimeout = 5 * time.Second  // for all that is left to do when Run is told to end
	repeatAfter = 10 * time.Minute // from one line about a trouble that lasts to the next
)

// Reporter takes the ends of containers.
type Reporter interface {
	// Report is called after every reading, mostly with no ends, so that a reporter can try again what it could not
	// send. An end that is handed over is the reporter's to keep. Calls do not overlap.
	Report(ctx context.Context, ends []Event) error
}

// Options say what to watch and where to report it. The zero value watches all containers and reports only to the
// handler.
type Options struct {
	Endpoint string        // value of EnvEndpoint; empty outside ECS, where there is nothing to see
	Interval time.Duration // from one reading to the next, give or take a tenth; 0 is DefaultInterval
	Ignore   []string      // names of containers whose end does not matter, such as those that are meant to end
	// names of containers whose end makes the health check fail; they are watched whatever else holds
	Critical []string
	Reporter Reporter    // nil reports nothing
	Log      *log.Logger // for the watcher's own trouble; nil is log.Default()
}

// Watcher watches one task. Its handlers may be used by many goroutines while it runs.
type Watcher struct {
	options   Options
	client    *http.Client
	runs      map[string]run // by container name
	reading   trouble
	reporting trouble
	looked    bool // for the critical containers

	mu     sync.Mutex
	health health
}

// New returns a watcher that does nothing until Run.
func New(o Options) *Watcher {
	if o.Interval <= 0 {
		o.Interval = DefaultInterval
	}
	if o.Log == nil {
		o.Log = log.Default()
	}
	return &Watcher{
		options: o,
		// The endpoint is link-local: a proxy of the application's must not be asked for it.
		client:    &http.Client{Transport: &http.Transport{MaxIdleConns: 1, IdleConnTimeout: 2 * o.Interval}},
		runs:      map[string]run{},
		reading:   trouble{log: o.Log, over: "the task metadata can be read again"},
		reporting: trouble{log: o.Log, over: "everything is reported again"},
	}
}

// Run reads the metadata until ctx ends, then once more, and gives the reporter its last chance. It returns at most 5
// seconds after ctx ended. It is called once.
func (w *Watcher) Run(ctx context.Context) {
	defer w.client.CloseIdleConnections()
	for ctx.Err() == nil {
		w.poll(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(w.pause()):
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTimeout)
	defer cancel()
	if err := w.look(last); err != nil {
		w.options.Log.Printf("LOST at the end: %v", err)
	}
}

// pause spreads the readings of tasks that started together.
func (w *Watcher) pause() time.Duration {
	return time.Duration(float64(w.options.Interval) * (0.9 + 0.2*rand.Float64()))
}

// poll looks once and logs its own trouble, but for what the end of ctx made.
func (w *Watcher) poll(ctx context.Context) {
	if err := w.look(ctx); ctx.Err() == nil {
		w.reporting.note(err)
	}
}

// look reads the metadata once and reports what ended since the last time. The error is the reporter's.
func (w *Watcher) look(ctx context.Context) error {
	var ends []Event
	t, err := w.read(ctx)
	if err == nil {
		for _, c := range w.ended(t) {
			ends = append(ends, newEvent(t, c, time.Now()))
		}
		w.warnOfMissing(t)
	}
	w.setHealth(t, err)
	if ctx.Err() == nil {
		w.reading.note(err)
	}
	if w.options.Reporter == nil {
		return nil
	}
	return w.options.Reporter.Report(ctx, ends)
}

// warnOfMissing warns once, when the task runs and so has all its containers, of a critical one that is misspelt.
func (w *Watcher) warnOfMissing(t task) {
	if w.looked || t.KnownStatus != "RUNNING" {
		return
	}
	w.looked = true
	for _, name := range w.options.Critical {
		if !slices.ContainsFunc(t.Containers, func(c container) bool { return c.Name == name }) {
			w.options.Log.Printf("no container %s in the task %s: nothing watches what you meant", name, t.TaskARN)
		}
	}
}

// watches reports whether the end of a container matters.
func (w *Watcher) watches(c container) bool {
	return w.critical(c) || !c.injected() && !slices.Contains(w.options.Ignore, c.Name)
}

func (w *Watcher) critical(c container) bool {
	return slices.Contains(w.options.Critical, c.Name)
}

// trouble is said when it begins, from time to time while it lasts, and when it is over.
type trouble struct {
	log  *log.Logger
	over string    // said at its end
	said time.Time // zero while all is well
}

func (t *trouble) note(err error) {
	switch {
	case err == nil && !t.said.IsZero():
		t.log.Print(t.over)
		t.said = time.Time{}
	case err != nil && time.Since(t.said) > repeatAfter:
		t.log.Print(err)
		t.said = time.Now()
	}
}
