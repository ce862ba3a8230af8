package events

import (
	"cmp"
	"encoding/json"
	"strings"

	"whystopped/events/awsname"
)

// lone is a container by itself, as the ECS API describes it, as its metadata endpoint does (with knownStatus) or as
// tools pick its fields.
type lone struct {
	container
	TaskARN    string            `json:"taskArn"`
	DockerID   string            `json:"dockerId"`
	ImageID    string            `json:"imageId"`
	Known      string            `json:"knownStatus"`
	Type       string            `json:"type"`
	Labels     map[string]string `json:"labels"`
	StartedAt  timestamp         `json:"startedAt"`
	FinishedAt timestamp         `json:"finishedAt"`
	Health     struct {
		Status string `json:"status"`
	} `json:"health"`
}

// isContainer reports whether an object is a container: by its ARN, or by an exit code or a reason beside a name.
func isContainer(o object) bool {
	if o.lists("containers") || o.has("stoppedReason") || o.has("stopCode") {
		return false
	}
	ofECS := o.has("runtimeId") || o.has("dockerId") || o.has("taskArn") || o.has("imageDigest") || o.has("lastStatus")
	ended := o.counts("exitCode")
	return o.has("containerArn") || o.has("dockerId", "knownStatus") ||
		o.has("name") && (ended && (ofECS || o.has("reason")) || o.has("lastStatus", "reason"))
}

// container reads a container by itself. What became of its task is not known.
func (w *walker) container(raw []byte, path string) bool {
	var c lone
	decode(raw, &c)
	s := Stop{Kind: KindContainer, Alone: true, TaskARN: c.TaskARN, StartedAt: c.StartedAt.Time}
	s.fromLabels(c.Labels)
	if s.TaskARN == "" {
		s.TaskARN = taskOf(c.ContainerARN)
	}
	s.Containers = []Container{c.stop()}
	return w.alone(s, raw, path)
}

// alone yields a container of which nothing but itself is known, where it has ended.
func (w *walker) alone(s Stop, raw []byte, path string) bool {
	c := s.Container()
	if status := c.LastStatus; status != "STOPPED" && status != "" || c.ExitCode == nil && c.Reason == "" {
		return w.beside(path, raw, "container %s is %s, not stopped", known(c.Name), known(strings.ToUpper(status)))
	}
	s.StoppedAt = c.FinishedAt
	return w.sent(s, raw, path)
}

// Together reports whether a JSON array is one document: the containers of one task, which all have ended.
func Together(doc []byte) bool {
	var elements []json.RawMessage
	return json.Unmarshal(doc, &elements) == nil && together(elements)
}

func together(elements []json.RawMessage) bool {
	task := ""
	for _, raw := range elements {
		var o object
		if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &o) != nil || !isContainer(o) {
			return false
		}
		var c lone
		decode(raw, &c)
		of := cmp.Or(c.TaskARN, taskOf(c.ContainerARN))
		if c.ExitCode.value == nil && c.Reason == "" || task != "" && of != task {
			return false
		}
		task = of
	}
	return len(elements) > 1
}

// containers reads the containers of a task of which nothing else is known.
func (w *walker) containers(elements []json.RawMessage, raw []byte, path string) bool {
	s := Stop{Kind: KindTask}
	for _, raw := range elements {
		var c lone
		decode(raw, &c)
		s.TaskARN = cmp.Or(s.TaskARN, c.TaskARN, taskOf(c.ContainerARN))
		s.fromLabels(c.Labels)
		s.Containers = append(s.Containers, c.stop())
	}
	return w.stop(s, raw, path)
}

func (c *lone) stop() Container {
	s := c.container.stop()
	s.RuntimeID = cmp.Or(s.RuntimeID, c.DockerID)
	s.LastStatus = cmp.Or(s.LastStatus, c.Known)
	s.HealthStatus = cmp.Or(s.HealthStatus, c.Health.Status)
	s.ImageDigest = cmp.Or(s.ImageDigest, c.ImageID)
	s.FinishedAt = c.FinishedAt.Time
	return s
}

// taskOf returns the ARN of the task that a container's ARN names, "" for an ARN of the old form.
func taskOf(containerARN string) string {
	parts := strings.Split(containerARN, "/")
	if len(parts) != 4 {
		return ""
	}
	return strings.Replace(strings.Join(parts[:3], "/"), ":container/", ":task/", 1)
}

// The labels that the ECS agent gives to containers.
const ecsLabel = "com.amazonaws.ecs."

// fromLabels fills in what the labels of a container tell of its task.
func (s *Stop) fromLabels(labels map[string]string) {
	s.TaskARN = cmp.Or(s.TaskARN, labels[ecsLabel+"task-arn"])
	if s.Cluster == "" {
		s.inCluster(labels[ecsLabel+"cluster"])
	}
	if family := labels[ecsLabel+"task-definition-family"]; family != "" {
		s.Family, s.Revision = familyRevision(family + ":" + labels[ecsLabel+"task-definition-version"])
	}
}

// inspected is a container as `docker inspect` prints it.
type inspected struct {
	ID    string `json:"Id"`
	Name  string `json:"Name"`
	Image string `json:"Image"`
	State struct {
		Status     string    `json:"Status"`
		OOMKilled  bool      `json:"OOMKilled"`
		ExitCode   number    `json:"ExitCode"`
		Error      string    `json:"Error"`
		StartedAt  timestamp `json:"StartedAt"`
		FinishedAt timestamp `json:"FinishedAt"`
	} `json:"State"`
	Config struct {
		Image  string            `json:"Image"`
		Labels map[string]string `json:"Labels"`
	} `json:"Config"`
}

// inspect reads a container as Docker describes it.
func (w *walker) inspect(raw []byte, path string) bool {
	var i inspected
	decode(raw, &i)
	labels := i.Config.Labels
	name := cmp.Or(labels[ecsLabel+"container-name"], strings.TrimPrefix(i.Name, "/"))
	switch {
	case labels[ecsLabel+"task-arn"] == "" && labels[ecsLabel+"container-name"] == "":
		return w.refuse(path, raw, "container %s is not one of ECS: it has no label %stask-arn", known(name), ecsLabel)
	case i.State.Status != "exited" && i.State.Status != "dead" && i.State.Error == "":
		return w.beside(path, raw, "container %s is %s, not stopped", known(name), known(i.State.Status))
	}
	c := Container{Name: name, RuntimeID: i.ID, Image: i.Config.Image, ImageDigest: i.Image, LastStatus: "STOPPED",
		ExitCode: i.State.ExitCode.value, Reason: i.State.Error, FinishedAt: i.State.FinishedAt.Time}
	if i.State.OOMKilled {
		c.Reason = strings.TrimSuffix("OOMKilled: "+c.Reason, ": ")
	}
	s := Stop{Kind: KindContainer, Alone: true, StartedAt: i.State.StartedAt.Time, Containers: []Container{c}}
	s.fromLabels(labels)
	return w.alone(s, raw, path)
}

// isInspected reports whether an object is a container as Docker describes it.
func isInspected(o object) bool {
	var state object
	return o.holds("state", "config") && json.Unmarshal(o.get("state"), &state) == nil && state.has("status") &&
		state.counts("exitCode")
}

// metadata is a task as its metadata endpoint describes it, in versions 2, 3 and 4. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html
type metadata struct {
	AvailabilityZone   string            `json:"availabilityZone"`
	Cluster            string            `json:"cluster"`
	Containers         []json.RawMessage `json:"containers"`
	DesiredStatus      string            `json:"desiredStatus"`
	ExecutionStoppedAt timestamp         `json:"executionStoppedAt"`
	Family             string            `json:"family"`
	KnownStatus        string            `json:"knownStatus"`
	LaunchType         string            `json:"launchType"`
	PullStartedAt      timestamp         `json:"pullStartedAt"`
	PullStoppedAt      timestamp         `json:"pullStoppedAt"`
	Revision           string            `json:"revision"`
	ServiceName        string            `json:"serviceName"`
	TaskARN            string            `json:"taskArn"`
	ARN                string            `json:"arn"` // the agent's introspection API
}

// metadata reads a task, and its containers that ended, from its metadata endpoint. The pause container is ECS's own.
func (w *walker) metadata(raw []byte, path string) bool {
	var m metadata
	decode(raw, &m)
	s := Stop{Kind: KindTask, TaskARN: cmp.Or(m.TaskARN, m.ARN), AvailabilityZone: m.AvailabilityZone,
		LaunchType: m.LaunchType, LastStatus: m.KnownStatus, DesiredStatus: m.DesiredStatus,
		PullStartedAt: m.PullStartedAt.Time, PullStoppedAt: m.PullStoppedAt.Time,
		ExecutionStoppedAt: m.ExecutionStoppedAt.Time, Service: m.ServiceName}
	s.Family, s.Revision = familyRevision(m.Family + ":" + m.Revision)
	s.inCluster(m.Cluster)
	for _, raw := range m.Containers {
		var c lone
		if decode(raw, &c); c.Type != "" && c.Type != "NORMAL" || c.Name == "" {
			continue
		}
		if s.StartedAt.IsZero() || c.StartedAt.After(s.StartedAt) {
			s.StartedAt = c.StartedAt.Time // the task runs once its last container does
		}
		s.Containers = append(s.Containers, c.stop())
	}
	return w.stop(s, raw, path)
}

// stop is the container in the words of a Stop.
func (c *container) stop() Container {
	return Container{
		Name:              c.Name,
		ARN:               c.ContainerARN,
		RuntimeID:         c.RuntimeID,
		Image:             c.Image,
		ImageDigest:       c.ImageDigest,
		LastStatus:        c.LastStatus,
		HealthStatus:      c.HealthStatus,
		ExitCode:          c.ExitCode.value,
		RestartCount:      c.RestartCount.value,
		FinishedAt:        c.FinishedAt.Time,
		Reason:            c.Reason,
		ManagedAgents:     string(c.ManagedAgents),
		CPU:               c.CPU.value,
		Memory:            c.Memory.value,
		MemoryReservation: c.MemoryReservation.value,
	}
}

// Injected reports whether AWS added the container to the task and the task does not depend on it: GuardDuty's agent,
// the pause container, and in a task of no service the proxy of Service Connect.
func (s *Stop) Injected(container int) bool {
	name := s.Containers[container].Name
	return strings.HasPrefix(name, "aws-guardduty-agent") || name == "~internal~ecs~pause" ||
		s.Service == "" && strings.HasPrefix(name, "ecs-service-connect-")
}

// DropInjected leaves out the containers that AWS added, where those of the task itself say enough: one of them ended.
func (s *Stop) DropInjected() {
	var own []Container
	ended := false
	for i, c := range s.Containers {
		if !s.Injected(i) {
			own = append(own, c)
			ended = ended || c.ExitCode != nil
		}
	}
	if ended && len(own) < len(s.Containers) {
		s.Containers, s.event = own, false // the event has the others too
	}
}

// flat is a task whose fields somebody has put side by side, with those of its container among them.
type flat struct {
	task
	ClusterName   string `json:"clusterName"`
	Cluster       string `json:"cluster"`
	ServiceName   string `json:"serviceName"`
	TaskID        string `json:"taskId"`
	Name          string `json:"name"`
	ContainerName string `json:"containerName"`
	Image         string `json:"image"`
	ExitCode      number `json:"exitCode"`
	KnownStatus   string `json:"knownStatus"` // the metadata endpoint's
	Reason        string `json:"reason"`
}

func (f *flat) stop() Stop {
	s := f.task.stop()
	s.TaskID, s.Service = awsname.LastPart(f.TaskID), f.ServiceName
	s.inCluster(cmp.Or(f.ClusterName, f.Cluster))
	if f.Reason == s.StoppedReason {
		f.Reason = "" // it is the task's
	}
	if len(s.Containers) == 0 && (f.ExitCode.value != nil || f.Reason != "") {
		s.Containers = []Container{{Name: cmp.Or(f.ContainerName, f.Name), Image: f.Image, ExitCode: f.ExitCode.value,
			Reason: f.Reason}}
	}
	return s
}

// isTask reports whether an object is a task: it says why one stopped, or is one that has a status.
func isTask(o object) bool {
	return o.has("stoppedReason") || o.has("stopCode") || o.has("lastStatus") && o.lists("containers") ||
		o.get("taskArn") != nil && (o.has("lastStatus") || o.lists("containers"))
}
