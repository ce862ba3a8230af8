package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/ingest"
	"whystopped/notify/alerts"
)

// metricValue is one value of a metric as CloudWatch takes it out of a log line.
type metricValue struct {
	Metric     string
	Dimensions string // name=value, joined by commas
	Value      float64
}

// metricsOf reads a log line as CloudWatch does: a line that breaks the embedded metric format is an error.
func metricsOf(line []byte) ([]metricValue, error) {
	var root map[string]any
	if err := json.Unmarshal(line, &root); err != nil {
		return nil, err
	}
	metadata, err := json.Marshal(root["_aws"])
	if err != nil {
		return nil, err
	}
	var aws struct {
		Timestamp         *int64
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name, Unit string }
		}
	}
	decoder := json.NewDecoder(bytes.NewReader(metadata))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&aws); err != nil {
		return nil, err
	}
	if aws.Timestamp == nil || time.Since(time.UnixMilli(*aws.Timestamp)).Abs() > time.Hour {
		return nil, fmt.Errorf("timestamp %v is not now in milliseconds", aws.Timestamp)
	}
	if len(aws.CloudWatchMetrics) == 0 {
		return nil, errors.New("no metric directive")
	}
	var values []metricValue
	for _, directive := range aws.CloudWatchMetrics {
		if directive.Namespace == "" || len(directive.Namespace) > 1024 || len(directive.Metrics) == 0 ||
			len(directive.Metrics) > 100 {
			return nil, fmt.Errorf("directive %+v", directive)
		}
		for _, set := range directive.Dimensions {
			if set == nil || len(set) > 30 {
				return nil, fmt.Errorf("dimension set %v", set)
			}
			var dimensions []string
			for _, name := range set {
				value, isText := root[name].(string)
				if !isText || value == "" || len(value) > 1024 {
					return nil, fmt.Errorf("dimension %s has the value %v", name, root[name])
				}
				dimensions = append(dimensions, name+"="+value)
			}
			for _, metric := range directive.Metrics {
				value, isNumber := root[metric.Name].(float64)
				if !isNumber || metric.Unit != "Count" {
					return nil, fmt.Errorf("metric %s in %s has the value %v", metric.Name, metric.Unit,
						root[metric.Name])
				}
				values = append(values,
					metricValue{directive.Namespace + " " + metric.Name, strings.Join(dimensions, ","), value})
			}
		}
	}
	return values, nil
}

// putFunc is a store of one method.
type putFunc func(context.Context, archive.Record) error

func (f putFunc) Put(ctx context.Context, r archive.Record) error { return f(ctx, r) }

// changing is what differs from one run to the next in a log line.
var changing = regexp.MustCompile(`("timestamp":"|"Timestamp":|Ms":)[-0-9TZ:.+]+`)

func TestLogLines(t *testing.T) {
	const token = "ghp_doNotLeak0123456789abcdef"
	stop := string(stopped(t, "task-one", nil))
	job := string(stopped(t, "task-job", object{"group": "family:nightly", "startedBy": "someone"}))
	refuse := func(context.Context, archive.Record) error { return errors.New("no access with " + token) }
	take := func(context.Context, archive.Record) error { return nil }
	const start, id = `{"timestamp":"*","level":`, `"requestId":"7b1c",`
	const one = `"dedupKey":"task-one","class":"runtime.crashed","verdict":"failure","cluster":"prod","service":"web",`
	const metrics = `"_aws":{"Timestamp":*,"CloudWatchMetrics":[{"Namespace":"Whystopped","Dimensions":`
	const stops, failures = `,"Metrics":[{"Name":"Stops","Unit":"Count"}]}]},`,
		`,"Metrics":[{"Name":"IngestFailures","Unit":"Count"}]}]},`
	const took = `"explainMs":*,"writeMs":*}` + "\n"
	for _, test := range []struct {
		name    string
		payload string
		put     putFunc
		log     string
		metrics []metricValue
	}{
		{"stop of a service", stop, take,
			start + `"INFO","message":"archived",` + id + one + `"Stops":1,` + metrics +
				`[[],["verdict"],["cluster","service","verdict"]]` + stops + took,
			[]metricValue{{"Whystopped Stops", "", 1}, {"Whystopped Stops", "verdict=failure", 1},
				{"Whystopped Stops", "cluster=prod,service=web,verdict=failure", 1}}},
		{"stop of a task without a service", job, take,
			start + `"INFO","message":"archived",` + id +
				`"dedupKey":"task-job","class":"runtime.crashed","verdict":"failure","Stops":1,` + metrics +
				`[[],["verdict"]]` + stops + took,
			[]metricValue{{"Whystopped Stops", "", 1}, {"Whystopped Stops", "verdict=failure", 1}}},
		{"a watched end of a container, whose names are anybody's",
			`{"detail-type":"ECS Container Stopped","source":"whystopped.watcher",
			"account":"111122223333","region":"eu-west-1","detail":{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/1f",
			"group":"service:web","containers":[{"name":"app","lastStatus":"STOPPED","exitCode":1,"runtimeId":"r1"}]}}`, take,
			start + `"INFO","message":"archived",` + id +
				`"dedupKey":"1f#r1","class":"runtime.crashed","verdict":"failure","Stops":1,` +
				metrics + `[[],["verdict"]]` + stops + took,
			[]metricValue{{"Whystopped Stops", "", 1}, {"Whystopped Stops", "verdict=failure", 1}}},
		{"unreadable", "{", take,
			start + `"INFO","message":"archived",` + id + `"dedupKey":"` + digest([]byte("{")) +
				`","class":"unknown.unknown","verdict":"review","Stops":1,` + metrics + `[[],["verdict"]]` + stops +
				took,
			[]metricValue{{"Whystopped Stops", "", 1}, {"Whystopped Stops", "verdict=review", 1}}},
		{"failed write", stop, refuse,
			start + `"ERROR","message":"not archived",` + id + `"error":"no access with ***",` + one +
				`"IngestFailures":1,` + metrics + `[[],["verdict"],["cluster","service","verdict"]]` + failures + took,
			[]metricValue{{"Whystopped IngestFailures", "", 1}, {"Whystopped IngestFailures", "verdict=failure", 1},
				{"Whystopped IngestFailures", "cluster=prod,service=web,verdict=failure", 1}}},
		{"two stops, a line each", "[" + stop + "," + job + "]", take,
			start + `"INFO","message":"archived",` + id + one + `"Stops":1,` + metrics +
				`[[],["verdict"],["cluster","service","verdict"]]` + stops + took +
				start + `"INFO","message":"archived",` + id +
				`"dedupKey":"task-job","class":"runtime.crashed","verdict":"failure","Stops":1,` + metrics +
				`[[],["verdict"]]` + stops + took,
			[]metricValue{{"Whystopped Stops", "", 1}, {"Whystopped Stops", "verdict=failure", 1},
				{"Whystopped Stops", "cluster=prod,service=web,verdict=failure", 1},
				{"Whystopped Stops", "", 1}, {"Whystopped Stops", "verdict=failure", 1}}},
		{"names that ECS does not give",
			string(stopped(t, "task-one", object{"group": "service:" + strings.Repeat("w", 1000)})), take,
			start + `"INFO","message":"archived",` + id +
				`"dedupKey":"task-one","class":"runtime.crashed","verdict":"failure","Stops":1,` + metrics +
				`[[],["verdict"]]` + stops + took,
			[]metricValue{{"Whystopped Stops", "", 1}, {"Whystopped Stops", "verdict=failure", 1}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			h := &handler{store: test.put, log: newLog(&log), counts: true}
			ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "7b1c"})
			if _, err := h.Invoke(ctx, []byte(test.payload)); err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("a secret is in the error %q", err)
			}
			if diff := cmp.Diff(test.log, changing.ReplaceAllString(log.String(), "${1}*")); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			var got []metricValue
			for line := range bytes.Lines(log.Bytes()) {
				values, err := metricsOf(line)
				if err != nil {
					t.Errorf("CloudWatch takes no metric out of %s: %v", line, err)
				}
				got = append(got, values...)
			}
			if diff := cmp.Diff(test.metrics, got); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNotEvenUnreadableIsCounted(t *testing.T) {
	var log bytes.Buffer
	report := &loggedStore{log: newLog(&log), since: time.Now()}
	report.report(archive.Record{}, errors.New("whystopped failed on this document"), 0)
	got, err := metricsOf(log.Bytes())
	if want := []metricValue{{"Whystopped IngestFailures", "", 1}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func TestDurationsAreTheRecordsOwn(t *testing.T) {
	var log bytes.Buffer
	slow := putFunc(func(context.Context, archive.Record) error {
		time.Sleep(30 * time.Millisecond)
		return nil
	})
	h := &handler{store: slow, log: newLog(&log)}
	start := time.Now()
	if _, err := h.Invoke(t.Context(),
		[]byte("["+string(stopped(t, "one", nil))+","+string(stopped(t, "two", nil))+"]")); err != nil {
		t.Fatal(err)
	}
	whole := float64(time.Since(start)) / float64(time.Millisecond)
	lines := logLines(t, log.String())
	if len(lines) != 2 {
		t.Fatalf("logged %s", log.String())
	}
	logged := 0.0
	for _, line := range lines {
		if *line.WriteMs < 30 || *line.ExplainMs <= 0 {
			t.Errorf("%s: explained in %v ms, written in %v ms", line.DedupKey, *line.ExplainMs, *line.WriteMs)
		}
		logged += *line.ExplainMs + *line.WriteMs
	}
	if logged > whole {
		t.Errorf("the lines tell of %v ms, the invocation took %v ms", logged, whole)
	}
}

func TestTheWriteIsGivenTimeToFail(t *testing.T) {
	for _, left := range []time.Duration{30 * time.Second, timeLimit} { // of a sweep an event has 40 s
		ctx, cancel := context.WithTimeout(t.Context(), left)
		defer cancel()
		writes(ctx, t, min(left, eventTime+margin))
	}
}

// writes wants a write to end a moment before an event's time is over.
func writes(ctx context.Context, t *testing.T, within time.Duration) {
	t.Helper()
	begin := time.Now()
	h := &handler{store: putFunc(func(ctx context.Context, _ archive.Record) error {
		deadline, ok := ctx.Deadline()
		if off := deadline.Sub(begin) - (within - margin); !ok || off < -time.Second || off > time.Second {
			t.Errorf("the write may take %s, want %s", deadline.Sub(begin), within-margin)
		}
		return nil
	}), log: newLog(&bytes.Buffer{})}
	if _, err := h.Invoke(ctx, stopped(t, "task-one", nil)); err != nil {
		t.Fatal(err)
	}
}

// notifyFunc is a notifier.
type notifyFunc func(alerts.Change) error

func (f notifyFunc) Notify(_ context.Context, c alerts.Change) error { return f(c) }

func TestPeopleAreToldOnlyOfWhatIsWritten(t *testing.T) {
	take := putFunc(func(context.Context, archive.Record) error { return nil })
	refuse := putFunc(func(context.Context, archive.Record) error { return errors.New("no access") })
	for _, test := range []struct {
		name   string
		store  ingest.Store
		answer error
		told   int
		failed bool // the invocation
		logged string
	}{
		{"written and told", take, nil, 1, false, ""},
		{"not written", refuse, nil, 0, true, "IngestFailures"},
		{"written, not told", take, errors.New("topic of postgres://u:hunter2@db is gone"), 1, false, "NotifyFailures"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			told := 0
			h := &handler{store: test.store,
				notifier: notifyFunc(func(alerts.Change) error { told++; return test.answer }), log: newLog(&log)}
			if _, err := h.Invoke(t.Context(), stopped(t, "task-one", nil)); (err != nil) != test.failed {
				t.Errorf("the invocation ended with %v", err)
			}
			if told != test.told || !strings.Contains(log.String(), test.logged) ||
				strings.Contains(log.String(), "hunter2") {
				t.Errorf("told %d times, logged %s", told, log.String())
			}
			for line := range bytes.Lines(log.Bytes()) {
				if _, err := metricsOf(line); err != nil {
					t.Errorf("CloudWatch takes no metric out of %s: %v", line, err)
				}
			}
		})
	}
}

// gatherFunc is a gatherer.
type gatherFunc func(context.Context, classifier.Finding) []classifier.Proof

func (f gatherFunc) Gather(ctx context.Context, _ events.Stop, finding classifier.Finding) classifier.Gathered {
	return classifier.Gathered{Proofs: f(ctx, finding)}
}

func TestTheLineCountsWhatWasFoundOut(t *testing.T) {
	var log bytes.Buffer
	h := &handler{store: putFunc(func(context.Context, archive.Record) error { return nil }), log: newLog(&log)}
	if _, err := h.Invoke(t.Context(), stopped(t, "task-one", nil)); err != nil ||
		strings.Contains(log.String(), "confirmed") {
		t.Errorf("nobody was asked: %v, logged %s", err, log.String())
	}
	log.Reset()
	h.gatherer = gatherFunc(func(_ context.Context, f classifier.Finding) []classifier.Proof {
		return []classifier.Proof{{Cause: f.Causes[0].Cause, Result: classifier.Confirmed, Evidence: "do-not-log"},
			{Cause: f.Causes[1].Cause, Result: classifier.Inconclusive}}
	})
	if _, err := h.Invoke(t.Context(), stopped(t, "task-one", nil)); err != nil {
		t.Fatal(err)
	}
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["confirmed"] != 1.0 || line["inconclusive"] != 1.0 || line["not_checked"] != nil ||
		strings.Contains(log.String(), "do-not-log") {
		t.Errorf("logged %s", log.String())
	}
	if _, err := metricsOf(log.Bytes()); err != nil {
		t.Error(err)
	}
}

// TestTheGathererLeavesTimeForTheWrite: of the time that Lambda gives, the last 5 s and the margin are not the
// gatherer's.
func TestTheGathererLeavesTimeForTheWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for limit, want := range map[time.Duration]time.Duration{time.Minute: 8 * time.Second,
			10 * time.Second: 4 * time.Second, 3 * time.Second: 0} {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			asked, written := false, false
			h := &handler{log: newLog(&bytes.Buffer{})}
			h.gatherer = gatherFunc(func(ctx context.Context, _ classifier.Finding) []classifier.Proof {
				asked = true
				deadline, _ := ctx.Deadline()
				if has := time.Until(deadline); has != want {
					t.Errorf("with %s for all, the gatherer has %s, want %s", limit, has, want)
				}
				return nil
			})
			h.store = putFunc(func(context.Context, archive.Record) error { written = true; return nil })
			if _, err := h.Invoke(ctx, stopped(t, "task-one", nil)); err != nil || asked != (want > 0) || !written {
				t.Errorf("asked %v, written %v, %v", asked, written, err)
			}
			cancel()
		}
	})
}

// TestServicesAreCountedOnRequest: each service has metrics of its own, which are paid for.
func TestServicesAreCountedOnRequest(t *testing.T) {
	var log bytes.Buffer
	h := &handler{store: putFunc(func(context.Context, archive.Record) error { return nil }), log: newLog(&log)}
	if _, err := h.Invoke(t.Context(), stopped(t, "task-one", nil)); err != nil {
		t.Fatal(err)
	}
	if line := log.String(); !strings.Contains(line, `"Dimensions":[[],["verdict"]]`) ||
		strings.Contains(line, `"service"`) {
		t.Errorf("without the option: %s", line)
	}
}

// TestTwoDeploymentsCountApart: each in the namespace that its stack names.
func TestTwoDeploymentsCountApart(t *testing.T) {
	for namespace, want := range map[string]string{"": "Whystopped", "blue-Whystopped": "blue-Whystopped"} {
		t.Setenv(stack.EnvNamespace, namespace)
		if got := counted(stack.MetricStops, nil, time.Now()).CloudWatchMetrics[0].Namespace; got != want {
			t.Errorf("with %q it counts in %s", namespace, got)
		}
	}
}
