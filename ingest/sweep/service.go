package sweep

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"whystopped/archive"
	"whystopped/archive/redact"
	"whystopped/events"
	"whystopped/events/awsname"
)

// Grace is how long a service may run fewer tasks than are desired, where its health checks do not begin later.
const Grace = 10 * time.Minute

// steadyMessage is in what a service says when it runs what it shall. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
const steadyMessage = "has reached a steady state"

// Service is a service that runs fewer tasks than are desired.
type Service struct {
	ARN, ClusterARN            string
	Cluster, Name              string
	Desired, Running, Pending  int
	Since                      time.Time // at the latest
	TaskDefinition, Deployment string
	Cause                      archive.Record // why; Kind and DedupKey are those of what tells it

	steady   time.Time // when it last said that it is
	began    time.Time // its deployment that is in progress; zero where none is
	grace    time.Duration
	said     string // its newest message
	reported []events.Stop
	before   archive.Record // what an earlier sweep said of the same time below its count
}

// Place is the service by its cluster and its name.
func (s *Service) Place() string { return s.Cluster + "/" + s.Name }

// serviceOf reads what DescribeServices says of a service. What a service of another controller than ECS's own runs is
// what its primary task set runs.
func serviceOf(s types.Service) *Service {
	v := &Service{ARN: aws.ToString(s.ServiceArn), ClusterARN: aws.ToString(s.ClusterArn),
		Cluster: awsname.LastPart(aws.ToString(s.ClusterArn)), Name: aws.ToString(s.ServiceName),
		Desired: int(s.DesiredCount), Running: int(s.RunningCount), Pending: int(s.PendingCount), grace: Grace}
	if g := s.HealthCheckGracePeriodSeconds; g != nil {
		v.grace = max(v.grace, time.Duration(*g)*time.Second)
	}
	var changed time.Time
	for _, d := range s.Deployments {
		if aws.ToString(d.Status) != "PRIMARY" {
			continue
		}
		v.Deployment, v.TaskDefinition = aws.ToString(d.Id), awsname.LastPart(aws.ToString(d.TaskDefinition))
		changed = latest(aws.ToTime(d.CreatedAt), aws.ToTime(d.UpdatedAt))
		if d.RolloutState == types.DeploymentRolloutStateInProgress {
			v.began = aws.ToTime(d.CreatedAt)
		}
		v.said = aws.ToString(d.RolloutStateReason)
	}
	for _, t := range s.TaskSets {
		if aws.ToString(t.Status) != "PRIMARY" {
			continue
		}
		v.Deployment, v.TaskDefinition = aws.ToString(t.Id), awsname.LastPart(aws.ToString(t.TaskDefinition))
		v.Desired, v.Running, v.Pending = int(t.ComputedDesiredCount), int(t.RunningCount), int(t.PendingCount)
		changed = latest(aws.ToTime(t.CreatedAt), aws.ToTime(t.StabilityStatusAt))
		if t.StabilityStatus == types.StabilityStatusStabilizing {
			v.began = aws.ToTime(t.CreatedAt)
		}
	}
	var after, last time.Time // the first message since it was steady, and the newest
	for _, m := range s.Events {
		if at := aws.ToTime(m.CreatedAt); strings.Contains(aws.ToString(m.Message), steadyMessage) {
			v.steady = latest(v.steady, at)
		}
	}
	for _, m := range s.Events {
		at := aws.ToTime(m.CreatedAt)
		if strings.Contains(aws.ToString(m.Message), steadyMessage) {
			continue
		}
		if at.After(last) {
			last, v.said = at, aws.ToString(m.Message)
		}
		if at.After(v.steady) && (after.IsZero() || at.Before(after)) {
			after = at
		}
	}
	v.Since = cmp.Or(v.began, after, v.steady, changed, aws.ToTime(s.CreatedAt))
	return v
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// below reports whether the service runs fewer tasks than are desired.
func (s *Service) below() bool { return s.Running < s.Desired }

// late reports whether it does so for longer than its grace.
func (s *Service) late(now time.Time) bool { return s.below() && now.Sub(s.Since) > s.grace }

// recovered reports whether a service that was told of is well again. A task that fails again and again runs in
// between, so that its counts alone do not say.
func (s *Service) recovered(told archive.Record) bool {
	return !s.below() && (s.Desired == 0 || s.steady.After(told.RecordedAt.Time))
}

// event is an error of the service as the rule on services gets it.
func (s *Service) event() []byte {
	arn, _ := awsname.ParseARN(s.ARN)
	event, _ := json.Marshal(map[string]any{ // texts: it cannot fail
		"source": "aws.ecs", "detail-type": "ECS Service Action", "account": arn.Account, "region": arn.Region,
		"resources": []string{s.ARN}, "detail": map[string]string{"eventType": "ERROR",
			"eventName": events.BelowDesired, "clusterArn": s.ClusterARN}})
	return event
}

// stop is something that the sweep says of the service.
func (s *Service) stop(name, eventType, text string, now time.Time) events.Stop {
	arn, _ := awsname.ParseARN(s.ARN)
	return events.Stop{Kind: events.KindService, EventName: name, EventType: eventType, StoppedReason: text,
		ServiceARN: s.ARN, Service: s.Name, ClusterARN: s.ClusterARN, Cluster: s.Cluster, Account: arn.Account,
		Region: arn.Region, DeploymentID: s.Deployment, Time: now, StoppedAt: now, Raw: []byte(text)}
}

// untried is what a record says of a service for which ECS made no task.
const untried = "no task was even tried"

// explain says why the service is below its count, where no failed task does: a newer message of its own, what was said
// of the same time before, or nothing.
func (s *Service) explain(explain func(events.Stop) archive.Record, now time.Time) {
	newest := s.before.RecordedAt.Time
	for _, stop := range s.reported {
		if r := explain(stop); r.Verdict == "failure" && r.StoppedAt.After(newest) && r.StoppedAt.After(s.steady) {
			newest, s.Cause = r.StoppedAt.Time, r
		}
	}
	if s.Cause.DedupKey == "" && s.before.DedupKey != "" {
		s.Cause = s.before
		_, s.Cause.Summary, _ = strings.Cut(s.before.Summary, sinceEnds)
	}
	if s.Cause.DedupKey != "" {
		return
	}
	s.Cause = explain(s.stop(events.BelowDesired, "ERROR", untried, now))
	said := redact.Text(s.said)
	s.Cause.StoppedReason, s.Cause.Proof = said, s.Counts()
	s.Cause.NextStep = "see what keeps ECS from trying: a cluster or capacity provider without room, a limit of the " +
		"account, a deployment that is paused; the events of " + s.Place() + " say which"
	s.Cause.Cause, s.Cause.CauseVerdict, s.Cause.CauseIDs, s.Cause.Causes = "", "", "", ""
	s.Cause.Summary = untried + ": ECS remembers none that failed, and says nothing of the service"
	if said != "" {
		s.Cause.Summary = untried + ": ECS remembers none that failed, and last said of the service: " + said
	}
}

// sinceEnds stands between since when the service is below its count, and why.
const sinceEnds = "Z: "

// Tried reports whether something is known to have failed.
func (s *Service) Tried() bool { return !strings.HasPrefix(s.Cause.Summary, untried) }

// key is what all records of the service's present time below its count have in common.
func (s *Service) key() string { return s.ARN + "#" + s.Since.UTC().Format(time.RFC3339) }

// record is what is archived of the service: its cause, as that of the service. It belongs to the cause's alert.
func (s *Service) record(now time.Time) archive.Record {
	r := s.Cause
	arn, _ := awsname.ParseARN(s.ARN)
	r.Kind, r.Source, r.EventName, r.EventID = string(events.KindService), archive.SourceSweep, events.BelowDesired, ""
	r.DedupKey, r.RecordedAt, r.TaskVersion = s.key(), archive.Time{Time: now}, nil
	r.Account, r.Region, r.Cluster, r.Service = arn.Account, arn.Region, s.Cluster, s.Name
	r.DesiredCount, r.RunningCount = new(int64(s.Desired)), new(int64(s.Running))
	r.BelowSince, r.StoppedAt = archive.Time{Time: s.Since}, archive.Time{Time: now}
	r.CreatedAt, r.StartedAt, r.StoppingAt, r.ExecutionStoppedAt = archive.Time{}, archive.Time{}, archive.Time{},
		archive.Time{}
	r.PullSeconds, r.StartSeconds, r.RunSeconds, r.StopSeconds = nil, nil, nil, nil
	r.AlertState, r.FirstSeen, r.SeenCount = "", archive.Time{}, nil
	r.RawEvent, r.Truncated, r.StillStopping = "", "", ""
	r.Summary = s.Summary()
	return r
}

// Summary says that the service is below its count, since when, and why.
func (s *Service) Summary() string {
	return s.Counts() + " since " + s.Since.UTC().Format("2006-01-02 15:04") + sinceEnds + s.Cause.Summary
}

// Counts says how many of the tasks run.
func (s *Service) Counts() string {
	if s.Desired == 1 {
		return fmt.Sprintf("%d of 1 task runs", s.Running)
	}
	return fmt.Sprintf("%d of %d tasks run", s.Running, s.Desired)
}

// steadyAgain is the record that closes what was told of the service.
func (s *Service) steadyAgain(told archive.Record, explain func(events.Stop) archive.Record,
	now time.Time) archive.Record {
	r := explain(s.stop(events.SteadyState, "INFO", "(service "+s.Name+") "+steadyMessage+".", now))
	r.DedupKey, r.RawEvent, r.Source = told.DedupKey+"#"+events.SteadyState, "", archive.SourceSweep
	return r
}

// worstFirst orders services: those without a running task, then those that lack most of their tasks, then those that
// do so for longest.
func worstFirst(a, b *Service) int {
	ran := func(s *Service) float64 { return float64(s.Running) / float64(s.Desired) }
	return cmp.Or(cmp.Compare(ran(a), ran(b)), a.Since.Compare(b.Since), strings.Compare(a.Place(), b.Place()))
}
