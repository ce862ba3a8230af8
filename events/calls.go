package events

import (
	"cmp"
	"encoding/json"
	"strings"

	"whystopped/events/awsname"
)

// cloudTrail is the detail-type of API calls that CloudTrail relays.
const cloudTrail = "AWS API Call via CloudTrail"

// call is an API call as CloudTrail records it. Source:
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/logging-using-cloudtrail.html
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
type call struct {
	EventID      string    `json:"eventID"`
	EventName    string    `json:"eventName"`
	EventSource  string    `json:"eventSource"`
	EventTime    timestamp `json:"eventTime"`
	Account      string    `json:"recipientAccountId"`
	Region       string    `json:"awsRegion"`
	ErrorCode    string    `json:"errorCode"`
	ErrorMessage string    `json:"errorMessage"`
	UserIdentity struct {
		ARN         string `json:"arn"`
		InvokedBy   string `json:"invokedBy"`
		PrincipalID string `json:"principalId"`
		UserName    string `json:"userName"`
	} `json:"userIdentity"`
	RequestParameters struct {
		Cluster        string `json:"cluster"`
		Group          string `json:"group"`
		LaunchType     string `json:"launchType"`
		Service        string `json:"service"`
		ServiceName    string `json:"serviceName"`
		StartedBy      string `json:"startedBy"`
		Task           string `json:"task"`
		TaskDefinition string `json:"taskDefinition"`
	} `json:"requestParameters"`
	ResponseElements struct {
		Failures []failure `json:"failures"`
		Task     task      `json:"task"`
	} `json:"responseElements"`
}

// apiCall is the EventBridge event around a call.
type apiCall struct {
	Detail call `json:"detail"`
}

// isCall reports whether an object is a call in CloudTrail's words. The records of Kinesis and S3 have members of the
// same names.
func isCall(o object) bool {
	var source string
	return o.has("eventSource", "eventName") && json.Unmarshal(o.get("eventSource"), &source) == nil &&
		strings.HasSuffix(source, ".amazonaws.com")
}

// startsTasks are the calls of ECS that are to bring tasks, by themselves or through a service.
var startsTasks = map[string]bool{
	"RunTask": true, "StartTask": true, "CreateService": true, "UpdateService": true, "CreateTaskSet": true,
}

// apiCall reads a call that CloudTrail relays by EventBridge.
func (w *walker) apiCall(d *document, raw []byte, path string) bool {
	var c apiCall
	decode(raw, &c)
	from := Stop{EventID: d.ID, Time: d.Time.Time, Account: d.Account, Region: d.Region, event: true}
	return w.call(&c.Detail, c, from, raw, path)
}

// record reads a call as CloudTrail itself keeps it.
func (w *walker) record(raw []byte, path string) bool {
	var c call
	decode(raw, &c)
	from := Stop{EventID: c.EventID, Time: c.EventTime.Time, Account: c.Account, Region: c.Region}
	return w.call(&c, c, from, raw, path)
}

// call reads what a call says of tasks: each failure in its answer, its refusal, or the task that it stopped. from is
// what is known of the event around it, and whole what raw was decoded into.
func (w *walker) call(c *call, whole any, from Stop, raw []byte, path string) bool {
	from.EventName = c.EventName
	from.StoppedAt = cmp.Or(c.EventTime.Time, from.Time)
	who := &c.UserIdentity
	from.CalledBy = cmp.Or(who.ARN, who.InvokedBy, who.UserName, who.PrincipalID)
	failures := c.ResponseElements.Failures
	ofECS := c.EventSource == "" || c.EventSource == "ecs.amazonaws.com"
	switch {
	case c.EventName == "":
		return w.lacking(path, raw, whole, "the call (unknown) starts no tasks")
	case ofECS && c.EventName == "StopTask" && c.ErrorCode == "":
		return w.stopTask(c, from, raw, path)
	case !ofECS || !startsTasks[c.EventName] && c.EventName != "StopTask":
		return w.beside(path, raw, "the call %s starts no tasks", c.EventName)
	case c.ErrorCode != "":
		failures = []failure{
			{Reason: strings.TrimSuffix(c.EventName+": "+c.ErrorCode+": "+c.ErrorMessage, ": ")}}
	case len(failures) == 0 && isOdd(raw, whole):
		return w.lacking(path, raw, whole, "the call %s has no failures", c.EventName)
	case len(failures) == 0:
		return w.ask(path, raw, c.ask(from, raw), "the call %s has no failures", c.EventName)
	}
	for i, f := range failures {
		if f == (failure{}) {
			if !w.lacking(path, raw, whole, "failure %d of the call %s says nothing", i, c.EventName) {
				return false
			}
			continue
		}
		s, asked := from, &c.RequestParameters
		s.Kind, s.Index, s.StoppedReason, s.ContainerInstanceARN = KindRequest, i, f.reason(), f.instance()
		s.Group, s.StartedBy, s.LaunchType = asked.Group, asked.StartedBy, asked.LaunchType
		s.inCluster(cmp.Or(asked.Cluster, "default"))
		s.Service = awsname.LastPart(cmp.Or(asked.ServiceName, asked.Service))
		s.Family, s.Revision = familyRevision(awsname.LastPart(asked.TaskDefinition))
		if !w.sent(s, raw, path) {
			return false
		}
	}
	return true
}

// ask is the command that tells what became of the tasks of a call.
func (c *call) ask(from Stop, raw []byte) Command {
	names := NamesIn(raw)
	for name, value := range map[string]string{"REGION": from.Region,
		"CLUSTER": awsname.LastPart(c.RequestParameters.Cluster),
		"SERVICE": awsname.LastPart(cmp.Or(c.RequestParameters.ServiceName, c.RequestParameters.Service))} {
		if value != "" {
			names[name] = []string{value}
		}
	}
	command := AskWhy
	if c.EventName == "RunTask" || c.EventName == "StartTask" {
		command = AskTasks
	}
	return Ask(command, "tells what became of its tasks", names)
}

// stopTask reads the task that a call stopped. The call answers before the task has ended.
func (w *walker) stopTask(c *call, from Stop, raw []byte, path string) bool {
	s := c.ResponseElements.Task.stop()
	s.StopCode, s.DesiredStatus = cmp.Or(s.StopCode, "UserInitiated"), "STOPPED"
	s.EventName, s.CalledBy = c.EventName, from.CalledBy
	s.EventID, s.Time, s.Account, s.Region = from.EventID, from.Time, from.Account, from.Region
	if s.StoppingAt.IsZero() {
		s.StoppingAt = from.StoppedAt
	}
	if task := c.RequestParameters.Task; s.TaskARN == "" && strings.HasPrefix(task, "arn:") {
		s.TaskARN = task
	} else if s.TaskARN == "" {
		s.TaskID = task
	}
	if s.ClusterARN == "" {
		s.inCluster(c.RequestParameters.Cluster)
	}
	return w.stop(s, raw, path)
}

// inCluster sets the cluster that a caller named, by its name or ARN.
func (s *Stop) inCluster(cluster string) {
	s.Cluster = awsname.LastPart(cluster)
	if strings.HasPrefix(cluster, "arn:") {
		s.ClusterARN = cluster
	}
}

// reason is what a failure says.
func (f *failure) reason() string {
	if f.Detail != "" {
		return f.Reason + ": " + f.Detail
	}
	return f.Reason
}

// instance is the container instance that a failure speaks of, "" where it speaks of none.
func (f *failure) instance() string {
	if strings.Contains(f.ARN, ":container-instance/") {
		return f.ARN
	}
	return ""
}

// ofECS reports whether a failure is one of ECS, by what it speaks of or by its reason: the reports of other programs
// have failures too. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
func (f *failure) ofECS() bool {
	switch f.Reason {
	case "AGENT", "ATTRIBUTE", "LOCATION", "INACTIVE":
		return true
	}
	return strings.HasPrefix(f.Reason, "RESOURCE:") ||
		strings.HasPrefix(f.ARN, "arn:") && strings.Contains(f.ARN, ":ecs:")
}
