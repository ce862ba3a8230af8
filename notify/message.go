package notify

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"whystopped/archive"
	"whystopped/notify/alerts"
)

// How many characters are shown. Together they stay far below the 262,144 bytes that SNS takes for a message by
// default; it takes a subject below 100 characters (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). AWS
// states no limit for the parts of a notification; the description is held to what one section of a Slack message takes
// (https://docs.slack.dev/reference/block-kit/blocks/section-block/).
const (
	maxSubject     = 99
	maxTitle       = 250
	maxDescription = 3000
	maxText        = 500
	maxReasons     = 1200 // ECS keeps 1,024 of a reason
	maxServices    = 2500
	maxLink        = 1500
)

// message is what is told of one change.
type message struct {
	record archive.Record
	thread string // of all messages about one alert
	alert  string // the same, apart from those of other services and accounts
	kind   alerts.Kind
	title  string
	rows   []row
}

type row struct{ label, text string }

// Rows that do not look the same everywhere.
const (
	next = "Next"
	said = "ECS said"
)

func newMessage(c alerts.Change, h held) message {
	r := c.Record
	m := message{record: r, thread: cmp.Or(c.Sort, r.Signature), title: line(title(c), maxTitle), kind: c.Kind,
		alert: line(list(r.Account, r.Region, who(r), r.Signature), maxText)}
	if c.Part != "" {
		m.alert = line(c.Alert(), maxText)
	}
	add := func(label, text string, most int) {
		if text = line(text, most); text != "" {
			m.rows = append(m.rows, row{label, text})
		}
	}
	if c.Kind == alerts.Closed {
		add("Was", c.Summary, maxText)
		add("Failed", moment(c.Since), maxText)
		add("Steady", moment(c.Until), maxText)
	} else if !c.Over && alerts.Opens(r) {
		add("Proof", r.Proof, maxText)
		add("Cause", confirmed(r), maxText)
		add(next, r.NextStep, maxText)
	}
	if h.count > 0 {
		add("Repeats",
			fmt.Sprintf("%d more like this since %s, held back: one message per %.0f minutes", h.count, moment(h.since),
				interval.Minutes()), maxText)
	}
	if c.Stops > 1 && c.Kind != alerts.Closed {
		add("Repeats", fmt.Sprintf("%d stops since %s", c.Stops, moment(c.Since)), maxText)
	}
	if c.Kind == alerts.Again && c.Unsaid > c.Stops {
		add("Held back", fmt.Sprintf("%d stops since the last message", c.Unsaid), maxText)
	}
	if c.Kind == alerts.Again && c.Openings >= alerts.MaxOpened {
		add("Flapping", fmt.Sprintf("what comes again within this hour is told where it is not steady after %.0f "+
			"minutes", alerts.HoldTime.Minutes()), maxText)
	}
	add("Services", services(c.Services, c.More), maxServices)
	if c.Over {
		add("Account", list(r.Account, r.Region), maxText)
		return m
	}
	add(happened(c), moment(r.StoppedAt.Time), maxText)
	add("Task", list(r.TaskID, r.TaskDefinition, r.LaunchType, r.AvailabilityZone, r.DeploymentID), maxText)
	add("Containers", r.Containers, maxText)
	add("Account", list(r.Account, r.Region), maxText)
	add("Console", r.ConsoleURL, maxLink)
	add("Logs", r.LogsURL, maxLink)
	add("Class", list(r.Class, r.Confidence), maxText)
	add("Signature", r.Signature, maxText)
	add(said, reasons(r), maxReasons) // last, because it is the longest
	return m
}

// title says in its first words what changed, where that is known.
func title(c alerts.Change) string {
	failed := who(c.Record) + ": " + c.Record.Summary
	if !alerts.Opens(c.Record) { // it took the message over
		failed = who(c.Record) + ": " + c.Summary
	}
	switch c.Kind {
	case alerts.New:
		return "New: " + failed
	case alerts.Again:
		if c.Openings >= alerts.MaxOpened {
			return fmt.Sprintf("Again: %d times within an hour: %s", c.Openings, failed)
		}
		return "Again: " + failed
	case alerts.Still:
		return "Still: " + failed
	case alerts.Wave:
		n, names := int64(len(c.Services))+c.More, services(alerts.Plain(c.Services), c.More)
		if c.Over {
			return fmt.Sprintf("Wave: %d services in %.0f minutes %s: %s", n, alerts.WaveTime.Minutes(), c.Summary,
				names)
		}
		return fmt.Sprintf("Wave: %dth service in %.0f minutes %s: %s", n, alerts.WaveTime.Minutes(), c.Summary, names)
	case alerts.Closed:
		return fmt.Sprintf("%s is steady again after %s, %s: %s", who(c.Record), lasted(c.Until.Sub(c.Since)),
			stops(c.Stops), c.Summary)
	}
	return failed
}

// services are all that a wave names, and how many it does not.
func services(names []string, more int64) string {
	text := strings.Join(names, ", ")
	if more > 0 {
		return fmt.Sprintf("%s and %d more", text, more)
	}
	return text
}

func stops(n int64) string {
	if n == 1 {
		return "1 stop"
	}
	return fmt.Sprintf("%d stops", n)
}

// lasted is a time as people say it.
func lasted(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.0f h", d.Hours())
}

// happened is what the time of a record is of.
func happened(c alerts.Change) string {
	switch c.Record.Kind {
	case "service", "deployment", "request":
		return "Reported"
	}
	return "Stopped"
}

// who failed: cluster and service, or family for a task without a service.
func who(r archive.Record) string {
	name := cmp.Or(r.Service, r.Family, r.TaskID, r.DedupKey)
	if r.Cluster == "" {
		return name
	}
	return r.Cluster + "/" + name
}

// confirmed is the leading cause with its evidence, if it was confirmed.
func confirmed(r archive.Record) string {
	if r.CauseVerdict != "confirmed" {
		return ""
	}
	var causes []archive.RecordedCause
	_ = json.Unmarshal([]byte(r.Causes), &causes) // a record that was cut still names its cause
	for _, c := range causes {
		if c.ID == r.Cause && c.Evidence != "" {
			return r.Cause + ", confirmed: " + c.Evidence
		}
	}
	return r.Cause + ", confirmed"
}

// reasons are that of the task and that of the culprit.
func reasons(r archive.Record) string {
	if r.CulpritReason == "" || r.CulpritReason == r.StoppedReason {
		return r.StoppedReason
	}
	culprit := r.Culprit + ": " + r.CulpritReason
	if r.StoppedReason == "" {
		return culprit
	}
	return r.StoppedReason + "; " + culprit
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// list joins what is known with commas.
func list(parts ...string) string { return strings.Join(known(parts...), ", ") }

// known are the parts that are not empty.
func known(parts ...string) []string {
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// line is text on one line, cut to at most so many characters.
func line(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return cut(strings.Join(strings.Fields(text), " "), most)
}

// cut is text, or its beginning with "…" when it has more characters than that.
func cut(text string, most int) string {
	n, last := 0, 0
	for i := range text {
		if n++; n == most {
			last = i
		} else if n > most {
			return text[:last] + "…"
		}
	}
	return text
}

// subject is the title as a Subject of SNS, which is safe as ASCII without control characters.
func (m message) subject() string {
	ascii := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, strings.ReplaceAll(m.title, "…", "..."))
	if len(ascii) > maxSubject {
		return ascii[:maxSubject-3] + "..."
	}
	return ascii
}

// byProtocol is the Message of a Publish whose MessageStructure is json: the chat applications, which subscribe by
// https, and the protocols for programs get the notification, an inbox gets a text and a telephone the title.
func (m message) byProtocol() string {
	return encode(map[string]string{"default": encode(m.notification()), "email": m.email(), "sms": m.title})
}

// email is the message as plain text.
func (m message) email() string {
	var b strings.Builder
	b.WriteString(m.title + "\n\n")
	for _, r := range m.rows {
		b.WriteString(r.label + ": " + r.text + "\n")
	}
	return b.String()
}

// notification is a custom notification of Amazon Q Developer in chat applications
// (https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html).
type notification struct {
	Version  string   `json:"version"`
	Source   string   `json:"source"`
	Content  content  `json:"content"`
	Metadata metadata `json:"metadata"`
}

type content struct {
	TextType    string   `json:"textType"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	NextSteps   []string `json:"nextSteps,omitempty"`
}

type metadata struct {
	ThreadID          string            `json:"threadId"`
	Summary           string            `json:"summary"`
	EventType         string            `json:"eventType"`
	RelatedResources  []string          `json:"relatedResources,omitempty"`
	AdditionalContext map[string]string `json:"additionalContext"`
}

func (m message) notification() notification {
	var description, nextSteps []string
	for _, r := range m.rows {
		text := markdown(r.text)
		switch r.label {
		case next:
			nextSteps = append(nextSteps, text)
		case said:
			description = append(description, "*"+r.label+"* `"+strings.ReplaceAll(text, "`", "'")+"`")
		default:
			description = append(description, "*"+r.label+"* "+text)
		}
	}
	r := m.record
	return notification{
		Version: "1.0",
		Source:  "custom",
		Content: content{
			TextType:    "client-markdown",
			Title:       markdown(m.title),
			Description: cut(strings.Join(description, "\n"), maxDescription),
			NextSteps:   nextSteps,
		},
		Metadata: metadata{
			ThreadID:  m.thread,
			Summary:   markdown(m.title),
			EventType: line(r.Class, maxText),
			RelatedResources: known(line(r.TaskARN, maxText), line(r.AWSResource, maxText),
				line(r.TargetGroup, maxText)),
			AdditionalContext: facts(map[string]string{
				"account": r.Account, "region": r.Region, "cluster": r.Cluster, "service": r.Service,
				"family": r.Family,
				"taskId": r.TaskID, "taskDefinition": r.TaskDefinition, "culprit": r.Culprit,
				"domain": r.Domain, "confidence": r.Confidence, "dedupKey": r.DedupKey,
			}),
		},
	}
}

// facts are the fields of the record that are known, under its names: a custom action can take them for its command.
func facts(fields map[string]string) map[string]string {
	maps.DeleteFunc(fields, func(_, value string) bool { return value == "" })
	for name, value := range fields {
		fields[name] = line(value, maxText)
	}
	return fields
}

// markdown takes from a text what would be a mention or a link: the reason of a stop may be anybody's words
// (https://docs.slack.dev/messaging/formatting-message-text/).
var markdown = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

func encode(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // texts only: it cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}
