package events

import (
	"cmp"
	"regexp"
	"strings"
	"time"

	"whystopped/events/awsname"
)

const (
	hookDetailType     = "ECS Hook State Change"
	instanceDetailType = "ECS Container Instance Health Change"
)

// hookEvent is what became of a lifecycle hook of a service's deployment. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
type hookEvent struct {
	Resources []string `json:"resources"`
	Detail    struct {
		EventType            string    `json:"eventType"`
		EventName            string    `json:"eventName"`
		ClusterARN           string    `json:"clusterArn"`
		ServiceARN           string    `json:"serviceArn"`
		ServiceDeploymentARN string    `json:"serviceDeploymentArn"`
		HookID               string    `json:"hookId"`
		HookType             string    `json:"hookType"`
		LifecycleStage       string    `json:"lifecycleStage"`
		TimeoutAction        string    `json:"timeoutAction"`
		ExpiresAt            timestamp `json:"expiresAt"`
		Reason               string    `json:"reason"`
		CreatedAt            timestamp `json:"createdAt"`
		UpdatedAt            timestamp `json:"updatedAt"`
	} `json:"detail"`
}

// instanceEvent is what ECS found of the health of a container instance. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-health.html
type instanceEvent struct {
	Detail struct {
		ClusterARN           string        `json:"clusterArn"`
		ContainerInstanceARN string        `json:"containerInstanceArn"`
		CapacityProviderName string        `json:"capacityProviderName"`
		EC2InstanceID        string        `json:"ec2InstanceId"`
		OverallStatus        string        `json:"overallStatus"`
		HealthChecks         []healthCheck `json:"healthChecks"`
	} `json:"detail"`
}

type healthCheck struct {
	Type             string    `json:"type"`
	Status           string    `json:"status"`
	StatusReason     string    `json:"statusReason"`
	LastStatusChange timestamp `json:"lastStatusChange"`
}

// Hook is a lifecycle hook of a service's deployment.
type Hook struct {
	ID            string
	Type          string    // PAUSE, or that of a function
	Stage         string    // of the deployment: "POST_TEST_TRAFFIC_SHIFT"
	ExpiresAt     time.Time // when it is no longer waited for
	TimeoutAction string    // what ECS does then, ROLLBACK or CONTINUE; empty where the event does not say
}

// Impaired is the status of an instance, or of one of its checks, that is not well.
const Impaired = "IMPAIRED"

// hook reads what became of a lifecycle hook.
func (w *walker) hook(d *document, raw []byte, path string) bool {
	var e hookEvent
	decode(raw, &e)
	detail := &e.Detail
	if detail.EventName == "" {
		return w.lacking(path, raw, e, "the event of a hook has no eventName")
	}
	arn := detail.ServiceDeploymentARN
	for _, resource := range e.Resources {
		if arn == "" && strings.Contains(resource, ":service-deployment/") {
			arn = resource
		}
	}
	s := Stop{
		Kind:          KindHook,
		EventType:     detail.EventType,
		EventName:     detail.EventName,
		ClusterARN:    detail.ClusterARN,
		ServiceARN:    cmp.Or(detail.ServiceARN, serviceOf(arn)),
		DeploymentID:  awsname.LastPart(arn),
		StoppedReason: detail.Reason,
		StoppedAt:     cmp.Or(detail.UpdatedAt, detail.CreatedAt, d.Time).Time,
		Hook: Hook{ID: detail.HookID, Type: detail.HookType, Stage: detail.LifecycleStage,
			ExpiresAt: detail.ExpiresAt.Time, TimeoutAction: detail.TimeoutAction},
	}
	s.EventID, s.Time, s.Account, s.Region, s.event = d.ID, d.Time.Time, d.Account, d.Region, true
	return w.sent(s, raw, path)
}

// serviceOf returns the ARN of the service of a service deployment, "" where it does not name one.
func serviceOf(deployment string) string {
	before, after, found := strings.Cut(deployment, ":service-deployment/")
	if i := strings.LastIndexByte(after, '/'); found && i > 0 {
		return before + ":service/" + after[:i]
	}
	return ""
}

var sinceWhen = regexp.MustCompile(`(?i)\bsince (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))`)

// instance yields each check of a container instance that is not well, and the instance where none is told.
func (w *walker) instance(d *document, raw []byte, path string) bool {
	var e instanceEvent
	decode(raw, &e)
	detail := &e.Detail
	if detail.ContainerInstanceARN == "" || detail.OverallStatus == "" && len(detail.HealthChecks) == 0 {
		return w.lacking(path, raw, e, "the event tells no health of a container instance")
	}
	s := Stop{
		Kind:                 KindInstance,
		ClusterARN:           detail.ClusterARN,
		ContainerInstanceARN: detail.ContainerInstanceARN,
		CapacityProvider:     detail.CapacityProviderName,
		StoppedAt:            d.Time.Time,
	}
	if detail.EC2InstanceID != "" {
		s.InstanceIDs = []string{detail.EC2InstanceID}
	}
	s.EventID, s.Time, s.Account, s.Region, s.event = d.ID, d.Time.Time, d.Account, d.Region, true
	told := false
	for _, c := range detail.HealthChecks {
		if c.Status != Impaired || detail.OverallStatus == "OK" {
			continue
		}
		one := s
		one.HealthCheck, one.EventName, one.StoppedReason = c.Type, joined(c.Type, Impaired), c.StatusReason
		if !c.LastStatusChange.IsZero() {
			one.StoppedAt = c.LastStatusChange.Time
		} else if m := sinceWhen.FindStringSubmatch(c.StatusReason); m != nil {
			if at, err := time.Parse(time.RFC3339, m[1]); err == nil {
				one.StoppedAt = at.UTC()
			}
		}
		told = true
		if !w.sent(one, raw, path) {
			return false
		}
	}
	if told {
		return true
	}
	s.EventName = joined("INSTANCE", detail.OverallStatus)
	return w.sent(s, raw, path)
}

func joined(name, status string) string { return strings.Trim(name+"_"+status, "_") }
