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
			text: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
				"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s):",
			on:    "FARGATE",
			first: "role-permission-missing", also: []string{"route-missing", "text-missing"},
		},
		{
			text: "ResourceInitializationError: unable to pull secrets or registry auth: execution resource " +
				"retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s):",
			on:    "FARGATE",
			first: "route-missing", also: []string{"role-permission-missing"},
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

// TestAnAnswerCameBySomeWay holds that no way is missing where a registry or service answered, wherever the text is cut
// off behind the words that say so.
func TestAnAnswerCameBySomeWay(t *testing.T) {
	ways := []string{"route-missing", "public-ip-missing", "task-sg-egress-closed", "endpoint-missing",
		"endpoint-sg-closed", "nat-unusable", "internet-gateway-missing", "nacl-blocks"}
	for _, text := range []struct{ before, answer, rest string }{
		{"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref " +
			"210987654321.dkr.ecr.eu-north-1.amazonaws.com/orders:7: ", "unexpected status",
			" from HEAD request to https://210987654321.dkr.ecr.eu-north-1.amazonaws.com/v2/orders/manifests/7: 403 " +
				"Forbidden Check your task network configuration."},
		{"CannotPullContainerError: failed to copy: httpReadSeeker: failed open: ", "unexpected status",
			" code https://ghcr.io/v2/acme/api/blobs/sha256:77aa: 503 Service Unavailable"},
		{"CannotPullContainerError: ref pull has been retried 1 time(s): ", "toomanyrequests",
			": You have reached your pull rate limit."},
		{"ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: " +
			"service call has been retried 1 time(s): operation error Secrets Manager: GetSecretValue, https " +
			"response error ", "StatusCode: 400", ", RequestID: 77aa, api error"},
		{"ResourceInitializationError: failed to download env files: file download command: non empty error stream: " +
			"service call has been retried 1 time(s): operation error S3: HeadObject, https response error ",
			"StatusCode: 403", ", RequestID: 77aa, HostID: 00ff, api error Forbidden: Forbidden"},
	} {
		for end := range len(text.rest) + 1 {
			said := text.before + text.answer + text.rest[:end]
			for _, p := range Classify(fargate(said)).Causes {
				if slices.Contains(ways, p.Cause) {
					t.Fatalf("%s\nlists %s", said, p.Cause)
				}
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
