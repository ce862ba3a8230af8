//go:build !local

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/account"
	"whystopped/cmd/whystopped/account/accounttest"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events"
	"whystopped/ingest"
)

const unreachableSample = "../../events/samples/registry-auth-unreachable.json"

var routeIsMissing = []classifier.Proof{
	{Cause: "public-ip-missing", Result: classifier.RuledOut, Evidence: "subnet-0a routes to no internet gateway"},
	{
		Cause:    "route-missing",
		Result:   classifier.Confirmed,
		Evidence: "rtb-0a1 (main) of subnet-0a has no 0.0.0.0/0",
		Next:     "add a route to rtb-0a1",
	},
	{
		Cause:         "nacl-blocks",
		Result:        classifier.Inconclusive,
		Reason:        "no_permission",
		MissingAction: "ec2:DescribeNetworkAcls",
	},
	{Cause: "nat-unusable", Result: classifier.NotChecked, Reason: "tier", MissingAction: "ec2:DescribeNatGateways"},
	{Cause: "dns-disabled", Result: classifier.Inconclusive, Reason: "custom_dns", Evidence: "dopt-1 names 10.0.0.2"},
	{Cause: "internet-gateway-missing", Result: classifier.RuledOut, Evidence: "rtb-0a1 leads to none"},
	{Cause: "public-access-blocked", Result: classifier.RuledOut, Evidence: "rtb-0a1 leads to no internet gateway"},
}

func TestExplainVerifyShowsWhatWasProven(t *testing.T) {
	a := answering(t, &accounttest.Asking{Proofs: routeIsMissing})
	plain, _ := whystopped(t, screen.ExitOK, "explain", unreachableSample)
	if strings.ContainsAny(plain, "✗✓") || len(a.Asked) != 0 ||
		!strings.Contains(plain, "\n    1  public-ip-missing ") {
		t.Errorf("without --verify somebody is asked (%q), or the list is not as it was:\n%s", a.Asked, plain)
	}
	stdout, stderr := whystopped(t, screen.ExitOK, "explain", "--verify", "--all", "--region", "ap-northeast-1",
		unreachableSample)
	for _, want := range []string{
		" (registry_auth.unreachable, certain)\n", ": rtb-0a1 (main) of subnet-0a has no 0.0.0.0/0 (registry",
		"\n  next        add a route to rtb-0a1\n",
		"look at, in this order\n    ✗  route-missing ", "confirmed: rtb-0a1 (main) of subnet-0a has no 0.0.0.0/0\n",
		"    ✓  public-ip-missing ", "ruled out: subnet-0a routes to no internet gateway\n",
		"    ?  nacl-blocks ", "inconclusive: needs ec2:DescribeNetworkAcls\n",
		"    ?  nat-unusable ", "not checked: needs ec2:DescribeNatGateways\n",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("lacks %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "  checked ") || stderr != "" {
		t.Errorf("something was checked, and stderr is no terminal: %q\n%s", stderr, stdout)
	}
	if len(a.Asked) != 1 || a.Region != "ap-northeast-1" {
		t.Errorf("asked %q in %s", a.Asked, a.Region)
	}

	stdout, _ = whystopped(t, screen.ExitOK, "explain", "--verify", "--json", unreachableSample)
	var r struct {
		Cause, CauseVerdict, MissingActions, CheckedAt string
		Causes                                         []screen.ExplainedCause
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if r.Cause != "route-missing" || r.CauseVerdict != "confirmed" ||
		r.MissingActions != "ec2:DescribeNatGateways ec2:DescribeNetworkAcls" || r.CheckedAt == "" {
		t.Errorf("%s", stdout)
	}
	i := slices.IndexFunc(r.Causes, func(c screen.ExplainedCause) bool { return c.ID == "nacl-blocks" })
	if i < 0 || r.Causes[i].Verdict != "inconclusive" || r.Causes[i].Reason != "no_permission" ||
		r.Causes[i].MissingAction != "ec2:DescribeNetworkAcls" || r.Causes[0].Evidence == "" {
		t.Errorf("causes %+v", r.Causes)
	}
}

func TestExplainVerifyElsewhereSaysThatNothingWasChecked(t *testing.T) {
	answering(t, &accounttest.Asking{All: &classifier.Proof{Result: classifier.NotChecked, Reason: "other_account"}})
	stdout, _ := whystopped(t, screen.ExitOK, "explain", "--verify", unreachableSample)
	if !strings.Contains(stdout,
		"\n  checked     nothing: the credentials are of another account or Region than the stop\n") ||
		!strings.Contains(stdout, "    ?  public-ip-missing ") || strings.ContainsAny(stdout, "✗✓") {
		t.Errorf("does not say that nothing was checked, and why:\n%s", stdout)
	}
}

func TestALookUpThatFailsIsTold(t *testing.T) {
	answering(t, &accounttest.Asking{})
	account.NewGatherer = func(aws.Config, func(string), account.RanBefore) ingest.Gatherer { return panicking{} }
	stdout, _ := whystopped(t, screen.ExitOK, "explain", "--verify", unreachableSample)
	said := classifier.FindReason(classifier.ReasonFailed).Said
	if !strings.Contains(stdout, "\n  checked     nothing: "+said+"\n") ||
		!strings.Contains(stdout, "not checked: "+said+"; the checks failed: index out of range\n") {
		t.Errorf("shows\n%s", stdout)
	}
}

type panicking struct{}

func (panicking) Gather(context.Context, events.Stop, classifier.Finding) classifier.Gathered {
	panic("index out of range")
}

func TestVerifyNeedsAnAccount(t *testing.T) {
	answering(t, &accounttest.Asking{})
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if stdout, stderr := whystopped(t, screen.ExitBad, "explain", "--verify", unreachableSample); stdout != "" ||
		!strings.Contains(stderr, "no AWS credentials: log in") {
		t.Errorf("%s%s", stdout, stderr)
	}
	if _, stderr := whystopped(t, screen.ExitBad, "history",
		"--verify"); !strings.Contains(stderr, "--verify checks one stop: name its TASK") {
		t.Error(stderr)
	}
}

func TestHistoryVerifyChecksAnArchivedStop(t *testing.T) {
	a := answering(t, &accounttest.Asking{Proofs: routeIsMissing})
	dir := filepath.Join(t.TempDir(), "stops")
	whystopped(t, screen.ExitOK, "archive", unreachableSample, "--to", dir)
	r := recordsAt(t, dir)[0]
	whole := textOf(t, dir)

	stdout, _ := whystopped(t, screen.ExitOK, "history", "--from", dir, r.TaskID)
	if strings.ContainsAny(stdout, "✗✓") || len(a.Asked) != 0 {
		t.Errorf("nothing was checked, and it shows:\n%s", stdout)
	}
	stdout, _ = whystopped(t, screen.ExitOK, "history", "--from", dir, r.TaskID[:12], "--verify")
	if len(a.Asked) != 1 || !strings.HasPrefix(a.Asked[0], r.TaskID+": ") {
		t.Errorf("asked %q", a.Asked)
	}
	if !strings.Contains(stdout, "    ✗  route-missing ") ||
		!strings.Contains(stdout, "\n  next        add a route to rtb-0a1\n") {
		t.Errorf("shows\n%s", stdout)
	}
	stdout, _ = whystopped(t, screen.ExitOK, "history", "--from", dir, r.TaskID, "--verify", "--json")
	if !strings.Contains(stdout, `"causeVerdict":"confirmed"`) || strings.Contains(stdout, "rawEvent") {
		t.Errorf("%s", stdout)
	}
	if textOf(t, dir) != whole {
		t.Error("the archive has changed")
	}

	r.RawEvent, r.Truncated = r.RawEvent[:100], "rawEvent"
	cut := filepath.Join(t.TempDir(), "cut")
	putRecord(t, cut, r)
	stdout, stderr := whystopped(t, screen.ExitOK, "history", "--from", cut, r.TaskID, "--verify")
	if !strings.Contains(stdout, "registry_auth.unreachable") ||
		!strings.Contains(stderr,
			"the causes of "+r.TaskID+" cannot be checked: the record holds no event, or a part of one") {
		t.Errorf("%s%s", stdout, stderr)
	}
}

// TestWhatWasDecidedWhenTheStopWasArchivedStands: now the route is there, but it was not when the task failed.
func TestWhatWasDecidedWhenTheStopWasArchivedStands(t *testing.T) {
	checked := func(proofs []classifier.Proof) archive.Record {
		raw, err := os.ReadFile(unreachableSample)
		if err != nil {
			t.Fatal(err)
		}
		stops, err := events.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		then := &accounttest.Asking{Proofs: proofs, Tell: func(string) {}}
		return ingest.Verify(t.Context(), then, stops[0], archive.SourceEvent,
			time.Date(2026, 11, 20, 10, 5, 9, 0, time.UTC))
	}
	a := answering(t, &accounttest.Asking{Proofs: []classifier.Proof{
		{Cause: "route-missing", Result: classifier.Inconclusive, Reason: "stale", Evidence: "rtb-0a1 has it"},
		{Cause: "nacl-blocks", Result: classifier.RuledOut, Evidence: "acl-1 lets it pass"},
	}})
	dir := filepath.Join(t.TempDir(), "stops")
	r := checked(routeIsMissing)
	putRecord(t, dir, r)

	stdout, _ := whystopped(t, screen.ExitOK, "history", "--all", "--from", dir, r.TaskID)
	if !strings.Contains(stdout, "    ✗  route-missing ") ||
		!strings.Contains(stdout, "inconclusive: needs ec2:DescribeNetworkAcls") || len(a.Asked) != 0 {
		t.Errorf("the archived proofs are not shown:\n%s", stdout)
	}
	stdout, _ = whystopped(t, screen.ExitOK, "history", "--all", "--from", dir, r.TaskID, "--verify")
	if len(a.Asked) != 1 || strings.Contains(a.Asked[0], "route-missing") ||
		!strings.Contains(a.Asked[0], "nacl-blocks") {
		t.Errorf("asked %q, want the open causes alone", a.Asked)
	}
	for _, want := range []string{
		"    ✗  route-missing ", "add a route to rtb-0a1", "    ✓  public-ip-missing ", "    ✓  nacl-blocks       ",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("lacks %q:\n%s", want, stdout)
		}
	}
}

func TestTheLogIsShownBelowTheCauses(t *testing.T) {
	answering(t, &accounttest.Asking{
		Proofs: routeIsMissing,
		Log: classifier.Log{
			Group:  "/ecs/web",
			Stream: "app/app/1",
			Region: "ap-northeast-1",
			Lines:  []string{"\x1b[31mconnecting with --password hunter2", "Error: refused"},
		},
	})
	stdout, _ := whystopped(t, screen.ExitOK, "explain", "--verify", unreachableSample)
	causes, log, found := strings.Cut(stdout, "\n  log of ")
	if !found || !strings.Contains(causes, "look at, in this order") ||
		!strings.Contains(log, "\n    /ecs/web app/app/1\n") ||
		!strings.Contains(log, "--password ***\n    │ Error: refused\n") {
		t.Errorf("%s", stdout)
	}
	if strings.Contains(stdout, "hunter2") || strings.Contains(stdout, "\x1b") {
		t.Errorf("a secret or an escape of the log is shown: %q", log)
	}
	asJSON, _ := whystopped(t, screen.ExitOK, "explain", "--verify", "--json", unreachableSample)
	var r struct{ LogGroup, LogStream, LogTail string }
	if err := json.Unmarshal([]byte(asJSON), &r); err != nil || r.LogGroup != "/ecs/web" ||
		r.LogStream != "app/app/1" || !strings.HasSuffix(r.LogTail, "--password ***\nError: refused") {
		t.Errorf("%v: log %+v of %s", err, r, asJSON)
	}
}

// TestWhoStoppedATaskIsAsked: the stop was expected, and a person asks who it was.
func TestWhoStoppedATaskIsAsked(t *testing.T) {
	a := answering(t, &accounttest.Asking{
		Proofs: []classifier.Proof{{
			Cause:    "stopped-by-person",
			Result:   classifier.Confirmed,
			Evidence: "StopTask by li",
			Next:     "ask li",
		}},
	})
	stdout, _ := whystopped(t, screen.ExitOK, "explain", "--verify", "../../events/samples/stop-task-by-user.json")
	if len(a.Asked) != 1 || !strings.HasPrefix(stdout, "EXPECTED ") ||
		!strings.Contains(stdout, "✗  stopped-by-person ") ||
		!strings.Contains(stdout, "confirmed: StopTask by li\n") ||
		!strings.Contains(stdout, "\n  next        ask li\n") {
		t.Errorf("asked %q\n%s", a.Asked, stdout)
	}
}
