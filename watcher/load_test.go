package watcher

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// An application that has the watcher in front of its health check, as a process of its own: the test binary, started
// with appEnv set. It writes the address that it serves.
const appEnv = "WHYSTOPPED_TEST_APPLICATION"

func TestMain(m *testing.M) {
	if os.Getenv(appEnv) != "" {
		application()
		return
	}
	os.Exit(m.Run())
}

const appAnswer = "the application is well"

func application() {
	w := New(Options{Endpoint: os.Getenv(EnvEndpoint), Interval: 20 * time.Millisecond, Critical: []string{"app"},
		Log: log.New(io.Discard, "", 0)})
	go w.Run(context.Background())
	mux := http.NewServeMux()
	mux.Handle("/front",
		w.Handler(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { io.WriteString(rw, appAnswer) })))
	mux.Handle("/as", w)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Addr())
	log.Fatal(http.Serve(l, mux))
}

// seen is what one worker of the load saw, in order.
type seen struct {
	well, dead int
	wrong      []string // answers that no state of the task explains
	again      int      // answers of 200 after one of 503
}

// One process serves, this one asks: eight workers, as fast as they can, while a sidecar dies, the metadata breaks for
// a while, and a critical container dies. Nothing but the last changes an answer; it changes each one after it.
func TestHealthCheckUnderLoadWhileAContainerDies(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds of load")
	}
	e := newEndpoint(t, "fargate")
	app := exec.Command(os.Args[0])
	app.Env = append(os.Environ(), appEnv+"=1", EnvEndpoint+"="+e.uri())
	app.Stderr = os.Stderr
	out, err := app.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { app.Process.Kill(); app.Wait() }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = "http://" + strings.TrimSpace(address)

	const workers, most = 8, 200_000 // requests of one worker
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := make([]seen, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			path, well := "/front", appAnswer
			if i%2 == 1 {
				path, well = "/as", `{"stopped":[`
			}
			for n := 0; n < most && ctx.Err() == nil && got[i].dead < 100; n++ {
				got[i].note(client, address+path, well)
			}
		})
	}
	for _, happens := range []func(){
		func() {},
		func() { e.dies("log_router", 1) },
		func() { e.breaks(answer(500, "busy")) },
		func() { e.breaks(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }) },
		func() { e.breaks(answer(200, `{"TaskARN":`)) },
	} {
		happens()
		for before := e.times(); e.times() < before+2 && ctx.Err() == nil; {
			time.Sleep(300 * time.Millisecond) // fifteen readings, or one that hangs
		}
	}
	e.breaks(nil)
	e.dies("app", 137)
	wg.Wait()

	for i, s := range got {
		if len(s.wrong) > 0 || s.again > 0 || s.well == 0 || s.dead < 100 {
			t.Errorf("worker %d: %d well, %d dead, %d well after dead, %d wrong: %.3q", i, s.well, s.dead, s.again,
				len(s.wrong), s.wrong)
		}
		t.Logf("worker %d: %d well, then %d dead", i, s.well, s.dead)
	}
}

func (s *seen) note(client *http.Client, url, well string) {
	response, err := client.Get(url)
	if err != nil {
		s.wrong = append(s.wrong, err.Error())
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	text := string(body)
	switch {
	case err == nil && response.StatusCode == 200 && strings.HasPrefix(text, well):
		s.well++
		if s.dead > 0 {
			s.again++
		}
	case err == nil && response.StatusCode == 503 && strings.Contains(text, `{"container":"app","exitCode":137,`) &&
		strings.Contains(text, `"critical":true`):
		s.dead++
	default:
		s.wrong = append(s.wrong, fmt.Sprint(response.StatusCode, text, err))
	}
}
