package events

import (
	"encoding/json"
	"slices"
	"strings"

	"whystopped/events/awsname"
)

// service is a service as the ECS API describes it.
type service struct {
	ServiceARN  string            `json:"serviceArn"`
	ServiceName string            `json:"serviceName"`
	ClusterARN  string            `json:"clusterArn"`
	LaunchType  string            `json:"launchType,omitempty"`
	Deployments []json.RawMessage `json:"deployments,omitempty"`
	Events      []json.RawMessage `json:"events"`
}

type serviceMessage struct {
	ID        string    `json:"id"`
	CreatedAt timestamp `json:"createdAt"`
	Message   string    `json:"message"`
}

// deployment is one of a service's deployments.
type deployment struct {
	ID                 string    `json:"id"`
	TaskDefinition     string    `json:"taskDefinition"`
	LaunchType         string    `json:"launchType"`
	FailedTasks        number    `json:"failedTasks"`
	RolloutState       string    `json:"rolloutState"`
	RolloutStateReason string    `json:"rolloutStateReason"`
	CreatedAt          timestamp `json:"createdAt"`
	UpdatedAt          timestamp `json:"updatedAt"`
}

// serviceDeployment is what describe-service-deployments and list-service-deployments tell of one. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
type serviceDeployment struct {
	ARN          string    `json:"serviceDeploymentArn"`
	ServiceARN   string    `json:"serviceArn"`
	ClusterARN   string    `json:"clusterArn"`
	Status       string    `json:"status"`
	StatusReason string    `json:"statusReason"`
	CreatedAt    timestamp `json:"createdAt"`
	StartedAt    timestamp `json:"startedAt"`
	StoppedAt    timestamp `json:"stoppedAt"`
	FinishedAt   timestamp `json:"finishedAt"`
	UpdatedAt    timestamp `json:"updatedAt"`
	Rollback     struct {
		Reason string `json:"reason"`
	} `json:"rollback"`
}

// services yields what a list of services says.
func (w *walker) services(list []json.RawMessage, path string) bool {
	for i, raw := range list {
		if !w.service(raw, join(path, "services", i)) {
			return false
		}
	}
	return true
}

// service yields the event messages of a service, in the order of the document, or its deployments in trouble where it
// has none. Each keeps what it needs to be read again.
func (w *walker) service(raw []byte, path string) bool {
	var v service
	if decode(raw, &v); len(v.Events) == 0 {
		return w.deployments(&v, raw, path)
	}
	for i, raw := range v.Events {
		var m serviceMessage
		if decode(raw, &m); m.Message == "" {
			if !w.refuse(join(path, "events", i), raw, "not an event message of a service: it has no message") {
				return false
			}
			continue
		}
		alone := v
		alone.Deployments, alone.Events = nil, v.Events[i:i+1]
		s := m.stop()
		s.ServiceARN, s.Service, s.ClusterARN, s.LaunchType = v.ServiceARN, v.ServiceName, v.ClusterARN, v.LaunchType
		if !w.sent(s, alone.document(), path) {
			return false
		}
	}
	return true
}

// document is the answer that describes this service alone.
func (v *service) document() []byte {
	text, _ := json.Marshal(struct { // strings and what was read as JSON: it cannot fail
		Services []*service `json:"services"`
	}{[]*service{v}})
	return text
}

// deployments yields the deployments of a service that failed or are undone.
func (w *walker) deployments(v *service, raw []byte, path string) bool {
	found := false
	for i, raw := range v.Deployments {
		var d deployment
		if decode(raw, &d); !d.inTrouble() {
			continue
		}
		found = true
		alone := *v
		alone.Deployments, alone.Events = v.Deployments[i:i+1], []json.RawMessage{}
		s := d.stop()
		s.ServiceARN, s.Service, s.ClusterARN = v.ServiceARN, v.ServiceName, v.ClusterARN
		if !w.sent(s, alone.document(), path) {
			return false
		}
	}
	if found {
		return true
	}
	if isOdd(raw, *v) {
		return w.lacking(path, raw, *v, "")
	}
	names := NamesIn(raw)
	names["SERVICE"] = []string{v.ServiceName}
	return w.ask(path, raw, Ask(AskWhy, "asks its tasks", names),
		"service %s has no event messages and no failed deployment", known(v.ServiceName))
}

// inTrouble reports whether a deployment failed, is undone, or is what ECS goes back to.
func (d *deployment) inTrouble() bool {
	return d.RolloutState == "FAILED" || strings.Contains(d.RolloutStateReason, "rolling back") ||
		d.RolloutState == "IN_PROGRESS" && d.FailedTasks.value != nil && *d.FailedTasks.value > 0
}

// stop is the deployment's state in the words of the event that ECS sends for it.
func (d *deployment) stop() Stop {
	s := Stop{Kind: KindDeployment, DeploymentID: d.ID, EventName: "SERVICE_DEPLOYMENT_" + d.RolloutState,
		TaskDefinitionARN: d.TaskDefinition, LaunchType: d.LaunchType, StoppedReason: d.RolloutStateReason,
		StoppedAt: d.UpdatedAt.Time}
	if s.StoppedAt.IsZero() {
		s.StoppedAt = d.CreatedAt.Time
	}
	return s
}

// deployment reads a deployment by itself, whatever its state.
func (w *walker) deployment(raw []byte, path string) bool {
	var d deployment
	if decode(raw, &d); d.RolloutState == "" {
		return w.lacking(path, raw, d, "deployment %s has no rolloutState", known(d.ID))
	}
	return w.sent(d.stop(), raw, path)
}

// serviceDeployment reads what became of a service's deployment.
func (w *walker) serviceDeployment(raw []byte, path string) bool {
	var d serviceDeployment
	if decode(raw, &d); d.Status == "" {
		return w.lacking(path, raw, d, "service deployment %s has no status", known(awsname.LastPart(d.ARN)))
	}
	s := Stop{Kind: KindDeployment, DeploymentID: awsname.LastPart(d.ARN), ServiceARN: d.ServiceARN,
		ClusterARN: d.ClusterARN, EventName: "SERVICE_DEPLOYMENT_" + d.Status, StoppedReason: d.StatusReason}
	if d.Rollback.Reason != "" {
		s.StoppedReason = d.Rollback.Reason
	}
	for _, at := range []timestamp{d.FinishedAt, d.StoppedAt, d.UpdatedAt, d.StartedAt, d.CreatedAt} {
		if s.StoppedAt.IsZero() {
			s.StoppedAt = at.Time
		}
	}
	return w.sent(s, raw, path)
}

// isServiceMessage reports whether an object is an event message of a service: its text begins with the name.
func isServiceMessage(o object) bool {
	var text string
	return o.has("id", "message") && json.Unmarshal(o.get("message"), &text) == nil &&
		(strings.HasPrefix(text, "(service ") || strings.HasPrefix(text, "(daemon "))
}

// message reads an event message by itself, which says the service's name.
func (w *walker) message(raw []byte, path string) bool {
	var m serviceMessage
	decode(raw, &m)
	s := m.stop()
	_, name, _ := strings.Cut(m.Message, " ")
	if end := strings.IndexAny(name, ",) "); end > 0 {
		s.Service = name[:end]
	}
	return w.sent(s, raw, path)
}

func (m *serviceMessage) stop() Stop {
	return Stop{Kind: KindService, EventID: m.ID, StoppedReason: m.Message, StoppedAt: m.CreatedAt.Time}
}

// areServices reports whether a list is one of services as the ECS API describes them.
func areServices(list []json.RawMessage) bool {
	var v service
	return len(list) > 0 && decode(list[0], &v) == nil &&
		(v.ServiceARN != "" || len(v.Events) > 0 || len(v.Deployments) > 0)
}

// failures yields what the ECS API answers in place of tasks or services. A task or service that was asked for and is
// not there is refused; anything else is a task that RunTask or StartTask did not start.
func (w *walker) failures(list []failure, raw []byte, path string, refuse refuser) bool {
	for i, f := range list {
		at := join(path, "failures", i)
		more := true
		switch {
		case f == (failure{}):
			more = w.refuse(at, raw, "a failure that says nothing")
		case strings.Contains(f.ARN, ":service/"):
			more = refuse(at, raw, "service %s: %s; check its name, its cluster and the Region",
				awsname.LastPart(f.ARN), f.Reason)
		case strings.Contains(f.ARN, ":task/"), f.Reason == "MISSING" && f.instance() == "":
			more = refuse(at, raw, "%s: %s; ECS remembers a stopped task for about an hour",
				known(awsname.LastPart(f.ARN)), f.Reason)
		default:
			s := Stop{Kind: KindRequest, Index: i, StoppedReason: f.reason(), ContainerInstanceARN: f.instance()}
			more = w.sent(s, f.document(list[i:i+1]), at)
		}
		if !more {
			return false
		}
	}
	return true
}

// document is the answer that has this failure alone.
func (f *failure) document(alone []failure) []byte {
	answer := struct {
		Tasks    []json.RawMessage `json:"tasks,omitzero"`
		Failures []failure         `json:"failures"`
	}{Failures: alone}
	if !f.ofECS() {
		answer.Tasks = []json.RawMessage{} // without them nobody knows whose failure it is
	}
	text, _ := json.Marshal(answer) // strings: it cannot fail
	return text
}

// areOfECS reports whether failures are those in an answer of ECS.
func areOfECS(list []failure) bool {
	return slices.ContainsFunc(list, func(f failure) bool { return f.ofECS() })
}
