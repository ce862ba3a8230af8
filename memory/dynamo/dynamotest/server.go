// Package dynamotest is a stand-in of DynamoDB for tests. It speaks the AWS JSON 1.0 protocol, keeps the items of one
// table in memory, refuses what DynamoDB refuses, and fails in the ways it is told to.
package dynamotest

import (
	"encoding/json"
	"hash/crc32"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is a stand-in of DynamoDB with one table, whose keys are pk and sk. Its methods may be called at any time.
type Server struct {
	URL   string // endpoint for the SDK, without a slash at its end
	Table string

	http *httptest.Server

	mu     sync.Mutex
	items  map[string]item // by both keys
	calls  map[string]int
	faults []*Fault
}

// value is an attribute as the protocol has it: an object with one member, its type.
type value = map[string]any

type item = map[string]value

// Fault is something that goes wrong with calls. One that has neither Code nor Cut is only slow.
type Fault struct {
	Operation string        // such as PutItem; empty for all
	Every     int           // only each call whose number within its operation can be divided by it; 0 for all
	Delay     time.Duration // the answer comes so much later
	Status    int           // of the answer, instead of doing what was asked for
	Code      string        // its error
	Cut       bool          // close the connection without an answer
	Stored    bool          // with Cut: do what was asked for before that
}

// The ways in which DynamoDB refuses
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).
var (
	Throttled = Fault{Status: 400, Code: "ThrottlingException"}
	Denied    = Fault{Status: 400, Code: "AccessDeniedException"}
	Failing   = Fault{Status: 500, Code: "InternalServerError"}
	Away      = Fault{Cut: true}
	Slow      = Fault{Delay: 2 * time.Second}
)

// NewServer starts a server with an empty table.
func NewServer(table string) *Server {
	s := &Server{Table: table, items: map[string]item{}, calls: map[string]int{}}
	s.http = httptest.NewServer(s)
	s.URL = s.http.URL
	return s
}

// Close stops the server; requests under way are cut off.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
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

// Calls returns how many requests for an operation came, whatever became of them.
func (s *Server) Calls(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[operation]
}

// Items returns the texts and numbers of all items, as texts.
func (s *Server) Items() []map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []map[string]string
	for _, key := range slices.Sorted(maps.Keys(s.items)) {
		texts := map[string]string{}
		for name, v := range s.items[key] {
			for _, text := range v {
				texts[name], _ = text.(string)
			}
		}
		all = append(all, texts)
	}
	return all
}

// refusal is an error of the service.
type refusal struct {
	status  int
	Type    string `json:"__type"`
	Message string `json:"message"`
	Item    item   `json:"Item,omitempty"`
}

func invalid(message string) *refusal {
	return &refusal{status: 400, Type: "com.amazon.coral.validate#ValidationException", Message: message}
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	operation, ours := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB_20120810.")
	fault := s.count(operation)
	var answer any
	var refused *refusal
	switch {
	case fault.Code != "":
		refused = &refusal{status: fault.Status, Type: "com.amazonaws.dynamodb.v20120810#" + fault.Code,
			Message: "as was asked for"}
	case fault.Cut && !fault.Stored:
		panic(http.ErrAbortHandler)
	case !ours || r.Method != http.MethodPost || r.Header.Get("Authorization") == "" ||
		r.Header.Get("Content-Type") != "application/x-amz-json-1.0":
		refused = &refusal{status: 400, Type: "com.amazon.coral.service#UnknownOperationException"}
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
	status := http.StatusOK
	if refused != nil {
		status, answer = refused.status, refused
	}
	text, _ := json.Marshal(answer)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(text)), 10))
	w.WriteHeader(status)
	w.Write(text)
}

// count notes a call and returns the fault that concerns it.
func (s *Server) count(operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[operation]++
	for _, f := range s.faults {
		if (f.Operation == "" || f.Operation == operation) && (f.Every == 0 || s.calls[operation]%f.Every == 0) {
			return *f
		}
	}
	return Fault{}
}

// input is what the three operations are asked with, as far as it is known here.
type input struct {
	TableName                           string
	Key, Item                           item
	ConditionExpression                 string
	UpdateExpression                    string
	KeyConditionExpression              string
	ExpressionAttributeNames            map[string]string
	ExpressionAttributeValues           map[string]value
	ExclusiveStartKey                   item
	ReturnValues                        string
	ReturnValuesOnConditionCheckFailure string
	ConsistentRead                      bool
}

func (s *Server) do(operation string, body []byte) (any, *refusal) {
	var in input
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields() // what is not known here is not to be left out in silence
	if err := decoder.Decode(&in); err != nil {
		return nil, &refusal{status: 400, Type: "com.amazon.coral.service#SerializationException", Message: err.Error()}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.TableName != s.Table {
		return nil, &refusal{status: 400, Type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
			Message: "Requested resource not found"}
	}
	e := &evaluation{names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		used: map[string]bool{}}
	switch operation {
	case "PutItem":
		return s.put(in, e)
	case "UpdateItem":
		return s.update(in, e)
	case "Query":
		return s.query(in, e)
	}
	return nil, &refusal{status: 400, Type: "com.amazon.coral.service#UnknownOperationException"}
}

func (s *Server) put(in input, e *evaluation) (any, *refusal) {
	key, refused := keyOf(in.Item)
	if refused != nil {
		return nil, refused
	}
	if refused := s.check(in, e, key, in.Item); refused != nil {
		return nil, refused
	}
	s.items[key] = in.Item
	return struct{}{}, nil
}

func (s *Server) update(in input, e *evaluation) (any, *refusal) {
	key, refused := keyOf(in.Key)
	if refused != nil {
		return nil, refused
	}
	if len(in.Key) != 2 {
		return nil, invalid("The provided key element does not match the schema")
	}
	old := s.items[key]
	if old == nil {
		old = in.Key
	}
	next := maps.Clone(old)
	e.item = old
	if refused := e.update(in.UpdateExpression, next); refused != nil {
		return nil, refused
	}
	if refused := s.check(in, e, key, next); refused != nil {
		return nil, refused
	}
	s.items[key] = next
	if in.ReturnValues == "ALL_NEW" {
		return map[string]any{"Attributes": next}, nil
	}
	return struct{}{}, nil
}

// check refuses a write whose condition does not hold, or that is not valid.
func (s *Server) check(in input, e *evaluation, key string, next item) *refusal {
	e.item = s.items[key]
	holds := true
	if in.ConditionExpression != "" {
		var refused *refusal
		if holds, refused = e.condition(in.ConditionExpression); refused != nil {
			return refused
		}
	}
	if refused := e.unused(); refused != nil {
		return refused
	}
	if text, _ := json.Marshal(next); len(text) > 400<<10 {
		return invalid("Item size has exceeded the maximum allowed size")
	}
	if holds {
		return nil
	}
	failed := &refusal{status: 400, Type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
		Message: "The conditional request failed"}
	if in.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
		failed.Item = e.item
	}
	return failed
}

// page is how many items a query returns at once, far below the 1 MB of DynamoDB.
const page = 2

func (s *Server) query(in input, e *evaluation) (any, *refusal) {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(s.items)) {
		e.item = s.items[key]
		holds, refused := e.condition(in.KeyConditionExpression)
		if refused != nil {
			return nil, refused
		}
		if holds {
			keys = append(keys, key)
		}
	}
	if len(s.items) > 0 {
		if refused := e.unused(); refused != nil {
			return nil, refused
		}
	}
	if in.ExclusiveStartKey != nil {
		from, refused := keyOf(in.ExclusiveStartKey)
		if refused != nil {
			return nil, refused
		}
		keys = slices.DeleteFunc(keys, func(key string) bool { return key <= from })
	}
	answer := map[string]any{"Count": min(page, len(keys)), "ScannedCount": min(page, len(keys))}
	items := []item{}
	for _, key := range keys[:min(page, len(keys))] {
		items = append(items, s.items[key])
	}
	answer["Items"] = items
	if len(keys) > page {
		last := s.items[keys[page-1]]
		answer["LastEvaluatedKey"] = item{"pk": last["pk"], "sk": last["sk"]}
	}
	return answer, nil
}

func keyOf(i item) (string, *refusal) {
	pk, _ := i["pk"]["S"].(string)
	sk, _ := i["sk"]["S"].(string)
	switch {
	case pk == "" || sk == "":
		return "", invalid("One or more parameter values are not valid: a key is missing, empty or of another type")
	case len(pk) > 2048 || len(sk) > 1024:
		return "", invalid("One or more parameter values were invalid: Size of a key has exceeded the maximum")
	}
	return pk + "\x00" + sk, nil
}

func equal(a, b value) bool { return reflect.DeepEqual(a, b) }
