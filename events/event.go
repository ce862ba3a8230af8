package events

import (
	"encoding/json"
	"time"
)

type containerEvent struct {
	Name       string `json:"name,omitempty"`
	Image      string `json:"image,omitempty"`
	LastStatus string `json:"lastStatus,omitempty"`
	ExitCode   *int64 `json:"exitCode,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

type taskEvent struct {
	ClusterARN        string           `json:"clusterArn,omitempty"`
	Containers        []containerEvent `json:"containers"`
	DesiredStatus     string           `json:"desiredStatus"`
	Group             string           `json:"group,omitempty"`
	LastStatus        string           `json:"lastStatus"`
	LaunchType        string           `json:"launchType,omitempty"`
	StartedBy         string           `json:"startedBy,omitempty"`
	StopCode          string           `json:"stopCode,omitempty"`
	StoppedReason     string           `json:"stoppedReason,omitempty"`
	TaskARN           string           `json:"taskArn,omitempty"`
	TaskDefinitionARN string           `json:"taskDefinitionArn,omitempty"`
}

// Event returns the stop as the EventBridge event that ECS sends for it, so that a pattern can be matched whatever form
// the stop was read from. Fields that no pattern asks for are left out of a rebuilt one. The message of a service and a
// failure in an answer of the ECS API do not tell which event they belong to; what is rebuilt of them, no rule catches.
func (s *Stop) Event() []byte {
	if s.event {
		return s.Raw
	}
	switch s.Kind {
	case KindService:
		return s.envelope("ECS Service Action", s.ServiceARN,
			map[string]string{"clusterArn": s.ClusterARN, "reason": s.StoppedReason})
	case KindRequest:
		return s.envelope(cloudTrail, "",
			map[string]any{"responseElements": map[string]any{"failures": []failure{{Reason: s.StoppedReason}}}})
	}
	detail := taskEvent{
		ClusterARN:        s.ClusterARN,
		Containers:        []containerEvent{},
		DesiredStatus:     "STOPPED",
		Group:             s.Group,
		LastStatus:        "STOPPED",
		LaunchType:        s.LaunchType,
		StartedBy:         s.StartedBy,
		StopCode:          s.StopCode,
		StoppedReason:     s.StoppedReason,
		TaskARN:           s.TaskARN,
		TaskDefinitionARN: s.TaskDefinitionARN,
	}
	if s.Kind == KindContainer {
		detail.DesiredStatus, detail.LastStatus = "RUNNING", "RUNNING"
	}
	if s.Launcher == LauncherBatch && s.StopCode == "" && s.Kind == KindTask {
		detail.StopCode = "EssentialContainerExited" // a job's event does not tell the task's
	}
	for _, c := range s.Containers {
		detail.Containers = append(detail.Containers,
			containerEvent{c.Name, c.Image, c.LastStatus, c.ExitCode, c.Reason})
	}
	return s.envelope("ECS Task State Change", s.TaskARN, detail)
}

// envelope puts a detail into the event that ECS sends.
func (s *Stop) envelope(detailType, resource string, detail any) []byte {
	resources := []string{resource}
	if resource == "" {
		resources = []string{}
	}
	event, _ := json.Marshal( // strings and numbers: it cannot fail
		struct {
			Version    string   `json:"version"`
			ID         string   `json:"id"`
			DetailType string   `json:"detail-type"`
			Source     string   `json:"source"`
			Account    string   `json:"account"`
			Time       string   `json:"time"`
			Region     string   `json:"region"`
			Resources  []string `json:"resources"`
			Detail     any      `json:"detail"`
		}{"0", s.EventID, detailType, "aws.ecs", s.Account, s.Time.UTC().Format(time.RFC3339), s.Region, resources,
			detail})
	return event
}
