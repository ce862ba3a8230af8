package account

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"whystopped/archive"
	"whystopped/archive/cwlogs/cwlogstest"
	"whystopped/archive/stack"
	"whystopped/cmd/whystopped/screen"
	"whystopped/cmd/whystopped/screen/screentest"
	"whystopped/ingest"
)

// sqsService is a stand-in of SQS with the two queues of a deployment.
type sqsService struct {
	awsServer
	queues map[string][]*message // by URL
	sent   int
	most   int // messages that one ReceiveMessage gives
}

type message struct {
	id, body  string
	receipts  int
	visibleAt time.Time
}

func (m *message) receipt() string { return fmt.Sprintf("%s/%d", m.id, m.receipts) }

func newSQS() *sqsService {
	s := &sqsService{queues: map[string][]*message{}, most: 10}
	for _, name := range []string{stack.UndeliveredQueue, stack.FailedQueue} {
		s.queues[queueURL(name)] = nil
	}
	s.target, s.contentType = "AmazonSQS.", "application/x-amz-json-1.0"
	s.operations = map[string]func([]byte) (any, *awsRefusal){
		"GetQueueUrl":                  operation(s.getQueueURL),
		"GetQueueAttributes":           operation(s.getQueueAttributes),
		"ReceiveMessage":               operation(s.receiveMessage),
		"DeleteMessage":                operation(s.deleteMessage),
		"ChangeMessageVisibilityBatch": operation(s.changeMessageVisibilityBatch),
	}
	return s
}

func queueURL(name string) string { return "https://sqs.eu-west-1.amazonaws.com/111122223333/" + name }

func (s *sqsService) send(queue, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	s.queues[queueURL(queue)] = append(s.queues[queueURL(queue)], &message{
		id:   fmt.Sprintf("message-%d", s.sent),
		body: body,
	})
}

// bodies are those of the messages in a queue, and how many of them can be received now.
func (s *sqsService) bodies(queue string) (bodies []string, visible int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.queues[queueURL(queue)] {
		bodies = append(bodies, m.body)
		if !m.visibleAt.After(time.Now()) {
			visible++
		}
	}
	return bodies, visible
}

func noQueue() *awsRefusal {
	refused := refuseWith("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
	refused.QueryError = "AWS.SimpleQueueService.NonExistentQueue;Sender"
	return refused
}

func (s *sqsService) getQueueURL(input struct{ QueueName string }) (any, *awsRefusal) {
	if _, found := s.queues[queueURL(input.QueueName)]; !found {
		return nil, noQueue()
	}
	return map[string]string{"QueueUrl": queueURL(input.QueueName)}, nil
}

func (s *sqsService) getQueueAttributes(input struct {
	QueueUrl       string
	AttributeNames []string
}) (any, *awsRefusal) {
	messages, found := s.queues[input.QueueUrl]
	if !found {
		return nil, noQueue()
	}
	hidden := 0
	for _, m := range messages {
		if m.visibleAt.After(time.Now()) {
			hidden++
		}
	}
	all := map[string]string{
		"ApproximateNumberOfMessages":           fmt.Sprint(len(messages) - hidden),
		"ApproximateNumberOfMessagesNotVisible": fmt.Sprint(hidden),
	}
	asked := map[string]string{}
	for _, name := range input.AttributeNames {
		asked[name] = all[name]
	}
	return map[string]any{"Attributes": asked}, nil
}

func (s *sqsService) receiveMessage(input struct {
	QueueUrl                                                string
	MaxNumberOfMessages, WaitTimeSeconds, VisibilityTimeout int
}) (any, *awsRefusal) {
	messages, found := s.queues[input.QueueUrl]
	switch {
	case !found:
		return nil, noQueue()
	case input.MaxNumberOfMessages < 1 || input.MaxNumberOfMessages > 10 || input.WaitTimeSeconds < 1 ||
		input.WaitTimeSeconds > 20:
		return nil, refuseWith("InvalidParameterValueException", "%+v", input)
	}
	given := []map[string]string{}
	for _, m := range messages {
		if m.visibleAt.After(time.Now()) || len(given) == min(input.MaxNumberOfMessages, s.most) {
			continue
		}
		m.receipts++
		m.visibleAt = time.Now().Add(time.Duration(input.VisibilityTimeout) * time.Second)
		sum := md5.Sum([]byte(m.body))
		given = append(given, map[string]string{
			"MessageId":     m.id,
			"ReceiptHandle": m.receipt(),
			"Body":          m.body,
			"MD5OfBody":     hex.EncodeToString(sum[:]),
		})
	}
	return map[string]any{"Messages": given}, nil
}

func (s *sqsService) deleteMessage(input struct{ QueueUrl, ReceiptHandle string }) (any, *awsRefusal) {
	// To delete what is deleted succeeds.
	s.queues[input.QueueUrl] = slices.DeleteFunc(s.queues[input.QueueUrl], func(m *message) bool {
		return m.receipt() == input.ReceiptHandle
	})
	return struct{}{}, nil
}

func (s *sqsService) changeMessageVisibilityBatch(input struct {
	QueueUrl string
	Entries  []struct {
		Id, ReceiptHandle string
		VisibilityTimeout *int
	}
}) (any, *awsRefusal) {
	if n := len(input.Entries); n == 0 || n > 10 {
		return nil, refuseWith("com.amazonaws.sqs#TooManyEntriesInBatchRequest", "%d entries", n)
	}
	done := []map[string]string{}
	for _, e := range input.Entries {
		for _, m := range s.queues[input.QueueUrl] {
			if m.receipt() == e.ReceiptHandle && e.VisibilityTimeout != nil {
				m.visibleAt = time.Now().Add(time.Duration(*e.VisibilityTimeout) * time.Second)
				done = append(done, map[string]string{"Id": e.Id})
			}
		}
	}
	return map[string]any{"Successful": done, "Failed": []any{}}, nil
}

// failedRecord is what Lambda tells its failure destination of an event.
func failedRecord(event string) string {
	payload := json.RawMessage(event)
	if !json.Valid(payload) {
		payload, _ = json.Marshal(event)
	}
	record, _ := json.Marshal(map[string]any{
		"version":   "1.0",
		"timestamp": "2026-11-20T10:06:05.568Z",
		"requestContext": map[string]any{
			"requestId":              "e4b46cbf",
			"functionArn":            "arn:aws:lambda:eu-west-1:111122223333:function:whystopped:$LATEST",
			"condition":              "RetriesExhausted",
			"approximateInvokeCount": 3,
		},
		"requestPayload": payload,
		"responseContext": map[string]any{
			"statusCode":      200,
			"executedVersion": "$LATEST",
			"functionError":   "Unhandled",
		},
		"responsePayload": map[string]any{
			"errorMessage": `record 1 not written: {"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/x/y"}`,
		},
	})
	return string(record)
}

// eventFor is the event of a task that stopped, with a secret in it.
func eventFor(id string) string {
	return `{"version":"0","id":"event-` + id +
		`","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333",` +
		`"time":"2026-11-20T10:05:01Z",` +
		`"region":"eu-west-1","resources":[],"detail":{"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/` + id +
		`","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod",` +
		`"group":"service:web","lastStatus":"STOPPED","desiredStatus":"STOPPED",` +
		`"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited",` +
		`"stoppedAt":"2026-11-20T10:05:00Z",` +
		`"containers":[{"name":"app","exitCode":1}],"overrides":{"containerOverrides":[{"name":"app",` +
		`"environment":[{"name":"TOKEN","value":"do-not-leak"}]}]}}}`
}

// Every message becomes the record that the function would have written, and its queue is empty afterwards.
func TestRedriveArchivesWhatTheFunctionWouldHave(t *testing.T) {
	unreadable := `{"version":"0","id":"x","detail-type":"ECS Task State Change","detail":{"containers":"none"}}`
	broken := `{"detail-type": oops`
	tests := []struct {
		name, queue, body, event string
	}{
		{"event that was not delivered", stack.UndeliveredQueue, eventFor("aaa"), eventFor("aaa")},
		{"event that the function failed on", stack.FailedQueue, failedRecord(eventFor("bbb")), eventFor("bbb")},
		{"unreadable event", stack.UndeliveredQueue, unreadable, unreadable},
		{"unreadable event that the function failed on", stack.FailedQueue, failedRecord(unreadable), unreadable},
		{"payload that is not JSON", stack.FailedQueue, failedRecord(broken), broken},
	}
	for _, to := range places {
		for _, test := range tests {
			t.Run(to+" "+test.name, func(t *testing.T) {
				a := newAccount(t)
				t.Chdir(t.TempDir())
				a.sqs.send(test.queue, test.body)
				stdout, stderr := whystopped(t, screen.ExitOK, "redrive", "--to", to)
				if got := screentest.Rows(stdout); got["archived"] != 1 || got["left"] != 0 || stderr != "" {
					t.Errorf("%v %s", got, stderr)
				}
				if left, _ := a.sqs.bodies(test.queue); left != nil {
					t.Errorf("left in the queue: %q", left)
				}
				function := ingest.Pipeline{Store: discard{}, Source: archive.SourceRedrive, Now: time.Now}
				want, err := function.Ingest(t.Context(), []byte(test.event))
				if err != nil || len(want) != 1 {
					t.Fatal(err, len(want))
				}
				got := recordsAt(t, to)
				if len(got) != 1 {
					t.Fatalf("%d records", len(got))
				}
				got[0].RecordedAt = want[0].RecordedAt
				if diff := cmp.Diff(encoded(t, want[0]), encoded(t, got[0])); diff != "" {
					t.Errorf("-of the function +of redrive:\n%s", diff)
				}
			})
		}
	}
}

func encoded(t *testing.T, r archive.Record) string {
	t.Helper()
	line, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(line), `","`, "\",\n\"")
}

// TestRedriveLeavesASweepToTheNext: what the schedule handed to the function is no event, and is archived as none.
func TestRedriveLeavesASweepToTheNext(t *testing.T) {
	a := newAccount(t)
	o := defaults
	o.Sweep = "15"
	input, err := o.SweepInput()
	if err != nil {
		t.Fatal(err)
	}
	a.sqs.send(stack.FailedQueue, failedRecord(input))
	a.sqs.send(stack.UndeliveredQueue, input)
	whystopped(t, screen.ExitOK, "redrive", "--to", "logs:")
	if records := a.records(t); len(records) > 0 || len(a.sqs.queues[queueURL(stack.FailedQueue)]) > 0 ||
		len(a.sqs.queues[queueURL(stack.UndeliveredQueue)]) > 0 {
		t.Errorf("%+v", records)
	}
}

func TestRedriveTakesManyMessages(t *testing.T) {
	a := newAccount(t)
	a.sqs.most = 7
	for i := range 45 {
		a.sqs.send(stack.UndeliveredQueue, eventFor(fmt.Sprint("u", i)))
		a.sqs.send(stack.FailedQueue, failedRecord(eventFor(fmt.Sprint("f", i))))
	}
	stdout, _ := whystopped(t, screen.ExitOK, "redrive", "--queue", queueURL(stack.FailedQueue), "--to", "logs:")
	if got := screentest.Rows(stdout); got["archived"] != 45 || got["left"] != 0 {
		t.Errorf("%v", got)
	}
	if n := a.sqs.count("GetQueueUrl"); n != 0 {
		t.Errorf("%d calls of GetQueueUrl for a queue named by its URL", n)
	}
	stdout, _ = whystopped(t, screen.ExitOK, "redrive", "--to", "logs:")
	if got := screentest.Rows(stdout); got["archived"] != 45 {
		t.Errorf("%v", got)
	}
	keys := map[string]bool{}
	for _, r := range a.records(t) {
		keys[r.DedupKey] = true
	}
	if len(keys) != 90 || len(a.records(t)) != 90 {
		t.Errorf("%d stops in %d records", len(keys), len(a.records(t)))
	}
}

// Nothing is deleted that is not written, and what is left can be taken again at once.
func TestRedriveDeletesOnlyWhatIsWritten(t *testing.T) {
	tests := []struct {
		name     string
		prepare  func(a *awsAccount)
		messages int
		archived int
		stderr   string
	}{
		{
			name:     "log group refuses everything",
			prepare:  func(a *awsAccount) { a.logs.Inject(cwlogstest.Denied("PutLogEvents")) },
			messages: 12,
			stderr:   "gave up on whystopped-undelivered after 10 messages in a row",
		},
		{
			name: "log group refuses one",
			prepare: func(a *awsAccount) {
				a.logs.Inject(cwlogstest.Fault{
					Operation: "PutLogEvents",
					Every:     5,
					Times:     1,
					Status:    400,
					Code:      "InvalidParameterException",
				})
			},
			messages: 12,
			archived: 11,
			stderr:   "message message-4 in whystopped-undelivered: record u3 not written: ",
		},
		{
			name: "not allowed to delete",
			prepare: func(a *awsAccount) {
				a.sqs.inject(awsFault{operation: "DeleteMessage", times: 1, refusal: denied("sqs:DeleteMessage")})
			},
			messages: 3,
			archived: 2,
			stderr: "message message-1 in whystopped-undelivered: archived, but still in its queue: not allowed to " +
				"call sqs:DeleteMessage",
		},
		{
			name: "another's message",
			prepare: func(a *awsAccount) {
				a.sqs.queues[queueURL(stack.UndeliveredQueue)][1].body = `{"order":"do-not-leak"}`
			},
			messages: 3,
			archived: 2,
			stderr: "message message-2 in whystopped-undelivered: neither an EventBridge event nor a record of a " +
				"failed one",
		},
		{
			name: "another's queue",
			prepare: func(a *awsAccount) {
				for _, m := range a.sqs.queues[queueURL(stack.UndeliveredQueue)] {
					m.body = "do-not-leak"
				}
			},
			messages: 30,
			stderr:   "gave up on whystopped-undelivered after 10 messages in a row",
		},
		{
			name: "record without an event",
			prepare: func(a *awsAccount) {
				a.sqs.queues[queueURL(stack.UndeliveredQueue)][0].body = `{"requestContext":{},"requestPayload":null}`
			},
			messages: 2,
			archived: 1,
			stderr:   "message message-1 in whystopped-undelivered: neither",
		},
		{
			name: "throttled",
			prepare: func(a *awsAccount) {
				a.sqs.inject(awsFault{
					operation: "ReceiveMessage",
					times:     1,
					refusal:   *refuseWith("ThrottlingException", "Rate exceeded"),
				})
			},
			messages: 2,
			archived: 2,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAccount(t)
			for i := range test.messages {
				a.sqs.send(stack.UndeliveredQueue, eventFor(fmt.Sprint("u", i)))
			}
			test.prepare(a)
			wantCode := screen.ExitBad
			if test.stderr == "" {
				wantCode = screen.ExitOK
			}
			stdout, stderr := whystopped(t, wantCode, "redrive", "--to", "logs:")
			if !strings.Contains(stderr, test.stderr) {
				t.Errorf("stderr does not say %q:\n%s", test.stderr, stderr)
			}
			left, visible := a.sqs.bodies(stack.UndeliveredQueue)
			if screentest.Rows(stdout)["archived"] != test.archived || len(left) != test.messages-test.archived ||
				visible != len(left) {
				t.Errorf("%d messages are left, %d can be received; printed:\n%s", len(left), visible, stdout)
			}
			if records := len(a.records(t)); records < test.archived {
				t.Errorf("%d records for %d deleted messages", records, test.archived)
			}
		})
	}
}

// A run never says that a queue is empty while messages in it are hidden.
func TestRedriveTellsOfHiddenMessages(t *testing.T) {
	a := newAccount(t)
	for i := range 3 {
		a.sqs.send(stack.FailedQueue, failedRecord(eventFor(fmt.Sprint("f", i))))
	}
	a.sqs.inject(awsFault{operation: "ReceiveMessage", times: 1, lost: true})
	if _, stderr := whystopped(t, screen.ExitBad, "redrive", "--queue", stack.FailedQueue, "--to",
		"logs:"); !strings.Contains(stderr,
		"an answer from whystopped-failed was lost on its way: the messages in it, 10 at most, can be taken again in "+
			"15 min") {
		t.Errorf("stderr %q", stderr)
	}
	stdout, stderr := whystopped(t, screen.ExitBad, "redrive", "--queue", stack.FailedQueue, "--to", "logs:")
	if want := "about 3 messages in whystopped-failed are taken by another reader or by a run that was killed: run " +
		"the same command again in 15 min"; screentest.Rows(stdout)["archived"] != 0 ||
		!strings.Contains(stderr, want) {
		t.Errorf("%sstderr %q", stdout, stderr)
	}
}

func TestRedriveTellsOfAMissingQueue(t *testing.T) {
	a := newAccount(t)
	delete(a.sqs.queues, queueURL(stack.UndeliveredQueue))
	a.sqs.send(stack.FailedQueue, failedRecord(eventFor("bbb")))
	stdout, stderr := whystopped(t, screen.ExitBad, "redrive", "--to", "logs:")
	if screentest.Rows(stdout)["archived"] != 1 ||
		!strings.Contains(stderr,
			"no queue whystopped-undelivered in eu-west-1: deploy whystopped there, or name the queue") {
		t.Errorf("%s%s", stdout, stderr)
	}
}

func TestRedriveIsSafeToInterrupt(t *testing.T) {
	a := newAccount(t)
	for i := range 25 {
		a.sqs.send(stack.UndeliveredQueue, eventFor(fmt.Sprint("u", i)))
	}
	a.logs.Inject(cwlogstest.Fault{Operation: "PutLogEvents", Every: 14, Delay: time.Hour})
	out, complaints, code := interrupted(
		t,
		func() bool { return a.logs.Calls("PutLogEvents") == 14 },
		"redrive",
		"--to",
		"logs:",
	)
	want := "whystopped: interrupted: what is not archived is in its queue; run the same command again\n"
	if code != screen.ExitBad || complaints != want {
		t.Errorf("exit code %d, stderr %q, want %q", code, complaints, want)
	}
	left, visible := a.sqs.bodies(stack.UndeliveredQueue)
	if got := screentest.Rows(out); got["archived"] != 12 || len(left) != 13 || visible != 13 ||
		len(a.records(t)) < 12 {
		t.Errorf("%v; %d messages are left, %d can be received", got, len(left), visible)
	}

	a.logs.Heal()
	whystopped(t, screen.ExitOK, "redrive", "--to", "logs:")
	keys := map[string]bool{}
	for _, r := range a.records(t) {
		keys[r.DedupKey] = true
	}
	if left, _ := a.sqs.bodies(stack.UndeliveredQueue); len(keys) != 25 || left != nil {
		t.Errorf("%d stops archived, %d messages left", len(keys), len(left))
	}
}

// discard is a store that keeps nothing.
type discard struct{}

func (discard) Put(context.Context, archive.Record) error { return nil }
