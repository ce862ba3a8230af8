package watcher

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
)

// endpoint is a stand-in of the task metadata endpoint version 4 for one task, whose document a test changes.
type endpoint struct {
	*httptest.Server

	mu      sync.Mutex
	doc     map[string]any
	trouble http.HandlerFunc // answers in place of the document
	asked   int
}

// newEndpoint serves testdata/NAME.json.
func newEndpoint(t testing.TB, name string) *endpoint {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	e := &endpoint{}
	if err := json.Unmarshal(text, &e.doc); err != nil {
		t.Fatal(err)
	}
	e.Server = httptest.NewServer(e)
	t.Cleanup(e.Close)
	return e
}

// uri is what ECS puts into EnvEndpoint.
func (e *endpoint) uri() string { return e.URL + "/v4/5b1f0e6c-2531612879" }

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.asked++
	trouble := e.trouble
	text, err := json.Marshal(e.doc)
	e.mu.Unlock()
	switch {
	case trouble != nil:
		trouble(w, r)
	case err != nil || r.Method != http.MethodGet || r.URL.Path != "/v4/5b1f0e6c-2531612879/task":
		http.NotFound(w, r)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.Write(text)
	}
}

// task changes fields of the task.
func (e *endpoint) task(changes map[string]any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(e.doc, changes)
}

// container changes fields of the container with that name.
func (e *endpoint) container(name string, changes map[string]any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	containers := e.doc["Containers"].([]any)
	i := slices.IndexFunc(containers, func(c any) bool { return c.(map[string]any)["Name"] == name })
	change(containers[i].(map[string]any), changes)
}

// change sets fields; nil removes one.
func change(o, changes map[string]any) {
	for k, v := range changes {
		if o[k] = v; v == nil {
			delete(o, k)
		}
	}
}

// dies stops a container as the agent shows it.
func (e *endpoint) dies(name string, exitCode int) {
	e.container(name,
		map[string]any{"KnownStatus": "STOPPED", "DesiredStatus": "STOPPED", "ExitCode": exitCode,
			"FinishedAt": "2026-05-19T22:01:17.250001Z"})
}

// breaks answers with trouble from now on; nil ends it.
func (e *endpoint) breaks(trouble http.HandlerFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.trouble = trouble
}

func (e *endpoint) times() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.asked
}
