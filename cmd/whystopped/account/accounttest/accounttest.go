// Package accounttest is what the tests of commands that ask an AWS account have in common: the environment of such a
// command, a log group, and a gatherer that answers what it is told to.
package accounttest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/events"
	"whystopped/evidence/lookup"
)

// Environment makes the environment of the test that of somebody with an account in eu-west-1, of which no service
// answers.
func Environment(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID":           "AKIDEXAMPLE",
		"AWS_SECRET_ACCESS_KEY":       "do-not-leak-secret-access-key",
		"AWS_SESSION_TOKEN":           "",
		"AWS_PROFILE":                 "",
		"AWS_REGION":                  "eu-west-1",
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED":   "true",
		"WHYSTOPPED_CONFIG":           os.DevNull,
		"AWS_ENDPOINT_URL":            "http://127.0.0.1:1", // what is asked of another service fails
	} {
		t.Setenv(name, value)
	}
}

// Logs starts a stand-in of CloudWatch Logs that has the default log group, and points the environment to it.
func Logs(t *testing.T) *cwlogstest.Server {
	t.Helper()
	Environment(t)
	s := cwlogstest.NewServer()
	t.Cleanup(s.Close)
	s.CreateGroup(stack.LogGroup, stack.RetentionDays)
	t.Setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", s.URL)
	return s
}

// Asking is a gatherer that answers with proofs about the open causes of a finding.
type Asking struct {
	Proofs []classifier.Proof
	All    *classifier.Proof // about every open cause
	Log    classifier.Log

	Asked []string // "task: open causes", of each call

	// What it was made with.
	Region string
	Tell   func(string)
	Past   func(context.Context, events.Stop) (lookup.Past, bool)
}

// Gather returns the proofs.
func (a *Asking) Gather(_ context.Context, s events.Stop, f classifier.Finding) classifier.Gathered {
	a.Tell("the route tables")
	asked := s.TaskID + ":"
	var proofs []classifier.Proof
	for _, c := range f.Causes {
		if c.Result != classifier.NotChecked {
			continue
		}
		asked += " " + c.Cause
		if a.All != nil {
			p := *a.All
			p.Cause = c.Cause
			proofs = append(proofs, p)
		}
		if i := slices.IndexFunc(a.Proofs, func(p classifier.Proof) bool { return p.Cause == c.Cause }); i >= 0 {
			proofs = append(proofs, a.Proofs[i])
		}
	}
	a.Asked = append(a.Asked, asked)
	return classifier.Gathered{Proofs: proofs, Log: a.Log}
}

// TaskID is the nth id of a task.
func TaskID(n int) string { return fmt.Sprintf("%08x%024x", n, 0) }
