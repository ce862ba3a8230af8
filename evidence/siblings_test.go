package evidence

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/events"
)

var siblingFailed = time.Date(2026, 3, 2, 10, 5, 0, 0, time.UTC)

// refusedTask is a task of a service on Fargate that failed in zone a of eu-west-1, a minute after it was created.
func refusedTask() *Case {
	return &Case{CheckedAt: siblingFailed.Add(5 * time.Minute), Stop: events.Stop{
		Service: "orders", LaunchType: "FARGATE", AvailabilityZone: "eu-west-1a",
		StoppedReason: "CannotPullContainerError: pull image manifest has been retried 1 time(s)",
		CreatedAt:     siblingFailed.Add(-time.Minute), StoppedAt: siblingFailed,
		Attachments: []events.Attachment{{Type: "eni", Details: map[string]string{"subnetId": "subnet-a"}}},
	}}
}

// sibling is a task that was created so long after the failure, and started, or failed where a reason is given.
func sibling(zone string, after time.Duration, reason string) Sibling {
	s := Sibling{ID: "5f0e", Zone: "eu-west-1" + zone, Subnet: "subnet-" + zone, CreatedAt: siblingFailed.Add(after),
		Reason: reason}
	if reason == "" {
		s.StartedAt = s.CreatedAt.Add(40 * time.Second)
	} else {
		s.StoppedAt = s.CreatedAt.Add(40 * time.Second)
	}
	return s
}

// TestALaterTaskThatStartedSpeaksAgainstADefect holds what was confirmed against tasks of the same deployment.
func TestALaterTaskThatStartedSpeaksAgainstADefect(t *testing.T) {
	const confirmed, doubted = "confirmed", "inconclusive not_causal"
	started := sibling("a", time.Minute, "")
	for _, test := range []struct {
		name   string
		needs  Need
		change func(*Case)
		of     []Sibling
		want   string
	}{
		{name: "nobody is known", needs: NeedNetwork, want: confirmed},
		{name: "in the same subnet", needs: NeedNetwork, of: []Sibling{started}, want: doubted},
		{name: "in another subnet", needs: NeedNetwork, of: []Sibling{sibling("b", time.Minute, "")}, want: confirmed},
		{name: "of a secret, in another subnet", needs: NeedSecrets, of: []Sibling{sibling("b", time.Minute, "")},
			want: doubted},
		{name: "that was created before the failure", needs: NeedNetwork,
			of: []Sibling{sibling("a", -10*time.Second, "")}, want: confirmed},
		{name: "that failed too", needs: NeedNetwork, of: []Sibling{sibling("a", time.Minute, "CannotPull: x")},
			want: confirmed},
		{name: "on an instance, which has a way of its own", needs: NeedNetwork, of: []Sibling{started},
			change: func(c *Case) { c.Stop.LaunchType = "EC2" }, want: confirmed},
		{name: "of a task that had started", needs: NeedNetwork, of: []Sibling{started},
			change: func(c *Case) { c.Stop.StartedAt = c.Stop.CreatedAt.Add(time.Second) }, want: confirmed},
		{name: "of a family, whose tasks differ", needs: NeedNetwork, of: []Sibling{started},
			change: func(c *Case) { c.Stop.Service = "" }, want: confirmed},
		{name: "of what only this task has", needs: NeedHost, of: []Sibling{started}, want: confirmed},
		{name: "whose subnet is not told", needs: NeedNetwork, of: []Sibling{started},
			change: func(c *Case) { c.Stop.Attachments = nil }, want: confirmed},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := refusedTask()
			c.Facts.Running.Siblings = Is(test.of)
			if test.change != nil {
				test.change(c)
			}
			p := Check{Cause: "route-missing", Needs: []Need{NeedInputs, test.needs},
				Prove: func(*Case) classifier.Proof { return Confirmed("add a route", "there is no route") }}.Judge(c)
			if got := strings.TrimSpace(string(p.Result) + " " + p.Reason); got != test.want ||
				(p.Next != "") != (test.want == confirmed) {
				t.Errorf("%s, want %s: %+v", got, test.want, p)
			}
		})
	}
}

func TestSiblingsAreCounted(t *testing.T) {
	alike, otherwise := "CannotPullContainerError: i/o timeout", "OutOfMemoryError: x"
	for _, test := range []struct {
		name   string
		family bool
		of     []Sibling
		want   string
	}{
		{name: "none", want: "ECS tells of none of other tasks of the same deployment"},
		{name: "only mine", of: []Sibling{sibling("a", -50*time.Second, ""), sibling("b", -50*time.Second, "")},
			want: "1 in eu-west-1a and 1 in eu-west-1b started: what they share is not the reason alone"},
		{name: "only this zone", of: []Sibling{sibling("a", -50*time.Second, alike), sibling("b", -50*time.Second, "")},
			want: "1 in eu-west-1b started, none in eu-west-1a, and 1 in eu-west-1a failed alike"},
		{name: "everyone", of: []Sibling{sibling("a", -50*time.Second, alike), sibling("b", -70*time.Second, alike)},
			want: "1 in eu-west-1a and 1 in eu-west-1b failed alike: look at what all of them share"},
		{name: "all in this zone", of: []Sibling{sibling("a", -50*time.Second, alike)},
			want: "1 in eu-west-1a failed alike$"},
		{name: "the next one", of: []Sibling{sibling("b", time.Second, "")},
			want: "task 5f0e of the same deployment started in eu-west-1b at 10:05:41Z, after this one had failed"},
		{name: "the next one of a family", family: true, of: []Sibling{sibling("b", time.Second, "")},
			want: "task 5f0e of the same family started"},
		{name: "long before", of: []Sibling{sibling("a", -time.Hour, alike)}, want: "tells of none"},
		{name: "for another reason", of: []Sibling{sibling("a", -time.Minute, otherwise)}, want: "tells of none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := refusedTask()
			if test.family {
				c.Stop.Service = ""
			}
			c.Facts.Running.Siblings = Is(test.of)
			if got := Siblings(c); !strings.Contains(got+"$", test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
	if got := Siblings(refusedTask()); got != "" {
		t.Errorf("of what nobody asked: %q", got)
	}
}
