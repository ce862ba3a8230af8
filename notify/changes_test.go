package notify

import (
	"strings"
	"testing"
	"time"

	"whystopped/archive"
	"whystopped/notify/alerts"
)

// TestEachMessageSaysWhatChangedInItsFirstWords compares the messages of all kinds with those of testdata.
func TestEachMessageSaysWhatChangedInItsFirstWords(t *testing.T) {
	opened := now.Add(-14 * time.Minute)
	for _, test := range []struct {
		name   string
		change alerts.Change
		begins string
	}{
		{"change-new", alerts.Change{Kind: alerts.New, Stops: 1}, "New: "},
		{"change-again", alerts.Change{Kind: alerts.Again, Stops: 1, Openings: 2}, "Again: backoffice/"},
		{"change-flapping", alerts.Change{Kind: alerts.Again, Stops: 1, Unsaid: 9, Openings: 3},
			"Again: 3 times within an hour: "},
		{"change-still", alerts.Change{Kind: alerts.Still, Stops: 31, Unsaid: 30}, "Still: "},
		{"change-wave", alerts.Change{Kind: alerts.Wave, Services: []string{"prod/web", "prod/api", "prod/cart",
			"prod/mail", "prod/search", "prod/login"}, Summary: "that cannot reach api.ecr.eu-west-1.amazonaws.com"},
			"Wave: 6th service in 2 minutes that cannot reach api.ecr.eu-west-1.amazonaws.com: web, api, cart, "},
		{"change-wave-over", alerts.Change{Kind: alerts.Wave, Over: true, Services: []string{"prod/web", "dev/web"},
			More: 39, Summary: "that cannot reach api.ecr.eu-west-1.amazonaws.com"},
			"Wave: 41 services in 2 minutes that cannot reach api.ecr.eu-west-1.amazonaws.com: prod/web, dev/web"},
		{"change-steady", alerts.Change{Kind: alerts.Closed, Stops: 31, Until: now, Summary: "app ran out of memory"},
			" is steady again after 14 min, 31 stops: app ran out of memory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			topic, server := newServer(t)
			c := test.change
			c.Record, c.Since, c.Part, c.Sort = record(t, "ecr-unreachable"), opened, "alert/2", "5f0e1d2c3b4a5968"
			if c.Kind == alerts.Closed {
				r := archive.Record{Kind: "service", EventName: "SERVICE_STEADY_STATE", Cluster: c.Record.Cluster,
					Service: "web", Account: c.Record.Account, Region: c.Record.Region, Verdict: "expected",
					StoppedAt: archive.Time{Time: now}, StoppedReason: "(service web) has reached a steady state."}
				c.Record, test.begins = r, r.Cluster+"/web"+test.begins
			}
			if err := topic.Notify(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			messages := server.messages()
			compare(t, test.name, messages)
			if title := messages[0].Message["sms"]; !strings.HasPrefix(title, test.begins) {
				t.Errorf("the title is %q, and should begin with %q", title, test.begins)
			}
		})
	}
}

// TestWhatThisProcessToldItDoesNotTellAgain: the memory may not know of it, because it was away.
func TestWhatThisProcessToldItDoesNotTellAgain(t *testing.T) {
	change := func(kind alerts.Kind, since time.Duration) alerts.Change {
		return alerts.Change{Kind: kind, Record: archive.Record{Verdict: "failure", Signature: "a", DedupKey: "1"},
			Part: "alert/2/prod/web", Sort: "a", Since: now.Add(since)}
	}
	for _, test := range []struct {
		name          string
		first, second alerts.Change
		after         time.Duration
		want          int
	}{
		{"taken over", change(alerts.New, 0), change(alerts.New, 0), time.Minute, 1},
		{"told without the memory, which is there again", change("", 0), change(alerts.New, 0), time.Minute, 1},
		{"told with the memory, which is away then", change(alerts.New, 0), change("", 0), time.Minute, 1},
		{"told with the memory, which is away much later", change(alerts.New, 0), change("", 0), time.Hour, 2},
		{"another change", change(alerts.New, 0), change(alerts.Again, time.Minute), time.Minute, 2},
		{"came again twice", change(alerts.Again, 0), change(alerts.Again, 5*time.Minute), 5 * time.Minute, 2},
		{"still, hours later", change(alerts.Still, 0), change(alerts.Still, 0), 4 * time.Hour, 2},
	} {
		topic, server := newServer(t)
		topic.Now = func() time.Time { return now }
		if err := topic.Notify(t.Context(), test.first); err != nil {
			t.Fatal(err)
		}
		topic.Now = func() time.Time { return now.Add(test.after) }
		test.second.Record.DedupKey = "2"
		if err := topic.Notify(t.Context(), test.second); err != nil {
			t.Fatal(err)
		}
		if n := len(server.messages()); n != test.want {
			t.Errorf("%s: %d messages, want %d", test.name, n, test.want)
		}
	}
	topic, server := newServer(t)
	server.refuse(denied)
	if err := topic.Notify(t.Context(), change(alerts.New, 0)); err == nil {
		t.Error("a refused message is no error")
	}
	if err := topic.Notify(t.Context(), change(alerts.New, 0)); err != nil || len(server.messages()) != 1 {
		t.Errorf("what was not published is told by the next: %v, %d messages", err, len(server.messages()))
	}
}
