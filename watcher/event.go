package watcher

import (
	"strings"
	"time"

	"whystopped/events"
	"whystopped/events/awsname"
)

// Source and DetailType are how the watcher's events are told from others.
const (
	Source     = events.WatcherSource
	DetailType = events.WatcherDetailType
)

// Event is the end of one container as EventBridge hands it to a rule's target. What is not known is left out.
type Event struct {
	Version    string    `json:"version"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account,omitempty"`
	Time       time.Time `json:"time"` // when the end was noticed
	Region     string    `json:"region,omitempty"`
	Resources  []string  `json:"resources"`
	Detail     Detail    `json:"detail"`
}

// Detail is the task in the form of an ECS task, with the one container that stopped.
type Detail struct {
	AvailabilityZone  string      `json:"availabilityZone,omitempty"`
	ClusterARN        string      `json:"clusterArn,omitempty"`
	Containers        []Container `json:"containers"`
	DesiredStatus     string      `json:"desiredStatus"`
	Group             string      `json:"group,omitempty"`
	LastStatus        string      `json:"lastStatus"`
	LaunchType        string      `json:"launchType,omitempty"`
	TaskARN           string      `json:"taskArn"`
	TaskDefinitionARN string      `json:"taskDefinitionArn,omitempty"`
}

// Container is the one that stopped, in the form of an ECS container; FinishedAt and RestartCount are the metadata
// endpoint's.
type Container struct {
	ContainerARN string    `json:"containerArn,omitempty"`
	ExitCode     *int64    `json:"exitCode,omitempty"`
	FinishedAt   time.Time `json:"finishedAt,omitzero"`
	Image        string    `json:"image,omitempty"`
	ImageDigest  string    `json:"imageDigest,omitempty"`
	LastStatus   string    `json:"lastStatus"`
	Name         string    `json:"name"`
	RestartCount int64     `json:"restartCount,omitempty"` // restarts before this end
	RuntimeID    string    `json:"runtimeId,omitempty"`
}

// newEvent returns the end of c in t. The task of a container that stopped by itself runs, whatever else the metadata
// calls it: on Fargate KnownStatus can be NONE.
func newEvent(t task, c container, noticed time.Time) Event {
	e := Event{
		Version:    "0",
		DetailType: DetailType,
		Source:     Source,
		Time:       noticed.UTC().Truncate(time.Second),
		Resources:  []string{t.TaskARN},
		Detail: Detail{
			AvailabilityZone: t.AvailabilityZone,
			DesiredStatus:    "RUNNING",
			Group:            t.Group,
			LastStatus:       "RUNNING",
			LaunchType:       t.LaunchType,
			TaskARN:          t.TaskARN,
			Containers: []Container{{
				ContainerARN: c.ContainerARN,
				ExitCode:     c.ExitCode,
				FinishedAt:   c.FinishedAt.UTC(),
				Image:        c.Image,
				ImageDigest:  c.ImageID,
				LastStatus:   "STOPPED",
				Name:         c.Name,
				RestartCount: c.RestartCount,
				RuntimeID:    c.DockerID,
			}},
		},
	}
	if e.Detail.Group == "" && t.ServiceName != "" {
		e.Detail.Group = "service:" + t.ServiceName
	}
	if named, whole := awsname.ParseARN(t.TaskARN); whole {
		e.Region, e.Account = named.Region, named.Account
		if t.Family != "" && t.Revision != "" {
			named.Resource = "task-definition/" + t.Family + ":" + t.Revision
			e.Detail.TaskDefinitionARN = named.String()
		}
		if t.Cluster != "" {
			named.Resource = "cluster/" + t.Cluster
			e.Detail.ClusterARN = named.String()
		}
	}
	if strings.HasPrefix(t.Cluster, "arn:") {
		e.Detail.ClusterARN = t.Cluster
	}
	return e
}
