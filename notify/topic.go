// Package notify tells people about failures: one record becomes one message to an SNS topic, which reads as a custom
// notification in Amazon Q Developer in chat applications and as a plain text in e-mail.
//
// It promises that only changes are told (a failure that is new, came again or still goes on, many services at once, a
// service that is steady again), that each says which in its first words, and that a message is never larger than SNS
// takes. Where the memory is away a failure that repeats is told once per quarter of an hour by each process, with the
// number of those held back. A message rests on the record's texts, which are redacted, and never on rawEvent.
package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"
)

// publishTimeout is the time for one message with all its attempts: the caller has an archive to write.
const publishTimeout = 5 * time.Second

// Topic publishes failures to one SNS topic. It may be used by several goroutines at once.
type Topic struct {
	teller
	client *sns.Client
	arn    string
}

// New returns the topic with that ARN. It must be a standard topic in the client's Region: the chat applications and
// e-mail do not subscribe to FIFO topics.
func New(client *sns.Client, topicARN string) *Topic {
	t := &Topic{client: client, arn: topicARN}
	t.teller = teller{Now: time.Now, publish: t.publish}
	return t
}

func (t *Topic) publish(ctx context.Context, m message) error {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	_, err := t.client.Publish(ctx, &sns.PublishInput{
		TopicArn:         &t.arn,
		Subject:          aws.String(m.subject()),
		Message:          aws.String(m.byProtocol()),
		MessageStructure: aws.String("json"),
	})
	if err != nil {
		return t.explain(err)
	}
	return nil
}

// explain says what a refused message means for the person who runs whystopped. The codes are those of
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html.
func (t *Topic) explain(err error) error {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "AuthorizationError", "AccessDenied", "AccessDeniedException":
			return fmt.Errorf("not allowed to call sns:Publish: allow it on the topic %s: %w", t.arn, err)
		case "KMSAccessDenied":
			return fmt.Errorf(
				"not allowed to use the key of the topic %s: allow kms:GenerateDataKey and kms:Decrypt on it: %w",
				t.arn, err)
		case "NotFound":
			return fmt.Errorf("no topic %s: create it, or configure the ARN of one that exists: %w", t.arn, err)
		}
	}
	return fmt.Errorf("publish to the topic %s: %w", t.arn, err)
}
