package watcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// sizeLimit is far above what ten containers, as many as a task has, take with all their labels, in bytes.
const sizeLimit = 1 << 20

// task is what is read of the answer of ${ECS_CONTAINER_METADATA_URI_V4}/task
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html).
type task struct {
	Cluster          string // ARN, or on EC2 the name
	ServiceName      string
	TaskARN          string
	Family           string
	Revision         string
	DesiredStatus    string
	KnownStatus      string
	AvailabilityZone string
	LaunchType       string
	Group            string // newer agents only
	Containers       []container
}

type container struct {
	DockerID     string `json:"DockerId"`
	Name         string
	Image        string
	ImageID      string // digest of the image's manifest
	KnownStatus  string
	ExitCode     *int64 // nil when the container did not end, or nobody saw how
	StartedAt    moment
	FinishedAt   moment
	Type         string // NORMAL for a container of the task definition
	ContainerARN string
	RestartCount int64 // only where the container has a restart policy
}

// moment is a time that is zero when it cannot be read: one bad field must not hide a whole task.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &m.Time) != nil {
		m.Time = time.Time{}
	}
	return nil
}

// read asks the endpoint once. The error never holds what the endpoint answered.
func (w *Watcher) read(ctx context.Context) (task, error) {
	if w.options.Endpoint == "" {
		return task{},
			fmt.Errorf("no task metadata: %s is not set; it is in every container of a task on Fargate platform "+
				"version 1.4.0 or container agent 1.39.0 and later", EnvEndpoint)
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(w.options.Endpoint, "/")+"/task",
		nil)
	if err != nil {
		return task{}, fmt.Errorf("no task metadata: %s: %w", EnvEndpoint, err)
	}
	response, err := w.client.Do(request)
	if err != nil {
		return task{}, fmt.Errorf("read the task metadata: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, sizeLimit))
	if err != nil {
		return task{}, fmt.Errorf("read the task metadata: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return task{}, fmt.Errorf("read the task metadata: the endpoint answered %d", response.StatusCode)
	}
	var t task
	if err := json.Unmarshal(body, &t); err != nil {
		return task{}, fmt.Errorf("read the task metadata: %w", err)
	}
	if t.TaskARN == "" {
		return task{}, errors.New("read the task metadata: the answer names no task")
	}
	return t, nil
}

// stopping reports whether the task is ending, and its containers with it.
func (t task) stopping() bool { return t.DesiredStatus == "STOPPED" || t.KnownStatus == "STOPPED" }

func (c container) stopped() bool { return c.KnownStatus == "STOPPED" }

// injections are what the names of containers begin with that no task definition holds.
var injections = []string{
	"~internal~ecs", // the agent's own: pause containers, sources of empty volumes (amazon-ecs-agent, agent/api/task)
	"ecs-service-connect-",
	"aws-guardduty-agent-", // of GuardDuty Runtime Monitoring
}

// injected reports whether ECS put the container into the task. Types beside NORMAL are internal to the agent
// (amazon-ecs-agent, agent/api/container/containertype.go).
func (c container) injected() bool {
	return c.Type != "" && c.Type != "NORMAL" ||
		slices.ContainsFunc(injections, func(prefix string) bool { return strings.HasPrefix(c.Name, prefix) })
}
