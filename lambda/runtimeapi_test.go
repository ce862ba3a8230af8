package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"whystopped/archive/stack"
)

// asFunction is the variable with which the test binary is the function itself.
const asFunction = "WHYSTOPPED_TEST_AS_FUNCTION"

// patience bounds every wait for the function.
const patience = 20 * time.Second

// runtimeAPI is a stand-in of the Lambda Runtime API for one process, or for several that it hands its invocations to
// as they ask for them (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
type runtimeAPI struct {
	server      *httptest.Server
	invocations chan invocation
	polls       atomic.Int64 // calls of next

	mu      sync.Mutex
	waiting map[string]chan answer // by request id
	count   int
}

type invocation struct {
	requestID string
	payload   []byte
	timeout   time.Duration
}

// answer is what the function said to one invocation.
type answer struct {
	failed bool
	body   string
}

func newRuntimeAPI(t testing.TB) *runtimeAPI {
	api := &runtimeAPI{invocations: make(chan invocation), waiting: map[string]chan answer{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", api.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response",
		func(w http.ResponseWriter, r *http.Request) { api.take(w, r, false) })
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error",
		func(w http.ResponseWriter, r *http.Request) { api.take(w, r, true) })
	api.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		api.server.CloseClientConnections()
		api.server.Close()
	})
	return api
}

func (api *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	api.polls.Add(1)
	select {
	case i := <-api.invocations:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", i.requestID)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(i.timeout).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn",
			"arn:aws:lambda:eu-west-1:111122223333:function:whystopped")
		w.Header().Set("Lambda-Runtime-Trace-Id",
			"Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0")
		w.Header().Set("Content-Type", "application/json")
		w.Write(i.payload)
	case <-r.Context().Done():
	}
}

func (api *runtimeAPI) take(w http.ResponseWriter, r *http.Request, failed bool) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	api.mu.Lock()
	waiting := api.waiting[r.PathValue("id")]
	delete(api.waiting, r.PathValue("id"))
	api.mu.Unlock()
	if waiting == nil {
		http.Error(w, `{"errorType":"InvalidRequestID"}`, http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	waiting <- answer{failed, string(body)}
}

// submit hands payload to the next process that asks for it; the answer comes through the channel, unless ctx ends
// before a process has asked.
func (api *runtimeAPI) submit(ctx context.Context, payload []byte, timeout time.Duration) (requestID string,
	answered <-chan answer) {
	waiting := make(chan answer, 1)
	api.mu.Lock()
	api.count++
	requestID = fmt.Sprintf("00000000-0000-4000-8000-%012d", api.count)
	api.waiting[requestID] = waiting
	api.mu.Unlock()
	select {
	case api.invocations <- invocation{requestID, payload, timeout}:
	case <-ctx.Done():
	}
	return requestID, waiting
}

// function is a process of the program bootstrap.
type function struct {
	t     testing.TB
	api   *runtimeAPI
	cmd   *exec.Cmd
	alive context.Context // until the process has ended and its output is complete
	log   bytes.Buffer    // stdout and stderr; read it after the end of the process
}

// start runs bootstrap with nothing in its environment but asFunction, what Lambda sets, credentials, an endpoint and
// variables; it asks nobody about causes unless a variable says so.
func start(t *testing.T, endpoint string, variables ...string) *function {
	t.Helper()
	return startProgram(t, bootstrap, newRuntimeAPI(t), endpoint, variables...)
}

func startProgram(t testing.TB, program string, api *runtimeAPI, endpoint string, variables ...string) *function {
	t.Helper()
	f := &function{t: t, api: api, cmd: exec.Command(program)}
	f.cmd.Stdout, f.cmd.Stderr = &f.log, &f.log
	f.cmd.Env = append([]string{
		asFunction + "=1",
		"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(f.api.server.URL, "http://"),
		"AWS_LAMBDA_FUNCTION_NAME=whystopped",
		fmt.Sprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%d", leastMemory>>20),
		"AWS_REGION=eu-west-1",
		"AWS_ACCESS_KEY_ID=AKIDEXAMPLE",
		"AWS_SECRET_ACCESS_KEY=" + canary("credentials"),
		"AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=" + endpoint,
		stack.EnvEvidence + "=off",
	}, variables...)
	if err := f.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	alive, ended := context.WithCancelCause(context.Background())
	f.alive = alive
	go func() {
		f.cmd.Wait()
		ended(fmt.Errorf("the process ended: %s", f.cmd.ProcessState))
	}()
	t.Cleanup(func() { f.stop() })
	return f
}

// started waits until the function asks for its first event.
func (f *function) started() {
	f.t.Helper()
	for end := time.Now().Add(patience); f.api.polls.Load() == 0; time.Sleep(time.Millisecond) {
		if f.alive.Err() != nil || time.Now().After(end) {
			f.t.Fatalf("the function does not ask for an event:\n%s", f.stop())
		}
	}
}

// invoke hands payload to the function and returns its answer and the request id.
func (f *function) invoke(payload []byte, timeout time.Duration) (a answer, requestID string) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.alive, patience)
	defer cancel()
	requestID, answered := f.api.submit(ctx, payload, timeout)
	select {
	case a := <-answered:
		return a, requestID
	case <-ctx.Done():
		f.t.Fatalf("the function does not ask for the event or does not answer: %v\n%s", context.Cause(ctx), f.stop())
	}
	panic("unreachable")
}

// succeeds hands payload to the function and wants it to report one record.
func (f *function) succeeds(payload []byte) {
	f.t.Helper()
	if a, _ := f.invoke(payload, 10*time.Second); a.failed || a.body != `{"records":1}` {
		f.t.Fatalf("answered %+v", a)
	}
}

// stop ends the process and returns all that it wrote.
func (f *function) stop() string {
	f.cmd.Process.Kill() // it may have ended already
	<-f.alive.Done()
	return f.log.String()
}
