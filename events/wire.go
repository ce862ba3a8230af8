package events

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// decode reads JSON into v. A member of another type than its field has costs that field alone: package json leaves it
// out and reads on.
func decode(raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd {
		return nil
	}
	return err
}

// document is the outermost JSON object of the forms that matter most, an EventBridge event and the output of `aws ecs
// describe-tasks` and its like, so that stops of tasks are decoded in one pass. Keys match in any letter case, as
// encoding/json does.
type document struct {
	ID         string            `json:"id"`
	DetailType string            `json:"detail-type"`
	Source     string            `json:"source"`
	Account    string            `json:"account"`
	Region     string            `json:"region"`
	Time       timestamp         `json:"time"`
	Detail     *detail           `json:"detail"`
	Tasks      []json.RawMessage `json:"tasks"`
	Services   []json.RawMessage `json:"services"`
	Failures   []failure         `json:"failures"`
}

// failure is what the ECS API answers in place of a task.
type failure struct {
	ARN    string `json:"arn,omitempty"`
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// detail is an ECS task, as an event's detail or as the ECS API returns it, or an AWS Batch job.
type detail struct {
	task
	job
}

type task struct {
	Attachments          []attachment `json:"attachments"`
	Attributes           []pair       `json:"attributes"`
	AvailabilityZone     string       `json:"availabilityZone"`
	CapacityProviderName string       `json:"capacityProviderName"`
	ClusterARN           string       `json:"clusterArn"`
	ConnectivityAt       timestamp    `json:"connectivityAt"`
	ContainerInstanceARN string       `json:"containerInstanceArn"`
	Containers           []container  `json:"containers"`
	CPU                  size         `json:"cpu"`
	CreatedAt            timestamp    `json:"createdAt"`
	DesiredStatus        string       `json:"desiredStatus"`
	ExecutionStoppedAt   timestamp    `json:"executionStoppedAt"`
	Group                string       `json:"group"`
	LastStatus           string       `json:"lastStatus"`
	LaunchType           string       `json:"launchType"`
	Memory               size         `json:"memory"`
	Overrides            overrides    `json:"overrides"`
	PlatformFamily       string       `json:"platformFamily"`
	PlatformVersion      string       `json:"platformVersion"`
	PullStartedAt        timestamp    `json:"pullStartedAt"`
	PullStoppedAt        timestamp    `json:"pullStoppedAt"`
	StartedAt            timestamp    `json:"startedAt"`
	StartedBy            string       `json:"startedBy"`
	StopCode             string       `json:"stopCode"`
	StoppedAt            timestamp    `json:"stoppedAt"`
	StoppedReason        string       `json:"stoppedReason"`
	StoppingAt           timestamp    `json:"stoppingAt"`
	Tags                 tags         `json:"tags"`
	TaskARN              string       `json:"taskArn"`
	TaskDefinitionARN    string       `json:"taskDefinitionArn"`
	Version              number       `json:"version"`
}

// overrides are what a RunTask call put in place of the task definition's own.
type overrides struct {
	ContainerOverrides []struct {
		Name        string  `json:"name"`
		Command     command `json:"command"`
		Environment []pair  `json:"environment"`
	} `json:"containerOverrides"`
	ExecutionRoleARN string `json:"executionRoleArn"`
	TaskRoleARN      string `json:"taskRoleArn"`
	told             bool
}

// UnmarshalJSON keeps that there is such an object apart from that there is none.
func (o *overrides) UnmarshalJSON(b []byte) error {
	type members overrides
	o.told = b[0] == '{'
	_ = json.Unmarshal(b, (*members)(o)) // what is odd in it is not known
	return nil
}

type container struct {
	ContainerARN      string    `json:"containerArn"`
	CPU               size      `json:"cpu"`
	ExitCode          number    `json:"exitCode"`
	FinishedAt        timestamp `json:"finishedAt"`
	HealthStatus      string    `json:"healthStatus"`
	Image             string    `json:"image"`
	ImageDigest       string    `json:"imageDigest"`
	LastStatus        string    `json:"lastStatus"`
	ManagedAgents     agents    `json:"managedAgents"`
	Memory            size      `json:"memory"`
	MemoryReservation size      `json:"memoryReservation"`
	Name              string    `json:"name"`
	Reason            string    `json:"reason"`
	RestartCount      number    `json:"restartCount"`
	RuntimeID         string    `json:"runtimeId"`
}

type attachment struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Status  string `json:"status"`
	Details []pair `json:"details"`
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// job holds what an AWS Batch job has beside the fields it shares with a task.
type job struct {
	JobARN        string        `json:"jobArn"`
	JobDefinition string        `json:"jobDefinition"`
	JobID         string        `json:"jobId"`
	JobName       string        `json:"jobName"`
	Status        string        `json:"status"`
	StatusReason  string        `json:"statusReason"`
	Attempts      []attempt     `json:"attempts"`
	Container     *jobContainer `json:"container"`
	EKSProperties object        `json:"eksProperties"`
}

type attempt struct {
	Container      *jobContainer `json:"container"`
	TaskProperties []struct {
		TaskARN              string         `json:"taskArn"`
		ContainerInstanceARN string         `json:"containerInstanceArn"`
		Containers           []jobContainer `json:"containers"`
	} `json:"taskProperties"`
	StartedAt    timestamp `json:"startedAt"`
	StoppedAt    timestamp `json:"stoppedAt"`
	StatusReason string    `json:"statusReason"`
}

type jobContainer struct {
	Name                 string  `json:"name"`
	Image                string  `json:"image"`
	ExitCode             number  `json:"exitCode"`
	Reason               string  `json:"reason"`
	Command              command `json:"command"`
	TaskARN              string  `json:"taskArn"`
	ContainerInstanceARN string  `json:"containerInstanceArn"`
}

// command is a list of words, joined by spaces. Anything else is not known.
type command string

func (c *command) UnmarshalJSON(b []byte) error {
	var words []string
	if json.Unmarshal(b, &words) == nil {
		*c = command(strings.Join(words, " "))
	}
	return nil
}

// agents are the managed agents of a container that give a reason, in one text.
type agents string

func (a *agents) UnmarshalJSON(b []byte) error {
	var all []struct {
		Name   string `json:"name"`
		Reason string `json:"reason"`
	}
	_ = json.Unmarshal(b, &all) // what is odd in it is not known
	var said []string
	for _, agent := range all {
		if agent.Reason != "" {
			said = append(said, cmp.Or(agent.Name, "agent")+": "+agent.Reason)
		}
	}
	*a = agents(strings.Join(said, "; "))
	return nil
}

// tags are those of a task, a list of keys and values, or of a Batch job, an object.
type tags map[string]string

func (t *tags) UnmarshalJSON(b []byte) error {
	var list []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	all := tags{}
	_ = json.Unmarshal(b, (*map[string]string)(&all)) // what is odd in either is not known
	_ = json.Unmarshal(b, &list)
	for _, tag := range list {
		if tag.Key != "" {
			all[tag.Key] = tag.Value
		}
	}
	if len(all) > 0 {
		*t = all
	}
	return nil
}

// number is an integer that may come as a JSON number or as a string. Anything else is not known.
type number struct{ value *int64 }

func (n *number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `" `)
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		n.value = &v
		return nil
	}
	const exact = 1 << 53 // every integer below it is a float64
	if f, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(f) < exact && f == math.Trunc(f) {
		v := int64(f)
		n.value = &v
	}
	return nil
}

// typeOf names the JSON type of b; what b holds may be secret.
func typeOf(b []byte) string {
	switch b[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	return "number"
}

// size is CPU units or MiB: a number, or the "1 vCPU" and "2 GB" that task definitions take. A size in another form is
// not known.
type size struct{ value *int64 }

func (s *size) UnmarshalJSON(b []byte) error {
	var n number
	_ = n.UnmarshalJSON(b) // it has no error
	if s.value = n.value; s.value != nil {
		return nil
	}
	amount, unit, _ := strings.Cut(strings.ToLower(strings.Trim(string(b), `"`)), " ")
	f, err := strconv.ParseFloat(amount, 64)
	if err != nil || !(f >= 0 && f < math.MaxInt32) || (unit != "vcpu" && unit != "gb") {
		return nil
	}
	v := int64(f * 1024)
	s.value = &v
	return nil
}

// timestamp is a moment as ISO 8601, epoch seconds or epoch milliseconds, of the years 1 to 9999 in UTC. Anything else
// is not known.
type timestamp struct{ time.Time }

var isoLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"Jan 2, 2006, 3:04:05 PM", // CloudTrail, in the answers of ECS
}

func (t *timestamp) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] == 'n' {
		return nil
	}
	text := string(b)
	if b[0] == '"' {
		text = text[1 : len(text)-1]
		for _, layout := range isoLayouts {
			if v, err := time.Parse(layout, text); err == nil {
				if v = v.UTC(); v.Year() >= 1 && v.Year() <= 9999 {
					t.Time = v
				}
				return nil
			}
		}
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		t.Time = epoch(f)
	}
	return nil
}

// epoch reads f as milliseconds when seconds would lie beyond the year 5138.
func epoch(f float64) time.Time {
	if f >= 1e11 {
		f /= 1000
	}
	if !(f > 0 && f < 1e11) {
		return time.Time{}
	}
	whole := int64(f)
	return time.Unix(whole, int64((f-float64(whole))*1e9)).UTC().Round(time.Millisecond)
}

// object is a JSON object whose members stand in their order.
type object []member

type member struct {
	key   string
	value json.RawMessage
}

func (o *object) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		*o = append(*o, member{fmt.Sprint(key), value})
	}
	return nil
}

// get returns the member of that name, in any letter case.
func (o object) get(key string) json.RawMessage {
	for _, m := range o {
		if strings.EqualFold(m.key, key) {
			return m.value
		}
	}
	return nil
}

// has reports whether an object has all these members, and each is a string: one of another type is as good as none.
func (o object) has(keys ...string) bool { return o.all('"', keys) }

// lists reports whether an object has all these members, and each is an array.
func (o object) lists(keys ...string) bool { return o.all('[', keys) }

// holds reports whether an object has all these members, and each is an object.
func (o object) holds(keys ...string) bool { return o.all('{', keys) }

// present reports whether an object has all these members, of whatever type.
func (o object) present(keys []string) bool {
	for _, key := range keys {
		if o.get(key) == nil {
			return false
		}
	}
	return true
}

func (o object) all(begin byte, keys []string) bool {
	for _, key := range keys {
		if value := o.get(key); len(value) == 0 || value[0] != begin {
			return false
		}
	}
	return true
}

// counts reports whether an object has a member that is a number.
func (o object) counts(key string) bool {
	var n number
	value := o.get(key)
	return len(value) > 0 && n.UnmarshalJSON(value) == nil && n.value != nil
}
