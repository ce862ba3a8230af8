// Package cwlogstest is a stand-in of CloudWatch Logs for tests. It speaks the AWS JSON 1.1 protocol, keeps log events
// in memory, refuses what the documentation of CloudWatch Logs says is refused, and fails in the ways it is told to.
package cwlogstest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// Server is a stand-in of CloudWatch Logs. Its methods may be called at any time.
type Server struct {
	URL      string           // endpoint for the SDK, without a slash at its end
	Now      func() time.Time // the present time of the service; set it before the first call
	PageSize int              // most log events that FilterLogEvents gives at once; set it before the first call

	Endless bool // queries of Logs Insights do not come to an end

	http *httptest.Server

	mu     sync.Mutex
	groups map[string]*group
	calls  map[string]int
	faults []*Fault
	nextID int

	queries []query
}

type group struct {
	created       time.Time
	retentionDays int
	streams       map[string][]Event
}

// Event is a log event as it is stored.
type Event struct {
	ID        string
	Stream    string
	Timestamp time.Time
	Ingested  time.Time
	Message   string
}

// Fault is something that goes wrong. A fault with no Code, Body, Cut or Half is only slow.
type Fault struct {
	Operation string        // such as PutLogEvents; empty for all
	Times     int           // how many calls fail; 0 for all
	Every     int           // only each call whose number within its operation can be divided by it; 0 for all
	Delay     time.Duration // the answer comes so much later
	Status    int           // HTTP status to answer with instead of doing what was asked for
	Code      string        // its error code
	Message   string        // its message
	Body      *string       // text to answer with, with Status, instead of doing what was asked for
	Cut       bool          // close the connection without an answer once the request was read
	Half      bool          // do what was asked for and close the connection in the middle of the answer
	Stored    bool          // with Cut: do what was asked for before that
}

// Throttled is the answer of PutLogEvents above the account's rate.
func Throttled(times int) Fault {
	return Fault{Times: times, Status: http.StatusBadRequest, Code: "ThrottlingException", Message: "Rate exceeded"}
}

// Failing is an answer with a status of 500 or above.
func Failing(times, status int) Fault {
	code := "InternalFailure"
	if status == http.StatusServiceUnavailable {
		code = "ServiceUnavailableException"
	}
	return Fault{Times: times, Status: status, Code: code, Message: "The service cannot complete the request."}
}

// Denied is the answer to a caller whose policy lacks an operation.
func Denied(operation string) Fault {
	return Fault{Operation: operation, Status: http.StatusBadRequest, Code: "AccessDeniedException",
		Message: "User: arn:aws:sts::111122223333:assumed-role/test/session is not authorized to perform: logs:" +
			operation +
			" because no identity-based policy allows the logs:" + operation + " action"}
}

// NewServer starts a server without log groups.
func NewServer() *Server {
	s := &Server{Now: time.Now, PageSize: 10_000, groups: map[string]*group{}, calls: map[string]int{}}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	return s
}

// Close stops the server; requests under way are cut off.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// CreateGroup makes a log group whose events expire after retentionDays, or never for 0.
func (s *Server) CreateGroup(name string, retentionDays int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[name] = &group{created: s.Now(), retentionDays: retentionDays, streams: map[string][]Event{}}
}

// Inject makes a fault happen. The first fault that concerns a call decides what becomes of it.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes back all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Calls returns how many requests for operation came, whatever became of them.
func (s *Server) Calls(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[operation]
}

// Streams returns the names of the streams of a group, sorted.
func (s *Server) Streams(group string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.groups[group] == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.groups[group].streams))
}

// Events returns what is stored in the streams of a group whose names begin with prefix, by time.
func (s *Server) Events(group, prefix string) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.groups[group] == nil {
		return nil
	}
	return s.groups[group].events(prefix)
}

func (g *group) events(prefix string) []Event {
	var all []Event
	for _, stream := range slices.Sorted(maps.Keys(g.streams)) {
		if strings.HasPrefix(stream, prefix) {
			all = append(all, g.streams[stream]...)
		}
	}
	slices.SortStableFunc(all, func(a, b Event) int {
		return cmp.Or(a.Timestamp.Compare(b.Timestamp), a.Ingested.Compare(b.Ingested), strings.Compare(a.ID, b.ID))
	})
	return all
}

// refusal is an error of the service.
type refusal struct {
	Status  int    `json:"-"`
	Code    string `json:"__type"`
	Message string `json:"message"`
}

func refuse(code, format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	operation, ours := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "Logs_20140328.")
	fault := s.count(operation)

	var answer any
	var refused *refusal
	switch {
	case fault.Body != nil:
	case fault.Code != "":
		refused = &refusal{fault.Status, fault.Code, fault.Message}
	case fault.Cut && !fault.Stored:
		panic(http.ErrAbortHandler)
	case r.Header.Get("Authorization") == "":
		refused = refuse("MissingAuthenticationTokenException", "Missing Authentication Token")
	case !ours || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-amz-json-1.1":
		refused = refuse("UnknownOperationException", "")
	default:
		answer, refused = s.do(operation, body)
	}
	if fault.Cut {
		panic(http.ErrAbortHandler)
	}
	select {
	case <-time.After(fault.Delay):
	case <-r.Context().Done():
		return
	}

	if fault.Body != nil {
		w.WriteHeader(fault.Status)
		io.WriteString(w, *fault.Body)
		return
	}
	status := http.StatusOK
	if refused != nil {
		status, answer = refused.Status, refused
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-RequestId", "00000000-0000-0000-0000-000000000000")
	if fault.Half {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(status)
		io.WriteString(w, `{"nextSequenceToken":"4903`)
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer) // a client that has gone is no concern of the service
}

// count notes a call and returns the fault that concerns it.
func (s *Server) count(operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[operation]++
	for i, f := range s.faults {
		if f.Operation != "" && f.Operation != operation || f.Every > 0 && s.calls[operation]%f.Every != 0 {
			continue
		}
		fault := *f
		if f.Times == 1 {
			s.faults = slices.Delete(s.faults, i, i+1)
		} else if f.Times > 1 {
			f.Times--
		}
		return fault
	}
	return Fault{}
}

func (s *Server) do(operation string, body []byte) (any, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch operation {
	case "PutLogEvents":
		return call(body, s.putLogEvents)
	case "CreateLogStream":
		return call(body, s.createLogStream)
	case "CreateLogGroup":
		return call(body, s.createLogGroup)
	case "DescribeLogGroups":
		return call(body, s.describeLogGroups)
	case "DescribeLogStreams":
		return call(body, s.describeLogStreams)
	case "FilterLogEvents":
		return call(body, s.filterLogEvents)
	case "StartQuery":
		return call(body, s.startQuery)
	case "GetQueryResults":
		return call(body, s.getQueryResults)
	case "StopQuery":
		return call(body, s.stopQuery)
	}
	return nil, refuse("UnknownOperationException", "")
}

func call[Input any](body []byte, operation func(Input) (any, *refusal)) (any, *refusal) {
	var input Input
	if err := json.Unmarshal(body, &input); err != nil {
		return nil, refuse("SerializationException", "%v", err)
	}
	return operation(input)
}
