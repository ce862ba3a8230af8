package watcher

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/google/go-cmp/cmp"
)

// eventBridge answers PutEvents as EventBridge does: the AWS JSON protocol 1.1 with the limits of
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html.
type eventBridge struct {
	*httptest.Server

	mu    sync.Mutex
	taken []entry
	calls [][]string                   // names of the containers in each call
	fails func(call int) refused       // answers a whole call; the zero value answers it normally
	turns func(call, i int) (c string) // code of an entry that is refused
}

type entry struct {
	Source, DetailType, Detail, EventBusName string
	Time                                     float64
	Resources                                []string
	region                                   string // that the call was signed for
}

func (e entry) detail() (d Detail) {
	if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
		panic(err)
	}
	return d
}

func (e entry) container() string { return e.detail().Containers[0].Name }

type refused struct {
	status  int
	code    string
	message string
}

var (
	denied = refused{400, "AccessDeniedException",
		"User: arn:aws:sts::210987654321:assumed-role/orders/7d0c is not authorized to perform: " +
			"events:PutEvents on resource: arn:aws:events:eu-central-1:210987654321:event-bus/default because no " +
			"identity-based policy allows the events:PutEvents action"}
	broken = refused{500, "InternalException", "An internal error occurred"}
)

func newEventBridge(t testing.TB) *eventBridge {
	t.Helper()
	b := &eventBridge{}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *eventBridge) client() *eventbridge.Client {
	return eventbridge.New(eventbridge.Options{
		BaseEndpoint: aws.String(b.URL),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) {
				return time.Millisecond,
					nil
			})
		}),
	})
}

var signedFor = regexp.MustCompile(`Credential=[^/]+/\d+/([^/]+)/events/aws4_request`)

func (b *eventBridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	refuse := func(f refused) {
		w.WriteHeader(f.status)
		fmt.Fprintf(w, `{"__type":%q,"message":%q}`, f.code, f.message)
	}
	region := signedFor.FindStringSubmatch(r.Header.Get("Authorization"))
	if r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" || region == nil {
		refuse(refused{400, "UnknownOperationException", ""})
		return
	}
	var in struct{ Entries []entry }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Entries) == 0 || len(in.Entries) > 10 {
		refuse(refused{400, "ValidationException",
			"1 validation error detected: Value at 'entries' failed to satisfy constraint"})
		return
	}
	call := len(b.calls)
	var names []string
	for _, e := range in.Entries {
		names = append(names, e.container())
	}
	b.calls = append(b.calls, names)
	if b.fails != nil {
		if f := b.fails(call); f.code != "" {
			refuse(f)
			return
		}
	}
	var results []string
	failed := 0
	for i, e := range in.Entries {
		if b.turns != nil {
			if code := b.turns(call, i); code != "" {
				failed++
				results = append(results, fmt.Sprintf(`{"ErrorCode":%q,"ErrorMessage":"not this time"}`, code))
				continue
			}
		}
		e.region = region[1]
		b.taken = append(b.taken, e)
		results = append(results, fmt.Sprintf(`{"EventId":"%08d-0000-5000-8000-000000000000"}`, len(b.taken)))
	}
	fmt.Fprintf(w, `{"FailedEntryCount":%d,"Entries":[%s]}`, failed, strings.Join(results, ","))
}

// took are the names of the containers whose ends were taken, in order.
func (b *eventBridge) took() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var names []string
	for _, e := range b.taken {
		names = append(names, e.container())
	}
	return names
}

// heal answers normally from now on.
func (b *eventBridge) heal() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fails, b.turns = nil, nil
}

// ends are the ends of the containers from-to, by number.
func ends(from, to int) []Event {
	var all []Event
	for i := from; i < to; i++ {
		t := task{TaskARN: "arn:aws:ecs:eu-central-1:210987654321:task/orders/7d0c", Cluster: "orders"}
		all = append(all,
			newEvent(t, container{Name: fmt.Sprint("c", i), DockerID: fmt.Sprint("id", i)},
				time.Unix(1_780_000_000, 0)))
	}
	return all
}

func names(from, to int) []string {
	var all []string
	for _, e := range ends(from, to) {
		all = append(all, e.Detail.Containers[0].Name)
	}
	return all
}

func newBus(b *eventBridge, name string) (*Bus, *bytes.Buffer) {
	said := &bytes.Buffer{}
	return NewBus(b.client(), name, log.New(said, "", 0)), said
}

func TestAnEndIsPutOnTheBus(t *testing.T) {
	for _, name := range []string{"", "arn:aws:events:eu-central-1:210987654321:event-bus/stops"} {
		b := newEventBridge(t)
		bus, said := newBus(b, name)
		e := newEndpoint(t, "ec2")
		w := New(Options{Endpoint: e.uri(), Reporter: bus, Log: log.New(said, "", 0)})
		w.poll(t.Context())
		if len(b.calls) != 0 {
			t.Errorf("%d calls while nothing ended", len(b.calls))
		}
		e.dies("metrics", 1)
		w.poll(t.Context())
		w.poll(t.Context())
		if len(b.taken) != 1 || said.String() != "" {
			t.Fatalf("took %v, said %q", b.took(), said)
		}
		got := b.taken[0]
		d := got.detail()
		if got.Source != Source || got.DetailType != DetailType || got.EventBusName != name ||
			got.region != "eu-central-1" ||
			!slices.Equal(got.Resources, []string{d.TaskARN}) ||
			time.Since(time.Unix(int64(got.Time), 0)).Abs() > time.Minute {
			t.Errorf("took %+v", got)
		}
		if c := d.Containers[0]; c.Name != "metrics" || *c.ExitCode != 1 || c.RuntimeID == "" ||
			d.LastStatus != "RUNNING" {
			t.Errorf("took %+v", d)
		}
		if strings.Contains(got.Detail, "do-not-leak") {
			t.Errorf("leaked %s", got.Detail)
		}
	}
}

func TestEntriesThatFailAreSentAgain(t *testing.T) {
	b := newEventBridge(t)
	b.turns = func(call, i int) string {
		if call == 0 && i%2 == 1 {
			return "ThrottlingException"
		}
		if call == 2 && i == 0 {
			return "InternalFailure"
		}
		return ""
	}
	bus, said := newBus(b, "")
	if err := bus.Report(t.Context(), ends(0, 12)); err != nil {
		t.Error(err)
	}
	want := [][]string{names(0, 10), {"c10", "c11"}, {"c1", "c3", "c5", "c7", "c9"}, {"c1"}}
	if diff := cmp.Diff(want, b.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	got := b.took()
	slices.Sort(got)
	wanted := names(0, 12)
	slices.Sort(wanted)
	if !slices.Equal(got, wanted) || said.String() != "" {
		t.Errorf("took %v, said %q", got, said)
	}
}

func TestWhatCannotBeSentWaits(t *testing.T) {
	tests := []struct {
		name    string
		trouble func(*eventBridge)
		calls   int // before it gives up for now
		want    string
	}{
		{"server error", func(b *eventBridge) { b.fails = func(int) refused { return broken } }, 3,
			"2 ends of containers wait to be sent: send to EventBridge: "},
		{"denied", func(b *eventBridge) { b.fails = func(int) refused { return denied } }, 1,
			"2 ends of containers wait to be sent: not allowed to call events:PutEvents: allow it on the event bus " +
				"in the policy of the task role: "},
		{"no bus", func(b *eventBridge) {
			b.fails = func(int) refused {
				return refused{400, "ResourceNotFoundException",
					"Event bus stops does not exist."}
			}
		}, 1, "2 ends of containers wait to be sent: no such event bus: create it, or name one that exists: "},
		{"throttled entries", func(b *eventBridge) { b.turns = func(int, int) string { return "ThrottlingException" } },
			rounds,
			"2 ends of containers wait to be sent: EventBridge refused one for now: ThrottlingException: not this " +
				"time"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newEventBridge(t)
			bus, said := newBus(b, "")
			test.trouble(b)
			err := bus.Report(t.Context(), ends(0, 2))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s…", err, test.want)
			}
			if len(b.calls) != test.calls {
				t.Errorf("%d calls, want %d", len(b.calls), test.calls)
			}
			b.heal()
			if err := bus.Report(t.Context(), ends(2, 3)); err != nil {
				t.Error(err)
			}
			if got := b.took(); !slices.Equal(got, names(0, 3)) || said.String() != "" {
				t.Errorf("took %v, said %q", got, said)
			}
		})
	}
}

func TestAnEntryThatNobodyWillEverTakeIsDroppedLoudly(t *testing.T) {
	b := newEventBridge(t)
	b.turns = func(call, i int) string {
		if i == 1 {
			return "MalformedDetail"
		}
		return ""
	}
	bus, said := newBus(b, "")
	if err := bus.Report(t.Context(), ends(0, 3)); err != nil {
		t.Error(err)
	}
	if got := b.took(); !slices.Equal(got, []string{"c0", "c2"}) || len(b.calls) != 1 {
		t.Errorf("took %v in %d calls", got, len(b.calls))
	}
	want := "DROPPED the end of container c1 of task arn:aws:ecs:eu-central-1:210987654321:task/orders/7d0c, " +
		"it is not in the archive (MalformedDetail: not this time): 1 dropped so far\n"
	if said.String() != want {
		t.Errorf("said %q", said)
	}
}

func TestASpoolThatOverflowsCountsLoudly(t *testing.T) {
	b := newEventBridge(t)
	b.fails = func(int) refused { return denied }
	bus, said := newBus(b, "")
	for i := 0; i < 1100; i += 50 {
		if err := bus.Report(t.Context(), ends(i, i+50)); err == nil {
			t.Fatal("sent")
		}
	}
	lines := strings.Split(strings.TrimSuffix(said.String(), "\n"), "\n")
	if len(lines) != 100 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, fmt.Sprintf("DROPPED the end of container c%d of task ", 1000+i)) ||
			!strings.HasSuffix(line, fmt.Sprintf("(1000 wait already): %d dropped so far", i+1)) {
			t.Errorf("line %q", line)
		}
	}
	b.heal()
	if err := bus.Report(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if got := b.took(); !slices.Equal(got, names(0, 1000)) {
		t.Errorf("took %d: %v", len(got), got)
	}
}

func TestABusThatHangsIsLeft(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	b := &eventBridge{Server: server}
	bus, _ := newBus(b, "")
	start := time.Now()
	err := bus.Report(t.Context(), ends(0, 1))
	if took := time.Since(start); err == nil || took > 2*sendTimeout {
		t.Errorf("%v after %s", err, took)
	}
	if len(bus.spool) != 1 {
		t.Errorf("%d ends wait", len(bus.spool))
	}
}
