package ingest

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"whystopped/archive"
	"whystopped/classifier"
	"whystopped/events"
)

// gatherFunc is a gatherer of one method.
type gatherFunc func(context.Context, events.Stop, classifier.Finding) []classifier.Proof

func (f gatherFunc) Gather(ctx context.Context, s events.Stop, finding classifier.Finding) classifier.Gathered {
	return classifier.Gathered{Proofs: f(ctx, s, finding)}
}

func TestAProvenCauseLeadsTheRecord(t *testing.T) {
	p, _ := pipeline(never)
	p.Gatherer = gatherFunc(func(_ context.Context, s events.Stop, f classifier.Finding) []classifier.Proof {
		if s.TaskID != typicalTask || f.Class() != "image.unreachable" || len(f.Causes) < 3 {
			t.Errorf("asked about %s, %s with %d causes", s.TaskID, f.Class(), len(f.Causes))
		}
		return []classifier.Proof{
			{Cause: f.Causes[0].Cause, Result: classifier.RuledOut, Evidence: "fine"},
			{Cause: f.Causes[2].Cause, Result: classifier.Confirmed,
				Evidence: "rtb-1 of subnet-0bbe65b1 has no 0.0.0.0/0", Next: "add a route to rtb-1"},
		}
	})
	asked, err := p.Ingest(t.Context(), []byte(typical))
	if err != nil {
		t.Fatal(err)
	}
	p.Gatherer = nil
	unasked, err := p.Ingest(t.Context(), []byte(typical))
	if err != nil {
		t.Fatal(err)
	}
	r, without := asked[0], unasked[0]
	if r.CauseVerdict != "confirmed" || !strings.HasPrefix(r.CauseIDs, r.Cause+"=confirmed; ") ||
		!strings.Contains(r.CauseIDs, "not_checked; "+without.Cause+"=ruled_out") {
		t.Errorf("causes %q, leading %s %s", r.CauseIDs, r.Cause, r.CauseVerdict)
	}
	if r.Summary != without.Summary+": rtb-1 of subnet-0bbe65b1 has no 0.0.0.0/0" ||
		r.NextStep != "add a route to rtb-1" {
		t.Errorf("summary %q, next step %q", r.Summary, r.NextStep)
	}
	if r.Class != without.Class || r.Verdict != without.Verdict || r.Confidence != without.Confidence ||
		r.Proof != without.Proof || r.Signature != without.Signature {
		t.Errorf("a proof changed more than the cause:\n%+v\n%+v", r, without)
	}
	if !r.CheckedAt.Equal(now) || !without.CheckedAt.IsZero() {
		t.Errorf("checked at %s; %s where nobody was asked", r.CheckedAt, without.CheckedAt)
	}
}

func TestOnlyWhatIsOpenIsChecked(t *testing.T) {
	scaledIn := regexp.MustCompile(`"stoppedReason": .*`).ReplaceAllString(strings.Replace(typical, "TaskFailedToStart",
		"ServiceSchedulerInitiated", 1),
		`"stoppedReason": "Scaling activity initiated by (deployment ecs-svc/4374651048025955904)",`)
	for _, test := range []struct {
		name, raw, verdict string
		asked              int
	}{
		{"failure", typical, "failure", 1},
		{"two failures", "[" + another("first") + "," + another("second") + "]", "failure", 2},
		{"expected", scaledIn, "expected", 1},
		{"unreadable", "{", "review", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			p, stored := pipeline(never)
			p.Gatherer = gatherFunc(func(context.Context, events.Stop, classifier.Finding) []classifier.Proof {
				asked++
				return nil
			})
			if _, err := p.Ingest(t.Context(), []byte(test.raw)); err != nil || len(*stored) == 0 {
				t.Fatalf("%d records, %v", len(*stored), err)
			}
			if verdict := (*stored)[0].Verdict; asked != test.asked || verdict != test.verdict {
				t.Errorf("asked %d times, want %d, about %s %s", asked, test.asked, (*stored)[0].Class, verdict)
			}
			if checked := (*stored)[0].CheckedAt; !checked.IsZero() {
				t.Errorf("nothing was found out, and it was checked at %s", checked)
			}
		})
	}
}

// Whoever may put events can name any service, role or subnet in the watcher's name.
func TestNobodyIsAskedAboutWhatAWatcherNames(t *testing.T) {
	const watched = `{"detail-type":"ECS Container Stopped","source":"whystopped.watcher","account":"111122223333","region":"eu-west-1",
		"detail":{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/1f","group":"service:web",
		"containers":[{"name":"app","lastStatus":"STOPPED","exitCode":137,"reason":"OutOfMemoryError: killed","runtimeId":"r1"}]}}`
	for source, want := range map[string]int{watched: 0, typical: 1} {
		p, _ := pipeline(never)
		asked := 0
		p.Gatherer = gatherFunc(func(context.Context, events.Stop, classifier.Finding) []classifier.Proof {
			asked++
			return nil
		})
		if _, err := p.Ingest(t.Context(), []byte(source)); err != nil || asked != want {
			t.Errorf("asked %d times, want %d (error %v)", asked, want, err)
		}
	}
}

func TestTheGathererSeesNoSecret(t *testing.T) {
	const token = "ghp_doNotLeak0123456789abcdef"
	p, _ := pipeline(never)
	p.Gatherer = gatherFunc(func(_ context.Context, s events.Stop, f classifier.Finding) []classifier.Proof {
		if strings.Contains(s.StoppedReason+f.Summary+f.Proof, token) {
			t.Errorf("the stop is not redacted: %s", s.StoppedReason)
		}
		return []classifier.Proof{{Cause: f.Causes[0].Cause, Result: classifier.Confirmed, Evidence: "password=" +
			token, Next: token}}
	})
	written, err := p.Ingest(t.Context(), []byte(strings.Replace(typical, "dial tcp", token+" dial tcp", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if line, err := written[0].Encode(); err != nil || strings.Contains(string(line), token) {
		t.Errorf("a secret of a proof is in the record: %s, %v", line, err)
	}
}

// TestWhateverTheGathererDoesTheRecordIsWritten: the clock is that of the bubble, so that no test waits.
func TestWhateverTheGathererDoesTheRecordIsWritten(t *testing.T) {
	for _, test := range []struct {
		name   string
		gather gatherFunc
		limit  time.Duration // of the caller; 0 for none
		took   time.Duration // at most
		left   time.Duration // of the caller's time, at least
		reason string
		says   string
	}{
		{"it panics", func(context.Context, events.Stop, classifier.Finding) []classifier.Proof {
			panic(errors.New("nil map"))
		},
			0, 0, 0, classifier.ReasonFailed, "nil map"},
		{"it waits for its time to end",
			func(ctx context.Context, _ events.Stop, f classifier.Finding) []classifier.Proof {
				<-ctx.Done()
				return []classifier.Proof{{Cause: f.Causes[0].Cause, Result: classifier.NotChecked,
					Reason: classifier.ReasonBudget}}
			}, 0, 8 * time.Second, 0, classifier.ReasonBudget, ""},
		{"it waits, and the caller has less time",
			func(ctx context.Context, _ events.Stop, f classifier.Finding) []classifier.Proof {
				<-ctx.Done()
				return []classifier.Proof{{Cause: f.Causes[0].Cause, Result: classifier.NotChecked,
					Reason: classifier.ReasonBudget}}
			}, 7 * time.Second, 2 * time.Second, 5 * time.Second, classifier.ReasonBudget, ""},
		{"it does not listen", func(context.Context, events.Stop, classifier.Finding) []classifier.Proof {
			time.Sleep(time.Hour)
			return nil
		}, 30 * time.Second, 9 * time.Second, 5 * time.Second, classifier.ReasonTimeout, "in time"},
		{"the caller has no time", func(context.Context, events.Stop, classifier.Finding) []classifier.Proof {
			panic("asked all the same")
		}, 5 * time.Second, 0, 5 * time.Second, classifier.ReasonBudget, "no time"},
		{"it knows nothing", func(context.Context, events.Stop, classifier.Finding) []classifier.Proof { return nil },
			0, 0, 0, "", ""},
		{"it invents a cause", func(context.Context, events.Stop, classifier.Finding) []classifier.Proof {
			return []classifier.Proof{{Cause: "no-such-cause", Result: classifier.Inconclusive}}
		}, 0, 0, 0, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := context.Background()
				if test.limit > 0 {
					limited, cancel := context.WithTimeout(ctx, test.limit)
					defer cancel()
					ctx = limited
				}
				p, stored := pipeline(never)
				put := p.Store
				p.Store = putFunc(func(ctx context.Context, r archive.Record) error {
					if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < test.left {
						t.Errorf("%s are left for the write, want %s", time.Until(deadline), test.left)
					}
					return put.Put(ctx, r)
				})
				p.Gatherer = test.gather
				began := time.Now()
				if _, err := p.Ingest(ctx, []byte(typical)); err != nil || len(*stored) != 1 {
					t.Fatalf("%d records, %v", len(*stored), err)
				}
				if took := time.Since(began); took > test.took {
					t.Errorf("took %s, want at most %s", took, test.took)
				}
				time.Sleep(2 * time.Hour) // a bubble ends when all in it has ended
				r := (*stored)[0]
				if r.Class != "image.unreachable" || r.CauseVerdict != "not_checked" || r.CauseReason != test.reason ||
					!strings.Contains(r.Causes, test.says) {
					t.Errorf("%s, cause %s %s (%s), causes %s", r.Class, r.Cause, r.CauseVerdict, r.CauseReason,
						r.Causes)
				}
			})
		})
	}
}

// loggingGatherer found a log, and nothing else.
type loggingGatherer struct{ lines []string }

func (g loggingGatherer) Gather(_ context.Context, _ events.Stop, f classifier.Finding) classifier.Gathered {
	return classifier.Gathered{Proofs: []classifier.Proof{{Cause: f.Causes[0].Cause, Result: classifier.Inconclusive}},
		Log: classifier.Log{Group: "/ecs/web", Stream: "app/app/1", Region: "eu-west-1", Lines: g.lines}}
}

// TestTheLogThatWasFoundIsWritten: without its secrets.
func TestTheLogThatWasFoundIsWritten(t *testing.T) {
	p, stored := pipeline(never)
	p.Gatherer = loggingGatherer{[]string{"connecting with --password hunter2", "Error: refused"}}
	if _, err := p.Ingest(t.Context(), []byte(typical)); err != nil {
		t.Fatal(err)
	}
	r := (*stored)[0]
	if r.LogGroup != "/ecs/web" || r.LogStream != "app/app/1" || r.LogsURL == "" ||
		r.LogTail != "connecting with --password ***\nError: refused" {
		t.Errorf("%q %q %q %q", r.LogGroup, r.LogStream, r.LogsURL, r.LogTail)
	}
}

// TestADeferredCauseIsNotChecked: the record names the command, and nothing was checked.
func TestADeferredCauseIsNotChecked(t *testing.T) {
	p, stored := pipeline(never)
	p.Gatherer = gatherFunc(func(_ context.Context, _ events.Stop, f classifier.Finding) []classifier.Proof {
		return []classifier.Proof{{Cause: f.Causes[0].Cause, Result: classifier.NotChecked,
			Reason: classifier.ReasonDeferred, Next: "ask `whystopped history 1 --verify`"}}
	})
	if _, err := p.Ingest(t.Context(), []byte(typical)); err != nil {
		t.Fatal(err)
	}
	if r := (*stored)[0]; !r.CheckedAt.IsZero() || r.CauseReason != classifier.ReasonDeferred ||
		!strings.HasSuffix(r.NextStep, "; ask `whystopped history 1 --verify`") {
		t.Errorf("checked at %s, %s; %s", r.CheckedAt, r.CauseReason, r.NextStep)
	}
}
