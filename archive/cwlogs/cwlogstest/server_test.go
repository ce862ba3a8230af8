package cwlogstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// post sends a signed request as the SDK does and returns the status and the answer.
func post(t *testing.T, s *Server, operation string, body any) (int, map[string]any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, s.URL+"/", strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "Logs_20140328."+operation)
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=…")
	return send(t, request)
}

func send(t *testing.T, request *http.Request) (int, map[string]any) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

type event struct {
	Timestamp int64  `json:"timestamp"`
	Message   string `json:"message"`
}

func putBody(group, stream string, events ...event) map[string]any {
	return map[string]any{"logGroupName": group, "logStreamName": stream, "logEvents": events}
}

func TestPutLogEventsRefuses(t *testing.T) {
	s := NewServer()
	defer s.Close()
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	s.Now = func() time.Time { return now }
	s.CreateGroup("g", 0)
	post(t, s, "CreateLogStream", map[string]any{"logGroupName": "g", "logStreamName": "s"})
	at := func(ago time.Duration, message string) event { return event{now.Add(-ago).UnixMilli(), message} }
	big := strings.Repeat("x", maxBatchBytes/2)

	tests := []struct {
		name    string
		body    map[string]any
		code    string
		message string
	}{
		{"unknown group", putBody("other", "s", at(0, "m")), "ResourceNotFoundException",
			"The specified log group does not exist."},
		{"unknown stream", putBody("g", "other", at(0, "m")), "ResourceNotFoundException",
			"The specified log stream does not exist."},
		{"wrong order", putBody("g", "s", at(0, "m"), at(time.Millisecond, "m")), "InvalidParameterException",
			"chronological order"},
		{"span", putBody("g", "s", at(24*time.Hour+time.Millisecond, "m"), at(0, "m")), "InvalidParameterException",
			"cannot span more than 24 hours"},
		{"event too large", putBody("g", "s", at(0, strings.Repeat("x", maxBatchBytes-eventOverhead+1))),
			"InvalidParameterException", "Log event too large: 1048577 bytes"},
		{"batch too large", putBody("g", "s", at(0, big), at(0, big)), "InvalidParameterException",
			"Upload too large: 1048628 bytes"},
		{"batch too large by bytes, not characters", putBody("g", "s", at(0, strings.Repeat("é", maxBatchBytes/2))),
			"InvalidParameterException", "too large"},
		{"too many events", putBody("g", "s", slices.Repeat([]event{at(0, "m")}, maxBatchEvents+1)...),
			"InvalidParameterException", "10000"},
		{"no event", putBody("g", "s"), "InvalidParameterException", "logEvents"},
		{"empty message", putBody("g", "s", at(0, "")), "InvalidParameterException", "logEvents.1.member"},
		{"colon in the stream", putBody("g", "a:b", at(0, "m")), "InvalidParameterException", "[^:*]*"},
		{"asterisk in the stream", putBody("g", "a*", at(0, "m")), "InvalidParameterException", "[^:*]*"},
		{"long stream", putBody("g", strings.Repeat("s", 513), at(0, "m")), "InvalidParameterException",
			"logStreamName"},
		{"space in the group", putBody("g g", "s", at(0, "m")), "InvalidParameterException", "logGroupName"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, answer := post(t, s, "PutLogEvents", test.body)
			if status != 400 || answer["__type"] != test.code ||
				!strings.Contains(answer["message"].(string), test.message) {
				t.Errorf("answered %d %v", status, answer)
			}
		})
	}
	if stored := s.Events("g", ""); stored != nil {
		t.Errorf("stored %v", stored)
	}
}

func TestPutLogEventsTakesWhatIsAtTheLimits(t *testing.T) {
	s := NewServer()
	defer s.Close()
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	s.Now = func() time.Time { return now }
	s.CreateGroup("g", 0)
	at := func(ago time.Duration, message string) event { return event{now.Add(-ago).UnixMilli(), message} }
	for i, events := range [][]event{
		{at(0, strings.Repeat("x", maxBatchBytes-eventOverhead))},
		slices.Repeat([]event{at(0, "m")}, maxBatchEvents),
		{at(24*time.Hour, "m"), at(0, "m")},
		{at(maxAge, "m")},
		{at(-maxAhead, "m")},
	} {
		stream := fmt.Sprint(i)
		post(t, s, "CreateLogStream", map[string]any{"logGroupName": "g", "logStreamName": stream})
		status, answer := post(t, s, "PutLogEvents", putBody("g", stream, events...))
		if status != 200 || answer["rejectedLogEventsInfo"] != nil || len(s.Events("g", stream)) != len(events) {
			t.Errorf("batch %d: answered %d %v", i, status, answer)
		}
	}
}

func TestPutLogEventsRejectsByTimeWithoutAnError(t *testing.T) {
	s := NewServer()
	defer s.Close()
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	s.Now = func() time.Time { return now }
	s.CreateGroup("g", 7)
	post(t, s, "CreateLogStream", map[string]any{"logGroupName": "g", "logStreamName": "s"})
	at := func(ago time.Duration, message string) event { return event{now.Add(-ago).UnixMilli(), message} }
	status, answer := post(t, s, "PutLogEvents", putBody("g", "s",
		at(15*24*time.Hour, "too old"), at(8*24*time.Hour, "expired"), at(time.Hour, "valid"), at(0, "valid"),
		at(-3*time.Hour, "too new")))
	if got, want := fmt.Sprint(status, answer["rejectedLogEventsInfo"]),
		"200 map[expiredLogEventEndIndex:2 tooNewLogEventStartIndex:4 tooOldLogEventEndIndex:1]"; got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
	stored := s.Events("g", "s")
	if len(stored) != 2 || stored[0].Message != "valid" || stored[1].Message != "valid" {
		t.Errorf("stored %v", stored)
	}
}

func TestOtherRefusals(t *testing.T) {
	s := NewServer()
	defer s.Close()
	for _, test := range []struct {
		operation string
		body      map[string]any
		code      string
	}{
		{"CreateLogGroup", map[string]any{"logGroupName": "g"}, ""},
		{"CreateLogGroup", map[string]any{"logGroupName": "g"}, "ResourceAlreadyExistsException"},
		{"CreateLogGroup", map[string]any{"logGroupName": "aws/g"}, "InvalidParameterException"},
		{"CreateLogStream", map[string]any{"logGroupName": "g", "logStreamName": "s/"}, ""},
		{"CreateLogStream", map[string]any{"logGroupName": "g", "logStreamName": "s/"},
			"ResourceAlreadyExistsException"},
		{"CreateLogStream", map[string]any{"logGroupName": "other", "logStreamName": "s/"},
			"ResourceNotFoundException"},
		{"CreateLogStream", map[string]any{"logGroupName": "g", "logStreamName": "a:b"}, "InvalidParameterException"},
		{"DescribeLogStreams", map[string]any{"logGroupName": "other"}, "ResourceNotFoundException"},
		{"FilterLogEvents", map[string]any{"logGroupName": "other"}, "ResourceNotFoundException"},
		{"FilterLogEvents", map[string]any{"logGroupName": "g", "filterPattern": `{ $.a = "b" `},
			"InvalidParameterException"},
		{"FilterLogEvents", map[string]any{"logGroupName": "g", "filterPattern": `{ $.a = "b"c" }`},
			"InvalidParameterException"},
		{"FilterLogEvents", map[string]any{"logGroupName": "g", "filterPattern": `{ ($.a = "b && c") && $.d = "e*" }`},
			""},
		{"DeleteLogGroup", map[string]any{"logGroupName": "g"}, "UnknownOperationException"},
	} {
		_, answer := post(t, s, test.operation, test.body)
		if code, _ := answer["__type"].(string); code != test.code {
			t.Errorf("%s %v: answered %v, want %q", test.operation, test.body, answer, test.code)
		}
	}
	if got := s.Streams("g"); !slices.Equal(got, []string{"s/"}) {
		t.Errorf("streams %q", got)
	}
	_, groups := post(t, s, "DescribeLogGroups", map[string]any{"logGroupNamePrefix": "g"})
	_, streams := post(t, s, "DescribeLogStreams", map[string]any{"logGroupName": "g", "logStreamNamePrefix": "s"})
	if got := fmt.Sprint(groups["logGroups"], streams["logStreams"]); !strings.Contains(got, "logGroupName:g") ||
		!strings.Contains(got, "logStreamName:s/") {
		t.Errorf("described %s", got)
	}
}

func TestUnsignedRequestIsRefused(t *testing.T) {
	s := NewServer()
	defer s.Close()
	request, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(`{"logGroupName":"g"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "Logs_20140328.CreateLogGroup")
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	if status, answer := send(t, request); status != 400 || answer["__type"] != "MissingAuthenticationTokenException" {
		t.Errorf("answered %d %v", status, answer)
	}
}

func TestFaults(t *testing.T) {
	create := map[string]any{"logGroupName": "g"}
	t.Run("answers", func(t *testing.T) {
		s := NewServer()
		defer s.Close()
		s.Inject(Throttled(2))
		s.Inject(Failing(1, 503))
		s.Inject(Denied("DescribeLogGroups"))
		var got []any
		for range 4 {
			status, answer := post(t, s, "CreateLogGroup", create)
			got = append(got, status, answer["__type"])
		}
		for range 2 {
			status, answer := post(t, s, "DescribeLogGroups", map[string]any{})
			got = append(got, status, answer["__type"])
		}
		s.Heal()
		status, _ := post(t, s, "DescribeLogGroups", map[string]any{})
		got = append(got, status)
		want := []any{400, "ThrottlingException", 400, "ThrottlingException", 503, "ServiceUnavailableException", 200,
			nil,
			400, "AccessDeniedException", 400, "AccessDeniedException", 200}
		if !slices.Equal(got, want) {
			t.Errorf("answered %v, want %v", got, want)
		}
		if n := s.Calls("CreateLogGroup"); n != 4 {
			t.Errorf("%d calls", n)
		}
	})
	t.Run("every third", func(t *testing.T) {
		s := NewServer()
		defer s.Close()
		s.Inject(Fault{Every: 3, Status: 500, Code: "InternalFailure"})
		var got []int
		for range 6 {
			status, _ := post(t, s, "DescribeLogGroups", map[string]any{})
			got = append(got, status)
		}
		if want := []int{200, 200, 500, 200, 200, 500}; !slices.Equal(got, want) {
			t.Errorf("answered %v, want %v", got, want)
		}
	})
	for _, stored := range []bool{false, true} {
		t.Run(fmt.Sprintf("cut, stored %v", stored), func(t *testing.T) {
			s := NewServer()
			defer s.Close()
			s.Inject(Fault{Times: 1, Cut: true, Stored: stored})
			request, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(`{"logGroupName":"g"}`))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("X-Amz-Target", "Logs_20140328.CreateLogGroup")
			request.Header.Set("Content-Type", "application/x-amz-json-1.1")
			request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=…")
			if _, err := http.DefaultClient.Do(request); !errors.Is(err, io.EOF) {
				t.Errorf("error %v, want a connection without an answer", err)
			}
			_, again := post(t, s, "CreateLogGroup", create)
			if existed := again["__type"] == "ResourceAlreadyExistsException"; existed != stored {
				t.Errorf("done before the cut: %v, want %v", existed, stored)
			}
		})
	}
	t.Run("slow", func(t *testing.T) {
		s := NewServer()
		defer s.Close()
		s.Inject(Fault{Times: 1, Delay: 50 * time.Millisecond})
		start := time.Now()
		if status, _ := post(t, s, "CreateLogGroup", create); status != 200 || time.Since(start) < 50*time.Millisecond {
			t.Errorf("answered %d after %s", status, time.Since(start))
		}
	})
}
