package watcher

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type answered struct {
	status int
	body   string
	header http.Header
}

func ask(h http.Handler) answered {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	return answered{rec.Code, rec.Body.String(), rec.Header()}
}

func TestHealthNamesTheStopped(t *testing.T) {
	e := newEndpoint(t, "ec2")
	w, _, _ := watching(e, Options{Critical: []string{"app"}, Ignore: []string{"~internal~ecs~pause"}})
	health := func(status int, stopped ...any) {
		t.Helper()
		got := ask(w)
		var body struct {
			Stopped  []any
			PolledAt string
		}
		if err := json.Unmarshal([]byte(got.body), &body); err != nil || body.Stopped == nil {
			t.Fatalf("body %q: %v", got.body, err)
		}
		if got.status != status || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("answered %d as %s, want %d", got.status, got.header.Get("Content-Type"), status)
		}
		if diff := cmp.Diff(append([]any{}, stopped...), body.Stopped); diff != "" {
			t.Errorf("stopped (-want +got):\n%s", diff)
		}
	}
	health(200) // before the first reading
	w.poll(t.Context())
	health(200)

	metrics := fields{"container": "metrics", "exitCode": 2.0, "finishedAt": "2026-05-19T22:01:17.250001Z"}
	e.dies("metrics", 2)
	w.poll(t.Context())
	health(200, metrics)

	e.container("app", fields{"KnownStatus": "STOPPED"})
	w.poll(t.Context())
	health(503, fields{"container": "app", "critical": true}, metrics)

	e.breaks(answer(500, "")) // what is dead stays dead
	w.poll(t.Context())
	health(503, fields{"container": "app", "critical": true}, metrics)

	e.breaks(nil)
	e.container("app", fields{"KnownStatus": "RUNNING"})
	w.poll(t.Context())
	health(200, metrics)

	e.task(fields{"DesiredStatus": "STOPPED"})
	e.dies("app", 143)
	w.poll(t.Context())
	health(200, metrics) // it is ending anyhow: the load balancer drains it
}

// The inner handler's answer passes byte by byte, its status and headers too, unless a critical container is dead.
func TestHandlerInFront(t *testing.T) {
	e := newEndpoint(t, "fargate")
	w, _, _ := watching(e, Options{Critical: []string{"app"}})
	calls := 0
	inner := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		calls++
		body, _ := io.ReadAll(r.Body)
		rw.Header().Set("X-Inner", r.URL.Path+string(body))
		rw.WriteHeader(http.StatusTeapot)
		rw.Write([]byte("inner"))
	})
	front := w.Handler(inner)
	same := func(when string) {
		t.Helper()
		if got, want := ask(front), ask(inner); !cmp.Equal(got, want, cmp.AllowUnexported(answered{})) {
			t.Errorf("%s: answered %+v, want %+v", when, got, want)
		}
	}
	same("before the first reading")
	w.poll(t.Context())
	same("while all is well")
	e.dies("log_router", 1)
	w.poll(t.Context())
	same("with a container dead that is not critical")
	e.breaks(answer(500, ""))
	w.poll(t.Context())
	same("with nothing to read")

	e.breaks(nil)
	e.dies("app", 1)
	w.poll(t.Context())
	calls = 0
	if got := ask(front); got.status != 503 || got.header.Get("X-Inner") != "" || calls != 0 {
		t.Errorf("with a critical container dead: %+v after %d calls", got, calls)
	}
}
