package archive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

// recorded is the record of a stop whose culprit wrote lines.
func recorded(lines ...string) Record {
	f := classifier.Finding{
		Culprit: -1,
		Log:     classifier.Log{Group: "/ecs/web", Stream: "app/app/0a1b", Region: "eu-west-1", Lines: lines},
	}
	return NewRecord(events.Stop{}, f, SourceEvent, time.Unix(0, 0))
}

func TestTheLogIsRecorded(t *testing.T) {
	r := recorded("starting", "Error: no database")
	if r.LogGroup != "/ecs/web" || r.LogStream != "app/app/0a1b" || r.LogTail != "starting\nError: no database" {
		t.Errorf("%q %q %q", r.LogGroup, r.LogStream, r.LogTail)
	}
	want := "https://eu-west-1.console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/log-group/" +
		"$252Fecs$252Fweb/log-events/app$252Fapp$252F0a1b"
	if r.LogsURL != want {
		t.Errorf("%s, want %s", r.LogsURL, want)
	}
	if r := NewRecord(events.Stop{}, classifier.Finding{Culprit: -1}, SourceEvent, time.Unix(0, 0)); r.LogGroup+
		r.LogStream+r.LogsURL+r.LogTail != "" {
		t.Errorf("a log that is not known is recorded: %+v", r)
	}
}

// TestALogTailHasNoSecrets: whatever is cut off, no line is kept that was not looked at with those around it.
func TestALogTailHasNoSecrets(t *testing.T) {
	key := []string{"-----BEGIN RSA PRIVATE KEY-----"}
	for n := range 30 {
		key = append(key, fmt.Sprintf("MIIEowIBAAKCAQEA%048d", n))
	}
	key = append(key, "-----END RSA PRIVATE KEY-----", "bye")
	for name, lines := range map[string][]string{
		"a URL with a password":     {"connect postgres://web:hunter2@db/web failed"},
		"a key":                     key,
		"a key that goes on":        key[:31],
		"a key in the middle of it": key[20:],
	} {
		if tail := recorded(lines...).LogTail; strings.Contains(tail, "hunter2") || strings.Contains(tail, "0000029") {
			t.Errorf("%s: %q", name, tail)
		}
	}
}

func TestALogTailIsShort(t *testing.T) {
	var many []string
	for n := range 50 {
		many = append(many, fmt.Sprintf("line %d", n))
	}
	if tail := recorded(many...).LogTail; strings.Count(tail, "\n") != tailLines-1 ||
		!strings.HasPrefix(tail, "line 30\n") || !strings.HasSuffix(tail, "\nline 49") {
		t.Errorf("%q", tail)
	}
	if tail := recorded(strings.Repeat("a", 3000), strings.Repeat("b", 3000)).LogTail; tail != strings.Repeat("b",
		3000) {
		t.Errorf("%d bytes, of two lines of 3000", len(tail))
	}
	if tail := recorded(strings.Repeat("ä", 3000)).LogTail; len(tail) < tailBytes-1 || len(tail) > tailBytes {
		t.Errorf("%d bytes of one line of 6000", len(tail))
	}
}

// A Region becomes a part of a host's name, and in an event it may be anything.
func TestLinksLeadToTheConsoleOrNowhere(t *testing.T) {
	const task = "/ecs/v2/clusters/prod/tasks/1f%2F..%23x/configuration"
	for region, want := range map[string]string{
		"eu-west-1":           "https://eu-west-1.console.aws.amazon.com" + task,
		"cn-north-1":          "https://cn-north-1.console.amazonaws.cn" + task,
		"us-iso-east-1":       "",
		"evil.example/":       "",
		"eu-west-1.evil":      "",
		"zz-north-1":          "",
		"eu-west-1/@evil.com": "",
	} {
		s := events.Stop{Kind: events.KindTask, Region: region, Cluster: "prod", TaskID: "1f/..#x"}
		r := NewRecord(s, classifier.Classify(s), SourceEvent, time.Now())
		if r.ConsoleURL != want {
			t.Errorf("Region %q: %q, want %q", region, r.ConsoleURL, want)
		}
		if r := NewRecord(s,
			classifier.Finding{Log: classifier.Log{Group: "g", Stream: "s", Region: region}, Culprit: -1}, SourceEvent,
			time.Now()); (r.LogsURL == "") != (want == "") {
			t.Errorf("Region %q: logs at %q", region, r.LogsURL)
		}
	}
}
