// Package awstest is a stand-in of the AWS services that package lookup reads, for tests. It speaks each service's
// protocol over HTTP, gives the things that were put into it in pages, notes every request, and fails in the ways it is
// told to.
//
// An operation is a row of the table operations. Its name is the signing name of the service and the name of the
// operation, "ec2:DescribeSubnets"; its function gets the request and returns the answer, both with the names that
// stand on the wire. Which protocol is spoken follows from the request, so a row says nothing about it but for REST:
// there, path says which requests are meant. For an EC2 listing, listing makes the function out of the name of the list
// and the filters; what it lists are the things that a test has Put under the operation's name.
package awstest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Object is a request, an answer or a thing in it: strings, numbers, bools, Objects and slices of these under the names
// that they have on the wire. Times are texts in XML and seconds in JSON.
type Object = map[string]any

// Server is a stand-in of AWS in one account. Its methods may be called at any time.
type Server struct {
	URL      string // endpoint of every service, without a slash at its end
	Account  string // whose credentials every caller has; set it before the first call
	PageSize int    // most things that a listing gives at once; set it before the first call

	http *httptest.Server
	gone chan struct{} // closed with the server

	mu       sync.Mutex
	things   map[string][]Object // by operation
	handlers map[string]func(*Server, Object) (Object, *Refusal)
	requests []string
	faults   []*Fault
}

// NewServer starts a server in which there is nothing.
func NewServer(account string) *Server {
	s := &Server{Account: account, PageSize: 1000, gone: make(chan struct{}), things: map[string][]Object{},
		handlers: map[string]func(*Server, Object) (Object, *Refusal){}}
	for _, o := range operations {
		s.handlers[o.name] = o.answer
	}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	return s
}

// Close stops the server; requests under way are cut off.
func (s *Server) Close() {
	close(s.gone)
	s.http.CloseClientConnections()
	s.http.Close()
}

// Put adds things to what an operation gives.
func (s *Server) Put(operation string, things ...Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handlers[operation] == nil {
		panic(operation + " is not an operation of the stand-in")
	}
	s.things[operation] = append(s.things[operation], things...)
}

// Clear takes away all that an operation gives.
func (s *Server) Clear(operation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.things, operation)
}

// Handle lets answer do an operation, instead of the stand-in.
func (s *Server) Handle(operation string, answer func(in Object) (Object, *Refusal)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[operation] = func(_ *Server, in Object) (Object, *Refusal) { return answer(in) }
}

// Requests returns the operations of all requests so far, whatever became of them, in the order in which they came.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count returns how many requests came for an operation, such as "ec2:DescribeSubnets", or a service, such as "ec2", or
// at all for an empty name.
func (s *Server) Count(name string) int {
	n := 0
	for _, request := range s.Requests() {
		if concerns(name, request) {
			n++
		}
	}
	return n
}

// Forget forgets the requests so far.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

func concerns(name, operation string) bool {
	service, _, _ := strings.Cut(operation, ":")
	return name == "" || name == operation || name == service
}

// Fault is something that goes wrong. One that neither refuses nor is silent is only slow.
type Fault struct {
	Operation string        // such as "ec2:DescribeSubnets", or a service, such as "ec2"; empty for all
	Times     int           // how many requests it concerns; 0 for all
	Delay     time.Duration // the answer comes so much later
	Silent    bool          // no answer ever comes
	Denied    bool          // the caller lacks the permission
	Throttled bool          // the caller asks too much
	Refusal   *Refusal      // any other refusal
}

// Refusal is an error of a service.
type Refusal struct {
	Status  int // 0 for 400
	Code    string
	Message string
}

// Refuse returns an error with status 400.
func Refuse(code, format string, args ...any) *Refusal {
	return &Refusal{http.StatusBadRequest, code, fmt.Sprintf(format, args...)}
}

// Inject makes a fault happen. The first fault that concerns a request decides what becomes of it.
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

// scope finds the Region and the service that a request is signed for
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
var scope = regexp.MustCompile(`Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request`)

// regionKey is under which a request of a service that has things in several Regions names the Region that it is signed
// for.
const regionKey = "aws:Region"

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if digest, layer := strings.CutPrefix(r.URL.Path, layerPath); layer {
		s.serveLayer(w, digest)
		return
	}
	signed := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if signed == nil {
		http.Error(w, "the request is not signed", http.StatusForbidden)
		return
	}
	region, service := signed[1], signed[2]
	p, operation, in, err := read(r, service, body)
	if err != nil {
		p.write(w, operation, nil, &Refusal{http.StatusBadRequest, "SerializationException", err.Error()})
		return
	}
	if service != "ec2" {
		in[regionKey] = region
	}
	fault := s.note(operation)
	select {
	case <-s.after(fault):
	case <-r.Context().Done():
		return
	case <-s.gone:
		return
	}
	answer, refused := s.do(p, operation, in, fault)
	p.write(w, operation, answer, refused)
}

// serveLayer gives what a link of ECR leads to.
func (s *Server) serveLayer(w http.ResponseWriter, digest string) {
	s.mu.Lock()
	thing := s.thing("ecr:GetDownloadUrlForLayer", Object{"layerDigest": digest})
	s.mu.Unlock()
	if thing == nil {
		http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
		return
	}
	io.WriteString(w, text(thing, "layer"))
}

// note notes a request and returns the fault that concerns it.
func (s *Server) note(operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, operation)
	for i, f := range s.faults {
		if !concerns(f.Operation, operation) {
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

// after returns a channel that is ready when the answer may be sent.
func (s *Server) after(f Fault) <-chan time.Time {
	if f.Silent {
		return nil
	}
	return time.After(f.Delay)
}

func (s *Server) do(p protocol, operation string, in Object, fault Fault) (Object, *Refusal) {
	switch {
	case fault.Refusal != nil:
		return nil, fault.Refusal
	case fault.Denied:
		return nil, p.denied(s.Account, operation)
	case fault.Throttled:
		return nil, p.throttled()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := s.handlers[operation]
	if answer == nil {
		return nil, Refuse(p.unknown, "The action %s is not valid for this web service.", operation)
	}
	return answer(s, in)
}

// page returns the things from where the token says, at most as many as size or PageSize, and the token of the rest.
func (s *Server) page(things []Object, token string, size int) (page []Object, next string, refused *Refusal) {
	start := 0
	if token != "" {
		at, ok := strings.CutPrefix(token, "page-")
		n, err := strconv.Atoi(at)
		if !ok || err != nil || n > len(things) {
			return nil, "", Refuse("InvalidParameterValue", "The token '%s' is invalid", token)
		}
		start = n
	}
	end := min(len(things), start+s.PageSize)
	if size > 0 {
		end = min(end, start+size)
	}
	if end < len(things) {
		next = "page-" + strconv.Itoa(end)
	}
	return things[start:end], next, nil
}

// text returns a string of a request, empty when it has none of this name.
func text(in Object, name string) string {
	switch v := in[name].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// texts returns a list of strings of a request.
func texts(in Object, name string) []string {
	list, _ := in[name].([]any)
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

func number(in Object, name string) int {
	n, _ := strconv.Atoi(strings.TrimSuffix(text(in, name), ".0"))
	return n
}

// decode reads a JSON object.
func decode(body []byte) (Object, error) {
	var in Object
	if len(body) == 0 {
		return Object{}, nil
	}
	err := json.Unmarshal(body, &in)
	return in, err
}
