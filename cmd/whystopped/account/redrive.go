package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/spf13/cobra"

	"whystopped/archive"
	"whystopped/archive/stack"
	"whystopped/classifier"
	"whystopped/cmd/whystopped/screen"
	"whystopped/ingest"
)

func redriveCommand() *cobra.Command {
	var d redrive
	c := &cobra.Command{
		Use:   "redrive [--queue URL|NAME]… [--to DIR|logs:GROUP]",
		Short: "Archive the events in the failure queues",
		Long: `Take the events that the deployment could not archive from its failure queues, ` +
			stack.UndeliveredQueue + ` and
` + stack.FailedQueue + `, archive them as the function would have, and delete each message when its record is written. Do it
when the cause of the failures is removed: the queues keep a message for 14 days.

What cannot be archived goes back to its queue, and so does a message that is neither an EventBridge event nor a record that
Lambda wrote of a failed event. It is safe to interrupt: a message is either archived or in its queue.

  whystopped redrive --to logs:
  whystopped redrive --queue ` + stack.FailedQueue + ` --to incident-archive
  whystopped redrive --queue https://sqs.eu-west-1.amazonaws.com/111122223333/` + stack.FailedQueue + ` --to logs:

` + Needs("redrive") + `

Exit codes: 0 the queues are empty, 2 something is still in one.`,
		Args: screen.TakesFlags,
		RunE: func(c *cobra.Command, _ []string) error {
			d.stderr = c.ErrOrStderr()
			if err := d.run(c.Context()); err != nil {
				return err
			}
			counts := screen.NewCounts(c.OutOrStdout())
			counts.Add("archived", d.archived,
				fmt.Sprintf("messages, deleted; %d written to %s", d.written, screen.PlaceName(d.to)))
			counts.Add("left", d.left, "messages, in their queue; see above")
			counts.Render()
			if d.troubled {
				return &screen.Failure{Code: screen.ExitBad}
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&d.queues, "queue", []string{stack.UndeliveredQueue, stack.FailedQueue},
		"URL or name of a queue; may be repeated")
	c.Flags().StringVar(&d.to, "to", archive.Directory, screen.PlaceUsage)
	d.account.Flags(c)
	return c
}

// How messages are taken. hidden is longer than ten records can take to be written with all the retries of the log
// group.
const (
	atOnce = 10 // the most that ReceiveMessage gives
	wait   = 5 * time.Second
	hidden = 15 * time.Minute

	lastCalls = 10 * time.Second // for what is still to be done after an interruption
)

// redrive is one run of the command.
type redrive struct {
	queues  []string
	to      string
	account Account

	stderr   io.Writer
	messages *sqs.Client
	pipeline *ingest.Pipeline
	region   string

	archived, left int // messages
	written        int // records
	troubled       bool
}

// complain says why something is still in a queue.
func (d *redrive) complain(err error) {
	d.troubled = true
	screen.Complain(d.stderr, err)
}

func (d *redrive) run(ctx context.Context) (err error) {
	cfg, err := d.account.load(ctx)
	if err != nil {
		return err
	}
	store, err := d.account.OpenArchive(ctx, d.to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	d.messages, d.region = sqs.NewFromConfig(cfg), cfg.Region
	d.pipeline = &ingest.Pipeline{Store: store, Source: archive.SourceRedrive, Now: time.Now}
	for _, queue := range d.queues {
		err := d.drain(ctx, queue)
		if ctx.Err() != nil {
			d.complain(errors.New("interrupted: what is not archived is in its queue; run the same command again"))
			break
		}
		if err != nil {
			d.complain(err)
		}
	}
	return nil
}

// drain archives what is in a queue until it is empty.
func (d *redrive) drain(ctx context.Context, queue string) error {
	url, err := d.url(ctx, queue)
	if err != nil {
		return err
	}
	if err := d.tellHidden(ctx, queue, url); err != nil {
		return err
	}
	var kept []types.Message
	defer func() { d.giveBack(ctx, queue, url, kept) }()
	inARow := 0 // messages that were kept
	for inARow < giveUp {
		screen.Count(ctx, "archiving messages of "+queue, d.archived, 0)
		out, err := d.messages.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl:            &url,
			MaxNumberOfMessages: atOnce,
			WaitTimeSeconds:     int32(wait.Seconds()),
			VisibilityTimeout:   int32(hidden.Seconds()),
		})
		if err != nil {
			return d.explain("sqs:ReceiveMessage", queue, err)
		}
		if answerLost(out.ResultMetadata) {
			d.complain(fmt.Errorf(
				"an answer from %s was lost on its way: the messages in it, %d at most, can be taken again in %s",
				queue, atOnce, classifier.Span(hidden)))
		}
		if len(out.Messages) == 0 {
			return nil
		}
		for _, m := range out.Messages {
			err := d.take(ctx, queue, url, m)
			if err == nil {
				d.archived++
				inARow = 0
				continue
			}
			kept = append(kept, m)
			inARow++
			if ctx.Err() == nil {
				d.complain(fmt.Errorf("message %s in %s: %w", aws.ToString(m.MessageId), queue, err))
			}
		}
	}
	return fmt.Errorf("gave up on %s after %d messages in a row: run the same command again when the cause is removed",
		queue, inARow)
}

func (d *redrive) url(ctx context.Context, queue string) (string, error) {
	if strings.HasPrefix(queue, "https://") || strings.HasPrefix(queue, "http://") {
		return queue, nil
	}
	out, err := d.messages.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &queue})
	if err != nil {
		return "", d.explain("sqs:GetQueueUrl", queue, err)
	}
	return aws.ToString(out.QueueUrl), nil
}

// tellHidden tells of messages that somebody has taken and neither deleted nor given back, such as a run that was
// killed.
func (d *redrive) tellHidden(ctx context.Context, queue, url string) error {
	const name = types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := d.messages.GetQueueAttributes(ctx,
		&sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []types.QueueAttributeName{name}})
	if err != nil {
		return d.explain("sqs:GetQueueAttributes", queue, err)
	}
	if n := out.Attributes[string(name)]; n != "" && n != "0" {
		d.complain(fmt.Errorf("about %s messages in %s are taken by another reader or by a run that was killed: run "+
			"the same command again in %s", n, queue, classifier.Span(hidden)))
	}
	return nil
}

// answerLost reports whether a call was tried again because there was no answer: the service may have done what was
// asked.
func answerLost(result middleware.Metadata) bool {
	attempts, _ := retry.GetAttemptResults(result)
	return slices.ContainsFunc(attempts.Results, func(a retry.AttemptResult) bool {
		_, answered := errors.AsType[smithy.APIError](a.Err)
		return a.Err != nil && !answered
	})
}

// take archives a message and then deletes it.
func (d *redrive) take(ctx context.Context, queue, url string, m types.Message) error {
	event, ours := eventOf([]byte(aws.ToString(m.Body)))
	if _, isSweep := stack.ParseSweep(event); isSweep {
		return d.delete(ctx, queue, url, m) // it is no event, and the next sweep finds what this one would have
	}
	if !ours {
		return errors.New("neither an EventBridge event nor a record of a failed one: not of whystopped, left there")
	}
	records, err := d.pipeline.Ingest(ctx, event)
	d.written += len(records)
	if err != nil {
		return err
	}
	return d.delete(ctx, queue, url, m)
}

// delete takes a message that is archived out of its queue.
func (d *redrive) delete(ctx context.Context, queue, url string, m types.Message) error {
	// What is written is to be deleted, also when the run is interrupted now.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastCalls)
	defer cancel()
	if _, err := d.messages.DeleteMessage(ctx,
		&sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle}); err != nil {
		return fmt.Errorf("archived, but still in its queue: %w", d.explain("sqs:DeleteMessage", queue, err))
	}
	return nil
}

// eventOf returns the event in a message of a failure queue: all of it in what EventBridge could not deliver,
// requestPayload in what Lambda tells of a failed invocation. Source:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func eventOf(body []byte) (event []byte, ours bool) {
	var message struct {
		DetailType     string          `json:"detail-type"`
		RequestContext json.RawMessage `json:"requestContext"`
		RequestPayload json.RawMessage `json:"requestPayload"`
	}
	if json.Unmarshal(body, &message) != nil {
		return nil, false
	}
	if _, isSweep := stack.ParseSweep(body); isSweep {
		return body, true
	}
	if message.DetailType != "" {
		return body, true
	}
	var text string
	if json.Unmarshal(message.RequestPayload, &text) == nil {
		return []byte(text), text != ""
	}
	return message.RequestPayload, message.RequestPayload != nil && message.RequestContext != nil
}

// giveBack shows messages to other readers of the queue again, so that the next run finds them.
func (d *redrive) giveBack(ctx context.Context, queue, url string, kept []types.Message) {
	d.left += len(kept)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastCalls)
	defer cancel()
	for batch := range slices.Chunk(kept, atOnce) {
		var entries []types.ChangeMessageVisibilityBatchRequestEntry
		for i, m := range batch {
			entries = append(entries, types.ChangeMessageVisibilityBatchRequestEntry{
				Id: aws.String(strconv.Itoa(i)), ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: 0,
			})
		}
		if _, err := d.messages.ChangeMessageVisibilityBatch(ctx,
			&sqs.ChangeMessageVisibilityBatchInput{QueueUrl: &url, Entries: entries}); err != nil {
			d.complain(fmt.Errorf("what is left can be taken again in %s: %w", classifier.Span(hidden),
				d.explain("sqs:ChangeMessageVisibility", queue, err)))
			return
		}
	}
}

func (d *redrive) explain(action, queue string, err error) error {
	if _, missing := errors.AsType[*types.QueueDoesNotExist](err); missing {
		return refuse(err,
			"no queue %s in %s: deploy whystopped there, or name the queue and the Region with --queue and --region",
			queue, d.region)
	}
	return explainRefusal(action, fmt.Sprintf("the queue %s in %s", queue, d.region), err)
}
