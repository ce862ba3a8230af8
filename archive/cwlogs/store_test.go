package cwlogs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
)

const group = "/whystopped/stops"

var now = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// newStore returns a store in a group that keeps its events for retentionDays, or for ever for 0; its service runs at
// now.
func newStore(t *testing.T, retentionDays int) (*Store, *cwlogstest.Server) {
	t.Helper()
	server := cwlogstest.NewServer()
	t.Cleanup(server.Close)
	server.Now = func() time.Time { return now }
	server.CreateGroup(group, retentionDays)
	store := New(cloudwatchlogs.New(cloudwatchlogs.Options{
		Region:       "eu-west-1",
		BaseEndpoint: aws.String(server.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
	}), group)
	store.Now = server.Now
	return store, server
}

// stop is the record of a task of prod/web that stopped so long before now.
func stop(key string, ago time.Duration) archive.Record {
	return archive.Record{
		SchemaVersion: archive.SchemaVersion,
		Kind:          "task",
		DedupKey:      key,
		Cluster:       "prod",
		Service:       "web",
		Verdict:       "failure",
		StoppedAt:     archive.Time{Time: now.Add(-ago)},
	}
}

// stored returns the records of the group by the time of their log events.
func stored(t *testing.T, server *cwlogstest.Server) []archive.Record {
	t.Helper()
	var all []archive.Record
	for _, event := range server.Events(group, "") {
		r, err := archive.Decode([]byte(event.Message))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestPut(t *testing.T) {
	store, server := newStore(t, 30)
	first, second := stop("a", time.Hour), stop("b", time.Minute)
	for _, r := range []archive.Record{first, second} {
		if err := store.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]archive.Record{first, second}, stored(t, server)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	line, err := first.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if event := server.Events(group, "")[0]; event.Message != string(line) || event.Stream != "prod/web/" ||
		!event.Timestamp.Equal(now.Add(-time.Hour)) {
		t.Errorf("stored %+v", event)
	}
	if puts, creates := server.Calls("PutLogEvents"), server.Calls("CreateLogStream"); puts != 3 || creates != 1 {
		t.Errorf("%d puts and %d new streams; want the first put again after its stream was created, and one more",
			puts, creates)
	}
}

func TestPutAllOfNothing(t *testing.T) {
	store, server := newStore(t, 0)
	if err := store.PutAll(t.Context(), nil); err != nil || server.Calls("PutLogEvents") != 0 {
		t.Errorf("error %v, %d calls", err, server.Calls("PutLogEvents"))
	}
}

func TestPutAtOnceToANewStream(t *testing.T) {
	store, server := newStore(t, 0)
	const n = 20
	errs := make([]error, n)
	var puts sync.WaitGroup
	for i := range n {
		puts.Go(func() { errs[i] = store.Put(t.Context(), stop(fmt.Sprint(i), 0)) })
	}
	puts.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if got := len(stored(t, server)); got != n {
		t.Errorf("stored %d records, want %d", got, n)
	}
}

func TestStreamName(t *testing.T) {
	long := strings.Repeat("é", 300)
	tests := []struct {
		record archive.Record
		want   string
	}{
		{archive.Record{Cluster: "prod", Service: "web", Family: "web-task"}, "prod/web/"},
		{archive.Record{Cluster: "prod", Family: "nightly-job"}, "prod/nightly-job/"},
		{archive.Record{Cluster: "prod"}, "prod/-/"},
		{archive.Record{Family: "job"}, "-/job/"},
		{archive.Record{}, "-/-/"},
		{archive.Record{Kind: "unreadable", Cluster: "prod"}, "unreadable/"},
		{archive.Record{Cluster: "a:b*c/d", Service: "e\nf\xff"}, "a_b_c_d/e_f_/"},
		{archive.Record{Cluster: strings.Repeat("c", 255), Service: strings.Repeat("s", 255)},
			strings.Repeat("c", 255) + "/" + strings.Repeat("s", 255) + "/"},
		{archive.Record{Cluster: long, Service: "x" + long}, strings.Repeat("é", 127) + "/x" +
			strings.Repeat("é", 127) + "/"},
	}
	for _, test := range tests {
		got := StreamName(test.record)
		if got != test.want {
			t.Errorf("cluster %q, service %q, family %q: %q, want %q", test.record.Cluster, test.record.Service,
				test.record.Family, got, test.want)
		}
		store, server := newStore(t, 0)
		r := test.record
		r.SchemaVersion = archive.SchemaVersion
		if err := store.Put(t.Context(), r); err != nil {
			t.Errorf("CloudWatch Logs refuses the stream %q: %v", got, err)
		}
		if prefix := StreamPrefix(r.Cluster, r.Service); r.Kind == "" && r.Service != "" &&
			len(server.Events(group, prefix)) != 1 {
			t.Errorf("the prefix %q does not read the stream %q", prefix, got)
		}
	}
}

func TestPutAllHonoursEveryRuleOfABatch(t *testing.T) {
	many := func(n int, change func(i int, r *archive.Record)) []archive.Record {
		all := make([]archive.Record, n)
		for i := range all {
			all[i] = stop(fmt.Sprint(i), time.Duration(i)*time.Millisecond)
			change(i, &all[i])
		}
		return all
	}
	tests := []struct {
		name    string
		records []archive.Record
		puts    int // beside the first to each stream that does not exist yet
	}{
		{"one", many(1, func(int, *archive.Record) {}), 1},
		{"order", many(500, func(_ int, r *archive.Record) { r.StoppedAt.Time = now.Add(-rand.N(23 * time.Hour)) }), 1},
		{"size with the overhead of each event",
			many(5, func(_ int, r *archive.Record) { r.RawEvent = strings.Repeat("x", 400_000) }), 3},
		{"size in bytes, not in characters",
			many(4, func(_ int, r *archive.Record) { r.RawEvent = strings.Repeat("日", 170_000) }), 2},
		{"many small ones reach the size first", many(20_000, func(int, *archive.Record) {}), 6},
		{"largest event", many(3, func(_ int, r *archive.Record) { r.RawEvent = strings.Repeat("é\"", 1_000_000) }), 3},
		{"span", many(80, func(i int, r *archive.Record) { r.StoppedAt.Time = now.Add(-time.Duration(i) * time.Hour) }),
			4},
		{"span with old ones at the present time",
			many(40, func(i int, r *archive.Record) { r.StoppedAt.Time = now.AddDate(0, 0, -i) }), 15},
		{"streams", many(60, func(i int, r *archive.Record) { r.Service = fmt.Sprint("web-", i%6) }), 6},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store, server := newStore(t, 0)
			if err := store.PutAll(t.Context(), test.records); err != nil {
				t.Fatal(err)
			}
			got := map[string]time.Time{}
			for _, r := range stored(t, server) {
				if _, twice := got[r.DedupKey]; twice {
					t.Errorf("%s is stored twice", r.DedupKey)
				}
				got[r.DedupKey] = r.StoppedAt.Time
			}
			if len(got) != len(test.records) {
				t.Errorf("stored %d records, want %d", len(got), len(test.records))
			}
			for _, r := range test.records {
				if want := r.StoppedAt.Truncate(time.Millisecond); !got[r.DedupKey].Equal(want) {
					t.Fatalf("%s says stoppedAt %s, want %s", r.DedupKey, got[r.DedupKey], want)
				}
			}
			if puts := server.Calls("PutLogEvents") - len(server.Streams(group)); puts != test.puts {
				t.Errorf("%d batches, want %d", puts, test.puts)
			}
		})
	}
}

func TestBatchesAreCutAtTenThousandEvents(t *testing.T) {
	var events []types.InputLogEvent
	for range 10_001 {
		events = append(events, types.InputLogEvent{Message: aws.String("{}"), Timestamp: aws.Int64(now.UnixMilli())})
	}
	var sizes []int
	for _, batch := range batches(events) {
		sizes = append(sizes, len(batch))
	}
	if diff := cmp.Diff([]int{10_000, 1}, sizes); diff != "" {
		t.Errorf("events in each batch (-want +got):\n%s", diff)
	}
}

func TestTimeOfTheLogEvent(t *testing.T) {
	const day = 24 * time.Hour
	ago := func(d time.Duration) archive.Time { return archive.Time{Time: now.Add(-d)} }
	tests := []struct {
		name      string
		retention int           // days
		clock     time.Duration // how far the clock of this machine is ahead of the service's
		record    archive.Record
		want      time.Duration // before now
		puts      int           // to a stream that exists
	}{
		{
			name:      "stoppedAt",
			retention: 30,
			record:    archive.Record{StoppedAt: ago(time.Hour), RecordedAt: ago(0)},
			want:      time.Hour,
			puts:      1,
		},
		{
			name:      "recordedAt without stoppedAt",
			retention: 30,
			record:    archive.Record{RecordedAt: ago(time.Minute)},
			want:      time.Minute,
			puts:      1,
		},
		{name: "neither", retention: 30, record: archive.Record{}, puts: 1},
		{name: "13 days old", retention: 30, record: archive.Record{StoppedAt: ago(13 * day)}, want: 13 * day, puts: 1},
		{name: "15 days old", retention: 30, record: archive.Record{StoppedAt: ago(15 * day)}, puts: 1},
		{name: "a year old", record: archive.Record{StoppedAt: ago(365 * day)}, puts: 1},
		{
			name:      "one hour ahead",
			retention: 30,
			record:    archive.Record{StoppedAt: ago(-time.Hour)},
			want:      -time.Hour,
			puts:      1,
		},
		{name: "three hours ahead", retention: 30, record: archive.Record{StoppedAt: ago(-3 * time.Hour)}, puts: 1},
		{name: "older than the retention", retention: 3, record: archive.Record{StoppedAt: ago(5 * day)}, puts: 2},
		{
			name:      "too old by the service's clock only",
			retention: 30,
			clock:     -time.Hour,
			record:    archive.Record{StoppedAt: ago(14*day + time.Minute)},
			want:      time.Hour,
			puts:      2,
		},
		{
			name:      "too new by the service's clock only",
			retention: 30,
			clock:     time.Hour,
			record:    archive.Record{StoppedAt: ago(-150 * time.Minute)},
			want:      -time.Hour,
			puts:      2,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store, server := newStore(t, test.retention)
			store.Now = func() time.Time { return now.Add(test.clock) }
			test.record.SchemaVersion = archive.SchemaVersion
			if err := store.createStream(t.Context(), StreamName(test.record)); err != nil {
				t.Fatal(err)
			}
			if err := store.Put(t.Context(), test.record); err != nil {
				t.Fatal(err)
			}
			events := server.Events(group, "")
			if len(events) != 1 {
				t.Fatalf("stored %d events, want 1", len(events))
			}
			if got := now.Sub(events[0].Timestamp); got != test.want {
				t.Errorf("the event's time is %s before now, want %s", got, test.want)
			}
			if diff := cmp.Diff([]archive.Record{test.record}, stored(t, server)); diff != "" {
				t.Errorf("the record changed (-want +got):\n%s", diff)
			}
			if puts := server.Calls("PutLogEvents"); puts != test.puts {
				t.Errorf("%d puts, want %d", puts, test.puts)
			}
		})
	}
}

func TestRejectedPartOfABatchIsWrittenAgain(t *testing.T) {
	store, server := newStore(t, 7)
	store.Now = func() time.Time { return now.Add(time.Hour) }
	const day = 24 * time.Hour
	records := []archive.Record{
		stop("expired", 7*day+time.Hour), stop("valid", 7*day-time.Hour), stop("valid too", 7*day-2*time.Hour),
		stop("today", 0), stop("too new", -150*time.Minute),
	}
	if err := store.PutAll(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	got := map[string]time.Duration{}
	for _, event := range server.Events(group, "") {
		r, err := archive.Decode([]byte(event.Message))
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := got[r.DedupKey]; twice {
			t.Errorf("%s is stored twice", r.DedupKey)
		}
		got[r.DedupKey] = now.Sub(event.Timestamp)
	}
	want := map[string]time.Duration{
		"expired":   -time.Hour,
		"valid":     7*day - time.Hour,
		"valid too": 7*day - 2*time.Hour,
		"today":     0,
		"too new":   -time.Hour,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ages of the events (-want +got):\n%s", diff)
	}
}

func TestRejectedForEverIsAnError(t *testing.T) {
	store, server := newStore(t, 0)
	store.Now = func() time.Time { return now.Add(5 * time.Hour) }
	err := store.Put(t.Context(), archive.Record{SchemaVersion: archive.SchemaVersion})
	if err == nil || !strings.Contains(err.Error(), "set the clock of this machine") ||
		!strings.Contains(err.Error(), group) {
		t.Errorf("error %v", err)
	}
	if events := server.Events(group, ""); events != nil {
		t.Errorf("stored %v", events)
	}
	if puts := server.Calls("PutLogEvents"); puts != 3 {
		t.Errorf("%d puts; want one without a stream, one rejected and one more", puts)
	}
}

func TestPutSurvivesPassingFaults(t *testing.T) {
	tests := []struct {
		name   string
		fault  cwlogstest.Fault
		stored int // copies; an answer that was lost is a second one
	}{
		{"throttled", cwlogstest.Throttled(3), 1},
		{"500", cwlogstest.Failing(2, 500), 1},
		{"503", cwlogstest.Failing(2, 503), 1},
		{"throttled while the stream is created",
			cwlogstest.Fault{Operation: "CreateLogStream", Times: 2, Status: 400, Code: "ThrottlingException"}, 1},
		{"cut before it was stored", cwlogstest.Fault{Operation: "PutLogEvents", Times: 2, Cut: true}, 1},
		{"stream created and the answer cut",
			cwlogstest.Fault{Operation: "CreateLogStream", Times: 1, Cut: true, Stored: true}, 1},
		{"cut after it was stored",
			cwlogstest.Fault{Operation: "PutLogEvents", Every: 2, Times: 1, Cut: true, Stored: true}, 2},
		{"slow", cwlogstest.Fault{Times: 3, Delay: 50 * time.Millisecond}, 1},
		{"200 that says nothing", cwlogstest.Fault{Operation: "PutLogEvents", Times: 2, Status: 200, Body: new("")}, 1},
		{"204", cwlogstest.Fault{Operation: "PutLogEvents", Times: 2, Status: 204, Body: new("")}, 1},
		{"a page instead of an answer", cwlogstest.Fault{Times: 2, Status: 200, Body: new("<html>Sign in</html>")}, 1},
		{"a page instead of an error", cwlogstest.Fault{Times: 2, Status: 403, Body: new("<html>Blocked</html>")}, 1},
		{"an answer that ends too soon", cwlogstest.Fault{Operation: "PutLogEvents", Every: 2, Times: 1, Half: true},
			2},
		{"an answer that was cut to less",
			cwlogstest.Fault{Operation: "PutLogEvents", Times: 1, Status: 200, Body: new(`{"nextSequenceToken":"490`)},
			1},
		{
			"a new stream that is not known everywhere",
			cwlogstest.Fault{
				Operation: "PutLogEvents",
				Times:     3,
				Status:    400,
				Code:      "ResourceNotFoundException",
				Message:   "The specified log stream does not exist.",
			},
			1,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store, server := newStore(t, 0)
			server.Inject(test.fault)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			want := stop("a", 0)
			if err := store.Put(ctx, want); err != nil {
				t.Fatal(err)
			}
			var copies []archive.Record
			for range test.stored {
				copies = append(copies, want)
			}
			if diff := cmp.Diff(copies, stored(t, server)); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnAttemptThatHangsLeavesTimeForAnother(t *testing.T) {
	store, server := newStore(t, 0)
	if err := store.Put(t.Context(), stop("first", 0)); err != nil {
		t.Fatal(err)
	}
	server.Inject(cwlogstest.Fault{
		Operation: "PutLogEvents",
		Times:     1,
		Delay:     time.Hour,
		Code:      "InternalFailure",
		Status:    500,
	})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := store.Put(ctx, stop("second", 0)); err != nil {
		t.Fatal(err)
	}
	if got := len(stored(t, server)); got != 2 {
		t.Errorf("stored %d records, want 2", got)
	}
}

func TestPutFailsWhenTheFaultLasts(t *testing.T) {
	tests := []struct {
		name     string
		fault    cwlogstest.Fault
		deadline time.Duration // 0 for none
		says     []string
		calls    int // of the operation that fails; 0 for more than one
	}{
		{
			name:     "throttled until the deadline",
			fault:    cwlogstest.Throttled(0),
			deadline: time.Second,
			says:     []string{"ThrottlingException", "no time left", "prod/web/", group},
		},
		{
			name:     "503 until the deadline",
			fault:    cwlogstest.Failing(0, 503),
			deadline: time.Second,
			says:     []string{"503", "prod/web/", group},
		},
		{
			name:  "500 for ever",
			fault: cwlogstest.Failing(0, 500),
			says:  []string{"500", "exceeded maximum number of attempts, 8", group},
			calls: maxAttempts,
		},
		{
			name:     "cut until the deadline",
			fault:    cwlogstest.Fault{Cut: true},
			deadline: time.Second,
			says:     []string{"EOF", group},
		},
		{
			name:     "answers after the deadline",
			fault:    cwlogstest.Fault{Delay: time.Minute, Operation: "PutLogEvents"},
			deadline: 200 * time.Millisecond,
			says:     []string{"no time left for attempt 2: no answer within 100ms", "prod/web/"},
			calls:    1,
		},
		{
			name:  "not allowed to put",
			fault: cwlogstest.Denied("PutLogEvents"),
			says: []string{"not allowed to call logs:PutLogEvents", group, "eu-west-1", "stream prod/web/",
				"assumed-role/test"},
			calls: 1,
		},
		{
			name:  "not allowed to create the stream",
			fault: cwlogstest.Denied("CreateLogStream"),
			says:  []string{"not allowed to call logs:CreateLogStream", group, "stream prod/web/"},
			calls: 1,
		},
		{
			name: "stream gone as soon as it was created",
			fault: cwlogstest.Fault{
				Operation: "PutLogEvents",
				Status:    400,
				Code:      "ResourceNotFoundException",
				Message:   "The specified log stream does not exist.",
			},
			says:  []string{"stream prod/web/: ", "log stream does not exist"},
			calls: 1 + maxAttempts,
		},
		{
			name: "unknown access key",
			fault: cwlogstest.Fault{
				Status:  400,
				Code:    "UnrecognizedClientException",
				Message: "The security token included in the request is invalid.",
			},
			says:  []string{"UnrecognizedClientException", group},
			calls: 1,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store, server := newStore(t, 0)
			server.Inject(test.fault)
			ctx := t.Context()
			if test.deadline > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.deadline)
				defer cancel()
			}
			start := time.Now()
			err := store.Put(ctx, stop("a", 0))
			if err == nil {
				t.Fatal("Put says that it wrote the record")
			}
			for _, words := range test.says {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("error %q does not contain %q", err, words)
				}
			}
			if took := time.Since(start); test.deadline > 0 && took > test.deadline+time.Second {
				t.Errorf("took %s with a deadline of %s", took, test.deadline)
			}
			calls := max(server.Calls("PutLogEvents"), server.Calls("CreateLogStream"))
			if test.calls > 0 && calls != test.calls || test.calls == 0 && calls < 2 {
				t.Errorf("%d calls", calls)
			}
			if test.fault.Delay == 0 && server.Events(group, "") != nil {
				t.Error("stored")
			}
		})
	}
}

func TestPutToAGroupThatDoesNotExist(t *testing.T) {
	store, _ := newStore(t, 0)
	store.group = "/whystopped/missing"
	err := store.Put(t.Context(), stop("a", 0))
	if want := `no log group "/whystopped/missing" in eu-west-1: deploy whystopped there`; err == nil ||
		!strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %s …", err, want)
	}
}

func TestPutAllSaysHowManyItWrote(t *testing.T) {
	store, server := newStore(t, 0)
	a, b, c := stop("a", 0), stop("b", 0), stop("c", 0)
	c.Service = "api"
	if err := store.createStream(t.Context(), StreamName(a)); err != nil {
		t.Fatal(err)
	}
	server.Inject(cwlogstest.Denied("CreateLogStream"))
	err := store.PutAll(t.Context(), []archive.Record{a, b, c})
	if err == nil ||
		!strings.HasPrefix(err.Error(), "2 of 3 records written, then: not allowed to call logs:CreateLogStream") {
		t.Errorf("error %v", err)
	}
	if got := len(stored(t, server)); got != 2 {
		t.Errorf("stored %d records, want 2", got)
	}
}

func TestNoSuccessForWhatIsNotStored(t *testing.T) {
	t.Parallel()
	store, server := newStore(t, 7)
	server.Inject(cwlogstest.Fault{Every: 3, Status: 400, Code: "ThrottlingException"})
	server.Inject(cwlogstest.Fault{Every: 5, Cut: true})
	server.Inject(cwlogstest.Fault{Every: 7, Cut: true, Stored: true})
	server.Inject(cwlogstest.Fault{Every: 11, Status: 400, Code: "AccessDeniedException"})
	server.Inject(cwlogstest.Fault{Every: 13, Delay: 2 * time.Second})
	var mu sync.Mutex
	taken, failed := map[string]bool{}, 0
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := range 15 {
				r := stop(fmt.Sprintf("%d-%d", worker, i), time.Duration(i)*24*time.Hour)
				r.Service = fmt.Sprint("web-", i%7)
				ctx, cancel := context.WithTimeout(t.Context(), 800*time.Millisecond)
				err := store.Put(ctx, r)
				cancel()
				mu.Lock()
				if err == nil {
					taken[r.DedupKey] = true
				} else {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	got := map[string]bool{}
	for _, r := range stored(t, server) {
		got[r.DedupKey] = true
	}
	for key := range taken {
		if !got[key] {
			t.Errorf("Put took %s and it is not stored", key)
		}
	}
	if len(taken) < 40 || failed == 0 {
		t.Errorf("%d puts succeeded and %d failed; both must be tried", len(taken), failed)
	}
	t.Logf("%d of 120 puts succeeded, %d records stored", len(taken), len(got))
}
