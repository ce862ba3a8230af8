package watcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"
)

const (
	spoolLimit   = 1000                   // ends that wait to be sent
	entriesLimit = 10                     // entries of one PutEvents call
	sendTimeout  = 5 * time.Second        // for one Report with all its attempts
	firstPause   = 200 * time.Millisecond // before entries that failed are sent again; doubles
	rounds       = 4                      // of sending in one Report
)

// permanent are the codes of entries that will be refused every time
// (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html). A missing permission is
// not among them: it can be given while the end waits.
var permanent = []string{"InvalidArgument", "MalformedDetail", "RedactionFailure"}

// Bus is a Reporter that puts ends on an EventBridge event bus. What cannot be sent waits in memory, at most 1000 ends,
// and is tried again at each Report; what finds no room is dropped, which is said each time with the number dropped so
// far.
type Bus struct {
	client  *eventbridge.Client
	name    string
	log     *log.Logger
	spool   []Event
	dropped int
}

// NewBus returns the event bus with that name or ARN; "" is the default bus of the account. A client without a Region
// speaks to the task's. Its role needs events:PutEvents on the bus and nothing else.
func NewBus(client *eventbridge.Client, name string, l *log.Logger) *Bus {
	return &Bus{client: client, name: name, log: l}
}

// Report takes at most 5 seconds. The error says why ends still wait.
func (b *Bus) Report(ctx context.Context, ends []Event) error {
	for _, e := range ends {
		if len(b.spool) == spoolLimit {
			b.drop(e, fmt.Sprintf("%d wait already", spoolLimit))
			continue
		}
		b.spool = append(b.spool, e)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	var err error
	for round := range rounds {
		var answered bool
		if answered, err = b.send(ctx); len(b.spool) == 0 {
			b.spool = nil // and the memory of a long queue with it
			return nil
		}
		if !answered {
			break // the SDK has tried again as often as is decent
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration((0.5 + rand.Float64()) * float64(firstPause<<round))):
		}
	}
	return fmt.Errorf("%d ends of containers wait to be sent: %w", len(b.spool), err)
}

// send sends the spool once and keeps what was not taken. It reports whether all calls were answered; only then another
// round makes sense.
func (b *Bus) send(ctx context.Context) (answered bool, why error) {
	var left []Event
	answered = true
	for batch := range slices.Chunk(b.spool, entriesLimit) {
		if !answered {
			left = append(left, batch...)
			continue
		}
		out, err := b.put(ctx, batch)
		if err != nil {
			answered, why = false, err
			left = append(left, batch...)
			continue
		}
		for i, e := range batch {
			code, message := refusal(out, i)
			switch {
			case code == "":
			case slices.Contains(permanent, code):
				b.drop(e, code+": "+message)
			default:
				why = fmt.Errorf("EventBridge refused one for now: %s: %s", code, message)
				left = append(left, e)
			}
		}
	}
	b.spool = left
	return answered, why
}

// refusal is why entry i was not taken; the code is empty when it was.
func refusal(out *eventbridge.PutEventsOutput, i int) (code, message string) {
	switch {
	case out.FailedEntryCount == 0:
		return "", ""
	case i >= len(out.Entries):
		return "InternalFailure", "the answer has no such entry"
	}
	return aws.ToString(out.Entries[i].ErrorCode), aws.ToString(out.Entries[i].ErrorMessage)
}

func (b *Bus) put(ctx context.Context, batch []Event) (*eventbridge.PutEventsOutput, error) {
	entries := make([]types.PutEventsRequestEntry, len(batch))
	for i, e := range batch {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return nil, fmt.Errorf("encode the end of a container: %w", err)
		}
		entries[i] = types.PutEventsRequestEntry{
			Detail:     aws.String(string(detail)),
			DetailType: &e.DetailType,
			Source:     &e.Source,
			Time:       &e.Time,
			Resources:  e.Resources,
		}
		if b.name != "" {
			entries[i].EventBusName = &b.name
		}
	}
	out, err := b.client.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries}, func(o *eventbridge.Options) {
		if o.Region == "" {
			o.Region = batch[0].Region
		}
	})
	if err != nil {
		return nil, explain(err)
	}
	return out, nil
}

// explain says what a refused call means for the person who runs the task.
func explain(err error) error {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "AccessDeniedException", "AccessDenied":
			return fmt.Errorf(
				"not allowed to call events:PutEvents: allow it on the event bus in the policy of the task role: %w",
				err)
		case "ResourceNotFoundException":
			return fmt.Errorf("no such event bus: create it, or name one that exists: %w", err)
		}
	}
	return fmt.Errorf("send to EventBridge: %w", err)
}

func (b *Bus) drop(e Event, why string) {
	b.dropped++
	b.log.Printf("DROPPED the end of container %s of task %s, it is not in the archive (%s): %d dropped so far",
		e.Detail.Containers[0].Name, e.Detail.TaskARN, why, b.dropped)
}
