package account

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"whystopped/archive/redact"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/events/awsname"
)

// serviceState is a service as ECS describes it now. For a service whose deployments another controller makes, its
// primary task set is its deployment.
type serviceState struct {
	Cluster            string `json:"cluster"`
	Service            string `json:"service"`
	RunningCount       int32  `json:"runningCount"`
	DesiredCount       int32  `json:"desiredCount"`
	PendingCount       int32  `json:"pendingCount"`
	Deployments        int    `json:"deployments"` // 1 where none is on its way
	DeploymentID       string `json:"deploymentId"`
	RolloutState       string `json:"rolloutState,omitempty"`
	RolloutStateReason string `json:"rolloutStateReason,omitempty"`
	FailedTasks        int32  `json:"failedTasks,omitempty"` // in a row, of the deployment
	TaskDefinition     string `json:"taskDefinition"`        // family:revision

	createdAt time.Time            // of the deployment
	events    []types.ServiceEvent // the latest first
}

// primary is the status of the deployment or task set that a service is to end up with.
const primary = "PRIMARY"

// stateOf reads what DescribeServices says of a service. Its error says that there is nothing to judge by.
func stateOf(cluster string, s types.Service) (serviceState, error) {
	state := serviceState{Cluster: cluster, Service: aws.ToString(s.ServiceName), RunningCount: s.RunningCount,
		DesiredCount: s.DesiredCount,
		PendingCount: s.PendingCount, Deployments: len(s.Deployments) + len(s.TaskSets), events: s.Events}
	slices.SortStableFunc(state.events, func(a, b types.ServiceEvent) int {
		return aws.ToTime(b.CreatedAt).Compare(aws.ToTime(a.CreatedAt))
	})
	if status := aws.ToString(s.Status); status != "ACTIVE" {
		return state, fmt.Errorf("the service %q is %s: it was deleted", state.Service, status)
	}
	taskDefinition := ""
	for _, d := range s.Deployments {
		if aws.ToString(d.Status) == primary {
			state.DeploymentID, state.createdAt, taskDefinition = aws.ToString(d.Id), aws.ToTime(d.CreatedAt),
				aws.ToString(d.TaskDefinition)
			state.RolloutState, state.RolloutStateReason = string(d.RolloutState),
				redact.Text(aws.ToString(d.RolloutStateReason))
			state.FailedTasks = d.FailedTasks
		}
	}
	for _, t := range s.TaskSets {
		if aws.ToString(t.Status) == primary {
			state.DeploymentID, state.createdAt, taskDefinition = aws.ToString(t.Id), aws.ToTime(t.CreatedAt),
				aws.ToString(t.TaskDefinition)
			if t.StabilityStatus == types.StabilityStatusStabilizing {
				state.RolloutState = string(types.DeploymentRolloutStateInProgress)
			}
		}
	}
	state.TaskDefinition = awsname.LastPart(taskDefinition)
	if state.DeploymentID == "" {
		arn, _ := awsname.ParseARN(aws.ToString(s.ServiceArn))
		return state, screen.Advise(fmt.Errorf("ECS names no primary deployment of the service %q: ask again",
			state.Service),
			classifier.CommandLine("aws", "ecs", "describe-services", "--cluster", cluster, "--services", state.Service,
				"--region", cmp.Or(arn.Region, "REGION")), "deployments and taskSets")
	}
	return state, nil
}

// settled reports whether ECS has nothing left to do: one deployment, which is complete, and as many tasks as are
// desired.
func (s *serviceState) settled() bool {
	return s.Deployments == 1 && s.RunningCount == s.DesiredCount &&
		(s.RolloutState == "" || s.RolloutState == string(types.DeploymentRolloutStateCompleted))
}

// headline is the service's state in one line.
func (s *serviceState) headline() string {
	running := fmt.Sprintf("%s/%s  running %d of %d", s.Cluster, s.Service, s.RunningCount, s.DesiredCount)
	if s.PendingCount > 0 {
		running += fmt.Sprintf(", %d pending", s.PendingCount)
	}
	deployment := strings.TrimSpace("deployment " + s.DeploymentID + " " + s.RolloutState)
	if s.Deployments > 1 {
		deployment = fmt.Sprintf("%d deployments, the newest %s", s.Deployments,
			strings.TrimPrefix(deployment, "deployment "))
	}
	return strings.Join([]string{running, deployment, s.TaskDefinition}, " · ")
}

// running says how many of the service's tasks run.
func (s *serviceState) running() string {
	switch {
	case s.DesiredCount == 0 && s.RunningCount == 0:
		return "no task is desired"
	case s.DesiredCount == s.RunningCount:
		return "all tasks run"
	}
	return fmt.Sprintf("%d of %s run", s.RunningCount, screen.Plural(int(s.DesiredCount), "task"))
}

// What the event messages of a service say of its deployments. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
var (
	steadyMessage = "has reached a steady state"
	failedMessage = regexp.MustCompile(`\(deployment (ecs-svc/\w+)\) deployment failed(?:: (.*))?`)
	undoneMessage = regexp.MustCompile(`rolling back to deployment (ecs-svc/\w+)`)
)

// steadyAt is when the service last said that it is steady, before a moment where that is not zero; zero when no
// message says so. What is the last is not measured by the clock of this machine, which may be behind.
func (s *serviceState) steadyAt(before time.Time) time.Time {
	for _, e := range s.events {
		if at := aws.ToTime(e.CreatedAt); (before.IsZero() || at.Before(before)) &&
			strings.Contains(aws.ToString(e.Message), steadyMessage) {
			return at
		}
	}
	return time.Time{}
}

// rollout is the newest deployment that somebody asked for. ECS makes one of its own to undo one that fails.
type rollout struct {
	id       string // ecs-svc/…; empty when only its time is known
	since    time.Time
	open     bool   // ECS says that it has not ended
	failed   string // why it is not what the service ends up with; empty when it is
	failedAt time.Time
}

// asked finds the newest deployment that somebody asked for. newest is that of ListServiceDeployments, nil where that
// is not known: then the event messages alone tell of one that was undone.
func (s *serviceState) asked(newest *types.ServiceDeploymentBrief) rollout {
	now := rollout{id: s.DeploymentID, since: s.createdAt}
	undone, found := s.undone()
	if newest == nil {
		if found {
			return undone
		}
		return now
	}
	now.since = aws.ToTime(newest.CreatedAt)
	switch newest.Status {
	case types.ServiceDeploymentStatusSuccessful:
		return now
	case types.ServiceDeploymentStatusStopRequested, types.ServiceDeploymentStatusStopped,
		types.ServiceDeploymentStatusRollbackRequested,
		types.ServiceDeploymentStatusRollbackInProgress, types.ServiceDeploymentStatusRollbackSuccessful,
		types.ServiceDeploymentStatusRollbackFailed:
	default:
		now.open = true
		return now
	}
	if !found || undone.failedAt.Before(now.since) {
		undone = rollout{failedAt: cmp.Or(aws.ToTime(newest.FinishedAt), now.since)}
	}
	undone.since = now.since
	undone.failed = fmt.Sprintf("%s did not succeed (%s)",
		cmp.Or(undone.id, "the deployment of "+now.since.UTC().Format(screen.Instant)), newest.Status)
	if reason := aws.ToString(newest.StatusReason); reason != "" {
		undone.failed += ": " + strings.TrimSuffix(reason, ".")
	}
	return undone
}

// undone finds the deployment in whose place ECS put the present one. ECS says so together with the failure, in either
// order.
func (s *serviceState) undone() (rollout, bool) {
	var r rollout
	var target, said string
	var targetAt time.Time
	for _, e := range s.events {
		message, at := aws.ToString(e.Message), aws.ToTime(e.CreatedAt)
		if to := undoneMessage.FindStringSubmatch(message); to != nil && target == "" {
			target, targetAt = to[1], at
		}
		if failed := failedMessage.FindStringSubmatch(message); failed != nil && r.id == "" {
			r.id, said, r.failedAt = failed[1], failed[2], at
		}
	}
	r.failedAt = cmp.Or(r.failedAt, targetAt)
	switch {
	case r.failedAt.IsZero(), r.id == s.DeploymentID: // its rollout state tells
		return rollout{}, false
	case target != s.DeploymentID && !strings.Contains(s.RolloutStateReason, "rolling back") &&
		s.createdAt.After(r.failedAt):
		return rollout{}, false // somebody has deployed since
	}
	// where it was steady for longer than the messages go back
	r.since = cmp.Or(s.steadyAt(r.failedAt), r.failedAt.Add(-3*time.Hour))
	r.failed = fmt.Sprintf("%s failed and ECS went back to %s", cmp.Or(r.id, "the last deployment"), s.DeploymentID)
	if said != "" {
		r.failed += ": " + strings.TrimSuffix(said, ".")
	}
	return r, true
}
