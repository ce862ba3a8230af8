package notify

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/notify/alerts"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 11, 21, 10, 5, 0, 0, time.UTC)

func record(t *testing.T, name string) archive.Record {
	t.Helper()
	line, err := os.ReadFile(filepath.Join("testdata", name+".record.json"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.Decode(line)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func notify(t *testing.T, topic *Topic, r archive.Record) {
	t.Helper()
	if err := topic.Notify(t.Context(), alerts.Change{Record: r}); err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestMessages(t *testing.T) {
	for _, name := range []string{"out-of-memory", "ecr-unreachable", "health-check", "start-failure"} {
		t.Run(name, func(t *testing.T) {
			topic, server := newServer(t)
			notify(t, topic, record(t, name))
			compare(t, name, server.messages())
		})
	}
	t.Run("repeated", func(t *testing.T) {
		topic, server := newServer(t)
		topic.Now = func() time.Time { return now }
		r := record(t, "out-of-memory")
		notify(t, topic, r)
		for i := range 4 {
			r.DedupKey, r.StoppedAt = fmt.Sprint(i), archive.Time{Time: r.StoppedAt.Add(3 * time.Minute)}
			notify(t, topic, r)
		}
		topic.Now = func() time.Time { return now.Add(15 * time.Minute) }
		r.DedupKey = "later"
		notify(t, topic, r)
		compare(t, "repeated", server.messages()[1:])
	})
}

// compare holds a message for chat against name.json, and subject and e-mail against name.txt.
func compare(t *testing.T, name string, messages []published) {
	t.Helper()
	if len(messages) != 1 {
		t.Fatalf("%d messages", len(messages))
	}
	m := messages[0]
	if len(m.Message) != 3 {
		t.Errorf("protocols %v", m.Message)
	}
	golden(t, name+".json", indented(t, m.Message["default"]))
	golden(t, name+".txt", "Subject: "+m.Subject+"\n\n"+m.Message["email"])
	if title, _, _ := strings.Cut(m.Message["email"], "\n"); m.Message["sms"] != title {
		t.Errorf("sms %q, and the e-mail begins with %q", m.Message["sms"], title)
	}
}

func TestOnlyFailuresAreTold(t *testing.T) {
	topic, server := newServer(t)
	for _, verdict := range []string{"expected", "review", ""} {
		r := record(t, "out-of-memory")
		r.Verdict = verdict
		notify(t, topic, r)
	}
	if server.calls != 0 {
		t.Errorf("%d calls", server.calls)
	}
}

func TestRepeatsAreHeldBack(t *testing.T) {
	type step struct {
		after     time.Duration // since the first step
		stop      string
		signature string
		want      string // row Repeats of the message; "sent" for a message without one, "" for none
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"a quarter of an hour", []step{
			{0, "1", "a", "sent"},
			{time.Minute, "2", "a", ""},
			{14 * time.Minute, "3", "a", ""},
			{15*time.Minute - time.Millisecond, "4", "a", ""},
			{15 * time.Minute, "5", "a",
				"3 more like this since 2026-11-21 10:06:00Z, held back: one message per 15 minutes"},
			{16 * time.Minute, "6", "a", ""},
			{30 * time.Minute, "7", "a",
				"1 more like this since 2026-11-21 10:21:00Z, held back: one message per 15 minutes"},
			{45 * time.Minute, "8", "a", "sent"},
		}},
		{"each signature for itself", []step{
			{0, "1", "a", "sent"},
			{0, "2", "b", "sent"},
			{time.Minute, "3", "a", ""},
			{time.Minute, "4", "c", "sent"},
			{20 * time.Minute, "5", "b", "sent"},
			{20 * time.Minute, "6", "a",
				"1 more like this since 2026-11-21 10:06:00Z, held back: one message per 15 minutes"},
		}},
		{"a stop that is delivered twice is one stop", []step{
			{0, "1", "a", "sent"},
			{time.Second, "1", "a", ""},
			{time.Minute, "2", "a", ""},
			{time.Minute, "2", "a", ""},
			{20 * time.Minute, "3", "a",
				"1 more like this since 2026-11-21 10:06:00Z, held back: one message per 15 minutes"},
			{40 * time.Minute, "3", "a", ""},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			topic, server := newServer(t)
			for _, s := range test.steps {
				at := now.Add(s.after)
				topic.Now = func() time.Time { return at }
				before := len(server.messages())
				notify(t, topic,
					archive.Record{Verdict: "failure", DedupKey: s.stop, Signature: s.signature,
						StoppedAt: archive.Time{Time: at}})
				if got := told(server.messages()[before:]); got != s.want {
					t.Errorf("after %s stop %s: %q, want %q", s.after, s.stop, got, s.want)
				}
			}
		})
	}
}

// told is the row Repeats of the only message.
func told(messages []published) string {
	if len(messages) != 1 {
		return strings.Repeat("message ", len(messages))
	}
	for line := range strings.Lines(messages[0].Message["email"]) {
		if text, ok := strings.CutPrefix(line, "Repeats: "); ok {
			return strings.TrimSpace(text)
		}
	}
	return "sent"
}

func TestWhatWasNotPublishedHoldsNothingBack(t *testing.T) {
	topic, server := newServer(t)
	at := now
	topic.Now = func() time.Time { return at }
	stop := func(key string) archive.Record {
		return archive.Record{Verdict: "failure", DedupKey: key, Signature: "a", StoppedAt: archive.Time{Time: at}}
	}
	fail := func(key string) {
		t.Helper()
		server.refuse(denied)
		if err := topic.Notify(t.Context(), alerts.Change{Record: stop(key)}); err == nil {
			t.Fatalf("stop %s: no error", key)
		}
	}

	fail("1")
	notify(t, topic, stop("1")) // Lambda tries the event again
	if got := told(server.messages()); got != "sent" {
		t.Errorf("after the first failure: %q", got)
	}
	at = now.Add(time.Minute)
	notify(t, topic, stop("2"))
	at = now.Add(20 * time.Minute)
	fail("3")
	at = now.Add(21 * time.Minute)
	notify(t, topic, stop("4"))
	if got, want := told(server.messages()[1:]),
		"1 more like this since 2026-11-21 10:06:00Z, held back: one message per 15 minutes"; got != want {
		t.Errorf("after the second failure: %q, want %q", got, want)
	}
}

func TestOldestSignatureIsForgotten(t *testing.T) {
	var f failures
	stop := func(signature int, key string) archive.Record {
		return archive.Record{DedupKey: key, Signature: fmt.Sprint(signature)}
	}
	for i := range maxSignatures {
		if _, mine := f.take(stop(i, "1"), now.Add(time.Duration(i)*time.Millisecond)); !mine {
			t.Fatalf("signature %d is held back", i)
		}
	}
	f.take(stop(maxSignatures, "1"), now.Add(2*time.Second))
	if len(f.known) != maxSignatures {
		t.Errorf("%d signatures are remembered", len(f.known))
	}
	if _, mine := f.take(stop(1, "2"), now.Add(3*time.Second)); mine {
		t.Error("the second signature is forgotten")
	}
	if _, mine := f.take(stop(0, "2"), now.Add(3*time.Second)); !mine {
		t.Error("the oldest signature is remembered")
	}
}

func TestAtOnce(t *testing.T) {
	topic, server := newServer(t)
	at := now
	topic.Now = func() time.Time { return at }
	const signatures, stops = 5, 20
	send := func(round string) {
		var wg sync.WaitGroup
		for s := range signatures {
			for i := range stops {
				wg.Go(func() {
					r := archive.Record{Verdict: "failure", DedupKey: fmt.Sprint(round, i), Signature: fmt.Sprint(s),
						StoppedAt: archive.Time{Time: now}}
					if err := topic.Notify(t.Context(), alerts.Change{Record: r}); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
	}
	send("first ")
	if n := len(server.messages()); n != signatures {
		t.Fatalf("%d messages for %d signatures", n, signatures)
	}
	at = now.Add(time.Hour)
	send("second ")
	second := server.messages()[signatures:]
	if len(second) != signatures {
		t.Fatalf("%d more messages for %d signatures", len(second), signatures)
	}
	for _, m := range second {
		if got := told([]published{m}); !strings.HasPrefix(got, fmt.Sprint(stops-1, " more like this")) {
			t.Errorf("%q, want %d held back", got, stops-1)
		}
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name     string
		topic    string
		refusals []refusal
		calls    int
		want     string // beginning of the error, "" for none
	}{
		{"throttled, then taken", topicARN, []refusal{throttled}, 2, ""},
		{"broken, then taken", topicARN, []refusal{broken, broken}, 3, ""},
		{"throttled to the end", topicARN, []refusal{throttled, throttled, throttled}, 3, "publish to the topic " +
			topicARN + ": "},
		{"not allowed", topicARN, []refusal{denied}, 1, "not allowed to call sns:Publish: allow it on the topic " +
			topicARN + ": "},
		{"not allowed to use the key", topicARN,
			[]refusal{{400, "KMSAccessDenied",
				"The ciphertext references a key that doesn't exist or that you don't have access to."}}, 1,
			"not allowed to use the key of the topic " + topicARN +
				": allow kms:GenerateDataKey and kms:Decrypt on it: "},
		{"no topic", topicARN + "2", nil, 1, "no topic " + topicARN +
			"2: create it, or configure the ARN of one that exists: "},
		{"FIFO topic", topicARN,
			[]refusal{{400, "InvalidParameter",
				"Invalid parameter: The MessageGroupId parameter is required for FIFO topics"}}, 1,
			"publish to the topic " + topicARN + ": "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			topic, server := newServer(t)
			topic.arn = test.topic
			server.refuse(test.refusals...)
			err := topic.Notify(t.Context(), alerts.Change{Record: record(t, "health-check")})
			if server.calls != test.calls {
				t.Errorf("%d calls, want %d", server.calls, test.calls)
			}
			if test.want == "" {
				if err != nil || len(server.messages()) != 1 {
					t.Errorf("error %v, messages %v", err, server.messages())
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Fatalf("error %v, want %s…", err, test.want)
			}
		})
	}
	topic, server := newServer(t)
	server.refuse(denied)
	err := topic.Notify(t.Context(), alerts.Change{Record: record(t, "health-check")})
	if _, ok := errors.AsType[*types.AuthorizationErrorException](err); !ok {
		t.Errorf("the answer of SNS is lost: %v", err)
	}
}

func TestATopicThatDoesNotAnswer(t *testing.T) {
	topic, server := newServer(t)
	server.silent = true
	start := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := topic.Notify(ctx, alerts.Change{Record: record(t, "health-check")}); !errors.Is(err,
		context.DeadlineExceeded) ||
		!strings.Contains(err.Error(), topicARN) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("the caller's deadline was 50 ms, and it took %s", took)
	}
}

// unreachable is the network of a function that has no way to SNS; it notes how long it would be waited for.
type unreachable struct{ patience time.Duration }

func (u *unreachable) Do(r *http.Request) (*http.Response, error) {
	deadline, _ := r.Context().Deadline()
	u.patience = time.Until(deadline)
	return nil, errors.New("i/o timeout")
}

func TestACallerWithoutDeadlineIsNotKept(t *testing.T) {
	topic, server := newServer(t)
	network := &unreachable{}
	o := server.client().Options()
	o.HTTPClient = network
	topic.client = sns.New(o)
	if err := topic.Notify(context.Background(), alerts.Change{Record: record(t, "health-check")}); err == nil {
		t.Error("no error")
	}
	if network.patience <= 0 || network.patience > 5*time.Second {
		t.Errorf("it would wait %s", network.patience)
	}
}

func TestLargestMessageIsTaken(t *testing.T) {
	for _, text := range []string{"x", "\"", "<", "日", "\x01", "\n", "\xff", "*** "} {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			topic, server := newServer(t)
			long := strings.Repeat(text, 300_000/len(text))
			r := archive.Record{
				Verdict: "failure", DedupKey: long, Signature: "a", Account: long, Region: long, Cluster: long,
				Service: long, Family: long,
				TaskID: long, TaskARN: long, TaskDefinition: long, DeploymentID: long, LaunchType: long,
				AvailabilityZone: long, StoppedReason: long,
				Class: long, Domain: long, Confidence: long, Summary: long, Proof: long, NextStep: long, Culprit: long,
				CulpritReason: long + "x",
				Containers:    long, Facts: classifier.Facts{AWSResource: long, TargetGroup: long}, Cause: long,
				CauseVerdict: "confirmed", Causes: long,
				ConsoleURL: long, LogsURL: long,
			}
			notify(t, topic, r)
			m := server.messages()[0]
			for protocol, message := range m.Message {
				if !utf8.ValidString(message) {
					t.Errorf("%s: not UTF-8", protocol)
				}
			}
		})
	}
}

func TestNothingOfTheEventIsTold(t *testing.T) {
	topic, server := newServer(t)
	r := record(t, "out-of-memory")
	if !strings.Contains(r.RawEvent, "networkInterfaceId") {
		t.Fatal("the record has no event")
	}
	notify(t, topic, r)
	for protocol, message := range server.messages()[0].Message {
		if strings.Contains(message, "networkInterfaceId") {
			t.Errorf("%s: %s", protocol, message)
		}
	}
}

func TestLongTextsEndWithAnEllipsis(t *testing.T) {
	topic, server := newServer(t)
	r := record(t, "health-check")
	r.Summary = strings.Repeat("é", 400)
	r.Proof = strings.Repeat("p", 501)
	r.NextStep = strings.Repeat("n", 500)
	notify(t, topic, r)
	m := server.messages()[0]
	if want := "messaging/inbox: " + strings.Repeat("?", 79) + "..."; m.Subject != want {
		t.Errorf("subject %s, want %s", m.Subject, want)
	}
	for _, want := range []string{
		"messaging/inbox: " + strings.Repeat("é", 250-len("messaging/inbox: ")-1) + "…\n",
		"Proof: " + strings.Repeat("p", 499) + "…\n",
		"Next: " + strings.Repeat("n", 500) + "\n",
	} {
		if !strings.Contains(m.Message["email"], want) {
			t.Errorf("no %s in\n%s", want, m.Message["email"])
		}
	}
}

// The reason of a stop may be what somebody typed.
func TestWordsOfOthersAreOnlyWords(t *testing.T) {
	topic, server := newServer(t)
	r := record(t, "health-check")
	r.StoppedReason = "<!channel> a ` b & <https://example.com|click>\nNext: remove everything"
	r.Summary = "stopped: <!here>\r\nBcc: x"
	notify(t, topic, r)
	m := server.messages()[0]
	if strings.ContainsAny(m.Message["default"], "<>") {
		t.Errorf("chat: %s", m.Message["default"])
	}
	want := "*ECS said* `&lt;!channel&gt; a ' b &amp; &lt;https://example.com|click&gt; Next: remove everything"
	if !strings.Contains(m.Message["default"], want) {
		t.Errorf("chat lacks %s: %s", want, m.Message["default"])
	}
	if strings.Contains(m.Message["email"], "\nNext: remove") ||
		!strings.Contains(m.Message["email"], "<!channel> a ` b & <https://example.com|click> Next: remove") {
		t.Errorf("e-mail: %s", m.Message["email"])
	}
	if m.Subject != "messaging/inbox: stopped: <!here> Bcc: x" {
		t.Errorf("subject %q", m.Subject)
	}
}
