package classifier

import (
	"slices"
	"testing"

	"whystopped/events"
)

// TestUsualCausesOfAStep holds that a text that names the step and not the fault brings the step's usual causes, and
// what is said of it is still that nothing more is known.
func TestUsualCausesOfAStep(t *testing.T) {
	for _, c := range []struct {
		text, on    string
		first       string
		also, never []string
	}{
		{
			text: "ResourceInitializationError: unable to pull secrets or registry auth", on: "FARGATE",
			first: "route-missing",
			also:  []string{"public-ip-missing", "role-permission-missing", "text-missing"},
			never: []string{"instance-role-missing"},
		},
		{
			text: "CannotPullContainerError: inspect image has been retried 5 time(s): httpReaderSeeker: failed " +
				"open: " +
				"unexpected status code https://registry-1.docker.io/v2/acme/fluent/manifests/sha256:3b4e...",
			on:    "FARGATE",
			first: "docker-hub-limit", also: []string{"registry-credentials-missing"},
			never: []string{"role-permission-missing", "endpoint-missing", "host-disk-full"},
		},
		{
			text: "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref " +
				"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7:", on: "FARGATE",
			first: "image-tag-missing", also: []string{"route-missing", "role-permission-missing"},
			never: []string{"docker-hub-limit"},
		},
		{
			text: "ResourceInitializationError: failed to validate logger args:", on: "FARGATE",
			first: "log-group-missing", also: []string{"role-permission-missing", "log-options-invalid"},
		},
		{
			text: "CannotStartContainerError: Error response from daemon: failed to create shim task", on: "EC2",
			first: "entrypoint-missing", also: []string{"binary-architecture", "port-conflict"},
		},
	} {
		f := Classify(events.Stop{LaunchType: c.on, StopCode: "TaskFailedToStart", StoppedReason: c.text,
			Region: "eu-north-1", Account: "210987654321"})
		ids := make([]string, 0, len(f.Causes))
		for _, p := range f.Causes {
			ids = append(ids, p.Cause)
			if p.Result == Confirmed {
				t.Errorf("%s: %s is confirmed, though the fault is not known", c.text, p.Cause)
			}
		}
		if f.Fault != UnknownFault || len(ids) == 0 || ids[0] != c.first || ids[len(ids)-1] != "text-missing" {
			t.Errorf("%s: %s has %v, want %s first", c.text, f.Class(), ids, c.first)
		}
		for _, id := range c.also {
			if !slices.Contains(ids, id) {
				t.Errorf("%s: %s is not in %v", c.text, id, ids)
			}
		}
		for _, id := range c.never {
			if slices.Contains(ids, id) {
				t.Errorf("%s: %s cannot be, and is in %v", c.text, id, ids)
			}
		}
	}
}

// TestUsualsAreWhole holds that each row names causes that its stage and fault can have, and that each is listed for
// some stop of the stage.
func TestUsualsAreWhole(t *testing.T) {
	for _, u := range Usuals {
		for _, uf := range u.Faults {
			for _, id := range uf.Causes {
				c, known := FindCause(id)
				if !known || !c.at(u.At) {
					t.Errorf("%s.%s: %s is no cause of the stage", u.At, uf.Fault, id)
				}
			}
		}
	}
}
