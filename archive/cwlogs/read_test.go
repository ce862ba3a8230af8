package cwlogs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
)

func read(t *testing.T, store *Store, q Query) (keys []string, skipped []error) {
	t.Helper()
	for r, err := range store.Read(t.Context(), q) {
		switch {
		case err == nil:
			keys = append(keys, r.DedupKey)
		case errors.Is(err, archive.ErrSkipped):
			skipped = append(skipped, err)
		default:
			t.Fatal(err)
		}
	}
	return keys, skipped
}

func TestReadGivesBackWhatWasWritten(t *testing.T) {
	store, _ := newStore(t, 0)
	exit := int64(137)
	want := stop("a", time.Hour)
	want.CulpritExitCode = &exit
	want.StoppedReason = `"é" <日本> & \`
	if err := store.Put(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	for got, err := range store.Read(t.Context(), Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-written +read):\n%s", diff)
		}
	}
}

func TestReadChooses(t *testing.T) {
	store, _ := newStore(t, 30)
	in := func(r archive.Record, cluster, service, verdict string) archive.Record {
		r.Cluster, r.Service, r.Verdict = cluster, service, verdict
		return r
	}
	if err := store.PutAll(t.Context(), []archive.Record{
		in(stop("web 5h", 5*time.Hour), "prod", "web", "failure"),
		in(stop("web 4h", 4*time.Hour), "prod", "web", "expected"),
		in(stop("web-v2 3h", 3*time.Hour), "prod", "web-v2", "failure"),
		in(stop("prod-2 2h", 2*time.Hour), "prod-2", "web", "failure"),
		in(stop("odd 1h", time.Hour), "prod", `a "quoted*" && name`, "failure"),
		in(stop("web 30 days", 30*24*time.Hour), "prod", "web", "failure"),
		{
			SchemaVersion: "1",
			Kind:          "unreadable",
			DedupKey:      "unreadable",
			Verdict:       "review",
			RecordedAt:    archive.Time{Time: now.Add(-6 * time.Hour)},
		},
	}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		query Query
		want  []string
	}{
		{"everything", Query{},
			[]string{"unreadable", "web 5h", "web 4h", "web-v2 3h", "prod-2 2h", "odd 1h", "web 30 days"}},
		{"cluster", Query{Prefix: StreamPrefix("prod", "")},
			[]string{"web 5h", "web 4h", "web-v2 3h", "odd 1h", "web 30 days"}},
		{"service", Query{Prefix: StreamPrefix("prod", "web")}, []string{"web 5h", "web 4h", "web 30 days"}},
		{"service of any cluster",
			Query{Prefix: StreamPrefix("", "web"), Filter: FilterPattern(Field{"service", "web"})},
			[]string{"web 5h", "web 4h", "prod-2 2h", "web 30 days"}},
		{"unreadable", Query{Prefix: "unreadable/"}, []string{"unreadable"}},
		{"verdict", Query{Prefix: StreamPrefix("prod", "web"), Filter: FilterPattern(Field{"verdict", "expected"})},
			[]string{"web 4h"}},
		{"two fields", Query{Filter: FilterPattern(Field{"verdict", "failure"}, Field{"cluster", "prod-2"})},
			[]string{"prod-2 2h"}},
		{
			"value that no pattern can state",
			Query{
				Prefix: StreamPrefix("prod", `a "quoted*" && name`),
				Filter: FilterPattern(Field{"service", `a "quoted*" && name`}),
			},
			[]string{"odd 1h"},
		},
		{"start keeps what was written late", Query{Start: now.Add(-3 * time.Hour)},
			[]string{"web-v2 3h", "prod-2 2h", "odd 1h", "web 30 days"}},
		{"end", Query{End: now.Add(-4 * time.Hour)}, []string{"unreadable", "web 5h", "web 4h"}},
		{"nothing", Query{Prefix: "staging/"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, skipped := read(t, store, test.query)
			if diff := cmp.Diff(test.want, got); diff != "" || skipped != nil {
				t.Errorf("skipped %v (-want +got):\n%s", skipped, diff)
			}
		})
	}
}

func TestReadReadsEveryPage(t *testing.T) {
	store, server := newStore(t, 0)
	server.PageSize = 7
	var records []archive.Record
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprint(i))
		records = append(records, stop(fmt.Sprint(i), time.Duration(50-i)*time.Minute))
	}
	if err := store.PutAll(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	server.Inject(cwlogstest.Fault{Operation: "FilterLogEvents", Every: 4, Status: 400, Code: "ThrottlingException"})
	got, _ := read(t, store, Query{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	before := server.Calls("FilterLogEvents")
	for range store.Read(t.Context(), Query{}) {
		break
	}
	if calls := server.Calls("FilterLogEvents") - before; calls > 2 {
		t.Errorf("%d calls for the first record", calls)
	}
}

func TestReadSkipsWhatIsNotARecord(t *testing.T) {
	store, _ := newStore(t, 0)
	if err := store.Put(t.Context(), stop("a", time.Hour)); err != nil {
		t.Fatal(err)
	}
	message := func(text string) types.InputLogEvent {
		return types.InputLogEvent{Message: aws.String(text), Timestamp: aws.Int64(now.UnixMilli())}
	}
	if _, err := store.put(t.Context(), "prod/web/",
		[]types.InputLogEvent{message("START RequestId: 1"), message(`{"level":"info"}`)}); err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), stop("b", -time.Hour)); err != nil {
		t.Fatal(err)
	}
	keys, skipped := read(t, store, Query{})
	if diff := cmp.Diff([]string{"a", "b"}, keys); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(skipped) != 2 {
		t.Fatalf("skipped %v", skipped)
	}
	for _, err := range skipped {
		if text := err.Error(); !strings.HasPrefix(text,
			`log group "/whystopped/stops", stream "prod/web/", event 000`) || !strings.HasSuffix(text, ", skipped") {
			t.Errorf("error %q", text)
		}
	}
}

func TestReadFails(t *testing.T) {
	tests := []struct {
		name  string
		group string
		fault *cwlogstest.Fault
		want  string
	}{
		{"missing group", "/whystopped/missing", nil, `no log group "/whystopped/missing" in eu-west-1`},
		{"not allowed", group, new(cwlogstest.Denied("FilterLogEvents")),
			`not allowed to call logs:FilterLogEvents: allow it on the log group "/whystopped/stops" in eu-west-1, ` +
				`streams prod/*`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			store, server := newStore(t, 0)
			store.group = test.group
			if test.fault != nil {
				server.Inject(*test.fault)
			}
			var errs []error
			for _, err := range store.Read(t.Context(), Query{Prefix: "prod/"}) {
				errs = append(errs, err)
			}
			if len(errs) != 1 || errors.Is(errs[0], archive.ErrSkipped) ||
				!strings.HasPrefix(errs[0].Error(), test.want) {
				t.Errorf("errors %v, want one: %s …", errs, test.want)
			}
		})
	}
}

func TestReadStopsAtTheDeadline(t *testing.T) {
	store, server := newStore(t, 0)
	server.Inject(cwlogstest.Fault{Delay: time.Minute})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for _, err := range store.Read(ctx, Query{}) {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	}
}

func TestFilterPattern(t *testing.T) {
	tests := []struct {
		name   string
		fields []Field
		want   string
	}{
		{"none", nil, ""},
		{"one", []Field{{"cluster", "prod"}}, `{ ($.cluster = "prod") }`},
		{"two", []Field{{"cluster", "prod"}, {"verdict", "failure"}},
			`{ ($.cluster = "prod") && ($.verdict = "failure") }`},
		{"odd but plain characters", []Field{{"group", "a && b} = $.c || (d)"}},
			`{ ($.group = "a && b} = $.c || (d)") }`},
		{"quote", []Field{{"cluster", `a" || $.b = "c`}, {"verdict", "failure"}}, `{ ($.verdict = "failure") }`},
		{"backslash", []Field{{"cluster", `a\`}}, ""},
		{"wildcard", []Field{{"cluster", `prod*`}}, ""},
		{"regular expression", []Field{{"cluster", `%prod%`}}, ""},
		{"newline", []Field{{"cluster", "a\nb"}}, ""},
		{"not ASCII", []Field{{"cluster", "é"}}, ""},
		{"empty value", []Field{{"cluster", ""}}, ""},
		{"too long", []Field{{"cluster", strings.Repeat("c", 1010)}, {"service", "web"}}, `{ ($.service = "web") }`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := FilterPattern(test.fields...)
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			store, _ := newStore(t, 0)
			if _, err := store.client.FilterLogEvents(t.Context(),
				&cloudwatchlogs.FilterLogEventsInput{
					LogGroupName:  aws.String(group),
					FilterPattern: &got,
				}); err != nil {
				t.Errorf("the service refuses it: %v", err)
			}
		})
	}
	longest := FilterPattern(Field{"cluster", strings.Repeat("c", 255)}, Field{"service", strings.Repeat("s", 255)},
		Field{"family", strings.Repeat("f", 255)}, Field{"taskDefinition", strings.Repeat("t", 255)})
	if len(longest) > 1024 || !strings.Contains(longest, "$.family") {
		t.Errorf("%d characters: %s", len(longest), longest)
	}
}

// An answer that says nothing is no end of the archive.
func TestReadSurvivesAnswersThatSayNothing(t *testing.T) {
	store, server := newStore(t, 0)
	if err := store.Put(t.Context(), stop("a", 0)); err != nil {
		t.Fatal(err)
	}
	server.Inject(cwlogstest.Fault{Operation: "FilterLogEvents", Times: 2, Status: 200, Body: new("")})
	n := 0
	for _, err := range store.Read(t.Context(), Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("read %d records, want 1", n)
	}
}
