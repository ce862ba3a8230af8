package events

import (
	"cmp"
	"strings"
	"time"

	"whystopped/events/awsname"
)

// WatcherSource and WatcherDetailType are those of the events that whystopped-watch sends.
const (
	WatcherSource     = "whystopped.watcher"
	WatcherDetailType = "ECS Container Stopped"
)

// serviceEvent is a service action or deployment event of a service or a daemon. Sources:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-daemons-events.html
type serviceEvent struct {
	Resources []string `json:"resources"`
	Detail    struct {
		EventType             string    `json:"eventType"`
		EventName             string    `json:"eventName"`
		ClusterARN            string    `json:"clusterArn"`
		CapacityProviderARNs  []string  `json:"capacityProviderArns"`
		CapacityProviderName  string    `json:"capacityProviderName"`
		ContainerInstanceARN  string    `json:"containerInstanceArn"`
		ContainerInstanceARNs []string  `json:"containerInstanceArns"`
		DaemonARN             string    `json:"daemonArn"`
		DaemonDeploymentARN   string    `json:"daemonDeploymentArn"`
		DeploymentID          string    `json:"deploymentId"`
		EC2InstanceIDs        []string  `json:"ec2InstanceIds"`
		TargetGroupARNs       []string  `json:"targetGroupArns"`
		TaskARN               string    `json:"taskArn"`
		TaskARNs              []string  `json:"taskArns"`
		Reason                string    `json:"reason"`
		CreatedAt             timestamp `json:"createdAt"`
		UpdatedAt             timestamp `json:"updatedAt"`
	} `json:"detail"`
}

// running yields the containers that ended in a task that goes on.
func (w *walker) running(s Stop, raw []byte) bool {
	s.Raw = raw
	s.Kind = KindContainer
	s.complete()
	for i, c := range s.Containers {
		if c.LastStatus != "STOPPED" {
			continue
		}
		ended := s
		ended.Ended = i
		ended.StoppedAt = c.FinishedAt
		if c.FinishedAt.IsZero() {
			ended.StoppedAt = s.Time // ECS tells a container's end at once or some seconds later, and not when it was
		}
		if !w.yield(ended) {
			return false
		}
	}
	return true
}

// watched yields the containers that whystopped-watch saw end. Whoever may put events can write such an event and say
// in it what they like, so it tells of ends of containers and of nothing else, and only in the account and Region that
// EventBridge vouches for.
func (w *walker) watched(s Stop, raw []byte, path string) bool {
	task, whole := awsname.ParseARN(s.TaskARN)
	switch {
	case !whole || task.Service != "ecs":
		return w.refuse(path, raw, "%q is not the ARN of a task", s.TaskARN)
	case !s.hasEnded():
		return w.refuse(path, raw, "names no container that ended in task %s", awsname.LastPart(s.TaskARN))
	}
	for _, name := range []string{s.TaskARN, s.ClusterARN, s.ContainerInstanceARN, s.TaskDefinitionARN} {
		if a, _ := awsname.ParseARN(name); name != "" && (a.Account != s.Account || a.Region != s.Region) {
			return w.refuse(path, raw, "names %s, and it was sent from account %s in %s", name, known(s.Account),
				known(s.Region))
		}
	}
	if of := awsname.ClusterOf(s.TaskARN); of != "" && s.ClusterARN != "" && of != awsname.LastPart(s.ClusterARN) {
		return w.refuse(path, raw, "names the cluster %s, and its task is of %s", s.ClusterARN, of)
	}
	s.StopCode, s.StoppedReason, s.Attachments = "", "", nil
	s.StoppingAt, s.ExecutionStoppedAt = time.Time{}, time.Time{}
	return w.running(s, raw)
}

// goesOn reports whether a task is meant to run, runs, and has a container that does not.
func (s *Stop) goesOn() bool {
	return s.LastStatus == "RUNNING" && s.DesiredStatus == "RUNNING" && s.hasEnded()
}

func (s *Stop) hasEnded() bool {
	for _, c := range s.Containers {
		if c.LastStatus == "STOPPED" {
			return true
		}
	}
	return false
}

// serviceEvent reads what a service or a deployment has to say.
func (w *walker) serviceEvent(kind Kind, d *document, raw []byte, path string) bool {
	var e serviceEvent
	decode(raw, &e)
	detail := &e.Detail
	if detail.EventName == "" && detail.Reason == "" {
		return w.lacking(path, raw, e, "the event has neither eventName nor reason")
	}
	s := Stop{
		Kind:                 kind,
		EventType:            detail.EventType,
		EventName:            detail.EventName,
		ClusterARN:           detail.ClusterARN,
		ContainerInstanceARN: detail.ContainerInstanceARN,
		CapacityProvider:     detail.CapacityProviderName,
		TaskARN:              detail.TaskARN,
		TaskARNs:             detail.TaskARNs,
		TargetGroupARNs:      detail.TargetGroupARNs,
		InstanceIDs:          detail.EC2InstanceIDs,
		StoppedReason:        detail.Reason,
		StoppedAt:            cmp.Or(detail.UpdatedAt, detail.CreatedAt, d.Time).Time,
	}
	if arns := detail.TaskARNs; len(arns) == 1 {
		s.TaskARN = cmp.Or(arns[0], s.TaskARN)
	}
	if arns := detail.ContainerInstanceARNs; len(arns) == 1 {
		s.ContainerInstanceARN = cmp.Or(arns[0], s.ContainerInstanceARN)
	}
	if arns := detail.CapacityProviderARNs; len(arns) == 1 {
		s.CapacityProvider = cmp.Or(awsname.LastPart(arns[0]), s.CapacityProvider)
	}
	if kind == KindDeployment {
		s.DeploymentID = cmp.Or(detail.DeploymentID, awsname.LastPart(detail.DaemonDeploymentARN))
	}
	s.ServiceARN = detail.DaemonARN
	for _, arn := range e.Resources {
		if strings.Contains(arn, ":service/") {
			s.ServiceARN = arn
		}
	}
	s.EventID, s.Time, s.Account, s.Region, s.event = d.ID, d.Time.Time, d.Account, d.Region, true
	return w.sent(s, raw, path)
}

// sent yields what a document says that is not about one task.
func (w *walker) sent(s Stop, raw []byte, path string) bool {
	if len(raw) >= MaxStopBytes {
		return w.tooLarge(raw, path)
	}
	s.Raw = raw
	s.complete()
	return w.yield(s)
}
