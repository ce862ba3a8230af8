package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/account/permissions"
	"whystopped/cmd/whystopped/screen"
)

// awsServer is a stand-in of an AWS service that speaks an AWS JSON protocol. It counts the calls and fails as it is
// told to.
type awsServer struct {
	target      string // what X-Amz-Target begins with
	contentType string
	operations  map[string]func(body []byte) (any, *awsRefusal)

	mu     sync.Mutex
	calls  map[string]int
	faults []*awsFault
}

// awsRefusal is an error of a service.
type awsRefusal struct {
	Status     int    `json:"-"`
	Code       string `json:"__type"`
	Message    string `json:"message"`
	QueryError string `json:"-"` // the header that services which once spoke the query protocol add
}

// awsFault is an answer to an operation instead of the right one.
type awsFault struct {
	operation string
	times     int // 0 for always
	refusal   awsRefusal
	lost      bool // the operation is done, its answer gets lost
}

func refuseWith(code, format string, args ...any) *awsRefusal {
	return &awsRefusal{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...)}
}

// denied is what IAM answers a caller whose policy lacks an action.
func denied(action string) awsRefusal {
	return awsRefusal{
		Status:     http.StatusBadRequest,
		Code:       "AccessDeniedException",
		QueryError: "AccessDenied;Sender",
		Message: "User: arn:aws:sts::111122223333:assumed-role/oncall/me is not authorized to perform: " + action +
			" because no identity-based policy allows the " + action + " action",
	}
}

func (s *awsServer) inject(f awsFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

func (s *awsServer) count(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[operation]
}

func (s *awsServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ours := strings.CutPrefix(r.Header.Get("X-Amz-Target"), s.target)
	operation := s.operations[name]
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	s.calls[name]++
	var answer any
	var refused *awsRefusal
	fault := s.fault(name)
	switch {
	case fault != nil && !fault.lost:
		refused = &fault.refusal
	case !ours || operation == nil || r.Header.Get("Content-Type") != s.contentType:
		refused = refuseWith("UnknownOperationException", "%s as %s", r.Header.Get("X-Amz-Target"),
			r.Header.Get("Content-Type"))
	case !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "):
		refused = refuseWith("MissingAuthenticationTokenException", "Missing Authentication Token")
	default:
		answer, refused = operation(body)
	}
	if fault != nil && fault.lost {
		panic(http.ErrAbortHandler)
	}
	// As over a network the answer comes when the client is done with its request: the SDK closes the body of a request
	// at the first byte of an answer, and then, where the body is still being read, net/http the connection.
	time.Sleep(2 * time.Millisecond)
	status := http.StatusOK
	w.Header().Set("Content-Type", s.contentType)
	w.Header().Set("X-Amzn-RequestId", "00000000-0000-0000-0000-000000000000")
	if refused != nil {
		status, answer = refused.Status, refused
		if refused.QueryError != "" {
			w.Header().Set("X-Amzn-Query-Error", refused.QueryError)
		}
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer) // a client that has gone is no concern of the service
}

func (s *awsServer) fault(operation string) *awsFault {
	for i, f := range s.faults {
		if f.operation != operation {
			continue
		}
		if f.times == 1 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		f.times--
		return f
	}
	return nil
}

// operation makes a handler of a function of an operation's input.
func operation[Input any](do func(Input) (any, *awsRefusal)) func([]byte) (any, *awsRefusal) {
	return func(body []byte) (any, *awsRefusal) {
		var input Input
		if err := json.Unmarshal(body, &input); err != nil {
			return nil, refuseWith("SerializationException", "%v", err)
		}
		return do(input)
	}
}

// awsAccount is the services of one account and Region, and the environment of a process that speaks to them.
type awsAccount struct {
	ecs       *ecsService
	sqs       *sqsService
	logs      *cwlogstest.Server
	functions *lambdaService
	metrics   *cloudWatch
	quotas    *serviceQuotas

	mu    sync.Mutex
	calls map[string]bool // service:Operation
}

// newAccount starts the services, with a log group of the default name, and points the environment of the test to them.
func newAccount(t *testing.T) *awsAccount {
	t.Helper()
	a := &awsAccount{ecs: newECS(), sqs: newSQS(), logs: accounttest.Logs(t), calls: map[string]bool{}}
	a.functions = &lambdaService{refused: map[string]bool{}, called: a.called}
	a.metrics = &cloudWatch{called: a.called}
	a.quotas = newServiceQuotas()
	for service, handler := range map[string]http.Handler{
		"ECS":             a.recording("ecs:", a.ecs),
		"SQS":             a.recording("sqs:", a.sqs),
		"CLOUDWATCH_LOGS": a.recording("logs:", a.logs),
		"LAMBDA":          a.functions,
		"CLOUDWATCH":      a.metrics,
		"SERVICE_QUOTAS":  a.recording("servicequotas:", a.quotas),
	} {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		t.Setenv("AWS_ENDPOINT_URL_"+service, server.URL)
	}
	return a
}

// called keeps a call.
func (a *awsAccount) called(call string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[call] = true
}

func (a *awsAccount) recording(prefix string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		a.called(prefix + operation)
		next.ServeHTTP(w, r)
	})
}

// records are what is in the log group of the default name.
func (a *awsAccount) records(t *testing.T) []archive.Record {
	t.Helper()
	var records []archive.Record
	for _, event := range a.logs.Events(stack.LogGroup, "") {
		r, err := archive.Decode([]byte(event.Message))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(event.Message, "do-not-leak") {
			t.Errorf("a secret is in the archive: %s", event.Message)
		}
		records = append(records, r)
	}
	return records
}

// everyCall are command lines that together make every call that their command may make.
var everyCall = map[string][][]string{
	"why": {
		{"why", "--cluster", "prod", "--service", "web", "--since-deployment", "--from", "logs:"},
		{"why", "--cluster", "prod", "--from", "logs:"},
	},
	"backfill": {{"backfill", "--all-clusters", "--to", "logs:"}},
	"redrive":  {{"redrive", "--to", "logs:"}},
	"doctor":   {{"doctor"}},
}

// eventful makes an account in which every command has something to do.
func eventful(t *testing.T) *awsAccount {
	t.Helper()
	a := newAccount(t)
	a.ecs.stop("prod", crashedTasks("prod", 1))
	a.ecs.services = []service{webService(time.Now(), 1, "COMPLETED")}
	event, err := os.ReadFile("../../../events/samples/crashed-exit-1.json")
	if err != nil {
		t.Fatal(err)
	}
	a.sqs.send(stack.UndeliveredQueue, string(event))
	a.sqs.send(stack.UndeliveredQueue, "an order of somebody else")
	deploy(t, a, defaults)
	return a
}

// TestPermissionsAreThoseOfTheCalls runs each command against stand-ins and compares the calls with the table.
func TestPermissionsAreThoseOfTheCalls(t *testing.T) {
	for command, lines := range everyCall {
		t.Run(command, func(t *testing.T) {
			a := eventful(t)
			a.calls = map[string]bool{}
			var stdout, stderr bytes.Buffer
			for _, args := range lines {
				run(args, nil, &stdout, &stderr)
			}

			if compareCalls(t, a, command); t.Failed() {
				t.Logf("%s%s", &stdout, &stderr)
			}
		})
	}
	for _, p := range permissions.All {
		// those are tested where they stand
		if everyCall[p.Command] == nil &&
			!slices.Contains([]string{"archive", "explain", "history", "reclassify", "tail"}, p.Command) {
			t.Errorf("no test makes the calls of %s", p.Command)
		}
	}
}

// compareCalls compares the calls that a command made with its rows in the table.
func compareCalls(t *testing.T, a *awsAccount, command string) {
	t.Helper()
	want := map[string]bool{}
	for _, p := range permissions.All {
		if p.Command == command {
			service, action, _ := strings.Cut(p.Action, ":")
			want[service+":"+p.Call] = true
			if strings.TrimSuffix(p.Call, "Batch") != action {
				t.Errorf("the call %s does not need %s", p.Call, p.Action)
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(a.calls))); diff != "" {
		t.Errorf("-table +calls:\n%s", diff)
	}
}

// TestDeniedPermissionIsNamed takes each permission of the table away in its turn.
func TestDeniedPermissionIsNamed(t *testing.T) {
	for _, p := range permissions.All {
		if everyCall[p.Command] == nil {
			continue
		}
		if p.Command == "doctor" || p.Command == "why" {
			// it tells and goes on: TestDoctorWithoutAPermission, TestWhyGoesOnWithout and TestWhyThatCannotTell
			continue
		}
		t.Run(p.Command+" "+p.Action, func(t *testing.T) {
			a := eventful(t)
			service, _, _ := strings.Cut(p.Action, ":")
			var resource string
			switch service {
			case "ecs":
				a.ecs.inject(awsFault{operation: p.Call, refusal: denied(p.Action)})
				resource = "cluster"
			case "sqs":
				a.sqs.inject(awsFault{operation: p.Call, refusal: denied(p.Action)})
				resource = stack.UndeliveredQueue
			case "lambda":
				a.functions.refused[p.Call] = true
				resource = "function whystopped in eu-west-1"
			case "logs":
				a.logs.Inject(cwlogstest.Denied(p.Call))
				resource = `log group "/`
			}
			_, stderr := whystopped(t, screen.ExitBad, everyCall[p.Command][0]...)
			want := "not allowed to call " + p.Action + ": allow it on the " + resource
			if p.Call == "ListClusters" {
				want = "not allowed to call ecs:ListClusters: allow it on all clusters in eu-west-1"
			} else if service == "sqs" {
				want = "not allowed to call " + p.Action + ": allow it on the queue " + resource + " in eu-west-1"
			}
			if !strings.Contains(stderr, want) {
				t.Errorf("stderr does not say %q:\n%s", want, stderr)
			}
		})
	}
}
