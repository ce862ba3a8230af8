package events

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"whystopped/events/awsname"
)

// WatcherSource and WatcherDetailType are those of the events that whystopped-watch sends.
const (
	WatcherSource     = "whystopped.watcher"
	WatcherDetailType = "ECS Container Stopped"
)

// cloudTrail is the detail-type of API calls that CloudTrail relays.
const cloudTrail = "AWS API Call via CloudTrail"

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
		TaskARN               string    `json:"taskArn"`
		Reason                string    `json:"reason"`
		CreatedAt             timestamp `json:"createdAt"`
		UpdatedAt             timestamp `json:"updatedAt"`
	} `json:"detail"`
}

// service is one element of what `aws ecs describe-services` prints.
type service struct {
	ServiceARN  string            `json:"serviceArn"`
	ServiceName string            `json:"serviceName"`
	ClusterARN  string            `json:"clusterArn"`
	LaunchType  string            `json:"launchType,omitempty"`
	Events      []json.RawMessage `json:"events"`
}

type serviceMessage struct {
	ID        string    `json:"id"`
	CreatedAt timestamp `json:"createdAt"`
	Message   string    `json:"message"`
}

// apiCall is a RunTask or StartTask call. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html
type apiCall struct {
	Detail struct {
		EventName         string    `json:"eventName"`
		EventTime         timestamp `json:"eventTime"`
		ErrorCode         string    `json:"errorCode"`
		ErrorMessage      string    `json:"errorMessage"`
		RequestParameters struct {
			Cluster        string `json:"cluster"`
			Group          string `json:"group"`
			LaunchType     string `json:"launchType"`
			StartedBy      string `json:"startedBy"`
			TaskDefinition string `json:"taskDefinition"`
		} `json:"requestParameters"`
		ResponseElements struct {
			Failures []failure `json:"failures"`
		} `json:"responseElements"`
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
		StoppedReason:        detail.Reason,
		StoppedAt:            cmp.Or(detail.UpdatedAt, detail.CreatedAt, d.Time).Time,
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
	return w.sent(s, d, raw, path)
}

// apiCall reads a call for tasks that brought none: each failure in its answer, or the refusal of the call.
func (w *walker) apiCall(d *document, raw []byte, path string) bool {
	var c apiCall
	decode(raw, &c)
	detail := &c.Detail
	failures := detail.ResponseElements.Failures
	switch {
	case detail.EventName == "":
		return w.lacking(path, raw, c, "the call (unknown) starts no tasks")
	case detail.EventName != "RunTask" && detail.EventName != "StartTask":
		return w.refuse(path, raw, "the call %s starts no tasks", detail.EventName)
	case detail.ErrorCode != "":
		failures = []failure{
			{Reason: strings.TrimSuffix(detail.EventName+": "+detail.ErrorCode+": "+detail.ErrorMessage, ": ")}}
	case len(failures) == 0:
		return w.lacking(path, raw, c, "the call %s has no failures", detail.EventName)
	}
	for i, f := range failures {
		if f == (failure{}) {
			if !w.lacking(path, raw, c, "failure %d of the call %s says nothing", i, detail.EventName) {
				return false
			}
			continue
		}
		s := f.stop(i)
		s.EventName = detail.EventName
		s.Group, s.StartedBy, s.LaunchType = detail.RequestParameters.Group, detail.RequestParameters.StartedBy,
			detail.RequestParameters.LaunchType
		s.Cluster = cmp.Or(awsname.LastPart(detail.RequestParameters.Cluster), "default")
		if strings.HasPrefix(detail.RequestParameters.Cluster, "arn:") {
			s.ClusterARN = detail.RequestParameters.Cluster
		}
		s.Family, s.Revision = familyRevision(awsname.LastPart(detail.RequestParameters.TaskDefinition))
		s.StoppedAt = cmp.Or(detail.EventTime, d.Time).Time
		if !w.sent(s, d, raw, path) {
			return false
		}
	}
	return true
}

// stop is a task that was asked for and not started.
func (f *failure) stop(index int) Stop {
	s := Stop{Kind: KindRequest, Index: index, StoppedReason: f.Reason}
	if f.Detail != "" {
		s.StoppedReason += ": " + f.Detail
	}
	if strings.Contains(f.ARN, ":container-instance/") {
		s.ContainerInstanceARN = f.ARN
	}
	return s
}

// sent yields what an EventBridge event says.
func (w *walker) sent(s Stop, d *document, raw []byte, path string) bool {
	if len(raw) >= MaxStopBytes {
		return w.tooLarge(raw, path)
	}
	s.EventID, s.Time = d.ID, d.Time.Time
	s.Account, s.Region = d.Account, d.Region
	s.Raw, s.event = raw, true
	s.complete()
	return w.yield(s)
}

// services yields the event messages of services, in the order of the document. Each keeps what it needs to be read
// again.
func (w *walker) services(list []json.RawMessage, path string) bool {
	for i, raw := range list {
		var v service
		at := join(path, "services", i)
		if decode(raw, &v); len(v.Events) == 0 {
			if !w.lacking(at, raw, v, "service %s has no event messages", known(v.ServiceName)) {
				return false
			}
			continue
		}
		for j, raw := range v.Events {
			var m serviceMessage
			if decode(raw, &m); m.Message == "" {
				if !w.refuse(join(at, "events", j), raw, "not an event message of a service: it has no message") {
					return false
				}
				continue
			}
			alone := v
			alone.Events = v.Events[j : j+1]
			text, _ := json.Marshal(struct { // strings and what was read as JSON: it cannot fail
				Services []service `json:"services"`
			}{[]service{alone}})
			s := Stop{Kind: KindService, EventID: m.ID, ServiceARN: v.ServiceARN, Service: v.ServiceName,
				ClusterARN: v.ClusterARN, LaunchType: v.LaunchType,
				StoppedReason: m.Message, StoppedAt: m.CreatedAt.Time, Raw: text}
			s.complete()
			if !w.yield(s) {
				return false
			}
		}
	}
	return true
}

// areServices reports whether a list is one of services as the ECS API describes them.
func areServices(list []json.RawMessage) bool {
	var v service
	return len(list) > 0 && decode(list[0], &v) == nil && (v.ServiceARN != "" || len(v.Events) > 0)
}

// failures yields what the ECS API answers in place of tasks or services. A task or service that was asked for and is
// not there is refused; anything else is a task that RunTask or StartTask did not start.
func (w *walker) failures(list []failure, raw []byte, path string) bool {
	for i, f := range list {
		at := join(path, "failures", i)
		more := true
		switch {
		case f == (failure{}):
			more = w.refuse(at, raw, "a failure that says nothing")
		case strings.Contains(f.ARN, ":service/"):
			more = w.refuse(at, raw, "service %s: %s; check its name, its cluster and the Region",
				awsname.LastPart(f.ARN),
				f.Reason)
		case strings.Contains(f.ARN, ":task/"), f.Reason == "MISSING" &&
			!strings.Contains(f.ARN, ":container-instance/"):
			more = w.refuse(at, raw, "%s: %s; ECS remembers a stopped task for about an hour",
				known(awsname.LastPart(f.ARN)),
				f.Reason)
		default:
			s := f.stop(i)
			s.Raw, _ = json.Marshal(struct { // strings: it cannot fail
				Failures []failure `json:"failures"`
			}{list[i : i+1]})
			s.complete()
			more = w.yield(s)
		}
		if !more {
			return false
		}
	}
	return true
}
