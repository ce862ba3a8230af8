package lookup

import (
	"strings"
	"testing"
	"time"

	"whystopped/classifier"
	"whystopped/evidence/lookup/awstest"
)

// change is a call that CloudTrail knows of a resource.
func change(call, resource string, at time.Time) object {
	return object{
		"EventName":    call,
		"ResourceName": resource,
		"EventTime":    at,
		"CloudTrailEvent": object{
			"eventSource":  "ec2.amazonaws.com",
			"eventName":    call,
			"userIdentity": object{"type": "AssumedRole", "arn": "arn:aws:sts::" + account + ":assumed-role/ops/li"},
		},
	}
}

// TestWhatWasChangedSinceDecidesNothing: a route that was deleted after the failure is not its cause.
func TestWhatWasChangedSinceDecidesNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		call  string
		on    string
		after time.Duration // the failure
		want  string
		tells string
	}{
		{"nothing was", "", "", 0, "confirmed", "no route"},
		{"deleted after the failure", "DeleteRoute", "rtb-1", 2 * time.Minute, "inconclusive later",
			"ec2:DeleteRoute at"},
		{"deleted before the failure", "DeleteRoute", "rtb-1", -2 * time.Minute, "confirmed",
			"last change of rtb-1: ec2:DeleteRoute at"},
		{"only tagged after the failure", "CreateTags", "rtb-1", 2 * time.Minute, "confirmed", "no route"},
		{"another table's route", "DeleteRoute", "rtb-2", 2 * time.Minute, "confirmed", "no route"},
		{"an endpoint was deleted after the failure", "DeleteVpcEndpoints", "", 2 * time.Minute, "inconclusive later",
			"last change of DeleteVpcEndpoints"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			closedVPC(s, 1, true)
			g, clock := newGatherer(s)
			clock.now = clock.now.Add(5 * time.Minute)
			stop, finding := unreached(0, clock.now.Add(-4*time.Minute))
			if test.call != "" {
				s.Put("cloudtrail:LookupEvents", change(test.call, test.on, stop.StoppedAt.Add(test.after)))
			}
			found := map[string]classifier.Proof{}
			for _, p := range g.Gather(t.Context(), stop, finding).Proofs {
				found[p.Cause] = p
			}
			p := found["route-missing"]
			if got := strings.TrimSpace(string(p.Result) + " " + p.Reason); got != test.want ||
				!strings.Contains(p.Evidence, test.tells) {
				t.Errorf("%s: %q, want %s: %q", got, p.Evidence, test.want, test.tells)
			}
			if n := s.Count("cloudtrail"); n == 0 || n > mostChanges {
				t.Errorf("CloudTrail was asked %d times", n)
			}
		})
	}
}

// TestChangesNeedNoPermission: who may not ask CloudTrail gets the proofs all the same.
func TestChangesNeedNoPermission(t *testing.T) {
	s := newServer(t)
	closedVPC(s, 1, true)
	s.Inject(awstest.Fault{Operation: "cloudtrail:LookupEvents", Denied: true})
	g, clock := newGatherer(s)
	stop, finding := unreached(0, clock.now)
	for _, p := range g.Gather(t.Context(), stop, finding).Proofs {
		if p.Cause == "route-missing" && p.Result != classifier.Confirmed {
			t.Errorf("%+v", p)
		}
	}
	if n := s.Count("cloudtrail"); n > 1 {
		t.Errorf("asked %d times what was refused once", n)
	}
}
